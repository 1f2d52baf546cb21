#include "sim/tcpip/fixture.h"

/* ---- Dynamic ranges -------------------------------------------------------------------------- */

struct dynamic_row {
    const char *name;
    uint32_t first, count;
    nt_status documented, any;
};

static void dynamic_ranges_have_limits(void **state)
{
    (void)state;
    const nt_status no = STATUS_INVALID_PARAMETER, yes = STATUS_SUCCESS;
    /* clang-format off */
    const struct dynamic_row rows[] = {
        {"the lowest start   ",  1025,   255, yes, yes},
        {"a lower one        ",  1024,   255, no,  yes},
        {"one port fewer     ",  1025,   254, no,  yes},
        {"up to the end      ", 65281,   255, yes, yes},
        {"past the end       ", 65282,   255, no,  no},
        {"all there is       ",  1025, 64511, yes, yes},
        {"and one more       ",  1025, 64512, no,  no},
        {"nothing            ", 20000,     0, no,  no},
        {"from port 1        ",     1,   255, no,  yes},
        {"from port 0        ",     0,  1000, no,  no},
        {"beyond the ports   ", 65536,   255, no,  no},
        {"a count that wraps ",  2000, UINT32_MAX, no, no},
        {"a single port      ", 65535,     1, no,  yes},
    };
    /* clang-format on */
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        print_message("%s\n", rows[i].name);
        CHOOSE(dynamic_range_limits, documented);
        if (rows[i].documented == no)
            assert_refused(set_dynamic(PROTOCOL_TCP, rows[i].first, rows[i].count), no);
        else
            assert_status(set_dynamic(PROTOCOL_TCP, rows[i].first, rows[i].count), yes);
        CHOOSE(dynamic_range_limits, any);
        assert_status(set_dynamic(PROTOCOL_TCP, rows[i].first, rows[i].count), rows[i].any);
    }
}

static void assert_dynamic(enum family family, enum protocol protocol, uint32_t first,
                           uint32_t count)
{
    struct port_range range = dynamic_range(f.tcpip, family, protocol);
    assert_int_equal(range.first, first);
    assert_int_equal(range.count, count);
}

static void a_dynamic_range_holds_for_both_families_and_one_protocol(void **state)
{
    (void)state;
    assert_status(set_dynamic(PROTOCOL_UDP, 20000, 1000), STATUS_SUCCESS);
    assert_dynamic(FAMILY_4, PROTOCOL_UDP, 20000, 1000);
    assert_dynamic(FAMILY_6, PROTOCOL_UDP, 20000, 1000);
    assert_dynamic(FAMILY_4, PROTOCOL_TCP, 49152, 16384);
    fixture_reboot();
    assert_dynamic(FAMILY_4, PROTOCOL_UDP, 49152, 16384);
}

static void a_stored_dynamic_range_survives(void **state)
{
    (void)state;
    assert_status(store_dynamic(FAMILY_6, PROTOCOL_TCP, 20000, 300), STATUS_SUCCESS);
    assert_status(store_dynamic(FAMILY_4, PROTOCOL_TCP, 30000, 0x201), STATUS_SUCCESS);
    fixture_cut_power();
    assert_dynamic(FAMILY_4, PROTOCOL_TCP, 30000, 0x201);
    assert_dynamic(FAMILY_6, PROTOCOL_TCP, 30000, 0x201);
    assert_in_range(f.tcpip->pools[PROTOCOL_TCP].cursor, 30000, 30000 + 0x200);
    assert_dynamic(FAMILY_4, PROTOCOL_UDP, 49152, 16384);
}

static void families_may_have_ranges_apart(void **state)
{
    (void)state;
    CHOOSE(dynamic_range_families, apart);
    assert_status(store_dynamic(FAMILY_6, PROTOCOL_UDP, 20000, 300), STATUS_SUCCESS);
    assert_status(store_dynamic(FAMILY_4, PROTOCOL_UDP, 30000, 400), STATUS_SUCCESS);
    assert_dynamic(FAMILY_4, PROTOCOL_UDP, 30000, 400);
    assert_dynamic(FAMILY_6, PROTOCOL_UDP, 20000, 300);
    fixture_cut_power();
    assert_dynamic(FAMILY_4, PROTOCOL_UDP, 30000, 400);
    assert_dynamic(FAMILY_6, PROTOCOL_UDP, 20000, 300);
    assert_dynamic(FAMILY_6, PROTOCOL_TCP, 49152, 16384);
}

static void without_power_the_range_stays(void **state)
{
    (void)state;
    f.disk.powered = false;
    assert_refused(store_dynamic(FAMILY_4, PROTOCOL_TCP, 20000, 300), STATUS_DEVICE_NOT_READY);
}

static void set_max_user_port(uint32_t port)
{
    struct registry_value value = {
        .key = REGISTRY_TCPIP,
        .slot = REGISTRY_NO_SLOT,
        .name_size = 11,
        .data_size = 4,
        .name = "MaxUserPort",
        .data = {(unsigned char)port, (unsigned char)(port >> 8)},
    };
    assert_status(registry_write(&f.nt.registry, &value), STATUS_SUCCESS);
}

static void max_user_port_caps_the_range_from_the_next_boot_on(void **state)
{
    (void)state;
    set_max_user_port(50000);
    assert_dynamic(FAMILY_4, PROTOCOL_TCP, 49152, 16384);
    fixture_reboot();
    assert_dynamic(FAMILY_4, PROTOCOL_TCP, 49152, 849);
    assert_dynamic(FAMILY_6, PROTOCOL_UDP, 49152, 849);
    assert_in_range(f.tcpip->pools[PROTOCOL_TCP].cursor, 49152, 50000);
}

static void max_user_port_leaves_at_least_the_smallest_range(void **state)
{
    (void)state;
    set_max_user_port(49152 + 254);
    fixture_reboot();
    assert_dynamic(FAMILY_4, PROTOCOL_TCP, 49152, 255);
    fixture_close();
    fixture_open();
    set_max_user_port(49152 + 253);
    fixture_reboot();
    assert_dynamic(FAMILY_4, PROTOCOL_TCP, 49152, 16384);
    fixture_close();
    fixture_open();
    set_max_user_port(65535);
    fixture_reboot();
    assert_dynamic(FAMILY_4, PROTOCOL_TCP, 49152, 16384);
    fixture_close();
    fixture_open();
    set_max_user_port(65534);
    fixture_reboot();
    assert_dynamic(FAMILY_4, PROTOCOL_TCP, 49152, 16383);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MACHINE_TEST(dynamic_ranges_have_limits),
        MACHINE_TEST(a_dynamic_range_holds_for_both_families_and_one_protocol),
        MACHINE_TEST(a_stored_dynamic_range_survives),
        MACHINE_TEST(families_may_have_ranges_apart),
        MACHINE_TEST(without_power_the_range_stays),
        MACHINE_TEST(max_user_port_caps_the_range_from_the_next_boot_on),
        MACHINE_TEST(max_user_port_leaves_at_least_the_smallest_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
