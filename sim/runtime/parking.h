/* Where threads wait for a word of their process' memory: what critical sections, locks, condition
 * variables and WaitOnAddress stand on.
 */
#ifndef SIM_RUNTIME_PARKING_H
#define SIM_RUNTIME_PARKING_H

#include <stdbool.h>
#include <stdint.h>

struct parked;

/* Takes a place among those that wait at the address; parking_wait() waits there and leaves it.
 * Between the two no other thread runs but by what the caller does. NULL when the arena is full.
 */
struct parked *parking_take(const volatile void *address);

/* False when the time was up. `call` is a literal. NULL only yields, and was woken. */
bool parking_wait(struct parked *parked, uint64_t timeout_ns, const char *call);

/* Wakes those of the running process that wait at the address: all, or the one that waits longest.
 */
void parking_wake(const volatile void *address, bool all);

#endif
