/* Memory comes zeroed and aligned, goes back to poison, and ends at the limit. */
#if !defined(_WIN32)
#include <sys/resource.h>
#endif

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/engine/arena.h"
#include "sim/engine/sanitizer.h"

enum { POISON = 0xA5, MIB = 1024 * 1024, LIMIT = 32 * MIB };

static struct arena arena;

static int open_arena(void **state)
{
    (void)state;
    return arena_open(&arena, LIMIT, POISON) ? 0 : -1;
}

static int close_arena(void **state)
{
    (void)state;
    arena_check(&arena);
    arena_close(&arena);
    return 0;
}

static bool all_bytes_are(const unsigned char *at, size_t size, unsigned char value)
{
    for (size_t i = 0; i < size; i++)
        if (at[i] != value)
            return false;
    return true;
}

/* The same of memory that nobody may touch. */
UNCHECKED_BY_ASAN static bool forgotten_bytes_are(const unsigned char *at, size_t size,
                                                  unsigned char value)
{
    for (size_t i = 0; i < size; i++)
        if (((const volatile unsigned char *)at)[i] != value)
            return false;
    return true;
}

static void *take_written(size_t size)
{
    void *block = arena_take(&arena, size);
    assert_non_null(block);
    memset(block, 0xEE, size);
    return block;
}

static void blocks_come_zeroed_and_aligned(void **state)
{
    (void)state;
    static const size_t sizes[] = {0,    1,    15,   16,   17,    100,    512,
                                   1023, 1024, 1025, 2000, 16384, 100000, 2 * MIB + 1};

    for (int round = 0; round < 3; round++) {
        void *blocks[sizeof sizes / sizeof *sizes];
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            blocks[i] = arena_take(&arena, sizes[i]);
            assert_non_null(blocks[i]);
            assert_int_equal((uintptr_t)blocks[i] % ARENA_GRAIN, 0);
            assert_true(all_bytes_are(blocks[i], sizes[i], 0));
            memset(blocks[i], 0xEE, sizes[i]);
        }
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            assert_true(all_bytes_are(blocks[i], sizes[i], 0xEE));
            if (round == 0)
                arena_give(&arena, blocks[i], sizes[i]);
        }
        if (round == 1)
            arena_reset(&arena);
    }
}

static void a_block_given_back_is_poison_and_reused_by_size(void **state)
{
    (void)state;
    unsigned char *small = take_written(40);
    unsigned char *large = take_written(5000);
    const size_t used = arena.used;

    arena_give(&arena, small, 40);
    arena_give(&arena, large, 5000);

    assert_true(forgotten_bytes_are(small + 8, 40 - 8, POISON));
    assert_true(forgotten_bytes_are(large + 8, 5000 - 8, POISON));
    assert_ptr_not_equal(arena_take(&arena, 60), small);
    assert_ptr_equal(arena_take(&arena, 48), small);
    assert_ptr_equal(arena_take(&arena, 5001), large);
    assert_int_equal(arena.used, used + 64);
}

static void blocks_given_back_last_are_taken_first(void **state)
{
    (void)state;
    void *a = arena_take(&arena, 32);
    void *b = arena_take(&arena, 32);
    arena_give(&arena, a, 32);
    arena_give(&arena, b, 32);
    arena_check(&arena);

    assert_ptr_equal(arena_take(&arena, 32), b);
    assert_ptr_equal(arena_take(&arena, 32), a);
    assert_ptr_not_equal(arena_take(&arena, 32), a);
}

static void giving_nothing_changes_nothing(void **state)
{
    (void)state;
    arena_take(&arena, 32);
    const struct arena before = arena;

    arena_give(&arena, NULL, 32);

    assert_memory_equal(&arena, &before, sizeof arena);
}

