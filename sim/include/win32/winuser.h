/* Windows that only take messages, and their queues. Included by windows.h. */
#ifndef BERTH_WIN32_WINUSER_H
#define BERTH_WIN32_WINUSER_H

#include "winbase.h"

typedef HANDLE HMENU, HICON, HCURSOR, HBRUSH;
typedef WORD ATOM;

typedef LRESULT(CALLBACK *WNDPROC)(HWND window, UINT message, WPARAM wparam, LPARAM lparam);
typedef void(CALLBACK *TIMERPROC)(HWND window, UINT message, UINT_PTR id, DWORD ticks);

typedef struct tagPOINT {
    LONG x, y;
} POINT, *PPOINT, *LPPOINT;

typedef struct tagMSG {
    HWND hwnd;
    UINT message;
    WPARAM wParam;
    LPARAM lParam;
    DWORD time;
    POINT pt;
} MSG, *PMSG, *LPMSG;

typedef struct tagWNDCLASSA {
    UINT style;
    WNDPROC lpfnWndProc;
    int cbClsExtra, cbWndExtra;
    HINSTANCE hInstance;
    HICON hIcon;
    HCURSOR hCursor;
    HBRUSH hbrBackground;
    LPCSTR lpszMenuName, lpszClassName;
} WNDCLASSA;

typedef struct tagWNDCLASSW {
    UINT style;
    WNDPROC lpfnWndProc;
    int cbClsExtra, cbWndExtra;
    HINSTANCE hInstance;
    HICON hIcon;
    HCURSOR hCursor;
    HBRUSH hbrBackground;
    LPCWSTR lpszMenuName, lpszClassName;
} WNDCLASSW;

typedef struct tagWNDCLASSEXA {
    UINT cbSize, style;
    WNDPROC lpfnWndProc;
    int cbClsExtra, cbWndExtra;
    HINSTANCE hInstance;
    HICON hIcon;
    HCURSOR hCursor;
    HBRUSH hbrBackground;
    LPCSTR lpszMenuName, lpszClassName;
    HICON hIconSm;
} WNDCLASSEXA;

typedef struct tagWNDCLASSEXW {
    UINT cbSize, style;
    WNDPROC lpfnWndProc;
    int cbClsExtra, cbWndExtra;
    HINSTANCE hInstance;
    HICON hIcon;
    HCURSOR hCursor;
    HBRUSH hbrBackground;
    LPCWSTR lpszMenuName, lpszClassName;
    HICON hIconSm;
} WNDCLASSEXW;

#define HWND_MESSAGE ((HWND)(LONG_PTR)-3)
#define HWND_BROADCAST ((HWND)0xffff)
#define CW_USEDEFAULT ((int)0x80000000)
#define WS_OVERLAPPED 0x00000000
#define WS_OVERLAPPEDWINDOW 0x00CF0000
#define WS_POPUP 0x80000000
#define WM_NULL 0x0000
#define WM_CREATE 0x0001
#define WM_DESTROY 0x0002
#define WM_CLOSE 0x0010
#define WM_QUIT 0x0012
#define WM_NCCREATE 0x0081
#define WM_NCDESTROY 0x0082
#define WM_TIMER 0x0113
#define WM_USER 0x0400
#define WM_APP 0x8000
#define PM_NOREMOVE 0
#define PM_REMOVE 1
#define PM_NOYIELD 2
#define GWLP_WNDPROC (-4)
#define GWLP_HINSTANCE (-6)
#define GWLP_USERDATA (-21)
#define QS_POSTMESSAGE 0x0008
#define QS_TIMER 0x0010
#define QS_SENDMESSAGE 0x0040
#define QS_ALLPOSTMESSAGE 0x0100
#define QS_ALLEVENTS 0x04BF
#define QS_ALLINPUT 0x04FF
#define MWMO_WAITALL 1
#define MWMO_ALERTABLE 2
#define MWMO_INPUTAVAILABLE 4
#define USER_TIMER_MINIMUM 0x0000000A
#define USER_TIMER_MAXIMUM 0x7FFFFFFF

BERTH_FUNCTION(ATOM, RegisterClassA, (const WNDCLASSA *lpWndClass));
BERTH_FUNCTION(ATOM, RegisterClassW, (const WNDCLASSW *lpWndClass));
BERTH_FUNCTION(ATOM, RegisterClassExA, (const WNDCLASSEXA *lpWndClass));
BERTH_FUNCTION(ATOM, RegisterClassExW, (const WNDCLASSEXW *lpWndClass));
BERTH_FUNCTION(BOOL, UnregisterClassA, (LPCSTR lpClassName, HINSTANCE hInstance));
BERTH_FUNCTION(BOOL, UnregisterClassW, (LPCWSTR lpClassName, HINSTANCE hInstance));
BERTH_FUNCTION(HWND, CreateWindowExA,
               (DWORD dwExStyle, LPCSTR lpClassName, LPCSTR lpWindowName, DWORD dwStyle, int X,
                int Y, int nWidth, int nHeight, HWND hWndParent, HMENU hMenu, HINSTANCE hInstance,
                LPVOID lpParam));
BERTH_FUNCTION(HWND, CreateWindowExW,
               (DWORD dwExStyle, LPCWSTR lpClassName, LPCWSTR lpWindowName, DWORD dwStyle, int X,
                int Y, int nWidth, int nHeight, HWND hWndParent, HMENU hMenu, HINSTANCE hInstance,
                LPVOID lpParam));
