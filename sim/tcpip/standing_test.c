#include "sim/tcpip/standing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct address ip4(uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
    return (struct address){.family = FAMILY_4, .bytes = {a, b, c, d}};
}

static struct address ip6(uint8_t a, uint8_t b, uint8_t c, uint8_t d, uint8_t last)
{
    return (struct address){.family = FAMILY_6, .bytes = {a, b, c, d, [15] = last}};
}

static struct address mapped(uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
    return (struct address){.family = FAMILY_6, .bytes = {[10] = 0xff, [11] = 0xff, a, b, c, d}};
}

static struct standing stands(struct address address, bool dual_stack)
{
    struct standing standing;
    assert_true(standing_of(&address, dual_stack, &standing));
    return standing;
}

static enum locality locality(struct address address)
{
    struct standing standing = stands(address, true);
    return standing_locality(&address, &standing);
}

static void a_wildcard_is_all_zeros_of_its_family(void **state)
{
    (void)state;
    struct address four = ip4(0, 0, 0, 0);
    four.bytes[4] = 1; /* no part of an IPv4 address */
    struct address six = ip6(0, 0, 0, 0, 0);

    assert_true(address_is_wildcard(&four));
    assert_true(address_is_wildcard(&six));
    four.bytes[3] = 1;
    six.bytes[15] = 1;
    assert_false(address_is_wildcard(&four));
    assert_false(address_is_wildcard(&six));
}

static void addresses_are_equal_by_family_bytes_and_scope(void **state)
{
    (void)state;
    struct address a = ip4(127, 0, 0, 1), b = ip4(127, 0, 0, 1);
    b.scope = 7;
    assert_true(address_equal(&a, &b));
    b.bytes[3] = 2;
    assert_false(address_equal(&a, &b));

    struct address c = ip6(0xfe, 0x80, 0, 0, 0x10), d = c;
    assert_true(address_equal(&c, &d));
    d.scope = 1;
    assert_false(address_equal(&c, &d));
    d = c;
    d.bytes[15] = 2;
    assert_false(address_equal(&c, &d));
    struct address e = ip6(127, 0, 0, 1, 0);
    assert_false(address_equal(&a, &e));
}

static void a_mapped_address_stands_where_the_ipv4_address_does(void **state)
{
    (void)state;
    struct standing six = stands(mapped(127, 0, 0, 1), true);
    struct standing four = stands(ip4(127, 0, 0, 1), false);
    assert_true(standing_equal(&six, &four));

    struct standing any = stands(mapped(0, 0, 0, 0), true);
    assert_true(any.wildcard);
    assert_false(any.dual);
    assert_int_equal(any.family, FAMILY_4);
}

static void a_mapped_address_needs_a_dual_stack_endpoint(void **state)
{
    (void)state;
    struct address address = mapped(127, 0, 0, 1);
    struct standing standing;
    assert_false(standing_of(&address, false, &standing));
    address.bytes[10] = 0xfe;
    assert_true(standing_of(&address, false, &standing));
    assert_int_equal(standing.family, FAMILY_6);
}

static void only_the_ipv6_wildcard_is_dual(void **state)
{
    (void)state;
    assert_true(stands(ip6(0, 0, 0, 0, 0), true).dual);
    assert_false(stands(ip6(0, 0, 0, 0, 0), false).dual);
    assert_false(stands(ip6(0, 0, 0, 0, 1), true).dual);
    assert_false(stands(ip4(0, 0, 0, 0), true).dual);
}

static void the_machine_has_its_addresses_and_no_others(void **state)
{
    (void)state;
    struct address link = ip6(0xfe, 0x80, 0, 0, 0x10);

    assert_int_equal(locality(ip4(0, 0, 0, 0)), LOCALITY_LOCAL);
    assert_int_equal(locality(ip4(127, 0, 0, 1)), LOCALITY_LOCAL);
    assert_int_equal(locality(ip4(127, 255, 255, 255)), LOCALITY_LOCAL);
    assert_int_equal(locality(ip4(128, 0, 0, 1)), LOCALITY_NONE);
    assert_int_equal(locality(ip4(126, 0, 0, 1)), LOCALITY_NONE);
    assert_int_equal(locality(ip4(192, 168, 1, 10)), LOCALITY_LOCAL);
    assert_int_equal(locality(ip4(192, 168, 1, 11)), LOCALITY_NONE);
    assert_int_equal(locality(ip4(192, 168, 2, 10)), LOCALITY_NONE);
    assert_int_equal(locality(ip4(192, 0, 2, 0)), LOCALITY_NONE);
    assert_int_equal(locality(ip4(192, 168, 1, 255)), LOCALITY_BROADCAST);
    assert_int_equal(locality(ip4(192, 168, 2, 255)), LOCALITY_NONE);
    assert_int_equal(locality(ip4(255, 255, 255, 255)), LOCALITY_BROADCAST);
    assert_int_equal(locality(ip4(255, 255, 255, 254)), LOCALITY_NONE);
    assert_int_equal(locality(ip4(255, 255, 254, 255)), LOCALITY_NONE);
    assert_int_equal(locality(ip4(255, 254, 255, 255)), LOCALITY_NONE);
    assert_int_equal(locality(ip4(254, 255, 255, 255)), LOCALITY_NONE);
    assert_int_equal(locality(ip4(223, 255, 255, 255)), LOCALITY_NONE);
    assert_int_equal(locality(ip4(224, 0, 0, 0)), LOCALITY_MULTICAST);
    assert_int_equal(locality(ip4(239, 255, 255, 255)), LOCALITY_MULTICAST);
    assert_int_equal(locality(ip4(240, 0, 0, 0)), LOCALITY_NONE);
    assert_int_equal(locality(mapped(127, 0, 0, 1)), LOCALITY_LOCAL);
    assert_int_equal(locality(mapped(8, 8, 8, 8)), LOCALITY_NONE);
    assert_int_equal(locality(ip6(0, 0, 0, 0, 0)), LOCALITY_LOCAL);
    assert_int_equal(locality(ip6(0, 0, 0, 0, 1)), LOCALITY_LOCAL);
    assert_int_equal(locality(ip6(0, 0, 0, 0, 2)), LOCALITY_NONE);
    assert_int_equal(locality(ip6(0x20, 0x01, 0x0d, 0xb8, 0x10)), LOCALITY_LOCAL);
    assert_int_equal(locality(ip6(0x20, 0x01, 0x0d, 0xb8, 0x11)), LOCALITY_NONE);
    assert_int_equal(locality(ip6(0xff, 0x02, 0, 0, 1)), LOCALITY_MULTICAST);
    assert_int_equal(locality(ip6(0xfe, 0x80, 0, 0, 0x11)), LOCALITY_NONE);
    assert_int_equal(locality(link), LOCALITY_LOCAL);
    link.scope = 2;
    assert_int_equal(locality(link), LOCALITY_LOCAL);
    link.scope = 1;
    assert_int_equal(locality(link), LOCALITY_NONE);
}

