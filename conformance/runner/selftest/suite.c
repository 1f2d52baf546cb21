/* Cases whose verdicts are known. What breaks the harness is asked for by answers that no other
 * case looks at.
 */
#include <stdio.h>
#include <stdlib.h>

#include "conformance/runner/selftest/selftest.h"
#include "conformance/suites/suite.h"

static void passes(void)
{
    OBSERVE(short_input, wsaefault);
}

static void sees_the_profile(void)
{
    observe_option((enum option)selftest_profile.chosen[BEHAVIOUR_token_values], __FILE__,
                   __LINE__);
}

static void sees_a_number(void)
{
    OBSERVE_VALUE(acquire_short_output, BEHAVIOUR_VALUE(&selftest_profile, acquire_short_output));
}

static void fails(void)
{
    printf("words of the case\n");
    assert_int_equal(1, 2);
}

static void fails_in_strange_letters(void)
{
    fail_msg("<b> & \"quotes\" \x01 \xff \xc3\xa4");
}

static void answers_otherwise(void)
{
    OBSERVE(short_input, wsaeinval);
}

static void answers_a_number_nobody_knows(void)
{
    OBSERVE_VALUE(short_input, 77);
}

static void is_skipped(void)
{
    SKIP_BECAUSE("there is nothing to skip <to>");
}

static void is_unsupported(void)
{
    UNSUPPORTED_BECAUSE("the stack has no reservations");
}

static void breaks_the_harness(void)
{
    if (BEHAVES(&selftest_profile, protocol_scope, swapped))
        abort();
    if (BEHAVES(&selftest_profile, other_protocol_bind, wsaeacces))
        exit(0);
}

static void before_the_restart(void)
{
    *(int *)testbed_kept() = 5;
}

static void keeps_what_must_last(void)
{
    assert_int_equal(*(int *)testbed_kept(), 5);
}

static void before_the_crash(void)
{
    *(int *)testbed_kept() = 5;
}

static void is_skipped_at_its_reboot(void)
{
    fail();
}

static const struct suite_case cases[] = {
    CASE(passes, ACQ_001, ACQ_002),
    CASE(sees_the_profile, LAY_015, CRT_009),
    CASE(sees_a_number, ACQ_006, ACQ_007),
    CASE(fails, ACQ_010, BIND_001),
    CASE(fails_in_strange_letters, ACQ_012),
    CASE(answers_otherwise, ACQ_013, ACQ_001),
    CASE(answers_a_number_nobody_knows, ACQ_014),
    CASE(is_skipped, ACQ_015, ACQ_002),
    CASE(is_unsupported, ACQ_016),
    CASE(breaks_the_harness, ACQ_018),
    REBOOT_CASE(before_the_restart, TESTBED_RESTART, keeps_what_must_last, BOOT_001),
    REBOOT_CASE(before_the_crash, TESTBED_CRASH, is_skipped_at_its_reboot, BOOT_002),
    END_OF_CASES,
};

const struct suite planted_suite = {
    .name = "planted", .about = "verdicts that are known <&>", .cases = cases};

static void needs_an_administrator(void)
{
    fail();
}

static void stands_twice(void)
{
    fail();
}

/* The last two are what --clauses must complain of. */
static const struct suite_case elsewhere[] = {
    CASE(needs_an_administrator, PRIV_001),
    CASE(stands_twice, SPI_029),
    CASE(stands_twice, SPI_029),
    END_OF_CASES,
};

const struct suite planted_admin_suite = {.name = "planted_admin",
                                          .about = "a user this test bed does not have",
                                          .user = TESTBED_ELEVATED_ADMIN,
                                          .cases = elsewhere};
