#include "sim/tcpip/place.h"

#include <string.h>

#include "sim/tcpip/standing.h"

enum { LINK = 1 };

static const uint8_t LAN_4[4] = {192, 168, 1, 10};
static const uint8_t LOOPBACK_4[4] = {127, 0, 0, 1};
static const uint8_t LINK_LOCAL_6[16] = {0xfe, 0x80, [15] = 0x10};
static const uint8_t GLOBAL_6[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 0x10};
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
            address.scope = LINK;
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

struct place place_source_for(const struct place *target, uint16_t port)
{
    struct place source = {.port = port, .family = target->family};

    if (target->family == FAMILY_4) {
        bool loopback = target->bytes[0] == 127;
        memcpy(source.bytes, loopback ? LOOPBACK_4 : LAN_4, 4);
    } else if (place_is_local(target)) {
        memcpy(source.bytes, target->bytes, 16);
    } else {
        memcpy(source.bytes, is_link_local(target->bytes) ? LINK_LOCAL_6 : GLOBAL_6, 16);
    }
    return source;
}
