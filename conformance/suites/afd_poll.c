/* AFD_POLL: what a poll of sockets says, and when. */
#include "conformance/suites/afd.h"

static const WCHAR PLAIN[] = {'\\', 'D', 'e', 'v', 'i', 'c', 'e', '\\', 'A', 'f', 'd', 0};
static const WCHAR ANOTHER[] = {'\\', 'D', 'e', 'v', 'i', 'c', 'e', '\\', 'A', 'f', 'd', 'x', 0};

static void the_device_opens_by_its_name_and_any_behind_it(void)
{
    HANDLE handle = NULL;
    START_WINSOCK();
    assert_int_equal(open_device(PLAIN, &handle), NT_SUCCESS_);
    assert_int_equal(find_ntdll()->NtClose(handle), NT_SUCCESS_);
    assert_true(CloseHandle(open_afd()));
    END_WINSOCK();
}

static void a_name_that_goes_on_is_another_device(void)
{
    HANDLE handle = NULL;
    START_WINSOCK();
    assert_int_equal(open_device(ANOTHER, &handle), NT_NAME_NOT_FOUND);
    END_WINSOCK();
}

/* The status of a poll of so many bytes for so many handles. */
static LONG poll_sized(SOCKET s, ULONG count, ULONG in_size, ULONG out_size)
{
    struct poll_call poll;
    const HANDLE afd = open_afd();
    poll_prepare(&poll);
    poll.in.timeout.QuadPart = 0;
    poll_add(&poll, s, POLL_SEND);
    poll.in.count = count;
    poll.block.u.status = NT_UNTOUCHED;
    const LONG status =
        find_ntdll()->NtDeviceIoControlFile(afd, poll.event, NULL, NULL, &poll.block, AFD_POLL_CODE,
                                            &poll.in, in_size, &poll.out, out_size);
    poll_close(&poll);
    assert_true(CloseHandle(afd));
    return status;
}

static void sizes_that_do_not_fit_are_refused(void)
{
    const ULONG one = POLL_HEAD + POLL_EACH;
    START_WINSOCK();
    const SOCKET s = udp_socket();
    assert_int_equal(poll_sized(s, 1, one, one), NT_SUCCESS_);
    assert_int_equal(poll_sized(s, 1, one, one + 1), NT_SUCCESS_);
    assert_int_equal(poll_sized(s, 1, one, 0), NT_INVALID_PARAMETER);
    assert_int_equal(poll_sized(s, 1, 0, one), NT_INVALID_PARAMETER);
    assert_int_equal(poll_sized(s, 1, one - 1, one - 1), NT_INVALID_PARAMETER);
    assert_int_equal(poll_sized(s, 1, one + 1, one), NT_INVALID_PARAMETER);
    assert_int_equal(poll_sized(s, 0, one, one), NT_INVALID_PARAMETER);
    assert_int_equal(poll_sized(s, 2, one, one), NT_INVALID_PARAMETER);
    close_socket(s);
    END_WINSOCK();
}

static void what_is_no_socket_is_refused_with_all_the_others(void)
{
    struct poll_call poll;
    START_WINSOCK();
    const HANDLE afd = open_afd();
    const SOCKET s = udp_socket();
    poll_prepare(&poll);
    poll_add(&poll, s, POLL_SEND);
    poll_add(&poll, (SOCKET)0xabacab, POLL_SEND);
    assert_int_equal(poll_start(&poll, afd), NT_INVALID_HANDLE);
    assert_int_equal(WaitForSingleObject(poll.event, 0), WAIT_TIMEOUT);
    poll_close(&poll);
    close_socket(s);
    assert_true(CloseHandle(afd));
    END_WINSOCK();
}

