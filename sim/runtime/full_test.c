/* Whatever allocation of the machine's fails, kernel32 answers and nothing breaks. */
#include "sim/runtime/test_machine.h"

#include <winternl.h>

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

/* A poll as event loops declare it. */
struct poll_info {
    LARGE_INTEGER timeout;
    ULONG count, exclusive;
    SOCKET s;
    ULONG events, status;
};

static HANDLE open_afd(void)
{
    HANDLE afd = NULL;
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK block;
    RtlInitUnicodeString(&name, u"\\Device\\Afd");
    InitializeObjectAttributes(&attributes, &name, 0, NULL, NULL);
    NtOpenFile(&afd, SYNCHRONIZE, &attributes, &block, 0, 0);
    return afd;
}

static void native(void)
{
    SOCKET s = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    HANDLE afd = open_afd(), port = NULL, keyed = NULL;
    PVOID key, context;
    static IO_STATUS_BLOCK block;
    static struct poll_info info;
    LARGE_INTEGER time = {.QuadPart = -10000};
    info = (struct poll_info){.timeout.QuadPart = -10000, .count = 1, .s = s, .events = 1};
    NtCreateIoCompletion(&port, 0, NULL, 0);
    NtCreateKeyedEvent(&keyed, 0, NULL, 0);
    if (keyed != NULL)
        NtWaitForKeyedEvent(keyed, &time, FALSE, &time);
    if (port != NULL) {
        NtSetIoCompletion(port, NULL, NULL, 0, 0);
        NtRemoveIoCompletion(port, &key, &context, &block, &time);
    }
    if (afd != NULL && s != INVALID_SOCKET && port != NULL &&
        CreateIoCompletionPort(afd, port, 1, 0) != NULL &&
        NtDeviceIoControlFile(afd, NULL, NULL, &block, &block, 0x12024, &info, sizeof info, &info,
                              sizeof info) == (NTSTATUS)0x103) {
        Sleep(2); /* it is over, and its packet is there, whatever fails now */
        assert_int_equal(NtRemoveIoCompletion(port, &key, &context, &block, &time), 0);
        assert_ptr_equal(context, &block);
    }
    if (s != INVALID_SOCKET)
        closesocket(s);
    close_any(afd);
    close_any(port);
    close_any(keyed);
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

static HANDLE any_file(DWORD flags)
{
    DWORD count;
    HANDLE file = CreateFileA("x", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE,
                              NULL, CREATE_ALWAYS, flags, NULL);
    if (file == INVALID_HANDLE_VALUE)
        return NULL;
    if ((flags & FILE_FLAG_OVERLAPPED) == 0)
        WriteFile(file, "abcdef", 6, &count, NULL);
    return file;
}

static void files(void)
{
    static char bytes[8];
    static OVERLAPPED overlapped;
    WIN32_FIND_DATAA data;
    char name[MAX_PATH];
    DWORD count;
    HANDLE file = any_file(0), told = any_file(FILE_FLAG_OVERLAPPED), from = NULL, to = NULL;
    CopyFileA("x", "y", FALSE);
    MoveFileExA("y", "z", MOVEFILE_REPLACE_EXISTING);
    GetTempPathA(sizeof name, name);
    GetTempFileNameA(".", "a", 0, name);
    SetCurrentDirectoryA("C:\\Users");
    SetCurrentDirectoryA("C:\\Berth");
    HANDLE search = FindFirstFileA("*", &data);
    if (search != INVALID_HANDLE_VALUE)
        assert_true(FindClose(search));
    if (told != NULL &&
        (ReadFile(told, bytes, 4, NULL, &overlapped) || GetLastError() == ERROR_IO_PENDING))
        GetOverlappedResult(told, &overlapped, &count, TRUE);
    if (CreatePipe(&from, &to, NULL, 8)) {
        assert_true(WriteFile(to, "abc", 3, &count, NULL));
        assert_true(ReadFile(from, bytes, 8, &count, NULL));
    }
    close_any(from);
    close_any(to);
    close_any(told);
    close_any(file);
    DeleteFileA("z");
}

static void any_allocation_may_fail(void **state)
{
    (void)state;
    static void (*const parts[])(void) = {objects, completions, native, pool, files};
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
