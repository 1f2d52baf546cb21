#include "sim/tcpip/foreign.h"

#include "sim/tcpip/fixture.h"

/* ---- Foreign blocks -------------------------------------------------------------------------- */

static uint32_t foreign_places[FOREIGN_BLOCKS];

static void remember_foreign(void *context, const struct pool_entry *entry)
{
    unsigned *count = context;
    if (entry->kind != ENTRY_FOREIGN)
        return;
    assert_int_equal(entry->range.count, 100);
    assert_int_equal(entry->token, 0);
    assert_in_range(entry->range.first, 49152, 65536 - 100);
    foreign_places[(*count)++] = entry->range.first;
}

static void foreign_blocks_stand_in_the_dynamic_range_and_move(void **state)
{
    (void)state;
    uint32_t before[FOREIGN_BLOCKS];
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_FOREIGN).count, 0);
    CHOOSE(foreign_blocks, moving);
    fixture_reboot();
    unsigned count = 0;
    pool_visit(f.tcpip, PROTOCOL_TCP, remember_foreign, &count);
    assert_int_equal(count, FOREIGN_BLOCKS);
    memcpy(before, foreign_places, sizeof before);
    assert_status(try_port(OWNER, (uint16_t)before[0]), STATUS_ACCESS_DENIED);
    assert_status(try_port(OWNER, (uint16_t)(before[0] + 99)), STATUS_ACCESS_DENIED);
    struct reservation_view view;
    assert_status(acquire(tcp(), before[0] + 50, 1, &view), STATUS_SHARING_VIOLATION);
    uint64_t token;
    assert_status(create(PROTOCOL_TCP, before[0] + 50, 1, &token), STATUS_SHARING_VIOLATION);
    assert_int_equal(count_blocks(PROTOCOL_UDP, ENTRY_FOREIGN).count, FOREIGN_BLOCKS);

    fixture_reboot();
    count = 0;
    pool_visit(f.tcpip, PROTOCOL_TCP, remember_foreign, &count);
    assert_memory_not_equal(before, foreign_places, sizeof before);
}

static void foreign_blocks_go_where_nothing_is(void **state)
{
    (void)state;
    static const uint64_t zeros[32];
    created(PROTOCOL_TCP, 49200, 10);
    assert_status(exclude(PROTOCOL_TCP, 49310, 10, STORE_PERSISTENT), STATUS_SUCCESS);
    CHOOSE(foreign_blocks, moving);
    f.engine.choices.list = zeros;
    f.engine.choices.list_count = 32;
    fixture_reboot();
    unsigned count = 0;
    pool_visit(f.tcpip, PROTOCOL_TCP, remember_foreign, &count);
    assert_int_equal(count, FOREIGN_BLOCKS);
    assert_int_equal(foreign_places[0], 49210);
    assert_int_equal(foreign_places[1], 49320);
    assert_int_equal(foreign_places[2], 49420);
    assert_int_equal(foreign_places[3], 49520);
}

static void foreign_blocks_stay_away_where_there_is_no_gap(void **state)
{
    (void)state;
    static const uint64_t high[] = {0, 0, 0, UINT64_C(16384) - 100, UINT64_C(16384) - 100};
    assert_status(store_dynamic(FAMILY_4, PROTOCOL_TCP, 20000, 255), STATUS_SUCCESS);
    CHOOSE(foreign_blocks, moving);
    fixture_reboot();
    assert_in_range(count_blocks(PROTOCOL_TCP, ENTRY_FOREIGN).count, 1, 2);
    CHOOSE(dynamic_range_limits, any);
    assert_status(store_dynamic(FAMILY_4, PROTOCOL_TCP, 20000, 99), STATUS_SUCCESS);
    fixture_reboot();
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_FOREIGN).count, 0);
    assert_status(store_dynamic(FAMILY_4, PROTOCOL_TCP, 20000, 100), STATUS_SUCCESS);
    fixture_reboot();
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_FOREIGN).count, 1);
    /* Drawn at the very end twice, the second takes the lowest gap. */
    assert_status(store_dynamic(FAMILY_4, PROTOCOL_TCP, 49152, 16384), STATUS_SUCCESS);
    f.engine.choices.list = high;
    f.engine.choices.list_count = 5;
    fixture_reboot();
    unsigned count = 0;
    pool_visit(f.tcpip, PROTOCOL_TCP, remember_foreign, &count);
    assert_int_equal(foreign_places[0], 49152);
    assert_int_equal(foreign_places[FOREIGN_BLOCKS - 1], 65436);
}

static void each_place_is_drawn_from_all_there_are(void **state)
{
    (void)state;
    struct choice log[16];
    CHOOSE(foreign_blocks, moving);
    f.engine.choices.log = log;
    f.engine.choices.log_size = 16;
    fixture_reboot();
    unsigned drawn = 0;
    for (uint64_t i = 0; i < f.engine.choices.log_count; i++) {
        if (log[i].site != CHOICE_FOREIGN)
            continue;
        drawn++;
        assert_int_equal(log[i].count, 16384 - 100 + 1);
    }
    assert_int_equal(drawn, 2 * FOREIGN_BLOCKS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MACHINE_TEST(foreign_blocks_stand_in_the_dynamic_range_and_move),
        MACHINE_TEST(foreign_blocks_go_where_nothing_is),
        MACHINE_TEST(foreign_blocks_stay_away_where_there_is_no_gap),
        MACHINE_TEST(each_place_is_drawn_from_all_there_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
