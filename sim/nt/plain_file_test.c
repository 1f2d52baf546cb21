/* Files with a meaning of somebody else's. The test is a borrowed thread. */
#include "sim/nt/plain_file.h"

#include "sim/nt/request_fixture.h"

static const char watch[] = "watch", other[] = "other";

static uint64_t open_plain(struct file **out)
{
    uint64_t handle = 0;
    *out = plain_file_create(machine.nt, watch);
    assert_non_null(*out);
    assert_status(handle_open(home, &(*out)->object, false, &handle), STATUS_SUCCESS);
    object_release(&(*out)->object);
    return handle;
}

static void a_file_is_found_by_its_meaning(void **state)
{
    (void)state;
    struct file *plain;
    const uint64_t handle = open_plain(&plain);
    struct object *event = event_create(machine.nt, true, false);
    uint64_t event_handle = 0;
    assert_status(handle_open(home, event, false, &event_handle), STATUS_SUCCESS);
    assert_ptr_equal(plain_file_find(home, handle, watch), plain);
    assert_null(plain_file_find(home, handle, other));
    assert_null(plain_file_find(home, event_handle, watch));
    assert_null(plain_file_find(home, handle + 400, watch));
    assert_false(plain->object.signaled);
    assert_status(handle_close(home, handle), STATUS_SUCCESS);
    assert_null(plain_file_find(home, handle, watch));
}

static void closing_the_last_handle_cancels_what_pends(void **state)
{
    (void)state;
    struct file *plain;
    struct io_status block = block_of(3);
    const struct request_delivery delivery = {.block = &block};
    const uint64_t handle = open_plain(&plain);
    struct toy *toy = ARENA_NEW(&machine.engine.arena, struct toy);
    *toy = (struct toy){.answer = STATUS_CANCELLED, .heap = true};
    request_begin(&toy->request, &toy_ops, plain, &delivery);
    request_pend(&toy->request);
    file_check(plain);
    assert_int_equal(block.status, STATUS_PENDING);
    assert_status(handle_close(home, handle), STATUS_SUCCESS);
    assert_int_equal(block.status, STATUS_CANCELLED);
    assert_int_equal(freed, 1);
}

static void a_port_goes_with_its_file(void **state)
{
    (void)state;
    struct file *plain;
    struct port *port = port_create(machine.nt, 1);
    const uint64_t handle = open_plain(&plain);
    assert_status(file_set_port(plain, port, 5), STATUS_SUCCESS);
    assert_int_equal(port_object(port)->references, 2);
    assert_status(handle_close(home, handle), STATUS_SUCCESS);
    assert_int_equal(port_object(port)->references, 1);
    object_release(port_object(port));
}

static void a_full_arena_has_no_file(void **state)
{
    (void)state;
    while (ARENA_NEW(&machine.engine.arena, struct file) != NULL)
        continue;
    while (ARENA_NEW(&machine.engine.arena, uint64_t) != NULL)
        continue;
    assert_null(plain_file_create(machine.nt, watch));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        REQUEST_TEST(a_file_is_found_by_its_meaning),
        REQUEST_TEST(closing_the_last_handle_cancels_what_pends),
        REQUEST_TEST(a_port_goes_with_its_file),
        REQUEST_TEST(a_full_arena_has_no_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
