/* Mutexes, semaphores, waitable timers, names, and threads held back. The test is a borrowed thread
 * of a process; its helpers are fibers.
 */
#include "sim/nt/fixture.h"

#include "sim/nt/apc.h"
#include "sim/nt/mutex.h"
#include "sim/nt/names.h"
#include "sim/nt/semaphore.h"
#include "sim/nt/timer.h"

static const uint64_t for_ever = UINT64_MAX;
static const uint64_t ms = 1000000;

static struct process *home;

static int setup(void **state)
{
    setup_machine(state);
    home = enter();
    return 0;
}

#define OBJECTS_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown_machine)

static nt_status wait_one(struct object *object, uint64_t timeout_ns)
{
    return wait_for_objects(machine.nt, &object, 1, false, timeout_ns, "WaitForSingleObject", NULL);
}

static void let_run(void)
{
    wait_for_time(machine.nt, 1, "Sleep");
    nt_check(machine.nt);
}

struct helper {
    struct object *objects[2];
    uint32_t count;
    uint64_t timeout_ns;
    uint32_t times; /* it waits so often */
    bool leaves;    /* without giving a mutex back */
    nt_status status;
    uint32_t turns;
};

static void help(void *context)
{
    struct helper *helper = context;
    for (uint32_t i = 0; i < helper->times; i++) {
        helper->status = wait_for_objects(machine.nt, helper->objects, helper->count, true,
                                          helper->timeout_ns, "WaitForMultipleObjects", NULL);
        helper->turns++;
    }
    if (!helper->leaves && helper->status == STATUS_SUCCESS &&
        helper->objects[0]->type == OBJECT_MUTEX)
        assert_status(mutex_release(helper->objects[0]), STATUS_SUCCESS);
}

static struct helper helper_of(struct object *object)
{
    return (struct helper){.objects = {object},
                           .count = 1,
                           .timeout_ns = for_ever,
                           .times = 1,
                           .status = STATUS_PENDING};
}

static struct thread *start(struct helper *helper)
{
    struct thread *thread = thread_create(home, help, helper);
    assert_non_null(thread);
    return thread;
}

/* ---- Mutexes --------------------------------------------------------------------------------- */

static void a_mutex_is_its_owners_as_often_as_he_waited(void **state)
{
    (void)state;
    struct object *mutex = mutex_create(machine.nt, true);
    struct helper other = helper_of(mutex);
    assert_status(wait_one(mutex, 0), STATUS_SUCCESS);
    start(&other);
    let_run();
    assert_status(other.status, STATUS_PENDING);

    assert_status(mutex_release(mutex), STATUS_SUCCESS);
    let_run();
    assert_status(other.status, STATUS_PENDING);
    assert_status(mutex_release(mutex), STATUS_SUCCESS);
    assert_status(mutex_release(mutex), STATUS_MUTANT_NOT_OWNED); /* it is the other's at once */
    let_run();
    assert_status(other.status, STATUS_SUCCESS);
    assert_true(mutex->signaled);
    assert_status(mutex_release(mutex), STATUS_MUTANT_NOT_OWNED);
}

static void a_mutex_whose_owner_ended_is_abandoned_once(void **state)
{
    (void)state;
    struct object *mutex = mutex_create(machine.nt, false);
    struct helper other = helper_of(mutex);
    other.leaves = true;
    other.times = 2;
    start(&other);
    let_run();
    assert_status(wait_one(mutex, 0), STATUS_ABANDONED_WAIT_0);
    assert_status(wait_one(mutex, 0), STATUS_SUCCESS);
    assert_status(mutex_release(mutex), STATUS_SUCCESS);
    assert_status(mutex_release(mutex), STATUS_SUCCESS);
    assert_status(mutex_release(mutex), STATUS_MUTANT_NOT_OWNED);
    assert_status(wait_one(mutex, 0), STATUS_SUCCESS);
    assert_status(mutex_release(mutex), STATUS_SUCCESS);

    assert_status(wait_one(mutex, 0), STATUS_SUCCESS);
    process_end(home, 0); /* a borrowed thread abandons its own here */
    assert_true(mutex->signaled);
}

