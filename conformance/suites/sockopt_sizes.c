/* Options that are read or set in fewer bytes than they have, and those that hardly anyone sets. */
#include "conformance/suites/sockopt.h"

#ifndef IP_RECVIF
#define IP_RECVIF 24
#endif
#ifndef IP_RECVDSTADDR
#define IP_RECVDSTADDR 25
#endif
#ifndef IPV6_RECVTCLASS
#define IPV6_RECVTCLASS 40
#endif

#define EACH(i, table) (size_t i = 0; i < sizeof(table) / sizeof((table)[0]); i++)

enum { UNTOUCHED = 0xA5, BYTE_BITS = 8 };

/* Four bytes of which the first `count` are `low`'s and the others untouched. */
static DWORD partly(DWORD low, int count)
{
    DWORD value = 0;
    for (int i = 0; i < (int)sizeof(value); i++) {
        const DWORD byte = i < count ? low >> (i * BYTE_BITS) & 0xFF : UNTOUCHED;
        value |= byte << (i * BYTE_BITS);
    }
    return value;
}

struct short_read {
    SOCKET s;
    int level, name;
    int told; /* the size that getsockopt writes; -1 for none */
};

static void expect_short_reads(const struct short_read *read, unsigned error, DWORD value)
{
    for (int offered = 1; offered < (int)sizeof(DWORD); offered++) {
        DWORD bytes = partly(0, 0);
        int size = offered;
        assert_int_equal(get(read->s, read->level, read->name, &bytes, &size), error);
        assert_int_equal(size, read->told < 0 ? offered : read->told);
        assert_int_equal(bytes, partly(value, offered));
    }
}

static void a_truth_read_short_is_told_as_one_byte(void)
{
    static const int stream_names[] = {SO_REUSEADDR, SO_OOBINLINE};
    static const int names[] = {SO_BROADCAST, SO_EXCLUSIVEADDRUSE};
    START_WINSOCK();
    const SOCKET stream = tcp_socket(), s = udp_socket();
    for
        EACH(i, stream_names)
        {
            assert_int_equal(put_number(stream, SOL_SOCKET, stream_names[i], 1), 0);
            expect_short_reads(&(struct short_read){stream, SOL_SOCKET, stream_names[i], 1}, 0, 1);
        }
    for
        EACH(i, names)
        {
            assert_int_equal(put_number(s, SOL_SOCKET, names[i], 1), 0);
            expect_short_reads(&(struct short_read){s, SOL_SOCKET, names[i], 1}, 0, 1);
        }
    expect_short_reads(&(struct short_read){stream, SOL_SOCKET, (int)SO_DONTLINGER, 1}, 0, 1);
    close_socket(stream);
    close_socket(s);
    END_WINSOCK();
}

static void a_number_read_short_is_zeros(void)
{
    static const int names[] = {SO_RCVBUF, SO_SNDBUF, SO_LINGER};
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    assert_int_equal(put_number(s, SOL_SOCKET, SO_LINGER, 0x00010001), 0);
    for
        EACH(i, names)
    expect_short_reads(&(struct short_read){s, SOL_SOCKET, names[i], -1}, WSAEFAULT, 0);
    close_socket(s);
    END_WINSOCK();
}

static void hops_read_short_are_told_as_one_byte(void)
{
    static const int four[] = {IP_TTL, IP_TOS, IP_MULTICAST_TTL, IP_MULTICAST_LOOP};
    static const int six[] = {IPV6_UNICAST_HOPS, IPV6_MULTICAST_HOPS, IPV6_MULTICAST_LOOP};
    START_WINSOCK();
    const SOCKET s = udp_socket(), t = open_socket(AF_INET6, SOCK_DGRAM);
    for
        EACH(i, four)
        {
            DWORD value = 0;
            int size = 2;
            assert_int_equal(get(s, IPPROTO_IP, four[i], &value, &size), 0);
            assert_int_equal(size, 1);
        }
    for
        EACH(i, six)
        {
            DWORD value = 0;
            int size = 2;
            assert_int_equal(get(t, IPPROTO_IPV6, six[i], &value, &size), 0);
            assert_int_equal(size, 1);
        }
    close_socket(s);
    close_socket(t);
    END_WINSOCK();
}

static void expect_four_bytes_alone(SOCKET s, int level, int name)
{
    const DWORD on = 1;
    for (int size = 1; size < (int)sizeof(on); size++)
        assert_int_equal(put(s, level, name, &on, size), WSAEFAULT);
    assert_int_equal(number_of(s, level, name, 4), 0);
    assert_int_equal(put(s, level, name, &on, sizeof(on)), 0);
    for (int offered = 1; offered < (int)sizeof(on); offered++) {
        DWORD value = 0;
        int size = offered;
        assert_int_equal(get(s, level, name, &value, &size), WSAEFAULT);
        assert_int_equal(size, 0);
    }
    assert_int_equal(number_of(s, level, name, 4), 1);
}

