/* Socket options: what each may be set to, when, and what it answers. Sizes and byte counts are the
 * caller's; here an option is a number.
 */
#ifndef SIM_AFD_OPTION_H
#define SIM_AFD_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/nt/status.h"

struct socket_object;

enum socket_option {
    SOCKET_REUSE_ADDRESS,
    SOCKET_EXCLUSIVE_ADDRESS,
    SOCKET_BROADCAST,
    SOCKET_DEBUG,
    SOCKET_DONT_ROUTE,
    SOCKET_KEEP_ALIVE,
    SOCKET_OOB_INLINE,
    SOCKET_LINGER_ON,
    SOCKET_LINGER_SECONDS,
    SOCKET_RECEIVE_BUFFER,
    SOCKET_SEND_BUFFER,
    SOCKET_RECEIVE_TIMEOUT,
    SOCKET_SEND_TIMEOUT,
    SOCKET_ERROR_CODE,
    SOCKET_RANDOMIZE_PORT,
    SOCKET_PORT_SCALABILITY,
    SOCKET_REUSE_UNICAST_PORT,
    SOCKET_REUSE_MULTICAST_PORT,
    SOCKET_V6_ONLY,
    SOCKET_NO_DELAY,
    SOCKET_ACCEPTS, /* from here on read only, and computed */
    SOCKET_CONNECT_TIME,
    SOCKET_MAX_MESSAGE_SIZE,
    SOCKET_OPTION_COUNT, /* from here on the rare ones: rare_option.c */
    SOCKET_CONDITIONAL_ACCEPT = SOCKET_OPTION_COUNT,
    SOCKET_PAUSE_ACCEPT,
    SOCKET_GROUP_PRIORITY,
    SOCKET_COMPARTMENT,
    SOCKET_UDP_CONNRESET, /* SIO_UDP_CONNRESET and the like are options below */
    SOCKET_UDP_NETRESET,
    SOCKET_LOOPBACK_FAST_PATH,
    SOCKET_EXPEDITED_1122,
    SOCKET_KEEP_IDLE, /* seconds */
    SOCKET_KEEP_COUNT,
    SOCKET_KEEP_INTERVAL, /* seconds */
    SOCKET_KEEP_IDLE_MS,  /* what the two say, or SIO_KEEPALIVE_VALS; 0 for the system's */
    SOCKET_KEEP_INTERVAL_MS,
    SOCKET_MAX_SEGMENT,
    SOCKET_MAX_RETRANSMIT,    /* seconds; UINT32_MAX for no end, which is what it reads at first */
    SOCKET_MAX_RETRANSMIT_MS, /* the same */
    SOCKET_PATIENCE_MS,       /* what the two say; 0 for the system's */
    SOCKET_FIRST_SYN_MS,      /* SIO_TCP_INITIAL_RTO; 0 for the system's */
    SOCKET_SYNS,              /* the same; this many at most */
    SOCKET_ACK_FREQUENCY,     /* SIO_TCP_SET_ACK_FREQUENCY; 0 for the system's */
    SOCKET_NO_SYN_RETRIES,
    SOCKET_TIMESTAMPS,
    SOCKET_DELAY_FIN_ACK,
    SOCKET_FAST_OPEN,
    SOCKET_FAIL_ON_ICMP_ERROR,
    SOCKET_STD_URGENT,
    SOCKET_NO_CHECKSUM,
    SOCKET_SEND_MESSAGE_SIZE,
    SOCKET_RECEIVE_COALESCED,
    SOCKET_TTL,
    SOCKET_TOS,
    SOCKET_DONT_FRAGMENT,
    SOCKET_HEADER_INCLUDED,
    SOCKET_MULTICAST_TTL,
    SOCKET_MULTICAST_LOOP,
    SOCKET_MULTICAST_IF, /* an index, or an address of this machine in network order */
    SOCKET_UNICAST_IF,
    SOCKET_PACKET_INFO,
    SOCKET_RECEIVE_TTL,
    SOCKET_RECEIVE_TOS,
    SOCKET_RECEIVE_ECN,
    SOCKET_RECEIVE_BROADCAST,
    SOCKET_RECEIVE_ERROR,
    SOCKET_ARRIVAL_IF,
    SOCKET_IF_LIST,
    SOCKET_RECEIVE_IF, /* from here to the context of both families */
    SOCKET_RECEIVE_DESTINATION,
    SOCKET_ROUTING_HEADER,
    SOCKET_RECEIVE_ROUTING,
    SOCKET_PACKET_INFO_EX,
    SOCKET_REDIRECT_RECORDS,
    SOCKET_REDIRECT_CONTEXT,
    SOCKET_GET_IF_LIST,
    SOCKET_MTU_DISCOVER,
    SOCKET_USER_MTU,
    SOCKET_MTU, /* read only, and computed */
    SOCKET_HOPS,
    SOCKET_DONT_FRAGMENT_6,
    SOCKET_HEADER_INCLUDED_6,
    SOCKET_MULTICAST_HOPS,
    SOCKET_MULTICAST_LOOP_6,
    SOCKET_MULTICAST_IF_6,
    SOCKET_UNICAST_IF_6,
    SOCKET_PACKET_INFO_6,
    SOCKET_HOP_LIMIT,
    SOCKET_TRAFFIC_CLASS,
    SOCKET_RECEIVE_ECN_6,
    SOCKET_RECEIVE_ERROR_6,
    SOCKET_IF_LIST_6,
    SOCKET_PROTECTION_LEVEL,
    SOCKET_CHECKSUM_OFFSET,
    SOCKET_MTU_DISCOVER_6,
    SOCKET_USER_MTU_6,
    SOCKET_RARE_END
};

