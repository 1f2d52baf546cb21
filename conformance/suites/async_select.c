/* WSAAsyncSelect: events as messages to a window, which here only gets messages. */
#include "conformance/suites/readiness.h"

enum { SOCKET_MESSAGE = WM_USER + 7, OTHER_MESSAGE = WM_USER + 8 };

/* A window that only gets messages. Its class stays, as classes do, until the process ends. */
static HWND message_window(void)
{
    WNDCLASSA class;
    memset(&class, 0, sizeof(class));
    class.lpfnWndProc = DefWindowProcA;
    class.hInstance = GetModuleHandleA(NULL);
    class.lpszClassName = "sockets";
    RegisterClassA(&class); /* again, in the next case of this process, in vain */
    const HWND window = CreateWindowExA(0, "sockets", "sockets", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL,
                                        class.hInstance, NULL);
    assert_non_null(window);
    return window;
}

static void choose_messages(SOCKET s, HWND window, unsigned number, long mask)
{
    assert_int_equal(WSAAsyncSelect(s, window, number, mask), 0);
}

/* Whether a message of ours is there. */
static bool posted(MSG *message)
{
    return PeekMessageA(message, NULL, SOCKET_MESSAGE, OTHER_MESSAGE, PM_REMOVE) != 0;
}

/* Waits for the next message; what it tells of `s`. */
static long next_event(SOCKET s, unsigned number, int error)
{
    MSG message;
    memset(&message, 0, sizeof(message));
    while (!posted(&message))
        assert_int_equal(MsgWaitForMultipleObjects(0, NULL, FALSE, STREAM_PATIENCE_MS, QS_ALLINPUT),
                         WAIT_OBJECT_0);
    assert_int_equal(message.message, number);
    assert_true(message.wParam == (WPARAM)s);
    assert_int_equal(WSAGETSELECTERROR(message.lParam), error);
    return WSAGETSELECTEVENT(message.lParam);
}

/* No message of ours comes for a while. */
static void nothing_is_posted(void)
{
    MSG message;
    MsgWaitForMultipleObjects(0, NULL, FALSE, QUIET_MS, QS_ALLINPUT);
    assert_false(posted(&message));
}

static void an_event_is_a_message(void)
{
    MSG message;
    const HWND window = message_window();
    START_WINSOCK();
    const SOCKET s = datagram_socket();
    memset(&message, 0, sizeof(message));
    choose_messages(s, window, SOCKET_MESSAGE, FD_READ);
    assert_false(posted(&message));
    say(s, "x", bound_port(s));
    assert_int_equal(MsgWaitForMultipleObjects(0, NULL, FALSE, STREAM_PATIENCE_MS, QS_ALLINPUT),
                     WAIT_OBJECT_0);
    assert_true(posted(&message));
    assert_true(message.hwnd == window);
    assert_int_equal(message.message, SOCKET_MESSAGE);
    assert_true(message.wParam == (WPARAM)s);
    assert_int_equal(message.lParam, FD_READ);
    close_socket(s);
    END_WINSOCK();
    assert_true(DestroyWindow(window));
}

static void it_wants_a_socket(void)
{
    const HWND window = message_window();
    START_WINSOCK();
    const SOCKET closed = udp_socket();
    close_socket(closed);
    assert_fails_with(WSAAsyncSelect(closed, window, SOCKET_MESSAGE, FD_READ), WSAENOTSOCK);
    END_WINSOCK();
    assert_true(DestroyWindow(window));
}

static void it_wants_a_window(void)
{
    START_WINSOCK();
    const SOCKET s = datagram_socket();
    assert_fails_with(WSAAsyncSelect(s, (HWND)(ULONG_PTR)0xBAD0, SOCKET_MESSAGE, FD_READ),
                      WSAEINVAL);
    close_socket(s);
    END_WINSOCK();
}

