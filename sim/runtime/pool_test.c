/* The thread pool, as a program sees it. */
#include "sim/runtime/test_guest.h"

static int calls, timeouts;
static DWORD thread_id;
static HANDLE hold; /* an event that callbacks wait for, or NULL */

static int enter(void **state)
{
    (void)state;
    calls = timeouts = 0;
    hold = NULL;
    return enter_machine(5);
}

static void called(void)
{
    thread_id = GetCurrentThreadId();
    if (hold != NULL)
        WaitForSingleObject(hold, INFINITE);
    calls++;
}

static void CALLBACK simple(PTP_CALLBACK_INSTANCE instance, PVOID context)
{
    if (context != NULL)
        SetEventWhenCallbackReturns(instance, context);
    called();
}

static void CALLBACK work(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WORK self)
{
    (void)instance;
    (void)self;
    assert_ptr_equal(context, &calls);
    called();
}

static DWORD WINAPI user_work(LPVOID context)
{
    (void)context;
    called();
    return 0;
}

static void callbacks_run_on_threads_of_the_pool(void **state)
{
    (void)state;
    HANDLE done = CreateEventA(NULL, TRUE, FALSE, NULL);
    assert_true(TrySubmitThreadpoolCallback(simple, done, NULL));
    assert_int_equal(calls, 0);
    assert_int_equal(WaitForSingleObject(done, INFINITE), WAIT_OBJECT_0);
    assert_int_equal(calls, 1);
    assert_int_not_equal(thread_id, GetCurrentThreadId());
    DWORD first = thread_id;
    assert_true(QueueUserWorkItem(user_work, NULL, WT_EXECUTEDEFAULT));
    Sleep(1);
    assert_int_equal(calls, 2);
    assert_int_equal(thread_id, first); /* it had nothing to do */
}

static void work_is_submitted_waited_for_and_withdrawn(void **state)
{
    (void)state;
    PTP_WORK item = CreateThreadpoolWork(work, &calls, NULL);
    for (int i = 0; i < 5; i++)
        SubmitThreadpoolWork(item);
    WaitForThreadpoolWorkCallbacks(item, FALSE);
    assert_int_equal(calls, 5);
    SubmitThreadpoolWork(item);
    WaitForThreadpoolWorkCallbacks(item, TRUE); /* it had not begun */
    assert_int_equal(calls, 5);
    for (int i = 0; i < 3; i++)
        SubmitThreadpoolWork(item);
    WaitForThreadpoolWorkCallbacks(item, TRUE);
    Sleep(1);
    SubmitThreadpoolWork(item);
    WaitForThreadpoolWorkCallbacks(item, FALSE);
    assert_int_equal(calls, 6);
    SubmitThreadpoolWork(item);
    CloseThreadpoolWork(item); /* what is queued still runs */
    Sleep(1);
    assert_int_equal(calls, 7);
}

static void callbacks_that_wait_do_not_hold_up_others(void **state)
{
    (void)state;
    hold = CreateEventA(NULL, TRUE, FALSE, NULL);
    for (int i = 0; i < 20; i++)
        assert_true(TrySubmitThreadpoolCallback(simple, NULL, NULL));
    Sleep(1);
    HANDLE first = hold;
    hold = NULL;
    assert_true(TrySubmitThreadpoolCallback(simple, NULL, NULL));
    Sleep(1);
    assert_int_equal(calls, 1);
    SetEvent(first);
    Sleep(1);
    assert_int_equal(calls, 21);
}

static void CALLBACK timer(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_TIMER self)
{
    (void)instance;
    (void)context;
    (void)self;
    called();
}

static FILETIME in_ms(LONGLONG ms)
{
    ULARGE_INTEGER due = {.QuadPart = (ULONGLONG)(-ms * 10000)};
    return (FILETIME){.dwLowDateTime = due.LowPart, .dwHighDateTime = due.HighPart};
}

static void a_timer_calls_once_or_in_a_period(void **state)
{
    (void)state;
    FILETIME due = in_ms(5);
    PTP_TIMER once = CreateThreadpoolTimer(timer, NULL, NULL);
    assert_false(IsThreadpoolTimerSet(once));
    SetThreadpoolTimer(once, &due, 0, 0);
    assert_true(IsThreadpoolTimerSet(once));
    Sleep(4);
    assert_int_equal(calls, 0);
    Sleep(20);
    assert_int_equal(calls, 1);
    SetThreadpoolTimer(once, &due, 10, 0);
    Sleep(36);
    assert_int_equal(calls, 5);
    SetThreadpoolTimer(once, NULL, 0, 0);
    Sleep(50);
    assert_int_equal(calls, 5);
    WaitForThreadpoolTimerCallbacks(once, TRUE);
    CloseThreadpoolTimer(once);
}

