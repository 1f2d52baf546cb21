/* CreatePersistentTcpPortReservation and its UDP twin: what is granted, what is refused, and that
 * what is refused changes nothing.
 */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/persistent.h"
#include "conformance/suites/suite.h"
#include "conformance/suites/worker.h"

static void remove_created(enum block_protocol protocol, unsigned first, unsigned count)
{
    assert_int_equal(delete_block(protocol, first, count), ERROR_SUCCESS);
}

static void create_grants_the_block_asked_for(enum block_protocol protocol)
{
    const unsigned first = free_range(20);
    ULONG64 token = 0;

    assert_int_equal(create_block(protocol, first, 20, &token), ERROR_SUCCESS);
    assert_true(token != INVALID_PORT_RESERVATION_TOKEN);
    assert_int_equal(looked_up(protocol, first, 20), ERROR_SUCCESS);

    remove_created(protocol, first, 20);
}
FOR_TCP_AND_UDP(create_grants_the_block_asked_for)

/* A hundred of them, so that no small table is the limit. */
static void create_grants_a_hundred_blocks_of_one_port(enum block_protocol protocol)
{
    const unsigned first = free_range(100);
    ULONG64 token = 0;

    for (unsigned i = 0; i < 100; i++)
        assert_int_equal(create_block(protocol, first + i, 1, &token), ERROR_SUCCESS);
    for (unsigned i = 0; i < 100; i++)
        assert_int_equal(looked_up(protocol, first + i, 1), ERROR_SUCCESS);

    for (unsigned i = 0; i < 100; i++)
        remove_created(protocol, first + i, 1);
}
FOR_TCP_AND_UDP(create_grants_a_hundred_blocks_of_one_port)

/* Nobody called WSAStartup for these functions, and the code comes back as the result. */
static void create_answers_the_error_itself(enum block_protocol protocol)
{
    const unsigned first = free_range(2);
    ULONG64 token = 0;

    assert_int_equal(create_block(protocol, first, 2, &token), ERROR_SUCCESS);
    assert_int_equal(create_block(protocol, first, 2, &token), ERROR_SHARING_VIOLATION);
    assert_int_equal(create_block(protocol, first, 0, &token), ERROR_INVALID_PARAMETER);

    remove_created(protocol, first, 2);
}
FOR_TCP_AND_UDP(create_answers_the_error_itself)

static void create_from_port_0_is_refused(enum block_protocol protocol)
{
    ULONG64 token = 0;

    OBSERVE_VALUE(create_zero_start, create_block(protocol, 0, 1, &token));
    OBSERVE_VALUE(create_zero_start, create_block(protocol, 0, 20, &token));
    OBSERVE_VALUE(create_zero_start, create_block(protocol, 0, 65535, &token));
    assert_int_equal(create_block(protocol, 0, 0, &token), ERROR_INVALID_PARAMETER);
}
FOR_TCP_AND_UDP(create_from_port_0_is_refused)

static void create_of_no_ports_is_refused(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned first = free_range(1);
    ULONG64 token = 0;

    OBSERVE_VALUE(create_zero_count, create_block(protocol, first, 0, &token));
    OBSERVE_VALUE(create_zero_count, create_block(protocol, 1, 0, &token));
    OBSERVE_VALUE(create_zero_count, create_block(protocol, 65535, 0, &token));
    assert_int_equal(looked_up(protocol, first, 1), ERROR_NOT_FOUND);
    assert_int_equal(probe_block(protocol, first, 1), 0);
}
FOR_TCP_AND_UDP(create_of_no_ports_is_refused)

static void create_past_port_65535_is_refused(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned free_before = probe_block(protocol, 65535, 1);
    ULONG64 token = 0;

    OBSERVE_VALUE(create_past_end, create_block(protocol, 65535, 2, &token));
    OBSERVE_VALUE(create_past_end, create_block(protocol, 65000, 537, &token));
    OBSERVE_VALUE(create_past_end, create_block(protocol, 2, 65535, &token));
    OBSERVE_VALUE(create_past_end, create_block(protocol, 65535, 65535, &token));
    assert_int_equal(probe_block(protocol, 65535, 1), free_before);
}
FOR_TCP_AND_UDP(create_past_port_65535_is_refused)

/* The last port there is belongs to a block as any other does. Who holds the ports already is
 * somebody else of this machine, and then an acquire is refused as well.
 */
