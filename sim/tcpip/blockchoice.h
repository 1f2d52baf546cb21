/* Which port of its block an associated endpoint gets from bind to port 0. */
#ifndef SIM_TCPIP_BLOCKCHOICE_H
#define SIM_TCPIP_BLOCKCHOICE_H

#include <stdint.h>

#include "sim/tcpip/standing.h"
#include "sim/tcpip/tcpip.h"

struct reservation;

struct block_wish {
    enum protocol protocol; /* of the socket: in its ports the numbers are looked for */
    struct standing standing;
    const struct endpoint_options *options;
};

/* A port of the block that nobody stands on in the way of the wish, by the profile's
 * `block_selection`; 0 when there is none. A port may be used once for each address, or once, by
 * `block_per_address`. Only the stream of chance changes, and that only when there is a port.
 */
uint32_t blockchoice_choose(struct tcpip *tcpip, struct reservation *block,
                            const struct block_wish *wish);

/* The port was given to an endpoint standing there. */
void blockchoice_used(struct reservation *block, uint32_t port);

/* An endpoint left the port: it may be chosen again. */
void blockchoice_returned(struct reservation *block, uint32_t port);

#endif
