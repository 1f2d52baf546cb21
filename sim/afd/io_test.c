/* Receives and sends that wait, and how they end. */
#include "sim/afd/fixture_io.h"
#include "sim/tcpip/wire.h"

enum { PORT = 5000 };

static void a_connection_carries_bytes_both_ways(void **state)
{
    (void)state;
    struct pair pair = connected_pair(PORT);

    assert_status(send_text(pair.client, "to the server").status, STATUS_SUCCESS);
    assert_receives(pair.server, "to the server");
    assert_status(send_text(pair.server, "and back").status, STATUS_SUCCESS);
    assert_receives(pair.client, "and back");
    close_pair(&pair);
}

static void receives_are_filled_in_the_order_issued(void **state)
{
    (void)state;
    struct overlapped first, second;
    struct pair pair = connected_pair(PORT);
    assert_status(begin(&first, pair.server, IO_RECEIVE, 4, 0), STATUS_PENDING);
    assert_status(begin(&second, pair.server, IO_RECEIVE, 64, 0), STATUS_PENDING);
    assert_int_equal(first.block.status, STATUS_PENDING);
    assert_int_equal(first.block.information, 4711);

    send_text(pair.client, "onetwo");

    assert_status(finish(&first), STATUS_SUCCESS);
    assert_status(finish(&second), STATUS_SUCCESS);
    assert_int_equal(first.block.information, 4);
    assert_memory_equal(first.bytes, "onet", 4);
    assert_int_equal(second.block.information, 2);
    assert_memory_equal(second.bytes, "wo", 2);
    close_pair(&pair);
}

static void a_cancelled_receive_takes_no_bytes(void **state)
{
    (void)state;
    struct overlapped receive;
    struct pair pair = connected_pair(PORT);
    assert_status(begin(&receive, pair.server, IO_RECEIVE, 64, 0), STATUS_PENDING);
    const struct request_filter filter = {.block = &receive.block};

    assert_status(request_cancel(&pair.server->file, &filter), STATUS_SUCCESS);

    assert_status(finish(&receive), STATUS_CANCELLED);
    assert_int_equal(receive.block.information, 0);
    assert_status(request_cancel(&pair.server->file, &filter), STATUS_NOT_FOUND);
    send_text(pair.client, "kept");
    assert_receives(pair.server, "kept");
    close_pair(&pair);
}

static void bytes_that_were_taken_survive_a_cancel(void **state)
{
    (void)state;
    struct overlapped receive;
    struct pair pair = connected_pair(PORT);
    assert_status(begin(&receive, pair.server, IO_RECEIVE, 10, IO_WAIT_ALL), STATUS_PENDING);
    send_text(pair.client, "abc");
    let_events_run();
    assert_int_equal(receive.block.status, STATUS_PENDING);

    assert_status(request_cancel(&pair.server->file, &(struct request_filter){0}), STATUS_SUCCESS);

    assert_status(finish(&receive), STATUS_SUCCESS);
    assert_int_equal(receive.block.information, 3);
    assert_memory_equal(receive.bytes, "abc", 3);
    close_pair(&pair);
}

static void closing_ends_what_pends(void **state)
{
    (void)state;
    struct overlapped stream, datagram;
    struct pair pair = connected_pair(PORT);
    uint64_t handle;
    struct socket_object *socket = open_as(PROTOCOL_UDP, &handle);
    assert_status(bind_to(socket, PORT), STATUS_SUCCESS);
    assert_status(begin(&stream, pair.server, IO_RECEIVE, 64, 0), STATUS_PENDING);
    assert_status(begin(&datagram, socket, IO_RECEIVE, 64, 0), STATUS_PENDING);

    socket_close(self, pair.server_handle);
    socket_close(self, handle);

    assert_status(finish(&stream), STATUS_CONNECTION_ABORTED);
    assert_status(finish(&datagram), STATUS_CANCELLED);
    socket_close(self, pair.client_handle);
    socket_close(self, pair.listener_handle);
}

static void a_full_connection_takes_no_more(void **state)
{
    (void)state;
    static char bytes[100000];
    struct pair pair = connected_pair(PORT);
    pair.client->non_blocking = true;
    uint64_t sent = 0, received = 0;
    struct result result;

    while ((result = move(pair.client, IO_SEND, bytes, sizeof bytes, 0)).status == STATUS_SUCCESS) {
        sent += result.bytes;
        let_events_run();
        assert_true(sent < 100 * sizeof bytes);
    }
    assert_status(result.status, STATUS_DEVICE_NOT_READY);
    assert_int_equal(socket_ready(pair.client) & READY_SEND, 0);

    while (received < sent) {
        result = move(pair.server, IO_RECEIVE, bytes, sizeof bytes, 0);
        assert_status(result.status, STATUS_SUCCESS);
        received += result.bytes;
    }
    assert_int_equal(received, sent);
    let_events_run();
    assert_int_equal(socket_ready(pair.client) & READY_SEND, READY_SEND);
    close_pair(&pair);
}

