#include "sim/tcpip/fixture.h"

static uint64_t token;

static int open_without_token(void **state)
{
    open_machine(state);
    token = 0xcafe;
    return 0;
}

static nt_status create_as(const struct token *who, uint32_t first, uint32_t count, bool want_token)
{
    const struct port_range range = {first, count};
    return persistent_create(f.tcpip, PROTOCOL_TCP, &range, who, want_token, &token);
}

static nt_status delete_as(const struct token *who, uint32_t first, uint32_t count)
{
    const struct port_range range = {first, count};
    return persistent_delete(f.tcpip, PROTOCOL_TCP, &range, who);
}

static nt_status look_up_as(const struct token *who, uint32_t first, uint32_t count,
                            bool want_token)
{
    const struct port_range range = {first, count};
    return persistent_lookup(f.tcpip, PROTOCOL_TCP, &range, who, want_token, &token);
}

/* ---- Create ---------------------------------------------------------------------------------- */

static void a_created_block_is_held_and_stored(void **state)
{
    (void)state;
    uint64_t writes = f.disk.writes;
    assert_status(create(PROTOCOL_TCP, 5000, 20, &token), STATUS_SUCCESS);
    assert_true(f.disk.writes > writes);

    struct tally held = count_blocks(PROTOCOL_TCP, ENTRY_PERSISTENT);
    assert_int_equal(held.count, 1);
    assert_int_equal(held.last.range.first, 5000);
    assert_int_equal(held.last.range.count, 20);
    assert_int_equal(held.last.token, token);
    assert_int_equal(held.last.process_id, 0);
    assert_true(held.last.stored);
    assert_int_equal(count_blocks(PROTOCOL_UDP, ENTRY_PERSISTENT).count, 0);
    assert_null(reservation_holder(f.tcpip, token));
}

struct limit_row {
    const char *name;
    uint32_t first, count;
    nt_status expected;
};

static void create_takes_blocks_between_1_and_65535(void **state)
{
    (void)state;
    /* clang-format off */
    static const struct limit_row rows[] = {
        {"start 0         ",     0,     1, STATUS_INVALID_PARAMETER},
        {"count 0         ",  5000,     0, STATUS_INVALID_PARAMETER},
        {"both 0          ",     0,     0, STATUS_INVALID_PARAMETER},
        {"one past the end", 65535,     2, STATUS_INVALID_PARAMETER},
        {"past the end    ",     2, 65535, STATUS_INVALID_PARAMETER},
        {"the last port   ", 65535,     1, STATUS_SUCCESS},
        {"the first port  ",     1,     1, STATUS_SUCCESS},
        {"all the others  ",     2, 65533, STATUS_SUCCESS},
    };
    /* clang-format on */
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        nt_status status = create(PROTOCOL_TCP, rows[i].first, rows[i].count, &token);
        if (status != rows[i].expected)
            fail_msg("%s: %s", rows[i].name, nt_status_name(status));
    }
    assert_refused(create(PROTOCOL_UDP, 0, 1, &token), STATUS_INVALID_PARAMETER);
    assert_refused(create(PROTOCOL_UDP, 5000, 0, &token), STATUS_INVALID_PARAMETER);
    assert_refused(create(PROTOCOL_UDP, 65535, 2, &token), STATUS_INVALID_PARAMETER);
}

static void a_provider_may_take_other_blocks(void **state)
{
    (void)state;
    CHOOSE(create_zero_start, wildcard);
    assert_status(create(PROTOCOL_TCP, 0, 10, &token), STATUS_SUCCESS);
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_PERSISTENT).last.range.first, 49152);
    assert_refused(create(PROTOCOL_TCP, 0, 16384, &token), STATUS_SHARING_VIOLATION);
    CHOOSE(create_zero_count, granted);
    assert_status(create(PROTOCOL_TCP, 60000, 0, &token), STATUS_SUCCESS);
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_PERSISTENT).last.range.count, 1);
    CHOOSE(create_past_end, clamps);
    assert_status(create(PROTOCOL_TCP, 65530, 10, &token), STATUS_SUCCESS);
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_PERSISTENT).last.range.count, 6);
}

