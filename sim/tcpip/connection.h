/* A TCP connection from the inside; tcp.h has the calls. The parts see one another here:
 *
 *   tcp.c            what the owner calls          tcp_segment.c  what arrives
 *   tcp_listen.c     listeners and their queues    tcp_output.c   what is sent
 *   tcp_close.c      how a connection ends         tcp_timer.c    what time does
 *   tcp_urgent.c     urgent bytes and marks        flow.c         how much, and how patiently
 *
 * Bytes stay in the sender's `out` until they are acknowledged. A segment names them by sequence
 * number and they are fetched when it is delivered; so a connection that is gone for its owner
 * lives on while segments of it are on the wire.
 *
 * Where nothing can be lost, what arrives is acknowledged in the event that delivers it, without a
 * segment of its own, and no timer runs.
 */
#ifndef SIM_TCPIP_CONNECTION_H
#define SIM_TCPIP_CONNECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/tcpip/bytequeue.h"
#include "sim/tcpip/endpoint.h"
#include "sim/tcpip/link.h"
#include "sim/tcpip/place.h"
#include "sim/tcpip/pool.h"
#include "sim/tcpip/tcp.h"

struct mark;
struct segment;
struct tcp_flow;

/* What few connections have. */
struct tcp_extra {
    struct tcp_flow *flow;      /* NULL where nothing can be lost; see flow.h */
    struct mark *send_marks;    /* urgent bytes not acknowledged: sequence numbers, ascending */
    struct mark *receive_marks; /* bytes that can be read before the mark, ascending */
    struct bytequeue urgent;    /* urgent bytes out of line */
    struct segment *early;      /* segments beyond a gap, ascending */
};

struct tcp {
    struct tcpip *tcpip;
    struct tcp *next_tuple;
    struct tcp *next, *previous; /* in its listener's queue, or among those in TIME_WAIT */
    struct endpoint *endpoint;   /* NULL while it waits on a listener */
    struct endpoint *origin;     /* the listener whose port it shares, or NULL */
    struct bytequeue out;        /* from snd_una on (while a SYN is out, from the byte behind it) */
    struct bytequeue in;
    struct tcp_extra *extra;
    uint64_t timer;          /* an event; in TIME_WAIT the time when it ends */
    uint64_t connected_ns;   /* until it is, when it began */
    uint64_t bytes_out : 48; /* each once */
    uint8_t tries;           /* retransmissions in a row; probes without an answer */
    uint8_t state : 4;       /* enum tcp_state */
    bool rewound : 1;        /* all from snd_nxt on is sent again */
    bool owes_reset : 1;     /* there was no memory for it; see tcp_send_reset */
    bool end_told : 1;       /* a receive gave the end */
    uint64_t bytes_in : 48;  /* each once */
    uint8_t interface : 2;   /* enum interface */
    uint8_t queue : 2;       /* enum tcp_queue_place */
    uint8_t refusals : 3;    /* of a handshake under way */
    bool in_tuples : 1;
    bool orphan : 1; /* its endpoint was closed */
    bool fin_wanted : 1;
    bool fin_sent : 1;
    bool peer_closed : 1;
    bool receive_shut : 1;
    struct place local, remote;
    uint32_t snd_una, snd_nxt, snd_wnd;
    uint32_t snd_max; /* while `rewound`: what was sent before, up to here */
    uint32_t rcv_nxt;
    uint32_t told;      /* the window last offered */
    uint32_t in_flight; /* segments on the wire or kept by the peer; and who is at work on it */
    nt_status aborted;
};

#if !defined(_WIN32) /* whose compilers give bits of each type a word of their own */
_Static_assert(sizeof(struct tcp) <= 208, "connections come by the hundred thousand");
#endif

enum tcp_queue_place { QUEUE_NONE, QUEUE_SYN, QUEUE_ACCEPT, QUEUE_TIME_WAIT };

/* What an endpoint that listens has. */
struct tcp_listening {
    struct tcp_list syn;    /* handshakes under way */
    struct tcp_list accept; /* can be accepted */
    uint32_t backlog;
    uint32_t shares; /* connections of its port, queued or accepted */
    bool conditional;
};

enum {
    MSS_LOOPBACK = 65495,
    MSS_LAN = 1460,
    WINDOW_LEAST = MSS_LAN /* offered however small the receive buffer is */
};

static const uint64_t NS_PER_MS = 1000000;

static inline bool before(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b) < 0;
}

static inline bool tcp_is_instant(const struct tcp *tcp)
{
    return link_is_instant(tcp->tcpip, tcp->interface);
}

static inline uint64_t tcp_now(const struct tcp *tcp)
{
    return tcp->tcpip->nt->engine->now_ns;
}

static inline struct tcp *endpoint_tcp(const struct endpoint *endpoint)
{
    return endpoint->has_queue || endpoint->protocol != PROTOCOL_TCP ? NULL : endpoint->tcp;
}

void tcp_list_add(struct tcp_list *list, struct tcp *tcp);
void tcp_list_remove(struct tcp_list *list, struct tcp *tcp);

/* ---- tcp.c ----------------------------------------------------------------------------------- */

/* The peer, as a socket of that family sees it. */
struct tcp_peer tcp_peer_of(const struct tcp *tcp, enum family family);

/* ---- tcp_close.c --------------------------------------------------------------------------- */

/* A connection in no state yet; NULL when the arena is full or the tuple is in use. */
struct tcp *tcp_new(struct tcpip *tcpip, const struct place *local, const struct place *remote);

/* Until tcp_unpin it stays in memory, whatever becomes of it. */
void tcp_pin(struct tcp *tcp);
void tcp_unpin(struct tcp *tcp);

/* It is over: out of the table, and out of the book with an endpoint that was closed. */
void tcp_finish(struct tcp *tcp);

/* The connection is gone: bytes that wait are lost. Tells the owner. */
void tcp_lose(struct tcp *tcp, nt_status why);

/* Resets the peer and finishes without telling the owner. */
void tcp_reset_peer(struct tcp *tcp);

/* Sends a reset. Without memory it goes as soon as tcp_finish is done, as an event that needs
 * none. The caller finishes the connection.
 */
void tcp_send_reset(struct tcp *tcp);

void tcp_enter_time_wait(struct tcp *tcp);

/* endpoint_close's part. True when the endpoint has to stay in the book for now. */
bool tcp_endpoint_closed(struct endpoint *endpoint);

/* ---- tcp_listen.c -------------------------------------------------------------------------- */

void listener_syn_arrived(struct endpoint *listener, const struct segment *segment);
void listener_established(struct tcp *tcp); /* from the SYN queue to the accept queue */
void listener_dequeue(struct tcp *tcp);
void listener_unshare(struct tcp *tcp); /* it lets go of its origin's port */
bool listener_closed(struct endpoint *endpoint);

/* ---- tcp_timer.c --------------------------------------------------------------------------- */

void tcp_timer_clear(struct tcp *tcp);

/* Sets the timer that the state calls for, anew. */
void tcp_timer_restart(struct tcp *tcp);

/* Its link loses segments from now on: what is on its way needs a timer. */
void tcp_link_changed(struct tcp *tcp);

/* A SYN was answered by a reset. */
void tcp_connect_refused(struct tcp *tcp);

/* ---- tcp_check.c --------------------------------------------------------------------------- */

void tcp_check_connection(const struct tcp *tcp);
void tcp_check_all(const struct tcpip *tcpip);

#endif
