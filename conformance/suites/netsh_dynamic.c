/* The dynamic ranges as netsh sets them, what automatic choice makes of them and of exclusions, and
 * what a restart leaves of both.
 */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/netsh.h"
#include "conformance/suites/persistent.h"
#include "conformance/suites/suite.h"

static struct exclusion_list list;
static struct automatic_ports taken;

static void assert_range_is(const char *family, enum block_protocol protocol, unsigned first,
                            unsigned count)
{
    const struct dynamic_range range = dynamic_range_show(family, protocol);
    assert_int_equal(range.first, first);
    assert_int_equal(range.count, count);
}

static void restore(enum block_protocol protocol, struct dynamic_range range)
{
    assert_int_equal(dynamic_range_set("ipv4", protocol, range.first, range.count, ""), 0);
    assert_range_is("ipv4", protocol, range.first, range.count);
}

static void the_dynamic_range_has_the_known_shape(enum block_protocol protocol)
{
    char wanted[256];
    const struct dynamic_range range = dynamic_range_show("ipv4", protocol);

    if (strstr(netsh_output, "Port") == NULL)
        SKIP_BECAUSE("netsh does not speak English here");
    snprintf(wanted, sizeof(wanted),
             "Protocol %s Dynamic Port Range\n"
             "---------------------------------\n"
             "Start Port      : %u\n"
             "Number of Ports : %u",
             block_protocol_name(protocol), range.first, range.count);
    assert_string_equal(netsh_output, wanted);
    assert_int_equal(netsh("int ipv4 show dynamicport %s", block_protocol_name(protocol)), 0);
    assert_string_equal(netsh_output, wanted);
}
FOR_TCP_AND_UDP(the_dynamic_range_has_the_known_shape)

static void a_set_range_is_shown_for_its_protocol(enum block_protocol protocol)
{
    const enum block_protocol other = the_other_protocol(protocol);
    const struct dynamic_range before = dynamic_range_show("ipv4", protocol);
    const struct dynamic_range others = dynamic_range_show("ipv4", other);

    assert_int_equal(dynamic_range_set("ipv4", protocol, 20000, 1000, ""), 0);
    assert_range_is("ipv4", protocol, 20000, 1000);
    assert_range_is("ipv4", other, others.first, others.count);
    assert_int_equal(
        netsh("int ipv4 set dynamicport %s start=21000 num=2000", block_protocol_name(protocol)),
        0);
    assert_range_is("ipv4", protocol, 21000, 2000);
    restore(protocol, before);
}
FOR_TCP_AND_UDP(a_set_range_is_shown_for_its_protocol)

static void the_range_of_one_family_holds_for_the_other_or_not(enum block_protocol protocol)
{
    const struct dynamic_range before = dynamic_range_show("ipv4", protocol);
    const struct dynamic_range before_6 = dynamic_range_show("ipv6", protocol);

    assert_int_equal(dynamic_range_set("ipv4", protocol, 20000, 1000, ""), 0);
    const struct dynamic_range after_6 = dynamic_range_show("ipv6", protocol);
    if (after_6.first == 20000 && after_6.count == 1000) {
        OBSERVE(dynamic_range_families, shared);
    } else {
        assert_range_is("ipv6", protocol, before_6.first, before_6.count);
        OBSERVE(dynamic_range_families, apart);
    }
    assert_int_equal(dynamic_range_set("ipv6", protocol, 21000, 2000, ""), 0);
    assert_range_is("ipv6", protocol, 21000, 2000);
    if (after_6.first == 20000)
        assert_range_is("ipv4", protocol, 21000, 2000);
    else
        assert_range_is("ipv4", protocol, 20000, 1000);
    assert_int_equal(dynamic_range_set("ipv6", protocol, before_6.first, before_6.count, ""), 0);
    restore(protocol, before);
}
FOR_TCP_AND_UDP(the_range_of_one_family_holds_for_the_other_or_not)

/* A range just inside and just outside each limit. */
static const struct {
    const char *what;
    unsigned first, count;
    bool taken;
} range_limits[] = {
    {"255 ports", 20000, 255, true},    {"254 ports", 20000, 254, false},
    {"no ports", 20000, 0, false},      {"from 1025", 1025, 1000, true},
    {"from 1024", 1024, 1000, false},   {"from 0", 0, 1000, false},
    {"up to 65535", 65281, 255, true},  {"past 65535", 65282, 255, false},
    {"the largest", 1025, 64511, true}, {"one larger than the largest", 1025, 64512, false},
    {"from 65536", 65536, 255, false},  {"more ports than there are", 1025, 65536, false},
};

