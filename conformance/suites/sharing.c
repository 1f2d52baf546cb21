/* Sockets with several descriptors: duplicated, in one process or two, and inherited. */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/persistent.h"
#include "conformance/suites/suite.h"
#include "conformance/suites/worker.h"

static const char WORKER[] = "sharing.worker";

static SOCKET acquired(enum block_protocol protocol, unsigned first, unsigned count, ULONG64 *token)
{
    const SOCKET s = block_socket(protocol);
    INET_PORT_RESERVATION_INSTANCE instance;
    assert_int_equal(acquire_block(s, (USHORT)first, (USHORT)count, &instance), 0);
    *token = instance.Token;
    return s;
}

static WSAPROTOCOL_INFOW shared_with_this_process(SOCKET s)
{
    WSAPROTOCOL_INFOW info;
    memset(&info, 0, sizeof(info));
    assert_int_equal(WSADuplicateSocketW(s, GetCurrentProcessId(), &info), 0);
    return info;
}

static SOCKET second_descriptor(SOCKET s)
{
    WSAPROTOCOL_INFOW info = shared_with_this_process(s);
    const SOCKET second = WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO,
                                     &info, 0, WSA_FLAG_OVERLAPPED);
    assert_true(second != INVALID_SOCKET);
    assert_true(second != s);
    return second;
}

static void an_association_is_shared_by_the_descriptors(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned first = free_range(4);
    ULONG64 token = 0;
    const SOCKET holder = acquired(protocol, first, 4, &token);

    for (unsigned i = 0; i < 2; i++) {
        const SOCKET original = block_socket(protocol);
        const SOCKET duplicate = second_descriptor(original);
        const SOCKET one = i == 0 ? original : duplicate;
        const SOCKET two = i == 0 ? duplicate : original;
        assert_int_equal(associate_block(one, token), 0);
        assert_int_equal(bind_loopback(two, 0), 0);
        if (!in_block(bound_port(two), first, 4))
            OBSERVE(duplicate_state, not_association);
        OBSERVE(duplicate_state, all);
        assert_int_equal(closesocket(original), 0);
        assert_int_equal(closesocket(duplicate), 0);
    }
    assert_int_equal(closesocket(holder), 0);
}
FOR_TCP_AND_UDP(an_association_is_shared_by_the_descriptors)

/* And across processes: the worker binds what the case associated. */
static void an_association_is_shared_with_another_process(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned first = free_range(4);
    ULONG64 token = 0;
    const SOCKET holder = acquired(protocol, first, 4, &token);
    const SOCKET user = block_socket(protocol);
    assert_int_equal(associate_block(user, token), 0);

    struct testbed_child *worker = start_worker(WORKER, TESTBED_STANDARD);
    assert_int_equal(worker_adopts(worker, 0, user), 0);
    const struct worker_answer bound = worker_binds(worker, 0, 0);
    assert_int_equal(bound.error, 0);
    assert_true(in_block(bound.port, first, 4));
    assert_true(probe_bind(protocol, bound.port) != 0);
    worker_leaves(worker);

    assert_int_equal(closesocket(user), 0);
    assert_int_equal(closesocket(holder), 0);
}
FOR_TCP_AND_UDP(an_association_is_shared_with_another_process)

static void a_port_is_shared_by_the_descriptors(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned port = free_range(1);
    const SOCKET original = block_socket(protocol);
    assert_int_equal(bind_loopback(original, (USHORT)port), 0);

    struct testbed_child *worker = start_worker(WORKER, TESTBED_STANDARD);
    assert_int_equal(worker_adopts(worker, 0, original), 0);
    assert_int_equal(worker_does(worker, WORKER_NAME, 0).port, port);
    const SOCKET duplicate = second_descriptor(original);
    assert_int_equal(bound_port(duplicate), port);

    worker_leaves(worker);
    assert_int_equal(closesocket(duplicate), 0);
    assert_int_equal(closesocket(original), 0);
}
FOR_TCP_AND_UDP(a_port_is_shared_by_the_descriptors)

