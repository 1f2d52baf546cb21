/* closesocket: gracefully, lingering or with a reset, and what becomes of the port. */
#include "conformance/suites/stream.h"

enum { LARGE = 100000, LINGER_SECONDS = 5 };

static void set_linger(SOCKET s, USHORT on, USHORT seconds)
{
    const struct linger linger = {on, seconds};
    assert_int_equal(setsockopt(s, SOL_SOCKET, SO_LINGER, (const char *)&linger, sizeof(linger)),
                     0);
}

/* Reads to the end, counting; SOCKET_ERROR's error when it does not end well. */
static int read_to_the_end(SOCKET s, unsigned long *count)
{
    char bytes[4096];
    *count = 0;
    for (;;) {
        const int got = recv(s, bytes, sizeof(bytes), 0);
        if (got == 0)
            return 0;
        if (got < 0)
            return WSAGetLastError();
        *count += (unsigned)got;
    }
}

static void after_closesocket_the_handle_is_none(void)
{
    char byte = 0;
    struct sockaddr_in name;
    int size = sizeof(name);
    START_WINSOCK();
    const struct pair pair = connected_pair();
    close_socket(pair.client);
    assert_fails_with(closesocket(pair.client), WSAENOTSOCK);
    assert_fails_with(send(pair.client, &byte, 1, 0), WSAENOTSOCK);
    assert_fails_with(recv(pair.client, &byte, 1, 0), WSAENOTSOCK);
    assert_fails_with(getpeername(pair.client, (struct sockaddr *)&name, &size), WSAENOTSOCK);
    assert_fails_with(shutdown(pair.client, SD_BOTH), WSAENOTSOCK);
    assert_fails_with(closesocket(INVALID_SOCKET), WSAENOTSOCK);
    close_socket(pair.server);
    close_socket(pair.listener);
    END_WINSOCK();
}

static void what_was_sent_arrives_after_the_close(void)
{
    static const char zeros[LARGE];
    unsigned long count;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    set_option(pair.client, SOL_SOCKET, SO_SNDBUF, 2 * LARGE);
    assert_int_equal(send(pair.client, zeros, LARGE, 0), LARGE);
    close_socket(pair.client);
    assert_int_equal(read_to_the_end(pair.server, &count), 0);
    assert_int_equal(count, LARGE);
    close_socket(pair.server);
    close_socket(pair.listener);
    END_WINSOCK();
}

static void unread_bytes_at_a_close_reset_or_are_lost(void)
{
    char byte;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    send_bytes(pair.client, "unread", 6);
    assert_becomes(pair.server, SET_READ);
    close_socket(pair.server);
    assert_becomes(pair.client, SET_READ);
    const int got = recv(pair.client, &byte, 1, 0);
    if (got == 0)
        OBSERVE(close_unread, closes);
    else
        OBSERVE(close_unread, resets);
    if (got != 0)
        assert_int_equal(WSAGetLastError(), WSAECONNRESET);
    close_socket(pair.client);
    close_socket(pair.listener);
    END_WINSOCK();
}

static void linger_of_no_time_resets(void)
{
    char byte;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    set_linger(pair.client, 1, 0);
    close_socket(pair.client);
    assert_becomes(pair.server, SET_READ);
    assert_fails_with(recv(pair.server, &byte, 1, 0), WSAECONNRESET);
    close_socket(pair.server);
    close_socket(pair.listener);
    END_WINSOCK();
}

static void who_was_reset_stays_reset(void)
{
    char byte = 'x';
    WSABUF buffer = {1, &byte};
    DWORD count = 0xdead, flags = 0;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    set_linger(pair.client, 1, 0);
    close_socket(pair.client);
    assert_becomes(pair.server, SET_READ);
    assert_fails_with(recv(pair.server, &byte, 1, 0), WSAECONNRESET);
    assert_fails_with(WSARecv(pair.server, &buffer, 1, &count, &flags, NULL, NULL), WSAECONNRESET);
    assert_fails_with(send(pair.server, &byte, 1, 0), WSAECONNRESET);
    assert_int_equal(count, 0xdead);
    close_socket(pair.server);
    close_socket(pair.listener);
    END_WINSOCK();
}

static void a_reset_is_ready_for_reading_and_writing(void)
{
    START_WINSOCK();
    const struct pair pair = connected_pair();
    set_linger(pair.client, 1, 0);
    close_socket(pair.client);
    assert_becomes(pair.server, SET_READ);
    assert_becomes(pair.server, SET_WRITE);
    assert_is_not(pair.server, SET_EXCEPT);
    assert_int_equal(so_error(pair.server), 0);
    close_socket(pair.server);
    close_socket(pair.listener);
    END_WINSOCK();
}