static void assert_creates(const struct limit_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        nt_status status = create(PROTOCOL_TCP, rows[i].first, rows[i].count, &token);
        if (status != rows[i].expected)
            fail_msg("%s: %s", rows[i].name, nt_status_name(status));
        if (status == STATUS_SUCCESS)
            assert_status(delete_range(PROTOCOL_TCP, rows[i].first, rows[i].count), STATUS_SUCCESS);
    }
}

/* clang-format off */
static const struct limit_row around_5000_10[] = {
    {"just below        ", 4990,  10, STATUS_SUCCESS},
    {"touching the front", 4991,  10, STATUS_SHARING_VIOLATION},
    {"the same          ", 5000,  10, STATUS_SHARING_VIOLATION},
    {"inside            ", 5001,   8, STATUS_SHARING_VIOLATION},
    {"touching the end  ", 5009,  10, STATUS_SHARING_VIOLATION},
    {"just above        ", 5010,  10, STATUS_SUCCESS},
    {"around            ", 4900, 300, STATUS_SHARING_VIOLATION},
};
/* clang-format on */

static void create_collides_with_a_persistent_block(void **state)
{
    (void)state;
    created(PROTOCOL_TCP, 5000, 10);
    assert_creates(around_5000_10, 7);
}

static void create_collides_with_a_runtime_block(void **state)
{
    (void)state;
    acquired(tcp(), 5000, 10);
    assert_creates(around_5000_10, 7);
    CHOOSE(create_over_runtime, already_exists);
    assert_refused(create(PROTOCOL_TCP, 5000, 1, &token), STATUS_OBJECT_NAME_COLLISION);
}

static void create_collides_with_an_exclusion(void **state)
{
    (void)state;
    assert_status(exclude(PROTOCOL_TCP, 5000, 10, STORE_ACTIVE), STATUS_SUCCESS);
    assert_creates(around_5000_10, 7);
}

static void create_collides_with_a_bound_port(void **state)
{
    (void)state;
    bound_tcp(5000);
    bound_tcp(5001);
    bound_tcp(5009);
    assert_creates(around_5000_10, 7);
    CHOOSE(create_in_use, granted);
    assert_status(create(PROTOCOL_TCP, 5000, 10, &token), STATUS_SUCCESS);
}

static void create_collides_in_its_own_protocol_only(void **state)
{
    (void)state;
    created(PROTOCOL_UDP, 5000, 10);
    acquired(udp(), 5010, 10);
    bound_with(udp(), any4(), 5020, &plain);
    assert_status(create(PROTOCOL_TCP, 5000, 30, &token), STATUS_SUCCESS);
    CHOOSE(persistent_protocols, one_space);
    assert_refused(create(PROTOCOL_UDP, 5025, 10, &token), STATUS_SHARING_VIOLATION);
    assert_status(create(PROTOCOL_UDP, 5030, 10, &token), STATUS_SUCCESS);
}

static void a_provider_may_refuse_only_equal_blocks(void **state)
{
    (void)state;
    CHOOSE(create_overlap, only_equal);
    created(PROTOCOL_TCP, 5000, 10);
    assert_refused(create(PROTOCOL_TCP, 5000, 10, &token), STATUS_SHARING_VIOLATION);
    assert_status(create(PROTOCOL_TCP, 5000, 11, &token), STATUS_SUCCESS);
    assert_status(create(PROTOCOL_TCP, 5001, 10, &token), STATUS_SUCCESS);
    tcpip_check(f.tcpip);
    assert_status(delete_range(PROTOCOL_TCP, 5000, 10), STATUS_SUCCESS);
    tcpip_check(f.tcpip);
    assert_status(try_port(OWNER, 5000), STATUS_ACCESS_DENIED);
}

