/* Handles, what inherits them, and what the last one does. */
#include "sim/nt/fixture.h"

#include "sim/nt/handle_table.h"

/* An object that counts what happens to it. */
struct witness {
    struct object object;
    int closed, cleaned, destroyed;
    uint32_t closed_by[8];
};

static void witness_closed(struct object *object, struct process *process)
{
    struct witness *witness = (struct witness *)object;
    witness->closed_by[witness->closed++] = process->id;
    assert_int_equal(witness->cleaned, 0);
}

static void witness_cleanup(struct object *object)
{
    struct witness *witness = (struct witness *)object;
    assert_int_equal(object->handles, 0);
    witness->cleaned++;
}

static void witness_destroy(struct object *object)
{
    struct witness *witness = (struct witness *)object;
    assert_int_equal(object->references, 0);
    witness->destroyed++;
}

static const struct object_ops witness_ops = {
    .handle_closed = witness_closed,
    .cleanup = witness_cleanup,
    .destroy = witness_destroy,
};

static void witness_init(struct witness *witness)
{
    *witness = (struct witness){0};
    object_init(&witness->object, machine.nt, OBJECT_SOCKET, &witness_ops);
}

static uint64_t open_handle(struct process *process, struct object *object, bool inherit)
{
    uint64_t handle = 0;
    assert_status(handle_open(process, object, inherit, &handle), STATUS_SUCCESS);
    return handle;
}

static void handles_count_up_in_fours(void **state)
{
    (void)state;
    struct process *process = new_process(NULL, false);
    struct object *event = event_create(machine.nt, true, false);

    for (uint64_t i = 1; i <= 1000; i++)
        assert_int_equal(open_handle(process, event, false), 4 * i);

    nt_check(machine.nt);
    assert_int_equal(event->handles, 1000);
    assert_ptr_equal(handle_find(process, 4000, OBJECT_EVENT), event);
    assert_null(handle_find(process, 4004, OBJECT_EVENT));
    object_release(event);
}

static void the_latest_closed_handle_is_given_out_first(void **state)
{
    (void)state;
    struct process *process = new_process(NULL, false);
    struct object *event = event_create(machine.nt, true, false);
    for (int i = 0; i < 5; i++)
        open_handle(process, event, false);

    assert_status(handle_close(process, 8), STATUS_SUCCESS);
    assert_status(handle_close(process, 16), STATUS_SUCCESS);
    assert_status(handle_close(process, 4), STATUS_SUCCESS);
    nt_check(machine.nt);

    assert_int_equal(open_handle(process, event, false), 4);
    assert_int_equal(open_handle(process, event, false), 16);
    assert_int_equal(open_handle(process, event, false), 8);
    assert_int_equal(open_handle(process, event, false), 24);
    object_release(event);
}

static void what_is_no_handle_is_not_found(void **state)
{
    (void)state;
    struct process *process = new_process(NULL, false);
    assert_null(handle_object(process, 4));
    assert_status(handle_close(process, 4), STATUS_INVALID_HANDLE);

    struct object *event = event_create(machine.nt, true, false);
    uint64_t handle = open_handle(process, event, false);
    static const uint64_t wrong[] = {0,         1, 2, 3, 5, 6, 7, 8, UINT64_MAX, UINT64_MAX - 3,
                                     1ull << 32};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_null(handle_object(process, wrong[i]));
        assert_null(handle_find(process, wrong[i], OBJECT_EVENT));
        assert_status(handle_close(process, wrong[i]), STATUS_INVALID_HANDLE);
    }
    assert_null(handle_find(process, handle, OBJECT_SOCKET));
    assert_non_null(handle_object(process, handle));

    assert_status(handle_close(process, handle), STATUS_SUCCESS);
    assert_null(handle_object(process, handle));
    assert_status(handle_close(process, handle), STATUS_INVALID_HANDLE);
    object_release(event);
}

static void the_last_handle_cleans_up_once(void **state)
{
    (void)state;
    struct process *one = new_process(NULL, false), *other = new_process(NULL, false);
    struct witness witness;
    witness_init(&witness);
    uint64_t first = open_handle(one, &witness.object, false);
    uint64_t second = open_handle(one, &witness.object, false);
    uint64_t third = open_handle(other, &witness.object, false);

    handle_close(one, first);
    handle_close(other, third);
    assert_int_equal(witness.cleaned, 0);
    handle_close(one, second);
    assert_int_equal(witness.cleaned, 1);
    assert_int_equal(witness.destroyed, 0);
    object_release(&witness.object);

    assert_int_equal(witness.destroyed, 1);
    assert_int_equal(witness.closed, 3);
    assert_int_equal(witness.closed_by[0], one->id);
    assert_int_equal(witness.closed_by[1], other->id);
}

static void the_last_reference_may_be_a_handle(void **state)
{
    (void)state;
    struct process *process = new_process(NULL, false);
    struct witness witness;
    witness_init(&witness);
    uint64_t handle = open_handle(process, &witness.object, false);
    object_release(&witness.object);
    assert_int_equal(witness.destroyed, 0);

    handle_close(process, handle);

    assert_int_equal(witness.cleaned, 1);
    assert_int_equal(witness.destroyed, 1);
}

static void the_end_of_a_process_closes_its_handles_in_order(void **state)
{
    (void)state;
    struct process *process = new_process(NULL, false), *other = new_process(NULL, false);
    struct witness witness[3];
    for (int i = 0; i < 3; i++) {
        witness_init(&witness[i]);
        open_handle(process, &witness[i].object, false);
        object_release(&witness[i].object);
    }
    open_handle(other, &witness[1].object, false);

    process_end(process, 7);

    assert_int_equal(witness[0].destroyed, 1);
    assert_int_equal(witness[1].closed, 1);
    assert_int_equal(witness[1].cleaned, 0);
    assert_int_equal(witness[2].destroyed, 1);
    process_end(other, 0);
    assert_int_equal(witness[1].cleaned, 1);
    assert_int_equal(witness[1].destroyed, 1);
    assert_null(machine.nt->processes);
}

