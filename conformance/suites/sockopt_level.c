/* The options of SOL_SOCKET: what they start as, take and answer. */
#include "conformance/suites/sockopt.h"

#define EACH(i, table) (size_t i = 0; i < sizeof(table) / sizeof((table)[0]); i++)

static const int TRUTHS[] = {SO_BROADCAST, SO_REUSEADDR, SO_EXCLUSIVEADDRUSE};
static const int NUMBERS[] = {SO_RCVBUF, SO_SNDBUF, SO_RCVTIMEO, SO_SNDTIMEO};

static void truths_are_off(void)
{
    START_WINSOCK();
    const SOCKET s = udp_socket(), stream = tcp_socket();
    for
        EACH(i, TRUTHS)
    assert_int_equal(number_of(s, SOL_SOCKET, TRUTHS[i], 4), 0);
    assert_int_equal(number_of(stream, SOL_SOCKET, SO_OOBINLINE, 4), 0);
    assert_int_equal(number_of(stream, SOL_SOCKET, SO_ACCEPTCONN, 4), 0);
    assert_int_equal(low_byte_of(stream, SOL_SOCKET, SO_KEEPALIVE), 0);
    assert_int_equal(low_byte_of(stream, SOL_SOCKET, SO_DONTROUTE), 0);
    close_socket(s);
    close_socket(stream);
    END_WINSOCK();
}

static void truths_are_taken_in_any_length(void)
{
    START_WINSOCK();
    for
        EACH(i, TRUTHS)
        {
            const SOCKET s = udp_socket();
            const DWORD on = 5;
            DWORD off = 0;
            for (int size = 1; size <= 4; size++) {
                if (size == 3)
                    continue;
                assert_int_equal(put(s, SOL_SOCKET, TRUTHS[i], &on, size), 0);
                assert_int_equal(number_of(s, SOL_SOCKET, TRUTHS[i], 4), 1);
                assert_int_equal(put(s, SOL_SOCKET, TRUTHS[i], &off, size), 0);
                assert_int_equal(number_of(s, SOL_SOCKET, TRUTHS[i], 4), 0);
            }
            assert_int_equal(put(s, SOL_SOCKET, TRUTHS[i], &on, 0), 0);
            close_socket(s);
        }
    END_WINSOCK();
}

static void a_truth_reads_back_as_one(void)
{
    START_WINSOCK();
    const SOCKET s = udp_socket();
    assert_int_equal(put_number(s, SOL_SOCKET, SO_BROADCAST, 0x12345678), 0);
    assert_int_equal(number_of(s, SOL_SOCKET, SO_BROADCAST, 4), 1);
    close_socket(s);
    END_WINSOCK();
}

static void times_start_at_nothing_and_read_back(void)
{
    START_WINSOCK();
    const SOCKET s = udp_socket();
    for (int name = SO_SNDTIMEO; name <= SO_RCVTIMEO; name++) {
        assert_int_equal(number_of(s, SOL_SOCKET, name, 4), 0);
        assert_int_equal(put_number(s, SOL_SOCKET, name, 1234), 0);
        assert_int_equal(number_of(s, SOL_SOCKET, name, 4), 1234);
        assert_int_equal(put_number(s, SOL_SOCKET, name, 0), 0);
        assert_int_equal(number_of(s, SOL_SOCKET, name, 4), 0);
    }
    close_socket(s);
    END_WINSOCK();
}

static void buffers_read_back_as_they_were_set(void)
{
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    for (int name = SO_SNDBUF; name <= SO_RCVBUF; name++) {
        assert_int_not_equal(number_of(s, SOL_SOCKET, name, 4), 0);
        assert_int_equal(put_number(s, SOL_SOCKET, name, 4096), 0);
        assert_int_equal(number_of(s, SOL_SOCKET, name, 4), 4096);
    }
    close_socket(s);
    END_WINSOCK();
}

static void numbers_are_not_taken_short(void)
{
    const DWORD value = 4096;
    DWORD got = 0;
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    for
        EACH(i, NUMBERS)
        {
            const DWORD before = number_of(s, SOL_SOCKET, NUMBERS[i], 4);
            for (int size = 1; size <= 2; size++) {
                int room = size;
                assert_int_equal(put(s, SOL_SOCKET, NUMBERS[i], &value, size), WSAEFAULT);
                assert_int_equal(get(s, SOL_SOCKET, NUMBERS[i], &got, &room), WSAEFAULT);
            }
            assert_int_equal(number_of(s, SOL_SOCKET, NUMBERS[i], 4), before);
        }
    close_socket(s);
    END_WINSOCK();
}

