/* ntdll's completion ports and keyed events. */
#include "sim/nt/grip.h"
#include "sim/nt/keyed.h"
#include "sim/nt/port.h"
#include "sim/runtime/native.h"

/* A handle for a fresh object, whose one reference goes to it. */
static nt_status give_handle(struct object *object, const OBJECT_ATTRIBUTES *attributes,
                             PHANDLE out)
{
    uint64_t handle = 0;
    bool inherit = attributes != NULL && (attributes->Attributes & OBJ_INHERIT) != 0;
    if (object == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    nt_status status = handle_open(guest_process(), object, inherit, &handle);
    object_release(object);
    if (status == STATUS_SUCCESS)
        *out = guest_handle(handle);
    return status;
}

/* Names for them are not modelled. */
static nt_status check_attributes(const OBJECT_ATTRIBUTES *attributes, PHANDLE out)
{
    const struct userspace *space = &guest_process()->userspace;
    if (!guest_may_write(out, sizeof *out))
        return STATUS_ACCESS_VIOLATION;
    if (attributes == NULL)
        return STATUS_SUCCESS;
    if (!userspace_probe(space, attributes, sizeof *attributes, ACCESS_READ))
        return STATUS_ACCESS_VIOLATION;
    return attributes->ObjectName == NULL ? STATUS_SUCCESS : STATUS_NOT_SUPPORTED;
}

static nt_status find(HANDLE handle, enum object_type type, struct object **object)
{
    *object = handle_find(guest_process(), guest_number(handle), type);
    return *object != NULL ? STATUS_SUCCESS : native_not_found(handle);
}

/* ---- Completion ports ------------------------------------------------------------------------ */

NTSTATUS NtCreateIoCompletion(PHANDLE IoCompletionHandle, ACCESS_MASK DesiredAccess,
                              POBJECT_ATTRIBUTES ObjectAttributes, ULONG NumberOfConcurrentThreads)
{
    (void)DesiredAccess;
    nt_status status = check_attributes(ObjectAttributes, IoCompletionHandle);
    if (status != STATUS_SUCCESS)
        return (NTSTATUS)status;
    struct port *port = port_create(guest_nt(), NumberOfConcurrentThreads);
    return (NTSTATUS)give_handle(port != NULL ? port_object(port) : NULL, ObjectAttributes,
                                 IoCompletionHandle);
}

NTSTATUS NtSetIoCompletion(HANDLE IoCompletionHandle, PVOID KeyContext, PVOID ApcContext,
                           NTSTATUS IoStatus, ULONG_PTR IoStatusInformation)
{
    struct object *object;
    guest_preempt();
    nt_status status = find(IoCompletionHandle, OBJECT_PORT, &object);
    if (status != STATUS_SUCCESS)
        return (NTSTATUS)status;
    struct packet *packet = ARENA_NEW(&guest_nt()->engine->arena, struct packet);
    if (packet == NULL)
        return (NTSTATUS)STATUS_INSUFFICIENT_RESOURCES;
    *packet = (struct packet){.key = (uintptr_t)KeyContext,
                              .context = (uintptr_t)ApcContext,
                              .status = (nt_status)IoStatus,
                              .information = IoStatusInformation,
                              .done = packet_give};
    port_post(port_of(object), packet);
    return STATUS_SUCCESS;
}

enum { PACKETS_AT_ONCE = 64 };

struct taking {
    HANDLE port;
    const LARGE_INTEGER *timeout;
    bool alertable;
    const char *call;
};

/* Writes what was taken, and ends the packets. */
static nt_status take(const struct taking *taking, PFILE_IO_COMPLETION_INFORMATION entries,
                      uint32_t count, uint32_t *taken)
{
    struct packet *packets[PACKETS_AT_ONCE];
    struct object *object;
    nt_status status = find(taking->port, OBJECT_PORT, &object);
    if (status != STATUS_SUCCESS)
        return status;
    struct grip grip;
    grip_begin(guest_nt(), &grip, &object, 1);
    status = port_take(port_of(object), packets, count, taken, native_timeout_ns(taking->timeout),
                       taking->alertable, taking->call);
    grip_end(guest_nt(), &grip);
    for (uint32_t i = 0; i < *taken; i++) {
        const struct packet packet = *packets[i];
        entries[i] =
            (FILE_IO_COMPLETION_INFORMATION){.KeyContext = (PVOID)(uintptr_t)packet.key,
                                             .ApcContext = (PVOID)(uintptr_t)packet.context,
                                             .IoStatusBlock = {.Status = (NTSTATUS)packet.status,
                                                               .Information = packet.information}};
        packet.done(guest_nt(), packets[i]);
    }
    return status == STATUS_ABANDONED ? STATUS_ABANDONED_WAIT_0 : status;
}

NTSTATUS NtRemoveIoCompletion(HANDLE IoCompletionHandle, PVOID *KeyContext, PVOID *ApcContext,
                              PIO_STATUS_BLOCK IoStatusBlock, PLARGE_INTEGER Timeout)
{
    FILE_IO_COMPLETION_INFORMATION entry;
    uint32_t taken = 0;
    const struct taking taking = {IoCompletionHandle, Timeout, false, "NtRemoveIoCompletion"};
    guest_preempt();
    if (!guest_may_write(KeyContext, sizeof *KeyContext) ||
        !guest_may_write(ApcContext, sizeof *ApcContext) ||
        !guest_may_write(IoStatusBlock, sizeof *IoStatusBlock))
        return (NTSTATUS)STATUS_ACCESS_VIOLATION;
    nt_status status = take(&taking, &entry, 1, &taken);
    if (taken == 0)
        return (NTSTATUS)status;
    *KeyContext = entry.KeyContext;
    *ApcContext = entry.ApcContext;
    *IoStatusBlock = entry.IoStatusBlock;
    return STATUS_SUCCESS;
}

NTSTATUS NtRemoveIoCompletionEx(HANDLE IoCompletionHandle,
                                PFILE_IO_COMPLETION_INFORMATION IoCompletionInformation,
                                ULONG Count, PULONG NumEntriesRemoved, PLARGE_INTEGER Timeout,
                                BOOLEAN Alertable)
{
    uint32_t taken = 0;
    uint32_t count = Count < PACKETS_AT_ONCE ? Count : PACKETS_AT_ONCE;
    const struct taking taking = {IoCompletionHandle, Timeout, Alertable != 0,
                                  "NtRemoveIoCompletionEx"};
    guest_preempt();
    if (count == 0)
        return (NTSTATUS)STATUS_INVALID_PARAMETER;
    if (!guest_may_write(IoCompletionInformation, count * sizeof *IoCompletionInformation) ||
        !guest_may_write(NumEntriesRemoved, sizeof *NumEntriesRemoved))
        return (NTSTATUS)STATUS_ACCESS_VIOLATION;
    nt_status status = take(&taking, IoCompletionInformation, count, &taken);
    *NumEntriesRemoved = taken;
    return (NTSTATUS)status;
}

/* ---- Keyed events ---------------------------------------------------------------------------- */

NTSTATUS NtCreateKeyedEvent(PHANDLE KeyedEventHandle, ACCESS_MASK DesiredAccess,
                            POBJECT_ATTRIBUTES ObjectAttributes, ULONG Flags)
{
    (void)DesiredAccess;
    nt_status status = check_attributes(ObjectAttributes, KeyedEventHandle);
    if (status == STATUS_SUCCESS && Flags != 0)
        status = STATUS_INVALID_PARAMETER;
    if (status != STATUS_SUCCESS)
        return (NTSTATUS)status;
    return (NTSTATUS)give_handle(keyed_create(guest_nt()), ObjectAttributes, KeyedEventHandle);
}

/* A handle of NULL names the event that everybody shares. An odd key is no key. */
static NTSTATUS meet(HANDLE handle, const struct keyed_meeting *meeting)
{
    struct object *object = NULL;
    nt_status status = STATUS_SUCCESS;
    guest_preempt();
    if ((meeting->key & 1) != 0)
        return (NTSTATUS)STATUS_INVALID_PARAMETER_1;
    if (handle != NULL)
        status = find(handle, OBJECT_KEYED_EVENT, &object);
    if (status != STATUS_SUCCESS)
        return (NTSTATUS)status;
    struct grip grip;
    grip_begin(guest_nt(), &grip, &object, object != NULL);
    status = keyed_meet(guest_nt(), object, meeting);
    grip_end(guest_nt(), &grip);
    return (NTSTATUS)status;
}

NTSTATUS NtWaitForKeyedEvent(HANDLE KeyedEventHandle, PVOID KeyValue, BOOLEAN Alertable,
                             PLARGE_INTEGER Timeout)
{
    const struct keyed_meeting meeting = {.key = (uintptr_t)KeyValue,
                                          .alertable = Alertable != 0,
                                          .timeout_ns = native_timeout_ns(Timeout),
                                          .call = "NtWaitForKeyedEvent"};
    return meet(KeyedEventHandle, &meeting);
}

NTSTATUS NtReleaseKeyedEvent(HANDLE KeyedEventHandle, PVOID KeyValue, BOOLEAN Alertable,
                             PLARGE_INTEGER Timeout)
{
    const struct keyed_meeting meeting = {.key = (uintptr_t)KeyValue,
                                          .releases = true,
                                          .alertable = Alertable != 0,
                                          .timeout_ns = native_timeout_ns(Timeout),
                                          .call = "NtReleaseKeyedEvent"};
    return meet(KeyedEventHandle, &meeting);
}
