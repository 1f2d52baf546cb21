/* What the tests of runtime/ say often. */
#ifndef SIM_RUNTIME_TEST_MACHINE_H
#define SIM_RUNTIME_TEST_MACHINE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <winsock2.h>

#include <iphlpapi.h>
#include <mstcpip.h>

#include "berth/berth.h"

static const struct berth_launch elevated = {
    .account = BERTH_ADMIN, .run_as = true, .consent = true};
static const struct berth_launch standard = {.account = BERTH_STANDARD};

static inline struct berth *new_machine(uint64_t seed)
{
    const struct berth_config config = {.seed = seed};
    struct berth *machine = berth_new(&config);
    assert_non_null(machine);
    return machine;
}

static inline void boot_and_enter(struct berth *machine, const struct berth_launch *launch)
{
    WSADATA data;
    assert_true(berth_boot(machine));
    assert_int_equal(berth_enter(machine, launch), 0);
    assert_int_equal(WSAStartup(MAKEWORD(2, 2), &data), 0);
}

static inline ULONG create(unsigned first, unsigned count)
{
    ULONG64 token;
    return CreatePersistentTcpPortReservation(htons((USHORT)first), (USHORT)count, &token);
}

static inline ULONG remove_block(unsigned first, unsigned count)
{
    return DeletePersistentTcpPortReservation(htons((USHORT)first), (USHORT)count);
}

static inline SOCKET tcp_socket(void)
{
    SOCKET s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    assert_int_not_equal(s, INVALID_SOCKET);
    return s;
}

static inline int bind_port(SOCKET s, unsigned port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((USHORT)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return bind(s, (const struct sockaddr *)&address, sizeof address);
}

static inline unsigned port_of(SOCKET s)
{
    struct sockaddr_in address;
    int size = sizeof address;
    assert_int_equal(getsockname(s, (struct sockaddr *)&address, &size), 0);
    return ntohs(address.sin_port);
}

static inline ULONG64 acquire(SOCKET s, unsigned first, unsigned count)
{
    INET_PORT_RANGE range = {.StartPort = htons((USHORT)first), .NumberOfPorts = (USHORT)count};
    INET_PORT_RESERVATION_INSTANCE instance;
    DWORD size;
    assert_int_equal(WSAIoctl(s, SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof range, &instance,
                              sizeof instance, &size, NULL, NULL),
                     0);
    return instance.Token;
}

static inline bool pool_has(struct berth *machine, const char *line)
{
    static char pool[1 << 16];
    berth_describe_pool(machine, pool, sizeof pool);
    return strstr(pool, line) != NULL;
}

#endif
