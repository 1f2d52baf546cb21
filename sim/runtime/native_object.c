/* ntdll's objects: events, waits for several, copies of handles, and what is told of objects,
 * processes and threads. They stand on kernel32's calls, whose last error they put back.
 */
#include <string.h>

#include "sim/runtime/native.h"
#include "sim/runtime/sysinfo.h"

/* What a call of kernel32's came to. */
static NTSTATUS answer(BOOL done, uint32_t error_before)
{
    guest_nt()->current->last_error = error_before;
    return done ? STATUS_SUCCESS : (NTSTATUS)guest_nt()->current->last_status;
}

static uint32_t last_error(void)
{
    return guest_nt()->current->last_error;
}

/* ---- Events ---------------------------------------------------------------------------------- */

/* Names are those below \BaseNamedObjects, which kernel32's are, too. */
static nt_status read_name(const OBJECT_ATTRIBUTES *attributes, WCHAR *name, size_t room)
{
    static const char folder[] = "\\BaseNamedObjects\\";
    const size_t skipped = sizeof folder - 1;
    const struct userspace *space = &guest_process()->userspace;
    name[0] = 0;
    if (attributes == NULL)
        return STATUS_SUCCESS;
    if (!userspace_probe(space, attributes, sizeof *attributes, ACCESS_READ))
        return STATUS_ACCESS_VIOLATION;
    const UNICODE_STRING *given = attributes->ObjectName;
    if (given == NULL)
        return STATUS_SUCCESS;
    if (!userspace_probe(space, given, sizeof *given, ACCESS_READ) ||
        !userspace_probe(space, given->Buffer, given->Length, ACCESS_READ))
        return STATUS_ACCESS_VIOLATION;
    size_t length = given->Length / sizeof(WCHAR);
    if (length < skipped)
        return STATUS_OBJECT_PATH_SYNTAX_BAD;
    for (size_t i = 0; i < skipped; i++)
        if (given->Buffer[i] != (WCHAR)folder[i])
            return STATUS_OBJECT_PATH_SYNTAX_BAD;
    if (length - skipped >= room)
        return STATUS_NAME_TOO_LONG;
    memcpy(name, given->Buffer + skipped, (length - skipped) * sizeof(WCHAR));
    name[length - skipped] = 0;
    return STATUS_SUCCESS;
}

NTSTATUS NtCreateEvent(PHANDLE EventHandle, ACCESS_MASK DesiredAccess,
                       POBJECT_ATTRIBUTES ObjectAttributes, EVENT_TYPE EventType,
                       BOOLEAN InitialState)
{
    WCHAR name[MAX_PATH];
    SECURITY_ATTRIBUTES security = {.nLength = sizeof security};
    const uint32_t before = last_error();
    (void)DesiredAccess;
    if (!guest_may_write(EventHandle, sizeof *EventHandle))
        return (NTSTATUS)STATUS_ACCESS_VIOLATION;
    nt_status status = read_name(ObjectAttributes, name, MAX_PATH);
    if (status != STATUS_SUCCESS)
        return (NTSTATUS)status;
    const ULONG attributes = ObjectAttributes != NULL ? ObjectAttributes->Attributes : 0;
    security.bInheritHandle = (attributes & OBJ_INHERIT) != 0;
    HANDLE event = CreateEventW(&security, EventType == NotificationEvent, InitialState != 0,
                                name[0] != 0 ? name : NULL);
    bool there = event != NULL && last_error() == ERROR_ALREADY_EXISTS && name[0] != 0;
    if (event == NULL || !there || (attributes & OBJ_OPENIF) != 0) {
        if (event != NULL)
            *EventHandle = event;
        return answer(event != NULL, before);
    }
    CloseHandle(event);
    answer(TRUE, before);
    return (NTSTATUS)STATUS_OBJECT_NAME_COLLISION;
}

static nt_status event_of(HANDLE handle, struct object **event)
{
    guest_preempt();
    *event = handle_find(guest_process(), guest_number(handle), OBJECT_EVENT);
    return *event != NULL ? STATUS_SUCCESS : native_not_found(handle);
}

