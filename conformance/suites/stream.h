/* Connections as the cases of the stream suites hold them. Asserts, so for the first thread of a
 * case only; what runs on others is the case's own, and says what it found in its argument.
 */
#ifndef CONFORMANCE_STREAM_H
#define CONFORMANCE_STREAM_H

#include "conformance/suites/windows_api.h"

#include "conformance/suites/block.h"
#include "conformance/suites/suite.h"

/* Longer than anything here takes; met only by a stack that has lost something. */
enum { STREAM_PATIENCE_MS = 10000 };

/* What the head of an OVERLAPPED says, as NTSTATUS numbers. */
#define INTERNAL_PENDING ((ULONG_PTR)0x103)
#define INTERNAL_CONNECTION_REFUSED ((ULONG_PTR)0xC0000236)
#define INTERNAL_BUFFER_TOO_SMALL ((ULONG_PTR)0xC0000023)

/* 192.0.2.254, of a network that is kept for examples: nobody answers, and nobody says so. */
enum { SILENT_PORT = 9 };
#define SILENT_ADDRESS ((ULONG)0xC00002FE)

struct pair {
    SOCKET listener;
    SOCKET client;
    SOCKET server;
    USHORT port; /* the listener's */
};

static inline const struct sockaddr *address_at(const void *name)
{
    return name;
}

static inline unsigned connect_ipv4(SOCKET s, ULONG address, USHORT port)
{
    const struct sockaddr_in peer = ipv4_address(address, port);
    return winsock_outcome(connect(s, address_at(&peer), sizeof(peer)));
}

static inline unsigned connect_loopback(SOCKET s, USHORT port)
{
    return connect_ipv4(s, INADDR_LOOPBACK, port);
}

static inline SOCKET listen_on_loopback(USHORT *port)
{
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    assert_int_equal(bind_loopback(s, 0), 0);
    assert_int_equal(listen(s, SOMAXCONN), 0);
    *port = bound_port(s);
    return s;
}

static inline SOCKET accept_one(SOCKET listener)
{
    const SOCKET s = accept(listener, NULL, NULL);
    assert_true(s != INVALID_SOCKET);
    return s;
}

/* A connection over 127.0.0.1. */
static inline struct pair connected_pair(void)
{
    struct pair pair;
    pair.listener = listen_on_loopback(&pair.port);
    pair.client = open_socket(AF_INET, SOCK_STREAM);
    assert_int_equal(connect_loopback(pair.client, pair.port), 0);
    pair.server = accept_one(pair.listener);
    return pair;
}

static inline void close_pair(const struct pair *pair)
{
    close_socket(pair->client);
    close_socket(pair->server);
    close_socket(pair->listener);
}

/* A port where nobody listens, of a socket that holds it until the case closes it. */
static inline SOCKET deaf_socket(USHORT *port)
{
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    assert_int_equal(bind_loopback(s, 0), 0);
    *port = bound_port(s);
    return s;
}

static inline void set_blocking(SOCKET s, bool blocking)
{
    u_long on = !blocking;
    assert_int_equal(ioctlsocket(s, FIONBIO, &on), 0);
}

static inline void set_option(SOCKET s, int level, int option, DWORD value)
{
    assert_int_equal(setsockopt(s, level, option, (const char *)&value, sizeof(value)), 0);
}

static inline int so_error(SOCKET s)
{
    int error = -1;
    int size = sizeof(error);
    assert_int_equal(getsockopt(s, SOL_SOCKET, SO_ERROR, (char *)&error, &size), 0);
    return error;
}

/* ---- Readiness: whether select finds the socket in that set before the time is up -------------*/

enum ready_set { SET_READ, SET_WRITE, SET_EXCEPT };

static inline bool selected(SOCKET s, enum ready_set which, unsigned milliseconds)
{
    fd_set set;
    struct timeval limit;
    limit.tv_sec = (long)(milliseconds / 1000);
    limit.tv_usec = (long)(milliseconds % 1000 * 1000);
    memset(&set, 0, sizeof(set));
    set.fd_count = 1;
    set.fd_array[0] = s;
    return select(0, which == SET_READ ? &set : NULL, which == SET_WRITE ? &set : NULL,
                  which == SET_EXCEPT ? &set : NULL, &limit) == 1;
}

#define assert_becomes(s, which) assert_true(selected((s), (which), STREAM_PATIENCE_MS))
#define assert_is_not(s, which) assert_false(selected((s), (which), 0))

/* ---- Bytes ------------------------------------------------------------------------------------*/

static inline void send_bytes(SOCKET s, const char *bytes, int size)
{
    assert_int_equal(send(s, bytes, size, 0), size);
}

/* The next bytes are these, however the stack cuts them. */
static inline void expect_bytes(SOCKET s, const char *bytes, int size)
{
    char got[256];
    int have = 0;
    assert_in_range(size, 0, sizeof(got));
    while (have < size) {
        const int more = recv(s, got + have, size - have, 0);
        assert_true(more > 0);
        have += more;
    }
    assert_memory_equal(got, bytes, size);
}

/* The peer sends no more: 0 bytes. */
static inline void expect_end(SOCKET s)
{
    char byte;
    assert_int_equal(recv(s, &byte, 1, 0), 0);
}

/* ---- Threads and overlapped calls -------------------------------------------------------------*/

static inline HANDLE start_thread(LPTHREAD_START_ROUTINE routine, void *argument)
{
    const HANDLE thread = CreateThread(NULL, 0, routine, argument, 0, NULL);
    assert_non_null(thread);
    return thread;
}

static inline void join_thread(HANDLE thread)
{
    assert_int_equal(WaitForSingleObject(thread, STREAM_PATIENCE_MS), WAIT_OBJECT_0);
    assert_true(CloseHandle(thread));
}

/* An OVERLAPPED with an event of its own, and patterns where nothing may be written. */
static inline void overlapped_begin(WSAOVERLAPPED *overlapped)
{
    memset(overlapped, 0, sizeof(*overlapped));
    overlapped->Internal = 0xdead;
    overlapped->InternalHigh = 0xbeef;
    overlapped->hEvent = WSACreateEvent();
    assert_true(overlapped->hEvent != WSA_INVALID_EVENT);
}

/* Its end, as WSAGetOverlappedResult tells it: 0 or the error. */
static inline unsigned overlapped_end(SOCKET s, WSAOVERLAPPED *overlapped, DWORD *bytes)
{
    DWORD flags = 0;
    assert_int_equal(
        WSAWaitForMultipleEvents(1, &overlapped->hEvent, TRUE, STREAM_PATIENCE_MS, FALSE),
        WSA_WAIT_EVENT_0);
    *bytes = 0xdead;
    const BOOL success = WSAGetOverlappedResult(s, overlapped, bytes, FALSE, &flags);
    return success ? 0u : (unsigned)WSAGetLastError();
}

static inline void overlapped_close(const WSAOVERLAPPED *overlapped)
{
    assert_true(WSACloseEvent(overlapped->hEvent));
}

#endif
