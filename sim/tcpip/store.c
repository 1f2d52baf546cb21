#include "sim/tcpip/store.h"

#include <string.h>

#include "sim/engine/check.h"
#include "sim/nt/nt.h"
#include "sim/tcpip/pool.h"
#include "sim/tcpip/reservation.h"

enum {
    RANGE_SIZE = 4,
    MARK_SIZE = 4,
    TOKEN_SIZE = 8,
    MARK_PERSISTENT = 0x10,
    MARK_EXCLUSION = 0x12,
    MARK_RUNTIME = 0x14,
    ONLY_FAMILY_4 = 4, /* behind the range in a name */
    ONLY_FAMILY_6 = 6
};

static const char max_user_port_name[] = "MaxUserPort";
static const char *const protocol_names[PROTOCOL_COUNT] = {"tcp", "udp"};

enum { PROTOCOL_NAME_SIZE = 3 };

static void put_range(const struct port_range *range, unsigned char *bytes)
{
    bytes[0] = (unsigned char)(range->first >> 8);
    bytes[1] = (unsigned char)range->first;
    bytes[2] = (unsigned char)range->count;
    bytes[3] = (unsigned char)(range->count >> 8);
}

/* False for a range that cannot be. */
static bool get_range(const unsigned char *bytes, struct port_range *range)
{
    range->first = (uint32_t)bytes[0] << 8 | bytes[1];
    range->count = (uint32_t)bytes[3] << 8 | bytes[2];
    return range->first > 0 && range->count > 0 && range->first + range->count <= PORT_END;
}

static unsigned char mark_of(const struct reservation *block)
{
    switch ((enum entry_kind)block->kind) {
    case ENTRY_PERSISTENT:
        return MARK_PERSISTENT;
    case ENTRY_EXCLUSION:
        return MARK_EXCLUSION;
    case ENTRY_RUNTIME:
        return MARK_RUNTIME;
    case ENTRY_FOREIGN:
        break;
    }
    ABSURD("nobody stores other people's blocks");
}

nt_status store_block(struct tcpip *tcpip, struct reservation *block)
{
    const struct port_range range = {block->first, block->count};
    struct registry_value value = {
        .key = block->pool == PROTOCOL_TCP ? REGISTRY_TCP_RANGES : REGISTRY_UDP_RANGES,
        .slot = block->slot,
        .name_size = RANGE_SIZE,
        .data_size = MARK_SIZE,
        .data = {mark_of(block), 0, 0xff, 0xff},
    };

    put_range(&range, value.name);
    if (!block->in_family[FAMILY_4] || !block->in_family[FAMILY_6])
        value.name[value.name_size++] = block->in_family[FAMILY_4] ? ONLY_FAMILY_4 : ONLY_FAMILY_6;
    if (block->kind == ENTRY_PERSISTENT && BEHAVES(tcpip->profile, token_restart, same)) {
        for (int i = 0; i < TOKEN_SIZE; i++)
            value.data[MARK_SIZE + i] = (unsigned char)(block->token >> (8 * i));
        value.data_size += TOKEN_SIZE;
    }
    nt_status status = registry_write(&tcpip->nt->registry, &value);
    if (status == STATUS_SUCCESS)
        block->slot = value.slot;
    return status;
}

nt_status store_erase_block(struct tcpip *tcpip, struct reservation *block)
{
    if (block->slot == REGISTRY_NO_SLOT)
        return STATUS_SUCCESS;
    nt_status status = registry_erase(&tcpip->nt->registry, block->slot);
    if (status == STATUS_SUCCESS)
        block->slot = REGISTRY_NO_SLOT;
    return status;
}

static bool read_kind(unsigned char mark, enum entry_kind *kind)
{
    switch (mark) {
    case MARK_PERSISTENT:
        *kind = ENTRY_PERSISTENT;
        return true;
    case MARK_EXCLUSION:
        *kind = ENTRY_EXCLUSION;
        return true;
    case MARK_RUNTIME:
        *kind = ENTRY_RUNTIME;
        return true;
    default:
        return false;
    }
}