static void a_range_outside_the_limits_is_refused(enum block_protocol protocol)
{
    const struct dynamic_range before = dynamic_range_show("ipv4", protocol);

    for (unsigned i = 0; i < sizeof(range_limits) / sizeof(range_limits[0]); i++) {
        const unsigned first = range_limits[i].first, count = range_limits[i].count;
        restore(protocol, before);
        const int answer = dynamic_range_set("ipv4", protocol, first, count, "");
        if (!range_limits[i].taken && answer == 0)
            OBSERVE(dynamic_range_limits, any);
        assert_answer(range_limits[i].what, answer, range_limits[i].taken ? 0 : 1);
        if (range_limits[i].taken)
            assert_range_is("ipv4", protocol, first, count);
        else
            assert_range_is("ipv4", protocol, before.first, before.count);
    }
    OBSERVE(dynamic_range_limits, documented);
    restore(protocol, before);
}
FOR_TCP_AND_UDP(a_range_outside_the_limits_is_refused)

/* Every port of the range is given, but for those that somebody else has, and no other. */
static void automatic_ports_come_from_the_range_set(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned first = free_range(SMALL_DYNAMIC_COUNT);
    const struct dynamic_range before = automatic_ports_begin(protocol, first, &taken);

    assert_true(taken.count > 0 && taken.count <= SMALL_DYNAMIC_COUNT);
    for (unsigned i = 0; i < taken.count; i++)
        assert_true(in_block(taken.ports[i], first, SMALL_DYNAMIC_COUNT));
    for (unsigned port = first; port < first + SMALL_DYNAMIC_COUNT; port++)
        if (!automatic_ports_hold(&taken, port))
            assert_true(probe_bind(protocol, port) != 0);
    automatic_ports_end(protocol, before, &taken);
}
FOR_TCP_AND_UDP(automatic_ports_come_from_the_range_set)

static void automatic_choice_keeps_out_of_exclusions(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned range = free_range(SMALL_DYNAMIC_COUNT);
    const unsigned first = range + 50;
    assert_int_equal(netsh_add("ipv4", protocol, first, 100, ""), 0);

    const struct dynamic_range before = automatic_ports_begin(protocol, range, &taken);
    bool entered = false;
    for (unsigned i = 0; i < taken.count; i++)
        entered = entered || in_block(taken.ports[i], first, 100);
    for (unsigned port = range; port < range + SMALL_DYNAMIC_COUNT; port++)
        if (!in_block(port, first, 100) && !automatic_ports_hold(&taken, port))
            assert_true(probe_bind(protocol, port) != 0);
    assert_true(taken.count > 0);
    automatic_ports_end(protocol, before, &taken);
    if (entered)
        OBSERVE(automatic_bind_exclusions, enters);
    OBSERVE(automatic_bind_exclusions, skips);

    assert_int_equal(netsh_delete("ipv4", protocol, first, 100, ""), 0);
}
FOR_TCP_AND_UDP(automatic_choice_keeps_out_of_exclusions)

/* ---- After a restart ------------------------------------------------------------------------- */

struct kept {
    unsigned first;
    struct dynamic_range range;
    unsigned foreign_count;
    unsigned foreign_sum; /* of the first ports: where the blocks lie, in one number */
};

static void keep(const struct kept *kept)
{
    memcpy(testbed_kept(), kept, sizeof(*kept));
}

static struct kept what_was_kept(void)
{
    struct kept kept;
    memcpy(&kept, testbed_kept(), sizeof(kept));
    return kept;
}

static void add_to_every_store(void)
{
    struct kept kept;
    memset(&kept, 0, sizeof(kept));
    kept.first = free_range(40);
    for (unsigned i = 0; i < 2; i++) {
        const enum block_protocol protocol = i == 0 ? TCP_BLOCK : UDP_BLOCK;
        assert_int_equal(netsh_add("ipv4", protocol, kept.first, 10, " store=active"), 0);
        assert_int_equal(netsh_add("ipv4", protocol, kept.first + 10, 10, " store=persistent"), 0);
        assert_int_equal(netsh_add("ipv4", protocol, kept.first + 20, 10, ""), 0);
        assert_int_equal(netsh_add("ipv4", protocol, kept.first + 30, 10, ""), 0);
        assert_int_equal(netsh_delete("ipv4", protocol, kept.first + 30, 10, ""), 0);
    }
    keep(&kept);
}

