/* Making connections: connect, ConnectEx, accept, AcceptEx. */
#include "sim/afd/waits.h"
#include "sim/engine/check.h"
#include "sim/tcpip/place.h"
#include "sim/tcpip/udp.h"

/* ---- connect --------------------------------------------------------------------------------- */

static void set_peer(struct socket_object *socket, const struct address *address, uint16_t port)
{
    socket->peer = *address;
    socket->peer_port = port;
}

static void note_local(struct socket_object *socket)
{
    struct tcp_view view;
    tcp_look(socket->endpoint, &view);
    socket->local = view.local;
    socket->has_local = true;
}

static nt_status may_connect(const struct io *io, bool bound_only)
{
    const struct socket_object *socket = io->socket;
    const struct profile *profile = socket_profile(socket);
    bool stream = socket->kind.protocol == PROTOCOL_TCP;

    if (!socket->afd->network_up)
        return STATUS_HOST_DOWN;
    if (bound_only && !stream)
        return STATUS_NOT_SUPPORTED;
    if (socket->state == SOCKET_LISTENING)
        return STATUS_INVALID_PARAMETER; /* row 158 */
    if (socket->waits != NULL && socket->waits->accepting != NULL)
        return STATUS_INVALID_PARAMETER; /* row 153 */
    if (socket->state == SOCKET_CONNECTING)
        return bound_only || socket->connect_bound /* rows 163 and 164 */
                   ? STATUS_INVALID_PARAMETER
                   : nt_status_from_wsa(BEHAVIOUR_VALUE(profile, connect_twice));
    if (stream && socket->state == SOCKET_CONNECTED)
        return socket->needs_context && !bound_only /* row 161 */
                   ? STATUS_INVALID_PARAMETER
                   : nt_status_from_wsa(BEHAVIOUR_VALUE(profile, connect_again));
    if (bound_only && socket->state == SOCKET_UNBOUND &&
        !BEHAVES(profile, connectex_unbound, binds))
        return nt_status_from_wsa(BEHAVIOUR_VALUE(profile, connectex_unbound));
    if (stream && (address_is_wildcard(&io->address) || io->port == 0))
        return STATUS_INVALID_ADDRESS;
    return socket_may_broadcast(socket, &io->address);
}

/* A datagram socket bound to the wildcard is named by the address it leaves by while it has a peer.
 */
static void note_source(struct socket_object *socket)
{
    struct place to = place_of(&socket->peer, socket->peer_port);
    if (!endpoint_is_bound(socket->endpoint) ||
        !address_is_wildcard(endpoint_address(socket->endpoint)))
        return;
    struct place from = place_source_for(&to, 0);
    socket->local = place_address(&from, socket->kind.family);
    socket->has_local = true;
}

static nt_status connect_datagram(struct io *io)
{
    struct socket_object *socket = io->socket;
    bool udp = socket->kind.protocol == PROTOCOL_UDP;
    const struct profile *profile = socket_profile(socket);
    if (udp && address_is_wildcard(&io->address) && BEHAVES(profile, null_peer, gives_up))
        return socket_disconnect(socket);
    set_peer(socket, &io->address, io->port);
    socket->state = SOCKET_CONNECTED;
    if (udp) {
        udp_set_peer(socket->endpoint, &io->address, io->port);
        note_source(socket);
    }
    events_record(socket, EVENT_CONNECT | EVENT_WRITE); /* row 204 */
    SLOW(socket_check(socket));
    return io_finish_attempt(io, STATUS_SUCCESS, 0);
}

/* A handshake under way: a synchronous caller who may not wait is told so, and it goes on. */
static nt_status connect_stream(struct io *io, bool bound_only)
{
    struct socket_object *socket = io->socket;
    nt_status status = tcp_connect(socket->endpoint, &io->address, io->port);
    if (status != STATUS_PENDING)
        return status;
    set_peer(socket, &io->address, io->port);
    socket->state = SOCKET_CONNECTING;
    socket->connect_bound = bound_only;
    socket->connect_failed = false;
    socket->connect_status = STATUS_SUCCESS;
    socket->close_seen = false;
    socket_apply_options(socket);
    events_enable(socket, EVENT_CONNECT);
    status = io_enqueue(io, socket, IO_CONNECT);
    if (status == STATUS_INSUFFICIENT_RESOURCES) {
        tcp_connect_cancel(socket->endpoint);
        socket->state = SOCKET_BOUND;
    }
    return status;
}

