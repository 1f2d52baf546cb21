/* User memory as the kernel sees it: which of a guest's pointers may be read or written.
 *
 * The guest is host code, so its stack, heap and globals are the host's and count as good. Bad
 * pointers come from the modelled VirtualAlloc: a range of real pages, protected for real too, with
 * a table that says how. Addresses below 64 KiB and from the top of the user half on are never
 * good. Addresses never reach an outcome: only the verdict does.
 */
#ifndef SIM_NT_USERSPACE_H
#define SIM_NT_USERSPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/nt/status.h"

enum { PAGE_SIZE_BYTES = 4096, USERSPACE_PAGES = 16384 };

enum page_state {
    PAGE_STATE_FREE,
    PAGE_STATE_RESERVED, /* no memory behind it; its bytes are zeroes afterwards */
    PAGE_STATE_NO_ACCESS,
    PAGE_STATE_READ,
    PAGE_STATE_WRITE
};

/* One for each process; lazily backed. */
struct userspace {
    unsigned char *base;   /* of USERSPACE_PAGES host pages; NULL until the first allocation */
    unsigned char *states; /* enum page_state, one a page; host memory */
    uint32_t next_page;    /* allocations are laid out one after another, never reused */
};

/* `pages` whole pages, readable and writable, followed by a free page. NULL when there is no room.
 */
void *userspace_allocate(struct userspace *space, size_t size);

/* Changes all pages that the range touches.
 *
 *   STATUS_INVALID_PARAMETER       not all of it was allocated, or `state` is PAGE_STATE_FREE
 *   STATUS_INSUFFICIENT_RESOURCES  the host refused
 */
nt_status userspace_protect(struct userspace *space, void *address, size_t size,
                            enum page_state state);

/* How the page with that address is; PAGE_STATE_FREE of any that is none of these. */
enum page_state userspace_state(const struct userspace *space, const void *address);

/* How many bytes the userspace_allocate gave that answered this address; 0 of any other. */
size_t userspace_size(const struct userspace *space, const void *address);

/* Frees what one userspace_allocate gave. STATUS_INVALID_PARAMETER for any other address. */
nt_status userspace_free(struct userspace *space, void *address);

enum access { ACCESS_READ, ACCESS_WRITE };

/* Whether all `size` bytes may be accessed so. No bytes may be at any address but NULL's rule is
 * the caller's: a size of 0 is always fine here.
 */
bool userspace_probe(const struct userspace *space, const void *address, size_t size,
                     enum access access);

/* Gives all pages back to the host. */
void userspace_close(struct userspace *space);

void userspace_check(const struct userspace *space);

#endif
