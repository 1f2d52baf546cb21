/* Waits, turns and time. The test is a borrowed thread of a process; its helpers are fibers. */
#include "sim/nt/fixture.h"

static const uint64_t for_ever = UINT64_MAX;
static const uint64_t ms = 1000000;

static char told[512]; /* who did what, in order */

static void tell(const char *what)
{
    assert_true(strlen(told) + strlen(what) + 2 < sizeof told);
    strcat(told, what);
    strcat(told, " ");
}

static struct process *home;

static int setup(void **state)
{
    setup_machine(state);
    told[0] = '\0';
    home = enter();
    return 0;
}

#define WAIT_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown_machine)

static nt_status wait_one(struct object *object, uint64_t timeout_ns)
{
    return wait_for_objects(machine.nt, &object, 1, false, timeout_ns, "WaitForSingleObject", NULL);
}

/* A helper thread: what it is called, what it waits for, what came of it. */
struct waiter {
    const char *name;
    struct object *objects[4];
    uint32_t count;
    bool all;
    uint64_t timeout_ns;
    nt_status status;
    uint32_t index;
    uint64_t woken_ns;
};

static void wait_and_tell(void *context)
{
    struct waiter *waiter = context;
    waiter->status = wait_for_objects(machine.nt, waiter->objects, waiter->count, waiter->all,
                                      waiter->timeout_ns, "WaitForMultipleObjects", &waiter->index);
    waiter->woken_ns = machine.engine.now_ns;
    tell(waiter->name);
}

static struct waiter waiter_for(const char *name, struct object *object)
{
    return (struct waiter){.name = name, .objects = {object}, .count = 1, .timeout_ns = for_ever};
}

static struct thread *start(struct waiter *waiter)
{
    waiter->status = STATUS_PENDING;
    waiter->index = 99;
    struct thread *thread = thread_create(home, wait_and_tell, waiter);
    assert_non_null(thread);
    return thread;
}

/* Lets the helpers run until each waits or has ended. */
static void let_run(void)
{
    wait_for_time(machine.nt, 1, "Sleep");
    nt_check(machine.nt);
}

static struct object *new_event(bool manual, bool signaled)
{
    struct object *event = event_create(machine.nt, manual, signaled);
    assert_non_null(event);
    return event;
}

/* ---- Events ---------------------------------------------------------------------------------- */

static void a_signaled_event_needs_no_waiting(void **state)
{
    (void)state;
    struct object *manual = new_event(true, true), *automatic = new_event(false, true);
    const uint64_t records = machine.engine.records;

    assert_status(wait_one(manual, for_ever), STATUS_SUCCESS);
    assert_status(wait_one(manual, 0), STATUS_SUCCESS);
    assert_status(wait_one(automatic, for_ever), STATUS_SUCCESS);
    assert_status(wait_one(automatic, 0), STATUS_TIMEOUT);

    assert_true(manual->signaled);
    assert_int_equal(machine.engine.now_ns, 0);
    assert_true(machine.engine.records == records); /* and nobody's turn came */
}

static void an_auto_reset_event_wakes_one_the_oldest(void **state)
{
    (void)state;
    struct object *event = new_event(false, false);
    struct waiter a = waiter_for("a", event), b = waiter_for("b", event);
    start(&a);
    let_run();
    start(&b);
    let_run();

    object_signal(event);
    assert_false(event->signaled);
    let_run();
    assert_string_equal(told, "a ");
    assert_status(b.status, STATUS_PENDING);
    object_signal(event);
    let_run();
    assert_string_equal(told, "a b ");
    object_signal(event);
    assert_true(event->signaled);
}

static void a_manual_event_wakes_all(void **state)
{
    (void)state;
    struct object *event = new_event(true, false);
    struct waiter a = waiter_for("a", event), b = waiter_for("b", event);
    start(&a);
    start(&b);
    let_run();
    assert_string_equal(told, "");

    object_signal(event);
    let_run();
    assert_status(a.status, STATUS_SUCCESS);
    assert_status(b.status, STATUS_SUCCESS);
    assert_true(event->signaled);
    object_unsignal(event);
    assert_status(wait_one(event, 0), STATUS_TIMEOUT);
}

static void waits_are_satisfied_in_the_order_they_began(void **state)
{
    (void)state;
    struct object *event = new_event(false, false);
    static const char *const names[] = {"0", "1", "2", "3", "4", "5", "6", "7"};
    struct waiter waiters[8];
    for (int i = 0; i < 8; i++) {
        waiters[i] = waiter_for(names[i], event);
        start(&waiters[i]);
        let_run();
    }
    for (int i = 0; i < 8; i++) {
        object_signal(event);
        let_run();
    }
    assert_string_equal(told, "0 1 2 3 4 5 6 7 ");
}

