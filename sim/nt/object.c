#include "sim/nt/object.h"

#include "sim/engine/arena.h"
#include "sim/engine/check.h"
#include "sim/nt/handle_table.h"
#include "sim/nt/names.h"
#include "sim/nt/nt.h"
#include "sim/nt/wait.h"

void object_init(struct object *object, struct nt *nt, enum object_type type,
                 const struct object_ops *ops)
{
    ASSERT(ops->destroy != NULL);
    *object = (struct object){.type = type, .references = 1, .nt = nt, .ops = ops};
}

void object_reference(struct object *object)
{
    ASSERT(object->references > 0);
    object->references++;
}

void object_release(struct object *object)
{
    ASSERT(object->references > 0);
    if (--object->references > 0)
        return;
    ASSERT(object->handles == 0);
    ASSERT(object->waiters == NULL);
    object->ops->destroy(object);
}

void object_signal(struct object *object)
{
    object->signaled = true;
    if (object->waiters != NULL)
        wait_satisfy_waiters(object);
}

void object_unsignal(struct object *object)
{
    object->signaled = false;
}

/* ---- Events ---------------------------------------------------------------------------------- */

static void event_destroy(struct object *object)
{
    arena_give(&object->nt->engine->arena, object, sizeof *object);
}

static const struct object_ops event_ops = {.cleanup = name_drop, .destroy = event_destroy};

struct object *event_create(struct nt *nt, bool manual, bool signaled)
{
    struct object *event = ARENA_NEW(&nt->engine->arena, struct object);
    if (event == NULL)
        return NULL;
    object_init(event, nt, OBJECT_EVENT, &event_ops);
    event->resets = !manual;
    event->signaled = signaled;
    return event;
}
