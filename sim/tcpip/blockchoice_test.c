#include "sim/tcpip/blockchoice.h"

#include "sim/tcpip/fixture.h"

static const struct endpoint_options randomize = {.randomize_port = true};

static struct endpoint *bound_in(uint64_t token, struct address address,
                                 const struct endpoint_options *options)
{
    struct endpoint *e = open_as(PROTOCOL_TCP, address.family, OWNER, ACCOUNT_STANDARD);
    return bound_with(associated(e, token), address, 0, options);
}

static uint16_t choice(uint64_t token)
{
    return endpoint_port(bound_in(token, any4(), &plain));
}

static nt_status refusal(uint64_t token)
{
    struct endpoint *e = associated(tcp(), token);
    nt_status status = bind_port(e, 0);
    endpoint_close(f.tcpip, e);
    return status;
}

static void the_lowest_port_is_given_first_and_the_last_one_last(void **state)
{
    (void)state;
    uint64_t token = acquired(tcp(), 5000, 4);
    assert_int_equal(choice(token), 5000);
    assert_int_equal(choice(token), 5001);
    assert_int_equal(choice(token), 5002);
    assert_int_equal(choice(token), 5003);
    assert_refused(refusal(token), STATUS_TOO_MANY_ADDRESSES);
}

static void a_block_at_the_very_end_is_used_up_to_65535(void **state)
{
    (void)state;
    uint64_t token = acquired(tcp(), 65534, 2);
    assert_int_equal(choice(token), 65534);
    assert_int_equal(choice(token), 65535);
    assert_refused(refusal(token), STATUS_TOO_MANY_ADDRESSES);
}

static void a_port_given_back_is_given_again(void **state)
{
    (void)state;
    uint64_t token = acquired(tcp(), 5000, 4);
    struct endpoint *e[4];
    for (int i = 0; i < 4; i++)
        e[i] = bound_in(token, any4(), &plain);
    endpoint_close(f.tcpip, e[2]);
    endpoint_close(f.tcpip, e[1]);
    assert_int_equal(choice(token), 5001);
    assert_int_equal(choice(token), 5002);
    assert_refused(refusal(token), STATUS_TOO_MANY_ADDRESSES);
    endpoint_close(f.tcpip, e[3]);
    assert_int_equal(choice(token), 5003);
}

static void who_was_bound_explicitly_gives_its_port_back_too(void **state)
{
    (void)state;
    CHOOSE(owner_bind, granted);
    uint64_t token = acquired(tcp(), 5000, 2);
    struct endpoint *unassociated = bound_tcp(5000);
    assert_int_equal(choice(token), 5001);
    assert_refused(refusal(token), STATUS_TOO_MANY_ADDRESSES);
    endpoint_close(f.tcpip, unassociated);
    assert_int_equal(choice(token), 5000);
}

static void each_address_has_the_whole_block(void **state)
{
    (void)state;
    uint64_t token = acquired(tcp(), 5000, 1);
    bound_in(token, ip4(127, 0, 0, 1), &plain);
    assert_int_equal(endpoint_port(bound_in(token, ip4(127, 0, 0, 2), &plain)), 5000);
    assert_refused(refusal(token), STATUS_TOO_MANY_ADDRESSES);
    assert_int_equal(endpoint_port(bound_in(token, loopback6(), &plain)), 5000);
    CHOOSE(block_per_address, once);
    struct endpoint *e = associated(tcp(), token);
    assert_refused(bind_with(e, ip4(127, 0, 0, 3), 0, &plain), STATUS_TOO_MANY_ADDRESSES);
}

static void going_from_one_address_to_another_starts_over(void **state)
{
    (void)state;
    uint64_t token = acquired(tcp(), 5000, 3);
    assert_int_equal(endpoint_port(bound_in(token, ip4(127, 0, 0, 1), &plain)), 5000);
    assert_int_equal(endpoint_port(bound_in(token, ip4(127, 0, 0, 1), &plain)), 5001);
    assert_int_equal(endpoint_port(bound_in(token, ip4(127, 0, 0, 2), &plain)), 5000);
    assert_int_equal(endpoint_port(bound_in(token, ip4(127, 0, 0, 1), &plain)), 5002);
    assert_int_equal(endpoint_port(bound_in(token, ip4(127, 0, 0, 2), &plain)), 5001);
}

