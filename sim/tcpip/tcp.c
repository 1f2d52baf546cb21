#include "sim/tcpip/tcp.h"

#include <string.h>

#include "sim/engine/arena.h"
#include "sim/engine/check.h"
#include "sim/tcpip/marks.h"
#include "sim/tcpip/segment.h"

enum { KEEP_ALIVE_IDLE_MS = 7200000, KEEP_ALIVE_INTERVAL_MS = 1000 };

static bool is_over(const struct tcp *tcp)
{
    return tcp == NULL || tcp->aborted != STATUS_SUCCESS;
}

static nt_status why_over(const struct tcp *tcp)
{
    return tcp == NULL ? STATUS_INVALID_CONNECTION : tcp->aborted;
}

/* ---- Connecting ---------------------------------------------------------------------------- */

static nt_status choose_route(const struct endpoint *endpoint, const struct address *address,
                              uint16_t port, struct place *local, struct place *remote)
{
    *remote = place_of(address, port);
    if (place_kind(remote) != PLACE_UNICAST)
        return STATUS_NETWORK_UNREACHABLE;
    if (endpoint->standing.wildcard) {
        *local = place_source_for(remote, endpoint->port);
        return STATUS_SUCCESS;
    }
    *local = place_of(&endpoint->address, endpoint->port);
    struct place any = place_source_for(remote, 0);
    bool far = !endpoint->foreign && !place_is_local(remote);
    bool loopback = far && place_is_loopback(local);
    if (local->family != remote->family || loopback || (far && any.family != local->family))
        return STATUS_NETWORK_UNREACHABLE;
    return STATUS_SUCCESS;
}

