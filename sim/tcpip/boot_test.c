#include "sim/tcpip/fixture.h"

#include "sim/tcpip/foreign.h"
#include "sim/tcpip/store.h"

static int open_machine(void **state)
{
    (void)state;
    fixture_open();
    return 0;
}

static int close_machine(void **state)
{
    (void)state;
    fixture_close();
    return 0;
}

static bool is_token_of(uint64_t token, uint32_t first)
{
    struct endpoint *e = tcp();
    bool accepted = reservation_associate(f.tcpip, e, &elevated, token) == STATUS_SUCCESS &&
                    bind_port(e, 0) == STATUS_SUCCESS && endpoint_port(e) == first;
    endpoint_close(f.tcpip, e);
    return accepted;
}

static void an_idle_machine_is_small(void **state)
{
    (void)state;
    assert_true(f.engine.arena.used <= 36 * 1024);
}

static void nothing_but_the_persistent_store_survives(void **state)
{
    (void)state;
    acquired(tcp(), 5000, 10);
    bound_tcp(6000);
    created(PROTOCOL_TCP, 7000, 10);
    created(PROTOCOL_UDP, 8000, 10);
    fixture_cut_power();
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_RUNTIME).count, 0);
    assert_status(try_port(OWNER, 5000), STATUS_SUCCESS);
    assert_status(try_port(OWNER, 6000), STATUS_SUCCESS);
    assert_status(try_port(OWNER, 7000), STATUS_ACCESS_DENIED);
    assert_status(try_port(OWNER, 7009), STATUS_ACCESS_DENIED);
    assert_status(try_port(OWNER, 7010), STATUS_SUCCESS);
    struct tally udp_blocks = count_blocks(PROTOCOL_UDP, ENTRY_PERSISTENT);
    assert_int_equal(udp_blocks.count, 1);
    assert_int_equal(udp_blocks.last.range.first, 8000);
    assert_true(udp_blocks.last.stored);
}

static void blocks_come_back_in_order_under_new_tokens(void **state)
{
    (void)state;
    static const uint32_t firsts[] = {9000, 5000, 8000, 6000, 7000};
    uint64_t before[5], after;
    for (int i = 0; i < 5; i++)
        before[i] = created(PROTOCOL_TCP, firsts[i], 10);
    fixture_reboot();
    for (int i = 0; i < 5; i++) {
        assert_status(look_up(PROTOCOL_TCP, firsts[i], 10, &after), STATUS_SUCCESS);
        assert_int_not_equal(after, before[i]);
        assert_true(is_token_of(after, firsts[i]));
        assert_false(is_token_of(before[i], firsts[i]));
    }
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_PERSISTENT).last.range.first, 9000);
}

static void tokens_may_stay_the_same(void **state)
{
    (void)state;
    CHOOSE(token_restart, same);
    uint64_t before = created(PROTOCOL_TCP, 5000, 10), after;
    fixture_reboot();
    assert_status(look_up(PROTOCOL_TCP, 5000, 10, &after), STATUS_SUCCESS);
    assert_int_equal(after, before);
    assert_true(is_token_of(after, 5000));
    assert_int_not_equal(created(PROTOCOL_TCP, 6000, 10), before);
    /* Deleted, it is a token of this boot that was released. */
    assert_status(delete_range(PROTOCOL_TCP, 5000, 10), STATUS_SUCCESS);
    tcpip_check(f.tcpip);
    CHOOSE(associate_released_token, wsaeacces);
    assert_status(reservation_associate(f.tcpip, tcp(), &elevated, before), STATUS_ACCESS_DENIED);
}

static void a_kept_token_is_forgotten_under_another_profile(void **state)
{
    (void)state;
    CHOOSE(token_restart, same);
    uint64_t before = created(PROTOCOL_TCP, 5000, 10), after;
    CHOOSE(token_restart, changes);
    fixture_reboot();
    assert_status(look_up(PROTOCOL_TCP, 5000, 10, &after), STATUS_SUCCESS);
    assert_int_not_equal(after, before);
}

