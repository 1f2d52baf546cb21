/* user32's windows: classes and windows that take messages, and are never seen. */
#include "sim/runtime/window.h"

#include "sim/runtime/crt.h"
#include "sim/runtime/guest_objects.h"

enum { CLASS_NAME_MAX = 256, FIRST_ATOM = 0xC001, LAST_ATOM = 0xFFFF, EXTRA_MAX = 64 };

struct window_class {
    struct window_class *next;
    struct process *process; /* whose it is; never looked into */
    WNDPROC procedure;
    ATOM atom;
    int extra;
    uint32_t windows;
    char name[CLASS_NAME_MAX + 1];
};

/* RegisterWindowMessage's words, and classes' names: a number for each, the same for everybody. */
struct word {
    struct word *next;
    ATOM atom;
    char text[CLASS_NAME_MAX + 1];
};

static struct arena *arena(void)
{
    return &guest_nt()->engine->arena;
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

/* 0 when there is no room for it, or no text. */
static ATOM number_of(const char *text)
{
    struct word **link = &program_machine()->words;
    ATOM next = FIRST_ATOM;

    if (text == NULL || text[0] == '\0' || strlen(text) > CLASS_NAME_MAX)
        return 0;
    for (; *link != NULL; link = &(*link)->next) {
        if (same((*link)->text, text))
            return (*link)->atom;
        next = (ATOM)((*link)->atom + 1);
    }
    struct word *word = next == 0 ? NULL : ARENA_NEW(arena(), struct word);
    if (word == NULL)
        return 0;
    word->atom = next;
    memcpy(word->text, text, strlen(text) + 1);
    *link = word;
    return next;
}

/* Wide text as UTF-8; what is no text, but a number, stays. */
static LPCSTR narrow(LPCWSTR text, char buffer[3 * CLASS_NAME_MAX])
{
    if ((uintptr_t)text <= LAST_ATOM)
        return (LPCSTR)(const void *)text;
    buffer[berth_wcstombs(buffer, text, 3 * CLASS_NAME_MAX - 1)] = '\0';
    return buffer;
}

/* ---- Classes --------------------------------------------------------------------------------- */

static struct window_class **find_class(LPCSTR name)
{
    struct window_class **link = &program_machine()->classes;
    bool by_number = (uintptr_t)name <= LAST_ATOM;

