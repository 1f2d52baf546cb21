/* The machine under test: how it is opened, booted and closed. */
#ifndef SIM_TCPIP_FIXTURE_MACHINE_H
#define SIM_TCPIP_FIXTURE_MACHINE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sim/nt/nt.h"
#include "sim/tcpip/endpoint.h"
#include "sim/tcpip/pool.h"
#include "sim/tcpip/reservation.h"
#include "sim/tcpip/tcpip.h"

enum {
    OWNER = 4,    /* a process */
    STRANGER = 8, /* another one */
    SNAPSHOT_SIZE = 1 << 14
};

struct fixture {
    struct engine engine;
    struct disk disk;
    struct profile profile;
    struct nt nt;
    struct tcpip *tcpip;
    char before[SNAPSHOT_SIZE], after[SNAPSHOT_SIZE];
};

static struct fixture f; /* the one under test */

static const struct endpoint_options plain;
static const struct endpoint_options reuse = {.reuse_address = true};
static const struct endpoint_options exclusive = {.exclusive_address = true};
static const struct endpoint_options dual = {.dual_stack = true};

static const struct token administrator = {
    .account = ACCOUNT_ADMIN, .elevation = ELEVATION_FULL, .administrator = true};
static const struct token standard_user = {.account = ACCOUNT_STANDARD,
                                           .elevation = ELEVATION_DEFAULT};
static const struct requester owner = {.process_id = OWNER};
static const struct requester elevated = {.process_id = OWNER, .administrator = true};
static const struct requester stranger = {.process_id = STRANGER};

/* Makes the machine answer a question so. */
#define CHOOSE(question, option) profile_choose(&f.profile, OPTION_##question##_##option)

#define assert_status(actual, expected)                                                            \
    assert_string_equal(nt_status_name(actual), nt_status_name(expected))

static inline bool fixture_boot(void)
{
    const uint64_t boots = f.nt.boots + 1;

    f.nt = (struct nt){.engine = &f.engine, .profile = &f.profile, .disk = &f.disk, .boots = boots};
    f.tcpip = tcpip_boot(&f.nt);
    return f.tcpip != NULL;
}

/* A machine at its default profile, before its first boot. */
static inline void fixture_open_unbooted(void)
{
    memset(&f, 0, sizeof f);
    assert_true(engine_open(&f.engine, 1, 64 << 20, 0xa5));
    assert_true(disk_open(&f.disk, 64));
    profile_default(&f.profile);
}

static inline void fixture_open(void)
{
    fixture_open_unbooted();
    assert_true(fixture_boot());
}

/* Everything volatile goes; what stood in `f.tcpip` is no more. */
static inline void fixture_cut_power(void)
{
    tcpip_check(f.tcpip);
    engine_power_off(&f.engine);
    f.disk.powered = true;
    assert_true(fixture_boot());
    tcpip_check(f.tcpip);
}

static inline void fixture_reboot(void)
{
    tcpip_shut_down(f.tcpip);
    fixture_cut_power();
}

static inline void fixture_close(void)
{
    tcpip_check(f.tcpip);
    disk_close(&f.disk);
    engine_close(&f.engine);
}

static inline int open_machine(void **state)
{
    (void)state;
    fixture_open();
    return 0;
}

static inline int close_machine(void **state)
{
    (void)state;
    fixture_close();
    return 0;
}

#define MACHINE_TEST(name) cmocka_unit_test_setup_teardown(name, open_machine, close_machine)

#endif
