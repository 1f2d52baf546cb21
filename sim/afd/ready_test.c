/* Readiness, network events, accepts and disconnects that wait. */
#include "sim/afd/fixture_io.h"
#include "sim/afd/waits.h"

enum { PORT = 5000 };

static uint32_t poll_for(struct socket_object *socket, uint32_t wanted)
{
    struct poll_entry entry = {.socket = socket, .wanted = wanted};
    nt_status status = sockets_poll(afd, &entry, 1, 1000000000, false, "select");
    return status == STATUS_SUCCESS ? entry.ready : 0;
}

static void readiness_follows_the_bytes(void **state)
{
    (void)state;
    struct pair pair = connected_pair(PORT);
    assert_int_equal(poll_for(pair.server, READY_RECEIVE), 0);
    assert_int_equal(poll_for(pair.server, READY_SEND | READY_RECEIVE), READY_SEND);

    send_text(pair.client, "x");

    assert_int_equal(poll_for(pair.server, READY_RECEIVE), READY_RECEIVE);
    assert_receives(pair.server, "x");
    assert_int_equal(poll_for(pair.server, READY_RECEIVE), 0);
    socket_shutdown(pair.client, 1);
    assert_int_equal(poll_for(pair.server, READY_PEER_CLOSED), READY_PEER_CLOSED);
    close_pair(&pair);
}

static void a_listener_is_ready_for_a_connection(void **state)
{
    (void)state;
    uint64_t listening, calling;
    struct socket_object *listener = open_listener(&listening, PORT);
    struct socket_object *client = open_as(PROTOCOL_TCP, &calling);
    assert_int_equal(poll_for(listener, READY_ACCEPT), 0);

    assert_status(connect_to(client, &loopback_4, PORT), STATUS_SUCCESS);

    assert_int_equal(poll_for(listener, READY_ACCEPT), READY_ACCEPT);
    socket_close(self, accept_one(listener));
    assert_int_equal(poll_for(listener, READY_ACCEPT), 0);
    socket_close(self, listening);
    socket_close(self, calling);
}

static void events_are_recorded_until_they_are_taken(void **state)
{
    (void)state;
    nt_status statuses[NETWORK_EVENTS] = {0};
    struct pair pair = connected_pair(PORT);
    struct object *event = event_create(machine.nt, true, false);

    assert_status(socket_select_events(pair.server, event, EVENT_READ | EVENT_WRITE | EVENT_CLOSE),
                  STATUS_SUCCESS);
    assert_true(event->signaled);
    assert_int_equal(socket_take_events(pair.server, statuses), EVENT_WRITE);
    assert_int_equal(socket_take_events(pair.server, statuses), 0);
    object_unsignal(event);

    send_text(pair.client, "ab");
    let_events_run();
    assert_true(event->signaled);
    assert_int_equal(socket_take_events(pair.server, statuses), EVENT_READ);
    send_text(pair.client, "c");
    let_events_run();
    assert_int_equal(socket_take_events(pair.server, statuses), EVENT_READ);
    char byte;
    pair.server->non_blocking = false;
    move(pair.server, IO_RECEIVE, &byte, 1, 0);
    assert_int_equal(socket_take_events(pair.server, statuses), EVENT_READ);

    socket_shutdown(pair.client, 1);
    let_events_run();
    assert_int_equal(socket_take_events(pair.server, statuses) & EVENT_CLOSE, EVENT_CLOSE);
    assert_status(statuses[5], STATUS_SUCCESS);
    socket_select_events(pair.server, NULL, 0);
    object_release(event);
    close_pair(&pair);
}

/* AcceptEx, as winsock makes it. */
static nt_status accept_into(struct overlapped *overlapped, struct socket_object *listener,
                             struct socket_object *acceptor, uint32_t size)
{
    overlapped->block = (struct io_status){0, 0};
    overlapped->event = event_create(machine.nt, true, false);
    const struct request_delivery delivery = {.block = &overlapped->block,
                                              .event = overlapped->event};
    const struct io_buffer buffer = {overlapped->bytes, size};
    overlapped->io = io_new(listener, IO_ACCEPT, "AcceptEx", &delivery);
    overlapped->io->acceptor = acceptor;
    object_reference(&acceptor->object);
    assert_true(io_set_buffers(overlapped->io, &buffer, 1));
    nt_status status = socket_accept(overlapped->io);
    if (!nt_success(status)) {
        io_end(overlapped->io);
        object_release(overlapped->event);
    }
    return status;
}

