/* Processes that begin, wait, signal and end each other at random: the invariant holds after every
 * step, everything given out comes back, and a run is a function of its seed alone.
 */
#include "sim/nt/fixture.h"

#include "sim/engine/fiber.h"

enum { EVENTS = 6, PROCESSES = 6, STEPS = 400 };

static struct object *events[EVENTS];
static struct process *processes[PROCESSES]; /* NULL where none runs */
static struct choice_source chance;          /* of the storm, not of the machine */

static uint32_t draw(uint32_t count)
{
    return (uint32_t)choose(&chance, CHOICE_FAULT, count);
}

static void wait_at_random(void)
{
    static const uint64_t timeouts[] = {0, 1, 1000, 50000};
    struct object *objects[3];
    uint32_t index = 99, count = 1 + draw(3);
    bool all = draw(4) == 0;
    for (uint32_t i = 0; i < count; i++)
        objects[i] = events[draw(EVENTS)];

    nt_status status =
        wait_for_objects(machine.nt, objects, count, all, timeouts[draw(4)], "a storm", &index);
    if (status == STATUS_SUCCESS)
        assert_true(index < count);
    else if (status != STATUS_INSUFFICIENT_RESOURCES)
        assert_status(status, STATUS_TIMEOUT);
}

static void end_one(void)
{
    uint32_t place = draw(PROCESSES);
    struct process *process = processes[place];
    if (process == NULL)
        return;
    processes[place] = NULL;
    process_end(process, place);
}

static void leave_process(uint32_t how)
{
    struct thread *self = machine.nt->current;
    bool is_last = self->process->threads == self && self->next_in_process == NULL;
    if (how == 0 && is_last)
        return;
    if (how == 0)
        thread_end(self, 1);
    for (int i = 0; i < PROCESSES; i++)
        if (processes[i] == self->process)
            processes[i] = NULL;
    process_end(self->process, 2);
}

static void live(void *context)
{
    (void)context;
    for (;;) {
        uint64_t handle;
        struct process *process = machine.nt->current->process;
        switch (draw(12)) {
        case 0:
            leave_process(draw(2));
            break;
        case 1:
            end_one();
            break;
        case 2:
            wait_for_time(machine.nt, draw(3) * 100, "a storm");
            break;
        case 3:
            thread_create(process, live, NULL);
            break;
        case 4:
            handle_open(process, events[draw(EVENTS)], draw(2) == 0, &handle);
            break;
        case 5:
            handle_close(process, 4 + 4 * (uint64_t)draw(8));
            break;
        case 6:
        case 7:
            object_signal(events[draw(EVENTS)]);
            break;
        case 8:
            object_unsignal(events[draw(EVENTS)]);
            break;
        default:
            wait_at_random();
        }
    }
}

static void step(void)
{
    uint32_t place = draw(PROCESSES);
    const struct token token = {.account = ACCOUNT_STANDARD, .elevation = ELEVATION_DEFAULT};
    if (processes[place] == NULL) {
        struct process *parent = processes[draw(PROCESSES)];
        struct process *process = process_create(machine.nt, &token, parent, draw(2) == 0);
        if (process != NULL && thread_create(process, live, NULL) == NULL)
            process_end(process, 0);
        else
            processes[place] = process;
    }
    if (draw(8) == 0)
        end_one();
    wait_for_time(machine.nt, 1 + draw(2000), "the eye of the storm");
    nt_check(machine.nt);
    engine_check(&machine.engine);
}

/* The fingerprint of a storm. Its allocations fail now and then when `faults`. */
static uint64_t storm(uint64_t seed, unsigned char poison, bool faults)
{
    machine = (struct machine){0};
    assert_true(engine_open(&machine.engine, seed, (size_t)1 << 24, poison));
    assert_true(disk_open(&machine.disk, 0));
    profile_default(&machine.profile);
    boot();
    choose_seed(&chance, seed);
    for (int i = 0; i < EVENTS; i++)
        events[i] = event_create(machine.nt, i % 2 == 0, false);
    enter();
    for (int i = 0; i < STEPS; i++) {
        if (faults)
            machine.engine.arena.fail_in = 1 + draw(20);
        step();
    }
    machine.engine.arena.fail_in = 0;

    nt_shut_down(machine.nt);
    memset(processes, 0, sizeof processes);
    nt_check(machine.nt);
    for (int i = 0; i < EVENTS; i++) {
        assert_int_equal(events[i]->references, 1);
        assert_int_equal(events[i]->handles, 0);
        assert_null(events[i]->waiters);
    }
    assert_int_equal(engine_next_due(&machine.engine), UINT64_MAX);
    uint64_t fingerprint = machine.engine.fingerprint;
    close_machine();
    return fingerprint;
}

static void a_storm_breaks_nothing(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 30; seed++)
        storm(seed, 0xA5, false);
}

static void a_storm_without_memory_breaks_nothing(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 30; seed++)
        storm(seed, 0xA5, true);
}

static void a_storm_is_its_seeds_and_no_other(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        uint64_t fingerprint = storm(seed, 0x00, true);
        assert_true(storm(seed, 0xFF, true) == fingerprint);
        assert_true(storm(seed + 1, 0x00, true) != fingerprint);
    }
}

static void storms_share_their_stacks(void **state)
{
    (void)state;
    storm(3, 0, false);
    unsigned made = fiber_stacks_made();
    storm(3, 0, false);
    assert_int_equal(fiber_stacks_made(), made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_storm_breaks_nothing),
        cmocka_unit_test(a_storm_without_memory_breaks_nothing),
        cmocka_unit_test(a_storm_is_its_seeds_and_no_other),
        cmocka_unit_test(storms_share_their_stacks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
