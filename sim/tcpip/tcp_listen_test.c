/* Listeners: whom they accept, in which order, and what becomes of those who wait. */
#include "sim/tcpip/fixture_stream.h"

static struct endpoint *connecting(struct heard *heard)
{
    struct address address = loopback4();
    struct endpoint *e = client_of(heard);
    assert_status(tcp_connect(e, &address, 5000), STATUS_PENDING);
    return e;
}

static void connections_are_accepted_in_the_order_they_came(void **state)
{
    (void)state;
    struct heard heard[3] = {0};
    struct endpoint *client[3];
    listen_at(any4(), 5000, 5);
    for (int i = 0; i < 3; i++)
        client[i] = connecting(&heard[i]);
    settle();
    assert_int_equal(look(p.listener).incoming, 3);
    for (int i = 0; i < 3; i++) {
        struct tcp_peer peer;
        assert_true(tcp_incoming(p.listener, &peer));
        assert_int_equal(peer.port, endpoint_port(client[i]));
        struct endpoint *server = accepted(&p.heard_server);
        assert_int_equal(look(server).peer.port, endpoint_port(client[i]));
    }
    assert_null(accepted(&p.heard_server));
}

static void a_full_backlog_refuses(void **state)
{
    (void)state;
    struct heard heard[4] = {0};
    CHOOSE(refused_connect, at_once);
    listen_at(any4(), 5000, 2);
    for (int i = 0; i < 4; i++)
        connecting(&heard[i]);
    settle();
    assert_int_equal(look(p.listener).incoming, 2);
    assert_status(heard[1].status, STATUS_SUCCESS);
    assert_int_equal(heard[2].connected, 1);
    assert_status(heard[2].status, STATUS_CONNECTION_REFUSED);
    assert_status(heard[3].status, STATUS_CONNECTION_REFUSED);
    accepted(&p.heard_server);
    connecting(&heard[2]);
    settle();
    assert_status(heard[2].status, STATUS_SUCCESS);
}

static void a_client_that_is_refused_for_a_full_backlog_tries_again(void **state)
{
    (void)state;
    struct heard heard[2] = {0};
    listen_at(any4(), 5000, 1);
    connecting(&heard[0]);
    connecting(&heard[1]);
    settle();
    assert_int_equal(heard[1].connected, 0);
    accepted(&p.heard_server);
    pass_ms(600);
    assert_int_equal(heard[1].connected, 1);
    assert_status(heard[1].status, STATUS_SUCCESS);
}

static void closing_a_listener_resets_those_who_wait(void **state)
{
    (void)state;
    struct heard heard = {0};
    connect_pair();
    connecting(&heard);
    settle();
    assert_int_equal(heard.connected, 1);
    endpoint_close(f.tcpip, p.listener);
    settle();
    assert_int_equal(heard.aborted, 1);
    assert_status(heard.status, STATUS_CONNECTION_RESET);
    assert_int_equal(p.heard_client.aborted, 0);
    send_text(p.client, "still here");
    settle();
    assert_string_equal(received(p.server), "still here");
}

static void accepted_connections_keep_the_port_of_a_closed_listener(void **state)
{
    (void)state;
    connect_pair();
    endpoint_close(f.tcpip, p.listener);
    tcpip_check(f.tcpip);
    assert_true(portset_has(&f.tcpip->pools[PROTOCOL_TCP].taken, 5000));
    assert_status(try_port(OWNER, 5000), STATUS_SUCCESS);
    CHOOSE(bind_over_closing, refused);
    assert_status(try_port(OWNER, 5000), STATUS_SHARING_VIOLATION);
    endpoint_close(f.tcpip, p.client);
    settle();
    endpoint_close(f.tcpip, p.server);
    settle();
    assert_false(portset_has(&f.tcpip->pools[PROTOCOL_TCP].taken, 5000));
    assert_status(try_port(OWNER, 5000), STATUS_SUCCESS);
}

static void a_peer_that_reset_is_accepted_as_aborted(void **state)
{
    (void)state;
    listen_at(any4(), 5000, 5);
    p.client = connecting(&p.heard_client);
    settle();
    tcp_abort(p.client);
    settle();
    assert_int_equal(look(p.listener).incoming, 1);
    p.server = accepted(&p.heard_server);
    assert_status(look(p.server).aborted, STATUS_CONNECTION_RESET);
    assert_string_equal(received(p.server), "STATUS_CONNECTION_RESET");
    endpoint_close(f.tcpip, p.server);
    tcpip_check(f.tcpip);
}

static void bytes_and_the_end_may_come_before_the_accept(void **state)
{
    (void)state;
    listen_at(any4(), 5000, 5);
    p.client = connecting(&p.heard_client);
    settle();
    send_text(p.client, "early");
    endpoint_close(f.tcpip, p.client);
    settle();
    p.server = accepted(&p.heard_server);
    assert_string_equal(received(p.server), "early");
    assert_string_equal(received(p.server), "end");
}

