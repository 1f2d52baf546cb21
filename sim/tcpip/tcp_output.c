/* What a connection sends: as much as the peer's window and Nagle's rule allow. */
#include "sim/engine/arena.h"
#include "sim/engine/check.h"
#include "sim/engine/engine.h"
#include "sim/nt/nt.h"
#include "sim/tcpip/flow.h"
#include "sim/tcpip/marks.h"
#include "sim/tcpip/segment.h"

/* ---- Segments -------------------------------------------------------------------------------- */

static uint64_t post(struct segment *segment, uint64_t due_ns)
{
    return engine_post(segment->tcpip->nt->engine, due_ns, segment_arrive, segment, 0);
}

void segment_give(struct segment *segment)
{
    struct tcp *from = segment->from;

    arena_give(segment->tcpip->arena, segment, sizeof *segment);
    if (from != NULL)
        tcp_unpin(from);
}

static void post_copy(const struct segment *segment, uint64_t due_ns)
{
    struct segment *copy = ARENA_NEW(segment->tcpip->arena, struct segment);

    if (copy == NULL)
        return;
    *copy = *segment;
    if (copy->from != NULL)
        tcp_pin(copy->from);
    if (post(copy, due_ns) == 0)
        segment_give(copy);
}

/* Puts a segment on the wire, which owns it from now on. False when the arena is full. */
static void count_out(const struct segment *segment, uint32_t interface)
{
    struct tcpip *tcpip = segment->tcpip;
    struct protocol_counts *counts = tcpip_counts(tcpip, segment->source.family);

    if (interface == INTERFACE_LAN && !place_is_local(&segment->source))
        return;
    counts->segments_out++;
    counts->resets_out += (segment->flags & SEGMENT_RST) != 0;
    link_sent(tcpip, interface, &segment->source, &segment->target, segment->size);
}

static bool transmit(struct segment *segment, uint32_t interface)
{
    count_out(segment, interface);
    struct fate fate = link_fate(segment->tcpip, interface, &segment->source, &segment->target);

    if (fate.copies == 0) {
        segment_give(segment);
        return true;
    }
    if (fate.copies == 2)
        post_copy(segment, fate.due_ns[1]);
    if (post(segment, fate.due_ns[0]) != 0)
        return true;
    segment_give(segment);
    return false;
}

static struct segment *new_segment(struct tcp *tcp, uint8_t flags, uint32_t sequence)
{
    struct segment *segment = ARENA_NEW(tcp->tcpip->arena, struct segment);

    if (segment == NULL)
        return NULL;
    segment->tcpip = tcp->tcpip;
    segment->from = tcp;
    segment->source = tcp->local;
    segment->target = tcp->remote;
    segment->sequence = sequence;
    segment->flags = flags;
    segment->window = tcp_window(tcp);
    /* Where windows are told in the moment they open, nobody reads a segment's after the handshake:
     * to believe it told would be to keep it from the peer.
     */
    if (!tcp_is_instant(tcp) || tcp->state == TCP_SYN_SENT || tcp->state == TCP_SYN_RECEIVED)
        tcp->told = segment->window;
    if (tcp->state != TCP_SYN_SENT) {
        segment->flags |= SEGMENT_ACK;
        segment->acknowledged = tcp->rcv_nxt;
        tcp_flow_acknowledging(tcp);
    }
    tcp_pin(tcp);
    return segment;
}

bool tcp_send_control(struct tcp *tcp, uint8_t flags, uint32_t sequence)
{
    struct segment *segment = new_segment(tcp, flags, sequence);

    if ((flags & (SEGMENT_SYN | SEGMENT_FIN)) != 0 && sequence == tcp->snd_nxt && !tcp->rewound)
        tcp_flow_sent(tcp, sequence, 0);
    return segment != NULL && transmit(segment, tcp->interface);
}

void segment_refuse(const struct segment *segment)
{
    struct segment *answer = ARENA_NEW(segment->tcpip->arena, struct segment);

    ASSERT((segment->flags & SEGMENT_RST) == 0);
    if (answer == NULL)
        return;
    *answer = (struct segment){.tcpip = segment->tcpip,
                               .source = segment->target,
                               .target = segment->source,
                               .flags = SEGMENT_RST};
    if ((segment->flags & SEGMENT_ACK) != 0) {
        answer->sequence = segment->acknowledged;
    } else {
        answer->flags |= SEGMENT_ACK;
        answer->acknowledged = segment->sequence + segment->size +
                               ((segment->flags & (SEGMENT_SYN | SEGMENT_FIN)) != 0);
    }
    transmit(answer, link_between(&answer->source, &answer->target));
}

/* ---- Bytes ----------------------------------------------------------------------------------- */

