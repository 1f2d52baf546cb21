#include "sim/tcpip/tcp_info.h"

#include <string.h>

#include "sim/engine/engine.h"
#include "sim/nt/nt.h"
#include "sim/tcpip/flow.h"
#include "sim/tcpip/pool.h"
#include "sim/tcpip/segment.h"

enum { NS_PER_US = 1000 };

static uint64_t lasted_ns(const struct tcp *tcp)
{
    return tcp->state == TCP_SYN_SENT ? 0 : tcp_now(tcp) - tcp->connected_ns;
}

/* Where nothing can be lost nothing is measured: it is as the wire is. */
static void of_instant(const struct tcp *tcp, struct tcp_info *info)
{
    uint64_t way_ns = tcp->tcpip->link.latency[tcp->interface].fixed_ns;

    info->round_trip_us = info->least_us = (uint32_t)(2 * way_ns / NS_PER_US);
    info->congestion_window = info->send_window;
    info->limited[LIMIT_SENDER] = (struct tcp_limited){tcp->bytes_out, info->lasted_ns, 0};
}

static void of_flow(const struct tcp *tcp, const struct tcp_flow *flow, struct tcp_info *info)
{
    info->round_trip_us = flow->round_trip_us;
    info->least_us = flow->least_us;
    info->congestion_window = flow->window;
    info->bytes_again = flow->bytes_again;
    info->bytes_early = flow->bytes_early;
    info->fast_again = flow->fast_again;
    info->duplicates = flow->duplicates_all;
    info->timeouts = flow->timeouts;
    info->syns_again = flow->syns_again;
    memcpy(info->limited, flow->limited, sizeof info->limited);
    info->limited[flow->limit].ns += tcp_now(tcp) - flow->limited_ns;
}

static uint32_t bytes_in_flight(const struct tcp *tcp)
{
    uint32_t out = tcp->snd_nxt - tcp->snd_una;
    return out < tcp->out.count ? out : tcp->out.count; /* without a FIN */
}

nt_status tcp_info(const struct endpoint *endpoint, struct tcp_info *info)
{
    const struct tcp *tcp = endpoint_tcp(endpoint);

    if (tcp == NULL)
        return STATUS_INVALID_CONNECTION;
    *info = (struct tcp_info){
        .state = (enum tcp_state)tcp->state,
        .segment = tcp_mss(tcp),
        .lasted_ns = lasted_ns(tcp),
        .in_flight = tcp->state >= TCP_ESTABLISHED ? bytes_in_flight(tcp) : 0,
        .send_window = tcp->snd_wnd,
        .receive_window = tcp_window(tcp),
        .receive_buffer = endpoint->receive_buffer,
        .bytes_out = tcp->bytes_out,
        .bytes_in = tcp->bytes_in,
    };
    const struct tcp_flow *flow = tcp_flow_had(tcp);
    if (flow != NULL)
        of_flow(tcp, flow, info);
    else
        of_instant(tcp, info);
    return STATUS_SUCCESS;
}
