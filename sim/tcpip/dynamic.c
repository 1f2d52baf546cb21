/* The dynamic ranges, as netsh shows and sets them. */
#include "sim/engine/check.h"
#include "sim/nt/nt.h"
#include "sim/tcpip/pool.h"
#include "sim/tcpip/store.h"

enum { LOWEST_START = 1025, FEWEST_PORTS = 255 };

struct port_range dynamic_range(const struct tcpip *tcpip, enum family family,
                                enum protocol protocol)
{
    ASSERT(family < FAMILY_COUNT && protocol < PROTOCOL_COUNT);
    return tcpip->pools[protocol].dynamic[family];
}

/* KB 929851; the defect forgets the two lower limits. */
static bool is_allowed(const struct tcpip *tcpip, const struct port_range *range)
{
    bool documented = BEHAVES(tcpip->profile, dynamic_range_limits, documented);
    uint32_t lowest = documented ? LOWEST_START : 1;
    uint32_t fewest = documented ? FEWEST_PORTS : 1;

    return range->first >= lowest && range->first < PORT_END && range->count >= fewest &&
           range->count <= PORT_END - range->first;
}

nt_status dynamic_range_set(struct tcpip *tcpip, enum family family, enum protocol protocol,
                            const struct port_range *range, enum store store)
{
    bool shared = BEHAVES(tcpip->profile, dynamic_range_families, shared);
    uint32_t slot = shared ? DYNAMIC_SHARED : (uint32_t)family;
    struct pool *pool = &tcpip->pools[protocol];

    ASSERT(family < FAMILY_COUNT && protocol < PROTOCOL_COUNT);
    if (!is_allowed(tcpip, range))
        return STATUS_INVALID_PARAMETER;
    if (store == STORE_PERSISTENT) {
        nt_status status =
            store_dynamic_range(tcpip, protocol, slot, range, &pool->dynamic_slots[slot]);
        if (status != STATUS_SUCCESS)
            return status;
    }
    for (enum family f = 0; f < FAMILY_COUNT; f++)
        if (shared || f == family)
            pool->dynamic[f] = *range;
    return STATUS_SUCCESS;
}
