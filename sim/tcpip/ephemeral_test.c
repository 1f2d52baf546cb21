#include "sim/tcpip/ephemeral.h"

#include "sim/tcpip/fixture.h"

static const struct endpoint_options randomize = {.randomize_port = true};
static const struct endpoint_options scalable = {.port_scalability = true};

/* A fresh TCP endpoint's port of the stack's choice. The endpoint stays. */
static uint16_t choice(void)
{
    return endpoint_port(bound_tcp(0));
}

static uint16_t choice_with(struct address address, const struct endpoint_options *options)
{
    return endpoint_port(bound_with(tcp(), address, 0, options));
}

static void set_cursor(uint32_t port)
{
    f.tcpip->pools[PROTOCOL_TCP].cursor = port;
}

static void the_cursor_starts_where_chance_says_inside_the_range(void **state)
{
    (void)state;
    uint32_t tcp_start = f.tcpip->pools[PROTOCOL_TCP].cursor;
    uint32_t udp_start = f.tcpip->pools[PROTOCOL_UDP].cursor;
    assert_in_range(tcp_start, 49152, 65535);
    assert_in_range(udp_start, 49152, 65535);
    assert_int_not_equal(tcp_start, udp_start);
    assert_int_equal(choice(), tcp_start);
    assert_int_equal(endpoint_port(bound_with(udp(), any4(), 0, &plain)), udp_start);
}

static void ports_come_one_after_another_and_closed_ones_later(void **state)
{
    (void)state;
    set_cursor(50000);
    struct endpoint *e = bound_tcp(0);
    assert_int_equal(endpoint_port(e), 50000);
    endpoint_close(f.tcpip, e);
    assert_int_equal(choice(), 50001);
    assert_int_equal(choice(), 50002);
}

static void the_cursor_wraps_from_the_last_port_to_the_first(void **state)
{
    (void)state;
    set_cursor(65534);
    assert_int_equal(choice(), 65534);
    assert_int_equal(choice(), 65535);
    assert_int_equal(f.tcpip->pools[PROTOCOL_TCP].cursor, 49152);
    assert_int_equal(choice(), 49152);
    set_cursor(65535);
    assert_int_equal(choice(), 49153);
    assert_int_equal(f.tcpip->pools[PROTOCOL_TCP].cursor, 49154);
}

static void a_cursor_left_outside_by_a_new_range_starts_at_its_first_port(void **state)
{
    (void)state;
    set_cursor(65535);
    assert_status(set_dynamic(PROTOCOL_TCP, 20000, 300), STATUS_SUCCESS);
    assert_int_equal(choice(), 20000);
    set_cursor(20300);
    assert_int_equal(choice(), 20001);
    set_cursor(20299);
    assert_int_equal(choice(), 20299);
    assert_int_equal(choice(), 20002);
}

static void ports_in_use_reserved_or_excluded_are_skipped(void **state)
{
    (void)state;
    bound_tcp(50000);
    acquired(tcp(), 50001, 2);
    created(PROTOCOL_TCP, 50003, 2);
    assert_status(exclude(PROTOCOL_TCP, 50005, 2, STORE_ACTIVE), STATUS_SUCCESS);
    set_cursor(50000);
    assert_int_equal(choice(), 50007);
    set_cursor(49999);
    assert_int_equal(choice(), 49999);
    assert_int_equal(choice(), 50008);
}

static void the_other_protocols_ports_are_not_skipped(void **state)
{
    (void)state;
    bound_with(udp(), any4(), 50000, &plain);
    acquired(udp(), 50001, 2);
    set_cursor(50000);
    assert_int_equal(choice(), 50000);
    assert_int_equal(choice(), 50001);
}

