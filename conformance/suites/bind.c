/* bind as it is without reservations: addresses, ports, refusals, the dynamic range. */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/small_range.h"
#include "conformance/suites/suite.h"

/* 192.0.2.1, which RFC 5737 keeps for documents: nobody's. */
enum { DOCUMENTATION_ADDRESS = (int)0xC0000201 };

static void bind_to_a_free_port_succeeds_and_clears_the_last_error(void)
{
    START_WINSOCK();
    const USHORT port = testbed_ports(1);
    const SOCKET s = tcp_socket();
    const struct sockaddr_in name = ipv4_address(INADDR_LOOPBACK, port);

    WSASetLastError(WSAEINTR);
    assert_int_equal(bind(s, (const struct sockaddr *)&name, sizeof name), 0);
    assert_int_equal(WSAGetLastError(), 0);

    assert_int_equal(closesocket(s), 0);
    assert_int_equal(WSACleanup(), 0);
}

static void getsockname_tells_the_address_and_port_that_were_bound(void)
{
    START_WINSOCK();
    const USHORT port = testbed_ports(1);
    const SOCKET s = udp_socket();
    struct sockaddr_in name;
    int size = sizeof name;
    static const char zero[8];

    assert_int_equal(bind_loopback(s, port), 0);
    memset(&name, 0xCC, sizeof name);
    assert_int_equal(getsockname(s, (struct sockaddr *)&name, &size), 0);
    assert_int_equal(size, sizeof name);
    assert_int_equal(name.sin_family, AF_INET);
    assert_int_equal(ntohs(name.sin_port), port);
    assert_int_equal(ntohl(name.sin_addr.s_addr), INADDR_LOOPBACK);
    assert_memory_equal(name.sin_zero, zero, sizeof zero);

    closesocket(s);
    WSACleanup();
}

static void getsockname_of_an_unbound_socket_fails_and_writes_nothing(void)
{
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    struct sockaddr_in name;
    struct sockaddr_in untouched;
    int size = sizeof name;

    memset(&name, 0xCC, sizeof name);
    memset(&untouched, 0xCC, sizeof untouched);
    assert_fails_with(getsockname(s, (struct sockaddr *)&name, &size), WSAEINVAL);
    assert_memory_equal(&name, &untouched, sizeof name);

    closesocket(s);
    WSACleanup();
}

static void getsockname_into_a_short_buffer_fails_and_leaves_the_length(void)
{
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    struct sockaddr_in name;
    int size = sizeof name - 1;

    assert_int_equal(bind_loopback(s, testbed_ports(1)), 0);
    assert_fails_with(getsockname(s, (struct sockaddr *)&name, &size), WSAEFAULT);
    assert_int_equal(size, sizeof name - 1);

    closesocket(s);
    WSACleanup();
}

static void bind_to_the_wildcard_and_port_zero_reports_the_wildcard_and_a_port(void)
{
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    struct sockaddr_in name;
    int size = sizeof name;

    assert_int_equal(bind_ipv4(s, INADDR_ANY, 0), 0);
    assert_int_equal(getsockname(s, (struct sockaddr *)&name, &size), 0);
    assert_int_equal(name.sin_addr.s_addr, 0);
    assert_int_not_equal(name.sin_port, 0);

    closesocket(s);
    WSACleanup();
}

static void bind_to_port_zero_takes_a_port_of_the_default_dynamic_range(void)
{
    START_WINSOCK();
    for (int i = 0; i < 40; i++) {
        const SOCKET tcp = tcp_socket();
        const SOCKET udp = udp_socket();
        assert_int_equal(bind_loopback(tcp, 0), 0);
        assert_int_equal(bind_loopback(udp, 0), 0);
        assert_in_range(bound_port(tcp), 49152, 65535);
        assert_in_range(bound_port(udp), 49152, 65535);
        closesocket(tcp);
        closesocket(udp);
    }
    OBSERVE(ephemeral_range, dynamic);
    WSACleanup();
}

