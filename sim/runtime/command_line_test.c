/* Command lines, by the rules of Microsoft's C runtime (page: Parsing C command-line arguments). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/runtime/program.h"

enum { ARGUMENTS_MAX = 8 };

static _Alignas(16) char block[4096];

/* Whether the line is taken apart into these, up to the NULL. */
static void assert_split(const char *line, const char *const *expected)
{
    int argc = -1, count = 0;
    char **argv = (char **)(void *)block;

    size_t size = command_line_split(line, NULL, 0, &argc);
    assert_in_range(size, 1, sizeof block);
    command_line_split(line, block, size, &argc);
    while (expected[count] != NULL) {
        assert_in_range(count, 0, argc - 1);
        assert_string_equal(argv[count], expected[count]);
        count++;
    }
    assert_int_equal(argc, count);
    assert_null(argv[count]);
}

#define SPLIT(line, ...) assert_split(line, (const char *const[ARGUMENTS_MAX]){__VA_ARGS__, NULL})

static void lines_are_taken_apart_as_the_page_says(void **state)
{
    (void)state;
    SPLIT("p a b c", "p", "a", "b", "c");
    SPLIT("p  \t a ", "p", "a");
    SPLIT("p \"abc\" d e", "p", "abc", "d", "e");
    SPLIT("p \"a b c\"", "p", "a b c");
    SPLIT("p \"ab\\\"c\" \"\\\\\" d", "p", "ab\"c", "\\", "d");
    SPLIT("p a\\\\\\b d\"e f\"g h", "p", "a\\\\\\b", "de fg", "h");
    SPLIT("p a\\\\\\\"b c d", "p", "a\\\"b", "c", "d");
    SPLIT("p a\\\\\\\\\"b c\" d e", "p", "a\\\\b c", "d", "e");
    SPLIT("p \"\"", "p", "");
}

static void the_first_is_a_files_name(void **state)
{
    char name[20];

    (void)state;
    SPLIT("\"C:\\a b\\p.exe\" x", "C:\\a b\\p.exe", "x");
    assert_int_equal(command_line_name("\"C:\\a b\\\" x", name, sizeof name), 9);
    assert_string_equal(name, "C:\\a b\\");
    assert_int_equal(command_line_name("p.exe x", name, sizeof name), 5);
    assert_string_equal(name, "p.exe");
}

static void what_is_made_is_taken_apart_again(void **state)
{
    static const char *const arguments[] = {"p",     "a b", "\"",      "\\", "a\\\"b",
                                            "a b\\", "",    "\\\\\"x", NULL};
    char line[200];

    (void)state;
    size_t size = command_line_make(8, (char *const *)(uintptr_t)arguments, line, sizeof line);
    assert_int_equal(size, strlen(line));
    assert_split(line, arguments);
    assert_int_equal(command_line_make(8, (char *const *)(uintptr_t)arguments, NULL, 0), size);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_taken_apart_as_the_page_says),
        cmocka_unit_test(the_first_is_a_files_name),
        cmocka_unit_test(what_is_made_is_taken_apart_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
