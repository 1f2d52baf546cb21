/* When each network event is recorded, and what records it again. */
#include "conformance/suites/event_select.h"

/* A pair whose server is selected, with FD_WRITE taken already. */
static struct pair selected_pair(WSAEVENT event, long mask)
{
    const struct pair pair = connected_pair();
    choose_events(pair.server, event, mask | FD_WRITE);
    assert_int_equal(take_events(pair.server, event), FD_WRITE);
    return pair;
}

static void writing_is_reported_once(void)
{
    START_WINSOCK();
    const SOCKET s = datagram_socket();
    const struct pair pair = connected_pair();
    const WSAEVENT event = new_event();
    choose_events(s, event, FD_WRITE);
    assert_true(is_set(event));
    assert_int_equal(take_events(s, event), FD_WRITE);
    choose_events(s, event, FD_WRITE);
    assert_false(is_set(event));
    assert_int_equal(take_events(s, event), 0);
    choose_events(pair.client, event, FD_WRITE);
    assert_int_equal(take_events(pair.client, event), FD_WRITE);
    choose_events(pair.client, event, FD_WRITE);
    assert_int_equal(take_events(pair.client, event), 0);
    close_socket(s);
    close_pair(&pair);
    close_event(event);
    END_WINSOCK();
}

static void a_stream_without_a_peer_is_not_written_to(void)
{
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    const WSAEVENT event = new_event();
    assert_int_equal(bind_loopback(s, 0), 0);
    choose_events(s, event, FD_WRITE);
    assert_false(is_set(event));
    assert_int_equal(take_events(s, event), 0);
    close_socket(s);
    close_event(event);
    END_WINSOCK();
}

static void sending_does_not_take_the_record_of_writing(void)
{
    START_WINSOCK();
    const struct pair pair = connected_pair();
    const WSAEVENT event = new_event();
    choose_events(pair.client, event, FD_WRITE);
    send_bytes(pair.client, "x", 1);
    assert_int_equal(take_events(pair.client, event), FD_WRITE);
    send_bytes(pair.client, "x", 1);
    assert_int_equal(take_events(pair.client, event), 0);
    close_pair(&pair);
    close_event(event);
    END_WINSOCK();
}

static void room_is_reported_after_there_was_none(void)
{
    START_WINSOCK();
    const struct pair pair = connected_pair();
    const WSAEVENT event = new_event();
    set_option(pair.client, SOL_SOCKET, SO_SNDBUF, 8192);
    choose_events(pair.client, event, FD_WRITE);
    assert_int_equal(take_events(pair.client, event), FD_WRITE);
    const unsigned long total = fill(pair.client);
    assert_int_equal(take_events(pair.client, event), 0);
    drain(pair.server, total);
    assert_int_equal(await_events(pair.client, event, FD_WRITE), FD_WRITE);
    close_pair(&pair);
    close_event(event);
    END_WINSOCK();
}

static void bytes_are_reported(void)
{
    START_WINSOCK();
    const WSAEVENT event = new_event();
    const struct pair pair = selected_pair(event, FD_READ);
    send_bytes(pair.client, "x", 1);
    await(event);
    const WSANETWORKEVENTS record = taken(pair.server, event);
    assert_int_equal(record.lNetworkEvents, FD_READ);
    assert_int_equal(record.iErrorCode[FD_READ_BIT], 0);
    close_pair(&pair);
    close_event(event);
    END_WINSOCK();
}

static void selecting_again_does_not_report_bytes_again(void)
{
    START_WINSOCK();
    const WSAEVENT event = new_event();
    const struct pair pair = selected_pair(event, FD_READ);
    send_bytes(pair.client, "x", 1);
    assert_int_equal(await_events(pair.server, event, FD_READ), FD_READ);
    choose_events(pair.server, event, FD_READ | FD_WRITE);
    assert_false(is_set(event));
    assert_int_equal(take_events(pair.server, event), 0);
    close_pair(&pair);
    close_event(event);
    END_WINSOCK();
}

