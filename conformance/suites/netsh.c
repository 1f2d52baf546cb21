/* netsh's exclusions: adding, deleting and listing them, and what they keep off. The dynamic ranges
 * are in netsh_dynamic.c.
 */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/netsh.h"
#include "conformance/suites/persistent.h"
#include "conformance/suites/suite.h"
#include "conformance/suites/worker.h"

static struct exclusion_list list;

static void added(enum block_protocol protocol, unsigned first, unsigned count)
{
    assert_int_equal(netsh_add("ipv4", protocol, first, count, ""), 0);
}

static void taken_away(enum block_protocol protocol, unsigned first, unsigned count)
{
    assert_int_equal(netsh_delete("ipv4", protocol, first, count, ""), 0);
}

/* ---- add, delete, show ----------------------------------------------------------------------- */

static void an_added_exclusion_is_listed_until_deleted(enum block_protocol protocol)
{
    static const char *const families[] = {"ipv4", "ipv6"};
    static const char *const stores[] = {"", " store=active", " store=persistent"};
    const unsigned first = free_range(10);

    for (unsigned i = 0; i < 2; i++)
        for (unsigned j = 0; j < 3; j++) {
            assert_int_equal(netsh_add(families[i], protocol, first, 10, stores[j]), 0);
            exclusions_show(families[i], protocol, &list);
            assert_non_null(exclusion_find(&list, first, 10));
            assert_false(exclusion_listed(families[i], the_other_protocol(protocol), first, 10));
            assert_int_equal(netsh_delete(families[i], protocol, first, 10, stores[j]), 0);
            assert_false(exclusion_listed(families[i], protocol, first, 10));
        }
}
FOR_TCP_AND_UDP(an_added_exclusion_is_listed_until_deleted)

static void an_exclusion_of_one_family_holds_for_the_other_or_not(enum block_protocol protocol)
{
    const unsigned first = free_range(10);

    for (unsigned i = 0; i < 2; i++) {
        const char *family = i == 0 ? "ipv4" : "ipv6";
        assert_int_equal(netsh_add(family, protocol, first, 10, ""), 0);
        if (exclusion_listed(i == 0 ? "ipv6" : "ipv4", protocol, first, 10))
            OBSERVE(netsh_families, shared);
        else
            OBSERVE(netsh_families, apart);
        assert_int_equal(netsh_delete(family, protocol, first, 10, ""), 0);
        assert_false(exclusion_listed("ipv4", protocol, first, 10));
        assert_false(exclusion_listed("ipv6", protocol, first, 10));
    }
}
FOR_TCP_AND_UDP(an_exclusion_of_one_family_holds_for_the_other_or_not)

static void the_listing_stars_administered_exclusions(enum block_protocol protocol)
{
    const unsigned first = free_range(10);

    added(protocol, first, 10);
    exclusions_show("ipv4", protocol, &list);
    const struct exclusion_row *row = exclusion_find(&list, first, 10);
    assert_non_null(row);
    if (row->star)
        OBSERVE(netsh_star, administered);
    else
        OBSERVE(netsh_star, none);
    taken_away(protocol, first, 10);
}
FOR_TCP_AND_UDP(the_listing_stars_administered_exclusions)

/* Three neighbours, made out of order. */
static void the_listing_is_sorted_and_merges_nothing(enum block_protocol protocol)
{
    const unsigned first = free_range(21);

    added(protocol, first + 10, 10);
    added(protocol, first, 10);
    added(protocol, first + 20, 1);
    exclusions_show("ipv4", protocol, &list);
    const struct exclusion_row *row = exclusion_find(&list, first, 10);
    assert_non_null(row);
    assert_true(row + 2 < list.rows + list.count);
    assert_int_equal(row[1].first, first + 10);
    assert_int_equal(row[1].last, first + 19);
    assert_int_equal(row[2].first, first + 20);
    assert_int_equal(row[2].last, first + 20);
    for (unsigned i = 1; i < list.count; i++)
        assert_true(list.rows[i - 1].first <= list.rows[i].first);

    taken_away(protocol, first, 10);
    taken_away(protocol, first + 10, 10);
    taken_away(protocol, first + 20, 1);
}
FOR_TCP_AND_UDP(the_listing_is_sorted_and_merges_nothing)

