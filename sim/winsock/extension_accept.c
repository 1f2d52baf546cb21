/* AcceptEx and what unpacks its buffer.
 *
 * The buffer has the received bytes, then the local address, then the remote one, each in the room
 * the caller gave: its size as an int, then the address, aligned to 8. GetAcceptExSockaddrs alone
 * knows that (its page: an internal format).
 */
#include <string.h>

#include "sim/afd/socket.h"
#include "sim/winsock/buffers.h"
#include "sim/winsock/delivery.h"
#include "sim/winsock/extension.h"
#include "sim/winsock/memory.h"
#include "sim/winsock/name.h"

enum { BEFORE_ADDRESS = 8, GUEST_BUFFER = 0, ABOVE_SIZES = 1 };

struct accepting {
    struct call call;
    SOCKET acceptor;
    CHAR *buffer;
    DWORD receive_size, local_size, remote_size;
    LPDWORD received;
    LPOVERLAPPED overlapped;
};

/* ---- The addresses --------------------------------------------------------------------------- */

static void put_address(const struct call *call, CHAR *room, DWORD size, const struct name *name)
{
    union name_buffer address;
    int written = name_encode(name, &address);
    if (size < BEFORE_ADDRESS + (DWORD)written)
        return;
    memory_write(call, room, &written, sizeof written);
    memory_write(call, room + BEFORE_ADDRESS, &address, (size_t)written);
}

/* The accept that pended is about to be told; above[] has the three sizes. */
static void finish_accept(struct io *io)
{
    if (!delivery_is_done(io->request.status))
        return;
    const struct call call = delivery_call(io);
    DWORD local_size = (DWORD)(io->above[ABOVE_SIZES] >> 48);
    DWORD remote_size = (DWORD)(io->above[ABOVE_SIZES] >> 32) & 0xFFFF;
    CHAR *room = (CHAR *)io->guest[GUEST_BUFFER] + (DWORD)io->above[ABOVE_SIZES];
    const struct name remote = {io->address, io->port};
    const struct name local = {io->to, io->to_port};
    put_address(&call, room, local_size, &local);
    put_address(&call, room + local_size, remote_size, &remote);
}

/* ---- AcceptEx -------------------------------------------------------------------------------- */

static nt_status accept_into(struct accepting *in, struct socket_object *listener,
                             struct socket_object *acceptor)
{
    struct buffers buffers;
    struct delivery delivery;
    const struct delivery_request request = {.overlapped = in->overlapped};
    nt_status status = delivery_read(&in->call, listener, &request, &delivery);
    buffers_none(&buffers);
    if (nt_success(status))
        status = buffers_add(&buffers, &in->call, in->buffer, in->receive_size, ACCESS_WRITE);
    if (!nt_success(status))
        return status;

