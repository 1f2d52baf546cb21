/* The codes that move bytes or make a connection. AFD_RECEIVE is as libuv declares it and as Wine's
 * tests saw Windows answer it (rows 261 to 263); its neighbours are laid out alike, as System
 * Informer's headers say, and answer as their Winsock functions do.
 */
#include <string.h>

#include "sim/runtime/native_socket.h"

struct piece {
    uint32_t size; /* a WSABUF */
    uint64_t base;
};

struct transfer_info {
    uint64_t pieces;
    uint32_t count;
    uint32_t afd_flags;
    uint32_t tdi_flags;
};
_Static_assert(sizeof(struct piece) == 16 && sizeof(struct transfer_info) == 24, "as declared");

enum { PIECES_MAX = 64 };
enum { AFD_OVERLAPPED = 2 }; /* pends, though the socket does not block */
enum { TDI_NORMAL = 0x20, TDI_EXPEDITED = 0x40, TDI_PEEK = 0x80, TDI_WAIT_ALL = 0x4000 };
enum { TDI_SEND_EXPEDITED = 0x20 };

static nt_status read_pieces(const struct transfer_info *info, struct io_buffer *out)
{
    const void *pieces = (const void *)(uintptr_t)info->pieces;
    if (info->count == 0)
        return STATUS_INVALID_PARAMETER;
    if (info->count > PIECES_MAX)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (!userspace_probe(&guest_process()->userspace, pieces, info->count * sizeof(struct piece),
                         ACCESS_READ))
        return STATUS_ACCESS_VIOLATION;
    for (uint32_t i = 0; i < info->count; i++) {
        struct piece piece;
        memcpy(&piece, (const unsigned char *)pieces + i * sizeof piece, sizeof piece);
        out[i] = (struct io_buffer){(void *)(uintptr_t)piece.base, piece.size};
    }
    return STATUS_SUCCESS;
}

static unsigned flag_of_mode(const struct transfer_info *info, const struct socket_object *socket)
{
    return socket->non_blocking && (info->afd_flags & AFD_OVERLAPPED) == 0 ? IO_NO_WAIT : 0;
}

/* ---- Receiving ------------------------------------------------------------------------------- */

