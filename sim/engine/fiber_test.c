/* Stacks take turns, come back from the pool clean, and end at a guard. */
#if !defined(_WIN32)
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#endif

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/engine/fiber.h"

static char story[64]; /* what happened, a letter each */

static int forget_story(void **state)
{
    (void)state;
    memset(story, 0, sizeof story);
    return 0;
}

static void tell(char letter)
{
    size_t length = strlen(story);
    if (length < sizeof story - 1)
        story[length] = letter;
}

static struct fiber *fibers[2];

static void take_turns(void *context)
{
    int self = *(const int *)context;

    for (int i = 0; i < 3; i++) {
        tell((char)('a' + self));
        fiber_switch(fibers[1 - self]);
    }
    fiber_leave(fiber_host());
}

static void fibers_take_turns(void **state)
{
    (void)state;
    static const int numbers[2] = {0, 1};
    for (int i = 0; i < 2; i++)
        fibers[i] = fiber_new(take_turns, (void *)(uintptr_t)&numbers[i]);
    assert_ptr_equal(fiber_running(), fiber_host());

    fiber_switch(fibers[0]);

    assert_string_equal(story, "ababab");
    assert_ptr_equal(fiber_running(), fiber_host());
    fiber_abandon(fibers[1]);
}

static void tell_who_runs(void *context)
{
    struct fiber **self = context;

    tell(fiber_running() == *self ? 'y' : 'n');
    tell(fiber_running() == fiber_host() ? 'y' : 'n');
    fiber_leave(fiber_host());
}

static void a_fiber_knows_that_it_runs(void **state)
{
    (void)state;
    struct fiber *self = fiber_new(tell_who_runs, &self);

    fiber_switch(fiber_host());
    fiber_switch(self);

    assert_string_equal(story, "yn");
}

static void spoil_errno(void *context)
{
    (void)context;
    tell(errno == 0 ? '0' : 'x');
    errno = ERANGE;
    fiber_switch(fiber_host());
    tell(errno == ERANGE ? 'k' : 'x');
    errno = EDOM;
    fiber_leave(fiber_host());
}

static void errno_belongs_to_the_fiber(void **state)
{
    (void)state;
    struct fiber *other = fiber_new(spoil_errno, NULL);
    errno = EINTR;

    fiber_switch(other);
    assert_int_equal(errno, EINTR);
    errno = EBUSY;
    fiber_switch(other);

    assert_int_equal(errno, EBUSY);
    assert_string_equal(story, "0k");
}

static void leave_at_once(void *context)
{
    (void)context;
    fiber_leave(fiber_host());
}

static void a_stack_left_is_used_again(void **state)
{
    (void)state;
    fiber_switch(fiber_new(leave_at_once, NULL));
    const unsigned made = fiber_stacks_made();

    for (int i = 0; i < 1000; i++)
        fiber_switch(fiber_new(leave_at_once, NULL));

    assert_int_equal(fiber_stacks_made(), made);
}

static char *volatile seen; /* keeps buffers on the stack */

/* Leaves red zones of its buffers on the stack when it is abandoned below. */
static void stop_deep_down(int depth)
{
    char frame[200];

    memset(frame, depth, sizeof frame);
    seen = frame;
    if (depth > 0)
        stop_deep_down(depth - 1);
    else
        fiber_switch(fiber_host());
    tell((char)frame[0]);
}

static void go_deep(void *context)
{
    stop_deep_down(*(const int *)context);
    fiber_leave(fiber_host());
}

/* Writes over the whole of the region where abandoned frames were, with frames shaped otherwise. */
static void use_much_stack(void *context)
{
    volatile unsigned char all[100 * 1024];
    uint32_t *sum = context;

    memset((unsigned char *)(uintptr_t)all, 1, sizeof all);
    for (size_t i = 0; i < sizeof all; i++)
        *sum += all[i];
    fiber_leave(fiber_host());
}

static void an_abandoned_stack_is_clean_for_the_next(void **state)
{
    (void)state;
    static const int depth = 50;
    fiber_switch(fiber_new(leave_at_once, NULL));
    const unsigned made = fiber_stacks_made();

    for (int i = 0; i < 200; i++) {
        uint32_t sum = 0;
        struct fiber *deep = fiber_new(go_deep, (void *)(uintptr_t)&depth);
        fiber_switch(deep);
        fiber_abandon(deep);
        fiber_switch(fiber_new(use_much_stack, &sum));
        assert_int_equal(sum, 100 * 1024);
    }

    assert_int_equal(fiber_stacks_made(), made);
}

static void a_stack_left_after_switches_is_clean_for_the_next(void **state)
{
    (void)state;
    static const int depth = 5;

    for (int i = 0; i < 200; i++) {
        uint32_t sum = 0;
        struct fiber *deep = fiber_new(go_deep, (void *)(uintptr_t)&depth);
        fiber_switch(deep);
        fiber_switch(deep);
        fiber_switch(fiber_new(use_much_stack, &sum));
        assert_int_equal(sum, 100 * 1024);
    }
}

