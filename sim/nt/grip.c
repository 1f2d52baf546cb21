#include "sim/nt/grip.h"

#include "sim/engine/check.h"
#include "sim/nt/nt.h"

void grip_begin(struct nt *nt, struct grip *grip, struct object *const *objects, uint32_t count)
{
    struct thread *thread = nt->current;

    ASSERT(thread != NULL);
    for (uint32_t i = 0; i < count; i++)
        object_reference(objects[i]);
    *grip = (struct grip){.objects = objects, .count = count, .next = thread->grips};
    thread->grips = grip;
}

static void let_go(struct thread *thread, struct grip *grip)
{
    thread->grips = grip->next;
    for (uint32_t i = 0; i < grip->count; i++)
        object_release(grip->objects[i]);
}

void grip_end(struct nt *nt, struct grip *grip)
{
    let_go(nt->current, grip);
}

void grip_thread_ends(struct thread *thread)
{
    while (thread->grips != NULL)
        let_go(thread, thread->grips);
}
