#include "sim/tcpip/endpoint.h"

#include "sim/tcpip/fixture.h"

static void endpoints_of_a_port_stay_in_the_order_bound(void **state)
{
    (void)state;
    struct endpoint *e[4];
    for (int i = 0; i < 4; i++)
        e[i] = bound_with(tcp(), ip4(127, 0, 0, (uint8_t)(i + 1)), 5000, &plain);

    endpoint_close(f.tcpip, e[1]);
    tcpip_check(f.tcpip);
    assert_ptr_equal(porttable_at(&f.tcpip->pools[PROTOCOL_TCP].bound, 5000), e[0]);
    assert_ptr_equal(e[0]->next, e[2]);
    endpoint_close(f.tcpip, e[0]);
    tcpip_check(f.tcpip);
    assert_ptr_equal(porttable_at(&f.tcpip->pools[PROTOCOL_TCP].bound, 5000), e[2]);
    endpoint_close(f.tcpip, e[3]);
    tcpip_check(f.tcpip);
    assert_status(try_port(OWNER, 5000), STATUS_SUCCESS);
    endpoint_close(f.tcpip, e[2]);
    assert_null(porttable_at(&f.tcpip->pools[PROTOCOL_TCP].bound, 5000));
    assert_int_equal(f.tcpip->pools[PROTOCOL_TCP].bound.count, 0);
}

static void the_next_bound_port_is_found_across_pages(void **state)
{
    (void)state;
    const struct porttable *table = &f.tcpip->pools[PROTOCOL_TCP].bound;
    bound_tcp(127);
    bound_tcp(128);
    bound_tcp(65535);

    assert_int_equal(porttable_next_bound(table, 0, PORT_END), 127);
    assert_int_equal(porttable_next_bound(table, 127, PORT_END), 127);
    assert_int_equal(porttable_next_bound(table, 128, PORT_END), 128);
    assert_int_equal(porttable_next_bound(table, 129, PORT_END), 65535);
    assert_int_equal(porttable_next_bound(table, 129, 65535), 65535);
    assert_int_equal(porttable_next_bound(table, 129, 300), 300);
    assert_int_equal(porttable_next_bound(table, 0, 127), 127);
    assert_int_equal(porttable_next_used(table, 0, PORT_END), 127);
    assert_int_equal(porttable_next_used(table, 129, 65535), 65535);
}

static void closing_gives_the_port_back(void **state)
{
    (void)state;
    struct endpoint *a = bound_with(tcp(), loopback4(), 5000, &plain);
    struct endpoint *b = bound_with(tcp(), any4(), 5000, &plain);
    const struct portset *taken = &f.tcpip->pools[PROTOCOL_TCP].taken;

    assert_true(portset_has(taken, 5000));
    assert_false(portset_has(&f.tcpip->pools[PROTOCOL_UDP].taken, 5000));
    endpoint_close(f.tcpip, a);
    assert_true(portset_has(taken, 5000));
    endpoint_close(f.tcpip, b);
    assert_false(portset_has(taken, 5000));
}

static void closing_inside_a_block_leaves_the_port_to_the_block(void **state)
{
    (void)state;
    uint64_t token = acquired(tcp(), 5000, 2);
    struct endpoint *e = associated(tcp(), token);
    assert_status(bind_port(e, 5001), STATUS_SUCCESS);
    endpoint_close(f.tcpip, e);
    assert_true(portset_has(&f.tcpip->pools[PROTOCOL_TCP].taken, 5001));
}

static void options_set_after_bind_change_nothing(void **state)
{
    (void)state;
    struct endpoint *e = bound_with(tcp(), any4(), 5000, &plain);
    struct endpoint *late = tcp();

    endpoint_set_options(e, &exclusive);
    assert_status(bind_with(late, loopback4(), 5000, &plain), STATUS_SUCCESS);
    endpoint_close(f.tcpip, late);

    CHOOSE(option_after_bind, takes_effect);
    endpoint_set_options(e, &exclusive);
    assert_refused(bind_with(tcp(), loopback4(), 5000, &plain), STATUS_ACCESS_DENIED);
    endpoint_set_options(e, &reuse);
    assert_status(bind_with(tcp(), any4(), 5000, &reuse), STATUS_SUCCESS);
}

static void options_of_an_unbound_endpoint_are_those_of_its_bind(void **state)
{
    (void)state;
    CHOOSE(option_after_bind, takes_effect);
    struct endpoint *e = tcp();
    endpoint_set_options(e, &exclusive);
    bound_with(e, any4(), 5000, &plain);
    assert_status(bind_with(tcp(), loopback4(), 5000, &plain), STATUS_SUCCESS);
}

static struct endpoint *listener(struct endpoint *e, struct address address,
                                 const struct endpoint_options *options)
{
    bound_with(e, address, 5000, options);
    endpoint_set_listening(e, true);
    return e;
}

static void assert_reaches(struct address address, const struct endpoint *expected)
{
    assert_ptr_equal(endpoint_find_listener(f.tcpip, &address, 5000), expected);
}

