/* Who gets a datagram. One of several on a port that share it by SO_REUSEADDR: the most specific,
 * a connected one before others, else the first bound. Broadcasts and multicasts: each who wants
 * them.
 */
#include <string.h>

#include "sim/engine/arena.h"
#include "sim/engine/check.h"
#include "sim/engine/engine.h"
#include "sim/tcpip/datagram.h"
#include "sim/tcpip/endpoint.h"
#include "sim/tcpip/link.h"
#include "sim/tcpip/pool.h"
#include "sim/tcpip/remote.h"
#include "sim/tcpip/tcp.h"

enum { FIT_CONNECTED = 8 };

static bool has_room(const struct endpoint *endpoint, uint32_t size)
{
    const struct udp *udp = endpoint->udp;
    const struct profile *profile = endpoint->tcpip->profile;

    if (size == 0)
        return !BEHAVES(profile, empty_datagram, swallowed);
    return udp->count == 0 || udp->bytes + size <= endpoint->receive_buffer ||
           BEHAVES(profile, receive_buffer_full, grows);
}

static void keep(struct endpoint *endpoint, struct datagram *datagram)
{
    struct udp *udp = endpoint_udp(endpoint);

    if (udp != NULL && BEHAVES(endpoint->tcpip->profile, receive_buffer_full, drops_oldest))
        while (!has_room(endpoint, datagram->size) && udp->count > 0)
            udp_drop_first(udp);
    struct protocol_counts *counts = tcpip_counts(datagram->tcpip, datagram->to.family);
    if (udp == NULL || !has_room(endpoint, datagram->size)) {
        counts->datagrams_dropped++;
        datagram_give(datagram);
        return;
    }
    counts->datagrams_in++;
    datagram->next = NULL;
    if (udp->last == NULL)
        udp->first = datagram;
    else
        udp->last->next = datagram;
    udp->last = datagram;
    udp->count++;
    udp->bytes += datagram->size;
    ENDPOINT_TELL(endpoint, readable);
}

static void keep_copy(struct endpoint *endpoint, const struct datagram *datagram)
{
    size_t size = sizeof *datagram + datagram->size;
    struct datagram *copy = arena_take(datagram->tcpip->arena, size);

    if (copy == NULL)
        return;
    memcpy(copy, datagram, size);
    keep(endpoint, copy);
}

static struct endpoint *first_on(const struct tcpip *tcpip, uint16_t port)
{
    return porttable_at(&tcpip->pools[PROTOCOL_UDP].bound, port);
}

static struct standing standing_at(const struct place *place)
{
    struct standing standing = {.family = place->family};

    memcpy(standing.bytes, place->bytes, sizeof standing.bytes);
    return standing;
}

/* Whether a connected endpoint wants to hear this sender. */
static bool hears(const struct endpoint *endpoint, const struct place *from)
{
    return endpoint->udp == NULL || !endpoint->udp->has_peer ||
           place_equal(&endpoint->udp->peer, from) ||
           BEHAVES(endpoint->tcpip->profile, peer_filter, ignored);
}

static struct endpoint *find_receiver(const struct tcpip *tcpip, const struct place *to,
                                      const struct place *from)
{
    const struct standing target = standing_at(to);
    struct endpoint *best = NULL;
    int best_fit = 0;

    for (struct endpoint *e = first_on(tcpip, to->port); e != NULL; e = e->next) {
        int fit = standing_fit(&e->standing, &target);
        if (fit == 0 || !hears(e, from))
            continue;
        if (e->udp != NULL && e->udp->has_peer)
            fit += FIT_CONNECTED;
        if (fit > best_fit) {
            best = e;
            best_fit = fit;
        }
    }
    return best;
}

void datagram_refuse(const struct datagram *datagram, bool expired)
{
    struct datagram *answer = arena_take(datagram->tcpip->arena, sizeof *answer);

    if (answer == NULL)
        return;
    answer->tcpip = datagram->tcpip;
    answer->from = datagram->to;
    answer->to = datagram->from;
    answer->interface = datagram->interface;
    answer->refusal = true;
    answer->expired = expired;
    datagram_transmit(answer);
}