static void a_block_written_twice_can_still_be_deleted(void **state)
{
    (void)state;
    created(PROTOCOL_TCP, 5000, 10);
    fixture_reboot();
    assert_status(delete_range(PROTOCOL_TCP, 5000, 10), STATUS_SUCCESS);
    created(PROTOCOL_TCP, 5000, 10);
    assert_status(delete_range(PROTOCOL_TCP, 5000, 10), STATUS_SUCCESS);
    fixture_reboot();
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_PERSISTENT).count, 0);
}

static void a_provider_may_lose_what_is_persistent(void **state)
{
    (void)state;
    CHOOSE(persistent_restart, lost);
    created(PROTOCOL_TCP, 5000, 10);
    fixture_reboot();
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_PERSISTENT).count, 0);

    CHOOSE(persistent_restart, lost_by_power_cut);
    created(PROTOCOL_TCP, 5000, 10);
    fixture_cut_power();
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_PERSISTENT).count, 0);
    created(PROTOCOL_TCP, 5000, 10);
    created(PROTOCOL_UDP, 5000, 10);
    fixture_reboot();
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_PERSISTENT).count, 1);
    assert_int_equal(count_blocks(PROTOCOL_UDP, ENTRY_PERSISTENT).count, 1);
    assert_status(delete_range(PROTOCOL_TCP, 5000, 10), STATUS_SUCCESS);
    fixture_reboot();
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_PERSISTENT).count, 0);
}

static void a_provider_may_bring_deleted_blocks_back(void **state)
{
    (void)state;
    CHOOSE(deleted_restart, returns);
    created(PROTOCOL_TCP, 5000, 10);
    assert_status(delete_range(PROTOCOL_TCP, 5000, 10), STATUS_SUCCESS);
    assert_status(try_port(OWNER, 5000), STATUS_SUCCESS);
    fixture_reboot();
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_PERSISTENT).count, 1);
}

static void a_provider_may_store_runtime_blocks(void **state)
{
    (void)state;
    CHOOSE(runtime_restart, survives);
    struct endpoint *holder = tcp();
    uint64_t released = acquired(holder, 5000, 10);
    acquired(holder, 6000, 10);
    assert_status(reservation_release(f.tcpip, holder, &owner, released), STATUS_SUCCESS);
    fixture_cut_power();
    struct tally left = count_blocks(PROTOCOL_TCP, ENTRY_RUNTIME);
    assert_int_equal(left.count, 1);
    assert_int_equal(left.last.range.first, 6000);
    assert_status(try_port(OWNER, 6000), STATUS_ACCESS_DENIED);
    /* A provider without the defect passes it over. */
    CHOOSE(runtime_restart, ends);
    fixture_cut_power();
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_RUNTIME).count, 0);
}

static void without_power_the_defect_acquires_nothing(void **state)
{
    (void)state;
    CHOOSE(runtime_restart, survives);
    struct endpoint *holder = tcp();
    struct reservation_view view;
    f.disk.powered = false;
    assert_refused(acquire(holder, 5000, 10, &view), STATUS_DEVICE_NOT_READY);
    assert_null(holder->held);
}

static void a_block_that_the_power_cut_met_is_there_or_not(void **state)
{
    (void)state;
    uint64_t token;
    created(PROTOCOL_TCP, 6000, 10);
    for (enum cut cut = CUT_BEFORE; cut <= CUT_AFTER; cut++) {
        f.disk.cut_at = f.disk.writes + 1;
        f.disk.cut = cut;
        assert_status(create(PROTOCOL_TCP, 5000, 10, &token), STATUS_DEVICE_NOT_READY);
        f.disk.cut_at = 0;
        fixture_cut_power();
        unsigned count = count_blocks(PROTOCOL_TCP, ENTRY_PERSISTENT).count;
        assert_in_range(count, 1, 2);
        if (cut == CUT_BEFORE)
            assert_int_equal(count, 1);
        if (cut == CUT_AFTER)
            assert_int_equal(count, 2);
        if (count == 2)
            assert_status(delete_range(PROTOCOL_TCP, 5000, 10), STATUS_SUCCESS);
        assert_status(look_up(PROTOCOL_TCP, 6000, 10, &token), STATUS_SUCCESS);
    }
}

/* ---- The store's bytes
 * ------------------------------------------------------------------------------ */

static struct registry_value found;
static unsigned found_count;

static void remember_value(void *context, const struct registry_value *value)
{
    (void)context;
    found = *value;
    found_count++;
}

