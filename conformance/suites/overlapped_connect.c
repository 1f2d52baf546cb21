/* AcceptEx, ConnectEx and DisconnectEx: connections as requests. */
#include "conformance/suites/pending.h"

static void update_accept_context(SOCKET acceptor, SOCKET listener)
{
    assert_int_equal(setsockopt(acceptor, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT,
                                (const char *)&listener, sizeof(listener)),
                     0);
}

static void an_accept_ends_when_somebody_connects(void)
{
    struct pending pending;
    START_WINSOCK();
    const SOCKET listener = loopback_listener();
    const SOCKET acceptor = open_socket(AF_INET, SOCK_STREAM);
    pending_init(&pending, true);
    accept_pends(&pending, listener, acceptor, 0);
    assert_still_pends(&pending);
    const SOCKET s = connected_to(listener);
    assert_int_equal(outcome_of(&pending, listener), 0);
    assert_int_equal(pending.size, 0);
    update_accept_context(acceptor, listener);
    const USHORT port = name_of_socket(acceptor).sin_port;
    assert_int_equal(port, name_of_socket(listener).sin_port);
    send_text(s, "to the server");
    assert_receives(acceptor, "to the server");
    send_text(acceptor, "to the client");
    assert_receives(s, "to the client");
    pending_end(&pending);
    close_socket(s);
    close_socket(acceptor);
    close_socket(listener);
    END_WINSOCK();
}

static void an_accept_with_room_waits_for_data(void)
{
    struct pending pending;
    START_WINSOCK();
    const SOCKET listener = loopback_listener();
    const SOCKET acceptor = open_socket(AF_INET, SOCK_STREAM);
    pending_init(&pending, true);
    accept_pends(&pending, listener, acceptor, 2);
    const SOCKET s = connected_to(listener);
    assert_still_pends(&pending);
    send_text(s, "x");
    assert_int_equal(outcome_of(&pending, listener), 0);
    assert_int_equal(pending.size, 1);
    assert_int_equal(pending.bytes[0], 'x');
    pending_end(&pending);
    close_socket(s);
    close_socket(acceptor);
    close_socket(listener);
    END_WINSOCK();
}

static void a_silent_peer_ends_an_accept_by_leaving(void)
{
    struct pending pending;
    START_WINSOCK();
    const SOCKET listener = loopback_listener();
    const SOCKET acceptor = open_socket(AF_INET, SOCK_STREAM);
    pending_init(&pending, true);
    accept_pends(&pending, listener, acceptor, 2);
    const SOCKET s = connected_to(listener);
    assert_still_pends(&pending);
    close_socket(s);
    assert_int_equal(outcome_of(&pending, listener), 0);
    assert_int_equal(pending.size, 0);
    pending_end(&pending);
    close_socket(acceptor);
    close_socket(listener);
    END_WINSOCK();
}

static void accepts_are_served_in_the_order_they_came(void)
{
    struct pending pending[2];
    SOCKET acceptors[2];
    START_WINSOCK();
    const SOCKET listener = loopback_listener();
    for (int i = 0; i < 2; i++) {
        acceptors[i] = open_socket(AF_INET, SOCK_STREAM);
        pending_init(&pending[i], true);
        accept_pends(&pending[i], listener, acceptors[i], 0);
    }
    const SOCKET s = connected_to(listener);
    assert_int_equal(outcome_of(&pending[0], listener), 0);
    assert_still_pends(&pending[1]);
    const SOCKET other = connected_to(listener);
    assert_int_equal(outcome_of(&pending[1], listener), 0);
    send_text(s, "first");
    assert_receives(acceptors[0], "first");
    send_text(other, "second");
    assert_receives(acceptors[1], "second");
    for (int i = 0; i < 2; i++) {
        pending_end(&pending[i]);
        close_socket(acceptors[i]);
    }
    close_socket(other);
    close_socket(s);
    close_socket(listener);
    END_WINSOCK();
}

/* Internal is STATUS_PENDING before anything is looked at. */
static void a_refused_accept_has_marked_its_overlapped(void)
{
    struct pending pending;
    START_WINSOCK();
    const SOCKET listener = loopback_listener();
    const SOCKET acceptor = open_socket(AF_INET, SOCK_STREAM);
    const LPFN_ACCEPTEX accept_ex = acceptex_of(listener);
    pending_init(&pending, false);
    assert_false(accept_ex(INVALID_SOCKET, acceptor, pending.bytes, 0, ACCEPTEX_ADDRESS,
                           ACCEPTEX_ADDRESS, &pending.count, &pending.overlapped));
    assert_int_equal(WSAGetLastError(), WSAENOTSOCK);
    assert_int_equal(pending.overlapped.Internal, IO_IS_PENDING);
    pending_init(&pending, false);
    begin_accept(&pending, listener, INVALID_SOCKET, 0);
    assert_int_equal(pending.begun, WSAENOTSOCK);
    assert_int_equal(pending.overlapped.Internal, IO_IS_PENDING);
    close_socket(acceptor);
    close_socket(listener);
    END_WINSOCK();
}

/* ---- ConnectEx ------------------------------------------------------------------------------- */

static void begin_connect(struct pending *pending, SOCKET s, const struct sockaddr_in *name,
                          const char *text)
{
    const LPFN_CONNECTEX connect_ex = connectex_of(s);
    const DWORD size = text == NULL ? 0 : (DWORD)strlen(text);
    pending_init(pending, true);
    if (size != 0)
        memcpy(pending->bytes, text, size);
    pending->begun =
        connect_ex(s, (const struct sockaddr *)name, sizeof(*name),
                   size == 0 ? NULL : pending->bytes, size, &pending->count, &pending->overlapped)
            ? 0
            : winsock_outcome(SOCKET_ERROR);
}