static void a_runtime_block_may_reach_into_the_other_protocol(void **state)
{
    (void)state;
    CHOOSE(protocol_scope, automatic_both);
    struct endpoint *holder = udp();
    uint64_t token = acquired(holder, 50000, 2);
    created(PROTOCOL_UDP, 50002, 1);
    set_cursor(50000);
    assert_int_equal(choice(), 50002);
    assert_status(try_port(STRANGER, 50000), STATUS_SUCCESS);
    tcpip_check(f.tcpip);
    assert_status(reservation_release(f.tcpip, holder, &owner, token), STATUS_SUCCESS);
    set_cursor(50000);
    assert_int_equal(choice(), 50000);
}

static void exhaustion_is_an_answer_that_draws_nothing(void **state)
{
    (void)state;
    assert_status(set_dynamic(PROTOCOL_TCP, 20000, 255), STATUS_SUCCESS);
    for (int i = 0; i < 255; i++)
        assert_in_range(choice(), 20000, 20254);
    assert_refused(bind_port(tcp(), 0), STATUS_TOO_MANY_ADDRESSES);
    assert_refused(bind_with(tcp(), any4(), 0, &randomize), STATUS_TOO_MANY_ADDRESSES);
    CHOOSE(ephemeral_order, random);
    assert_refused(bind_port(tcp(), 0), STATUS_TOO_MANY_ADDRESSES);
    CHOOSE(ephemeral_exhausted, wsaeaddrinuse);
    assert_refused(bind_port(tcp(), 0), STATUS_SHARING_VIOLATION);
    CHOOSE(ephemeral_exhausted, shares);
    assert_in_range(choice(), 20000, 20254);
    tcpip_check(f.tcpip);
}

static void the_last_free_port_is_found_from_anywhere(void **state)
{
    (void)state;
    static const uint32_t starts[] = {20000, 20099, 20100, 20101, 20254};
    assert_status(set_dynamic(PROTOCOL_TCP, 20000, 255), STATUS_SUCCESS);
    for (uint16_t port = 20000; port < 20255; port++)
        if (port != 20100)
            bound_tcp(port);
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        set_cursor(starts[i]);
        struct endpoint *e = bound_tcp(0);
        assert_int_equal(endpoint_port(e), 20100);
        endpoint_close(f.tcpip, e);
        e = bound_with(tcp(), any4(), 0, &randomize);
        assert_int_equal(endpoint_port(e), 20100);
        endpoint_close(f.tcpip, e);
    }
}

static void the_order_is_the_profiles(void **state)
{
    (void)state;
    set_cursor(50000);
    CHOOSE(ephemeral_order, lowest);
    struct endpoint *e = bound_tcp(0);
    assert_int_equal(endpoint_port(e), 49152);
    assert_int_equal(choice(), 49153);
    endpoint_close(f.tcpip, e);
    assert_int_equal(choice(), 49152);

    CHOOSE(ephemeral_order, random);
    uint16_t a = choice(), b = choice(), c = choice();
    assert_false(b == a + 1 && c == b + 1);
    assert_in_range(a, 49152, 65535);
    assert_int_equal(f.tcpip->pools[PROTOCOL_TCP].cursor, 50000);
}

static void randomize_port_draws_inside_the_range(void **state)
{
    (void)state;
    assert_status(set_dynamic(PROTOCOL_TCP, 20000, 1000), STATUS_SUCCESS);
    set_cursor(20500);
    unsigned in_order = 0;
    uint16_t last = 0;
    for (int i = 0; i < 50; i++) {
        uint16_t port = choice_with(any4(), &randomize);
        assert_in_range(port, 20000, 20999);
        in_order += port == last + 1;
        last = port;
    }
    assert_true(in_order < 10);
    assert_int_equal(f.tcpip->pools[PROTOCOL_TCP].cursor, 20500);

    CHOOSE(randomize_port, ignored);
    uint16_t port = choice_with(any4(), &randomize);
    assert_int_equal(f.tcpip->pools[PROTOCOL_TCP].cursor, (uint32_t)port + 1);
}

static void the_draw_itself_is_the_port(void **state)
{
    (void)state;
    static const uint64_t list[] = {0, 16383, 100};
    f.engine.choices.list = list;
    f.engine.choices.list_count = 3;
    assert_int_equal(choice_with(any4(), &randomize), 49152);
    assert_int_equal(choice_with(any4(), &randomize), 65535);
    assert_int_equal(choice_with(any4(), &randomize), 49252);
}

