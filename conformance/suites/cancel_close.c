/* Closing a socket while something is under way on it. */
#include "conformance/suites/pending.h"

enum { KEY = 0x42 };

static void a_stream_receive_ends_when_its_socket_is_closed(void)
{
    struct pending pending;
    struct taken taken;
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    const HANDLE port = new_port(0);
    associate_port(port, pair.a, KEY);
    receive_pends(&pending, pair.a, false);
    close_socket(pair.a);
    taken = take_within(port, PATIENCE_MS);
    assert_ptr_equal(taken.overlapped, &pending.overlapped);
    assert_int_equal(taken.key, KEY);
    assert_int_equal(taken.bytes, 0);
    OBSERVE_VALUE(close_pending_stream, taken.error);
    assert_port_empty(port);
    close_socket(pair.b);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

static void a_datagram_receive_ends_when_its_socket_is_closed(void)
{
    struct pending pending;
    START_WINSOCK();
    const struct pair pair = udp_pair();
    receive_pends(&pending, pair.a, true);
    close_socket(pair.a);
    assert_int_equal(WaitForSingleObject(pending.overlapped.hEvent, PATIENCE_MS), WAIT_OBJECT_0);
    assert_int_equal((DWORD)pending.overlapped.Internal, 0xC0000120u);
    assert_int_equal(pending.overlapped.InternalHigh, 0);
    pending_end(&pending);
    close_socket(pair.b);
    END_WINSOCK();
}

static void a_routine_runs_for_a_socket_that_is_closed(void)
{
    struct pending pending;
    START_WINSOCK();
    const struct pair pair = udp_pair();
    receive_pends_with_routine(&pending, pair.a);
    close_socket(pair.a);
    assert_int_equal(pending.calls, 0);
    await_routine(&pending);
    assert_int_equal(pending.error, WSA_OPERATION_ABORTED);
    assert_int_equal(pending.transferred, 0);
    assert_no_routine_waits();
    close_socket(pair.b);
    END_WINSOCK();
}

struct helper {
    struct pending pending; /* first */
    SOCKET s;
    volatile LONG begun, leave;
    int result;
    unsigned outcome;
    char byte;
};

static DWORD WINAPI receive_overlapped(void *context)
{
    struct helper *helper = context;
    begin_receive(&helper->pending, helper->s);
    helper->begun = 1;
    becomes(&helper->leave, 1);
    return 0;
}

static void requests_of_every_thread_end(void)
{
    static struct helper helper;
    struct pending mine;
    START_WINSOCK();
    const struct pair pair = udp_pair();
    memset(&helper, 0, sizeof(helper));
    pending_init(&helper.pending, true);
    helper.s = pair.a;
    const HANDLE thread = start_thread(receive_overlapped, &helper);
    assert_becomes(&helper.begun, 1);
    receive_pends(&mine, pair.a, true);
    close_socket(pair.a);
    assert_int_equal(WaitForSingleObject(mine.overlapped.hEvent, PATIENCE_MS), WAIT_OBJECT_0);
    assert_int_equal(WaitForSingleObject(helper.pending.overlapped.hEvent, PATIENCE_MS),
                     WAIT_OBJECT_0);
    assert_int_equal((DWORD)mine.overlapped.Internal, 0xC0000120u);
    assert_int_equal((DWORD)helper.pending.overlapped.Internal, 0xC0000120u);
    helper.leave = 1;
    join_thread(thread);
    pending_end(&helper.pending);
    pending_end(&mine);
    close_socket(pair.b);
    END_WINSOCK();
}

static void only_the_last_handle_counts(void)
{
    struct pending pending;
    START_WINSOCK();
    const struct pair pair = udp_pair();
    const SOCKET copy = duplicate_of(pair.a);
    const HANDLE port = new_port(0);
    associate_port(port, pair.a, KEY);
    receive_pends(&pending, pair.a, false);
    close_socket(pair.a);
    assert_port_empty(port);
    close_socket(copy);
    assert_packet(port, &pending, KEY, ERROR_OPERATION_ABORTED, 0);
    assert_port_empty(port);
    close_socket(pair.b);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

/* ---- AcceptEx: three sockets have a say ------------------------------------------------------ */

static void an_accept_ends_when_either_socket_is_closed(void)
{
    START_WINSOCK();
    for (int which = 0; which < 2; which++) {
        const SOCKET listener = loopback_listener();
        const SOCKET acceptor = open_socket(AF_INET, SOCK_STREAM);
        struct pending pending;
        pending_init(&pending, true);
        accept_pends(&pending, listener, acceptor, 0);
        close_socket(which == 0 ? acceptor : listener);
        assert_int_equal(WaitForSingleObject(pending.overlapped.hEvent, PATIENCE_MS),
                         WAIT_OBJECT_0);
        assert_int_equal((DWORD)pending.overlapped.Internal, 0xC0000120u);
        pending_end(&pending);
        close_socket(which == 0 ? listener : acceptor);
    }
    END_WINSOCK();
}

static void an_accept_that_has_its_connection_ends_with_its_acceptor(void)
{
    struct pending pending;
    struct taken taken;
    START_WINSOCK();
    const SOCKET listener = loopback_listener();
    const SOCKET acceptor = open_socket(AF_INET, SOCK_STREAM);
    const HANDLE port = new_port(0);
    associate_port(port, listener, KEY);
    pending_init(&pending, false);
    accept_pends(&pending, listener, acceptor, 16);
    const SOCKET s = connected_to(listener);
    Sleep(A_MOMENT_MS);
    close_socket(acceptor);
    taken = take_within(port, PATIENCE_MS);
    assert_ptr_equal(taken.overlapped, &pending.overlapped);
    assert_int_equal(taken.bytes, 0);
    OBSERVE_VALUE(closesocket_acceptor_connected, taken.error);
    assert_port_empty(port);
    close_socket(s);
    close_socket(listener);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

static void an_accept_whose_data_came_first_has_it(void)
{
    struct pending pending;
    START_WINSOCK();
    const SOCKET listener = loopback_listener();
    const SOCKET acceptor = open_socket(AF_INET, SOCK_STREAM);
    const HANDLE port = new_port(0);
    associate_port(port, listener, KEY);
    pending_init(&pending, false);
    accept_pends(&pending, listener, acceptor, 16);
    const SOCKET s = connected_to(listener);
    send_text(s, "data");
    Sleep(A_MOMENT_MS);
    close_socket(acceptor);
    assert_packet(port, &pending, KEY, 0, 4);
    assert_memory_equal(pending.bytes, "data", 4);
    assert_port_empty(port);
    close_socket(s);
    close_socket(listener);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

/* ---- Calls that wait ------------------------------------------------------------------------- */

static DWORD WINAPI receive_plainly(void *context)
{
    struct helper *helper = context;
    helper->begun = 1;
    helper->result = recv(helper->s, &helper->byte, 1, 0);
    helper->outcome = helper->result < 0 ? (unsigned)WSAGetLastError() : 0;
    return 0;
}

/* No program may rely on it: closesocket must not run beside another call on the socket. But the
 * call that waits ends.
 */
static void a_receive_that_waits_ends_when_its_socket_is_closed(void)
{
    static struct helper helper;
    START_WINSOCK();
    for (int i = 0; i < PAIR_TYPE_COUNT; i++) {
        const struct pair pair = pair_of(PAIR_TYPES[i]);
        memset(&helper, 0, sizeof(helper));
        helper.s = pair.a;
        const HANDLE thread = start_thread(receive_plainly, &helper);
        assert_becomes(&helper.begun, 1);
        Sleep(A_MOMENT_MS);
        close_socket(pair.a);
        join_thread(thread);
        if (helper.result == 0)
            fail_msg("a receive that was cut off ended like one that the peer ended");
        OBSERVE_VALUE(closesocket_blocked_receive, helper.outcome);
        close_socket(pair.b);
    }
    END_WINSOCK();
}

static DWORD WINAPI accept_plainly(void *context)
{
    struct helper *helper = context;
    helper->begun = 1;
    const SOCKET s = accept(helper->s, NULL, NULL);
    helper->result = s == INVALID_SOCKET ? -1 : 0;
    helper->outcome = (unsigned)WSAGetLastError();
    return 0;
}

static void an_accept_that_waits_ends_when_its_socket_is_closed(void)
{
    static struct helper helper;
    START_WINSOCK();
    memset(&helper, 0, sizeof(helper));
    helper.s = loopback_listener();
    const HANDLE thread = start_thread(accept_plainly, &helper);
    assert_becomes(&helper.begun, 1);
    Sleep(A_MOMENT_MS);
    close_socket(helper.s);
    join_thread(thread);
    assert_int_equal(helper.result, -1);
    assert_one_of(helper.outcome, WSAEINTR, WSAENOTSOCK, WSAECONNABORTED, WSAEINVAL,
                  WSA_OPERATION_ABORTED);
    END_WINSOCK();
}

/* ---- The end of Winsock ---------------------------------------------------------------------- */

static void cleanup_ends_what_pends(void)
{
    struct pending pending;
    START_WINSOCK();
    const struct pair pair = udp_pair();
    receive_pends(&pending, pair.a, true);
    END_WINSOCK();
    assert_int_equal(WaitForSingleObject(pending.overlapped.hEvent, PATIENCE_MS), WAIT_OBJECT_0);
    assert_int_equal((DWORD)pending.overlapped.Internal, 0xC0000120u);
    START_WINSOCK();
    assert_int_equal(result_of(&pending, pair.a), WSAENOTSOCK);
    pending_end(&pending);
    END_WINSOCK();
}

static void an_early_cleanup_ends_nothing(void)
{
    struct pending pending;
    START_WINSOCK();
    START_WINSOCK();
    const struct pair pair = udp_pair();
    receive_pends(&pending, pair.a, true);
    END_WINSOCK();
    assert_still_pends(&pending);
    send_text(pair.b, "x");
    assert_int_equal(outcome_of(&pending, pair.a), 0);
    pending_end(&pending);
    close_pair(&pair);
    END_WINSOCK();
}

static const struct suite_case cases[] = {
    CASE(a_stream_receive_ends_when_its_socket_is_closed, CXL_017, CAN_007),
    CASE(a_datagram_receive_ends_when_its_socket_is_closed, CXL_018, CAN_007),
    CASE(a_routine_runs_for_a_socket_that_is_closed, CXL_019, CAN_007, CAN_008),
    CASE(requests_of_every_thread_end, CXL_020, CAN_006),
    CASE(only_the_last_handle_counts, CXL_021),
    CASE(an_accept_ends_when_either_socket_is_closed, CXL_022),
    CASE(an_accept_that_has_its_connection_ends_with_its_acceptor, CXL_023),
    CASE(an_accept_whose_data_came_first_has_it, CXL_024),
    CASE(a_receive_that_waits_ends_when_its_socket_is_closed, CXL_025, CAN_009, CAN_010),
    CASE(an_accept_that_waits_ends_when_its_socket_is_closed, CXL_026, CAN_010),
    CASE(cleanup_ends_what_pends, CXL_027),
    CASE(an_early_cleanup_ends_nothing, CXL_027),
    END_OF_CASES,
};

const struct suite cancel_close_suite = {
    .name = "cancel_close",
    .about = "closing a socket while something is under way on it",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
