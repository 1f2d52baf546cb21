/* Names of peers, connections and datagrams, as far as they need no wire: what connect, listen,
 * sendto and ConnectEx say, and what they make of the socket's own name.
 */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/block.h"
#include "conformance/suites/suite.h"

static const struct sockaddr *any(const void *name)
{
    return name;
}

static unsigned connect_to(SOCKET s, const struct sockaddr_in *peer)
{
    return winsock_outcome(connect(s, any(peer), sizeof(*peer)));
}

static int send_one(SOCKET s, const void *bytes, int size, const struct sockaddr_in *to)
{
    return sendto(s, bytes, size, 0, any(to), to == NULL ? 0 : (int)sizeof(*to));
}

static struct sockaddr_in name_of(SOCKET s)
{
    struct sockaddr_in name;
    int size = sizeof(name);
    memset(&name, 0xCC, sizeof(name));
    assert_int_equal(getsockname(s, (struct sockaddr *)&name, &size), 0);
    return name;
}

static SOCKET listener_at(ULONG address, USHORT port)
{
    const SOCKET s = tcp_socket();
    assert_int_equal(bind_ipv4(s, address, port), 0);
    assert_int_equal(listen(s, SOMAXCONN), 0);
    return s;
}

static void a_stream_connects_to_a_listener_only(void)
{
    const USHORT port = free_ports(2);
    const struct sockaddr_in peer = ipv4_address(INADDR_LOOPBACK, port);
    struct sockaddr_in out;
    int size = sizeof(out);
    START_WINSOCK();
    const SOCKET listener = tcp_socket();
    const SOCKET refused = tcp_socket();
    const SOCKET s = tcp_socket();
    assert_int_equal(bind_loopback(listener, port), 0);
    assert_int_equal(connect_to(refused, &peer), WSAECONNREFUSED);
    assert_int_not_equal(bound_port(refused), 0);
    assert_int_equal(listen(listener, SOMAXCONN), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_fails_with(getpeername(s, (struct sockaddr *)&out, &size), WSAENOTCONN);
    assert_int_equal(connect_to(s, &peer), 0);
    assert_int_equal(connect_to(s, &peer), WSAEISCONN);
    assert_fails_with(listen(s, 1), WSAEISCONN);
    assert_int_equal(getpeername(s, (struct sockaddr *)&out, &size), 0);
    assert_int_equal(size, sizeof(out));
    assert_memory_equal(&out, &peer, sizeof(peer));
    out = name_of(s);
    assert_int_equal(ntohl(out.sin_addr.s_addr), INADDR_LOOPBACK);
    assert_int_not_equal(out.sin_port, 0);
    assert_int_equal(connect_to(listener, &peer), WSAEINVAL);
    assert_fails_with(getpeername(listener, (struct sockaddr *)&out, &size), WSAENOTCONN);
    close_socket(s);
    close_socket(refused);
    close_socket(listener);
    END_WINSOCK();
}

static void ipv6_names_are_whole(void)
{
    const USHORT port = free_ports(2);
    const struct sockaddr_in6 peer = ipv6_loopback(port);
    struct sockaddr_in6 out;
    int size = sizeof(out);
    START_WINSOCK();
    const SOCKET listener = open_socket(AF_INET6, SOCK_STREAM);
    const SOCKET s = open_socket(AF_INET6, SOCK_STREAM);
    assert_int_equal(bind(listener, any(&peer), sizeof(peer)), 0);
    memset(&out, 0xCC, sizeof(out));
    assert_int_equal(getsockname(listener, (struct sockaddr *)&out, &size), 0);
    assert_memory_equal(&out, &peer, sizeof(peer));
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(connect(s, any(&peer), sizeof(peer)), 0);
    memset(&out, 0xCC, sizeof(out));
    assert_int_equal(getpeername(s, (struct sockaddr *)&out, &size), 0);
    assert_memory_equal(&out, &peer, sizeof(peer));
    assert_int_equal(getsockname(s, (struct sockaddr *)&out, &size), 0);
    assert_int_equal(out.sin6_addr.s6_addr[15], 1);
    close_socket(s);
    close_socket(listener);
    END_WINSOCK();
}

static void a_connection_is_made_from_the_address_it_leaves_by(void)
{
    const char *const text = testbed_second_address();
    const USHORT port = free_ports(2);
    START_WINSOCK();
    REQUIRE_TESTBED(text != NULL);
    const SOCKET listener = listener_at(INADDR_ANY, port);
    struct sockaddr_in peer = ipv4_address(INADDR_ANY, port);
    peer.sin_addr.s_addr = inet_addr(text);
    const SOCKET unbound = tcp_socket();
    assert_int_equal(connect_to(unbound, &peer), 0);
    assert_int_equal(ntohl(name_of(unbound).sin_addr.s_addr), INADDR_LOOPBACK);
    const SOCKET wildcard = tcp_socket();
    assert_int_equal(bind_ipv4(wildcard, INADDR_ANY, 0), 0);
    const USHORT own = bound_port(wildcard);
    assert_int_equal(connect_to(wildcard, &peer), 0);
    assert_int_equal(ntohl(name_of(wildcard).sin_addr.s_addr), INADDR_LOOPBACK);
    assert_int_equal(bound_port(wildcard), own);
    close_socket(wildcard);
    close_socket(unbound);
    close_socket(listener);
    END_WINSOCK();
}

static void a_datagram_socket_takes_a_peer_and_gives_it_up(void)
{
    const USHORT port = free_ports(3);
    struct sockaddr_in peer = ipv4_address(INADDR_LOOPBACK, port);
    struct sockaddr_in out;
    int size = sizeof(out);
    START_WINSOCK();
    const SOCKET s = udp_socket();
    assert_int_equal(bind_loopback(s, (USHORT)(port + 1)), 0);
    assert_fails_with(getpeername(s, (struct sockaddr *)&out, &size), WSAENOTCONN);
    assert_int_equal(sendto(s, "x", 1, 0, NULL, 0), SOCKET_ERROR);
    assert_int_equal(WSAGetLastError(), WSAENOTCONN);
    for (USHORT i = 0; i < 2; i++) {
        peer.sin_port = htons((USHORT)(port + 2 * i));
        assert_int_equal(connect_to(s, &peer), 0);
        assert_int_equal(getpeername(s, (struct sockaddr *)&out, &size), 0);
        assert_memory_equal(&out, &peer, sizeof(peer));
        assert_int_equal(sendto(s, "x", 1, 0, NULL, 0), 1);
    }
    peer.sin_family = AF_UNSPEC;
    assert_int_equal(connect_to(s, &peer), 0);
    assert_fails_with(getpeername(s, (struct sockaddr *)&out, &size), WSAENOTCONN);
    assert_int_equal(bound_port(s), port + 1);
    assert_int_equal(sendto(s, "x", 1, 0, NULL, 0), SOCKET_ERROR);
    assert_int_equal(WSAGetLastError(), WSAENOTCONN);
    assert_int_equal(bind_loopback(s, port), WSAEINVAL);
    assert_int_equal(connect_to(s, &peer), 0);
    peer = ipv4_address(INADDR_LOOPBACK, port);
    assert_int_equal(send_one(s, "x", 1, &peer), 1);
    assert_int_equal(bound_port(s), port + 1);
    peer.sin_family = AF_UNSPEC;

    const SOCKET fresh = udp_socket();
    assert_int_equal(winsock_outcome(connect(fresh, any(&peer), sizeof(peer.sin_family))), 0);
    assert_int_equal(bind_loopback(fresh, port), 0);
    close_socket(fresh);
    close_socket(s);
    END_WINSOCK();
}

static void a_stream_cannot_give_up_its_peer(void)
{
    struct sockaddr_in peer = ipv4_address(INADDR_LOOPBACK, free_ports(1));
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    peer.sin_family = AF_UNSPEC;
    assert_int_equal(connect_to(s, &peer), WSAEAFNOSUPPORT);
    close_socket(s);
    END_WINSOCK();
}

static void connect_wants_a_whole_address_of_its_family(void)
{
    const USHORT port = free_ports(1);
    struct sockaddr_in peer = ipv4_address(INADDR_LOOPBACK, port);
    const struct sockaddr_in6 six = ipv6_loopback(port);
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    for (int size = 0; size < (int)sizeof(peer); size++)
        assert_fails_with(connect(s, any(&peer), size), WSAEFAULT);
    /* Zeros that can be read in part are an address without a family. */
    for (int kind = 0; kind < TESTBED_BAD_POINTER_COUNT; kind++)
        if (kind != TESTBED_READ_ONLY && kind != TESTBED_STRADDLES)
            assert_fails_with(
                connect(s, testbed_bad_pointer((enum testbed_bad_pointer)kind, sizeof(peer)),
                        sizeof(peer)),
                WSAEFAULT);
    assert_fails_with(connect(s, any(&six), sizeof(six)), WSAEAFNOSUPPORT);
    assert_fails_with(connect(INVALID_SOCKET, any(&peer), sizeof(peer)), WSAENOTSOCK);
    assert_fails_with(listen(INVALID_SOCKET, 1), WSAENOTSOCK);
    assert_fails_with(getpeername(INVALID_SOCKET, NULL, NULL), WSAENOTSOCK);
    peer.sin_port = 0;
    assert_int_equal(connect_to(s, &peer), WSAEADDRNOTAVAIL);
    peer = ipv4_address(INADDR_ANY, port);
    assert_int_equal(connect_to(s, &peer), WSAEADDRNOTAVAIL);
    assert_int_equal(bound_port(s), 0);
    close_socket(s);
    END_WINSOCK();
}

static void only_a_stream_listens(void)
{
    START_WINSOCK();
    const SOCKET s = udp_socket();
    assert_int_equal(bind_loopback(s, 0), 0);
    assert_fails_with(listen(s, 1), WSAEOPNOTSUPP);
    close_socket(s);
    END_WINSOCK();
}

static void raw_sockets_are_for_administrators(void)
{
    START_WINSOCK();
    WSASetLastError(0);
    assert_true(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP) == INVALID_SOCKET);
    assert_int_equal(WSAGetLastError(), WSAEACCES);
    END_WINSOCK();
}

