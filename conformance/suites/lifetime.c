/* How long a runtime block lasts, and who may use it: the acquiring socket, and its process. */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/persistent.h"
#include "conformance/suites/suite.h"
#include "conformance/suites/worker.h"

static const char WORKER[] = "lifetime.worker";

static SOCKET acquired(enum block_protocol protocol, unsigned first, unsigned count, ULONG64 *token)
{
    const SOCKET s = block_socket(protocol);
    INET_PORT_RESERVATION_INSTANCE instance;
    assert_int_equal(acquire_block(s, (USHORT)first, (USHORT)count, &instance), 0);
    *token = instance.Token;
    return s;
}

static SOCKET associated(enum block_protocol protocol, ULONG64 token)
{
    const SOCKET s = block_socket(protocol);
    assert_int_equal(associate_block(s, token), 0);
    return s;
}

/* Whether anybody has one of the ports reserved or bound. */
static bool is_held(enum block_protocol protocol, unsigned first, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (probe_block(protocol, first + i, 1) != 0)
            return true;
    return false;
}

static void closing_the_acquiring_socket_ends_the_block(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned first = free_range(6);
    ULONG64 token = 0;
    const SOCKET holder = acquired(protocol, first + 1, 4, &token);
    for (unsigned i = 1; i <= 4; i++)
        assert_true(is_held(protocol, first + i, 1));
    assert_false(is_held(protocol, first, 1));
    assert_false(is_held(protocol, first + 5, 1));

    assert_int_equal(closesocket(holder), 0);
    if (is_held(protocol, first + 1, 4))
        OBSERVE(socket_close, survives);
    OBSERVE(socket_close, ends);
    assert_int_equal(probe_bind(protocol, first + 1), 0);
    assert_int_equal(probe_bind(protocol, first + 4), 0);
    const SOCKET late = block_socket(protocol);
    assert_true(associate_block(late, token) != 0);
    assert_int_equal(closesocket(late), 0);
}
FOR_TCP_AND_UDP(closing_the_acquiring_socket_ends_the_block)

/* For other processes too; and closing another socket of the process ends nothing. */
static void the_block_ends_with_its_own_socket_only(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned first = free_range(4);
    ULONG64 tokens[2] = {0, 0};
    const SOCKET holder = acquired(protocol, first, 2, &tokens[0]);
    const SOCKET other = acquired(protocol, first + 2, 2, &tokens[1]);
    struct testbed_child *worker = start_worker(WORKER, TESTBED_STANDARD);
    assert_int_equal(worker_open(worker, 0, protocol), 0);

    assert_int_equal(closesocket(associated(protocol, tokens[0])), 0);
    assert_int_equal(closesocket(other), 0);
    assert_true(worker_acquires(worker, 0, first, 2).error != 0);
    assert_int_equal(worker_acquires(worker, 0, first + 2, 2).error, 0);

    assert_int_equal(closesocket(holder), 0);
    assert_int_equal(worker_open(worker, 1, protocol), 0);
    assert_int_equal(worker_acquires(worker, 1, first, 2).error, 0);
    worker_leaves(worker);
    assert_false(is_held(protocol, first, 4));
}
FOR_TCP_AND_UDP(the_block_ends_with_its_own_socket_only)

static void the_end_of_the_process_ends_the_block(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned first = free_range(4);

    for (unsigned i = 0; i < 2; i++) {
        struct testbed_child *worker = start_worker(WORKER, TESTBED_STANDARD);
        assert_int_equal(worker_open(worker, 0, protocol), 0);
        assert_int_equal(worker_acquires(worker, 0, first, 4).error, 0);
        assert_true(is_held(protocol, first, 1));
        assert_true(is_held(protocol, first + 3, 1));
        if (i == 0)
            worker_leaves(worker);
        else
            testbed_kill(worker);

        if (is_held(protocol, first, 4))
            OBSERVE(process_exit, survives);
        OBSERVE(process_exit, ends);
    }
}
FOR_TCP_AND_UDP(the_end_of_the_process_ends_the_block)