BERTH_FUNCTION(BOOL, DestroyWindow, (HWND hWnd));
BERTH_FUNCTION(BOOL, IsWindow, (HWND hWnd));
BERTH_FUNCTION(DWORD, GetWindowThreadProcessId, (HWND hWnd, LPDWORD lpdwProcessId));
BERTH_FUNCTION(LRESULT, DefWindowProcA, (HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam));
BERTH_FUNCTION(LRESULT, DefWindowProcW, (HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam));
BERTH_FUNCTION(LONG_PTR, SetWindowLongPtrA, (HWND hWnd, int nIndex, LONG_PTR dwNewLong));
BERTH_FUNCTION(LONG_PTR, SetWindowLongPtrW, (HWND hWnd, int nIndex, LONG_PTR dwNewLong));
BERTH_FUNCTION(LONG_PTR, GetWindowLongPtrA, (HWND hWnd, int nIndex));
BERTH_FUNCTION(LONG_PTR, GetWindowLongPtrW, (HWND hWnd, int nIndex));

BERTH_FUNCTION(BOOL, PostMessageA, (HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam));
BERTH_FUNCTION(BOOL, PostMessageW, (HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam));
BERTH_FUNCTION(BOOL, PostThreadMessageA,
               (DWORD idThread, UINT Msg, WPARAM wParam, LPARAM lParam));
BERTH_FUNCTION(BOOL, PostThreadMessageW,
               (DWORD idThread, UINT Msg, WPARAM wParam, LPARAM lParam));
BERTH_FUNCTION(LRESULT, SendMessageA, (HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam));
BERTH_FUNCTION(LRESULT, SendMessageW, (HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam));
BERTH_FUNCTION(BOOL, GetMessageA,
               (LPMSG lpMsg, HWND hWnd, UINT wMsgFilterMin, UINT wMsgFilterMax));
BERTH_FUNCTION(BOOL, GetMessageW,
               (LPMSG lpMsg, HWND hWnd, UINT wMsgFilterMin, UINT wMsgFilterMax));
BERTH_FUNCTION(BOOL, PeekMessageA,
               (LPMSG lpMsg, HWND hWnd, UINT wMsgFilterMin, UINT wMsgFilterMax, UINT wRemoveMsg));
BERTH_FUNCTION(BOOL, PeekMessageW,
               (LPMSG lpMsg, HWND hWnd, UINT wMsgFilterMin, UINT wMsgFilterMax, UINT wRemoveMsg));
BERTH_FUNCTION(BOOL, TranslateMessage, (const MSG *lpMsg));
BERTH_FUNCTION(LRESULT, DispatchMessageA, (const MSG *lpMsg));
BERTH_FUNCTION(LRESULT, DispatchMessageW, (const MSG *lpMsg));
BERTH_FUNCTION(void, PostQuitMessage, (int nExitCode));
BERTH_FUNCTION(UINT, RegisterWindowMessageA, (LPCSTR lpString));
BERTH_FUNCTION(UINT, RegisterWindowMessageW, (LPCWSTR lpString));
BERTH_FUNCTION(UINT_PTR, SetTimer,
               (HWND hWnd, UINT_PTR nIDEvent, UINT uElapse, TIMERPROC lpTimerFunc));
BERTH_FUNCTION(BOOL, KillTimer, (HWND hWnd, UINT_PTR uIDEvent));
BERTH_FUNCTION(DWORD, MsgWaitForMultipleObjects,
               (DWORD nCount, const HANDLE *pHandles, BOOL fWaitAll, DWORD dwMilliseconds,
                DWORD dwWakeMask));
BERTH_FUNCTION(DWORD, MsgWaitForMultipleObjectsEx,
               (DWORD nCount, const HANDLE *pHandles, DWORD dwMilliseconds, DWORD dwWakeMask,
                DWORD dwFlags));
#define SendNotifyMessageA PostMessageA
#define SendNotifyMessageW PostMessageW
#define CreateWindowA(class_, name, style, x, y, w, h, parent, menu, instance, parameter)          \
    CreateWindowExA(0, class_, name, style, x, y, w, h, parent, menu, instance, parameter)
#define CreateWindowW(class_, name, style, x, y, w, h, parent, menu, instance, parameter)          \
    CreateWindowExW(0, class_, name, style, x, y, w, h, parent, menu, instance, parameter)

#if defined(UNICODE)
#define BERTH_LETTERS(name) name##W
typedef WNDCLASSW WNDCLASS;
typedef WNDCLASSEXW WNDCLASSEX;
#else
#define BERTH_LETTERS(name) name##A
typedef WNDCLASSA WNDCLASS;
typedef WNDCLASSEXA WNDCLASSEX;
#endif
#define RegisterClass BERTH_LETTERS(RegisterClass)
#define RegisterClassEx BERTH_LETTERS(RegisterClassEx)
#define UnregisterClass BERTH_LETTERS(UnregisterClass)
#define CreateWindow BERTH_LETTERS(CreateWindow)
#define CreateWindowEx BERTH_LETTERS(CreateWindowEx)
#define DefWindowProc BERTH_LETTERS(DefWindowProc)
#define SetWindowLongPtr BERTH_LETTERS(SetWindowLongPtr)
#define GetWindowLongPtr BERTH_LETTERS(GetWindowLongPtr)
#define PostMessage BERTH_LETTERS(PostMessage)
#define PostThreadMessage BERTH_LETTERS(PostThreadMessage)
#define SendMessage BERTH_LETTERS(SendMessage)
#define GetMessage BERTH_LETTERS(GetMessage)
#define PeekMessage BERTH_LETTERS(PeekMessage)
#define DispatchMessage BERTH_LETTERS(DispatchMessage)
#define RegisterWindowMessage BERTH_LETTERS(RegisterWindowMessage)

#include "windesk.h"

#endif
