#include "sim/tcpip/blockindex.h"

#include "sim/tcpip/fixture.h"

enum { BLOCKS = 200 };

static struct reservation blocks[BLOCKS];
static struct blockindex index_under_test;

static int open_index(void **state)
{
    open_machine(state);
    memset(&index_under_test, 0, sizeof index_under_test);
    memset(blocks, 0, sizeof blocks);
    return 0;
}

static void put(int i, uint32_t first, uint32_t count)
{
    blocks[i].first = first;
    blocks[i].count = count;
    assert_true(blockindex_reserve(&index_under_test, &f.engine.arena));
    blockindex_add(&index_under_test, &blocks[i]);
    blockindex_check(&index_under_test);
}

/* Which blocks overlap, as letters in the order found. */
static const char *overlapping(uint32_t first, uint32_t end)
{
    static char found[64];
    size_t count = 0;
    struct block_walk walk = blockindex_overlapping(&index_under_test, first, end);
    const struct reservation *block;

    while ((block = block_walk_next(&walk)) != NULL)
        found[count++] = (char)('a' + (block - blocks));
    found[count] = '\0';
    return found;
}

static void a_block_overlaps_from_its_first_to_its_last_port(void **state)
{
    (void)state;
    put(0, 100, 10);
    put(1, 110, 10);
    put(2, 200, 1);

    assert_string_equal(overlapping(0, 100), "");
    assert_string_equal(overlapping(99, 100), "");
    assert_string_equal(overlapping(99, 101), "a");
    assert_string_equal(overlapping(109, 110), "a");
    assert_string_equal(overlapping(109, 111), "ab");
    assert_string_equal(overlapping(110, 111), "b");
    assert_string_equal(overlapping(119, 120), "b");
    assert_string_equal(overlapping(120, 200), "");
    assert_string_equal(overlapping(200, 201), "c");
    assert_string_equal(overlapping(201, PORT_END), "");
    assert_string_equal(overlapping(0, PORT_END), "abc");
}

static void overlapping_blocks_are_all_found(void **state)
{
    (void)state;
    put(0, 100, 1000);
    put(1, 200, 10);
    put(2, 300, 10);
    put(3, 300, 500);
    put(4, 50, 10);

    assert_string_equal(overlapping(205, 206), "ab");
    assert_string_equal(overlapping(250, 251), "a");
    assert_string_equal(overlapping(305, 306), "acd");
    assert_string_equal(overlapping(1099, 1100), "a");
    assert_string_equal(overlapping(1100, 1101), "");
    assert_string_equal(overlapping(0, 60), "e");

    blockindex_remove(&index_under_test, &blocks[0]);
    blockindex_check(&index_under_test);
    assert_string_equal(overlapping(205, 206), "b");
    assert_string_equal(overlapping(799, 800), "d");
    assert_string_equal(overlapping(800, 801), "");
}

static bool any(const struct reservation *block)
{
    (void)block;
    return true;
}

static bool second_only(const struct reservation *block)
{
    return block == &blocks[1];
}

static void an_exact_block_has_both_ends(void **state)
{
    (void)state;
    put(0, 100, 10);
    put(1, 100, 10);
    put(2, 100, 20);
    put(3, 0, 5);

    assert_ptr_equal(blockindex_exact(&index_under_test, 100, 110, any), &blocks[0]);
    assert_ptr_equal(blockindex_exact(&index_under_test, 100, 110, second_only), &blocks[1]);
    assert_ptr_equal(blockindex_exact(&index_under_test, 100, 120, any), &blocks[2]);
    assert_ptr_equal(blockindex_exact(&index_under_test, 0, 5, any), &blocks[3]);
    assert_null(blockindex_exact(&index_under_test, 100, 120, second_only));
    assert_null(blockindex_exact(&index_under_test, 100, 109, any));
    assert_null(blockindex_exact(&index_under_test, 100, 121, any));
    assert_null(blockindex_exact(&index_under_test, 101, 110, any));
    assert_null(blockindex_exact(&index_under_test, 99, 110, any));
}

static void many_blocks_come_and_go_in_any_order(void **state)
{
    (void)state;
    for (int i = 0; i < BLOCKS; i++)
        put(i, 1 + (uint32_t)(i * 7919 % BLOCKS) * 100, 100);
    assert_int_equal(index_under_test.count, BLOCKS);
    for (uint32_t i = 0; i + 1 < BLOCKS; i++)
        assert_true(index_under_test.places[i].first < index_under_test.places[i + 1].first);
    for (int i = 0; i < BLOCKS; i += 2) {
        blockindex_remove(&index_under_test, &blocks[i]);
        blockindex_check(&index_under_test);
    }
    for (int i = 0; i < BLOCKS; i++) {
        struct reservation *found =
            blockindex_exact(&index_under_test, blocks[i].first, blocks[i].first + 100, any);
        assert_ptr_equal(found, i % 2 == 0 ? NULL : &blocks[i]);
    }
}

