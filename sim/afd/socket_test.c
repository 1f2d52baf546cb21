#include "sim/afd/fixture.h"

static void a_handle_finds_its_socket_until_it_is_closed(void **state)
{
    (void)state;
    uint64_t handle = open_handle(FAMILY_4, PROTOCOL_TCP);
    assert_int_equal(afd->sockets, 1);
    assert_non_null(socket_find(self, handle));
    assert_status(socket_close(self, handle), STATUS_SUCCESS);
    assert_null(socket_find(self, handle));
    assert_status(socket_close(self, handle), STATUS_INVALID_HANDLE);
    assert_int_equal(afd->sockets, 0);
}

static void an_event_is_no_socket(void **state)
{
    (void)state;
    uint64_t handle;
    struct object *event = event_create(machine.nt, true, false);
    assert_status(handle_open(self, event, false, &handle), STATUS_SUCCESS);
    object_release(event);
    assert_null(socket_find(self, handle));
    assert_status(socket_close(self, handle), STATUS_INVALID_HANDLE);
    assert_non_null(handle_object(self, handle));
}

static void raw_sockets_are_the_administrators(void **state)
{
    (void)state;
    const struct socket_opening opening = {.kind = {FAMILY_4, PROTOCOL_RAW, 1}};
    uint64_t handle;
    assert_status(socket_open(afd, self, &opening, &handle), STATUS_SUCCESS);
    self->token.administrator = false;
    assert_status(socket_open(afd, self, &opening, &handle), STATUS_ACCESS_DENIED);
    assert_int_equal(afd->sockets, 1);
}

static void a_raw_socket_binds_without_a_port(void **state)
{
    (void)state;
    struct socket_object *socket = open_socket(FAMILY_4, PROTOCOL_RAW);
    struct address name;
    uint16_t port = 7;
    assert_status(socket_name(socket, &name, &port), STATUS_INVALID_PARAMETER);
    assert_status(socket_bind(socket, self, &loopback_4, 99), STATUS_SUCCESS);
    assert_status(socket_name(socket, &name, &port), STATUS_SUCCESS);
    assert_int_equal(port, 0);
    assert_true(address_equal(&name, &loopback_4));
    assert_status(socket_bind(socket, self, &loopback_4, 0), STATUS_ADDRESS_ALREADY_ASSOCIATED);
}

static void a_full_arena_opens_nothing(void **state)
{
    (void)state;
    const struct socket_opening opening = {.kind = {FAMILY_4, PROTOCOL_TCP, 0}};
    for (uint64_t n = 1; n <= 8; n++) {
        uint64_t handle;
        machine.engine.arena.fail_in = n;
        nt_status status = socket_open(afd, self, &opening, &handle);
        bool failed = machine.engine.arena.fail_in == 0;
        machine.engine.arena.fail_in = 0;
        if (!failed)
            return; /* there are fewer allocations than that */
        assert_status(status, STATUS_INSUFFICIENT_RESOURCES);
        assert_int_equal(afd->sockets, 0);
    }
}

static void bind_gives_a_name(void **state)
{
    (void)state;
    struct socket_object *socket = open_socket(FAMILY_4, PROTOCOL_UDP);
    struct address name;
    uint16_t port;
    assert_status(socket_name(socket, &name, &port), STATUS_INVALID_PARAMETER);
    assert_status(bind_to(socket, 7000), STATUS_SUCCESS);
    assert_int_equal(socket->state, SOCKET_BOUND);
    assert_status(socket_name(socket, &name, &port), STATUS_SUCCESS);
    assert_int_equal(port, 7000);
    assert_true(address_equal(&name, &loopback_4));
    assert_status(bind_to(socket, 7001), STATUS_ADDRESS_ALREADY_ASSOCIATED);
}

