/* Waitable timers: signaled when their time comes, once or in a period; a synchronization timer
 * (not `manual`) until one wait was satisfied, a manual one until it is set again.
 */
#ifndef SIM_NT_TIMER_H
#define SIM_NT_TIMER_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/nt/object.h"

/* An object with one reference, not set. NULL when the arena is full. */
struct object *timer_create(struct nt *nt, bool manual);

/* Called at each expiry as an APC of the thread that set the timer. */
typedef void timer_routine(void *const context[2], uint64_t expired_ns);

struct timer_setting {
    uint64_t due_ns;        /* of the engine's time; past is now */
    uint64_t period_ns;     /* 0 for once */
    timer_routine *routine; /* NULL for none */
    void *context[2];
};

/* Takes the signal away and sets the timer anew; an APC that is queued is taken back.
 * STATUS_INSUFFICIENT_RESOURCES when the arena is full: the timer is then not set.
 */
nt_status timer_set(struct object *timer, const struct timer_setting *setting);

/* Leaves the signal as it is. */
void timer_cancel(struct object *timer);

#endif
