/* Mutexes: owned by a thread, as often as it waited for them; abandoned when it ends. */
#ifndef SIM_NT_MUTEX_H
#define SIM_NT_MUTEX_H

#include <stdbool.h>

#include "sim/nt/object.h"

/* An object with one reference, owned by the running thread when `owned`. NULL when the arena is
 * full.
 */
struct object *mutex_create(struct nt *nt, bool owned);

/* Takes back one of the running thread's waits. STATUS_MUTANT_NOT_OWNED when it has none. */
nt_status mutex_release(struct object *mutex);

/* Abandons what the thread owns: it ends. */
void mutex_abandon_all(struct thread *thread);

#endif