static void each_arrival_is_reported(void)
{
    START_WINSOCK();
    const WSAEVENT event = new_event();
    const struct pair pair = selected_pair(event, FD_READ);
    send_bytes(pair.client, "x", 1);
    assert_int_equal(await_events(pair.server, event, FD_READ), FD_READ);
    send_bytes(pair.client, "y", 1);
    assert_int_equal(WSAWaitForMultipleEvents(1, &event, FALSE, 500, FALSE), WSA_WAIT_EVENT_0);
    assert_int_equal(take_events(pair.server, event), FD_READ);
    close_pair(&pair);
    close_event(event);
    END_WINSOCK();
}

static void a_receive_that_leaves_bytes_reports_them(void)
{
    START_WINSOCK();
    const WSAEVENT event = new_event();
    const struct pair pair = selected_pair(event, FD_READ);
    send_bytes(pair.client, "xyz", 3);
    assert_int_equal(await_events(pair.server, event, FD_READ), FD_READ);
    expect_bytes(pair.server, "x", 1);
    await(event);
    assert_int_equal(take_events(pair.server, event), FD_READ);
    expect_bytes(pair.server, "yz", 2);
    assert_false(is_set(event));
    assert_int_equal(take_events(pair.server, event), 0);
    close_pair(&pair);
    close_event(event);
    END_WINSOCK();
}

static void a_receive_that_leaves_datagrams_reports_them(void)
{
    START_WINSOCK();
    const SOCKET a = datagram_socket(), b = datagram_socket();
    const WSAEVENT event = new_event();
    choose_events(b, event, FD_READ);
    say(a, "one", bound_port(b));
    say(a, "two", bound_port(b));
    say(b, "three", bound_port(a));
    hear(a, "three");
    assert_int_equal(await_events(b, event, FD_READ), FD_READ);
    hear(b, "one");
    await(event);
    assert_int_equal(take_events(b, event), FD_READ);
    hear(b, "two");
    assert_int_equal(take_events(b, event), 0);
    close_socket(a);
    close_socket(b);
    close_event(event);
    END_WINSOCK();
}

static void what_a_peek_reports(void)
{
    char byte;
    START_WINSOCK();
    const WSAEVENT event = new_event();
    const struct pair pair = selected_pair(event, FD_READ);
    send_bytes(pair.client, "x", 1);
    assert_int_equal(await_events(pair.server, event, FD_READ), FD_READ);
    assert_int_equal(recv(pair.server, &byte, 1, MSG_PEEK), 1);
    if (is_set(event))
        OBSERVE(event_peek, reports);
    else
        OBSERVE(event_peek, nothing);
    close_pair(&pair);
    close_event(event);
    END_WINSOCK();
}

static void what_an_overlapped_receive_took_is_not_reported(void)
{
    char got[4];
    WSABUF buffer = {sizeof(got), got};
    WSAOVERLAPPED overlapped;
    DWORD count = 0, flags = 0;
    START_WINSOCK();
    const WSAEVENT event = new_event();
    const struct pair pair = selected_pair(event, FD_READ);
    overlapped_begin(&overlapped);
    assert_fails_with(WSARecv(pair.server, &buffer, 1, NULL, &flags, &overlapped, NULL),
                      WSA_IO_PENDING);
    send_bytes(pair.client, "x", 1);
    assert_int_equal(overlapped_end(pair.server, &overlapped, &count), 0);
    assert_int_equal(count, 1);
    assert_false(is_set(event));
    assert_int_equal(take_events(pair.server, event), 0);
    send_bytes(pair.client, "y", 1);
    assert_int_equal(await_events(pair.server, event, FD_READ), FD_READ);
    overlapped_close(&overlapped);
    close_pair(&pair);
    close_event(event);
    END_WINSOCK();
}

