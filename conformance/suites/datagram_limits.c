/* How long a datagram may be, how many wait, what shutdown leaves, and the two families together.
 */
#include "conformance/suites/datagram.h"

enum { LONGEST = 65507 }; /* 65535 less the headers of IPv4 and UDP */

static char long_bytes[LONGEST + 21];
static char long_got[LONGEST + 21];

static void the_longest_datagram_passes(void)
{
    START_WINSOCK();
    const SOCKET a = datagram_socket(), b = datagram_socket();
    for (int i = 0; i < LONGEST; i++)
        long_bytes[i] = (char)(i * 7 + i / 256);
    set_option(b, SOL_SOCKET, SO_RCVBUF, 4 * 65536);
    assert_int_equal(send_datagram(a, long_bytes, LONGEST, bound_port(b)), 0);
    assert_int_equal(recv(b, long_got, sizeof(long_got), 0), LONGEST);
    assert_memory_equal(long_got, long_bytes, LONGEST);
    close_socket(a);
    close_socket(b);
    END_WINSOCK();
}

static void a_datagram_too_long_is_not_sent(void)
{
    START_WINSOCK();
    const SOCKET a = datagram_socket(), b = datagram_socket();
    assert_int_equal(send_datagram(a, long_bytes, LONGEST + 1, bound_port(b)), WSAEMSGSIZE);
    assert_int_equal(send_datagram(a, long_bytes, LONGEST + 20, bound_port(b)), WSAEMSGSIZE);
    assert_int_equal(connect_loopback(a, bound_port(b)), 0);
    assert_fails_with(send(a, long_bytes, LONGEST + 1, 0), WSAEMSGSIZE);
    say(a, "short", bound_port(b));
    hear(b, "short");
    close_socket(a);
    close_socket(b);
    END_WINSOCK();
}

static void what_finds_no_room_is_dropped(void)
{
    enum { MANY = 64, SIZE = 1024 };
    static char bytes[SIZE];
    unsigned expected = 0, heard = 0;
    START_WINSOCK();
    const SOCKET a = datagram_socket(), b = datagram_socket();
    set_option(b, SOL_SOCKET, SO_RCVBUF, 8 * SIZE);
    for (int i = 0; i < MANY; i++) {
        bytes[0] = (char)i;
        assert_int_equal(send_datagram(a, bytes, SIZE, bound_port(b)), 0);
    }
    say(a, "all sent", bound_port(a)); /* when it has come, so have the others */
    hear(a, "all sent");
    set_option(b, SOL_SOCKET, SO_RCVTIMEO, QUIET_MS);
    while (recv(b, bytes, SIZE, 0) == SIZE) {
        assert_in_range(bytes[0], expected, MANY - 1);
        expected = (unsigned)bytes[0] + 1;
        heard++;
    }
    assert_int_equal(WSAGetLastError(), WSAETIMEDOUT);
    assert_in_range(heard, 1, MANY - 1);
    say(a, "room again", bound_port(b));
    hear(b, "room again");
    close_socket(a);
    close_socket(b);
    END_WINSOCK();
}

static void the_oldest_stay_when_the_room_is_gone(void)
{
    enum { MANY = 64, SIZE = 1024 };
    static char bytes[SIZE];
    START_WINSOCK();
    const SOCKET a = datagram_socket(), b = datagram_socket();
    set_option(b, SOL_SOCKET, SO_RCVBUF, 8 * SIZE);
    for (int i = 0; i < MANY; i++) {
        bytes[0] = (char)i;
        assert_int_equal(send_datagram(a, bytes, SIZE, bound_port(b)), 0);
    }
    say(a, "all sent", bound_port(a)); /* when it has come, so have the others */
    hear(a, "all sent");
    assert_int_equal(recv(b, bytes, SIZE, 0), SIZE);
    assert_int_equal(bytes[0], 0);
    assert_int_equal(recv(b, bytes, SIZE, 0), SIZE);
    assert_int_equal(bytes[0], 1);
    close_socket(a);
    close_socket(b);
    END_WINSOCK();
}

static void after_shutdown_nothing_is_sent(void)
{
    START_WINSOCK();
    const SOCKET a = datagram_socket(), b = datagram_socket();
    assert_int_equal(shutdown(a, SD_SEND), 0);
    assert_int_equal(send_datagram(a, "x", 1, bound_port(b)), WSAESHUTDOWN);
    say(b, "to you", bound_port(a));
    hear(a, "to you");
    close_socket(a);
    close_socket(b);
    END_WINSOCK();
}

static void after_shutdown_nothing_is_received(void)
{
    char got[8];
    START_WINSOCK();
    const SOCKET a = datagram_socket(), b = datagram_socket();
    assert_int_equal(shutdown(a, SD_RECEIVE), 0);
    assert_fails_with(recvfrom(a, got, sizeof(got), 0, NULL, NULL), WSAESHUTDOWN);
    say(a, "still", bound_port(b));
    hear(b, "still");
    const SOCKET nameless = open_socket(AF_INET, SOCK_DGRAM);
    assert_int_equal(shutdown(nameless, SD_RECEIVE), 0);
    assert_fails_with(recvfrom(nameless, got, sizeof(got), 0, NULL, NULL), WSAESHUTDOWN);
    close_socket(nameless);
    close_socket(a);
    close_socket(b);
    END_WINSOCK();
}

static void after_shutdown_both_ways_neither(void)
{
    char got[8];
    START_WINSOCK();
    const SOCKET a = datagram_socket(), b = datagram_socket();
    assert_int_equal(shutdown(a, SD_BOTH), 0);
    assert_fails_with(recvfrom(a, got, sizeof(got), 0, NULL, NULL), WSAESHUTDOWN);
    assert_int_equal(send_datagram(a, "x", 1, bound_port(b)), WSAESHUTDOWN);
    assert_fails_with(shutdown(a, 3), WSAEINVAL);
    close_socket(a);
    close_socket(b);
    END_WINSOCK();
}

