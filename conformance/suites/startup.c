/* WSAStartup, WSACleanup, the last error, and what every other call says before the first. */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/block.h"
#include "conformance/suites/suite.h"

/* Any number but the errors that a call here could leave. */
enum { MARK = 4711 };

static void the_version_is_negotiated(void)
{
    static const struct {
        BYTE major, minor, got_major, got_minor;
    } rows[] = {
        {1, 0, 1, 0}, {1, 1, 1, 1}, {1, 7, 1, 1}, {2, 0, 2, 0},
        {2, 1, 2, 1}, {2, 2, 2, 2}, {2, 3, 2, 2}, {3, 0, 2, 2},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        WSADATA data;
        memset(&data, 0x55, sizeof(data));
        assert_int_equal(WSAStartup(MAKEWORD(rows[i].major, rows[i].minor), &data), 0);
        assert_int_equal(LOBYTE(data.wVersion), rows[i].got_major);
        assert_int_equal(HIBYTE(data.wVersion), rows[i].got_minor);
        assert_int_equal(data.wHighVersion, MAKEWORD(2, 2));
        assert_int_equal(data.iMaxSockets, rows[i].got_major == 1 ? 32767 : 0);
        assert_int_equal(data.iMaxUdpDg, rows[i].got_major == 1 ? 65467 : 0);
        assert_string_equal(data.szDescription, "WinSock 2.0");
        assert_string_equal(data.szSystemStatus, "Running");
        assert_int_equal(WSACleanup(), 0);
    }
}

static void a_version_below_one_is_refused_but_told(void)
{
    WSADATA data;
    memset(&data, 0x55, sizeof(data));
    assert_int_equal(WSAStartup(MAKEWORD(0, 1), &data), WSAVERNOTSUPPORTED);
    assert_int_equal(data.wHighVersion, MAKEWORD(2, 2));
    assert_int_equal(WSAStartup(MAKEWORD(0, 1), NULL), WSAVERNOTSUPPORTED);
    assert_int_equal(WSACleanup(), SOCKET_ERROR);
}

static void wsastartup_needs_a_structure_it_can_write(void)
{
    assert_int_equal(WSAStartup(MAKEWORD(2, 2), NULL), WSAEFAULT);
    for (int kind = 0; kind < TESTBED_BAD_POINTER_COUNT; kind++) {
        WSADATA *const bad = testbed_bad_pointer((enum testbed_bad_pointer)kind, sizeof(*bad));
        assert_int_equal(WSAStartup(MAKEWORD(2, 2), bad), WSAEFAULT);
        assert_int_equal(WSAStartup(MAKEWORD(1, 1), bad), WSAEFAULT);
    }
    assert_fails_with(WSACleanup(), WSANOTINITIALISED);
}

static void the_last_cleanup_closes_every_socket(void)
{
    const USHORT port = free_ports(2);
    START_WINSOCK();
    START_WINSOCK();
    const SOCKET bound = tcp_socket();
    const SOCKET holder = udp_socket();
    INET_PORT_RESERVATION_INSTANCE instance;
    assert_int_equal(bind_loopback(bound, port), 0);
    assert_int_equal(acquire_block(holder, port, 1, &instance), 0);
    assert_int_equal(WSACleanup(), 0);
    assert_int_equal(bound_port(bound), port);
    assert_int_equal(WSACleanup(), 0);
    assert_fails_with(WSACleanup(), WSANOTINITIALISED);

    START_WINSOCK();
    assert_fails_with(closesocket(bound), WSAENOTSOCK);
    assert_fails_with(closesocket(holder), WSAENOTSOCK);
    assert_int_equal(probe_port(AF_INET, SOCK_STREAM, port), 0);
    assert_int_equal(probe_port(AF_INET, SOCK_DGRAM, port), 0);
    END_WINSOCK();
}

static void the_last_error_is_the_threads_own_number(void)
{
    WSASetLastError(MARK);
    assert_int_equal(WSAGetLastError(), MARK);
    assert_int_equal(GetLastError(), MARK);
    SetLastError(MARK + 1);
    assert_int_equal(WSAGetLastError(), MARK + 1);
    WSASetLastError(0);
    assert_int_equal(WSAGetLastError(), 0);
}

static void assert_not_started(int failed)
{
    const unsigned error = (unsigned)WSAGetLastError();
    assert_true(failed);
    OBSERVE_VALUE(not_started, error);
    WSASetLastError(MARK);
}

