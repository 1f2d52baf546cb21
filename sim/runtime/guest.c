/* Processes as berth.h hands them out: on the caller's own stack, or on a fiber of their own. */
#include "sim/runtime/machine.h"

#include "sim/engine/check.h"

_Static_assert((int)BERTH_STANDARD == ACCOUNT_STANDARD, "accounts");
_Static_assert((int)BERTH_NETWORK_SERVICE == ACCOUNT_NETWORK_SERVICE, "accounts");
_Static_assert((int)BERTH_AS_INVOKER == AS_INVOKER, "levels");
_Static_assert((int)BERTH_REQUIRE_ADMINISTRATOR == REQUIRE_ADMINISTRATOR, "levels");

static struct process *running_process(const struct berth *machine)
{
    struct thread *current = machine->nt == NULL ? NULL : machine->nt->current;
    return current == NULL ? NULL : current->process;
}

/* The token of whoever starts a program: of the logon's shell, or of a prompt that was run as
 * administrator from there.
 */
static struct token parent_token(const struct berth *machine, const struct berth_launch *launch)
{
    const struct launch prompt = {
        .parent = token_at_logon((enum account)launch->account, &machine->uac, &machine->in_force),
        .level = AS_INVOKER,
        .run_as = true,
        .consent = true,
    };
    struct token token = prompt.parent;

    if (launch->elevated && token.elevation == ELEVATION_LIMITED) {
        nt_status status = token_for_launch(&prompt, &machine->uac, &machine->in_force, &token);
        ASSERT(status == STATUS_SUCCESS);
    }
    return token;
}

/* A process without threads, with the token Windows would give it. */
static uint32_t launch_process(struct berth *machine, const struct berth_launch *launch,
                               struct process **process)
{
    const struct launch request = {
        .parent = parent_token(machine, launch),
        .level = (enum execution_level)launch->level,
        .run_as = launch->run_as,
        .consent = launch->consent,
    };
    struct token token;

    nt_status status = token_for_launch(&request, &machine->uac, &machine->in_force, &token);
    if (status != STATUS_SUCCESS)
        return nt_status_to_win32(status);
    *process = process_create(machine->nt, &token, running_process(machine), launch->inherit);
    return *process == NULL ? nt_status_to_win32(STATUS_NO_MEMORY) : 0;
}

uint32_t berth_enter(struct berth *machine, const struct berth_launch *launch)
{
    struct process *process;

    ASSERT(machine->nt != NULL);
    ASSERT(machine->nt->current == NULL);
    uint32_t error = launch_process(machine, launch, &process);
    if (error == 0) {
        if (thread_borrow(process) == NULL) {
            process_end(process, 0);
            error = nt_status_to_win32(STATUS_NO_MEMORY);
        } else {
            machine_attach(machine);
        }
    }
    machine_record(machine, RECORD_PROCESS_ENTER, error == 0 ? process->id : 0, launch->account,
                   error);
    return error;
}

/* Ends the running process, whose borrowed thread the caller's stack is. */
static void take_stack(struct berth *machine, struct process *process, uint32_t exit_code)
{
    object_reference(&process->object);
    thread_return(machine->nt);
    if (!process->ended)
        process_end(process, exit_code);
    object_release(&process->object);
}

void berth_leave(struct berth *machine)
{
    struct process *process = running_process(machine);

    ASSERT(process != NULL);
    berth_report_leftovers(machine);
    machine_record(machine, RECORD_PROCESS_LEAVE, process->id, 0, 0);
    take_stack(machine, process, 0);
    machine_detach(machine);
}

/* A struct berth_process is a struct process with one borrowed thread, whose state lies still while
 * another has the stack.
 */
static struct process *process_of(struct berth_process *handle)
{
    return (struct process *)(void *)handle;
}

uint32_t berth_spawn(struct berth *machine, const struct berth_launch *launch,
                     struct berth_process **handle)
{
    ASSERT(machine->nt != NULL);
    struct thread *current = machine->nt->current;
    struct process *process;

    uint32_t error = launch_process(machine, launch, &process);
    if (error == 0) {
        if (current != NULL)
            thread_park(machine->nt);
        if (thread_borrow(process) == NULL) {
            process_end(process, 0);
            error = nt_status_to_win32(STATUS_NO_MEMORY);
        } else {
            thread_park(machine->nt);
        }
        if (current != NULL)
            thread_resume(current);
    }
    machine_record(machine, RECORD_PROCESS_START, error == 0 ? process->id : 0, launch->account,
                   error);
    *handle = error == 0 ? (struct berth_process *)(void *)process : NULL;
    return error;
}

/* The thread that a process of berth_spawn was made with: its oldest. */
static struct thread *stack_of(const struct process *process)
{
    ASSERT(process->threads != NULL);
    ASSERT(process->threads->borrowed);
    return process->threads;
}

