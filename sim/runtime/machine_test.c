#include "sim/runtime/test_machine.h"

/* A bit of everything; sockets and blocks are left open. */
static void work(unsigned rounds)
{
    for (unsigned i = 0; i < rounds; i++) {
        SOCKET s = tcp_socket();
        assert_int_equal(bind_port(s, 0), 0);
        assert_int_not_equal(acquire(tcp_socket(), 0, 10 + i), 0);
        assert_int_equal(create(2000 + 20 * i, 5), 0);
        if (i % 3 == 2)
            assert_int_equal(remove_block(2000 + 20 * i, 5), 0);
        Sleep(10);
    }
}

/* ---- Nothing is left over -------------------------------------------------------------------- */

struct run {
    uint64_t fingerprint, now_ns, writes;
    size_t memory;
};

static struct run run_work(struct berth *machine)
{
    boot_and_enter(machine, &elevated);
    work(7);
    berth_check(machine);
    struct run run = {berth_fingerprint(machine), berth_now_ns(machine), berth_disk_writes(machine),
                      berth_memory_used(machine)};
    berth_leave(machine);
    berth_off(machine, BERTH_SHUT_DOWN);
    berth_check(machine);
    return run;
}

static void assert_same_run(struct run a, struct run b)
{
    assert_int_equal(a.fingerprint, b.fingerprint);
    assert_int_equal(a.now_ns, b.now_ns);
    assert_int_equal(a.writes, b.writes);
    assert_int_equal(a.memory, b.memory);
}

static size_t memory_after_a_process_that_asks_for_names(struct berth *machine)
{
    WSADATA data;
    HANDLE query;
    WSAQUERYSETA question = {.dwSize = sizeof question, .dwNameSpace = NS_ALL};
    GUID hosts = {0x2a803, 0, 0, {0xc0, 0, 0, 0, 0, 0, 0, 0x46}}; /* host names to addresses */
    question.lpServiceClassId = &hosts;
    question.lpszServiceInstanceName = (char *)"localhost";

    assert_int_equal(berth_enter(machine, &elevated), 0);
    assert_int_equal(WSAStartup(MAKEWORD(2, 2), &data), 0);
    assert_non_null(gethostbyname("localhost"));
    assert_int_equal(WSALookupServiceBeginA(&question, LUP_RETURN_ADDR, &query), 0);
    berth_leave(machine);
    return berth_memory_used(machine);
}

static void what_winsock_keeps_for_a_process_goes_with_it(void **state)
{
    (void)state;
    struct berth *machine = new_machine(7);
    assert_true(berth_boot(machine));
    for (int i = 0; i < 3; i++)
        (void)memory_after_a_process_that_asks_for_names(machine);
    size_t settled = memory_after_a_process_that_asks_for_names(machine);
    for (int i = 0; i < 3; i++)
        assert_int_equal(memory_after_a_process_that_asks_for_names(machine), settled);
    berth_free(machine);
}

static void a_reset_machine_is_as_good_as_new(void **state)
{
    (void)state;
    struct berth *machine = new_machine(7);
    size_t empty = berth_memory_used(machine);
    struct run first = run_work(machine);
    assert_int_equal(berth_memory_used(machine), empty);

    berth_reset(machine, 7, false);
    assert_same_run(run_work(machine), first);

    /* In the middle of something, with a disk that has grown. */
    boot_and_enter(machine, &elevated);
    for (unsigned i = 0; i < 1500; i++)
        assert_int_equal(create(10000 + 10 * i, 3), 0);
    berth_reset(machine, 7, false);
    assert_int_equal(berth_memory_used(machine), empty);
    assert_same_run(run_work(machine), first);
    berth_free(machine);
}

static void a_reset_erases_what_was_written_behind_the_disks_back(void **state)
{
    (void)state;
    struct berth *machine = new_machine(7);
    size_t size;
    berth_disk(machine, &size)[100] = 1;
    assert_true(berth_boot(machine));
    assert_int_equal(berth_damaged_values(machine), 1);
    berth_off(machine, BERTH_POWER_CUT);

    berth_reset(machine, 7, false);
    assert_true(berth_boot(machine));
    assert_int_equal(berth_damaged_values(machine), 0);
    berth_free(machine);
}

static void a_reset_that_keeps_the_disk_keeps_reservations(void **state)
{
    (void)state;
    struct berth *machine = new_machine(7);
    boot_and_enter(machine, &elevated);
    assert_int_equal(create(3000, 5), 0);
    berth_reset(machine, 8, true);
    boot_and_enter(machine, &elevated);
    assert_true(pool_has(machine, "tcp persistent 3000 5\n"));
    berth_free(machine);
}

