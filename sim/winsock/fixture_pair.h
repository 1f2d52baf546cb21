/* For the tests of moving bytes: connected pairs of sockets, and threads that serve. */
#ifndef SIM_WINSOCK_FIXTURE_PAIR_H
#define SIM_WINSOCK_FIXTURE_PAIR_H

#include "sim/winsock/fixture.h"

#include <mswsock.h>

struct pair {
    SOCKET listener, client, server;
};

static inline SOCKET listening(u_short port)
{
    SOCKET s = tcp();
    assert_works(bind_loopback(s, port));
    assert_works(listen(s, 5));
    return s;
}

static inline int connect_loopback(SOCKET s, u_short port)
{
    const SOCKADDR_IN name = loopback(port);
    return connect(s, (const struct sockaddr *)&name, sizeof name);
}

static inline struct pair connected(u_short port)
{
    struct pair pair = {.listener = listening(port), .client = tcp()};
    assert_works(connect_loopback(pair.client, port));
    pair.server = accept(pair.listener, NULL, NULL);
    assert_true(pair.server != INVALID_SOCKET);
    return pair;
}

static inline void close_sockets(const struct pair *pair)
{
    assert_works(closesocket(pair->client));
    assert_works(closesocket(pair->server));
    assert_works(closesocket(pair->listener));
}

static inline void send_text(SOCKET s, const char *text)
{
    assert_int_equal(send(s, text, (int)strlen(text), 0), (int)strlen(text));
}

static inline void assert_received(SOCKET s, const char *text)
{
    char bytes[64] = {0};
    assert_int_equal(recv(s, bytes, sizeof bytes - 1, 0), (int)strlen(text));
    assert_string_equal(bytes, text);
}

static inline void non_blocking(SOCKET s)
{
    u_long on = 1;
    assert_works(ioctlsocket(s, FIONBIO, &on));
}

/* Lets everything under way arrive. */
static inline void settle(void)
{
    wait_for_time(machine.nt, 50000000, "the test");
}

#endif
