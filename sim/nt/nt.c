#include "sim/nt/nt.h"

#include <stdio.h>
#include <stdlib.h>

#include "sim/engine/check.h"
#include "sim/engine/fiber.h"
#include "sim/nt/handle_table.h"
#include "sim/nt/thread.h"
#include "sim/nt/volume.h"

/* Windows gives 4 to its System process, which we do not model. */
enum { SYSTEM_PROCESS_ID = 4 };

static void print_deadlock(void *context, const char *report)
{
    (void)context;
    fprintf(stderr, "deadlock: every thread waits and nothing is left to happen\n%s", report);
    exit(3);
}

struct nt *nt_boot(struct engine *engine, struct disk *disk, const struct profile *profile,
                   const struct uac *uac, uint64_t boots)
{
    struct nt *nt = ARENA_NEW(&engine->arena, struct nt);
    if (nt == NULL)
        return NULL;

    disk->powered = true;
    nt->engine = engine;
    nt->disk = disk;
    nt->profile = profile;
    nt->uac = *uac;
    nt->boots = boots;
    nt->booted_ns = engine->now_ns;
    nt->last_id = SYSTEM_PROCESS_ID;
    nt->deadlock = print_deadlock;
    nt->horizon_ns = UINT64_C(1000000000);
    engine_record(engine, &(struct record){.kind = RECORD_BOOT, .arguments = {boots}});
    return nt;
}

static bool is_on_host_stack(void)
{
    return fiber_running() == fiber_host();
}

void nt_shut_down(struct nt *nt)
{
    ASSERT(is_on_host_stack());
    while (nt->processes != NULL)
        process_end(nt->processes, 0);
    if (nt->borrowed != NULL)
        thread_return(nt);
    ASSERT(nt->ready_count == 0);
    engine_record(nt->engine, &(struct record){.kind = RECORD_SHUT_DOWN, .arguments = {nt->boots}});
}

void nt_power_cut(struct nt *nt)
{
    ASSERT(is_on_host_stack());
    /* The process of a borrowed thread may have ended, and have been given pages after that. */
    if (nt->borrowed != NULL)
        userspace_close(&nt->borrowed->process->userspace);
    for (struct process *process = nt->processes; process != NULL; process = process->next) {
        userspace_close(&process->userspace);
        for (struct thread *thread = process->threads; thread != NULL;
             thread = thread->next_in_process)
            thread_lose_power(thread);
    }
    nt->processes = NULL;
    nt->current = nt->borrowed = NULL;
    nt->disk->powered = false;
}

uint64_t nt_uptime_ns(const struct nt *nt)
{
    return nt->engine->now_ns - nt->booted_ns;
}

bool memory_enter(struct process *process, struct process **before)
{
    const struct nt *nt = process->object.nt;

    *before = NULL;
    if (nt->bring_memory == NULL)
        return true;
    if (process->ended)
        return false;
    *before = nt->bring_memory(process);
    return true;
}

void memory_leave(struct nt *nt, struct process *before)
{
    if (before != NULL && !before->ended)
        nt->bring_memory(before);
}

static void check_ready_queue(const struct nt *nt)
{
    uint32_t count = 0;
    const struct thread *last = NULL;
    for (const struct thread *thread = nt->ready; thread != NULL; thread = thread->next_ready) {
        ASSERT(thread->state == THREAD_READY);
        ASSERT(count++ < nt->ready_count);
        last = thread;
    }
    ASSERT(count == nt->ready_count);
    if (nt->ready != NULL)
        ASSERT(nt->ready_last == last);
}

static void check_process(const struct nt *nt, const struct process *process)
{
    ASSERT(process->object.nt == nt);
    ASSERT(process->object.type == OBJECT_PROCESS);
    ASSERT(process->object.references > process->object.handles);
    ASSERT(!process->object.signaled);
    ASSERT(!process->ended);
    ASSERT(process->id % 4 == 0);
    ASSERT(process->id > SYSTEM_PROCESS_ID);
    ASSERT(process->id <= nt->last_id);
    if (process->next != NULL)
        ASSERT(process->id < process->next->id);
    ASSERT(process->token.account < ACCOUNT_COUNT);
    handle_table_check(process);
    userspace_check(&process->userspace);
    for (const struct thread *thread = process->threads; thread != NULL;
         thread = thread->next_in_process) {
        ASSERT(thread->process == process);
        thread_check(thread);
    }
}

void nt_check(const struct nt *nt)
{
    ASSERT(nt->engine != NULL);
    ASSERT(nt->disk != NULL);
    ASSERT(nt->deadlock != NULL);
    ASSERT(nt->last_id % 4 == 0);
    ASSERT(nt->booted_ns <= nt->engine->now_ns);
    check_ready_queue(nt);

    for (const struct process *process = nt->processes; process != NULL; process = process->next)
        check_process(nt, process);
    if (nt->borrowed != NULL)
        ASSERT(nt->borrowed->borrowed);
    if (nt->registry.disk != NULL)
        registry_check(&nt->registry);
    if (nt->volume != NULL)
        volume_check(nt->volume);
}
