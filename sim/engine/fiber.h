/* Stacks that take turns: the only file that switches them. Boost's fcontext where it is found,
 * ucontext where it is not, Win32 fibers on Windows. Stacks are pooled for the life of the host
 * thread, guarded below, and made known to the sanitizers.
 */
#ifndef SIM_ENGINE_FIBER_H
#define SIM_ENGINE_FIBER_H

#include <stdbool.h>

struct fiber;

enum { FIBER_STACK_BYTES = 1024 * 1024 };

/* The fiber that the host's own stack is; made at the first call, one for each host thread. */
struct fiber *fiber_host(void);

/* A fiber that will run `start(context)` when first switched to. `start` must not return: it ends
 * by fiber_leave(). NULL when the host has no memory for a stack.
 */
struct fiber *fiber_new(void (*start)(void *context), void *context);

/* Runs `to` in place of the running fiber, until somebody switches back. Keeps errno. With the
 * running fiber itself, does nothing.
 */
void fiber_switch(struct fiber *to);

/* Ends the running fiber, not the host's, and runs `to`. The stack goes back to the pool. */
_Noreturn void fiber_leave(struct fiber *to);

/* Forgets a fiber that stands still, whatever it was doing: power was cut under it. The stack goes
 * back to the pool; what the fiber's frames held is never unwound.
 */
void fiber_abandon(struct fiber *fiber);

struct fiber *fiber_running(void);

/* Whether that is an address in the fiber's stack; false of the host's own, and on Windows. */
bool fiber_holds(const struct fiber *fiber, const void *address);

/* How many stacks this host thread's pool has made so far; a leak shows here. */
unsigned fiber_stacks_made(void);

#endif