static void create_up_to_port_65535_is_granted(enum block_protocol protocol)
{
    START_WINSOCK();
    for (unsigned count = 1; count <= 4; count += 3) {
        const unsigned first = 65536 - count;
        const bool held = probe_block(protocol, first, count) != 0;
        ULONG64 token = 0;
        if (held) {
            const ULONG answer = create_block(protocol, first, count, &token);
            assert_true(answer == ERROR_SHARING_VIOLATION || answer == ERROR_ALREADY_EXISTS);
            continue;
        }
        assert_int_equal(create_block(protocol, first, count, &token), ERROR_SUCCESS);
        for (unsigned i = 0; i < count; i++)
            assert_true(probe_block(protocol, first + i, 1) != 0);
        assert_int_equal(looked_up(protocol, first, count), ERROR_SUCCESS);
        remove_created(protocol, first, count);
    }
}
FOR_TCP_AND_UDP(create_up_to_port_65535_is_granted)

/* 1 + 65535 is no port too many: whether they are all free is another matter. */
static void create_of_every_port_is_no_bad_parameter(enum block_protocol protocol)
{
    ULONG64 token = 0;
    const ULONG answer = create_block(protocol, 1, 65535, &token);

    if (answer == ERROR_SUCCESS)
        remove_created(protocol, 1, 65535);
    else
        assert_int_not_equal(answer, ERROR_INVALID_PARAMETER);
}
FOR_TCP_AND_UDP(create_of_every_port_is_no_bad_parameter)

static void create_over_a_bound_port_is_refused(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned first = free_range(5);
    ULONG64 token = 0;

    for (unsigned i = 0; i < 5; i += 2) {
        const SOCKET s = block_socket(protocol);
        assert_int_equal(bind_loopback(s, (USHORT)(first + i)), 0);

        OBSERVE_VALUE(create_in_use, create_block(protocol, first, 5, &token));
        assert_int_equal(looked_up(protocol, first, 5), ERROR_NOT_FOUND);
        assert_int_equal(probe_block(protocol, first + 1, 1), 0);
        assert_int_equal(probe_block(protocol, first + 3, 1), 0);

        assert_int_equal(closesocket(s), 0);
    }
    assert_int_equal(create_block(protocol, first, 5, &token), ERROR_SUCCESS);
    remove_created(protocol, first, 5);
}
FOR_TCP_AND_UDP(create_over_a_bound_port_is_refused)

static void create_between_bound_ports_is_granted(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned first = free_range(5);
    const SOCKET below = block_socket(protocol);
    const SOCKET above = block_socket(protocol);
    ULONG64 token = 0;

    assert_int_equal(bind_loopback(below, (USHORT)first), 0);
    assert_int_equal(bind_loopback(above, (USHORT)(first + 4)), 0);
    assert_int_equal(create_block(protocol, first + 1, 3, &token), ERROR_SUCCESS);

    remove_created(protocol, first + 1, 3);
    assert_int_equal(closesocket(below), 0);
    assert_int_equal(closesocket(above), 0);
}
FOR_TCP_AND_UDP(create_between_bound_ports_is_granted)

static void create_over_a_persistent_block_is_refused(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned base = free_range(NEAR_RANGES_SPAN);
    const unsigned first = base + NEAR_BLOCK_AT;
    ULONG64 token = 0;

    assert_int_equal(create_block(protocol, first, NEAR_BLOCK_COUNT, &token), ERROR_SUCCESS);
    OBSERVE_VALUE(create_overlap, create_block(protocol, first, NEAR_BLOCK_COUNT, &token));
    for (unsigned i = 0; i < NEAR_RANGE_COUNT; i++) {
        const struct near_range *range = &near_ranges[i];
        const ULONG answer = create_block(protocol, base + range->at, range->count, &token);
        OBSERVE_VALUE(create_overlap, answer);
        assert_answer(range->where, looked_up(protocol, base + range->at, range->count),
                      ERROR_NOT_FOUND);
    }
    assert_int_equal(looked_up(protocol, first, NEAR_BLOCK_COUNT), ERROR_SUCCESS);
    assert_int_equal(probe_block(protocol, base, NEAR_BLOCK_AT), 0);
    assert_int_equal(probe_block(protocol, base + 20, 10), 0);

    remove_created(protocol, first, NEAR_BLOCK_COUNT);
}
FOR_TCP_AND_UDP(create_over_a_persistent_block_is_refused)

