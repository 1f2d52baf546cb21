/* Requests: their states, who is told of their end and how, every way to cancel them. The owner
 * floor is a toy here; the test is a borrowed thread, its helpers are fibers.
 */
#include "sim/nt/fixture.h"

#include "sim/nt/request.h"

static const uint64_t for_ever = UINT64_MAX;
static const uint64_t ms = 1000000;

static struct process *home;
static uint32_t freed, finished, routines;

/* ---- The toy ----------------------------------------------------------------------------------
 */

struct toy {
    struct request request; /* first */
    bool too_late;          /* a cancel does nothing */
    nt_status answer;       /* what a cancel completes it with */
    bool heap;
};

static struct file file;

static void file_destroy(struct object *object)
{
    (void)object;
    file_close(&file);
}

static const struct object_ops file_ops = {.destroy = file_destroy};

static void toy_cancel(struct request *request)
{
    struct toy *toy = (struct toy *)request;
    if (!toy->too_late)
        request_complete(request, toy->answer, 0);
}

static void toy_finishing(struct request *request)
{
    assert_int_equal(request->state, REQUEST_COMPLETED);
    finished++;
}

static void toy_free(struct request *request)
{
    struct toy *toy = (struct toy *)request;
    freed++;
    if (toy->heap)
        arena_give(&machine.engine.arena, toy, sizeof *toy);
}

static const struct request_ops toy_ops = {
    .cancel = toy_cancel, .finishing = toy_finishing, .free = toy_free, .call = "WSARecv"};

static void toy_routine(struct request *request)
{
    assert_int_equal(request->state, REQUEST_COMPLETED);
    assert_ptr_equal(request->delivery.apc_thread, machine.nt->current);
    routines++;
    request_free(request);
}

static int setup(void **state)
{
    setup_machine(state);
    freed = finished = routines = 0;
    file = (struct file){0};
    object_init(&file.object, machine.nt, OBJECT_SOCKET, &file_ops);
    home = enter();
    return 0;
}

#define REQUEST_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown_machine)

/* An overlapped request that pends, if `pend`. */
static struct request *issue(const struct request_delivery *delivery, bool pend)
{
    struct toy *toy = ARENA_NEW(&machine.engine.arena, struct toy);
    assert_non_null(toy);
    toy->heap = true;
    toy->answer = STATUS_CANCELLED;
    request_begin(&toy->request, &toy_ops, &file, delivery);
    assert_int_equal(toy->request.state, REQUEST_ISSUED);
    if (pend)
        request_pend(&toy->request);
    file_check(&file);
    return &toy->request;
}

static struct io_status block_of(uint64_t information)
{
    return (struct io_status){.status = 77, .information = information};
}

static struct request *pend_with(struct io_status *block)
{
    const struct request_delivery delivery = {.block = block};
    return issue(&delivery, true);
}

static struct port *tie(uint64_t key)
{
    struct port *port = port_create(machine.nt, 4);
    assert_status(file_set_port(&file, port, key), STATUS_SUCCESS);
    return port;
}

static uint64_t take_packet(struct port *port, nt_status *status, uint64_t *information)
{
    struct packet *packet = NULL;
    uint32_t taken = 0;
    if (port_take(port, &packet, 1, &taken, 0, false, "GQCS") != STATUS_SUCCESS)
        return 0;
    uint64_t context = packet->context;
    *status = packet->status;
    *information = packet->information;
    assert_int_equal(packet->key, file.key);
    packet->done(machine.nt, packet);
    return context;
}

static nt_status cancel_all(void)
{
    const struct request_filter any = {0};
    nt_status status = request_cancel(&file, &any);
    file_check(&file);
    return status;
}

static void let_run(void)
{
    wait_for_time(machine.nt, 1, "Sleep");
    nt_check(machine.nt);
}

/* ---- Requests that pend -----------------------------------------------------------------------
 */

static void the_block_says_pending_then_the_result(void **state)
{
    (void)state;
    struct io_status block = block_of(5);
    struct object *event = event_create(machine.nt, true, true);
    const struct request_delivery delivery = {.block = &block, .event = event};
    struct request *request = issue(&delivery, true);
    assert_int_equal(block.status, STATUS_PENDING);
    assert_int_equal(block.information, 5);
    assert_false(event->signaled);
    assert_int_equal(request->state, REQUEST_PENDING);
    assert_ptr_equal(file.requests, request);

    request_complete(request, STATUS_BUFFER_OVERFLOW, 3);
    assert_int_equal(block.status, STATUS_BUFFER_OVERFLOW);
    assert_int_equal(block.information, 3);
    assert_true(event->signaled);
    assert_false(file.object.signaled);
    assert_int_equal(finished, 1);
    assert_int_equal(freed, 1);
    assert_null(file.requests);
    assert_int_equal(file.object.references, 1);
    assert_int_equal(event->references, 1);
}

