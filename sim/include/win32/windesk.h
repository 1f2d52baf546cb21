/* More of user32: names and states of windows that are never seen, boxes, wsprintf. The SDK has all
 * of it in winuser.h, which includes this.
 */
#ifndef BERTH_WIN32_WINDESK_H
#define BERTH_WIN32_WINDESK_H

#include "winuser.h"

typedef struct tagRECT {
    LONG left, top, right, bottom;
} RECT, *PRECT, *LPRECT;

typedef struct tagCREATESTRUCTA {
    LPVOID lpCreateParams;
    HINSTANCE hInstance;
    HMENU hMenu;
    HWND hwndParent;
    int cy, cx, y, x;
    LONG style;
    LPCSTR lpszName, lpszClass;
    DWORD dwExStyle;
} CREATESTRUCTA, *LPCREATESTRUCTA;

typedef struct tagCREATESTRUCTW {
    LPVOID lpCreateParams;
    HINSTANCE hInstance;
    HMENU hMenu;
    HWND hwndParent;
    int cy, cx, y, x;
    LONG style;
    LPCWSTR lpszName, lpszClass;
    DWORD dwExStyle;
} CREATESTRUCTW, *LPCREATESTRUCTW;

#define WM_MOVE 0x0003
#define WM_SIZE 0x0005
#define WM_ACTIVATE 0x0006
#define WM_SETTEXT 0x000C
#define WM_PAINT 0x000F
#define WM_ENDSESSION 0x0016
#define WM_SHOWWINDOW 0x0018
#define WM_COPYDATA 0x004A
#define WM_KEYDOWN 0x0100
#define WM_CHAR 0x0102
#define WM_COMMAND 0x0111
#define WS_VISIBLE 0x10000000
#define WS_CHILD 0x40000000
#define WS_CAPTION 0x00C00000
#define WS_SYSMENU 0x00080000
#define CS_VREDRAW 0x0001
#define CS_HREDRAW 0x0002
#define COLOR_WINDOW 5
#define SW_HIDE 0
#define SW_SHOWNORMAL 1
#define SW_SHOW 5
#define SW_MINIMIZE 6
#define SW_SHOWDEFAULT 10
#define MAKEINTRESOURCEA(number) ((LPSTR)(ULONG_PTR)(WORD)(number))
#define MAKEINTRESOURCEW(number) ((LPWSTR)(ULONG_PTR)(WORD)(number))
#define IDC_ARROW_NUMBER_ 32512
#define IDI_APPLICATION_NUMBER_ 32512
#define MB_OK 0x00
#define MB_OKCANCEL 0x01
#define MB_ABORTRETRYIGNORE 0x02
#define MB_YESNOCANCEL 0x03
#define MB_YESNO 0x04
#define MB_RETRYCANCEL 0x05
#define MB_CANCELTRYCONTINUE 0x06
#define MB_ICONERROR 0x10
#define MB_ICONSTOP 0x10
#define MB_ICONQUESTION 0x20
#define MB_ICONWARNING 0x30
#define MB_ICONEXCLAMATION 0x30
#define MB_ICONINFORMATION 0x40
#define MB_TYPEMASK 0x0F
#define MB_SYSTEMMODAL 0x1000
#define IDOK 1
#define IDCANCEL 2
#define IDABORT 3
#define IDRETRY 4
#define IDIGNORE 5
#define IDYES 6
#define IDNO 7
#define IDCONTINUE 11
#define SMTO_NORMAL 0
#define SMTO_BLOCK 1
#define SMTO_ABORTIFHUNG 2

BERTH_FUNCTION(BOOL, SetWindowTextA, (HWND hWnd, LPCSTR lpString));
BERTH_FUNCTION(BOOL, SetWindowTextW, (HWND hWnd, LPCWSTR lpString));
BERTH_FUNCTION(int, GetWindowTextA, (HWND hWnd, LPSTR lpString, int nMaxCount));
BERTH_FUNCTION(int, GetWindowTextW, (HWND hWnd, LPWSTR lpString, int nMaxCount));
BERTH_FUNCTION(int, GetWindowTextLengthA, (HWND hWnd));
BERTH_FUNCTION(int, GetWindowTextLengthW, (HWND hWnd));
BERTH_FUNCTION(int, GetClassNameA, (HWND hWnd, LPSTR lpClassName, int nMaxCount));
BERTH_FUNCTION(int, GetClassNameW, (HWND hWnd, LPWSTR lpClassName, int nMaxCount));
BERTH_FUNCTION(HWND, FindWindowA, (LPCSTR lpClassName, LPCSTR lpWindowName));
BERTH_FUNCTION(HWND, FindWindowW, (LPCWSTR lpClassName, LPCWSTR lpWindowName));
BERTH_FUNCTION(HWND, FindWindowExA,
               (HWND hWndParent, HWND hWndChildAfter, LPCSTR lpszClass, LPCSTR lpszWindow));
