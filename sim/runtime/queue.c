/* user32's message queues: posting, sending, taking, timers. */
#include "sim/nt/grip.h"
#include "sim/runtime/guest_objects.h"
#include "sim/runtime/window.h"

enum { MS_NS = 1000000 };

BOOL PostThreadMessageA(DWORD idThread, UINT Msg, WPARAM wParam, LPARAM lParam)
{
    guest_note();
    struct thread *thread = thread_find(guest_nt(), idThread);
    nt_status status = thread == NULL ? STATUS_INVALID_PARAMETER
                                      : messages_post_thread(thread, Msg, wParam, lParam);

    return status == STATUS_INVALID_PARAMETER ? guest_fail(ERROR_INVALID_THREAD_ID)
                                              : guest_answer(status);
}

BOOL PostThreadMessageW(DWORD idThread, UINT Msg, WPARAM wParam, LPARAM lParam)
{
    guest_note();
    return PostThreadMessageA(idThread, Msg, wParam, lParam);
}

BOOL PostMessageA(HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam)
{
    guest_note();
    if (hWnd == NULL)
        return PostThreadMessageA(GetCurrentThreadId(), Msg, wParam, lParam);
    if (window_of(hWnd) == NULL)
        return FALSE;
    return messages_post(guest_nt(), guest_number(hWnd), Msg, wParam, lParam)
               ? TRUE
               : guest_fail(ERROR_NOT_ENOUGH_QUOTA);
}

BOOL PostMessageW(HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam)
{
    guest_note();
    return PostMessageA(hWnd, Msg, wParam, lParam);
}

LRESULT SendMessageA(HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam)
{
    guest_note();
    struct window *window = window_of(hWnd);
    const struct message message = {
        .window = guest_number(hWnd), .number = Msg, .wparam = wParam, .lparam = lParam};
    int64_t result = 0;

    if (window == NULL)
        return 0;
    nt_status status = messages_send(window, &message, UINT64_MAX, &result);
    if (status == STATUS_INVALID_HANDLE)
        return guest_fail(ERROR_INVALID_WINDOW_HANDLE);
    return status == STATUS_SUCCESS ? result : guest_answer(status);
}

LRESULT SendMessageW(HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam)
{
    guest_note();
    return SendMessageA(hWnd, Msg, wParam, lParam);
}

/* The filter for GetMessage's arguments. False with the last error when there is no such window. */
static bool make_filter(HWND window, UINT first, UINT last, struct message_filter *filter)
{
    *filter = (struct message_filter){.window = guest_number(window), .first = first, .last = last};
    return window == NULL || filter->window == UINT64_MAX || window_of(window) != NULL;
}

static void give(const struct message *from, LPMSG to)
{
    *to = (MSG){.hwnd = guest_handle(from->window),
                .message = from->number,
                .wParam = from->wparam,
                .lParam = from->lparam,
                .time = (DWORD)(from->time_ns / MS_NS)};
}

BOOL GetMessageA(LPMSG lpMsg, HWND hWnd, UINT wMsgFilterMin, UINT wMsgFilterMax)
{
    guest_note();
    static const struct message_wait wait = {.timeout_ns = UINT64_MAX, .call = "GetMessage"};
    struct message_filter filter;
    struct message message;

    if (!make_filter(hWnd, wMsgFilterMin, wMsgFilterMax, &filter))
        return -1;
    while (!messages_take(&filter, guest_nt(), false, &message)) {
        nt_status status = messages_wait(guest_nt(), &wait, NULL);
        if (status != STATUS_SUCCESS) {
            guest_answer(status);
            return -1;
        }
    }
    give(&message, lpMsg);
    return message.number != WM_QUIT;
}

BOOL GetMessageW(LPMSG lpMsg, HWND hWnd, UINT wMsgFilterMin, UINT wMsgFilterMax)
{
    guest_note();
    return GetMessageA(lpMsg, hWnd, wMsgFilterMin, wMsgFilterMax);
}

BOOL PeekMessageA(LPMSG lpMsg, HWND hWnd, UINT wMsgFilterMin, UINT wMsgFilterMax, UINT wRemoveMsg)
{
    guest_note();
    struct message_filter filter;
    struct message message;

    if (!make_filter(hWnd, wMsgFilterMin, wMsgFilterMax, &filter))
        return FALSE;
    if (!messages_take(&filter, guest_nt(), (wRemoveMsg & PM_REMOVE) == 0, &message)) {
        looked_in_vain(guest_nt());
        return FALSE;
    }
    give(&message, lpMsg);
    return TRUE;
}

BOOL PeekMessageW(LPMSG lpMsg, HWND hWnd, UINT wMsgFilterMin, UINT wMsgFilterMax, UINT wRemoveMsg)
{
    guest_note();
    return PeekMessageA(lpMsg, hWnd, wMsgFilterMin, wMsgFilterMax, wRemoveMsg);
}

