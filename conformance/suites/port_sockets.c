/* Sockets tied to a completion port: which requests leave a packet, and what it holds. */
#include "conformance/suites/pending.h"

enum { KEY = 0x1234, OTHER_KEY = 0x5678 };

static void tying_answers_the_port_and_once_is_enough(void)
{
    START_WINSOCK();
    const HANDLE port = new_port(0);
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    const SOCKET other = open_socket(AF_INET, SOCK_STREAM);
    HANDLE of_one;
    associate_port(port, s, KEY);
    assert_null(CreateIoCompletionPort((HANDLE)s, port, OTHER_KEY, 0));
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
    /* A port may be made with its first socket. */
    of_one = CreateIoCompletionPort((HANDLE)other, NULL, OTHER_KEY, 0);
    assert_non_null(of_one);
    assert_true(of_one != port);
    assert_null(CreateIoCompletionPort((HANDLE)other, port, KEY, 0));
    assert_null(CreateIoCompletionPort(INVALID_HANDLE_VALUE, port, 0, 0));
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
    close_socket(other);
    close_socket(s);
    assert_true(CloseHandle(of_one));
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

static void a_receive_that_pended_leaves_one_packet(void)
{
    START_WINSOCK();
    for (int i = 0; i < PAIR_TYPE_COUNT; i++) {
        const struct pair pair = pair_of(PAIR_TYPES[i]);
        const HANDLE port = new_port(0);
        struct pending pending;
        associate_port(port, pair.a, KEY);
        receive_pends(&pending, pair.a, false);
        assert_port_empty(port);
        send_text(pair.b, "late");
        assert_packet(port, &pending, KEY, 0, 4);
        assert_int_equal(pending.overlapped.Internal, 0);
        assert_int_equal(pending.overlapped.InternalHigh, 4);
        assert_int_equal(pending.count, UNTOUCHED);
        assert_memory_equal(pending.bytes, "late", 4);
        assert_port_empty(port);
        close_pair(&pair);
        assert_port_empty(port);
        assert_true(CloseHandle(port));
    }
    END_WINSOCK();
}

static void a_request_that_ends_at_once_leaves_one_too(void)
{
    struct pending pending;
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    const HANDLE port = new_port(0);
    associate_port(port, pair.a, KEY);
    pending_init(&pending, false);
    begin_send(&pending, pair.a, "hello");
    assert_int_equal(pending.begun, 0);
    assert_int_equal(pending.count, 5);
    assert_packet(port, &pending, KEY, 0, 5);
    assert_port_empty(port);
    assert_receives(pair.b, "hello");
    close_pair(&pair);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

static void a_refusal_leaves_no_packet(void)
{
    struct pending pending;
    START_WINSOCK();
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    const HANDLE port = new_port(0);
    associate_port(port, s, KEY);
    pending_init(&pending, false);
    begin_receive(&pending, s);
    assert_int_equal(pending.begun, WSAENOTCONN);
    assert_int_equal(pending.count, UNTOUCHED);
    assert_port_empty(port);
    close_socket(s);
    assert_port_empty(port);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

static void plain_calls_leave_no_packet(void)
{
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    const HANDLE port = new_port(0);
    associate_port(port, pair.a, KEY);
    send_text(pair.a, "plain");
    assert_receives(pair.b, "plain");
    send_text(pair.b, "answer");
    assert_receives(pair.a, "answer");
    assert_int_equal(shutdown(pair.a, SD_SEND), 0);
    assert_port_empty(port);
    close_pair(&pair);
    assert_port_empty(port);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

static void connecting_plainly_leaves_no_packet(void)
{
    START_WINSOCK();
    const SOCKET listener = loopback_listener();
    const struct sockaddr_in name = name_of_socket(listener);
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    const HANDLE port = new_port(0);
    associate_port(port, s, KEY);
    assert_int_equal(connect(s, (const struct sockaddr *)&name, sizeof(name)), 0);
    assert_int_equal(shutdown(s, SD_BOTH), 0);
    assert_port_empty(port);
    close_socket(s);
    close_socket(listener);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

static void a_reset_comes_as_a_failed_packet(void)
{
    const struct linger hard = {1, 0};
    struct pending pending;
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    const HANDLE port = new_port(0);
    associate_port(port, pair.a, KEY);
    receive_pends(&pending, pair.a, false);
    assert_int_equal(setsockopt(pair.b, SOL_SOCKET, SO_LINGER, (const char *)&hard, sizeof(hard)),
                     0);
    close_socket(pair.b);
    assert_packet(port, &pending, KEY, ERROR_NETNAME_DELETED, 0);
    assert_port_empty(port);
    pending_init(&pending, false);
    begin_send(&pending, pair.a, "x");
    assert_one_of(pending.begun, WSAECONNRESET, WSAECONNABORTED);
    assert_port_empty(port);
    close_socket(pair.a);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

static void a_farewell_comes_as_a_packet_of_no_bytes(void)
{
    struct pending pending;
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    const HANDLE port = new_port(0);
    associate_port(port, pair.a, KEY);
    receive_pends(&pending, pair.a, false);
    close_socket(pair.b);
    assert_packet(port, &pending, KEY, 0, 0);
    assert_port_empty(port);
    close_socket(pair.a);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

static void a_datagram_that_is_cut_comes_as_a_failed_packet(void)
{
    struct pending pending;
    START_WINSOCK();
    const struct pair pair = udp_pair();
    const HANDLE port = new_port(0);
    associate_port(port, pair.a, KEY);
    pending_init(&pending, false);
    begin_receive_of(&pending, pair.a, 2);
    assert_int_equal(pending.begun, WSA_IO_PENDING);
    send_text(pair.b, "abcd");
    assert_packet(port, &pending, KEY, ERROR_MORE_DATA, 2);
    assert_memory_equal(pending.bytes, "ab\0", 3);
    assert_port_empty(port);
    close_pair(&pair);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

static void an_event_is_set_beside_the_packet(void)
{
    struct pending pending;
    START_WINSOCK();
    const struct pair pair = udp_pair();
    const HANDLE port = new_port(0);
    associate_port(port, pair.a, KEY);
    receive_pends(&pending, pair.a, true);
    send_text(pair.b, "x");
    assert_int_equal(outcome_of(&pending, pair.a), 0);
    assert_packet(port, &pending, KEY, 0, 1);
    pending_end(&pending);
    close_pair(&pair);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

/* How a program that polls keeps its requests off a port that belongs to a library. */
static void the_low_bit_of_the_event_keeps_the_packet_away(void)
{
    struct pending pending;
    START_WINSOCK();
    const struct pair pair = udp_pair();
    const HANDLE port = new_port(0);
    associate_port(port, pair.a, KEY);
    pending_init(&pending, true);
    const HANDLE event = pending.overlapped.hEvent;
    pending.overlapped.hEvent = (HANDLE)((ULONG_PTR)event | 1);
    begin_receive(&pending, pair.a);
    assert_int_equal(pending.begun, WSA_IO_PENDING);
    send_text(pair.b, "abc");
    assert_int_equal(WaitForSingleObject(event, PATIENCE_MS), WAIT_OBJECT_0);
    assert_int_equal(result_of(&pending, pair.a), 0);
    assert_int_equal(pending.size, 3);
    assert_port_empty(port);
    pending.overlapped.hEvent = event;
    pending_end(&pending);
    close_pair(&pair);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

static void a_routine_is_refused_on_a_tied_socket(void)
{
    struct pending pending;
    START_WINSOCK();
    const struct pair pair = udp_pair();
    const HANDLE port = new_port(0);
    associate_port(port, pair.a, KEY);
    pending_init(&pending, false);
    begin_receive_with_routine(&pending, pair.a);
    assert_int_equal(pending.begun, WSAEINVAL);
    send_text(pair.b, "x");
    assert_no_routine_waits();
    assert_int_equal(pending.calls, 0);
    assert_port_empty(port);
    close_pair(&pair);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

static void each_socket_has_its_key(void)
{
    struct pending pending[2];
    START_WINSOCK();
    const struct pair one = udp_pair();
    const struct pair two = tcp_pair();
    const HANDLE port = new_port(0);
    associate_port(port, one.a, KEY);
    associate_port(port, two.a, OTHER_KEY);
    receive_pends(&pending[0], one.a, false);
    receive_pends(&pending[1], two.a, false);
    send_text(two.b, "second");
    assert_packet(port, &pending[1], OTHER_KEY, 0, 6);
    send_text(one.b, "first");
    assert_packet(port, &pending[0], KEY, 0, 5);
    close_pair(&two);
    close_pair(&one);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

static void packets_of_one_socket_come_in_order(void)
{
    enum { COUNT = 8 };
    struct pending pending[COUNT];
    START_WINSOCK();
    const struct pair pair = udp_pair();
    const HANDLE port = new_port(0);
    associate_port(port, pair.a, KEY);
    for (int i = 0; i < COUNT; i++)
        receive_pends(&pending[i], pair.a, false);
    for (int i = 0; i < COUNT; i++) {
        const char text[] = {(char)('a' + i), '\0'};
        send_text(pair.b, text);
    }
    for (int i = 0; i < COUNT; i++) {
        assert_packet(port, &pending[i], KEY, 0, 1);
        assert_int_equal(pending[i].bytes[0], 'a' + i);
    }
    close_pair(&pair);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

static void several_completions_are_taken_at_once(void)
{
    struct pending pending[2];
    OVERLAPPED_ENTRY entries[4];
    ULONG count = 0;
    START_WINSOCK();
    const struct pair pair = udp_pair();
    const HANDLE port = new_port(0);
    associate_port(port, pair.a, KEY);
    receive_pends(&pending[0], pair.a, false);
    receive_pends(&pending[1], pair.a, false);
    send_text(pair.b, "abc");
    assert_true(CancelIoEx((HANDLE)pair.a, &pending[1].overlapped));
    Sleep(A_MOMENT_MS);
    assert_true(GetQueuedCompletionStatusEx(port, entries, 4, &count, PATIENCE_MS, FALSE));
    assert_int_equal(count, 2);
    for (ULONG i = 0; i < 2; i++) {
        const struct pending *which =
            entries[i].lpOverlapped == &pending[0].overlapped ? &pending[0] : &pending[1];
        assert_ptr_equal(entries[i].lpOverlapped, &which->overlapped);
        assert_int_equal(entries[i].lpCompletionKey, KEY);
        assert_int_equal(entries[i].dwNumberOfBytesTransferred, which == &pending[0] ? 3 : 0);
    }
    /* What failed is told by the request, not by the call. */
    assert_int_equal(result_of(&pending[0], pair.a), 0);
    assert_int_equal(result_of(&pending[1], pair.a), WSA_OPERATION_ABORTED);
    close_pair(&pair);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

static const struct suite_case cases[] = {
    CASE(tying_answers_the_port_and_once_is_enough, IOCP_013),
    CASE(a_receive_that_pended_leaves_one_packet, IOCP_014, OVX_002),
    CASE(a_request_that_ends_at_once_leaves_one_too, IOCP_015, OVL_034),
    CASE(a_refusal_leaves_no_packet, IOCP_016),
    CASE(plain_calls_leave_no_packet, IOCP_017, IOCP_018),
    CASE(connecting_plainly_leaves_no_packet, IOCP_017),
    CASE(a_reset_comes_as_a_failed_packet, IOCP_019, IOCP_016),
    CASE(a_farewell_comes_as_a_packet_of_no_bytes, IOCP_020),
    CASE(a_datagram_that_is_cut_comes_as_a_failed_packet, IOCP_021),
    CASE(an_event_is_set_beside_the_packet, IOCP_022),
    CASE(the_low_bit_of_the_event_keeps_the_packet_away, IOCP_023),
    CASE(a_routine_is_refused_on_a_tied_socket, IOCP_024),
    CASE(each_socket_has_its_key, IOCP_025),
    CASE(packets_of_one_socket_come_in_order, IOCP_026, OVL_037),
    CASE(several_completions_are_taken_at_once, IOCP_027),
    END_OF_CASES,
};

const struct suite port_sockets_suite = {
    .name = "port_sockets",
    .about = "sockets tied to a completion port: which requests leave a packet",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