static void the_limit_is_an_answer(void **state)
{
    (void)state;
    size_t taken = 0;
    while (arena_take(&arena, 4096) != NULL)
        taken += 4096;
    assert_int_equal(taken, LIMIT);
    assert_int_equal(arena.used, LIMIT);

    assert_null(arena_take(&arena, 1));
    assert_null(arena_take(&arena, SIZE_MAX));
    arena_check(&arena);

    arena_reset(&arena);
    assert_null(arena_take(&arena, LIMIT + 1));
    unsigned char *whole = arena_take(&arena, LIMIT);
    assert_non_null(whole);
    assert_true(all_bytes_are(whole, LIMIT, 0));
    assert_null(arena_take(&arena, 16));
    arena_give(&arena, whole, LIMIT);
    assert_ptr_equal(arena_take(&arena, LIMIT), whole);
}

static void regrow_keeps_the_bytes_and_zeroes_the_rest(void **state)
{
    (void)state;
    unsigned char *old = take_written(100);

    unsigned char *block = arena_regrow(&arena, old, 100, 3000);

    assert_non_null(block);
    assert_true(all_bytes_are(block, 100, 0xEE));
    assert_true(all_bytes_are(block + 100, 2900, 0));
    assert_ptr_equal(arena_take(&arena, 100), old);
}

static void regrow_of_nothing_is_a_new_block(void **state)
{
    (void)state;
    unsigned char *block = arena_regrow(&arena, NULL, 0, 64);

    assert_non_null(block);
    assert_true(all_bytes_are(block, 64, 0));
}

static void regrow_refused_leaves_the_old_block(void **state)
{
    (void)state;
    unsigned char *old = take_written(100);
    const struct arena before = arena;

    assert_null(arena_regrow(&arena, old, 100, LIMIT));
    assert_memory_equal(&arena, &before, sizeof arena);
    arena.fail_in = 1;
    assert_null(arena_regrow(&arena, old, 100, 200));

    assert_memory_equal(&arena, &before, sizeof arena);
    assert_true(all_bytes_are(old, 100, 0xEE));
}

static void the_nth_take_from_now_fails_and_only_that(void **state)
{
    (void)state;
    arena.fail_in = 3;

    assert_non_null(arena_take(&arena, 16));
    arena_reset(&arena);
    assert_non_null(arena_take(&arena, 16));
    const size_t used = arena.used;
    assert_null(arena_take(&arena, 16));
    assert_int_equal(arena.used, used);
    assert_non_null(arena_take(&arena, 16));
    assert_int_equal(arena.fail_in, 0);
}

static void reset_restores_the_poison(void **state)
{
    (void)state;
    unsigned char *first = take_written(1000);
    unsigned char *second = take_written(20000);
    arena_give(&arena, take_written(50), 50);

    arena_reset(&arena);

    assert_int_equal(arena.used, 0);
    assert_true(forgotten_bytes_are(first, 1000, POISON));
    assert_true(forgotten_bytes_are(second, 20000, POISON));
    assert_ptr_equal(arena_take(&arena, 50), first);
}

static void a_reset_after_much_use_gives_the_memory_back(void **state)
{
    (void)state;
    unsigned char *block = take_written(16 * MIB);

    arena_reset(&arena);

    assert_true(forgotten_bytes_are(block, 64 * 1024, POISON));
    assert_true(arena.touched <= 8 * MIB);
    assert_ptr_equal(arena_take(&arena, 16 * MIB), block);
    assert_true(all_bytes_are(block, 16 * MIB, 0));
}

/* What reads past the last block must find the same in every run with the same poison. */
static void there_is_poison_behind_the_last_block(void **state)
{
    (void)state;
    for (int i = 0; i < 3000; i++) {
        unsigned char *block = take_written(48);
        assert_true(forgotten_bytes_are(block + 48, 16, POISON));
    }
}

#if !defined(_WIN32)
static long most_memory_kib(void)
{
    struct rusage usage;
    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    return usage.ru_maxrss;
}

