#include "conformance/testbed/testbed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <windows.h>

#include <iphlpapi.h>

#include <sys/wait.h>

enum { BIG = 10000 };

/* ---- Programs -------------------------------------------------------------------------------- */

/* Takes numbers until 0 and answers each with the next; its exit code is how many there were. */
static int count_numbers(void)
{
    uint32_t number;
    int count = 0;
    while (testbed_hear_parent(&number, sizeof number) && number != 0) {
        number++;
        count++;
        if (!testbed_tell_parent(&number, sizeof number))
            return -1;
    }
    return count;
}

static int tell_much_and_end(void)
{
    static unsigned char bytes[BIG];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i % 251);
    return testbed_tell_parent(bytes, sizeof bytes) ? 0 : 1;
}

static int wait_for_ever(void)
{
    Sleep(INFINITE);
    return 0;
}

static int set_inherited_event(void)
{
    HANDLE event;
    if (!testbed_hear_parent(&event, sizeof event))
        return 1;
    return SetEvent(event) ? 0 : 2;
}

static DWORD WINAPI sleep_long(LPVOID parameter)
{
    (void)parameter;
    Sleep(INFINITE);
    return 0;
}

static int leave_a_thread_behind(void)
{
    return CreateThread(NULL, 0, sleep_long, NULL, 0, NULL) != NULL ? 5 : 6;
}

static const struct testbed_program programs[] = {
    {"counter", count_numbers},      {"teller", tell_much_and_end},     {"waiter", wait_for_ever},
    {"setter", set_inherited_event}, {"leaver", leave_a_thread_behind},
};

static const struct testbed_program *const program_list[] = {
    &programs[0], &programs[1], &programs[2], &programs[3], &programs[4], NULL,
};

/* ---- Fixture --------------------------------------------------------------------------------- */

static void open_bed(unsigned long long seed)
{
    const struct testbed_options options = {.seed = seed, .programs = program_list};
    assert_true(testbed_open(&options));
}

static int begin(void **state)
{
    (void)state;
    open_bed(1);
    return !testbed_begin_case(TESTBED_STANDARD);
}

static int end(void **state)
{
    (void)state;
    testbed_end_case();
    testbed_close();
    return 0;
}

static struct testbed_child *start(const char *program, bool inherit)
{
    const struct testbed_start how = {
        .program = program, .user = TESTBED_STANDARD, .inherit_handles = inherit};
    unsigned long error;
    struct testbed_child *child = testbed_start(&how, &error);
    assert_non_null(child);
    assert_int_equal(error, 0);
    return child;
}

/* ---- Children -------------------------------------------------------------------------------- */

static void a_child_hears_answers_and_ends(void **state)
{
    (void)state;
    struct testbed_child *first = start("counter", false), *second = start("counter", false);
    assert_int_not_equal(testbed_child_id(first), testbed_child_id(second));
    assert_int_not_equal(testbed_child_id(first), GetCurrentProcessId());
    for (uint32_t i = 1; i <= 3; i++) {
        uint32_t answer;
        assert_true(testbed_tell(second, &i, sizeof i));
        assert_true(testbed_tell(first, &i, sizeof i));
        assert_true(testbed_hear(first, &answer, sizeof answer));
        assert_int_equal(answer, i + 1);
    }
    const uint32_t enough = 0;
    assert_true(testbed_tell(first, &enough, sizeof enough));
    assert_int_equal(testbed_wait(first), 3);
    testbed_kill(second);
}

static void what_a_child_said_outlives_it(void **state)
{
    (void)state;
    static unsigned char bytes[BIG + 1];
    struct testbed_child *child = start("teller", false);
    assert_true(testbed_hear(child, bytes, BIG));
    for (size_t i = 0; i < BIG; i++)
        assert_int_equal(bytes[i], i % 251);
    assert_false(testbed_hear(child, bytes, 1));
    assert_string_not_equal(testbed_reason(), "");
    assert_int_equal(testbed_wait(child), 0);
}

