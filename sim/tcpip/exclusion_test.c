#include "sim/tcpip/fixture.h"

static nt_status add(enum family family, uint32_t first, uint32_t count, enum store store)
{
    const struct port_range range = {first, count};
    return exclusion_add(f.tcpip, family, PROTOCOL_TCP, &range, store);
}

static nt_status drop(enum family family, uint32_t first, uint32_t count, enum store store)
{
    const struct port_range range = {first, count};
    return exclusion_delete(f.tcpip, family, PROTOCOL_TCP, &range, store);
}

static unsigned exclusions(void)
{
    return count_blocks(PROTOCOL_TCP, ENTRY_EXCLUSION).count;
}

static void an_exclusion_is_listed_without_a_token(void **state)
{
    (void)state;
    assert_status(add(FAMILY_4, 5000, 10, STORE_PERSISTENT), STATUS_SUCCESS);
    struct tally tally = count_blocks(PROTOCOL_TCP, ENTRY_EXCLUSION);
    assert_int_equal(tally.count, 1);
    assert_int_equal(tally.last.range.first, 5000);
    assert_int_equal(tally.last.range.count, 10);
    assert_int_equal(tally.last.token, 0);
    assert_true(tally.last.stored && tally.last.family_4 && tally.last.family_6);
    assert_int_equal(count_blocks(PROTOCOL_UDP, ENTRY_EXCLUSION).count, 0);
}

static void the_active_store_is_gone_after_a_boot_and_the_persistent_is_not(void **state)
{
    (void)state;
    uint64_t writes = f.disk.writes;
    assert_status(add(FAMILY_4, 5000, 10, STORE_ACTIVE), STATUS_SUCCESS);
    assert_int_equal(f.disk.writes, writes);
    assert_status(add(FAMILY_4, 6000, 10, STORE_PERSISTENT), STATUS_SUCCESS);
    fixture_cut_power();
    struct tally left = count_blocks(PROTOCOL_TCP, ENTRY_EXCLUSION);
    assert_int_equal(left.count, 1);
    assert_int_equal(left.last.range.first, 6000);
    assert_true(left.last.stored);
    assert_refused(add(FAMILY_4, 6009, 1, STORE_ACTIVE), STATUS_SHARING_VIOLATION);
}

static void the_active_store_may_survive(void **state)
{
    (void)state;
    CHOOSE(netsh_active_restart, survives);
    assert_status(add(FAMILY_4, 5000, 10, STORE_ACTIVE), STATUS_SUCCESS);
    fixture_cut_power();
    assert_int_equal(exclusions(), 1);
}

struct exclusion_row {
    const char *name;
    uint32_t first, count;
    nt_status expected;
};

static void an_exclusion_collides_with_whatever_is_there(void **state)
{
    (void)state;
    /* clang-format off */
    static const struct exclusion_row rows[] = {
        {"start 0         ",     0,   1, STATUS_INVALID_PARAMETER},
        {"count 0         ",  5000,   0, STATUS_INVALID_PARAMETER},
        {"past the end    ", 65535,   2, STATUS_INVALID_PARAMETER},
        {"the last port   ", 65535,   1, STATUS_SUCCESS},
        {"below an excl.  ",  4990,  10, STATUS_SUCCESS},
        {"front of an excl",  4999,   2, STATUS_SHARING_VIOLATION},
        {"end of an excl. ",  5009,   1, STATUS_SHARING_VIOLATION},
        {"above an excl.  ",  5010,  10, STATUS_SUCCESS},
        {"a runtime block ",  6009,   1, STATUS_SHARING_VIOLATION},
        {"a persistent one",  7009,   1, STATUS_SHARING_VIOLATION},
        {"a bound port    ",  8000,   1, STATUS_SHARING_VIOLATION},
        {"around it       ",  7990,  20, STATUS_SHARING_VIOLATION},
        {"next to it      ",  8001,   1, STATUS_SUCCESS},
    };
    /* clang-format on */
    assert_status(add(FAMILY_4, 5000, 10, STORE_ACTIVE), STATUS_SUCCESS);
    acquired(tcp(), 6000, 10);
    created(PROTOCOL_TCP, 7000, 10);
    bound_tcp(8000);
    bound_with(udp(), any4(), 9000, &plain);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        nt_status status = add(FAMILY_4, rows[i].first, rows[i].count, STORE_PERSISTENT);
        if (status != rows[i].expected)
            fail_msg("%s: %s", rows[i].name, nt_status_name(status));
    }
    assert_refused(add(FAMILY_6, 5000, 10, STORE_PERSISTENT), STATUS_SHARING_VIOLATION);
    assert_status(add(FAMILY_4, 9000, 1, STORE_ACTIVE), STATUS_SUCCESS);
    CHOOSE(netsh_in_use, granted);
    assert_status(add(FAMILY_4, 8000, 1, STORE_ACTIVE), STATUS_SUCCESS);
}

