/* The bytes of a stream: their order, how calls cut them, and what the calls want. */
#include "conformance/suites/stream.h"

/* Waits until `size` bytes can be read, however many segments they come in. */
static void await_bytes(SOCKET s, u_long size)
{
    u_long ready = 0;
    for (int i = 0; i < STREAM_PATIENCE_MS && ready < size; i++) {
        assert_becomes(s, SET_READ);
        assert_int_equal(ioctlsocket(s, FIONREAD, &ready), 0);
        if (ready < size)
            Sleep(1);
    }
    assert_int_equal(ready, size);
}

static void bytes_come_in_the_order_they_were_sent(void)
{
    char bytes[200];
    START_WINSOCK();
    const struct pair pair = connected_pair();
    for (int i = 0; i < (int)sizeof(bytes); i++) {
        bytes[i] = (char)(i * 7);
        send_bytes(pair.client, &bytes[i], 1);
    }
    expect_bytes(pair.server, bytes, sizeof(bytes));
    close_pair(&pair);
    END_WINSOCK();
}

static void a_receive_takes_the_bytes_of_several_sends(void)
{
    char got[16];
    START_WINSOCK();
    const struct pair pair = connected_pair();
    send_bytes(pair.client, "one", 3);
    send_bytes(pair.client, "two", 3);
    send_bytes(pair.client, "three", 5);
    await_bytes(pair.server, 11);
    assert_int_equal(recv(pair.server, got, sizeof(got), 0), 11);
    assert_memory_equal(got, "onetwothree", 11);
    close_pair(&pair);
    END_WINSOCK();
}

static void what_does_not_fit_stays_for_the_next_receive(void)
{
    char got[4];
    START_WINSOCK();
    const struct pair pair = connected_pair();
    send_bytes(pair.client, "abcdefg", 7);
    await_bytes(pair.server, 7);
    memset(got, '#', sizeof(got));
    assert_int_equal(recv(pair.server, got, 3, 0), 3);
    assert_memory_equal(got, "abc#", 4);
    assert_int_equal(recv(pair.server, got, 4, 0), 4);
    assert_memory_equal(got, "defg", 4);
    close_pair(&pair);
    END_WINSOCK();
}

static void a_peek_takes_nothing(void)
{
    char got[8];
    START_WINSOCK();
    const struct pair pair = connected_pair();
    send_bytes(pair.client, "look", 4);
    await_bytes(pair.server, 4);
    for (int i = 0; i < 2; i++) {
        memset(got, 0, sizeof(got));
        assert_int_equal(recv(pair.server, got, sizeof(got), MSG_PEEK), 4);
        assert_memory_equal(got, "look", 4);
    }
    assert_int_equal(recv(pair.server, got, 2, MSG_PEEK), 2);
    await_bytes(pair.server, 4);
    assert_int_equal(recv(pair.server, got, sizeof(got), 0), 4);
    set_blocking(pair.server, false);
    assert_fails_with(recv(pair.server, got, sizeof(got), MSG_PEEK), WSAEWOULDBLOCK);
    close_pair(&pair);
    END_WINSOCK();
}

struct sender {
    SOCKET s;
    int error;
};

static DWORD WINAPI sending_twice(LPVOID argument)
{
    struct sender *sender = argument;
    sender->error = 0;
    for (int i = 0; i < 2; i++) {
        Sleep(10);
        if (send(sender->s, "abcd", 4, 0) != 4)
            sender->error = WSAGetLastError();
    }
    return 0;
}

static void waitall_waits_until_the_buffer_is_full(void)
{
    char got[12];
    START_WINSOCK();
    const struct pair pair = connected_pair();
    struct sender sender = {pair.client, -1};
    send_bytes(pair.client, "abcd", 4);
    await_bytes(pair.server, 4);
    const HANDLE thread = start_thread(sending_twice, &sender);
    assert_int_equal(recv(pair.server, got, sizeof(got), MSG_WAITALL), 12);
    assert_memory_equal(got, "abcdabcdabcd", 12);
    join_thread(thread);
    assert_int_equal(sender.error, 0);
    close_pair(&pair);
    END_WINSOCK();
}

static void waitall_gives_what_there_is_when_the_peer_closes(void)
{
    char got[12];
    START_WINSOCK();
    const struct pair pair = connected_pair();
    send_bytes(pair.client, "short", 5);
    assert_int_equal(shutdown(pair.client, SD_SEND), 0);
    assert_int_equal(recv(pair.server, got, sizeof(got), MSG_WAITALL), 5);
    assert_memory_equal(got, "short", 5);
    assert_int_equal(recv(pair.server, got, sizeof(got), MSG_WAITALL), 0);
    close_pair(&pair);
    END_WINSOCK();
}

