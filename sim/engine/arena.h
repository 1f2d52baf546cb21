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
    ARENA_GRAIN = 16,      /* every block is aligned to this and a multiple of it */
    ARENA_SMALL_MAX = 1024, /* up to here a free list for each multiple of the grain */
    ARENA_CLASSES = ARENA_SMALL_MAX / ARENA_GRAIN + 1 + 48
};

struct arena {
    unsigned char *base;
    size_t used;    /* bytes from base that have been handed out since the last reset */
    size_t touched; /* bytes from base that may differ from the poison; at least `used` */
    size_t limit;   /* bytes reserved */
    unsigned char poison;
    uint64_t fail_in; /* fault injection: 0 never; n: the n-th arena_take from now answers NULL */
    void *free_lists[ARENA_CLASSES];
};

/* Reserves `limit` bytes of address space. False when the host refuses. */
bool arena_open(struct arena *arena, size_t limit, unsigned char poison);
void arena_close(struct arena *arena);

/* Everything taken is gone; what was touched is poison again. */
void arena_reset(struct arena *arena);

/* Zeroed memory, or NULL when the limit is reached or a fault was injected: callers answer
 * STATUS_INSUFFICIENT_RESOURCES.
 */
void *arena_take(struct arena *arena, size_t size);

/* Gives back a block with the size it was taken with. NULL is nothing to give. */
void arena_give(struct arena *arena, void *block, size_t size);

/* A block of `size` bytes with the first `old_size` bytes of `old`, which is given back; the rest
 * is zero. NULL leaves `old` as it was.
 */
void *arena_regrow(struct arena *arena, void *old, size_t old_size, size_t size);

#define ARENA_NEW(arena, type) ((type *)arena_take((arena), sizeof(type)))

#endif
