/* Bytes in quantity: buffers that fill, calls that wait, time-outs, and both ways at once. */
#include "conformance/suites/stream.h"

enum { MEBIBYTE = 1024 * 1024, CHUNK = 16384, LARGE = 300000, TIMEOUT_MS = 60 };

/* The byte at a place of a stream that begins with `seed`; no run of it repeats soon. */
static unsigned char pattern(unsigned long long place, unsigned seed)
{
    return (unsigned char)((place * 31 + (place >> 8) * 7 + (place >> 16) + seed) & 0xFF);
}

/* One way of a transfer, on a thread of its own or not. Its error is 0 when all went as it should,
 * 1 when bytes came that were not sent, else Winsock's.
 */
struct way {
    SOCKET s;
    unsigned long size;
    unsigned seed;
    bool close_after;
    int error;
    unsigned long moved;
};

static void send_way(struct way *way)
{
    static const unsigned steps[] = {1, 4096, 100, 16384, 7777};
    char bytes[CHUNK];
    unsigned turn = 0;
    while (way->moved < way->size) {
        unsigned size = steps[turn++ % 5];
        if (size > way->size - way->moved)
            size = (unsigned)(way->size - way->moved);
        for (unsigned i = 0; i < size; i++)
            bytes[i] = (char)pattern(way->moved + i, way->seed);
        const int sent = send(way->s, bytes, (int)size, 0);
        if (sent != (int)size) {
            way->error = sent < 0 ? WSAGetLastError() : 1;
            return;
        }
        way->moved += size;
    }
    if (way->close_after && shutdown(way->s, SD_SEND) != 0)
        way->error = WSAGetLastError();
}

static void receive_way(struct way *way)
{
    char bytes[CHUNK];
    for (;;) {
        const int got = recv(way->s, bytes, sizeof(bytes), 0);
        if (got < 0)
            way->error = WSAGetLastError();
        if (got <= 0)
            return;
        for (int i = 0; i < got; i++)
            if ((unsigned char)bytes[i] != pattern(way->moved + (unsigned)i, way->seed))
                way->error = 1;
        way->moved += (unsigned)got;
    }
}

static DWORD WINAPI sending(LPVOID argument)
{
    send_way(argument);
    return 0;
}

static DWORD WINAPI receiving(LPVOID argument)
{
    receive_way(argument);
    return 0;
}

#define assert_way(way, bytes)                                                                     \
    do {                                                                                           \
        assert_int_equal((way).error, 0);                                                          \
        assert_int_equal((way).moved, (bytes));                                                    \
    } while (0)

static void a_large_transfer_arrives_whole_both_ways_at_once(void)
{
    START_WINSOCK();
    const struct pair pair = connected_pair();
    struct way ways[4] = {{pair.client, LARGE, 1, true, 0, 0},
                          {pair.server, 0, 1, false, 0, 0},
                          {pair.server, LARGE, 2, true, 0, 0},
                          {pair.client, 0, 2, false, 0, 0}};
    const HANDLE threads[3] = {start_thread(sending, &ways[0]), start_thread(receiving, &ways[1]),
                               start_thread(sending, &ways[2])};
    receive_way(&ways[3]);
    for (int i = 0; i < 3; i++)
        join_thread(threads[i]);
    for (int i = 0; i < 4; i++)
        assert_way(ways[i], LARGE);
    close_pair(&pair);
    END_WINSOCK();
}

struct large_send {
    SOCKET s;
    const char *bytes;
    int sent;
    int error;
};

static DWORD WINAPI sending_a_mebibyte(LPVOID argument)
{
    struct large_send *large = argument;
    large->sent = send(large->s, large->bytes, MEBIBYTE, 0);
    large->error = WSAGetLastError();
    shutdown(large->s, SD_SEND);
    return 0;
}

