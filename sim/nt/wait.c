#include "sim/nt/wait.h"

#include "sim/engine/check.h"
#include "sim/engine/fiber.h"
#include "sim/nt/apc.h"
#include "sim/nt/deadlock.h"
#include "sim/nt/nt.h"
#include "sim/nt/port.h"
#include "sim/nt/request.h"

/* How many polls in a row give up the turn, and how many turns given up in a row, for each thread
 * that is ready, make time move. Few enough that a guest's polling loop costs little, enough that a
 * program that only lets others go first is not moved in time.
 */
enum { LOOKS_IN_VAIN_MAX = 64, TURNS_IN_VAIN_MAX = 64 };

/* ---- Who runs -------------------------------------------------------------------------------- */

void ready_append(struct thread *thread)
{
    struct nt *nt = thread->object.nt;
    thread->next_ready = NULL;
    if (thread->suspended > 0) {
        thread->state = THREAD_SUSPENDED;
        return;
    }
    thread->state = THREAD_READY;
    if (nt->ready == NULL)
        nt->ready = thread;
    else
        nt->ready_last->next_ready = thread;
    nt->ready_last = thread;
    nt->ready_count++;
}

void ready_remove(struct thread *thread)
{
    struct nt *nt = thread->object.nt;
    struct thread *before = NULL;
    struct thread *at = nt->ready;
    while (at != thread) {
        ASSERT(at != NULL);
        before = at;
        at = at->next_ready;
    }
    if (before == NULL)
        nt->ready = thread->next_ready;
    else
        before->next_ready = thread->next_ready;
    if (nt->ready_last == thread)
        nt->ready_last = before;
    thread->next_ready = NULL;
    nt->ready_count--;
}

/* Whether the next event is one of the choices, though threads are ready. */
static bool event_may_happen(const struct nt *nt)
{
    if (!nt->explore)
        return false;
    uint64_t due_ns = engine_next_due(nt->engine);
    return due_ns != UINT64_MAX && due_ns - nt->engine->now_ns <= nt->horizon_ns;
}

/* The thread to run now, or NULL when every thread waits and nothing is left to happen. */
static struct thread *choose_thread(struct nt *nt)
{
    uint64_t place;

    nt->current = NULL;
    for (;;) {
        while (nt->ready_count == 0)
            if (!engine_step(nt->engine))
                return NULL;
        uint64_t count = nt->ready_count + (event_may_happen(nt) ? 1u : 0u);
        place = count > 1 ? choose(&nt->engine->choices, CHOICE_SCHEDULE, count) : 0;
        if (place < nt->ready_count)
            break;
        engine_step(nt->engine);
    }
    struct thread *thread = nt->ready;
    while (place-- > 0)
        thread = thread->next_ready;

    ready_remove(thread);
    thread->state = THREAD_RUNNING;
    nt->current = thread;
    if (nt->thread_runs != NULL)
        nt->thread_runs(thread);
    engine_record(nt->engine, &(struct record){.kind = RECORD_RUN, .subject = thread->id});
    return thread;
}

/* A lock of all threads is told on the host's own stack, from where the one who is told can get
 * back to where the run began. The thread borrowed from the host is one of those that wait: there
 * is nobody else to have started the others.
 */
static struct fiber *choose_fiber(struct nt *nt)
{
    struct thread *thread = choose_thread(nt);
    if (thread != NULL)
        return thread->fiber;
    ASSERT(nt->borrowed != NULL);
    if (nt->thread_runs != NULL)
        nt->thread_runs(nt->borrowed);
    nt->deadlocked = true;
    return nt->borrowed->fiber;
}

void switch_away(struct thread *thread)
{
    struct nt *nt = thread->object.nt;
    if (nt->watch != NULL)
        nt->watch->leaves(nt->watch_context, thread);
    struct fiber *to = choose_fiber(nt);
    if (nt->stack_is_orphan) {
        nt->stack_is_orphan = false;
        fiber_leave(to);
    }
    fiber_switch(to);
    if (nt->deadlocked)
        deadlock_report(nt);
    ASSERT(nt->current == thread);
}

_Noreturn void switch_away_for_good(struct nt *nt)
{
    fiber_leave(choose_fiber(nt));
}

/* ---- Waiting --------------------------------------------------------------------------------- */

static inline bool is_ready(const struct object *object, const struct thread *thread)
{
    return object->ops->ready == NULL ? object->signaled : object->ops->ready(object, thread);
}

/* Whether what it took was abandoned. */
static inline bool take_signal(struct object *object, struct thread *thread)
{
    if (object->ops->take != NULL)
        return object->ops->take(object, thread);
    if (object->resets)
        object->signaled = false;
    return false;
}

/* STATUS_PENDING when the objects do not satisfy a wait of `thread`; else takes the signals it uses
 * up, says which object it was, and answers STATUS_SUCCESS or STATUS_ABANDONED_WAIT_0.
 */
