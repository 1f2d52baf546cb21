/* select, WSAPoll and network events through the entry points. */
#include "sim/winsock/fixture_pair.h"

enum { PORT = 5000 };

static const struct timeval at_once = {0, 0};

static fd_set set_of(SOCKET a, SOCKET b)
{
    fd_set set;
    FD_ZERO(&set);
    if (a != INVALID_SOCKET)
        FD_SET(a, &set);
    if (b != INVALID_SOCKET)
        FD_SET(b, &set);
    return set;
}

/* ---- select ---------------------------------------------------------------------------------- */

static void select_leaves_the_ready_ones(void **state)
{
    (void)state;
    struct pair pair = connected(PORT);
    fd_set read = set_of(pair.client, pair.server), write = set_of(pair.client, INVALID_SOCKET);
    assert_int_equal(select(0, &read, &write, NULL, &at_once), 1);
    assert_int_equal(read.fd_count, 0);
    assert_int_equal(write.fd_count, 1);

    send_text(pair.client, "x");
    read = set_of(pair.client, pair.server);
    assert_int_equal(select(0, &read, NULL, NULL, NULL), 1);
    assert_int_equal(read.fd_count, 1);
    assert_true(read.fd_array[0] == pair.server);

    read = set_of(pair.server, INVALID_SOCKET);
    read.fd_array[1] = pair.server; /* FD_SET would not (row 173) */
    read.fd_count = 2;
    assert_int_equal(select(0, &read, NULL, NULL, &at_once), 1);
    assert_int_equal(read.fd_count, 1);
    assert_true(read.fd_array[1] == pair.server);

    fd_set both = set_of(pair.server, pair.client);
    assert_int_equal(select(0, &both, &both, NULL, &at_once), 2);
    assert_int_equal(both.fd_count, 2);
    close_sockets(&pair);
}

static void select_waits_no_longer_than_it_may(void **state)
{
    (void)state;
    struct pair pair = connected(PORT);
    struct timeval timeout = {1, 500000};
    fd_set read = set_of(pair.server, INVALID_SOCKET);
    uint64_t before_ns = machine.engine.now_ns;
    assert_int_equal(select(0, &read, NULL, NULL, &timeout), 0);
    assert_int_equal(machine.engine.now_ns - before_ns, 1500000000);
    assert_int_equal(timeout.tv_sec, 1);
    assert_int_equal(read.fd_count, 0);
    close_sockets(&pair);
}

static void select_refuses_what_is_no_set_or_no_socket(void **state)
{
    (void)state;
    struct pair pair = connected(PORT);
    fd_set none = set_of(INVALID_SOCKET, INVALID_SOCKET), bad = set_of(pair.server, 4711);
    const struct timeval negative = {-1, 0};
    assert_wsa(select(0, NULL, NULL, NULL, &at_once), WSAEINVAL);
    assert_wsa(select(0, &none, NULL, NULL, &at_once), WSAEINVAL);
    assert_wsa(select(0, &bad, NULL, NULL, &at_once), WSAENOTSOCK);
    assert_int_equal(bad.fd_count, 2);
    assert_wsa(select(0, (fd_set *)(void *)bad_page(), NULL, NULL, &at_once), WSAEFAULT);
    fd_set good = set_of(pair.server, INVALID_SOCKET);
    assert_wsa(select(0, &good, NULL, NULL, &negative), WSAEINVAL);
    close_sockets(&pair);
}

static void select_of_many_sockets(void **state)
{
    (void)state;
    struct {
        u_int count;
        SOCKET sockets[200];
    } many = {.count = 200};
    for (int i = 0; i < 200; i++)
        many.sockets[i] = udp();
    assert_int_equal(select(0, NULL, (fd_set *)(void *)&many, NULL, &at_once), 200);
    assert_works(bind_loopback(many.sockets[150], PORT));
    const SOCKADDR_IN to = loopback(PORT);
    assert_int_equal(sendto(many.sockets[3], "x", 1, 0, (const struct sockaddr *)&to, sizeof to),
                     1);
    SOCKET expected = many.sockets[150];
    assert_int_equal(select(0, (fd_set *)(void *)&many, NULL, NULL, NULL), 1);
    assert_true(many.sockets[0] == expected);
}

static void close_later(void *context)
{
    wait_for_time(machine.nt, 1000000, "the test");
    closesocket(*(const SOCKET *)context);
}

