/* Calls of kernel32, ntdll and user32 that have to do with waiting, completions and cancelling. */
#include <string.h>

#include "fuzz/calls_run.h"
#include "sim/engine/check.h"
#include "sim/runtime/machine.h"

#include <winternl.h>

static void call_event(struct draw *from)
{
    static const char *const names[] = {NULL, NULL, NULL, "event", "other"};
    const char *name = DRAW_OF(from, names);
    if (draw_chance(from, 3))
        keep_object(from, WSACreateEvent());
    else
        keep_object(from,
                    CreateEventA(NULL, (BOOL)draw_below(from, 2), (BOOL)draw_below(from, 2), name));
}

static void call_mutex(struct draw *from)
{
    static const char *const names[] = {NULL, NULL, "mutex", "event"};
    keep_object(from, CreateMutexA(NULL, (BOOL)draw_below(from, 2), DRAW_OF(from, names)));
}

static void call_semaphore(struct draw *from)
{
    const LONG count = any_number(from);
    keep_object(from, CreateSemaphoreA(NULL, count, any_number(from), NULL));
}

static void APIENTRY timer_is_up(LPVOID argument, DWORD low, DWORD high)
{
    (void)argument, (void)low, (void)high;
    upcall();
}

static void call_timer(struct draw *from)
{
    LARGE_INTEGER due = {.QuadPart = draw_chance(from, 2) ? any_number(from) : -10000};
    const LONG period = draw_chance(from, 3) ? 50 : 0;
    switch (draw_below(from, 3)) {
    case 0:
        keep_object(from, CreateWaitableTimerA(NULL, (BOOL)draw_below(from, 2), NULL));
        break;
    case 1:
        judge(!SetWaitableTimer(any_object(from), &due, period,
                                draw_chance(from, 2) ? timer_is_up : NULL, NULL, FALSE));
        break;
    default:
        judge(!CancelWaitableTimer(any_object(from)));
    }
}

static void call_signal(struct draw *from)
{
    HANDLE object = any_object(from);
    switch (draw_below(from, 6)) {
    case 0:
        judge(!SetEvent(object));
        break;
    case 1:
        judge(!ResetEvent(object));
        break;
    case 2:
        judge(!PulseEvent(object));
        break;
    case 3:
        judge(!ReleaseMutex(object));
        break;
    case 4:
        judge(!ReleaseSemaphore(object, any_number(from), NULL));
        break;
    default:
        judge(draw_chance(from, 2) ? !WSASetEvent(object) : !WSAResetEvent(object));
    }
}

static void call_wait(struct draw *from)
{
    HANDLE objects[4];
    static const DWORD counts[] = {1, 1, 2, 3, 4, 0, 65};
    const DWORD count = DRAW_OF(from, counts);
    const BOOL alertable = (BOOL)draw_below(from, 2), all = (BOOL)draw_below(from, 2);
    const DWORD time = any_time(from);
    for (int i = 0; i < 4; i++)
        objects[i] = any_object(from);
    switch (draw_below(from, 4)) {
    case 0:
        judge(WaitForSingleObjectEx(objects[0], time, alertable) == WAIT_FAILED);
        break;
    case 1:
        judge(WaitForMultipleObjectsEx(count, objects, all, time, alertable) == WAIT_FAILED);
        break;
    case 2:
        judge(WSAWaitForMultipleEvents(count, objects, all, time, alertable) == WSA_WAIT_FAILED);
        break;
    default:
        judge(SignalObjectAndWait(objects[0], objects[1], time, alertable) == WAIT_FAILED);
    }
}

static void call_sleep(struct draw *from)
{
    const DWORD time = any_time(from);
    if (draw_chance(from, 3))
        Sleep(time);
    else
        SleepEx(time, TRUE);
}

static void CALLBACK apc(ULONG_PTR argument)
{
    (void)argument;
    upcall();
}

static void call_apc(struct draw *from)
{
    HANDLE thread = draw_chance(from, 3) ? any_object(from) : GetCurrentThread();
    judge(QueueUserAPC(apc, thread, draw(from)) == 0);
}

/* ---- Handles and threads ---- */

static void call_close(struct draw *from)
{
    if (draw_chance(from, 4))
        judge(!CloseHandle((HANDLE)any_socket(from)));
    else if (draw_chance(from, 4))
        judge(!WSACloseEvent(any_object(from)));
    else
        judge(!CloseHandle(any_object(from)));
}

static void call_duplicate(struct draw *from)
{
    static const DWORD options[] = {DUPLICATE_SAME_ACCESS, DUPLICATE_SAME_ACCESS, 0,
                                    DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE};
    HANDLE copy = NULL;
    const bool of_socket = draw_chance(from, 2);
    HANDLE source = of_socket ? (HANDLE)any_socket(from) : any_object(from);
    const BOOL done = DuplicateHandle(GetCurrentProcess(), source, GetCurrentProcess(), &copy, 0,
                                      (BOOL)draw_below(from, 2), DRAW_OF(from, options));
    judge(!done);
    if (done && of_socket)
        keep_socket(from, (SOCKET)copy);
    else if (done)
        keep_object(from, copy);
}

