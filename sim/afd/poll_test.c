/* Polls that pend: what they cost, whom they tell, what becomes of them at the end of all. */
#include "sim/afd/device.h"
#include "sim/afd/fixture_io.h"
#include "sim/afd/waits.h"
#include "sim/nt/port.h"

enum { PORT = 5000, COUNT_OF_TWO = 2 };

/* One poll as its caller has it. */
struct asked {
    struct poll *poll;
    struct io_status block;
    uint32_t found; /* entries */
    uint32_t ready; /* of the first */
    uint32_t times;
};

static uint64_t device;
static struct file *file;

static int open_all(void **state)
{
    setup_sockets(state);
    assert_status(device_open(afd, self, false, false, &device), STATUS_SUCCESS);
    file = afd_file(self, device);
    assert_true(afd_file_pends(file));
    return 0;
}

static int close_all(void **state)
{
    file_check(file);
    assert_status(handle_close(self, device), STATUS_SUCCESS);
    return teardown_sockets(state);
}

static void finished(struct poll *poll)
{
    struct asked *asked = poll->guest;
    asked->found = poll_found(poll);
    asked->ready = poll->entries[0].ready;
    asked->times++;
    poll->request.information = asked->found;
}

static nt_status ask(struct asked *asked, struct socket_object *socket, uint32_t wanted,
                     uint64_t timeout_ns, bool exclusive)
{
    const struct request_delivery delivery = {
        .block = &asked->block, .block_at_the_end = true, .context = 4711};
    *asked = (struct asked){.block = {.status = 1, .information = 1}};
    asked->poll = poll_new(afd, file, 1, &delivery);
    assert_non_null(asked->poll);
    asked->poll->entries[0] = (struct poll_entry){.socket = socket, .wanted = wanted};
    asked->poll->finishing = finished;
    asked->poll->guest = asked;
    asked->poll->exclusive = exclusive;
    return poll_begin(asked->poll, timeout_ns);
}

static void it_ends_with_the_bytes_and_leaves_nothing_behind(void **state)
{
    (void)state;
    struct asked asked;
    struct pair pair = connected_pair(PORT);
    assert_status(ask(&asked, pair.server, READY_RECEIVE, UINT64_MAX, false), STATUS_PENDING);
    assert_int_equal(asked.block.status, 1); /* not marked */
    let_events_run();
    assert_int_equal(asked.times, 0);
    send_text(pair.client, "x");
    let_events_run();
    assert_int_equal(asked.times, 1);
    assert_int_equal(asked.ready, READY_RECEIVE);
    assert_status((nt_status)asked.block.status, STATUS_SUCCESS);
    assert_int_equal(asked.block.information, 1);
    assert_null(pair.server->waits->polls);
    assert_null(pair.server->waits->main_poll);
    assert_null(file->requests);
    close_pair(&pair);
}

static void its_time_is_its_own(void **state)
{
    (void)state;
    struct asked shorter, longer;
    struct pair pair = connected_pair(PORT);
    assert_status(ask(&longer, pair.server, READY_RECEIVE, 3000000000u, false), STATUS_PENDING);
    assert_status(ask(&shorter, pair.server, READY_RECEIVE, 500000000u, false), STATUS_PENDING);
    let_events_run();
    assert_status((nt_status)shorter.block.status, STATUS_TIMEOUT);
    assert_int_equal(shorter.found, 0);
    assert_int_equal(longer.times, 0);
    for (int i = 0; i < 3; i++)
        let_events_run();
    assert_status((nt_status)longer.block.status, STATUS_TIMEOUT);
    assert_int_equal(longer.times, 1);
    close_pair(&pair);
}

static void a_cancelled_one_is_told_nothing_more(void **state)
{
    (void)state;
    struct asked asked;
    struct pair pair = connected_pair(PORT);
    const struct request_filter own = {.block = &asked.block};
    assert_status(ask(&asked, pair.server, READY_RECEIVE, 500000000u, false), STATUS_PENDING);
    assert_status(request_cancel(file, &own), STATUS_SUCCESS);
    assert_status((nt_status)asked.block.status, STATUS_CANCELLED);
    assert_status(request_cancel(file, &own), STATUS_NOT_FOUND);
    send_text(pair.client, "x");
    let_events_run();
    assert_int_equal(asked.times, 1);
    close_pair(&pair);
}

static void an_exclusive_one_takes_the_place_of_the_first(void **state)
{
    (void)state;
    struct asked first, second, third;
    struct pair pair = connected_pair(PORT);
    assert_status(ask(&first, pair.server, READY_RECEIVE, UINT64_MAX, true), STATUS_PENDING);
    assert_status(ask(&second, pair.server, READY_RECEIVE, UINT64_MAX, true), STATUS_PENDING);
    assert_int_equal(first.times, 1);
    assert_int_equal(first.found, 0);
    assert_status(ask(&third, pair.server, READY_RECEIVE, UINT64_MAX, true), STATUS_PENDING);
    assert_int_equal(second.times, 1);
    assert_int_equal(third.times, 0);
    send_text(pair.client, "x");
    let_events_run();
    assert_int_equal(third.ready, READY_RECEIVE);
    close_pair(&pair);
}

