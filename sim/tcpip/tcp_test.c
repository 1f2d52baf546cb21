/* Connecting and moving bytes between two endpoints of one machine. */
#include "sim/tcpip/fixture_stream.h"

static void a_connection_is_made_and_carries_bytes_both_ways(void **state)
{
    (void)state;
    connect_pair();
    assert_int_equal(p.heard_client.connected, 1);
    assert_status(p.heard_client.status, STATUS_SUCCESS);
    assert_int_equal(p.heard_listener.incoming, 1);

    send_text(p.client, "hello");
    assert_string_equal(received(p.server), "STATUS_PENDING");
    assert_int_equal(look(p.client).send_buffered, 5);
    settle();
    assert_int_equal(p.heard_server.readable, 1);
    assert_int_equal(p.heard_client.writable, 1);
    assert_int_equal(look(p.client).send_buffered, 0);
    assert_int_equal(look(p.server).readable, 5);
    assert_string_equal(received(p.server), "hello");
    send_text(p.server, "and back");
    settle();
    assert_string_equal(received_up_to(p.client, 3, TCP_PEEK), "and");
    assert_string_equal(received_up_to(p.client, 3, 0), "and");
    assert_string_equal(received(p.client), " back");
}

static void both_ends_know_their_names(void **state)
{
    (void)state;
    connect_pair();
    struct tcp_view client = look(p.client), server = look(p.server);
    struct address address = loopback4();

    assert_true(address_equal(&client.local, &address));
    assert_true(address_equal(&server.local, &address));
    assert_true(address_equal(&server.peer.address, &address));
    assert_int_equal(client.peer.port, 5000);
    assert_int_equal(server.peer.port, endpoint_port(p.client));
    assert_int_equal(endpoint_port(p.server), 5000);
    assert_true(address_is_wildcard(endpoint_address(p.client)));
    assert_true(client.connected_ns > 0);
}

static void a_dual_stack_listener_sees_mapped_addresses(void **state)
{
    (void)state;
    struct address address = loopback4(), expected = mapped(127, 0, 0, 1);
    p.listener = bound_with(tcp6(), any6(), 5000, &dual);
    assert_status(tcp_listen(p.listener, 5), STATUS_SUCCESS);
    p.client = client_of(&p.heard_client);
    assert_status(tcp_connect(p.client, &address, 5000), STATUS_PENDING);
    settle();
    p.server = accepted(&p.heard_server);
    assert_non_null(p.server);
    struct tcp_view view = look(p.server);
    assert_true(address_equal(&view.peer.address, &expected));
    assert_true(address_equal(&view.local, &expected));
    assert_true(address_equal(endpoint_address(p.server), &expected));
}

static void more_than_the_window_waits_for_the_reader(void **state)
{
    (void)state;
    enum { SIZE = 300000 };
    static unsigned char sent[SIZE], got[SIZE];
    uint32_t at = 0, part;
    connect_pair();
    for (uint32_t i = 0; i < SIZE; i++)
        sent[i] = (unsigned char)(i * 7 + i / 251);
    assert_status(tcp_send(p.client, sent, SIZE, false), STATUS_SUCCESS);
    settle();
    assert_int_equal(look(p.server).readable, 65536);
    assert_int_equal(look(p.client).send_buffered, SIZE - 65536);
    for (int i = 0; at < SIZE && i < 1000; i++) {
        assert_status(tcp_receive(p.server, got + at, 10007, 0, &part), STATUS_SUCCESS);
        at += part;
        settle();
        assert_true(look(p.server).readable <= 65536);
    }
    assert_int_equal(at, SIZE);
    assert_memory_equal(sent, got, SIZE);
    assert_int_equal(look(p.client).send_buffered, 0);
}