NTSTATUS NtSetEvent(HANDLE EventHandle, PLONG PreviousState)
{
    struct object *event;
    nt_status status = event_of(EventHandle, &event);
    if (status != STATUS_SUCCESS)
        return (NTSTATUS)status;
    if (PreviousState != NULL)
        *PreviousState = event->signaled;
    object_signal(event);
    return STATUS_SUCCESS;
}

NTSTATUS NtResetEvent(HANDLE EventHandle, PLONG PreviousState)
{
    struct object *event;
    nt_status status = event_of(EventHandle, &event);
    if (status != STATUS_SUCCESS)
        return (NTSTATUS)status;
    if (PreviousState != NULL)
        *PreviousState = event->signaled;
    object_unsignal(event);
    return STATUS_SUCCESS;
}

NTSTATUS NtClearEvent(HANDLE EventHandle)
{
    return NtResetEvent(EventHandle, NULL);
}

/* ---- Waits and copies ------------------------------------------------------------------------ */

NTSTATUS NtWaitForMultipleObjects(ULONG ObjectCount, PHANDLE ObjectsArray, WAIT_TYPE WaitType,
                                  BOOLEAN Alertable, PLARGE_INTEGER TimeOut)
{
    struct object *objects[MAXIMUM_WAIT_OBJECTS];
    guest_preempt();
    if (ObjectCount == 0 || ObjectCount > MAXIMUM_WAIT_OBJECTS)
        return (NTSTATUS)STATUS_INVALID_PARAMETER_1;
    if (!userspace_probe(&guest_process()->userspace, ObjectsArray,
                         ObjectCount * sizeof *ObjectsArray, ACCESS_READ))
        return (NTSTATUS)STATUS_ACCESS_VIOLATION;
    for (ULONG i = 0; i < ObjectCount; i++) {
        objects[i] = handle_object(guest_process(), guest_number(ObjectsArray[i]));
        if (objects[i] == NULL)
            return (NTSTATUS)STATUS_INVALID_HANDLE;
    }
    const struct wait_request request = {.objects = objects,
                                         .count = ObjectCount,
                                         .all = WaitType == WaitAll,
                                         .alertable = Alertable != 0,
                                         .timeout_ns = native_timeout_ns(TimeOut),
                                         .call = "NtWaitForMultipleObjects"};
    uint32_t index = 0;
    for (ULONG i = 0; i < ObjectCount; i++)
        object_reference(objects[i]);
    nt_status status = wait_for(guest_nt(), &request, &index);
    for (ULONG i = 0; i < ObjectCount; i++)
        object_release(objects[i]);
    bool one = status == STATUS_SUCCESS || status == STATUS_ABANDONED_WAIT_0;
    return (NTSTATUS)(one && WaitType != WaitAll ? status + index : status);
}

NTSTATUS NtDuplicateObject(HANDLE SourceProcessHandle, HANDLE SourceHandle,
                           HANDLE TargetProcessHandle, PHANDLE TargetHandle,
                           ACCESS_MASK DesiredAccess, ULONG HandleAttributes, ULONG Options)
{
    const uint32_t before = last_error();
    return answer(DuplicateHandle(SourceProcessHandle, SourceHandle, TargetProcessHandle,
                                  TargetHandle, DesiredAccess,
                                  (HandleAttributes & OBJ_INHERIT) != 0, Options),
                  before);
}

/* The routines that wait run; there being none is no failure. */
NTSTATUS NtTestAlert(void)
{
    const uint32_t before = last_error();
    SleepEx(0, TRUE);
    return answer(TRUE, before);
}

NTSTATUS NtYieldExecution(void)
{
    const uint32_t before = last_error();
    SwitchToThread();
    return answer(TRUE, before);
}

/* ---- Information ----------------------------------------------------------------------------- */