static void create_wants_an_administrator_and_a_place_for_the_token(void **state)
{
    (void)state;
    assert_refused(create_as(&standard_user, 5000, 10, true), STATUS_ACCESS_DENIED);
    assert_refused(create_as(&administrator, 5000, 10, false), STATUS_INVALID_PARAMETER);
    CHOOSE(create_null_token, noaccess);
    assert_refused(create_as(&administrator, 5000, 10, false), STATUS_ACCESS_VIOLATION);
    assert_int_equal(token, 0xcafe);
    CHOOSE(create_unelevated, granted);
    assert_status(create_as(&standard_user, 5000, 10, true), STATUS_SUCCESS);
}

static void the_order_of_checks_is_the_profiles(void **state)
{
    (void)state;
    assert_refused(create_as(&standard_user, 0, 0, true), STATUS_INVALID_PARAMETER);
    assert_refused(delete_as(&standard_user, 0, 0), STATUS_INVALID_PARAMETER);
    CHOOSE(check_order, privilege);
    assert_refused(create_as(&standard_user, 0, 0, true), STATUS_ACCESS_DENIED);
    assert_refused(delete_as(&standard_user, 0, 0), STATUS_ACCESS_DENIED);
    assert_refused(create_as(&administrator, 0, 0, true), STATUS_INVALID_PARAMETER);
    /* The right comes before what is reserved, in either order. */
    created(PROTOCOL_TCP, 5000, 10);
    assert_refused(create_as(&standard_user, 5000, 10, true), STATUS_ACCESS_DENIED);
    assert_refused(delete_as(&standard_user, 6000, 10), STATUS_ACCESS_DENIED);
    CHOOSE(check_order, parameters);
    assert_refused(create_as(&standard_user, 5000, 10, true), STATUS_ACCESS_DENIED);
    assert_refused(delete_as(&standard_user, 6000, 10), STATUS_ACCESS_DENIED);
}

static void without_power_nothing_is_created(void **state)
{
    (void)state;
    created(PROTOCOL_TCP, 6000, 10);
    f.disk.powered = false;
    assert_refused(create(PROTOCOL_TCP, 5000, 10, &token), STATUS_DEVICE_NOT_READY);
    assert_refused(delete_range(PROTOCOL_TCP, 6000, 10), STATUS_DEVICE_NOT_READY);
    CHOOSE(token_restart, same);
    assert_status(create(PROTOCOL_TCP, 5000, 10, &token), STATUS_DEVICE_NOT_READY);
    tcpip_check(f.tcpip);
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_PERSISTENT).count, 1);
}

static void every_place_where_memory_ends_is_an_answer(void **state)
{
    (void)state;
    unsigned failed = 0;
    for (;;) {
        snapshot(f.before);
        f.engine.arena.fail_in = ++failed;
        nt_status status = create(PROTOCOL_TCP, 5000, 10, &token);
        if (status == STATUS_SUCCESS)
            break;
        assert_status(status, STATUS_INSUFFICIENT_RESOURCES);
        f.engine.arena.fail_in = 0;
        snapshot(f.after);
        assert_string_equal(f.after, f.before);
    }
    f.engine.arena.fail_in = 0;
    assert_true(failed >= 3);
}

/* ---- Delete ---------------------------------------------------------------------------------- */

static void delete_gives_the_ports_back_for_good(void **state)
{
    (void)state;
    created(PROTOCOL_TCP, 5000, 10);
    created(PROTOCOL_UDP, 5000, 10);
    acquired(udp(), 6000, 10);
    assert_status(delete_range(PROTOCOL_TCP, 5000, 10), STATUS_SUCCESS);
    assert_status(try_port(OWNER, 5000), STATUS_SUCCESS);
    assert_refused(delete_range(PROTOCOL_TCP, 5000, 10), STATUS_NOT_FOUND);
    assert_int_equal(count_blocks(PROTOCOL_UDP, ENTRY_PERSISTENT).count, 1);
    fixture_reboot();
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_PERSISTENT).count, 0);
    assert_int_equal(count_blocks(PROTOCOL_UDP, ENTRY_PERSISTENT).count, 1);
}

