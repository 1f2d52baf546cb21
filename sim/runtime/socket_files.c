/* Sockets as files: they go past Winsock, to the kernel's own read and write, and answer in Win32's
 * errors (row 264 of what Windows does).
 */
#include "sim/afd/io.h"
#include "sim/afd/socket.h"
#include "sim/runtime/file_transfer.h"

static nt_status start(struct io *io, const struct transfer *transfer)
{
    const struct io_buffer buffer = {transfer->base, transfer->size};
    if (!io_set_buffers(io, &buffer, 1))
        return STATUS_INSUFFICIENT_RESOURCES;
    return transfer->writes ? socket_send(io, guest_process()) : socket_receive(io);
}

static void run_routine(struct request *request)
{
    transfer_run_routine(request, ((const struct io *)request)->above[0]);
}

static nt_status run_overlapped(const struct transfer *transfer, struct request_delivery *how,
                                DWORD *bytes)
{
    struct socket_object *socket = (struct socket_object *)transfer->file;
    if (how->routine != NULL)
        how->routine = run_routine;
    struct io *io = io_new(socket, transfer->writes ? IO_SEND : IO_RECEIVE, transfer->call, how);
    if (io == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    io->above[0] = (uint64_t)(uintptr_t)transfer->routine;
    nt_status status = start(io, transfer);
    if (status >= 0xC0000000u)
        io_end(io);
    else if (status != STATUS_PENDING)
        *bytes = (DWORD)io->request.information;
    return status;
}

/* Waits, whatever the socket's blocking mode. */
static nt_status run_waiting(const struct transfer *transfer, DWORD *bytes)
{
    struct io io;
    io_begin(&io, (struct socket_object *)transfer->file, transfer->writes ? IO_SEND : IO_RECEIVE,
             transfer->call);
    io.flags = IO_WAITS;
    nt_status status = start(&io, transfer);
    if (status == STATUS_PENDING)
        status = io_wait(&io, 0, true);
    *bytes = (DWORD)io.request.information;
    io_end(&io);
    return status;
}

nt_status socket_transfer(const struct transfer *transfer, struct request_delivery *how,
                          DWORD *bytes)
{
    return how != NULL ? run_overlapped(transfer, how, bytes) : run_waiting(transfer, bytes);
}
