/* The options of TCP, IPv4 and IPv6, and the structures that SOL_SOCKET answers. */
#include "conformance/suites/sockopt.h"

#define EACH(i, table) (size_t i = 0; i < sizeof(table) / sizeof((table)[0]); i++)

static void one_byte_options_write_one_byte(void)
{
    static const struct {
        int level, name;
    } options[] = {
        {SOL_SOCKET, SO_KEEPALIVE},
        {SOL_SOCKET, SO_DONTROUTE},
        {IPPROTO_TCP, TCP_NODELAY},
    };
    START_WINSOCK();
    const SOCKET s = tcp_socket(), six = open_socket(AF_INET6, SOCK_STREAM);
    for
        EACH(i, options)
        {
            DWORD value = 0xA5A5A5A5;
            int size = sizeof(value);
            assert_int_equal(put_number(s, options[i].level, options[i].name, 1), 0);
            assert_int_equal(get(s, options[i].level, options[i].name, &value, &size), 0);
            assert_int_equal(size, 1);
            assert_int_equal(value, 0xA5A5A501);
        }
    DWORD value = 0xA5A5A5A5;
    int size = sizeof(value);
    assert_int_equal(get(six, IPPROTO_IPV6, IPV6_V6ONLY, &value, &size), 0);
    assert_int_equal(size, 1);
    assert_int_equal(value, 0xA5A5A501);
    close_socket(s);
    close_socket(six);
    END_WINSOCK();
}

static void no_delay_looks_at_one_byte(void)
{
    const DWORD values[11] = {0x100, 1};
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    assert_int_equal(low_byte_of(s, IPPROTO_TCP, TCP_NODELAY), 0);
    assert_int_equal(put(s, IPPROTO_TCP, TCP_NODELAY, "\1", 1), 0);
    assert_int_equal(number_of(s, IPPROTO_TCP, TCP_NODELAY, 1), 1);
    assert_int_equal(put(s, IPPROTO_TCP, TCP_NODELAY, values, 4), 0);
    assert_int_equal(number_of(s, IPPROTO_TCP, TCP_NODELAY, 1), 0);
    assert_int_equal(put(s, IPPROTO_TCP, TCP_NODELAY, "\1", 1), 0);
    assert_int_equal(put(s, IPPROTO_TCP, TCP_NODELAY, values, 42), 0);
    assert_int_equal(number_of(s, IPPROTO_TCP, TCP_NODELAY, 1), 0);
    assert_int_equal(put(s, IPPROTO_TCP, TCP_NODELAY, values, 0), WSAEFAULT);
    close_socket(s);
    END_WINSOCK();
}

static void the_ip_options_start_as_documented(void)
{
    static const struct {
        int name;
        DWORD initial;
    } options[] = {
        {IP_MULTICAST_TTL, 1}, {IP_MULTICAST_LOOP, 1}, {IP_TTL, 128}, {IP_TOS, 0}, {IP_PKTINFO, 0},
    };
    START_WINSOCK();
    const SOCKET s = udp_socket();
    for
        EACH(i, options)
    assert_int_equal(low_byte_of(s, IPPROTO_IP, options[i].name), options[i].initial);
    assert_int_equal(number_of(s, IPPROTO_IP, IP_MULTICAST_IF, 4), 0);
    close_socket(s);
    END_WINSOCK();
}

static void the_ip_options_read_back(void)
{
    static const int names[] = {IP_MULTICAST_TTL, IP_TTL};
    const DWORD local = htonl(INADDR_LOOPBACK);
    START_WINSOCK();
    const SOCKET s = udp_socket();
    for
        EACH(i, names)
        {
            assert_int_equal(put_number(s, IPPROTO_IP, names[i], 37), 0);
            assert_int_equal(low_byte_of(s, IPPROTO_IP, names[i]), 37);
        }
    assert_int_equal(put_number(s, IPPROTO_IP, IP_MULTICAST_LOOP, 0), 0);
    assert_int_equal(low_byte_of(s, IPPROTO_IP, IP_MULTICAST_LOOP), 0);
    assert_int_equal(put_number(s, IPPROTO_IP, IP_PKTINFO, 1), 0);
    assert_int_equal(low_byte_of(s, IPPROTO_IP, IP_PKTINFO), 1);
    assert_int_equal(put_number(s, IPPROTO_IP, IP_MULTICAST_IF, local), 0);
    assert_int_equal(number_of(s, IPPROTO_IP, IP_MULTICAST_IF, 4), local);
    close_socket(s);
    END_WINSOCK();
}

