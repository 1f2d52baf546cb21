/* Included last by every suite. Builds against the simulator's headers or against Windows' own.
 *
 * A case is a plain function without arguments, whose name is the sentence that is false when it
 * fails. It asserts with cmocka on the first thread only. CASE names the clauses it judges:
 *
 *     CASE(acquire_into_a_short_buffer_fails, ACQ_007, ACQ_008)
 *
 * A clause without a row does not compile. REBOOT_CASE has a restart between two functions.
 */
#ifndef CONFORMANCE_SUITE_H
#define CONFORMANCE_SUITE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "conformance/testbed/testbed.h"
#include "spec/spec.h"

enum { CASE_CLAUSES_MAX = 12 };

struct suite_case {
    const char *name;
    void (*run)(void);
    void (*after_reboot)(void); /* NULL unless a REBOOT_CASE */
    enum testbed_reboot reboot;
    enum clause clauses[CASE_CLAUSES_MAX]; /* ended by CLAUSE_NONE when fewer */
};

struct suite {
    const char *name; /* "acquire" */
    const char *about;
    enum testbed_user user;
    const struct suite_case *cases; /* ended by a case without a name */
    const struct testbed_program *programs; /* ended by a program without a name; or NULL */
};

#define SUITE_CLAUSES_1(a) CLAUSE_##a
#define SUITE_CLAUSES_2(a, ...) CLAUSE_##a, SUITE_CLAUSES_1(__VA_ARGS__)
#define SUITE_CLAUSES_3(a, ...) CLAUSE_##a, SUITE_CLAUSES_2(__VA_ARGS__)
#define SUITE_CLAUSES_4(a, ...) CLAUSE_##a, SUITE_CLAUSES_3(__VA_ARGS__)
#define SUITE_CLAUSES_5(a, ...) CLAUSE_##a, SUITE_CLAUSES_4(__VA_ARGS__)
#define SUITE_CLAUSES_6(a, ...) CLAUSE_##a, SUITE_CLAUSES_5(__VA_ARGS__)
#define SUITE_CLAUSES_7(a, ...) CLAUSE_##a, SUITE_CLAUSES_6(__VA_ARGS__)
#define SUITE_CLAUSES_8(a, ...) CLAUSE_##a, SUITE_CLAUSES_7(__VA_ARGS__)
#define SUITE_CLAUSES_9(a, ...) CLAUSE_##a, SUITE_CLAUSES_8(__VA_ARGS__)
#define SUITE_CLAUSES_10(a, ...) CLAUSE_##a, SUITE_CLAUSES_9(__VA_ARGS__)
#define SUITE_CLAUSES_11(a, ...) CLAUSE_##a, SUITE_CLAUSES_10(__VA_ARGS__)
#define SUITE_CLAUSES_12(a, ...) CLAUSE_##a, SUITE_CLAUSES_11(__VA_ARGS__)
#define SUITE_PICK(a, b, c, d, e, f, g, h, i, j, k, l, n, ...) SUITE_CLAUSES_##n
#define SUITE_PICK_(...) SUITE_PICK(__VA_ARGS__)
#define SUITE_CLAUSES(...)                                                                         \
    SUITE_PICK_(__VA_ARGS__, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)(__VA_ARGS__)

#define CASE(function, ...)                                                                        \
    {                                                                                              \
        .name = #function, .run = function, .clauses = {SUITE_CLAUSES(__VA_ARGS__)}                \
    }

/* `before`, a reboot (TESTBED_RESTART, TESTBED_POWER_CUT or TESTBED_CRASH), then `function`, whose
 * name is the case's.
 */
#define REBOOT_CASE(before, how, function, ...)                                                    \
    {                                                                                              \
        .name = #function, .run = before, .after_reboot = function, .reboot = how,                 \
        .clauses = {SUITE_CLAUSES(__VA_ARGS__)}                                                    \
    }

#define END_OF_CASES                                                                               \
    {                                                                                              \
        .name = NULL                                                                               \
    }

/* A failing call leaves the error it should. */
#define assert_fails_with(call, error)                                                             \
    do {                                                                                           \
        assert_int_equal((call), SOCKET_ERROR);                                                    \
        assert_int_equal(WSAGetLastError(), (error));                                              \
    } while (0)

/* A call that answers 0 or SOCKET_ERROR, as one number: 0, or the last error. */
#define outcome(call) ((call) == 0 ? 0u : (unsigned)WSAGetLastError())

/* Says which answer an open point got. Fails the case when the answer is a DEFECT, or when it was
 * answered otherwise before in this run. From the first thread only.
 */
void observe_option(enum option option, const char *file, int line);

/* The same by number; fails when the number stands for no option, naming those that do. */
void observe_value(enum behaviour behaviour, unsigned long value, const char *file, int line);

#define OBSERVE(question, option)                                                                  \
    observe_option(OPTION_##question##_##option, __FILE__, __LINE__)
#define OBSERVE_VALUE(question, value)                                                             \
    observe_value(BEHAVIOUR_##question, (unsigned long)(value), __FILE__, __LINE__)

/* Ends the case: the test bed cannot do it here (SKIPPED), or the stack refused as the pages allow
 * (UNSUPPORTED).
 */
#define SKIP_BECAUSE(reason) skip_case((reason), false)
#define UNSUPPORTED_BECAUSE(reason) skip_case((reason), true)
void skip_case(const char *reason, bool unsupported);

/* For a test-bed function that answered false. */
#define REQUIRE_TESTBED(done)                                                                      \
    do {                                                                                           \
        if (!(done))                                                                               \
            SKIP_BECAUSE(testbed_reason());                                                        \
    } while (0)

#endif
