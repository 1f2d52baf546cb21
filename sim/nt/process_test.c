/* How processes and threads begin and end, by themselves, by others and with the machine. */
#if !defined(_WIN32)
#define _DEFAULT_SOURCE
#include <errno.h>
#include <sys/mman.h>
#endif

#include "sim/nt/fixture.h"

#include "sim/engine/fiber.h"

static const uint64_t for_ever = UINT64_MAX;

static nt_status wait_one(struct object *object, uint64_t timeout_ns)
{
    return wait_for_objects(machine.nt, &object, 1, false, timeout_ns, "WaitForSingleObject", NULL);
}

static void let_run(void)
{
    wait_for_time(machine.nt, 1, "Sleep");
    nt_check(machine.nt);
}

static void wait_for_ever(void *context)
{
    wait_one(context, for_ever);
    fail_msg("a thread went on that should not have");
}

static void sleep_for_ever(void *context)
{
    (void)context;
    wait_for_time(machine.nt, for_ever, "Sleep");
    fail_msg("a thread went on that should not have");
}

static void return_at_once(void *context)
{
    (void)context;
}

/* ---- Beginning ------------------------------------------------------------------------------- */

static void numbers_are_multiples_of_4_and_never_come_back(void **state)
{
    (void)state;
    struct process *one = new_process(NULL, false);
    struct thread *thread = thread_create(one, sleep_for_ever, NULL);
    struct process *two = new_process(NULL, false);
    assert_int_equal(one->id, 8);
    assert_int_equal(thread->id, 12);
    assert_int_equal(two->id, 16);
    assert_ptr_equal(process_find(machine.nt, 8), one);
    assert_ptr_equal(process_find(machine.nt, 16), two);
    assert_null(process_find(machine.nt, 12));

    process_end(one, 0);
    assert_null(process_find(machine.nt, 8));
    assert_int_equal(new_process(NULL, false)->id, 20);
}

static void a_process_begins_with_its_token_and_clean_scratch(void **state)
{
    (void)state;
    const struct token token = {ACCOUNT_ADMIN, ELEVATION_FULL, true};
    struct process *process = process_create(machine.nt, &token, NULL, false);
    assert_true(process->token.administrator);
    assert_int_equal(process->token.account, ACCOUNT_ADMIN);
    for (int i = 0; i < WINSOCK_PROCESS_BYTES; i++)
        assert_int_equal(process->winsock[i], 0);
    assert_null(process->userspace.base);
}

static void no_memory_is_an_answer(void **state)
{
    (void)state;
    const struct token token = {0};
    machine.engine.arena.fail_in = 1;
    assert_null(process_create(machine.nt, &token, NULL, false));
    assert_null(machine.nt->processes);
    struct process *process = new_process(NULL, false);
    machine.engine.arena.fail_in = 1;
    assert_null(thread_create(process, return_at_once, NULL));
    machine.engine.arena.fail_in = 1;
    assert_null(thread_borrow(process));
    assert_null(process->threads);
    assert_null(machine.nt->current);
    nt_check(machine.nt);

    struct disk disk = {0};
    machine.engine.arena.fail_in = 1;
    assert_null(nt_boot(&machine.engine, &disk, &machine.profile, &machine.uac, 1));
}

/* ---- Ending ---------------------------------------------------------------------------------- */

static void a_process_ends_with_its_last_thread(void **state)
{
    (void)state;
    enter();
    struct process *process = new_process(NULL, false);
    object_reference(&process->object);
    thread_create(process, return_at_once, NULL);
    struct thread *second = thread_create(process, return_at_once, NULL);
    object_reference(&second->object);

    assert_status(wait_one(&second->object, for_ever), STATUS_SUCCESS);
    assert_status(wait_one(&process->object, for_ever), STATUS_SUCCESS);

    assert_true(process->ended);
    assert_int_equal(process->exit_code, 0);
    assert_int_equal(second->state, THREAD_ENDED);
    assert_null(process->threads);
    object_release(&second->object);
    object_release(&process->object);
    nt_check(machine.nt);
}

static void end_thread_7(void *context)
{
    (void)context;
    thread_end(machine.nt->current, 7);
}

