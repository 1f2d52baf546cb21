/* netsh's two stores: what is deleted from the active one alone sleeps until the next boot, and can
 * meanwhile be added again or deleted for good. And lines that are no command at all.
 */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/netsh.h"
#include "conformance/suites/persistent.h"
#include "conformance/suites/suite.h"

static struct exclusion_list list;

enum { ACTIVE, PERSISTENT };
static const char *const stores[] = {" store=active", " store=persistent"};

static void added(enum block_protocol protocol, int store, unsigned first, unsigned count)
{
    assert_int_equal(netsh_add("ipv4", protocol, first, count, stores[store]), 0);
}

static int deletes(enum block_protocol protocol, int store, unsigned first, unsigned count)
{
    return netsh_delete("ipv4", protocol, first, count, stores[store]);
}

/* How many rows of exactly these ports the listing has. */
static unsigned rows_of(enum block_protocol protocol, unsigned first, unsigned count)
{
    unsigned rows = 0;
    exclusions_show("ipv4", protocol, &list);
    for (unsigned i = 0; i < list.count; i++)
        rows += list.rows[i].first == first && list.rows[i].last == first + count - 1;
    return rows;
}

static bool shown_in(enum block_protocol protocol, int store, unsigned first, unsigned count)
{
    assert_int_equal(netsh("int ipv4 show excludedportrange protocol=%s%s",
                           block_protocol_name(protocol), stores[store]),
                     0);
    exclusions_read(&list);
    return exclusion_find(&list, first, count) != NULL;
}

static void keep(unsigned first)
{
    memcpy(testbed_kept(), &first, sizeof(first));
}

static unsigned what_was_kept(void)
{
    unsigned first;
    memcpy(&first, testbed_kept(), sizeof(first));
    return first;
}

/* ---- Without a restart ----------------------------------------------------------------------- */

static void show_tells_the_stores_apart(enum block_protocol protocol)
{
    const unsigned first = free_range(20);

    added(protocol, ACTIVE, first, 10);
    added(protocol, PERSISTENT, first + 10, 10);
    assert_true(shown_in(protocol, ACTIVE, first, 10));
    assert_true(shown_in(protocol, ACTIVE, first + 10, 10));
    if (shown_in(protocol, PERSISTENT, first, 10))
        OBSERVE(netsh_active_restart, survives);
    assert_true(shown_in(protocol, PERSISTENT, first + 10, 10));
    assert_int_equal(deletes(protocol, ACTIVE, first, 10), 0);
    assert_int_equal(deletes(protocol, PERSISTENT, first + 10, 10), 0);
}
FOR_TCP_AND_UDP(show_tells_the_stores_apart)

/* An exclusion of the active store leaves nothing behind. */
static void what_was_only_active_can_be_deleted_once(enum block_protocol protocol)
{
    const unsigned first = free_range(10);

    added(protocol, ACTIVE, first, 10);
    assert_int_equal(deletes(protocol, ACTIVE, first, 10), 0);
    assert_int_equal(deletes(protocol, ACTIVE, first, 10), 1);
    assert_int_equal(deletes(protocol, PERSISTENT, first, 10), 1);
}
FOR_TCP_AND_UDP(what_was_only_active_can_be_deleted_once)

static void what_sleeps_holds_no_port(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned first = free_range(20);
    INET_PORT_RESERVATION_INSTANCE block;

    added(protocol, PERSISTENT, first, 20);
    assert_int_equal(deletes(protocol, ACTIVE, first, 20), 0);
    for (unsigned i = 0; i < 20; i++)
        assert_int_equal(probe_bind(protocol, first + i), 0);
    const SOCKET holder = block_socket(protocol);
    assert_int_equal(acquire_block(holder, (USHORT)first, 20, &block), 0);
    assert_int_equal(closesocket(holder), 0);
    assert_int_equal(deletes(protocol, ACTIVE, first, 20), 1);
    assert_int_equal(deletes(protocol, PERSISTENT, first, 20), 0);
    assert_int_equal(deletes(protocol, PERSISTENT, first, 20), 1);
}
FOR_TCP_AND_UDP(what_sleeps_holds_no_port)

