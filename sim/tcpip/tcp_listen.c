/* Listeners: handshakes under way, connections that wait to be accepted, and whose port it is.
 *
 * Accepted connections are not in the table of ports; their listener stands there for all of them,
 * and goes on doing so when it has been closed, until the last of them is gone.
 */
#include "sim/engine/arena.h"
#include "sim/engine/check.h"
#include "sim/tcpip/segment.h"

/* SOMAXCONN_HINT(n) is kept within these (the listen page); a plain number is capped by the first.
 */
enum { BACKLOG_HINT_LEAST = 200, BACKLOG_MOST = 65535, BACKLOG_ALL = 0x7fffffff };

static uint32_t backlog_of(int backlog)
{
    if (backlog == BACKLOG_ALL)
        return BACKLOG_MOST;
    if (backlog >= 0)
        return backlog < 1                    ? 1
               : backlog > BACKLOG_HINT_LEAST ? BACKLOG_HINT_LEAST
                                              : (uint32_t)backlog;
    if (backlog >= -BACKLOG_HINT_LEAST)
        return BACKLOG_HINT_LEAST;
    return backlog < -BACKLOG_MOST ? BACKLOG_MOST : (uint32_t)-backlog;
}

nt_status tcp_listen(struct endpoint *endpoint, int backlog)
{
    ASSERT(endpoint->bound && endpoint->protocol == PROTOCOL_TCP);
    if (!endpoint->has_queue) {
        if (endpoint->tcp != NULL)
            return STATUS_INVALID_PARAMETER;
        endpoint->listens = ARENA_NEW(endpoint->tcpip->arena, struct tcp_listening);
        if (endpoint->listens == NULL)
            return STATUS_INSUFFICIENT_RESOURCES;
        endpoint->has_queue = true;
    }
    endpoint->listens->backlog = backlog_of(backlog);
    endpoint_set_listening(endpoint, true);
    return STATUS_SUCCESS;
}

void tcp_listen_conditionally(struct endpoint *endpoint, bool conditional)
{
    ASSERT(endpoint->has_queue);
    endpoint->listens->conditional = conditional;
}

static struct tcp_list *list_of(struct tcp *tcp)
{
    struct tcp_listening *listening = tcp->origin->listens;
    return tcp->queue == QUEUE_SYN ? &listening->syn : &listening->accept;
}

static void enqueue(struct tcp *tcp, enum tcp_queue_place place)
{
    tcp->queue = (uint8_t)place;
    tcp_list_add(list_of(tcp), tcp);
}

void listener_dequeue(struct tcp *tcp)
{
    ASSERT(tcp->queue == QUEUE_SYN || tcp->queue == QUEUE_ACCEPT);
    tcp_list_remove(list_of(tcp), tcp);
    tcp->queue = QUEUE_NONE;
}

void listener_unshare(struct tcp *tcp)
{
    struct endpoint *origin = tcp->origin;

    if (origin == NULL)
        return;
    tcp->origin = NULL;
    ASSERT(origin->listens->shares > 0);
    if (--origin->listens->shares > 0 || !origin->orphan)
        return;
    arena_give(origin->tcpip->arena, origin->listens, sizeof *origin->listens);
    origin->has_queue = false;
    origin->listens = NULL;
    endpoint_forget(origin);
}

void listener_syn_arrived(struct endpoint *listener, const struct segment *segment)
{
    struct tcp_listening *listening = listener->listens;

    if (listening == NULL) {
        segment_refuse(segment);
        return;
    }
    bool full = listening->syn.count + listening->accept.count >= listening->backlog;
    if (full && BEHAVES(listener->tcpip->profile, backlog_full, refuses)) {
        segment_refuse(segment);
        return;
    }
    if (full && BEHAVES(listener->tcpip->profile, backlog_full, drops))
        return;
    /* There is room, or a defect does not care. */
    struct tcp *tcp = tcp_new(listener->tcpip, &segment->target, &segment->source);
    if (tcp == NULL)
        return;
    tcp->state = TCP_SYN_RECEIVED;
    tcp->rcv_nxt = segment->sequence + 1;
    tcp->snd_wnd = segment->window;
    tcp->origin = listener;
    listening->shares++;
    if (listening->conditional) {
        enqueue(tcp, QUEUE_ACCEPT);
        ENDPOINT_TELL(listener, incoming);
        return;
    }
    enqueue(tcp, QUEUE_SYN);
    if (!tcp_send_control(tcp, SEGMENT_SYN, tcp->snd_nxt)) {
        listener_dequeue(tcp);
        tcp_finish(tcp);
        return;
    }
    tcp->snd_nxt++;
    if (!tcp_is_instant(tcp))
        tcp_timer_restart(tcp);
}