static void a_conditional_listener_holds_the_handshake(void **state)
{
    (void)state;
    struct tcp_peer peer;
    listen_at(any4(), 5000, 5);
    tcp_listen_conditionally(p.listener, true);
    p.client = connecting(&p.heard_client);
    settle();
    assert_int_equal(p.heard_listener.incoming, 1);
    assert_int_equal(p.heard_client.connected, 0);
    assert_true(tcp_incoming(p.listener, &peer));
    p.server = accepted(&p.heard_server);
    assert_int_equal(look(p.server).state, TCP_ESTABLISHED);
    send_text(p.server, "welcome");
    settle();
    assert_int_equal(p.heard_client.connected, 1);
    assert_string_equal(received(p.client), "welcome");
}

static void a_conditional_listener_can_refuse(void **state)
{
    (void)state;
    CHOOSE(refused_connect, at_once);
    listen_at(any4(), 5000, 5);
    tcp_listen_conditionally(p.listener, true);
    p.client = connecting(&p.heard_client);
    settle();
    tcp_refuse(p.listener);
    assert_int_equal(look(p.listener).incoming, 0);
    settle();
    assert_int_equal(p.heard_client.connected, 1);
    assert_status(p.heard_client.status, STATUS_CONNECTION_REFUSED);
}

static void accepting_into_an_endpoint_that_was_there(void **state)
{
    (void)state;
    listen_at(any4(), 5000, 5);
    struct endpoint *e = tcp();
    assert_status(tcp_accept_into(p.listener, e), STATUS_PENDING);
    p.client = connecting(&p.heard_client);
    settle();
    assert_status(tcp_accept_into(p.listener, e), STATUS_SUCCESS);
    assert_int_equal(endpoint_port(e), 5000);
    send_text(p.client, "in");
    settle();
    assert_string_equal(received(e), "in");
    tcp_abort(e);
    assert_status(tcp_reuse(e), STATUS_SUCCESS);
    assert_false(endpoint_is_bound(e));
    settle();
}

static void the_most_specific_listener_is_reached_else_the_first_bound(void **state)
{
    (void)state;
    struct address address = loopback4();
    listen_at(any4(), 5000, 5);
    struct endpoint *specific = bound_with(tcp(), loopback4(), 5000, &plain);
    assert_status(tcp_listen(specific, 5), STATUS_SUCCESS);
    struct endpoint *first = bound_with(tcp(), loopback4(), 5001, &reuse);
    struct endpoint *second = bound_with(tcp(), loopback4(), 5001, &reuse);
    assert_status(tcp_listen(second, 5), STATUS_SUCCESS);
    assert_status(tcp_listen(first, 5), STATUS_SUCCESS);
    connecting(&p.heard_client);
    struct endpoint *other = client_of(&p.heard_client);
    assert_status(tcp_connect(other, &address, 5001), STATUS_PENDING);
    settle();
    assert_int_equal(look(specific).incoming, 1);
    assert_int_equal(look(p.listener).incoming, 0);
    assert_int_equal(look(first).incoming, 1);
    assert_int_equal(look(second).incoming, 0);
}

static void a_new_connection_may_follow_one_that_is_waited_out(void **state)
{
    (void)state;
    struct address address = loopback4();
    connect_pair();
    uint16_t port = endpoint_port(p.client);
    endpoint_close(f.tcpip, p.server); /* the server's end is the one that waits */
    settle();
    endpoint_close(f.tcpip, p.client);
    settle();
    assert_int_equal(f.tcpip->time_wait.count, 1);
    p.client = bound_with(tcp(), any4(), port, &plain);
    endpoint_set_listener(p.client, &hears_all, &p.heard_client);
    assert_status(tcp_connect(p.client, &address, 5000), STATUS_PENDING);
    settle();
    assert_int_equal(p.heard_client.connected, 2);
    assert_int_equal(f.tcpip->time_wait.count, 0);
    assert_int_equal(look(p.listener).incoming, 1);
}

static void listening_twice_changes_the_backlog(void **state)
{
    (void)state;
    listen_at(any4(), 5000, 0);
    assert_int_equal(p.listener->listens->backlog, 1);
    assert_status(tcp_listen(p.listener, 0x7fffffff), STATUS_SUCCESS);
    assert_int_equal(p.listener->listens->backlog, 65535);
    assert_status(tcp_listen(p.listener, -500), STATUS_SUCCESS);
    assert_int_equal(p.listener->listens->backlog, 500);
    assert_status(tcp_listen(p.listener, -5), STATUS_SUCCESS);
    assert_int_equal(p.listener->listens->backlog, 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STREAM_TEST(connections_are_accepted_in_the_order_they_came),
        STREAM_TEST(a_full_backlog_refuses),
        STREAM_TEST(a_client_that_is_refused_for_a_full_backlog_tries_again),
        STREAM_TEST(closing_a_listener_resets_those_who_wait),
        STREAM_TEST(accepted_connections_keep_the_port_of_a_closed_listener),
        STREAM_TEST(a_peer_that_reset_is_accepted_as_aborted),
        STREAM_TEST(bytes_and_the_end_may_come_before_the_accept),
        STREAM_TEST(a_conditional_listener_holds_the_handshake),
        STREAM_TEST(a_conditional_listener_can_refuse),
        STREAM_TEST(accepting_into_an_endpoint_that_was_there),
        STREAM_TEST(the_most_specific_listener_is_reached_else_the_first_bound),
        STREAM_TEST(a_new_connection_may_follow_one_that_is_waited_out),
        STREAM_TEST(listening_twice_changes_the_backlog),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
