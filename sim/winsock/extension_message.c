/* WSASendMsg and WSARecvMsg: a datagram with what travels beside it. */
#include <string.h>

#include <ws2ipdef.h>

#include "sim/afd/socket.h"
#include "sim/winsock/buffers.h"
#include "sim/winsock/delivery.h"
#include "sim/winsock/extension.h"
#include "sim/winsock/memory.h"
#include "sim/winsock/name.h"
#include "sim/winsock/ws2_32.h"

/* ---- Control data ---------------------------------------------------------------------------- */

struct control {
    const struct call *call;
    CHAR *room;
    DWORD size; /* of the room */
    DWORD used;
    bool cut; /* something did not fit */
};

static void put(struct control *control, INT level, INT type, const void *value, DWORD size)
{
    const WSACMSGHDR header = {
        .cmsg_len = WSA_CMSG_LEN(size), .cmsg_level = level, .cmsg_type = type};
    DWORD space = (DWORD)WSA_CMSG_SPACE(size);
    CHAR *at = control->room + control->used;
    if (control->cut || control->size - control->used < header.cmsg_len) {
        control->cut = true;
        return;
    }
    memory_write(control->call, at, &header, sizeof header);
    memory_write(control->call, at + sizeof header, value, size);
    control->used += control->size - control->used < space ? control->size - control->used : space;
}

static uint32_t option_of(const struct socket_object *socket, enum socket_option option)
{
    uint32_t value = 0;
    return nt_success(socket_get_option(socket, option, &value)) ? value : 0;
}

