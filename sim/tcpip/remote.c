#include "sim/tcpip/remote.h"

#include <string.h>

#include "sim/engine/arena.h"
#include "sim/engine/check.h"
#include "sim/engine/engine.h"
#include "sim/tcpip/connection.h"
#include "sim/tcpip/datagram.h"
#include "sim/tcpip/script.h"

struct remote_port {
    struct remote_port *next;
    struct endpoint *listener; /* NULL: nothing is accepted */
    const char *script;
    uint32_t accept_ms; /* after which the handshake is answered */
    uint16_t port;
    uint8_t protocol;
    bool accepts, drops;
};

struct remote_host {
    struct remote_host *next;
    struct place place; /* without a port */
    struct remote_port *ports;
    const char *name; /* or NULL */
    bool silent;
};

enum { BACKLOG_MOST = 0x7fffffff };

/* ---- Finding --------------------------------------------------------------------------------- */

static struct remote_host *find_host(const struct tcpip *tcpip, const struct place *place)
{
    struct place bare = *place;
    struct remote_host *host = tcpip->hosts;

    bare.port = 0;
    while (host != NULL && !place_equal(&host->place, &bare))
        host = host->next;
    return host;
}

static struct remote_host *host_at(const struct tcpip *tcpip, const struct address *address)
{
    const struct place place = place_of(address, 0);
    return find_host(tcpip, &place);
}

static struct remote_port *find_port(const struct remote_host *host, enum protocol protocol,
                                     uint16_t port)
{
    struct remote_port *at = host->ports;

    while (at != NULL && !(at->port == port && at->protocol == protocol))
        at = at->next;
    return at;
}

struct endpoint *remote_find_listener(struct tcpip *tcpip, const struct place *place)
{
    const struct remote_host *host = find_host(tcpip, place);
    const struct remote_port *port =
        host == NULL ? NULL : find_port(host, PROTOCOL_TCP, place->port);

    return port == NULL || !port->accepts ? NULL : port->listener;
}

bool remote_answers(struct tcpip *tcpip, const struct place *place)
{
    const struct remote_host *host = find_host(tcpip, place);

    if (host == NULL)
        return false;
    const struct remote_port *port = find_port(host, PROTOCOL_TCP, place->port);
    return port != NULL ? !port->drops : !host->silent;
}

bool remote_is_there(const struct tcpip *tcpip, const struct place *place)
{
    return find_host(tcpip, place) != NULL;
}