void berth_switch(struct berth *machine, struct berth_process *handle)
{
    struct thread *thread = stack_of(process_of(handle));

    if (thread == machine->nt->current)
        return;
    if (machine->nt->current != NULL)
        thread_park(machine->nt);
    thread_resume(thread);
    machine_attach(machine);
}

void berth_kill(struct berth *machine, struct berth_process *handle)
{
    struct process *process = process_of(handle);
    struct thread *current = machine->nt->current;
    bool kills_itself = current != NULL && current->process == process;

    machine_record(machine, RECORD_PROCESS_TERMINATE, process->id, 0, 0);
    berth_switch(machine, handle);
    take_stack(machine, process, 1);
    if (current != NULL && !kills_itself)
        thread_resume(current);
    else
        machine_detach(machine);
}

uint32_t berth_start(struct berth *machine, const struct berth_launch *launch,
                     void (*start)(void *), void *context, uint32_t *process_id)
{
    ASSERT(machine->nt != NULL);
    struct started *started = ARENA_NEW(&machine->engine.arena, struct started);
    struct process *process = NULL;
    uint32_t error;

    if (started == NULL)
        return nt_status_to_win32(STATUS_NO_MEMORY);
    error = launch_process(machine, launch, &process);
    if (error == 0 && thread_create(process, start, context) == NULL) {
        process_end(process, 0);
        error = nt_status_to_win32(STATUS_NO_MEMORY);
    }
    machine_record(machine, RECORD_PROCESS_START, error == 0 ? process->id : 0, launch->account,
                   error);
    if (error != 0) {
        arena_give(&machine->engine.arena, started, sizeof *started);
        return error;
    }
    object_reference(&process->object);
    *started = (struct started){.process = process, .next = machine->started};
    machine->started = started;
    *process_id = process->id;
    return 0;
}

static struct started **find_started(struct berth *machine, uint32_t process_id)
{
    struct started **link = &machine->started;

    while (*link != NULL && (*link)->process->id != process_id)
        link = &(*link)->next;
    ASSERT(*link != NULL);
    return link;
}

/* Somebody has to wait: when the caller is outside, a process of the system's does. */
static bool enter_to_wait(struct berth *machine)
{
    static const struct berth_launch system = {.account = BERTH_LOCAL_SYSTEM};

    if (machine->nt->current != NULL)
        return false;
    uint32_t error = berth_enter(machine, &system);
    ASSERT(error == 0);
    return true;
}

uint32_t berth_wait(struct berth *machine, uint32_t process_id)
{
    struct process *process = (*find_started(machine, process_id))->process;
    struct object *object = &process->object;
    bool entered = enter_to_wait(machine);

    wait_for_objects(machine->nt, &object, 1, false, UINT64_MAX, "berth_wait", NULL);
    if (entered)
        berth_leave(machine);

    uint32_t exit_code = process->exit_code;
    struct started **link = find_started(machine, process_id);
    struct started *started = *link;
    *link = started->next;
    arena_give(&machine->engine.arena, started, sizeof *started);
    object_release(object);
    return exit_code;
}

void berth_terminate(struct berth *machine, uint32_t process_id)
{
    struct process *process = process_find(machine->nt, process_id);

    machine_record(machine, RECORD_PROCESS_TERMINATE, process_id, 1, process != NULL);
    if (process != NULL)
        process_end(process, 1);
}

void berth_exit(struct berth *machine, uint32_t exit_code)
{
    struct process *process = running_process(machine);

    ASSERT(process != NULL);
    ASSERT(!machine->nt->current->borrowed);
    berth_report_leftovers(machine);
    process_end(process, exit_code);
    ABSURD("a thread went on after its process");
}

uint32_t berth_process_id(const struct berth *machine)
{
    const struct process *process = running_process(machine);
    return process == NULL ? 0 : process->id;
}

/* Until the word differs: true; or until the other process, or the sleeper's own, has ended. The
 * event is signaled for a moment: whoever waits then looks again, whoever comes later has looked.
 */
static bool sleep_on(struct berth *machine, const uint32_t *word, uint32_t value,
                     struct object *process)
{
    struct object *const objects[] = {machine->knock, process};
    nt_status status = STATUS_SUCCESS;

    while (*word == value && status == STATUS_SUCCESS) {
        if (process != NULL && process->signaled)
            return false;
        status = wait_for_objects(machine->nt, objects, process == NULL ? 1 : 2, false, UINT64_MAX,
                                  "a pipe", NULL);
    }
    return *word != value;
}

void berth_sleep_on(struct berth *machine, const uint32_t *word, uint32_t value)
{
    sleep_on(machine, word, value, NULL);
}

bool berth_sleep_on_process(struct berth *machine, const uint32_t *word, uint32_t value,
                            uint32_t process_id)
{
    return sleep_on(machine, word, value, &(*find_started(machine, process_id))->process->object);
}

void berth_wake(struct berth *machine)
{
    object_signal(machine->knock);
    object_unsignal(machine->knock);
}
