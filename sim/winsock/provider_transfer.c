/* The base provider: moving bytes. */
#include "sim/afd/socket.h"
#include "sim/tcpip/udp.h"
#include "sim/winsock/buffers.h"
#include "sim/winsock/delivery.h"
#include "sim/winsock/memory.h"
#include "sim/winsock/name.h"
#include "sim/winsock/provider.h"

/* ---- Receiving ------------------------------------------------------------------------------- */

struct receiving {
    struct call call;
    struct socket_object *socket;
    LPWSABUF buffers;
    DWORD buffer_count;
    LPDWORD count;
    LPDWORD flags;
    struct sockaddr *from;
    LPINT from_size;
    struct delivery_request request;
    struct delivery delivery;
};

enum { GUEST_FROM, GUEST_FROM_SIZE };

/* MSG_WAITALL goes with nothing else, and only where waiting is possible (WSARecv page). */
static nt_status receive_flags(const struct receiving *in, DWORD flags, unsigned *out)
{
    bool stream = in->socket->kind.protocol == PROTOCOL_TCP;
    const DWORD known =
        MSG_PEEK | MSG_OOB | MSG_PARTIAL | MSG_WAITALL | MSG_PUSH_IMMEDIATE | MSG_DONTROUTE;
    if ((flags & ~known) != 0 || ((flags & MSG_OOB) != 0 && !stream))
        return STATUS_NOT_SUPPORTED;
    if ((flags & MSG_WAITALL) != 0) {
        bool waits = !in->socket->non_blocking || in->delivery.overlapped;
        bool goes = stream && waits && (flags & (MSG_PEEK | MSG_OOB | MSG_PARTIAL)) == 0;
        if (!goes && BEHAVES(in->call.profile, waitall_with, wsaeopnotsupp))
            return STATUS_NOT_SUPPORTED;
    }
    *out = ((flags & MSG_PEEK) != 0 ? IO_PEEK : 0u) | ((flags & MSG_OOB) != 0 ? IO_URGENT : 0u) |
           ((flags & MSG_WAITALL) != 0 ? IO_WAIT_ALL : 0u);
    return STATUS_SUCCESS;
}

/* The address is a datagram's; whoever asks a stream for it is left without. */
static nt_status check_from(struct receiving *in)
{
    if (in->socket->kind.protocol == PROTOCOL_TCP || in->from == NULL || in->from_size == NULL) {
        in->from = NULL;
        return STATUS_SUCCESS;
    }
    return name_may_write(&in->call, in->socket->kind.family, in->from, in->from_size);
}

/* What is the guest's: the socket, flags, count, OVERLAPPED, then the address (row 107). */
static nt_status check_receive(struct receiving *in, unsigned *flags)
{
    const struct call *call = &in->call;
    nt_status status;
    DWORD wanted;
    in->socket = call_socket(call, &status);
    if (in->socket == NULL)
        return status;
    if (!memory_probe(call, in->flags, sizeof wanted, ACCESS_WRITE))
        return STATUS_ACCESS_VIOLATION;
    memory_read(call, &wanted, in->flags, sizeof wanted);
    status = delivery_read(call, in->socket, &in->request, &in->delivery);
    if (!nt_success(status))
        return status;
    if (!delivery_may_count(call, &in->delivery, in->count))
        return STATUS_ACCESS_VIOLATION;
    status = receive_flags(in, wanted, flags);
    if (nt_success(status) && socket_seems_unbound(in->socket, call->process, call->subject))
        status = STATUS_INVALID_PARAMETER;
    return nt_success(status) ? check_from(in) : status;
}

static void write_from(const struct call *call, const struct io *io)
{
    const struct name from = {io->address, io->port};
    if (io->has_address && io->guest[GUEST_FROM] != NULL)
        name_write(call, &from, io->guest[GUEST_FROM], io->guest[GUEST_FROM_SIZE]);
}

/* An overlapped receive is about to be told. */
static void finish_receive(struct io *io)
{
    if (delivery_is_done(io->request.status)) {
        const struct call call = delivery_call(io);
        write_from(&call, io);
    }
}

static void note_received(struct receiving *in, const struct io *io)
{
    const struct call *call = &in->call;
    const bool cut = (io->flags & IO_PARTIAL) != 0;
    const bool partial = cut && BEHAVES(call->profile, partial_flag, set);
    const DWORD count = cut && BEHAVES(call->profile, datagram_cut_count, zero)
                            ? 0
                            : (DWORD)io->request.information;
    const bool counts = !cut || !BEHAVES(call->profile, datagram_cut_count, untouched);
    const DWORD flags = partial ? MSG_PARTIAL : (io->flags & IO_URGENT) != 0 ? MSG_OOB : 0;
    in->call.arguments[2] = count;
    in->call.arguments[3] |= (uint64_t)flags << 32;
    if (in->count != NULL && counts)
        memory_write(call, in->count, &count, sizeof count);
    memory_write(call, in->flags, &flags, sizeof flags);
    if (!in->delivery.overlapped)
        write_from(call, io);
}