static void any_of_several_says_which_the_lowest_first(void **state)
{
    (void)state;
    struct object *events[] = {new_event(false, false), new_event(false, true),
                               new_event(false, true)};
    uint32_t index = 99;
    assert_status(wait_for_objects(machine.nt, events, 3, false, 0, "", &index), STATUS_SUCCESS);
    assert_int_equal(index, 1);
    assert_false(events[1]->signaled);
    assert_true(events[2]->signaled);
    assert_status(wait_for_objects(machine.nt, events, 2, false, 0, "", &index), STATUS_TIMEOUT);
    assert_int_equal(index, 1);

    struct waiter a = {.name = "a", .count = 2, .timeout_ns = for_ever};
    a.objects[0] = events[0];
    a.objects[1] = events[1];
    start(&a);
    let_run();
    object_signal(events[1]);
    let_run();
    assert_status(a.status, STATUS_SUCCESS);
    assert_int_equal(a.index, 1);
    assert_null(events[0]->waiters);
    object_signal(events[0]);
    assert_true(events[0]->signaled);
}

static void all_of_several_takes_all_or_none(void **state)
{
    (void)state;
    struct object *one = new_event(false, false), *two = new_event(false, false);
    struct waiter both = {.name = "both", .objects = {one, two}, .count = 2, .all = true};
    both.timeout_ns = for_ever;
    struct waiter second = waiter_for("second", two);
    start(&both);
    let_run();
    start(&second);
    let_run();

    object_signal(two); /* not enough for the older wait: the younger one gets it */
    let_run();
    assert_string_equal(told, "second ");
    object_signal(one);
    let_run();
    assert_true(one->signaled);
    object_signal(two);
    let_run();
    assert_string_equal(told, "second both ");
    assert_int_equal(both.index, 0);
    assert_false(one->signaled);
    assert_false(two->signaled);
}

static void an_object_may_be_named_twice(void **state)
{
    (void)state;
    struct object *event = new_event(false, false), *other = new_event(true, false);
    struct waiter twice = {.name = "twice", .objects = {event, event, other}, .count = 3};
    twice.timeout_ns = for_ever;
    struct waiter a = waiter_for("a", event);
    start(&twice);
    let_run();
    start(&a);
    let_run();
    object_signal(event);
    let_run();
    assert_string_equal(told, "twice ");
    object_signal(event);
    let_run();
    assert_string_equal(told, "twice a ");
    assert_int_equal(event->references, 1);

    struct waiter b = {.name = "b", .objects = {other, other}, .count = 2, .timeout_ns = for_ever};
    struct waiter c = waiter_for("c", other);
    start(&b);
    let_run();
    start(&c);
    let_run();
    object_signal(other);
    let_run();
    assert_status(b.status, STATUS_SUCCESS);
    assert_status(c.status, STATUS_SUCCESS);
    assert_int_equal(other->references, 1);
}

static void a_wait_keeps_its_objects(void **state)
{
    (void)state;
    struct object *event = new_event(true, false);
    uint64_t handle;
    assert_status(handle_open(home, event, false, &handle), STATUS_SUCCESS);
    object_release(event);
    struct waiter a = waiter_for("a", event);
    start(&a);
    let_run();
    assert_status(handle_close(home, handle), STATUS_SUCCESS);
    assert_int_equal(event->references, 1);
    object_signal(event);
    let_run();
    assert_string_equal(told, "a ");
}

static void sixty_four_objects_are_the_most(void **state)
{
    (void)state;
    struct object *events[WAIT_OBJECTS_MAX];
    for (int i = 0; i < WAIT_OBJECTS_MAX; i++)
        events[i] = new_event(false, i != 63);
    uint32_t index = 99;
    assert_status(wait_for_objects(machine.nt, events, 64, true, ms, "", &index), STATUS_TIMEOUT);
    assert_true(events[0]->signaled);
    object_signal(events[63]);
    assert_status(wait_for_objects(machine.nt, events, 64, true, ms, "", &index), STATUS_SUCCESS);
    for (int i = 0; i < WAIT_OBJECTS_MAX; i++) {
        assert_false(events[i]->signaled);
        assert_int_equal(events[i]->references, 1);
    }
}

/* ---- Time ------------------------------------------------------------------------------------ */

