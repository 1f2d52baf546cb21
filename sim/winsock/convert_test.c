#include "sim/winsock/fixture.h"

static void byte_order_is_swapped_and_swapped_back(void **state)
{
    (void)state;
    const unsigned char port[2] = {0x13, 0x88}, address[4] = {127, 0, 0, 1};
    u_short swapped = htons(5000);
    u_long long_swapped = htonl(INADDR_LOOPBACK);
    assert_memory_equal(&swapped, port, sizeof port);
    assert_memory_equal(&long_swapped, address, sizeof address);
    assert_int_equal(ntohs(swapped), 5000);
    assert_int_equal(ntohl(long_swapped), INADDR_LOOPBACK);
}

static void inet_addr_takes_one_to_four_parts(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        u_long address; /* host order */
    } rows[] = {
        {"127.0.0.1", 0x7f000001},       {"0x7f.0.0.1", 0x7f000001},
        {"0177.1", 0x7f000001},          {"10.1.258", 0x0a010102},
        {"2130706433", 0x7f000001},      {"0", 0},
        {"255.255.255.254", 0xfffffffe}, {" ", 0},
    };
    static const char *const bad[] = {"",          ".",         "1.2.3.4.5",  "256.1.1.1",
                                      "1.2.3.256", "1.2.65536", "1..2",       "08",
                                      "a",         "1.2.3.4x",  "4294967296", "0x"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(ntohl(inet_addr(rows[i].text)), rows[i].address);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(inet_addr(bad[i]), INADDR_NONE);
    assert_int_equal(inet_addr(NULL), INADDR_NONE);
}

static void inet_pton_takes_only_the_plain_form_of_ipv4(void **state)
{
    (void)state;
    static const char *const bad[] = {"",          "1.2.3",    "1.2.3.4.5",
                                      "256.0.0.1", "01.2.3.4", "1.2.3.4 "};
    unsigned char out[4];
    assert_int_equal(inet_pton(AF_INET, "192.0.2.255", out), 1);
    assert_memory_equal(out, ((const unsigned char[]){192, 0, 2, 255}), 4);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(inet_pton(AF_INET, bad[i], out), 0);
}

static void inet_pton_reads_ipv6(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned char bytes[16];
    } rows[] = {
        {"::", {0}},
        {"::1", {[15] = 1}},
        {"fe80::1:2", {0xfe, 0x80, [13] = 1, [15] = 2}},
        {"1:2:3:4:5:6:7:8", {0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8}},
        {"2001:db8::", {0x20, 0x01, 0x0d, 0xb8}},
        {"::ffff:127.0.0.1", {[10] = 0xff, 0xff, 127, 0, 0, 1}},
    };
    static const char *const bad[] = {
        "",    ":",  ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::", "1::2::3",
        "::g", "1:", ":1",  "1.2.3.4::"};
    unsigned char out[16];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(inet_pton(AF_INET6, rows[i].text, out), 1);
        assert_memory_equal(out, rows[i].bytes, 16);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(inet_pton(AF_INET6, bad[i], out), 0);
}

static void inet_pton_knows_two_families(void **state)
{
    (void)state;
    unsigned char out[16];
    assert_int_equal(inet_pton(AF_UNIX, "1.2.3.4", out), -1);
    assert_int_equal(WSAGetLastError(), WSAEAFNOSUPPORT);
    assert_int_equal(inet_pton(AF_INET, NULL, out), -1);
    assert_int_equal(WSAGetLastError(), WSAEFAULT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(byte_order_is_swapped_and_swapped_back),
        cmocka_unit_test(inet_addr_takes_one_to_four_parts),
        cmocka_unit_test(inet_pton_takes_only_the_plain_form_of_ipv4),
        cmocka_unit_test(inet_pton_reads_ipv6),
        STACK_TEST(inet_pton_knows_two_families),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
