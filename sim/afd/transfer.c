/* Receiving and sending. */
#include <string.h>

#include "sim/afd/waits.h"
#include "sim/engine/check.h"
#include "sim/tcpip/udp.h"

static struct arena *arena_of(const struct socket_object *socket)
{
    return &socket->afd->nt->engine->arena;
}

enum { GONE_BYTES = 4096 };

static bool is_own(const struct io *io, const char *base)
{
    uintptr_t kept = (uintptr_t)io->kept;
    return kept != 0 && (uintptr_t)base - kept < io->kept_size;
}

/* Windows locks the pages of what pends: when the guest has given them back meanwhile, bytes still
 * come and go, and nobody sees them.
 */
static struct io_buffer piece_or_gone(const struct io *io, char *base, uint32_t size)
{
    static _Thread_local unsigned char gone[GONE_BYTES];
    const struct userspace *space = &io->request.thread->process->userspace;
    enum access access = io->kind == IO_SEND ? ACCESS_READ : ACCESS_WRITE;
    if (!io->request.pended || is_own(io, base) || userspace_probe(space, base, size, access))
        return (struct io_buffer){base, size};
    memset(gone, 0, sizeof gone);
    return (struct io_buffer){gone, size < GONE_BYTES ? size : GONE_BYTES};
}

/* What is left of the buffers behind the bytes done already: the first piece that is not empty. */
static struct io_buffer piece_at(const struct io *io, uint64_t offset)
{
    for (uint32_t i = 0; i < io->buffer_count; i++) {
        if (offset < io->buffers[i].size)
            return piece_or_gone(io, (char *)io->buffers[i].base + offset,
                                 io->buffers[i].size - (uint32_t)offset);
        offset -= io->buffers[i].size;
    }
    return (struct io_buffer){NULL, 0};
}

static void scatter(const struct io *io, const unsigned char *bytes, uint32_t size)
{
    struct process *before;
    if (!memory_enter(io->request.thread->process, &before))
        return;
    for (uint32_t done = 0; done < size;) {
        struct io_buffer piece = piece_at(io, done);
        uint32_t part = piece.size < size - done ? piece.size : size - done;
        memcpy(piece.base, bytes + done, part);
        done += part;
    }
    memory_leave(io->socket->afd->nt, before);
}

static void gather(const struct io *io, unsigned char *bytes, uint32_t size)
{
    struct process *before;
    if (!memory_enter(io->request.thread->process, &before)) {
        memset(bytes, 0, size);
        return;
    }
    for (uint32_t done = 0; done < size;) {
        struct io_buffer piece = piece_at(io, done);
        uint32_t part = piece.size < size - done ? piece.size : size - done;
        memcpy(bytes + done, piece.base, part);
        done += part;
    }
    memory_leave(io->socket->afd->nt, before);
}

/* ---- Receiving a stream ---------------------------------------------------------------------- */

/* A receive without room waits for bytes and takes none (row 119). */
static nt_status look_for_bytes(const struct socket_object *from)
{
    struct tcp_view view;
    tcp_look(from->endpoint, &view);
    if (view.aborted != STATUS_SUCCESS)
        return view.aborted;
    return view.readable_all > 0 || view.urgent > 0 || view.peer_closed ? STATUS_SUCCESS
                                                                        : STATUS_PENDING;
}

/* With SO_OOBINLINE there are no bytes out of line to ask for (row 177). */
static nt_status may_receive_urgent(const struct socket_object *from)
{
    if (from->values[SOCKET_OOB_INLINE] == 0)
        return STATUS_SUCCESS;
    return nt_status_from_wsa(BEHAVIOUR_VALUE(socket_profile(from), urgent_receive_inline));
}

