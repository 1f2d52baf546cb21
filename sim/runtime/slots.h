/* TlsAlloc's slots and FlsAlloc's, which differ in that the latter have functions to call at a
 * thread's end.
 */
#ifndef SIM_RUNTIME_SLOTS_H
#define SIM_RUNTIME_SLOTS_H

/* Calls the running thread's functions of FlsAlloc, for the values that are not NULL. */
void slots_thread_ends(void);

/* The same for a fiber's, FLS_SLOTS of them. */
void slots_fiber_ends(void **slots);

/* As a provider gets it wrong: the new thread's slots begin as its maker's. */
struct thread;
void slots_copy(struct thread *from, struct thread *to);

#endif
