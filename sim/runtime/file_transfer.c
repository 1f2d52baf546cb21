/* ReadFile and WriteFile, with an OVERLAPPED, a routine, or neither: of sockets, files and pipes,
 * and of the console.
 */
#include "sim/runtime/file_transfer.h"

#include "sim/nt/file.h"
#include "sim/nt/grip.h"
#include "sim/runtime/console.h"

/* ---- Being told ------------------------------------------------------------------------------ */

void transfer_run_routine(struct request *request, uint64_t routine)
{
    LPOVERLAPPED_COMPLETION_ROUTINE run = (LPOVERLAPPED_COMPLETION_ROUTINE)(uintptr_t)routine;
    DWORD error = nt_status_to_win32(request->status);
    DWORD bytes = (DWORD)request->information;
    LPOVERLAPPED overlapped = (LPOVERLAPPED)(void *)request->delivery.block;

    request_free(request);
    run(error, bytes, overlapped);
}

static void run_own(struct request *request)
{
    transfer_run_routine(request, ((const struct file_io *)request)->what.above);
}

/* How the caller wants to be told. */
static nt_status read_delivery(const struct transfer *transfer, struct request_delivery *delivery)
{
    uintptr_t event = (uintptr_t)transfer->overlapped->hEvent;

    *delivery =
        (struct request_delivery){.block = (struct io_status *)(void *)transfer->overlapped};
    if (transfer->routine != NULL) {
        delivery->apc_thread = guest_nt()->current;
        delivery->routine = run_own;
        return transfer->file->port == NULL ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
    }
    delivery->no_packet = (event & 1) != 0;
    event &= ~(uintptr_t)1;
    if (event == 0)
        return STATUS_SUCCESS;
    delivery->event = handle_find(guest_process(), event, OBJECT_EVENT);
    return delivery->event != NULL ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;
}

/* ---- Files and pipes ------------------------------------------------------------------------- */

/* Both halves all ones: behind the end. */
static uint64_t offset_of(const struct transfer *transfer)
{
    const OVERLAPPED *overlapped = transfer->overlapped;
    if (overlapped == NULL)
        return FILE_AT_POSITION;
    uint64_t offset = (uint64_t)overlapped->OffsetHigh << 32 | overlapped->Offset;
    return transfer->writes && offset == UINT64_MAX ? FILE_AT_END : offset;
}

static nt_status own_transfer(const struct transfer *transfer, const struct request_delivery *how,
                              DWORD *bytes)
{
    uint64_t information;
    const struct file_transfer what = {
        .call = transfer->call,
        .base = transfer->base,
        .size = transfer->size,
        .writes = transfer->writes,
        .offset = offset_of(transfer),
        .above = (uint64_t)(uintptr_t)transfer->routine,
    };
    nt_status status = file_io_run(transfer->file, &what, how, &information);
    *bytes = (DWORD)information;
    return status;
}

/* A synchronous file ends the OVERLAPPED before the call returns; only then has it touched it. */
static void end_overlapped(const struct transfer *transfer, nt_status status, DWORD bytes)
{
    struct request_delivery how;
    if (transfer->overlapped == NULL || read_delivery(transfer, &how) != STATUS_SUCCESS)
        return;
    transfer->overlapped->Internal = status;
    transfer->overlapped->InternalHigh = bytes;
    if (how.event != NULL)
        object_signal(how.event);
}

/* ---- The calls ------------------------------------------------------------------------------- */

static nt_status run_kind(const struct transfer *transfer, DWORD *bytes)
{
    struct request_delivery how;
    bool socket = transfer->file->object.type == OBJECT_SOCKET;
    if (!afd_file_pends(transfer->file)) {
        if (socket)
            return socket_transfer(transfer, NULL, bytes);
        nt_status status = own_transfer(transfer, NULL, bytes);
        end_overlapped(transfer, status, *bytes);
        return status;
    }
    nt_status status = read_delivery(transfer, &how);
    if (status != STATUS_SUCCESS)
        return status;
    return socket ? socket_transfer(transfer, &how, bytes) : own_transfer(transfer, &how, bytes);
}

/* Reading behind the end is no failure without an OVERLAPPED: there are 0 bytes. */
static nt_status end_of_file(const struct transfer *transfer, nt_status status)
{
    bool ends = status == STATUS_END_OF_FILE && transfer->overlapped == NULL;
    return ends ? STATUS_SUCCESS : status;
}

