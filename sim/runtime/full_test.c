/* Whatever allocation of the machine's fails, kernel32 answers and nothing breaks. */
#include "sim/runtime/test_machine.h"

static struct berth *machine;

static DWORD WINAPI nothing(LPVOID parameter)
{
    (void)parameter;
    return 0;
}

static void CALLBACK work(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WORK self)
{
    (void)instance;
    (void)context;
    (void)self;
}

static void CALLBACK timer(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_TIMER self)
{
    (void)instance;
    (void)context;
    (void)self;
}

static void CALLBACK waited(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WAIT self,
                            TP_WAIT_RESULT result)
{
    (void)instance;
    (void)context;
    (void)self;
    (void)result;
}

static void CALLBACK registered(PVOID context, BOOLEAN timed_out)
{
    (void)context;
    (void)timed_out;
}

static void CALLBACK apc(ULONG_PTR parameter)
{
    (void)parameter;
}

static void close_any(HANDLE handle)
{
    if (handle != NULL)
        assert_true(CloseHandle(handle));
}

static void objects(void)
{
    LARGE_INTEGER due = {.QuadPart = -10};
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, "event");
    HANDLE mutex = CreateMutexA(NULL, TRUE, "mutex");
    HANDLE semaphore = CreateSemaphoreA(NULL, 1, 2, NULL),
           set = CreateWaitableTimerA(NULL, 0, NULL);
    if (set != NULL)
        SetWaitableTimer(set, &due, 1, NULL, NULL, FALSE);
    if (event != NULL && semaphore != NULL) {
        HANDLE both[] = {event, semaphore};
        WaitForMultipleObjects(2, both, FALSE, 5);
        WaitForSingleObject(event, 5);
    }
    QueueUserAPC(apc, GetCurrentThread(), 0);
    SleepEx(1, TRUE);
    HANDLE copy = NULL;
    DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &copy, 0, FALSE,
                    DUPLICATE_SAME_ACCESS);
    close_any(copy);
    HANDLE thread = CreateThread(NULL, 0, nothing, NULL, 0, NULL);
    if (thread != NULL)
        WaitForSingleObject(thread, INFINITE);
    close_any(thread);
    close_any(event);
    close_any(mutex);
    close_any(semaphore);
    close_any(set);
}

static void completions(void)
{
    SOCKET s = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    DWORD bytes = 0, flags = 0;
    ULONG_PTR key;
    static OVERLAPPED overlapped;
    static char buffer[8];
    WSABUF place = {.len = sizeof buffer, .buf = buffer};
    OVERLAPPED *got;
    if (port != NULL) {
        PostQueuedCompletionStatus(port, 1, 2, NULL);
        GetQueuedCompletionStatus(port, &bytes, &key, &got, 1);
    }
    if (s != INVALID_SOCKET && port != NULL) {
        CreateIoCompletionPort((HANDLE)s, port, 1, 0);
        bind_port(s, 4000);
        WSARecv(s, &place, 1, NULL, &flags, &overlapped, NULL);
        CancelIoEx((HANDLE)s, NULL);
        GetQueuedCompletionStatus(port, &bytes, &key, &got, 0);
    }
    if (s != INVALID_SOCKET)
        closesocket(s);
    close_any(port);
}

static void pool(void)
{
    FILETIME due = {0};
    HANDLE event = CreateEventA(NULL, FALSE, TRUE, NULL), wait = NULL;
    QueueUserWorkItem(nothing, NULL, 0);
    PTP_WORK item = CreateThreadpoolWork(work, NULL, NULL);
    if (item != NULL) {
        SubmitThreadpoolWork(item);
        WaitForThreadpoolWorkCallbacks(item, FALSE);
        CloseThreadpoolWork(item);
    }
    PTP_TIMER clock = CreateThreadpoolTimer(timer, NULL, NULL);
    if (clock != NULL) {
        SetThreadpoolTimer(clock, &due, 0, 0);
        Sleep(1);
        CloseThreadpoolTimer(clock);
    }
    PTP_WAIT waiting = CreateThreadpoolWait(waited, NULL, NULL);
    if (waiting != NULL && event != NULL) {
        SetThreadpoolWait(waiting, event, NULL);
        Sleep(1);
    }
    if (waiting != NULL)
        CloseThreadpoolWait(waiting);
    if (event != NULL &&
        RegisterWaitForSingleObject(&wait, event, registered, NULL, 1, WT_EXECUTEONLYONCE)) {
        Sleep(2);
        UnregisterWaitEx(wait, INVALID_HANDLE_VALUE);
    }
    close_any(event);
}

static void any_allocation_may_fail(void **state)
{
    (void)state;
    static void (*const parts[])(void) = {objects, completions, pool};
    const struct berth_config config = {.seed = 2, .poison = 0x5A};
    machine = berth_new(&config);
    for (size_t part = 0; part < sizeof parts / sizeof parts[0]; part++)
        for (uint64_t n = 1; n <= 60; n++) {
            berth_reset(machine, n, false);
            boot_and_enter(machine, &standard);
            berth_fail_allocation(machine, n);
            parts[part]();
            berth_fail_allocation(machine, 0);
            berth_check(machine);
            parts[part](); /* and it all works again */
            berth_check(machine);
            berth_leave(machine);
            berth_check(machine);
        }
    berth_free(machine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(any_allocation_may_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
