/* Names and the addresses behind them: the machine's own, "localhost", and the scripted hosts that
 * were given names. Everything else is nobody's.
 *
 * The machine's own name and no name at all stand for its addresses on the LAN; "localhost" for the
 * loopback ones. IPv6 comes before IPv4 (RFC 6724's default table; page: getaddrinfo).
 */
#ifndef SIM_WINSOCK_RESOLVE_H
#define SIM_WINSOCK_RESOLVE_H

#include "sim/winsock/call.h"

/* With the NUL, as DNS has them. */
enum { HOST_NAME_SIZE = 256, HOST_ADDRESS_MAX = 8 };

/* The name of this machine. */
extern const char own_name[];

struct resolution {
    const char *name; /* canonical; lives as long as the machine is on */
    struct address addresses[HOST_ADDRESS_MAX];
    uint32_t count;
};

/* A name's addresses, numbers not among them.
 *
 *   STATUS_HOST_NOT_FOUND  nobody has that name
 *   STATUS_HOST_DOWN       the network is down, and the name is another host's
 */
nt_status resolve_name(const struct winsock *winsock, const char *name, struct resolution *out);

/* The name behind an address, or NULL. This machine's for its own. */
const char *resolve_address(const struct winsock *winsock, const struct address *address);

#endif
