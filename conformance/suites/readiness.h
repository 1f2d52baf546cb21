/* Sets of sockets, and what the cases of select, WSAPoll and the event selections share. Asserts,
 * so for the first thread of a case only.
 */
#ifndef CONFORMANCE_READINESS_H
#define CONFORMANCE_READINESS_H

#include "conformance/suites/datagram.h"

static inline fd_set set_of(SOCKET s)
{
    fd_set set;
    memset(&set, 0, sizeof(set));
    set.fd_count = 1;
    set.fd_array[0] = s;
    return set;
}

static inline struct timeval milliseconds(unsigned count)
{
    struct timeval limit;
    limit.tv_sec = (long)(count / 1000);
    limit.tv_usec = (long)(count % 1000 * 1000);
    return limit;
}

/* A stream socket that began to connect to `port` and did not wait for it. */
static inline SOCKET connecting_to(USHORT port)
{
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    set_blocking(s, false);
    assert_int_equal(connect_loopback(s, port), WSAEWOULDBLOCK);
    return s;
}

/* Closed so that the peer gets a reset. */
static inline void close_abortively(SOCKET s)
{
    struct linger linger;
    linger.l_onoff = 1;
    linger.l_linger = 0;
    assert_int_equal(setsockopt(s, SOL_SOCKET, SO_LINGER, (const char *)&linger, sizeof(linger)),
                     0);
    close_socket(s);
}

/* Sends until there is no more room; how much that was. */
static inline unsigned long fill(SOCKET s)
{
    static char bytes[65536];
    unsigned long total = 0;
    set_blocking(s, false);
    for (;;) {
        const int sent = send(s, bytes, sizeof(bytes), 0);
        if (sent == SOCKET_ERROR)
            break;
        total += (unsigned long)sent;
    }
    assert_int_equal(WSAGetLastError(), WSAEWOULDBLOCK);
    return total;
}

/* Receives so much, and waits for it. */
static inline void drain(SOCKET s, unsigned long total)
{
    static char bytes[65536];
    set_blocking(s, true);
    while (total > 0) {
        const int want = total < sizeof(bytes) ? (int)total : (int)sizeof(bytes);
        const int got = recv(s, bytes, want, 0);
        assert_true(got > 0);
        total -= (unsigned long)got;
    }
}

#endif
