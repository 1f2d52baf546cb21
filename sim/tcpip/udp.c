#include "sim/tcpip/udp.h"

#include <string.h>

#include "sim/engine/arena.h"
#include "sim/engine/check.h"
#include "sim/engine/engine.h"
#include "sim/nt/nt.h"
#include "sim/tcpip/datagram.h"
#include "sim/tcpip/endpoint.h"
#include "sim/tcpip/interfaces.h"
#include "sim/tcpip/link.h"
#include "sim/tcpip/pool.h"

enum { HEADERS_4 = 28, HEADERS_6 = 48 }; /* IP's and UDP's */

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

/* The address a wildcard endpoint sends from: to a group, that of the interface it goes out by. */
static struct place source_of(const struct endpoint *endpoint, const struct udp_sending *sending,
                              const struct place *to)
{
    struct place source = place_source_for(to, endpoint->port);

    if (sending->interface != 0 && place_kind(to) != PLACE_UNICAST)
        source = place_on(sending->interface, to);
    source.port = endpoint->port;
    return source;
}

static uint32_t way_out(const struct udp_sending *sending, const struct datagram *head)
{
    if (place_kind(&head->to) == PLACE_UNICAST)
        return link_between(&head->from, &head->to);
    if (sending->interface != 0)
        return sending->interface;
    return place_is_loopback(&head->from) ? INTERFACE_LOOPBACK : INTERFACE_LAN;
}

/* Where it goes out, and from which address. */
static nt_status choose_route(const struct endpoint *endpoint, const struct udp_sending *sending,
                              struct datagram *head)
{
    bool anywhere = endpoint->foreign || (endpoint->standing.wildcard && !sending->has_source);

    if (sending->interface != 0 && interface_find(sending->interface) == NULL)
        return STATUS_NETWORK_UNREACHABLE;
    head->from = place_of(&endpoint->address, endpoint->port);
    if (sending->has_source)
        head->from = place_of(&sending->source, endpoint->port);
    else if (endpoint->standing.wildcard)
        head->from = source_of(endpoint, sending, &head->to);
    if (head->from.family != head->to.family)
        return STATUS_NETWORK_UNREACHABLE;
    if (sending->has_source && !place_is_local(&head->from))
        return STATUS_INVALID_ADDRESS_COMPONENT;
    head->interface = way_out(sending, head);
    bool inside = head->interface == INTERFACE_LOOPBACK;
    if ((sending->interface == INTERFACE_LOOPBACK && !inside) ||
        (sending->interface == INTERFACE_LAN && place_is_loopback(&head->to)))
        return STATUS_NETWORK_UNREACHABLE;
    if (!inside && !endpoint->foreign && !interface_is_up(endpoint->tcpip, head->interface))
        return STATUS_NETWORK_UNREACHABLE;
    return anywhere || inside || !place_is_loopback(&head->from) ? STATUS_SUCCESS
                                                                 : STATUS_NETWORK_UNREACHABLE;
}

/* What fits into one packet; a message that is sent in pieces is never taken apart otherwise. */
static bool is_too_big(const struct udp_sending *sending, const struct datagram *head)
{
    uint32_t headers = head->to.family == FAMILY_4 ? HEADERS_4 : HEADERS_6;
    uint32_t mtu = interface_find(head->interface)->mtu;
    uint32_t size =
        sending->piece != 0 && sending->piece < sending->size ? sending->piece : sending->size;
    if (sending->mtu != 0 && sending->mtu < mtu)
        mtu = sending->mtu;
    return (sending->whole || sending->piece != 0) && size + headers > mtu;
}

/* Hosts of other networks are behind the router, which takes one from the time to live. */
static bool ends_at_router(const struct endpoint *endpoint, const struct datagram *head)
{
    const struct interface *lan = interface_find(INTERFACE_LAN);
    const struct address to = place_address(&head->to, (enum family)head->to.family);
    const struct address *own = interface_address(lan, to.family);

    return head->interface == INTERFACE_LAN && head->ttl <= 1 && !endpoint->foreign &&
           place_kind(&head->to) == PLACE_UNICAST &&
           !interface_same_network(own, &to, lan->prefixes[own - lan->addresses]);
}

