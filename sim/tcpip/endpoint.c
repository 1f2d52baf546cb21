#include "sim/tcpip/endpoint.h"

#include "sim/engine/arena.h"
#include "sim/engine/check.h"
#include "sim/tcpip/blockchoice.h"
#include "sim/tcpip/connection.h"
#include "sim/tcpip/datagram.h"
#include "sim/tcpip/pool.h"
#include "sim/tcpip/reservation.h"
#include "sim/tcpip/udp.h"

enum { RECEIVE_BUFFER = 65536 }; /* SO_RCVBUF until it is set */

struct endpoint *endpoint_open(struct tcpip *tcpip, enum protocol protocol, enum family family,
                               uint32_t process_id, uint32_t account)
{
    ASSERT(protocol <= PROTOCOL_RAW && family < FAMILY_COUNT);
    struct endpoint *endpoint = ARENA_NEW(tcpip->arena, struct endpoint);

    if (endpoint == NULL)
        return NULL;
    endpoint->tcpip = tcpip;
    endpoint->process_id = process_id;
    endpoint->account = account;
    endpoint->protocol = (uint8_t)protocol;
    endpoint->family = (uint8_t)family;
    endpoint->receive_buffer = RECEIVE_BUFFER;
    return endpoint;
}

void endpoint_set_listener(struct endpoint *endpoint, const struct endpoint_listener *listener,
                           void *owner)
{
    endpoint->listener = listener;
    endpoint->owner = owner;
}

void endpoint_close(struct tcpip *tcpip, struct endpoint *endpoint)
{
    ASSERT(endpoint->tcpip == tcpip && !endpoint->orphan);
    endpoint->listener = NULL;
    while (endpoint->held != NULL) {
        struct reservation *orphan = endpoint->held;
        endpoint->held = orphan->next_held;
        orphan->next_held = NULL;
        orphan->holder = NULL;
    }
    if (endpoint->protocol == PROTOCOL_TCP && tcp_endpoint_closed(endpoint))
        endpoint->orphan = true;
    else
        endpoint_forget(endpoint);
    SLOW(tcpip_check(tcpip));
}

void endpoint_forget(struct endpoint *endpoint)
{
    if (endpoint->protocol == PROTOCOL_UDP)
        udp_endpoint_closed(endpoint);
    if (endpoint->bound)
        endpoint_unbind(endpoint);
    endpoint_dissociate(endpoint);
    arena_give(endpoint->tcpip->arena, endpoint, sizeof *endpoint);
}

/* Whether it is in the table of ports. */
static bool endpoint_in_table(const struct endpoint *endpoint)
{
    return endpoint->bound && endpoint->protocol != PROTOCOL_RAW && !endpoint->shares_port &&
           !endpoint->foreign;
}

enum protocol endpoint_pool(const struct endpoint *endpoint)
{
    return endpoint->protocol == PROTOCOL_RAW ? PROTOCOL_UDP : (enum protocol)endpoint->protocol;
}

void endpoint_dissociate(struct endpoint *endpoint)
{
    if (endpoint->association == NULL)
        return;
    reservation_unreference(endpoint->tcpip, endpoint->association);
    endpoint->association = NULL;
}

/* The port goes back to its block, except by two defects: it may be used up for good, or be the
 * next that automatic choice gives to anyone.
 */
static void return_to_block(struct tcpip *tcpip, struct endpoint *endpoint)
{
    struct reservation *block = endpoint->association;

    if (block == NULL || !reservation_contains(block, endpoint->port))
        return;
    if (block->kind == ENTRY_PERSISTENT && BEHAVES(tcpip->profile, returned_port, dynamic_pool))
        tcpip->pools[endpoint->protocol].returned = endpoint->port;
    if (!BEHAVES(tcpip->profile, port_reuse_in_block, never))
        return;
    if (block->spent == NULL)
        block->spent = ARENA_NEW(tcpip->arena, struct portset);
    if (block->spent != NULL)
        portset_add(block->spent, endpoint->port);
}

