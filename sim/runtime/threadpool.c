/* kernel32's thread pool, in its old words and its new ones. */
#include "sim/runtime/pool.h"

/* ---- The pool itself ------------------------------------------------------------------------- */

PTP_POOL CreateThreadpool(PVOID reserved)
{
    (void)reserved;
    struct pool *pool = pool_new();
    if (pool == NULL)
        guest_fail(ERROR_NOT_ENOUGH_MEMORY);
    return (PTP_POOL)pool;
}

/* It goes when its last object has, says the page; here it stays, idle, until the process ends. */
void CloseThreadpool(PTP_POOL ptpp)
{
    (void)ptpp;
}

void SetThreadpoolThreadMaximum(PTP_POOL ptpp, DWORD cthrdMost)
{
    pool_set_most((struct pool *)ptpp, cthrdMost);
}

/* A thread is there as soon as a callback wants one. */
BOOL SetThreadpoolThreadMinimum(PTP_POOL ptpp, DWORD cthrdMic)
{
    (void)ptpp;
    (void)cthrdMic;
    return TRUE;
}

/* There are always threads enough. */
BOOL CallbackMayRunLong(PTP_CALLBACK_INSTANCE pci)
{
    (void)pci;
    return TRUE;
}

void SetEventWhenCallbackReturns(PTP_CALLBACK_INSTANCE pci, HANDLE evt)
{
    struct object *event = guest_object_of(evt, OBJECT_EVENT);
    if (event == NULL || pci->event != NULL)
        return;
    object_reference(event);
    pci->event = event;
}

/* ---- Work ------------------------------------------------------------------------------------ */

static void run_work(struct pool_item *item, PTP_CALLBACK_INSTANCE instance)
{
    ((PTP_WORK_CALLBACK)item->callback)(instance, item->context, (PTP_WORK)item);
}

static void run_simple(struct pool_item *item, PTP_CALLBACK_INSTANCE instance)
{
    ((PTP_SIMPLE_CALLBACK)item->callback)(instance, item->context);
}

static void run_user_work(struct pool_item *item, PTP_CALLBACK_INSTANCE instance)
{
    (void)instance;
    ((LPTHREAD_START_ROUTINE)item->callback)(item->context);
}

/* An item for one callback, which closes it. */
static BOOL submit_once(void (*run)(struct pool_item *, PTP_CALLBACK_INSTANCE),
                        void (*callback)(void), void *context, PTP_CALLBACK_ENVIRON environment)
{
    struct pool_item *item = pool_add(run, callback, context);
    if (item == NULL)
        return FALSE;
    pool_place(item, environment);
    bool submitted = pool_submit(item);
    pool_close(item);
    return submitted ? TRUE : guest_fail(ERROR_NOT_ENOUGH_MEMORY);
}

BOOL TrySubmitThreadpoolCallback(PTP_SIMPLE_CALLBACK pfns, PVOID pv, PTP_CALLBACK_ENVIRON pcbe)
{
    guest_note();
    return submit_once(run_simple, (void (*)(void))pfns, pv, pcbe);
}

BOOL QueueUserWorkItem(LPTHREAD_START_ROUTINE Function, PVOID Context, ULONG Flags)
{
    guest_note();
    (void)Flags;
    return submit_once(run_user_work, (void (*)(void))Function, Context, NULL);
}

PTP_WORK CreateThreadpoolWork(PTP_WORK_CALLBACK pfnwk, PVOID pv, PTP_CALLBACK_ENVIRON pcbe)
{
    struct pool_item *item = pool_add(run_work, (void (*)(void))pfnwk, pv);
    pool_place(item, pcbe);
    return (PTP_WORK)item;
}

/* Cannot fail, says the page: without memory for its first thread it is lost. */
void SubmitThreadpoolWork(PTP_WORK pwk)
{
    guest_note();
    pool_submit((struct pool_item *)pwk);
}

void WaitForThreadpoolWorkCallbacks(PTP_WORK pwk, BOOL fCancelPendingCallbacks)
{
    guest_note();
    pool_wait((struct pool_item *)pwk, fCancelPendingCallbacks != FALSE,
              "WaitForThreadpoolWorkCallbacks");
}

void CloseThreadpoolWork(PTP_WORK pwk)
{
    pool_close((struct pool_item *)pwk);
}

/* ---- Timers ---------------------------------------------------------------------------------- */

static void run_timer(struct pool_item *item, PTP_CALLBACK_INSTANCE instance)
{
    ((PTP_TIMER_CALLBACK)item->callback)(instance, item->context, (PTP_TIMER)item);
}

static void timer_expires(void *context, uint64_t argument)
{
    struct pool_item *item = context;
    struct engine *engine = item->idle->nt->engine;
    (void)argument;

    item->event = 0;
    if (item->period_ns != 0)
        item->event = engine_post(engine, engine->now_ns + item->period_ns, timer_expires, item, 0);
    pool_submit(item);
}

void pool_start_timer(struct pool_item *item, uint64_t due_ns)
{
    item->event = engine_post(item->idle->nt->engine, due_ns, timer_expires, item, 0);
}