static void a_question_gets_its_answer_or_false(void **state)
{
    (void)state;
    struct testbed_start how = {.program = "setter", .user = TESTBED_STANDARD};
    HANDLE nothing = NULL;
    uint32_t answer = 1;
    assert_false(testbed_ask(&how, &nothing, sizeof nothing, &answer, sizeof answer));
    assert_int_equal(answer, 1);
    how.program = "nobody";
    assert_false(testbed_ask(&how, &nothing, sizeof nothing, &answer, sizeof answer));
    how.program = "counter";
    how.manifest = TESTBED_REQUIRE_ADMINISTRATOR;
    unsigned long error = 0;
    assert_null(testbed_start(&how, &error));
    assert_int_equal(error, ERROR_ELEVATION_REQUIRED);
}

static void a_child_inherits_handles_when_asked(void **state)
{
    (void)state;
    SECURITY_ATTRIBUTES inherited = {.nLength = sizeof inherited, .bInheritHandle = TRUE};
    HANDLE event = CreateEventA(&inherited, TRUE, FALSE, NULL);
    struct testbed_child *stranger = start("setter", false), *heir = start("setter", true);
    assert_true(testbed_tell(stranger, &event, sizeof event));
    assert_int_equal(testbed_wait(stranger), 2);
    assert_int_equal(WaitForSingleObject(event, 0), WAIT_TIMEOUT);
    assert_true(testbed_tell(heir, &event, sizeof event));
    assert_int_equal(WaitForSingleObject(event, INFINITE), WAIT_OBJECT_0);
    assert_int_equal(testbed_wait(heir), 0);
}

static void a_child_ends_with_its_other_threads(void **state)
{
    (void)state;
    assert_int_equal(testbed_wait(start("leaver", false)), 5);
}

/* ---- Pointers -------------------------------------------------------------------------------- */

static void bad_pointers_are_bad(void **state)
{
    (void)state;
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    DWORD good;
    for (int kind = 0; kind < TESTBED_BAD_POINTER_COUNT; kind++) {
        void *bytes = testbed_bad_pointer((enum testbed_bad_pointer)kind, sizeof(DWORD));
        assert_true(kind == TESTBED_NULL || bytes != NULL);
        assert_string_not_equal(testbed_bad_pointer_name((enum testbed_bad_pointer)kind), "");
        assert_false(GetHandleInformation(event, bytes));
        assert_int_equal(GetLastError(), ERROR_NOACCESS);
    }
    assert_true(GetHandleInformation(event, &good));
    char *straddles = testbed_bad_pointer(TESTBED_STRADDLES, 6000);
    straddles[0] = straddles[5998] = 1;
    assert_true(GetHandleInformation(event, (LPDWORD)(void *)(straddles + 5999 - sizeof(DWORD))));
    assert_false(GetHandleInformation(event, (LPDWORD)(void *)(straddles + 6000 - sizeof(DWORD))));
    const char *read_only = testbed_bad_pointer(TESTBED_READ_ONLY, 10);
    assert_int_equal(read_only[9], 0);
}

/* ---- Cases ----------------------------------------------------------------------------------- */

static void what_is_kept_outlives_a_reboot_and_no_case(void **state)
{
    (void)state;
    char *kept = testbed_kept();
    for (int how = TESTBED_RESTART; how <= TESTBED_CRASH; how++) {
        DWORD before = GetCurrentProcessId();
        start("waiter", false);
        kept[how] = 'x';
        assert_true(testbed_reboot((enum testbed_reboot)how));
        assert_ptr_equal(testbed_kept(), kept);
        assert_int_equal(kept[how], 'x');
        assert_int_not_equal(before, 0);
        assert_int_not_equal(GetCurrentProcessId(), 0);
    }
    testbed_end_case();
    assert_true(testbed_begin_case(TESTBED_STANDARD));
    for (int i = 0; i < TESTBED_KEPT_SIZE; i++)
        assert_int_equal(kept[i], 0);
}