static void who_waits_for_an_abandoned_mutex_is_told(void **state)
{
    (void)state;
    struct object *mutex = mutex_create(machine.nt, true);
    struct process *process = new_process(NULL, false);
    struct helper other = helper_of(mutex);
    other.leaves = true;
    assert_non_null(thread_create(process, help, &other));
    let_run();
    thread_return(machine.nt);
    assert_non_null(thread_borrow(home));
    let_run();
    assert_status(other.status, STATUS_ABANDONED_WAIT_0);
}

static void a_mutex_may_go_while_it_is_owned(void **state)
{
    (void)state;
    object_release(mutex_create(machine.nt, true));
    assert_null(machine.nt->current->mutexes);
}

/* ---- Semaphores ------------------------------------------------------------------------------ */

static void a_semaphore_lets_as_many_go_as_its_count(void **state)
{
    (void)state;
    struct object *semaphore = semaphore_create(machine.nt, 1, 3);
    uint32_t before = 9;
    struct helper a = helper_of(semaphore), b = helper_of(semaphore), c = helper_of(semaphore);
    assert_status(wait_one(semaphore, 0), STATUS_SUCCESS);
    assert_status(wait_one(semaphore, 0), STATUS_TIMEOUT);
    start(&a);
    let_run();
    start(&b);
    let_run();
    start(&c);
    let_run();

    assert_status(semaphore_release(semaphore, 4, &before), STATUS_SEMAPHORE_LIMIT_EXCEEDED);
    assert_int_equal(before, 9);
    assert_status(semaphore_release(semaphore, 2, &before), STATUS_SUCCESS);
    assert_int_equal(before, 0);
    let_run();
    assert_status(a.status, STATUS_SUCCESS);
    assert_status(b.status, STATUS_SUCCESS);
    assert_status(c.status, STATUS_PENDING);
    assert_status(semaphore_release(semaphore, 3, NULL), STATUS_SUCCESS);
    let_run();
    assert_status(c.status, STATUS_SUCCESS);
    assert_status(semaphore_release(semaphore, 2, &before), STATUS_SEMAPHORE_LIMIT_EXCEEDED);
    assert_status(semaphore_release(semaphore, 1, &before), STATUS_SUCCESS);
    assert_int_equal(before, 2);
}

static void waiting_for_all_takes_from_each_or_from_none(void **state)
{
    (void)state;
    struct object *semaphore = semaphore_create(machine.nt, 1, 1);
    struct object *event = event_create(machine.nt, false, false);
    struct helper both = helper_of(semaphore);
    both.objects[1] = event;
    both.count = 2;
    start(&both);
    let_run();
    assert_true(semaphore->signaled);
    assert_status(wait_one(semaphore, 0), STATUS_SUCCESS);
    object_signal(event);
    let_run();
    assert_status(both.status, STATUS_PENDING);
    semaphore_release(semaphore, 1, NULL);
    let_run();
    assert_status(both.status, STATUS_SUCCESS);
    assert_false(event->signaled);
    assert_false(semaphore->signaled);
}

/* ---- Waitable timers ------------------------------------------------------------------------- */

static uint64_t expiries[8];
static uint32_t expired;

static void note(void *const context[2], uint64_t expired_ns)
{
    assert_ptr_equal(context[0], &expired);
    expiries[expired++ % 8] = expired_ns;
}

static void a_timer_is_signaled_when_its_time_comes(void **state)
{
    (void)state;
    struct object *manual = timer_create(machine.nt, true), *once = timer_create(machine.nt, false);
    const struct timer_setting in_5 = {.due_ns = 5 * ms};
    assert_status(timer_set(manual, &in_5), STATUS_SUCCESS);
    assert_status(timer_set(once, &in_5), STATUS_SUCCESS);
    assert_status(wait_one(once, for_ever), STATUS_SUCCESS);
    assert_int_equal(machine.engine.now_ns, 5 * ms);
    assert_status(wait_one(once, 0), STATUS_TIMEOUT);
    assert_status(wait_one(manual, 0), STATUS_SUCCESS);
    assert_status(wait_one(manual, 0), STATUS_SUCCESS);

    timer_cancel(manual); /* the signal stays */
    assert_status(wait_one(manual, 0), STATUS_SUCCESS);
    const struct timer_setting past = {.due_ns = 1};
    assert_status(timer_set(manual, &past), STATUS_SUCCESS); /* setting takes it away */
    assert_false(manual->signaled);
    assert_status(wait_one(manual, for_ever), STATUS_SUCCESS);
    assert_int_equal(machine.engine.now_ns, 5 * ms);
}