static void read_disk(void)
{
    struct registry registry;
    found_count = 0;
    memset(&found, 0, sizeof found);
    assert_status(registry_boot(&registry, &f.disk, &f.engine, remember_value, NULL),
                  STATUS_SUCCESS);
}

static void an_exclusion_is_stored_as_it_was_seen(void **state)
{
    (void)state;
    static const unsigned char name[] = {0xcc, 0x57, 0x01, 0x00};
    static const unsigned char data[] = {0x12, 0x00, 0xff, 0xff};
    assert_status(exclude(PROTOCOL_TCP, 52311, 1, STORE_PERSISTENT), STATUS_SUCCESS);
    read_disk();
    assert_int_equal(found_count, 1);
    assert_int_equal(found.key, REGISTRY_TCP_RANGES);
    assert_int_equal(found.name_size, 4);
    assert_memory_equal(found.name, name, 4);
    assert_int_equal(found.data_size, 4);
    assert_memory_equal(found.data, data, 4);
}

static void a_persistent_block_is_stored_under_its_range(void **state)
{
    (void)state;
    static const unsigned char name[] = {0x13, 0x88, 0x04, 0x03};
    static const unsigned char data[] = {0x10, 0x00, 0xff, 0xff};
    created(PROTOCOL_UDP, 5000, 0x304);
    read_disk();
    assert_int_equal(found_count, 1);
    assert_int_equal(found.key, REGISTRY_UDP_RANGES);
    assert_int_equal(found.name_size, 4);
    assert_memory_equal(found.name, name, 4);
    assert_int_equal(found.data_size, 4);
    assert_memory_equal(found.data, data, 4);
}

static void a_kept_token_stands_behind_the_mark(void **state)
{
    (void)state;
    CHOOSE(token_restart, same);
    uint64_t token = created(PROTOCOL_TCP, 5000, 10), stored = 0;
    read_disk();
    assert_int_equal(found.data_size, 12);
    for (int i = 0; i < 8; i++)
        stored |= (uint64_t)found.data[4 + i] << (8 * i);
    assert_int_equal(stored, token);
}

struct value_row {
    const char *name;
    struct registry_value value;
};

