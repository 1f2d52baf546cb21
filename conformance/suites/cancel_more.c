/* SIO_FLUSH, shutdown, a network that fails, a process that ends: other ends of a request. */
#include "conformance/suites/pending.h"

static void flushing_a_stream(void)
{
    DWORD returned = 0;
    unsigned outcome;
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    outcome = winsock_outcome(WSAIoctl(pair.a, SIO_FLUSH, NULL, 0, NULL, 0, &returned, NULL, NULL));
    OBSERVE_VALUE(sio_flush, outcome);
    send_text(pair.a, "after");
    assert_receives(pair.b, "after");
    close_pair(&pair);
    END_WINSOCK();
}

static void a_refused_flush_leaves_a_receive_alone(void)
{
    struct pending pending;
    DWORD returned = 0;
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    receive_pends(&pending, pair.a, true);
    if (WSAIoctl(pair.a, SIO_FLUSH, NULL, 0, NULL, 0, &returned, NULL, NULL) == 0) {
        /* The reservation pages: a flush cancels requests. */
        assert_one_of(result_of(&pending, pair.a), WSA_IO_INCOMPLETE, WSA_OPERATION_ABORTED);
        CancelIo((HANDLE)pair.a);
        assert_int_equal(outcome_of(&pending, pair.a), WSA_OPERATION_ABORTED);
    } else {
        assert_still_pends(&pending);
        send_text(pair.b, "x");
        assert_int_equal(outcome_of(&pending, pair.a), 0);
    }
    pending_end(&pending);
    close_pair(&pair);
    END_WINSOCK();
}

static void a_receive_outlives_a_shutdown_of_both(void)
{
    struct pending pending;
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    receive_pends(&pending, pair.a, true);
    assert_int_equal(shutdown(pair.a, SD_BOTH), 0);
    assert_still_pends(&pending);
    close_socket(pair.b);
    assert_int_equal(outcome_of(&pending, pair.a), 0);
    assert_int_equal(pending.size, 0);
    pending_end(&pending);
    close_socket(pair.a);
    END_WINSOCK();
}

static void a_send_after_a_shutdown_is_refused(void)
{
    struct pending pending;
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    assert_int_equal(shutdown(pair.a, SD_SEND), 0);
    pending_init(&pending, true);
    begin_send(&pending, pair.a, "x");
    assert_int_equal(pending.begun, WSAESHUTDOWN);
    assert_int_equal(WaitForSingleObject(pending.overlapped.hEvent, 0), WAIT_TIMEOUT);
    pending_end(&pending);
    close_pair(&pair);
    END_WINSOCK();
}

static void without_a_network_results_fail(void)
{
    struct pending pending;
    START_WINSOCK();
    const struct pair pair = udp_pair();
    pending_init(&pending, false);
    REQUIRE_TESTBED(testbed_network(false));
    assert_int_equal(result_of(&pending, pair.a), WSAENETDOWN);
    begin_receive(&pending, pair.a);
    assert_int_equal(pending.begun, WSAENETDOWN);
    assert_true(testbed_network(true));
    pending_init(&pending, false);
    assert_int_equal(result_of(&pending, pair.a), 0);
    close_pair(&pair);
    END_WINSOCK();
}

static void a_receive_that_pends_when_the_network_fails(void)
{
    struct pending pending;
    DWORD waited;
    START_WINSOCK();
    const struct pair pair = udp_pair();
    receive_pends(&pending, pair.a, true);
    REQUIRE_TESTBED(testbed_network(false));
    waited = WaitForSingleObject(pending.overlapped.hEvent, A_MOMENT_MS);
    assert_true(testbed_network(true));
    if (waited == WAIT_TIMEOUT) {
        OBSERVE(network_down_receive, goes_on);
        send_text(pair.b, "x");
        assert_int_equal(outcome_of(&pending, pair.a), 0);
    } else {
        OBSERVE(network_down_receive, wsaenetdown);
        assert_int_equal(result_of(&pending, pair.a), WSAENETDOWN);
    }
    pending_end(&pending);
    close_pair(&pair);
    END_WINSOCK();
}

/* ---- A process that ends --------------------------------------------------------------------- */

struct place {
    USHORT port;
};

