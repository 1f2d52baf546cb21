#include "sim/tcpip/bindrules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct profile profile;

static const struct endpoint_options options[] = {
    {0}, {.reuse_address = true}, {.exclusive_address = true}};
static const char *const option_names[] = {"Default", "REUSE", "EXCL"};
static const char *const place_names[] = {"W", "S"};

/* reservation-clauses 2.20, typed anew: rows Default W, Default S, REUSE W, ... down; the same
 * across. U: in use. A: access denied. A dot: both hold the port.
 */
static const char *const same_user[] = {
    "U.A.U.", ".U.AUU", "U...U.", ".U..UU", "UAAAUA", ".U.AUU",
};
static const char *const other_user[] = {
    "UAAAUA", ".U.AUU", "UA..UA", ".U..UU", "UAAAUA", ".U.AUU",
};
static const char *const windows_xp[] = {
    "UU..UU", "UU..UU", "UU..UU", "UU..UU", "UUAAUU", "UUAAUU",
};

static nt_status status_of(char letter)
{
    switch (letter) {
    case '.':
        return STATUS_SUCCESS;
    case 'U':
        return STATUS_SHARING_VIOLATION;
    default:
        return STATUS_ACCESS_DENIED;
    }
}

static struct standing stands(int place)
{
    struct address address = {.family = FAMILY_4};
    struct standing standing;
    if (place == 1)
        memcpy(address.bytes, (uint8_t[]){127, 0, 0, 1}, 4);
    assert_true(standing_of(&address, false, &standing));
    return standing;
}

static struct claim claim(int row, uint32_t account, enum protocol protocol)
{
    return (struct claim){.standing = stands(row % 2),
                          .options = &options[row / 2],
                          .account = account,
                          .protocol = protocol};
}

static void judge_all(const char *const table[], uint32_t second_account)
{
    for (enum protocol protocol = 0; protocol < PROTOCOL_COUNT; protocol++)
        for (int row = 0; row < 6; row++)
            for (int column = 0; column < 6; column++) {
                const struct claim first = claim(row, 1, protocol);
                const struct claim second = claim(column, second_account, protocol);
                nt_status status = bindrules_judge(&profile, &first, &second);
                if (status != status_of(table[row][column]))
                    fail_msg("%s %s, then %s %s: %s", option_names[row / 2], place_names[row % 2],
                             option_names[column / 2], place_names[column % 2],
                             nt_status_name(status));
            }
}

static int take_defaults(void **state)
{
    (void)state;
    profile_default(&profile);
    return 0;
}

static void the_same_users_table_holds(void **state)
{
    (void)state;
    judge_all(same_user, 1);
}

static void another_users_table_holds(void **state)
{
    (void)state;
    judge_all(other_user, 2);
}

static void windows_xp_has_its_own_table_for_everyone(void **state)
{
    (void)state;
    profile_choose(&profile, OPTION_second_bind_windows_xp);
    judge_all(windows_xp, 1);
    judge_all(windows_xp, 2);
}

static void a_provider_that_ignores_users_has_one_table(void **state)
{
    (void)state;
    profile_choose(&profile, OPTION_second_bind_ignores_user);
    judge_all(same_user, 2);
}

static void a_provider_that_ignores_exclusivity_takes_it_for_no_option(void **state)
{
    (void)state;
    static const char *const table[] = {"U.A.U.", ".U.A.U", "U...U.", ".U...U", "U.A.U.", ".U.A.U"};
    profile_choose(&profile, OPTION_second_bind_ignores_exclusive);
    judge_all(table, 1);
}

static void a_provider_without_uniqueness_lets_plain_sockets_meet(void **state)
{
    (void)state;
    static const char *const table[] = {"..A.U.", "...AUU", "U...U.", ".U..UU", "UAAAUA", ".U.AUU"};
    profile_choose(&profile, OPTION_bind_not_unique_granted);
    judge_all(table, 1);
}

static void different_specific_addresses_never_conflict(void **state)
{
    (void)state;
    struct claim first = claim(5, 1, PROTOCOL_TCP), second = claim(5, 2, PROTOCOL_TCP);
    second.standing.bytes[3] = 2;
    assert_int_equal(bindrules_judge(&profile, &first, &second), STATUS_SUCCESS);
    assert_false(bindrules_meet(&profile, &first.standing, &second.standing));
    assert_true(bindrules_meet(&profile, &first.standing, &first.standing));
}

static void a_dual_stack_wildcard_is_in_ipv4_too_unless_overlooked(void **state)
{
    (void)state;
    struct claim first = claim(4, 1, PROTOCOL_TCP), second = claim(1, 1, PROTOCOL_TCP);
    first.standing = (struct standing){.family = FAMILY_6, .wildcard = true, .dual = true};

    assert_int_equal(bindrules_judge(&profile, &first, &second), STATUS_ACCESS_DENIED);
    assert_true(bindrules_meet(&profile, &first.standing, &second.standing));
    profile_choose(&profile, OPTION_dual_stack_conflict_ipv6_only);
    assert_int_equal(bindrules_judge(&profile, &first, &second), STATUS_SUCCESS);
    assert_false(bindrules_meet(&profile, &first.standing, &second.standing));
}