static void reuse_does_not_make_automatic_choice_share(void **state)
{
    (void)state;
    uint64_t token = acquired(tcp(), 5000, 2);
    assert_int_equal(endpoint_port(bound_in(token, any4(), &reuse)), 5000);
    assert_int_equal(endpoint_port(bound_in(token, any4(), &reuse)), 5001);
    assert_refused(refusal(token), STATUS_TOO_MANY_ADDRESSES);
}

static void the_next_port_rotates(void **state)
{
    (void)state;
    CHOOSE(block_selection, next);
    uint64_t token = acquired(tcp(), 5000, 3);
    struct endpoint *e = bound_in(token, any4(), &plain);
    assert_int_equal(endpoint_port(e), 5000);
    endpoint_close(f.tcpip, e);
    e = bound_in(token, any4(), &plain);
    assert_int_equal(endpoint_port(e), 5001);
    assert_int_equal(choice(token), 5002);
    assert_int_equal(choice(token), 5000);
    assert_refused(refusal(token), STATUS_TOO_MANY_ADDRESSES);
    endpoint_close(f.tcpip, e);
    assert_int_equal(choice(token), 5001);
}

static void a_random_port_is_drawn_from_the_whole_block(void **state)
{
    (void)state;
    static const uint64_t list[] = {0, 9, 9, 4};
    CHOOSE(block_selection, random);
    uint64_t token = acquired(tcp(), 5000, 10);
    f.engine.choices.list = list;
    f.engine.choices.list_count = 4;
    assert_int_equal(choice(token), 5000);
    assert_int_equal(choice(token), 5009);
    assert_int_equal(choice(token), 5001); /* 5009 is taken, and so the lowest is given */
    assert_int_equal(choice(token), 5004);
    for (int i = 0; i < 6; i++)
        assert_in_range(choice(token), 5000, 5009);
    assert_refused(refusal(token), STATUS_TOO_MANY_ADDRESSES);
}

static void randomize_port_draws_inside_the_block(void **state)
{
    (void)state;
    static const uint64_t list[] = {7};
    uint64_t token = acquired(tcp(), 5000, 10);
    f.engine.choices.list = list;
    f.engine.choices.list_count = 1;
    assert_int_equal(endpoint_port(bound_in(token, any4(), &randomize)), 5007);
    CHOOSE(randomize_in_block, ignored);
    assert_int_equal(endpoint_port(bound_in(token, any4(), &randomize)), 5000);
}

struct exhausted_row {
    const char *name;
    enum option option;
    nt_status expected;
};

static void an_exhausted_block_is_the_profiles(void **state)
{
    (void)state;
    /* clang-format off */
    static const struct exhausted_row rows[] = {
        {"wsaenobufs      ", OPTION_block_exhausted_wsaenobufs, STATUS_TOO_MANY_ADDRESSES},
        {"wsaeaddrinuse   ", OPTION_block_exhausted_wsaeaddrinuse, STATUS_SHARING_VIOLATION},
        {"wsaeacces       ", OPTION_block_exhausted_wsaeacces, STATUS_ACCESS_DENIED},
        {"wsaeaddrnotavail", OPTION_block_exhausted_wsaeaddrnotavail,
         STATUS_INVALID_ADDRESS_COMPONENT},
        {"wsaeinval       ", OPTION_block_exhausted_wsaeinval, STATUS_INVALID_PARAMETER},
    };
    /* clang-format on */
    uint64_t token = acquired(tcp(), 5000, 1);
    choice(token);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        profile_choose(&f.profile, rows[i].option);
        print_message("%s\n", rows[i].name);
        assert_refused(refusal(token), rows[i].expected);
    }
    CHOOSE(block_exhausted, falls_back);
    assert_in_range(choice(token), 49152, 65535);
}

