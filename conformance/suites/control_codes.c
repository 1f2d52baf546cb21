/* What WSAIoctl and ioctlsocket make of counts, sizes and pointers, and how the codes are told of.
 */
#include "conformance/suites/control.h"

static int routine_calls;
static DWORD routine_error, routine_bytes;

static void CALLBACK remember(DWORD error, DWORD bytes, WSAOVERLAPPED *overlapped, DWORD flags)
{
    (void)overlapped;
    (void)flags;
    routine_calls++;
    routine_error = error;
    routine_bytes = bytes;
}

static void a_count_must_have_a_place(void)
{
    static const DWORD codes[] = {FIONREAD,
                                  SIOCATMARK,
                                  (DWORD)FIONBIO,
                                  SIO_KEEPALIVE_VALS,
                                  SIO_GET_EXTENSION_FUNCTION_POINTER,
                                  SIO_BASE_HANDLE,
                                  0xDEADBEEF};
    char input[64], output[64];
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    const HANDLE port = port_for(s);
    memset(input, 0, sizeof(input));
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        const struct control to = {s, codes[i], input, sizeof(input), output, sizeof(output), 0};
        WSAOVERLAPPED overlapped = unused_overlapped();
        assert_int_equal(control_blind(&to, NULL, NULL), WSAEFAULT);
        assert_int_equal(control_blind(&to, &overlapped, NULL), WSAEFAULT);
    }
    no_packet(port);
    close_socket(s);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

static void too_little_room_leaves_the_count_alone(void)
{
    static const DWORD codes[] = {FIONREAD, SIOCATMARK};
    u_long value = 0;
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    for (size_t i = 0; i < 2; i++) {
        struct control to = {s, codes[i], NULL, 0, &value, sizeof(value) - 1, 0};
        if (codes[i] == SIOCATMARK)
            to.output_size = 0;
        assert_int_equal(control(&to), WSAEFAULT);
        assert_int_equal(to.returned, UNTOUCHED);
    }
    close_socket(s);
    END_WINSOCK();
}

static void ioctlsocket_wants_a_place(void)
{
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    assert_fails_with(ioctlsocket(s, FIONREAD, (u_long *)(ULONG_PTR)1), WSAEFAULT);
    assert_fails_with(ioctlsocket(s, SIOCATMARK, (u_long *)(ULONG_PTR)1), WSAEFAULT);
    assert_fails_with(ioctlsocket(s, FIONBIO, (u_long *)(ULONG_PTR)1), WSAEFAULT);
    close_socket(s);
    END_WINSOCK();
}

