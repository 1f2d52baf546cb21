/* Which addresses bind takes: this machine's own in both families, nobody else's, and those that
 * stand for many. And what is seen of them: getsockname, and connections to a listener.
 */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/block.h"
#include "conformance/suites/suite.h"

enum { OTHER_LOOPBACK = 0x7F000002 };

static const struct testbed_addresses *machine(void)
{
    const struct testbed_addresses *addresses = testbed_addresses();
    REQUIRE_TESTBED(addresses != NULL);
    return addresses;
}

static ULONG from_bytes(const unsigned char bytes[4])
{
    return (ULONG)bytes[0] << 24 | (ULONG)bytes[1] << 16 | (ULONG)bytes[2] << 8 | bytes[3];
}

static void set_option(SOCKET s, int level, int option, DWORD value)
{
    assert_int_equal(setsockopt(s, level, option, (const char *)&value, sizeof value), 0);
}

static struct sockaddr_in6 ipv6_address(const unsigned char bytes[16], ULONG scope, USHORT port)
{
    struct sockaddr_in6 name = ipv6_loopback(port);
    memcpy(&name.sin6_addr, bytes, 16);
    name.sin6_scope_id = scope;
    return name;
}

static unsigned bind_ipv6(SOCKET s, const unsigned char bytes[16], ULONG scope, USHORT port)
{
    const struct sockaddr_in6 name = ipv6_address(bytes, scope, port);
    return winsock_outcome(bind(s, (const struct sockaddr *)&name, sizeof name));
}

static unsigned connect_ipv4(ULONG address, USHORT port)
{
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    const struct sockaddr_in name = ipv4_address(address, port);
    const unsigned answer = outcome(connect(s, (const struct sockaddr *)&name, sizeof name));
    close_socket(s);
    return answer;
}

static unsigned connect_ipv6_loopback(USHORT port)
{
    const SOCKET s = open_socket(AF_INET6, SOCK_STREAM);
    const struct sockaddr_in6 name = ipv6_loopback(port);
    const unsigned answer = outcome(connect(s, (const struct sockaddr *)&name, sizeof name));
    close_socket(s);
    return answer;
}

/* ---- IPv4 ------------------------------------------------------------------------------------ */

/* On a socket of its own; the port is free again afterwards. */
static unsigned try_ipv4(int type, ULONG address, bool broadcast)
{
    const SOCKET s = open_socket(AF_INET, type);
    if (broadcast)
        set_option(s, SOL_SOCKET, SO_BROADCAST, TRUE);
    const unsigned answer = bind_ipv4(s, address, free_ports(1));
    assert_true((bound_port(s) != 0) == (answer == 0));
    close_socket(s);
    return answer;
}

static void every_ipv4_address_of_this_machine_can_be_bound(void)
{
    START_WINSOCK();
    const ULONG own[] = {INADDR_ANY, INADDR_LOOPBACK, OTHER_LOOPBACK, from_bytes(machine()->lan)};
    const USHORT port = free_ports(1);

    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        for (int type = SOCK_STREAM; type <= SOCK_DGRAM; type++) {
            const SOCKET s = open_socket(AF_INET, type);
            struct sockaddr_in name;
            int size = sizeof name;
            assert_int_equal(bind_ipv4(s, own[i], port), 0);
            assert_int_equal(getsockname(s, (struct sockaddr *)&name, &size), 0);
            assert_int_equal(ntohl(name.sin_addr.s_addr), own[i]);
            assert_int_equal(ntohs(name.sin_port), port);
            close_socket(s);
        }
    }
    END_WINSOCK();
}

/* Neighbours of what is this machine's, and of what is for many. */
static void no_ipv4_address_of_others_can_be_bound(void)
{
    START_WINSOCK();
    const ULONG lan = from_bytes(machine()->lan);
    const ULONG others[] = {lan - 1,    lan + 1,    lan ^ 0x00000100, lan ^ 0x00010000, 0x7EFFFFFF,
                            0x80000000, 0x00000001, 0xDFFFFFFF,       0xC0000201,       0xFFFFFFFE,
                            0xFFFFFEFF, 0xFFFEFFFF, 0xFEFFFFFF,       0xF0000001};

    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        OBSERVE_VALUE(bind_foreign_address, try_ipv4(SOCK_STREAM, others[i], false));
        OBSERVE_VALUE(bind_foreign_address, try_ipv4(SOCK_DGRAM, others[i], false));
        OBSERVE_VALUE(bind_foreign_address, try_ipv4(SOCK_DGRAM, others[i], true));
    }
    END_WINSOCK();
}