static nt_status receive_into(struct receiving *in, const struct buffers *buffers, unsigned flags)
{
    struct io here;
    struct io *io =
        delivery_begin(&in->delivery, in->socket, IO_RECEIVE, call_name(in->call.kind), &here);
    if (io == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    io->flags |= flags;
    io->guest[GUEST_FROM] = in->from;
    io->guest[GUEST_FROM_SIZE] = in->from_size;
    io->finishing = finish_receive;
    nt_status status = STATUS_INSUFFICIENT_RESOURCES;
    if (io_set_buffers(io, buffers->all, buffers->count))
        status = socket_receive(io);
    status = delivery_end(&in->delivery, io, status, in->socket->values[SOCKET_RECEIVE_TIMEOUT]);
    if (delivery_is_done(status) ||
        (status == STATUS_TIMEOUT && BEHAVES(in->call.profile, timed_out_count, zero)))
        note_received(in, io);
    return status;
}

static nt_status receive(struct receiving *in)
{
    unsigned flags = 0;
    struct buffers buffers;
    in->call.arguments[0] = in->buffer_count;
    nt_status status = check_receive(in, &flags);
    if (!nt_success(status))
        return status;
    in->call.arguments[3] = flags;
    status = buffers_read(&buffers, &in->call, in->buffers, in->buffer_count, ACCESS_WRITE);
    in->call.arguments[1] = buffers.size;
    if (nt_success(status))
        status = receive_into(in, &buffers, flags);
    buffers_end(&buffers);
    return status;
}

int WSPAPI provider_recv(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount,
                         LPDWORD lpNumberOfBytesRecvd, LPDWORD lpFlags,
                         LPWSAOVERLAPPED lpOverlapped,
                         LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine,
                         LPWSATHREADID lpThreadId, LPINT lpErrno)
{
    struct receiving in = {
        .call = call_begin(CALL_recv, s),
        .buffers = lpBuffers,
        .buffer_count = dwBufferCount,
        .count = lpNumberOfBytesRecvd,
        .flags = lpFlags,
        .request = {lpOverlapped, lpCompletionRoutine, lpThreadId},
    };
    nt_status status = receive(&in);
    return call_finish(&in.call, status, lpErrno);
}

int WSPAPI provider_recv_from(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount,
                              LPDWORD lpNumberOfBytesRecvd, LPDWORD lpFlags,
                              struct sockaddr *lpFrom, LPINT lpFromlen,
                              LPWSAOVERLAPPED lpOverlapped,
                              LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine,
                              LPWSATHREADID lpThreadId, LPINT lpErrno)
{
    struct receiving in = {
        .call = call_begin(CALL_recvfrom, s),
        .buffers = lpBuffers,
        .buffer_count = dwBufferCount,
        .count = lpNumberOfBytesRecvd,
        .flags = lpFlags,
        .from = lpFrom,
        .from_size = lpFromlen,
        .request = {lpOverlapped, lpCompletionRoutine, lpThreadId},
    };
    nt_status status = receive(&in);
    return call_finish(&in.call, status, lpErrno);
}

/* ---- Sending --------------------------------------------------------------------------------- */

struct sending {
    struct call call;
    struct socket_object *socket;
    LPWSABUF buffers;
    DWORD buffer_count;
    LPDWORD count;
    DWORD flags;
    const struct sockaddr *to;
    int to_size;
    struct name name;
    struct delivery_request request;
    struct delivery delivery;
};

/* The page's MSG_DONTROUTE is silently ignored; MSG_PARTIAL is of message streams, which nobody has
 * here.
 */
static nt_status check_send_flags(const struct sending *out)
{
    const DWORD known = MSG_OOB | MSG_DONTROUTE;
    bool stream = out->socket->kind.protocol == PROTOCOL_TCP;
    if ((out->flags & ~known) != 0 || ((out->flags & MSG_OOB) != 0 && !stream))
        return STATUS_NOT_SUPPORTED;
    return STATUS_SUCCESS;
}

/* A connected stream knows where to; an address is not even looked at. */
static nt_status read_to(struct sending *out)
{
    if (out->to == NULL || out->socket->kind.protocol == PROTOCOL_TCP) {
        out->to = NULL;
        return STATUS_SUCCESS;
    }
    nt_status status =
        name_read(&out->call, out->to, out->to_size, out->socket->kind.family, &out->name);
    if (nt_success(status))
        name_note(&out->call, &out->name);
    return status;
}

static nt_status check_send(struct sending *out)
{
    const struct call *call = &out->call;
    nt_status status;
    out->socket = call_socket(call, &status);
    if (out->socket == NULL)
        return status;
    status = delivery_read(call, out->socket, &out->request, &out->delivery);
    if (!nt_success(status))
        return status;
    if (!delivery_may_count(call, &out->delivery, out->count))
        return STATUS_ACCESS_VIOLATION;
    return check_send_flags(out);
}

static nt_status send_from(struct sending *out, const struct buffers *buffers)
{
    struct io here;
    struct io *io =
        delivery_begin(&out->delivery, out->socket, IO_SEND, call_name(out->call.kind), &here);
    if (io == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    io->flags |= (out->flags & MSG_OOB) != 0 ? IO_URGENT : 0;
    io->has_address = out->to != NULL;
    io->address = out->name.address;
    io->port = out->name.port;
    io->wishes = out->call.winsock->nt->current->call_data; /* WSASendMsg's */
    nt_status status = STATUS_INSUFFICIENT_RESOURCES;
    if (io_set_buffers(io, buffers->all, buffers->count))
        status = socket_send(io, out->call.process);
    io->wishes = NULL;
    status = delivery_end(&out->delivery, io, status, out->socket->values[SOCKET_SEND_TIMEOUT]);
    if (!delivery_is_done(status))
        return status;
    const DWORD count = (DWORD)io->request.information;
    out->call.arguments[3] = count;
    if (out->count != NULL)
        memory_write(&out->call, out->count, &count, sizeof count);
    return status;
}

static nt_status send_bytes(struct sending *out)
{
    struct buffers buffers;
    nt_status status = check_send(out);
    if (!nt_success(status))
        return status;
    status = buffers_read(&buffers, &out->call, out->buffers, out->buffer_count, ACCESS_READ);
    bool stream = out->socket->kind.protocol == PROTOCOL_TCP;
    if (nt_success(status) && !stream && buffers.size > UDP_PAYLOAD_MAX)
        status = STATUS_BUFFER_OVERFLOW; /* WSAEMSGSIZE */
    if (nt_success(status))
        status = read_to(out);
    if (nt_success(status))
        status = send_from(out, &buffers);
    buffers_end(&buffers);
    return status;
}

int WSPAPI provider_send(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount,
                         LPDWORD lpNumberOfBytesSent, DWORD dwFlags, LPWSAOVERLAPPED lpOverlapped,
                         LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine,
                         LPWSATHREADID lpThreadId, LPINT lpErrno)
{
    struct sending out = {
        .call = call_begin(CALL_send, s),
        .buffers = lpBuffers,
        .buffer_count = dwBufferCount,
        .count = lpNumberOfBytesSent,
        .flags = dwFlags,
        .request = {lpOverlapped, lpCompletionRoutine, lpThreadId},
    };
    nt_status status = send_bytes(&out);
    return call_finish(&out.call, status, lpErrno);
}

int WSPAPI provider_send_to(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount,
                            LPDWORD lpNumberOfBytesSent, DWORD dwFlags, const struct sockaddr *lpTo,
                            int iTolen, LPWSAOVERLAPPED lpOverlapped,
                            LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine,
                            LPWSATHREADID lpThreadId, LPINT lpErrno)
{
    struct sending out = {
        .call = call_begin(CALL_sendto, s),
        .buffers = lpBuffers,
        .buffer_count = dwBufferCount,
        .count = lpNumberOfBytesSent,
        .flags = dwFlags,
        .to = lpTo,
        .to_size = iTolen,
        .request = {lpOverlapped, lpCompletionRoutine, lpThreadId},
    };
    nt_status status = send_bytes(&out);
    return call_finish(&out.call, status, lpErrno);
}

/* ---- Ending a direction ---------------------------------------------------------------------- */

static int shut_down(enum call_kind kind, SOCKET s, int how, const WSABUF *data, LPINT lpErrno)
{
    struct call call = call_begin(kind, s);
    nt_status status;
    struct socket_object *socket = call_socket(&call, &status);
    call.arguments[0] = (uint32_t)how;
    if (socket != NULL && data != NULL)
        status = STATUS_INVALID_INFO_CLASS; /* TCP/IP carries no disconnect data: WSAENOPROTOOPT */
    if (socket != NULL && nt_success(status))
        status = socket_shutdown(socket, how);
    return call_finish(&call, status, lpErrno);
}

int WSPAPI provider_shutdown(SOCKET s, int how, LPINT lpErrno)
{
    return shut_down(CALL_shutdown, s, how, NULL, lpErrno);
}

int WSPAPI provider_send_disconnect(SOCKET s, LPWSABUF lpOutboundDisconnectData, LPINT lpErrno)
{
    return shut_down(CALL_WSASendDisconnect, s, SD_SEND, lpOutboundDisconnectData, lpErrno);
}

int WSPAPI provider_recv_disconnect(SOCKET s, LPWSABUF lpInboundDisconnectData, LPINT lpErrno)
{
    return shut_down(CALL_WSARecvDisconnect, s, SD_RECEIVE, lpInboundDisconnectData, lpErrno);
}
