/* Addresses as ntdll reads them: where it stops, and what it makes of a port. */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/block.h"
#include "conformance/suites/suite.h"

#define EACH(i, table) (size_t i = 0; i < sizeof(table) / sizeof((table)[0]); i++)

/* mingw-w64 does not declare them all: they are found by name, as afd.c does. */
struct readers {
    LONG(WINAPI *read_4)(PCSTR, BOOLEAN, PCSTR *, struct in_addr *);
    LONG(WINAPI *read_6)(PCSTR, PCSTR *, struct in6_addr *);
    LONG(WINAPI *read_4_ex)(PCSTR, BOOLEAN, struct in_addr *, USHORT *);
    LONG(WINAPI *read_6_ex)(PCSTR, struct in6_addr *, ULONG *, USHORT *);
};

static void find(const char *name, void *out)
{
    const FARPROC found = GetProcAddress(GetModuleHandleA("ntdll.dll"), name);
    assert_non_null(found);
    memcpy(out, &found, sizeof(found));
}

static struct readers find_readers(void)
{
    struct readers readers;
    find("RtlIpv4StringToAddressA", &readers.read_4);
    find("RtlIpv6StringToAddressA", &readers.read_6);
    find("RtlIpv4StringToAddressExA", &readers.read_4_ex);
    find("RtlIpv6StringToAddressExA", &readers.read_6_ex);
    return readers;
}

enum { UNTOUCHED = 0x5EED, REFUSED = (int)0xC000000D, NOWHERE = -1 };

static void ipv4_is_read_number_by_number(void)
{
    static const struct {
        const char *text;
        bool strict, good;
        int stops;
        ULONG address;
    } rows[] = {
        {"1.2.3.4", true, true, 7, 0x01020304},
        {"1.2", false, true, 3, 0x01000002},
        {"0x1.02.3", false, true, 8, 0x01020003},
        {"1.2.3.4x", true, true, 7, 0x01020304},
        {"018", false, true, 2, 1},
        {"0xfffffffff", false, true, 11, 0xFFFFFFFF},
        {"1.2.3.4:80", true, true, 7, 0x01020304},
        {"1.2", true, false, 3, 0},
        {"0x1.2.3.4", true, false, 2, 0},
        {"01.2.3.4", true, false, 1, 0},
        {"1..2", false, false, 3, 0},
        {"1.2.3.", true, false, 6, 0},
        {"1.2.3.4.5", true, false, 7, 0},
        {"1.2.3.256", true, false, 9, 0},
        {"4294967296", false, false, 9, 0},
        {"1.2.3.08", false, false, 7, 0},
        {"1.2.3.4:0", true, false, 9, 0},
        {"1.2.3.4:65536", true, false, 13, 0},
        {"1.2.3.4:80x", true, false, 10, 0},
        {"", false, false, 0, 0},
    };
    const struct readers readers = find_readers();
    for
        EACH(i, rows)
        {
            struct in_addr address = {.s_addr = 0};
            PCSTR end = NULL;
            const LONG status = readers.read_4(rows[i].text, rows[i].strict, &end, &address);
            assert_int_equal(status, rows[i].good ? 0 : REFUSED);
            assert_int_equal(end - rows[i].text, rows[i].stops);
            if (rows[i].good) /* of one with a bad port it may have been written */
                assert_int_equal(ntohl(address.s_addr), rows[i].address);
        }
}

/* The bytes of a text that is no address whose first `words` words were complete. */
static void expect_words(const struct in6_addr *address, int words)
{
    for (int i = 0; i < 16; i++)
        assert_int_equal(address->s6_addr[i], i >= 2 * words ? 0xAA : i % 2 == 0 ? 0 : i / 2 + 1);
}