static void a_failed_bind_leaves_the_socket_unbound(void **state)
{
    (void)state;
    struct socket_object *first = open_socket(FAMILY_4, PROTOCOL_TCP);
    struct socket_object *second = open_socket(FAMILY_4, PROTOCOL_TCP);
    assert_status(bind_to(first, 7000), STATUS_SUCCESS);
    assert_status(bind_to(second, 7000), STATUS_SHARING_VIOLATION);
    assert_int_equal(second->state, SOCKET_UNBOUND);
    assert_status(socket_listen(second, self, 1), STATUS_INVALID_PARAMETER);
    assert_status(bind_to(second, 7001), STATUS_SUCCESS);
}

static void the_defect_of_refused_binds_loses_the_association(void **state)
{
    (void)state;
    for (int defect = 0; defect < 2; defect++) {
        struct socket_object *holder = open_socket(FAMILY_4, PROTOCOL_TCP);
        struct socket_object *socket = open_socket(FAMILY_4, PROTOCOL_TCP);
        uint32_t first = 7000 + 100 * (uint32_t)defect;
        assert_status(socket_associate(socket, self, acquire_token(holder, first, 4)),
                      STATUS_SUCCESS);
        socket_bind_refused(socket);
        assert_status(bind_to(socket, 0), STATUS_SUCCESS);
        bool inside = endpoint_port(socket->endpoint) - first < 4;
        assert_int_equal(inside, !defect);
        CHOOSE(refused_bind, drops_association);
    }
}

static void listen_wants_a_bound_stream(void **state)
{
    (void)state;
    struct socket_object *stream = open_socket(FAMILY_4, PROTOCOL_TCP);
    struct socket_object *datagram = open_socket(FAMILY_4, PROTOCOL_UDP);
    uint32_t accepts;
    assert_status(socket_listen(datagram, self, 1), STATUS_NOT_SUPPORTED);
    assert_status(socket_listen(stream, self, 1), STATUS_INVALID_PARAMETER);
    assert_status(bind_to(stream, 0), STATUS_SUCCESS);
    socket_get_option(stream, SOCKET_ACCEPTS, &accepts);
    assert_int_equal(accepts, 0);
    assert_status(socket_listen(stream, self, 0), STATUS_SUCCESS);
    assert_status(socket_listen(stream, self, -2), STATUS_SUCCESS);
    socket_get_option(stream, SOCKET_ACCEPTS, &accepts);
    assert_int_equal(accepts, 1);
}

static void the_defect_of_listen_binds_on_the_way(void **state)
{
    (void)state;
    CHOOSE(listen_unbound, binds);
    struct socket_object *stream = open_socket(FAMILY_4, PROTOCOL_TCP);
    assert_status(socket_listen(stream, self, 1), STATUS_SUCCESS);
    assert_int_equal(stream->state, SOCKET_LISTENING);
    assert_int_not_equal(endpoint_port(stream->endpoint), 0);
}

static struct socket_object *listener_on(uint16_t port)
{
    struct socket_object *listener = open_socket(FAMILY_4, PROTOCOL_TCP);
    assert_status(bind_to(listener, port), STATUS_SUCCESS);
    assert_status(socket_listen(listener, self, 1), STATUS_SUCCESS);
    return listener;
}

static void connect_finds_the_listener_and_binds(void **state)
{
    (void)state;
    struct socket_object *caller = open_socket(FAMILY_4, PROTOCOL_TCP);
    struct address name;
    uint16_t port;
    listener_on(7000);
    assert_status(socket_peer(caller, &name, &port), STATUS_INVALID_CONNECTION);
    assert_status(connect_to(caller, &loopback_4, 7000), STATUS_SUCCESS);
    assert_status(socket_peer(caller, &name, &port), STATUS_SUCCESS);
    assert_int_equal(port, 7000);
    assert_status(socket_name(caller, &name, &port), STATUS_SUCCESS);
    assert_int_not_equal(port, 0);
    assert_true(address_equal(&name, &loopback_4));
    assert_status(connect_to(caller, &loopback_4, 7000), STATUS_CONNECTION_ACTIVE);
    assert_status(socket_listen(caller, self, 1), STATUS_CONNECTION_ACTIVE);
}

