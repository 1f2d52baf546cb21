/* TCP: connections between endpoints of this machine and with scripted hosts beyond it.
 *
 * Segments travel over wire.h, each one event of the engine: nothing reaches the peer, or the
 * owner, within the call that caused it. Sequence numbers, windows, acknowledgements,
 * retransmission, delayed close and TIME_WAIT are real; what an application cannot see (options on
 * the wire, checksums) is not there.
 *
 * A connection hangs on its endpoint (`endpoint->tcp`). It lives on by itself after endpoint_close
 * until it has closed in order (FIN_WAIT, TIME_WAIT, LAST_ACK); its port stays in the book until
 * then, and what a bind makes of it bindrules.c says.
 */
#ifndef SIM_TCPIP_TCP_H
#define SIM_TCPIP_TCP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/tcpip/tcpip.h"

/* What an endpoint's owner is told; only from events, never inside a call of his own on it. Each is
 * a hint to look: tcp_look() has the facts. Any may be NULL.
 */
struct endpoint_listener {
    void (*connected)(void *owner, nt_status status); /* how a tcp_connect ended */
    void (*incoming)(void *owner); /* a listener: one more connection can be accepted */
    void (*readable)(void *owner); /* bytes, an urgent byte, the peer's FIN, a datagram, an error */
    void (*writable)(void *owner); /* room in the send buffer, or bytes acknowledged */
    void (*aborted)(void *owner, nt_status status); /* a reset or a time-out ended the connection */
};

/* `listener` is borrowed and constant. NULL to tell nobody. */
void endpoint_set_listener(struct endpoint *endpoint, const struct endpoint_listener *listener,
                           void *owner);

/* The endpoint is bound. Any backlog is good: below 1 counts as 1; SOMAXCONN (0x7fffffff) and
 * SOMAXCONN_HINT(n) (-n) as on the listen page. A second call only changes the backlog.
 *   STATUS_INSUFFICIENT_RESOURCES
 */
nt_status tcp_listen(struct endpoint *endpoint, int backlog);

/* Whether the listener holds SYNs back until tcp_accept or tcp_refuse (SO_CONDITIONAL_ACCEPT). */
void tcp_listen_conditionally(struct endpoint *endpoint, bool conditional);

/* Begins a handshake from a bound endpoint; `connected` tells the end:
 *   STATUS_SUCCESS
 *   STATUS_CONNECTION_REFUSED      by a reset; the SYN is tried again for 2 s (`refused_connect`)
 *   STATUS_IO_TIMEOUT              five SYNs, 1 s apart and then twice as long, 21 s in all
 * Answers STATUS_PENDING, or at once:
 *   STATUS_INVALID_PARAMETER       it listens
 *   STATUS_CONNECTION_ACTIVE       it is connected, connecting, or has been and is not reused
 *   STATUS_ADDRESS_ALREADY_EXISTS  the same four-tuple is in use, TIME_WAIT included
 *   STATUS_NETWORK_UNREACHABLE     no unicast address, or no way there from the bound one
 *   STATUS_INSUFFICIENT_RESOURCES
 * What tcp_look says is `local` is the address it really uses, when it was bound to the wildcard.
 * After a failure the endpoint is bound as before and may try again.
 */
nt_status tcp_connect(struct endpoint *endpoint, const struct address *address, uint16_t port);

/* Gives up a handshake that is under way. */
void tcp_connect_cancel(struct endpoint *endpoint);

struct tcp_peer {
    struct address address;
    uint16_t port;
};

/* The connection that waits longest on a listener. False when none does. */
bool tcp_incoming(const struct endpoint *listener, struct tcp_peer *peer);

/* Takes it: an endpoint of the listener's local port, connected, in the name of `process_id` and
 * `account`. NULL when none waits or the arena is full. A peer that has reset it meanwhile leaves a
 * connection that is aborted, as on Windows.
 */
struct endpoint *tcp_accept(struct endpoint *listener, uint32_t process_id, uint32_t account);

/* The same into an existing unbound endpoint (AcceptEx). STATUS_PENDING when none waits. */
nt_status tcp_accept_into(struct endpoint *listener, struct endpoint *endpoint);

/* Refuses the one that waits longest: the peer gets a reset. */
void tcp_refuse(struct endpoint *listener);

enum tcp_state {
    TCP_CLOSED,
    TCP_LISTEN,
    TCP_SYN_SENT,
    TCP_SYN_RECEIVED,
    TCP_ESTABLISHED,
    TCP_FIN_WAIT_1,
    TCP_FIN_WAIT_2,
    TCP_CLOSE_WAIT,
    TCP_CLOSING,
    TCP_LAST_ACK,
    TCP_TIME_WAIT
};

