/* Datagrams: who gets them, whole or cut, and what comes back. */
#include "sim/tcpip/datagram.h"
#include "sim/tcpip/fixture_stream.h"
#include "sim/tcpip/udp.h"

static const struct endpoint_options broadcasts = {.broadcast = true};

static struct endpoint *bound_udp(struct address address, uint16_t port,
                                  const struct endpoint_options *options)
{
    return bound_with(udp(), address, port, options);
}

static nt_status send_to(struct endpoint *e, const char *text, struct address to, uint16_t port)
{
    const struct udp_sending sending = {.bytes = text,
                                        .size = (uint32_t)strlen(text),
                                        .to = to,
                                        .port = port,
                                        .ttl = 128,
                                        .loop = true};
    return udp_send(e, &sending);
}

static struct udp_datagram last;

static const char *got_up_to(struct endpoint *e, uint32_t size, bool peek)
{
    static char text[64];

    memset(text, 0, sizeof text);
    nt_status status = udp_receive(e, text, size, peek, &last);
    return status == STATUS_SUCCESS ? text : nt_status_name(status);
}

static const char *got(struct endpoint *e)
{
    return got_up_to(e, 63, false);
}

static void a_datagram_arrives_whole_with_its_sender(void **state)
{
    (void)state;
    struct endpoint *a = bound_udp(any4(), 5000, &plain), *b = bound_udp(any4(), 5001, &plain);
    struct address expected = loopback4();
    struct heard heard = {0};
    endpoint_set_listener(b, &hears_all, &heard);
    assert_status(send_to(a, "one", loopback4(), 5001), STATUS_SUCCESS);
    assert_status(send_to(a, "", loopback4(), 5001), STATUS_SUCCESS);
    assert_status(send_to(a, "three", loopback4(), 5001), STATUS_SUCCESS);
    assert_string_equal(got(b), "STATUS_PENDING");
    settle();
    struct udp_view view;
    udp_look(b, &view);
    assert_int_equal(view.datagrams, 3);
    assert_int_equal(view.first_size, 3);
    assert_int_equal(view.bytes, 8);
    assert_int_equal(heard.readable, 3);
    assert_string_equal(got(b), "one");
    assert_true(address_equal(&last.from, &expected) && last.port == 5000);
    assert_int_equal(last.size, 3);
    assert_int_equal(last.ttl, 128);
    assert_int_equal(last.interface, INTERFACE_LOOPBACK);
    assert_string_equal(got(b), "");
    assert_int_equal(last.size, 0);
    assert_string_equal(got(b), "three");
    assert_string_equal(got(b), "STATUS_PENDING");
}

static void what_does_not_fit_is_lost(void **state)
{
    (void)state;
    struct endpoint *a = bound_udp(any4(), 5000, &plain);
    send_to(a, "long one", loopback4(), 5000);
    send_to(a, "next", loopback4(), 5000);
    settle();
    assert_string_equal(got_up_to(a, 4, true), "STATUS_BUFFER_OVERFLOW");
    assert_int_equal(last.size, 8);
    assert_string_equal(got_up_to(a, 4, false), "STATUS_BUFFER_OVERFLOW");
    assert_string_equal(got(a), "next");
}

static void a_full_queue_drops(void **state)
{
    (void)state;
    struct endpoint *a = bound_udp(any4(), 5000, &plain);
    udp_set_receive_buffer(a, 10);
    send_to(a, "12345678", loopback4(), 5000);
    send_to(a, "dropped", loopback4(), 5000);
    send_to(a, "ok", loopback4(), 5000);
    settle();
    assert_string_equal(got(a), "12345678");
    assert_string_equal(got(a), "ok");
    assert_string_equal(got(a), "STATUS_PENDING");
}

static void too_long_is_refused(void **state)
{
    (void)state;
    static unsigned char bytes[UDP_PAYLOAD_MAX + 1];
    struct endpoint *a = bound_udp(any4(), 5000, &plain);
    struct udp_sending sending = {
        .bytes = bytes, .size = sizeof bytes, .to = loopback4(), .port = 5000};
    assert_status(udp_send(a, &sending), STATUS_BUFFER_OVERFLOW);
    sending.size--;
    assert_status(udp_send(a, &sending), STATUS_SUCCESS);
    settle();
    assert_status(udp_receive(a, bytes, sizeof bytes, false, &last), STATUS_SUCCESS);
    assert_int_equal(last.size, UDP_PAYLOAD_MAX);
}

