/* ConnectEx: its rules, its context, and how a completion port hears of it. */
#include "conformance/suites/stream.h"

#include "conformance/suites/extension.h"

static BOOL connectex_to(SOCKET s, ULONG address, USHORT port, WSAOVERLAPPED *overlapped)
{
    const struct sockaddr_in peer = ipv4_address(address, port);
    const LPFN_CONNECTEX connectex = find_connectex(s);
    WSASetLastError(0);
    return connectex(s, address_at(&peer), sizeof(peer), NULL, 0, NULL, overlapped);
}

#define assert_connectex(s, address, port, overlapped, error)                                      \
    do {                                                                                           \
        assert_false(connectex_to((s), (ULONG)(address), (port), (overlapped)));                   \
        assert_int_equal(WSAGetLastError(), (error));                                              \
    } while (0)

static SOCKET bound_socket(void)
{
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    assert_int_equal(bind_loopback(s, 0), 0);
    return s;
}

/* Connected by ConnectEx, its context not yet updated. */
static SOCKET connected_by_connectex(USHORT port)
{
    WSAOVERLAPPED overlapped;
    DWORD bytes;
    const SOCKET s = bound_socket();
    overlapped_begin(&overlapped);
    assert_connectex(s, INADDR_LOOPBACK, port, &overlapped, WSA_IO_PENDING);
    assert_int_equal(overlapped_end(s, &overlapped, &bytes), 0);
    assert_int_equal(bytes, 0);
    overlapped_close(&overlapped);
    return s;
}

static void connectex_wants_a_bound_stream_and_an_overlapped(void)
{
    WSAOVERLAPPED overlapped;
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port);
    const SOCKET unbound = tcp_socket();
    const SOCKET bound = bound_socket();
    const struct sockaddr_in peer = ipv4_address(INADDR_LOOPBACK, port);
    overlapped_begin(&overlapped);
    assert_connectex(unbound, INADDR_LOOPBACK, port, &overlapped, WSAEINVAL);
    assert_int_equal(bound_port(unbound), 0);
    assert_connectex(bound, INADDR_LOOPBACK, port, NULL, ERROR_INVALID_PARAMETER);
    WSASetLastError(0);
    assert_false(find_connectex(bound)(INVALID_SOCKET, address_at(&peer), sizeof(peer), NULL, 0,
                                       NULL, &overlapped));
    assert_int_equal(WSAGetLastError(), WSAENOTSOCK);
    overlapped_close(&overlapped);
    close_socket(bound);
    close_socket(unbound);
    close_socket(listener);
    END_WINSOCK();
}

static void connectex_pends_and_sends_what_it_was_given(void)
{
    WSAOVERLAPPED overlapped;
    char bytes[] = "with the handshake";
    DWORD sent = 0xdead;
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port);
    const struct sockaddr_in peer = ipv4_address(INADDR_LOOPBACK, port);
    const SOCKET s = bound_socket();
    const int size = (int)sizeof(bytes) - 1;
    overlapped_begin(&overlapped);
    assert_false(find_connectex(s)(s, address_at(&peer), sizeof(peer), bytes, (DWORD)size, &sent,
                                   &overlapped));
    assert_int_equal(WSAGetLastError(), WSA_IO_PENDING);
    memset(bytes, 'x', sizeof(bytes));
    assert_int_equal(overlapped_end(s, &overlapped, &sent), 0);
    assert_int_equal(sent, size);
    assert_int_equal(overlapped.Internal, 0);
    assert_int_equal(overlapped.InternalHigh, size);
    const SOCKET server = accept_one(listener);
    expect_bytes(server, "with the handshake", size);
    overlapped_close(&overlapped);
    close_socket(server);
    close_socket(s);
    close_socket(listener);
    END_WINSOCK();
}

static void connectex_to_nobody_is_refused_at_its_end(void)
{
    WSAOVERLAPPED overlapped;
    DWORD bytes;
    USHORT port;
    START_WINSOCK();
    const SOCKET deaf = deaf_socket(&port);
    const SOCKET s = bound_socket();
    overlapped_begin(&overlapped);
    assert_connectex(s, INADDR_LOOPBACK, port, &overlapped, WSA_IO_PENDING);
    assert_int_equal(overlapped_end(s, &overlapped, &bytes), WSAECONNREFUSED);
    assert_int_equal(overlapped.Internal, INTERNAL_CONNECTION_REFUSED);
    assert_int_equal(overlapped.InternalHigh, 0);
    SetLastError(0);
    assert_false(GetOverlappedResult((HANDLE)s, &overlapped, &bytes, FALSE));
    assert_int_equal(GetLastError(), ERROR_CONNECTION_REFUSED);
    overlapped_close(&overlapped);
    close_socket(s);
    close_socket(deaf);
    END_WINSOCK();
}

