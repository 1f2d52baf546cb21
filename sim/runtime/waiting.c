/* kernel32's waits. */
#include "sim/nt/apc.h"
#include "sim/nt/grip.h"
#include "sim/nt/mutex.h"
#include "sim/nt/semaphore.h"
#include "sim/runtime/guest_objects.h"

DWORD guest_wait_answer(nt_status status, uint32_t index)
{
    switch (status) {
    case STATUS_SUCCESS:
        return WAIT_OBJECT_0 + index;
    case STATUS_ABANDONED_WAIT_0:
        return WAIT_ABANDONED_0 + index;
    case STATUS_USER_APC:
        return WAIT_IO_COMPLETION;
    case STATUS_TIMEOUT:
        return WAIT_TIMEOUT;
    default:
        guest_answer(status);
        return WAIT_FAILED;
    }
}

DWORD guest_wait(const struct wait_request *request)
{
    uint32_t index = 0;
    struct grip grip;

    grip_begin(guest_nt(), &grip, request->objects, request->count);
    nt_status status = wait_for(guest_nt(), request, &index);
    grip_end(guest_nt(), &grip);
    return guest_wait_answer(status, index);
}

/* Why one cannot wait for those handles; 0 when one can. */
static DWORD find_objects(DWORD count, const HANDLE *handles, bool all, struct object **objects)
{
    for (DWORD i = 0; i < count; i++) {
        objects[i] = handle_object(guest_process(), guest_number(handles[i]));
        if (objects[i] == NULL)
            return ERROR_INVALID_HANDLE;
        for (DWORD j = 0; all && j < i; j++)
            if (objects[j] == objects[i])
                return ERROR_INVALID_PARAMETER;
    }
    return ERROR_SUCCESS;
}

/* `request` says all but the objects. */
static DWORD wait_for_handles(DWORD count, const HANDLE *handles, struct wait_request *request)
{
    guest_preempt_in(request->call);
    struct object *objects[WAIT_OBJECTS_MAX];

    DWORD error = ERROR_INVALID_PARAMETER;
    if (count > 0 && count <= WAIT_OBJECTS_MAX)
        error = find_objects(count, handles, request->all, objects);
    if (error != ERROR_SUCCESS) {
        guest_fail(error);
        return WAIT_FAILED;
    }
    request->objects = objects;
    request->count = count;
    return guest_wait(request);
}

DWORD WaitForSingleObject(HANDLE hHandle, DWORD dwMilliseconds)
{
    struct wait_request request = {.timeout_ns = guest_timeout_ns(dwMilliseconds),
                                   .call = "WaitForSingleObject"};
    return wait_for_handles(1, &hHandle, &request);
}

DWORD WaitForSingleObjectEx(HANDLE hHandle, DWORD dwMilliseconds, BOOL bAlertable)
{
    struct wait_request request = {.alertable = bAlertable != FALSE,
                                   .timeout_ns = guest_timeout_ns(dwMilliseconds),
                                   .call = "WaitForSingleObjectEx"};
    return wait_for_handles(1, &hHandle, &request);
}

DWORD WaitForMultipleObjects(DWORD nCount, const HANDLE *lpHandles, BOOL bWaitAll,
                             DWORD dwMilliseconds)
{
    struct wait_request request = {.all = bWaitAll != FALSE,
                                   .timeout_ns = guest_timeout_ns(dwMilliseconds),
                                   .call = "WaitForMultipleObjects"};
    return wait_for_handles(nCount, lpHandles, &request);
}

DWORD WaitForMultipleObjectsEx(DWORD nCount, const HANDLE *lpHandles, BOOL bWaitAll,
                               DWORD dwMilliseconds, BOOL bAlertable)
{
    struct wait_request request = {.all = bWaitAll != FALSE,
                                   .alertable = bAlertable != FALSE,
                                   .timeout_ns = guest_timeout_ns(dwMilliseconds),
                                   .call = "WaitForMultipleObjectsEx"};
    return wait_for_handles(nCount, lpHandles, &request);
}

