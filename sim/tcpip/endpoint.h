/* An endpoint: what a socket is to the book of ports. tcpip.h has the calls; this is the record. */
#ifndef SIM_TCPIP_ENDPOINT_H
#define SIM_TCPIP_ENDPOINT_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/tcpip/standing.h"
#include "sim/tcpip/tcpip.h"

struct endpoint {
    struct tcpip *tcpip;
    struct endpoint *next;           /* on the same port, bound after this one */
    struct endpoint *previous;       /* the one before; of the first, the last */
    struct reservation *association; /* NULL, or counted in its references */
    struct reservation *held;        /* runtime blocks acquired on it, the latest first */
    uint32_t process_id;
    uint32_t account;
    struct address address;          /* as bound */
    struct standing standing;        /* the same, for comparing */
    struct endpoint_options options; /* as they stood at bind */
    uint16_t port;
    uint8_t protocol; /* enum protocol */
    uint8_t family;   /* enum family */
    bool bound;       /* a raw endpoint may be bound without being in the table of ports */
    bool listening;
    bool overlooked; /* counts as unbound for everyone else: see `released_bound_port` */
};

_Static_assert(sizeof(struct endpoint) <= 192, "endpoints come by the hundred thousand");

/* The protocol whose ports it uses; raw endpoints are given UDP's by the defect that reserves for
 * them.
 */
enum protocol endpoint_pool(const struct endpoint *endpoint);

/* Takes a bound endpoint out of the table; its port goes where the profile says. */
void endpoint_unbind(struct endpoint *endpoint);

void endpoint_check(const struct endpoint *endpoint);

#endif