static void a_period_signals_again_and_again_until_cancelled(void **state)
{
    (void)state;
    struct object *timer = timer_create(machine.nt, false);
    const struct timer_setting every_2 = {.due_ns = ms, .period_ns = 2 * ms};
    timer_set(timer, &every_2);
    for (uint64_t i = 0; i < 5; i++) {
        assert_status(wait_one(timer, for_ever), STATUS_SUCCESS);
        assert_int_equal(machine.engine.now_ns, (1 + 2 * i) * ms);
    }
    timer_cancel(timer);
    assert_status(wait_one(timer, 20 * ms), STATUS_TIMEOUT);
    timer_set(timer, &every_2);
    object_release(timer); /* and its event goes with it */
    assert_true(engine_next_due(&machine.engine) == UINT64_MAX);
}

static void its_routine_is_an_apc_of_who_set_it(void **state)
{
    (void)state;
    struct object *timer = timer_create(machine.nt, false);
    const struct timer_setting setting = {
        .due_ns = ms, .period_ns = ms, .routine = note, .context = {&expired}};
    const struct wait_request alertable = {
        .alertable = true, .timeout_ns = for_ever, .call = "SleepEx"};
    expired = 0;
    timer_set(timer, &setting);
    wait_for_time(machine.nt, 3 * ms + 1, "Sleep");
    assert_int_equal(expired, 0);
    assert_status(wait_for(machine.nt, &alertable, NULL), STATUS_USER_APC);
    assert_int_equal(expired, 1); /* one is queued at a time */
    assert_int_equal(expiries[0], 3 * ms);
    assert_status(wait_for(machine.nt, &alertable, NULL), STATUS_USER_APC);
    assert_int_equal(expiries[1], 4 * ms);
    wait_for_time(machine.nt, 2 * ms, "Sleep");
    timer_cancel(timer); /* takes it back */
    assert_false(apc_deliver(machine.nt));
    assert_int_equal(timer->references, 1);
}

static void set_and_end(void *context)
{
    const struct timer_setting setting = {
        .due_ns = 5 * ms, .period_ns = ms, .routine = note, .context = {&expired}};
    timer_set(context, &setting);
}

static void a_timer_whose_setter_ended_is_cancelled(void **state)
{
    (void)state;
    struct object *timer = timer_create(machine.nt, true);
    expired = 0;
    assert_non_null(thread_create(home, set_and_end, timer));
    assert_status(wait_one(timer, 50 * ms), STATUS_TIMEOUT);
    assert_int_equal(expired, 0);
    assert_true(engine_next_due(&machine.engine) == UINT64_MAX);
}

/* ---- Names ----------------------------------------------------------------------------------- */

static nt_status find(const char *text, enum object_type type, struct object **object)
{
    uint16_t wide[400];
    size_t i = 0;
    do
        wide[i] = (unsigned char)text[i];
    while (text[i++] != '\0');
    return name_find(machine.nt, wide, type, object);
}

static void a_name_lives_as_long_as_a_handle(void **state)
{
    (void)state;
    static const uint16_t name[] = {'L', 'o', 'c', 'a', 'l', '\\', 'x', 0};
    struct object *event = event_create(machine.nt, true, false), *found = NULL;
    struct process *other = new_process(NULL, false);
    uint64_t one = 0, two = 0;
    assert_status(find("x", OBJECT_EVENT, &found), STATUS_OBJECT_NAME_NOT_FOUND);
    assert_status(name_give(event, name), STATUS_SUCCESS);
    handle_open(home, event, false, &one);
    handle_open(other, event, false, &two);

    assert_status(find("x", OBJECT_EVENT, &found), STATUS_SUCCESS);
    assert_ptr_equal(found, event);
    assert_status(find("Global\\x", OBJECT_EVENT, &found), STATUS_SUCCESS);
    assert_status(find("X", OBJECT_EVENT, &found), STATUS_OBJECT_NAME_NOT_FOUND);
    assert_status(find("x", OBJECT_MUTEX, &found), STATUS_OBJECT_TYPE_MISMATCH);
    assert_status(find("a\\x", OBJECT_EVENT, &found), STATUS_OBJECT_PATH_NOT_FOUND);
    char longer[300];
    memset(longer, 'n', sizeof longer);
    longer[261] = '\0';
    assert_status(find(longer, OBJECT_EVENT, &found), STATUS_NAME_TOO_LONG);
    longer[260] = '\0';
    assert_status(find(longer, OBJECT_EVENT, &found), STATUS_OBJECT_NAME_NOT_FOUND);

    handle_close(home, one);
    assert_status(find("x", OBJECT_EVENT, &found), STATUS_SUCCESS);
    process_end(other, 0);
    assert_status(find("x", OBJECT_EVENT, &found), STATUS_OBJECT_NAME_NOT_FOUND);
    object_release(event);
}

