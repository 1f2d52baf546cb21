/* Several requests on one socket, sends that wait for room, and how a connection's end ends them.
 */
#include "conformance/suites/pending.h"

enum { IN_LINE = 4 };

static void receives_are_served_in_the_order_they_came(void)
{
    START_WINSOCK();
    for (int i = 0; i < PAIR_TYPE_COUNT; i++) {
        const struct pair pair = pair_of(PAIR_TYPES[i]);
        struct pending pending[IN_LINE];
        for (int k = 0; k < IN_LINE; k++)
            receive_pends(&pending[k], pair.a, true);
        for (int k = 0; k < IN_LINE; k++) {
            const char text[] = {(char)('a' + k), '\0'};
            send_text(pair.b, text);
            assert_int_equal(outcome_of(&pending[k], pair.a), 0);
            assert_int_equal(pending[k].size, 1);
            assert_int_equal(pending[k].bytes[0], 'a' + k);
            for (int later = k + 1; later < IN_LINE; later++)
                assert_int_equal(pending[later].overlapped.Internal, IO_IS_PENDING);
        }
        for (int k = 0; k < IN_LINE; k++)
            pending_end(&pending[k]);
        close_pair(&pair);
    }
    END_WINSOCK();
}

static void bytes_of_one_send_fill_one_receive_after_another(void)
{
    struct pending pending[3];
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    for (int k = 0; k < 3; k++) {
        pending_init(&pending[k], true);
        begin_receive_of(&pending[k], pair.a, 3);
        assert_int_equal(pending[k].begun, WSA_IO_PENDING);
    }
    send_text(pair.b, "abcdefgh");
    for (int k = 0; k < 3; k++) {
        assert_int_equal(outcome_of(&pending[k], pair.a), 0);
        assert_int_equal(pending[k].size, k < 2 ? 3 : 2);
        assert_memory_equal(pending[k].bytes, &"abcdefgh"[3 * k], pending[k].size);
        pending_end(&pending[k]);
    }
    close_pair(&pair);
    END_WINSOCK();
}

static void one_datagram_ends_one_receive(void)
{
    struct pending pending[2];
    START_WINSOCK();
    const struct pair pair = udp_pair();
    receive_pends(&pending[0], pair.a, true);
    receive_pends(&pending[1], pair.a, true);
    send_text(pair.b, "first");
    assert_int_equal(outcome_of(&pending[0], pair.a), 0);
    assert_int_equal(pending[0].size, 5);
    assert_still_pends(&pending[1]);
    send_text(pair.b, "other");
    assert_int_equal(outcome_of(&pending[1], pair.a), 0);
    assert_memory_equal(pending[1].bytes, "other", 5);
    pending_end(&pending[0]);
    pending_end(&pending[1]);
    close_pair(&pair);
    END_WINSOCK();
}

static void a_plain_receive_does_not_overtake(void)
{
    struct pending pending;
    u_long on = 1;
    char byte;
    START_WINSOCK();
    const struct pair pair = udp_pair();
    receive_pends(&pending, pair.a, true);
    send_text(pair.b, "mine");
    assert_int_equal(outcome_of(&pending, pair.a), 0);
    assert_memory_equal(pending.bytes, "mine", 4);
    assert_int_equal(ioctlsocket(pair.a, FIONBIO, &on), 0);
    assert_fails_with(recv(pair.a, &byte, 1, 0), WSAEWOULDBLOCK);
    pending_end(&pending);
    close_pair(&pair);
    END_WINSOCK();
}

/* ---- Datagrams ------------------------------------------------------------------------------- */

static void the_sender_is_known_when_the_receive_ends(void)
{
    struct pending pending;
    struct sockaddr_in from;
    struct sockaddr_in name;
    int size = sizeof(from);
    WSABUF buffer;
    START_WINSOCK();
    const SOCKET s = open_socket(AF_INET, SOCK_DGRAM);
    const SOCKET other = open_socket(AF_INET, SOCK_DGRAM);
    assert_int_equal(bind_loopback(s, 0), 0);
    assert_int_equal(bind_loopback(other, 0), 0);
    pending_init(&pending, true);
    memset(&from, 0, sizeof(from));
    buffer.buf = pending.bytes;
    buffer.len = PENDING_BYTES;
    pending.flags = 0;
    assert_fails_with(WSARecvFrom(s, &buffer, 1, NULL, &pending.flags, (struct sockaddr *)&from,
                                  &size, &pending.overlapped, NULL),
                      WSA_IO_PENDING);
    assert_int_equal(from.sin_port, 0);
    name = name_of_socket(s);
    assert_int_equal(sendto(other, "x", 1, 0, (const struct sockaddr *)&name, sizeof(name)), 1);
    assert_int_equal(outcome_of(&pending, s), 0);
    name = name_of_socket(other);
    assert_int_equal(size, sizeof(from));
    assert_int_equal(from.sin_port, name.sin_port);
    assert_int_equal(from.sin_addr.s_addr, name.sin_addr.s_addr);
    pending_end(&pending);
    close_socket(other);
    close_socket(s);
    END_WINSOCK();
}