static void a_seed_decides_the_run(void **state)
{
    (void)state;
    struct berth *a = new_machine(1), *b = new_machine(1), *c = new_machine(2);
    struct run of_a = run_work(a);
    assert_same_run(run_work(b), of_a);
    assert_int_not_equal(run_work(c).fingerprint, of_a.fingerprint);
    berth_free(a);
    berth_free(b);
    berth_free(c);
}

static void what_unwritten_memory_holds_decides_nothing(void **state)
{
    (void)state;
    const struct berth_config config = {.seed = 1, .poison = 0xa5};
    struct berth *plain = new_machine(1), *poisoned = berth_new(&config);
    assert_non_null(poisoned);
    assert_same_run(run_work(plain), run_work(poisoned));
    berth_free(plain);
    berth_free(poisoned);
}

static void machines_side_by_side_do_not_mix(void **state)
{
    (void)state;
    struct berth *alone = new_machine(5);
    boot_and_enter(alone, &elevated);
    work(3);
    assert_int_equal(create(9000, 1), 0);
    berth_leave(alone);

    struct berth *a = new_machine(5), *b = new_machine(6);
    boot_and_enter(a, &elevated);
    work(3);
    assert_int_equal(create(9000, 1), 0);
    berth_leave(a);
    boot_and_enter(b, &standard);
    assert_int_equal(create(9000, 1), ERROR_ACCESS_DENIED);
    assert_int_equal(bind_port(tcp_socket(), 2000), 0);
    assert_false(pool_has(b, "persistent"));
    berth_leave(b);
    assert_int_equal(berth_fingerprint(a), berth_fingerprint(alone));
    assert_int_equal(berth_memory_used(a), berth_memory_used(alone));
    assert_true(pool_has(a, "tcp persistent 9000 1\n"));
    assert_int_equal(berth_enter(a, &standard), 0);
    berth_check(a);
    berth_check(b);
    berth_free(a);
    berth_free(b);
    berth_free(alone);
}

/* ---- Power ----------------------------------------------------------------------------------- */

enum { BLOCKS = 6 };

/* Creates and deletes in an order that replaces slots. */
static const struct step {
    unsigned block;
    bool creates;
} steps[] = {{0, true}, {1, true},  {2, true},  {1, false}, {3, true},
             {1, true}, {0, false}, {2, false}, {4, true},  {3, false},
             {5, true}, {0, true},  {4, false}, {1, false}, {3, true}};

enum { STEPS = sizeof steps / sizeof steps[0] };

static ULONG take(const struct step *step)
{
    unsigned first = 4000 + 100 * step->block, count = 1 + step->block;
    return step->creates ? create(first, count) : remove_block(first, count);
}

/* Bit n: block n is there. Anything else persistent in the pool fails. */
static unsigned stored_blocks(struct berth *machine)
{
    static char pool[1 << 16];
    unsigned found = 0;

    berth_describe_pool(machine, pool, sizeof pool);
    for (const char *line = strstr(pool, "tcp persistent "); line != NULL;
         line = strstr(line + 1, "tcp persistent ")) {
        unsigned first, count;
        assert_int_equal(sscanf(line, "tcp persistent %u %u", &first, &count), 2);
        unsigned block = (first - 4000) / 100;
        assert_true(block < BLOCKS);
        assert_int_equal(first, 4000 + 100 * block);
        assert_int_equal(count, 1 + block);
        assert_false(found & 1u << block);
        found |= 1u << block;
    }
    assert_null(strstr(pool, "udp persistent"));
    return found;
}

static unsigned after(unsigned blocks, const struct step *step)
{
    unsigned bit = 1u << step->block;
    return step->creates ? blocks | bit : blocks & ~bit;
}

/* False when the workload ended before the cut. */
static bool cut_and_compare(struct berth *machine, uint64_t write, enum berth_cut when,
                            uint64_t seed)
{
    unsigned acknowledged = 0;
    size_t step = 0;

    berth_reset(machine, seed, false);
    boot_and_enter(machine, &elevated);
    berth_cut_power_at(machine, write, when);
    while (step < STEPS && take(&steps[step]) == 0)
        acknowledged = after(acknowledged, &steps[step++]);
    bool was_cut = step < STEPS;
    assert_int_equal(was_cut, !berth_has_power(machine));

    berth_off(machine, was_cut ? BERTH_POWER_CUT : BERTH_CRASH);
    boot_and_enter(machine, &elevated);
    assert_true(berth_has_power(machine));
    unsigned found = stored_blocks(machine);
    /* The change under way is wholly there or wholly not; each one acknowledged is there. */
    if (!was_cut || found != after(acknowledged, &steps[step]))
        assert_int_equal(found, acknowledged);
    for (unsigned block = 0; block < BLOCKS; block++) {
        const struct step again = {block, (found & 1u << block) == 0};
        assert_int_equal(take(&again), 0);
    }
    berth_check(machine);
    return was_cut;
}