static void bind_to_port_zero_never_takes_the_same_port_twice(void)
{
    START_WINSOCK();
    SOCKET sockets[200];
    static unsigned char seen[65536];

    memset(seen, 0, sizeof seen);
    for (int i = 0; i < 200; i++) {
        sockets[i] = udp_socket();
        assert_int_equal(bind_ipv4(sockets[i], INADDR_ANY, 0), 0);
        const USHORT port = bound_port(sockets[i]);
        assert_int_equal(seen[port], 0);
        seen[port] = 1;
    }
    for (int i = 0; i < 200; i++)
        closesocket(sockets[i]);
    WSACleanup();
}

/* Takes the whole small range, and learns what a bind beyond it gets. */
static void use_up(int type, int protocol)
{
    SOCKET sockets[SMALL_COUNT];
    unsigned char seen[SMALL_COUNT] = {0};
    for (int i = 0; i < SMALL_COUNT; i++) {
        sockets[i] = socket(AF_INET, type, protocol);
        assert_int_equal(bind_loopback(sockets[i], 0), 0);
        const USHORT port = bound_port(sockets[i]);
        assert_in_range(port, SMALL_FIRST, SMALL_LAST);
        assert_int_equal(seen[port - SMALL_FIRST], 0);
        seen[port - SMALL_FIRST] = 1;
    }

    const SOCKET beyond = socket(AF_INET, type, protocol);
    OBSERVE_VALUE(ephemeral_exhausted, bind_loopback(beyond, 0));
    assert_int_equal(bound_port(beyond), 0);

    const USHORT freed = bound_port(sockets[100]);
    closesocket(sockets[100]);
    assert_int_equal(bind_loopback(beyond, 0), 0);
    assert_int_equal(bound_port(beyond), freed);

    closesocket(beyond);
    for (int i = 0; i < SMALL_COUNT; i++)
        if (i != 100)
            closesocket(sockets[i]);
}

static void every_port_of_the_dynamic_range_is_given_once_and_none_beyond(void)
{
    START_WINSOCK();
    shrink_dynamic_range("ipv4", "tcp");
    use_up(SOCK_STREAM, IPPROTO_TCP);
    WSACleanup();
}

static void every_port_of_the_udp_dynamic_range_is_given_once_and_none_beyond(void)
{
    START_WINSOCK();
    shrink_dynamic_range("ipv4", "udp");
    use_up(SOCK_DGRAM, IPPROTO_UDP);
    WSACleanup();
}

static void the_dynamic_range_of_tcp_is_not_that_of_udp(void)
{
    START_WINSOCK();
    shrink_dynamic_range("ipv4", "tcp");
    const SOCKET tcp = tcp_socket();
    const SOCKET udp = udp_socket();

    assert_int_equal(bind_loopback(tcp, 0), 0);
    assert_int_equal(bind_loopback(udp, 0), 0);
    assert_in_range(bound_port(tcp), SMALL_FIRST, SMALL_LAST);
    assert_in_range(bound_port(udp), 49152, 65535);

    closesocket(tcp);
    closesocket(udp);
    WSACleanup();
}

static void automatic_ports_come_in_a_known_order(void)
{
    START_WINSOCK();
    shrink_dynamic_range("ipv4", "udp");
    unsigned ports[300];
    bool steps = true;
    bool stays = true;

    for (int i = 0; i < 300; i++) {
        const SOCKET s = udp_socket();
        assert_int_equal(bind_loopback(s, 0), 0);
        ports[i] = bound_port(s);
        closesocket(s);
        assert_in_range(ports[i], SMALL_FIRST, SMALL_LAST);
        if (i == 0)
            continue;
        const unsigned next = ports[i - 1] == SMALL_LAST ? SMALL_FIRST : ports[i - 1] + 1;
        steps = steps && ports[i] == next;
        stays = stays && ports[i] == ports[0];
    }
    if (steps)
        OBSERVE(ephemeral_order, rotating);
    else if (stays)
        OBSERVE(ephemeral_order, lowest);
    else
        OBSERVE(ephemeral_order, random);
    WSACleanup();
}

static void bind_on_a_bound_socket_fails_and_moves_nothing(void)
{
    START_WINSOCK();
    const USHORT port = testbed_ports(2);
    const SOCKET s = tcp_socket();

    assert_int_equal(bind_loopback(s, port), 0);
    OBSERVE_VALUE(second_bind_call, bind_loopback(s, (USHORT)(port + 1)));
    OBSERVE_VALUE(second_bind_call, bind_loopback(s, port));
    OBSERVE_VALUE(second_bind_call, bind_loopback(s, 0));
    assert_int_equal(bound_port(s), port);

    closesocket(s);
    WSACleanup();
}

