#include "sim/nt/fixture.h"

static unsigned steps;

static void count_steps(void *unused)
{
    (void)unused;
    steps++;
    wait_for_time(machine.nt, 1000, "step");
    steps++;
}

static void a_suspended_thread_does_not_begin(void **state)
{
    (void)state;
    struct process *process = enter();
    steps = 0;
    struct thread *thread = thread_create_suspended(process, count_steps, NULL);

    wait_for_time(machine.nt, 5000, "test");
    assert_int_equal(steps, 0);
    assert_int_equal(thread_unsuspend(thread), 1);
    wait_for_time(machine.nt, 5000, "test");
    assert_int_equal(steps, 2);
    nt_check(machine.nt);
}

static void a_wait_goes_on_while_its_thread_is_suspended(void **state)
{
    (void)state;
    struct process *process = enter();
    steps = 0;
    struct thread *thread = thread_create(process, count_steps, NULL);

    wait_for_time(machine.nt, 500, "test");
    assert_int_equal(steps, 1);
    assert_int_equal(thread_suspend(thread), 0);
    assert_int_equal(thread_suspend(thread), 1);
    wait_for_time(machine.nt, 5000, "test");
    assert_int_equal(steps, 1);
    nt_check(machine.nt);
    assert_int_equal(thread_unsuspend(thread), 2);
    assert_int_equal(thread_unsuspend(thread), 1);
    wait_for_time(machine.nt, 0, "test");
    assert_int_equal(steps, 2);
}

static void suspend_myself(void *unused)
{
    (void)unused;
    steps++;
    thread_suspend(machine.nt->current);
    steps++;
}

static void a_thread_suspends_itself(void **state)
{
    (void)state;
    struct process *process = enter();
    steps = 0;
    struct thread *thread = thread_create(process, suspend_myself, NULL);

    wait_for_time(machine.nt, 5000, "test");
    assert_int_equal(steps, 1);
    thread_unsuspend(thread);
    wait_for_time(machine.nt, 5000, "test");
    assert_int_equal(steps, 2);
}

static void what_is_suspended_can_be_ended(void **state)
{
    (void)state;
    struct process *process = enter();
    struct process *other = new_process(process, false);
    steps = 0;
    thread_create_suspended(other, count_steps, NULL);
    struct thread *thread = thread_create(process, count_steps, NULL);
    uint32_t id = thread->id;

    assert_ptr_equal(thread_find(machine.nt, id), thread);
    thread_terminate(thread, 1);
    assert_null(thread_find(machine.nt, id));
    process_end(other, 1);
    wait_for_time(machine.nt, 5000, "test");
    assert_int_equal(steps, 0);
    nt_check(machine.nt);
}

static void pseudo_handles_name_the_running_ones(void **state)
{
    (void)state;
    struct process *process = enter();
    struct process *other = new_process(process, false);

    assert_ptr_equal(handle_find(process, PSEUDO_PROCESS, OBJECT_PROCESS), &process->object);
    assert_ptr_equal(handle_find(process, PSEUDO_THREAD, OBJECT_THREAD),
                     &machine.nt->current->object);
    assert_null(handle_find(process, PSEUDO_PROCESS, OBJECT_THREAD));
    assert_null(handle_find(other, PSEUDO_PROCESS, OBJECT_PROCESS));
    process_end(other, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_suspended_thread_does_not_begin),
        TEST(a_wait_goes_on_while_its_thread_is_suspended),
        TEST(a_thread_suspends_itself),
        TEST(what_is_suspended_can_be_ended),
        TEST(pseudo_handles_name_the_running_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