static void deliver(struct datagram *datagram)
{
    struct endpoint *receiver = find_receiver(datagram->tcpip, &datagram->to, &datagram->from);

    if (receiver != NULL) {
        keep(receiver, datagram);
        return;
    }
    tcpip_counts(datagram->tcpip, datagram->to.family)->datagrams_no_port++;
    datagram_refuse(datagram, false);
    datagram_give(datagram);
}

/* A broadcast or multicast comes to who is bound to the wildcard, to the address it was sent to, or
 * to the interface's own.
 */
static bool is_addressed(const struct endpoint *endpoint, const struct datagram *datagram)
{
    const struct standing *standing = &endpoint->standing;

    if (standing->wildcard)
        return standing->family == datagram->to.family || standing->dual;
    if (standing->family != datagram->to.family)
        return false;
    if (memcmp(standing->bytes, datagram->to.bytes, sizeof standing->bytes) == 0)
        return true;
    struct place place = {.family = standing->family};
    memcpy(place.bytes, standing->bytes, sizeof place.bytes);
    return place_is_local(&place) &&
           place_is_loopback(&place) == (datagram->interface == INTERFACE_LOOPBACK);
}

/* Who hears a group: its members. Whether they hear this machine's own is theirs to say, not the
 * sender's (IP Multicast, the note on Windows).
 */
static bool is_for(const struct endpoint *endpoint, const struct datagram *datagram)
{
    bool own = place_is_local(&datagram->from);
    const struct profile *profile = endpoint->tcpip->profile;

    if (own && endpoint->udp != NULL && endpoint->udp->deaf &&
        !BEHAVES(profile, group_loop, ignored))
        return false;
    return udp_is_member(endpoint, datagram) || BEHAVES(profile, group_outsider, hears);
}

static void deliver_to_all(struct datagram *datagram, enum place_kind kind)
{
    struct endpoint *next;

    for (struct endpoint *e = first_on(datagram->tcpip, datagram->to.port); e != NULL; e = next) {
        next = e->next;
        if (!is_addressed(e, datagram) || !hears(e, &datagram->from))
            continue;
        if (kind != PLACE_BROADCAST && !is_for(e, datagram))
            continue;
        if (kind == PLACE_BROADCAST && e->udp != NULL && e->udp->no_broadcasts)
            continue;
        keep_copy(e, datagram);
        if (BEHAVES(e->tcpip->profile, group_copies, first))
            break;
    }
    datagram_give(datagram);
}

static void refusal_arrived(struct datagram *datagram)
{
    bool expired = datagram->expired;
    struct endpoint *endpoint = find_receiver(datagram->tcpip, &datagram->to, &datagram->from);
    struct udp *udp = endpoint == NULL ? NULL : endpoint_udp(endpoint);

    datagram_give(datagram);
    if (udp != NULL && expired && !udp->expiries_ignored) {
        udp->expired = true;
        ENDPOINT_TELL(endpoint, readable);
    }
    if (udp == NULL || expired || udp->refusals_ignored)
        return;
    if (BEHAVES(endpoint->tcpip->profile, unreachable_told, nobody) ||
        (!udp->has_peer && BEHAVES(endpoint->tcpip->profile, unreachable_told, connected)))
        return;
    udp->refused = true;
    ENDPOINT_TELL(endpoint, readable);
}

void datagram_arrive(void *context, uint64_t argument)
{
    struct datagram *datagram = context;
    enum place_kind kind = place_kind(&datagram->to);

    (void)argument;
    if (kind != PLACE_UNICAST || place_is_local(&datagram->to))
        link_came(datagram->tcpip, datagram->interface, &datagram->to, datagram->size);
    if (datagram->refusal && !place_is_local(&datagram->to))
        datagram_give(datagram);
    else if (datagram->refusal)
        refusal_arrived(datagram);
    else if (kind != PLACE_UNICAST)
        deliver_to_all(datagram, kind);
    else if (place_is_local(&datagram->to))
        deliver(datagram);
    else
        remote_datagram(datagram);
}
