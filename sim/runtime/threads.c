/* Threads, as kernel32 and the C runtime start and end them, and what each keeps for itself. */
#include "sim/nt/apc.h"
#include "sim/runtime/crt.h"
#include "sim/runtime/guest_objects.h"
#include "sim/runtime/program.h"
#include "sim/runtime/slots.h"

/* How a thread begins, and how the runtime's threads differ. */
struct thread_start {
    LPTHREAD_START_ROUTINE routine;  /* CreateThread's */
    unsigned (*with_result)(void *); /* _beginthreadex' */
    void (*without_result)(void *);  /* _beginthread's */
    void *parameter;
};

/* The first thread's stack is the host's: when it ends, it waits for the others to end, and then
 * the program ends, as the process would.
 */
static _Noreturn void end_first_thread(struct nt *nt, DWORD exit_code)
{
    struct thread *first = nt->current;

    while (first->process->threads != first || first->next_in_process != NULL) {
        struct thread *other = first->process->threads;
        struct object *object = other == first ? &first->next_in_process->object : &other->object;
        wait_for_objects(nt, &object, 1, false, UINT64_MAX, "ExitThread", NULL);
    }
    program_exit(exit_code, true);
}

void ExitThread(DWORD dwExitCode)
{
    struct nt *nt = guest_nt();
    const struct program *program = program_machine()->program;

    slots_thread_ends();
    if (program != NULL && !nt->current->borrowed)
        program->thread_ends();
    if (nt->current->borrowed)
        end_first_thread(nt, dwExitCode);
    thread_end(nt->current, dwExitCode);
}

static void run_thread(void *context)
{
    struct nt *nt = guest_nt();
    const struct thread_start start = *(struct thread_start *)context;
    DWORD exit_code = 0;

    arena_give(&nt->engine->arena, context, sizeof start);
    apc_deliver(nt); /* what was queued before it began: QueueUserAPC's page */
    if (start.routine != NULL)
        exit_code = start.routine(start.parameter);
    else if (start.with_result != NULL)
        exit_code = start.with_result(start.parameter);
    else
        start.without_result(start.parameter);
    ExitThread(exit_code);
}

static struct thread *begin_thread(const struct thread_start *how, bool suspended)
{
    struct nt *nt = guest_nt();
    struct thread_start *start = ARENA_NEW(&nt->engine->arena, struct thread_start);
    struct thread *thread = NULL;