static void the_first_port_can_be_excluded(enum block_protocol protocol)
{
    START_WINSOCK();
    if (probe_block(protocol, 1, 1) != 0)
        SKIP_BECAUSE("somebody has port 1");
    for (int store = ACTIVE; store <= PERSISTENT; store++) {
        added(protocol, store, 1, 1);
        assert_int_equal(rows_of(protocol, 1, 1), 1);
        assert_int_equal(deletes(protocol, store, 1, 1), 0);
        assert_int_equal(rows_of(protocol, 1, 1), 0);
    }
}
FOR_TCP_AND_UDP(the_first_port_can_be_excluded)

/* ---- After a restart ------------------------------------------------------------------------- */

/* Five exclusions of each protocol sleep; then three are added again, one is deleted for good. */
static void put_five_to_sleep_and_wake_three(void)
{
    const unsigned first = free_range(50);

    for (int protocol = TCP_BLOCK; protocol <= UDP_BLOCK; protocol++)
        for (unsigned i = 0; i < 5; i++) {
            added((enum block_protocol)protocol, PERSISTENT, first + 10 * i, 10);
            assert_int_equal(deletes((enum block_protocol)protocol, ACTIVE, first + 10 * i, 10), 0);
        }
    added(TCP_BLOCK, PERSISTENT, first, 10);
    added(TCP_BLOCK, PERSISTENT, first + 20, 10);
    added(UDP_BLOCK, PERSISTENT, first + 30, 10);
    assert_int_equal(deletes(TCP_BLOCK, PERSISTENT, first + 10, 10), 0);
    assert_int_equal(deletes(UDP_BLOCK, PERSISTENT, first + 40, 10), 0);
    assert_int_equal(rows_of(TCP_BLOCK, first, 10), 1);
    assert_int_equal(rows_of(TCP_BLOCK, first + 10, 10), 0);
    assert_int_equal(rows_of(UDP_BLOCK, first, 10), 0);
    keep(first);
}

static void each_exclusion_wakes_once_unless_it_was_deleted(void)
{
    START_WINSOCK();
    const unsigned first = what_was_kept();

    for (unsigned i = 0; i < 5; i++) {
        assert_int_equal(rows_of(TCP_BLOCK, first + 10 * i, 10), i == 1 ? 0 : 1);
        assert_int_equal(rows_of(UDP_BLOCK, first + 10 * i, 10), i == 4 ? 0 : 1);
        assert_int_equal(deletes(TCP_BLOCK, PERSISTENT, first + 10 * i, 10), i == 1 ? 1 : 0);
        assert_int_equal(deletes(UDP_BLOCK, PERSISTENT, first + 10 * i, 10), i == 4 ? 1 : 0);
        assert_int_equal(rows_of(TCP_BLOCK, first + 10 * i, 10), 0);
        assert_int_equal(rows_of(UDP_BLOCK, first + 10 * i, 10), 0);
    }
    assert_int_equal(probe_block(TCP_BLOCK, first, 50), 0);
    assert_int_equal(probe_block(UDP_BLOCK, first, 50), 0);
}

/* A block and an exclusion of each protocol, where automatic choice will be let in. */
static void reserve_and_exclude_to_keep(void)
{
    const unsigned first = free_range(SMALL_DYNAMIC_COUNT);
    ULONG64 token = 0;

    for (int protocol = TCP_BLOCK; protocol <= UDP_BLOCK; protocol++) {
        assert_int_equal(create_block((enum block_protocol)protocol, first + 40, 10, &token),
                         ERROR_SUCCESS);
        added((enum block_protocol)protocol, PERSISTENT, first + 20, 10);
    }
    keep(first);
}

static void automatic_choice_keeps_out_of_both_after_a_restart(void)
{
    START_WINSOCK();
    const unsigned first = what_was_kept();
    static struct automatic_ports taken;

    for (int i = TCP_BLOCK; i <= UDP_BLOCK; i++) {
        const enum block_protocol protocol = (enum block_protocol)i;
        const struct dynamic_range before = automatic_ports_begin(protocol, first, &taken);
        for (unsigned j = 0; j < taken.count; j++) {
            assert_false(in_block(taken.ports[j], first + 40, 10));
            assert_false(in_block(taken.ports[j], first + 20, 10));
        }
        assert_int_equal(taken.count, SMALL_DYNAMIC_COUNT - 20);
        automatic_ports_end(protocol, before, &taken);
        assert_int_equal(delete_block(protocol, first + 40, 10), ERROR_SUCCESS);
        assert_int_equal(deletes(protocol, PERSISTENT, first + 20, 10), 0);
    }
}