static void CALLBACK waited(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WAIT self,
                            TP_WAIT_RESULT result)
{
    (void)instance;
    (void)context;
    (void)self;
    timeouts += result == WAIT_TIMEOUT;
    called();
}

static void a_wait_calls_once_for_each_setting(void **state)
{
    (void)state;
    HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);
    PTP_WAIT wait = CreateThreadpoolWait(waited, NULL, NULL);
    FILETIME due = in_ms(5);
    SetThreadpoolWait(wait, event, NULL);
    Sleep(50);
    assert_int_equal(calls, 0);
    SetEvent(event);
    Sleep(1);
    assert_int_equal(calls, 1);
    SetEvent(event);
    Sleep(1);
    assert_int_equal(calls, 1);
    SetThreadpoolWait(wait, event, NULL); /* it is signaled still */
    Sleep(1);
    assert_int_equal(calls, 2);
    SetThreadpoolWait(wait, event, &due);
    Sleep(10);
    assert_int_equal(timeouts, 1);
    SetThreadpoolWait(wait, event, NULL);
    SetThreadpoolWait(wait, NULL, NULL);
    SetEvent(event);
    Sleep(1);
    assert_int_equal(calls, 3);
    CloseThreadpoolWait(wait);
}

static void CALLBACK registered(PVOID context, BOOLEAN timed_out)
{
    (void)context;
    timeouts += timed_out;
    called();
}

static void a_registered_wait_calls_until_it_is_unregistered(void **state)
{
    (void)state;
    HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL), wait = NULL;
    HANDLE over = CreateEventA(NULL, TRUE, FALSE, NULL);
    assert_true(RegisterWaitForSingleObject(&wait, event, registered, NULL, 10, 0));
    for (int i = 0; i < 3; i++) {
        SetEvent(event);
        Sleep(1);
    }
    assert_int_equal(calls, 3);
    assert_int_equal(timeouts, 0);
    Sleep(25);
    assert_int_equal(timeouts, 2);
    assert_true(UnregisterWaitEx(wait, INVALID_HANDLE_VALUE));
    SetEvent(event);
    Sleep(30);
    assert_int_equal(calls, 5);

    hold = CreateEventA(NULL, TRUE, FALSE, NULL);
    assert_true(
        RegisterWaitForSingleObject(&wait, event, registered, NULL, INFINITE, WT_EXECUTEONLYONCE));
    Sleep(1);
    assert_false(UnregisterWaitEx(wait, over));
    assert_int_equal(GetLastError(), ERROR_IO_PENDING);
    assert_int_equal(WaitForSingleObject(over, 5), WAIT_TIMEOUT);
    SetEvent(hold);
    assert_int_equal(WaitForSingleObject(over, 5), WAIT_OBJECT_0);
    assert_int_equal(calls, 6);
}

static void idle_threads_end_after_a_while(void **state)
{
    (void)state;
    assert_true(TrySubmitThreadpoolCallback(simple, NULL, NULL));
    Sleep(1);
    HANDLE thread = OpenThread(SYNCHRONIZE, FALSE, thread_id);
    assert_int_equal(WaitForSingleObject(thread, 29000), WAIT_TIMEOUT);
    assert_int_equal(WaitForSingleObject(thread, 2000), WAIT_OBJECT_0);
    assert_true(TrySubmitThreadpoolCallback(simple, NULL, NULL));
    Sleep(1);
    assert_int_equal(calls, 2);
}

static void a_file_is_bound_once(void **state)
{
    (void)state;
    SOCKET s = tcp_socket(), t = tcp_socket();
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    PTP_IO io = CreateThreadpoolIo((HANDLE)s, NULL, NULL, NULL);
    assert_non_null(io);
    assert_null(CreateThreadpoolIo((HANDLE)s, NULL, NULL, NULL));
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
    assert_true(BindIoCompletionCallback((HANDLE)t, NULL, 0));
    assert_false(BindIoCompletionCallback(event, NULL, 0));
    assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
    StartThreadpoolIo(io);
    CancelThreadpoolIo(io);
    WaitForThreadpoolIoCallbacks(io, FALSE);
    CloseThreadpoolIo(io);
}

#define POOL_TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        POOL_TEST(callbacks_run_on_threads_of_the_pool),
        POOL_TEST(work_is_submitted_waited_for_and_withdrawn),
        POOL_TEST(callbacks_that_wait_do_not_hold_up_others),
        POOL_TEST(a_timer_calls_once_or_in_a_period),
        POOL_TEST(a_wait_calls_once_for_each_setting),
        POOL_TEST(a_registered_wait_calls_until_it_is_unregistered),
        POOL_TEST(idle_threads_end_after_a_while),
        POOL_TEST(a_file_is_bound_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
