/* Addresses as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ws2def.h>

#include "sim/winsock/text.h"

static const char *written_6(const unsigned char *bytes)
{
    static char out[TEXT_SIZE];
    text_write_6(bytes, out);
    return out;
}

static void ipv6_is_written_short(void **state)
{
    (void)state;
    static const struct {
        unsigned char bytes[16];
        const char *text;
    } rows[] = {
        {{0}, "::"},
        {{[15] = 1}, "::1"},
        {{0x20, 0x01, 0x0d, 0xb8, [15] = 0x10}, "2001:db8::10"},
        {{0xfe, 0x80, [8] = 1, 2, 3, 4, 5, 6, 7, 8}, "fe80::102:304:506:708"},
        {{0, 1, 0, 0, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8}, "1:0:3:4:5:6:7:8"},
        {{0, 1, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 8}, "1:0:0:4::8"},
        {{0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 0, 0, 0}, "1:2:3:4:5:6::"},
        {{[10] = 0xff, 0xff, 1, 2, 3, 4}, "::ffff:1.2.3.4"},
        {{[12] = 1, 2, 3, 4}, "::1.2.3.4"},
        {{[8] = 0xff, 0xff, 0, 0, 1, 2, 3, 4}, "::ffff:0:1.2.3.4"},
        {{0xfe, 0x80, [10] = 0x5e, 0xfe, 1, 2, 3, 4}, "fe80::5efe:1.2.3.4"},
        {{[10] = 0xff, 0xff}, "::ffff:0:0"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned char back[16];
        const char *end;
        assert_string_equal(written_6(rows[i].bytes), rows[i].text);
        assert_true(text_read_6(rows[i].text, back, &end));
        assert_int_equal(*end, '\0');
        assert_memory_equal(back, rows[i].bytes, sizeof back);
    }
}

static void reading_stops_where_the_address_ends(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_6, good;
        int length;
    } rows[] = {
        {"1.2.3.4/24", false, true, 7}, {"1.2.3", false, false, 5},
        {"1.2.3.256", false, false, 9}, {"1.2.3.4:80", false, true, 7},
        {"1.2.3.4:0", false, false, 9}, {"::1%2", true, true, 3},
        {"1::2::3", true, true, 4},     {"12345::", true, false, -1},
        {"::12345", true, false, 7},    {"1:2:3:4:5:6:7:8:9", true, true, 15},
        {":", true, false, 0},          {"", true, false, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned char out[16];
        const char *end = NULL;
        bool good = rows[i].is_6 ? text_read_6(rows[i].text, out, &end)
                                 : text_read_4(rows[i].text, true, out, &end);
        assert_int_equal(good, rows[i].good);
        if (rows[i].length < 0)
            assert_null(end);
        else
            assert_int_equal(end - rows[i].text, rows[i].length);
    }
}

static void names_have_ports_and_scopes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int family;
        bool good;
        uint32_t scope;
        uint16_t port;
    } rows[] = {
        {"1.2.3.4:80", AF_INET, true, 0, 80},
        {"1.2.3.4", AF_INET, true, 0, 0},
        {"1.2.3.4:65536", AF_INET, false, 0, 0},
        {"1.2.3.4:", AF_INET, false, 0, 0},
        {"1.2.3.4:8x", AF_INET, false, 0, 0},
        {"fe80::1%7", AF_INET6, true, 7, 0},
        {"[fe80::1%7]:443", AF_INET6, true, 7, 443},
        {"[::1]", AF_INET6, true, 0, 0},
        {"::1]:80", AF_INET6, false, 0, 0},
        {"[::1", AF_INET6, false, 0, 0},
        {"::1%", AF_INET6, false, 0, 0},
        {"::1%07", AF_INET6, false, 0, 0},
        {"[::1]:0", AF_INET6, false, 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct text_name name;
        assert_int_equal(text_read_name(rows[i].text, rows[i].family, false, &name), rows[i].good);
        if (!rows[i].good)
            continue;
        assert_int_equal(name.scope, rows[i].scope);
        assert_int_equal(name.port, rows[i].port);
    }
}

static void a_name_is_written_with_what_it_has(void **state)
{
    (void)state;
    char out[TEXT_SIZE];
    struct text_name name = {.family = AF_INET6, .bytes = {[15] = 1}, .scope = 3, .port = 65535};
    assert_int_equal(text_write_name(&name, out), strlen("[::1%3]:65535"));
    assert_string_equal(out, "[::1%3]:65535");
    name.port = 0;
    text_write_name(&name, out);
    assert_string_equal(out, "::1%3");
    name = (struct text_name){.family = AF_INET, .bytes = {255, 0, 10, 1}, .port = 7};
    text_write_name(&name, out);
    assert_string_equal(out, "255.0.10.1:7");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ipv6_is_written_short),
        cmocka_unit_test(reading_stops_where_the_address_ends),
        cmocka_unit_test(names_have_ports_and_scopes),
        cmocka_unit_test(a_name_is_written_with_what_it_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