static nt_status peek_stream(struct io *io, struct socket_object *from, unsigned flags)
{
    uint32_t got = 0;
    uint32_t size = io->size > UINT16_MAX ? UINT16_MAX : (uint32_t)io->size;
    struct io_buffer first = piece_at(io, 0);
    if (first.size >= size) {
        nt_status status = tcp_receive(from->endpoint, first.base, first.size, flags, &got);
        io->done = got;
        return status;
    }
    unsigned char *bytes = arena_take(arena_of(from), size);
    if (bytes == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    nt_status status = tcp_receive(from->endpoint, bytes, size, flags, &got);
    if (status == STATUS_SUCCESS)
        scatter(io, bytes, got);
    io->done = got;
    arena_give(arena_of(from), bytes, size);
    return status;
}

static nt_status receive_stream(struct io *io, struct socket_object *from)
{
    const struct profile *profile = socket_profile(from);
    bool peeks = (io->flags & IO_PEEK) != 0 && BEHAVES(profile, stream_peek, keeps);
    bool all = (io->flags & IO_WAIT_ALL) != 0 && BEHAVES(profile, stream_waitall, fills);
    unsigned flags = peeks ? TCP_PEEK : 0;
    nt_status status = STATUS_SUCCESS;

    if ((io->flags & IO_URGENT) != 0) {
        flags |= TCP_URGENT;
        status = may_receive_urgent(from);
        if (!nt_success(status))
            return status;
    }
    if (io->size == 0)
        return look_for_bytes(from);
    if ((flags & TCP_PEEK) != 0)
        return peek_stream(io, from, flags);

    while (io->done < io->size) {
        uint32_t got = 0;
        struct io_buffer piece = piece_at(io, io->done);
        status = tcp_receive(from->endpoint, piece.base, piece.size, flags, &got);
        if (status != STATUS_SUCCESS || got == 0)
            break;
        io->done += got;
        if (got < piece.size && !all)
            break;
    }
    bool wants_more = all && io->done < io->size;
    if (status == STATUS_CONNECTION_RESET && BEHAVES(profile, after_reset, ends))
        return STATUS_SUCCESS;
    bool would_block = status == STATUS_PENDING && io->request.on_stack && from->non_blocking;
    if (would_block && (flags & TCP_URGENT) != 0 && io->done == 0)
        return nt_status_from_wsa(BEHAVIOUR_VALUE(profile, urgent_receive_of_nothing));
    if (io->done > 0 && !(wants_more && status == STATUS_PENDING))
        return STATUS_SUCCESS; /* an error that came behind the bytes is the next call's */
    return status;
}

/* ---- Receiving datagrams --------------------------------------------------------------------- */

static void note_datagram(struct io *io, const struct udp_datagram *datagram)
{
    io->has_address = true;
    io->address = datagram->from;
    io->port = datagram->port;
    io->to = datagram->to;
    io->interface = datagram->interface;
    io->ttl = datagram->ttl;
    io->tos = datagram->tos;
    io->piece = datagram->piece;
    io->is_4 = datagram->is_4;
    if (datagram->broadcast)
        io->flags |= IO_BROADCAST;
    if (datagram->multicast)
        io->flags |= IO_MULTICAST;
}

static nt_status take_datagram(struct io *io, struct socket_object *from, void *bytes,
                               uint32_t size, struct udp_datagram *datagram)
{
    nt_status status =
        udp_receive(from->endpoint, bytes, size, (io->flags & IO_PEEK) != 0, datagram);
    if (status == STATUS_BUFFER_OVERFLOW)
        io->flags |= IO_PARTIAL;
    if (status == STATUS_SUCCESS || status == STATUS_BUFFER_OVERFLOW) {
        io->done = datagram->size < size ? datagram->size : size;
        note_datagram(io, datagram);
    }
    return status;
}

static nt_status receive_datagram(struct io *io, struct socket_object *from)
{
    struct udp_datagram datagram;
    struct io_buffer first = piece_at(io, 0);
    if (first.size == io->size)
        return take_datagram(io, from, first.base, first.size, &datagram);

    uint32_t size = io->size > UDP_PAYLOAD_MAX ? UDP_PAYLOAD_MAX : (uint32_t)io->size;
    unsigned char *bytes = arena_take(arena_of(from), size);
    if (bytes == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    nt_status status = take_datagram(io, from, bytes, size, &datagram);
    if (status == STATUS_SUCCESS || status == STATUS_BUFFER_OVERFLOW)
        scatter(io, bytes, (uint32_t)io->done);
    arena_give(arena_of(from), bytes, size);
    return status;
}

/* ---- Receiving ------------------------------------------------------------------------------- */

nt_status receive_attempt(struct io *io, struct socket_object *from)
{
    if (from->kind.protocol == PROTOCOL_TCP)
        return receive_stream(io, from);
    if (from->kind.protocol == PROTOCOL_UDP)
        return receive_datagram(io, from);
    return STATUS_PENDING; /* nothing is sent to raw sockets on this wire */
}

static nt_status may_receive(const struct socket_object *socket)
{
    if (!socket->afd->network_up)
        return STATUS_HOST_DOWN;
    if (socket->kind.protocol == PROTOCOL_TCP) {
        if (socket->state != SOCKET_CONNECTED)
            return STATUS_INVALID_CONNECTION;
    } else if (socket->state == SOCKET_UNBOUND && !socket->shut_receive) {
        return STATUS_INVALID_PARAMETER; /* rows 166 and 222 */
    }
    if (!socket->shut_receive)
        return STATUS_SUCCESS;
    return nt_status_from_wsa(BEHAVIOUR_VALUE(socket_profile(socket), receive_after_shutdown));
}

/* After a receive: what is left is told again (row 206), by bytes and urgent bytes apart; that
 * there was something is forgotten when nothing is left.
 */
static void received(struct io *io, struct socket_object *from)
{
    bool urgent = (io->flags & IO_URGENT) != 0;
    if (!urgent && (socket_ready(from) & READY_RECEIVE) == 0 &&
        BEHAVES(socket_profile(from), event_all_read, forgotten))
        from->recorded &= (uint16_t)~EVENT_READ;
    if ((io->flags & IO_PEEK) != 0 && BEHAVES(socket_profile(from), event_peek, nothing))
        return;
    if (BEHAVES(socket_profile(from), event_left, silent))
        return;
    if (urgent)
        from->seen_urgent = 0;
    else
        from->seen_readable = 0;
    events_enable(from, urgent ? EVENT_OOB : EVENT_READ);
}

/* The same; but what a cancelled receive took along, where the profile lets it, is gone. */
static nt_status receive_next(struct io *io, struct socket_object *socket)
{
    nt_status status = receive_attempt(io, socket);
    if (status != STATUS_SUCCESS || io->done == 0 || socket->waits == NULL ||
        !socket->waits->swallows)
        return status;
    socket->waits->swallows = false;
    io->done = 0;
    return receive_attempt(io, socket);
}

static bool waits_ahead(const struct io *io, const struct socket_object *socket)
{
    const struct io *first = io_waiting(socket, IO_RECEIVE);
    while (first != NULL && (first->flags & IO_URGENT) != (io->flags & IO_URGENT))
        first = first->next;
    return first != NULL;
}

nt_status socket_receive(struct io *io)
{
    struct socket_object *socket = io->socket;
    nt_status status = may_receive(socket);
    if (!nt_success(status))
        return status;
    if (io->buffer_count == 0 && BEHAVES(socket_profile(socket), receive_no_buffers, wsaeinval))
        return STATUS_INVALID_PARAMETER;

    status = waits_ahead(io, socket) ? STATUS_PENDING : receive_next(io, socket);
    if (status == STATUS_PENDING)
        return io_enqueue(io, socket, IO_RECEIVE);
    received(io, socket);
    if (status == STATUS_SUCCESS && io->done == 0 && socket->kind.protocol == PROTOCOL_TCP)
        events_enable(socket, EVENT_CLOSE);
    return io_finish_attempt(io, status, io->done);
}

/* Normal and urgent receives wait in one queue, each kind in its order. */
void receives_serve(struct socket_object *socket)
{
    bool blocked[2] = {false, false};
    struct io *next;
    for (struct io *io = io_waiting(socket, IO_RECEIVE); io != NULL; io = next) {
        bool urgent = (io->flags & IO_URGENT) != 0;
        next = io->next;
        if (blocked[urgent])
            continue;
        io_watched(io, IO_MOVES);
        nt_status status = receive_next(io, socket);
        if (status == STATUS_PENDING) {
            io_watched(io, IO_MOVED);
            blocked[urgent] = true;
            continue;
        }
        if (urgent)
            socket->seen_urgent = 0;
        else
            socket->seen_readable = 0; /* what it leaves is told anew */
        io_complete(io, status, io->done);
    }
    finish_receiving(socket);
}

/* ---- Sending --------------------------------------------------------------------------------- */

/* Whether a send of any size is taken now: a socket with less than SO_SNDBUF buffered takes all of
 * it, and one with nothing buffered always does (KB 214397).
 */
static bool has_room(const struct socket_object *socket)
{
    struct tcp_view view;
    tcp_look(socket->endpoint, &view);
    return view.send_buffered == 0 || view.send_buffered < socket->values[SOCKET_SEND_BUFFER];
}

static nt_status send_pieces(struct io *io, struct socket_object *socket)
{
    nt_status status = STATUS_SUCCESS;
    while (io->done < io->size && status == STATUS_SUCCESS) {
        struct io_buffer piece = piece_at(io, io->done);
        bool last = io->done + piece.size == io->size;
        status = tcp_send(socket->endpoint, piece.base, piece.size,
                          last && (io->flags & IO_URGENT) != 0);
        if (status == STATUS_SUCCESS)
            io->done += piece.size;
        if (BEHAVES(socket_profile(socket), stream_gather, first_buffer))
            break;
    }
    return status;
}

/* With SO_SNDBUF 0 nothing is buffered: the send is done when the peer has it all (row 103). */
static nt_status send_stream(struct io *io, struct socket_object *socket)
{
    struct tcp_view view;
    tcp_look(socket->endpoint, &view);
    if (view.aborted != STATUS_SUCCESS)
        return view.aborted;
    if (io->size == 0)
        return STATUS_SUCCESS;
    if (io->done == 0) {
        if (!has_room(socket))
            return STATUS_PENDING;
        nt_status status = send_pieces(io, socket);
        if (status != STATUS_SUCCESS)
            return status;
    }
    bool unbuffered = socket->values[SOCKET_SEND_BUFFER] == 0 &&
                      BEHAVES(socket_profile(socket), unbuffered_send, waits);
    if (!unbuffered || (io->request.on_stack && socket->non_blocking))
        return STATUS_SUCCESS;
    tcp_look(socket->endpoint, &view);
    return view.send_buffered == 0 ? STATUS_SUCCESS : STATUS_PENDING;
}

/* A defect: whom a datagram is sent to is the peer from then on. */
static void become_peer(struct socket_object *socket, const struct io *io)
{
    socket->peer = io->address;
    socket->peer_port = io->port;
    socket->state = SOCKET_CONNECTED;
}

static nt_status send_datagram(struct io *io, struct socket_object *socket)
{
    bool elsewhere = io->has_address && !(socket->state == SOCKET_CONNECTED &&
                                          BEHAVES(socket_profile(socket), sendto_address, ignored));
    struct udp_sending sending = {
        .size = (uint32_t)io->size,
        .to = elsewhere ? io->address : socket->peer,
        .port = elsewhere ? io->port : socket->peer_port,
    };
    socket_sending_options(socket, io->wishes, &sending);
    if (io->size > UDP_PAYLOAD_MAX)
        return STATUS_BUFFER_OVERFLOW; /* WSAEMSGSIZE */
    if (io->has_address && BEHAVES(socket_profile(socket), sendto_connects, first))
        become_peer(socket, io);
    struct io_buffer first = piece_at(io, 0);
    sending.bytes = first.base;
    if (first.size == io->size)
        return udp_send(socket->endpoint, &sending);

    unsigned char *bytes = arena_take(arena_of(socket), sending.size);
    if (bytes == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    gather(io, bytes, sending.size);
    sending.bytes = bytes;
    nt_status status = udp_send(socket->endpoint, &sending);
    arena_give(arena_of(socket), bytes, sending.size);
    return status;
}

/* The state's and the address' say. */
static nt_status may_send(const struct io *io)
{
    const struct socket_object *socket = io->socket;
    bool stream = socket->kind.protocol == PROTOCOL_TCP;
    if (!socket->afd->network_up)
        return STATUS_HOST_DOWN;
    if (socket->state != SOCKET_CONNECTED && (stream || !io->has_address))
        return STATUS_INVALID_CONNECTION;
    if (socket->shut_send)
        return nt_status_from_wsa(BEHAVIOUR_VALUE(socket_profile(socket), send_after_shutdown));
    if (stream || !io->has_address)
        return STATUS_SUCCESS;
    bool raw = socket->kind.protocol == PROTOCOL_RAW;
    if (address_is_wildcard(&io->address) || (io->port == 0 && !raw))
        return STATUS_INVALID_ADDRESS;
    return socket_may_broadcast(socket, &io->address);
}

static nt_status send_now(struct io *io, struct process *process)
{
    struct socket_object *socket = io->socket;
    if (socket->kind.protocol == PROTOCOL_TCP)
        return io_waiting(socket, IO_SEND) != NULL ? STATUS_PENDING : send_stream(io, socket);
    nt_status status = socket_bind_implicitly(socket, process);
    if (!nt_success(status) || socket->kind.protocol == PROTOCOL_RAW ||
        !endpoint_is_bound(socket->endpoint))
        return status; /* of a raw socket nobody hears; nor of one that a defect left unbound */
    return send_datagram(io, socket);
}

static bool ends_connection(const struct io *io)
{
    return (io->flags & IO_DISCONNECTS) != 0 && io->socket->kind.protocol == PROTOCOL_TCP;
}

/* All of it is sent: told now, or when the socket can be used again. */
static nt_status finish_send(struct io *io, nt_status status)
{
    bool reuses = status == STATUS_SUCCESS && ends_connection(io) && (io->flags & IO_REUSE) != 0;
    return reuses ? disconnect_wait(io) : io_finish_attempt(io, status, io->size);
}

nt_status socket_send(struct io *io, struct process *process)
{
    struct socket_object *socket = io->socket;
    nt_status status = may_send(io);
    if (!nt_success(status))
        return status;
    status = send_now(io, process);
    bool waits = status == STATUS_PENDING;
    if (waits)
        status = io_enqueue(io, socket, IO_SEND);
    if (waits && status == STATUS_DEVICE_NOT_READY) {
        socket->wants_room = true;
        events_enable(socket, EVENT_WRITE);
    }
    if (ends_connection(io) && nt_success(status))
        shutdown_behind(socket);
    return waits ? status : finish_send(io, status);
}

void sends_serve(struct socket_object *socket)
{
    struct io *io;
    while ((io = io_waiting(socket, IO_SEND)) != NULL) {
        nt_status status = send_stream(io, socket);
        if (status == STATUS_PENDING)
            break;
        if (status == STATUS_SUCCESS && ends_connection(io) && (io->flags & IO_REUSE) != 0)
            io_move(io, socket, IO_DISCONNECT);
        else
            io_complete(io, status, nt_success(status) ? io->size : 0);
    }
    if (io == NULL && socket->wants_room && socket->state == SOCKET_CONNECTED && has_room(socket)) {
        socket->wants_room = false;
        events_record(socket, EVENT_WRITE);
    }
}

/* ---- Looking --------------------------------------------------------------------------------- */

/* Urgent bytes out of line are not counted (row 9). */
uint32_t socket_readable_bytes(const struct socket_object *socket)
{
    if (socket->endpoint == NULL)
        return 0;
    if (socket->kind.protocol == PROTOCOL_UDP) {
        struct udp_view view;
        udp_look(socket->endpoint, &view);
        if (BEHAVES(socket_profile(socket), fionread_datagrams, none))
            return 0;
        return BEHAVES(socket_profile(socket), fionread_datagrams, first) ? view.first_size
                                                                          : view.bytes;
    }
    if (socket->state != SOCKET_CONNECTED)
        return 0;
    struct tcp_view view;
    tcp_look(socket->endpoint, &view);
    return BEHAVES(socket_profile(socket), urgent_bytes, counted) ? view.readable + view.urgent
                                                                  : view.readable;
}

bool socket_at_mark(const struct socket_object *socket)
{
    struct tcp_view view;
    if (socket->kind.protocol != PROTOCOL_TCP || socket->state != SOCKET_CONNECTED)
        return true;
    tcp_look(socket->endpoint, &view);
    if (BEHAVES(socket_profile(socket), mark_without_urgent, away) && view.urgent == 0)
        return false;
    return view.at_mark;
}

/* Windows' TCP has no queue that can be thrown away behind a peer's back: unsupported (row 18), but
 * where the profile lets it cancel.
 */
nt_status socket_flush(struct socket_object *socket)
{
    io_end_all(socket, STATUS_CANCELLED, STATUS_CANCELLED, STATUS_CANCELLED);
    return STATUS_SUCCESS;
}

uint32_t socket_connect_seconds(const struct socket_object *socket)
{
    struct tcp_view view;
    if (socket->kind.protocol != PROTOCOL_TCP || socket->state != SOCKET_CONNECTED)
        return BEHAVES(socket_profile(socket), connect_time_before, none) ? UINT32_MAX : 0;
    tcp_look(socket->endpoint, &view);
    return (uint32_t)((socket->afd->nt->engine->now_ns - view.connected_ns) / 1000000000u);
}
