/* Urgent bytes: where they stand among the others, at the sender and at the receiver; and the rest
 * of what few connections have.
 */
#ifndef SIM_TCPIP_MARKS_H
#define SIM_TCPIP_MARKS_H

#include "sim/tcpip/connection.h"

struct mark {
    struct mark *next;
    uint32_t at;
};

struct tcp_extra *tcp_extra(struct tcp *tcp); /* NULL when the arena is full */
void tcp_extra_give(struct tcp *tcp);
void marks_forget_received(struct tcp *tcp); /* and the urgent bytes that wait */
bool mark_add(struct tcp *tcp, struct mark **marks, uint32_t at);
void mark_drop_last(struct tcp *tcp, struct mark **marks);
void marks_acknowledged(struct tcp *tcp);
/* The size of a segment from `sequence` on that ends with an urgent byte at the latest. */
uint32_t marks_cut(const struct tcp *tcp, uint32_t sequence, uint32_t size, bool *urgent);
uint32_t marks_readable(const struct tcp *tcp);
void marks_read(struct tcp *tcp, uint32_t size);

#endif
