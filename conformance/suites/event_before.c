/* What happened before the socket was accepted or selected. */
#include "conformance/suites/event_select.h"
#include "conformance/suites/extension.h"

enum { EVERYTHING = FD_READ | FD_WRITE | FD_OOB | FD_CONNECT | FD_CLOSE };

/* A client that has sent three bytes, or closed its side, before anyone accepts it. */
static SOCKET early_client(USHORT port, bool sends)
{
    const SOCKET client = tcp_socket();
    assert_int_equal(connect_loopback(client, port), 0);
    if (sends)
        send_bytes(client, "abc", 3);
    else
        assert_int_equal(shutdown(client, SD_SEND), 0);
    Sleep(QUIET_MS);
    return client;
}

static void expect_events(SOCKET s, WSAEVENT event, long expected)
{
    assert_int_equal(await_events(s, event, expected), expected);
}

static void what_came_before_the_accept_is_reported(void)
{
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port);
    const WSAEVENT event = new_event();
    for (int sends = 0; sends < 2; sends++) {
        const SOCKET client = early_client(port, sends != 0);
        const SOCKET server = accept_one(listener);
        choose_events(server, event, EVERYTHING);
        expect_events(server, event, FD_WRITE | (sends ? FD_READ : FD_CLOSE));
        close_socket(client);
        close_socket(server);
    }
    close_socket(listener);
    close_event(event);
    END_WINSOCK();
}

static void what_came_before_is_reported_by_an_inherited_selection(void)
{
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port);
    const WSAEVENT event = new_event();
    choose_events(listener, event, EVERYTHING);
    for (int sends = 0; sends < 2; sends++) {
        const SOCKET client = early_client(port, sends != 0);
        const SOCKET server = accept(listener, NULL, NULL);
        assert_true(server != INVALID_SOCKET);
        expect_events(server, event, FD_WRITE | (sends ? FD_READ : FD_CLOSE));
        close_socket(client);
        close_socket(server);
    }
    close_socket(listener);
    close_event(event);
    END_WINSOCK();
}

/* AcceptEx that wants `wanted` bytes of the three that are there; then the acceptor is selected. */
static void expect_after_acceptex(DWORD wanted, long expected)
{
    char room[2 * (sizeof(struct sockaddr_in) + 16) + 3];
    const DWORD name = sizeof(struct sockaddr_in) + 16;
    USHORT port;
    DWORD count = 0, flags = 0;
    const SOCKET listener = listen_on_loopback(&port), acceptor = tcp_socket();
    const LPFN_ACCEPTEX accept_ex = find_acceptex(listener);
    const SOCKET client = early_client(port, true);
    const WSAEVENT event = new_event();
    WSAOVERLAPPED overlapped = {.hEvent = event};
    if (!accept_ex(listener, acceptor, room, wanted, name, name, &count, &overlapped))
        assert_int_equal(WSAGetLastError(), ERROR_IO_PENDING);
    assert_true(WSAGetOverlappedResult(listener, &overlapped, &count, TRUE, &flags));
    assert_int_equal(count, wanted);
    assert_true(WSAResetEvent(event));
    assert_int_equal(setsockopt(acceptor, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT,
                                (const char *)&listener, sizeof(listener)),
                     0);
    choose_events(acceptor, event, EVERYTHING);
    expect_events(acceptor, event, expected);
    close_socket(client);
    close_socket(acceptor);
    close_socket(listener);
    close_event(event);
}

static void what_acceptex_left_is_reported(void)
{
    START_WINSOCK();
    expect_after_acceptex(0, FD_READ | FD_WRITE);
    expect_after_acceptex(2, FD_READ | FD_WRITE);
    END_WINSOCK();
}

/* Recorded while the bytes were there, and asked for when they no longer are. */
static void what_was_all_received_before(void)
{
    START_WINSOCK();
    const WSAEVENT event = new_event();
    const struct pair pair = connected_pair();
    choose_events(pair.server, event, FD_READ);
    send_bytes(pair.client, "abc", 3);
    await(event);
    expect_bytes(pair.server, "abc", 3);
    if ((take_events(pair.server, event) & FD_READ) != 0)
        OBSERVE(event_all_read, kept);
    else
        OBSERVE(event_all_read, forgotten);
    close_pair(&pair);
    close_event(event);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(what_came_before_the_accept_is_reported, EVT_050),
    CASE(what_came_before_is_reported_by_an_inherited_selection, EVT_050),
    CASE(what_acceptex_left_is_reported, EVT_051),
    CASE(what_was_all_received_before, EVT_052),
    END_OF_CASES,
};
// clang-format on

const struct suite event_before_suite = {
    .name = "event_before",
    .about = "WSAEventSelect: what happened before",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
