/* How connections end: in order, half way, by reset; and what is left of them. */
#include "sim/tcpip/fixture_stream.h"

static uint32_t tcp_bound(void)
{
    return f.tcpip->pools[PROTOCOL_TCP].bound.count;
}

static void a_half_closed_connection_still_carries_bytes_back(void **state)
{
    (void)state;
    connect_pair();
    send_text(p.client, "last");
    assert_status(tcp_shutdown_send(p.client), STATUS_SUCCESS);
    assert_status(tcp_shutdown_send(p.client), STATUS_SUCCESS);
    assert_status(tcp_send(p.client, "x", 1, false), STATUS_PIPE_DISCONNECTED);
    settle();
    assert_int_equal(look(p.client).state, TCP_FIN_WAIT_2);
    assert_int_equal(look(p.server).state, TCP_CLOSE_WAIT);
    assert_true(look(p.server).peer_closed);
    assert_string_equal(received(p.server), "last");
    assert_string_equal(received(p.server), "end");
    assert_string_equal(received(p.server), "end");
    send_text(p.server, "answer");
    settle();
    assert_string_equal(received(p.client), "answer");
    assert_status(tcp_shutdown_send(p.server), STATUS_SUCCESS);
    settle();
    assert_int_equal(look(p.client).state, TCP_TIME_WAIT);
    assert_int_equal(look(p.server).state, TCP_CLOSED);
    assert_string_equal(received(p.client), "end");
    assert_string_equal(received(p.server), "end");
}

static void time_wait_ends_after_two_minutes(void **state)
{
    (void)state;
    struct address address = loopback4();
    connect_pair();
    uint16_t port = endpoint_port(p.client);
    endpoint_close(f.tcpip, p.client);
    settle();
    endpoint_close(f.tcpip, p.server);
    settle();
    assert_int_equal(tcp_bound(), 2);
    assert_int_equal(f.tcpip->time_wait.count, 1);
    assert_true(portset_has(&f.tcpip->pools[PROTOCOL_TCP].taken, port));

    struct endpoint *again = bound_with(tcp(), any4(), port, &plain);
    assert_status(tcp_connect(again, &address, 5000), STATUS_ADDRESS_ALREADY_EXISTS);
    pass_ms(119000);
    assert_int_equal(f.tcpip->time_wait.count, 1);
    pass_ms(1100);
    assert_int_equal(f.tcpip->time_wait.count, 0);
    assert_int_equal(tcp_bound(), 2);
    assert_status(tcp_connect(again, &address, 5000), STATUS_PENDING);
}

static void an_exclusive_port_stays_held_by_a_closing_connection(void **state)
{
    (void)state;
    struct address address = loopback4();
    listen_at(any4(), 5000, 5);
    p.client = bound_with(tcp(), any4(), 6000, &exclusive);
    assert_status(tcp_connect(p.client, &address, 5000), STATUS_PENDING);
    settle();
    endpoint_close(f.tcpip, p.client);
    settle();
    assert_status(bind_with(tcp(), any4(), 6000, &plain), STATUS_SHARING_VIOLATION);
}

static void both_close_at_once(void **state)
{
    (void)state;
    connect_pair();
    assert_status(tcp_shutdown_send(p.client), STATUS_SUCCESS);
    assert_status(tcp_shutdown_send(p.server), STATUS_SUCCESS);
    settle();
    assert_int_equal(look(p.client).state, TCP_TIME_WAIT);
    assert_int_equal(look(p.server).state, TCP_TIME_WAIT);
    assert_string_equal(received(p.client), "end");
    endpoint_close(f.tcpip, p.client);
    endpoint_close(f.tcpip, p.server);
    endpoint_close(f.tcpip, p.listener);
    assert_int_equal(tcp_bound(), 2);
    pass_ms(121000);
    assert_int_equal(tcp_bound(), 0);
    assert_int_equal(f.tcpip->tuples.count, 0);
}

static void close_sends_what_is_buffered(void **state)
{
    (void)state;
    static unsigned char bytes[150000], got[sizeof bytes];
    uint32_t at = 0, part;
    connect_pair();
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i >> 3);
    assert_status(tcp_send(p.client, bytes, sizeof bytes, false), STATUS_SUCCESS);
    endpoint_close(f.tcpip, p.client);
    do {
        settle();
        assert_status(tcp_receive(p.server, got + at, sizeof got - at, 0, &part), STATUS_SUCCESS);
        at += part;
    } while (part > 0 && at < sizeof got);
    assert_memory_equal(bytes, got, sizeof got);
    settle();
    assert_string_equal(received(p.server), "end");
}

static void closing_with_unread_bytes_resets(void **state)
{
    (void)state;
    connect_pair();
    send_text(p.client, "never read");
    settle();
    endpoint_close(f.tcpip, p.server);
    assert_int_equal(p.heard_client.aborted, 0);
    settle();
    assert_int_equal(p.heard_client.aborted, 1);
    assert_status(p.heard_client.status, STATUS_CONNECTION_RESET);
    assert_string_equal(received(p.client), "STATUS_CONNECTION_RESET");
    assert_status(tcp_send(p.client, "x", 1, false), STATUS_CONNECTION_RESET);
    assert_int_equal(f.tcpip->tuples.count, 0);
}

