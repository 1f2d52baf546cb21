/* Waiting: events, mutexes, semaphores, timers, routines of a thread's own, locks in user mode. */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/suite.h"

enum { SOON_MS = 50, LONG_MS = 10000 };

static HANDLE thread_of(LPTHREAD_START_ROUTINE routine, void *parameter)
{
    HANDLE thread = CreateThread(NULL, 0, routine, parameter, 0, NULL);
    assert_non_null(thread);
    return thread;
}

static DWORD join(HANDLE thread)
{
    DWORD code = 0xdead;
    assert_int_equal(WaitForSingleObject(thread, LONG_MS), WAIT_OBJECT_0);
    assert_true(GetExitCodeThread(thread, &code));
    assert_true(CloseHandle(thread));
    return code;
}

static HANDLE event_of(BOOL manual, BOOL signaled)
{
    HANDLE event = CreateEventA(NULL, manual, signaled, NULL);
    assert_non_null(event);
    return event;
}

static DWORD WINAPI look_at(LPVOID object)
{
    return WaitForSingleObject(object, 0);
}

static void a_wait_without_time_only_looks(void)
{
    HANDLE event = event_of(TRUE, FALSE);
    assert_int_equal(WaitForSingleObject(event, 0), WAIT_TIMEOUT);
    assert_true(SetEvent(event));
    assert_int_equal(WaitForSingleObject(event, 0), WAIT_OBJECT_0);
    assert_true(CloseHandle(event));
}

static void a_manual_event_stays_signaled(void)
{
    HANDLE event = event_of(TRUE, TRUE);
    assert_int_equal(WaitForSingleObject(event, 0), WAIT_OBJECT_0);
    assert_int_equal(join(thread_of(look_at, event)), WAIT_OBJECT_0);
    assert_true(ResetEvent(event));
    assert_int_equal(join(thread_of(look_at, event)), WAIT_TIMEOUT);
    assert_true(CloseHandle(event));
}

static void an_auto_reset_event_lets_one_through(void)
{
    HANDLE event = event_of(FALSE, FALSE);
    assert_true(SetEvent(event));
    assert_true(SetEvent(event));
    assert_int_equal(join(thread_of(look_at, event)), WAIT_OBJECT_0);
    assert_int_equal(WaitForSingleObject(event, 0), WAIT_TIMEOUT);
    assert_true(CloseHandle(event));
}

static void the_lowest_signaled_index_is_answered(void)
{
    HANDLE events[] = {event_of(FALSE, FALSE), event_of(FALSE, TRUE), event_of(FALSE, TRUE)};
    assert_int_equal(WaitForMultipleObjects(3, events, FALSE, 0), WAIT_OBJECT_0 + 1);
    assert_int_equal(WaitForSingleObject(events[2], 0), WAIT_OBJECT_0);
    for (int i = 0; i < 3; i++)
        assert_true(CloseHandle(events[i]));
}

static void a_wait_for_all_takes_all_or_nothing(void)
{
    HANDLE events[] = {event_of(FALSE, TRUE), event_of(FALSE, FALSE)};
    assert_int_equal(WaitForMultipleObjects(2, events, TRUE, SOON_MS), WAIT_TIMEOUT);
    assert_true(SetEvent(events[1]));
    assert_int_equal(WaitForMultipleObjects(2, events, TRUE, 0), WAIT_OBJECT_0);
    assert_int_equal(WaitForSingleObject(events[0], 0), WAIT_TIMEOUT);
    assert_int_equal(WaitForSingleObject(events[1], 0), WAIT_TIMEOUT);
    for (int i = 0; i < 2; i++)
        assert_true(CloseHandle(events[i]));
}

static void assert_wait_fails(DWORD answer, DWORD error)
{
    DWORD got = GetLastError();
    assert_int_equal(answer, WAIT_FAILED);
    assert_int_equal(got, error);
}

static void none_too_many_and_twice_are_refused(void)
{
    HANDLE handles[MAXIMUM_WAIT_OBJECTS + 1];
    HANDLE event = event_of(TRUE, TRUE);
    for (int i = 0; i <= MAXIMUM_WAIT_OBJECTS; i++)
        handles[i] = event;
    assert_wait_fails(WaitForMultipleObjects(0, handles, FALSE, 0), ERROR_INVALID_PARAMETER);
    assert_wait_fails(WaitForMultipleObjects(MAXIMUM_WAIT_OBJECTS + 1, handles, FALSE, 0),
                      ERROR_INVALID_PARAMETER);
    assert_wait_fails(WaitForMultipleObjects(2, handles, TRUE, 0), ERROR_INVALID_PARAMETER);
    assert_true(CloseHandle(event));
}