static void a_timeout_moves_time_by_just_so_much(void **state)
{
    (void)state;
    struct object *event = new_event(true, false);
    assert_status(wait_one(event, 250 * ms), STATUS_TIMEOUT);
    assert_int_equal(machine.engine.now_ns, 250 * ms);
    wait_for_time(machine.nt, 50 * ms, "Sleep");
    assert_int_equal(machine.engine.now_ns, 300 * ms);
    assert_int_equal(nt_uptime_ns(machine.nt), 300 * ms);
    assert_null(event->waiters);
    assert_int_equal(engine_next_due(&machine.engine), UINT64_MAX);
}

static void sleepers_wake_in_the_order_of_their_times(void **state)
{
    (void)state;
    struct object *never = new_event(true, false);
    struct waiter late = waiter_for("late", never), soon = waiter_for("soon", never);
    late.timeout_ns = 30 * ms;
    soon.timeout_ns = 10 * ms;
    start(&late);
    start(&soon);
    wait_for_time(machine.nt, 100 * ms, "Sleep");
    assert_string_equal(told, "soon late ");
    assert_status(soon.status, STATUS_TIMEOUT);
    assert_int_equal(soon.woken_ns, 10 * ms);
    assert_int_equal(late.woken_ns, 30 * ms);
}

static void a_satisfied_wait_forgets_its_timer(void **state)
{
    (void)state;
    struct object *event = new_event(true, false);
    struct waiter a = waiter_for("a", event);
    a.timeout_ns = 1000 * ms;
    start(&a);
    let_run();
    object_signal(event);
    let_run();
    assert_status(a.status, STATUS_SUCCESS);
    assert_int_equal(engine_next_due(&machine.engine), UINT64_MAX);
}

static void a_timeout_past_the_end_of_time_is_for_ever(void **state)
{
    (void)state;
    struct object *event = new_event(true, false);
    let_run();
    struct waiter a = waiter_for("a", event);
    a.timeout_ns = UINT64_MAX - 1;
    start(&a);
    let_run();
    assert_int_equal(engine_next_due(&machine.engine), UINT64_MAX);
    object_signal(event);
    let_run();
    assert_status(a.status, STATUS_SUCCESS);
}

static void no_room_for_a_timer_is_an_answer(void **state)
{
    (void)state;
    struct object *event = new_event(true, false);
    machine.engine.arena.fail_in = 1;
    assert_status(wait_one(event, ms), STATUS_INSUFFICIENT_RESOURCES);
    assert_null(event->waiters);
    machine.engine.arena.fail_in = 1;
    wait_for_time(machine.nt, ms, "Sleep");
    nt_check(machine.nt);
    assert_int_equal(machine.engine.now_ns, 0);
}

/* ---- Turns ----------------------------------------------------------------------------------- */

struct player {
    struct object *mine, *other;
    int rounds;
    const char *name;
};

static void play(void *context)
{
    struct player *player = context;
    while (player->rounds-- > 0) {
        assert_status(wait_one(player->mine, for_ever), STATUS_SUCCESS);
        tell(player->name);
        object_signal(player->other);
    }
}

static void two_threads_take_turns(void **state)
{
    (void)state;
    struct object *ping = new_event(false, true), *pong = new_event(false, false);
    struct player a = {ping, pong, 4, "ping"}, b = {pong, ping, 4, "pong"};
    struct thread *thread = thread_create(home, play, &b);
    object_reference(&thread->object);
    thread_create(home, play, &a);
    assert_status(wait_one(&thread->object, for_ever), STATUS_SUCCESS);
    assert_string_equal(told, "ping pong ping pong ping pong ping pong ");
    object_release(&thread->object);
}

static void yield_thrice(void *context)
{
    for (int i = 0; i < 3; i++) {
        tell(context);
        wait_for_time(machine.nt, 0, "Sleep");
    }
}

static uint64_t schedule_of(uint64_t seed, char *out)
{
    open_machine(seed);
    home = enter();
    told[0] = '\0';
    char names[3][2] = {"a", "b", "c"};
    for (int i = 0; i < 3; i++)
        assert_non_null(thread_create(home, yield_thrice, names[i]));
    wait_for_time(machine.nt, ms, "Sleep");
    strcpy(out, told);
    uint64_t fingerprint = machine.engine.fingerprint;
    close_machine();
    return fingerprint;
}

