/* What a segment does where it arrives. */
#include "sim/engine/arena.h"
#include "sim/engine/check.h"
#include "sim/tcpip/flow.h"
#include "sim/tcpip/marks.h"
#include "sim/tcpip/remote.h"
#include "sim/tcpip/segment.h"

uint32_t tcp_window(const struct tcp *tcp)
{
    const struct endpoint *endpoint = tcp->endpoint != NULL ? tcp->endpoint : tcp->origin;

    if (endpoint == NULL)
        return WINDOW_LEAST;
    uint32_t size = endpoint->receive_buffer;
    if (size < WINDOW_LEAST)
        size = WINDOW_LEAST;
    return size > tcp->in.count ? size - tcp->in.count : 0;
}

/* ---- What the peer has got ----------------------------------------------------------------- */

static void fin_acknowledged(struct tcp *tcp)
{
    switch ((enum tcp_state)tcp->state) {
    case TCP_FIN_WAIT_1:
        tcp->state = TCP_FIN_WAIT_2;
        break;
    case TCP_CLOSING:
        tcp_enter_time_wait(tcp);
        break;
    case TCP_LAST_ACK:
        tcp_finish(tcp);
        break;
    default:
        break;
    }
}

static void established(struct tcp *tcp)
{
    tcp->state = TCP_ESTABLISHED;
    tcp->tries = 0;
    tcp->connected_ns = tcp_now(tcp);
    tcp_timer_clear(tcp);
}

static void tell_established(struct tcp *tcp)
{
    struct endpoint *endpoint = tcp->endpoint;

    if (tcp->origin != NULL)
        listener_established(tcp);
    else if (endpoint != NULL && endpoint->listener != NULL &&
             endpoint->listener->connected != NULL)
        endpoint->listener->connected(endpoint->owner, STATUS_SUCCESS);
}

/* snd_una is further than what was sent again. */
static void catch_up(struct tcp *tcp, bool fin_arrived)
{
    if (before(tcp->snd_nxt, tcp->snd_una)) {
        tcp->snd_nxt = tcp->snd_una;
        tcp->fin_sent = fin_arrived;
    }
    if (tcp->rewound && !before(tcp->snd_nxt, tcp->snd_max))
        tcp->rewound = false;
}

/* The bytes up to `acknowledged` have arrived; `moved` of them left `out` already. */
static void acknowledge(struct tcp *tcp, uint32_t acknowledged, uint32_t window, uint32_t moved)
{
    bool opens = tcp->state == TCP_SYN_RECEIVED && acknowledged == tcp->snd_nxt &&
                 acknowledged != tcp->snd_una;

    if (acknowledged - tcp->snd_una > (tcp->rewound ? tcp->snd_max : tcp->snd_nxt) - tcp->snd_una ||
        (tcp->state == TCP_SYN_RECEIVED && !opens))
        return; /* old, or never sent */
    uint32_t gone = acknowledged - tcp->snd_una;
    /* What only says again where the peer stands puts off no retransmission. */
    bool progress = gone > 0 || moved > 0 || tcp->snd_nxt == tcp->snd_una;
    tcp->snd_una = acknowledged;
    tcp->snd_wnd = window;
    catch_up(tcp, gone > tcp->out.count);
    bool misses = tcp_flow_acknowledged(tcp, gone);
    if (opens) {
        established(tcp);
    } else if (gone > 0) {
        bytequeue_drop(&tcp->out, tcp->tcpip->arena, gone < tcp->out.count ? gone : tcp->out.count);
    }
    if (gone > 0 || moved > 0)
        marks_acknowledged(tcp);
    if (progress)
        tcp->tries = 0;
    if (tcp->fin_sent && tcp->snd_una == tcp->snd_nxt)
        fin_acknowledged(tcp);
    if (opens)
        tell_established(tcp);
    if (tcp->state == TCP_CLOSED || tcp->state == TCP_TIME_WAIT) {
        if (tcp->endpoint != NULL) /* a DisconnectEx may wait for it */
            ENDPOINT_TELL(tcp->endpoint, writable);
        return;
    }
    if ((progress && !tcp_is_instant(tcp)) || (tcp->orphan && tcp->state == TCP_FIN_WAIT_2))
        tcp_timer_restart(tcp);
    if (misses)
        tcp_send_first_again(tcp);
    if (!tcp_output(tcp))
        tcp_lose(tcp, STATUS_CONNECTION_ABORTED);
    else if ((gone > 0 || moved > 0) && !opens && tcp->endpoint != NULL)
        ENDPOINT_TELL(tcp->endpoint, writable);
}

