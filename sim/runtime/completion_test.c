/* Completion ports, results and cancelling, as a program sees them. */
#include "sim/runtime/test_guest.h"

static int enter(void **state)
{
    (void)state;
    return enter_machine(4);
}

static HANDLE new_port(DWORD threads)
{
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, threads);
    assert_non_null(port);
    return port;
}

/* ---- Packets that are posted ----------------------------------------------------------------- */

static void what_is_posted_is_got(void **state)
{
    (void)state;
    HANDLE port = new_port(1);
    OVERLAPPED overlapped = {0}, *got = &overlapped;
    DWORD bytes = 7;
    ULONG_PTR key = 8;
    SetLastError(55);
    assert_true(PostQueuedCompletionStatus(port, 11, 12, &overlapped));
    assert_true(PostQueuedCompletionStatus(port, 13, 14, NULL));
    assert_true(GetQueuedCompletionStatus(port, &bytes, &key, &got, INFINITE));
    assert_int_equal(bytes, 11);
    assert_int_equal(key, 12);
    assert_ptr_equal(got, &overlapped);
    assert_true(GetQueuedCompletionStatus(port, &bytes, &key, &got, 0));
    assert_null(got);
    assert_int_equal(key, 14);
    assert_int_equal(GetLastError(), 55); /* row 87 */

    got = &overlapped;
    assert_false(GetQueuedCompletionStatus(port, &bytes, &key, &got, 10)); /* row 84 */
    assert_int_equal(GetLastError(), WAIT_TIMEOUT);
    assert_null(got);
    assert_int_equal(bytes, 13);
    assert_int_equal(key, 14);
}

static void several_are_got_at_once(void **state)
{
    (void)state;
    HANDLE port = new_port(1);
    OVERLAPPED_ENTRY entries[4];
    ULONG removed = 9;
    for (ULONG_PTR i = 0; i < 6; i++)
        PostQueuedCompletionStatus(port, (DWORD)i, 100 + i, NULL);
    assert_true(GetQueuedCompletionStatusEx(port, entries, 4, &removed, INFINITE, FALSE));
    assert_int_equal(removed, 4);
    assert_int_equal(entries[3].lpCompletionKey, 103);
    assert_int_equal(entries[3].dwNumberOfBytesTransferred, 3);
    assert_true(GetQueuedCompletionStatusEx(port, entries, 4, &removed, INFINITE, FALSE));
    assert_int_equal(removed, 2);
    assert_false(GetQueuedCompletionStatusEx(port, entries, 4, &removed, 1, FALSE));
    assert_int_equal(GetLastError(), WAIT_TIMEOUT);
    assert_false(GetQueuedCompletionStatusEx(port, entries, 0, &removed, 1, FALSE));
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
}

static void CALLBACK count(ULONG_PTR counter)
{
    ++*(int *)counter;
}

static void an_apc_ends_an_alertable_call(void **state)
{
    (void)state;
    HANDLE port = new_port(1);
    OVERLAPPED_ENTRY entry;
    ULONG removed;
    int counter = 0;
    QueueUserAPC(count, GetCurrentThread(), (ULONG_PTR)&counter);
    assert_false(GetQueuedCompletionStatusEx(port, &entry, 1, &removed, 5, FALSE));
    assert_int_equal(counter, 0);
    assert_false(GetQueuedCompletionStatusEx(port, &entry, 1, &removed, INFINITE, TRUE));
    assert_int_equal(GetLastError(), WAIT_IO_COMPLETION);
    assert_int_equal(counter, 1);
}

struct taker {
    HANDLE port;
    DWORD error;
    ULONG_PTR key;
};

static DWORD WINAPI take(LPVOID parameter)
{
    struct taker *taker = parameter;
    DWORD bytes;
    OVERLAPPED *got;
    if (!GetQueuedCompletionStatus(taker->port, &bytes, &taker->key, &got, INFINITE))
        taker->error = GetLastError();
    return 0;
}

static void the_last_to_wait_is_the_first_to_go(void **state)
{
    (void)state;
    struct taker takers[3] = {{.port = new_port(4)}};
    HANDLE threads[3];
    for (int i = 0; i < 3; i++) {
        takers[i].port = takers[0].port;
        threads[i] = CreateThread(NULL, 0, take, &takers[i], 0, NULL);
        Sleep(1);
    }
    for (ULONG_PTR key = 1; key <= 3; key++)
        PostQueuedCompletionStatus(takers[0].port, 0, key, NULL);
    assert_int_equal(WaitForMultipleObjects(3, threads, TRUE, INFINITE), WAIT_OBJECT_0);
    assert_int_equal(takers[2].key, 1);
    assert_int_equal(takers[1].key, 2);
    assert_int_equal(takers[0].key, 3);
}

