/* Long streams both ways over a wire that does what it likes: what comes out is what went in. Every
 * byte of a stream has a value by its place, so none can be lost, doubled or moved unseen.
 */
#include <stdlib.h>

#include "sim/tcpip/fixture_stream.h"
#include "sim/tcpip/flow.h"
#include "sim/tcpip/remote.h"

enum {
    STORMS = 60,
    CHUNK = 20000,
    BUFFERED_MOST = 200000,
    URGENT_MOST = 4000,
    MINUTES_MOST = 10, /* the longest of 3,000 storms took one and a half */
    MS_PER_MINUTE = 60000
};

/* One direction. The sender marks some bytes urgent. */
struct way {
    struct endpoint *from, *to;
    const struct heard *heard_from;
    uint32_t size, sent, received, salt;
    uint32_t urgent[URGENT_MOST];
    uint32_t urgent_count, urgent_skipped, urgent_received;
    bool in_line, closed, ended;
};

struct storm {
    struct way ways[2];
    uint64_t dice;
};

static struct storm storm;
static uint64_t running; /* the seed, or 0 */

static uint32_t dice(uint32_t count)
{
    storm.dice ^= storm.dice << 13;
    storm.dice ^= storm.dice >> 7;
    storm.dice ^= storm.dice << 17;
    return (uint32_t)(storm.dice >> 11) % count;
}

static unsigned char value_at(const struct way *way, uint32_t place)
{
    return (unsigned char)((place * 2654435761u + way->salt) >> 13);
}

/* ---- The wire -------------------------------------------------------------------------------- */

static void change_wire(bool loopback)
{
    const struct wire_faults faults = {
        .loss = dice(3) == 0 ? 0 : dice(2000),
        .duplication = dice(3) == 0 ? 0 : dice(9000),
        .reordering = dice(3) == 0 ? 0 : dice(9000),
        .delay = dice(3) == 0 ? 0 : dice(5000),
        .delay_ns = dice(80) * NS_PER_MS,
        .loopback = loopback,
    };
    const struct wire_latency latency = {.fixed_ns = 50000 + dice(40) * dice(40) * 20000u,
                                         .jitter_ns = dice(2) * dice(5) * NS_PER_MS};
    wire_set_faults(f.tcpip, &faults);
    wire_set_latency(f.tcpip, loopback ? INTERFACE_LOOPBACK : INTERFACE_LAN, &latency);
}

/* Cut for a moment, too short for anybody to give up. */
static void cut_wire(bool loopback)
{
    const struct address address = loopback ? loopback4() : ip4(192, 168, 1, 20);

    wire_partition(f.tcpip, &address, true);
    pass_ms(1 + dice(1500));
    wire_partition(f.tcpip, &address, false);
    pass_ms(dice(3) * 3000);
}

/* ---- Connecting ------------------------------------------------------------------------------ */

static void connect_over_loopback(void)
{
    const struct address address = loopback4();

    listen_at(any4(), 5000, 5);
    p.client = client_of(&p.heard_client);
    assert_status(tcp_connect(p.client, &address, 5000), STATUS_PENDING);
    for (int i = 0; i < 4000 && look(p.listener).incoming == 0; i++)
        settle();
    p.server = accepted(&p.heard_server);
}

/* The host's end is the test's own once its script has come to its end. */
static void connect_to_host(void)
{
    const struct address address = ip4(192, 168, 1, 20);

    assert_status(remote_add(f.tcpip, "host", &address, false), STATUS_SUCCESS);
    assert_status(remote_script(f.tcpip, &address, PROTOCOL_TCP, 80, "stop"), STATUS_SUCCESS);
    p.client = client_of(&p.heard_client);
    assert_status(tcp_connect(p.client, &address, 80), STATUS_PENDING);
    for (int i = 0; i < 4000 && p.heard_client.connected == 0; i++)
        settle();
    const struct tcp *tcp = p.client->tcp;
    for (int i = 0; i < 4000 && tcp != NULL; i++) {
        const struct tcp *peer = tuples_find(&f.tcpip->tuples, &tcp->remote, &tcp->local);
        p.server = peer == NULL ? NULL : peer->endpoint;
        settle();
        if (p.server != NULL)
            break;
    }
    if (p.server != NULL)
        endpoint_set_listener(p.server, &hears_all, &p.heard_server);
}

static void begin_way(struct way *way, bool from_client)
{
    *way = (struct way){.from = from_client ? p.client : p.server,
                        .to = from_client ? p.server : p.client,
                        .heard_from = from_client ? &p.heard_client : &p.heard_server,
                        .size = dice(4) == 0 ? dice(5000) : 200000 + dice(2000000),
                        .in_line = dice(2) == 0,
                        .salt = dice(1u << 30)};
    tcp_set_urgent_inline(way->to, way->in_line);
    tcp_set_receive_buffer(way->to, 1 + dice(2) * dice(300000));
    tcp_set_no_delay(way->from, dice(2) == 0);
}

/* ---- Bytes ----------------------------------------------------------------------------------- */

static void send_some(struct way *way)
{
    static unsigned char bytes[CHUNK];
    uint32_t size = 1 + (dice(3) == 0 ? dice(50) : dice(CHUNK));
    bool urgent = dice(20) == 0 && way->urgent_count < URGENT_MOST;

    if (way->closed || look(way->from).send_buffered > BUFFERED_MOST)
        return;
    if (size > way->size - way->sent)
        size = way->size - way->sent;
    for (uint32_t i = 0; i < size; i++)
        bytes[i] = value_at(way, way->sent + i);
    if (size > 0)
        assert_status(tcp_send(way->from, bytes, size, urgent), STATUS_SUCCESS);
    way->sent += size;
    if (urgent && size > 0)
        way->urgent[way->urgent_count++] = way->sent - 1;
    if (way->sent < way->size || dice(5) != 0)
        return;
    assert_status(tcp_shutdown_send(way->from), STATUS_SUCCESS);
    way->closed = true;
}

