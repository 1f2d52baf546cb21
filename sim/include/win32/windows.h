/* What a port-reservation program needs of kernel32, for hosts without a Windows SDK. The functions
 * belong to the simulated process that runs.
 */
#ifndef BERTH_WIN32_WINDOWS_H
#define BERTH_WIN32_WINDOWS_H

#include "windef.h"
#include "winerror.h"

#define INVALID_HANDLE_VALUE ((HANDLE)(LONG_PTR)-1)
#define INFINITE 0xffffffff
#define MAXIMUM_WAIT_OBJECTS 64
#define WAIT_OBJECT_0 0
#define WAIT_ABANDONED_0 0x80
#define WAIT_IO_COMPLETION 0xc0
#define WAIT_TIMEOUT 258
#define WAIT_FAILED 0xffffffff
#define STILL_ACTIVE 259
#define HANDLE_FLAG_INHERIT 1
#define HANDLE_FLAG_PROTECT_FROM_CLOSE 2

/* As in the SDK, whoever has the statuses from elsewhere says WIN32_NO_STATUS. */
#if !defined(WIN32_NO_STATUS) && !defined(SIM_NT_STATUS_H)
#define STATUS_WAIT_0 ((DWORD)0x00000000)
#define STATUS_USER_APC ((DWORD)0x000000C0)
#define STATUS_TIMEOUT ((DWORD)0x00000102)
#define STATUS_PENDING ((DWORD)0x00000103)
#define STATUS_ACCESS_VIOLATION ((DWORD)0xC0000005)
#define STATUS_INVALID_HANDLE ((DWORD)0xC0000008)
#define STATUS_INVALID_PARAMETER ((DWORD)0xC000000D)
#define STATUS_NO_MEMORY ((DWORD)0xC0000017)
#endif
/* Tells the checker of ownership, too, that somebody has asked. */
BERTH_EXTERN BOOL berth_has_completed(const OVERLAPPED *overlapped);
#define HasOverlappedIoCompleted(overlapped) berth_has_completed(overlapped)

typedef DWORD(WINAPI *LPTHREAD_START_ROUTINE)(LPVOID parameter);
typedef INT_PTR(WINAPI *FARPROC)(void);

BERTH_FUNCTION(DWORD, GetLastError, (void));
BERTH_FUNCTION(void, SetLastError, (DWORD dwErrCode));

BERTH_FUNCTION(DWORD, GetCurrentProcessId, (void));
BERTH_FUNCTION(DWORD, GetCurrentThreadId, (void));
BERTH_FUNCTION(HANDLE, CreateThread,
               (LPSECURITY_ATTRIBUTES lpThreadAttributes, SIZE_T dwStackSize,
                LPTHREAD_START_ROUTINE lpStartAddress, LPVOID lpParameter, DWORD dwCreationFlags,
                LPDWORD lpThreadId));
BERTH_FUNCTION(__attribute__((noreturn)) void, ExitThread, (DWORD dwExitCode));

BERTH_FUNCTION(BOOL, CloseHandle, (HANDLE hObject));
BERTH_FUNCTION(BOOL, SetHandleInformation, (HANDLE hObject, DWORD dwMask, DWORD dwFlags));
BERTH_FUNCTION(BOOL, GetHandleInformation, (HANDLE hObject, LPDWORD lpdwFlags));
#define DUPLICATE_CLOSE_SOURCE 1
#define DUPLICATE_SAME_ACCESS 2
BERTH_FUNCTION(BOOL, DuplicateHandle,
               (HANDLE hSourceProcessHandle, HANDLE hSourceHandle, HANDLE hTargetProcessHandle,
                LPHANDLE lpTargetHandle, DWORD dwDesiredAccess, BOOL bInheritHandle,
                DWORD dwOptions));
BERTH_FUNCTION(BOOL, SwitchToThread, (void));

BERTH_FUNCTION(ULONGLONG, GetTickCount64, (void));

BERTH_FUNCTION(HMODULE, LoadLibraryA, (LPCSTR lpLibFileName));
BERTH_FUNCTION(HMODULE, LoadLibraryW, (LPCWSTR lpLibFileName));
BERTH_FUNCTION(BOOL, FreeLibrary, (HMODULE hLibModule));
BERTH_FUNCTION(HMODULE, LoadLibraryExA, (LPCSTR lpLibFileName, HANDLE hFile, DWORD dwFlags));
BERTH_FUNCTION(HMODULE, LoadLibraryExW, (LPCWSTR lpLibFileName, HANDLE hFile, DWORD dwFlags));
BERTH_FUNCTION(HMODULE, GetModuleHandleA, (LPCSTR lpModuleName));
BERTH_FUNCTION(HMODULE, GetModuleHandleW, (LPCWSTR lpModuleName));
BERTH_FUNCTION(BOOL, GetModuleHandleExA, (DWORD dwFlags, LPCSTR lpModuleName, HMODULE *phModule));
BERTH_FUNCTION(BOOL, GetModuleHandleExW, (DWORD dwFlags, LPCWSTR lpModuleName, HMODULE *phModule));
BERTH_FUNCTION(DWORD, GetModuleFileNameA, (HMODULE hModule, LPSTR lpFilename, DWORD nSize));
BERTH_FUNCTION(DWORD, GetModuleFileNameW, (HMODULE hModule, LPWSTR lpFilename, DWORD nSize));
BERTH_FUNCTION(FARPROC, GetProcAddress, (HMODULE hModule, LPCSTR lpProcName));

#define DONT_RESOLVE_DLL_REFERENCES 0x00000001
#define LOAD_LIBRARY_AS_DATAFILE 0x00000002
#define LOAD_WITH_ALTERED_SEARCH_PATH 0x00000008
#define LOAD_LIBRARY_SEARCH_SYSTEM32 0x00000800
#define LOAD_LIBRARY_SEARCH_DEFAULT_DIRS 0x00001000
#define GET_MODULE_HANDLE_EX_FLAG_PIN 1
#define GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT 2
#define GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS 4

#if defined(UNICODE)
#define GetModuleFileName GetModuleFileNameW
#define GetModuleHandle GetModuleHandleW
#define GetModuleHandleEx GetModuleHandleExW
#define LoadLibrary LoadLibraryW
#define LoadLibraryEx LoadLibraryExW
#else
#define GetModuleFileName GetModuleFileNameA
#define GetModuleHandle GetModuleHandleA
#define GetModuleHandleEx GetModuleHandleExA
#define LoadLibrary LoadLibraryA
#define LoadLibraryEx LoadLibraryExA
#endif

#include "winbase.h"
#include "winnt.h"
/* need the types of winbase.h */
#include "consoleapi.h"
#include "errhandlingapi.h"
#include "fibersapi.h"
#include "fileapi.h"
#include "heapapi.h"
#include "ioapiset.h"
#include "locks.h"
#include "memoryapi.h"
#include "namedpipeapi.h"
#include "processthreadsapi.h"
#include "synchapi.h"
#include "sysinfoapi.h"
#include "threadpoolapiset.h"
#include "wintypes.h"
#include "winuser.h"
/* need the types of wintypes.h */
#include "winreg.h"
#if !defined(WIN32_LEAN_AND_MEAN)
#include "wincrypt.h"
#endif

#endif