nt_status tcp_connect(struct endpoint *endpoint, const struct address *address, uint16_t port)
{
    struct tcpip *tcpip = endpoint->tcpip;
    struct place local, remote;

    ASSERT(endpoint->bound);
    if (endpoint->listening)
        return STATUS_INVALID_PARAMETER;
    if (endpoint->tcp != NULL)
        return STATUS_CONNECTION_ACTIVE;
    nt_status status = choose_route(endpoint, address, port, &local, &remote);
    if (!nt_success(status))
        return status;
    struct tcp *other = tuples_find(&tcpip->tuples, &local, &remote);
    if (other != NULL && other->state == TCP_TIME_WAIT &&
        BEHAVES(tcpip->profile, time_wait, none)) {
        tcp_finish(other); /* it would have been gone in a moment */
        other = NULL;
    }
    if (other != NULL)
        return STATUS_ADDRESS_ALREADY_EXISTS;
    if (!endpoint->foreign && !interface_is_up(tcpip, link_between(&local, &remote)))
        return STATUS_NETWORK_UNREACHABLE;
    struct tcp *tcp = tcp_new(tcpip, &local, &remote);
    if (tcp == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    tcp->endpoint = endpoint;
    endpoint->tcp = tcp;
    tcp_timer_restart(tcp);
    if (tcp->timer == 0 || !tcp_send_control(tcp, SEGMENT_SYN, tcp->snd_una)) {
        tcp_connect_cancel(endpoint);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    tcp->snd_nxt++;
    if (!endpoint->foreign)
        tcpip_counts(tcpip, local.family)->tcp_active++;
    return STATUS_PENDING;
}

void tcp_connect_cancel(struct endpoint *endpoint)
{
    struct tcp *tcp = endpoint_tcp(endpoint);

    if (tcp == NULL || tcp->state != TCP_SYN_SENT)
        return;
    endpoint->tcp = NULL;
    tcp->endpoint = NULL;
    tcp_finish(tcp);
}

/* ---- Looking ------------------------------------------------------------------------------- */

static enum tcp_state seen_state(const struct tcp *tcp)
{
    if (tcp->state == TCP_SYN_RECEIVED && tcp->origin != NULL)
        return TCP_ESTABLISHED; /* accepted before the handshake was over */
    return (enum tcp_state)tcp->state;
}

struct tcp_peer tcp_peer_of(const struct tcp *tcp, enum family family)
{
    const struct profile *profile = tcp->tcpip->profile;
    struct tcp_peer peer = {.address = place_address(&tcp->remote, family),
                            .port = tcp->remote.port};

    if (tcp->origin != NULL && BEHAVES(profile, accepted_peer, the_listeners))
        peer.port = tcp->local.port;
    if (family == FAMILY_6 && tcp->remote.family == FAMILY_4 &&
        BEHAVES(profile, mapped_peer, compatible))
        peer.address.bytes[10] = peer.address.bytes[11] = 0;
    return peer;
}

void tcp_look(const struct endpoint *endpoint, struct tcp_view *view)
{
    const struct tcp *tcp = endpoint_tcp(endpoint);

    *view = (struct tcp_view){.at_mark = true};
    if (endpoint->listening) {
        view->state = TCP_LISTEN;
        view->incoming = endpoint->has_queue ? endpoint->listens->accept.count : 0;
    }
    if (tcp == NULL)
        return;
    view->state = seen_state(tcp);
    view->readable_all = tcp->in.count;
    view->readable = marks_readable(tcp);
    if (tcp->extra != NULL) {
        view->urgent = tcp->extra->urgent.count;
        view->at_mark = tcp->extra->receive_marks == NULL || tcp->extra->receive_marks->at == 0;
    }
    view->peer_closed = tcp->peer_closed;
    view->aborted = tcp->aborted;
    view->send_buffered = tcp->state == TCP_CLOSED ? 0 : tcp->out.count;
    view->connected_ns = tcp->state == TCP_SYN_SENT ? 0 : tcp->connected_ns;
    view->peer = tcp_peer_of(tcp, (enum family)endpoint->family);
    view->local = place_address(&tcp->local, (enum family)endpoint->family);
}

/* ---- Bytes --------------------------------------------------------------------------------- */

static nt_status may_send(const struct tcp *tcp)
{
    if (is_over(tcp))
        return why_over(tcp);
    if (tcp->fin_wanted)
        return STATUS_PIPE_DISCONNECTED;
    switch ((enum tcp_state)tcp->state) {
    case TCP_ESTABLISHED:
        return STATUS_SUCCESS;
    case TCP_CLOSE_WAIT:
        return BEHAVES(tcp->tcpip->profile, half_closed_send, granted) ? STATUS_SUCCESS
                                                                       : STATUS_PIPE_DISCONNECTED;
    case TCP_SYN_RECEIVED:
        return tcp->origin != NULL ? STATUS_SUCCESS : STATUS_INVALID_CONNECTION;
    default:
        return STATUS_INVALID_CONNECTION;
    }
}

/* The last of the bytes taken is urgent. */
static bool mark_urgent(struct tcp *tcp, uint32_t size)
{
    struct tcp_extra *extra = tcp_extra(tcp);
    uint32_t first = tcp->state == TCP_SYN_RECEIVED ? tcp->snd_una + 1 : tcp->snd_una;
    bool all = BEHAVES(tcp->tcpip->profile, urgent_size, all);
    uint32_t end = first + tcp->out.count;

    if (extra == NULL)
        return false;
    for (uint32_t left = all ? size : 1; left > 0; left--)
        if (!mark_add(tcp, &extra->send_marks, end - left))
            return false;
    return true;
}

nt_status tcp_send(struct endpoint *endpoint, const void *bytes, uint32_t size, bool urgent)
{
    struct tcp *tcp = endpoint_tcp(endpoint);
    nt_status status = may_send(tcp);

    if (!nt_success(status) || size == 0)
        return status;
    struct arena *arena = tcp->tcpip->arena;
    if (size > INT32_MAX - tcp->out.count || !bytequeue_append(&tcp->out, arena, bytes, size))
        return STATUS_INSUFFICIENT_RESOURCES;
    bool marked = !urgent || mark_urgent(tcp, size);
    if (marked && tcp_output(tcp))
        return STATUS_SUCCESS;
    uint32_t sent = tcp->snd_nxt - tcp->snd_una;
    uint32_t unsent = tcp->out.count > sent ? tcp->out.count - sent : 0;
    if (unsent < size)
        return STATUS_SUCCESS; /* some of it is on its way; the rest goes when there is room */
    if (marked && urgent)
        mark_drop_last(tcp, &tcp->extra->send_marks);
    bytequeue_drop_last(&tcp->out, arena, size);
    return STATUS_INSUFFICIENT_RESOURCES;
}

static nt_status receive_urgent(struct tcp *tcp, void *bytes, unsigned flags, uint32_t *got)
{
    struct bytequeue *urgent = tcp->extra == NULL ? NULL : &tcp->extra->urgent;

    if (urgent == NULL || urgent->count == 0)
        return STATUS_PENDING;
    bytequeue_copy(urgent, 0, bytes, 1);
    if ((flags & TCP_PEEK) == 0 || BEHAVES(tcp->tcpip->profile, urgent_peek, takes))
        bytequeue_drop(urgent, tcp->tcpip->arena, 1);
    *got = 1;
    return STATUS_SUCCESS;
}

/* Nothing is there: because the peer is done, or not yet. */
static nt_status receive_end(struct tcp *tcp)
{
    if (!tcp->peer_closed && tcp->state != TCP_CLOSED)
        return STATUS_PENDING;
    if (tcp->end_told && BEHAVES(tcp->tcpip->profile, end_of_stream, once))
        return STATUS_PENDING;
    tcp->end_told = true;
    return STATUS_SUCCESS;
}

nt_status tcp_receive(struct endpoint *endpoint, void *bytes, uint32_t size, unsigned flags,
                      uint32_t *got)
{
    struct tcp *tcp = endpoint_tcp(endpoint);

    *got = 0;
    if (is_over(tcp))
        return why_over(tcp);
    if (tcp->state == TCP_SYN_SENT)
        return STATUS_INVALID_CONNECTION;
    if ((flags & TCP_URGENT) != 0 && size > 0)
        return receive_urgent(tcp, bytes, flags, got);
    uint32_t readable = marks_readable(tcp);
    if (readable == 0)
        return receive_end(tcp);
    *got = readable < size ? readable : size;
    bytequeue_copy(&tcp->in, 0, bytes, *got);
    if ((flags & TCP_PEEK) != 0)
        return STATUS_SUCCESS;
    marks_read(tcp, *got);
    bool loses =
        *got == size && tcp->in.count > size && BEHAVES(tcp->tcpip->profile, receive_end, lost);
    bytequeue_drop(&tcp->in, tcp->tcpip->arena, *got + loses);
    tcp_window_opened(tcp);
    return STATUS_SUCCESS;
}

/* ---- Settings ------------------------------------------------------------------------------ */

void tcp_set_receive_buffer(struct endpoint *endpoint, uint32_t size)
{
    endpoint->receive_buffer = size;
    if (endpoint_tcp(endpoint) != NULL && endpoint->tcp->state >= TCP_ESTABLISHED)
        tcp_window_opened(endpoint->tcp);
}

void tcp_set_urgent_inline(struct endpoint *endpoint, bool in_line)
{
    endpoint->urgent_inline = in_line;
}

void tcp_set_no_delay(struct endpoint *endpoint, bool on)
{
    struct tcp *tcp = endpoint_tcp(endpoint);

    endpoint->no_delay = on;
    if (on && tcp != NULL && tcp->out.count > 0)
        tcp_output(tcp);
}

/* Whether its timer may be set anew. */
static bool waits(const struct tcp *tcp)
{
    return tcp->state != TCP_CLOSED && tcp->state != TCP_TIME_WAIT &&
           (!tcp_is_instant(tcp) || tcp->state == TCP_SYN_SENT);
}

void tcp_set_keep_alive(struct endpoint *endpoint, const struct tcp_keep_alive *values)
{
    struct tcp *tcp = endpoint_tcp(endpoint);
    uint32_t idle_ms = values->idle_ms != 0 ? values->idle_ms : KEEP_ALIVE_IDLE_MS;
    uint32_t interval_ms = values->interval_ms != 0 ? values->interval_ms : KEEP_ALIVE_INTERVAL_MS;
    bool same = endpoint->keep_alive == values->on && endpoint->keep_alive_idle_ms == idle_ms &&
                endpoint->keep_alive_interval_ms == interval_ms &&
                endpoint->keep_alive_count == values->count;

    endpoint->keep_alive = values->on;
    endpoint->keep_alive_idle_ms = idle_ms;
    endpoint->keep_alive_interval_ms = interval_ms;
    endpoint->keep_alive_count = values->count;
    if (!same && tcp != NULL && tcp->state != TCP_SYN_SENT && waits(tcp))
        tcp_timer_restart(tcp);
}

void tcp_set_patience(struct endpoint *endpoint, const struct tcp_patience *patience)
{
    struct tcp *tcp = endpoint_tcp(endpoint);
    bool same = memcmp(&endpoint->patience, patience, sizeof *patience) == 0;

    endpoint->patience = *patience;
    if (!same && tcp != NULL && waits(tcp))
        tcp_timer_restart(tcp);
}

/* ---- Closing ------------------------------------------------------------------------------- */

nt_status tcp_shutdown_send(struct endpoint *endpoint)
{
    struct tcp *tcp = endpoint_tcp(endpoint);

    if (is_over(tcp))
        return why_over(tcp);
    if (tcp->state == TCP_SYN_SENT)
        return STATUS_INVALID_CONNECTION;
    if (tcp->fin_wanted)
        return STATUS_SUCCESS;
    tcp->fin_wanted = true;
    if (tcp_output(tcp))
        return STATUS_SUCCESS;
    tcp->fin_wanted = false;
    return STATUS_INSUFFICIENT_RESOURCES;
}

void tcp_shutdown_receive(struct endpoint *endpoint)
{
    struct tcp *tcp = endpoint_tcp(endpoint);

    if (tcp != NULL)
        tcp->receive_shut = true;
}