static void the_socket_closes_with_its_last_descriptor(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned port = free_range(1);
    const SOCKET original = block_socket(protocol);
    assert_int_equal(bind_loopback(original, (USHORT)port), 0);
    const SOCKET duplicate = second_descriptor(original);
    struct testbed_child *worker = start_worker(WORKER, TESTBED_STANDARD);
    assert_int_equal(worker_adopts(worker, 0, original), 0);

    assert_int_equal(closesocket(original), 0);
    if (probe_bind(protocol, port) == 0)
        OBSERVE(last_descriptor, first);
    assert_int_equal(bound_port(duplicate), port);
    assert_int_equal(closesocket(duplicate), 0);
    if (probe_bind(protocol, port) == 0)
        OBSERVE(last_descriptor, first);
    OBSERVE(last_descriptor, last);
    assert_int_equal(worker_does(worker, WORKER_NAME, 0).port, port);
    assert_int_equal(worker_does(worker, WORKER_CLOSE, 0).error, 0);
    assert_int_equal(probe_bind(protocol, port), 0);
    worker_leaves(worker);
}
FOR_TCP_AND_UDP(the_socket_closes_with_its_last_descriptor)

static void a_protocol_info_can_be_used_once(enum block_protocol protocol)
{
    START_WINSOCK();
    const SOCKET original = block_socket(protocol);
    WSAPROTOCOL_INFOW info = shared_with_this_process(original);
    WSAPROTOCOL_INFOW same = info;

    const SOCKET once = WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO,
                                   &info, 0, WSA_FLAG_OVERLAPPED);
    assert_true(once != INVALID_SOCKET);
    const SOCKET twice = WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO,
                                    &same, 0, WSA_FLAG_OVERLAPPED);
    if (twice != INVALID_SOCKET)
        OBSERVE(protocol_info_reuse, again);
    OBSERVE(protocol_info_reuse, once);

    assert_int_equal(closesocket(once), 0);
    assert_int_equal(closesocket(original), 0);
}
FOR_TCP_AND_UDP(a_protocol_info_can_be_used_once)

/* The worker binds, and closes, without having been granted anything but the descriptor. */
static void a_sharer_needs_no_grant(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned port = free_range(1);
    const SOCKET original = block_socket(protocol);
    struct testbed_child *worker = start_worker(WORKER, TESTBED_STANDARD);
    assert_int_equal(worker_adopts(worker, 0, original), 0);

    const struct worker_answer bound = worker_binds(worker, 0, port);
    assert_int_equal(bound.error, 0);
    assert_int_equal(bound.port, port);
    assert_true(probe_bind(protocol, port) != 0);
    assert_int_equal(worker_does(worker, WORKER_CLOSE, 0).error, 0);
    assert_true(probe_bind(protocol, port) != 0);
    worker_leaves(worker);

    assert_int_equal(closesocket(original), 0);
    assert_int_equal(probe_bind(protocol, port), 0);
}
FOR_TCP_AND_UDP(a_sharer_needs_no_grant)

/* Starts a worker that gets the case's inheritable handles. */
static struct testbed_child *start_heir(void)
{
    struct testbed_start start;
    memset(&start, 0, sizeof(start));
    start.program = WORKER;
    start.user = TESTBED_STANDARD;
    start.inherit_handles = true;
    return start_worker_as(&start);
}

static void an_inherited_holder_keeps_the_block_or_not(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned first = free_range(2);
    ULONG64 token = 0;
    const SOCKET holder = acquired(protocol, first, 2, &token);

    struct testbed_child *heir = start_heir();
    assert_int_equal(closesocket(holder), 0);
    if (probe_block(protocol, first, 2) != 0)
        OBSERVE(inherited_acquirer, keeps);
    else
        OBSERVE(inherited_acquirer, ends);
    worker_leaves(heir);
    assert_int_equal(probe_block(protocol, first, 2), 0);
}
FOR_TCP_AND_UDP(an_inherited_holder_keeps_the_block_or_not)

