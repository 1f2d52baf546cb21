/* Names of objects, shared by all processes of the machine: events, mutexes, semaphores and
 * waitable timers have one name space between them. A name lives as long as a handle for its
 * object. Source: Kernel object namespaces; CreateEvent, CreateMutex.
 */
#ifndef SIM_NT_NAMES_H
#define SIM_NT_NAMES_H

#include <stdint.h>

#include "sim/nt/object.h"

enum { NAME_MAX_LENGTH = 260 }; /* MAX_PATH */

/* The object of that name, which ends with a 0; upper and lower case differ. "Global\" and "Local\"
 * before it make no difference: the machine has one session.
 *
 *   STATUS_OBJECT_NAME_NOT_FOUND  nobody has the name
 *   STATUS_OBJECT_TYPE_MISMATCH   an object of another type has it
 *   STATUS_OBJECT_PATH_NOT_FOUND  another backslash
 *   STATUS_NAME_TOO_LONG
 */
nt_status name_find(struct nt *nt, const uint16_t *name, enum object_type type,
                    struct object **object);

/* Gives a fresh object a name that nobody has. STATUS_INSUFFICIENT_RESOURCES. */
nt_status name_give(struct object *object, const uint16_t *name);

/* Its last handle was closed: an object's `cleanup`. */
void name_drop(struct object *object);

#endif
