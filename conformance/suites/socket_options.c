/* setsockopt and getsockopt as such: what they start as, read back as and refuse. What the options
 * that concern ports do to bind is another suite's.
 */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/block.h"
#include "conformance/suites/suite.h"

#ifndef SO_CONNECT_TIME
#define SO_CONNECT_TIME 0x700C
#endif

/* A number that is no level and no option. */
enum { UNHEARD_OF_LEVEL = 0x8000, UNHEARD_OF = 0x7777 };

enum { STREAM = 1, DATAGRAM = 2, BOTH = STREAM | DATAGRAM };

static unsigned set_bytes(SOCKET s, int level, int name, const void *value, int size)
{
    return winsock_outcome(setsockopt(s, level, name, value, size));
}

static unsigned set(SOCKET s, int level, int name, DWORD value)
{
    return set_bytes(s, level, name, &value, sizeof(value));
}

static DWORD get(SOCKET s, int level, int name, int expected_size)
{
    DWORD value = 0;
    int size = sizeof(value);
    assert_int_equal(getsockopt(s, level, name, (char *)&value, &size), 0);
    assert_int_equal(size, expected_size);
    return value;
}

struct row {
    int level, name;
    unsigned char sockets; /* that have it */
    unsigned char size;    /* what getsockopt writes */
    unsigned char least;   /* what it must have room for */
    bool writable, truth;
    DWORD initial;
};

// clang-format off
static const struct row ROWS[] = {
    {SOL_SOCKET,   SO_REUSEADDR,           BOTH,     4, 1, true,  true,  0},
    {SOL_SOCKET,   SO_EXCLUSIVEADDRUSE,    BOTH,     4, 1, true,  true,  0},
    {SOL_SOCKET,   SO_BROADCAST,           DATAGRAM, 4, 1, true,  true,  0},
    {SOL_SOCKET,   SO_DEBUG,               BOTH,     4, 1, true,  true,  0},
    {SOL_SOCKET,   SO_DONTROUTE,           BOTH,     1, 1, true,  true,  0},
    {SOL_SOCKET,   SO_OOBINLINE,           STREAM,   4, 1, true,  true,  0},
    {SOL_SOCKET,   SO_KEEPALIVE,           STREAM,   1, 1, true,  true,  0},
    {SOL_SOCKET,   SO_RCVTIMEO,            BOTH,     4, 4, true,  false, 0},
    {SOL_SOCKET,   SO_SNDTIMEO,            BOTH,     4, 4, true,  false, 0},
    {SOL_SOCKET,   SO_RCVBUF,              BOTH,     4, 4, true,  false, 65536},
    {SOL_SOCKET,   SO_SNDBUF,              BOTH,     4, 4, true,  false, 65536},
    {SOL_SOCKET,   SO_ERROR,               BOTH,     4, 4, false, false, 0},
    {SOL_SOCKET,   SO_RANDOMIZE_PORT,      BOTH,     4, 1, true,  true,  0},
    {SOL_SOCKET,   SO_PORT_SCALABILITY,    BOTH,     4, 1, true,  true,  0},
    {SOL_SOCKET,   SO_REUSE_UNICASTPORT,   BOTH,     4, 1, true,  true,  0},
    {SOL_SOCKET,   SO_REUSE_MULTICASTPORT, DATAGRAM, 4, 1, true,  true,  0},
    {SOL_SOCKET,   SO_ACCEPTCONN,          STREAM,   4, 1, false, true,  0},
    {SOL_SOCKET,   SO_CONNECT_TIME,        BOTH,     4, 4, false, false, 0xFFFFFFFF},
    {SOL_SOCKET,   SO_MAX_MSG_SIZE,        DATAGRAM, 4, 4, false, false, 65507},
    {IPPROTO_TCP,  TCP_NODELAY,            STREAM,   1, 1, true,  true,  0},
};
// clang-format on

enum { ROW_COUNT = sizeof(ROWS) / sizeof(ROWS[0]) };

static int type_of(unsigned kind)
{
    return kind == STREAM ? SOCK_STREAM : SOCK_DGRAM;
}

