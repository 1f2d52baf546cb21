/* getsockname and getpeername. */
#include "conformance/suites/socket_names.h"
#include "conformance/suites/datagram.h"

static void without_a_name_nothing_is_written(void)
{
    struct sockaddr_in name, before;
    int size = sizeof(name);
    START_WINSOCK();
    const SOCKET stream = tcp_socket(), datagram = udp_socket();
    memset(&name, 0xCC, sizeof(name));
    before = name;
    assert_fails_with(getsockname(stream, (struct sockaddr *)&name, &size), WSAEINVAL);
    assert_fails_with(getsockname(datagram, (struct sockaddr *)&name, &size), WSAEINVAL);
    assert_memory_equal(&name, &before, sizeof(name));
    assert_int_equal(size, sizeof(name));
    close_socket(stream);
    close_socket(datagram);
    END_WINSOCK();
}

static void a_chosen_name_is_whole(void)
{
    static const char zeros[8];
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    assert_int_equal(bind_ipv4(s, INADDR_ANY, 0), 0);
    WSASetLastError(77);
    const struct sockaddr_in name = own_name(s);
    assert_int_equal(WSAGetLastError(), 0);
    assert_int_equal(name.sin_family, AF_INET);
    assert_int_not_equal(name.sin_port, 0);
    assert_int_equal(name.sin_addr.s_addr, 0);
    assert_memory_equal(name.sin_zero, zeros, sizeof(zeros));
    close_socket(s);
    END_WINSOCK();
}

static void a_name_wants_room(void)
{
    struct sockaddr_in name;
    int size = sizeof(name) - 1;
    START_WINSOCK();
    const SOCKET s = datagram_socket();
    assert_fails_with(getsockname(s, (struct sockaddr *)&name, &size), WSAEFAULT);
    assert_int_equal(size, sizeof(name) - 1);
    size = 0;
    assert_fails_with(getsockname(s, (struct sockaddr *)&name, &size), WSAEFAULT);
    assert_int_equal(size, 0);
    close_socket(s);
    END_WINSOCK();
}

static void a_name_of_more_room_is_as_long_as_it_is(void)
{
    struct sockaddr_storage name;
    int size = sizeof(name);
    START_WINSOCK();
    const SOCKET s = datagram_socket();
    assert_int_equal(getsockname(s, (struct sockaddr *)&name, &size), 0);
    assert_int_equal(size, sizeof(struct sockaddr_in));
    close_socket(s);
    END_WINSOCK();
}

static void a_given_name_is_kept(void)
{
    START_WINSOCK();
    const SOCKET s = udp_socket();
    assert_int_equal(bind_ipv4(s, INADDR_LOOPBACK + 1, 0), 0);
    assert_int_equal(own_name(s).sin_addr.s_addr, htonl(INADDR_LOOPBACK + 1));
    close_socket(s);
    END_WINSOCK();
}

static void an_ipv6_name_wants_room(void)
{
    struct sockaddr_in6 name;
    int size = sizeof(struct sockaddr_in);
    START_WINSOCK();
    const SOCKET s = open_socket(AF_INET6, SOCK_STREAM);
    assert_int_equal(bind_ipv6_loopback(s, 0), 0);
    assert_fails_with(getsockname(s, (struct sockaddr *)&name, &size), WSAEFAULT);
    size = sizeof(name);
    assert_int_equal(getsockname(s, (struct sockaddr *)&name, &size), 0);
    assert_int_equal(name.sin6_scope_id, 0);
    close_socket(s);
    END_WINSOCK();
}

static void who_is_no_socket_has_no_names(void)
{
    struct sockaddr_in name;
    int size = sizeof(name);
    START_WINSOCK();
    assert_fails_with(getsockname(INVALID_SOCKET, (struct sockaddr *)&name, &size), WSAENOTSOCK);
    assert_fails_with(getpeername(INVALID_SOCKET, (struct sockaddr *)&name, &size), WSAENOTSOCK);
    assert_fails_with(getpeername(INVALID_SOCKET, NULL, NULL), WSAENOTSOCK);
    END_WINSOCK();
}

