/* Keyed events: who meets whom. */
#include "sim/nt/fixture.h"
#include "sim/nt/keyed.h"

enum { KEY = 8, ANOTHER_KEY = 16 };

static struct process *home;
static struct object *event;

struct helper {
    struct keyed_meeting meeting;
    nt_status status;
};

static void help(void *context)
{
    struct helper *helper = context;
    helper->status = keyed_meet(machine.nt, event, &helper->meeting);
}

static struct helper helper_at(uint64_t key, bool releases)
{
    return (struct helper){.meeting = {.key = key,
                                       .releases = releases,
                                       .timeout_ns = UINT64_MAX,
                                       .call = "a keyed event"},
                           .status = STATUS_PENDING};
}

static struct thread *start(struct helper *helper)
{
    struct thread *thread = thread_create(home, help, helper);
    assert_non_null(thread);
    wait_for_time(machine.nt, 1000, "a test");
    return thread;
}

static int begin(void **state)
{
    setup_machine(state);
    home = enter();
    event = keyed_create(machine.nt);
    assert_non_null(event);
    return 0;
}

static int leave(void **state)
{
    object_release(event);
    thread_return(machine.nt);
    return teardown_machine(state);
}

static nt_status meet(uint64_t key, bool releases, uint64_t timeout_ns)
{
    const struct keyed_meeting meeting = {
        .key = key, .releases = releases, .timeout_ns = timeout_ns, .call = "a keyed event"};
    return keyed_meet(machine.nt, event, &meeting);
}

static void the_longest_waiting_is_met_first(void **state)
{
    (void)state;
    struct helper first = helper_at(KEY, false), second = helper_at(KEY, false);
    start(&first);
    start(&second);
    assert_status(meet(KEY, true, 0), STATUS_SUCCESS);
    wait_for_time(machine.nt, 1000, "a test");
    assert_status(first.status, STATUS_SUCCESS);
    assert_status(second.status, STATUS_PENDING);
    assert_status(meet(KEY, true, 0), STATUS_SUCCESS);
    wait_for_time(machine.nt, 1000, "a test");
    assert_status(second.status, STATUS_SUCCESS);
    assert_null(machine.nt->keyed);
}

static void another_key_is_another_meeting(void **state)
{
    (void)state;
    struct helper other = helper_at(ANOTHER_KEY, false);
    start(&other);
    assert_status(meet(KEY, true, 1000), STATUS_TIMEOUT);
    assert_status(meet(ANOTHER_KEY, false, 1000), STATUS_TIMEOUT); /* both wait */
    assert_status(meet(ANOTHER_KEY, true, 1000), STATUS_SUCCESS);
}

static void who_releases_waits_too(void **state)
{
    (void)state;
    struct helper releasing = helper_at(KEY, true);
    start(&releasing);
    assert_status(releasing.status, STATUS_PENDING);
    assert_status(meet(KEY, false, 0), STATUS_SUCCESS);
    wait_for_time(machine.nt, 1000, "a test");
    assert_status(releasing.status, STATUS_SUCCESS);
}

static void who_has_ended_is_not_met(void **state)
{
    (void)state;
    struct helper ended = helper_at(KEY, false);
    thread_terminate(start(&ended), 0);
    assert_status(meet(KEY, true, 1000), STATUS_TIMEOUT);
    assert_null(machine.nt->keyed);
}

#define KEYED_TEST(name) cmocka_unit_test_setup_teardown(name, begin, leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        KEYED_TEST(the_longest_waiting_is_met_first),
        KEYED_TEST(another_key_is_another_meeting),
        KEYED_TEST(who_releases_waits_too),
        KEYED_TEST(who_has_ended_is_not_met),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
