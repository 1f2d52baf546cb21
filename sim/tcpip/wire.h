/* The wire: how a packet gets from one address to another, how long that takes, and what can go
 * wrong. Every latency and every fault is drawn through `choose` (CHOICE_LATENCY, CHOICE_FAULT).
 *
 * Interfaces of the machine: loopback (index 1: 127.0.0.0/8, ::1) and one LAN (index 2) with the
 * addresses standing.h names. Beyond the LAN are scripted hosts (remote.h); an address of no host
 * swallows what is sent to it, as a firewall does.
 */
#ifndef SIM_TCPIP_WIRE_H
#define SIM_TCPIP_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/tcpip/tcpip.h"

enum { INTERFACE_LOOPBACK = 1, INTERFACE_LAN = 2 };

/* All per 65536; 0 for never. Apply to what leaves or reaches the LAN, and to loopback only when
 * `loopback`. Times in ns.
 */
struct wire_faults {
    uint32_t loss, duplication, reordering, delay;
    uint64_t delay_ns; /* the most a delayed packet is late */
    bool loopback;
};

/* What a packet takes: `fixed` and up to `jitter` drawn. The defaults: loopback 1 us and no jitter,
 * LAN 200 us and 100 us.
 */
struct wire_latency {
    uint64_t fixed_ns, jitter_ns;
};

void wire_set_faults(struct tcpip *tcpip, const struct wire_faults *faults);
void wire_set_latency(struct tcpip *tcpip, uint32_t interface, const struct wire_latency *latency);

/* Nothing passes to or from `address` any more (NULL: the whole LAN), or passes again. An address
 * of this machine is cut off from itself too.
 */
void wire_partition(struct tcpip *tcpip, const struct address *address, bool apart);

#endif