static void delete_wants_the_exact_range(void **state)
{
    (void)state;
    assert_status(add(FAMILY_4, 5000, 10, STORE_PERSISTENT), STATUS_SUCCESS);
    assert_refused(drop(FAMILY_4, 5000, 9, STORE_PERSISTENT), STATUS_NOT_FOUND);
    assert_refused(drop(FAMILY_4, 5000, 11, STORE_PERSISTENT), STATUS_NOT_FOUND);
    assert_refused(drop(FAMILY_4, 5001, 9, STORE_PERSISTENT), STATUS_NOT_FOUND);
    assert_refused(drop(FAMILY_4, 4999, 10, STORE_PERSISTENT), STATUS_NOT_FOUND);
    assert_refused(drop(FAMILY_4, 0, 10, STORE_PERSISTENT), STATUS_INVALID_PARAMETER);
    assert_refused(drop(FAMILY_4, 65535, 2, STORE_PERSISTENT), STATUS_INVALID_PARAMETER);
    CHOOSE(netsh_delete, same_start);
    assert_refused(drop(FAMILY_4, 5001, 9, STORE_PERSISTENT), STATUS_NOT_FOUND);
    assert_status(drop(FAMILY_4, 5000, 3, STORE_PERSISTENT), STATUS_SUCCESS);
    assert_int_equal(exclusions(), 0);
}

static void deleting_from_the_persistent_store_is_for_good(void **state)
{
    (void)state;
    assert_status(add(FAMILY_4, 5000, 10, STORE_PERSISTENT), STATUS_SUCCESS);
    assert_status(drop(FAMILY_6, 5000, 10, STORE_PERSISTENT), STATUS_SUCCESS);
    assert_int_equal(exclusions(), 0);
    assert_refused(drop(FAMILY_4, 5000, 10, STORE_PERSISTENT), STATUS_NOT_FOUND);
    fixture_cut_power();
    assert_int_equal(exclusions(), 0);
}

static void deleting_from_the_active_store_lasts_until_the_boot(void **state)
{
    (void)state;
    assert_status(add(FAMILY_4, 5000, 10, STORE_PERSISTENT), STATUS_SUCCESS);
    assert_status(drop(FAMILY_4, 5000, 10, STORE_ACTIVE), STATUS_SUCCESS);
    tcpip_check(f.tcpip);
    assert_int_equal(exclusions(), 0);
    assert_refused(drop(FAMILY_4, 5000, 10, STORE_ACTIVE), STATUS_NOT_FOUND);
    fixture_cut_power();
    assert_int_equal(exclusions(), 1);
}

static void a_dormant_exclusion_can_be_added_again_or_deleted(void **state)
{
    (void)state;
    assert_status(add(FAMILY_4, 5000, 10, STORE_PERSISTENT), STATUS_SUCCESS);
    assert_status(add(FAMILY_4, 6000, 10, STORE_PERSISTENT), STATUS_SUCCESS);
    assert_status(add(FAMILY_4, 7000, 10, STORE_PERSISTENT), STATUS_SUCCESS);
    assert_status(drop(FAMILY_4, 5000, 10, STORE_ACTIVE), STATUS_SUCCESS);
    assert_status(drop(FAMILY_4, 6000, 10, STORE_ACTIVE), STATUS_SUCCESS);
    assert_status(drop(FAMILY_4, 7000, 10, STORE_ACTIVE), STATUS_SUCCESS);

    assert_status(add(FAMILY_4, 5000, 10, STORE_PERSISTENT), STATUS_SUCCESS);
    tcpip_check(f.tcpip);
    assert_status(drop(FAMILY_4, 6000, 10, STORE_PERSISTENT), STATUS_SUCCESS);
    tcpip_check(f.tcpip);
    assert_status(add(FAMILY_4, 7000, 10, STORE_ACTIVE), STATUS_SUCCESS);
    assert_status(drop(FAMILY_4, 7000, 10, STORE_PERSISTENT), STATUS_SUCCESS);
    assert_int_equal(exclusions(), 1);
    assert_null(f.tcpip->dormant);
    fixture_cut_power();
    assert_int_equal(exclusions(), 1);
    assert_status(drop(FAMILY_4, 5000, 10, STORE_PERSISTENT), STATUS_SUCCESS);
    fixture_cut_power();
    assert_int_equal(exclusions(), 0);
}

