/* Message queues of threads and windows. */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/suite.h"

enum { LONG_MS = 10000, SEEN_MAX = 16 };

static UINT seen[SEEN_MAX];
static int seen_count;
static DWORD seen_on;
static LRESULT create_answer;

static LRESULT CALLBACK note(HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
    if (seen_count < SEEN_MAX)
        seen[seen_count++] = message;
    seen_on = GetCurrentThreadId();
    if (message == WM_CREATE)
        return create_answer;
    if (message >= WM_USER)
        return (LRESULT)wparam + 1;
    return DefWindowProcA(window, message, wparam, lparam);
}

/* Where a message stands among those seen, or -1. */
static int place_of(UINT message)
{
    for (int i = 0; i < seen_count; i++)
        if (seen[i] == message)
            return i;
    return -1;
}

static HWND make_window(void)
{
    WNDCLASSA class = {.lpfnWndProc = note, .lpszClassName = "BerthEar"};
    RegisterClassA(&class);
    seen_count = 0;
    create_answer = 0;
    HWND window = CreateWindowExA(0, "BerthEar", "", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, NULL, NULL);
    assert_non_null(window);
    return window;
}

static void empty_queue(void)
{
    MSG message;
    while (PeekMessageA(&message, NULL, 0, 0, PM_REMOVE))
        ;
}

static UINT take(void)
{
    MSG message;
    return PeekMessageA(&message, NULL, 0, 0, PM_REMOVE) ? message.message : 0;
}

static void messages_come_in_the_order_posted(void)
{
    HWND window = make_window();
    empty_queue();
    for (UINT i = 0; i < 3; i++)
        assert_true(PostMessageA(window, WM_USER + i, i, 0));
    assert_true(PostThreadMessageA(GetCurrentThreadId(), WM_USER + 3, 0, 0));
    for (UINT i = 0; i < 4; i++)
        assert_int_equal(take(), WM_USER + i);
    assert_int_equal(take(), 0);
    assert_true(DestroyWindow(window));
}

static DWORD WINAPI no_queue(LPVOID event)
{
    return WaitForSingleObject(event, LONG_MS);
}

static void a_thread_without_a_queue_is_not_told(void)
{
    DWORD id = 0;
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    HANDLE thread = CreateThread(NULL, 0, no_queue, event, 0, &id);
    assert_false(PostThreadMessageA(id, WM_USER, 0, 0));
    assert_int_equal(GetLastError(), 1444); /* ERROR_INVALID_THREAD_ID */
    assert_true(SetEvent(event));
    assert_int_equal(WaitForSingleObject(thread, LONG_MS), WAIT_OBJECT_0);
    assert_true(CloseHandle(thread));
    assert_true(CloseHandle(event));
}

static void looking_leaves_the_message(void)
{
    MSG message;
    empty_queue();
    PostThreadMessageA(GetCurrentThreadId(), WM_USER + 1, 2, 3);
    assert_true(PeekMessageA(&message, NULL, 0, 0, PM_NOREMOVE));
    assert_true(PeekMessageA(&message, NULL, 0, 0, PM_REMOVE));
    assert_null(message.hwnd);
    assert_int_equal(message.wParam, 2);
    assert_int_equal(message.lParam, 3);
    assert_false(PeekMessageA(&message, NULL, 0, 0, PM_REMOVE));
}

static void to_quit_comes_last(void)
{
    MSG message;
    empty_queue();
    PostQuitMessage(9);
    PostThreadMessageA(GetCurrentThreadId(), WM_USER, 0, 0);
    assert_true(GetMessageA(&message, NULL, 0, 0) > 0);
    assert_int_equal(message.message, WM_USER);
    assert_int_equal(GetMessageA(&message, NULL, 0, 0), 0);
    assert_int_equal(message.message, WM_QUIT);
    assert_int_equal(message.wParam, 9);
}

