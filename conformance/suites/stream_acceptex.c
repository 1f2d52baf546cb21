/* AcceptEx and GetAcceptExSockaddrs. */
#include "conformance/suites/stream.h"

#include "conformance/suites/extension.h"

enum { NAME = sizeof(struct sockaddr_in) + 16, ROOM = 512 };

/* An AcceptEx that is under way: the calls it was made with, and what it fills. */
struct call {
    SOCKET listener, acceptor;
    USHORT port;
    WSAOVERLAPPED overlapped;
    char output[ROOM];
    DWORD bytes;
};

static void call_open(struct call *call)
{
    memset(call, 0, sizeof(*call));
    call->listener = listen_on_loopback(&call->port);
    call->acceptor = open_socket(AF_INET, SOCK_STREAM);
    overlapped_begin(&call->overlapped);
    call->bytes = 0xdead;
}

static unsigned call_with(struct call *call, SOCKET listener, SOCKET acceptor, void *output,
                          DWORD data, DWORD local, DWORD remote)
{
    const LPFN_ACCEPTEX acceptex = find_acceptex(call->listener);
    WSASetLastError(0);
    if (acceptex(listener, acceptor, output, data, local, remote, &call->bytes, &call->overlapped))
        return 0;
    return (unsigned)WSAGetLastError();
}

static void call_begin(struct call *call, DWORD data)
{
    assert_int_equal(
        call_with(call, call->listener, call->acceptor, call->output, data, NAME, NAME),
        WSA_IO_PENDING);
}

static unsigned call_end(struct call *call)
{
    return overlapped_end(call->listener, &call->overlapped, &call->bytes);
}

static void call_close(struct call *call)
{
    overlapped_close(&call->overlapped);
    close_socket(call->acceptor);
    close_socket(call->listener);
}

static bool ended(const struct call *call)
{
    return WSAWaitForMultipleEvents(1, &call->overlapped.hEvent, TRUE, 0, FALSE) ==
           WSA_WAIT_EVENT_0;
}

static unsigned update_context(struct call *call)
{
    return winsock_outcome(setsockopt(call->acceptor, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT,
                                      (const char *)&call->listener, sizeof(call->listener)));
}

static SOCKET client_of(USHORT port)
{
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    assert_int_equal(connect_loopback(s, port), 0);
    return s;
}

static void acceptex_wants_two_sockets_a_buffer_and_an_overlapped(void)
{
    struct call call;
    DWORD bytes = 0;
    START_WINSOCK();
    call_open(&call);
    assert_int_equal(call_with(&call, INVALID_SOCKET, call.acceptor, call.output, 0, NAME, NAME),
                     WSAENOTSOCK);
    assert_int_equal(call_with(&call, call.listener, INVALID_SOCKET, call.output, 0, NAME, NAME),
                     WSAENOTSOCK);
    WSASetLastError(0);
    assert_false(find_acceptex(call.listener)(call.listener, call.acceptor, call.output, 0, NAME,
                                              NAME, &bytes, NULL));
    assert_int_equal(WSAGetLastError(), ERROR_INVALID_PARAMETER);
    call_close(&call);
    END_WINSOCK();
}

static void acceptex_wants_room_for_the_names(void)
{
    struct call call;
    START_WINSOCK();
    call_open(&call);
    assert_int_equal(call_with(&call, call.listener, call.acceptor, NULL, 0, NAME, NAME),
                     WSAEFAULT);
    assert_int_equal(call_with(&call, call.listener, call.acceptor, call.output, 0, NAME, 0),
                     WSAEFAULT);
    call_close(&call);
    END_WINSOCK();
}

static void acceptex_wants_a_listener(void)
{
    struct call call;
    USHORT port;
    START_WINSOCK();
    call_open(&call);
    const SOCKET deaf = deaf_socket(&port);
    assert_int_equal(call_with(&call, deaf, call.acceptor, call.output, 0, NAME, NAME), WSAEINVAL);
    close_socket(deaf);
    call_close(&call);
    END_WINSOCK();
}

static void a_refused_acceptex_reads_as_pending(void)
{
    struct call call;
    START_WINSOCK();
    call_open(&call);
    assert_int_equal(call_with(&call, INVALID_SOCKET, call.acceptor, call.output, 0, NAME, NAME),
                     WSAENOTSOCK);
    assert_int_equal(call.overlapped.Internal, INTERNAL_PENDING);
    call.overlapped.Internal = 0xdead;
    assert_int_equal(call_with(&call, call.acceptor, call.acceptor, call.output, 0, NAME, NAME),
                     WSAEINVAL);
    assert_int_equal(call.overlapped.Internal, INTERNAL_PENDING);
    call_close(&call);
    END_WINSOCK();
}

