/* Pairs of sockets, requests on them and threads, as the cases on I/O that pends hold them.
 *
 * Functions that assert are for the first thread of a case; those that say so may be called on any.
 * A wait for what must come lasts PATIENCE_MS, one for what must not come A_MOMENT_MS.
 */
#ifndef CONFORMANCE_PENDING_H
#define CONFORMANCE_PENDING_H

#include "conformance/suites/windows_api.h"

#include "conformance/suites/block.h"
#include "conformance/suites/suite.h"

enum {
    PATIENCE_MS = 5000,
    A_MOMENT_MS = 60,
    UNTOUCHED = 0x5A5A5A5A,
    PENDING_BYTES = 256,
    IO_IS_PENDING = 0x103 /* STATUS_PENDING */
};

/* Two sockets that reach each other: `a` is the one that is tested, `b` its peer. */
struct pair {
    SOCKET a, b;
};

/* A connection over loopback, or two datagram sockets connected to each other. */
struct pair tcp_pair(void);
struct pair udp_pair(void);
struct pair pair_of(int type);
void close_pair(const struct pair *pair);

/* The kinds of pair most promises hold for. */
static const int PAIR_TYPES[] = {SOCK_STREAM, SOCK_DGRAM};
enum { PAIR_TYPE_COUNT = 2 };

/* Listening on loopback, at a port of the system's choice; a socket bound to loopback. */
SOCKET loopback_listener(void);
SOCKET bound_tcp(void);
struct sockaddr_in name_of_socket(SOCKET s);

/* Connects a new socket to the listener. */
SOCKET connected_to(SOCKET listener);

/* The bytes of `text` go out, all of them. */
void send_text(SOCKET s, const char *text);

/* A plain recv gets exactly `text`, however often it has to be called. */
void assert_receives(SOCKET s, const char *text);

/* A request and what belongs to it until it has ended. */
struct pending {
    WSAOVERLAPPED overlapped; /* first: found again by its address */
    char bytes[PENDING_BYTES];
    DWORD count; /* the call's own count: UNTOUCHED before it */
    DWORD flags;
    unsigned begun; /* the call's outcome */
    /* Of a request on reservations. */
    INET_PORT_RANGE range;
    INET_PORT_RESERVATION_INSTANCE instance;
    ULONG64 token;
    DWORD size; /* once it is known: bytes */
    /* What a completion routine was told, and how often. */
    unsigned calls;
    DWORD error, transferred, routine_flags, thread;
};

/* A request nobody has begun, with a new event or without. */
void pending_init(struct pending *pending, bool event);

/* Closes the event. */
void pending_end(struct pending *pending);

/* On any thread, no assertions: begins a receive of up to PENDING_BYTES, or a send of `text`. */
void begin_receive(struct pending *pending, SOCKET s);
void begin_receive_of(struct pending *pending, SOCKET s, DWORD size);
void begin_receive_with_routine(struct pending *pending, SOCKET s);
void begin_send(struct pending *pending, SOCKET s, const char *text);

/* A control request that pends until the machine's addresses change. */
void begin_address_change(struct pending *pending, SOCKET s);
void begin_address_change_with_routine(struct pending *pending, SOCKET s);

/* An acquire of `count` ports from `first` on, into `instance`; an associate or a release. */
void begin_acquire(struct pending *pending, SOCKET s, USHORT first, USHORT count,
                   LPWSAOVERLAPPED_COMPLETION_ROUTINE routine);
void begin_token(struct pending *pending, SOCKET s, DWORD code, ULONG64 token,
                 LPWSAOVERLAPPED_COMPLETION_ROUTINE routine);

/* From now on the three calls on reservations take SLOW_MS; SKIPPED where that cannot be had. */
enum { SLOW_MS = 50 };
void require_slow_reservations(void);

/* Begins and asserts that it pends, with a new event or without. */
void receive_pends(struct pending *pending, SOCKET s, bool event);
void receive_pends_with_routine(struct pending *pending, SOCKET s);

/* The request ends, by its event, with 0 or the Winsock error. */
unsigned outcome_of(struct pending *pending, SOCKET s);

/* The same at once: WSA_IO_INCOMPLETE while it pends. */
unsigned result_of(struct pending *pending, SOCKET s);

/* It has not ended and does not end by itself. */
void assert_still_pends(const struct pending *pending);

/* The routine that the helpers give: writes down what it is told, in the struct of its OVERLAPPED.
 */
void CALLBACK record_completion(DWORD error, DWORD transferred, LPWSAOVERLAPPED overlapped,
                                DWORD flags);

/* Waits alertably until the routine has run. */
void await_routine(const struct pending *pending);

/* No routine is queued to this thread. */
void assert_no_routine_waits(void);

/* ---- Completion ports ------------------------------------------------------------------------ */

HANDLE new_port(DWORD concurrency);
void associate_port(HANDLE port, SOCKET s, ULONG_PTR key);

/* A packet as GetQueuedCompletionStatus gives it. `error` 0 is success, WAIT_TIMEOUT none. */
struct taken {
    DWORD error;
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *overlapped;
};

/* On any thread, no assertions. */
struct taken take_within(HANDLE port, DWORD milliseconds);

/* The next packet is this one; then the port is empty. */
void assert_packet(HANDLE port, const struct pending *pending, ULONG_PTR key, DWORD error,
                   DWORD bytes);
void assert_port_empty(HANDLE port);

/* Another handle to the socket, in this process. */
SOCKET duplicate_of(SOCKET s);

/* ---- Threads --------------------------------------------------------------------------------- */

HANDLE start_thread(LPTHREAD_START_ROUTINE run, void *parameter);

/* It ends, and its exit code. */
DWORD join_thread(HANDLE thread);

/* Until `*word` is `value`: false when it takes too long. On any thread. */
bool becomes(const volatile LONG *word, LONG value);
void assert_becomes(const volatile LONG *word, LONG value);

/* ---- Extension functions --------------------------------------------------------------------- */

LPFN_ACCEPTEX acceptex_of(SOCKET s);
LPFN_CONNECTEX connectex_of(SOCKET s);
LPFN_DISCONNECTEX disconnectex_of(SOCKET s);

/* AcceptEx with room for `receive` bytes of data; its outcome is in `begun`. */
enum { ACCEPTEX_ADDRESS = sizeof(struct sockaddr_in) + 16 };
void begin_accept(struct pending *pending, SOCKET listener, SOCKET acceptor, DWORD receive);
void accept_pends(struct pending *pending, SOCKET listener, SOCKET acceptor, DWORD receive);

#endif
