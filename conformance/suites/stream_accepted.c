/* What an accepted socket has of its listener, and WSAAccept's condition. */
#include "conformance/suites/stream.h"

/* ---- Inherited ------------------------------------------------------------------------------- */

struct inherited {
    int level;
    int option;
    int size;
    DWORD value;
};

static const struct inherited INHERITED[] = {
    {SOL_SOCKET, SO_REUSEADDR, 4, 1},    {SOL_SOCKET, SO_OOBINLINE, 4, 1},
    {SOL_SOCKET, SO_SNDBUF, 4, 0x1234},  {SOL_SOCKET, SO_RCVBUF, 4, 0x2345},
    {SOL_SOCKET, SO_SNDTIMEO, 4, 12345}, {SOL_SOCKET, SO_RCVTIMEO, 4, 23456},
    {SOL_SOCKET, SO_KEEPALIVE, 1, 1},    {IPPROTO_TCP, TCP_NODELAY, 1, 1},
};

enum { INHERITED_COUNT = sizeof(INHERITED) / sizeof(INHERITED[0]) };

static void an_accepted_socket_has_the_options_of_the_listener(void)
{
    struct linger linger = {1, 555};
    int size = sizeof(linger);
    START_WINSOCK();
    const SOCKET listener = tcp_socket();
    for (int i = 0; i < INHERITED_COUNT; i++)
        set_option(listener, INHERITED[i].level, INHERITED[i].option, INHERITED[i].value);
    assert_int_equal(bind_loopback(listener, 0), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(setsockopt(listener, SOL_SOCKET, SO_LINGER, (char *)&linger, size), 0);
    const SOCKET client = tcp_socket();
    assert_int_equal(connect_loopback(client, bound_port(listener)), 0);
    const SOCKET server = accept_one(listener);
    for (int i = 0; i < INHERITED_COUNT; i++) {
        DWORD value = 0;
        size = INHERITED[i].size;
        assert_int_equal(
            getsockopt(server, INHERITED[i].level, INHERITED[i].option, (char *)&value, &size), 0);
        assert_int_equal(value, INHERITED[i].value);
    }
    memset(&linger, 0, sizeof(linger));
    size = sizeof(linger);
    assert_int_equal(getsockopt(server, SOL_SOCKET, SO_LINGER, (char *)&linger, &size), 0);
    assert_int_equal(linger.l_onoff, 1);
    assert_int_equal(linger.l_linger, 555);
    linger.l_onoff = 0;
    assert_int_equal(setsockopt(server, SOL_SOCKET, SO_LINGER, (char *)&linger, size), 0);
    close_socket(server);
    close_socket(client);
    close_socket(listener);
    END_WINSOCK();
}

static void an_accepted_socket_has_the_blocking_mode_of_the_listener(void)
{
    USHORT port;
    char byte;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port);
    const SOCKET client = tcp_socket();
    set_blocking(listener, false);
    assert_int_equal(connect_loopback(client, port), 0);
    assert_becomes(listener, SET_READ);
    const SOCKET server = accept_one(listener);
    assert_fails_with(recv(server, &byte, 1, 0), WSAEWOULDBLOCK);
    close_socket(server);
    close_socket(client);
    close_socket(listener);
    END_WINSOCK();
}

static void an_accepted_socket_is_no_listener(void)
{
    DWORD on = 1;
    int size = sizeof(on);
    START_WINSOCK();
    const struct pair pair = connected_pair();
    assert_int_equal(getsockopt(pair.server, SOL_SOCKET, SO_ACCEPTCONN, (char *)&on, &size), 0);
    assert_int_equal(on, 0);
    assert_true(accept(pair.server, NULL, NULL) == INVALID_SOCKET);
    assert_int_equal(WSAGetLastError(), WSAEINVAL);
    close_pair(&pair);
    END_WINSOCK();
}

/* ---- Two listeners on one port --------------------------------------------------------------- */

static SOCKET listen_at(ULONG address, USHORT port, bool reuse)
{
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    if (reuse)
        set_option(s, SOL_SOCKET, SO_REUSEADDR, 1);
    assert_int_equal(bind_ipv4(s, address, port), 0);
    assert_int_equal(listen(s, 5), 0);
    return s;
}

/* A client of the port comes to the first of two listeners. */
static void assert_comes_to(SOCKET first, SOCKET other, USHORT port)
{
    const SOCKET client = open_socket(AF_INET, SOCK_STREAM);
    assert_int_equal(connect_loopback(client, port), 0);
    assert_becomes(first, SET_READ);
    assert_is_not(other, SET_READ);
    close_socket(accept_one(first));
    close_socket(client);
}