/* A token's value is of no use to another process, be it of the same user. */
static void another_process_cannot_use_the_token(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned first = free_range(4);
    ULONG64 token = 0;
    const SOCKET holder = acquired(protocol, first, 4, &token);

    struct testbed_child *worker = start_worker(WORKER, TESTBED_STANDARD);
    assert_int_equal(worker_open(worker, 0, protocol), 0);
    OBSERVE_VALUE(associate_foreign_token, worker_uses_token(worker, WORKER_ASSOCIATE, 0, token));
    const struct worker_answer bound = worker_binds(worker, 0, 0);
    assert_int_equal(bound.error, 0);
    assert_false(in_block(bound.port, first, 4));
    worker_leaves(worker);

    assert_int_equal(closesocket(holder), 0);
}
FOR_TCP_AND_UDP(another_process_cannot_use_the_token)

static void another_process_cannot_release_the_block(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned first = free_range(4);
    ULONG64 token = 0;
    const SOCKET holder = acquired(protocol, first, 4, &token);

    struct testbed_child *worker = start_worker(WORKER, TESTBED_STANDARD);
    assert_int_equal(worker_open(worker, 0, protocol), 0);
    OBSERVE_VALUE(release_foreign, worker_uses_token(worker, WORKER_RELEASE, 0, token));
    worker_leaves(worker);

    assert_true(is_held(protocol, first, 1));
    const SOCKET user = associated(protocol, token);
    assert_int_equal(bind_loopback(user, 0), 0);
    assert_true(in_block(bound_port(user), first, 4));
    assert_int_equal(closesocket(user), 0);
    assert_int_equal(closesocket(holder), 0);
}
FOR_TCP_AND_UDP(another_process_cannot_release_the_block)

static void an_associated_socket_cannot_draw_once_the_holder_is_closed(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned first = free_range(4);
    ULONG64 token = 0;
    const SOCKET holder = acquired(protocol, first, 4, &token);
    const SOCKET user = associated(protocol, token);

    assert_int_equal(closesocket(holder), 0);
    const unsigned answer = bind_loopback(user, 0);
    if (answer != 0)
        OBSERVE_VALUE(bind_after_close, answer);
    else if (in_block(bound_port(user), first, 4))
        OBSERVE(bind_after_close, old_block);
    else
        OBSERVE(bind_after_close, ordinary);
    assert_int_equal(closesocket(user), 0);
    assert_false(is_held(protocol, first, 4));
}
FOR_TCP_AND_UDP(an_associated_socket_cannot_draw_once_the_holder_is_closed)

static void a_bound_socket_keeps_its_port_when_the_holder_closes(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned first = free_range(4);
    ULONG64 token = 0;
    const SOCKET holder = acquired(protocol, first, 4, &token);
    const SOCKET user = associated(protocol, token);
    assert_int_equal(bind_loopback(user, 0), 0);
    const unsigned port = bound_port(user);
    assert_true(in_block(port, first, 4));

    assert_int_equal(closesocket(holder), 0);
    assert_int_equal(bound_port(user), port);
    assert_true(probe_bind(protocol, port) != 0);
    assert_true(is_held(protocol, port, 1));
    for (unsigned i = 0; i < 4; i++)
        if (first + i != port)
            assert_false(is_held(protocol, first + i, 1));

    assert_int_equal(closesocket(user), 0);
    assert_false(is_held(protocol, first, 4));
}
FOR_TCP_AND_UDP(a_bound_socket_keeps_its_port_when_the_holder_closes)

/* Nothing was sent, so nothing lingers. */
static void a_closed_sockets_port_can_be_drawn_again(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned first = free_range(1);
    ULONG64 token = 0;
    const SOCKET holder = acquired(protocol, first, 1, &token);

    for (unsigned i = 0; i < 4; i++) {
        const SOCKET user = associated(protocol, token);
        if (bind_loopback(user, 0) != 0)
            OBSERVE(port_reuse_in_block, never);
        OBSERVE(port_reuse_in_block, at_once);
        assert_int_equal(bound_port(user), first);
        assert_int_equal(closesocket(user), 0);
    }
    assert_int_equal(closesocket(holder), 0);
}
FOR_TCP_AND_UDP(a_closed_sockets_port_can_be_drawn_again)

