#include "sim/winsock/blocking.h"

#include "sim/engine/check.h"
#include "sim/winsock/layered.h"
#include "sim/winsock/leavings.h"
#include "sim/winsock/ws2_32.h"

struct blocking_hook {
    struct blocking_hook *next;
    uint32_t thread_id;
    FARPROC function; /* NULL for the default, which does nothing here: there is no queue to pump */
    bool busy;        /* a call waits, and the hook runs for it */
    bool cancelled;
    const WSPPROC_TABLE *provider; /* the layered one that calls it; NULL for the base provider */
};

enum { PAUSE_NS = 1000000 }; /* between two turns of a hook that has nothing to do */

static struct blocking_hook *find(const struct winsock *winsock)
{
    struct blocking_hook *hook = winsock->hooks;
    while (hook != NULL && hook->thread_id != winsock->nt->current->id)
        hook = hook->next;
    return hook;
}

bool blocking_busy(const struct winsock *winsock)
{
    const struct blocking_hook *hook = winsock->hooks != NULL ? find(winsock) : NULL;
    return hook != NULL && hook->busy;
}

nt_status blocking_cancel(const struct call *call)
{
    struct blocking_hook *hook = find(call->winsock);
    if (hook == NULL || !hook->busy)
        return STATUS_INVALID_PARAMETER; /* CAN-015 */
    hook->cancelled = true;
    return STATUS_SUCCESS;
}

static void call_until_done(struct nt *nt, struct blocking_hook *hook, const struct io *io,
                            uint64_t until_ns)
{
    hook->busy = true;
    hook->cancelled = false;
    while (io->request.state != REQUEST_COMPLETED && !hook->cancelled &&
           nt->engine->now_ns < until_ns)
        if (hook->function == NULL || !hook->function())
            wait_for_time(nt, PAUSE_NS, "a blocking hook");
    hook->busy = false;
}

/* Called by a layered provider, whose catalogue entry is the context. */
static BOOL CALLBACK call_hook(DWORD_PTR context)
{
    struct winsock *winsock = winsock_attached();
    const struct call call = {.winsock = winsock, .process = winsock->nt->current->process};
    const struct layered_provider *provider = layered_loaded(&call, (DWORD)context);
    struct blocking_hook *hook = find(winsock);
    if (hook == NULL || hook->function == NULL || hook->busy)
        return TRUE;
    hook->busy = true;
    hook->cancelled = false;
    hook->provider = provider != NULL ? &provider->table : NULL;
    hook->function();
    hook->provider = NULL;
    hook->busy = false;
    return !hook->cancelled;
}

LPBLOCKINGCALLBACK blocking_callback(const struct call *call)
{
    const struct blocking_hook *hook = find(call->winsock);
    if (hook == NULL || hook->function == NULL || BEHAVES(call->profile, blocking_callback, none))
        return NULL;
    return call_hook;
}

nt_status blocking_wait(struct io *io, uint32_t timeout_ms)
{
    struct winsock *winsock = winsock_attached();
    struct nt *nt = winsock->nt;
    struct blocking_hook *hook = winsock->hooks != NULL ? find(winsock) : NULL;
    if (hook == NULL)
        return io_wait(io, timeout_ms, true);

    uint64_t timeout_ns = timeout_ms * UINT64_C(1000000);
    uint64_t until_ns = timeout_ms == 0 ? UINT64_MAX : nt->engine->now_ns + timeout_ns;
    call_until_done(nt, hook, io, until_ns);
    if (io->request.state == REQUEST_COMPLETED)
        return io_wait(io, 0, false);
    bool cancelled = hook->cancelled;
    request_cancel_synchronous(nt->current);
    nt_status status = io_wait(io, 0, false);
    if (status != STATUS_CANCELLED)
        return status; /* it was done in the last moment */
    return cancelled ? STATUS_INTERRUPTED : STATUS_TIMEOUT;
}

/* ---- The entry points ------------------------------------------------------------------------ */

/* All three are Winsock 1.1's alone (their pages: WSAEOPNOTSUPP for a Winsock 2 client). */
static bool may_hook(const struct call *call)
{
    return LOBYTE(winsock_process(call->process)->version) < 2;
}

BOOL WSAIsBlocking(void)
{
    const struct call call = call_begin(CALL_WSAIsBlocking, 0);
    call_finish(&call, STATUS_SUCCESS, NULL);
    return blocking_busy(call.winsock);
}

FARPROC WSASetBlockingHook(FARPROC lpBlockFunc)
{
    if (!call_allowed(CALL_WSASetBlockingHook, 0))
        return NULL;
    const struct call call = call_begin(CALL_WSASetBlockingHook, 0);
    nt_status status = may_hook(&call) ? STATUS_SUCCESS : STATUS_NOT_SUPPORTED;
    if (nt_success(status) && lpBlockFunc == NULL)
        status = STATUS_ACCESS_VIOLATION;
    struct blocking_hook *hook = nt_success(status) ? find(call.winsock) : NULL;
    if (nt_success(status) && hook == NULL) {
        hook = ARENA_NEW(&call.winsock->nt->engine->arena, struct blocking_hook);
        status = STATUS_INSUFFICIENT_RESOURCES;
        if (hook != NULL) {
            *hook =
                (struct blocking_hook){.next = call.winsock->hooks, .thread_id = call.thread->id};
            call.winsock->hooks = hook;
            status = STATUS_SUCCESS;
        }
    }
    FARPROC before = hook != NULL ? hook->function : NULL;
    if (hook != NULL)
        hook->function = lpBlockFunc;
    call_answer(&call, status);
    return before;
}

int WSAUnhookBlockingHook(void)
{
    if (!call_allowed(CALL_WSAUnhookBlockingHook, 0))
        return SOCKET_ERROR;
    const struct call call = call_begin(CALL_WSAUnhookBlockingHook, 0);
    if (!may_hook(&call))
        return call_answer(&call, STATUS_NOT_SUPPORTED);
    if (!blocking_busy(call.winsock))
        hook_drop(call.winsock, call.thread);
    return call_answer(&call, STATUS_SUCCESS);
}

/* May be called from a hook, where call_allowed would forbid it. */
int WSACancelBlockingCall(void)
{
    int error = 0;
    const struct call call = call_begin(CALL_WSACancelBlockingCall, 0);
    if (winsock_startups(call.process) == 0)
        return call_answer(&call, STATUS_NOT_INITIALISED);
    if (!may_hook(&call))
        return call_answer(&call, STATUS_NOT_SUPPORTED);
    struct blocking_hook *hook = find(call.winsock);
    const WSPPROC_TABLE *table = hook != NULL ? hook->provider : NULL;
    if (table == NULL)
        table = call.winsock->provider;
    int result = table->lpWSPCancelBlockingCall(&error);
    if (result == 0 && hook != NULL)
        hook->cancelled = true;
    return call_return(result, error);
}

void hook_drop(struct winsock *winsock, const struct thread *thread)
{
    struct blocking_hook **at = &winsock->hooks;
    while (*at != NULL && (*at)->thread_id != thread->id)
        at = &(*at)->next;
    if (*at == NULL)
        return;
    struct blocking_hook *hook = *at;
    *at = hook->next;
    arena_give(&winsock->nt->engine->arena, hook, sizeof *hook);
}