static void a_socket_that_posts_does_not_block(void)
{
    char byte;
    u_long off = 0;
    const HWND window = message_window();
    START_WINSOCK();
    const SOCKET s = datagram_socket();
    choose_messages(s, window, SOCKET_MESSAGE, FD_READ);
    assert_fails_with(recv(s, &byte, 1, 0), WSAEWOULDBLOCK);
    assert_fails_with(ioctlsocket(s, FIONBIO, &off), WSAEINVAL);
    choose_messages(s, window, 0, 0);
    assert_int_equal(ioctlsocket(s, FIONBIO, &off), 0);
    close_socket(s);
    END_WINSOCK();
    assert_true(DestroyWindow(window));
}

static void bytes_are_posted_until_they_are_read(void)
{
    const HWND window = message_window();
    START_WINSOCK();
    const struct pair pair = connected_pair();
    choose_messages(pair.server, window, SOCKET_MESSAGE, FD_READ);
    send_bytes(pair.client, "xyz", 3);
    assert_int_equal(next_event(pair.server, SOCKET_MESSAGE, 0), FD_READ);
    nothing_is_posted();
    expect_bytes(pair.server, "x", 1);
    assert_int_equal(next_event(pair.server, SOCKET_MESSAGE, 0), FD_READ);
    expect_bytes(pair.server, "yz", 2);
    nothing_is_posted();
    close_pair(&pair);
    END_WINSOCK();
    assert_true(DestroyWindow(window));
}

static void selecting_again_posts_the_caller_again(void)
{
    USHORT port;
    const HWND window = message_window();
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port), client = tcp_socket();
    choose_messages(listener, window, SOCKET_MESSAGE, FD_ACCEPT);
    assert_int_equal(connect_loopback(client, port), 0);
    assert_int_equal(next_event(listener, SOCKET_MESSAGE, 0), FD_ACCEPT);
    choose_messages(listener, window, SOCKET_MESSAGE, FD_ACCEPT);
    assert_int_equal(next_event(listener, SOCKET_MESSAGE, 0), FD_ACCEPT);
    close_socket(client);
    close_socket(listener);
    END_WINSOCK();
    assert_true(DestroyWindow(window));
}

static void a_connection_made_before_posts_its_room(void)
{
    const HWND window = message_window();
    START_WINSOCK();
    const struct pair pair = connected_pair();
    choose_messages(pair.client, window, SOCKET_MESSAGE, FD_CONNECT | FD_WRITE);
    assert_int_equal(next_event(pair.client, SOCKET_MESSAGE, 0), FD_WRITE);
    nothing_is_posted();
    close_pair(&pair);
    END_WINSOCK();
    assert_true(DestroyWindow(window));
}

static void a_connection_is_posted_with_its_room(void)
{
    USHORT port;
    const HWND window = message_window();
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port), client = tcp_socket();
    choose_messages(client, window, SOCKET_MESSAGE, FD_CONNECT | FD_WRITE);
    assert_int_equal(connect_loopback(client, port), WSAEWOULDBLOCK);
    assert_int_equal(next_event(client, SOCKET_MESSAGE, 0), FD_CONNECT);
    assert_int_equal(next_event(client, SOCKET_MESSAGE, 0), FD_WRITE);
    nothing_is_posted();
    close_socket(client);
    close_socket(listener);
    END_WINSOCK();
    assert_true(DestroyWindow(window));
}

static void a_refusal_is_the_error_of_the_message(void)
{
    USHORT port;
    const HWND window = message_window();
    START_WINSOCK();
    const SOCKET deaf = deaf_socket(&port), client = tcp_socket();
    choose_messages(client, window, SOCKET_MESSAGE, FD_CONNECT);
    assert_int_equal(connect_loopback(client, port), WSAEWOULDBLOCK);
    assert_int_equal(next_event(client, SOCKET_MESSAGE, WSAECONNREFUSED), FD_CONNECT);
    close_socket(client);
    close_socket(deaf);
    END_WINSOCK();
    assert_true(DestroyWindow(window));
}

