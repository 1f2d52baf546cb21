/* A broken fact ends the process with the harness' own exit code, and says which. */
#define _POSIX_C_SOURCE 200809L

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/engine/check.h"

#if !defined(_WIN32)

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs `body` in a child; its exit status, and what it wrote to stderr. */
static int in_a_child(void (*body)(void), char *text, size_t size)
{
    int ends[2], status;
    size_t length = 0;

    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        body();
        _exit(0);
    }
    close(ends[1]);
    for (ssize_t got = 1; got > 0 && length < size - 1; length += (size_t)got) {
        got = read(ends[0], text + length, size - 1 - length);
        if (got < 0)
            got = 0;
    }
    text[length] = '\0';
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void break_a_fact(void)
{
    volatile int one = 1;
    ASSERT(one == 2);
}

static void a_broken_fact_exits_with_code_3_and_names_itself(void **state)
{
    (void)state;
    char text[512];

    assert_int_equal(in_a_child(break_a_fact, text, sizeof text), 3);

    assert_non_null(strstr(text, "one == 2"));
    assert_non_null(strstr(text, "check_test.c"));
}

static void break_again(void)
{
    ASSERT(!"broken at exit");
}

static void break_twice(void)
{
    atexit(break_again);
    break_a_fact();
}

static void a_fact_broken_at_exit_ends_the_process_too(void **state)
{
    (void)state;
    char text[512];

    assert_int_equal(in_a_child(break_twice, text, sizeof text), 3);

    assert_non_null(strstr(text, "one == 2"));
    assert_non_null(strstr(text, "broken at exit"));
}

static void reach_the_absurd(void)
{
    ABSURD("no way here");
}

static void the_absurd_exits_with_code_3(void **state)
{
    (void)state;
    char text[512];

    assert_int_equal(in_a_child(reach_the_absurd, text, sizeof text), 3);

    assert_non_null(strstr(text, "no way here"));
}

#endif

/* An operator of lower precedence than the check's own must not change what is checked. */
static void the_whole_condition_is_checked(void **state)
{
    (void)state;
    volatile int zero = 0, one = 1;

    ASSERT(one || zero);
    ASSERT(zero ? zero : one);
    if (zero)
        ASSERT(zero);
    else
        ASSERT(one);
    assert_int_equal(one, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#if !defined(_WIN32)
        cmocka_unit_test(a_broken_fact_exits_with_code_3_and_names_itself),
        cmocka_unit_test(a_fact_broken_at_exit_ends_the_process_too),
        cmocka_unit_test(the_absurd_exits_with_code_3),
#endif
        cmocka_unit_test(the_whole_condition_is_checked),
    };
    return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
