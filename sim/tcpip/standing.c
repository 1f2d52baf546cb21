#include "sim/tcpip/standing.h"

#include <string.h>

#include "sim/tcpip/interfaces.h"

static const uint8_t MAPPED_PREFIX[12] = {[10] = 0xff, [11] = 0xff};

static uint32_t size_of(uint8_t family)
{
    return family == FAMILY_4 ? 4 : 16;
}

static bool all_zero(const uint8_t *bytes, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

bool address_is_wildcard(const struct address *address)
{
    return all_zero(address->bytes, size_of((uint8_t)address->family));
}

bool address_equal(const struct address *a, const struct address *b)
{
    if (a->family != b->family || memcmp(a->bytes, b->bytes, size_of((uint8_t)a->family)) != 0)
        return false;
    return a->family == FAMILY_4 || a->scope == b->scope;
}

bool standing_of(const struct address *address, bool dual_stack, struct standing *out)
{
    bool is_6 = address->family == FAMILY_6;
    bool mapped = is_6 && memcmp(address->bytes, MAPPED_PREFIX, sizeof MAPPED_PREFIX) == 0;

    if (mapped && !dual_stack)
        return false;
    *out = (struct standing){.family = (uint8_t)(is_6 && !mapped ? FAMILY_6 : FAMILY_4)};
    memcpy(out->bytes, address->bytes + (mapped ? sizeof MAPPED_PREFIX : 0), size_of(out->family));
    out->wildcard = all_zero(out->bytes, sizeof out->bytes);
    out->dual = out->wildcard && is_6 && !mapped && dual_stack;
    return true;
}

static bool is_own(enum family family, const uint8_t *bytes, uint32_t scope)
{
    struct address address = {.family = family};

    memcpy(address.bytes, bytes, size_of((uint8_t)family));
    const struct interface *interface = interface_of(&address);
    if (interface == NULL)
        return false;
    bool on_a_link = family == FAMILY_6 && bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80;
    return !on_a_link || scope == 0 || scope == interface->index;
}

/* The broadcasts of this machine's networks, and the one of all. */
static bool is_broadcast(const uint8_t *bytes)
{
    static const uint8_t everywhere[4] = {255, 255, 255, 255};
    const struct interface *lan = interface_find(INTERFACE_LAN);
    const struct address *own = interface_address(lan, FAMILY_4);
    const struct address last = interface_broadcast(own, lan->prefixes[own - lan->addresses]);

    return memcmp(bytes, everywhere, 4) == 0 || memcmp(bytes, last.bytes, 4) == 0;
}

static enum locality locality_4(const uint8_t *bytes)
{
    if (all_zero(bytes, 4) || is_own(FAMILY_4, bytes, 0))
        return LOCALITY_LOCAL;
    if (bytes[0] >= 224 && bytes[0] <= 239)
        return LOCALITY_MULTICAST;
    return is_broadcast(bytes) ? LOCALITY_BROADCAST : LOCALITY_NONE;
}

static enum locality locality_6(const uint8_t *bytes, uint32_t scope)
{
    if (all_zero(bytes, 16) || is_own(FAMILY_6, bytes, scope))
        return LOCALITY_LOCAL;
    return bytes[0] == 0xff ? LOCALITY_MULTICAST : LOCALITY_NONE;
}

enum locality standing_locality(const struct address *address, const struct standing *standing)
{
    if (standing->family == FAMILY_4)
        return locality_4(standing->bytes);
    return locality_6(standing->bytes, address->scope);
}

bool standing_equal(const struct standing *a, const struct standing *b)
{
    return a->family == b->family && a->wildcard == b->wildcard && a->dual == b->dual &&
           memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

enum overlap standing_overlap(const struct standing *first, const struct standing *second,
                              bool families_apart)
{
    if (first->family != second->family) {
        if (families_apart)
            return OVERLAP_NONE;
        if (first->dual)
            return OVERLAP_W_S;
        return second->dual ? OVERLAP_S_W : OVERLAP_NONE;
    }
    if (first->wildcard)
        return second->wildcard ? OVERLAP_W_W : OVERLAP_W_S;
    if (second->wildcard)
        return OVERLAP_S_W;
    return memcmp(first->bytes, second->bytes, sizeof first->bytes) == 0 ? OVERLAP_S_S
                                                                         : OVERLAP_NONE;
}

int standing_fit(const struct standing *bound, const struct standing *target)
{
    switch (standing_overlap(bound, target, false)) {
    case OVERLAP_S_S:
    case OVERLAP_W_W:
        return 3;
    case OVERLAP_W_S:
        return bound->family == target->family ? 2 : 1;
    case OVERLAP_S_W:
    case OVERLAP_NONE:
        break;
    }
    return 0;
}