static void create_next_to_a_block_is_granted(enum block_protocol protocol)
{
    const unsigned first = free_range(30);
    ULONG64 token = 0;

    assert_int_equal(create_block(protocol, first + 10, 10, &token), ERROR_SUCCESS);
    assert_int_equal(create_block(protocol, first, 10, &token), ERROR_SUCCESS);
    assert_int_equal(create_block(protocol, first + 20, 10, &token), ERROR_SUCCESS);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(looked_up(protocol, first + 10 * i, 10), ERROR_SUCCESS);
    assert_int_equal(looked_up(protocol, first, 20), ERROR_NOT_FOUND);

    for (unsigned i = 0; i < 3; i++)
        remove_created(protocol, first + 10 * i, 10);
}
FOR_TCP_AND_UDP(create_next_to_a_block_is_granted)

static void create_over_a_runtime_block_is_refused(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned base = free_range(NEAR_RANGES_SPAN);
    const unsigned first = base + NEAR_BLOCK_AT;
    const SOCKET holder = block_socket(protocol);
    INET_PORT_RESERVATION_INSTANCE instance;
    ULONG64 token = 0;

    assert_int_equal(acquire_block(holder, (USHORT)first, NEAR_BLOCK_COUNT, &instance), 0);
    OBSERVE_VALUE(create_over_runtime, create_block(protocol, first, NEAR_BLOCK_COUNT, &token));
    for (unsigned i = 0; i < NEAR_RANGE_COUNT; i++) {
        const struct near_range *range = &near_ranges[i];
        const ULONG answer = create_block(protocol, base + range->at, range->count, &token);
        OBSERVE_VALUE(create_over_runtime, answer);
    }
    assert_int_equal(looked_up(protocol, first, NEAR_BLOCK_COUNT), ERROR_NOT_FOUND);

    assert_int_equal(closesocket(holder), 0);
    assert_int_equal(create_block(protocol, first, NEAR_BLOCK_COUNT, &token), ERROR_SUCCESS);
    remove_created(protocol, first, NEAR_BLOCK_COUNT);
}
FOR_TCP_AND_UDP(create_over_a_runtime_block_is_refused)

/* Blocks of the same numbers, and ports bound, in the other protocol. */
static void create_heeds_its_own_protocol_only(void)
{
    START_WINSOCK();
    const unsigned first = free_range(20);
    ULONG64 token = 0;

    for (int i = 0; i < 2; i++) {
        const enum block_protocol protocol = i == 0 ? TCP_BLOCK : UDP_BLOCK;
        const enum block_protocol other = the_other_protocol(protocol);
        assert_int_equal(create_block(protocol, first, 20, &token), ERROR_SUCCESS);
        const ULONG answer = create_block(other, first, 20, &token);
        if (answer == ERROR_SHARING_VIOLATION)
            OBSERVE(persistent_protocols, one_space);
        assert_int_equal(answer, ERROR_SUCCESS);
        OBSERVE(persistent_protocols, apart);
        remove_created(protocol, first, 20);
        remove_created(other, first, 20);

        const SOCKET bound = block_socket(other);
        assert_int_equal(bind_loopback(bound, (USHORT)first), 0);
        assert_int_equal(create_block(protocol, first, 20, &token), ERROR_SUCCESS);
        remove_created(protocol, first, 20);
        assert_int_equal(closesocket(bound), 0);
    }
}

enum { TOKENS_PERSISTENT = 8, TOKENS_RUNTIME = 3, TOKENS = TOKENS_PERSISTENT + TOKENS_RUNTIME };

/* Associate takes the tokens of both kinds, so no two of one protocol may be the same. */
static void every_block_has_a_token_of_its_own(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned first = free_range(TOKENS);
    SOCKET holders[TOKENS_RUNTIME];
    ULONG64 tokens[TOKENS] = {0};

    for (unsigned i = 0; i < TOKENS_PERSISTENT; i++)
        assert_int_equal(create_block(protocol, first + i, 1, &tokens[i]), ERROR_SUCCESS);
    for (unsigned i = 0; i < TOKENS_RUNTIME; i++) {
        const unsigned port = first + TOKENS_PERSISTENT + i;
        INET_PORT_RESERVATION_INSTANCE instance;
        holders[i] = block_socket(protocol);
        assert_int_equal(acquire_block(holders[i], (USHORT)port, 1, &instance), 0);
        tokens[TOKENS_PERSISTENT + i] = instance.Token;
    }
    for (unsigned i = 0; i < TOKENS; i++) {
        assert_true(tokens[i] != INVALID_PORT_RESERVATION_TOKEN);
        for (unsigned j = 0; j < i; j++)
            assert_true(tokens[i] != tokens[j]);
    }

    for (unsigned i = 0; i < TOKENS_PERSISTENT; i++)
        remove_created(protocol, first + i, 1);
    for (unsigned i = 0; i < TOKENS_RUNTIME; i++)
        assert_int_equal(closesocket(holders[i]), 0);
}
FOR_TCP_AND_UDP(every_block_has_a_token_of_its_own)

