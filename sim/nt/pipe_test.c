/* Pipes: the test is one thread, others write to it. */
#include "sim/nt/pipe.h"

#include "sim/nt/fixture.h"

static struct process *home;
static struct pipe_end *reader, *writer;
static uint64_t read_handle, write_handle;

static int setup_pipe(void **state)
{
    (void)state;
    open_machine(1);
    home = enter();
    assert_status(pipe_create(machine.nt, 8, &reader, &writer), STATUS_SUCCESS);
    assert_status(handle_open(home, &reader->file.object, false, &read_handle), STATUS_SUCCESS);
    assert_status(handle_open(home, &writer->file.object, false, &write_handle), STATUS_SUCCESS);
    object_release(&reader->file.object);
    object_release(&writer->file.object);
    return 0;
}

static int teardown_pipe(void **state)
{
    (void)state;
    thread_return(machine.nt);
    close_machine();
    return 0;
}

#define PIPE_TEST(name) cmocka_unit_test_setup_teardown(name, setup_pipe, teardown_pipe)

static nt_status transfer(struct pipe_end *end, bool writes, void *bytes, uint32_t size,
                          uint64_t *moved)
{
    const struct file_transfer what = {
        .call = "ReadFile", .base = bytes, .size = size, .writes = writes};
    return file_io_run(&end->file, &what, NULL, moved);
}

static void expect_read(uint32_t size, const char *bytes)
{
    char got[64];
    uint64_t moved;
    assert_status(transfer(reader, false, got, size, &moved), STATUS_SUCCESS);
    assert_int_equal(moved, strlen(bytes));
    assert_memory_equal(got, bytes, moved);
    pipe_check(reader);
}

static void write_text(char *bytes)
{
    uint64_t moved;
    assert_status(transfer(writer, true, bytes, (uint32_t)strlen(bytes), &moved), STATUS_SUCCESS);
    assert_int_equal(moved, strlen(bytes));
}

static void bytes_come_in_their_order_and_go_round(void **state)
{
    (void)state;
    uint64_t moved;
    for (int i = 0; i < 9; i++) {
        write_text("abcde");
        expect_read(3, "abc");
        expect_read(9, "de");
    }
    assert_status(transfer(reader, true, "x", 1, &moved), STATUS_ACCESS_DENIED);
    assert_status(transfer(writer, false, NULL, 0, &moved), STATUS_ACCESS_DENIED);
}

static void peeking_leaves_what_is_there(void **state)
{
    (void)state;
    unsigned char bytes[8];
    uint32_t copied, count;
    assert_status(pipe_peek(reader, bytes, 8, &copied, &count), STATUS_SUCCESS);
    assert_int_equal(copied + count, 0);
    write_text("123456");
    expect_read(4, "1234");
    write_text("789");
    assert_status(pipe_peek(reader, bytes, 3, &copied, &count), STATUS_SUCCESS);
    assert_int_equal(copied, 3);
    assert_int_equal(count, 5);
    assert_memory_equal(bytes, "567", 3);
    assert_status(pipe_peek(writer, bytes, 3, &copied, &count), STATUS_ACCESS_DENIED);
    expect_read(8, "56789");
}

/* ---- Waiting --------------------------------------------------------------------------------- */

static void write_much(void *context)
{
    char letters[20];
    uint64_t moved;
    nt_status *status = context;
    memset(letters, 'w', sizeof letters);
    *status = transfer(writer, true, letters, sizeof letters, &moved);
}

static void a_write_waits_for_room_and_a_read_for_bytes(void **state)
{
    (void)state;
    nt_status status = STATUS_PENDING;
    assert_non_null(thread_create(home, write_much, &status));
    expect_read(3, "www"); /* waited: nobody had written before */
    assert_status(status, STATUS_PENDING);
    uint32_t copied, count;
    assert_status(pipe_peek(reader, NULL, 0, &copied, &count), STATUS_SUCCESS);
    assert_int_equal(count, 8);
    expect_read(20, "wwwwwwwwwwwwwwwww");
    wait_for_time(machine.nt, 1, "Sleep");
    assert_status(status, STATUS_SUCCESS);
}

