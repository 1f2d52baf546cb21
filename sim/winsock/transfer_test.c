/* Bytes from end to end through the entry points: blocking, non-blocking, overlapped. */
#include "sim/winsock/fixture_pair.h"

enum { PORT = 5000 };

static void serve_echo(void *context)
{
    SOCKET s = *(const SOCKET *)context;
    char bytes[64];
    int got;
    while ((got = recv(s, bytes, sizeof bytes, 0)) > 0)
        send(s, bytes, got, 0);
    closesocket(s);
}

static void a_thread_echoes_what_another_sends(void **state)
{
    (void)state;
    struct pair pair = connected(PORT);
    assert_non_null(thread_create(self, serve_echo, &pair.server));

    for (int i = 0; i < 3; i++) {
        send_text(pair.client, "there and back");
        assert_received(pair.client, "there and back");
    }
    assert_works(shutdown(pair.client, SD_SEND));
    assert_received(pair.client, "");
    assert_works(closesocket(pair.client));
    assert_works(closesocket(pair.listener));
}

static void a_peer_is_named_by_accept(void **state)
{
    (void)state;
    SOCKET listener = listening(PORT), client = tcp();
    struct sockaddr_storage name;
    int size = 0;
    assert_works(connect_loopback(client, PORT));
    assert_true(accept(listener, (struct sockaddr *)&name, &size) == INVALID_SOCKET);
    assert_int_equal(WSAGetLastError(), WSAEFAULT);
    assert_int_equal(size, 0);
    size = sizeof name;
    SOCKET server = accept(listener, (struct sockaddr *)&name, &size);
    assert_true(server != INVALID_SOCKET);
    assert_int_equal(size, sizeof(SOCKADDR_IN));
    assert_int_equal(ntohs(((SOCKADDR_IN *)&name)->sin_port), socket_port(client));
    assert_int_equal(socket_port(server), PORT);
}

static int CALLBACK answer_condition(LPWSABUF caller, LPWSABUF data, LPQOS sqos, LPQOS gqos,
                                     LPWSABUF callee, LPWSABUF callee_data, GROUP *group,
                                     DWORD_PTR context)
{
    (void)data, (void)sqos, (void)gqos, (void)callee_data, (void)group;
    assert_int_equal(caller->len, sizeof(SOCKADDR_IN));
    assert_int_equal(callee->len, sizeof(SOCKADDR_IN));
    assert_int_equal(ntohs(((const SOCKADDR_IN *)(const void *)callee->buf)->sin_port), PORT);
    return (int)context;
}

static void a_condition_accepts_defers_or_rejects(void **state)
{
    (void)state;
    SOCKET listener = listening(PORT), client = tcp();
    assert_works(connect_loopback(client, PORT));
    assert_true(WSAAccept(listener, NULL, NULL, answer_condition, CF_DEFER) == INVALID_SOCKET);
    assert_int_equal(WSAGetLastError(), WSATRY_AGAIN);
    assert_true(WSAAccept(listener, NULL, NULL, answer_condition, CF_ACCEPT) != INVALID_SOCKET);

    SOCKET second = tcp();
    assert_works(connect_loopback(second, PORT));
    assert_true(WSAAccept(listener, NULL, NULL, answer_condition, CF_REJECT) == INVALID_SOCKET);
    assert_int_equal(WSAGetLastError(), WSAECONNREFUSED);
    assert_wsa(recv(second, (char *)&second, 1, 0), WSAECONNRESET);
}

static void datagrams_are_addressed_both_ways(void **state)
{
    (void)state;
    SOCKET a = udp(), b = udp();
    SOCKADDR_IN to = loopback(PORT), from;
    char bytes[16] = {0};
    int size = sizeof from;
    assert_works(bind_loopback(a, PORT));
    assert_int_equal(sendto(b, "hello", 5, 0, (const struct sockaddr *)&to, sizeof to), 5);
    assert_int_equal(recvfrom(a, bytes, 3, 0, (struct sockaddr *)&from, &size), SOCKET_ERROR);
    assert_int_equal(WSAGetLastError(), WSAEMSGSIZE);
    assert_memory_equal(bytes, "hel", 3);
    assert_int_equal(ntohs(from.sin_port), socket_port(b));
    assert_int_equal(sendto(a, "back", 4, 0, (const struct sockaddr *)&from, size), 4);
    assert_received(b, "back");
    size = 4;
    assert_wsa(recvfrom(a, bytes, 3, 0, (struct sockaddr *)&from, &size), WSAEFAULT);
    non_blocking(a);
    assert_wsa(recv(a, bytes, 3, 0), WSAEWOULDBLOCK);
    assert_wsa(recv(a, bytes, -1, 0), WSAEFAULT);
    assert_wsa(recv(a, bytes, 3, MSG_OOB), WSAEOPNOTSUPP);
}

