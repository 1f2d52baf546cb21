/* Byte order, and addresses as text. */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/block.h"
#include "conformance/suites/suite.h"

static void byte_order_is_swapped_and_swapped_back(void)
{
    static const unsigned char port[2] = {0x13, 0x88};
    static const unsigned char address[4] = {0x7F, 0x12, 0x34, 0x56};
    const u_short swapped = htons(5000);
    const u_long long_swapped = htonl(0x7F123456);
    assert_memory_equal(&swapped, port, sizeof(port));
    assert_memory_equal(&long_swapped, address, sizeof(address));
    assert_int_equal(ntohs(swapped), 5000);
    assert_int_equal(ntohl(long_swapped), 0x7F123456);
}

static void inet_addr_takes_one_to_four_parts(void)
{
    static const struct {
        const char *text;
        u_long address; /* host order */
    } rows[] = {
        {"127.0.0.1", 0x7F000001},
        {"0x7f.0.0.1", 0x7F000001},
        {"0X7F.0.0.1", 0x7F000001},
        {"0177.1", 0x7F000001},
        {"10.1.258", 0x0A010102},
        {"2130706433", 0x7F000001},
        {"0", 0},
        {"255.255.255.254", 0xFFFFFFFE},
        {" ", 0},
        {"4294967294", 0xFFFFFFFE},
        {"0xabCDef09", 0xABCDEF09},
        {"1.2.3.255", 0x010203FF},
        {"1.2.65535", 0x0102FFFF},
        {"1.16777215", 0x01FFFFFF},
        {"1.2.3.4", 0x01020304},
        {"9.8.7.6", 0x09080706},
        {"010.020.030.0", 0x08101800},
        {"0x9a.0xAf.0xfA.0", 0x9AAFFA00},
        {"037777777776", 0xFFFFFFFE},
        {"255.0", 0xFF000000},
        {"0.0.255.0", 0x0000FF00},
        {"17.1", 0x11000001},
        {"01.1", 0x01000001},
    };
    static const char *const bad[] = {
        "",          ".",          "1.2.3.4.5",   "256.1.1.1",   "1.256.1.1", "1.2.256.1",
        "1.2.3.256", "1.2.65536",  "1..2",        "08",          "a",         "1.2.3.4x",
        "0x",        "4294967296", "1.16777216",  "256.1",       "1.256.1",   "0x1g",
        ".1",        "1.",         "0x100000000", "040000000000"};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(ntohl(inet_addr(rows[i].text)), rows[i].address);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(inet_addr(bad[i]), INADDR_NONE);
    assert_int_equal(inet_addr(NULL), INADDR_NONE);
}

static void inet_pton_takes_only_the_plain_form_of_ipv4(void)
{
    static const struct {
        const char *text;
        unsigned char bytes[4];
    } rows[] = {
        {"192.0.2.255", {192, 0, 2, 255}}, {"0.0.0.0", {0, 0, 0, 0}},
        {"9.10.99.100", {9, 10, 99, 100}}, {"255.255.255.255", {255, 255, 255, 255}},
        {"1.2.3.4", {1, 2, 3, 4}},
    };
    static const char *const bad[] = {"",         "1.2.3",    "1.2.3.4.5", "256.0.0.1", "1.2.3.256",
                                      "01.2.3.4", "1.2.3.4 ", "1..2.3",    "1.2.3.",    ".1.2.3",
                                      "1.2.3.00", "1.2.3.a",  "0x1.2.3.4", "1.2.3.0001"};
    unsigned char out[6];
    START_WINSOCK();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        memset(out, 0xCC, sizeof(out));
        assert_int_equal(inet_pton(AF_INET, rows[i].text, out + 1), 1);
        assert_memory_equal(out + 1, rows[i].bytes, 4);
        assert_int_equal(out[0], 0xCC);
        assert_int_equal(out[5], 0xCC);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(inet_pton(AF_INET, bad[i], out), 0);
    END_WINSOCK();
}