static void receive_urgent(struct way *way)
{
    unsigned char byte;
    uint32_t got;

    while (!way->in_line && tcp_receive(way->to, &byte, 1, TCP_URGENT, &got) == STATUS_SUCCESS &&
           got == 1) {
        assert_true(way->urgent_received < way->urgent_count);
        assert_int_equal(byte, value_at(way, way->urgent[way->urgent_received]));
        way->urgent_received++;
    }
}

/* The place of the byte that has to come next in the stream. */
static uint32_t next_place(struct way *way)
{
    while (!way->in_line && way->urgent_skipped < way->urgent_count &&
           way->urgent[way->urgent_skipped] == way->received) {
        way->urgent_skipped++;
        way->received++;
    }
    return way->received++;
}

static void receive_some(struct way *way)
{
    static unsigned char bytes[CHUNK];
    uint32_t got;

    receive_urgent(way);
    nt_status status = tcp_receive(way->to, bytes, 1 + dice(CHUNK), 0, &got);
    if (status == STATUS_PENDING)
        return;
    assert_status(status, STATUS_SUCCESS);
    for (uint32_t i = 0; i < got; i++) {
        uint32_t place = next_place(way);
        assert_true(place < way->sent);
        assert_int_equal(bytes[i], value_at(way, place));
    }
    if (got > 0)
        return;
    way->ended = true;
    receive_urgent(way);
    assert_true(way->closed);
    assert_int_equal(next_place(way), way->size);
    assert_int_equal(way->in_line ? way->urgent_count : way->urgent_received, way->urgent_count);
}

/* Whoever has sent and received everything may go; the rest arrives without him. */
static void leave_early(struct way *way, const struct way *back)
{
    if (way->from == NULL || !way->closed || !back->ended || dice(4) != 0)
        return;
    endpoint_close(f.tcpip, way->from);
    way->from = NULL;
}

static void move(struct way *way)
{
    for (uint32_t i = dice(4); i > 0; i--)
        send_some(way);
    for (uint32_t i = dice(4); i > 0 && !way->ended; i--)
        receive_some(way);
    assert_int_equal(way->heard_from->aborted, 0);
    if (way->from == NULL)
        return;
    if (dice(50) == 0)
        tcp_set_no_delay(way->from, dice(2) == 0);
    if (dice(50) == 0 && !way->ended)
        tcp_set_receive_buffer(way->to, 1 + dice(2) * dice(300000));
    if (dice(50) == 0)
        tcp_set_keep_alive(way->from,
                           &(struct tcp_keep_alive){dice(2) == 0, 1 + dice(3000), 500, 0});
}

/* ---- Storms ---------------------------------------------------------------------------------- */

static void check_ends(void)
{
    for (int i = 0; i < 2; i++)
        if (storm.ways[i].from != NULL)
            endpoint_close(f.tcpip, storm.ways[i].from);
    pass_ms(10 * MS_PER_MINUTE);
    assert_int_equal(f.tcpip->tuples.count, 0);
}

static void run_storm(uint64_t seed)
{
    bool loopback = seed % 3 == 0;

    fixture_close();
    fixture_open();
    p = (struct pair){0};
    storm = (struct storm){.dice = seed * UINT64_C(0x9E3779B97F4A7C15) + 1};
    choose_seed(&f.engine.choices, seed);
    f.tcpip->next_sequence =
        0u - dice(2) * dice(4000000); /* some run over the end of all numbers */
    bool late = dice(2) == 0;         /* a connection that had nothing to fear at first */
    if (!late)
        change_wire(loopback);
    if (loopback)
        connect_over_loopback();
    else
        connect_to_host();
    if (p.server == NULL && !late)
        return; /* each of a few words of the handshake was lost */
    assert_non_null(p.server);
    if (late)
        change_wire(loopback);
    begin_way(&storm.ways[0], true);
    begin_way(&storm.ways[1], false);
    uint64_t end_ns = f.engine.now_ns + MINUTES_MOST * (MS_PER_MINUTE * NS_PER_MS);
    while (!storm.ways[0].ended || !storm.ways[1].ended) {
        move(&storm.ways[0]);
        move(&storm.ways[1]);
        leave_early(&storm.ways[0], &storm.ways[1]);
        leave_early(&storm.ways[1], &storm.ways[0]);
        if (dice(400) == 0)
            change_wire(loopback);
        if (dice(800) == 0)
            cut_wire(loopback);
        pass_ms(dice(30));
        assert_true(f.engine.now_ns < end_ns);
    }
    check_ends();
}

static uint64_t first = 1, end = 1 + STORMS;

static void what_comes_out_is_what_went_in(void **state)
{
    (void)state;
    for (uint64_t seed = first; seed < end; seed++) {
        running = seed;
        run_storm(seed);
    }
    running = 0;
}

/* `stream_storm_test FIRST COUNT` for others than those of every day. */
int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        STREAM_TEST(what_comes_out_is_what_went_in),
    };
    if (argc == 3) {
        first = strtoull(argv[1], NULL, 10);
        end = first + strtoull(argv[2], NULL, 10);
    }
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    if (running != 0)
        print_error("it was storm %llu\n", (unsigned long long)running);
    return failed;
}
