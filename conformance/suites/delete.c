/* DeletePersistentTcpPortReservation and its UDP twin: the block that was created, whole, in its
 * own protocol, and nothing else.
 */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/persistent.h"
#include "conformance/suites/suite.h"
#include "conformance/suites/worker.h"

/* The prototypes: two USHORTs, and no token. */
static ULONG(WINAPI *tcp_delete)(USHORT, USHORT);
static ULONG(WINAPI *udp_delete)(USHORT, USHORT);

static ULONG64 created(enum block_protocol protocol, unsigned first, unsigned count)
{
    ULONG64 token = 0;
    assert_int_equal(create_block(protocol, first, count, &token), ERROR_SUCCESS);
    return token;
}

static void delete_takes_the_block_away(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned first = free_range(10);
    ULONG64 token = 0;
    created(protocol, first, 10);

    assert_int_equal(delete_block(protocol, first, 10), ERROR_SUCCESS);
    assert_int_equal(looked_up(protocol, first, 10), ERROR_NOT_FOUND);
    if (probe_block(protocol, first, 10) != 0)
        OBSERVE(delete_keeps_ports, keeps);
    OBSERVE(delete_keeps_ports, frees);
    assert_int_equal(probe_bind(protocol, first), 0);
    assert_int_equal(probe_bind(protocol, first + 9), 0);

    assert_int_equal(create_block(protocol, first + 5, 5, &token), ERROR_SUCCESS);
    assert_int_equal(create_block(protocol, first, 5, &token), ERROR_SUCCESS);
    assert_int_equal(delete_block(protocol, first, 5), ERROR_SUCCESS);
    assert_int_equal(delete_block(protocol, first + 5, 5), ERROR_SUCCESS);
    assert_int_equal(probe_block(protocol, first, 10), 0);
}
FOR_TCP_AND_UDP(delete_takes_the_block_away)

static void delete_of_a_block_nobody_created_finds_nothing(enum block_protocol protocol)
{
    const unsigned first = free_range(10);

    OBSERVE_VALUE(delete_missing, delete_block(protocol, first, 10));
    created(protocol, first, 10);
    assert_int_equal(delete_block(protocol, first, 10), ERROR_SUCCESS);
    OBSERVE_VALUE(delete_missing, delete_block(protocol, first, 10));
}
FOR_TCP_AND_UDP(delete_of_a_block_nobody_created_finds_nothing)

static void delete_from_port_0_is_refused(enum block_protocol protocol)
{
    assert_int_equal(delete_block(protocol, 0, 1), ERROR_INVALID_PARAMETER);
    assert_int_equal(delete_block(protocol, 0, 65535), ERROR_INVALID_PARAMETER);
    assert_int_equal(delete_block(protocol, 0, 0), ERROR_INVALID_PARAMETER);
}
FOR_TCP_AND_UDP(delete_from_port_0_is_refused)

static void delete_of_no_ports_is_refused(enum block_protocol protocol)
{
    const unsigned first = free_range(2);
    created(protocol, first, 1);

    assert_int_equal(delete_block(protocol, first, 0), ERROR_INVALID_PARAMETER);
    assert_int_equal(delete_block(protocol, first + 1, 0), ERROR_INVALID_PARAMETER);
    assert_int_equal(delete_block(protocol, 1, 0), ERROR_INVALID_PARAMETER);
    assert_int_equal(delete_block(protocol, 65535, 0), ERROR_INVALID_PARAMETER);
    assert_int_equal(looked_up(protocol, first, 1), ERROR_SUCCESS);

    assert_int_equal(delete_block(protocol, first, 1), ERROR_SUCCESS);
}
FOR_TCP_AND_UDP(delete_of_no_ports_is_refused)

static void delete_past_port_65535_is_refused(enum block_protocol protocol)
{
    OBSERVE_VALUE(lookup_past_end, delete_block(protocol, 65535, 2));
    OBSERVE_VALUE(lookup_past_end, delete_block(protocol, 65000, 537));
    OBSERVE_VALUE(lookup_past_end, delete_block(protocol, 65535, 65535));
    assert_int_equal(delete_block(protocol, 65000, 536), ERROR_NOT_FOUND);
}
FOR_TCP_AND_UDP(delete_past_port_65535_is_refused)