static void an_answer_at_once_posts_a_packet(void)
{
    u_long value = UNTOUCHED;
    DWORD bytes;
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    const HANDLE port = port_for(s);
    struct control to = {s, FIONREAD, NULL, 0, &value, sizeof(value), 0};
    WSAOVERLAPPED overlapped = unused_overlapped();
    assert_int_equal(control_by(&to, &overlapped, NULL), 0);
    assert_int_equal(to.returned, sizeof(value));
    assert_int_equal(value, 0);
    assert_int_equal(overlapped.Internal, 0);
    assert_int_equal(overlapped.InternalHigh, 0);
    assert_int_equal(next_packet(port, &overlapped, &bytes), 0);
    assert_int_equal(bytes, 0);
    no_packet(port);
    close_socket(s);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

static void an_answer_at_once_calls_the_routine(void)
{
    u_long value = UNTOUCHED;
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    struct control to = {s, FIONREAD, NULL, 0, &value, sizeof(value), 0};
    WSAOVERLAPPED overlapped = unused_overlapped();
    routine_calls = 0;
    assert_int_equal(control_by(&to, &overlapped, remember), 0);
    assert_int_equal(to.returned, sizeof(value));
    assert_int_equal(routine_calls, 0);
    assert_int_equal(SleepEx(0, TRUE), WAIT_IO_COMPLETION);
    assert_int_equal(routine_calls, 1);
    assert_int_equal(routine_error, 0);
    assert_int_equal(routine_bytes, 0);
    close_socket(s);
    END_WINSOCK();
}

static void a_code_that_succeeds_clears_the_last_error(void)
{
    u_long value = 0;
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    struct control to = {s, FIONREAD, NULL, 0, &value, sizeof(value), 0};
    WSASetLastError(77);
    assert_int_equal(control(&to), 0);
    assert_int_equal(WSAGetLastError(), 0);
    close_socket(s);
    END_WINSOCK();
}

static void a_socket_of_any_state_has_nothing_to_read(void)
{
    u_long count = UNTOUCHED, mark = UNTOUCHED;
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    for (int i = 0; i < 2; i++) {
        assert_int_equal(ioctlsocket(s, FIONREAD, &count), 0);
        assert_int_equal(count, 0);
        assert_int_equal(ioctlsocket(s, SIOCATMARK, &mark), 0);
        assert_int_equal(mark, TRUE);
        if (i == 0)
            assert_int_equal(bind_loopback(s, 0), 0);
    }
    close_socket(s);
    END_WINSOCK();
}

static void bytes_to_read_are_counted(void)
{
    u_long count = 0;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    send_bytes(pair.client, "abcde", 5);
    assert_becomes(pair.server, SET_READ);
    assert_int_equal(ioctlsocket(pair.server, FIONREAD, &count), 0);
    assert_int_equal(count, 5);
    expect_bytes(pair.server, "ab", 2);
    assert_int_equal(ioctlsocket(pair.server, FIONREAD, &count), 0);
    assert_int_equal(count, 3);
    close_pair(&pair);
    END_WINSOCK();
}

static void an_urgent_byte_is_not_counted(void)
{
    u_long count = UNTOUCHED;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    assert_int_equal(send(pair.client, "!", 1, MSG_OOB), 1);
    assert_becomes(pair.server, SET_EXCEPT);
    assert_int_equal(ioctlsocket(pair.server, FIONREAD, &count), 0);
    assert_int_equal(count, 0);
    close_pair(&pair);
    END_WINSOCK();
}

static void a_blocking_mode_has_its_size(void)
{
    u_long on = 1;
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    struct control to = {s, (DWORD)FIONBIO, &on, sizeof(on) - 1, NULL, 0, 0};
    assert_int_equal(control(&to), WSAEFAULT);
    to.input_size = sizeof(on) + 1;
    to.output = (void *)(ULONG_PTR)1;
    to.output_size = 4;
    assert_int_equal(control(&to), 0);
    assert_int_equal(to.returned, 0);
    close_socket(s);
    END_WINSOCK();
}

static void a_blocking_mode_holds(void)
{
    char byte;
    u_long on = 1;
    START_WINSOCK();
    const SOCKET s = datagram_socket();
    assert_int_equal(ioctlsocket(s, FIONBIO, &on), 0);
    assert_fails_with(recv(s, &byte, 1, 0), WSAEWOULDBLOCK);
    on = 0;
    assert_int_equal(ioctlsocket(s, FIONBIO, &on), 0);
    set_option(s, SOL_SOCKET, SO_RCVTIMEO, 20);
    assert_fails_with(recv(s, &byte, 1, 0), WSAETIMEDOUT);
    close_socket(s);
    END_WINSOCK();
}

static void a_refused_mode_returns_no_bytes(void)
{
    u_long off = 0;
    START_WINSOCK();
    const SOCKET s = datagram_socket();
    const WSAEVENT event = WSACreateEvent();
    assert_int_equal(WSAEventSelect(s, event, FD_READ), 0);
    struct control to = {s, (DWORD)FIONBIO, &off, sizeof(off), NULL, 0, 0};
    assert_int_equal(control(&to), WSAEINVAL);
    assert_int_equal(to.returned, 0);
    close_socket(s);
    assert_true(WSACloseEvent(event));
    END_WINSOCK();
}

static void keep_alive_wants_its_values(void)
{
    struct tcp_keepalive values = {1, 1000, 1000};
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    struct control to = {s, SIO_KEEPALIVE_VALS, &values, 0, NULL, 0, 0};
    assert_int_equal(control(&to), WSAEFAULT);
    assert_int_equal(to.returned, 0);
    to.input = NULL;
    to.input_size = sizeof(values);
    assert_int_equal(control(&to), WSAEFAULT);
    assert_int_equal(to.returned, 0);
    close_socket(s);
    END_WINSOCK();
}

static void keep_alive_refused_is_not_posted(void)
{
    struct tcp_keepalive values = {1, 1000, 1000};
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    const HANDLE port = port_for(s);
    struct control to = {s, SIO_KEEPALIVE_VALS, &values, 1, NULL, 0, 0};
    WSAOVERLAPPED overlapped = unused_overlapped();
    assert_int_equal(control_by(&to, &overlapped, NULL), WSAEFAULT);
    assert_int_equal(to.returned, UNTOUCHED);
    assert_int_equal(overlapped.Internal, INTERNAL_PENDING);
    assert_int_equal(overlapped.InternalHigh, UNTOUCHED);
    no_packet(port);
    close_socket(s);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

static void keep_alive_done_is_posted(void)
{
    struct tcp_keepalive values = {1, 1000, 1000};
    DWORD bytes;
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    const HANDLE port = port_for(s);
    struct control to = {s, SIO_KEEPALIVE_VALS, &values, sizeof(values), NULL, 0, 0};
    WSAOVERLAPPED overlapped = unused_overlapped();
    assert_int_equal(control_by(&to, &overlapped, NULL), 0);
    assert_one_of(to.returned, UNTOUCHED, 0); /* `count_without_output` */
    assert_int_equal(next_packet(port, &overlapped, &bytes), 0);
    assert_int_equal(bytes, 0);
    close_socket(s);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

static void keep_alive_takes_any_values(void)
{
    static const struct tcp_keepalive rows[] = {
        {0, 0, 0}, {1, 0, 0}, {1, 1000, 0}, {1, 0, 1000}, {0, 1000, 1000}, {100, 7, 0x7FFFFFFF}};
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tcp_keepalive values = rows[i];
        struct control to = {s, SIO_KEEPALIVE_VALS, &values, sizeof(values), NULL, 0, 0};
        assert_int_equal(control(&to), 0);
        assert_int_equal(to.returned, 0);
    }
    close_socket(s);
    END_WINSOCK();
}

static const DWORD UNKNOWN[] = {0xDEADBEEF, FIOASYNC, 0x667E};
enum { UNKNOWN_COUNT = 3 };

static void an_unknown_code_is_not_supported(void)
{
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    for (size_t i = 0; i < UNKNOWN_COUNT; i++) {
        struct control to = {s, UNKNOWN[i], NULL, 0, NULL, 0, 0};
        OBSERVE_VALUE(unknown_ioctl, control(&to));
        assert_int_equal(to.returned, 0);
    }
    close_socket(s);
    END_WINSOCK();
}

static void an_unknown_code_is_refused_through_the_port(void)
{
    DWORD bytes;
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    const HANDLE port = port_for(s);
    for (size_t i = 0; i < UNKNOWN_COUNT; i++) {
        struct control to = {s, UNKNOWN[i], NULL, 0, NULL, 0, 0};
        WSAOVERLAPPED overlapped = unused_overlapped();
        const unsigned answer = control_by(&to, &overlapped, NULL);
        if (answer == WSAEINVAL)
            continue; /* the same, at once */
        assert_int_equal(answer, WSA_IO_PENDING);
        assert_int_equal(to.returned, UNTOUCHED);
        assert_int_equal(next_packet(port, &overlapped, &bytes), ERROR_NOT_SUPPORTED);
        assert_int_equal(bytes, 0);
        assert_int_equal(overlapped.Internal, STATUS_NOT_SUPPORTED_NUMBER);
        assert_int_equal(overlapped.InternalHigh, 0);
    }
    close_socket(s);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

static void an_unknown_code_is_refused_by_the_routine(void)
{
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    for (size_t i = 0; i < UNKNOWN_COUNT; i++) {
        struct control to = {s, UNKNOWN[i], NULL, 0, NULL, 0, 0};
        WSAOVERLAPPED overlapped = unused_overlapped();
        routine_calls = 0;
        const unsigned answer = control_by(&to, &overlapped, remember);
        if (answer == WSAEINVAL)
            continue; /* the same, at once */
        assert_int_equal(answer, WSA_IO_PENDING);
        assert_int_equal(SleepEx(0, TRUE), WAIT_IO_COMPLETION);
        assert_int_equal(routine_calls, 1);
        assert_int_equal(routine_error, WSAEOPNOTSUPP);
        assert_int_equal(routine_bytes, 0);
    }
    close_socket(s);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(a_count_must_have_a_place, CTL_001, CTL_002),
    CASE(too_little_room_leaves_the_count_alone, CTL_003),
    CASE(ioctlsocket_wants_a_place, CTL_004),
    CASE(an_answer_at_once_posts_a_packet, CTL_005),
    CASE(an_answer_at_once_calls_the_routine, CTL_006),
    CASE(a_code_that_succeeds_clears_the_last_error, CTL_007),
    CASE(a_socket_of_any_state_has_nothing_to_read, CTL_008),
    CASE(bytes_to_read_are_counted, CTL_009),
    CASE(an_urgent_byte_is_not_counted, CTL_010),
    CASE(a_blocking_mode_has_its_size, CTL_011, CTL_012),
    CASE(a_blocking_mode_holds, CTL_013),
    CASE(a_refused_mode_returns_no_bytes, CTL_014),
    CASE(keep_alive_wants_its_values, CTL_015),
    CASE(keep_alive_refused_is_not_posted, CTL_016),
    CASE(keep_alive_done_is_posted, CTL_017),
    CASE(keep_alive_takes_any_values, CTL_018),
    CASE(an_unknown_code_is_not_supported, CTL_019),
    CASE(an_unknown_code_is_refused_through_the_port, CTL_020),
    CASE(an_unknown_code_is_refused_by_the_routine, CTL_021),
    END_OF_CASES,
};
// clang-format on

const struct suite control_codes_suite = {
    .name = "control_codes",
    .about = "Control codes: counts, sizes, and how they are told of",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