static SOCKET socket_6(bool only)
{
    const SOCKET s = open_socket(AF_INET6, SOCK_DGRAM);
    set_option(s, IPPROTO_IPV6, IPV6_V6ONLY, only);
    set_option(s, SOL_SOCKET, SO_RCVTIMEO, STREAM_PATIENCE_MS);
    return s;
}

/* ::ffff:127.0.0.1 */
static struct sockaddr_in6 mapped_loopback(USHORT port)
{
    static const unsigned char mapped[16] = {0, 0, 0,    0,    0,   0, 0, 0,
                                             0, 0, 0xFF, 0xFF, 127, 0, 0, 1};
    struct sockaddr_in6 name = ipv6_loopback(port);
    memcpy(&name.sin6_addr, mapped, sizeof(mapped));
    return name;
}

static void bind_any_6(SOCKET s)
{
    struct sockaddr_in6 name = ipv6_loopback(0);
    memset(&name.sin6_addr, 0, sizeof(name.sin6_addr));
    assert_int_equal(bind(s, address_at(&name), sizeof(name)), 0);
}

static void a_dual_socket_hears_both_families(void)
{
    char got[8];
    struct sockaddr_in6 from;
    int size = sizeof(from);
    START_WINSOCK();
    const SOCKET dual = socket_6(false), four = datagram_socket(), six = socket_6(true);
    bind_any_6(dual);
    const struct sockaddr_in6 mapped = mapped_loopback(bound_port(four));
    const struct sockaddr_in6 loopback = ipv6_loopback(bound_port(dual));
    say(four, "four", bound_port(dual));
    assert_int_equal(recvfrom(dual, got, sizeof(got), 0, (struct sockaddr *)&from, &size), 4);
    assert_int_equal(size, sizeof(from));
    assert_memory_equal(&from.sin6_addr, &mapped.sin6_addr, 16);
    assert_int_equal(from.sin6_port, mapped.sin6_port);
    assert_int_equal(sendto(six, "six", 3, 0, address_at(&loopback), sizeof(loopback)), 3);
    size = sizeof(from);
    assert_int_equal(recvfrom(dual, got, sizeof(got), 0, (struct sockaddr *)&from, &size), 3);
    assert_memory_equal(&from.sin6_addr, &loopback.sin6_addr, 16);
    close_socket(dual);
    close_socket(four);
    close_socket(six);
    END_WINSOCK();
}

static void a_dual_socket_answers_both_families(void)
{
    START_WINSOCK();
    const SOCKET dual = socket_6(false), four = datagram_socket();
    const struct sockaddr_in6 mapped = mapped_loopback(bound_port(four));
    bind_any_6(dual);
    assert_int_equal(sendto(dual, "x", 1, 0, address_at(&mapped), sizeof(mapped)), 1);
    assert_from(hear(four, "x"), dual);
    close_socket(dual);
    close_socket(four);
    END_WINSOCK();
}

static void an_ipv6_socket_hears_its_own_family(void)
{
    char got[8];
    START_WINSOCK();
    const SOCKET six = socket_6(true), four = datagram_socket();
    bind_any_6(six);
    say(four, "four", bound_port(six));
    const struct sockaddr_in6 self = ipv6_loopback(bound_port(six));
    assert_int_equal(sendto(six, "six", 3, 0, address_at(&self), sizeof(self)), 3);
    assert_int_equal(recv(six, got, sizeof(got), 0), 3);
    hear_nothing(six);
    close_socket(six);
    close_socket(four);
    END_WINSOCK();
}

static void what_waits_is_counted(void)
{
    u_long count = 0xdead;
    START_WINSOCK();
    const SOCKET a = datagram_socket(), b = datagram_socket();
    assert_int_equal(ioctlsocket(b, FIONREAD, &count), 0);
    assert_int_equal(count, 0);
    say(a, "12345", bound_port(b));
    say(a, "123", bound_port(b));
    for (int i = 0; i < 100 && count != 8; i++) {
        assert_becomes(b, SET_READ);
        assert_int_equal(ioctlsocket(b, FIONREAD, &count), 0);
        if (count == 5)
            Sleep(1); /* the second may be on its way */
    }
    if (count == 8)
        OBSERVE(fionread_datagrams, all);
    else if (count == 5)
        OBSERVE(fionread_datagrams, first);
    else
        OBSERVE(fionread_datagrams, none);
    hear(b, "12345");
    hear(b, "123");
    assert_int_equal(ioctlsocket(b, FIONREAD, &count), 0);
    assert_int_equal(count, 0);
    close_socket(a);
    close_socket(b);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(the_longest_datagram_passes, UDP_037),
    CASE(a_datagram_too_long_is_not_sent, UDP_038),
    CASE(what_finds_no_room_is_dropped, UDP_039),
    CASE(the_oldest_stay_when_the_room_is_gone, UDP_040),
    CASE(after_shutdown_nothing_is_sent, UDP_041),
    CASE(after_shutdown_nothing_is_received, UDP_042),
    CASE(after_shutdown_both_ways_neither, UDP_041, UDP_042),
    CASE(a_dual_socket_hears_both_families, UDP_043, UDP_044),
    CASE(a_dual_socket_answers_both_families, UDP_045),
    CASE(an_ipv6_socket_hears_its_own_family, UDP_046),
    CASE(what_waits_is_counted, UDP_047),
    END_OF_CASES,
};
// clang-format on

const struct suite datagram_limits_suite = {
    .name = "datagram_limits",
    .about = "Datagrams: too long, too many, shut down, of both families",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
