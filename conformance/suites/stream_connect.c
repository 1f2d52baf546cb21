/* Connecting a stream: what connect and WSAConnect answer, when, and what the socket is then. */
#include "conformance/suites/socket_names.h"
#include "conformance/suites/stream.h"

enum { CLIENTS = 16, RETRY_MS = 500 };

/* A non-blocking socket whose connect is under way, and stays so. */
static SOCKET connecting_socket(void)
{
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    set_blocking(s, false);
    const unsigned begun = connect_ipv4(s, SILENT_ADDRESS, SILENT_PORT);
    if (begun == WSAENETUNREACH || begun == WSAEHOSTUNREACH || selected(s, SET_EXCEPT, 20) ||
        selected(s, SET_WRITE, 0)) {
        close_socket(s);
        SKIP_BECAUSE("this machine has an answer for an address where nobody is");
    }
    assert_int_equal(begun, WSAEWOULDBLOCK);
    return s;
}

static void a_connection_is_made_before_it_is_accepted(void)
{
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port);
    const SOCKET client = tcp_socket();
    assert_int_equal(connect_loopback(client, port), 0);
    assert_int_equal(ntohs(peer_name(client).sin_port), port);
    send_bytes(client, "early", 5);
    const SOCKET server = accept_one(listener);
    expect_bytes(server, "early", 5);
    close_socket(server);
    close_socket(client);
    close_socket(listener);
    END_WINSOCK();
}

static void connecting_binds_a_socket_that_is_not_bound(void)
{
    struct sockaddr_in name;
    USHORT port;
    int size = sizeof(name);
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port);
    const SOCKET client = tcp_socket();
    assert_fails_with(getsockname(client, (struct sockaddr *)&name, &size), WSAEINVAL);
    assert_int_equal(connect_loopback(client, port), 0);
    name = own_name(client);
    assert_int_equal(ntohl(name.sin_addr.s_addr), INADDR_LOOPBACK);
    assert_int_not_equal(name.sin_port, 0);
    assert_int_not_equal(ntohs(name.sin_port), port);
    assert_int_equal(bind_loopback(client, 0), WSAEINVAL);
    close_socket(client);
    close_socket(listener);
    END_WINSOCK();
}

static void each_end_has_the_other_for_its_peer(void)
{
    START_WINSOCK();
    const struct pair pair = connected_pair();
    const struct sockaddr_in client = own_name(pair.client);
    const struct sockaddr_in server = own_name(pair.server);
    const struct sockaddr_in clients_peer = peer_name(pair.client);
    const struct sockaddr_in servers_peer = peer_name(pair.server);
    assert_memory_equal(&client, &servers_peer, sizeof(client));
    assert_memory_equal(&server, &clients_peer, sizeof(server));
    close_pair(&pair);
    END_WINSOCK();
}

static void a_bound_socket_connects_from_its_own_port(void)
{
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port);
    const SOCKET client = tcp_socket();
    assert_int_equal(bind_ipv4(client, INADDR_ANY, 0), 0);
    const USHORT own = bound_port(client);
    assert_int_equal(connect_loopback(client, port), 0);
    assert_int_equal(ntohs(own_name(client).sin_port), own);
    const SOCKET server = accept_one(listener);
    assert_int_equal(ntohs(peer_name(server).sin_port), own);
    close_socket(server);
    close_socket(client);
    close_socket(listener);
    END_WINSOCK();
}

static void where_nobody_listens_is_a_refusal(void)
{
    USHORT port;
    START_WINSOCK();
    const SOCKET deaf = deaf_socket(&port);
    const SOCKET client = tcp_socket();
    const ULONGLONG begun = GetTickCount64();
    assert_int_equal(connect_loopback(client, port), WSAECONNREFUSED);
    if (GetTickCount64() - begun < RETRY_MS)
        OBSERVE(refused_connect, at_once);
    else
        OBSERVE(refused_connect, retries);
    assert_is_not(client, SET_WRITE);
    assert_is_not(client, SET_READ);
    close_socket(client);
    close_socket(deaf);
    END_WINSOCK();
}