static void a_child_gets_what_is_marked_under_the_same_number(void **state)
{
    (void)state;
    struct process *parent = new_process(NULL, false);
    struct object *event = event_create(machine.nt, true, false);
    for (int i = 1; i <= 20; i++)
        open_handle(parent, event, i == 3 || i == 5 || i == 18);
    handle_close(parent, 20); /* the fifth */

    struct process *child = new_process(parent, true);
    struct process *stranger = new_process(parent, false);
    nt_check(machine.nt);

    assert_int_equal(handle_next(child, 0, OBJECT_EVENT), 12);
    assert_int_equal(handle_next(child, 12, OBJECT_EVENT), 72);
    assert_int_equal(handle_next(child, 72, OBJECT_EVENT), 0);
    assert_int_equal(handle_next(stranger, 0, OBJECT_EVENT), 0);
    assert_int_equal(event->handles, 19 + 2);
    /* The gaps are given out from the lowest, then new numbers. */
    assert_int_equal(open_handle(child, event, false), 4);
    assert_int_equal(open_handle(child, event, false), 8);
    assert_int_equal(open_handle(child, event, false), 16);
    nt_check(machine.nt);
    object_release(event);
}

static void grandchildren_inherit_too(void **state)
{
    (void)state;
    struct process *parent = new_process(NULL, false);
    struct witness witness;
    witness_init(&witness);
    open_handle(parent, &witness.object, true);
    struct process *child = new_process(parent, true);
    struct process *grandchild = new_process(child, true);
    object_release(&witness.object);

    process_end(parent, 0);
    process_end(child, 0);
    assert_int_equal(witness.cleaned, 0);
    assert_ptr_equal(handle_find(grandchild, 4, OBJECT_SOCKET), &witness.object);
    process_end(grandchild, 0);
    assert_int_equal(witness.destroyed, 1);
}

static void handles_are_told_over_by_type(void **state)
{
    (void)state;
    struct process *process = new_process(NULL, false);
    struct object *event = event_create(machine.nt, true, false);
    struct witness witness;
    witness_init(&witness);
    open_handle(process, event, false);
    open_handle(process, &witness.object, false);
    open_handle(process, event, false);

    assert_int_equal(handle_next(process, 0, OBJECT_SOCKET), 8);
    assert_int_equal(handle_next(process, 8, OBJECT_SOCKET), 0);
    assert_int_equal(handle_next(process, 4, OBJECT_EVENT), 12);

    process_end(process, 0);
    object_release(&witness.object);
    object_release(event);
}

static void no_memory_for_a_handle_is_an_answer(void **state)
{
    (void)state;
    struct process *process = new_process(NULL, false);
    struct object *event = event_create(machine.nt, true, false);
    uint64_t handle = 99;
    machine.engine.arena.fail_in = 1;
    assert_status(handle_open(process, event, false, &handle), STATUS_INSUFFICIENT_RESOURCES);
    assert_int_equal(handle, 99);
    assert_int_equal(event->handles, 0);
    assert_int_equal(event->references, 1);

    for (int i = 0; i < 16; i++)
        open_handle(process, event, true);
    machine.engine.arena.fail_in = 1;
    assert_status(handle_open(process, event, false, &handle), STATUS_INSUFFICIENT_RESOURCES);
    nt_check(machine.nt);
    assert_int_equal(event->handles, 16);

    /* The child's table is the second thing a child needs. */
    const struct token token = process->token;
    machine.engine.arena.fail_in = 2;
    assert_null(process_create(machine.nt, &token, process, true));
    assert_int_equal(event->handles, 16);
    assert_null(process->next);
    assert_int_equal(open_handle(process, event, false), 68);
    object_release(event);
}

static void an_ended_process_opens_nothing(void **state)
{
    (void)state;
    struct process *process = new_process(NULL, false);
    struct object *event = event_create(machine.nt, true, false);
    object_reference(&process->object);
    process_end(process, 0);
    uint64_t handle;
    assert_status(handle_open(process, event, false, &handle), STATUS_CANCELLED);
    assert_null(handle_object(process, 4));
    object_release(&process->object);
    object_release(event);
}

static void what_is_given_back_is_taken_again(void **state)
{
    (void)state;
    size_t used = 0;
    for (int round = 0; round < 10; round++) {
        struct process *process = new_process(NULL, false);
        for (int i = 0; i < 40; i++) {
            struct object *event = event_create(machine.nt, true, false);
            open_handle(process, event, false);
            object_release(event);
        }
        process_end(process, 0);
        if (round == 0)
            used = machine.engine.arena.used;
        assert_int_equal(machine.engine.arena.used, used);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(handles_count_up_in_fours),
        TEST(the_latest_closed_handle_is_given_out_first),
        TEST(what_is_no_handle_is_not_found),
        TEST(the_last_handle_cleans_up_once),
        TEST(the_last_reference_may_be_a_handle),
        TEST(the_end_of_a_process_closes_its_handles_in_order),
        TEST(a_child_gets_what_is_marked_under_the_same_number),
        TEST(grandchildren_inherit_too),
        TEST(handles_are_told_over_by_type),
        TEST(no_memory_for_a_handle_is_an_answer),
        TEST(an_ended_process_opens_nothing),
        TEST(what_is_given_back_is_taken_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
