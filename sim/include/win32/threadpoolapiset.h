/* Pools of threads. Included by windows.h. A process has one of its own and those that it makes by
 * CreateThreadpool; of an environment, the pool and the cleanup group are heard.
 */
#ifndef BERTH_WIN32_THREADPOOLAPISET_H
#define BERTH_WIN32_THREADPOOLAPISET_H

#include "synchapi.h"

#define WT_EXECUTEDEFAULT 0x00000000
#define WT_EXECUTEINIOTHREAD 0x00000001
#define WT_EXECUTEINWAITTHREAD 0x00000004
#define WT_EXECUTEONLYONCE 0x00000008
#define WT_EXECUTELONGFUNCTION 0x00000010
#define WT_EXECUTEINTIMERTHREAD 0x00000020
#define WT_EXECUTEINPERSISTENTTHREAD 0x00000080
#define WT_TRANSFER_IMPERSONATION 0x00000100

typedef struct _TP_CALLBACK_INSTANCE TP_CALLBACK_INSTANCE, *PTP_CALLBACK_INSTANCE;
typedef struct _TP_POOL TP_POOL, *PTP_POOL;
typedef struct _TP_WORK TP_WORK, *PTP_WORK;
typedef struct _TP_TIMER TP_TIMER, *PTP_TIMER;
typedef struct _TP_WAIT TP_WAIT, *PTP_WAIT;
typedef struct _TP_IO TP_IO, *PTP_IO;
typedef struct _TP_CLEANUP_GROUP TP_CLEANUP_GROUP, *PTP_CLEANUP_GROUP;
typedef DWORD TP_VERSION, TP_WAIT_RESULT;
typedef enum _TP_CALLBACK_PRIORITY {
    TP_CALLBACK_PRIORITY_HIGH,
    TP_CALLBACK_PRIORITY_NORMAL,
    TP_CALLBACK_PRIORITY_LOW
} TP_CALLBACK_PRIORITY;

typedef struct _TP_CALLBACK_ENVIRON_V3 {
    TP_VERSION Version;
    PTP_POOL Pool;
    PTP_CLEANUP_GROUP CleanupGroup;
    PVOID CleanupGroupCancelCallback;
    PVOID RaceDll;
    PVOID ActivationContext;
    PVOID FinalizationCallback;
    DWORD Flags;
    TP_CALLBACK_PRIORITY CallbackPriority;
    DWORD Size;
} TP_CALLBACK_ENVIRON, *PTP_CALLBACK_ENVIRON;

typedef void(NTAPI *PTP_SIMPLE_CALLBACK)(PTP_CALLBACK_INSTANCE Instance, PVOID Context);
typedef void(NTAPI *PTP_WORK_CALLBACK)(PTP_CALLBACK_INSTANCE Instance, PVOID Context,
                                       PTP_WORK Work);
typedef void(NTAPI *PTP_TIMER_CALLBACK)(PTP_CALLBACK_INSTANCE Instance, PVOID Context,
                                        PTP_TIMER Timer);
typedef void(NTAPI *PTP_WAIT_CALLBACK)(PTP_CALLBACK_INSTANCE Instance, PVOID Context, PTP_WAIT Wait,
                                       TP_WAIT_RESULT WaitResult);
typedef void(WINAPI *PTP_WIN32_IO_CALLBACK)(PTP_CALLBACK_INSTANCE Instance, PVOID Context,
                                            PVOID Overlapped, ULONG IoResult,
                                            ULONG_PTR NumberOfBytesTransferred, PTP_IO Io);
typedef void(NTAPI *WAITORTIMERCALLBACK)(PVOID lpParameter, BOOLEAN TimerOrWaitFired);

static inline void InitializeThreadpoolEnvironment(PTP_CALLBACK_ENVIRON pcbe)
{
    memset(pcbe, 0, sizeof *pcbe);
    pcbe->Version = 3;
    pcbe->CallbackPriority = TP_CALLBACK_PRIORITY_NORMAL;
    pcbe->Size = sizeof *pcbe;
}
static inline void DestroyThreadpoolEnvironment(PTP_CALLBACK_ENVIRON pcbe)
{
    (void)pcbe;
}
static inline void SetThreadpoolCallbackPool(PTP_CALLBACK_ENVIRON pcbe, PTP_POOL ptpp)
{
    pcbe->Pool = ptpp;
}
typedef void(NTAPI *PTP_CLEANUP_GROUP_CANCEL_CALLBACK)(PVOID ObjectContext, PVOID CleanupContext);
static inline void SetThreadpoolCallbackCleanupGroup(PTP_CALLBACK_ENVIRON pcbe,
                                                     PTP_CLEANUP_GROUP ptpcg,
                                                     PTP_CLEANUP_GROUP_CANCEL_CALLBACK pfng)
{
    pcbe->CleanupGroup = ptpcg;
    memcpy(&pcbe->CleanupGroupCancelCallback, &pfng, sizeof pfng);
}
static inline void SetThreadpoolCallbackPriority(PTP_CALLBACK_ENVIRON pcbe,
                                                 TP_CALLBACK_PRIORITY Priority)
{
    pcbe->CallbackPriority = Priority;
}
static inline void SetThreadpoolCallbackRunsLong(PTP_CALLBACK_ENVIRON pcbe)
{
    pcbe->Flags |= 1;
}