static void what_is_not_administered_is_not_netshs_to_delete(void **state)
{
    (void)state;
    acquired(tcp(), 5000, 10);
    created(PROTOCOL_TCP, 6000, 10);
    assert_refused(drop(FAMILY_4, 5000, 10, STORE_PERSISTENT), STATUS_ACCESS_DENIED);
    assert_refused(drop(FAMILY_4, 6000, 10, STORE_PERSISTENT), STATUS_ACCESS_DENIED);
    assert_refused(drop(FAMILY_4, 6000, 9, STORE_PERSISTENT), STATUS_NOT_FOUND);
    assert_refused(drop(FAMILY_4, 6001, 10, STORE_PERSISTENT), STATUS_NOT_FOUND);
}

static void families_may_be_apart(void **state)
{
    (void)state;
    CHOOSE(netsh_families, apart);
    assert_status(add(FAMILY_4, 5000, 10, STORE_PERSISTENT), STATUS_SUCCESS);
    struct tally tally = count_blocks(PROTOCOL_TCP, ENTRY_EXCLUSION);
    assert_true(tally.last.family_4 && !tally.last.family_6);
    assert_refused(drop(FAMILY_6, 5000, 10, STORE_PERSISTENT), STATUS_NOT_FOUND);
    assert_status(add(FAMILY_6, 5000, 10, STORE_PERSISTENT), STATUS_SUCCESS);
    assert_refused(add(FAMILY_6, 5005, 10, STORE_PERSISTENT), STATUS_SHARING_VIOLATION);
    assert_status(drop(FAMILY_6, 5000, 10, STORE_PERSISTENT), STATUS_SUCCESS);
    fixture_cut_power();
    tally = count_blocks(PROTOCOL_TCP, ENTRY_EXCLUSION);
    assert_true(tally.last.family_4 && !tally.last.family_6);
    assert_status(add(FAMILY_6, 5000, 10, STORE_PERSISTENT), STATUS_SUCCESS);
    fixture_cut_power();
    assert_int_equal(exclusions(), 2);
    assert_status(drop(FAMILY_4, 5000, 10, STORE_PERSISTENT), STATUS_SUCCESS);
    fixture_cut_power();
    tally = count_blocks(PROTOCOL_TCP, ENTRY_EXCLUSION);
    assert_int_equal(tally.count, 1);
    assert_true(!tally.last.family_4 && tally.last.family_6);
    created(PROTOCOL_TCP, 6000, 10);
    assert_refused(add(FAMILY_4, 6000, 1, STORE_ACTIVE), STATUS_SHARING_VIOLATION);
}

static void without_power_nothing_changes(void **state)
{
    (void)state;
    assert_status(add(FAMILY_4, 5000, 10, STORE_PERSISTENT), STATUS_SUCCESS);
    assert_status(add(FAMILY_4, 7000, 10, STORE_PERSISTENT), STATUS_SUCCESS);
    assert_status(drop(FAMILY_4, 7000, 10, STORE_ACTIVE), STATUS_SUCCESS);
    f.disk.powered = false;
    assert_refused(add(FAMILY_4, 6000, 10, STORE_PERSISTENT), STATUS_DEVICE_NOT_READY);
    assert_refused(add(FAMILY_4, 7000, 10, STORE_PERSISTENT), STATUS_DEVICE_NOT_READY);
    assert_refused(drop(FAMILY_4, 5000, 10, STORE_PERSISTENT), STATUS_DEVICE_NOT_READY);
    assert_refused(drop(FAMILY_4, 7000, 10, STORE_PERSISTENT), STATUS_DEVICE_NOT_READY);
    assert_non_null(f.tcpip->dormant);
}

static void every_place_where_memory_ends_is_an_answer(void **state)
{
    (void)state;
    unsigned failed = 0;
    for (;;) {
        snapshot(f.before);
        f.engine.arena.fail_in = ++failed;
        nt_status status = add(FAMILY_4, 5000, 10, STORE_PERSISTENT);
        if (status == STATUS_SUCCESS)
            break;
        assert_status(status, STATUS_INSUFFICIENT_RESOURCES);
        f.engine.arena.fail_in = 0;
        snapshot(f.after);
        assert_string_equal(f.after, f.before);
    }
    f.engine.arena.fail_in = 0;
    assert_true(failed > 2);
}

