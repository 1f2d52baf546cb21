/* Socket options that bear on ports: when they may be set, and what they do beside a reservation.
 */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/small_range.h"
#include "conformance/suites/suite.h"

enum { SECOND_LOOPBACK = 0x7F000002 };

static unsigned set_option(SOCKET s, int level, int option, DWORD value)
{
    return winsock_outcome(setsockopt(s, level, option, (const char *)&value, sizeof value));
}

static DWORD get_option(SOCKET s, int level, int option)
{
    DWORD value = 0;
    int size = sizeof value;
    assert_int_equal(getsockopt(s, level, option, (char *)&value, &size), 0);
    return value;
}

static void reuse_set_after_bind_changes_nothing(void)
{
    START_WINSOCK();
    const USHORT port = testbed_ports(1);
    const SOCKET first = tcp_socket();
    const SOCKET second = tcp_socket();

    assert_int_equal(bind_loopback(first, port), 0);
    const unsigned late = set_option(first, SOL_SOCKET, SO_REUSEADDR, 1);
    assert_int_equal(set_option(second, SOL_SOCKET, SO_REUSEADDR, 1), 0);
    const unsigned answer = bind_loopback(second, port);
    if (answer == 0)
        OBSERVE(option_after_bind, takes_effect);
    assert_int_equal(answer, WSAEACCES);
    if (late != 0) {
        assert_int_equal(late, WSAEINVAL);
        OBSERVE(option_after_bind, refused);
    } else {
        OBSERVE(option_after_bind, nothing);
    }

    closesocket(first);
    closesocket(second);
    WSACleanup();
}

static void exclusive_set_after_bind_changes_nothing(void)
{
    START_WINSOCK();
    const USHORT port = testbed_ports(1);
    const SOCKET first = tcp_socket();
    const SOCKET second = tcp_socket();

    assert_int_equal(bind_ipv4(first, INADDR_ANY, port), 0);
    const unsigned late = set_option(first, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 1);
    if (bind_loopback(second, port) != 0)
        OBSERVE(option_after_bind, takes_effect);
    assert_true(late == 0 || late == WSAEINVAL);

    closesocket(first);
    closesocket(second);
    WSACleanup();
}

static void reuse_set_before_bind_lets_both_bind(void)
{
    START_WINSOCK();
    const USHORT port = testbed_ports(1);
    const SOCKET first = tcp_socket();
    const SOCKET second = tcp_socket();

    assert_int_equal(set_option(first, SOL_SOCKET, SO_REUSEADDR, 1), 0);
    assert_int_equal(bind_loopback(first, port), 0);
    assert_int_equal(bind_loopback(second, port), WSAEADDRINUSE);
    assert_int_equal(set_option(second, SOL_SOCKET, SO_REUSEADDR, 1), 0);
    assert_int_equal(bind_loopback(second, port), 0);

    closesocket(first);
    closesocket(second);
    WSACleanup();
}

static void reuse_and_exclusive_exclude_each_other(void)
{
    START_WINSOCK();
    const SOCKET s = tcp_socket();

    assert_int_equal(set_option(s, SOL_SOCKET, SO_REUSEADDR, 1), 0);
    assert_int_equal(set_option(s, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 1), WSAEINVAL);
    assert_int_equal(get_option(s, SOL_SOCKET, SO_EXCLUSIVEADDRUSE), 0);
    assert_int_equal(set_option(s, SOL_SOCKET, SO_REUSEADDR, 0), 0);
    assert_int_equal(set_option(s, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 1), 0);
    assert_int_equal(set_option(s, SOL_SOCKET, SO_REUSEADDR, 1), WSAEINVAL);
    assert_int_equal(get_option(s, SOL_SOCKET, SO_REUSEADDR), 0);
    assert_int_equal(get_option(s, SOL_SOCKET, SO_EXCLUSIVEADDRUSE), 1);

    closesocket(s);
    WSACleanup();
}

