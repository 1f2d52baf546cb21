#include "sim/tcpip/place.h"

#include <string.h>

#include "sim/tcpip/interfaces.h"
#include "sim/tcpip/standing.h"

static const uint8_t MAPPED[12] = {[10] = 0xff, [11] = 0xff};

struct place place_of(const struct address *address, uint16_t port)
{
    struct place place = {.port = port, .family = (uint8_t)address->family};

    if (address->family == FAMILY_4) {
        memcpy(place.bytes, address->bytes, 4);
    } else if (memcmp(address->bytes, MAPPED, sizeof MAPPED) == 0) {
        place.family = FAMILY_4;
        memcpy(place.bytes, address->bytes + sizeof MAPPED, 4);
    } else {
        memcpy(place.bytes, address->bytes, 16);
    }
    return place;
}

static bool is_link_local(const uint8_t *bytes)
{
    return bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80;
}

struct address place_address(const struct place *place, enum family family)
{
    struct address address = {.family = family};

    if (family == FAMILY_4) {
        memcpy(address.bytes, place->bytes, 4);
    } else if (place->family == FAMILY_4) {
        memcpy(address.bytes, MAPPED, sizeof MAPPED);
        memcpy(address.bytes + sizeof MAPPED, place->bytes, 4);
    } else {
        memcpy(address.bytes, place->bytes, 16);
        if (is_link_local(place->bytes))
            address.scope = INTERFACE_LAN;
    }
    return address;
}

bool place_equal(const struct place *a, const struct place *b)
{
    return a->port == b->port && a->family == b->family &&
           memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

static enum locality locality_of(const struct place *place)
{
    const struct address address = {.family = (enum family)place->family};
    struct standing standing = {.family = place->family};

    memcpy(standing.bytes, place->bytes, sizeof standing.bytes);
    return standing_locality(&address, &standing);
}

bool place_is_local(const struct place *place)
{
    static const uint8_t wildcard[16];

    if (place->family == FAMILY_4 && place->bytes[0] == 127)
        return true;
    return memcmp(place->bytes, wildcard, sizeof wildcard) != 0 &&
           locality_of(place) == LOCALITY_LOCAL;
}

bool place_is_loopback(const struct place *place)
{
    static const uint8_t loopback_6[16] = {[15] = 1};

    if (place->family == FAMILY_4)
        return place->bytes[0] == 127;
    return memcmp(place->bytes, loopback_6, sizeof loopback_6) == 0;
}

enum place_kind place_kind(const struct place *place)
{
    switch (locality_of(place)) {
    case LOCALITY_BROADCAST:
        return PLACE_BROADCAST;
    case LOCALITY_MULTICAST:
        return PLACE_MULTICAST;
    case LOCALITY_NONE:
    case LOCALITY_LOCAL:
        break;
    }
    return PLACE_UNICAST;
}

struct place place_on(uint32_t interface, const struct place *target)
{
    const struct interface *from = interface_find(interface);
    struct place source = {.family = target->family};
    const struct address *chosen = NULL;

    for (uint32_t i = 0; i < from->address_count; i++) {
        const struct address *own = &from->addresses[i];
        if (own->family == (enum family)target->family &&
            (chosen == NULL || is_link_local(own->bytes) == is_link_local(target->bytes)))
            chosen = own;
    }
    memcpy(source.bytes, chosen->bytes, target->family == FAMILY_4 ? 4 : 16);
    return source;
}

/* To itself an IPv6 address talks as itself; IPv4 as its interface. */
struct place place_source_for(const struct place *target, uint16_t port)
{
    struct place source = *target;

    if (target->family == FAMILY_4)
        source = place_on(target->bytes[0] == 127 ? INTERFACE_LOOPBACK : INTERFACE_LAN, target);
    else if (!place_is_local(target))
        source = place_on(INTERFACE_LAN, target);
    source.port = port;
    return source;
}