static unsigned accepts_client(SOCKET listener, USHORT port)
{
    const SOCKET client = open_socket(AF_INET, SOCK_STREAM);
    const unsigned outcome = connect_loopback(client, port);
    if (outcome == 0)
        close_socket(accept_one(listener));
    close_socket(client);
    return outcome;
}

static void a_client_comes_to_the_more_specific_listener(void)
{
    const USHORT port = free_ports(2);
    START_WINSOCK();
    const SOCKET all = listen_at(INADDR_ANY, port, false);
    const SOCKET loopback = listen_at(INADDR_LOOPBACK, port, false);
    assert_comes_to(loopback, all, port);
    const SOCKET second = listen_at(INADDR_LOOPBACK, (USHORT)(port + 1), false);
    const SOCKET second_all = listen_at(INADDR_ANY, (USHORT)(port + 1), false);
    assert_comes_to(second, second_all, (USHORT)(port + 1));
    close_socket(second_all);
    close_socket(second);
    close_socket(loopback);
    assert_int_equal(accepts_client(all, port), 0);
    close_socket(all);
    END_WINSOCK();
}

static void of_two_listeners_that_share_the_first_bound_is_come_to(void)
{
    const USHORT port = free_ports(1);
    START_WINSOCK();
    const SOCKET first = listen_at(INADDR_LOOPBACK, port, true);
    const SOCKET second = listen_at(INADDR_LOOPBACK, port, true);
    assert_comes_to(first, second, port);
    assert_comes_to(first, second, port);
    close_socket(second);
    close_socket(first);
    END_WINSOCK();
}

/* ---- WSAAccept ------------------------------------------------------------------------------- */

struct condition {
    int answer;
    unsigned asked;
    struct sockaddr_in caller, callee;
    DWORD caller_size, callee_size;
    DWORD caller_data, sqos;
};

static int CALLBACK asked(LPWSABUF caller, LPWSABUF caller_data, LPQOS sqos, LPQOS gqos,
                          LPWSABUF callee, LPWSABUF callee_data, GROUP *group, DWORD_PTR context)
{
    struct condition *condition = (struct condition *)context;
    (void)gqos;
    (void)callee_data;
    (void)group;
    condition->asked++;
    condition->caller_size = caller->len;
    condition->callee_size = callee->len;
    if (caller->len >= sizeof(condition->caller))
        memcpy(&condition->caller, caller->buf, sizeof(condition->caller));
    if (callee->len >= sizeof(condition->callee))
        memcpy(&condition->callee, callee->buf, sizeof(condition->callee));
    condition->caller_data = caller_data == NULL ? 0 : caller_data->len;
    condition->sqos = sqos != NULL;
    return condition->answer;
}

static SOCKET accept_if(SOCKET listener, struct condition *condition)
{
    WSASetLastError(0);
    return WSAAccept(listener, NULL, NULL, asked, (DWORD_PTR)condition);
}

static void the_condition_is_told_who_calls_whom(void)
{
    struct condition condition = {.answer = CF_ACCEPT};
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port);
    const SOCKET client = tcp_socket();
    assert_int_equal(connect_loopback(client, port), 0);
    const SOCKET server = accept_if(listener, &condition);
    assert_true(server != INVALID_SOCKET);
    assert_int_equal(condition.asked, 1);
    assert_int_equal(condition.caller.sin_family, AF_INET);
    assert_int_equal(ntohs(condition.caller.sin_port), bound_port(client));
    assert_int_equal(ntohl(condition.caller.sin_addr.s_addr), INADDR_LOOPBACK);
    assert_int_equal(ntohs(condition.callee.sin_port), port);
    assert_int_equal(condition.caller_data, 0);
    send_bytes(client, "in", 2);
    expect_bytes(server, "in", 2);
    close_socket(server);
    close_socket(client);
    close_socket(listener);
    END_WINSOCK();
}

static void who_is_rejected_is_reset(void)
{
    struct condition condition = {.answer = CF_REJECT};
    USHORT port;
    char byte;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port);
    const SOCKET client = tcp_socket();
    assert_int_equal(connect_loopback(client, port), 0);
    assert_true(accept_if(listener, &condition) == INVALID_SOCKET);
    assert_int_equal(WSAGetLastError(), WSAECONNREFUSED);
    assert_int_equal(condition.asked, 1);
    assert_becomes(client, SET_READ);
    assert_fails_with(recv(client, &byte, 1, 0), WSAECONNRESET);
    set_blocking(listener, false);
    assert_true(accept(listener, NULL, NULL) == INVALID_SOCKET);
    assert_int_equal(WSAGetLastError(), WSAEWOULDBLOCK);
    close_socket(client);
    close_socket(listener);
    END_WINSOCK();
}