static void a_thread_ends_with_its_own_code(void **state)
{
    (void)state;
    enter();
    struct process *process = new_process(NULL, false);
    struct thread *stays = thread_create(process, sleep_for_ever, NULL);
    struct thread *thread = thread_create(process, end_thread_7, NULL);
    object_reference(&thread->object);
    assert_status(wait_one(&thread->object, for_ever), STATUS_SUCCESS);
    assert_int_equal(thread->exit_code, 7);
    assert_false(process->ended);
    assert_ptr_equal(process->threads, stays);
    object_release(&thread->object);
    let_run();
    let_run();
}

static void end_own_process(void *context)
{
    process_end(machine.nt->current->process, *(uint32_t *)context);
    fail_msg("a thread outlived its process");
}

static void a_thread_may_end_its_process(void **state)
{
    (void)state;
    enter();
    struct process *process = new_process(NULL, false);
    object_reference(&process->object);
    uint32_t code = 42;
    thread_create(process, sleep_for_ever, NULL);
    thread_create(process, end_own_process, &code);
    thread_create(process, sleep_for_ever, NULL);

    assert_status(wait_one(&process->object, for_ever), STATUS_SUCCESS);

    assert_int_equal(process->exit_code, 42);
    assert_null(process->threads);
    assert_int_equal(machine.nt->ready_count, 0);
    assert_int_equal(process->object.references, 1);
    object_release(&process->object);
    nt_check(machine.nt);
}

static void an_ended_process_leaves_no_wait_behind(void **state)
{
    (void)state;
    enter();
    struct object *event = event_create(machine.nt, false, false);
    struct process *process = new_process(NULL, false);
    thread_create(process, wait_for_ever, event);
    thread_create(process, sleep_for_ever, NULL);
    thread_create(process, wait_for_ever, event);
    struct thread *fresh = thread_create(process, wait_for_ever, event);
    let_run();
    assert_int_equal(event->references, 4);
    object_reference(&fresh->object);

    process_end(process, 1);

    assert_null(event->waiters);
    assert_int_equal(event->references, 1);
    assert_true(fresh->object.signaled);
    assert_int_equal(fresh->exit_code, 1);
    object_release(&fresh->object);
    object_signal(event);
    assert_true(event->signaled); /* nobody took it */
    let_run();
}

static void a_process_may_end_before_its_threads_began(void **state)
{
    (void)state;
    enter();
    struct process *process = new_process(NULL, false);
    thread_create(process, sleep_for_ever, NULL);
    thread_create(process, sleep_for_ever, NULL);
    assert_int_equal(machine.nt->ready_count, 2);
    process_end(process, 0);
    assert_int_equal(machine.nt->ready_count, 0);
    let_run();
}

static struct process *victim;
static nt_status seen_status;
static uint32_t seen_code;

static void wait_for_victim(void *context)
{
    (void)context;
    object_reference(&victim->object);
    seen_status = wait_one(&victim->object, for_ever);
    seen_code = victim->exit_code;
    object_release(&victim->object);
}

static void who_waits_for_a_process_learns_its_end(void **state)
{
    (void)state;
    enter();
    victim = new_process(NULL, false);
    thread_create(victim, sleep_for_ever, NULL);
    struct process *watcher = new_process(NULL, false);
    thread_create(watcher, wait_for_victim, NULL);
    seen_status = STATUS_PENDING;
    let_run();
    assert_status(seen_status, STATUS_PENDING);

    process_end(victim, 99);
    let_run();

    assert_status(seen_status, STATUS_SUCCESS);
    assert_int_equal(seen_code, 99);
    assert_null(process_find(machine.nt, 16));
}

static void a_process_may_hold_a_handle_of_itself(void **state)
{
    (void)state;
    struct process *process = new_process(NULL, false);
    uint64_t handle;
    handle_open(process, &process->object, false, &handle);
    process_end(process, 0);
    assert_null(machine.nt->processes);
}

static void an_ended_process_is_there_as_long_as_a_handle(void **state)
{
    (void)state;
    struct process *child = new_process(NULL, false), *parent = new_process(NULL, false);
    uint64_t handle;
    handle_open(parent, &child->object, false, &handle);
    process_end(child, 5);
    assert_ptr_equal(handle_find(parent, handle, OBJECT_PROCESS), &child->object);
    assert_int_equal(child->exit_code, 5);
    assert_true(child->object.signaled);
    assert_null(thread_create(child, return_at_once, NULL));
    handle_close(parent, handle);
    nt_check(machine.nt);
}

