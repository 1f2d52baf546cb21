/* UDP from the inside; udp.h has the calls. A datagram is one piece of memory from the send to the
 * receive: an event carries it, then the receiver's queue.
 */
#ifndef SIM_TCPIP_DATAGRAM_H
#define SIM_TCPIP_DATAGRAM_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/tcpip/place.h"
#include "sim/tcpip/udp.h"

struct datagram {
    struct datagram *next;
    struct tcpip *tcpip;
    struct place from, to;
    uint32_t size;
    uint32_t interface;
    uint8_t ttl, tos;
    bool loops;   /* a multicast reaches this machine too */
    bool refusal; /* not bytes but word that nobody was at `from` */
    bool expired; /* a refusal: its time to live was over before */
    unsigned char bytes[];
};

struct membership {
    struct membership *next;
    struct place group, source; /* without ports; `source` only with one of the two below */
    uint32_t interface;
    bool by_source; /* from that source alone */
    bool blocked;   /* nothing from that source */
};

struct udp {
    struct datagram *first, *last;
    struct membership *memberships;
    uint32_t count, bytes;
    struct place peer;
    bool has_peer;
    bool refused, expired; /* to be told by the next receive */
    bool refusals_ignored; /* SIO_UDP_CONNRESET */
    bool expiries_ignored; /* SIO_UDP_NETRESET */
    bool no_broadcasts;    /* IP_RECEIVE_BROADCAST is off */
    uint32_t coalesced;    /* UDP_RECV_MAX_COALESCED_SIZE */
    bool deaf;             /* IP_MULTICAST_LOOP is off: nothing of this machine's own groups */
};

struct udp *endpoint_udp(struct endpoint *endpoint); /* NULL when the arena is full */
void udp_endpoint_closed(struct endpoint *endpoint);

/* An event: the datagram reaches where it was sent. */
void datagram_arrive(void *context, uint64_t argument);
void datagram_give(struct datagram *datagram);
void udp_drop_first(struct udp *udp);

/* Puts it on the wire, which owns it from now on. False when the arena is full. */
bool datagram_transmit(struct datagram *datagram);

/* Sends word back that nobody is there, or that it came no further than the router. */
void datagram_refuse(const struct datagram *datagram, bool expired);

/* Whether the endpoint wants this datagram, which was sent to a group. */
bool udp_is_member(const struct endpoint *endpoint, const struct datagram *datagram);
void udp_leave_all(struct tcpip *tcpip, struct udp *udp);

#endif
