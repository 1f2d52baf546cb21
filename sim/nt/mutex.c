#include "sim/nt/mutex.h"

#include "sim/engine/check.h"
#include "sim/nt/names.h"
#include "sim/nt/nt.h"

struct mutex {
    struct object object; /* first; signaled while nobody owns it */
    struct thread *owner;
    uint32_t recursion; /* how often the owner has it */
    bool abandoned;     /* its owner ended, and nobody has taken it since */
    struct mutex *next; /* of the owner's */
};

static bool mutex_ready(const struct object *object, const struct thread *thread)
{
    return object->signaled || ((const struct mutex *)object)->owner == thread;
}

static bool mutex_take(struct object *object, struct thread *thread)
{
    struct mutex *mutex = (struct mutex *)object;
    bool abandoned = mutex->abandoned;

    mutex->recursion++;
    if (mutex->owner == thread)
        return false;
    ASSERT(mutex->owner == NULL);
    mutex->owner = thread;
    mutex->abandoned = false;
    mutex->next = thread->mutexes;
    thread->mutexes = mutex;
    object->signaled = false;
    return abandoned;
}

static void leave_owner(struct mutex *mutex)
{
    struct mutex **link = &mutex->owner->mutexes;
    while (*link != mutex)
        link = &(*link)->next;
    *link = mutex->next;
    mutex->owner = NULL;
    mutex->recursion = 0;
}

static void mutex_destroy(struct object *object)
{
    struct mutex *mutex = (struct mutex *)object;
    if (mutex->owner != NULL)
        leave_owner(mutex);
    arena_give(&object->nt->engine->arena, mutex, sizeof *mutex);
}

static const struct object_ops mutex_ops = {
    .ready = mutex_ready, .take = mutex_take, .cleanup = name_drop, .destroy = mutex_destroy};

struct object *mutex_create(struct nt *nt, bool owned)
{
    struct mutex *mutex = ARENA_NEW(&nt->engine->arena, struct mutex);
    if (mutex == NULL)
        return NULL;
    object_init(&mutex->object, nt, OBJECT_MUTEX, &mutex_ops);
    mutex->object.signaled = true;
    if (owned)
        mutex_take(&mutex->object, nt->current);
    return &mutex->object;
}

nt_status mutex_release(struct object *object)
{
    struct mutex *mutex = (struct mutex *)object;
    ASSERT(object->type == OBJECT_MUTEX);
    if (mutex->owner == NULL || mutex->owner != object->nt->current)
        return STATUS_MUTANT_NOT_OWNED;
    if (--mutex->recursion > 0)
        return STATUS_SUCCESS;
    leave_owner(mutex);
    object_signal(object);
    return STATUS_SUCCESS;
}

void mutex_abandon_all(struct thread *thread)
{
    while (thread->mutexes != NULL) {
        struct mutex *mutex = thread->mutexes;
        leave_owner(mutex);
        mutex->abandoned = true;
        object_signal(&mutex->object);
    }
}
