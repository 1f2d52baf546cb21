/* Names of objects: who finds what, and how long. */
#include "sim/nt/fixture.h"
#include "sim/nt/mutex.h"
#include "sim/nt/names.h"
#include "sim/nt/section.h"

static struct process *home;

static int begin(void **state)
{
    setup_machine(state);
    home = enter();
    return 0;
}

static int leave(void **state)
{
    nt_check(machine.nt);
    thread_return(machine.nt);
    process_end(home, 0);
    return teardown_machine(state);
}

static const uint16_t plain[] = {'a', 0}, global[] = {'G', 'l', 'o', 'b', 'a', 'l', '\\', 'a', 0};
static const uint16_t capital[] = {'A', 0}, folder[] = {'b', '\\', 'a', 0};

/* A named event with a handle of the process. */
static uint64_t make_event(struct object **event)
{
    uint64_t handle;

    *event = event_create(machine.nt, true, false);
    assert_non_null(*event);
    assert_status(name_give(*event, plain), STATUS_SUCCESS);
    assert_status(handle_open(home, *event, false, &handle), STATUS_SUCCESS);
    object_release(*event);
    return handle;
}

static void a_name_is_found_in_its_own_letters(void **state)
{
    struct object *event, *found = NULL;

    (void)state;
    make_event(&event);
    assert_status(name_find(machine.nt, plain, OBJECT_EVENT, &found), STATUS_SUCCESS);
    assert_ptr_equal(found, event);
    found = NULL;
    assert_status(name_find(machine.nt, global, OBJECT_EVENT, &found), STATUS_SUCCESS);
    assert_ptr_equal(found, event);
    assert_status(name_find(machine.nt, capital, OBJECT_EVENT, &found),
                  STATUS_OBJECT_NAME_NOT_FOUND);
    assert_status(name_find(machine.nt, folder, OBJECT_EVENT, &found),
                  STATUS_OBJECT_PATH_NOT_FOUND);
    assert_status(name_find(machine.nt, plain, OBJECT_MUTEX, &found), STATUS_OBJECT_TYPE_MISMATCH);
}

static void a_name_goes_with_the_last_handle(void **state)
{
    struct object *event, *found = NULL;
    uint64_t second;

    (void)state;
    uint64_t first = make_event(&event);
    assert_status(handle_open(home, event, false, &second), STATUS_SUCCESS);
    assert_status(handle_close(home, first), STATUS_SUCCESS);
    assert_status(name_find(machine.nt, plain, OBJECT_EVENT, &found), STATUS_SUCCESS);
    assert_status(handle_close(home, second), STATUS_SUCCESS);
    assert_status(name_find(machine.nt, plain, OBJECT_EVENT, &found), STATUS_OBJECT_NAME_NOT_FOUND);
    assert_null(machine.nt->names);
}

static void a_long_name_is_refused(void **state)
{
    uint16_t name[NAME_MAX_LENGTH + 2];
    struct object *found = NULL;

    (void)state;
    for (size_t i = 0; i <= NAME_MAX_LENGTH; i++)
        name[i] = 'n';
    name[NAME_MAX_LENGTH + 1] = 0;
    assert_status(name_find(machine.nt, name, OBJECT_EVENT, &found), STATUS_NAME_TOO_LONG);
}

static void a_section_is_aligned_zeroes(void **state)
{
    struct object *object = section_create(machine.nt, 100, true);
    struct section *section = (struct section *)object;

    (void)state;
    assert_non_null(object);
    assert_int_equal((uintptr_t)section->bytes % SECTION_GRANULARITY, 0);
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(section->bytes[i], 0);
    object_release(object);
    assert_null(section_create(machine.nt, SIZE_MAX, true));
    machine.engine.arena.fail_in = 2;
    assert_null(section_create(machine.nt, 100, true));
    machine.engine.arena.fail_in = 0;
}

static void a_mutex_is_released_as_often_as_taken(void **state)
{
    struct object *mutex = mutex_create(machine.nt, true);

    (void)state;
    assert_status(wait_for_objects(machine.nt, &mutex, 1, false, 0, "a test", NULL),
                  STATUS_SUCCESS);
    assert_status(mutex_release(mutex), STATUS_SUCCESS);
    assert_status(mutex_release(mutex), STATUS_SUCCESS);
    assert_status(mutex_release(mutex), STATUS_MUTANT_NOT_OWNED);
    object_release(mutex);
}

#define NAMES_TEST(name) cmocka_unit_test_setup_teardown(name, begin, leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        NAMES_TEST(a_name_is_found_in_its_own_letters),
        NAMES_TEST(a_name_goes_with_the_last_handle),
        NAMES_TEST(a_long_name_is_refused),
        NAMES_TEST(a_section_is_aligned_zeroes),
        NAMES_TEST(a_mutex_is_released_as_often_as_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
