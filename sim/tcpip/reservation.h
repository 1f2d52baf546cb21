/* The record of a block of ports: runtime reservation, persistent reservation, administered
 * exclusion or somebody else's block. tcpip.h has the calls.
 *
 * A record stands in the index of its pool while its ports are held. It may outlive that: endpoints
 * that are associated with it keep it until they are bound elsewhere or closed.
 */
#ifndef SIM_TCPIP_RESERVATION_H
#define SIM_TCPIP_RESERVATION_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/tcpip/standing.h"
#include "sim/tcpip/tcpip.h"

struct portset;

/*            reservation_insert()            reservation_end()
 *   FRESH ------------------------> HELD ----------------------> RELEASED or CLOSED
 *
 * Memory goes when it is not HELD and no endpoint is associated.
 */
enum reservation_state {
    RESERVATION_FRESH,
    RESERVATION_HELD,
    RESERVATION_RELEASED, /* released, or deleted */
    RESERVATION_CLOSED    /* its holder was closed */
};

struct reservation {
    uint32_t first, count;
    uint32_t slot;           /* in the registry; REGISTRY_NO_SLOT when it is not on the disk */
    uint32_t references;     /* endpoints associated with it */
    uint64_t token;          /* 0 when it has none */
    uint64_t alias;          /* a second token that Lookup gives, or 0; see `lookup_token` */
    struct endpoint *holder; /* of a runtime block; NULL when nobody's closing ends it */
    struct reservation *next_held; /* acquired on the same holder before this one */
    struct reservation *next;      /* in the list of spare or dormant records */
    struct portset *spent;         /* ports used up for good, by `port_reuse_in_block`; or NULL */
    uint32_t process_id;
    uint32_t cursor; /* the next port of `block_selection = next` */
    /* Each port below `hint` is spent, or has an endpoint of `hint_protocol` in the way of one that
     * stands at `hint_for`.
     */
    uint32_t hint;
    struct standing hint_for;
    uint8_t hint_protocol;
    uint8_t kind;     /* enum entry_kind */
    uint8_t state;    /* enum reservation_state */
    uint8_t protocol; /* enum protocol: whose sockets may use it */
    uint8_t pool;     /* enum protocol: whose ports it takes; the same but for a defect */
    uint8_t family;   /* enum family of the acquiring socket; runtime blocks only */
    bool in_family[FAMILY_COUNT]; /* where an exclusion holds; true for all others */
};

static inline uint32_t reservation_limit(const struct reservation *reservation)
{
    return reservation->first + reservation->count;
}

static inline bool reservation_contains(const struct reservation *reservation, uint32_t port)
{
    return port >= reservation->first && port < reservation_limit(reservation);
}

bool reservation_has_token(const struct reservation *reservation, uint64_t token);

/* A fresh record for ports of `pool`, with room for it in the index; or NULL when the arena is
 * full. It belongs to the caller until it is inserted or dropped.
 */
struct reservation *reservation_new(struct tcpip *tcpip, enum entry_kind kind, enum protocol pool,
                                    const struct port_range *range);

/* Gives a fresh record back. */
void reservation_drop(struct tcpip *tcpip, struct reservation *reservation);

/* Takes the ports, under the token the record has. */
void reservation_insert(struct tcpip *tcpip, struct reservation *reservation);

/* Gives the ports back and forgets the tokens; the holder loses it. */
void reservation_end(struct tcpip *tcpip, struct reservation *reservation,
                     enum reservation_state why);

/* Takes a block out of the index without forgetting it: fresh again, and the caller's. It must have
 * neither holder nor token nor associated endpoints.
 */
void reservation_withdraw(struct tcpip *tcpip, struct reservation *reservation);

/* Leaves the ports held by nobody: what some defects do. Tokens are forgotten. */
void reservation_strand(struct tcpip *tcpip, struct reservation *reservation);

void reservation_reference(struct reservation *reservation);
void reservation_unreference(struct tcpip *tcpip, struct reservation *reservation);

/* Gives the reservation a new token, for which the caller has made room in the tokens. */
void reservation_give_token(struct tcpip *tcpip, struct reservation *reservation);

void reservation_check(const struct reservation *reservation);

#endif
