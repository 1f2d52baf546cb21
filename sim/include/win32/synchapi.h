/* Objects to wait for, and waiting. Included by windows.h. */
#ifndef BERTH_WIN32_SYNCHAPI_H
#define BERTH_WIN32_SYNCHAPI_H

#include "winbase.h"

#define WAIT_ABANDONED WAIT_ABANDONED_0
#define EVENT_MODIFY_STATE 0x0002
#define EVENT_ALL_ACCESS 0x001F0003
#define MUTEX_MODIFY_STATE 0x0001
#define MUTEX_ALL_ACCESS 0x001F0001
#define SEMAPHORE_MODIFY_STATE 0x0002
#define SEMAPHORE_ALL_ACCESS 0x001F0003
#define TIMER_QUERY_STATE 0x0001
#define TIMER_MODIFY_STATE 0x0002
#define TIMER_ALL_ACCESS 0x001F0003
#define CREATE_EVENT_MANUAL_RESET 1
#define CREATE_EVENT_INITIAL_SET 2
#define CREATE_MUTEX_INITIAL_OWNER 1
#define CREATE_WAITABLE_TIMER_MANUAL_RESET 1
#define CREATE_WAITABLE_TIMER_HIGH_RESOLUTION 2

typedef void(APIENTRY *PTIMERAPCROUTINE)(LPVOID lpArgToCompletionRoutine, DWORD dwTimerLowValue,
                                         DWORD dwTimerHighValue);
typedef void(NTAPI *PAPCFUNC)(ULONG_PTR Parameter);
typedef struct _REASON_CONTEXT REASON_CONTEXT, *PREASON_CONTEXT;

BERTH_FUNCTION(DWORD, WaitForSingleObject, (HANDLE hHandle, DWORD dwMilliseconds));
BERTH_FUNCTION(DWORD, WaitForSingleObjectEx,
               (HANDLE hHandle, DWORD dwMilliseconds, BOOL bAlertable));
BERTH_FUNCTION(DWORD, WaitForMultipleObjects,
               (DWORD nCount, const HANDLE *lpHandles, BOOL bWaitAll, DWORD dwMilliseconds));
BERTH_FUNCTION(DWORD, WaitForMultipleObjectsEx,
               (DWORD nCount, const HANDLE *lpHandles, BOOL bWaitAll, DWORD dwMilliseconds,
                BOOL bAlertable));
BERTH_FUNCTION(DWORD, SignalObjectAndWait,
               (HANDLE hObjectToSignal, HANDLE hObjectToWaitOn, DWORD dwMilliseconds,
                BOOL bAlertable));
BERTH_FUNCTION(void, Sleep, (DWORD dwMilliseconds));
BERTH_FUNCTION(DWORD, SleepEx, (DWORD dwMilliseconds, BOOL bAlertable));
BERTH_FUNCTION(DWORD, QueueUserAPC, (PAPCFUNC pfnAPC, HANDLE hThread, ULONG_PTR dwData));

BERTH_FUNCTION(HANDLE, CreateEventA,
               (LPSECURITY_ATTRIBUTES lpEventAttributes, BOOL bManualReset, BOOL bInitialState,
                LPCSTR lpName));
BERTH_FUNCTION(HANDLE, CreateEventW,
               (LPSECURITY_ATTRIBUTES lpEventAttributes, BOOL bManualReset, BOOL bInitialState,
                LPCWSTR lpName));
BERTH_FUNCTION(HANDLE, CreateEventExA,
               (LPSECURITY_ATTRIBUTES lpEventAttributes, LPCSTR lpName, DWORD dwFlags,
                DWORD dwDesiredAccess));
BERTH_FUNCTION(HANDLE, CreateEventExW,
               (LPSECURITY_ATTRIBUTES lpEventAttributes, LPCWSTR lpName, DWORD dwFlags,
                DWORD dwDesiredAccess));
BERTH_FUNCTION(HANDLE, OpenEventA, (DWORD dwDesiredAccess, BOOL bInheritHandle, LPCSTR lpName));
BERTH_FUNCTION(HANDLE, OpenEventW, (DWORD dwDesiredAccess, BOOL bInheritHandle, LPCWSTR lpName));
BERTH_FUNCTION(BOOL, SetEvent, (HANDLE hEvent));
BERTH_FUNCTION(BOOL, ResetEvent, (HANDLE hEvent));
BERTH_FUNCTION(BOOL, PulseEvent, (HANDLE hEvent));

BERTH_FUNCTION(HANDLE, CreateMutexA,
               (LPSECURITY_ATTRIBUTES lpMutexAttributes, BOOL bInitialOwner, LPCSTR lpName));
BERTH_FUNCTION(HANDLE, CreateMutexW,
               (LPSECURITY_ATTRIBUTES lpMutexAttributes, BOOL bInitialOwner, LPCWSTR lpName));
BERTH_FUNCTION(HANDLE, CreateMutexExA,
               (LPSECURITY_ATTRIBUTES lpMutexAttributes, LPCSTR lpName, DWORD dwFlags,
                DWORD dwDesiredAccess));
BERTH_FUNCTION(HANDLE, CreateMutexExW,
               (LPSECURITY_ATTRIBUTES lpMutexAttributes, LPCWSTR lpName, DWORD dwFlags,
                DWORD dwDesiredAccess));