/* ---- The borrowed thread --------------------------------------------------------------------- */

static void end_victim(void *context)
{
    (void)context;
    process_end(victim, 3);
}

static void a_borrowed_thread_comes_back_from_its_wait(void **state)
{
    (void)state;
    struct object *never = event_create(machine.nt, true, false);
    victim = enter();
    struct thread *self = machine.nt->current;
    struct process *killer = new_process(NULL, false);
    thread_create(killer, end_victim, NULL);

    assert_status(wait_one(never, for_ever), STATUS_CANCELLED);

    assert_ptr_equal(machine.nt->current, self);
    assert_true(victim->ended);
    /* It goes on in a process that has ended: everything is refused, nothing breaks. */
    uint64_t handle;
    assert_status(wait_one(never, for_ever), STATUS_CANCELLED);
    assert_status(handle_open(victim, never, false, &handle), STATUS_CANCELLED);
    wait_for_time(machine.nt, 1000, "Sleep");
    assert_int_equal(machine.engine.now_ns, 0);
    thread_return(machine.nt);
    assert_null(machine.nt->current);
    nt_check(machine.nt);
}

static void a_thread_beside_it_ends_the_process(void **state)
{
    (void)state;
    struct object *never = event_create(machine.nt, true, false);
    uint32_t code = 11;
    victim = enter();
    thread_create(victim, end_own_process, &code);
    assert_status(wait_one(never, for_ever), STATUS_CANCELLED);
    assert_int_equal(victim->exit_code, 11);
    thread_return(machine.nt);
    assert_null(machine.nt->processes);
}

static void it_may_end_its_own_process(void **state)
{
    (void)state;
    struct process *process = enter();
    thread_create(process, sleep_for_ever, NULL);
    process_end(process, 1);
    assert_true(process->ended);
    thread_return(machine.nt);
    nt_check(machine.nt);
}

static void it_is_lent_to_one_process_after_another(void **state)
{
    (void)state;
    struct process *one = new_process(NULL, false), *two = new_process(NULL, false);
    for (int i = 0; i < 10; i++) {
        struct process *process = i % 2 == 0 ? one : two;
        assert_non_null(thread_borrow(process));
        assert_ptr_equal(machine.nt->current->process, process);
        let_run();
        thread_return(machine.nt);
        nt_check(machine.nt);
    }
    assert_null(one->threads);
    assert_false(one->ended);
}

/* ---- Events that end processes --------------------------------------------------------------- */

static void end_process_now(void *context, uint64_t argument)
{
    process_end(context, (uint32_t)argument);
}

/* The event runs on whatever stack gave up its turn last: that of the thread it stops, for one. */
static void an_event_may_end_the_process_on_whose_stack_it_runs(void **state)
{
    (void)state;
    enter();
    struct process *process = new_process(NULL, false);
    object_reference(&process->object);
    thread_create(process, sleep_for_ever, NULL);
    thread_create(process, sleep_for_ever, NULL);
    engine_post(&machine.engine, 1000, end_process_now, process, 8);
    assert_status(wait_one(&process->object, for_ever), STATUS_SUCCESS);
    assert_int_equal(process->exit_code, 8);
    let_run();
    object_release(&process->object);
}

/* ---- The end of the machine ------------------------------------------------------------------ */

static int cleaned;
static void count_cleanup(struct object *object)
{
    (void)object;
    cleaned++;
}
static void forget(struct object *object)
{
    (void)object;
}
static const struct object_ops counting_ops = {.cleanup = count_cleanup, .destroy = forget};

static void populate(struct object *counted)
{
    object_init(counted, machine.nt, OBJECT_SOCKET, &counting_ops);
    for (int i = 0; i < 5; i++) {
        struct process *process = i == 0 ? enter() : new_process(NULL, false);
        uint64_t handle;
        assert_status(handle_open(process, counted, false, &handle), STATUS_SUCCESS);
        assert_non_null(userspace_allocate(&process->userspace, 100));
        thread_create(process, sleep_for_ever, NULL);
        thread_create(process, wait_for_ever, &process->object);
    }
    let_run();
}