static void closing_the_port_ends_who_waits(void **state)
{
    (void)state;
    struct taker taker = {.port = new_port(1)};
    HANDLE thread = CreateThread(NULL, 0, take, &taker, 0, NULL);
    Sleep(1);
    assert_true(CloseHandle(taker.port));
    assert_int_equal(WaitForSingleObject(thread, INFINITE), WAIT_OBJECT_0);
    assert_int_equal(taker.error, ERROR_ABANDONED_WAIT_0);
}

/* ---- Files ----------------------------------------------------------------------------------- */

static void a_file_has_one_port_and_events_have_none(void **state)
{
    (void)state;
    SOCKET s = tcp_socket();
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL), port = new_port(0);
    assert_ptr_equal(CreateIoCompletionPort((HANDLE)s, port, 5, 0), port);
    assert_null(CreateIoCompletionPort((HANDLE)s, port, 5, 0));
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
    assert_null(CreateIoCompletionPort((HANDLE)s, NULL, 5, 0));
    assert_null(CreateIoCompletionPort(event, port, 5, 0));
    assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
    assert_null(CreateIoCompletionPort((HANDLE)s, event, 5, 0));
    assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
    assert_null(CreateIoCompletionPort(INVALID_HANDLE_VALUE, port, 5, 0));
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);

    assert_true(SetFileCompletionNotificationModes((HANDLE)s, FILE_SKIP_SET_EVENT_ON_HANDLE));
    assert_false(SetFileCompletionNotificationModes((HANDLE)s, 4));
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
    assert_false(SetFileCompletionNotificationModes(event, 1));
    assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
}

static void a_result_is_read_or_waited_for(void **state)
{
    (void)state;
    SOCKET s = tcp_socket();
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    OVERLAPPED overlapped = {.Internal = 0x103, .InternalHigh = 4, .hEvent = event};
    DWORD bytes = 9;
    assert_false(HasOverlappedIoCompleted(&overlapped));
    assert_false(GetOverlappedResult((HANDLE)s, &overlapped, &bytes, FALSE));
    assert_int_equal(GetLastError(), ERROR_IO_INCOMPLETE);
    assert_int_equal(bytes, 9);
    assert_false(GetOverlappedResultEx((HANDLE)s, &overlapped, &bytes, 0, FALSE));
    assert_int_equal(GetLastError(), ERROR_IO_INCOMPLETE);
    assert_false(GetOverlappedResultEx((HANDLE)s, &overlapped, &bytes, 5, FALSE));
    assert_int_equal(GetLastError(), WAIT_TIMEOUT);
    int counter = 0;
    QueueUserAPC(count, GetCurrentThread(), (ULONG_PTR)&counter);
    assert_false(GetOverlappedResultEx((HANDLE)s, &overlapped, &bytes, 5, TRUE));
    assert_int_equal(GetLastError(), WAIT_IO_COMPLETION);

    overlapped.Internal = 0xC0000120;
    assert_false(GetOverlappedResult((HANDLE)s, &overlapped, &bytes, TRUE));
    assert_int_equal(GetLastError(), ERROR_OPERATION_ABORTED);
    assert_int_equal(bytes, 4);
    overlapped.Internal = 0;
    assert_true(GetOverlappedResult((HANDLE)s, &overlapped, &bytes, TRUE));
}

static void with_nothing_pending_there_is_nothing_to_cancel(void **state)
{
    (void)state;
    SOCKET s = tcp_socket();
    assert_true(CancelIo((HANDLE)s));
    assert_false(CancelIoEx((HANDLE)s, NULL));
    assert_int_equal(GetLastError(), ERROR_NOT_FOUND);
    assert_false(CancelSynchronousIo(GetCurrentThread()));
    assert_int_equal(GetLastError(), ERROR_NOT_FOUND);
    assert_false(CancelIo((HANDLE)(ULONG_PTR)0x4444));
    assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
}

#define COMPLETION_TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        COMPLETION_TEST(what_is_posted_is_got),
        COMPLETION_TEST(several_are_got_at_once),
        COMPLETION_TEST(an_apc_ends_an_alertable_call),
        COMPLETION_TEST(the_last_to_wait_is_the_first_to_go),
        COMPLETION_TEST(closing_the_port_ends_who_waits),
        COMPLETION_TEST(a_file_has_one_port_and_events_have_none),
        COMPLETION_TEST(a_result_is_read_or_waited_for),
        COMPLETION_TEST(with_nothing_pending_there_is_nothing_to_cancel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
