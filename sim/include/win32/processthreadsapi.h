/* Processes and threads. Included by windows.h. */
#ifndef BERTH_WIN32_PROCESSTHREADSAPI_H
#define BERTH_WIN32_PROCESSTHREADSAPI_H

#include "winnt.h"

#define DEBUG_PROCESS 0x00000001
#define DEBUG_ONLY_THIS_PROCESS 0x00000002
#define CREATE_SUSPENDED 0x00000004
#define DETACHED_PROCESS 0x00000008
#define CREATE_NEW_CONSOLE 0x00000010
#define NORMAL_PRIORITY_CLASS 0x00000020
#define IDLE_PRIORITY_CLASS 0x00000040
#define HIGH_PRIORITY_CLASS 0x00000080
#define REALTIME_PRIORITY_CLASS 0x00000100
#define CREATE_NEW_PROCESS_GROUP 0x00000200
#define CREATE_UNICODE_ENVIRONMENT 0x00000400
#define BELOW_NORMAL_PRIORITY_CLASS 0x00004000
#define ABOVE_NORMAL_PRIORITY_CLASS 0x00008000
#define STACK_SIZE_PARAM_IS_A_RESERVATION 0x00010000
#define EXTENDED_STARTUPINFO_PRESENT 0x00080000
#define CREATE_BREAKAWAY_FROM_JOB 0x01000000
#define CREATE_DEFAULT_ERROR_MODE 0x04000000
#define CREATE_NO_WINDOW 0x08000000

#define STARTF_USESHOWWINDOW 0x00000001
#define STARTF_USESTDHANDLES 0x00000100

#define DELETE 0x00010000
#define READ_CONTROL 0x00020000
#define STANDARD_RIGHTS_REQUIRED 0x000F0000
#define SYNCHRONIZE 0x00100000
#define MAXIMUM_ALLOWED 0x02000000
#define GENERIC_ALL 0x10000000
#define GENERIC_EXECUTE 0x20000000
#define GENERIC_WRITE 0x40000000
#define GENERIC_READ 0x80000000
#define PROCESS_TERMINATE 0x0001
#define PROCESS_CREATE_THREAD 0x0002
#define PROCESS_VM_OPERATION 0x0008
#define PROCESS_VM_READ 0x0010
#define PROCESS_VM_WRITE 0x0020
#define PROCESS_DUP_HANDLE 0x0040
#define PROCESS_CREATE_PROCESS 0x0080
#define PROCESS_SET_INFORMATION 0x0200
#define PROCESS_QUERY_INFORMATION 0x0400
#define PROCESS_SUSPEND_RESUME 0x0800
#define PROCESS_QUERY_LIMITED_INFORMATION 0x1000
#define PROCESS_ALL_ACCESS 0x001FFFFF
#define THREAD_TERMINATE 0x0001
#define THREAD_SUSPEND_RESUME 0x0002
#define THREAD_SET_CONTEXT 0x0010
#define THREAD_QUERY_INFORMATION 0x0040
#define THREAD_ALL_ACCESS 0x001FFFFF

#define THREAD_PRIORITY_IDLE (-15)
#define THREAD_PRIORITY_LOWEST (-2)
#define THREAD_PRIORITY_BELOW_NORMAL (-1)
#define THREAD_PRIORITY_NORMAL 0
#define THREAD_PRIORITY_ABOVE_NORMAL 1
#define THREAD_PRIORITY_HIGHEST 2
#define THREAD_PRIORITY_TIME_CRITICAL 15

typedef struct _STARTUPINFOA {
    DWORD cb;
    LPSTR lpReserved;
    LPSTR lpDesktop;
    LPSTR lpTitle;
    DWORD dwX, dwY, dwXSize, dwYSize;
    DWORD dwXCountChars, dwYCountChars;
    DWORD dwFillAttribute;
    DWORD dwFlags;
    WORD wShowWindow;
    WORD cbReserved2;
    LPBYTE lpReserved2;
    HANDLE hStdInput, hStdOutput, hStdError;
} STARTUPINFOA, *LPSTARTUPINFOA;