static void the_ipv6_options_start_as_documented(void)
{
    START_WINSOCK();
    const SOCKET s = open_socket(AF_INET6, SOCK_DGRAM);
    assert_int_equal(low_byte_of(s, IPPROTO_IPV6, IPV6_MULTICAST_HOPS), 1);
    assert_int_equal(low_byte_of(s, IPPROTO_IPV6, IPV6_MULTICAST_LOOP), 1);
    assert_int_equal(low_byte_of(s, IPPROTO_IPV6, IPV6_V6ONLY), 1);
    assert_int_equal(low_byte_of(s, IPPROTO_IPV6, IPV6_PKTINFO), 0);
    assert_int_equal(number_of(s, IPPROTO_IPV6, IPV6_MULTICAST_IF, 4), 0);
    close_socket(s);
    END_WINSOCK();
}

static void hops_fit_a_byte(void)
{
    static const int four[] = {IP_MULTICAST_TTL, IP_TTL, IP_TOS};
    static const int six[] = {IPV6_MULTICAST_HOPS, IPV6_UNICAST_HOPS};
    START_WINSOCK();
    const SOCKET s = udp_socket(), t = open_socket(AF_INET6, SOCK_DGRAM);
    for
        EACH(i, four)
    assert_int_equal(put_number(s, IPPROTO_IP, four[i], 0x100), WSAEINVAL);
    for
        EACH(i, six)
    assert_int_equal(put_number(t, IPPROTO_IPV6, six[i], 0x100), WSAEINVAL);
    assert_int_equal(low_byte_of(s, IPPROTO_IP, IP_TTL), 128);
    close_socket(s);
    close_socket(t);
    END_WINSOCK();
}

static void a_multicast_ttl_is_as_long_as_it_is(void)
{
    START_WINSOCK();
    const SOCKET s = udp_socket();
    for (int size = 1; size <= 4; size++) {
        const DWORD value = 0x11u * (unsigned)size + (size < 4 ? 0xFF000000u : 0);
        assert_int_equal(put(s, IPPROTO_IP, IP_MULTICAST_TTL, &value, size), 0);
        assert_int_equal(low_byte_of(s, IPPROTO_IP, IP_MULTICAST_TTL), 0x11u * (unsigned)size);
    }
    close_socket(s);
    END_WINSOCK();
}

static void headers_are_not_included(void)
{
    DWORD value = 0x5EED;
    int size = sizeof(value);
    START_WINSOCK();
    const SOCKET s = udp_socket(), t = tcp_socket();
    assert_int_equal(get(s, IPPROTO_IP, IP_HDRINCL, &value, &size), WSAEINVAL);
    assert_int_equal(value, 0x5EED);
    assert_int_equal(put_number(s, IPPROTO_IP, IP_HDRINCL, 1), WSAEINVAL);
    assert_int_equal(get(t, IPPROTO_IP, IP_HDRINCL, &value, &size), WSAEINVAL);
    assert_int_equal(put_number(t, IPPROTO_IP, IP_HDRINCL, 1), WSAEINVAL);
    close_socket(s);
    close_socket(t);
    END_WINSOCK();
}

static void fragments_are_a_datagrams(void)
{
    START_WINSOCK();
    const SOCKET s = udp_socket(), t = tcp_socket();
    assert_int_equal(low_byte_of(s, IPPROTO_IP, IP_DONTFRAGMENT), 0);
    assert_int_equal(low_byte_of(t, IPPROTO_IP, IP_DONTFRAGMENT), 1);
    assert_int_equal(put_number(s, IPPROTO_IP, IP_DONTFRAGMENT, 0x55), 0);
    assert_int_equal(low_byte_of(s, IPPROTO_IP, IP_DONTFRAGMENT), 1);
    assert_int_equal(put_number(s, IPPROTO_IP, IP_DONTFRAGMENT, 0), 0);
    assert_int_equal(low_byte_of(s, IPPROTO_IP, IP_DONTFRAGMENT), 0);
    close_socket(s);
    close_socket(t);
    END_WINSOCK();
}

