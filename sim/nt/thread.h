/* The parts of a thread's life that only nt sees. */
#ifndef SIM_NT_THREAD_H
#define SIM_NT_THREAD_H

#include <stdint.h>

struct thread;

/* Stops a thread that is not a borrowed one, wherever it stands: it is gone from its process, its
 * object is signaled. When it is the running stack's, nt->stack_is_orphan says so.
 */
void thread_stop(struct thread *thread, uint32_t exit_code);

/* Power is cut: its stack is given up, nothing else happens. */
void thread_lose_power(struct thread *thread);

void thread_check(const struct thread *thread);

#endif
