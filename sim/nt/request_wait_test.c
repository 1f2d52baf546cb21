/* Requests and their threads: synchronous callers, and what the end of a thread does. The test is a
 * borrowed thread, its helpers are fibers.
 */
#include "sim/nt/request_fixture.h"

static const uint64_t for_ever = UINT64_MAX;

/* ---- Synchronous callers --------------------------------------------------------------------- */

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

/* ---- The end of the issuer ------------------------------------------------------------------- */

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

static void a_routine_keeps_no_request_alive(void **state)
{
    (void)state;
    struct issuer issuer = {.routine = true};
    struct thread *thread = thread_create(home, issue_and_end, &issuer);
    object_reference(&thread->object);
    tie(1); /* later than Winsock would have refused it */
    let_run();
    assert_int_equal(issuer.blocks[0].status, STATUS_CANCELLED);
    object_release(&thread->object);
}

static void a_borrowed_thread_ends_its_calls_itself(void **state)
{
    (void)state;
    struct io_status block = block_of(0);
    struct toy toy = {.answer = STATUS_CANCELLED};
    pend_with(&block);
    request_begin(&toy.request, &toy_ops, &file, NULL);
    request_pend(&toy.request);
    process_end(home, 0);
    assert_int_equal(block.status, STATUS_CANCELLED);
    assert_int_equal(toy.request.state, REQUEST_COMPLETED);
    assert_status(request_wait(&toy.request, for_ever, false, "recv"), STATUS_CANCELLED);
    assert_int_equal(freed, 1);
    request_free(&toy.request);
    assert_int_equal(freed, 2);
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
        REQUEST_TEST(a_synchronous_caller_takes_the_result_himself),
        REQUEST_TEST(when_the_time_is_up_it_is_cancelled),
        REQUEST_TEST(a_synchronous_call_is_cancelled_from_another_thread),
        REQUEST_TEST(apcs_run_while_it_waits_and_it_goes_on),
        REQUEST_TEST(a_stopped_thread_leaves_nothing_of_its_call),
        REQUEST_TEST(its_requests_end_with_the_thread_without_a_port),
        REQUEST_TEST(with_a_port_only_what_uses_it_alone_outlives_the_thread),
        REQUEST_TEST(a_routine_keeps_no_request_alive),
        REQUEST_TEST(a_borrowed_thread_ends_its_calls_itself),
        REQUEST_TEST(a_borrowed_threads_requests_end_when_it_is_returned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