static void what_asks_for_control_data_is_whole(void)
{
    static const int four[] = {IP_PKTINFO, IP_RECVTTL, IP_RECVTOS};
    static const int six[] = {IPV6_PKTINFO, IPV6_HOPLIMIT, IPV6_RECVTCLASS};
    START_WINSOCK();
    const SOCKET s = udp_socket(), t = open_socket(AF_INET6, SOCK_DGRAM);
    for
        EACH(i, four)
    expect_four_bytes_alone(s, IPPROTO_IP, four[i]);
    for
        EACH(i, six)
    expect_four_bytes_alone(t, IPPROTO_IPV6, six[i]);
    close_socket(s);
    close_socket(t);
    END_WINSOCK();
}

static void the_options_of_a_header_read_back(void)
{
    static const unsigned char route[] = {7, 7, 4, 0, 0, 0, 0}; /* record one, RFC 791 */
    unsigned char bytes[64];
    int size = sizeof(bytes);
    START_WINSOCK();
    const SOCKET s = udp_socket();
    assert_int_equal(getsockopt(s, IPPROTO_IP, IP_OPTIONS, (char *)bytes, &size), 0);
    assert_int_equal(size, 0);
    assert_int_equal(put(s, IPPROTO_IP, IP_OPTIONS, route, sizeof(route)), 0);
    size = sizeof(bytes);
    assert_int_equal(getsockopt(s, IPPROTO_IP, IP_OPTIONS, (char *)bytes, &size), 0);
    assert_int_equal(size, 8);
    assert_memory_equal(bytes, route, 3);
    memset(bytes, 0, sizeof(bytes));
    assert_int_equal(put(s, IPPROTO_IP, IP_OPTIONS, bytes, 44), WSAEINVAL);
    assert_int_equal(put(s, IPPROTO_IP, IP_OPTIONS, bytes, 0), 0);
    size = sizeof(bytes);
    assert_int_equal(getsockopt(s, IPPROTO_IP, IP_OPTIONS, (char *)bytes, &size), 0);
    assert_int_equal(size, 0);
    close_socket(s);
    END_WINSOCK();
}

static void a_negative_length_is_judged_before_an_ip_option(void)
{
    const DWORD value = 1;
    START_WINSOCK();
    const SOCKET s = udp_socket();
    const unsigned four = put(s, IPPROTO_IP, UNHEARD_OF, &value, -1);
    assert_int_equal(put(s, IPPROTO_IPV6, UNHEARD_OF, &value, -1), four);
    assert_int_equal(put(s, IPPROTO_IP, IP_TTL, &value, -1), four);
    assert_true(four == WSAENOBUFS || four == WSAEFAULT);
    close_socket(s);
    END_WINSOCK();
}

static void a_stream_of_ipv6_is_not_taken_apart(void)
{
    START_WINSOCK();
    const SOCKET s = open_socket(AF_INET6, SOCK_STREAM);
    assert_int_equal(low_byte_of(s, IPPROTO_IPV6, IPV6_DONTFRAG), 1);
    assert_int_equal(put_number(s, IPPROTO_IPV6, IPV6_DONTFRAG, 0), 0);
    assert_int_equal(low_byte_of(s, IPPROTO_IPV6, IPV6_DONTFRAG), 0);
    close_socket(s);
    END_WINSOCK();
}

static void where_a_datagram_came_from_is_no_option_of_streams(void)
{
    static const int names[] = {IP_RECVIF, IP_RECVDSTADDR};
    START_WINSOCK();
    const SOCKET s = udp_socket(), stream = tcp_socket();
    for
        EACH(i, names)
        {
            assert_int_equal(low_byte_of(s, IPPROTO_IP, names[i]), 0);
            assert_int_equal(put_number(s, IPPROTO_IP, names[i], 1), 0);
            assert_int_equal(low_byte_of(s, IPPROTO_IP, names[i]), 1);
            assert_int_equal(get_outcome(stream, IPPROTO_IP, names[i]), WSAEINVAL);
            assert_int_equal(put_number(stream, IPPROTO_IP, names[i], 1), WSAEINVAL);
        }
    close_socket(s);
    close_socket(stream);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(a_truth_read_short_is_told_as_one_byte, SOPT_049),
    CASE(a_number_read_short_is_zeros, SOPT_050),
    CASE(hops_read_short_are_told_as_one_byte, SOPT_051),
    CASE(what_asks_for_control_data_is_whole, SOPT_052),
    CASE(the_options_of_a_header_read_back, SOPT_053),
    CASE(a_negative_length_is_judged_before_an_ip_option, SOPT_054),
    CASE(a_stream_of_ipv6_is_not_taken_apart, SOPT_055),
    CASE(where_a_datagram_came_from_is_no_option_of_streams, SOPT_056),
    END_OF_CASES,
};
// clang-format on

const struct suite sockopt_sizes_suite = {
    .name = "sockopt_sizes",
    .about = "setsockopt and getsockopt: short reads, rare options",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
