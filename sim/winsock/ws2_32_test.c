#include "sim/winsock/fixture.h"

/* ---- WSAStartup ------------------------------------------------------------------------------ */

static void nothing_works_before_startup(void **state)
{
    (void)state;
    DWORD count;
    assert_true(socket(AF_INET, SOCK_STREAM, 0) == INVALID_SOCKET);
    assert_int_equal(WSAGetLastError(), WSANOTINITIALISED);
    assert_wsa(WSAIoctl(4, SIO_ACQUIRE_PORT_RESERVATION, NULL, 0, NULL, 0, &count, NULL, NULL),
               WSANOTINITIALISED);
    assert_wsa(WSACleanup(), WSANOTINITIALISED);
    CHOOSE(not_started, wsaenotsock);
    assert_wsa(closesocket(4), WSAENOTSOCK);
    CHOOSE(not_started, works);
    assert_works(closesocket(tcp()));
}

static void versions_are_negotiated(void **state)
{
    (void)state;
    static const struct {
        WORD wanted, got;
        int error;
    } rows[] = {
        {MAKEWORD(0, 0), MAKEWORD(2, 2), WSAVERNOTSUPPORTED},
        {MAKEWORD(0, 9), MAKEWORD(2, 2), WSAVERNOTSUPPORTED},
        {MAKEWORD(1, 0), MAKEWORD(1, 0), 0},
        {MAKEWORD(1, 1), MAKEWORD(1, 1), 0},
        {MAKEWORD(1, 7), MAKEWORD(1, 1), 0},
        {MAKEWORD(2, 0), MAKEWORD(2, 0), 0},
        {MAKEWORD(2, 1), MAKEWORD(2, 1), 0},
        {MAKEWORD(2, 2), MAKEWORD(2, 2), 0},
        {MAKEWORD(2, 3), MAKEWORD(2, 2), 0},
        {MAKEWORD(3, 0), MAKEWORD(2, 2), 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        WSADATA data;
        memset(&data, 0x55, sizeof data);
        char *vendor = data.lpVendorInfo;
        assert_int_equal(WSAStartup(rows[i].wanted, &data), rows[i].error);
        assert_int_equal(data.wVersion, rows[i].got);
        assert_int_equal(data.wHighVersion, MAKEWORD(2, 2));
        assert_int_equal(data.iMaxSockets, LOBYTE(rows[i].got) == 1 ? 32767 : 0);
        assert_int_equal(data.iMaxUdpDg, LOBYTE(rows[i].got) == 1 ? 65467 : 0);
        assert_string_equal(data.szDescription, "WinSock 2.0");
        assert_string_equal(data.szSystemStatus, "Running");
        assert_ptr_equal(data.lpVendorInfo, vendor);
    }
    assert_int_equal(WSAStartup(MAKEWORD(2, 2), NULL), WSAEFAULT);
    assert_int_equal(WSAStartup(MAKEWORD(0, 1), NULL), WSAVERNOTSUPPORTED);
}

static void the_last_cleanup_closes_every_socket(void **state)
{
    (void)state;
    WSADATA data;
    SOCKET s = tcp();
    assert_int_equal(WSAStartup(MAKEWORD(2, 2), &data), 0);
    assert_works(WSACleanup());
    assert_works(bind_loopback(s, 7000));
    assert_works(WSACleanup());
    assert_int_equal(afd->sockets, 0);
    assert_wsa(WSACleanup(), WSANOTINITIALISED);
    assert_int_equal(WSAStartup(MAKEWORD(2, 2), &data), 0);
    assert_int_equal(socket_port(s), 0);
    assert_int_equal(WSAGetLastError(), WSAENOTSOCK);
}

/* ---- Sockets --------------------------------------------------------------------------------- */

static void socket_judges_type_then_family_then_protocol(void **state)
{
    (void)state;
    static const struct {
        int family, type, protocol, error;
    } rows[] = {
        {AF_INET, SOCK_STREAM, IPPROTO_TCP, 0},
        {AF_INET, 0, 0, 0},
        {AF_INET6, SOCK_DGRAM, 0, 0},
        {AF_UNSPEC, SOCK_STREAM, IPPROTO_TCP, 0},
        {AF_UNSPEC, 0, IPPROTO_UDP, 0},
        {AF_INET, SOCK_RAW, IPPROTO_ICMP, 0},
        {AF_UNSPEC, SOCK_STREAM, 0, WSAEINVAL},
        {0xbeef, SOCK_STREAM, IPPROTO_TCP, WSAEAFNOSUPPORT},
        {AF_UNIX, SOCK_STREAM, 0, WSAEAFNOSUPPORT},
        {AF_INET, 0xbeef, IPPROTO_TCP, WSAESOCKTNOSUPPORT},
        {0xbeef, 0xbeef, 0, WSAESOCKTNOSUPPORT},
        {0xbeef, SOCK_STREAM, 0xbeef, WSAEAFNOSUPPORT},
        {AF_INET, SOCK_STREAM, 0xbeef, WSAEPROTONOSUPPORT},
        {AF_INET, SOCK_STREAM, IPPROTO_UDP, WSAEPROTONOSUPPORT},
        {AF_INET, SOCK_DGRAM, IPPROTO_TCP, WSAEPROTONOSUPPORT},
        {AF_INET, SOCK_RAW, 256, WSAEPROTONOSUPPORT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        SOCKET s = socket(rows[i].family, rows[i].type, rows[i].protocol);
        assert_int_equal(WSAGetLastError(), rows[i].error);
        assert_int_equal(s == INVALID_SOCKET, rows[i].error != 0);
    }
}

static void a_structure_fills_what_the_arguments_leave_open(void **state)
{
    (void)state;
    SOCKET first = udp();
    WSAPROTOCOL_INFOW info;
    WSAPROTOCOL_INFOA garbage;
    int size = sizeof info;
    assert_works(getsockopt(first, SOL_SOCKET, SO_PROTOCOL_INFOW, (char *)&info, &size));
    SOCKET s = WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0, 0);
    assert_true(s != INVALID_SOCKET && s != first);
    assert_int_equal(socket_find(self, s)->kind.protocol, PROTOCOL_UDP);
    s = WSASocketW(AF_INET6, 0, 0, &info, 0, 0);
    assert_int_equal(socket_find(self, s)->kind.family, FAMILY_6);
    memset(&garbage, 0xff, sizeof garbage);
    assert_true(WSASocketA(0, SOCK_STREAM, 6, &garbage, 0, 0) == INVALID_SOCKET);
    assert_int_equal(WSAGetLastError(), WSAEAFNOSUPPORT);
    memset(&garbage, 0, sizeof garbage);
    assert_true(WSASocketA(0, 0, 0, &garbage, 0, 0) == INVALID_SOCKET);
    assert_int_equal(WSAGetLastError(), WSAEAFNOSUPPORT);
    assert_true(WSASocketA(0, 0, 0, (LPWSAPROTOCOL_INFOA)(uintptr_t)1, 0, 0) == INVALID_SOCKET);
    assert_int_equal(WSAGetLastError(), WSAEFAULT);
}

static void a_duplicate_is_the_same_socket(void **state)
{
    (void)state;
    SOCKET s = tcp();
    WSAPROTOCOL_INFOA info;
    WSAPROTOCOL_INFOW wide;
    assert_wsa(WSADuplicateSocketA(INVALID_SOCKET, 0, NULL), WSAENOTSOCK);
    assert_wsa(WSADuplicateSocketA(s, 0, NULL), WSAEINVAL);
    assert_wsa(WSADuplicateSocketA(s, ~(DWORD)0, &info), WSAEINVAL);
    assert_wsa(WSADuplicateSocketA(s, self->id, NULL), WSAEFAULT);
    assert_wsa(WSADuplicateSocketW(s, self->id, NULL), WSAEFAULT);
    assert_works(WSADuplicateSocketA(s, self->id, &info));
    assert_works(bind_loopback(s, 7000));
    SOCKET twin = WSASocketA(0, 0, 0, &info, 0, 0);
    assert_true(twin != INVALID_SOCKET && twin != s);
    assert_int_equal(socket_port(twin), 7000);
    assert_true(WSASocketA(0, 0, 0, &info, 0, 0) == INVALID_SOCKET);
    assert_int_equal(WSAGetLastError(), WSAEINVAL);
    assert_works(closesocket(s));
    assert_int_equal(socket_port(twin), 7000);
    assert_works(WSADuplicateSocketW(twin, self->id, &wide));
    assert_true(WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &wide, 0,
                           0) != INVALID_SOCKET);
}