struct tcp_view {
    enum tcp_state state;
    uint32_t readable;     /* bytes in order that can be taken now, up to the urgent mark if any */
    uint32_t readable_all; /* the same, not stopping at a mark */
    uint32_t urgent;       /* urgent bytes that wait out of line */
    bool at_mark;     /* SIOCATMARK: the next byte follows or is the urgent one; TRUE without any */
    bool peer_closed; /* the peer's FIN has arrived (it may be behind `readable` bytes) */
    nt_status aborted; /* why the connection is gone: STATUS_CONNECTION_RESET, STATUS_IO_TIMEOUT,
                          STATUS_CONNECTION_ABORTED; STATUS_SUCCESS while it is not */
    uint32_t send_buffered; /* bytes taken by tcp_send and not acknowledged */
    uint32_t incoming;      /* of a listener: connections waiting */
    uint64_t connected_ns;  /* when it was established; 0 before */
    struct tcp_peer peer;
    struct address local; /* the address it really uses */
};

/* Cheap: called for each readiness question. */
void tcp_look(const struct endpoint *endpoint, struct tcp_view *view);

/* Takes all `size` bytes into the send buffer, however full it is: how much may be taken is the
 * owner's decision (SO_SNDBUF). `urgent` marks the last byte.
 *   STATUS_INVALID_CONNECTION, STATUS_PIPE_DISCONNECTED (after tcp_shutdown_send), the `aborted`
 *   status, STATUS_INSUFFICIENT_RESOURCES
 */
nt_status tcp_send(struct endpoint *endpoint, const void *bytes, uint32_t size, bool urgent);

enum tcp_receive_flag { TCP_PEEK = 1, TCP_URGENT = 2 };

/* Takes up to `size` bytes; stops at an urgent mark. `*got` 0 with STATUS_SUCCESS is the peer's
 * FIN; STATUS_PENDING means nothing is there yet. What had arrived before a reset is lost with it,
 * as on Windows: the `aborted` status.
 */
nt_status tcp_receive(struct endpoint *endpoint, void *bytes, uint32_t size, unsigned flags,
                      uint32_t *got);

/* SO_RCVBUF: the window offered. SO_OOBINLINE. TCP_NODELAY. */
void tcp_set_receive_buffer(struct endpoint *endpoint, uint32_t size);
void tcp_set_urgent_inline(struct endpoint *endpoint, bool in_line);
void tcp_set_no_delay(struct endpoint *endpoint, bool on);

/* SO_KEEPALIVE, SIO_KEEPALIVE_VALS, TCP_KEEPIDLE and its kin; 0 for what the system has. */
struct tcp_keep_alive {
    bool on;
    uint32_t idle_ms, interval_ms;
    uint8_t count; /* of probes without an answer */
};
void tcp_set_keep_alive(struct endpoint *endpoint, const struct tcp_keep_alive *values);

/* How patient a connection is with its peer; each 0 for the system's. */
enum { TCP_FOR_EVER = -1 };
struct tcp_patience {
    uint32_t limit_ms; /* TCP_MAXRT: without an answer, to a SYN or to bytes; or TCP_FOR_EVER */
    uint16_t first_ms; /* SIO_TCP_INITIAL_RTO: to the first SYN */
    uint8_t syns;      /* at most, those behind a refusal too */
    uint8_t held;      /* SIO_TCP_SET_ACK_FREQUENCY: segments that one acknowledgement is for */
};
void tcp_set_patience(struct endpoint *endpoint, const struct tcp_patience *patience);

/* Sends a FIN behind what is buffered. */
nt_status tcp_shutdown_send(struct endpoint *endpoint);

/* Receives no more: bytes that arrive from now on are dropped (row 217). */
void tcp_shutdown_receive(struct endpoint *endpoint);

/* Resets the connection, or drops a handshake: the peer sees STATUS_CONNECTION_RESET. The endpoint
 * is CLOSED. endpoint_close afterwards leaves nothing behind.
 */
void tcp_abort(struct endpoint *endpoint);

/* endpoint_close on an open connection: FIN behind what is buffered, and on alone; but unread
 * bytes, or bytes that arrive later, reset it.
 */

/* Disconnects an endpoint that has closed in order or was aborted, so that it can be used again
 * (DisconnectEx with TF_REUSE_SOCKET): unbound. STATUS_INVALID_CONNECTION else.
 */
nt_status tcp_reuse(struct endpoint *endpoint);

void tcp_check(const struct endpoint *endpoint);

#endif
