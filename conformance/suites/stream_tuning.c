/* What a connection says of itself, and how patient it is told to be. */
#ifndef NTDDI_VERSION
#define NTDDI_VERSION 0x0A00000C /* for SIO_TCP_INFO, of Windows 10 1703 */
#endif
#include "conformance/suites/control.h"

enum { PORT = 4711, STATE_ESTABLISHED = 4, STATE_CLOSE_WAIT = 7 };

#ifndef TCP_KEEPIDLE
#define TCP_KEEPIDLE 3
#endif
#ifndef TCP_MAXRT
#define TCP_MAXRT 5
#endif
#ifndef TCP_KEEPCNT
#define TCP_KEEPCNT 16
#endif
#ifndef TCP_KEEPINTVL
#define TCP_KEEPINTVL 17
#endif

static const struct testbed_host HOST = {false, {198, 51, 100, 7}};

#define HOST_ADDRESS ((ULONG)0xC6336407)

static SOCKET connected_to_host(const char *script)
{
    REQUIRE_TESTBED(testbed_remote_host("peer.example", &HOST, false));
    assert_true(testbed_remote_port(&HOST, false, PORT, script));
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    assert_int_equal(connect_ipv4(s, HOST_ADDRESS, PORT), 0);
    return s;
}

/* ---- SIO_TCP_INFO ---------------------------------------------------------------------------- */

static unsigned ask(SOCKET s, DWORD version, void *info, DWORD size, DWORD *returned)
{
    struct control to = {s, SIO_TCP_INFO, &version, sizeof(version), info, size, 0};
    const unsigned error = control(&to);
    *returned = to.returned;
    return error;
}

static TCP_INFO_v0 info_of(SOCKET s)
{
    TCP_INFO_v0 info;
    DWORD returned;
    memset(&info, 0x5A, sizeof(info));
    assert_int_equal(ask(s, 0, &info, sizeof(info), &returned), 0);
    assert_int_equal(returned, sizeof(info));
    return info;
}

static void a_connection_counts_its_bytes(void)
{
    START_WINSOCK();
    struct pair pair = connected_pair();
    send_bytes(pair.client, "hello", 5);
    expect_bytes(pair.server, "hello", 5);
    send_bytes(pair.server, "hi", 2);
    expect_bytes(pair.client, "hi", 2);
    const TCP_INFO_v0 client = info_of(pair.client);
    const TCP_INFO_v0 server = info_of(pair.server);
    assert_int_equal(client.State, STATE_ESTABLISHED);
    assert_int_equal(client.BytesOut, 5);
    assert_int_equal(client.BytesIn, 2);
    assert_int_equal(server.BytesOut, 2);
    assert_int_equal(server.BytesIn, 5);
    assert_true(client.Mss >= 536);
    assert_true(client.Cwnd >= client.Mss);
    assert_int_equal(client.BytesRetrans, 0);
    close_pair(&pair);
    END_WINSOCK();
}

static void a_connection_knows_its_state_and_age(void)
{
    START_WINSOCK();
    struct pair pair = connected_pair();
    const ULONGLONG before = info_of(pair.client).ConnectionTimeMs;
    Sleep(300);
    assert_in_range(info_of(pair.client).ConnectionTimeMs - before, 250, 5000);
    assert_int_equal(shutdown(pair.server, SD_SEND), 0);
    expect_end(pair.client);
    assert_int_equal(info_of(pair.client).State, STATE_CLOSE_WAIT);
    close_pair(&pair);
    END_WINSOCK();
}

static void the_windows_are_those_of_both_ends(void)
{
    char bytes[3000];
    START_WINSOCK();
    struct pair pair = connected_pair();
    memset(bytes, 'a', sizeof(bytes));
    const ULONG room = info_of(pair.server).RcvWnd;
    send_bytes(pair.client, bytes, sizeof(bytes));
    assert_becomes(pair.server, SET_READ);
    assert_int_equal(info_of(pair.server).RcvWnd, room - sizeof(bytes));
    assert_true(info_of(pair.server).RcvBuf >= room);
    close_pair(&pair);
    END_WINSOCK();
}

static void version_1_begins_as_version_0(void)
{
    TCP_INFO_v1 info;
    DWORD returned;
    START_WINSOCK();
    struct pair pair = connected_pair();
    send_bytes(pair.client, "hello", 5);
    expect_bytes(pair.server, "hello", 5);
    assert_int_equal(ask(pair.client, 1, &info, sizeof(info), &returned), 0);
    assert_int_equal(returned, sizeof(info));
    assert_int_equal(info.State, STATE_ESTABLISHED);
    assert_int_equal(info.BytesOut, 5);
    assert_int_equal(info.SndLimBytesRwin + info.SndLimBytesCwnd + info.SndLimBytesSnd, 5);
    close_pair(&pair);
    END_WINSOCK();
}

