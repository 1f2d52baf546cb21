/* Listening and accepting: who may, in which order, and what the new socket has of the listener. */
#include "conformance/suites/stream.h"

enum { WAITING = 5 };

static void listen_wants_a_socket_that_is_bound(void)
{
    static const int backlogs[] = {-2, 0, 1, SOMAXCONN};
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    for (int i = 0; i < 4; i++) {
        assert_fails_with(listen(0, backlogs[i]), WSAENOTSOCK);
        assert_fails_with(listen((SOCKET)0xdeadbeef, backlogs[i]), WSAENOTSOCK);
        assert_fails_with(listen(s, backlogs[i]), WSAEINVAL);
    }
    close_socket(s);
    assert_fails_with(listen(s, 1), WSAENOTSOCK);
    END_WINSOCK();
}

static void a_socket_whose_bind_failed_does_not_listen(void)
{
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port);
    const SOCKET s = tcp_socket();
    assert_int_equal(bind_loopback(s, port), WSAEADDRINUSE);
    assert_fails_with(listen(s, 1), WSAEINVAL);
    assert_int_equal(bind_loopback(s, 0), 0);
    assert_int_equal(listen(s, 1), 0);
    close_socket(s);
    close_socket(listener);
    END_WINSOCK();
}

static void listen_may_be_repeated_with_any_backlog(void)
{
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    assert_int_equal(bind_loopback(s, 0), 0);
    assert_int_equal(listen(s, 0), 0);
    assert_int_equal(listen(s, 0), 0);
    assert_int_equal(listen(s, SOMAXCONN), 0);
    assert_int_equal(listen(s, -200), 0);
    const SOCKET client = tcp_socket();
    assert_int_equal(connect_loopback(client, bound_port(s)), 0);
    close_socket(accept_one(s));
    close_socket(client);
    close_socket(s);
    END_WINSOCK();
}

static DWORD accepts(SOCKET s)
{
    DWORD on = 0xdead;
    int size = sizeof(on);
    assert_int_equal(getsockopt(s, SOL_SOCKET, SO_ACCEPTCONN, (char *)&on, &size), 0);
    return on;
}

static void so_acceptconn_says_who_listens(void)
{
    DWORD on = 1;
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    assert_int_equal(accepts(s), 0);
    assert_int_equal(bind_loopback(s, 0), 0);
    assert_int_equal(accepts(s), 0);
    assert_fails_with(setsockopt(s, SOL_SOCKET, SO_ACCEPTCONN, (char *)&on, sizeof(on)),
                      WSAENOPROTOOPT);
    assert_int_equal(listen(s, 1), 0);
    assert_int_equal(accepts(s), 1);
    on = 0;
    assert_fails_with(setsockopt(s, SOL_SOCKET, SO_ACCEPTCONN, (char *)&on, sizeof(on)),
                      WSAENOPROTOOPT);
    close_socket(s);
    END_WINSOCK();
}

static void a_connected_socket_does_not_listen(void)
{
    START_WINSOCK();
    const struct pair pair = connected_pair();
    assert_fails_with(listen(pair.client, 1), WSAEISCONN);
    assert_fails_with(listen(pair.server, 1), WSAEISCONN);
    close_pair(&pair);
    END_WINSOCK();
}

static void accept_wants_a_listener(void)
{
    START_WINSOCK();
    const SOCKET fresh = tcp_socket();
    const struct pair pair = connected_pair();
    assert_true(accept(INVALID_SOCKET, NULL, NULL) == INVALID_SOCKET);
    assert_int_equal(WSAGetLastError(), WSAENOTSOCK);
    assert_true(accept(fresh, NULL, NULL) == INVALID_SOCKET);
    assert_int_equal(WSAGetLastError(), WSAEINVAL);
    assert_int_equal(bind_loopback(fresh, 0), 0);
    assert_true(accept(fresh, NULL, NULL) == INVALID_SOCKET);
    assert_int_equal(WSAGetLastError(), WSAEINVAL);
    assert_true(accept(pair.client, NULL, NULL) == INVALID_SOCKET);
    assert_int_equal(WSAGetLastError(), WSAEINVAL);
    close_pair(&pair);
    close_socket(fresh);
    assert_true(accept(fresh, NULL, NULL) == INVALID_SOCKET);
    assert_int_equal(WSAGetLastError(), WSAENOTSOCK);
    END_WINSOCK();
}