static void numbers_are_taken_long(void)
{
    const DWORD value[2] = {4096, 77};
    DWORD got[2] = {0, 0x5EED};
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    for
        EACH(i, NUMBERS)
        {
            int size = sizeof(got);
            assert_int_equal(put(s, SOL_SOCKET, NUMBERS[i], value, sizeof(value)), 0);
            assert_int_equal(get(s, SOL_SOCKET, NUMBERS[i], got, &size), 0);
            assert_int_equal(size, 4);
            assert_int_equal(got[0], 4096);
            assert_int_equal(got[1], 0x5EED);
        }
    close_socket(s);
    END_WINSOCK();
}

static void linger_is_whole_or_nothing(void)
{
    struct linger linger = {1, 7};
    int size = sizeof(linger);
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    assert_int_equal(put(s, SOL_SOCKET, SO_LINGER, &linger, 1), WSAEFAULT);
    assert_int_equal(put(s, SOL_SOCKET, SO_LINGER, &linger, 2), WSAEFAULT);
    assert_int_equal(put(s, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)), 0);
    memset(&linger, 0, sizeof(linger));
    assert_int_equal(getsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&linger, &size), 0);
    assert_int_equal(size, sizeof(linger));
    assert_int_equal(linger.l_onoff, 1);
    assert_int_equal(linger.l_linger, 7);
    close_socket(s);
    END_WINSOCK();
}

static void linger_and_its_complement(void)
{
    struct linger linger = {1, 7};
    int size = sizeof(linger);
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    assert_int_equal(number_of(s, SOL_SOCKET, SO_DONTLINGER, 4), 1);
    assert_int_equal(put(s, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)), 0);
    assert_int_equal(number_of(s, SOL_SOCKET, SO_DONTLINGER, 4), 0);
    assert_int_equal(put_number(s, SOL_SOCKET, SO_DONTLINGER, 1), 0);
    assert_int_equal(getsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&linger, &size), 0);
    assert_int_equal(linger.l_onoff, 0);
    close_socket(s);
    END_WINSOCK();
}

static void datagrams_do_not_linger(void)
{
    const struct linger linger = {1, 7};
    START_WINSOCK();
    const SOCKET s = udp_socket();
    assert_int_equal(put(s, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)), WSAENOPROTOOPT);
    assert_int_equal(get_outcome(s, SOL_SOCKET, SO_LINGER), WSAENOPROTOOPT);
    close_socket(s);
    END_WINSOCK();
}

static void linger_wants_its_value(void)
{
    static const int names[] = {SO_LINGER, SO_DONTLINGER};
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    for
        EACH(i, names)
        {
            assert_int_equal(put(s, SOL_SOCKET, names[i], NULL, 0), WSAEFAULT);
            assert_int_equal(put(s, SOL_SOCKET, names[i], NULL, 4), WSAEFAULT);
        }
    close_socket(s);
    END_WINSOCK();
}

static void a_number_is_no_place(void)
{
    static const int names[] = {SO_REUSEADDR, SO_RCVBUF, SO_RCVTIMEO, SO_LINGER};
    int size = sizeof(DWORD);
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    for
        EACH(i, names)
        {
            assert_int_equal(put(s, SOL_SOCKET, names[i], (const char *)(ULONG_PTR)1, 4),
                             WSAEFAULT);
            assert_fails_with(getsockopt(s, SOL_SOCKET, names[i], (char *)(ULONG_PTR)1, &size),
                              WSAEFAULT);
        }
    close_socket(s);
    END_WINSOCK();
}

static void the_handle_is_judged_first(void)
{
    DWORD value = 0x5EED;
    int size = sizeof(value);
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    assert_fails_with(getsockopt(INVALID_SOCKET, SOL_SOCKET, SO_REUSEADDR, NULL, NULL),
                      WSAENOTSOCK);
    assert_fails_with(setsockopt(INVALID_SOCKET, SOL_SOCKET, SO_REUSEADDR, NULL, 0), WSAENOTSOCK);
    assert_fails_with(getsockopt(s, SOL_SOCKET, SO_REUSEADDR, NULL, NULL), WSAEFAULT);
    assert_fails_with(getsockopt(s, SOL_SOCKET, SO_REUSEADDR, (char *)&value, NULL), WSAEFAULT);
    close_socket(s);
    assert_int_equal(get(s, SOL_SOCKET, SO_REUSEADDR, &value, &size), WSAENOTSOCK);
    assert_int_equal(value, 0x5EED);
    assert_int_equal(size, 4);
    END_WINSOCK();
}

