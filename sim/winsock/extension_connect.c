/* ConnectEx and DisconnectEx. */
#include "sim/afd/socket.h"
#include "sim/winsock/buffers.h"
#include "sim/winsock/delivery.h"
#include "sim/winsock/extension.h"
#include "sim/winsock/memory.h"
#include "sim/winsock/name.h"

/* ---- ConnectEx ------------------------------------------------------------------------------- */

struct connecting {
    struct call call;
    const struct sockaddr *address;
    int size;
    const void *bytes;
    DWORD length;
    LPDWORD sent;
    LPOVERLAPPED overlapped;
};

static nt_status connect_to(struct connecting *in, struct socket_object *socket,
                            const struct name *peer, const struct buffers *first_bytes)
{
    struct delivery delivery;
    const struct delivery_request request = {.overlapped = in->overlapped};
    nt_status status = delivery_read(&in->call, socket, &request, &delivery);
    if (!nt_success(status))
        return status;
    struct io here;
    struct io *io = delivery_begin(&delivery, socket, IO_CONNECT, "ConnectEx", &here);
    if (io == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    io->has_address = true;
    io->address = peer->address;
    io->port = peer->port;
    status = STATUS_INSUFFICIENT_RESOURCES;
    if (io_set_buffers(io, first_bytes->all, first_bytes->count) && io_keep(io)) /* row 160 */
        status = socket_connect_io(io, in->call.process, true);
    status = delivery_end(&delivery, io, status, 0);
    if (delivery_is_done(status) && in->sent != NULL) {
        const DWORD sent = (DWORD)io->request.information;
        memory_write(&in->call, in->sent, &sent, sizeof sent);
    }
    return status;
}

static nt_status connect_overlapped(struct connecting *in)
{
    struct call *call = &in->call;
    struct name peer;
    struct buffers first_bytes;
    nt_status begun = delivery_mark_pending(call, in->overlapped);
    nt_status status;
    struct socket_object *socket = call_socket(call, &status);
    if (socket == NULL)
        return status;
    if (!nt_success(begun))
        return begun;
    if (in->sent != NULL && !memory_probe(call, in->sent, sizeof *in->sent, ACCESS_WRITE))
        return STATUS_ACCESS_VIOLATION;
    status = name_read(call, in->address, in->size, socket->kind.family, &peer);
    if (!nt_success(status))
        return status;
    buffers_none(&first_bytes);
    if (in->bytes != NULL)
        status = buffers_add(&first_bytes, call, in->bytes, in->length, ACCESS_READ);
    return nt_success(status) ? connect_to(in, socket, &peer, &first_bytes) : status;
}

BOOL WINAPI extension_connect(SOCKET s, const struct sockaddr *name, int namelen,
                              PVOID lpSendBuffer, DWORD dwSendDataLength, LPDWORD lpdwBytesSent,
                              LPOVERLAPPED lpOverlapped)
{
    if (!call_allowed(CALL_ConnectEx, s))
        return FALSE;
    struct connecting in = {
        .call = call_begin(CALL_ConnectEx, s),
        .address = name,
        .size = namelen,
        .bytes = lpSendBuffer,
        .length = dwSendDataLength,
        .sent = lpdwBytesSent,
        .overlapped = lpOverlapped,
    };
    in.call.arguments[0] = dwSendDataLength;
    nt_status status = connect_overlapped(&in);
    return call_answer(&in.call, status) == 0;
}

/* ---- DisconnectEx ---------------------------------------------------------------------------- */

static nt_status disconnect(const struct call *call, LPOVERLAPPED overlapped, DWORD flags,
                            DWORD reserved)
{
    nt_status status;
    struct delivery delivery;
    const struct delivery_request request = {.overlapped = overlapped};
    struct socket_object *socket = call_socket(call, &status);
    if (socket == NULL)
        return status;
    bool known = (flags & ~(DWORD)TF_REUSE_SOCKET) == 0 && reserved == 0;
    if (!known && BEHAVES(call->profile, disconnect_flags, wsaeinval))
        return STATUS_INVALID_PARAMETER;
    status = delivery_read(call, socket, &request, &delivery);
    if (!nt_success(status))
        return status;
    struct io here;
    struct io *io = delivery_begin(&delivery, socket, IO_DISCONNECT, "DisconnectEx", &here);
    if (io == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    if ((flags & TF_REUSE_SOCKET) != 0)
        io->flags = IO_REUSE;
    return delivery_end(&delivery, io, socket_disconnect_io(io), 0);
}

/* Without an OVERLAPPED it is done when it returns (row 223). */
BOOL WINAPI extension_disconnect(SOCKET s, LPOVERLAPPED lpOverlapped, DWORD dwFlags,
                                 DWORD dwReserved)
{
    if (!call_allowed(CALL_DisconnectEx, s))
        return FALSE;
    struct call call = call_begin(CALL_DisconnectEx, s);
    call.arguments[0] = dwFlags;
    call.arguments[1] = lpOverlapped != NULL;
    return call_answer(&call, disconnect(&call, lpOverlapped, dwFlags, dwReserved)) == 0;
}
