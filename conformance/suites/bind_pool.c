/* What the stack has to remember of its ports, seen from outside: several holders of one port, the
 * two protocols at the same numbers, ports far apart, and runs of ports that are all taken.
 */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/netsh.h"
#include "conformance/suites/persistent.h"
#include "conformance/suites/suite.h"

enum { LOOPBACK_2 = 0x7F000002, LOOPBACK_3 = 0x7F000003 };

static struct automatic_ports taken;

static SOCKET bound_at(enum block_protocol protocol, ULONG address, unsigned port)
{
    const SOCKET s = block_socket(protocol);
    assert_int_equal(bind_ipv4(s, address, (USHORT)port), 0);
    return s;
}

static unsigned try_at(enum block_protocol protocol, ULONG address, unsigned port)
{
    const SOCKET s = block_socket(protocol);
    const unsigned answer = bind_ipv4(s, address, (USHORT)port);
    closesocket(s);
    return answer;
}

/* ---- Several holders of one port ------------------------------------------------------------- */

/* Whoever goes, first, middle or last, the others still hold it. */
static void each_holder_of_a_port_holds_it_until_it_is_closed(enum block_protocol protocol)
{
    START_WINSOCK();
    REQUIRE_TESTBED(testbed_second_address() != NULL);
    static const ULONG addresses[] = {INADDR_LOOPBACK, LOOPBACK_2, LOOPBACK_3};
    const unsigned port = free_range(1);

    for (unsigned leaves = 0; leaves < 3; leaves++)
        for (unsigned follows = 0; follows < 3; follows++) {
            SOCKET holders[3];
            if (follows == leaves)
                continue;
            for (unsigned i = 0; i < 3; i++)
                holders[i] = bound_at(protocol, addresses[i], port);
            assert_int_equal(closesocket(holders[leaves]), 0);
            for (unsigned i = 0; i < 3; i++)
                assert_int_equal(try_at(protocol, addresses[i], port),
                                 i == leaves ? 0 : WSAEADDRINUSE);
            holders[leaves] = bound_at(protocol, addresses[leaves], port);
            for (unsigned i = 0; i < 3; i++)
                assert_int_equal(try_at(protocol, addresses[i], port), WSAEADDRINUSE);
            assert_int_equal(closesocket(holders[follows]), 0);
            assert_int_equal(closesocket(holders[leaves]), 0);
            for (unsigned i = 0; i < 3; i++)
                assert_int_equal(try_at(protocol, addresses[i], port),
                                 i == leaves || i == follows ? 0 : WSAEADDRINUSE);
            assert_int_equal(closesocket(holders[3 - leaves - follows]), 0);
            assert_int_equal(probe_block(protocol, port, 1), 0);
        }
}
FOR_TCP_AND_UDP(each_holder_of_a_port_holds_it_until_it_is_closed)

static void a_port_is_in_use_until_its_last_holder_is_closed(enum block_protocol protocol)
{
    START_WINSOCK();
    REQUIRE_TESTBED(testbed_second_address() != NULL);
    const unsigned first = free_range(SMALL_DYNAMIC_COUNT);
    const unsigned port = first + 100;
    const SOCKET goes = bound_at(protocol, INADDR_LOOPBACK, port);
    const SOCKET stays = bound_at(protocol, LOOPBACK_2, port);

    assert_int_equal(closesocket(goes), 0);
    OBSERVE_VALUE(acquire_over_bound_port, probe_block(protocol, port - 1, 3));
    const struct dynamic_range before = automatic_ports_begin(protocol, first, &taken);
    assert_false(automatic_ports_hold(&taken, port));
    assert_int_equal(taken.count, SMALL_DYNAMIC_COUNT - 1);
    automatic_ports_end(protocol, before, &taken);
    assert_int_equal(closesocket(stays), 0);
    assert_int_equal(probe_block(protocol, port - 1, 3), 0);
}
FOR_TCP_AND_UDP(a_port_is_in_use_until_its_last_holder_is_closed)

/* ---- The two protocols at the same numbers --------------------------------------------------- */