static void a_socket_closed_meanwhile_is_readable_or_an_error(void **state)
{
    (void)state;
    struct pair pair = connected(PORT);
    fd_set set = set_of(pair.server, INVALID_SOCKET);
    assert_non_null(thread_create(self, close_later, &pair.server));
    assert_int_equal(select(0, &set, NULL, NULL, NULL), 1);
    set = set_of(pair.client, INVALID_SOCKET);
    assert_non_null(thread_create(self, close_later, &pair.client));
    assert_wsa(select(0, NULL, NULL, &set, NULL), WSAENOTSOCK);
}

/* ---- WSAPoll --------------------------------------------------------------------------------- */

static void poll_tells_levels(void **state)
{
    (void)state;
    struct pair pair = connected(PORT);
    WSAPOLLFD polled[2] = {{pair.server, POLLIN | POLLOUT, 0}, {pair.listener, POLLIN, 0}};
    assert_int_equal(WSAPoll(polled, 2, 0), 1);
    assert_int_equal(polled[0].revents, POLLWRNORM);
    send_text(pair.client, "x");
    polled[0].events = POLLIN;
    assert_int_equal(WSAPoll(polled, 2, -1), 1);
    assert_int_equal(polled[0].revents, POLLRDNORM);
    assert_works(shutdown(pair.client, SD_SEND));
    settle();
    assert_int_equal(WSAPoll(polled, 2, 0), 1);
    assert_int_equal(polled[0].revents, POLLRDNORM | POLLHUP);
    close_sockets(&pair);
}

static void poll_judges_sockets_and_events_in_order(void **state)
{
    (void)state;
    SOCKET good = udp();
    WSAPOLLFD polled[2] = {{INVALID_SOCKET, POLLERR, 0}, {good, POLLIN, 0}};
    assert_wsa(WSAPoll(NULL, 0, 0), WSAEINVAL);
    assert_wsa(WSAPoll(NULL, 1, 0), WSAEFAULT);
    assert_int_equal(WSAPoll(polled, 2, 0), 0);
    assert_int_equal(polled[0].revents, POLLNVAL);
    polled[0] = (WSAPOLLFD){good, POLLIN, 0};
    polled[1] = (WSAPOLLFD){4711, POLLERR, 77};
    assert_wsa(WSAPoll(polled, 2, 0), WSAEINVAL);
    assert_int_equal(polled[1].revents, 0);
    assert_wsa(WSAPoll(polled + 1, 1, 0), WSAENOTSOCK);
    assert_int_equal(polled[1].revents, POLLNVAL);
    polled[0].events = POLLPRI;
    assert_wsa(WSAPoll(polled, 1, 0), WSAEINVAL);
}

/* ---- Network events -------------------------------------------------------------------------- */

static LONG events_of(SOCKET s, WSAEVENT event, int bit, int *error)
{
    WSANETWORKEVENTS events;
    memset(&events, 0xcc, sizeof events);
    assert_works(WSAEnumNetworkEvents(s, event, &events));
    if (error != NULL)
        *error = events.iErrorCode[bit];
    return events.lNetworkEvents;
}

static void events_are_recorded_and_taken(void **state)
{
    (void)state;
    SOCKET listener = listening(PORT), client = tcp();
    WSAEVENT heard = WSACreateEvent(), told = WSACreateEvent();
    int error = 77;
    assert_works(WSAEventSelect(listener, heard, FD_ACCEPT));
    assert_works(WSAEventSelect(client, told, FD_CONNECT | FD_READ | FD_WRITE | FD_CLOSE));
    assert_wsa(connect_loopback(client, PORT), WSAEWOULDBLOCK);
    assert_int_equal(WSAWaitForMultipleEvents(1, &heard, FALSE, WSA_INFINITE, FALSE), 0);
    assert_int_equal(events_of(listener, heard, FD_ACCEPT_BIT, &error), FD_ACCEPT);
    assert_int_equal(error, 0);
    SOCKET server = accept(listener, NULL, NULL);
    assert_true(server != INVALID_SOCKET);
    assert_int_equal(events_of(client, told, FD_CONNECT_BIT, &error), FD_CONNECT | FD_WRITE);
    assert_int_equal(events_of(client, told, FD_READ_BIT, &error), 0);
    assert_int_equal(error, (int)0xcccccccc); /* row 193 */
    send_text(server, "x");
    assert_int_equal(WSAWaitForMultipleEvents(1, &told, FALSE, WSA_INFINITE, FALSE), 0);
    assert_int_equal(events_of(client, told, FD_READ_BIT, &error), FD_READ);

    u_long off = 0;
    assert_wsa(ioctlsocket(client, FIONBIO, &off), WSAEINVAL);
    assert_works(WSAEventSelect(client, NULL, 0));
    assert_works(ioctlsocket(client, FIONBIO, &off));
    assert_wsa(WSAEventSelect(client, NULL, FD_READ), WSAEINVAL);
    assert_wsa(WSAEventSelect(client, told, 1 << 20), WSAEINVAL);
    assert_wsa(WSAEnumNetworkEvents(client, NULL, NULL), WSAEFAULT);
}

