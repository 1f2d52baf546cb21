/* Alertable waits and QueueUserAPC. */
#include "conformance/suites/pending.h"

static volatile LONG calls;
static ULONG_PTR last_argument;
static DWORD last_thread;

static void CALLBACK count_call(ULONG_PTR argument)
{
    calls++;
    last_argument = argument;
    last_thread = GetCurrentThreadId();
}

static void queue_to_self(ULONG_PTR argument)
{
    assert_int_not_equal(QueueUserAPC(count_call, GetCurrentThread(), argument), 0);
}

static void every_alertable_wait_runs_apcs(void)
{
    const HANDLE events[2] = {CreateEventW(NULL, TRUE, FALSE, NULL),
                              CreateEventW(NULL, TRUE, FALSE, NULL)};
    calls = 0;
    START_WINSOCK();
    queue_to_self(1);
    assert_int_equal(SleepEx(PATIENCE_MS, TRUE), WAIT_IO_COMPLETION);
    queue_to_self(2);
    assert_int_equal(WaitForSingleObjectEx(events[0], PATIENCE_MS, TRUE), WAIT_IO_COMPLETION);
    queue_to_self(3);
    assert_int_equal(WaitForMultipleObjectsEx(2, events, FALSE, PATIENCE_MS, TRUE),
                     WAIT_IO_COMPLETION);
    queue_to_self(4);
    assert_int_equal(WaitForMultipleObjectsEx(2, events, TRUE, PATIENCE_MS, TRUE),
                     WAIT_IO_COMPLETION);
    queue_to_self(5);
    assert_int_equal(WSAWaitForMultipleEvents(2, events, FALSE, PATIENCE_MS, TRUE),
                     WSA_WAIT_IO_COMPLETION);
    queue_to_self(6);
    assert_int_equal(SignalObjectAndWait(events[0], events[1], PATIENCE_MS, TRUE),
                     WAIT_IO_COMPLETION);
    assert_int_equal(WaitForSingleObject(events[0], 0), WAIT_OBJECT_0);
    assert_int_equal(calls, 6);
    assert_int_equal(last_argument, 6);
    END_WINSOCK();
    assert_true(CloseHandle(events[0]));
    assert_true(CloseHandle(events[1]));
}

static void CALLBACK queue_again(ULONG_PTR left)
{
    calls++;
    if (left > 0)
        QueueUserAPC(queue_again, GetCurrentThread(), left - 1);
}

static void an_apc_that_queues_another_runs_that_too(void)
{
    calls = 0;
    assert_int_not_equal(QueueUserAPC(queue_again, GetCurrentThread(), 3), 0);
    for (int i = 0; i < 10 && calls < 4; i++)
        assert_int_equal(SleepEx(0, TRUE), WAIT_IO_COMPLETION);
    assert_int_equal(calls, 4);
    assert_no_routine_waits();
}

/* ---- Other threads --------------------------------------------------------------------------- */

struct sleeper {
    volatile LONG waits;
    DWORD result;
    DWORD id;
};

static DWORD WINAPI sleep_alertably(void *context)
{
    struct sleeper *sleeper = context;
    sleeper->id = GetCurrentThreadId();
    sleeper->waits = 1;
    sleeper->result = SleepEx(PATIENCE_MS, TRUE);
    return 0;
}

static void an_apc_wakes_the_thread_it_is_queued_to(void)
{
    struct sleeper sleeper = {0, 0, 0};
    const ULONGLONG before = GetTickCount64();
    calls = 0;
    const HANDLE thread = start_thread(sleep_alertably, &sleeper);
    assert_becomes(&sleeper.waits, 1);
    Sleep(A_MOMENT_MS);
    assert_int_equal(calls, 0);
    assert_int_not_equal(QueueUserAPC(count_call, thread, 77), 0);
    join_thread(thread);
    assert_int_equal(sleeper.result, WAIT_IO_COMPLETION);
    assert_int_equal(calls, 1);
    assert_int_equal(last_argument, 77);
    assert_int_equal(last_thread, sleeper.id);
    assert_true(GetTickCount64() - before < PATIENCE_MS);
}

static DWORD WINAPI end_at_once(void *context)
{
    (void)context;
    return 5;
}