static void the_range_is_the_profiles(void **state)
{
    (void)state;
    assert_status(set_dynamic(PROTOCOL_TCP, 20000, 255), STATUS_SUCCESS);
    CHOOSE(ephemeral_range, past_end);
    set_cursor(20255);
    assert_int_equal(choice(), 20255);
    assert_int_equal(choice(), 20000);
    assert_int_equal(ephemeral_range(f.tcpip, FAMILY_4, PROTOCOL_UDP).count, 16384);

    CHOOSE(ephemeral_range, before_vista);
    assert_int_equal(ephemeral_range(f.tcpip, FAMILY_4, PROTOCOL_TCP).first, 1025);
    assert_int_equal(ephemeral_range(f.tcpip, FAMILY_4, PROTOCOL_TCP).count, 3976);
    assert_int_equal(choice(), 1025);
}

static void families_may_have_ranges_of_their_own(void **state)
{
    (void)state;
    CHOOSE(dynamic_range_families, apart);
    assert_status(set_dynamic(PROTOCOL_TCP, 20000, 255), STATUS_SUCCESS);
    assert_in_range(choice(), 20000, 20254);
    assert_in_range(endpoint_port(bound_with(tcp6(), any6(), 0, &plain)), 49152, 65535);
}

static void an_exclusion_of_one_family_is_skipped_there_alone(void **state)
{
    (void)state;
    CHOOSE(netsh_families, apart);
    assert_status(exclude(PROTOCOL_TCP, 50000, 10, STORE_ACTIVE), STATUS_SUCCESS);
    bound_tcp(50010);
    set_cursor(50000);
    assert_int_equal(choice(), 50011);
    set_cursor(50000);
    assert_int_equal(endpoint_port(bound_with(tcp6(), any6(), 0, &dual)), 50012);
    set_cursor(50000);
    assert_int_equal(endpoint_port(bound_with(tcp6(), any6(), 0, &plain)), 50000);

    assert_status(exclude(PROTOCOL_TCP, 65500, 36, STORE_ACTIVE), STATUS_SUCCESS);
    set_cursor(65499);
    assert_int_equal(choice(), 65499);
    assert_int_equal(choice(), 49152);
}

static void scalable_ports_are_given_once_for_each_address(void **state)
{
    (void)state;
    assert_status(set_dynamic(PROTOCOL_TCP, 20000, 255), STATUS_SUCCESS);
    bound_tcp(20000);
    acquired(tcp(), 20001, 1);
    for (int i = 0; i < 253; i++)
        choice_with(loopback4(), &scalable);
    assert_refused(bind_port(tcp(), 0), STATUS_TOO_MANY_ADDRESSES);
    assert_refused(bind_with(tcp(), any4(), 0, &scalable), STATUS_TOO_MANY_ADDRESSES);
    assert_refused(bind_with(tcp(), ip4(127, 0, 0, 2), 0, &plain), STATUS_TOO_MANY_ADDRESSES);
    assert_refused(bind_with(tcp(), loopback4(), 0, &scalable), STATUS_TOO_MANY_ADDRESSES);
    for (int i = 0; i < 253; i++)
        assert_in_range(choice_with(ip4(127, 0, 0, 2), &scalable), 20002, 20254);
    assert_refused(bind_with(tcp(), ip4(127, 0, 0, 2), 0, &scalable), STATUS_TOO_MANY_ADDRESSES);
    CHOOSE(port_scalability, ignored);
    assert_refused(bind_with(tcp(), ip4(127, 0, 0, 3), 0, &scalable), STATUS_TOO_MANY_ADDRESSES);
}