/* Written by hand: sound slots, but nothing TCP/IP wrote. */
static void values_that_make_no_sense_are_passed_over(void **state)
{
    (void)state;
    /* clang-format off */
    static const struct value_row rows[] = {
        {"start 0        ", {.key = REGISTRY_TCP_RANGES, .name_size = 4, .data_size = 4, .name = {0, 0, 1, 0}, .data = {0x10, 0, 0xff, 0xff}}},
        {"count 0        ", {.key = REGISTRY_TCP_RANGES, .name_size = 4, .data_size = 4, .name = {9, 0, 0, 0}, .data = {0x10, 0, 0xff, 0xff}}},
        {"past the end   ", {.key = REGISTRY_TCP_RANGES, .name_size = 4, .data_size = 4, .name = {0xff, 0xff, 2, 0}, .data = {0x10, 0, 0xff, 0xff}}},
        {"a short name   ", {.key = REGISTRY_TCP_RANGES, .name_size = 3, .data_size = 4, .name = {9, 1, 1}, .data = {0x10, 0, 0xff, 0xff}}},
        {"a long name    ", {.key = REGISTRY_TCP_RANGES, .name_size = 5, .data_size = 4, .name = {9, 1, 1, 0, 4}, .data = {0x10, 0, 0xff, 0xff}}},
        {"a wrong family ", {.key = REGISTRY_TCP_RANGES, .name_size = 5, .data_size = 4, .name = {9, 1, 1, 0, 5}, .data = {0x12, 0, 0xff, 0xff}}},
        {"six bytes      ", {.key = REGISTRY_TCP_RANGES, .name_size = 6, .data_size = 4, .name = {9, 1, 1, 0, 4}, .data = {0x12, 0, 0xff, 0xff}}},
        {"short data     ", {.key = REGISTRY_TCP_RANGES, .name_size = 4, .data_size = 3, .name = {9, 2, 1, 0}, .data = {0x10, 0, 0xff}}},
        {"long data      ", {.key = REGISTRY_TCP_RANGES, .name_size = 4, .data_size = 5, .name = {9, 3, 1, 0}, .data = {0x10, 0, 0xff, 0xff, 1}}},
        {"another mark   ", {.key = REGISTRY_TCP_RANGES, .name_size = 4, .data_size = 4, .name = {9, 4, 1, 0}, .data = {0x11, 0, 0xff, 0xff}}},
        {"another range  ", {.key = REGISTRY_DYNAMIC_RANGES, .name_size = 3, .data_size = 4, .name = {'t', 'c', 'q'}, .data = {0x4e, 0x20, 0xff, 0}}},
        {"another family ", {.key = REGISTRY_DYNAMIC_RANGES, .name_size = 4, .data_size = 4, .name = {'t', 'c', 'p', '5'}, .data = {0x4e, 0x20, 0xff, 0}}},
        {"a short range  ", {.key = REGISTRY_DYNAMIC_RANGES, .name_size = 3, .data_size = 3, .name = {'t', 'c', 'p'}, .data = {0x4e, 0x20, 0xff}}},
        {"an empty range ", {.key = REGISTRY_DYNAMIC_RANGES, .name_size = 3, .data_size = 4, .name = {'u', 'd', 'p'}, .data = {0x4e, 0x20, 0, 0}}},
        {"another setting", {.key = REGISTRY_TCPIP, .name_size = 11, .data_size = 4, .name = "MaxUserPost", .data = {0x50, 0xc3}}},
        {"a longer name  ", {.key = REGISTRY_TCPIP, .name_size = 12, .data_size = 4, .name = "MaxUserPorts", .data = {0x50, 0xc3}}},
        {"a short setting", {.key = REGISTRY_TCPIP, .name_size = 11, .data_size = 2, .name = "MaxUserPort", .data = {0x50, 0xc3}}},
        {"a port too high", {.key = REGISTRY_TCPIP, .name_size = 11, .data_size = 4, .name = "MaxUserPort", .data = {0, 0, 1, 0}}},
    };
    /* clang-format on */
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct registry_value value = rows[i].value;
        value.slot = REGISTRY_NO_SLOT;
        assert_status(registry_write(&f.nt.registry, &value), STATUS_SUCCESS);
        fixture_cut_power();
        for (enum protocol p = 0; p < PROTOCOL_COUNT; p++) {
            const struct port_range dynamic = dynamic_range(f.tcpip, FAMILY_4, p);
            if (f.tcpip->pools[p].blocks.count != 0 || dynamic.first != 49152 ||
                dynamic.count != 16384)
                fail_msg("%s", rows[i].name);
        }
    }
    created(PROTOCOL_TCP, 5000, 10);
    fixture_cut_power();
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_PERSISTENT).count, 1);
}

/* ---- Dynamic ranges
 * --------------------------------------------------------------------------------- */

struct dynamic_row {
    const char *name;
    uint32_t first, count;
    nt_status documented, any;
};

static void dynamic_ranges_have_limits(void **state)
{
    (void)state;
    const nt_status no = STATUS_INVALID_PARAMETER, yes = STATUS_SUCCESS;
    /* clang-format off */
    const struct dynamic_row rows[] = {
        {"the lowest start   ",  1025,   255, yes, yes},
        {"a lower one        ",  1024,   255, no,  yes},
        {"one port fewer     ",  1025,   254, no,  yes},
        {"up to the end      ", 65281,   255, yes, yes},
        {"past the end       ", 65282,   255, no,  no},
        {"all there is       ",  1025, 64511, yes, yes},
        {"and one more       ",  1025, 64512, no,  no},
        {"nothing            ", 20000,     0, no,  no},
        {"from port 0        ",     0,  1000, no,  no},
        {"beyond the ports   ", 65536,   255, no,  no},
        {"a count that wraps ",  2000, UINT32_MAX, no, no},
        {"a single port      ", 65535,     1, no,  yes},
    };
    /* clang-format on */
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        print_message("%s\n", rows[i].name);
        CHOOSE(dynamic_range_limits, documented);
        if (rows[i].documented == no)
            assert_refused(set_dynamic(PROTOCOL_TCP, rows[i].first, rows[i].count), no);
        else
            assert_status(set_dynamic(PROTOCOL_TCP, rows[i].first, rows[i].count), yes);
        CHOOSE(dynamic_range_limits, any);
        assert_status(set_dynamic(PROTOCOL_TCP, rows[i].first, rows[i].count), rows[i].any);
    }
}