static void an_ipv6_socket_is_ipv6_only_until_told_otherwise(void)
{
    START_WINSOCK();
    const USHORT port = testbed_ports(1);
    const SOCKET fresh = socket(AF_INET6, SOCK_STREAM, IPPROTO_TCP);
    const SOCKET dual = socket(AF_INET6, SOCK_STREAM, IPPROTO_TCP);
    DWORD value = 0;
    int size = sizeof value;

    assert_int_equal(getsockopt(fresh, IPPROTO_IPV6, IPV6_V6ONLY, (char *)&value, &size), 0);
    if ((value & 0xFF) != 0)
        OBSERVE(v6only_default, on);
    else
        OBSERVE(v6only_default, off);
    assert_int_equal(set_option(dual, IPPROTO_IPV6, IPV6_V6ONLY, 0), 0);
    size = sizeof value;
    assert_int_equal(getsockopt(dual, IPPROTO_IPV6, IPV6_V6ONLY, (char *)&value, &size), 0);
    assert_int_equal(value & 0xFF, 0);

    assert_int_equal(bind_ipv6_loopback(fresh, port), 0);
    assert_int_equal(set_option(fresh, IPPROTO_IPV6, IPV6_V6ONLY, 0), WSAEINVAL);

    closesocket(fresh);
    closesocket(dual);
    WSACleanup();
}

static void two_reusing_sockets_of_a_block_have_a_known_answer(void)
{
    START_WINSOCK();
    const USHORT port = testbed_ports(1);
    const SOCKET holder = tcp_socket();
    const SOCKET users[2] = {tcp_socket(), tcp_socket()};
    INET_PORT_RESERVATION_INSTANCE block;

    assert_int_equal(acquire_block(holder, port, 1, &block), 0);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(set_option(users[i], SOL_SOCKET, SO_REUSEADDR, 1), 0);
        assert_int_equal(associate_block(users[i], block.Token), 0);
    }
    if (bind_loopback(users[0], port) == 0) { /* else bind_in_own_block forbids the question */
        const unsigned answer = bind_loopback(users[1], port);
        if (answer == 0)
            OBSERVE(reuse_in_block, shares);
        else if (answer == WSAEADDRINUSE)
            OBSERVE(reuse_in_block, wsaeaddrinuse);
        else if (answer == WSAEACCES)
            OBSERVE(reuse_in_block, wsaeacces);
        else
            fail_msg("two SO_REUSEADDR sockets on one port of a block: %u", answer);
    }
    /* Without the option on both the ordinary tables hold. */
    const SOCKET plain = tcp_socket();
    assert_int_equal(associate_block(plain, block.Token), 0);
    assert_int_not_equal(bind_loopback(plain, port), 0);

    closesocket(plain);
    closesocket(users[0]);
    closesocket(users[1]);
    closesocket(holder);
    WSACleanup();
}

static void with_port_scalability_each_address_has_its_own_ports(void)
{
    START_WINSOCK();
    SOCKET first[SMALL_COUNT];
    SOCKET second[SMALL_COUNT];
    const SOCKET plain = udp_socket();

    REQUIRE_TESTBED(testbed_second_address() != NULL);
    shrink_dynamic_range("ipv4", "udp");
    for (int i = 0; i < SMALL_COUNT; i++) {
        first[i] = udp_socket();
        assert_int_equal(set_option(first[i], SOL_SOCKET, SO_PORT_SCALABILITY, 1), 0);
        assert_int_equal(bind_loopback(first[i], 0), 0);
    }
    const SOCKET beyond = udp_socket();
    assert_int_equal(set_option(beyond, SOL_SOCKET, SO_PORT_SCALABILITY, 1), 0);
    assert_int_not_equal(bind_loopback(beyond, 0), 0);

    if (bind_loopback(plain, 0) == 0 || bind_ipv4(plain, SECOND_LOOPBACK, 0) == 0)
        OBSERVE(port_scalability, leaks);
    for (int i = 0; i < SMALL_COUNT; i++) {
        second[i] = udp_socket();
        assert_int_equal(set_option(second[i], SOL_SOCKET, SO_PORT_SCALABILITY, 1), 0);
        if (bind_ipv4(second[i], SECOND_LOOPBACK, 0) != 0)
            OBSERVE(port_scalability, ignored);
        assert_in_range(bound_port(second[i]), SMALL_FIRST, SMALL_LAST);
    }
    OBSERVE(port_scalability, per_address);

    closesocket(plain);
    closesocket(beyond);
    for (int i = 0; i < SMALL_COUNT; i++) {
        closesocket(first[i]);
        closesocket(second[i]);
    }
    WSACleanup();
}

