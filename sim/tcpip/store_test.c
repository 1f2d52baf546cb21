#include "sim/tcpip/store.h"

#include "sim/tcpip/fixture.h"

/* ---- The store's bytes ----------------------------------------------------------------------- */

static struct registry_value found;
static unsigned found_count;

static void remember_value(void *context, const struct registry_value *value)
{
    (void)context;
    found = *value;
    found_count++;
}

static void read_disk(void)
{
    struct registry registry;
    found_count = 0;
    memset(&found, 0, sizeof found);
    assert_status(registry_boot(&registry, &f.disk, &f.engine, remember_value, NULL),
                  STATUS_SUCCESS);
}

static void an_exclusion_is_stored_as_it_was_seen(void **state)
{
    (void)state;
    static const unsigned char name[] = {0xcc, 0x57, 0x01, 0x00};
    static const unsigned char data[] = {0x12, 0x00, 0xff, 0xff};
    assert_status(exclude(PROTOCOL_TCP, 52311, 1, STORE_PERSISTENT), STATUS_SUCCESS);
    read_disk();
    assert_int_equal(found_count, 1);
    assert_int_equal(found.key, REGISTRY_TCP_RANGES);
    assert_int_equal(found.name_size, 4);
    assert_memory_equal(found.name, name, 4);
    assert_int_equal(found.data_size, 4);
    assert_memory_equal(found.data, data, 4);
}

static void a_persistent_block_is_stored_under_its_range(void **state)
{
    (void)state;
    static const unsigned char name[] = {0x13, 0x88, 0x04, 0x03};
    static const unsigned char data[] = {0x10, 0x00, 0xff, 0xff};
    created(PROTOCOL_UDP, 5000, 0x304);
    read_disk();
    assert_int_equal(found_count, 1);
    assert_int_equal(found.key, REGISTRY_UDP_RANGES);
    assert_int_equal(found.name_size, 4);
    assert_memory_equal(found.name, name, 4);
    assert_int_equal(found.data_size, 4);
    assert_memory_equal(found.data, data, 4);
}

static void a_kept_token_stands_behind_the_mark(void **state)
{
    (void)state;
    CHOOSE(token_restart, same);
    uint64_t token = created(PROTOCOL_TCP, 5000, 10), stored = 0;
    read_disk();
    assert_int_equal(found.data_size, 12);
    for (int i = 0; i < 8; i++)
        stored |= (uint64_t)found.data[4 + i] << (8 * i);
    assert_int_equal(stored, token);
}

static void a_dynamic_range_is_stored_under_its_protocol(void **state)
{
    (void)state;
    static const unsigned char data[] = {0x75, 0x30, 0x01, 0x02};
    assert_status(store_dynamic(FAMILY_6, PROTOCOL_TCP, 20000, 300), STATUS_SUCCESS);
    assert_status(store_dynamic(FAMILY_4, PROTOCOL_TCP, 30000, 0x201), STATUS_SUCCESS);
    read_disk();
    assert_int_equal(found_count, 1); /* the second took the place of the first */
    assert_int_equal(found.key, REGISTRY_DYNAMIC_RANGES);
    assert_int_equal(found.name_size, 3);
    assert_memory_equal(found.name, "tcp", 3);
    assert_int_equal(found.data_size, 4);
    assert_memory_equal(found.data, data, 4);
}

static void the_range_of_a_family_is_stored_under_both(void **state)
{
    (void)state;
    CHOOSE(dynamic_range_families, apart);
    assert_status(store_dynamic(FAMILY_4, PROTOCOL_TCP, 20000, 300), STATUS_SUCCESS);
    read_disk();
    assert_memory_equal(found.name, "tcp4", 4);
    assert_status(store_dynamic(FAMILY_6, PROTOCOL_UDP, 20000, 300), STATUS_SUCCESS);
    read_disk();
    assert_int_equal(found_count, 2);
    assert_int_equal(found.name_size, 4);
    assert_memory_equal(found.name, "udp6", 4);
}

struct bytes {
    uint32_t size;
    const char *at;
};

#define BYTES(literal)                                                                             \
    {                                                                                              \
        sizeof(literal) - 1, literal                                                               \
    }

struct value_row {
    const char *label;
    enum registry_key key;
    struct bytes name, data;
};