/* clang-format off */
static const struct limit_row near_5000_10[] = {
    {"the front     ", 5000,  9, STATUS_NOT_FOUND},
    {"the end       ", 5001,  9, STATUS_NOT_FOUND},
    {"one more      ", 5000, 11, STATUS_NOT_FOUND},
    {"one earlier   ", 4999, 11, STATUS_NOT_FOUND},
    {"shifted       ", 4999, 10, STATUS_NOT_FOUND},
    {"the next      ", 5010, 10, STATUS_NOT_FOUND},
    {"elsewhere     ", 7000, 10, STATUS_NOT_FOUND},
    {"start 0       ",    0, 10, STATUS_INVALID_PARAMETER},
    {"count 0       ", 5000,  0, STATUS_INVALID_PARAMETER},
    {"past the end  ", 65535, 2, STATUS_NOT_FOUND},
};
/* clang-format on */

static void delete_wants_the_exact_block(void **state)
{
    (void)state;
    created(PROTOCOL_TCP, 5000, 10);
    for (size_t i = 0; i < sizeof near_5000_10 / sizeof *near_5000_10; i++) {
        const struct limit_row *row = &near_5000_10[i];
        print_message("%s\n", row->name);
        assert_refused(delete_range(PROTOCOL_TCP, row->first, row->count), row->expected);
    }
    CHOOSE(lookup_past_end, invalid_parameter);
    assert_refused(delete_range(PROTOCOL_TCP, 65535, 2), STATUS_INVALID_PARAMETER);
    assert_refused(delete_range(PROTOCOL_TCP, 65535, 1), STATUS_NOT_FOUND);
    CHOOSE(delete_inexact, invalid_parameter);
    assert_refused(delete_range(PROTOCOL_TCP, 5001, 2), STATUS_INVALID_PARAMETER);
    assert_refused(delete_range(PROTOCOL_TCP, 5010, 2), STATUS_NOT_FOUND);
    CHOOSE(delete_inexact, deletes);
    assert_status(delete_range(PROTOCOL_TCP, 5001, 2), STATUS_SUCCESS);
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_PERSISTENT).count, 0);
}

static void delete_of_nothing_may_succeed(void **state)
{
    (void)state;
    CHOOSE(delete_missing, success);
    assert_refused(delete_range(PROTOCOL_TCP, 5000, 10), STATUS_SUCCESS);
}

static void delete_leaves_runtime_blocks_and_exclusions(void **state)
{
    (void)state;
    struct endpoint *holder = tcp();
    acquired(holder, 5000, 10);
    assert_status(exclude(PROTOCOL_TCP, 6000, 10, STORE_ACTIVE), STATUS_SUCCESS);
    assert_refused(delete_range(PROTOCOL_TCP, 5000, 10), STATUS_NOT_FOUND);
    assert_refused(delete_range(PROTOCOL_TCP, 6000, 10), STATUS_NOT_FOUND);
    CHOOSE(delete_missing, success);
    assert_refused(delete_range(PROTOCOL_TCP, 5000, 10), STATUS_NOT_FOUND);
    CHOOSE(delete_runtime, deletes);
    assert_status(delete_range(PROTOCOL_TCP, 5000, 10), STATUS_SUCCESS);
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_RUNTIME).count, 0);
    assert_null(holder->held);
}

static void delete_may_take_the_other_protocols_block(void **state)
{
    (void)state;
    CHOOSE(delete_both, both);
    created(PROTOCOL_TCP, 5000, 10);
    created(PROTOCOL_UDP, 5000, 10);
    assert_status(delete_range(PROTOCOL_TCP, 5000, 10), STATUS_SUCCESS);
    assert_int_equal(count_blocks(PROTOCOL_UDP, ENTRY_PERSISTENT).count, 0);
    created(PROTOCOL_TCP, 5000, 10);
    assert_status(delete_range(PROTOCOL_TCP, 5000, 10), STATUS_SUCCESS);
}