BERTH_FUNCTION(PTP_POOL, CreateThreadpool, (PVOID reserved));
BERTH_FUNCTION(void, CloseThreadpool, (PTP_POOL ptpp));
BERTH_FUNCTION(void, SetThreadpoolThreadMaximum, (PTP_POOL ptpp, DWORD cthrdMost));
BERTH_FUNCTION(BOOL, SetThreadpoolThreadMinimum, (PTP_POOL ptpp, DWORD cthrdMic));
BERTH_FUNCTION(BOOL, CallbackMayRunLong, (PTP_CALLBACK_INSTANCE pci));
BERTH_FUNCTION(void, SetEventWhenCallbackReturns, (PTP_CALLBACK_INSTANCE pci, HANDLE evt));

BERTH_FUNCTION(BOOL, TrySubmitThreadpoolCallback,
               (PTP_SIMPLE_CALLBACK pfns, PVOID pv, PTP_CALLBACK_ENVIRON pcbe));
BERTH_FUNCTION(PTP_WORK, CreateThreadpoolWork,
               (PTP_WORK_CALLBACK pfnwk, PVOID pv, PTP_CALLBACK_ENVIRON pcbe));
BERTH_FUNCTION(void, SubmitThreadpoolWork, (PTP_WORK pwk));
BERTH_FUNCTION(void, WaitForThreadpoolWorkCallbacks, (PTP_WORK pwk, BOOL fCancelPendingCallbacks));
BERTH_FUNCTION(void, CloseThreadpoolWork, (PTP_WORK pwk));

BERTH_FUNCTION(PTP_TIMER, CreateThreadpoolTimer,
               (PTP_TIMER_CALLBACK pfnti, PVOID pv, PTP_CALLBACK_ENVIRON pcbe));
BERTH_FUNCTION(void, SetThreadpoolTimer,
               (PTP_TIMER pti, PFILETIME pftDueTime, DWORD msPeriod, DWORD msWindowLength));
BERTH_FUNCTION(BOOL, IsThreadpoolTimerSet, (PTP_TIMER pti));
BERTH_FUNCTION(void, WaitForThreadpoolTimerCallbacks,
               (PTP_TIMER pti, BOOL fCancelPendingCallbacks));
BERTH_FUNCTION(void, CloseThreadpoolTimer, (PTP_TIMER pti));

BERTH_FUNCTION(PTP_WAIT, CreateThreadpoolWait,
               (PTP_WAIT_CALLBACK pfnwa, PVOID pv, PTP_CALLBACK_ENVIRON pcbe));
BERTH_FUNCTION(void, SetThreadpoolWait, (PTP_WAIT pwa, HANDLE h, PFILETIME pftTimeout));
BERTH_FUNCTION(void, WaitForThreadpoolWaitCallbacks, (PTP_WAIT pwa, BOOL fCancelPendingCallbacks));
BERTH_FUNCTION(void, CloseThreadpoolWait, (PTP_WAIT pwa));

BERTH_FUNCTION(PTP_IO, CreateThreadpoolIo,
               (HANDLE fl, PTP_WIN32_IO_CALLBACK pfnio, PVOID pv, PTP_CALLBACK_ENVIRON pcbe));
BERTH_FUNCTION(void, StartThreadpoolIo, (PTP_IO pio));
BERTH_FUNCTION(void, CancelThreadpoolIo, (PTP_IO pio));
BERTH_FUNCTION(void, WaitForThreadpoolIoCallbacks, (PTP_IO pio, BOOL fCancelPendingCallbacks));
BERTH_FUNCTION(void, CloseThreadpoolIo, (PTP_IO pio));

BERTH_FUNCTION(PTP_CLEANUP_GROUP, CreateThreadpoolCleanupGroup, (void));
BERTH_FUNCTION(void, CloseThreadpoolCleanupGroupMembers,
               (PTP_CLEANUP_GROUP ptpcg, BOOL fCancelPendingCallbacks, PVOID pvCleanupContext));
BERTH_FUNCTION(void, CloseThreadpoolCleanupGroup, (PTP_CLEANUP_GROUP ptpcg));

BERTH_FUNCTION(HANDLE, CreateTimerQueue, (void));
BERTH_FUNCTION(BOOL, CreateTimerQueueTimer,
               (PHANDLE phNewTimer, HANDLE TimerQueue, WAITORTIMERCALLBACK Callback,
                PVOID Parameter, DWORD DueTime, DWORD Period, ULONG Flags));
BERTH_FUNCTION(BOOL, ChangeTimerQueueTimer,
               (HANDLE TimerQueue, HANDLE Timer, ULONG DueTime, ULONG Period));
BERTH_FUNCTION(BOOL, DeleteTimerQueueTimer,
               (HANDLE TimerQueue, HANDLE Timer, HANDLE CompletionEvent));
BERTH_FUNCTION(BOOL, DeleteTimerQueue, (HANDLE TimerQueue));
BERTH_FUNCTION(BOOL, DeleteTimerQueueEx, (HANDLE TimerQueue, HANDLE CompletionEvent));

BERTH_FUNCTION(BOOL, QueueUserWorkItem,
               (LPTHREAD_START_ROUTINE Function, PVOID Context, ULONG Flags));
BERTH_FUNCTION(BOOL, RegisterWaitForSingleObject,
               (PHANDLE phNewWaitObject, HANDLE hObject, WAITORTIMERCALLBACK Callback,
                PVOID Context, ULONG dwMilliseconds, ULONG dwFlags));
BERTH_FUNCTION(BOOL, UnregisterWait, (HANDLE WaitHandle));
BERTH_FUNCTION(BOOL, UnregisterWaitEx, (HANDLE WaitHandle, HANDLE CompletionEvent));

#endif
