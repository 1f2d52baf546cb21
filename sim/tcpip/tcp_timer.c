/* What time does to a connection: handshakes that nobody answers, lost segments, probes. Where
 * nothing can be lost only the handshake has a timer.
 */
#include "sim/engine/check.h"
#include "sim/engine/engine.h"
#include "sim/nt/nt.h"
#include "sim/tcpip/flow.h"
#include "sim/tcpip/segment.h"

enum {
    REFUSALS_MAX = 4,        /* a refused SYN is sent again so often, */
    REFUSED_AGAIN_MS = 500,  /* after so long: 2 s in all (`refused_connect`) */
    SYN_ANSWERS_MAX = 2,     /* TcpMaxConnectResponseRetransmissions */
    RETRANSMISSIONS_MAX = 5, /* TcpMaxDataRetransmissions */
    KEEP_ALIVE_PROBES = 10,
    WAIT_MOST_MS = 60000,   /* TCP_MAXRT's page: between two of the same */
    FIN_WAIT_2_MS = 120000, /* TcpFinWait2Delay: nobody holds the endpoint any more */
    NO_MEMORY_MS = 10
};

/* The first SYN waits 1 s, and each one after that twice as long; but after 21 s it is over. */
static const uint32_t syn_waits_ms[] = {1000, 2000, 4000, 8000, 6000};

enum { SYNS = sizeof syn_waits_ms / sizeof *syn_waits_ms };

static void timer_fired(void *context, uint64_t argument);

/* ---- How long -------------------------------------------------------------------------------- */

void tcp_timer_clear(struct tcp *tcp)
{
    ASSERT(tcp->queue != QUEUE_TIME_WAIT);
    if (tcp->timer != 0)
        engine_cancel(tcp->tcpip->nt->engine, tcp->timer);
    tcp->timer = 0;
}

static void tcp_timer_set(struct tcp *tcp, uint64_t delay_ns)
{
    tcp_timer_clear(tcp);
    tcp->timer = engine_post(tcp->tcpip->nt->engine, tcp_now(tcp) + delay_ns, timer_fired, tcp, 0);
}

static bool has_unsent(const struct tcp *tcp)
{
    return !tcp->fin_sent && tcp->snd_una + tcp->out.count != tcp->snd_nxt;
}

/* TCP_MAXRT; 0 for the system's. */
static uint32_t limit_ms(const struct tcp *tcp)
{
    return tcp->endpoint == NULL ? 0 : tcp->endpoint->patience.limit_ms;
}

/* No longer than the limit, for something that began at `since_ns` and was waited for until now. */
static uint64_t within_limit(const struct tcp *tcp, uint64_t wait_ms, uint64_t since_ns)
{
    uint32_t most_ms = limit_ms(tcp);
    uint64_t been_ms = (tcp_now(tcp) - since_ns) / NS_PER_MS;

    if (most_ms == 0 || most_ms == (uint32_t)TCP_FOR_EVER || been_ms + wait_ms < most_ms)
        return wait_ms;
    return been_ms < most_ms ? most_ms - been_ms : 1;
}

static bool limit_is_reached(const struct tcp *tcp, uint64_t since_ns)
{
    return limit_ms(tcp) != (uint32_t)TCP_FOR_EVER &&
           tcp_now(tcp) - since_ns >= limit_ms(tcp) * NS_PER_MS;
}

/* The system's handshake has an end of its own; another's is as long as its SYNs take. */
static uint64_t syn_wait_ms(const struct tcp *tcp)
{
    const struct tcp_patience *patience = &tcp->endpoint->patience;
    uint64_t first_ms = patience->first_ms != 0 ? patience->first_ms : syn_waits_ms[0];

    if (patience->limit_ms == 0 && patience->syns == 0 && tcp->tries < SYNS)
        return first_ms * syn_waits_ms[tcp->tries] / syn_waits_ms[0];
    uint64_t wait_ms = first_ms << (tcp->tries < 16 ? tcp->tries : 16);
    return within_limit(tcp, wait_ms > WAIT_MOST_MS ? WAIT_MOST_MS : wait_ms, tcp->connected_ns);
}