static void a_failed_blocking_connect_leaves_no_so_error(void)
{
    USHORT port;
    START_WINSOCK();
    const SOCKET deaf = deaf_socket(&port);
    const SOCKET client = tcp_socket();
    assert_int_equal(connect_loopback(client, port), WSAECONNREFUSED);
    assert_int_equal(so_error(client), 0);
    assert_becomes(client, SET_EXCEPT);
    close_socket(client);
    close_socket(deaf);
    END_WINSOCK();
}

static void who_was_refused_may_try_again(void)
{
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = deaf_socket(&port);
    const SOCKET client = tcp_socket();
    assert_int_equal(connect_loopback(client, port), WSAECONNREFUSED);
    assert_int_equal(connect_loopback(client, port), WSAECONNREFUSED);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(connect_loopback(client, port), 0);
    const SOCKET server = accept_one(listener);
    send_bytes(client, "again", 5);
    expect_bytes(server, "again", 5);
    close_socket(server);
    close_socket(client);
    close_socket(listener);
    END_WINSOCK();
}

static void a_nonblocking_connect_goes_on_and_is_writable_at_its_end(void)
{
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port);
    const SOCKET client = tcp_socket();
    set_blocking(client, false);
    assert_int_equal(connect_loopback(client, port), WSAEWOULDBLOCK);
    assert_becomes(client, SET_WRITE);
    assert_is_not(client, SET_EXCEPT);
    assert_int_equal(so_error(client), 0);
    assert_int_equal(ntohs(peer_name(client).sin_port), port);
    assert_int_equal(connect_loopback(client, port), WSAEISCONN);
    close_socket(client);
    close_socket(listener);
    END_WINSOCK();
}

static void a_nonblocking_connect_refused_is_told_in_the_except_set(void)
{
    USHORT port;
    START_WINSOCK();
    const SOCKET deaf = deaf_socket(&port);
    const SOCKET client = tcp_socket();
    set_blocking(client, false);
    assert_int_equal(connect_loopback(client, port), WSAEWOULDBLOCK);
    assert_becomes(client, SET_EXCEPT);
    assert_is_not(client, SET_WRITE);
    assert_int_equal(so_error(client), WSAECONNREFUSED);
    close_socket(client);
    close_socket(deaf);
    END_WINSOCK();
}

static void so_error_of_a_failed_connect_is_read_again(void)
{
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = deaf_socket(&port);
    const SOCKET client = tcp_socket();
    set_blocking(client, false);
    assert_int_equal(connect_loopback(client, port), WSAEWOULDBLOCK);
    assert_becomes(client, SET_EXCEPT);
    assert_int_equal(so_error(client), WSAECONNREFUSED);
    if (so_error(client) == WSAECONNREFUSED)
        OBSERVE(so_error_after_connect, stays);
    else
        OBSERVE(so_error_after_connect, cleared);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(connect_loopback(client, port), WSAEWOULDBLOCK);
    assert_becomes(client, SET_WRITE);
    assert_int_equal(so_error(client), 0);
    close_socket(client);
    close_socket(listener);
    END_WINSOCK();
}

static void a_second_connect_meets_the_first(void)
{
    START_WINSOCK();
    const SOCKET s = connecting_socket();
    assert_int_equal(connect_ipv4(s, SILENT_ADDRESS, SILENT_PORT), WSAEALREADY);
    assert_int_equal(connect_loopback(s, SILENT_PORT), WSAEALREADY);
    assert_int_equal(so_error(s), 0);
    assert_int_not_equal(bound_port(s), 0);
    close_socket(s);
    END_WINSOCK();
}

static void who_is_connecting_has_a_peer_already(void)
{
    START_WINSOCK();
    const SOCKET s = connecting_socket();
    const struct sockaddr_in peer = peer_name(s);
    assert_int_equal(ntohl(peer.sin_addr.s_addr), SILENT_ADDRESS);
    assert_int_equal(ntohs(peer.sin_port), SILENT_PORT);
    close_socket(s);
    END_WINSOCK();
}