static void one_that_is_not_exclusive_keeps_its_place(void **state)
{
    (void)state;
    struct asked first, second, third, fourth;
    struct pair pair = connected_pair(PORT);
    const struct request_filter of_first = {.block = &first.block};
    assert_status(ask(&first, pair.server, READY_RECEIVE, UINT64_MAX, false), STATUS_PENDING);
    assert_status(ask(&second, pair.server, READY_RECEIVE, UINT64_MAX, true), STATUS_PENDING);
    assert_status(request_cancel(file, &of_first), STATUS_SUCCESS);
    /* The second was not the main one when it began, and does not become it; the third does. */
    assert_status(ask(&third, pair.server, READY_RECEIVE, UINT64_MAX, true), STATUS_PENDING);
    assert_int_equal(second.times, 0);
    assert_status(ask(&fourth, pair.server, READY_RECEIVE, UINT64_MAX, true), STATUS_PENDING);
    assert_int_equal(second.times, 0);
    assert_int_equal(third.times, 1);
    assert_int_equal(third.found, 0);
    socket_close(self, pair.server_handle);
    assert_int_equal(second.ready, READY_CLOSED);
    assert_int_equal(fourth.ready, READY_CLOSED);
    socket_close(self, pair.client_handle);
    socket_close(self, pair.listener_handle);
}

static void a_poll_that_waits_ends_before_its_call(void **state)
{
    (void)state;
    struct asked asked = {0};
    struct pair pair = connected_pair(PORT);
    struct poll *poll = poll_new(afd, file, COUNT_OF_TWO, NULL);
    assert_non_null(poll);
    poll->entries[0] = (struct poll_entry){.socket = pair.server, .wanted = READY_RECEIVE};
    poll->entries[1] = (struct poll_entry){.socket = pair.client, .wanted = READY_URGENT};
    poll->finishing = finished;
    poll->guest = &asked;
    assert_status(poll_begin(poll, 1000000), STATUS_PENDING);
    assert_status(poll_wait(poll, false, "AFD_POLL"), STATUS_TIMEOUT);
    assert_int_equal(asked.found, 0);
    poll_drop(poll);
    close_pair(&pair);
}

static void a_port_gets_the_context(void **state)
{
    (void)state;
    struct asked asked;
    struct packet *packet;
    uint32_t taken = 0;
    struct pair pair = connected_pair(PORT);
    struct port *port = port_create(machine.nt, 1);
    assert_status(file_set_port(file, port, 7), STATUS_SUCCESS);
    assert_status(ask(&asked, pair.server, READY_SEND, UINT64_MAX, false), STATUS_SUCCESS);
    assert_int_equal(port_depth(port), 1);
    assert_status(port_take(port, &packet, 1, &taken, 0, false, "a test"), STATUS_SUCCESS);
    assert_int_equal(packet->context, 4711);
    assert_int_equal(packet->key, 7);
    packet->done(machine.nt, packet);
    object_release(port_object(port));
    close_pair(&pair);
}

/* Without memory, whichever piece is missing, it is refused and nothing is left. */
static void a_full_arena_is_an_answer(void **state)
{
    (void)state;
    struct asked asked;
    uint64_t handle;
    struct socket_object *socket = open_as(PROTOCOL_UDP, &handle);
    const struct request_delivery delivery = {.block = &asked.block};
    nt_status status = STATUS_INSUFFICIENT_RESOURCES;
    for (uint64_t n = 1; status == STATUS_INSUFFICIENT_RESOURCES; n++) {
        assert_true(n < 10);
        machine.engine.arena.fail_in = n;
        struct poll *poll = poll_new(afd, file, 1, &delivery);
        if (poll == NULL)
            continue;
        poll->entries[0] = (struct poll_entry){.socket = socket, .wanted = READY_RECEIVE};
        poll->finishing = finished;
        poll->guest = &asked;
        status = poll_begin(poll, 1000);
        if (status != STATUS_PENDING) {
            assert_status(status, STATUS_INSUFFICIENT_RESOURCES);
            poll_drop(poll);
        }
        assert_true((file->requests != NULL) == (status == STATUS_PENDING));
    }
    let_events_run();
    socket_close(self, handle);
}

#define POLL_TEST(name) cmocka_unit_test_setup_teardown(name, open_all, close_all)

int main(void)
{
    const struct CMUnitTest tests[] = {
        POLL_TEST(it_ends_with_the_bytes_and_leaves_nothing_behind),
        POLL_TEST(its_time_is_its_own),
        POLL_TEST(a_cancelled_one_is_told_nothing_more),
        POLL_TEST(an_exclusive_one_takes_the_place_of_the_first),
        POLL_TEST(one_that_is_not_exclusive_keeps_its_place),
        POLL_TEST(a_poll_that_waits_ends_before_its_call),
        POLL_TEST(a_port_gets_the_context),
        POLL_TEST(a_full_arena_is_an_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