static void a_reset_ends_a_receive_that_waits(void)
{
    WSAOVERLAPPED overlapped;
    char byte = '#';
    WSABUF buffer = {1, &byte};
    DWORD bytes, flags = 0;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    overlapped_begin(&overlapped);
    assert_fails_with(WSARecv(pair.server, &buffer, 1, NULL, &flags, &overlapped, NULL),
                      WSA_IO_PENDING);
    set_linger(pair.client, 1, 0);
    close_socket(pair.client);
    assert_int_equal(
        WSAWaitForMultipleEvents(1, &overlapped.hEvent, TRUE, STREAM_PATIENCE_MS, FALSE),
        WSA_WAIT_EVENT_0);
    assert_false(GetOverlappedResult((HANDLE)pair.server, &overlapped, &bytes, FALSE));
    assert_int_equal(GetLastError(), ERROR_NETNAME_DELETED);
    assert_int_equal(overlapped.InternalHigh, 0);
    assert_int_equal(byte, '#');
    overlapped_close(&overlapped);
    close_socket(pair.server);
    close_socket(pair.listener);
    END_WINSOCK();
}

static void linger_with_time_waits_until_all_is_taken(void)
{
    static const char zeros[LARGE];
    unsigned long count;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    set_linger(pair.client, 1, LINGER_SECONDS);
    assert_int_equal(send(pair.client, zeros, 1000, 0), 1000);
    const ULONGLONG begun = GetTickCount64();
    close_socket(pair.client);
    assert_true(GetTickCount64() - begun < 1000 * LINGER_SECONDS);
    assert_int_equal(read_to_the_end(pair.server, &count), 0);
    assert_int_equal(count, 1000);
    close_socket(pair.server);
    close_socket(pair.listener);
    END_WINSOCK();
}

static void a_nonblocking_close_does_not_linger(void)
{
    static const char zeros[LARGE];
    unsigned long count;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    set_linger(pair.client, 1, LINGER_SECONDS);
    set_option(pair.client, SOL_SOCKET, SO_SNDBUF, 2 * LARGE);
    set_blocking(pair.client, false);
    const int sent = send(pair.client, zeros, LARGE, 0);
    assert_true(sent > 0);
    const ULONGLONG begun = GetTickCount64();
    const unsigned outcome = winsock_outcome(closesocket(pair.client));
    assert_true(GetTickCount64() - begun < 1000 * LINGER_SECONDS);
    OBSERVE_VALUE(nonblocking_linger, outcome);
    if (outcome == WSAEWOULDBLOCK) {
        set_linger(pair.client, 0, 0);
        close_socket(pair.client);
    }
    assert_int_equal(read_to_the_end(pair.server, &count), 0);
    assert_int_equal(count, sent);
    close_socket(pair.server);
    close_socket(pair.listener);
    END_WINSOCK();
}

static void the_port_of_a_closed_listener_is_free(void)
{
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port);
    close_socket(listener);
    const SOCKET again = tcp_socket();
    assert_int_equal(bind_loopback(again, port), 0);
    assert_int_equal(listen(again, 1), 0);
    const SOCKET client = tcp_socket();
    assert_int_equal(connect_loopback(client, port), 0);
    close_socket(accept_one(again));
    close_socket(client);
    close_socket(again);
    END_WINSOCK();
}

static void the_names_of_a_reset_connection_are_free_at_once(void)
{
    START_WINSOCK();
    const struct pair pair = connected_pair();
    const USHORT own = bound_port(pair.client);
    set_linger(pair.client, 1, 0);
    close_socket(pair.client);
    assert_becomes(pair.server, SET_READ);
    close_socket(pair.server);
    const SOCKET again = tcp_socket();
    assert_int_equal(bind_loopback(again, own), 0);
    assert_int_equal(connect_loopback(again, pair.port), 0);
    close_socket(again);
    close_socket(pair.listener);
    END_WINSOCK();
}

/* The client closes first, and so keeps the connection's names for a while. */
static USHORT closed_in_order(const struct pair *pair)
{
    const USHORT own = bound_port(pair->client);
    assert_int_equal(shutdown(pair->client, SD_SEND), 0);
    expect_end(pair->server);
    assert_int_equal(shutdown(pair->server, SD_SEND), 0);
    expect_end(pair->client);
    close_socket(pair->client);
    close_socket(pair->server);
    return own;
}

