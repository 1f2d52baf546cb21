/* Keyed events: one thread waits and one releases, under a key, and neither goes on before the
 * other has come. They keep no signal. Who came first is met first.
 */
#ifndef SIM_NT_KEYED_H
#define SIM_NT_KEYED_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/nt/object.h"

/* An object with one reference. NULL when the arena is full. */
struct object *keyed_create(struct nt *nt);

struct keyed_meeting {
    uint64_t key;
    bool releases; /* else waits */
    bool alertable;
    uint64_t timeout_ns; /* as for wait_for_objects */
    const char *call;    /* a literal */
};

/* Meets somebody of the same process; `event` NULL: at the event that all share.
 *
 *   STATUS_SUCCESS, STATUS_TIMEOUT, STATUS_USER_APC
 *   STATUS_INSUFFICIENT_RESOURCES  the arena is full
 *   STATUS_CANCELLED               the process of a borrowed thread has ended
 */
nt_status keyed_meet(struct nt *nt, struct object *event, const struct keyed_meeting *meeting);

#endif
