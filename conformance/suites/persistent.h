/* The six functions of persistent reservations by protocol, with ports in host byte order. Asserts
 * nothing but where it says so, for a testbed_program uses it too.
 */
#ifndef CONFORMANCE_PERSISTENT_H
#define CONFORMANCE_PERSISTENT_H

#include "conformance/suites/windows_api.h"

#include "conformance/suites/suite.h"

enum block_protocol { TCP_BLOCK, UDP_BLOCK };

static inline const char *block_protocol_name(enum block_protocol protocol)
{
    return protocol == TCP_BLOCK ? "tcp" : "udp";
}

static inline enum block_protocol the_other_protocol(enum block_protocol protocol)
{
    return protocol == TCP_BLOCK ? UDP_BLOCK : TCP_BLOCK;
}

static inline SOCKET block_socket(enum block_protocol protocol)
{
    return protocol == TCP_BLOCK ? tcp_socket() : udp_socket();
}

static inline ULONG create_block(enum block_protocol protocol, unsigned first, unsigned count,
                                 ULONG64 *token)
{
    if (!persistent_functions_exist())
        return (ULONG)unless_missing(ERROR_PROC_NOT_FOUND);
    if (protocol == TCP_BLOCK)
        return CreatePersistentTcpPortReservation(htons((USHORT)first), (USHORT)count, token);
    return CreatePersistentUdpPortReservation(htons((USHORT)first), (USHORT)count, token);
}

static inline ULONG delete_block(enum block_protocol protocol, unsigned first, unsigned count)
{
    if (!persistent_functions_exist())
        return (ULONG)unless_missing(ERROR_PROC_NOT_FOUND);
    if (protocol == TCP_BLOCK)
        return DeletePersistentTcpPortReservation(htons((USHORT)first), (USHORT)count);
    return DeletePersistentUdpPortReservation(htons((USHORT)first), (USHORT)count);
}

static inline ULONG lookup_block(enum block_protocol protocol, unsigned first, unsigned count,
                                 ULONG64 *token)
{
    if (!persistent_functions_exist())
        return (ULONG)unless_missing(ERROR_PROC_NOT_FOUND);
    if (protocol == TCP_BLOCK)
        return LookupPersistentTcpPortReservation(htons((USHORT)first), (USHORT)count, token);
    return LookupPersistentUdpPortReservation(htons((USHORT)first), (USHORT)count, token);
}

/* What Lookup answers; the token does not matter. */
static inline ULONG looked_up(enum block_protocol protocol, unsigned first, unsigned count)
{
    ULONG64 token = 0;
    return lookup_block(protocol, first, count, &token);
}

/* 0 when an acquire of the ports on a socket of their own is granted; they are given back. */
static inline unsigned probe_block(enum block_protocol protocol, unsigned first, unsigned count)
{
    const SOCKET s = block_socket(protocol);
    INET_PORT_RESERVATION_INSTANCE instance;
    const unsigned answer = acquire_block(s, (USHORT)first, (USHORT)count, &instance);
    closesocket(s);
    return answer;
}

/* What an explicit bind of a socket nobody associated gets; the socket is closed again. */
static inline unsigned probe_bind(enum block_protocol protocol, unsigned port)
{
    const SOCKET s = block_socket(protocol);
    const unsigned answer = bind_loopback(s, (USHORT)port);
    closesocket(s);
    return answer;
}

static inline bool in_block(unsigned port, unsigned first, unsigned count)
{
    return port >= first && port < first + count;
}

/* The first of `count` ports that nobody uses. For cases: skips where the test bed has none. */
static inline unsigned free_range(unsigned count)
{
    const unsigned first = testbed_ports(count);
    REQUIRE_TESTBED(first != 0);
    return first;
}

/* Ranges that share ports with a block of ten at place 10, and are not it. */
struct near_range {
    const char *where;
    unsigned at, count;
    bool part; /* lies wholly inside the block */
};

enum { NEAR_BLOCK_AT = 10, NEAR_BLOCK_COUNT = 10, NEAR_RANGES_SPAN = 30 };

// clang-format off
static const struct near_range near_ranges[] = {
    {"its first port",              10,  1, true},
    {"its last port",               19,  1, true},
    {"its middle",                  13,  3, true},
    {"one port fewer",              10,  9, true},
    {"one port fewer at the head",  11,  9, true},
    {"one port more",               10, 11, false},
    {"one port more at the head",    9, 11, false},
    {"shifted by one",              11, 10, false},
    {"shifted back by one",          9, 10, false},
    {"over its first port",          5,  6, false},
    {"over its last port",          19,  6, false},
    {"all around it",                5, 20, false},
};
// clang-format on

enum { NEAR_RANGE_COUNT = sizeof(near_ranges) / sizeof(near_ranges[0]) };

/* tcp_NAME and udp_NAME, the cases of a function that takes the protocol. */
#define FOR_TCP_AND_UDP(name)                                                                      \
    static void tcp_##name(void)                                                                   \
    {                                                                                              \
        name(TCP_BLOCK);                                                                           \
    }                                                                                              \
    static void udp_##name(void)                                                                   \
    {                                                                                              \
        name(UDP_BLOCK);                                                                           \
    }

/* An answer among several of one case: the failure names the one. */
#define assert_answer(what, got, wanted)                                                           \
    do {                                                                                           \
        const unsigned long answer_got = (unsigned long)(got);                                     \
        const unsigned long answer_wanted = (unsigned long)(wanted);                               \
        if (answer_got != answer_wanted)                                                           \
            fail_msg("%s: answered %lu, not %lu", (what), answer_got, answer_wanted);              \
    } while (0)

#define assert_refused(what, got)                                                                  \
    do {                                                                                           \
        if ((got) == 0)                                                                            \
            fail_msg("%s: granted", (what));                                                       \
    } while (0)

#endif