static void what_is_ready_is_answered_at_once(void)
{
    struct poll_call poll;
    START_WINSOCK();
    const HANDLE afd = open_afd();
    const SOCKET idle = datagram_socket(), s = datagram_socket();
    poll_prepare(&poll);
    poll_add(&poll, idle, POLL_RECEIVE);
    poll_add(&poll, s, POLL_SEND | POLL_RECEIVE);
    assert_int_equal(poll_start(&poll, afd), NT_SUCCESS_);
    expect_polled(&poll, s, POLL_SEND);
    assert_int_equal(poll.out.sockets[0].status, NT_SUCCESS_);
    assert_int_equal(WaitForSingleObject(poll.event, 0), WAIT_OBJECT_0);
    poll_close(&poll);
    close_socket(idle);
    close_socket(s);
    assert_true(CloseHandle(afd));
    END_WINSOCK();
}

static void a_poll_that_pends_ends_when_a_socket_is_ready(void)
{
    struct poll_call poll;
    START_WINSOCK();
    const HANDLE afd = open_afd();
    const SOCKET from = datagram_socket(), a = datagram_socket(), b = datagram_socket();
    poll_prepare(&poll);
    poll_add(&poll, a, POLL_RECEIVE);
    poll_add(&poll, b, POLL_RECEIVE);
    assert_int_equal(poll_start(&poll, afd), NT_PENDING);
    assert_true(poll_pends(&poll));
    say(from, "x", bound_port(b));
    assert_int_equal(poll_end(&poll), NT_SUCCESS_);
    expect_polled(&poll, b, POLL_RECEIVE);
    poll_close(&poll);
    close_socket(from);
    close_socket(a);
    close_socket(b);
    assert_true(CloseHandle(afd));
    END_WINSOCK();
}

static void what_stays_so_is_told_again(void)
{
    struct poll_call poll;
    START_WINSOCK();
    const HANDLE afd = open_afd();
    const SOCKET from = datagram_socket(), s = datagram_socket();
    poll_prepare(&poll);
    poll_add(&poll, s, POLL_RECEIVE);
    assert_int_equal(poll_start(&poll, afd), NT_PENDING);
    say(from, "x", bound_port(s));
    assert_int_equal(poll_end(&poll), NT_SUCCESS_);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(poll_start(&poll, afd), NT_SUCCESS_);
        expect_polled(&poll, s, POLL_RECEIVE);
    }
    hear(s, "x");
    assert_int_equal(polled_now(afd, s), POLL_SEND);
    poll_close(&poll);
    close_socket(from);
    close_socket(s);
    assert_true(CloseHandle(afd));
    END_WINSOCK();
}

static void only_what_was_asked_for_is_told(void)
{
    struct poll_call poll;
    START_WINSOCK();
    const HANDLE afd = open_afd();
    const struct pair pair = connected_pair();
    poll_prepare(&poll);
    poll.in.timeout.QuadPart = 0;
    poll_add(&poll, pair.server, POLL_RECEIVE | POLL_EXPEDITED);
    assert_int_equal(poll_start(&poll, afd), NT_SUCCESS_);
    assert_int_equal(poll.out.count, 0);
    send_bytes(pair.client, "x", 1);
    assert_becomes(pair.server, SET_READ);
    assert_int_equal(poll_start(&poll, afd), NT_SUCCESS_);
    expect_polled(&poll, pair.server, POLL_RECEIVE);
    poll_close(&poll);
    close_pair(&pair);
    assert_true(CloseHandle(afd));
    END_WINSOCK();
}