static void a_connection_reaches_the_most_specific_listener(void **state)
{
    (void)state;
    assert_reaches(loopback4(), NULL);
    struct endpoint *both = listener(tcp6(), any6(), &dual);
    assert_reaches(loopback4(), both);
    assert_reaches(loopback6(), both);
    assert_reaches(mapped(127, 0, 0, 1), both);
    struct endpoint *any = listener(tcp(), any4(), &plain);
    assert_reaches(loopback4(), any);
    assert_reaches(loopback6(), both);
    assert_reaches(mapped(127, 0, 0, 1), any);
    struct endpoint *one = listener(tcp(), loopback4(), &plain);
    assert_reaches(loopback4(), one);
    assert_reaches(mapped(127, 0, 0, 1), one);
    assert_reaches(ip4(127, 0, 0, 2), any);
    endpoint_set_listening(one, false);
    assert_reaches(loopback4(), any);
    struct address four = loopback4();
    assert_null(endpoint_find_listener(f.tcpip, &four, 5001));
}

static void of_equal_listeners_the_first_bound_is_reached(void **state)
{
    (void)state;
    struct endpoint *first = listener(tcp(), loopback4(), &reuse);
    struct endpoint *second = listener(tcp(), loopback4(), &reuse);
    assert_reaches(loopback4(), first);
    endpoint_close(f.tcpip, first);
    assert_reaches(loopback4(), second);
}

static void an_ipv6_only_listener_is_not_reached_from_ipv4(void **state)
{
    (void)state;
    struct endpoint *six = listener(tcp6(), any6(), &plain);
    assert_reaches(loopback4(), NULL);
    assert_reaches(loopback6(), six);
}

static void every_bound_endpoint_is_visited_by_port_then_order(void **state)
{
    (void)state;
    bound_with(tcp(), loopback4(), 6000, &plain);
    bound_with(strange_tcp(), any4(), 5000, &plain);
    bound_with(tcp(), any4(), 6000, &plain);
    bound_with(tcp6(), any6(), 5000, &dual);
    struct listing listing = {.text = f.after};
    bound_visit(f.tcpip, PROTOCOL_TCP, list_bound, &listing);
    assert_string_equal(f.after, "bound 5000 family 0 0 of 8\n"
                                 "bound 5000 family 1 0 of 4 dual\n"
                                 "bound 6000 family 0 1 of 4\n"
                                 "bound 6000 family 0 0 of 4\n");
}

static void memory_does_not_grow_with_use(void **state)
{
    (void)state;
    endpoint_close(f.tcpip, bound_tcp(5000));
    size_t used = f.engine.arena.used;
    for (int i = 0; i < 1000; i++)
        endpoint_close(f.tcpip, bound_tcp(5000));
    assert_int_equal(f.engine.arena.used, used);
}

static void a_closed_holder_leaves_its_blocks_to_nobody(void **state)
{
    (void)state;
    struct endpoint *holder = tcp();
    uint64_t first = acquired(holder, 5000, 10), second = acquired(holder, 6000, 10);
    endpoint_close(f.tcpip, holder);
    tcpip_check(f.tcpip);
    assert_null(reservation_holder(f.tcpip, first));
    assert_null(reservation_holder(f.tcpip, second));
    assert_status(try_port(STRANGER, 5000), STATUS_ACCESS_DENIED);
}

static void sharing_options_set_after_bind_may_take_effect(void **state)
{
    (void)state;
    static const struct endpoint_options multicast = {.reuse_multicast_port = true};
    static const struct endpoint_options affinity = {.cpu_affinity = true};
    CHOOSE(option_after_bind, takes_effect);
    struct endpoint *a = bound_with(udp(), any4(), 5000, &plain);
    endpoint_set_options(a, &multicast);
    assert_status(bind_with(udp(), any4(), 5000, &multicast), STATUS_SUCCESS);
    struct endpoint *b = bound_with(udp(), any4(), 6000, &plain);
    endpoint_set_options(b, &affinity);
    assert_status(bind_with(udp(), any4(), 6000, &affinity), STATUS_SUCCESS);
}

static void a_socket_that_does_not_listen_is_not_reached(void **state)
{
    (void)state;
    struct endpoint *e = bound_with(tcp(), loopback4(), 5000, &plain);
    assert_reaches(loopback4(), NULL);
    endpoint_set_listening(e, true);
    assert_reaches(loopback4(), e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MACHINE_TEST(endpoints_of_a_port_stay_in_the_order_bound),
        MACHINE_TEST(the_next_bound_port_is_found_across_pages),
        MACHINE_TEST(closing_gives_the_port_back),
        MACHINE_TEST(closing_inside_a_block_leaves_the_port_to_the_block),
        MACHINE_TEST(options_set_after_bind_change_nothing),
        MACHINE_TEST(options_of_an_unbound_endpoint_are_those_of_its_bind),
        MACHINE_TEST(a_connection_reaches_the_most_specific_listener),
        MACHINE_TEST(of_equal_listeners_the_first_bound_is_reached),
        MACHINE_TEST(an_ipv6_only_listener_is_not_reached_from_ipv4),
        MACHINE_TEST(every_bound_endpoint_is_visited_by_port_then_order),
        MACHINE_TEST(memory_does_not_grow_with_use),
        MACHINE_TEST(a_closed_holder_leaves_its_blocks_to_nobody),
        MACHINE_TEST(sharing_options_set_after_bind_may_take_effect),
        MACHINE_TEST(a_socket_that_does_not_listen_is_not_reached),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
