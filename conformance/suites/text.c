/* Addresses as text, both ways. */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/block.h"
#include "conformance/suites/suite.h"

static const unsigned char v6_rows[][16] = {
    {0},
    {[15] = 1},
    {0x20, 0x01, 0x0d, 0xb8, [15] = 0x10},
    {0, 1, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 8},
    {0xFE, 0x80, [8] = 0, 0xAB, 3, 4, 5, 6, 7, 8},
};
static const char *const v6_texts[] = {"::", "::1", "2001:db8::10", "1:0:0:4::8",
                                       "fe80::ab:304:506:708"};
enum { V6_ROWS = sizeof(v6_texts) / sizeof(v6_texts[0]) };

static void inet_ntoa_writes_four_numbers(void)
{
    struct in_addr in;
    START_WINSOCK();
    in.s_addr = htonl(0x7F000A01);
    assert_string_equal(inet_ntoa(in), "127.0.10.1");
    in.s_addr = 0xFFFFFFFF;
    assert_string_equal(inet_ntoa(in), "255.255.255.255");
    END_WINSOCK();
}

static void inet_addr_tells_an_address_from_nonsense(void)
{
    assert_int_equal(inet_addr("127.1"), htonl(0x7F000001));
    assert_int_equal(inet_addr("0x7f.0.0.01"), htonl(0x7F000001));
    assert_int_equal(inet_addr("1.2.3.4.5"), INADDR_NONE);
    assert_int_equal(inet_addr("one"), INADDR_NONE);
    assert_int_equal(inet_addr(""), INADDR_NONE);
}

static void inet_pton_answers_one_zero_or_minus_one(void)
{
    unsigned char out[16];
    START_WINSOCK();
    assert_int_equal(inet_pton(AF_INET, "1.2.3.4", out), 1);
    assert_int_equal(inet_pton(AF_INET, "1.2.3", out), 0);
    assert_int_equal(inet_pton(AF_INET, "01.2.3.4", out), 0);
    for (int i = 0; i < V6_ROWS; i++) {
        assert_int_equal(inet_pton(AF_INET6, v6_texts[i], out), 1);
        assert_memory_equal(out, v6_rows[i], 16);
    }
    assert_int_equal(inet_pton(AF_INET6, "::1::", out), 0);
    assert_int_equal(inet_pton(AF_INET6, "1.2.3.4", out), 0);
    assert_int_equal(inet_pton(77, "1.2.3.4", out), -1);
    assert_int_equal(WSAGetLastError(), WSAEAFNOSUPPORT);
    END_WINSOCK();
}

static void inet_ntop_writes_the_short_form(void)
{
    char text[INET6_ADDRSTRLEN];
    const unsigned char v4[4] = {10, 0, 255, 1};
    START_WINSOCK();
    assert_ptr_equal(inet_ntop(AF_INET, v4, text, sizeof(text)), text);
    assert_string_equal(text, "10.0.255.1");
    for (int i = 0; i < V6_ROWS; i++) {
        assert_ptr_equal(inet_ntop(AF_INET6, v6_rows[i], text, sizeof(text)), text);
        assert_string_equal(text, v6_texts[i]);
    }
    END_WINSOCK();
}

static void embedded_ipv4_is_written_with_dots(void)
{
    char text[INET6_ADDRSTRLEN];
    const unsigned char mapped[16] = {[10] = 0xFF, 0xFF, 1, 2, 3, 4};
    const unsigned char compatible[16] = {[12] = 1, 2, 3, 4};
    START_WINSOCK();
    assert_non_null(inet_ntop(AF_INET6, mapped, text, sizeof(text)));
    assert_string_equal(text, "::ffff:1.2.3.4");
    assert_non_null(inet_ntop(AF_INET6, compatible, text, sizeof(text)));
    assert_string_equal(text, "::1.2.3.4");
    END_WINSOCK();
}

static void inet_ntop_needs_room_and_a_family(void)
{
    char text[INET6_ADDRSTRLEN];
    const unsigned char v4[4] = {10, 0, 255, 1};
    START_WINSOCK();
    memset(text, 'x', sizeof(text));
    assert_ptr_equal(inet_ntop(AF_INET, v4, text, sizeof("10.0.255.1")), text);
    assert_null(inet_ntop(AF_INET, v4, text, sizeof("10.0.255.1") - 1));
    OBSERVE_VALUE(inet_ntop_short, (unsigned)WSAGetLastError());
    assert_null(inet_ntop(77, v4, text, sizeof(text)));
    assert_int_equal(WSAGetLastError(), WSAEAFNOSUPPORT);
    END_WINSOCK();
}

