#include "sim/winsock/owned_memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "sim/engine/check.h"
#include "sim/engine/sanitizer.h"

/* Of what is longer a hash tells whether it was changed, but not where. */
enum { COPY_MAX = 64 * 1024 };

static void forbid(struct owned_memory *memory)
{
    memory->poisoned = memory->poisons && BERTH_ASAN;
    if (memory->poisoned)
        FORBID_MEMORY(memory->start, memory->size);
}

void owned_memory_take(struct owned_memory *memory)
{
    ASSERT(!memory->poisoned);
    if (memory->copy == NULL && memory->size <= COPY_MAX)
        memory->copy = malloc(memory->size);
    if (memory->copy != NULL)
        memcpy(memory->copy, memory->start, memory->size);
    else
        memory->hash = XXH3_64bits(memory->start, memory->size);
    forbid(memory);
}

static bool is_whole(const struct owned_memory *memory, struct owned_difference *difference)
{
    *difference = (struct owned_difference){.at = memory->size};
    if (memory->copy == NULL)
        return XXH3_64bits(memory->start, memory->size) == memory->hash;
    if (memcmp(memory->copy, memory->start, memory->size) == 0)
        return true;
    size_t at = 0;
    while (memory->copy[at] == memory->start[at])
        at++;
    *difference = (struct owned_difference){at, memory->copy[at], memory->start[at]};
    return false;
}

bool owned_memory_is_whole(struct owned_memory *memory, struct owned_difference *difference)
{
    bool was_poisoned = memory->poisoned;
    owned_memory_allow(memory);
    bool whole = is_whole(memory, difference);
    if (was_poisoned)
        forbid(memory);
    return whole;
}

void owned_memory_put(const struct owned_memory *memory, const struct owned_difference *difference,
                      char out[DIFFERENCE_SIZE])
{
    out[0] = 0;
    if (difference->at < memory->size)
        snprintf(out, DIFFERENCE_SIZE, "\n  where:      byte %zu of %zu: 0x%02x became 0x%02x",
                 difference->at, memory->size, difference->was, difference->is);
}

void owned_memory_allow(struct owned_memory *memory)
{
    if (memory->poisoned)
        ALLOW_MEMORY(memory->start, memory->size);
    memory->poisoned = false;
}

void owned_memory_drop(struct owned_memory *memory)
{
    owned_memory_allow(memory);
    free(memory->copy);
    memory->copy = NULL;
    memory->size = 0;
}
