/* For tests that are one guest: a machine for each test, with the process that runs it. */
#ifndef SIM_RUNTIME_TEST_GUEST_H
#define SIM_RUNTIME_TEST_GUEST_H

#include "sim/runtime/test_machine.h"

static struct berth *machine;

static inline int enter_machine(uint64_t seed)
{
    machine = new_machine(seed);
    boot_and_enter(machine, &standard);
    return 0;
}

/* What the guest left behind goes with it. */
static inline int leave(void **state)
{
    (void)state;
    berth_check(machine);
    berth_leave(machine);
    berth_check(machine);
    berth_free(machine);
    return 0;
}

#endif