static void a_caller_is_reported(void)
{
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port), client = tcp_socket();
    const WSAEVENT event = new_event();
    choose_events(listener, event, FD_ACCEPT);
    assert_false(is_set(event));
    assert_int_equal(connect_loopback(client, port), 0);
    await(event);
    const WSANETWORKEVENTS record = taken(listener, event);
    assert_int_equal(record.lNetworkEvents, FD_ACCEPT);
    assert_int_equal(record.iErrorCode[FD_ACCEPT_BIT], 0);
    choose_events(listener, event, FD_ACCEPT);
    assert_false(is_set(event));
    choose_events(listener, event, 0);
    choose_events(listener, event, FD_ACCEPT);
    assert_false(is_set(event));
    assert_int_equal(take_events(listener, event), 0);
    close_socket(client);
    close_socket(listener);
    close_event(event);
    END_WINSOCK();
}

static void the_second_caller_is_reported_too(void)
{
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port);
    const SOCKET first = tcp_socket(), second = tcp_socket();
    const WSAEVENT event = new_event();
    choose_events(listener, event, FD_ACCEPT);
    assert_int_equal(connect_loopback(first, port), 0);
    assert_int_equal(await_events(listener, event, FD_ACCEPT), FD_ACCEPT);
    assert_int_equal(connect_loopback(second, port), 0);
    assert_int_equal(WSAWaitForMultipleEvents(1, &event, FALSE, 500, FALSE), WSA_WAIT_EVENT_0);
    assert_int_equal(take_events(listener, event), FD_ACCEPT);
    close_socket(first);
    close_socket(second);
    close_socket(listener);
    close_event(event);
    END_WINSOCK();
}

static void accepting_reports_who_still_waits(void)
{
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port);
    const SOCKET first = tcp_socket(), second = tcp_socket();
    const WSAEVENT event = new_event();
    assert_int_equal(connect_loopback(first, port), 0);
    assert_int_equal(connect_loopback(second, port), 0);
    assert_becomes(listener, SET_READ);
    choose_events(listener, event, FD_ACCEPT);
    assert_int_equal(await_events(listener, event, FD_ACCEPT), FD_ACCEPT);
    const SOCKET one = accept_one(listener);
    assert_int_equal(await_events(listener, event, FD_ACCEPT), FD_ACCEPT);
    const SOCKET other = accept_one(listener);
    assert_int_equal(take_events(listener, event), 0);
    close_socket(one);
    close_socket(other);
    close_socket(first);
    close_socket(second);
    close_socket(listener);
    close_event(event);
    END_WINSOCK();
}

static void who_called_before_is_reported_at_the_selection(void)
{
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port), client = tcp_socket();
    const WSAEVENT event = new_event();
    assert_int_equal(connect_loopback(client, port), 0);
    assert_becomes(listener, SET_READ);
    choose_events(listener, event, FD_ACCEPT);
    assert_true(is_set(event));
    assert_int_equal(take_events(listener, event), FD_ACCEPT);
    close_socket(client);
    close_socket(listener);
    close_event(event);
    END_WINSOCK();
}

static void who_was_accepted_before_is_not(void)
{
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port), client = tcp_socket();
    const WSAEVENT event = new_event();
    assert_int_equal(connect_loopback(client, port), 0);
    const SOCKET server = accept_one(listener);
    choose_events(listener, event, FD_ACCEPT);
    assert_false(is_set(event));
    assert_int_equal(take_events(listener, event), 0);
    close_socket(server);
    close_socket(client);
    close_socket(listener);
    close_event(event);
    END_WINSOCK();
}