static void who_closes_first_may_keep_the_names_for_a_while(void)
{
    START_WINSOCK();
    const struct pair pair = connected_pair();
    const USHORT own = closed_in_order(&pair);
    const SOCKET again = tcp_socket();
    set_option(again, SOL_SOCKET, SO_REUSEADDR, 1);
    assert_int_equal(bind_loopback(again, own), 0);
    const unsigned outcome = connect_loopback(again, pair.port);
    if (outcome == 0)
        OBSERVE(time_wait, none);
    else
        OBSERVE(time_wait, kept);
    assert_one_of(outcome, 0, WSAEADDRINUSE);
    close_socket(again);
    close_socket(pair.listener);
    END_WINSOCK();
}

static void time_wait_ends(void)
{
    if (testbed_plays_apart())
        SKIP_BECAUSE("on a real machine TIME_WAIT lasts for minutes");
    START_WINSOCK();
    const struct pair pair = connected_pair();
    const USHORT own = closed_in_order(&pair);
    Sleep(241000);
    const SOCKET again = tcp_socket();
    assert_int_equal(bind_loopback(again, own), 0);
    assert_int_equal(connect_loopback(again, pair.port), 0);
    close_socket(again);
    close_socket(pair.listener);
    END_WINSOCK();
}

static void a_port_in_time_wait_is_bound_as_the_stack_says(void)
{
    START_WINSOCK();
    const struct pair pair = connected_pair();
    const USHORT own = closed_in_order(&pair);
    const SOCKET again = tcp_socket();
    OBSERVE_VALUE(bind_over_closing, bind_loopback(again, own));
    close_socket(again);
    close_socket(pair.listener);
    END_WINSOCK();
}

struct receiver {
    SOCKET s;
    HANDLE begun;
    int got;
    int error;
};

static DWORD WINAPI receiving(LPVOID argument)
{
    struct receiver *receiver = argument;
    char byte;
    SetEvent(receiver->begun);
    receiver->got = recv(receiver->s, &byte, 1, 0);
    receiver->error = WSAGetLastError();
    return 0;
}

static void closing_ends_a_receive_of_another_thread(void)
{
    START_WINSOCK();
    const struct pair pair = connected_pair();
    struct receiver receiver = {pair.client, CreateEventA(NULL, TRUE, FALSE, NULL), 0, 0};
    const HANDLE thread = start_thread(receiving, &receiver);
    assert_int_equal(WaitForSingleObject(receiver.begun, STREAM_PATIENCE_MS), WAIT_OBJECT_0);
    close_socket(pair.client);
    join_thread(thread);
    assert_int_equal(receiver.got, SOCKET_ERROR);
    assert_int_not_equal(receiver.error, 0);
    assert_true(CloseHandle(receiver.begun));
    close_socket(pair.server);
    close_socket(pair.listener);
    END_WINSOCK();
}

static void sending_to_who_has_closed_ends_in_a_reset(void)
{
    int error = 0;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    close_socket(pair.server);
    expect_end(pair.client);
    for (int i = 0; i < 1000 && error == 0; i++) {
        if (send(pair.client, "x", 1, 0) == SOCKET_ERROR)
            error = WSAGetLastError();
        else
            Sleep(1);
    }
    assert_one_of(error, WSAECONNRESET, WSAECONNABORTED);
    close_socket(pair.client);
    close_socket(pair.listener);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(after_closesocket_the_handle_is_none, SHUT_016),
    CASE(what_was_sent_arrives_after_the_close, SHUT_017),
    CASE(unread_bytes_at_a_close_reset_or_are_lost, SHUT_018),
    CASE(linger_of_no_time_resets, SHUT_019),
    CASE(who_was_reset_stays_reset, SHUT_020),
    CASE(a_reset_is_ready_for_reading_and_writing, SHUT_021, SHUT_022),
    CASE(a_reset_ends_a_receive_that_waits, SHUT_023),
    CASE(linger_with_time_waits_until_all_is_taken, SHUT_024),
    CASE(a_nonblocking_close_does_not_linger, SHUT_025),
    CASE(the_port_of_a_closed_listener_is_free, SHUT_026),
    CASE(the_names_of_a_reset_connection_are_free_at_once, SHUT_027),
    CASE(who_closes_first_may_keep_the_names_for_a_while, SHUT_028),
    CASE(time_wait_ends, SHUT_029),
    CASE(a_port_in_time_wait_is_bound_as_the_stack_says, SHUT_030),
    CASE(closing_ends_a_receive_of_another_thread, SHUT_031),
    CASE(sending_to_who_has_closed_ends_in_a_reset, SHUT_032),
    END_OF_CASES,
};
// clang-format on

const struct suite stream_close_suite = {
    .name = "stream_close",
    .about = "Closing a stream, lingering, resets and TIME_WAIT",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
