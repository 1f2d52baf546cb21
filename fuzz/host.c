#include "fuzz/host.h"

#include "sim/engine/check.h"

struct host host;

void target_use(const struct profile *profile)
{
    host.profile = *profile;
    host.has_profile = true;
    if (host.machine != NULL)
        berth_set_profile(host.machine, profile);
}

void host_boot(uint64_t seed)
{
    if (host.machine == NULL) {
        const struct berth_config config = {.seed = 1,
                                            .profile = host.has_profile ? &host.profile : NULL};
        host.machine = berth_new(&config);
        ASSERT(host.machine != NULL);
    }
    berth_reset(host.machine, seed, false);
    ASSERT(berth_boot(host.machine));
}

void host_begin(void)
{
    const struct berth_launch launch = {.account = BERTH_STANDARD};
    host_boot(1);
    ASSERT(berth_enter(host.machine, &launch) == 0);
    host.process = host.machine->nt->current->process;
}

static struct socket_object *open_stream(uint64_t *handle)
{
    const struct socket_opening opening = {.kind = {.family = FAMILY_4, .protocol = PROTOCOL_TCP},
                                           .overlapped = true};
    ASSERT(socket_open(host.machine->afd, host.process, &opening, handle) == STATUS_SUCCESS);
    return socket_find(host.process, *handle);
}

/* What comes of a call that may have to wait; gives the io back. */
static uint64_t finish(struct io *io, nt_status status)
{
    if (status == STATUS_PENDING)
        status = io_wait(io, 0, false);
    ASSERT(status == STATUS_SUCCESS);
    uint64_t information = io->request.information;
    io_end(io);
    return information;
}

struct connection host_connect(uint16_t port)
{
    const struct address loopback = {.family = FAMILY_4, .bytes = {127, 0, 0, 1}};
    struct connection made;
    struct io io;

    struct socket_object *listener = open_stream(&made.listener);
    ASSERT(socket_bind(listener, host.process, &loopback, port) == STATUS_SUCCESS);
    ASSERT(socket_listen(listener, host.process, 1) == STATUS_SUCCESS);
    made.sockets[0] = open_stream(&made.handles[0]);
    io_begin(&io, made.sockets[0], IO_CONNECT, "fuzz");
    io.has_address = true;
    io.address = loopback;
    io.port = port;
    finish(&io, socket_connect_io(&io, host.process, false));

    io_begin(&io, listener, IO_ACCEPT, "fuzz");
    made.handles[1] = finish(&io, socket_accept(&io));
    made.sockets[1] = socket_find(host.process, made.handles[1]);
    return made;
}
