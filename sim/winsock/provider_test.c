#include "sim/winsock/fixture.h"

#include <ws2spi.h>

static WSPPROC_TABLE start(void)
{
    WSPDATA data;
    WSPPROC_TABLE table;
    WSAPROTOCOL_INFOW info;
    const WSPUPCALLTABLE upcalls = {0};
    memset(&info, 0, sizeof info);
    memset(&table, 0, sizeof table);
    assert_int_equal(WSPStartup(MAKEWORD(2, 2), &data, &info, upcalls, &table), 0);
    assert_int_equal(data.wVersion, MAKEWORD(2, 2));
    return table;
}

static void the_table_has_no_hole(void **state)
{
    (void)state;
    const WSPPROC_TABLE table = start();
    void *entries[30];
    memcpy(entries, &table, sizeof entries);
    for (int i = 0; i < 30; i++)
        assert_non_null(entries[i]);
}

static void an_older_version_is_refused_and_bad_pointers_too(void **state)
{
    (void)state;
    WSPDATA data;
    WSPPROC_TABLE table;
    const WSPUPCALLTABLE upcalls = {0};
    assert_int_equal(WSPStartup(MAKEWORD(1, 1), &data, NULL, upcalls, &table), WSAVERNOTSUPPORTED);
    assert_int_equal(WSPStartup(MAKEWORD(2, 2), NULL, NULL, upcalls, &table), WSAEFAULT);
}

static void startups_are_counted(void **state)
{
    (void)state;
    const WSPPROC_TABLE table = start();
    int error = 0;
    start();
    assert_int_equal(table.lpWSPCleanup(&error), 0);
    assert_int_equal(table.lpWSPCleanup(&error), 0);
    assert_int_equal(table.lpWSPCleanup(&error), SOCKET_ERROR);
    assert_int_equal(error, WSANOTINITIALISED);
}

static void an_ioctl_reports_through_its_own_error_and_not_the_threads(void **state)
{
    (void)state;
    const WSPPROC_TABLE table = start();
    INET_PORT_RANGE range = {htons(5000), 2};
    INET_PORT_RESERVATION_INSTANCE instance;
    DWORD count = 0;
    int error = 0;
    SOCKET s =
        table.lpWSPSocket(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED, &error);
    assert_true(s != INVALID_SOCKET);
    WSASetLastError(4711);
    assert_int_equal(table.lpWSPIoctl(s, SIO_ACQUIRE_PORT_RESERVATION, &range, 4, &instance, 16,
                                      &count, NULL, NULL, NULL, &error),
                     0);
    assert_int_equal(table.lpWSPIoctl(s, SIO_ACQUIRE_PORT_RESERVATION, &range, 4, &instance, 16,
                                      &count, NULL, NULL, NULL, &error),
                     SOCKET_ERROR);
    assert_int_equal(error, WSAEADDRINUSE);
    assert_int_equal(WSAGetLastError(), 4711);
    assert_int_equal(table.lpWSPCloseSocket(s, &error), 0);
    assert_int_equal(table.lpWSPCloseSocket(s, &error), SOCKET_ERROR);
    assert_int_equal(error, WSAENOTSOCK);
}

static void what_tcp_does_not_have_is_refused(void **state)
{
    (void)state;
    const WSPPROC_TABLE table = start();
    WSABUF name = {0, NULL};
    QOS qos;
    int error = 0;
    assert_false(table.lpWSPGetQOSByName(tcp(), &name, &qos, &error));
    assert_int_equal(error, WSAEINVAL);
    error = 0;
    assert_int_equal(table.lpWSPSendDisconnect(tcp(), &name, &error), SOCKET_ERROR);
    assert_int_equal(error, WSAENOPROTOOPT);
    error = 0;
    assert_int_equal(table.lpWSPCancelBlockingCall(&error), SOCKET_ERROR);
    assert_int_equal(error, WSAEINVAL);
    error = 0;
    assert_true(table.lpWSPJoinLeaf(tcp(), NULL, 0, NULL, NULL, NULL, NULL, JL_BOTH, &error) ==
                INVALID_SOCKET);
    assert_int_equal(error, WSAEOPNOTSUPP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WINSOCK_TEST(the_table_has_no_hole),
        WINSOCK_TEST(an_older_version_is_refused_and_bad_pointers_too),
        WINSOCK_TEST(startups_are_counted),
        WINSOCK_TEST(an_ioctl_reports_through_its_own_error_and_not_the_threads),
        WINSOCK_TEST(what_tcp_does_not_have_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
