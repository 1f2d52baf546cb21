/* For the unit tests of this floor: the test is an elevated process that has called WSAStartup. */
#ifndef SIM_WINSOCK_FIXTURE_H
#define SIM_WINSOCK_FIXTURE_H

#include "sim/afd/fixture.h"
#include "sim/winsock/winsock.h"

#include <winsock2.h>

#include <mstcpip.h>
#include <ws2tcpip.h>

static inline int setup_stack(void **state)
{
    setup_sockets(state);
    struct winsock *winsock = winsock_boot(afd);
    assert_non_null(winsock);
    winsock_attach(winsock);
    return 0;
}

static inline int setup_winsock(void **state)
{
    WSADATA data;
    setup_stack(state);
    assert_int_equal(WSAStartup(MAKEWORD(2, 2), &data), 0);
    return 0;
}

static inline int teardown_winsock(void **state)
{
    winsock_attach(NULL);
    userspace_close(&self->userspace);
    return teardown_sockets(state);
}

#define assert_wsa(call, error)                                                                    \
    do {                                                                                           \
        assert_int_equal((call), SOCKET_ERROR);                                                    \
        assert_int_equal(WSAGetLastError(), (error));                                              \
    } while (0)

#define assert_works(call)                                                                         \
    do {                                                                                           \
        WSASetLastError(4711);                                                                     \
        assert_int_equal((call), 0);                                                               \
        assert_int_equal(WSAGetLastError(), 0);                                                    \
    } while (0)

static inline SOCKET tcp(void)
{
    SOCKET s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    assert_true(s != INVALID_SOCKET);
    return s;
}

static inline SOCKET udp(void)
{
    SOCKET s = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    assert_true(s != INVALID_SOCKET);
    return s;
}

static inline SOCKADDR_IN loopback(u_short port)
{
    SOCKADDR_IN name = {.sin_family = AF_INET, .sin_port = htons(port)};
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return name;
}

static inline int bind_loopback(SOCKET s, u_short port)
{
    const SOCKADDR_IN name = loopback(port);
    return bind(s, (const struct sockaddr *)&name, sizeof name);
}

static inline u_short socket_port(SOCKET s)
{
    SOCKADDR_IN name;
    int size = sizeof name;
    if (getsockname(s, (struct sockaddr *)&name, &size) != 0)
        return 0;
    return ntohs(name.sin_port);
}

/* Pages of the guest's that cannot be touched, and the last bytes before them. */
static inline char *bad_page(void)
{
    char *pages = userspace_allocate(&self->userspace, 3 * PAGE_SIZE_BYTES);
    assert_non_null(pages);
    assert_status(userspace_protect(&self->userspace, pages + PAGE_SIZE_BYTES, PAGE_SIZE_BYTES,
                                    PAGE_STATE_NO_ACCESS),
                  STATUS_SUCCESS);
    assert_status(userspace_protect(&self->userspace, pages + 2 * PAGE_SIZE_BYTES, PAGE_SIZE_BYTES,
                                    PAGE_STATE_READ),
                  STATUS_SUCCESS);
    return pages + PAGE_SIZE_BYTES;
}

static inline char *read_only_page(void)
{
    return bad_page() + PAGE_SIZE_BYTES;
}

#define WINSOCK_TEST(name) cmocka_unit_test_setup_teardown(name, setup_winsock, teardown_winsock)
#define STACK_TEST(name) cmocka_unit_test_setup_teardown(name, setup_stack, teardown_winsock)

#endif
