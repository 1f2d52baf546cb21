#include "sim/nt/names.h"

#include <string.h>

#include "sim/engine/check.h"
#include "sim/nt/nt.h"

struct name {
    struct name *next;
    struct object *object;
    uint32_t length;
    uint16_t text[];
};

static size_t bytes_of(uint32_t length)
{
    return sizeof(struct name) + length * sizeof(uint16_t);
}

static uint32_t length_of(const uint16_t *text)
{
    uint32_t length = 0;
    while (length <= NAME_MAX_LENGTH && text[length] != 0)
        length++;
    return length;
}

static const uint16_t *without(const uint16_t *text, const char *prefix)
{
    const uint16_t *at = text;
    while (*prefix != '\0' && *at == (unsigned char)*prefix) {
        at++;
        prefix++;
    }
    return *prefix == '\0' ? at : text;
}

static const uint16_t *without_session(const uint16_t *text)
{
    const uint16_t *rest = without(text, "Global\\");
    return rest != text ? rest : without(text, "Local\\");
}

nt_status name_find(struct nt *nt, const uint16_t *name, enum object_type type,
                    struct object **object)
{
    const uint16_t *text = without_session(name);
    uint32_t length = length_of(text);

    if (length_of(name) > NAME_MAX_LENGTH)
        return STATUS_NAME_TOO_LONG;
    for (uint32_t i = 0; i < length; i++)
        if (text[i] == '\\')
            return STATUS_OBJECT_PATH_NOT_FOUND;
    const struct name *at = nt->names;
    while (at != NULL && (at->length != length || memcmp(at->text, text, length * 2) != 0))
        at = at->next;
    if (at == NULL)
        return STATUS_OBJECT_NAME_NOT_FOUND;
    if (at->object->type != type)
        return STATUS_OBJECT_TYPE_MISMATCH;
    *object = at->object;
    return STATUS_SUCCESS;
}

nt_status name_give(struct object *object, const uint16_t *name)
{
    struct nt *nt = object->nt;
    const uint16_t *text = without_session(name);
    uint32_t length = length_of(text);
    ASSERT(!object->named);
    ASSERT(length <= NAME_MAX_LENGTH);

    struct name *entry = arena_take(&nt->engine->arena, bytes_of(length));
    if (entry == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    entry->object = object;
    entry->length = length;
    memcpy(entry->text, text, length * sizeof *text);
    entry->next = nt->names;
    nt->names = entry;
    object->named = true;
    return STATUS_SUCCESS;
}

void name_drop(struct object *object)
{
    struct nt *nt = object->nt;
    if (!object->named)
        return;
    struct name **link = &nt->names;
    while ((*link)->object != object)
        link = &(*link)->next;
    struct name *name = *link;
    *link = name->next;
    object->named = false;
    arena_give(&nt->engine->arena, name, bytes_of(name->length));
}
