/* Waits of the thread pool: a thread for each that is under way. */
#include "sim/runtime/pool.h"

/* What a waiting thread waits for; in the arena. */
struct waiter {
    struct waiter *next;    /* of the item's */
    struct pool_item *item; /* held */
    struct object *object;  /* referenced */
    struct object *cancel;  /* referenced */
    uint64_t timeout_ns;
};

/* One wait. False when it was cancelled, or is not to be repeated. */
static bool wait_once(const struct waiter *waiter)
{
    struct pool_item *item = waiter->item;
    struct object *objects[] = {waiter->cancel, waiter->object};
    uint32_t index = 0;

    nt_status status = wait_for_objects(guest_nt(), objects, 2, false, waiter->timeout_ns,
                                        "a wait of the thread pool", &index);
    bool satisfied = status == STATUS_SUCCESS || status == STATUS_ABANDONED_WAIT_0;
    if (waiter->cancel->signaled || (!satisfied && status != STATUS_TIMEOUT))
        return false;
    item->result = status == STATUS_TIMEOUT ? WAIT_TIMEOUT : WAIT_OBJECT_0;
    if (item->in_wait_thread)
        pool_run(item);
    else
        pool_submit(item);
    if (item->once)
        return false;
    /* The next wait begins when this callback is over, lest a signal that stays flood the pool. */
    pool_wait(item, false, "a wait of the thread pool");
    return !waiter->cancel->signaled;
}

static void drop_waiter(struct waiter **link)
{
    struct waiter *waiter = *link;
    struct nt *nt = waiter->object->nt;

    *link = waiter->next;
    object_release(waiter->object);
    object_release(waiter->cancel);
    arena_give(&nt->engine->arena, waiter, sizeof *waiter);
}

static void wait_and_call(void *context)
{
    struct waiter *waiter = context;
    struct pool_item *item = waiter->item;
    struct waiter **link = &item->waiters;

    while (wait_once(waiter)) {
    }
    while (*link != waiter)
        link = &(*link)->next;
    drop_waiter(link);
    item->holds--;
    pool_settle(item);
}

void pool_drop_waiters(struct pool_item *item)
{
    while (item->waiters != NULL)
        drop_waiter(&item->waiters);
}

void pool_stop_wait(struct pool_item *item)
{
    if (item->cancel == NULL)
        return;
    object_signal(item->cancel);
    object_release(item->cancel);
    item->cancel = NULL;
}

/* Starts a thread that waits for the object. False when there is no memory. */
static bool begin(struct pool_item *item, struct object *object, uint64_t timeout_ns)
{
    struct nt *nt = guest_nt();
    struct waiter *waiter = ARENA_NEW(&nt->engine->arena, struct waiter);
    struct object *event = waiter != NULL ? event_create(nt, true, false) : NULL;
    struct thread *thread = NULL;

    if (event != NULL) {
        *waiter = (struct waiter){
            .item = item, .object = object, .cancel = event, .timeout_ns = timeout_ns};
        thread = pool_thread(guest_process(), wait_and_call, waiter);
    }
    if (thread == NULL) {
        if (event != NULL)
            object_release(event);
        arena_give(&nt->engine->arena, waiter, sizeof *waiter);
        return false;
    }
    object_reference(object);
    object_reference(event);
    waiter->next = item->waiters;
    item->waiters = waiter;
    item->cancel = event;
    item->holds++;
    return true;
}

/* ---- TP_WAIT --------------------------------------------------------------------------------- */

static void run_wait(struct pool_item *item, PTP_CALLBACK_INSTANCE instance)
{
    ((PTP_WAIT_CALLBACK)item->callback)(instance, item->context, (PTP_WAIT)item, item->result);
}

PTP_WAIT CreateThreadpoolWait(PTP_WAIT_CALLBACK pfnwa, PVOID pv, PTP_CALLBACK_ENVIRON pcbe)
{
    struct pool_item *item = pool_add(run_wait, (void (*)(void))pfnwa, pv);
    pool_place(item, pcbe);
    if (item != NULL)
        item->once = true;
    return (PTP_WAIT)item;
}