static void without_its_context_the_socket_knows_no_peer(void)
{
    struct sockaddr_in name;
    int size = sizeof(name);
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port);
    const SOCKET s = connected_by_connectex(port);
    assert_fails_with(getpeername(s, (struct sockaddr *)&name, &size), WSAENOTCONN);
    assert_int_equal(connect_loopback(s, port), WSAEINVAL);
    send_bytes(s, "yet", 3);
    const SOCKET server = accept_one(listener);
    expect_bytes(server, "yet", 3);
    close_socket(server);
    close_socket(s);
    close_socket(listener);
    END_WINSOCK();
}

static void with_its_context_the_socket_is_like_any_other(void)
{
    struct sockaddr_in name;
    int size = sizeof(name);
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port);
    const SOCKET s = connected_by_connectex(port);
    const SOCKET server = accept_one(listener);
    assert_int_equal(setsockopt(s, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0), 0);
    assert_int_equal(getpeername(s, (struct sockaddr *)&name, &size), 0);
    assert_int_equal(ntohs(name.sin_port), port);
    assert_int_equal(connect_loopback(s, port), WSAEISCONN);
    assert_int_equal(shutdown(s, SD_SEND), 0);
    expect_end(server);
    close_socket(server);
    close_socket(s);
    close_socket(listener);
    END_WINSOCK();
}

static void a_connected_socket_is_refused_by_connectex(void)
{
    WSAOVERLAPPED overlapped;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    overlapped_begin(&overlapped);
    assert_connectex(pair.client, INADDR_LOOPBACK, pair.port, &overlapped, WSAEISCONN);
    assert_connectex(pair.server, INADDR_LOOPBACK, pair.port, &overlapped, WSAEISCONN);
    overlapped_close(&overlapped);
    close_pair(&pair);
    END_WINSOCK();
}

static void a_listener_is_refused_by_connectex(void)
{
    WSAOVERLAPPED overlapped;
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port);
    overlapped_begin(&overlapped);
    assert_connectex(listener, INADDR_LOOPBACK, port, &overlapped, WSAEINVAL);
    assert_int_equal(overlapped.Internal, INTERNAL_PENDING);
    overlapped_close(&overlapped);
    close_socket(listener);
    END_WINSOCK();
}

static void connectex_and_connect_do_not_overtake_each_other(void)
{
    WSAOVERLAPPED first, second;
    struct sockaddr_in name;
    int size = sizeof(name);
    START_WINSOCK();
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    assert_int_equal(bind_ipv4(s, INADDR_ANY, 0), 0);
    overlapped_begin(&first);
    overlapped_begin(&second);
    const BOOL done = connectex_to(s, SILENT_ADDRESS, SILENT_PORT, &first);
    if ((!done && WSAGetLastError() != WSA_IO_PENDING) ||
        WSAWaitForMultipleEvents(1, &first.hEvent, TRUE, 20, FALSE) == WSA_WAIT_EVENT_0)
        SKIP_BECAUSE("this machine has an answer for an address where nobody is");
    assert_int_equal(connect_ipv4(s, SILENT_ADDRESS, SILENT_PORT), WSAEINVAL);
    assert_connectex(s, SILENT_ADDRESS, SILENT_PORT, &second, WSAEINVAL);
    assert_fails_with(getpeername(s, (struct sockaddr *)&name, &size), WSAENOTCONN);
    close_socket(s);
    assert_int_equal(WSAWaitForMultipleEvents(1, &first.hEvent, TRUE, STREAM_PATIENCE_MS, FALSE),
                     WSA_WAIT_EVENT_0);

    const SOCKET other = open_socket(AF_INET, SOCK_STREAM);
    assert_int_equal(bind_ipv4(other, INADDR_ANY, 0), 0);
    set_blocking(other, false);
    assert_int_equal(connect_ipv4(other, SILENT_ADDRESS, SILENT_PORT), WSAEWOULDBLOCK);
    assert_connectex(other, SILENT_ADDRESS, SILENT_PORT, &second, WSAEINVAL);
    assert_int_equal(second.Internal, INTERNAL_PENDING);
    close_socket(other);
    overlapped_close(&second);
    overlapped_close(&first);
    END_WINSOCK();
}

/* ---- With a completion port ------------------------------------------------------------------ */

struct told {
    BOOL success;
    DWORD error;
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *overlapped;
};

static struct told next_packet(HANDLE port, DWORD milliseconds)
{
    struct told told = {FALSE, 0, 0xdead, 0xdead, NULL};
    SetLastError(0);
    told.success =
        GetQueuedCompletionStatus(port, &told.bytes, &told.key, &told.overlapped, milliseconds);
    told.error = GetLastError();
    return told;
}

static HANDLE port_of(SOCKET s)
{
    const HANDLE port = CreateIoCompletionPort((HANDLE)s, NULL, 77, 0);
    assert_non_null(port);
    return port;
}