static void each_kind_of_socket_has_its_events(void)
{
    char byte;
    START_WINSOCK();
    const HANDLE afd = open_afd();
    const SOCKET s = datagram_socket();
    assert_int_equal(polled_now(afd, s), POLL_SEND);
    close_socket(s);
    const struct pair pair = connected_pair();
    const SOCKET caller = tcp_socket();
    assert_int_equal(polled_now(afd, pair.listener), 0);
    assert_int_equal(connect_loopback(caller, pair.port), 0);
    assert_becomes(pair.listener, SET_READ);
    assert_int_equal(polled_now(afd, pair.listener), POLL_ACCEPT);
    assert_int_equal(polled_now(afd, pair.client), POLL_SEND | POLL_CONNECT);
    send_bytes(pair.client, "x", 1);
    assert_becomes(pair.server, SET_READ);
    assert_int_equal(polled_now(afd, pair.server), POLL_SEND | POLL_CONNECT | POLL_RECEIVE);
    expect_bytes(pair.server, "x", 1);
    assert_int_equal(send(pair.client, "!", 1, MSG_OOB), 1);
    assert_becomes(pair.server, SET_EXCEPT);
    assert_int_equal(polled_now(afd, pair.server), POLL_SEND | POLL_CONNECT | POLL_EXPEDITED);
    assert_int_equal(recv(pair.server, &byte, 1, MSG_OOB), 1);
    close_socket(caller);
    close_pair(&pair);
    assert_true(CloseHandle(afd));
    END_WINSOCK();
}

static void a_peer_that_sends_no_more_disconnects(void)
{
    struct poll_call poll;
    START_WINSOCK();
    const HANDLE afd = open_afd();
    const struct pair pair = connected_pair();
    poll_prepare(&poll);
    poll_add(&poll, pair.server, POLL_DISCONNECT | POLL_ABORT);
    assert_int_equal(poll_start(&poll, afd), NT_PENDING);
    assert_int_equal(shutdown(pair.client, SD_SEND), 0);
    assert_int_equal(poll_end(&poll), NT_SUCCESS_);
    expect_polled(&poll, pair.server, POLL_DISCONNECT);
    assert_int_equal(polled_now(afd, pair.server), POLL_SEND | POLL_CONNECT | POLL_DISCONNECT);
    poll_close(&poll);
    close_pair(&pair);
    assert_true(CloseHandle(afd));
    END_WINSOCK();
}

static void a_reset_aborts(void)
{
    struct poll_call poll;
    START_WINSOCK();
    const HANDLE afd = open_afd();
    const struct pair pair = connected_pair();
    poll_prepare(&poll);
    poll_add(&poll, pair.server, POLL_EVERYTHING & ~(POLL_SEND | POLL_CONNECT));
    assert_int_equal(poll_start(&poll, afd), NT_PENDING);
    close_abortively(pair.client);
    assert_int_equal(poll_end(&poll), NT_SUCCESS_);
    expect_polled(&poll, pair.server, POLL_ABORT);
    assert_int_equal(polled_now(afd, pair.server), POLL_SEND | POLL_CONNECT | POLL_ABORT);
    poll_close(&poll);
    close_socket(pair.server);
    close_socket(pair.listener);
    assert_true(CloseHandle(afd));
    END_WINSOCK();
}

static void a_refused_connection_fails_and_says_why(void)
{
    USHORT port;
    struct poll_call poll;
    START_WINSOCK();
    const HANDLE afd = open_afd();
    const SOCKET deaf = deaf_socket(&port), client = open_socket(AF_INET, SOCK_STREAM);
    set_blocking(client, false);
    poll_prepare(&poll);
    poll_add(&poll, client, POLL_EVERYTHING);
    assert_int_equal(poll_start(&poll, afd), NT_PENDING);
    assert_int_equal(connect_loopback(client, port), WSAEWOULDBLOCK);
    assert_int_equal(WaitForSingleObject(poll.event, STREAM_PATIENCE_MS), WAIT_OBJECT_0);
    expect_polled(&poll, client, POLL_CONNECT_FAIL);
    assert_int_equal(poll.out.sockets[0].status, NT_CONNECTION_REFUSED);
    poll_close(&poll);
    close_socket(client);
    close_socket(deaf);
    assert_true(CloseHandle(afd));
    END_WINSOCK();
}

