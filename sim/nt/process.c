#include "sim/nt/process.h"

#include "sim/engine/check.h"
#include "sim/engine/fiber.h"
#include "sim/nt/apc.h"
#include "sim/nt/handle_table.h"
#include "sim/nt/mutex.h"
#include "sim/nt/nt.h"
#include "sim/nt/request.h"
#include "sim/nt/thread.h"
#include "sim/nt/wait.h"

static void process_destroy(struct object *object)
{
    struct process *process = (struct process *)object;
    ASSERT(process->ended);
    ASSERT(process->threads == NULL);
    ASSERT(process->handles == NULL);
    userspace_close(&process->userspace);
    arena_give(&object->nt->engine->arena, process, sizeof *process);
}

static const struct object_ops process_ops = {.destroy = process_destroy};

struct process *process_create(struct nt *nt, const struct token *token, struct process *parent,
                               bool inherit)
{
    struct process *process = ARENA_NEW(&nt->engine->arena, struct process);
    if (process == NULL)
        return NULL;
    object_init(&process->object, nt, OBJECT_PROCESS, &process_ops);
    process->token = *token;
    if (inherit && parent != NULL && !handle_table_inherit(process, parent)) {
        arena_give(&nt->engine->arena, process, sizeof *process);
        return NULL;
    }

    process->id = nt->last_id += 4;
    process->began_ns = nt->engine->now_ns;
    struct process **end = &nt->processes;
    while (*end != NULL)
        end = &(*end)->next;
    *end = process;
    engine_record(nt->engine, &(struct record){
                                  .kind = RECORD_PROCESS,
                                  .subject = process->id,
                                  .arguments = {token->account, token->elevation,
                                                parent != NULL ? parent->id : 0},
                              });
    SLOW(nt_check(nt));
    return process;
}

static void stop_threads(struct process *process, uint32_t exit_code)
{
    struct thread *next;
    for (struct thread *thread = process->threads; thread != NULL; thread = next) {
        next = thread->next_in_process;
        if (!thread->borrowed) {
            thread_stop(thread, exit_code);
            continue;
        }
        request_settle(thread->object.nt);
        request_thread_ends(thread);
        apc_drop_all(thread);
        mutex_abandon_all(thread);
        if (thread->wait != NULL)
            wait_end(thread->wait, STATUS_CANCELLED);
    }
}

static void unlink_process(struct process *process)
{
    struct process **link = &process->object.nt->processes;
    while (*link != process)
        link = &(*link)->next;
    *link = process->next;
    process->next = NULL;
}

void process_end(struct process *process, uint32_t exit_code)
{
    struct nt *nt = process->object.nt;
    struct thread *caller = nt->current;
    ASSERT(!process->ended);
    bool ends_caller = caller != NULL && caller->process == process && !caller->borrowed;

    process->ended = true;
    process->ended_ns = nt->engine->now_ns;
    process->exit_code = exit_code;
    unlink_process(process);
    stop_threads(process, exit_code);
    if (process->pool != NULL)
        nt->pool_ends(process);
    handle_table_close(process);
    userspace_close(&process->userspace);
    engine_record(nt->engine, &(struct record){
                                  .kind = RECORD_PROCESS_END,
                                  .subject = process->id,
                                  .result = exit_code,
                              });
    if (nt->process_ended != NULL)
        nt->process_ended(process);
    object_signal(&process->object);
    object_release(&process->object);
    SLOW(nt_check(nt));

    if (ends_caller) {
        nt->stack_is_orphan = false;
        switch_away_for_good(nt);
    }
}

struct process *process_find(struct nt *nt, uint32_t id)
{
    struct process *process = nt->processes;
    while (process != NULL && process->id != id)
        process = process->next;
    return process;
}