static uint64_t bytes_wait_ms(const struct tcp *tcp)
{
    const struct tcp_flow *flow = tcp_flow_had(tcp);
    uint64_t wait_ms = tcp_flow_patience_ms(tcp);
    return flow == NULL ? wait_ms : within_limit(tcp, wait_ms, flow->silent_ns);
}

static uint64_t next_wait_ms(const struct tcp *tcp)
{
    const struct endpoint *endpoint = tcp->endpoint;

    if (tcp->state == TCP_SYN_SENT)
        return syn_wait_ms(tcp);
    if (tcp->state == TCP_SYN_RECEIVED)
        return UINT64_C(1000) << tcp->tries;
    if (tcp->orphan && tcp->state == TCP_FIN_WAIT_2)
        return FIN_WAIT_2_MS;
    if (tcp_is_instant(tcp))
        return has_unsent(tcp) || (tcp->fin_wanted && !tcp->fin_sent) ? NO_MEMORY_MS : 0;
    if (tcp->snd_nxt != tcp->snd_una)
        return bytes_wait_ms(tcp);
    if (has_unsent(tcp))
        return tcp->tcpip->link.lossy ? bytes_wait_ms(tcp) : 0;
    if (endpoint != NULL && endpoint->keep_alive)
        return tcp->tries == 0 ? endpoint->keep_alive_idle_ms : endpoint->keep_alive_interval_ms;
    return 0;
}

void tcp_timer_restart(struct tcp *tcp)
{
    if (tcp->tries == 0)
        tcp_flow_heard(tcp);
    uint64_t wait_ms = next_wait_ms(tcp);

    tcp_timer_clear(tcp);
    if (wait_ms != 0)
        tcp_timer_set(tcp, wait_ms * NS_PER_MS);
}

/* ---- Handshakes ------------------------------------------------------------------------------ */

static void tcp_connect_failed(struct tcp *tcp, nt_status status)
{
    struct endpoint *endpoint = tcp->endpoint;

    ASSERT(endpoint != NULL && !tcp->orphan);
    endpoint->tcp = NULL;
    tcp->endpoint = NULL;
    tcp_finish(tcp);
    if (endpoint->listener != NULL && endpoint->listener->connected != NULL)
        endpoint->listener->connected(endpoint->owner, status);
}

void tcp_connect_refused(struct tcp *tcp)
{
    uint32_t most = tcp->endpoint->patience.syns;
    bool last = tcp->refusals >= REFUSALS_MAX || (most != 0 && tcp->refusals + 1u >= most);

    if (last || BEHAVES(tcp->tcpip->profile, refused_connect, at_once)) {
        tcp_connect_failed(tcp, STATUS_CONNECTION_REFUSED);
        return;
    }
    tcp->refusals++;
    tcp->state = TCP_SYN_SENT;
    tcp_timer_set(tcp, REFUSED_AGAIN_MS * NS_PER_MS);
    if (tcp->timer == 0)
        tcp_connect_failed(tcp, STATUS_CONNECTION_REFUSED);
}

static void try_counts(struct tcp *tcp)
{
    if (tcp->tries < UINT8_MAX)
        tcp->tries++;
}

static bool syn_is_in_vain(const struct tcp *tcp)
{
    uint32_t most = tcp->endpoint->patience.syns;

    if (most != 0 && tcp->tries >= most)
        return true;
    if (limit_ms(tcp) != 0)
        return limit_is_reached(tcp, tcp->connected_ns);
    return most == 0 && tcp->tries >= SYNS;
}

