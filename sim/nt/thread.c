#include "sim/nt/thread.h"

#include "sim/engine/check.h"
#include "sim/engine/fiber.h"
#include "sim/nt/apc.h"
#include "sim/nt/grip.h"
#include "sim/nt/message.h"
#include "sim/nt/mutex.h"
#include "sim/nt/nt.h"
#include "sim/nt/port.h"
#include "sim/nt/request.h"
#include "sim/nt/wait.h"

static void thread_destroy(struct object *object)
{
    struct thread *thread = (struct thread *)object;
    ASSERT(thread->state == THREAD_ENDED);
    object_release(&thread->process->object);
    arena_give(&object->nt->engine->arena, thread, sizeof *thread);
}

static const struct object_ops thread_ops = {.destroy = thread_destroy};

/* A thread of `process` without a stack. */
static struct thread *add_thread(struct process *process)
{
    struct nt *nt = process->object.nt;
    struct thread *thread = ARENA_NEW(&nt->engine->arena, struct thread);
    if (thread == NULL)
        return NULL;

    object_init(&thread->object, nt, OBJECT_THREAD, &thread_ops);
    object_reference(&process->object);
    thread->process = process;
    thread->id = nt->last_id += 4;
    thread->began_ns = nt->engine->now_ns;
    struct thread **end = &process->threads;
    while (*end != NULL)
        end = &(*end)->next_in_process;
    *end = thread;
    engine_record(nt->engine, &(struct record){
                                  .kind = RECORD_THREAD,
                                  .subject = thread->id,
                                  .arguments = {process->id},
                              });
    return thread;
}

/* Before its stack goes, on which its synchronous requests and its grips lie. */
static void let_go_of_stack(struct thread *thread)
{
    request_settle(thread->object.nt);
    request_thread_ends(thread);
    grip_thread_ends(thread);
    port_thread_leaves(thread);
    mutex_abandon_all(thread);
}

/* What every end of a thread has in common. The executive's reference goes. */
static void finish(struct thread *thread, uint32_t exit_code)
{
    struct nt *nt = thread->object.nt;

    messages_thread_ends(thread);
    struct thread **link = &thread->process->threads;
    while (*link != thread)
        link = &(*link)->next_in_process;
    *link = thread->next_in_process;
    thread->next_in_process = NULL;

    thread->state = THREAD_ENDED;
    thread->ended_ns = nt->engine->now_ns;
    thread->exit_code = exit_code;
    if (nt->watch != NULL)
        nt->watch->thread_ends(nt->watch_context, thread);
    thread->fiber = NULL;
    apc_drop_all(thread);
    if (nt->current == thread)
        nt->current = NULL;
    engine_record(nt->engine, &(struct record){
                                  .kind = RECORD_THREAD_END,
                                  .subject = thread->id,
                                  .result = exit_code,
                              });
    if (nt->thread_ended != NULL)
        nt->thread_ended(thread);
    object_signal(&thread->object);
    object_release(&thread->object);
}

static void run_thread(void *context)
{
    struct thread *thread = context;
    thread->start(thread->start_context);
    thread_end(thread, 0);
}

/* A thread with a stack that nobody has entered yet. */
static struct thread *create(struct process *process, void (*start)(void *), void *context)
{
    if (process->ended)
        return NULL;
    struct thread *thread = add_thread(process);
    if (thread == NULL)
        return NULL;
    thread->fiber = fiber_new(run_thread, thread);
    if (thread->fiber == NULL) {
        finish(thread, 0);
        return NULL;
    }
    thread->start = start;
    thread->start_context = context;
    return thread;
}

struct thread *thread_create(struct process *process, void (*start)(void *), void *context)
{
    struct thread *thread = create(process, start, context);
    if (thread != NULL)
        ready_append(thread);
    return thread;
}

struct thread *thread_create_suspended(struct process *process, void (*start)(void *),
                                       void *context)
{
    struct thread *thread = create(process, start, context);
    if (thread != NULL) {
        thread->suspended = 1;
        ready_append(thread);
    }
    return thread;
}

uint32_t thread_suspend(struct thread *thread)
{
    uint32_t before = thread->suspended;
    ASSERT(before < SUSPENDED_MAX);
    ASSERT(thread->state != THREAD_ENDED);

    thread->suspended++;
    if (thread->state == THREAD_READY) {
        ready_remove(thread);
        thread->state = THREAD_SUSPENDED;
    } else if (thread->state == THREAD_RUNNING) {
        ready_append(thread);
        switch_away(thread);
    }
    return before;
}

uint32_t thread_unsuspend(struct thread *thread)
{
    uint32_t before = thread->suspended;
    if (before == 0)
        return 0;
    thread->suspended--;
    if (BEHAVES(thread->object.nt->profile, suspend_counts, no))
        thread->suspended = 0;
    if (thread->suspended == 0 && thread->state == THREAD_SUSPENDED) {
        thread->object.nt->turns_given_up = 0;
        ready_append(thread);
    }
    return before;
}

