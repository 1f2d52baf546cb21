#include "sim/nt/apc.h"

#include <stddef.h>

#include "sim/engine/check.h"
#include "sim/nt/nt.h"
#include "sim/nt/wait.h"

static void append(struct thread *thread, struct apc *apc)
{
    bool newest_first = BEHAVES(thread->object.nt->profile, apc_order, last_first);
    apc->next = NULL;
    if (thread->apcs == NULL) {
        thread->apcs = thread->apcs_last = apc;
    } else if (newest_first) {
        apc->next = thread->apcs;
        thread->apcs = apc;
    } else {
        thread->apcs_last->next = apc;
        thread->apcs_last = apc;
    }
}

bool apc_alertable(const struct nt *nt, bool asked)
{
    return BEHAVES(nt->profile, apc_waits, every) ||
           (asked && !BEHAVES(nt->profile, apc_waits, none));
}

bool apc_queue(struct thread *thread, struct apc *apc)
{
    ASSERT(apc->run != NULL);
    ASSERT(apc->drop != NULL);
    if (thread->state == THREAD_ENDED)
        return false;

    const struct profile *profile = thread->object.nt->profile;
    append(thread, apc);
    if (thread->wait != NULL && thread->wait->alertable && !BEHAVES(profile, apc_wakes, no))
        wait_end(thread->wait, STATUS_USER_APC);
    return true;
}

static struct apc *take(struct thread *thread)
{
    struct apc *apc = thread->apcs;
    if (apc != NULL)
        thread->apcs = apc->next;
    return apc;
}

bool apc_deliver(struct nt *nt)
{
    struct thread *thread = nt->current;
    bool one_only = BEHAVES(nt->profile, apc_count, one);
    bool any = false;
    struct apc *apc;

    while (!(any && one_only) && (apc = take(thread)) != NULL) {
        any = true;
        apc->run(nt, apc);
        ASSERT(nt->current == thread);
    }
    return any;
}

bool apc_take_back(struct thread *thread, struct apc *apc)
{
    struct apc *before = NULL;
    struct apc *at = thread->apcs;
    while (at != NULL && at != apc) {
        before = at;
        at = at->next;
    }
    if (at == NULL)
        return false;
    if (before == NULL)
        thread->apcs = apc->next;
    else
        before->next = apc->next;
    if (thread->apcs_last == apc)
        thread->apcs_last = before;
    return true;
}

void apc_drop_all(struct thread *thread)
{
    struct apc *apc;
    while ((apc = take(thread)) != NULL)
        apc->drop(thread->object.nt, apc);
}