static void exclusions_outlive_a_restart_as_their_store_says(void)
{
    START_WINSOCK();
    const unsigned first = what_was_kept().first;
    for (unsigned i = 0; i < 2; i++) {
        const enum block_protocol protocol = i == 0 ? TCP_BLOCK : UDP_BLOCK;
        assert_true(exclusion_listed("ipv4", protocol, first + 10, 10));
        assert_true(probe_block(protocol, first + 10, 1) != 0);
        assert_true(probe_block(protocol, first + 19, 1) != 0);
        assert_false(exclusion_listed("ipv4", protocol, first + 30, 10));
        assert_int_equal(probe_block(protocol, first + 30, 10), 0);
        assert_int_equal(netsh_delete("ipv4", protocol, first + 10, 10, ""), 0);
    }
}

static void an_active_exclusion_lasts_until_the_next_boot(void)
{
    START_WINSOCK();
    const unsigned first = what_was_kept().first;
    for (unsigned i = 0; i < 2; i++) {
        const enum block_protocol protocol = i == 0 ? TCP_BLOCK : UDP_BLOCK;
        if (exclusion_listed("ipv4", protocol, first, 10))
            OBSERVE(netsh_active_restart, survives);
        OBSERVE(netsh_active_restart, ends);
        assert_int_equal(probe_block(protocol, first, 10), 0);
        assert_int_equal(netsh_delete("ipv4", protocol, first + 10, 10, ""), 0);
        assert_int_equal(netsh_delete("ipv4", protocol, first + 20, 10, ""), 0);
    }
}

static void an_exclusion_is_persistent_by_default(void)
{
    START_WINSOCK();
    const unsigned first = what_was_kept().first;
    for (unsigned i = 0; i < 2; i++) {
        const enum block_protocol protocol = i == 0 ? TCP_BLOCK : UDP_BLOCK;
        if (!exclusion_listed("ipv4", protocol, first + 20, 10))
            OBSERVE(netsh_default_store, active);
        OBSERVE(netsh_default_store, persistent);
        assert_true(probe_block(protocol, first + 20, 10) != 0);
        assert_int_equal(netsh_delete("ipv4", protocol, first + 10, 10, ""), 0);
        assert_int_equal(netsh_delete("ipv4", protocol, first + 20, 10, ""), 0);
        assert_false(exclusion_listed("ipv4", protocol, first + 20, 10));
    }
}

/* Deleted from the active store alone, an exclusion is back after the next boot. */
static void add_and_delete_until_the_next_boot(void)
{
    struct kept kept;
    memset(&kept, 0, sizeof(kept));
    kept.first = free_range(20);
    for (unsigned i = 0; i < 2; i++) {
        const enum block_protocol protocol = i == 0 ? TCP_BLOCK : UDP_BLOCK;
        assert_int_equal(netsh_add("ipv4", protocol, kept.first, 10, " store=persistent"), 0);
        assert_int_equal(netsh_add("ipv4", protocol, kept.first + 10, 10, " store=persistent"), 0);
        assert_int_equal(netsh_delete("ipv4", protocol, kept.first, 10, " store=active"), 0);
        assert_false(exclusion_listed("ipv4", protocol, kept.first, 10));
        assert_true(exclusion_listed("ipv4", protocol, kept.first + 10, 10));
    }
    keep(&kept);
}

static void a_delete_from_the_active_store_lasts_until_the_next_boot(void)
{
    START_WINSOCK();
    const unsigned first = what_was_kept().first;
    for (unsigned i = 0; i < 2; i++) {
        const enum block_protocol protocol = i == 0 ? TCP_BLOCK : UDP_BLOCK;
        for (unsigned at = first; at <= first + 10; at += 10) {
            assert_true(exclusion_listed("ipv4", protocol, at, 10));
            assert_true(probe_block(protocol, at, 10) != 0);
            assert_int_equal(netsh_delete("ipv4", protocol, at, 10, ""), 0);
        }
    }
}

static void set_a_range_to_keep(void)
{
    struct kept kept;
    memset(&kept, 0, sizeof(kept));
    kept.first = free_range(1);
    kept.range = dynamic_range_show("ipv4", TCP_BLOCK);
    assert_int_equal(dynamic_range_set("ipv4", TCP_BLOCK, 20000, 1000, ""), 0);
    keep(&kept);
}

static void a_set_range_survives_a_restart(void)
{
    START_WINSOCK();
    assert_range_is("ipv4", TCP_BLOCK, 20000, 1000);
    const SOCKET s = tcp_socket();
    assert_int_equal(bind_loopback(s, 0), 0);
    assert_true(in_block(bound_port(s), 20000, 1000));
    assert_int_equal(closesocket(s), 0);
    restore(TCP_BLOCK, what_was_kept().range);
}

