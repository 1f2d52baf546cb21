/* shutdown, WSASendDisconnect and WSARecvDisconnect: half of a connection ends, or both. */
#include "conformance/suites/stream.h"

static void only_a_connected_stream_is_shut_down(void)
{
    USHORT port;
    START_WINSOCK();
    const SOCKET fresh = tcp_socket();
    const SOCKET listener = listen_on_loopback(&port);
    assert_fails_with(shutdown(fresh, SD_SEND), WSAENOTCONN);
    assert_fails_with(shutdown(fresh, SD_RECEIVE), WSAENOTCONN);
    assert_fails_with(shutdown(fresh, SD_BOTH), WSAENOTCONN);
    assert_fails_with(shutdown(listener, SD_SEND), WSAENOTCONN);
    assert_fails_with(shutdown(listener, SD_BOTH), WSAENOTCONN);
    assert_fails_with(shutdown(INVALID_SOCKET, SD_SEND), WSAENOTSOCK);
    const SOCKET client = tcp_socket();
    assert_int_equal(connect_loopback(client, port), 0);
    close_socket(client);
    close_socket(listener);
    close_socket(fresh);
    assert_fails_with(shutdown(fresh, SD_SEND), WSAENOTSOCK);
    END_WINSOCK();
}

static void shutdown_wants_a_direction_it_knows(void)
{
    START_WINSOCK();
    const struct pair pair = connected_pair();
    assert_fails_with(shutdown(pair.client, 3), WSAEINVAL);
    assert_fails_with(shutdown(pair.client, -1), WSAEINVAL);
    send_bytes(pair.client, "open", 4);
    expect_bytes(pair.server, "open", 4);
    close_pair(&pair);
    END_WINSOCK();
}

static void after_sd_send_nothing_is_sent(void)
{
    WSABUF buffer = {1, NULL};
    char byte = 'x';
    DWORD count = 0xdead;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    buffer.buf = &byte;
    assert_int_equal(shutdown(pair.client, SD_SEND), 0);
    assert_fails_with(send(pair.client, &byte, 1, 0), WSAESHUTDOWN);
    assert_fails_with(WSASend(pair.client, &buffer, 1, &count, 0, NULL, NULL), WSAESHUTDOWN);
    assert_int_equal(count, 0xdead);
    close_pair(&pair);
    END_WINSOCK();
}

static void sd_send_may_be_repeated(void)
{
    START_WINSOCK();
    const struct pair pair = connected_pair();
    assert_int_equal(shutdown(pair.client, SD_SEND), 0);
    assert_int_equal(shutdown(pair.client, SD_SEND), 0);
    expect_end(pair.server);
    assert_int_equal(shutdown(pair.client, SD_SEND), 0);
    close_pair(&pair);
    END_WINSOCK();
}

static void the_peer_of_sd_send_reads_to_the_end_again_and_again(void)
{
    START_WINSOCK();
    const struct pair pair = connected_pair();
    send_bytes(pair.client, "last words", 10);
    assert_int_equal(shutdown(pair.client, SD_SEND), 0);
    expect_bytes(pair.server, "last words", 10);
    for (int i = 0; i < 3; i++)
        expect_end(pair.server);
    assert_becomes(pair.server, SET_READ);
    close_pair(&pair);
    END_WINSOCK();
}

static void after_sd_send_receiving_goes_on(void)
{
    START_WINSOCK();
    const struct pair pair = connected_pair();
    assert_int_equal(shutdown(pair.client, SD_SEND), 0);
    expect_end(pair.server);
    send_bytes(pair.server, "reply", 5);
    expect_bytes(pair.client, "reply", 5);
    assert_int_equal(shutdown(pair.server, SD_SEND), 0);
    expect_end(pair.client);
    close_pair(&pair);
    END_WINSOCK();
}

static void after_sd_receive_nothing_is_received(void)
{
    char byte;
    WSABUF buffer = {1, &byte};
    DWORD count = 0xdead, flags = 0;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    assert_int_equal(shutdown(pair.client, SD_RECEIVE), 0);
    assert_fails_with(recv(pair.client, &byte, 1, 0), WSAESHUTDOWN);
    assert_fails_with(WSARecv(pair.client, &buffer, 1, &count, &flags, NULL, NULL), WSAESHUTDOWN);
    assert_int_equal(shutdown(pair.client, SD_RECEIVE), 0);
    assert_fails_with(recv(pair.client, &byte, 1, 0), WSAESHUTDOWN);
    close_pair(&pair);
    END_WINSOCK();
}

static void after_sd_receive_both_may_send(void)
{
    START_WINSOCK();
    const struct pair pair = connected_pair();
    assert_int_equal(shutdown(pair.client, SD_RECEIVE), 0);
    send_bytes(pair.client, "out", 3);
    expect_bytes(pair.server, "out", 3);
    assert_int_equal(send(pair.server, "in", 2, 0), 2);
    if (selected(pair.server, SET_READ, 50))
        OBSERVE(shut_receive_data, resets);
    else
        OBSERVE(shut_receive_data, dropped);
    close_pair(&pair);
    END_WINSOCK();
}

static void sd_both_is_both(void)
{
    char byte = 'x';
    START_WINSOCK();
    const struct pair pair = connected_pair();
    assert_int_equal(shutdown(pair.client, SD_BOTH), 0);
    assert_fails_with(send(pair.client, &byte, 1, 0), WSAESHUTDOWN);
    assert_fails_with(recv(pair.client, &byte, 1, 0), WSAESHUTDOWN);
    expect_end(pair.server);
    close_pair(&pair);
    END_WINSOCK();
}

