/* How fast a connection goes over a wire that is slow and loses packets. */
#include "sim/tcpip/flow.h"

#include "sim/tcpip/fixture_stream.h"
#include "sim/tcpip/remote.h"

enum { SIZE = 100000, CERTAIN = 65536, WAY_MS = 50, ROUND_MS = 2 * WAY_MS };

static unsigned char bytes[SIZE];

static void set_loss(uint32_t loss)
{
    const struct wire_faults faults = {.loss = loss};
    wire_set_faults(f.tcpip, &faults);
}

/* A connection to a host ROUND_MS away. */
static void connect_far(const char *script)
{
    const struct wire_latency slow = {.fixed_ns = WAY_MS * NS_PER_MS};
    struct address address = ip4(192, 168, 1, 20);

    wire_set_latency(f.tcpip, INTERFACE_LAN, &slow);
    assert_status(remote_add(f.tcpip, "host", &address, false), STATUS_SUCCESS);
    assert_status(remote_script(f.tcpip, &address, PROTOCOL_TCP, 80, script), STATUS_SUCCESS);
    p.client = client_of(&p.heard_client);
    assert_status(tcp_connect(p.client, &address, 80), STATUS_PENDING);
    pass_ms(ROUND_MS + 1);
    assert_int_equal(p.heard_client.connected, 1);
}

static void send_size(uint32_t size)
{
    assert_status(tcp_send(p.client, bytes, size, false), STATUS_SUCCESS);
}

static uint32_t on_the_wire(void)
{
    return p.client->tcp->snd_nxt - p.client->tcp->snd_una;
}

static void a_connection_starts_slowly(void **state)
{
    (void)state;
    connect_far("receive 100000");
    const struct tcp_flow *flow = tcp_flow_had(p.client->tcp);
    assert_in_range(flow->round_trip_us, ROUND_MS * 1000, ROUND_MS * 1000 + 1000);
    send_size(SIZE);
    assert_int_equal(on_the_wire(), 10 * MSS_LAN);
    pass_ms(ROUND_MS);
    assert_int_equal(on_the_wire(), 15 * MSS_LAN); /* every other segment is acknowledged */
    pass_ms(ROUND_MS);
    assert_in_range(on_the_wire(), 20 * MSS_LAN, 30 * MSS_LAN);
    pass_ms(5 * ROUND_MS);
    assert_int_equal(on_the_wire(), 0);
}

static void a_lost_segment_is_sent_again_before_its_time(void **state)
{
    (void)state;
    connect_far("receive 14600; send all");
    const struct tcp_flow *flow = tcp_flow_had(p.client->tcp);
    set_loss(CERTAIN);
    send_size(MSS_LAN);
    set_loss(0);
    send_size(9 * MSS_LAN);
    pass_ms(2 * ROUND_MS + 1);
    assert_string_equal(received(p.client), "all");
    assert_int_equal(flow->fast_again, 1);
    assert_int_equal(flow->timeouts, 0);
    assert_int_equal(flow->threshold, 5 * MSS_LAN);
    assert_int_equal(flow->window, 5 * MSS_LAN);
    assert_int_equal(flow->bytes_again, MSS_LAN);
}

static void two_losses_of_a_window_are_both_found(void **state)
{
    (void)state;
    connect_far("receive 14600; send all");
    set_loss(CERTAIN);
    send_size(2 * MSS_LAN);
    set_loss(0);
    send_size(8 * MSS_LAN);
    pass_ms(3 * ROUND_MS + 1);
    assert_string_equal(received(p.client), "all");
    assert_int_equal(tcp_flow_had(p.client->tcp)->fast_again, 1);
    assert_int_equal(tcp_flow_had(p.client->tcp)->timeouts, 0);
}

static void what_is_lost_without_a_trace_takes_its_time(void **state)
{
    (void)state;
    connect_far("echo");
    const struct tcp_flow *flow = tcp_flow_had(p.client->tcp);
    set_loss(CERTAIN);
    send_text(p.client, "lost");
    set_loss(0);
    /* The first sample: the round trip, and four times its half. */
    pass_ms(3 * ROUND_MS - 10);
    assert_int_equal(flow->timeouts, 0);
    pass_ms(20);
    assert_int_equal(flow->timeouts, 1);
    assert_int_equal(flow->window, MSS_LAN);
    pass_ms(ROUND_MS);
    assert_string_equal(received(p.client), "lost");
}

static void a_window_starts_anew_after_a_time_out(void **state)
{
    (void)state;
    connect_far("receive 100000; send all");
    set_loss(CERTAIN);
    send_size(SIZE);
    pass_ms(200);
    set_loss(0);
    pass_ms(101 + ROUND_MS);
    assert_int_equal(tcp_flow_had(p.client->tcp)->timeouts, 1);
    assert_in_range(on_the_wire(), MSS_LAN, 2 * MSS_LAN);
    pass_ms(4000);
    assert_string_equal(received(p.client), "all");
    assert_int_equal(tcp_flow_had(p.client->tcp)->threshold, 5 * MSS_LAN);
}

