/* A receive with an OVERLAPPED and an event: how it begins, what stands meanwhile, how it ends. */
#include "conformance/suites/pending.h"

static void a_receive_without_data_pends(void)
{
    START_WINSOCK();
    for (int i = 0; i < PAIR_TYPE_COUNT; i++) {
        const struct pair pair = pair_of(PAIR_TYPES[i]);
        struct pending pending;
        pending_init(&pending, true);
        pending.overlapped.InternalHigh = (ULONG_PTR)UNTOUCHED;
        begin_receive(&pending, pair.a);
        assert_int_equal(pending.begun, WSA_IO_PENDING);
        assert_int_equal(pending.count, UNTOUCHED);
        assert_int_equal(pending.overlapped.Internal, IO_IS_PENDING);
        assert_int_equal(pending.overlapped.InternalHigh, UNTOUCHED);
        assert_still_pends(&pending);
        send_text(pair.b, "late");
        assert_int_equal(outcome_of(&pending, pair.a), 0);
        assert_int_equal(pending.size, 4);
        assert_memory_equal(pending.bytes, "late", 4);
        assert_int_equal(pending.count, UNTOUCHED);
        assert_int_equal(pending.overlapped.Internal, 0);
        assert_int_equal(pending.overlapped.InternalHigh, 4);
        pending_end(&pending);
        close_pair(&pair);
    }
    END_WINSOCK();
}

/* Waits until the bytes are there, without taking them. */
static void await_bytes(SOCKET s)
{
    fd_set set;
    struct timeval patience = {5, 0};
    FD_ZERO(&set);
    FD_SET(s, &set);
    assert_int_equal(select(0, &set, NULL, NULL, &patience), 1);
}

static void a_receive_of_what_is_there_ends_at_once(void)
{
    START_WINSOCK();
    for (int i = 0; i < PAIR_TYPE_COUNT; i++) {
        const struct pair pair = pair_of(PAIR_TYPES[i]);
        struct pending pending;
        pending_init(&pending, true);
        send_text(pair.b, "early");
        await_bytes(pair.a);
        begin_receive(&pending, pair.a);
        assert_int_equal(pending.begun, 0);
        assert_int_equal(pending.count, 5);
        assert_int_equal(WaitForSingleObject(pending.overlapped.hEvent, 0), WAIT_OBJECT_0);
        assert_int_equal(result_of(&pending, pair.a), 0);
        assert_int_equal(pending.size, 5);
        assert_int_equal(pending.overlapped.Internal, 0);
        assert_int_equal(pending.overlapped.InternalHigh, 5);
        assert_memory_equal(pending.bytes, "early", 5);
        pending_end(&pending);
        close_pair(&pair);
    }
    END_WINSOCK();
}

static void the_count_may_be_null_with_an_overlapped_only(void)
{
    WSABUF buffer;
    struct pending pending;
    DWORD flags = 0;
    u_long on = 1;
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    pending_init(&pending, true);
    buffer.buf = pending.bytes;
    buffer.len = PENDING_BYTES;
    assert_fails_with(WSARecv(pair.a, &buffer, 1, NULL, &flags, &pending.overlapped, NULL),
                      WSA_IO_PENDING);
    assert_int_equal(ioctlsocket(pair.b, FIONBIO, &on), 0);
    assert_fails_with(WSARecv(pair.b, &buffer, 1, NULL, &flags, NULL, NULL), WSAEFAULT);
    buffer.len = 3;
    assert_fails_with(WSASend(pair.b, &buffer, 1, NULL, 0, NULL, NULL), WSAEFAULT);
    assert_still_pends(&pending);
    send_text(pair.b, "abc");
    assert_int_equal(outcome_of(&pending, pair.a), 0);
    assert_int_equal(pending.size, 3);
    pending_end(&pending);
    close_pair(&pair);
    END_WINSOCK();
}

static void the_blocking_mode_is_for_plain_calls_only(void)
{
    u_long on = 1;
    char byte;
    START_WINSOCK();
    for (int i = 0; i < PAIR_TYPE_COUNT; i++) {
        const struct pair pair = pair_of(PAIR_TYPES[i]);
        struct pending pending;
        assert_int_equal(ioctlsocket(pair.a, FIONBIO, &on), 0);
        assert_fails_with(recv(pair.a, &byte, 1, 0), WSAEWOULDBLOCK);
        receive_pends(&pending, pair.a, true);
        send_text(pair.b, "x");
        assert_int_equal(outcome_of(&pending, pair.a), 0);
        assert_int_equal(pending.size, 1);
        pending_end(&pending);
        close_pair(&pair);
    }
    END_WINSOCK();
}

