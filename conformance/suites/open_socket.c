/* socket and WSASocket: which sockets there are, and which error wins. */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/block.h"
#include "conformance/suites/suite.h"

static unsigned opening(int family, int type, int protocol)
{
    WSASetLastError(0);
    const SOCKET s = WSASocketA(family, type, protocol, NULL, 0, WSA_FLAG_OVERLAPPED);
    const unsigned error = (unsigned)WSAGetLastError();
    if (s != INVALID_SOCKET)
        closesocket(s);
    return s != INVALID_SOCKET ? 0 : error;
}

static void the_type_is_judged_first(void)
{
    START_WINSOCK();
    assert_int_equal(opening(AF_INET, 77, 0), WSAESOCKTNOSUPPORT);
    assert_int_equal(opening(77, 78, 0), WSAESOCKTNOSUPPORT);
    assert_int_equal(opening(77, SOCK_STREAM, 0), WSAEAFNOSUPPORT);
    END_WINSOCK();
}

static void the_family_is_judged_before_the_protocol(void)
{
    START_WINSOCK();
    assert_int_equal(opening(77, SOCK_STREAM, 78), WSAEAFNOSUPPORT);
    assert_int_equal(opening(AF_INET, SOCK_STREAM, 78), WSAEPROTONOSUPPORT);
    END_WINSOCK();
}

static void a_protocol_of_another_type_is_refused(void)
{
    START_WINSOCK();
    assert_int_equal(opening(AF_INET, SOCK_STREAM, IPPROTO_UDP), WSAEPROTONOSUPPORT);
    assert_int_equal(opening(AF_INET, SOCK_DGRAM, IPPROTO_TCP), WSAEPROTONOSUPPORT);
    assert_int_equal(opening(AF_INET, SOCK_STREAM, IPPROTO_TCP), 0);
    assert_int_equal(opening(AF_INET, SOCK_DGRAM, IPPROTO_UDP), 0);
    END_WINSOCK();
}

static void the_kind_of(SOCKET s, int *family, int *type, int *protocol)
{
    WSAPROTOCOL_INFOA info;
    int size = sizeof(info);
    assert_true(s != INVALID_SOCKET);
    assert_int_equal(getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOA, (char *)&info, &size), 0);
    *family = info.iAddressFamily;
    *type = info.iSocketType;
    *protocol = info.iProtocol;
    assert_int_equal(closesocket(s), 0);
}

static void no_family_is_ipv4_when_the_protocol_says_so(void)
{
    int family, type, protocol;
    START_WINSOCK();
    assert_int_equal(opening(AF_UNSPEC, SOCK_STREAM, 0), WSAEINVAL);
    assert_int_equal(opening(AF_UNSPEC, SOCK_DGRAM, 0), WSAEINVAL);
    the_kind_of(socket(AF_UNSPEC, SOCK_STREAM, IPPROTO_TCP), &family, &type, &protocol);
    assert_int_equal(family, AF_INET);
    the_kind_of(socket(AF_UNSPEC, 0, IPPROTO_UDP), &family, &type, &protocol);
    assert_int_equal(family, AF_INET);
    assert_int_equal(type, SOCK_DGRAM);
    END_WINSOCK();
}

static void no_type_and_no_protocol_is_a_stream(void)
{
    int family, type, protocol;
    START_WINSOCK();
    the_kind_of(socket(AF_INET, 0, 0), &family, &type, &protocol);
    assert_int_equal(family, AF_INET);
    assert_int_equal(type, SOCK_STREAM);
    assert_int_equal(protocol, IPPROTO_TCP);
    END_WINSOCK();
}

/* What the structure says of a UDP socket. */
static WSAPROTOCOL_INFOA udp_info(void)
{
    WSAPROTOCOL_INFOA info;
    int size = sizeof(info);
    const SOCKET s = udp_socket();
    memset(&info, 0, sizeof(info));
    getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOA, (char *)&info, &size);
    closesocket(s);
    return info;
}

static void the_structure_says_what_the_arguments_leave_to_it(void)
{
    int family, type, protocol;
    START_WINSOCK();
    WSAPROTOCOL_INFOA info = udp_info();
    the_kind_of(WSASocketA(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0, 0),
                &family, &type, &protocol);
    assert_int_equal(family, AF_INET);
    assert_int_equal(type, SOCK_DGRAM);
    assert_int_equal(protocol, IPPROTO_UDP);
    END_WINSOCK();
}

static void arguments_win_over_the_structure(void)
{
    int family, type, protocol;
    START_WINSOCK();
    WSAPROTOCOL_INFOA info = udp_info();
    the_kind_of(WSASocketA(AF_INET, SOCK_STREAM, IPPROTO_TCP, &info, 0, 0), &family, &type,
                &protocol);
    assert_int_equal(type, SOCK_STREAM);
    assert_int_equal(protocol, IPPROTO_TCP);
    END_WINSOCK();
}

static void a_structure_of_ones_has_no_family(void)
{
    WSAPROTOCOL_INFOA info;
    START_WINSOCK();
    memset(&info, 0xFF, sizeof(info));
    assert_true(WSASocketA(0, 0, 0, &info, 0, 0) == INVALID_SOCKET);
    assert_int_equal(WSAGetLastError(), WSAEAFNOSUPPORT);
    END_WINSOCK();
}

static void a_closed_socket_is_none(void)
{
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    assert_int_equal(closesocket(s), 0);
    assert_fails_with(closesocket(s), WSAENOTSOCK);
    assert_fails_with(listen(s, 1), WSAENOTSOCK);
    END_WINSOCK();
}

static void a_raw_socket_needs_an_administrator(void)
{
    START_WINSOCK();
    assert_int_equal(opening(AF_INET, SOCK_RAW, IPPROTO_ICMP), WSAEACCES);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(the_type_is_judged_first, SOCK_001),
    CASE(the_family_is_judged_before_the_protocol, SOCK_002, SOCK_003),
    CASE(a_protocol_of_another_type_is_refused, SOCK_003),
    CASE(no_family_is_ipv4_when_the_protocol_says_so, SOCK_004),
    CASE(no_type_and_no_protocol_is_a_stream, SOCK_005),
    CASE(the_structure_says_what_the_arguments_leave_to_it, SOCK_006),
    CASE(arguments_win_over_the_structure, SOCK_007),
    CASE(a_structure_of_ones_has_no_family, SOCK_008),
    CASE(a_closed_socket_is_none, SOCK_009),
    CASE(a_raw_socket_needs_an_administrator, SOCK_010),
    END_OF_CASES,
};
// clang-format on

const struct suite open_socket_suite = {
    .name = "open_socket",
    .about = "socket and WSASocket: which sockets there are",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
