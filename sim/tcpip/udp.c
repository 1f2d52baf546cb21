#include "sim/tcpip/udp.h"

#include <string.h>

#include "sim/engine/arena.h"
#include "sim/engine/check.h"
#include "sim/engine/engine.h"
#include "sim/nt/nt.h"
#include "sim/tcpip/datagram.h"
#include "sim/tcpip/endpoint.h"
#include "sim/tcpip/link.h"
#include "sim/tcpip/pool.h"

struct udp *endpoint_udp(struct endpoint *endpoint)
{
    ASSERT(endpoint->protocol == PROTOCOL_UDP);
    if (endpoint->udp == NULL)
        endpoint->udp = ARENA_NEW(endpoint->tcpip->arena, struct udp);
    return endpoint->udp;
}

void datagram_give(struct datagram *datagram)
{
    arena_give(datagram->tcpip->arena, datagram, sizeof *datagram + datagram->size);
}

void udp_drop_first(struct udp *udp)
{
    struct datagram *gone = udp->first;

    udp->first = gone->next;
    if (udp->first == NULL)
        udp->last = NULL;
    udp->count--;
    udp->bytes -= gone->size;
    datagram_give(gone);
}

void udp_endpoint_closed(struct endpoint *endpoint)
{
    struct udp *udp = endpoint->udp;

    if (udp == NULL)
        return;
    while (udp->first != NULL)
        udp_drop_first(udp);
    udp_leave_all(endpoint->tcpip, udp);
    endpoint->udp = NULL;
    arena_give(endpoint->tcpip->arena, udp, sizeof *udp);
}

/* ---- Sending ------------------------------------------------------------------------------- */

static bool post(struct datagram *datagram, uint64_t due_ns)
{
    return engine_post(datagram->tcpip->nt->engine, due_ns, datagram_arrive, datagram, 0) != 0;
}

static void post_copy(const struct datagram *datagram, uint64_t due_ns)
{
    size_t size = sizeof *datagram + datagram->size;
    struct datagram *copy = arena_take(datagram->tcpip->arena, size);

    if (copy == NULL)
        return;
    memcpy(copy, datagram, size);
    if (!post(copy, due_ns))
        datagram_give(copy);
}

static void count_out(const struct datagram *datagram)
{
    struct tcpip *tcpip = datagram->tcpip;

    if (datagram->interface == INTERFACE_LAN && !place_is_local(&datagram->from))
        return;
    link_sent(tcpip, datagram->interface, &datagram->from, &datagram->to, datagram->size);
    if (!datagram->refusal)
        tcpip_counts(tcpip, datagram->from.family)->datagrams_out++;
}

bool datagram_transmit(struct datagram *datagram)
{
    count_out(datagram);
    struct fate fate =
        link_fate(datagram->tcpip, datagram->interface, &datagram->from, &datagram->to);

    if (fate.copies == 0) {
        datagram_give(datagram);
        return true;
    }
    if (fate.copies == 2)
        post_copy(datagram, fate.due_ns[1]);
    if (post(datagram, fate.due_ns[0]))
        return true;
    datagram_give(datagram);
    return false;
}

/* Where it goes out, and from which address. */
static bool choose_route(const struct endpoint *endpoint, const struct udp_sending *sending,
                         struct datagram *head)
{
    enum place_kind kind = place_kind(&head->to);
    bool wildcard = endpoint->standing.wildcard || endpoint->foreign;

    head->from = place_of(&endpoint->address, endpoint->port);
    if (endpoint->standing.wildcard)
        head->from = place_source_for(&head->to, endpoint->port);
    if (head->from.family != head->to.family)
        return false;
    head->interface = link_between(&head->from, &head->to);
    if (kind == PLACE_MULTICAST) {
        bool inside = sending->interface == INTERFACE_LOOPBACK ||
                      (sending->interface == 0 && place_is_loopback(&head->from));
        head->interface = inside ? INTERFACE_LOOPBACK : INTERFACE_LAN;
    }
    return wildcard || head->interface == INTERFACE_LOOPBACK || !place_is_loopback(&head->from);
}