static void a_time_out_ends_a_blocking_receive(void **state)
{
    (void)state;
    struct pair pair = connected(PORT);
    DWORD timeout = 250;
    char byte;
    assert_works(setsockopt(pair.client, SOL_SOCKET, SO_RCVTIMEO, (const char *)&timeout, 4));
    uint64_t before_ns = machine.engine.now_ns;
    assert_wsa(recv(pair.client, &byte, 1, 0), WSAETIMEDOUT);
    assert_int_equal(machine.engine.now_ns - before_ns, 250000000);
    send_text(pair.server, "x");
    assert_received(pair.client, "x");
    close_sockets(&pair);
}

/* ---- Overlapped ------------------------------------------------------------------------------ */

static void an_overlapped_receive_pends_and_is_told_by_its_event(void **state)
{
    (void)state;
    struct pair pair = connected(PORT);
    char bytes[16] = {0};
    WSABUF buffer = {sizeof bytes, bytes};
    WSAOVERLAPPED overlapped = {.InternalHigh = 4711, .hEvent = WSACreateEvent()};
    DWORD count = 77, flags = 0, got;
    assert_wsa(WSARecv(pair.server, &buffer, 1, &count, &flags, &overlapped, NULL), WSA_IO_PENDING);
    assert_int_equal(count, 77);
    assert_int_equal(overlapped.Internal, STATUS_PENDING);
    assert_int_equal(overlapped.InternalHigh, 4711);
    assert_false(WSAGetOverlappedResult(pair.server, &overlapped, &got, FALSE, &flags));
    assert_int_equal(WSAGetLastError(), WSA_IO_INCOMPLETE);

    send_text(pair.client, "event");
    assert_true(WSAGetOverlappedResult(pair.server, &overlapped, &got, TRUE, &flags));
    assert_int_equal(got, 5);
    assert_memory_equal(bytes, "event", 5);

    overlapped.hEvent = NULL; /* the socket is the event then */
    assert_wsa(WSARecv(pair.server, &buffer, 1, NULL, &flags, &overlapped, NULL), WSA_IO_PENDING);
    send_text(pair.client, "handle");
    assert_true(WSAGetOverlappedResult(pair.server, &overlapped, &got, TRUE, &flags));
    assert_int_equal(got, 6);
    close_sockets(&pair);
}

static struct {
    int calls;
    DWORD error, bytes, flags, thread;
    LPWSAOVERLAPPED overlapped;
} told;

static void CALLBACK tell(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped, DWORD flags)
{
    told.calls++;
    told.error = error;
    told.bytes = bytes;
    told.flags = flags;
    told.overlapped = overlapped;
    told.thread = machine.nt->current->id;
}

static void a_routine_runs_in_an_alertable_wait_of_its_thread(void **state)
{
    (void)state;
    struct pair pair = connected(PORT);
    char bytes[16];
    WSABUF buffer = {sizeof bytes, bytes};
    WSAOVERLAPPED overlapped = {.hEvent = WSACreateEvent()};
    DWORD flags = 0;
    memset(&told, 0, sizeof told);
    assert_wsa(WSARecv(pair.server, &buffer, 1, NULL, &flags, &overlapped, tell), WSA_IO_PENDING);
    send_text(pair.client, "routine");
    settle();
    assert_int_equal(told.calls, 0);
    WSAEVENT never = WSACreateEvent();
    assert_int_equal(WSAWaitForMultipleEvents(1, &never, FALSE, 0, TRUE), WSA_WAIT_IO_COMPLETION);
    assert_int_equal(told.calls, 1);
    assert_int_equal(told.error, 0);
    assert_int_equal(told.bytes, 7);
    assert_ptr_equal(told.overlapped, &overlapped);
    assert_int_equal(told.thread, machine.nt->current->id);
    assert_int_equal(WSAWaitForMultipleEvents(1, &overlapped.hEvent, FALSE, 0, FALSE),
                     WSA_WAIT_TIMEOUT); /* row 102 */

    assert_wsa(WSARecv(pair.server, &buffer, 1, NULL, &flags, &overlapped, tell), WSA_IO_PENDING);
    assert_works(closesocket(pair.server));
    assert_int_equal(WSAWaitForMultipleEvents(1, &never, FALSE, 0, TRUE), WSA_WAIT_IO_COMPLETION);
    assert_int_equal(told.error, WSAECONNABORTED);
    assert_int_equal(told.bytes, 0);
}