static void what_has_no_connection_tells_nothing(void)
{
    TCP_INFO_v0 info;
    DWORD returned;
    START_WINSOCK();
    const SOCKET datagram = open_socket(AF_INET, SOCK_DGRAM);
    assert_true(ask(datagram, 0, &info, sizeof(info), &returned) != 0);
    close_socket(datagram);
    const SOCKET s = tcp_socket();
    assert_true(ask(s, 0, &info, sizeof(info), &returned) != 0);
    close_socket(s);
    struct pair pair = connected_pair();
    assert_true(ask(pair.client, 1000, &info, sizeof(info), &returned) != 0);
    assert_true(ask(pair.client, 0, &info, sizeof(info) - 1, &returned) != 0);
    close_pair(&pair);
    END_WINSOCK();
}

static void what_was_lost_is_counted_when_it_is_sent_again(void)
{
    START_WINSOCK();
    const SOCKET s = connected_to_host("echo");
    send_bytes(s, "before", 6);
    expect_bytes(s, "before", 6);
    assert_true(info_of(s).RttUs > 0);
    assert_true(info_of(s).MinRttUs <= info_of(s).RttUs);
    assert_true(testbed_remote_cut(&HOST, true));
    send_bytes(s, "lost", 4);
    Sleep(500);
    assert_int_equal(info_of(s).BytesInFlight, 4);
    assert_true(testbed_remote_cut(&HOST, false));
    expect_bytes(s, "lost", 4);
    assert_true(info_of(s).BytesRetrans >= 4);
    assert_int_equal(info_of(s).TimeoutEpisodes, 1);
    assert_int_equal(info_of(s).BytesOut, 10);
    close_socket(s);
    END_WINSOCK();
}

/* ---- Patience -------------------------------------------------------------------------------- */

static void a_connect_ends_after_maxrt(void)
{
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    set_option(s, IPPROTO_TCP, TCP_MAXRT, 4);
    const ULONGLONG begun = GetTickCount64();
    assert_int_equal(connect_ipv4(s, SILENT_ADDRESS, SILENT_PORT), WSAETIMEDOUT);
    assert_in_range(GetTickCount64() - begun, 3900, 6000);
    close_socket(s);
    END_WINSOCK();
}

static void a_silent_peer_is_given_up_after_maxrt(void)
{
    char byte;
    START_WINSOCK();
    const SOCKET s = connected_to_host("send hello; echo");
    expect_bytes(s, "hello", 5);
    set_option(s, IPPROTO_TCP, TCP_MAXRT, 3);
    Sleep(5000);
    assert_true(testbed_remote_cut(&HOST, true));
    const ULONGLONG begun = GetTickCount64();
    send_bytes(s, "anybody?", 8);
    assert_int_equal(recv(s, &byte, 1, 0), SOCKET_ERROR);
    assert_in_range(GetTickCount64() - begun, 2900, 4000);
    close_socket(s);
    END_WINSOCK();
}

static void without_an_end_a_peer_is_waited_for(void)
{
    START_WINSOCK();
    const SOCKET s = connected_to_host("send hello; echo");
    expect_bytes(s, "hello", 5);
    set_option(s, IPPROTO_TCP, TCP_MAXRT, (DWORD)-1);
    Sleep(1000); /* until the host knows that its word has come */
    assert_true(testbed_remote_cut(&HOST, true));
    send_bytes(s, "anybody?", 8);
    Sleep(600000);
    assert_true(testbed_remote_cut(&HOST, false));
    const ULONGLONG begun = GetTickCount64();
    expect_bytes(s, "anybody?", 8);
    assert_in_range(GetTickCount64() - begun, 0, 61000);
    close_socket(s);
    END_WINSOCK();
}

static void the_three_options_of_keep_alive_act_together(void)
{
    char byte;
    START_WINSOCK();
    const SOCKET s = connected_to_host("send hello; echo");
    expect_bytes(s, "hello", 5);
    set_option(s, IPPROTO_TCP, TCP_KEEPIDLE, 20);
    set_option(s, IPPROTO_TCP, TCP_KEEPINTVL, 2);
    set_option(s, IPPROTO_TCP, TCP_KEEPCNT, 3);
    set_option(s, SOL_SOCKET, SO_KEEPALIVE, 1);
    assert_true(testbed_remote_cut(&HOST, true));
    const ULONGLONG begun = GetTickCount64();
    assert_int_equal(recv(s, &byte, 1, 0), SOCKET_ERROR);
    assert_in_range(GetTickCount64() - begun, 20000 + 2 * 2000, 20000 + 4 * 2000);
    close_socket(s);
    END_WINSOCK();
}

