/* select: what it asks for, what it says of sockets in each state, and that it only looks. */
#include "conformance/suites/readiness.h"

static void select_wants_a_socket(void)
{
    fd_set empty;
    struct timeval limit = milliseconds(0);
    START_WINSOCK();
    memset(&empty, 0, sizeof(empty));
    assert_fails_with(select(0, NULL, NULL, NULL, &limit), WSAEINVAL);
    assert_fails_with(select(0, NULL, NULL, NULL, NULL), WSAEINVAL);
    assert_fails_with(select(0, &empty, &empty, &empty, &limit), WSAEINVAL);
    assert_fails_with(select(0, &empty, NULL, NULL, NULL), WSAEINVAL);
    END_WINSOCK();
}

static void what_is_no_socket_is_found_in_each_set(void)
{
    struct timeval limit = milliseconds(0);
    START_WINSOCK();
    fd_set none = set_of(INVALID_SOCKET);
    assert_fails_with(select(0, &none, NULL, NULL, &limit), WSAENOTSOCK);
    none = set_of(INVALID_SOCKET);
    assert_fails_with(select(0, NULL, &none, NULL, &limit), WSAENOTSOCK);
    none = set_of(INVALID_SOCKET);
    assert_fails_with(select(0, NULL, NULL, &none, &limit), WSAENOTSOCK);
    END_WINSOCK();
}

static void a_closed_socket_leaves_the_sets_as_they_were(void)
{
    struct timeval limit = milliseconds(0);
    START_WINSOCK();
    const SOCKET open = udp_socket(), closed = udp_socket();
    close_socket(closed);
    fd_set set = set_of(open);
    set.fd_count = 2;
    set.fd_array[1] = closed;
    assert_fails_with(select(0, NULL, &set, NULL, &limit), WSAENOTSOCK);
    assert_int_equal(set.fd_count, 2);
    assert_true(set.fd_array[0] == open);
    assert_true(set.fd_array[1] == closed);
    close_socket(open);
    END_WINSOCK();
}

static void a_fresh_stream_is_not_ready(void)
{
    struct timeval limit = milliseconds(10);
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    fd_set reads = set_of(s), writes = set_of(s), excepts = set_of(s);
    assert_int_equal(select(0, &reads, &writes, &excepts, &limit), 0);
    assert_int_equal(reads.fd_count, 0);
    assert_int_equal(writes.fd_count, 0);
    assert_int_equal(excepts.fd_count, 0);
    close_socket(s);
    END_WINSOCK();
}

static void a_fresh_datagram_socket_can_be_written_to(void)
{
    START_WINSOCK();
    const SOCKET s = udp_socket();
    assert_is_not(s, SET_READ);
    assert_true(selected(s, SET_WRITE, 0));
    assert_is_not(s, SET_EXCEPT);
    assert_int_equal(bind_loopback(s, 0), 0);
    assert_is_not(s, SET_READ);
    assert_true(selected(s, SET_WRITE, 0));
    close_socket(s);
    END_WINSOCK();
}

static void all_that_is_ready_is_counted(void)
{
    struct timeval limit = milliseconds(STREAM_PATIENCE_MS);
    START_WINSOCK();
    const SOCKET a = datagram_socket(), b = datagram_socket();
    say(a, "x", bound_port(b));
    assert_becomes(b, SET_READ);
    fd_set reads = set_of(a), writes = set_of(a);
    reads.fd_array[reads.fd_count++] = b;
    writes.fd_array[writes.fd_count++] = b;
    assert_int_equal(select(0, &reads, &writes, NULL, &limit), 3);
    assert_int_equal(reads.fd_count, 1);
    assert_true(reads.fd_array[0] == b);
    assert_int_equal(writes.fd_count, 2);
    close_socket(a);
    close_socket(b);
    END_WINSOCK();
}

static void a_socket_listed_twice_counts_once(void)
{
    struct timeval limit = milliseconds(0);
    START_WINSOCK();
    const SOCKET s = udp_socket();
    fd_set set = set_of(s);
    set.fd_count = 2;
    set.fd_array[1] = s;
    set.fd_array[2] = 0xdead;
    assert_int_equal(select(0, NULL, &set, NULL, &limit), 1);
    assert_int_equal(set.fd_count, 1);
    assert_true(set.fd_array[0] == s);
    assert_true(set.fd_array[1] == s);
    assert_true(set.fd_array[2] == 0xdead);
    close_socket(s);
    END_WINSOCK();
}

static void one_set_may_serve_twice(void)
{
    struct timeval limit = milliseconds(0);
    START_WINSOCK();
    const SOCKET s = datagram_socket();
    fd_set set = set_of(s);
    say(s, "x", bound_port(s));
    assert_becomes(s, SET_READ);
    const int both = select(0, &set, &set, NULL, &limit);
    assert_in_range(both, 1, 2);
    assert_int_equal(set.fd_count, 1);
    assert_true(set.fd_array[0] == s);
    hear(s, "x");
    set = set_of(s);
    assert_in_range(select(0, &set, &set, NULL, &limit), 1, 2);
    assert_int_equal(set.fd_count, 1);
    close_socket(s);
    END_WINSOCK();
}

