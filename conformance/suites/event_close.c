/* Network events at the end of a connection, and those of urgent bytes. */
#include "conformance/suites/event_select.h"

static struct pair selected_pair(WSAEVENT event, long mask)
{
    const struct pair pair = connected_pair();
    choose_events(pair.server, event, mask | FD_WRITE);
    assert_int_equal(take_events(pair.server, event), FD_WRITE);
    return pair;
}

static void closing_is_reported_once(void)
{
    START_WINSOCK();
    const WSAEVENT event = new_event();
    const struct pair pair = selected_pair(event, FD_CLOSE);
    close_socket(pair.client);
    await(event);
    const WSANETWORKEVENTS record = taken(pair.server, event);
    assert_int_equal(record.lNetworkEvents, FD_CLOSE);
    assert_int_equal(record.iErrorCode[FD_CLOSE_BIT], 0);
    expect_end(pair.server);
    assert_false(is_set(event));
    choose_events(pair.server, event, FD_CLOSE);
    assert_int_equal(take_events(pair.server, event), 0);
    close_socket(pair.server);
    close_socket(pair.listener);
    close_event(event);
    END_WINSOCK();
}

static void sending_no_more_is_closing(void)
{
    START_WINSOCK();
    const WSAEVENT event = new_event();
    const struct pair pair = selected_pair(event, FD_CLOSE);
    assert_int_equal(shutdown(pair.client, SD_SEND), 0);
    assert_int_equal(await_events(pair.server, event, FD_CLOSE), FD_CLOSE);
    close_pair(&pair);
    close_event(event);
    END_WINSOCK();
}

static void receiving_no_more_is_not_closing(void)
{
    START_WINSOCK();
    const WSAEVENT event = new_event();
    const struct pair pair = selected_pair(event, FD_CLOSE | FD_READ);
    assert_int_equal(shutdown(pair.client, SD_RECEIVE), 0);
    send_bytes(pair.client, "x", 1);
    assert_int_equal(await_events(pair.server, event, FD_READ), FD_READ);
    close_pair(&pair);
    close_event(event);
    END_WINSOCK();
}

static void shutting_down_oneself_is_not_closing(void)
{
    START_WINSOCK();
    const WSAEVENT event = new_event();
    const struct pair pair = selected_pair(event, FD_CLOSE);
    assert_int_equal(shutdown(pair.server, SD_BOTH), 0);
    expect_end(pair.client);
    assert_false(is_set(event));
    assert_int_equal(take_events(pair.server, event), 0);
    close_pair(&pair);
    close_event(event);
    END_WINSOCK();
}

static void unread_bytes_do_not_delay_closing(void)
{
    START_WINSOCK();
    const WSAEVENT event = new_event();
    const struct pair pair = selected_pair(event, FD_CLOSE | FD_READ);
    send_bytes(pair.client, "xy", 2);
    close_socket(pair.client);
    assert_int_equal(await_events(pair.server, event, FD_READ | FD_CLOSE), FD_READ | FD_CLOSE);
    expect_bytes(pair.server, "x", 1);
    assert_int_equal(take_events(pair.server, event), FD_READ);
    expect_bytes(pair.server, "y", 1);
    expect_end(pair.server);
    close_socket(pair.server);
    close_socket(pair.listener);
    close_event(event);
    END_WINSOCK();
}

static void a_reset_is_the_error_of_closing(void)
{
    START_WINSOCK();
    const WSAEVENT event = new_event();
    const struct pair pair = selected_pair(event, FD_CLOSE);
    close_abortively(pair.client);
    await(event);
    const WSANETWORKEVENTS record = taken(pair.server, event);
    assert_int_equal(record.lNetworkEvents, FD_CLOSE);
    assert_int_equal(record.iErrorCode[FD_CLOSE_BIT], WSAECONNABORTED);
    close_socket(pair.server);
    close_socket(pair.listener);
    close_event(event);
    END_WINSOCK();
}

static void an_end_before_the_selection_is_reported(void)
{
    START_WINSOCK();
    const struct pair pair = connected_pair();
    const WSAEVENT event = new_event();
    close_socket(pair.client);
    assert_becomes(pair.server, SET_READ);
    choose_events(pair.server, event, FD_CLOSE);
    assert_int_equal(await_events(pair.server, event, FD_CLOSE), FD_CLOSE);
    close_socket(pair.server);
    close_socket(pair.listener);
    close_event(event);
    END_WINSOCK();
}

static void an_urgent_byte_is_reported(void)
{
    char byte;
    START_WINSOCK();
    const WSAEVENT event = new_event();
    const struct pair pair = selected_pair(event, FD_OOB | FD_READ);
    assert_int_equal(send(pair.client, "!", 1, MSG_OOB), 1);
    assert_int_equal(await_events(pair.server, event, FD_OOB), FD_OOB);
    assert_int_equal(recv(pair.server, &byte, 1, MSG_OOB), 1);
    assert_int_equal(byte, '!');
    assert_int_equal(take_events(pair.server, event), 0);
    close_pair(&pair);
    close_event(event);
    END_WINSOCK();
}

static void each_urgent_byte_is_reported(void)
{
    START_WINSOCK();
    const WSAEVENT event = new_event();
    const struct pair pair = selected_pair(event, FD_OOB);
    assert_int_equal(send(pair.client, "1", 1, MSG_OOB), 1);
    assert_int_equal(await_events(pair.server, event, FD_OOB), FD_OOB);
    assert_int_equal(send(pair.client, "2", 1, MSG_OOB), 1);
    assert_int_equal(WSAWaitForMultipleEvents(1, &event, FALSE, 500, FALSE), WSA_WAIT_EVENT_0);
    assert_int_equal(take_events(pair.server, event), FD_OOB);
    close_pair(&pair);
    close_event(event);
    END_WINSOCK();
}

static void an_urgent_byte_in_line_is_an_arrival(void)
{
    START_WINSOCK();
    const WSAEVENT event = new_event();
    const struct pair pair = selected_pair(event, FD_OOB | FD_READ);
    set_option(pair.server, SOL_SOCKET, SO_OOBINLINE, 1);
    assert_int_equal(send(pair.client, "!", 1, MSG_OOB), 1);
    assert_int_equal(await_events(pair.server, event, FD_READ), FD_READ);
    close_pair(&pair);
    close_event(event);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(closing_is_reported_once, EVT_040),
    CASE(sending_no_more_is_closing, EVT_041),
    CASE(receiving_no_more_is_not_closing, EVT_042),
    CASE(shutting_down_oneself_is_not_closing, EVT_043),
    CASE(unread_bytes_do_not_delay_closing, EVT_044),
    CASE(a_reset_is_the_error_of_closing, EVT_045),
    CASE(an_end_before_the_selection_is_reported, EVT_046),
    CASE(an_urgent_byte_is_reported, EVT_047),
    CASE(each_urgent_byte_is_reported, EVT_048),
    CASE(an_urgent_byte_in_line_is_an_arrival, EVT_049),
    END_OF_CASES,
};
// clang-format on

const struct suite event_close_suite = {
    .name = "event_close",
    .about = "WSAEventSelect: closing, urgent bytes",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