static void assert_dynamic(enum family family, enum protocol protocol, uint32_t first,
                           uint32_t count)
{
    struct port_range range = dynamic_range(f.tcpip, family, protocol);
    assert_int_equal(range.first, first);
    assert_int_equal(range.count, count);
}

static nt_status store_dynamic(enum family family, enum protocol protocol, uint32_t first,
                               uint32_t count)
{
    const struct port_range range = {first, count};
    return dynamic_range_set(f.tcpip, family, protocol, &range, STORE_PERSISTENT);
}

static void a_dynamic_range_holds_for_both_families_and_one_protocol(void **state)
{
    (void)state;
    assert_status(set_dynamic(PROTOCOL_UDP, 20000, 1000), STATUS_SUCCESS);
    assert_dynamic(FAMILY_4, PROTOCOL_UDP, 20000, 1000);
    assert_dynamic(FAMILY_6, PROTOCOL_UDP, 20000, 1000);
    assert_dynamic(FAMILY_4, PROTOCOL_TCP, 49152, 16384);
    fixture_reboot();
    assert_dynamic(FAMILY_4, PROTOCOL_UDP, 49152, 16384);
}

static void a_stored_dynamic_range_survives(void **state)
{
    (void)state;
    assert_status(store_dynamic(FAMILY_6, PROTOCOL_TCP, 20000, 300), STATUS_SUCCESS);
    assert_status(store_dynamic(FAMILY_4, PROTOCOL_TCP, 30000, 0x201), STATUS_SUCCESS);
    fixture_cut_power();
    assert_dynamic(FAMILY_4, PROTOCOL_TCP, 30000, 0x201);
    assert_dynamic(FAMILY_6, PROTOCOL_TCP, 30000, 0x201);
    assert_in_range(f.tcpip->pools[PROTOCOL_TCP].cursor, 30000, 30000 + 0x200);
    assert_dynamic(FAMILY_4, PROTOCOL_UDP, 49152, 16384);
    read_disk();
    assert_int_equal(found_count, 1); /* the second took the place of the first */
    assert_int_equal(found.name_size, 3);
    assert_memory_equal(found.name, "tcp", 3);
}

static void families_may_have_ranges_apart(void **state)
{
    (void)state;
    CHOOSE(dynamic_range_families, apart);
    assert_status(store_dynamic(FAMILY_6, PROTOCOL_UDP, 20000, 300), STATUS_SUCCESS);
    assert_status(store_dynamic(FAMILY_4, PROTOCOL_UDP, 30000, 400), STATUS_SUCCESS);
    assert_dynamic(FAMILY_4, PROTOCOL_UDP, 30000, 400);
    assert_dynamic(FAMILY_6, PROTOCOL_UDP, 20000, 300);
    fixture_cut_power();
    assert_dynamic(FAMILY_4, PROTOCOL_UDP, 30000, 400);
    assert_dynamic(FAMILY_6, PROTOCOL_UDP, 20000, 300);
    assert_dynamic(FAMILY_6, PROTOCOL_TCP, 49152, 16384);
}

static void without_power_the_range_stays(void **state)
{
    (void)state;
    f.disk.powered = false;
    assert_refused(store_dynamic(FAMILY_4, PROTOCOL_TCP, 20000, 300), STATUS_DEVICE_NOT_READY);
}

static void set_max_user_port(uint32_t port)
{
    struct registry_value value = {
        .key = REGISTRY_TCPIP,
        .slot = REGISTRY_NO_SLOT,
        .name_size = 11,
        .data_size = 4,
        .name = "MaxUserPort",
        .data = {(unsigned char)port, (unsigned char)(port >> 8)},
    };
    assert_status(registry_write(&f.nt.registry, &value), STATUS_SUCCESS);
}

static void max_user_port_caps_the_range_from_the_next_boot_on(void **state)
{
    (void)state;
    set_max_user_port(50000);
    assert_dynamic(FAMILY_4, PROTOCOL_TCP, 49152, 16384);
    fixture_reboot();
    assert_dynamic(FAMILY_4, PROTOCOL_TCP, 49152, 849);
    assert_dynamic(FAMILY_6, PROTOCOL_UDP, 49152, 849);
    assert_in_range(f.tcpip->pools[PROTOCOL_TCP].cursor, 49152, 50000);
}