struct large_set {
    u_int count;
    SOCKET sockets[200];
};

static void a_set_may_be_larger_than_it_is_declared(void)
{
    enum { MANY = 200 };
    static struct large_set set;
    struct timeval limit = milliseconds(0);
    START_WINSOCK();
    for (u_int i = 0; i < MANY; i++)
        set.sockets[i] = i % 2 == 0 ? tcp_socket() : udp_socket();
    static struct large_set asked;
    memcpy(&asked, &set, sizeof(set));
    asked.count = MANY;
    assert_int_equal(select(-7, NULL, (fd_set *)(void *)&asked, NULL, &limit), MANY / 2);
    assert_int_equal(asked.count, MANY / 2);
    for (u_int i = 0; i < MANY; i++)
        close_socket(set.sockets[i]);
    END_WINSOCK();
}

/* The set ends where memory ends. */
static void a_set_is_read_as_far_as_it_is_filled(void)
{
    struct timeval limit = milliseconds(0);
    const size_t size = offsetof(fd_set, fd_array) + sizeof(SOCKET);
    char *const page = VirtualAlloc(NULL, 8192, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    DWORD old;
    assert_non_null(page);
    assert_true(VirtualProtect(page + 4096, 4096, PAGE_NOACCESS, &old));
    START_WINSOCK();
    const SOCKET s = udp_socket();
    fd_set *const set = (fd_set *)(void *)(page + 4096 - size);
    set->fd_count = 1;
    set->fd_array[0] = s;
    assert_int_equal(select(0, NULL, set, NULL, &limit), 1);
    assert_int_equal(set->fd_count, 1);
    close_socket(s);
    END_WINSOCK();
    assert_true(VirtualFree(page, 0, MEM_RELEASE));
}

static void a_listener_can_be_read_when_somebody_calls(void)
{
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port), client = tcp_socket();
    assert_is_not(listener, SET_READ);
    assert_is_not(listener, SET_WRITE);
    assert_int_equal(connect_loopback(client, port), 0);
    assert_becomes(listener, SET_READ);
    assert_is_not(listener, SET_WRITE);
    close_socket(accept_one(listener));
    assert_is_not(listener, SET_READ);
    close_socket(client);
    close_socket(listener);
    END_WINSOCK();
}

static void a_connection_made_can_be_written_to(void)
{
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port), client = connecting_to(port);
    assert_becomes(client, SET_WRITE);
    assert_is_not(client, SET_READ);
    assert_is_not(client, SET_EXCEPT);
    assert_int_equal(so_error(client), 0);
    close_socket(client);
    close_socket(listener);
    END_WINSOCK();
}

static void a_connection_refused_is_an_exception(void)
{
    USHORT port;
    START_WINSOCK();
    const SOCKET deaf = deaf_socket(&port), client = connecting_to(port);
    assert_becomes(client, SET_EXCEPT);
    assert_is_not(client, SET_WRITE);
    assert_true(selected(client, SET_EXCEPT, 0));
    close_socket(client);
    close_socket(deaf);
    END_WINSOCK();
}

static void a_refusal_stays_in_so_error(void)
{
    USHORT port;
    START_WINSOCK();
    const SOCKET deaf = deaf_socket(&port), client = connecting_to(port);
    assert_becomes(client, SET_EXCEPT);
    assert_int_equal(so_error(client), WSAECONNREFUSED);
    if (so_error(client) == 0)
        OBSERVE(so_error_after_connect, cleared);
    else
        assert_int_equal(so_error(client), WSAECONNREFUSED);
    assert_int_equal(listen(deaf, 1), 0);
    connect_loopback(client, port);
    assert_becomes(client, SET_WRITE);
    assert_int_equal(so_error(client), 0);
    close_socket(client);
    close_socket(deaf);
    END_WINSOCK();
}

static void a_refusal_waited_for_is_an_exception_too(void)
{
    USHORT port;
    START_WINSOCK();
    const SOCKET deaf = deaf_socket(&port), client = tcp_socket();
    assert_int_equal(connect_loopback(client, port), WSAECONNREFUSED);
    assert_int_equal(so_error(client), 0);
    assert_is_not(client, SET_WRITE);
    assert_true(selected(client, SET_EXCEPT, 0));
    close_socket(client);
    close_socket(deaf);
    END_WINSOCK();
}

static void bytes_can_be_read_until_they_are(void)
{
    START_WINSOCK();
    const struct pair pair = connected_pair();
    assert_is_not(pair.server, SET_READ);
    send_bytes(pair.client, "ab", 2);
    assert_becomes(pair.server, SET_READ);
    assert_true(selected(pair.server, SET_READ, 0));
    expect_bytes(pair.server, "a", 1);
    assert_true(selected(pair.server, SET_READ, 0));
    expect_bytes(pair.server, "b", 1);
    assert_is_not(pair.server, SET_READ);
    close_pair(&pair);
    END_WINSOCK();
}