static void no_room_is_a_fault(void)
{
    static const int names[] = {SO_REUSEADDR, SO_BROADCAST, SO_RCVBUF, SO_RCVTIMEO, SO_TYPE};
    START_WINSOCK();
    const SOCKET s = udp_socket();
    for
        EACH(i, names)
        {
            DWORD value = 0x5EED;
            int size = 0;
            assert_int_equal(get(s, SOL_SOCKET, names[i], &value, &size), WSAEFAULT);
            size = -1;
            assert_int_equal(get(s, SOL_SOCKET, names[i], &value, &size), WSAEFAULT);
            assert_int_equal(size, -1);
            assert_int_equal(value, 0x5EED);
        }
    close_socket(s);
    END_WINSOCK();
}

static void an_error_may_be_set(void)
{
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    assert_int_equal(number_of(s, SOL_SOCKET, SO_ERROR, 4), 0);
    WSASetLastError(77);
    assert_int_equal(put_number(s, SOL_SOCKET, SO_ERROR, 1234), 0);
    assert_int_equal(WSAGetLastError(), 0);
    assert_int_equal(number_of(s, SOL_SOCKET, SO_ERROR, 4), 1234);
    assert_int_equal(WSAGetLastError(), 0);
    close_socket(s);
    END_WINSOCK();
}

static void an_error_is_not_read_short(void)
{
    DWORD value = 0;
    int size = 1;
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    assert_int_equal(get(s, SOL_SOCKET, SO_ERROR, &value, &size), WSAEFAULT);
    close_socket(s);
    END_WINSOCK();
}

static void an_option_that_succeeds_clears_the_last_error(void)
{
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    WSASetLastError(77);
    assert_int_equal(put_number(s, SOL_SOCKET, SO_KEEPALIVE, 1), 0);
    assert_int_equal(WSAGetLastError(), 0);
    WSASetLastError(77);
    assert_int_equal(get_outcome(s, SOL_SOCKET, SO_KEEPALIVE), 0);
    assert_int_equal(WSAGetLastError(), 0);
    close_socket(s);
    END_WINSOCK();
}

static void debugging_is_a_truth(void)
{
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    assert_int_equal(low_byte_of(s, SOL_SOCKET, SO_DEBUG), 0);
    assert_int_equal(put_number(s, SOL_SOCKET, SO_DEBUG, 0xABCD), 0);
    assert_int_equal(low_byte_of(s, SOL_SOCKET, SO_DEBUG), 1);
    close_socket(s);
    END_WINSOCK();
}

static void a_type_is_not_set(void)
{
    START_WINSOCK();
    const SOCKET stream = tcp_socket(), datagram = udp_socket();
    assert_int_equal(put_number(stream, SOL_SOCKET, SO_TYPE, SOCK_DGRAM), WSAENOPROTOOPT);
    assert_int_equal(number_of(stream, SOL_SOCKET, SO_TYPE, 4), SOCK_STREAM);
    assert_int_equal(put_number(datagram, SOL_SOCKET, SO_TYPE, SOCK_STREAM), WSAEINVAL);
    assert_int_equal(number_of(datagram, SOL_SOCKET, SO_TYPE, 4), SOCK_DGRAM);
    close_socket(stream);
    close_socket(datagram);
    END_WINSOCK();
}

static void only_a_listener_accepts(void)
{
    USHORT port;
    START_WINSOCK();
    const SOCKET s = listen_on_loopback(&port), idle = tcp_socket();
    assert_int_equal(number_of(s, SOL_SOCKET, SO_ACCEPTCONN, 4), 1);
    assert_int_equal(number_of(idle, SOL_SOCKET, SO_ACCEPTCONN, 4), 0);
    assert_int_equal(put_number(idle, SOL_SOCKET, SO_ACCEPTCONN, 1), WSAENOPROTOOPT);
    assert_int_equal(put_number(s, SOL_SOCKET, SO_ACCEPTCONN, 0), WSAENOPROTOOPT);
    close_socket(s);
    close_socket(idle);
    END_WINSOCK();
}

static void sharing_and_excluding_exclude_each_other(void)
{
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    assert_int_equal(put_number(s, SOL_SOCKET, SO_REUSEADDR, 1), 0);
    assert_int_equal(put_number(s, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 1), WSAEINVAL);
    assert_int_equal(put_number(s, SOL_SOCKET, SO_REUSEADDR, 0), 0);
    assert_int_equal(put_number(s, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 1), 0);
    assert_int_equal(put_number(s, SOL_SOCKET, SO_REUSEADDR, 1), WSAEINVAL);
    close_socket(s);
    END_WINSOCK();
}

static void levels_are_numbers_not_bits(void)
{
    static const int levels[] = {-1, 0x1234ffff, 0x8000, 0x800};
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    for
        EACH(i, levels)
        {
            assert_int_equal(get_outcome(s, levels[i], SO_KEEPALIVE), WSAEINVAL);
            assert_int_equal(put_number(s, levels[i], SO_KEEPALIVE, 1), WSAEINVAL);
        }
    assert_int_equal(low_byte_of(s, SOL_SOCKET, SO_KEEPALIVE), 0);
    close_socket(s);
    END_WINSOCK();
}