static void delete_of_a_block_in_use_is_the_profiles(void **state)
{
    (void)state;
    uint64_t mine = created(PROTOCOL_TCP, 5000, 10);
    struct endpoint *e = associated(tcp(), mine);
    assert_status(bind_port(e, 5009), STATUS_SUCCESS);
    CHOOSE(delete_in_use, sharing_violation);
    assert_refused(delete_range(PROTOCOL_TCP, 5000, 10), STATUS_SHARING_VIOLATION);
    CHOOSE(delete_in_use, granted);
    assert_status(delete_range(PROTOCOL_TCP, 5000, 10), STATUS_SUCCESS);
    assert_status(try_port(OWNER, 5009), STATUS_SHARING_VIOLATION);
    assert_status(try_port(OWNER, 5008), STATUS_SUCCESS);
    assert_status(bind_port(associated(tcp(), created(PROTOCOL_TCP, 6000, 1)), 0), STATUS_SUCCESS);
}

static void an_associated_socket_loses_a_deleted_block(void **state)
{
    (void)state;
    struct endpoint *e = associated(tcp(), created(PROTOCOL_TCP, 5000, 10));
    assert_status(delete_range(PROTOCOL_TCP, 5000, 10), STATUS_SUCCESS);
    assert_refused(bind_port(e, 0), STATUS_INVALID_PARAMETER);
}

static void a_provider_may_keep_deleted_ports(void **state)
{
    (void)state;
    CHOOSE(delete_keeps_ports, keeps);
    created(PROTOCOL_TCP, 5000, 10);
    assert_status(delete_range(PROTOCOL_TCP, 5000, 10), STATUS_SUCCESS);
    tcpip_check(f.tcpip);
    assert_status(look_up(PROTOCOL_TCP, 5000, 10, &token), STATUS_NOT_FOUND);
    assert_status(try_port(OWNER, 5000), STATUS_ACCESS_DENIED);
    fixture_reboot();
    assert_status(try_port(OWNER, 5000), STATUS_SUCCESS);
}

/* ---- Lookup ---------------------------------------------------------------------------------- */

static void lookup_gives_the_token_of_the_exact_block(void **state)
{
    (void)state;
    uint64_t mine = created(PROTOCOL_TCP, 5000, 10);
    assert_refused(look_up(PROTOCOL_TCP, 5000, 10, &token), STATUS_SUCCESS);
    assert_int_equal(token, mine);
    token = 0xcafe;
    for (size_t i = 0; i < sizeof near_5000_10 / sizeof *near_5000_10; i++) {
        const struct limit_row *row = &near_5000_10[i];
        print_message("%s\n", row->name);
        assert_refused(look_up(PROTOCOL_TCP, row->first, row->count, &token), row->expected);
    }
    assert_refused(look_up(PROTOCOL_UDP, 5000, 10, &token), STATUS_NOT_FOUND);
    assert_int_equal(token, 0xcafe);
    CHOOSE(lookup_past_end, invalid_parameter);
    assert_refused(look_up(PROTOCOL_TCP, 65535, 2, &token), STATUS_INVALID_PARAMETER);
    assert_int_equal(token, 0xcafe);
    CHOOSE(lookup_failure_token, zero);
    assert_refused(look_up(PROTOCOL_TCP, 65535, 2, &token), STATUS_INVALID_PARAMETER);
    assert_int_equal(token, 0);
}

static void lookup_may_find_more_than_it_should(void **state)
{
    (void)state;
    uint64_t mine = created(PROTOCOL_TCP, 5000, 10);
    uint64_t runtime = acquired(tcp(), 6000, 10);
    uint64_t other = created(PROTOCOL_UDP, 7000, 10);
    assert_refused(look_up(PROTOCOL_TCP, 6000, 10, &token), STATUS_NOT_FOUND);
    assert_refused(look_up(PROTOCOL_TCP, 7000, 10, &token), STATUS_NOT_FOUND);
    CHOOSE(lookup_inexact, finds);
    assert_status(look_up(PROTOCOL_TCP, 5001, 9, &token), STATUS_SUCCESS);
    assert_int_equal(token, mine);
    assert_refused(look_up(PROTOCOL_TCP, 5001, 10, &token), STATUS_NOT_FOUND);
    assert_refused(look_up(PROTOCOL_TCP, 4999, 2, &token), STATUS_NOT_FOUND);
    CHOOSE(lookup_runtime, finds);
    assert_status(look_up(PROTOCOL_TCP, 6000, 10, &token), STATUS_SUCCESS);
    assert_int_equal(token, runtime);
    CHOOSE(lookup_other_protocol, finds);
    assert_status(look_up(PROTOCOL_TCP, 7000, 10, &token), STATUS_SUCCESS);
    assert_int_equal(token, other);
}

