/* kernel32's part of I/O that pends: completion ports, results, cancelling. */
#include "sim/nt/grip.h"
#include "sim/nt/port.h"
#include "sim/nt/request.h"
#include "sim/runtime/guest_objects.h"

_Static_assert(offsetof(OVERLAPPED, Internal) == offsetof(struct io_status, status), "Internal");
_Static_assert(offsetof(OVERLAPPED, InternalHigh) == offsetof(struct io_status, information),
               "InternalHigh");

/* ---- Completion ports ------------------------------------------------------------------------ */

bool guest_set_port(HANDLE handle, struct port *port, uint64_t key)
{
    struct file *file = guest_file(handle);
    if (file == NULL)
        return false;
    /* One that is not overlapped has nobody to tell: its calls end before they return. */
    if (!afd_file_pends(file))
        return guest_fail(ERROR_INVALID_PARAMETER);
    return guest_answer(file_set_port(file, port, key));
}

static HANDLE create_port(HANDLE file, ULONG_PTR key, DWORD concurrency)
{
    struct port *port = port_create(guest_nt(), concurrency);
    if (port == NULL) {
        guest_fail(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    object_reference(port_object(port));
    HANDLE handle = guest_give_handle(port_object(port), NULL);
    if (handle != NULL && file != INVALID_HANDLE_VALUE && !guest_set_port(file, port, key)) {
        handle_close(guest_process(), guest_number(handle));
        handle = NULL;
    }
    object_release(port_object(port));
    return handle;
}

HANDLE CreateIoCompletionPort(HANDLE FileHandle, HANDLE ExistingCompletionPort,
                              ULONG_PTR CompletionKey, DWORD NumberOfConcurrentThreads)
{
    guest_note();
    if (ExistingCompletionPort == NULL)
        return create_port(FileHandle, CompletionKey, NumberOfConcurrentThreads);
    if (FileHandle == INVALID_HANDLE_VALUE) {
        guest_fail(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    struct object *port = guest_object_of(ExistingCompletionPort, OBJECT_PORT);
    if (port == NULL || !guest_set_port(FileHandle, port_of(port), CompletionKey))
        return NULL;
    return ExistingCompletionPort;
}

/* Takes packets while the port's object is held. */
static nt_status take(struct object *object, struct packet **packets, uint32_t count,
                      uint32_t *taken, DWORD milliseconds, bool alertable, const char *call)
{
    struct grip grip;
    grip_begin(guest_nt(), &grip, &object, 1);
    nt_status status = port_take(port_of(object), packets, count, taken,
                                 guest_timeout_ns(milliseconds), alertable, call);
    grip_end(guest_nt(), &grip);
    return status;
}

/* When nothing was taken the OVERLAPPED is NULL, and bytes and key stay as they were (row 84); a
 * success leaves the last error alone (row 87).
 */
BOOL GetQueuedCompletionStatus(HANDLE CompletionPort, LPDWORD lpNumberOfBytesTransferred,
                               PULONG_PTR lpCompletionKey, LPOVERLAPPED *lpOverlapped,
                               DWORD dwMilliseconds)
{
    guest_preempt();
    struct packet *packet = NULL;
    uint32_t taken = 0;

    if (!guest_may_write(lpNumberOfBytesTransferred, sizeof *lpNumberOfBytesTransferred) ||
        !guest_may_write(lpCompletionKey, sizeof *lpCompletionKey) ||
        !guest_may_write(lpOverlapped, sizeof *lpOverlapped))
        return guest_fail(ERROR_NOACCESS);
    const struct profile *profile = guest_nt()->profile;
    if (!BEHAVES(profile, port_time_out, nothing))
        *lpOverlapped = NULL;
    struct object *port = guest_object_of(CompletionPort, OBJECT_PORT);
    if (port == NULL)
        return FALSE;
    bool alertable = BEHAVES(profile, port_alertable, every);
    nt_status status =
        take(port, &packet, 1, &taken, dwMilliseconds, alertable, "GetQueuedCompletionStatus");
    if (status != STATUS_SUCCESS && BEHAVES(profile, port_time_out, zeros)) {
        *lpNumberOfBytesTransferred = 0;
        *lpCompletionKey = 0;
    }
    if (status != STATUS_SUCCESS)
        return guest_answer(status);

    status = packet->status;
    *lpNumberOfBytesTransferred = (DWORD)packet->information;
    *lpCompletionKey = packet->key;
    *lpOverlapped = (LPOVERLAPPED)(uintptr_t)packet->context;
    packet->done(guest_nt(), packet);
    if (BEHAVES(profile, port_last_error, cleared))
        SetLastError(ERROR_SUCCESS);
    return nt_success(status) ? TRUE : guest_fail(nt_status_to_win32(status));
}

enum { PACKETS_AT_ONCE = 64 };

/* Writes the entries, and ends the packets. */
static void give_entries(struct packet **packets, uint32_t count, LPOVERLAPPED_ENTRY entries)
{
    for (uint32_t i = 0; i < count; i++) {
        struct packet *packet = packets[i];
        entries[i] = (OVERLAPPED_ENTRY){
            .lpCompletionKey = packet->key,
            .lpOverlapped = (LPOVERLAPPED)(uintptr_t)packet->context,
            .Internal = packet->status,
            .dwNumberOfBytesTransferred = (DWORD)packet->information,
        };
        packet->done(guest_nt(), packet);
    }
}

/* What failed is told in its entry alone: the call has succeeded. */
BOOL GetQueuedCompletionStatusEx(HANDLE CompletionPort, LPOVERLAPPED_ENTRY lpCompletionPortEntries,
                                 ULONG ulCount, PULONG ulNumEntriesRemoved, DWORD dwMilliseconds,
                                 BOOL fAlertable)
{
    guest_preempt();
    struct packet *packets[PACKETS_AT_ONCE];
    uint32_t count = ulCount < PACKETS_AT_ONCE ? ulCount : PACKETS_AT_ONCE;
    uint32_t taken = 0;

    if (count == 0)
        return guest_fail(ERROR_INVALID_PARAMETER);
    if (!guest_may_write(lpCompletionPortEntries, count * sizeof *lpCompletionPortEntries) ||
        !guest_may_write(ulNumEntriesRemoved, sizeof *ulNumEntriesRemoved))
        return guest_fail(ERROR_NOACCESS);
    struct object *port = guest_object_of(CompletionPort, OBJECT_PORT);
    if (port == NULL)
        return FALSE;
    *ulNumEntriesRemoved = 0;
    const struct profile *profile = guest_nt()->profile;
    if (BEHAVES(profile, port_several, one))
        count = 1;
    nt_status status = take(port, packets, count, &taken, dwMilliseconds, fAlertable != FALSE,
                            "GetQueuedCompletionStatusEx");
    for (uint32_t i = 0; i < taken && BEHAVES(profile, port_several, fails_with_one); i++)
        if (!nt_success(packets[i]->status))
            status = packets[i]->status;
    give_entries(packets, taken, lpCompletionPortEntries);
    *ulNumEntriesRemoved = taken;
    return guest_answer(status);
}

BOOL PostQueuedCompletionStatus(HANDLE CompletionPort, DWORD dwNumberOfBytesTransferred,
                                ULONG_PTR dwCompletionKey, LPOVERLAPPED lpOverlapped)
{
    guest_preempt();
    struct object *port = guest_object_of(CompletionPort, OBJECT_PORT);
    if (port == NULL)
        return FALSE;
    struct packet *packet = ARENA_NEW(&guest_nt()->engine->arena, struct packet);
    if (packet == NULL)
        return guest_answer(STATUS_INSUFFICIENT_RESOURCES);
    *packet = (struct packet){
        .key = dwCompletionKey,
        .context = (uintptr_t)lpOverlapped,
        .status = STATUS_SUCCESS,
        .information = dwNumberOfBytesTransferred,
        .done = packet_give,
    };
    port_post(port_of(port), packet);
    return TRUE;
}

/* What has been set cannot be taken back, says the page. */
BOOL SetFileCompletionNotificationModes(HANDLE FileHandle, UCHAR Flags)
{
    guest_note();
    if ((Flags & ~(FILE_SKIP_COMPLETION_PORT_ON_SUCCESS | FILE_SKIP_SET_EVENT_ON_HANDLE)) != 0)
        return guest_fail(ERROR_INVALID_PARAMETER);
    struct file *file = guest_file(FileHandle);
    if (file == NULL)
        return FALSE;
    if (BEHAVES(guest_nt()->profile, skip_on_success, until_taken_back))
        file->modes = 0;
    file->modes |= Flags;
    return TRUE;
}
_Static_assert((int)FILE_SKIPS_PACKET_ON_SUCCESS == FILE_SKIP_COMPLETION_PORT_ON_SUCCESS, "modes");
_Static_assert((int)FILE_SKIPS_EVENT == FILE_SKIP_SET_EVENT_ON_HANDLE, "modes");

/* ---- Results --------------------------------------------------------------------------------- */

static bool is_pending(const OVERLAPPED *overlapped)
{
    return (nt_status)overlapped->Internal == STATUS_PENDING;
}

/* The event, its low bit aside, or else the file itself; row 116. */
static struct object *find_signal(HANDLE file, const OVERLAPPED *overlapped)
{
    uintptr_t event = (uintptr_t)overlapped->hEvent & ~(uintptr_t)1;
    return guest_object(event != 0 ? (HANDLE)event : file);
}

/* WAIT_OBJECT_0 when the operation is over, or at least its event was signaled. */
static DWORD wait_for_result(HANDLE file, const OVERLAPPED *overlapped, DWORD milliseconds,
                             bool alertable, const char *call)
{
    struct object *object = find_signal(file, overlapped);
    if (object == NULL)
        return WAIT_FAILED;
    const struct wait_request request = {.objects = &object,
                                         .count = 1,
                                         .alertable = alertable,
                                         .timeout_ns = guest_timeout_ns(milliseconds),
                                         .call = call};
    return guest_wait(&request);
}

static BOOL give_result(const OVERLAPPED *overlapped, LPDWORD transferred)
{
    nt_status status = (nt_status)overlapped->Internal;
    machine_collected(overlapped);
    *transferred = (DWORD)overlapped->InternalHigh;
    return nt_success(status) ? TRUE : guest_fail(nt_status_to_win32(status));
}

static bool may_use(const OVERLAPPED *overlapped, LPDWORD transferred)
{
    return guest_may_write(transferred, sizeof *transferred) &&
           userspace_probe(&guest_process()->userspace, overlapped, sizeof *overlapped,
                           ACCESS_READ);
}

BOOL GetOverlappedResult(HANDLE hFile, LPOVERLAPPED lpOverlapped,
                         LPDWORD lpNumberOfBytesTransferred, BOOL bWait)
{
    guest_preempt();
    if (!may_use(lpOverlapped, lpNumberOfBytesTransferred))
        return guest_fail(ERROR_NOACCESS);
    if (is_pending(lpOverlapped)) {
        if (!bWait)
            return guest_fail(ERROR_IO_INCOMPLETE);
        if (wait_for_result(hFile, lpOverlapped, INFINITE, false, "GetOverlappedResult") ==
            WAIT_FAILED)
            return FALSE;
    }
    return give_result(lpOverlapped, lpNumberOfBytesTransferred);
}

/* A wait that ended otherwise is told by its own answer: WAIT_TIMEOUT or WAIT_IO_COMPLETION. */
BOOL GetOverlappedResultEx(HANDLE hFile, LPOVERLAPPED lpOverlapped,
                           LPDWORD lpNumberOfBytesTransferred, DWORD dwMilliseconds,
                           BOOL bAlertable)
{
    guest_preempt();
    if (!may_use(lpOverlapped, lpNumberOfBytesTransferred))
        return guest_fail(ERROR_NOACCESS);
    if (is_pending(lpOverlapped)) {
        if (dwMilliseconds == 0)
            return guest_fail(ERROR_IO_INCOMPLETE);
        DWORD answer = wait_for_result(hFile, lpOverlapped, dwMilliseconds, bAlertable != FALSE,
                                       "GetOverlappedResultEx");
        if (answer == WAIT_FAILED)
            return FALSE;
        if (answer == WAIT_TIMEOUT || answer == WAIT_IO_COMPLETION)
            return guest_fail(answer);
    }
    return give_result(lpOverlapped, lpNumberOfBytesTransferred);
}

/* ---- Cancelling ------------------------------------------------------------------------------ */

/* That there was nothing to cancel is no failure here. */
BOOL CancelIo(HANDLE hFile)
{
    guest_preempt();
    struct file *file = guest_file(hFile);
    if (file == NULL)
        return FALSE;
    const struct request_filter filter = {.thread = guest_nt()->current};
    nt_status status = request_cancel(file, &filter);
    if (status == STATUS_NOT_FOUND && BEHAVES(guest_nt()->profile, cancelio_nothing, not_found))
        return guest_answer(status);
    return TRUE;
}

/* Without an OVERLAPPED: all of the process' on the file, calls that wait included, which are
 * requests like any other.
 */
BOOL CancelIoEx(HANDLE hFile, LPOVERLAPPED lpOverlapped)
{
    guest_preempt();
    struct file *file = guest_file(hFile);
    if (file == NULL)
        return FALSE;
    const struct request_filter filter = {
        .process = guest_process(),
        .block = (const struct io_status *)lpOverlapped,
        .synchronous = lpOverlapped == NULL,
    };
    const struct profile *profile = guest_nt()->profile;
    nt_status status = request_cancel(file, &filter);
    if (status == STATUS_NOT_FOUND && BEHAVES(profile, cancel_nothing, without_an_error))
        return FALSE;
    if (status == STATUS_NOT_FOUND && BEHAVES(profile, cancel_nothing, succeeds))
        return TRUE;
    return guest_answer(status);
}

BOOL CancelSynchronousIo(HANDLE hThread)
{
    guest_preempt();
    struct thread *thread = (struct thread *)guest_object_of(hThread, OBJECT_THREAD);
    return thread != NULL && guest_answer(request_cancel_synchronous(thread));
}

BOOL berth_has_completed(const OVERLAPPED *overlapped)
{
    bool completed = (DWORD)overlapped->Internal != (DWORD)STATUS_PENDING;
    if (completed)
        machine_collected(overlapped);
    return completed;
}