static unsigned long long fingerprint_of_two_cases(unsigned long long seed)
{
    open_bed(seed);
    for (int i = 0; i < 2; i++) {
        assert_true(testbed_begin_case(TESTBED_ELEVATED_ADMIN));
        const uint32_t number = 1, enough = 0;
        uint32_t answer;
        struct testbed_child *child = start("counter", false);
        assert_true(testbed_tell(child, &number, sizeof number));
        assert_true(testbed_hear(child, &answer, sizeof answer));
        start("waiter", false);
        ULONG64 token;
        assert_int_equal(CreatePersistentTcpPortReservation(0x1000, 5, &token), 0);
        char output[256];
        assert_int_equal(
            testbed_netsh("int ipv4 add excludedportrange tcp 600 10", output, sizeof output), 0);
        assert_int_not_equal(testbed_describe_pool(output, sizeof output), 0);
        assert_true(testbed_tell(child, &enough, sizeof enough));
        testbed_end_case();
    }
    unsigned long long fingerprint = testbed_fingerprint();
    testbed_close();
    return fingerprint;
}

static void a_seed_decides_the_fingerprint(void **state)
{
    (void)state;
    unsigned long long one = fingerprint_of_two_cases(1);
    assert_int_equal(fingerprint_of_two_cases(1), one);
    assert_int_not_equal(fingerprint_of_two_cases(2), one);
}

static void the_users_have_their_rights(void **state)
{
    (void)state;
    static const int exit_codes[] = {
        [TESTBED_STANDARD] = 1,        [TESTBED_OTHER_STANDARD] = 1, [TESTBED_FILTERED_ADMIN] = 1,
        [TESTBED_ELEVATED_ADMIN] = 0,  [TESTBED_BUILTIN_ADMIN] = 0,  [TESTBED_LOCAL_SYSTEM] = 0,
        [TESTBED_NETWORK_SERVICE] = 1,
    };
    char output[256];
    for (int user = TESTBED_STANDARD; user <= TESTBED_NETWORK_SERVICE; user++) {
        testbed_end_case();
        assert_true(testbed_begin_case((enum testbed_user)user));
        assert_int_equal(
            testbed_netsh("int ipv4 add excludedportrange tcp 600 10", output, sizeof output),
            exit_codes[user]);
    }
}

/* ---- A case that gets stuck ------------------------------------------------------------------ */

static void gets_stuck(void **state)
{
    (void)state;
    uint32_t number;
    testbed_hear(start("counter", false), &number, sizeof number);
}

static void goes_on_afterwards(void **state)
{
    (void)state;
    a_child_hears_answers_and_ends(state);
}

/* In a process of the host's own, since a failure is what is wanted. */
static void a_deadlock_fails_the_case_alone(void **state)
{
    (void)state;
    int status;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        const struct CMUnitTest inner[] = {
            cmocka_unit_test_setup_teardown(gets_stuck, begin, end),
            cmocka_unit_test_setup_teardown(goes_on_afterwards, begin, end),
        };
        FILE *nowhere = freopen("/dev/null", "w", stderr);
        _exit(nowhere == NULL ? 100 : cmocka_run_group_tests(inner, NULL, NULL));
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_child_hears_answers_and_ends, begin, end),
        cmocka_unit_test_setup_teardown(what_a_child_said_outlives_it, begin, end),
        cmocka_unit_test_setup_teardown(a_question_gets_its_answer_or_false, begin, end),
        cmocka_unit_test_setup_teardown(a_child_inherits_handles_when_asked, begin, end),
        cmocka_unit_test_setup_teardown(a_child_ends_with_its_other_threads, begin, end),
        cmocka_unit_test_setup_teardown(bad_pointers_are_bad, begin, end),
        cmocka_unit_test_setup_teardown(what_is_kept_outlives_a_reboot_and_no_case, begin, end),
        cmocka_unit_test_setup_teardown(the_users_have_their_rights, begin, end),
        cmocka_unit_test(a_seed_decides_the_fingerprint),
        cmocka_unit_test(a_deadlock_fails_the_case_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