static nt_status check_kind(const struct transfer_info *info)
{
    bool normal = (info->tdi_flags & TDI_NORMAL) != 0;
    bool expedited = (info->tdi_flags & TDI_EXPEDITED) != 0;
    return normal != expedited ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

static unsigned receive_flags(const struct transfer_info *info, const struct socket_object *socket)
{
    unsigned flags = flag_of_mode(info, socket);
    if ((info->tdi_flags & TDI_EXPEDITED) != 0)
        flags |= IO_URGENT;
    if ((info->tdi_flags & TDI_PEEK) != 0)
        flags |= IO_PEEK;
    if ((info->tdi_flags & TDI_WAIT_ALL) != 0)
        flags |= IO_WAIT_ALL;
    return flags;
}

/* That a stream is not connected is found before anything is read. */
nt_status native_receive(const struct native_call *call, const struct native_buffers *buffers)
{
    struct transfer_info info;
    struct io_buffer pieces[PIECES_MAX];
    const struct socket_object *socket = native_socket(call);
    if (socket->kind.protocol == PROTOCOL_TCP && socket->state != SOCKET_CONNECTED)
        return STATUS_INVALID_CONNECTION;
    nt_status status = native_read(buffers, &info, sizeof info);
    if (status == STATUS_SUCCESS)
        status = check_kind(&info);
    if (status == STATUS_SUCCESS)
        status = read_pieces(&info, pieces);
    if (status != STATUS_SUCCESS)
        return status;
    const struct native_transfer what = {.name = "AFD_RECEIVE",
                                         .kind = IO_RECEIVE,
                                         .flags = receive_flags(&info, socket),
                                         .count = info.count,
                                         .buffers = pieces};
    return native_transfer(call, &what);
}

struct datagram_info {
    struct transfer_info transfer;
    uint64_t address, length; /* a sockaddr, and its ULONG */
};
_Static_assert(sizeof(struct datagram_info) == 40, "as declared");

static bool may_write_sender(void *address, void *length)
{
    uint32_t size;
    if (!guest_may_write(length, sizeof size))
        return false;
    memcpy(&size, length, sizeof size);
    return size <= sizeof(union name_buffer) * 8 && guest_may_write(address, size);
}

/* As much of the sender as there is room for. */
static void write_sender(struct io *io)
{
    const struct name from = {.address = io->address, .port = io->port};
    union name_buffer encoded;
    uint32_t room;
    if (io->guest[0] == NULL || !may_write_sender(io->guest[0], io->guest[1]))
        return;
    memcpy(&room, io->guest[1], sizeof room);
    uint32_t size = (uint32_t)name_encode(&from, &encoded);
    memcpy(io->guest[0], &encoded, size < room ? size : room);
    memcpy(io->guest[1], &size, sizeof size);
}

nt_status native_receive_datagram(const struct native_call *call,
                                  const struct native_buffers *buffers)
{
    struct datagram_info info;
    struct io_buffer pieces[PIECES_MAX];
    const struct socket_object *socket = native_socket(call);
    if (socket->kind.protocol == PROTOCOL_TCP)
        return STATUS_INVALID_DEVICE_REQUEST;
    nt_status status = native_read(buffers, &info, sizeof info);
    if (status == STATUS_SUCCESS)
        status = check_kind(&info.transfer);
    if (status == STATUS_SUCCESS)
        status = read_pieces(&info.transfer, pieces);
    if (status != STATUS_SUCCESS)
        return status;
    void *address = (void *)(uintptr_t)info.address, *length = (void *)(uintptr_t)info.length;
    if (address != NULL && !may_write_sender(address, length))
        return STATUS_ACCESS_VIOLATION;
    const struct native_transfer what = {.name = "AFD_RECEIVE_DATAGRAM",
                                         .kind = IO_RECEIVE,
                                         .flags = receive_flags(&info.transfer, socket),
                                         .count = info.transfer.count,
                                         .buffers = pieces,
                                         .finishing = write_sender,
                                         .guest = {address, length}};
    return native_transfer(call, &what);
}

/* ---- Sending --------------------------------------------------------------------------------- */

static nt_status send_pieces(const struct native_call *call, const struct transfer_info *info,
                             const struct name *to)
{
    struct io_buffer pieces[PIECES_MAX];
    const struct socket_object *socket = native_socket(call);
    nt_status status = read_pieces(info, pieces);
    if (status != STATUS_SUCCESS)
        return status;
    unsigned urgent = (info->tdi_flags & TDI_SEND_EXPEDITED) != 0 ? IO_URGENT : 0;
    const struct native_transfer what = {.name = "AFD_SEND",
                                         .kind = IO_SEND,
                                         .flags = flag_of_mode(info, socket) | urgent,
                                         .count = info->count,
                                         .buffers = pieces,
                                         .to = to};
    return native_transfer(call, &what);
}

nt_status native_send(const struct native_call *call, const struct native_buffers *buffers)
{
    struct transfer_info info;
    if (native_socket(call)->state != SOCKET_CONNECTED)
        return STATUS_INVALID_CONNECTION;
    nt_status status = native_read(buffers, &info, sizeof info);
    return status == STATUS_SUCCESS ? send_pieces(call, &info, NULL) : status;
}

/* The transport's request, of which nobody fills in more than these, comes before the connection
 * information, whose end the address is.
 */
struct send_datagram_info {
    struct transfer_info transfer;
    uint64_t request[4], information;
    uint64_t user_length, user, options_length, options;
    uint32_t address_length;
    uint64_t address;
};
_Static_assert(sizeof(struct send_datagram_info) == 112, "as declared");

nt_status native_send_datagram(const struct native_call *call, const struct native_buffers *buffers)
{
    struct send_datagram_info info;
    struct name to;
    const struct socket_object *socket = native_socket(call);
    if (socket->kind.protocol == PROTOCOL_TCP)
        return STATUS_INVALID_DEVICE_REQUEST;
    if (socket->state == SOCKET_UNBOUND)
        return STATUS_INVALID_PARAMETER;
    nt_status status = native_read(buffers, &info, sizeof info);
    if (status == STATUS_SUCCESS)
        status = native_read_name(socket, (const void *)(uintptr_t)info.address,
                                  info.address_length, &to);
    return status == STATUS_SUCCESS ? send_pieces(call, &info.transfer, &to) : status;
}

/* ---- Connecting ------------------------------------------------------------------------------ */

struct connect_info {
    uint64_t san_active, root, endpoint;
    unsigned char address[]; /* a sockaddr */
};

nt_status native_connect(const struct native_call *call, const struct native_buffers *buffers)
{
    struct connect_info info;
    struct name to;
    const struct socket_object *socket = native_socket(call);
    nt_status status = native_read(buffers, &info, sizeof info);
    if (status == STATUS_SUCCESS)
        status = native_read_name(socket, (const unsigned char *)buffers->in + sizeof info,
                                  buffers->in_size - sizeof info, &to);
    if (status != STATUS_SUCCESS)
        return status;
    if (socket->state == SOCKET_UNBOUND)
        return STATUS_INVALID_PARAMETER;
    const struct native_transfer what = {.name = "AFD_CONNECT", .kind = IO_CONNECT, .to = &to};
    return native_transfer(call, &what);
}