/* An event that was left set does not tell of a request that has only begun. */
static void the_event_is_reset_when_the_request_begins(void)
{
    struct pending pending;
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    pending_init(&pending, true);
    assert_true(WSASetEvent(pending.overlapped.hEvent));
    begin_receive(&pending, pair.a);
    assert_int_equal(pending.begun, WSA_IO_PENDING);
    assert_int_equal(WaitForSingleObject(pending.overlapped.hEvent, 0), WAIT_TIMEOUT);
    send_text(pair.b, "x");
    assert_int_equal(outcome_of(&pending, pair.a), 0);
    /* A manual-reset event stays set. */
    assert_int_equal(WaitForSingleObject(pending.overlapped.hEvent, 0), WAIT_OBJECT_0);
    pending_end(&pending);
    close_pair(&pair);
    END_WINSOCK();
}

static void without_an_event_the_socket_itself_is_signaled(void)
{
    struct pending pending;
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    receive_pends(&pending, pair.a, false);
    assert_int_equal(WaitForSingleObject((HANDLE)pair.a, A_MOMENT_MS), WAIT_TIMEOUT);
    send_text(pair.b, "x");
    assert_int_equal(WaitForSingleObject((HANDLE)pair.a, PATIENCE_MS), WAIT_OBJECT_0);
    assert_int_equal(result_of(&pending, pair.a), 0);
    assert_int_equal(pending.size, 1);
    close_pair(&pair);
    END_WINSOCK();
}

static void a_receive_needs_a_buffer(void)
{
    struct pending pending;
    WSABUF buffer;
    DWORD flags = 0;
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    pending_init(&pending, true);
    buffer.buf = pending.bytes;
    buffer.len = PENDING_BYTES;
    assert_fails_with(
        WSARecv(pair.a, &buffer, 0, &pending.count, &flags, &pending.overlapped, NULL), WSAEINVAL);
    assert_int_equal(pending.count, UNTOUCHED);
    pending_end(&pending);
    close_pair(&pair);
    END_WINSOCK();
}

/* How servers wait for data without a buffer each. */
static void a_receive_of_no_bytes_waits_and_takes_nothing(void)
{
    struct pending pending;
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    pending_init(&pending, true);
    begin_receive_of(&pending, pair.a, 0);
    assert_int_equal(pending.begun, WSA_IO_PENDING);
    assert_still_pends(&pending);
    send_text(pair.b, "all");
    assert_int_equal(outcome_of(&pending, pair.a), 0);
    assert_int_equal(pending.size, 0);
    assert_receives(pair.a, "all");
    pending_end(&pending);
    close_pair(&pair);
    END_WINSOCK();
}

static void a_time_limit_is_for_plain_calls_only(void)
{
    struct pending pending;
    const DWORD limit_ms = 20;
    char byte;
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    assert_int_equal(
        setsockopt(pair.a, SOL_SOCKET, SO_RCVTIMEO, (const char *)&limit_ms, sizeof(limit_ms)), 0);
    assert_fails_with(recv(pair.a, &byte, 1, 0), WSAETIMEDOUT);
    receive_pends(&pending, pair.a, true);
    assert_still_pends(&pending);
    send_text(pair.b, "x");
    assert_int_equal(outcome_of(&pending, pair.a), 0);
    pending_end(&pending);
    close_pair(&pair);
    END_WINSOCK();
}

static DWORD WINAPI send_after_a_moment(void *context)
{
    const SOCKET *s = context;
    Sleep(A_MOMENT_MS);
    return send(*s, "late", 4, 0) == 4 ? 0 : 1;
}

/* The attribute is the socket's, given by WSA_FLAG_OVERLAPPED or by socket(). */
static void a_socket_without_the_attribute_waits(void)
{
    struct pending pending;
    struct pair pair;
    u_long on = 1;
    START_WINSOCK();
    const SOCKET listener = loopback_listener();
    const struct sockaddr_in name = name_of_socket(listener);
    pair.a = WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, 0);
    assert_true(pair.a != INVALID_SOCKET);
    assert_int_equal(connect(pair.a, (const struct sockaddr *)&name, sizeof(name)), 0);
    pair.b = accept(listener, NULL, NULL);
    for (int nonblocking = 0; nonblocking < 2; nonblocking++) {
        const HANDLE sender = start_thread(send_after_a_moment, &pair.b);
        pending_init(&pending, true);
        begin_receive(&pending, pair.a);
        assert_int_equal(pending.begun, 0);
        assert_int_equal(pending.count, 4);
        assert_memory_equal(pending.bytes, "late", 4);
        assert_int_equal(join_thread(sender), 0);
        pending_end(&pending);
        assert_int_equal(ioctlsocket(pair.a, FIONBIO, &on), 0);
    }
    close_socket(listener);
    close_pair(&pair);
    END_WINSOCK();
}

