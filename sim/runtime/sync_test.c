/* kernel32's objects and waits, as a program sees them. */
#include "sim/runtime/test_guest.h"

static int enter(void **state)
{
    (void)state;
    return enter_machine(3);
}

static HANDLE start(LPTHREAD_START_ROUTINE routine, void *parameter)
{
    HANDLE thread = CreateThread(NULL, 0, routine, parameter, 0, NULL);
    assert_non_null(thread);
    return thread;
}

/* ---- Names ----------------------------------------------------------------------------------- */

static void a_name_opens_what_was_made_under_it(void **state)
{
    (void)state;
    static const WCHAR wide[] = {'L', 'o', 'c', 'a', 'l', '\\', 'e', 0};
    SetLastError(1);
    HANDLE made = CreateEventA(NULL, TRUE, FALSE, "e");
    assert_int_equal(GetLastError(), 0);
    HANDLE again = CreateEventW(NULL, FALSE, TRUE, wide);
    assert_int_equal(GetLastError(), ERROR_ALREADY_EXISTS);
    HANDLE opened = OpenEventA(EVENT_ALL_ACCESS, FALSE, "Global\\e");
    assert_non_null(opened);
    assert_int_equal(WaitForSingleObject(again, 0), WAIT_TIMEOUT); /* the first one's state */
    assert_true(SetEvent(opened));
    assert_int_equal(WaitForSingleObject(made, 0), WAIT_OBJECT_0);
    assert_int_equal(WaitForSingleObject(again, 0), WAIT_OBJECT_0);

    assert_null(CreateMutexA(NULL, FALSE, "e"));
    assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
    assert_null(OpenSemaphoreA(SEMAPHORE_ALL_ACCESS, FALSE, "f"));
    assert_int_equal(GetLastError(), ERROR_FILE_NOT_FOUND);
    assert_null(OpenEventA(EVENT_ALL_ACCESS, FALSE, NULL));
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
    assert_null(CreateEventA(NULL, FALSE, FALSE, "no\\such\\place"));
    assert_int_equal(GetLastError(), ERROR_PATH_NOT_FOUND);
    CloseHandle(made);
    CloseHandle(again);
    CloseHandle(opened);
    assert_null(OpenEventA(EVENT_ALL_ACCESS, FALSE, "e"));
}

/* ---- Mutexes, semaphores --------------------------------------------------------------------- */

static DWORD WINAPI take_and_leave(LPVOID parameter)
{
    return WaitForSingleObject(parameter, INFINITE);
}

static void a_mutex_is_released_by_its_owner_and_abandoned_by_its_end(void **state)
{
    (void)state;
    HANDLE mutex = CreateMutexA(NULL, FALSE, NULL), idle = CreateEventA(NULL, TRUE, FALSE, NULL);
    HANDLE handles[] = {idle, mutex};
    assert_false(ReleaseMutex(mutex));
    assert_int_equal(GetLastError(), ERROR_NOT_OWNER);
    HANDLE thread = start(take_and_leave, mutex);
    assert_int_equal(WaitForSingleObject(thread, INFINITE), WAIT_OBJECT_0);
    assert_int_equal(WaitForMultipleObjects(2, handles, FALSE, INFINITE), WAIT_ABANDONED_0 + 1);
    assert_true(ReleaseMutex(mutex));
    assert_false(ReleaseMutex(idle));
    assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
}

static void a_semaphore_counts(void **state)
{
    (void)state;
    LONG before = 9;
    assert_null(CreateSemaphoreA(NULL, 3, 2, NULL));
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
    HANDLE semaphore = CreateSemaphoreA(NULL, 0, 2, NULL);
    assert_true(ReleaseSemaphore(semaphore, 2, &before));
    assert_int_equal(before, 0);
    assert_false(ReleaseSemaphore(semaphore, 1, &before));
    assert_int_equal(GetLastError(), ERROR_TOO_MANY_POSTS);
    assert_false(ReleaseSemaphore(semaphore, 0, &before));
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
    assert_int_equal(WaitForSingleObject(semaphore, 0), WAIT_OBJECT_0);
    assert_int_equal(WaitForSingleObject(semaphore, 0), WAIT_OBJECT_0);
    assert_int_equal(WaitForSingleObject(semaphore, 0), WAIT_TIMEOUT);
}

