#include "sim/nt/plain_file.h"

#include "sim/engine/check.h"
#include "sim/nt/nt.h"

struct plain_file {
    struct file file; /* first */
    const void *meaning;
};

static void cleanup(struct object *object)
{
    const struct request_filter all = {.synchronous = true};
    request_cancel((struct file *)object, &all);
}

static void destroy(struct object *object)
{
    ASSERT(object->type == OBJECT_FILE);
    file_close((struct file *)object);
    arena_give(&object->nt->engine->arena, object, sizeof(struct plain_file));
}

static const struct object_ops plain_ops = {.cleanup = cleanup, .destroy = destroy};

struct file *plain_file_create(struct nt *nt, const void *meaning)
{
    ASSERT(meaning != NULL);
    struct plain_file *plain = ARENA_NEW(&nt->engine->arena, struct plain_file);
    if (plain == NULL)
        return NULL;
    *plain = (struct plain_file){.meaning = meaning};
    object_init(&plain->file.object, nt, OBJECT_FILE, &plain_ops);
    return &plain->file;
}

struct file *plain_file_find(const struct process *process, uint64_t handle, const void *meaning)
{
    struct plain_file *plain =
        (struct plain_file *)(void *)handle_find(process, handle, OBJECT_FILE);
    return plain != NULL && plain->meaning == meaning ? &plain->file : NULL;
}
