#include "sim/runtime/parking.h"

#include "sim/runtime/guest_objects.h"
#include "sim/runtime/program.h"

struct parked {
    struct parked *next;
    const volatile void *address;
    struct thread *thread; /* referenced: it may be ended while it waits */
    struct object *event;
};

static struct arena *arena(void)
{
    return &guest_nt()->engine->arena;
}

static void leave(struct parked **link)
{
    struct parked *parked = *link;
    *link = parked->next;
    object_release(&parked->thread->object);
    object_release(parked->event);
    arena_give(arena(), parked, sizeof *parked);
}

struct parked *parking_take(const volatile void *address)
{
    struct parked **end = &program_machine()->parked;
    struct parked *parked = ARENA_NEW(arena(), struct parked);

    if (parked == NULL)
        return NULL;
    parked->event = event_create(guest_nt(), false, false);
    if (parked->event == NULL) {
        arena_give(arena(), parked, sizeof *parked);
        return NULL;
    }
    parked->address = address;
    parked->thread = guest_nt()->current;
    object_reference(&parked->thread->object);
    while (*end != NULL)
        end = &(*end)->next;
    *end = parked;
    return parked;
}

bool parking_wait(struct parked *parked, uint64_t timeout_ns, const char *call)
{
    if (parked == NULL) {
        wait_for_time(guest_nt(), 0, call);
        return true;
    }
    nt_status status =
        wait_for_objects(guest_nt(), &parked->event, 1, false, timeout_ns, call, NULL);
    struct parked **link = &program_machine()->parked;
    while (*link != parked)
        link = &(*link)->next;
    leave(link);
    return status == STATUS_SUCCESS;
}

void parking_wake(const volatile void *address, bool all)
{
    struct parked **link = &program_machine()->parked;

    while (*link != NULL) {
        struct parked *parked = *link;
        if (parked->thread->state == THREAD_ENDED) {
            leave(link);
            continue;
        }
        link = &parked->next;
        if (parked->address != address || parked->thread->process != guest_process() ||
            parked->event->signaled || parked->thread->state != THREAD_WAITING)
            continue;
        parked->address = NULL; /* woken, though it has not run yet */
        object_signal(parked->event);
        if (!all)
            return;
    }
}