static void bytes_that_crossed_with_a_window_update_do_not_stop_it(void **state)
{
    (void)state;
    static unsigned char bytes[200000];
    uint32_t got, at = 0;
    connect_pair();
    assert_status(tcp_send(p.client, bytes, sizeof bytes, false), STATUS_SUCCESS);
    for (int i = 0; at < sizeof bytes && i < 100; i++) {
        settle();
        send_text(p.server, "x"); /* with the old window, before the new one */
        assert_status(tcp_receive(p.server, bytes, sizeof bytes, 0, &got), STATUS_SUCCESS);
        at += got;
    }
    assert_int_equal(at, sizeof bytes);
}

static void small_sends_are_joined_unless_asked_not_to_be(void **state)
{
    (void)state;
    connect_pair();
    send_text(p.client, "a");
    send_text(p.client, "b");
    send_text(p.client, "c");
    engine_step(&f.engine);
    assert_string_equal(received(p.server), "a");
    engine_step(&f.engine);
    assert_string_equal(received(p.server), "bc");
    tcp_set_no_delay(p.client, true);
    send_text(p.client, "d");
    send_text(p.client, "e");
    engine_step(&f.engine);
    assert_string_equal(received(p.server), "d");
    engine_step(&f.engine);
    assert_string_equal(received(p.server), "e");
}

static void urgent_bytes_wait_beside_the_stream(void **state)
{
    (void)state;
    connect_pair();
    send_text(p.client, "ab");
    assert_status(tcp_send(p.client, "X", 1, true), STATUS_SUCCESS);
    send_text(p.client, "cd");
    assert_status(tcp_send(p.client, "Y", 1, true), STATUS_SUCCESS);
    settle();
    struct tcp_view view = look(p.server);
    assert_int_equal(view.urgent, 2);
    assert_int_equal(view.readable, 2);
    assert_int_equal(view.readable_all, 4);
    assert_false(view.at_mark);
    assert_string_equal(received_up_to(p.server, 1, TCP_URGENT | TCP_PEEK), "X");
    assert_string_equal(received_up_to(p.server, 1, TCP_URGENT), "X");
    assert_string_equal(received_up_to(p.server, 1, TCP_URGENT), "Y");
    assert_string_equal(received_up_to(p.server, 1, TCP_URGENT), "STATUS_PENDING");
    assert_string_equal(received(p.server), "ab");
    assert_true(look(p.server).at_mark);
    assert_string_equal(received(p.server), "cd");
    assert_string_equal(received(p.server), "STATUS_PENDING");
}

static void urgent_bytes_in_line_stop_a_receive_before_them(void **state)
{
    (void)state;
    connect_pair();
    tcp_set_urgent_inline(p.server, true);
    assert_status(tcp_send(p.client, "abX", 3, true), STATUS_SUCCESS);
    send_text(p.client, "cd");
    settle();
    assert_int_equal(look(p.server).urgent, 0);
    assert_false(look(p.server).at_mark);
    assert_string_equal(received(p.server), "ab");
    assert_true(look(p.server).at_mark);
    assert_string_equal(received(p.server), "Xcd");
    assert_true(look(p.server).at_mark);
}

static void a_refused_connect_takes_two_seconds_or_no_time(void **state)
{
    (void)state;
    struct address address = loopback4();
    uint64_t start = f.engine.now_ns;
    p.client = client_of(&p.heard_client);
    assert_status(tcp_connect(p.client, &address, 5000), STATUS_PENDING);
    pass_ms(1900);
    assert_int_equal(p.heard_client.connected, 0);
    pass_ms(200);
    assert_int_equal(p.heard_client.connected, 1);
    assert_status(p.heard_client.status, STATUS_CONNECTION_REFUSED);
    assert_true(f.engine.now_ns - start < 2200000000u);
    assert_int_equal(look(p.client).state, TCP_CLOSED);

    CHOOSE(refused_connect, at_once);
    assert_status(tcp_connect(p.client, &address, 5000), STATUS_PENDING);
    settle();
    assert_int_equal(p.heard_client.connected, 2);
}

