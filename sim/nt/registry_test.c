/* What a power cut, a torn write and a damaged disk do to the registry, and what they must not.
 *
 * A value here is named by a number; its data are a version. The model is an array of versions.
 */
#include "sim/nt/fixture.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

enum { NAMES = 40, SLOT_SIZE = 64 };

/* What the guest was told, and what the last boot found. Version 0 is absent. */
struct model {
    uint32_t versions[NAMES];
    uint32_t slots[NAMES];
};

static struct model found;

static void find_value(void *context, const struct registry_value *value)
{
    uint32_t name, version;
    (void)context;
    assert_int_equal(value->key, REGISTRY_UDP_RANGES);
    assert_int_equal(value->name_size, 4);
    assert_int_equal(value->data_size, 8);
    memcpy(&name, value->name, 4);
    memcpy(&version, value->data, 4);
    assert_true(name < NAMES);
    assert_int_equal(value->data[4], (unsigned char)(version + name));
    assert_int_equal(found.versions[name], 0); /* a name is seen once */
    found.versions[name] = version;
    found.slots[name] = value->slot;
}

/* Power on: a new executive, and the registry read. */
static void restart(void)
{
    nt_power_cut(machine.nt);
    engine_power_off(&machine.engine);
    boot();
    found = (struct model){0};
    assert_status(
        registry_boot(&machine.nt->registry, &machine.disk, &machine.engine, find_value, NULL),
        STATUS_SUCCESS);
    nt_check(machine.nt);
}

static nt_status write_version(struct model *model, uint32_t name, uint32_t version)
{
    struct registry_value value = {
        .key = REGISTRY_UDP_RANGES,
        .slot = model->versions[name] == 0 ? REGISTRY_NO_SLOT : model->slots[name],
        .name_size = 4,
        .data_size = 8,
    };
    memcpy(value.name, &name, 4);
    memcpy(value.data, &version, 4);
    value.data[4] = (unsigned char)(version + name);
    nt_status status = registry_write(&machine.nt->registry, &value);
    if (status == STATUS_SUCCESS) {
        model->versions[name] = version;
        model->slots[name] = value.slot;
    }
    return status;
}

static nt_status erase(struct model *model, uint32_t name)
{
    nt_status status = registry_erase(&machine.nt->registry, model->slots[name]);
    if (status == STATUS_SUCCESS)
        model->versions[name] = 0;
    return status;
}

static void assert_found(const struct model *model)
{
    for (uint32_t name = 0; name < NAMES; name++)
        if (found.versions[name] != model->versions[name])
            fail_msg("value %u is %u, not %u", name, found.versions[name], model->versions[name]);
}

static int setup(void **state)
{
    setup_machine(state);
    restart();
    return 0;
}

#define REGISTRY_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown_machine)

static void what_was_written_is_there_after_a_boot(void **state)
{
    (void)state;
    struct model model = {0};
    for (uint32_t name = 0; name < NAMES; name++)
        assert_status(write_version(&model, name, 100 + name), STATUS_SUCCESS);
    restart();
    assert_found(&model);
    assert_int_equal(machine.nt->registry.damaged, 0);

    model = found;
    for (uint32_t name = 0; name < NAMES; name += 3)
        assert_status(write_version(&model, name, 200 + name), STATUS_SUCCESS);
    for (uint32_t name = 1; name < NAMES; name += 3)
        assert_status(erase(&model, name), STATUS_SUCCESS);
    restart();
    assert_found(&model);
}

static void values_are_told_in_the_order_of_their_slots(void **state)
{
    (void)state;
    struct model model = {0};
    for (uint32_t name = 0; name < 10; name++)
        write_version(&model, 9 - name, 1);
    restart();
    for (uint32_t name = 0; name < 10; name++)
        assert_int_equal(found.slots[name], 9 - name);
}

static void a_free_slot_is_used_again(void **state)
{
    (void)state;
    struct model model = {0};
    for (uint32_t name = 0; name < 20; name++)
        write_version(&model, name, 1);
    erase(&model, 13);
    erase(&model, 5);
    write_version(&model, 30, 1);
    assert_int_equal(model.slots[30], 5);
    write_version(&model, 31, 1);
    assert_int_equal(model.slots[31], 13);
    for (int i = 0; i < 1000; i++)
        write_version(&model, 30, 2 + (uint32_t)i);
    assert_int_equal(machine.disk.sectors, 8);
    restart();
    assert_found(&model);
}