static void a_thread_that_has_ended_takes_no_apc(void)
{
    const HANDLE thread = start_thread(end_at_once, NULL);
    calls = 0;
    assert_int_equal(WaitForSingleObject(thread, PATIENCE_MS), WAIT_OBJECT_0);
    assert_int_equal(QueueUserAPC(count_call, thread, 1), 0);
    assert_int_not_equal(GetLastError(), 0);
    assert_true(CloseHandle(thread));
    assert_no_routine_waits();
    assert_int_equal(calls, 0);
}

static DWORD WINAPI end_with_calls(void *context)
{
    (void)context;
    return (DWORD)calls;
}

static void an_apc_before_the_start_runs_first(void)
{
    calls = 0;
    const HANDLE thread = CreateThread(NULL, 0, end_with_calls, NULL, CREATE_SUSPENDED, NULL);
    assert_non_null(thread);
    assert_int_not_equal(QueueUserAPC(count_call, thread, 3), 0);
    assert_int_equal(calls, 0);
    assert_int_equal(ResumeThread(thread), 1);
    assert_int_equal(join_thread(thread), 1);
    assert_int_equal(last_argument, 3);
}

/* ---- Winsock's own waits --------------------------------------------------------------------- */

static DWORD WINAPI send_after_a_moment(void *context)
{
    const SOCKET *s = context;
    Sleep(2 * A_MOMENT_MS);
    return send(*s, "late", 4, 0) == 4 ? 0 : 1;
}

static void a_receive_that_waits_runs_apcs_and_goes_on(void)
{
    struct pending pending;
    WSABUF buffer;
    START_WINSOCK();
    struct pair pair = tcp_pair();
    calls = 0;
    pending_init(&pending, false);
    buffer.buf = pending.bytes;
    buffer.len = PENDING_BYTES;
    queue_to_self(1);
    const HANDLE sender = start_thread(send_after_a_moment, &pair.b);
    assert_int_equal(WSARecv(pair.a, &buffer, 1, &pending.count, &pending.flags, NULL, NULL), 0);
    assert_int_equal(pending.count, 4);
    assert_int_equal(calls, 1);
    assert_int_equal(join_thread(sender), 0);
    close_pair(&pair);
    END_WINSOCK();
}

static void a_receive_of_what_is_there_runs_none(void)
{
    struct pending pending;
    WSABUF buffer;
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    calls = 0;
    pending_init(&pending, false);
    buffer.buf = pending.bytes;
    buffer.len = PENDING_BYTES;
    send_text(pair.b, "early");
    Sleep(A_MOMENT_MS);
    queue_to_self(1);
    assert_int_equal(WSARecv(pair.a, &buffer, 1, &pending.count, &pending.flags, NULL, NULL), 0);
    assert_int_equal(pending.count, 5);
    assert_int_equal(calls, 0);
    assert_int_equal(SleepEx(0, TRUE), WAIT_IO_COMPLETION);
    assert_int_equal(calls, 1);
    close_pair(&pair);
    END_WINSOCK();
}

static void an_object_that_is_set_wins_without_a_wait(void)
{
    const HANDLE event = CreateEventW(NULL, TRUE, TRUE, NULL);
    calls = 0;
    assert_int_equal(WaitForSingleObjectEx(event, 0, TRUE), WAIT_OBJECT_0);
    assert_int_equal(WaitForMultipleObjectsEx(1, &event, FALSE, 0, TRUE), WAIT_OBJECT_0);
    assert_true(ResetEvent(event));
    assert_int_equal(WaitForSingleObjectEx(event, 0, TRUE), WAIT_TIMEOUT);
    queue_to_self(1);
    assert_int_equal(WaitForSingleObjectEx(event, 0, TRUE), WAIT_IO_COMPLETION);
    assert_int_equal(calls, 1);
    assert_true(CloseHandle(event));
}

static const struct suite_case cases[] = {
    CASE(every_alertable_wait_runs_apcs, APC_012, APC_011),
    CASE(an_apc_that_queues_another_runs_that_too, APC_013),
    CASE(an_apc_wakes_the_thread_it_is_queued_to, APC_014),
    CASE(a_thread_that_has_ended_takes_no_apc, APC_015),
    CASE(an_apc_before_the_start_runs_first, APC_016),
    CASE(a_receive_that_waits_runs_apcs_and_goes_on, APC_017),
    CASE(a_receive_of_what_is_there_runs_none, APC_018),
    CASE(an_object_that_is_set_wins_without_a_wait, APC_012),
    END_OF_CASES,
};

const struct suite routine_waits_suite = {
    .name = "routine_waits",
    .about = "alertable waits and QueueUserAPC",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