static void exhaustion_draws_nothing(void **state)
{
    (void)state;
    CHOOSE(block_selection, random);
    uint64_t token = acquired(tcp(), 5000, 2);
    choice(token);
    choice(token);
    assert_refused(refusal(token), STATUS_TOO_MANY_ADDRESSES);
}

static void a_provider_may_forget_the_last_port(void **state)
{
    (void)state;
    CHOOSE(block_end, forgotten);
    uint64_t token = acquired(tcp(), 5000, 3);
    assert_int_equal(choice(token), 5000);
    assert_int_equal(choice(token), 5001);
    assert_refused(refusal(token), STATUS_TOO_MANY_ADDRESSES);
    uint64_t one = acquired(tcp(), 6000, 1);
    assert_refused(refusal(one), STATUS_TOO_MANY_ADDRESSES);
}

static void a_provider_may_use_ports_up(void **state)
{
    (void)state;
    CHOOSE(port_reuse_in_block, never);
    uint64_t token = acquired(tcp(), 5000, 3);
    endpoint_close(f.tcpip, bound_in(token, any4(), &plain));
    assert_int_equal(choice(token), 5001);
    assert_refused(bind_port(associated(tcp(), token), 5000), STATUS_SHARING_VIOLATION);
    endpoint_close(f.tcpip, bound_in(token, any4(), &plain));
    assert_refused(refusal(token), STATUS_TOO_MANY_ADDRESSES);
}

static void a_provider_may_leave_the_block(void **state)
{
    (void)state;
    CHOOSE(associated_bind, dynamic_range);
    uint64_t token = acquired(tcp(), 5000, 3);
    assert_in_range(choice(token), 49152, 65535);
}

static void a_block_used_by_the_other_protocol_draws_in_its_numbers(void **state)
{
    (void)state;
    CHOOSE(associate_other_protocol, accepted);
    uint64_t token = acquired(tcp(), 5000, 2);
    assert_int_equal(choice(token), 5000);
    struct endpoint *a = associated(udp(), token), *b = associated(udp(), token);
    assert_status(bind_port(a, 0), STATUS_SUCCESS);
    assert_int_equal(endpoint_port(a), 5000);
    assert_status(bind_port(b, 0), STATUS_SUCCESS);
    assert_int_equal(endpoint_port(b), 5001);
    assert_int_equal(choice(token), 5001);
    endpoint_close(f.tcpip, a);
    a = associated(udp(), token);
    assert_status(bind_port(a, 0), STATUS_SUCCESS);
    assert_int_equal(endpoint_port(a), 5000);
}

static void a_large_block_is_given_out_to_the_last_port(void **state)
{
    (void)state;
    uint64_t token = acquired(tcp(), 1, 2000);
    for (uint16_t port = 1; port <= 2000; port++) {
        struct endpoint *e = associated(tcp(), token);
        assert_status(bind_port(e, 0), STATUS_SUCCESS);
        assert_int_equal(endpoint_port(e), port);
    }
    assert_status(refusal(token), STATUS_TOO_MANY_ADDRESSES);
}

static void the_draw_has_as_many_answers_as_the_block_has_ports(void **state)
{
    (void)state;
    struct choice log[4];
    CHOOSE(block_selection, random);
    uint64_t token = acquired(tcp(), 5000, 10);
    f.engine.choices.log = log;
    f.engine.choices.log_size = 4;
    choice(token);
    assert_int_equal(f.engine.choices.log_count, 1);
    assert_int_equal(log[0].site, CHOICE_PORT);
    assert_int_equal(log[0].count, 10);
}

static void a_port_outside_the_block_does_not_come_back_to_it(void **state)
{
    (void)state;
    CHOOSE(bind_outside_block, granted);
    uint64_t token = acquired(tcp(), 5000, 2);
    struct endpoint *e = associated(tcp(), token);
    assert_status(bind_port(e, 4000), STATUS_SUCCESS);
    choice(token);
    endpoint_close(f.tcpip, e);
    tcpip_check(f.tcpip);
    assert_int_equal(choice(token), 5001);
}