static void waitall_does_not_go_with_everything(void)
{
    char got[12];
    START_WINSOCK();
    const struct pair pair = connected_pair();
    send_bytes(pair.client, "bytes", 5);
    await_bytes(pair.server, 5);
    assert_fails_with(recv(pair.server, got, 5, MSG_WAITALL | MSG_PEEK), WSAEOPNOTSUPP);
    assert_fails_with(recv(pair.server, got, 5, MSG_WAITALL | MSG_OOB), WSAEOPNOTSUPP);
    set_blocking(pair.server, false);
    assert_fails_with(recv(pair.server, got, 5, MSG_WAITALL), WSAEOPNOTSUPP);
    expect_bytes(pair.server, "bytes", 5);
    close_pair(&pair);
    END_WINSOCK();
}

static void nothing_there_would_block(void)
{
    char got[4] = "###";
    START_WINSOCK();
    const struct pair pair = connected_pair();
    set_blocking(pair.server, false);
    assert_fails_with(recv(pair.server, got, 3, 0), WSAEWOULDBLOCK);
    assert_memory_equal(got, "###", 4);
    send_bytes(pair.client, "abc", 3);
    assert_becomes(pair.server, SET_READ);
    assert_int_equal(recv(pair.server, got, 3, 0), 3);
    assert_fails_with(recv(pair.server, got, 3, 0), WSAEWOULDBLOCK);
    set_blocking(pair.server, true);
    send_bytes(pair.client, "def", 3);
    expect_bytes(pair.server, "def", 3);
    close_pair(&pair);
    END_WINSOCK();
}

static void a_receive_of_no_bytes_takes_none(void)
{
    char got[4];
    START_WINSOCK();
    const struct pair pair = connected_pair();
    send_bytes(pair.client, "abc", 3);
    await_bytes(pair.server, 3);
    assert_int_equal(recv(pair.server, got, 0, 0), 0);
    await_bytes(pair.server, 3);
    expect_bytes(pair.server, "abc", 3);
    close_pair(&pair);
    END_WINSOCK();
}

static void an_overlapped_receive_of_no_bytes_waits_for_some_and_takes_none(void)
{
    WSAOVERLAPPED overlapped;
    char byte = '#';
    WSABUF buffer = {0, &byte};
    DWORD bytes, flags = 0;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    overlapped_begin(&overlapped);
    assert_fails_with(WSARecv(pair.server, &buffer, 1, NULL, &flags, &overlapped, NULL),
                      WSA_IO_PENDING);
    assert_int_equal(WSAWaitForMultipleEvents(1, &overlapped.hEvent, TRUE, 20, FALSE),
                     WSA_WAIT_TIMEOUT);
    send_bytes(pair.client, "abc", 3);
    assert_int_equal(overlapped_end(pair.server, &overlapped, &bytes), 0);
    assert_int_equal(bytes, 0);
    assert_int_equal(byte, '#');
    expect_bytes(pair.server, "abc", 3);
    overlapped_close(&overlapped);
    close_pair(&pair);
    END_WINSOCK();
}

static void a_send_of_no_bytes_is_a_success_nobody_sees(void)
{
    char got[4];
    START_WINSOCK();
    const struct pair pair = connected_pair();
    assert_int_equal(send(pair.client, "", 0, 0), 0);
    send_bytes(pair.client, "abc", 3);
    assert_int_equal(recv(pair.server, got, sizeof(got), 0), 3);
    set_blocking(pair.server, false);
    assert_fails_with(recv(pair.server, got, sizeof(got), 0), WSAEWOULDBLOCK);
    close_pair(&pair);
    END_WINSOCK();
}

static void buffers_are_gathered_and_scattered_in_their_order(void)
{
    char in[3][8];
    WSABUF out[4] = {{3, "abc"}, {0, NULL}, {1, "d"}, {5, "efghi"}};
    WSABUF into[3] = {{2, in[0]}, {3, in[1]}, {8, in[2]}};
    DWORD count = 0xdead, flags = 0;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    assert_int_equal(WSASend(pair.client, out, 4, &count, 0, NULL, NULL), 0);
    assert_int_equal(count, 9);
    await_bytes(pair.server, 9);
    memset(in, '#', sizeof(in));
    count = 0xdead;
    assert_int_equal(WSARecv(pair.server, into, 3, &count, &flags, NULL, NULL), 0);
    assert_int_equal(count, 9);
    assert_int_equal(flags, 0);
    assert_memory_equal(in[0], "ab######", 8);
    assert_memory_equal(in[1], "cde#####", 8);
    assert_memory_equal(in[2], "fghi####", 8);
    close_pair(&pair);
    END_WINSOCK();
}

