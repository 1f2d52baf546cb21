#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/runtime/crt.h"

static char text[4096];

static void prints(const char *expected, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = berth_vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    assert_string_equal(text, expected);
    assert_int_equal(length, strlen(expected));
}

/* The same in UTF-16: `expected` and `format` are of plain letters. */
static void prints_wide(const char *expected, const char *format, ...)
{
    wide wide_format[128], wide_text[256];
    va_list arguments;

    berth_mbstowcs(wide_format, format, 128);
    va_start(arguments, format);
    int length = berth_vswprintf(wide_text, 256, wide_format, arguments);
    va_end(arguments);
    assert_int_equal(length, strlen(expected));
    assert_int_equal(berth_wcstombs(text, wide_text, sizeof text), strlen(expected));
    assert_string_equal(text, expected);
}

static void a_long_has_32_bits_and_I64_64(void **state)
{
    (void)state;
    prints("-1 4294967295", "%ld %lu", -1L, -1L);
    prints("-5000000000 5000000000 12a05f200", "%I64d %I64u %I64x", -5000000000LL, 5000000000ULL,
           5000000000ULL);
    prints("-5 -6 7 8 9", "%lld %I32d %Iu %zu %td", -5LL, -6, (size_t)7, (size_t)8, (ptrdiff_t)9);
    prints("4464 -1 255", "%hd %hhd %hhu", 70000, 255, 255);
}

static void flags_width_and_precision(void **state)
{
    (void)state;
    prints("[   42][42   ][00042][+42][ 42]", "[%5d][%-5d][%05d][%+d][% d]", 42, 42, 42, 42, 42);
    prints("[042][  042][42  ][][]", "[%.3d][%5.3d][%-*d][%.0d][%.0u]", 42, 42, 4, 42, 0, 0u);
    prints("0xff 0XFF 010 0 ff", "%#x %#X %#o %#x %x", 255, 255, 8, 0, 255);
    prints("-9223372036854775808", "%lld", INT64_MIN);
    prints("[-0042][   -42]", "[%05d][%6d]", -42, -42);
}

static void a_pointer_is_sixteen_digits(void **state)
{
    (void)state;
    prints("00000000DEADBEEF|    0000000000000000", "%p|%20p", (void *)(uintptr_t)0xdeadbeef, NULL);
}

static void text_of_both_kinds(void **state)
{
    (void)state;
    const wide w[] = {'w', 'i', 0x20ac, 0};
    const wide pair[] = {0xd83d, 0xde00, 0}, half[] = {0xd83d, 'x', 0};

    prints("own wi\u20ac wi\u20ac wi\u20ac own", "%s %S %ls %ws %hs", "own", w, w, w, "own");
    prints("\U0001F600|\uFFFDx", "%S|%S", pair, half);
    prints("(null)|  ab|ab  |a|cC", "%s|%4s|%-4s|%.1s|%c%C", (char *)NULL, "ab", "ab", "ab", 'c',
           'C');
    prints_wide("own n n w w", "%s %S %hs %ls %ws", (const wide[]){'o', 'w', 'n', 0}, "n", "n",
                (const wide[]){'w', 0}, (const wide[]){'w', 0});
    prints_wide("w n (null) 5%", "%c %C %s %d%%", 'w', 'n', NULL, 5);
}

static void real_numbers(void **state)
{
    (void)state;
    prints("1.500000 -2.50 1.0e+10 0.0001 1E+20", "%f %.2f %.1e %g %G", 1.5, -2.5, 1e10, 0.0001,
           1e20);
    prints("[  1.5][1.5  ][001.5][+1.5]", "[%5.1f][%-5.1f][%05.1f][%+.1f]", 1.5, 1.5, 1.5, 1.5);
    prints("inf -inf nan [  inf]", "%f %f %f [%05f]", 1e308 * 10, -1e308 * 10,
           0.0 * 1e308 / 1.0 + __builtin_nan(""), 1e308 * 10);
    prints("0x1.0000000000000p+0 -0x1.8p+1", "%a %.1a", 1.0, -3.0);
    prints("2.5", "%.1Lf", 2.5L);
}

static void what_nobody_knows_prints_its_letter(void **state)
{
    (void)state;
    prints("y 5", "%y %d", 5);
    prints("end", "end%");
    prints("12", "1%n2", &(int){0});
}

static void buffers_are_ended_as_windows_does(void **state)
{
    (void)state;
    char small[4] = "zzz";
    wide broad[4] = {9, 9, 9, 9};
    const wide format[] = {'%', 'd', 0};

    assert_int_equal(berth_snprintf(small, 4, "%d", 123456), 6);
    assert_string_equal(small, "123");
    assert_int_equal(berth__snprintf(small, 3, "%d", 123), 3); /* fits, but for its end */
    assert_memory_equal(small, "123", 4);
    assert_int_equal(berth__snprintf(small, 3, "%d", 7777), -1);
    assert_int_equal(berth_sprintf_s(small, 4, "%d", 7777), -1);
    assert_string_equal(small, "");
    assert_int_equal(berth__snprintf_s(small, 4, SIZE_MAX, "%d", 7777), -1);
    assert_string_equal(small, "777");
    assert_int_equal(berth__scprintf("%d", 123456), 6);
    assert_int_equal(berth_swprintf(broad, 4, format, 123456), -1);
    assert_memory_equal(broad, ((const wide[]){'1', '2', '3', 0}), sizeof broad);
    assert_int_equal(berth_swprintf(broad, 4, format, 123), 3);
    assert_int_equal(berth__scwprintf(format, 12345), 5);
}

static void wide_text_reaches_a_stream_as_utf_8(void **state)
{
    (void)state;
    const wide format[] = {0xfc, '%', 's', 0xd83d, 0};
    const wide pair[] = {0xd83d, 0xde00, 0};
    FILE *file = tmpfile();

    assert_non_null(file);
    assert_int_equal(berth_fwprintf(file, format, pair), 4);
    assert_int_equal(berth_fputwc(0x20ac, file), 0x20ac);
    rewind(file);
    size_t size = fread(text, 1, sizeof text - 1, file);
    text[size] = '\0';
    fclose(file);
    assert_string_equal(text, "\u00fc\U0001F600\uFFFD\u20ac");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_has_32_bits_and_I64_64),
        cmocka_unit_test(flags_width_and_precision),
        cmocka_unit_test(a_pointer_is_sixteen_digits),
        cmocka_unit_test(text_of_both_kinds),
        cmocka_unit_test(real_numbers),
        cmocka_unit_test(what_nobody_knows_prints_its_letter),
        cmocka_unit_test(buffers_are_ended_as_windows_does),
        cmocka_unit_test(wide_text_reaches_a_stream_as_utf_8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
