/* For the unit tests of this floor: a machine with an executive and nothing above it. */
#ifndef SIM_NT_FIXTURE_H
#define SIM_NT_FIXTURE_H

/* clang-format off: cmocka.h wants these before it */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
/* clang-format on */

#include "sim/nt/nt.h"

#define assert_status(got, want) assert_string_equal(nt_status_name(got), nt_status_name(want))

struct machine {
    struct engine engine;
    struct disk disk;
    struct profile profile;
    struct uac uac;
    struct nt *nt;
    uint64_t boots;
};

/* The machine of the running test. */
static struct machine machine;

static inline void boot(void)
{
    machine.nt =
        nt_boot(&machine.engine, &machine.disk, &machine.profile, &machine.uac, ++machine.boots);
    assert_non_null(machine.nt);
}

static inline void open_machine(uint64_t seed)
{
    machine = (struct machine){0};
    assert_true(engine_open(&machine.engine, seed, (size_t)1 << 28, 0xA5));
    assert_true(disk_open(&machine.disk, 0));
    profile_default(&machine.profile);
    boot();
}

/* Whatever a failed test left running is given up. */
static inline void close_machine(void)
{
    if (machine.nt != NULL)
        nt_power_cut(machine.nt);
    disk_close(&machine.disk);
    engine_close(&machine.engine);
    machine.nt = NULL;
}

static inline int setup_machine(void **state)
{
    (void)state;
    open_machine(1);
    return 0;
}

static inline int teardown_machine(void **state)
{
    (void)state;
    close_machine();
    return 0;
}

static inline struct process *new_process(struct process *parent, bool inherit)
{
    const struct token token = {.account = ACCOUNT_STANDARD, .elevation = ELEVATION_DEFAULT};
    struct process *process = process_create(machine.nt, &token, parent, inherit);
    assert_non_null(process);
    return process;
}

/* A process of which the test itself is a thread. */
static inline struct process *enter(void)
{
    struct process *process = new_process(NULL, false);
    assert_non_null(thread_borrow(process));
    return process;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_machine, teardown_machine)

#endif
