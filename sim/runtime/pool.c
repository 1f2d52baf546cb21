#include "sim/runtime/pool.h"

#include "sim/nt/grip.h"
#include "sim/nt/semaphore.h"
#include "sim/runtime/program.h"

enum { WORKERS_MAX = 500, IO_WORKERS_MAX = 64 };
static const uint64_t idle_ns = UINT64_C(30) * 1000 * NS_IN_MS;

struct pool {
    struct process *process;
    struct pool *next;              /* the process' own pool has them all behind it */
    struct pool_item *items;        /* and these, of all of them */
    uint32_t most;                  /* workers at a time */
    struct pool_item *first, *last; /* with callbacks queued */
    uint32_t queued;                /* callbacks */
    uint32_t workers, idle;
    struct object *tasks; /* a semaphore: as many as callbacks were queued */
    struct port *port;    /* NULL until the first file is bound */
    uint32_t io_workers, io_idle;
    pool_io_run *io_run;
};

static struct arena *arena_of(const struct pool *pool)
{
    return &pool->process->object.nt->engine->arena;
}

/* ---- Items ----------------------------------------------------------------------------------- */

static void drop(struct object *object)
{
    if (object != NULL)
        object_release(object);
}

static void destroy(struct pool_item *item)
{
    struct pool *pool = item->pool->process->pool;

    if (item->gone != NULL)
        item->gone(item);
    if (item->event != 0)
        engine_cancel(pool->process->object.nt->engine, item->event);
    if (item->previous != NULL)
        item->previous->next = item->next;
    else
        pool->items = item->next;
    if (item->next != NULL)
        item->next->previous = item->previous;
    pool_drop_waiters(item);
    drop(item->idle);
    drop(item->cancel);
    drop(item->told);
    arena_give(arena_of(pool), item, sizeof *item);
}

/* The process has ended, and no thread of it is left. */
static void pool_ends(struct process *process)
{
    struct pool *pool = process->pool;
    struct pool *next;

    while (pool->items != NULL)
        destroy(pool->items);
    process->pool = NULL;
    for (; pool != NULL; pool = next) {
        next = pool->next;
        object_release(pool->tasks);
        if (pool->port != NULL) {
            port_close(pool->port);
            object_release(port_object(pool->port));
        }
        arena_give(arena_of(pool), pool, sizeof *pool);
    }
}

static struct pool *create(struct process *process)
{
    struct nt *nt = process->object.nt;
    struct pool *pool = ARENA_NEW(&nt->engine->arena, struct pool);
    if (pool == NULL)
        return NULL;
    pool->process = process;
    pool->most = WORKERS_MAX;
    pool->tasks = semaphore_create(nt, 0, INT32_MAX);
    if (pool->tasks == NULL) {
        arena_give(&nt->engine->arena, pool, sizeof *pool);
        return NULL;
    }
    return pool;
}

struct pool *pool_get(void)
{
    struct process *process = guest_process();

    if (process->pool == NULL) {
        process->pool = create(process);
        guest_nt()->pool_ends = pool_ends;
    }
    return process->pool;
}

struct pool *pool_new(void)
{
    struct pool *first = pool_get();
    struct pool *pool = first == NULL ? NULL : create(guest_process());

    if (pool == NULL)
        return NULL;
    pool->next = first->next;
    first->next = pool;
    return pool;
}

/* At least one: nobody's callbacks would ever run. */
void pool_set_most(struct pool *pool, uint32_t workers)
{
    pool->most = workers < 1 ? 1 : workers > WORKERS_MAX ? WORKERS_MAX : workers;
}

struct pool_item *pool_items(const struct process *process)
{
    const struct pool *pool = process->pool;
    return pool == NULL ? NULL : pool->items;
}

void pool_place(struct pool_item *item, PTP_CALLBACK_ENVIRON environment)
{
    if (item != NULL && environment != NULL && environment->Pool != NULL)
        item->pool = (struct pool *)environment->Pool;
    pool_join(item, environment);
}

