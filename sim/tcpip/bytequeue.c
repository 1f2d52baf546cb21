#include "sim/tcpip/bytequeue.h"

#include <string.h>

#include "sim/engine/arena.h"
#include "sim/engine/check.h"

/* Whole blocks, header included: the smallest that fits what is left, the largest for long ones. A
 * byte alone costs 64.
 */
static const uint32_t block_sizes[] = {64, 256, 1024, 4096, 16384, 65536};

enum { BLOCK_SIZES = sizeof block_sizes / sizeof *block_sizes, HEADER = sizeof(struct byteblock) };

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static struct byteblock *new_block(struct arena *arena, uint32_t size)
{
    uint32_t i = 0;

    while (i + 1 < BLOCK_SIZES && block_sizes[i] - HEADER < size)
        i++;
    struct byteblock *block = arena_take(arena, block_sizes[i]);
    if (block != NULL)
        block->size = block_sizes[i] - HEADER;
    return block;
}

static void give_block(struct arena *arena, struct byteblock *block)
{
    arena_give(arena, block, HEADER + block->size);
}

static void link_last(struct bytequeue *queue, struct byteblock *block)
{
    if (queue->last == NULL)
        queue->first = block;
    else
        queue->last->next = block;
    queue->last = block;
}

static uint32_t room_of(const struct bytequeue *queue)
{
    return queue->last == NULL ? 0 : queue->last->size - queue->last->end;
}

/* Blocks for `size` bytes more than fit into the last one. */
static bool make_room(struct bytequeue *made, struct arena *arena, uint32_t size)
{
    while (size > 0) {
        struct byteblock *block = new_block(arena, size);
        if (block == NULL) {
            bytequeue_clear(made, arena);
            return false;
        }
        link_last(made, block);
        size -= smaller(size, block->size);
    }
    return true;
}

bool bytequeue_append(struct bytequeue *queue, struct arena *arena, const void *bytes,
                      uint32_t size)
{
    const unsigned char *from = bytes;
    uint32_t room = smaller(room_of(queue), size);
    struct bytequeue made = {0};

    if (size > room && !make_room(&made, arena, size - room))
        return false;
    if (room > 0) {
        memcpy(queue->last->bytes + queue->last->end, from, room);
        queue->last->end += room;
    }
    from += room;
    for (struct byteblock *block = made.first; block != NULL; block = block->next) {
        uint32_t part =
            smaller(block->size, size - (uint32_t)(from - (const unsigned char *)bytes));
        memcpy(block->bytes, from, part);
        block->end = part;
        from += part;
    }
    if (made.first != NULL) {
        link_last(queue, made.first);
        queue->last = made.last;
    }
    queue->count += size;
    return true;
}

void bytequeue_copy(const struct bytequeue *queue, uint32_t skip, void *bytes, uint32_t size)
{
    unsigned char *to = bytes;

    ASSERT(skip <= queue->count && size <= queue->count - skip);
    for (const struct byteblock *block = queue->first; size > 0; block = block->next) {
        uint32_t held = block->end - block->first;
        if (skip >= held) {
            skip -= held;
            continue;
        }
        uint32_t part = smaller(held - skip, size);
        memcpy(to, block->bytes + block->first + skip, part);
        to += part;
        size -= part;
        skip = 0;
    }
}

void bytequeue_drop(struct bytequeue *queue, struct arena *arena, uint32_t size)
{
    ASSERT(size <= queue->count);
    queue->count -= size;
    while (queue->first != NULL) {
        struct byteblock *block = queue->first;
        uint32_t held = block->end - block->first;
        if (size < held) {
            block->first += size;
            return;
        }
        size -= held;
        queue->first = block->next;
        give_block(arena, block);
    }
    queue->last = NULL;
    ASSERT(size == 0 && queue->count == 0);
}

void bytequeue_drop_last(struct bytequeue *queue, struct arena *arena, uint32_t size)
{
    ASSERT(size <= queue->count);
    uint32_t keep = queue->count - size;

    if (keep == 0) {
        bytequeue_clear(queue, arena);
        return;
    }
    queue->count = keep;
    struct byteblock *block = queue->first;
    while (keep > block->end - block->first) {
        keep -= block->end - block->first;
        block = block->next;
    }
    block->end = block->first + keep;
    struct bytequeue rest = {.first = block->next, .last = queue->last};
    queue->last = block;
    block->next = NULL;
    if (rest.first != NULL)
        bytequeue_clear(&rest, arena);
}

bool bytequeue_append_copy(struct bytequeue *to, struct arena *arena, const struct bytequeue *from,
                           uint32_t skip, uint32_t size)
{
    uint32_t before = to->count;

    ASSERT(skip <= from->count && size <= from->count - skip);
    for (const struct byteblock *block = from->first; size > 0; block = block->next) {
        uint32_t held = block->end - block->first;
        if (skip >= held) {
            skip -= held;
            continue;
        }
        uint32_t part = smaller(held - skip, size);
        if (!bytequeue_append(to, arena, block->bytes + block->first + skip, part)) {
            bytequeue_drop_last(to, arena, to->count - before);
            return false;
        }
        size -= part;
        skip = 0;
    }
    return true;
}

bool bytequeue_move(struct bytequeue *to, struct arena *arena, struct bytequeue *from,
                    uint32_t size)
{
    ASSERT(size <= from->count);
    while (size > 0) {
        struct byteblock *block = from->first;
        uint32_t held = block->end - block->first;
        if (held > size || held <= room_of(to))
            break; /* what is left fits, or is part of a block: it is copied */
        from->first = block->next;
        if (from->first == NULL)
            from->last = NULL;
        block->next = NULL;
        link_last(to, block);
        from->count -= held;
        to->count += held;
        size -= held;
    }
    if (size == 0)
        return true;
    if (!bytequeue_append_copy(to, arena, from, 0, size))
        return false;
    bytequeue_drop(from, arena, size);
    return true;
}

void bytequeue_clear(struct bytequeue *queue, struct arena *arena)
{
    while (queue->first != NULL) {
        struct byteblock *block = queue->first;
        queue->first = block->next;
        give_block(arena, block);
    }
    *queue = (struct bytequeue){0};
}

void bytequeue_check(const struct bytequeue *queue)
{
    uint32_t count = 0;
    const struct byteblock *last = NULL;

    for (const struct byteblock *block = queue->first; block != NULL; block = block->next) {
        ASSERT(block->first < block->end && block->end <= block->size);
        count += block->end - block->first;
        last = block;
    }
    ASSERT(last == queue->last);
    ASSERT(count == queue->count);
}
