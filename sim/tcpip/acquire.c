/* SIO_ACQUIRE_PORT_RESERVATION, below the socket. The pages list no error for a block that is not
 * to be had (ACQ-026); what each obstacle answers is the profile's.
 */
#include "sim/engine/check.h"
#include "sim/engine/engine.h"
#include "sim/nt/nt.h"
#include "sim/tcpip/endpoint.h"
#include "sim/tcpip/pool.h"
#include "sim/tcpip/reservation.h"
#include "sim/tcpip/store.h"

enum { LOWEST_UNPRIVILEGED = 1025 };

/* Of several obstacles the blocks are met first, the lowest of them first; then bound ports. */
static nt_status ask_block(const struct tcpip *tcpip, const struct reservation *block)
{
    switch ((enum entry_kind)block->kind) {
    case ENTRY_RUNTIME:
    case ENTRY_FOREIGN:
        return WSA_ANSWER(tcpip, acquire_collision);
    case ENTRY_PERSISTENT:
        return WSA_ANSWER(tcpip, acquire_over_persistent);
    case ENTRY_EXCLUSION:
        return WSA_ANSWER(tcpip, acquire_over_exclusion);
    }
    ABSURD("no such kind of block");
}

static nt_status ask_obstacles(const struct tcpip *tcpip, enum protocol pool,
                               const struct port_range *range)
{
    uint32_t end = range->first + range->count;
    struct block_walk walk = blockindex_overlapping(&tcpip->pools[pool].blocks, range->first, end);
    const struct reservation *block;

    while ((block = block_walk_next(&walk)) != NULL) {
        nt_status status = ask_block(tcpip, block);
        if (status != STATUS_SUCCESS)
            return status;
    }
    walk = blockindex_overlapping(&tcpip->pools[other_protocol(pool)].blocks, range->first, end);
    while ((block = block_walk_next(&walk)) != NULL) {
        if (!pool_block_counts(tcpip, pool, block))
            continue;
        nt_status status = ask_block(tcpip, block);
        if (status != STATUS_SUCCESS)
            return status;
    }
    if (pool_next_used(tcpip, pool, range->first, end) != end)
        return WSA_ANSWER(tcpip, acquire_over_bound_port);
    return STATUS_SUCCESS;
}

/* The lowest run that starts at a port in use and meets no block, by a defect of `wildcard_place`.
 */
static uint32_t find_over_bound_ports(const struct tcpip *tcpip, enum protocol pool,
                                      const struct port_range *within, uint32_t count)
{
    uint32_t end = within->first + within->count;

    for (uint32_t port = pool_next_used(tcpip, pool, within->first, end); port + count <= end;
         port = pool_next_used(tcpip, pool, port + 1, end)) {
        struct block_walk walk =
            blockindex_overlapping(&tcpip->pools[pool].blocks, port, port + count);
        if (block_walk_next(&walk) == NULL)
            return port;
    }
    return PORT_END;
}

static struct port_range wildcard_range(const struct tcpip *tcpip, const struct endpoint *holder,
                                        enum protocol pool)
{
    if (BEHAVES(tcpip->profile, wildcard_place, anywhere))
        return (struct port_range){
            .first = LOWEST_UNPRIVILEGED,
            .count = PORT_END - LOWEST_UNPRIVILEGED,
        };
    return dynamic_range(tcpip, (enum family)holder->family, pool);
}

/* A block with a hole, by the defect of `wildcard_exhausted`: as high as it has to start to fit. */
static uint32_t place_regardless(const struct port_range *within, uint32_t count)
{
    return within->first + count <= PORT_END ? within->first : PORT_END - count;
}

/* Finds where a block of the stack's choice goes; nothing is drawn unless there is a place. */
static nt_status place_wildcard(struct tcpip *tcpip, const struct endpoint *holder,
                                enum protocol pool, struct port_range *range)
{
    struct port_range within = wildcard_range(tcpip, holder, pool);
    uint32_t end = within.first + within.count;
    uint32_t lowest = PORT_END;

    if (BEHAVES(tcpip->profile, wildcard_place, over_bound_ports))
        lowest = find_over_bound_ports(tcpip, pool, &within, range->count);
    if (lowest == PORT_END)
        lowest = pool_find_run(tcpip, pool, within.first, end, range->count);
    if (lowest == PORT_END) {
        nt_status status = WSA_ANSWER(tcpip, wildcard_exhausted);
        if (status == STATUS_SUCCESS)
            range->first = place_regardless(&within, range->count);
        return status;
    }

    range->first = lowest;
    if (BEHAVES(tcpip->profile, wildcard_order, random)) {
        uint64_t places = within.count - range->count + 1;
        uint32_t from =
            within.first + (uint32_t)choose(&tcpip->nt->engine->choices, CHOICE_BLOCK, places);
        uint32_t found = pool_find_run(tcpip, pool, from, end, range->count);
        if (found != PORT_END)
            range->first = found;
    }
    return STATUS_SUCCESS;
}

