/* Ending connections: shutdown, DisconnectEx, closing with a linger. */
#include "sim/afd/waits.h"
#include "sim/engine/check.h"

enum { HOW_RECEIVE = 0, HOW_SEND = 1, HOW_BOTH = 2 };

/* The FIN goes behind what waits to be sent. */
static void finish_sending(struct socket_object *socket)
{
    if (io_waiting(socket, IO_SEND) == NULL)
        tcp_shutdown_send(socket->endpoint);
}

void finish_receiving(struct socket_object *socket)
{
    if (socket->kind.protocol == PROTOCOL_TCP && socket->shut_receive &&
        io_waiting(socket, IO_RECEIVE) == NULL)
        tcp_shutdown_receive(socket->endpoint);
}

void shutdown_serve(struct socket_object *socket)
{
    if (socket->kind.protocol != PROTOCOL_TCP || socket->state != SOCKET_CONNECTED)
        return;
    if (socket->shut_send)
        finish_sending(socket);
    finish_receiving(socket);
}

/* A receive that waits goes on (row 220). */
static void stop_receiving(struct socket_object *socket)
{
    struct io *io;
    socket->shut_receive = true;
    while (BEHAVES(socket_profile(socket), shutdown_waiting_receive, cancels) &&
           (io = io_waiting(socket, IO_RECEIVE)) != NULL)
        io_complete(io, STATUS_CANCELLED, 0);
    finish_receiving(socket);
}

static nt_status may_shut_down(const struct socket_object *socket, int how)
{
    const struct profile *profile = socket_profile(socket);
    bool stream = socket->kind.protocol == PROTOCOL_TCP;
    if (!socket->afd->network_up)
        return STATUS_HOST_DOWN;
    if ((how < HOW_RECEIVE || how > HOW_BOTH) && BEHAVES(profile, shutdown_how, wsaeinval))
        return STATUS_INVALID_PARAMETER;
    if (stream && (socket->state != SOCKET_CONNECTED || socket->needs_context))
        return STATUS_INVALID_CONNECTION; /* rows 215 and 219 */
    if (how == HOW_SEND && socket->shut_send && BEHAVES(profile, shutdown_again, wsaenotconn))
        return STATUS_INVALID_CONNECTION;
    return STATUS_SUCCESS;
}

nt_status socket_shutdown(struct socket_object *socket, int how)
{
    bool stream = socket->kind.protocol == PROTOCOL_TCP;
    nt_status status = may_shut_down(socket, how);
    if (!nt_success(status))
        return status;
    if (how != HOW_SEND)
        stop_receiving(socket);
    if (how != HOW_RECEIVE && !socket->shut_send) {
        socket->shut_send = true;
        if (stream)
            finish_sending(socket);
    }
    ready_changed(socket);
    return STATUS_SUCCESS;
}

/* ---- DisconnectEx ---------------------------------------------------------------------------- */

/* Without TF_REUSE_SOCKET it acts like SD_SEND and is done when the FIN is on its way. With it,
 * when both sides are done and the endpoint is free of the connection.
 */
static nt_status attempt(struct io *io)
{
    struct socket_object *socket = io->socket;
    struct tcp_view view;
    tcp_look(socket->endpoint, &view);
    if ((io->flags & IO_REUSE) == 0 ||
        BEHAVES(socket_profile(socket), disconnect_for_reuse, keeps_connection))
        return STATUS_SUCCESS;
    if (view.state != TCP_CLOSED && view.state != TCP_TIME_WAIT)
        return STATUS_PENDING;
    nt_status status = tcp_reuse(socket->endpoint);
    if (!nt_success(status))
        return status;
    socket->state = SOCKET_UNBOUND;
    socket->peer = (struct address){0};
    socket->peer_port = 0;
    socket->has_local = false;
    socket->shut_send = socket->shut_receive = false;
    socket->close_seen = socket->needs_context = socket->accepted_bare = false;
    socket->seen_readable = 0;
    socket->recorded = 0;
    SLOW(socket_check(socket));
    return STATUS_SUCCESS;
}