static void an_unknown_ip_option_is_none(void)
{
    START_WINSOCK();
    const SOCKET s = udp_socket(), t = tcp_socket();
    assert_int_equal(get_outcome(s, IPPROTO_IP, UNHEARD_OF), WSAENOPROTOOPT);
    assert_int_equal(get_outcome(t, IPPROTO_IP, UNHEARD_OF), WSAENOPROTOOPT);
    close_socket(s);
    close_socket(t);
    END_WINSOCK();
}

static void what_is_a_datagrams_is_invalid_on_a_stream(void)
{
    static const int names[] = {IP_MULTICAST_IF, IP_MULTICAST_TTL, IP_MULTICAST_LOOP,
                                IP_PKTINFO,      IP_RECVTTL,       IP_RECVTOS};
    START_WINSOCK();
    const SOCKET t = tcp_socket();
    for
        EACH(i, names)
    assert_int_equal(get_outcome(t, IPPROTO_IP, names[i]), WSAEINVAL);
    close_socket(t);
    END_WINSOCK();
}

static void a_membership_is_not_read(void)
{
    START_WINSOCK();
    const SOCKET s = udp_socket();
    assert_int_equal(get_outcome(s, IPPROTO_IP, IP_ADD_MEMBERSHIP), WSAENOPROTOOPT);
    assert_int_equal(get_outcome(s, IPPROTO_IP, IP_DROP_MEMBERSHIP), WSAENOPROTOOPT);
    close_socket(s);
    END_WINSOCK();
}

static void a_path_has_a_size_once_there_is_a_peer(void)
{
    START_WINSOCK();
    const SOCKET s = udp_socket();
    assert_int_equal(get_outcome(s, IPPROTO_IP, IP_MTU), WSAENOTCONN);
    assert_int_equal(connect_loopback(s, 9), 0);
    assert_int_equal(get_outcome(s, IPPROTO_IP, IP_MTU), 0);
    close_socket(s);
    END_WINSOCK();
}

static void path_discovery_reads(void)
{
    START_WINSOCK();
    const SOCKET s = udp_socket();
    assert_int_equal(get_outcome(s, IPPROTO_IP, IP_MTU_DISCOVER), 0);
    assert_int_equal(put_number(s, IPPROTO_IP, IP_MTU_DISCOVER, 0), WSAEINVAL);
    close_socket(s);
    END_WINSOCK();
}

static void ipv6_only_is_set_before_bind(void)
{
    START_WINSOCK();
    const SOCKET s = open_socket(AF_INET6, SOCK_STREAM), four = tcp_socket();
    assert_int_equal(low_byte_of(s, IPPROTO_IPV6, IPV6_V6ONLY), 1);
    assert_int_equal(put_number(s, IPPROTO_IPV6, IPV6_V6ONLY, 0), 0);
    assert_int_equal(low_byte_of(s, IPPROTO_IPV6, IPV6_V6ONLY), 0);
    assert_int_equal(bind_ipv6_loopback(s, 0), 0);
    assert_int_equal(put_number(s, IPPROTO_IPV6, IPV6_V6ONLY, 1), WSAEINVAL);
    assert_int_equal(put_number(four, IPPROTO_IPV6, IPV6_V6ONLY, 0), 0);
    close_socket(s);
    close_socket(four);
    END_WINSOCK();
}

static void a_protocol_is_told_whole(void)
{
    static char room[sizeof(WSAPROTOCOL_INFOW) + 8];
    int size = sizeof(WSAPROTOCOL_INFOW) - 1;
    START_WINSOCK();
    const SOCKET s = udp_socket();
    assert_fails_with(getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOW, room, &size), WSAEFAULT);
    assert_int_equal(size, sizeof(WSAPROTOCOL_INFOW));
    size = sizeof(room);
    assert_int_equal(getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOW, room, &size), 0);
    assert_int_equal(size, sizeof(room));
    size = sizeof(WSAPROTOCOL_INFOA) - 1;
    assert_fails_with(getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOA, room, &size), WSAEFAULT);
    assert_int_equal(size, sizeof(WSAPROTOCOL_INFOA));
    close_socket(s);
    END_WINSOCK();
}