static void a_socket_may_be_in_it_more_than_once(void)
{
    struct poll_call poll;
    START_WINSOCK();
    const HANDLE afd = open_afd();
    const struct pair pair = connected_pair();
    poll_prepare(&poll);
    poll_add(&poll, pair.client, POLL_SEND);
    poll_add(&poll, pair.server, POLL_RECEIVE);
    poll_add(&poll, pair.client, POLL_SEND | POLL_CONNECT);
    assert_int_equal(poll_start(&poll, afd), NT_SUCCESS_);
    assert_int_equal(poll.block.information, POLL_HEAD + 2 * POLL_EACH);
    assert_int_equal(poll.out.count, 2);
    assert_true(poll.out.sockets[0].handle == (HANDLE)pair.client);
    assert_true(poll.out.sockets[1].handle == (HANDLE)pair.client);
    assert_int_equal(poll.out.sockets[0].events, POLL_SEND);
    assert_int_equal(poll.out.sockets[1].events, POLL_SEND | POLL_CONNECT);
    poll_close(&poll);
    close_pair(&pair);
    assert_true(CloseHandle(afd));
    END_WINSOCK();
}

static void any_file_of_afds_takes_a_poll_for_any_socket(void)
{
    struct poll_call poll;
    START_WINSOCK();
    const SOCKET from = datagram_socket(), s = datagram_socket(), peer = tcp_socket();
    poll_prepare(&poll);
    poll_add(&poll, s, POLL_RECEIVE);
    assert_int_equal(poll_start(&poll, (HANDLE)peer), NT_PENDING);
    say(from, "x", bound_port(s));
    assert_int_equal(poll_end(&poll), NT_SUCCESS_);
    expect_polled(&poll, s, POLL_RECEIVE);
    assert_int_equal(polled_now((HANDLE)s, s), POLL_SEND | POLL_RECEIVE);
    poll_close(&poll);
    close_socket(peer);
    close_socket(from);
    close_socket(s);
    END_WINSOCK();
}

/* The handle that a control code gives is polled. */
static void expect_polled_by(DWORD code)
{
    SOCKET base = INVALID_SOCKET;
    DWORD bytes = 0;
    START_WINSOCK();
    const HANDLE afd = open_afd();
    const SOCKET s = udp_socket();
    assert_int_equal(WSAIoctl(s, code, NULL, 0, &base, sizeof(base), &bytes, NULL, NULL), 0);
    assert_int_equal(bytes, sizeof(base));
    assert_int_equal(polled_now(afd, base), POLL_SEND);
    close_socket(s);
    assert_true(CloseHandle(afd));
    END_WINSOCK();
}

static void the_base_handle_can_be_polled(void)
{
    expect_polled_by(0x48000022);
}

static void the_providers_handles_can_be_polled(void)
{
    expect_polled_by(0x4800001b);
    expect_polled_by(0x4800001c);
    expect_polled_by(0x4800001d);
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(the_device_opens_by_its_name_and_any_behind_it, AFD_001),
    CASE(a_name_that_goes_on_is_another_device, AFD_002),
    CASE(sizes_that_do_not_fit_are_refused, AFD_003),
    CASE(what_is_no_socket_is_refused_with_all_the_others, AFD_004),
    CASE(what_is_ready_is_answered_at_once, AFD_005),
    CASE(a_poll_that_pends_ends_when_a_socket_is_ready, AFD_006),
    CASE(what_stays_so_is_told_again, AFD_007),
    CASE(only_what_was_asked_for_is_told, AFD_008),
    CASE(each_kind_of_socket_has_its_events, AFD_009),
    CASE(a_peer_that_sends_no_more_disconnects, AFD_010),
    CASE(a_reset_aborts, AFD_031),
    CASE(a_refused_connection_fails_and_says_why, AFD_011),
    CASE(a_socket_may_be_in_it_more_than_once, AFD_027),
    CASE(any_file_of_afds_takes_a_poll_for_any_socket, AFD_020),
    CASE(the_base_handle_can_be_polled, AFD_030),
    CASE(the_providers_handles_can_be_polled, AFD_032),
    END_OF_CASES,
};
// clang-format on

const struct suite afd_poll_suite = {
    .name = "afd_poll",
    .about = "\\Device\\Afd: what a poll says",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