static void sorting_keeps_the_order_of_equal_blocks(void **state)
{
    (void)state;
    static const uint32_t firsts[] = {500, 100, 300, 100, 900, 300, 300, 200, 800};
    static const char expected[] = "bdhcfgaie";

    for (int i = 0; i < 9; i++) {
        blocks[i].first = firsts[i];
        blocks[i].count = 10 + (uint32_t)i;
        assert_true(blockindex_reserve(&index_under_test, &f.engine.arena));
        blockindex_append(&index_under_test, &blocks[i]);
    }
    assert_true(blockindex_sort(&index_under_test, &f.engine.arena));
    blockindex_check(&index_under_test);
    assert_string_equal(overlapping(0, PORT_END), expected);
}

static void sorting_what_is_sorted_takes_no_memory(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        blocks[i].first = 100 * (uint32_t)(i + 1);
        blocks[i].count = 150;
        assert_true(blockindex_reserve(&index_under_test, &f.engine.arena));
        blockindex_append(&index_under_test, &blocks[i]);
    }
    f.engine.arena.fail_in = 1;
    assert_true(blockindex_sort(&index_under_test, &f.engine.arena));
    f.engine.arena.fail_in = 0;
    blockindex_check(&index_under_test);
    assert_string_equal(overlapping(249, 250), "ab");
    assert_string_equal(overlapping(250, 251), "b");
}

static void a_full_arena_is_an_answer(void **state)
{
    (void)state;
    f.engine.arena.fail_in = 1;
    assert_false(blockindex_reserve(&index_under_test, &f.engine.arena));
    assert_int_equal(index_under_test.count, 0);
    blocks[0].first = 200;
    blocks[1].first = 100;
    blocks[0].count = blocks[1].count = 1;
    for (int i = 0; i < 2; i++) {
        assert_true(blockindex_reserve(&index_under_test, &f.engine.arena));
        blockindex_append(&index_under_test, &blocks[i]);
    }
    f.engine.arena.fail_in = 1;
    assert_false(blockindex_sort(&index_under_test, &f.engine.arena));
}

static void a_block_that_ends_below_is_passed_over_under_a_longer_one(void **state)
{
    (void)state;
    put(0, 100, 1000);
    put(1, 200, 10);
    put(2, 300, 10);
    assert_string_equal(overlapping(209, 210), "ab");
    assert_string_equal(overlapping(210, 211), "a");
    assert_string_equal(overlapping(210, 301), "ac");
}

static void an_exact_block_is_found_beside_its_neighbour(void **state)
{
    (void)state;
    put(0, 98, 1);
    put(1, 99, 1);
    put(2, 100, 1);
    assert_ptr_equal(blockindex_exact(&index_under_test, 100, 101, any), &blocks[2]);
    assert_ptr_equal(blockindex_exact(&index_under_test, 99, 100, any), &blocks[1]);
}

static void sorting_gives_its_memory_back(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        blocks[i].first = 1000 - (uint32_t)i;
        blocks[i].count = 1;
        assert_true(blockindex_reserve(&index_under_test, &f.engine.arena));
        blockindex_append(&index_under_test, &blocks[i]);
    }
    assert_true(blockindex_sort(&index_under_test, &f.engine.arena));
    blockindex_check(&index_under_test);
    size_t used = f.engine.arena.used;
    void *again = arena_take(&f.engine.arena, index_under_test.size * sizeof(struct block_place));
    assert_non_null(again);
    assert_int_equal(f.engine.arena.used, used);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_block_overlaps_from_its_first_to_its_last_port,
                                        open_index, close_machine),
        cmocka_unit_test_setup_teardown(overlapping_blocks_are_all_found, open_index,
                                        close_machine),
        cmocka_unit_test_setup_teardown(an_exact_block_has_both_ends, open_index, close_machine),
        cmocka_unit_test_setup_teardown(many_blocks_come_and_go_in_any_order, open_index,
                                        close_machine),
        cmocka_unit_test_setup_teardown(sorting_keeps_the_order_of_equal_blocks, open_index,
                                        close_machine),
        cmocka_unit_test_setup_teardown(sorting_what_is_sorted_takes_no_memory, open_index,
                                        close_machine),
        cmocka_unit_test_setup_teardown(a_full_arena_is_an_answer, open_index, close_machine),
        cmocka_unit_test_setup_teardown(a_block_that_ends_below_is_passed_over_under_a_longer_one,
                                        open_index, close_machine),
        cmocka_unit_test_setup_teardown(an_exact_block_is_found_beside_its_neighbour, open_index,
                                        close_machine),
        cmocka_unit_test_setup_teardown(sorting_gives_its_memory_back, open_index, close_machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
