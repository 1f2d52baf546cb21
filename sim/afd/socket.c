#include "sim/afd/waits.h"

#include "sim/engine/check.h"
#include "sim/tcpip/interfaces.h"
#include "sim/tcpip/udp.h"

_Static_assert(sizeof(struct socket_object) <= 272,
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

/* What pends on a socket that closes, by the profile: a stream's receives and sends (row 78), and
 * the rest (rows 74, 75, 80).
 */
static void end_io(struct socket_object *socket)
{
    const struct profile *profile = socket_profile(socket);
    nt_status stream = STATUS_CONNECTION_ABORTED;
    if (BEHAVES(profile, close_pending_stream, netname_deleted))
        stream = STATUS_LOCAL_DISCONNECT;
    else if (BEHAVES(profile, close_pending_stream, operation_aborted))
        stream = STATUS_CANCELLED;
    else if (BEHAVES(profile, close_pending_stream, handles_closed))
        stream = STATUS_HANDLES_CLOSED;
    io_end_all(socket, stream, STATUS_CANCELLED,
               nt_status_from_wsa(BEHAVIOUR_VALUE(profile, closesocket_blocked_receive)));
}

static void close_endpoint(struct socket_object *socket)
{
    if (socket->endpoint == NULL)
        return;
    if (socket->state == SOCKET_CONNECTING)
        tcp_connect_cancel(socket->endpoint);
    endpoint_set_listener(socket->endpoint, NULL, NULL);
    endpoint_close(socket->afd->tcpip, socket->endpoint);
    socket->endpoint = NULL;
}

/* The socket closes: what pends ends, its blocks end and its port is free. */
static void tear_down(struct socket_object *socket)
{
    ASSERT(socket->state != SOCKET_CLOSED);
    if (socket->waits != NULL)
        end_io(socket);
    if (socket->acquirer != 0)
        end_block(socket, socket->ended_with_process);
    close_endpoint(socket);
    socket->state = SOCKET_CLOSED;
    if (socket->waits != NULL) {
        ready_socket_closed(socket);
        events_drop(socket);
    }
    if (socket->file.requests != NULL)
        polls_of_closed_file(&socket->file);
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
    file_close(&socket->file);
    arena_give(arena_of(socket->afd), socket->waits, sizeof *socket->waits);
    socket_forget_options(socket);
    arena_give(arena_of(socket->afd), socket, sizeof *socket);
}

static const struct object_ops socket_ops = {
    .handle_closed = handle_closed, .cleanup = cleanup, .destroy = destroy};

/* ---- What the endpoint tells ----------------------------------------------------------------- */

static void endpoint_connected(void *owner, nt_status status)
{
    struct socket_object *socket = owner;
    if (socket->state == SOCKET_CONNECTING)
        connect_ended(socket, status);
}

static void endpoint_incoming(void *owner)
{
    struct socket_object *socket = owner;
    struct tcp_peer peer;
    accepts_serve(socket);
    if (!tcp_incoming(socket->endpoint, &peer))
        return; /* an AcceptEx took it: no FD_ACCEPT (row 199) */
    events_record(socket, EVENT_ACCEPT);
    ready_changed(socket);
}

static void endpoint_readable(void *owner)
{
    struct socket_object *socket = owner;
    receives_serve(socket);
    if (socket->kind.protocol == PROTOCOL_TCP) {
        disconnects_serve(socket);
        if (socket->state == SOCKET_CONNECTED)
            events_look(socket);
    } else if ((socket_ready(socket) & READY_RECEIVE) != 0) {
        events_record(socket, EVENT_READ);
    }
    ready_changed(socket);
}

static void endpoint_writable(void *owner)
{
    struct socket_object *socket = owner;
    bool waited = io_waiting(socket, IO_SEND) != NULL;
    sends_serve(socket);
    if (waited)
        shutdown_serve(socket);
    lingers_serve(socket);
    disconnects_serve(socket);
    ready_changed(socket);
}

static void endpoint_aborted(void *owner, nt_status status)
{
    struct socket_object *socket = owner;
    io_end_all(socket, status, status, status);
    if (socket->state == SOCKET_CONNECTED)
        events_look(socket);
    ready_changed(socket);
}

static const struct endpoint_listener upcalls = {
    .connected = endpoint_connected,
    .incoming = endpoint_incoming,
    .readable = endpoint_readable,
    .writable = endpoint_writable,
    .aborted = endpoint_aborted,
};

void socket_adopt(struct socket_object *socket, struct endpoint *endpoint)
{
    ASSERT(socket->endpoint == NULL);
    socket->endpoint = endpoint;
    endpoint_set_listener(endpoint, &upcalls, socket);
}

/* ---- Opening --------------------------------------------------------------------------------- */

struct socket_object *socket_make(struct afd *afd, const struct socket_opening *opening)
{
    struct socket_object *socket = ARENA_NEW(arena_of(afd), struct socket_object);
    if (socket == NULL)
        return NULL;
    object_init(&socket->object, afd->nt, OBJECT_SOCKET, &socket_ops);
    socket->afd = afd;
    socket->kind = opening->kind;
    socket->overlapped = opening->overlapped;
    socket_default_options(socket);
    afd->sockets++;
    return socket;
}

/* Raw sockets have no ports, and so no endpoint, but where the profile lets them reserve. */
static bool open_endpoint(struct socket_object *socket, const struct process *process)
{
    enum protocol protocol = socket->kind.protocol;
    if (protocol == PROTOCOL_RAW) {
        if (!BEHAVES(socket_profile(socket), unsupported_socket, grants))
            return true;
        protocol = PROTOCOL_TCP;
    }
    struct endpoint *endpoint = endpoint_open(socket->afd->tcpip, protocol, socket->kind.family,
                                              process->id, process->token.account);
    if (endpoint != NULL)
        socket_adopt(socket, endpoint);
    return endpoint != NULL;
}

nt_status socket_open(struct afd *afd, struct process *process,
                      const struct socket_opening *opening, uint64_t *handle)
{
    if (!afd->network_up)
        return STATUS_HOST_DOWN;
    if (opening->kind.protocol == PROTOCOL_RAW && !process->token.administrator)
        return STATUS_ACCESS_DENIED;
    struct socket_object *socket = socket_make(afd, opening);
    if (socket == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;

    nt_status status = STATUS_INSUFFICIENT_RESOURCES;
    if (open_endpoint(socket, process))
        status = handle_open(process, &socket->object, opening->inherit, handle);
    if (nt_success(status))
        object_release(&socket->object); /* the handle keeps it */
    else
        socket_discard(socket);
    return status;
}

void socket_discard(struct socket_object *socket)
{
    tear_down(socket);
    object_release(&socket->object);
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
    struct socket_object *socket = socket_find(process, handle);
    if (socket == NULL)
        return STATUS_INVALID_HANDLE;
    if (socket->object.handles == 1) {
        nt_status status = socket_linger(socket);
        if (!nt_success(status))
            return status;
    }
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
    if (socket->state == SOCKET_UNBOUND && endpoint_is_bound(socket->endpoint)) {
        socket->state = SOCKET_BOUND;
        socket_apply_options(socket);
        if (socket->kind.protocol == PROTOCOL_UDP)
            events_record(socket, EVENT_WRITE); /* row 194 */
    }
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

nt_status socket_bind_implicitly(struct socket_object *socket, struct process *process)
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
    if (socket->accepted_bare)
        return STATUS_INVALID_PARAMETER; /* row 156 */
    *address = socket->has_local ? socket->local : *endpoint_address(socket->endpoint);
    *port = raw ? 0 : endpoint_port(socket->endpoint);
    return STATUS_SUCCESS;
}

/* ---- Connections ----------------------------------------------------------------------------- */

nt_status socket_listen(struct socket_object *socket, struct process *process, int backlog)
{
    nt_status status = socket_network(socket);
    if (!nt_success(status))
        return status;
    if (socket->kind.protocol != PROTOCOL_TCP)
        return STATUS_NOT_SUPPORTED;
    if (socket->state == SOCKET_CONNECTED)
        return STATUS_CONNECTION_ACTIVE;
    if (socket->state == SOCKET_CONNECTING)
        return STATUS_INVALID_PARAMETER;
    if (socket->state == SOCKET_UNBOUND) {
        const struct profile *profile = socket_profile(socket);
        if (!BEHAVES(profile, listen_unbound, binds))
            return nt_status_from_wsa(BEHAVIOUR_VALUE(profile, listen_unbound));
        status = socket_bind_implicitly(socket, process);
        if (!nt_success(status) || socket->state == SOCKET_UNBOUND)
            return status;
    }
    status = tcp_listen(socket->endpoint, backlog);
    if (!nt_success(status))
        return status;
    socket->state = SOCKET_LISTENING;
    socket_apply_options(socket);
    SLOW(socket_check(socket));
    return STATUS_SUCCESS;
}

/* Until the context of a connection made by AcceptEx or ConnectEx has been set, getpeername does
 * not know it (rows 70 and 156); while a connect is under way it does (row 70).
 */
nt_status socket_peer(const struct socket_object *socket, struct address *address, uint16_t *port)
{
    bool connecting = socket->state == SOCKET_CONNECTING && !socket->connect_bound;
    if ((socket->state != SOCKET_CONNECTED && !connecting) || socket->needs_context)
        return STATUS_INVALID_CONNECTION;
    *address = socket->peer;
    *port = socket->peer_port;
    return STATUS_SUCCESS;
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
        if (socket->kind.protocol == PROTOCOL_UDP) {
            udp_set_peer(socket->endpoint, NULL, 0);
            socket->has_local = false;
        }
    }
    SLOW(socket_check(socket));
    return STATUS_SUCCESS;
}

/* ---- The network ----------------------------------------------------------------------------- */

static void network_failed(struct afd *afd)
{
    for (struct process *process = afd->nt->processes; process != NULL; process = process->next)
        for (uint64_t handle = handle_next(process, 0, OBJECT_SOCKET); handle != 0;
             handle = handle_next(process, handle, OBJECT_SOCKET)) {
            struct socket_object *socket = socket_find(process, handle);
            if (socket != NULL)
                io_end_all(socket, STATUS_HOST_DOWN, STATUS_HOST_DOWN, STATUS_HOST_DOWN);
        }
}

void afd_set_network(struct afd *afd, bool up)
{
    bool failed = afd->network_up && !up;
    bool changed = afd->network_up != up;
    afd->network_up = up;
    if (failed && !BEHAVES(afd->nt->profile, network_down_receive, goes_on))
        network_failed(afd);
    if (changed)
        afd_addresses_changed(afd);
}

bool afd_interface_is_up(const struct afd *afd, uint32_t interface)
{
    if (interface == INTERFACE_LOOPBACK)
        return true;
    return afd->network_up && interface_is_up(afd->tcpip, interface);
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
    if (socket->state == SOCKET_LISTENING || socket->state == SOCKET_CONNECTING)
        ASSERT(socket->kind.protocol == PROTOCOL_TCP);
    file_check(&socket->file);
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