static void a_routine_and_a_port_exclude_each_other(void **state)
{
    (void)state;
    struct pair pair = connected(PORT);
    char bytes[16];
    WSABUF buffer = {sizeof bytes, bytes};
    WSAOVERLAPPED overlapped = {0};
    DWORD flags = 0;
    struct port *port = port_create(machine.nt, 0);
    struct socket_object *socket = socket_find(self, pair.server);
    assert_status(file_set_port(&socket->file, port, 99), STATUS_SUCCESS);
    assert_wsa(WSARecv(pair.server, &buffer, 1, NULL, &flags, &overlapped, tell), WSAEINVAL);

    assert_wsa(WSARecv(pair.server, &buffer, 1, NULL, &flags, &overlapped, NULL), WSA_IO_PENDING);
    send_text(pair.client, "packet");
    struct packet *packet;
    uint32_t taken;
    assert_status(port_take(port, &packet, 1, &taken, UINT64_MAX, false, "the test"),
                  STATUS_SUCCESS);
    assert_int_equal(packet->key, 99);
    assert_int_equal(packet->information, 6);
    assert_true(packet->context == (uintptr_t)&overlapped);
    packet->done(machine.nt, packet);
    object_release(port_object(port));
    close_sockets(&pair);
}

static void a_bad_event_or_structure_starts_nothing(void **state)
{
    (void)state;
    struct pair pair = connected(PORT);
    char bytes[16];
    WSABUF buffer = {sizeof bytes, bytes};
    WSAOVERLAPPED overlapped = {.Internal = 1, .hEvent = (WSAEVENT)(uintptr_t)0xbad0};
    DWORD flags = 0;
    assert_wsa(WSARecv(pair.server, &buffer, 1, NULL, &flags, &overlapped, NULL),
               WSA_INVALID_HANDLE);
    assert_int_equal(overlapped.Internal, 1);
    assert_wsa(WSARecv(pair.server, &buffer, 1, NULL, &flags,
                       (LPWSAOVERLAPPED)(void *)read_only_page(), NULL),
               WSAEFAULT);
    assert_wsa(WSARecv(pair.server, &buffer, 1, NULL, &flags, NULL, NULL), WSAEFAULT);
    buffer.buf = read_only_page();
    assert_wsa(WSARecv(pair.server, &buffer, 1, &flags, &flags, NULL, NULL), WSAEFAULT);
    assert_wsa(WSARecv(pair.server, &buffer, 0, &flags, &flags, NULL, NULL), WSAEINVAL);
    close_sockets(&pair);
}

/* ---- Extension functions --------------------------------------------------------------------- */

static void acceptex_fills_its_buffer(void **state)
{
    (void)state;
    SOCKET listener = listening(PORT), acceptor = tcp(), client = tcp();
    char buffer[64 + 2 * (sizeof(SOCKADDR_IN) + 16)];
    WSAOVERLAPPED overlapped = {.hEvent = WSACreateEvent()};
    DWORD got = 0, flags;
    const DWORD room = sizeof(SOCKADDR_IN) + 16;
    assert_false(AcceptEx(listener, acceptor, buffer, 64, room, room, &got, NULL));
    assert_int_equal(WSAGetLastError(), WSA_INVALID_PARAMETER);
    assert_false(AcceptEx(listener, acceptor, buffer, 64, room, room, &got, &overlapped));
    assert_int_equal(WSAGetLastError(), WSA_IO_PENDING);
    assert_works(connect_loopback(client, PORT));
    settle();
    assert_false(WSAGetOverlappedResult(listener, &overlapped, &got, FALSE, &flags));
    send_text(client, "first");
    assert_true(WSAGetOverlappedResult(listener, &overlapped, &got, TRUE, &flags));
    assert_int_equal(got, 5);
    assert_memory_equal(buffer, "first", 5);

    struct sockaddr *local, *remote;
    INT local_size, remote_size;
    GetAcceptExSockaddrs(buffer, 64, room, room, &local, &local_size, &remote, &remote_size);
    assert_int_equal(local_size, sizeof(SOCKADDR_IN));
    assert_int_equal(ntohs(((SOCKADDR_IN *)(void *)local)->sin_port), PORT);
    assert_int_equal(ntohs(((SOCKADDR_IN *)(void *)remote)->sin_port), socket_port(client));

    assert_int_equal(socket_port(acceptor), 0); /* row 156 */
    assert_works(setsockopt(acceptor, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (const char *)&listener,
                            sizeof listener));
    assert_int_equal(socket_port(acceptor), PORT);
    send_text(acceptor, "welcome");
    assert_received(client, "welcome");
}

