/* Network events: recorded whenever they happen, told when they are selected.
 *
 * With WSAEventSelect a record stays until WSAEnumNetworkEvents takes it while it is selected (rows
 * 201, 209): so a selection that comes later still finds what happened before (rows 200, 203), and
 * one that is made again finds nothing twice (rows 194, 197). With WSAAsyncSelect each event is
 * told by a message, once, until a call enables it again; the selection itself looks at how things
 * stand (rows 197, 203, 206).
 */
#include "sim/afd/waits.h"
#include "sim/engine/check.h"

/* In the order in which messages are posted: the connection before what it may carry. */
static const uint32_t all_events[] = {EVENT_CONNECT,        EVENT_ACCEPT,        EVENT_OOB,
                                      EVENT_WRITE,          EVENT_READ,          EVENT_CLOSE,
                                      EVENT_ROUTING_CHANGE, EVENT_ADDRESS_CHANGE};
enum { EVENT_KINDS = sizeof all_events / sizeof *all_events };

static nt_status status_of(const struct socket_object *socket, uint32_t event)
{
    if (event == EVENT_CONNECT)
        return socket->connect_failed ? socket->close_status : STATUS_SUCCESS;
    return event == EVENT_CLOSE ? socket->close_status : STATUS_SUCCESS;
}

/* FD_CLOSE waits until what came before it has been read, in messages alone (row 211). */
static bool must_wait(const struct socket_object *socket, uint32_t event)
{
    return event == EVENT_CLOSE && socket_readable_bytes(socket) > 0;
}

static void post_messages(struct socket_object *socket)
{
    struct socket_waits *waits = socket->waits;
    for (int i = 0; i < EVENT_KINDS; i++) {
        uint32_t event = all_events[i];
        bool told = (waits->posted & event) != 0;
        if ((socket->recorded & waits->mask & event) == 0 || told || must_wait(socket, event))
            continue;
        socket->recorded &= (uint16_t)~event;
        waits->posted |= event;
        waits->notify(socket, waits->context, event, status_of(socket, event));
    }
}

static void tell(struct socket_object *socket)
{
    struct socket_waits *waits = socket->waits;
    if (waits == NULL)
        return;
    if (waits->notify != NULL)
        post_messages(socket);
    else if (waits->event != NULL && (socket->recorded & waits->mask) != 0)
        object_signal(waits->event);
}

void events_record(struct socket_object *socket, uint32_t events)
{
    socket->recorded |= (uint16_t)events;
    if (socket->waits == NULL || (socket->waits->mask & events) == 0)
        return;
    tell(socket);
}

/* What holds now, of what a message selection tells by levels. */
static uint32_t standing(const struct socket_object *socket)
{
    uint32_t ready = socket_ready(socket);
    uint32_t events = 0;
    if ((ready & READY_RECEIVE) != 0)
        events |= EVENT_READ;
    if ((ready & READY_URGENT) != 0)
        events |= EVENT_OOB;
    if ((ready & READY_ACCEPT) != 0)
        events |= EVENT_ACCEPT;
    return events;
}

void events_enable(struct socket_object *socket, uint32_t events)
{
    if (socket->waits != NULL && socket->waits->notify != NULL) {
        socket->waits->posted &= ~events;
        socket->recorded |= (uint16_t)(standing(socket) & events);
        tell(socket);
        return;
    }
    if (socket->kind.protocol == PROTOCOL_TCP && socket->state == SOCKET_CONNECTED) {
        events_look(socket);
        return;
    }
    if ((standing(socket) & events) != 0)
        events_record(socket, standing(socket) & events);
}

void events_look(struct socket_object *socket)
{
    struct tcp_view view;
    uint32_t events = 0;
    tcp_look(socket->endpoint, &view);
    bool first = BEHAVES(socket_profile(socket), event_arrival, first) && socket->seen_readable > 0;
    if (view.readable_all > socket->seen_readable && !first)
        events |= EVENT_READ;
    if (view.urgent > socket->seen_urgent)
        events |= EVENT_OOB;
    socket->seen_readable = view.readable_all;
    socket->seen_urgent = (uint16_t)view.urgent;
    if ((view.peer_closed || view.aborted != STATUS_SUCCESS) && !socket->close_seen) {
        socket->close_seen = true;
        socket->close_status = STATUS_SUCCESS;
        if (view.aborted != STATUS_SUCCESS &&
            BEHAVES(socket_profile(socket), event_reset, wsaeconnaborted))
            socket->close_status = STATUS_CONNECTION_ABORTED; /* row 212 */
        events |= EVENT_CLOSE;
    }
    if (events != 0)
        events_record(socket, events);
    else if (socket->waits != NULL && socket->waits->notify != NULL)
        tell(socket); /* an FD_CLOSE that waited for its bytes to be read */
}