/* No timeout is for ever; NULL for a handle ends the wait. */
void SetThreadpoolWait(PTP_WAIT pwa, HANDLE h, PFILETIME pftTimeout)
{
    struct pool_item *item = (struct pool_item *)pwa;
    uint64_t timeout_ns = UINT64_MAX;

    pool_stop_wait(item);
    struct object *object = h != NULL ? guest_object(h) : NULL;
    if (object == NULL)
        return;
    if (pftTimeout != NULL) {
        uint64_t now_ns = guest_nt()->engine->now_ns;
        uint64_t due_ns = guest_due_ns(
            (int64_t)((uint64_t)pftTimeout->dwHighDateTime << 32 | pftTimeout->dwLowDateTime));
        timeout_ns = due_ns > now_ns ? due_ns - now_ns : 0;
    }
    begin(item, object, timeout_ns);
}

void WaitForThreadpoolWaitCallbacks(PTP_WAIT pwa, BOOL fCancelPendingCallbacks)
{
    pool_wait((struct pool_item *)pwa, fCancelPendingCallbacks != FALSE,
              "WaitForThreadpoolWaitCallbacks");
}

void CloseThreadpoolWait(PTP_WAIT pwa)
{
    pool_stop_wait((struct pool_item *)pwa);
    pool_close((struct pool_item *)pwa);
}

/* ---- RegisterWaitForSingleObject ------------------------------------------------------------- */

static void run_registered(struct pool_item *item, PTP_CALLBACK_INSTANCE instance)
{
    (void)instance;
    ((WAITORTIMERCALLBACK)item->callback)(item->context, item->result == WAIT_TIMEOUT);
}

BOOL RegisterWaitForSingleObject(PHANDLE phNewWaitObject, HANDLE hObject,
                                 WAITORTIMERCALLBACK Callback, PVOID Context, ULONG dwMilliseconds,
                                 ULONG dwFlags)
{
    struct object *object = guest_object(hObject);

    if (object == NULL)
        return FALSE;
    if (!guest_may_write(phNewWaitObject, sizeof *phNewWaitObject))
        return guest_fail(ERROR_NOACCESS);
    struct pool_item *item = pool_add(run_registered, (void (*)(void))Callback, Context);
    if (item == NULL)
        return FALSE;
    item->once = (dwFlags & WT_EXECUTEONLYONCE) != 0;
    item->in_wait_thread = (dwFlags & WT_EXECUTEINWAITTHREAD) != 0;
    if (!begin(item, object, guest_timeout_ns(dwMilliseconds))) {
        pool_close(item);
        return guest_fail(ERROR_NOT_ENOUGH_MEMORY);
    }
    *phNewWaitObject = item;
    return TRUE;
}

/* ERROR_IO_PENDING while a callback runs: the registration is over all the same. */
static BOOL unregister(struct pool_item *item, struct object *told)
{
    bool busy = item->queued > 0 || item->running > 0;
    pool_stop_wait(item);
    if (told != NULL)
        object_reference(told);
    item->told = told;
    pool_close(item);
    return busy ? guest_fail(ERROR_IO_PENDING) : TRUE;
}

BOOL UnregisterWaitEx(HANDLE WaitHandle, HANDLE CompletionEvent)
{
    struct pool_item *item = WaitHandle;

    if (item == NULL)
        return guest_fail(ERROR_INVALID_HANDLE);
    if (CompletionEvent == INVALID_HANDLE_VALUE) {
        pool_stop_wait(item);
        pool_wait(item, false, "UnregisterWaitEx");
        return unregister(item, NULL);
    }
    struct object *told = NULL;
    if (CompletionEvent != NULL) {
        told = guest_object_of(CompletionEvent, OBJECT_EVENT);
        if (told == NULL)
            return FALSE;
    }
    return unregister(item, told);
}

BOOL UnregisterWait(HANDLE WaitHandle)
{
    return UnregisterWaitEx(WaitHandle, NULL);
}
