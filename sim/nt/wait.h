/* What a waiting thread waits for, and who runs instead of it. Inside nt only; process.h has what
 * the floors above call.
 */
#ifndef SIM_NT_WAIT_H
#define SIM_NT_WAIT_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/nt/process.h"

/* One object of a wait: a place in the object's ring of waiters, which holds a reference. */
struct wait_block {
    struct wait_block *next, *previous;
    struct wait *wait;
    struct object *object;
};

/* Lies on the stack of the thread that waits. */
struct wait {
    struct thread *thread;
    uint64_t timer; /* the event that ends it, or 0 */
    nt_status status;
    uint32_t index;
    uint32_t count;
    bool all;
    bool alertable;
    struct port *port;          /* NULL, or among whose waiters it is */
    struct wait *older, *newer; /* of the port's waiters */
    struct wait_block blocks[WAIT_OBJECTS_MAX];
};

/* Wakes who waits for the signaled object and has all it waits for, the longest waiting first, as
 * long as the signal lasts.
 */
void wait_satisfy_waiters(struct object *object);

/* Ends the wait of a thread with `status`, and makes the thread ready. */
void wait_end(struct wait *wait, nt_status status);

/* Ends the wait of a thread that will not run again. */
void wait_abandon(struct wait *wait);

/* Puts a thread at the end of the ready queue, or takes it out. */
void ready_append(struct thread *thread);
void ready_remove(struct thread *thread);

/* Runs other threads. Comes back when this one is chosen again. */
void switch_away(struct thread *thread);

/* The same for a thread that has ended. The thread may be gone already. */
_Noreturn void switch_away_for_good(struct nt *nt);

void wait_check(const struct wait *wait);

#endif
