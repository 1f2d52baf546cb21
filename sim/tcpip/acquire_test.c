#include "sim/tcpip/fixture.h"

static struct reservation_view view;

/* ---- Specific blocks ------------------------------------------------------------------------- */

static void a_block_is_echoed_and_held(void **state)
{
    (void)state;
    struct endpoint *holder = tcp();
    assert_status(acquire(holder, 5000, 20, &view), STATUS_SUCCESS);
    assert_int_equal(view.range.first, 5000);
    assert_int_equal(view.range.count, 20);
    assert_int_not_equal(view.token, 0);
    assert_ptr_equal(reservation_holder(f.tcpip, view.token), holder);

    struct tally held = count_blocks(PROTOCOL_TCP, ENTRY_RUNTIME);
    assert_int_equal(held.count, 1);
    assert_int_equal(held.last.range.first, 5000);
    assert_int_equal(held.last.range.count, 20);
    assert_int_equal(held.last.token, view.token);
    assert_int_equal(held.last.process_id, OWNER);
    assert_false(held.last.stored);
    assert_int_equal(count_blocks(PROTOCOL_UDP, ENTRY_RUNTIME).count, 0);
}

struct collision_row {
    const char *name;
    uint32_t first, count;
    nt_status expected;
};

static void assert_collisions(const struct collision_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        nt_status status = try_acquire(rows[i].first, rows[i].count, &view);
        if (status != rows[i].expected)
            fail_msg("%s: %s", rows[i].name, nt_status_name(status));
    }
}

/* clang-format off */
static const struct collision_row around_5000_10[] = {
    {"just below        ", 4990, 10, STATUS_SUCCESS},
    {"touching the front", 4991, 10, STATUS_SHARING_VIOLATION},
    {"the first port    ", 5000,  1, STATUS_SHARING_VIOLATION},
    {"the same          ", 5000, 10, STATUS_SHARING_VIOLATION},
    {"inside            ", 5004,  2, STATUS_SHARING_VIOLATION},
    {"the last port     ", 5009,  1, STATUS_SHARING_VIOLATION},
    {"touching the end  ", 5009, 10, STATUS_SHARING_VIOLATION},
    {"just above        ", 5010, 10, STATUS_SUCCESS},
    {"around            ", 4900, 300, STATUS_SHARING_VIOLATION},
};
/* clang-format on */

static void a_block_collides_with_a_runtime_block(void **state)
{
    (void)state;
    acquired(tcp(), 5000, 10);
    assert_collisions(around_5000_10, 9);
}

static void a_block_collides_with_a_persistent_block(void **state)
{
    (void)state;
    created(PROTOCOL_TCP, 5000, 10);
    assert_collisions(around_5000_10, 9);
}

static void a_block_collides_with_an_exclusion(void **state)
{
    (void)state;
    assert_status(exclude(PROTOCOL_TCP, 5000, 10, STORE_ACTIVE), STATUS_SUCCESS);
    assert_collisions(around_5000_10, 9);
}

static void a_block_collides_with_a_bound_port(void **state)
{
    (void)state;
    /* clang-format off */
    static const struct collision_row rows[] = {
        {"just below", 4990, 10, STATUS_SUCCESS},
        {"at its end", 4991, 10, STATUS_SHARING_VIOLATION},
        {"the port  ", 5000,  1, STATUS_SHARING_VIOLATION},
        {"at front  ", 5000, 10, STATUS_SHARING_VIOLATION},
        {"just above", 5001, 10, STATUS_SUCCESS},
    };
    /* clang-format on */
    bound_with(tcp(), ip4(127, 0, 0, 9), 5000, &plain);
    assert_collisions(rows, 5);
}

static void the_other_protocol_is_another_pool(void **state)
{
    (void)state;
    acquired(udp(), 5000, 10);
    created(PROTOCOL_UDP, 6000, 10);
    bound_with(udp(), any4(), 7000, &plain);
    assert_status(try_acquire(5000, 10, &view), STATUS_SUCCESS);
    assert_status(try_acquire(6000, 10, &view), STATUS_SUCCESS);
    assert_status(try_acquire(7000, 10, &view), STATUS_SUCCESS);
}