/* Written by hand: sound slots, but nothing TCP/IP wrote. */
static void values_that_make_no_sense_are_passed_over(void **state)
{
    (void)state;
    /* clang-format off */
    static const struct value_row rows[] = {
        {"start 0        ", REGISTRY_TCP_RANGES, BYTES("\0\0\1\0"), BYTES("\x10\0\xff\xff")},
        {"count 0        ", REGISTRY_TCP_RANGES, BYTES("\x9\0\0\0"), BYTES("\x10\0\xff\xff")},
        {"past the end   ", REGISTRY_TCP_RANGES, BYTES("\xff\xff\2\0"), BYTES("\x10\0\xff\xff")},
        {"a short name   ", REGISTRY_TCP_RANGES, BYTES("\x9\1\1"), BYTES("\x10\0\xff\xff")},
        {"a long name    ", REGISTRY_TCP_RANGES, BYTES("\x9\1\1\0\4"), BYTES("\x10\0\xff\xff")},
        {"a wrong family ", REGISTRY_TCP_RANGES, BYTES("\x9\1\1\0\5"), BYTES("\x12\0\xff\xff")},
        {"six bytes      ", REGISTRY_TCP_RANGES, BYTES("\x9\1\1\0\4\0"), BYTES("\x12\0\xff\xff")},
        {"short data     ", REGISTRY_TCP_RANGES, BYTES("\x9\2\1\0"), BYTES("\x10\0\xff")},
        {"long data      ", REGISTRY_TCP_RANGES, BYTES("\x9\3\1\0"), BYTES("\x10\0\xff\xff\1")},
        {"another mark   ", REGISTRY_TCP_RANGES, BYTES("\x9\4\1\0"), BYTES("\x11\0\xff\xff")},
        {"another range  ", REGISTRY_DYNAMIC_RANGES, BYTES("tcq"), BYTES("\x4e\x20\xff\0")},
        {"another family ", REGISTRY_DYNAMIC_RANGES, BYTES("tcp5"), BYTES("\x4e\x20\xff\0")},
        {"a longer range ", REGISTRY_DYNAMIC_RANGES, BYTES("tcp44"), BYTES("\x4e\x20\xff\0")},
        {"a short range  ", REGISTRY_DYNAMIC_RANGES, BYTES("tcp"), BYTES("\x4e\x20\xff")},
        {"an empty range ", REGISTRY_DYNAMIC_RANGES, BYTES("udp"), BYTES("\x4e\x20\0\0")},
        {"another setting", REGISTRY_TCPIP, BYTES("MaxUserPost"), BYTES("\x50\xc3\0\0")},
        {"a longer name  ", REGISTRY_TCPIP, BYTES("MaxUserPorts"), BYTES("\x50\xc3\0\0")},
        {"a short setting", REGISTRY_TCPIP, BYTES("MaxUserPort"), BYTES("\x50\xc3")},
        {"a port too high", REGISTRY_TCPIP, BYTES("MaxUserPort"), BYTES("\0\0\1\0")},
        {"a setting moved", REGISTRY_DYNAMIC_RANGES, BYTES("MaxUserPort"), BYTES("\x50\xc3\0\0")},
    };
    /* clang-format on */
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct registry_value value = {
            .key = rows[i].key,
            .slot = REGISTRY_NO_SLOT,
            .name_size = rows[i].name.size,
            .data_size = rows[i].data.size,
        };
        memcpy(value.name, rows[i].name.at, rows[i].name.size);
        memcpy(value.data, rows[i].data.at, rows[i].data.size);
        struct stored_block block;
        struct stored_range range;
        if (store_read_block(&value, &block) || store_read_dynamic_range(&value, &range) ||
            store_read_max_user_port(&value) != 0)
            fail_msg("%s is read", rows[i].label);
        assert_status(registry_write(&f.nt.registry, &value), STATUS_SUCCESS);
        fixture_cut_power();
        for (enum protocol p = 0; p < PROTOCOL_COUNT; p++) {
            const struct port_range dynamic = dynamic_range(f.tcpip, FAMILY_4, p);
            if (f.tcpip->pools[p].blocks.count != 0 || dynamic.first != 49152 ||
                dynamic.count != 16384)
                fail_msg("%s", rows[i].label);
        }
    }
    created(PROTOCOL_TCP, 5000, 10);
    fixture_cut_power();
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_PERSISTENT).count, 1);
}

static void blocks_at_both_ends_come_back(void **state)
{
    (void)state;
    created(PROTOCOL_TCP, 1, 1);
    created(PROTOCOL_TCP, 65535, 1);
    created(PROTOCOL_UDP, 1, 65535);
    fixture_cut_power();
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_PERSISTENT).count, 2);
    assert_int_equal(count_blocks(PROTOCOL_UDP, ENTRY_PERSISTENT).count, 1);
}

static void a_range_set_after_a_boot_takes_the_place_of_the_one_read(void **state)
{
    (void)state;
    assert_status(store_dynamic(FAMILY_4, PROTOCOL_TCP, 20000, 300), STATUS_SUCCESS);
    fixture_cut_power();
    assert_status(store_dynamic(FAMILY_4, PROTOCOL_TCP, 30000, 300), STATUS_SUCCESS);
    struct registry before = f.nt.registry;
    unsigned values = 0;
    for (uint32_t slot = 0; slot < before.slots; slot++)
        values += (unsigned)(before.used[slot / 64] >> (slot % 64) & 1);
    assert_int_equal(values, 1);
}

static void an_exclusion_woken_up_takes_its_old_value_over(void **state)
{
    (void)state;
    const struct port_range range = {5000, 10};
    assert_status(exclude(PROTOCOL_TCP, 5000, 10, STORE_PERSISTENT), STATUS_SUCCESS);
    assert_status(exclusion_delete(f.tcpip, FAMILY_4, PROTOCOL_TCP, &range, STORE_ACTIVE),
                  STATUS_SUCCESS);
    assert_status(exclude(PROTOCOL_TCP, 5000, 10, STORE_PERSISTENT), STATUS_SUCCESS);
    unsigned values = 0;
    for (uint32_t slot = 0; slot < f.nt.registry.slots; slot++)
        values += (unsigned)(f.nt.registry.used[slot / 64] >> (slot % 64) & 1);
    assert_int_equal(values, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MACHINE_TEST(an_exclusion_is_stored_as_it_was_seen),
        MACHINE_TEST(a_persistent_block_is_stored_under_its_range),
        MACHINE_TEST(a_kept_token_stands_behind_the_mark),
        MACHINE_TEST(a_dynamic_range_is_stored_under_its_protocol),
        MACHINE_TEST(the_range_of_a_family_is_stored_under_both),
        MACHINE_TEST(values_that_make_no_sense_are_passed_over),
        MACHINE_TEST(blocks_at_both_ends_come_back),
        MACHINE_TEST(a_range_set_after_a_boot_takes_the_place_of_the_one_read),
        MACHINE_TEST(an_exclusion_woken_up_takes_its_old_value_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