static void lookup_of_an_exclusion_is_the_profiles(void **state)
{
    (void)state;
    assert_status(exclude(PROTOCOL_TCP, 5000, 10, STORE_ACTIVE), STATUS_SUCCESS);
    assert_refused(look_up(PROTOCOL_TCP, 5000, 10, &token), STATUS_NOT_FOUND);
    CHOOSE(lookup_exclusion, found);
    assert_status(look_up(PROTOCOL_TCP, 5000, 10, &token), STATUS_SUCCESS);
    uint64_t again;
    assert_refused(look_up(PROTOCOL_TCP, 5000, 10, &again), STATUS_SUCCESS);
    assert_int_equal(again, token);
    struct endpoint *e = tcp();
    assert_status(reservation_associate(f.tcpip, e, &owner, token), STATUS_ACCESS_DENIED);
    assert_status(bind_port(associated(e, token), 0), STATUS_SUCCESS);
    assert_int_equal(endpoint_port(e), 5000);
    const struct port_range range = {5000, 10};
    assert_status(exclusion_delete(f.tcpip, FAMILY_4, PROTOCOL_TCP, &range, STORE_ACTIVE),
                  STATUS_SUCCESS);
    tcpip_check(f.tcpip);
}

static void the_token_lookup_gives_is_the_profiles(void **state)
{
    (void)state;
    uint64_t mine = created(PROTOCOL_TCP, 5000, 10);
    CHOOSE(lookup_token, alias);
    uint64_t alias, again;
    assert_status(look_up(PROTOCOL_TCP, 5000, 10, &alias), STATUS_SUCCESS);
    assert_int_not_equal(alias, mine);
    assert_status(look_up(PROTOCOL_TCP, 5000, 10, &again), STATUS_SUCCESS);
    assert_int_equal(again, alias);
    tcpip_check(f.tcpip);
    struct endpoint *e = associated(tcp(), alias);
    assert_status(bind_port(e, 0), STATUS_SUCCESS);
    assert_int_equal(endpoint_port(e), 5000);
    assert_status(reservation_associate(f.tcpip, tcp(), &elevated, mine), STATUS_SUCCESS);
    CHOOSE(lookup_token, useless);
    assert_status(look_up(PROTOCOL_TCP, 5000, 10, &again), STATUS_SUCCESS);
    assert_status(reservation_associate(f.tcpip, tcp(), &elevated, again),
                  STATUS_INVALID_PARAMETER);
    assert_status(delete_range(PROTOCOL_TCP, 5000, 10), STATUS_SUCCESS);
    tcpip_check(f.tcpip);
    assert_status(reservation_associate(f.tcpip, tcp(), &elevated, alias),
                  STATUS_INVALID_PARAMETER);
}

static void lookup_rights_and_null_tokens_are_the_profiles(void **state)
{
    (void)state;
    created(PROTOCOL_TCP, 5000, 10);
    assert_status(look_up_as(&standard_user, 5000, 10, true), STATUS_SUCCESS);
    assert_refused(look_up_as(&standard_user, 5000, 10, false), STATUS_INVALID_PARAMETER);
    CHOOSE(create_null_token, noaccess);
    assert_refused(look_up_as(&standard_user, 5000, 10, false), STATUS_ACCESS_VIOLATION);
    CHOOSE(lookup_unelevated, access_denied);
    assert_refused(look_up_as(&standard_user, 5000, 10, true), STATUS_ACCESS_DENIED);
    assert_refused(look_up_as(&standard_user, 5000, 10, false), STATUS_ACCESS_VIOLATION);
    CHOOSE(check_order, privilege);
    assert_refused(look_up_as(&standard_user, 5000, 10, false), STATUS_ACCESS_DENIED);
    assert_status(look_up_as(&administrator, 5000, 10, true), STATUS_SUCCESS);
}

