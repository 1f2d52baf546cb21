#include "sim/tcpip/interfaces.h"

#include <string.h>

#include "sim/tcpip/pool.h"

enum { ETHERNET = 6, SOFTWARE_LOOPBACK = 24 };

const struct interface interfaces[INTERFACE_COUNT] = {
    {
        .index = INTERFACE_LAN,
        .type = ETHERNET,
        .luid_number = 32768,
        .name = "ethernet_32768",
        .friendly = "Ethernet",
        .description = "Berth Ethernet Adapter",
        .id = "{8E1A7C30-0000-4000-8000-000000000002}",
        .addresses = {{FAMILY_6, {0x20, 0x01, 0x0d, 0xb8, [15] = 0x10}, 0},
                      {FAMILY_6, {0xfe, 0x80, [15] = 0x10}, INTERFACE_LAN},
                      {FAMILY_4, {192, 168, 1, 10}, 0}},
        .prefixes = {64, 64, 24},
        .address_count = 3,
        .physical = {0x02, 0x00, 0x5e, 0x00, 0x53, 0x10},
        .has_physical = true,
        .mtu = 1500,
        .bits_per_second = 1000000000,
        .metric = 25,
    },
    {
        .index = INTERFACE_LOOPBACK,
        .type = SOFTWARE_LOOPBACK,
        .luid_number = 0,
        .name = "loopback_0",
        .friendly = "Loopback Pseudo-Interface 1",
        .description = "Software Loopback Interface 1",
        .id = "{8E1A7C30-0000-4000-8000-000000000001}",
        .addresses = {{FAMILY_6, {[15] = 1}, 0}, {FAMILY_4, {127, 0, 0, 1}, 0}},
        .prefixes = {128, 8},
        .address_count = 2,
        .mtu = UINT32_MAX,
        .bits_per_second = 1073741824,
        .metric = 75,
    },
};

const struct address gateway_address = {FAMILY_4, {192, 168, 1, 1}, 0};
const struct address gateway_address_6 = {FAMILY_6, {0xfe, 0x80, [15] = 1}, INTERFACE_LAN};
const struct address name_server_address = {FAMILY_4, {192, 168, 1, 1}, 0};

const struct interface *interface_find(uint32_t index)
{
    for (uint32_t i = 0; i < INTERFACE_COUNT; i++)
        if (interfaces[i].index == index)
            return &interfaces[i];
    return NULL;
}

static uint32_t bytes_of(enum family family)
{
    return family == FAMILY_4 ? 4 : 16;
}

const struct interface *interface_of(const struct address *address)
{
    if (address->family == FAMILY_4 && address->bytes[0] == 127)
        return interface_find(INTERFACE_LOOPBACK);
    for (uint32_t i = 0; i < INTERFACE_COUNT; i++)
        for (uint32_t k = 0; k < interfaces[i].address_count; k++) {
            const struct address *own = &interfaces[i].addresses[k];
            if (own->family == address->family &&
                memcmp(own->bytes, address->bytes, bytes_of(own->family)) == 0)
                return &interfaces[i];
        }
    return NULL;
}

bool interface_is_up(const struct tcpip *tcpip, uint32_t index)
{
    return index != INTERFACE_LAN || !tcpip->link.unplugged;
}

void tcpip_set_cable(struct tcpip *tcpip, bool in)
{
    tcpip->link.unplugged = !in;
    wire_partition(tcpip, NULL, !in);
}

const struct address *interface_address(const struct interface *interface, enum family family)
{
    for (uint32_t i = 0; i < interface->address_count; i++)
        if (interface->addresses[i].family == family)
            return &interface->addresses[i];
    return NULL;
}

struct address interface_mask(uint32_t bits)
{
    struct address mask = {.family = FAMILY_4};

    for (uint32_t i = 0; i < bits && i < 32; i++)
        mask.bytes[i / 8] |= (uint8_t)(0x80u >> i % 8);
    return mask;
}

struct address interface_broadcast(const struct address *address, uint32_t bits)
{
    const struct address mask = interface_mask(bits);
    struct address last = *address;

    for (uint32_t i = 0; i < 4; i++)
        last.bytes[i] |= (uint8_t)~mask.bytes[i];
    return last;
}

bool interface_same_network(const struct address *a, const struct address *b, uint32_t bits)
{
    if (a->family != b->family)
        return false;
    for (uint32_t i = 0; i < bits; i++)
        if (((a->bytes[i / 8] ^ b->bytes[i / 8]) & 0x80 >> i % 8) != 0)
            return false;
    return true;
}

struct protocol_counts *tcpip_counts(struct tcpip *tcpip, uint32_t family)
{
    return &tcpip->counts[family == FAMILY_6];
}