static void an_address_for_many_is_no_stream_sockets(void)
{
    START_WINSOCK();
    const ULONG many[] = {INADDR_BROADCAST, from_bytes(machine()->lan_broadcast), 0xE0000001,
                          0xEFFFFFFF};

    for (size_t i = 0; i < sizeof many / sizeof *many; i++)
        OBSERVE_VALUE(bind_foreign_address, try_ipv4(SOCK_STREAM, many[i], false));
    END_WINSOCK();
}

static void both_broadcast_addresses_need_their_option(void)
{
    START_WINSOCK();
    const ULONG everywhere = INADDR_BROADCAST;
    const ULONG here = from_bytes(machine()->lan_broadcast);

    OBSERVE_VALUE(bind_broadcast, try_ipv4(SOCK_DGRAM, everywhere, false));
    OBSERVE_VALUE(bind_broadcast, try_ipv4(SOCK_DGRAM, here, false));
    assert_int_equal(try_ipv4(SOCK_DGRAM, everywhere, true), 0);
    assert_int_equal(try_ipv4(SOCK_DGRAM, here, true), 0);
    END_WINSOCK();
}

/* Whether a group's address can be bound the pages do not say; what holds for one holds for all. */
static void multicast_addresses_are_alike(void)
{
    START_WINSOCK();
    const unsigned first = try_ipv4(SOCK_DGRAM, 0xE0000001, false);

    assert_one_of(first, 0, WSAEADDRNOTAVAIL);
    assert_int_equal(try_ipv4(SOCK_DGRAM, 0xE00000FF, false), first);
    assert_int_equal(try_ipv4(SOCK_DGRAM, 0xE8010203, false), first);
    assert_int_equal(try_ipv4(SOCK_DGRAM, 0xEFFFFFFF, false), first);
    assert_int_equal(try_ipv4(SOCK_DGRAM, 0xEFFFFFFF, true), first);
    END_WINSOCK();
}

/* ---- IPv6 ------------------------------------------------------------------------------------ */

static unsigned try_ipv6(int type, const unsigned char bytes[16], ULONG scope, bool dual)
{
    const SOCKET s = open_socket(AF_INET6, type);
    if (dual)
        set_option(s, IPPROTO_IPV6, IPV6_V6ONLY, FALSE);
    const unsigned answer = bind_ipv6(s, bytes, scope, free_ports(1));
    assert_true((bound_port(s) != 0) == (answer == 0));
    close_socket(s);
    return answer;
}

static void every_ipv6_address_of_this_machine_can_be_bound(void)
{
    START_WINSOCK();
    static const unsigned char any[16] = {0};
    static const unsigned char loopback[16] = {[15] = 1};
    const struct testbed_addresses *own = machine();

    for (int type = SOCK_STREAM; type <= SOCK_DGRAM; type++) {
        for (int dual = 0; dual <= 1; dual++) {
            assert_int_equal(try_ipv6(type, any, 0, dual), 0);
            assert_int_equal(try_ipv6(type, loopback, 0, dual), 0);
            assert_int_equal(try_ipv6(type, own->global_6, 0, dual), 0);
        }
        assert_int_equal(try_ipv6(type, own->link_local, 0, false), 0);
        assert_int_equal(try_ipv6(type, own->link_local, own->link, false), 0);
    }
    END_WINSOCK();
}

