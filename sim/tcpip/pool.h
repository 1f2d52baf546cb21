/* The ports of one protocol, and the machine's TCP/IP that has two such pools. */
#ifndef SIM_TCPIP_POOL_H
#define SIM_TCPIP_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/tcpip/blockindex.h"
#include "sim/tcpip/interfaces.h"
#include "sim/tcpip/link.h"
#include "sim/tcpip/portset.h"
#include "sim/tcpip/porttable.h"
#include "sim/tcpip/tcpip.h"
#include "sim/tcpip/tokens.h"
#include "sim/tcpip/tuples.h"

/* Where the store keeps a protocol's dynamic ranges: one value for both families, or one each. */
enum { DYNAMIC_SHARED = FAMILY_COUNT, DYNAMIC_SLOTS };

struct pool {
    /* What automatic choice keeps out of: ports in use, and ports of blocks. */
    struct portset taken;
    struct porttable bound;
    struct blockindex blocks;
    struct port_range dynamic[FAMILY_COUNT];
    uint32_t cursor;   /* where automatic choice goes on; may lie outside of a range set since */
    uint32_t returned; /* the next automatic choice, by `returned_port`; 0 for none */
    uint32_t scalable; /* bound endpoints with SO_PORT_SCALABILITY */
    uint32_t dynamic_slots[DYNAMIC_SLOTS]; /* in the registry, or REGISTRY_NO_SLOT */
};

struct tcpip {
    struct nt *nt;
    struct arena *arena;
    const struct profile *profile;
    struct tokens tokens;
    struct reservation *spare;  /* records for reuse */
    struct reservation *unused; /* the rest of the records last taken from the arena */
    uint32_t unused_count;
    struct reservation *dormant; /* on the disk, but taken out of the active store until the boot */
    struct pool pools[PROTOCOL_COUNT];
    struct link link;
    struct interface_traffic traffic[LINK_END]; /* by interface */
    struct protocol_counts counts[FAMILY_COUNT];
    struct remote_host *hosts; /* beyond the wire, in the order added */
    struct tuples tuples;      /* every TCP connection that is not closed */
    struct tcp_list time_wait; /* in the order in which they end */
    struct tcp_list owed;      /* resets there was no memory for */
    bool owed_awaited;         /* an event comes for them */
    uint64_t time_wait_event;  /* for the first of them */
    uint32_t next_sequence;    /* where the next connection's numbers start */
};

/* The profile's answer to a question, as a status: of a Winsock call, of a Win32 call. */
#define WSA_ANSWER(tcpip, question) nt_status_from_wsa(BEHAVIOUR_VALUE((tcpip)->profile, question))
#define WIN32_ANSWER(tcpip, question)                                                              \
    nt_status_from_win32(BEHAVIOUR_VALUE((tcpip)->profile, question))

static inline enum protocol other_protocol(enum protocol protocol)
{
    return protocol == PROTOCOL_TCP ? PROTOCOL_UDP : PROTOCOL_TCP;
}

/* Whether the block keeps automatic choice of that pool off its ports. */
bool pool_block_counts(const struct tcpip *tcpip, enum protocol protocol,
                       const struct reservation *block);

/* The block's ports are taken, in each pool it counts in. */
void pool_take_block(struct tcpip *tcpip, const struct reservation *block);

/* What is taken in the range is found anew, in both pools: a block there ended or changed. */
void pool_refresh(struct tcpip *tcpip, uint32_t first, uint32_t end);

/* An endpoint was bound; is about to be gone from its port, where no other is left. */
void pool_port_used(struct tcpip *tcpip, enum protocol protocol, uint32_t port);
void pool_port_free(struct tcpip *tcpip, enum protocol protocol, uint32_t port);

/* The lowest port in use from `first` up to but without `end`, or `end`. */
uint32_t pool_next_used(const struct tcpip *tcpip, enum protocol protocol, uint32_t first,
                        uint32_t end);

/* The lowest start of `count` ports in a row inside the range that are neither in use nor in a
 * block, or PORT_END. An exclusion of one family alone is in the way of a block too.
 */
uint32_t pool_find_run(const struct tcpip *tcpip, enum protocol protocol, uint32_t first,
                       uint32_t end, uint32_t count);

void pool_check(const struct tcpip *tcpip, enum protocol protocol);

#endif