static void a_runtime_block_may_keep_the_other_protocol_off(void **state)
{
    (void)state;
    CHOOSE(protocol_scope, automatic_both);
    struct endpoint *holder = udp();
    acquired(holder, 5000, 10);
    created(PROTOCOL_UDP, 6000, 10);
    assert_status(try_acquire(5009, 1, &view), STATUS_SHARING_VIOLATION);
    assert_status(try_acquire(5010, 1, &view), STATUS_SUCCESS);
    assert_status(try_acquire(6009, 1, &view), STATUS_SUCCESS);
    acquired(udp(), 49152, 10);
    assert_status(try_acquire(0, 8, &view), STATUS_SUCCESS);
    assert_int_equal(view.range.first, 49162);
    reservation_holder_closed(f.tcpip, holder, false);
    assert_status(try_acquire(5009, 1, &view), STATUS_SUCCESS);
}

static void what_a_collision_answers_is_the_profiles(void **state)
{
    (void)state;
    acquired(tcp(), 5000, 10);
    created(PROTOCOL_TCP, 6000, 10);
    assert_status(exclude(PROTOCOL_TCP, 7000, 10, STORE_ACTIVE), STATUS_SUCCESS);
    bound_tcp(8000);
    struct endpoint *holder = tcp();
    static const uint32_t firsts[] = {5000, 6000, 7000, 8000};
    for (int i = 0; i < 4; i++)
        assert_refused(acquire(holder, firsts[i], 5, &view), STATUS_SHARING_VIOLATION);

    CHOOSE(acquire_collision, wsaeacces);
    assert_refused(acquire(holder, 5000, 5, &view), STATUS_ACCESS_DENIED);
    assert_refused(acquire(holder, 6000, 5, &view), STATUS_SHARING_VIOLATION);
    CHOOSE(acquire_over_persistent, wsaeacces);
    assert_refused(acquire(holder, 6000, 5, &view), STATUS_ACCESS_DENIED);
    assert_refused(acquire(holder, 7000, 5, &view), STATUS_SHARING_VIOLATION);
    CHOOSE(acquire_over_exclusion, wsaeacces);
    assert_refused(acquire(holder, 7000, 5, &view), STATUS_ACCESS_DENIED);
    assert_refused(acquire(holder, 8000, 5, &view), STATUS_SHARING_VIOLATION);
    CHOOSE(acquire_over_bound_port, wsaeacces);
    assert_refused(acquire(holder, 8000, 5, &view), STATUS_ACCESS_DENIED);

    CHOOSE(acquire_collision, grants);
    assert_status(try_acquire(5005, 10, &view), STATUS_SUCCESS);
    CHOOSE(acquire_over_persistent, grants);
    assert_status(try_acquire(6005, 10, &view), STATUS_SUCCESS);
    CHOOSE(acquire_over_exclusion, grants);
    assert_status(try_acquire(7005, 10, &view), STATUS_SUCCESS);
    CHOOSE(acquire_over_bound_port, grants);
    assert_status(try_acquire(8000, 10, &view), STATUS_SUCCESS);
    tcpip_check(f.tcpip);
}

static void a_granted_obstacle_does_not_hide_the_next(void **state)
{
    (void)state;
    acquired(tcp(), 5000, 10);
    created(PROTOCOL_TCP, 5010, 10);
    bound_tcp(5020);
    CHOOSE(acquire_collision, grants);
    assert_status(try_acquire(5000, 20, &view), STATUS_SHARING_VIOLATION);
    CHOOSE(acquire_over_persistent, grants);
    assert_status(try_acquire(5000, 21, &view), STATUS_SHARING_VIOLATION);
    assert_status(try_acquire(5000, 20, &view), STATUS_SUCCESS);
}

static void the_lowest_block_in_the_way_answers(void **state)
{
    (void)state;
    CHOOSE(acquire_collision, wsaeacces);
    acquired(tcp(), 5005, 1);
    created(PROTOCOL_TCP, 5001, 1);
    bound_tcp(5000);
    assert_status(try_acquire(5000, 10, &view), STATUS_SHARING_VIOLATION);
    assert_status(try_acquire(5002, 10, &view), STATUS_ACCESS_DENIED);
}

struct limit_row {
    const char *name;
    uint32_t first, count;
    nt_status expected;
};