static void delete_leaves_the_other_protocol_alone(void)
{
    const unsigned first = free_range(10);

    for (int i = 0; i < 2; i++) {
        const enum block_protocol protocol = i == 0 ? TCP_BLOCK : UDP_BLOCK;
        const enum block_protocol other = the_other_protocol(protocol);
        created(protocol, first, 10);
        assert_int_equal(delete_block(other, first, 10), ERROR_NOT_FOUND);
        assert_int_equal(looked_up(protocol, first, 10), ERROR_SUCCESS);

        created(other, first, 10);
        assert_int_equal(delete_block(protocol, first, 10), ERROR_SUCCESS);
        assert_int_equal(looked_up(protocol, first, 10), ERROR_NOT_FOUND);
        if (looked_up(other, first, 10) == ERROR_NOT_FOUND)
            OBSERVE(delete_both, both);
        OBSERVE(delete_both, own);
        assert_int_equal(delete_block(other, first, 10), ERROR_SUCCESS);
    }
}

static void delete_leaves_a_runtime_block_alone(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned first = free_range(4);
    const SOCKET holder = block_socket(protocol);
    const SOCKET user = block_socket(protocol);
    INET_PORT_RESERVATION_INSTANCE instance;
    assert_int_equal(acquire_block(holder, (USHORT)first, 4, &instance), 0);

    OBSERVE_VALUE(delete_runtime, delete_block(protocol, first, 4));
    assert_true(probe_block(protocol, first, 1) != 0);
    assert_int_equal(associate_block(user, instance.Token), 0);
    assert_int_equal(bind_loopback(user, 0), 0);
    assert_true(in_block(bound_port(user), first, 4));

    assert_int_equal(closesocket(user), 0);
    assert_int_equal(closesocket(holder), 0);
}
FOR_TCP_AND_UDP(delete_leaves_a_runtime_block_alone)

/* Of a part the pages do not speak; what is more than the block, no block is. Both stay. */
static void delete_of_another_range_deletes_nothing(enum block_protocol protocol)
{
    const unsigned base = free_range(NEAR_RANGES_SPAN);
    const unsigned first = base + NEAR_BLOCK_AT;
    created(protocol, first, NEAR_BLOCK_COUNT);

    for (unsigned i = 0; i < NEAR_RANGE_COUNT; i++) {
        const struct near_range *range = &near_ranges[i];
        const ULONG answer = delete_block(protocol, base + range->at, range->count);
        if (range->part)
            OBSERVE_VALUE(delete_inexact, answer);
        assert_refused(range->where, answer);
        assert_answer(range->where, looked_up(protocol, first, NEAR_BLOCK_COUNT), ERROR_SUCCESS);
    }
    assert_int_equal(delete_block(protocol, first, NEAR_BLOCK_COUNT), ERROR_SUCCESS);
}
FOR_TCP_AND_UDP(delete_of_another_range_deletes_nothing)

static void delete_of_two_neighbours_as_one_deletes_neither(enum block_protocol protocol)
{
    const unsigned first = free_range(10);
    created(protocol, first, 5);
    created(protocol, first + 5, 5);

    assert_true(delete_block(protocol, first, 10) != ERROR_SUCCESS);
    assert_int_equal(looked_up(protocol, first, 5), ERROR_SUCCESS);
    assert_int_equal(looked_up(protocol, first + 5, 5), ERROR_SUCCESS);

    assert_int_equal(delete_block(protocol, first, 5), ERROR_SUCCESS);
    assert_int_equal(looked_up(protocol, first + 5, 5), ERROR_SUCCESS);
    assert_int_equal(delete_block(protocol, first + 5, 5), ERROR_SUCCESS);
}
FOR_TCP_AND_UDP(delete_of_two_neighbours_as_one_deletes_neither)

/* Either it is refused and all stays, or the block goes and the socket keeps its port. */
static void delete_under_a_bound_socket_leaves_it_its_port(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned first = free_range(2);
    const ULONG64 token = created(protocol, first, 2);
    const SOCKET user = block_socket(protocol);
    assert_int_equal(associate_block(user, token), 0);
    assert_int_equal(bind_loopback(user, 0), 0);
    const unsigned port = bound_port(user);

    const ULONG answer = delete_block(protocol, first, 2);
    OBSERVE_VALUE(delete_in_use, answer);
    const ULONG found = answer == ERROR_SUCCESS ? ERROR_NOT_FOUND : ERROR_SUCCESS;
    assert_int_equal(looked_up(protocol, first, 2), found);
    assert_int_equal(bound_port(user), port);
    assert_true(probe_bind(protocol, port) != 0);

    assert_int_equal(closesocket(user), 0);
    if (answer != ERROR_SUCCESS)
        assert_int_equal(delete_block(protocol, first, 2), ERROR_SUCCESS);
    assert_int_equal(looked_up(protocol, first, 2), ERROR_NOT_FOUND);
    assert_int_equal(probe_block(protocol, first, 2), 0);
}
FOR_TCP_AND_UDP(delete_under_a_bound_socket_leaves_it_its_port)

