/* Datagram sockets as the cases hold them, and datagrams told from each other by what they say.
 * Asserts, so for the first thread of a case only.
 */
#ifndef CONFORMANCE_DATAGRAM_H
#define CONFORMANCE_DATAGRAM_H

#include "conformance/suites/stream.h"

/* How long a case waits to be sure that nothing comes. Only where no later datagram can tell. */
enum { QUIET_MS = 30 };

/* Bound to 127.0.0.1; a receive that nothing ends ends after a while. */
static inline SOCKET datagram_socket(void)
{
    const SOCKET s = udp_socket();
    assert_true(s != INVALID_SOCKET);
    assert_int_equal(bind_loopback(s, 0), 0);
    set_option(s, SOL_SOCKET, SO_RCVTIMEO, STREAM_PATIENCE_MS);
    return s;
}

static inline unsigned send_datagram(SOCKET s, const void *bytes, int size, USHORT port)
{
    const struct sockaddr_in to = ipv4_address(INADDR_LOOPBACK, port);
    const int sent = sendto(s, bytes, size, 0, address_at(&to), sizeof(to));
    return sent == size ? 0 : (unsigned)WSAGetLastError();
}

static inline void say(SOCKET s, const char *text, USHORT port)
{
    assert_int_equal(send_datagram(s, text, (int)strlen(text), port), 0);
}

/* The next datagram says this; the port it came from. */
static inline USHORT hear(SOCKET s, const char *text)
{
    char got[128];
    struct sockaddr_in from;
    int size = sizeof(from);
    memset(&from, 0, sizeof(from));
    memset(got, 0, sizeof(got));
    const int count = recvfrom(s, got, sizeof(got) - 1, 0, (struct sockaddr *)&from, &size);
    assert_int_equal(count, strlen(text));
    assert_string_equal(got, text);
    assert_int_equal(size, sizeof(from));
    assert_int_equal(from.sin_family, AF_INET);
    return ntohs(from.sin_port);
}

/* Two calls in one assertion would come in whichever order the compiler likes. */
static inline void assert_from(USHORT heard, SOCKET sender)
{
    assert_int_equal(heard, bound_port(sender));
}

/* What a receive that does not wait answers when it has nothing. */
static inline unsigned receive_now(SOCKET s, char *byte)
{
    set_blocking(s, false);
    const int count = recv(s, byte, 1, 0);
    const unsigned error = count >= 0 ? 0 : (unsigned)WSAGetLastError();
    set_blocking(s, true);
    WSASetLastError((int)error);
    return error;
}

static inline void hear_nothing(SOCKET s)
{
    char byte;
    assert_int_equal(receive_now(s, &byte), WSAEWOULDBLOCK);
}

/* A port of the loopback address where nobody is. */
static inline USHORT vacant_port(void)
{
    const SOCKET s = datagram_socket();
    const USHORT port = bound_port(s);
    close_socket(s);
    return port;
}

#endif