static bool may_send(const struct tcp *tcp)
{
    switch ((enum tcp_state)tcp->state) {
    case TCP_ESTABLISHED:
    case TCP_CLOSE_WAIT:
    case TCP_FIN_WAIT_1:
    case TCP_CLOSING:
    case TCP_LAST_ACK:
        return true;
    default:
        return false;
    }
}

/* How many of the unsent bytes one segment may take now; 0 when it has to wait, for what `limit`
 * says.
 */
static uint32_t next_size(const struct tcp *tcp, uint32_t unsent, enum tcp_limit *limit)
{
    uint32_t mss = tcp_mss(tcp);
    uint32_t out = tcp->snd_nxt - tcp->snd_una;
    uint32_t window = tcp->snd_wnd > out ? tcp->snd_wnd - out : 0;
    uint32_t size = unsent < mss ? unsent : mss;

    *limit = size > window ? LIMIT_PEER : LIMIT_SENDER;
    if (size > window)
        size = window;
    /* A full segment waits for room on the wire rather than be cut. */
    uint32_t wire = tcp_flow_window(tcp);
    if (out + size > wire && out > 0) {
        *limit = LIMIT_WIRE;
        return 0;
    }
    if (size < mss && size == unsent && out > 0 && !tcp->fin_wanted && tcp->endpoint != NULL &&
        !tcp->endpoint->no_delay)
        return 0; /* Nagle */
    return size;
}

static bool send_bytes(struct tcp *tcp, uint32_t size)
{
    bool urgent = false;
    size = marks_cut(tcp, tcp->snd_nxt, size, &urgent);
    struct segment *segment = new_segment(tcp, urgent ? SEGMENT_URGENT : 0, tcp->snd_nxt);

    if (segment == NULL)
        return false;
    segment->size = size;
    if (tcp->rewound)
        tcp_flow_again(tcp, size);
    else
        tcp_flow_sent(tcp, tcp->snd_nxt, size);
    if (!transmit(segment, tcp->interface))
        return false;
    tcp->snd_nxt += size;
    if (!tcp->rewound)
        tcp->bytes_out += size;
    else if (!before(tcp->snd_nxt, tcp->snd_max))
        tcp->rewound = false;
    return true;
}

void tcp_send_first_again(struct tcp *tcp)
{
    uint32_t out = tcp->snd_nxt - tcp->snd_una - tcp->fin_sent;
    uint32_t mss = tcp_mss(tcp);
    bool urgent = false;

    if (tcp->snd_nxt == tcp->snd_una)
        return;
    if (out == 0) {
        tcp_flow_again(tcp, 0);
        tcp_send_control(tcp, SEGMENT_FIN, tcp->snd_una);
        return;
    }
    uint32_t size = marks_cut(tcp, tcp->snd_una, out < mss ? out : mss, &urgent);
    struct segment *segment = new_segment(tcp, urgent ? SEGMENT_URGENT : 0, tcp->snd_una);
    tcp_flow_again(tcp, size);
    if (segment == NULL)
        return; /* a timer sends it once more */
    segment->size = size;
    transmit(segment, tcp->interface);
}

static bool send_fin(struct tcp *tcp)
{
    if (!tcp_send_control(tcp, SEGMENT_FIN, tcp->snd_nxt))
        return false;
    tcp->fin_sent = true;
    tcp->snd_nxt++;
    if (tcp->rewound && !before(tcp->snd_nxt, tcp->snd_max))
        tcp->rewound = false;
    if (tcp->state == TCP_ESTABLISHED)
        tcp->state = TCP_FIN_WAIT_1;
    else if (tcp->state == TCP_CLOSE_WAIT)
        tcp->state = TCP_LAST_ACK;
    return true;
}

static bool send_all(struct tcp *tcp)
{
    enum tcp_limit limit = LIMIT_SENDER;

    if (!may_send(tcp))
        return true;
    while (!tcp->fin_sent) {
        uint32_t unsent = tcp->snd_una + tcp->out.count - tcp->snd_nxt;
        if (unsent == 0) {
            tcp_flow_limited(tcp, LIMIT_SENDER);
            return !tcp->fin_wanted || send_fin(tcp);
        }
        uint32_t size = next_size(tcp, unsent, &limit);
        if (size == 0) {
            tcp_flow_limited(tcp, limit);
            return true;
        }
        if (!send_bytes(tcp, size))
            return false;
    }
    return true;
}

bool tcp_output(struct tcp *tcp)
{
    bool was_idle = tcp->snd_nxt == tcp->snd_una;
    bool is_new = was_idle && !tcp->rewound;
    if (is_new)
        tcp_flow_begins(tcp);
    bool sent = send_all(tcp);
    bool begins = was_idle && tcp->snd_nxt != tcp->snd_una;

    if (begins && is_new)
        tcp->tries = 0; /* of probes, until now */
    if (!sent || (!tcp_is_instant(tcp) && (begins || tcp->timer == 0)))
        tcp_timer_restart(tcp);
    return sent || tcp->timer != 0;
}