static void options_start_as_documented(void)
{
    START_WINSOCK();
    for (unsigned kind = STREAM; kind <= DATAGRAM; kind++) {
        const SOCKET s = open_socket(AF_INET, type_of(kind));
        for (size_t i = 0; i < ROW_COUNT; i++) {
            const struct row *option = &ROWS[i];
            /* How large the buffers are, no page says. */
            const bool buffer = option->name == SO_RCVBUF || option->name == SO_SNDBUF;
            if ((option->sockets & kind) == 0)
                continue;
            const DWORD value = get(s, option->level, option->name, option->size);
            if (buffer)
                assert_true(value > 0);
            else
                assert_int_equal(value, option->initial);
        }
        assert_int_equal(get(s, SOL_SOCKET, SO_TYPE, 4), type_of(kind));
        close_socket(s);
    }
    END_WINSOCK();
}

static void options_read_back_as_they_were_set(void)
{
    START_WINSOCK();
    for (unsigned kind = STREAM; kind <= DATAGRAM; kind++) {
        for (size_t i = 0; i < ROW_COUNT; i++) {
            const struct row *option = &ROWS[i];
            if ((option->sockets & kind) == 0 || !option->writable)
                continue;
            const SOCKET s = open_socket(AF_INET, type_of(kind));
            assert_int_equal(set(s, option->level, option->name, option->truth ? 5 : 4500), 0);
            assert_int_equal(get(s, option->level, option->name, option->size),
                             option->truth ? 1 : 4500);
            assert_int_equal(set(s, option->level, option->name, 0), 0);
            assert_int_equal(get(s, option->level, option->name, option->size), 0);
            close_socket(s);
        }
    }
    END_WINSOCK();
}

static void an_option_of_another_protocol_is_none(void)
{
    START_WINSOCK();
    for (unsigned kind = STREAM; kind <= DATAGRAM; kind++) {
        const SOCKET s = open_socket(AF_INET, type_of(kind));
        for (size_t i = 0; i < ROW_COUNT; i++) {
            const struct row *option = &ROWS[i];
            DWORD value = 1;
            int size = sizeof(value);
            if ((option->sockets & kind) != 0)
                continue;
            assert_int_equal(set(s, option->level, option->name, 1), WSAENOPROTOOPT);
            assert_int_equal(set(s, option->level, option->name, 0), WSAENOPROTOOPT);
            assert_fails_with(getsockopt(s, option->level, option->name, (char *)&value, &size),
                              WSAENOPROTOOPT);
        }
        close_socket(s);
    }
    END_WINSOCK();
}

static void what_can_only_be_read_refuses_to_be_set(void)
{
    START_WINSOCK();
    const SOCKET stream = tcp_socket();
    const SOCKET datagram = udp_socket();
    assert_int_equal(set(stream, SOL_SOCKET, SO_TYPE, 1), WSAENOPROTOOPT);
    assert_int_equal(set(datagram, SOL_SOCKET, SO_TYPE, 1), WSAEINVAL);
    assert_int_equal(set(stream, SOL_SOCKET, SO_ACCEPTCONN, 1), WSAENOPROTOOPT);
    assert_int_equal(set(datagram, SOL_SOCKET, SO_MAX_MSG_SIZE, 1), WSAENOPROTOOPT);
    assert_int_equal(set(stream, SOL_SOCKET, SO_CONNECT_TIME, 1), WSAENOPROTOOPT);
    assert_int_equal(get(datagram, SOL_SOCKET, SO_MAX_MSG_SIZE, 4), 65507);
    assert_int_equal(get(stream, SOL_SOCKET, SO_CONNECT_TIME, 4), 0xFFFFFFFF);
    close_socket(stream);
    close_socket(datagram);
    END_WINSOCK();
}

