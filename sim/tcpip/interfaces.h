/* The machine's interfaces and their addresses: the one table that bind, routes, control codes,
 * name resolution and iphlpapi go by. One loopback and one Ethernet, in the order in which they are
 * told.
 */
#ifndef SIM_TCPIP_INTERFACES_H
#define SIM_TCPIP_INTERFACES_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/tcpip/tcpip.h"
#include "sim/tcpip/wire.h"

enum { INTERFACE_COUNT = 2, INTERFACE_ADDRESSES = 3 };

struct interface {
    uint32_t index;
    uint16_t type;        /* IF_TYPE_ETHERNET_CSMACD 6, IF_TYPE_SOFTWARE_LOOPBACK 24 */
    uint32_t luid_number; /* of its kind: the number in its name */
    const char *name;     /* if_indextoname's, made of kind and number */
    const char *friendly, *description;
    const char *id;                                /* a GUID in braces */
    struct address addresses[INTERFACE_ADDRESSES]; /* IPv6 before IPv4 */
    uint8_t prefixes[INTERFACE_ADDRESSES];         /* in bits, of each address */
    uint32_t address_count;
    uint8_t physical[6];
    bool has_physical;
    uint32_t mtu;
    uint64_t bits_per_second;
    uint32_t metric; /* of its routes */
};

extern const struct interface interfaces[INTERFACE_COUNT];

/* Who stands between this machine's network and the others, and knows names. */
extern const struct address gateway_address, gateway_address_6, name_server_address;

/* NULL when there is none of that number. */
const struct interface *interface_find(uint32_t index);

/* Whose address it is, or NULL; all of 127.0.0.0/8 is the loopback's. */
const struct interface *interface_of(const struct address *address);

/* Whether packets may go over it: the loopback's always, the Ethernet's while its cable is in. */
bool interface_is_up(const struct tcpip *tcpip, uint32_t index);

/* The cable is pulled or put back. Addresses go and come with it. */
void tcpip_set_cable(struct tcpip *tcpip, bool in);

/* The family's first address on it, or NULL. */
const struct address *interface_address(const struct interface *interface, enum family family);

/* The mask that so many bits of an IPv4 address make. */
struct address interface_mask(uint32_t bits);

/* IPv4: the last address of the network. */
struct address interface_broadcast(const struct address *address, uint32_t bits);

/* Whether both are in one network of so many bits. */
bool interface_same_network(const struct address *a, const struct address *b, uint32_t bits);

/* What went over an interface since the boot, and what each protocol did: for the tables of
 * statistics alone.
 */
struct interface_traffic {
    uint64_t packets_in, packets_out, bytes_in, bytes_out;
    uint64_t group_in, group_out; /* of them, broadcasts and multicasts */
};

struct protocol_counts {
    uint32_t tcp_active, tcp_passive, tcp_failed, tcp_reset;
    uint32_t segments_in, segments_out, segments_again, resets_out;
    uint32_t datagrams_in, datagrams_out, datagrams_no_port, datagrams_dropped;
    uint32_t echoes_out, echo_replies_in;
};

/* The counters of a family, to be counted up. */
struct protocol_counts *tcpip_counts(struct tcpip *tcpip, uint32_t family);

#endif