static void an_empty_datagram_can_be_read(void)
{
    char byte;
    START_WINSOCK();
    const SOCKET s = datagram_socket();
    say(s, "", bound_port(s));
    assert_becomes(s, SET_READ);
    assert_int_equal(recv(s, &byte, 1, 0), 0);
    assert_is_not(s, SET_READ);
    close_socket(s);
    END_WINSOCK();
}

static void an_urgent_byte_is_an_exception(void)
{
    char byte;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    assert_int_equal(send(pair.client, "!", 1, MSG_OOB), 1);
    assert_becomes(pair.server, SET_EXCEPT);
    assert_is_not(pair.server, SET_READ);
    assert_int_equal(recv(pair.server, &byte, 1, MSG_OOB), 1);
    assert_int_equal(byte, '!');
    assert_is_not(pair.server, SET_EXCEPT);
    close_pair(&pair);
    END_WINSOCK();
}

static void an_urgent_byte_in_line_is_read(void)
{
    char byte;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    set_option(pair.server, SOL_SOCKET, SO_OOBINLINE, 1);
    assert_int_equal(send(pair.client, "!", 1, MSG_OOB), 1);
    assert_becomes(pair.server, SET_READ);
    assert_is_not(pair.server, SET_EXCEPT);
    assert_fails_with(recv(pair.server, &byte, 1, MSG_OOB), WSAEINVAL);
    expect_bytes(pair.server, "!", 1);
    close_pair(&pair);
    END_WINSOCK();
}

static void the_end_can_be_read(void)
{
    START_WINSOCK();
    const struct pair pair = connected_pair();
    close_socket(pair.client);
    assert_becomes(pair.server, SET_READ);
    assert_true(selected(pair.server, SET_WRITE, 0));
    expect_end(pair.server);
    assert_true(selected(pair.server, SET_READ, 0));
    close_socket(pair.server);
    close_socket(pair.listener);
    END_WINSOCK();
}

static void a_reset_is_no_exception(void)
{
    char byte;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    close_abortively(pair.client);
    assert_becomes(pair.server, SET_READ);
    assert_true(selected(pair.server, SET_WRITE, 0));
    assert_is_not(pair.server, SET_EXCEPT);
    assert_fails_with(recv(pair.server, &byte, 1, 0), WSAECONNRESET);
    close_socket(pair.server);
    close_socket(pair.listener);
    END_WINSOCK();
}

static void a_full_buffer_cannot_be_written_to(void)
{
    START_WINSOCK();
    const struct pair pair = connected_pair();
    assert_true(selected(pair.client, SET_WRITE, 0));
    set_option(pair.client, SOL_SOCKET, SO_SNDBUF, 8192);
    const unsigned long total = fill(pair.client);
    assert_is_not(pair.client, SET_WRITE);
    drain(pair.server, total);
    assert_becomes(pair.client, SET_WRITE);
    close_pair(&pair);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(select_wants_a_socket, SEL_001),
    CASE(what_is_no_socket_is_found_in_each_set, SEL_002),
    CASE(a_closed_socket_leaves_the_sets_as_they_were, SEL_003),
    CASE(a_fresh_stream_is_not_ready, SEL_004, SEL_006),
    CASE(a_fresh_datagram_socket_can_be_written_to, SEL_005),
    CASE(all_that_is_ready_is_counted, SEL_007),
    CASE(a_socket_listed_twice_counts_once, SEL_008),
    CASE(one_set_may_serve_twice, SEL_009),
    CASE(a_set_may_be_larger_than_it_is_declared, SEL_010, SEL_011),
    CASE(a_set_is_read_as_far_as_it_is_filled, SEL_012),
    CASE(a_listener_can_be_read_when_somebody_calls, SEL_013),
    CASE(a_connection_made_can_be_written_to, SEL_014),
    CASE(a_connection_refused_is_an_exception, SEL_015),
    CASE(a_refusal_stays_in_so_error, SEL_016),
    CASE(a_refusal_waited_for_is_an_exception_too, SEL_017),
    CASE(bytes_can_be_read_until_they_are, SEL_018),
    CASE(an_empty_datagram_can_be_read, SEL_019),
    CASE(an_urgent_byte_is_an_exception, SEL_020),
    CASE(an_urgent_byte_in_line_is_read, SEL_021),
    CASE(the_end_can_be_read, SEL_022),
    CASE(a_reset_is_no_exception, SEL_023),
    CASE(a_full_buffer_cannot_be_written_to, SEL_024),
    END_OF_CASES,
};
// clang-format on

const struct suite select_suite = {
    .name = "select",
    .about = "select: sets, and sockets in each state",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