/* The listing as the rows say it should look: columns of ten and twelve, flush right. */
static void listing_of(enum block_protocol protocol, char *text, size_t size)
{
    int length = snprintf(text, size,
                          "Protocol %s Port Exclusion Ranges\n\n"
                          "Start Port    End Port\n"
                          "----------    --------\n",
                          block_protocol_name(protocol));
    for (unsigned i = 0; i < list.count; i++)
        length += snprintf(text + length, size - (size_t)length, "%10u%12u%s\n", list.rows[i].first,
                           list.rows[i].last, list.rows[i].star ? "     *" : "");
    snprintf(text + length, size - (size_t)length, "\n* - Administered port exclusions.");
}

static void the_listing_has_the_known_shape(enum block_protocol protocol)
{
    static char wanted[sizeof(netsh_output)];
    const unsigned first = free_range(60);

    exclusions_show("ipv4", protocol, &list);
    if (strstr(netsh_output, "Port") == NULL)
        SKIP_BECAUSE("netsh does not speak English here");
    listing_of(protocol, wanted, sizeof(wanted));
    assert_string_equal(netsh_output, wanted);

    added(protocol, 7, 1);
    added(protocol, first, 60);
    exclusions_show("ipv4", protocol, &list);
    listing_of(protocol, wanted, sizeof(wanted));
    assert_string_equal(netsh_output, wanted);
    assert_non_null(exclusion_find(&list, 7, 1));

    taken_away(protocol, 7, 1);
    taken_away(protocol, first, 60);
}
FOR_TCP_AND_UDP(the_listing_has_the_known_shape)

/* `tcp` for `protocol=tcp`, and with a store. */
static void show_takes_its_parameters_in_both_forms(enum block_protocol protocol)
{
    static char named[sizeof(netsh_output)];
    const char *name = block_protocol_name(protocol);
    const unsigned first = free_range(10);

    added(protocol, first, 10);
    assert_int_equal(netsh("int ipv4 show excludedportrange protocol=%s", name), 0);
    memcpy(named, netsh_output, sizeof(named));
    assert_int_equal(netsh("int ipv4 show excludedportrange %s", name), 0);
    assert_string_equal(netsh_output, named);
    assert_int_equal(netsh("interface ipv4 show excludedportrange protocol=%s", name), 0);
    assert_string_equal(netsh_output, named);
    assert_int_equal(netsh("INT IPV4 SHOW EXCLUDEDPORTRANGE Protocol=%s", name), 0);
    assert_string_equal(netsh_output, named);
    assert_int_equal(netsh("int ipv4 show excludedportrange protocol=%s store=active", name), 0);
    exclusions_read(&list);
    assert_non_null(exclusion_find(&list, first, 10));
    assert_int_equal(netsh("int ipv4 show excludedportrange protocol=%s store=persistent", name),
                     0);
    exclusions_read(&list);
    assert_non_null(exclusion_find(&list, first, 10));
    taken_away(protocol, first, 10);
}
FOR_TCP_AND_UDP(show_takes_its_parameters_in_both_forms)

static void delete_wants_the_exact_exclusion(enum block_protocol protocol)
{
    const unsigned base = free_range(NEAR_RANGES_SPAN);
    const unsigned first = base + NEAR_BLOCK_AT;

    added(protocol, first, NEAR_BLOCK_COUNT);
    for (unsigned i = 0; i < NEAR_RANGE_COUNT; i++) {
        const struct near_range *range = &near_ranges[i];
        const int answer = netsh_delete("ipv4", protocol, base + range->at, range->count, "");
        if (!exclusion_listed("ipv4", protocol, first, NEAR_BLOCK_COUNT))
            OBSERVE(netsh_delete, same_start);
        OBSERVE(netsh_delete, exact);
        assert_answer(range->where, answer, 1);
    }
    assert_int_equal(
        netsh_delete("ipv4", the_other_protocol(protocol), first, NEAR_BLOCK_COUNT, ""), 1);
    assert_true(exclusion_listed("ipv4", protocol, first, NEAR_BLOCK_COUNT));
    taken_away(protocol, first, NEAR_BLOCK_COUNT);
    assert_int_equal(netsh_delete("ipv4", protocol, first, NEAR_BLOCK_COUNT, ""), 1);
    assert_int_equal(netsh_delete("ipv4", protocol, first, NEAR_BLOCK_COUNT, " store=active"), 1);
    assert_int_equal(netsh_delete("ipv4", protocol, 0, 0, ""), 1);
}
FOR_TCP_AND_UDP(delete_wants_the_exact_exclusion)