static void no_ipv6_address_of_others_can_be_bound(void)
{
    START_WINSOCK();
    const struct testbed_addresses *own = machine();

    for (int type = SOCK_STREAM; type <= SOCK_DGRAM; type++) {
        OBSERVE_VALUE(bind_foreign_address, try_ipv6(type, own->link_local, own->link + 1, false));
        for (int at = 0; at < 16; at++) {
            unsigned char other[16];
            memcpy(other, own->global_6, sizeof other);
            other[at] ^= 0x04;
            OBSERVE_VALUE(bind_foreign_address, try_ipv6(type, other, 0, false));
            memcpy(other, own->link_local, sizeof other);
            other[at] ^= 0x20;
            OBSERVE_VALUE(bind_foreign_address, try_ipv6(type, other, own->link, false));
            memset(other, 0, sizeof other);
            other[at] |= 0x02;
            OBSERVE_VALUE(bind_foreign_address, try_ipv6(type, other, 0, false));
        }
    }
    END_WINSOCK();
}

/* ::ffff:a.b.c.d is the IPv4 address, for a dual-stack socket alone. */
static void a_mapped_address_is_an_ipv4_address(void)
{
    START_WINSOCK();
    unsigned char mapped[16] = {[10] = 0xFF, [11] = 0xFF, [12] = 127, [15] = 1};

    assert_int_equal(try_ipv6(SOCK_STREAM, mapped, 0, true), 0);
    assert_int_equal(try_ipv6(SOCK_DGRAM, mapped, 0, true), 0);
    assert_int_not_equal(try_ipv6(SOCK_STREAM, mapped, 0, false), 0);
    assert_int_not_equal(try_ipv6(SOCK_DGRAM, mapped, 0, false), 0);
    memcpy(mapped + 12, machine()->lan, 4);
    assert_int_equal(try_ipv6(SOCK_STREAM, mapped, 0, true), 0);
    mapped[15]++;
    OBSERVE_VALUE(bind_foreign_address, try_ipv6(SOCK_STREAM, mapped, 0, true));
    mapped[15]--;
    mapped[11] = 0xFE;
    OBSERVE_VALUE(bind_foreign_address, try_ipv6(SOCK_STREAM, mapped, 0, true));
    END_WINSOCK();
}

static void getsockname_tells_an_ipv6_address_with_its_scope(void)
{
    START_WINSOCK();
    const struct testbed_addresses *own = machine();
    const USHORT port = free_ports(1);
    const SOCKET s = open_socket(AF_INET6, SOCK_DGRAM);
    struct sockaddr_in6 name;
    int size = sizeof name;

    assert_int_equal(bind_ipv6(s, own->link_local, own->link, port), 0);
    assert_int_equal(getsockname(s, (struct sockaddr *)&name, &size), 0);
    assert_int_equal(size, sizeof name);
    assert_int_equal(name.sin6_family, AF_INET6);
    assert_int_equal(ntohs(name.sin6_port), port);
    assert_memory_equal(&name.sin6_addr, own->link_local, 16);
    assert_int_equal(name.sin6_scope_id, own->link);
    close_socket(s);
    END_WINSOCK();
}

/* ---- Listeners ------------------------------------------------------------------------------- */

static SOCKET listener(int family, bool dual, bool wildcard, USHORT port)
{
    static const unsigned char any[16] = {0};
    const SOCKET s = open_socket(family, SOCK_STREAM);
    if (dual)
        set_option(s, IPPROTO_IPV6, IPV6_V6ONLY, FALSE);
    if (family == AF_INET)
        assert_int_equal(bind_ipv4(s, wildcard ? INADDR_ANY : INADDR_LOOPBACK, port), 0);
    else if (wildcard)
        assert_int_equal(bind_ipv6(s, any, 0, port), 0);
    else
        assert_int_equal(bind_ipv6_loopback(s, port), 0);
    return s;
}

static void a_connection_reaches_a_listener_at_its_address(void)
{
    START_WINSOCK();
    const USHORT port = free_ports(2);
    const SOCKET s = listener(AF_INET, false, false, port);

    assert_int_equal(connect_ipv4(INADDR_LOOPBACK, port), WSAECONNREFUSED);
    assert_int_equal(listen(s, SOMAXCONN), 0);
    assert_int_equal(connect_ipv4(INADDR_LOOPBACK, port), 0);
    assert_int_equal(connect_ipv4(OTHER_LOOPBACK, port), WSAECONNREFUSED);
    assert_int_equal(connect_ipv4(INADDR_LOOPBACK, (USHORT)(port + 1)), WSAECONNREFUSED);
    assert_int_equal(connect_ipv6_loopback(port), WSAECONNREFUSED);
    close_socket(s);
    assert_int_equal(connect_ipv4(INADDR_LOOPBACK, port), WSAECONNREFUSED);
    END_WINSOCK();
}