static char *take_mebibyte(unsigned seed)
{
    char *bytes = VirtualAlloc(NULL, MEBIBYTE, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
    assert_non_null(bytes);
    for (unsigned i = 0; i < MEBIBYTE; i++)
        bytes[i] = (char)pattern(i, seed);
    return bytes;
}

static void give_mebibyte(char *bytes)
{
    assert_true(VirtualFree(bytes, 0, MEM_RELEASE));
}

static void a_blocking_send_returns_when_all_is_taken(void)
{
    START_WINSOCK();
    const struct pair pair = connected_pair();
    char *bytes = take_mebibyte(3);
    struct large_send large = {pair.client, bytes, 0, 0};
    struct way in = {pair.server, 0, 3, false, 0, 0};
    const HANDLE thread = start_thread(sending_a_mebibyte, &large);
    receive_way(&in);
    join_thread(thread);
    assert_int_equal(large.sent, MEBIBYTE);
    assert_way(in, MEBIBYTE);
    give_mebibyte(bytes);
    close_pair(&pair);
    END_WINSOCK();
}

/* Sends until the stack takes no more, behind `sent` bytes; how much that makes. */
static unsigned long fill_up(SOCKET s, unsigned long sent)
{
    for (;;) {
        char bytes[CHUNK];
        for (unsigned i = 0; i < CHUNK; i++)
            bytes[i] = (char)pattern(sent + i, 4);
        const int more = send(s, bytes, CHUNK, 0);
        if (more < 0)
            break;
        sent += (unsigned)more;
        assert_true(sent < 256ul * MEBIBYTE);
    }
    assert_int_equal(WSAGetLastError(), WSAEWOULDBLOCK);
    return sent;
}

static void a_full_stream_would_block_until_the_peer_reads(void)
{
    char bytes[CHUNK];
    START_WINSOCK();
    const struct pair pair = connected_pair();
    set_option(pair.client, SOL_SOCKET, SO_SNDBUF, CHUNK);
    set_option(pair.server, SOL_SOCKET, SO_RCVBUF, CHUNK);
    set_blocking(pair.client, false);
    unsigned long sent = 0;
    do {
        sent = fill_up(pair.client, sent);
    } while (selected(pair.client, SET_WRITE, 50));
    assert_true(sent > 0);
    assert_is_not(pair.client, SET_WRITE);
    unsigned long got = 0;
    while (got < sent) {
        const int more = recv(pair.server, bytes, sizeof(bytes), 0);
        assert_true(more > 0);
        for (int i = 0; i < more; i++)
            assert_int_equal((unsigned char)bytes[i], pattern(got + (unsigned)i, 4));
        got += (unsigned)more;
    }
    assert_int_equal(got, sent);
    assert_becomes(pair.client, SET_WRITE);
    send_bytes(pair.client, "more", 4);
    expect_bytes(pair.server, "more", 4);
    close_pair(&pair);
    END_WINSOCK();
}

/* ---- Time-outs ------------------------------------------------------------------------------- */

static void a_receive_ends_with_its_time(void)
{
    char byte = '#';
    WSABUF buffer = {1, &byte};
    DWORD count = 0xdead, flags = 0;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    set_option(pair.server, SOL_SOCKET, SO_RCVTIMEO, TIMEOUT_MS);
    const ULONGLONG begun = GetTickCount64();
    assert_fails_with(recv(pair.server, &byte, 1, 0), WSAETIMEDOUT);
    assert_in_range(GetTickCount64() - begun, TIMEOUT_MS - 20, STREAM_PATIENCE_MS);
    assert_fails_with(WSARecv(pair.server, &buffer, 1, &count, &flags, NULL, NULL), WSAETIMEDOUT);
    assert_int_equal(count, 0xdead);
    assert_int_equal(byte, '#');
    send_bytes(pair.client, "a", 1);
    expect_bytes(pair.server, "a", 1);
    close_pair(&pair);
    END_WINSOCK();
}

struct late_sender {
    SOCKET s;
    DWORD after;
};

static DWORD WINAPI sending_late(LPVOID argument)
{
    const struct late_sender *sender = argument;
    Sleep(sender->after);
    send(sender->s, "late", 4, 0);
    return 0;
}

static void without_a_timeout_a_receive_waits(void)
{
    DWORD value = 0xdead;
    int size = sizeof(value);
    START_WINSOCK();
    const struct pair pair = connected_pair();
    assert_int_equal(getsockopt(pair.server, SOL_SOCKET, SO_RCVTIMEO, (char *)&value, &size), 0);
    assert_int_equal(value, 0);
    struct late_sender sender = {pair.client, TIMEOUT_MS};
    const HANDLE thread = start_thread(sending_late, &sender);
    expect_bytes(pair.server, "late", 4);
    join_thread(thread);
    close_pair(&pair);
    END_WINSOCK();
}

static void bytes_that_come_in_time_are_received(void)
{
    START_WINSOCK();
    const struct pair pair = connected_pair();
    set_option(pair.server, SOL_SOCKET, SO_RCVTIMEO, STREAM_PATIENCE_MS);
    struct late_sender sender = {pair.client, TIMEOUT_MS / 2};
    const HANDLE thread = start_thread(sending_late, &sender);
    expect_bytes(pair.server, "late", 4);
    join_thread(thread);
    close_pair(&pair);
    END_WINSOCK();
}

static void an_overlapped_receive_knows_no_timeout(void)
{
    WSAOVERLAPPED overlapped;
    char byte = 0;
    WSABUF buffer = {1, &byte};
    DWORD bytes, flags = 0;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    set_option(pair.server, SOL_SOCKET, SO_RCVTIMEO, TIMEOUT_MS / 2);
    overlapped_begin(&overlapped);
    assert_fails_with(WSARecv(pair.server, &buffer, 1, NULL, &flags, &overlapped, NULL),
                      WSA_IO_PENDING);
    assert_int_equal(WSAWaitForMultipleEvents(1, &overlapped.hEvent, TRUE, TIMEOUT_MS * 2, FALSE),
                     WSA_WAIT_TIMEOUT);
    send_bytes(pair.client, "a", 1);
    assert_int_equal(overlapped_end(pair.server, &overlapped, &bytes), 0);
    assert_int_equal(bytes, 1);
    assert_int_equal(byte, 'a');
    overlapped_close(&overlapped);
    close_pair(&pair);
    END_WINSOCK();
}

static void a_send_ends_with_its_time(void)
{
    START_WINSOCK();
    const struct pair pair = connected_pair();
    set_option(pair.client, SOL_SOCKET, SO_SNDBUF, CHUNK);
    set_option(pair.server, SOL_SOCKET, SO_RCVBUF, CHUNK);
    set_option(pair.client, SOL_SOCKET, SO_SNDTIMEO, TIMEOUT_MS);
    int error = 0;
    char *bytes = take_mebibyte(8);
    for (unsigned i = 0; i < 64 && error == 0; i++)
        if (send(pair.client, bytes, MEBIBYTE, 0) == SOCKET_ERROR)
            error = WSAGetLastError();
    assert_int_equal(error, WSAETIMEDOUT);
    give_mebibyte(bytes);
    close_pair(&pair);
    END_WINSOCK();
}

/* ---- Without a send buffer ------------------------------------------------------------------- */

static void without_a_send_buffer_an_overlapped_send_pends_until_all_is_read(void)
{
    WSAOVERLAPPED overlapped;
    WSABUF buffer = {MEBIBYTE, NULL};
    DWORD bytes;
    char got[CHUNK];
    START_WINSOCK();
    const struct pair pair = connected_pair();
    buffer.buf = take_mebibyte(5);
    set_option(pair.client, SOL_SOCKET, SO_SNDBUF, 0);
    overlapped_begin(&overlapped);
    assert_fails_with(WSASend(pair.client, &buffer, 1, NULL, 0, &overlapped, NULL), WSA_IO_PENDING);
    for (unsigned long place = 0; place < MEBIBYTE;) {
        const int more = recv(pair.server, got, sizeof(got), 0);
        assert_true(more > 0);
        for (int i = 0; i < more; i++)
            assert_int_equal((unsigned char)got[i], pattern(place + (unsigned)i, 5));
        if (place == 0)
            assert_int_equal(WSAWaitForMultipleEvents(1, &overlapped.hEvent, TRUE, 0, FALSE),
                             WSA_WAIT_TIMEOUT);
        place += (unsigned)more;
    }
    assert_int_equal(overlapped_end(pair.client, &overlapped, &bytes), 0);
    assert_int_equal(bytes, MEBIBYTE);
    give_mebibyte(buffer.buf);
    overlapped_close(&overlapped);
    close_pair(&pair);
    END_WINSOCK();
}

static void without_a_send_buffer_a_plain_send_still_sends(void)
{
    START_WINSOCK();
    const struct pair pair = connected_pair();
    set_option(pair.client, SOL_SOCKET, SO_SNDBUF, 0);
    send_bytes(pair.client, "one", 3);
    send_bytes(pair.client, "two", 3);
    expect_bytes(pair.server, "onetwo", 6);
    close_pair(&pair);
    END_WINSOCK();
}

static void keep_alive_does_not_disturb_a_live_connection(void)
{
    struct tcp_keepalive values = {1, 5, 5};
    DWORD returned = 0xdead;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    set_option(pair.client, SOL_SOCKET, SO_KEEPALIVE, 1);
    assert_int_equal(WSAIoctl(pair.client, SIO_KEEPALIVE_VALS, &values, sizeof(values), NULL, 0,
                              &returned, NULL, NULL),
                     0);
    struct late_sender sender = {pair.client, TIMEOUT_MS};
    const HANDLE thread = start_thread(sending_late, &sender);
    expect_bytes(pair.server, "late", 4);
    join_thread(thread);
    send_bytes(pair.server, "back", 4);
    expect_bytes(pair.client, "back", 4);
    close_pair(&pair);
    END_WINSOCK();
}

static void two_threads_may_use_one_socket(void)
{
    START_WINSOCK();
    const struct pair pair = connected_pair();
    struct way out = {pair.client, LARGE / 4, 6, true, 0, 0};
    struct way back = {pair.server, LARGE / 4, 7, true, 0, 0};
    struct way in = {pair.client, 0, 7, false, 0, 0};
    struct way echo = {pair.server, 0, 6, false, 0, 0};
    const HANDLE receiver = start_thread(receiving, &in);
    const HANDLE other = start_thread(receiving, &echo);
    const HANDLE sender = start_thread(sending, &back);
    send_way(&out);
    join_thread(sender);
    join_thread(receiver);
    join_thread(other);
    assert_way(out, LARGE / 4);
    assert_way(in, LARGE / 4);
    assert_way(echo, LARGE / 4);
    assert_way(back, LARGE / 4);
    close_pair(&pair);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(a_large_transfer_arrives_whole_both_ways_at_once, TCP_032),
    CASE(a_blocking_send_returns_when_all_is_taken, TCP_033),
    CASE(a_full_stream_would_block_until_the_peer_reads, TCP_034),
    CASE(a_receive_ends_with_its_time, TCP_035),
    CASE(without_a_timeout_a_receive_waits, TCP_036),
    CASE(bytes_that_come_in_time_are_received, TCP_036),
    CASE(an_overlapped_receive_knows_no_timeout, TCP_037),
    CASE(a_send_ends_with_its_time, TCP_038),
    CASE(without_a_send_buffer_an_overlapped_send_pends_until_all_is_read, TCP_039),
    CASE(without_a_send_buffer_a_plain_send_still_sends, TCP_040),
    CASE(keep_alive_does_not_disturb_a_live_connection, TCP_041),
    CASE(two_threads_may_use_one_socket, TCP_042),
    END_OF_CASES,
};
// clang-format on

const struct suite stream_flow_suite = {
    .name = "stream_flow",
    .about = "Buffers, waiting and time-outs of a stream",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