static void a_closed_handle_is_no_handle(void)
{
    HANDLE event = event_of(TRUE, TRUE);
    assert_true(CloseHandle(event));
    assert_wait_fails(WaitForSingleObject(event, 0), ERROR_INVALID_HANDLE);
    assert_false(SetEvent(event));
    assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
}

static void a_mutex_counts_its_owner(void)
{
    HANDLE mutex = CreateMutexA(NULL, TRUE, NULL);
    assert_int_equal(WaitForSingleObject(mutex, 0), WAIT_OBJECT_0);
    assert_true(ReleaseMutex(mutex));
    assert_int_equal(join(thread_of(look_at, mutex)), WAIT_TIMEOUT);
    assert_true(ReleaseMutex(mutex));
    assert_false(ReleaseMutex(mutex));
    assert_int_equal(GetLastError(), ERROR_NOT_OWNER);
    assert_true(CloseHandle(mutex));
}

static void a_mutex_of_an_ended_thread_is_abandoned(void)
{
    HANDLE mutex = CreateMutexA(NULL, FALSE, NULL);
    assert_int_equal(join(thread_of(look_at, mutex)), WAIT_OBJECT_0);
    assert_int_equal(WaitForSingleObject(mutex, LONG_MS), WAIT_ABANDONED_0);
    assert_true(ReleaseMutex(mutex));
    assert_int_equal(WaitForSingleObject(mutex, 0), WAIT_OBJECT_0);
    assert_true(ReleaseMutex(mutex));
    assert_true(CloseHandle(mutex));
}

static void a_semaphore_counts_to_its_limit(void)
{
    LONG before = -1;
    HANDLE semaphore = CreateSemaphoreA(NULL, 1, 2, NULL);
    assert_false(ReleaseSemaphore(semaphore, 2, &before));
    assert_int_equal(GetLastError(), ERROR_TOO_MANY_POSTS);
    assert_true(ReleaseSemaphore(semaphore, 1, &before));
    assert_int_equal(before, 1);
    assert_int_equal(WaitForSingleObject(semaphore, 0), WAIT_OBJECT_0);
    assert_int_equal(WaitForSingleObject(semaphore, 0), WAIT_OBJECT_0);
    assert_int_equal(WaitForSingleObject(semaphore, 0), WAIT_TIMEOUT);
    assert_true(CloseHandle(semaphore));
}

static ULONG_PTR order[4];
static int calls;

static void CALLBACK note(ULONG_PTR number)
{
    if (calls < 4)
        order[calls] = number;
    calls++;
}

static void routines_run_in_alertable_waits_alone(void)
{
    calls = 0;
    for (ULONG_PTR i = 1; i <= 3; i++)
        assert_true(QueueUserAPC(note, GetCurrentThread(), i) != 0);
    Sleep(1);
    assert_int_equal(calls, 0);
    assert_int_equal(SleepEx(LONG_MS, TRUE), WAIT_IO_COMPLETION);
    assert_int_equal(calls, 3);
    for (ULONG_PTR i = 0; i < 3; i++)
        assert_int_equal(order[i], i + 1);
    assert_int_equal(SleepEx(0, TRUE), 0);
}

static void a_timer_is_due_once_or_until_taken(void)
{
    LARGE_INTEGER due = {.QuadPart = -10 * 10000};
    HANDLE manual = CreateWaitableTimerA(NULL, TRUE, NULL);
    HANDLE once = CreateWaitableTimerA(NULL, FALSE, NULL);
    assert_true(SetWaitableTimer(manual, &due, 0, NULL, NULL, FALSE));
    assert_true(SetWaitableTimer(once, &due, 0, NULL, NULL, FALSE));
    assert_int_equal(WaitForSingleObject(manual, LONG_MS), WAIT_OBJECT_0);
    assert_int_equal(WaitForSingleObject(manual, 0), WAIT_OBJECT_0);
    assert_int_equal(WaitForSingleObject(once, LONG_MS), WAIT_OBJECT_0);
    assert_int_equal(WaitForSingleObject(once, 0), WAIT_TIMEOUT);
    assert_true(CloseHandle(manual));
    assert_true(CloseHandle(once));
}

static CRITICAL_SECTION section;

static DWORD WINAPI try_section(LPVOID unused)
{
    (void)unused;
    BOOL entered = TryEnterCriticalSection(&section);
    if (entered)
        LeaveCriticalSection(&section);
    return (DWORD)entered;
}