/* Copies what is told, if all of it fits; `length` is told in any case. */
static NTSTATUS tell(void *out, ULONG room, PULONG length, const void *what, ULONG size)
{
    if (length != NULL && !guest_may_write(length, sizeof *length))
        return (NTSTATUS)STATUS_ACCESS_VIOLATION;
    if (length != NULL)
        *length = size;
    if (room < size)
        return (NTSTATUS)STATUS_INFO_LENGTH_MISMATCH;
    if (!guest_may_write(out, size))
        return (NTSTATUS)STATUS_ACCESS_VIOLATION;
    memcpy(out, what, size);
    return STATUS_SUCCESS;
}

static const char *type_name(enum object_type type)
{
    switch (type) {
    case OBJECT_PROCESS:
        return "Process";
    case OBJECT_THREAD:
        return "Thread";
    case OBJECT_EVENT:
        return "Event";
    case OBJECT_MUTEX:
        return "Mutant";
    case OBJECT_SEMAPHORE:
        return "Semaphore";
    case OBJECT_TIMER:
        return "Timer";
    case OBJECT_PORT:
        return "IoCompletion";
    case OBJECT_KEYED_EVENT:
        return "KeyedEvent";
    default:
        return "File";
    }
}

/* A structure of `head` bytes that begins with a UNICODE_STRING, and the text behind it. */
static NTSTATUS tell_text(void *out, ULONG room, PULONG length, ULONG head, const char *text)
{
    const size_t bytes = strlen(text) * sizeof(WCHAR);
    const size_t size = head + (bytes > 0 ? bytes + sizeof(WCHAR) : 0);
    UNICODE_STRING string = {.Length = (USHORT)bytes,
                             .MaximumLength = (USHORT)(bytes > 0 ? bytes + sizeof(WCHAR) : 0)};
    if (length != NULL && !guest_may_write(length, sizeof *length))
        return (NTSTATUS)STATUS_ACCESS_VIOLATION;
    if (length != NULL)
        *length = (ULONG)size;
    if (room < size)
        return (NTSTATUS)STATUS_INFO_LENGTH_MISMATCH;
    if (!guest_may_write(out, size))
        return (NTSTATUS)STATUS_ACCESS_VIOLATION;
    WCHAR *letters = (WCHAR *)(void *)((unsigned char *)out + head);
    memset(out, 0, head);
    if (bytes > 0)
        string.Buffer = letters;
    for (size_t i = 0; i <= strlen(text) && bytes > 0; i++)
        letters[i] = (unsigned char)text[i];
    memcpy(out, &string, sizeof string);
    return STATUS_SUCCESS;
}

enum { ACCESS_OF_FILES = 0x0012019F };

NTSTATUS NtQueryObject(HANDLE Handle, OBJECT_INFORMATION_CLASS ObjectInformationClass,
                       PVOID ObjectInformation, ULONG ObjectInformationLength, PULONG ReturnLength)
{
    OBJECT_BASIC_INFORMATION basic = {0};
    guest_preempt();
    const struct object *object = handle_object(guest_process(), guest_number(Handle));
    if (object == NULL)
        return (NTSTATUS)STATUS_INVALID_HANDLE;
    bool of_afd = object->type == OBJECT_SOCKET || object->type == OBJECT_DEVICE;
    switch (ObjectInformationClass) {
    case ObjectBasicInformation:
        basic.GrantedAccess = ACCESS_OF_FILES;
        basic.HandleCount = object->handles;
        basic.PointerCount = object->references;
        return tell(ObjectInformation, ObjectInformationLength, ReturnLength, &basic, sizeof basic);
    case ObjectNameInformation:
        return tell_text(ObjectInformation, ObjectInformationLength, ReturnLength,
                         sizeof(UNICODE_STRING), of_afd ? "\\Device\\Afd" : "");
    case ObjectTypeInformation:
        return tell_text(ObjectInformation, ObjectInformationLength, ReturnLength,
                         sizeof(OBJECT_TYPE_INFORMATION), type_name(object->type));
    default:
        return (NTSTATUS)STATUS_INVALID_INFO_CLASS;
    }
}