static void urgent_bytes_left_unread_are_forgotten_with_the_rest(void **state)
{
    (void)state;
    connect_pair();
    assert_status(tcp_send(p.client, "now", 3, true), STATUS_SUCCESS);
    assert_status(tcp_shutdown_send(p.client), STATUS_SUCCESS);
    settle();
    assert_status(tcp_shutdown_send(p.server), STATUS_SUCCESS);
    assert_int_equal(look(p.server).state, TCP_LAST_ACK);
    endpoint_close(f.tcpip, p.server);
    tcpip_check(f.tcpip);
    settle();
    assert_int_equal(look(p.client).state, TCP_TIME_WAIT);
}

static void bytes_for_a_closed_endpoint_reset(void **state)
{
    (void)state;
    connect_pair();
    endpoint_close(f.tcpip, p.server);
    settle();
    assert_int_equal(look(p.client).state, TCP_CLOSE_WAIT);
    send_text(p.client, "to nobody");
    settle();
    assert_int_equal(look(p.client).state, TCP_CLOSED);
    assert_status(look(p.client).aborted, STATUS_CONNECTION_RESET);
}

static void a_reset_loses_what_had_arrived(void **state)
{
    (void)state;
    connect_pair();
    send_text(p.client, "lost");
    settle();
    tcp_abort(p.client);
    assert_int_equal(look(p.client).state, TCP_CLOSED);
    assert_string_equal(received(p.server), "lost");
    send_text(p.server, "x");
    settle();
    assert_string_equal(received(p.server), "STATUS_CONNECTION_RESET");
}

static void bytes_on_the_wire_come_before_the_reset_behind_them(void **state)
{
    (void)state;
    connect_pair();
    send_text(p.client, "early");
    tcp_abort(p.client);
    endpoint_close(f.tcpip, p.client);
    engine_step(&f.engine);
    assert_string_equal(received(p.server), "early");
    engine_step(&f.engine);
    assert_string_equal(received(p.server), "STATUS_CONNECTION_RESET");
}

static void bytes_after_shutdown_of_receiving_are_dropped(void **state)
{
    (void)state;
    connect_pair();
    tcp_shutdown_receive(p.server);
    send_text(p.client, "ignored");
    settle();
    assert_int_equal(look(p.server).readable, 0);
    assert_int_equal(look(p.client).send_buffered, 0);
    CHOOSE(shut_receive_data, resets);
    send_text(p.client, "too much");
    settle();
    assert_status(look(p.client).aborted, STATUS_CONNECTION_RESET);
}

static void abort_is_good_in_every_state(void **state)
{
    (void)state;
    for (int step = 0; step < 6; step++) {
        connect_pair();
        if (step & 1)
            assert_status(tcp_shutdown_send(p.client), STATUS_SUCCESS);
        if (step & 2)
            assert_status(tcp_shutdown_send(p.server), STATUS_SUCCESS);
        if (step & 4)
            settle();
        tcp_abort(p.client);
        tcp_abort(p.client);
        settle();
        tcp_abort(p.server);
        endpoint_close(f.tcpip, p.client);
        endpoint_close(f.tcpip, p.server);
        settle();
    }
    pass_ms(121000);
    assert_int_equal(tcp_bound(), 1);
    assert_int_equal(f.tcpip->tuples.count, 0);
}

static void an_aborted_endpoint_can_be_used_again(void **state)
{
    (void)state;
    connect_pair();
    assert_status(tcp_reuse(p.client), STATUS_INVALID_CONNECTION);
    tcp_abort(p.client);
    assert_status(tcp_reuse(p.client), STATUS_SUCCESS);
    assert_false(endpoint_is_bound(p.client));
    assert_status(tcp_reuse(p.server), STATUS_INVALID_CONNECTION);
    settle();
    assert_status(tcp_reuse(p.server), STATUS_SUCCESS);
    tcpip_check(f.tcpip);
}

static void memory_comes_back(void **state)
{
    (void)state;
    connect_pair();
    endpoint_close(f.tcpip, p.client);
    settle();
    endpoint_close(f.tcpip, p.server);
    pass_ms(130000);
    size_t used = f.engine.arena.used;
    for (int i = 0; i < 50; i++) {
        connect_pair();
        assert_status(tcp_send(p.client, "abcX", 4, true), STATUS_SUCCESS);
        settle();
        if (i & 1)
            endpoint_close(f.tcpip, p.client);
        endpoint_close(f.tcpip, p.server);
        settle();
        if (!(i & 1))
            endpoint_close(f.tcpip, p.client);
        pass_ms(130000);
    }
    assert_true(f.engine.arena.used <= used + 1024);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STREAM_TEST(a_half_closed_connection_still_carries_bytes_back),
        STREAM_TEST(time_wait_ends_after_two_minutes),
        STREAM_TEST(an_exclusive_port_stays_held_by_a_closing_connection),
        STREAM_TEST(both_close_at_once),
        STREAM_TEST(close_sends_what_is_buffered),
        STREAM_TEST(closing_with_unread_bytes_resets),
        STREAM_TEST(urgent_bytes_left_unread_are_forgotten_with_the_rest),
        STREAM_TEST(bytes_for_a_closed_endpoint_reset),
        STREAM_TEST(a_reset_loses_what_had_arrived),
        STREAM_TEST(bytes_on_the_wire_come_before_the_reset_behind_them),
        STREAM_TEST(bytes_after_shutdown_of_receiving_are_dropped),
        STREAM_TEST(abort_is_good_in_every_state),
        STREAM_TEST(an_aborted_endpoint_can_be_used_again),
        STREAM_TEST(memory_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