static void an_accept_with_bytes_waits_for_them(void **state)
{
    (void)state;
    struct overlapped accept, second;
    uint64_t listening, calling, accepting;
    struct socket_object *listener = open_listener(&listening, PORT);
    struct socket_object *client = open_as(PROTOCOL_TCP, &calling);
    struct socket_object *acceptor = open_as(PROTOCOL_TCP, &accepting);
    assert_status(accept_into(&accept, listener, acceptor, 8), STATUS_PENDING);
    assert_status(accept_into(&second, listener, acceptor, 8), STATUS_INVALID_PARAMETER);
    assert_status(connect_to(client, &loopback_4, PORT), STATUS_SUCCESS);
    let_events_run();
    assert_int_equal(accept.block.status, STATUS_PENDING);

    send_text(client, "hi");

    assert_status(finish(&accept), STATUS_SUCCESS);
    assert_int_equal(accept.block.information, 2);
    assert_memory_equal(accept.bytes, "hi", 2);
    struct address address;
    uint16_t port;
    assert_status(socket_peer(acceptor, &address, &port), STATUS_INVALID_CONNECTION);
    assert_status(socket_update_accept_context(acceptor, listener), STATUS_SUCCESS);
    assert_status(socket_peer(acceptor, &address, &port), STATUS_SUCCESS);
    assert_int_equal(port, endpoint_port(client->endpoint));
    socket_close(self, listening);
    socket_close(self, calling);
    socket_close(self, accepting);
}

static void closing_either_socket_ends_an_accept(void **state)
{
    (void)state;
    struct overlapped accept;
    uint64_t listening, accepting;
    struct socket_object *listener = open_listener(&listening, PORT);

    struct socket_object *acceptor = open_as(PROTOCOL_TCP, &accepting);
    assert_status(accept_into(&accept, listener, acceptor, 0), STATUS_PENDING);
    socket_close(self, accepting);
    assert_status(finish(&accept), STATUS_CANCELLED);

    acceptor = open_as(PROTOCOL_TCP, &accepting);
    assert_status(accept_into(&accept, listener, acceptor, 0), STATUS_PENDING);
    socket_close(self, listening);
    assert_status(finish(&accept), STATUS_CANCELLED);
    socket_close(self, accepting);
}

static void a_refused_connect_leaves_the_socket_bound(void **state)
{
    (void)state;
    uint64_t handle;
    uint32_t error = 0;
    struct socket_object *socket = open_as(PROTOCOL_TCP, &handle);
    socket->non_blocking = true;

    assert_status(connect_to(socket, &loopback_4, PORT), STATUS_DEVICE_NOT_READY);
    assert_status(connect_to(socket, &loopback_4, PORT), STATUS_ALREADY_IN_PROGRESS);
    for (int i = 0; i < 5; i++)
        let_events_run();

    assert_int_equal(poll_for(socket, READY_CONNECT_FAILED | READY_SEND), READY_CONNECT_FAILED);
    assert_status(socket_get_option(socket, SOCKET_ERROR_CODE, &error), STATUS_SUCCESS);
    assert_int_equal(error, 10061);
    assert_int_equal(socket->state, SOCKET_BOUND);
    socket_close(self, handle);
}

static void close_it(void *context)
{
    socket_close(self, *(const uint64_t *)context);
}

static void closing_wakes_who_polls(void **state)
{
    (void)state;
    uint64_t handle;
    struct socket_object *socket = open_as(PROTOCOL_TCP, &handle);
    assert_non_null(thread_create(self, close_it, &handle));

    assert_int_equal(poll_for(socket, READY_RECEIVE), READY_CLOSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SOCKET_TEST(readiness_follows_the_bytes),
        SOCKET_TEST(a_listener_is_ready_for_a_connection),
        SOCKET_TEST(events_are_recorded_until_they_are_taken),
        SOCKET_TEST(an_accept_with_bytes_waits_for_them),
        SOCKET_TEST(closing_either_socket_ends_an_accept),
        SOCKET_TEST(a_refused_connect_leaves_the_socket_bound),
        SOCKET_TEST(closing_wakes_who_polls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
