/* The queue against a flat array, through random appends, drops, copies and moves. */
#include "sim/tcpip/bytequeue.h"

#include "sim/tcpip/fixture.h"

enum { ROOM = 1 << 18, ROUNDS = 20000 };

static unsigned char flat[ROOM], got[ROOM];
static uint32_t held; /* bytes of `flat` that the queues hold: first `b`, then `a` */
static uint64_t numbers;

static uint32_t below(uint32_t end)
{
    numbers = numbers * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (uint32_t)(numbers >> 33) % end;
}

static int open_queues(void **state)
{
    open_machine(state);
    held = 0;
    numbers = 1;
    return 0;
}

/* Small sizes mostly, and now and then one of many blocks. */
static uint32_t some_size(uint32_t most)
{
    uint32_t limit = below(8) == 0 ? 100000 : 200;
    uint32_t size = below(limit) + 1;
    return size < most ? size : most;
}

static void expect(const struct bytequeue *b, const struct bytequeue *a)
{
    bytequeue_check(a);
    bytequeue_check(b);
    assert_int_equal(a->count + b->count, held);
    bytequeue_copy(b, 0, got, b->count);
    bytequeue_copy(a, 0, got + b->count, a->count);
    assert_memory_equal(got, flat, held);
}

static void bytes_stay_in_order_whatever_is_done(void **state)
{
    (void)state;
    struct arena *arena = &f.engine.arena;
    struct bytequeue a = {0}, b = {0};
    unsigned char next = 0;

    for (int round = 0; round < ROUNDS; round++) {
        uint32_t size = some_size(ROOM - held);
        switch (below(4)) {
        case 0: /* to the end of `a` */
            for (uint32_t i = 0; i < size; i++)
                flat[held + i] = next++;
            assert_true(bytequeue_append(&a, arena, flat + held, size));
            held += size;
            break;
        case 1: /* from the front of `a` to the end of `b` */
            size = some_size(a.count);
            assert_true(bytequeue_move(&b, arena, &a, size));
            break;
        case 2: /* from the front of `b` */
            size = some_size(b.count);
            bytequeue_drop(&b, arena, size);
            held -= size;
            memmove(flat, flat + size, held);
            break;
        case 3: /* from the end of `a` */
            size = some_size(a.count) / 2;
            bytequeue_drop_last(&a, arena, size);
            held -= size;
            break;
        }
        if (round % 16 == 0)
            expect(&b, &a);
    }
    expect(&b, &a);
    bytequeue_clear(&a, arena);
    bytequeue_clear(&b, arena);
    assert_null(a.first);
}

static void a_part_is_copied_from_the_middle(void **state)
{
    (void)state;
    struct arena *arena = &f.engine.arena;
    struct bytequeue a = {0}, b = {0};

    for (uint32_t i = 0; i < 1000; i++)
        flat[i] = (unsigned char)(i / 3);
    for (uint32_t i = 0; i < 1000; i += 50)
        assert_true(bytequeue_append(&a, arena, flat + i, 50));
    assert_true(bytequeue_append_copy(&b, arena, &a, 333, 444));
    assert_int_equal(b.count, 444);
    assert_int_equal(a.count, 1000);
    bytequeue_copy(&b, 0, got, 444);
    assert_memory_equal(got, flat + 333, 444);
    bytequeue_copy(&a, 999, got, 1);
    assert_int_equal(got[0], flat[999]);
}

static void a_full_arena_changes_nothing(void **state)
{
    (void)state;
    struct arena *arena = &f.engine.arena;
    struct bytequeue a = {0}, b = {0};

    memset(flat, 7, 200000);
    assert_true(bytequeue_append(&a, arena, flat, 100));
    for (uint64_t n = 1; n <= 3; n++) {
        arena->fail_in = n;
        assert_false(bytequeue_append(&a, arena, flat, 200000));
        assert_int_equal(a.count, 100);
        bytequeue_check(&a);
    }
    arena->fail_in = 1;
    assert_false(bytequeue_append_copy(&b, arena, &a, 0, 100));
    assert_int_equal(b.count, 0);
    bytequeue_check(&b);
    arena->fail_in = 0;
}

static void an_empty_queue_holds_no_memory(void **state)
{
    (void)state;
    struct arena *arena = &f.engine.arena;
    struct bytequeue a = {0};

    assert_true(bytequeue_append(&a, arena, flat, 100000));
    bytequeue_drop(&a, arena, 100000);
    assert_null(a.first);
    assert_null(a.last);
    size_t used = arena->used;
    for (int i = 0; i < 100; i++) {
        assert_true(bytequeue_append(&a, arena, flat, 100000));
        bytequeue_drop(&a, arena, 99999);
        bytequeue_drop_last(&a, arena, 1);
    }
    assert_int_equal(arena->used, used);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(bytes_stay_in_order_whatever_is_done, open_queues,
                                        close_machine),
        cmocka_unit_test_setup_teardown(a_part_is_copied_from_the_middle, open_queues,
                                        close_machine),
        cmocka_unit_test_setup_teardown(a_full_arena_changes_nothing, open_queues, close_machine),
        cmocka_unit_test_setup_teardown(an_empty_queue_holds_no_memory, open_queues, close_machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
