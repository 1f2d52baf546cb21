/* CreatePersistent..., DeletePersistent... and LookupPersistent...PortReservation. Create and
 * Delete write to the disk before anything else changes; when that fails, nothing has.
 */
#include "sim/engine/check.h"
#include "sim/nt/nt.h"
#include "sim/tcpip/pool.h"
#include "sim/tcpip/reservation.h"
#include "sim/tcpip/store.h"

static bool is_persistent(const struct reservation *block)
{
    return block->kind == ENTRY_PERSISTENT;
}

static bool is_runtime(const struct reservation *block)
{
    return block->kind == ENTRY_RUNTIME;
}

static bool is_exclusion(const struct reservation *block)
{
    return block->kind == ENTRY_EXCLUSION;
}

static struct reservation *find_exact(const struct tcpip *tcpip, enum protocol protocol,
                                      const struct port_range *range,
                                      bool (*accept)(const struct reservation *))
{
    return blockindex_exact(&tcpip->pools[protocol].blocks, range->first,
                            range->first + range->count, accept);
}

/* The first persistent block that overlaps the range, or only such as contain it. */
static struct reservation *find_near(const struct tcpip *tcpip, enum protocol protocol,
                                     const struct port_range *range, bool containing)
{
    uint32_t end = range->first + range->count;
    struct block_walk walk =
        blockindex_overlapping(&tcpip->pools[protocol].blocks, range->first, end);
    struct reservation *block;

    while ((block = block_walk_next(&walk)) != NULL) {
        bool contains = block->first <= range->first && reservation_limit(block) >= end;
        if (is_persistent(block) && (contains || !containing))
            return block;
    }
    return NULL;
}

/* Which comes first is the profile's (`check_order`). */
static nt_status first_of(const struct tcpip *tcpip, nt_status parameters, nt_status privilege)
{
    bool privilege_first = BEHAVES(tcpip->profile, check_order, privilege);
    nt_status first = privilege_first ? privilege : parameters;

    return first != STATUS_SUCCESS ? first : privilege_first ? parameters : privilege;
}

static nt_status check_administrator(const struct tcpip *tcpip, const struct token *token)
{
    if (token_may_reserve(token, tcpip->profile))
        return STATUS_SUCCESS;
    return BEHAVES(tcpip->profile, create_unelevated, granted) ? STATUS_SUCCESS
                                                               : STATUS_ACCESS_DENIED;
}

/* The lowest free run of the dynamic range, for `create_zero_start = wildcard`; 0 for none. */
static uint32_t place_wildcard(const struct tcpip *tcpip, enum protocol protocol, uint32_t count)
{
    struct port_range within = dynamic_range(tcpip, FAMILY_4, protocol);
    uint32_t first =
        pool_find_run(tcpip, protocol, within.first, within.first + within.count, count);

    return first == PORT_END ? 0 : first;
}

/* The range Create works on: as given, or as a defect makes it. */
static nt_status check_create(const struct tcpip *tcpip, enum protocol protocol,
                              struct port_range *range, bool want_token)
{
    nt_status status = STATUS_SUCCESS;

    if (range->count == 0) {
        status = WIN32_ANSWER(tcpip, create_zero_count);
        range->count = 1;
    }
    if (status == STATUS_SUCCESS && range->first == 0) {
        status = WIN32_ANSWER(tcpip, create_zero_start);
        range->first = place_wildcard(tcpip, protocol, range->count);
        if (status == STATUS_SUCCESS && range->first == 0)
            status = STATUS_SHARING_VIOLATION;
    }
    if (status == STATUS_SUCCESS && range->first + range->count > PORT_END) {
        status = WIN32_ANSWER(tcpip, create_past_end);
        range->count = PORT_END - range->first;
    }
    if (status == STATUS_SUCCESS && !want_token)
        status = WIN32_ANSWER(tcpip, create_null_token);
    return status;
}

static nt_status ask_block(const struct tcpip *tcpip, const struct reservation *block,
                           const struct port_range *range)
{
    switch ((enum entry_kind)block->kind) {
    case ENTRY_RUNTIME:
    case ENTRY_FOREIGN:
        return WIN32_ANSWER(tcpip, create_over_runtime);
    case ENTRY_PERSISTENT:
        if (BEHAVES(tcpip->profile, create_overlap, only_equal) &&
            (block->first != range->first || block->count != range->count))
            return STATUS_SUCCESS;
        return STATUS_SHARING_VIOLATION;
    case ENTRY_EXCLUSION:
        return STATUS_SHARING_VIOLATION;
    }
    ABSURD("no such kind of block");
}

