/* An address and a port as packets carry them: an IPv4-mapped address is the IPv4 one, and a
 * link-local one is of this machine's only link.
 */
#ifndef SIM_TCPIP_PLACE_H
#define SIM_TCPIP_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/tcpip/tcpip.h"

struct place {
    uint8_t bytes[16]; /* an IPv4 address in the first four, zeroes behind */
    uint16_t port;
    uint8_t family; /* enum family, on the wire */
    uint8_t zero;
};

struct place place_of(const struct address *address, uint16_t port);

/* The address as a socket of `family` sees it: IPv4 is mapped for one of IPv6. */
struct address place_address(const struct place *place, enum family family);

bool place_equal(const struct place *a, const struct place *b);

/* Whether it is one of this machine's own addresses; the wildcard is not. */
bool place_is_local(const struct place *place);
bool place_is_loopback(const struct place *place);

enum place_kind { PLACE_UNICAST, PLACE_BROADCAST, PLACE_MULTICAST };
enum place_kind place_kind(const struct place *place);

/* The interface's address, without a port, of the target's family and, where it has such, scope. */
struct place place_on(uint32_t interface, const struct place *target);

/* The address of this machine that packets to `target` leave from. */
struct place place_source_for(const struct place *target, uint16_t port);

#endif
