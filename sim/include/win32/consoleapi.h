/* The console: who is told of Ctrl+C, modes, code pages. Included by windows.h. */
#ifndef BERTH_WIN32_CONSOLEAPI_H
#define BERTH_WIN32_CONSOLEAPI_H

#include "winnt.h"

#define CTRL_C_EVENT 0
#define CTRL_BREAK_EVENT 1
#define CTRL_CLOSE_EVENT 2
#define CTRL_LOGOFF_EVENT 5
#define CTRL_SHUTDOWN_EVENT 6
#define ENABLE_PROCESSED_INPUT 0x0001
#define ENABLE_LINE_INPUT 0x0002
#define ENABLE_ECHO_INPUT 0x0004
#define ENABLE_WINDOW_INPUT 0x0008
#define ENABLE_MOUSE_INPUT 0x0010
#define ENABLE_QUICK_EDIT_MODE 0x0040
#define ENABLE_EXTENDED_FLAGS 0x0080
#define ENABLE_VIRTUAL_TERMINAL_INPUT 0x0200
#define ENABLE_PROCESSED_OUTPUT 0x0001
#define ENABLE_WRAP_AT_EOL_OUTPUT 0x0002
#define ENABLE_VIRTUAL_TERMINAL_PROCESSING 0x0004
#define DISABLE_NEWLINE_AUTO_RETURN 0x0008
#define FOREGROUND_BLUE 0x0001
#define FOREGROUND_GREEN 0x0002
#define FOREGROUND_RED 0x0004
#define FOREGROUND_INTENSITY 0x0008
#define BACKGROUND_BLUE 0x0010
#define BACKGROUND_GREEN 0x0020
#define BACKGROUND_RED 0x0040
#define BACKGROUND_INTENSITY 0x0080
#define ATTACH_PARENT_PROCESS ((DWORD)-1)

typedef BOOL(WINAPI *PHANDLER_ROUTINE)(DWORD CtrlType);

/* The handlers of a process run on a new thread each time, the latest first, until one answers
 * TRUE; after them all the process ends with 0xC000013A. NULL and TRUE: Ctrl+C is nothing to this
 * process and to its children.
 */
BERTH_FUNCTION(BOOL, SetConsoleCtrlHandler, (PHANDLER_ROUTINE HandlerRoutine, BOOL Add));
BERTH_FUNCTION(BOOL, GenerateConsoleCtrlEvent, (DWORD dwCtrlEvent, DWORD dwProcessGroupId));
BERTH_FUNCTION(BOOL, GetConsoleMode, (HANDLE hConsoleHandle, LPDWORD lpMode));
BERTH_FUNCTION(BOOL, SetConsoleMode, (HANDLE hConsoleHandle, DWORD dwMode));
BERTH_FUNCTION(UINT, GetConsoleCP, (void));
BERTH_FUNCTION(UINT, GetConsoleOutputCP, (void));
BERTH_FUNCTION(BOOL, SetConsoleCP, (UINT wCodePageID));
BERTH_FUNCTION(UINT, GetACP, (void));
BERTH_FUNCTION(UINT, GetOEMCP, (void));
BERTH_FUNCTION(BOOL, IsValidCodePage, (UINT CodePage));
BERTH_FUNCTION(BOOL, SetConsoleTitleA, (LPCSTR lpConsoleTitle));
BERTH_FUNCTION(BOOL, SetConsoleTitleW, (LPCWSTR lpConsoleTitle));
BERTH_FUNCTION(DWORD, GetConsoleTitleA, (LPSTR lpConsoleTitle, DWORD nSize));
BERTH_FUNCTION(DWORD, GetConsoleTitleW, (LPWSTR lpConsoleTitle, DWORD nSize));
BERTH_FUNCTION(BOOL, SetConsoleTextAttribute, (HANDLE hConsoleOutput, WORD wAttributes));

#if defined(UNICODE)
#define SetConsoleTitle SetConsoleTitleW
#define GetConsoleTitle GetConsoleTitleW
#else
#define SetConsoleTitle SetConsoleTitleA
#define GetConsoleTitle GetConsoleTitleA
#endif

#endif