static void without_an_event_the_handle_is_it(void **state)
{
    (void)state;
    struct io_status block = block_of(0);
    file.object.signaled = true;
    struct request *request = pend_with(&block);
    assert_false(file.object.signaled);
    request_complete(request, STATUS_SUCCESS, 0);
    assert_true(file.object.signaled);

    file.object.signaled = false;
    file.modes = FILE_SKIPS_EVENT;
    request_complete(pend_with(&block), STATUS_SUCCESS, 0);
    assert_false(file.object.signaled);
}

static void a_packet_tells_of_success_and_failure_alike(void **state)
{
    (void)state;
    struct io_status a = block_of(0), b = block_of(0);
    nt_status status;
    uint64_t information;
    struct port *port = tie(42);
    file.modes = FILE_SKIPS_PACKET_ON_SUCCESS; /* only of what succeeds at once */
    request_complete(pend_with(&a), STATUS_SUCCESS, 9);
    request_complete(pend_with(&b), STATUS_CONNECTION_RESET, 0);
    assert_int_equal(freed, 0);
    assert_true(take_packet(port, &status, &information) == (uintptr_t)&a);
    assert_status(status, STATUS_SUCCESS);
    assert_int_equal(information, 9);
    assert_true(take_packet(port, &status, &information) == (uintptr_t)&b);
    assert_status(status, STATUS_CONNECTION_RESET);
    assert_int_equal(take_packet(port, &status, &information), 0);
    assert_int_equal(freed, 2);
}

static void a_port_tied_after_the_issue_gets_the_packet(void **state)
{
    (void)state;
    struct io_status block = block_of(0);
    nt_status status;
    uint64_t information;
    struct request *request = pend_with(&block);
    struct port *port = tie(1);
    request_complete(request, STATUS_CANCELLED, 0);
    assert_true(take_packet(port, &status, &information) == (uintptr_t)&block);
    assert_status(file_set_port(&file, port, 2), STATUS_INVALID_PARAMETER);
    assert_int_equal(file.key, 1);
}

static void the_low_bit_of_the_event_keeps_the_packet_away(void **state)
{
    (void)state;
    struct io_status block = block_of(0);
    struct object *event = event_create(machine.nt, true, false);
    struct port *port = tie(1);
    const struct request_delivery delivery = {.block = &block, .event = event, .no_packet = true};
    request_complete(issue(&delivery, true), STATUS_SUCCESS, 1);
    assert_true(event->signaled);
    assert_int_equal(port_depth(port), 0);
    assert_int_equal(freed, 1);
    request_complete(issue(&delivery, false), STATUS_SUCCESS, 1);
    assert_int_equal(port_depth(port), 0);
}

static void a_routine_runs_in_an_alertable_wait_of_its_thread(void **state)
{
    (void)state;
    struct io_status block = block_of(0);
    const struct request_delivery delivery = {
        .block = &block, .apc_thread = machine.nt->current, .routine = toy_routine};
    request_complete(issue(&delivery, true), STATUS_SUCCESS, 4);
    assert_int_equal(block.information, 4);
    wait_for_time(machine.nt, ms, "Sleep");
    assert_int_equal(routines, 0);
    const struct wait_request alertable = {.alertable = true, .call = "SleepEx"};
    assert_status(wait_for(machine.nt, &alertable, NULL), STATUS_USER_APC);
    assert_int_equal(routines, 1);
    assert_int_equal(freed, 1);
}

static void two_requests_may_share_a_block(void **state)
{
    (void)state;
    struct io_status block = block_of(0);
    nt_status status;
    uint64_t information;
    struct port *port = tie(1);
    struct request *a = pend_with(&block), *b = pend_with(&block);
    request_complete(a, STATUS_SUCCESS, 1);
    assert_int_equal(block.information, 1);
    request_complete(b, STATUS_SUCCESS, 2);
    assert_int_equal(block.information, 2);
    take_packet(port, &status, &information);
    assert_int_equal(information, 1); /* the packet has its own */
    take_packet(port, &status, &information);
    assert_int_equal(information, 2);

    pend_with(&block);
    pend_with(&block);
    const struct request_filter both = {.block = &block};
    assert_status(request_cancel(&file, &both), STATUS_SUCCESS);
    assert_null(file.requests);
    assert_int_equal(port_depth(port), 2);
}

/* ---- Requests that complete at once -----------------------------------------------------------
 */

