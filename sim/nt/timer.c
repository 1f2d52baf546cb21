#include "sim/nt/timer.h"

#include <stddef.h>

#include "sim/engine/check.h"
#include "sim/nt/apc.h"
#include "sim/nt/names.h"
#include "sim/nt/nt.h"

struct timer {
    struct object object; /* first */
    struct apc apc;
    bool queued;           /* the apc; it then holds a reference */
    uint64_t event;        /* the engine's, or 0 */
    uint64_t expired_ns;   /* the last time */
    struct thread *setter; /* referenced while there is a routine; else NULL */
    struct timer_setting setting;
};

static void stop(struct timer *timer)
{
    struct nt *nt = timer->object.nt;

    if (timer->event != 0)
        engine_cancel(nt->engine, timer->event);
    timer->event = 0;
    if (timer->queued && apc_take_back(timer->setter, &timer->apc)) {
        timer->queued = false;
        object_release(&timer->object);
    }
    if (timer->setter != NULL)
        object_release(&timer->setter->object);
    timer->setter = NULL;
}

/* When the last handle is closed nobody can wait for it, but who does already. */
static void timer_destroy(struct object *object)
{
    struct timer *timer = (struct timer *)object;
    stop(timer);
    arena_give(&object->nt->engine->arena, timer, sizeof *timer);
}

static void timer_cleanup(struct object *object)
{
    name_drop(object);
    timer_cancel(object);
}

static const struct object_ops timer_ops = {.cleanup = timer_cleanup, .destroy = timer_destroy};

struct object *timer_create(struct nt *nt, bool manual)
{
    struct timer *timer = ARENA_NEW(&nt->engine->arena, struct timer);
    if (timer == NULL)
        return NULL;
    object_init(&timer->object, nt, OBJECT_TIMER, &timer_ops);
    timer->object.resets = !manual;
    return &timer->object;
}

static struct timer *timer_of_apc(struct apc *apc)
{
    return (struct timer *)((char *)apc - offsetof(struct timer, apc));
}

static void apc_run(struct nt *nt, struct apc *apc)
{
    struct timer *timer = timer_of_apc(apc);
    const struct timer_setting setting = timer->setting;
    uint64_t expired_ns = timer->expired_ns;
    (void)nt;

    timer->queued = false;
    object_release(&timer->object);
    setting.routine(setting.context, expired_ns);
}

static void apc_drop(struct nt *nt, struct apc *apc)
{
    struct timer *timer = timer_of_apc(apc);
    (void)nt;
    timer->queued = false;
    object_release(&timer->object);
}

/* False when the thread that set the timer has ended: the timer is then cancelled, and its signal
 * stays as it is. Source: SetWaitableTimer.
 */
static bool queue_routine(struct timer *timer)
{
    if (timer->setter == NULL || timer->queued)
        return true;
    timer->apc = (struct apc){.run = apc_run, .drop = apc_drop};
    if (!apc_queue(timer->setter, &timer->apc))
        return false;
    timer->queued = true;
    object_reference(&timer->object);
    return true;
}

static void expire(void *context, uint64_t argument)
{
    struct timer *timer = context;
    struct engine *engine = timer->object.nt->engine;
    (void)argument;

    timer->event = 0;
    timer->expired_ns = engine->now_ns;
    if (!queue_routine(timer)) {
        stop(timer);
        return;
    }
    if (timer->setting.period_ns != 0) {
        timer->event =
            engine_post(engine, engine->now_ns + timer->setting.period_ns, expire, timer, 0);
        ASSERT(timer->event != 0); /* the place of the event that runs is free */
    }
    object_signal(&timer->object);
}

nt_status timer_set(struct object *object, const struct timer_setting *setting)
{
    struct timer *timer = (struct timer *)object;
    struct nt *nt = object->nt;
    ASSERT(object->type == OBJECT_TIMER);

    stop(timer);
    object_unsignal(object);
    timer->setting = *setting;
    timer->event = engine_post(nt->engine, setting->due_ns, expire, timer, 0);
    if (timer->event == 0)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (setting->routine != NULL) {
        timer->setter = nt->current;
        object_reference(&nt->current->object);
    }
    return STATUS_SUCCESS;
}

void timer_cancel(struct object *object)
{
    ASSERT(object->type == OBJECT_TIMER);
    stop((struct timer *)object);
}