static void inet_pton_reads_ipv6(void)
{
    static const struct {
        const char *text;
        unsigned char bytes[16];
    } rows[] = {
        {"::", {0}},
        {"::1", {[15] = 1}},
        {"fe80::1:2", {0xFE, 0x80, [13] = 1, [15] = 2}},
        {"1:2:3:4:5:6:7:8", {0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8}},
        {"2001:db8::", {0x20, 0x01, 0x0D, 0xB8}},
        {"::ffff:127.0.0.1", {[10] = 0xFF, 0xFF, 127, 0, 0, 1}},
        {"1:2:3:4:5:6:9.8.7.6", {0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 9, 8, 7, 6}},
        {"AbCd:eF09::9876", {0xAB, 0xCD, 0xEF, 0x09, [14] = 0x98, 0x76}},
        {"::9876:5432", {[12] = 0x98, 0x76, 0x54, 0x32}},
        {"1::", {0, 1}},
        {"1:2:3:4:5:6::", {0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6}},
        {"::3:4:5:6:7:8", {[5] = 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8}},
        {"ffff:fff:ff:f::", {0xFF, 0xFF, 0x0F, 0xFF, 0, 0xFF, 0, 0x0F}},
    };
    static const char *const bad[] = {"",
                                      ":",
                                      ":::",
                                      "1:2:3:4:5:6:7",
                                      "1::2::3",
                                      "12345::",
                                      "::g",
                                      "1:2:3:4:5:6:7:8:9",
                                      "1:",
                                      "1.2.3.4::",
                                      ":1",
                                      "1:2:3:4:5:6:7:1.2.3.4",
                                      "::1:",
                                      "1:2:3:4:5:1.2.3.4",
                                      "::1.2.3.4:5",
                                      "::12345",
                                      "g::",
                                      "1:2:3:4:5:6:7:",
                                      "::1.2.3"};
    unsigned char out[18];
    START_WINSOCK();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        memset(out, 0xCC, sizeof(out));
        assert_int_equal(inet_pton(AF_INET6, rows[i].text, out + 1), 1);
        assert_memory_equal(out + 1, rows[i].bytes, 16);
        assert_int_equal(out[0], 0xCC);
        assert_int_equal(out[17], 0xCC);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(inet_pton(AF_INET6, bad[i], out), 0);
    END_WINSOCK();
}

static void inet_pton_knows_two_families(void)
{
    unsigned char out[16];
    unsigned char untouched[16];
    START_WINSOCK();
    memset(out, 0xCC, sizeof(out));
    memset(untouched, 0xCC, sizeof(untouched));
    WSASetLastError(0);
    assert_int_equal(inet_pton(AF_UNIX, "1.2.3.4", out), -1);
    assert_int_equal(WSAGetLastError(), WSAEAFNOSUPPORT);
    WSASetLastError(0);
    assert_int_equal(inet_pton(AF_INET, NULL, out), -1);
    assert_int_equal(WSAGetLastError(), WSAEFAULT);
    WSASetLastError(0);
    assert_int_equal(inet_pton(AF_INET6, "::1", NULL), -1);
    assert_int_equal(WSAGetLastError(), WSAEFAULT);
    assert_int_equal(inet_pton(AF_INET, "1.2.3", out), 0);
    assert_int_equal(inet_pton(AF_INET6, "1.2.3.4", out), 0);
    assert_memory_equal(out, untouched, sizeof(out));
    END_WINSOCK();
}

static void an_address_written_as_text_can_be_bound(void)
{
    const USHORT port = free_ports(1);
    struct sockaddr_in name = ipv4_address(INADDR_ANY, port);
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    name.sin_addr.s_addr = inet_addr("127.0.0.1");
    assert_int_equal(bind(s, (const struct sockaddr *)&name, sizeof(name)), 0);
    assert_int_equal(bound_port(s), port);
    close_socket(s);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(byte_order_is_swapped_and_swapped_back, LAY_011, LAY_017),
    CASE(inet_addr_takes_one_to_four_parts, BIND_001),
    CASE(inet_pton_takes_only_the_plain_form_of_ipv4, BIND_001),
    CASE(inet_pton_reads_ipv6, BIND_001),
    CASE(inet_pton_knows_two_families, BIND_001),
    CASE(an_address_written_as_text_can_be_bound, BIND_001, BIND_008),
    END_OF_CASES,
};
// clang-format on

const struct suite convert_suite = {
    .name = "convert",
    .about = "Byte order, and addresses as text",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