    if (start != NULL) {
        *start = *how;
        thread = thread_create_suspended(nt->current->process, run_thread, start);
    }
    if (thread == NULL || !program_thread_made(thread)) {
        arena_give(&nt->engine->arena, start, sizeof *start);
        if (thread != NULL)
            thread_terminate(thread, 0);
        guest_fail(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    if (BEHAVES(nt->profile, slot_begins, makers))
        slots_copy(nt->current, thread);
    if (!suspended)
        thread_unsuspend(thread);
    return thread;
}

/* Every thread has the stack that Windows gives by default, a MiB. */
static HANDLE create_thread(const SECURITY_ATTRIBUTES *attributes, const struct thread_start *start,
                            DWORD flags, DWORD *id)
{
    if ((flags & ~(DWORD)(CREATE_SUSPENDED | STACK_SIZE_PARAM_IS_A_RESERVATION)) != 0 ||
        (start->routine == NULL && start->with_result == NULL)) {
        guest_fail(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    struct thread *thread = begin_thread(start, (flags & CREATE_SUSPENDED) != 0);
    if (thread == NULL)
        return NULL;
    if (id != NULL)
        *id = thread->id;
    /* The thread's own reference is its process'. */
    object_reference(&thread->object);
    return guest_give_handle(&thread->object, attributes);
}

HANDLE CreateThread(LPSECURITY_ATTRIBUTES lpThreadAttributes, SIZE_T dwStackSize,
                    LPTHREAD_START_ROUTINE lpStartAddress, LPVOID lpParameter,
                    DWORD dwCreationFlags, LPDWORD lpThreadId)
{
    guest_note();
    const struct thread_start start = {.routine = lpStartAddress, .parameter = lpParameter};

    (void)dwStackSize;
    return create_thread(lpThreadAttributes, &start, dwCreationFlags, lpThreadId);
}

/* 0 when it fails, as CreateThread does. */
uintptr_t berth__beginthreadex(void *security, unsigned stack_size, unsigned (*routine)(void *),
                               void *parameter, unsigned flags, unsigned *id)
{
    const struct thread_start start = {.with_result = routine, .parameter = parameter};
    DWORD number = 0;

    (void)stack_size;
    HANDLE handle = create_thread(security, &start, flags, &number);
    if (id != NULL)
        *id = number;
    return (uintptr_t)handle;
}

/* The handle is the thread's own, to close at its end; here nobody can wait for a closed one, so
 * it stays open. (uintptr_t)-1 when it fails.
 */
uintptr_t berth__beginthread(void (*routine)(void *), unsigned stack_size, void *parameter)
{
    const struct thread_start start = {.without_result = routine, .parameter = parameter};
    struct thread *thread = routine == NULL ? NULL : begin_thread(&start, false);

    (void)stack_size;
    if (thread == NULL)
        return (uintptr_t)-1;
    object_reference(&thread->object);
    return (uintptr_t)guest_give_handle(&thread->object, NULL);
}

_Noreturn void berth__endthreadex(unsigned exit_code)
{
    ExitThread(exit_code);
}

_Noreturn void berth__endthread(void)
{
    ExitThread(0);
}

BOOL GetExitCodeThread(HANDLE hThread, LPDWORD lpExitCode)
{
    const struct thread *thread = guest_thread_of(hThread);

    if (thread == NULL)
        return guest_fail(ERROR_INVALID_HANDLE);
    if (!guest_may_write(lpExitCode, sizeof *lpExitCode))
        return guest_fail(ERROR_NOACCESS);
    DWORD active = BEHAVES(guest_nt()->profile, active_exit_code, zero) ? 0 : STILL_ACTIVE;
    *lpExitCode = thread->state == THREAD_ENDED ? thread->exit_code : active;
    return TRUE;
}

/* Its stack goes with it, and whatever it held stays held. */
BOOL TerminateThread(HANDLE hThread, DWORD dwExitCode)
{
    guest_preempt();
    struct thread *thread = guest_thread_of(hThread);

    if (thread == NULL)
        return guest_fail(ERROR_INVALID_HANDLE);
    if (thread->state == THREAD_ENDED)
        return TRUE;
    if (thread->borrowed)
        return guest_fail(ERROR_ACCESS_DENIED); /* the host's own stack cannot be stopped */
    thread_terminate(thread, dwExitCode);
    return TRUE;
}

static const DWORD failed = (DWORD)-1;

static struct thread *thread_to_suspend(HANDLE handle)
{
    struct thread *thread = guest_thread_of(handle);
    if (thread == NULL)
        guest_fail(ERROR_INVALID_HANDLE);
    else if (thread->state == THREAD_ENDED || thread->state == THREAD_PARKED)
        guest_fail(ERROR_ACCESS_DENIED);
    else
        return thread;
    return NULL;
}

DWORD SuspendThread(HANDLE hThread)
{
    struct thread *thread = thread_to_suspend(hThread);

    if (thread == NULL)
        return failed;
    if (thread->suspended == SUSPENDED_MAX) {
        guest_fail(ERROR_SIGNAL_REFUSED);
        return failed;
    }
    return thread_suspend(thread);
}

DWORD ResumeThread(HANDLE hThread)
{
    guest_note();
    struct thread *thread = thread_to_suspend(hThread);
    return thread == NULL ? failed : thread_unsuspend(thread);
}

DWORD GetThreadId(HANDLE Thread)
{
    const struct thread *thread = guest_thread_of(Thread);
    return thread == NULL ? (DWORD)guest_fail(ERROR_INVALID_HANDLE) : thread->id;
}

DWORD GetProcessIdOfThread(HANDLE Thread)
{
    const struct thread *thread = guest_thread_of(Thread);
    return thread == NULL ? (DWORD)guest_fail(ERROR_INVALID_HANDLE) : thread->process->id;
}

/* The live thread with that id. */
HANDLE OpenThread(DWORD dwDesiredAccess, BOOL bInheritHandle, DWORD dwThreadId)
{
    const SECURITY_ATTRIBUTES attributes = {.bInheritHandle = bInheritHandle};
    struct thread *thread = thread_find(guest_nt(), dwThreadId);

    (void)dwDesiredAccess;
    if (thread == NULL) {
        guest_fail(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    object_reference(&thread->object);
    return guest_give_handle(&thread->object, &attributes);
}