static void a_connection_reaches_a_listener_at_the_wildcard(void)
{
    START_WINSOCK();
    const USHORT port = free_ports(1);
    const SOCKET s = listener(AF_INET, false, true, port);

    assert_int_equal(listen(s, SOMAXCONN), 0);
    assert_int_equal(connect_ipv4(INADDR_LOOPBACK, port), 0);
    assert_int_equal(connect_ipv4(OTHER_LOOPBACK, port), 0);
    assert_int_equal(connect_ipv6_loopback(port), WSAECONNREFUSED);
    close_socket(s);
    END_WINSOCK();
}

static void only_a_dual_stack_listener_is_reached_in_both_families(void)
{
    START_WINSOCK();
    const USHORT port = free_ports(3);
    const SOCKET only_6 = listener(AF_INET6, false, true, port);
    const SOCKET dual = listener(AF_INET6, true, true, (USHORT)(port + 1));
    const SOCKET specific = listener(AF_INET6, true, false, (USHORT)(port + 2));

    assert_int_equal(listen(only_6, SOMAXCONN), 0);
    assert_int_equal(listen(dual, SOMAXCONN), 0);
    assert_int_equal(listen(specific, SOMAXCONN), 0);
    assert_int_equal(connect_ipv6_loopback(port), 0);
    assert_int_equal(connect_ipv4(INADDR_LOOPBACK, port), WSAECONNREFUSED);
    assert_int_equal(connect_ipv6_loopback((USHORT)(port + 1)), 0);
    assert_int_equal(connect_ipv4(INADDR_LOOPBACK, (USHORT)(port + 1)), 0);
    assert_int_equal(connect_ipv6_loopback((USHORT)(port + 2)), 0);
    assert_int_equal(connect_ipv4(INADDR_LOOPBACK, (USHORT)(port + 2)), WSAECONNREFUSED);
    close_socket(only_6);
    close_socket(dual);
    close_socket(specific);
    END_WINSOCK();
}

static void a_listener_in_a_block_is_reached(void)
{
    START_WINSOCK();
    const struct block block = hold_tcp(free_ports(4), 4);
    const SOCKET s = bound_in_block(&block);

    assert_int_equal(connect_ipv4(INADDR_LOOPBACK, bound_port(s)), WSAECONNREFUSED);
    assert_int_equal(listen(s, SOMAXCONN), 0);
    assert_int_equal(connect_ipv4(INADDR_LOOPBACK, bound_port(s)), 0);
    close_socket(s);
    let_go(&block);
    END_WINSOCK();
}

static const struct suite_case cases[] = {
    CASE(every_ipv4_address_of_this_machine_can_be_bound, BIND_001, BIND_008),
    CASE(no_ipv4_address_of_others_can_be_bound, BIND_013),
    CASE(an_address_for_many_is_no_stream_sockets, BIND_013),
    CASE(both_broadcast_addresses_need_their_option, BIND_011),
    CASE(multicast_addresses_are_alike, BIND_013),
    CASE(every_ipv6_address_of_this_machine_can_be_bound, BIND_001),
    CASE(no_ipv6_address_of_others_can_be_bound, BIND_013),
    CASE(a_mapped_address_is_an_ipv4_address, BIND_013, OPT_004),
    CASE(getsockname_tells_an_ipv6_address_with_its_scope, BIND_008),
    CASE(a_connection_reaches_a_listener_at_its_address, BIND_024, BIND_025),
    CASE(a_connection_reaches_a_listener_at_the_wildcard, BIND_024, BIND_025),
    CASE(only_a_dual_stack_listener_is_reached_in_both_families, BIND_024, OPT_004),
    CASE(a_listener_in_a_block_is_reached, BIND_024, ASSOC_005),
    END_OF_CASES,
};

const struct suite bind_addresses_suite = {
    .name = "bind_addresses",
    .about = "which addresses bind takes, and what is reached there",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