/* Other people's blocks are not netsh's to delete. */
static void netsh_delete_leaves_a_runtime_block_alone(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned first = free_range(10);
    const SOCKET holder = block_socket(protocol);
    INET_PORT_RESERVATION_INSTANCE instance;
    assert_int_equal(acquire_block(holder, (USHORT)first, 10, &instance), 0);

    assert_int_equal(netsh_delete("ipv4", protocol, first, 10, ""), 1);
    assert_true(probe_block(protocol, first, 1) != 0);
    assert_true(probe_block(protocol, first + 9, 1) != 0);

    assert_int_equal(closesocket(holder), 0);
}
FOR_TCP_AND_UDP(netsh_delete_leaves_a_runtime_block_alone)

/* Settings of the machine are an administrator's. */
static void a_standard_user_changes_no_exclusion(void)
{
    const unsigned first = free_range(10);

    added(TCP_BLOCK, first, 5);
    struct testbed_child *worker = start_worker("netsh.worker", TESTBED_STANDARD);
    assert_int_equal(worker_block(worker, WORKER_NETSH_ADD, TCP_BLOCK, first + 5, 5).error, 1);
    assert_int_equal(worker_block(worker, WORKER_NETSH_DELETE, TCP_BLOCK, first, 5).error, 1);
    worker_leaves(worker);
    assert_true(exclusion_listed("ipv4", TCP_BLOCK, first, 5));
    assert_false(exclusion_listed("ipv4", TCP_BLOCK, first + 5, 5));
    taken_away(TCP_BLOCK, first, 5);
}

