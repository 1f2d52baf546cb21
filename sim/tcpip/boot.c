/* Start and orderly end of TCP/IP, and its invariant as a whole. */
#include "sim/engine/arena.h"
#include "sim/engine/check.h"
#include "sim/engine/engine.h"
#include "sim/nt/nt.h"
#include "sim/tcpip/connection.h"
#include "sim/tcpip/endpoint.h"
#include "sim/tcpip/foreign.h"
#include "sim/tcpip/pool.h"
#include "sim/tcpip/remote.h"
#include "sim/tcpip/reservation.h"
#include "sim/tcpip/store.h"

/* 49152 to 65535 since Vista (BIND-004). */
static const struct port_range default_dynamic = {.first = 49152, .count = 16384};

enum { FEWEST_DYNAMIC_PORTS = 255 };

/* Close to the end of the numbers, so that every run that moves some bytes passes it. */
static const uint32_t FIRST_SEQUENCE = 0xffff0000;

struct boot {
    struct tcpip *tcpip;
    uint32_t max_user_port; /* 0: not set */
    bool full;              /* the arena */
};

static bool is_kept(const struct tcpip *tcpip, const struct stored_block *stored)
{
    return stored->kind != ENTRY_RUNTIME || BEHAVES(tcpip->profile, runtime_restart, survives);
}

static void read_block(struct boot *boot, const struct stored_block *stored)
{
    struct tcpip *tcpip = boot->tcpip;

    if (!is_kept(tcpip, stored))
        return;
    struct reservation *block =
        reservation_new(tcpip, stored->kind, stored->protocol, &stored->range);
    if (block == NULL) {
        boot->full = true;
        return;
    }
    block->slot = stored->slot;
    block->in_family[FAMILY_4] = stored->in_family[FAMILY_4];
    block->in_family[FAMILY_6] = stored->in_family[FAMILY_6];
    block->state = RESERVATION_HELD;
    if (BEHAVES(tcpip->profile, token_restart, same))
        block->token = stored->token;
    blockindex_append(&tcpip->pools[stored->protocol].blocks, block);
    pool_take_block(tcpip, block);
}

static void read_range(struct tcpip *tcpip, const struct stored_range *stored, uint32_t slot)
{
    struct pool *pool = &tcpip->pools[stored->protocol];
    bool shared = BEHAVES(tcpip->profile, dynamic_range_families, shared);

    pool->dynamic_slots[stored->family] = slot;
    if (shared != (stored->family == DYNAMIC_SHARED))
        return;
    for (enum family f = 0; f < FAMILY_COUNT; f++)
        if (shared || stored->family == (uint32_t)f)
            pool->dynamic[f] = stored->range;
}

static void read_value(void *context, const struct registry_value *value)
{
    struct boot *boot = context;
    struct stored_block block;
    struct stored_range range;
    uint32_t max_user_port;

    if (store_read_block(value, &block))
        read_block(boot, &block);
    else if (store_read_dynamic_range(value, &range))
        read_range(boot->tcpip, &range, value->slot);
    else if ((max_user_port = store_read_max_user_port(value)) != 0)
        boot->max_user_port = max_user_port;
    else
        engine_trace(boot->tcpip->nt->engine, "tcpip: registry slot %u makes no sense, skipped",
                     (unsigned)value->slot);
}

/* MaxUserPort lowers the top of a range (BIND-007). One so low that it leaves fewer ports than
 * netsh would take is passed over: the pages do not say what becomes of it.
 */
static void cap_dynamic_range(struct port_range *range, uint32_t max_user_port)
{
    uint32_t end = max_user_port + 1;

    if (max_user_port != 0 && end < range->first + range->count &&
        end >= range->first + FEWEST_DYNAMIC_PORTS)
        range->count = end - range->first;
}

/* Tokens that were kept name their blocks again. Any other token is made at the first Lookup: who
 * has not asked since the boot knows none.
 */
static bool name_kept_tokens(struct tcpip *tcpip, const struct blockindex *blocks)
{
    if (!BEHAVES(tcpip->profile, token_restart, same))
        return true;
    if (!tokens_reserve(&tcpip->tokens, blocks->count))
        return false;
    for (uint32_t i = 0; i < blocks->count; i++) {
        struct reservation *block = blocks->places[i].block;
        if (tokens_find(&tcpip->tokens, block->token) != NULL)
            block->token = 0;
        tokens_name(&tcpip->tokens, block->token, block);
    }
    return true;
}

static bool finish_pool(struct boot *boot, struct pool *pool)
{
    struct engine *engine = boot->tcpip->nt->engine;

    for (enum family f = 0; f < FAMILY_COUNT; f++)
        cap_dynamic_range(&pool->dynamic[f], boot->max_user_port);
    const struct port_range *range = &pool->dynamic[FAMILY_4];
    pool->cursor = range->first + (uint32_t)choose(&engine->choices, CHOICE_PORT, range->count);
    return blockindex_sort(&pool->blocks, boot->tcpip->arena) &&
           name_kept_tokens(boot->tcpip, &pool->blocks);
}

