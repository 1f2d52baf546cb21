/* Sections: memory that processes share, of a file mapping that has no file. Its bytes lie in the
 * arena as long as a handle or a view refers to it.
 */
#ifndef SIM_NT_SECTION_H
#define SIM_NT_SECTION_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/nt/object.h"

enum { SECTION_GRANULARITY = 65536 }; /* where views begin */

struct section {
    struct object object; /* first */
    unsigned char *bytes; /* aligned to the granularity */
    size_t size;
    bool writable;
    void *block; /* of the arena's */
    size_t block_size;
};

/* An object with one reference, all zeroes. NULL when the arena is full. */
struct object *section_create(struct nt *nt, size_t size, bool writable);

#endif
