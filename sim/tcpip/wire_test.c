/* What the wire does to packets, and that TCP gets its bytes across all the same. */
#include "sim/tcpip/wire.h"

#include "sim/tcpip/fixture_stream.h"
#include "sim/tcpip/remote.h"
#include "sim/tcpip/udp.h"

enum { SIZE = 60000, CERTAIN = 65536 };

static unsigned char sent[SIZE], got[SIZE];

static void set_faults(struct wire_faults faults)
{
    wire_set_faults(f.tcpip, &faults);
}

static void add_host(const char *script)
{
    struct address address = ip4(192, 168, 1, 20);
    assert_status(remote_add(f.tcpip, "host", &address, false), STATUS_SUCCESS);
    assert_status(remote_script(f.tcpip, &address, PROTOCOL_TCP, 80, script), STATUS_SUCCESS);
}

static void connect_to_host(void)
{
    struct address address = ip4(192, 168, 1, 20);
    p.client = client_of(&p.heard_client);
    assert_status(tcp_connect(p.client, &address, 80), STATUS_PENDING);
    for (int i = 0; i < 10000 && p.heard_client.connected == 0; i++)
        settle();
    assert_status(p.heard_client.status, STATUS_SUCCESS);
}

/* Sends SIZE bytes from one to the other and compares them; both may be the same. */
static void transfer(struct endpoint *from, struct endpoint *to)
{
    uint32_t at = 0, part;

    for (uint32_t i = 0; i < SIZE; i++)
        sent[i] = (unsigned char)(i * 13 + i / 257);
    memset(got, 0, sizeof got);
    assert_status(tcp_send(from, sent, SIZE, false), STATUS_SUCCESS);
    for (int i = 0; i < 100000 && at < SIZE; i++) {
        if (tcp_receive(to, got + at, SIZE - at, 0, &part) == STATUS_PENDING)
            settle();
        else
            at += part;
    }
    assert_int_equal(at, SIZE);
    assert_memory_equal(sent, got, SIZE);
}

static void bytes_survive_each_fault(void **state)
{
    (void)state;
    static const struct wire_faults faults[] = {
        {.loss = 2000},
        {.duplication = 10000},
        {.reordering = 10000},
        {.delay = 5000, .delay_ns = 3000000},
        {.loss = 1000, .duplication = 3000, .reordering = 5000, .delay = 500, .delay_ns = 900000},
    };
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        fixture_close();
        fixture_open();
        p = (struct pair){0};
        set_faults(faults[i]);
        add_host("echo; close");
        connect_to_host();
        transfer(p.client, p.client);
        assert_status(tcp_shutdown_send(p.client), STATUS_SUCCESS);
        for (int n = 0; n < 10000 && !look(p.client).peer_closed; n++)
            settle();
        assert_string_equal(received(p.client), "end");
    }
}

static void loopback_can_be_faulty_too(void **state)
{
    (void)state;
    struct address address = loopback4();
    set_faults((struct wire_faults){
        .loss = 1500, .duplication = 3000, .reordering = 5000, .loopback = true});
    listen_at(any4(), 5000, 5);
    p.client = client_of(&p.heard_client);
    assert_status(tcp_connect(p.client, &address, 5000), STATUS_PENDING);
    for (int i = 0; i < 1000 && look(p.listener).incoming == 0; i++)
        settle();
    p.server = accepted(&p.heard_server);
    transfer(p.client, p.server);
    transfer(p.server, p.client);
}

static void a_peer_out_of_reach_is_given_up(void **state)
{
    (void)state;
    struct address address = ip4(192, 168, 1, 20);
    add_host("echo");
    connect_to_host();
    wire_partition(f.tcpip, &address, true);
    send_text(p.client, "lost");
    pass_ms(9000);
    assert_int_equal(p.heard_client.aborted, 0);
    pass_ms(20000);
    assert_int_equal(p.heard_client.aborted, 1);
    assert_status(p.heard_client.status, STATUS_CONNECTION_ABORTED);

    wire_partition(f.tcpip, &address, false);
    p.heard_client = (struct heard){0};
    CHOOSE(silent_peer, timed_out);
    connect_to_host();
    wire_partition(f.tcpip, NULL, true);
    send_text(p.client, "lost");
    pass_ms(30000);
    assert_status(p.heard_client.status, STATUS_IO_TIMEOUT);
}

static void a_short_partition_is_survived(void **state)
{
    (void)state;
    add_host("echo");
    connect_to_host();
    wire_partition(f.tcpip, NULL, true);
    send_text(p.client, "patience");
    pass_ms(3000);
    wire_partition(f.tcpip, NULL, false);
    pass_ms(6000);
    assert_string_equal(received(p.client), "patience");
}

