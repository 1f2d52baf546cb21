/* Hosts beyond the LAN and what their scripts do. */
#include "sim/tcpip/remote.h"

#include "sim/tcpip/fixture_stream.h"
#include "sim/tcpip/script.h"
#include "sim/tcpip/udp.h"

enum { HOST_PORT = 80 };

static struct address host(void)
{
    return ip4(192, 168, 1, 20);
}

static void add_host(const char *script)
{
    struct address address = host();
    assert_status(remote_add(f.tcpip, "host", &address, false), STATUS_SUCCESS);
    if (script != NULL)
        assert_status(remote_script(f.tcpip, &address, PROTOCOL_TCP, HOST_PORT, script),
                      STATUS_SUCCESS);
}

static void connect_to_host(uint16_t port)
{
    struct address address = host();
    p.client = client_of(&p.heard_client);
    assert_status(tcp_connect(p.client, &address, port), STATUS_PENDING);
    settle();
}

static void connect_to(const char *script)
{
    add_host(script);
    connect_to_host(HOST_PORT);
    assert_int_equal(p.heard_client.connected, 1);
    assert_status(p.heard_client.status, STATUS_SUCCESS);
}

static void a_host_greets_echoes_and_closes(void **state)
{
    (void)state;
    struct address lan = ip4(192, 168, 1, 10), address = host();
    connect_to("send hello; receive 3; echo; close");
    struct tcp_view view = look(p.client);
    assert_true(address_equal(&view.local, &lan));
    assert_true(address_equal(&view.peer.address, &address));
    assert_string_equal(received(p.client), "hello");
    send_text(p.client, "abcdef");
    settle();
    assert_string_equal(received(p.client), "def");
    assert_status(tcp_shutdown_send(p.client), STATUS_SUCCESS);
    settle();
    assert_string_equal(received(p.client), "end");
    assert_int_equal(look(p.client).state, TCP_TIME_WAIT);
    pass_ms(130000);
    assert_int_equal(f.tcpip->tuples.count, 0);
}

static void a_host_waits_resets_or_reads_no_more(void **state)
{
    (void)state;
    static unsigned char bytes[200000];
    connect_to("wait 500; send late; wait 500; reset");
    pass_ms(490);
    assert_string_equal(received(p.client), "STATUS_PENDING");
    pass_ms(20);
    assert_string_equal(received(p.client), "late");
    pass_ms(500);
    assert_string_equal(received(p.client), "STATUS_CONNECTION_RESET");

    struct address address = host();
    assert_status(remote_script(f.tcpip, &address, PROTOCOL_TCP, HOST_PORT, "stop"),
                  STATUS_SUCCESS);
    connect_to_host(HOST_PORT);
    assert_status(tcp_send(p.client, bytes, sizeof bytes, false), STATUS_SUCCESS);
    pass_ms(60000);
    assert_int_equal(look(p.client).send_buffered, sizeof bytes - 65536);
    assert_int_equal(look(p.client).state, TCP_ESTABLISHED);
}

static void a_long_transfer_arrives_whole(void **state)
{
    (void)state;
    char text[256];
    uint32_t got, total = 0;
    connect_to("send-bytes 100000; close");
    for (;;) {
        nt_status status = tcp_receive(p.client, text, sizeof text, 0, &got);
        if (status == STATUS_PENDING) {
            settle();
            continue;
        }
        assert_status(status, STATUS_SUCCESS);
        if (got == 0)
            break;
        for (uint32_t i = 0; i < got; i++)
            assert_int_equal(text[i], 'a' + (total + i) % 26);
        total += got;
    }
    assert_int_equal(total, 100000);
}

static void urgent_bytes_come_from_afar(void **state)
{
    (void)state;
    connect_to("send ab; urgent cX; send d");
    assert_string_equal(received(p.client), "abc");
    assert_int_equal(look(p.client).urgent, 1);
    assert_string_equal(received_up_to(p.client, 1, TCP_URGENT), "X");
    assert_string_equal(received(p.client), "d");
}

static void ports_refuse_drop_or_hesitate(void **state)
{
    (void)state;
    struct address address = host();
    CHOOSE(refused_connect, at_once);
    add_host("refuse");
    assert_status(remote_script(f.tcpip, &address, PROTOCOL_TCP, 81, "drop"), STATUS_SUCCESS);
    assert_status(remote_script(f.tcpip, &address, PROTOCOL_TCP, 82, "accept 1500; send x"),
                  STATUS_SUCCESS);
    connect_to_host(HOST_PORT);
    assert_status(p.heard_client.status, STATUS_CONNECTION_REFUSED);
    connect_to_host(9);
    assert_int_equal(p.heard_client.connected, 2);
    connect_to_host(82);
    assert_int_equal(p.heard_client.connected, 2);
    pass_ms(1600);
    assert_int_equal(p.heard_client.connected, 3);
    assert_string_equal(received(p.client), "x");
    connect_to_host(81);
    pass_ms(20000);
    assert_int_equal(p.heard_client.connected, 3);
    pass_ms(2000);
    assert_status(p.heard_client.status, STATUS_IO_TIMEOUT);
}

static void a_host_connects_to_this_machine(void **state)
{
    (void)state;
    struct address address = host(), lan = ip4(192, 168, 1, 10), expected = mapped(192, 168, 1, 20);
    p.listener = bound_with(tcp6(), any6(), 5000, &dual);
    assert_status(tcp_listen(p.listener, 5), STATUS_SUCCESS);
    add_host(NULL);
    assert_status(
        remote_connect(f.tcpip, &address, 1234, &lan, 5000, "send hi; receive-end; close"),
        STATUS_SUCCESS);
    settle();
    p.server = accepted(&p.heard_server);
    assert_non_null(p.server);
    struct tcp_view view = look(p.server);
    assert_true(address_equal(&view.peer.address, &expected));
    assert_int_equal(view.peer.port, 1234);
    assert_string_equal(received(p.server), "hi");
    endpoint_close(f.tcpip, p.server);
    settle();
    pass_ms(130000);
    assert_int_equal(f.tcpip->tuples.count, 0);
}