void pool_stop_timer(struct pool_item *item)
{
    if (item->event != 0)
        engine_cancel(item->idle->nt->engine, item->event);
    item->event = 0;
    item->set = false;
}

static int64_t ticks_of(const FILETIME *time)
{
    return (int64_t)((uint64_t)time->dwHighDateTime << 32 | time->dwLowDateTime);
}

PTP_TIMER CreateThreadpoolTimer(PTP_TIMER_CALLBACK pfnti, PVOID pv, PTP_CALLBACK_ENVIRON pcbe)
{
    struct pool_item *item = pool_add(run_timer, (void (*)(void))pfnti, pv);
    pool_place(item, pcbe);
    return (PTP_TIMER)item;
}

void SetThreadpoolTimer(PTP_TIMER pti, PFILETIME pftDueTime, DWORD msPeriod, DWORD msWindowLength)
{
    struct pool_item *item = (struct pool_item *)pti;

    (void)msWindowLength;
    pool_stop_timer(item);
    if (pftDueTime == NULL)
        return;
    item->set = true;
    item->period_ns = (uint64_t)msPeriod * NS_IN_MS;
    item->event =
        engine_post(guest_nt()->engine, guest_due_ns(ticks_of(pftDueTime)), timer_expires, item, 0);
}

BOOL IsThreadpoolTimerSet(PTP_TIMER pti)
{
    return ((struct pool_item *)pti)->set;
}

void WaitForThreadpoolTimerCallbacks(PTP_TIMER pti, BOOL fCancelPendingCallbacks)
{
    guest_note();
    pool_wait((struct pool_item *)pti, fCancelPendingCallbacks != FALSE,
              "WaitForThreadpoolTimerCallbacks");
}

void CloseThreadpoolTimer(PTP_TIMER pti)
{
    pool_stop_timer((struct pool_item *)pti);
    pool_close((struct pool_item *)pti);
}

/* ---- I/O ------------------------------------------------------------------------------------- */

static void run_io(struct pool_item *item, PTP_CALLBACK_INSTANCE instance, const struct pool_io *io)
{
    if (item->run == NULL) {
        ((LPOVERLAPPED_COMPLETION_ROUTINE)item->callback)(nt_status_to_win32(io->status),
                                                          (DWORD)io->bytes, io->overlapped);
        return;
    }
    if (item->holds > 0)
        item->holds--;
    ((PTP_WIN32_IO_CALLBACK)item->callback)(instance, item->context, io->overlapped,
                                            nt_status_to_win32(io->status), io->bytes,
                                            (PTP_IO)item);
}

/* The packets of a file go to the pool from now on, with the item as their key. */
static struct pool_item *bind_file(HANDLE handle, void (*callback)(void), void *context)
{
    struct pool *pool = pool_get();
    if (guest_file(handle) == NULL)
        return NULL;
    struct port *port = pool != NULL ? pool_port(pool) : NULL;
    if (port == NULL) {
        guest_fail(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    struct pool_item *item = pool_add(NULL, callback, context);
    if (item == NULL)
        return NULL;
    pool_set_io(pool, run_io);
    item->lasts = guest_set_port(handle, port, (uintptr_t)item);
    if (item->lasts)
        return item;
    pool_close(item);
    return NULL;
}

BOOL BindIoCompletionCallback(HANDLE FileHandle, LPOVERLAPPED_COMPLETION_ROUTINE Function,
                              ULONG Flags)
{
    if (Flags != 0)
        return guest_fail(ERROR_INVALID_PARAMETER);
    return bind_file(FileHandle, (void (*)(void))Function, NULL) != NULL;
}

/* Only says what kind of callback it is. */
static void is_threadpool_io(struct pool_item *item, PTP_CALLBACK_INSTANCE instance)
{
    (void)item;
    (void)instance;
}

PTP_IO CreateThreadpoolIo(HANDLE fl, PTP_WIN32_IO_CALLBACK pfnio, PVOID pv,
                          PTP_CALLBACK_ENVIRON pcbe)
{
    struct pool_item *item = bind_file(fl, (void (*)(void))pfnio, pv);
    if (item != NULL)
        item->run = is_threadpool_io;
    pool_join(item, pcbe); /* the packets of all files go to one port */
    return (PTP_IO)item;
}

void StartThreadpoolIo(PTP_IO pio)
{
    ((struct pool_item *)pio)->holds++;
}

void CancelThreadpoolIo(PTP_IO pio)
{
    struct pool_item *item = (struct pool_item *)pio;
    if (item->holds > 0)
        item->holds--;
}

void WaitForThreadpoolIoCallbacks(PTP_IO pio, BOOL fCancelPendingCallbacks)
{
    guest_note();
    pool_wait((struct pool_item *)pio, fCancelPendingCallbacks != FALSE,
              "WaitForThreadpoolIoCallbacks");
}

void CloseThreadpoolIo(PTP_IO pio)
{
    pool_close((struct pool_item *)pio);
}
