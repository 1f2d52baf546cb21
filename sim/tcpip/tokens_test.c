#include "sim/tcpip/tokens.h"

#include "sim/tcpip/fixture.h"

static void tokens_of_a_boot_are_all_different(void **state)
{
    (void)state;
    enum { COUNT = 2000 };
    static uint64_t seen[COUNT];

    for (int i = 0; i < COUNT; i++) {
        seen[i] = tokens_make(&f.tcpip->tokens);
        assert_int_not_equal(seen[i], 0);
        assert_int_equal(tokens_history(&f.tcpip->tokens, seen[i]), TOKEN_RETIRED);
        for (int j = 0; j < i; j++)
            assert_int_not_equal(seen[i], seen[j]);
    }
}

static void random_tokens_do_not_follow_one_another(void **state)
{
    (void)state;
    uint64_t a = tokens_make(&f.tcpip->tokens), b = tokens_make(&f.tcpip->tokens);
    assert_true(b != a + 1);
    assert_true((a ^ b) >> 32 != 0);
}

static void the_seed_shows_in_the_token(void **state)
{
    (void)state;
    uint64_t a = tokens_make(&f.tcpip->tokens);
    engine_restart(&f.engine, 2);
    f.nt.boots = 0;
    assert_true(fixture_boot());
    assert_int_not_equal(a, tokens_make(&f.tcpip->tokens));
}

static void sequential_tokens_follow_one_another(void **state)
{
    (void)state;
    CHOOSE(token_values, sequential);
    uint64_t a = tokens_make(&f.tcpip->tokens);
    assert_int_not_equal(a, 0);
    assert_int_equal(tokens_make(&f.tcpip->tokens), a + 1);
    assert_int_equal(tokens_history(&f.tcpip->tokens, a + 1), TOKEN_RETIRED);
    assert_int_equal(tokens_history(&f.tcpip->tokens, a + 2), TOKEN_UNKNOWN);
    fixture_reboot();
    assert_int_equal(tokens_history(&f.tcpip->tokens, a), TOKEN_STALE);
    assert_int_not_equal(tokens_make(&f.tcpip->tokens), a);
}

static void a_number_that_was_never_a_token_is_unknown(void **state)
{
    (void)state;
    static const uint64_t numbers[] = {
        0, 1, 2, 0x12345678, 0xdeadbeef, 0x1122334455667788, UINT64_MAX, UINT64_MAX - 1};
    uint64_t token = tokens_make(&f.tcpip->tokens);

    fixture_reboot();
    fixture_reboot();
    (void)tokens_make(&f.tcpip->tokens);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        assert_int_equal(tokens_history(&f.tcpip->tokens, numbers[i]), TOKEN_UNKNOWN);
    for (int bit = 0; bit < 64; bit++)
        assert_int_equal(tokens_history(&f.tcpip->tokens, token ^ UINT64_C(1) << bit),
                         TOKEN_UNKNOWN);
    assert_int_equal(tokens_history(&f.tcpip->tokens, token), TOKEN_STALE);
}

static void a_token_not_made_yet_is_unknown(void **state)
{
    (void)state;
    uint64_t first = tokens_make(&f.tcpip->tokens);
    struct tokens earlier = f.tcpip->tokens;
    uint64_t second = tokens_make(&f.tcpip->tokens);
    assert_int_equal(tokens_history(&earlier, first), TOKEN_RETIRED);
    assert_int_equal(tokens_history(&earlier, second), TOKEN_UNKNOWN);
}

static void no_token_of_one_boot_comes_back_in_another(void **state)
{
    (void)state;
    /* The same draws at each boot, as a list of choices can force them. */
    static const uint64_t zeros[64];
    f.engine.choices.list = zeros;
    f.engine.choices.list_count = 64;
    fixture_reboot();
    uint64_t before = tokens_make(&f.tcpip->tokens);
    fixture_reboot();
    assert_int_equal(f.tcpip->tokens.salt, 0);
    uint64_t after = tokens_make(&f.tcpip->tokens);
    assert_int_not_equal(before, after);
    assert_int_equal(tokens_history(&f.tcpip->tokens, before), TOKEN_STALE);
}

static void tokens_that_start_over_name_somebody_else(void **state)
{
    (void)state;
    CHOOSE(stale_token, names_another);
    uint64_t before = acquired(tcp(), 5000, 10);
    fixture_reboot();
    assert_int_equal(tokens_history(&f.tcpip->tokens, before), TOKEN_UNKNOWN);
    assert_int_equal(acquired(tcp(), 6000, 10), before);
}

static void a_provider_may_hand_out_zero(void **state)
{
    (void)state;
    CHOOSE(token_values, zero);
    assert_int_equal(acquired(tcp(), 5000, 10), 0);
    assert_int_equal(acquired(tcp(), 6000, 10), 0);
    assert_null(tokens_find(&f.tcpip->tokens, 0));
}

