#include "sim/tcpip/flow.h"

#include "sim/engine/arena.h"
#include "sim/engine/check.h"
#include "sim/engine/engine.h"
#include "sim/nt/nt.h"
#include "sim/tcpip/marks.h"
#include "sim/tcpip/segment.h"

/* Get-NetTCPSetting, the template Internet: InitialCongestionWindow, InitialRto, MinRto,
 * DelayedAckFrequency and DelayedAckTimeout; TCP_MAXRT's page: no more than 60 s between two.
 */
enum {
    FIRST_WINDOW = 10, /* segments */
    WINDOW_MOST = 1 << 30,
    DUPLICATES = 3, /* RFC 5681 */
    PATIENCE_FIRST_MS = 1000,
    PATIENCE_LEAST_MS = 300,
    PATIENCE_MOST_MS = 60000,
    HELD_MOST = 2,
    US_PER_MS = 1000
};

uint32_t tcp_mss(const struct tcp *tcp)
{
    return tcp->interface == INTERFACE_LOOPBACK ? MSS_LOOPBACK : MSS_LAN;
}

struct tcp_flow *tcp_flow_had(const struct tcp *tcp)
{
    return tcp->extra == NULL ? NULL : tcp->extra->flow;
}

struct tcp_flow *tcp_flow(struct tcp *tcp)
{
    struct tcp_flow *flow = tcp_flow_had(tcp);

    if (flow != NULL || tcp_is_instant(tcp) || tcp->state == TCP_CLOSED || tcp_extra(tcp) == NULL)
        return flow;
    flow = ARENA_NEW(tcp->tcpip->arena, struct tcp_flow);
    if (flow == NULL)
        return NULL;
    flow->window = FIRST_WINDOW * tcp_mss(tcp);
    flow->threshold = WINDOW_MOST;
    flow->limited_ns = flow->silent_ns = tcp_now(tcp);
    tcp->extra->flow = flow;
    return flow;
}

void tcp_flow_give(struct tcp *tcp)
{
    if (tcp_flow_had(tcp) == NULL)
        return;
    tcp_flow_acknowledging(tcp);
    arena_give(tcp->tcpip->arena, tcp->extra->flow, sizeof *tcp->extra->flow);
    tcp->extra->flow = NULL;
}

/* ---- Round trips ---------------------------------------------------------------------------- */

/* RFC 6298, 2.2 and 2.3. */
static void sample(struct tcp_flow *flow, uint64_t ns)
{
    uint64_t us = ns / US_PER_MS;
    uint32_t taken = us > INT32_MAX ? INT32_MAX : us == 0 ? 1 : (uint32_t)us;

    if (flow->round_trip_us == 0) {
        flow->round_trip_us = flow->least_us = taken;
        flow->variation_us = taken / 2;
        return;
    }
    uint32_t off =
        taken > flow->round_trip_us ? taken - flow->round_trip_us : flow->round_trip_us - taken;
    flow->variation_us = (uint32_t)(((uint64_t)3 * flow->variation_us + off) / 4);
    flow->round_trip_us = (uint32_t)(((uint64_t)7 * flow->round_trip_us + taken + 7) / 8);
    if (taken < flow->least_us)
        flow->least_us = taken;
}

static uint64_t first_patience_ms(const struct tcp_flow *flow)
{
    if (flow == NULL || flow->round_trip_us == 0)
        return flow == NULL ? PATIENCE_LEAST_MS : PATIENCE_FIRST_MS;
    uint64_t ms = (flow->round_trip_us + (uint64_t)4 * flow->variation_us) / US_PER_MS;
    return ms < PATIENCE_LEAST_MS ? PATIENCE_LEAST_MS : ms;
}

uint64_t tcp_flow_patience_ms(const struct tcp *tcp)
{
    uint64_t ms = first_patience_ms(tcp_flow_had(tcp)) << (tcp->tries < 8 ? tcp->tries : 8);
    return ms > PATIENCE_MOST_MS ? PATIENCE_MOST_MS : ms;
}

/* ---- What is sent ---------------------------------------------------------------------------- */

uint32_t tcp_flow_window(const struct tcp *tcp)
{
    const struct tcp_flow *flow = tcp_flow_had(tcp);
    return flow == NULL ? UINT32_MAX : flow->window;
}

void tcp_flow_sent(struct tcp *tcp, uint32_t sequence, uint32_t size)
{
    struct tcp_flow *flow = tcp_flow(tcp);

    if (flow == NULL)
        return;
    flow->last_sent_ns = tcp_now(tcp);
    flow->limited[flow->limit].bytes += size;
    if (flow->timing)
        return;
    flow->timing = true;
    flow->timed = sequence;
    flow->timed_ns = flow->last_sent_ns;
}

void tcp_flow_limited(struct tcp *tcp, enum tcp_limit limit)
{
    struct tcp_flow *flow = tcp_flow_had(tcp);

    if (flow == NULL || flow->limit == limit)
        return;
    flow->limited[flow->limit].ns += tcp_now(tcp) - flow->limited_ns;
    flow->limited_ns = tcp_now(tcp);
    flow->limit = (uint8_t)limit;
    flow->limited[limit].times++;
}

/* What was sent twice may be acknowledged for either (Karn; RFC 6298, 3). */
void tcp_flow_again(struct tcp *tcp, uint32_t size)
{
    struct tcp_flow *flow = tcp_flow(tcp);

    tcpip_counts(tcp->tcpip, tcp->local.family)->segments_again++;
    if (flow == NULL)
        return;
    flow->timing = false;
    flow->bytes_again += size;
    flow->syns_again += tcp->state == TCP_SYN_SENT || tcp->state == TCP_SYN_RECEIVED;
}

