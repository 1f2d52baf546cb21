/* Completion ports. The test is a borrowed thread of a process; its helpers are fibers. */
#include "sim/nt/fixture.h"

#include "sim/nt/apc.h"
#include "sim/nt/port.h"

static const uint64_t for_ever = UINT64_MAX;
static const uint64_t ms = 1000000;

static struct process *home;
static uint32_t done_count;

static int setup(void **state)
{
    setup_machine(state);
    done_count = 0;
    home = enter();
    return 0;
}

#define PORT_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown_machine)

static void packet_done(struct nt *nt, struct packet *packet)
{
    assert_ptr_equal(nt, machine.nt);
    packet->key = 0;
    done_count++;
}

static struct packet packets[8];

static void post(struct port *port, uint64_t key)
{
    packets[key] = (struct packet){.key = key, .done = packet_done};
    port_post(port, &packets[key]);
    port_check(port);
}

static struct port *new_port(uint32_t concurrency)
{
    struct port *port = port_create(machine.nt, concurrency);
    assert_non_null(port);
    return port;
}

static nt_status take(struct port *port, uint64_t timeout_ns, uint64_t *key)
{
    struct packet *packet = NULL;
    uint32_t taken = 9;
    nt_status status =
        port_take(port, &packet, 1, &taken, timeout_ns, false, "GetQueuedCompletionStatus");
    port_check(port);
    if (status != STATUS_SUCCESS) {
        assert_int_equal(taken, 0);
        return status;
    }
    assert_int_equal(taken, 1);
    *key = packet->key;
    packet->done(machine.nt, packet);
    return STATUS_SUCCESS;
}

/* A helper: takes a packet, then waits for its event before it ends. */
struct worker {
    struct port *port;
    struct object *then;
    uint64_t timeout_ns;
    bool alertable;
    uint32_t taken;
    uint64_t keys[4];
    uint32_t size;
    nt_status status;
    bool over;
};

static void work(void *context)
{
    struct worker *worker = context;
    struct packet *got[4];
    worker->status = port_take(worker->port, got, worker->size, &worker->taken, worker->timeout_ns,
                               worker->alertable, "GetQueuedCompletionStatusEx");
    for (uint32_t i = 0; i < worker->taken; i++) {
        worker->keys[i] = got[i]->key;
        got[i]->done(machine.nt, got[i]);
    }
    if (worker->then != NULL)
        wait_for_objects(machine.nt, &worker->then, 1, false, for_ever, "WaitForSingleObject",
                         NULL);
    worker->over = true;
}

static struct worker worker_of(struct port *port)
{
    return (struct worker){
        .port = port, .timeout_ns = for_ever, .size = 1, .status = STATUS_PENDING};
}

static struct thread *start(struct worker *worker)
{
    struct thread *thread = thread_create(home, work, worker);
    assert_non_null(thread);
    wait_for_time(machine.nt, 1, "Sleep");
    return thread;
}

static void let_run(void)
{
    wait_for_time(machine.nt, 1, "Sleep");
    nt_check(machine.nt);
}

/* ---- Packets --------------------------------------------------------------------------------- */

static void packets_come_first_in_first_out(void **state)
{
    (void)state;
    struct port *port = new_port(1);
    uint64_t key = 0;
    for (uint64_t i = 1; i <= 3; i++)
        post(port, i);
    assert_int_equal(port_depth(port), 3);
    for (uint64_t i = 1; i <= 3; i++) {
        assert_status(take(port, for_ever, &key), STATUS_SUCCESS);
        assert_int_equal(key, i);
    }
    assert_int_equal(port_depth(port), 0);
    assert_status(take(port, 0, &key), STATUS_TIMEOUT);
    assert_status(take(port, ms, &key), STATUS_TIMEOUT);
    assert_int_equal(machine.engine.now_ns, ms);
    assert_int_equal(done_count, 3);
}

static void several_come_at_once(void **state)
{
    (void)state;
    struct port *port = new_port(1);
    struct packet *got[4];
    uint32_t taken = 0;
    for (uint64_t i = 1; i <= 6; i++)
        post(port, i);
    assert_status(port_take(port, got, 4, &taken, 0, false, "Ex"), STATUS_SUCCESS);
    assert_int_equal(taken, 4);
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(got[i]->key, i + 1);
    assert_status(port_take(port, got, 4, &taken, 0, false, "Ex"), STATUS_SUCCESS);
    assert_int_equal(taken, 2);
    assert_int_equal(got[0]->key, 5);
}