static SOCKET scalable_socket(void)
{
    const SOCKET s = udp_socket();
    assert_int_equal(set_option(s, SOL_SOCKET, SO_PORT_SCALABILITY, 1), 0);
    return s;
}

/* The small range is full: of blocks of one port, of sockets without the option, and for the rest
 * of sockets with it. Only the ports of these have room at another address.
 */
static void scalable_ports_are_shared_with_scalable_sockets_alone(void)
{
    START_WINSOCK();
    enum { BLOCK_AT = 10, PLAIN_AT = 20, AWAY = SMALL_FIRST + 1000 };
    SOCKET sockets[SMALL_COUNT];
    const SOCKET holder = udp_socket();
    INET_PORT_RESERVATION_INSTANCE block;

    REQUIRE_TESTBED(testbed_second_address() != NULL);
    shrink_dynamic_range("ipv4", "udp");
    assert_int_equal(acquire_block(holder, SMALL_FIRST + BLOCK_AT, 1, &block), 0);
    for (int i = 0; i < SMALL_COUNT; i++) {
        sockets[i] = i == PLAIN_AT ? udp_socket() : scalable_socket();
        if (i == BLOCK_AT)
            assert_int_equal(associate_block(sockets[i], block.Token), 0);
        const USHORT port = i == BLOCK_AT ? 0 : (USHORT)(SMALL_FIRST + i);
        assert_int_equal(bind_loopback(sockets[i], port), 0);
    }
    for (int i = 0; i < SMALL_COUNT + 45; i++) {
        const SOCKET second = scalable_socket();
        if (bind_ipv4(second, SECOND_LOOPBACK, 0) != 0)
            OBSERVE(port_scalability, ignored);
        closesocket(second);
        for (int j = 0; j < 2; j++) {
            const SOCKET plain = udp_socket();
            assert_int_equal(bind_loopback(plain, AWAY), 0);
            closesocket(plain);
        }
    }
    OBSERVE(port_scalability, per_address);

    SOCKET seconds[SMALL_COUNT - 2];
    for (int i = 0; i < SMALL_COUNT - 2; i++) {
        seconds[i] = scalable_socket();
        assert_int_equal(bind_ipv4(seconds[i], SECOND_LOOPBACK, 0), 0);
        assert_int_not_equal(bound_port(seconds[i]), SMALL_FIRST + BLOCK_AT);
        assert_int_not_equal(bound_port(seconds[i]), SMALL_FIRST + PLAIN_AT);
    }
    const SOCKET beyond = scalable_socket();
    assert_int_not_equal(bind_ipv4(beyond, SECOND_LOOPBACK, 0), 0);

    closesocket(beyond);
    for (int i = 0; i < SMALL_COUNT - 2; i++)
        closesocket(seconds[i]);
    for (int i = 0; i < SMALL_COUNT; i++)
        closesocket(sockets[i]);
    closesocket(holder);
    WSACleanup();
}

static void randomize_cannot_be_set_after_reuse_unicast(void)
{
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    const SOCKET alone = tcp_socket();

    assert_int_equal(set_option(s, SOL_SOCKET, SO_REUSE_UNICASTPORT, 1), 0);
    if (set_option(s, SOL_SOCKET, SO_RANDOMIZE_PORT, 1) != 0)
        OBSERVE(randomize_after_reuse, refused);
    else
        OBSERVE(randomize_after_reuse, accepted);
    assert_int_equal(set_option(alone, SOL_SOCKET, SO_RANDOMIZE_PORT, 1), 0);

    closesocket(s);
    closesocket(alone);
    WSACleanup();
}

