/* LookupPersistentTcpPortReservation and its UDP twin: the exact block, in its own protocol, and a
 * token that associate takes.
 */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/persistent.h"
#include "conformance/suites/suite.h"
#include "conformance/suites/worker.h"

static const ULONG64 CANARY = 0x5AFE5AFE12345678u;

static ULONG64 created(enum block_protocol protocol, unsigned first, unsigned count)
{
    ULONG64 token = 0;
    assert_int_equal(create_block(protocol, first, count, &token), ERROR_SUCCESS);
    return token;
}

static void removed(enum block_protocol protocol, unsigned first, unsigned count)
{
    assert_int_equal(delete_block(protocol, first, count), ERROR_SUCCESS);
}

static void lookup_finds_the_block_from_any_process(enum block_protocol protocol)
{
    const unsigned first = free_range(20);
    ULONG64 token = 0;
    created(protocol, first, 20);

    assert_int_equal(lookup_block(protocol, first, 20, &token), ERROR_SUCCESS);
    assert_true(token != INVALID_PORT_RESERVATION_TOKEN);

    struct testbed_child *worker = start_worker("lookup.worker", TESTBED_ELEVATED_ADMIN);
    const struct worker_answer answer = worker_block(worker, WORKER_LOOKUP, protocol, first, 20);
    assert_int_equal(answer.error, ERROR_SUCCESS);
    assert_true(answer.token != INVALID_PORT_RESERVATION_TOKEN);
    worker_leaves(worker);

    removed(protocol, first, 20);
}
FOR_TCP_AND_UDP(lookup_finds_the_block_from_any_process)

static void lookup_from_port_0_is_refused(enum block_protocol protocol)
{
    assert_int_equal(looked_up(protocol, 0, 1), ERROR_INVALID_PARAMETER);
    assert_int_equal(looked_up(protocol, 0, 65535), ERROR_INVALID_PARAMETER);
    assert_int_equal(looked_up(protocol, 0, 0), ERROR_INVALID_PARAMETER);
}
FOR_TCP_AND_UDP(lookup_from_port_0_is_refused)

static void lookup_of_no_ports_is_refused(enum block_protocol protocol)
{
    const unsigned first = free_range(1);
    created(protocol, first, 1);

    assert_int_equal(looked_up(protocol, first, 0), ERROR_INVALID_PARAMETER);
    assert_int_equal(looked_up(protocol, 1, 0), ERROR_INVALID_PARAMETER);
    assert_int_equal(looked_up(protocol, 65535, 0), ERROR_INVALID_PARAMETER);

    removed(protocol, first, 1);
}
FOR_TCP_AND_UDP(lookup_of_no_ports_is_refused)

static void lookup_of_a_block_nobody_created_finds_nothing(enum block_protocol protocol)
{
    const unsigned first = free_range(10);

    assert_int_equal(looked_up(protocol, first, 1), ERROR_NOT_FOUND);
    assert_int_equal(looked_up(protocol, first, 10), ERROR_NOT_FOUND);
    assert_int_equal(looked_up(protocol, 65535, 1), ERROR_NOT_FOUND);
    assert_int_equal(looked_up(protocol, 65000, 536), ERROR_NOT_FOUND);
    assert_int_equal(looked_up(protocol, 1, 65535), ERROR_NOT_FOUND);
}
FOR_TCP_AND_UDP(lookup_of_a_block_nobody_created_finds_nothing)

static void lookup_past_port_65535_finds_nothing(enum block_protocol protocol)
{
    OBSERVE_VALUE(lookup_past_end, looked_up(protocol, 65535, 2));
    OBSERVE_VALUE(lookup_past_end, looked_up(protocol, 65000, 537));
    OBSERVE_VALUE(lookup_past_end, looked_up(protocol, 2, 65535));
    OBSERVE_VALUE(lookup_past_end, looked_up(protocol, 65535, 65535));
}
FOR_TCP_AND_UDP(lookup_past_port_65535_finds_nothing)

