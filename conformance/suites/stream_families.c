/* Streams over IPv6, and IPv4 over sockets that speak both. */
#include "conformance/suites/stream.h"

static SOCKET listen_on_six(bool both, USHORT *port)
{
    struct sockaddr_in6 name;
    const SOCKET s = open_socket(AF_INET6, SOCK_STREAM);
    memset(&name, 0, sizeof(name));
    name.sin6_family = AF_INET6;
    if (!both)
        name.sin6_addr.s6_addr[15] = 1;
    set_option(s, IPPROTO_IPV6, IPV6_V6ONLY, both ? 0 : 1);
    assert_int_equal(winsock_outcome(bind(s, address_at(&name), sizeof(name))), 0);
    assert_int_equal(listen(s, SOMAXCONN), 0);
    *port = bound_port(s);
    return s;
}

static struct sockaddr_in6 mapped_loopback(USHORT port)
{
    struct sockaddr_in6 name;
    memset(&name, 0, sizeof(name));
    name.sin6_family = AF_INET6;
    name.sin6_port = htons(port);
    name.sin6_addr.s6_addr[10] = 0xFF;
    name.sin6_addr.s6_addr[11] = 0xFF;
    name.sin6_addr.s6_addr[12] = 127;
    name.sin6_addr.s6_addr[15] = 1;
    return name;
}

static void exchange(SOCKET one, SOCKET other)
{
    send_bytes(one, "question", 8);
    expect_bytes(other, "question", 8);
    send_bytes(other, "answer", 6);
    expect_bytes(one, "answer", 6);
}

static void a_stream_runs_over_ipv6(void)
{
    struct sockaddr_in6 name, own;
    int size = sizeof(name), own_size = sizeof(own);
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_six(false, &port);
    const SOCKET client = open_socket(AF_INET6, SOCK_STREAM);
    const struct sockaddr_in6 peer = ipv6_loopback(port);
    assert_int_equal(winsock_outcome(connect(client, address_at(&peer), sizeof(peer))), 0);
    const SOCKET server = accept(listener, (struct sockaddr *)&name, &size);
    assert_true(server != INVALID_SOCKET);
    assert_int_equal(size, sizeof(name));
    assert_int_equal(getsockname(client, (struct sockaddr *)&own, &own_size), 0);
    assert_memory_equal(&name.sin6_addr, &own.sin6_addr, sizeof(own.sin6_addr));
    assert_int_equal(name.sin6_port, own.sin6_port);
    exchange(client, server);
    close_socket(client);
    expect_end(server);
    close_socket(server);
    close_socket(listener);
    END_WINSOCK();
}

static void a_listener_for_both_meets_ipv4_with_mapped_names(void)
{
    struct sockaddr_in6 name;
    int size = sizeof(name);
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_six(true, &port);
    const SOCKET client = tcp_socket();
    assert_int_equal(connect_loopback(client, port), 0);
    const SOCKET server = accept(listener, (struct sockaddr *)&name, &size);
    assert_true(server != INVALID_SOCKET);
    const struct sockaddr_in6 expected = mapped_loopback(bound_port(client));
    assert_int_equal(size, sizeof(name));
    assert_int_equal(name.sin6_family, AF_INET6);
    assert_memory_equal(&name.sin6_addr, &expected.sin6_addr, sizeof(expected.sin6_addr));
    assert_int_equal(name.sin6_port, expected.sin6_port);
    size = sizeof(name);
    assert_int_equal(getsockname(server, (struct sockaddr *)&name, &size), 0);
    assert_memory_equal(&name.sin6_addr, &expected.sin6_addr, sizeof(expected.sin6_addr));
    exchange(client, server);
    const SOCKET six = open_socket(AF_INET6, SOCK_STREAM);
    const struct sockaddr_in6 peer = ipv6_loopback(port);
    assert_int_equal(winsock_outcome(connect(six, address_at(&peer), sizeof(peer))), 0);
    const SOCKET second = accept_one(listener);
    exchange(six, second);
    close_socket(second);
    close_socket(six);
    close_socket(server);
    close_socket(client);
    close_socket(listener);
    END_WINSOCK();
}

static void a_client_for_both_reaches_ipv4_by_a_mapped_name(void)
{
    struct sockaddr_in name;
    struct sockaddr_in6 peer;
    int size = sizeof(name), peer_size = sizeof(peer);
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port);
    const SOCKET client = open_socket(AF_INET6, SOCK_STREAM);
    set_option(client, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    const struct sockaddr_in6 mapped = mapped_loopback(port);
    assert_int_equal(winsock_outcome(connect(client, address_at(&mapped), sizeof(mapped))), 0);
    const SOCKET server = accept(listener, (struct sockaddr *)&name, &size);
    assert_true(server != INVALID_SOCKET);
    assert_int_equal(name.sin_family, AF_INET);
    assert_int_equal(ntohl(name.sin_addr.s_addr), INADDR_LOOPBACK);
    assert_int_equal(ntohs(name.sin_port), bound_port(client));
    assert_int_equal(getpeername(client, (struct sockaddr *)&peer, &peer_size), 0);
    assert_memory_equal(&peer.sin6_addr, &mapped.sin6_addr, sizeof(mapped.sin6_addr));
    exchange(client, server);
    close_socket(server);
    close_socket(client);
    close_socket(listener);
    END_WINSOCK();
}

static void who_speaks_ipv6_only_is_not_met_over_ipv4(void)
{
    USHORT port;
    struct sockaddr_in6 name;
    START_WINSOCK();
    const SOCKET listener = open_socket(AF_INET6, SOCK_STREAM);
    memset(&name, 0, sizeof(name));
    name.sin6_family = AF_INET6;
    assert_int_equal(winsock_outcome(bind(listener, address_at(&name), sizeof(name))), 0);
    assert_int_equal(listen(listener, 1), 0);
    port = bound_port(listener);
    const SOCKET client = tcp_socket();
    assert_int_equal(connect_loopback(client, port), WSAECONNREFUSED);
    close_socket(client);
    close_socket(listener);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(a_stream_runs_over_ipv6, TCP_043),
    CASE(a_listener_for_both_meets_ipv4_with_mapped_names, TCP_044),
    CASE(a_client_for_both_reaches_ipv4_by_a_mapped_name, TCP_045),
    CASE(who_speaks_ipv6_only_is_not_met_over_ipv4, TCP_046),
    END_OF_CASES,
};
// clang-format on

const struct suite stream_families_suite = {
    .name = "stream_families",
    .about = "Streams over IPv6 and over both families",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
