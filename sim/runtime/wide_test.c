#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/runtime/crt.h"
#include "sim/runtime/utf.h"

/* A wide text of plain letters; four of them live at a time. */
static const wide *w(const char *letters)
{
    static wide texts[4][64];
    static unsigned next;
    wide *text = texts[next++ % 4];
    berth_mbstowcs(text, letters, 64);
    return text;
}

static void assert_wide(const wide *text, const char *expected)
{
    char narrow[128];
    berth_wcstombs(narrow, text, sizeof narrow);
    assert_string_equal(narrow, expected);
}

static void copies_and_lengths(void **state)
{
    (void)state;
    wide text[16];

    assert_int_equal(berth_wcslen(w("four")), 4);
    assert_int_equal(berth_wcsnlen(w("four"), 2), 2);
    assert_wide(berth_wcscpy(text, w("one")), "one");
    assert_wide(berth_wcscat(text, w("two")), "onetwo");
    assert_wide(berth_wcsncat(text, w("three"), 2), "onetwoth");
    assert_wide(berth_wcsncpy(text, w("ab"), 5), "ab");
    assert_int_equal(text[4], 0);
    wide *copy = berth__wcsdup(w("copy"));
    assert_wide(copy, "copy");
    free(copy);
}

static void comparisons(void **state)
{
    (void)state;
    assert_int_equal(berth_wcscmp(w("a"), w("a")), 0);
    assert_true(berth_wcscmp(w("a"), w("b")) < 0);
    assert_true(berth_wcscmp(w("ab"), w("a")) > 0);
    assert_int_equal(berth_wcsncmp(w("abc"), w("abd"), 2), 0);
    assert_int_equal(berth__wcsicmp(w("PORT"), w("port")), 0);
    assert_true(berth__wcsicmp(w("PORT"), w("posh")) < 0);
    assert_int_equal(berth__wcsnicmp(w("PORTx"), w("porty"), 4), 0);
}

static void searches(void **state)
{
    (void)state;
    const wide *text = w("a,b;c,d");

    assert_ptr_equal(berth_wcschr(text, ','), text + 1);
    assert_ptr_equal(berth_wcsrchr(text, ','), text + 5);
    assert_ptr_equal(berth_wcschr(text, 0), text + 7);
    assert_null(berth_wcschr(text, 'x'));
    assert_ptr_equal(berth_wcsstr(text, w("c,")), text + 4);
    assert_null(berth_wcsstr(text, w("cd")));
    assert_ptr_equal(berth_wcspbrk(text, w(";x")), text + 3);
    assert_int_equal(berth_wcsspn(text, w("a,b")), 3);
    assert_int_equal(berth_wcscspn(text, w(";")), 3);
}

static void a_text_is_taken_apart(void **state)
{
    (void)state;
    wide text[16], *next = NULL;

    berth_wcscpy(text, w(",a,,bc"));
    assert_wide(berth_wcstok(text, w(","), &next), "a");
    assert_wide(berth_wcstok(NULL, w(","), &next), "bc");
    assert_null(berth_wcstok(NULL, w(","), &next));
}

static void checked_copies_refuse_what_does_not_fit(void **state)
{
    (void)state;
    wide text[4];
    char narrow[4];

    assert_int_equal(berth_wcscpy_s(text, 4, w("abc")), 0);
    assert_int_equal(berth_wcscpy_s(text, 4, w("abcd")), ERANGE);
    assert_int_equal(text[0], 0);
    assert_int_equal(berth_wcsncpy_s(text, 4, w("abcd"), SIZE_MAX), 80);
    assert_wide(text, "abc");
    assert_int_equal(berth_wcscat_s(text, 4, w("d")), ERANGE);
    assert_int_equal(berth_wcscpy_s(NULL, 4, w("a")), EINVAL);
    assert_int_equal(berth_strcpy_s(narrow, 4, "abc"), 0);
    assert_int_equal(berth_strcat_s(narrow, 4, ""), 0);
    assert_int_equal(berth_strcat_s(narrow, 4, "d"), ERANGE);
    assert_int_equal(berth_strncpy_s(narrow, 4, "abcdef", 2), 0);
    assert_string_equal(narrow, "ab");
}

static void numbers_have_windows_widths(void **state)
{
    (void)state;
    wide *end;
    const wide text[] = {'1', '2', 'x', 0};

    assert_int_equal(berth__wtoi(w(" -42 apples")), -42);
    assert_int_equal(berth__wtoi(w("99999999999")), INT32_MAX);
    assert_int_equal(berth__wtoi(w("")), 0);
    assert_true(berth__wtoi64(w("99999999999")) == 99999999999LL);
    assert_int_equal(berth_wcstol(text, &end, 10), 12);
    assert_ptr_equal(end, text + 2);
    assert_int_equal(berth_wcstoul(w("0xff"), NULL, 0), 255);
    assert_true(berth_wcstoul(w("-1"), NULL, 0) == UINT32_MAX);
    assert_true(berth_wcstoul(w("4294967296"), NULL, 0) == UINT32_MAX);
    assert_true(berth__wtof(w("2.5")) == 2.5);

    char digits[40];
    wide wide_digits[40];
    assert_string_equal(berth__itoa(-255, digits, 10), "-255");
    assert_string_equal(berth__itoa(-1, digits, 16), "ffffffff");
    assert_string_equal(berth__itoa(0, digits, 2), "0");
    assert_wide(berth__itow(1000, wide_digits, 10), "1000");
}

static void utf_8_and_utf_16_hold_the_same(void **state)
{
    (void)state;
    wide text[8];
    char bytes[16];
    size_t used;

    assert_int_equal(berth_mbstowcs(text, "a\u00fc\u20ac\U0001F600", 8), 5);
    assert_int_equal(text[3], 0xd83d);
    assert_int_equal(berth_mbstowcs(NULL, "\U0001F600", 0), 2);
    assert_int_equal(berth_wcstombs(bytes, text, sizeof bytes), 10);
    assert_string_equal(bytes, "a\u00fc\u20ac\U0001F600");
    static const char *const malformed[] = {
        "\x80", "\xc3", "\xe2\x82", "\xc0\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xff"};
    for (size_t i = 0; i < sizeof malformed / sizeof malformed[0]; i++) {
        assert_int_equal(utf8_read(malformed[i], strlen(malformed[i]), &used), UTF_REPLACEMENT);
        assert_int_equal(used, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_and_lengths),
        cmocka_unit_test(comparisons),
        cmocka_unit_test(searches),
        cmocka_unit_test(a_text_is_taken_apart),
        cmocka_unit_test(checked_copies_refuse_what_does_not_fit),
        cmocka_unit_test(numbers_have_windows_widths),
        cmocka_unit_test(utf_8_and_utf_16_hold_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