static void names_fit_or_are_not_written(void)
{
    const USHORT port = free_ports(2);
    const struct sockaddr_in peer = ipv4_address(INADDR_LOOPBACK, port);
    struct sockaddr_in out;
    START_WINSOCK();
    const SOCKET s = udp_socket();
    assert_int_equal(connect_to(s, &peer), 0);
    for (int size = 0; size < (int)sizeof(out); size++) {
        int room = size;
        assert_fails_with(getpeername(s, (struct sockaddr *)&out, &room), WSAEFAULT);
        assert_int_equal(room, size);
        assert_fails_with(getsockname(s, (struct sockaddr *)&out, &room), WSAEFAULT);
    }
    int larger = sizeof(out) + 10;
    assert_int_equal(getpeername(s, (struct sockaddr *)&out, &larger), 0);
    assert_int_equal(larger, sizeof(out));
    larger = sizeof(out) + 10;
    assert_int_equal(getsockname(s, (struct sockaddr *)&out, &larger), 0);
    assert_int_equal(larger, sizeof(out));
    for (int kind = 0; kind < TESTBED_BAD_POINTER_COUNT; kind++) {
        const enum testbed_bad_pointer bad = (enum testbed_bad_pointer)kind;
        int room = sizeof(out);
        assert_fails_with(getpeername(s, testbed_bad_pointer(bad, sizeof(out)), &room), WSAEFAULT);
        assert_fails_with(getsockname(s, testbed_bad_pointer(bad, sizeof(out)), &room), WSAEFAULT);
        assert_fails_with(
            getsockname(s, (struct sockaddr *)&out, testbed_bad_pointer(bad, sizeof(int))),
            WSAEFAULT);
    }
    close_socket(s);
    END_WINSOCK();
}