static void a_refused_connect_leaves_the_socket_bound(void **state)
{
    (void)state;
    struct socket_object *caller = open_socket(FAMILY_4, PROTOCOL_TCP);
    assert_status(connect_to(caller, &loopback_4, 7000), STATUS_CONNECTION_REFUSED);
    assert_int_equal(caller->state, SOCKET_BOUND);
    assert_status(connect_to(caller, &any_4, 7000), STATUS_INVALID_ADDRESS);
    assert_status(connect_to(caller, &loopback_4, 0), STATUS_INVALID_ADDRESS);
    listener_on(7000);
    assert_status(connect_to(caller, &loopback_4, 7000), STATUS_SUCCESS);
}

static void a_listener_does_not_connect(void **state)
{
    (void)state;
    struct socket_object *listener = listener_on(7000);
    assert_status(connect_to(listener, &loopback_4, 7000), STATUS_INVALID_PARAMETER);
    assert_int_equal(listener->state, SOCKET_LISTENING);
}

static void connectex_wants_a_bound_stream(void **state)
{
    (void)state;
    struct socket_object *caller = open_socket(FAMILY_4, PROTOCOL_TCP);
    struct socket_object *datagram = open_socket(FAMILY_4, PROTOCOL_UDP);
    listener_on(7000);
    assert_status(connect_as(datagram, &loopback_4, 7000, true), STATUS_NOT_SUPPORTED);
    assert_status(connect_as(caller, &loopback_4, 7000, true), STATUS_INVALID_PARAMETER);
    assert_int_equal(caller->state, SOCKET_UNBOUND);
    CHOOSE(connectex_unbound, binds);
    assert_status(connect_as(caller, &loopback_4, 7000, true), STATUS_SUCCESS);
}

static void a_datagram_socket_changes_and_drops_its_peer(void **state)
{
    (void)state;
    struct socket_object *socket = open_socket(FAMILY_4, PROTOCOL_UDP);
    struct address name;
    uint16_t port;
    assert_status(connect_to(socket, &loopback_4, 53), STATUS_SUCCESS);
    assert_status(connect_to(socket, &loopback_4, 54), STATUS_SUCCESS);
    assert_status(socket_peer(socket, &name, &port), STATUS_SUCCESS);
    assert_int_equal(port, 54);
    assert_status(socket_disconnect(socket), STATUS_SUCCESS);
    assert_int_equal(socket->state, SOCKET_BOUND);
    assert_status(socket_peer(socket, &name, &port), STATUS_INVALID_CONNECTION);
}

/* An empty datagram to there, or to the peer when `address` is NULL. */
static nt_status send_empty(struct socket_object *socket, const struct address *address,
                            uint16_t port)
{
    struct io io;
    const struct io_buffer nothing = {NULL, 0};
    io_begin(&io, socket, IO_SEND, "sendto");
    io.has_address = address != NULL;
    if (address != NULL)
        io.address = *address;
    io.port = port;
    assert_true(io_set_buffers(&io, &nothing, 1));
    nt_status status = socket_send(&io, self);
    io_end(&io);
    return status;
}

static void sending_binds_but_does_not_connect(void **state)
{
    (void)state;
    struct socket_object *socket = open_socket(FAMILY_4, PROTOCOL_UDP);
    struct address name;
    uint16_t port;
    assert_status(send_empty(socket, NULL, 0), STATUS_INVALID_CONNECTION);
    assert_status(send_empty(socket, &loopback_4, 0), STATUS_INVALID_ADDRESS);
    assert_int_equal(socket->state, SOCKET_UNBOUND);
    assert_status(send_empty(socket, &loopback_4, 53), STATUS_SUCCESS);
    assert_int_equal(socket->state, SOCKET_BOUND);
    assert_status(socket_peer(socket, &name, &port), STATUS_INVALID_CONNECTION);
}

static void without_a_network_nothing_that_needs_one_works(void **state)
{
    (void)state;
    struct socket_object *socket = open_socket(FAMILY_4, PROTOCOL_UDP);
    const struct socket_opening opening = {.kind = {FAMILY_4, PROTOCOL_UDP, 0}};
    uint64_t handle;
    afd->network_up = false;
    assert_status(socket_open(afd, self, &opening, &handle), STATUS_HOST_DOWN);
    assert_status(bind_to(socket, 0), STATUS_HOST_DOWN);
    assert_status(connect_to(socket, &loopback_4, 1), STATUS_HOST_DOWN);
    assert_status(send_empty(socket, &loopback_4, 1), STATUS_HOST_DOWN);
    assert_status(socket_listen(socket, self, 1), STATUS_HOST_DOWN);
    assert_int_equal(socket->state, SOCKET_UNBOUND);
}

