#include "sim/tcpip/ephemeral.h"

#include "sim/engine/check.h"
#include "sim/engine/engine.h"
#include "sim/nt/nt.h"
#include "sim/tcpip/bindrules.h"
#include "sim/tcpip/endpoint.h"
#include "sim/tcpip/pool.h"
#include "sim/tcpip/reservation.h"

struct port_range ephemeral_range(const struct tcpip *tcpip, enum family family,
                                  enum protocol protocol)
{
    struct port_range range = tcpip->pools[protocol].dynamic[family];

    if (BEHAVES(tcpip->profile, ephemeral_range, before_vista))
        return (struct port_range){.first = 1025, .count = 5000 - 1025 + 1};
    if (BEHAVES(tcpip->profile, ephemeral_range, past_end) && range.first + range.count < PORT_END)
        range.count++;
    return range;
}

/* The end of an exclusion of this family alone around `port`, or `port` when there is none. */
static uint32_t past_own_exclusion(const struct tcpip *tcpip, const struct ephemeral_wish *wish,
                                   uint32_t port)
{
    struct block_walk walk =
        blockindex_overlapping(&tcpip->pools[wish->protocol].blocks, port, port + 1);
    const struct reservation *block;

    while ((block = block_walk_next(&walk)) != NULL) {
        bool holds = block->in_family[wish->standing.family] ||
                     (wish->standing.dual && block->in_family[FAMILY_4]);
        if (holds && !pool_block_counts(tcpip, wish->protocol, block))
            return reservation_limit(block);
    }
    return port;
}

/* The first free port of the range, or `end`. */
static uint32_t next_free(const struct tcpip *tcpip, const struct ephemeral_wish *wish,
                          uint32_t first, uint32_t end)
{
    const struct portset *taken = &tcpip->pools[wish->protocol].taken;
    uint32_t port = portset_next_out(taken, first, end);

    if (!BEHAVES(tcpip->profile, netsh_families, apart))
        return port;
    while (port < end) {
        uint32_t past = past_own_exclusion(tcpip, wish, port);
        if (past == port)
            return port;
        port = past < end ? portset_next_out(taken, past, end) : end;
    }
    return end;
}

static bool draws(const struct tcpip *tcpip, const struct endpoint_options *options)
{
    if (options->randomize_port && BEHAVES(tcpip->profile, randomize_port, randomizes))
        return true;
    return BEHAVES(tcpip->profile, ephemeral_order, random);
}

/* A free port, by the order of choice. Nothing is drawn when there is none. */
static struct ephemeral_choice choose_free(struct tcpip *tcpip, const struct ephemeral_wish *wish,
                                           const struct port_range *range)
{
    uint32_t first = range->first, end = range->first + range->count;
    uint32_t cursor = tcpip->pools[wish->protocol].cursor;
    uint32_t start = cursor >= first && cursor < end ? cursor : first;
    bool rotates = true;

    if (draws(tcpip, wish->options)) {
        if (next_free(tcpip, wish, first, end) == end)
            return (struct ephemeral_choice){.cursor = cursor};
        start = first + (uint32_t)choose(&tcpip->nt->engine->choices, CHOICE_PORT, range->count);
        rotates = false;
    } else if (BEHAVES(tcpip->profile, ephemeral_order, lowest)) {
        start = first;
        rotates = false;
    }

    uint32_t port = next_free(tcpip, wish, start, end);
    if (port == end) {
        port = next_free(tcpip, wish, first, start);
        if (port == start)
            return (struct ephemeral_choice){.cursor = cursor};
    }
    if (rotates)
        cursor = port + 1 < end ? port + 1 : first;
    return (struct ephemeral_choice){.port = port, .cursor = cursor};
}

static bool in_any_block(const struct pool *pool, uint32_t port)
{
    struct block_walk walk = blockindex_overlapping(&pool->blocks, port, port + 1);
    return block_walk_next(&walk) != NULL;
}

/* Whether all who hold the port took it with SO_PORT_SCALABILITY. */
static bool is_scalable(const struct pool *pool, uint32_t port)
{
    for (const struct endpoint *e = porttable_at(&pool->bound, port); e != NULL; e = e->next)
        if (!e->options.port_scalability)
            return false;
    return !in_any_block(pool, port);
}

