/* Sockets as files: ReadFile, WriteFile and their kin with routines (row 264 of what Windows does).
 * They go past Winsock, to the kernel's own read and write, and answer in Win32's errors.
 */
#include "sim/afd/io.h"
#include "sim/afd/socket.h"
#include "sim/runtime/guest_objects.h"

/* One call. */
struct transfer {
    const char *call;
    struct socket_object *socket;
    bool writes;
    struct io_buffer buffer;
    OVERLAPPED *overlapped; /* NULL for a socket without the attribute */
    LPOVERLAPPED_COMPLETION_ROUTINE routine;
};

static nt_status start(struct io *io, const struct transfer *transfer)
{
    if (!io_set_buffers(io, &transfer->buffer, 1))
        return STATUS_INSUFFICIENT_RESOURCES;
    return transfer->writes ? socket_send(io, guest_process()) : socket_receive(io);
}

static void run_routine(struct request *request)
{
    const struct io *io = (const struct io *)request;
    LPOVERLAPPED_COMPLETION_ROUTINE routine =
        (LPOVERLAPPED_COMPLETION_ROUTINE)(uintptr_t)io->above[0];
    DWORD error = nt_status_to_win32(request->status);
    DWORD bytes = (DWORD)request->information;
    LPOVERLAPPED overlapped = (LPOVERLAPPED)(void *)request->delivery.block;

    request_free(request);
    routine(error, bytes, overlapped);
}

/* How the caller wants to be told. */
static nt_status read_delivery(const struct transfer *transfer, struct request_delivery *delivery)
{
    uintptr_t event = (uintptr_t)transfer->overlapped->hEvent;

    *delivery =
        (struct request_delivery){.block = (struct io_status *)(void *)transfer->overlapped};
    if (transfer->routine != NULL) {
        delivery->apc_thread = guest_nt()->current;
        delivery->routine = run_routine;
        return transfer->socket->file.port == NULL ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
    }
    delivery->no_packet = (event & 1) != 0;
    event &= ~(uintptr_t)1;
    if (event == 0)
        return STATUS_SUCCESS;
    delivery->event = handle_find(guest_process(), event, OBJECT_EVENT);
    return delivery->event != NULL ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;
}

static nt_status run_overlapped(const struct transfer *transfer, DWORD *bytes)
{
    struct request_delivery delivery;

    nt_status status = read_delivery(transfer, &delivery);
    if (status != STATUS_SUCCESS)
        return status;
    struct io *io = io_new(transfer->socket, transfer->writes ? IO_SEND : IO_RECEIVE,
                           transfer->call, &delivery);
    if (io == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    io->above[0] = (uint64_t)(uintptr_t)transfer->routine;
    status = start(io, transfer);
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
    io_begin(&io, transfer->socket, transfer->writes ? IO_SEND : IO_RECEIVE, transfer->call);
    io.flags = IO_WAITS;
    nt_status status = start(&io, transfer);
    if (status == STATUS_PENDING)
        status = io_wait(&io, 0, true);
    *bytes = (DWORD)io.request.information;
    io_end(&io);
    return status;
}

static BOOL run(struct transfer *transfer, HANDLE file, LPDWORD count, LPOVERLAPPED overlapped)
{
    DWORD bytes = 0;

    guest_preempt_in(transfer->writes ? "WriteFile" : "ReadFile");
    transfer->socket = (struct socket_object *)guest_object_of(file, OBJECT_SOCKET);
    if (transfer->socket == NULL)
        return FALSE;
    if (count != NULL && !guest_may_write(count, sizeof *count))
        return guest_fail(ERROR_NOACCESS);
    if (count != NULL)
        *count = 0;
    if (transfer->socket->overlapped && overlapped == NULL)
        return guest_fail(ERROR_INVALID_PARAMETER);
    if (!userspace_probe(&guest_process()->userspace, transfer->buffer.base, transfer->buffer.size,
                         transfer->writes ? ACCESS_READ : ACCESS_WRITE) ||
        (overlapped != NULL && !guest_may_write(overlapped, sizeof *overlapped)))
        return guest_fail(ERROR_NOACCESS);

    transfer->overlapped = overlapped;
    struct object *object = &transfer->socket->object;
    object_reference(object);
    nt_status status = transfer->socket->overlapped ? run_overlapped(transfer, &bytes)
                                                    : run_waiting(transfer, &bytes);
    object_release(object);
    if (count != NULL)
        *count = bytes;
    return status == STATUS_SUCCESS ? TRUE : guest_fail(nt_status_to_win32(status));
}

BOOL ReadFile(HANDLE hFile, LPVOID lpBuffer, DWORD nNumberOfBytesToRead,
              LPDWORD lpNumberOfBytesRead, LPOVERLAPPED lpOverlapped)
{
    struct transfer transfer = {
        .call = "ReadFile",
        .buffer = {.base = lpBuffer, .size = nNumberOfBytesToRead},
    };
    return run(&transfer, hFile, lpNumberOfBytesRead, lpOverlapped);
}

BOOL socket_write_file(HANDLE file, LPCVOID buffer, DWORD size, LPDWORD count,
                       LPOVERLAPPED overlapped)
{
    struct transfer transfer = {
        .call = "WriteFile",
        .writes = true,
        .buffer = {.base = (void *)(uintptr_t)buffer, .size = size},
    };
    return run(&transfer, file, count, overlapped);
}

/* That it pends is success here: the routine tells the rest. */
static BOOL run_with_routine(struct transfer *transfer, HANDLE file, LPOVERLAPPED overlapped)
{
    if (transfer->routine == NULL || overlapped == NULL)
        return guest_fail(ERROR_INVALID_PARAMETER);
    if (run(transfer, file, NULL, overlapped))
        return TRUE;
    return guest_nt()->current->last_error == ERROR_IO_PENDING;
}

BOOL ReadFileEx(HANDLE hFile, LPVOID lpBuffer, DWORD nNumberOfBytesToRead,
                LPOVERLAPPED lpOverlapped, LPOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
{
    struct transfer transfer = {
        .call = "ReadFileEx",
        .buffer = {.base = lpBuffer, .size = nNumberOfBytesToRead},
        .routine = lpCompletionRoutine,
    };
    return run_with_routine(&transfer, hFile, lpOverlapped);
}

BOOL WriteFileEx(HANDLE hFile, LPCVOID lpBuffer, DWORD nNumberOfBytesToWrite,
                 LPOVERLAPPED lpOverlapped, LPOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
{
    struct transfer transfer = {
        .call = "WriteFileEx",
        .writes = true,
        .buffer = {.base = (void *)(uintptr_t)lpBuffer, .size = nNumberOfBytesToWrite},
        .routine = lpCompletionRoutine,
    };
    return run_with_routine(&transfer, hFile, lpOverlapped);
}
