/* WSAEventSelect and WSAEnumNetworkEvents as such: what they ask for, what a selection makes of the
 * socket, how it is changed and ended, and how the record is taken.
 */
#include "conformance/suites/event_select.h"

static void a_selection_wants_a_socket_and_an_event(void)
{
    WSANETWORKEVENTS record;
    START_WINSOCK();
    const SOCKET s = datagram_socket(), closed = udp_socket();
    const WSAEVENT event = new_event();
    close_socket(closed);
    assert_fails_with(WSAEventSelect(closed, event, FD_READ), WSAENOTSOCK);
    assert_fails_with(WSAEventSelect(INVALID_SOCKET, event, FD_READ), WSAENOTSOCK);
    assert_fails_with(WSAEnumNetworkEvents(closed, event, &record), WSAENOTSOCK);
    assert_fails_with(WSAEventSelect(s, WSA_INVALID_EVENT, FD_READ), WSAEINVAL);
    close_socket(s);
    close_event(event);
    END_WINSOCK();
}

static void a_record_wants_a_place(void)
{
    START_WINSOCK();
    const SOCKET s = datagram_socket();
    const WSAEVENT event = new_event();
    choose_events(s, event, FD_READ);
    assert_fails_with(WSAEnumNetworkEvents(s, event, NULL), WSAEFAULT);
    close_socket(s);
    close_event(event);
    END_WINSOCK();
}

static void a_selected_socket_does_not_block(void)
{
    char byte;
    START_WINSOCK();
    const SOCKET s = datagram_socket();
    const WSAEVENT event = new_event();
    choose_events(s, event, FD_READ);
    assert_fails_with(recv(s, &byte, 1, 0), WSAEWOULDBLOCK);
    close_socket(s);
    close_event(event);
    END_WINSOCK();
}

static void a_selected_socket_cannot_be_made_to_block(void)
{
    u_long off = 0, on = 1;
    START_WINSOCK();
    const SOCKET s = datagram_socket();
    const WSAEVENT event = new_event();
    choose_events(s, event, FD_READ);
    assert_fails_with(ioctlsocket(s, FIONBIO, &off), WSAEINVAL);
    assert_int_equal(ioctlsocket(s, FIONBIO, &on), 0);
    choose_events(s, event, 0);
    assert_int_equal(ioctlsocket(s, FIONBIO, &off), 0);
    close_socket(s);
    close_event(event);
    END_WINSOCK();
}

static void without_a_selection_nothing_is_recorded(void)
{
    START_WINSOCK();
    const SOCKET s = datagram_socket();
    assert_int_equal(take_events(s, NULL), 0);
    say(s, "x", bound_port(s));
    assert_becomes(s, SET_READ);
    assert_int_equal(take_events(s, NULL), 0);
    close_socket(s);
    END_WINSOCK();
}

static void an_ended_selection_signals_nothing(void)
{
    START_WINSOCK();
    const SOCKET s = datagram_socket();
    const WSAEVENT event = new_event();
    choose_events(s, event, FD_READ);
    choose_events(s, event, 0);
    say(s, "x", bound_port(s));
    assert_becomes(s, SET_READ);
    assert_false(is_set(event));
    assert_int_equal(take_events(s, event), 0);
    close_socket(s);
    close_event(event);
    END_WINSOCK();
}

static void the_last_selection_holds(void)
{
    START_WINSOCK();
    const SOCKET s = datagram_socket();
    const WSAEVENT first = new_event(), second = new_event();
    choose_events(s, first, FD_READ);
    choose_events(s, second, FD_READ);
    say(s, "x", bound_port(s));
    await(second);
    assert_false(is_set(first));
    assert_int_equal(take_events(s, second), FD_READ);
    close_socket(s);
    close_event(first);
    close_event(second);
    END_WINSOCK();
}

static void taking_unsets_the_event_named(void)
{
    START_WINSOCK();
    const SOCKET s = datagram_socket();
    const WSAEVENT event = new_event();
    choose_events(s, event, FD_READ);
    say(s, "x", bound_port(s));
    await(event);
    assert_int_equal(take_events(s, event), FD_READ);
    assert_false(is_set(event));
    assert_int_equal(take_events(s, event), 0);
    close_socket(s);
    close_event(event);
    END_WINSOCK();
}

static void taking_without_an_event_leaves_it_set(void)
{
    START_WINSOCK();
    const SOCKET s = datagram_socket();
    const WSAEVENT event = new_event();
    choose_events(s, event, FD_READ);
    say(s, "x", bound_port(s));
    await(event);
    assert_int_equal(take_events(s, NULL), FD_READ);
    assert_true(is_set(event));
    assert_int_equal(take_events(s, event), 0);
    assert_false(is_set(event));
    close_socket(s);
    close_event(event);
    END_WINSOCK();
}

static void errors_are_of_what_is_reported_alone(void)
{
    START_WINSOCK();
    const SOCKET s = datagram_socket();
    const WSAEVENT event = new_event();
    choose_events(s, event, FD_READ | FD_WRITE | FD_CLOSE);
    say(s, "x", bound_port(s));
    assert_becomes(s, SET_READ);
    const WSANETWORKEVENTS record = taken(s, event);
    assert_int_equal(record.lNetworkEvents, FD_READ | FD_WRITE);
    for (int i = 0; i < FD_MAX_EVENTS; i++)
        assert_int_equal(record.iErrorCode[i],
                         i == FD_READ_BIT || i == FD_WRITE_BIT ? 0 : UNTOUCHED);
    close_socket(s);
    close_event(event);
    END_WINSOCK();
}