static void keep_alive_finds_a_dead_peer(void **state)
{
    (void)state;
    add_host("echo");
    connect_to_host();
    tcp_set_keep_alive(p.client, &(struct tcp_keep_alive){true, 60000, 1000, 0});
    pass_ms(630000); /* in the middle between two probes */
    assert_int_equal(p.heard_client.aborted, 0);
    wire_partition(f.tcpip, NULL, true);
    pass_ms(35000);
    assert_int_equal(p.heard_client.aborted, 0);
    pass_ms(10000);
    assert_int_equal(p.heard_client.aborted, 1);
}

static void a_full_window_is_probed(void **state)
{
    (void)state;
    static unsigned char bytes[100000];
    set_faults((struct wire_faults){.loss = 1});
    add_host("wait 20000; receive 100000; send done");
    connect_to_host();
    assert_status(tcp_send(p.client, bytes, sizeof bytes, false), STATUS_SUCCESS);
    pass_ms(15000);
    assert_int_equal(look(p.client).state, TCP_ESTABLISHED);
    assert_int_equal(look(p.client).send_buffered, sizeof bytes - 65536);
    pass_ms(40000);
    assert_string_equal(received(p.client), "done");
}

/* The update that opens the window is lost; who was afraid of nothing has to ask all the same. */
static void a_window_that_filled_before_the_losses_began_is_probed(void **state)
{
    (void)state;
    static unsigned char bytes[80000];
    uint32_t taken = 0, part;
    connect_pair();
    assert_status(tcp_send(p.client, bytes, sizeof bytes, false), STATUS_SUCCESS);
    pass_ms(10);
    set_faults((struct wire_faults){.loss = CERTAIN, .loopback = true});
    while (tcp_receive(p.server, bytes, sizeof bytes, 0, &part) == STATUS_SUCCESS)
        taken += part;
    assert_int_equal(taken, 65536);
    pass_ms(10);
    set_faults((struct wire_faults){.loopback = true});
    pass_ms(2000);
    assert_status(tcp_receive(p.server, bytes, sizeof bytes, 0, &part), STATUS_SUCCESS);
    assert_int_equal(part, sizeof bytes - 65536);
}

static void latency_is_what_was_set(void **state)
{
    (void)state;
    struct wire_latency slow = {.fixed_ns = 3000000};
    wire_set_latency(f.tcpip, INTERFACE_LOOPBACK, &slow);
    struct address address = loopback4();
    listen_at(any4(), 5000, 5);
    p.client = client_of(&p.heard_client);
    assert_status(tcp_connect(p.client, &address, 5000), STATUS_PENDING);
    uint64_t start = f.engine.now_ns;
    pass_ms(7);
    assert_int_equal(look(p.client).connected_ns - start, 6000000);
}

static void nothing_passes_without_faults_or_twice_with_one(void **state)
{
    (void)state;
    char text[8];
    struct udp_datagram from;
    struct endpoint *e = bound_with(udp(), any4(), 6000, &plain);
    const struct udp_sending sending = {.bytes = "x", .size = 1, .to = loopback4(), .port = 6000};
    set_faults((struct wire_faults){.duplication = CERTAIN, .loopback = true});
    assert_status(udp_send(e, &sending), STATUS_SUCCESS);
    settle();
    assert_status(udp_receive(e, text, sizeof text, false, &from), STATUS_SUCCESS);
    assert_status(udp_receive(e, text, sizeof text, false, &from), STATUS_SUCCESS);
    assert_status(udp_receive(e, text, sizeof text, false, &from), STATUS_PENDING);
    set_faults((struct wire_faults){.loss = CERTAIN, .loopback = true});
    assert_status(udp_send(e, &sending), STATUS_SUCCESS);
    settle();
    assert_status(udp_receive(e, text, sizeof text, false, &from), STATUS_PENDING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STREAM_TEST(bytes_survive_each_fault),
        STREAM_TEST(loopback_can_be_faulty_too),
        STREAM_TEST(a_peer_out_of_reach_is_given_up),
        STREAM_TEST(a_short_partition_is_survived),
        STREAM_TEST(keep_alive_finds_a_dead_peer),
        STREAM_TEST(a_full_window_is_probed),
        STREAM_TEST(a_window_that_filled_before_the_losses_began_is_probed),
        STREAM_TEST(latency_is_what_was_set),
        STREAM_TEST(nothing_passes_without_faults_or_twice_with_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