static nt_status ask_obstacles(const struct tcpip *tcpip, enum protocol protocol,
                               const struct port_range *range)
{
    uint32_t end = range->first + range->count;
    struct block_walk walk =
        blockindex_overlapping(&tcpip->pools[protocol].blocks, range->first, end);
    const struct reservation *block;

    while ((block = block_walk_next(&walk)) != NULL) {
        nt_status status = ask_block(tcpip, block, range);
        if (status != STATUS_SUCCESS)
            return status;
    }
    if (BEHAVES(tcpip->profile, persistent_protocols, one_space) &&
        find_near(tcpip, other_protocol(protocol), range, false) != NULL)
        return STATUS_SHARING_VIOLATION;
    if (pool_next_used(tcpip, protocol, range->first, end) != end)
        return WIN32_ANSWER(tcpip, create_in_use);
    return STATUS_SUCCESS;
}

/* A token that goes to the disk has to be known before; any other is made after, so that a write
 * that fails uses none up.
 */
static nt_status store_created(struct tcpip *tcpip, struct reservation *block)
{
    const struct profile *profile = tcpip->profile;

    if (BEHAVES(profile, token_restart, same))
        reservation_give_token(tcpip, block);
    nt_status status = STATUS_SUCCESS;
    if (BEHAVES(profile, persistent_restart, survives))
        status = store_block(tcpip, block);
    if (status != STATUS_SUCCESS) {
        tokens_retire(&tcpip->tokens, block->token, block);
        reservation_drop(tcpip, block);
        return status;
    }
    if (!BEHAVES(profile, token_restart, same))
        reservation_give_token(tcpip, block);
    return STATUS_SUCCESS;
}