static void count_value(void *context, const struct registry_value *value)
{
    uint32_t *seen = context;
    (void)value;
    ++*seen;
}

static void a_value_may_fill_its_slot(void **state)
{
    (void)state;
    struct registry_value value = {
        .key = REGISTRY_TCP_RANGES,
        .slot = REGISTRY_NO_SLOT,
        .name_size = REGISTRY_NAME_MAX,
        .data_size = REGISTRY_DATA_MAX,
    };
    memset(value.name, 0xFF, REGISTRY_NAME_MAX);
    memset(value.data, 0xEE, REGISTRY_DATA_MAX);
    assert_status(registry_write(&machine.nt->registry, &value), STATUS_SUCCESS);
    struct registry_value empty = {.key = REGISTRY_TCPIP, .slot = REGISTRY_NO_SLOT};
    assert_status(registry_write(&machine.nt->registry, &empty), STATUS_SUCCESS);
    assert_int_equal(empty.slot, 1);
    struct registry registry;
    uint32_t seen = 0;

    assert_status(registry_boot(&registry, &machine.disk, &machine.engine, count_value, &seen),
                  STATUS_SUCCESS);
    assert_int_equal(seen, 2);
    assert_int_equal(registry.damaged, 0);
}

/* ---- Power cuts ------------------------------------------------------------------------------ */

/* What the guest was doing when the power failed. */
struct step {
    uint32_t name;
    uint32_t before, after;
};

/* The same list of calls each time: creates, replaces and erases over few names. False when the
 * power failed on the way, and `*last` is the call it failed in.
 */
static bool work(struct model *model, struct step *last)
{
    uint32_t state = 12345;
    for (uint32_t i = 0; i < 60; i++) {
        state = state * 1103515245 + 12345;
        uint32_t name = (state >> 16) % 12;
        bool erases = model->versions[name] != 0 && (state >> 24) % 3 == 0;
        *last = (struct step){name, model->versions[name], erases ? 0 : i + 1};
        nt_status status = erases ? erase(model, name) : write_version(model, name, i + 1);
        if (status != STATUS_SUCCESS) {
            assert_status(status, STATUS_DEVICE_NOT_READY);
            assert_int_equal(model->versions[name], last->before);
            return false;
        }
    }
    return true;
}

/* Cuts the power at the n-th write of the workload. False when it has fewer writes. */
static bool survive_cut(uint64_t write, enum cut cut, const uint64_t *torn_at)
{
    struct model model = {0};
    struct step last = {0};
    uint32_t was;

    open_machine(1);
    restart();
    machine.disk.cut_at = write;
    machine.disk.cut = cut;
    machine.engine.choices.list = torn_at;
    machine.engine.choices.list_count = torn_at == NULL ? 0 : 1;
    bool done = work(&model, &last);
    assert_int_equal(machine.disk.powered, done);
    if (!done) {
        assert_status(write_version(&model, 20, 1), STATUS_DEVICE_NOT_READY);
        restart();
        was = found.versions[last.name];
        if (was != last.before && was != last.after)
            fail_msg("write %d, cut %d, torn at %d: value %u is %u, neither %u nor %u", (int)write,
                     (int)cut, torn_at == NULL ? -1 : (int)*torn_at, last.name, was, last.before,
                     last.after);
        assert_true(cut == CUT_DURING || machine.nt->registry.damaged == 0);
        model.versions[last.name] = was;
        assert_found(&model);

        /* And the disk is as good as new. */
        model = found;
        assert_status(write_version(&model, 20, 99), STATUS_SUCCESS);
        assert_status(write_version(&model, last.name, 98), STATUS_SUCCESS);
        assert_status(erase(&model, last.name), STATUS_SUCCESS);
        restart();
        assert_found(&model);
    }
    close_machine();
    return !done;
}

static void a_cut_before_or_after_any_write_loses_nothing(void **state)
{
    (void)state;
    uint64_t write = 1;
    while (survive_cut(write, CUT_BEFORE, NULL) && survive_cut(write, CUT_AFTER, NULL))
        write++;
    assert_true(write > 60);
}

static void a_write_torn_anywhere_leaves_each_value_whole_or_absent(void **state)
{
    (void)state;
    uint64_t torn_at[] = {0};
    uint64_t write = 1;
    for (bool cut = true; cut; write++)
        for (torn_at[0] = 0; torn_at[0] <= SECTOR_SIZE && cut; torn_at[0]++)
            cut = survive_cut(write, CUT_DURING, torn_at);
    assert_true(write > 60);
}

