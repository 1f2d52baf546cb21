/* How a connection begins and ends as a record: while its endpoint, its listener's queue, the table
 * of tuples or a segment on the wire needs it, it stays.
 */
#include "sim/engine/arena.h"
#include "sim/engine/check.h"
#include "sim/engine/engine.h"
#include "sim/tcpip/flow.h"
#include "sim/tcpip/marks.h"
#include "sim/tcpip/segment.h"

/* TcpTimedWaitDelay. */
static const uint64_t TIME_WAIT_NS = UINT64_C(120) * 1000 * 1000000;

enum { SEQUENCE_STEP = 64021 }; /* between the first numbers of two connections */

/* ---- Records --------------------------------------------------------------------------------- */

void tcp_list_add(struct tcp_list *list, struct tcp *tcp)
{
    ASSERT(tcp->next == NULL && tcp->previous == NULL);
    tcp->previous = list->last;
    if (list->last == NULL)
        list->first = tcp;
    else
        list->last->next = tcp;
    list->last = tcp;
    list->count++;
}

void tcp_list_remove(struct tcp_list *list, struct tcp *tcp)
{
    ASSERT(list->count > 0);
    if (tcp->previous == NULL)
        list->first = tcp->next;
    else
        tcp->previous->next = tcp->next;
    if (tcp->next == NULL)
        list->last = tcp->previous;
    else
        tcp->next->previous = tcp->previous;
    tcp->next = NULL;
    tcp->previous = NULL;
    list->count--;
}

struct tcp *tcp_new(struct tcpip *tcpip, const struct place *local, const struct place *remote)
{
    struct tcp *tcp = ARENA_NEW(tcpip->arena, struct tcp);

    if (tcp == NULL)
        return NULL;
    tcp->tcpip = tcpip;
    tcp->local = *local;
    tcp->remote = *remote;
    tcp->interface = (uint8_t)link_between(local, remote);
    tcp->state = TCP_SYN_SENT;
    tcp->connected_ns = tcp_now(tcp);
    tcp->snd_una = tcp->snd_nxt = tcpip->next_sequence;
    tcpip->next_sequence += SEQUENCE_STEP;
    if (!tuples_add(&tcpip->tuples, tcpip->arena, tcp)) {
        arena_give(tcpip->arena, tcp, sizeof *tcp);
        return NULL;
    }
    return tcp;
}

/* Lets go of what a connection that is over does not need any more. */
static void settle(struct tcp *tcp)
{
    struct arena *arena = tcp->tcpip->arena;

    if (tcp->state != TCP_CLOSED || tcp->in_tuples || tcp->queue != QUEUE_NONE)
        return;
    if (tcp->endpoint == NULL)
        listener_unshare(tcp);
    if (tcp->in_flight > 0)
        return;
    bytequeue_clear(&tcp->out, arena);
    if (tcp->endpoint != NULL)
        return;
    bytequeue_clear(&tcp->in, arena);
    ASSERT(tcp->timer == 0 && tcp->extra == NULL);
    arena_give(arena, tcp, sizeof *tcp);
}

void tcp_pin(struct tcp *tcp)
{
    tcp->in_flight++;
}

void tcp_unpin(struct tcp *tcp)
{
    ASSERT(tcp->in_flight > 0);
    if (--tcp->in_flight == 0)
        settle(tcp);
}

static void detach(struct tcp *tcp)
{
    if (tcp->endpoint != NULL)
        tcp->endpoint->tcp = NULL;
    tcp->endpoint = NULL;
}

/* ---- TIME_WAIT ------------------------------------------------------------------------------- */

static void time_wait_over(void *context, uint64_t argument);

/* One event for all of them, for they end in the order they came. */
static void time_wait_watch(struct tcpip *tcpip)
{
    if (tcpip->time_wait_event != 0 || tcpip->time_wait.first == NULL)
        return;
    tcpip->time_wait_event =
        engine_post(tcpip->nt->engine, tcpip->time_wait.first->timer, time_wait_over, tcpip, 0);
}

