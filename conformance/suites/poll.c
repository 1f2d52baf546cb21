/* WSAPoll: what it asks for, and what it says of sockets in each state. */
#include "conformance/suites/readiness.h"

/* More than any event there is. */
enum { UNWRITTEN = 0x5555 };

static WSAPOLLFD poll_for(SOCKET s, SHORT events)
{
    WSAPOLLFD entry;
    entry.fd = s;
    entry.events = events;
    entry.revents = UNWRITTEN;
    return entry;
}

/* What the socket is, of all that may be asked for. */
static SHORT polled(SOCKET s)
{
    WSAPOLLFD entry = poll_for(s, POLLRDNORM | POLLRDBAND | POLLWRNORM);
    const int count = WSAPoll(&entry, 1, 0);
    assert_int_equal(count, entry.revents != 0);
    return entry.revents;
}

/* Waits for one of the events; then what the socket is. */
static SHORT polled_after(SOCKET s, SHORT events)
{
    WSAPOLLFD entry = poll_for(s, events);
    assert_int_equal(WSAPoll(&entry, 1, STREAM_PATIENCE_MS), 1);
    return polled(s);
}

static void poll_wants_entries(void)
{
    START_WINSOCK();
    assert_fails_with(WSAPoll(NULL, 0, 0), WSAEINVAL);
    assert_fails_with(WSAPoll(NULL, 0, -1), WSAEINVAL);
    assert_fails_with(WSAPoll(NULL, 1, 0), WSAEFAULT);
    assert_fails_with(WSAPoll(NULL, 1, -1), WSAEFAULT);
    END_WINSOCK();
}

static void only_what_can_be_asked_for_is_taken(void)
{
    static const SHORT refused[] = {POLLERR, POLLHUP, POLLNVAL, POLLPRI, POLLWRBAND, 0x1000};
    START_WINSOCK();
    const SOCKET s = udp_socket();
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        WSAPOLLFD entry = poll_for(s, (SHORT)(POLLWRNORM | refused[i]));
        assert_fails_with(WSAPoll(&entry, 1, 0), WSAEINVAL);
    }
    close_socket(s);
    END_WINSOCK();
}

static void what_is_no_socket_is_said_beside_the_others(void)
{
    START_WINSOCK();
    const SOCKET s = datagram_socket();
    WSAPOLLFD entries[2] = {poll_for(INVALID_SOCKET, POLLRDNORM), poll_for(s, POLLRDNORM)};
    WSASetLastError(0xdead);
    assert_int_equal(WSAPoll(entries, 2, 0), 0);
    assert_int_equal(WSAGetLastError(), 0);
    assert_int_equal(entries[0].revents, POLLNVAL);
    assert_int_equal(entries[1].revents, 0);
    close_socket(s);
    END_WINSOCK();
}

static void without_a_socket_there_is_nothing_to_poll(void)
{
    START_WINSOCK();
    WSAPOLLFD entry = poll_for(INVALID_SOCKET, POLLRDNORM);
    assert_fails_with(WSAPoll(&entry, 1, 0), WSAENOTSOCK);
    assert_int_equal(entry.revents, POLLNVAL);
    END_WINSOCK();
}

static void bad_events_of_no_socket(void)
{
    START_WINSOCK();
    const SOCKET s = datagram_socket(), closed = udp_socket();
    close_socket(closed);
    WSAPOLLFD entries[2] = {poll_for(INVALID_SOCKET, POLLERR), poll_for(s, POLLRDNORM)};
    assert_int_equal(WSAPoll(entries, 2, 0), 0);
    assert_int_equal(entries[0].revents, POLLNVAL);
    entries[0] = poll_for(s, POLLRDNORM);
    entries[1] = poll_for(closed, POLLERR);
    assert_fails_with(WSAPoll(entries, 2, 0), WSAEINVAL);
    assert_int_equal(entries[0].revents, 0);
    assert_int_equal(entries[1].revents, 0);
    close_socket(s);
    END_WINSOCK();
}

static void a_datagram_socket_can_be_written_to(void)
{
    START_WINSOCK();
    const SOCKET s = udp_socket();
    assert_int_equal(polled(s), POLLWRNORM);
    assert_int_equal(bind_loopback(s, 0), 0);
    assert_int_equal(polled(s), POLLWRNORM);
    close_socket(s);
    END_WINSOCK();
}