/* The same acknowledgement once more, while bytes are out (RFC 5681, 2). */
static bool is_duplicate(const struct tcp *tcp, const struct segment *segment)
{
    return segment->flags == SEGMENT_ACK && segment->size == 0 && !tcp_is_instant(tcp) &&
           tcp->snd_nxt != tcp->snd_una && segment->acknowledged == tcp->snd_una &&
           segment->window == tcp->snd_wnd && tcp->state >= TCP_ESTABLISHED;
}

/* Says how much has arrived. */
static void answer(struct tcp *tcp, struct tcp *peer, uint32_t moved)
{
    if (tcp->state == TCP_CLOSED)
        return; /* its owner has ended it meanwhile */
    if (!tcp_is_instant(tcp)) {
        tcp_send_control(tcp, 0, tcp->snd_nxt);
        return;
    }
    tcp->told = tcp_window(tcp);
    if (peer == NULL || peer->state == TCP_CLOSED || peer->state == TCP_TIME_WAIT)
        return;
    tcp_pin(peer);
    acknowledge(peer, tcp->rcv_nxt, tcp->told, moved);
    tcp_unpin(peer);
}

void tcp_window_opened(struct tcp *tcp)
{
    uint32_t window = tcp_window(tcp);
    const struct endpoint *endpoint = tcp->endpoint;

    if (tcp->peer_closed || endpoint == NULL || window <= tcp->told ||
        window - tcp->told < (endpoint->receive_buffer + 1) / 2)
        return;
    if (!tcp_is_instant(tcp)) {
        tcp_send_control(tcp, 0, tcp->snd_nxt);
        return;
    }
    tcp->told = window;
    struct tcp *peer = tuples_find(&tcp->tcpip->tuples, &tcp->remote, &tcp->local);
    if (peer == NULL || peer->state == TCP_SYN_SENT || peer->state == TCP_SYN_RECEIVED)
        return;
    peer->snd_wnd = window;
    if (peer->out.count > 0 && !tcp_output(peer))
        tcp_lose(peer, STATUS_CONNECTION_ABORTED);
}

/* ---- Bytes --------------------------------------------------------------------------------- */

struct arrival {
    struct tcp *from; /* has the bytes */
    uint32_t skip;    /* from the first it has */
    uint32_t size;
    bool urgent;
    bool in_order; /* the sender needs them no more */
};

static bool take(struct tcp *tcp, struct bytequeue *to, const struct arrival *a, uint32_t size)
{
    struct arena *arena = tcp->tcpip->arena;

    if (!a->in_order)
        return bytequeue_append_copy(to, arena, &a->from->out, a->skip, size);
    if (!bytequeue_move(to, arena, &a->from->out, size))
        return false;
    a->from->snd_una += size;
    return true;
}

static bool takes_urgent_inline(const struct tcp *tcp)
{
    const struct endpoint *endpoint = tcp->endpoint != NULL ? tcp->endpoint : tcp->origin;
    return (endpoint != NULL && endpoint->urgent_inline) ||
           BEHAVES(tcp->tcpip->profile, urgent_place, in_line);
}

static bool store_urgent(struct tcp *tcp, struct arrival *a)
{
    struct tcp_extra *extra = tcp_extra(tcp);

    if (extra == NULL || !mark_add(tcp, &extra->receive_marks, tcp->in.count + a->size - 1))
        return false;
    if (takes_urgent_inline(tcp))
        return take(tcp, &tcp->in, a, a->size);
    if (a->size > 1 && !take(tcp, &tcp->in, a, a->size - 1))
        return false;
    if (!a->in_order)
        a->skip += a->size - 1;
    return take(tcp, &extra->urgent, a, 1);
}