static void datagram_sockets_do_not_accept(void)
{
    START_WINSOCK();
    const SOCKET s = udp_socket();
    assert_int_equal(bind_loopback(s, 0), 0);
    assert_true(accept(s, NULL, NULL) == INVALID_SOCKET);
    assert_int_equal(WSAGetLastError(), WSAEOPNOTSUPP);
    close_socket(s);
    END_WINSOCK();
}

static void a_nonblocking_accept_does_not_wait(void)
{
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port);
    set_blocking(listener, false);
    assert_true(accept(listener, NULL, NULL) == INVALID_SOCKET);
    assert_int_equal(WSAGetLastError(), WSAEWOULDBLOCK);
    assert_is_not(listener, SET_READ);
    const SOCKET client = tcp_socket();
    assert_int_equal(connect_loopback(client, port), 0);
    assert_becomes(listener, SET_READ);
    const SOCKET server = accept_one(listener);
    assert_is_not(listener, SET_READ);
    assert_true(accept(listener, NULL, NULL) == INVALID_SOCKET);
    assert_int_equal(WSAGetLastError(), WSAEWOULDBLOCK);
    close_socket(server);
    close_socket(client);
    close_socket(listener);
    END_WINSOCK();
}

static void accept_names_the_client_and_says_how_long_the_name_is(void)
{
    struct sockaddr_storage name;
    struct sockaddr_in own;
    int size = sizeof(name), own_size = sizeof(own);
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port);
    const SOCKET client = tcp_socket();
    assert_int_equal(connect_loopback(client, port), 0);
    memset(&name, 0xCC, sizeof(name));
    const SOCKET server = accept(listener, (struct sockaddr *)&name, &size);
    assert_true(server != INVALID_SOCKET);
    assert_int_equal(size, sizeof(struct sockaddr_in));
    assert_int_equal(getsockname(client, (struct sockaddr *)&own, &own_size), 0);
    assert_memory_equal(&name, &own, sizeof(own));
    close_socket(server);
    close_socket(client);
    close_socket(listener);
    END_WINSOCK();
}

static void a_name_that_does_not_fit_is_refused(void)
{
    struct sockaddr_in name;
    int size = 0;
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port);
    const SOCKET client = tcp_socket();
    assert_int_equal(connect_loopback(client, port), 0);
    assert_true(accept(listener, (struct sockaddr *)&name, &size) == INVALID_SOCKET);
    assert_int_equal(WSAGetLastError(), WSAEFAULT);
    assert_int_equal(size, 0);
    const SOCKET another = tcp_socket();
    assert_int_equal(connect_loopback(another, port), 0);
    assert_true(WSAAccept(listener, (struct sockaddr *)&name, &size, NULL, 0) == INVALID_SOCKET);
    assert_int_equal(WSAGetLastError(), WSAEFAULT);
    assert_int_equal(size, 0);
    close_socket(another);
    close_socket(client);
    close_socket(listener);
    END_WINSOCK();
}

static void an_address_without_a_length_is_left_alone(void)
{
    struct sockaddr_in name, before;
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port);
    const SOCKET client = tcp_socket();
    assert_int_equal(connect_loopback(client, port), 0);
    memset(&name, 0xCC, sizeof(name));
    before = name;
    const SOCKET server = accept(listener, (struct sockaddr *)&name, NULL);
    assert_true(server != INVALID_SOCKET);
    assert_memory_equal(&name, &before, sizeof(name));
    close_socket(server);
    close_socket(client);
    close_socket(listener);
    END_WINSOCK();
}

