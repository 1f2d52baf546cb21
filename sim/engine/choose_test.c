/* Chance is a function of the seed and the site, or of the list; and it is fair. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/engine/choose.h"

static struct choice_source source;

_Static_assert(sizeof(struct choice) == 24, "logs compare by their bytes");

static int seed_one(void **state)
{
    (void)state;
    choose_seed(&source, 1);
    return 0;
}

static void the_same_seed_draws_the_same(void **state)
{
    (void)state;
    static const uint64_t golden_words[] = {
        UINT64_C(0x6EC85F1F8547BC0C), UINT64_C(0x6CF63AFCC21A470A), UINT64_C(0x8A27B94CFF7526AA)};
    static const uint64_t golden_ports[] = {12101, 7344, 8768, 1619, 13426, 5970};

    for (size_t i = 0; i < 3; i++)
        assert_int_equal(choose(&source, CHOICE_TOKEN, 0), golden_words[i]);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(choose(&source, CHOICE_PORT, 16384), golden_ports[i]);
}

static void another_seed_draws_otherwise(void **state)
{
    (void)state;
    struct choice_source other;
    choose_seed(&other, 2);

    for (int site = 0; site < CHOICE_SITE_COUNT; site++)
        assert_int_not_equal(choose(&source, (enum choice_site)site, 0),
                             choose(&other, (enum choice_site)site, 0));
}

static void streams_do_not_move_each_other(void **state)
{
    (void)state;
    struct choice_source busy;
    choose_seed(&busy, 1);

    for (int i = 0; i < 1000; i++) {
        for (int site = 0; site < CHOICE_SITE_COUNT; site++)
            if (site != CHOICE_TOKEN)
                choose(&busy, (enum choice_site)site, 7 + (uint64_t)i);
    }

    for (int i = 0; i < 10; i++)
        assert_int_equal(choose(&busy, CHOICE_TOKEN, 0), choose(&source, CHOICE_TOKEN, 0));
}

static void every_site_has_a_stream_of_its_own(void **state)
{
    (void)state;
    uint64_t first[CHOICE_SITE_COUNT];

    for (int site = 0; site < CHOICE_SITE_COUNT; site++) {
        first[site] = choose(&source, (enum choice_site)site, 0);
        for (int before = 0; before < site; before++)
            assert_int_not_equal(first[site], first[before]);
    }
}

static void every_number_below_the_count_comes_up_and_no_other(void **state)
{
    (void)state;
    int seen[5] = {0};

    for (int i = 0; i < 10000; i++) {
        uint64_t value = choose(&source, CHOICE_SCHEDULE, 5);
        assert_in_range(value, 0, 4);
        seen[value]++;
    }

    for (int i = 0; i < 5; i++)
        assert_in_range(seen[i], 1850, 2150);
}

/* A remainder in place of a fair draw would give the first third of this range twice as often as
 * each other third; a product without a second try, the multiples of three.
 */
static void a_count_near_the_word_size_is_fair(void **state)
{
    (void)state;
    const uint64_t third = UINT64_C(1) << 62;
    int seen[3] = {0}, remainders[3] = {0};

    for (int i = 0; i < 30000; i++) {
        uint64_t value = choose(&source, CHOICE_LATENCY, 3 * third);
        assert_true(value < 3 * third);
        seen[value / third]++;
        remainders[value % 3]++;
    }

    for (int i = 0; i < 3; i++) {
        assert_in_range(seen[i], 9700, 10300);
        assert_in_range(remainders[i], 9700, 10300);
    }
}

static void one_answer_draws_nothing(void **state)
{
    (void)state;
    static const uint64_t list[] = {9};
    struct choice log[1];
    source.list = list;
    source.list_count = 1;
    source.log = log;
    source.log_size = 1;
    const struct choice_source before = source;

    assert_int_equal(choose(&source, CHOICE_FAULT, 1), 0);

    assert_memory_equal(&source, &before, sizeof source);
}

static void behind_the_list_orders_may_be_the_first(void **state)
{
    (void)state;
    static const uint64_t list[] = {3, 2};
    struct choice_source plain;
    choose_seed(&source, 5);
    choose_seed(&plain, 5);
    source.list = list;
    source.list_count = 2;
    source.first_schedule = true;
    assert_int_equal(choose(&source, CHOICE_SCHEDULE, 4), 3);
    assert_int_equal(choose(&source, CHOICE_PORT, 4), 2);
    for (int i = 0; i < 50; i++)
        assert_int_equal(choose(&source, CHOICE_SCHEDULE, 4), 0);
    choose(&plain, CHOICE_PORT, 4);
    for (int i = 0; i < 50; i++) /* of no other kind, and the streams move all the same */
        assert_true(choose(&source, CHOICE_PORT, 0) == choose(&plain, CHOICE_PORT, 0));
}