static void a_receive_wants_a_buffer(void)
{
    char byte;
    WSABUF buffer = {1, &byte};
    DWORD count = 0xdead, flags = 0;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    send_bytes(pair.client, "a", 1);
    await_bytes(pair.server, 1);
    assert_fails_with(WSARecv(pair.server, NULL, 0, &count, &flags, NULL, NULL), WSAEINVAL);
    assert_fails_with(WSARecv(pair.server, &buffer, 0, &count, &flags, NULL, NULL), WSAEINVAL);
    expect_bytes(pair.server, "a", 1);
    close_pair(&pair);
    END_WINSOCK();
}

static void without_an_overlapped_the_count_has_a_place(void)
{
    char byte;
    WSABUF buffer = {1, &byte};
    DWORD flags = 0, count = 0;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    send_bytes(pair.client, "a", 1);
    await_bytes(pair.server, 1);
    assert_fails_with(WSARecv(pair.server, &buffer, 1, NULL, &flags, NULL, NULL), WSAEFAULT);
    assert_fails_with(WSASend(pair.client, &buffer, 1, NULL, 0, NULL, NULL), WSAEFAULT);
    assert_fails_with(WSASend(INVALID_SOCKET, &buffer, 1, NULL, 0, NULL, NULL), WSAENOTSOCK);
    assert_int_equal(WSARecv(pair.server, &buffer, 1, &count, &flags, NULL, NULL), 0);
    assert_int_equal(count, 1);
    close_pair(&pair);
    END_WINSOCK();
}

static void bad_buffers_move_nothing(void)
{
    START_WINSOCK();
    const struct pair pair = connected_pair();
    send_bytes(pair.client, "abcd", 4);
    await_bytes(pair.server, 4);
    for (int kind = 0; kind < TESTBED_BAD_POINTER_COUNT; kind++) {
        char *bad = testbed_bad_pointer((enum testbed_bad_pointer)kind, 4);
        if (kind != TESTBED_READ_ONLY)
            assert_fails_with(send(pair.client, bad, 4, 0), WSAEFAULT);
        assert_fails_with(recv(pair.server, bad, 4, 0), WSAEFAULT);
    }
    expect_bytes(pair.server, "abcd", 4);
    set_blocking(pair.server, false);
    char byte;
    assert_fails_with(recv(pair.server, &byte, 1, 0), WSAEWOULDBLOCK);
    close_pair(&pair);
    END_WINSOCK();
}

static void a_negative_length_is_a_fault(void)
{
    char got[4];
    START_WINSOCK();
    const struct pair pair = connected_pair();
    send_bytes(pair.client, "abc", 3);
    await_bytes(pair.server, 3);
    assert_fails_with(recv(pair.server, got, -1, 0), WSAEFAULT);
    expect_bytes(pair.server, "abc", 3);
    close_pair(&pair);
    END_WINSOCK();
}

static void only_a_connected_socket_moves_bytes(void)
{
    char byte = 'x';
    WSABUF buffer = {1, &byte};
    DWORD count = 0xdead, flags = 0;
    USHORT port;
    START_WINSOCK();
    const SOCKET fresh = tcp_socket();
    const SOCKET listener = listen_on_loopback(&port);
    assert_fails_with(send(fresh, &byte, 1, 0), WSAENOTCONN);
    assert_fails_with(recv(fresh, &byte, 1, 0), WSAENOTCONN);
    assert_fails_with(send(listener, &byte, 1, 0), WSAENOTCONN);
    assert_fails_with(recv(listener, &byte, 1, 0), WSAENOTCONN);
    assert_fails_with(WSASend(fresh, &buffer, 1, &count, 0, NULL, NULL), WSAENOTCONN);
    assert_fails_with(WSARecv(fresh, &buffer, 1, &count, &flags, NULL, NULL), WSAENOTCONN);
    assert_int_equal(count, 0xdead);
    close_socket(listener);
    close_socket(fresh);
    assert_fails_with(send(fresh, &byte, 1, 0), WSAENOTSOCK);
    assert_fails_with(recv(fresh, &byte, 1, 0), WSAENOTSOCK);
    assert_fails_with(send(INVALID_SOCKET, &byte, 1, 0), WSAENOTSOCK);
    assert_fails_with(recv(INVALID_SOCKET, &byte, 1, 0), WSAENOTSOCK);
    END_WINSOCK();
}

static void a_success_leaves_no_error(void)
{
    char byte;
    WSABUF buffer = {1, &byte};
    DWORD count, flags = 0;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    send_bytes(pair.client, "a", 1);
    await_bytes(pair.server, 1);
    WSASetLastError(0xdead);
    assert_int_equal(WSARecv(pair.server, &buffer, 1, &count, &flags, NULL, NULL), 0);
    assert_int_equal(WSAGetLastError(), 0);
    close_pair(&pair);
    END_WINSOCK();
}

