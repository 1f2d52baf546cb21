/* The blocks of one pool in order: by first port, then in the order made. A binary search finds all
 * that overlap a range, also where a defect let blocks overlap each other.
 */
#ifndef SIM_TCPIP_BLOCKINDEX_H
#define SIM_TCPIP_BLOCKINDEX_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct reservation;

struct block_place {
    uint32_t first;
    uint32_t reach; /* the highest end of this block and all before it */
    struct reservation *block;
};

struct blockindex {
    struct block_place *places;
    uint32_t count;
    uint32_t size; /* how many places there is room for */
};

/* Makes room for one more. False when the arena is full. */
bool blockindex_reserve(struct blockindex *index, struct arena *arena);

/* Adds a block, for which room was made, behind those with the same first port; removes one. */
void blockindex_add(struct blockindex *index, struct reservation *block);
void blockindex_remove(struct blockindex *index, struct reservation *block);

/* Adds a block last, out of order; blockindex_sort makes that good before anything else is asked.
 * Boot does so, for blocks come from the disk in any order.
 */
void blockindex_append(struct blockindex *index, struct reservation *block);

/* Orders what was appended. False when the arena is full; the index is of no use then. */
bool blockindex_sort(struct blockindex *index, struct arena *arena);

/* Goes over the blocks that overlap a range, in order:
 *
 *     struct block_walk walk = blockindex_overlapping(index, first, end);
 *     while ((block = block_walk_next(&walk)) != NULL)
 *
 * The index must not change meanwhile.
 */
struct block_walk {
    const struct blockindex *index;
    uint32_t first, end;
    uint32_t at;
};

struct block_walk blockindex_overlapping(const struct blockindex *index, uint32_t first,
                                         uint32_t end);
struct reservation *block_walk_next(struct block_walk *walk);

/* The block that starts and ends there, the first made of several accepted by `accept`; or NULL. */
struct reservation *blockindex_exact(const struct blockindex *index, uint32_t first, uint32_t end,
                                     bool (*accept)(const struct reservation *block));

void blockindex_check(const struct blockindex *index);

#endif
