/* Time, order and the fingerprint. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/engine/engine.h"

enum { LIMIT = 64 * 1024 * 1024, POISON = 0xA5 };

static struct engine engine;
static uint64_t last_run; /* the argument of the event that ran last */

static int open_engine(void **state)
{
    (void)state;
    last_run = 0;
    return engine_open(&engine, 1, LIMIT, POISON) ? 0 : -1;
}

static int close_engine(void **state)
{
    (void)state;
    engine_check(&engine);
    engine_close(&engine);
    return 0;
}

static void note(void *context, uint64_t argument)
{
    assert_ptr_equal(context, &engine);
    last_run = argument;
}

static uint64_t post(uint64_t due_ns, uint64_t argument)
{
    uint64_t id = engine_post(&engine, due_ns, note, &engine, argument);
    assert_int_not_equal(id, 0);
    return id;
}

static uint64_t step(void)
{
    assert_true(engine_step(&engine));
    return last_run;
}

static void events_due_together_run_in_the_order_posted(void **state)
{
    (void)state;
    post(20, 1);
    post(10, 2);
    post(10, 3);
    post(10, 4);

    assert_int_equal(step(), 2);
    post(10, 5);
    assert_int_equal(step(), 3);
    assert_int_equal(step(), 4);
    assert_int_equal(step(), 5);
    assert_int_equal(step(), 1);
    assert_false(engine_step(&engine));
}

static void time_moves_with_the_events_and_never_back(void **state)
{
    (void)state;
    assert_int_equal(engine_next_due(&engine), UINT64_MAX);
    assert_false(engine_step(&engine));
    post(100, 1);
    assert_int_equal(engine_next_due(&engine), 100);
    assert_int_equal(engine.now_ns, 0);

    step();
    assert_int_equal(engine.now_ns, 100);
    post(40, 2);
    assert_int_equal(engine_next_due(&engine), 100);
    step();
    assert_int_equal(engine.now_ns, 100);
    post(UINT64_MAX, 3);
    step();
    assert_int_equal(engine.now_ns, UINT64_MAX);
    assert_int_equal(engine.events_run, 3);
}

static void a_cancelled_event_does_not_run(void **state)
{
    (void)state;
    post(10, 1);
    uint64_t id = post(20, 2);
    post(30, 3);

    assert_true(engine_cancel(&engine, id));

    assert_false(engine_cancel(&engine, id));
    assert_int_equal(step(), 1);
    assert_int_equal(step(), 3);
    assert_false(engine_step(&engine));
}

static void only_events_still_to_come_can_be_cancelled(void **state)
{
    (void)state;
    assert_false(engine_cancel(&engine, 0));
    assert_false(engine_cancel(&engine, 1));
    uint64_t id = post(10, 1);
    step();
    assert_false(engine_cancel(&engine, id));

    uint64_t next = post(10, 2); /* in the place of the first */
    assert_int_not_equal(next, id);
    assert_false(engine_cancel(&engine, id));
    assert_false(engine_cancel(&engine, 0));
    assert_false(engine_cancel(&engine, UINT64_MAX));
    assert_int_equal(step(), 2);
}

/* The free list's end is a number of no event; the queue is full at a power of two. */
static void cancelling_twice_in_a_full_queue_is_refused(void **state)
{
    (void)state;
    uint64_t ids[64];

    for (uint64_t i = 0; i < 64; i++) {
        ids[i] = post(i, i);
        assert_true(engine_cancel(&engine, ids[i]));
        assert_false(engine_cancel(&engine, ids[i]));
        ids[i] = post(i, i);
    }

    for (uint64_t i = 0; i < 64; i++)
        assert_int_equal(step(), i);
}

static void an_id_from_before_power_off_is_nobodys(void **state)
{
    (void)state;
    uint64_t id = post(10, 1);
    engine_power_off(&engine);
    post(10, 2);

    assert_false(engine_cancel(&engine, id));
    assert_int_equal(step(), 2);
}

struct expected {
    uint64_t due_ns, argument, id;
    bool cancelled;
};