static void a_critical_section_is_its_owners(void)
{
    assert_true(InitializeCriticalSectionAndSpinCount(&section, 100));
    EnterCriticalSection(&section);
    assert_true(TryEnterCriticalSection(&section));
    LeaveCriticalSection(&section);
    assert_int_equal(join(thread_of(try_section, NULL)), FALSE);
    LeaveCriticalSection(&section);
    assert_int_equal(join(thread_of(try_section, NULL)), TRUE);
    DeleteCriticalSection(&section);
}

static void a_slim_lock_has_sharers_or_one_owner(void)
{
    SRWLOCK lock = SRWLOCK_INIT;
    assert_true(TryAcquireSRWLockShared(&lock));
    assert_true(TryAcquireSRWLockShared(&lock));
    assert_false(TryAcquireSRWLockExclusive(&lock));
    ReleaseSRWLockShared(&lock);
    ReleaseSRWLockShared(&lock);
    assert_true(TryAcquireSRWLockExclusive(&lock));
    assert_false(TryAcquireSRWLockShared(&lock));
    assert_false(TryAcquireSRWLockExclusive(&lock));
    ReleaseSRWLockExclusive(&lock);
}

static CONDITION_VARIABLE condition;
static int ready;

static DWORD WINAPI sleep_on_condition(LPVOID unused)
{
    (void)unused;
    EnterCriticalSection(&section);
    while (ready == 0)
        SleepConditionVariableCS(&condition, &section, INFINITE);
    ready--;
    LeaveCriticalSection(&section);
    return 0;
}

static void a_condition_variable_wakes_who_sleeps(void)
{
    InitializeCriticalSection(&section);
    InitializeConditionVariable(&condition);
    ready = 0;
    EnterCriticalSection(&section);
    assert_false(SleepConditionVariableCS(&condition, &section, 1));
    assert_int_equal(GetLastError(), ERROR_TIMEOUT);
    LeaveCriticalSection(&section);
    HANDLE thread = thread_of(sleep_on_condition, NULL);
    Sleep(SOON_MS);
    EnterCriticalSection(&section);
    ready = 1;
    LeaveCriticalSection(&section);
    WakeConditionVariable(&condition);
    join(thread);
    assert_int_equal(ready, 0);
    DeleteCriticalSection(&section);
}

static BOOL CALLBACK make_once(PINIT_ONCE once, PVOID count, PVOID *context)
{
    (void)once;
    ++*(int *)count;
    *context = count;
    return *(int *)count > 1;
}

static void what_is_done_once_is_not_done_again(void)
{
    INIT_ONCE once = INIT_ONCE_STATIC_INIT;
    int count = 0;
    PVOID context = NULL;
    assert_false(InitOnceExecuteOnce(&once, make_once, &count, &context));
    assert_true(InitOnceExecuteOnce(&once, make_once, &count, &context));
    assert_true(InitOnceExecuteOnce(&once, make_once, &count, &context));
    assert_int_equal(count, 2);
    assert_ptr_equal(context, &count);
}

static const struct suite_case cases[] = {
    CASE(a_wait_without_time_only_looks, WAIT_001),
    CASE(a_manual_event_stays_signaled, WAIT_002),
    CASE(an_auto_reset_event_lets_one_through, WAIT_003),
    CASE(the_lowest_signaled_index_is_answered, WAIT_004),
    CASE(a_wait_for_all_takes_all_or_nothing, WAIT_005),
    CASE(none_too_many_and_twice_are_refused, WAIT_006, WAIT_007),
    CASE(a_closed_handle_is_no_handle, WAIT_008),
    CASE(a_mutex_counts_its_owner, WAIT_009, WAIT_010),
    CASE(a_mutex_of_an_ended_thread_is_abandoned, WAIT_011),
    CASE(a_semaphore_counts_to_its_limit, WAIT_012),
    CASE(routines_run_in_alertable_waits_alone, WAIT_013, WAIT_014),
    CASE(a_timer_is_due_once_or_until_taken, WAIT_015),
    CASE(a_critical_section_is_its_owners, WAIT_016),
    CASE(a_slim_lock_has_sharers_or_one_owner, WAIT_017),
    CASE(a_condition_variable_wakes_who_sleeps, WAIT_018),
    CASE(what_is_done_once_is_not_done_again, WAIT_019),
    END_OF_CASES,
};

const struct suite threads_wait_suite = {
    .name = "threads_wait",
    .about = "Waiting for objects, and locks in user mode",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
