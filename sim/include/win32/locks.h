/* Synchronisation in user mode. Included by windows.h. */
#ifndef BERTH_WIN32_LOCKS_H
#define BERTH_WIN32_LOCKS_H

#include "winbase.h"

typedef struct _RTL_CRITICAL_SECTION {
    PVOID DebugInfo;
    LONG LockCount;
    LONG RecursionCount;
    HANDLE OwningThread;
    HANDLE LockSemaphore;
    ULONG_PTR SpinCount;
} CRITICAL_SECTION, *PCRITICAL_SECTION, *LPCRITICAL_SECTION;

typedef struct _RTL_SRWLOCK {
    PVOID Ptr;
} SRWLOCK, *PSRWLOCK;
typedef struct _RTL_CONDITION_VARIABLE {
    PVOID Ptr;
} CONDITION_VARIABLE, *PCONDITION_VARIABLE;
typedef union _RTL_RUN_ONCE {
    PVOID Ptr;
} INIT_ONCE, *PINIT_ONCE, *LPINIT_ONCE;
typedef struct _RTL_BARRIER {
    DWORD Total, Left;
    ULONG_PTR Round, Padding[2];
} SYNCHRONIZATION_BARRIER, *PSYNCHRONIZATION_BARRIER, *LPSYNCHRONIZATION_BARRIER;
typedef BOOL(CALLBACK *PINIT_ONCE_FN)(PINIT_ONCE InitOnce, PVOID Parameter, PVOID *Context);

/* clang-format off */
#define SRWLOCK_INIT {0}
#define CONDITION_VARIABLE_INIT {0}
#define INIT_ONCE_STATIC_INIT {0}
/* clang-format on */
#define CRITICAL_SECTION_NO_DEBUG_INFO 0x01000000
#define CONDITION_VARIABLE_LOCKMODE_SHARED 1
#define INIT_ONCE_CHECK_ONLY 1
#define INIT_ONCE_ASYNC 2
#define INIT_ONCE_INIT_FAILED 4

BERTH_FUNCTION(void, InitializeCriticalSection, (LPCRITICAL_SECTION lpCriticalSection));
BERTH_FUNCTION(BOOL, InitializeCriticalSectionAndSpinCount,
               (LPCRITICAL_SECTION lpCriticalSection, DWORD dwSpinCount));
BERTH_FUNCTION(BOOL, InitializeCriticalSectionEx,
               (LPCRITICAL_SECTION lpCriticalSection, DWORD dwSpinCount, DWORD Flags));
BERTH_FUNCTION(DWORD, SetCriticalSectionSpinCount,
               (LPCRITICAL_SECTION lpCriticalSection, DWORD dwSpinCount));
BERTH_FUNCTION(void, EnterCriticalSection, (LPCRITICAL_SECTION lpCriticalSection));
BERTH_FUNCTION(BOOL, TryEnterCriticalSection, (LPCRITICAL_SECTION lpCriticalSection));
BERTH_FUNCTION(void, LeaveCriticalSection, (LPCRITICAL_SECTION lpCriticalSection));
BERTH_FUNCTION(void, DeleteCriticalSection, (LPCRITICAL_SECTION lpCriticalSection));

BERTH_FUNCTION(void, InitializeSRWLock, (PSRWLOCK SRWLock));
BERTH_FUNCTION(void, AcquireSRWLockExclusive, (PSRWLOCK SRWLock));
BERTH_FUNCTION(void, AcquireSRWLockShared, (PSRWLOCK SRWLock));
BERTH_FUNCTION(BOOLEAN, TryAcquireSRWLockExclusive, (PSRWLOCK SRWLock));
BERTH_FUNCTION(BOOLEAN, TryAcquireSRWLockShared, (PSRWLOCK SRWLock));
BERTH_FUNCTION(void, ReleaseSRWLockExclusive, (PSRWLOCK SRWLock));
BERTH_FUNCTION(void, ReleaseSRWLockShared, (PSRWLOCK SRWLock));

BERTH_FUNCTION(void, InitializeConditionVariable, (PCONDITION_VARIABLE ConditionVariable));
BERTH_FUNCTION(BOOL, SleepConditionVariableCS,
               (PCONDITION_VARIABLE ConditionVariable, PCRITICAL_SECTION CriticalSection,
                DWORD dwMilliseconds));
BERTH_FUNCTION(BOOL, SleepConditionVariableSRW,
               (PCONDITION_VARIABLE ConditionVariable, PSRWLOCK SRWLock, DWORD dwMilliseconds,
                ULONG Flags));
BERTH_FUNCTION(void, WakeConditionVariable, (PCONDITION_VARIABLE ConditionVariable));
BERTH_FUNCTION(void, WakeAllConditionVariable, (PCONDITION_VARIABLE ConditionVariable));

BERTH_FUNCTION(void, InitOnceInitialize, (PINIT_ONCE InitOnce));
BERTH_FUNCTION(BOOL, InitOnceExecuteOnce,
               (PINIT_ONCE InitOnce, PINIT_ONCE_FN InitFn, PVOID Parameter, LPVOID *Context));
BERTH_FUNCTION(BOOL, InitOnceBeginInitialize,
               (LPINIT_ONCE lpInitOnce, DWORD dwFlags, BOOL *fPending, LPVOID *lpContext));
BERTH_FUNCTION(BOOL, InitOnceComplete, (LPINIT_ONCE lpInitOnce, DWORD dwFlags, LPVOID lpContext));

BERTH_FUNCTION(BOOL, WaitOnAddress,
               (volatile VOID * Address, PVOID CompareAddress, SIZE_T AddressSize,
                DWORD dwMilliseconds));
BERTH_FUNCTION(void, WakeByAddressSingle, (PVOID Address));
BERTH_FUNCTION(void, WakeByAddressAll, (PVOID Address));

BERTH_FUNCTION(BOOL, InitializeSynchronizationBarrier,
               (LPSYNCHRONIZATION_BARRIER lpBarrier, LONG lTotalThreads, LONG lSpinCount));
BERTH_FUNCTION(BOOL, EnterSynchronizationBarrier,
               (LPSYNCHRONIZATION_BARRIER lpBarrier, DWORD dwFlags));
BERTH_FUNCTION(BOOL, DeleteSynchronizationBarrier, (LPSYNCHRONIZATION_BARRIER lpBarrier));

#endif
