#include "sim/nt/port.h"

#include "sim/engine/arena.h"
#include "sim/engine/check.h"
#include "sim/nt/nt.h"
#include "sim/nt/wait.h"

struct port {
    struct object object;         /* first */
    struct packet *first, *last;  /* queued */
    struct wait *newest, *oldest; /* of the threads that wait */
    uint32_t depth;
    uint32_t concurrency;
    uint32_t running; /* threads that count for the port */
    bool closed;      /* its last handle */
};

static struct packet *pop(struct port *port)
{
    struct packet *packet = port->first;
    ASSERT(packet != NULL);
    port->first = packet->next;
    port->depth--;
    return packet;
}

static bool has_place(const struct port *port)
{
    return port->running < port->concurrency ||
           BEHAVES(port->object.nt->profile, port_concurrency, ignored);
}

/* Lets threads go, the newest first, while there are packets and places. */
static void hand_out(struct port *port)
{
    bool oldest_first = BEHAVES(port->object.nt->profile, port_threads, first_first);
    while (port->first != NULL && port->newest != NULL && has_place(port)) {
        struct wait *wait = oldest_first ? port->oldest : port->newest;
        ASSERT(wait->thread->port == port);
        ASSERT(wait->thread->handed == NULL);
        wait->thread->handed = pop(port);
        wait_end(wait, STATUS_SUCCESS); /* takes a place */
    }
    SLOW(port_check(port));
}

/* ---- The object ------------------------------------------------------------------------------ */

static void port_cleanup(struct object *object)
{
    struct port *port = (struct port *)object;
    port->closed = true;
    while (port->newest != NULL && BEHAVES(object->nt->profile, port_closed, ends_their_waits))
        wait_end(port->newest, STATUS_ABANDONED);
    while (port->first != NULL) {
        struct packet *packet = pop(port);
        packet->done(object->nt, packet);
    }
}

static void port_destroy(struct object *object)
{
    struct port *port = (struct port *)object;
    ASSERT(port->running == 0);
    ASSERT(port->newest == NULL);
    while (port->first != NULL) { /* it never had a handle */
        struct packet *packet = pop(port);
        packet->done(object->nt, packet);
    }
    arena_give(&object->nt->engine->arena, port, sizeof *port);
}

static const struct object_ops port_ops = {.cleanup = port_cleanup, .destroy = port_destroy};

void port_close(struct port *port)
{
    port_cleanup(&port->object);
}

struct port *port_create(struct nt *nt, uint32_t concurrency)
{
    struct port *port = ARENA_NEW(&nt->engine->arena, struct port);
    if (port == NULL)
        return NULL;
    object_init(&port->object, nt, OBJECT_PORT, &port_ops);
    port->concurrency = concurrency == 0 ? PORT_PROCESSORS : concurrency;
    return port;
}

struct port *port_of(struct object *object)
{
    ASSERT(object->type == OBJECT_PORT);
    return (struct port *)object;
}

struct object *port_object(struct port *port)
{
    return &port->object;
}

/* ---- Who counts ------------------------------------------------------------------------------ */

static void give_place(struct port *port)
{
    ASSERT(port->running > 0);
    port->running--;
    hand_out(port);
}

void port_thread_waits(struct thread *thread)
{
    struct port *port = thread->port;
    thread->keeps_place = thread->wait->port != port &&
                          BEHAVES(port->object.nt->profile, port_concurrency, held_while_waiting);
    if (!thread->keeps_place)
        give_place(port);
}

void port_thread_runs(struct thread *thread)
{
    if (!thread->keeps_place)
        thread->port->running++;
    thread->keeps_place = false;
}

void port_thread_leaves(struct thread *thread)
{
    struct port *port = thread->port;
    if (port == NULL)
        return;
    if (thread->handed != NULL)
        thread->handed->done(thread->object.nt, thread->handed); /* lost with its thread */
    thread->handed = NULL;
    if (thread->wait == NULL || thread->keeps_place)
        give_place(port);
    thread->keeps_place = false;
    thread->port = NULL;
    object_release(&port->object);
}