/* ---- Messages -------------------------------------------------------------------------------- */

static struct {
    int count;
    uint64_t window, wparam;
    uint32_t message;
    int64_t lparam;
} posted;

static bool window_exists(struct winsock *winsock, struct process *process, void *window)
{
    (void)winsock, (void)process;
    return (uintptr_t)window == 0x10010;
}

static bool post(struct winsock *winsock, struct process *process, void *window, uint32_t message,
                 uint64_t wparam, int64_t lparam)
{
    (void)winsock;
    assert_ptr_equal(process, self);
    posted.count++;
    posted.window = (uintptr_t)window;
    posted.message = message;
    posted.wparam = wparam;
    posted.lparam = lparam;
    return true;
}

static void messages_name_the_socket_and_the_event(void **state)
{
    (void)state;
    struct pair pair = connected(PORT);
    HWND window = (HWND)(uintptr_t)0x10010;
    assert_wsa(WSAAsyncSelect(pair.server, window, 0x400, FD_READ), WSAEINVAL);
    winsock_attached()->window_exists = window_exists;
    winsock_attached()->post_message = post;
    assert_wsa(WSAAsyncSelect(pair.server, (HWND)(uintptr_t)4, 0x400, FD_READ), WSAEINVAL);
    memset(&posted, 0, sizeof posted);
    assert_works(WSAAsyncSelect(pair.server, window, 0x400, FD_READ | FD_CLOSE));
    send_text(pair.client, "x");
    settle();
    assert_int_equal(posted.count, 1);
    assert_int_equal(posted.window, 0x10010);
    assert_int_equal(posted.message, 0x400);
    assert_int_equal(posted.wparam, pair.server);
    assert_int_equal(posted.lparam, WSAMAKESELECTREPLY(FD_READ, 0));
    assert_works(WSAAsyncSelect(pair.server, window, 0, 0));
    close_sockets(&pair);
}

/* ---- Winsock 1.1 ----------------------------------------------------------------------------- */

static int turns;

static INT_PTR WINAPI hook(void)
{
    assert_true(WSAIsBlocking());
    assert_wsa(closesocket(4711), WSAEINPROGRESS);
    if (++turns == 3)
        assert_works(WSACancelBlockingCall());
    return FALSE;
}

static void a_hook_may_cancel_the_call_it_runs_for(void **state)
{
    (void)state;
    WSADATA data;
    struct pair pair = connected(PORT);
    char byte;
    assert_null(WSASetBlockingHook((FARPROC)hook));
    assert_int_equal(WSAGetLastError(), WSAEOPNOTSUPP);
    assert_int_equal(WSAStartup(MAKEWORD(1, 1), &data), 0);
    assert_null(WSASetBlockingHook((FARPROC)hook));
    turns = 0;
    assert_wsa(recv(pair.client, &byte, 1, 0), WSAEINTR);
    assert_int_equal(turns, 3);
    assert_false(WSAIsBlocking());
    assert_wsa(WSACancelBlockingCall(), WSAEINVAL);
    assert_works(WSAUnhookBlockingHook());
    send_text(pair.server, "x");
    assert_received(pair.client, "x");
    close_sockets(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WINSOCK_TEST(select_leaves_the_ready_ones),
        WINSOCK_TEST(select_waits_no_longer_than_it_may),
        WINSOCK_TEST(select_refuses_what_is_no_set_or_no_socket),
        WINSOCK_TEST(select_of_many_sockets),
        WINSOCK_TEST(a_socket_closed_meanwhile_is_readable_or_an_error),
        WINSOCK_TEST(poll_tells_levels),
        WINSOCK_TEST(poll_judges_sockets_and_events_in_order),
        WINSOCK_TEST(events_are_recorded_and_taken),
        WINSOCK_TEST(messages_name_the_socket_and_the_event),
        WINSOCK_TEST(a_hook_may_cancel_the_call_it_runs_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
