#include "sim/tcpip/blockchoice.h"

#include "sim/engine/check.h"
#include "sim/engine/engine.h"
#include "sim/nt/nt.h"
#include "sim/tcpip/bindrules.h"
#include "sim/tcpip/endpoint.h"
#include "sim/tcpip/pool.h"
#include "sim/tcpip/reservation.h"

static bool is_free(const struct tcpip *tcpip, const struct reservation *block,
                    const struct block_wish *wish, uint32_t port)
{
    bool once = BEHAVES(tcpip->profile, block_per_address, once);

    if (block->spent != NULL && portset_has(block->spent, port))
        return false;
    for (const struct endpoint *e = porttable_at(&tcpip->pools[wish->protocol].bound, port);
         e != NULL; e = e->next)
        if (!e->overlooked &&
            (once || bindrules_meet(tcpip->profile, &e->standing, &wish->standing)))
            return false;
    return true;
}

/* The lowest free port from `first` on, or `end`. */
static uint32_t next_free(const struct tcpip *tcpip, const struct reservation *block,
                          const struct block_wish *wish, uint32_t first, uint32_t end)
{
    for (uint32_t port = first; port < end; port++)
        if (is_free(tcpip, block, wish, port))
            return port;
    return end;
}

/* All below the hint is in the way of those who stand where the last wish did. For another standing
 * the search starts over. A block of 60,000 ports would be slow without it.
 */
static uint32_t lowest_free(const struct tcpip *tcpip, struct reservation *block,
                            const struct block_wish *wish, uint32_t end)
{
    if (block->hint_protocol != wish->protocol ||
        !standing_equal(&block->hint_for, &wish->standing)) {
        block->hint_protocol = (uint8_t)wish->protocol;
        block->hint_for = wish->standing;
        block->hint = block->first;
    }
    if (block->hint < end)
        block->hint = next_free(tcpip, block, wish, block->hint, end);
    return block->hint < end ? block->hint : 0;
}

uint32_t blockchoice_choose(struct tcpip *tcpip, struct reservation *block,
                            const struct block_wish *wish)
{
    const struct profile *profile = tcpip->profile;
    uint32_t end = reservation_limit(block);

    if (BEHAVES(profile, block_end, forgotten))
        end--;
    uint32_t lowest = lowest_free(tcpip, block, wish, end);
    if (lowest == 0)
        return 0;

    bool random =
        BEHAVES(profile, block_selection, random) ||
        (wish->options->randomize_port && BEHAVES(profile, randomize_in_block, randomizes));
    uint32_t start = block->cursor;
    if (random)
        start = block->first +
                (uint32_t)choose(&tcpip->nt->engine->choices, CHOICE_PORT, end - block->first);
    else if (!BEHAVES(profile, block_selection, next))
        return lowest;
    uint32_t port = start < end ? next_free(tcpip, block, wish, start, end) : end;
    return port < end ? port : lowest;
}

void blockchoice_used(struct reservation *block, uint32_t port)
{
    ASSERT(reservation_contains(block, port));
    block->cursor = port + 1 < reservation_limit(block) ? port + 1 : block->first;
}

void blockchoice_returned(struct reservation *block, uint32_t port)
{
    if (reservation_contains(block, port) && port < block->hint)
        block->hint = port;
}
