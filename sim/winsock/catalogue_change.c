/* WSAProviderConfigChange: who is told that a provider was installed or removed. A notification
 * handle is a file with nothing behind it; what pends on it ends with the next change.
 */
#include "sim/engine/check.h"
#include "sim/nt/plain_file.h"
#include "sim/winsock/catalogue.h"
#include "sim/winsock/delivery.h"
#include "sim/winsock/memory.h"
#include "sim/winsock/ws2_32.h"

struct change_wait {
    struct request request; /* first */
    struct change_wait *next;
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine;
};

static const char notification[] = "a notification of WSAProviderConfigChange";
static const char call_of_waits[] = "WSAProviderConfigChange";

static void enter(struct winsock *winsock, struct change_wait *wait)
{
    struct change_wait **end = &winsock->change_waits;
    while (*end != NULL)
        end = &(*end)->next;
    *end = wait;
    request_pend(&wait->request);
}

static void leave(struct winsock *winsock, const struct change_wait *wait)
{
    struct change_wait **at = &winsock->change_waits;
    while (*at != wait) {
        ASSERT(*at != NULL);
        at = &(*at)->next;
    }
    *at = wait->next;
}

static void cancel(struct request *request)
{
    leave(winsock_attached(), (struct change_wait *)request);
    request_complete(request, STATUS_CANCELLED, 0);
}

static void give_back(struct request *request)
{
    arena_give(&winsock_attached()->nt->engine->arena, request, sizeof(struct change_wait));
}

static void keep(struct request *request)
{
    (void)request; /* it lies on its caller's stack */
}

static const struct request_ops ops = {.cancel = cancel, .free = give_back, .call = call_of_waits};
static const struct request_ops stack_ops = {.cancel = cancel, .free = keep, .call = call_of_waits};

static void run_routine(struct request *request)
{
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine = ((struct change_wait *)request)->routine;
    LPWSAOVERLAPPED overlapped = (LPWSAOVERLAPPED)request->delivery.block;
    DWORD error = request->status == STATUS_SUCCESS ? 0 : nt_status_to_wsa(request->status);
    request_free(request);
    routine(error, 0, overlapped, 0);
}

void catalogue_changed(struct winsock *winsock)
{
    const struct profile *profile = winsock->nt->profile;
    const struct process *process = winsock->nt->current->process;
    struct change_wait **at = &winsock->change_waits;
    while (*at != NULL && !BEHAVES(profile, provider_change, never)) {
        struct change_wait *wait = *at;
        if (BEHAVES(profile, provider_change, of_the_process) &&
            wait->request.thread->process != process) {
            at = &wait->next;
            continue;
        }
        *at = wait->next;
        request_complete(&wait->request, STATUS_SUCCESS, 0);
    }
}

/* ---- The call -------------------------------------------------------------------------------- */

static nt_status open_notification(const struct call *call, LPHANDLE out)
{
    uint64_t number = 0;
    struct file *file = plain_file_create(call->winsock->nt, notification);
    if (file == NULL)
        return STATUS_WSA_MEMORY;
    nt_status status = handle_open(call->process, &file->object, false, &number);
    object_release(&file->object);
    if (!nt_success(status))
        return STATUS_WSA_MEMORY;
    HANDLE handle = (HANDLE)(uintptr_t)number;
    memory_write(call, out, &handle, sizeof handle);
    return STATUS_SUCCESS;
}

/* Without an OVERLAPPED the call is the wait. */
static nt_status wait_here(const struct call *call, struct file *file)
{
    struct change_wait here = {.next = NULL};
    request_begin(&here.request, &stack_ops, file, NULL);
    enter(call->winsock, &here);
    nt_status status = request_wait(&here.request, UINT64_MAX, true, call_of_waits);
    request_free(&here.request);
    return status;
}

static nt_status begin_wait(const struct call *call, struct file *file,
                            const struct delivery_request *request)
{
    struct delivery delivery;
    if (request->overlapped == NULL)
        return wait_here(call, file);
    nt_status status = delivery_read_file(call, file, request, &delivery);
    if (!nt_success(status))
        return status;
    struct change_wait *wait = ARENA_NEW(&call->winsock->nt->engine->arena, struct change_wait);
    if (wait == NULL)
        return STATUS_WSA_MEMORY;
    wait->routine = delivery.routine;
    if (delivery.routine != NULL)
        delivery.how.routine = run_routine;
    request_begin(&wait->request, &ops, file, &delivery.how);
    enter(call->winsock, wait);
    return STATUS_PENDING;
}

static nt_status await_change(const struct call *call, LPHANDLE handle,
                              const struct delivery_request *request)
{
    HANDLE read;
    if (!call->winsock->afd->network_up)
        return STATUS_HOST_DOWN;
    if (!memory_probe(call, handle, sizeof read, ACCESS_WRITE))
        return STATUS_ACCESS_VIOLATION;
    memory_read(call, &read, handle, sizeof read);
    if (read == NULL)
        return open_notification(call, handle);
    struct file *file = plain_file_find(call->process, (uint64_t)(uintptr_t)read, notification);
    return file != NULL ? begin_wait(call, file, request) : STATUS_EVENT_HANDLE_INVALID;
}

int WSAProviderConfigChange(LPHANDLE lpNotificationHandle, LPWSAOVERLAPPED lpOverlapped,
                            LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
{
    const struct delivery_request request = {lpOverlapped, lpCompletionRoutine, NULL};
    if (!call_allowed(CALL_WSAProviderConfigChange, 0))
        return SOCKET_ERROR;
    const struct call call = call_begin(CALL_WSAProviderConfigChange, 0);
    return call_answer(&call, await_change(&call, lpNotificationHandle, &request));
}