static void a_connect_pends_and_sends_what_it_was_given(void)
{
    START_WINSOCK();
    for (int i = 0; i < 2; i++) {
        const SOCKET listener = loopback_listener();
        const struct sockaddr_in name = name_of_socket(listener);
        const SOCKET s = bound_tcp();
        struct pending pending;
        begin_connect(&pending, s, &name, i == 0 ? NULL : "hello");
        assert_int_equal(pending.begun, WSA_IO_PENDING);
        memset(pending.bytes, 'x', sizeof(pending.bytes));
        assert_int_equal(outcome_of(&pending, s), 0);
        assert_int_equal(pending.size, i == 0 ? 0 : 5);
        const SOCKET peer = accept(listener, NULL, NULL);
        assert_true(peer != INVALID_SOCKET);
        if (i == 1)
            assert_receives(peer, "hello");
        assert_int_equal(setsockopt(s, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0), 0);
        send_text(s, "more");
        assert_receives(peer, "more");
        pending_end(&pending);
        close_socket(peer);
        close_socket(s);
        close_socket(listener);
    }
    END_WINSOCK();
}

static void a_connect_to_nobody_pends_and_fails(void)
{
    struct pending pending;
    DWORD bytes = 0;
    START_WINSOCK();
    const SOCKET silent = bound_tcp();
    const struct sockaddr_in name = name_of_socket(silent);
    const SOCKET s = bound_tcp();
    begin_connect(&pending, s, &name, NULL);
    assert_int_equal(pending.begun, WSA_IO_PENDING);
    assert_int_equal(outcome_of(&pending, s), WSAECONNREFUSED);
    assert_false(GetOverlappedResult((HANDLE)s, &pending.overlapped, &bytes, FALSE));
    assert_int_equal(GetLastError(), ERROR_CONNECTION_REFUSED);
    pending_end(&pending);
    close_socket(s);
    close_socket(silent);
    END_WINSOCK();
}

static void connectex_wants_a_bound_socket_and_an_overlapped(void)
{
    struct pending pending;
    START_WINSOCK();
    const SOCKET listener = loopback_listener();
    const struct sockaddr_in name = name_of_socket(listener);
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    const LPFN_CONNECTEX connect_ex = connectex_of(s);
    begin_connect(&pending, s, &name, NULL);
    assert_int_equal(pending.begun, WSAEINVAL);
    pending_end(&pending);
    assert_int_equal(bind_loopback(s, 0), 0);
    assert_false(connect_ex(s, (const struct sockaddr *)&name, sizeof(name), NULL, 0, NULL, NULL));
    assert_int_equal(WSAGetLastError(), ERROR_INVALID_PARAMETER);
    assert_false(connect_ex(INVALID_SOCKET, (const struct sockaddr *)&name, sizeof(name), NULL, 0,
                            NULL, &pending.overlapped));
    assert_int_equal(WSAGetLastError(), WSAENOTSOCK);
    close_socket(s);
    close_socket(listener);
    END_WINSOCK();
}

static void a_disconnect_pends_and_says_farewell(void)
{
    struct pending pending;
    char byte;
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    const LPFN_DISCONNECTEX disconnect = disconnectex_of(pair.a);
    pending_init(&pending, true);
    assert_false(disconnect(pair.a, &pending.overlapped, 0, 0));
    assert_int_equal(WSAGetLastError(), WSA_IO_PENDING);
    assert_int_equal(outcome_of(&pending, pair.a), 0);
    assert_int_equal(pending.size, 0);
    assert_int_equal(recv(pair.b, &byte, 1, 0), 0);
    send_text(pair.b, "back");
    assert_receives(pair.a, "back");
    pending_end(&pending);
    close_pair(&pair);
    END_WINSOCK();
}

static void a_connection_is_there_before_its_accept(void)
{
    struct pending pending;
    START_WINSOCK();
    const SOCKET listener = loopback_listener();
    const SOCKET acceptor = open_socket(AF_INET, SOCK_STREAM);
    const SOCKET s = connected_to(listener);
    pending_init(&pending, true);
    begin_accept(&pending, listener, acceptor, 0);
    assert_one_of(pending.begun, 0, WSA_IO_PENDING);
    assert_int_equal(outcome_of(&pending, listener), 0);
    send_text(s, "x");
    assert_receives(acceptor, "x");
    pending_end(&pending);
    close_socket(s);
    close_socket(acceptor);
    close_socket(listener);
    END_WINSOCK();
}

static const struct suite_case cases[] = {
    CASE(an_accept_ends_when_somebody_connects, OVX_035),
    CASE(an_accept_with_room_waits_for_data, OVX_036),
    CASE(a_silent_peer_ends_an_accept_by_leaving, OVX_036),
    CASE(accepts_are_served_in_the_order_they_came, OVX_037),
    CASE(a_connection_is_there_before_its_accept, OVX_035),
    CASE(a_refused_accept_has_marked_its_overlapped, OVX_038),
    CASE(a_connect_pends_and_sends_what_it_was_given, OVX_039),
    CASE(a_connect_to_nobody_pends_and_fails, OVX_040),
    CASE(connectex_wants_a_bound_socket_and_an_overlapped, OVX_041),
    CASE(a_disconnect_pends_and_says_farewell, OVX_042),
    END_OF_CASES,
};

const struct suite overlapped_connect_suite = {
    .name = "overlapped_connect",
    .about = "AcceptEx, ConnectEx and DisconnectEx: connections as requests",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
