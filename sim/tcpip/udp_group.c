/* Multicast: which groups an endpoint has joined, on which interface, from which sources. */
#include "sim/engine/arena.h"
#include "sim/engine/check.h"
#include "sim/tcpip/datagram.h"
#include "sim/tcpip/endpoint.h"
#include "sim/tcpip/link.h"
#include "sim/tcpip/pool.h"

static bool read_group(const struct address *group, uint32_t interface,
                       const struct address *source, struct membership *wish)
{
    *wish = (struct membership){.group = place_of(group, 0), .interface = interface};
    if (interface == 0)
        wish->interface = INTERFACE_LAN;
    wish->by_source = source != NULL;
    if (source != NULL)
        wish->source = place_of(source, 0);
    return place_kind(&wish->group) == PLACE_MULTICAST && wish->interface < LINK_END;
}

static bool is_same_group(const struct membership *a, const struct membership *b)
{
    return a->interface == b->interface && place_equal(&a->group, &b->group);
}

static struct membership **find(struct udp *udp, const struct membership *wish)
{
    struct membership **at = &udp->memberships;

    while (*at != NULL &&
           !(is_same_group(*at, wish) && (*at)->by_source == wish->by_source &&
             (*at)->blocked == wish->blocked && place_equal(&(*at)->source, &wish->source)))
        at = &(*at)->next;
    return at;
}

