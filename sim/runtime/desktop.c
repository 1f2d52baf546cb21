/* user32 around windows that are never seen: their names and states, boxes that are answered at
 * once, wsprintf.
 */
#include <stdio.h>

#include "sim/runtime/crt.h"
#include "sim/runtime/guest_objects.h"
#include "sim/runtime/window.h"

enum { TEXT_MAX = 1024, WSPRINTF_MAX = 1024, LAST_NUMBER = 0xFFFF };

/* Wide text as UTF-8, cut; what is no text, but a number or NULL, stays. */
static LPCSTR narrow(LPCWSTR text, char buffer[TEXT_MAX])
{
    if ((uintptr_t)text <= LAST_NUMBER)
        return (LPCSTR)(const void *)text;
    buffer[berth_wcstombs(buffer, text, TEXT_MAX - 1)] = '\0';
    return buffer;
}

/* ---- Names ----------------------------------------------------------------------------------- */

BOOL SetWindowTextA(HWND hWnd, LPCSTR lpString)
{
    struct window *window = window_of(hWnd);

    if (window == NULL)
        return FALSE;
    size_t length = lpString == NULL ? 0 : strlen(lpString);
    if (length >= sizeof window->guest_title)
        length = sizeof window->guest_title - 1;
    if (length > 0)
        memcpy(window->guest_title, lpString, length);
    window->guest_title[length] = '\0';
    return TRUE;
}

BOOL SetWindowTextW(HWND hWnd, LPCWSTR lpString)
{
    char text[TEXT_MAX];
    return SetWindowTextA(hWnd, narrow(lpString, text));
}

/* How many characters; cut to what fits. */
static int give_text(const char *text, LPSTR to, int size)
{
    if (to == NULL || size <= 0)
        return 0;
    snprintf(to, (size_t)size, "%s", text);
    return (int)strlen(to);
}

static int give_wide(const char *text, LPWSTR to, int size)
{
    if (to == NULL || size <= 0)
        return 0;
    size_t count = berth_mbstowcs(to, text, (size_t)size);
    if (count >= (size_t)size)
        count = (size_t)size - 1;
    to[count] = 0;
    return (int)count;
}

int GetWindowTextA(HWND hWnd, LPSTR lpString, int nMaxCount)
{
    const struct window *window = window_of(hWnd);
    return window == NULL ? 0 : give_text(window->guest_title, lpString, nMaxCount);
}

int GetWindowTextW(HWND hWnd, LPWSTR lpString, int nMaxCount)
{
    const struct window *window = window_of(hWnd);
    return window == NULL ? 0 : give_wide(window->guest_title, lpString, nMaxCount);
}

int GetWindowTextLengthA(HWND hWnd)
{
    const struct window *window = window_of(hWnd);
    return window == NULL ? 0 : (int)strlen(window->guest_title);
}

int GetWindowTextLengthW(HWND hWnd)
{
    const struct window *window = window_of(hWnd);
    return window == NULL ? 0 : (int)berth_mbstowcs(NULL, window->guest_title, 0);
}

int GetClassNameA(HWND hWnd, LPSTR lpClassName, int nMaxCount)
{
    const struct window *window = window_of(hWnd);
    return window == NULL ? 0 : give_text(window_class_name(window), lpClassName, nMaxCount);
}

int GetClassNameW(HWND hWnd, LPWSTR lpClassName, int nMaxCount)
{
    const struct window *window = window_of(hWnd);
    return window == NULL ? 0 : give_wide(window_class_name(window), lpClassName, nMaxCount);
}

static char lower(char character)
{
    return character >= 'A' && character <= 'Z' ? (char)(character - 'A' + 'a') : character;
}

