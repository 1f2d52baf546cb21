#include "sim/nt/file_io.h"

#include <string.h>

#include "sim/engine/check.h"
#include "sim/nt/file.h"
#include "sim/nt/nt.h"
#include "sim/nt/pipe.h"

nt_status file_io_run(struct file *file, const struct file_transfer *what,
                      const struct request_delivery *delivery, uint64_t *information)
{
    *information = 0;
    if (file->object.type == OBJECT_DISK_FILE)
        return file_data_run((struct open_file *)file, what, delivery, information);
    if (file->object.type == OBJECT_PIPE)
        return pipe_run((struct pipe_end *)file, what, delivery, information);
    return STATUS_INVALID_DEVICE_REQUEST;
}

struct file_io *file_io_new(struct file *file, const struct request_ops *ops,
                            const struct file_transfer *what,
                            const struct request_delivery *delivery)
{
    struct file_io *io = ARENA_NEW(&file->object.nt->engine->arena, struct file_io);
    ASSERT(delivery != NULL);
    if (io == NULL)
        return NULL;
    io->what = *what;
    request_begin(&io->request, ops, file, delivery);
    return io;
}

void file_io_begin(struct file_io *io, struct file *file, const struct request_ops *ops,
                   const struct file_transfer *what)
{
    *io = (struct file_io){.what = *what};
    request_begin(&io->request, ops, file, NULL);
}

void file_io_free(struct request *request)
{
    struct file_io *io = (struct file_io *)request;
    ASSERT(io->timer == 0);
    if (!request->on_stack)
        arena_give(&request->file->object.nt->engine->arena, io, sizeof *io);
}

/* Makes the buffer's memory the one that is there. False when there is none any more. */
static bool enter(const struct file_io *io, enum access access, uint32_t size,
                  struct process **before)
{
    struct process *process = io->request.thread->process;
    ASSERT(size <= io->what.size - io->done);
    if (!memory_enter(process, before))
        return false;
    if (userspace_probe(&process->userspace, (char *)io->what.base + io->done, size, access))
        return true;
    memory_leave(io->request.file->object.nt, *before);
    return false;
}

void file_io_put(struct file_io *io, const unsigned char *bytes, uint32_t size)
{
    struct process *before;
    if (size > 0 && enter(io, ACCESS_WRITE, size, &before)) {
        memcpy((char *)io->what.base + io->done, bytes, size);
        memory_leave(io->request.file->object.nt, before);
    }
    io->done += size;
}

void file_io_get(struct file_io *io, unsigned char *bytes, uint32_t size)
{
    struct process *before;
    if (size > 0 && enter(io, ACCESS_READ, size, &before)) {
        memcpy(bytes, (const char *)io->what.base + io->done, size);
        memory_leave(io->request.file->object.nt, before);
    } else if (size > 0) {
        memset(bytes, 0, size);
    }
    io->done += size;
}
