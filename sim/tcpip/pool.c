#include "sim/tcpip/pool.h"

#include <string.h>

#include "sim/engine/check.h"
#include "sim/tcpip/endpoint.h"
#include "sim/tcpip/reservation.h"

/* An exclusion of one family only (`netsh_families = apart`) is looked up at each choice instead.
 */
bool pool_block_counts(const struct tcpip *tcpip, enum protocol protocol,
                       const struct reservation *block)
{
    if (block->pool != protocol)
        return block->kind == ENTRY_RUNTIME &&
               BEHAVES(tcpip->profile, protocol_scope, automatic_both);
    return block->in_family[FAMILY_4] && block->in_family[FAMILY_6];
}

void pool_take_block(struct tcpip *tcpip, const struct reservation *block)
{
    for (enum protocol p = 0; p < PROTOCOL_COUNT; p++)
        if (pool_block_counts(tcpip, p, block))
            portset_add_range(&tcpip->pools[p].taken, block->first, reservation_limit(block));
}

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static void refresh_one(struct tcpip *tcpip, enum protocol protocol, uint32_t first, uint32_t end)
{
    struct pool *pool = &tcpip->pools[protocol];

    portset_remove_range(&pool->taken, first, end);
    for (enum protocol p = 0; p < PROTOCOL_COUNT; p++) {
        struct block_walk walk = blockindex_overlapping(&tcpip->pools[p].blocks, first, end);
        const struct reservation *block;
        while ((block = block_walk_next(&walk)) != NULL)
            if (pool_block_counts(tcpip, protocol, block))
                portset_add_range(&pool->taken, larger(first, block->first),
                                  smaller(end, reservation_limit(block)));
    }
    for (uint32_t port = porttable_next_used(&pool->bound, first, end); port < end;
         port = porttable_next_used(&pool->bound, port + 1, end))
        portset_add(&pool->taken, port);
}

void pool_refresh(struct tcpip *tcpip, uint32_t first, uint32_t end)
{
    for (enum protocol p = 0; p < PROTOCOL_COUNT; p++)
        refresh_one(tcpip, p, first, end);
}

void pool_port_used(struct tcpip *tcpip, enum protocol protocol, uint32_t port)
{
    portset_add(&tcpip->pools[protocol].taken, port);
}

static bool in_a_block(const struct tcpip *tcpip, enum protocol protocol, enum protocol of,
                       uint32_t port)
{
    struct block_walk walk = blockindex_overlapping(&tcpip->pools[of].blocks, port, port + 1);
    const struct reservation *block;

    while ((block = block_walk_next(&walk)) != NULL)
        if (pool_block_counts(tcpip, protocol, block))
            return true;
    return false;
}

void pool_port_free(struct tcpip *tcpip, enum protocol protocol, uint32_t port)
{
    if (porttable_next_used(&tcpip->pools[protocol].bound, port, port + 1) == port)
        return;
    if (in_a_block(tcpip, protocol, protocol, port))
        return;
    if (BEHAVES(tcpip->profile, protocol_scope, automatic_both) &&
        in_a_block(tcpip, protocol, other_protocol(protocol), port))
        return;
    portset_remove(&tcpip->pools[protocol].taken, port);
}

/* Whether somebody has a socket there; connections alone do not keep a port from being reserved
 * either (`bind_over_closing`).
 */
static bool is_held(const struct tcpip *tcpip, enum protocol protocol, uint32_t port)
{
    for (const struct endpoint *e = porttable_at(&tcpip->pools[protocol].bound, port); e != NULL;
         e = e->next)
        if (!e->overlooked && (!e->orphan || BEHAVES(tcpip->profile, bind_over_closing, refused)))
            return true;
    return false;
}

uint32_t pool_next_used(const struct tcpip *tcpip, enum protocol protocol, uint32_t first,
                        uint32_t end)
{
    const struct porttable *bound = &tcpip->pools[protocol].bound;
    uint32_t port = porttable_next_used(bound, first, end);

    while (port < end && !is_held(tcpip, protocol, port))
        port = porttable_next_used(bound, port + 1, end);
    return port;
}

uint32_t pool_find_run(const struct tcpip *tcpip, enum protocol protocol, uint32_t first,
                       uint32_t end, uint32_t count)
{
    const struct pool *pool = &tcpip->pools[protocol];

    while (first < end) {
        uint32_t start = portset_find_run(&pool->taken, first, end, count);
        if (start == PORT_END || BEHAVES(tcpip->profile, netsh_families, shared))
            return start;
        struct block_walk walk = blockindex_overlapping(&pool->blocks, start, start + count);
        const struct reservation *block = block_walk_next(&walk);
        if (block == NULL)
            return start;
        first = reservation_limit(block);
    }
    return PORT_END;
}

/* What `taken` must hold: who is bound, and the blocks that count. */
static void expect_taken(const struct tcpip *tcpip, enum protocol protocol,
                         struct portset *expected)
{
    const struct porttable *bound = &tcpip->pools[protocol].bound;

    for (uint32_t port = porttable_next_used(bound, 0, PORT_END); port < PORT_END;
         port = porttable_next_used(bound, port + 1, PORT_END))
        portset_add(expected, port);
    for (enum protocol p = 0; p < PROTOCOL_COUNT; p++) {
        const struct blockindex *blocks = &tcpip->pools[p].blocks;
        for (uint32_t i = 0; i < blocks->count; i++) {
            const struct reservation *block = blocks->places[i].block;
            if (pool_block_counts(tcpip, protocol, block))
                portset_add_range(expected, block->first, reservation_limit(block));
        }
    }
}

static uint32_t count_scalable(const struct porttable *bound)
{
    uint32_t count = 0;

    for (uint32_t port = porttable_next_bound(bound, 0, PORT_END); port < PORT_END;
         port = porttable_next_bound(bound, port + 1, PORT_END))
        for (const struct endpoint *e = porttable_at(bound, port); e != NULL; e = e->next)
            count += e->options.port_scalability;
    return count;
}

void pool_check(const struct tcpip *tcpip, enum protocol protocol)
{
    const struct pool *pool = &tcpip->pools[protocol];

    porttable_check(&pool->bound, protocol);
    blockindex_check(&pool->blocks);
    for (uint32_t i = 0; i < pool->blocks.count; i++) {
        const struct reservation *block = pool->blocks.places[i].block;
        ASSERT(block->state == RESERVATION_HELD);
        ASSERT(block->pool == protocol);
        reservation_check(block);
    }
    struct portset expected = {{0}, {0}};
    expect_taken(tcpip, protocol, &expected);
    ASSERT(memcmp(&pool->taken, &expected, sizeof expected) == 0);
    ASSERT(pool->scalable == count_scalable(&pool->bound));
    for (enum family f = 0; f < FAMILY_COUNT; f++) {
        ASSERT(pool->dynamic[f].first > 0 && pool->dynamic[f].count > 0);
        ASSERT(pool->dynamic[f].first + pool->dynamic[f].count <= PORT_END);
    }
}
