#include "sim/tcpip/fixture.h"

static struct reservation_view view;

/* ---- Wildcard blocks ------------------------------------------------------------------------- */

static void a_wildcard_block_is_the_lowest_gap_of_the_dynamic_range(void **state)
{
    (void)state;
    bound_tcp(49160);
    acquired(tcp(), 49170, 10);
    assert_status(exclude(PROTOCOL_TCP, 49190, 10, STORE_ACTIVE), STATUS_SUCCESS);
    struct endpoint *holder = tcp();

    assert_status(acquire(holder, 0, 8, &view), STATUS_SUCCESS);
    assert_int_equal(view.range.first, 49152);
    assert_int_equal(view.range.count, 8);
    assert_status(acquire(holder, 0, 10, &view), STATUS_SUCCESS);
    assert_int_equal(view.range.first, 49180);
    assert_status(acquire(holder, 0, 9, &view), STATUS_SUCCESS);
    assert_int_equal(view.range.first, 49161);
    assert_status(acquire(holder, 0, 1, &view), STATUS_SUCCESS);
    assert_int_equal(view.range.first, 49200);
}

static void a_wildcard_block_may_fill_the_range(void **state)
{
    (void)state;
    assert_status(try_acquire(0, 16384, &view), STATUS_SUCCESS);
    assert_int_equal(view.range.first, 49152);
    struct endpoint *holder = tcp();
    assert_refused(acquire(holder, 0, 16385, &view), STATUS_SHARING_VIOLATION);
    bound_tcp(65535);
    assert_refused(acquire(holder, 0, 16384, &view), STATUS_SHARING_VIOLATION);
    assert_status(acquire(holder, 0, 16383, &view), STATUS_SUCCESS);
}

static void no_gap_is_answered_as_the_profile_says(void **state)
{
    (void)state;
    assert_status(set_dynamic(PROTOCOL_TCP, 20000, 255), STATUS_SUCCESS);
    bound_tcp(20100);
    struct endpoint *holder = tcp();
    CHOOSE(wildcard_order, random);
    assert_refused(acquire(holder, 0, 155, &view), STATUS_SHARING_VIOLATION);
    CHOOSE(wildcard_exhausted, wsaenobufs);
    assert_refused(acquire(holder, 0, 155, &view), STATUS_TOO_MANY_ADDRESSES);
    CHOOSE(wildcard_exhausted, wsaeinval);
    assert_refused(acquire(holder, 0, 155, &view), STATUS_INVALID_PARAMETER);
    CHOOSE(wildcard_exhausted, grants);
    assert_status(acquire(holder, 0, 155, &view), STATUS_SUCCESS);
    assert_int_equal(view.range.first, 20000);
    assert_status(acquire(holder, 0, 60000, &view), STATUS_SUCCESS);
    assert_int_equal(view.range.first, 65536 - 60000);
    tcpip_check(f.tcpip);
}

static void a_wildcard_block_may_lie_anywhere(void **state)
{
    (void)state;
    CHOOSE(wildcard_place, anywhere);
    assert_status(try_acquire(0, 8, &view), STATUS_SUCCESS);
    assert_int_equal(view.range.first, 1025);
    assert_status(try_acquire(0, 64511, &view), STATUS_SUCCESS);
    assert_status(try_acquire(0, 64512, &view), STATUS_SHARING_VIOLATION);
}

static void a_random_place_is_drawn_and_the_next_gap_taken(void **state)
{
    (void)state;
    static const uint64_t list[] = {0, 16376, 100, 16376};
    CHOOSE(wildcard_order, random);
    f.engine.choices.list = list;
    f.engine.choices.list_count = 4;
    struct endpoint *holder = tcp();

    assert_status(acquire(holder, 0, 8, &view), STATUS_SUCCESS);
    assert_int_equal(view.range.first, 49152);
    assert_status(acquire(holder, 0, 8, &view), STATUS_SUCCESS);
    assert_int_equal(view.range.first, 65528);
    bound_tcp(49253);
    assert_status(acquire(holder, 0, 8, &view), STATUS_SUCCESS);
    assert_int_equal(view.range.first, 49254);
    assert_status(acquire(holder, 0, 8, &view), STATUS_SUCCESS);
    assert_int_equal(view.range.first, 49160); /* above 65528 nothing is left: the lowest gap */
}

static void a_provider_may_lay_wildcard_blocks_over_bound_ports(void **state)
{
    (void)state;
    CHOOSE(wildcard_place, over_bound_ports);
    bound_tcp(50000);
    bound_tcp(65535);
    struct endpoint *holder = tcp();
    assert_status(acquire(holder, 0, 8, &view), STATUS_SUCCESS);
    assert_int_equal(view.range.first, 50000);
    assert_status(acquire(holder, 0, 8, &view), STATUS_SUCCESS);
    assert_int_equal(view.range.first, 49152);
    assert_status(acquire(holder, 0, 1, &view), STATUS_SUCCESS);
    assert_int_equal(view.range.first, 65535);
}