/* Takes the bytes of a segment from `skip` on. */
static bool store(struct tcp *tcp, const struct segment *segment, uint32_t skip)
{
    struct tcp *from = segment->from;
    struct arrival a = {
        .from = from,
        .skip = segment->sequence + skip - from->snd_una,
        .size = segment->size - skip,
        .urgent = (segment->flags & SEGMENT_URGENT) != 0,
    };

    a.in_order = a.skip == 0 && tcp_is_instant(tcp);
    if (tcp->receive_shut && BEHAVES(tcp->tcpip->profile, shut_receive_data, dropped))
        return true;
    if (a.size > 1 && a.size == tcp_window(tcp) && BEHAVES(tcp->tcpip->profile, full_window, loses))
        a.size--;
    if (from->fin_wanted && BEHAVES(tcp->tcpip->profile, end_behind_bytes, lost))
        return true;
    return a.urgent ? store_urgent(tcp, &a) : take(tcp, &tcp->in, &a, a.size);
}

static void peer_closes(struct tcp *tcp)
{
    tcp->rcv_nxt++;
    tcp->peer_closed = true;
    switch ((enum tcp_state)tcp->state) {
    case TCP_ESTABLISHED:
        tcp->state = TCP_CLOSE_WAIT;
        break;
    case TCP_FIN_WAIT_1:
        tcp->state = TCP_CLOSING;
        break;
    case TCP_FIN_WAIT_2:
        tcp_enter_time_wait(tcp);
        break;
    default:
        ABSURD("a FIN in this state is an old one");
    }
}

/* Bytes that nobody can have: the peer is told, the owner too. */
static void refuse_bytes(struct tcp *tcp)
{
    tcp_send_reset(tcp);
    tcp_lose(tcp, STATUS_CONNECTION_ABORTED);
}

/* What of the segment is new joins what was there. False when the connection did not live on. */
static bool join(struct tcp *tcp, const struct segment *segment)
{
    uint32_t old = tcp->rcv_nxt - segment->sequence;

    if (old < segment->size) {
        bool resets = tcp->orphan || (tcp->receive_shut &&
                                      BEHAVES(tcp->tcpip->profile, shut_receive_data, resets));
        if (resets || !store(tcp, segment, old)) {
            refuse_bytes(tcp);
            return false;
        }
        tcp->rcv_nxt += segment->size - old;
        tcp->bytes_in += segment->size - old;
    }
    if ((segment->flags & SEGMENT_FIN) != 0 && !tcp->peer_closed)
        peer_closes(tcp);
    return true;
}

/* ---- Out of order -------------------------------------------------------------------------- */

static bool keep_early(struct tcp *tcp, struct segment *segment)
{
    struct tcp_extra *extra = tcp_extra(tcp);

    if (extra == NULL)
        return false;
    struct segment **at = &extra->early;
    while (*at != NULL && before((*at)->sequence, segment->sequence))
        at = &(*at)->next;
    segment->next = *at;
    *at = segment;
    struct tcp_flow *flow = tcp_flow(tcp);
    if (flow != NULL)
        flow->bytes_early += segment->size;
    return true;
}

static bool join_early(struct tcp *tcp)
{
    while (tcp->extra != NULL && tcp->extra->early != NULL &&
           !before(tcp->rcv_nxt, tcp->extra->early->sequence)) {
        struct segment *segment = tcp->extra->early;
        tcp->extra->early = segment->next;
        uint32_t length = segment->size + ((segment->flags & SEGMENT_FIN) != 0);
        bool lives = tcp->rcv_nxt - segment->sequence >= length || join(tcp, segment);
        segment_give(segment);
        if (!lives)
            return false;
    }
    return true;
}