typedef struct _STARTUPINFOW {
    DWORD cb;
    LPWSTR lpReserved;
    LPWSTR lpDesktop;
    LPWSTR lpTitle;
    DWORD dwX, dwY, dwXSize, dwYSize;
    DWORD dwXCountChars, dwYCountChars;
    DWORD dwFillAttribute;
    DWORD dwFlags;
    WORD wShowWindow;
    WORD cbReserved2;
    LPBYTE lpReserved2;
    HANDLE hStdInput, hStdOutput, hStdError;
} STARTUPINFOW, *LPSTARTUPINFOW;

typedef struct _PROCESS_INFORMATION {
    HANDLE hProcess;
    HANDLE hThread;
    DWORD dwProcessId;
    DWORD dwThreadId;
} PROCESS_INFORMATION, *PPROCESS_INFORMATION, *LPPROCESS_INFORMATION;

BERTH_FUNCTION(BOOL, CreateProcessA,
               (LPCSTR lpApplicationName, LPSTR lpCommandLine,
                LPSECURITY_ATTRIBUTES lpProcessAttributes, LPSECURITY_ATTRIBUTES lpThreadAttributes,
                BOOL bInheritHandles, DWORD dwCreationFlags, LPVOID lpEnvironment,
                LPCSTR lpCurrentDirectory, LPSTARTUPINFOA lpStartupInfo,
                LPPROCESS_INFORMATION lpProcessInformation));
BERTH_FUNCTION(BOOL, CreateProcessW,
               (LPCWSTR lpApplicationName, LPWSTR lpCommandLine,
                LPSECURITY_ATTRIBUTES lpProcessAttributes, LPSECURITY_ATTRIBUTES lpThreadAttributes,
                BOOL bInheritHandles, DWORD dwCreationFlags, LPVOID lpEnvironment,
                LPCWSTR lpCurrentDirectory, LPSTARTUPINFOW lpStartupInfo,
                LPPROCESS_INFORMATION lpProcessInformation));
BERTH_FUNCTION(void, GetStartupInfoA, (LPSTARTUPINFOA lpStartupInfo));
BERTH_FUNCTION(void, GetStartupInfoW, (LPSTARTUPINFOW lpStartupInfo));
BERTH_FUNCTION(LPSTR, GetCommandLineA, (void));
BERTH_FUNCTION(LPWSTR, GetCommandLineW, (void));
BERTH_FUNCTION(BOOL, TerminateProcess, (HANDLE hProcess, UINT uExitCode));
BERTH_FUNCTION(BOOL, GetExitCodeProcess, (HANDLE hProcess, LPDWORD lpExitCode));
BERTH_FUNCTION(HANDLE, OpenProcess,
               (DWORD dwDesiredAccess, BOOL bInheritHandle, DWORD dwProcessId));
BERTH_FUNCTION(HANDLE, GetCurrentProcess, (void));
BERTH_FUNCTION(HANDLE, GetCurrentThread, (void));
BERTH_FUNCTION(DWORD, GetProcessId, (HANDLE Process));
BERTH_FUNCTION(DWORD, GetThreadId, (HANDLE Thread));
BERTH_FUNCTION(DWORD, GetProcessIdOfThread, (HANDLE Thread));

BERTH_FUNCTION(HANDLE, OpenThread, (DWORD dwDesiredAccess, BOOL bInheritHandle, DWORD dwThreadId));
BERTH_FUNCTION(BOOL, GetExitCodeThread, (HANDLE hThread, LPDWORD lpExitCode));
BERTH_FUNCTION(BOOL, TerminateThread, (HANDLE hThread, DWORD dwExitCode));
BERTH_FUNCTION(DWORD, SuspendThread, (HANDLE hThread));
BERTH_FUNCTION(DWORD, ResumeThread, (HANDLE hThread));

/* Nobody computes here, for that takes no virtual time: user and kernel times are 0. Priorities and
 * processors are remembered, and do not decide who runs.
 */
#define THREAD_PRIORITY_ERROR_RETURN 0x7fffffff
#define PROCESS_MODE_BACKGROUND_BEGIN 0x00100000
#define PROCESS_MODE_BACKGROUND_END 0x00200000
BERTH_FUNCTION(BOOL, GetProcessTimes,
               (HANDLE hProcess, LPFILETIME lpCreationTime, LPFILETIME lpExitTime,
                LPFILETIME lpKernelTime, LPFILETIME lpUserTime));