static void a_connection_has_an_age(void)
{
    START_WINSOCK();
    const SOCKET idle = tcp_socket(), datagram = udp_socket();
    const struct pair pair = connected_pair();
    assert_int_equal(number_of(idle, SOL_SOCKET, SO_CONNECT_TIME, 4), 0xFFFFFFFF);
    assert_int_equal(number_of(datagram, SOL_SOCKET, SO_CONNECT_TIME, 4), 0xFFFFFFFF);
    assert_int_equal(number_of(pair.client, SOL_SOCKET, SO_CONNECT_TIME, 4), 0);
    assert_int_equal(number_of(pair.server, SOL_SOCKET, SO_CONNECT_TIME, 4), 0);
    assert_int_equal(bind_loopback(datagram, 0), 0);
    assert_int_equal(connect_loopback(datagram, pair.port), 0);
    assert_int_equal(number_of(datagram, SOL_SOCKET, SO_CONNECT_TIME, 4), 0xFFFFFFFF);
    close_pair(&pair);
    close_socket(idle);
    close_socket(datagram);
    END_WINSOCK();
}

static void a_datagram_has_a_greatest_size(void)
{
    START_WINSOCK();
    const SOCKET s = udp_socket();
    const DWORD size = number_of(s, SOL_SOCKET, SO_MAX_MSG_SIZE, 4);
    assert_one_of(size, 65507, 65527);
    close_socket(s);
    END_WINSOCK();
}

static void an_open_type_is_nobodys(void)
{
    DWORD value = 77;
    int size = -1;
    START_WINSOCK();
    assert_int_equal(get(INVALID_SOCKET, SOL_SOCKET, SO_OPENTYPE, &value, &size), 0);
    assert_int_equal(size, 4);
    assert_int_equal(value, 0);
    const WSAEVENT event = WSACreateEvent();
    size = sizeof(value);
    assert_int_equal(get((SOCKET)event, SOL_SOCKET, SO_OPENTYPE, &value, &size), 0);
    assert_int_equal(get((SOCKET)event, SOL_SOCKET, SO_TYPE, &value, &size), WSAENOTSOCK);
    assert_int_equal(get((SOCKET)event, SOL_SOCKET, 0x7777, &value, &size), WSAENOTSOCK);
    assert_true(WSACloseEvent(event));
    END_WINSOCK();
}

static void a_negative_length(void)
{
    const DWORD on = 1;
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    assert_int_equal(put(s, SOL_SOCKET, SO_REUSEADDR, &on, -1), 0);
    assert_int_equal(put(s, SOL_SOCKET, SO_OOBINLINE, &on, -1), 0);
    OBSERVE_VALUE(option_negative_length, put(s, IPPROTO_TCP, TCP_NODELAY, &on, -1));
    close_socket(s);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(truths_are_off, SOPT_001),
    CASE(truths_are_taken_in_any_length, SOPT_002, SOPT_003),
    CASE(a_truth_reads_back_as_one, SOPT_003),
    CASE(times_start_at_nothing_and_read_back, SOPT_004),
    CASE(buffers_read_back_as_they_were_set, SOPT_005),
    CASE(numbers_are_not_taken_short, SOPT_006),
    CASE(numbers_are_taken_long, SOPT_007),
    CASE(linger_is_whole_or_nothing, SOPT_008),
    CASE(linger_and_its_complement, SOPT_009),
    CASE(datagrams_do_not_linger, SOPT_010),
    CASE(linger_wants_its_value, SOPT_011),
    CASE(a_number_is_no_place, SOPT_012),
    CASE(the_handle_is_judged_first, SOPT_013, SOPT_014),
    CASE(no_room_is_a_fault, SOPT_015),
    CASE(an_error_may_be_set, SOPT_016),
    CASE(an_error_is_not_read_short, SOPT_017),
    CASE(an_option_that_succeeds_clears_the_last_error, SOPT_018),
    CASE(debugging_is_a_truth, SOPT_019),
    CASE(a_type_is_not_set, SOPT_020),
    CASE(only_a_listener_accepts, SOPT_021),
    CASE(sharing_and_excluding_exclude_each_other, SOPT_022),
    CASE(levels_are_numbers_not_bits, SOPT_023),
    CASE(a_connection_has_an_age, SOPT_024),
    CASE(a_datagram_has_a_greatest_size, SOPT_025),
    CASE(an_open_type_is_nobodys, SOPT_026),
    CASE(a_negative_length, SOPT_027, SOPT_028),
    END_OF_CASES,
};
// clang-format on

const struct suite sockopt_level_suite = {
    .name = "sockopt_level",
    .about = "setsockopt and getsockopt: SOL_SOCKET",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
