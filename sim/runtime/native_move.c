/* ntdll's reading and writing of sockets, and AFD_RECEIVE, as libuv declares it and as Wine's tests
 * saw Windows answer it (rows 261 to 263).
 */
#include <string.h>

#include "sim/afd/io.h"
#include "sim/afd/socket.h"
#include "sim/runtime/native.h"

void native_move_run(struct request *request)
{
    native_run(request, ((const struct io *)request)->above[0]);
}

struct transfer {
    const char *name;
    enum io_kind kind;
    unsigned flags; /* enum io_flag */
    uint32_t count;
    const struct io_buffer *buffers;
};

static nt_status start(struct io *io, const struct transfer *transfer)
{
    io->flags = transfer->flags;
    if (!io_set_buffers(io, transfer->buffers, transfer->count))
        return STATUS_INSUFFICIENT_RESOURCES;
    return transfer->kind == IO_SEND ? socket_send(io, guest_process()) : socket_receive(io);
}

static nt_status transfer_waiting(const struct native_call *call, const struct transfer *transfer)
{
    struct io io;
    io_begin(&io, (struct socket_object *)call->file, transfer->kind, transfer->name);
    nt_status status = start(&io, transfer);
    if (status == STATUS_PENDING)
        status = io_wait(&io, 0, false);
    uint64_t information = io.request.information;
    io_end(&io);
    return native_end(call, status, information);
}

static nt_status transfer_told(const struct native_call *call, const struct transfer *transfer)
{
    struct io *io =
        io_new((struct socket_object *)call->file, transfer->kind, transfer->name, &call->how);
    if (io == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    io->above[0] = (uintptr_t)call->routine;
    nt_status status = start(io, transfer);
    if (status >= 0xC0000000u)
        io_end(io);
    return status;
}

static nt_status run(const struct native_call *call, const struct transfer *transfer)
{
    struct object *object = &call->file->object;
    object_reference(object);
    nt_status status =
        call->waits ? transfer_waiting(call, transfer) : transfer_told(call, transfer);
    object_release(object);
    return status;
}

static bool may_move(const struct transfer *transfer)
{
    const enum access access = transfer->kind == IO_SEND ? ACCESS_READ : ACCESS_WRITE;
    for (uint32_t i = 0; i < transfer->count; i++)
        if (!userspace_probe(&guest_process()->userspace, transfer->buffers[i].base,
                             transfer->buffers[i].size, access))
            return false;
    return true;
}

/* ---- NtReadFile and NtWriteFile -------------------------------------------------------------- */

/* An overlapped socket wants an offset that is not negative, and makes nothing of it (row 264). */
static NTSTATUS move(struct native_call *call, const struct transfer *transfer,
                     const LARGE_INTEGER *offset)
{
    guest_preempt();
    nt_status status = native_prepare(call, native_move_run);
    if (status != STATUS_SUCCESS)
        return (NTSTATUS)status;
    if (call->file->object.type != OBJECT_SOCKET)
        return (NTSTATUS)STATUS_INVALID_DEVICE_REQUEST;
    if (!may_move(transfer))
        return (NTSTATUS)STATUS_ACCESS_VIOLATION;
    if (!call->waits && (offset == NULL || offset->QuadPart < 0))
        return (NTSTATUS)STATUS_INVALID_PARAMETER;
    return (NTSTATUS)run(call, transfer);
}

NTSTATUS NtReadFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext,
                    PIO_STATUS_BLOCK IoStatusBlock, PVOID Buffer, ULONG Length,
                    PLARGE_INTEGER ByteOffset, PULONG Key)
{
    struct native_call call = NATIVE_CALL(FileHandle, Event, ApcRoutine, ApcContext, IoStatusBlock);
    const struct io_buffer buffer = {Buffer, Length};
    (void)Key;
    return move(&call, &(const struct transfer){"NtReadFile", IO_RECEIVE, IO_WAITS, 1, &buffer},
                ByteOffset);
}

NTSTATUS NtWriteFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext,
                     PIO_STATUS_BLOCK IoStatusBlock, PVOID Buffer, ULONG Length,
                     PLARGE_INTEGER ByteOffset, PULONG Key)
{
    struct native_call call = NATIVE_CALL(FileHandle, Event, ApcRoutine, ApcContext, IoStatusBlock);
    const struct io_buffer buffer = {Buffer, Length};
    (void)Key;
    return move(&call, &(const struct transfer){"NtWriteFile", IO_SEND, IO_WAITS, 1, &buffer},
                ByteOffset);
}

/* ---- AFD_RECEIVE ----------------------------------------------------------------------------- */

struct piece {
    uint32_t size; /* a WSABUF */
    uint64_t base;
};

struct receive_info {
    uint64_t pieces;
    uint32_t count;
    uint32_t afd_flags;
    uint32_t tdi_flags;
};
_Static_assert(sizeof(struct piece) == 16 && sizeof(struct receive_info) == 24, "as declared");

enum { PIECES_MAX = 16 };
enum { AFD_OVERLAPPED = 2 }; /* pends, though the socket does not block */
enum { TDI_NORMAL = 0x20, TDI_EXPEDITED = 0x40, TDI_PEEK = 0x80, TDI_WAIT_ALL = 0x4000 };

static nt_status read_info(const struct native_buffers *buffers, struct receive_info *info)
{
    if (buffers->in == NULL || buffers->in_size < sizeof *info)
        return STATUS_INVALID_PARAMETER;
    if (!userspace_probe(&guest_process()->userspace, buffers->in, sizeof *info, ACCESS_READ))
        return STATUS_ACCESS_VIOLATION;
    memcpy(info, buffers->in, sizeof *info);
    bool normal = (info->tdi_flags & TDI_NORMAL) != 0;
    bool expedited = (info->tdi_flags & TDI_EXPEDITED) != 0;
    return normal != expedited ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

static nt_status read_pieces(const struct receive_info *info, struct io_buffer *out)
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

static unsigned flags_of(const struct receive_info *info, const struct socket_object *socket)
{
    unsigned flags = 0;
    if (socket->non_blocking && (info->afd_flags & AFD_OVERLAPPED) == 0)
        flags |= IO_NO_WAIT;
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
    struct receive_info info;
    struct io_buffer pieces[PIECES_MAX];
    const struct socket_object *socket = (const struct socket_object *)call->file;
    if (call->file->object.type != OBJECT_SOCKET)
        return STATUS_INVALID_DEVICE_REQUEST;
    if (socket->kind.protocol == PROTOCOL_TCP && socket->state != SOCKET_CONNECTED)
        return STATUS_INVALID_CONNECTION;
    nt_status status = read_info(buffers, &info);
    if (status == STATUS_SUCCESS)
        status = read_pieces(&info, pieces);
    if (status != STATUS_SUCCESS)
        return status;
    const struct transfer what = {"AFD_RECEIVE", IO_RECEIVE, flags_of(&info, socket), info.count,
                                  pieces};
    return may_move(&what) ? run(call, &what) : STATUS_ACCESS_VIOLATION;
}
