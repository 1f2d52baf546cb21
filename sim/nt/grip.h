/* Objects that a thread refers to from its stack while it waits or runs the guest's code. A thread
 * that is stopped there never gives them back itself: it is done for it.
 */
#ifndef SIM_NT_GRIP_H
#define SIM_NT_GRIP_H

#include <stdint.h>

struct nt;
struct object;
struct thread;

struct grip {
    struct object *const *objects; /* on the same stack */
    uint32_t count;
    struct grip *next; /* of the thread's, the newest first */
};

/* The running thread refers to the objects, and lets go of them: the newest grip first. */
void grip_begin(struct nt *nt, struct grip *grip, struct object *const *objects, uint32_t count);
void grip_end(struct nt *nt, struct grip *grip);

/* Before the thread's stack goes. */
void grip_thread_ends(struct thread *thread);

#endif
