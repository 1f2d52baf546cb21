#include "sim/nt/pipe.h"

#include <string.h>

#include "sim/engine/check.h"
#include "sim/nt/nt.h"

enum { ROOM_OF_WINDOWS = 4096, ROOM_MAX = 1 << 24 };

/* ---- Queues ---------------------------------------------------------------------------------- */

static void append(struct pipe_queue *queue, struct file_io *io)
{
    io->next = NULL;
    if (queue->last != NULL)
        queue->last->next = io;
    else
        queue->first = io;
    queue->last = io;
}

static bool take_out(struct pipe_queue *queue, struct file_io *io)
{
    struct file_io **link = &queue->first, *previous = NULL;
    while (*link != NULL && *link != io) {
        previous = *link;
        link = &previous->next;
    }
    if (*link == NULL)
        return false;
    *link = io->next;
    if (queue->last == io)
        queue->last = previous;
    return true;
}

static struct pipe_queue *queue_of(const struct file_io *io)
{
    struct pipe_end *end = (struct pipe_end *)io->request.file;
    return io->what.writes ? &end->writers : &end->readers;
}

static void complete(struct file_io *io, nt_status status)
{
    bool waited = take_out(queue_of(io), io);
    ASSERT(waited);
    request_complete(&io->request, status, io->done);
}

/* ---- Bytes ----------------------------------------------------------------------------------- */

/* What lies in one piece, of the room that is free or of the bytes that are there. */
static uint32_t piece(const struct pipe_end *end, uint32_t at, uint32_t count)
{
    return count < end->room - at ? count : end->room - at;
}

/* Moves from a writer of the peer's into the room. False when nothing moved. */
static bool fill(struct pipe_end *end, struct file_io *writer)
{
    uint32_t at = (end->first + end->count) % end->room;
    uint32_t size = piece(end, at, end->room - end->count);
    uint32_t left = writer->what.size - writer->done;
    size = size < left ? size : left;
    file_io_get(writer, end->bytes + at, size);
    end->count += size;
    return size > 0;
}

static bool drain(struct pipe_end *end, struct file_io *reader)
{
    uint32_t size = piece(end, end->first, end->count);
    uint32_t left = reader->what.size - reader->done;
    size = size < left ? size : left;
    file_io_put(reader, end->bytes + end->first, size);
    end->first = (end->first + size) % end->room;
    end->count -= size;
    return size > 0;
}

static bool serve_writer(struct pipe_end *end)
{
    struct file_io *writer = end->peer == NULL ? NULL : end->peer->writers.first;
    if (writer == NULL)
        return false;
    bool moved = fill(end, writer);
    bool done = writer->done == writer->what.size;
    if (done)
        complete(writer, STATUS_SUCCESS);
    return moved || done;
}

static bool serve_reader(struct pipe_end *end)
{
    struct file_io *reader = end->readers.first;
    if (reader == NULL || (end->count == 0 && reader->what.size > 0))
        return false;
    while (drain(end, reader) || serve_writer(end))
        if (reader->done == reader->what.size)
            break;
    complete(reader, STATUS_SUCCESS);
    return true;
}

static void serve(struct pipe_end *end)
{
    while (serve_writer(end) || serve_reader(end))
        continue;
    SLOW(pipe_check(end));
}

/* ---- The ends -------------------------------------------------------------------------------- */

static void end_all(struct pipe_end *end, nt_status status)
{
    while (end->readers.first != NULL)
        complete(end->readers.first, status);
    while (end->writers.first != NULL)
        complete(end->writers.first, status);
}

/* The last handle is closed. Who waits at the other end waits for what cannot come. */
static void cleanup(struct object *object)
{
    struct pipe_end *end = (struct pipe_end *)(void *)object;
    struct pipe_end *peer = end->peer;
    end_all(end, STATUS_CANCELLED);
    end->peer = NULL;
    if (peer == NULL)
        return;
    peer->peer = NULL;
    end_all(peer, STATUS_PIPE_BROKEN);
}

static void destroy(struct object *object)
{
    struct pipe_end *end = (struct pipe_end *)(void *)object;
    if (end->peer != NULL)
        cleanup(object);
    file_close(&end->file);
    arena_give(&object->nt->engine->arena, end->bytes, end->room);
    arena_give(&object->nt->engine->arena, end, sizeof *end);
}

static const struct object_ops ops = {.cleanup = cleanup, .destroy = destroy};

