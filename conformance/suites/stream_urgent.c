/* Urgent data: MSG_OOB, SO_OOBINLINE and SIOCATMARK. */
#include "conformance/suites/stream.h"

static bool at_mark(SOCKET s)
{
    u_long at = 0xdead;
    assert_int_equal(ioctlsocket(s, (int)SIOCATMARK, &at), 0);
    assert_one_of(at, FALSE, TRUE);
    return at == TRUE;
}

static u_long readable(SOCKET s)
{
    u_long bytes = 0xdead;
    assert_int_equal(ioctlsocket(s, FIONREAD, &bytes), 0);
    return bytes;
}

static void send_urgent(SOCKET s, const char *bytes, int size)
{
    assert_int_equal(send(s, bytes, size, MSG_OOB), size);
}

static void an_urgent_byte_comes_out_of_line(void)
{
    char byte = 0;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    send_urgent(pair.client, "!", 1);
    assert_becomes(pair.server, SET_EXCEPT);
    assert_is_not(pair.server, SET_READ);
    assert_int_equal(recv(pair.server, &byte, 1, MSG_OOB), 1);
    assert_int_equal(byte, '!');
    assert_is_not(pair.server, SET_EXCEPT);
    send_bytes(pair.client, "a", 1);
    expect_bytes(pair.server, "a", 1);
    close_pair(&pair);
    END_WINSOCK();
}

static void ordinary_bytes_go_on_around_an_urgent_one(void)
{
    char byte = 0;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    send_bytes(pair.client, "ab", 2);
    send_urgent(pair.client, "!", 1);
    send_bytes(pair.client, "cd", 2);
    assert_becomes(pair.server, SET_EXCEPT);
    assert_int_equal(recv(pair.server, &byte, 1, MSG_OOB), 1);
    assert_int_equal(byte, '!');
    expect_bytes(pair.server, "abcd", 4);
    close_pair(&pair);
    END_WINSOCK();
}

static void only_the_last_byte_of_an_urgent_send_is_urgent(void)
{
    char byte = 0;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    send_urgent(pair.client, "ab!", 3);
    assert_becomes(pair.server, SET_EXCEPT);
    assert_int_equal(recv(pair.server, &byte, 1, MSG_OOB), 1);
    assert_int_equal(byte, '!');
    expect_bytes(pair.server, "ab", 2);
    close_pair(&pair);
    END_WINSOCK();
}

static void in_line_the_urgent_byte_is_one_of_the_stream(void)
{
    char byte = 0;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    set_option(pair.server, SOL_SOCKET, SO_OOBINLINE, 1);
    send_bytes(pair.client, "ab", 2);
    send_urgent(pair.client, "!", 1);
    send_bytes(pair.client, "cd", 2);
    assert_becomes(pair.server, SET_READ);
    assert_is_not(pair.server, SET_EXCEPT);
    assert_fails_with(recv(pair.server, &byte, 1, MSG_OOB), WSAEINVAL);
    expect_bytes(pair.server, "ab!cd", 5);
    close_pair(&pair);
    END_WINSOCK();
}

static void in_line_a_receive_stops_at_the_mark(void)
{
    char got[8];
    START_WINSOCK();
    const struct pair pair = connected_pair();
    set_option(pair.server, SOL_SOCKET, SO_OOBINLINE, 1);
    assert_true(at_mark(pair.server));
    send_bytes(pair.client, "ab", 2);
    send_urgent(pair.client, "!", 1);
    for (int i = 0; i < 500 && at_mark(pair.server); i++)
        Sleep(1);
    assert_false(at_mark(pair.server));
    assert_int_equal(recv(pair.server, got, sizeof(got), 0), 2);
    assert_memory_equal(got, "ab", 2);
    assert_true(at_mark(pair.server));
    assert_int_equal(recv(pair.server, got, sizeof(got), 0), 1);
    assert_int_equal(got[0], '!');
    close_pair(&pair);
    END_WINSOCK();
}

static void without_urgent_bytes_a_stream_is_at_its_mark(void)
{
    START_WINSOCK();
    const SOCKET fresh = tcp_socket();
    assert_true(at_mark(fresh));
    const struct pair pair = connected_pair();
    assert_true(at_mark(pair.server));
    send_bytes(pair.client, "ab", 2);
    assert_becomes(pair.server, SET_READ);
    assert_true(at_mark(pair.server));
    close_pair(&pair);
    close_socket(fresh);
    END_WINSOCK();
}

static void an_urgent_byte_out_of_line_is_not_counted(void)
{
    char byte;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    send_urgent(pair.client, "!", 1);
    assert_becomes(pair.server, SET_EXCEPT);
    assert_int_equal(readable(pair.server), 0);
    send_bytes(pair.client, "ab", 2);
    assert_becomes(pair.server, SET_READ);
    assert_int_equal(readable(pair.server), 2);
    assert_int_equal(recv(pair.server, &byte, 1, MSG_OOB), 1);
    assert_int_equal(readable(pair.server), 2);
    close_pair(&pair);
    END_WINSOCK();
}

static void where_nothing_is_urgent_nothing_urgent_is_received(void)
{
    char byte;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    set_blocking(pair.server, false);
    send_bytes(pair.client, "a", 1);
    assert_becomes(pair.server, SET_READ);
    assert_int_equal(recv(pair.server, &byte, 1, MSG_OOB), SOCKET_ERROR);
    OBSERVE_VALUE(urgent_receive_of_nothing, WSAGetLastError());
    expect_bytes(pair.server, "a", 1);
    close_pair(&pair);
    END_WINSOCK();
}

static void an_urgent_byte_can_be_looked_at(void)
{
    char byte = 0;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    send_urgent(pair.client, "!", 1);
    assert_becomes(pair.server, SET_EXCEPT);
    for (int i = 0; i < 2; i++) {
        byte = 0;
        assert_int_equal(recv(pair.server, &byte, 1, MSG_OOB | MSG_PEEK), 1);
        assert_int_equal(byte, '!');
    }
    assert_becomes(pair.server, SET_EXCEPT);
    assert_int_equal(recv(pair.server, &byte, 1, MSG_OOB), 1);
    assert_is_not(pair.server, SET_EXCEPT);
    close_pair(&pair);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(an_urgent_byte_comes_out_of_line, TCP_023),
    CASE(ordinary_bytes_go_on_around_an_urgent_one, TCP_024),
    CASE(only_the_last_byte_of_an_urgent_send_is_urgent, TCP_025),
    CASE(in_line_the_urgent_byte_is_one_of_the_stream, TCP_026),
    CASE(in_line_a_receive_stops_at_the_mark, TCP_027),
    CASE(without_urgent_bytes_a_stream_is_at_its_mark, TCP_028),
    CASE(an_urgent_byte_out_of_line_is_not_counted, TCP_029),
    CASE(where_nothing_is_urgent_nothing_urgent_is_received, TCP_030),
    CASE(an_urgent_byte_can_be_looked_at, TCP_031),
    END_OF_CASES,
};
// clang-format on

const struct suite stream_urgent_suite = {
    .name = "stream_urgent",
    .about = "Urgent data",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