static void a_refused_datagram_binds_nothing(void)
{
    static const char large[65508];
    const struct sockaddr_in peer = ipv4_address(INADDR_LOOPBACK, free_ports(1));
    const struct sockaddr_in nowhere = ipv4_address(INADDR_ANY, ntohs(peer.sin_port));
    const struct sockaddr_in no_port = ipv4_address(INADDR_LOOPBACK, 0);
    START_WINSOCK();
    const SOCKET s = udp_socket();
    assert_fails_with(send_one(INVALID_SOCKET, "x", 1, &peer), WSAENOTSOCK);
    assert_fails_with(send_one(s, "x", 1, NULL), WSAENOTCONN);
    assert_fails_with(send_one(s, "x", 1, &nowhere), WSAEADDRNOTAVAIL);
    assert_fails_with(send_one(s, "x", 1, &no_port), WSAEADDRNOTAVAIL);
    assert_fails_with(sendto(s, "x", 1, 0, any(&peer), sizeof(peer) - 1), WSAEFAULT);
    assert_fails_with(send_one(s, large, sizeof(large), &peer), WSAEMSGSIZE);
    for (int kind = 0; kind < TESTBED_BAD_POINTER_COUNT; kind++) {
        const enum testbed_bad_pointer bad = (enum testbed_bad_pointer)kind;
        if (kind == TESTBED_READ_ONLY)
            continue;
        assert_fails_with(send_one(s, testbed_bad_pointer(bad, 5), 5, &peer), WSAEFAULT);
        if (kind != TESTBED_NULL)
            assert_fails_with(
                send_one(s, "x", 1, testbed_bad_pointer(bad, sizeof(struct sockaddr_in))),
                WSAEFAULT);
    }
    assert_int_equal(bound_port(s), 0);
    assert_int_equal(send_one(s, large, sizeof(large) - 1, &peer), sizeof(large) - 1);
    assert_int_not_equal(bound_port(s), 0);
    assert_int_equal(send_one(s, NULL, 0, &peer), 0);
    const SOCKET stream = tcp_socket();
    assert_fails_with(send_one(stream, "x", 1, &peer), WSAENOTCONN);
    close_socket(stream);
    close_socket(s);
    END_WINSOCK();
}