struct tcpip *tcpip_boot(struct nt *nt)
{
    struct engine *engine = nt->engine;
    struct tcpip *tcpip = ARENA_NEW(&engine->arena, struct tcpip);
    struct boot boot = {.tcpip = tcpip};

    if (tcpip == NULL || !engine_keep_room(engine))
        return NULL;
    tcpip->nt = nt;
    tcpip->arena = &engine->arena;
    tcpip->profile = nt->profile;
    link_boot(&tcpip->link);
    tcpip->next_sequence = FIRST_SEQUENCE;
    tokens_boot(&tcpip->tokens, engine, nt->profile, nt->boots);
    for (enum protocol p = 0; p < PROTOCOL_COUNT; p++) {
        struct pool *pool = &tcpip->pools[p];
        for (enum family f = 0; f < FAMILY_COUNT; f++)
            pool->dynamic[f] = default_dynamic;
        for (uint32_t slot = 0; slot < DYNAMIC_SLOTS; slot++)
            pool->dynamic_slots[slot] = REGISTRY_NO_SLOT;
    }

    nt_status status = registry_boot(&nt->registry, nt->disk, engine, read_value, &boot);
    if (status != STATUS_SUCCESS || boot.full)
        return NULL;
    for (enum protocol p = 0; p < PROTOCOL_COUNT; p++)
        if (!finish_pool(&boot, &tcpip->pools[p]))
            return NULL;
    if (!foreign_boot(tcpip))
        return NULL;
    SLOW(tcpip_check(tcpip));
    return tcpip;
}

/* What `persistent_restart = lost_by_power_cut` has put off. */
void tcpip_shut_down(struct tcpip *tcpip)
{
    if (!BEHAVES(tcpip->profile, persistent_restart, lost_by_power_cut))
        return;
    for (enum protocol p = 0; p < PROTOCOL_COUNT; p++) {
        const struct blockindex *blocks = &tcpip->pools[p].blocks;
        for (uint32_t i = 0; i < blocks->count; i++) {
            struct reservation *block = blocks->places[i].block;
            if (block->kind == ENTRY_PERSISTENT && block->slot == REGISTRY_NO_SLOT &&
                store_block(tcpip, block) != STATUS_SUCCESS)
                return;
        }
    }
}

void tcpip_check(const struct tcpip *tcpip)
{
    ASSERT(tcpip->nt != NULL && tcpip->profile != NULL && tcpip->arena != NULL);
    tokens_check(&tcpip->tokens);
    for (enum protocol p = 0; p < PROTOCOL_COUNT; p++)
        pool_check(tcpip, p);
    tcp_check_all(tcpip);
    remote_check(tcpip);
    for (const struct reservation *r = tcpip->dormant; r != NULL; r = r->next) {
        ASSERT(r->state == RESERVATION_FRESH && r->kind == ENTRY_EXCLUSION);
        ASSERT(r->slot != REGISTRY_NO_SLOT && r->references == 0);
    }
    for (const struct reservation *r = tcpip->spare; r != NULL; r = r->next)
        ASSERT(r->count == 0 && r->references == 0);
}

void pool_visit(const struct tcpip *tcpip, enum protocol protocol, pool_visitor *visit,
                void *context)
{
    const struct blockindex *blocks = &tcpip->pools[protocol].blocks;

    for (uint32_t i = 0; i < blocks->count; i++) {
        const struct reservation *block = blocks->places[i].block;
        const struct pool_entry entry = {
            .range = {block->first, block->count},
            .kind = (enum entry_kind)block->kind,
            .stored = block->slot != REGISTRY_NO_SLOT,
            .family_4 = block->in_family[FAMILY_4],
            .family_6 = block->in_family[FAMILY_6],
            .token = block->token,
            .process_id = block->process_id,
        };
        visit(context, &entry);
    }
}

void bound_visit(const struct tcpip *tcpip, enum protocol protocol, bound_visitor *visit,
                 void *context)
{
    const struct porttable *bound = &tcpip->pools[protocol].bound;

    for (uint32_t port = porttable_next_bound(bound, 0, PORT_END); port < PORT_END;
         port = porttable_next_bound(bound, port + 1, PORT_END))
        for (const struct endpoint *e = porttable_at(bound, port); e != NULL; e = e->next) {
            if (e->orphan)
                continue;
            const struct bound_port entry = {
                .endpoint = e,
                .address = e->address,
                .port = e->port,
                .process_id = e->process_id,
                .dual_stack = e->options.dual_stack,
            };
            visit(context, &entry);
        }
}
