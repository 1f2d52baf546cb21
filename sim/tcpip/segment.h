/* What travels between two connections, and the two parts that send and take it. */
#ifndef SIM_TCPIP_SEGMENT_H
#define SIM_TCPIP_SEGMENT_H

#include "sim/tcpip/connection.h"

enum segment_flag {
    SEGMENT_SYN = 1,
    SEGMENT_ACK = 2,
    SEGMENT_FIN = 4,
    SEGMENT_RST = 8,
    SEGMENT_URGENT = 16 /* the last byte is urgent */
};

struct segment {
    struct segment *next; /* in a list of those that came too early */
    struct tcpip *tcpip;
    struct tcp *from; /* whose `out` has the bytes; NULL for an answer of nobody's */
    struct place source, target;
    uint32_t sequence, acknowledged, window, size;
    uint8_t flags;
};

/* ---- tcp_output.c -------------------------------------------------------------------------- */

/* Sends what may be sent. False when the arena is full: a timer tries again, or cannot. */
bool tcp_output(struct tcp *tcp);

/* One segment without bytes; ACK is added once there is something to acknowledge. */
bool tcp_send_control(struct tcp *tcp, uint8_t flags, uint32_t sequence);

/* The first of what is out, once more: a segment of it, or the FIN. */
void tcp_send_first_again(struct tcp *tcp);

/* The answer to a segment that belongs to nobody. */
void segment_refuse(const struct segment *segment);

void segment_give(struct segment *segment);

/* ---- tcp_segment.c ------------------------------------------------------------------------- */

/* A segment reaches its target: an event. */
void segment_arrive(void *context, uint64_t argument);

/* The same of one that is the caller's: answers whether it was kept, which no reset is. */
bool segment_deliver(struct segment *segment);

uint32_t tcp_window(const struct tcp *tcp);

/* The peer's owner has read: it may be sent more. */
void tcp_window_opened(struct tcp *tcp);

#endif