    struct io here;
    struct io *io = delivery_begin(&delivery, listener, IO_ACCEPT, "AcceptEx", &here);
    if (io == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    object_reference(&acceptor->object);
    io->acceptor = acceptor;
    io->guest[GUEST_BUFFER] = in->buffer;
    io->above[ABOVE_SIZES] =
        (uint64_t)in->local_size << 48 | (uint64_t)in->remote_size << 32 | in->receive_size;
    io->finishing = finish_accept;
    DWORD least = (DWORD)name_size(listener->kind.family) + 16;
    if (in->local_size < least || in->remote_size < least)
        io->flags |= IO_TOO_SMALL; /* found when somebody comes (row 154) */
    status = STATUS_INSUFFICIENT_RESOURCES;
    if (io_set_buffers(io, buffers.all, buffers.count))
        status = socket_accept(io);
    status = delivery_end(&delivery, io, status, 0);
    if (delivery_is_done(status)) {
        const DWORD received = (DWORD)io->request.information;
        finish_accept(io);
        if (in->received != NULL)
            memory_write(&in->call, in->received, &received, sizeof received);
    }
    return status;
}

/* Rows 151 and 152: pending before anything is looked at, then the buffer, then the sockets. */
static nt_status check(struct accepting *in, struct socket_object **listener,
                       struct socket_object **acceptor)
{
    const struct call *call = &in->call;
    struct call other = *call;
    nt_status status = delivery_mark_pending(call, in->overlapped);
    if (!nt_success(status))
        return status;
    *listener = call_socket(call, &status);
    if (*listener == NULL)
        return status;
    other.subject = in->acceptor;
    *acceptor = call_socket(&other, &status);
    if (*acceptor == NULL)
        return status;
    if (in->received != NULL && !memory_probe(call, in->received, sizeof(DWORD), ACCESS_WRITE))
        return STATUS_ACCESS_VIOLATION;
    uint64_t size = (uint64_t)in->receive_size + in->local_size + in->remote_size;
    if (in->remote_size == 0 || in->local_size > UINT16_MAX || in->remote_size > UINT16_MAX ||
        !memory_probe(call, in->buffer, size, ACCESS_WRITE))
        return STATUS_ACCESS_VIOLATION;
    return STATUS_SUCCESS;
}

BOOL AcceptEx(SOCKET sListenSocket, SOCKET sAcceptSocket, PVOID lpOutputBuffer,
              DWORD dwReceiveDataLength, DWORD dwLocalAddressLength, DWORD dwRemoteAddressLength,
              LPDWORD lpdwBytesReceived, LPOVERLAPPED lpOverlapped)
{
    struct socket_object *listener, *acceptor;
    if (!call_allowed(CALL_AcceptEx, sListenSocket))
        return FALSE;
    struct accepting in = {
        .call = call_begin(CALL_AcceptEx, sListenSocket),
        .acceptor = sAcceptSocket,
        .buffer = lpOutputBuffer,
        .receive_size = dwReceiveDataLength,
        .local_size = dwLocalAddressLength,
        .remote_size = dwRemoteAddressLength,
        .received = lpdwBytesReceived,
        .overlapped = lpOverlapped,
    };
    in.call.arguments[0] = sAcceptSocket;
    in.call.arguments[1] = (uint64_t)dwLocalAddressLength << 32 | dwRemoteAddressLength;
    in.call.arguments[2] = dwReceiveDataLength;
    nt_status status = check(&in, &listener, &acceptor);
    if (nt_success(status))
        status = accept_into(&in, listener, acceptor);
    return call_answer(&in.call, status) == 0;
}

/* ---- GetAcceptExSockaddrs -------------------------------------------------------------------- */

static void find_address(const struct call *call, CHAR *room, struct sockaddr **address, LPINT size)
{
    struct sockaddr *at = (struct sockaddr *)(void *)(room + BEFORE_ADDRESS);
    INT length = 0;
    memory_read(call, &length, room, sizeof length);
    if (address != NULL && memory_probe(call, address, sizeof at, ACCESS_WRITE))
        memory_write(call, address, &at, sizeof at);
    if (size != NULL && memory_probe(call, size, sizeof length, ACCESS_WRITE))
        memory_write(call, size, &length, sizeof length);
}

VOID GetAcceptExSockaddrs(PVOID lpOutputBuffer, DWORD dwReceiveDataLength,
                          DWORD dwLocalAddressLength, DWORD dwRemoteAddressLength,
                          struct sockaddr **LocalSockaddr, LPINT LocalSockaddrLength,
                          struct sockaddr **RemoteSockaddr, LPINT RemoteSockaddrLength)
{
    (void)dwRemoteAddressLength;
    const struct call call = call_begin(CALL_GetAcceptExSockaddrs, 0);
    CHAR *room = (CHAR *)lpOutputBuffer + dwReceiveDataLength;
    find_address(&call, room, LocalSockaddr, LocalSockaddrLength);
    find_address(&call, room + dwLocalAddressLength, RemoteSockaddr, RemoteSockaddrLength);
    call_finish(&call, STATUS_SUCCESS, NULL);
}
