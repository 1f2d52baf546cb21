/* Where an endpoint stands: its local address as the rules of binding compare it.
 *
 * An IPv4-mapped IPv6 address stands where the IPv4 address does (winsock-behaviour rows 52, 57,
 * 58); a dual-stack wildcard stands in both families at once. The scope of a link-local address is
 * left out: this machine has one link.
 */
#ifndef SIM_TCPIP_STANDING_H
#define SIM_TCPIP_STANDING_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/tcpip/tcpip.h"

struct standing {
    uint8_t bytes[16];
    uint8_t family; /* enum family; FAMILY_6 for a dual-stack wildcard */
    bool wildcard;
    bool dual; /* a wildcard of both families */
};

/* What bind makes of an address. */
enum locality { LOCALITY_NONE, LOCALITY_LOCAL, LOCALITY_BROADCAST, LOCALITY_MULTICAST };

/* False for an IPv4-mapped address on an endpoint that is not dual-stack: nothing stands there. */
bool standing_of(const struct address *address, bool dual_stack, struct standing *out);

/* The machine's addresses: interfaces.c. A link-local one may name its link, the interface's
 * number. */
enum locality standing_locality(const struct address *address, const struct standing *standing);

bool standing_equal(const struct standing *a, const struct standing *b);

/* How two standings meet on one port: the first's place, then the second's. */
enum overlap { OVERLAP_NONE, OVERLAP_W_W, OVERLAP_W_S, OVERLAP_S_W, OVERLAP_S_S };

/* Two different specific addresses never meet. Between a dual-stack wildcard and an IPv4 one, the
 * IPv4 wildcard counts as the specific of the two: that gives all of rows 53, 54, 56 and 62.
 * `families_apart` overlooks that a dual-stack wildcard is in IPv4 too (`dual_stack_conflict`).
 */
enum overlap standing_overlap(const struct standing *first, const struct standing *second,
                              bool families_apart);

/* How well something bound to `bound` answers for `target`, a specific address: 0 not at all; else
 * the more specific the more.
 */
int standing_fit(const struct standing *bound, const struct standing *target);

#endif