static void a_small_segment_waits_for_the_one_before(void **state)
{
    (void)state;
    connect_far("receive 2; send both");
    send_text(p.client, "a");
    send_text(p.client, "b");
    pass_ms(ROUND_MS + 199);
    assert_int_equal(look(p.client).send_buffered, 2);
    pass_ms(2);
    assert_int_equal(look(p.client).send_buffered, 1);
    pass_ms(ROUND_MS);
    assert_string_equal(received(p.client), "both");
}

static void without_delay_nothing_waits(void **state)
{
    (void)state;
    connect_far("receive 2; send both");
    tcp_set_no_delay(p.client, true);
    send_text(p.client, "a");
    send_text(p.client, "b");
    assert_int_equal(on_the_wire(), 2);
    pass_ms(ROUND_MS + 1);
    assert_string_equal(received(p.client), "both");
}

static void a_partition_of_a_connection_that_waits_for_room_is_noticed(void **state)
{
    (void)state;
    struct address address = ip4(192, 168, 1, 20);
    connect_far("wait 5000; receive 100000; send all");
    send_size(SIZE);
    pass_ms(2000);
    assert_int_equal(look(p.client).send_buffered, SIZE - 65536);
    wire_partition(f.tcpip, &address, true);
    pass_ms(4000); /* the word of room is lost */
    wire_partition(f.tcpip, &address, false);
    pass_ms(20000);
    assert_string_equal(received(p.client), "all");
}

static void keep_alive_finds_that_loopback_is_cut(void **state)
{
    (void)state;
    struct address address = loopback4();
    connect_pair();
    tcp_set_keep_alive(p.client, &(struct tcp_keep_alive){true, 1500, 250, 4});
    pass_ms(100000);
    assert_int_equal(p.heard_client.aborted, 0);
    wire_partition(f.tcpip, &address, true);
    pass_ms(2400);
    assert_int_equal(p.heard_client.aborted, 0);
    pass_ms(200); /* 1500 and four times 250 */
    assert_int_equal(p.heard_client.aborted, 1);
    assert_status(p.heard_client.status, STATUS_NETWORK_NAME_DELETED);
    assert_int_equal(p.heard_server.aborted, 0);
}

static void patience_is_what_was_asked_for(void **state)
{
    (void)state;
    connect_far("echo");
    tcp_set_patience(p.client, &(struct tcp_patience){.limit_ms = 2500});
    pass_ms(5000);
    set_loss(CERTAIN);
    send_text(p.client, "lost");
    pass_ms(2499);
    assert_int_equal(p.heard_client.aborted, 0);
    pass_ms(2);
    assert_int_equal(p.heard_client.aborted, 1);
}

static void patience_without_end_asks_once_a_minute(void **state)
{
    (void)state;
    connect_far("echo");
    tcp_set_patience(p.client, &(struct tcp_patience){.limit_ms = (uint32_t)TCP_FOR_EVER});
    set_loss(CERTAIN);
    send_text(p.client, "late");
    pass_ms(86400000);
    assert_int_equal(p.heard_client.aborted, 0);
    set_loss(0);
    pass_ms(60000 + ROUND_MS);
    assert_string_equal(received(p.client), "late");
}

/* The SYNs that `patience` sends to nobody, and the time they take. */
static void assert_handshake(const struct tcp_patience *patience, uint32_t syns, uint64_t ms)
{
    struct address nobody = ip4(192, 168, 1, 99);
    struct heard heard = {0};
    struct endpoint *e = client_of(&heard);

    tcp_set_patience(e, patience);
    assert_status(tcp_connect(e, &nobody, 80), STATUS_PENDING);
    pass_ms(ms - 1);
    assert_int_equal(heard.connected, 0);
    assert_int_equal(tcp_flow_had(e->tcp)->syns_again, syns - 1);
    pass_ms(2);
    assert_int_equal(heard.connected, 1);
    assert_status(heard.status, STATUS_IO_TIMEOUT);
    endpoint_close(f.tcpip, e);
}

static void a_handshake_lasts_as_long_as_it_is_told(void **state)
{
    (void)state;
    assert_handshake(&(struct tcp_patience){0}, 5, 21000);
    assert_handshake(&(struct tcp_patience){.limit_ms = 500}, 1, 500);
    assert_handshake(&(struct tcp_patience){.limit_ms = 4000}, 3, 4000);
    assert_handshake(&(struct tcp_patience){.limit_ms = 200000}, 9, 200000);
    assert_handshake(&(struct tcp_patience){.first_ms = 300}, 5, 6300);
    assert_handshake(&(struct tcp_patience){.syns = 1}, 1, 1000);
    assert_handshake(&(struct tcp_patience){.first_ms = 500, .syns = 3}, 3, 3500);
    assert_handshake(&(struct tcp_patience){.limit_ms = 2000, .syns = 3}, 2, 2000);
}