static void serve_later(void *context, uint64_t argument)
{
    struct io *io = context;
    (void)argument;
    io->timer = 0;
    disconnects_serve(io->socket);
}

void shutdown_behind(struct socket_object *socket)
{
    if (socket->shut_send)
        return;
    socket->shut_send = true;
    finish_sending(socket);
    ready_changed(socket);
}

nt_status disconnect_wait(struct io *io)
{
    struct socket_object *socket = io->socket;
    struct engine *engine = socket->afd->nt->engine;
    if (io->request.on_stack || BEHAVES(socket_profile(socket), disconnect_overlapped, at_once)) {
        nt_status status = attempt(io);
        if (status != STATUS_PENDING)
            return io_finish_attempt(io, status, io->size);
        return io_enqueue(io, socket, IO_DISCONNECT);
    }
    nt_status status = io_enqueue(io, socket, IO_DISCONNECT);
    if (status == STATUS_PENDING) /* even when it could be done at once (row 97) */
        io->timer = engine_post(engine, engine->now_ns, serve_later, io, 0);
    return status;
}

nt_status socket_disconnect_io(struct io *io)
{
    struct socket_object *socket = io->socket;
    nt_status status = socket_network(socket);
    if (!nt_success(status))
        return status;
    if (socket->kind.protocol != PROTOCOL_TCP || socket->state != SOCKET_CONNECTED)
        return STATUS_INVALID_CONNECTION;

    if (!socket->shut_send) {
        socket->shut_send = true;
        finish_sending(socket);
    }
    if (BEHAVES(socket_profile(socket), disconnect_direction, both))
        stop_receiving(socket);
    return disconnect_wait(io);
}

void disconnects_serve(struct socket_object *socket)
{
    struct io *io;
    while ((io = io_waiting(socket, IO_DISCONNECT)) != NULL) {
        nt_status status = attempt(io);
        if (status == STATUS_PENDING)
            break;
        io_complete(io, status, nt_success(status) ? io->size : 0);
    }
}

/* ---- Linger ---------------------------------------------------------------------------------- */

static bool all_sent(const struct socket_object *socket)
{
    struct tcp_view view;
    tcp_look(socket->endpoint, &view);
    return view.aborted != STATUS_SUCCESS || view.send_buffered == 0;
}

/* closesocket with SO_LINGER on: 0 seconds resets, more wait until all has been acknowledged, and
 * reset when the time is up (closesocket page, Remarks).
 */
nt_status socket_linger(struct socket_object *socket)
{
    bool stream = socket->kind.protocol == PROTOCOL_TCP && socket->state == SOCKET_CONNECTED;
    if (!stream || socket->values[SOCKET_LINGER_ON] == 0)
        return STATUS_SUCCESS;
    const struct profile *profile = socket_profile(socket);
    uint32_t seconds = socket->values[SOCKET_LINGER_SECONDS];
    if (seconds == 0 && BEHAVES(profile, linger_no_time, closes))
        return STATUS_SUCCESS;
    if (seconds == 0 || BEHAVES(profile, linger_some_time, resets)) {
        tcp_abort(socket->endpoint);
        return STATUS_SUCCESS;
    }
    if (all_sent(socket))
        return STATUS_SUCCESS;
    if (socket->non_blocking)
        return nt_status_from_wsa(BEHAVIOUR_VALUE(profile, nonblocking_linger));

    struct io io;
    io_begin(&io, socket, IO_LINGER, "closesocket");
    nt_status status = io_enqueue(&io, socket, IO_LINGER);
    if (status == STATUS_PENDING)
        status = io_wait(&io, seconds * 1000u, false);
    io_end(&io);
    if (status == STATUS_TIMEOUT && socket->state == SOCKET_CONNECTED)
        tcp_abort(socket->endpoint);
    return STATUS_SUCCESS;
}

void lingers_serve(struct socket_object *socket)
{
    struct io *io = io_waiting(socket, IO_LINGER);
    if (io != NULL && all_sent(socket))
        io_complete(io, STATUS_SUCCESS, 0);
}