static void nobody_there_is_told_once(void **state)
{
    (void)state;
    struct endpoint *a = bound_udp(any4(), 5000, &plain);
    struct udp_view view;
    send_to(a, "x", loopback4(), 5001);
    send_to(a, "x", loopback4(), 5001);
    settle();
    udp_look(a, &view);
    assert_true(view.error);
    assert_string_equal(got(a), "STATUS_PORT_UNREACHABLE");
    assert_string_equal(got(a), "STATUS_PENDING");
    udp_set_unreachable(a, false);
    send_to(a, "x", loopback4(), 5001);
    settle();
    assert_string_equal(got(a), "STATUS_PENDING");
    udp_set_unreachable(a, true);
    CHOOSE(unreachable_told, connected);
    send_to(a, "x", loopback4(), 5001);
    settle();
    assert_string_equal(got(a), "STATUS_PENDING");
    struct address to = loopback4();
    udp_set_peer(a, &to, 5001);
    send_to(a, "x", loopback4(), 5001);
    settle();
    assert_string_equal(got(a), "STATUS_PORT_UNREACHABLE");
}

static void a_connected_endpoint_hears_its_peer_alone(void **state)
{
    (void)state;
    struct endpoint *a = bound_udp(any4(), 5000, &plain);
    struct endpoint *b = bound_udp(any4(), 5001, &plain), *c = bound_udp(any4(), 5002, &plain);
    struct address to = loopback4();
    udp_set_peer(a, &to, 5001);
    send_to(c, "stranger", loopback4(), 5000);
    send_to(b, "peer", loopback4(), 5000);
    settle();
    assert_string_equal(got(a), "peer");
    assert_string_equal(got(a), "STATUS_PENDING");
    assert_string_equal(got(c), "STATUS_PORT_UNREACHABLE");
    udp_set_peer(a, NULL, 0);
    send_to(c, "stranger", loopback4(), 5000);
    settle();
    assert_string_equal(got(a), "stranger");
}

static void the_most_specific_gets_it_else_the_first_bound(void **state)
{
    (void)state;
    struct endpoint *first = bound_udp(any4(), 5000, &reuse);
    struct endpoint *second = bound_udp(any4(), 5000, &reuse);
    struct endpoint *a = bound_udp(any4(), 5001, &plain);
    struct address peer = loopback4();
    send_to(a, "1", loopback4(), 5000);
    settle();
    assert_string_equal(got(first), "1");
    assert_string_equal(got(second), "STATUS_PENDING");
    udp_set_peer(second, &peer, 5001);
    send_to(a, "2", loopback4(), 5000);
    settle();
    assert_string_equal(got(second), "2");
    struct endpoint *specific = bound_udp(loopback4(), 5000, &reuse);
    udp_set_peer(second, NULL, 0);
    send_to(a, "3", loopback4(), 5000);
    settle();
    assert_string_equal(got(specific), "3");
    endpoint_close(f.tcpip, specific);
    endpoint_close(f.tcpip, first);
    send_to(a, "4", loopback4(), 5000);
    settle();
    assert_string_equal(got(second), "4");
}

static void a_broadcast_comes_to_all_of_the_port(void **state)
{
    (void)state;
    struct endpoint *a = bound_udp(any4(), 5000, &broadcasts);
    struct endpoint *one = bound_udp(any4(), 5001, &reuse), *two = bound_udp(any4(), 5001, &reuse);
    struct endpoint *other = bound_udp(loopback4(), 5001, &reuse);
    send_to(a, "all", ip4(192, 168, 1, 255), 5001);
    settle();
    assert_string_equal(got(one), "all");
    assert_true(last.broadcast && !last.multicast);
    assert_string_equal(got(two), "all");
    assert_string_equal(got(other), "STATUS_PENDING");
    assert_string_equal(got(a), "STATUS_PENDING");
}

static void a_group_is_heard_by_its_members(void **state)
{
    (void)state;
    struct address group = ip4(239, 1, 2, 3), unicast = ip4(10, 0, 0, 1);
    struct endpoint *a = bound_udp(any4(), 5000, &plain);
    struct endpoint *in = bound_udp(any4(), 5001, &reuse), *out = bound_udp(any4(), 5001, &reuse);
    assert_status(udp_join(in, &unicast, 0, NULL), STATUS_INVALID_ADDRESS_COMPONENT);
    assert_status(udp_join(in, &group, 9, NULL), STATUS_INVALID_ADDRESS_COMPONENT);
    assert_status(udp_leave(in, &group, 0, NULL), STATUS_INVALID_ADDRESS_COMPONENT);
    assert_status(udp_join(in, &group, 0, NULL), STATUS_SUCCESS);
    assert_status(udp_join(in, &group, 0, NULL), STATUS_INVALID_PARAMETER);
    send_to(a, "group", group, 5001);
    settle();
    assert_string_equal(got(in), "group");
    assert_true(last.multicast && address_equal(&last.to, &group));
    assert_int_equal(last.interface, INTERFACE_LAN);
    assert_string_equal(got(out), "STATUS_PENDING");
    const struct udp_sending quiet = {.bytes = "q", .size = 1, .to = group, .port = 5001};
    assert_status(udp_send(a, &quiet), STATUS_SUCCESS);
    settle();
    assert_string_equal(got(in), "q"); /* IP_MULTICAST_LOOP is the receiver's */
    udp_set_loop(in, false);
    send_to(a, "unheard", group, 5001);
    settle();
    assert_string_equal(got(in), "STATUS_PENDING");
    udp_set_loop(in, true);
    assert_status(udp_leave(in, &group, 0, NULL), STATUS_SUCCESS);
    send_to(a, "group", group, 5001);
    settle();
    assert_string_equal(got(in), "STATUS_PENDING");
}