static struct pipe_end *make_end(struct nt *nt, uint32_t room)
{
    struct pipe_end *end = ARENA_NEW(&nt->engine->arena, struct pipe_end);
    if (end == NULL)
        return NULL;
    object_init(&end->file.object, nt, OBJECT_PIPE, &ops);
    end->file.synchronous = true;
    end->bytes = arena_take(&nt->engine->arena, room);
    end->room = room;
    if (end->bytes != NULL)
        return end;
    object_release(&end->file.object);
    return NULL;
}

nt_status pipe_create(struct nt *nt, uint32_t room, struct pipe_end **reader,
                      struct pipe_end **writer)
{
    uint32_t size = room == 0 ? ROOM_OF_WINDOWS : room < ROOM_MAX ? room : ROOM_MAX;
    struct pipe_end *in = make_end(nt, size);
    struct pipe_end *out = in == NULL ? NULL : make_end(nt, 1);
    if (out == NULL) {
        if (in != NULL)
            object_release(&in->file.object);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    in->peer = out;
    out->peer = in;
    in->reads = true;
    out->writes = true;
    *reader = in;
    *writer = out;
    return STATUS_SUCCESS;
}

struct pipe_end *pipe_find(const struct process *process, uint64_t handle)
{
    return (struct pipe_end *)(void *)handle_find(process, handle, OBJECT_PIPE);
}

/* ---- Reading and writing --------------------------------------------------------------------- */

static void cancel(struct request *request)
{
    struct file_io *io = (struct file_io *)request;
    /* What a write has given away is gone: that it was part of it, the caller is told. */
    complete(io, STATUS_CANCELLED);
}

static const struct request_ops io_ops = {
    .cancel = cancel, .free = file_io_free, .call = "ReadFile or WriteFile"};

static nt_status may_run(const struct pipe_end *end, const struct file_transfer *what)
{
    if (what->writes ? !end->writes : !end->reads)
        return STATUS_ACCESS_DENIED;
    if (end->peer != NULL)
        return STATUS_SUCCESS;
    if (what->writes)
        return STATUS_PIPE_CLOSING;
    return end->count > 0 ? STATUS_SUCCESS : STATUS_PIPE_BROKEN;
}

/* Every one goes through its queue, so that nobody overtakes. */
static void begin(struct pipe_end *end, struct file_io *io)
{
    request_pend(&io->request);
    append(queue_of(io), io);
    serve(io->what.writes ? end->peer : end);
}

nt_status pipe_run(struct pipe_end *end, const struct file_transfer *what,
                   const struct request_delivery *delivery, uint64_t *information)
{
    nt_status status = may_run(end, what);
    if (status != STATUS_SUCCESS)
        return status;
    if (delivery != NULL) {
        struct file_io *told = file_io_new(&end->file, &io_ops, what, delivery);
        if (told == NULL)
            return STATUS_INSUFFICIENT_RESOURCES;
        begin(end, told);
        return STATUS_PENDING;
    }
    struct file_io io;
    file_io_begin(&io, &end->file, &io_ops, what);
    begin(end, &io);
    status = request_wait(&io.request, UINT64_MAX, false, what->call);
    *information = io.request.information;
    request_free(&io.request);
    return status;
}

nt_status pipe_peek(const struct pipe_end *end, unsigned char *bytes, uint32_t size,
                    uint32_t *copied, uint32_t *count)
{
    if (!end->reads)
        return STATUS_ACCESS_DENIED;
    if (end->count == 0 && end->peer == NULL)
        return STATUS_PIPE_BROKEN;
    *count = end->count;
    *copied = size < end->count ? size : end->count;
    for (uint32_t i = 0; i < *copied; i++)
        bytes[i] = end->bytes[(end->first + i) % end->room];
    return STATUS_SUCCESS;
}

void pipe_check(const struct pipe_end *end)
{
    ASSERT(end->room > 0);
    ASSERT(end->first < end->room);
    ASSERT(end->count <= end->room);
    ASSERT(end->peer == NULL || end->peer->peer == end);
    ASSERT((end->readers.first == NULL) == (end->readers.last == NULL));
    ASSERT((end->writers.first == NULL) == (end->writers.last == NULL));
    if (end->readers.first != NULL)
        ASSERT(end->count == 0);
    if (end->peer == NULL)
        ASSERT(end->writers.first == NULL);
    file_check(&end->file);
}