/* ---- Threads --------------------------------------------------------------------------------- */

static void who_began_to_wait_last_is_let_go_first(void **state)
{
    (void)state;
    struct port *port = new_port(4);
    struct worker a = worker_of(port), b = worker_of(port), c = worker_of(port);
    start(&a);
    start(&b);
    start(&c);

    post(port, 1);
    post(port, 2);
    assert_int_equal(port_depth(port), 0); /* handed over */
    let_run();
    assert_status(c.status, STATUS_SUCCESS);
    assert_int_equal(c.keys[0], 1);
    assert_status(b.status, STATUS_SUCCESS);
    assert_int_equal(b.keys[0], 2);
    assert_status(a.status, STATUS_PENDING);
}

static void no_more_run_than_the_port_allows(void **state)
{
    (void)state;
    struct port *port = new_port(1);
    struct worker a = worker_of(port), b = worker_of(port);
    start(&a);
    start(&b);

    post(port, 1);
    post(port, 2);
    assert_int_equal(port_depth(port), 1); /* b has the place */
    let_run();                             /* and ends */
    let_run();
    assert_int_equal(b.keys[0], 1);
    assert_int_equal(a.keys[0], 2);
}

static void by_default_as_many_run_as_there_are_processors(void **state)
{
    (void)state;
    struct port *port = new_port(0);
    struct worker workers[PORT_PROCESSORS + 1];
    for (int i = 0; i <= PORT_PROCESSORS; i++) {
        workers[i] = worker_of(port);
        start(&workers[i]);
    }
    for (uint64_t i = 1; i <= PORT_PROCESSORS + 1; i++)
        post(port, i);
    assert_int_equal(port_depth(port), 1);
}

static void who_waits_elsewhere_gives_up_its_place(void **state)
{
    (void)state;
    struct port *port = new_port(1);
    struct object *event = event_create(machine.nt, true, false);
    struct worker a = worker_of(port), b = worker_of(port);
    a.then = b.then = event;
    start(&a);
    start(&b);

    post(port, 1);
    post(port, 2);
    let_run(); /* b takes the first and waits: a is let go, and waits too */
    assert_int_equal(b.keys[0], 1);
    assert_status(a.status, STATUS_SUCCESS);
    object_signal(event); /* both are back: one too many */
    struct worker c = worker_of(port);
    post(port, 3);
    start(&c);
    assert_true(a.over);
    assert_true(b.over);
    let_run();
    assert_int_equal(c.keys[0], 3);
}

static void a_place_taken_keeps_a_packet_queued(void **state)
{
    (void)state;
    struct port *port = new_port(1);
    uint64_t key = 0;
    post(port, 1);
    assert_status(take(port, 0, &key), STATUS_SUCCESS); /* the test has the only place */
    struct worker a = worker_of(port);
    a.timeout_ns = 0;
    post(port, 2);
    assert_non_null(thread_create(home, work, &a));
    /* The test does not wait but gives up its turn: it still counts. */
    while (!a.over)
        wait_for_time(machine.nt, 0, "Sleep");
    assert_status(a.status, STATUS_TIMEOUT);
    assert_int_equal(port_depth(port), 1);
    assert_status(take(port, 0, &key), STATUS_SUCCESS); /* its own place does not hinder it */
    assert_int_equal(key, 2);
}

static void a_thread_counts_for_the_port_it_took_from_last(void **state)
{
    (void)state;
    struct port *first = new_port(1), *second = new_port(1);
    struct worker a = worker_of(first);
    uint64_t key = 0;
    post(first, 1);
    assert_status(take(first, 0, &key), STATUS_SUCCESS);
    start(&a);
    wait_for_time(machine.nt, 0, "Sleep");
    post(first, 2);
    assert_int_equal(port_depth(first), 1);
    assert_status(take(second, 0, &key), STATUS_TIMEOUT); /* leaves the first */
    assert_int_equal(port_depth(first), 0);
    let_run();
    assert_int_equal(a.keys[0], 2);
}

static void a_thread_that_ends_gives_up_its_place_and_its_packet(void **state)
{
    (void)state;
    struct port *port = new_port(1);
    struct process *other = new_process(NULL, false);
    struct worker a = worker_of(port), b = worker_of(port);
    start(&a);
    struct thread *thread = thread_create(other, work, &b);
    assert_non_null(thread);
    let_run();

    post(port, 1); /* b has it, and has not run */
    post(port, 2);
    process_end(other, 0);
    assert_int_equal(done_count, 1);
    assert_status(b.status, STATUS_PENDING);
    let_run();
    assert_int_equal(a.keys[0], 2);
}