static void the_list_answers_first_and_then_the_seed(void **state)
{
    (void)state;
    static const uint64_t list[] = {17, UINT64_MAX, 3};
    struct choice_source seeded = source;
    source.list = list;
    source.list_count = 3;

    assert_int_equal(choose(&source, CHOICE_PORT, 10), 7);
    assert_int_equal(choose(&source, CHOICE_TOKEN, 0), UINT64_MAX);
    assert_int_equal(choose(&source, CHOICE_FAULT, 2), 1);

    choose(&seeded, CHOICE_PORT, 10);
    for (int i = 0; i < 4; i++)
        assert_int_equal(choose(&source, CHOICE_PORT, 1000), choose(&seeded, CHOICE_PORT, 1000));
    choose_check(&source);
}

enum { RUN_LENGTH = 200 };

/* Draws whose sites and counts depend on what was drawn before, as a simulation's do. */
static void run(struct choice_source *from, struct choice *log)
{
    uint64_t value = 0;

    memset(log, 0, RUN_LENGTH * sizeof *log);
    from->log = log;
    from->log_size = RUN_LENGTH;
    for (int i = 0; i < RUN_LENGTH; i++)
        value = choose(from, (enum choice_site)(value % CHOICE_SITE_COUNT),
                       value % 3 == 0 ? 0 : 2 + value % 1000);
    assert_int_equal(from->log_count, RUN_LENGTH);
}

static void any_beginning_of_a_log_replays_the_run(void **state)
{
    (void)state;
    static struct choice logged[RUN_LENGTH], replayed[RUN_LENGTH];
    static uint64_t list[RUN_LENGTH];
    static const size_t kept[] = {0, 1, 100, RUN_LENGTH};
    run(&source, logged);
    for (int i = 0; i < RUN_LENGTH; i++)
        list[i] = logged[i].value;

    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        struct choice_source again;
        choose_seed(&again, 1);
        again.list = list;
        again.list_count = kept[i];
        run(&again, replayed);
        assert_memory_equal(replayed, logged, sizeof logged);
    }
}

static void the_whole_log_replays_the_run_under_any_seed(void **state)
{
    (void)state;
    static struct choice logged[RUN_LENGTH], replayed[RUN_LENGTH];
    static uint64_t list[RUN_LENGTH];
    struct choice_source again;
    run(&source, logged);
    for (int i = 0; i < RUN_LENGTH; i++)
        list[i] = logged[i].value;

    choose_seed(&again, 77);
    again.list = list;
    again.list_count = RUN_LENGTH;
    run(&again, replayed);

    assert_memory_equal(replayed, logged, sizeof logged);
}

static void a_full_log_goes_on_counting(void **state)
{
    (void)state;
    struct choice log[3];
    memset(log, 0xAA, sizeof log);
    source.log = log;
    source.log_size = 2;

    for (int i = 0; i < 5; i++)
        choose(&source, CHOICE_BLOCK, 100);

    assert_int_equal(source.log_count, 5);
    assert_int_equal(log[1].site, CHOICE_BLOCK);
    assert_int_equal(log[1].count, 100);
    assert_int_equal(log[2].count, UINT64_C(0xAAAAAAAAAAAAAAAA));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_same_seed_draws_the_same, seed_one),
        cmocka_unit_test_setup(another_seed_draws_otherwise, seed_one),
        cmocka_unit_test_setup(streams_do_not_move_each_other, seed_one),
        cmocka_unit_test_setup(every_site_has_a_stream_of_its_own, seed_one),
        cmocka_unit_test_setup(every_number_below_the_count_comes_up_and_no_other, seed_one),
        cmocka_unit_test_setup(a_count_near_the_word_size_is_fair, seed_one),
        cmocka_unit_test_setup(one_answer_draws_nothing, seed_one),
        cmocka_unit_test_setup(behind_the_list_orders_may_be_the_first, seed_one),
        cmocka_unit_test_setup(the_list_answers_first_and_then_the_seed, seed_one),
        cmocka_unit_test_setup(any_beginning_of_a_log_replays_the_run, seed_one),
        cmocka_unit_test_setup(the_whole_log_replays_the_run_under_any_seed, seed_one),
        cmocka_unit_test_setup(a_full_log_goes_on_counting, seed_one),
    };
    return cmocka_run_group_tests_name("choose", tests, NULL, NULL);
}