static void lookup_wants_the_exact_block(enum block_protocol protocol)
{
    const unsigned base = free_range(NEAR_RANGES_SPAN);
    const unsigned first = base + NEAR_BLOCK_AT;
    created(protocol, first, NEAR_BLOCK_COUNT);

    for (unsigned i = 0; i < NEAR_RANGE_COUNT; i++) {
        const struct near_range *range = &near_ranges[i];
        const ULONG answer = looked_up(protocol, base + range->at, range->count);
        OBSERVE_VALUE(lookup_inexact, answer);
        assert_answer(range->where, answer, ERROR_NOT_FOUND);
    }
    removed(protocol, first, NEAR_BLOCK_COUNT);
}
FOR_TCP_AND_UDP(lookup_wants_the_exact_block)

/* Neighbours are two blocks, each with its own token, and no third one. */
static void lookup_tells_neighbours_apart(enum block_protocol protocol)
{
    const unsigned first = free_range(10);
    ULONG64 tokens[2] = {0, 0};
    created(protocol, first, 5);
    created(protocol, first + 5, 5);

    assert_int_equal(lookup_block(protocol, first, 5, &tokens[0]), ERROR_SUCCESS);
    assert_int_equal(lookup_block(protocol, first + 5, 5, &tokens[1]), ERROR_SUCCESS);
    assert_true(tokens[0] != tokens[1]);
    assert_int_equal(looked_up(protocol, first, 10), ERROR_NOT_FOUND);

    removed(protocol, first, 5);
    assert_int_equal(looked_up(protocol, first, 5), ERROR_NOT_FOUND);
    assert_int_equal(looked_up(protocol, first + 5, 5), ERROR_SUCCESS);
    removed(protocol, first + 5, 5);
}
FOR_TCP_AND_UDP(lookup_tells_neighbours_apart)

/* Whether a bind to port 0 of a socket associated with the token lands in the block of two. */
static bool draws_from(enum block_protocol protocol, ULONG64 token, unsigned first)
{
    const SOCKET s = block_socket(protocol);
    const bool draws = associate_block(s, token) == 0 && bind_loopback(s, 0) == 0 &&
                       in_block(bound_port(s), first, 2);
    closesocket(s);
    return draws;
}

static void lookup_gives_a_token_that_draws_from_the_block(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned first = free_range(6);
    created(protocol, first, 2);
    const ULONG64 from_create = created(protocol, first + 2, 2);
    created(protocol, first + 4, 2);
    ULONG64 from_lookup = 0;

    assert_int_equal(lookup_block(protocol, first + 2, 2, &from_lookup), ERROR_SUCCESS);
    if (!draws_from(protocol, from_lookup, first + 2))
        OBSERVE(lookup_token, useless);
    if (from_lookup == from_create)
        OBSERVE(lookup_token, created);
    else
        OBSERVE(lookup_token, alias);
    assert_true(draws_from(protocol, from_create, first + 2));
    assert_true(draws_from(protocol, from_lookup, first + 2));

    for (unsigned i = 0; i < 6; i += 2)
        removed(protocol, first + i, 2);
}
FOR_TCP_AND_UDP(lookup_gives_a_token_that_draws_from_the_block)

static void lookup_does_not_see_runtime_blocks(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned first = free_range(4);
    const SOCKET holder = block_socket(protocol);
    INET_PORT_RESERVATION_INSTANCE instance;
    assert_int_equal(acquire_block(holder, (USHORT)first, 4, &instance), 0);

    OBSERVE_VALUE(lookup_runtime, looked_up(protocol, first, 4));
    assert_int_equal(looked_up(protocol, first, 1), ERROR_NOT_FOUND);

    assert_int_equal(closesocket(holder), 0);
}
FOR_TCP_AND_UDP(lookup_does_not_see_runtime_blocks)

static void lookup_does_not_see_the_other_protocol(enum block_protocol protocol)
{
    const unsigned first = free_range(4);
    created(the_other_protocol(protocol), first, 4);

    OBSERVE_VALUE(lookup_other_protocol, looked_up(protocol, first, 4));

    removed(the_other_protocol(protocol), first, 4);
}
FOR_TCP_AND_UDP(lookup_does_not_see_the_other_protocol)

