#include "sim/nt/keyed.h"

#include "sim/engine/check.h"
#include "sim/nt/nt.h"

/* Somebody who has come and waits for the other. In the arena: its thread may be ended. */
struct keyed_waiter {
    struct keyed_waiter *next; /* of nt->keyed, the longest waiting first */
    const struct object *event;
    uint64_t key;
    struct thread *thread; /* referenced */
    struct object *met;    /* an event */
    bool releases;
};

static void destroy(struct object *object)
{
    arena_give(&object->nt->engine->arena, object, sizeof *object);
}

static const struct object_ops ops = {.destroy = destroy};

struct object *keyed_create(struct nt *nt)
{
    struct object *object = ARENA_NEW(&nt->engine->arena, struct object);
    if (object != NULL)
        object_init(object, nt, OBJECT_KEYED_EVENT, &ops);
    return object;
}

static void leave(struct nt *nt, struct keyed_waiter **link)
{
    struct keyed_waiter *waiter = *link;
    *link = waiter->next;
    object_release(&waiter->thread->object);
    object_release(waiter->met);
    arena_give(&nt->engine->arena, waiter, sizeof *waiter);
}

static bool fits(const struct keyed_waiter *waiter, const struct object *event,
                 const struct keyed_meeting *meeting)
{
    return waiter->event == event && waiter->key == meeting->key &&
           waiter->releases != meeting->releases && !waiter->met->signaled &&
           waiter->thread->process == waiter->thread->object.nt->current->process;
}

/* Lets the one go on who waits the longest for this. */
static bool meet_one(struct nt *nt, const struct object *event, const struct keyed_meeting *meeting)
{
    struct keyed_waiter **link = &nt->keyed;
    while (*link != NULL) {
        if ((*link)->thread->state == THREAD_ENDED) {
            leave(nt, link);
            continue;
        }
        if (fits(*link, event, meeting)) {
            object_signal((*link)->met);
            return true;
        }
        link = &(*link)->next;
    }
    return false;
}

static struct keyed_waiter *come(struct nt *nt, const struct object *event,
                                 const struct keyed_meeting *meeting)
{
    struct keyed_waiter **end = &nt->keyed;
    struct keyed_waiter *waiter = ARENA_NEW(&nt->engine->arena, struct keyed_waiter);
    struct object *met = event_create(nt, true, false);
    if (waiter == NULL || met == NULL) {
        arena_give(&nt->engine->arena, waiter, sizeof *waiter);
        if (met != NULL)
            object_release(met);
        return NULL;
    }
    *waiter = (struct keyed_waiter){.event = event,
                                    .key = meeting->key,
                                    .thread = nt->current,
                                    .met = met,
                                    .releases = meeting->releases};
    object_reference(&nt->current->object);
    while (*end != NULL)
        end = &(*end)->next;
    *end = waiter;
    return waiter;
}

nt_status keyed_meet(struct nt *nt, struct object *event, const struct keyed_meeting *meeting)
{
    if (meet_one(nt, event, meeting))
        return STATUS_SUCCESS;
    struct keyed_waiter *waiter = come(nt, event, meeting);
    if (waiter == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    struct object *met = waiter->met;
    const struct wait_request request = {.objects = &met,
                                         .count = 1,
                                         .alertable = meeting->alertable,
                                         .timeout_ns = meeting->timeout_ns,
                                         .call = meeting->call};
    nt_status status = wait_for(nt, &request, NULL);
    if (met->signaled)
        status = STATUS_SUCCESS; /* the other one has gone on, whatever ended the wait */
    struct keyed_waiter **link = &nt->keyed;
    while (*link != waiter)
        link = &(*link)->next;
    leave(nt, link);
    return status;
}