nt_status persistent_create(struct tcpip *tcpip, enum protocol protocol,
                            const struct port_range *range, const struct token *token,
                            bool want_token, uint64_t *out)
{
    struct port_range wanted = *range;

    ASSERT(protocol < PROTOCOL_COUNT && range->first < PORT_END && range->count < PORT_END);
    nt_status parameters = check_create(tcpip, protocol, &wanted, want_token);
    nt_status status = first_of(tcpip, parameters, check_administrator(tcpip, token));
    if (status == STATUS_SUCCESS)
        status = ask_obstacles(tcpip, protocol, &wanted);
    if (status != STATUS_SUCCESS)
        return status;

    if (!tokens_reserve(&tcpip->tokens, 1))
        return STATUS_INSUFFICIENT_RESOURCES;
    struct reservation *block = reservation_new(tcpip, ENTRY_PERSISTENT, protocol, &wanted);
    if (block == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = store_created(tcpip, block);
    if (status != STATUS_SUCCESS)
        return status;
    reservation_insert(tcpip, block);
    *out = block->token;
    SLOW(tcpip_check(tcpip));
    return STATUS_SUCCESS;
}

/* What Delete and Lookup refuse whatever is reserved. */
static nt_status check_range(const struct tcpip *tcpip, const struct port_range *range)
{
    if (range->first == 0 || range->count == 0)
        return STATUS_INVALID_PARAMETER;
    if (range->first + range->count > PORT_END)
        return WIN32_ANSWER(tcpip, lookup_past_end);
    return STATUS_SUCCESS;
}

static nt_status delete_block(struct tcpip *tcpip, struct reservation *block)
{
    uint32_t end = reservation_limit(block);
    enum protocol pool = (enum protocol)block->pool;

    if (pool_next_used(tcpip, pool, block->first, end) != end) {
        nt_status status = WIN32_ANSWER(tcpip, delete_in_use);
        if (status != STATUS_SUCCESS)
            return status;
    }
    if (!BEHAVES(tcpip->profile, deleted_restart, returns)) {
        nt_status status = store_erase_block(tcpip, block);
        if (status != STATUS_SUCCESS)
            return status;
    }
    if (BEHAVES(tcpip->profile, delete_keeps_ports, keeps))
        reservation_strand(tcpip, block);
    else
        reservation_end(tcpip, block, RESERVATION_RELEASED);
    return STATUS_SUCCESS;
}

static nt_status delete_what_is_there(struct tcpip *tcpip, enum protocol protocol,
                                      const struct port_range *range)
{
    struct reservation *block = find_exact(tcpip, protocol, range, is_persistent);
    if (block != NULL)
        return delete_block(tcpip, block);

    nt_status status;
    block = find_near(tcpip, protocol, range, false);
    if (block != NULL) {
        status = WIN32_ANSWER(tcpip, delete_inexact);
        return status == STATUS_SUCCESS ? delete_block(tcpip, block) : status;
    }
    block = find_exact(tcpip, protocol, range, is_runtime);
    if (block != NULL) {
        status = WIN32_ANSWER(tcpip, delete_runtime);
        return status == STATUS_SUCCESS ? delete_block(tcpip, block) : status;
    }
    return WIN32_ANSWER(tcpip, delete_missing);
}

nt_status persistent_delete(struct tcpip *tcpip, enum protocol protocol,
                            const struct port_range *range, const struct token *token)
{
    ASSERT(protocol < PROTOCOL_COUNT && range->first < PORT_END && range->count < PORT_END);
    nt_status status =
        first_of(tcpip, check_range(tcpip, range), check_administrator(tcpip, token));
    if (status == STATUS_SUCCESS)
        status = delete_what_is_there(tcpip, protocol, range);
    if (status == STATUS_SUCCESS && BEHAVES(tcpip->profile, delete_both, both))
        (void)delete_what_is_there(tcpip, other_protocol(protocol), range);
    SLOW(tcpip_check(tcpip));
    return status;
}

/* The token Lookup gives for the block. Room for a second name is made before one is issued. */
static nt_status token_of(struct tcpip *tcpip, struct reservation *block, uint64_t *out)
{
    const struct profile *profile = tcpip->profile;

    if (BEHAVES(profile, lookup_token, useless)) {
        *out = tokens_make(&tcpip->tokens);
        return STATUS_SUCCESS;
    }
    bool alias = BEHAVES(profile, lookup_token, alias) && block->token != 0;
    uint64_t *token = alias ? &block->alias : &block->token;
    if (*token == 0) {
        if (!tokens_reserve(&tcpip->tokens, 1))
            return STATUS_INSUFFICIENT_RESOURCES;
        *token = tokens_make(&tcpip->tokens);
        tokens_name(&tcpip->tokens, *token, block);
    }
    *out = *token;
    return STATUS_SUCCESS;
}

static nt_status find_for_lookup(struct tcpip *tcpip, enum protocol protocol,
                                 const struct port_range *range, struct reservation **out)
{
    enum protocol other = other_protocol(protocol);

    if ((*out = find_exact(tcpip, protocol, range, is_persistent)) != NULL)
        return STATUS_SUCCESS;
    if ((*out = find_near(tcpip, protocol, range, true)) != NULL)
        return WIN32_ANSWER(tcpip, lookup_inexact);
    if ((*out = find_exact(tcpip, protocol, range, is_exclusion)) != NULL)
        return WIN32_ANSWER(tcpip, lookup_exclusion);
    if ((*out = find_exact(tcpip, protocol, range, is_runtime)) != NULL)
        return WIN32_ANSWER(tcpip, lookup_runtime);
    if ((*out = find_exact(tcpip, other, range, is_persistent)) != NULL)
        return WIN32_ANSWER(tcpip, lookup_other_protocol);
    return STATUS_NOT_FOUND;
}

static nt_status look_up(struct tcpip *tcpip, enum protocol protocol,
                         const struct port_range *range, const struct token *token, bool want_token,
                         uint64_t *out)
{
    nt_status privilege = STATUS_SUCCESS;
    if (check_administrator(tcpip, token) != STATUS_SUCCESS)
        privilege = WIN32_ANSWER(tcpip, lookup_unelevated);
    nt_status parameters = check_range(tcpip, range);
    if (parameters == STATUS_SUCCESS && !want_token)
        parameters = WIN32_ANSWER(tcpip, create_null_token);
    nt_status status = first_of(tcpip, parameters, privilege);
    if (status != STATUS_SUCCESS)
        return status;

    struct reservation *block;
    status = find_for_lookup(tcpip, protocol, range, &block);
    return status == STATUS_SUCCESS ? token_of(tcpip, block, out) : status;
}

nt_status persistent_lookup(struct tcpip *tcpip, enum protocol protocol,
                            const struct port_range *range, const struct token *token,
                            bool want_token, uint64_t *out)
{
    ASSERT(protocol < PROTOCOL_COUNT && range->first < PORT_END && range->count < PORT_END);
    nt_status status = look_up(tcpip, protocol, range, token, want_token, out);
    if (status != STATUS_SUCCESS && want_token &&
        BEHAVES(tcpip->profile, lookup_failure_token, zero))
        *out = 0;
    SLOW(tcpip_check(tcpip));
    return status;
}