static void a_protocol_is_the_same_in_both_alphabets(void)
{
    WSAPROTOCOL_INFOW wide;
    WSAPROTOCOL_INFOA narrow;
    int size = sizeof(wide);
    START_WINSOCK();
    const SOCKET s = open_socket(AF_INET6, SOCK_DGRAM);
    assert_int_equal(getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOW, (char *)&wide, &size), 0);
    size = sizeof(narrow);
    assert_int_equal(getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOA, (char *)&narrow, &size), 0);
    assert_memory_equal(&wide, &narrow, offsetof(WSAPROTOCOL_INFOA, szProtocol));
    assert_int_equal(wide.iAddressFamily, AF_INET6);
    assert_int_equal(wide.iSocketType, SOCK_DGRAM);
    assert_int_equal(wide.iProtocol, IPPROTO_UDP);
    close_socket(s);
    END_WINSOCK();
}

union bsp_state {
    CSADDR_INFO info;
    char room[sizeof(CSADDR_INFO) + 2 * sizeof(struct sockaddr_in)];
};

static void read_bsp_state(SOCKET s, union bsp_state *state)
{
    int size = sizeof(*state);
    memset(state, 0, sizeof(*state));
    assert_int_equal(getsockopt(s, SOL_SOCKET, SO_BSP_STATE, state->room, &size), 0);
}

static USHORT port_of(const SOCKET_ADDRESS *address)
{
    assert_int_equal(address->iSockaddrLength, sizeof(struct sockaddr_in));
    return ntohs(((const struct sockaddr_in *)(const void *)address->lpSockaddr)->sin_port);
}

static void a_bsp_state_has_the_names_there_are(void)
{
    union bsp_state state, peer;
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    read_bsp_state(s, &state);
    assert_int_equal(state.info.LocalAddr.iSockaddrLength, 0);
    assert_null(state.info.LocalAddr.lpSockaddr);
    assert_int_equal(state.info.RemoteAddr.iSockaddrLength, 0);
    assert_null(state.info.RemoteAddr.lpSockaddr);
    assert_int_equal(state.info.iSocketType, SOCK_STREAM);
    assert_int_equal(state.info.iProtocol, IPPROTO_TCP);
    assert_int_equal(bind_loopback(s, 0), 0);
    read_bsp_state(s, &state);
    assert_int_equal(port_of(&state.info.LocalAddr), bound_port(s));
    close_socket(s);
    const struct pair pair = connected_pair();
    read_bsp_state(pair.client, &state);
    read_bsp_state(pair.server, &peer);
    assert_int_equal(port_of(&state.info.LocalAddr), bound_port(pair.client));
    assert_int_equal(port_of(&state.info.RemoteAddr), pair.port);
    assert_int_equal(port_of(&peer.info.RemoteAddr), bound_port(pair.client));
    close_pair(&pair);
    END_WINSOCK();
}

static void a_bsp_state_wants_room(void)
{
    union bsp_state state;
    int size = sizeof(state) - 1;
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    assert_fails_with(getsockopt(s, SOL_SOCKET, SO_BSP_STATE, state.room, &size), WSAEFAULT);
    close_socket(s);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(one_byte_options_write_one_byte, SOPT_029),
    CASE(no_delay_looks_at_one_byte, SOPT_030, SOPT_031),
    CASE(the_ip_options_start_as_documented, SOPT_032),
    CASE(the_ip_options_read_back, SOPT_033),
    CASE(the_ipv6_options_start_as_documented, SOPT_034),
    CASE(hops_fit_a_byte, SOPT_035),
    CASE(a_multicast_ttl_is_as_long_as_it_is, SOPT_036),
    CASE(headers_are_not_included, SOPT_037),
    CASE(fragments_are_a_datagrams, SOPT_038),
    CASE(an_unknown_ip_option_is_none, SOPT_039),
    CASE(what_is_a_datagrams_is_invalid_on_a_stream, SOPT_040),
    CASE(a_membership_is_not_read, SOPT_041),
    CASE(a_path_has_a_size_once_there_is_a_peer, SOPT_042),
    CASE(path_discovery_reads, SOPT_043),
    CASE(ipv6_only_is_set_before_bind, SOPT_044),
    CASE(a_protocol_is_told_whole, SOPT_045),
    CASE(a_protocol_is_the_same_in_both_alphabets, SOPT_046),
    CASE(a_bsp_state_has_the_names_there_are, SOPT_047),
    CASE(a_bsp_state_wants_room, SOPT_048),
    END_OF_CASES,
};
// clang-format on

const struct suite sockopt_ip_suite = {
    .name = "sockopt_ip",
    .about = "setsockopt and getsockopt: TCP, IPv4, IPv6, structures",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
