/* When nobody can run any more, the host learns who waits for what, on its own stack. */
#include "sim/nt/fixture.h"

#include <stdio.h>

#if !defined(_WIN32)
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#endif

static struct process *home;

static int setup(void **state)
{
    setup_machine(state);
    home = enter();
    return 0;
}

#define LOCK_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown_machine)

static nt_status wait_one(struct object *object)
{
    return wait_for_objects(machine.nt, &object, 1, false, UINT64_MAX, "WaitForSingleObject", NULL);
}

static void wait_for_ever(void *context)
{
    struct object *object = context;
    wait_for_objects(machine.nt, &object, 1, true, UINT64_MAX, "WaitForMultipleObjects", NULL);
}

static jmp_buf out_of_the_lock;
static char report[8192];

static void note_and_leave(void *context, const char *text)
{
    assert_ptr_equal(context, &machine);
    snprintf(report, sizeof report, "%s", text);
    longjmp(out_of_the_lock, 1);
}

static void a_lock_of_all_threads_is_told_with_names(void **state)
{
    (void)state;
    struct object *never = event_create(machine.nt, true, false);
    struct object *other_event = event_create(machine.nt, true, false);
    uint64_t handle = 0;
    handle_open(home, other_event, false, &handle);
    handle_open(home, never, false, &handle);
    machine.nt->deadlock = note_and_leave;
    machine.nt->deadlock_context = &machine;
    report[0] = '\0';
    assert_non_null(thread_create(home, wait_for_ever, never));
    struct process *other = new_process(NULL, false);
    assert_non_null(thread_create(other, wait_for_ever, never));

    if (setjmp(out_of_the_lock) == 0) {
        wait_one(never);
        fail_msg("a wait without end came back");
    }
    /* System is 4; this process 8, its thread 12; and so on. */
    assert_string_equal(report, "process 8 thread 12 waits in WaitForSingleObject for event 0x8\n"
                                "process 8 thread 16 waits in WaitForMultipleObjects for event "
                                "0x8\n"
                                "process 20 thread 24 waits in WaitForMultipleObjects\n");
}

static void who_sleeps_for_ever_is_in_the_lock(void **state)
{
    (void)state;
    machine.nt->deadlock = note_and_leave;
    machine.nt->deadlock_context = &machine;
    if (setjmp(out_of_the_lock) == 0) {
        wait_for_time(machine.nt, UINT64_MAX, "SleepEx");
        fail_msg("an endless sleep ended");
    }
    assert_string_equal(report, "process 8 thread 12 waits in SleepEx\n");
}

#if !defined(_WIN32)
static void by_default_a_lock_ends_the_host_with_3(void **state)
{
    (void)state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        freopen("/dev/null", "w", stderr);
        struct object *never = event_create(machine.nt, true, false);
        thread_create(home, wait_for_ever, never);
        wait_one(never);
        _exit(0);
    }
    int how = 0;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFEXITED(how));
    assert_int_equal(WEXITSTATUS(how), 3);
}
#endif

/* A long report is cut at a line. */
static void a_lock_of_very_many_is_told_in_part(void **state)
{
    (void)state;
    struct object *never = event_create(machine.nt, true, false);
    machine.nt->deadlock = note_and_leave;
    machine.nt->deadlock_context = &machine;
    for (int i = 0; i < 200; i++)
        assert_non_null(thread_create(home, wait_for_ever, never));
    if (setjmp(out_of_the_lock) == 0) {
        wait_one(never);
        fail_msg("a wait without end came back");
    }
    size_t length = strlen(report);
    assert_true(length > 3900);
    assert_int_equal(report[length - 1], '\n');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LOCK_TEST(a_lock_of_all_threads_is_told_with_names),
        LOCK_TEST(who_sleeps_for_ever_is_in_the_lock),
        LOCK_TEST(a_lock_of_very_many_is_told_in_part),
#if !defined(_WIN32)
        LOCK_TEST(by_default_a_lock_ends_the_host_with_3),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