static void a_cut_in_a_replacement_leaves_the_old_value_or_the_new(void **state)
{
    (void)state;
    bool saw_old = false, saw_new = false;
    for (uint64_t write = 2; write <= 3; write++)
        for (uint64_t at = 0; at <= SECTOR_SIZE; at++) {
            struct model model = {0};
            open_machine(1);
            restart();
            write_version(&model, 7, 1);
            machine.disk.cut_at = write;
            machine.disk.cut = CUT_DURING;
            machine.engine.choices.list = &at;
            machine.engine.choices.list_count = 1;
            assert_status(write_version(&model, 7, 2), STATUS_DEVICE_NOT_READY);
            restart();
            assert_true(found.versions[7] == 1 || found.versions[7] == 2);
            saw_old |= found.versions[7] == 1;
            saw_new |= found.versions[7] == 2;
            close_machine();
        }
    assert_true(saw_old);
    assert_true(saw_new);
}

/* Leaves a disk with both the old and the new value of one name. */
static void leave_both(void)
{
    struct model model = {0};
    write_version(&model, 3, 1);
    machine.disk.cut_at = machine.disk.writes + 2;
    machine.disk.cut = CUT_BEFORE;
    assert_status(write_version(&model, 3, 2), STATUS_DEVICE_NOT_READY);
}

static void the_older_of_two_values_never_comes_back(void **state)
{
    (void)state;
    leave_both();
    restart();
    assert_int_equal(found.versions[3], 2);
    struct model model = found;
    assert_status(erase(&model, 3), STATUS_SUCCESS);
    restart();
    assert_int_equal(found.versions[3], 0);
}

/* The order of writes is told across boots. */
static void a_value_replaced_after_a_boot_is_the_later_one(void **state)
{
    (void)state;
    struct model model = {0};
    for (uint32_t version = 1; version <= 5; version++)
        write_version(&model, 3, version);
    restart();
    model = found;
    machine.disk.cut_at = machine.disk.writes + 2;
    machine.disk.cut = CUT_BEFORE;
    assert_status(write_version(&model, 3, 6), STATUS_DEVICE_NOT_READY);
    restart();
    assert_int_equal(found.versions[3], 6);
}

static void the_power_may_fail_while_the_older_value_is_wiped(void **state)
{
    (void)state;
    for (enum cut cut = CUT_BEFORE; cut <= CUT_AFTER; cut++) {
        leave_both();
        machine.disk.cut_at = machine.disk.writes + 1;
        machine.disk.cut = cut;
        restart();
        assert_false(machine.disk.powered);
        assert_int_equal(found.versions[3], 2);
        restart();
        assert_int_equal(found.versions[3], 2);
        struct model model = found;
        assert_status(erase(&model, 3), STATUS_SUCCESS);
        restart();
        assert_int_equal(found.versions[3], 0);
    }
}

/* ---- Damage ---------------------------------------------------------------------------------- */

static void a_damaged_slot_is_counted_skipped_and_used_again(void **state)
{
    (void)state;
    for (size_t bit = 0; bit < SLOT_SIZE * 8; bit++) {
        struct model model = {0};
        open_machine(1);
        restart();
        for (uint32_t name = 0; name < 3; name++)
            write_version(&model, name, 50 + name);
        machine.disk.bytes[SLOT_SIZE + bit / 8] ^= (unsigned char)(1u << bit % 8);

        restart();
        model.versions[1] = 0;
        assert_found(&model);
        assert_int_equal(machine.nt->registry.damaged, 1);

        model = found;
        assert_status(write_version(&model, 9, 1), STATUS_SUCCESS);
        assert_int_equal(model.slots[9], 1);
        restart();
        assert_found(&model);
        assert_int_equal(machine.nt->registry.damaged, 0);
        close_machine();
    }
}

