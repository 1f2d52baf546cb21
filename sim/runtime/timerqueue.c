/* Timer queues: the thread pool's timers in their old words. */
#include "sim/runtime/pool.h"

struct timer_queue {
    uint32_t timers; /* that are not gone */
    bool closed;
    struct object *told; /* an event to signal when all are gone; referenced, or NULL */
};

static struct arena *arena(void)
{
    return &guest_nt()->engine->arena;
}

/* The queue goes with its last timer, when it is closed or nobody is left to close it. */
static void settle(struct timer_queue *queue, struct nt *nt)
{
    if (queue->timers > 0 || !queue->closed)
        return;
    if (queue->told != NULL) {
        object_signal(queue->told);
        object_release(queue->told);
    }
    arena_give(&nt->engine->arena, queue, sizeof *queue);
}

static void timer_gone(struct pool_item *item)
{
    struct timer_queue *queue = item->owner;
    queue->timers--;
    settle(queue, item->idle->nt);
}

static void run_timer(struct pool_item *item, PTP_CALLBACK_INSTANCE instance)
{
    (void)instance;
    ((WAITORTIMERCALLBACK)item->callback)(item->context, TRUE);
}

HANDLE CreateTimerQueue(void)
{
    struct timer_queue *queue = ARENA_NEW(arena(), struct timer_queue);
    if (queue == NULL)
        guest_fail(ERROR_NOT_ENOUGH_MEMORY);
    return queue;
}

static void start(struct pool_item *item, DWORD due_ms, DWORD period_ms)
{
    struct engine *engine = guest_nt()->engine;

    pool_stop_timer(item);
    item->set = true;
    item->period_ns = (uint64_t)period_ms * NS_IN_MS;
    if (due_ms != INFINITE)
        pool_start_timer(item, engine->now_ns + (uint64_t)due_ms * NS_IN_MS);
}

/* The default queue, NULL, is a queue of the timer's own, which nobody has to close. */
BOOL CreateTimerQueueTimer(PHANDLE phNewTimer, HANDLE TimerQueue, WAITORTIMERCALLBACK Callback,
                           PVOID Parameter, DWORD DueTime, DWORD Period, ULONG Flags)
{
    struct timer_queue *queue = TimerQueue;

    if (!guest_may_write(phNewTimer, sizeof *phNewTimer))
        return guest_fail(ERROR_NOACCESS);
    if (queue == NULL && (queue = CreateTimerQueue()) == NULL)
        return FALSE;
    struct pool_item *item = pool_add(run_timer, (void (*)(void))Callback, Parameter);
    if (item == NULL) {
        if (TimerQueue == NULL)
            arena_give(arena(), queue, sizeof *queue);
        return FALSE;
    }
    queue->closed |= TimerQueue == NULL;
    queue->timers++;
    item->owner = queue;
    item->gone = timer_gone;
    item->once = (Flags & WT_EXECUTEONLYONCE) != 0;
    start(item, DueTime, item->once ? 0 : Period);
    *phNewTimer = item;
    return TRUE;
}

/* A timer that was to expire once and has is not set again: the page. */
BOOL ChangeTimerQueueTimer(HANDLE TimerQueue, HANDLE Timer, ULONG DueTime, ULONG Period)
{
    struct pool_item *item = Timer;

    (void)TimerQueue;
    if (item == NULL)
        return guest_fail(ERROR_INVALID_PARAMETER);
    if (item->event != 0)
        start(item, DueTime, item->once ? 0 : Period);
    return TRUE;
}

/* ERROR_IO_PENDING while a callback runs or is to come, and nobody waits for it: the timer goes
 * all the same, after it.
 */
BOOL DeleteTimerQueueTimer(HANDLE TimerQueue, HANDLE Timer, HANDLE CompletionEvent)
{
    struct pool_item *item = Timer;
    struct object *told = NULL;

    (void)TimerQueue;
    if (item == NULL)
        return guest_fail(ERROR_INVALID_PARAMETER);
    if (CompletionEvent != NULL && CompletionEvent != INVALID_HANDLE_VALUE) {
        told = guest_object_of(CompletionEvent, OBJECT_EVENT);
        if (told == NULL)
            return FALSE;
        object_reference(told);
    }
    pool_stop_timer(item);
    if (CompletionEvent == INVALID_HANDLE_VALUE)
        pool_wait(item, false, "DeleteTimerQueueTimer");
    bool busy = item->queued > 0 || item->running > 0;
    item->told = told;
    pool_close(item);
    return busy ? guest_fail(ERROR_IO_PENDING) : TRUE;
}

/* The first timer of the queue that the guest has not deleted, or NULL. */
static struct pool_item *timer_of(const struct timer_queue *queue)
{
    struct pool_item *item = pool_items(guest_process());
    while (item != NULL && (item->owner != queue || item->closed))
        item = item->next;
    return item;
}

BOOL DeleteTimerQueueEx(HANDLE TimerQueue, HANDLE CompletionEvent)
{
    struct timer_queue *queue = TimerQueue;
    bool waits = CompletionEvent == INVALID_HANDLE_VALUE;
    bool busy = false;

    if (queue == NULL)
        return guest_fail(ERROR_INVALID_HANDLE);
    if (CompletionEvent != NULL && !waits) {
        queue->told = guest_object_of(CompletionEvent, OBJECT_EVENT);
        if (queue->told == NULL)
            return FALSE;
        object_reference(queue->told);
    }
    for (struct pool_item *item = timer_of(queue); item != NULL; item = timer_of(queue)) {
        pool_stop_timer(item);
        if (waits)
            pool_wait(item, false, "DeleteTimerQueueEx");
        busy |= item->queued > 0 || item->running > 0;
        pool_close(item);
    }
    queue->closed = true;
    settle(queue, guest_nt());
    return busy ? guest_fail(ERROR_IO_PENDING) : TRUE;
}

BOOL DeleteTimerQueue(HANDLE TimerQueue)
{
    return DeleteTimerQueueEx(TimerQueue, NULL);
}