static bool read_families(const struct registry_value *value, struct stored_block *out)
{
    unsigned char family = value->name[RANGE_SIZE];

    out->in_family[FAMILY_4] = true;
    out->in_family[FAMILY_6] = true;
    if (value->name_size == RANGE_SIZE)
        return true;
    if (value->name_size != RANGE_SIZE + 1 || out->kind != ENTRY_EXCLUSION)
        return false;
    out->in_family[FAMILY_4] = family == ONLY_FAMILY_4;
    out->in_family[FAMILY_6] = family == ONLY_FAMILY_6;
    return out->in_family[FAMILY_4] || out->in_family[FAMILY_6];
}

bool store_read_block(const struct registry_value *value, struct stored_block *out)
{
    bool keeps_token = value->data_size == MARK_SIZE + TOKEN_SIZE;

    *out = (struct stored_block){.slot = value->slot};
    out->protocol = value->key == REGISTRY_TCP_RANGES ? PROTOCOL_TCP : PROTOCOL_UDP;
    if (value->key != REGISTRY_TCP_RANGES && value->key != REGISTRY_UDP_RANGES)
        return false;
    if (value->name_size < RANGE_SIZE || (value->data_size != MARK_SIZE && !keeps_token))
        return false;
    if (!read_kind(value->data[0], &out->kind) || !read_families(value, out))
        return false;
    if (!get_range(value->name, &out->range))
        return false;
    for (int i = 0; keeps_token && i < TOKEN_SIZE; i++)
        out->token |= (uint64_t)value->data[MARK_SIZE + i] << (8 * i);
    return true;
}

nt_status store_dynamic_range(struct tcpip *tcpip, enum protocol protocol, uint32_t family,
                              const struct port_range *range, uint32_t *slot)
{
    struct registry_value value = {
        .key = REGISTRY_DYNAMIC_RANGES,
        .slot = *slot,
        .name_size = PROTOCOL_NAME_SIZE,
        .data_size = RANGE_SIZE,
    };

    memcpy(value.name, protocol_names[protocol], PROTOCOL_NAME_SIZE);
    if (family != FAMILY_COUNT)
        value.name[value.name_size++] = family == FAMILY_4 ? '4' : '6';
    put_range(range, value.data);
    nt_status status = registry_write(&tcpip->nt->registry, &value);
    if (status == STATUS_SUCCESS)
        *slot = value.slot;
    return status;
}

bool store_read_dynamic_range(const struct registry_value *value, struct stored_range *out)
{
    if (value->key != REGISTRY_DYNAMIC_RANGES || value->data_size != RANGE_SIZE)
        return false;
    if (memcmp(value->name, protocol_names[PROTOCOL_TCP], PROTOCOL_NAME_SIZE) == 0)
        out->protocol = PROTOCOL_TCP;
    else if (memcmp(value->name, protocol_names[PROTOCOL_UDP], PROTOCOL_NAME_SIZE) == 0)
        out->protocol = PROTOCOL_UDP;
    else
        return false;

    unsigned char family = value->name[PROTOCOL_NAME_SIZE];
    if (value->name_size == PROTOCOL_NAME_SIZE)
        out->family = FAMILY_COUNT;
    else if (value->name_size == PROTOCOL_NAME_SIZE + 1 && (family == '4' || family == '6'))
        out->family = family == '4' ? FAMILY_4 : FAMILY_6;
    else
        return false;
    return get_range(value->data, &out->range);
}

uint32_t store_read_max_user_port(const struct registry_value *value)
{
    if (value->key != REGISTRY_TCPIP || value->name_size != strlen(max_user_port_name) ||
        memcmp(value->name, max_user_port_name, value->name_size) != 0 || value->data_size != 4)
        return 0;

    uint32_t port = 0;
    for (int i = 0; i < 4; i++)
        port |= (uint32_t)value->data[i] << (8 * i);
    return port < PORT_END ? port : 0;
}