static void acceptex_with_too_little_room_leaves_the_caller_waiting(void **state)
{
    (void)state;
    SOCKET listener = listening(PORT), client = tcp();
    char buffer[64];
    WSAOVERLAPPED overlapped = {.hEvent = WSACreateEvent()};
    DWORD got, flags;
    assert_false(AcceptEx(listener, tcp(), buffer, 0, 3, 3, &got, &overlapped));
    assert_int_equal(WSAGetLastError(), WSA_IO_PENDING);
    assert_works(connect_loopback(client, PORT));
    assert_false(WSAGetOverlappedResult(listener, &overlapped, &got, TRUE, &flags));
    assert_int_equal(overlapped.Internal, STATUS_BUFFER_TOO_SMALL);
    assert_true(accept(listener, NULL, NULL) != INVALID_SOCKET);
    assert_false(AcceptEx(listener, INVALID_SOCKET, buffer, 0, 3, 3, &got, &overlapped));
    assert_int_equal(WSAGetLastError(), WSAENOTSOCK);
    assert_int_equal(overlapped.Internal, STATUS_PENDING);
}

static void *function_of(SOCKET s, GUID id)
{
    void *function = NULL;
    DWORD count;
    assert_works(WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &function,
                          sizeof function, &count, NULL, NULL));
    return function;
}

static void connectex_sends_its_first_bytes_and_disconnectex_ends_it(void **state)
{
    (void)state;
    SOCKET listener = listening(PORT), client = tcp();
    LPFN_CONNECTEX connect_ex = (LPFN_CONNECTEX)function_of(client, (GUID)WSAID_CONNECTEX);
    LPFN_DISCONNECTEX disconnect_ex =
        (LPFN_DISCONNECTEX)function_of(client, (GUID)WSAID_DISCONNECTEX);
    const SOCKADDR_IN peer = loopback(PORT);
    WSAOVERLAPPED overlapped = {.hEvent = WSACreateEvent()};
    DWORD got, flags;
    char hello[] = "hello";
    assert_works(bind_loopback(client, 0));
    assert_false(connect_ex(client, (const struct sockaddr *)&peer, sizeof peer, hello, 5, NULL,
                            &overlapped));
    assert_int_equal(WSAGetLastError(), WSA_IO_PENDING);
    assert_true(WSAGetOverlappedResult(client, &overlapped, &got, TRUE, &flags));
    assert_int_equal(got, 5);
    SOCKET server = accept(listener, NULL, NULL);
    assert_received(server, "hello");
    assert_wsa(shutdown(client, SD_SEND), WSAENOTCONN);
    assert_works(setsockopt(client, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0));

    assert_false(disconnect_ex(client, &overlapped, 0, 0));
    assert_int_equal(WSAGetLastError(), WSA_IO_PENDING);
    assert_true(WSAGetOverlappedResult(client, &overlapped, &got, TRUE, &flags));
    assert_received(server, "");
    send_text(server, "still");
    assert_received(client, "still");
}

static void transmitfile_sends_head_and_tail(void **state)
{
    (void)state;
    struct pair pair = connected(PORT);
    char head[] = "head ", tail[] = "tail";
    TRANSMIT_FILE_BUFFERS ends = {head, 5, tail, 4};
    WSAOVERLAPPED overlapped = {.hEvent = WSACreateEvent()};
    DWORD got, flags;
    assert_false(TransmitFile(pair.listener, NULL, 0, 0, NULL, &ends, 0));
    assert_int_equal(WSAGetLastError(), WSAENOTCONN);
    assert_true(TransmitFile(pair.client, NULL, 0, 0, NULL, &ends, 0));
    settle();
    assert_received(pair.server, "head tail");
    assert_false(TransmitFile(pair.client, NULL, 0, 0, &overlapped, &ends, 0));
    assert_int_equal(WSAGetLastError(), WSA_IO_PENDING);
    assert_true(WSAGetOverlappedResult(pair.client, &overlapped, &got, TRUE, &flags));
    assert_int_equal(got, 9);
    settle();
    assert_received(pair.server, "head tail");
    close_sockets(&pair);
}