static void lookup_without_memory_for_an_alias_is_an_answer(void **state)
{
    (void)state;
    CHOOSE(lookup_token, alias);
    for (uint32_t i = 0; i < 8; i++)
        created(PROTOCOL_TCP, 5000 + 10 * i, 10);
    f.engine.arena.fail_in = 1;
    assert_refused(look_up(PROTOCOL_TCP, 5000, 10, &token), STATUS_INSUFFICIENT_RESOURCES);
    f.engine.arena.fail_in = 0;
    assert_status(look_up(PROTOCOL_TCP, 5000, 10, &token), STATUS_SUCCESS);
}

static void delete_of_an_overlapping_range_is_inexact_too(void **state)
{
    (void)state;
    created(PROTOCOL_TCP, 5000, 10);
    CHOOSE(delete_inexact, invalid_parameter);
    assert_refused(delete_range(PROTOCOL_TCP, 5005, 10), STATUS_INVALID_PARAMETER);
    assert_refused(delete_range(PROTOCOL_TCP, 4990, 30), STATUS_INVALID_PARAMETER);
    assert_refused(delete_range(PROTOCOL_TCP, 4990, 10), STATUS_NOT_FOUND);
}

static void lookup_may_find_a_part_at_the_front(void **state)
{
    (void)state;
    uint64_t mine = created(PROTOCOL_TCP, 5000, 10);
    CHOOSE(lookup_inexact, finds);
    assert_status(look_up(PROTOCOL_TCP, 5000, 5, &token), STATUS_SUCCESS);
    assert_int_equal(token, mine);
}

static void what_was_refused_by_the_disk_leaves_no_record(void **state)
{
    (void)state;
    f.disk.powered = false;
    for (int i = 0; i < 100; i++)
        assert_status(create(PROTOCOL_TCP, 5000, 10, &token), STATUS_DEVICE_NOT_READY);
    assert_int_equal(f.tcpip->unused_count, 63);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_without_token, close_machine)
    const struct CMUnitTest tests[] = {
        TEST(a_created_block_is_held_and_stored),
        TEST(create_takes_blocks_between_1_and_65535),
        TEST(a_provider_may_take_other_blocks),
        TEST(create_collides_with_a_persistent_block),
        TEST(create_collides_with_a_runtime_block),
        TEST(create_collides_with_an_exclusion),
        TEST(create_collides_with_a_bound_port),
        TEST(create_collides_in_its_own_protocol_only),
        TEST(a_provider_may_refuse_only_equal_blocks),
        TEST(create_wants_an_administrator_and_a_place_for_the_token),
        TEST(the_order_of_checks_is_the_profiles),
        TEST(without_power_nothing_is_created),
        TEST(every_place_where_memory_ends_is_an_answer),
        TEST(delete_gives_the_ports_back_for_good),
        TEST(delete_wants_the_exact_block),
        TEST(delete_of_nothing_may_succeed),
        TEST(delete_leaves_runtime_blocks_and_exclusions),
        TEST(delete_may_take_the_other_protocols_block),
        TEST(delete_of_a_block_in_use_is_the_profiles),
        TEST(an_associated_socket_loses_a_deleted_block),
        TEST(a_provider_may_keep_deleted_ports),
        TEST(lookup_gives_the_token_of_the_exact_block),
        TEST(lookup_may_find_more_than_it_should),
        TEST(lookup_of_an_exclusion_is_the_profiles),
        TEST(the_token_lookup_gives_is_the_profiles),
        TEST(lookup_rights_and_null_tokens_are_the_profiles),
        TEST(lookup_without_memory_for_an_alias_is_an_answer),
        TEST(delete_of_an_overlapping_range_is_inexact_too),
        TEST(lookup_may_find_a_part_at_the_front),
        TEST(what_was_refused_by_the_disk_leaves_no_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
