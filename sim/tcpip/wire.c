#include "sim/tcpip/wire.h"

#include <string.h>

#include "sim/engine/arena.h"
#include "sim/engine/check.h"
#include "sim/engine/engine.h"
#include "sim/nt/nt.h"
#include "sim/tcpip/link.h"
#include "sim/tcpip/pool.h"
#include "sim/tcpip/segment.h"

enum { CERTAIN = 65536 };

void link_boot(struct link *link)
{
    *link = (struct link){.latency = {[INTERFACE_LOOPBACK] = {.fixed_ns = 1000},
                                      [INTERFACE_LAN] = {.fixed_ns = 200000, .jitter_ns = 100000}}};
}

/* From now on, and for ever: what was lost meanwhile is still missing later. Connections that had
 * nothing to fear get the timers that they need now.
 */
static void expect(struct tcpip *tcpip, bool faulty_loopback, bool losses)
{
    struct link *link = &tcpip->link;
    bool worse = (faulty_loopback && !link->loopback_was_faulty) || (losses && !link->lossy);

    link->loopback_was_faulty |= faulty_loopback;
    link->lossy |= losses;
    if (worse)
        tuples_visit(&tcpip->tuples, tcp_link_changed);
}

void wire_set_faults(struct tcpip *tcpip, const struct wire_faults *faults)
{
    struct link *link = &tcpip->link;

    link->faults = *faults;
    /* A window told again by an old copy counts as lost. */
    expect(tcpip, faults->loopback,
           faults->loss != 0 || faults->duplication != 0 || faults->reordering != 0 ||
               faults->delay != 0);
}

void wire_set_latency(struct tcpip *tcpip, uint32_t interface, const struct wire_latency *latency)
{
    ASSERT(interface > 0 && interface < LINK_END);
    tcpip->link.latency[interface] = *latency;
}

static struct partition **find_partition(struct link *link, const struct place *place)
{
    struct partition **at = &link->partitions;

    while (*at != NULL && !place_equal(&(*at)->place, place))
        at = &(*at)->next;
    return at;
}

void wire_partition(struct tcpip *tcpip, const struct address *address, bool apart)
{
    struct link *link = &tcpip->link;

    if (address == NULL) {
        link->apart = apart;
        expect(tcpip, false, apart);
        return;
    }
    const struct place place = place_of(address, 0);
    expect(tcpip, apart && place_is_local(&place), apart);
    struct partition **at = find_partition(link, &place);
    if (apart && *at == NULL) {
        *at = ARENA_NEW(tcpip->arena, struct partition);
        if (*at != NULL)
            (*at)->place = place;
    } else if (!apart && *at != NULL) {
        struct partition *gone = *at;
        *at = gone->next;
        arena_give(tcpip->arena, gone, sizeof *gone);
    }
}

uint32_t link_between(const struct place *a, const struct place *b)
{
    return place_is_local(a) && place_is_local(b) ? INTERFACE_LOOPBACK : INTERFACE_LAN;
}

bool link_is_instant(const struct tcpip *tcpip, uint32_t interface)
{
    return interface == INTERFACE_LOOPBACK && !tcpip->link.loopback_was_faulty;
}

static bool is_apart(struct link *link, const struct place *place)
{
    struct place bare = *place;

    bare.port = 0;
    return *find_partition(link, &bare) != NULL;
}

static uint64_t draw(struct tcpip *tcpip, enum choice_site site, uint64_t count)
{
    return choose(&tcpip->nt->engine->choices, site, count);
}

static bool happens(struct tcpip *tcpip, uint32_t chance)
{
    return chance != 0 && draw(tcpip, CHOICE_FAULT, CERTAIN) < chance;
}

/* When a packet sent now arrives. Only a packet that is reordered is overtaken. */
static uint64_t draw_due(struct tcpip *tcpip, uint32_t interface, uint32_t direction)
{
    struct link *link = &tcpip->link;
    const struct wire_latency *latency = &link->latency[interface];
    const struct wire_faults *faults = &link->faults;
    bool faulty = interface == INTERFACE_LAN || faults->loopback;
    uint64_t due = tcpip->nt->engine->now_ns + latency->fixed_ns;

    if (latency->jitter_ns != 0)
        due += draw(tcpip, CHOICE_LATENCY, latency->jitter_ns + 1);
    if (faulty && happens(tcpip, faults->delay))
        due += draw(tcpip, CHOICE_FAULT, faults->delay_ns + 1);
    if (faulty && happens(tcpip, faults->reordering))
        return due + draw(tcpip, CHOICE_FAULT, 4 * latency->fixed_ns + 1);
    uint64_t *last = &link->last_due[interface][direction];
    if (due < *last)
        due = *last;
    *last = due;
    return due;
}

struct fate link_fate(struct tcpip *tcpip, uint32_t interface, const struct place *from,
                      const struct place *to)
{
    struct link *link = &tcpip->link;
    struct fate fate = {.copies = 1};

    if (interface == INTERFACE_LOOPBACK && !link->faults.loopback &&
        link->latency[INTERFACE_LOOPBACK].jitter_ns == 0 && link->partitions == NULL) {
        fate.due_ns[0] = tcpip->nt->engine->now_ns + link->latency[INTERFACE_LOOPBACK].fixed_ns;
        return fate;
    }
    if ((interface == INTERFACE_LAN && link->apart) || is_apart(link, from) || is_apart(link, to))
        return (struct fate){0};
    bool faulty = interface == INTERFACE_LAN || link->faults.loopback;
    if (faulty && happens(tcpip, link->faults.loss))
        return (struct fate){0};
    if (faulty && happens(tcpip, link->faults.duplication))
        fate.copies = 2;
    for (uint32_t i = 0; i < fate.copies; i++)
        fate.due_ns[i] = draw_due(tcpip, interface, place_is_local(from) ? 0 : 1);
    return fate;
}

void link_sent(struct tcpip *tcpip, uint32_t interface, const struct place *from,
               const struct place *to, uint32_t bytes)
{
    struct interface_traffic *traffic = &tcpip->traffic[interface];

    if (interface == INTERFACE_LAN && !place_is_local(from))
        return;
    traffic->packets_out++;
    traffic->bytes_out += bytes;
    traffic->group_out += place_kind(to) != PLACE_UNICAST;
}

void link_came(struct tcpip *tcpip, uint32_t interface, const struct place *to, uint32_t bytes)
{
    struct interface_traffic *traffic = &tcpip->traffic[interface];

    traffic->packets_in++;
    traffic->bytes_in += bytes;
    traffic->group_in += place_kind(to) != PLACE_UNICAST;
}