static void two_sockets_cannot_hold_one_address(void)
{
    START_WINSOCK();
    const USHORT port = testbed_ports(1);
    const SOCKET tcp[2] = {tcp_socket(), tcp_socket()};
    const SOCKET udp[2] = {udp_socket(), udp_socket()};

    assert_int_equal(bind_loopback(tcp[0], port), 0);
    OBSERVE_VALUE(bind_not_unique, bind_loopback(tcp[1], port));
    assert_int_equal(bind_loopback(udp[0], port), 0);
    OBSERVE_VALUE(bind_not_unique, bind_loopback(udp[1], port));
    assert_int_equal(bound_port(tcp[1]), 0);

    closesocket(tcp[0]);
    assert_int_equal(bind_loopback(tcp[1], port), 0);

    closesocket(tcp[1]);
    closesocket(udp[0]);
    closesocket(udp[1]);
    WSACleanup();
}

static void the_first_and_the_last_port_can_be_bound(void)
{
    START_WINSOCK();
    const SOCKET first = udp_socket();
    const SOCKET last = udp_socket();

    assert_int_equal(bind_loopback(first, 1), 0);
    assert_int_equal(bound_port(first), 1);
    assert_int_equal(bind_loopback(last, 65535), 0);
    assert_int_equal(bound_port(last), 65535);

    closesocket(first);
    closesocket(last);
    WSACleanup();
}

static void the_broadcast_address_needs_its_option(void)
{
    START_WINSOCK();
    const USHORT port = testbed_ports(1);
    const SOCKET s = udp_socket();
    const BOOL on = TRUE;

    OBSERVE_VALUE(bind_broadcast, bind_ipv4(s, INADDR_BROADCAST, port));
    assert_int_equal(bound_port(s), 0);
    assert_int_equal(setsockopt(s, SOL_SOCKET, SO_BROADCAST, (const char *)&on, sizeof on), 0);
    assert_int_not_equal(bind_ipv4(s, INADDR_BROADCAST, port), WSAEACCES);

    closesocket(s);
    WSACleanup();
}

static void an_exclusive_holder_keeps_others_off(void)
{
    START_WINSOCK();
    const USHORT port = testbed_ports(1);
    const SOCKET holder = tcp_socket();
    const SOCKET other = tcp_socket();
    const BOOL on = TRUE;

    assert_int_equal(
        setsockopt(holder, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, (const char *)&on, sizeof on), 0);
    assert_int_equal(bind_ipv4(holder, INADDR_ANY, port), 0);
    assert_int_equal(bind_loopback(other, port), WSAEACCES);

    closesocket(holder);
    assert_int_equal(bind_loopback(other, port), 0);
    closesocket(other);
    WSACleanup();
}

static void an_address_of_another_computer_is_not_available(void)
{
    START_WINSOCK();
    const SOCKET plain = tcp_socket();
    const SOCKET holder = tcp_socket();
    const SOCKET user = tcp_socket();
    INET_PORT_RESERVATION_INSTANCE block;
    const USHORT port = testbed_ports(4);

    OBSERVE_VALUE(bind_foreign_address, bind_ipv4(plain, (ULONG)DOCUMENTATION_ADDRESS, 0));
    assert_int_equal(acquire_block(holder, port, 4, &block), 0);
    assert_int_equal(associate_block(user, block.Token), 0);
    OBSERVE_VALUE(bind_foreign_address, bind_ipv4(user, (ULONG)DOCUMENTATION_ADDRESS, 0));
    assert_int_equal(bound_port(user), 0);

    closesocket(plain);
    closesocket(user);
    closesocket(holder);
    WSACleanup();
}