static void a_udp_block_gets_ports_back_from_outsiders_too(void **state)
{
    (void)state;
    CHOOSE(owner_bind, granted);
    uint64_t token = acquired(udp(), 5000, 2);
    struct endpoint *unassociated = bound_with(udp(), any4(), 5000, &plain);
    struct endpoint *a = associated(udp(), token), *b = associated(udp(), token);
    assert_status(bind_port(a, 0), STATUS_SUCCESS);
    assert_int_equal(endpoint_port(a), 5001);
    endpoint_close(f.tcpip, unassociated);
    assert_status(bind_port(b, 0), STATUS_SUCCESS);
    assert_int_equal(endpoint_port(b), 5000);
}

static void an_old_block_gets_its_ports_back(void **state)
{
    (void)state;
    CHOOSE(bind_after_release, old_block);
    struct endpoint *holder = tcp();
    uint64_t token = acquired(holder, 5000, 2);
    struct endpoint *e = associated(tcp(), token), *g = associated(tcp(), token);
    struct endpoint *last = associated(tcp(), token);
    assert_status(reservation_release(f.tcpip, holder, &owner, token), STATUS_SUCCESS);
    assert_status(bind_port(e, 0), STATUS_SUCCESS);
    assert_status(bind_port(last, 0), STATUS_SUCCESS);
    assert_int_equal(endpoint_port(last), 5001);
    endpoint_close(f.tcpip, e);
    assert_status(bind_port(g, 0), STATUS_SUCCESS);
    assert_int_equal(endpoint_port(g), 5000);
}

static void used_up_ports_give_their_memory_back_with_the_block(void **state)
{
    (void)state;
    CHOOSE(port_reuse_in_block, never);
    size_t used = 0;
    for (int i = 0; i < 3; i++) {
        struct endpoint *holder = tcp();
        uint64_t token = acquired(holder, 5000, 3);
        endpoint_close(f.tcpip, bound_in(token, any4(), &plain));
        reservation_holder_closed(f.tcpip, holder, false);
        endpoint_close(f.tcpip, holder);
        if (i > 0)
            assert_int_equal(f.engine.arena.used, used);
        used = f.engine.arena.used;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MACHINE_TEST(the_lowest_port_is_given_first_and_the_last_one_last),
        MACHINE_TEST(a_block_at_the_very_end_is_used_up_to_65535),
        MACHINE_TEST(a_port_given_back_is_given_again),
        MACHINE_TEST(who_was_bound_explicitly_gives_its_port_back_too),
        MACHINE_TEST(each_address_has_the_whole_block),
        MACHINE_TEST(going_from_one_address_to_another_starts_over),
        MACHINE_TEST(reuse_does_not_make_automatic_choice_share),
        MACHINE_TEST(the_next_port_rotates),
        MACHINE_TEST(a_random_port_is_drawn_from_the_whole_block),
        MACHINE_TEST(randomize_port_draws_inside_the_block),
        MACHINE_TEST(an_exhausted_block_is_the_profiles),
        MACHINE_TEST(exhaustion_draws_nothing),
        MACHINE_TEST(a_provider_may_forget_the_last_port),
        MACHINE_TEST(a_provider_may_use_ports_up),
        MACHINE_TEST(a_provider_may_leave_the_block),
        MACHINE_TEST(a_block_used_by_the_other_protocol_draws_in_its_numbers),
        MACHINE_TEST(a_large_block_is_given_out_to_the_last_port),
        MACHINE_TEST(the_draw_has_as_many_answers_as_the_block_has_ports),
        MACHINE_TEST(a_port_outside_the_block_does_not_come_back_to_it),
        MACHINE_TEST(a_udp_block_gets_ports_back_from_outsiders_too),
        MACHINE_TEST(an_old_block_gets_its_ports_back),
        MACHINE_TEST(used_up_ports_give_their_memory_back_with_the_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
