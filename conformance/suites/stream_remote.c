/* Streams to and from another host, over a network that may fail. */
#include "conformance/suites/stream.h"

enum { LARGE = 60000, PORT = 4711 };

static const struct testbed_host HOST = {false, {198, 51, 100, 7}};

#define HOST_ADDRESS ((ULONG)0xC6336407)

static void require_host(const char *script)
{
    REQUIRE_TESTBED(testbed_remote_host("peer.example", &HOST, false));
    assert_true(testbed_remote_port(&HOST, false, PORT, script));
}

static SOCKET connected_to_host(const char *script)
{
    require_host(script);
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    assert_int_equal(connect_ipv4(s, HOST_ADDRESS, PORT), 0);
    return s;
}

static char letter(unsigned place)
{
    return (char)('a' + place % 26);
}

static void an_echo_comes_back_from_another_host(void)
{
    START_WINSOCK();
    const SOCKET s = connected_to_host("send welcome; echo");
    expect_bytes(s, "welcome", 7);
    send_bytes(s, "there and back", 14);
    expect_bytes(s, "there and back", 14);
    assert_int_equal(shutdown(s, SD_SEND), 0);
    expect_end(s);
    close_socket(s);
    END_WINSOCK();
}

static void another_host_refuses(void)
{
    START_WINSOCK();
    require_host("refuse");
    const SOCKET s = tcp_socket();
    assert_int_equal(connect_ipv4(s, HOST_ADDRESS, PORT), WSAECONNREFUSED);
    assert_true(testbed_remote_port(&HOST, false, PORT, "send in"));
    assert_int_equal(connect_ipv4(s, HOST_ADDRESS, PORT), 0);
    expect_bytes(s, "in", 2);
    close_socket(s);
    END_WINSOCK();
}