static void a_fiber_never_run_can_be_abandoned(void **state)
{
    (void)state;
    fiber_switch(fiber_new(leave_at_once, NULL));
    const unsigned made = fiber_stacks_made();

    fiber_abandon(fiber_new(leave_at_once, NULL));
    fiber_switch(fiber_new(leave_at_once, NULL));

    assert_int_equal(fiber_stacks_made(), made);
}

static struct fiber *resumed;

static void abandon_then_wait(void *context)
{
    fiber_abandon(context);
    tell('1');
    fiber_switch(fiber_host());
    tell('2');
    fiber_leave(resumed);
}

static void wait_for_it(void *context)
{
    (void)context;
    tell('3');
    fiber_switch(fiber_host());
    tell('4');
    fiber_leave(fiber_host());
}

static void one_fiber_may_end_another_and_leave_to_a_third(void **state)
{
    (void)state;
    static const int depth = 1;
    struct fiber *victim = fiber_new(go_deep, (void *)(uintptr_t)&depth);
    resumed = fiber_new(wait_for_it, NULL);
    struct fiber *killer = fiber_new(abandon_then_wait, victim);
    fiber_switch(victim);
    fiber_switch(resumed);

    fiber_switch(killer);
    fiber_switch(killer);

    assert_string_equal(story, "3124");
}

static void many_fibers_stand_at_a_time(void **state)
{
    (void)state;
    enum { COUNT = 200 };
    static struct fiber *many[COUNT];
    const unsigned made = fiber_stacks_made();
    for (int i = 0; i < COUNT; i++) {
        many[i] = fiber_new(spoil_errno, NULL);
        assert_non_null(many[i]);
        fiber_switch(many[i]);
    }
    assert_in_range(fiber_stacks_made() - made, COUNT - 4, COUNT);

    for (int i = 0; i < COUNT; i++)
        fiber_switch(many[i]);

    assert_in_range(fiber_stacks_made() - made, COUNT - 4, COUNT);
}

static void compute(void *context)
{
    double *value = context;

    for (int i = 0; i < 10; i++) {
        *value = *value * 1.5 + 1.0;
        fiber_switch(fiber_host());
    }
    fiber_leave(fiber_host());
}

/* Callee-saved registers, floating point among them, must survive. */
static void numbers_survive_switches(void **state)
{
    (void)state;
    double theirs = 1.0, ours = 2.0, expected_theirs = 1.0, expected_ours = 2.0;
    struct fiber *other = fiber_new(compute, &theirs);

    for (int i = 0; i < 10; i++) {
        ours = ours * 1.25 - 0.5;
        fiber_switch(other);
    }
    for (int i = 0; i < 10; i++) {
        expected_theirs = expected_theirs * 1.5 + 1.0;
        expected_ours = expected_ours * 1.25 - 0.5;
    }

    assert_true(theirs == expected_theirs);
    assert_true(ours == expected_ours);
    fiber_switch(other);
}

static jmp_buf landing;

static void jump_about(void *context)
{
    (void)context;
    if (setjmp(landing) == 0) {
        tell('s');
        fiber_switch(fiber_host());
        longjmp(landing, 1);
    }
    tell('l');
    fiber_leave(fiber_host());
}

static void longjmp_works_within_a_fiber(void **state)
{
    (void)state;
    struct fiber *other = fiber_new(jump_about, NULL);

    fiber_switch(other);
    fiber_switch(other);

    assert_string_equal(story, "sl");
}

#if !defined(_WIN32)

struct thread_use {
    unsigned made;
    unsigned char *page; /* of a stack */
};

static void note_page(void *context)
{
    struct thread_use *use = context;
    use->page = (unsigned char *)((uintptr_t)__builtin_frame_address(0) & ~(uintptr_t)65535);
    fiber_leave(fiber_host());
}

static void *use_fibers(void *context)
{
    struct thread_use *use = context;

    for (int i = 0; i < 3; i++)
        fiber_switch(fiber_new(note_page, use));
    use->made = fiber_stacks_made();
    return NULL;
}

static void each_host_thread_has_its_own_pool_and_takes_it_along(void **state)
{
    (void)state;
    const unsigned made_here = fiber_stacks_made();

    for (int i = 0; i < 50; i++) {
        struct thread_use use = {0};
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, use_fibers, &use), 0);
        assert_int_equal(pthread_join(thread, NULL), 0);
        assert_int_equal(use.made, 1);
        assert_int_equal(msync(use.page, 1, MS_ASYNC), -1); /* nothing is there any more */
    }

    assert_int_equal(fiber_stacks_made(), made_here);
}