static void set_a_range_until_the_next_boot(void)
{
    struct kept kept;
    memset(&kept, 0, sizeof(kept));
    kept.range = dynamic_range_show("ipv4", UDP_BLOCK);
    assert_int_equal(dynamic_range_set("ipv4", UDP_BLOCK, 20000, 1000, " store=active"), 0);
    assert_range_is("ipv4", UDP_BLOCK, 20000, 1000);
    keep(&kept);
}

static void a_range_of_the_active_store_lasts_until_the_next_boot(void)
{
    const struct dynamic_range range = what_was_kept().range;
    assert_range_is("ipv4", UDP_BLOCK, range.first, range.count);
}

/* Blocks of exactly a hundred ports without a star, in the dynamic range: Hyper-V's and its like.
 */
static void count_foreign_blocks(struct kept *kept)
{
    memset(kept, 0, sizeof(*kept));
    kept->range = dynamic_range_show("ipv4", TCP_BLOCK);
    exclusions_show("ipv4", TCP_BLOCK, &list);
    for (unsigned i = 0; i < list.count; i++) {
        const struct exclusion_row *row = &list.rows[i];
        if (row->star || row->last - row->first != 99 ||
            !in_block(row->first, kept->range.first, kept->range.count))
            continue;
        kept->foreign_count++;
        kept->foreign_sum += row->first;
    }
}

static void note_the_foreign_blocks(void)
{
    struct kept kept;
    count_foreign_blocks(&kept);
    keep(&kept);
}

/* Such blocks keep others off as any block does. Whether they moved, the machine says itself. */
static void foreign_blocks_keep_others_off(void)
{
    START_WINSOCK();
    const struct kept before = what_was_kept();
    struct kept now;
    count_foreign_blocks(&now);
    for (unsigned i = 0; i < list.count; i++)
        if (!list.rows[i].star && list.rows[i].last - list.rows[i].first == 99)
            assert_true(probe_block(TCP_BLOCK, list.rows[i].first, 1) != 0);
    if (before.foreign_count == 0 && now.foreign_count == 0)
        OBSERVE(foreign_blocks, none);
    else if (before.foreign_sum != now.foreign_sum)
        OBSERVE(foreign_blocks, moving);
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(tcp_the_dynamic_range_has_the_known_shape, NETSH_005),
    CASE(udp_the_dynamic_range_has_the_known_shape, NETSH_005),
    CASE(tcp_a_set_range_is_shown_for_its_protocol, NETSH_005, BIND_005),
    CASE(udp_a_set_range_is_shown_for_its_protocol, NETSH_005, BIND_005),
    CASE(tcp_the_range_of_one_family_holds_for_the_other_or_not, NETSH_005, BIND_005),
    CASE(udp_the_range_of_one_family_holds_for_the_other_or_not, NETSH_005, BIND_005),
    CASE(tcp_a_range_outside_the_limits_is_refused, NETSH_005, BIND_006),
    CASE(udp_a_range_outside_the_limits_is_refused, NETSH_005, BIND_006),
    CASE(tcp_automatic_ports_come_from_the_range_set, NETSH_005, BIND_002),
    CASE(udp_automatic_ports_come_from_the_range_set, NETSH_005, BIND_002),
    CASE(tcp_automatic_choice_keeps_out_of_exclusions, NETSH_007),
    CASE(udp_automatic_choice_keeps_out_of_exclusions, NETSH_007),
    REBOOT_CASE(add_to_every_store, TESTBED_RESTART,
                exclusions_outlive_a_restart_as_their_store_says, BOOT_006, NETSH_001),
    REBOOT_CASE(add_to_every_store, TESTBED_POWER_CUT,
                an_active_exclusion_lasts_until_the_next_boot, BOOT_006),
    REBOOT_CASE(add_to_every_store, TESTBED_RESTART,
                an_exclusion_is_persistent_by_default, NETSH_002),
    REBOOT_CASE(add_and_delete_until_the_next_boot, TESTBED_RESTART,
                a_delete_from_the_active_store_lasts_until_the_next_boot, BOOT_006, NETSH_003),
    REBOOT_CASE(set_a_range_to_keep, TESTBED_RESTART,
                a_set_range_survives_a_restart, NETSH_005),
    REBOOT_CASE(set_a_range_until_the_next_boot, TESTBED_RESTART,
                a_range_of_the_active_store_lasts_until_the_next_boot, NETSH_005, BOOT_006),
    REBOOT_CASE(note_the_foreign_blocks, TESTBED_RESTART,
                foreign_blocks_keep_others_off, NETSH_004),
    END_OF_CASES,
};
// clang-format on

const struct suite netsh_dynamic_suite = {
    .name = "netsh_dynamic",
    .about = "Dynamic ranges, and what a restart leaves of netsh's settings",
    .user = TESTBED_ELEVATED_ADMIN,
    .cases = cases,
};