/* Binds and closes eight times; whether the ports neither stay nor come one after the other. */
static bool looks_random(ULONG64 token, DWORD randomize, USHORT first, USHORT count)
{
    bool stays = true;
    bool steps = true;
    unsigned before = 0;
    for (int i = 0; i < 8; i++) {
        const SOCKET s = udp_socket();
        assert_int_equal(set_option(s, SOL_SOCKET, SO_RANDOMIZE_PORT, randomize), 0);
        if (token != 0)
            assert_int_equal(associate_block(s, token), 0);
        assert_int_equal(bind_loopback(s, 0), 0);
        const unsigned port = bound_port(s);
        assert_in_range(port, first, first + count - 1);
        closesocket(s);
        if (i > 0) {
            stays = stays && port == before;
            steps = steps && port == first + (before - first + 1) % count;
        }
        before = port;
    }
    return !stays && !steps;
}

static void randomize_makes_automatic_ports_random(void)
{
    START_WINSOCK();
    shrink_dynamic_range("ipv4", "udp");
    if (looks_random(0, 1, SMALL_FIRST, SMALL_COUNT))
        OBSERVE(randomize_port, randomizes);
    else
        OBSERVE(randomize_port, ignored);
    WSACleanup();
}

static void randomize_within_a_block_has_a_known_answer(void)
{
    START_WINSOCK();
    enum { COUNT = 32 };
    const USHORT first = testbed_ports(COUNT);
    const SOCKET holder = udp_socket();
    INET_PORT_RESERVATION_INSTANCE block;

    assert_int_equal(acquire_block(holder, first, COUNT, &block), 0);
    /* Where ports of a block come at random anyway, the option shows nothing. */
    if (!looks_random(block.Token, 0, first, COUNT)) {
        if (looks_random(block.Token, 1, first, COUNT))
            OBSERVE(randomize_in_block, randomizes);
        else
            OBSERVE(randomize_in_block, ignored);
    }
    closesocket(holder);
    WSACleanup();
}

static void reuse_unicast_is_an_option_and_connect_works_with_it(void)
{
    START_WINSOCK();
    const USHORT first = testbed_ports(3);
    const SOCKET holder = tcp_socket();
    const SOCKET user = tcp_socket();
    const struct sockaddr_in nobody = ipv4_address(INADDR_LOOPBACK, (USHORT)(first + 2));
    INET_PORT_RESERVATION_INSTANCE block;

    assert_int_equal(get_option(user, SOL_SOCKET, SO_REUSE_UNICASTPORT), 0);
    assert_int_equal(set_option(user, SOL_SOCKET, SO_REUSE_UNICASTPORT, 1), 0);
    assert_int_equal(get_option(user, SOL_SOCKET, SO_REUSE_UNICASTPORT), 1);
    assert_int_equal(acquire_block(holder, first, 2, &block), 0);
    assert_int_equal(associate_block(user, block.Token), 0);
    assert_fails_with(connect(user, (const struct sockaddr *)&nobody, sizeof nobody),
                      WSAECONNREFUSED);
    const USHORT port = bound_port(user);
    if (port == 0)
        OBSERVE(implicit_bind, never);
    else if (port >= first && port < first + 2)
        OBSERVE(implicit_bind, block);
    else
        OBSERVE(implicit_bind, dynamic_range);

    closesocket(user);
    closesocket(holder);
    WSACleanup();
}

static void two_multicast_sockets_share_a_port_when_both_ask(void)
{
    START_WINSOCK();
    const USHORT port = testbed_ports(1);
    const SOCKET first = udp_socket();
    const SOCKET second = udp_socket();
    const SOCKET plain = udp_socket();

    assert_int_equal(set_option(first, SOL_SOCKET, SO_REUSE_MULTICASTPORT, 1), 0);
    assert_int_equal(set_option(second, SOL_SOCKET, SO_REUSE_MULTICASTPORT, 1), 0);
    assert_int_equal(bind_ipv4(first, INADDR_ANY, port), 0);
    if (bind_ipv4(second, INADDR_ANY, port) == 0)
        OBSERVE(multicast_port_sharing, shares);
    else
        OBSERVE(multicast_port_sharing, refuses);
    assert_int_equal(bind_ipv4(plain, INADDR_ANY, port), WSAEADDRINUSE);

    closesocket(first);
    closesocket(second);
    closesocket(plain);
    WSACleanup();
}

