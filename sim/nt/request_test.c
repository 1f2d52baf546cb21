/* Requests: their states, who is told of their end and how, and cancelling them. The test is a
 * borrowed thread.
 */
#include "sim/nt/request_fixture.h"

/* ---- Requests that pend ---------------------------------------------------------------------- */

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

/* ---- Requests that complete at once ---------------------------------------------------------- */

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

/* Found by the fuzz target calls: its packet took it along. */
static void success_at_once_at_a_closed_port_can_still_be_read(void **state)
{
    (void)state;
    struct io_status block = block_of(0);
    struct port *port = tie(42);
    uint64_t handle;
    assert_status(handle_open(home, port_object(port), false, &handle), STATUS_SUCCESS);
    assert_status(handle_close(home, handle), STATUS_SUCCESS);
    struct request *request = issue(&(struct request_delivery){.block = &block}, false);
    request_complete(request, STATUS_SUCCESS, 7);
    assert_int_equal(freed, 0);
    assert_int_equal(request->information, 7);
    let_run();
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

/* ---- Cancelling ------------------------------------------------------------------------------ */

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
    struct thread *elsewhere = thread_create(other, NULL, NULL);
    const struct request_filter of_its_thread = {.thread = elsewhere};
    assert_status(request_cancel(&file, &of_its_thread), STATUS_NOT_FOUND);
    const struct request_filter mine = {.process = home, .thread = machine.nt->current};
    assert_status(request_cancel(&file, &mine), STATUS_SUCCESS);
    assert_int_equal(a.status, STATUS_CANCELLED);
    assert_int_equal(freed, 2);
}

/* A toy whose cancel ends the next request as well: whoever walks must not fall. */
static struct request *victim;

static void cancel_two(struct request *request)
{
    struct request *other = victim;
    victim = NULL;
    if (other != NULL)
        request_complete(other, STATUS_CONNECTION_ABORTED, 0);
    request_complete(request, STATUS_CANCELLED, 0);
}

static void a_cancel_may_end_others_too(void **state)
{
    (void)state;
    static const struct request_ops pair_ops = {
        .cancel = cancel_two, .free = toy_free, .call = "AcceptEx"};
    struct io_status blocks[3] = {block_of(0), block_of(0), block_of(0)};
    struct request *first = pend_with(&blocks[0]);
    first->ops = &pair_ops;
    victim = pend_with(&blocks[1]);
    pend_with(&blocks[2]);
    assert_status(cancel_all(), STATUS_SUCCESS);
    assert_int_equal(blocks[0].status, STATUS_CANCELLED);
    assert_int_equal(blocks[1].status, STATUS_CONNECTION_ABORTED);
    assert_int_equal(blocks[2].status, STATUS_CANCELLED);
    assert_int_equal(freed, 3);

    first = pend_with(&blocks[0]);
    first->ops = &pair_ops;
    victim = pend_with(&blocks[1]);
    pend_with(&blocks[2]);
    request_thread_ends(machine.nt->current);
    assert_null(file.requests);
    assert_int_equal(blocks[1].status, STATUS_CONNECTION_ABORTED);
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
        REQUEST_TEST(success_at_once_at_a_closed_port_can_still_be_read),
        REQUEST_TEST(success_at_once_posts_a_packet_unless_skipped),
        REQUEST_TEST(failure_at_once_is_told_to_nobody),
        REQUEST_TEST(a_routine_of_success_at_once_waits_for_its_wait),
        REQUEST_TEST(cancel_finds_what_matches_and_only_that),
        REQUEST_TEST(a_cancel_may_end_others_too),
        REQUEST_TEST(a_cancel_that_comes_too_late_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
