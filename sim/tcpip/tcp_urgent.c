/* Urgent bytes. The sender marks them by sequence number and ends a segment with each; the receiver
 * keeps them apart, or in line, and remembers where they stood.
 *
 * Several can wait (winsock-behaviour row 213).
 */
#include "sim/engine/arena.h"
#include "sim/engine/check.h"
#include "sim/tcpip/flow.h"
#include "sim/tcpip/marks.h"
#include "sim/tcpip/segment.h"

struct tcp_extra *tcp_extra(struct tcp *tcp)
{
    if (tcp->extra == NULL)
        tcp->extra = ARENA_NEW(tcp->tcpip->arena, struct tcp_extra);
    return tcp->extra;
}

static void give_first(struct tcp *tcp, struct mark **marks)
{
    struct mark *mark = *marks;

    *marks = mark->next;
    arena_give(tcp->tcpip->arena, mark, sizeof *mark);
}

void marks_forget_received(struct tcp *tcp)
{
    struct tcp_extra *extra = tcp->extra;

    if (extra == NULL)
        return;
    while (extra->receive_marks != NULL)
        give_first(tcp, &extra->receive_marks);
    bytequeue_clear(&extra->urgent, tcp->tcpip->arena);
}

void tcp_extra_give(struct tcp *tcp)
{
    struct tcp_extra *extra = tcp->extra;

    if (extra == NULL)
        return;
    tcp_flow_give(tcp);
    while (extra->send_marks != NULL)
        give_first(tcp, &extra->send_marks);
    marks_forget_received(tcp);
    while (extra->early != NULL) {
        struct segment *segment = extra->early;
        extra->early = segment->next;
        segment_give(segment);
    }
    tcp->extra = NULL;
    arena_give(tcp->tcpip->arena, extra, sizeof *extra);
}

bool mark_add(struct tcp *tcp, struct mark **marks, uint32_t at)
{
    struct mark *mark = ARENA_NEW(tcp->tcpip->arena, struct mark);

    if (mark == NULL)
        return false;
    while (*marks != NULL)
        marks = &(*marks)->next;
    mark->at = at;
    *marks = mark;
    return true;
}

void mark_drop_last(struct tcp *tcp, struct mark **marks)
{
    while ((*marks)->next != NULL)
        marks = &(*marks)->next;
    give_first(tcp, marks);
}

void marks_acknowledged(struct tcp *tcp)
{
    if (tcp->extra == NULL)
        return;
    while (tcp->extra->send_marks != NULL && before(tcp->extra->send_marks->at, tcp->snd_una))
        give_first(tcp, &tcp->extra->send_marks);
}

uint32_t marks_cut(const struct tcp *tcp, uint32_t sequence, uint32_t size, bool *urgent)
{
    if (tcp->extra == NULL)
        return size;
    const struct mark *mark = tcp->extra->send_marks;
    while (mark != NULL && before(mark->at, sequence))
        mark = mark->next;
    if (mark == NULL || mark->at - sequence >= size)
        return size;
    *urgent = true;
    return mark->at - sequence + 1;
}

uint32_t marks_readable(const struct tcp *tcp)
{
    const struct mark *mark = tcp->extra == NULL ? NULL : tcp->extra->receive_marks;

    if (mark == NULL || BEHAVES(tcp->tcpip->profile, urgent_mark, runs_over))
        return tcp->in.count;
    while (mark != NULL && mark->at == 0)
        mark = mark->next;
    return mark != NULL && mark->at < tcp->in.count ? mark->at : tcp->in.count;
}

void marks_read(struct tcp *tcp, uint32_t size)
{
    if (tcp->extra == NULL || size == 0)
        return;
    while (tcp->extra->receive_marks != NULL && tcp->extra->receive_marks->at == 0)
        give_first(tcp, &tcp->extra->receive_marks);
    for (struct mark *mark = tcp->extra->receive_marks; mark != NULL; mark = mark->next) {
        mark->at -= size < mark->at ? size : mark->at; /* it is passed by a defect alone */
    }
}
