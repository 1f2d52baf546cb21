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

struct connection host_connect(uint16_t port)
{
    const struct address loopback = {.family = FAMILY_4, .bytes = {127, 0, 0, 1}};
    struct connection made;
    struct io io;

    struct socket_object *listener = open_stream(&made.listener);
    ASSERT(socket_bind(listener, host.process, &loopback, port) == STATUS_SUCCESS);
    ASSERT(socket_listen(listener, host.process, 1) == STATUS_SUCCESS);
    made.sockets[0] = open_stream(&made.handles[0]);
    ASSERT(socket_connect(made.sockets[0], host.process, &loopback, port) == STATUS_SUCCESS);

    io_begin(&io, listener, IO_ACCEPT, "fuzz");
    nt_status status = socket_accept(&io, host.process);
    if (status == STATUS_PENDING)
        status = io_wait(&io, 0, false);
    ASSERT(status == STATUS_SUCCESS);
    made.handles[1] = io.request.information;
    made.sockets[1] = socket_find(host.process, made.handles[1]);
    io_end(&io);
    return made;
}