/* Wide and narrow text, compared; both are ASCII. */
static bool same_text(const WCHAR *wide, const char *narrow)
{
    size_t i = 0;
    while (wide[i] == (WCHAR)(unsigned char)narrow[i] && wide[i] != 0)
        i++;
    return wide[i] == (WCHAR)(unsigned char)narrow[i];
}

static void widen(const char *narrow, WCHAR *wide)
{
    size_t i = 0;
    do
        wide[i] = (WCHAR)(unsigned char)narrow[i];
    while (narrow[i++] != '\0');
}

static void the_wide_forms_do_the_same(void)
{
    WCHAR text[INET6_ADDRSTRLEN];
    unsigned char out[16];
    START_WINSOCK();
    for (int i = 0; i < V6_ROWS; i++) {
        assert_ptr_equal(InetNtopW(AF_INET6, v6_rows[i], text, INET6_ADDRSTRLEN), text);
        assert_true(same_text(text, v6_texts[i]));
        assert_int_equal(InetPtonW(AF_INET6, text, out), 1);
        assert_memory_equal(out, v6_rows[i], 16);
    }
    widen("1.2.3", text);
    assert_int_equal(InetPtonW(AF_INET, text, out), 0);
    assert_int_equal(InetPtonW(77, text, out), -1);
    assert_int_equal(WSAGetLastError(), WSAEAFNOSUPPORT);
    END_WINSOCK();
}

static struct sockaddr_in6 v6_name(const unsigned char *bytes, ULONG scope, USHORT port)
{
    struct sockaddr_in6 name;
    memset(&name, 0, sizeof(name));
    name.sin6_family = AF_INET6;
    name.sin6_port = htons(port);
    name.sin6_scope_id = scope;
    memcpy(&name.sin6_addr, bytes, 16);
    return name;
}

static void assert_written(void *name, DWORD size, const char *expected)
{
    char narrow[80];
    WCHAR wide[80];
    DWORD length = sizeof(narrow);
    assert_int_equal(WSAAddressToStringA(name, size, NULL, narrow, &length), 0);
    assert_string_equal(narrow, expected);
    assert_int_equal(length, strlen(expected) + 1);
    length = 80;
    assert_int_equal(WSAAddressToStringW(name, size, NULL, wide, &length), 0);
    assert_true(same_text(wide, expected));
    assert_int_equal(length, strlen(expected) + 1);
}

static void an_ipv4_address_is_written_with_its_port(void)
{
    struct sockaddr_in name = ipv4_address(0x01020304, 0);
    START_WINSOCK();
    assert_written(&name, sizeof(name), "1.2.3.4");
    name.sin_port = htons(65535);
    assert_written(&name, sizeof(name), "1.2.3.4:65535");
    END_WINSOCK();
}

static void an_ipv6_address_is_written_with_port_and_scope(void)
{
    START_WINSOCK();
    struct sockaddr_in6 name = v6_name(v6_rows[1], 0, 0);
    assert_written(&name, sizeof(name), "::1");
    name = v6_name(v6_rows[1], 0, 80);
    assert_written(&name, sizeof(name), "[::1]:80");
    name = v6_name(v6_rows[4], 7, 0);
    assert_written(&name, sizeof(name), "fe80::ab:304:506:708%7");
    name = v6_name(v6_rows[4], 7, 80);
    assert_written(&name, sizeof(name), "[fe80::ab:304:506:708%7]:80");
    END_WINSOCK();
}

static void too_small_a_buffer_for_text_says_what_is_wanted(void)
{
    char narrow[16] = "untouched";
    WCHAR wide[16] = {'u'};
    struct sockaddr_in name = ipv4_address(0x01020304, 80);
    const DWORD wanted = sizeof("1.2.3.4:80");
    DWORD length = wanted - 1;
    START_WINSOCK();
    assert_fails_with(WSAAddressToStringA((void *)&name, sizeof(name), NULL, narrow, &length),
                      WSAEFAULT);
    assert_int_equal(length, wanted);
    assert_string_equal(narrow, "untouched");
    length = wanted - 1;
    assert_fails_with(WSAAddressToStringW((void *)&name, sizeof(name), NULL, wide, &length),
                      WSAEFAULT);
    assert_int_equal(length, wanted);
    assert_int_equal(wide[0], 'u');
    assert_int_equal(WSAAddressToStringA((void *)&name, sizeof(name), NULL, narrow, &length), 0);
    END_WINSOCK();
}