/* The end of a child's life: its exit code, or 1000 and the signal. */
static int end_of(void (*body)(void))
{
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(STDERR_FILENO);
        body();
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static volatile int without_end = 1;

__attribute__((noinline)) static void never_end(void *context)
{
    volatile char frame[16384];

    frame[0] = 1;
    frame[sizeof frame - 1] = *(const char *)context;
    if (without_end)
        never_end((char *)(uintptr_t)frame);
    frame[1] = frame[0];
}

static char *stack_top; /* nearly */

static void overflow_from_here(void *context)
{
    char here = 0;

    (void)context;
    stack_top = __builtin_frame_address(0); /* ASan may keep `here` elsewhere */
    never_end(&here);
}

/* Runs on a stack of its own. 5: the first access past the stack met the guard, not a neighbour. */
static void judge_fault(int number, siginfo_t *info, void *context)
{
    ptrdiff_t depth = stack_top - (char *)info->si_addr;

    (void)number;
    (void)context;
    _exit(depth > FIBER_STACK_BYTES - 8192 && depth < FIBER_STACK_BYTES + 32768 ? 5 : 6);
}

static void overflow(void)
{
    static char signal_stack[65536];
    const stack_t alternate = {.ss_sp = signal_stack, .ss_size = sizeof signal_stack};
    struct sigaction action = {.sa_sigaction = judge_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};

    sigaltstack(&alternate, NULL);
    sigaction(SIGSEGV, &action, NULL);
    fiber_switch(fiber_new(leave_at_once, NULL));
    for (int i = 0; i < 3; i++)
        fibers[i % 2] = fiber_new(overflow_from_here, NULL);
    fiber_switch(fibers[1]); /* with neighbours on both sides, as a rule */
}

static void an_overflow_meets_the_guard(void **state)
{
    (void)state;
    assert_int_equal(end_of(overflow), 5);
}

static void return_from_start(void *context)
{
    (void)context;
}

static void run_to_the_end_of_start(void)
{
    fiber_switch(fiber_new(return_from_start, NULL));
}

static void switch_to_one_abandoned(void)
{
    struct fiber *fiber = fiber_new(leave_at_once, NULL);
    fiber_abandon(fiber);
    fiber_switch(fiber);
}

static void abandon_the_running(void)
{
    fiber_abandon(fiber_running());
}

static void misuse_is_an_assertion(void **state)
{
    (void)state;
    assert_int_equal(end_of(run_to_the_end_of_start), 3);
    assert_int_equal(end_of(switch_to_one_abandoned), 3);
    assert_int_equal(end_of(abandon_the_running), 3);
}

static void exit_here(void *context)
{
    void *volatile on_this_stack_only = malloc(100);

    (void)context;
    memset(on_this_stack_only, 1, 100);
    exit(7);
}

static void keep_memory(void *context)
{
    void *volatile on_this_stack_only = malloc(100);

    (void)context;
    memset(on_this_stack_only, 1, 100);
    fiber_switch(fiber_host());
    free(on_this_stack_only);
    fiber_leave(fiber_host());
}

/* Memory that only a standing stack points to, the host's for one, is no leak. */
static void exit_on_a_fiber(void)
{
    void *volatile on_this_stack_only = malloc(100);

    memset(on_this_stack_only, 1, 100);
    fiber_switch(fiber_new(keep_memory, NULL));
    fiber_switch(fiber_new(exit_here, NULL));
    free(on_this_stack_only);
}

static void exit_works_on_a_fiber(void **state)
{
    (void)state;
    assert_int_equal(end_of(exit_on_a_fiber), 7);
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(fibers_take_turns, forget_story),
        cmocka_unit_test_setup(a_fiber_knows_that_it_runs, forget_story),
        cmocka_unit_test_setup(errno_belongs_to_the_fiber, forget_story),
        cmocka_unit_test_setup(a_stack_left_is_used_again, forget_story),
        cmocka_unit_test_setup(an_abandoned_stack_is_clean_for_the_next, forget_story),
        cmocka_unit_test_setup(a_stack_left_after_switches_is_clean_for_the_next, forget_story),
        cmocka_unit_test_setup(a_fiber_never_run_can_be_abandoned, forget_story),
        cmocka_unit_test_setup(one_fiber_may_end_another_and_leave_to_a_third, forget_story),
        cmocka_unit_test_setup(numbers_survive_switches, forget_story),
        cmocka_unit_test_setup(longjmp_works_within_a_fiber, forget_story),
#if !defined(_WIN32)
        cmocka_unit_test_setup(each_host_thread_has_its_own_pool_and_takes_it_along, forget_story),
        cmocka_unit_test_setup(an_overflow_meets_the_guard, forget_story),
        cmocka_unit_test_setup(misuse_is_an_assertion, forget_story),
        cmocka_unit_test_setup(exit_works_on_a_fiber, forget_story),
#endif
        /* last: LeakSanitizer, at each exit, compares every stack with every mapping */
        cmocka_unit_test_setup(many_fibers_stand_at_a_time, forget_story),
    };
    return cmocka_run_group_tests_name("fiber", tests, NULL, NULL);
}
