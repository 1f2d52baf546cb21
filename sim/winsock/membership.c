#include "sim/winsock/membership.h"

#include <string.h>

#include <ws2ipdef.h>

#include "sim/tcpip/interfaces.h"
#include "sim/winsock/memory.h"

bool membership_is(int level, int name)
{
    if (level != IPPROTO_IP && level != IPPROTO_IPV6)
        return false;
    if (name >= MCAST_JOIN_GROUP && name <= MCAST_LEAVE_SOURCE_GROUP)
        return true;
    if (name == IP_ADD_MEMBERSHIP || name == IP_DROP_MEMBERSHIP)
        return true; /* IPV6_ADD_MEMBERSHIP and IPV6_DROP_MEMBERSHIP too */
    return level == IPPROTO_IP && name >= IP_ADD_SOURCE_MEMBERSHIP && name <= IP_UNBLOCK_SOURCE;
}

/* What all the structures say. */
struct wish {
    struct address group, source;
    bool has_source;
    uint32_t interface;
};

static struct address address_4(IN_ADDR in)
{
    struct address address = {.family = FAMILY_4};
    memcpy(address.bytes, &in, sizeof in);
    return address;
}

/* 0.0.0.0 is the default interface, 0.x.x.x an index, else an address of one; no interface has the
 * number UINT32_MAX.
 */
uint32_t membership_interface(IN_ADDR in)
{
    const struct address address = address_4(in);
    const uint8_t *bytes = address.bytes;
    if (bytes[0] == 0)
        return (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
    const struct interface *found = interface_of(&address);
    return found == NULL ? UINT32_MAX : found->index;
}

bool membership_address(const SOCKADDR_STORAGE *from, struct address *out)
{
    union {
        SOCKADDR_STORAGE storage;
        SOCKADDR_IN in;
        SOCKADDR_IN6 in6;
    } name = {*from};
    if (from->ss_family == AF_INET) {
        *out = address_4(name.in.sin_addr);
        return true;
    }
    *out = (struct address){.family = FAMILY_6};
    memcpy(out->bytes, &name.in6.sin6_addr, 16);
    return from->ss_family == AF_INET6;
}

void membership_storage(const struct address *from, SOCKADDR_STORAGE *out)
{
    union {
        SOCKADDR_STORAGE storage;
        SOCKADDR_IN in;
        SOCKADDR_IN6 in6;
    } name;
    memset(&name, 0, sizeof name);
    if (from->family == FAMILY_4) {
        name.in.sin_family = AF_INET;
        memcpy(&name.in.sin_addr, from->bytes, 4);
    } else {
        name.in6.sin6_family = AF_INET6;
        memcpy(&name.in6.sin6_addr, from->bytes, 16);
    }
    *out = name.storage;
}

union structure {
    IP_MREQ mreq;
    IP_MREQ_SOURCE mreq_source;
    IPV6_MREQ mreq6;
    GROUP_REQ group;
    GROUP_SOURCE_REQ group_source;
};

static size_t size_of(const struct socket_object *socket, int name)
{
    switch (name) {
    case IP_ADD_MEMBERSHIP:
    case IP_DROP_MEMBERSHIP:
        return socket->kind.family == FAMILY_4 ? sizeof(IP_MREQ) : sizeof(IPV6_MREQ);
    case MCAST_JOIN_GROUP:
    case MCAST_LEAVE_GROUP:
        return sizeof(GROUP_REQ);
    case MCAST_BLOCK_SOURCE:
    case MCAST_UNBLOCK_SOURCE:
    case MCAST_JOIN_SOURCE_GROUP:
    case MCAST_LEAVE_SOURCE_GROUP:
        return sizeof(GROUP_SOURCE_REQ);
    default:
        return sizeof(IP_MREQ_SOURCE);
    }
}

static bool read_wish(const struct socket_object *socket, const union structure *from, int name,
                      struct wish *out)
{
    memset(out, 0, sizeof *out);
    size_t size = size_of(socket, name);
    if (size == sizeof(GROUP_REQ)) {
        out->interface = from->group.gr_interface;
        return membership_address(&from->group.gr_group, &out->group);
    }
    if (size == sizeof(GROUP_SOURCE_REQ)) {
        out->interface = from->group_source.gsr_interface;
        out->has_source = true;
        return membership_address(&from->group_source.gsr_group, &out->group) &&
               membership_address(&from->group_source.gsr_source, &out->source);
    }
    if (size == sizeof(IPV6_MREQ)) {
        out->interface = from->mreq6.ipv6mr_interface;
        out->group.family = FAMILY_6;
        memcpy(out->group.bytes, &from->mreq6.ipv6mr_multiaddr, 16);
        return true;
    }
    if (size == sizeof(IP_MREQ)) {
        out->interface = membership_interface(from->mreq.imr_interface);
        out->group = address_4(from->mreq.imr_multiaddr);
        return true;
    }
    out->interface = membership_interface(from->mreq_source.imr_interface);
    out->group = address_4(from->mreq_source.imr_multiaddr);
    out->source = address_4(from->mreq_source.imr_sourceaddr);
    out->has_source = true;
    return true;
}

static bool is_join(int name)
{
    return name == IP_ADD_MEMBERSHIP || name == IP_ADD_SOURCE_MEMBERSHIP ||
           name == MCAST_JOIN_GROUP || name == MCAST_JOIN_SOURCE_GROUP;
}

static bool is_block(int name)
{
    return name == IP_BLOCK_SOURCE || name == IP_UNBLOCK_SOURCE || name == MCAST_BLOCK_SOURCE ||
           name == MCAST_UNBLOCK_SOURCE;
}

nt_status membership_set(struct call *call, struct socket_object *socket, int name,
                         const char *value, int size)
{
    union structure copy;
    struct wish wish;
    size_t needed = size_of(socket, name);
    if (socket->kind.protocol != PROTOCOL_UDP)
        return STATUS_INVALID_PARAMETER; /* row 253 */
    if (size < 0 || (size_t)size < needed || !memory_probe(call, value, needed, ACCESS_READ))
        return STATUS_ACCESS_VIOLATION;
    memory_read(call, &copy, value, needed);
    if (!read_wish(socket, &copy, name, &wish) || wish.group.family != socket->kind.family)
        return STATUS_INVALID_PARAMETER;
    call->arguments[3] = wish.interface;
    if (is_block(name)) {
        bool blocks = name == IP_BLOCK_SOURCE || name == MCAST_BLOCK_SOURCE;
        return socket_block_source(socket, &wish.group, wish.interface, &wish.source, blocks);
    }
    const struct address *source = wish.has_source ? &wish.source : NULL;
    return is_join(name) ? socket_join(socket, &wish.group, wish.interface, source)
                         : socket_leave(socket, &wish.group, wish.interface, source);
}