/* ---- bind and names -------------------------------------------------------------------------- */

static void bind_looks_at_the_address(void **state)
{
    (void)state;
    SOCKET s = tcp(), six = socket(AF_INET6, SOCK_STREAM, 0);
    SOCKADDR_IN name = loopback(7000);
    SOCKADDR_IN6 name_6 = {.sin6_family = AF_INET6};
    const struct sockaddr *any = (const struct sockaddr *)&name;
    assert_wsa(bind(INVALID_SOCKET, NULL, 0), WSAENOTSOCK);
    assert_wsa(bind(s, NULL, 0), WSAEFAULT);
    assert_wsa(bind(s, NULL, sizeof name), WSAEFAULT);
    assert_wsa(bind(s, any, 0), WSAEFAULT);
    assert_wsa(bind(s, any, sizeof name - 1), WSAEFAULT);
    assert_wsa(bind(six, (const struct sockaddr *)&name_6, 24), WSAEFAULT);
    name.sin_family = 0xbeef;
    assert_wsa(bind(s, any, sizeof name), WSAEAFNOSUPPORT);
    CHOOSE(bind_wrong_family, wsaefault);
    assert_wsa(bind(s, any, sizeof name), WSAEFAULT);
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = inet_addr("192.0.2.0");
    assert_wsa(bind(s, any, sizeof name), WSAEADDRNOTAVAIL);
    CHOOSE(bind_short_address, accepts);
    name = loopback(7000);
    assert_wsa(bind(s, NULL, 4), WSAEFAULT);
    assert_works(bind(s, any, 4));
    assert_int_equal(socket_port(s), 7000);
    name_6.sin6_addr.s6_addr[15] = 1;
    assert_works(bind(six, (const struct sockaddr *)&name_6, sizeof name_6));
}

