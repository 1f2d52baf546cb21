/* Control codes that ask: for functions, handles, routes, addresses. */
#include "conformance/suites/control.h"

static void a_function_nobody_has_is_invalid(void)
{
    GUID nobody;
    void *function = NULL;
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    const HANDLE port = port_for(s);
    memset(&nobody, 0x5A, sizeof(nobody));
    struct control to = {
        s, SIO_GET_EXTENSION_FUNCTION_POINTER, &nobody, sizeof(nobody), &function, sizeof(function),
        0};
    WSAOVERLAPPED overlapped = unused_overlapped();
    assert_int_equal(control_by(&to, &overlapped, NULL), WSAEINVAL);
    assert_int_equal(to.returned, UNTOUCHED);
    assert_int_equal(overlapped.Internal, UNTOUCHED);
    assert_int_equal(overlapped.InternalHigh, UNTOUCHED);
    no_packet(port);
    close_socket(s);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

static void the_base_handle_is_the_handle(void)
{
    SOCKET base = 0;
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    struct control to = {s, SIO_BASE_HANDLE, NULL, 0, &base, sizeof(base), 0};
    assert_int_equal(control(&to), 0);
    assert_int_equal(to.returned, sizeof(base));
    assert_true(base == s);
    close_socket(s);
    END_WINSOCK();
}

static void the_base_handle_is_not_told_later(void)
{
    SOCKET base = UNTOUCHED;
    DWORD bytes;
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    const HANDLE port = port_for(s);
    struct control to = {s, SIO_BASE_HANDLE, NULL, 0, &base, sizeof(base), 0};
    WSAOVERLAPPED overlapped = unused_overlapped();
    assert_int_equal(control_by(&to, &overlapped, NULL), WSA_IO_PENDING);
    assert_int_equal(next_packet(port, &overlapped, &bytes), ERROR_NOT_SUPPORTED);
    assert_int_equal(overlapped.Internal, STATUS_NOT_SUPPORTED_NUMBER);
    assert_true(base == UNTOUCHED);
    close_socket(s);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

static void a_backlog_wants_a_connection(void)
{
    ULONG backlog = 0;
    START_WINSOCK();
    const SOCKET s = tcp_socket(), datagram = udp_socket();
    const struct pair pair = connected_pair();
    struct control to = {s, SIO_IDEAL_SEND_BACKLOG_QUERY, NULL, 0, &backlog, sizeof(backlog), 0};
    assert_int_equal(control(&to), WSAENOTCONN);
    to.s = datagram;
    assert_int_equal(control(&to), WSAEOPNOTSUPP);
    to.s = pair.client;
    assert_int_equal(control(&to), 0);
    assert_int_equal(to.returned, sizeof(backlog));
    assert_int_equal(backlog, 0x10000);
    close_pair(&pair);
    close_socket(s);
    close_socket(datagram);
    END_WINSOCK();
}

static void a_circular_queue_wants_no_buffers(void)
{
    START_WINSOCK();
    const SOCKET s = udp_socket();
    struct control to = {s, SIO_ENABLE_CIRCULAR_QUEUEING, NULL, 0, NULL, 0, 0};
    assert_int_equal(control(&to), 0);
    close_socket(s);
    END_WINSOCK();
}

static void a_route_wants_an_address(void)
{
    struct sockaddr_in to_there = ipv4_address(INADDR_LOOPBACK, 80), route;
    START_WINSOCK();
    const SOCKET s = udp_socket();
    struct control to = {
        s, SIO_ROUTING_INTERFACE_QUERY, &to_there, sizeof(to_there) - 1, &route, sizeof(route), 0};
    assert_int_equal(control_blind(&to, NULL, NULL), WSAEFAULT);
    assert_int_equal(control(&to), WSAEINVAL);
    assert_int_equal(to.returned, UNTOUCHED);
    to.input = NULL;
    to.input_size = sizeof(to_there);
    assert_int_equal(control(&to), WSAEINVAL);
    assert_int_equal(to.returned, UNTOUCHED);
    close_socket(s);
    END_WINSOCK();
}

static void a_route_wants_an_address_of_somebody(void)
{
    struct sockaddr_in to_there = ipv4_address(INADDR_LOOPBACK, 80), route;
    START_WINSOCK();
    const SOCKET s = udp_socket();
    struct control to = {
        s, SIO_ROUTING_INTERFACE_QUERY, &to_there, sizeof(to_there), &route, sizeof(route), 0};
    to_there.sin_family = AF_UNSPEC;
    assert_int_equal(control(&to), WSAEAFNOSUPPORT);
    assert_int_equal(to.returned, UNTOUCHED);
    to_there = ipv4_address(INADDR_ANY, 80);
    assert_int_equal(control(&to), WSAEINVAL);
    assert_int_equal(to.returned, UNTOUCHED);
    close_socket(s);
    END_WINSOCK();
}

static void a_route_wants_room(void)
{
    struct sockaddr_in to_there = ipv4_address(INADDR_LOOPBACK, 80), route;
    START_WINSOCK();
    const SOCKET s = udp_socket();
    struct control to = {s,      SIO_ROUTING_INTERFACE_QUERY, &to_there, sizeof(to_there),
                         &route, sizeof(route) - 1,           0};
    assert_int_equal(control(&to), WSAEFAULT);
    assert_int_equal(to.returned, sizeof(route));
    to.output = NULL;
    to.output_size = sizeof(route);
    assert_int_equal(control(&to), WSAEFAULT);
    assert_int_equal(to.returned, UNTOUCHED);
    close_socket(s);
    END_WINSOCK();
}

static void a_route_is_told_at_once(void)
{
    struct sockaddr_in to_there = ipv4_address(INADDR_LOOPBACK, 80), route;
    DWORD bytes;
    START_WINSOCK();
    const SOCKET s = udp_socket();
    const HANDLE port = port_for(s);
    struct control to = {
        s, SIO_ROUTING_INTERFACE_QUERY, &to_there, sizeof(to_there), &route, sizeof(route), 0};
    WSAOVERLAPPED overlapped = unused_overlapped();
    assert_int_equal(control_by(&to, &overlapped, NULL), 0);
    assert_int_equal(to.returned, sizeof(route));
    assert_int_equal(route.sin_family, AF_INET);
    assert_int_equal(route.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
    assert_int_equal(next_packet(port, &overlapped, &bytes), 0);
    assert_int_equal(bytes, 0);
    assert_int_equal(overlapped.InternalHigh, 0);
    close_socket(s);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

static void a_change_of_addresses_is_waited_for(void)
{
    DWORD bytes;
    START_WINSOCK();
    const SOCKET s = udp_socket();
    const HANDLE port = port_for(s);
    struct control to = {s, SIO_ADDRESS_LIST_CHANGE, NULL, 0, NULL, 0, 0};
    WSAOVERLAPPED first = unused_overlapped(), second = unused_overlapped();
    assert_int_equal(control_by(&to, &first, NULL), WSA_IO_PENDING);
    set_blocking(s, false);
    assert_int_equal(control_by(&to, &second, NULL), WSA_IO_PENDING);
    no_packet(port);
    close_socket(s);
    ULONG_PTR key;
    OVERLAPPED *which;
    for (int i = 0; i < 2; i++) {
        assert_false(GetQueuedCompletionStatus(port, &bytes, &key, &which, STREAM_PATIENCE_MS));
        assert_int_equal(GetLastError(), ERROR_OPERATION_ABORTED);
        assert_non_null(which);
    }
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

static void a_change_of_addresses_would_block(void)
{
    START_WINSOCK();
    const SOCKET s = udp_socket();
    struct control to = {s, SIO_ADDRESS_LIST_CHANGE, NULL, 0, NULL, 0, 0};
    set_blocking(s, false);
    assert_int_equal(control(&to), WSAEWOULDBLOCK);
    close_socket(s);
    END_WINSOCK();
}

union addresses {
    SOCKET_ADDRESS_LIST list;
    char room[1024];
};

/* How much room the addresses take, as the code says when it is given none. */
static DWORD addresses_size(SOCKET s)
{
    struct control to = {s, SIO_ADDRESS_LIST_QUERY, NULL, 0, NULL, 0, 0};
    assert_int_equal(control(&to), WSAEFAULT);
    return to.returned;
}

static void the_addresses_want_room(void)
{
    static union addresses addresses;
    START_WINSOCK();
    const SOCKET s = udp_socket();
    const DWORD size = addresses_size(s);
    struct control to = {s, SIO_ADDRESS_LIST_QUERY, NULL, 0, &addresses, 0, 0};
    assert_true(size > offsetof(SOCKET_ADDRESS_LIST, Address));
    assert_int_equal(control(&to), WSAEFAULT);
    assert_int_equal(to.returned, size);
    to.output_size = 1;
    assert_int_equal(control(&to), WSAEINVAL);
    assert_int_equal(to.returned, 0);
    memset(&addresses, 0x5A, sizeof(addresses));
    to.output_size = offsetof(SOCKET_ADDRESS_LIST, Address);
    assert_int_equal(control(&to), WSAEFAULT);
    assert_int_equal(to.returned, size);
    assert_int_equal(addresses.room[0], 0x5A);
    assert_int_equal(control_blind(&to, NULL, NULL), WSAEFAULT);
    close_socket(s);
    END_WINSOCK();
}

static void the_addresses_are_the_machines(void)
{
    static union addresses addresses;
    START_WINSOCK();
    const SOCKET s = udp_socket();
    const DWORD size = addresses_size(s);
    struct control to = {s, SIO_ADDRESS_LIST_QUERY, NULL, 0, &addresses, sizeof(addresses), 0};
    assert_int_equal(control(&to), 0);
    assert_int_equal(to.returned, size);
    assert_true(addresses.list.iAddressCount > 0);
    for (INT i = 0; i < addresses.list.iAddressCount; i++) {
        const SOCKET_ADDRESS *address = &addresses.list.Address[i];
        const SOCKET probe = udp_socket();
        assert_int_equal(address->iSockaddrLength, sizeof(struct sockaddr_in));
        assert_int_equal(address->lpSockaddr->sa_family, AF_INET);
        assert_int_equal(bind(probe, address->lpSockaddr, address->iSockaddrLength), 0);
        close_socket(probe);
    }
    close_socket(s);
    END_WINSOCK();
}

static void the_addresses_are_posted_or_refused(void)
{
    static union addresses addresses;
    DWORD bytes;
    START_WINSOCK();
    const SOCKET s = udp_socket();
    const HANDLE port = port_for(s);
    struct control to = {s, SIO_ADDRESS_LIST_QUERY, NULL, 0, &addresses, 1, 0};
    WSAOVERLAPPED overlapped = unused_overlapped();
    assert_int_equal(control_by(&to, &overlapped, NULL), WSAEINVAL);
    assert_int_equal(overlapped.Internal, UNTOUCHED);
    assert_int_equal(overlapped.InternalHigh, UNTOUCHED);
    no_packet(port);
    to.output_size = sizeof(addresses);
    assert_int_equal(control_by(&to, &overlapped, NULL), 0);
    assert_true(to.returned > 0 && to.returned < sizeof(addresses));
    assert_int_equal(next_packet(port, &overlapped, &bytes), 0);
    assert_int_equal(bytes, 0);
    close_socket(s);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(a_function_nobody_has_is_invalid, CTL_022),
    CASE(the_base_handle_is_the_handle, CTL_023),
    CASE(the_base_handle_is_not_told_later, CTL_024),
    CASE(a_backlog_wants_a_connection, CTL_025),
    CASE(a_circular_queue_wants_no_buffers, CTL_026),
    CASE(a_route_wants_an_address, CTL_027),
    CASE(a_route_wants_an_address_of_somebody, CTL_028),
    CASE(a_route_wants_room, CTL_029),
    CASE(a_route_is_told_at_once, CTL_030),
    CASE(a_change_of_addresses_is_waited_for, CTL_031),
    CASE(a_change_of_addresses_would_block, CTL_032),
    CASE(the_addresses_want_room, CTL_033),
    CASE(the_addresses_are_the_machines, CTL_034),
    CASE(the_addresses_are_posted_or_refused, CTL_035),
    END_OF_CASES,
};
// clang-format on

const struct suite control_queries_suite = {
    .name = "control_queries",
    .about = "Control codes: functions, handles, routes, addresses",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