static void protocols_sleep_apart(void **state)
{
    (void)state;
    const struct port_range range = {5000, 10};
    assert_status(exclude(PROTOCOL_UDP, 5000, 10, STORE_PERSISTENT), STATUS_SUCCESS);
    assert_status(exclusion_delete(f.tcpip, FAMILY_4, PROTOCOL_UDP, &range, STORE_ACTIVE),
                  STATUS_SUCCESS);
    assert_refused(drop(FAMILY_4, 5000, 10, STORE_PERSISTENT), STATUS_NOT_FOUND);
    assert_status(add(FAMILY_4, 5000, 10, STORE_PERSISTENT), STATUS_SUCCESS);
    assert_non_null(f.tcpip->dormant);
    fixture_cut_power();
    assert_int_equal(exclusions(), 1);
    assert_int_equal(count_blocks(PROTOCOL_UDP, ENTRY_EXCLUSION).count, 1);
}

static void port_1_can_be_excluded(void **state)
{
    (void)state;
    assert_status(add(FAMILY_4, 1, 1, STORE_PERSISTENT), STATUS_SUCCESS);
    assert_refused(add(FAMILY_4, 65536, 1, STORE_ACTIVE), STATUS_INVALID_PARAMETER);
    fixture_cut_power();
    assert_int_equal(exclusions(), 1);
    assert_status(drop(FAMILY_4, 1, 1, STORE_PERSISTENT), STATUS_SUCCESS);
}

static void records_are_used_again(void **state)
{
    (void)state;
    for (int i = 0; i < 200; i++) {
        assert_status(add(FAMILY_4, 5000, 10, STORE_PERSISTENT), STATUS_SUCCESS);
        assert_status(drop(FAMILY_4, 5000, 10, STORE_ACTIVE), STATUS_SUCCESS);
        assert_status(add(FAMILY_4, 5000, 10, STORE_PERSISTENT), STATUS_SUCCESS);
        assert_status(drop(FAMILY_4, 5000, 10, STORE_ACTIVE), STATUS_SUCCESS);
        assert_status(drop(FAMILY_4, 5000, 10, STORE_PERSISTENT), STATUS_SUCCESS);
    }
    f.disk.powered = false;
    for (int i = 0; i < 100; i++)
        assert_status(add(FAMILY_4, 5000, 10, STORE_PERSISTENT), STATUS_DEVICE_NOT_READY);
    assert_true(f.tcpip->unused_count >= 61);
    f.disk.powered = true;
    fixture_cut_power();
    assert_int_equal(exclusions(), 0);
}

static void an_exclusion_somebody_is_associated_with_ends_at_once(void **state)
{
    (void)state;
    CHOOSE(lookup_exclusion, found);
    for (int i = 0; i < 2; i++) {
        uint64_t token;
        assert_status(add(FAMILY_4, 5000, 10, STORE_PERSISTENT), STATUS_SUCCESS);
        assert_status(look_up(PROTOCOL_TCP, 5000, 10, &token), STATUS_SUCCESS);
        struct endpoint *e = i == 0 ? tcp() : associated(tcp(), token);
        assert_status(drop(FAMILY_4, 5000, 10, STORE_ACTIVE), STATUS_SUCCESS);
        tcpip_check(f.tcpip);
        assert_int_equal(exclusions(), 0);
        assert_status(reservation_associate(f.tcpip, e, &elevated, token),
                      STATUS_INVALID_PARAMETER);
        fixture_cut_power();
        assert_int_equal(exclusions(), 1);
        assert_status(drop(FAMILY_4, 5000, 10, STORE_PERSISTENT), STATUS_SUCCESS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MACHINE_TEST(an_exclusion_is_listed_without_a_token),
        MACHINE_TEST(the_active_store_is_gone_after_a_boot_and_the_persistent_is_not),
        MACHINE_TEST(the_active_store_may_survive),
        MACHINE_TEST(an_exclusion_collides_with_whatever_is_there),
        MACHINE_TEST(delete_wants_the_exact_range),
        MACHINE_TEST(deleting_from_the_persistent_store_is_for_good),
        MACHINE_TEST(deleting_from_the_active_store_lasts_until_the_boot),
        MACHINE_TEST(a_dormant_exclusion_can_be_added_again_or_deleted),
        MACHINE_TEST(what_is_not_administered_is_not_netshs_to_delete),
        MACHINE_TEST(families_may_be_apart),
        MACHINE_TEST(without_power_nothing_changes),
        MACHINE_TEST(every_place_where_memory_ends_is_an_answer),
        MACHINE_TEST(protocols_sleep_apart),
        MACHINE_TEST(port_1_can_be_excluded),
        MACHINE_TEST(records_are_used_again),
        MACHINE_TEST(an_exclusion_somebody_is_associated_with_ends_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