static bool may_use(const struct transfer *transfer)
{
    return userspace_probe(&guest_process()->userspace, transfer->base, transfer->size,
                           transfer->writes ? ACCESS_READ : ACCESS_WRITE) &&
           (transfer->overlapped == NULL ||
            guest_may_write(transfer->overlapped, sizeof *transfer->overlapped));
}

static BOOL run(struct transfer *transfer, HANDLE handle, LPDWORD count)
{
    DWORD bytes = 0;

    guest_preempt_in(transfer->writes ? "WriteFile" : "ReadFile");
    transfer->file = guest_file(handle);
    if (transfer->file == NULL)
        return FALSE;
    if (count != NULL && !guest_may_write(count, sizeof *count))
        return guest_fail(ERROR_NOACCESS);
    if (count != NULL)
        *count = 0;
    if (afd_file_pends(transfer->file) && transfer->overlapped == NULL)
        return guest_fail(ERROR_INVALID_PARAMETER);
    if (!may_use(transfer))
        return guest_fail(ERROR_NOACCESS);

    struct object *object = &transfer->file->object;
    struct grip grip;
    grip_begin(guest_nt(), &grip, &object, 1);
    nt_status status = end_of_file(transfer, run_kind(transfer, &bytes));
    grip_end(guest_nt(), &grip);
    if (count != NULL)
        *count = bytes;
    return status == STATUS_SUCCESS ? TRUE : guest_fail(nt_status_to_win32(status));
}

BOOL ReadFile(HANDLE hFile, LPVOID lpBuffer, DWORD nNumberOfBytesToRead,
              LPDWORD lpNumberOfBytesRead, LPOVERLAPPED lpOverlapped)
{
    struct transfer transfer = {
        .call = "ReadFile",
        .base = lpBuffer,
        .size = nNumberOfBytesToRead,
        .overlapped = lpOverlapped,
    };
    if (guest_is_console(hFile))
        return console_read(hFile, lpBuffer, nNumberOfBytesToRead, lpNumberOfBytesRead);
    return run(&transfer, hFile, lpNumberOfBytesRead);
}

BOOL WriteFile(HANDLE hFile, LPCVOID lpBuffer, DWORD nNumberOfBytesToWrite,
               LPDWORD lpNumberOfBytesWritten, LPOVERLAPPED lpOverlapped)
{
    struct transfer transfer = {
        .call = "WriteFile",
        .writes = true,
        .base = (void *)(uintptr_t)lpBuffer,
        .size = nNumberOfBytesToWrite,
        .overlapped = lpOverlapped,
    };
    if (guest_is_console(hFile))
        return console_write(hFile, lpBuffer, nNumberOfBytesToWrite, lpNumberOfBytesWritten);
    return run(&transfer, hFile, lpNumberOfBytesWritten);
}

/* That it pends is success here: the routine tells the rest. */
static BOOL run_with_routine(struct transfer *transfer, HANDLE file)
{
    if (transfer->routine == NULL || transfer->overlapped == NULL)
        return guest_fail(ERROR_INVALID_PARAMETER);
    if (run(transfer, file, NULL))
        return TRUE;
    return guest_nt()->current->last_error == ERROR_IO_PENDING;
}

BOOL ReadFileEx(HANDLE hFile, LPVOID lpBuffer, DWORD nNumberOfBytesToRead,
                LPOVERLAPPED lpOverlapped, LPOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
{
    struct transfer transfer = {
        .call = "ReadFileEx",
        .base = lpBuffer,
        .size = nNumberOfBytesToRead,
        .overlapped = lpOverlapped,
        .routine = lpCompletionRoutine,
    };
    return run_with_routine(&transfer, hFile);
}

BOOL WriteFileEx(HANDLE hFile, LPCVOID lpBuffer, DWORD nNumberOfBytesToWrite,
                 LPOVERLAPPED lpOverlapped, LPOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
{
    struct transfer transfer = {
        .call = "WriteFileEx",
        .writes = true,
        .base = (void *)(uintptr_t)lpBuffer,
        .size = nNumberOfBytesToWrite,
        .overlapped = lpOverlapped,
        .routine = lpCompletionRoutine,
    };
    return run_with_routine(&transfer, hFile);
}
