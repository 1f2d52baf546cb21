/* Bytes that ntdll's calls move: the transfer itself, NtReadFile and NtWriteFile. */
#include <string.h>

#include "sim/nt/file_io.h"
#include "sim/nt/grip.h"
#include "sim/runtime/native_socket.h"

void native_move_run(struct request *request)
{
    native_run(request, ((const struct io *)request)->above[0]);
}

static nt_status start(struct io *io, const struct native_transfer *transfer)
{
    io->flags = transfer->flags;
    io->finishing = transfer->finishing;
    memcpy(io->guest, transfer->guest, sizeof transfer->guest);
    io->has_address = transfer->to != NULL;
    if (transfer->to != NULL) {
        io->address = transfer->to->address;
        io->port = transfer->to->port;
    }
    if (!io_set_buffers(io, transfer->buffers, transfer->count))
        return STATUS_INSUFFICIENT_RESOURCES;
    if (transfer->kind == IO_CONNECT)
        return socket_connect_io(io, guest_process(), false);
    return transfer->kind == IO_SEND ? socket_send(io, guest_process()) : socket_receive(io);
}

static nt_status transfer_waiting(const struct native_call *call,
                                  const struct native_transfer *transfer)
{
    struct io io;
    io_begin(&io, native_socket(call), transfer->kind, transfer->name);
    nt_status status = start(&io, transfer);
    if (status == STATUS_PENDING)
        status = io_wait(&io, 0, false);
    uint64_t information = io.request.information;
    io_end(&io);
    return native_end(call, status, information);
}

static nt_status transfer_told(const struct native_call *call,
                               const struct native_transfer *transfer)
{
    struct io *io = io_new(native_socket(call), transfer->kind, transfer->name, &call->how);
    if (io == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    io->above[0] = (uintptr_t)call->routine;
    nt_status status = start(io, transfer);
    if (status >= 0xC0000000u)
        io_end(io);
    return status;
}

static bool may_move(const struct native_transfer *transfer)
{
    const enum access access = transfer->kind == IO_SEND ? ACCESS_READ : ACCESS_WRITE;
    for (uint32_t i = 0; i < transfer->count; i++)
        if (!userspace_probe(&guest_process()->userspace, transfer->buffers[i].base,
                             transfer->buffers[i].size, access))
            return false;
    return true;
}

nt_status native_transfer(const struct native_call *call, const struct native_transfer *transfer)
{
    struct object *object = &call->file->object;
    if (!may_move(transfer))
        return STATUS_ACCESS_VIOLATION;
    struct grip grip;
    grip_begin(guest_nt(), &grip, &object, 1);
    nt_status status =
        call->waits ? transfer_waiting(call, transfer) : transfer_told(call, transfer);
    grip_end(guest_nt(), &grip);
    return status;
}

/* ---- NtReadFile and NtWriteFile -------------------------------------------------------------- */

/* An overlapped socket wants an offset that is not negative, and makes nothing of it (row 264). */
static NTSTATUS move(struct native_call *call, const struct native_transfer *transfer,
                     const LARGE_INTEGER *offset)
{
    guest_preempt();
    nt_status status = native_prepare(call, native_move_run);
    if (status != STATUS_SUCCESS)
        return (NTSTATUS)status;
    if (call->file->object.type != OBJECT_SOCKET) {
        struct file_transfer what = {.call = transfer->name,
                                     .base = transfer->buffers->base,
                                     .size = transfer->buffers->size,
                                     .writes = transfer->kind == IO_SEND};
        return (NTSTATUS)native_move_own(call, &what, offset);
    }
    if (!may_move(transfer))
        return (NTSTATUS)STATUS_ACCESS_VIOLATION;
    if (!call->waits && (offset == NULL || offset->QuadPart < 0))
        return (NTSTATUS)STATUS_INVALID_PARAMETER;
    return (NTSTATUS)native_transfer(call, transfer);
}

NTSTATUS NtReadFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext,
                    PIO_STATUS_BLOCK IoStatusBlock, PVOID Buffer, ULONG Length,
                    PLARGE_INTEGER ByteOffset, PULONG Key)
{
    struct native_call call = NATIVE_CALL(FileHandle, Event, ApcRoutine, ApcContext, IoStatusBlock);
    const struct io_buffer buffer = {Buffer, Length};
    const struct native_transfer transfer = {.name = "NtReadFile",
                                             .kind = IO_RECEIVE,
                                             .flags = IO_WAITS,
                                             .count = 1,
                                             .buffers = &buffer};
    (void)Key;
    return move(&call, &transfer, ByteOffset);
}

NTSTATUS NtWriteFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext,
                     PIO_STATUS_BLOCK IoStatusBlock, PVOID Buffer, ULONG Length,
                     PLARGE_INTEGER ByteOffset, PULONG Key)
{
    struct native_call call = NATIVE_CALL(FileHandle, Event, ApcRoutine, ApcContext, IoStatusBlock);
    const struct io_buffer buffer = {Buffer, Length};
    const struct native_transfer transfer = {
        .name = "NtWriteFile", .kind = IO_SEND, .flags = IO_WAITS, .count = 1, .buffers = &buffer};
    (void)Key;
    return move(&call, &transfer, ByteOffset);
}
