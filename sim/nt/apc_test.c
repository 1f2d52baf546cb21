/* APCs and alertable waits. The test is a borrowed thread of a process; its helpers are fibers. */
#include "sim/nt/fixture.h"

#include "sim/nt/apc.h"

static const uint64_t for_ever = UINT64_MAX;
static const uint64_t ms = 1000000;

static struct process *home;
static char told[256];

/* An APC that tells its letter, and may queue another. */
struct letter {
    struct apc apc; /* first */
    char letter;
    uint32_t thread; /* that ran it */
    struct letter *then;
};

static void letter_run(struct nt *nt, struct apc *apc)
{
    struct letter *letter = (struct letter *)apc;
    size_t length = strlen(told);
    assert_true(length + 2 < sizeof told);
    told[length] = letter->letter;
    told[length + 1] = '\0';
    letter->thread = nt->current->id;
    if (letter->then != NULL)
        assert_true(apc_queue(nt->current, &letter->then->apc));
}

static void letter_drop(struct nt *nt, struct apc *apc)
{
    (void)nt;
    strcat(told, "-");
    ((struct letter *)apc)->thread = 0;
}

static struct letter letter_of(char which)
{
    return (struct letter){
        .apc = {.run = letter_run, .drop = letter_drop}, .letter = which, .thread = 99};
}

static int setup(void **state)
{
    setup_machine(state);
    told[0] = '\0';
    home = enter();
    return 0;
}

#define APC_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown_machine)

static nt_status alertable_wait(struct object *object, uint64_t timeout_ns)
{
    const struct wait_request request = {.objects = &object,
                                         .count = object != NULL ? 1 : 0,
                                         .alertable = true,
                                         .timeout_ns = timeout_ns,
                                         .call = "WaitForSingleObjectEx"};
    return wait_for(machine.nt, &request, NULL);
}

struct sleeper {
    struct object *object;
    uint64_t timeout_ns;
    bool deaf; /* not alertable */
    nt_status status;
};

static void sleep_alertably(void *context)
{
    struct sleeper *sleeper = context;
    if (sleeper->deaf)
        sleeper->status = wait_for_objects(machine.nt, &sleeper->object, 1, false,
                                           sleeper->timeout_ns, "WaitForSingleObject", NULL);
    else
        sleeper->status = alertable_wait(sleeper->object, sleeper->timeout_ns);
    strcat(told, "!");
}

static struct thread *start(struct sleeper *sleeper)
{
    sleeper->status = STATUS_PENDING;
    struct thread *thread = thread_create(home, sleep_alertably, sleeper);
    assert_non_null(thread);
    object_reference(&thread->object);
    return thread;
}

static void let_run(void)
{
    wait_for_time(machine.nt, 1, "Sleep");
    nt_check(machine.nt);
}

static void what_is_queued_runs_in_the_order_queued(void **state)
{
    (void)state;
    struct letter a = letter_of('a'), b = letter_of('b'), c = letter_of('c');
    c.then = &b;
    assert_true(apc_queue(machine.nt->current, &c.apc));
    assert_true(apc_queue(machine.nt->current, &a.apc));

    assert_string_equal(told, "");
    assert_status(alertable_wait(NULL, for_ever), STATUS_USER_APC);
    assert_string_equal(told, "cab"); /* what is queued meanwhile too */
    assert_int_equal(a.thread, machine.nt->current->id);
    assert_false(apc_deliver(machine.nt));
    assert_int_equal(machine.engine.now_ns, 0);
}

static void a_look_without_time_runs_them(void **state)
{
    (void)state;
    struct object *event = event_create(machine.nt, true, false);
    struct letter a = letter_of('a'), b = letter_of('b');

    apc_queue(machine.nt->current, &a.apc);
    assert_status(alertable_wait(NULL, 0), STATUS_USER_APC);
    apc_queue(machine.nt->current, &b.apc);
    assert_status(alertable_wait(event, 0), STATUS_USER_APC);
    assert_status(alertable_wait(event, 0), STATUS_TIMEOUT);
    assert_string_equal(told, "ab");
}

static void a_signaled_object_comes_before_any_apc(void **state)
{
    (void)state;
    struct object *event = event_create(machine.nt, false, true);
    struct letter a = letter_of('a');
    apc_queue(machine.nt->current, &a.apc);

    assert_status(alertable_wait(event, for_ever), STATUS_SUCCESS);
    assert_string_equal(told, "");
    assert_status(alertable_wait(event, for_ever), STATUS_USER_APC);
    assert_string_equal(told, "a");
}

static void a_wait_that_is_not_alertable_runs_none(void **state)
{
    (void)state;
    struct letter a = letter_of('a');
    apc_queue(machine.nt->current, &a.apc);
    wait_for_time(machine.nt, ms, "Sleep");
    assert_string_equal(told, "");
    assert_int_equal(machine.engine.now_ns, ms);
    assert_status(alertable_wait(NULL, 0), STATUS_USER_APC);
}