static void a_shutdown_closes_what_a_power_cut_forgets(void **state)
{
    (void)state;
    struct object counted;
    cleaned = 0;
    populate(&counted);
    nt_shut_down(machine.nt);
    assert_int_equal(cleaned, 1);
    assert_null(machine.nt->processes);
    assert_null(machine.nt->current);
    nt_check(machine.nt);
    nt_power_cut(machine.nt);
    engine_power_off(&machine.engine);

    cleaned = 0;
    boot();
    populate(&counted);
    nt_power_cut(machine.nt);
    assert_int_equal(cleaned, 0);
    assert_false(machine.disk.powered);
    engine_power_off(&machine.engine);
    boot();
    assert_true(machine.disk.powered);
    nt_check(machine.nt);
}

#if !defined(_WIN32)
static bool is_mapped(void *page)
{
    return msync(page, PAGE_SIZE_BYTES, MS_ASYNC) == 0 || errno != ENOMEM;
}

static void the_host_gets_its_pages_back(void **state)
{
    (void)state;
    for (int how = 0; how < 3; how++) {
        struct process *process = new_process(NULL, false);
        assert_non_null(userspace_allocate(&process->userspace, 1));
        void *pages = process->userspace.base;
        object_reference(&process->object); /* the end closes it, not the last reference */
        assert_true(is_mapped(pages));
        if (how == 0)
            process_end(process, 0);
        else if (how == 1)
            nt_shut_down(machine.nt);
        else
            nt_power_cut(machine.nt);
        assert_false(is_mapped(pages));
    }
}
#endif

static void stacks_are_used_again(void **state)
{
    (void)state;
    unsigned made = 0;
    for (int round = 0; round < 50; round++) {
        struct object counted;
        populate(&counted);
        if (round % 2 == 0)
            nt_shut_down(machine.nt);
        nt_power_cut(machine.nt);
        engine_power_off(&machine.engine);
        boot();
        if (round == 0)
            made = fiber_stacks_made();
    }
    assert_int_equal(fiber_stacks_made(), made);
}

static void time_goes_on_across_a_boot_and_uptime_begins_anew(void **state)
{
    (void)state;
    enter();
    wait_for_time(machine.nt, 500, "Sleep");
    nt_shut_down(machine.nt);
    engine_power_off(&machine.engine);
    boot();
    assert_int_equal(machine.engine.now_ns, 500);
    assert_int_equal(nt_uptime_ns(machine.nt), 0);
    enter();
    wait_for_time(machine.nt, 20, "Sleep");
    assert_int_equal(nt_uptime_ns(machine.nt), 20);
}

static void an_idle_executive_is_small(void **state)
{
    (void)state;
    enter();
    assert_true(machine.engine.arena.used <= 2048);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(numbers_are_multiples_of_4_and_never_come_back),
        TEST(a_process_begins_with_its_token_and_clean_scratch),
        TEST(no_memory_is_an_answer),
        TEST(a_process_ends_with_its_last_thread),
        TEST(a_thread_ends_with_its_own_code),
        TEST(a_thread_may_end_its_process),
        TEST(an_ended_process_leaves_no_wait_behind),
        TEST(a_process_may_end_before_its_threads_began),
        TEST(who_waits_for_a_process_learns_its_end),
        TEST(a_process_may_hold_a_handle_of_itself),
        TEST(an_ended_process_is_there_as_long_as_a_handle),
        TEST(a_borrowed_thread_comes_back_from_its_wait),
        TEST(a_thread_beside_it_ends_the_process),
        TEST(it_may_end_its_own_process),
        TEST(it_is_lent_to_one_process_after_another),
        TEST(an_event_may_end_the_process_on_whose_stack_it_runs),
        TEST(a_shutdown_closes_what_a_power_cut_forgets),
#if !defined(_WIN32)
        TEST(the_host_gets_its_pages_back),
#endif
        TEST(stacks_are_used_again),
        TEST(time_goes_on_across_a_boot_and_uptime_begins_anew),
        TEST(an_idle_executive_is_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