void listener_established(struct tcp *tcp)
{
    if (tcp->queue != QUEUE_SYN)
        return;
    listener_dequeue(tcp);
    enqueue(tcp, QUEUE_ACCEPT);
    if (!tcp->origin->foreign)
        tcpip_counts(tcp->tcpip, tcp->local.family)->tcp_passive++;
    ENDPOINT_TELL(tcp->origin, incoming);
}

/* Whose turn it is, or NULL. */
static struct tcp *next_to_accept(const struct endpoint *listener)
{
    if (!listener->has_queue)
        return NULL;
    const struct tcp_list *list = &listener->listens->accept;
    return BEHAVES(listener->tcpip->profile, accept_order, last) ? list->last : list->first;
}

bool tcp_incoming(const struct endpoint *listener, struct tcp_peer *peer)
{
    const struct tcp *tcp = next_to_accept(listener);

    if (tcp == NULL)
        return false;
    *peer = tcp_peer_of(tcp, (enum family)listener->family);
    return true;
}

/* A connection whose SYN was held back is answered now. */
static void answer_held(struct tcp *tcp)
{
    if (tcp->state != TCP_SYN_RECEIVED || tcp->snd_nxt != tcp->snd_una)
        return;
    if (tcp_send_control(tcp, SEGMENT_SYN, tcp->snd_nxt))
        tcp->snd_nxt++;
    if (!tcp_is_instant(tcp) || tcp->snd_nxt == tcp->snd_una)
        tcp_timer_restart(tcp);
}

static void give_to(struct tcp *tcp, struct endpoint *endpoint)
{
    const struct endpoint *listener = tcp->origin;

    endpoint->address = place_address(&tcp->local, (enum family)endpoint->family);
    standing_of(&endpoint->address, true, &endpoint->standing);
    endpoint->options = listener->options;
    endpoint->port = tcp->local.port;
    endpoint->foreign = listener->foreign;
    endpoint->bound = true;
    endpoint->shares_port = true;
    endpoint->tcp = tcp;
    listener_dequeue(tcp);
    tcp->endpoint = endpoint;
    answer_held(tcp);
}

struct endpoint *tcp_accept(struct endpoint *listener, uint32_t process_id, uint32_t account)
{
    struct tcp *tcp = next_to_accept(listener);

    if (tcp == NULL)
        return NULL;
    struct endpoint *endpoint = endpoint_open(listener->tcpip, PROTOCOL_TCP,
                                              (enum family)listener->family, process_id, account);
    if (endpoint == NULL)
        return NULL;
    endpoint->receive_buffer = listener->receive_buffer;
    endpoint->keep_alive = listener->keep_alive;
    endpoint->keep_alive_idle_ms = listener->keep_alive_idle_ms;
    endpoint->keep_alive_interval_ms = listener->keep_alive_interval_ms;
    endpoint->keep_alive_count = listener->keep_alive_count;
    endpoint->no_delay = listener->no_delay;
    endpoint->urgent_inline = listener->urgent_inline;
    give_to(tcp, endpoint);
    return endpoint;
}

nt_status tcp_accept_into(struct endpoint *listener, struct endpoint *endpoint)
{
    struct tcp *tcp = next_to_accept(listener);

    ASSERT(!endpoint->bound && endpoint->tcp == NULL);
    if (tcp == NULL)
        return STATUS_PENDING;
    give_to(tcp, endpoint);
    return STATUS_SUCCESS;
}

/* Out of its queue, with a reset for the peer. */
static void turn_away(struct tcp *tcp)
{
    tcp_pin(tcp);
    listener_dequeue(tcp);
    if (tcp->state != TCP_CLOSED)
        tcp_reset_peer(tcp);
    tcp_unpin(tcp);
}

static void turn_away_all(struct tcp_list *list, bool tells)
{
    while (list->first != NULL) {
        struct tcp *tcp = list->first;
        if (tells) {
            turn_away(tcp);
        } else {
            listener_dequeue(tcp);
            tcp_finish(tcp);
        }
    }
}

void tcp_refuse(struct endpoint *listener)
{
    struct tcp *tcp = next_to_accept(listener);

    if (tcp != NULL)
        turn_away(tcp);
}

bool listener_closed(struct endpoint *endpoint)
{
    struct tcp_listening *listening = endpoint->listens;

    endpoint->listening = false;
    bool tells = BEHAVES(endpoint->tcpip->profile, close_listener, resets);
    turn_away_all(&listening->syn, tells);
    turn_away_all(&listening->accept, tells);
    if (listening->shares > 0)
        return true;
    arena_give(endpoint->tcpip->arena, listening, sizeof *listening);
    endpoint->has_queue = false;
    endpoint->listens = NULL;
    return false;
}
