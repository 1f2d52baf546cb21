/* WSADuplicateSocket within one process: two descriptors, one socket. */
#include "conformance/suites/datagram.h"

static SOCKET another(SOCKET s)
{
    WSAPROTOCOL_INFOW info;
    assert_int_equal(WSADuplicateSocketW(s, GetCurrentProcessId(), &info), 0);
    const SOCKET other = WSASocketW(0, 0, 0, &info, 0, 0);
    assert_true(other != INVALID_SOCKET);
    return other;
}

static void the_socket_is_judged_first(void)
{
    START_WINSOCK();
    assert_fails_with(WSADuplicateSocketW(INVALID_SOCKET, 0, NULL), WSAENOTSOCK);
    assert_fails_with(WSADuplicateSocketA(INVALID_SOCKET, 0, NULL), WSAENOTSOCK);
    END_WINSOCK();
}

static void the_process_is_judged_before_the_place(void)
{
    WSAPROTOCOL_INFOW info;
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    assert_fails_with(WSADuplicateSocketW(s, 0, NULL), WSAEINVAL);
    assert_fails_with(WSADuplicateSocketW(s, ~0u, NULL), WSAEINVAL);
    assert_fails_with(WSADuplicateSocketW(s, ~0u, &info), WSAEINVAL);
    close_socket(s);
    END_WINSOCK();
}

static void a_description_wants_a_place(void)
{
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    assert_fails_with(WSADuplicateSocketW(s, GetCurrentProcessId(), NULL), WSAEFAULT);
    assert_fails_with(WSADuplicateSocketA(s, GetCurrentProcessId(), NULL), WSAEFAULT);
    close_socket(s);
    END_WINSOCK();
}

static void a_description_is_of_the_socket(void)
{
    WSAPROTOCOL_INFOA info;
    START_WINSOCK();
    const SOCKET s = open_socket(AF_INET6, SOCK_DGRAM);
    memset(&info, 0, sizeof(info));
    assert_int_equal(WSADuplicateSocketA(s, GetCurrentProcessId(), &info), 0);
    assert_int_equal(info.iAddressFamily, AF_INET6);
    assert_int_equal(info.iSocketType, SOCK_DGRAM);
    assert_int_equal(info.iProtocol, IPPROTO_UDP);
    const SOCKET other = WSASocketA(0, 0, 0, &info, 0, 0);
    assert_true(other != INVALID_SOCKET);
    assert_true(other != s);
    close_socket(other);
    close_socket(s);
    END_WINSOCK();
}

static void what_one_is_sent_the_other_reads(void)
{
    START_WINSOCK();
    const SOCKET s = datagram_socket(), sender = datagram_socket(), other = another(s);
    say(sender, "for both", bound_port(s));
    hear(other, "for both");
    hear_nothing(s);
    close_socket(other);
    close_socket(s);
    close_socket(sender);
    END_WINSOCK();
}

static void a_duplicate_does_not_learn_of_a_later_bind(void)
{
    char byte;
    START_WINSOCK();
    const SOCKET s = udp_socket(), other = another(s);
    set_option(s, SOL_SOCKET, SO_RCVTIMEO, QUIET_MS);
    assert_int_equal(bind_loopback(s, 0), 0);
    const int count = recvfrom(other, &byte, 1, 0, NULL, NULL);
    assert_int_equal(count, SOCKET_ERROR);
    if (WSAGetLastError() == WSAEINVAL)
        OBSERVE(duplicate_learns_bind, unaware);
    else
        OBSERVE(duplicate_learns_bind, learns);
    assert_one_of(WSAGetLastError(), WSAEINVAL, WSAETIMEDOUT);
    close_socket(other);
    close_socket(s);
    END_WINSOCK();
}

static void options_are_of_the_socket(void)
{
    DWORD value = 0;
    int size = sizeof(value);
    START_WINSOCK();
    const SOCKET s = udp_socket(), other = another(s);
    set_option(s, SOL_SOCKET, SO_RCVBUF, 5000);
    assert_int_equal(getsockopt(other, SOL_SOCKET, SO_RCVBUF, (char *)&value, &size), 0);
    assert_int_equal(value, 5000);
    close_socket(other);
    close_socket(s);
    END_WINSOCK();
}

static void a_blocking_mode_is_of_the_socket(void)
{
    char byte;
    START_WINSOCK();
    const SOCKET s = datagram_socket(), other = another(s);
    set_blocking(s, false);
    assert_fails_with(recv(other, &byte, 1, 0), WSAEWOULDBLOCK);
    close_socket(other);
    close_socket(s);
    END_WINSOCK();
}

static void one_closed_leaves_the_other(void)
{
    START_WINSOCK();
    const struct pair pair = connected_pair();
    const SOCKET other = another(pair.server);
    close_socket(pair.server);
    send_bytes(pair.client, "still here", 10);
    expect_bytes(other, "still here", 10);
    send_bytes(other, "too", 3);
    expect_bytes(pair.client, "too", 3);
    close_socket(other);
    expect_end(pair.client);
    close_socket(pair.client);
    close_socket(pair.listener);
    END_WINSOCK();
}

static void a_shutdown_is_of_the_socket(void)
{
    START_WINSOCK();
    const struct pair pair = connected_pair();
    const SOCKET other = another(pair.server);
    assert_int_equal(shutdown(other, SD_SEND), 0);
    expect_end(pair.client);
    assert_fails_with(send(pair.server, "x", 1, 0), WSAESHUTDOWN);
    close_socket(other);
    close_pair(&pair);
    END_WINSOCK();
}

static void a_selection_is_of_the_socket(void)
{
    START_WINSOCK();
    const SOCKET s = datagram_socket(), other = another(s);
    const WSAEVENT first = WSACreateEvent(), second = WSACreateEvent();
    assert_int_equal(WSAEventSelect(s, first, FD_READ), 0);
    assert_int_equal(WSAEventSelect(other, second, FD_READ), 0);
    say(s, "x", bound_port(s));
    assert_int_equal(WSAWaitForMultipleEvents(1, &second, FALSE, STREAM_PATIENCE_MS, FALSE),
                     WSA_WAIT_EVENT_0);
    assert_int_equal(WSAWaitForMultipleEvents(1, &first, FALSE, 0, FALSE), WSA_WAIT_TIMEOUT);
    close_socket(other);
    close_socket(s);
    assert_true(WSACloseEvent(first));
    assert_true(WSACloseEvent(second));
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(the_socket_is_judged_first, DUP_001),
    CASE(the_process_is_judged_before_the_place, DUP_002),
    CASE(a_description_wants_a_place, DUP_003),
    CASE(a_description_is_of_the_socket, DUP_004),
    CASE(what_one_is_sent_the_other_reads, DUP_005),
    CASE(a_duplicate_does_not_learn_of_a_later_bind, DUP_006),
    CASE(options_are_of_the_socket, DUP_007),
    CASE(a_blocking_mode_is_of_the_socket, DUP_008),
    CASE(one_closed_leaves_the_other, DUP_009),
    CASE(a_shutdown_is_of_the_socket, DUP_010),
    CASE(a_selection_is_of_the_socket, DUP_011),
    END_OF_CASES,
};
// clang-format on

const struct suite duplicate_socket_suite = {
    .name = "duplicate_socket",
    .about = "WSADuplicateSocket in one process",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