bool remote_echoes(const struct tcpip *tcpip, const struct place *place)
{
    const struct remote_host *host = find_host(tcpip, place);

    return host != NULL && !host->silent;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same_name(const char *a, const char *b)
{
    while (*a != '\0' && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return lower(*a) == lower(*b);
}

bool remote_resolve(const struct tcpip *tcpip, const char *name, uint32_t index,
                    struct address *address)
{
    for (const struct remote_host *host = tcpip->hosts; host != NULL; host = host->next)
        if (host->name != NULL && same_name(host->name, name) && index-- == 0) {
            *address = place_address(&host->place, (enum family)host->place.family);
            return true;
        }
    return false;
}

const char *remote_name(const struct tcpip *tcpip, const struct address *address)
{
    const struct remote_host *host = host_at(tcpip, address);
    return host == NULL ? NULL : host->name;
}

/* ---- Making ---------------------------------------------------------------------------------- */

static char *copy_text(struct tcpip *tcpip, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = arena_take(tcpip->arena, size);

    if (copy != NULL)
        memcpy(copy, text, size);
    return copy;
}

nt_status remote_add(struct tcpip *tcpip, const char *name, const struct address *address,
                     bool silent)
{
    const struct place place = place_of(address, 0);
    struct remote_host **at = &tcpip->hosts;

    if (address_is_wildcard(address) || place_is_local(&place) ||
        place_kind(&place) != PLACE_UNICAST || find_host(tcpip, &place) != NULL)
        return STATUS_INVALID_PARAMETER;
    struct remote_host *host = ARENA_NEW(tcpip->arena, struct remote_host);
    const char *copy = name == NULL || host == NULL ? NULL : copy_text(tcpip, name);
    if (host == NULL || (name != NULL && copy == NULL)) {
        arena_give(tcpip->arena, host, sizeof *host);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    *host = (struct remote_host){.place = place, .name = copy, .silent = silent};
    while (*at != NULL)
        at = &(*at)->next;
    *at = host;
    return STATUS_SUCCESS;
}

static struct endpoint *foreign_endpoint(struct tcpip *tcpip, const struct remote_host *host,
                                         enum protocol protocol, uint16_t port)
{
    enum family family = (enum family)host->place.family;
    struct endpoint *endpoint = endpoint_open(tcpip, protocol, family, 0, 0);

    if (endpoint == NULL)
        return NULL;
    endpoint->address = place_address(&host->place, family);
    standing_of(&endpoint->address, false, &endpoint->standing);
    endpoint->port = port;
    endpoint->foreign = true;
    endpoint->no_delay = true; /* each step is a packet of its own */
    endpoint->bound = true;
    return endpoint;
}

static void accept_one(struct endpoint *listener, const struct remote_port *port)
{
    struct endpoint *endpoint = tcp_accept(listener, 0, 0);

    if (endpoint != NULL && !script_play(endpoint, port->script))
        endpoint_close(listener->tcpip, endpoint);
}

static void accept_late(void *context, uint64_t argument)
{
    struct remote_port *port = context;

    (void)argument;
    accept_one(port->listener, port);
}

static void when_incoming(void *owner)
{
    struct remote_port *port = owner;
    struct engine *engine = port->listener->tcpip->nt->engine;

    if (port->accept_ms == 0)
        accept_one(port->listener, port);
    else
        engine_post(engine, engine->now_ns + port->accept_ms * NS_PER_MS, accept_late, port, 0);
}

static const struct endpoint_listener accepts = {.incoming = when_incoming};

static bool listen_there(struct tcpip *tcpip, const struct remote_host *host,
                         struct remote_port *port)
{
    struct endpoint *listener = foreign_endpoint(tcpip, host, PROTOCOL_TCP, port->port);

    if (listener == NULL)
        return false;
    if (tcp_listen(listener, BACKLOG_MOST) != STATUS_SUCCESS) {
        endpoint_close(tcpip, listener);
        return false;
    }
    endpoint_set_listener(listener, &accepts, port);
    port->listener = listener;
    return true;
}

/* Makes the port do what the script says from now on. */
static nt_status change_port(struct tcpip *tcpip, const struct remote_host *host,
                             struct remote_port *port, const char *script)
{
    struct script_step first;
    const char *copy = copy_text(tcpip, script); /* older ones may still be played */

    if (copy == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    script_next(copy, &first);
    bool listens =
        port->protocol == PROTOCOL_TCP && first.word != SCRIPT_DROP && first.word != SCRIPT_REFUSE;
    if (listens && port->listener == NULL && !listen_there(tcpip, host, port))
        return STATUS_INSUFFICIENT_RESOURCES;
    if (port->listener != NULL)
        tcp_listen_conditionally(port->listener, first.word == SCRIPT_ACCEPT);
    port->accepts = listens;
    port->script = copy;
    port->drops = first.word == SCRIPT_DROP;
    port->accept_ms = first.word == SCRIPT_ACCEPT ? first.number : 0;
    return STATUS_SUCCESS;
}

nt_status remote_script(struct tcpip *tcpip, const struct address *host_address,
                        enum protocol protocol, uint16_t number, const char *script)
{
    struct remote_host *host = host_at(tcpip, host_address);

    if (host == NULL || !script_is_sound(script))
        return STATUS_INVALID_PARAMETER;
    struct remote_port *port = find_port(host, protocol, number);
    if (port != NULL)
        return change_port(tcpip, host, port, script);
    port = ARENA_NEW(tcpip->arena, struct remote_port);
    if (port == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    *port = (struct remote_port){.port = number, .protocol = (uint8_t)protocol};
    nt_status status = change_port(tcpip, host, port, script);
    if (status != STATUS_SUCCESS) {
        arena_give(tcpip->arena, port, sizeof *port);
        return status;
    }
    port->next = host->ports;
    host->ports = port;
    return STATUS_SUCCESS;
}

nt_status remote_connect(struct tcpip *tcpip, const struct address *host_address, uint16_t from,
                         const struct address *to, uint16_t port, const char *script)
{
    const struct remote_host *host = host_at(tcpip, host_address);

    if (host == NULL || !script_is_sound(script))
        return STATUS_INVALID_PARAMETER;
    struct endpoint *endpoint = foreign_endpoint(tcpip, host, PROTOCOL_TCP, from);
    char *copy = endpoint == NULL ? NULL : copy_text(tcpip, script);
    if (endpoint == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    nt_status status =
        copy == NULL ? STATUS_INSUFFICIENT_RESOURCES : tcp_connect(endpoint, to, port);
    if (status == STATUS_PENDING && script_play_own(endpoint, copy))
        return STATUS_SUCCESS;
    if (copy != NULL)
        arena_give(tcpip->arena, copy, strlen(copy) + 1);
    endpoint_close(tcpip, endpoint);
    return status == STATUS_PENDING ? STATUS_INSUFFICIENT_RESOURCES : status;
}

/* ---- Datagrams ------------------------------------------------------------------------------- */

nt_status remote_send(struct tcpip *tcpip, const struct address *host_address, uint16_t from,
                      const struct udp_sending *sending)
{
    const struct remote_host *host = host_at(tcpip, host_address);

    if (host == NULL)
        return STATUS_INVALID_PARAMETER;
    struct endpoint *endpoint = foreign_endpoint(tcpip, host, PROTOCOL_UDP, from);
    if (endpoint == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    nt_status status = udp_send(endpoint, sending);
    endpoint_close(tcpip, endpoint);
    return status;
}

static void reply(const struct datagram *to, const void *bytes, uint32_t size)
{
    struct datagram *datagram = arena_take(to->tcpip->arena, sizeof *datagram + size);

    if (datagram == NULL)
        return;
    datagram->tcpip = to->tcpip;
    datagram->from = to->to;
    datagram->to = to->from;
    datagram->interface = to->interface;
    datagram->ttl = to->ttl;
    datagram->size = size;
    memcpy(datagram->bytes, bytes, size);
    datagram_transmit(datagram);
}

static void answer(const struct datagram *datagram, const char *script)
{
    struct script_step step;

    for (script = script_next(script, &step); step.word != SCRIPT_END;
         script = script_next(script, &step)) {
        if (step.word == SCRIPT_REFUSE)
            datagram_refuse(datagram, false);
        else if (step.word == SCRIPT_ECHO)
            reply(datagram, datagram->bytes, datagram->size);
        else if (step.word == SCRIPT_SEND)
            reply(datagram, step.text, step.size);
    }
}

void remote_datagram(struct datagram *datagram)
{
    const struct remote_host *host = find_host(datagram->tcpip, &datagram->to);

    if (host != NULL) {
        const struct remote_port *port = find_port(host, PROTOCOL_UDP, datagram->to.port);
        if (port != NULL)
            answer(datagram, port->script);
        else if (!host->silent)
            datagram_refuse(datagram, false);
    }
    datagram_give(datagram);
}

void remote_check(const struct tcpip *tcpip)
{
    for (const struct remote_host *host = tcpip->hosts; host != NULL; host = host->next) {
        ASSERT(!place_is_local(&host->place) && host->place.port == 0);
        for (const struct remote_port *port = host->ports; port != NULL; port = port->next) {
            ASSERT(script_is_sound(port->script));
            if (port->listener == NULL)
                continue;
            ASSERT(port->listener->foreign && port->listener->port == port->port);
            endpoint_check(port->listener);
        }
    }
}