struct thread *thread_borrow(struct process *process)
{
    struct nt *nt = process->object.nt;
    ASSERT(nt->current == NULL);
    ASSERT(nt->borrowed == NULL);
    ASSERT(!process->ended);

    struct thread *thread = add_thread(process);
    if (thread == NULL)
        return NULL;
    thread->fiber = fiber_host();
    ASSERT(fiber_running() == thread->fiber);
    thread->borrowed = true;
    thread->state = THREAD_RUNNING;
    nt->current = nt->borrowed = thread;
    return thread;
}

void thread_return(struct nt *nt)
{
    ASSERT(nt->borrowed != NULL);
    ASSERT(nt->current == nt->borrowed);
    let_go_of_stack(nt->borrowed);
    nt->borrowed = NULL;
    finish(nt->current, 0);
}

void thread_park(struct nt *nt)
{
    ASSERT(nt->borrowed != NULL);
    ASSERT(nt->current == nt->borrowed);
    nt->borrowed->state = THREAD_PARKED;
    nt->current = nt->borrowed = NULL;
}

void thread_resume(struct thread *thread)
{
    struct nt *nt = thread->object.nt;
    ASSERT(nt->current == NULL);
    ASSERT(nt->borrowed == NULL);
    ASSERT(thread->state == THREAD_PARKED);
    thread->state = THREAD_RUNNING;
    nt->current = nt->borrowed = thread;
}

void thread_stop(struct thread *thread, uint32_t exit_code)
{
    ASSERT(!thread->borrowed);
    let_go_of_stack(thread);
    if (thread->wait != NULL)
        wait_abandon(thread->wait);
    else if (thread->state == THREAD_READY)
        ready_remove(thread);

    if (thread->fiber == fiber_running())
        thread->object.nt->stack_is_orphan = true;
    else
        fiber_abandon(thread->fiber);
    finish(thread, exit_code);
}

_Noreturn void thread_end(struct thread *thread, uint32_t exit_code)
{
    struct nt *nt = thread->object.nt;
    ASSERT(thread == nt->current);
    ASSERT(!thread->borrowed);

    if (thread == thread->process->threads && thread->next_in_process == NULL) {
        process_end(thread->process, exit_code);
        ABSURD("a thread outlives its process");
    }
    thread_stop(thread, exit_code);
    nt->stack_is_orphan = false;
    switch_away_for_good(nt);
}

void thread_terminate(struct thread *thread, uint32_t exit_code)
{
    ASSERT(thread->state != THREAD_ENDED);
    if (thread == thread->object.nt->current)
        thread_end(thread, exit_code);
    if (thread == thread->process->threads && thread->next_in_process == NULL)
        process_end(thread->process, exit_code);
    else
        thread_stop(thread, exit_code);
}

struct thread *thread_find(struct nt *nt, uint32_t id)
{
    for (struct process *process = nt->processes; process != NULL; process = process->next)
        for (struct thread *thread = process->threads; thread != NULL;
             thread = thread->next_in_process)
            if (thread->id == id)
                return thread;
    return NULL;
}

void thread_lose_power(struct thread *thread)
{
    if (!thread->borrowed)
        fiber_abandon(thread->fiber);
    thread->fiber = NULL;
}

void thread_check(const struct thread *thread)
{
    const struct nt *nt = thread->object.nt;

    ASSERT(thread->object.type == OBJECT_THREAD);
    ASSERT(thread->object.references > thread->object.handles);
    ASSERT(!thread->object.signaled);
    ASSERT(thread->id % 4 == 0);
    ASSERT(thread->id <= nt->last_id);
    ASSERT(thread->state != THREAD_ENDED);
    ASSERT(thread->fiber != NULL);
    ASSERT(thread->borrowed == (thread == nt->borrowed || thread->state == THREAD_PARKED));
    ASSERT((thread->state == THREAD_RUNNING) == (thread == nt->current));
    ASSERT((thread->state == THREAD_WAITING) == (thread->wait != NULL));
    if (thread->state == THREAD_READY || thread->state == THREAD_RUNNING)
        ASSERT(thread->suspended == 0);
    if (thread->port != NULL)
        port_check(thread->port);
    if (thread->handed != NULL)
        ASSERT(thread->port != NULL);
    for (const struct request *request = thread->requests; request != NULL;
         request = request->next_of_thread) {
        ASSERT(request->thread == thread);
        ASSERT(!request->on_stack);
        ASSERT(request->pended);
    }
    for (const struct request *call = thread->calls; call != NULL; call = call->next_of_thread) {
        ASSERT(call->thread == thread);
        ASSERT(call->on_stack);
    }
    if (thread->wait != NULL)
        wait_check(thread->wait);
}