static void sockets_of_both_calls_have_the_attribute(void)
{
    START_WINSOCK();
    for (int i = 0; i < 2; i++) {
        const SOCKET s = i == 0 ? socket(AF_INET, SOCK_DGRAM, 0)
                                : WSASocketW(AF_INET, SOCK_DGRAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
        struct pending pending;
        assert_int_equal(bind_loopback(s, 0), 0);
        receive_pends(&pending, s, true);
        const SOCKET other = open_socket(AF_INET, SOCK_DGRAM);
        const struct sockaddr_in name = name_of_socket(s);
        assert_int_equal(sendto(other, "x", 1, 0, (const struct sockaddr *)&name, sizeof(name)), 1);
        assert_int_equal(outcome_of(&pending, s), 0);
        pending_end(&pending);
        close_socket(other);
        close_socket(s);
    }
    END_WINSOCK();
}

static void a_refusal_is_told_by_the_call_alone(void)
{
    struct pending pending;
    START_WINSOCK();
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    pending_init(&pending, true);
    begin_receive(&pending, s);
    assert_int_equal(pending.begun, WSAENOTCONN);
    assert_int_equal(pending.count, UNTOUCHED);
    begin_receive(&pending, INVALID_SOCKET);
    assert_int_equal(pending.begun, WSAENOTSOCK);
    begin_send(&pending, s, "x");
    assert_int_equal(pending.begun, WSAENOTCONN);
    assert_int_equal(pending.count, UNTOUCHED);
    assert_int_equal(WaitForSingleObject(pending.overlapped.hEvent, A_MOMENT_MS), WAIT_TIMEOUT);
    pending_end(&pending);
    close_socket(s);
    END_WINSOCK();
}

/* The provider copies what describes the buffers before the call returns. */
static void the_buffer_list_is_free_after_the_call(void)
{
    struct pending pending;
    WSABUF buffers[2];
    DWORD flags = 0;
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    pending_init(&pending, true);
    buffers[0].buf = pending.bytes;
    buffers[0].len = 3;
    buffers[1].buf = pending.bytes + 16;
    buffers[1].len = 3;
    assert_fails_with(WSARecv(pair.a, buffers, 2, NULL, &flags, &pending.overlapped, NULL),
                      WSA_IO_PENDING);
    memset(buffers, 0xFF, sizeof(buffers));
    send_text(pair.b, "abcdef");
    assert_int_equal(outcome_of(&pending, pair.a), 0);
    assert_int_equal(pending.size, 6);
    assert_memory_equal(pending.bytes, "abc", 4);
    assert_memory_equal(pending.bytes + 16, "def", 4);
    pending_end(&pending);
    close_pair(&pair);
    END_WINSOCK();
}

static void an_overlapped_may_be_used_again(void)
{
    struct pending pending;
    START_WINSOCK();
    const struct pair pair = udp_pair();
    pending_init(&pending, true);
    for (int i = 0; i < 3; i++) {
        begin_receive(&pending, pair.a);
        assert_int_equal(pending.begun, WSA_IO_PENDING);
        assert_still_pends(&pending);
        send_text(pair.b, i == 1 ? "two" : "x");
        assert_int_equal(outcome_of(&pending, pair.a), 0);
        assert_int_equal(pending.size, i == 1 ? 3 : 1);
    }
    pending_end(&pending);
    close_pair(&pair);
    END_WINSOCK();
}

static const struct suite_case cases[] = {
    CASE(a_receive_without_data_pends, OVX_001, OVX_002, OVX_003),
    CASE(a_receive_of_what_is_there_ends_at_once, OVX_004, OVX_003),
    CASE(the_count_may_be_null_with_an_overlapped_only, OVX_005),
    CASE(the_blocking_mode_is_for_plain_calls_only, OVX_006, OVL_040),
    CASE(the_event_is_reset_when_the_request_begins, OVX_007, OVL_033),
    CASE(without_an_event_the_socket_itself_is_signaled, OVX_008),
    CASE(a_receive_needs_a_buffer, OVX_009),
    CASE(a_receive_of_no_bytes_waits_and_takes_nothing, OVX_010),
    CASE(a_time_limit_is_for_plain_calls_only, OVX_011),
    CASE(a_socket_without_the_attribute_waits, OVX_012, OVL_002),
    CASE(sockets_of_both_calls_have_the_attribute, OVL_001, OVL_002),
    CASE(a_refusal_is_told_by_the_call_alone, OVX_013),
    CASE(the_buffer_list_is_free_after_the_call, OVX_014),
    CASE(an_overlapped_may_be_used_again, OVX_015),
    END_OF_CASES,
};

const struct suite overlapped_receive_suite = {
    .name = "overlapped_receive",
    .about = "a receive with an OVERLAPPED and an event",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