/* Added and deleted in an order that lets a careless store keep the old value in the last place. */
static void set_each_range_twice(void)
{
    const unsigned first = free_range(10);

    added(TCP_BLOCK, PERSISTENT, first, 10);
    for (int protocol = TCP_BLOCK; protocol <= UDP_BLOCK; protocol++)
        assert_int_equal(dynamic_range_set("ipv4", (enum block_protocol)protocol, 20000,
                                           1000 + (unsigned)protocol, stores[PERSISTENT]),
                         0);
    assert_int_equal(deletes(TCP_BLOCK, PERSISTENT, first, 10), 0);
    for (int protocol = TCP_BLOCK; protocol <= UDP_BLOCK; protocol++)
        assert_int_equal(dynamic_range_set("ipv4", (enum block_protocol)protocol, 22000,
                                           2000 + (unsigned)protocol, stores[PERSISTENT]),
                         0);
}

static void the_range_that_was_set_last_survives_a_restart(void)
{
    for (int protocol = TCP_BLOCK; protocol <= UDP_BLOCK; protocol++) {
        const struct dynamic_range range =
            dynamic_range_show("ipv4", (enum block_protocol)protocol);
        assert_int_equal(range.first, 22000);
        assert_int_equal(range.count, 2000 + protocol);
        assert_int_equal(dynamic_range_set("ipv4", (enum block_protocol)protocol, 49152, 16384, ""),
                         0);
    }
}

/* ---- Lines ----------------------------------------------------------------------------------- */

static void a_line_that_is_no_command_changes_nothing(void)
{
    static const char parameters[] = "protocol=tcp startport=20000 numberofports=300";
    static const char *const beginnings[] = {
        "int ipv5 add excludedportrange",
        "inter-face ipv4 add excludedportrange",
        "inside ipv4 add excludedportrange",
        "int ipv4 append excludedportrange",
        "int ipv4 set excludedportrange",
        "int ipv4 add dynamicportrange",
        "int ipv4 delete dynamicportrange",
        "int ipv4 add excludedportranges",
        "int ipv4 add exports",
        "int ipv4 add",
        "int ipv4",
        "int",
        "inside",
        "ipv4 add excludedportrange",
        "int ipv4 excludedportrange add",
    };
    static const char *const ends[] = {
        "protocol=tcp startport=2000: numberofports=300",
        "protocol=tcp startport=20000 numberofports=/300",
        "protocol=tcp startport=20000 numberofports=300;",
        "protocol=tcp startport=2a000 numberofports=300",
        "protocol=tcp startport=0x numberofports=300",
        "protocol=tcp startport=0x4e2g numberofports=300",
        "protocol=tcp startport=0y4e20 numberofports=300",
        "protocol=tcp protocol=tcp startport=20000 numberofports=300",
        "protocol=tcp startport=20000 numberofports=300 store=active store=active",
        "tcp protocol=tcp 20000 300",
        "protocol=tcp startport=20000 numberofports=300 =active",
        ("protocol=tcp startport=20000 numberofports=300 store=active "
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        "protocol=tcp startport=20000 numberofports=300 a b c d e f g h i j k l m n o p",
    };
    const struct dynamic_range range = dynamic_range_show("ipv4", TCP_BLOCK);

    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        assert_answer(beginnings[i], netsh("%s %s", beginnings[i], parameters), 1);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        assert_answer(ends[i], netsh("int ipv4 add excludedportrange %s", ends[i]), 1);
        assert_answer(ends[i], netsh("int ipv4 set dynamicportrange %s", ends[i]), 1);
    }
    exclusions_show("ipv4", TCP_BLOCK, &list);
    for (unsigned i = 0; i < list.count; i++)
        assert_false(in_block(list.rows[i].first, 20000, 300));
    assert_int_equal(dynamic_range_show("ipv4", TCP_BLOCK).first, range.first);
    assert_int_equal(dynamic_range_show("ipv4", TCP_BLOCK).count, range.count);
}

