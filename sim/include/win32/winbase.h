/* More of kernel32: what console programs use beside sockets. Included by windows.h. */
#ifndef BERTH_WIN32_WINBASE_H
#define BERTH_WIN32_WINBASE_H

#include "windef.h"

#if __SIZEOF_WCHAR_T__ == 2 && defined(__has_include)
#if __has_include(<sal.h>)
#include <sal.h>
#endif
#endif

#define S_OK ((HRESULT)0)
#define S_FALSE ((HRESULT)1)
#define E_FAIL ((HRESULT)0x80004005)
#define E_OUTOFMEMORY ((HRESULT)0x8007000E)
#define E_INVALIDARG ((HRESULT)0x80070057)
#define SUCCEEDED(result) ((HRESULT)(result) >= 0)
#define FAILED(result) ((HRESULT)(result) < 0)
#define FACILITY_WIN32 7
#define HRESULT_FROM_WIN32(error)                                                                  \
    ((HRESULT)(error) <= 0 ? (HRESULT)(error)                                                      \
                           : (HRESULT)(((error)&0xffff) | FACILITY_WIN32 << 16 | 0x80000000))
#define MAKELANGID(language, sublanguage) ((WORD)((sublanguage) << 10 | (WORD)(language)))
#define LANG_NEUTRAL 0x00
#define LANG_ENGLISH 0x09
#define SUBLANG_DEFAULT 0x01
#define SUBLANG_ENGLISH_US 0x01
#define MAX_PATH 260

#define ZeroMemory(to, size) memset((to), 0, (size))
#define SecureZeroMemory(to, size) memset((to), 0, (size))
#define RtlZeroMemory(to, size) memset((to), 0, (size))
#define FillMemory(to, size, byte) memset((to), (byte), (size))
#define CopyMemory(to, from, size) memcpy((to), (from), (size))
#define RtlCopyMemory(to, from, size) memcpy((to), (from), (size))
#define MoveMemory(to, from, size) memmove((to), (from), (size))
#define ARRAYSIZE(array) (sizeof(array) / sizeof((array)[0]))
#define DECLSPEC_NORETURN __attribute__((noreturn))

#if defined(UNICODE)
typedef WCHAR TCHAR;
#define TEXT_(text) L##text
#else
typedef char TCHAR;
#define TEXT_(text) text
#endif
#define TEXT(text) TEXT_(text)
typedef TCHAR *LPTSTR, *PTSTR;
typedef const TCHAR *LPCTSTR, *PCTSTR;
typedef WORD LANGID;
typedef HANDLE HLOCAL, HGLOBAL;

typedef union _LARGE_INTEGER {
    __extension__ struct {
        DWORD LowPart;
        LONG HighPart;
    };
    struct {
        DWORD LowPart;
        LONG HighPart;
    } u;
    LONGLONG QuadPart;
} LARGE_INTEGER, *PLARGE_INTEGER;

typedef union _ULARGE_INTEGER {
    __extension__ struct {
        DWORD LowPart;
        DWORD HighPart;
    };
    struct {
        DWORD LowPart;
        DWORD HighPart;
    } u;
    ULONGLONG QuadPart;
} ULARGE_INTEGER, *PULARGE_INTEGER;

typedef struct _FILETIME {
    DWORD dwLowDateTime;
    DWORD dwHighDateTime;
} FILETIME, *PFILETIME, *LPFILETIME;

typedef struct _SYSTEMTIME {
    WORD wYear, wMonth, wDayOfWeek, wDay, wHour, wMinute, wSecond, wMilliseconds;
} SYSTEMTIME, *PSYSTEMTIME, *LPSYSTEMTIME;

#define FORMAT_MESSAGE_ALLOCATE_BUFFER 0x00000100
#define FORMAT_MESSAGE_IGNORE_INSERTS 0x00000200
#define FORMAT_MESSAGE_FROM_STRING 0x00000400
#define FORMAT_MESSAGE_FROM_HMODULE 0x00000800
#define FORMAT_MESSAGE_FROM_SYSTEM 0x00001000
#define FORMAT_MESSAGE_ARGUMENT_ARRAY 0x00002000
#define FORMAT_MESSAGE_MAX_WIDTH_MASK 0x000000FF
BERTH_FUNCTION(DWORD, FormatMessageA,
               (DWORD dwFlags, LPCVOID lpSource, DWORD dwMessageId, DWORD dwLanguageId,
                LPSTR lpBuffer, DWORD nSize, va_list *Arguments));
BERTH_FUNCTION(DWORD, FormatMessageW,
               (DWORD dwFlags, LPCVOID lpSource, DWORD dwMessageId, DWORD dwLanguageId,
                LPWSTR lpBuffer, DWORD nSize, va_list *Arguments));

BERTH_FUNCTION(DWORD, GetTickCount, (void));
BERTH_FUNCTION(BOOL, QueryPerformanceCounter, (LARGE_INTEGER * lpPerformanceCount));
BERTH_FUNCTION(BOOL, QueryPerformanceFrequency, (LARGE_INTEGER * lpFrequency));
BERTH_FUNCTION(void, GetSystemTimeAsFileTime, (LPFILETIME lpSystemTimeAsFileTime));
BERTH_FUNCTION(void, GetSystemTime, (LPSYSTEMTIME lpSystemTime));
BERTH_FUNCTION(void, GetLocalTime, (LPSYSTEMTIME lpSystemTime));