static void who_is_connecting_moves_no_bytes(void)
{
    char byte = 'x';
    START_WINSOCK();
    const SOCKET s = connecting_socket();
    assert_fails_with(send(s, &byte, 1, 0), WSAENOTCONN);
    assert_fails_with(recv(s, &byte, 1, 0), WSAENOTCONN);
    assert_is_not(s, SET_WRITE);
    assert_is_not(s, SET_READ);
    assert_is_not(s, SET_EXCEPT);
    close_socket(s);
    END_WINSOCK();
}

static void a_listener_does_not_connect(void)
{
    USHORT port, other;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port);
    const SOCKET target = listen_on_loopback(&other);
    assert_int_equal(connect_loopback(listener, other), WSAEINVAL);
    const SOCKET client = tcp_socket();
    assert_int_equal(connect_loopback(client, port), 0);
    close_socket(client);
    close_socket(target);
    close_socket(listener);
    END_WINSOCK();
}

static void a_connected_socket_does_not_connect_again(void)
{
    USHORT port;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    const SOCKET other = listen_on_loopback(&port);
    assert_int_equal(connect_loopback(pair.client, pair.port), WSAEISCONN);
    assert_int_equal(connect_loopback(pair.client, port), WSAEISCONN);
    assert_int_equal(connect_loopback(pair.server, port), WSAEISCONN);
    set_blocking(pair.client, false);
    assert_int_equal(connect_loopback(pair.client, port), WSAEISCONN);
    assert_int_equal(ntohs(peer_name(pair.client).sin_port), pair.port);
    close_socket(other);
    close_pair(&pair);
    END_WINSOCK();
}

static void a_connect_that_nobody_answers_ends_in_time(void)
{
    USHORT port;
    if (testbed_plays_apart())
        SKIP_BECAUSE("on a real machine this takes 21 seconds and more");
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port);
    const SOCKET s = tcp_socket();
    const ULONGLONG begun = GetTickCount64();
    assert_int_equal(connect_ipv4(s, SILENT_ADDRESS, SILENT_PORT), WSAETIMEDOUT);
    assert_in_range(GetTickCount64() - begun, 1000, 180000);
    set_blocking(s, false);
    assert_int_equal(connect_ipv4(s, SILENT_ADDRESS, SILENT_PORT), WSAEWOULDBLOCK);
    assert_true(selected(s, SET_EXCEPT, 180000));
    assert_int_equal(so_error(s), WSAETIMEDOUT);
    close_socket(s);
    close_socket(listener);
    END_WINSOCK();
}

static void wsaconnect_is_connect(void)
{
    USHORT port, deaf_port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port);
    const SOCKET deaf = deaf_socket(&deaf_port);
    const struct sockaddr_in peer = ipv4_address(INADDR_LOOPBACK, port);
    const struct sockaddr_in nobody = ipv4_address(INADDR_LOOPBACK, deaf_port);
    const SOCKET client = tcp_socket();
    const SOCKET refused = tcp_socket();
    assert_fails_with(
        WSAConnect(refused, address_at(&nobody), sizeof(nobody), NULL, NULL, NULL, NULL),
        WSAECONNREFUSED);
    assert_int_equal(WSAConnect(client, address_at(&peer), sizeof(peer), NULL, NULL, NULL, NULL),
                     0);
    assert_fails_with(WSAConnect(client, address_at(&peer), sizeof(peer), NULL, NULL, NULL, NULL),
                      WSAEISCONN);
    const SOCKET other = tcp_socket();
    set_blocking(other, false);
    assert_fails_with(WSAConnect(other, address_at(&peer), sizeof(peer), NULL, NULL, NULL, NULL),
                      WSAEWOULDBLOCK);
    assert_becomes(other, SET_WRITE);
    close_socket(other);
    close_socket(refused);
    close_socket(client);
    close_socket(deaf);
    close_socket(listener);
    END_WINSOCK();
}

static DWORD connect_time(SOCKET s)
{
    DWORD seconds = 0xdead;
    int size = sizeof(seconds);
    assert_int_equal(getsockopt(s, SOL_SOCKET, SO_CONNECT_TIME, (char *)&seconds, &size), 0);
    assert_int_equal(size, sizeof(seconds));
    return seconds;
}

