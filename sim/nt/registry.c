/* A slot is 64 bytes, so eight fill a sector and none lies on two:
 *
 *   0  checksum of the rest (XXH3, 64 bits)
 *   8  sequence << 16 | key << 12 | name size << 6 | data size, least byte first
 *  16  name, zeros to the end
 *  32  data, zeros to the end
 *
 * All zero is an empty slot. Anything else whose checksum or sizes do not add up is damaged.
 */
#include "sim/nt/registry.h"

#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "sim/engine/check.h"
#include "sim/engine/engine.h"
#include "sim/nt/nt.h"

enum {
    SLOT_SIZE = 64,
    SLOTS_IN_SECTOR = SECTOR_SIZE / SLOT_SIZE,
    HEADER_AT = 8,
    NAME_AT = 16,
    DATA_AT = NAME_AT + REGISTRY_NAME_MAX,
    FIRST_SECTORS = 8 /* what an empty disk grows to; from there it doubles */
};

_Static_assert(DATA_AT + REGISTRY_DATA_MAX == SLOT_SIZE, "a slot is full");
_Static_assert(REGISTRY_KEY_COUNT <= 16, "a key fits its four bits");
_Static_assert(REGISTRY_NAME_MAX < 64 && REGISTRY_DATA_MAX < 64, "a size fits its six bits");

struct slot_header {
    uint64_t sequence;
    uint32_t key, name_size, data_size;
};

static uint64_t load64(const unsigned char *bytes)
{
    return (uint64_t)bytes[0] | (uint64_t)bytes[1] << 8 | (uint64_t)bytes[2] << 16 |
           (uint64_t)bytes[3] << 24 | (uint64_t)bytes[4] << 32 | (uint64_t)bytes[5] << 40 |
           (uint64_t)bytes[6] << 48 | (uint64_t)bytes[7] << 56;
}

static void store64(unsigned char *bytes, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(value >> (8 * i));
}

static uint64_t checksum(const unsigned char *slot)
{
    return XXH3_64bits(slot + HEADER_AT, SLOT_SIZE - HEADER_AT);
}

static struct slot_header slot_header(const unsigned char *slot)
{
    uint64_t packed = load64(slot + HEADER_AT);
    return (struct slot_header){
        .sequence = packed >> 16,
        .key = (uint32_t)(packed >> 12) & 15,
        .name_size = (uint32_t)(packed >> 6) & 63,
        .data_size = (uint32_t)packed & 63,
    };
}

static bool slot_is_empty(const unsigned char *slot)
{
    uint64_t words[SLOT_SIZE / 8];
    memcpy(words, slot, SLOT_SIZE);
    if (words[0] != 0)
        return false;
    uint64_t all = 0;
    for (int i = 1; i < SLOT_SIZE / 8; i++)
        all |= words[i];
    return all == 0;
}

/* Whether the name's place holds zeros from `size` on: then two names are equal when their places
 * are.
 */
static bool name_ends_at(const unsigned char *slot, uint32_t size)
{
    uint64_t head = load64(slot + NAME_AT), tail = load64(slot + NAME_AT + 8);
    if (size > 8)
        return size == REGISTRY_NAME_MAX || tail >> (8 * (size - 8)) == 0;
    return tail == 0 && (size == 8 || head >> (8 * size) == 0);
}

static bool slot_is_sound(const unsigned char *slot)
{
    if (load64(slot) != checksum(slot))
        return false;
    struct slot_header header = slot_header(slot);
    if (header.key == 0 || header.key >= REGISTRY_KEY_COUNT || header.sequence == 0)
        return false;
    return header.name_size <= REGISTRY_NAME_MAX && header.data_size <= REGISTRY_DATA_MAX &&
           name_ends_at(slot, header.name_size);
}

static const unsigned char *slot_at(const struct registry *registry, uint32_t slot)
{
    return registry->disk->bytes + (size_t)slot * SLOT_SIZE;
}

static size_t used_size(uint32_t slots)
{
    return ((size_t)slots + 63) / 64 * sizeof(uint64_t);
}

static bool is_used(const struct registry *registry, uint32_t slot)
{
    return (registry->used[slot / 64] >> (slot % 64) & 1) != 0;
}

static void set_used(struct registry *registry, uint32_t slot)
{
    registry->used[slot / 64] |= UINT64_C(1) << (slot % 64);
}

static void set_free(struct registry *registry, uint32_t slot)
{
    registry->used[slot / 64] &= ~(UINT64_C(1) << (slot % 64));
    if (slot < registry->lowest_free)
        registry->lowest_free = slot;
}

/* The first free slot from `lowest_free` on, or `slots` when there is none. */
static uint32_t find_free(const struct registry *registry)
{
    uint32_t slot = registry->lowest_free;
    while (slot < registry->slots) {
        uint64_t free_bits = ~registry->used[slot / 64] >> (slot % 64);
        if (free_bits != 0) {
            slot += (uint32_t)__builtin_ctzll(free_bits);
            return slot < registry->slots ? slot : registry->slots;
        }
        slot = (slot / 64 + 1) * 64;
    }
    return registry->slots;
}