static void time_wait_over(void *context, uint64_t argument)
{
    struct tcpip *tcpip = context;

    (void)argument;
    tcpip->time_wait_event = 0;
    while (tcpip->time_wait.first != NULL &&
           tcpip->time_wait.first->timer <= tcpip->nt->engine->now_ns)
        tcp_finish(tcpip->time_wait.first);
    time_wait_watch(tcpip);
}

/* The same for all, or they would not end in order. */
static uint64_t time_wait_ns(const struct profile *profile)
{
    if (BEHAVES(profile, time_wait, none))
        return 0;
    return BEHAVES(profile, time_wait, too_long) ? 30 * TIME_WAIT_NS : TIME_WAIT_NS;
}

void tcp_enter_time_wait(struct tcp *tcp)
{
    tcp_timer_clear(tcp);
    tcp->state = TCP_TIME_WAIT;
    tcp->timer = tcp_now(tcp) + time_wait_ns(tcp->tcpip->profile);
    tcp->queue = QUEUE_TIME_WAIT;
    tcp_list_add(&tcp->tcpip->time_wait, tcp);
    time_wait_watch(tcp->tcpip);
}

/* ---- Resets that there was no memory for ----------------------------------------------------- */

/* They are delivered by the event itself. */
static void resets_owed(void *context, uint64_t argument)
{
    struct tcpip *tcpip = context;

    (void)argument;
    tcpip->owed_awaited = false;
    while (tcpip->owed.first != NULL) {
        struct tcp *tcp = tcpip->owed.first;
        struct segment reset = {.tcpip = tcpip,
                                .source = tcp->local,
                                .target = tcp->remote,
                                .sequence = tcp->snd_nxt,
                                .acknowledged = tcp->rcv_nxt,
                                .flags = SEGMENT_RST | SEGMENT_ACK};
        tcp_list_remove(&tcpip->owed, tcp);
        tcp->owes_reset = false;
        if (link_fate(tcpip, tcp->interface, &reset.source, &reset.target).copies > 0)
            segment_deliver(&reset);
        tcp_unpin(tcp);
    }
}

void tcp_send_reset(struct tcp *tcp)
{
    tcp->owes_reset = !tcp_send_control(tcp, SEGMENT_RST, tcp->snd_nxt);
}

/* Nothing else needs its links any more. One event serves all, and there is always room for it. */
static void owe_reset(struct tcp *tcp)
{
    struct tcpip *tcpip = tcp->tcpip;
    uint64_t due_ns = tcp_now(tcp) + tcpip->link.latency[tcp->interface].fixed_ns;

    tcp_pin(tcp);
    if (!tcpip->owed_awaited)
        engine_post_last(tcpip->nt->engine, due_ns, resets_owed, tcpip, 0);
    tcpip->owed_awaited = true;
    tcp_list_add(&tcpip->owed, tcp);
}

/* ---- Ends ------------------------------------------------------------------------------------ */

void tcp_finish(struct tcp *tcp)
{
    tcp_pin(tcp);
    if (tcp->queue == QUEUE_TIME_WAIT) {
        tcp_list_remove(&tcp->tcpip->time_wait, tcp);
        tcp->queue = QUEUE_NONE;
        tcp->timer = 0;
    }
    tcp_timer_clear(tcp);
    if (tcp->in_tuples)
        tuples_remove(&tcp->tcpip->tuples, tcp);
    tcp->state = TCP_CLOSED;
    tcp_flow_give(tcp);
    if (tcp->owes_reset)
        owe_reset(tcp);
    struct endpoint *endpoint = tcp->endpoint;
    if (tcp->orphan) {
        detach(tcp);
        endpoint_forget(endpoint);
    }
    if (tcp->endpoint == NULL)
        tcp_extra_give(tcp);
    tcp_unpin(tcp);
}

