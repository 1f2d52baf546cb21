/* bind: the order of its checks is the order in which this file asks them.
 *
 *   1. bound already                                    4. the port: own block, others' blocks,
 *   2. the address                                         automatic choice
 *   3. the association: ended, or not the caller's       5. who else holds it, the first bound
 * first
 *
 * The reservation pages say nothing of an order; a block is asked before the endpoints in it
 * because outsiders were seen to get WSAEACCES whether or not the port was in use.
 */
#include <string.h>

#include "sim/engine/check.h"
#include "sim/nt/nt.h"
#include "sim/tcpip/bindrules.h"
#include "sim/tcpip/blockchoice.h"
#include "sim/tcpip/connection.h"
#include "sim/tcpip/endpoint.h"
#include "sim/tcpip/ephemeral.h"
#include "sim/tcpip/pool.h"
#include "sim/tcpip/reservation.h"

struct bind_request {
    const struct address *address;
    const struct endpoint_options *options;
    struct standing standing;
    struct reservation *block; /* the port comes from there; NULL for an ordinary bind */
    uint32_t port;             /* the one asked for, then the one found */
    uint32_t cursor;           /* automatic choice goes on there; 0 when it was not asked */
    bool administrator;
    bool shares; /* by a defect: whoever holds the port is not asked */
};

static nt_status check_address(const struct tcpip *tcpip, const struct endpoint *endpoint,
                               struct bind_request *request)
{
    bool datagram = endpoint->protocol != PROTOCOL_TCP;

    if (!standing_of(request->address, request->options->dual_stack, &request->standing))
        return STATUS_INVALID_ADDRESS_COMPONENT;
    enum locality locality = standing_locality(request->address, &request->standing);
    if (locality == LOCALITY_LOCAL || (locality == LOCALITY_MULTICAST && datagram))
        return STATUS_SUCCESS;
    if (locality == LOCALITY_BROADCAST && datagram) {
        if (request->options->broadcast)
            return STATUS_SUCCESS;
        return WSA_ANSWER(tcpip, bind_broadcast);
    }
    return WSA_ANSWER(tcpip, bind_foreign_address);
}

/* What became of a block that ended while the endpoint was associated with it. */
static nt_status use_ended_block(const struct tcpip *tcpip, struct bind_request *request)
{
    const struct profile *profile = tcpip->profile;

    if (request->block->state == RESERVATION_CLOSED) {
        if (BEHAVES(profile, bind_after_close, old_block))
            return STATUS_SUCCESS;
        if (!BEHAVES(profile, bind_after_close, ordinary))
            return WSA_ANSWER(tcpip, bind_after_close);
    } else {
        if (BEHAVES(profile, bind_after_release, old_block))
            return STATUS_SUCCESS;
        if (!BEHAVES(profile, bind_after_release, ordinary))
            return WSA_ANSWER(tcpip, bind_after_release);
    }
    request->block = NULL;
    return STATUS_SUCCESS;
}

static nt_status check_association(const struct tcpip *tcpip, struct bind_request *request)
{
    if (request->block == NULL)
        return STATUS_SUCCESS;
    if (request->block->state != RESERVATION_HELD)
        return use_ended_block(tcpip, request);
    if (request->block->kind != ENTRY_RUNTIME && !request->administrator &&
        BEHAVES(tcpip->profile, bind_privilege, checked))
        return STATUS_ACCESS_DENIED;
    return STATUS_SUCCESS;
}

/* What an endpoint without association gets for a port of this block. */
static nt_status ask_block(const struct tcpip *tcpip, const struct endpoint *endpoint,
                           const struct standing *standing, const struct reservation *block)
{
    switch ((enum entry_kind)block->kind) {
    case ENTRY_RUNTIME:
        if (block->process_id == endpoint->process_id)
            return WSA_ANSWER(tcpip, owner_bind);
        return WSA_ANSWER(tcpip, outsider_bind);
    case ENTRY_FOREIGN:
        return WSA_ANSWER(tcpip, outsider_bind);
    case ENTRY_PERSISTENT:
        return WSA_ANSWER(tcpip, persistent_outsider_bind);
    case ENTRY_EXCLUSION:
        if (!block->in_family[standing->family] && !(standing->dual && block->in_family[FAMILY_4]))
            return STATUS_SUCCESS;
        return WSA_ANSWER(tcpip, bind_in_exclusion);
    }
    ABSURD("no such kind of block");
}