static void a_listener_polls_its_callers(void)
{
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port), client = tcp_socket();
    assert_int_equal(polled(listener), 0);
    assert_int_equal(connect_loopback(client, port), 0);
    assert_int_equal(polled_after(listener, POLLRDNORM), POLLRDNORM);
    assert_int_equal(polled(listener), POLLRDNORM);
    close_socket(accept_one(listener));
    assert_int_equal(polled(listener), 0);
    close_socket(client);
    close_socket(listener);
    END_WINSOCK();
}

static void bytes_are_polled_until_they_are_read(void)
{
    START_WINSOCK();
    const struct pair pair = connected_pair();
    assert_int_equal(polled(pair.server), POLLWRNORM);
    send_bytes(pair.client, "ab", 2);
    assert_int_equal(polled_after(pair.server, POLLRDNORM), POLLRDNORM | POLLWRNORM);
    expect_bytes(pair.server, "a", 1);
    assert_int_equal(polled(pair.server), POLLRDNORM | POLLWRNORM);
    expect_bytes(pair.server, "b", 1);
    assert_int_equal(polled(pair.server), POLLWRNORM);
    close_pair(&pair);
    END_WINSOCK();
}

static void a_peer_that_closed_hangs_up(void)
{
    START_WINSOCK();
    const struct pair pair = connected_pair();
    close_socket(pair.client);
    assert_int_equal(polled_after(pair.server, POLLRDNORM), POLLHUP | POLLWRNORM);
    close_socket(pair.server);
    close_socket(pair.listener);
    END_WINSOCK();
}

static void hanging_up_need_not_be_asked_for(void)
{
    START_WINSOCK();
    const struct pair pair = connected_pair();
    close_socket(pair.client);
    WSAPOLLFD entry = poll_for(pair.server, 0);
    assert_int_equal(WSAPoll(&entry, 1, STREAM_PATIENCE_MS), 1);
    assert_int_equal(entry.revents, POLLHUP);
    close_socket(pair.server);
    close_socket(pair.listener);
    END_WINSOCK();
}

static void a_peer_that_sends_no_more_hangs_up(void)
{
    START_WINSOCK();
    const struct pair pair = connected_pair();
    send_bytes(pair.client, "x", 1);
    assert_becomes(pair.server, SET_READ);
    assert_int_equal(shutdown(pair.client, SD_SEND), 0);
    assert_int_equal(polled_after(pair.server, 0), POLLHUP | POLLRDNORM | POLLWRNORM);
    expect_bytes(pair.server, "x", 1);
    assert_int_equal(polled(pair.server), POLLHUP | POLLWRNORM);
    close_pair(&pair);
    END_WINSOCK();
}

static void a_reset_is_an_error(void)
{
    START_WINSOCK();
    const struct pair pair = connected_pair();
    close_abortively(pair.client);
    assert_int_equal(polled_after(pair.server, 0), POLLERR | POLLHUP | POLLWRNORM);
    close_socket(pair.server);
    close_socket(pair.listener);
    END_WINSOCK();
}

static void an_urgent_byte_is_a_band_of_its_own(void)
{
    char byte;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    assert_int_equal(send(pair.client, "!", 1, MSG_OOB), 1);
    assert_int_equal(polled_after(pair.server, POLLRDBAND), POLLRDBAND | POLLWRNORM);
    assert_int_equal(recv(pair.server, &byte, 1, MSG_OOB), 1);
    assert_int_equal(polled(pair.server), POLLWRNORM);
    set_option(pair.server, SOL_SOCKET, SO_OOBINLINE, 1);
    assert_int_equal(send(pair.client, "!", 1, MSG_OOB), 1);
    assert_int_equal(polled_after(pair.server, POLLRDNORM), POLLRDNORM | POLLWRNORM);
    close_pair(&pair);
    END_WINSOCK();
}

static void a_connection_made_is_polled_as_writable(void)
{
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port), client = connecting_to(port);
    assert_int_equal(polled_after(client, POLLWRNORM), POLLWRNORM);
    close_socket(client);
    close_socket(listener);
    END_WINSOCK();
}

static void a_refused_connection_is_all_three(void)
{
    USHORT port;
    START_WINSOCK();
    const SOCKET deaf = deaf_socket(&port), client = connecting_to(port);
    assert_int_equal(polled_after(client, POLLWRNORM), POLLWRNORM | POLLHUP | POLLERR);
    close_socket(client);
    close_socket(deaf);
    END_WINSOCK();
}

static void a_full_buffer_is_not_polled_as_writable(void)
{
    START_WINSOCK();
    const struct pair pair = connected_pair();
    set_option(pair.client, SOL_SOCKET, SO_SNDBUF, 8192);
    const unsigned long total = fill(pair.client);
    assert_int_equal(polled(pair.client), 0);
    drain(pair.server, total);
    assert_int_equal(polled_after(pair.client, POLLWRNORM), POLLWRNORM);
    close_pair(&pair);
    END_WINSOCK();
}