static void sizes_are_taken_as_windows_takes_them(void)
{
    static const DWORD eight[2] = {4096, 0};
    const DWORD one = 1;
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    for (int size = -1; size <= 4; size++) {
        assert_int_equal(set(s, SOL_SOCKET, SO_REUSEADDR, 0), 0);
        assert_int_equal(set_bytes(s, SOL_SOCKET, SO_REUSEADDR, &one, size), 0);
        assert_int_equal(get(s, SOL_SOCKET, SO_REUSEADDR, 4), size != 0);
    }
    assert_int_equal(set_bytes(s, SOL_SOCKET, SO_REUSEADDR, eight, 8), 0);
    for (int size = 0; size < 4; size++) {
        assert_int_equal(set_bytes(s, SOL_SOCKET, SO_RCVBUF, eight, size), WSAEFAULT);
        assert_int_equal(set_bytes(s, SOL_SOCKET, SO_SNDTIMEO, eight, size), WSAEFAULT);
    }
    assert_int_equal(set_bytes(s, SOL_SOCKET, SO_RCVBUF, eight, 8), 0);
    assert_int_equal(get(s, SOL_SOCKET, SO_RCVBUF, 4), 4096);
    assert_int_equal(set_bytes(s, SOL_SOCKET, SO_SNDBUF, eight, 4), 0);
    assert_int_equal(get(s, SOL_SOCKET, SO_SNDBUF, 4), 4096);
    close_socket(s);
    END_WINSOCK();
}

static void one_byte_options_look_at_one_byte(void)
{
    const DWORD second_byte = 0x100;
    const DWORD one = 1;
    static const int names[][2] = {
        {IPPROTO_TCP, TCP_NODELAY}, {SOL_SOCKET, SO_KEEPALIVE}, {SOL_SOCKET, SO_DONTROUTE}};
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const int level = names[i][0];
        const int name = names[i][1];
        assert_int_equal(set_bytes(s, level, name, &second_byte, 4), 0);
        assert_int_equal(get(s, level, name, 1), 0);
        assert_int_equal(set_bytes(s, level, name, &one, 1), 0);
        assert_int_equal(get(s, level, name, 1), 1);
        assert_int_equal(set_bytes(s, level, name, &one, 0), WSAEFAULT);
        assert_one_of(set_bytes(s, level, name, &one, -1), WSAENOBUFS, WSAEFAULT);
    }
    close_socket(s);
    const SOCKET six = open_socket(AF_INET6, SOCK_DGRAM);
    assert_int_equal(set_bytes(six, IPPROTO_IPV6, IPV6_V6ONLY, &second_byte, 4), 0);
    assert_int_equal(get(six, IPPROTO_IPV6, IPV6_V6ONLY, 1), 0);
    assert_one_of(set_bytes(six, IPPROTO_IPV6, IPV6_V6ONLY, &one, -1), WSAENOBUFS, WSAEFAULT);
    assert_int_equal(set_bytes(six, IPPROTO_IPV6, IPV6_V6ONLY, &one, 1), 0);
    assert_int_equal(get(six, IPPROTO_IPV6, IPV6_V6ONLY, 1), 1);
    close_socket(six);
    END_WINSOCK();
}

static void the_socket_then_the_pointers_then_the_option_is_judged(void)
{
    DWORD value = 0;
    int size = 0;
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    assert_fails_with(getsockopt(INVALID_SOCKET, SOL_SOCKET, SO_TYPE, NULL, NULL), WSAENOTSOCK);
    assert_fails_with(setsockopt(INVALID_SOCKET, SOL_SOCKET, SO_TYPE, NULL, 0), WSAENOTSOCK);
    assert_fails_with(getsockopt(s, UNHEARD_OF_LEVEL, 1, NULL, NULL), WSAEFAULT);
    assert_fails_with(getsockopt(s, SOL_SOCKET, SO_ERROR, (char *)&value, NULL), WSAEFAULT);
    size = sizeof(value);
    assert_fails_with(getsockopt(s, SOL_SOCKET, SO_ERROR, NULL, &size), WSAEFAULT);
    for (size = -1; size <= 3; size++) {
        const int before = size;
        assert_fails_with(getsockopt(s, SOL_SOCKET, SO_ERROR, (char *)&value, &size), WSAEFAULT);
        assert_int_equal(size, before);
    }
    size = 0;
    assert_fails_with(getsockopt(s, SOL_SOCKET, SO_REUSEADDR, (char *)&value, &size), WSAEFAULT);
    assert_fails_with(getsockopt(s, SOL_SOCKET, UNHEARD_OF, (char *)&value, &size), WSAEFAULT);
    assert_fails_with(setsockopt(s, UNHEARD_OF_LEVEL, 1, NULL, 4), WSAEFAULT);
    assert_fails_with(setsockopt(s, SOL_SOCKET, SO_LINGER, NULL, 4), WSAEFAULT);

    static const int levels[] = {SOL_SOCKET, IPPROTO_TCP, IPPROTO_IPV6, IPPROTO_IP};
    size = sizeof(value);
    assert_int_equal(set(s, UNHEARD_OF_LEVEL, 1, 0), WSAEINVAL);
    assert_fails_with(getsockopt(s, UNHEARD_OF_LEVEL, 1, (char *)&value, &size), WSAEINVAL);
    for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
        assert_int_equal(set(s, levels[i], UNHEARD_OF, 0), WSAENOPROTOOPT);
        assert_fails_with(getsockopt(s, levels[i], UNHEARD_OF, (char *)&value, &size),
                          WSAENOPROTOOPT);
    }
    /* Names of one level mean nothing at another. */
    size = sizeof(value);
    assert_int_equal(set(s, IPPROTO_TCP, SO_LINGER, 0), WSAENOPROTOOPT);
    assert_fails_with(getsockopt(s, IPPROTO_TCP, SO_LINGER, (char *)&value, &size), WSAENOPROTOOPT);
    assert_fails_with(getsockopt(s, IPPROTO_IPV6, SO_TYPE, (char *)&value, &size), WSAENOPROTOOPT);
    close_socket(s);
    END_WINSOCK();
}