/* RFC 5681, 4.1. */
void tcp_flow_begins(struct tcp *tcp)
{
    struct tcp_flow *flow = tcp_flow_had(tcp);
    uint32_t first = FIRST_WINDOW * tcp_mss(tcp);

    if (flow == NULL || flow->window <= first)
        return;
    if (tcp_now(tcp) - flow->last_sent_ns > first_patience_ms(flow) * NS_PER_MS)
        flow->window = first;
}

/* ---- What comes back ------------------------------------------------------------------------- */

static uint32_t half_of_what_is_out(const struct tcp *tcp)
{
    uint32_t half = (tcp->snd_nxt - tcp->snd_una) / 2;
    uint32_t least = 2 * tcp_mss(tcp);
    return half < least ? least : half;
}

/* RFC 5681, 3.1: by as much as arrived in slow start, by a segment a round trip after that. */
static void grow(struct tcp *tcp, uint32_t gone)
{
    struct tcp_flow *flow = tcp_flow_had(tcp);
    uint32_t mss = tcp_mss(tcp);

    if (flow->window >= WINDOW_MOST)
        return;
    if (flow->window < flow->threshold) {
        flow->window += gone < mss ? gone : mss;
        return;
    }
    flow->credit += gone;
    if (flow->credit < flow->window)
        return;
    flow->credit -= flow->window;
    flow->window += mss;
}

/* RFC 6582: a part of what was out when the loss was found tells of another. */
static bool acknowledged_in_recovery(struct tcp *tcp, uint32_t gone)
{
    struct tcp_flow *flow = tcp_flow_had(tcp);
    uint32_t mss = tcp_mss(tcp);

    if (!before(tcp->snd_una, flow->recover)) {
        flow->recovering = false;
        flow->window = flow->threshold;
        flow->credit = 0;
        return false;
    }
    flow->window = flow->window > gone + mss ? flow->window - gone : mss;
    if (gone >= mss)
        flow->window += mss;
    return true;
}

bool tcp_flow_acknowledged(struct tcp *tcp, uint32_t gone)
{
    struct tcp_flow *flow = tcp_flow_had(tcp);

    if (flow == NULL || gone == 0)
        return false;
    flow->duplicates = 0;
    if (flow->timing && before(flow->timed, tcp->snd_una)) {
        flow->timing = false;
        sample(flow, tcp_now(tcp) - flow->timed_ns);
    }
    if (flow->recovering)
        return acknowledged_in_recovery(tcp, gone);
    grow(tcp, gone);
    return false;
}

bool tcp_flow_duplicate(struct tcp *tcp)
{
    struct tcp_flow *flow = tcp_flow_had(tcp);

    if (flow == NULL)
        return false;
    flow->duplicates++;
    flow->duplicates_all++;
    if (flow->recovering) {
        if (flow->window < WINDOW_MOST)
            flow->window += tcp_mss(tcp); /* one has left the wire */
        return false;
    }
    if (flow->duplicates != DUPLICATES || tcp->rewound)
        return false;
    flow->threshold = half_of_what_is_out(tcp);
    flow->window = flow->threshold + DUPLICATES * tcp_mss(tcp);
    flow->recover = tcp->snd_nxt;
    flow->recovering = true;
    flow->fast_again++;
    return true;
}

void tcp_flow_heard(struct tcp *tcp)
{
    struct tcp_flow *flow = tcp_flow_had(tcp);

    if (flow != NULL)
        flow->silent_ns = tcp_now(tcp);
}

/* RFC 5681, 3.1: from the beginning, and half as far. */
void tcp_flow_timed_out(struct tcp *tcp)
{
    struct tcp_flow *flow = tcp_flow(tcp);

    if (flow == NULL)
        return;
    if (!tcp->rewound)
        flow->threshold = half_of_what_is_out(tcp);
    flow->window = tcp_mss(tcp);
    flow->credit = 0;
    flow->duplicates = 0;
    flow->recovering = false;
    flow->timing = false;
    flow->timeouts += tcp->tries == 1;
}

/* ---- What is acknowledged -------------------------------------------------------------------- */

static void acknowledge_late(void *context, uint64_t argument)
{
    struct tcp *tcp = context;

    (void)argument;
    tcp_flow_had(tcp)->ack_timer = 0;
    tcp_send_control(tcp, 0, tcp->snd_nxt);
}

static uint64_t delay_ms(const struct tcp *tcp)
{
    return (uint64_t)BEHAVIOUR_VALUE(tcp->tcpip->profile, delayed_ack);
}

static uint32_t held_most(const struct tcp *tcp)
{
    const struct endpoint *endpoint = tcp->endpoint;
    return endpoint != NULL && endpoint->patience.held != 0 ? endpoint->patience.held : HELD_MOST;
}

bool tcp_flow_acknowledges(struct tcp *tcp)
{
    struct tcp_flow *flow = tcp_flow(tcp);

    if (flow == NULL || delay_ms(tcp) == 0 || ++flow->held >= held_most(tcp))
        return true;
    if (flow->ack_timer == 0)
        flow->ack_timer =
            engine_post(tcp->tcpip->nt->engine, tcp_now(tcp) + delay_ms(tcp) * NS_PER_MS,
                        acknowledge_late, tcp, 0);
    return flow->ack_timer == 0;
}

void tcp_flow_acknowledging(struct tcp *tcp)
{
    struct tcp_flow *flow = tcp_flow_had(tcp);

    if (flow == NULL)
        return;
    if (flow->ack_timer != 0)
        engine_cancel(tcp->tcpip->nt->engine, flow->ack_timer);
    flow->ack_timer = 0;
    flow->held = 0;
}