static void put_all_4(struct control *control, const struct io *io)
{
    if (option_of(io->socket, SOCKET_PACKET_INFO) != 0) {
        IN_PKTINFO info = {.ipi_ifindex = io->interface};
        memcpy(&info.ipi_addr, io->to.bytes, sizeof info.ipi_addr);
        put(control, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
    }
    if (option_of(io->socket, SOCKET_RECEIVE_TTL) != 0) {
        const INT ttl = io->ttl;
        put(control, IPPROTO_IP, IP_TTL, &ttl, sizeof ttl);
    }
    if (option_of(io->socket, SOCKET_RECEIVE_TOS) != 0) {
        const INT tos = 0;
        put(control, IPPROTO_IP, IP_TOS, &tos, sizeof tos);
    }
}

static void put_all_6(struct control *control, const struct io *io)
{
    if (option_of(io->socket, SOCKET_PACKET_INFO_6) != 0) {
        IN6_PKTINFO info = {.ipi6_ifindex = io->interface};
        memcpy(&info.ipi6_addr, io->to.bytes, sizeof info.ipi6_addr);
        put(control, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof info);
    }
    if (option_of(io->socket, SOCKET_HOP_LIMIT) != 0) {
        const INT hops = io->ttl;
        put(control, IPPROTO_IPV6, IPV6_HOPLIMIT, &hops, sizeof hops);
    }
    if (option_of(io->socket, SOCKET_TRAFFIC_CLASS) != 0) {
        const INT class = 0;
        put(control, IPPROTO_IPV6, IPV6_TCLASS, &class, sizeof class);
    }
}

/* ---- WSARecvMsg ------------------------------------------------------------------------------ */

struct receiving {
    struct call call;
    struct socket_object *socket;
    LPWSAMSG guest;
    WSAMSG message; /* a copy */
    LPDWORD count;
    struct delivery_request request;
    struct delivery delivery;
};

enum { GUEST_MESSAGE };

static void write_from(const struct call *call, const struct io *io, WSAMSG *message)
{
    const struct name from = {io->address, io->port};
    union name_buffer buffer;
    int size = name_encode(&from, &buffer);
    if (!io->has_address || message->name == NULL || message->namelen < size)
        return;
    memory_write(call, message->name, &buffer, (size_t)size);
    message->namelen = size;
}

/* Fills the guest's message. Control data that did not fit makes a warning of a success (row 122).
 */
static nt_status write_message(const struct call *call, const struct io *io, LPWSAMSG guest,
                               nt_status status)
{
    WSAMSG message;
    memory_read(call, &message, guest, sizeof message);
    struct control control = {
        .call = call, .room = message.Control.buf, .size = message.Control.len};
    write_from(call, io, &message);
    if (io->socket->kind.family == FAMILY_4)
        put_all_4(&control, io);
    else
        put_all_6(&control, io);
    message.Control.len = control.used;
    bool cut = (io->flags & IO_PARTIAL) != 0 && BEHAVES(call->profile, recvmsg_cut, told);
    message.dwFlags = (cut ? MSG_TRUNC : 0u) | ((io->flags & IO_BROADCAST) != 0 ? MSG_BCAST : 0u) |
                      ((io->flags & IO_MULTICAST) != 0 ? MSG_MCAST : 0u) |
                      (control.cut ? MSG_CTRUNC : 0u);
    memory_write(call, guest, &message, sizeof message);
    return control.cut ? STATUS_BUFFER_OVERFLOW : status;
}

/* Of an overlapped message. */
static void finish_message(struct io *io)
{
    if (!delivery_is_done(io->request.status))
        return;
    const struct call call = delivery_call(io);
    io->request.status = write_message(&call, io, io->guest[GUEST_MESSAGE], io->request.status);
}

static nt_status check_message(struct receiving *in)
{
    const struct call *call = &in->call;
    const WSAMSG *message = &in->message;
    nt_status status;
    in->socket = call_socket(call, &status);
    if (in->socket == NULL)
        return status;
    if (in->socket->kind.protocol == PROTOCOL_TCP)
        return STATUS_INVALID_PARAMETER;
    if (!memory_probe(call, in->guest, sizeof in->message, ACCESS_WRITE))
        return STATUS_ACCESS_VIOLATION;
    memory_read(call, &in->message, in->guest, sizeof in->message);
    status = delivery_read(call, in->socket, &in->request, &in->delivery);
    if (!nt_success(status))
        return status;
    bool counts = in->count != NULL || !in->delivery.overlapped;
    if (counts && !memory_probe(call, in->count, sizeof *in->count, ACCESS_WRITE))
        return STATUS_ACCESS_VIOLATION;
    if (message->Control.len > 0 &&
        !memory_probe(call, message->Control.buf, message->Control.len, ACCESS_WRITE))
        return STATUS_ACCESS_VIOLATION;
    bool names = message->name != NULL;
    if (names && (message->namelen < name_size(in->socket->kind.family) ||
                  !memory_probe(call, message->name, (size_t)message->namelen, ACCESS_WRITE)))
        return STATUS_ACCESS_VIOLATION;
    return (message->dwFlags & ~(DWORD)MSG_PEEK) == 0 ? STATUS_SUCCESS : STATUS_NOT_SUPPORTED;
}

static nt_status receive_into(struct receiving *in, const struct buffers *buffers)
{
    struct io here;
    struct io *io = delivery_begin(&in->delivery, in->socket, IO_RECEIVE, "WSARecvMsg", &here);
    if (io == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    io->flags |= (in->message.dwFlags & MSG_PEEK) != 0 ? IO_PEEK : 0;
    io->guest[GUEST_MESSAGE] = in->guest;
    io->finishing = finish_message;
    struct socket_object *socket = in->socket;
    object_reference(&socket->object);
    nt_status status = STATUS_INSUFFICIENT_RESOURCES;
    if (io_set_buffers(io, buffers->all, buffers->count))
        status = socket_receive(io);
    status = delivery_end(&in->delivery, io, status, socket->values[SOCKET_RECEIVE_TIMEOUT]);
    if (delivery_is_done(status)) {
        const DWORD count = (DWORD)io->request.information;
        in->call.arguments[2] = count;
        if (!in->delivery.overlapped)
            status = write_message(&in->call, io, in->guest, status);
        if (in->count != NULL)
            memory_write(&in->call, in->count, &count, sizeof count);
    }
    object_release(&socket->object);
    return status;
}

INT WINAPI extension_receive_message(SOCKET s, LPWSAMSG lpMsg, LPDWORD lpdwNumberOfBytesRecvd,
                                     LPWSAOVERLAPPED lpOverlapped,
                                     LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
{
    struct buffers buffers;
    if (!call_allowed(CALL_WSARecvMsg, s))
        return SOCKET_ERROR;
    struct receiving in = {
        .call = call_begin(CALL_WSARecvMsg, s),
        .guest = lpMsg,
        .count = lpdwNumberOfBytesRecvd,
        .request = {lpOverlapped, lpCompletionRoutine, NULL},
    };
    nt_status status = check_message(&in);
    if (nt_success(status)) {
        status = buffers_read(&buffers, &in.call, in.message.lpBuffers, in.message.dwBufferCount,
                              ACCESS_WRITE);
        if (nt_success(status))
            status = receive_into(&in, &buffers);
        buffers_end(&buffers);
    }
    return call_answer(&in.call, status);
}

/* ---- WSASendMsg ------------------------------------------------------------------------------ */

/* What may be said of a datagram that is sent: where from, which nobody here can choose among. */
static nt_status check_control(const struct call *call, const WSABUF *control)
{
    DWORD at = 0;
    if (control->len == 0)
        return STATUS_SUCCESS;
    if (!memory_probe(call, control->buf, control->len, ACCESS_READ))
        return STATUS_ACCESS_VIOLATION;
    while (control->len - at >= sizeof(WSACMSGHDR)) {
        WSACMSGHDR header;
        memory_read(call, &header, control->buf + at, sizeof header);
        if (header.cmsg_len < sizeof header || header.cmsg_len > control->len - at)
            return STATUS_INVALID_PARAMETER;
        if (header.cmsg_level != IPPROTO_IP && header.cmsg_level != IPPROTO_IPV6 &&
            header.cmsg_level != IPPROTO_UDP)
            return STATUS_INVALID_PARAMETER;
        uint64_t next = at + WSA_CMSGHDR_ALIGN(header.cmsg_len);
        at = next < control->len ? (DWORD)next : control->len;
    }
    return STATUS_SUCCESS;
}

/* A call that fails for its count has bound the socket all the same (row 72). */
static nt_status check_count(const struct call *call, struct socket_object *socket,
                             const DWORD *count, bool overlapped)
{
    bool good = count != NULL ? memory_probe(call, count, sizeof *count, ACCESS_WRITE) : overlapped;
    if (good)
        return STATUS_SUCCESS;
    socket_bind_implicitly(socket, call->process);
    return STATUS_ACCESS_VIOLATION;
}

static nt_status check_send(const struct call *call, const WSAMSG *guest, const DWORD *count,
                            bool overlapped, WSAMSG *message)
{
    nt_status status;
    struct socket_object *socket = call_socket(call, &status);
    if (socket == NULL)
        return status;
    if (socket->kind.protocol == PROTOCOL_TCP)
        return STATUS_INVALID_PARAMETER; /* row 111 */
    if (!memory_probe(call, guest, sizeof *message, ACCESS_READ))
        return STATUS_ACCESS_VIOLATION;
    memory_read(call, message, guest, sizeof *message);
    status = check_control(call, &message->Control);
    if (nt_success(status))
        status = check_count(call, socket, count, overlapped && socket->overlapped);
    return status;
}

/* The rest is WSPSendTo's. */
int WSASendMsg(SOCKET Handle, LPWSAMSG lpMsg, DWORD dwFlags, LPDWORD lpNumberOfBytesSent,
               LPWSAOVERLAPPED lpOverlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
{
    WSAMSG message;
    if (!call_allowed(CALL_WSASendMsg, Handle))
        return SOCKET_ERROR;
    const struct call call = call_begin(CALL_WSASendMsg, Handle);
    nt_status status =
        check_send(&call, lpMsg, lpNumberOfBytesSent, lpOverlapped != NULL, &message);
    if (!nt_success(status))
        return call_answer(&call, status);
    return WSASendTo(Handle, message.lpBuffers, message.dwBufferCount, lpNumberOfBytesSent, dwFlags,
                     message.name, message.namelen, lpOverlapped, lpCompletionRoutine);
}