static void call_information(struct draw *from)
{
    DWORD flags = 0;
    HANDLE handle = draw_chance(from, 2) ? (HANDLE)any_socket(from) : any_object(from);
    if (draw_chance(from, 2))
        judge(!GetHandleInformation(handle, &flags));
    else
        judge(!SetHandleInformation(handle, draw_below(from, 4), draw_below(from, 4)));
}

static DWORD WINAPI short_thread(LPVOID parameter)
{
    (void)parameter;
    upcall();
    SleepEx(20, TRUE);
    return 7;
}

static void call_thread(struct draw *from)
{
    DWORD id = 0, code = 0;
    switch (draw_below(from, 4)) {
    case 0:
        keep_object(from, CreateThread(NULL, 0, short_thread, NULL, 0, &id));
        break;
    case 1:
        keep_object(from, OpenThread(THREAD_ALL_ACCESS, FALSE, GetCurrentThreadId()));
        break;
    case 2:
        judge(!GetExitCodeThread(any_object(from), &code));
        break;
    default:
        SwitchToThread();
    }
}

/* ---- Completion ports ---- */

static void call_port(struct draw *from)
{
    HANDLE port = draw_chance(from, 2) ? any_object(from) : NULL;
    HANDLE file = draw_chance(from, 3) ? INVALID_HANDLE_VALUE : (HANDLE)any_socket(from);
    HANDLE made = CreateIoCompletionPort(file, port, draw(from), draw_below(from, 3));
    if (made == port)
        judge(made == NULL);
    else
        keep_object(from, made);
}

static void call_post(struct draw *from)
{
    const DWORD bytes = (DWORD)any_number(from);
    judge(!PostQueuedCompletionStatus(any_object(from), bytes, draw(from), any_overlapped(from)));
}

static void call_dequeue(struct draw *from)
{
    OVERLAPPED_ENTRY entries[4];
    OVERLAPPED *overlapped = NULL;
    ULONG_PTR key = 0;
    ULONG taken = 0;
    DWORD bytes = 0;
    HANDLE port = any_object(from);
    const DWORD time = any_time(from);
    if (draw_chance(from, 2))
        judge(!GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, time));
    else
        judge(!GetQueuedCompletionStatusEx(port, entries, draw_below(from, 5), &taken, time,
                                           (BOOL)draw_below(from, 2)));
}

/* ---- Below: \Device\Afd ---- */

struct poll_info {
    LARGE_INTEGER timeout;
    ULONG count, exclusive;
    struct {
        SOCKET s;
        ULONG events, status;
    } entries[2];
};

static void call_open_afd(struct draw *from)
{
    HANDLE afd = NULL;
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK block;
    RtlInitUnicodeString(&name,
                         (PCWSTR)(draw_chance(from, 8) ? u"\\Device\\Null" : u"\\Device\\Afd"));
    InitializeObjectAttributes(&attributes, &name, 0, NULL, NULL);
    if (NtCreateFile(&afd, SYNCHRONIZE, &attributes, &block, NULL, 0, 0, 1, 0, NULL, 0) >= 0)
        keep_object(from, afd);
}

static void call_afd_poll(struct draw *from)
{
    static struct poll_info infos[4];
    static IO_STATUS_BLOCK blocks[4];
    static const ULONG codes[] = {0x12024, 0x12024, 0x12024, 0x12017, 0x12003};
    const unsigned slot = draw_below(from, 4);
    struct poll_info *info = &infos[slot];
    *info = (struct poll_info){.timeout.QuadPart = -(LONGLONG)any_time(from) * 10000,
                               .count = draw_below(from, 4),
                               .exclusive = draw_below(from, 2)};
    for (int i = 0; i < 2; i++) {
        info->entries[i].s = any_socket(from);
        info->entries[i].events = draw(from);
    }
    HANDLE event = draw_chance(from, 3) ? any_object(from) : NULL;
    const ULONG size = draw_chance(from, 8) ? draw(from) : (ULONG)sizeof *info;
    HANDLE file = draw_chance(from, 4) ? (HANDLE)any_socket(from) : any_object(from);
    const ULONG code = DRAW_OF(from, codes);
    NtDeviceIoControlFile(file, event, NULL, &blocks[slot], &blocks[slot], code, info,
                          size < sizeof *info ? size : (ULONG)sizeof *info, info, sizeof *info);
    if (draw_chance(from, 4))
        NtCancelIoFileEx(file, &blocks[slot], &blocks[slot]);
}

static void call_file_information(struct draw *from)
{
    IO_STATUS_BLOCK block;
    HANDLE file = draw_chance(from, 2) ? (HANDLE)any_socket(from) : any_object(from);
    void *bytes = any_memory(from, 16);
    const ULONG size = (ULONG)any_length(from, 16);
    const FILE_INFORMATION_CLASS class = (FILE_INFORMATION_CLASS)draw_below(from, 64);
    if (draw_chance(from, 2))
        NtQueryInformationFile(file, &block, bytes, size, class);
    else
        NtSetInformationFile(file, &block, bytes, size, class);
}