/* ---- Duplicates ------------------------------------------------------------------------------ */

static struct process *other_process(void)
{
    struct process *other = new_process(NULL, false);
    other->token = elevated;
    return other;
}

static void a_duplicate_is_claimed_once_by_its_process(void **state)
{
    (void)state;
    struct process *other = other_process();
    struct socket_object *socket = open_socket(FAMILY_4, PROTOCOL_UDP);
    uint32_t ticket;
    uint64_t handle;
    assert_status(socket_duplicate(socket, 0, &ticket), STATUS_INVALID_PARAMETER);
    assert_status(socket_duplicate(socket, other->id, &ticket), STATUS_SUCCESS);
    assert_status(socket_claim(afd, self, ticket, &handle), STATUS_INVALID_PARAMETER);
    assert_status(socket_claim(afd, other, ticket + 1, &handle), STATUS_INVALID_PARAMETER);
    assert_status(socket_claim(afd, other, ticket, &handle), STATUS_SUCCESS);
    assert_ptr_equal(socket_find(other, handle), socket);
    assert_status(socket_claim(afd, other, ticket, &handle), STATUS_INVALID_PARAMETER);
}

static void the_defect_of_the_ticket_is_claimed_again(void **state)
{
    (void)state;
    CHOOSE(protocol_info_reuse, again);
    struct socket_object *socket = open_socket(FAMILY_4, PROTOCOL_UDP);
    uint32_t ticket;
    uint64_t first, second;
    assert_status(socket_duplicate(socket, self->id, &ticket), STATUS_SUCCESS);
    assert_status(socket_claim(afd, self, ticket, &first), STATUS_SUCCESS);
    assert_status(socket_claim(afd, self, ticket, &second), STATUS_SUCCESS);
    assert_int_not_equal(first, second);
    assert_ptr_equal(socket_find(self, second), socket);
}

/* The socket's number of handles in this process falls to one; the port tells what became of it. */
static uint64_t duplicate_of(struct socket_object *socket)
{
    uint32_t ticket;
    uint64_t handle;
    assert_status(socket_duplicate(socket, self->id, &ticket), STATUS_SUCCESS);
    assert_status(socket_claim(afd, self, ticket, &handle), STATUS_SUCCESS);
    return handle;
}

static void the_last_descriptor_closes_the_socket(void **state)
{
    (void)state;
    uint64_t first = open_handle(FAMILY_4, PROTOCOL_TCP);
    struct socket_object *socket = socket_find(self, first);
    uint64_t second = duplicate_of(socket);
    assert_status(bind_to(socket, 7000), STATUS_SUCCESS);
    assert_status(socket_close(self, first), STATUS_SUCCESS);
    assert_ptr_equal(socket_find(self, second), socket);
    assert_true(endpoint_is_bound(socket->endpoint));
    assert_status(socket_close(self, second), STATUS_SUCCESS);
    assert_int_equal(afd->sockets, 0);
}

static void the_defect_of_the_first_descriptor_closes_the_socket(void **state)
{
    (void)state;
    CHOOSE(last_descriptor, first);
    uint64_t first = open_handle(FAMILY_4, PROTOCOL_TCP);
    uint64_t second = duplicate_of(socket_find(self, first));
    assert_status(socket_close(self, first), STATUS_SUCCESS);
    assert_null(socket_find(self, second));
    assert_status(socket_close(self, second), STATUS_INVALID_HANDLE);
    assert_int_equal(afd->sockets, 0);
}