/* The values of a fresh socket. */
void socket_default_options(struct socket_object *socket);

/* Sets an option. Of the rare ones:
 *
 *   STATUS_INVALID_PARAMETER       not of this protocol or family, or a value it cannot have
 *   STATUS_INVALID_INFO_CLASS      read only, or of another protocol's own level
 *   STATUS_INSUFFICIENT_RESOURCES  the arena is full
 *
 * and of the others:
 *
 *   STATUS_INVALID_PARAMETER   SO_REUSEADDR beside SO_EXCLUSIVEADDRUSE or SIO_CPU_AFFINITY, either
 *                              way round; IPV6_V6ONLY on a bound socket; SO_RANDOMIZE_PORT after
 *                              SO_REUSE_UNICASTPORT (`randomize_after_reuse`); after bind
 *                              (`option_after_bind`)
 *   STATUS_INVALID_INFO_CLASS  read only, or not an option of this protocol
 */
nt_status socket_set_option(struct socket_object *socket, enum socket_option option,
                            uint32_t value);

/* STATUS_INVALID_INFO_CLASS when this protocol has no such option. */
nt_status socket_get_option(const struct socket_object *socket, enum socket_option option,
                            uint32_t *value);

/* Gives back what rare options take. For afd's own use. */
void socket_forget_options(struct socket_object *socket);
void rare_option_apply(struct socket_object *socket);
nt_status rare_option_set(struct socket_object *socket, enum socket_option option, uint32_t value);
nt_status rare_option_get(const struct socket_object *socket, enum socket_option option,
                          uint32_t *value);

/* A rare option's value, whether or not this socket has it. */
uint32_t rare_option(const struct socket_object *socket, enum socket_option option);

/* IP_OPTIONS: what goes into the header of each packet, as RFC 791 has it. `out` has room for the
 * most.
 *
 *   STATUS_INVALID_PARAMETER       more than a header holds
 *   STATUS_INSUFFICIENT_RESOURCES  the arena is full
 */
enum { IP_OPTIONS_MAX = 40 };
nt_status socket_set_ip_options(struct socket_object *socket, const void *bytes, size_t size);
size_t socket_ip_options(const struct socket_object *socket, void *out);

/* SIO_KEEPALIVE_VALS: milliseconds, 0 for the system's. */
nt_status socket_set_keep_alive(struct socket_object *socket, bool on, uint32_t idle_ms,
                                uint32_t interval_ms);

/* IP_ADD_MEMBERSHIP and its kin, with a source or NULL. What udp_join and udp_leave answer, and
 * STATUS_INVALID_PARAMETER of another socket than a datagram one.
 */
struct address;
nt_status socket_join(struct socket_object *socket, const struct address *group, uint32_t interface,
                      const struct address *source);
nt_status socket_leave(struct socket_object *socket, const struct address *group,
                       uint32_t interface, const struct address *source);
nt_status socket_block_source(struct socket_object *socket, const struct address *group,
                              uint32_t interface, const struct address *source, bool blocked);

/* STATUS_ACCESS_DENIED to a broadcast without SO_BROADCAST. */
nt_status socket_may_broadcast(const struct socket_object *socket, const struct address *address);

#endif
