#include "sim/afd/socket.h"

#include "sim/engine/check.h"

_Static_assert(sizeof(struct socket_object) <= 320,
               "a socket, its endpoint and its handle must fit into 512 bytes");

struct afd *afd_boot(struct nt *nt, struct tcpip *tcpip)
{
    struct afd *afd = ARENA_NEW(&nt->engine->arena, struct afd);
    if (afd == NULL)
        return NULL;
    *afd = (struct afd){.nt = nt, .tcpip = tcpip, .network_up = true};
    return afd;
}

static struct arena *arena_of(const struct afd *afd)
{
    return &afd->nt->engine->arena;
}

static struct socket_object *socket_of(struct object *object)
{
    ASSERT(object->type == OBJECT_SOCKET);
    return (struct socket_object *)object;
}

/* ---- Life ------------------------------------------------------------------------------------ */

static void end_block(struct socket_object *socket, bool process_ended)
{
    reservation_holder_closed(socket->afd->tcpip, socket->endpoint, process_ended);
    socket->acquirer = 0;
}

/* The socket closes: its blocks end and its port is free. */
static void tear_down(struct socket_object *socket)
{
    ASSERT(socket->state != SOCKET_CLOSED);
    if (socket->acquirer != 0)
        end_block(socket, socket->ended_with_process);
    if (socket->endpoint != NULL)
        endpoint_close(socket->afd->tcpip, socket->endpoint);
    socket->endpoint = NULL;
    socket->state = SOCKET_CLOSED;
    if (socket->duplicated)
        ticket_forget(socket);
    ASSERT(socket->afd->sockets > 0);
    socket->afd->sockets--;
}

/* A process closed one of several descriptors. Whether a block lives on with the others, the pages
 * leave open (LIFE-005, SHR-006).
 */
static void descriptor_closed(struct socket_object *socket, const struct process *process)
{
    const struct profile *profile = socket_profile(socket);
    if (BEHAVES(profile, last_descriptor, first)) {
        tear_down(socket);
        return;
    }
    if (socket->acquirer != process->id)
        return;
    bool ends = socket->duplicated ? BEHAVES(profile, duplicated_acquirer, ends)
                                   : BEHAVES(profile, inherited_acquirer, ends);
    if (ends)
        end_block(socket, process->ended);
}

static void handle_closed(struct object *object, struct process *process)
{
    struct socket_object *socket = socket_of(object);
    socket->ended_with_process = process->ended;
    if (object->handles > 1 && socket->state != SOCKET_CLOSED)
        descriptor_closed(socket, process);
}

static void cleanup(struct object *object)
{
    struct socket_object *socket = socket_of(object);
    if (socket->state != SOCKET_CLOSED)
        tear_down(socket);
}

static void destroy(struct object *object)
{
    struct socket_object *socket = socket_of(object);
    ASSERT(socket->state == SOCKET_CLOSED);
    arena_give(arena_of(socket->afd), socket, sizeof *socket);
}

static const struct object_ops socket_ops = {
    .handle_closed = handle_closed, .cleanup = cleanup, .destroy = destroy};

/* Raw sockets have no ports, and so no endpoint, but where the profile lets them reserve. */
static bool open_endpoint(struct socket_object *socket, const struct process *process)
{
    enum protocol protocol = socket->kind.protocol;
    if (protocol == PROTOCOL_RAW) {
        if (!BEHAVES(socket_profile(socket), unsupported_socket, grants))
            return true;
        protocol = PROTOCOL_TCP;
    }
    socket->endpoint = endpoint_open(socket->afd->tcpip, protocol, socket->kind.family, process->id,
                                     process->token.account);
    return socket->endpoint != NULL;
}

