/* For the unit tests of this floor: a machine with ports and sockets, and the test a process of it.
 */
#ifndef SIM_AFD_FIXTURE_H
#define SIM_AFD_FIXTURE_H

#include "sim/afd/socket.h"
#include "sim/nt/fixture.h"

static struct afd *afd;
static struct process *self; /* whose thread the test is */

static const struct token elevated = {
    .account = ACCOUNT_ADMIN, .elevation = ELEVATION_FULL, .administrator = true};

#define CHOOSE(question, option) profile_choose(&machine.profile, OPTION_##question##_##option)

static inline int setup_sockets(void **state)
{
    setup_machine(state);
    struct tcpip *tcpip = tcpip_boot(machine.nt);
    assert_non_null(tcpip);
    afd = afd_boot(machine.nt, tcpip);
    assert_non_null(afd);
    self = enter();
    self->token = elevated;
    return 0;
}

static inline int teardown_sockets(void **state)
{
    afd_check(afd);
    tcpip_check(afd->tcpip);
    thread_return(machine.nt);
    return teardown_machine(state);
}

static inline uint64_t open_handle(enum family family, enum protocol protocol)
{
    const struct socket_opening opening = {
        .kind = {.family = family, .protocol = protocol}, .overlapped = true, .inherit = true};
    uint64_t handle = 0;
    assert_status(socket_open(afd, self, &opening, &handle), STATUS_SUCCESS);
    return handle;
}

static inline struct socket_object *open_socket(enum family family, enum protocol protocol)
{
    struct socket_object *socket = socket_find(self, open_handle(family, protocol));
    assert_non_null(socket);
    return socket;
}

static const struct address any_4 = {.family = FAMILY_4};
static const struct address loopback_4 = {.family = FAMILY_4, .bytes = {127, 0, 0, 1}};

static inline nt_status bind_to(struct socket_object *socket, uint16_t port)
{
    return socket_bind(socket, self, &loopback_4, port);
}

/* connect, or ConnectEx when `bound_only`, waited for. */
static inline nt_status connect_as(struct socket_object *socket, const struct address *address,
                                   uint16_t port, bool bound_only)
{
    struct io io;
    io_begin(&io, socket, IO_CONNECT, "connect");
    io.has_address = true;
    io.address = *address;
    io.port = port;
    nt_status status = socket_connect_io(&io, self, bound_only);
    if (status == STATUS_PENDING)
        status = io_wait(&io, 0, true);
    io_end(&io);
    return status;
}

static inline nt_status connect_to(struct socket_object *socket, const struct address *address,
                                   uint16_t port)
{
    return connect_as(socket, address, port, false);
}

static inline uint64_t acquire_token(struct socket_object *socket, uint32_t first, uint32_t count)
{
    const struct port_range range = {first, count};
    struct reservation_view view;
    assert_status(socket_acquire(socket, self, &range, &view), STATUS_SUCCESS);
    return view.token;
}

/* Whether a port is reserved, found out by an acquire that is undone. */
static inline bool is_reserved(uint32_t port)
{
    uint64_t handle = open_handle(FAMILY_4, PROTOCOL_TCP);
    const struct port_range range = {port, 1};
    struct reservation_view view;
    nt_status status = socket_acquire(socket_find(self, handle), self, &range, &view);
    socket_close(self, handle);
    return !nt_success(status);
}

#define SOCKET_TEST(name) cmocka_unit_test_setup_teardown(name, setup_sockets, teardown_sockets)

#endif