static void without_a_peer_there_is_no_name(void)
{
    struct sockaddr_in name;
    int size = sizeof(name);
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    assert_fails_with(getpeername(s, (struct sockaddr *)&name, &size), WSAENOTCONN);
    assert_int_equal(bind_loopback(s, 0), 0);
    assert_fails_with(getpeername(s, (struct sockaddr *)&name, &size), WSAENOTCONN);
    close_socket(s);
    END_WINSOCK();
}

static void the_peer_comes_before_the_pointers(void)
{
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    assert_fails_with(getpeername(s, NULL, NULL), WSAENOTCONN);
    close_socket(s);
    END_WINSOCK();
}

static void a_peers_name_wants_room(void)
{
    struct sockaddr_in name;
    int size = sizeof(name) - 1;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    assert_fails_with(getpeername(pair.client, NULL, NULL), WSAEFAULT);
    assert_fails_with(getpeername(pair.client, (struct sockaddr *)&name, &size), WSAEFAULT);
    assert_int_equal(size, sizeof(name) - 1);
    close_pair(&pair);
    END_WINSOCK();
}

static void two_ends_know_each_other(void)
{
    START_WINSOCK();
    const struct pair pair = connected_pair();
    const struct sockaddr_in client = own_name(pair.client), server = own_name(pair.server);
    const struct sockaddr_in clients_peer = peer_name(pair.client);
    const struct sockaddr_in servers_peer = peer_name(pair.server);
    assert_memory_equal(&client, &servers_peer, sizeof(client));
    assert_memory_equal(&server, &clients_peer, sizeof(server));
    assert_int_equal(server.sin_port, htons(pair.port));
    assert_int_equal(client.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
    close_pair(&pair);
    END_WINSOCK();
}

static void a_wildcard_becomes_the_address_connected_by(void)
{
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port), s = tcp_socket();
    assert_int_equal(bind_ipv4(s, INADDR_ANY, 0), 0);
    const struct sockaddr_in before = own_name(s);
    assert_int_equal(connect_loopback(s, port), 0);
    const struct sockaddr_in after = own_name(s);
    assert_int_equal(before.sin_addr.s_addr, 0);
    assert_int_equal(after.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
    assert_int_equal(after.sin_port, before.sin_port);
    close_socket(s);
    close_socket(listener);
    END_WINSOCK();
}

/* To an address set aside for documents, where nobody answers. */
static void a_peer_is_named_while_it_is_called(void)
{
    struct sockaddr_in name;
    int size = sizeof(name);
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    set_blocking(s, false);
    if (connect_ipv4(s, 0xC0000201, 9) != WSAEWOULDBLOCK)
        SKIP_BECAUSE("this machine has no route to an address that does not answer");
    assert_int_equal(getpeername(s, (struct sockaddr *)&name, &size), 0);
    assert_int_equal(name.sin_addr.s_addr, htonl(0xC0000201));
    close_socket(s);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(without_a_name_nothing_is_written, NAME_001),
    CASE(a_chosen_name_is_whole, NAME_002, NAME_003),
    CASE(a_name_wants_room, NAME_004),
    CASE(a_name_of_more_room_is_as_long_as_it_is, NAME_005),
    CASE(a_given_name_is_kept, NAME_006),
    CASE(an_ipv6_name_wants_room, NAME_007),
    CASE(who_is_no_socket_has_no_names, NAME_008),
    CASE(without_a_peer_there_is_no_name, NAME_009),
    CASE(the_peer_comes_before_the_pointers, NAME_010),
    CASE(a_peers_name_wants_room, NAME_011),
    CASE(two_ends_know_each_other, NAME_012),
    CASE(a_wildcard_becomes_the_address_connected_by, NAME_013),
    CASE(a_peer_is_named_while_it_is_called, NAME_014),
    END_OF_CASES,
};
// clang-format on

const struct suite socket_names_suite = {
    .name = "socket_names",
    .about = "getsockname and getpeername",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