nt_status udp_send(struct endpoint *endpoint, const struct udp_sending *sending)
{
    struct tcpip *tcpip = endpoint->tcpip;
    struct datagram head = {.tcpip = tcpip, .size = sending->size, .ttl = sending->ttl};

    ASSERT(endpoint->bound && endpoint->protocol == PROTOCOL_UDP);
    if (sending->size > UDP_PAYLOAD_MAX)
        return STATUS_BUFFER_OVERFLOW;
    head.to = place_of(&sending->to, sending->port);
    if (!choose_route(endpoint, sending, &head))
        return STATUS_NETWORK_UNREACHABLE;
    head.loops = sending->loop;
    struct datagram *datagram = arena_take(tcpip->arena, sizeof *datagram + sending->size);
    if (datagram == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    memcpy(datagram, &head, sizeof head);
    if (sending->size > 0)
        memcpy(datagram->bytes, sending->bytes, sending->size);
    return datagram_transmit(datagram) ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

/* What others sent before there was a peer. */
static void drop_strangers(struct udp *udp)
{
    struct datagram **at = &udp->first;

    udp->last = NULL;
    while (*at != NULL) {
        struct datagram *datagram = *at;
        if (place_equal(&datagram->from, &udp->peer)) {
            udp->last = datagram;
            at = &datagram->next;
            continue;
        }
        *at = datagram->next;
        udp->count--;
        udp->bytes -= datagram->size;
        datagram_give(datagram);
    }
}

void udp_set_peer(struct endpoint *endpoint, const struct address *address, uint16_t port)
{
    struct udp *udp = endpoint_udp(endpoint);

    if (udp == NULL)
        return;
    udp->has_peer = address != NULL;
    udp->peer = address != NULL ? place_of(address, port) : (struct place){0};
    if (udp->has_peer && BEHAVES(endpoint->tcpip->profile, datagrams_before_connect, dropped))
        drop_strangers(udp);
}

/* ---- Receiving ----------------------------------------------------------------------------- */

static void describe(const struct endpoint *endpoint, const struct datagram *from,
                     struct udp_datagram *to)
{
    enum family family = (enum family)endpoint->family;
    enum place_kind kind = place_kind(&from->to);

    *to = (struct udp_datagram){
        .from = place_address(&from->from, family),
        .to = place_address(&from->to, family),
        .port = from->from.port,
        .size = from->size,
        .interface = from->interface,
        .ttl = from->ttl,
        .broadcast = kind == PLACE_BROADCAST,
        .multicast = kind == PLACE_MULTICAST,
    };
}

/* By the defect of `datagram_bounds`: what is behind the first bytes becomes a datagram. */
static void keep_rest(struct udp *udp, uint32_t taken)
{
    struct datagram *whole = udp->first;
    uint32_t size = whole->size - taken;
    struct datagram *rest = arena_take(whole->tcpip->arena, sizeof *rest + size);

    if (rest == NULL) {
        udp_drop_first(udp);
        return;
    }
    memcpy(rest, whole, sizeof *whole);
    memcpy(rest->bytes, whole->bytes + taken, size);
    rest->size = size;
    if (udp->last == whole)
        udp->last = rest;
    udp->first = rest;
    udp->bytes -= taken;
    datagram_give(whole);
}

nt_status udp_receive(struct endpoint *endpoint, void *bytes, uint32_t size, bool peek,
                      struct udp_datagram *datagram)
{
    struct udp *udp = endpoint->udp;
    const struct profile *profile = endpoint->tcpip->profile;

    ASSERT(endpoint->protocol == PROTOCOL_UDP);
    if (udp != NULL && udp->refused) {
        udp->refused = BEHAVES(profile, unreachable_again, again);
        return STATUS_PORT_UNREACHABLE;
    }
    if (udp == NULL || udp->first == NULL)
        return STATUS_PENDING;
    const struct datagram *first = udp->first;
    if (first->size > 1 && !peek && BEHAVES(profile, datagram_bounds, split)) {
        uint32_t half = first->size / 2 < size ? first->size / 2 : size;
        describe(endpoint, first, datagram);
        if (half > 0)
            memcpy(bytes, first->bytes, half);
        datagram->size = half;
        keep_rest(udp, half);
        return STATUS_SUCCESS;
    }
    bool cut = first->size > size;
    describe(endpoint, first, datagram);
    if (size > 0) /* a receive without room names no memory */
        memcpy(bytes, first->bytes, cut ? size : first->size);
    bool keeps = peek ? !BEHAVES(profile, datagram_peek, takes)
                      : cut && BEHAVES(profile, datagram_rest, kept);
    if (!keeps)
        udp_drop_first(udp);
    return cut && !BEHAVES(profile, datagram_cut, succeeds) ? STATUS_BUFFER_OVERFLOW
                                                            : STATUS_SUCCESS;
}

void udp_look(const struct endpoint *endpoint, struct udp_view *view)
{
    const struct udp *udp = endpoint->udp;

    ASSERT(endpoint->protocol == PROTOCOL_UDP);
    *view = (struct udp_view){0};
    if (udp == NULL)
        return;
    view->datagrams = udp->count;
    view->first_size = udp->first == NULL ? 0 : udp->first->size;
    view->bytes = udp->bytes;
    view->error = udp->refused;
}

void udp_set_receive_buffer(struct endpoint *endpoint, uint32_t size)
{
    endpoint->receive_buffer = size;
}

void udp_set_unreachable(struct endpoint *endpoint, bool reported)
{
    struct udp *udp = endpoint_udp(endpoint);

    if (udp == NULL || BEHAVES(endpoint->tcpip->profile, unreachable_off, ignored))
        return;
    udp->refusals_ignored = !reported;
    if (!reported)
        udp->refused = false;
}

void udp_check(const struct endpoint *endpoint)
{
    const struct udp *udp = endpoint->udp;
    uint32_t count = 0, bytes = 0;

    ASSERT(endpoint->protocol == PROTOCOL_UDP && !endpoint->orphan && !endpoint->has_queue);
    if (udp == NULL)
        return;
    for (const struct datagram *d = udp->first; d != NULL; d = d->next) {
        ASSERT(!d->refusal && (d->next != NULL || udp->last == d));
        count++;
        bytes += d->size;
    }
    ASSERT(count == udp->count && bytes == udp->bytes);
    ASSERT((udp->first == NULL) == (udp->last == NULL));
    ASSERT(!udp->refused || !udp->refusals_ignored);
    for (const struct membership *m = udp->memberships; m != NULL; m = m->next)
        ASSERT(place_kind(&m->group) == PLACE_MULTICAST && m->interface != 0);
}