/* What ends in one protocol leaves the other's blocks and sockets what they have. */
static void the_end_of_a_block_frees_nothing_of_the_other_protocol(enum block_protocol protocol)
{
    START_WINSOCK();
    const enum block_protocol other = the_other_protocol(protocol);
    const unsigned first = free_range(SMALL_DYNAMIC_COUNT);
    const SOCKET holder = block_socket(protocol);
    const SOCKET holders[3] = {block_socket(other), block_socket(other), block_socket(other)};
    INET_PORT_RESERVATION_INSTANCE block;

    assert_int_equal(acquire_block(holders[0], (USHORT)(first + 25), 10, &block), 0);
    if (acquire_block(holder, (USHORT)(first + 30), 100, &block) != 0)
        OBSERVE(protocol_scope, automatic_both);
    assert_int_equal(acquire_block(holders[1], (USHORT)(first + 50), 5, &block), 0);
    assert_int_equal(acquire_block(holders[2], (USHORT)(first + 120), 20, &block), 0);
    const SOCKET bound = bound_at(other, INADDR_LOOPBACK, first + 70);
    assert_int_equal(closesocket(holder), 0);

    const struct dynamic_range before = automatic_ports_begin(other, first, &taken);
    for (unsigned i = 0; i < taken.count; i++) {
        const unsigned port = taken.ports[i];
        assert_false(in_block(port, first + 25, 10));
        assert_false(in_block(port, first + 50, 5));
        assert_false(in_block(port, first + 120, 20));
        assert_int_not_equal(port, first + 70);
    }
    assert_int_equal(taken.count, SMALL_DYNAMIC_COUNT - 10 - 5 - 20 - 1);
    automatic_ports_end(other, before, &taken);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(closesocket(holders[i]), 0);
    assert_int_equal(closesocket(bound), 0);
}
FOR_TCP_AND_UDP(the_end_of_a_block_frees_nothing_of_the_other_protocol)

/* ---- Far apart, and wholly taken ------------------------------------------------------------- */

/* One port in use is in the way of a block of 30,000, wherever it lies. */
static void a_bound_port_anywhere_is_in_a_blocks_way(enum block_protocol protocol)
{
    START_WINSOCK();
    enum { FIRST = 15000, COUNT = 30000 };
    if (probe_block(protocol, FIRST, COUNT) != 0)
        SKIP_BECAUSE("somebody has a port from 15000 to 44999");

    for (unsigned at = 0; at < COUNT; at = at * 3 / 2 + 1) {
        const SOCKET s = bound_at(protocol, INADDR_LOOPBACK, FIRST + at);
        OBSERVE_VALUE(acquire_over_bound_port, probe_block(protocol, FIRST, COUNT));
        assert_int_equal(closesocket(s), 0);
    }
    const SOCKET s = bound_at(protocol, INADDR_LOOPBACK, FIRST + COUNT - 1);
    OBSERVE_VALUE(acquire_over_bound_port, probe_block(protocol, FIRST, COUNT));
    assert_int_equal(probe_block(protocol, FIRST, COUNT - 1), 0);
    assert_int_equal(closesocket(s), 0);
    assert_int_equal(probe_block(protocol, FIRST, COUNT), 0);
}
FOR_TCP_AND_UDP(a_bound_port_anywhere_is_in_a_blocks_way)

/* Thousands of ports in a row are taken; what lies behind them is found all the same. */
static void the_only_gap_behind_a_long_run_is_found(enum block_protocol protocol)
{
    START_WINSOCK();
    enum { FIRST = 20480, RUN = 9000, GAP = 300 };
    const struct dynamic_range before = dynamic_range_show("ipv4", protocol);
    const SOCKET holder = block_socket(protocol);
    INET_PORT_RESERVATION_INSTANCE block;
    if (probe_block(protocol, FIRST, RUN + GAP) != 0)
        SKIP_BECAUSE("somebody has a port from 20480 to 29779");

    for (unsigned run = 4000; run <= RUN; run += 1000) {
        assert_int_equal(dynamic_range_set("ipv4", protocol, FIRST, run + GAP, " store=active"), 0);
        assert_int_equal(netsh_add("ipv4", protocol, FIRST, run, " store=active"), 0);
        const SOCKET s = block_socket(protocol);
        assert_int_equal(bind_loopback(s, 0), 0);
        assert_true(in_block(bound_port(s), FIRST + run, GAP));
        assert_int_equal(closesocket(s), 0);
        assert_int_equal(acquire_block(holder, 0, GAP, &block), 0);
        if (in_block(ntohs(block.StartPort), FIRST, run + GAP))
            assert_int_equal(ntohs(block.StartPort), FIRST + run);
        assert_int_equal(release_block(holder, block.Token), 0);
        assert_int_equal(netsh_delete("ipv4", protocol, FIRST, run, " store=active"), 0);
    }
    assert_int_equal(
        dynamic_range_set("ipv4", protocol, before.first, before.count, " store=active"), 0);
    assert_int_equal(closesocket(holder), 0);
}
FOR_TCP_AND_UDP(the_only_gap_behind_a_long_run_is_found)