static void probes_without_an_answer_do_not_count_against_bytes(void **state)
{
    (void)state;
    connect_far("echo");
    tcp_set_keep_alive(p.client, &(struct tcp_keep_alive){true, 10000, 1000, 255});
    set_loss(CERTAIN);
    pass_ms(15500); /* five probes */
    send_text(p.client, "x");
    set_loss(0);
    pass_ms(300 + ROUND_MS + 10); /* else it would wait 32 times as long */
    assert_string_equal(received(p.client), "x");
}

static void an_acknowledgement_for_each_segment(void **state)
{
    (void)state;
    connect_far("send a; wait 1000; send b; wait 1000; send c");
    pass_ms(ROUND_MS);
    assert_true(tcp_flow_had(p.client->tcp)->ack_timer != 0);
    tcp_set_patience(p.client, &(struct tcp_patience){.held = 1});
    pass_ms(1000);
    assert_int_equal(p.heard_client.readable, 2);
    assert_true(tcp_flow_had(p.client->tcp)->ack_timer == 0);
}

/* What kept a sender that always had more to say. */
static void what_limits_a_sender_is_measured(void **state)
{
    (void)state;
    struct tcp_info info;

    connect_far("wait 3000; receive 200000");
    assert_status(tcp_info(p.client, &info), STATUS_SUCCESS);
    assert_int_equal(info.limited[LIMIT_WIRE].times, 0);
    send_size(SIZE);
    send_size(SIZE);
    pass_ms(10000);
    assert_status(tcp_info(p.client, &info), STATUS_SUCCESS);
    assert_int_equal(info.bytes_out, 2 * SIZE);
    assert_true(info.limited[LIMIT_WIRE].times >= 1);
    assert_true(info.limited[LIMIT_WIRE].ns >= ROUND_MS * NS_PER_MS);
    assert_true(info.limited[LIMIT_PEER].times >= 1);
    assert_true(info.limited[LIMIT_PEER].ns >= 2000 * NS_PER_MS);
    uint64_t all = 0, ns = 0;
    for (int i = 0; i < LIMIT_COUNT; i++) {
        all += info.limited[i].bytes;
        ns += info.limited[i].ns;
    }
    assert_int_equal(all, info.bytes_out);
    assert_int_equal(ns / NS_PER_MS, (info.lasted_ns + ROUND_MS * NS_PER_MS) / NS_PER_MS);
    assert_int_equal(info.in_flight, 0);
    assert_in_range(info.round_trip_us, ROUND_MS * 1000, 3 * ROUND_MS * 1000);
    assert_int_equal(info.least_us / 1000, ROUND_MS);
}

/* Of each allocation on the way of a reset. */
static void a_reset_needs_no_memory(void **state)
{
    (void)state;
    for (size_t n = 1; n < 4; n++) {
        p.heard_server = (struct heard){0};
        connect_pair();
        f.engine.arena.fail_in = n;
        tcp_abort(p.client);
        f.engine.arena.fail_in = 0;
        settle();
        assert_int_equal(p.heard_server.aborted, 1);
        assert_status(p.heard_server.status, STATUS_CONNECTION_RESET);
        endpoint_close(f.tcpip, p.client);
        endpoint_close(f.tcpip, p.server);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STREAM_TEST(a_connection_starts_slowly),
        STREAM_TEST(a_lost_segment_is_sent_again_before_its_time),
        STREAM_TEST(two_losses_of_a_window_are_both_found),
        STREAM_TEST(what_is_lost_without_a_trace_takes_its_time),
        STREAM_TEST(a_window_starts_anew_after_a_time_out),
        STREAM_TEST(a_small_segment_waits_for_the_one_before),
        STREAM_TEST(without_delay_nothing_waits),
        STREAM_TEST(a_partition_of_a_connection_that_waits_for_room_is_noticed),
        STREAM_TEST(keep_alive_finds_that_loopback_is_cut),
        STREAM_TEST(a_reset_needs_no_memory),
        STREAM_TEST(patience_is_what_was_asked_for),
        STREAM_TEST(patience_without_end_asks_once_a_minute),
        STREAM_TEST(a_handshake_lasts_as_long_as_it_is_told),
        STREAM_TEST(probes_without_an_answer_do_not_count_against_bytes),
        STREAM_TEST(an_acknowledgement_for_each_segment),
        STREAM_TEST(what_limits_a_sender_is_measured),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