nt_status udp_join(struct endpoint *endpoint, const struct address *group, uint32_t interface,
                   const struct address *source)
{
    struct membership wish;
    struct udp *udp = endpoint_udp(endpoint);

    if (udp == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (!read_group(group, interface, source, &wish))
        return STATUS_INVALID_ADDRESS_COMPONENT;
    for (const struct membership *m = udp->memberships; m != NULL; m = m->next)
        if (is_same_group(m, &wish) && !m->blocked && (!m->by_source || !wish.by_source))
            return STATUS_INVALID_PARAMETER; /* the whole group, and some of it, exclude each other
                                              */
    struct membership **at = find(udp, &wish);
    if (*at != NULL)
        return STATUS_INVALID_PARAMETER;
    *at = ARENA_NEW(endpoint->tcpip->arena, struct membership);
    if (*at == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    **at = wish;
    return STATUS_SUCCESS;
}

static void forget(struct tcpip *tcpip, struct membership **at)
{
    struct membership *gone = *at;

    *at = gone->next;
    arena_give(tcpip->arena, gone, sizeof *gone);
}

static void unblock_all(struct tcpip *tcpip, struct udp *udp, const struct membership *group)
{
    struct membership **at = &udp->memberships;

    while (*at != NULL)
        if ((*at)->blocked && is_same_group(*at, group))
            forget(tcpip, at);
        else
            at = &(*at)->next;
}

static bool is_whole_member(const struct udp *udp, const struct membership *group)
{
    for (const struct membership *m = udp->memberships; m != NULL; m = m->next)
        if (is_same_group(m, group) && !m->by_source && !m->blocked)
            return true;
    return false;
}

nt_status udp_leave(struct endpoint *endpoint, const struct address *group, uint32_t interface,
                    const struct address *source)
{
    struct membership wish;
    struct udp *udp = endpoint->udp;

    if (udp == NULL || !read_group(group, interface, source, &wish))
        return STATUS_INVALID_ADDRESS_COMPONENT;
    struct membership **at = find(udp, &wish);
    if (*at == NULL && source != NULL && is_whole_member(udp, &wish))
        return STATUS_INVALID_PARAMETER;
    if (*at == NULL)
        return STATUS_INVALID_ADDRESS_COMPONENT;
    if (BEHAVES(endpoint->tcpip->profile, group_left, stays))
        return STATUS_SUCCESS;
    forget(endpoint->tcpip, at);
    if (source == NULL)
        unblock_all(endpoint->tcpip, udp, &wish);
    return STATUS_SUCCESS;
}

nt_status udp_block(struct endpoint *endpoint, const struct address *group, uint32_t interface,
                    const struct address *source, bool blocked)
{
    struct membership whole, wish;
    struct udp *udp = endpoint->udp;

    ASSERT(source != NULL);
    if (!read_group(group, interface, NULL, &whole))
        return STATUS_INVALID_ADDRESS_COMPONENT;
    if (udp == NULL || *find(udp, &whole) == NULL)
        return blocked ? STATUS_INVALID_ADDRESS_COMPONENT : STATUS_INVALID_PARAMETER;
    read_group(group, interface, source, &wish);
    wish.by_source = false;
    wish.blocked = true;
    struct membership **at = find(udp, &wish);
    if (!blocked && *at == NULL)
        return STATUS_INVALID_PARAMETER;
    if (!blocked) {
        forget(endpoint->tcpip, at);
        return STATUS_SUCCESS;
    }
    if (*at != NULL)
        return STATUS_INVALID_ADDRESS_COMPONENT;
    *at = ARENA_NEW(endpoint->tcpip->arena, struct membership);
    if (*at == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    **at = wish;
    return STATUS_SUCCESS;
}

/* ---- All at once ----------------------------------------------------------------------------- */

static void leave_entirely(struct tcpip *tcpip, struct udp *udp, const struct membership *group)
{
    struct membership **at = &udp->memberships;

    while (*at != NULL)
        if (is_same_group(*at, group))
            forget(tcpip, at);
        else
            at = &(*at)->next;
}

nt_status udp_set_filter(struct endpoint *endpoint, const struct address *group, uint32_t interface,
                         const struct udp_filter *filter)
{
    struct membership wish;
    struct udp *udp = endpoint_udp(endpoint);
    nt_status status = STATUS_SUCCESS;

    if (udp == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (!read_group(group, interface, NULL, &wish))
        return STATUS_INVALID_ADDRESS_COMPONENT;
    leave_entirely(endpoint->tcpip, udp, &wish);
    if (!filter->includes)
        status = udp_join(endpoint, group, interface, NULL);
    for (uint32_t i = 0; nt_success(status) && i < filter->count; i++)
        status = filter->includes
                     ? udp_join(endpoint, group, interface, &filter->sources[i])
                     : udp_block(endpoint, group, interface, &filter->sources[i], true);
    return status;
}

nt_status udp_get_filter(const struct endpoint *endpoint, const struct address *group,
                         uint32_t interface, struct udp_filter *filter)
{
    struct membership wish;
    bool member = false;

    *filter = (struct udp_filter){.includes = true};
    if (endpoint->udp == NULL || !read_group(group, interface, NULL, &wish))
        return STATUS_INVALID_ADDRESS_COMPONENT;
    for (const struct membership *m = endpoint->udp->memberships; m != NULL; m = m->next) {
        if (!is_same_group(m, &wish))
            continue;
        member = true;
        if (!m->by_source && !m->blocked)
            filter->includes = false;
        else if (filter->count < UDP_FILTER_MAX)
            filter->sources[filter->count++] = place_address(&m->source, group->family);
    }
    return member ? STATUS_SUCCESS : STATUS_INVALID_ADDRESS_COMPONENT;
}

void udp_set_loop(struct endpoint *endpoint, bool on)
{
    struct udp *udp = on ? endpoint->udp : endpoint_udp(endpoint);

    if (udp != NULL)
        udp->deaf = !on;
}

void udp_leave_all(struct tcpip *tcpip, struct udp *udp)
{
    while (udp->memberships != NULL)
        forget(tcpip, &udp->memberships);
}

bool udp_is_member(const struct endpoint *endpoint, const struct datagram *datagram)
{
    struct membership wish = {.group = datagram->to, .interface = datagram->interface};
    struct place from = datagram->from;
    const struct profile *profile = endpoint->tcpip->profile;

    if (endpoint->udp == NULL)
        return false;
    wish.group.port = 0;
    from.port = 0;
    bool member = false;
    for (const struct membership *m = endpoint->udp->memberships; m != NULL; m = m->next) {
        if (!is_same_group(m, &wish))
            continue;
        bool same = place_equal(&m->source, &from);
        if (m->blocked && same && !BEHAVES(profile, source_blocked, heard))
            return false;
        bool any = !m->by_source || BEHAVES(profile, group_source, everyone);
        member |= !m->blocked && (any || same);
    }
    return member;
}