/* There is no keyboard. */
BOOL TranslateMessage(const MSG *lpMsg)
{
    (void)lpMsg;
    return FALSE;
}

LRESULT DispatchMessageA(const MSG *lpMsg)
{
    guest_note();
    if (lpMsg->message == WM_TIMER && lpMsg->lParam != 0) {
        TIMERPROC procedure = (TIMERPROC)(uintptr_t)lpMsg->lParam;
        procedure(lpMsg->hwnd, WM_TIMER, lpMsg->wParam, GetTickCount());
        return 0;
    }
    if (lpMsg->hwnd == NULL)
        return 0;
    struct window *window = window_of(lpMsg->hwnd);
    if (window == NULL || window->thread != guest_nt()->current)
        return 0;
    return window->procedure(window, lpMsg->message, lpMsg->wParam, lpMsg->lParam);
}

LRESULT DispatchMessageW(const MSG *lpMsg)
{
    guest_note();
    return DispatchMessageA(lpMsg);
}

void PostQuitMessage(int nExitCode)
{
    messages_quit(guest_nt(), (uint32_t)nExitCode);
}

/* Without a window the timer gets a number of the machine's. */
UINT_PTR SetTimer(HWND hWnd, UINT_PTR nIDEvent, UINT uElapse, TIMERPROC lpTimerFunc)
{
    struct berth *machine = program_machine();
    UINT milliseconds = uElapse < USER_TIMER_MINIMUM   ? USER_TIMER_MINIMUM
                        : uElapse > USER_TIMER_MAXIMUM ? USER_TIMER_MAXIMUM
                                                       : uElapse;
    if (hWnd != NULL) {
        const struct window *window = window_of(hWnd);
        if (window == NULL)
            return 0;
        if (window->thread != guest_nt()->current)
            return (UINT_PTR)guest_fail(ERROR_ACCESS_DENIED);
    } else if (!messages_kill_timer(guest_nt(), 0, nIDEvent)) {
        nIDEvent = ++machine->timers_made;
    }
    if (!messages_set_timer(guest_nt(), guest_number(hWnd), nIDEvent,
                            (uint64_t)milliseconds * MS_NS, (LPARAM)(uintptr_t)lpTimerFunc))
        return (UINT_PTR)guest_fail(ERROR_NOT_ENOUGH_MEMORY);
    return nIDEvent == 0 ? 1 : nIDEvent;
}

BOOL KillTimer(HWND hWnd, UINT_PTR uIDEvent)
{
    return messages_kill_timer(guest_nt(), guest_number(hWnd), uIDEvent)
               ? TRUE
               : guest_fail(ERROR_INVALID_PARAMETER);
}

/* Whatever comes to the queue wakes: the mask is taken for all of it. */
DWORD MsgWaitForMultipleObjectsEx(DWORD nCount, const HANDLE *pHandles, DWORD dwMilliseconds,
                                  DWORD dwWakeMask, DWORD dwFlags)
{
    guest_note();
    struct object *objects[WAIT_OBJECTS_MAX];
    struct grip grip;
    uint32_t index = 0;
    const struct message_wait wait = {
        .objects = objects,
        .count = nCount,
        .all = (dwFlags & MWMO_WAITALL) != 0,
        .alertable = (dwFlags & MWMO_ALERTABLE) != 0,
        .any = (dwFlags & MWMO_INPUTAVAILABLE) != 0,
        .timeout_ns = guest_timeout_ns(dwMilliseconds),
        .call = "MsgWaitForMultipleObjects",
    };

    (void)dwWakeMask;
    if (nCount >= WAIT_OBJECTS_MAX) {
        guest_fail(ERROR_INVALID_PARAMETER);
        return WAIT_FAILED;
    }
    for (DWORD i = 0; i < nCount; i++) {
        objects[i] = handle_object(guest_process(), guest_number(pHandles[i]));
        if (objects[i] == NULL) {
            guest_fail(ERROR_INVALID_HANDLE);
            return WAIT_FAILED;
        }
        for (DWORD j = 0; wait.all && j < i; j++)
            if (objects[j] == objects[i]) {
                guest_fail(ERROR_INVALID_PARAMETER);
                return WAIT_FAILED;
            }
    }
    grip_begin(guest_nt(), &grip, objects, nCount);
    nt_status status = messages_wait(guest_nt(), &wait, &index);
    grip_end(guest_nt(), &grip);
    return guest_wait_answer(status, index);
}

DWORD MsgWaitForMultipleObjects(DWORD nCount, const HANDLE *pHandles, BOOL fWaitAll,
                                DWORD dwMilliseconds, DWORD dwWakeMask)
{
    return MsgWaitForMultipleObjectsEx(nCount, pHandles, dwMilliseconds, dwWakeMask,
                                       fWaitAll ? MWMO_WAITALL : 0);
}