/* Puts `bytes` in a slot of the disk. The rest of its sector is written as it was, so that a torn
 * write does no harm to the neighbours.
 */
static nt_status write_slot(struct registry *registry, uint32_t slot, const unsigned char *bytes)
{
    unsigned char sector[SECTOR_SIZE];
    uint32_t number = slot / SLOTS_IN_SECTOR;

    memcpy(sector, disk_sector(registry->disk, number), SECTOR_SIZE);
    memcpy(sector + slot % SLOTS_IN_SECTOR * SLOT_SIZE, bytes, SLOT_SIZE);
    bool written = disk_write(registry->disk, registry->engine, number, sector);
    return written ? STATUS_SUCCESS : STATUS_DEVICE_NOT_READY;
}

static nt_status wipe_slot(struct registry *registry, uint32_t slot)
{
    static const unsigned char zeros[SLOT_SIZE];
    return write_slot(registry, slot, zeros);
}

/* Finds what is sound; answers how many slots are. */
static uint32_t scan(struct registry *registry)
{
    uint32_t sound = 0;

    for (uint32_t slot = 0; slot < registry->slots; slot++) {
        const unsigned char *bytes = slot_at(registry, slot);
        if (slot_is_empty(bytes))
            continue;
        if (!slot_is_sound(bytes)) {
            registry->damaged++;
            engine_trace(registry->engine, "registry: slot %u is damaged, skipped", slot);
            continue;
        }
        uint64_t sequence = slot_header(bytes).sequence;
        if (sequence > registry->sequence)
            registry->sequence = sequence;
        set_used(registry, slot);
        sound++;
    }
    return sound;
}

/* The key and the sizes count as part of the name; the data do not. */
static bool same_name(const unsigned char *a, const unsigned char *b)
{
    struct slot_header first = slot_header(a), second = slot_header(b);
    return first.key == second.key && first.name_size == second.name_size &&
           memcmp(a + NAME_AT, b + NAME_AT, REGISTRY_NAME_MAX) == 0;
}

static uint64_t name_hash(const unsigned char *slot)
{
    uint64_t hash = load64(slot + NAME_AT) + slot_header(slot).key;
    hash *= UINT64_C(0x9E3779B97F4A7C15);
    hash ^= hash >> 32;
    hash += load64(slot + NAME_AT + 8);
    hash *= UINT64_C(0xD6E8FEB86659FD93);
    return hash ^ hash >> 32;
}

/* A power cut between the two writes of a replacement leaves the old slot beside the new. The later
 * one stays, the other is wiped for good: were it only passed over, it would be back once the later
 * one is erased. When the power fails again meanwhile, the next boot does it.
 */
static void drop_older(struct registry *registry, uint32_t *index, uint32_t index_size)
{
    for (uint32_t slot = 0; slot < registry->slots; slot++) {
        if (!is_used(registry, slot))
            continue;
        const unsigned char *bytes = slot_at(registry, slot);
        uint32_t place = (uint32_t)name_hash(bytes) & (index_size - 1);
        while (index[place] != 0 && !same_name(slot_at(registry, index[place] - 1), bytes))
            place = (place + 1) & (index_size - 1);
        if (index[place] == 0) {
            index[place] = slot + 1;
            continue;
        }

        uint32_t older = index[place] - 1, later = slot;
        if (slot_header(slot_at(registry, older)).sequence >= slot_header(bytes).sequence) {
            later = older;
            older = slot;
        }
        index[place] = later + 1;
        set_free(registry, older);
        nt_status status = wipe_slot(registry, older);
        engine_trace(registry->engine, "registry: slot %u is out of date, wiped: %s", older,
                     nt_status_name(status));
    }
}

