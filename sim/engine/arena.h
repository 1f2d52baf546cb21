/* All volatile memory of a simulated machine: one range of addresses, reserved when the arena is
 * opened and committed as it is used. Power off is arena_reset(): everything taken is gone at once.
 *
 * Blocks that live shorter than the machine are given back and reused by size. A block is zeroed
 * when taken and filled with the poison byte when given back, so that what reads an unwritten byte
 * differs under another poison; no outcome may.
 */
#ifndef SIM_ENGINE_ARENA_H
#define SIM_ENGINE_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    ARENA_GRAIN = 16,       /* every block is aligned to this and a multiple of it */
    ARENA_SMALL_MAX = 1024, /* up to here a free list for each multiple of the grain */
    ARENA_DOUBLINGS = 34,   /* and from here four for each doubling, up to 16 TiB */
    ARENA_CLASSES = ARENA_SMALL_MAX / ARENA_GRAIN + 1 + 4 * ARENA_DOUBLINGS
};

struct arena {
    unsigned char *base;
    size_t used;  /* bytes made into blocks since the last reset, given back since or not */
    size_t limit; /* that `used` never passes */
    unsigned char poison;
    uint64_t fail_in; /* fault injection: 0 never; n: the n-th arena_take from now answers NULL */

    /* For arena.c alone. */
    size_t top;      /* where the next new block begins; ASan builds leave gaps between blocks */
    size_t touched;  /* bytes from base that hold blocks or poison; the host's zeroes beyond */
    size_t reserved; /* bytes of address space from base */
    size_t free_lists[ARENA_CLASSES]; /* the offset of a block given back, 0 for none */
};

/* Reserves address space for `limit` bytes. False when the host refuses. */
bool arena_open(struct arena *arena, size_t limit, unsigned char poison);
void arena_close(struct arena *arena);

/* Everything taken is gone; what was touched is poison again, or the host's zeroes where it was
 * much. `fail_in` goes on counting.
 */
void arena_reset(struct arena *arena);

/* Zeroed memory, or NULL when the limit is reached or a fault was injected: callers answer
 * STATUS_INSUFFICIENT_RESOURCES. A size of 0 gets a block like any other.
 */
void *arena_take(struct arena *arena, size_t size);

/* Gives back a block with the size it was taken with. NULL is nothing to give. */
void arena_give(struct arena *arena, void *block, size_t size);

/* A block of `size` bytes with the first `old_size` bytes of `old`, which is given back; the rest
 * is zero. NULL leaves `old` as it was.
 */
void *arena_regrow(struct arena *arena, void *old, size_t old_size, size_t size);

/* Every block given back lies in the arena, once. Asserts. */
void arena_check(const struct arena *arena);

#define ARENA_NEW(arena, type) ((type *)arena_take((arena), sizeof(type)))

#endif