static void signal_and_wait_is_one_call(void **state)
{
    (void)state;
    HANDLE mutex = CreateMutexA(NULL, TRUE, NULL), event = CreateEventA(NULL, FALSE, TRUE, NULL);
    assert_int_equal(SignalObjectAndWait(mutex, event, 0, FALSE), WAIT_OBJECT_0);
    assert_int_equal(SignalObjectAndWait(mutex, event, 0, FALSE), WAIT_FAILED);
    assert_int_equal(GetLastError(), ERROR_NOT_OWNER);
    assert_int_equal(SignalObjectAndWait(event, event, 0, FALSE), WAIT_OBJECT_0);
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    assert_int_equal(SignalObjectAndWait(port, event, 0, FALSE), WAIT_FAILED);
    assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
}

static void a_pulse_lets_go_who_waits_and_nobody_later(void **state)
{
    (void)state;
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    HANDLE threads[] = {start(take_and_leave, event), start(take_and_leave, event)};
    Sleep(1);
    assert_true(PulseEvent(event));
    assert_int_equal(WaitForMultipleObjects(2, threads, TRUE, 100), WAIT_OBJECT_0);
    assert_int_equal(WaitForSingleObject(event, 0), WAIT_TIMEOUT);
}

/* ---- APCs, timers ---------------------------------------------------------------------------- */

static char told[64];

static void CALLBACK tell(ULONG_PTR letter)
{
    size_t length = strlen(told);
    told[length] = (char)letter;
    told[length + 1] = '\0';
}

static void an_apc_runs_in_an_alertable_wait(void **state)
{
    (void)state;
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    told[0] = '\0';
    assert_int_not_equal(QueueUserAPC(tell, GetCurrentThread(), 'a'), 0);
    assert_int_not_equal(QueueUserAPC(tell, GetCurrentThread(), 'b'), 0);
    assert_int_equal(SleepEx(5, FALSE), 0);
    assert_string_equal(told, "");
    assert_int_equal(SleepEx(INFINITE, TRUE), WAIT_IO_COMPLETION);
    assert_string_equal(told, "ab");
    assert_int_equal(SleepEx(5, TRUE), 0);
    QueueUserAPC(tell, GetCurrentThread(), 'c');
    assert_int_equal(WaitForSingleObjectEx(event, INFINITE, TRUE), WAIT_IO_COMPLETION);
    QueueUserAPC(tell, GetCurrentThread(), 'd');
    assert_int_equal(WaitForMultipleObjectsEx(1, &event, TRUE, INFINITE, TRUE), WAIT_IO_COMPLETION);
    QueueUserAPC(tell, GetCurrentThread(), 'e');
    assert_int_equal(WSAWaitForMultipleEvents(1, &event, TRUE, WSA_INFINITE, TRUE),
                     WSA_WAIT_IO_COMPLETION);
    assert_string_equal(told, "abcde");
}

static DWORD WINAPI tell_and_end(LPVOID parameter)
{
    (void)parameter;
    tell('.');
    return 0;
}

static void what_is_queued_before_a_thread_began_runs_first(void **state)
{
    (void)state;
    told[0] = '\0';
    HANDLE thread = CreateThread(NULL, 0, tell_and_end, NULL, CREATE_SUSPENDED, NULL);
    assert_int_not_equal(QueueUserAPC(tell, thread, 'x'), 0);
    Sleep(1);
    assert_string_equal(told, "");
    assert_int_equal(ResumeThread(thread), 1);
    assert_int_equal(WaitForSingleObject(thread, INFINITE), WAIT_OBJECT_0);
    assert_string_equal(told, "x.");
    assert_int_equal(QueueUserAPC(tell, thread, 'y'), 0);
    assert_int_equal(GetLastError(), ERROR_GEN_FAILURE);
}

static ULONGLONG timer_ticks;

static void CALLBACK timer_ran(LPVOID argument, DWORD low, DWORD high)
{
    timer_ticks = (ULONGLONG)high << 32 | low;
    tell((ULONG_PTR)argument);
}

static void a_timer_calls_and_signals(void **state)
{
    (void)state;
    LARGE_INTEGER due = {.QuadPart = -50000}; /* 5 ms */
    HANDLE timer =
        CreateWaitableTimerExA(NULL, NULL, CREATE_WAITABLE_TIMER_MANUAL_RESET, TIMER_ALL_ACCESS);
    FILETIME now;
    told[0] = '\0';
    ULONGLONG before = GetTickCount64();
    assert_true(SetWaitableTimer(timer, &due, 0, timer_ran, (LPVOID)(ULONG_PTR)'t', FALSE));
    assert_int_equal(WaitForSingleObject(timer, INFINITE), WAIT_OBJECT_0);
    assert_in_range(GetTickCount64() - before, 4, 5);
    assert_string_equal(told, "");
    assert_int_equal(SleepEx(0, TRUE), WAIT_IO_COMPLETION);
    assert_string_equal(told, "t");

    GetSystemTimeAsFileTime(&now); /* an absolute time */
    due.QuadPart = (LONGLONG)((ULONGLONG)now.dwHighDateTime << 32 | now.dwLowDateTime) + 30000;
    assert_true(timer_ticks < (ULONGLONG)due.QuadPart);
    assert_true(SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE));
    assert_int_equal(WaitForSingleObject(timer, 2), WAIT_TIMEOUT);
    assert_int_equal(WaitForSingleObject(timer, 2), WAIT_OBJECT_0);
    assert_true(CancelWaitableTimer(timer));
    assert_false(SetWaitableTimer(timer, &due, -1, NULL, NULL, FALSE));
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
}

