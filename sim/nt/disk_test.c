/* The disk: what a cut leaves, and that nothing is written without power. */
#include "sim/nt/fixture.h"

static unsigned char news[SECTOR_SIZE];

static int setup(void **state)
{
    setup_machine(state);
    assert_true(disk_grow(&machine.disk, 2));
    memset(news, 0x77, sizeof news);
    return 0;
}

/* How many bytes of sector 1 are new; the rest must be as before, and the new ones come first. */
static size_t new_bytes(void)
{
    const unsigned char *bytes = disk_sector(&machine.disk, 1);
    size_t count = 0;
    while (count < SECTOR_SIZE && bytes[count] == 0x77)
        count++;
    for (size_t i = count; i < SECTOR_SIZE; i++)
        assert_int_equal(bytes[i], 0);
    for (size_t i = 0; i < SECTOR_SIZE; i++)
        assert_int_equal(disk_sector(&machine.disk, 0)[i], 0);
    return count;
}

static bool write_once(void)
{
    return disk_write(&machine.disk, &machine.engine, 1, news);
}

static void a_write_is_there(void **state)
{
    (void)state;
    assert_true(write_once());
    assert_int_equal(new_bytes(), SECTOR_SIZE);
    assert_int_equal(machine.disk.writes, 1);
}

static void a_cut_before_leaves_the_old(void **state)
{
    (void)state;
    machine.disk.cut_at = 1;
    machine.disk.cut = CUT_BEFORE;
    assert_false(write_once());
    assert_int_equal(new_bytes(), 0);
}

static void a_cut_after_leaves_the_new(void **state)
{
    (void)state;
    machine.disk.cut_at = 1;
    machine.disk.cut = CUT_AFTER;
    assert_false(write_once());
    assert_int_equal(new_bytes(), SECTOR_SIZE);
}

static void a_cut_in_the_middle_tears_where_chance_says(void **state)
{
    (void)state;
    for (uint64_t at = 0; at <= SECTOR_SIZE; at++) {
        memset(machine.disk.bytes, 0, 2 * SECTOR_SIZE);
        machine.disk.powered = true;
        machine.disk.cut_at = machine.disk.writes + 1;
        machine.disk.cut = CUT_DURING;
        machine.engine.choices.list = &at;
        machine.engine.choices.list_count = 1;
        machine.engine.choices.list_next = 0;
        assert_false(write_once());
        assert_int_equal(new_bytes(), at);
    }
}

static void without_power_nothing_is_written(void **state)
{
    (void)state;
    machine.disk.cut_at = 1;
    machine.disk.cut = CUT_BEFORE;
    assert_false(write_once());
    assert_false(write_once());
    assert_int_equal(new_bytes(), 0);
    assert_int_equal(machine.disk.writes, 1);
}

static void power_comes_back_with_the_boot_and_the_cut_is_over(void **state)
{
    (void)state;
    machine.disk.cut_at = 1;
    machine.disk.cut = CUT_BEFORE;
    assert_false(write_once());
    nt_power_cut(machine.nt);
    engine_power_off(&machine.engine);
    boot();
    assert_true(write_once());
    assert_int_equal(new_bytes(), SECTOR_SIZE);
}

static void the_power_fails_at_the_write_that_was_named(void **state)
{
    (void)state;
    machine.disk.cut_at = 3;
    machine.disk.cut = CUT_BEFORE;
    assert_true(write_once());
    assert_true(write_once());
    assert_false(write_once());
}

static void a_disk_that_grows_keeps_its_bytes(void **state)
{
    (void)state;
    assert_true(write_once());
    assert_true(disk_grow(&machine.disk, 1000));
    assert_int_equal(machine.disk.sectors, 1000);
    assert_int_equal(new_bytes(), SECTOR_SIZE);
    for (size_t i = 0; i < SECTOR_SIZE; i++)
        assert_int_equal(disk_sector(&machine.disk, 999)[i], 0);
    assert_true(disk_grow(&machine.disk, 10));
    assert_int_equal(machine.disk.sectors, 1000);
}

static unsigned char kept[SECTOR_SIZE];
static unsigned times_kept;

static void keep(void *context, uint32_t sector, const unsigned char *bytes)
{
    assert_ptr_equal(context, kept);
    assert_int_equal(sector, 1);
    memcpy(kept, bytes, SECTOR_SIZE);
    times_kept++;
}

/* Torn ones too; and none that did not happen. */
static void who_listens_has_every_sector_as_it_is_on_the_disk(void **state)
{
    (void)state;
    times_kept = 0;
    machine.disk.written = keep;
    machine.disk.written_context = kept;
    assert_true(write_once());
    assert_int_equal(times_kept, 1);
    assert_memory_equal(kept, disk_sector(&machine.disk, 1), SECTOR_SIZE);

    memset(news, 0x33, sizeof news);
    machine.disk.cut = CUT_DURING;
    machine.disk.cut_at = machine.disk.writes + 1;
    assert_false(write_once());
    assert_int_equal(times_kept, 2);
    assert_memory_equal(kept, disk_sector(&machine.disk, 1), SECTOR_SIZE);
    assert_false(write_once());
    assert_int_equal(times_kept, 2);
}

#define DISK_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown_machine)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DISK_TEST(a_write_is_there),
        DISK_TEST(a_cut_before_leaves_the_old),
        DISK_TEST(a_cut_after_leaves_the_new),
        DISK_TEST(a_cut_in_the_middle_tears_where_chance_says),
        DISK_TEST(without_power_nothing_is_written),
        DISK_TEST(power_comes_back_with_the_boot_and_the_cut_is_over),
        DISK_TEST(the_power_fails_at_the_write_that_was_named),
        DISK_TEST(a_disk_that_grows_keeps_its_bytes),
        DISK_TEST(who_listens_has_every_sector_as_it_is_on_the_disk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
