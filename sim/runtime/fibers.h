/* A program's own fibers, each on a stack of the engine's, run by one of its threads after another.
 * In the arena, from CreateFiber or ConvertThreadToFiber on. Private to runtime/.
 */
#ifndef SIM_RUNTIME_FIBERS_H
#define SIM_RUNTIME_FIBERS_H

#include <stdbool.h>

#include "sim/runtime/program.h"

struct berth;

struct guest_fiber {
    struct guest_fiber *next; /* of the machine's */
    struct process *process;  /* never looked into */
    struct fiber *stack;      /* NULL once its thread has ended on it */
    bool runs;                /* on some thread: the stack is that one's */
    bool of_thread;           /* ConvertThreadToFiber's */
    void (*start)(void *parameter);
    void *parameter;
    /* While it does not run. */
    void *slots[FLS_SLOTS];
    uintptr_t exceptions[EXCEPTION_WORDS];
};

/* The thread ends, on whichever it runs; the process ends; all do, when the power goes. */
void fibers_thread_ended(struct thread *thread);
void fibers_process_ended(struct berth *machine, const struct process *process);
void fibers_lost(struct berth *machine);

#endif