/* Binds, receives with an OVERLAPPED, and ends with the request under way. */
static int bind_and_leave(void)
{
    struct place place = {0};
    static struct pending pending;
    if (winsock_start() != 0)
        return 1;
    const SOCKET s = udp_socket();
    if (bind_loopback(s, 0) != 0)
        return 2;
    begin_receive(&pending, s);
    place.port = bound_port(s);
    if (pending.begun != WSA_IO_PENDING)
        return 3;
    return testbed_tell_parent(&place, sizeof(place)) ? 0 : 4;
}

static void a_process_ends_with_a_request_under_way(void)
{
    struct testbed_start start;
    struct place place;
    unsigned long error = 0;
    memset(&start, 0, sizeof(start));
    start.program = "bind_and_leave";
    start.user = TESTBED_STANDARD;
    struct testbed_child *child = testbed_start(&start, &error);
    REQUIRE_TESTBED(child != NULL);
    assert_true(testbed_hear(child, &place, sizeof(place)));
    assert_int_equal(testbed_wait(child), 0);
    START_WINSOCK();
    const SOCKET s = open_socket(AF_INET, SOCK_DGRAM);
    unsigned outcome = bind_loopback(s, place.port);
    for (int i = 0; i < A_MOMENT_MS && outcome != 0; i++) {
        Sleep(1);
        outcome = bind_loopback(s, place.port);
    }
    assert_int_equal(outcome, 0);
    close_socket(s);
    END_WINSOCK();
}

/* Asks for the result of nothing; where that is an access violation the process does not answer. */
static int ask_for_nothing(void)
{
    unsigned outcomes[3];
    DWORD bytes = 0;
    DWORD flags = 0;
    WSAOVERLAPPED overlapped;
    memset(&overlapped, 0, sizeof(overlapped));
    if (winsock_start() != 0)
        return 1;
    const SOCKET s = udp_socket();
    outcomes[0] =
        WSAGetOverlappedResult(s, NULL, &bytes, FALSE, &flags) ? 0 : winsock_outcome(SOCKET_ERROR);
    outcomes[1] = WSAGetOverlappedResult(s, &overlapped, NULL, FALSE, &flags)
                      ? 0
                      : winsock_outcome(SOCKET_ERROR);
    outcomes[2] = WSAGetOverlappedResult(s, &overlapped, &bytes, FALSE, NULL)
                      ? 0
                      : winsock_outcome(SOCKET_ERROR);
    return testbed_tell_parent(outcomes, sizeof(outcomes)) ? 0 : 2;
}

static void the_result_of_nothing_is_a_fault(void)
{
    struct testbed_start start;
    unsigned outcomes[3] = {0, 0, 0};
    unsigned long error = 0;
    memset(&start, 0, sizeof(start));
    start.program = "ask_for_nothing";
    start.user = TESTBED_STANDARD;
    struct testbed_child *child = testbed_start(&start, &error);
    REQUIRE_TESTBED(child != NULL);
    if (testbed_hear(child, outcomes, sizeof(outcomes))) {
        assert_int_equal(testbed_wait(child), 0);
        assert_int_equal(outcomes[1], outcomes[0]);
        assert_int_equal(outcomes[2], outcomes[0]);
        OBSERVE_VALUE(null_result_pointer, outcomes[0]);
    } else {
        assert_int_not_equal(testbed_wait(child), 0); /* an access violation ended it */
    }
}

/* ---- A reservation whose socket closes slowly ------------------------------------------------ */