void tcp_lose(struct tcp *tcp, nt_status why)
{
    tcp_pin(tcp);
    tcp->aborted = why;
    bytequeue_clear(&tcp->in, tcp->tcpip->arena);
    tcp_extra_give(tcp);
    if (tcp->queue == QUEUE_SYN)
        listener_dequeue(tcp);
    tcp_finish(tcp);
    struct endpoint *endpoint = tcp->endpoint;
    if (endpoint != NULL && endpoint->listener != NULL && endpoint->listener->aborted != NULL)
        endpoint->listener->aborted(endpoint->owner, why);
    tcp_unpin(tcp);
}

void tcp_reset_peer(struct tcp *tcp)
{
    tcp_pin(tcp);
    if (tcp->state != TCP_CLOSED && tcp->state != TCP_SYN_SENT && tcp->state != TCP_TIME_WAIT)
        tcp_send_reset(tcp);
    tcp_finish(tcp);
    tcp_unpin(tcp);
}

void tcp_abort(struct endpoint *endpoint)
{
    struct tcp *tcp = endpoint_tcp(endpoint);

    if (tcp == NULL)
        return;
    bytequeue_clear(&tcp->in, tcp->tcpip->arena);
    tcp_extra_give(tcp);
    tcp_reset_peer(tcp);
}

/* ---- The owner closes ------------------------------------------------------------------------ */

static bool is_unread(const struct tcp *tcp)
{
    return tcp->in.count > 0 || (tcp->extra != NULL && tcp->extra->urgent.count > 0);
}

/* Whether a close resets: bytes nobody will read are in the way of an orderly end. */
static bool close_resets(const struct tcp *tcp)
{
    bool unsent = tcp->out.count > 0 && BEHAVES(tcp->tcpip->profile, close_unsent, dropped);

    switch ((enum tcp_state)tcp->state) {
    case TCP_ESTABLISHED:
    case TCP_SYN_RECEIVED:
    case TCP_FIN_WAIT_1:
    case TCP_FIN_WAIT_2:
    case TCP_CLOSE_WAIT:
        return unsent || (is_unread(tcp) && BEHAVES(tcp->tcpip->profile, close_unread, resets));
    case TCP_SYN_SENT:
        return true;
    default:
        return false;
    }
}

static void leave_connection(struct tcp *tcp)
{
    detach(tcp);
    tcp_pin(tcp);
    tcp_extra_give(tcp);
    if (tcp->state != TCP_CLOSED)
        tcp_reset_peer(tcp);
    tcp_unpin(tcp);
}

bool tcp_endpoint_closed(struct endpoint *endpoint)
{
    struct tcp *tcp = endpoint->tcp;

    if (endpoint->has_queue)
        return listener_closed(endpoint);
    if (tcp == NULL)
        return false;
    if (tcp->state == TCP_CLOSED || close_resets(tcp)) {
        leave_connection(tcp);
        return false;
    }
    bytequeue_clear(&tcp->in, tcp->tcpip->arena); /* the peer is done: nobody is told of what was
                                                     left unread */
    marks_forget_received(tcp);
    tcp->orphan = true;
    tcp->fin_wanted = true;
    endpoint->orphan = true;
    if (!tcp_output(tcp)) {
        tcp->orphan = false;
        leave_connection(tcp);
        return false;
    }
    if (tcp->state == TCP_FIN_WAIT_2)
        tcp_timer_restart(tcp);
    return true;
}

nt_status tcp_reuse(struct endpoint *endpoint)
{
    struct tcp *tcp = endpoint_tcp(endpoint);

    if (tcp == NULL || (tcp->state != TCP_CLOSED && tcp->state != TCP_TIME_WAIT))
        return STATUS_INVALID_CONNECTION;
    tcp_pin(tcp);
    detach(tcp);
    tcp_extra_give(tcp);
    if (tcp->state == TCP_TIME_WAIT)
        listener_unshare(tcp);
    tcp_unpin(tcp);
    endpoint_unbind(endpoint);
    return STATUS_SUCCESS;
}
