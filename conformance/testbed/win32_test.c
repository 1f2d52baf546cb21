/* The test bed's own test on a real machine: cases whose verdicts are known, played by the runner.
 */
#include <winsock2.h>

#include <windows.h>

#include <stdlib.h>

#include "conformance/suites/suite.h"

static BOOL is_administrator(void)
{
    unsigned char sid[SECURITY_MAX_SID_SIZE];
    DWORD size = sizeof sid;
    BOOL member = TRUE;
    assert_true(CreateWellKnownSid(WinBuiltinAdministratorsSid, NULL, sid, &size));
    assert_true(CheckTokenMembership(NULL, sid, &member));
    return member;
}

/* Answers a number with its successor, and breaks at 3. */
static int count(void)
{
    int number;
    while (testbed_hear_parent(&number, sizeof number)) {
        if (number == 3)
            *(volatile int *)testbed_bad_pointer(TESTBED_NO_ACCESS, sizeof number) = 1;
        number++;
        if (!testbed_tell_parent(&number, sizeof number))
            return 1;
    }
    return 5;
}

static const struct testbed_program programs[] = {{"count", count}, {NULL, NULL}};

static void a_child_answers_until_it_breaks(void)
{
    const struct testbed_start start = {.program = "count", .user = TESTBED_STANDARD};
    unsigned long error = 0;
    struct testbed_child *child = testbed_start(&start, &error);
    int answer = 0;
    assert_non_null(child);
    for (int number = 0; number < 3; number++) {
        assert_true(testbed_tell(child, &number, sizeof number));
        assert_true(testbed_hear(child, &answer, sizeof answer));
        assert_int_equal(answer, number + 1);
    }
    assert_true(testbed_tell(child, &answer, sizeof answer));
    assert_false(testbed_hear(child, &answer, sizeof answer));
    assert_int_equal((unsigned)testbed_wait(child), EXCEPTION_ACCESS_VIOLATION);
}

static void a_standard_user_is_no_administrator(void)
{
    assert_false(is_administrator());
}

static void an_elevated_user_is_one(void)
{
    assert_true(is_administrator());
}

static void the_ports_are_free(void)
{
    assert_int_not_equal(testbed_ports(20), 0);
    assert_int_equal(testbed_ports(20), testbed_ports(20));
}

static void a_case_that_crashes_fails(void)
{
    *(volatile int *)testbed_bad_pointer(TESTBED_READ_ONLY, sizeof(int)) = 1;
}

static void a_case_that_ends_the_process_fails(void)
{
    exit(0);
}

static void a_case_that_hangs_fails(void)
{
    Sleep(INFINITE);
}

static void before_the_restart(void)
{
    *(DWORD *)testbed_kept() = GetTickCount() | 1;
}

static void what_is_kept_is_there_after_the_restart(void)
{
    assert_int_not_equal(*(DWORD *)testbed_kept(), 0);
}

static const struct suite_case cases[] = {
    CASE(a_child_answers_until_it_breaks, ACQ_001),
    CASE(a_standard_user_is_no_administrator, ACQ_002),
    CASE(the_ports_are_free, ACQ_003),
    CASE(a_case_that_crashes_fails, ACQ_005),
    CASE(a_case_that_ends_the_process_fails, ACQ_006),
    CASE(a_case_that_hangs_fails, ACQ_007),
    REBOOT_CASE(before_the_restart, TESTBED_RESTART, what_is_kept_is_there_after_the_restart,
                ACQ_010),
    END_OF_CASES,
};

const struct suite bed_suite = {.name = "bed",
                                .about = "the test bed itself",
                                .user = TESTBED_STANDARD,
                                .cases = cases,
                                .programs = programs};

static const struct suite_case elevated[] = {
    CASE(an_elevated_user_is_one, ACQ_012),
    END_OF_CASES,
};

const struct suite bed_elevated_suite = {.name = "bed_elevated",
                                         .about = "the test bed, elevated",
                                         .user = TESTBED_ELEVATED_ADMIN,
                                         .cases = elevated};
