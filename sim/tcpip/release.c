/* The end of runtime reservations: SIO_RELEASE_PORT_RESERVATION, and the acquiring socket's close.
 */
#include "sim/engine/check.h"
#include "sim/nt/nt.h"
#include "sim/tcpip/endpoint.h"
#include "sim/tcpip/pool.h"
#include "sim/tcpip/reservation.h"
#include "sim/tcpip/store.h"

static nt_status check_requester(const struct tcpip *tcpip, const struct endpoint *through,
                                 const struct requester *requester, const struct reservation *block)
{
    nt_status status = STATUS_SUCCESS;
    uint32_t end = reservation_limit(block);

    if (block->process_id != requester->process_id && !requester->shares_holder)
        status = WSA_ANSWER(tcpip, release_foreign);
    if (status == STATUS_SUCCESS && block->holder != through)
        status = WSA_ANSWER(tcpip, release_other_socket);
    if (status == STATUS_SUCCESS && block->protocol != endpoint_pool(through))
        status = WSA_ANSWER(tcpip, release_other_protocol);
    if (status == STATUS_SUCCESS &&
        pool_next_used(tcpip, (enum protocol)block->pool, block->first, end) != end)
        status = WSA_ANSWER(tcpip, release_in_use);
    return status;
}

/* `released_bound_port = handed_out`: whoever is bound in the block no longer counts. */
static void overlook_bound(struct tcpip *tcpip, const struct reservation *block)
{
    const struct porttable *bound = &tcpip->pools[block->pool].bound;
    uint32_t end = reservation_limit(block);

    for (uint32_t port = porttable_next_bound(bound, block->first, end); port < end;
         port = porttable_next_bound(bound, port + 1, end))
        for (struct endpoint *e = porttable_at(bound, port); e != NULL; e = e->next)
            e->overlooked = true;
}

/* Ends a block that nobody has a right to object to losing. */
static nt_status end_block(struct tcpip *tcpip, struct reservation *block,
                           enum reservation_state why)
{
    nt_status status = store_erase_block(tcpip, block);
    if (status != STATUS_SUCCESS)
        return status;
    reservation_end(tcpip, block, why);
    return STATUS_SUCCESS;
}

nt_status reservation_release(struct tcpip *tcpip, struct endpoint *through,
                              const struct requester *requester, uint64_t token)
{
    ASSERT(through->tcpip == tcpip);
    struct reservation *block = tokens_find(&tcpip->tokens, token);
    if (block == NULL)
        return WSA_ANSWER(tcpip, release_unknown);
    nt_status status = block->kind == ENTRY_RUNTIME
                           ? check_requester(tcpip, through, requester, block)
                           : WSA_ANSWER(tcpip, release_persistent);
    if (status != STATUS_SUCCESS)
        return status;

    if (BEHAVES(tcpip->profile, release_frees, never)) {
        reservation_strand(tcpip, block);
        return STATUS_SUCCESS;
    }
    if (BEHAVES(tcpip->profile, released_bound_port, handed_out))
        overlook_bound(tcpip, block);
    status = end_block(tcpip, block, RESERVATION_RELEASED);
    SLOW(tcpip_check(tcpip));
    return status;
}

/* Ends the blocks of a process that no holder is left for. */
static void end_orphans(struct tcpip *tcpip, enum protocol pool, uint32_t process_id)
{
    const struct blockindex *blocks = &tcpip->pools[pool].blocks;

    for (uint32_t i = blocks->count; i > 0; i--) {
        struct reservation *block = blocks->places[i - 1].block;
        if (block->kind == ENTRY_RUNTIME && block->holder == NULL &&
            block->process_id == process_id)
            (void)end_block(tcpip, block, RESERVATION_CLOSED);
    }
}

void reservation_process_ended(struct tcpip *tcpip, uint32_t process_id)
{
    if (BEHAVES(tcpip->profile, process_exit, survives))
        return;
    for (enum protocol p = 0; p < PROTOCOL_COUNT; p++)
        end_orphans(tcpip, p, process_id);
    SLOW(tcpip_check(tcpip));
}

void reservation_holder_closed(struct tcpip *tcpip, struct endpoint *holder, bool process_ended)
{
    bool survives = process_ended ? BEHAVES(tcpip->profile, process_exit, survives)
                                  : BEHAVES(tcpip->profile, socket_close, survives);

    while (holder->held != NULL) {
        struct reservation *block = holder->held;
        holder->held = block->next_held;
        block->next_held = NULL;
        block->holder = NULL;
        /* Without power nothing can be erased, and nothing needs to: the boot decides. */
        if (!survives)
            (void)end_block(tcpip, block, RESERVATION_CLOSED);
    }
    if (process_ended && BEHAVES(tcpip->profile, socket_close, survives))
        reservation_process_ended(tcpip, holder->process_id);
    SLOW(tcpip_check(tcpip));
}

struct endpoint *reservation_holder(struct tcpip *tcpip, uint64_t token)
{
    const struct reservation *block = tokens_find(&tcpip->tokens, token);

    return block == NULL ? NULL : block->holder;
}

uint32_t reservation_owner(struct tcpip *tcpip, uint64_t token)
{
    const struct reservation *block = tokens_find(&tcpip->tokens, token);

    return block == NULL ? 0 : block->process_id;
}