static nt_status ask_blocks(const struct tcpip *tcpip, const struct endpoint *endpoint,
                            const struct bind_request *request)
{
    enum protocol protocol = (enum protocol)endpoint->protocol;
    struct block_walk walk =
        blockindex_overlapping(&tcpip->pools[protocol].blocks, request->port, request->port + 1);
    const struct reservation *block;

    while ((block = block_walk_next(&walk)) != NULL) {
        nt_status status = ask_block(tcpip, endpoint, &request->standing, block);
        if (status != STATUS_SUCCESS)
            return status;
    }
    if (BEHAVES(tcpip->profile, other_protocol_bind, granted))
        return STATUS_SUCCESS;
    walk = blockindex_overlapping(&tcpip->pools[other_protocol(protocol)].blocks, request->port,
                                  request->port + 1);
    while ((block = block_walk_next(&walk)) != NULL)
        if (block->kind == ENTRY_RUNTIME)
            return WSA_ANSWER(tcpip, other_protocol_bind);
    return STATUS_SUCCESS;
}

static nt_status take_given_port(const struct tcpip *tcpip, const struct endpoint *endpoint,
                                 struct bind_request *request)
{
    const struct reservation *block = request->block;

    if (block == NULL)
        return ask_blocks(tcpip, endpoint, request);
    if (!reservation_contains(block, request->port)) {
        nt_status status = WSA_ANSWER(tcpip, bind_outside_block);
        return status == STATUS_SUCCESS ? ask_blocks(tcpip, endpoint, request) : status;
    }
    if (block->spent != NULL && portset_has(block->spent, request->port))
        return STATUS_SHARING_VIOLATION;
    return WSA_ANSWER(tcpip, bind_in_own_block);
}

static nt_status choose_in_range(struct tcpip *tcpip, const struct endpoint *endpoint,
                                 struct bind_request *request)
{
    const struct ephemeral_wish wish = {
        .protocol = (enum protocol)endpoint->protocol,
        .family = (enum family)endpoint->family,
        .standing = request->standing,
        .options = request->options,
    };
    struct ephemeral_choice choice = ephemeral_choose(tcpip, &wish);

    if (choice.port == 0)
        return WSA_ANSWER(tcpip, ephemeral_exhausted);
    request->port = choice.port;
    request->cursor = choice.cursor;
    request->shares = true; /* nobody stands there, or a defect does not care */
    return STATUS_SUCCESS;
}

static nt_status choose_port(struct tcpip *tcpip, const struct endpoint *endpoint,
                             struct bind_request *request)
{
    const struct block_wish wish = {
        .protocol = (enum protocol)endpoint->protocol,
        .standing = request->standing,
        .options = request->options,
    };

    if (request->block == NULL || BEHAVES(tcpip->profile, associated_bind, dynamic_range))
        return choose_in_range(tcpip, endpoint, request);
    request->port = blockchoice_choose(tcpip, request->block, &wish);
    if (request->port != 0) {
        request->shares = true;
        return STATUS_SUCCESS;
    }
    if (BEHAVES(tcpip->profile, block_exhausted, falls_back))
        return choose_in_range(tcpip, endpoint, request);
    return WSA_ANSWER(tcpip, block_exhausted);
}

/* Two sockets with SO_REUSEADDR on one port of their block (`reuse_in_block`). */
static nt_status judge_in_block(const struct tcpip *tcpip, const struct endpoint *first,
                                const struct bind_request *request)
{
    bool both = request->block != NULL && first->association == request->block &&
                reservation_contains(request->block, request->port) &&
                first->options.reuse_address && request->options->reuse_address &&
                bindrules_meet(tcpip->profile, &first->standing, &request->standing);

    if (both && BEHAVES(tcpip->profile, reuse_in_block, wsaeaddrinuse))
        return STATUS_SHARING_VIOLATION;
    if (both && BEHAVES(tcpip->profile, reuse_in_block, wsaeacces))
        return STATUS_ACCESS_DENIED;
    return STATUS_SUCCESS;
}

/* Connections whose socket is closed, and those that a closed listener accepted: they keep their
 * port from an explicit bind only when it was held exclusively ("until the accepted connection is
 * no longer active", Using SO_REUSEADDR and SO_EXCLUSIVEADDRUSE). Else a bind succeeds, and what
 * fails is connecting by a tuple in use (the NFS client's commit a17018a2).
 */
static nt_status ask_orphan(const struct tcpip *tcpip, const struct endpoint *orphan,
                            const struct bind_request *request)
{
    if (BEHAVES(tcpip->profile, bind_over_closing, refused) && !request->options->reuse_address &&
        bindrules_meet(tcpip->profile, &orphan->standing, &request->standing))
        return STATUS_SHARING_VIOLATION;
    return STATUS_SUCCESS;
}

/* Of several who object, the first bound is heard. */
static nt_status ask_holders(const struct tcpip *tcpip, const struct endpoint *endpoint,
                             const struct bind_request *request)
{
    const struct claim second = {
        .standing = request->standing,
        .options = request->options,
        .account = endpoint->account,
        .protocol = (enum protocol)endpoint->protocol,
    };
    const struct porttable *bound = &tcpip->pools[endpoint->protocol].bound;

    for (const struct endpoint *e = porttable_at(bound, request->port); e != NULL; e = e->next) {
        if (e->overlooked || e == endpoint)
            continue;
        if (e->orphan && !e->options.exclusive_address) {
            if (ask_orphan(tcpip, e, request) != STATUS_SUCCESS)
                return STATUS_SHARING_VIOLATION;
            continue;
        }
        const struct claim first = {
            .standing = e->standing,
            .options = &e->options,
            .account = e->account,
            .protocol = (enum protocol)e->protocol,
        };
        nt_status status = bindrules_judge(tcpip->profile, &first, &second);
        if (status == STATUS_SUCCESS)
            status = judge_in_block(tcpip, e, request);
        if (status != STATUS_SUCCESS)
            return status;
    }
    return STATUS_SUCCESS;
}