static void what_is_not_selected_stays_recorded(void)
{
    START_WINSOCK();
    const SOCKET s = datagram_socket();
    const WSAEVENT event = new_event();
    choose_events(s, event, FD_READ | FD_WRITE);
    assert_int_equal(take_events(s, event), FD_WRITE);
    say(s, "x", bound_port(s));
    await(event);
    choose_events(s, event, FD_CLOSE);
    assert_int_equal(take_events(s, event), 0);
    choose_events(s, event, FD_READ);
    await(event);
    assert_int_equal(take_events(s, event), FD_READ);
    close_socket(s);
    close_event(event);
    END_WINSOCK();
}

static void dropping_an_event_unsets_nothing(void)
{
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port), client = tcp_socket();
    const WSAEVENT event = new_event();
    choose_events(listener, event, FD_ACCEPT);
    assert_int_equal(connect_loopback(client, port), 0);
    await(event);
    choose_events(listener, event, FD_CLOSE);
    assert_true(is_set(event));
    close_socket(client);
    close_socket(listener);
    close_event(event);
    END_WINSOCK();
}

static void a_later_selection_signals_what_is_recorded(void)
{
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port), client = tcp_socket();
    const WSAEVENT event = new_event();
    choose_events(listener, event, FD_ACCEPT);
    assert_int_equal(connect_loopback(client, port), 0);
    await(event);
    choose_events(listener, event, FD_CLOSE);
    assert_true(WSAResetEvent(event));
    choose_events(listener, event, FD_ACCEPT);
    assert_true(is_set(event));
    assert_int_equal(take_events(listener, event), FD_ACCEPT);
    close_socket(client);
    close_socket(listener);
    close_event(event);
    END_WINSOCK();
}

static void closing_says_nothing(void)
{
    START_WINSOCK();
    const SOCKET s = datagram_socket();
    const WSAEVENT event = new_event();
    choose_events(s, event, FD_READ | FD_CLOSE);
    close_socket(s);
    stays_unset(event);
    close_event(event);
    END_WINSOCK();
}

static void accepted_sockets_inherit(void)
{
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port), client = tcp_socket();
    const WSAEVENT event = new_event();
    choose_events(listener, event, FD_ACCEPT | FD_READ | FD_WRITE);
    assert_int_equal(connect_loopback(client, port), 0);
    assert_int_equal(await_events(listener, event, FD_ACCEPT), FD_ACCEPT);
    const SOCKET server = accept_one(listener);
    assert_int_equal(await_events(server, event, FD_WRITE), FD_WRITE);
    send_bytes(client, "x", 1);
    assert_int_equal(await_events(server, event, FD_READ), FD_READ);
    close_socket(client);
    close_socket(server);
    close_socket(listener);
    close_event(event);
    END_WINSOCK();
}

static void a_selection_may_come_before_the_name(void)
{
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = tcp_socket(), client = tcp_socket();
    const WSAEVENT event = new_event();
    choose_events(listener, event, FD_ACCEPT);
    assert_int_equal(bind_loopback(listener, 0), 0);
    assert_int_equal(listen(listener, 1), 0);
    port = bound_port(listener);
    assert_int_equal(connect_loopback(client, port), 0);
    assert_int_equal(await_events(listener, event, FD_ACCEPT), FD_ACCEPT);
    close_socket(client);
    close_socket(listener);
    close_event(event);
    END_WINSOCK();
}

static void an_event_may_serve_several_sockets(void)
{
    START_WINSOCK();
    const SOCKET a = datagram_socket(), b = datagram_socket();
    const WSAEVENT event = new_event();
    choose_events(a, event, FD_READ);
    choose_events(b, event, FD_READ);
    say(a, "x", bound_port(b));
    await(event);
    assert_int_equal(take_events(a, NULL), 0);
    assert_int_equal(take_events(b, event), FD_READ);
    close_socket(a);
    close_socket(b);
    close_event(event);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(a_selection_wants_a_socket_and_an_event, EVT_001, EVT_002),
    CASE(a_record_wants_a_place, EVT_003),
    CASE(a_selected_socket_does_not_block, EVT_004),
    CASE(a_selected_socket_cannot_be_made_to_block, EVT_005),
    CASE(without_a_selection_nothing_is_recorded, EVT_006),
    CASE(an_ended_selection_signals_nothing, EVT_007),
    CASE(the_last_selection_holds, EVT_008),
    CASE(taking_unsets_the_event_named, EVT_009),
    CASE(taking_without_an_event_leaves_it_set, EVT_010),
    CASE(errors_are_of_what_is_reported_alone, EVT_011),
    CASE(what_is_not_selected_stays_recorded, EVT_012),
    CASE(dropping_an_event_unsets_nothing, EVT_013),
    CASE(a_later_selection_signals_what_is_recorded, EVT_014),
    CASE(closing_says_nothing, EVT_015),
    CASE(accepted_sockets_inherit, EVT_016),
    CASE(a_selection_may_come_before_the_name, EVT_017),
    CASE(an_event_may_serve_several_sockets, EVT_018),
    END_OF_CASES,
};
// clang-format on

const struct suite event_select_suite = {
    .name = "event_select",
    .about = "WSAEventSelect: selections and records",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