/* The running thread counts for this port from now on. */
static void join(struct port *port, struct thread *thread)
{
    if (thread->port == port)
        return;
    port_thread_leaves(thread);
    object_reference(&port->object);
    thread->port = port;
    port_thread_runs(thread);
}

void port_add_waiter(struct port *port, struct wait *wait)
{
    wait->newer = NULL;
    wait->older = port->newest;
    if (port->newest != NULL)
        port->newest->newer = wait;
    else
        port->oldest = wait;
    port->newest = wait;
}

void port_remove_waiter(struct port *port, struct wait *wait)
{
    if (wait->newer != NULL)
        wait->newer->older = wait->older;
    else
        port->newest = wait->older;
    if (wait->older != NULL)
        wait->older->newer = wait->newer;
    else
        port->oldest = wait->newer;
}

/* ---- Packets --------------------------------------------------------------------------------- */

void packet_give(struct nt *nt, struct packet *packet)
{
    arena_give(&nt->engine->arena, packet, sizeof *packet);
}

static void append(struct port *port, struct packet *packet)
{
    bool newest_first = BEHAVES(port->object.nt->profile, port_packets, last_first);
    packet->next = NULL;
    if (port->first == NULL) {
        port->first = port->last = packet;
    } else if (newest_first) {
        packet->next = port->first;
        port->first = packet;
    } else {
        port->last->next = packet;
        port->last = packet;
    }
    port->depth++;
}

void port_post(struct port *port, struct packet *packet)
{
    ASSERT(packet->done != NULL);
    if (port->closed) {
        packet->done(port->object.nt, packet);
        return;
    }
    append(port, packet);
    hand_out(port);
}

nt_status port_take(struct port *port, struct packet **packets, uint32_t count, uint32_t *taken,
                    uint64_t timeout_ns, bool alertable, const char *call)
{
    struct nt *nt = port->object.nt;
    struct thread *thread = nt->current;
    ASSERT(thread != NULL);
    ASSERT(count > 0);

    *taken = 0;
    if (thread->process->ended)
        return STATUS_CANCELLED;
    if (port->closed)
        return STATUS_ABANDONED;
    join(port, thread);
    /* The caller's own place is free: it takes again. */
    bool waits =
        port->running > port->concurrency && !BEHAVES(nt->profile, port_concurrency, ignored);
    if (port->first == NULL || waits) {
        const struct wait_request request = {
            .alertable = alertable, .timeout_ns = timeout_ns, .call = call, .port = port};
        nt_status status = wait_for(nt, &request, NULL);
        if (status != STATUS_SUCCESS)
            return status;
        packets[(*taken)++] = thread->handed;
        thread->handed = NULL;
    }
    nt->looks_in_vain = 0;
    while (*taken < count && port->first != NULL)
        packets[(*taken)++] = pop(port);
    return STATUS_SUCCESS;
}

bool port_is_closed(const struct port *port)
{
    return port->closed;
}

uint32_t port_depth(const struct port *port)
{
    return port->depth;
}

void port_check(const struct port *port)
{
    uint32_t depth = 0;

    ASSERT(port->object.type == OBJECT_PORT);
    ASSERT(port->concurrency > 0);
    for (const struct packet *packet = port->first; packet != NULL; packet = packet->next) {
        ASSERT(++depth <= port->depth);
        if (packet->next == NULL)
            ASSERT(packet == port->last);
    }
    ASSERT(depth == port->depth);
    ASSERT((port->newest == NULL) == (port->oldest == NULL));
    for (const struct wait *wait = port->newest; wait != NULL; wait = wait->older) {
        ASSERT(wait->port == port);
        ASSERT(wait->thread->wait == wait);
        ASSERT(wait->thread->port == port);
        ASSERT(wait->older == NULL ? wait == port->oldest : wait->older->newer == wait);
    }
    if (port->closed && BEHAVES(port->object.nt->profile, port_closed, ends_their_waits))
        ASSERT(port->newest == NULL);
    /* Nobody waits for what is there, but for want of a place. */
    if (port->first != NULL && port->newest != NULL)
        ASSERT(port->running >= port->concurrency);
}