    while (*link != NULL &&
           ((*link)->process != guest_process() ||
            (by_number ? (*link)->atom != (ATOM)(uintptr_t)name : !same((*link)->name, name))))
        link = &(*link)->next;
    return link;
}

static ATOM register_class(LPCSTR name, WNDPROC procedure, int extra)
{
    if ((uintptr_t)name <= LAST_ATOM || name[0] == '\0' || strlen(name) > CLASS_NAME_MAX ||
        extra < 0 || extra > EXTRA_MAX)
        return (ATOM)guest_fail(ERROR_INVALID_PARAMETER);
    struct window_class **link = find_class(name);
    if (*link != NULL)
        return (ATOM)guest_fail(ERROR_CLASS_ALREADY_EXISTS);
    struct window_class *class = ARENA_NEW(arena(), struct window_class);
    ATOM atom = number_of(name);
    if (class == NULL || atom == 0) {
        arena_give(arena(), class, sizeof *class);
        return (ATOM)guest_fail(ERROR_NOT_ENOUGH_MEMORY);
    }
    class->process = guest_process();
    class->procedure = procedure;
    class->atom = atom;
    class->extra = extra;
    memcpy(class->name, name, strlen(name) + 1);
    *link = class;
    return atom;
}

ATOM RegisterClassA(const WNDCLASSA *lpWndClass)
{
    return register_class(lpWndClass->lpszClassName, lpWndClass->lpfnWndProc,
                          lpWndClass->cbWndExtra);
}

ATOM RegisterClassW(const WNDCLASSW *lpWndClass)
{
    char name[3 * CLASS_NAME_MAX];
    return register_class(narrow(lpWndClass->lpszClassName, name), lpWndClass->lpfnWndProc,
                          lpWndClass->cbWndExtra);
}

ATOM RegisterClassExA(const WNDCLASSEXA *lpWndClass)
{
    if (lpWndClass->cbSize != sizeof *lpWndClass)
        return (ATOM)guest_fail(ERROR_INVALID_PARAMETER);
    return register_class(lpWndClass->lpszClassName, lpWndClass->lpfnWndProc,
                          lpWndClass->cbWndExtra);
}

ATOM RegisterClassExW(const WNDCLASSEXW *lpWndClass)
{
    char name[3 * CLASS_NAME_MAX];
    if (lpWndClass->cbSize != sizeof *lpWndClass)
        return (ATOM)guest_fail(ERROR_INVALID_PARAMETER);
    return register_class(narrow(lpWndClass->lpszClassName, name), lpWndClass->lpfnWndProc,
                          lpWndClass->cbWndExtra);
}

BOOL UnregisterClassA(LPCSTR lpClassName, HINSTANCE hInstance)
{
    struct window_class **link = find_class(lpClassName);
    struct window_class *class = *link;

    (void)hInstance;
    if (class == NULL)
        return guest_fail(ERROR_CLASS_DOES_NOT_EXIST);
    if (class->windows > 0)
        return guest_fail(ERROR_CLASS_HAS_WINDOWS);
    *link = class->next;
    arena_give(arena(), class, sizeof *class);
    return TRUE;
}

BOOL UnregisterClassW(LPCWSTR lpClassName, HINSTANCE hInstance)
{
    char name[3 * CLASS_NAME_MAX];
    return UnregisterClassA(narrow(lpClassName, name), hInstance);
}

void window_process_ended(struct berth *machine, const struct process *process)
{
    for (struct window_class **link = &machine->classes; *link != NULL;) {
        struct window_class *class = *link;
        if (class->process != process) {
            link = &class->next;
            continue;
        }
        *link = class->next;
        arena_give(&machine->engine.arena, class, sizeof *class);
    }
}

UINT RegisterWindowMessageA(LPCSTR lpString)
{
    ATOM number = number_of(lpString);
    return number != 0 ? number : (UINT)guest_fail(ERROR_INVALID_PARAMETER);
}

UINT RegisterWindowMessageW(LPCWSTR lpString)
{
    char text[3 * CLASS_NAME_MAX];
    return RegisterWindowMessageA(lpString == NULL ? NULL : narrow(lpString, text));
}

/* ---- Windows --------------------------------------------------------------------------------- */

struct window *window_of(HWND handle)
{
    struct window *window = window_find(guest_nt(), guest_number(handle));
    if (window == NULL)
        guest_fail(ERROR_INVALID_WINDOW_HANDLE);
    return window;
}

bool window_exists(struct winsock *winsock, struct process *process, void *handle)
{
    const struct window *window = window_find(process->object.nt, guest_number(handle));
    (void)winsock;
    return window != NULL && window->thread->process == process;
}

bool window_post(struct winsock *winsock, struct process *process, void *handle, uint32_t number,
                 uint64_t wparam, int64_t lparam)
{
    return window_exists(winsock, process, handle) &&
           messages_post(process->object.nt, guest_number(handle), number, wparam, lparam);
}

static int64_t call_procedure(struct window *window, uint32_t number, uint64_t wparam,
                              int64_t lparam)
{
    return ((WNDPROC)window->guest_procedure)(guest_handle(window->handle), number, wparam, lparam);
}

HWND CreateWindowExA(DWORD dwExStyle, LPCSTR lpClassName, LPCSTR lpWindowName, DWORD dwStyle, int X,
                     int Y, int nWidth, int nHeight, HWND hWndParent, HMENU hMenu,
                     HINSTANCE hInstance, LPVOID lpParam)
{
    const CREATESTRUCTA create = {
        .lpCreateParams = lpParam,
        .hInstance = hInstance,
        .hMenu = hMenu,
        .hwndParent = hWndParent,
        .cy = nHeight,
        .cx = nWidth,
        .y = Y,
        .x = X,
        .style = (LONG)dwStyle,
        .lpszName = lpWindowName,
        .lpszClass = lpClassName,
        .dwExStyle = dwExStyle,
    };
    struct window_class *class = *find_class(lpClassName);

    if (class == NULL) {
        guest_fail(ERROR_CANNOT_FIND_WND_CLASS);
        return NULL;
    }
    if (hWndParent != NULL && hWndParent != HWND_MESSAGE && window_of(hWndParent) == NULL)
        return NULL;
    struct window *window = window_create(guest_nt()->current);
    if (window == NULL) {
        guest_fail(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    window->procedure = call_procedure;
    window->guest_procedure = (void *)class->procedure;
    window->guest_class = class;
    window->extra = class->extra;
    window->message_only = hWndParent == HWND_MESSAGE;
    class->windows++;
    window->guest_instance = (LONG_PTR)(uintptr_t)hInstance;
    window->guest_shown = (dwStyle & WS_VISIBLE) != 0;
    uint64_t handle = window->handle;
    LPARAM parameter = (LPARAM)(uintptr_t)&create;
    SetWindowTextA(guest_handle(handle), lpWindowName);
    bool wanted = window->procedure(window, WM_NCCREATE, 0, parameter) != 0;
    window = window_find(guest_nt(), handle); /* it may have destroyed itself */
    if (window != NULL && wanted && window->procedure(window, WM_CREATE, 0, parameter) != -1)
        return window_find(guest_nt(), handle) == NULL ? NULL : guest_handle(handle);
    window = window_find(guest_nt(), handle);
    if (window != NULL)
        DestroyWindow(guest_handle(handle));
    return NULL;
}

HWND CreateWindowExW(DWORD dwExStyle, LPCWSTR lpClassName, LPCWSTR lpWindowName, DWORD dwStyle,
                     int X, int Y, int nWidth, int nHeight, HWND hWndParent, HMENU hMenu,
                     HINSTANCE hInstance, LPVOID lpParam)
{
    char name[3 * CLASS_NAME_MAX];
    HWND window = CreateWindowExA(dwExStyle, narrow(lpClassName, name), NULL, dwStyle, X, Y, nWidth,
                                  nHeight, hWndParent, hMenu, hInstance, lpParam);

    if (window != NULL)
        SetWindowTextW(window, lpWindowName);
    return window;
}

/* Only the thread that made it may. */
BOOL DestroyWindow(HWND hWnd)
{
    struct window *window = window_of(hWnd);
    if (window == NULL)
        return FALSE;
    if (window->thread != guest_nt()->current)
        return guest_fail(ERROR_ACCESS_DENIED);
    if (window->ends)
        return TRUE;
    window->ends = true;
    window->procedure(window, WM_DESTROY, 0, 0);
    window->procedure(window, WM_NCDESTROY, 0, 0);
    ((struct window_class *)window->guest_class)->windows--;
    window_destroy(window);
    return TRUE;
}

const char *window_class_name(const struct window *window)
{
    return ((const struct window_class *)window->guest_class)->name;
}

ATOM window_class_atom(const struct window *window)
{
    return ((const struct window_class *)window->guest_class)->atom;
}

BOOL IsWindow(HWND hWnd)
{
    return window_find(guest_nt(), guest_number(hWnd)) != NULL;
}

DWORD GetWindowThreadProcessId(HWND hWnd, LPDWORD lpdwProcessId)
{
    const struct window *window = window_of(hWnd);
    if (window == NULL)
        return 0;
    if (lpdwProcessId != NULL)
        *lpdwProcessId = window->thread->process->id;
    return window->thread->id;
}

LRESULT DefWindowProcA(HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam)
{
    (void)wParam, (void)lParam;
    if (Msg == WM_NCCREATE)
        return TRUE;
    if (Msg == WM_CLOSE)
        DestroyWindow(hWnd);
    return 0;
}

LRESULT DefWindowProcW(HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam)
{
    return DefWindowProcA(hWnd, Msg, wParam, lParam);
}

/* The place of a window's word, or NULL with the last error. */
static LONG_PTR *word_of(struct window *window, int index)
{
    if (index == GWLP_USERDATA)
        return (LONG_PTR *)&window->guest_data;
    if (index == GWLP_WNDPROC)
        return (LONG_PTR *)(void *)&window->guest_procedure;
    if (index == GWLP_HINSTANCE)
        return (LONG_PTR *)&window->guest_instance;
    if (index >= 0 && index % 8 == 0 && index + 8 <= window->extra)
        return (LONG_PTR *)&window->guest_extra[index / 8];
    guest_fail(ERROR_INVALID_INDEX);
    return NULL;
}

LONG_PTR SetWindowLongPtrA(HWND hWnd, int nIndex, LONG_PTR dwNewLong)
{
    struct window *window = window_of(hWnd);
    LONG_PTR *word = window == NULL ? NULL : word_of(window, nIndex);
    if (word == NULL)
        return 0;
    LONG_PTR before = *word;
    *word = dwNewLong;
    return before;
}

LONG_PTR SetWindowLongPtrW(HWND hWnd, int nIndex, LONG_PTR dwNewLong)
{
    return SetWindowLongPtrA(hWnd, nIndex, dwNewLong);
}

LONG_PTR GetWindowLongPtrA(HWND hWnd, int nIndex)
{
    struct window *window = window_of(hWnd);
    LONG_PTR *word = window == NULL ? NULL : word_of(window, nIndex);
    return word == NULL ? 0 : *word;
}

LONG_PTR GetWindowLongPtrW(HWND hWnd, int nIndex)
{
    return GetWindowLongPtrA(hWnd, nIndex);
}