static void bad_memory_is_a_fault(void)
{
    static const int names[] = {SO_REUSEADDR, SO_RCVBUF, SO_DONTROUTE, SO_LINGER, SO_DONTLINGER};
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    for (int kind = 0; kind < TESTBED_BAD_POINTER_COUNT; kind++) {
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
            /* One byte is all that is looked at of SO_DONTROUTE, and may be good. */
            const int size = names[i] == SO_DONTROUTE ? 1 : 4;
            void *const bad = testbed_bad_pointer((enum testbed_bad_pointer)kind, (size_t)size);
            int room = size;
            assert_fails_with(getsockopt(s, SOL_SOCKET, names[i], bad, &room), WSAEFAULT);
            assert_int_equal(room, size);
            if (kind != TESTBED_READ_ONLY)
                assert_fails_with(setsockopt(s, SOL_SOCKET, names[i], bad, size), WSAEFAULT);
        }
        int *const bad_size = testbed_bad_pointer((enum testbed_bad_pointer)kind, sizeof(int));
        DWORD value;
        assert_fails_with(getsockopt(s, SOL_SOCKET, SO_ERROR, (char *)&value, bad_size), WSAEFAULT);
    }
    assert_int_equal(get(s, SOL_SOCKET, SO_REUSEADDR, 4), 0);
    close_socket(s);
    END_WINSOCK();
}

static void a_value_is_written_as_far_as_there_is_room(void)
{
    unsigned char bytes[8];
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    assert_int_equal(set(s, SOL_SOCKET, SO_REUSEADDR, 1), 0);
    assert_int_equal(set(s, SOL_SOCKET, SO_KEEPALIVE, 1), 0);
    for (int room = 1; room <= 8; room++) {
        int size = room;
        memset(bytes, 0xCC, sizeof(bytes));
        assert_int_equal(getsockopt(s, SOL_SOCKET, SO_REUSEADDR, (char *)bytes, &size), 0);
        assert_int_equal(size, room < 4 ? 1 : 4); /* SOPT-049 */
        for (int i = 0; i < 8; i++)
            assert_int_equal(bytes[i], i == 0 ? 1 : i < room && i < 4 ? 0 : 0xCC);
        size = room;
        assert_int_equal(getsockopt(s, SOL_SOCKET, SO_KEEPALIVE, (char *)bytes, &size), 0);
        assert_int_equal(size, 1);
    }
    close_socket(s);
    END_WINSOCK();
}

