#include "sim/tcpip/foreign.h"

#include "sim/engine/engine.h"
#include "sim/nt/nt.h"
#include "sim/tcpip/pool.h"
#include "sim/tcpip/reservation.h"

/* Where the next block goes: the first gap from a drawn place on, or the lowest. */
static uint32_t draw_place(struct tcpip *tcpip, enum protocol protocol,
                           const struct port_range *within)
{
    uint32_t end = within->first + within->count;
    uint32_t lowest = pool_find_run(tcpip, protocol, within->first, end, FOREIGN_PORTS);

    if (lowest == PORT_END)
        return PORT_END;
    uint64_t places = within->count - FOREIGN_PORTS + 1;
    uint32_t from =
        within->first + (uint32_t)choose(&tcpip->nt->engine->choices, CHOICE_FOREIGN, places);
    uint32_t place = pool_find_run(tcpip, protocol, from, end, FOREIGN_PORTS);
    return place == PORT_END ? lowest : place;
}

static bool place_blocks(struct tcpip *tcpip, enum protocol protocol)
{
    struct port_range within = dynamic_range(tcpip, FAMILY_4, protocol);

    for (int i = 0; i < FOREIGN_BLOCKS; i++) {
        struct port_range range = {.count = FOREIGN_PORTS};
        range.first = draw_place(tcpip, protocol, &within);
        if (range.first == PORT_END)
            return true;
        struct reservation *block = reservation_new(tcpip, ENTRY_FOREIGN, protocol, &range);
        if (block == NULL)
            return false;
        reservation_insert(tcpip, block);
    }
    return true;
}

bool foreign_boot(struct tcpip *tcpip)
{
    if (BEHAVES(tcpip->profile, foreign_blocks, none))
        return true;
    return place_blocks(tcpip, PROTOCOL_TCP) && place_blocks(tcpip, PROTOCOL_UDP);
}