static void only_an_exclusive_dual_stack_wildcard_over_ipv4_has_its_own_answer(void **state)
{
    (void)state;
    const struct standing both = {.family = FAMILY_6, .wildcard = true, .dual = true};
    const struct standing loopback6 = {.family = FAMILY_6, .bytes = {[15] = 1}};
    struct claim four = claim(1, 1, PROTOCOL_TCP), six = four,
                 exclusive4 = claim(4, 1, PROTOCOL_TCP);
    struct claim exclusive = exclusive4, plain = claim(0, 1, PROTOCOL_TCP);
    six.standing = loopback6;
    exclusive.standing = both;
    plain.standing = both;

    assert_int_equal(bindrules_judge(&profile, &four, &exclusive), STATUS_SHARING_VIOLATION);
    profile_choose(&profile, OPTION_dual_stack_over_bound_wsaeacces);
    assert_int_equal(bindrules_judge(&profile, &four, &exclusive), STATUS_ACCESS_DENIED);
    assert_int_equal(bindrules_judge(&profile, &four, &exclusive4), STATUS_SHARING_VIOLATION);
    assert_int_equal(bindrules_judge(&profile, &six, &exclusive), STATUS_SHARING_VIOLATION);
    assert_int_equal(bindrules_judge(&profile, &exclusive, &exclusive), STATUS_SHARING_VIOLATION);
    profile_choose(&profile, OPTION_dual_stack_over_bound_granted);
    assert_int_equal(bindrules_judge(&profile, &four, &exclusive), STATUS_SUCCESS);
    profile_choose(&profile, OPTION_second_bind_windows_xp);
    assert_int_equal(bindrules_judge(&profile, &four, &plain), STATUS_SHARING_VIOLATION);
}

static const struct endpoint_options no_options;
static const struct endpoint_options multicast = {.reuse_multicast_port = true};
static const struct endpoint_options affinity = {.cpu_affinity = true};

struct sharing_row {
    const char *name;
    enum protocol protocol;
    const struct endpoint_options *first, *second;
    nt_status expected;
};

static void options_that_share_want_both_sockets_and_udp(void **state)
{
    (void)state;
    const nt_status ok = STATUS_SUCCESS, use = STATUS_SHARING_VIOLATION;
    /* clang-format off */
    const struct sharing_row rows[] = {
        {"multicast both  ", PROTOCOL_UDP, &multicast, &multicast, ok},
        {"multicast first ", PROTOCOL_UDP, &multicast, &no_options, use},
        {"multicast second", PROTOCOL_UDP, &no_options, &multicast, use},
        {"multicast on TCP", PROTOCOL_TCP, &multicast, &multicast, use},
        {"affinity both   ", PROTOCOL_UDP, &affinity, &affinity, ok},
        {"affinity first  ", PROTOCOL_UDP, &affinity, &no_options, use},
        {"affinity second ", PROTOCOL_UDP, &no_options, &affinity, use},
        {"affinity on TCP ", PROTOCOL_TCP, &affinity, &affinity, use},
        {"one of each     ", PROTOCOL_UDP, &affinity, &multicast, use},
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct claim first = claim(1, 1, rows[i].protocol);
        struct claim second = first;
        first.options = rows[i].first;
        second.options = rows[i].second;
        if (bindrules_judge(&profile, &first, &second) != rows[i].expected)
            fail_msg("%s", rows[i].name);
    }
    profile_choose(&profile, OPTION_multicast_port_sharing_refuses);
    struct claim both = claim(1, 1, PROTOCOL_UDP);
    both.options = &multicast;
    assert_int_equal(bindrules_judge(&profile, &both, &both), STATUS_SHARING_VIOLATION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_same_users_table_holds, take_defaults),
        cmocka_unit_test_setup(another_users_table_holds, take_defaults),
        cmocka_unit_test_setup(windows_xp_has_its_own_table_for_everyone, take_defaults),
        cmocka_unit_test_setup(a_provider_that_ignores_users_has_one_table, take_defaults),
        cmocka_unit_test_setup(a_provider_that_ignores_exclusivity_takes_it_for_no_option,
                               take_defaults),
        cmocka_unit_test_setup(a_provider_without_uniqueness_lets_plain_sockets_meet,
                               take_defaults),
        cmocka_unit_test_setup(different_specific_addresses_never_conflict, take_defaults),
        cmocka_unit_test_setup(a_dual_stack_wildcard_is_in_ipv4_too_unless_overlooked,
                               take_defaults),
        cmocka_unit_test_setup(only_an_exclusive_dual_stack_wildcard_over_ipv4_has_its_own_answer,
                               take_defaults),
        cmocka_unit_test_setup(options_that_share_want_both_sockets_and_udp, take_defaults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
