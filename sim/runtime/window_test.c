/* user32's windows, fibers, and what is shared by a name, inside one process. */
#include "sim/runtime/test_guest.h"

#include <string.h>

static int enter(void **state)
{
    (void)state;
    return enter_machine(5);
}

static int asked;

static LRESULT CALLBACK procedure(HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
    if (message == WM_USER)
        asked++;
    if (message == WM_CREATE && ((const CREATESTRUCTA *)lparam)->lpCreateParams == &asked)
        return -1;
    return message == WM_USER ? (LRESULT)(wparam + 1)
                              : DefWindowProcA(window, message, wparam, lparam);
}

static HWND make(HWND parent, void *parameter)
{
    const WNDCLASSA class = {.lpfnWndProc = procedure, .lpszClassName = "Test", .cbWndExtra = 8};

    RegisterClassA(&class);
    return CreateWindowExA(0, "test", "title", 0, 0, 0, 0, 0, parent, NULL, NULL, parameter);
}

static void a_window_that_does_not_want_to_be_is_not(void **state)
{
    (void)state;
    assert_null(make(NULL, &asked));
    assert_null(FindWindowA("Test", NULL));
    assert_true(UnregisterClassA("Test", NULL));
}

static void windows_are_found_by_class_and_title(void **state)
{
    char text[4];

    (void)state;
    HWND window = make(NULL, NULL), hidden = make(HWND_MESSAGE, NULL);
    assert_ptr_equal(FindWindowA("TEST", "TITLE"), window);
    assert_null(FindWindowA("Test", "other"));
    assert_ptr_equal(FindWindowExA(HWND_MESSAGE, NULL, "Test", NULL), hidden);
    assert_int_equal(GetWindowTextA(window, text, sizeof text), 3);
    assert_string_equal(text, "tit");
    assert_true(SetWindowTextA(window, NULL));
    assert_int_equal(GetWindowTextLengthA(window), 0);
    assert_false(UnregisterClassA("Test", NULL));
    assert_int_equal(GetLastError(), ERROR_CLASS_HAS_WINDOWS);
    assert_true(DestroyWindow(window));
    assert_false(SetWindowTextA(window, "x"));
    assert_int_equal(GetLastError(), ERROR_INVALID_WINDOW_HANDLE);
}

static void a_message_that_nobody_takes_times_out(void **state)
{
    HWND window = make(NULL, NULL);
    DWORD_PTR result = 0;

    (void)state;
    asked = 0;
    assert_true(SendMessageTimeoutA(window, WM_USER, 4, 0, SMTO_NORMAL, 10, &result));
    assert_int_equal(result, 5);
    assert_int_equal(asked, 1);
    assert_int_equal(SetWindowLongPtrA(window, 0, 7), 0);
    assert_int_equal(GetWindowLongPtrA(window, 0), 7);
    assert_int_equal(GetWindowLongPtrA(window, 8), 0);
    assert_int_equal(GetLastError(), ERROR_INVALID_INDEX);
}

static LPVOID first;

static VOID CALLBACK go_back(LPVOID parameter)
{
    for (;;) {
        ++*(int *)parameter;
        SwitchToFiber(first);
    }
}

static void fibers_take_turns(void **state)
{
    int turns = 0, own = 0;

    (void)state;
    assert_false(ConvertFiberToThread());
    assert_int_equal(GetLastError(), ERROR_ALREADY_THREAD);
    first = ConvertThreadToFiber(&own);
    assert_null(ConvertThreadToFiber(&own));
    assert_int_equal(GetLastError(), ERROR_ALREADY_FIBER);
    LPVOID fiber = CreateFiber(0, go_back, &turns);
    SwitchToFiber(fiber);
    SwitchToFiber(fiber);
    SwitchToFiber(&own); /* no fiber: nothing happens */
    assert_int_equal(turns, 2);
    assert_ptr_equal(GetFiberData(), &own);
    DeleteFiber(fiber);
    assert_true(ConvertFiberToThread());
    assert_false(IsThreadAFiber());
}

static void a_fiber_that_stands_still_goes_with_its_process(void **state)
{
    static int turns;

    (void)state;
    first = ConvertThreadToFiber(NULL);
    SwitchToFiber(CreateFiber(0, go_back, &turns));
    assert_true(ConvertFiberToThread());
}

static void views_outlive_the_handle(void **state)
{
    (void)state;
    HANDLE mapping = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 9, "m");
    char *view = MapViewOfFile(mapping, FILE_MAP_ALL_ACCESS, 0, 0, 0);
    assert_true(CloseHandle(mapping));
    strcpy(view, "kept");
    assert_null(OpenFileMappingA(FILE_MAP_READ, FALSE, "m"));
    assert_string_equal(view, "kept");
    assert_true(UnmapViewOfFile(view));
    assert_false(UnmapViewOfFile(view));
}

static void slots_run_out(void **state)
{
    DWORD slots = 0, fiber_slots = 1; /* one is the C runtime's */

    (void)state;
    while (TlsAlloc() != TLS_OUT_OF_INDEXES)
        slots++;
    while (FlsAlloc(NULL) != FLS_OUT_OF_INDEXES)
        fiber_slots++;
    assert_int_equal(slots, 1088);
    assert_int_equal(fiber_slots, 128);
    assert_true(TlsSetValue(1087, &slots));
    assert_ptr_equal(TlsGetValue(1087), &slots);
    assert_false(TlsSetValue(1088, &slots));
    assert_true(FlsSetValue(127, &slots));
    assert_false(FlsSetValue(128, &slots));
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
}

#define GUEST_TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST(a_window_that_does_not_want_to_be_is_not),
        GUEST_TEST(windows_are_found_by_class_and_title),
        GUEST_TEST(a_message_that_nobody_takes_times_out),
        GUEST_TEST(fibers_take_turns),
        GUEST_TEST(a_fiber_that_stands_still_goes_with_its_process),
        GUEST_TEST(views_outlive_the_handle),
        GUEST_TEST(slots_run_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