static void a_fresh_large_block_costs_no_memory_until_written(void **state)
{
    (void)state;
    struct arena vast;
    const long before_kib = most_memory_kib();
    assert_true(arena_open(&vast, (size_t)1 << 33, POISON));

    for (int round = 0; round < 2; round++) {
        unsigned char *block = arena_take(&vast, (size_t)1 << 32);
        assert_non_null(block);
        assert_int_equal(block[(size_t)1 << 31], 0);
        block[(size_t)1 << 31] = 1;
        arena_reset(&vast);
    }

    if (!BERTH_ASAN) /* which keeps books of 1 byte in 8 */
        assert_in_range(most_memory_kib() - before_kib, 0, 64 * 1024);
    arena_close(&vast);
}
#endif

static void a_limit_beyond_all_memory_is_refused(void **state)
{
    (void)state;
    struct arena none;

    assert_false(arena_open(&none, SIZE_MAX, POISON));
    arena_close(&none);
}

/* Sizes are told apart by class: no two blocks out at a time may share a byte, whatever was given
 * back before. Each block carries its own number.
 */
static void blocks_never_overlap(void **state)
{
    (void)state;
    enum { OUT = 64, ROUNDS = 20000 };
    static struct {
        unsigned char *block;
        size_t size;
    } out[OUT];
    uint32_t chance = 1;
    memset(out, 0, sizeof out);

    for (int i = 0; i < ROUNDS; i++) {
        chance = chance * 1664525 + 1013904223;
        unsigned which = chance >> 26;
        if (out[which].block != NULL) {
            assert_true(all_bytes_are(out[which].block, out[which].size, (unsigned char)which));
            arena_give(&arena, out[which].block, out[which].size);
        }
        out[which].size = (chance >> 8) % ((chance & 15) == 0 ? 20000 : 700);
        out[which].block = arena_take(&arena, out[which].size);
        assert_non_null(out[which].block);
        assert_true(all_bytes_are(out[which].block, out[which].size, 0));
        memset(out[which].block, (int)which, out[which].size);
        if (i % 512 == 0)
            arena_check(&arena);
    }
}

#if BERTH_ASAN
static void asan_knows_what_was_taken(void **state)
{
    (void)state;
    unsigned char *block = arena_take(&arena, 20);
    unsigned char *next = arena_take(&arena, 32);
    arena_take(&arena, 32);

    assert_false(__asan_address_is_poisoned(block + 19));
    assert_true(__asan_address_is_poisoned(block + 20));
    assert_false(__asan_address_is_poisoned(next + 31));
    assert_true(__asan_address_is_poisoned(next + 32));
    arena_give(&arena, next, 32);
    assert_true(__asan_address_is_poisoned(next));
    assert_ptr_equal(arena_take(&arena, 30), next);
    assert_false(__asan_address_is_poisoned(next + 29));
    assert_true(__asan_address_is_poisoned(next + 30));
    arena_reset(&arena);
    assert_true(__asan_address_is_poisoned(block));
}
#endif

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)
    const struct CMUnitTest tests[] = {
        TEST(blocks_come_zeroed_and_aligned),
        TEST(a_block_given_back_is_poison_and_reused_by_size),
        TEST(blocks_given_back_last_are_taken_first),
        TEST(giving_nothing_changes_nothing),
        TEST(the_limit_is_an_answer),
        TEST(regrow_keeps_the_bytes_and_zeroes_the_rest),
        TEST(regrow_of_nothing_is_a_new_block),
        TEST(regrow_refused_leaves_the_old_block),
        TEST(the_nth_take_from_now_fails_and_only_that),
        TEST(reset_restores_the_poison),
        TEST(a_reset_after_much_use_gives_the_memory_back),
        TEST(there_is_poison_behind_the_last_block),
#if !defined(_WIN32)
        TEST(a_fresh_large_block_costs_no_memory_until_written),
#endif
        TEST(a_limit_beyond_all_memory_is_refused),
        TEST(blocks_never_overlap),
#if BERTH_ASAN
        TEST(asan_knows_what_was_taken),
#endif
    };
#undef TEST
    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