static void a_peer_that_closes_is_posted(void)
{
    const HWND window = message_window();
    START_WINSOCK();
    const struct pair pair = connected_pair();
    choose_messages(pair.server, window, SOCKET_MESSAGE, FD_CLOSE);
    close_socket(pair.client);
    assert_int_equal(next_event(pair.server, SOCKET_MESSAGE, 0), FD_CLOSE);
    close_socket(pair.server);
    close_socket(pair.listener);
    END_WINSOCK();
    assert_true(DestroyWindow(window));
}

static void a_close_and_another_selection(void)
{
    MSG message;
    const HWND window = message_window();
    START_WINSOCK();
    const struct pair pair = connected_pair();
    choose_messages(pair.server, window, SOCKET_MESSAGE, FD_CLOSE);
    close_socket(pair.client);
    assert_int_equal(next_event(pair.server, SOCKET_MESSAGE, 0), FD_CLOSE);
    nothing_is_posted();
    choose_messages(pair.server, window, SOCKET_MESSAGE, FD_CLOSE);
    Sleep(QUIET_MS);
    if (PeekMessageA(&message, window, SOCKET_MESSAGE, SOCKET_MESSAGE, PM_REMOVE))
        OBSERVE(message_close_again, posted);
    else
        OBSERVE(message_close_again, silent);
    close_socket(pair.server);
    close_socket(pair.listener);
    END_WINSOCK();
    assert_true(DestroyWindow(window));
}

static void a_datagram_socket_without_a_name_is_written_to(void)
{
    const HWND window = message_window();
    START_WINSOCK();
    const SOCKET s = open_socket(AF_INET, SOCK_DGRAM);
    choose_messages(s, window, SOCKET_MESSAGE, FD_WRITE | FD_READ);
    assert_int_equal(next_event(s, SOCKET_MESSAGE, 0), FD_WRITE);
    assert_int_equal(bind_loopback(s, 0), 0);
    nothing_is_posted();
    close_socket(s);
    END_WINSOCK();
    assert_true(DestroyWindow(window));
}

static void closing_posts_nothing(void)
{
    const HWND window = message_window();
    START_WINSOCK();
    const struct pair pair = connected_pair();
    choose_messages(pair.server, window, SOCKET_MESSAGE, FD_READ | FD_CLOSE);
    close_socket(pair.server);
    close_socket(pair.client);
    nothing_is_posted();
    close_socket(pair.listener);
    END_WINSOCK();
    assert_true(DestroyWindow(window));
}

static void an_ended_selection_posts_nothing(void)
{
    const HWND window = message_window();
    START_WINSOCK();
    const SOCKET s = datagram_socket();
    choose_messages(s, window, SOCKET_MESSAGE, FD_READ);
    choose_messages(s, window, 0, 0);
    say(s, "x", bound_port(s));
    assert_becomes(s, SET_READ);
    nothing_is_posted();
    close_socket(s);
    END_WINSOCK();
    assert_true(DestroyWindow(window));
}

static void the_last_message_holds(void)
{
    const HWND window = message_window();
    START_WINSOCK();
    const SOCKET s = datagram_socket();
    choose_messages(s, window, SOCKET_MESSAGE, FD_READ);
    choose_messages(s, window, OTHER_MESSAGE, FD_READ);
    say(s, "x", bound_port(s));
    assert_int_equal(next_event(s, OTHER_MESSAGE, 0), FD_READ);
    nothing_is_posted();
    close_socket(s);
    END_WINSOCK();
    assert_true(DestroyWindow(window));
}

