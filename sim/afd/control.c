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

/* ---- Addresses and routes -------------------------------------------------------------------- */

nt_status socket_wait_for_change(struct io *io, unsigned change)
{
    struct socket_object *socket = io->socket;
    io->flags |= change;
    nt_status status = io_enqueue(io, socket, IO_CONTROL);
    if (status != STATUS_DEVICE_NOT_READY || change == 0)
        return status;
    struct socket_waits *waits = socket_waits(socket);
    if (waits == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    waits->change_wanted |=
        change == IO_ADDRESS_CHANGE ? EVENT_ADDRESS_CHANGE : EVENT_ROUTING_CHANGE;
    return status;
}

static void tell_of_change(struct socket_object *socket)
{
    struct io *next;
    for (struct io *io = io_waiting(socket, IO_CONTROL); io != NULL; io = next) {
        next = io->next;
        if ((io->flags & (IO_ADDRESS_CHANGE | IO_ROUTE_CHANGE)) != 0)
            io_complete(io, STATUS_SUCCESS, 0);
    }
    if (socket->waits == NULL || socket->waits->change_wanted == 0)
        return;
    uint32_t events = socket->waits->change_wanted;
    socket->waits->change_wanted = 0;
    events_record(socket, events);
}

void afd_addresses_changed(struct afd *afd)
{
    for (struct process *process = afd->nt->processes; process != NULL; process = process->next)
        for (uint64_t handle = handle_next(process, 0, OBJECT_SOCKET); handle != 0;
             handle = handle_next(process, handle, OBJECT_SOCKET)) {
            struct socket_object *socket = socket_find(process, handle);
            if (socket != NULL)
                tell_of_change(socket);
        }
    if (afd->addresses_changed != NULL)
        afd->addresses_changed(afd->addresses_context);
}

void socket_abort_control(struct socket_object *socket)
{
    struct io *io;
    while ((io = io_waiting(socket, IO_CONTROL)) != NULL)
        io_complete(io, STATUS_CANCELLED, 0);
}
