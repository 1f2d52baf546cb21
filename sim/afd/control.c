/* Controls that end at once, later, or when something changes. */
#include "sim/afd/waits.h"

#include "sim/engine/check.h"

void io_finish(struct io *io, nt_status status, uint64_t information)
{
    ASSERT(io->kind == IO_CONTROL);
    io_complete(io, status, information);
}

nt_status socket_control_end(struct io *io, nt_status status, uint64_t information)
{
    return io_finish_attempt(io, status, information);
}

nt_status socket_control_refused(struct io *io, nt_status status)
{
    ASSERT(!io->request.on_stack);
    request_pend(&io->request);
    io_complete(io, status, 0);
    return STATUS_PENDING;
}

static void act_now(void *context, uint64_t argument)
{
    struct io *io = context;
    void (*act)(struct io *) = (void (*)(struct io *))(uintptr_t)argument;
    io->timer = 0;
    act(io);
}

nt_status socket_control_later(struct io *io, uint64_t delay_ns, void (*act)(struct io *io))
{
    struct engine *engine = io->socket->afd->nt->engine;
    io->timer =
        engine_post(engine, engine->now_ns + delay_ns, act_now, io, (uint64_t)(uintptr_t)act);
    if (io->timer == 0)
        return STATUS_INSUFFICIENT_RESOURCES;
    nt_status status = io_enqueue(io, io->socket, IO_CONTROL);
    if (status == STATUS_PENDING)
        return status;
    engine_cancel(engine, io->timer);
    io->timer = 0;
    return status;
}

/* Addresses and routes stay as they are on this machine: only a cancel ends it. */
nt_status socket_address_list_change(struct io *io)
{
    return io_enqueue(io, io->socket, IO_CONTROL);
}

void socket_abort_control(struct socket_object *socket)
{
    struct io *io;
    while ((io = io_waiting(socket, IO_CONTROL)) != NULL)
        io_complete(io, STATUS_CANCELLED, 0);
}
