/* netsh's administered exclusions. What is in the persistent store holds at once and after each
 * boot; deleted from the active store alone it lies dormant until then.
 */
#include "sim/engine/check.h"
#include "sim/nt/nt.h"
#include "sim/tcpip/pool.h"
#include "sim/tcpip/reservation.h"
#include "sim/tcpip/store.h"

static bool holds_in(const struct tcpip *tcpip, const struct reservation *block, enum family family)
{
    return BEHAVES(tcpip->profile, netsh_families, shared) || block->in_family[family];
}

static bool is_named(const struct tcpip *tcpip, const struct reservation *block, enum family family,
                     const struct port_range *range)
{
    bool counted =
        block->count == range->count || BEHAVES(tcpip->profile, netsh_delete, same_start);
    return block->kind == ENTRY_EXCLUSION && block->first == range->first && counted &&
           holds_in(tcpip, block, family);
}

/* The exclusion of that name, or NULL; `*other` tells whether something else has the range. */
static struct reservation *find_active(const struct tcpip *tcpip, enum family family,
                                       enum protocol protocol, const struct port_range *range,
                                       bool *other)
{
    struct block_walk walk = blockindex_overlapping(&tcpip->pools[protocol].blocks, range->first,
                                                    range->first + range->count);
    struct reservation *block;

    *other = false;
    while ((block = block_walk_next(&walk)) != NULL) {
        if (is_named(tcpip, block, family, range))
            return block;
        if (block->kind != ENTRY_EXCLUSION && block->first == range->first &&
            block->count == range->count)
            *other = true;
    }
    return NULL;
}

static struct reservation **find_dormant(struct tcpip *tcpip, enum family family,
                                         enum protocol protocol, const struct port_range *range)
{
    struct reservation **link = &tcpip->dormant;

    while (*link != NULL && ((*link)->pool != protocol || !is_named(tcpip, *link, family, range)))
        link = &(*link)->next;
    return link;
}

static bool is_possible(const struct port_range *range)
{
    return range->first > 0 && range->first < PORT_END && range->count > 0 &&
           range->count <= PORT_END - range->first;
}

static nt_status ask_obstacles(const struct tcpip *tcpip, enum family family,
                               enum protocol protocol, const struct port_range *range)
{
    uint32_t end = range->first + range->count;
    struct block_walk walk =
        blockindex_overlapping(&tcpip->pools[protocol].blocks, range->first, end);
    const struct reservation *block;

    while ((block = block_walk_next(&walk)) != NULL)
        if (block->kind != ENTRY_EXCLUSION || holds_in(tcpip, block, family))
            return STATUS_SHARING_VIOLATION;
    if (pool_next_used(tcpip, protocol, range->first, end) != end)
        return WIN32_ANSWER(tcpip, netsh_in_use);
    return STATUS_SUCCESS;
}

static void forget_dormant(struct tcpip *tcpip, struct reservation **link)
{
    struct reservation *dormant = *link;

    *link = dormant->next;
    reservation_drop(tcpip, dormant);
}

nt_status exclusion_add(struct tcpip *tcpip, enum family family, enum protocol protocol,
                        const struct port_range *range, enum store store)
{
    bool stored =
        store == STORE_PERSISTENT || BEHAVES(tcpip->profile, netsh_active_restart, survives);

    ASSERT(family < FAMILY_COUNT && protocol < PROTOCOL_COUNT);
    if (!is_possible(range))
        return STATUS_INVALID_PARAMETER;
    nt_status status = ask_obstacles(tcpip, family, protocol, range);
    if (status != STATUS_SUCCESS)
        return status;
    struct reservation *block = reservation_new(tcpip, ENTRY_EXCLUSION, protocol, range);
    if (block == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (BEHAVES(tcpip->profile, netsh_families, apart))
        block->in_family[family == FAMILY_4 ? FAMILY_6 : FAMILY_4] = false;

    if (stored) {
        struct reservation **dormant = find_dormant(tcpip, family, protocol, range);
        if (*dormant != NULL)
            block->slot = (*dormant)->slot;
        status = store_block(tcpip, block);
        if (status != STATUS_SUCCESS) {
            reservation_drop(tcpip, block);
            return status;
        }
        if (*dormant != NULL)
            forget_dormant(tcpip, dormant);
    }
    reservation_insert(tcpip, block);
    SLOW(tcpip_check(tcpip));
    return STATUS_SUCCESS;
}

/* From the active store alone. */
static void put_to_sleep(struct tcpip *tcpip, struct reservation *block)
{
    if (block->slot == REGISTRY_NO_SLOT || block->references > 0) {
        reservation_end(tcpip, block, RESERVATION_RELEASED);
        return;
    }
    reservation_withdraw(tcpip, block);
    block->next = tcpip->dormant;
    tcpip->dormant = block;
}

nt_status exclusion_delete(struct tcpip *tcpip, enum family family, enum protocol protocol,
                           const struct port_range *range, enum store store)
{
    bool other;

    ASSERT(family < FAMILY_COUNT && protocol < PROTOCOL_COUNT);
    if (!is_possible(range))
        return STATUS_INVALID_PARAMETER;
    struct reservation *block = find_active(tcpip, family, protocol, range, &other);
    struct reservation **dormant = find_dormant(tcpip, family, protocol, range);
    if (block == NULL && (store == STORE_ACTIVE || *dormant == NULL))
        return other ? STATUS_ACCESS_DENIED : STATUS_NOT_FOUND;

    if (store == STORE_ACTIVE) {
        put_to_sleep(tcpip, block);
    } else {
        nt_status status = STATUS_SUCCESS;
        if (*dormant != NULL)
            status = store_erase_block(tcpip, *dormant);
        if (status == STATUS_SUCCESS && block != NULL)
            status = store_erase_block(tcpip, block);
        if (status != STATUS_SUCCESS)
            return status;
        if (*dormant != NULL)
            forget_dormant(tcpip, dormant);
        if (block != NULL)
            reservation_end(tcpip, block, RESERVATION_RELEASED);
    }
    SLOW(tcpip_check(tcpip));
    return STATUS_SUCCESS;
}