static void linger_has_its_complement(void)
{
    const struct linger on = {1, 30};
    struct linger out;
    int size = sizeof(out);
    DWORD one = 1;
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    const SOCKET datagram = udp_socket();
    assert_int_equal(get(s, SOL_SOCKET, SO_DONTLINGER, 4), 1);
    assert_int_equal(set_bytes(s, SOL_SOCKET, SO_LINGER, &on, sizeof(on)), 0);
    assert_int_equal(get(s, SOL_SOCKET, SO_DONTLINGER, 4), 0);
    assert_int_equal(getsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&out, &size), 0);
    assert_int_equal(size, sizeof(out));
    assert_int_equal(out.l_onoff, 1);
    assert_int_equal(out.l_linger, 30);
    assert_int_equal(set(s, SOL_SOCKET, SO_DONTLINGER, 1), 0);
    assert_int_equal(getsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&out, &size), 0);
    assert_int_equal(out.l_onoff, 0);
    assert_int_equal(set(s, SOL_SOCKET, SO_DONTLINGER, 0), 0);
    assert_int_equal(get(s, SOL_SOCKET, SO_DONTLINGER, 4), 0);
    for (int short_size = 0; short_size < (int)sizeof(on); short_size++) {
        size = short_size;
        assert_int_equal(set_bytes(s, SOL_SOCKET, SO_LINGER, &on, short_size), WSAEFAULT);
        assert_fails_with(getsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&out, &size), WSAEFAULT);
    }
    size = sizeof(out);
    assert_int_equal(set_bytes(datagram, SOL_SOCKET, SO_LINGER, &on, sizeof(on)), WSAENOPROTOOPT);
    assert_fails_with(getsockopt(datagram, SOL_SOCKET, SO_LINGER, (char *)&out, &size),
                      WSAENOPROTOOPT);
    assert_fails_with(getsockopt(datagram, SOL_SOCKET, SO_DONTLINGER, (char *)&one, &size),
                      WSAENOPROTOOPT);
    close_socket(datagram);
    close_socket(s);
    END_WINSOCK();
}

static void a_listener_says_that_it_accepts(void)
{
    const USHORT port = free_ports(1);
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    assert_int_equal(bind_loopback(s, port), 0);
    assert_int_equal(get(s, SOL_SOCKET, SO_ACCEPTCONN, 4), 0);
    assert_int_equal(listen(s, 0), 0);
    assert_int_equal(get(s, SOL_SOCKET, SO_ACCEPTCONN, 4), 1);
    assert_int_equal(set(s, SOL_SOCKET, SO_ACCEPTCONN, 1), WSAENOPROTOOPT);
    close_socket(s);
    END_WINSOCK();
}

static void ipv6_only_is_settled_by_bind(void)
{
    const USHORT port = free_ports(1);
    START_WINSOCK();
    const SOCKET s = open_socket(AF_INET6, SOCK_STREAM);
    assert_int_equal(bind_ipv6_loopback(s, port), 0);
    assert_int_equal(set(s, IPPROTO_IPV6, IPV6_V6ONLY, 0), WSAEINVAL);
    assert_int_equal(set(s, IPPROTO_IPV6, IPV6_V6ONLY, 1), WSAEINVAL);
    assert_int_equal(get(s, IPPROTO_IPV6, IPV6_V6ONLY, 1), 1);
    assert_int_equal(set(s, SOL_SOCKET, SO_KEEPALIVE, 1), 0);
    assert_int_equal(set(s, SOL_SOCKET, SO_RCVBUF, 4096), 0);
    assert_int_equal(set(s, IPPROTO_TCP, TCP_NODELAY, 1), 0);
    close_socket(s);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(options_start_as_documented, OPT_001, OPT_009, OPT_011, OPT_012),
    CASE(options_read_back_as_they_were_set, OPT_001, OPT_009, OPT_011, OPT_012),
    CASE(an_option_of_another_protocol_is_none, IOCTL_005, OPT_012),
    CASE(what_can_only_be_read_refuses_to_be_set, IOCTL_005),
    CASE(sizes_are_taken_as_windows_takes_them, OPT_001),
    CASE(one_byte_options_look_at_one_byte, OPT_004),
    CASE(the_socket_then_the_pointers_then_the_option_is_judged, OPT_001, IOCTL_005),
    CASE(bad_memory_is_a_fault, OPT_001),
    CASE(a_value_is_written_as_far_as_there_is_room, OPT_001),
    CASE(linger_has_its_complement, IOCTL_005),
    CASE(a_listener_says_that_it_accepts, BIND_024),
    CASE(ipv6_only_is_settled_by_bind, OPT_004),
    END_OF_CASES,
};
// clang-format on

const struct suite socket_options_suite = {
    .name = "socket_options",
    .about = "setsockopt and getsockopt",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