static void a_message_carries_control_data(void **state)
{
    (void)state;
    SOCKET a = udp(), b = udp();
    LPFN_WSARECVMSG receive = (LPFN_WSARECVMSG)function_of(a, (GUID)WSAID_WSARECVMSG);
    SOCKADDR_IN to = loopback(PORT), from;
    DWORD on = 1, got = 0;
    char bytes[16], control[64];
    WSABUF buffer = {sizeof bytes, bytes};
    WSAMSG message = {(LPSOCKADDR)&to, sizeof to, &buffer, 1, {0, NULL}, 0};
    assert_works(bind_loopback(a, PORT));
    assert_works(setsockopt(a, IPPROTO_IP, IP_PKTINFO, (const char *)&on, sizeof on));
    memcpy(bytes, "with care", 9);
    buffer.len = 9;
    assert_works(WSASendMsg(b, &message, 0, &got, NULL, NULL));
    assert_works(WSASendMsg(b, &message, 0, &got, NULL, NULL));
    assert_int_equal(got, 9);

    message = (WSAMSG){(LPSOCKADDR)&from, sizeof from, &buffer, 1, {sizeof control, control}, 0};
    assert_works(receive(a, &message, &got, NULL, NULL));
    assert_int_equal(got, 9);
    assert_int_equal(ntohs(from.sin_port), socket_port(b));
    const WSACMSGHDR *header = WSA_CMSG_FIRSTHDR(&message);
    assert_int_equal(header->cmsg_level, IPPROTO_IP);
    assert_int_equal(header->cmsg_type, IP_PKTINFO);
    IN_PKTINFO info;
    memcpy(&info, WSA_CMSG_DATA(header), sizeof info);
    assert_int_equal(ntohl(info.ipi_addr.s_addr), INADDR_LOOPBACK);
    assert_int_equal(info.ipi_ifindex, 1);

    message.Control.len = 4;
    message.dwFlags = 0;
    assert_wsa(receive(a, &message, &got, NULL, NULL), WSAEMSGSIZE);
    assert_int_equal(message.dwFlags, MSG_CTRUNC);

    /* Overlapped, at once and later: the structure has the warning too (row 122). */
    WSAOVERLAPPED overlapped = {.hEvent = WSACreateEvent(), .Offset = 77};
    DWORD flags;
    for (int later = 0; later < 2; later++) {
        WSAMSG out = {(LPSOCKADDR)&to, sizeof to, &buffer, 1, {0, NULL}, 0};
        message.Control.len = 4;
        message.dwFlags = 0;
        if (!later)
            assert_works(WSASendMsg(b, &out, 0, &got, NULL, NULL));
        settle();
        assert_wsa(receive(a, &message, NULL, &overlapped, NULL),
                   later ? WSA_IO_PENDING : WSAEMSGSIZE);
        if (later)
            assert_works(WSASendMsg(b, &out, 0, &got, NULL, NULL));
        assert_false(WSAGetOverlappedResult(a, &overlapped, &got, TRUE, &flags));
        assert_int_equal(WSAGetLastError(), WSAEMSGSIZE);
        assert_int_equal(overlapped.Internal, STATUS_BUFFER_OVERFLOW);
        assert_int_equal(overlapped.InternalHigh, 9);
        assert_int_equal(overlapped.Offset, 77);
        assert_int_equal(message.dwFlags, MSG_CTRUNC);
    }
    assert_wsa(WSASendMsg(tcp(), &message, 0, &got, NULL, NULL), WSAEINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WINSOCK_TEST(a_thread_echoes_what_another_sends),
        WINSOCK_TEST(a_peer_is_named_by_accept),
        WINSOCK_TEST(a_condition_accepts_defers_or_rejects),
        WINSOCK_TEST(datagrams_are_addressed_both_ways),
        WINSOCK_TEST(a_time_out_ends_a_blocking_receive),
        WINSOCK_TEST(an_overlapped_receive_pends_and_is_told_by_its_event),
        WINSOCK_TEST(a_routine_runs_in_an_alertable_wait_of_its_thread),
        WINSOCK_TEST(a_routine_and_a_port_exclude_each_other),
        WINSOCK_TEST(a_bad_event_or_structure_starts_nothing),
        WINSOCK_TEST(acceptex_fills_its_buffer),
        WINSOCK_TEST(acceptex_with_too_little_room_leaves_the_caller_waiting),
        WINSOCK_TEST(connectex_sends_its_first_bytes_and_disconnectex_ends_it),
        WINSOCK_TEST(transmitfile_sends_head_and_tail),
        WINSOCK_TEST(a_message_carries_control_data),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