static void blocks_lie_between_1_and_65535(void **state)
{
    (void)state;
    /* clang-format off */
    static const struct limit_row rows[] = {
        {"no ports          ", 5000,      0, STATUS_INVALID_PARAMETER},
        {"nothing anywhere  ",    0,      0, STATUS_INVALID_PARAMETER},
        {"the lowest port   ",    1,      1, STATUS_SUCCESS},
        {"the highest port  ", 65535,     1, STATUS_SUCCESS},
        {"one past the end  ", 65535,     2, STATUS_INVALID_PARAMETER},
        {"up to the end     ", 65526,    10, STATUS_SUCCESS},
        {"past the end      ", 65527,    10, STATUS_INVALID_PARAMETER},
        {"all there are     ",    1, 65535, STATUS_SUCCESS},
        {"one too many      ",    2, 65535, STATUS_INVALID_PARAMETER},
    };
    /* clang-format on */
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        nt_status status = try_acquire(rows[i].first, rows[i].count, &view);
        if (status != rows[i].expected)
            fail_msg("%s: %s", rows[i].name, nt_status_name(status));
    }
    struct endpoint *holder = tcp();
    assert_refused(acquire(holder, 5000, 0, &view), STATUS_INVALID_PARAMETER);
    assert_refused(acquire(holder, 65535, 2, &view), STATUS_INVALID_PARAMETER);
}

static void limits_may_be_answered_otherwise(void **state)
{
    (void)state;
    struct endpoint *holder = tcp();
    CHOOSE(acquire_zero_count, wsaeopnotsupp);
    assert_refused(acquire(holder, 5000, 0, &view), STATUS_NOT_SUPPORTED);
    CHOOSE(acquire_past_end, wsaeaddrnotavail);
    assert_refused(acquire(holder, 65535, 2, &view), STATUS_INVALID_ADDRESS_COMPONENT);

    CHOOSE(acquire_zero_count, grants_one);
    assert_status(acquire(holder, 5000, 0, &view), STATUS_SUCCESS);
    assert_int_equal(view.range.count, 1);
    assert_status(acquire(holder, 0, 0, &view), STATUS_SUCCESS);
    assert_int_equal(view.range.first, 49152);
    assert_int_equal(view.range.count, 1);
    CHOOSE(acquire_past_end, clamps);
    assert_status(acquire(holder, 65530, 10, &view), STATUS_SUCCESS);
    assert_int_equal(view.range.first, 65530);
    assert_int_equal(view.range.count, 6);
}

/* ---- Who holds what -------------------------------------------------------------------------- */

static void a_socket_may_acquire_many_blocks(void **state)
{
    (void)state;
    struct endpoint *holder = tcp();
    uint64_t first = acquired(holder, 5000, 10), second = acquired(holder, 5010, 10);
    assert_int_not_equal(first, second);
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_RUNTIME).count, 2);
    CHOOSE(second_acquire, wsaeinval);
    assert_refused(acquire(holder, 6000, 10, &view), STATUS_INVALID_PARAMETER);
    assert_refused(acquire(holder, 0, 10, &view), STATUS_INVALID_PARAMETER);
    assert_status(try_acquire(6000, 10, &view), STATUS_SUCCESS);
    CHOOSE(second_acquire, replaces);
    assert_refused(acquire(holder, 5005, 10, &view), STATUS_SHARING_VIOLATION);
    assert_status(acquire(holder, 6000, 10, &view), STATUS_SUCCESS);
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_RUNTIME).count, 1);
    assert_null(reservation_holder(f.tcpip, first));
    assert_null(reservation_holder(f.tcpip, second));
}

static void a_bound_socket_may_acquire(void **state)
{
    (void)state;
    assert_status(acquire(bound_tcp(5000), 6000, 10, &view), STATUS_SUCCESS);
    assert_status(acquire(bound_tcp(5001), 5001, 10, &view), STATUS_SHARING_VIOLATION);
}

static void a_provider_may_confuse_the_protocols(void **state)
{
    (void)state;
    CHOOSE(protocol_scope, swapped);
    struct endpoint *holder = tcp();
    uint64_t token = acquired(holder, 5000, 10);
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_RUNTIME).count, 0);
    assert_int_equal(count_blocks(PROTOCOL_UDP, ENTRY_RUNTIME).count, 1);
    assert_status(bind_port(udp(), 5000), STATUS_ACCESS_DENIED);
    assert_status(bind_port(associated(tcp(), token), 0), STATUS_SUCCESS);
    reservation_holder_closed(f.tcpip, holder, false);
    assert_status(bind_port(udp(), 5000), STATUS_SUCCESS);
}

static void a_raw_socket_reserves_in_udp_when_it_is_let(void **state)
{
    (void)state;
    struct endpoint *raw = open_as(PROTOCOL_RAW, FAMILY_4, OWNER, ACCOUNT_ADMIN);
    assert_status(acquire(raw, 5000, 10, &view), STATUS_SUCCESS);
    assert_int_equal(count_blocks(PROTOCOL_UDP, ENTRY_RUNTIME).count, 1);
}

