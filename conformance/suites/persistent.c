/* What a persistent block is good for: its token draws from it, everybody else stays out, and it
 * hangs on no socket and no process.
 */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/netsh.h"
#include "conformance/suites/persistent.h"
#include "conformance/suites/suite.h"
#include "conformance/suites/worker.h"

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

/* A socket that drew a port of the block. */
static SOCKET drawn(enum block_protocol protocol, ULONG64 token, unsigned first, unsigned count)
{
    const SOCKET s = block_socket(protocol);
    assert_int_equal(associate_block(s, token), 0);
    assert_int_equal(bind_loopback(s, 0), 0);
    assert_true(in_block(bound_port(s), first, count));
    return s;
}

/* Its ports, each once, and no more than it has. */
static void the_token_draws_every_port_of_the_block(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned first = free_range(5);
    const ULONG64 token = created(protocol, first + 1, 3);
    SOCKET users[3];
    unsigned seen = 0;

    for (unsigned i = 0; i < 3; i++) {
        users[i] = drawn(protocol, token, first + 1, 3);
        seen |= 1u << (bound_port(users[i]) - first);
    }
    assert_int_equal(seen, 0xE);
    const SOCKET late = block_socket(protocol);
    assert_int_equal(associate_block(late, token), 0);
    assert_true(bind_loopback(late, 0) != 0);

    assert_int_equal(closesocket(late), 0);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(closesocket(users[i]), 0);
    removed(protocol, first + 1, 3);
}
FOR_TCP_AND_UDP(the_token_draws_every_port_of_the_block)

static void a_socket_without_the_token_stays_out(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned first = free_range(5);
    created(protocol, first + 1, 3);

    for (unsigned i = 1; i <= 3; i++)
        OBSERVE_VALUE(persistent_outsider_bind, probe_bind(protocol, first + i));
    assert_int_equal(probe_bind(protocol, first), 0);
    assert_int_equal(probe_bind(protocol, first + 4), 0);
    assert_int_equal(probe_bind(the_other_protocol(protocol), first + 1), 0);

    removed(protocol, first + 1, 3);
    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(probe_bind(protocol, first + i), 0);
}
FOR_TCP_AND_UDP(a_socket_without_the_token_stays_out)

static void an_acquire_over_the_block_is_refused(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned base = free_range(NEAR_RANGES_SPAN);
    const unsigned first = base + NEAR_BLOCK_AT;
    created(protocol, first, NEAR_BLOCK_COUNT);

    OBSERVE_VALUE(acquire_over_persistent, probe_block(protocol, first, NEAR_BLOCK_COUNT));
    for (unsigned i = 0; i < NEAR_RANGE_COUNT; i++) {
        const struct near_range *range = &near_ranges[i];
        const unsigned answer = probe_block(protocol, base + range->at, range->count);
        OBSERVE_VALUE(acquire_over_persistent, answer);
    }
    assert_int_equal(probe_block(protocol, base, NEAR_BLOCK_AT), 0);
    assert_int_equal(probe_block(protocol, first + NEAR_BLOCK_COUNT, 10), 0);

    removed(protocol, first, NEAR_BLOCK_COUNT);
    assert_int_equal(probe_block(protocol, base, NEAR_RANGES_SPAN), 0);
}
FOR_TCP_AND_UDP(an_acquire_over_the_block_is_refused)

static struct automatic_ports taken;

/* Of a dynamic range of 255 ports, 200 lie in the block: automatic choice gives the other 55, or
 * somebody else of this machine has them.
 */
static void automatic_choice_keeps_out_of_the_block(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned range = free_range(SMALL_DYNAMIC_COUNT);
    const unsigned first = range + 10;
    created(protocol, first, 200);

    const struct dynamic_range before = automatic_ports_begin(protocol, range, &taken);
    assert_true(taken.count > 0 && taken.count <= SMALL_DYNAMIC_COUNT - 200);
    for (unsigned i = 0; i < taken.count; i++) {
        assert_true(in_block(taken.ports[i], range, SMALL_DYNAMIC_COUNT));
        assert_false(in_block(taken.ports[i], first, 200));
    }
    for (unsigned port = range; port < range + SMALL_DYNAMIC_COUNT; port++)
        if (!in_block(port, first, 200) && !automatic_ports_hold(&taken, port))
            assert_true(probe_bind(protocol, port) != 0);
    automatic_ports_end(protocol, before, &taken);

    removed(protocol, first, 200);
}
FOR_TCP_AND_UDP(automatic_choice_keeps_out_of_the_block)

/* The port that a socket drew and gave back belongs to the block again. */
static void a_closed_sockets_port_returns_to_the_block(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned range = free_range(SMALL_DYNAMIC_COUNT);
    const unsigned port = range + 100;
    const ULONG64 token = created(protocol, port, 1);
    assert_int_equal(closesocket(drawn(protocol, token, port, 1)), 0);

    const struct dynamic_range before = automatic_ports_begin(protocol, range, &taken);
    const bool handed_out = automatic_ports_hold(&taken, port);
    assert_true(taken.count > 0);
    automatic_ports_end(protocol, before, &taken);
    if (handed_out)
        OBSERVE(returned_port, dynamic_pool);
    OBSERVE(returned_port, block);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(closesocket(drawn(protocol, token, port, 1)), 0);
    assert_true(probe_block(protocol, port, 1) != 0);

    removed(protocol, port, 1);
    assert_int_equal(probe_block(protocol, port, 1), 0);
}
FOR_TCP_AND_UDP(a_closed_sockets_port_returns_to_the_block)

