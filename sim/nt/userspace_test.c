/* Which pointers are good, as the table says and as the host's pages do. */
#include "sim/nt/fixture.h"

#if !defined(_WIN32)
#include <signal.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#endif

static struct userspace space;

static int close_space(void **state)
{
    (void)state;
    userspace_check(&space);
    userspace_close(&space);
    return 0;
}

static bool readable(const void *address, size_t size)
{
    return userspace_probe(&space, address, size, ACCESS_READ);
}

static bool writable(const void *address, size_t size)
{
    return userspace_probe(&space, address, size, ACCESS_WRITE);
}

static void the_hosts_own_memory_is_good(void **state)
{
    (void)state;
    static int global;
    int local = 0;
    assert_true(writable(&global, sizeof global));
    assert_true(writable(&local, sizeof local));
    assert_null(space.base);
    assert_non_null(userspace_allocate(&space, 1));
    assert_true(writable(&global, sizeof global));
    assert_true(writable(&local, sizeof local));
}

static void addresses_outside_the_users_half_are_bad(void **state)
{
    (void)state;
    const uintptr_t end = (uintptr_t)1 << 47;
    static const struct {
        const char *name;
        uintptr_t address;
        size_t size;
        bool good;
    } rows[] = {
        {"NULL", 0, 1, false},
        {"the lowest 64 KiB", 0xFFFF, 1, false},
        {"out of the lowest 64 KiB", 0xFFFF, 2, false},
        {"just above", 0x10000, 1, true},
        {"the kernel's half", (uintptr_t)0xFFFF800000000000u, 1, false},
        {"the last byte", UINTPTR_MAX, 1, false},
        {"a range that wraps", 0x10000, SIZE_MAX, false},
        {"a range that wraps to a good place", 0x20000, SIZE_MAX - 0x100, false},
        {"no bytes, anywhere", 0, 0, true},
        {"no bytes of the kernel's half", UINTPTR_MAX, 0, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (readable((void *)rows[i].address, rows[i].size) != rows[i].good)
            fail_msg("%s", rows[i].name);
    assert_true(readable((void *)(end - 1), 1));
    assert_false(readable((void *)(end - 1), 2));
    assert_false(readable((void *)end, 1));
}

static void each_page_state_allows_what_it_says(void **state)
{
    (void)state;
    static const struct {
        enum page_state state;
        bool readable, writable;
    } rows[] = {
        {PAGE_STATE_WRITE, true, true},
        {PAGE_STATE_READ, true, false},
        {PAGE_STATE_NO_ACCESS, false, false},
        {PAGE_STATE_WRITE, true, true},
    };
    unsigned char *page = userspace_allocate(&space, PAGE_SIZE_BYTES);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_status(userspace_protect(&space, page, 1, rows[i].state), STATUS_SUCCESS);
        assert_int_equal(readable(page + 10, 20), rows[i].readable);
        assert_int_equal(writable(page + 10, 20), rows[i].writable);
        userspace_check(&space);
    }
    assert_status(userspace_free(&space, page), STATUS_SUCCESS);
    assert_false(readable(page, 1));
    assert_false(writable(page, 1));
}

static void the_page_after_an_allocation_is_bad(void **state)
{
    (void)state;
    unsigned char *first = userspace_allocate(&space, PAGE_SIZE_BYTES + 1);
    unsigned char *second = userspace_allocate(&space, 1);

    assert_true(writable(first, 2 * PAGE_SIZE_BYTES));
    assert_false(readable(first, 2 * PAGE_SIZE_BYTES + 1));
    assert_false(readable(first - 1, 2));
    assert_true(second >= first + 3 * PAGE_SIZE_BYTES);
    assert_false(readable(second - 1, 1));
    /* From good host memory into ours and out at the other end. */
    assert_false(readable(space.base - 1, 2));
    assert_true(readable(space.base - 1, 1));
    assert_false(readable(space.base - 10, (size_t)USERSPACE_PAGES * PAGE_SIZE_BYTES + 20));
}

static void one_byte_on_a_bad_page_makes_a_range_bad(void **state)
{
    (void)state;
    unsigned char *pages = userspace_allocate(&space, 3 * PAGE_SIZE_BYTES);
    unsigned char *middle = pages + PAGE_SIZE_BYTES;
    userspace_protect(&space, middle, PAGE_SIZE_BYTES, PAGE_STATE_NO_ACCESS);

    assert_true(writable(middle - 16, 16));
    assert_false(readable(middle - 15, 16));
    assert_false(readable(middle + PAGE_SIZE_BYTES - 1, 1));
    assert_true(readable(middle + PAGE_SIZE_BYTES, 16));
    assert_false(readable(pages, 3 * PAGE_SIZE_BYTES));

    userspace_protect(&space, middle, PAGE_SIZE_BYTES, PAGE_STATE_READ);
    assert_true(readable(pages, 3 * PAGE_SIZE_BYTES));
    assert_false(writable(middle - 15, 16));
}

static void protection_covers_every_page_it_touches(void **state)
{
    (void)state;
    unsigned char *pages = userspace_allocate(&space, 3 * PAGE_SIZE_BYTES);
    assert_status(userspace_protect(&space, pages + PAGE_SIZE_BYTES - 1, 2, PAGE_STATE_READ),
                  STATUS_SUCCESS);
    assert_false(writable(pages, 1));
    assert_false(writable(pages + PAGE_SIZE_BYTES, 1));
    assert_true(writable(pages + 2 * PAGE_SIZE_BYTES, 1));
}

static void what_was_not_allocated_is_refused(void **state)
{
    (void)state;
    int local;
    assert_status(userspace_protect(&space, &local, 1, PAGE_STATE_READ), STATUS_INVALID_PARAMETER);
    assert_status(userspace_free(&space, &local), STATUS_INVALID_PARAMETER);
    assert_null(userspace_allocate(&space, 0));
    assert_null(userspace_allocate(&space, SIZE_MAX));

    unsigned char *pages = userspace_allocate(&space, 2 * PAGE_SIZE_BYTES);
    const struct userspace before = space;
    assert_status(userspace_protect(&space, pages, 2 * PAGE_SIZE_BYTES + 1, PAGE_STATE_READ),
                  STATUS_INVALID_PARAMETER);
    assert_status(userspace_protect(&space, pages, SIZE_MAX, PAGE_STATE_READ),
                  STATUS_INVALID_PARAMETER);
    assert_status(userspace_protect(&space, pages, 0, PAGE_STATE_READ), STATUS_INVALID_PARAMETER);
    assert_status(userspace_protect(&space, pages, 1, PAGE_STATE_FREE), STATUS_INVALID_PARAMETER);
    assert_status(userspace_protect(&space, space.base, 1, PAGE_STATE_READ),
                  STATUS_INVALID_PARAMETER);
    assert_status(userspace_free(&space, pages + 1), STATUS_INVALID_PARAMETER);
    assert_status(userspace_free(&space, pages + PAGE_SIZE_BYTES), STATUS_INVALID_PARAMETER);
    assert_status(userspace_free(&space, pages - 1), STATUS_INVALID_PARAMETER);
    assert_true(writable(pages, 2 * PAGE_SIZE_BYTES));
    assert_memory_equal(&space, &before, sizeof before);

    assert_status(userspace_free(&space, pages), STATUS_SUCCESS);
    assert_status(userspace_free(&space, pages), STATUS_INVALID_PARAMETER);
}

static void the_last_page_is_an_answer(void **state)
{
    (void)state;
    size_t most = (size_t)(USERSPACE_PAGES - 2) * PAGE_SIZE_BYTES;
    assert_null(userspace_allocate(&space, most + 1));
    unsigned char *all = userspace_allocate(&space, most);
    assert_non_null(all);
    userspace_check(&space);
    assert_true(writable(all, most));
    assert_false(readable(all, most + 1));
    assert_false(readable(all, most + ((size_t)1 << 40)));
    assert_null(userspace_allocate(&space, 1));
}

#if !defined(_WIN32)
/* How a process that touches the byte ends: 0, or SIGSEGV. */
static int touch(volatile unsigned char *byte, enum access access)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        /* Not the sanitizer's report: the bare fault. */
        signal(SIGSEGV, SIG_DFL);
        signal(SIGBUS, SIG_DFL);
        if (access == ACCESS_WRITE)
            *byte = 1;
        else
            (void)*byte;
        _exit(0);
    }
    int how = 0;
    assert_int_equal(waitpid(child, &how, 0), child);
    return WIFSIGNALED(how) ? WTERMSIG(how) : WEXITSTATUS(how);
}