static nt_status try_objects(struct thread *thread, struct object *const *objects, uint32_t count,
                             bool all, uint32_t *index)
{
    uint32_t ready = 0;
    while (ready < count && is_ready(objects[ready], thread) == all)
        ready++;
    /* All: stopped at the first that is not. Any: stopped at the first that is. */
    if (all ? ready < count : ready == count)
        return STATUS_PENDING;

    bool abandoned = false;
    *index = all ? 0 : ready;
    if (!all)
        abandoned = take_signal(objects[ready], thread);
    for (uint32_t i = 0; all && i < count; i++)
        abandoned |= take_signal(objects[i], thread);
    return abandoned ? STATUS_ABANDONED_WAIT_0 : STATUS_SUCCESS;
}

static void append_waiter(struct object *object, struct wait_block *block)
{
    if (object->waiters == NULL) {
        block->next = block->previous = block;
        object->waiters = block;
        return;
    }
    block->next = object->waiters;
    block->previous = object->waiters->previous;
    block->previous->next = block;
    block->next->previous = block;
}

static void remove_waiter(struct wait_block *block)
{
    struct object *object = block->object;
    if (block->next == block)
        object->waiters = NULL;
    else if (object->waiters == block)
        object->waiters = block->next;
    block->next->previous = block->previous;
    block->previous->next = block->next;
}

static void link_objects(struct wait *wait, struct object *const *objects)
{
    for (uint32_t i = 0; i < wait->count; i++) {
        wait->blocks[i].wait = wait;
        wait->blocks[i].object = objects[i];
        append_waiter(objects[i], &wait->blocks[i]);
        object_reference(objects[i]);
    }
}

void wait_abandon(struct wait *wait)
{
    struct thread *thread = wait->thread;
    if (wait->timer != 0)
        engine_cancel(thread->object.nt->engine, wait->timer);
    wait->timer = 0;
    thread->wait = NULL;
    if (wait->port != NULL)
        port_remove_waiter(wait->port, wait);
    for (uint32_t i = 0; i < wait->count; i++) {
        remove_waiter(&wait->blocks[i]);
        object_release(wait->blocks[i].object);
    }
}

void wait_end(struct wait *wait, nt_status status)
{
    struct thread *thread = wait->thread;
    ASSERT(thread->state == THREAD_WAITING);
    ASSERT(thread->wait == wait);
    wait->status = status;
    thread->waits_for = NULL;
    thread->object.nt->turns_given_up = 0;
    wait_abandon(wait);
    if (thread->port != NULL)
        port_thread_runs(thread);
    ready_append(thread);
}

static nt_status try_wait(struct wait *wait)
{
    struct object *objects[WAIT_OBJECTS_MAX];
    for (uint32_t i = 0; i < wait->count; i++)
        objects[i] = wait->blocks[i].object;
    return try_objects(wait->thread, objects, wait->count, wait->all, &wait->index);
}

void wait_satisfy_waiters(struct object *object)
{
    object_reference(object);
    struct wait_block *block = object->waiters;
    while (block != NULL && object->signaled) {
        /* A wait may name the object twice: skip all of its blocks before it ends. */
        struct wait *wait = block->wait;
        struct wait_block *next = block->next;
        while (next->wait == wait && next != object->waiters)
            next = next->next;
        bool was_last = next == object->waiters;
        nt_status status = try_wait(wait);
        if (status != STATUS_PENDING)
            wait_end(wait, status);
        block = was_last ? NULL : next;
    }
    object_release(object);
}

static void time_is_up(void *context, uint64_t argument)
{
    struct wait *wait = context;
    (void)argument;
    wait->timer = 0;
    wait_end(wait, STATUS_TIMEOUT);
}

static bool set_timer(struct wait *wait, struct nt *nt, uint64_t timeout_ns)
{
    uint64_t now_ns = nt->engine->now_ns;
    if (timeout_ns >= UINT64_MAX - now_ns)
        return true; /* for ever */
    wait->timer = engine_post(nt->engine, now_ns + timeout_ns, time_is_up, wait, 0);
    return wait->timer != 0;
}

static nt_status wait_blocked(struct nt *nt, struct wait *wait, const struct wait_request *request)
{
    struct thread *thread = nt->current;

    wait->thread = thread;
    wait->timer = 0;
    wait->count = request->count;
    wait->all = request->all;
    wait->alertable = apc_alertable(nt, request->alertable);
    wait->port = request->port;
    if (!set_timer(wait, nt, request->timeout_ns))
        return STATUS_INSUFFICIENT_RESOURCES;
    link_objects(wait, request->objects);
    thread->state = THREAD_WAITING;
    thread->waits_for = request->call;
    thread->wait = wait;
    if (wait->port != NULL)
        port_add_waiter(wait->port, wait);
    if (thread->port != NULL)
        port_thread_waits(thread);
    nt->looks_in_vain = 0;
    request_settle(nt);
    SLOW(wait_check(wait));
    switch_away(thread);
    ASSERT(thread->wait == NULL);
    return wait->status;
}