static void a_datagram_that_does_not_fit_is_cut(void)
{
    struct pending pending;
    struct pending next;
    START_WINSOCK();
    const struct pair pair = udp_pair();
    pending_init(&pending, true);
    begin_receive_of(&pending, pair.a, 4);
    assert_int_equal(pending.begun, WSA_IO_PENDING);
    receive_pends(&next, pair.a, true);
    send_text(pair.b, "abcdefgh");
    assert_int_equal(outcome_of(&pending, pair.a), WSAEMSGSIZE);
    assert_int_equal((DWORD)pending.overlapped.Internal, 0x80000005u);
    assert_int_equal(pending.overlapped.InternalHigh, 4);
    assert_memory_equal(pending.bytes, "abcd\0", 5);
    assert_still_pends(&next);
    send_text(pair.b, "x");
    assert_int_equal(outcome_of(&next, pair.a), 0);
    assert_int_equal(next.size, 1);
    pending_end(&next);
    pending_end(&pending);
    close_pair(&pair);
    END_WINSOCK();
}

static void a_datagram_is_sent_whole(void)
{
    struct pending pending;
    WSABUF buffers[2] = {{3, "abc"}, {2, "de"}};
    START_WINSOCK();
    const struct pair pair = udp_pair();
    pending_init(&pending, true);
    pending.begun =
        winsock_outcome(WSASend(pair.a, buffers, 2, NULL, 0, &pending.overlapped, NULL));
    assert_one_of(pending.begun, 0, WSA_IO_PENDING);
    assert_int_equal(outcome_of(&pending, pair.a), 0);
    assert_int_equal(pending.size, 5);
    assert_receives(pair.b, "abcde");
    pending_end(&pending);
    close_pair(&pair);
    END_WINSOCK();
}

/* ---- Sends ----------------------------------------------------------------------------------- */

enum { BIG = 1 << 20 };
static char big[BIG];

static void begin_big_send(struct pending *pending, SOCKET s)
{
    const int none = 0;
    WSABUF buffer = {BIG, big};
    pending_init(pending, true);
    for (int i = 0; i < BIG; i++)
        big[i] = (char)(i % 251);
    assert_int_equal(setsockopt(s, SOL_SOCKET, SO_SNDBUF, (const char *)&none, sizeof(none)), 0);
    pending->begun = winsock_outcome(WSASend(s, &buffer, 1, NULL, 0, &pending->overlapped, NULL));
}

static void receive_big(SOCKET s, size_t size)
{
    static char bytes[65536];
    for (size_t have = 0; have < size;) {
        const size_t want = size - have < sizeof(bytes) ? size - have : sizeof(bytes);
        const int got = recv(s, bytes, (int)want, 0);
        assert_true(got > 0);
        for (int i = 0; i < got; i += 97)
            assert_int_equal((unsigned char)bytes[i], (have + (size_t)i) % 251);
        have += (size_t)got;
    }
}

static void a_send_without_a_buffer_waits_for_its_reader(void)
{
    struct pending pending;
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    begin_big_send(&pending, pair.a);
    assert_int_equal(pending.begun, WSA_IO_PENDING);
    assert_still_pends(&pending);
    receive_big(pair.b, BIG);
    assert_int_equal(outcome_of(&pending, pair.a), 0);
    assert_int_equal(pending.size, BIG);
    pending_end(&pending);
    close_pair(&pair);
    END_WINSOCK();
}

static void a_send_goes_behind_one_that_waits(void)
{
    struct pending first;
    struct pending second;
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    begin_big_send(&first, pair.a);
    assert_int_equal(first.begun, WSA_IO_PENDING);
    pending_init(&second, true);
    begin_send(&second, pair.a, "behind");
    assert_int_equal(second.begun, WSA_IO_PENDING);
    receive_big(pair.b, BIG);
    assert_int_equal(outcome_of(&first, pair.a), 0);
    assert_receives(pair.b, "behind");
    assert_int_equal(outcome_of(&second, pair.a), 0);
    assert_int_equal(second.size, 6);
    pending_end(&first);
    pending_end(&second);
    close_pair(&pair);
    END_WINSOCK();
}