/* Who leaves a port may have stood in the way of somebody else's block choice: every block around
 * it looks there again.
 */
static void tell_blocks(struct tcpip *tcpip, uint32_t port)
{
    for (enum protocol p = 0; p < PROTOCOL_COUNT; p++) {
        struct block_walk walk = blockindex_overlapping(&tcpip->pools[p].blocks, port, port + 1);
        struct reservation *block;
        while ((block = block_walk_next(&walk)) != NULL)
            blockchoice_returned(block, port);
    }
}

void endpoint_unbind(struct endpoint *endpoint)
{
    struct tcpip *tcpip = endpoint->tcpip;

    ASSERT(endpoint->bound);
    bool in_table = endpoint_in_table(endpoint);
    endpoint->bound = false;
    endpoint->listening = false;
    endpoint->shares_port = false;
    if (!in_table) {
        endpoint->port = 0;
        return;
    }

    struct pool *pool = &tcpip->pools[endpoint->protocol];
    porttable_remove(&pool->bound, endpoint);
    if (endpoint->options.port_scalability)
        pool->scalable--;
    if (!endpoint->overlooked)
        pool_port_free(tcpip, endpoint->protocol, endpoint->port);
    if (endpoint->association != NULL)
        blockchoice_returned(endpoint->association, endpoint->port);
    tell_blocks(tcpip, endpoint->port);
    return_to_block(tcpip, endpoint);
    endpoint->overlooked = false;
    endpoint->port = 0;
}

bool endpoint_is_bound(const struct endpoint *endpoint)
{
    return endpoint->bound;
}

const struct address *endpoint_address(const struct endpoint *endpoint)
{
    return &endpoint->address;
}

uint16_t endpoint_port(const struct endpoint *endpoint)
{
    return endpoint->bound ? endpoint->port : 0;
}

/* Where an endpoint stands was settled at bind; so was how its port was chosen. */
void endpoint_set_options(struct endpoint *endpoint, const struct endpoint_options *options)
{
    if (!endpoint->bound || !BEHAVES(endpoint->tcpip->profile, option_after_bind, takes_effect))
        return;
    endpoint->options.reuse_address = options->reuse_address;
    endpoint->options.exclusive_address = options->exclusive_address;
    endpoint->options.reuse_multicast_port = options->reuse_multicast_port;
    endpoint->options.cpu_affinity = options->cpu_affinity;
}

void endpoint_set_listening(struct endpoint *endpoint, bool listening)
{
    ASSERT(!listening || endpoint->bound);
    endpoint->listening = listening;
}

struct endpoint *endpoint_find_listener(struct tcpip *tcpip, const struct address *address,
                                        uint16_t port)
{
    struct standing target;
    struct endpoint *best = NULL;
    int best_fit = 0;

    if (!standing_of(address, true, &target))
        return NULL;
    for (struct endpoint *e = porttable_at(&tcpip->pools[PROTOCOL_TCP].bound, port); e != NULL;
         e = e->next) {
        int fit = e->listening ? standing_fit(&e->standing, &target) : 0;
        if (fit > best_fit) {
            best = e;
            best_fit = fit;
        }
    }
    return best;
}

void endpoint_check(const struct endpoint *endpoint)
{
    ASSERT(endpoint->tcpip != NULL);
    ASSERT(endpoint->protocol <= PROTOCOL_RAW && endpoint->family < FAMILY_COUNT);
    ASSERT((endpoint->previous != NULL) == endpoint_in_table(endpoint));
    if (endpoint->bound && endpoint->protocol != PROTOCOL_RAW)
        ASSERT(endpoint->port != 0);
    if (endpoint->listening)
        ASSERT(endpoint->bound);
    if (endpoint->protocol == PROTOCOL_TCP)
        tcp_check(endpoint);
    if (endpoint->protocol == PROTOCOL_UDP)
        udp_check(endpoint);
    if (endpoint->association != NULL)
        ASSERT(endpoint->association->references > 0);
}
