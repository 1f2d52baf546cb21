/* Who a datagram is for, and whom it may come from: connect on datagram sockets, implicit binding,
 * ports where nobody is.
 */
#include "conformance/suites/datagram.h"

/* What some stacks do not answer at all is not waited for as long as the rest. */
enum { SOON_MS = 300 };

static void a_send_without_a_peer_is_not_connected(void)
{
    START_WINSOCK();
    const SOCKET s = datagram_socket();
    assert_fails_with(send(s, "x", 1, 0), WSAENOTCONN);
    close_socket(s);
    END_WINSOCK();
}

static void a_receive_wants_a_bound_socket(void)
{
    char got[8];
    START_WINSOCK();
    const SOCKET s = udp_socket();
    set_option(s, SOL_SOCKET, SO_RCVTIMEO, SOON_MS);
    assert_fails_with(recv(s, got, sizeof(got), 0), WSAEINVAL);
    assert_fails_with(recvfrom(s, got, sizeof(got), 0, NULL, NULL), WSAEINVAL);
    close_socket(s);
    END_WINSOCK();
}

static void a_receive_that_does_not_wait_says_so(void)
{
    char got[8];
    START_WINSOCK();
    const SOCKET s = datagram_socket();
    set_blocking(s, false);
    assert_fails_with(recv(s, got, sizeof(got), 0), WSAEWOULDBLOCK);
    assert_fails_with(recvfrom(s, got, sizeof(got), 0, NULL, NULL), WSAEWOULDBLOCK);
    assert_fails_with(recv(s, got, sizeof(got), MSG_PEEK), WSAEWOULDBLOCK);
    close_socket(s);
    END_WINSOCK();
}

static void a_receive_ends_when_its_time_is_up(void)
{
    char got[8];
    DWORD count = 0xdead, flags = 0;
    WSABUF buffer = {sizeof(got), got};
    START_WINSOCK();
    const SOCKET s = datagram_socket();
    set_option(s, SOL_SOCKET, SO_RCVTIMEO, 20);
    assert_fails_with(recv(s, got, sizeof(got), 0), WSAETIMEDOUT);
    assert_fails_with(WSARecvFrom(s, &buffer, 1, &count, &flags, NULL, NULL, NULL, NULL),
                      WSAETIMEDOUT);
    assert_int_equal(count, 0xdead);
    say(s, "in time", bound_port(s));
    hear(s, "in time");
    close_socket(s);
    END_WINSOCK();
}

