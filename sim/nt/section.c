#include "sim/nt/section.h"

#include <stdint.h>

#include "sim/engine/check.h"
#include "sim/nt/names.h"
#include "sim/nt/nt.h"

static void section_destroy(struct object *object)
{
    struct section *section = (struct section *)object;
    struct arena *arena = &object->nt->engine->arena;

    arena_give(arena, section->block, section->block_size);
    arena_give(arena, section, sizeof *section);
}

static const struct object_ops section_ops = {.cleanup = name_drop, .destroy = section_destroy};

struct object *section_create(struct nt *nt, size_t size, bool writable)
{
    struct arena *arena = &nt->engine->arena;
    ASSERT(size > 0);

    if (size > SIZE_MAX - SECTION_GRANULARITY)
        return NULL;
    struct section *section = ARENA_NEW(arena, struct section);
    void *block = section == NULL ? NULL : arena_take(arena, size + SECTION_GRANULARITY);
    if (block == NULL) {
        arena_give(arena, section, sizeof *section);
        return NULL;
    }
    object_init(&section->object, nt, OBJECT_SECTION, &section_ops);
    uintptr_t past = (uintptr_t)block % SECTION_GRANULARITY;
    section->bytes = (unsigned char *)block + (past == 0 ? 0 : SECTION_GRANULARITY - past);
    section->size = size;
    section->writable = writable;
    section->block = block;
    section->block_size = size + SECTION_GRANULARITY;
    ASSERT(section->bytes + size <= (unsigned char *)block + section->block_size);
    return &section->object;
}