static void the_accepting_socket_is_fresh(void)
{
    struct call call;
    START_WINSOCK();
    call_open(&call);
    const struct pair pair = connected_pair();
    const SOCKET datagram = udp_socket();
    const SOCKET bound = tcp_socket();
    assert_int_equal(bind_loopback(bound, 0), 0);
    assert_int_equal(call_with(&call, call.listener, bound, call.output, 0, NAME, NAME), WSAEINVAL);
    assert_int_equal(call_with(&call, call.listener, pair.client, call.output, 0, NAME, NAME),
                     WSAEINVAL);
    assert_int_equal(call_with(&call, call.listener, datagram, call.output, 0, NAME, NAME),
                     WSAEINVAL);
    close_socket(bound);
    close_socket(datagram);
    close_pair(&pair);
    call_close(&call);
    END_WINSOCK();
}

static void a_socket_accepts_one_connection_only(void)
{
    struct call call;
    WSAOVERLAPPED second;
    char output[ROOM];
    DWORD bytes;
    START_WINSOCK();
    call_open(&call);
    call_begin(&call, 0);
    overlapped_begin(&second);
    assert_false(find_acceptex(call.listener)(call.listener, call.acceptor, output, 0, NAME, NAME,
                                              &bytes, &second));
    assert_int_equal(WSAGetLastError(), WSAEINVAL);
    assert_int_equal(connect_loopback(call.acceptor, call.port), WSAEINVAL);
    assert_false(ended(&call));
    const SOCKET client = client_of(call.port);
    assert_int_equal(call_end(&call), 0);
    overlapped_close(&second);
    close_socket(client);
    call_close(&call);
    END_WINSOCK();
}

static void without_a_receive_length_acceptex_ends_with_the_connection(void)
{
    struct call call;
    START_WINSOCK();
    call_open(&call);
    call_begin(&call, 0);
    assert_false(ended(&call));
    const SOCKET client = client_of(call.port);
    assert_int_equal(call_end(&call), 0);
    assert_int_equal(call.bytes, 0);
    send_bytes(client, "to", 2);
    expect_bytes(call.acceptor, "to", 2);
    send_bytes(call.acceptor, "fro", 3);
    expect_bytes(client, "fro", 3);
    close_socket(client);
    call_close(&call);
    END_WINSOCK();
}

static void with_a_receive_length_acceptex_ends_with_the_first_bytes(void)
{
    struct call call;
    START_WINSOCK();
    call_open(&call);
    call_begin(&call, ROOM - 2 * NAME);
    const SOCKET client = client_of(call.port);
    assert_int_equal(WSAWaitForMultipleEvents(1, &call.overlapped.hEvent, TRUE, 20, FALSE),
                     WSA_WAIT_TIMEOUT);
    send_bytes(client, "first", 5);
    assert_int_equal(call_end(&call), 0);
    assert_int_equal(call.bytes, 5);
    assert_memory_equal(call.output, "first", 5);
    send_bytes(client, "then", 4);
    expect_bytes(call.acceptor, "then", 4);
    close_socket(client);
    call_close(&call);
    END_WINSOCK();
}

static void a_client_that_closes_ends_acceptex_with_no_bytes(void)
{
    struct call call;
    START_WINSOCK();
    call_open(&call);
    call_begin(&call, 2);
    const SOCKET client = client_of(call.port);
    close_socket(client);
    assert_int_equal(call_end(&call), 0);
    assert_int_equal(call.bytes, 0);
    expect_end(call.acceptor);
    call_close(&call);
    END_WINSOCK();
}