/* The worker has a second descriptor of the acquiring socket when the first is closed. */
static void a_duplicated_holder_keeps_the_block_or_ends_it(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned first = free_range(4);
    ULONG64 token = 0;
    const SOCKET holder = acquired(protocol, first, 4, &token);
    struct testbed_child *worker = start_worker(WORKER, TESTBED_STANDARD);
    assert_int_equal(worker_adopts(worker, 0, holder), 0);
    assert_true(is_held(protocol, first, 4));

    assert_int_equal(closesocket(holder), 0);
    if (is_held(protocol, first, 4))
        OBSERVE(duplicated_acquirer, lives);
    else
        OBSERVE(duplicated_acquirer, ends);
    assert_int_equal(worker_does(worker, WORKER_CLOSE, 0).error, 0);
    assert_false(is_held(protocol, first, 4));
    worker_leaves(worker);
}
FOR_TCP_AND_UDP(a_duplicated_holder_keeps_the_block_or_ends_it)

/* And the descriptor of the worker is not the one that counts while the first is open. */
static void closing_the_duplicate_does_not_end_the_block(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned first = free_range(4);
    ULONG64 token = 0;
    const SOCKET holder = acquired(protocol, first, 4, &token);
    struct testbed_child *worker = start_worker(WORKER, TESTBED_STANDARD);
    assert_int_equal(worker_adopts(worker, 0, holder), 0);
    worker_leaves(worker);

    assert_true(is_held(protocol, first, 1));
    assert_true(is_held(protocol, first + 3, 1));
    assert_int_equal(closesocket(holder), 0);
    assert_false(is_held(protocol, first, 4));
}
FOR_TCP_AND_UDP(closing_the_duplicate_does_not_end_the_block)

// clang-format off
static const struct suite_case cases[] = {
    CASE(tcp_closing_the_acquiring_socket_ends_the_block, LIFE_001),
    CASE(udp_closing_the_acquiring_socket_ends_the_block, LIFE_001),
    CASE(tcp_the_block_ends_with_its_own_socket_only, LIFE_001),
    CASE(udp_the_block_ends_with_its_own_socket_only, LIFE_001),
    CASE(tcp_the_end_of_the_process_ends_the_block, LIFE_002),
    CASE(udp_the_end_of_the_process_ends_the_block, LIFE_002),
    CASE(tcp_another_process_cannot_use_the_token, LIFE_003, ASSOC_015),
    CASE(udp_another_process_cannot_use_the_token, LIFE_003, ASSOC_015),
    CASE(tcp_another_process_cannot_release_the_block, LIFE_003, REL_003),
    CASE(udp_another_process_cannot_release_the_block, LIFE_003, REL_003),
    CASE(tcp_an_associated_socket_cannot_draw_once_the_holder_is_closed, LIFE_001, LIFE_004),
    CASE(udp_an_associated_socket_cannot_draw_once_the_holder_is_closed, LIFE_001, LIFE_004),
    CASE(tcp_a_bound_socket_keeps_its_port_when_the_holder_closes, LIFE_004),
    CASE(udp_a_bound_socket_keeps_its_port_when_the_holder_closes, LIFE_004),
    CASE(tcp_a_closed_sockets_port_can_be_drawn_again, LIFE_008),
    CASE(udp_a_closed_sockets_port_can_be_drawn_again, LIFE_008),
    CASE(tcp_a_duplicated_holder_keeps_the_block_or_ends_it, LIFE_005),
    CASE(udp_a_duplicated_holder_keeps_the_block_or_ends_it, LIFE_005),
    CASE(tcp_closing_the_duplicate_does_not_end_the_block, LIFE_005, LIFE_001),
    CASE(udp_closing_the_duplicate_does_not_end_the_block, LIFE_005, LIFE_001),
    END_OF_CASES,
};

static const struct testbed_program programs[] = {
    {WORKER, worker_run},
    {NULL, NULL},
};
// clang-format on

const struct suite lifetime_suite = {
    .name = "lifetime",
    .about = "How long a runtime block lasts, and in which process",
    .user = TESTBED_STANDARD,
    .cases = cases,
    .programs = programs,
};