/* What closesocket leaves when it answers WSAEWOULDBLOCK is the socket and all it holds. */
static void a_block_outlives_a_close_that_would_block(void)
{
    static char bytes[65536];
    const struct linger patient = {1, 10};
    u_long on = 1;
    INET_PORT_RESERVATION_INSTANCE instance;
    START_WINSOCK();
    require_reservations();
    const USHORT port = free_ports(1);
    const SOCKET listener = loopback_listener();
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    const struct sockaddr_in name = name_of_socket(listener);
    assert_int_equal(acquire_block(s, port, 1, &instance), 0);
    assert_int_equal(connect(s, (const struct sockaddr *)&name, sizeof(name)), 0);
    const SOCKET peer = accept(listener, NULL, NULL);
    assert_int_equal(setsockopt(s, SOL_SOCKET, SO_LINGER, (const char *)&patient, sizeof(patient)),
                     0);
    assert_int_equal(ioctlsocket(s, FIONBIO, &on), 0);
    for (int i = 0; i < 1000 && send(s, bytes, sizeof(bytes), 0) > 0; i++)
        continue;
    assert_int_equal(WSAGetLastError(), WSAEWOULDBLOCK);
    if (closesocket(s) == 0) {
        OBSERVE(nonblocking_linger, closes);
    } else {
        assert_int_equal(WSAGetLastError(), WSAEWOULDBLOCK);
        assert_ports_taken(AF_INET, SOCK_STREAM, port, 1);
        assert_int_equal(release_block(s, instance.Token), 0);
        assert_ports_free(AF_INET, SOCK_STREAM, port, 1);
    }
    close_socket(peer);
    close_socket(listener);
    closesocket(s);
    END_WINSOCK();
}

static void a_graceful_close_gives_the_block_back(void)
{
    INET_PORT_RESERVATION_INSTANCE instance;
    unsigned outcome;
    START_WINSOCK();
    require_reservations();
    const USHORT port = free_ports(1);
    const SOCKET listener = loopback_listener();
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    const struct sockaddr_in name = name_of_socket(listener);
    assert_int_equal(acquire_block(s, port, 1, &instance), 0);
    assert_int_equal(connect(s, (const struct sockaddr *)&name, sizeof(name)), 0);
    const SOCKET peer = accept(listener, NULL, NULL);
    send_text(s, "last words");
    close_socket(s);
    outcome = probe_port(AF_INET, SOCK_STREAM, port);
    for (int i = 0; i < PATIENCE_MS && outcome != 0; i++) {
        Sleep(1);
        outcome = probe_port(AF_INET, SOCK_STREAM, port);
    }
    assert_int_equal(outcome, 0);
    assert_receives(peer, "last words");
    close_socket(peer);
    close_socket(listener);
    END_WINSOCK();
}

/* FILE_SKIP_COMPLETION_PORT_ON_SUCCESS is for programs whose sockets are file handles throughout.
 */
static void sockets_of_the_base_provider_are_file_handles(void)
{
    WSAPROTOCOL_INFOW info;
    START_WINSOCK();
    for (int i = 0; i < PAIR_TYPE_COUNT; i++) {
        const SOCKET s = open_socket(AF_INET, PAIR_TYPES[i]);
        int size = sizeof(info);
        assert_int_equal(getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOW, (char *)&info, &size), 0);
        assert_int_equal(info.dwServiceFlags1 & XP1_IFS_HANDLES, XP1_IFS_HANDLES);
        assert_true(
            SetFileCompletionNotificationModes((HANDLE)s, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS));
        close_socket(s);
    }
    END_WINSOCK();
}

static const struct testbed_program programs[] = {
    {"bind_and_leave", bind_and_leave},
    {"ask_for_nothing", ask_for_nothing},
    {NULL, NULL},
};

static const struct suite_case cases[] = {
    CASE(flushing_a_stream, CXL_039, CAN_011),
    CASE(a_refused_flush_leaves_a_receive_alone, CXL_040),
    CASE(a_receive_outlives_a_shutdown_of_both, CXL_041),
    CASE(a_send_after_a_shutdown_is_refused, CXL_042),
    CASE(without_a_network_results_fail, OVL_030),
    CASE(a_receive_that_pends_when_the_network_fails, CXL_043),
    CASE(a_process_ends_with_a_request_under_way, CXL_044),
    CASE(the_result_of_nothing_is_a_fault, OVL_029),
    CASE(a_block_outlives_a_close_that_would_block, LIFE_009),
    CASE(a_graceful_close_gives_the_block_back, LIFE_010),
    CASE(sockets_of_the_base_provider_are_file_handles, OVL_036),
    END_OF_CASES,
};

const struct suite cancel_more_suite = {
    .name = "cancel_more",
    .about = "flush, shutdown, a network that fails, a process that ends",
    .user = TESTBED_STANDARD,
    .cases = cases,
    .programs = programs,
};
