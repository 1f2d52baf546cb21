/* What holds of every connection between two calls. */
#include "sim/engine/check.h"
#include "sim/tcpip/marks.h"
#include "sim/tcpip/segment.h"

static void check_extra(const struct tcp *tcp)
{
    const struct tcp_extra *extra = tcp->extra;
    uint32_t last = 0;

    if (extra == NULL)
        return;
    bytequeue_check(&extra->urgent);
    for (const struct mark *mark = extra->receive_marks; mark != NULL; mark = mark->next) {
        ASSERT(mark->at >= last && mark->at <= tcp->in.count);
        last = mark->at;
    }
    for (const struct mark *mark = extra->send_marks; mark != NULL; mark = mark->next)
        ASSERT(!before(mark->at, tcp->snd_una) || tcp->state == TCP_CLOSED);
    for (const struct segment *s = extra->early; s != NULL; s = s->next)
        ASSERT(before(tcp->rcv_nxt, s->sequence) &&
               (s->next == NULL || !before(s->next->sequence, s->sequence)));
}

static void check_queue(const struct tcp *tcp)
{
    switch ((enum tcp_queue_place)tcp->queue) {
    case QUEUE_NONE:
        ASSERT(tcp->next == NULL && tcp->previous == NULL);
        ASSERT(tcp->endpoint != NULL || tcp->state == TCP_CLOSED);
        break;
    case QUEUE_SYN:
        ASSERT(tcp->state == TCP_SYN_RECEIVED && tcp->endpoint == NULL && tcp->origin != NULL);
        break;
    case QUEUE_ACCEPT:
        ASSERT(tcp->endpoint == NULL && tcp->origin != NULL);
        break;
    case QUEUE_TIME_WAIT:
        ASSERT(tcp->state == TCP_TIME_WAIT);
        break;
    }
}

void tcp_check_connection(const struct tcp *tcp)
{
    ASSERT(tcp->state != TCP_LISTEN);
    ASSERT(tcp->in_tuples == (tcp->state != TCP_CLOSED));
    ASSERT((tcp->state == TCP_TIME_WAIT) == (tcp->queue == QUEUE_TIME_WAIT));
    bytequeue_check(&tcp->out);
    bytequeue_check(&tcp->in);
    check_queue(tcp);
    check_extra(tcp);
    if (tcp->orphan)
        ASSERT(tcp->endpoint != NULL && tcp->endpoint->orphan && tcp->in.count == 0);
    if (tcp->fin_sent)
        ASSERT(tcp->fin_wanted);
    if (tcp->aborted != STATUS_SUCCESS)
        ASSERT(tcp->state == TCP_CLOSED && tcp->in.count == 0);
    if (tcp->state == TCP_CLOSED) {
        ASSERT(tcp->timer == 0);
        return;
    }
    uint32_t sent = tcp->snd_nxt - tcp->snd_una;
    bool syn = tcp->state == TCP_SYN_SENT || tcp->state == TCP_SYN_RECEIVED;
    ASSERT(syn ? sent <= 1 : sent <= tcp->out.count + tcp->fin_sent);
}

static void check_list(const struct tcp_list *list, const struct endpoint *listener,
                       enum tcp_queue_place place)
{
    uint32_t count = 0;

    for (const struct tcp *tcp = list->first; tcp != NULL; tcp = tcp->next) {
        ASSERT(tcp->queue == place && tcp->origin == listener);
        tcp_check_connection(tcp);
        count++;
    }
    ASSERT(count == list->count);
}

void tcp_check(const struct endpoint *endpoint)
{
    ASSERT(endpoint->protocol == PROTOCOL_TCP);
    if (endpoint->has_queue) {
        const struct tcp_listening *listening = endpoint->listens;
        ASSERT(endpoint->listening != endpoint->orphan);
        ASSERT(listening->shares >= listening->syn.count + listening->accept.count);
        check_list(&listening->syn, endpoint, QUEUE_SYN);
        check_list(&listening->accept, endpoint, QUEUE_ACCEPT);
        return;
    }
    const struct tcp *tcp = endpoint->listening ? NULL : endpoint->tcp;
    if (tcp == NULL) {
        ASSERT(!endpoint->orphan);
        return;
    }
    ASSERT(tcp->endpoint == endpoint);
    ASSERT(tcp->orphan == endpoint->orphan);
    ASSERT(endpoint->bound && tcp->local.port == endpoint->port);
    tcp_check_connection(tcp);
}

static void check_visited(struct tcp *tcp)
{
    tcp_check_connection(tcp);
    if (tcp->endpoint != NULL)
        ASSERT(tcp->endpoint->tcp == tcp);
}

void tcp_check_all(const struct tcpip *tcpip)
{
    uint32_t count = 0;

    tuples_visit(&tcpip->tuples, check_visited);
    for (const struct tcp *tcp = tcpip->time_wait.first; tcp != NULL; tcp = tcp->next) {
        ASSERT(tcp->queue == QUEUE_TIME_WAIT && tcp->timer >= tcpip->nt->engine->now_ns);
        ASSERT(tcp->next == NULL || tcp->next->timer >= tcp->timer);
        count++;
    }
    ASSERT(count == tcpip->time_wait.count);
}