static void the_defect_of_the_duplicate_is_a_socket_apart(void **state)
{
    (void)state;
    CHOOSE(duplicate_state, not_association);
    uint64_t first = open_handle(FAMILY_4, PROTOCOL_TCP);
    struct socket_object *socket = socket_find(self, first);
    uint64_t second = duplicate_of(socket);
    assert_ptr_not_equal(socket_find(self, second), socket);
    assert_int_equal(afd->sockets, 2);
}

static void an_unclaimed_duplicate_keeps_the_socket_open_and_its_ticket_ends_with_it(void **state)
{
    (void)state;
    struct process *other = other_process();
    uint64_t handle = open_handle(FAMILY_4, PROTOCOL_UDP);
    uint32_t ticket;
    assert_status(socket_duplicate(socket_find(self, handle), other->id, &ticket), STATUS_SUCCESS);
    assert_status(socket_close(self, handle), STATUS_SUCCESS);
    assert_int_equal(afd->sockets, 1);
    assert_non_null(afd->tickets);
    process_end(other, 0);
    assert_int_equal(afd->sockets, 0);
    assert_null(afd->tickets);
}

static void a_process_end_closes_its_sockets(void **state)
{
    (void)state;
    struct process *other = other_process();
    const struct socket_opening opening = {.kind = {FAMILY_4, PROTOCOL_TCP, 0}};
    uint64_t handle;
    assert_status(socket_open(afd, other, &opening, &handle), STATUS_SUCCESS);
    assert_status(socket_bind(socket_find(other, handle), other, &loopback_4, 7000),
                  STATUS_SUCCESS);
    process_end(other, 0);
    assert_int_equal(afd->sockets, 0);
    assert_status(bind_to(open_socket(FAMILY_4, PROTOCOL_TCP), 7000), STATUS_SUCCESS);
}

static void a_socket_fits_into_half_a_kilobyte(void **state)
{
    (void)state;
    enum { MANY = 4000 };
    open_handle(FAMILY_6, PROTOCOL_TCP);
    size_t before = machine.engine.arena.used;
    for (int i = 0; i < MANY; i++)
        assert_status(bind_to(open_socket(FAMILY_4, PROTOCOL_UDP), (uint16_t)(10000 + i)),
                      STATUS_SUCCESS);
    assert_true((machine.engine.arena.used - before) / MANY <= 512);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SOCKET_TEST(a_handle_finds_its_socket_until_it_is_closed),
        SOCKET_TEST(an_event_is_no_socket),
        SOCKET_TEST(raw_sockets_are_the_administrators),
        SOCKET_TEST(a_raw_socket_binds_without_a_port),
        SOCKET_TEST(a_full_arena_opens_nothing),
        SOCKET_TEST(bind_gives_a_name),
        SOCKET_TEST(a_failed_bind_leaves_the_socket_unbound),
        SOCKET_TEST(the_defect_of_refused_binds_loses_the_association),
        SOCKET_TEST(listen_wants_a_bound_stream),
        SOCKET_TEST(the_defect_of_listen_binds_on_the_way),
        SOCKET_TEST(connect_finds_the_listener_and_binds),
        SOCKET_TEST(a_refused_connect_leaves_the_socket_bound),
        SOCKET_TEST(a_listener_does_not_connect),
        SOCKET_TEST(connectex_wants_a_bound_stream),
        SOCKET_TEST(a_datagram_socket_changes_and_drops_its_peer),
        SOCKET_TEST(sending_binds_but_does_not_connect),
        SOCKET_TEST(without_a_network_nothing_that_needs_one_works),
        SOCKET_TEST(a_duplicate_is_claimed_once_by_its_process),
        SOCKET_TEST(the_defect_of_the_ticket_is_claimed_again),
        SOCKET_TEST(the_last_descriptor_closes_the_socket),
        SOCKET_TEST(the_defect_of_the_first_descriptor_closes_the_socket),
        SOCKET_TEST(the_defect_of_the_duplicate_is_a_socket_apart),
        SOCKET_TEST(an_unclaimed_duplicate_keeps_the_socket_open_and_its_ticket_ends_with_it),
        SOCKET_TEST(a_process_end_closes_its_sockets),
        SOCKET_TEST(a_socket_fits_into_half_a_kilobyte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