static void tell_first_timeout(SOCKET s, USHORT rtt, UCHAR again)
{
    TCP_INITIAL_RTO_PARAMETERS values = {rtt, again};
    struct control to = {s, SIO_TCP_INITIAL_RTO, &values, sizeof(values), NULL, 0, 0};
    assert_int_equal(control(&to), 0);
}

static void a_handshake_takes_the_first_timeout_it_is_told(void)
{
    START_WINSOCK();
    SOCKET s = tcp_socket();
    tell_first_timeout(s, 500, 2);
    ULONGLONG begun = GetTickCount64();
    assert_int_equal(connect_ipv4(s, SILENT_ADDRESS, SILENT_PORT), WSAETIMEDOUT);
    assert_in_range(GetTickCount64() - begun, 500 + 1000, 500 + 1000 + 2000 + 500);
    close_socket(s);
    s = tcp_socket();
    tell_first_timeout(s, TCP_INITIAL_RTO_UNSPECIFIED_RTT, TCP_INITIAL_RTO_NO_SYN_RETRANSMISSIONS);
    begun = GetTickCount64();
    assert_int_equal(connect_loopback(s, testbed_ports(1)), WSAECONNREFUSED);
    assert_in_range(GetTickCount64() - begun, 0, 400);
    close_socket(s);
    END_WINSOCK();
}

static void an_acknowledgement_may_be_asked_for_each_segment(void)
{
    TCP_ACK_FREQUENCY_PARAMETERS often = {1};
    START_WINSOCK();
    struct pair pair = connected_pair();
    struct control to = {pair.server, SIO_TCP_SET_ACK_FREQUENCY, &often, sizeof(often), NULL, 0, 0};
    assert_int_equal(control(&to), 0);
    send_bytes(pair.client, "hello", 5);
    expect_bytes(pair.server, "hello", 5);
    close_pair(&pair);
    END_WINSOCK();
}

/* ---- Silence --------------------------------------------------------------------------------- */

static void a_word_of_room_that_is_lost_is_asked_for(void)
{
    static char bytes[100000];
    START_WINSOCK();
    const SOCKET s = connected_to_host("wait 5000; receive 100000; send all");
    memset(bytes, 'a', sizeof(bytes));
    send_bytes(s, bytes, sizeof(bytes));
    Sleep(2000);
    assert_true(testbed_remote_cut(&HOST, true));
    Sleep(4000);
    assert_true(testbed_remote_cut(&HOST, false));
    expect_bytes(s, "all", 3);
    close_socket(s);
    END_WINSOCK();
}

static void two_sockets_may_connect_to_each_other(void)
{
    START_WINSOCK();
    const USHORT port = testbed_ports(2);
    const SOCKET one = tcp_socket();
    const SOCKET other = tcp_socket();
    assert_int_equal(bind_loopback(one, port), 0);
    assert_int_equal(bind_loopback(other, (USHORT)(port + 1)), 0);
    set_blocking(one, false);
    set_blocking(other, false);
    assert_int_equal(connect_loopback(one, (USHORT)(port + 1)), WSAEWOULDBLOCK);
    assert_int_equal(connect_loopback(other, port), WSAEWOULDBLOCK);
    assert_becomes(one, SET_WRITE);
    assert_becomes(other, SET_WRITE);
    send_bytes(one, "hello", 5);
    assert_becomes(other, SET_READ);
    expect_bytes(other, "hello", 5);
    close_socket(one);
    close_socket(other);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(a_connection_counts_its_bytes, TCP_055),
    CASE(a_connection_knows_its_state_and_age, TCP_056),
    CASE(the_windows_are_those_of_both_ends, TCP_056),
    CASE(version_1_begins_as_version_0, TCP_057),
    CASE(what_has_no_connection_tells_nothing, TCP_058),
    CASE(what_was_lost_is_counted_when_it_is_sent_again, TCP_059),
    CASE(a_connect_ends_after_maxrt, TCP_060),
    CASE(a_silent_peer_is_given_up_after_maxrt, TCP_061),
    CASE(without_an_end_a_peer_is_waited_for, TCP_062),
    CASE(the_three_options_of_keep_alive_act_together, TCP_063),
    CASE(a_handshake_takes_the_first_timeout_it_is_told, TCP_064),
    CASE(an_acknowledgement_may_be_asked_for_each_segment, TCP_065),
    CASE(a_word_of_room_that_is_lost_is_asked_for, TCP_066),
    CASE(two_sockets_may_connect_to_each_other, TCP_067),
    END_OF_CASES,
};
// clang-format on

const struct suite stream_tuning_suite = {
    .name = "stream_tuning",
    .about = "What a connection says of itself, and how patient it is",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