static void close_end(void *context)
{
    wait_for_time(machine.nt, 1000, "Sleep");
    handle_close(home, *(uint64_t *)context);
}

static void a_pipe_breaks_when_its_other_end_is_closed(void **state)
{
    (void)state;
    char bytes[4];
    uint64_t moved;
    write_text("ab");
    assert_non_null(thread_create(home, close_end, &write_handle));
    expect_read(4, "ab");
    assert_status(transfer(reader, false, bytes, 4, &moved), STATUS_PIPE_BROKEN);
    assert_status(transfer(reader, false, bytes, 4, &moved), STATUS_PIPE_BROKEN);
    uint32_t copied, count;
    assert_status(pipe_peek(reader, NULL, 0, &copied, &count), STATUS_PIPE_BROKEN);
}

static void what_was_written_is_read_though_the_writer_is_gone(void **state)
{
    (void)state;
    char bytes[4];
    uint64_t moved;
    write_text("ab");
    handle_close(home, write_handle);
    expect_read(4, "ab");
    assert_status(transfer(reader, false, bytes, 4, &moved), STATUS_PIPE_BROKEN);
}

static void nobody_to_read_ends_a_write(void **state)
{
    (void)state;
    char letters[20] = "letters";
    uint64_t moved;
    assert_non_null(thread_create(home, close_end, &read_handle));
    assert_status(transfer(writer, true, letters, sizeof letters, &moved), STATUS_PIPE_BROKEN);
    assert_status(transfer(writer, true, letters, 1, &moved), STATUS_PIPE_CLOSING);
}

static void cancel_reader(void *context)
{
    const struct request_filter all = {.synchronous = true};
    wait_for_time(machine.nt, 1000, "Sleep");
    *(nt_status *)context = request_cancel(&reader->file, &all);
}

static void a_read_that_waits_can_be_cancelled(void **state)
{
    (void)state;
    char bytes[4];
    uint64_t moved;
    nt_status cancelled = STATUS_PENDING;
    assert_non_null(thread_create(home, cancel_reader, &cancelled));
    assert_status(transfer(reader, false, bytes, 4, &moved), STATUS_CANCELLED);
    wait_for_time(machine.nt, 1, "Sleep");
    assert_status(cancelled, STATUS_SUCCESS);
    write_text("ab");
    expect_read(4, "ab");
}

static void read_for_ever(void *context)
{
    char bytes[4];
    uint64_t moved;
    (void)context;
    transfer(reader, false, bytes, 4, &moved);
}

static void a_thread_that_is_ended_reads_nothing(void **state)
{
    (void)state;
    struct thread *thread = thread_create(home, read_for_ever, NULL);
    wait_for_time(machine.nt, 1000, "Sleep");
    thread_terminate(thread, 0);
    write_text("ab");
    expect_read(4, "ab");
}

static void a_full_arena_makes_no_pipe(void **state)
{
    (void)state;
    struct pipe_end *in, *out;
    for (uint64_t n = 1; n <= 4; n++) {
        machine.engine.arena.fail_in = n;
        assert_status(pipe_create(machine.nt, 0, &in, &out), STATUS_INSUFFICIENT_RESOURCES);
    }
    machine.engine.arena.fail_in = 0;
    assert_status(pipe_create(machine.nt, 0, &in, &out), STATUS_SUCCESS);
    assert_int_equal(in->room, 4096);
    object_release(&in->file.object);
    assert_null(out->peer);
    object_release(&out->file.object);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PIPE_TEST(bytes_come_in_their_order_and_go_round),
        PIPE_TEST(peeking_leaves_what_is_there),
        PIPE_TEST(a_write_waits_for_room_and_a_read_for_bytes),
        PIPE_TEST(a_pipe_breaks_when_its_other_end_is_closed),
        PIPE_TEST(what_was_written_is_read_though_the_writer_is_gone),
        PIPE_TEST(nobody_to_read_ends_a_write),
        PIPE_TEST(a_read_that_waits_can_be_cancelled),
        PIPE_TEST(a_thread_that_is_ended_reads_nothing),
        PIPE_TEST(a_full_arena_makes_no_pipe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