nt_status socket_connect_io(struct io *io, struct process *process, bool bound_only)
{
    nt_status status = may_connect(io, bound_only);
    if (nt_success(status))
        status = socket_bind_implicitly(io->socket, process);
    if (!nt_success(status))
        return status;
    if (io->socket->kind.protocol != PROTOCOL_TCP)
        return connect_datagram(io);
    if (!endpoint_is_bound(io->socket->endpoint))
        return STATUS_CONNECTION_REFUSED; /* `implicit_bind = never` leaves nothing to connect */
    return connect_stream(io, bound_only);
}

/* ConnectEx's bytes go behind the handshake; the io is told how many. */
static uint64_t send_first_bytes(struct io *io)
{
    uint64_t sent = 0;
    if (BEHAVES(socket_profile(io->socket), connectex_first_bytes, lost))
        return io->size;
    for (uint32_t i = 0; i < io->buffer_count; i++) {
        const struct io_buffer *buffer = &io->buffers[i];
        if (buffer->size > 0 &&
            tcp_send(io->socket->endpoint, buffer->base, buffer->size, false) == STATUS_SUCCESS)
            sent += buffer->size;
    }
    return sent;
}

static void connect_failed(struct socket_object *socket, nt_status status)
{
    const struct profile *profile = socket_profile(socket);
    bool blocking = io_waiting(socket, IO_CONNECT) != NULL;
    bool tells = blocking ? BEHAVES(profile, so_error_blocking, set)
                          : !BEHAVES(profile, so_error_after_connect, never_set);
    socket->state = SOCKET_BOUND;
    socket->connect_failed = true;
    if (tells)
        socket->connect_status = status; /* rows 179 and 180 */
    socket->close_status = status;
    events_record(socket, EVENT_CONNECT);
}

void connect_ended(struct socket_object *socket, nt_status status)
{
    ASSERT(socket->state == SOCKET_CONNECTING);
    uint64_t sent = 0;
    struct io *io = io_waiting(socket, IO_CONNECT);
    if (nt_success(status)) {
        socket->state = SOCKET_CONNECTED;
        socket->needs_context =
            socket->connect_bound && BEHAVES(socket_profile(socket), connectex_context, needed);
        note_local(socket);
        if (io != NULL)
            sent = send_first_bytes(io);
        events_record(socket, EVENT_CONNECT | EVENT_WRITE); /* row 203 */
    } else {
        connect_failed(socket, status);
    }
    SLOW(socket_check(socket));
    if (io != NULL)
        io_complete(io, status, sent);
    ready_changed(socket);
}

/* ---- accept ---------------------------------------------------------------------------------- */

bool socket_incoming(const struct socket_object *socket, struct address *address, uint16_t *port)
{
    struct tcp_peer peer;
    if (socket->state != SOCKET_LISTENING || !tcp_incoming(socket->endpoint, &peer))
        return false;
    *address = peer.address;
    *port = peer.port;
    return true;
}

void socket_refuse(struct socket_object *socket)
{
    ASSERT(socket->state == SOCKET_LISTENING);
    tcp_refuse(socket->endpoint);
}

static void become_connected(struct socket_object *socket, const struct tcp_peer *peer)
{
    set_peer(socket, &peer->address, peer->port);
    socket->state = SOCKET_CONNECTED;
    note_local(socket);
    socket->recorded |= EVENT_WRITE;
}

/* What an accepted socket has of its listener: the options (row 150), the blocking mode, and the
 * events selected (row 202).
 */