/* ---- The end of a connection ----------------------------------------------------------------- */

static void the_peers_farewell_ends_a_receive_with_no_bytes(void)
{
    START_WINSOCK();
    for (int closing = 0; closing < 2; closing++) {
        const struct pair pair = tcp_pair();
        struct pending pending;
        receive_pends(&pending, pair.a, true);
        if (closing)
            close_socket(pair.b);
        else
            assert_int_equal(shutdown(pair.b, SD_SEND), 0);
        assert_int_equal(outcome_of(&pending, pair.a), 0);
        assert_int_equal(pending.size, 0);
        pending_end(&pending);
        if (!closing)
            close_socket(pair.b);
        close_socket(pair.a);
    }
    END_WINSOCK();
}

static void a_receive_that_pends_outlives_a_local_shutdown(void)
{
    struct pending pending;
    char byte;
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    receive_pends(&pending, pair.a, true);
    assert_int_equal(shutdown(pair.a, SD_RECEIVE), 0);
    assert_still_pends(&pending);
    assert_fails_with(recv(pair.a, &byte, 1, 0), WSAESHUTDOWN);
    send_text(pair.b, "still");
    assert_int_equal(outcome_of(&pending, pair.a), 0);
    assert_int_equal(pending.size, 5);
    pending_end(&pending);
    close_pair(&pair);
    END_WINSOCK();
}

static void reset(SOCKET s)
{
    const struct linger hard = {1, 0};
    assert_int_equal(setsockopt(s, SOL_SOCKET, SO_LINGER, (const char *)&hard, sizeof(hard)), 0);
    close_socket(s);
}

static void a_reset_ends_a_receive_in_two_languages(void)
{
    struct pending pending;
    DWORD bytes = 0;
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    receive_pends(&pending, pair.a, true);
    reset(pair.b);
    assert_int_equal(outcome_of(&pending, pair.a), WSAECONNRESET);
    assert_int_equal((DWORD)pending.overlapped.Internal, 0xC000020Du);
    assert_int_equal(pending.overlapped.InternalHigh, 0);
    assert_false(GetOverlappedResult((HANDLE)pair.a, &pending.overlapped, &bytes, FALSE));
    assert_int_equal(GetLastError(), ERROR_NETNAME_DELETED);
    pending_end(&pending);
    close_socket(pair.a);
    END_WINSOCK();
}

static void after_a_reset_a_receive_fails_at_once(void)
{
    struct pending pending;
    int error = -1;
    int size = sizeof(error);
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    receive_pends(&pending, pair.a, true);
    reset(pair.b);
    assert_int_equal(outcome_of(&pending, pair.a), WSAECONNRESET);
    assert_int_equal(getsockopt(pair.a, SOL_SOCKET, SO_ERROR, (char *)&error, &size), 0);
    assert_int_equal(error, 0);
    begin_receive(&pending, pair.a);
    assert_int_equal(pending.begun, WSAECONNRESET);
    pending_end(&pending);
    close_socket(pair.a);
    END_WINSOCK();
}

static const struct suite_case cases[] = {
    CASE(receives_are_served_in_the_order_they_came, OVX_016, OVL_039),
    CASE(bytes_of_one_send_fill_one_receive_after_another, OVX_017),
    CASE(one_datagram_ends_one_receive, OVX_018),
    CASE(a_plain_receive_does_not_overtake, OVX_016, OVX_019),
    CASE(the_sender_is_known_when_the_receive_ends, OVX_020),
    CASE(a_datagram_that_does_not_fit_is_cut, OVX_021),
    CASE(a_datagram_is_sent_whole, OVX_022),
    CASE(a_send_without_a_buffer_waits_for_its_reader, OVX_023),
    CASE(a_send_goes_behind_one_that_waits, OVX_024),
    CASE(the_peers_farewell_ends_a_receive_with_no_bytes, OVX_025),
    CASE(a_receive_that_pends_outlives_a_local_shutdown, OVX_026),
    CASE(a_reset_ends_a_receive_in_two_languages, OVX_027),
    CASE(after_a_reset_a_receive_fails_at_once, OVX_028),
    END_OF_CASES,
};

const struct suite overlapped_order_suite = {
    .name = "overlapped_order",
    .about = "several requests on one socket, and how a connection's end ends them",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
