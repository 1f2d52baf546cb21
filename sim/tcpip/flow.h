/* How much a connection may have on the wire, when what is there counts as lost, and when what has
 * arrived is acknowledged: RFC 5681, 6298 and 6582, in whole numbers. Where nothing can be lost a
 * connection has none of it; and one for which there was no memory does without.
 */
#ifndef SIM_TCPIP_FLOW_H
#define SIM_TCPIP_FLOW_H

#include "sim/tcpip/connection.h"
#include "sim/tcpip/tcp_info.h"

struct tcp_flow {
    struct tcp_limited limited[LIMIT_COUNT];
    uint64_t limited_ns;   /* since when `limit` is what it is */
    uint64_t timed_ns;     /* when `timed` was sent */
    uint64_t last_sent_ns; /* bytes, a SYN or a FIN */
    uint64_t silent_ns;    /* since when an answer is waited for */
    uint64_t ack_timer;    /* an event, while an acknowledgement is put off; or 0 */
    uint64_t bytes_again, bytes_early;
    uint32_t window;    /* the congestion window, in bytes */
    uint32_t threshold; /* between slow start and congestion avoidance */
    uint32_t credit;    /* bytes acknowledged since the window last grew by avoidance */
    uint32_t recover;   /* fast recovery lasts until this is acknowledged */
    uint32_t timed;     /* its acknowledgement tells the round trip's time */
    uint32_t round_trip_us, variation_us, least_us; /* 0 until there is a sample */
    uint32_t duplicates;                            /* acknowledgements in a row */
    uint32_t held;                                  /* segments not acknowledged yet */
    uint32_t duplicates_all, fast_again, syns_again;
    uint32_t timeouts; /* with any number of retransmissions each */
    bool timing, recovering;
    uint8_t limit; /* enum tcp_limit */
};

/* ---- What is sent ---------------------------------------------------------------------------- */

uint32_t tcp_mss(const struct tcp *tcp);

/* How many bytes may be on the wire as far as congestion goes. UINT32_MAX for any number. */
uint32_t tcp_flow_window(const struct tcp *tcp);

/* Something that takes up sequence numbers from `sequence` on is sent for the first time: `size`
 * bytes, a SYN or a FIN.
 */
void tcp_flow_sent(struct tcp *tcp, uint32_t sequence, uint32_t size);

/* Nothing more is sent for now. */
void tcp_flow_limited(struct tcp *tcp, enum tcp_limit limit);

/* The first of what is out is sent once more: `size` bytes of it. */
void tcp_flow_again(struct tcp *tcp, uint32_t size);

/* Nothing was out: a window from long ago says nothing about now. */
void tcp_flow_begins(struct tcp *tcp);

/* How long to wait for an acknowledgement, in ms. */
uint64_t tcp_flow_patience_ms(const struct tcp *tcp);

/* ---- What comes back ------------------------------------------------------------------------- */

/* `gone` more bytes (or a SYN) have arrived; snd_una says so already. True when the peer misses the
 * next one: it should be sent again.
 */
bool tcp_flow_acknowledged(struct tcp *tcp, uint32_t gone);

/* The peer says again where it stands. True as above. */
bool tcp_flow_duplicate(struct tcp *tcp);

/* Nothing is waited for any more, or from now on. */
void tcp_flow_heard(struct tcp *tcp);

void tcp_flow_timed_out(struct tcp *tcp);

/* ---- What is acknowledged -------------------------------------------------------------------- */

/* A segment has arrived in order. True when that should be said at once; else a timer says it. */
bool tcp_flow_acknowledges(struct tcp *tcp);

/* Something that acknowledges is on its way. */
void tcp_flow_acknowledging(struct tcp *tcp);

/* ---- The record ------------------------------------------------------------------------------ */

struct tcp_flow *tcp_flow(struct tcp *tcp); /* made if need be; NULL without need, or memory */
struct tcp_flow *tcp_flow_had(const struct tcp *tcp);
void tcp_flow_give(struct tcp *tcp);

#endif