static void an_alertable_wait_of_another_thread_ends(void **state)
{
    (void)state;
    struct sleeper sleeper = {.object = event_create(machine.nt, true, false), .timeout_ns = ms};
    struct thread *thread = start(&sleeper);
    struct letter a = letter_of('a'), b = letter_of('b');
    let_run();

    assert_true(apc_queue(thread, &a.apc));
    assert_true(apc_queue(thread, &b.apc));
    assert_string_equal(told, ""); /* it has not run yet */
    assert_null(sleeper.object->waiters);
    let_run();
    assert_string_equal(told, "ab!");
    assert_int_equal(a.thread, thread->id);
    assert_status(sleeper.status, STATUS_USER_APC);
    assert_true(engine_next_due(&machine.engine) == UINT64_MAX); /* its timer is gone */
    object_release(&thread->object);
}

static void a_deaf_wait_of_another_thread_goes_on(void **state)
{
    (void)state;
    struct sleeper sleeper = {
        .object = event_create(machine.nt, true, false), .timeout_ns = ms, .deaf = true};
    struct thread *thread = start(&sleeper);
    struct letter a = letter_of('a');
    let_run();

    assert_true(apc_queue(thread, &a.apc));
    let_run();
    assert_string_equal(told, "");
    object_signal(sleeper.object);
    let_run();
    assert_string_equal(told, "!-"); /* the thread ended with it queued */
    assert_status(sleeper.status, STATUS_SUCCESS);
    assert_false(apc_queue(thread, &a.apc));
    object_release(&thread->object);
}

static void a_wait_that_the_object_ended_first_leaves_the_apc(void **state)
{
    (void)state;
    struct sleeper sleeper = {.object = event_create(machine.nt, true, false), .timeout_ns = ms};
    struct thread *thread = start(&sleeper);
    struct letter a = letter_of('a');
    let_run();

    object_signal(sleeper.object);
    assert_true(apc_queue(thread, &a.apc));
    let_run();
    assert_string_equal(told, "!-");
    assert_status(sleeper.status, STATUS_SUCCESS);
    object_release(&thread->object);
}

static void what_is_taken_back_does_not_run(void **state)
{
    (void)state;
    struct letter a = letter_of('a'), b = letter_of('b'), c = letter_of('c');
    struct thread *self = machine.nt->current;
    apc_queue(self, &a.apc);
    apc_queue(self, &b.apc);
    assert_true(apc_take_back(self, &b.apc)); /* the last */
    assert_false(apc_take_back(self, &b.apc));
    apc_queue(self, &c.apc);
    assert_true(apc_take_back(self, &a.apc)); /* the first */
    apc_queue(self, &b.apc);
    assert_true(apc_deliver(machine.nt));
    assert_string_equal(told, "cb");
}

static void nest(struct nt *nt, struct apc *apc)
{
    (void)apc;
    strcat(told, "(");
    const struct wait_request request = {
        .alertable = true, .timeout_ns = for_ever, .call = "SleepEx"};
    assert_status(wait_for(nt, &request, NULL), STATUS_USER_APC);
    strcat(told, ")");
}

static void an_apc_may_wait_alertably_itself(void **state)
{
    (void)state;
    struct apc outer = {.run = nest, .drop = letter_drop};
    struct letter a = letter_of('a'), b = letter_of('b');
    apc_queue(machine.nt->current, &outer);
    apc_queue(machine.nt->current, &a.apc);
    apc_queue(machine.nt->current, &b.apc);
    assert_status(alertable_wait(NULL, for_ever), STATUS_USER_APC);
    assert_string_equal(told, "(ab)");
}

static void the_end_of_its_process_drops_them(void **state)
{
    (void)state;
    struct process *other = new_process(NULL, false);
    struct sleeper sleeper = {
        .object = event_create(machine.nt, true, false), .timeout_ns = for_ever, .deaf = true};
    struct thread *thread = thread_create(other, sleep_alertably, &sleeper);
    struct letter a = letter_of('a'), b = letter_of('b');
    let_run();
    apc_queue(thread, &a.apc);
    apc_queue(machine.nt->current, &b.apc);
    process_end(other, 0);
    assert_string_equal(told, "-");
    process_end(home, 0);
    assert_string_equal(told, "--"); /* the borrowed thread's too */
    assert_status(alertable_wait(NULL, 0), STATUS_CANCELLED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        APC_TEST(what_is_queued_runs_in_the_order_queued),
        APC_TEST(a_look_without_time_runs_them),
        APC_TEST(a_signaled_object_comes_before_any_apc),
        APC_TEST(a_wait_that_is_not_alertable_runs_none),
        APC_TEST(an_alertable_wait_of_another_thread_ends),
        APC_TEST(a_deaf_wait_of_another_thread_goes_on),
        APC_TEST(a_wait_that_the_object_ended_first_leaves_the_apc),
        APC_TEST(what_is_taken_back_does_not_run),
        APC_TEST(an_apc_may_wait_alertably_itself),
        APC_TEST(the_end_of_its_process_drops_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