static void who_came_first_is_accepted_first(void)
{
    SOCKET clients[WAITING];
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = tcp_socket();
    assert_int_equal(bind_loopback(listener, 0), 0);
    assert_int_equal(listen(listener, WAITING), 0);
    port = bound_port(listener);
    for (int i = 0; i < WAITING; i++) {
        clients[i] = tcp_socket();
        assert_int_equal(connect_loopback(clients[i], port), 0);
    }
    for (int i = 0; i < WAITING; i++) {
        struct sockaddr_in name;
        int size = sizeof(name);
        const SOCKET server = accept(listener, (struct sockaddr *)&name, &size);
        assert_true(server != INVALID_SOCKET);
        assert_int_equal(ntohs(name.sin_port), bound_port(clients[i]));
        close_socket(server);
        close_socket(clients[i]);
    }
    close_socket(listener);
    END_WINSOCK();
}

static void the_new_socket_has_the_address_the_client_came_to(void)
{
    struct sockaddr_in name;
    int size = sizeof(name);
    START_WINSOCK();
    const SOCKET listener = tcp_socket();
    assert_int_equal(bind_ipv4(listener, INADDR_ANY, 0), 0);
    assert_int_equal(listen(listener, 1), 0);
    const USHORT port = bound_port(listener);
    const SOCKET client = tcp_socket();
    assert_int_equal(connect_loopback(client, port), 0);
    const SOCKET server = accept_one(listener);
    assert_int_equal(getsockname(server, (struct sockaddr *)&name, &size), 0);
    assert_int_equal(ntohl(name.sin_addr.s_addr), INADDR_LOOPBACK);
    assert_int_equal(ntohs(name.sin_port), port);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&name, &size), 0);
    assert_int_equal(ntohl(name.sin_addr.s_addr), INADDR_ANY);
    close_socket(server);
    close_socket(client);
    close_socket(listener);
    END_WINSOCK();
}

struct acceptor {
    SOCKET listener;
    HANDLE begun;
    SOCKET got;
    int error;
};

static DWORD WINAPI accepting(LPVOID argument)
{
    struct acceptor *acceptor = argument;
    SetEvent(acceptor->begun);
    acceptor->got = accept(acceptor->listener, NULL, NULL);
    acceptor->error = WSAGetLastError();
    return 0;
}

static void closing_the_listener_ends_an_accept_that_waits(void)
{
    struct acceptor acceptor = {INVALID_SOCKET, NULL, 0, 0};
    USHORT port;
    START_WINSOCK();
    acceptor.listener = listen_on_loopback(&port);
    acceptor.begun = CreateEventA(NULL, TRUE, FALSE, NULL);
    const HANDLE thread = start_thread(accepting, &acceptor);
    assert_int_equal(WaitForSingleObject(acceptor.begun, STREAM_PATIENCE_MS), WAIT_OBJECT_0);
    close_socket(acceptor.listener);
    join_thread(thread);
    assert_true(acceptor.got == INVALID_SOCKET);
    assert_int_not_equal(acceptor.error, 0);
    assert_true(CloseHandle(acceptor.begun));
    END_WINSOCK();
}

static void a_blocking_accept_waits_for_a_client(void)
{
    struct acceptor acceptor = {INVALID_SOCKET, NULL, 0, 0};
    USHORT port;
    START_WINSOCK();
    acceptor.listener = listen_on_loopback(&port);
    acceptor.begun = CreateEventA(NULL, TRUE, FALSE, NULL);
    const HANDLE thread = start_thread(accepting, &acceptor);
    assert_int_equal(WaitForSingleObject(acceptor.begun, STREAM_PATIENCE_MS), WAIT_OBJECT_0);
    const SOCKET client = tcp_socket();
    assert_int_equal(connect_loopback(client, port), 0);
    join_thread(thread);
    assert_true(acceptor.got != INVALID_SOCKET);
    send_bytes(acceptor.got, "welcome", 7);
    expect_bytes(client, "welcome", 7);
    close_socket(client);
    close_socket(acceptor.got);
    close_socket(acceptor.listener);
    assert_true(CloseHandle(acceptor.begun));
    END_WINSOCK();
}

