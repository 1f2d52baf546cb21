#include "sim/runtime/fibers.h"

#include <windows.h>

#include "sim/engine/check.h"
#include "sim/engine/fiber.h"
#include "sim/runtime/guest_call.h"
#include "sim/runtime/slots.h"

static struct guest_fiber **find(const void *fiber)
{
    struct guest_fiber **link = &program_machine()->fibers;
    while (*link != NULL && *link != fiber)
        link = &(*link)->next;
    return link;
}

/* The running thread's, NULL when it is none. */
static struct guest_fiber *current(void)
{
    const struct thread_belongings *belongings = guest_nt()->current->runtime;
    return belongings == NULL ? NULL : belongings->fiber;
}

/* A fiber without a stack. NULL with the last error. */
static struct guest_fiber *make(void *parameter)
{
    struct berth *machine = program_machine();
    struct guest_fiber *fiber = ARENA_NEW(&machine->engine.arena, struct guest_fiber);

    if (fiber == NULL) {
        guest_fail(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    fiber->process = guest_process();
    fiber->parameter = parameter;
    fiber->next = machine->fibers;
    machine->fibers = fiber;
    return fiber;
}

static void forget(struct berth *machine, struct guest_fiber **link)
{
    struct guest_fiber *fiber = *link;
    *link = fiber->next;
    if (fiber->stack != NULL && !fiber->runs && fiber->stack != fiber_host())
        fiber_abandon(fiber->stack);
    arena_give(&machine->engine.arena, fiber, sizeof *fiber);
}

void fibers_thread_ended(struct thread *thread)
{
    struct thread_belongings *belongings = thread->runtime;

    if (belongings == NULL || belongings->fiber == NULL)
        return;
    belongings->fiber->stack = NULL;
    belongings->fiber->runs = false;
    belongings->fiber = NULL;
}

void fibers_process_ended(struct berth *machine, const struct process *process)
{
    for (struct guest_fiber **link = &machine->fibers; *link != NULL;) {
        if ((*link)->process == process)
            forget(machine, link);
        else
            link = &(*link)->next;
    }
}

void fibers_lost(struct berth *machine)
{
    while (machine->fibers != NULL)
        forget(machine, &machine->fibers);
}

/* ---- By Windows' names ----------------------------------------------------------------------- */

LPVOID ConvertThreadToFiber(LPVOID lpParameter)
{
    struct thread_belongings *belongings = belongings_of_thread(guest_nt()->current);

    if (current() != NULL) {
        guest_fail(ERROR_ALREADY_FIBER);
        return NULL;
    }
    struct guest_fiber *fiber = belongings == NULL ? NULL : make(lpParameter);
    if (fiber == NULL) {
        guest_fail(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    fiber->stack = guest_nt()->current->fiber;
    fiber->runs = true;
    fiber->of_thread = true;
    belongings->fiber = fiber;
    return fiber;
}

LPVOID ConvertThreadToFiberEx(LPVOID lpParameter, DWORD dwFlags)
{
    (void)dwFlags; /* floating point state is always kept */
    return ConvertThreadToFiber(lpParameter);
}

/* The stack that it runs on is the thread's from now on. */
BOOL ConvertFiberToThread(void)
{
    struct guest_fiber *fiber = current();

    if (fiber == NULL)
        return guest_fail(ERROR_ALREADY_THREAD);
    struct thread_belongings *belongings = guest_nt()->current->runtime;
    belongings->fiber = NULL;
    forget(program_machine(), find(fiber));
    return TRUE;
}

/* A fiber that returns ends its thread. */
static void run(void *context)
{
    struct guest_fiber *fiber = context;
    fiber->start(fiber->parameter);
    ExitThread(0);
}

/* Every fiber has a stack of a MiB. */
LPVOID CreateFiber(SIZE_T dwStackSize, LPFIBER_START_ROUTINE lpStartAddress, LPVOID lpParameter)
{
    struct guest_fiber *fiber = make(lpParameter);

    (void)dwStackSize;
    if (fiber == NULL)
        return NULL;
    fiber->start = lpStartAddress;
    fiber->stack = fiber_new(run, fiber);
    if (fiber->stack == NULL) {
        forget(program_machine(), find(fiber));
        guest_fail(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    return fiber;
}

LPVOID CreateFiberEx(SIZE_T dwStackCommitSize, SIZE_T dwStackReserveSize, DWORD dwFlags,
                     LPFIBER_START_ROUTINE lpStartAddress, LPVOID lpParameter)
{
    (void)dwStackReserveSize;
    (void)dwFlags;
    return CreateFiber(dwStackCommitSize, lpStartAddress, lpParameter);
}

/* What is a fiber's own changes places with what was the last one's. */
static void bring(struct guest_fiber *from, struct guest_fiber *to)
{
    struct thread_belongings *belongings = guest_nt()->current->runtime;
    const struct program *program = program_machine()->program;

    memcpy(from->slots, belongings->fiber_slots, sizeof from->slots);
    memcpy(belongings->fiber_slots, to->slots, sizeof to->slots);
    memset(to->slots, 0, sizeof to->slots);
    if (program == NULL || program->exceptions == NULL)
        return;
    memcpy(from->exceptions, program->exceptions(), sizeof from->exceptions);
    memcpy(program->exceptions(), to->exceptions, sizeof to->exceptions);
}

/* A thread that is no fiber would never get its stack back, and one stack cannot be run by two:
 * Windows' program crashes then, here nothing happens.
 */
void SwitchToFiber(LPVOID lpFiber)
{
    struct thread *thread = guest_nt()->current;
    struct guest_fiber *from = current();
    struct guest_fiber *to = *find(lpFiber);

    guest_fail(from == NULL || to == NULL || to->runs || to->stack == NULL ? ERROR_INVALID_PARAMETER
                                                                           : thread->last_error);
    if (from == NULL || to == NULL || to->runs || to->stack == NULL)
        return;
    bring(from, to);
    from->runs = false;
    to->runs = true;
    ((struct thread_belongings *)thread->runtime)->fiber = to;
    thread->fiber = to->stack;
    fiber_switch(to->stack);
}

/* Who deletes the fiber that he runs on ends his thread. */
void DeleteFiber(LPVOID lpFiber)
{
    struct guest_fiber **link = find(lpFiber);

    if (*link == NULL)
        return;
    if (*link == current())
        ExitThread(1);
    if ((*link)->runs)
        return;
    slots_fiber_ends((*link)->slots);
    link = find(lpFiber); /* what the slots' functions did may have moved it */
    if (*link != NULL)
        forget(program_machine(), link);
}

BOOL IsThreadAFiber(void)
{
    return current() != NULL;
}

/* Where there is none, Windows has a number that is no address. */
PVOID GetCurrentFiber(void)
{
    const uintptr_t none = 0x1E00;
    struct guest_fiber *fiber = current();
    return fiber == NULL ? (PVOID)none : fiber;
}

PVOID GetFiberData(void)
{
    const struct guest_fiber *fiber = current();
    return fiber == NULL ? NULL : fiber->parameter;
}
