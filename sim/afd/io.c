/* The records of operations: made, queued, completed, given back. What they do, the modules beside
 * this one know.
 */
#include "sim/afd/io.h"

#include <string.h>

#include "sim/afd/waits.h"
#include "sim/engine/check.h"

static struct arena *arena_of(const struct io *io)
{
    return &io->socket->afd->nt->engine->arena;
}

static struct io *io_of(struct request *request)
{
    return (struct io *)request;
}

/* ---- Queues ---------------------------------------------------------------------------------- */

static void append(struct io_queue *queue, struct io *io)
{
    ASSERT(io->queue == NULL);
    io->queue = queue;
    io->next = NULL;
    io->previous = queue->last;
    if (queue->last != NULL)
        queue->last->next = io;
    else
        queue->first = io;
    queue->last = io;
}

/* Behind the others, as receives are served, but where the profile has it otherwise. */
static void stand_in_line(struct io_queue *queue, struct io *io, enum io_kind kind)
{
    const struct profile *profile = socket_profile(io->socket);
    bool ahead = kind == IO_RECEIVE && BEHAVES(profile, receive_order, last_first);
    struct io *first = queue->first;
    append(queue, io);
    if (!ahead || first == NULL)
        return;
    io->previous->next = NULL;
    queue->last = io->previous;
    io->previous = NULL;
    io->next = first;
    first->previous = io;
    queue->first = io;
}

static void take_out(struct io *io)
{
    struct io_queue *queue = io->queue;
    if (queue == NULL)
        return;
    if (io->previous != NULL)
        io->previous->next = io->next;
    else
        queue->first = io->next;
    if (io->next != NULL)
        io->next->previous = io->previous;
    else
        queue->last = io->previous;
    io->queue = NULL;
    io->next = io->previous = NULL;
}

struct socket_waits *socket_waits(struct socket_object *socket)
{
    if (socket->waits == NULL)
        socket->waits = ARENA_NEW(&socket->afd->nt->engine->arena, struct socket_waits);
    return socket->waits;
}

void io_watched(struct io *io, enum io_stage stage)
{
    const struct afd *afd = io->socket->afd;
    if (afd->watch == NULL || io->request.on_stack || !io->request.pended)
        return;
    switch (stage) {
    case IO_PENDS:
        afd->watch->pends(afd->watch_context, io);
        break;
    case IO_MOVES:
        afd->watch->moves(afd->watch_context, io);
        break;
    case IO_MOVED:
        afd->watch->moved(afd->watch_context, io);
        break;
    case IO_COMPLETES:
        afd->watch->completes(afd->watch_context, io);
        break;
    case IO_TOLD:
        afd->watch->told(afd->watch_context, io);
        break;
    }
}