static void a_source_can_be_picked(void **state)
{
    (void)state;
    struct address group = ip4(232, 1, 2, 3), own = ip4(192, 168, 1, 10), far = ip4(10, 0, 0, 1);
    struct endpoint *a = bound_udp(any4(), 5000, &plain), *in = bound_udp(any4(), 5001, &reuse);
    assert_status(udp_join(in, &group, INTERFACE_LAN, &far), STATUS_SUCCESS);
    assert_status(udp_join(in, &group, INTERFACE_LAN, NULL), STATUS_INVALID_PARAMETER);
    send_to(a, "no", group, 5001);
    settle();
    assert_string_equal(got(in), "STATUS_PENDING");
    assert_status(udp_join(in, &group, INTERFACE_LAN, &own), STATUS_SUCCESS);
    send_to(a, "yes", group, 5001);
    settle();
    assert_string_equal(got(in), "yes");
    assert_status(udp_leave(in, &group, INTERFACE_LAN, &own), STATUS_SUCCESS);
    assert_status(udp_leave(in, &group, INTERFACE_LAN, &own), STATUS_INVALID_ADDRESS_COMPONENT);
}

static void a_source_can_be_blocked(void **state)
{
    (void)state;
    struct address group = ip4(239, 1, 2, 3), own = ip4(192, 168, 1, 10), far = ip4(10, 0, 0, 1);
    struct endpoint *a = bound_udp(any4(), 5000, &plain), *in = bound_udp(any4(), 5001, &reuse);
    assert_status(udp_block(in, &group, 0, &own, true), STATUS_INVALID_ADDRESS_COMPONENT);
    assert_status(udp_join(in, &group, 0, NULL), STATUS_SUCCESS);
    assert_status(udp_block(in, &group, 0, &own, false), STATUS_INVALID_PARAMETER);
    assert_status(udp_block(in, &group, 0, &own, true), STATUS_SUCCESS);
    assert_status(udp_block(in, &group, 0, &own, true), STATUS_INVALID_ADDRESS_COMPONENT);
    assert_status(udp_block(in, &group, 0, &far, true), STATUS_SUCCESS);
    send_to(a, "no", group, 5001);
    settle();
    assert_string_equal(got(in), "STATUS_PENDING");
    assert_status(udp_block(in, &group, 0, &own, false), STATUS_SUCCESS);
    send_to(a, "yes", group, 5001);
    settle();
    assert_string_equal(got(in), "yes");
    assert_status(udp_leave(in, &group, 0, NULL), STATUS_SUCCESS);
    assert_null(in->udp->memberships);
}

static void a_full_arena_refuses_or_drops(void **state)
{
    (void)state;
    struct endpoint *a = bound_udp(any4(), 5000, &plain);
    f.engine.arena.fail_in = 1;
    assert_status(send_to(a, "x", loopback4(), 5000), STATUS_INSUFFICIENT_RESOURCES);
    assert_status(send_to(a, "y", loopback4(), 5000), STATUS_SUCCESS);
    f.engine.arena.fail_in = 1;
    settle();
    assert_string_equal(got(a), "STATUS_PENDING");
    send_to(a, "z", loopback4(), 5000);
    settle();
    assert_string_equal(got(a), "z");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STREAM_TEST(a_datagram_arrives_whole_with_its_sender),
        STREAM_TEST(what_does_not_fit_is_lost),
        STREAM_TEST(a_full_queue_drops),
        STREAM_TEST(too_long_is_refused),
        STREAM_TEST(nobody_there_is_told_once),
        STREAM_TEST(a_connected_endpoint_hears_its_peer_alone),
        STREAM_TEST(the_most_specific_gets_it_else_the_first_bound),
        STREAM_TEST(a_broadcast_comes_to_all_of_the_port),
        STREAM_TEST(a_group_is_heard_by_its_members),
        STREAM_TEST(a_source_can_be_picked),
        STREAM_TEST(a_source_can_be_blocked),
        STREAM_TEST(a_full_arena_refuses_or_drops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
