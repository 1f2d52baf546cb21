/* Readiness as levels, and waiting for it: what select and WSAPoll are made of. */
#include "sim/afd/ready.h"

#include "sim/afd/waits.h"
#include "sim/engine/check.h"
#include "sim/tcpip/udp.h"

static uint32_t ready_stream(const struct socket_object *socket)
{
    struct tcp_view view;
    tcp_look(socket->endpoint, &view);
    uint32_t ready = READY_CONNECTED;
    if (view.readable_all > 0)
        ready |= READY_RECEIVE;
    if (view.urgent > 0)
        ready |= READY_URGENT;
    if (view.peer_closed)
        ready |= READY_PEER_CLOSED;
    if (view.aborted != STATUS_SUCCESS)
        ready |= READY_ABORTED;
    if (view.send_buffered == 0 || view.send_buffered < socket->values[SOCKET_SEND_BUFFER])
        ready |= READY_SEND;
    return ready;
}

static uint32_t ready_datagram(const struct socket_object *socket)
{
    struct udp_view view = {0};
    if (socket->endpoint != NULL && socket->kind.protocol == PROTOCOL_UDP)
        udp_look(socket->endpoint, &view);
    return READY_SEND | (view.datagrams > 0 || view.error ? READY_RECEIVE : 0);
}

uint32_t socket_ready(const struct socket_object *socket)
{
    struct tcp_peer peer;
    if (socket->state == SOCKET_CLOSED)
        return READY_CLOSED;
    if (socket->kind.protocol != PROTOCOL_TCP)
        return ready_datagram(socket);
    if (socket->state == SOCKET_CONNECTED)
        return ready_stream(socket);
    if (socket->state == SOCKET_LISTENING)
        return tcp_incoming(socket->endpoint, &peer) ? READY_ACCEPT : 0;
    return socket->connect_failed ? READY_CONNECT_FAILED : 0;
}

/* ---- Waiting -----------------------------------------------------------------------------------
 */

enum { LINKS_ON_STACK = 16 };

/* A wait for readiness is a request on the first socket's file, so that it ends with its thread. */
struct poll {
    struct request request; /* first */
    struct afd *afd;
    struct poll_link *links;
    uint32_t count;
    bool linked;
};

static void unlink_all(struct poll *poll)
{
    if (!poll->linked)
        return;
    poll->linked = false;
    for (uint32_t i = 0; i < poll->count; i++) {
        struct poll_link *link = &poll->links[i];
        struct socket_object *socket = link->socket;
        if (link->previous != NULL)
            link->previous->next = link->next;
        else
            socket->waits->polls = link->next;
        if (link->next != NULL)
            link->next->previous = link->previous;
        if (i > 0) /* the request keeps the first */
            object_release(&socket->object);
    }
}

static void cancel(struct request *request)
{
    struct poll *poll = (struct poll *)request;
    unlink_all(poll);
    request_complete(request, STATUS_CANCELLED, 0);
}

/* It lies on the caller's stack. */
static void leave_alone(struct request *request)
{
    (void)request;
}

static const struct request_ops ops = {
    .cancel = cancel, .finishing = NULL, .free = leave_alone, .call = "select"};

static uint32_t look(struct poll_entry *entries, uint32_t count)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t ready = socket_ready(entries[i].socket);
        entries[i].ready = ready & (entries[i].wanted | READY_CLOSED);
        found += entries[i].ready != 0;
    }
    return found;
}

static bool make_room(struct poll_entry *entries, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (socket_waits(entries[i].socket) == NULL)
            return false;
    return true;
}

static void link_all(struct poll *poll, struct poll_entry *entries)
{
    poll->linked = true;
    for (uint32_t i = 0; i < poll->count; i++) {
        struct socket_object *socket = entries[i].socket;
        struct poll_link *first = socket->waits->polls;
        poll->links[i] =
            (struct poll_link){.next = first, .socket = socket, .poll = poll, .entry = &entries[i]};
        if (first != NULL)
            first->previous = &poll->links[i];
        socket->waits->polls = &poll->links[i];
        if (i > 0)
            object_reference(&socket->object);
    }
}

/* The links are unlinked by whoever ends the wait; a time-out ends it by cancel. */
static nt_status wait_ready(struct poll *poll, struct poll_entry *entries, uint64_t timeout_ns,
                            bool alertable, const char *call)
{
    if (!make_room(entries, poll->count))
        return STATUS_INSUFFICIENT_RESOURCES;
    request_begin(&poll->request, &ops, &entries[0].socket->file, NULL);
    link_all(poll, entries);
    request_pend(&poll->request);
    nt_status status = request_wait(&poll->request, timeout_ns, alertable, call);
    ASSERT(!poll->linked);
    request_free(&poll->request);
    return status;
}

nt_status sockets_poll(struct afd *afd, struct poll_entry *entries, uint32_t count,
                       uint64_t timeout_ns, bool alertable, const char *call)
{
    ASSERT(count > 0);
    if (look(entries, count) > 0)
        return STATUS_SUCCESS;
    if (timeout_ns == 0) {
        looked_in_vain(afd->nt);
        return look(entries, count) > 0 ? STATUS_SUCCESS : STATUS_TIMEOUT;
    }
    struct arena *arena = &afd->nt->engine->arena;
    struct poll_link few[LINKS_ON_STACK];
    struct poll poll = {.afd = afd, .links = few, .count = count};
    if (count > LINKS_ON_STACK)
        poll.links = arena_take(arena, count * sizeof *poll.links);
    if (poll.links == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    nt_status status = wait_ready(&poll, entries, timeout_ns, alertable, call);
    if (poll.links != few)
        arena_give(arena, poll.links, count * sizeof *poll.links);
    return status;
}

/* All entries are looked at in the moment of the first that is ready, as they then stood. */
static void finish(struct poll *poll)
{
    for (uint32_t i = 0; i < poll->count; i++) {
        struct poll_entry *entry = poll->links[i].entry;
        if (entry->ready == 0)
            entry->ready = socket_ready(entry->socket) & (entry->wanted | READY_CLOSED);
    }
    unlink_all(poll);
    request_complete(&poll->request, STATUS_SUCCESS, 0);
}

void ready_changed(struct socket_object *socket)
{
    if (socket->waits == NULL || socket->waits->polls == NULL)
        return;
    uint32_t ready = socket_ready(socket);
    struct poll_link *link = socket->waits->polls;
    while (link != NULL) {
        if ((ready & (link->entry->wanted | READY_CLOSED)) != 0) {
            link->entry->ready = ready & (link->entry->wanted | READY_CLOSED);
            finish(link->poll);
            link = socket->waits->polls; /* the poll may have had more links here */
        } else {
            link = link->next;
        }
    }
}

void ready_socket_closed(struct socket_object *socket)
{
    ASSERT(socket->state == SOCKET_CLOSED);
    ready_changed(socket);
}