static void without_a_send_buffer_a_send_waits_for_the_peer(void **state)
{
    (void)state;
    struct overlapped send;
    struct pair pair = connected_pair(PORT);
    assert_status(socket_set_option(pair.client, SOCKET_SEND_BUFFER, 0), STATUS_SUCCESS);
    memcpy(send.bytes, "held", 4);

    assert_status(begin(&send, pair.client, IO_SEND, 4, 0), STATUS_PENDING);
    assert_receives(pair.server, "held");

    assert_status(finish(&send), STATUS_SUCCESS);
    assert_int_equal(send.block.information, 4);
    close_pair(&pair);
}

static void a_cancelled_send_no_longer_holds_up_the_end_of_the_stream(void **state)
{
    (void)state;
    static unsigned char bytes[65536];
    const struct request_filter every = {0};
    struct overlapped send;
    struct pair pair = connected_pair(PORT);
    uint64_t sent = 0;

    pair.client->non_blocking = true;
    while (move(pair.client, IO_SEND, bytes, sizeof bytes, 0).status == STATUS_SUCCESS)
        sent += sizeof bytes;
    assert_status(begin(&send, pair.client, IO_SEND, 4, 0), STATUS_PENDING);
    assert_status(socket_shutdown(pair.client, 1), STATUS_SUCCESS);
    assert_status(request_cancel(&pair.client->file, &every), STATUS_SUCCESS);
    assert_status(finish(&send), STATUS_CANCELLED);

    while (sent > 0)
        sent -= move(pair.server, IO_RECEIVE, bytes, sizeof bytes, 0).bytes;
    assert_int_equal(move(pair.server, IO_RECEIVE, bytes, sizeof bytes, 0).bytes, 0);
    close_pair(&pair);
}

static void the_peers_end_completes_a_receive_with_nothing(void **state)
{
    (void)state;
    struct overlapped receive;
    struct pair pair = connected_pair(PORT);
    assert_status(begin(&receive, pair.server, IO_RECEIVE, 64, 0), STATUS_PENDING);

    assert_status(socket_shutdown(pair.client, 1), STATUS_SUCCESS);

    assert_status(finish(&receive), STATUS_SUCCESS);
    assert_int_equal(receive.block.information, 0);
    assert_status(send_text(pair.client, "x").status, STATUS_PIPE_DISCONNECTED);
    assert_status(send_text(pair.server, "still").status, STATUS_SUCCESS);
    assert_receives(pair.client, "still");
    close_pair(&pair);
}

static void a_reset_fails_what_pends_and_what_follows(void **state)
{
    (void)state;
    struct overlapped receive;
    char byte;
    struct pair pair = connected_pair(PORT);
    assert_status(begin(&receive, pair.server, IO_RECEIVE, 64, 0), STATUS_PENDING);
    socket_set_option(pair.client, SOCKET_LINGER_ON, 1);

    socket_close(self, pair.client_handle);

    assert_status(finish(&receive), STATUS_CONNECTION_RESET);
    assert_status(move(pair.server, IO_RECEIVE, &byte, 1, 0).status, STATUS_CONNECTION_RESET);
    socket_close(self, pair.server_handle);
    socket_close(self, pair.listener_handle);
}

static void the_network_ends_what_pends(void **state)
{
    (void)state;
    struct overlapped receive;
    struct pair pair = connected_pair(PORT);
    assert_status(begin(&receive, pair.server, IO_RECEIVE, 64, 0), STATUS_PENDING);

    afd_set_network(afd, false);

    assert_status(finish(&receive), STATUS_HOST_DOWN);
    afd_set_network(afd, true);
    close_pair(&pair);
}