static void max_user_port_leaves_at_least_the_smallest_range(void **state)
{
    (void)state;
    set_max_user_port(49152 + 254);
    fixture_reboot();
    assert_dynamic(FAMILY_4, PROTOCOL_TCP, 49152, 255);
    fixture_close();
    fixture_open();
    set_max_user_port(49152 + 253);
    fixture_reboot();
    assert_dynamic(FAMILY_4, PROTOCOL_TCP, 49152, 16384);
    fixture_close();
    fixture_open();
    set_max_user_port(65535);
    fixture_reboot();
    assert_dynamic(FAMILY_4, PROTOCOL_TCP, 49152, 16384);
    fixture_close();
    fixture_open();
    set_max_user_port(65534);
    fixture_reboot();
    assert_dynamic(FAMILY_4, PROTOCOL_TCP, 49152, 16383);
}

/* ---- Foreign blocks
 * --------------------------------------------------------------------------------- */

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

/* ---- Memory
 * ------------------------------------------------------------------------------------------ */

static void a_boot_without_memory_is_no_boot(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 40; i++)
        created(PROTOCOL_TCP, 20000 - 100 * i, 10);
    CHOOSE(foreign_blocks, moving);
    unsigned failed = 0;
    for (;;) {
        engine_power_off(&f.engine);
        f.engine.arena.fail_in = ++failed;
        if (fixture_boot())
            break;
        assert_true(failed < 100);
    }
    f.engine.arena.fail_in = 0;
    assert_true(failed > 5);
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_PERSISTENT).count, 40);
}

static void two_boots_from_one_seed_are_the_same(void **state)
{
    (void)state;
    CHOOSE(foreign_blocks, moving);
    created(PROTOCOL_TCP, 5000, 10);
    engine_restart(&f.engine, 7);
    f.nt.boots = 0;
    assert_true(fixture_boot());
    snapshot(f.before);
    engine_restart(&f.engine, 7);
    f.nt.boots = 0;
    assert_true(fixture_boot());
    snapshot(f.after);
    assert_string_equal(f.after, f.before);
    engine_restart(&f.engine, 8);
    f.nt.boots = 0;
    assert_true(fixture_boot());
    snapshot(f.after);
    assert_string_not_equal(f.after, f.before);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_machine, close_machine)
    const struct CMUnitTest tests[] = {
        TEST(an_idle_machine_is_small),
        TEST(nothing_but_the_persistent_store_survives),
        TEST(blocks_come_back_in_order_under_new_tokens),
        TEST(tokens_may_stay_the_same),
        TEST(a_kept_token_is_forgotten_under_another_profile),
        TEST(a_block_written_twice_can_still_be_deleted),
        TEST(a_provider_may_lose_what_is_persistent),
        TEST(a_provider_may_bring_deleted_blocks_back),
        TEST(a_provider_may_store_runtime_blocks),
        TEST(without_power_the_defect_acquires_nothing),
        TEST(a_block_that_the_power_cut_met_is_there_or_not),
        TEST(an_exclusion_is_stored_as_it_was_seen),
        TEST(a_persistent_block_is_stored_under_its_range),
        TEST(a_kept_token_stands_behind_the_mark),
        TEST(values_that_make_no_sense_are_passed_over),
        TEST(dynamic_ranges_have_limits),
        TEST(a_dynamic_range_holds_for_both_families_and_one_protocol),
        TEST(a_stored_dynamic_range_survives),
        TEST(families_may_have_ranges_apart),
        TEST(without_power_the_range_stays),
        TEST(max_user_port_caps_the_range_from_the_next_boot_on),
        TEST(max_user_port_leaves_at_least_the_smallest_range),
        TEST(foreign_blocks_stand_in_the_dynamic_range_and_move),
        TEST(foreign_blocks_go_where_nothing_is),
        TEST(foreign_blocks_stay_away_where_there_is_no_gap),
        TEST(a_boot_without_memory_is_no_boot),
        TEST(two_boots_from_one_seed_are_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