BERTH_FUNCTION(HANDLE, OpenMutexA, (DWORD dwDesiredAccess, BOOL bInheritHandle, LPCSTR lpName));
BERTH_FUNCTION(HANDLE, OpenMutexW, (DWORD dwDesiredAccess, BOOL bInheritHandle, LPCWSTR lpName));
BERTH_FUNCTION(BOOL, ReleaseMutex, (HANDLE hMutex));

BERTH_FUNCTION(HANDLE, CreateSemaphoreA,
               (LPSECURITY_ATTRIBUTES lpSemaphoreAttributes, LONG lInitialCount, LONG lMaximumCount,
                LPCSTR lpName));
BERTH_FUNCTION(HANDLE, CreateSemaphoreW,
               (LPSECURITY_ATTRIBUTES lpSemaphoreAttributes, LONG lInitialCount, LONG lMaximumCount,
                LPCWSTR lpName));
BERTH_FUNCTION(HANDLE, CreateSemaphoreExA,
               (LPSECURITY_ATTRIBUTES lpSemaphoreAttributes, LONG lInitialCount, LONG lMaximumCount,
                LPCSTR lpName, DWORD dwFlags, DWORD dwDesiredAccess));
BERTH_FUNCTION(HANDLE, CreateSemaphoreExW,
               (LPSECURITY_ATTRIBUTES lpSemaphoreAttributes, LONG lInitialCount, LONG lMaximumCount,
                LPCWSTR lpName, DWORD dwFlags, DWORD dwDesiredAccess));
BERTH_FUNCTION(HANDLE, OpenSemaphoreA, (DWORD dwDesiredAccess, BOOL bInheritHandle, LPCSTR lpName));
BERTH_FUNCTION(HANDLE, OpenSemaphoreW,
               (DWORD dwDesiredAccess, BOOL bInheritHandle, LPCWSTR lpName));
BERTH_FUNCTION(BOOL, ReleaseSemaphore,
               (HANDLE hSemaphore, LONG lReleaseCount, LPLONG lpPreviousCount));

BERTH_FUNCTION(HANDLE, CreateWaitableTimerA,
               (LPSECURITY_ATTRIBUTES lpTimerAttributes, BOOL bManualReset, LPCSTR lpTimerName));
BERTH_FUNCTION(HANDLE, CreateWaitableTimerW,
               (LPSECURITY_ATTRIBUTES lpTimerAttributes, BOOL bManualReset, LPCWSTR lpTimerName));
BERTH_FUNCTION(HANDLE, CreateWaitableTimerExA,
               (LPSECURITY_ATTRIBUTES lpTimerAttributes, LPCSTR lpTimerName, DWORD dwFlags,
                DWORD dwDesiredAccess));
BERTH_FUNCTION(HANDLE, CreateWaitableTimerExW,
               (LPSECURITY_ATTRIBUTES lpTimerAttributes, LPCWSTR lpTimerName, DWORD dwFlags,
                DWORD dwDesiredAccess));
BERTH_FUNCTION(HANDLE, OpenWaitableTimerA,
               (DWORD dwDesiredAccess, BOOL bInheritHandle, LPCSTR lpTimerName));
BERTH_FUNCTION(HANDLE, OpenWaitableTimerW,
               (DWORD dwDesiredAccess, BOOL bInheritHandle, LPCWSTR lpTimerName));
BERTH_FUNCTION(BOOL, SetWaitableTimer,
               (HANDLE hTimer, const LARGE_INTEGER *lpDueTime, LONG lPeriod,
                PTIMERAPCROUTINE pfnCompletionRoutine, LPVOID lpArgToCompletionRoutine,
                BOOL fResume));
BERTH_FUNCTION(BOOL, SetWaitableTimerEx,
               (HANDLE hTimer, const LARGE_INTEGER *lpDueTime, LONG lPeriod,
                PTIMERAPCROUTINE pfnCompletionRoutine, LPVOID lpArgToCompletionRoutine,
                PREASON_CONTEXT WakeContext, ULONG TolerableDelay));
BERTH_FUNCTION(BOOL, CancelWaitableTimer, (HANDLE hTimer));

#if defined(UNICODE)
#define CreateEvent CreateEventW
#define CreateEventEx CreateEventExW
#define OpenEvent OpenEventW
#define CreateMutex CreateMutexW
#define CreateMutexEx CreateMutexExW
#define OpenMutex OpenMutexW
#define CreateSemaphore CreateSemaphoreW
#define CreateSemaphoreEx CreateSemaphoreExW
#define OpenSemaphore OpenSemaphoreW
#define CreateWaitableTimer CreateWaitableTimerW
#define CreateWaitableTimerEx CreateWaitableTimerExW
#define OpenWaitableTimer OpenWaitableTimerW
#else
#define CreateEvent CreateEventA
#define CreateEventEx CreateEventExA
#define OpenEvent OpenEventA
#define CreateMutex CreateMutexA
#define CreateMutexEx CreateMutexExA
#define OpenMutex OpenMutexA
#define CreateSemaphore CreateSemaphoreA
#define CreateSemaphoreEx CreateSemaphoreExA
#define OpenSemaphore OpenSemaphoreA
#define CreateWaitableTimer CreateWaitableTimerA
#define CreateWaitableTimerEx CreateWaitableTimerExA
#define OpenWaitableTimer OpenWaitableTimerA
#endif

#endif