/* Answers whether the segment was kept. */
static bool receive(struct tcp *tcp, struct segment *segment)
{
    uint32_t length = segment->size + ((segment->flags & SEGMENT_FIN) != 0);
    uint32_t waiting = segment->from == NULL ? 0 : segment->from->out.count;

    if (length == 0) {
        /* A probe. One from beyond a gap is none: two ends that both miss something would answer
         * each other for ever.
         */
        if (before(segment->sequence, tcp->rcv_nxt) && !tcp_is_instant(tcp))
            tcp_send_control(tcp, 0, tcp->snd_nxt);
        return false;
    }
    if (segment->from == NULL)
        return false;
    if (before(tcp->rcv_nxt, segment->sequence)) {
        bool kept = keep_early(tcp, segment);
        tcp_send_control(tcp, 0, tcp->snd_nxt);
        return kept;
    }
    if (tcp->rcv_nxt - segment->sequence >= length) {
        answer(tcp, NULL, 0); /* an old one, sent again */
        return false;
    }
    /* A gap that closes, or is still there, is told at once (RFC 5681, 4.2), and so is the end. */
    bool gap = tcp->extra != NULL && tcp->extra->early != NULL;
    if (!join(tcp, segment) || !join_early(tcp))
        return false;
    bool late = !gap && !tcp->peer_closed && !tcp_is_instant(tcp) && !tcp_flow_acknowledges(tcp);
    if (tcp->endpoint != NULL)
        ENDPOINT_TELL(tcp->endpoint, readable);
    if (late)
        return false;
    uint32_t left = segment->from->out.count;
    answer(tcp, segment->from, waiting > left ? waiting - left : 0);
    return false;
}

/* ---- By state ------------------------------------------------------------------------------ */

static void reset_arrived(struct tcp *tcp, const struct segment *segment)
{
    switch ((enum tcp_state)tcp->state) {
    case TCP_SYN_SENT:
        if ((segment->flags & SEGMENT_ACK) != 0 && segment->acknowledged == tcp->snd_nxt)
            tcp_connect_refused(tcp);
        return;
    case TCP_TIME_WAIT:
        return;
    case TCP_SYN_RECEIVED:
        if (tcp->origin == NULL) {
            tcp_connect_refused(tcp);
            return;
        }
        break;
    default:
        break;
    }
    if (before(segment->sequence, tcp->rcv_nxt))
        return;
    if (BEHAVES(tcp->tcpip->profile, reset_by_peer, ends) && tcp->endpoint != NULL &&
        !tcp->orphan) {
        tcp->peer_closed = true;
        tcp_finish(tcp);
        ENDPOINT_TELL(tcp->endpoint, readable);
        return;
    }
    tcp_lose(tcp, STATUS_CONNECTION_RESET);
}

static void syn_sent_arrived(struct tcp *tcp, const struct segment *segment)
{
    bool acknowledges = (segment->flags & SEGMENT_ACK) != 0;

    if (acknowledges && segment->acknowledged != tcp->snd_nxt) {
        segment_refuse(segment);
        return;
    }
    if ((segment->flags & SEGMENT_SYN) == 0)
        return;
    tcp->rcv_nxt = segment->sequence + 1;
    tcp->snd_wnd = segment->window;
    if (!acknowledges) { /* both connect to each other */
        tcp->state = TCP_SYN_RECEIVED;
        tcp_send_control(tcp, SEGMENT_SYN, tcp->snd_una);
        return;
    }
    tcp->snd_una = segment->acknowledged;
    tcp_flow_acknowledged(tcp, 1);
    established(tcp);
    tell_established(tcp);
    answer(tcp, segment->from, 0);
}

/* By the defect of `closed_listener`: one that was closed, and whose port is held by those it
 * accepted.
 */
static struct endpoint *find_closed_listener(const struct segment *segment)
{
    struct tcpip *tcpip = segment->tcpip;
    struct endpoint *e = porttable_at(&tcpip->pools[PROTOCOL_TCP].bound, segment->target.port);

    if (!BEHAVES(tcpip->profile, closed_listener, accepts))
        return NULL;
    while (e != NULL && !(e->orphan && e->has_queue))
        e = e->next;
    return e;
}