static bool same(const char *a, const char *b)
{
    while (*a != '\0' && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return lower(*a) == lower(*b);
}

/* The last made is the topmost. Message-only windows are found by who looks among them alone. */
HWND FindWindowExA(HWND hWndParent, HWND hWndChildAfter, LPCSTR lpszClass, LPCSTR lpszWindow)
{
    uint64_t before = hWndChildAfter == NULL ? UINT64_MAX : guest_number(hWndChildAfter);
    bool among_hidden = hWndParent == HWND_MESSAGE;
    uint64_t found = 0;

    for (const struct window *at = guest_nt()->windows; at != NULL; at = at->next) {
        bool class_fits =
            (uintptr_t)lpszClass <= LAST_NUMBER
                ? lpszClass == NULL || window_class_atom(at) == (ATOM)(uintptr_t)lpszClass
                : same(window_class_name(at), lpszClass);
        if (at->handle < before && at->handle > found && at->message_only == among_hidden &&
            (hWndParent == NULL || among_hidden) && class_fits &&
            (lpszWindow == NULL || same(at->guest_title, lpszWindow)))
            found = at->handle;
    }
    if (found == 0)
        guest_fail(ERROR_SUCCESS); /* page: FindWindowA; a window that is not there is no error */
    return guest_handle(found);
}

HWND FindWindowExW(HWND hWndParent, HWND hWndChildAfter, LPCWSTR lpszClass, LPCWSTR lpszWindow)
{
    char class[TEXT_MAX], name[TEXT_MAX];
    return FindWindowExA(hWndParent, hWndChildAfter, narrow(lpszClass, class),
                         narrow(lpszWindow, name));
}

HWND FindWindowA(LPCSTR lpClassName, LPCSTR lpWindowName)
{
    return FindWindowExA(NULL, NULL, lpClassName, lpWindowName);
}

HWND FindWindowW(LPCWSTR lpClassName, LPCWSTR lpWindowName)
{
    return FindWindowExW(NULL, NULL, lpClassName, lpWindowName);
}

/* ---- States ---------------------------------------------------------------------------------- */

/* Whether it was shown before. */
BOOL ShowWindow(HWND hWnd, int nCmdShow)
{
    struct window *window = window_of(hWnd);

    if (window == NULL)
        return FALSE;
    bool before = window->guest_shown;
    window->guest_shown = nCmdShow != SW_HIDE;
    return before;
}

BOOL IsWindowVisible(HWND hWnd)
{
    const struct window *window = window_of(hWnd);
    return window != NULL && window->guest_shown;
}

/* There is nothing to paint. */
BOOL UpdateWindow(HWND hWnd)
{
    return window_of(hWnd) != NULL;
}

BOOL InvalidateRect(HWND hWnd, const RECT *lpRect, BOOL bErase)
{
    (void)lpRect;
    (void)bErase;
    return hWnd == NULL || window_of(hWnd) != NULL;
}

BOOL SetForegroundWindow(HWND hWnd)
{
    return window_of(hWnd) != NULL;
}

/* Numbers that nobody else has. */
HCURSOR LoadCursorA(HINSTANCE hInstance, LPCSTR lpCursorName)
{
    enum { CURSORS = 0x10003 };
    (void)hInstance;
    if (lpCursorName == NULL || (uintptr_t)lpCursorName > LAST_NUMBER) {
        guest_fail(ERROR_RESOURCE_NAME_NOT_FOUND);
        return NULL;
    }
    return (HCURSOR)(CURSORS + 16 * (uintptr_t)lpCursorName);
}

HCURSOR LoadCursorW(HINSTANCE hInstance, LPCWSTR lpCursorName)
{
    return LoadCursorA(hInstance, (LPCSTR)(const void *)lpCursorName);
}

HICON LoadIconA(HINSTANCE hInstance, LPCSTR lpIconName)
{
    return LoadCursorA(hInstance, lpIconName);
}

HICON LoadIconW(HINSTANCE hInstance, LPCWSTR lpIconName)
{
    return LoadCursorA(hInstance, (LPCSTR)(const void *)lpIconName);
}

/* ---- Messages -------------------------------------------------------------------------------- */

/* 0 with ERROR_TIMEOUT when it is not answered in time. */
LRESULT SendMessageTimeoutA(HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam, UINT fuFlags,
                            UINT uTimeout, PDWORD_PTR lpdwResult)
{
    guest_note();
    struct window *window = window_of(hWnd);
    const struct message message = {
        .window = guest_number(hWnd), .number = Msg, .wparam = wParam, .lparam = lParam};
    int64_t result = 0;

    (void)fuFlags;
    if (window == NULL)
        return 0;
    nt_status status = messages_send(window, &message, guest_timeout_ns(uTimeout), &result);
    if (status == STATUS_TIMEOUT)
        return guest_fail(ERROR_TIMEOUT);
    if (status != STATUS_SUCCESS)
        return guest_fail(ERROR_INVALID_WINDOW_HANDLE);
    if (lpdwResult != NULL)
        *lpdwResult = (DWORD_PTR)result;
    return TRUE;
}

LRESULT SendMessageTimeoutW(HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam, UINT fuFlags,
                            UINT uTimeout, PDWORD_PTR lpdwResult)
{
    return SendMessageTimeoutA(hWnd, Msg, wParam, lParam, fuFlags, uTimeout, lpdwResult);
}

LRESULT CallWindowProcA(WNDPROC lpPrevWndFunc, HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam)
{
    return lpPrevWndFunc(hWnd, Msg, wParam, lParam);
}

LRESULT CallWindowProcW(WNDPROC lpPrevWndFunc, HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam)
{
    return lpPrevWndFunc(hWnd, Msg, wParam, lParam);
}

BOOL WaitMessage(void)
{
    static const struct message_wait wait = {.timeout_ns = UINT64_MAX, .call = "WaitMessage"};

    guest_note();
    return guest_answer(messages_wait(guest_nt(), &wait, NULL));
}

/* Somebody reads it and presses the first button that says yes, or the only one. */
int MessageBoxA(HWND hWnd, LPCSTR lpText, LPCSTR lpCaption, UINT uType)
{
    static const int answers[] = {IDOK, IDOK, IDABORT, IDYES, IDYES, IDRETRY, IDCONTINUE};
    UINT buttons = uType & MB_TYPEMASK;

    if (hWnd != NULL && window_of(hWnd) == NULL)
        return 0;
    if (buttons >= sizeof answers / sizeof answers[0])
        return guest_fail(ERROR_INVALID_PARAMETER);
    berth_printf("%s: %s\n", lpCaption == NULL ? "Error" : lpCaption, lpText == NULL ? "" : lpText);
    return answers[buttons];
}

int MessageBoxW(HWND hWnd, LPCWSTR lpText, LPCWSTR lpCaption, UINT uType)
{
    char text[TEXT_MAX], caption[TEXT_MAX];
    return MessageBoxA(hWnd, narrow(lpText, text), narrow(lpCaption, caption), uType);
}

BOOL MessageBeep(UINT uType)
{
    (void)uType;
    return TRUE;
}

/* ---- wsprintf: at most 1024 characters, whatever the buffer holds ---------------------------- */

int wvsprintfA(LPSTR text, LPCSTR format, va_list arguments)
{
    int length = berth_vsnprintf(text, WSPRINTF_MAX, format, arguments);
    return length < WSPRINTF_MAX ? length : WSPRINTF_MAX - 1;
}

int wsprintfA(LPSTR text, LPCSTR format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = wvsprintfA(text, format, arguments);
    va_end(arguments);
    return length;
}

int wvsprintfW(LPWSTR text, LPCWSTR format, va_list arguments)
{
    int length = berth_vswprintf(text, WSPRINTF_MAX, format, arguments);
    text[WSPRINTF_MAX - 1 < length || length < 0 ? WSPRINTF_MAX - 1 : length] = 0;
    return length < 0 ? WSPRINTF_MAX - 1 : length;
}

int wsprintfW(LPWSTR text, LPCWSTR format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = wvsprintfW(text, format, arguments);
    va_end(arguments);
    return length;
}