/* In a process of its own: what is open includes that it dies, and then, of what. */
static void create_without_a_place_for_the_token_creates_nothing(enum block_protocol protocol)
{
    const unsigned first = free_range(3);
    for (int kind = TESTBED_NULL; kind < TESTBED_BAD_POINTER_COUNT; kind++) {
        const char *name = testbed_bad_pointer_name((enum testbed_bad_pointer)kind);
        struct testbed_child *worker = start_worker("create.worker", TESTBED_ELEVATED_ADMIN);
        struct worker_answer answer;
        if (!worker_survives(worker, WORKER_CREATE_BLIND, protocol, first, 3, kind, &answer)) {
            delete_block(protocol, first, 3);
            SKIP_BECAUSE("a bad Token ends the process that passes it");
        }
        if (kind == TESTBED_NULL)
            OBSERVE_VALUE(create_null_token, answer.error);
        assert_refused(name, answer.error);
        assert_answer(name, looked_up(protocol, first, 3), ERROR_NOT_FOUND);
    }
}
FOR_TCP_AND_UDP(create_without_a_place_for_the_token_creates_nothing)

// clang-format off
static const struct suite_case cases[] = {
    CASE(tcp_create_grants_the_block_asked_for, CRT_001, CRT_002),
    CASE(udp_create_grants_the_block_asked_for, CRT_010, CRT_011),
    CASE(tcp_create_grants_a_hundred_blocks_of_one_port, CRT_001),
    CASE(udp_create_grants_a_hundred_blocks_of_one_port, CRT_010),
    CASE(tcp_create_answers_the_error_itself, CRT_002),
    CASE(udp_create_answers_the_error_itself, CRT_011),
    CASE(tcp_create_from_port_0_is_refused, CRT_003, CRT_025),
    CASE(udp_create_from_port_0_is_refused, CRT_012, CRT_025),
    CASE(tcp_create_of_no_ports_is_refused, CRT_004),
    CASE(udp_create_of_no_ports_is_refused, CRT_013),
    CASE(tcp_create_past_port_65535_is_refused, CRT_005),
    CASE(udp_create_past_port_65535_is_refused, CRT_014),
    CASE(tcp_create_up_to_port_65535_is_granted, CRT_005),
    CASE(udp_create_up_to_port_65535_is_granted, CRT_014),
    CASE(tcp_create_of_every_port_is_no_bad_parameter, CRT_005),
    CASE(udp_create_of_every_port_is_no_bad_parameter, CRT_014),
    CASE(tcp_create_over_a_bound_port_is_refused, CRT_006),
    CASE(udp_create_over_a_bound_port_is_refused, CRT_015),
    CASE(tcp_create_between_bound_ports_is_granted, CRT_006),
    CASE(udp_create_between_bound_ports_is_granted, CRT_015),
    CASE(tcp_create_over_a_persistent_block_is_refused, CRT_007),
    CASE(udp_create_over_a_persistent_block_is_refused, CRT_016),
    CASE(tcp_create_next_to_a_block_is_granted, CRT_007),
    CASE(udp_create_next_to_a_block_is_granted, CRT_016),
    CASE(tcp_create_over_a_runtime_block_is_refused, CRT_006),
    CASE(udp_create_over_a_runtime_block_is_refused, CRT_015),
    CASE(create_heeds_its_own_protocol_only, CRT_019),
    CASE(tcp_every_block_has_a_token_of_its_own, CRT_009, LAY_015),
    CASE(udp_every_block_has_a_token_of_its_own, CRT_018, LAY_015),
    CASE(tcp_create_without_a_place_for_the_token_creates_nothing, CRT_026),
    CASE(udp_create_without_a_place_for_the_token_creates_nothing, CRT_026),
    END_OF_CASES,
};

static const struct testbed_program programs[] = {
    {"create.worker", worker_run},
    {NULL, NULL},
};
// clang-format on

const struct suite create_suite = {
    .name = "create",
    .about = "CreatePersistentTcpPortReservation and CreatePersistentUdpPortReservation",
    .user = TESTBED_ELEVATED_ADMIN,
    .cases = cases,
    .programs = programs,
};