static nt_status resolve_names(struct registry *registry, uint32_t sound)
{
    if (sound < 2)
        return STATUS_SUCCESS;

    uint32_t index_size = 4;
    while (index_size < 2 * sound)
        index_size *= 2;
    size_t size = index_size * sizeof(uint32_t);
    uint32_t *index = arena_take(&registry->engine->arena, size);
    if (index == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;

    drop_older(registry, index, index_size);
    arena_give(&registry->engine->arena, index, size);
    return STATUS_SUCCESS;
}

static void visit_values(const struct registry *registry, registry_visitor *visit, void *context)
{
    for (uint32_t slot = 0; slot < registry->slots; slot++) {
        if (!is_used(registry, slot))
            continue;
        const unsigned char *bytes = slot_at(registry, slot);
        struct slot_header header = slot_header(bytes);
        struct registry_value value = {
            .key = (enum registry_key)header.key,
            .slot = slot,
            .name_size = header.name_size,
            .data_size = header.data_size,
        };
        memcpy(value.name, bytes + NAME_AT, REGISTRY_NAME_MAX);
        memcpy(value.data, bytes + DATA_AT, REGISTRY_DATA_MAX);
        visit(context, &value);
    }
}

nt_status registry_boot(struct registry *registry, struct disk *disk, struct engine *engine,
                        registry_visitor *visit, void *context)
{
    *registry = (struct registry){
        .disk = disk,
        .engine = engine,
        .slots = disk->sectors * SLOTS_IN_SECTOR,
    };
    if (registry->slots > 0) {
        registry->used = arena_take(&engine->arena, used_size(registry->slots));
        if (registry->used == NULL)
            return STATUS_INSUFFICIENT_RESOURCES;
    }

    uint32_t sound = scan(registry);
    nt_status status = resolve_names(registry, sound);
    if (!nt_success(status))
        return status;
    registry->lowest_free = 0;
    registry->lowest_free = find_free(registry);
    engine_record(engine, &(struct record){
                              .kind = RECORD_REGISTRY_BOOT,
                              .arguments = {registry->slots, sound, registry->damaged},
                          });
    registry_check(registry);
    visit_values(registry, visit, context);
    return STATUS_SUCCESS;
}

/* More slots, on the disk and in the map. */
static nt_status grow(struct registry *registry)
{
    uint32_t sectors = registry->slots / SLOTS_IN_SECTOR;
    uint32_t more = sectors < FIRST_SECTORS ? FIRST_SECTORS : sectors * 2;
    if (more > UINT32_MAX / SLOTS_IN_SECTOR || !disk_grow(registry->disk, more))
        return STATUS_INSUFFICIENT_RESOURCES;

    uint32_t slots = more * SLOTS_IN_SECTOR;
    uint64_t *used = arena_regrow(&registry->engine->arena, registry->used,
                                  used_size(registry->slots), used_size(slots));
    if (used == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    registry->used = used;
    registry->slots = slots;
    return STATUS_SUCCESS;
}

static void encode(const struct registry_value *value, uint64_t sequence, unsigned char *slot)
{
    memset(slot, 0, SLOT_SIZE);
    store64(slot + HEADER_AT, sequence << 16 | (uint64_t)value->key << 12 |
                                  (uint64_t)value->name_size << 6 | value->data_size);
    memcpy(slot + NAME_AT, value->name, value->name_size);
    memcpy(slot + DATA_AT, value->data, value->data_size);
    store64(slot, checksum(slot));
}

nt_status registry_write(struct registry *registry, struct registry_value *value)
{
    ASSERT(value->key > 0 && value->key < REGISTRY_KEY_COUNT);
    ASSERT(value->name_size <= REGISTRY_NAME_MAX);
    ASSERT(value->data_size <= REGISTRY_DATA_MAX);
    bool replaces = value->slot != REGISTRY_NO_SLOT;
    if (replaces)
        ASSERT(value->slot < registry->slots && is_used(registry, value->slot));

    uint32_t slot = find_free(registry);
    if (slot == registry->slots) {
        nt_status status = grow(registry);
        if (!nt_success(status))
            return status;
    }

    unsigned char bytes[SLOT_SIZE];
    encode(value, registry->sequence + 1, bytes);
    nt_status status = write_slot(registry, slot, bytes);
    if (nt_success(status) && replaces)
        status = wipe_slot(registry, value->slot);
    engine_record(registry->engine, &(struct record){
                                        .kind = RECORD_REGISTRY_WRITE,
                                        .subject = slot,
                                        .arguments = {value->slot, load64(bytes)},
                                        .result = status,
                                    });
    if (!nt_success(status))
        return status;

    registry->sequence++;
    registry->lowest_free = slot + 1;
    set_used(registry, slot);
    if (replaces)
        set_free(registry, value->slot);
    value->slot = slot;
    SLOW(registry_check(registry));
    return STATUS_SUCCESS;
}

nt_status registry_erase(struct registry *registry, uint32_t slot)
{
    ASSERT(slot < registry->slots && is_used(registry, slot));

    nt_status status = wipe_slot(registry, slot);
    engine_record(registry->engine, &(struct record){
                                        .kind = RECORD_REGISTRY_ERASE,
                                        .subject = slot,
                                        .result = status,
                                    });
    if (!nt_success(status))
        return status;
    set_free(registry, slot);
    SLOW(registry_check(registry));
    return STATUS_SUCCESS;
}

/* What the disk holds is not ours to assert: it may be damaged from outside at any time. */
void registry_check(const struct registry *registry)
{
    ASSERT(registry->disk != NULL);
    ASSERT(registry->slots % SLOTS_IN_SECTOR == 0);
    ASSERT(registry->slots / SLOTS_IN_SECTOR <= registry->disk->sectors);
    ASSERT(registry->lowest_free <= registry->slots);
    for (uint32_t slot = 0; slot < registry->lowest_free; slot++)
        ASSERT(is_used(registry, slot));
    if (registry->slots % 64 != 0)
        ASSERT(registry->used[registry->slots / 64] >> (registry->slots % 64) == 0);
}