static void who_is_deferred_waits_on(void)
{
    struct condition condition = {.answer = CF_DEFER};
    struct sockaddr_in name;
    int size = sizeof(name);
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port);
    const SOCKET client = tcp_socket();
    assert_int_equal(connect_loopback(client, port), 0);
    for (int i = 0; i < 2; i++) {
        assert_true(accept_if(listener, &condition) == INVALID_SOCKET);
        assert_int_equal(WSAGetLastError(), WSATRY_AGAIN);
    }
    assert_int_equal(condition.asked, 2);
    set_blocking(listener, false);
    const SOCKET server = accept(listener, (struct sockaddr *)&name, &size);
    assert_true(server != INVALID_SOCKET);
    assert_int_equal(ntohs(name.sin_port), bound_port(client));
    close_socket(server);
    close_socket(client);
    close_socket(listener);
    END_WINSOCK();
}

static void nobody_is_asked_when_nobody_calls(void)
{
    struct condition condition = {.answer = CF_ACCEPT};
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port);
    set_blocking(listener, false);
    assert_true(accept_if(listener, &condition) == INVALID_SOCKET);
    assert_int_equal(WSAGetLastError(), WSAEWOULDBLOCK);
    assert_int_equal(condition.asked, 0);
    close_socket(listener);
    END_WINSOCK();
}

static void without_a_condition_wsaaccept_is_accept(void)
{
    struct sockaddr_in name;
    int size = sizeof(name);
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port);
    const SOCKET client = tcp_socket();
    assert_true(WSAAccept(client, NULL, NULL, NULL, 0) == INVALID_SOCKET);
    assert_int_equal(WSAGetLastError(), WSAEINVAL);
    assert_true(WSAAccept(INVALID_SOCKET, NULL, NULL, NULL, 0) == INVALID_SOCKET);
    assert_int_equal(WSAGetLastError(), WSAENOTSOCK);
    assert_int_equal(connect_loopback(client, port), 0);
    const SOCKET server = WSAAccept(listener, (struct sockaddr *)&name, &size, NULL, 0);
    assert_true(server != INVALID_SOCKET);
    assert_int_equal(ntohs(name.sin_port), bound_port(client));
    close_socket(server);
    close_socket(client);
    close_socket(listener);
    END_WINSOCK();
}

static void a_conditional_listener_holds_the_handshake_back(void)
{
    struct condition condition = {.answer = CF_REJECT};
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = tcp_socket();
    const SOCKET client = tcp_socket();
    assert_int_equal(bind_loopback(listener, 0), 0);
    set_option(listener, SOL_SOCKET, SO_CONDITIONAL_ACCEPT, 1);
    assert_int_equal(listen(listener, 5), 0);
    port = bound_port(listener);
    set_blocking(client, false);
    assert_int_equal(connect_loopback(client, port), WSAEWOULDBLOCK);
    assert_becomes(listener, SET_READ);
    assert_is_not(client, SET_WRITE);
    assert_true(accept_if(listener, &condition) == INVALID_SOCKET);
    assert_int_equal(WSAGetLastError(), WSAECONNREFUSED);
    /* Who is refused may ask again by himself. */
    while (!selected(client, SET_EXCEPT, 100))
        if (selected(listener, SET_READ, 2000))
            assert_true(accept_if(listener, &condition) == INVALID_SOCKET);
    assert_in_range(condition.asked, 1, 20);
    assert_int_equal(so_error(client), WSAECONNREFUSED);
    condition.answer = CF_ACCEPT;
    assert_int_equal(connect_loopback(client, port), WSAEWOULDBLOCK);
    const SOCKET server = accept_if(listener, &condition);
    assert_true(server != INVALID_SOCKET);
    assert_becomes(client, SET_WRITE);
    close_socket(server);
    close_socket(client);
    close_socket(listener);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(an_accepted_socket_has_the_options_of_the_listener, ACC_021),
    CASE(an_accepted_socket_has_the_blocking_mode_of_the_listener, ACC_022),
    CASE(an_accepted_socket_is_no_listener, ACC_023),
    CASE(a_client_comes_to_the_more_specific_listener, ACC_048),
    CASE(of_two_listeners_that_share_the_first_bound_is_come_to, ACC_049),
    CASE(the_condition_is_told_who_calls_whom, ACC_024),
    CASE(who_is_rejected_is_reset, ACC_025),
    CASE(who_is_deferred_waits_on, ACC_026),
    CASE(nobody_is_asked_when_nobody_calls, ACC_027),
    CASE(without_a_condition_wsaaccept_is_accept, ACC_028),
    CASE(a_conditional_listener_holds_the_handshake_back, ACC_029),
    END_OF_CASES,
};
// clang-format on

const struct suite stream_accepted_suite = {
    .name = "stream_accepted",
    .about = "Accepted sockets and WSAAccept's condition",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