static void a_power_cut_at_any_write_loses_nothing_acknowledged(void **state)
{
    (void)state;
    struct berth *machine = new_machine(1);
    uint64_t writes = 1;

    while (cut_and_compare(machine, writes, BERTH_CUT_BEFORE, 1))
        writes++;
    assert_true(writes > STEPS);
    for (uint64_t write = 1; write < writes; write++) {
        assert_true(cut_and_compare(machine, write, BERTH_CUT_AFTER, 1));
        for (uint64_t seed = 1; seed <= 40; seed++)
            assert_true(cut_and_compare(machine, write, BERTH_CUT_DURING, seed));
    }
    berth_free(machine);
}

static void power_can_fail_again_while_booting_and_after(void **state)
{
    (void)state;
    struct berth *machine = new_machine(1);

    boot_and_enter(machine, &elevated);
    assert_int_equal(create(4000, 1), 0);
    for (uint64_t write = 1; write < 6; write++) {
        berth_cut_power_at(machine, write, BERTH_CUT_DURING);
        for (unsigned i = 1; i < BLOCKS && berth_has_power(machine); i++) {
            const struct step step = {i, (stored_blocks(machine) & 1u << i) == 0};
            take(&step);
        }
        assert_false(berth_has_power(machine));
        assert_int_not_equal(create(5000, 1), 0);
        berth_off(machine, BERTH_SHUT_DOWN);
        boot_and_enter(machine, &elevated);
        assert_true(stored_blocks(machine) & 1u);
    }
    berth_free(machine);
}

static bool set_dynamic_range(struct berth *machine, unsigned first)
{
    char line[64], output[256];
    snprintf(line, sizeof line, "int ipv4 set dynamicport tcp %u 1000", first);
    return berth_netsh(machine, line, output, sizeof output) == 0;
}

static unsigned dynamic_first(struct berth *machine)
{
    static char pool[1 << 16];
    unsigned first = 0;
    berth_describe_pool(machine, pool, sizeof pool);
    assert_int_equal(sscanf(pool, "tcp dynamic %u", &first), 1);
    return first;
}

/* Sets the range five times; the power fails at the n-th write. False when it does not come to it.
 */
static bool cut_while_replacing(struct berth *machine, uint64_t write, enum berth_cut when,
                                uint64_t seed)
{
    unsigned acknowledged = 49152, under_way = 10000;

    berth_reset(machine, seed, false);
    boot_and_enter(machine, &elevated);
    berth_cut_power_at(machine, write, when);
    for (; under_way <= 50000 && set_dynamic_range(machine, under_way); under_way += 10000)
        acknowledged = under_way;
    bool was_cut = !berth_has_power(machine);
    for (int boot = 0; boot < 2; boot++) {
        berth_off(machine, BERTH_CRASH);
        boot_and_enter(machine, &elevated);
        if (!was_cut || boot > 0 || dynamic_first(machine) != under_way)
            assert_int_equal(dynamic_first(machine), acknowledged);
        else
            acknowledged = under_way;
        berth_check(machine);
    }
    return was_cut;
}

static void a_replaced_value_is_the_old_or_the_new(void **state)
{
    (void)state;
    struct berth *machine = new_machine(1);
    uint64_t write = 1;

    for (; cut_while_replacing(machine, write, BERTH_CUT_BEFORE, 1); write++) {
        assert_true(cut_while_replacing(machine, write, BERTH_CUT_AFTER, 1));
        for (uint64_t seed = 1; seed <= 40; seed++)
            assert_true(cut_while_replacing(machine, write, BERTH_CUT_DURING, seed));
    }
    assert_true(write > 5);
    berth_free(machine);
}