static void who_left_before_he_was_accepted_is_accepted_all_the_same(void)
{
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port);
    const SOCKET client = tcp_socket();
    assert_int_equal(connect_loopback(client, port), 0);
    send_bytes(client, "bye", 3);
    close_socket(client);
    const SOCKET server = accept_one(listener);
    expect_bytes(server, "bye", 3);
    expect_end(server);
    close_socket(server);
    close_socket(listener);
    END_WINSOCK();
}

static void who_was_not_accepted_is_reset_with_the_listener(void)
{
    USHORT port;
    char byte;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port);
    const SOCKET client = tcp_socket();
    assert_int_equal(connect_loopback(client, port), 0);
    assert_becomes(listener, SET_READ);
    close_socket(listener);
    assert_becomes(client, SET_READ);
    assert_fails_with(recv(client, &byte, 1, 0), WSAECONNRESET);
    close_socket(client);
    END_WINSOCK();
}

static void connections_outlive_their_listener(void)
{
    START_WINSOCK();
    const struct pair pair = connected_pair();
    close_socket(pair.listener);
    send_bytes(pair.client, "still", 5);
    expect_bytes(pair.server, "still", 5);
    send_bytes(pair.server, "here", 4);
    expect_bytes(pair.client, "here", 4);
    const SOCKET late = tcp_socket();
    assert_int_equal(connect_loopback(late, pair.port), WSAECONNREFUSED);
    close_socket(late);
    close_socket(pair.server);
    close_socket(pair.client);
    END_WINSOCK();
}

static void more_than_the_backlog_is_turned_away(void)
{
    enum { BACKLOG = 2, CLIENTS = 6 };
    SOCKET clients[CLIENTS];
    unsigned turned_away = 0;
    if (testbed_plays_apart())
        SKIP_BECAUSE("on a real machine a full queue takes seconds to refuse");
    START_WINSOCK();
    const SOCKET listener = tcp_socket();
    assert_int_equal(bind_loopback(listener, 0), 0);
    assert_int_equal(listen(listener, BACKLOG), 0);
    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = tcp_socket();
        const unsigned outcome = connect_loopback(clients[i], bound_port(listener));
        assert_true(outcome == 0 || i >= BACKLOG);
        if (outcome != 0)
            OBSERVE_VALUE(backlog_full, outcome);
        turned_away += outcome != 0;
    }
    assert_in_range(turned_away, 2, CLIENTS - BACKLOG);
    close_socket(accept_one(listener));
    const SOCKET late = tcp_socket();
    assert_int_equal(connect_loopback(late, bound_port(listener)), 0);
    close_socket(late);
    for (int i = 0; i < CLIENTS; i++)
        close_socket(clients[i]);
    close_socket(listener);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(listen_wants_a_socket_that_is_bound, ACC_001, ACC_002),
    CASE(a_socket_whose_bind_failed_does_not_listen, ACC_003),
    CASE(listen_may_be_repeated_with_any_backlog, ACC_004),
    CASE(so_acceptconn_says_who_listens, ACC_005),
    CASE(a_connected_socket_does_not_listen, ACC_006),
    CASE(accept_wants_a_listener, ACC_007),
    CASE(datagram_sockets_do_not_accept, ACC_008),
    CASE(a_nonblocking_accept_does_not_wait, ACC_009),
    CASE(accept_names_the_client_and_says_how_long_the_name_is, ACC_010),
    CASE(a_name_that_does_not_fit_is_refused, ACC_011),
    CASE(an_address_without_a_length_is_left_alone, ACC_012),
    CASE(who_came_first_is_accepted_first, ACC_013),
    CASE(the_new_socket_has_the_address_the_client_came_to, ACC_014),
    CASE(closing_the_listener_ends_an_accept_that_waits, ACC_015),
    CASE(a_blocking_accept_waits_for_a_client, ACC_016),
    CASE(who_left_before_he_was_accepted_is_accepted_all_the_same, ACC_017),
    CASE(who_was_not_accepted_is_reset_with_the_listener, ACC_018),
    CASE(connections_outlive_their_listener, ACC_019),
    CASE(more_than_the_backlog_is_turned_away, ACC_020),
    END_OF_CASES,
};
// clang-format on

const struct suite stream_listen_suite = {
    .name = "stream_listen",
    .about = "Listening and accepting",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