static void success_at_once_is_told_and_can_still_be_read(void **state)
{
    (void)state;
    struct io_status block = block_of(0);
    struct object *event = event_create(machine.nt, true, false);
    const struct request_delivery delivery = {.block = &block, .event = event};
    struct request *request = issue(&delivery, false);
    request_complete(request, STATUS_SUCCESS, 6);
    assert_true(event->signaled);
    assert_int_equal(block.status, STATUS_SUCCESS);
    assert_int_equal(block.information, 6);
    assert_int_equal(finished, 0);
    assert_int_equal(request->information, 6);
    assert_int_equal(freed, 0);
    wait_for_time(machine.nt, ms, "Sleep");
    assert_int_equal(freed, 1);
}

static void success_at_once_posts_a_packet_unless_skipped(void **state)
{
    (void)state;
    struct io_status block = block_of(0);
    const struct request_delivery delivery = {.block = &block};
    struct port *port = tie(1);
    request_complete(issue(&delivery, false), STATUS_SUCCESS, 0);
    assert_int_equal(port_depth(port), 1);
    request_complete(issue(&delivery, false), STATUS_BUFFER_OVERFLOW, 0);
    assert_int_equal(port_depth(port), 2);
    file.modes = FILE_SKIPS_PACKET_ON_SUCCESS;
    request_complete(issue(&delivery, false), STATUS_SUCCESS, 0);
    assert_int_equal(port_depth(port), 2);
}

static void failure_at_once_is_told_to_nobody(void **state)
{
    (void)state;
    struct io_status block = block_of(8);
    struct object *event = event_create(machine.nt, true, true);
    const struct request_delivery delivery = {.block = &block, .event = event};
    struct port *port = tie(1);
    struct request *request = issue(&delivery, false);
    request_complete(request, STATUS_CONNECTION_RESET, 0);
    assert_int_equal(port_depth(port), 0);
    assert_false(event->signaled);
    assert_int_equal(block.status, STATUS_PENDING);
    assert_int_equal(block.information, 8);
    assert_int_equal(freed, 0);
    request_free(request);
    assert_int_equal(freed, 1);
}

static void a_routine_of_success_at_once_waits_for_its_wait(void **state)
{
    (void)state;
    struct io_status block = block_of(0);
    const struct request_delivery delivery = {
        .block = &block, .apc_thread = machine.nt->current, .routine = toy_routine};
    request_complete(issue(&delivery, false), STATUS_SUCCESS, 0);
    assert_int_equal(routines, 0);
    const struct wait_request alertable = {.alertable = true, .call = "SleepEx"};
    assert_status(wait_for(machine.nt, &alertable, NULL), STATUS_USER_APC);
    assert_int_equal(routines, 1);
}

/* ---- Cancelling -------------------------------------------------------------------------------
 */

static void cancel_finds_what_matches_and_only_that(void **state)
{
    (void)state;
    struct io_status a = block_of(0), b = block_of(0);
    assert_status(cancel_all(), STATUS_NOT_FOUND);
    pend_with(&a);
    pend_with(&b);

    const struct request_filter of_b = {.block = &b};
    assert_status(request_cancel(&file, &of_b), STATUS_SUCCESS);
    assert_int_equal(b.status, STATUS_CANCELLED);
    assert_int_equal(a.status, STATUS_PENDING);
    assert_status(request_cancel(&file, &of_b), STATUS_NOT_FOUND);

    struct process *other = new_process(NULL, false);
    const struct request_filter of_another = {.process = other};
    assert_status(request_cancel(&file, &of_another), STATUS_NOT_FOUND);
    const struct request_filter mine = {.process = home, .thread = machine.nt->current};
    assert_status(request_cancel(&file, &mine), STATUS_SUCCESS);
    assert_int_equal(a.status, STATUS_CANCELLED);
    assert_int_equal(freed, 2);
}

static void a_cancel_that_comes_too_late_changes_nothing(void **state)
{
    (void)state;
    struct io_status block = block_of(0);
    struct request *request = pend_with(&block);
    ((struct toy *)request)->too_late = true;
    assert_status(cancel_all(), STATUS_SUCCESS);
    assert_int_equal(request->state, REQUEST_CANCELLED);
    assert_int_equal(block.status, STATUS_PENDING);
    assert_status(cancel_all(), STATUS_SUCCESS); /* still there */
    request_complete(request, STATUS_SUCCESS, 12);
    assert_int_equal(block.status, STATUS_SUCCESS);
    assert_int_equal(block.information, 12);
    assert_status(cancel_all(), STATUS_NOT_FOUND);
}