static void damaged_bytes_are_reported_and_never_trusted(void **state)
{
    (void)state;
    struct berth *machine = new_machine(1);
    size_t size;

    boot_and_enter(machine, &elevated);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(take(&steps[i]), 0);
    unsigned all = stored_blocks(machine);
    berth_off(machine, BERTH_SHUT_DOWN);
    static unsigned char before[1 << 16];
    unsigned char *disk = berth_disk(machine, &size);
    assert_true(size <= sizeof before);
    memcpy(before, disk, size);

    unsigned lost = 0;
    for (size_t at = 0; at < size; at++) {
        if (before[at] == 0 && at % 61 != 0)
            continue;
        disk = berth_disk(machine, &size);
        memcpy(disk, before, size);
        disk[at] ^= (unsigned char)(1 + at % 255);
        boot_and_enter(machine, &elevated);
        unsigned found = stored_blocks(machine);
        assert_int_equal(found & ~all, 0);
        if (found != all) {
            lost++;
            assert_int_equal(berth_damaged_values(machine), 1);
            assert_true(((all & ~found) & ((all & ~found) - 1)) == 0);
        }
        berth_check(machine);
        berth_off(machine, BERTH_POWER_CUT);
    }
    assert_true(lost > 3 * 16);
    berth_free(machine);
}

static void a_reboot_ends_sockets_and_runtime_blocks(void **state)
{
    (void)state;
    static const enum berth_off ways[] = {BERTH_SHUT_DOWN, BERTH_POWER_CUT, BERTH_CRASH};
    struct berth *machine = new_machine(1);

    for (size_t i = 0; i < 3; i++) {
        boot_and_enter(machine, &elevated);
        assert_int_equal(bind_port(tcp_socket(), 700), 0);
        acquire(tcp_socket(), 800, 10);
        assert_true(pool_has(machine, "tcp bound 700\n"));
        assert_true(pool_has(machine, "tcp reserved 800 10\n"));
        berth_off(machine, ways[i]);
        assert_false(berth_has_power(machine));
        boot_and_enter(machine, &elevated);
        assert_false(pool_has(machine, "bound"));
        assert_false(pool_has(machine, "reserved"));
        berth_off(machine, BERTH_SHUT_DOWN);
    }
    berth_free(machine);
}

/* ---- Memory ---------------------------------------------------------------------------------- */

static void a_machine_that_is_too_small_does_not_boot(void **state)
{
    (void)state;
    const struct berth_config config = {.seed = 1, .memory_limit = 4096};
    struct berth *machine = berth_new(&config);
    assert_non_null(machine);
    assert_false(berth_boot(machine));
    assert_false(berth_boot(machine));
    berth_check(machine);
    berth_free(machine);
}

/* What a program does whose every call may fail; true when all of it worked. */
static bool try_everything(struct berth *machine)
{
    INET_PORT_RANGE range = {.StartPort = 0, .NumberOfPorts = 10};
    INET_PORT_RESERVATION_INSTANCE instance;
    DWORD size;
    WSADATA data;

    if (!berth_boot(machine) || berth_enter(machine, &elevated) != 0)
        return false;
    bool worked = WSAStartup(MAKEWORD(2, 2), &data) == 0;
    SOCKET s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    worked &= s != INVALID_SOCKET;
    worked &= bind_port(s, 0) == 0;
    worked &= WSAIoctl(s, SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof range, &instance,
                       sizeof instance, &size, NULL, NULL) == 0;
    worked &= create(4000, 10) == 0;
    worked &= CreateEventA(NULL, TRUE, FALSE, NULL) != NULL;
    return worked;
}

static void any_allocation_may_fail(void **state)
{
    (void)state;
    struct berth *machine = new_machine(1);
    uint64_t n = 1;

    for (bool worked = false; !worked; n++) {
        berth_reset(machine, 1, false);
        berth_fail_allocation(machine, n);
        worked = try_everything(machine);
        berth_check(machine);
        assert_true(n < 10000);
    }
    assert_true(n > 10);
    berth_free(machine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_winsock_keeps_for_a_process_goes_with_it),
        cmocka_unit_test(a_reset_machine_is_as_good_as_new),
        cmocka_unit_test(a_reset_erases_what_was_written_behind_the_disks_back),
        cmocka_unit_test(a_reset_that_keeps_the_disk_keeps_reservations),
        cmocka_unit_test(a_seed_decides_the_run),
        cmocka_unit_test(what_unwritten_memory_holds_decides_nothing),
        cmocka_unit_test(machines_side_by_side_do_not_mix),
        cmocka_unit_test(a_power_cut_at_any_write_loses_nothing_acknowledged),
        cmocka_unit_test(a_replaced_value_is_the_old_or_the_new),
        cmocka_unit_test(power_can_fail_again_while_booting_and_after),
        cmocka_unit_test(damaged_bytes_are_reported_and_never_trusted),
        cmocka_unit_test(a_reboot_ends_sockets_and_runtime_blocks),
        cmocka_unit_test(a_machine_that_is_too_small_does_not_boot),
        cmocka_unit_test(any_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