static void a_port_shared_with_a_plain_socket_is_not_scalable(void **state)
{
    (void)state;
    assert_status(set_dynamic(PROTOCOL_TCP, 20000, 255), STATUS_SUCCESS);
    for (int i = 0; i < 255; i++)
        choice_with(loopback4(), &scalable);
    struct endpoint *mixed = bound_with(tcp(), ip4(127, 0, 0, 2), 20000, &plain);
    assert_int_equal(choice_with(ip4(127, 0, 0, 3), &scalable), 20001);
    endpoint_close(f.tcpip, mixed);
    assert_int_equal(choice_with(ip4(127, 0, 0, 3), &scalable), 20000);
}

static void a_provider_may_leak_scalable_ports(void **state)
{
    (void)state;
    CHOOSE(port_scalability, leaks);
    uint16_t port = choice_with(loopback4(), &scalable);
    assert_int_equal(choice(), port);
    tcpip_check(f.tcpip);
}

static void a_provider_may_enter_blocks(void **state)
{
    (void)state;
    acquired(tcp(), 5000, 2);
    assert_status(exclude(PROTOCOL_TCP, 6000, 2, STORE_ACTIVE), STATUS_SUCCESS);
    CHOOSE(automatic_bind, enters);
    assert_int_equal(choice(), 5000);
    assert_int_equal(choice(), 5001);
    assert_in_range(choice(), 49152, 65535);
    CHOOSE(automatic_bind_exclusions, enters);
    assert_int_equal(choice(), 6000);
    assert_int_equal(choice(), 6001);
    assert_in_range(choice(), 49152, 65535);
}

static void a_persistent_blocks_port_goes_back_to_the_block(void **state)
{
    (void)state;
    uint64_t token = created(PROTOCOL_TCP, 5000, 2);
    struct endpoint *e = associated(tcp(), token);
    assert_status(bind_port(e, 0), STATUS_SUCCESS);
    endpoint_close(f.tcpip, e);
    assert_in_range(choice(), 49152, 65535);

    CHOOSE(returned_port, dynamic_pool);
    e = associated(tcp(), token);
    assert_status(bind_port(e, 0), STATUS_SUCCESS);
    endpoint_close(f.tcpip, e);
    assert_int_equal(choice(), 5000);
    assert_in_range(choice(), 49152, 65535);
    e = associated(tcp(), acquired(tcp(), 6000, 2));
    assert_status(bind_port(e, 0), STATUS_SUCCESS);
    endpoint_close(f.tcpip, e);
    assert_in_range(choice(), 49152, 65535);
}

static void an_explicit_bind_leaves_the_cursor(void **state)
{
    (void)state;
    set_cursor(50000);
    bound_tcp(50000);
    bound_tcp(60000);
    assert_int_equal(f.tcpip->pools[PROTOCOL_TCP].cursor, 50000);
    assert_int_equal(choice(), 50001);
}

static void scalable_ports_of_blocks_are_not_shared_but_their_neighbours_are(void **state)
{
    (void)state;
    assert_status(set_dynamic(PROTOCOL_TCP, 20000, 255), STATUS_SUCCESS);
    assert_status(exclude(PROTOCOL_TCP, 20001, 1, STORE_ACTIVE), STATUS_SUCCESS);
    bound_with(tcp(), loopback4(), 20001, &scalable);
    for (int i = 0; i < 254; i++)
        choice_with(loopback4(), &scalable);
    assert_int_equal(choice_with(ip4(127, 0, 0, 2), &scalable), 20000);
    assert_int_equal(choice_with(ip4(127, 0, 0, 2), &scalable), 20002);
}

static void without_scalable_sockets_there_is_nothing_to_share(void **state)
{
    (void)state;
    assert_status(set_dynamic(PROTOCOL_TCP, 20000, 255), STATUS_SUCCESS);
    for (int i = 0; i < 255; i++)
        choice();
    assert_refused(bind_with(tcp(), loopback4(), 0, &scalable), STATUS_TOO_MANY_ADDRESSES);
}