static void a_bad_address_is_refused_and_the_association_stays(void)
{
    START_WINSOCK();
    const USHORT port = testbed_ports(4);
    const SOCKET holder = tcp_socket();
    const SOCKET user = tcp_socket();
    struct sockaddr_in name = ipv4_address(INADDR_LOOPBACK, 0);
    INET_PORT_RESERVATION_INSTANCE block;

    assert_int_equal(acquire_block(holder, port, 4, &block), 0);
    assert_int_equal(associate_block(user, block.Token), 0);
    OBSERVE_VALUE(bind_short_address, outcome(bind(user, NULL, 0)));
    OBSERVE_VALUE(bind_short_address, outcome(bind(user, NULL, sizeof name)));
    OBSERVE_VALUE(bind_short_address, outcome(bind(user, (struct sockaddr *)&name, 0)));
    OBSERVE_VALUE(bind_short_address,
                  outcome(bind(user, (struct sockaddr *)&name, sizeof name - 1)));
    name.sin_family = 77;
    OBSERVE_VALUE(bind_wrong_family, outcome(bind(user, (struct sockaddr *)&name, sizeof name)));
    OBSERVE_VALUE(bind_foreign_address, bind_ipv4(user, (ULONG)DOCUMENTATION_ADDRESS, 0));
    assert_int_equal(bound_port(user), 0);

    assert_int_equal(bind_loopback(user, 0), 0);
    if (bound_port(user) >= port && bound_port(user) < port + 4)
        OBSERVE(refused_bind, nothing);
    else
        OBSERVE(refused_bind, drops_association);

    closesocket(user);
    closesocket(holder);
    WSACleanup();
}

static void an_unreadable_address_is_refused(void)
{
    START_WINSOCK();
    const SOCKET s = udp_socket();
    for (int kind = 0; kind < TESTBED_BAD_POINTER_COUNT; kind++) {
        if (kind == TESTBED_READ_ONLY)
            continue; /* bind only reads it */
        const struct sockaddr *name =
            testbed_bad_pointer((enum testbed_bad_pointer)kind, sizeof(struct sockaddr_in));
        if (outcome(bind(s, name, sizeof(struct sockaddr_in))) != WSAEFAULT)
            fail_msg("bind takes an address that is %s",
                     testbed_bad_pointer_name((enum testbed_bad_pointer)kind));
    }
    assert_int_equal(bound_port(s), 0);
    closesocket(s);
    WSACleanup();
}

static void bind_without_a_network_says_so(void)
{
    START_WINSOCK();
    const USHORT port = testbed_ports(1);
    const SOCKET s = tcp_socket();

    REQUIRE_TESTBED(testbed_network(false));
    const unsigned down = bind_loopback(s, port);
    testbed_network(true);
    assert_int_equal(down, WSAENETDOWN);
    assert_int_equal(bind_loopback(s, port), 0);

    closesocket(s);
    WSACleanup();
}

static void bind_of_what_is_no_socket_says_so(void)
{
    START_WINSOCK();
    const SOCKET closed = tcp_socket();
    closesocket(closed);

    assert_int_equal(bind_loopback(INVALID_SOCKET, 0), WSAENOTSOCK);
    assert_int_equal(bind_loopback(0, 0), WSAENOTSOCK);
    assert_int_equal(bind_loopback(closed, 0), WSAENOTSOCK);
    WSACleanup();
}

static void bind_without_winsock_says_so(void)
{
    OBSERVE_VALUE(not_started, bind_loopback(4, 0));
}

static void bind_on_a_nonblocking_socket_is_done_at_once(void)
{
    START_WINSOCK();
    const USHORT port = testbed_ports(1);
    const SOCKET s = tcp_socket();
    const SOCKET second = tcp_socket();
    u_long on = 1;

    assert_int_equal(ioctlsocket(s, FIONBIO, &on), 0);
    assert_int_equal(ioctlsocket(second, FIONBIO, &on), 0);
    assert_int_equal(bind_loopback(s, port), 0);
    assert_int_equal(bound_port(s), port);
    assert_int_equal(bind_loopback(second, port), WSAEADDRINUSE);

    closesocket(s);
    closesocket(second);
    WSACleanup();
}

static void ask_for_a_lower_top(void)
{
    REQUIRE_TESTBED(testbed_max_user_port(50000));
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    assert_int_equal(bind_loopback(s, 0), 0);
    closesocket(s);
    WSACleanup();
}