static void nothing_works_before_wsastartup(void)
{
    const struct sockaddr_in name = ipv4_address(INADDR_LOOPBACK, free_ports(1));
    const struct sockaddr *const to = (const struct sockaddr *)&name;
    struct sockaddr_in out;
    int size = sizeof(out);
    char text[64];
    u_long argument = 0;
    DWORD count = 0;
    WSABUF buffer = {1, text};
    WSAPROTOCOL_INFOW wide;
    WSAPROTOCOL_INFOA narrow;
    WSAOVERLAPPED overlapped;
    const SOCKET s = (SOCKET)4;

    memset(&overlapped, 0, sizeof(overlapped));
    WSASetLastError(MARK);
    assert_not_started(socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) == INVALID_SOCKET);
    assert_not_started(WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, 0) == INVALID_SOCKET);
    assert_not_started(WSASocketA(AF_INET, SOCK_STREAM, 0, NULL, 0, 0) == INVALID_SOCKET);
    assert_not_started(closesocket(s) == SOCKET_ERROR);
    assert_not_started(WSADuplicateSocketW(s, GetCurrentProcessId(), &wide) == SOCKET_ERROR);
    assert_not_started(WSADuplicateSocketA(s, GetCurrentProcessId(), &narrow) == SOCKET_ERROR);
    assert_not_started(bind(s, to, sizeof(name)) == SOCKET_ERROR);
    assert_not_started(listen(s, 1) == SOCKET_ERROR);
    assert_not_started(connect(s, to, sizeof(name)) == SOCKET_ERROR);
    assert_not_started(WSAConnect(s, to, sizeof(name), NULL, NULL, NULL, NULL) == SOCKET_ERROR);
    assert_not_started(getsockname(s, (struct sockaddr *)&out, &size) == SOCKET_ERROR);
    assert_not_started(getpeername(s, (struct sockaddr *)&out, &size) == SOCKET_ERROR);
    assert_not_started(sendto(s, "x", 1, 0, to, sizeof(name)) == SOCKET_ERROR);
    assert_not_started(WSASendTo(s, &buffer, 1, &count, 0, to, sizeof(name), NULL, NULL) ==
                       SOCKET_ERROR);
    size = sizeof(argument);
    assert_not_started(getsockopt(s, SOL_SOCKET, SO_ERROR, (char *)&argument, &size) ==
                       SOCKET_ERROR);
    assert_not_started(setsockopt(s, SOL_SOCKET, SO_REUSEADDR, (char *)&argument,
                                  sizeof(argument)) == SOCKET_ERROR);
    assert_not_started(ioctlsocket(s, FIONBIO, &argument) == SOCKET_ERROR);
    assert_not_started(WSAGetOverlappedResult(s, &overlapped, &count, FALSE, &argument) == FALSE);
    assert_not_started(gethostname(text, sizeof(text)) == SOCKET_ERROR);
}

static void as_many_cleanups_as_startups_end_it(void)
{
    struct sockaddr_in name;
    int size = sizeof(name);
    START_WINSOCK();
    START_WINSOCK();
    const SOCKET s = udp_socket();
    assert_int_equal(bind_loopback(s, 0), 0);
    WSASetLastError(MARK);
    assert_int_equal(WSACleanup(), 0);
    assert_int_equal(getsockname(s, (struct sockaddr *)&name, &size), 0);
    assert_int_equal(WSACleanup(), 0);
    assert_fails_with(WSACleanup(), WSANOTINITIALISED);

    START_WINSOCK();
    assert_fails_with(getsockname(s, (struct sockaddr *)&name, &size), WSAENOTSOCK);
    assert_fails_with(closesocket(s), WSAENOTSOCK);
    END_WINSOCK();
}

static void neither_sockets_nor_names_before_wsastartup(void)
{
    assert_true(socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) == INVALID_SOCKET);
    OBSERVE_VALUE(not_started, WSAGetLastError());
    assert_null(gethostbyname("localhost"));
    OBSERVE_VALUE(not_started, WSAGetLastError());
}

static void the_host_has_a_name(void)
{
    char name[256];
    START_WINSOCK();
    memset(name, 'x', sizeof(name));
    assert_int_equal(gethostname(name, sizeof(name)), 0);
    const char *const end = memchr(name, 0, sizeof(name));
    assert_non_null(end);
    const size_t length = (size_t)(end - name);
    assert_in_range(length, 1, sizeof(name) - 1);
    char *const exact = name + 100;
    memset(exact, 'x', 100);
    assert_true(length < 100);
    assert_int_equal(gethostname(exact, (int)length + 1), 0);
    assert_string_equal(exact, name);
    assert_fails_with(gethostname(exact, (int)length), WSAEFAULT);
    assert_fails_with(gethostname(NULL, 100), WSAEFAULT);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(the_version_is_negotiated, ERR_038, INIT_001, INIT_003),
    CASE(a_version_below_one_is_refused_but_told, ERR_038, INIT_002),
    CASE(wsastartup_needs_a_structure_it_can_write, ERR_038, INIT_004),
    CASE(the_last_cleanup_closes_every_socket, ERR_038, LIFE_001),
    CASE(the_last_error_is_the_threads_own_number, BIND_001, ERR_002),
    CASE(nothing_works_before_wsastartup, ERR_038),
    CASE(as_many_cleanups_as_startups_end_it, INIT_005, INIT_006, INIT_008),
    CASE(neither_sockets_nor_names_before_wsastartup, INIT_007),
    CASE(the_host_has_a_name, ERR_038),
    END_OF_CASES,
};
// clang-format on

const struct suite startup_suite = {
    .name = "startup",
    .about = "WSAStartup, WSACleanup and the last error",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
