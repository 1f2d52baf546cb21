/* The bytes of files on the volume. A write that makes its file longer ends at once, as on Windows;
 * whether anything else asked for with an OVERLAPPED does or pends for a while is drawn.
 */
#include "sim/engine/check.h"
#include "sim/nt/file.h"
#include "sim/nt/nt.h"

enum { LATENCY_NS = 100000 };

static struct engine *engine_of(const struct request *request)
{
    return request->file->object.nt->engine;
}

static struct open_file *file_of(const struct file_io *io)
{
    return (struct open_file *)io->request.file;
}

static uint64_t offset_of(const struct open_file *file, const struct file_transfer *what)
{
    bool at_end = what->offset == FILE_AT_END ||
                  (what->writes && (file->rights & (RIGHT_WRITE | RIGHT_APPEND)) == RIGHT_APPEND);
    if (at_end)
        return file->node->size;
    return what->offset == FILE_AT_POSITION ? file->position : what->offset;
}

static nt_status may_run(const struct open_file *file, const struct file_transfer *what)
{
    if (file_is_directory(file))
        return STATUS_INVALID_DEVICE_REQUEST;
    uint32_t rights = what->writes ? RIGHT_WRITE | RIGHT_APPEND : RIGHT_READ;
    if ((file->rights & rights) == 0)
        return STATUS_ACCESS_DENIED;
    if (what->offset == FILE_AT_POSITION)
        return file->file.synchronous ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
    bool is_one = what->offset == FILE_AT_END ? what->writes : what->offset <= INT64_MAX;
    return is_one ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

/* ---- Moving ---------------------------------------------------------------------------------- */

static nt_status read_now(struct file_io *io, uint64_t offset)
{
    const struct node *node = file_of(io)->node;
    if (io->what.size == 0)
        return STATUS_SUCCESS;
    if (offset >= node->size)
        return STATUS_END_OF_FILE;
    uint64_t left = node->size - offset;
    file_io_put(io, node->bytes + offset, left < io->what.size ? (uint32_t)left : io->what.size);
    return STATUS_SUCCESS;
}

static nt_status write_now(struct file_io *io, uint64_t offset)
{
    struct open_file *file = file_of(io);
    struct node *node = file->node;
    uint64_t end = offset + io->what.size;
    if (io->what.size == 0)
        return STATUS_SUCCESS;
    if (end > node->size) {
        nt_status status = node_resize(file_volume(file), node, end);
        if (status != STATUS_SUCCESS)
            return status;
    }
    node->written = volume_now(file_volume(file));
    node->attributes |= NODE_ARCHIVE;
    file_io_get(io, node->bytes + offset, io->what.size);
    return STATUS_SUCCESS;
}

static nt_status move_now(struct file_io *io)
{
    struct open_file *file = file_of(io);
    uint64_t offset = offset_of(file, &io->what);
    nt_status status = io->what.writes ? write_now(io, offset) : read_now(io, offset);
    if (status == STATUS_SUCCESS && file->file.synchronous)
        file->position = offset + io->done;
    return status;
}

/* ---- Later ----------------------------------------------------------------------------------- */

static void cancel(struct request *request)
{
    struct file_io *io = (struct file_io *)request;
    bool waits = engine_cancel(engine_of(request), io->timer);
    ASSERT(waits);
    io->timer = 0;
    request_complete(request, STATUS_CANCELLED, 0);
}

static const struct request_ops ops = {
    .cancel = cancel, .free = file_io_free, .call = "ReadFile or WriteFile"};

static void run_later(void *context, uint64_t argument)
{
    struct file_io *io = context;
    (void)argument;
    io->timer = 0;
    nt_status status = move_now(io);
    request_complete(&io->request, status, io->done);
}

static bool makes_longer(const struct open_file *file, const struct file_transfer *what)
{
    return what->writes && offset_of(file, what) + what->size > file->node->size;
}

static bool will_pend(struct open_file *file, const struct file_transfer *what)
{
    struct choice_source *choices = &file->file.object.nt->engine->choices;
    return !makes_longer(file, what) && choose(choices, CHOICE_LATENCY, 2) == 1;
}

static nt_status run_told(struct open_file *file, const struct file_transfer *what,
                          const struct request_delivery *delivery, uint64_t *information)
{
    struct engine *engine = file->file.object.nt->engine;
    bool pends = will_pend(file, what);
    struct file_io *io = file_io_new(&file->file, &ops, what, delivery);
    if (io == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (pends) {
        uint64_t after_ns = 1 + choose(&engine->choices, CHOICE_LATENCY, LATENCY_NS);
        io->timer = engine_post(engine, engine->now_ns + after_ns, run_later, io, 0);
    }
    if (io->timer != 0) {
        request_pend(&io->request);
        return STATUS_PENDING;
    }
    nt_status status = move_now(io);
    if (status != STATUS_SUCCESS) {
        request_free(&io->request);
        return status;
    }
    *information = io->done;
    request_complete(&io->request, STATUS_SUCCESS, io->done);
    return STATUS_SUCCESS;
}

static nt_status run_waiting(struct open_file *file, const struct file_transfer *what,
                             uint64_t *information)
{
    struct file_io io;
    file_io_begin(&io, &file->file, &ops, what);
    nt_status status = move_now(&io);
    *information = io.done;
    request_complete(&io.request, status, io.done);
    request_free(&io.request);
    return status;
}

nt_status file_data_run(struct open_file *file, const struct file_transfer *what,
                        const struct request_delivery *delivery, uint64_t *information)
{
    nt_status status = may_run(file, what);
    if (status != STATUS_SUCCESS)
        return status;
    return delivery != NULL ? run_told(file, what, delivery, information)
                            : run_waiting(file, what, information);
}

nt_status file_set_size(struct open_file *file, uint64_t size)
{
    if (file_is_directory(file))
        return STATUS_INVALID_DEVICE_REQUEST;
    if ((file->rights & RIGHT_WRITE) == 0)
        return STATUS_ACCESS_DENIED;
    return node_resize(file_volume(file), file->node, size);
}