static void only_what_was_asked_for_is_taken(void)
{
    MSG message;
    empty_queue();
    PostThreadMessageA(GetCurrentThreadId(), WM_USER + 1, 0, 0);
    PostThreadMessageA(GetCurrentThreadId(), WM_USER + 5, 0, 0);
    assert_true(PeekMessageA(&message, NULL, WM_USER + 4, WM_USER + 6, PM_REMOVE));
    assert_int_equal(message.message, WM_USER + 5);
    assert_false(PeekMessageA(&message, NULL, WM_USER + 4, WM_USER + 6, PM_REMOVE));
    assert_int_equal(take(), WM_USER + 1);
}

static void a_thread_that_sends_to_itself_calls(void)
{
    HWND window = make_window();
    PostMessageA(window, WM_USER + 7, 0, 0);
    assert_int_equal(SendMessageA(window, WM_USER + 2, 41, 0), 42);
    assert_true(place_of(WM_USER + 2) >= 0);
    assert_int_equal(place_of(WM_USER + 7), -1);
    assert_true(DestroyWindow(window));
    empty_queue();
}

static DWORD WINAPI send_one(LPVOID window)
{
    return (DWORD)SendMessageA(window, WM_USER + 2, 10, 0);
}

static void what_is_sent_runs_on_the_windows_thread(void)
{
    HWND window = make_window();
    DWORD code = 0;
    MSG message;
    HANDLE thread = CreateThread(NULL, 0, send_one, window, 0, NULL);
    while (WaitForSingleObject(thread, 10) == WAIT_TIMEOUT)
        assert_false(PeekMessageA(&message, window, WM_USER, WM_USER + 9, PM_REMOVE));
    assert_true(GetExitCodeThread(thread, &code));
    assert_int_equal(code, 11);
    assert_int_equal(seen_on, GetCurrentThreadId());
    assert_true(CloseHandle(thread));
    assert_true(DestroyWindow(window));
}

static void a_window_hears_of_its_beginning_and_its_end(void)
{
    HWND window = make_window();
    assert_true(place_of(WM_NCCREATE) >= 0);
    assert_true(place_of(WM_CREATE) > place_of(WM_NCCREATE));
    assert_true(IsWindow(window));
    assert_true(DestroyWindow(window));
    assert_true(place_of(WM_DESTROY) > place_of(WM_CREATE));
    assert_true(place_of(WM_NCDESTROY) > place_of(WM_DESTROY));
    assert_false(IsWindow(window));
    assert_false(PostMessageA(window, WM_USER, 0, 0));
    assert_int_equal(GetLastError(), 1400); /* ERROR_INVALID_WINDOW_HANDLE */
}

static void a_window_that_will_not_begin_is_none(void)
{
    HWND window = make_window();
    create_answer = -1;
    assert_null(CreateWindowExA(0, "BerthEar", "", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, NULL, NULL));
    assert_true(DestroyWindow(window));
}

static void a_class_is_known_once_and_before_its_windows(void)
{
    HWND window = make_window();
    WNDCLASSA class = {.lpfnWndProc = note, .lpszClassName = "BerthEar"};
    assert_int_equal(RegisterClassA(&class), 0);
    assert_int_equal(GetLastError(), 1410); /* ERROR_CLASS_ALREADY_EXISTS */
    assert_false(UnregisterClassA("BerthEar", NULL));
    assert_int_equal(GetLastError(), 1412); /* ERROR_CLASS_HAS_WINDOWS */
    assert_true(DestroyWindow(window));
    assert_null(
        CreateWindowExA(0, "BerthNobody", "", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, NULL, NULL));
    assert_int_equal(GetLastError(), 1407); /* ERROR_CANNOT_FIND_WND_CLASS */
}

static DWORD WINAPI destroy(LPVOID window)
{
    return DestroyWindow(window) ? 0 : GetLastError();
}

static void only_its_own_thread_destroys_a_window(void)
{
    HWND window = make_window();
    DWORD code = 0;
    HANDLE thread = CreateThread(NULL, 0, destroy, window, 0, NULL);
    assert_int_equal(WaitForSingleObject(thread, LONG_MS), WAIT_OBJECT_0);
    assert_true(GetExitCodeThread(thread, &code));
    assert_int_equal(code, ERROR_ACCESS_DENIED);
    assert_true(CloseHandle(thread));
    assert_true(DestroyWindow(window));
}