/* ---- Synchronous callers ----------------------------------------------------------------------
 */

struct caller {
    uint64_t timeout_ns;
    bool alertable;
    struct request *request; /* while it waits */
    nt_status status;
    uint64_t information;
    nt_status answer;
};

static void call(void *context)
{
    struct caller *caller = context;
    struct toy toy = {.answer = caller->answer};
    request_begin(&toy.request, &toy_ops, &file, NULL);
    request_pend(&toy.request);
    caller->request = &toy.request;
    caller->status = request_wait(&toy.request, caller->timeout_ns, caller->alertable, "recv");
    caller->information = toy.request.information;
    caller->request = NULL;
    request_free(&toy.request);
}

static struct thread *start_call(struct process *process, struct caller *caller)
{
    caller->status = STATUS_PENDING;
    struct thread *thread = thread_create(process, call, caller);
    assert_non_null(thread);
    let_run();
    assert_non_null(caller->request);
    return thread;
}

static void a_synchronous_caller_takes_the_result_himself(void **state)
{
    (void)state;
    struct caller caller = {.timeout_ns = for_ever, .answer = STATUS_CANCELLED};
    start_call(home, &caller);
    request_complete(caller.request, STATUS_SUCCESS, 33);
    assert_int_equal(finished, 0);
    let_run();
    assert_status(caller.status, STATUS_SUCCESS);
    assert_int_equal(caller.information, 33);
    assert_int_equal(freed, 1);
    assert_false(file.object.signaled);
}

static void when_the_time_is_up_it_is_cancelled(void **state)
{
    (void)state;
    struct caller caller = {.timeout_ns = ms, .answer = STATUS_CANCELLED};
    start_call(home, &caller);
    wait_for_time(machine.nt, 2 * ms, "Sleep");
    assert_status(caller.status, STATUS_TIMEOUT);
    assert_null(file.requests);
    /* What was taken already is not lost. */
    struct caller lucky = {.timeout_ns = ms, .answer = STATUS_SUCCESS};
    start_call(home, &lucky);
    wait_for_time(machine.nt, 2 * ms, "Sleep");
    assert_status(lucky.status, STATUS_SUCCESS);
}

static void a_synchronous_call_is_cancelled_from_another_thread(void **state)
{
    (void)state;
    struct caller caller = {.timeout_ns = for_ever, .answer = STATUS_CANCELLED};
    assert_status(request_cancel_synchronous(machine.nt->current), STATUS_NOT_FOUND);
    struct thread *thread = start_call(home, &caller);
    const struct request_filter overlapped = {0}, all = {.synchronous = true};
    assert_status(request_cancel(&file, &overlapped), STATUS_NOT_FOUND);
    assert_status(request_cancel_synchronous(thread), STATUS_SUCCESS);
    assert_status(request_cancel_synchronous(thread), STATUS_NOT_FOUND);
    let_run();
    assert_status(caller.status, STATUS_CANCELLED);
    start_call(home, &caller);
    assert_status(request_cancel(&file, &all), STATUS_SUCCESS);
    let_run();
    assert_status(caller.status, STATUS_CANCELLED);
}

static void apc_ran(struct nt *nt, struct apc *apc)
{
    (void)nt;
    (void)apc;
    routines++;
}

static void apcs_run_while_it_waits_and_it_goes_on(void **state)
{
    (void)state;
    struct caller caller = {.timeout_ns = 3 * ms, .alertable = true, .answer = STATUS_CANCELLED};
    struct apc apc = {.run = apc_ran, .drop = apc_ran};
    struct thread *thread = start_call(home, &caller);
    wait_for_time(machine.nt, 2 * ms, "Sleep");
    apc_queue(thread, &apc);
    let_run();
    assert_int_equal(routines, 1);
    assert_status(caller.status, STATUS_PENDING);
    wait_for_time(machine.nt, 2 * ms, "Sleep"); /* the time counts from the beginning */
    assert_status(caller.status, STATUS_TIMEOUT);
}

static void a_stopped_thread_leaves_nothing_of_its_call(void **state)
{
    (void)state;
    struct process *other = new_process(NULL, false);
    struct caller waits = {.timeout_ns = for_ever, .answer = STATUS_CANCELLED};
    struct caller woken = {.timeout_ns = for_ever, .answer = STATUS_CANCELLED};
    start_call(other, &waits);
    start_call(other, &woken);
    request_complete(woken.request, STATUS_SUCCESS, 1); /* and does not come to run */
    process_end(other, 0);
    file_check(&file);
    assert_null(file.requests);
    assert_int_equal(file.object.references, 1);
    assert_int_equal(freed, 2);
    assert_status(waits.status, STATUS_PENDING);
}