NTSTATUS NtQueryInformationProcess(HANDLE ProcessHandle, PROCESSINFOCLASS ProcessInformationClass,
                                   PVOID ProcessInformation, ULONG ProcessInformationLength,
                                   PULONG ReturnLength)
{
    const uint32_t before = last_error();
    const DWORD id = GetProcessId(ProcessHandle);
    DWORD code = 0;
    if (id == 0)
        return answer(FALSE, before);
    if (ProcessInformationClass != ProcessBasicInformation)
        return (NTSTATUS)STATUS_INVALID_INFO_CLASS;
    GetExitCodeProcess(ProcessHandle, &code);
    const PROCESS_BASIC_INFORMATION basic = {.ExitStatus = (NTSTATUS)code,
                                             .BasePriority = 8,
                                             .AffinityMask = 0xf,
                                             .UniqueProcessId = id};
    answer(TRUE, before);
    return tell(ProcessInformation, ProcessInformationLength, ReturnLength, &basic, sizeof basic);
}

NTSTATUS NtQueryInformationThread(HANDLE ThreadHandle, THREADINFOCLASS ThreadInformationClass,
                                  PVOID ThreadInformation, ULONG ThreadInformationLength,
                                  PULONG ReturnLength)
{
    const uint32_t before = last_error();
    const DWORD id = GetThreadId(ThreadHandle);
    DWORD code = 0;
    if (id == 0)
        return answer(FALSE, before);
    if (ThreadInformationClass != ThreadBasicInformation)
        return (NTSTATUS)STATUS_INVALID_INFO_CLASS;
    GetExitCodeThread(ThreadHandle, &code);
    const THREAD_BASIC_INFORMATION basic = {
        .ExitStatus = (NTSTATUS)code,
        .ClientId = {guest_handle(GetProcessIdOfThread(ThreadHandle)), guest_handle(id)},
        .Priority = 8,
        .BasePriority = 8,
        .AffinityMask = 0xf};
    answer(TRUE, before);
    return tell(ThreadInformation, ThreadInformationLength, ReturnLength, &basic, sizeof basic);
}

NTSTATUS NtQuerySystemInformation(SYSTEM_INFORMATION_CLASS SystemInformationClass,
                                  PVOID SystemInformation, ULONG SystemInformationLength,
                                  PULONG ReturnLength)
{
    SYSTEM_INFO info;
    if (SystemInformationClass != SystemBasicInformation)
        return (NTSTATUS)STATUS_INVALID_INFO_CLASS;
    GetSystemInfo(&info);
    const SYSTEM_BASIC_INFORMATION basic = {
        .TimerResolution = 156250,
        .PageSize = info.dwPageSize,
        .AllocationGranularity = info.dwAllocationGranularity,
        .MinimumUserModeAddress = (uintptr_t)info.lpMinimumApplicationAddress,
        .MaximumUserModeAddress = (uintptr_t)info.lpMaximumApplicationAddress,
        .ActiveProcessorsAffinityMask = info.dwActiveProcessorMask,
        .NumberOfProcessors = (CCHAR)info.dwNumberOfProcessors};
    return tell(SystemInformation, SystemInformationLength, ReturnLength, &basic, sizeof basic);
}

/* ---- Text ------------------------------------------------------------------------------------ */

VOID RtlInitAnsiString(PANSI_STRING DestinationString, PCSZ SourceString)
{
    const size_t length = SourceString != NULL ? strlen(SourceString) : 0;
    DestinationString->Length = (USHORT)length;
    DestinationString->MaximumLength = (USHORT)(SourceString != NULL ? length + 1 : 0);
    DestinationString->Buffer = (PCHAR)(uintptr_t)SourceString;
}

VOID RtlFreeUnicodeString(PUNICODE_STRING UnicodeString)
{
    HeapFree(GetProcessHeap(), 0, UnicodeString->Buffer);
    *UnicodeString = (UNICODE_STRING){0};
}