static void a_deleted_token_is_refused(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned first = free_range(2);
    const ULONG64 token = created(protocol, first, 2);
    const SOCKET user = block_socket(protocol);

    assert_int_equal(delete_block(protocol, first, 2), ERROR_SUCCESS);
    OBSERVE_VALUE(associate_released_token, associate_block(user, token));

    assert_int_equal(closesocket(user), 0);
}
FOR_TCP_AND_UDP(a_deleted_token_is_refused)

/* By a process that never saw the token. */
static void delete_needs_only_the_range(void)
{
    const unsigned first = free_range(3);
    tcp_delete = DeletePersistentTcpPortReservation;
    udp_delete = DeletePersistentUdpPortReservation;
    created(TCP_BLOCK, first, 3);
    created(UDP_BLOCK, first, 3);

    struct testbed_child *worker = start_worker("delete.worker", TESTBED_ELEVATED_ADMIN);
    assert_int_equal(worker_block(worker, WORKER_DELETE, TCP_BLOCK, first, 3).error, ERROR_SUCCESS);
    worker_leaves(worker);
    assert_int_equal(looked_up(TCP_BLOCK, first, 3), ERROR_NOT_FOUND);

    assert_int_equal(udp_delete(htons((USHORT)first), 3), ERROR_SUCCESS);
    assert_int_equal(tcp_delete(htons((USHORT)first), 3), ERROR_NOT_FOUND);
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(tcp_delete_takes_the_block_away, DEL_001, DEL_002, CRT_022),
    CASE(udp_delete_takes_the_block_away, DEL_001, DEL_002, CRT_022),
    CASE(tcp_delete_of_a_block_nobody_created_finds_nothing, DEL_006),
    CASE(udp_delete_of_a_block_nobody_created_finds_nothing, DEL_006),
    CASE(tcp_delete_from_port_0_is_refused, DEL_004),
    CASE(udp_delete_from_port_0_is_refused, DEL_004),
    CASE(tcp_delete_of_no_ports_is_refused, DEL_005),
    CASE(udp_delete_of_no_ports_is_refused, DEL_005),
    CASE(tcp_delete_past_port_65535_is_refused, DEL_006),
    CASE(udp_delete_past_port_65535_is_refused, DEL_006),
    CASE(delete_leaves_the_other_protocol_alone, DEL_009),
    CASE(tcp_delete_leaves_a_runtime_block_alone, DEL_010),
    CASE(udp_delete_leaves_a_runtime_block_alone, DEL_010),
    CASE(tcp_delete_of_another_range_deletes_nothing, DEL_011),
    CASE(udp_delete_of_another_range_deletes_nothing, DEL_011),
    CASE(tcp_delete_of_two_neighbours_as_one_deletes_neither, DEL_011),
    CASE(udp_delete_of_two_neighbours_as_one_deletes_neither, DEL_011),
    CASE(tcp_delete_under_a_bound_socket_leaves_it_its_port, DEL_012),
    CASE(udp_delete_under_a_bound_socket_leaves_it_its_port, DEL_012),
    CASE(tcp_a_deleted_token_is_refused, DEL_001, REL_014),
    CASE(udp_a_deleted_token_is_refused, DEL_001, REL_014),
    CASE(delete_needs_only_the_range, DEL_003),
    END_OF_CASES,
};

static const struct testbed_program programs[] = {
    {"delete.worker", worker_run},
    {NULL, NULL},
};
// clang-format on

const struct suite delete_suite = {
    .name = "delete",
    .about = "DeletePersistentTcpPortReservation and DeletePersistentUdpPortReservation",
    .user = TESTBED_ELEVATED_ADMIN,
    .cases = cases,
    .programs = programs,
};