/* ---- The end of the issuer --------------------------------------------------------------------
 */

struct issuer {
    struct io_status blocks[4];
    struct object *event;
    bool routine, with_event, no_packet;
};

static void issue_and_end(void *context)
{
    struct issuer *issuer = context;
    const struct request_delivery delivery = {
        .block = &issuer->blocks[0],
        .event = issuer->with_event ? issuer->event : NULL,
        .no_packet = issuer->no_packet,
        .apc_thread = issuer->routine ? machine.nt->current : NULL,
        .routine = issuer->routine ? toy_routine : NULL,
    };
    issue(&delivery, true);
}

static void its_requests_end_with_the_thread_without_a_port(void **state)
{
    (void)state;
    struct issuer plain = {.event = event_create(machine.nt, true, false), .with_event = true};
    assert_non_null(thread_create(home, issue_and_end, &plain));
    let_run();
    assert_int_equal(plain.blocks[0].status, STATUS_CANCELLED);
    assert_true(plain.event->signaled);
    struct issuer routine = {.routine = true};
    assert_non_null(thread_create(home, issue_and_end, &routine));
    let_run();
    assert_int_equal(routine.blocks[0].status, STATUS_CANCELLED);
    assert_int_equal(routines, 0); /* its routine is not called */
    assert_int_equal(freed, 2);
    assert_int_equal(file.object.references, 1);
}

static void with_a_port_only_what_uses_it_alone_outlives_the_thread(void **state)
{
    (void)state;
    struct port *port = tie(1);
    struct issuer with_event = {.event = event_create(machine.nt, true, false), .with_event = true};
    struct issuer quiet = {.no_packet = true};
    struct issuer lasts = {0};
    thread_create(home, issue_and_end, &with_event);
    thread_create(home, issue_and_end, &quiet);
    thread_create(home, issue_and_end, &lasts);
    let_run();
    assert_int_equal(with_event.blocks[0].status, STATUS_CANCELLED);
    assert_int_equal(quiet.blocks[0].status, STATUS_CANCELLED);
    assert_int_equal(lasts.blocks[0].status, STATUS_PENDING);
    assert_int_equal(port_depth(port), 1); /* of the one with the event */

    const struct request_filter any = {.process = home};
    assert_status(request_cancel(&file, &any), STATUS_SUCCESS); /* row 82 */
    assert_int_equal(lasts.blocks[0].status, STATUS_CANCELLED);
    assert_int_equal(port_depth(port), 2);
}

static void a_borrowed_threads_requests_end_when_it_is_returned(void **state)
{
    (void)state;
    struct io_status block = block_of(0);
    pend_with(&block);
    thread_return(machine.nt);
    assert_int_equal(block.status, STATUS_CANCELLED);
    assert_null(file.requests);
    assert_int_equal(file.object.references, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        REQUEST_TEST(the_block_says_pending_then_the_result),
        REQUEST_TEST(without_an_event_the_handle_is_it),
        REQUEST_TEST(a_packet_tells_of_success_and_failure_alike),
        REQUEST_TEST(a_port_tied_after_the_issue_gets_the_packet),
        REQUEST_TEST(the_low_bit_of_the_event_keeps_the_packet_away),
        REQUEST_TEST(a_routine_runs_in_an_alertable_wait_of_its_thread),
        REQUEST_TEST(two_requests_may_share_a_block),
        REQUEST_TEST(success_at_once_is_told_and_can_still_be_read),
        REQUEST_TEST(success_at_once_posts_a_packet_unless_skipped),
        REQUEST_TEST(failure_at_once_is_told_to_nobody),
        REQUEST_TEST(a_routine_of_success_at_once_waits_for_its_wait),
        REQUEST_TEST(cancel_finds_what_matches_and_only_that),
        REQUEST_TEST(a_cancel_that_comes_too_late_changes_nothing),
        REQUEST_TEST(a_synchronous_caller_takes_the_result_himself),
        REQUEST_TEST(when_the_time_is_up_it_is_cancelled),
        REQUEST_TEST(a_synchronous_call_is_cancelled_from_another_thread),
        REQUEST_TEST(apcs_run_while_it_waits_and_it_goes_on),
        REQUEST_TEST(a_stopped_thread_leaves_nothing_of_its_call),
        REQUEST_TEST(its_requests_end_with_the_thread_without_a_port),
        REQUEST_TEST(with_a_port_only_what_uses_it_alone_outlives_the_thread),
        REQUEST_TEST(a_borrowed_threads_requests_end_when_it_is_returned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
