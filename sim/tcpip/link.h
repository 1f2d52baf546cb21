/* What wire.h is made of: for each packet, whether it arrives, how often and when. */
#ifndef SIM_TCPIP_LINK_H
#define SIM_TCPIP_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/tcpip/place.h"
#include "sim/tcpip/wire.h"

enum { LINK_END = INTERFACE_LAN + 1 };

struct partition {
    struct partition *next;
    struct place place; /* without a port */
};

struct link {
    struct wire_faults faults;
    struct wire_latency latency[LINK_END]; /* by interface */
    uint64_t last_due[LINK_END][2];        /* from this machine, to it: packets keep their order */
    struct partition *partitions;
    bool apart;               /* the whole LAN */
    bool unplugged;           /* and the machine knows: its cable is out */
    bool lossy;               /* packets may get lost on the LAN, now or since the boot */
    bool loopback_was_faulty; /* since the boot */
};

void link_boot(struct link *link);

struct fate {
    uint32_t copies; /* 0: lost; 2: duplicated */
    uint64_t due_ns[2];
};

/* The interface a packet between the two travels over. */
uint32_t link_between(const struct place *a, const struct place *b);

/* Whether nothing sent over it is ever lost, late or out of order, so that what arrives can be
 * acknowledged in the same moment.
 */
bool link_is_instant(const struct tcpip *tcpip, uint32_t interface);

/* For the statistics: a packet of so many bytes was sent, or has come. Hosts beyond count nothing.
 */
void link_sent(struct tcpip *tcpip, uint32_t interface, const struct place *from,
               const struct place *to, uint32_t bytes);
void link_came(struct tcpip *tcpip, uint32_t interface, const struct place *to, uint32_t bytes);

struct fate link_fate(struct tcpip *tcpip, uint32_t interface, const struct place *from,
                      const struct place *to);

#endif