static nt_status signal(struct object *object)
{
    switch (object->type) {
    case OBJECT_EVENT:
        object_signal(object);
        return STATUS_SUCCESS;
    case OBJECT_MUTEX:
        return mutex_release(object);
    case OBJECT_SEMAPHORE:
        return semaphore_release(object, 1, NULL);
    case OBJECT_PROCESS:
    case OBJECT_THREAD:
    case OBJECT_SOCKET:
    case OBJECT_TIMER:
    case OBJECT_PORT:
    case OBJECT_FILE:
    case OBJECT_DEVICE:
    case OBJECT_DISK_FILE:
    case OBJECT_PIPE:
    case OBJECT_KEYED_EVENT:
    case OBJECT_SECTION:
    case OBJECT_TYPE_COUNT:
        break;
    }
    return STATUS_OBJECT_TYPE_MISMATCH;
}

DWORD SignalObjectAndWait(HANDLE hObjectToSignal, HANDLE hObjectToWaitOn, DWORD dwMilliseconds,
                          BOOL bAlertable)
{
    guest_preempt();
    struct object *first = guest_object(hObjectToSignal);
    struct object *second = first != NULL ? guest_object(hObjectToWaitOn) : NULL;

    if (second == NULL)
        return WAIT_FAILED;
    nt_status status = signal(first);
    if (status != STATUS_SUCCESS) {
        guest_answer(status);
        return WAIT_FAILED;
    }
    const struct wait_request request = {.objects = &second,
                                         .count = 1,
                                         .alertable = bAlertable != FALSE,
                                         .timeout_ns = guest_timeout_ns(dwMilliseconds),
                                         .call = "SignalObjectAndWait"};
    return guest_wait(&request);
}

void Sleep(DWORD dwMilliseconds)
{
    guest_note();
    wait_for_time(guest_nt(), guest_timeout_ns(dwMilliseconds), "Sleep");
}

DWORD SleepEx(DWORD dwMilliseconds, BOOL bAlertable)
{
    guest_note();
    const struct wait_request request = {.alertable = bAlertable != FALSE,
                                         .timeout_ns = guest_timeout_ns(dwMilliseconds),
                                         .call = "SleepEx"};
    return wait_for(guest_nt(), &request, NULL) == STATUS_USER_APC ? WAIT_IO_COMPLETION : 0;
}

BOOL SwitchToThread(void)
{
    guest_note();
    return thread_yield(guest_nt());
}

/* ---- QueueUserAPC ---------------------------------------------------------------------------- */

struct user_apc {
    struct apc apc; /* first */
    PAPCFUNC routine;
    ULONG_PTR data;
};

static void give_back(struct nt *nt, struct apc *apc)
{
    arena_give(&nt->engine->arena, apc, sizeof(struct user_apc));
}

static void run_user_apc(struct nt *nt, struct apc *apc)
{
    const struct user_apc user = *(struct user_apc *)apc;
    give_back(nt, apc);
    user.routine(user.data);
}

DWORD QueueUserAPC(PAPCFUNC pfnAPC, HANDLE hThread, ULONG_PTR dwData)
{
    guest_preempt();
    struct nt *nt = guest_nt();
    struct thread *thread = (struct thread *)guest_object_of(hThread, OBJECT_THREAD);

    if (thread == NULL)
        return 0;
    struct user_apc *user = ARENA_NEW(&nt->engine->arena, struct user_apc);
    if (user == NULL)
        return (DWORD)guest_fail(ERROR_NOT_ENOUGH_MEMORY);
    *user = (struct user_apc){
        .apc = {.run = run_user_apc, .drop = give_back}, .routine = pfnAPC, .data = dwData};
    if (apc_queue(thread, &user->apc))
        return 1;
    give_back(nt, &user->apc);
    return (DWORD)guest_fail(ERROR_GEN_FAILURE);
}
