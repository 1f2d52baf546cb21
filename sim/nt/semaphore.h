/* Semaphores: signaled while their count is above 0; a satisfied wait takes one. */
#ifndef SIM_NT_SEMAPHORE_H
#define SIM_NT_SEMAPHORE_H

#include <stdint.h>

#include "sim/nt/object.h"

/* An object with one reference; `count` is at most `limit`. NULL when the arena is full. */
struct object *semaphore_create(struct nt *nt, uint32_t count, uint32_t limit);

/* Adds `count`, at least 1; `before`, if not NULL, gets what it was.
 * STATUS_SEMAPHORE_LIMIT_EXCEEDED, with nothing changed, when it would pass the limit.
 */
nt_status semaphore_release(struct object *semaphore, uint32_t count, uint32_t *before);

#endif