BERTH_FUNCTION(HWND, FindWindowExW,
               (HWND hWndParent, HWND hWndChildAfter, LPCWSTR lpszClass, LPCWSTR lpszWindow));
BERTH_FUNCTION(BOOL, ShowWindow, (HWND hWnd, int nCmdShow));
BERTH_FUNCTION(BOOL, IsWindowVisible, (HWND hWnd));
BERTH_FUNCTION(BOOL, UpdateWindow, (HWND hWnd));
BERTH_FUNCTION(BOOL, InvalidateRect, (HWND hWnd, const RECT *lpRect, BOOL bErase));
BERTH_FUNCTION(BOOL, SetForegroundWindow, (HWND hWnd));
BERTH_FUNCTION(HCURSOR, LoadCursorA, (HINSTANCE hInstance, LPCSTR lpCursorName));
BERTH_FUNCTION(HCURSOR, LoadCursorW, (HINSTANCE hInstance, LPCWSTR lpCursorName));
BERTH_FUNCTION(HICON, LoadIconA, (HINSTANCE hInstance, LPCSTR lpIconName));
BERTH_FUNCTION(HICON, LoadIconW, (HINSTANCE hInstance, LPCWSTR lpIconName));
BERTH_FUNCTION(LRESULT, SendMessageTimeoutA,
               (HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam, UINT fuFlags, UINT uTimeout,
                PDWORD_PTR lpdwResult));
BERTH_FUNCTION(LRESULT, SendMessageTimeoutW,
               (HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam, UINT fuFlags, UINT uTimeout,
                PDWORD_PTR lpdwResult));
BERTH_FUNCTION(LRESULT, CallWindowProcA,
               (WNDPROC lpPrevWndFunc, HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam));
BERTH_FUNCTION(LRESULT, CallWindowProcW,
               (WNDPROC lpPrevWndFunc, HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam));
BERTH_FUNCTION(BOOL, WaitMessage, (void));
BERTH_FUNCTION(int, MessageBoxA, (HWND hWnd, LPCSTR lpText, LPCSTR lpCaption, UINT uType));
BERTH_FUNCTION(int, MessageBoxW, (HWND hWnd, LPCWSTR lpText, LPCWSTR lpCaption, UINT uType));
BERTH_FUNCTION(BOOL, MessageBeep, (UINT uType));
BERTH_FUNCTION(int, wsprintfA, (LPSTR text, LPCSTR format, ...));
BERTH_FUNCTION(int, wsprintfW, (LPWSTR text, LPCWSTR format, ...));
BERTH_FUNCTION(int, wvsprintfA, (LPSTR text, LPCSTR format, va_list arguments));
BERTH_FUNCTION(int, wvsprintfW, (LPWSTR text, LPCWSTR format, va_list arguments));

/* The words of a window of 64 bits: there are no narrower ones that hold anything. */
#define SetWindowLongA(window, index, value) ((LONG)SetWindowLongPtrA((window), (index), (value)))
#define SetWindowLongW(window, index, value) ((LONG)SetWindowLongPtrW((window), (index), (value)))
#define GetWindowLongA(window, index) ((LONG)GetWindowLongPtrA((window), (index)))
#define GetWindowLongW(window, index) ((LONG)GetWindowLongPtrW((window), (index)))
#define GWL_USERDATA (-21)

#if defined(UNICODE)
#define BERTH_DESK(name) name##W
typedef CREATESTRUCTW CREATESTRUCT, *LPCREATESTRUCT;
#else
#define BERTH_DESK(name) name##A
typedef CREATESTRUCTA CREATESTRUCT, *LPCREATESTRUCT;
#endif
#define MAKEINTRESOURCE BERTH_DESK(MAKEINTRESOURCE)
#define IDC_ARROW MAKEINTRESOURCE(IDC_ARROW_NUMBER_)
#define IDI_APPLICATION MAKEINTRESOURCE(IDI_APPLICATION_NUMBER_)
#define SetWindowText BERTH_DESK(SetWindowText)
#define GetWindowText BERTH_DESK(GetWindowText)
#define GetWindowTextLength BERTH_DESK(GetWindowTextLength)
#define GetClassName BERTH_DESK(GetClassName)
#define FindWindow BERTH_DESK(FindWindow)
#define FindWindowEx BERTH_DESK(FindWindowEx)
#define LoadCursor BERTH_DESK(LoadCursor)
#define LoadIcon BERTH_DESK(LoadIcon)
#define SendMessageTimeout BERTH_DESK(SendMessageTimeout)
#define CallWindowProc BERTH_DESK(CallWindowProc)
#define MessageBox BERTH_DESK(MessageBox)
#define wsprintf BERTH_DESK(wsprintf)
#define wvsprintf BERTH_DESK(wvsprintf)
#define SetWindowLong BERTH_DESK(SetWindowLong)
#define GetWindowLong BERTH_DESK(GetWindowLong)

#endif