static void a_guest_that_touches_a_bad_page_faults(void **state)
{
    (void)state;
    unsigned char *page = userspace_allocate(&space, PAGE_SIZE_BYTES);
    assert_int_equal(touch(page, ACCESS_WRITE), 0);
    assert_int_equal(touch(page + PAGE_SIZE_BYTES, ACCESS_READ), SIGSEGV);

    userspace_protect(&space, page, PAGE_SIZE_BYTES, PAGE_STATE_READ);
    assert_int_equal(touch(page, ACCESS_READ), 0);
    assert_int_equal(touch(page, ACCESS_WRITE), SIGSEGV);

    userspace_protect(&space, page, PAGE_SIZE_BYTES, PAGE_STATE_NO_ACCESS);
    assert_int_equal(touch(page, ACCESS_READ), SIGSEGV);

    userspace_protect(&space, page, PAGE_SIZE_BYTES, PAGE_STATE_WRITE);
    userspace_free(&space, page);
    assert_int_equal(touch(page, ACCESS_READ), SIGSEGV);
}
#endif

#define SPACE_TEST(name) cmocka_unit_test_teardown(name, close_space)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SPACE_TEST(the_hosts_own_memory_is_good),
        SPACE_TEST(addresses_outside_the_users_half_are_bad),
        SPACE_TEST(each_page_state_allows_what_it_says),
        SPACE_TEST(the_page_after_an_allocation_is_bad),
        SPACE_TEST(one_byte_on_a_bad_page_makes_a_range_bad),
        SPACE_TEST(protection_covers_every_page_it_touches),
        SPACE_TEST(what_was_not_allocated_is_refused),
        SPACE_TEST(the_last_page_is_an_answer),
#if !defined(_WIN32)
        SPACE_TEST(a_guest_that_touches_a_bad_page_faults),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
