/* Processes by handle and by id, and their ends. */
#include <stdlib.h>

#include "sim/runtime/guest_objects.h"
#include "sim/runtime/program.h"

/* Whether one of the process' threads is the host's own stack, which cannot be stopped. */
static bool is_hosts(const struct process *process)
{
    const struct thread *thread = process->threads;
    while (thread != NULL && !thread->borrowed)
        thread = thread->next_in_process;
    return thread != NULL;
}

/* Ends the host process with the machine. */
static _Noreturn void program_exit_host(uint32_t exit_code)
{
    const struct program *program = program_machine()->program;

    if (program != NULL)
        program->exit_host((int)exit_code);
    exit((int)exit_code);
}

/* ---- The first process' end ------------------------------------------------------------------ */

/* A process that CreateProcess started and that has not ended, or NULL. */
static struct process *find_child(struct nt *nt)
{
    struct process *process = nt->processes;
    while (process != NULL &&
           (process->runtime == NULL || !((const struct belongings *)process->runtime)->is_child))
        process = process->next;
    return process;
}

/* In a thread of the system's. */
static void wait_for_children(void *context)
{
    struct nt *nt = guest_nt();
    struct process *child;

    while ((child = find_child(nt)) != NULL) {
        struct object *object = &child->object;
        wait_for_objects(nt, &object, 1, false, UINT64_MAX, "the end of the processes", NULL);
    }
    program_exit_host((uint32_t)(uintptr_t)context);
}

/* Those that are left will wait for ever: on Windows they do, and nobody waits for them. */
static void nothing_happens(void *context, const char *report)
{
    (void)report;
    program_exit_host((uint32_t)(uintptr_t)context);
}

static bool wait_for_the_others(struct process *first, void *exit_code)
{
    struct nt *nt = first->object.nt;
    struct process *system = process_create(nt, &first->token, NULL, false);
    struct thread *thread =
        system == NULL ? NULL : thread_create(system, wait_for_children, exit_code);

    if (thread == NULL || !program_thread_made(thread))
        return false;
    nt->deadlock = nothing_happens;
    nt->deadlock_context = exit_code;
    return true;
}

void program_first_ends(struct process *first, uint32_t exit_code)
{
    struct nt *nt = first->object.nt;
    struct thread *hosts = nt->borrowed;
    void *context = (void *)(uintptr_t)exit_code;

    if (find_child(nt) == NULL || !wait_for_the_others(first, context))
        return;
    berth_report_leftovers(program_machine());
    /* The host's stack stands still from here on, wherever it is. */
    if (hosts != nt->current && hosts->suspended < SUSPENDED_MAX)
        thread_suspend(hosts);
    process_end(first, exit_code);
    if (hosts == nt->current)
        thread_suspend(hosts);
}

/* The run goes on as long as a child does. When none is left the host takes back what the machine
 * was; its disk has everything that was acknowledged.
 */
_Noreturn void program_exit(uint32_t exit_code, bool orderly)
{
    struct process *process = guest_process();
    const struct program *program = program_machine()->program;
    struct belongings *belongings = belongings_of(process);

    if (orderly && program != NULL && belongings != NULL) {
        program->thread_ends();
        program->run_endings(belongings->is_child ? &belongings->endings : NULL);
    }
    if (is_hosts(process)) {
        if (program != NULL)
            program_first_ends(process, exit_code);
        program_exit_host(exit_code);
    }
    process_end(process, exit_code);
    ABSURD("a thread went on after its process");
}

void ExitProcess(UINT uExitCode)
{
    guest_note();
    program_exit(uExitCode, false);
}

BOOL TerminateProcess(HANDLE hProcess, UINT uExitCode)
{
    struct process *process = guest_process_of(hProcess);

    if (process == NULL)
        return guest_fail(ERROR_INVALID_HANDLE);
    if (process->ended)
        return guest_fail(ERROR_ACCESS_DENIED);
    if (is_hosts(process) && program_machine()->program != NULL) {
        program_first_ends(process, uExitCode);
        if (!process->ended)
            program_exit_host(uExitCode);
        return TRUE;
    }
    process_end(process, uExitCode);
    return TRUE;
}

/* 259 as long as it runs: a process that ends with 259 cannot be told from one that has not. */
BOOL GetExitCodeProcess(HANDLE hProcess, LPDWORD lpExitCode)
{
    const struct process *process = guest_process_of(hProcess);

    if (process == NULL)
        return guest_fail(ERROR_INVALID_HANDLE);
    if (!guest_may_write(lpExitCode, sizeof *lpExitCode))
        return guest_fail(ERROR_NOACCESS);
    *lpExitCode = process->ended ? process->exit_code : STILL_ACTIVE;
    return TRUE;
}

/* Whoever may run a process here may do anything with it: access is not modelled. */
HANDLE OpenProcess(DWORD dwDesiredAccess, BOOL bInheritHandle, DWORD dwProcessId)
{
    const SECURITY_ATTRIBUTES attributes = {.bInheritHandle = bInheritHandle};
    struct process *process = process_find(guest_nt(), dwProcessId);

    (void)dwDesiredAccess;
    if (process == NULL) {
        guest_fail(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    object_reference(&process->object);
    return guest_give_handle(&process->object, &attributes);
}

HANDLE GetCurrentProcess(void)
{
    return guest_handle(PSEUDO_PROCESS);
}

HANDLE GetCurrentThread(void)
{
    return guest_handle(PSEUDO_THREAD);
}

DWORD GetProcessId(HANDLE Process)
{
    const struct process *process = guest_process_of(Process);
    return process == NULL ? (DWORD)guest_fail(ERROR_INVALID_HANDLE) : process->id;
}