static void datagrams_keep_their_bounds(void **state)
{
    (void)state;
    char bytes[4];
    uint64_t one, two;
    struct socket_object *sender = open_as(PROTOCOL_UDP, &one);
    struct socket_object *receiver = open_as(PROTOCOL_UDP, &two);
    assert_status(bind_to(receiver, PORT), STATUS_SUCCESS);
    assert_status(connect_to(sender, &loopback_4, PORT), STATUS_SUCCESS);
    send_text(sender, "ab");
    send_text(sender, "");
    send_text(sender, "cdefgh");

    assert_receives(receiver, "ab");
    assert_receives(receiver, "");
    struct result cut = move(receiver, IO_RECEIVE, bytes, sizeof bytes, 0);

    assert_status(cut.status, STATUS_BUFFER_OVERFLOW);
    assert_int_equal(cut.bytes, 4);
    assert_memory_equal(bytes, "cdef", 4);
    socket_close(self, one);
    socket_close(self, two);
}

static void a_close_forgets_what_a_finished_peer_left_unread(void **state)
{
    (void)state;
    struct pair pair = connected_pair(PORT);
    send_text(pair.server, "unread");
    assert_status(socket_shutdown(pair.client, 1), STATUS_SUCCESS);
    assert_status(socket_shutdown(pair.server, 1), STATUS_SUCCESS);
    let_events_run();

    close_pair(&pair);

    tcpip_check(afd->tcpip);
}

/* The acknowledgement of what was on its way gets lost, and nothing is sent that would bring it. */
static void a_wire_that_begins_to_lose_loses_nothing_for_good(void **state)
{
    (void)state;
    static const struct wire_faults everything = {.loss = 65536, .loopback = true};
    static const struct wire_faults nothing = {.loopback = true};
    struct pair pair = connected_pair(PORT);
    send_text(pair.client, "first");
    send_text(pair.client, " and second"); /* Nagle holds it back */
    wire_set_faults(afd->tcpip, &everything);
    wait_for_time(machine.nt, 2000, "a test");
    wire_set_faults(afd->tcpip, &nothing);

    for (int i = 0; i < 5; i++)
        let_events_run();

    assert_receives(pair.server, "first and second");
    close_pair(&pair);
}

/* Found by the fuzz target calls: a socket without a handle was never closed. */
static void an_accept_without_memory_changes_nothing(void **state)
{
    (void)state;
    unsigned failures = 0;
    uint64_t listener_handle, client, handle;
    struct socket_object *listener = open_listener(&listener_handle, 5000);
    for (unsigned i = 0; i < 80; i++) { /* somewhere there the table of handles grows */
        struct socket_object *socket = open_as(PROTOCOL_TCP, &client);
        assert_status(connect_to(socket, &loopback_4, 5000), STATUS_SUCCESS);
        uint32_t sockets = afd->sockets;
        nt_status status = STATUS_INSUFFICIENT_RESOURCES;
        for (uint64_t n = 1; status == STATUS_INSUFFICIENT_RESOURCES; n++) {
            struct io io;
            io_begin(&io, listener, IO_ACCEPT, "accept");
            io.flags = IO_NO_WAIT;
            machine.engine.arena.fail_in = n;
            status = socket_accept(&io);
            machine.engine.arena.fail_in = 0;
            io_end(&io);
            failures += status == STATUS_INSUFFICIENT_RESOURCES;
            assert_int_equal(afd->sockets, sockets + (status == STATUS_SUCCESS));
            afd_check(afd);
        }
        assert_status(status, STATUS_SUCCESS);
        object_reference(&socket->object);
        assert_status(handle_open(self, &socket->object, false, &handle), STATUS_SUCCESS);
        object_release(&socket->object);
    }
    assert_true(failures > 2 * 80);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SOCKET_TEST(a_connection_carries_bytes_both_ways),
        SOCKET_TEST(receives_are_filled_in_the_order_issued),
        SOCKET_TEST(a_cancelled_receive_takes_no_bytes),
        SOCKET_TEST(bytes_that_were_taken_survive_a_cancel),
        SOCKET_TEST(closing_ends_what_pends),
        SOCKET_TEST(a_full_connection_takes_no_more),
        SOCKET_TEST(without_a_send_buffer_a_send_waits_for_the_peer),
        SOCKET_TEST(a_cancelled_send_no_longer_holds_up_the_end_of_the_stream),
        SOCKET_TEST(the_peers_end_completes_a_receive_with_nothing),
        SOCKET_TEST(a_reset_fails_what_pends_and_what_follows),
        SOCKET_TEST(the_network_ends_what_pends),
        SOCKET_TEST(datagrams_keep_their_bounds),
        SOCKET_TEST(a_close_forgets_what_a_finished_peer_left_unread),
        SOCKET_TEST(an_accept_without_memory_changes_nothing),
        SOCKET_TEST(a_wire_that_begins_to_lose_loses_nothing_for_good),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
