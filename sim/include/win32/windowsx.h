/* Message crackers and shorthands over what windows.h has. */
#ifndef BERTH_WIN32_WINDOWSX_H
#define BERTH_WIN32_WINDOWSX_H

#include "windows.h"

#define GET_X_LPARAM(lparam) ((int)(short)LOWORD(lparam))
#define GET_Y_LPARAM(lparam) ((int)(short)HIWORD(lparam))
#define GET_WM_COMMAND_ID(wparam, lparam) LOWORD(wparam)
#define GET_WM_COMMAND_HWND(wparam, lparam) ((HWND)(lparam))
#define GET_WM_COMMAND_CMD(wparam, lparam) HIWORD(wparam)
#define SubclassWindow(window, procedure)                                                          \
    ((WNDPROC)SetWindowLongPtr((window), GWLP_WNDPROC, (LPARAM)(WNDPROC)(procedure)))
#define GetWindowInstance(window) ((HMODULE)GetWindowLongPtr((window), GWLP_HINSTANCE))
#define GlobalAllocPtr(flags, size) GlobalAlloc((flags), (size))
#define GlobalFreePtr(memory) (GlobalFree(memory), 0)

#define HANDLE_MSG(window, message, handler)                                                       \
    case (message):                                                                                \
        return HANDLE_##message((window), wParam, lParam, (handler))
#define HANDLE_WM_CREATE(window, wparam, lparam, handler)                                          \
    ((handler)((window), (LPCREATESTRUCT)(lparam)) ? 0L : (LRESULT)-1L)
#define HANDLE_WM_DESTROY(window, wparam, lparam, handler) ((handler)(window), 0L)
#define HANDLE_WM_CLOSE(window, wparam, lparam, handler) ((handler)(window), 0L)
#define HANDLE_WM_TIMER(window, wparam, lparam, handler) ((handler)((window), (UINT)(wparam)), 0L)
#define HANDLE_WM_COMMAND(window, wparam, lparam, handler)                                         \
    ((handler)((window), (int)LOWORD(wparam), (HWND)(lparam), (UINT)HIWORD(wparam)), 0L)

#endif