static void ipv6_is_read_word_by_word(void)
{
    static const struct {
        const char *text;
        bool good;
        int stops;
        int words;
    } rows[] = {
        {"::1", true, 3, 0},
        {"1::2::3", true, 4, 0},
        {"1:2:3:4:5:6:7:8:9", true, 15, 0},
        {"1:2:3:4:5:6:7::8", true, 15, 0},
        {"1:2:3:4:5:6:7.1.2.3", true, 19, 0},
        {"::1.2.3.04", true, 10, 0},
        {"::1.2.3.4.5", true, 9, 0},
        {"1:2", false, 3, 1},
        {"1:2:3:4:5:6:7:", false, 14, 7},
        {"1:2:3:4:5:6:7:12345", false, 19, 7},
        {":1", false, 0, 0},
        {"12345::", false, NOWHERE, 0},
        {"1:00002:3", false, NOWHERE, 1},
    };
    const struct readers readers = find_readers();
    for
        EACH(i, rows)
        {
            struct in6_addr address;
            char nothing;
            PCSTR end = &nothing;
            memset(&address, 0xAA, sizeof(address));
            const LONG status = readers.read_6(rows[i].text, &end, &address);
            assert_int_equal(status, rows[i].good ? 0 : REFUSED);
            if (rows[i].stops == NOWHERE)
                assert_ptr_equal(end, &nothing);
            else
                assert_int_equal(end - rows[i].text, rows[i].stops);
            if (!rows[i].good)
                expect_words(&address, rows[i].words);
        }
}

static void a_port_that_is_not_there_is_not_written(void)
{
    struct in_addr four;
    struct in6_addr six;
    USHORT port = UNTOUCHED;
    ULONG scope = UNTOUCHED;
    const struct readers readers = find_readers();
    assert_int_equal(readers.read_4_ex("1.2.3.4", TRUE, &four, &port), 0);
    assert_int_equal(port, UNTOUCHED);
    assert_int_equal(readers.read_4_ex("1.2.3.4:80", TRUE, &four, &port), 0);
    assert_int_equal(port, htons(80));
    assert_int_equal(readers.read_4_ex("1.2.3.4 ", TRUE, &four, &port), REFUSED);
    assert_int_equal(readers.read_6_ex("::1", &six, &scope, &port), 0);
    assert_int_equal(port, 0);
    assert_int_equal(scope, 0);
    assert_int_equal(readers.read_6_ex("[::1%2]:0x50", &six, &scope, &port), 0);
    assert_int_equal(port, htons(80));
    assert_int_equal(scope, 2);
    assert_int_equal(readers.read_6_ex("::1%02", &six, &scope, &port), REFUSED);
    assert_int_equal(readers.read_6_ex("[::1]:0", &six, &scope, &port), REFUSED);
}

static void a_port_of_zero_is_none(void)
{
    struct sockaddr_in name;
    struct sockaddr_in6 name_6;
    int size = sizeof(name), size_6 = sizeof(name_6);
    char text[] = "1.2.3.4:0", text_6[] = "[::1]:0";
    START_WINSOCK();
    assert_fails_with(WSAStringToAddressA(text, AF_INET, NULL, (struct sockaddr *)&name, &size),
                      WSAEINVAL);
    assert_fails_with(
        WSAStringToAddressA(text_6, AF_INET6, NULL, (struct sockaddr *)&name_6, &size_6),
        WSAEINVAL);
    END_WINSOCK();
}

static void inet_addr_stops_at_a_space(void)
{
    assert_int_equal(ntohl(inet_addr("1.2.3.4 ")), 0x01020304);
    assert_int_equal(ntohl(inet_addr("1.2.3.4\t5")), 0x01020304);
    assert_int_equal(ntohl(inet_addr("1.2 x")), 0x01000002);
    assert_int_equal(inet_addr(" 1.2.3.4"), INADDR_NONE);
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(ipv4_is_read_number_by_number, ADDR_020),
    CASE(ipv6_is_read_word_by_word, ADDR_021),
    CASE(a_port_that_is_not_there_is_not_written, ADDR_022),
    CASE(a_port_of_zero_is_none, ADDR_023),
    CASE(inet_addr_stops_at_a_space, ADDR_024),
    END_OF_CASES,
};
// clang-format on

const struct suite text_rtl_suite = {
    .name = "text_rtl",
    .about = "addresses as text: where reading stops",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
