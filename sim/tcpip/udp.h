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
    bool loop;          /* IP_MULTICAST_LOOP, the sender's: see `multicast_loop` */
    uint32_t interface; /* IP_MULTICAST_IF, an index or 0 */
};

/* Sends from a bound endpoint. Nobody there: for a host of this wire an ICMP port unreachable comes
 * back, which the next udp_receive reports, unless udp_set_unreachable(false) or it is unconnected
 * by the profile.
 *   STATUS_BUFFER_OVERFLOW too long; STATUS_NETWORK_UNREACHABLE; STATUS_INSUFFICIENT_RESOURCES
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
    uint8_t ttl;
    bool broadcast, multicast;
};

/* Copies the oldest datagram to `bytes`, cut to `size`, and forgets it unless `peek`.
 *   STATUS_PENDING          none is there
 *   STATUS_BUFFER_OVERFLOW  it was cut; the rest is lost (not when peeking)
 *   STATUS_PORT_UNREACHABLE an earlier datagram was refused (WSAECONNRESET); told once
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

/* IP_ADD_MEMBERSHIP and its kin; interface 0 is the default one.
 *   STATUS_INVALID_ADDRESS_COMPONENT  not a multicast address, no such interface, not a member
 *   STATUS_INVALID_PARAMETER          a member already
 */
nt_status udp_join(struct endpoint *endpoint, const struct address *group, uint32_t interface,
                   const struct address *source);
nt_status udp_leave(struct endpoint *endpoint, const struct address *group, uint32_t interface,
                    const struct address *source);

/* Nothing from that source (IP_BLOCK_SOURCE), for a member of the whole group; or again.
 *   STATUS_INVALID_ADDRESS_COMPONENT  no group, not a member; not blocked
 *   STATUS_INVALID_PARAMETER          blocked already
 */
nt_status udp_block(struct endpoint *endpoint, const struct address *group, uint32_t interface,
                    const struct address *source, bool blocked);

/* IP_MULTICAST_LOOP of the receiver, which is whose it is on Windows; on at first. */
void udp_set_loop(struct endpoint *endpoint, bool on);

void udp_check(const struct endpoint *endpoint);

#endif