static void a_name_that_does_not_fit_fails_acceptex_at_its_end(void)
{
    struct call call;
    START_WINSOCK();
    call_open(&call);
    assert_int_equal(call_with(&call, call.listener, call.acceptor, call.output, 0, NAME, 3),
                     WSA_IO_PENDING);
    const SOCKET client = client_of(call.port);
    assert_int_equal(
        WSAWaitForMultipleEvents(1, &call.overlapped.hEvent, TRUE, STREAM_PATIENCE_MS, FALSE),
        WSA_WAIT_EVENT_0);
    assert_false(GetOverlappedResult((HANDLE)call.listener, &call.overlapped, &call.bytes, FALSE));
    assert_int_equal(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
    assert_int_equal(call.overlapped.Internal, INTERNAL_BUFFER_TOO_SMALL);
    assert_becomes(call.listener, SET_READ);
    const SOCKET server = accept_one(call.listener);
    send_bytes(client, "kept", 4);
    expect_bytes(server, "kept", 4);
    close_socket(server);
    close_socket(client);
    call_close(&call);
    END_WINSOCK();
}

static void getacceptexsockaddrs_finds_both_names(void)
{
    struct call call;
    struct sockaddr *local = NULL, *remote = NULL;
    int local_size = 0, remote_size = 0;
    START_WINSOCK();
    call_open(&call);
    call_begin(&call, 8);
    const SOCKET client = client_of(call.port);
    send_bytes(client, "x", 1);
    assert_int_equal(call_end(&call), 0);
    find_sockaddrs(call.listener)(call.output, 8, NAME, NAME, &local, &local_size, &remote,
                                  &remote_size);
    assert_int_equal(local_size, sizeof(struct sockaddr_in));
    assert_int_equal(remote_size, sizeof(struct sockaddr_in));
    struct sockaddr_in name;
    memcpy(&name, local, sizeof(name));
    assert_int_equal(name.sin_family, AF_INET);
    assert_int_equal(ntohs(name.sin_port), call.port);
    memcpy(&name, remote, sizeof(name));
    assert_int_equal(name.sin_family, AF_INET);
    assert_int_equal(ntohs(name.sin_port), bound_port(client));
    assert_int_equal(ntohl(name.sin_addr.s_addr), INADDR_LOOPBACK);
    close_socket(client);
    call_close(&call);
    END_WINSOCK();
}

static void the_accepted_socket_knows_no_peer_before_its_context(void)
{
    struct call call;
    struct sockaddr_in name;
    int size = sizeof(name);
    START_WINSOCK();
    call_open(&call);
    call_begin(&call, 0);
    const SOCKET client = client_of(call.port);
    assert_int_equal(call_end(&call), 0);
    assert_fails_with(getpeername(call.acceptor, (struct sockaddr *)&name, &size), WSAENOTCONN);
    assert_fails_with(getsockname(call.acceptor, (struct sockaddr *)&name, &size), WSAEINVAL);
    close_socket(client);
    call_close(&call);
    END_WINSOCK();
}

static void with_its_context_the_accepted_socket_is_like_any_other(void)
{
    struct call call;
    struct sockaddr_in name;
    DWORD value = 0;
    int size = sizeof(name), value_size = sizeof(value);
    START_WINSOCK();
    call_open(&call);
    set_option(call.listener, SOL_SOCKET, SO_RCVTIMEO, 4321);
    call_begin(&call, 0);
    const SOCKET client = client_of(call.port);
    assert_int_equal(call_end(&call), 0);
    assert_int_equal(update_context(&call), 0);
    assert_int_equal(getpeername(call.acceptor, (struct sockaddr *)&name, &size), 0);
    assert_int_equal(ntohs(name.sin_port), bound_port(client));
    assert_int_equal(bound_port(call.acceptor), call.port);
    assert_int_equal(
        getsockopt(call.acceptor, SOL_SOCKET, SO_RCVTIMEO, (char *)&value, &value_size), 0);
    assert_int_equal(value, 4321);
    assert_int_equal(shutdown(call.acceptor, SD_SEND), 0);
    expect_end(client);
    close_socket(client);
    call_close(&call);
    END_WINSOCK();
}

static void the_context_comes_from_a_listener(void)
{
    struct call call;
    SOCKET none = INVALID_SOCKET;
    START_WINSOCK();
    call_open(&call);
    call_begin(&call, 0);
    const SOCKET client = client_of(call.port);
    assert_int_equal(call_end(&call), 0);
    assert_int_not_equal(
        winsock_outcome(setsockopt(call.acceptor, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT,
                                   (char *)&none, sizeof(none))),
        0);
    assert_int_not_equal(
        winsock_outcome(setsockopt(call.acceptor, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT,
                                   (char *)&call.listener, 1)),
        0);
    assert_int_equal(update_context(&call), 0);
    close_socket(client);
    call_close(&call);
    END_WINSOCK();
}

static void a_connection_that_waits_is_taken_at_once(void)
{
    struct call call;
    START_WINSOCK();
    call_open(&call);
    const SOCKET client = client_of(call.port);
    assert_becomes(call.listener, SET_READ);
    assert_one_of(call_with(&call, call.listener, call.acceptor, call.output, 0, NAME, NAME), 0,
                  WSA_IO_PENDING);
    assert_int_equal(call_end(&call), 0);
    assert_is_not(call.listener, SET_READ);
    assert_int_equal(update_context(&call), 0);
    send_bytes(client, "taken", 5);
    expect_bytes(call.acceptor, "taken", 5);
    close_socket(client);
    call_close(&call);
    END_WINSOCK();
}

static void acceptex_calls_are_served_in_their_order(void)
{
    struct call first;
    WSAOVERLAPPED later;
    char output[ROOM];
    DWORD bytes;
    START_WINSOCK();
    call_open(&first);
    call_begin(&first, 0);
    overlapped_begin(&later);
    const SOCKET acceptor = tcp_socket();
    assert_false(
        find_acceptex(acceptor)(first.listener, acceptor, output, 0, NAME, NAME, &bytes, &later));
    assert_int_equal(WSAGetLastError(), WSA_IO_PENDING);
    const SOCKET client = client_of(first.port);
    assert_int_equal(call_end(&first), 0);
    assert_int_equal(WSAWaitForMultipleEvents(1, &later.hEvent, TRUE, 0, FALSE), WSA_WAIT_TIMEOUT);
    const SOCKET next = client_of(first.port);
    assert_int_equal(overlapped_end(first.listener, &later, &bytes), 0);
    send_bytes(next, "two", 3);
    expect_bytes(acceptor, "two", 3);
    send_bytes(client, "one", 3);
    expect_bytes(first.acceptor, "one", 3);
    overlapped_close(&later);
    close_socket(next);
    close_socket(acceptor);
    close_socket(client);
    call_close(&first);
    END_WINSOCK();
}

static DWORD connect_time(SOCKET s)
{
    DWORD seconds = 0xdead;
    int size = sizeof(seconds);
    assert_int_equal(getsockopt(s, SOL_SOCKET, SO_CONNECT_TIME, (char *)&seconds, &size), 0);
    return seconds;
}

static void so_connect_time_tells_who_has_come_but_not_spoken(void)
{
    struct call call;
    START_WINSOCK();
    call_open(&call);
    call_begin(&call, 4);
    assert_int_equal(connect_time(call.acceptor), 0xFFFFFFFF);
    const SOCKET client = client_of(call.port);
    for (int i = 0; i < 1000 && connect_time(call.acceptor) == 0xFFFFFFFF; i++)
        WSAWaitForMultipleEvents(1, &call.overlapped.hEvent, TRUE, 1, FALSE);
    assert_false(ended(&call));
    assert_in_range(connect_time(call.acceptor), 0, 5);
    send_bytes(client, "now", 3);
    assert_int_equal(call_end(&call), 0);
    close_socket(client);
    call_close(&call);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(acceptex_wants_two_sockets_a_buffer_and_an_overlapped, ACC_030),
    CASE(acceptex_wants_room_for_the_names, ACC_031),
    CASE(acceptex_wants_a_listener, ACC_032),
    CASE(a_refused_acceptex_reads_as_pending, ACC_033),
    CASE(the_accepting_socket_is_fresh, ACC_034),
    CASE(a_socket_accepts_one_connection_only, ACC_035),
    CASE(without_a_receive_length_acceptex_ends_with_the_connection, ACC_036),
    CASE(with_a_receive_length_acceptex_ends_with_the_first_bytes, ACC_037),
    CASE(a_client_that_closes_ends_acceptex_with_no_bytes, ACC_038),
    CASE(a_name_that_does_not_fit_fails_acceptex_at_its_end, ACC_039),
    CASE(getacceptexsockaddrs_finds_both_names, ACC_040),
    CASE(the_accepted_socket_knows_no_peer_before_its_context, ACC_041),
    CASE(with_its_context_the_accepted_socket_is_like_any_other, ACC_042),
    CASE(the_context_comes_from_a_listener, ACC_043),
    CASE(a_connection_that_waits_is_taken_at_once, ACC_044),
    CASE(acceptex_calls_are_served_in_their_order, ACC_045),
    CASE(so_connect_time_tells_who_has_come_but_not_spoken, ACC_046),
    END_OF_CASES,
};
// clang-format on

const struct suite stream_acceptex_suite = {
    .name = "stream_acceptex",
    .about = "AcceptEx and GetAcceptExSockaddrs",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