static void inherit(struct socket_object *socket, const struct socket_object *listener)
{
    const struct profile *profile = socket_profile(socket);
    for (int i = 0; i < SOCKET_ACCEPTS && BEHAVES(profile, accepted_options, of_listener); i++)
        socket->values[i] = listener->values[i];
    socket->values[SOCKET_ERROR_CODE] = 0;
    socket->non_blocking =
        listener->non_blocking && BEHAVES(profile, accepted_blocking, of_listener);
    socket_apply_options(socket);
    events_inherit(socket, listener);
}

static nt_status accept_new(struct io *io)
{
    struct socket_object *listener = io->socket;
    struct process *process = io->request.thread->process;
    struct tcp_peer peer;
    const struct socket_opening opening = {
        .kind = listener->kind, .overlapped = listener->overlapped, .inherit = true};

    if (!tcp_incoming(listener->endpoint, &peer))
        return STATUS_PENDING;
    struct socket_object *socket = socket_make(listener->afd, &opening);
    if (socket == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    uint64_t handle = 0;
    nt_status status = handle_open(process, &socket->object, true, &handle);
    if (!nt_success(status)) {
        socket_discard(socket);
        return status;
    }
    struct endpoint *endpoint = tcp_accept(listener->endpoint, process->id, process->token.account);
    if (endpoint != NULL) {
        socket_adopt(socket, endpoint);
        become_connected(socket, &peer);
        if (BEHAVES(socket_profile(socket), accepted_name, of_listener))
            socket->local = listener->local;
        events_look(socket); /* at what came before the accept */
        inherit(socket, listener);
        SLOW(socket_check(socket));
    } else {
        handle_close(process, handle);
        status = STATUS_INSUFFICIENT_RESOURCES;
    }
    object_release(&socket->object);
    io->has_address = true;
    io->address = peer.address;
    io->port = peer.port;
    io->request.information = handle;
    return status;
}

/* Into the acceptor; then its first bytes, if some are wanted (row 155). */
static nt_status accept_into(struct io *io)
{
    struct socket_object *listener = io->socket;
    struct socket_object *acceptor = io->acceptor;
    struct tcp_peer peer;

    if (!tcp_incoming(listener->endpoint, &peer))
        return STATUS_PENDING;
    if ((io->flags & IO_TOO_SMALL) != 0)
        return STATUS_BUFFER_TOO_SMALL; /* row 154: who came waits on */
    nt_status status = tcp_accept_into(listener->endpoint, acceptor->endpoint);
    if (!nt_success(status))
        return status;
    become_connected(acceptor, &peer);
    acceptor->accepted_bare = true;
    acceptor->needs_context = BEHAVES(socket_profile(acceptor), acceptex_context, needed);
    socket_apply_options(acceptor);
    acceptor->waits->accepting = NULL;
    io->has_address = true;
    io->address = peer.address;
    io->port = peer.port;
    io->to = acceptor->local;
    io->to_port = endpoint_port(acceptor->endpoint);
    SLOW(socket_check(acceptor));
    return STATUS_SUCCESS;
}

/* An accept that is connected waits among the acceptor's receives from here on. */
static void await_first_bytes(struct io *io)
{
    struct socket_object *acceptor = io->acceptor;
    io_watched(io, IO_MOVES);
    nt_status status = receive_attempt(io, acceptor);
    if (status != STATUS_PENDING) {
        events_look(acceptor); /* at what is left */
        io_complete(io, status, io->done);
        return;
    }
    io_watched(io, IO_MOVED);
    io_move(io, acceptor, IO_RECEIVE);
}

static nt_status may_accept(const struct io *io)
{
    const struct socket_object *socket = io->socket;
    const struct socket_object *acceptor = io->acceptor;
    if (!socket->afd->network_up)
        return STATUS_HOST_DOWN;
    if (socket->kind.protocol != PROTOCOL_TCP)
        return STATUS_NOT_SUPPORTED;
    if (socket->state != SOCKET_LISTENING)
        return STATUS_INVALID_PARAMETER;
    if (acceptor == NULL)
        return STATUS_SUCCESS;
    bool taken = acceptor->waits != NULL && acceptor->waits->accepting != NULL;
    bool fresh = acceptor->kind.protocol == PROTOCOL_TCP && acceptor->state == SOCKET_UNBOUND;
    return fresh && !taken && acceptor != socket ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

/* AcceptEx pends even when a connection waits: it is looked at from an event, so that the caller
 * has his STATUS_PENDING first, as on Windows.
 */
static void accept_later(void *context, uint64_t argument)
{
    struct io *io = context;
    (void)argument;
    io->timer = 0;
    accepts_serve(io->socket);
}

static nt_status begin_accept_into(struct io *io)
{
    struct socket_object *acceptor = io->acceptor;
    struct engine *engine = io->socket->afd->nt->engine;
    if (socket_waits(acceptor) == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    nt_status status = io_enqueue(io, io->socket, IO_ACCEPT);
    if (status != STATUS_PENDING)
        return status;
    acceptor->waits->accepting = io;
    struct tcp_peer peer;
    if (tcp_incoming(io->socket->endpoint, &peer))
        io->timer = engine_post(engine, engine->now_ns, accept_later, io, 0);
    return STATUS_PENDING;
}

/* FD_ACCEPT is enabled again: told when more wait, forgotten when none does (rows 198 and 200). */
static void accept_taken(struct socket_object *socket)
{
    struct tcp_peer peer;
    if (!tcp_incoming(socket->endpoint, &peer))
        socket->recorded &= (uint16_t)~EVENT_ACCEPT;
    if (BEHAVES(socket_profile(socket), event_callers_left, again))
        events_enable(socket, EVENT_ACCEPT);
}

nt_status socket_accept(struct io *io)
{
    struct socket_object *socket = io->socket;
    nt_status status = may_accept(io);
    if (!nt_success(status))
        return status;
    if (io->acceptor != NULL)
        return begin_accept_into(io);

    status = io_waiting(socket, IO_ACCEPT) != NULL ? STATUS_PENDING : accept_new(io);
    if (status == STATUS_PENDING)
        return io_enqueue(io, socket, IO_ACCEPT);
    if (!nt_success(status))
        return status;
    accept_taken(socket);
    return io_finish_attempt(io, status, io->request.information);
}

static bool serve_accept(struct io *io)
{
    nt_status status = io->acceptor != NULL ? accept_into(io) : accept_new(io);
    if (status == STATUS_PENDING)
        return false;
    if (io->acceptor != NULL && io->size == 0 && nt_success(status))
        events_look(io->acceptor);
    if (io->acceptor == NULL)
        io_complete(io, status, nt_success(status) ? io->request.information : 0);
    else if (!nt_success(status) || io->size == 0 ||
             BEHAVES(socket_profile(io->socket), acceptex_first_bytes, not_awaited))
        io_complete(io, status, 0);
    else
        await_first_bytes(io);
    return true;
}

void accepts_serve(struct socket_object *socket)
{
    struct io *io;
    while ((io = io_waiting(socket, IO_ACCEPT)) != NULL)
        if (!serve_accept(io))
            break;
}

/* ---- Contexts -------------------------------------------------------------------------------- */

nt_status socket_update_accept_context(struct socket_object *socket, struct socket_object *listener)
{
    if (socket->state != SOCKET_CONNECTED || !socket->accepted_bare)
        return STATUS_INVALID_CONNECTION;
    if (listener->state != SOCKET_LISTENING)
        return STATUS_INVALID_PARAMETER;
    bool non_blocking = socket->non_blocking;
    socket->needs_context = socket->accepted_bare = false;
    if (BEHAVES(socket_profile(socket), acceptex_options, of_listener))
        inherit(socket, listener);
    socket->non_blocking = non_blocking;
    return STATUS_SUCCESS;
}

nt_status socket_update_connect_context(struct socket_object *socket)
{
    if (socket->state != SOCKET_CONNECTED)
        return STATUS_INVALID_CONNECTION;
    if (BEHAVES(socket_profile(socket), connect_context_update, sets))
        socket->needs_context = false;
    return STATUS_SUCCESS;
}