/* Gives up the turn. When all who are ready do only that, they wait for something that time must
 * bring: it moves. `weight` says for how many turns this one counts.
 */
static void yield(struct nt *nt, uint32_t weight)
{
    struct thread *thread = nt->current;

    ready_append(thread);
    nt->turns_given_up += weight;
    if (nt->turns_given_up >= TURNS_IN_VAIN_MAX * nt->ready_count) {
        nt->turns_given_up = 0;
        nt->current = NULL;
        engine_step(nt->engine);
    }
    switch_away(thread);
}

/* A wait that cannot be satisfied at once. */
static nt_status wait_on(struct nt *nt, const struct wait_request *request, uint32_t *which)
{
    struct wait wait; /* 2 KiB, of which link_objects fills what is used */
    bool for_time = request->count == 0 && request->port == NULL;

    if (apc_alertable(nt, request->alertable) && apc_deliver(nt))
        return STATUS_USER_APC;
    if (request->timeout_ns == 0) {
        if (for_time)
            yield(nt, 1);
        else
            looked_in_vain(nt);
        return STATUS_TIMEOUT;
    }
    nt_status status = wait_blocked(nt, &wait, request);
    if (status == STATUS_USER_APC)
        apc_deliver(nt);
    *which = wait.index;
    return status;
}

static void tell_who_looks_on(struct nt *nt, const struct wait_request *request, uint32_t which)
{
    for (uint32_t i = 0; i < request->count; i++)
        if (request->all || i == which)
            nt->watch->waited(nt->watch_context, request->objects[i]);
}

nt_status wait_for(struct nt *nt, const struct wait_request *request, uint32_t *index)
{
    ASSERT(nt->current != NULL);
    ASSERT(request->count <= WAIT_OBJECTS_MAX);
    uint32_t which = 0;
    nt_status status = STATUS_PENDING;

    if (nt->current->process->ended)
        return STATUS_CANCELLED;
    if (request->count > 0)
        status = try_objects(nt->current, request->objects, request->count, request->all, &which);
    if (status == STATUS_PENDING)
        status = wait_on(nt, request, &which);
    else
        nt->looks_in_vain = 0;
    if (nt->watch != NULL && status == STATUS_SUCCESS)
        tell_who_looks_on(nt, request, which);
    if (index != NULL && (status == STATUS_SUCCESS || status == STATUS_ABANDONED_WAIT_0))
        *index = which;
    return status;
}

nt_status wait_for_objects(struct nt *nt, struct object *const *objects, uint32_t count, bool all,
                           uint64_t timeout_ns, const char *call, uint32_t *index)
{
    ASSERT(count >= 1);
    const struct wait_request request = {
        .objects = objects, .count = count, .all = all, .timeout_ns = timeout_ns, .call = call};
    return wait_for(nt, &request, index);
}

void wait_for_time(struct nt *nt, uint64_t timeout_ns, const char *call)
{
    const struct wait_request request = {.timeout_ns = timeout_ns, .call = call};
    wait_for(nt, &request, NULL);
}

bool thread_yield(struct nt *nt)
{
    bool any = nt->ready_count > 0;
    yield(nt, 1);
    return any;
}

void looked_in_vain(struct nt *nt)
{
    if (++nt->looks_in_vain < LOOKS_IN_VAIN_MAX)
        return;
    nt->looks_in_vain = 0;
    yield(nt, TURNS_IN_VAIN_MAX);
}

void nt_give_way(struct nt *nt)
{
    struct thread *thread = nt->current;
    ASSERT(thread != NULL);
    if (thread->process->ended || (nt->ready_count == 0 && !event_may_happen(nt)))
        return;
    ready_append(thread);
    switch_away(thread);
}

void wait_check(const struct wait *wait)
{
    ASSERT(wait->thread->state == THREAD_WAITING);
    ASSERT(wait->thread->wait == wait);
    ASSERT(wait->thread->waits_for != NULL);
    ASSERT(wait->count <= WAIT_OBJECTS_MAX);

    uint32_t signaled = 0;
    for (uint32_t i = 0; i < wait->count; i++) {
        const struct wait_block *block = &wait->blocks[i];
        ASSERT(block->wait == wait);
        ASSERT(block->next->previous == block);
        ASSERT(block->previous->next == block);
        ASSERT(block->next->object == block->object);
        ASSERT(block->object->waiters != NULL);
        ASSERT(block->object->references > 0);
        if (is_ready(block->object, wait->thread))
            signaled++;
    }
    /* Nobody waits for what is there. */
    if (wait->count > 0)
        ASSERT(wait->all ? signaled < wait->count : signaled == 0);
}