static void a_datagram_is_gathered_from_buffers(void)
{
    const struct sockaddr_in peer = ipv4_address(INADDR_LOOPBACK, free_ports(1));
    char bytes[] = "hello";
    WSABUF buffers[3] = {{2, bytes}, {0, NULL}, {3, bytes + 2}};
    DWORD sent = 0;
    DWORD flags = 1;
    WSAOVERLAPPED overlapped;
    START_WINSOCK();
    const SOCKET s = udp_socket();
    memset(&overlapped, 0, sizeof(overlapped));
    overlapped.hEvent = WSACreateEvent();
    assert_fails_with(WSASendTo(s, buffers, 3, NULL, 0, any(&peer), sizeof(peer), NULL, NULL),
                      WSAEFAULT);
    assert_fails_with(WSASendTo(s, NULL, 3, &sent, 0, any(&peer), sizeof(peer), NULL, NULL),
                      WSAEFAULT);
    assert_int_equal(WSASendTo(s, buffers, 3, &sent, 0, any(&peer), sizeof(peer), NULL, NULL), 0);
    assert_int_equal(sent, 5);
    const unsigned begun = winsock_outcome(
        WSASendTo(s, buffers, 1, NULL, 0, any(&peer), sizeof(peer), &overlapped, NULL));
    assert_one_of(begun, 0, WSA_IO_PENDING);
    assert_int_equal(WSAWaitForMultipleEvents(1, &overlapped.hEvent, TRUE, 10000, FALSE),
                     WSA_WAIT_EVENT_0);
    assert_true(WSAGetOverlappedResult(s, &overlapped, &sent, TRUE, &flags));
    assert_int_equal(sent, 2);
    assert_int_equal(flags, 0);
    assert_true(WSACloseEvent(overlapped.hEvent));
    close_socket(s);
    END_WINSOCK();
}

static LPFN_CONNECTEX find_connectex(SOCKET s)
{
    GUID id = WSAID_CONNECTEX;
    LPFN_CONNECTEX function = NULL;
    DWORD returned = 0;
    assert_int_equal(WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof(id), &function,
                              sizeof(function), &returned, NULL, NULL),
                     0);
    assert_non_null(function);
    return function;
}

#define assert_connectex_fails(connectex, s, name, size, overlapped, error)                        \
    do {                                                                                           \
        assert_false((connectex)((s), any(name), (size), NULL, 0, NULL, (overlapped)));            \
        assert_int_equal(WSAGetLastError(), (error));                                              \
    } while (0)