static void a_waiter_whose_time_is_up_is_out_of_the_line(void **state)
{
    (void)state;
    struct port *port = new_port(4);
    struct worker a = worker_of(port), b = worker_of(port), c = worker_of(port);
    b.timeout_ns = ms;
    start(&a);
    start(&b);
    start(&c);
    wait_for_time(machine.nt, 2 * ms, "Sleep");
    port_check(port);
    assert_status(b.status, STATUS_TIMEOUT);
    assert_int_equal(b.taken, 0);
    post(port, 1);
    post(port, 2);
    let_run();
    assert_int_equal(c.keys[0], 1);
    assert_int_equal(a.keys[0], 2);
}

static void run_nothing(struct nt *nt, struct apc *apc)
{
    (void)nt;
    apc->next = apc;
}

static void an_apc_ends_an_alertable_take(void **state)
{
    (void)state;
    struct port *port = new_port(4);
    struct worker a = worker_of(port);
    struct apc apc = {.run = run_nothing, .drop = run_nothing};
    a.alertable = true;
    struct thread *thread = start(&a);
    apc_queue(thread, &apc);
    port_check(port);
    let_run();
    assert_ptr_equal(apc.next, &apc);
    assert_status(a.status, STATUS_USER_APC);

    struct packet *got;
    uint32_t taken;
    post(port, 1);
    apc_queue(machine.nt->current, &apc);
    assert_status(port_take(port, &got, 1, &taken, 0, true, "Ex"), STATUS_SUCCESS);
    assert_status(port_take(port, &got, 1, &taken, 0, true, "Ex"), STATUS_USER_APC);
}

static void one_that_was_let_go_takes_what_came_since(void **state)
{
    (void)state;
    struct port *port = new_port(1);
    struct worker a = worker_of(port);
    a.size = 4;
    start(&a);
    for (uint64_t i = 1; i <= 3; i++)
        post(port, i);
    let_run();
    assert_int_equal(a.taken, 3);
    assert_int_equal(a.keys[2], 3);
}

/* ---- The end --------------------------------------------------------------------------------- */

static void closing_the_last_handle_lets_everybody_go(void **state)
{
    (void)state;
    struct port *port = new_port(4);
    uint64_t one = 0, two = 0;
    assert_status(handle_open(home, port_object(port), false, &one), STATUS_SUCCESS);
    assert_status(handle_open(home, port_object(port), false, &two), STATUS_SUCCESS);
    struct worker a = worker_of(port), b = worker_of(port);
    start(&a);
    start(&b);

    handle_close(home, one);
    let_run();
    assert_status(a.status, STATUS_PENDING);
    handle_close(home, two);
    let_run();
    assert_status(a.status, STATUS_ABANDONED);
    assert_status(b.status, STATUS_ABANDONED);
    post(port, 1);
    assert_int_equal(done_count, 1);
    object_release(port_object(port));
}

static void packets_of_a_port_that_goes_are_done(void **state)
{
    (void)state;
    struct port *port = new_port(4);
    uint64_t handle = 0;
    assert_status(handle_open(home, port_object(port), false, &handle), STATUS_SUCCESS);
    object_release(port_object(port));
    post(port, 1);
    post(port, 2);
    handle_close(home, handle);
    assert_int_equal(done_count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PORT_TEST(packets_come_first_in_first_out),
        PORT_TEST(several_come_at_once),
        PORT_TEST(who_began_to_wait_last_is_let_go_first),
        PORT_TEST(no_more_run_than_the_port_allows),
        PORT_TEST(by_default_as_many_run_as_there_are_processors),
        PORT_TEST(who_waits_elsewhere_gives_up_its_place),
        PORT_TEST(a_place_taken_keeps_a_packet_queued),
        PORT_TEST(a_thread_counts_for_the_port_it_took_from_last),
        PORT_TEST(a_thread_that_ends_gives_up_its_place_and_its_packet),
        PORT_TEST(a_waiter_whose_time_is_up_is_out_of_the_line),
        PORT_TEST(an_apc_ends_an_alertable_take),
        PORT_TEST(one_that_was_let_go_takes_what_came_since),
        PORT_TEST(closing_the_last_handle_lets_everybody_go),
        PORT_TEST(packets_of_a_port_that_goes_are_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
