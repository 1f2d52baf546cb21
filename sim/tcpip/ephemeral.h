/* Automatic choice: which port of the dynamic range bind to port 0 gets. */
#ifndef SIM_TCPIP_EPHEMERAL_H
#define SIM_TCPIP_EPHEMERAL_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/tcpip/standing.h"
#include "sim/tcpip/tcpip.h"

struct ephemeral_wish {
    enum protocol protocol;
    enum family family; /* of the socket */
    struct standing standing;
    const struct endpoint_options *options;
};

struct ephemeral_choice {
    uint32_t port;   /* 0: none is left */
    uint32_t cursor; /* where the next choice goes on, once this one is used */
};

/* Chooses without changing anything but the stream of chance. Of ports that are free it draws in
 * the profile's `ephemeral_order`, or at random under SO_RANDOMIZE_PORT.
 *
 * With SO_PORT_SCALABILITY a port already given under that option to another specific address is
 * free too, and is used when no other is: "ports per local address", without handing any to sockets
 * that lack the option.
 */
struct ephemeral_choice ephemeral_choose(struct tcpip *tcpip, const struct ephemeral_wish *wish);

/* The range of automatic ports; `dynamic_range` with the profile's `ephemeral_range`. */
struct port_range ephemeral_range(const struct tcpip *tcpip, enum family family,
                                  enum protocol protocol);

#endif