static void a_failing_lookup_writes_no_token_but_0(enum block_protocol protocol)
{
    const unsigned first = free_range(4);
    ULONG64 token = CANARY;

    assert_int_equal(lookup_block(protocol, first, 4, &token), ERROR_NOT_FOUND);
    assert_true(token == CANARY || token == 0);
    if (token == 0)
        OBSERVE(lookup_failure_token, zero);
    else
        OBSERVE(lookup_failure_token, untouched);

    token = CANARY;
    assert_int_equal(lookup_block(protocol, first, 0, &token), ERROR_INVALID_PARAMETER);
    assert_true(token == CANARY || token == 0);
}
FOR_TCP_AND_UDP(a_failing_lookup_writes_no_token_but_0)

/* In a process of its own: what is open includes that it dies. */
static void lookup_without_a_place_for_the_token_is_refused(enum block_protocol protocol)
{
    const unsigned first = free_range(3);
    created(protocol, first, 3);
    for (int kind = TESTBED_NULL; kind < TESTBED_BAD_POINTER_COUNT; kind++) {
        const char *name = testbed_bad_pointer_name((enum testbed_bad_pointer)kind);
        struct testbed_child *worker = start_worker("lookup.worker", TESTBED_ELEVATED_ADMIN);
        struct worker_answer answer;
        if (!worker_survives(worker, WORKER_LOOKUP_BLIND, protocol, first, 3, kind, &answer)) {
            removed(protocol, first, 3);
            SKIP_BECAUSE("a bad Token ends the process that passes it");
        }
        if (kind == TESTBED_NULL)
            OBSERVE_VALUE(create_null_token, answer.error);
        assert_refused(name, answer.error);
    }
    removed(protocol, first, 3);
}
FOR_TCP_AND_UDP(lookup_without_a_place_for_the_token_is_refused)

// clang-format off
static const struct suite_case cases[] = {
    CASE(tcp_lookup_finds_the_block_from_any_process, LKP_001, LKP_002),
    CASE(udp_lookup_finds_the_block_from_any_process, LKP_001, LKP_002),
    CASE(tcp_lookup_from_port_0_is_refused, LKP_003),
    CASE(udp_lookup_from_port_0_is_refused, LKP_003),
    CASE(tcp_lookup_of_no_ports_is_refused, LKP_004),
    CASE(udp_lookup_of_no_ports_is_refused, LKP_004),
    CASE(tcp_lookup_of_a_block_nobody_created_finds_nothing, LKP_002, LKP_005),
    CASE(udp_lookup_of_a_block_nobody_created_finds_nothing, LKP_002, LKP_005),
    CASE(tcp_lookup_past_port_65535_finds_nothing, LKP_005),
    CASE(udp_lookup_past_port_65535_finds_nothing, LKP_005),
    CASE(tcp_lookup_wants_the_exact_block, LKP_006),
    CASE(udp_lookup_wants_the_exact_block, LKP_006),
    CASE(tcp_lookup_tells_neighbours_apart, LKP_006),
    CASE(udp_lookup_tells_neighbours_apart, LKP_006),
    CASE(tcp_lookup_gives_a_token_that_draws_from_the_block, LKP_007, LKP_008),
    CASE(udp_lookup_gives_a_token_that_draws_from_the_block, LKP_007, LKP_008),
    CASE(tcp_lookup_does_not_see_runtime_blocks, LKP_010),
    CASE(udp_lookup_does_not_see_runtime_blocks, LKP_010),
    CASE(tcp_lookup_does_not_see_the_other_protocol, LKP_011),
    CASE(udp_lookup_does_not_see_the_other_protocol, LKP_011),
    CASE(tcp_a_failing_lookup_writes_no_token_but_0, LKP_012),
    CASE(udp_a_failing_lookup_writes_no_token_but_0, LKP_012),
    CASE(tcp_lookup_without_a_place_for_the_token_is_refused, LKP_012),
    CASE(udp_lookup_without_a_place_for_the_token_is_refused, LKP_012),
    END_OF_CASES,
};

static const struct testbed_program programs[] = {
    {"lookup.worker", worker_run},
    {NULL, NULL},
};
// clang-format on

const struct suite lookup_suite = {
    .name = "lookup",
    .about = "LookupPersistentTcpPortReservation and LookupPersistentUdpPortReservation",
    .user = TESTBED_ELEVATED_ADMIN,
    .cases = cases,
    .programs = programs,
};
