/* The guest's pointers: looked at before they are used. */
#ifndef SIM_WINSOCK_MEMORY_H
#define SIM_WINSOCK_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/nt/userspace.h"

struct call;

/* Whether `size` bytes, more than 0, may be accessed, as far as the profile looks
 * (`pointer_probe`). NULL never may.
 */
bool memory_probe(const struct call *call, const void *address, size_t size, enum access access);

/* Copies out of and into the guest's memory that memory_probe let pass. What the profile overlooked
 * and really is not there reads as 0 and takes no bytes.
 */
void memory_read(const struct call *call, void *to, const void *from, size_t size);
void memory_write(const struct call *call, void *to, const void *from, size_t size);

#endif
