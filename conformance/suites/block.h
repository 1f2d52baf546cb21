/* Blocks of reserved ports as the cases hold them: on a socket of their own, since nobody promises
 * that one socket may have several. Asserts, so for the first thread of a case only. Ports are in
 * host byte order.
 */
#ifndef CONFORMANCE_BLOCK_H
#define CONFORMANCE_BLOCK_H

#include "conformance/suites/windows_api.h"

#include "conformance/suites/suite.h"

struct block {
    SOCKET s; /* the acquiring socket */
    int family;
    int type;
    USHORT first;
    USHORT count;
    ULONG64 token;
};

/* The four kinds of socket that reservations are for. */
struct socket_kind {
    int family;
    int type;
};

static const struct socket_kind SOCKET_KINDS[] = {
    {AF_INET, SOCK_STREAM}, {AF_INET, SOCK_DGRAM}, {AF_INET6, SOCK_STREAM}, {AF_INET6, SOCK_DGRAM}};

enum { SOCKET_KIND_COUNT = 4 };

#define END_WINSOCK() assert_int_equal(WSACleanup(), 0)

/* The value is one of those named. */
#define assert_one_of(value, ...)                                                                  \
    do {                                                                                           \
        const LargestIntegralType allowed_[] = {__VA_ARGS__};                                      \
        assert_in_set((value), allowed_, sizeof(allowed_) / sizeof(allowed_[0]));                  \
    } while (0)

static inline SOCKET open_socket(int family, int type)
{
    const SOCKET s = socket(family, type, type == SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP);
    assert_true(s != INVALID_SOCKET);
    return s;
}

static inline void close_socket(SOCKET s)
{
    assert_int_equal(closesocket(s), 0);
}

/* A range of `count` ports whose first port does not read the same with its bytes swapped. */
static inline USHORT free_ports(USHORT count)
{
    const USHORT first = testbed_ports(count + 1u);
    REQUIRE_TESTBED(first != 0);
    return first >> 8 == (first & 0xFF) ? (USHORT)(first + 1) : first;
}

static inline struct block hold(int family, int type, USHORT first, USHORT count)
{
    struct block block = {open_socket(family, type), family, type, 0, 0, 0};
    INET_PORT_RESERVATION_INSTANCE instance;
    memset(&instance, 0, sizeof(instance));
    assert_int_equal(acquire_block(block.s, first, count, &instance), 0);
    block.first = ntohs(instance.StartPort);
    block.count = instance.NumberOfPorts;
    block.token = instance.Token;
    return block;
}

static inline struct block hold_tcp(USHORT first, USHORT count)
{
    return hold(AF_INET, SOCK_STREAM, first, count);
}

static inline struct block hold_udp(USHORT first, USHORT count)
{
    return hold(AF_INET, SOCK_DGRAM, first, count);
}

/* Ends the block by closing its socket. */
static inline void let_go(const struct block *block)
{
    close_socket(block->s);
}

static inline bool lies_in(const struct block *block, USHORT port)
{
    return port >= block->first && port - block->first < block->count;
}

static inline unsigned bind_by_family(SOCKET s, int family, USHORT port)
{
    return family == AF_INET6 ? bind_ipv6_loopback(s, port) : bind_loopback(s, port);
}

/* A new socket of the block's kind, associated and not yet bound. */
static inline SOCKET associated_socket(const struct block *block)
{
    const SOCKET s = open_socket(block->family, block->type);
    assert_int_equal(associate_block(s, block->token), 0);
    return s;
}

/* A new socket bound to a port of the block. */
static inline SOCKET bound_in_block(const struct block *block)
{
    const SOCKET s = associated_socket(block);
    assert_int_equal(bind_by_family(s, block->family, 0), 0);
    assert_true(lies_in(block, bound_port(s)));
    return s;
}

/* Nobody has any of the ports, or each of them is somebody's, in one protocol. */
static inline void assert_ports_free(int family, int type, USHORT first, USHORT count)
{
    for (USHORT i = 0; i < count; i++)
        assert_int_equal(probe_port(family, type, (USHORT)(first + i)), 0);
}

static inline void assert_ports_taken(int family, int type, USHORT first, USHORT count)
{
    for (USHORT i = 0; i < count; i++)
        assert_int_not_equal(probe_port(family, type, (USHORT)(first + i)), 0);
}

static inline void assert_block_held(const struct block *block)
{
    assert_ports_taken(block->family, block->type, block->first, block->count);
}

#endif
