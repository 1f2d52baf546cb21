/* WSASendMsg and WSARecvMsg: a datagram with what travels beside it. */
#include <string.h>

#include <ws2ipdef.h>

#include "sim/afd/socket.h"
#include "sim/winsock/buffers.h"
#include "sim/winsock/delivery.h"
#include "sim/winsock/extension.h"
#include "sim/winsock/memory.h"
#include "sim/winsock/message_control.h"
#include "sim/winsock/name.h"
#include "sim/winsock/ws2_32.h"

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
    bool too_much;
    write_from(call, io, &message);
    message.Control.len = control_write(call, io, &message.Control, &too_much);
    bool cut = (io->flags & IO_PARTIAL) != 0 && BEHAVES(call->profile, recvmsg_cut, told);
    message.dwFlags = (cut ? MSG_TRUNC : 0u) | ((io->flags & IO_BROADCAST) != 0 ? MSG_BCAST : 0u) |
                      ((io->flags & IO_MULTICAST) != 0 ? MSG_MCAST : 0u) |
                      (too_much ? MSG_CTRUNC : 0u);
    memory_write(call, guest, &message, sizeof message);
    return too_much ? STATUS_BUFFER_OVERFLOW : status;
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
    if (!delivery_may_count(call, &in->delivery, in->count))
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

struct sending {
    WSAMSG message;
    struct udp_wishes wishes;
};

static nt_status check_send(const struct call *call, const WSAMSG *guest, const DWORD *count,
                            bool overlapped, struct sending *out)
{
    WSAMSG *message = &out->message;
    nt_status status;
    struct socket_object *socket = call_socket(call, &status);
    if (socket == NULL)
        return status;
    if (socket->kind.protocol == PROTOCOL_TCP)
        return STATUS_INVALID_PARAMETER; /* row 111 */
    if (!memory_probe(call, guest, sizeof *message, ACCESS_READ))
        return STATUS_ACCESS_VIOLATION;
    memory_read(call, message, guest, sizeof *message);
    status = control_read(call, &message->Control, &out->wishes);
    if (nt_success(status))
        status = check_count(call, socket, count, overlapped && socket->overlapped);
    return status;
}

/* The rest is WSPSendTo's, down to which the wishes travel beside the call. */
int WSASendMsg(SOCKET Handle, LPWSAMSG lpMsg, DWORD dwFlags, LPDWORD lpNumberOfBytesSent,
               LPWSAOVERLAPPED lpOverlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
{
    struct sending out;
    if (!call_allowed(CALL_WSASendMsg, Handle))
        return SOCKET_ERROR;
    const struct call call = call_begin(CALL_WSASendMsg, Handle);
    nt_status status = check_send(&call, lpMsg, lpNumberOfBytesSent, lpOverlapped != NULL, &out);
    if (!nt_success(status))
        return call_answer(&call, status);
    struct thread *thread = call.winsock->nt->current;
    const WSAMSG *message = &out.message;
    thread->call_data = &out.wishes;
    int result =
        WSASendTo(Handle, message->lpBuffers, message->dwBufferCount, lpNumberOfBytesSent, dwFlags,
                  message->name, message->namelen, lpOverlapped, lpCompletionRoutine);
    thread->call_data = NULL;
    return result;
}