/* ---- Windows ---- */

static LRESULT CALLBACK procedure(HWND window, UINT message, WPARAM w, LPARAM l)
{
    if (message >= WM_USER)
        upcall();
    return DefWindowProcA(window, message, w, l);
}

static void call_window(struct draw *from)
{
    const WNDCLASSA class = {.lpfnWndProc = procedure, .lpszClassName = "calls"};
    MSG message;
    switch (draw_below(from, 6)) {
    case 0:
        RegisterClassA(&class);
        SetLastError(UNTOLD);
        keep_object(from, (HANDLE)CreateWindowExA(0, "calls", "", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL,
                                                  NULL, NULL));
        break;
    case 1:
        judge(!DestroyWindow((HWND)any_object(from)));
        break;
    case 2:
        judge(!PostMessageA((HWND)any_object(from), WM_USER + draw_below(from, 3), 0, 0));
        break;
    default:
        while (PeekMessageA(&message, NULL, 0, 0, PM_REMOVE))
            DispatchMessageA(&message);
    }
}

static void call_asyncselect(struct draw *from)
{
    const LONG events = draw_chance(from, 8) ? any_number(from) : (LONG)draw(from) & 0x3F;
    HWND window = draw_chance(from, 8) ? NULL : (HWND)any_object(from);
    judge(WSAAsyncSelect(any_socket(from), window, WM_USER, events) != 0);
}

/* ---- The thread pool ---- */

static void CALLBACK waited(PVOID context, BOOLEAN timed_out)
{
    (void)context, (void)timed_out;
    upcall();
}

static void CALLBACK work(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WORK self)
{
    (void)instance, (void)context, (void)self;
    upcall();
}

static void call_pool(struct draw *from)
{
    HANDLE wait = NULL;
    PTP_WORK item;
    switch (draw_below(from, 3)) {
    case 0:
        judge(!QueueUserWorkItem(short_thread, NULL, 0));
        break;
    case 1:
        if (RegisterWaitForSingleObject(&wait, any_object(from), waited, NULL, any_time(from),
                                        draw_chance(from, 2) ? WT_EXECUTEONLYONCE : 0)) {
            Sleep(any_time(from));
            SetLastError(UNTOLD);
            judge(!UnregisterWait(wait));
        }
        break;
    default:
        item = CreateThreadpoolWork(work, NULL, NULL);
        judge(item == NULL);
        if (item == NULL)
            return;
        SubmitThreadpoolWork(item);
        WaitForThreadpoolWorkCallbacks(item, (BOOL)draw_below(from, 2));
        CloseThreadpoolWork(item);
    }
}

/* ---- The machine ---- */

/* One of the allocations that follow fails, whoever makes it. */
static void call_fail_allocation(struct draw *from)
{
    berth_fail_allocation(host.machine, 1 + draw_below(from, 12));
}

static void call_network(struct draw *from)
{
    berth_set_network(host.machine, draw_chance(from, 2));
}

static void call_remote(struct draw *from)
{
    const struct berth_address remote = {.bytes = {192, 168, 1, 20}};
    const struct berth_address here = {.bytes = {192, 168, 1, 10}};
    const uint16_t port = (uint16_t)(FIRST_PORT + draw_below(from, PORTS));
    static const char *const scripts[] = {"send hello; close", "receive 5; reset", "echo",
                                          "urgent ab; send-bytes 3000; receive-end; close"};
    if (draw_chance(from, 2))
        berth_host_connect(host.machine, &remote, (uint16_t)(1024 + draw(from)), &here, port,
                           DRAW_OF(from, scripts));
    else
        berth_host_send(host.machine, &remote, 77, &here, port, "datagram", draw_below(from, 9));
}

const struct operation calls_of_kernel[] = {
    {"CreateEvent", call_event},
    {"CreateMutex", call_mutex},
    {"CreateSemaphore", call_semaphore},
    {"waitable timers", call_timer},
    {"SetEvent and kin", call_signal},
    {"waits", call_wait},
    {"waits", call_wait},
    {"SleepEx", call_sleep},
    {"SleepEx", call_sleep},
    {"QueueUserAPC", call_apc},
    {"CloseHandle", call_close},
    {"DuplicateHandle", call_duplicate},
    {"SetHandleInformation", call_information},
    {"threads", call_thread},
    {"CreateIoCompletionPort", call_port},
    {"CreateIoCompletionPort", call_port},
    {"PostQueuedCompletionStatus", call_post},
    {"GetQueuedCompletionStatus", call_dequeue},
    {"NtCreateFile", call_open_afd},
    {"NtDeviceIoControlFile", call_afd_poll},
    {"NtSetInformationFile", call_file_information},
    {"windows", call_window},
    {"WSAAsyncSelect", call_asyncselect},
    {"the thread pool", call_pool},
    {"no memory", call_fail_allocation},
    {"the network fails", call_network},
    {"a remote host", call_remote},
    {NULL, NULL},
};