static nt_status send_one(struct endpoint *endpoint, const struct datagram *head,
                          const unsigned char *bytes, uint32_t size)
{
    struct arena *arena = endpoint->tcpip->arena;
    struct datagram *datagram = arena_take(arena, sizeof *datagram + size);

    if (datagram == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    memcpy(datagram, head, sizeof *head);
    datagram->size = size;
    if (size > 0)
        memcpy(datagram->bytes, bytes, size);
    if (ends_at_router(endpoint, datagram)) {
        datagram_refuse(datagram, true);
        datagram_give(datagram);
        return STATUS_SUCCESS;
    }
    return datagram_transmit(datagram) ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

nt_status udp_send(struct endpoint *endpoint, const struct udp_sending *sending)
{
    struct datagram head = {.tcpip = endpoint->tcpip, .ttl = sending->ttl, .tos = sending->tos};
    const unsigned char *bytes = sending->bytes;
    uint32_t piece = sending->piece != 0 ? sending->piece : sending->size;

    ASSERT(endpoint->bound && endpoint->protocol == PROTOCOL_UDP);
    if (sending->size > UDP_PAYLOAD_MAX)
        return STATUS_BUFFER_OVERFLOW;
    head.to = place_of(&sending->to, sending->port);
    nt_status status = choose_route(endpoint, sending, &head);
    if (!nt_success(status))
        return status;
    if (is_too_big(sending, &head))
        return STATUS_BUFFER_OVERFLOW;
    head.loops = sending->loop;
    uint32_t done = 0;
    do {
        uint32_t size = sending->size - done < piece ? sending->size - done : piece;
        status = send_one(endpoint, &head, size > 0 ? bytes + done : NULL, size);
        done += size;
    } while (nt_success(status) && done < sending->size);
    return status;
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
        .tos = from->tos,
        .is_4 = from->from.family == FAMILY_4,
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

/* udp_receive of several at once: how many bytes the first ones make together, when they may be
 * received as one of at most `size` bytes; 0 when they may not.
 */
static uint32_t coalesce(const struct udp *udp, uint32_t size)
{
    const struct datagram *first = udp->first;
    uint32_t most = udp->coalesced < size ? udp->coalesced : size;
    uint32_t total = first->size, count = 1;

    if (first->size == 0)
        return 0;
    for (const struct datagram *d = first->next; d != NULL; d = d->next) {
        bool same = place_equal(&d->from, &first->from) && place_equal(&d->to, &first->to) &&
                    d->tos == first->tos && d->ttl == first->ttl;
        if (!same || d->size == 0 || d->size > first->size || d->size > most - total)
            break;
        total += d->size;
        count++;
        if (d->size < first->size)
            break;
    }
    return count > 1 && total <= most ? total : 0;
}

static nt_status receive_several(struct endpoint *endpoint, unsigned char *bytes, uint32_t total,
                                 bool peek, struct udp_datagram *datagram)
{
    struct udp *udp = endpoint->udp;
    uint32_t done = 0;

    describe(endpoint, udp->first, datagram);
    datagram->piece = udp->first->size;
    datagram->size = total;
    for (const struct datagram *d = udp->first; done < total;) {
        const struct datagram *next = d->next;
        memcpy(bytes + done, d->bytes, d->size);
        done += d->size;
        if (!peek)
            udp_drop_first(udp);
        d = next;
    }
    return STATUS_SUCCESS;
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
    if (udp != NULL && udp->expired) {
        udp->expired = false;
        return STATUS_NETWORK_NAME_DELETED;
    }
    if (udp == NULL || udp->first == NULL)
        return STATUS_PENDING;
    const struct datagram *first = udp->first;
    bool together = BEHAVES(profile, datagrams_coalesced, together) && udp->coalesced > first->size;
    uint32_t several = together ? coalesce(udp, size) : 0;
    if (several > 0)
        return receive_several(endpoint, bytes, several, peek, datagram);
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
    view->error = udp->refused || udp->expired;
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

void udp_set_expired(struct endpoint *endpoint, bool reported)
{
    struct udp *udp = reported ? endpoint->udp : endpoint_udp(endpoint);

    if (udp == NULL)
        return;
    udp->expiries_ignored = !reported;
    if (!reported)
        udp->expired = false;
}

void udp_set_broadcasts(struct endpoint *endpoint, bool heard)
{
    struct udp *udp = heard ? endpoint->udp : endpoint_udp(endpoint);

    if (udp != NULL)
        udp->no_broadcasts = !heard;
}

void udp_set_coalescing(struct endpoint *endpoint, uint32_t size)
{
    struct udp *udp = size == 0 ? endpoint->udp : endpoint_udp(endpoint);

    if (udp != NULL)
        udp->coalesced = size;
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