nt_status io_enqueue(struct io *io, struct socket_object *on, enum io_kind kind)
{
    bool synchronous = io->request.on_stack;
    bool may_wait = (io->flags & IO_WAITS) != 0 || !io->socket->non_blocking;
    if ((synchronous && !may_wait) || (io->flags & IO_NO_WAIT) != 0)
        return STATUS_DEVICE_NOT_READY;
    struct socket_waits *waits = socket_waits(on);
    if (waits == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    stand_in_line(&waits->queues[kind], io, kind);
    request_pend(&io->request);
    io_watched(io, IO_PENDS);
    return STATUS_PENDING;
}

void io_move(struct io *io, struct socket_object *to, enum io_kind kind)
{
    ASSERT(to->waits != NULL);
    take_out(io);
    append(&to->waits->queues[kind], io);
}

/* ---- Life ------------------------------------------------------------------------------------ */

/* What was there before is not lost to a cancel that came too late: bytes that a receive has taken
 * are its result.
 */
static void cancel(struct request *request)
{
    struct io *io = io_of(request);
    bool has_bytes = io->kind == IO_RECEIVE && io->done > 0;

    if (io->queue == NULL && io->timer == 0)
        return;
    if (io->kind == IO_CONNECT && io->socket->state == SOCKET_CONNECTING) {
        tcp_connect_cancel(io->socket->endpoint);
        io->socket->state = SOCKET_BOUND;
    }
    if (io->kind == IO_RECEIVE && BEHAVES(socket_profile(io->socket), cancel_data, lost))
        io->socket->waits->swallows = true;
    struct socket_object *socket = io->socket;
    object_reference(&socket->object);
    io_complete(io, has_bytes ? STATUS_SUCCESS : STATUS_CANCELLED, has_bytes ? io->done : 0);
    shutdown_serve(socket);
    object_release(&socket->object);
}

static void finishing(struct request *request)
{
    struct io *io = io_of(request);
    if (io->finishing != NULL)
        io->finishing(io);
}

static void give_buffers(struct io *io)
{
    if (io->buffers != io->few)
        arena_give(arena_of(io), io->buffers, io->buffer_count * sizeof *io->buffers);
    io->buffers = io->few;
    if (io->kept != NULL)
        arena_give(arena_of(io), io->kept, io->kept_size);
    io->kept = NULL;
}

static void give_back(struct request *request)
{
    struct io *io = io_of(request);

    ASSERT(io->queue == NULL);
    ASSERT(io->timer == 0);
    io_watched(io, IO_TOLD);
    give_buffers(io);
    arena_give(arena_of(io), io, sizeof *io);
}

static const struct request_ops ops = {
    .cancel = cancel, .finishing = finishing, .free = give_back, .call = "socket I/O"};

/* The caller's own stack has it. */
static void leave_alone(struct request *request)
{
    (void)request;
}

static const struct request_ops stack_ops = {
    .cancel = cancel, .finishing = finishing, .free = leave_alone, .call = "socket I/O"};

static void fill(struct io *io, struct socket_object *socket, enum io_kind kind, const char *call)
{
    io->kind = kind;
    io->socket = socket;
    io->call = call;
    io->flags = 0;
    io->next = io->previous = NULL;
    io->queue = NULL;
    io->buffers = io->few;
    io->buffer_count = 0;
    io->size = io->done = 0;
    io->has_address = false;
    io->port = 0;
    io->address = io->to = (struct address){0};
    io->to_port = 0;
    io->interface = io->piece = 0;
    io->ttl = io->tos = 0;
    io->is_4 = false;
    io->wishes = NULL;
    io->acceptor = NULL;
    io->timer = 0;
    io->kept = NULL;
    io->finishing = NULL;
    io->watched = 0;
}

void io_begin(struct io *io, struct socket_object *socket, enum io_kind kind, const char *call)
{
    fill(io, socket, kind, call);
    request_begin(&io->request, &stack_ops, &socket->file, NULL);
}

struct io *io_new(struct socket_object *socket, enum io_kind kind, const char *call,
                  const struct request_delivery *delivery)
{
    struct arena *arena = &socket->afd->nt->engine->arena;
    struct io *io = ARENA_NEW(arena, struct io);
    if (io == NULL)
        return NULL;
    fill(io, socket, kind, call);
    request_begin(&io->request, &ops, &socket->file, delivery);
    return io;
}

bool io_set_buffers(struct io *io, const struct io_buffer *buffers, uint32_t count)
{
    ASSERT(io->buffers == io->few);
    if (count > IO_BUFFERS_INLINE) {
        struct io_buffer *many = arena_take(arena_of(io), count * sizeof *many);
        if (many == NULL)
            return false;
        io->buffers = many;
    }
    io->buffer_count = count;
    for (uint32_t i = 0; i < count; i++) {
        io->buffers[i] = buffers[i];
        io->size += buffers[i].size;
    }
    return true;
}

bool io_keep(struct io *io)
{
    ASSERT(io->buffer_count <= 1);
    ASSERT(io->kept == NULL);
    if (io->size == 0)
        return true;
    void *kept = arena_take(arena_of(io), io->size);
    if (kept == NULL)
        return false;
    memcpy(kept, io->buffers[0].base, io->size);
    io->buffers[0].base = io->kept = kept;
    io->kept_size = io->size;
    return true;
}

void io_adopt(struct io *io, void *block, uint64_t size)
{
    ASSERT(io->kept == NULL);
    io->kept = block;
    io->kept_size = size;
}

static void release_acceptor(struct io *io)
{
    struct socket_object *acceptor = io->acceptor;
    if (acceptor == NULL)
        return;
    io->acceptor = NULL;
    if (acceptor->waits != NULL && acceptor->waits->accepting == io)
        acceptor->waits->accepting = NULL;
    object_release(&acceptor->object);
}

void io_end(struct io *io)
{
    release_acceptor(io);
    if (io->request.on_stack)
        give_buffers(io);
    request_free(&io->request);
}

void io_complete(struct io *io, nt_status status, uint64_t information)
{
    take_out(io);
    if (io->timer != 0)
        engine_cancel(io->socket->afd->nt->engine, io->timer);
    io->timer = 0;
    release_acceptor(io);
    io_watched(io, IO_COMPLETES);
    request_complete(&io->request, status, information);
}

/* What an overlapped operation found is the guest's before he is told, at once or later. */
static nt_status finish_at_once(struct io *io, nt_status status, uint64_t information)
{
    if (io->finishing == NULL || io->request.on_stack)
        return status;
    io->request.status = status;
    io->request.information = information;
    io->finishing(io);
    return io->request.status;
}

nt_status io_finish_attempt(struct io *io, nt_status status, uint64_t information)
{
    bool refused = status >= 0xC0000000u;
    if (refused)
        return status;
    ASSERT(status != STATUS_PENDING);
    bool pends = (io->flags & IO_ALWAYS_PENDS) != 0 && !io->request.on_stack;
    if (pends)
        request_pend(&io->request);
    else
        status = finish_at_once(io, status, information);
    io_complete(io, status, information);
    return pends ? STATUS_PENDING : status;
}

nt_status io_wait(struct io *io, uint32_t timeout_ms, bool alertable)
{
    uint64_t timeout_ns = timeout_ms == 0 ? UINT64_MAX : timeout_ms * UINT64_C(1000000);
    nt_status status = request_wait(&io->request, timeout_ns, alertable, io->call);
    return status;
}

/* ---- The end of a socket --------------------------------------------------------------------- */

/* Bytes that were taken already stay taken. Who waits in a blocking call of a socket that is closed
 * is told that he was interrupted: that no page allows it (CAN-009), and 10004 is what is seen.
 */
static void end_one(struct io *io, nt_status status, nt_status waiting)
{
    bool has_bytes = io->kind == IO_RECEIVE && io->done > 0;
    if (has_bytes)
        io_complete(io, STATUS_SUCCESS, io->done);
    else
        io_complete(io, io->request.on_stack ? waiting : status, 0);
}

/* Row 77: of an accept that has its connection and waits for data there. */
static nt_status connected_accept(const struct socket_object *socket)
{
    return BEHAVES(socket_profile(socket), closesocket_acceptor_connected, operation_aborted)
               ? STATUS_CANCELLED
               : STATUS_CONNECTION_ABORTED;
}

void io_end_all(struct socket_object *socket, nt_status stream, nt_status other, nt_status waiting)
{
    if (socket->waits == NULL)
        return;
    for (int kind = 0; kind < IO_KIND_COUNT; kind++)
        while (socket->waits->queues[kind].first != NULL) {
            bool moves_bytes = kind == IO_RECEIVE || kind == IO_SEND;
            bool is_stream = socket->kind.protocol == PROTOCOL_TCP && moves_bytes;
            struct io *io = socket->waits->queues[kind].first;
            bool accepts = io->kind == IO_ACCEPT && stream != STATUS_HOST_DOWN;
            nt_status own = accepts ? connected_accept(socket) : stream;
            end_one(io, is_stream ? own : other, waiting);
        }
    if (socket->waits->accepting != NULL)
        end_one(socket->waits->accepting, other, waiting);
}