/* What can be told without looking at the pool; may cut the range short, by the profile. */
static nt_status check_request(const struct tcpip *tcpip, const struct endpoint *holder,
                               struct port_range *range)
{
    nt_status status = STATUS_SUCCESS;

    if (range->count == 0) {
        status = WSA_ANSWER(tcpip, acquire_zero_count);
        range->count = 1;
    } else if (range->first + range->count > PORT_END) {
        status = WSA_ANSWER(tcpip, acquire_past_end);
        range->count = PORT_END - range->first;
    }
    if (status != STATUS_SUCCESS)
        return status;
    if (holder->held != NULL && BEHAVES(tcpip->profile, second_acquire, wsaeinval))
        return STATUS_INVALID_PARAMETER;
    return STATUS_SUCCESS;
}

/* The ports that are held for a block of this range: the same, but for two defects. */
static struct port_range held_range(const struct tcpip *tcpip, const struct port_range *range,
                                    bool wildcard)
{
    struct port_range held = *range;

    if (wildcard && held.count > 1 && BEHAVES(tcpip->profile, wildcard_count, one_fewer))
        held.count--;
    if (BEHAVES(tcpip->profile, block_runs, off_by_one) && held.first + 1 < PORT_END) {
        held.first++;
        if (held.first + held.count > PORT_END)
            held.count = PORT_END - held.first;
    }
    return held;
}

static void hand_to(struct reservation *block, struct endpoint *holder, uint32_t process_id)
{
    block->process_id = process_id;
    block->protocol = (uint8_t)endpoint_pool(holder);
    block->family = holder->family;
    block->holder = holder;
    block->next_held = holder->held;
    holder->held = block;
}

/* `refused_acquire = leaks`: what was free before the first obstacle stays reserved. */
static void leak_free_ports(struct tcpip *tcpip, struct endpoint *holder, uint32_t process_id,
                            enum protocol pool, const struct port_range *range)
{
    uint32_t end = range->first + range->count;
    uint32_t obstacle = portset_next_in(&tcpip->pools[pool].taken, range->first, end);
    const struct port_range leaked = {range->first, obstacle - range->first};

    if (leaked.count == 0)
        return;
    struct reservation *block = reservation_new(tcpip, ENTRY_RUNTIME, pool, &leaked);
    if (block == NULL)
        return;
    hand_to(block, holder, process_id);
    reservation_insert(tcpip, block);
}

static enum protocol pool_of(const struct tcpip *tcpip, const struct endpoint *holder)
{
    enum protocol protocol = endpoint_pool(holder);

    return BEHAVES(tcpip->profile, protocol_scope, swapped) ? other_protocol(protocol) : protocol;
}

static void drop_earlier(struct tcpip *tcpip, struct endpoint *holder)
{
    while (holder->held != NULL)
        reservation_end(tcpip, holder->held, RESERVATION_RELEASED);
}

nt_status reservation_acquire(struct tcpip *tcpip, struct endpoint *holder, uint32_t process_id,
                              const struct port_range *range, struct reservation_view *out)
{
    struct port_range wanted = *range;
    bool wildcard = range->first == 0;
    enum protocol pool = pool_of(tcpip, holder);

    ASSERT(holder->tcpip == tcpip && range->first < PORT_END && range->count < PORT_END);
    nt_status status = check_request(tcpip, holder, &wanted);
    if (status != STATUS_SUCCESS)
        return status;
    status = wildcard ? place_wildcard(tcpip, holder, pool, &wanted)
                      : ask_obstacles(tcpip, pool, &wanted);
    if (status != STATUS_SUCCESS) {
        if (!wildcard && BEHAVES(tcpip->profile, refused_acquire, leaks))
            leak_free_ports(tcpip, holder, process_id, pool, &wanted);
        return status;
    }

    const struct port_range held = held_range(tcpip, &wanted, wildcard);
    if (!tokens_reserve(&tcpip->tokens, 1))
        return STATUS_INSUFFICIENT_RESOURCES;
    struct reservation *block = reservation_new(tcpip, ENTRY_RUNTIME, pool, &held);
    if (block == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (BEHAVES(tcpip->profile, runtime_restart, survives)) {
        status = store_block(tcpip, block);
        if (status != STATUS_SUCCESS) {
            reservation_drop(tcpip, block);
            return status;
        }
    }

    if (BEHAVES(tcpip->profile, second_acquire, replaces))
        drop_earlier(tcpip, holder);
    reservation_give_token(tcpip, block);
    hand_to(block, holder, process_id);
    reservation_insert(tcpip, block);
    *out = (struct reservation_view){.range = wanted, .token = block->token};
    SLOW(tcpip_check(tcpip));
    return STATUS_SUCCESS;
}