static void add_refuses_a_bad_command(void)
{
    static const char *const commands[] = {
        "protocol=tcp startport=0 numberofports=1",
        "protocol=tcp startport=5000 numberofports=0",
        "protocol=tcp startport=65535 numberofports=2",
        "protocol=tcp startport=65000 numberofports=537",
        "protocol=tcp startport=65536 numberofports=1",
        "protocol=tcp startport=5000 numberofports=65536",
        "protocol=tcp startport=5000 numberofports=4294967297",
        "protocol=tcp startport=4294967295 numberofports=1",
        "protocol=tcp startport=2 numberofports=4294967295",
        "protocol=tcp startport=-1 numberofports=1",
        "protocol=tcp startport=five numberofports=1",
        "protocol=tcp startport= numberofports=1",
        "protocol=icmp startport=5000 numberofports=1",
        "protocol=tcp startport=5000 numberofports=1 store=nowhere",
        "protocol=tcp startport=5000",
        "protocol=tcp numberofports=1",
        "startport=5000 numberofports=1",
        "colour=tcp startport=5000 numberofports=1",
        "protocol=tcp startport=5000 numberofports=1 colour=udp",
        "protocol=tcp protocol=tcp startport=5000 numberofports=1",
        "protocol=tcp startport=5000 startport=5001 numberofports=1",
        "protocol=tcp startport=5000 numberofports=1 5000 active more",
        "",
    };
    static char before[sizeof(netsh_output)];

    exclusions_show("ipv4", TCP_BLOCK, &list);
    memcpy(before, netsh_output, sizeof(before));
    for (unsigned i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
        assert_answer(commands[i], netsh("int ipv4 add excludedportrange %s", commands[i]), 1);
    exclusions_show("ipv4", TCP_BLOCK, &list);
    assert_string_equal(netsh_output, before);
}

/* 65535 is a port like any other; somebody of this machine may have it. */
static void add_takes_the_last_port(enum block_protocol protocol)
{
    START_WINSOCK();
    if (probe_block(protocol, 65535, 1) != 0)
        SKIP_BECAUSE("somebody has port 65535");
    added(protocol, 65535, 1);
    assert_true(exclusion_listed("ipv4", protocol, 65535, 1));
    taken_away(protocol, 65535, 1);
}
FOR_TCP_AND_UDP(add_takes_the_last_port)

/* ---- Conflicts ------------------------------------------------------------------------------- */

static const char IN_USE[] =
    "The process cannot access the file because it is being used by another process.";

/* The error that netsh put into words: 0, 32, or one that has no number here. */
static unsigned add_error(enum block_protocol protocol, unsigned first, unsigned count)
{
    if (netsh_add("ipv4", protocol, first, count, "") == 0)
        return 0;
    return strstr(netsh_output, IN_USE) != NULL ? ERROR_SHARING_VIOLATION : UINT32_MAX;
}

static void add_over_a_bound_port_is_refused(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned first = free_range(7);

    for (unsigned i = 0; i < 7; i++) {
        const SOCKET s = block_socket(protocol);
        assert_int_equal(bind_loopback(s, (USHORT)(first + i)), 0);
        const unsigned answer = add_error(protocol, first + 1, 5);
        if (i == 0 || i == 6) {
            assert_int_equal(answer, 0);
            taken_away(protocol, first + 1, 5);
        } else {
            OBSERVE_VALUE(netsh_in_use, answer);
            assert_false(exclusion_listed("ipv4", protocol, first + 1, 5));
        }
        assert_int_equal(add_error(the_other_protocol(protocol), first + 1, 5), 0);
        taken_away(the_other_protocol(protocol), first + 1, 5);
        assert_int_equal(closesocket(s), 0);
    }
}
FOR_TCP_AND_UDP(add_over_a_bound_port_is_refused)

/* No neighbour, no port, and no range of another protocol stands in its way. */
static void assert_adds_around_are_refused(enum block_protocol protocol, unsigned base)
{
    const unsigned first = base + NEAR_BLOCK_AT;
    assert_int_equal(add_error(protocol, first, NEAR_BLOCK_COUNT), ERROR_SHARING_VIOLATION);
    for (unsigned i = 0; i < NEAR_RANGE_COUNT; i++) {
        const struct near_range *range = &near_ranges[i];
        assert_answer(range->where, add_error(protocol, base + range->at, range->count),
                      ERROR_SHARING_VIOLATION);
        if (exclusion_listed("ipv4", protocol, base + range->at, range->count))
            fail_msg("%s: listed", range->where);
    }
    added(protocol, base, NEAR_BLOCK_AT);
    added(protocol, first + NEAR_BLOCK_COUNT, 10);
    taken_away(protocol, base, NEAR_BLOCK_AT);
    taken_away(protocol, first + NEAR_BLOCK_COUNT, 10);
}

static void add_over_an_exclusion_is_refused(enum block_protocol protocol)
{
    const unsigned base = free_range(NEAR_RANGES_SPAN);

    added(protocol, base + NEAR_BLOCK_AT, NEAR_BLOCK_COUNT);
    assert_adds_around_are_refused(protocol, base);
    taken_away(protocol, base + NEAR_BLOCK_AT, NEAR_BLOCK_COUNT);
}
FOR_TCP_AND_UDP(add_over_an_exclusion_is_refused)

static void add_over_a_runtime_block_is_refused(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned base = free_range(NEAR_RANGES_SPAN);
    const SOCKET holder = block_socket(protocol);
    INET_PORT_RESERVATION_INSTANCE instance;
    const USHORT first = (USHORT)(base + NEAR_BLOCK_AT);

    assert_int_equal(acquire_block(holder, first, NEAR_BLOCK_COUNT, &instance), 0);
    assert_adds_around_are_refused(protocol, base);
    assert_int_equal(closesocket(holder), 0);
}
FOR_TCP_AND_UDP(add_over_a_runtime_block_is_refused)

static void add_over_a_persistent_block_is_refused(enum block_protocol protocol)
{
    const unsigned base = free_range(NEAR_RANGES_SPAN);
    const unsigned first = base + NEAR_BLOCK_AT;
    ULONG64 token = 0;

    assert_int_equal(create_block(protocol, first, NEAR_BLOCK_COUNT, &token), ERROR_SUCCESS);
    assert_adds_around_are_refused(protocol, base);
    assert_int_equal(delete_block(protocol, first, NEAR_BLOCK_COUNT), ERROR_SUCCESS);
}
FOR_TCP_AND_UDP(add_over_a_persistent_block_is_refused)

static void an_acquire_over_an_exclusion_is_refused(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned base = free_range(NEAR_RANGES_SPAN);
    const unsigned first = base + NEAR_BLOCK_AT;

    added(protocol, first, NEAR_BLOCK_COUNT);
    OBSERVE_VALUE(acquire_over_exclusion, probe_block(protocol, first, NEAR_BLOCK_COUNT));
    for (unsigned i = 0; i < NEAR_RANGE_COUNT; i++) {
        const struct near_range *range = &near_ranges[i];
        OBSERVE_VALUE(acquire_over_exclusion,
                      probe_block(protocol, base + range->at, range->count));
    }
    assert_int_equal(probe_block(protocol, base, NEAR_BLOCK_AT), 0);
    assert_int_equal(probe_block(protocol, first + NEAR_BLOCK_COUNT, 10), 0);
    assert_int_equal(probe_block(the_other_protocol(protocol), first, NEAR_BLOCK_COUNT), 0);

    taken_away(protocol, first, NEAR_BLOCK_COUNT);
    assert_int_equal(probe_block(protocol, base, NEAR_RANGES_SPAN), 0);
}
FOR_TCP_AND_UDP(an_acquire_over_an_exclusion_is_refused)

static void an_explicit_bind_into_an_exclusion_gets_one_answer(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned first = free_range(5);

    added(protocol, first + 1, 3);
    for (unsigned i = 1; i <= 3; i++)
        OBSERVE_VALUE(bind_in_exclusion, probe_bind(protocol, first + i));
    assert_int_equal(probe_bind(protocol, first), 0);
    assert_int_equal(probe_bind(protocol, first + 4), 0);
    assert_int_equal(probe_bind(the_other_protocol(protocol), first + 1), 0);
    taken_away(protocol, first + 1, 3);
    assert_int_equal(probe_bind(protocol, first + 1), 0);
}
FOR_TCP_AND_UDP(an_explicit_bind_into_an_exclusion_gets_one_answer)

/* ---- Next to Create and acquire -------------------------------------------------------------- */

static void the_listing_shows_a_created_block_in_one_way(enum block_protocol protocol)
{
    const unsigned first = free_range(10);
    ULONG64 token = 0;

    assert_int_equal(create_block(protocol, first, 10, &token), ERROR_SUCCESS);
    exclusions_show("ipv4", protocol, &list);
    const struct exclusion_row *row = exclusion_find(&list, first, 10);
    if (row == NULL)
        OBSERVE(netsh_shows_persistent, hidden);
    else if (row->star)
        OBSERVE(netsh_shows_persistent, starred);
    else
        OBSERVE(netsh_shows_persistent, plain);
    assert_int_equal(delete_block(protocol, first, 10), ERROR_SUCCESS);
    assert_false(exclusion_listed("ipv4", protocol, first, 10));
}
FOR_TCP_AND_UDP(the_listing_shows_a_created_block_in_one_way)

static void the_listing_stars_no_runtime_block(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned first = free_range(10);
    const SOCKET holder = block_socket(protocol);
    INET_PORT_RESERVATION_INSTANCE instance;

    assert_int_equal(acquire_block(holder, (USHORT)first, 10, &instance), 0);
    exclusions_show("ipv4", protocol, &list);
    const struct exclusion_row *row = exclusion_find(&list, first, 10);
    if (row == NULL) {
        OBSERVE(netsh_shows_runtime, hidden);
    } else {
        assert_false(row->star);
        OBSERVE(netsh_shows_runtime, plain);
    }
    assert_int_equal(closesocket(holder), 0);
    assert_false(exclusion_listed("ipv4", protocol, first, 10));
}
FOR_TCP_AND_UDP(the_listing_stars_no_runtime_block)

static void lookup_of_an_exclusion_gets_one_answer(enum block_protocol protocol)
{
    const unsigned first = free_range(10);

    added(protocol, first, 10);
    OBSERVE_VALUE(lookup_exclusion, looked_up(protocol, first, 10));
    assert_int_equal(looked_up(protocol, first, 9), ERROR_NOT_FOUND);
    taken_away(protocol, first, 10);
    assert_int_equal(looked_up(protocol, first, 10), ERROR_NOT_FOUND);
}
FOR_TCP_AND_UDP(lookup_of_an_exclusion_gets_one_answer)

/* Nobody published what it gets. */
static void create_over_an_exclusion_leaves_the_exclusion(enum block_protocol protocol)
{
    const unsigned first = free_range(10);
    ULONG64 token = 0;

    added(protocol, first, 10);
    const ULONG answer = create_block(protocol, first, 9, &token);
    assert_true(answer == ERROR_SUCCESS || answer == ERROR_SHARING_VIOLATION ||
                answer == ERROR_ALREADY_EXISTS);
    if (answer == ERROR_SUCCESS)
        assert_int_equal(delete_block(protocol, first, 9), ERROR_SUCCESS);
    assert_int_equal(looked_up(protocol, first, 9), ERROR_NOT_FOUND);
    assert_true(exclusion_listed("ipv4", protocol, first, 10));

    taken_away(protocol, first, 10);
    assert_int_equal(create_block(protocol, first, 10, &token), ERROR_SUCCESS);
    assert_int_equal(delete_block(protocol, first, 10), ERROR_SUCCESS);
}
FOR_TCP_AND_UDP(create_over_an_exclusion_leaves_the_exclusion)

// clang-format off
static const struct suite_case cases[] = {
    CASE(tcp_an_added_exclusion_is_listed_until_deleted, NETSH_001, NETSH_004),
    CASE(udp_an_added_exclusion_is_listed_until_deleted, NETSH_001, NETSH_004),
    CASE(tcp_an_exclusion_of_one_family_holds_for_the_other_or_not, NETSH_001),
    CASE(udp_an_exclusion_of_one_family_holds_for_the_other_or_not, NETSH_001),
    CASE(tcp_the_listing_stars_administered_exclusions, NETSH_004),
    CASE(udp_the_listing_stars_administered_exclusions, NETSH_004),
    CASE(tcp_the_listing_is_sorted_and_merges_nothing, NETSH_004),
    CASE(udp_the_listing_is_sorted_and_merges_nothing, NETSH_004),
    CASE(tcp_the_listing_has_the_known_shape, NETSH_004),
    CASE(udp_the_listing_has_the_known_shape, NETSH_004),
    CASE(tcp_show_takes_its_parameters_in_both_forms, NETSH_004),
    CASE(udp_show_takes_its_parameters_in_both_forms, NETSH_004),
    CASE(tcp_delete_wants_the_exact_exclusion, NETSH_003),
    CASE(udp_delete_wants_the_exact_exclusion, NETSH_003),
    CASE(tcp_netsh_delete_leaves_a_runtime_block_alone, NETSH_003),
    CASE(udp_netsh_delete_leaves_a_runtime_block_alone, NETSH_003),
    CASE(a_standard_user_changes_no_exclusion, NETSH_001),
    CASE(add_refuses_a_bad_command, NETSH_001),
    CASE(tcp_add_takes_the_last_port, NETSH_001),
    CASE(udp_add_takes_the_last_port, NETSH_001),
    CASE(tcp_add_over_a_bound_port_is_refused, NETSH_009),
    CASE(udp_add_over_a_bound_port_is_refused, NETSH_009),
    CASE(tcp_add_over_an_exclusion_is_refused, NETSH_009),
    CASE(udp_add_over_an_exclusion_is_refused, NETSH_009),
    CASE(tcp_add_over_a_runtime_block_is_refused, NETSH_009),
    CASE(udp_add_over_a_runtime_block_is_refused, NETSH_009),
    CASE(tcp_add_over_a_persistent_block_is_refused, NETSH_009),
    CASE(udp_add_over_a_persistent_block_is_refused, NETSH_009),
    CASE(tcp_an_acquire_over_an_exclusion_is_refused, NETSH_008),
    CASE(udp_an_acquire_over_an_exclusion_is_refused, NETSH_008),
    CASE(tcp_an_explicit_bind_into_an_exclusion_gets_one_answer, NETSH_007),
    CASE(udp_an_explicit_bind_into_an_exclusion_gets_one_answer, NETSH_007),
    CASE(tcp_the_listing_shows_a_created_block_in_one_way, NETSH_006),
    CASE(udp_the_listing_shows_a_created_block_in_one_way, NETSH_006),
    CASE(tcp_the_listing_stars_no_runtime_block, NETSH_004),
    CASE(udp_the_listing_stars_no_runtime_block, NETSH_004),
    CASE(tcp_lookup_of_an_exclusion_gets_one_answer, NETSH_006),
    CASE(udp_lookup_of_an_exclusion_gets_one_answer, NETSH_006),
    CASE(tcp_create_over_an_exclusion_leaves_the_exclusion, NETSH_006),
    CASE(udp_create_over_an_exclusion_leaves_the_exclusion, NETSH_006),
    END_OF_CASES,
};

static const struct testbed_program programs[] = {
    {"netsh.worker", worker_run},
    {NULL, NULL},
};
// clang-format on

const struct suite netsh_suite = {
    .name = "netsh",
    .about = "Administered exclusions",
    .user = TESTBED_ELEVATED_ADMIN,
    .cases = cases,
    .programs = programs,
};