static void an_event_and_a_message_exclude_each_other(void)
{
    const HWND window = message_window();
    START_WINSOCK();
    const SOCKET s = datagram_socket();
    const WSAEVENT event = WSACreateEvent();
    choose_messages(s, window, SOCKET_MESSAGE, FD_READ);
    assert_int_equal(WSAEventSelect(s, event, FD_READ), 0);
    say(s, "x", bound_port(s));
    assert_int_equal(WSAWaitForMultipleEvents(1, &event, FALSE, STREAM_PATIENCE_MS, FALSE),
                     WSA_WAIT_EVENT_0);
    nothing_is_posted();
    hear(s, "x");
    assert_true(WSAResetEvent(event));
    choose_messages(s, window, SOCKET_MESSAGE, FD_READ);
    say(s, "y", bound_port(s));
    assert_int_equal(next_event(s, SOCKET_MESSAGE, 0), FD_READ);
    assert_int_equal(WSAWaitForMultipleEvents(1, &event, FALSE, 0, FALSE), WSA_WAIT_TIMEOUT);
    close_socket(s);
    assert_true(WSACloseEvent(event));
    END_WINSOCK();
    assert_true(DestroyWindow(window));
}

static void an_accepted_socket_posts_too(void)
{
    USHORT port;
    const HWND window = message_window();
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port), client = tcp_socket();
    choose_messages(listener, window, SOCKET_MESSAGE, FD_ACCEPT | FD_READ);
    assert_int_equal(connect_loopback(client, port), 0);
    assert_int_equal(next_event(listener, SOCKET_MESSAGE, 0), FD_ACCEPT);
    const SOCKET server = accept_one(listener);
    send_bytes(client, "x", 1);
    assert_int_equal(next_event(server, SOCKET_MESSAGE, 0), FD_READ);
    close_socket(client);
    close_socket(server);
    close_socket(listener);
    END_WINSOCK();
    assert_true(DestroyWindow(window));
}

static void room_is_posted_after_there_was_none(void)
{
    u_long on = 1;
    const HWND window = message_window();
    START_WINSOCK();
    const struct pair pair = connected_pair();
    set_option(pair.client, SOL_SOCKET, SO_SNDBUF, 8192);
    choose_messages(pair.client, window, SOCKET_MESSAGE, FD_WRITE);
    assert_int_equal(next_event(pair.client, SOCKET_MESSAGE, 0), FD_WRITE);
    const unsigned long total = fill(pair.client);
    drain(pair.server, total);
    assert_int_equal(next_event(pair.client, SOCKET_MESSAGE, 0), FD_WRITE);
    assert_int_equal(ioctlsocket(pair.server, FIONBIO, &on), 0);
    close_pair(&pair);
    END_WINSOCK();
    assert_true(DestroyWindow(window));
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(an_event_is_a_message, ASY_001),
    CASE(it_wants_a_socket, ASY_002),
    CASE(it_wants_a_window, ASY_003),
    CASE(a_socket_that_posts_does_not_block, ASY_004, ASY_005),
    CASE(bytes_are_posted_until_they_are_read, ASY_006),
    CASE(selecting_again_posts_the_caller_again, ASY_007),
    CASE(a_connection_made_before_posts_its_room, ASY_008),
    CASE(a_connection_is_posted_with_its_room, ASY_009),
    CASE(a_refusal_is_the_error_of_the_message, ASY_010),
    CASE(a_peer_that_closes_is_posted, ASY_011),
    CASE(a_close_and_another_selection, ASY_018),
    CASE(a_datagram_socket_without_a_name_is_written_to, ASY_019),
    CASE(closing_posts_nothing, ASY_012),
    CASE(an_ended_selection_posts_nothing, ASY_013),
    CASE(the_last_message_holds, ASY_014),
    CASE(an_event_and_a_message_exclude_each_other, ASY_015),
    CASE(an_accepted_socket_posts_too, ASY_016),
    CASE(room_is_posted_after_there_was_none, ASY_017),
    END_OF_CASES,
};
// clang-format on

const struct suite async_select_suite = {
    .name = "async_select",
    .about = "WSAAsyncSelect",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