static int by_due_then_argument(const void *a, const void *b)
{
    const struct expected *x = a, *y = b;

    if (x->due_ns != y->due_ns)
        return x->due_ns < y->due_ns ? -1 : 1;
    return x->argument < y->argument ? -1 : 1;
}

/* Against the C library's sort. Due times crowd, a third is cancelled, and what is posted while
 * others run comes in its turn.
 */
static void a_hundred_thousand_events_run_sorted(void **state)
{
    (void)state;
    enum { COUNT = 100000 };
    struct expected *all = test_malloc(COUNT * sizeof *all);
    for (uint64_t i = 0; i < COUNT; i++) {
        uint64_t due_ns = choose(&engine.choices, CHOICE_LATENCY, 30000);
        all[i] = (struct expected){.due_ns = due_ns, .argument = i, .id = post(due_ns, i)};
    }
    for (uint64_t i = 0; i < COUNT / 2; i++) {
        uint64_t which = choose(&engine.choices, CHOICE_FAULT, COUNT);
        assert_int_equal(engine_cancel(&engine, all[which].id), !all[which].cancelled);
        all[which].cancelled = true;
    }
    engine_check(&engine);
    qsort(all, COUNT, sizeof *all, by_due_then_argument);

    for (uint64_t i = 0; i < COUNT; i++) {
        if (all[i].cancelled)
            continue;
        assert_int_equal(step(), all[i].argument);
        assert_int_equal(engine.now_ns, all[i].due_ns);
    }
    assert_false(engine_step(&engine));
    test_free(all);
}

/* Against a list that is searched each time, with posting, cancelling and running mixed. */
static void any_mix_of_calls_agrees_with_a_plain_list(void **state)
{
    (void)state;
    enum { SLOTS = 300, CALLS = 20000 };
    static struct expected list[SLOTS];
    uint64_t posted = 0;
    memset(list, 0, sizeof list);

    for (int call = 0; call < CALLS; call++) {
        struct expected *slot = &list[choose(&engine.choices, CHOICE_PORT, SLOTS)];
        if (slot->id != 0) {
            assert_true(engine_cancel(&engine, slot->id));
            slot->id = 0;
        } else {
            slot->due_ns = engine.now_ns + choose(&engine.choices, CHOICE_LATENCY, 50);
            slot->argument = ++posted;
            slot->id = post(slot->due_ns, slot->argument);
        }
        if (call % 3 > 0)
            continue;
        struct expected *first = NULL;
        for (int i = 0; i < SLOTS; i++)
            if (list[i].id != 0 && (first == NULL || by_due_then_argument(&list[i], first) < 0))
                first = &list[i];
        if (first == NULL)
            continue;
        assert_int_equal(step(), first->argument);
        first->id = 0;
    }
    engine_check(&engine);
}

static void post_another(void *context, uint64_t argument)
{
    note(context, argument);
    if (argument < 1000)
        for (int i = 0; i < 2; i++)
            engine_post(context, engine.now_ns + 1, post_another, context, argument * 2);
}

static void an_event_may_post_events(void **state)
{
    (void)state;
    assert_int_not_equal(engine_post(&engine, 0, post_another, &engine, 1), 0);

    while (engine_step(&engine))
        ;

    assert_int_equal(last_run, 1024);
    assert_int_equal(engine.now_ns, 10);
    assert_int_equal(engine.events_run, 2047);
}

static void turn_off(void *context, uint64_t argument)
{
    note(context, argument);
    engine_power_off(context);
}

static void power_off_forgets_events_and_memory_but_not_time(void **state)
{
    (void)state;
    post(60, 2);
    assert_int_not_equal(engine_post(&engine, 50, turn_off, &engine, 1), 0);
    engine_record(&engine, &(struct record){.kind = 1});
    const uint64_t fingerprint = engine.fingerprint;
    const struct choice_source choices = engine.choices;

    assert_int_equal(step(), 1);

    assert_false(engine_step(&engine));
    assert_int_equal(engine.arena.used, 0);
    assert_int_equal(engine.now_ns, 50);
    assert_int_equal(engine.fingerprint, fingerprint);
    assert_int_equal(engine.events_posted, 2);
    assert_memory_equal(&engine.choices, &choices, sizeof choices);
}