static void standings_overlap_as_the_rows_say(void **state)
{
    (void)state;
    const struct standing w4 = stands(ip4(0, 0, 0, 0), false);
    const struct standing s4 = stands(ip4(127, 0, 0, 1), false);
    const struct standing t4 = stands(ip4(127, 0, 0, 2), false);
    const struct standing w6 = stands(ip6(0, 0, 0, 0, 0), false);
    const struct standing s6 = stands(ip6(0, 0, 0, 0, 1), false);
    const struct standing d6 = stands(ip6(0, 0, 0, 0, 0), true);
    /* clang-format off */
    static const char *const names[] = {"w4", "s4", "t4", "w6", "s6", "d6"};
    const struct standing all[] = {w4, s4, t4, w6, s6, d6};
    static const enum overlap expected[6][6] = {
        /*        w4             s4             t4             w6             s6             d6 */
        {OVERLAP_W_W, OVERLAP_W_S, OVERLAP_W_S, OVERLAP_NONE, OVERLAP_NONE, OVERLAP_S_W},
        {OVERLAP_S_W, OVERLAP_S_S, OVERLAP_NONE, OVERLAP_NONE, OVERLAP_NONE, OVERLAP_S_W},
        {OVERLAP_S_W, OVERLAP_NONE, OVERLAP_S_S, OVERLAP_NONE, OVERLAP_NONE, OVERLAP_S_W},
        {OVERLAP_NONE, OVERLAP_NONE, OVERLAP_NONE, OVERLAP_W_W, OVERLAP_W_S, OVERLAP_W_W},
        {OVERLAP_NONE, OVERLAP_NONE, OVERLAP_NONE, OVERLAP_S_W, OVERLAP_S_S, OVERLAP_S_W},
        {OVERLAP_W_S, OVERLAP_W_S, OVERLAP_W_S, OVERLAP_W_W, OVERLAP_W_S, OVERLAP_W_W},
    };
    /* clang-format on */

    for (int i = 0; i < 6; i++)
        for (int j = 0; j < 6; j++) {
            if (standing_overlap(&all[i], &all[j], false) != expected[i][j])
                fail_msg("%s then %s", names[i], names[j]);
            bool mixed = all[i].family != all[j].family;
            enum overlap apart = mixed ? OVERLAP_NONE : expected[i][j];
            if (standing_overlap(&all[i], &all[j], true) != apart)
                fail_msg("%s then %s, families apart", names[i], names[j]);
        }
}

static void the_more_specific_fits_better(void **state)
{
    (void)state;
    const struct standing four = stands(ip4(127, 0, 0, 1), false);
    const struct standing other = stands(ip4(127, 0, 0, 2), false);
    const struct standing any4 = stands(ip4(0, 0, 0, 0), false);
    const struct standing any6 = stands(ip6(0, 0, 0, 0, 0), false);
    const struct standing six = stands(ip6(0, 0, 0, 0, 1), false);
    const struct standing both = stands(ip6(0, 0, 0, 0, 0), true);

    assert_int_equal(standing_fit(&four, &four), 3);
    assert_int_equal(standing_fit(&any4, &four), 2);
    assert_int_equal(standing_fit(&both, &four), 1);
    assert_int_equal(standing_fit(&any6, &four), 0);
    assert_int_equal(standing_fit(&other, &four), 0);
    assert_int_equal(standing_fit(&six, &six), 3);
    assert_int_equal(standing_fit(&any6, &six), 2);
    assert_int_equal(standing_fit(&both, &six), 2);
    assert_int_equal(standing_fit(&any4, &six), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wildcard_is_all_zeros_of_its_family),
        cmocka_unit_test(addresses_are_equal_by_family_bytes_and_scope),
        cmocka_unit_test(a_mapped_address_stands_where_the_ipv4_address_does),
        cmocka_unit_test(a_mapped_address_needs_a_dual_stack_endpoint),
        cmocka_unit_test(only_the_ipv6_wildcard_is_dual),
        cmocka_unit_test(the_machine_has_its_addresses_and_no_others),
        cmocka_unit_test(standings_overlap_as_the_rows_say),
        cmocka_unit_test(the_more_specific_fits_better),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
