#include "sim/nt/semaphore.h"

#include <stddef.h>

#include "sim/engine/check.h"
#include "sim/nt/names.h"
#include "sim/nt/nt.h"

struct semaphore {
    struct object object; /* first; signaled while count > 0 */
    uint32_t count;
    uint32_t limit;
};

static bool semaphore_ready(const struct object *object, const struct thread *thread)
{
    (void)thread;
    return object->signaled;
}

static bool semaphore_take(struct object *object, struct thread *thread)
{
    struct semaphore *semaphore = (struct semaphore *)object;
    (void)thread;
    ASSERT(semaphore->count > 0);
    semaphore->count--;
    object->signaled = semaphore->count > 0;
    return false;
}

static void semaphore_destroy(struct object *object)
{
    arena_give(&object->nt->engine->arena, object, sizeof(struct semaphore));
}

static const struct object_ops semaphore_ops = {.ready = semaphore_ready,
                                                .take = semaphore_take,
                                                .cleanup = name_drop,
                                                .destroy = semaphore_destroy};

struct object *semaphore_create(struct nt *nt, uint32_t count, uint32_t limit)
{
    ASSERT(count <= limit);
    struct semaphore *semaphore = ARENA_NEW(&nt->engine->arena, struct semaphore);
    if (semaphore == NULL)
        return NULL;
    object_init(&semaphore->object, nt, OBJECT_SEMAPHORE, &semaphore_ops);
    semaphore->count = count;
    semaphore->limit = limit;
    semaphore->object.signaled = count > 0;
    return &semaphore->object;
}

nt_status semaphore_release(struct object *object, uint32_t count, uint32_t *before)
{
    struct semaphore *semaphore = (struct semaphore *)object;
    ASSERT(object->type == OBJECT_SEMAPHORE);
    ASSERT(count > 0);
    if (count > semaphore->limit - semaphore->count)
        return STATUS_SEMAPHORE_LIMIT_EXCEEDED;
    if (before != NULL)
        *before = semaphore->count;
    semaphore->count += count;
    object_signal(object);
    return STATUS_SUCCESS;
}