/* ---- Threads and handles --------------------------------------------------------------------- */

static DWORD WINAPI sleep_for_ever(LPVOID parameter)
{
    (void)parameter;
    Sleep(INFINITE);
    return 1;
}

static void a_thread_is_found_held_back_and_ended(void **state)
{
    (void)state;
    DWORD id = 0, code = 0;
    HANDLE thread = CreateThread(NULL, 0, sleep_for_ever, NULL, 0, &id);
    Sleep(1);
    HANDLE opened = OpenThread(THREAD_ALL_ACCESS, FALSE, id);
    assert_int_equal(GetThreadId(opened), id);
    assert_int_equal(GetThreadId(GetCurrentThread()), GetCurrentThreadId());
    assert_int_equal(GetProcessIdOfThread(opened), GetCurrentProcessId());
    assert_true(GetExitCodeThread(opened, &code));
    assert_int_equal(code, STILL_ACTIVE);
    assert_int_equal(SuspendThread(opened), 0);
    assert_int_equal(ResumeThread(opened), 1);
    assert_int_equal(ResumeThread(opened), 0);
    assert_true(TerminateThread(opened, 5));
    assert_true(GetExitCodeThread(thread, &code));
    assert_int_equal(code, 5);
    assert_int_equal(WaitForSingleObject(thread, 0), WAIT_OBJECT_0);
    assert_int_equal(SuspendThread(thread), (DWORD)-1);
    assert_int_equal(GetLastError(), ERROR_ACCESS_DENIED);
    assert_null(OpenThread(THREAD_ALL_ACCESS, FALSE, id));
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
}

static void a_handle_is_copied_protected_and_closed(void **state)
{
    (void)state;
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL), copy = NULL, self = NULL;
    DWORD flags = 9;
    assert_true(DuplicateHandle(GetCurrentProcess(), event, GetCurrentProcess(), &copy, 0, TRUE,
                                DUPLICATE_SAME_ACCESS));
    assert_ptr_not_equal(copy, event);
    assert_true(GetHandleInformation(copy, &flags));
    assert_int_equal(flags, HANDLE_FLAG_INHERIT);
    assert_true(SetEvent(copy));
    assert_int_equal(WaitForSingleObject(event, 0), WAIT_OBJECT_0);
    assert_true(
        SetHandleInformation(copy, HANDLE_FLAG_PROTECT_FROM_CLOSE, HANDLE_FLAG_PROTECT_FROM_CLOSE));
    assert_false(CloseHandle(copy));
    assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
    assert_true(SetHandleInformation(copy, HANDLE_FLAG_PROTECT_FROM_CLOSE, 0));
    assert_true(
        DuplicateHandle(GetCurrentProcess(), copy, NULL, NULL, 0, FALSE, DUPLICATE_CLOSE_SOURCE));
    assert_false(CloseHandle(copy));
    assert_false(DuplicateHandle(GetCurrentProcess(), copy, GetCurrentProcess(), &self, 0, FALSE,
                                 DUPLICATE_SAME_ACCESS));
    assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
    assert_true(DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &self,
                                0, FALSE, DUPLICATE_SAME_ACCESS));
    assert_int_equal(GetThreadId(self), GetCurrentThreadId());
    assert_true(CloseHandle(GetCurrentThread()));
}

#define SYNC_TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SYNC_TEST(a_name_opens_what_was_made_under_it),
        SYNC_TEST(a_mutex_is_released_by_its_owner_and_abandoned_by_its_end),
        SYNC_TEST(a_semaphore_counts),
        SYNC_TEST(signal_and_wait_is_one_call),
        SYNC_TEST(a_pulse_lets_go_who_waits_and_nobody_later),
        SYNC_TEST(an_apc_runs_in_an_alertable_wait),
        SYNC_TEST(what_is_queued_before_a_thread_began_runs_first),
        SYNC_TEST(a_timer_calls_and_signals),
        SYNC_TEST(a_thread_is_found_held_back_and_ended),
        SYNC_TEST(a_handle_is_copied_protected_and_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