static void assert_no_packet(HANDLE port)
{
    const struct told told = next_packet(port, 0);
    assert_false(told.success);
    assert_int_equal(told.error, WAIT_TIMEOUT);
    assert_null(told.overlapped);
}

static void connect_itself_posts_nothing(void)
{
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port);
    const SOCKET s = tcp_socket();
    const HANDLE completions = port_of(s);
    assert_int_equal(connect_loopback(s, port), 0);
    assert_no_packet(completions);
    const SOCKET other = tcp_socket();
    set_blocking(other, false);
    assert_true(CreateIoCompletionPort((HANDLE)other, completions, 78, 0) == completions);
    assert_int_equal(connect_loopback(other, port), WSAEWOULDBLOCK);
    assert_becomes(other, SET_WRITE);
    assert_no_packet(completions);
    close_socket(other);
    close_socket(s);
    close_socket(listener);
    assert_true(CloseHandle(completions));
    END_WINSOCK();
}

static void connectex_posts_its_end_success_or_not(void)
{
    WSAOVERLAPPED overlapped;
    USHORT port, deaf_port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port);
    const SOCKET deaf = deaf_socket(&deaf_port);
    const SOCKET s = bound_socket();
    const SOCKET refused = bound_socket();
    const HANDLE completions = port_of(s);
    assert_true(CreateIoCompletionPort((HANDLE)refused, completions, 78, 0) == completions);
    assert_true(
        SetFileCompletionNotificationModes((HANDLE)s, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS));
    assert_true(
        SetFileCompletionNotificationModes((HANDLE)refused, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS));
    overlapped_begin(&overlapped);
    assert_connectex(refused, INADDR_LOOPBACK, deaf_port, &overlapped, WSA_IO_PENDING);
    struct told told = next_packet(completions, STREAM_PATIENCE_MS);
    assert_false(told.success);
    assert_int_equal(told.error, ERROR_CONNECTION_REFUSED);
    assert_int_equal(told.bytes, 0);
    assert_int_equal(told.key, 78);
    assert_ptr_equal(told.overlapped, &overlapped);
    assert_connectex(s, INADDR_LOOPBACK, port, &overlapped, WSA_IO_PENDING);
    told = next_packet(completions, STREAM_PATIENCE_MS);
    assert_true(told.success);
    assert_int_equal(told.bytes, 0);
    assert_ptr_equal(told.overlapped, &overlapped);
    assert_int_equal(WSAWaitForMultipleEvents(1, &overlapped.hEvent, TRUE, 0, FALSE),
                     WSA_WAIT_EVENT_0);
    assert_no_packet(completions);
    overlapped_close(&overlapped);
    close_socket(refused);
    close_socket(s);
    close_socket(deaf);
    close_socket(listener);
    assert_true(CloseHandle(completions));
    END_WINSOCK();
}

static void an_event_with_its_low_bit_set_keeps_the_packet_back(void)
{
    WSAOVERLAPPED overlapped;
    DWORD bytes = 0xdead;
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port);
    const SOCKET s = bound_socket();
    const HANDLE completions = port_of(s);
    overlapped_begin(&overlapped);
    const WSAEVENT event = overlapped.hEvent;
    overlapped.hEvent = (HANDLE)((ULONG_PTR)event | 1);
    assert_connectex(s, INADDR_LOOPBACK, port, &overlapped, WSA_IO_PENDING);
    assert_int_equal(WSAWaitForMultipleEvents(1, &event, TRUE, STREAM_PATIENCE_MS, FALSE),
                     WSA_WAIT_EVENT_0);
    assert_true(GetOverlappedResult((HANDLE)s, &overlapped, &bytes, FALSE));
    assert_int_equal(bytes, 0);
    assert_no_packet(completions);
    assert_true(WSACloseEvent(event));
    close_socket(s);
    close_socket(listener);
    assert_true(CloseHandle(completions));
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(connectex_wants_a_bound_stream_and_an_overlapped, CON_021),
    CASE(connectex_pends_and_sends_what_it_was_given, CON_022),
    CASE(connectex_to_nobody_is_refused_at_its_end, CON_023),
    CASE(without_its_context_the_socket_knows_no_peer, CON_024),
    CASE(with_its_context_the_socket_is_like_any_other, CON_025),
    CASE(a_connected_socket_is_refused_by_connectex, CON_026),
    CASE(a_listener_is_refused_by_connectex, CON_027),
    CASE(connectex_and_connect_do_not_overtake_each_other, CON_028),
    CASE(connect_itself_posts_nothing, CON_029),
    CASE(connectex_posts_its_end_success_or_not, CON_030),
    CASE(an_event_with_its_low_bit_set_keeps_the_packet_back, CON_031),
    END_OF_CASES,
};
// clang-format on

const struct suite stream_connectex_suite = {
    .name = "stream_connectex",
    .about = "ConnectEx",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