void events_drop(struct socket_object *socket)
{
    struct socket_waits *waits = socket->waits;
    if (waits == NULL)
        return;
    if (waits->event != NULL)
        object_release(waits->event);
    waits->event = NULL;
    waits->notify = NULL;
    waits->mask = waits->posted = 0;
}

nt_status socket_select_events(struct socket_object *socket, struct object *event, uint32_t mask)
{
    struct socket_waits *waits = socket_waits(socket);
    const struct profile *profile = socket_profile(socket);
    if (waits == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (mask == 0 && BEHAVES(profile, event_end, ignored))
        return STATUS_SUCCESS;
    if (event != NULL)
        object_reference(event);
    events_drop(socket);
    waits->event = event;
    waits->mask = mask;
    if (BEHAVES(profile, event_blocking, made_non_blocking))
        socket->non_blocking = true; /* row 196 */
    if (BEHAVES(profile, event_again, reports) && (socket_ready(socket) & READY_SEND) != 0)
        socket->recorded |= EVENT_WRITE;
    if (event != NULL && BEHAVES(profile, event_dropped, resets))
        object_unsignal(event);
    tell(socket);
    return STATUS_SUCCESS;
}

nt_status socket_select_messages(struct socket_object *socket, socket_notify *notify, void *context,
                                 uint32_t mask)
{
    struct socket_waits *waits = socket_waits(socket);
    if (waits == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    events_drop(socket);
    socket->non_blocking = true;
    if (mask == 0)
        return STATUS_SUCCESS;
    waits->notify = notify;
    waits->context = context;
    waits->mask = mask;
    socket->recorded |= (uint16_t)standing(socket);
    if (socket->close_seen && BEHAVES(socket_profile(socket), message_close_again, posted))
        socket->recorded |= EVENT_CLOSE;
    if ((socket_ready(socket) & READY_SEND) !=
        0) /* a datagram socket needs no name for it (row 192) */
        socket->recorded |= EVENT_WRITE;
    socket->recorded &= (uint16_t)~EVENT_CONNECT; /* row 203 */
    tell(socket);
    return STATUS_SUCCESS;
}

uint32_t socket_take_events(struct socket_object *socket, nt_status statuses[NETWORK_EVENTS])
{
    uint32_t mask = socket->waits != NULL ? socket->waits->mask : 0;
    uint32_t taken = socket->recorded & mask;
    const uint32_t reported = taken;
    for (int bit = 0; bit < NETWORK_EVENTS; bit++)
        if ((taken & 1u << bit) != 0)
            statuses[bit] = status_of(socket, 1u << bit);
    const struct profile *profile = socket_profile(socket);
    if (BEHAVES(profile, event_unselected, forgotten))
        socket->recorded = 0;
    if (BEHAVES(profile, event_closed, again))
        taken &= ~(uint32_t)EVENT_CLOSE;
    if (BEHAVES(profile, event_taken, clears))
        socket->recorded &= (uint16_t)~taken;
    return reported;
}

bool socket_has_selection(const struct socket_object *socket)
{
    return socket->waits != NULL && socket->waits->mask != 0;
}

void events_inherit(struct socket_object *socket, const struct socket_object *listener)
{
    if (BEHAVES(socket_profile(socket), event_accepted, unselected) ||
        !socket_has_selection(listener) || socket_waits(socket) == NULL)
        return;
    events_drop(socket);
    struct socket_waits *waits = socket->waits;
    waits->event = listener->waits->event;
    if (waits->event != NULL)
        object_reference(waits->event);
    waits->notify = listener->waits->notify;
    waits->context = listener->waits->context;
    waits->mask = listener->waits->mask;
    tell(socket);
}