static void a_connection_is_reported_with_its_room(void)
{
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port), client = tcp_socket();
    const WSAEVENT event = new_event();
    choose_events(client, event, FD_CONNECT | FD_WRITE | FD_READ | FD_CLOSE);
    assert_int_equal(connect_loopback(client, port), WSAEWOULDBLOCK);
    await(event);
    const WSANETWORKEVENTS record = taken(client, event);
    assert_int_equal(record.lNetworkEvents, FD_CONNECT | FD_WRITE);
    assert_int_equal(record.iErrorCode[FD_CONNECT_BIT], 0);
    assert_int_equal(record.iErrorCode[FD_WRITE_BIT], 0);
    choose_events(client, event, FD_CONNECT | FD_WRITE);
    assert_int_equal(take_events(client, event), 0);
    close_socket(client);
    close_socket(listener);
    close_event(event);
    END_WINSOCK();
}

static void a_connection_made_before_is_reported_too(void)
{
    START_WINSOCK();
    const struct pair pair = connected_pair();
    const WSAEVENT event = new_event();
    choose_events(pair.client, event, FD_CONNECT | FD_WRITE);
    assert_true(is_set(event));
    assert_int_equal(take_events(pair.client, event), FD_CONNECT | FD_WRITE);
    close_pair(&pair);
    close_event(event);
    END_WINSOCK();
}

static void a_refusal_is_the_error_of_the_connection(void)
{
    USHORT port;
    START_WINSOCK();
    const SOCKET deaf = deaf_socket(&port), client = tcp_socket();
    const WSAEVENT event = new_event();
    choose_events(client, event, FD_CONNECT | FD_WRITE);
    assert_int_equal(connect_loopback(client, port), WSAEWOULDBLOCK);
    await(event);
    const WSANETWORKEVENTS record = taken(client, event);
    assert_int_equal(record.lNetworkEvents, FD_CONNECT);
    assert_int_equal(record.iErrorCode[FD_CONNECT_BIT], WSAECONNREFUSED);
    close_socket(client);
    close_socket(deaf);
    close_event(event);
    END_WINSOCK();
}

static void a_datagram_peer_is_reported_as_a_connection(void)
{
    START_WINSOCK();
    const SOCKET s = udp_socket(), peer = datagram_socket();
    const WSAEVENT event = new_event();
    choose_events(s, event, FD_CONNECT | FD_WRITE | FD_READ);
    assert_int_equal(take_events(s, event), 0);
    assert_int_equal(connect_loopback(s, bound_port(peer)), 0);
    assert_int_equal(take_events(s, event), FD_CONNECT | FD_WRITE);
    close_socket(s);
    close_socket(peer);
    close_event(event);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(writing_is_reported_once, EVT_019, EVT_020),
    CASE(a_stream_without_a_peer_is_not_written_to, EVT_021),
    CASE(sending_does_not_take_the_record_of_writing, EVT_022),
    CASE(room_is_reported_after_there_was_none, EVT_023),
    CASE(bytes_are_reported, EVT_024),
    CASE(selecting_again_does_not_report_bytes_again, EVT_025),
    CASE(each_arrival_is_reported, EVT_026),
    CASE(a_receive_that_leaves_bytes_reports_them, EVT_027),
    CASE(a_receive_that_leaves_datagrams_reports_them, EVT_027),
    CASE(what_a_peek_reports, EVT_028),
    CASE(what_an_overlapped_receive_took_is_not_reported, EVT_029),
    CASE(a_caller_is_reported, EVT_030, EVT_031),
    CASE(the_second_caller_is_reported_too, EVT_032),
    CASE(accepting_reports_who_still_waits, EVT_033),
    CASE(who_called_before_is_reported_at_the_selection, EVT_034),
    CASE(who_was_accepted_before_is_not, EVT_035),
    CASE(a_connection_is_reported_with_its_room, EVT_036),
    CASE(a_connection_made_before_is_reported_too, EVT_037),
    CASE(a_refusal_is_the_error_of_the_connection, EVT_038),
    CASE(a_datagram_peer_is_reported_as_a_connection, EVT_039),
    END_OF_CASES,
};
// clang-format on

const struct suite event_record_suite = {
    .name = "event_record",
    .about = "WSAEventSelect: when each event is recorded",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