/* All are taken that are to be had: each port up to the top is somebody's then, and none beyond. */
static void max_user_port_caps_the_dynamic_range_after_a_restart(void)
{
    START_WINSOCK();
    enum { COUNT = 50000 - 49152 + 1 };
    static SOCKET sockets[COUNT + 1];
    int count = 0;

    for (; count <= COUNT; count++) {
        sockets[count] = udp_socket();
        const unsigned answer = bind_loopback(sockets[count], 0);
        if (answer != 0) {
            OBSERVE_VALUE(ephemeral_exhausted, answer);
            break;
        }
        assert_in_range(bound_port(sockets[count]), 49152, 50000);
    }
    assert_in_range(count, 1, COUNT);
    for (unsigned port = 49152; port <= 50000; port++)
        assert_int_not_equal(probe_port(AF_INET, SOCK_DGRAM, (USHORT)port), 0);
    for (int i = 0; i <= count; i++)
        closesocket(sockets[i]);
    WSACleanup();
}

/* Raw sockets know no ports. */
static void a_raw_socket_keeps_nobody_off_a_port(void)
{
    START_WINSOCK();
    const USHORT port = testbed_ports(1);
    const SOCKET raw = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);

    if (raw == INVALID_SOCKET)
        UNSUPPORTED_BECAUSE("no raw sockets");
    assert_int_equal(bind_loopback(raw, port), 0);
    assert_int_equal(probe_port(AF_INET, SOCK_STREAM, port), 0);
    assert_int_equal(probe_port(AF_INET, SOCK_DGRAM, port), 0);
    closesocket(raw);
    assert_int_equal(probe_port(AF_INET, SOCK_DGRAM, port), 0);
    WSACleanup();
}

static const struct suite_case cases[] = {
    CASE(bind_to_a_free_port_succeeds_and_clears_the_last_error, BIND_001, BIND_008),
    CASE(getsockname_tells_the_address_and_port_that_were_bound, BIND_008),
    CASE(getsockname_of_an_unbound_socket_fails_and_writes_nothing, BIND_008),
    CASE(getsockname_into_a_short_buffer_fails_and_leaves_the_length, BIND_008),
    CASE(bind_to_the_wildcard_and_port_zero_reports_the_wildcard_and_a_port, BIND_002, BIND_008),
    CASE(bind_to_port_zero_takes_a_port_of_the_default_dynamic_range, BIND_002, BIND_004, BIND_018),
    CASE(bind_to_port_zero_never_takes_the_same_port_twice, BIND_002),
    CASE(every_port_of_the_dynamic_range_is_given_once_and_none_beyond, BIND_002, BIND_015,
         NETSH_005),
    CASE(every_port_of_the_udp_dynamic_range_is_given_once_and_none_beyond, BIND_002, BIND_015,
         NETSH_005),
    CASE(the_dynamic_range_of_tcp_is_not_that_of_udp, BIND_005, NETSH_005),
    CASE(automatic_ports_come_in_a_known_order, BIND_002),
    CASE(bind_on_a_bound_socket_fails_and_moves_nothing, BIND_009),
    CASE(two_sockets_cannot_hold_one_address, BIND_010, BIND_001),
    CASE(the_first_and_the_last_port_can_be_bound, BIND_001, BIND_008),
    CASE(the_broadcast_address_needs_its_option, BIND_011),
    CASE(an_exclusive_holder_keeps_others_off, BIND_012),
    CASE(an_address_of_another_computer_is_not_available, BIND_013),
    CASE(a_bad_address_is_refused_and_the_association_stays, BIND_014),
    CASE(an_unreadable_address_is_refused, BIND_014),
    CASE(bind_without_a_network_says_so, BIND_016),
    CASE(bind_of_what_is_no_socket_says_so, BIND_016),
    CASE(bind_without_winsock_says_so, BIND_016, ERR_038),
    CASE(bind_on_a_nonblocking_socket_is_done_at_once, BIND_028),
    CASE(a_raw_socket_keeps_nobody_off_a_port, BIND_001),
    REBOOT_CASE(ask_for_a_lower_top, TESTBED_RESTART,
                max_user_port_caps_the_dynamic_range_after_a_restart, BIND_007),
    END_OF_CASES,
};

const struct suite bind_suite = {
    .name = "bind",
    .about = "bind as it is without reservations",
    .user = TESTBED_ELEVATED_ADMIN,
    .cases = cases,
};