static void the_schedule_is_the_seeds_and_no_other(void **state)
{
    (void)state;
    char first[64], again[64];
    int differ = 0;
    char before[64] = "";
    for (uint64_t seed = 1; seed <= 20; seed++) {
        uint64_t fingerprint = schedule_of(seed, first);
        assert_int_equal(strlen(first), 18);
        assert_true(fingerprint == schedule_of(seed, again));
        assert_string_equal(first, again);
        differ += strcmp(first, before) != 0;
        strcpy(before, first);
    }
    assert_true(differ > 15);
}

static void a_list_of_choices_is_a_schedule(void **state)
{
    (void)state;
    char names[3][2] = {"a", "b", "c"};
    static const uint64_t last_always[] = {2, 1, 0, 2, 1, 0, 2, 1, 0};
    for (int i = 0; i < 3; i++)
        thread_create(home, yield_thrice, names[i]);
    machine.engine.choices.list = last_always;
    machine.engine.choices.list_count = 9;
    wait_for_time(machine.nt, ms, "Sleep");
    /* c, then b of a b c, then a of a c b, ... */
    assert_true(strncmp(told, "c b a ", 6) == 0);
}

static void alone_there_is_nothing_to_choose(void **state)
{
    (void)state;
    struct choice log[4];
    machine.engine.choices.log = log;
    machine.engine.choices.log_size = 4;
    struct waiter a = waiter_for("a", new_event(true, true));
    start(&a);
    let_run();
    wait_for_time(machine.nt, 0, "Sleep");
    assert_string_equal(told, "a ");
    assert_int_equal(machine.engine.choices.log_count, 0);
    machine.engine.choices.log = NULL;
    machine.engine.choices.log_size = 0;
}

static void signal_event(void *context, uint64_t argument)
{
    (void)argument;
    object_signal(context);
}

static void who_only_gives_up_his_turn_does_not_stop_time(void **state)
{
    (void)state;
    struct object *event = new_event(true, false);
    engine_post(&machine.engine, 5 * ms, signal_event, event, 0);
    int turns = 0;
    while (!event->signaled) {
        wait_for_time(machine.nt, 0, "Sleep");
        assert_true(++turns < 100);
    }
    assert_int_equal(machine.engine.now_ns, 5 * ms);
}

static void who_polls_does_not_stop_time(void **state)
{
    (void)state;
    struct object *event = new_event(true, false);
    struct waiter a = waiter_for("a", event);
    start(&a);
    engine_post(&machine.engine, 5 * ms, signal_event, event, 0);
    int looks = 0;
    while (wait_one(event, 0) == STATUS_TIMEOUT)
        assert_true(++looks < 1000);
    assert_true(looks > 50);
    assert_int_equal(machine.engine.now_ns, 5 * ms);
}

static void what_is_in_hand_is_not_interrupted(void **state)
{
    (void)state;
    struct object *event = new_event(true, false);
    struct waiter a = waiter_for("a", event);
    start(&a);
    let_run();
    object_signal(event); /* makes it ready; it runs when we wait, not before */
    assert_string_equal(told, "");
    assert_status(wait_one(event, 0), STATUS_SUCCESS);
    assert_string_equal(told, "");
    let_run();
    assert_string_equal(told, "a ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WAIT_TEST(a_signaled_event_needs_no_waiting),
        WAIT_TEST(an_auto_reset_event_wakes_one_the_oldest),
        WAIT_TEST(a_manual_event_wakes_all),
        WAIT_TEST(waits_are_satisfied_in_the_order_they_began),
        WAIT_TEST(any_of_several_says_which_the_lowest_first),
        WAIT_TEST(all_of_several_takes_all_or_none),
        WAIT_TEST(an_object_may_be_named_twice),
        WAIT_TEST(a_wait_keeps_its_objects),
        WAIT_TEST(sixty_four_objects_are_the_most),
        WAIT_TEST(a_timeout_moves_time_by_just_so_much),
        WAIT_TEST(sleepers_wake_in_the_order_of_their_times),
        WAIT_TEST(a_satisfied_wait_forgets_its_timer),
        WAIT_TEST(a_timeout_past_the_end_of_time_is_for_ever),
        WAIT_TEST(no_room_for_a_timer_is_an_answer),
        WAIT_TEST(two_threads_take_turns),
        cmocka_unit_test(the_schedule_is_the_seeds_and_no_other),
        WAIT_TEST(a_list_of_choices_is_a_schedule),
        WAIT_TEST(alone_there_is_nothing_to_choose),
        WAIT_TEST(who_only_gives_up_his_turn_does_not_stop_time),
        WAIT_TEST(who_polls_does_not_stop_time),
        WAIT_TEST(what_is_in_hand_is_not_interrupted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