static unsigned set_affinity(SOCKET s)
{
    USHORT processor = 0;
    DWORD size = 0;
    return winsock_outcome(
        WSAIoctl(s, SIO_CPU_AFFINITY, &processor, sizeof processor, NULL, 0, &size, NULL, NULL));
}

static void cpu_affinity_is_for_unbound_udp_sockets(void)
{
    START_WINSOCK();
    const USHORT port = testbed_ports(1);
    const SOCKET bound = udp_socket();
    const SOCKET tcp = tcp_socket();
    const SOCKET reusing = udp_socket();

    assert_int_equal(bind_loopback(bound, port), 0);
    OBSERVE_VALUE(cpu_affinity_after_bind, set_affinity(bound));
    assert_int_not_equal(set_affinity(tcp), 0);
    assert_int_equal(set_option(reusing, SOL_SOCKET, SO_REUSEADDR, 1), 0);
    assert_int_not_equal(set_affinity(reusing), 0);

    closesocket(bound);
    closesocket(tcp);
    closesocket(reusing);
    WSACleanup();
}

static void sockets_with_cpu_affinity_share_a_reserved_port(void)
{
    START_WINSOCK();
    require_reservations();
    enum { PROCESSORS = 3 };
    const USHORT port = testbed_ports(1);
    SOCKET sockets[PROCESSORS];
    INET_PORT_RESERVATION_INSTANCE block;

    for (int i = 0; i < PROCESSORS; i++) {
        sockets[i] = udp_socket();
        assert_int_equal(set_affinity(sockets[i]), 0);
    }
    assert_int_equal(acquire_block(sockets[0], port, 1, &block), 0);
    unsigned bound = 0;
    for (int i = 0; i < PROCESSORS; i++) {
        assert_int_equal(associate_block(sockets[i], block.Token), 0);
        const unsigned answer = bind_ipv4(sockets[i], INADDR_ANY, port);
        OBSERVE_VALUE(bind_in_own_block, answer);
        bound += answer == 0;
    }
    assert_true(bound == PROCESSORS || bound == 0);

    /* A socket without affinity has no part in it. */
    const SOCKET plain = udp_socket();
    assert_int_equal(associate_block(plain, block.Token), 0);
    if (bound == PROCESSORS)
        assert_int_not_equal(bind_ipv4(plain, INADDR_ANY, port), 0);

    closesocket(plain);
    for (int i = 0; i < PROCESSORS; i++)
        closesocket(sockets[i]);
    WSACleanup();
}

static const struct suite_case cases[] = {
    CASE(reuse_set_after_bind_changes_nothing, OPT_001),
    CASE(exclusive_set_after_bind_changes_nothing, OPT_001),
    CASE(reuse_set_before_bind_lets_both_bind, OPT_001, OPT_002),
    CASE(reuse_and_exclusive_exclude_each_other, OPT_001),
    CASE(an_ipv6_socket_is_ipv6_only_until_told_otherwise, OPT_004),
    CASE(two_reusing_sockets_of_a_block_have_a_known_answer, OPT_005),
    CASE(with_port_scalability_each_address_has_its_own_ports, OPT_006, OPT_007),
    CASE(scalable_ports_are_shared_with_scalable_sockets_alone, OPT_006, OPT_007),
    CASE(randomize_cannot_be_set_after_reuse_unicast, OPT_009),
    CASE(randomize_makes_automatic_ports_random, OPT_009),
    CASE(randomize_within_a_block_has_a_known_answer, OPT_010),
    CASE(reuse_unicast_is_an_option_and_connect_works_with_it, OPT_011),
    CASE(two_multicast_sockets_share_a_port_when_both_ask, OPT_012),
    CASE(cpu_affinity_is_for_unbound_udp_sockets, OPT_013),
    CASE(sockets_with_cpu_affinity_share_a_reserved_port, OPT_013, BIND_019),
    END_OF_CASES,
};

const struct suite options_suite = {
    .name = "options",
    .about = "socket options that bear on ports",
    .user = TESTBED_ELEVATED_ADMIN,
    .cases = cases,
};