static void random_damage_harms_only_what_it_hits(void **state)
{
    (void)state;
    struct choice_source chance;
    choose_seed(&chance, 77);
    for (int round = 0; round < 500; round++) {
        struct model model = {0};
        open_machine(1);
        restart();
        for (uint32_t name = 0; name < NAMES; name++)
            write_version(&model, name, 1 + (uint32_t)round);
        uint64_t bytes = choose(&chance, CHOICE_FAULT, 200);
        size_t size = (size_t)machine.disk.sectors * SECTOR_SIZE;
        bool hit[512] = {false};
        while (bytes-- > 0) {
            uint64_t at = choose(&chance, CHOICE_FAULT, size);
            machine.disk.bytes[at] ^= (unsigned char)(1 + choose(&chance, CHOICE_FAULT, 255));
            hit[at / SLOT_SIZE] = true;
        }

        restart();
        uint32_t lost = 0;
        for (uint32_t name = 0; name < NAMES; name++) {
            if (hit[model.slots[name]] && found.versions[name] == 0)
                lost++;
            else
                assert_int_equal(found.versions[name], model.versions[name]);
        }
        assert_true(machine.nt->registry.damaged >= lost);
        close_machine();
    }
}

static void noise_is_no_value(void **state)
{
    (void)state;
    struct choice_source chance;
    choose_seed(&chance, 5);
    assert_true(disk_grow(&machine.disk, 64));
    for (size_t i = 0; i < 64 * SECTOR_SIZE; i++)
        machine.disk.bytes[i] = (unsigned char)choose(&chance, CHOICE_FAULT, 256);
    restart();
    assert_int_equal(machine.nt->registry.damaged, 64 * SECTOR_SIZE / SLOT_SIZE);
    assert_found(&(struct model){0});
}

/* One slot copied over another: two sound values of one name and one sequence number. */
static void of_two_equal_values_one_stays(void **state)
{
    (void)state;
    struct model model = {0};
    for (uint32_t name = 0; name < 4; name++)
        write_version(&model, name, 5);
    memcpy(machine.disk.bytes + 2 * SLOT_SIZE, machine.disk.bytes, SLOT_SIZE);
    restart();
    model.versions[2] = 0;
    assert_found(&model);
    assert_int_equal(found.slots[0], 0);
    model = found;
    erase(&model, 0);
    restart();
    assert_found(&model);
}

static void of_many_values_of_a_name_the_latest_stays(void **state)
{
    (void)state;
    enum { COPIES = 5 };
    unsigned char slots[COPIES][SLOT_SIZE];
    struct model model = {0};
    for (uint32_t version = 1; version <= COPIES; version++) {
        write_version(&model, 8, version);
        memcpy(slots[version - 1], machine.disk.bytes + model.slots[8] * SLOT_SIZE, SLOT_SIZE);
    }
    for (int first = 0; first < COPIES; first++) {
        for (int i = 0; i < COPIES; i++)
            memcpy(machine.disk.bytes + i * SLOT_SIZE, slots[(i + first) % COPIES], SLOT_SIZE);
        restart();
        assert_int_equal(found.versions[8], COPIES);
        model = found;
        assert_status(erase(&model, 8), STATUS_SUCCESS);
        restart();
        assert_found(&model);
    }
}

/* Its checksum is right: whoever wrote it was not this registry. */
static void a_slot_that_makes_no_sense_is_damaged(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint64_t header;
        unsigned char name_byte, last_name_byte;
        uint32_t damaged;
    } rows[] = {
        {"sound", 1 << 16 | 1 << 12 | 1 << 6 | 1, 7, 0, 0},
        {"all of it", UINT64_C(1) << 63 | 1 << 12 | 16 << 6 | 32, 7, 7, 0},
        {"no sequence", 0 << 16 | 1 << 12 | 1 << 6 | 1, 7, 0, 1},
        {"key 0", 1 << 16 | 0 << 12 | 1 << 6 | 1, 7, 0, 1},
        {"a key too many", 1 << 16 | REGISTRY_KEY_COUNT << 12 | 1 << 6 | 1, 7, 0, 1},
        {"a name too long", 1 << 16 | 1 << 12 | 17 << 6 | 1, 7, 0, 1},
        {"data too long", 1 << 16 | 1 << 12 | 1 << 6 | 33, 7, 0, 1},
        {"more name than it says", 1 << 16 | 1 << 12 | 0 << 6 | 1, 7, 0, 1},
        {"a name with a tail", 1 << 16 | 1 << 12 | 8 << 6 | 1, 0, 7, 1},
        {"a long name with a tail", 1 << 16 | 1 << 12 | 15 << 6 | 1, 0, 7, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_true(disk_grow(&machine.disk, 1));
        unsigned char *slot = machine.disk.bytes;
        memset(slot, 0, SLOT_SIZE);
        for (int byte = 0; byte < 8; byte++)
            slot[8 + byte] = (unsigned char)(rows[i].header >> (8 * byte));
        slot[16] = rows[i].name_byte;
        slot[31] = rows[i].last_name_byte;
        uint64_t sum = XXH3_64bits(slot + 8, SLOT_SIZE - 8);
        for (int byte = 0; byte < 8; byte++)
            slot[byte] = (unsigned char)(sum >> (8 * byte));

        struct registry registry;
        uint32_t seen = 0;
        assert_status(registry_boot(&registry, &machine.disk, &machine.engine, count_value, &seen),
                      STATUS_SUCCESS);
        if (registry.damaged != rows[i].damaged || seen != 1 - rows[i].damaged)
            fail_msg("%s: %u damaged, %u seen", rows[i].name, registry.damaged, seen);
    }
}