static void what_has_not_happened_is_cleared(void)
{
    START_WINSOCK();
    const SOCKET a = datagram_socket(), b = datagram_socket();
    WSAPOLLFD entries[2] = {poll_for(a, POLLRDNORM), poll_for(b, POLLRDNORM | POLLWRNORM)};
    assert_int_equal(WSAPoll(entries, 1, 0), 0);
    assert_int_equal(entries[0].revents, 0);
    assert_int_equal(entries[1].revents, UNWRITTEN);
    entries[0].revents = UNWRITTEN;
    assert_int_equal(WSAPoll(entries, 2, 0), 1);
    assert_int_equal(entries[0].revents, 0);
    assert_int_equal(entries[1].revents, POLLWRNORM);
    assert_int_equal(entries[1].events, POLLRDNORM | POLLWRNORM);
    close_socket(a);
    close_socket(b);
    END_WINSOCK();
}

static void a_poll_lasts_as_long_as_asked(void)
{
    START_WINSOCK();
    const SOCKET s = datagram_socket();
    const ULONGLONG before = GetTickCount64();
    WSAPOLLFD entry = poll_for(s, POLLRDNORM);
    assert_int_equal(WSAPoll(&entry, 1, 60), 0);
    assert_in_range(GetTickCount64() - before, 45, STREAM_PATIENCE_MS);
    close_socket(s);
    END_WINSOCK();
}

struct task {
    SOCKET s;
    USHORT port;
};

static DWORD WINAPI send_now(LPVOID parameter)
{
    struct task *const task = parameter;
    return send_datagram(task->s, "x", 1, task->port);
}

static DWORD WINAPI close_later(LPVOID parameter)
{
    struct task *const task = parameter;
    Sleep(20); /* nothing tells that another thread waits */
    return (DWORD)closesocket(task->s);
}

static void without_end_it_waits_until_something_comes(void)
{
    START_WINSOCK();
    const SOCKET a = datagram_socket(), b = datagram_socket();
    struct task task = {a, bound_port(b)};
    const HANDLE thread = start_thread(send_now, &task);
    WSAPOLLFD entry = poll_for(b, POLLRDNORM);
    assert_int_equal(WSAPoll(&entry, 1, -1), 1);
    assert_int_equal(entry.revents, POLLRDNORM);
    join_thread(thread);
    close_socket(a);
    close_socket(b);
    END_WINSOCK();
}

static void a_socket_closed_meanwhile_is_none(void)
{
    START_WINSOCK();
    const SOCKET s = datagram_socket();
    struct task task = {s, 0};
    const HANDLE thread = start_thread(close_later, &task);
    WSAPOLLFD entry = poll_for(s, POLLRDNORM);
    assert_int_equal(WSAPoll(&entry, 1, STREAM_PATIENCE_MS), 1);
    assert_int_equal(entry.revents, POLLNVAL);
    join_thread(thread);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(poll_wants_entries, POLL_001, POLL_002),
    CASE(only_what_can_be_asked_for_is_taken, POLL_003),
    CASE(what_is_no_socket_is_said_beside_the_others, POLL_004),
    CASE(without_a_socket_there_is_nothing_to_poll, POLL_005),
    CASE(bad_events_of_no_socket, POLL_006),
    CASE(a_datagram_socket_can_be_written_to, POLL_007),
    CASE(a_listener_polls_its_callers, POLL_008),
    CASE(bytes_are_polled_until_they_are_read, POLL_009),
    CASE(a_peer_that_closed_hangs_up, POLL_010),
    CASE(hanging_up_need_not_be_asked_for, POLL_011),
    CASE(a_peer_that_sends_no_more_hangs_up, POLL_012),
    CASE(a_reset_is_an_error, POLL_013),
    CASE(an_urgent_byte_is_a_band_of_its_own, POLL_014),
    CASE(a_connection_made_is_polled_as_writable, POLL_015),
    CASE(a_refused_connection_is_all_three, POLL_016),
    CASE(a_full_buffer_is_not_polled_as_writable, POLL_017),
    CASE(what_has_not_happened_is_cleared, POLL_018),
    CASE(a_poll_lasts_as_long_as_asked, POLL_019),
    CASE(without_end_it_waits_until_something_comes, POLL_020),
    CASE(a_socket_closed_meanwhile_is_none, POLL_021),
    END_OF_CASES,
};
// clang-format on

const struct suite poll_suite = {
    .name = "poll",
    .about = "WSAPoll",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
