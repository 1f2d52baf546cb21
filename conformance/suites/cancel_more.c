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

/* ---- A process that ends ----------------------------------------------------------------------
 */

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

static const struct testbed_program programs[] = {
    {"bind_and_leave", bind_and_leave},
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
    END_OF_CASES,
};

const struct suite cancel_more_suite = {
    .name = "cancel_more",
    .about = "flush, shutdown, a network that fails, a process that ends",
    .user = TESTBED_STANDARD,
    .cases = cases,
    .programs = programs,
};