/* ---- Handles and threads --------------------------------------------------------------------- */

static void a_protected_handle_is_closed_by_its_process_end_alone(void **state)
{
    (void)state;
    struct object *event = event_create(machine.nt, true, false);
    struct process *other = new_process(NULL, false);
    uint64_t handle = 0;
    unsigned flags = 9;
    handle_open(other, event, true, &handle);
    assert_status(handle_set_flags(other, handle, HANDLE_PROTECTED, HANDLE_PROTECTED),
                  STATUS_SUCCESS);
    assert_status(handle_get_flags(other, handle, &flags), STATUS_SUCCESS);
    assert_int_equal(flags, HANDLE_INHERITS | HANDLE_PROTECTED);
    assert_status(handle_close(other, handle), STATUS_HANDLE_NOT_CLOSABLE);
    process_end(other, 0);
    assert_int_equal(event->handles, 0);
}

static void a_suspended_thread_waits_on_but_does_not_run(void **state)
{
    (void)state;
    struct object *event = event_create(machine.nt, false, false);
    struct helper helper = helper_of(event);
    struct thread *thread = thread_create_suspended(home, help, &helper);
    let_run();
    assert_null(event->waiters);
    assert_int_equal(thread_unsuspend(thread), 1);
    let_run();
    assert_non_null(event->waiters);

    assert_int_equal(thread_suspend(thread), 0);
    assert_int_equal(thread_suspend(thread), 1);
    object_signal(event); /* its wait is over, and it has what it waited for */
    assert_false(event->signaled);
    let_run();
    assert_int_equal(helper.turns, 0);
    assert_int_equal(thread_unsuspend(thread), 2);
    let_run();
    assert_int_equal(helper.turns, 0);
    assert_int_equal(thread_unsuspend(thread), 1);
    let_run();
    assert_int_equal(helper.turns, 1);
}

static void a_terminated_thread_takes_its_process_along_when_it_was_the_last(void **state)
{
    (void)state;
    struct object *event = event_create(machine.nt, false, false);
    struct process *other = new_process(NULL, false);
    struct helper a = helper_of(event), b = helper_of(event);
    object_reference(&other->object);
    struct thread *first = thread_create(other, help, &a), *second = thread_create(other, help, &b);
    object_reference(&first->object);
    let_run();
    assert_ptr_equal(thread_find(machine.nt, first->id), first);
    thread_terminate(first, 7);
    assert_null(thread_find(machine.nt, first->id));
    assert_int_equal(first->exit_code, 7);
    assert_true(first->object.signaled);
    assert_false(other->ended);
    thread_terminate(second, 8);
    assert_true(other->ended);
    assert_int_equal(other->exit_code, 8);
    object_release(&first->object);
    object_release(&other->object);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        OBJECTS_TEST(a_mutex_is_its_owners_as_often_as_he_waited),
        OBJECTS_TEST(a_mutex_whose_owner_ended_is_abandoned_once),
        OBJECTS_TEST(who_waits_for_an_abandoned_mutex_is_told),
        OBJECTS_TEST(a_mutex_may_go_while_it_is_owned),
        OBJECTS_TEST(a_semaphore_lets_as_many_go_as_its_count),
        OBJECTS_TEST(waiting_for_all_takes_from_each_or_from_none),
        OBJECTS_TEST(a_timer_is_signaled_when_its_time_comes),
        OBJECTS_TEST(a_period_signals_again_and_again_until_cancelled),
        OBJECTS_TEST(its_routine_is_an_apc_of_who_set_it),
        OBJECTS_TEST(a_timer_whose_setter_ended_is_cancelled),
        OBJECTS_TEST(a_name_lives_as_long_as_a_handle),
        OBJECTS_TEST(a_protected_handle_is_closed_by_its_process_end_alone),
        OBJECTS_TEST(a_suspended_thread_waits_on_but_does_not_run),
        OBJECTS_TEST(a_terminated_thread_takes_its_process_along_when_it_was_the_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
