/* ntdll: what its calls on files share; handles, time, the library's small things. */
#include "sim/runtime/native.h"

#include <string.h>

#include "sim/nt/grip.h"

/* ---- Calls on files -------------------------------------------------------------------------- */

nt_status native_not_found(HANDLE handle)
{
    return handle_object(guest_process(), guest_number(handle)) != NULL
               ? STATUS_OBJECT_TYPE_MISMATCH
               : STATUS_INVALID_HANDLE;
}

nt_status native_prepare(struct native_call *call, void (*run)(struct request *request))
{
    call->file = guest_find_file(guest_number(call->handle));
    if (call->file == NULL)
        return native_not_found(call->handle);
    if (!guest_may_write(call->block, sizeof *call->block))
        return STATUS_ACCESS_VIOLATION;
    if (call->event != NULL) {
        call->signal = handle_find(guest_process(), guest_number(call->event), OBJECT_EVENT);
        if (call->signal == NULL)
            return STATUS_INVALID_HANDLE;
    }
    if (call->routine != NULL && call->file->port != NULL)
        return STATUS_INVALID_PARAMETER;
    call->waits = !afd_file_pends(call->file);
    call->how = (struct request_delivery){
        .block = (struct io_status *)(void *)call->block,
        .block_at_the_end = true,
        .event = call->signal,
        .context = (uintptr_t)call->context,
        .no_packet = call->context == NULL, /* row 100 */
        .apc_thread = call->routine != NULL ? guest_nt()->current : NULL,
        .routine = call->routine != NULL ? run : NULL,
    };
    return STATUS_SUCCESS;
}

nt_status native_end(const struct native_call *call, nt_status status, uint64_t information)
{
    if (status >= 0xC0000000u)
        return status;
    const struct io_status result = {.status = status, .information = information};
    memcpy(call->block, &result, sizeof result);
    if (call->signal != NULL)
        object_signal(call->signal);
    return status;
}

void native_run(struct request *request, uint64_t routine)
{
    PIO_APC_ROUTINE run = (PIO_APC_ROUTINE)(uintptr_t)routine;
    PVOID context = (PVOID)(uintptr_t)request->delivery.context;
    PIO_STATUS_BLOCK block = (PIO_STATUS_BLOCK)(void *)request->delivery.block;

    request_free(request);
    run(context, block, 0);
}

/* ---- Handles and time ------------------------------------------------------------------------ */

uint64_t native_timeout_ns(const LARGE_INTEGER *time)
{
    uint64_t now_ns = guest_nt()->engine->now_ns;
    if (time == NULL || time->QuadPart == INT64_MIN)
        return UINT64_MAX;
    uint64_t due_ns = guest_due_ns(time->QuadPart);
    return due_ns > now_ns ? due_ns - now_ns : 0;
}

NTSTATUS NtClose(HANDLE Handle)
{
    uint32_t error = guest_nt()->current->last_error;
    if (CloseHandle(Handle))
        return STATUS_SUCCESS;
    guest_nt()->current->last_error = error;
    return (NTSTATUS)guest_nt()->current->last_status;
}

static NTSTATUS wait_until(const struct wait_request *request)
{
    return (NTSTATUS)wait_for(guest_nt(), request, NULL);
}

NTSTATUS NtWaitForSingleObject(HANDLE Handle, BOOLEAN Alertable, PLARGE_INTEGER Timeout)
{
    guest_preempt();
    struct object *object = handle_object(guest_process(), guest_number(Handle));
    if (object == NULL)
        return (NTSTATUS)STATUS_INVALID_HANDLE;
    const struct wait_request request = {.objects = &object,
                                         .count = 1,
                                         .alertable = Alertable != 0,
                                         .timeout_ns = native_timeout_ns(Timeout),
                                         .call = "NtWaitForSingleObject"};
    struct grip grip;
    grip_begin(guest_nt(), &grip, &object, 1);
    NTSTATUS status = wait_until(&request);
    grip_end(guest_nt(), &grip);
    return status;
}

/* That the time is up is what was asked for. */
NTSTATUS NtDelayExecution(BOOLEAN Alertable, PLARGE_INTEGER Interval)
{
    if (Interval == NULL)
        return (NTSTATUS)STATUS_ACCESS_VIOLATION;
    const struct wait_request request = {.alertable = Alertable != 0,
                                         .timeout_ns = native_timeout_ns(Interval),
                                         .call = "NtDelayExecution"};
    NTSTATUS status = wait_until(&request);
    return (nt_status)status == STATUS_TIMEOUT ? (NTSTATUS)STATUS_SUCCESS : status;
}

NTSTATUS NtQuerySystemTime(PLARGE_INTEGER SystemTime)
{
    FILETIME time;
    if (!guest_may_write(SystemTime, sizeof *SystemTime))
        return (NTSTATUS)STATUS_ACCESS_VIOLATION;
    GetSystemTimeAsFileTime(&time);
    SystemTime->QuadPart = (LONGLONG)((uint64_t)time.dwHighDateTime << 32 | time.dwLowDateTime);
    return STATUS_SUCCESS;
}

/* ---- Of the library -------------------------------------------------------------------------- */

/* What nobody knows is ERROR_MR_MID_NOT_FOUND (page). A Win32 error in an NTSTATUS' clothes, with
 * the facility 7, is that error.
 */
ULONG RtlNtStatusToDosError(NTSTATUS Status)
{
    nt_status status = (nt_status)Status;
    if (status >> 16 == 0xC007 || status >> 16 == 0x8007)
        return status & 0xffff;
    return nt_status_is_windows(status) ? nt_status_to_win32(status) : ERROR_MR_MID_NOT_FOUND;
}

NTSTATUS RtlGetLastNtStatus(void)
{
    return (NTSTATUS)guest_nt()->current->last_status;
}

enum { LONGEST_STRING = 0xfffc };

VOID RtlInitUnicodeString(PUNICODE_STRING DestinationString, PCWSTR SourceString)
{
    size_t bytes = 0;
    while (SourceString != NULL && bytes < LONGEST_STRING && SourceString[bytes / 2] != 0)
        bytes += 2;
    DestinationString->Length = (USHORT)bytes;
    DestinationString->MaximumLength = (USHORT)(SourceString != NULL ? bytes + 2 : 0);
    DestinationString->Buffer = (PWSTR)(uintptr_t)SourceString;
}