static void connecting_binds(void)
{
    struct sockaddr_in name;
    int size = sizeof(name);
    START_WINSOCK();
    const SOCKET peer = datagram_socket(), s = udp_socket();
    assert_int_equal(bound_port(s), 0);
    assert_int_equal(connect_loopback(s, bound_port(peer)), 0);
    assert_int_equal(getsockname(s, (struct sockaddr *)&name, &size), 0);
    assert_int_not_equal(name.sin_port, 0);
    assert_int_equal(name.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
    close_socket(peer);
    close_socket(s);
    END_WINSOCK();
}

static void a_connected_socket_sends_to_its_peer(void)
{
    DWORD sent = 0;
    char text[] = "two";
    WSABUF buffer = {3, text};
    START_WINSOCK();
    const SOCKET peer = datagram_socket(), s = datagram_socket();
    assert_int_equal(connect_loopback(s, bound_port(peer)), 0);
    assert_int_equal(send(s, "one", 3, 0), 3);
    assert_int_equal(WSASend(s, &buffer, 1, &sent, 0, NULL, NULL), 0);
    assert_int_equal(sent, 3);
    assert_int_equal(sendto(s, "three", 5, 0, NULL, 0), 5);
    assert_from(hear(peer, "one"), s);
    hear(peer, "two");
    hear(peer, "three");
    close_socket(peer);
    close_socket(s);
    END_WINSOCK();
}

static void a_connected_socket_hears_its_peer_alone(void)
{
    START_WINSOCK();
    const SOCKET peer = datagram_socket(), stranger = datagram_socket(), s = datagram_socket();
    assert_int_equal(connect_loopback(s, bound_port(peer)), 0);
    say(stranger, "no", bound_port(s));
    say(peer, "yes", bound_port(s));
    assert_from(hear(s, "yes"), peer);
    hear_nothing(s);
    close_socket(peer);
    close_socket(stranger);
    close_socket(s);
    END_WINSOCK();
}

static void one_datagram_may_go_elsewhere(void)
{
    START_WINSOCK();
    const SOCKET peer = datagram_socket(), other = datagram_socket(), s = datagram_socket();
    assert_int_equal(connect_loopback(s, bound_port(peer)), 0);
    say(s, "elsewhere", bound_port(other));
    hear(other, "elsewhere");
    assert_int_equal(send(s, "home", 4, 0), 4);
    hear(peer, "home");
    close_socket(peer);
    close_socket(other);
    close_socket(s);
    END_WINSOCK();
}

static void a_peer_may_be_changed(void)
{
    START_WINSOCK();
    const SOCKET first = datagram_socket(), second = datagram_socket(), s = datagram_socket();
    const USHORT port = bound_port(s);
    assert_int_equal(connect_loopback(s, bound_port(first)), 0);
    assert_int_equal(connect_loopback(s, bound_port(second)), 0);
    assert_int_equal(bound_port(s), port);
    assert_int_equal(send(s, "to you", 6, 0), 6);
    hear(second, "to you");
    say(first, "no", port);
    say(second, "yes", port);
    hear(s, "yes");
    close_socket(first);
    close_socket(second);
    close_socket(s);
    END_WINSOCK();
}

static void disconnect_by(const struct sockaddr *nobody, int size)
{
    struct sockaddr_in name;
    int name_size = sizeof(name);
    START_WINSOCK();
    const SOCKET peer = datagram_socket(), stranger = datagram_socket(), s = datagram_socket();
    assert_int_equal(connect_loopback(s, bound_port(peer)), 0);
    assert_int_equal(connect(s, nobody, size), 0);
    assert_fails_with(getpeername(s, (struct sockaddr *)&name, &name_size), WSAENOTCONN);
    assert_fails_with(send(s, "x", 1, 0), WSAENOTCONN);
    say(stranger, "at last", bound_port(s));
    hear(s, "at last");
    close_socket(peer);
    close_socket(stranger);
    close_socket(s);
    END_WINSOCK();
}

static void no_family_gives_the_peer_up(void)
{
    struct sockaddr_in nobody = ipv4_address(0, 0);
    nobody.sin_family = AF_UNSPEC;
    disconnect_by(address_at(&nobody), sizeof(nobody));
}

static void the_null_address_gives_the_peer_up(void)
{
    const struct sockaddr_in nobody = ipv4_address(0, 0);
    disconnect_by(address_at(&nobody), sizeof(nobody));
}

static void what_came_before_the_peer_was_chosen(void)
{
    char got[16];
    START_WINSOCK();
    const SOCKET peer = datagram_socket(), stranger = datagram_socket(), s = datagram_socket();
    say(stranger, "early", bound_port(s));
    assert_becomes(s, SET_READ);
    assert_int_equal(connect_loopback(s, bound_port(peer)), 0);
    say(peer, "late", bound_port(s));
    const int count = recv(s, got, sizeof(got), 0);
    if (count == 5)
        OBSERVE(datagrams_before_connect, kept);
    else
        OBSERVE(datagrams_before_connect, dropped);
    close_socket(peer);
    close_socket(stranger);
    close_socket(s);
    END_WINSOCK();
}

static void sending_binds(void)
{
    struct sockaddr_in name;
    int size = sizeof(name);
    START_WINSOCK();
    const SOCKET peer = datagram_socket(), s = udp_socket();
    assert_fails_with(getsockname(s, (struct sockaddr *)&name, &size), WSAEINVAL);
    say(s, "hello", bound_port(peer));
    assert_int_equal(getsockname(s, (struct sockaddr *)&name, &size), 0);
    assert_int_equal(name.sin_family, AF_INET);
    assert_int_not_equal(name.sin_port, 0);
    assert_int_equal(name.sin_addr.s_addr, 0);
    assert_int_equal(hear(peer, "hello"), ntohs(name.sin_port));
    say(peer, "answer", ntohs(name.sin_port));
    hear(s, "answer");
    close_socket(peer);
    close_socket(s);
    END_WINSOCK();
}

static void sending_does_not_connect(void)
{
    struct sockaddr_in name;
    int size = sizeof(name);
    START_WINSOCK();
    const SOCKET peer = datagram_socket(), s = datagram_socket();
    say(s, "hello", bound_port(peer));
    assert_fails_with(getpeername(s, (struct sockaddr *)&name, &size), WSAENOTCONN);
    assert_int_equal(connect_loopback(s, bound_port(peer)), 0);
    assert_int_equal(getpeername(s, (struct sockaddr *)&name, &size), 0);
    assert_int_equal(name.sin_port, htons(bound_port(peer)));
    close_socket(peer);
    close_socket(s);
    END_WINSOCK();
}

static void nobody_there_resets_the_connected(void)
{
    char got[8];
    START_WINSOCK();
    const SOCKET s = datagram_socket();
    assert_int_equal(connect_loopback(s, vacant_port()), 0);
    assert_int_equal(send(s, "x", 1, 0), 1);
    set_option(s, SOL_SOCKET, SO_RCVTIMEO, SOON_MS);
    assert_fails_with(recv(s, got, sizeof(got), 0), WSAECONNRESET);
    hear_nothing(s);
    close_socket(s);
    END_WINSOCK();
}

/* Which of the two comes first is the stack's to choose. */
static void nobody_there_resets_the_unconnected(void)
{
    char got[16];
    unsigned resets = 0, heard = 0;
    START_WINSOCK();
    const SOCKET a = datagram_socket(), s = datagram_socket();
    set_option(s, SOL_SOCKET, SO_RCVTIMEO, SOON_MS);
    say(s, "x", vacant_port());
    say(a, "something", bound_port(s));
    for (int i = 0; i < 2; i++) {
        const int count = recvfrom(s, got, sizeof(got), 0, NULL, NULL);
        heard += count == 9;
        resets += count == SOCKET_ERROR && WSAGetLastError() == WSAECONNRESET;
    }
    assert_int_equal(heard, 1);
    if (resets > 0)
        OBSERVE(unreachable_told, everyone);
    else
        OBSERVE(unreachable_told, connected);
    close_socket(a);
    close_socket(s);
    END_WINSOCK();
}

static unsigned set_connreset(SOCKET s, BOOL told)
{
    DWORD count = 0;
    return winsock_outcome(
        WSAIoctl(s, SIO_UDP_CONNRESET, &told, sizeof(told), NULL, 0, &count, NULL, NULL));
}

static void resets_are_not_told_to_who_does_not_want_them(void)
{
    char got[16];
    START_WINSOCK();
    const SOCKET s = datagram_socket();
    assert_int_equal(set_connreset(s, FALSE), 0);
    assert_int_equal(connect_loopback(s, vacant_port()), 0);
    assert_int_equal(send(s, "x", 1, 0), 1);
    set_option(s, SOL_SOCKET, SO_RCVTIMEO, QUIET_MS);
    assert_fails_with(recv(s, got, sizeof(got), 0), WSAETIMEDOUT);
    assert_int_equal(set_connreset(s, TRUE), 0);
    assert_int_equal(connect_loopback(s, vacant_port()), 0);
    assert_int_equal(send(s, "x", 1, 0), 1);
    set_option(s, SOL_SOCKET, SO_RCVTIMEO, SOON_MS);
    assert_fails_with(recv(s, got, sizeof(got), 0), WSAECONNRESET);
    close_socket(s);
    END_WINSOCK();
}

static void port_zero_is_nobody(void)
{
    START_WINSOCK();
    const SOCKET s = datagram_socket();
    assert_int_equal(send_datagram(s, "x", 1, 0), WSAEADDRNOTAVAIL);
    close_socket(s);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(a_send_without_a_peer_is_not_connected, UDP_018),
    CASE(a_receive_wants_a_bound_socket, UDP_019),
    CASE(a_receive_that_does_not_wait_says_so, UDP_020),
    CASE(a_receive_ends_when_its_time_is_up, UDP_021),
    CASE(connecting_binds, UDP_022),
    CASE(a_connected_socket_sends_to_its_peer, UDP_023),
    CASE(a_connected_socket_hears_its_peer_alone, UDP_024),
    CASE(one_datagram_may_go_elsewhere, UDP_025),
    CASE(a_peer_may_be_changed, UDP_026),
    CASE(no_family_gives_the_peer_up, UDP_027),
    CASE(the_null_address_gives_the_peer_up, UDP_028),
    CASE(what_came_before_the_peer_was_chosen, UDP_029),
    CASE(sending_binds, UDP_030),
    CASE(sending_does_not_connect, UDP_031),
    CASE(nobody_there_resets_the_connected, UDP_032, UDP_033),
    CASE(nobody_there_resets_the_unconnected, UDP_033, UDP_034),
    CASE(resets_are_not_told_to_who_does_not_want_them, UDP_035),
    CASE(port_zero_is_nobody, UDP_036),
    END_OF_CASES,
};
// clang-format on

const struct suite datagram_peers_suite = {
    .name = "datagram_peers",
    .about = "Datagrams: peers, implicit binding, nobody there",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