static void a_provider_may_hold_one_port_fewer(void **state)
{
    (void)state;
    CHOOSE(wildcard_count, one_fewer);
    struct endpoint *holder = tcp();
    assert_status(acquire(holder, 0, 8, &view), STATUS_SUCCESS);
    assert_int_equal(view.range.count, 8);
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_RUNTIME).last.range.count, 7);
    assert_status(try_port(STRANGER, 49159), STATUS_SUCCESS);
    assert_status(acquire(holder, 5000, 8, &view), STATUS_SUCCESS);
    assert_status(try_port(STRANGER, 5007), STATUS_ACCESS_DENIED);
    assert_status(acquire(holder, 0, 1, &view), STATUS_SUCCESS);
}

static void a_provider_may_start_one_port_late(void **state)
{
    (void)state;
    CHOOSE(block_runs, off_by_one);
    struct endpoint *holder = tcp();
    assert_status(acquire(holder, 5000, 8, &view), STATUS_SUCCESS);
    assert_int_equal(view.range.first, 5000);
    assert_status(try_port(STRANGER, 5000), STATUS_SUCCESS);
    assert_status(try_port(STRANGER, 5008), STATUS_ACCESS_DENIED);
    assert_status(try_port(STRANGER, 5009), STATUS_SUCCESS);
    assert_status(acquire(holder, 65530, 6, &view), STATUS_SUCCESS);
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_RUNTIME).last.range.count, 5);
    assert_status(acquire(holder, 65530, 1, &view), STATUS_SUCCESS);
    tcpip_check(f.tcpip);
}

static void exclusions_of_one_family_are_in_the_way_of_wildcard_blocks(void **state)
{
    (void)state;
    static const uint64_t list[] = {20};
    CHOOSE(netsh_families, apart);
    const struct port_range range = {49160, 10}, next = {49170, 10}, last = {65530, 6};
    assert_status(exclusion_add(f.tcpip, FAMILY_6, PROTOCOL_TCP, &range, STORE_ACTIVE),
                  STATUS_SUCCESS);
    assert_status(exclusion_add(f.tcpip, FAMILY_4, PROTOCOL_TCP, &next, STORE_ACTIVE),
                  STATUS_SUCCESS);
    assert_status(exclusion_add(f.tcpip, FAMILY_4, PROTOCOL_TCP, &last, STORE_ACTIVE),
                  STATUS_SUCCESS);
    struct endpoint *holder = tcp();
    assert_status(acquire(holder, 0, 9, &view), STATUS_SUCCESS);
    assert_int_equal(view.range.first, 49180);
    assert_status(acquire(holder, 0, 8, &view), STATUS_SUCCESS);
    assert_int_equal(view.range.first, 49152);
    assert_refused(acquire(holder, 0, 16360, &view), STATUS_SHARING_VIOLATION);
    CHOOSE(wildcard_order, random);
    f.engine.choices.list = list;
    f.engine.choices.list_count = 1;
    assert_status(acquire(holder, 0, 4, &view), STATUS_SUCCESS);
    assert_int_equal(view.range.first, 49189);
    uint64_t token;
    CHOOSE(create_zero_start, wildcard);
    assert_status(create(PROTOCOL_TCP, 0, 4, &token), STATUS_SUCCESS);
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_PERSISTENT).last.range.first, 49193);
}

static void bound_ports_inside_blocks_are_left_alone_even_by_mistake(void **state)
{
    (void)state;
    CHOOSE(wildcard_place, over_bound_ports);
    uint64_t token = acquired(tcp(), 50000, 1);
    bind_port(associated(tcp(), token), 50000);
    bound_tcp(50001);
    assert_status(acquire(tcp(), 0, 1, &view), STATUS_SUCCESS);
    assert_int_equal(view.range.first, 50001);
}

static void the_draw_has_as_many_answers_as_there_are_places(void **state)
{
    (void)state;
    struct choice log[4];
    CHOOSE(wildcard_order, random);
    f.engine.choices.log = log;
    f.engine.choices.log_size = 4;
    assert_status(acquire(tcp(), 0, 8, &view), STATUS_SUCCESS);
    assert_int_equal(f.engine.choices.log_count, 1);
    assert_int_equal(log[0].site, CHOICE_BLOCK);
    assert_int_equal(log[0].count, 16384 - 8 + 1);
}

static void a_block_of_two_may_hold_one(void **state)
{
    (void)state;
    CHOOSE(wildcard_count, one_fewer);
    assert_status(acquire(tcp(), 0, 2, &view), STATUS_SUCCESS);
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_RUNTIME).last.range.count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MACHINE_TEST(a_wildcard_block_is_the_lowest_gap_of_the_dynamic_range),
        MACHINE_TEST(a_wildcard_block_may_fill_the_range),
        MACHINE_TEST(no_gap_is_answered_as_the_profile_says),
        MACHINE_TEST(a_wildcard_block_may_lie_anywhere),
        MACHINE_TEST(a_random_place_is_drawn_and_the_next_gap_taken),
        MACHINE_TEST(a_provider_may_lay_wildcard_blocks_over_bound_ports),
        MACHINE_TEST(a_provider_may_hold_one_port_fewer),
        MACHINE_TEST(a_provider_may_start_one_port_late),
        MACHINE_TEST(exclusions_of_one_family_are_in_the_way_of_wildcard_blocks),
        MACHINE_TEST(bound_ports_inside_blocks_are_left_alone_even_by_mistake),
        MACHINE_TEST(the_draw_has_as_many_answers_as_there_are_places),
        MACHINE_TEST(a_block_of_two_may_hold_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
