/* Cleanup groups: what was made with one is waited for and closed together. */
#include "sim/runtime/pool.h"

struct pool_group {
    uint32_t members;
};

PTP_CLEANUP_GROUP CreateThreadpoolCleanupGroup(void)
{
    struct pool_group *group = ARENA_NEW(&guest_nt()->engine->arena, struct pool_group);
    if (group == NULL)
        guest_fail(ERROR_NOT_ENOUGH_MEMORY);
    return (PTP_CLEANUP_GROUP)group;
}

static void member_gone(struct pool_item *item)
{
    struct pool_group *group = item->owner;
    group->members--;
}

void pool_join(struct pool_item *item, PTP_CALLBACK_ENVIRON environment)
{
    if (item == NULL || environment == NULL || environment->CleanupGroup == NULL)
        return;
    struct pool_group *group = (struct pool_group *)environment->CleanupGroup;
    group->members++;
    item->owner = group;
    item->gone = member_gone;
    item->cancelled = (void (*)(void *, void *))environment->CleanupGroupCancelCallback;
}

static struct pool_item *member_of(const struct pool_group *group)
{
    struct pool_item *item = pool_items(guest_process());
    while (item != NULL && (item->owner != group || (item->closed && item->lasts)))
        item = item->next;
    return item;
}

/* Every member: what waits to begin is taken back, if so
 * asked, and told to the environment's callback; what runs is waited for.
 */
void CloseThreadpoolCleanupGroupMembers(PTP_CLEANUP_GROUP ptpcg, BOOL fCancelPendingCallbacks,
                                        PVOID pvCleanupContext)
{
    struct pool_group *group = (struct pool_group *)ptpcg;

    for (struct pool_item *item = member_of(group); item != NULL; item = member_of(group)) {
        pool_stop_timer(item);
        pool_stop_wait(item);
        if (item->closed) { /* a simple callback's, gone when it has run */
            pool_wait(item, fCancelPendingCallbacks != FALSE, "CloseThreadpoolCleanupGroupMembers");
            continue;
        }
        pool_wait(item, fCancelPendingCallbacks != FALSE, "CloseThreadpoolCleanupGroupMembers");
        if (fCancelPendingCallbacks && item->cancelled != NULL)
            item->cancelled(item->context, pvCleanupContext);
        pool_close(item);
    }
}

/* A group is closed when it has no members: the page. One that has stays until the process ends. */
void CloseThreadpoolCleanupGroup(PTP_CLEANUP_GROUP ptpcg)
{
    struct pool_group *group = (struct pool_group *)ptpcg;
    if (group->members == 0)
        arena_give(&guest_nt()->engine->arena, group, sizeof *group);
}