static nt_status find_port(struct tcpip *tcpip, struct endpoint *endpoint,
                           struct bind_request *request)
{
    nt_status status = check_address(tcpip, endpoint, request);
    if (status != STATUS_SUCCESS || endpoint->protocol == PROTOCOL_RAW)
        return status;
    status = check_association(tcpip, request);
    if (status != STATUS_SUCCESS)
        return status;

    status = request->port == 0 ? choose_port(tcpip, endpoint, request)
                                : take_given_port(tcpip, endpoint, request);
    if (status == STATUS_SUCCESS && !request->shares)
        status = ask_holders(tcpip, endpoint, request);
    if (status != STATUS_SUCCESS)
        return status;
    if (!porttable_reserve(&tcpip->pools[endpoint->protocol].bound, tcpip->arena, request->port))
        return STATUS_INSUFFICIENT_RESOURCES;
    return STATUS_SUCCESS;
}

static void settle(struct tcpip *tcpip, struct endpoint *endpoint,
                   const struct bind_request *request)
{
    endpoint->address = *request->address;
    endpoint->standing = request->standing;
    endpoint->options = *request->options;
    endpoint->port = (uint16_t)request->port;
    endpoint->bound = true;
    if (endpoint->protocol == PROTOCOL_RAW)
        return;

    struct pool *pool = &tcpip->pools[endpoint->protocol];
    porttable_add(&pool->bound, endpoint);
    pool_port_used(tcpip, endpoint->protocol, request->port);
    if (endpoint->options.port_scalability)
        pool->scalable++;
    if (request->cursor != 0)
        pool->cursor = request->cursor;
    if (pool->returned == request->port)
        pool->returned = 0;
    if (request->block != NULL && reservation_contains(request->block, request->port))
        blockchoice_used(request->block, request->port);
    ASSERT(portset_has(&pool->taken, request->port));
    SLOW(tcpip_check(tcpip));
}

/* `second_bind_call = rebinds`: the old place is given up only for a new one. */
static nt_status rebind(struct tcpip *tcpip, struct endpoint *endpoint,
                        struct bind_request *request)
{
    nt_status status = find_port(tcpip, endpoint, request);

    if (status != STATUS_SUCCESS)
        return status;
    bool listening = endpoint->listening;
    endpoint_unbind(endpoint);
    settle(tcpip, endpoint, request);
    endpoint->listening = listening;
    return STATUS_SUCCESS;
}

static nt_status bind_to(struct tcpip *tcpip, struct endpoint *endpoint,
                         struct bind_request *request)
{
    ASSERT(endpoint->tcpip == tcpip);
    ASSERT(request->address->family == (enum family)endpoint->family);
    if (endpoint->bound) {
        bool idle = endpoint_tcp(endpoint) == NULL; /* a connection keeps its port, even so */
        if (idle && BEHAVES(tcpip->profile, second_bind_call, rebinds))
            return rebind(tcpip, endpoint, request);
        return STATUS_ADDRESS_ALREADY_ASSOCIATED;
    }

    nt_status status = find_port(tcpip, endpoint, request);
    if (status == STATUS_SUCCESS)
        settle(tcpip, endpoint, request);
    else if (BEHAVES(tcpip->profile, refused_bind, drops_association))
        endpoint_dissociate(endpoint);
    return status;
}

nt_status endpoint_bind(struct tcpip *tcpip, struct endpoint *endpoint,
                        const struct address *address, uint16_t port,
                        const struct endpoint_options *options, bool administrator)
{
    struct bind_request request = {
        .address = address,
        .options = options,
        .block = endpoint->association,
        .port = port,
        .administrator = administrator,
    };

    return bind_to(tcpip, endpoint, &request);
}

nt_status endpoint_bind_implicitly(struct tcpip *tcpip, struct endpoint *endpoint,
                                   const struct endpoint_options *options, bool administrator)
{
    const struct address wildcard = {.family = (enum family)endpoint->family};
    struct bind_request request = {
        .address = &wildcard,
        .options = options,
        .block = endpoint->association,
        .administrator = administrator,
    };

    if (BEHAVES(tcpip->profile, implicit_bind, never))
        return STATUS_SUCCESS;
    if (BEHAVES(tcpip->profile, implicit_bind, dynamic_range))
        request.block = NULL;
    return bind_to(tcpip, endpoint, &request);
}
