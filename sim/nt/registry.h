/* The registry: small values under a few fixed keys, on the simulated disk.
 *
 * Each value is one slot of a sector, with a checksum; a slot is written whole before the call
 * returns. A value is replaced by writing the new slot before wiping the old one; at boot, of two
 * slots of one name the later wins. So a power cut leaves each value wholly there (old or new) or
 * wholly absent. A slot that does not add up is counted, reported and skipped, and its place is
 * used again.
 */
#ifndef SIM_NT_REGISTRY_H
#define SIM_NT_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/nt/disk.h"
#include "sim/nt/status.h"

struct engine;

/* The keys, with the places of observed-behaviour 2.6. */
enum registry_key {
    REGISTRY_TCP_RANGES = 1, /* ...\Nsi\{eb004a03-9b1a-11d4-9123-0050047759bc}\29 */
    REGISTRY_UDP_RANGES,     /* ...\Nsi\{eb004a02-9b1a-11d4-9123-0050047759bc}\5 */
    REGISTRY_DYNAMIC_RANGES, /* the dynamic ranges netsh set */
    REGISTRY_TCPIP,          /* ...\Services\Tcpip\Parameters: MaxUserPort */
    REGISTRY_KEY_COUNT
};

enum { REGISTRY_NAME_MAX = 16, REGISTRY_DATA_MAX = 32, REGISTRY_NO_SLOT = UINT32_MAX };

struct registry {
    struct disk *disk;
    struct engine *engine;
    uint64_t *used;       /* in the arena: a bit a slot */
    uint32_t slots;       /* how many the disk holds */
    uint32_t lowest_free; /* no free slot lies below */
    uint64_t sequence;    /* of the latest write */
    uint32_t damaged;     /* slots skipped at this boot */
};

struct registry_value {
    enum registry_key key;
    uint32_t slot;
    uint32_t name_size, data_size;
    unsigned char name[REGISTRY_NAME_MAX];
    unsigned char data[REGISTRY_DATA_MAX];
};

typedef void registry_visitor(void *context, const struct registry_value *value);

/* Boot: reads the disk, calls `visit` for each sound value in the order of the slots.
 *
 *   STATUS_INSUFFICIENT_RESOURCES  the arena is full
 */
nt_status registry_boot(struct registry *registry, struct disk *disk, struct engine *engine,
                        registry_visitor *visit, void *context);

/* Writes a value; `value->slot` is the slot to replace or REGISTRY_NO_SLOT, and on success the slot
 * the value has now. The value is on the disk when this returns STATUS_SUCCESS.
 *
 *   STATUS_INSUFFICIENT_RESOURCES  the host has no memory for a larger disk
 *   STATUS_DEVICE_NOT_READY        the power failed; what is on the disk, the next boot will show
 */
nt_status registry_write(struct registry *registry, struct registry_value *value);

/* Wipes the value in `slot`. STATUS_DEVICE_NOT_READY as above. */
nt_status registry_erase(struct registry *registry, uint32_t slot);

void registry_check(const struct registry *registry);

#endif