static uint64_t short_run(void)
{
    for (int i = 0; i < 100; i++)
        post(choose(&engine.choices, CHOICE_LATENCY, 1000), (uint64_t)i);
    while (engine_step(&engine))
        engine_record(&engine, &(struct record){.kind = 2, .arguments = {last_run}});
    return engine.fingerprint;
}

static void a_restart_is_a_new_engine(void **state)
{
    (void)state;
    struct choice log[4];
    const uint64_t fingerprint = short_run();
    engine.arena.fail_in = 3;
    engine.choices.log = log;
    engine.choices.log_size = 4;

    engine_restart(&engine, 1);

    assert_int_equal(engine.now_ns, 0);
    assert_int_equal(short_run(), fingerprint);
    engine_restart(&engine, 2);
    assert_int_not_equal(short_run(), fingerprint);
}

static void the_poison_reaches_no_outcome(void **state)
{
    (void)state;
    const uint64_t fingerprint = short_run();
    engine_close(&engine);
    assert_true(engine_open(&engine, 1, LIMIT, (unsigned char)~POISON));

    assert_int_equal(short_run(), fingerprint);
}

static void a_full_arena_is_an_answer_and_loses_no_event(void **state)
{
    (void)state;
    uint64_t posted = 0;
    engine_close(&engine);
    assert_true(engine_open(&engine, 1, 16 * 1024, POISON));

    while (engine_post(&engine, 1000 - posted, note, &engine, posted) != 0)
        posted++;
    assert_in_range(posted, 16, 1000);
    assert_int_equal(engine.events_posted, posted);
    engine_check(&engine);

    for (uint64_t i = posted; i > 0; i--)
        assert_int_equal(step(), i - 1);
    assert_false(engine_step(&engine));
}

/* Each of the takes of a growing queue fails once: the post is refused, and works the next time. */
static void a_failed_take_refuses_one_post_only(void **state)
{
    (void)state;
    size_t used = 0;
    for (uint64_t fail_in = 1;; fail_in++) {
        uint64_t refused = 0;
        engine_restart(&engine, 1);
        engine.arena.fail_in = fail_in;
        for (uint64_t i = 0; i < 100; i++) {
            if (engine_post(&engine, i, note, &engine, i) != 0)
                continue;
            refused++;
            assert_int_equal(engine.events_posted, i);
            post(i, i);
        }
        engine_check(&engine);
        for (uint64_t i = 0; i < 100; i++)
            assert_int_equal(step(), i);
        assert_int_equal(refused, engine.arena.fail_in == 0);
        if (fail_in == 1)
            used = engine.arena.used;
        assert_int_equal(engine.arena.used, used); /* a refusal leaks nothing */
        if (refused == 0)
            break;
        assert_in_range(fail_in, 1, 20);
    }
}

static uint64_t fingerprint_of(const struct record *record)
{
    engine_restart(&engine, 1);
    engine_record(&engine, record);
    return engine.fingerprint;
}

static void every_field_of_a_record_changes_the_fingerprint(void **state)
{
    (void)state;
    const struct record plain = {
        .kind = 1, .subject = 2, .arguments = {3, 4, 5, 6}, .result = 7, .actor = 8};
    uint64_t seen[sizeof plain + 1];
    unsigned char bytes[sizeof plain];
    size_t count = 0;
    seen[count++] = fingerprint_of(&plain);

    for (size_t i = 0; i < sizeof plain; i++) {
        struct record changed;
        memcpy(bytes, &plain, sizeof plain);
        bytes[i] ^= 0x80;
        memcpy(&changed, bytes, sizeof changed);
        uint64_t fingerprint = fingerprint_of(&changed);
        for (size_t j = 0; j < count; j++)
            assert_int_not_equal(fingerprint, seen[j]);
        seen[count++] = fingerprint;
    }
}