static void a_reserved_range_may_be_shared_by_mistake(void **state)
{
    (void)state;
    assert_status(set_dynamic(PROTOCOL_TCP, 20000, 255), STATUS_SUCCESS);
    acquired(tcp(), 20000, 255);
    assert_refused(bind_port(tcp(), 0), STATUS_TOO_MANY_ADDRESSES);
    CHOOSE(ephemeral_exhausted, shares);
    assert_int_equal(choice(), 20000);
}

static void a_returned_port_is_handed_out_once(void **state)
{
    (void)state;
    CHOOSE(returned_port, dynamic_pool);
    struct endpoint *e = associated(tcp(), created(PROTOCOL_TCP, 5000, 2));
    assert_status(bind_port(e, 0), STATUS_SUCCESS);
    endpoint_close(f.tcpip, e);
    e = bound_tcp(0);
    assert_int_equal(endpoint_port(e), 5000);
    endpoint_close(f.tcpip, e);
    assert_in_range(choice(), 49152, 65535);
}

static void a_port_left_under_a_block_of_the_other_protocol_stays_taken(void **state)
{
    (void)state;
    CHOOSE(protocol_scope, automatic_both);
    acquired(udp(), 50000, 2);
    endpoint_close(f.tcpip, bound_tcp(50000));
    endpoint_close(f.tcpip, bound_tcp(50002));
    tcpip_check(f.tcpip);
    set_cursor(50000);
    assert_int_equal(choice(), 50002);
}

static void closed_scalable_sockets_leave_nothing_to_share(void **state)
{
    (void)state;
    struct endpoint *e = bound_with(tcp(), loopback4(), 0, &scalable);
    assert_int_equal(f.tcpip->pools[PROTOCOL_TCP].scalable, 1);
    endpoint_close(f.tcpip, e);
    assert_int_equal(f.tcpip->pools[PROTOCOL_TCP].scalable, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MACHINE_TEST(the_cursor_starts_where_chance_says_inside_the_range),
        MACHINE_TEST(ports_come_one_after_another_and_closed_ones_later),
        MACHINE_TEST(the_cursor_wraps_from_the_last_port_to_the_first),
        MACHINE_TEST(a_cursor_left_outside_by_a_new_range_starts_at_its_first_port),
        MACHINE_TEST(ports_in_use_reserved_or_excluded_are_skipped),
        MACHINE_TEST(the_other_protocols_ports_are_not_skipped),
        MACHINE_TEST(a_runtime_block_may_reach_into_the_other_protocol),
        MACHINE_TEST(exhaustion_is_an_answer_that_draws_nothing),
        MACHINE_TEST(the_last_free_port_is_found_from_anywhere),
        MACHINE_TEST(the_order_is_the_profiles),
        MACHINE_TEST(randomize_port_draws_inside_the_range),
        MACHINE_TEST(the_draw_itself_is_the_port),
        MACHINE_TEST(the_range_is_the_profiles),
        MACHINE_TEST(families_may_have_ranges_of_their_own),
        MACHINE_TEST(an_exclusion_of_one_family_is_skipped_there_alone),
        MACHINE_TEST(scalable_ports_are_given_once_for_each_address),
        MACHINE_TEST(a_port_shared_with_a_plain_socket_is_not_scalable),
        MACHINE_TEST(a_provider_may_leak_scalable_ports),
        MACHINE_TEST(a_provider_may_enter_blocks),
        MACHINE_TEST(a_persistent_blocks_port_goes_back_to_the_block),
        MACHINE_TEST(an_explicit_bind_leaves_the_cursor),
        MACHINE_TEST(scalable_ports_of_blocks_are_not_shared_but_their_neighbours_are),
        MACHINE_TEST(without_scalable_sockets_there_is_nothing_to_share),
        MACHINE_TEST(a_reserved_range_may_be_shared_by_mistake),
        MACHINE_TEST(a_returned_port_is_handed_out_once),
        MACHINE_TEST(a_port_left_under_a_block_of_the_other_protocol_stays_taken),
        MACHINE_TEST(closed_scalable_sockets_leave_nothing_to_share),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