static void no_connection(const struct segment *segment)
{
    struct endpoint *listener = NULL;

    if ((segment->flags & SEGMENT_RST) != 0)
        return;
    if ((segment->flags & (SEGMENT_SYN | SEGMENT_ACK)) == SEGMENT_SYN) {
        const struct address address =
            place_address(&segment->target, (enum family)segment->target.family);
        listener = place_is_local(&segment->target)
                       ? endpoint_find_listener(segment->tcpip, &address, segment->target.port)
                       : remote_find_listener(segment->tcpip, &segment->target);
        if (listener == NULL && place_is_local(&segment->target))
            listener = find_closed_listener(segment);
    }
    if (listener != NULL)
        listener_syn_arrived(listener, segment);
    else if (place_is_local(&segment->target) || remote_answers(segment->tcpip, &segment->target))
        segment_refuse(segment);
}

/* A SYN on a connection that has one: sent again, or both connect to each other, or a new one where
 * the old one is only waited out (RFC 1122, 4.2.2.13).
 */
static void late_syn_arrived(struct tcp *tcp, const struct segment *segment)
{
    bool acknowledges = (segment->flags & SEGMENT_ACK) != 0;

    if (tcp->state == TCP_TIME_WAIT && !acknowledges) {
        tcp_finish(tcp);
        no_connection(segment);
    } else if (tcp->state == TCP_SYN_RECEIVED && acknowledges) {
        acknowledge(tcp, segment->acknowledged, segment->window, 0);
    } else if (tcp->state == TCP_SYN_RECEIVED && tcp->snd_nxt != tcp->snd_una) {
        tcp_send_control(tcp, SEGMENT_SYN, tcp->snd_una);
    } else if (acknowledges && !tcp_is_instant(tcp)) {
        tcp_send_control(tcp, 0, tcp->snd_nxt); /* the last of its handshake was lost */
    }
}

static bool arrive_at(struct tcp *tcp, struct segment *segment)
{
    if ((segment->flags & SEGMENT_RST) != 0) {
        reset_arrived(tcp, segment);
        return false;
    }
    if (tcp->state == TCP_SYN_SENT) {
        syn_sent_arrived(tcp, segment);
        return false;
    }
    if ((segment->flags & SEGMENT_SYN) != 0) {
        late_syn_arrived(tcp, segment);
        return false;
    }
    if (tcp->state == TCP_TIME_WAIT) {
        if ((segment->flags & SEGMENT_FIN) != 0 && !tcp_is_instant(tcp))
            tcp_send_control(tcp, 0, tcp->snd_nxt);
        return false;
    }
    if (is_duplicate(tcp, segment) && tcp_flow_duplicate(tcp))
        tcp_send_first_again(tcp);
    /* Where windows are told in the moment they open, a segment's may be out of date. */
    if ((segment->flags & SEGMENT_ACK) != 0)
        acknowledge(tcp, segment->acknowledged,
                    tcp_is_instant(tcp) && tcp->state != TCP_SYN_RECEIVED ? tcp->snd_wnd
                                                                          : segment->window,
                    0);
    if (tcp->state == TCP_CLOSED || tcp->state == TCP_SYN_RECEIVED)
        return false;
    return receive(tcp, segment);
}

bool segment_deliver(struct segment *segment)
{
    struct tcp *tcp = tuples_find(&segment->tcpip->tuples, &segment->target, &segment->source);
    bool kept = false;

    if (tcp == NULL) {
        no_connection(segment);
    } else {
        tcp_pin(tcp);
        kept = arrive_at(tcp, segment);
        tcp_unpin(tcp);
    }
    return kept;
}

static void count_in(const struct segment *segment)
{
    uint32_t interface = link_between(&segment->source, &segment->target);

    if (interface == INTERFACE_LAN && !place_is_local(&segment->target))
        return;
    tcpip_counts(segment->tcpip, segment->target.family)->segments_in++;
    link_came(segment->tcpip, interface, &segment->target, segment->size);
}

void segment_arrive(void *context, uint64_t argument)
{
    struct segment *segment = context;

    (void)argument;
    count_in(segment);
    if (!segment_deliver(segment))
        segment_give(segment);
}