/* ---- Limits ---------------------------------------------------------------------------------- */

static void no_memory_is_an_answer_and_changes_nothing(void **state)
{
    (void)state;
    struct model model = {0};
    for (uint32_t i = 0; i < 64; i++) {
        struct registry_value value = {
            .key = REGISTRY_TCPIP, .slot = REGISTRY_NO_SLOT, .name_size = 1, .name = {(uint8_t)i}};
        assert_status(registry_write(&machine.nt->registry, &value), STATUS_SUCCESS);
    }
    machine.engine.arena.fail_in = 1;
    assert_status(write_version(&model, 1, 1), STATUS_INSUFFICIENT_RESOURCES);
    nt_check(machine.nt);
    assert_status(write_version(&model, 1, 1), STATUS_SUCCESS);
    assert_int_equal(model.slots[1], 64);

    struct registry registry;
    uint32_t seen = 0;
    for (uint64_t n = 1; n <= 2; n++) {
        machine.engine.arena.fail_in = n;
        assert_status(registry_boot(&registry, &machine.disk, &machine.engine, count_value, &seen),
                      STATUS_INSUFFICIENT_RESOURCES);
        assert_int_equal(seen, 0);
    }
    machine.engine.arena.fail_in = 0;
}

static void the_disk_is_the_same_whatever_the_memory_held(void **state)
{
    (void)state;
    unsigned char disks[2][8 * SECTOR_SIZE];
    uint64_t fingerprints[2];
    for (int i = 0; i < 2; i++) {
        struct model model = {0};
        struct step last;
        machine = (struct machine){0};
        assert_true(engine_open(&machine.engine, 1, 1 << 24, i == 0 ? 0x00 : 0xFF));
        assert_true(disk_open(&machine.disk, 0));
        profile_default(&machine.profile);
        boot();
        restart();
        assert_true(work(&model, &last));
        restart();
        memcpy(disks[i], machine.disk.bytes, sizeof disks[i]);
        fingerprints[i] = machine.engine.fingerprint;
        close_machine();
    }
    assert_memory_equal(disks[0], disks[1], sizeof disks[0]);
    assert_true(fingerprints[0] == fingerprints[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        REGISTRY_TEST(what_was_written_is_there_after_a_boot),
        REGISTRY_TEST(values_are_told_in_the_order_of_their_slots),
        REGISTRY_TEST(a_free_slot_is_used_again),
        REGISTRY_TEST(a_value_may_fill_its_slot),
        cmocka_unit_test(a_cut_before_or_after_any_write_loses_nothing),
        cmocka_unit_test(a_write_torn_anywhere_leaves_each_value_whole_or_absent),
        cmocka_unit_test(a_cut_in_a_replacement_leaves_the_old_value_or_the_new),
        REGISTRY_TEST(the_older_of_two_values_never_comes_back),
        REGISTRY_TEST(a_value_replaced_after_a_boot_is_the_later_one),
        REGISTRY_TEST(the_power_may_fail_while_the_older_value_is_wiped),
        cmocka_unit_test(a_damaged_slot_is_counted_skipped_and_used_again),
        cmocka_unit_test(random_damage_harms_only_what_it_hits),
        REGISTRY_TEST(noise_is_no_value),
        REGISTRY_TEST(of_two_equal_values_one_stays),
        REGISTRY_TEST(of_many_values_of_a_name_the_latest_stays),
        REGISTRY_TEST(a_slot_that_makes_no_sense_is_damaged),
        REGISTRY_TEST(no_memory_is_an_answer_and_changes_nothing),
        cmocka_unit_test(the_disk_is_the_same_whatever_the_memory_held),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
