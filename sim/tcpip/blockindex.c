#include "sim/tcpip/blockindex.h"

#include <string.h>

#include "sim/engine/arena.h"
#include "sim/engine/check.h"
#include "sim/tcpip/reservation.h"

enum { SMALLEST_INDEX = 16 };

bool blockindex_reserve(struct blockindex *index, struct arena *arena)
{
    if (index->count < index->size)
        return true;

    uint32_t size = index->size == 0 ? SMALLEST_INDEX : index->size * 2;
    struct block_place *places =
        arena_regrow(arena, index->places, index->size * sizeof *places, size * sizeof *places);
    if (places == NULL)
        return false;
    index->places = places;
    index->size = size;
    return true;
}

static uint32_t reach_before(const struct blockindex *index, uint32_t at)
{
    return at == 0 ? 0 : index->places[at - 1].reach;
}

/* Makes `reach` right from `at` on. Those from `settled` on were right before one place changed, so
 * that the first that stays as it is ends the work.
 */
static void settle_reach(struct blockindex *index, uint32_t at, uint32_t settled)
{
    uint32_t reach = reach_before(index, at);

    for (uint32_t i = at; i < index->count; i++) {
        uint32_t end = reservation_limit(index->places[i].block);
        if (end > reach)
            reach = end;
        if (i >= settled && index->places[i].reach == reach)
            return;
        index->places[i].reach = reach;
    }
}

/* The first place whose block starts behind `first`. */
static uint32_t place_behind(const struct blockindex *index, uint32_t first)
{
    uint32_t low = 0, high = index->count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (index->places[middle].first <= first)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void blockindex_add(struct blockindex *index, struct reservation *block)
{
    ASSERT(index->count < index->size);
    uint32_t at = place_behind(index, block->first);

    memmove(&index->places[at + 1], &index->places[at],
            (index->count - at) * sizeof *index->places);
    index->places[at] = (struct block_place){.first = block->first, .block = block};
    index->count++;
    settle_reach(index, at, at + 1);
}

void blockindex_remove(struct blockindex *index, struct reservation *block)
{
    uint32_t at = place_behind(index, block->first);

    do {
        ASSERT(at > 0);
        at--;
    } while (index->places[at].block != block);
    index->count--;
    memmove(&index->places[at], &index->places[at + 1],
            (index->count - at) * sizeof *index->places);
    settle_reach(index, at, at);
}

void blockindex_append(struct blockindex *index, struct reservation *block)
{
    ASSERT(index->count < index->size);
    index->places[index->count++] = (struct block_place){.first = block->first, .block = block};
}

static bool is_sorted(const struct blockindex *index)
{
    for (uint32_t i = 1; i < index->count; i++)
        if (index->places[i - 1].first > index->places[i].first)
            return false;
    return true;
}

/* Merges from[low..middle) and from[middle..high) into `to`; equal ones keep their order. */
static void merge(const struct block_place *from, struct block_place *to, uint32_t low,
                  uint32_t middle, uint32_t high)
{
    uint32_t left = low, right = middle;

    for (uint32_t i = low; i < high; i++) {
        bool take_left = left < middle && (right == high || from[left].first <= from[right].first);
        to[i] = take_left ? from[left++] : from[right++];
    }
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

bool blockindex_sort(struct blockindex *index, struct arena *arena)
{
    if (!is_sorted(index)) {
        size_t size = index->size * sizeof *index->places;
        struct block_place *other = arena_take(arena, size);
        if (other == NULL)
            return false;
        for (uint32_t width = 1; width < index->count; width *= 2) {
            struct block_place *from = index->places;
            for (uint32_t low = 0; low < index->count; low += 2 * width)
                merge(from, other, low, smaller(low + width, index->count),
                      smaller(low + 2 * width, index->count));
            index->places = other;
            other = from;
        }
        arena_give(arena, other, size);
    }
    settle_reach(index, 0, index->count);
    return true;
}

/* `reach` never falls from place to place, so that the first overlapping block is found by it. */
struct block_walk blockindex_overlapping(const struct blockindex *index, uint32_t first,
                                         uint32_t end)
{
    uint32_t low = 0, high = index->count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (index->places[middle].reach <= first)
            low = middle + 1;
        else
            high = middle;
    }
    return (struct block_walk){.index = index, .first = first, .end = end, .at = low};
}

struct reservation *block_walk_next(struct block_walk *walk)
{
    while (walk->at < walk->index->count) {
        const struct block_place *place = &walk->index->places[walk->at];
        if (place->first >= walk->end)
            return NULL;
        walk->at++;
        if (reservation_limit(place->block) > walk->first)
            return place->block;
    }
    return NULL;
}

struct reservation *blockindex_exact(const struct blockindex *index, uint32_t first, uint32_t end,
                                     bool (*accept)(const struct reservation *block))
{
    uint32_t at = first == 0 ? 0 : place_behind(index, first - 1);

    for (; at < index->count && index->places[at].first == first; at++) {
        struct reservation *block = index->places[at].block;
        if (reservation_limit(block) == end && accept(block))
            return block;
    }
    return NULL;
}

void blockindex_check(const struct blockindex *index)
{
    ASSERT(index->count <= index->size);
    for (uint32_t i = 0; i < index->count; i++) {
        const struct block_place *place = &index->places[i];
        uint32_t reach = reach_before(index, i);
        uint32_t end = reservation_limit(place->block);
        ASSERT(place->first == place->block->first);
        ASSERT(place->reach == (end > reach ? end : reach));
        if (i > 0)
            ASSERT(index->places[i - 1].first <= place->first);
    }
}