static void a_provider_may_leak_what_it_refused(void **state)
{
    (void)state;
    CHOOSE(refused_acquire, leaks);
    bound_tcp(5005);
    struct endpoint *holder = tcp();
    assert_status(acquire(holder, 5000, 10, &view), STATUS_SHARING_VIOLATION);
    struct tally leaked = count_blocks(PROTOCOL_TCP, ENTRY_RUNTIME);
    assert_int_equal(leaked.count, 1);
    assert_int_equal(leaked.last.range.first, 5000);
    assert_int_equal(leaked.last.range.count, 5);
    assert_status(acquire(holder, 5005, 10, &view), STATUS_SHARING_VIOLATION);
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_RUNTIME).count, 1);
    reservation_holder_closed(f.tcpip, holder, false);
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_RUNTIME).count, 0);
}

/* ---- Memory ---------------------------------------------------------------------------------- */

static void every_place_where_memory_ends_is_an_answer(void **state)
{
    (void)state;
    struct endpoint *holder = tcp();
    nt_status status = STATUS_INSUFFICIENT_RESOURCES;
    unsigned failed = 0;

    while (status != STATUS_SUCCESS) {
        snapshot(f.before);
        f.engine.arena.fail_in = ++failed;
        status = acquire(holder, 5000, 10, &view);
        if (status == STATUS_SUCCESS)
            break;
        assert_status(status, STATUS_INSUFFICIENT_RESOURCES);
        snapshot(f.after);
        assert_string_equal(f.after, f.before);
    }
    f.engine.arena.fail_in = 0;
    assert_true(failed >= 3);
}

static void memory_does_not_grow_with_use(void **state)
{
    (void)state;
    try_acquire(5000, 10, &view);
    size_t used = f.engine.arena.used;
    for (int i = 0; i < 1000; i++)
        assert_status(try_acquire(5000, 10, &view), STATUS_SUCCESS);
    assert_int_equal(f.engine.arena.used, used);
}

static void a_refusal_reserves_none_of_the_free_ports(void **state)
{
    (void)state;
    struct endpoint *holder = tcp();
    bound_tcp(5005);
    acquired(tcp(), 6005, 1);
    assert_refused(acquire(holder, 5000, 10, &view), STATUS_SHARING_VIOLATION);
    assert_refused(acquire(holder, 6000, 10, &view), STATUS_SHARING_VIOLATION);
}

static void starting_one_port_late_ends_at_65535(void **state)
{
    (void)state;
    CHOOSE(block_runs, off_by_one);
    assert_status(acquire(tcp(), 65535, 1, &view), STATUS_SUCCESS);
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_RUNTIME).last.range.first, 65535);
    assert_status(acquire(udp(), 65534, 1, &view), STATUS_SUCCESS);
    assert_int_equal(count_blocks(PROTOCOL_UDP, ENTRY_RUNTIME).last.range.first, 65535);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MACHINE_TEST(a_block_is_echoed_and_held),
        MACHINE_TEST(a_block_collides_with_a_runtime_block),
        MACHINE_TEST(a_block_collides_with_a_persistent_block),
        MACHINE_TEST(a_block_collides_with_an_exclusion),
        MACHINE_TEST(a_block_collides_with_a_bound_port),
        MACHINE_TEST(the_other_protocol_is_another_pool),
        MACHINE_TEST(a_runtime_block_may_keep_the_other_protocol_off),
        MACHINE_TEST(what_a_collision_answers_is_the_profiles),
        MACHINE_TEST(a_granted_obstacle_does_not_hide_the_next),
        MACHINE_TEST(the_lowest_block_in_the_way_answers),
        MACHINE_TEST(blocks_lie_between_1_and_65535),
        MACHINE_TEST(limits_may_be_answered_otherwise),
        MACHINE_TEST(a_socket_may_acquire_many_blocks),
        MACHINE_TEST(a_bound_socket_may_acquire),
        MACHINE_TEST(a_provider_may_confuse_the_protocols),
        MACHINE_TEST(a_raw_socket_reserves_in_udp_when_it_is_let),
        MACHINE_TEST(a_provider_may_leak_what_it_refused),
        MACHINE_TEST(every_place_where_memory_ends_is_an_answer),
        MACHINE_TEST(memory_does_not_grow_with_use),
        MACHINE_TEST(a_refusal_reserves_none_of_the_free_ports),
        MACHINE_TEST(starting_one_port_late_ends_at_65535),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
