/* Sockets as the kernel sees them: an object with handles, an endpoint below, options, and what
 * calls may be made in which state. Knows NTSTATUS only; pointers have been probed above.
 */
#ifndef SIM_AFD_AFD_H
#define SIM_AFD_AFD_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/nt/nt.h"
#include "sim/tcpip/tcpip.h"

struct afd {
    struct nt *nt;
    struct tcpip *tcpip;
    bool network_up; /* false: every call that needs the stack answers STATUS_HOST_DOWN */
    uint32_t sockets; /* open now */
};

struct afd *afd_boot(struct nt *nt, struct tcpip *tcpip);

struct socket_object;

/* The rest of afd's interface is for winsock/ alone; it grows there with the calls. */

#endif