BERTH_FUNCTION(BOOL, GetThreadTimes,
               (HANDLE hThread, LPFILETIME lpCreationTime, LPFILETIME lpExitTime,
                LPFILETIME lpKernelTime, LPFILETIME lpUserTime));
BERTH_FUNCTION(BOOL, GetProcessHandleCount, (HANDLE hProcess, PDWORD pdwHandleCount));
BERTH_FUNCTION(BOOL, SetPriorityClass, (HANDLE hProcess, DWORD dwPriorityClass));
BERTH_FUNCTION(DWORD, GetPriorityClass, (HANDLE hProcess));
BERTH_FUNCTION(BOOL, SetThreadPriority, (HANDLE hThread, int nPriority));
BERTH_FUNCTION(int, GetThreadPriority, (HANDLE hThread));
BERTH_FUNCTION(BOOL, SetThreadPriorityBoost, (HANDLE hThread, BOOL bDisablePriorityBoost));
BERTH_FUNCTION(BOOL, GetProcessAffinityMask,
               (HANDLE hProcess, PDWORD_PTR lpProcessAffinityMask,
                PDWORD_PTR lpSystemAffinityMask));
BERTH_FUNCTION(BOOL, SetProcessAffinityMask, (HANDLE hProcess, DWORD_PTR dwProcessAffinityMask));
BERTH_FUNCTION(DWORD_PTR, SetThreadAffinityMask, (HANDLE hThread, DWORD_PTR dwThreadAffinityMask));
BERTH_FUNCTION(HRESULT, SetThreadDescription, (HANDLE hThread, PCWSTR lpThreadDescription));
BERTH_FUNCTION(HRESULT, GetThreadDescription, (HANDLE hThread, PWSTR *ppszThreadDescription));
BERTH_FUNCTION(BOOL, IsDebuggerPresent, (void));
BERTH_FUNCTION(LPTOP_LEVEL_EXCEPTION_FILTER, SetUnhandledExceptionFilter,
               (LPTOP_LEVEL_EXCEPTION_FILTER lpTopLevelExceptionFilter));
#define SEM_FAILCRITICALERRORS 0x0001
#define SEM_NOGPFAULTERRORBOX 0x0002
#define SEM_NOALIGNMENTFAULTEXCEPT 0x0004
#define SEM_NOOPENFILEERRORBOX 0x8000
BERTH_FUNCTION(UINT, SetErrorMode, (UINT uMode));
BERTH_FUNCTION(UINT, GetErrorMode, (void));

#define TLS_OUT_OF_INDEXES ((DWORD)0xffffffff)
#define FLS_OUT_OF_INDEXES ((DWORD)0xffffffff)
typedef void(WINAPI *PFLS_CALLBACK_FUNCTION)(PVOID lpFlsData);
BERTH_FUNCTION(DWORD, TlsAlloc, (void));
BERTH_FUNCTION(LPVOID, TlsGetValue, (DWORD dwTlsIndex));
BERTH_FUNCTION(BOOL, TlsSetValue, (DWORD dwTlsIndex, LPVOID lpTlsValue));
BERTH_FUNCTION(BOOL, TlsFree, (DWORD dwTlsIndex));
BERTH_FUNCTION(DWORD, FlsAlloc, (PFLS_CALLBACK_FUNCTION lpCallback));
BERTH_FUNCTION(PVOID, FlsGetValue, (DWORD dwFlsIndex));
BERTH_FUNCTION(BOOL, FlsSetValue, (DWORD dwFlsIndex, PVOID lpFlsData));
BERTH_FUNCTION(BOOL, FlsFree, (DWORD dwFlsIndex));

#if defined(UNICODE)
#define CreateProcess CreateProcessW
#define GetStartupInfo GetStartupInfoW
#define GetCommandLine GetCommandLineW
typedef STARTUPINFOW STARTUPINFO;
typedef LPSTARTUPINFOW LPSTARTUPINFO;
#else
#define CreateProcess CreateProcessA
#define GetStartupInfo GetStartupInfoA
#define GetCommandLine GetCommandLineA
typedef STARTUPINFOA STARTUPINFO;
typedef LPSTARTUPINFOA LPSTARTUPINFO;
#endif

#endif