static void an_address_of_no_family_has_no_text(void)
{
    char text[64];
    struct sockaddr_in name = ipv4_address(0x01020304, 80);
    DWORD length = sizeof(text);
    START_WINSOCK();
    assert_fails_with(WSAAddressToStringA((void *)&name, 0, NULL, text, &length), WSAEINVAL);
    name.sin_family = 77;
    length = sizeof(text);
    assert_fails_with(WSAAddressToStringA((void *)&name, sizeof(name), NULL, text, &length),
                      WSAEINVAL);
    END_WINSOCK();
}

static void text_is_read_with_port_and_scope(void)
{
    char v4[] = "1.2.3.4:80", plain[] = "1.2.3.4", v6[] = "[fe80::ab:304:506:708%7]:80";
    struct sockaddr_in name;
    struct sockaddr_in6 name6;
    int size = sizeof(name) + 5;
    START_WINSOCK();
    struct sockaddr_in room[2];
    assert_int_equal(WSAStringToAddressA(v4, AF_INET, NULL, (void *)room, &size), 0);
    assert_int_equal(size, sizeof(name));
    assert_int_equal(room[0].sin_family, AF_INET);
    assert_int_equal(room[0].sin_addr.s_addr, htonl(0x01020304));
    assert_int_equal(room[0].sin_port, htons(80));
    size = sizeof(name);
    assert_int_equal(WSAStringToAddressA(plain, AF_INET, NULL, (void *)&name, &size), 0);
    assert_int_equal(name.sin_port, 0);
    size = sizeof(name6);
    WCHAR wide[64];
    widen(v6, wide);
    assert_int_equal(WSAStringToAddressW(wide, AF_INET6, NULL, (void *)&name6, &size), 0);
    assert_memory_equal(&name6.sin6_addr, v6_rows[4], 16);
    assert_int_equal(name6.sin6_scope_id, 7);
    assert_int_equal(name6.sin6_port, htons(80));
    END_WINSOCK();
}

static void an_address_needs_room(void)
{
    char v4[] = "1.2.3.4";
    struct sockaddr_in name;
    int size = sizeof(name) - 1;
    START_WINSOCK();
    assert_fails_with(WSAStringToAddressA(v4, AF_INET, NULL, (void *)&name, &size), WSAEFAULT);
    assert_int_equal(size, sizeof(name));
    END_WINSOCK();
}

static void text_that_is_no_address_is_refused(void)
{
    static char rows[][24] = {"1.2.3.4:65536", "1.2.3.4:", "one", "1.2.3.4x", "1.2.3.4.5"};
    char v6[] = "::1";
    struct sockaddr_in name;
    int size;
    START_WINSOCK();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        size = sizeof(name);
        assert_fails_with(WSAStringToAddressA(rows[i], AF_INET, NULL, (void *)&name, &size),
                          WSAEINVAL);
    }
    size = sizeof(name);
    assert_fails_with(WSAStringToAddressA(v6, AF_INET, NULL, (void *)&name, &size), WSAEINVAL);
    assert_fails_with(WSAStringToAddressA(v6, 77, NULL, (void *)&name, &size), WSAEINVAL);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(inet_addr_tells_an_address_from_nonsense, ADDR_001, ADDR_002),
    CASE(inet_ntoa_writes_four_numbers, ADDR_003),
    CASE(inet_pton_answers_one_zero_or_minus_one, ADDR_004, ADDR_005),
    CASE(inet_ntop_writes_the_short_form, ADDR_006),
    CASE(embedded_ipv4_is_written_with_dots, ADDR_007),
    CASE(inet_ntop_needs_room_and_a_family, ADDR_008, ADDR_009),
    CASE(the_wide_forms_do_the_same, ADDR_010),
    CASE(an_ipv4_address_is_written_with_its_port, ADDR_011, ADDR_013),
    CASE(an_ipv6_address_is_written_with_port_and_scope, ADDR_012, ADDR_013),
    CASE(too_small_a_buffer_for_text_says_what_is_wanted, ADDR_014),
    CASE(an_address_of_no_family_has_no_text, ADDR_015),
    CASE(text_is_read_with_port_and_scope, ADDR_016, ADDR_019),
    CASE(an_address_needs_room, ADDR_017),
    CASE(text_that_is_no_address_is_refused, ADDR_018),
    END_OF_CASES,
};
// clang-format on

const struct suite text_suite = {
    .name = "text",
    .about = "addresses as text, both ways",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