static void names_come_back_whole_or_not_at_all(void **state)
{
    (void)state;
    SOCKET s = udp();
    SOCKADDR_IN name;
    int size = sizeof name;
    struct sockaddr *out = (struct sockaddr *)&name;
    memset(&name, 0xcc, sizeof name);
    assert_wsa(getsockname(s, out, &size), WSAEINVAL);
    assert_wsa(getsockname(s, NULL, NULL), WSAEINVAL);
    assert_int_equal(name.sin_port, 0xcccc);
    assert_works(bind_loopback(s, 7000));
    size = sizeof name - 1;
    assert_wsa(getsockname(s, out, &size), WSAEFAULT);
    assert_int_equal(size, sizeof name - 1);
    assert_wsa(getsockname(s, NULL, &size), WSAEFAULT);
    size = 100;
    assert_works(getsockname(s, out, &size));
    assert_int_equal(size, sizeof name);
    assert_int_equal(name.sin_family, AF_INET);
    assert_int_equal(ntohs(name.sin_port), 7000);
    assert_int_equal(name.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
    assert_memory_equal(name.sin_zero, "\0\0\0\0\0\0\0\0", 8);
    assert_wsa(getpeername(s, NULL, NULL), WSAENOTCONN);
    assert_wsa(getpeername(INVALID_SOCKET, NULL, NULL), WSAENOTSOCK);
}

static void connect_needs_a_listener_and_takes_unspec_for_datagrams(void **state)
{
    (void)state;
    SOCKET s = tcp(), d = udp(), listener = tcp();
    SOCKADDR_IN peer = loopback(7000), out;
    int size = sizeof out;
    const struct sockaddr *to = (const struct sockaddr *)&peer;
    assert_wsa(connect(s, to, 4), WSAEFAULT);
    assert_wsa(connect(s, to, sizeof peer), WSAECONNREFUSED);
    assert_int_not_equal(socket_port(s), 0);
    assert_works(bind_loopback(listener, 7000));
    assert_works(listen(listener, SOMAXCONN));
    assert_works(connect(s, to, sizeof peer));
    assert_wsa(connect(s, to, sizeof peer), WSAEISCONN);
    assert_works(getpeername(s, (struct sockaddr *)&out, &size));
    assert_memory_equal(&out, &peer, sizeof peer);
    assert_works(connect(d, to, sizeof peer));
    peer.sin_family = AF_UNSPEC;
    assert_works(connect(d, to, sizeof peer));
    assert_wsa(getpeername(d, (struct sockaddr *)&out, &size), WSAENOTCONN);
}

static void sendto_counts_and_binds(void **state)
{
    (void)state;
    SOCKET d = udp();
    SOCKADDR_IN peer = loopback(53);
    const struct sockaddr *to = (const struct sockaddr *)&peer;
    char *page = bad_page();
    assert_int_equal(sendto(d, "hello", 5, 0, NULL, 0), SOCKET_ERROR);
    assert_int_equal(WSAGetLastError(), WSAENOTCONN);
    assert_int_equal(sendto(d, page, 5, 0, to, sizeof peer), SOCKET_ERROR);
    assert_int_equal(WSAGetLastError(), WSAEFAULT);
    assert_int_equal(socket_port(d), 0);
    assert_int_equal(sendto(d, "hello", 5, 0, to, sizeof peer), 5);
    assert_int_not_equal(socket_port(d), 0);
    static char large[65508];
    assert_int_equal(sendto(d, large, sizeof large, 0, to, sizeof peer), SOCKET_ERROR);
    assert_int_equal(WSAGetLastError(), WSAEMSGSIZE);

    WSABUF buffers[2] = {{2, "he"}, {3, "llo"}};
    DWORD sent = 0;
    WSAOVERLAPPED overlapped = {.hEvent = WSACreateEvent()};
    assert_wsa(WSASendTo(d, buffers, 2, NULL, 0, to, sizeof peer, NULL, NULL), WSAEFAULT);
    assert_works(WSASendTo(d, buffers, 2, &sent, 0, to, sizeof peer, &overlapped, NULL));
    assert_int_equal(sent, 5);
    assert_int_equal(overlapped.InternalHigh, 5);
}

static void the_network_subsystem_can_fail(void **state)
{
    (void)state;
    SOCKET s = tcp();
    afd->network_up = false;
    assert_wsa(bind_loopback(s, 0), WSAENETDOWN);
    assert_true(socket(AF_INET, SOCK_STREAM, 0) == INVALID_SOCKET);
    assert_int_equal(WSAGetLastError(), WSAENETDOWN);
    afd->network_up = true;
    assert_works(bind_loopback(s, 0));
}

/* ---- Events, names of hosts, errors ---------------------------------------------------------- */

static void events_are_set_reset_and_waited_for(void **state)
{
    (void)state;
    WSAEVENT events[2] = {WSACreateEvent(), WSACreateEvent()};
    assert_true(events[0] != WSA_INVALID_EVENT);
    assert_int_equal(WSAWaitForMultipleEvents(2, events, FALSE, 10, FALSE), WSA_WAIT_TIMEOUT);
    assert_true(WSASetEvent(events[1]));
    assert_int_equal(WSAWaitForMultipleEvents(2, events, FALSE, WSA_INFINITE, FALSE),
                     WSA_WAIT_EVENT_0 + 1);
    assert_int_equal(WSAWaitForMultipleEvents(2, events, TRUE, 0, FALSE), WSA_WAIT_TIMEOUT);
    WSAEVENT twice[2] = {events[1], events[1]}; /* found by the fuzz target calls */
    assert_int_equal(WSAWaitForMultipleEvents(2, twice, TRUE, 0, FALSE), WSA_WAIT_FAILED);
    assert_int_equal(WSAGetLastError(), WSA_INVALID_PARAMETER);
    assert_true(WSAResetEvent(events[1]));
    assert_int_equal(WSAWaitForMultipleEvents(2, events, FALSE, 0, FALSE), WSA_WAIT_TIMEOUT);
    assert_true(WSACloseEvent(events[0]));
    assert_false(WSACloseEvent(events[0]));
    assert_int_equal(WSAGetLastError(), WSA_INVALID_HANDLE);
    assert_int_equal(WSAWaitForMultipleEvents(2, events, FALSE, 0, FALSE), WSA_WAIT_FAILED);
    assert_int_equal(WSAGetLastError(), WSA_INVALID_HANDLE);
    assert_int_equal(WSAWaitForMultipleEvents(0, events, FALSE, 0, FALSE), WSA_WAIT_FAILED);
    assert_int_equal(WSAGetLastError(), WSA_INVALID_PARAMETER);
    assert_false(WSASetEvent((WSAEVENT)(uintptr_t)tcp()));
}

static void an_overlapped_structure_may_hold_anything(void **state)
{
    (void)state;
    SOCKET s = tcp();
    DWORD bytes, flags;
    WSAOVERLAPPED overlapped = {.Internal = STATUS_PENDING, .hEvent = (HANDLE)(uintptr_t)0xbad0};
    assert_false(WSAGetOverlappedResult(s, &overlapped, &bytes, FALSE, &flags));
    assert_int_equal(WSAGetLastError(), WSA_IO_INCOMPLETE);
    assert_false(WSAGetOverlappedResult(s, &overlapped, &bytes, TRUE, &flags));
    assert_int_equal(WSAGetLastError(), WSA_INVALID_HANDLE);
    overlapped.Internal = 0xC2345678;
    assert_false(WSAGetOverlappedResult(s, &overlapped, &bytes, FALSE, &flags));
    assert_int_equal(WSAGetLastError(), WSAEINVAL);
    assert_false(WSAGetOverlappedResult(s, NULL, &bytes, FALSE, &flags));
    assert_int_equal(WSAGetLastError(), WSAEFAULT);
}

static void the_host_has_a_name(void **state)
{
    (void)state;
    char name[16];
    assert_works(gethostname(name, sizeof name));
    assert_string_equal(name, "berth");
    assert_wsa(gethostname(name, 5), WSAEFAULT);
}

static void the_defect_of_the_last_error_forgets_it(void **state)
{
    (void)state;
    CHOOSE(failed_call_last_error, forgotten);
    WSASetLastError(4711);
    assert_int_equal(closesocket(INVALID_SOCKET), SOCKET_ERROR);
    assert_int_equal(WSAGetLastError(), 0);
}

static void the_defect_of_the_handle_blames_the_argument(void **state)
{
    (void)state;
    CHOOSE(not_a_socket, wsaeinval);
    assert_wsa(closesocket((SOCKET)(uintptr_t)WSACreateEvent()), WSAEINVAL);
}

static char lines[2][400];
static int line_count;

static void keep_line(void *context, const char *line)
{
    (void)context;
    if (line_count < 2)
        strncpy(lines[line_count], line, sizeof lines[0] - 1);
    line_count++;
}

static void every_call_is_one_record_and_one_line(void **state)
{
    (void)state;
    uint64_t records = machine.engine.records, before = machine.engine.fingerprint;
    machine.engine.sink = keep_line;
    SOCKET s = tcp();
    closesocket(s);
    closesocket(s);
    machine.engine.sink = NULL;
    assert_int_equal(machine.engine.records, records + 3);
    assert_true(machine.engine.fingerprint != before);
    assert_int_equal(line_count, 3);
    assert_non_null(strstr(lines[0], "socket"));
    assert_non_null(strstr(lines[1], "closesocket"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STACK_TEST(nothing_works_before_startup),
        STACK_TEST(versions_are_negotiated),
        WINSOCK_TEST(the_last_cleanup_closes_every_socket),
        WINSOCK_TEST(socket_judges_type_then_family_then_protocol),
        WINSOCK_TEST(a_structure_fills_what_the_arguments_leave_open),
        WINSOCK_TEST(a_duplicate_is_the_same_socket),
        WINSOCK_TEST(bind_looks_at_the_address),
        WINSOCK_TEST(names_come_back_whole_or_not_at_all),
        WINSOCK_TEST(connect_needs_a_listener_and_takes_unspec_for_datagrams),
        WINSOCK_TEST(sendto_counts_and_binds),
        WINSOCK_TEST(the_network_subsystem_can_fail),
        WINSOCK_TEST(events_are_set_reset_and_waited_for),
        WINSOCK_TEST(an_overlapped_structure_may_hold_anything),
        WINSOCK_TEST(the_host_has_a_name),
        WINSOCK_TEST(the_defect_of_the_last_error_forgets_it),
        WINSOCK_TEST(the_defect_of_the_handle_blames_the_argument),
        WINSOCK_TEST(every_call_is_one_record_and_one_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