static void another_host_connects_and_is_accepted(void)
{
    struct sockaddr_in name;
    int size = sizeof(name);
    START_WINSOCK();
    REQUIRE_TESTBED(testbed_remote_host(NULL, &HOST, false));
    const SOCKET listener = tcp_socket();
    assert_int_equal(bind_ipv4(listener, INADDR_ANY, PORT), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_true(testbed_remote_connect(&HOST, 5000, PORT, "send hello; receive 3; close"));
    const SOCKET server = accept(listener, (struct sockaddr *)&name, &size);
    assert_true(server != INVALID_SOCKET);
    assert_int_equal(ntohl(name.sin_addr.s_addr), HOST_ADDRESS);
    assert_int_equal(ntohs(name.sin_port), 5000);
    expect_bytes(server, "hello", 5);
    send_bytes(server, "bye", 3);
    expect_end(server);
    close_socket(server);
    close_socket(listener);
    END_WINSOCK();
}

static void a_reset_of_another_host_is_told(void)
{
    char byte;
    START_WINSOCK();
    const SOCKET s = connected_to_host("send hello; wait 100; reset");
    expect_bytes(s, "hello", 5);
    assert_fails_with(recv(s, &byte, 1, 0), WSAECONNRESET);
    assert_fails_with(send(s, "x", 1, 0), WSAECONNRESET);
    close_socket(s);
    END_WINSOCK();
}

static void a_host_that_falls_silent_ends_the_connection(void)
{
    char byte;
    START_WINSOCK();
    const SOCKET s = connected_to_host("send hello; echo");
    expect_bytes(s, "hello", 5);
    assert_true(testbed_remote_cut(&HOST, true));
    send_bytes(s, "anybody?", 8);
    assert_int_equal(recv(s, &byte, 1, 0), SOCKET_ERROR);
    OBSERVE_VALUE(silent_peer, WSAGetLastError());
    close_socket(s);
    END_WINSOCK();
}

static void keep_alive(SOCKET s, ULONG time_ms, ULONG interval_ms)
{
    struct tcp_keepalive values = {1, time_ms, interval_ms};
    DWORD returned;
    assert_int_equal(
        WSAIoctl(s, SIO_KEEPALIVE_VALS, &values, sizeof(values), NULL, 0, &returned, NULL, NULL),
        0);
}

static void keep_alive_finds_a_host_that_is_gone(void)
{
    char byte;
    START_WINSOCK();
    const SOCKET s = connected_to_host("send hello; echo");
    expect_bytes(s, "hello", 5);
    keep_alive(s, 5000, 1000);
    assert_true(testbed_remote_cut(&HOST, true));
    const ULONGLONG begun = GetTickCount64();
    assert_int_equal(recv(s, &byte, 1, 0), SOCKET_ERROR);
    OBSERVE_VALUE(keep_alive_lost, WSAGetLastError());
    assert_in_range(GetTickCount64() - begun, 5000, 60000);
    close_socket(s);
    END_WINSOCK();
}

static void keep_alive_times_are_milliseconds_and_stay(void)
{
    char byte;
    START_WINSOCK();
    const SOCKET s = connected_to_host("send hello; echo");
    expect_bytes(s, "hello", 5);
    keep_alive(s, 1500, 250);
    set_option(s, IPPROTO_TCP, TCP_NODELAY, 1);
    assert_true(testbed_remote_cut(&HOST, true));
    const ULONGLONG begun = GetTickCount64();
    assert_int_equal(recv(s, &byte, 1, 0), SOCKET_ERROR);
    assert_in_range(GetTickCount64() - begun, 1500 + 9 * 250, 1500 + 11 * 250);
    close_socket(s);
    END_WINSOCK();
}

/* How long a request of two sends takes to be answered, in ms. */
static ULONGLONG request_in_two_parts(BOOL no_delay)
{
    const SOCKET s = connected_to_host("receive 2; send done");
    set_option(s, IPPROTO_TCP, TCP_NODELAY, no_delay);
    const ULONGLONG begun = GetTickCount64();
    send_bytes(s, "a", 1);
    send_bytes(s, "b", 1);
    expect_bytes(s, "done", 4);
    const ULONGLONG taken = GetTickCount64() - begun;
    close_socket(s);
    return taken;
}

static void a_small_send_waits_for_an_acknowledgement_that_is_put_off(void)
{
    START_WINSOCK();
    const ULONGLONG taken = request_in_two_parts(FALSE);
    if (taken >= 200)
        OBSERVE(delayed_ack, ms_200);
    else if (taken >= 40)
        OBSERVE(delayed_ack, ms_40);
    else
        OBSERVE(delayed_ack, at_once);
    assert_in_range(taken, 40, 300);
    END_WINSOCK();
}

static void without_delay_a_small_send_does_not_wait(void)
{
    START_WINSOCK();
    assert_in_range(request_in_two_parts(TRUE), 0, 30);
    END_WINSOCK();
}

static DWORD WINAPI sending_letters(LPVOID argument)
{
    const SOCKET s = *(const SOCKET *)argument;
    for (unsigned place = 0; place < LARGE; place += 100) {
        char bytes[100];
        for (unsigned i = 0; i < sizeof(bytes); i++)
            bytes[i] = letter(place + i);
        if (send(s, bytes, sizeof(bytes), 0) != sizeof(bytes))
            return 1;
    }
    shutdown(s, SD_SEND);
    return 0;
}

static void what_the_network_loses_doubles_and_overtakes_arrives_once_and_in_order(void)
{
    char bytes[500];
    unsigned got = 0;
    START_WINSOCK();
    REQUIRE_TESTBED(testbed_wire(3000, 3000, 3000, true));
    struct pair pair = connected_pair();
    const HANDLE thread = start_thread(sending_letters, &pair.client);
    for (;;) {
        const int more = recv(pair.server, bytes, sizeof(bytes), 0);
        if (more == 0)
            break;
        assert_true(more > 0);
        for (int i = 0; i < more; i++)
            assert_int_equal(bytes[i], letter(got + (unsigned)i));
        got += (unsigned)more;
    }
    assert_int_equal(got, LARGE);
    join_thread(thread);
    close_pair(&pair);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(an_echo_comes_back_from_another_host, TCP_047),
    CASE(what_the_network_loses_doubles_and_overtakes_arrives_once_and_in_order, TCP_048),
    CASE(a_host_that_falls_silent_ends_the_connection, TCP_049),
    CASE(keep_alive_finds_a_host_that_is_gone, TCP_051),
    CASE(keep_alive_times_are_milliseconds_and_stay, TCP_052),
    CASE(a_small_send_waits_for_an_acknowledgement_that_is_put_off, TCP_053),
    CASE(without_delay_a_small_send_does_not_wait, TCP_054),
    CASE(another_host_refuses, CON_032),
    CASE(another_host_connects_and_is_accepted, ACC_047),
    CASE(a_reset_of_another_host_is_told, SHUT_042),
    END_OF_CASES,
};
// clang-format on

const struct suite stream_remote_suite = {
    .name = "stream_remote",
    .about = "Streams to and from another host",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