static void a_connection_shut_both_ways_is_still_one(void)
{
    struct sockaddr_in name;
    int size = sizeof(name);
    START_WINSOCK();
    const struct pair pair = connected_pair();
    assert_int_equal(shutdown(pair.client, SD_BOTH), 0);
    assert_int_equal(shutdown(pair.server, SD_BOTH), 0);
    assert_int_not_equal(bound_port(pair.client), 0);
    assert_int_equal(connect_loopback(pair.client, pair.port), WSAEISCONN);
    assert_int_equal(getpeername(pair.client, (struct sockaddr *)&name, &size), 0);
    assert_int_equal(ntohs(name.sin_port), pair.port);
    close_pair(&pair);
    END_WINSOCK();
}

static void a_receive_that_waits_outlives_sd_receive(void)
{
    WSAOVERLAPPED overlapped;
    char byte = 0;
    WSABUF buffer = {1, &byte};
    DWORD bytes, flags = 0;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    overlapped_begin(&overlapped);
    assert_fails_with(WSARecv(pair.client, &buffer, 1, NULL, &flags, &overlapped, NULL),
                      WSA_IO_PENDING);
    assert_int_equal(shutdown(pair.client, SD_RECEIVE), 0);
    assert_int_equal(WSAWaitForMultipleEvents(1, &overlapped.hEvent, TRUE, 0, FALSE),
                     WSA_WAIT_TIMEOUT);
    assert_fails_with(recv(pair.client, &byte, 1, 0), WSAESHUTDOWN);
    assert_int_equal(send(pair.server, "a", 1, 0), 1);
    assert_int_equal(overlapped_end(pair.client, &overlapped, &bytes), 0);
    assert_int_equal(bytes, 1);
    assert_int_equal(byte, 'a');
    overlapped_close(&overlapped);
    close_pair(&pair);
    END_WINSOCK();
}

static void a_receive_that_waits_ends_with_the_peers_sd_send(void)
{
    WSAOVERLAPPED overlapped;
    char byte = '#';
    WSABUF buffer = {1, &byte};
    DWORD bytes, flags = 0;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    overlapped_begin(&overlapped);
    assert_fails_with(WSARecv(pair.client, &buffer, 1, NULL, &flags, &overlapped, NULL),
                      WSA_IO_PENDING);
    assert_int_equal(shutdown(pair.server, SD_SEND), 0);
    assert_int_equal(overlapped_end(pair.client, &overlapped, &bytes), 0);
    assert_int_equal(bytes, 0);
    assert_int_equal(byte, '#');
    overlapped_close(&overlapped);
    close_pair(&pair);
    END_WINSOCK();
}

/* ---- WSASendDisconnect and WSARecvDisconnect ------------------------------------------------- */

static void wsasenddisconnect_is_sd_send(void)
{
    char byte = 'x';
    START_WINSOCK();
    const SOCKET fresh = tcp_socket();
    assert_fails_with(WSASendDisconnect(INVALID_SOCKET, NULL), WSAENOTSOCK);
    assert_fails_with(WSASendDisconnect(fresh, NULL), WSAENOTCONN);
    const struct pair pair = connected_pair();
    send_bytes(pair.client, "end", 3);
    assert_int_equal(WSASendDisconnect(pair.client, NULL), 0);
    assert_fails_with(send(pair.client, &byte, 1, 0), WSAESHUTDOWN);
    expect_bytes(pair.server, "end", 3);
    expect_end(pair.server);
    send_bytes(pair.server, "ok", 2);
    expect_bytes(pair.client, "ok", 2);
    close_pair(&pair);
    close_socket(fresh);
    END_WINSOCK();
}

static void wsarecvdisconnect_is_sd_receive(void)
{
    char byte;
    START_WINSOCK();
    const SOCKET fresh = tcp_socket();
    assert_fails_with(WSARecvDisconnect(INVALID_SOCKET, NULL), WSAENOTSOCK);
    assert_fails_with(WSARecvDisconnect(fresh, NULL), WSAENOTCONN);
    const struct pair pair = connected_pair();
    assert_int_equal(WSARecvDisconnect(pair.client, NULL), 0);
    assert_fails_with(recv(pair.client, &byte, 1, 0), WSAESHUTDOWN);
    send_bytes(pair.client, "out", 3);
    expect_bytes(pair.server, "out", 3);
    close_pair(&pair);
    close_socket(fresh);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(only_a_connected_stream_is_shut_down, SHUT_001, SHUT_002),
    CASE(shutdown_wants_a_direction_it_knows, SHUT_003),
    CASE(after_sd_send_nothing_is_sent, SHUT_004),
    CASE(sd_send_may_be_repeated, SHUT_005),
    CASE(the_peer_of_sd_send_reads_to_the_end_again_and_again, SHUT_006),
    CASE(after_sd_send_receiving_goes_on, SHUT_007),
    CASE(after_sd_receive_nothing_is_received, SHUT_008),
    CASE(after_sd_receive_both_may_send, SHUT_009),
    CASE(sd_both_is_both, SHUT_010),
    CASE(a_connection_shut_both_ways_is_still_one, SHUT_011),
    CASE(a_receive_that_waits_outlives_sd_receive, SHUT_012),
    CASE(a_receive_that_waits_ends_with_the_peers_sd_send, SHUT_013),
    CASE(wsasenddisconnect_is_sd_send, SHUT_014),
    CASE(wsarecvdisconnect_is_sd_receive, SHUT_015),
    END_OF_CASES,
};
// clang-format on

const struct suite stream_shutdown_suite = {
    .name = "stream_shutdown",
    .about = "Shutting a stream down",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
