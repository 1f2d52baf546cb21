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

/* When the first process ends, the run does: the host takes back what the machine was, the other
 * processes included; its disk has everything that was acknowledged.
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
    if (is_hosts(process))
        program_exit_host(exit_code);
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
    if (is_hosts(process) && program_machine()->program != NULL)
        program_exit_host(uExitCode);
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