/* Exclusions are added and deleted, not set. */
static void an_exclusion_cannot_be_set(enum block_protocol protocol)
{
    const unsigned first = free_range(10);
    const char *name = block_protocol_name(protocol);

    added(protocol, PERSISTENT, first, 10);
    assert_int_equal(
        netsh("int ipv4 set excludedportrange protocol=%s startport=%u numberofports=10", name,
              first),
        1);
    assert_int_equal(rows_of(protocol, first, 10), 1);
    assert_int_equal(deletes(protocol, PERSISTENT, first, 10), 0);
}
FOR_TCP_AND_UDP(an_exclusion_cannot_be_set)

/* Whoever takes hexadecimal numbers takes them for what they are. */
static void a_hexadecimal_number_is_refused_or_understood(void)
{
    static const struct {
        const char *text;
        unsigned first;
    } numbers[] = {{"0x4e20", 20000}, {"0x4EFA", 20218}, {"0x9cde", 40158}, {"0xb0bf", 45247}};

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        const int code = netsh("int ipv4 add excludedportrange protocol=tcp startport=%s "
                               "numberofports=0x1A",
                               numbers[i].text);
        assert_int_equal(rows_of(TCP_BLOCK, numbers[i].first, 26), code == 0 ? 1 : 0);
        if (code == 0)
            assert_int_equal(deletes(TCP_BLOCK, PERSISTENT, numbers[i].first, 26), 0);
    }
}

static void netsh_says_what_came_of_a_line(void)
{
    const unsigned first = free_range(10);

    assert_int_equal(netsh_add("ipv4", TCP_BLOCK, first, 10, ""), 0);
    assert_true(netsh_output[0] != '\0');
    if (strstr(netsh_output, "Ok.") == NULL)
        SKIP_BECAUSE("netsh does not speak English here");
    assert_int_equal(netsh_add("ipv4", TCP_BLOCK, first, 10, ""), 1);
    assert_true(netsh_output[0] != '\0');
    assert_null(strstr(netsh_output, "Ok."));
    assert_int_equal(netsh("int ipv4 add excludedportrange protocol=tcp startport=x"), 1);
    assert_true(netsh_output[0] != '\0');
    assert_int_equal(netsh("int ipv4 add nothing"), 1);
    assert_true(netsh_output[0] != '\0');
    assert_int_equal(netsh_delete("ipv4", TCP_BLOCK, first, 10, ""), 0);
    assert_non_null(strstr(netsh_output, "Ok."));
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(tcp_show_tells_the_stores_apart, NETSH_004, BOOT_006),
    CASE(udp_show_tells_the_stores_apart, NETSH_004, BOOT_006),
    CASE(tcp_what_was_only_active_can_be_deleted_once, NETSH_001, NETSH_003),
    CASE(udp_what_was_only_active_can_be_deleted_once, NETSH_001, NETSH_003),
    CASE(tcp_what_sleeps_holds_no_port, NETSH_003, BOOT_006),
    CASE(udp_what_sleeps_holds_no_port, NETSH_003, BOOT_006),
    CASE(tcp_the_first_port_can_be_excluded, NETSH_001),
    CASE(udp_the_first_port_can_be_excluded, NETSH_001),
    REBOOT_CASE(reserve_and_exclude_to_keep, TESTBED_RESTART,
                automatic_choice_keeps_out_of_both_after_a_restart, BOOT_001, BIND_022, NETSH_007),
    REBOOT_CASE(put_five_to_sleep_and_wake_three, TESTBED_RESTART,
                each_exclusion_wakes_once_unless_it_was_deleted, NETSH_003, BOOT_006),
    REBOOT_CASE(set_each_range_twice, TESTBED_RESTART,
                the_range_that_was_set_last_survives_a_restart, NETSH_005, BOOT_006),
    CASE(a_line_that_is_no_command_changes_nothing, NETSH_001, NETSH_005),
    CASE(tcp_an_exclusion_cannot_be_set, NETSH_001),
    CASE(udp_an_exclusion_cannot_be_set, NETSH_001),
    CASE(a_hexadecimal_number_is_refused_or_understood, NETSH_001),
    CASE(netsh_says_what_came_of_a_line, NETSH_001),
    END_OF_CASES,
};
// clang-format on

const struct suite netsh_stores_suite = {
    .name = "netsh_stores",
    .about = "netsh's two stores, and lines that are no command",
    .user = TESTBED_ELEVATED_ADMIN,
    .cases = cases,
};