/* Found by the fuzz target calls. */
static void a_host_that_connects_again_and_again_leaves_nothing(void **state)
{
    (void)state;
    struct address address = host(), lan = ip4(192, 168, 1, 10);
    size_t used = 0;
    add_host(NULL);
    for (int i = 0; i < 6; i++) {
        assert_status(remote_connect(f.tcpip, &address, 1234, &lan, 5000, "send hi; close"),
                      STATUS_SUCCESS);
        pass_ms(130000);
        if (i == 1)
            used = f.tcpip->arena->used;
    }
    assert_int_equal(f.tcpip->arena->used, used);
}

static void datagrams_are_echoed_refused_or_swallowed(void **state)
{
    (void)state;
    struct address address = host();
    char text[16] = "";
    struct udp_datagram from;
    struct endpoint *e = bound_with(udp(), any4(), 6000, &plain);
    struct udp_sending sending = {.bytes = "ping", .size = 4, .to = address, .port = 7, .ttl = 9};
    add_host(NULL);
    assert_status(remote_script(f.tcpip, &address, PROTOCOL_UDP, 7, "echo; send more"),
                  STATUS_SUCCESS);
    assert_status(udp_send(e, &sending), STATUS_SUCCESS);
    settle();
    assert_status(udp_receive(e, text, sizeof text, false, &from), STATUS_SUCCESS);
    assert_memory_equal(text, "ping", 4);
    assert_true(address_equal(&from.from, &address) && from.port == 7);
    assert_int_equal(from.interface, INTERFACE_LAN);
    assert_status(udp_receive(e, text, sizeof text, false, &from), STATUS_SUCCESS);
    assert_memory_equal(text, "more", 4);
    sending.port = 8;
    assert_status(udp_send(e, &sending), STATUS_SUCCESS);
    settle();
    assert_status(udp_receive(e, text, sizeof text, false, &from), STATUS_PORT_UNREACHABLE);
    sending.to = ip4(192, 168, 1, 99);
    assert_status(udp_send(e, &sending), STATUS_SUCCESS);
    settle();
    assert_status(udp_receive(e, text, sizeof text, false, &from), STATUS_PENDING);
    sending = (struct udp_sending){
        .bytes = "in", .size = 2, .to = ip4(192, 168, 1, 10), .port = 6000, .ttl = 64};
    assert_status(remote_send(f.tcpip, &address, 99, &sending), STATUS_SUCCESS);
    settle();
    assert_status(udp_receive(e, text, sizeof text, false, &from), STATUS_SUCCESS);
    assert_int_equal(from.port, 99);
}

static void names_have_addresses_in_order(void **state)
{
    (void)state;
    struct address one = ip4(10, 0, 0, 1), two = ip4(10, 0, 0, 2), found, own = loopback4();
    assert_status(remote_add(f.tcpip, "Server.Example", &one, true), STATUS_SUCCESS);
    assert_status(remote_add(f.tcpip, "server.example", &two, true), STATUS_SUCCESS);
    assert_status(remote_add(f.tcpip, "again", &two, true), STATUS_INVALID_PARAMETER);
    assert_status(remote_add(f.tcpip, "own", &own, true), STATUS_INVALID_PARAMETER);
    assert_true(remote_resolve(f.tcpip, "SERVER.example", 0, &found));
    assert_true(address_equal(&found, &one));
    assert_true(remote_resolve(f.tcpip, "SERVER.example", 1, &found));
    assert_true(address_equal(&found, &two));
    assert_false(remote_resolve(f.tcpip, "SERVER.example", 2, &found));
    assert_false(remote_resolve(f.tcpip, "server", 0, &found));
    assert_string_equal(remote_name(f.tcpip, &one), "Server.Example");
    assert_null(remote_name(f.tcpip, &own));
}

static void a_script_of_other_words_is_refused(void **state)
{
    (void)state;
    struct address address = host(), other = ip4(10, 1, 1, 1);
    static const char *const bad[] = {"jump",    "wait",       "wait x",           "send",
                                      "close 5", "echo; jump", "wait 99999999999", "sendx y"};
    static const char *const good[] = {"", " ", "echo", "send a b ; close ", "wait 5;receive 7;"};
    add_host(NULL);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_status(remote_script(f.tcpip, &address, PROTOCOL_TCP, 1, bad[i]),
                      STATUS_INVALID_PARAMETER);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_status(remote_script(f.tcpip, &address, PROTOCOL_TCP, 1, good[i]), STATUS_SUCCESS);
    assert_status(remote_script(f.tcpip, &other, PROTOCOL_TCP, 1, ""), STATUS_INVALID_PARAMETER);
    struct script_step step;
    assert_string_equal(script_next("send a b ; close ", &step), " close ");
    assert_int_equal(step.size, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STREAM_TEST(a_host_greets_echoes_and_closes),
        STREAM_TEST(a_host_waits_resets_or_reads_no_more),
        STREAM_TEST(a_long_transfer_arrives_whole),
        STREAM_TEST(urgent_bytes_come_from_afar),
        STREAM_TEST(ports_refuse_drop_or_hesitate),
        STREAM_TEST(a_host_connects_to_this_machine),
        STREAM_TEST(a_host_that_connects_again_and_again_leaves_nothing),
        STREAM_TEST(datagrams_are_echoed_refused_or_swallowed),
        STREAM_TEST(names_have_addresses_in_order),
        STREAM_TEST(a_script_of_other_words_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