static void a_listener_that_comes_late_is_found_by_the_next_try(void **state)
{
    (void)state;
    struct address address = loopback4();
    p.client = client_of(&p.heard_client);
    assert_status(tcp_connect(p.client, &address, 5000), STATUS_PENDING);
    pass_ms(700);
    listen_at(any4(), 5000, 5);
    pass_ms(500);
    assert_int_equal(p.heard_client.connected, 1);
    assert_status(p.heard_client.status, STATUS_SUCCESS);
    assert_int_equal(look(p.listener).incoming, 1);
}

static void nobody_answers_for_21_seconds(void **state)
{
    (void)state;
    struct address address = ip4(192, 168, 1, 77);
    p.client = client_of(&p.heard_client);
    assert_status(tcp_connect(p.client, &address, 5000), STATUS_PENDING);
    assert_int_equal(look(p.client).state, TCP_SYN_SENT);
    assert_status(tcp_connect(p.client, &address, 5000), STATUS_CONNECTION_ACTIVE);
    pass_ms(20900);
    assert_int_equal(p.heard_client.connected, 0);
    pass_ms(200);
    assert_int_equal(p.heard_client.connected, 1);
    assert_status(p.heard_client.status, STATUS_IO_TIMEOUT);
    assert_status(tcp_connect(p.client, &address, 5000), STATUS_PENDING);
    tcp_connect_cancel(p.client);
    pass_ms(30000);
    assert_int_equal(p.heard_client.connected, 1);
}

static void an_endpoint_connects_to_itself(void **state)
{
    (void)state;
    struct address address = loopback4();
    p.client = client_of(&p.heard_client);
    assert_status(tcp_connect(p.client, &address, endpoint_port(p.client)), STATUS_PENDING);
    settle();
    assert_int_equal(p.heard_client.connected, 1);
    assert_int_equal(look(p.client).state, TCP_ESTABLISHED);
    send_text(p.client, "echo");
    settle();
    assert_string_equal(received(p.client), "echo");
    assert_status(tcp_shutdown_send(p.client), STATUS_SUCCESS);
    settle();
    assert_string_equal(received(p.client), "end");
}

static void a_full_arena_is_an_answer(void **state)
{
    (void)state;
    struct address address = loopback4();
    connect_pair();
    for (uint64_t n = 1; n < 8; n++) {
        f.engine.arena.fail_in = n;
        nt_status status = tcp_send(p.client, "0123456789", 10, false);
        f.engine.arena.fail_in = 0;
        pass_ms(20); /* what could not be sent is tried again */
        if (status == STATUS_SUCCESS)
            assert_string_equal(received(p.server), "0123456789");
        else
            assert_status(status, STATUS_INSUFFICIENT_RESOURCES);
        assert_string_equal(received(p.server), "STATUS_PENDING");
    }
    struct endpoint *e = client_of(&p.heard_client);
    f.engine.arena.fail_in = 1;
    assert_status(tcp_connect(e, &address, 5000), STATUS_INSUFFICIENT_RESOURCES);
    f.engine.arena.fail_in = 2;
    assert_status(tcp_connect(e, &address, 5000), STATUS_INSUFFICIENT_RESOURCES);
    f.engine.arena.fail_in = 0;
    assert_status(tcp_connect(e, &address, 5000), STATUS_PENDING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STREAM_TEST(a_connection_is_made_and_carries_bytes_both_ways),
        STREAM_TEST(both_ends_know_their_names),
        STREAM_TEST(a_dual_stack_listener_sees_mapped_addresses),
        STREAM_TEST(more_than_the_window_waits_for_the_reader),
        STREAM_TEST(bytes_that_crossed_with_a_window_update_do_not_stop_it),
        STREAM_TEST(small_sends_are_joined_unless_asked_not_to_be),
        STREAM_TEST(urgent_bytes_wait_beside_the_stream),
        STREAM_TEST(urgent_bytes_in_line_stop_a_receive_before_them),
        STREAM_TEST(a_refused_connect_takes_two_seconds_or_no_time),
        STREAM_TEST(a_listener_that_comes_late_is_found_by_the_next_try),
        STREAM_TEST(nobody_answers_for_21_seconds),
        STREAM_TEST(an_endpoint_connects_to_itself),
        STREAM_TEST(a_full_arena_is_an_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