/* Two bound ports leave three gaps; only the last is wide enough. */
static void a_wildcard_block_finds_the_only_gap_that_is_wide_enough(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned first = free_range(SMALL_DYNAMIC_COUNT);
    const struct dynamic_range before = dynamic_range_show("ipv4", protocol);
    INET_PORT_RESERVATION_INSTANCE block;

    assert_int_equal(
        dynamic_range_set("ipv4", protocol, first, SMALL_DYNAMIC_COUNT, " store=active"), 0);
    for (unsigned at = 0; at < 90; at += 7) {
        const SOCKET low = bound_at(protocol, INADDR_LOOPBACK, first + at);
        const SOCKET high = bound_at(protocol, INADDR_LOOPBACK, first + at + 71);
        const SOCKET holder = block_socket(protocol);
        const unsigned wide = SMALL_DYNAMIC_COUNT - 72 - at;
        assert_int_equal(acquire_block(holder, 0, (USHORT)wide, &block), 0);
        if (in_block(ntohs(block.StartPort), first, SMALL_DYNAMIC_COUNT)) {
            OBSERVE(wildcard_place, dynamic_range);
            assert_int_equal(ntohs(block.StartPort), first + at + 72);
        } else {
            OBSERVE(wildcard_place, anywhere);
        }
        assert_int_equal(closesocket(holder), 0);
        assert_int_equal(closesocket(low), 0);
        assert_int_equal(closesocket(high), 0);
    }
    assert_int_equal(
        dynamic_range_set("ipv4", protocol, before.first, before.count, " store=active"), 0);
}
FOR_TCP_AND_UDP(a_wildcard_block_finds_the_only_gap_that_is_wide_enough)

// clang-format off
static const struct suite_case cases[] = {
    CASE(tcp_each_holder_of_a_port_holds_it_until_it_is_closed, BIND_010, OPT_002),
    CASE(udp_each_holder_of_a_port_holds_it_until_it_is_closed, BIND_010, OPT_002),
    CASE(tcp_a_port_is_in_use_until_its_last_holder_is_closed, BIND_002, ACQ_026),
    CASE(udp_a_port_is_in_use_until_its_last_holder_is_closed, BIND_002, ACQ_026),
    CASE(tcp_the_end_of_a_block_frees_nothing_of_the_other_protocol, BIND_002, BIND_022),
    CASE(udp_the_end_of_a_block_frees_nothing_of_the_other_protocol, BIND_002, BIND_022),
    CASE(tcp_a_bound_port_anywhere_is_in_a_blocks_way, ACQ_026),
    CASE(udp_a_bound_port_anywhere_is_in_a_blocks_way, ACQ_026),
    CASE(tcp_the_only_gap_behind_a_long_run_is_found, ACQ_012, BIND_002, NETSH_005),
    CASE(udp_the_only_gap_behind_a_long_run_is_found, ACQ_012, BIND_002, NETSH_005),
    CASE(tcp_a_wildcard_block_finds_the_only_gap_that_is_wide_enough, ACQ_012),
    CASE(udp_a_wildcard_block_finds_the_only_gap_that_is_wide_enough, ACQ_012),
    END_OF_CASES,
};
// clang-format on

const struct suite bind_pool_suite = {
    .name = "bind_pool",
    .about = "what the stack remembers of its ports",
    .user = TESTBED_ELEVATED_ADMIN,
    .cases = cases,
};