/* A process that inherits nothing keeps nothing, nor does one when the socket forbids it. */
static void a_holder_that_is_not_inherited_ends_the_block(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned first = free_range(2);
    const int type = protocol == TCP_BLOCK ? SOCK_STREAM : SOCK_DGRAM;
    const int ip_protocol = protocol == TCP_BLOCK ? IPPROTO_TCP : IPPROTO_UDP;
    const SOCKET private_holder = WSASocketW(AF_INET, type, ip_protocol, NULL, 0,
                                             WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
    INET_PORT_RESERVATION_INSTANCE instance;
    ULONG64 token = 0;

    assert_true(private_holder != INVALID_SOCKET);
    assert_int_equal(acquire_block(private_holder, (USHORT)first, 2, &instance), 0);
    struct testbed_child *heir = start_heir();
    assert_int_equal(closesocket(private_holder), 0);
    assert_int_equal(probe_block(protocol, first, 2), 0);
    worker_leaves(heir);

    const SOCKET holder = acquired(protocol, first, 2, &token);
    struct testbed_child *stranger = start_worker(WORKER, TESTBED_STANDARD);
    assert_int_equal(closesocket(holder), 0);
    assert_int_equal(probe_block(protocol, first, 2), 0);
    worker_leaves(stranger);
}
FOR_TCP_AND_UDP(a_holder_that_is_not_inherited_ends_the_block)

/* The worker was given the acquiring socket and the token, and associates a socket of its own. */
static void a_sharer_of_the_holder_gets_one_answer_from_associate(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned first = free_range(4);
    ULONG64 token = 0;
    const SOCKET holder = acquired(protocol, first, 4, &token);
    struct testbed_child *worker = start_worker(WORKER, TESTBED_STANDARD);
    assert_int_equal(worker_adopts(worker, 0, holder), 0);
    assert_int_equal(worker_open(worker, 1, protocol), 0);

    const unsigned answer = worker_uses_token(worker, WORKER_ASSOCIATE, 1, token);
    OBSERVE_VALUE(associate_from_duplicate, answer);
    const struct worker_answer bound = worker_binds(worker, 1, 0);
    assert_int_equal(bound.error, 0);
    assert_true(in_block(bound.port, first, 4) == (answer == 0));

    worker_leaves(worker);
    assert_int_equal(closesocket(holder), 0);
}
FOR_TCP_AND_UDP(a_sharer_of_the_holder_gets_one_answer_from_associate)

// clang-format off
static const struct suite_case cases[] = {
    CASE(tcp_an_association_is_shared_by_the_descriptors, SHR_001),
    CASE(udp_an_association_is_shared_by_the_descriptors, SHR_001),
    CASE(tcp_an_association_is_shared_with_another_process, SHR_001),
    CASE(udp_an_association_is_shared_with_another_process, SHR_001),
    CASE(tcp_a_port_is_shared_by_the_descriptors, SHR_001),
    CASE(udp_a_port_is_shared_by_the_descriptors, SHR_001),
    CASE(tcp_the_socket_closes_with_its_last_descriptor, SHR_002),
    CASE(udp_the_socket_closes_with_its_last_descriptor, SHR_002),
    CASE(tcp_a_protocol_info_can_be_used_once, SHR_003),
    CASE(udp_a_protocol_info_can_be_used_once, SHR_003),
    CASE(tcp_a_sharer_needs_no_grant, SHR_004),
    CASE(udp_a_sharer_needs_no_grant, SHR_004),
    CASE(tcp_an_inherited_holder_keeps_the_block_or_not, SHR_006),
    CASE(udp_an_inherited_holder_keeps_the_block_or_not, SHR_006),
    CASE(tcp_a_holder_that_is_not_inherited_ends_the_block, SHR_006),
    CASE(udp_a_holder_that_is_not_inherited_ends_the_block, SHR_006),
    CASE(tcp_a_sharer_of_the_holder_gets_one_answer_from_associate, SHR_007),
    CASE(udp_a_sharer_of_the_holder_gets_one_answer_from_associate, SHR_007),
    END_OF_CASES,
};

static const struct testbed_program programs[] = {
    {WORKER, worker_run},
    {NULL, NULL},
};
// clang-format on

const struct suite sharing_suite = {
    .name = "sharing",
    .about = "Sockets with several descriptors",
    .user = TESTBED_STANDARD,
    .cases = cases,
    .programs = programs,
};