static void the_time_of_a_connection_begins_when_it_is_made(void)
{
    START_WINSOCK();
    const SOCKET fresh = tcp_socket();
    const SOCKET datagram = udp_socket();
    assert_int_equal(connect_time(fresh), 0xFFFFFFFF);
    assert_int_equal(connect_time(datagram), 0xFFFFFFFF);
    const struct pair pair = connected_pair();
    assert_in_range(connect_time(pair.client), 0, 5);
    assert_in_range(connect_time(pair.server), 0, 5);
    close_pair(&pair);
    close_socket(datagram);
    close_socket(fresh);
    END_WINSOCK();
}

static void two_connections_differ_in_a_name(void)
{
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port);
    const SOCKET first = tcp_socket();
    const SOCKET second = tcp_socket();
    set_option(first, SOL_SOCKET, SO_REUSEADDR, 1);
    set_option(second, SOL_SOCKET, SO_REUSEADDR, 1);
    assert_int_equal(bind_loopback(first, 0), 0);
    assert_int_equal(bind_loopback(second, bound_port(first)), 0);
    assert_int_equal(connect_loopback(first, port), 0);
    assert_int_equal(connect_loopback(second, port), WSAEADDRINUSE);
    const SOCKET server = accept_one(listener);
    send_bytes(first, "mine", 4);
    expect_bytes(server, "mine", 4);
    close_socket(server);
    close_socket(second);
    close_socket(first);
    close_socket(listener);
    END_WINSOCK();
}

static void many_clients_each_get_a_port_and_a_server(void)
{
    SOCKET clients[CLIENTS];
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port);
    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = tcp_socket();
        assert_int_equal(connect_loopback(clients[i], port), 0);
        const USHORT own = bound_port(clients[i]);
        for (int before = 0; before < i; before++)
            assert_int_not_equal(own, bound_port(clients[before]));
    }
    for (int i = 0; i < CLIENTS; i++) {
        const SOCKET server = accept_one(listener);
        const USHORT from = ntohs(peer_name(server).sin_port);
        assert_int_equal(from, bound_port(clients[i]));
        send_bytes(clients[i], "hello", 5);
        expect_bytes(server, "hello", 5);
        close_socket(server);
    }
    for (int i = 0; i < CLIENTS; i++)
        close_socket(clients[i]);
    close_socket(listener);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(a_connection_is_made_before_it_is_accepted, CON_001),
    CASE(connecting_binds_a_socket_that_is_not_bound, CON_002),
    CASE(each_end_has_the_other_for_its_peer, CON_003),
    CASE(a_bound_socket_connects_from_its_own_port, CON_004),
    CASE(where_nobody_listens_is_a_refusal, CON_005),
    CASE(a_failed_blocking_connect_leaves_no_so_error, CON_006),
    CASE(who_was_refused_may_try_again, CON_007),
    CASE(a_nonblocking_connect_goes_on_and_is_writable_at_its_end, CON_008),
    CASE(a_nonblocking_connect_refused_is_told_in_the_except_set, CON_009),
    CASE(so_error_of_a_failed_connect_is_read_again, CON_010),
    CASE(a_second_connect_meets_the_first, CON_011),
    CASE(who_is_connecting_has_a_peer_already, CON_012),
    CASE(who_is_connecting_moves_no_bytes, CON_013),
    CASE(a_listener_does_not_connect, CON_014),
    CASE(a_connected_socket_does_not_connect_again, CON_015),
    CASE(a_connect_that_nobody_answers_ends_in_time, CON_016),
    CASE(wsaconnect_is_connect, CON_017),
    CASE(the_time_of_a_connection_begins_when_it_is_made, CON_018),
    CASE(two_connections_differ_in_a_name, CON_019),
    CASE(many_clients_each_get_a_port_and_a_server, CON_020),
    END_OF_CASES,
};
// clang-format on

const struct suite stream_connect_suite = {
    .name = "stream_connect",
    .about = "Connecting a stream",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