static void a_stream_names_no_sender_with_its_bytes(void)
{
    struct sockaddr_in from, before;
    int size = sizeof(from);
    char byte;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    memset(&from, 0xCC, sizeof(from));
    before = from;
    send_bytes(pair.client, "a", 1);
    assert_int_equal(recvfrom(pair.server, &byte, 1, 0, (struct sockaddr *)&from, &size), 1);
    assert_memory_equal(&from, &before, sizeof(from));
    close_pair(&pair);
    END_WINSOCK();
}

static void a_connected_stream_sends_to_its_peer_whatever_sendto_says(void)
{
    START_WINSOCK();
    const struct pair pair = connected_pair();
    const struct sockaddr_in elsewhere = ipv4_address(0xC0000201, 9);
    assert_int_equal(sendto(pair.client, "home", 4, 0, address_at(&elsewhere), sizeof(elsewhere)),
                     4);
    expect_bytes(pair.server, "home", 4);
    assert_int_equal(sendto(pair.client, "home", 4, 0, NULL, 0), 4);
    expect_bytes(pair.server, "home", 4);
    close_pair(&pair);
    END_WINSOCK();
}

static void fionread_counts_what_can_be_read(void)
{
    u_long ready = 0xdead;
    START_WINSOCK();
    const SOCKET fresh = tcp_socket();
    assert_int_equal(ioctlsocket(fresh, FIONREAD, &ready), 0);
    assert_int_equal(ready, 0);
    const struct pair pair = connected_pair();
    ready = 0xdead;
    assert_int_equal(ioctlsocket(pair.server, FIONREAD, &ready), 0);
    assert_int_equal(ready, 0);
    send_bytes(pair.client, "abcdef", 6);
    await_bytes(pair.server, 6);
    expect_bytes(pair.server, "ab", 2);
    await_bytes(pair.server, 4);
    expect_bytes(pair.server, "cdef", 4);
    u_long none = 1;
    assert_int_equal(ioctlsocket(pair.server, FIONREAD, &none), 0);
    assert_int_equal(none, 0);
    close_pair(&pair);
    close_socket(fresh);
    END_WINSOCK();
}

static void nodelay_changes_no_bytes(void)
{
    START_WINSOCK();
    const struct pair pair = connected_pair();
    for (int i = 0; i < 20; i++) {
        set_option(pair.client, IPPROTO_TCP, TCP_NODELAY, (DWORD)(i % 2));
        send_bytes(pair.client, "ab", 2);
        send_bytes(pair.client, "cd", 2);
    }
    for (int i = 0; i < 20; i++)
        expect_bytes(pair.server, "abcd", 4);
    close_pair(&pair);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(bytes_come_in_the_order_they_were_sent, TCP_001),
    CASE(a_receive_takes_the_bytes_of_several_sends, TCP_002),
    CASE(what_does_not_fit_stays_for_the_next_receive, TCP_003),
    CASE(a_peek_takes_nothing, TCP_004),
    CASE(waitall_waits_until_the_buffer_is_full, TCP_005),
    CASE(waitall_gives_what_there_is_when_the_peer_closes, TCP_006),
    CASE(waitall_does_not_go_with_everything, TCP_007),
    CASE(nothing_there_would_block, TCP_008),
    CASE(a_receive_of_no_bytes_takes_none, TCP_009),
    CASE(an_overlapped_receive_of_no_bytes_waits_for_some_and_takes_none, TCP_050),
    CASE(a_send_of_no_bytes_is_a_success_nobody_sees, TCP_010),
    CASE(buffers_are_gathered_and_scattered_in_their_order, TCP_011, TCP_012),
    CASE(a_receive_wants_a_buffer, TCP_013),
    CASE(without_an_overlapped_the_count_has_a_place, TCP_014),
    CASE(bad_buffers_move_nothing, TCP_015),
    CASE(a_negative_length_is_a_fault, TCP_016),
    CASE(only_a_connected_socket_moves_bytes, TCP_017),
    CASE(a_success_leaves_no_error, TCP_018),
    CASE(a_stream_names_no_sender_with_its_bytes, TCP_019),
    CASE(a_connected_stream_sends_to_its_peer_whatever_sendto_says, TCP_020),
    CASE(fionread_counts_what_can_be_read, TCP_021),
    CASE(nodelay_changes_no_bytes, TCP_022),
    END_OF_CASES,
};
// clang-format on

const struct suite stream_bytes_suite = {
    .name = "stream_bytes",
    .about = "The bytes of a stream",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