static void a_words_number_is_the_same_for_all(void)
{
    UINT number = RegisterWindowMessageA("berth says hello");
    assert_true(number >= 0xC000);
    assert_int_equal(RegisterWindowMessageA("berth says hello"), number);
    assert_int_not_equal(RegisterWindowMessageA("berth says goodbye"), number);
}

static void a_timer_comes_after_what_is_posted(void)
{
    HWND window = make_window();
    MSG message;
    empty_queue();
    assert_int_equal(SetTimer(window, 4, 20, NULL), 4);
    Sleep(100);
    PostMessageA(window, WM_USER, 0, 0);
    assert_true(GetMessageA(&message, NULL, 0, 0) > 0);
    assert_int_equal(message.message, WM_USER);
    assert_true(GetMessageA(&message, NULL, 0, 0) > 0);
    assert_int_equal(message.message, WM_TIMER);
    assert_int_equal(message.wParam, 4);
    assert_true(KillTimer(window, 4));
    assert_false(KillTimer(window, 4));
    assert_true(DestroyWindow(window));
}

static void a_wait_is_ended_by_a_message_not_looked_at(void)
{
    MSG message;
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    empty_queue();
    assert_int_equal(MsgWaitForMultipleObjects(1, &event, FALSE, 0, QS_ALLINPUT), WAIT_TIMEOUT);
    PostThreadMessageA(GetCurrentThreadId(), WM_USER, 0, 0);
    assert_int_equal(MsgWaitForMultipleObjects(1, &event, FALSE, 0, QS_ALLINPUT),
                     WAIT_OBJECT_0 + 1);
    PeekMessageA(&message, NULL, 0, 0, PM_NOREMOVE);
    assert_int_equal(MsgWaitForMultipleObjects(1, &event, FALSE, 0, QS_ALLINPUT), WAIT_TIMEOUT);
    assert_int_equal(
        MsgWaitForMultipleObjectsEx(1, &event, 0, QS_ALLINPUT, MWMO_INPUTAVAILABLE),
        WAIT_OBJECT_0 + 1);
    assert_true(SetEvent(event));
    assert_int_equal(MsgWaitForMultipleObjects(1, &event, FALSE, 0, QS_ALLINPUT), WAIT_OBJECT_0);
    empty_queue();
    assert_true(CloseHandle(event));
}

static void a_window_keeps_a_word_of_its_programs(void)
{
    HWND window = make_window();
    assert_int_equal(SetWindowLongPtrA(window, GWLP_USERDATA, 5), 0);
    assert_int_equal(GetWindowLongPtrA(window, GWLP_USERDATA), 5);
    assert_int_equal(GetWindowThreadProcessId(window, NULL), GetCurrentThreadId());
    assert_true(DestroyWindow(window));
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(messages_come_in_the_order_posted, MSG_001),
    CASE(a_thread_without_a_queue_is_not_told, MSG_002),
    CASE(looking_leaves_the_message, MSG_003),
    CASE(to_quit_comes_last, MSG_004),
    CASE(only_what_was_asked_for_is_taken, MSG_005),
    CASE(a_thread_that_sends_to_itself_calls, MSG_006),
    CASE(what_is_sent_runs_on_the_windows_thread, MSG_007),
    CASE(a_window_hears_of_its_beginning_and_its_end, MSG_008, MSG_009),
    CASE(a_window_that_will_not_begin_is_none, MSG_010),
    CASE(a_class_is_known_once_and_before_its_windows, MSG_011, MSG_012),
    CASE(only_its_own_thread_destroys_a_window, MSG_013),
    CASE(a_words_number_is_the_same_for_all, MSG_014),
    CASE(a_timer_comes_after_what_is_posted, MSG_015),
    CASE(a_wait_is_ended_by_a_message_not_looked_at, MSG_016),
    CASE(a_window_keeps_a_word_of_its_programs, MSG_017),
    END_OF_CASES,
};
// clang-format on

const struct suite threads_messages_suite = {
    .name = "threads_messages",
    .about = "Message queues",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