struct pool_item *pool_add(void (*run)(struct pool_item *, PTP_CALLBACK_INSTANCE),
                           void (*callback)(void), void *context)
{
    struct pool *pool = pool_get();
    struct pool_item *item = NULL;
    if (pool != NULL)
        item = ARENA_NEW(arena_of(pool), struct pool_item);
    if (item != NULL)
        item->idle = event_create(guest_nt(), true, true);
    if (item == NULL || item->idle == NULL) {
        if (item != NULL)
            arena_give(arena_of(pool), item, sizeof *item);
        guest_fail(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    item->pool = pool;
    item->run = run;
    item->callback = callback;
    item->context = context;
    item->next = pool->items;
    if (item->next != NULL)
        item->next->previous = item;
    pool->items = item;
    return item;
}

void pool_settle(struct pool_item *item)
{
    if (item->queued > 0 || item->running > 0)
        return;
    object_signal(item->idle);
    if (item->holds > 0)
        return;
    if (item->told != NULL && item->closed)
        object_signal(item->told);
    if (item->closed && !item->lasts)
        destroy(item);
}

void pool_close(struct pool_item *item)
{
    item->closed = true;
    pool_settle(item);
}

struct thread *pool_thread(struct process *process, void (*start)(void *), void *context)
{
    struct thread *thread = thread_create_suspended(process, start, context);
    if (thread == NULL)
        return NULL;
    if (!program_thread_made(thread)) {
        thread_terminate(thread, 0);
        return NULL;
    }
    thread_unsuspend(thread);
    return thread;
}

/* ---- Callbacks ------------------------------------------------------------------------------- */

void pool_run(struct pool_item *item)
{
    struct _TP_CALLBACK_INSTANCE instance = {.event = NULL};

    item->running++;
    object_unsignal(item->idle);
    item->run(item, &instance);
    if (instance.event != NULL) {
        object_signal(instance.event);
        object_release(instance.event);
    }
    item->running--;
    pool_settle(item);
}

/* Takes a callback from the queue, or NULL: all were withdrawn. */
static struct pool_item *take(struct pool *pool)
{
    struct pool_item *item = pool->first;
    if (item == NULL)
        return NULL;
    pool->queued--;
    if (--item->queued == 0)
        pool->first = item->next_queued;
    return item;
}

static void work(void *context)
{
    struct pool *pool = context;
    struct nt *nt = pool->process->object.nt;
    nt_status status;

    do {
        pool->idle++;
        status = wait_for_objects(nt, &pool->tasks, 1, false, idle_ns, "the thread pool", NULL);
        pool->idle--;
        struct pool_item *item = status == STATUS_SUCCESS ? take(pool) : NULL;
        if (item != NULL)
            pool_run(item);
    } while (status == STATUS_SUCCESS);
    pool->workers--;
}

bool pool_submit(struct pool_item *item)
{
    struct pool *pool = item->pool;

    if (pool->queued >= pool->idle && pool->workers < pool->most) {
        if (pool_thread(pool->process, work, pool) != NULL)
            pool->workers++;
        else if (pool->workers == 0)
            return false;
    }
    if (item->queued++ == 0) {
        item->next_queued = NULL;
        if (pool->first == NULL)
            pool->first = item;
        else
            pool->last->next_queued = item;
        pool->last = item;
    }
    pool->queued++;
    object_unsignal(item->idle);
    semaphore_release(pool->tasks, 1, NULL);
    return true;
}

/* Takes back the callbacks that have not begun. */
static void pool_withdraw(struct pool_item *item)
{
    struct pool *pool = item->pool;
    struct pool_item *before = NULL;
    if (item->queued == 0)
        return;
    for (struct pool_item *at = pool->first; at != item; at = at->next_queued)
        before = at;
    if (before == NULL)
        pool->first = item->next_queued;
    else
        before->next_queued = item->next_queued;
    if (pool->last == item)
        pool->last = before;
    pool->queued -= item->queued;
    item->queued = 0;
    pool_settle(item);
}

void pool_wait(struct pool_item *item, bool withdraw, const char *call)
{
    if (withdraw)
        pool_withdraw(item);
    struct object *idle = item->idle;
    struct grip grip;
    grip_begin(guest_nt(), &grip, &idle, 1);
    wait_for_objects(guest_nt(), &idle, 1, false, UINT64_MAX, call, NULL);
    grip_end(guest_nt(), &grip);
}

/* ---- I/O ------------------------------------------------------------------------------------- */

static void run_packet(struct pool *pool, struct packet *packet)
{
    struct _TP_CALLBACK_INSTANCE instance = {.event = NULL};
    struct pool_item *item = (struct pool_item *)(uintptr_t)packet->key;
    const struct pool_io io = {
        .overlapped = (LPOVERLAPPED)(uintptr_t)packet->context,
        .status = packet->status,
        .bytes = packet->information,
    };

    packet->done(pool->process->object.nt, packet);
    item->running++;
    object_unsignal(item->idle);
    pool->io_run(item, &instance, &io);
    if (instance.event != NULL) {
        object_signal(instance.event);
        object_release(instance.event);
    }
    item->running--;
    pool_settle(item);
}

static void io_work(void *context);

static bool add_io_worker(struct pool *pool)
{
    if (pool_thread(pool->process, io_work, pool) == NULL)
        return false;
    pool->io_workers++;
    return true;
}

static void io_work(void *context)
{
    struct pool *pool = context;
    struct packet *packet = NULL;
    uint32_t taken = 0;

    for (;;) {
        bool last = pool->io_workers == 1;
        pool->io_idle++;
        nt_status status = port_take(pool->port, &packet, 1, &taken, last ? UINT64_MAX : idle_ns,
                                     false, "the thread pool");
        pool->io_idle--;
        if (status == STATUS_TIMEOUT && pool->io_workers > 1)
            break;
        if (status != STATUS_SUCCESS)
            continue;
        if (pool->io_idle == 0 && pool->io_workers < IO_WORKERS_MAX)
            add_io_worker(pool);
        run_packet(pool, packet);
    }
    pool->io_workers--;
}

struct port *pool_port(struct pool *pool)
{
    if (pool->port == NULL)
        pool->port = port_create(pool->process->object.nt, IO_WORKERS_MAX);
    if (pool->port == NULL)
        return NULL;
    return pool->io_workers > 0 || add_io_worker(pool) ? pool->port : NULL;
}

void pool_set_io(struct pool *pool, pool_io_run *run)
{
    pool->io_run = run;
}