static void connectex_is_pending_and_then_connected_or_refused(void)
{
    const USHORT port = free_ports(2);
    const struct sockaddr_in peer = ipv4_address(INADDR_LOOPBACK, port);
    const struct sockaddr_in nobody = ipv4_address(INADDR_LOOPBACK, (USHORT)(port + 1));
    WSAOVERLAPPED overlapped;
    DWORD bytes = 0;
    DWORD flags = 0;
    START_WINSOCK();
    const SOCKET listener = listener_at(INADDR_LOOPBACK, port);
    const SOCKET s = tcp_socket();
    const LPFN_CONNECTEX connectex = find_connectex(s);
    memset(&overlapped, 0, sizeof(overlapped));
    overlapped.hEvent = WSACreateEvent();
    assert_int_equal(bind_loopback(s, 0), 0);
    assert_connectex_fails(connectex, s, &peer, sizeof(peer), NULL, WSA_INVALID_PARAMETER);
    assert_connectex_fails(connectex, INVALID_SOCKET, &peer, sizeof(peer), &overlapped,
                           WSAENOTSOCK);
    assert_connectex_fails(connectex, s, &nobody, sizeof(nobody), &overlapped, WSA_IO_PENDING);
    assert_int_equal(WSAWaitForMultipleEvents(1, &overlapped.hEvent, TRUE, 10000, FALSE),
                     WSA_WAIT_EVENT_0);
    assert_false(WSAGetOverlappedResult(s, &overlapped, &bytes, FALSE, &flags));
    assert_int_equal(WSAGetLastError(), WSAECONNREFUSED);

    const SOCKET other = tcp_socket();
    assert_int_equal(bind_loopback(other, 0), 0);
    assert_connectex_fails(connectex, other, &peer, sizeof(peer), &overlapped, WSA_IO_PENDING);
    assert_int_equal(WSAWaitForMultipleEvents(1, &overlapped.hEvent, TRUE, 10000, FALSE),
                     WSA_WAIT_EVENT_0);
    assert_true(WSAGetOverlappedResult(other, &overlapped, &bytes, FALSE, &flags));
    assert_int_equal(bytes, 0);
    assert_connectex_fails(connectex, other, &peer, sizeof(peer), &overlapped, WSAEISCONN);
    assert_true(WSACloseEvent(overlapped.hEvent));
    close_socket(other);
    close_socket(s);
    close_socket(listener);
    END_WINSOCK();
}

static void without_a_network_nothing_is_named_or_sent(void)
{
    const USHORT port = free_ports(2);
    const struct sockaddr_in peer = ipv4_address(INADDR_LOOPBACK, port);
    START_WINSOCK();
    const SOCKET s = udp_socket();
    const SOCKET stream = tcp_socket();
    assert_int_equal(bind_loopback(stream, port), 0);
    REQUIRE_TESTBED(testbed_network(false));
    assert_true(socket(AF_INET, SOCK_STREAM, 0) == INVALID_SOCKET);
    assert_int_equal(WSAGetLastError(), WSAENETDOWN);
    assert_int_equal(connect_to(s, &peer), WSAENETDOWN);
    assert_fails_with(listen(stream, 1), WSAENETDOWN);
    assert_fails_with(send_one(s, "x", 1, &peer), WSAENETDOWN);
    assert_true(testbed_network(true));
    assert_int_equal(listen(stream, 1), 0);
    assert_int_equal(send_one(s, "x", 1, &peer), 1);
    close_socket(stream);
    close_socket(s);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(a_stream_connects_to_a_listener_only, BIND_025, BIND_008),
    CASE(ipv6_names_are_whole, BIND_008),
    CASE(a_connection_is_made_from_the_address_it_leaves_by, BIND_008, BIND_025),
    CASE(a_datagram_socket_takes_a_peer_and_gives_it_up, BIND_009, BIND_025),
    CASE(a_stream_cannot_give_up_its_peer, BIND_025),
    CASE(connect_wants_a_whole_address_of_its_family, BIND_025),
    CASE(only_a_stream_listens, BIND_024),
    CASE(raw_sockets_are_for_administrators, ACQ_017),
    CASE(names_fit_or_are_not_written, BIND_008),
    CASE(a_refused_datagram_binds_nothing, BIND_025),
    CASE(a_datagram_is_gathered_from_buffers, BIND_025),
    CASE(connectex_is_pending_and_then_connected_or_refused, BIND_026),
    CASE(without_a_network_nothing_is_named_or_sent, BIND_016),
    END_OF_CASES,
};
// clang-format on

const struct suite connect_suite = {
    .name = "connect",
    .about = "Peers: connect, listen, sendto and ConnectEx",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