static void syn_again(struct tcp *tcp)
{
    try_counts(tcp);
    if (syn_is_in_vain(tcp)) {
        bool refused = BEHAVES(tcp->tcpip->profile, unanswered_connect, wsaeconnrefused);
        tcp_connect_failed(tcp, refused ? STATUS_CONNECTION_REFUSED : STATUS_IO_TIMEOUT);
        return;
    }
    tcp_flow_again(tcp, 0);
    tcp_send_control(tcp, SEGMENT_SYN, tcp->snd_una);
    tcp_timer_restart(tcp);
    if (tcp->timer == 0)
        tcp_connect_failed(tcp, STATUS_INSUFFICIENT_RESOURCES);
}

static void syn_answer_again(struct tcp *tcp)
{
    if (tcp->tries++ >= SYN_ANSWERS_MAX) {
        tcp_lose(tcp, STATUS_IO_TIMEOUT);
        return;
    }
    tcp_flow_again(tcp, 0);
    if (tcp_send_control(tcp, SEGMENT_SYN, tcp->snd_una))
        tcp->snd_nxt = tcp->snd_una + 1;
    tcp_timer_restart(tcp);
}

/* ---- Bytes and probes ------------------------------------------------------------------------ */

/* The peer has not answered for too long. */
static void give_up(struct tcp *tcp)
{
    const struct profile *profile = tcp->tcpip->profile;
    bool idle = tcp->snd_nxt == tcp->snd_una && !has_unsent(tcp);
    int error =
        idle ? BEHAVIOUR_VALUE(profile, keep_alive_lost) : BEHAVIOUR_VALUE(profile, silent_peer);

    tcp_send_reset(tcp);
    tcp_lose(tcp, nt_status_from_wsa(error));
}

/* A segment before the window makes the peer say where it stands. */
static void probe(struct tcp *tcp)
{
    tcp_send_control(tcp, 0, tcp->snd_una - 1);
    tcp_timer_restart(tcp);
}

static uint32_t probes_most(const struct tcp *tcp)
{
    const struct endpoint *endpoint = tcp->endpoint;
    return endpoint != NULL && endpoint->keep_alive_count != 0 ? endpoint->keep_alive_count
                                                               : KEEP_ALIVE_PROBES;
}

static bool is_in_vain(const struct tcp *tcp)
{
    const struct tcp_flow *flow = tcp_flow_had(tcp);

    if (tcp->snd_nxt == tcp->snd_una && !has_unsent(tcp))
        return tcp->tries >= probes_most(tcp);
    if (limit_ms(tcp) != 0 && flow != NULL)
        return limit_is_reached(tcp, flow->silent_ns);
    return tcp->tries >= RETRANSMISSIONS_MAX;
}

static void something_is_late(struct tcp *tcp)
{
    if (is_in_vain(tcp)) {
        give_up(tcp);
        return;
    }
    try_counts(tcp);
    if (tcp->snd_nxt == tcp->snd_una) {
        probe(tcp);
        return;
    }
    tcp_flow_timed_out(tcp);
    if (!tcp->rewound)
        tcp->snd_max = tcp->snd_nxt;
    tcp->rewound = true;
    tcp->snd_nxt = tcp->snd_una;
    tcp->fin_sent = false;
    tcp_output(tcp);
}

/* ---- The timer ------------------------------------------------------------------------------- */

static void timer_fired(void *context, uint64_t argument)
{
    struct tcp *tcp = context;

    (void)argument;
    tcp->timer = 0;
    tcp_pin(tcp);
    if (tcp->state == TCP_SYN_SENT)
        syn_again(tcp);
    else if (tcp->state == TCP_SYN_RECEIVED)
        syn_answer_again(tcp);
    else if (tcp->orphan && tcp->state == TCP_FIN_WAIT_2)
        tcp_finish(tcp);
    else if (!tcp_is_instant(tcp))
        something_is_late(tcp);
    else if (!tcp_output(tcp))
        tcp_lose(tcp, STATUS_CONNECTION_ABORTED);
    tcp_unpin(tcp);
}

void tcp_link_changed(struct tcp *tcp)
{
    if (tcp->timer == 0 && tcp->queue != QUEUE_TIME_WAIT && tcp->state != TCP_CLOSED)
        tcp_timer_restart(tcp);
}
