/* What TCP/IP keeps in the registry, and in which bytes.
 *
 * REGISTRY_TCP_RANGES and REGISTRY_UDP_RANGES: a value for each block, as observed-behaviour 2.6
 * has it. Its name is the INET_PORT_RANGE, the first port with the high byte first, the count with
 * the low byte first. Its data tell the kind: 12 00 FF FF for an administered exclusion, which was
 * seen; 10 for a persistent reservation and 14 for a runtime one (kept by a defect only) in its
 * first byte are ours. Under `token_restart = same` a persistent reservation's token follows, low
 * byte first. An exclusion of one family alone (`netsh_families = apart`) has a fifth byte in its
 * name, 4 or 6.
 *
 * REGISTRY_DYNAMIC_RANGES: `tcp` or `udp`, for both families, or with `4` or `6` behind it; data as
 * the name above. REGISTRY_TCPIP: `MaxUserPort`, four bytes, low byte first.
 */
#ifndef SIM_TCPIP_STORE_H
#define SIM_TCPIP_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/nt/registry.h"
#include "sim/tcpip/tcpip.h"

struct reservation;

/* Writes the block's value, in place of the one it has.
 *
 *   STATUS_INSUFFICIENT_RESOURCES, STATUS_DEVICE_NOT_READY  as registry_write
 */
nt_status store_block(struct tcpip *tcpip, struct reservation *block);

/* Erases the block's value, if it has one. STATUS_DEVICE_NOT_READY as registry_erase. */
nt_status store_erase_block(struct tcpip *tcpip, struct reservation *block);

/* What a value of the two range keys says. False when it says nothing that can be. */
struct stored_block {
    enum protocol protocol;
    enum entry_kind kind;
    struct port_range range;
    bool in_family[FAMILY_COUNT];
    uint64_t token; /* 0: none is kept */
    uint32_t slot;
};

bool store_read_block(const struct registry_value *value, struct stored_block *out);

/* Writes a dynamic range; `family` FAMILY_COUNT stands for both. Statuses as for store_block. */
nt_status store_dynamic_range(struct tcpip *tcpip, enum protocol protocol, uint32_t family,
                              const struct port_range *range, uint32_t *slot);

struct stored_range {
    enum protocol protocol;
    uint32_t family; /* FAMILY_COUNT: both */
    struct port_range range;
};

bool store_read_dynamic_range(const struct registry_value *value, struct stored_range *out);

/* MaxUserPort, or 0 when the value is another or makes no sense. */
uint32_t store_read_max_user_port(const struct registry_value *value);

#endif