static bool meets_nobody(const struct tcpip *tcpip, const struct pool *pool,
                         const struct standing *standing, uint32_t port)
{
    for (const struct endpoint *e = porttable_at(&pool->bound, port); e != NULL; e = e->next)
        if (bindrules_meet(tcpip->profile, &e->standing, standing))
            return false;
    return true;
}

/* The lowest port in use under SO_PORT_SCALABILITY, and at another address if `elsewhere`; or 0. */
static uint32_t find_scalable(const struct tcpip *tcpip, const struct ephemeral_wish *wish,
                              const struct port_range *range, bool elsewhere)
{
    const struct pool *pool = &tcpip->pools[wish->protocol];
    uint32_t end = range->first + range->count;

    if (pool->scalable == 0)
        return 0;
    for (uint32_t port = porttable_next_used(&pool->bound, range->first, end); port < end;
         port = porttable_next_used(&pool->bound, port + 1, end)) {
        if (!is_scalable(pool, port))
            continue;
        if (!elsewhere || meets_nobody(tcpip, pool, &wish->standing, port))
            return port;
    }
    return 0;
}

/* The lowest port of a block that nobody is bound to: where the defects of `automatic_bind` and
 * `automatic_bind_exclusions` go first. 0 when there is none.
 */
static uint32_t find_in_blocks(const struct tcpip *tcpip, enum protocol protocol, bool exclusions)
{
    const struct pool *pool = &tcpip->pools[protocol];

    for (uint32_t i = 0; i < pool->blocks.count; i++) {
        const struct reservation *block = pool->blocks.places[i].block;
        if ((block->kind == ENTRY_EXCLUSION) != exclusions)
            continue;
        uint32_t end = reservation_limit(block);
        for (uint32_t port = block->first; port < end; port++)
            if (porttable_next_used(&pool->bound, port, port + 1) != port)
                return port;
    }
    return 0;
}

/* What a defect gives before any free port is looked for; 0 for none. */
static uint32_t choose_wrongly(const struct tcpip *tcpip, const struct ephemeral_wish *wish,
                               const struct port_range *range)
{
    const struct profile *profile = tcpip->profile;
    const struct pool *pool = &tcpip->pools[wish->protocol];
    uint32_t port = 0;

    if (BEHAVES(profile, returned_port, dynamic_pool) && pool->returned != 0 &&
        porttable_next_used(&pool->bound, pool->returned, pool->returned + 1) != pool->returned)
        return pool->returned;
    if (BEHAVES(profile, automatic_bind, enters))
        port = find_in_blocks(tcpip, wish->protocol, false);
    if (port == 0 && BEHAVES(profile, automatic_bind_exclusions, enters))
        port = find_in_blocks(tcpip, wish->protocol, true);
    if (port == 0 && BEHAVES(profile, port_scalability, leaks) && !wish->options->port_scalability)
        port = find_scalable(tcpip, wish, range, false);
    return port;
}

struct ephemeral_choice ephemeral_choose(struct tcpip *tcpip, const struct ephemeral_wish *wish)
{
    const struct pool *pool = &tcpip->pools[wish->protocol];
    struct port_range range = ephemeral_range(tcpip, wish->family, wish->protocol);
    uint32_t wrong = choose_wrongly(tcpip, wish, &range);

    if (wrong != 0)
        return (struct ephemeral_choice){.port = wrong, .cursor = pool->cursor};

    struct ephemeral_choice choice = choose_free(tcpip, wish, &range);
    if (choice.port != 0)
        return choice;
    if (wish->options->port_scalability && !wish->standing.wildcard &&
        BEHAVES(tcpip->profile, port_scalability, per_address))
        choice.port = find_scalable(tcpip, wish, &range, true);
    if (choice.port == 0 && BEHAVES(tcpip->profile, ephemeral_exhausted, shares)) {
        uint32_t end = range.first + range.count;
        uint32_t used = porttable_next_used(&pool->bound, range.first, end);
        choice.port = used < end ? used : range.first;
    }
    return choice;
}