static void time_and_order_change_the_fingerprint(void **state)
{
    (void)state;
    const struct record a = {.kind = 1}, b = {.kind = 2};
    fingerprint_of(&a);
    engine_record(&engine, &b);
    const uint64_t a_then_b = engine.fingerprint;

    fingerprint_of(&b);
    engine_record(&engine, &a);
    assert_int_not_equal(engine.fingerprint, a_then_b);
    assert_int_equal(engine.records, 2);

    fingerprint_of(&a);
    post(1, 0);
    step();
    engine_record(&engine, &b);
    assert_int_not_equal(engine.fingerprint, a_then_b);

    fingerprint_of(&a);
    engine_record(&engine, &b);
    assert_int_equal(engine.fingerprint, a_then_b);
}

/* The same for every compiler, optimisation, sanitizer and host; it changes only when the meaning
 * of a fingerprint does, and then every fingerprint written down anywhere is void.
 */
static void a_fixed_run_has_its_golden_fingerprint(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 1000; i++) {
        post(engine.now_ns + choose(&engine.choices, CHOICE_LATENCY, 5000), i);
        post(engine.now_ns + choose(&engine.choices, CHOICE_LATENCY, 5000), i);
        step();
        engine_record(&engine, &(struct record){.kind = i % 7,
                                                .subject = (uint32_t)last_run,
                                                .arguments = {i, UINT64_MAX - i, 0, i * i},
                                                .result = 0xC000000D,
                                                .actor = 4});
    }

    assert_int_equal(engine.now_ns, 0x5264);
    assert_int_equal(engine.fingerprint, UINT64_C(0x9EA7227B2D99D194));
}

static char traced[ENGINE_TRACE_MAX];

static void keep_line(void *context, const char *line)
{
    assert_ptr_equal(context, &traced);
    strcpy(traced, line);
}

static void a_trace_line_reaches_the_sink(void **state)
{
    (void)state;
    char longer[2 * ENGINE_TRACE_MAX];
    engine_trace(&engine, "nobody reads %d", 1);
    engine.sink = keep_line;
    engine.sink_context = &traced;

    engine_trace(&engine, "bind %u %s", 7u, "STATUS_SUCCESS");
    assert_string_equal(traced, "bind 7 STATUS_SUCCESS");
    engine_restart(&engine, 1);
    engine_trace(&engine, "after a restart");
    assert_string_equal(traced, "after a restart");

    memset(longer, 'x', sizeof longer);
    longer[sizeof longer - 1] = '\0';
    engine_trace(&engine, "%s", longer);
    assert_int_equal(strlen(traced), ENGINE_TRACE_MAX - 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_engine, close_engine)
    const struct CMUnitTest tests[] = {
        TEST(events_due_together_run_in_the_order_posted),
        TEST(time_moves_with_the_events_and_never_back),
        TEST(a_cancelled_event_does_not_run),
        TEST(only_events_still_to_come_can_be_cancelled),
        TEST(cancelling_twice_in_a_full_queue_is_refused),
        TEST(an_id_from_before_power_off_is_nobodys),
        TEST(a_hundred_thousand_events_run_sorted),
        TEST(any_mix_of_calls_agrees_with_a_plain_list),
        TEST(an_event_may_post_events),
        TEST(power_off_forgets_events_and_memory_but_not_time),
        TEST(a_restart_is_a_new_engine),
        TEST(the_poison_reaches_no_outcome),
        TEST(a_full_arena_is_an_answer_and_loses_no_event),
        TEST(a_failed_take_refuses_one_post_only),
        TEST(every_field_of_a_record_changes_the_fingerprint),
        TEST(time_and_order_change_the_fingerprint),
        TEST(a_fixed_run_has_its_golden_fingerprint),
        TEST(a_trace_line_reaches_the_sink),
    };
#undef TEST
    return cmocka_run_group_tests_name("engine", tests, NULL, NULL);
}