static void a_provider_may_repeat_itself(void **state)
{
    (void)state;
    CHOOSE(token_values, repeats);
    struct endpoint *a = tcp(), *b = tcp();
    uint64_t token = acquired(a, 5000, 10);
    assert_int_equal(acquired(b, 6000, 10), token);
    reservation_holder_closed(f.tcpip, a, false);
    tcpip_check(f.tcpip);
    assert_ptr_equal(reservation_holder(f.tcpip, token), b);
}

static void names_are_found_while_they_stand(void **state)
{
    (void)state;
    enum { COUNT = 300 };
    static uint64_t tokens[COUNT];
    static struct endpoint *holders[COUNT];

    for (uint32_t i = 0; i < COUNT; i++) {
        holders[i] = tcp();
        tokens[i] = acquired(holders[i], 1000 + 2 * i, 1);
        tcpip_check(f.tcpip);
    }
    for (uint32_t i = 0; i < COUNT; i += 3) {
        reservation_holder_closed(f.tcpip, holders[i], false);
        tokens_check(&f.tcpip->tokens);
    }
    for (uint32_t i = 0; i < COUNT; i++) {
        const struct endpoint *expected = i % 3 == 0 ? NULL : holders[i];
        assert_ptr_equal(reservation_holder(f.tcpip, tokens[i]), expected);
    }
    assert_int_equal(f.tcpip->tokens.count, COUNT - COUNT / 3);
}

static void a_full_arena_leaves_the_names_as_they_are(void **state)
{
    (void)state;
    struct endpoint *holder = tcp();
    uint64_t token = acquired(holder, 5000, 1);
    f.engine.arena.fail_in = 1;
    assert_false(tokens_reserve(&f.tcpip->tokens, 1000));
    f.engine.arena.fail_in = 0;
    tokens_check(&f.tcpip->tokens);
    assert_ptr_equal(reservation_holder(f.tcpip, token), holder);
    assert_true(tokens_reserve(&f.tcpip->tokens, 1000));
    tokens_check(&f.tcpip->tokens);
    assert_true(f.tcpip->tokens.size >= 2002);
    assert_ptr_equal(reservation_holder(f.tcpip, token), holder);
}

static void the_salt_fits_its_place(void **state)
{
    (void)state;
    static const uint64_t high[] = {UINT64_MAX, UINT64_MAX, UINT64_MAX};
    f.engine.choices.list = high;
    f.engine.choices.list_count = 3;
    fixture_reboot();
    assert_int_equal(f.tcpip->tokens.salt, 0xffff);
}

static void nothing_is_found_where_nothing_was_named(void **state)
{
    (void)state;
    assert_int_equal(f.tcpip->tokens.size, 0);
    assert_null(tokens_find(&f.tcpip->tokens, 0));
    assert_null(tokens_find(&f.tcpip->tokens, 1));
    assert_int_equal(tokens_history(&f.tcpip->tokens, 1), TOKEN_UNKNOWN);
}

static void tokens_that_start_over_have_a_history_too(void **state)
{
    (void)state;
    CHOOSE(stale_token, names_another);
    struct endpoint *holder = tcp();
    uint64_t token = acquired(holder, 5000, 10);
    assert_int_equal(token, 1);
    reservation_holder_closed(f.tcpip, holder, false);
    assert_int_equal(tokens_history(&f.tcpip->tokens, token), TOKEN_RETIRED);
    assert_int_equal(tokens_history(&f.tcpip->tokens, token + 1), TOKEN_UNKNOWN);
    assert_int_equal(f.tcpip->tokens.count, 0);
}

static void a_table_that_grows_gives_the_old_one_back(void **state)
{
    (void)state;
    assert_true(tokens_reserve(&f.tcpip->tokens, 100));
    size_t old_size = f.tcpip->tokens.size * sizeof(struct token_name);
    assert_true(tokens_reserve(&f.tcpip->tokens, 200));
    size_t used = f.engine.arena.used;
    void *again = arena_take(&f.engine.arena, old_size);
    assert_int_equal(f.engine.arena.used, used);
    arena_give(&f.engine.arena, again, old_size);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MACHINE_TEST(tokens_of_a_boot_are_all_different),
        MACHINE_TEST(random_tokens_do_not_follow_one_another),
        MACHINE_TEST(the_seed_shows_in_the_token),
        MACHINE_TEST(sequential_tokens_follow_one_another),
        MACHINE_TEST(a_number_that_was_never_a_token_is_unknown),
        MACHINE_TEST(a_token_not_made_yet_is_unknown),
        MACHINE_TEST(no_token_of_one_boot_comes_back_in_another),
        MACHINE_TEST(tokens_that_start_over_name_somebody_else),
        MACHINE_TEST(a_provider_may_hand_out_zero),
        MACHINE_TEST(a_provider_may_repeat_itself),
        MACHINE_TEST(names_are_found_while_they_stand),
        MACHINE_TEST(a_full_arena_leaves_the_names_as_they_are),
        MACHINE_TEST(the_salt_fits_its_place),
        MACHINE_TEST(nothing_is_found_where_nothing_was_named),
        MACHINE_TEST(tokens_that_start_over_have_a_history_too),
        MACHINE_TEST(a_table_that_grows_gives_the_old_one_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
