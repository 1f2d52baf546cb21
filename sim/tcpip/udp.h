/* UDP: datagrams, multicast, broadcast, and what comes back of them. Over wire.h, one event a
 * datagram. The receiving endpoint's owner is told by `readable` (tcp.h, endpoint_listener).
 */
#ifndef SIM_TCPIP_UDP_H
#define SIM_TCPIP_UDP_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/tcpip/tcpip.h"

enum { UDP_PAYLOAD_MAX = 65507 };

struct udp_sending {
    const void *bytes;
    uint32_t size;
    struct address to;
    uint16_t port;
    uint8_t ttl;        /* of multicast too */
    uint8_t tos;        /* or traffic class; the lowest two bits are ECN's */
    bool loop;          /* IP_MULTICAST_LOOP, the sender's: see `multicast_loop` */
    bool whole;         /* IP_DONTFRAGMENT */
    bool has_source;    /* IP_PKTINFO says where from */
    uint32_t interface; /* that it goes out by: IP_MULTICAST_IF, IP_UNICAST_IF, IP_PKTINFO; or 0 */
    uint32_t mtu;       /* IP_USER_MTU; 0 for the interface's */
    uint32_t piece;     /* UDP_SEND_MSG_SIZE: each so long, the last what is left; 0 for one */
    struct address source;
};

/* What WSASendMsg's control data says of one message, before the options; below 0 for nothing. */
struct udp_wishes {
    struct address source;
    uint32_t interface;
    int32_t ttl, tos, ecn, piece;
    bool has_source;
};

/* Sends from a bound endpoint. Nobody there: for a host of this wire an ICMP port unreachable comes
 * back, which the next udp_receive reports, unless udp_set_unreachable(false) or it is unconnected
 * by the profile.
 *   STATUS_BUFFER_OVERFLOW too long, or for the MTU when it must stay whole
 *   STATUS_NETWORK_UNREACHABLE  no way there by that interface or from that address
 *   STATUS_INVALID_ADDRESS_COMPONENT  the source is none of this machine's
 *   STATUS_INSUFFICIENT_RESOURCES
 */
nt_status udp_send(struct endpoint *endpoint, const struct udp_sending *sending);

/* Only datagrams from there are received (connect); NULL for all. */
void udp_set_peer(struct endpoint *endpoint, const struct address *address, uint16_t port);

struct udp_datagram {
    struct address from;
    struct address to; /* where it was sent: IP_PKTINFO */
    uint16_t port;
    uint32_t size; /* of the datagram, however much was copied */
    uint32_t interface;
    uint32_t piece; /* of several that were coalesced: how long each is, but for the last; else 0 */
    uint8_t ttl, tos;
    bool broadcast, multicast;
    bool is_4; /* as it travelled, whatever family the socket is of */
};

/* Copies the oldest datagram to `bytes`, cut to `size`, and forgets it unless `peek`.
 *   STATUS_PENDING          none is there
 *   STATUS_BUFFER_OVERFLOW  it was cut; the rest is lost (not when peeking)
 *   STATUS_PORT_UNREACHABLE an earlier datagram was refused (WSAECONNRESET); told once
 *   STATUS_NETWORK_NAME_DELETED  an earlier one's time to live was over on the way (WSAENETRESET)
 */
nt_status udp_receive(struct endpoint *endpoint, void *bytes, uint32_t size, bool peek,
                      struct udp_datagram *datagram);

/* The size of the oldest datagram (FIONREAD: of all that wait), 0 when none; whether an error
 * waits.
 */
struct udp_view {
    uint32_t datagrams;
    uint32_t first_size;
    uint32_t bytes; /* of all */
    bool error;
};
void udp_look(const struct endpoint *endpoint, struct udp_view *view);

void udp_set_receive_buffer(struct endpoint *endpoint, uint32_t size);
void udp_set_unreachable(struct endpoint *endpoint, bool reported); /* SIO_UDP_CONNRESET */
void udp_set_expired(struct endpoint *endpoint, bool reported);     /* SIO_UDP_NETRESET */
void udp_set_broadcasts(struct endpoint *endpoint, bool heard);     /* IP_RECEIVE_BROADCAST */

/* UDP_RECV_MAX_COALESCED_SIZE: datagrams of one sender and one size, and a shorter one behind them,
 * are received as one, up to that many bytes. 0 for never.
 */
void udp_set_coalescing(struct endpoint *endpoint, uint32_t size);

/* IP_ADD_MEMBERSHIP and its kin; interface 0 is the default one.
 *   STATUS_INVALID_ADDRESS_COMPONENT  not a multicast address, no such interface, not a member
 *   STATUS_INVALID_PARAMETER          a member already; leaving one source of a whole group
 */
nt_status udp_join(struct endpoint *endpoint, const struct address *group, uint32_t interface,
                   const struct address *source);
nt_status udp_leave(struct endpoint *endpoint, const struct address *group, uint32_t interface,
                    const struct address *source);

/* Nothing from that source (IP_BLOCK_SOURCE), for a member of the whole group; or again.
 *   STATUS_INVALID_ADDRESS_COMPONENT  no group, not a member; blocked already
 *   STATUS_INVALID_PARAMETER          not blocked
 */
nt_status udp_block(struct endpoint *endpoint, const struct address *group, uint32_t interface,
                    const struct address *source, bool blocked);

/* The whole of a membership at once (SIO_SET_MULTICAST_FILTER): these sources alone, or all but
 * these. Including none leaves the group.
 *   STATUS_INVALID_ADDRESS_COMPONENT  no group, no such interface; to get: not a member
 */
enum { UDP_FILTER_MAX = 32 };
struct udp_filter {
    bool includes;
    uint32_t count;
    struct address sources[UDP_FILTER_MAX];
};
nt_status udp_set_filter(struct endpoint *endpoint, const struct address *group, uint32_t interface,
                         const struct udp_filter *filter);
nt_status udp_get_filter(const struct endpoint *endpoint, const struct address *group,
                         uint32_t interface, struct udp_filter *filter);

/* IP_MULTICAST_LOOP of the receiver, which is whose it is on Windows; on at first. */
void udp_set_loop(struct endpoint *endpoint, bool on);

void udp_check(const struct endpoint *endpoint);

#endif