nt_status socket_open(struct afd *afd, struct process *process,
                      const struct socket_opening *opening, uint64_t *handle)
{
    if (!afd->network_up)
        return STATUS_HOST_DOWN;
    if (opening->kind.protocol == PROTOCOL_RAW && !process->token.administrator)
        return STATUS_ACCESS_DENIED;
    struct socket_object *socket = ARENA_NEW(arena_of(afd), struct socket_object);
    if (socket == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;

    object_init(&socket->object, afd->nt, OBJECT_SOCKET, &socket_ops);
    socket->afd = afd;
    socket->kind = opening->kind;
    socket->overlapped = opening->overlapped;
    socket_default_options(socket);
    if (!open_endpoint(socket, process)) {
        arena_give(arena_of(afd), socket, sizeof *socket);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    afd->sockets++;
    nt_status status = handle_open(process, &socket->object, opening->inherit, handle);
    if (!nt_success(status))
        tear_down(socket);
    object_release(&socket->object); /* the handle keeps it, if there is one */
    return status;
}

struct socket_object *socket_find(const struct process *process, uint64_t handle)
{
    struct object *object = handle_find(process, handle, OBJECT_SOCKET);
    if (object == NULL || socket_of(object)->state == SOCKET_CLOSED)
        return NULL;
    return socket_of(object);
}

nt_status socket_close(struct process *process, uint64_t handle)
{
    if (socket_find(process, handle) == NULL)
        return STATUS_INVALID_HANDLE;
    return handle_close(process, handle);
}

void socket_close_all(struct process *process)
{
    for (uint64_t handle = handle_next(process, 0, OBJECT_SOCKET); handle != 0;
         handle = handle_next(process, handle, OBJECT_SOCKET))
        handle_close(process, handle);
}

nt_status socket_network(const struct socket_object *socket)
{
    return socket->afd->network_up ? STATUS_SUCCESS : STATUS_HOST_DOWN;
}

/* ---- Names ----------------------------------------------------------------------------------- */

static bool may_reserve(const struct socket_object *socket, const struct process *process)
{
    return token_may_reserve(&process->token, socket_profile(socket));
}

/* The endpoint has been bound, or should have been: under `implicit_bind = never` it was not. */
static void bound(struct socket_object *socket)
{
    if (socket->state == SOCKET_UNBOUND && endpoint_is_bound(socket->endpoint))
        socket->state = SOCKET_BOUND;
    SLOW(socket_check(socket));
}

static nt_status bind_raw(struct socket_object *socket, const struct address *address)
{
    if (socket->state != SOCKET_UNBOUND)
        return STATUS_ADDRESS_ALREADY_ASSOCIATED;
    socket->local = *address;
    socket->has_local = true;
    socket->state = SOCKET_BOUND;
    return STATUS_SUCCESS;
}

nt_status socket_bind(struct socket_object *socket, struct process *process,
                      const struct address *address, uint16_t port)
{
    nt_status status = socket_network(socket);
    if (!nt_success(status))
        return status;
    if (socket->kind.protocol == PROTOCOL_RAW)
        return bind_raw(socket, address);

    const struct endpoint_options options = socket_endpoint_options(socket);
    status = endpoint_bind(socket->afd->tcpip, socket->endpoint, address, port, &options,
                           may_reserve(socket, process));
    if (nt_success(status))
        bound(socket);
    return status;
}

void socket_bind_refused(struct socket_object *socket)
{
    if (socket->state == SOCKET_UNBOUND && socket->endpoint != NULL &&
        BEHAVES(socket_profile(socket), refused_bind, drops_association))
        endpoint_dissociate(socket->endpoint);
}

static nt_status bind_implicitly(struct socket_object *socket, struct process *process)
{
    if (socket->state != SOCKET_UNBOUND)
        return STATUS_SUCCESS;
    if (socket->kind.protocol == PROTOCOL_RAW)
        return bind_raw(socket, &(const struct address){.family = socket->kind.family});

    const struct endpoint_options options = socket_endpoint_options(socket);
    nt_status status = endpoint_bind_implicitly(socket->afd->tcpip, socket->endpoint, &options,
                                                may_reserve(socket, process));
    if (nt_success(status))
        bound(socket);
    return status;
}

nt_status socket_name(const struct socket_object *socket, struct address *address, uint16_t *port)
{
    bool raw = socket->kind.protocol == PROTOCOL_RAW;
    if (raw ? !socket->has_local : !endpoint_is_bound(socket->endpoint))
        return STATUS_INVALID_PARAMETER;
    *address = socket->has_local ? socket->local : *endpoint_address(socket->endpoint);
    *port = raw ? 0 : endpoint_port(socket->endpoint);
    return STATUS_SUCCESS;
}

nt_status socket_peer(const struct socket_object *socket, struct address *address, uint16_t *port)
{
    if (socket->state != SOCKET_CONNECTED)
        return STATUS_INVALID_CONNECTION;
    *address = socket->peer;
    *port = socket->peer_port;
    return STATUS_SUCCESS;
}

/* ---- Connections ----------------------------------------------------------------------------- */

nt_status socket_listen(struct socket_object *socket, struct process *process, int backlog)
{
    (void)backlog; /* any number is good (row 141); the queue is not there yet */
    nt_status status = socket_network(socket);
    if (!nt_success(status))
        return status;
    if (socket->kind.protocol != PROTOCOL_TCP)
        return STATUS_NOT_SUPPORTED;
    if (socket->state == SOCKET_CONNECTED)
        return STATUS_CONNECTION_ACTIVE;
    if (socket->state == SOCKET_UNBOUND) {
        const struct profile *profile = socket_profile(socket);
        if (!BEHAVES(profile, listen_unbound, binds))
            return nt_status_from_wsa(BEHAVIOUR_VALUE(profile, listen_unbound));
        status = bind_implicitly(socket, process);
        if (!nt_success(status) || socket->state == SOCKET_UNBOUND)
            return status;
    }
    socket->state = SOCKET_LISTENING;
    endpoint_set_listening(socket->endpoint, true);
    SLOW(socket_check(socket));
    return STATUS_SUCCESS;
}

/* The address a connection to `peer` is made from, when the socket is bound to the wildcard. A
 * listener was found at the peer's address, so that is one of this machine's own.
 */
static struct address source_for(const struct address *peer)
{
    struct address source = *peer;
    if (peer->family == FAMILY_4 && peer->bytes[0] == 127)
        source = (struct address){.family = FAMILY_4, .bytes = {127, 0, 0, 1}};
    return source;
}

static void set_peer(struct socket_object *socket, const struct address *address, uint16_t port)
{
    socket->peer = *address;
    socket->peer_port = port;
    socket->state = SOCKET_CONNECTED;
    SLOW(socket_check(socket));
}

static nt_status connect_stream(struct socket_object *socket, const struct address *address,
                                uint16_t port)
{
    ASSERT(socket->kind.protocol == PROTOCOL_TCP);
    if (endpoint_find_listener(socket->afd->tcpip, address, port) == NULL)
        return STATUS_CONNECTION_REFUSED;
    if (endpoint_is_bound(socket->endpoint) &&
        address_is_wildcard(endpoint_address(socket->endpoint))) {
        socket->local = source_for(address);
        socket->has_local = true;
    }
    set_peer(socket, address, port);
    return STATUS_SUCCESS;
}

/* The state's say in a connect. */
static nt_status may_connect(const struct socket_object *socket)
{
    if (socket->state == SOCKET_LISTENING)
        return STATUS_INVALID_PARAMETER; /* row 158 */
    if (socket->state == SOCKET_CONNECTED && socket->kind.protocol == PROTOCOL_TCP)
        return STATUS_CONNECTION_ACTIVE; /* row 161 */
    return STATUS_SUCCESS;
}

nt_status socket_connect(struct socket_object *socket, struct process *process,
                         const struct address *address, uint16_t port)
{
    bool stream = socket->kind.protocol == PROTOCOL_TCP;
    nt_status status = socket_network(socket);
    if (nt_success(status))
        status = may_connect(socket);
    if (nt_success(status) && stream && (address_is_wildcard(address) || port == 0))
        status = STATUS_INVALID_ADDRESS;
    if (nt_success(status))
        status = bind_implicitly(socket, process);
    if (!nt_success(status))
        return status;

    if (stream)
        return connect_stream(socket, address, port);
    set_peer(socket, address, port);
    return STATUS_SUCCESS;
}

nt_status socket_connect_bound(struct socket_object *socket, struct process *process,
                               const struct address *address, uint16_t port)
{
    const struct profile *profile = socket_profile(socket);
    if (socket->kind.protocol != PROTOCOL_TCP)
        return STATUS_NOT_SUPPORTED;
    if (socket->state == SOCKET_UNBOUND && !BEHAVES(profile, connectex_unbound, binds))
        return nt_status_from_wsa(BEHAVIOUR_VALUE(profile, connectex_unbound));
    return socket_connect(socket, process, address, port);
}

nt_status socket_disconnect(struct socket_object *socket)
{
    if (socket->kind.protocol == PROTOCOL_TCP)
        return STATUS_OBJECT_PATH_SYNTAX_BAD;
    if (socket->state == SOCKET_CONNECTED) {
        bool has_name =
            socket->has_local || (socket->endpoint != NULL && endpoint_is_bound(socket->endpoint));
        socket->state = has_name ? SOCKET_BOUND : SOCKET_UNBOUND;
        socket->peer = (struct address){0};
        socket->peer_port = 0;
    }
    SLOW(socket_check(socket));
    return STATUS_SUCCESS;
}

nt_status socket_send_to(struct socket_object *socket, struct process *process,
                         const struct address *address, uint16_t port)
{
    bool stream = socket->kind.protocol == PROTOCOL_TCP;
    bool raw = socket->kind.protocol == PROTOCOL_RAW;
    nt_status status = socket_network(socket);
    if (!nt_success(status))
        return status;
    if (socket->state != SOCKET_CONNECTED && (stream || address == NULL))
        return STATUS_INVALID_CONNECTION;
    if (stream)
        return STATUS_NOT_SUPPORTED;
    if (address != NULL && (address_is_wildcard(address) || (port == 0 && !raw)))
        return STATUS_INVALID_ADDRESS;
    return bind_implicitly(socket, process);
}

/* ---- Checks ---------------------------------------------------------------------------------- */

void socket_check(const struct socket_object *socket)
{
    const struct profile *profile = socket_profile(socket);
    ASSERT(socket->object.type == OBJECT_SOCKET);
    ASSERT(socket->state < SOCKET_STATE_COUNT);
    if (socket->state == SOCKET_CLOSED) {
        ASSERT(socket->endpoint == NULL);
        return;
    }
    if (socket->kind.protocol == PROTOCOL_RAW) {
        ASSERT(socket->has_local == (socket->state != SOCKET_UNBOUND));
        return;
    }
    ASSERT(socket->endpoint != NULL);
    bool is_bound = endpoint_is_bound(socket->endpoint);
    if (socket->state == SOCKET_UNBOUND)
        ASSERT(!is_bound);
    if (socket->state == SOCKET_BOUND || socket->state == SOCKET_LISTENING)
        ASSERT(is_bound);
    if (socket->state == SOCKET_CONNECTED && !BEHAVES(profile, implicit_bind, never))
        ASSERT(is_bound);
    if (socket->state == SOCKET_LISTENING)
        ASSERT(socket->kind.protocol == PROTOCOL_TCP);
    if (BEHAVES(profile, associate_changes_socket, nothing))
        ASSERT(socket->values[SOCKET_REUSE_ADDRESS] == 0 ||
               socket->values[SOCKET_EXCLUSIVE_ADDRESS] == 0);
}

void afd_check(const struct afd *afd)
{
    uint32_t held = 0;
    for (const struct process *process = afd->nt->processes; process != NULL;
         process = process->next)
        for (uint64_t handle = handle_next(process, 0, OBJECT_SOCKET); handle != 0;
             handle = handle_next(process, handle, OBJECT_SOCKET)) {
            const struct socket_object *socket = socket_find(process, handle);
            if (socket == NULL)
                continue;
            socket_check(socket);
            held++;
        }
    ASSERT(afd->sockets <= held); /* a shared socket is held more than once */
    if (afd->sockets == 0)
        ASSERT(held == 0);
    ASSERT(afd->tickets == NULL || afd->tickets_made > 0);
}