/* The creator is gone when the others come. */
static void the_block_outlives_its_creator(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned first = free_range(2);
    ULONG64 token = 0;

    struct testbed_child *creator = start_worker("persistent.worker", TESTBED_ELEVATED_ADMIN);
    const struct worker_answer created_there =
        worker_block(creator, WORKER_CREATE, protocol, first, 2);
    assert_int_equal(created_there.error, ERROR_SUCCESS);
    worker_leaves(creator);

    assert_int_equal(lookup_block(protocol, first, 2, &token), ERROR_SUCCESS);
    assert_true(probe_block(protocol, first, 2) != 0);
    assert_int_equal(closesocket(drawn(protocol, created_there.token, first, 2)), 0);
    assert_int_equal(closesocket(drawn(protocol, token, first, 2)), 0);

    removed(protocol, first, 2);
}
FOR_TCP_AND_UDP(the_block_outlives_its_creator)

/* Closing a socket that drew from it does not end it either. */
static void the_block_outlives_its_sockets(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned first = free_range(1);
    const ULONG64 token = created(protocol, first, 1);

    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(closesocket(drawn(protocol, token, first, 1)), 0);
        assert_int_equal(looked_up(protocol, first, 1), ERROR_SUCCESS);
    }
    removed(protocol, first, 1);
}
FOR_TCP_AND_UDP(the_block_outlives_its_sockets)

/* A component that may create any block may use and delete those of others. */
static void another_administrators_process_may_use_it_up(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned first = free_range(1);
    const ULONG64 token = created(protocol, first, 1);
    const SOCKET own = block_socket(protocol);
    assert_int_equal(associate_block(own, token), 0);

    struct testbed_child *worker = start_worker("persistent.worker", TESTBED_BUILTIN_ADMIN);
    const struct worker_answer found = worker_block(worker, WORKER_LOOKUP, protocol, first, 1);
    assert_int_equal(found.error, ERROR_SUCCESS);
    assert_int_equal(worker_open(worker, 0, protocol), 0);
    assert_int_equal(worker_uses_token(worker, WORKER_ASSOCIATE, 0, found.token), 0);
    const struct worker_answer bound = worker_binds(worker, 0, 0);
    assert_int_equal(bound.error, 0);
    assert_int_equal(bound.port, first);

    assert_true(bind_loopback(own, 0) != 0);
    assert_int_equal(worker_does(worker, WORKER_CLOSE, 0).error, 0);
    assert_int_equal(worker_block(worker, WORKER_DELETE, protocol, first, 1).error, ERROR_SUCCESS);
    worker_leaves(worker);

    assert_int_equal(looked_up(protocol, first, 1), ERROR_NOT_FOUND);
    assert_int_equal(closesocket(own), 0);
}
FOR_TCP_AND_UDP(another_administrators_process_may_use_it_up)

// clang-format off
static const struct suite_case cases[] = {
    CASE(tcp_the_token_draws_every_port_of_the_block, CRT_001, CRT_023),
    CASE(udp_the_token_draws_every_port_of_the_block, CRT_010, CRT_023),
    CASE(tcp_a_socket_without_the_token_stays_out, CRT_027),
    CASE(udp_a_socket_without_the_token_stays_out, CRT_027),
    CASE(tcp_an_acquire_over_the_block_is_refused, CRT_027),
    CASE(udp_an_acquire_over_the_block_is_refused, CRT_027),
    CASE(tcp_automatic_choice_keeps_out_of_the_block, CRT_027, BIND_022),
    CASE(udp_automatic_choice_keeps_out_of_the_block, CRT_027, BIND_022),
    CASE(tcp_a_closed_sockets_port_returns_to_the_block, LIFE_007),
    CASE(udp_a_closed_sockets_port_returns_to_the_block, LIFE_007),
    CASE(tcp_the_block_outlives_its_creator, LIFE_006),
    CASE(udp_the_block_outlives_its_creator, LIFE_006),
    CASE(tcp_the_block_outlives_its_sockets, LIFE_006),
    CASE(udp_the_block_outlives_its_sockets, LIFE_006),
    CASE(tcp_another_administrators_process_may_use_it_up, CRT_024, ASSOC_016),
    CASE(udp_another_administrators_process_may_use_it_up, CRT_024, ASSOC_016),
    END_OF_CASES,
};

static const struct testbed_program programs[] = {
    {"persistent.worker", worker_run},
    {NULL, NULL},
};
// clang-format on

const struct suite persistent_suite = {
    .name = "persistent",
    .about = "What a persistent block keeps, for whom, and for how long",
    .user = TESTBED_ELEVATED_ADMIN,
    .cases = cases,
    .programs = programs,
};
