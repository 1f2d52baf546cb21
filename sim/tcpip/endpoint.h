/* An endpoint: what a socket is to the book of ports. tcpip.h has the calls; this is the record. */
#ifndef SIM_TCPIP_ENDPOINT_H
#define SIM_TCPIP_ENDPOINT_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/tcpip/standing.h"
#include "sim/tcpip/tcp.h"
#include "sim/tcpip/tcpip.h"

struct endpoint {
    struct tcpip *tcpip;
    struct endpoint *next;                    /* on the same port, bound after this one */
    struct endpoint *previous;                /* the one before; of the first, the last */
    struct reservation *association;          /* NULL, or counted in its references */
    struct reservation *held;                 /* runtime blocks acquired on it, the latest first */
    const struct endpoint_listener *listener; /* who is told; or NULL */
    void *owner;                              /* is what it is told */
    union {
        struct tcp *tcp;               /* NULL, or the connection */
        struct tcp_listening *listens; /* since tcp_listen; NULL while `listening` by itself */
        struct udp *udp;               /* NULL until something is there to keep */
    };
    uint32_t process_id;
    uint32_t account;
    struct address address;          /* as bound */
    struct standing standing;        /* the same, for comparing */
    struct endpoint_options options; /* as they stood at bind */
    uint32_t receive_buffer;         /* SO_RCVBUF */
    uint32_t keep_alive_idle_ms, keep_alive_interval_ms;
    struct tcp_patience patience;
    uint16_t port;
    uint8_t protocol;         /* enum protocol */
    uint8_t family;           /* enum family */
    uint8_t keep_alive_count; /* probes without an answer; 0 for the system's */
    bool keep_alive : 1, no_delay : 1, urgent_inline : 1;
    bool orphan : 1;      /* closed; a connection holds its port */
    bool shares_port : 1; /* accepted: bound through its listener, not in the table of ports */
    bool foreign : 1;     /* of a host beyond the wire: not in the book */
    bool has_queue : 1;   /* has listened: `listens` it is, not `tcp` */
    bool bound : 1;       /* a raw endpoint may be bound without being in the table of ports */
    bool listening : 1;
    bool overlooked : 1; /* counts as unbound for everyone else: see `released_bound_port` */
};

_Static_assert(sizeof(struct endpoint) <= 160, "endpoints come by the hundred thousand");

/* The protocol whose ports it uses; raw endpoints are given UDP's by the defect that reserves for
 * them.
 */
enum protocol endpoint_pool(const struct endpoint *endpoint);

/* Takes a bound endpoint out of the table; its port goes where the profile says. */
void endpoint_unbind(struct endpoint *endpoint);

/* Tells the owner, if there is one who wants to know. */
#define ENDPOINT_TELL(endpoint, what)                                                              \
    do {                                                                                           \
        const struct endpoint_listener *tell_listener = (endpoint)->listener;                      \
        if (tell_listener != NULL && tell_listener->what != NULL)                                  \
            tell_listener->what((endpoint)->owner);                                                \
    } while (0)

/* The last of an endpoint: out of the book and out of memory. */
void endpoint_forget(struct endpoint *endpoint);

void endpoint_check(const struct endpoint *endpoint);

#endif
