#include "sim/tcpip/reservation.h"

#include "sim/engine/arena.h"
#include "sim/engine/check.h"
#include "sim/tcpip/endpoint.h"
#include "sim/tcpip/pool.h"

/* Records come from the arena by the dozen: a boot with a thousand of them has microseconds. */
enum { RECORDS_AT_ONCE = 64 };

bool reservation_has_token(const struct reservation *reservation, uint64_t token)
{
    return reservation->state == RESERVATION_HELD && token != 0 &&
           (reservation->token == token || reservation->alias == token);
}

static struct reservation *take_record(struct tcpip *tcpip)
{
    struct reservation *record = tcpip->spare;

    if (record != NULL) {
        tcpip->spare = record->next;
        return record;
    }
    if (tcpip->unused_count == 0) {
        tcpip->unused = arena_take(tcpip->arena, RECORDS_AT_ONCE * sizeof *record);
        if (tcpip->unused == NULL)
            return NULL;
        tcpip->unused_count = RECORDS_AT_ONCE;
    }
    tcpip->unused_count--;
    return tcpip->unused++;
}

struct reservation *reservation_new(struct tcpip *tcpip, enum entry_kind kind, enum protocol pool,
                                    const struct port_range *range)
{
    ASSERT(range->first > 0 && range->count > 0);
    ASSERT(range->first + range->count <= PORT_END);
    if (!blockindex_reserve(&tcpip->pools[pool].blocks, tcpip->arena))
        return NULL;
    struct reservation *reservation = take_record(tcpip);
    if (reservation == NULL)
        return NULL;
    /* All else is zero: the arena gave it so, or reservation_drop left it so. */
    reservation->next = NULL;
    reservation->first = range->first;
    reservation->count = range->count;
    reservation->slot = REGISTRY_NO_SLOT;
    reservation->cursor = range->first;
    reservation->hint = range->first;
    reservation->kind = (uint8_t)kind;
    reservation->protocol = (uint8_t)pool;
    reservation->pool = (uint8_t)pool;
    reservation->in_family[FAMILY_4] = true;
    reservation->in_family[FAMILY_6] = true;
    return reservation;
}

void reservation_drop(struct tcpip *tcpip, struct reservation *reservation)
{
    ASSERT(reservation->state != RESERVATION_HELD);
    ASSERT(reservation->references == 0 && reservation->holder == NULL);
    ASSERT(reservation->token == 0 || reservation->state == RESERVATION_FRESH);
    if (reservation->spent != NULL)
        arena_give(tcpip->arena, reservation->spent, sizeof *reservation->spent);
    *reservation = (struct reservation){.next = tcpip->spare};
    tcpip->spare = reservation;
}

void reservation_give_token(struct tcpip *tcpip, struct reservation *reservation)
{
    ASSERT(reservation->token == 0);
    reservation->token = tokens_make(&tcpip->tokens);
    tokens_name(&tcpip->tokens, reservation->token, reservation);
}

void reservation_insert(struct tcpip *tcpip, struct reservation *reservation)
{
    ASSERT(reservation->state == RESERVATION_FRESH);
    reservation->state = RESERVATION_HELD;
    blockindex_add(&tcpip->pools[reservation->pool].blocks, reservation);
    pool_take_block(tcpip, reservation);
}

static void forget_tokens(struct tcpip *tcpip, struct reservation *reservation)
{
    tokens_retire(&tcpip->tokens, reservation->token, reservation);
    tokens_retire(&tcpip->tokens, reservation->alias, reservation);
    reservation->token = 0;
    reservation->alias = 0;
}

static void leave_holder(struct reservation *reservation)
{
    if (reservation->holder == NULL)
        return;
    struct reservation **link = &reservation->holder->held;
    while (*link != reservation) {
        ASSERT(*link != NULL);
        link = &(*link)->next_held;
    }
    *link = reservation->next_held;
    reservation->next_held = NULL;
    reservation->holder = NULL;
}

void reservation_end(struct tcpip *tcpip, struct reservation *reservation,
                     enum reservation_state why)
{
    ASSERT(reservation->state == RESERVATION_HELD);
    ASSERT(why == RESERVATION_RELEASED || why == RESERVATION_CLOSED);
    forget_tokens(tcpip, reservation);
    leave_holder(reservation);
    blockindex_remove(&tcpip->pools[reservation->pool].blocks, reservation);
    reservation->state = (uint8_t)why;
    pool_refresh(tcpip, reservation->first, reservation_limit(reservation));
    if (reservation->references == 0)
        reservation_drop(tcpip, reservation);
}

void reservation_withdraw(struct tcpip *tcpip, struct reservation *reservation)
{
    ASSERT(reservation->state == RESERVATION_HELD);
    ASSERT(reservation->holder == NULL && reservation->references == 0);
    forget_tokens(tcpip, reservation);
    blockindex_remove(&tcpip->pools[reservation->pool].blocks, reservation);
    reservation->state = RESERVATION_FRESH;
    pool_refresh(tcpip, reservation->first, reservation_limit(reservation));
}

void reservation_strand(struct tcpip *tcpip, struct reservation *reservation)
{
    forget_tokens(tcpip, reservation);
    leave_holder(reservation);
    reservation->kind = ENTRY_RUNTIME;
    pool_refresh(tcpip, reservation->first, reservation_limit(reservation));
}

void reservation_reference(struct reservation *reservation)
{
    reservation->references++;
}

void reservation_unreference(struct tcpip *tcpip, struct reservation *reservation)
{
    ASSERT(reservation->references > 0);
    reservation->references--;
    if (reservation->references == 0 && reservation->state != RESERVATION_HELD)
        reservation_drop(tcpip, reservation);
}

void reservation_check(const struct reservation *reservation)
{
    uint32_t end = reservation_limit(reservation);

    ASSERT(reservation->first > 0 && reservation->count > 0 && end <= PORT_END);
    ASSERT(reservation->hint >= reservation->first && reservation->hint <= end);
    ASSERT(reservation->cursor >= reservation->first && reservation->cursor < end);
    ASSERT(reservation->in_family[FAMILY_4] || reservation->in_family[FAMILY_6]);
    if (reservation->kind != ENTRY_EXCLUSION)
        ASSERT(reservation->in_family[FAMILY_4] && reservation->in_family[FAMILY_6]);
    if (reservation->kind == ENTRY_FOREIGN)
        ASSERT(reservation->token == 0 && reservation->references == 0);
    if (reservation->holder == NULL)
        ASSERT(reservation->next_held == NULL);
    if (reservation->holder != NULL) {
        ASSERT(reservation->kind == ENTRY_RUNTIME && reservation->state == RESERVATION_HELD);
        ASSERT(reservation->holder->held != NULL);
    }
}