#define STD_INPUT_HANDLE ((DWORD)-10)
#define STD_OUTPUT_HANDLE ((DWORD)-11)
#define STD_ERROR_HANDLE ((DWORD)-12)
#define CP_ACP 0
#define CP_OEMCP 1
#define CP_THREAD_ACP 3
#define CP_UTF8 65001
BERTH_FUNCTION(HANDLE, GetStdHandle, (DWORD nStdHandle));
BERTH_FUNCTION(BOOL, SetStdHandle, (DWORD nStdHandle, HANDLE hHandle));
BERTH_FUNCTION(BOOL, WriteFile,
               (HANDLE hFile, LPCVOID lpBuffer, DWORD nNumberOfBytesToWrite,
                LPDWORD lpNumberOfBytesWritten, LPOVERLAPPED lpOverlapped));
BERTH_FUNCTION(BOOL, WriteConsoleA,
               (HANDLE hConsoleOutput, const VOID *lpBuffer, DWORD nNumberOfCharsToWrite,
                LPDWORD lpNumberOfCharsWritten, LPVOID lpReserved));
BERTH_FUNCTION(BOOL, WriteConsoleW,
               (HANDLE hConsoleOutput, const VOID *lpBuffer, DWORD nNumberOfCharsToWrite,
                LPDWORD lpNumberOfCharsWritten, LPVOID lpReserved));
BERTH_FUNCTION(BOOL, SetConsoleOutputCP, (UINT wCodePageID));
#define MB_PRECOMPOSED 0x00000001
#define MB_ERR_INVALID_CHARS 0x00000008
#define WC_ERR_INVALID_CHARS 0x00000080
#define WC_NO_BEST_FIT_CHARS 0x00000400
BERTH_FUNCTION(BOOL, GetUserNameA, (LPSTR lpBuffer, LPDWORD pcbBuffer));
BERTH_FUNCTION(BOOL, GetUserNameW, (LPWSTR lpBuffer, LPDWORD pcbBuffer));
BERTH_FUNCTION(void, OutputDebugStringA, (LPCSTR lpOutputString));
BERTH_FUNCTION(void, OutputDebugStringW, (LPCWSTR lpOutputString));
BERTH_FUNCTION(int, MultiByteToWideChar,
               (UINT CodePage, DWORD dwFlags, LPCSTR lpMultiByteStr, int cbMultiByte,
                LPWSTR lpWideCharStr, int cchWideChar));
BERTH_FUNCTION(int, WideCharToMultiByte,
               (UINT CodePage, DWORD dwFlags, LPCWSTR lpWideCharStr, int cchWideChar,
                LPSTR lpMultiByteStr, int cbMultiByte, LPCSTR lpDefaultChar,
                BOOL *lpUsedDefaultChar));

BERTH_FUNCTION(DWORD, ExpandEnvironmentStringsA, (LPCSTR lpSrc, LPSTR lpDst, DWORD nSize));
BERTH_FUNCTION(DWORD, ExpandEnvironmentStringsW, (LPCWSTR lpSrc, LPWSTR lpDst, DWORD nSize));
BERTH_FUNCTION(DWORD, GetEnvironmentVariableA, (LPCSTR lpName, LPSTR lpBuffer, DWORD nSize));
BERTH_FUNCTION(DWORD, GetEnvironmentVariableW, (LPCWSTR lpName, LPWSTR lpBuffer, DWORD nSize));
BERTH_FUNCTION(BOOL, SetEnvironmentVariableA, (LPCSTR lpName, LPCSTR lpValue));
BERTH_FUNCTION(BOOL, SetEnvironmentVariableW, (LPCWSTR lpName, LPCWSTR lpValue));

BERTH_FUNCTION(__attribute__((noreturn)) void, ExitProcess, (UINT uExitCode));

/* A program for windows begins here, under C's name in C++ too. */
BERTH_EXTERN int WINAPI WinMain(HINSTANCE hInstance, HINSTANCE hPrevInstance, LPSTR lpCmdLine,
                                int nShowCmd);
#if __SIZEOF_WCHAR_T__ == 2
BERTH_EXTERN int WINAPI wWinMain(HINSTANCE hInstance, HINSTANCE hPrevInstance, LPWSTR lpCmdLine,
                                 int nShowCmd);
#endif

#include "interlocked.h"

#if __SIZEOF_WCHAR_T__ == 2
#define lstrlenA(text) ((int)strlen(text))
#define lstrlenW(text) ((int)wcslen(text))
#endif
#if defined(UNICODE)
#define FormatMessage FormatMessageW
#define ExpandEnvironmentStrings ExpandEnvironmentStringsW
#define GetEnvironmentVariable GetEnvironmentVariableW
#define SetEnvironmentVariable SetEnvironmentVariableW
#define OutputDebugString OutputDebugStringW
#define WriteConsole WriteConsoleW
#define GetUserName GetUserNameW
#define lstrlen lstrlenW
#else
#define FormatMessage FormatMessageA
#define ExpandEnvironmentStrings ExpandEnvironmentStringsA
#define GetEnvironmentVariable GetEnvironmentVariableA
#define SetEnvironmentVariable SetEnvironmentVariableA
#define OutputDebugString OutputDebugStringA
#define WriteConsole WriteConsoleA
#define GetUserName GetUserNameA
#define lstrlen lstrlenA
#endif

#endif
