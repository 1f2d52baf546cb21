/* Critical sections, SRW locks, condition variables, WaitOnAddress, and what else threads of one
 * process agree by. Threads take turns only where they wait, so the fields need no care.
 */
#include "sim/runtime/guest_objects.h"
#include "sim/runtime/parking.h"

static HANDLE running_thread(void)
{
    return (HANDLE)(uintptr_t)GetCurrentThreadId();
}

static void wait_at(const volatile void *address, const char *call)
{
    parking_wait(parking_take(address), UINT64_MAX, call);
}

void YieldProcessor(void)
{
    looked_in_vain(guest_nt());
}

/* ---- Critical sections ----------------------------------------------------------------------- */

void InitializeCriticalSection(LPCRITICAL_SECTION lpCriticalSection)
{
    *lpCriticalSection = (CRITICAL_SECTION){.LockCount = -1};
}

BOOL InitializeCriticalSectionAndSpinCount(LPCRITICAL_SECTION lpCriticalSection, DWORD dwSpinCount)
{
    *lpCriticalSection = (CRITICAL_SECTION){.LockCount = -1, .SpinCount = dwSpinCount};
    return TRUE;
}

BOOL InitializeCriticalSectionEx(LPCRITICAL_SECTION lpCriticalSection, DWORD dwSpinCount,
                                 DWORD Flags)
{
    (void)Flags;
    return InitializeCriticalSectionAndSpinCount(lpCriticalSection, dwSpinCount);
}

DWORD SetCriticalSectionSpinCount(LPCRITICAL_SECTION lpCriticalSection, DWORD dwSpinCount)
{
    DWORD before = (DWORD)lpCriticalSection->SpinCount;
    lpCriticalSection->SpinCount = dwSpinCount;
    return before;
}

BOOL TryEnterCriticalSection(LPCRITICAL_SECTION lpCriticalSection)
{
    guest_note();
    HANDLE thread = running_thread();

    if (lpCriticalSection->RecursionCount > 0 && lpCriticalSection->OwningThread != thread)
        return FALSE;
    lpCriticalSection->OwningThread = thread;
    lpCriticalSection->RecursionCount++;
    return TRUE;
}

void EnterCriticalSection(LPCRITICAL_SECTION lpCriticalSection)
{
    guest_note();
    while (!TryEnterCriticalSection(lpCriticalSection))
        wait_at(lpCriticalSection, "EnterCriticalSection");
}

void LeaveCriticalSection(LPCRITICAL_SECTION lpCriticalSection)
{
    guest_note();
    if (--lpCriticalSection->RecursionCount > 0)
        return;
    lpCriticalSection->OwningThread = NULL;
    parking_wake(lpCriticalSection, false);
}

void DeleteCriticalSection(LPCRITICAL_SECTION lpCriticalSection)
{
    *lpCriticalSection = (CRITICAL_SECTION){.LockCount = -1};
}

/* ---- SRW locks: 0 free, 1 exclusive, else twice the number of sharers ------------------------ */

static uintptr_t holders(const SRWLOCK *lock)
{
    return (uintptr_t)lock->Ptr;
}

void InitializeSRWLock(PSRWLOCK SRWLock)
{
    SRWLock->Ptr = NULL;
}

BOOLEAN TryAcquireSRWLockExclusive(PSRWLOCK SRWLock)
{
    guest_note();
    if (holders(SRWLock) != 0)
        return FALSE;
    SRWLock->Ptr = (PVOID)(uintptr_t)1;
    return TRUE;
}

BOOLEAN TryAcquireSRWLockShared(PSRWLOCK SRWLock)
{
    guest_note();
    if (holders(SRWLock) == 1)
        return BEHAVES(guest_nt()->profile, shared_beside_owner, yes);
    SRWLock->Ptr = (PVOID)(holders(SRWLock) + 2);
    return TRUE;
}

void AcquireSRWLockExclusive(PSRWLOCK SRWLock)
{
    guest_note();
    while (!TryAcquireSRWLockExclusive(SRWLock))
        wait_at(SRWLock, "AcquireSRWLockExclusive");
}

void AcquireSRWLockShared(PSRWLOCK SRWLock)
{
    guest_note();
    while (!TryAcquireSRWLockShared(SRWLock))
        wait_at(SRWLock, "AcquireSRWLockShared");
}

void ReleaseSRWLockExclusive(PSRWLOCK SRWLock)
{
    guest_note();
    SRWLock->Ptr = NULL;
    parking_wake(SRWLock, true);
}

void ReleaseSRWLockShared(PSRWLOCK SRWLock)
{
    guest_note();
    SRWLock->Ptr = (PVOID)(holders(SRWLock) - 2);
    if (holders(SRWLock) == 0)
        parking_wake(SRWLock, true);
}

/* ---- Condition variables --------------------------------------------------------------------- */

void InitializeConditionVariable(PCONDITION_VARIABLE ConditionVariable)
{
    ConditionVariable->Ptr = NULL;
}

static BOOL answer_wait(bool woken)
{
    return woken ? TRUE : guest_fail(ERROR_TIMEOUT);
}

BOOL SleepConditionVariableCS(PCONDITION_VARIABLE ConditionVariable,
                              PCRITICAL_SECTION CriticalSection, DWORD dwMilliseconds)
{
    guest_note();
    struct parked *parked = parking_take(ConditionVariable);

    LeaveCriticalSection(CriticalSection);
    bool woken =
        parking_wait(parked, guest_timeout_ns(dwMilliseconds), "SleepConditionVariableCS");
    EnterCriticalSection(CriticalSection);
    return answer_wait(woken);
}

BOOL SleepConditionVariableSRW(PCONDITION_VARIABLE ConditionVariable, PSRWLOCK SRWLock,
                               DWORD dwMilliseconds, ULONG Flags)
{
    guest_note();
    bool shared = (Flags & CONDITION_VARIABLE_LOCKMODE_SHARED) != 0;
    struct parked *parked = parking_take(ConditionVariable);

    if (shared)
        ReleaseSRWLockShared(SRWLock);
    else
        ReleaseSRWLockExclusive(SRWLock);
    bool woken =
        parking_wait(parked, guest_timeout_ns(dwMilliseconds), "SleepConditionVariableSRW");
    if (shared)
        AcquireSRWLockShared(SRWLock);
    else
        AcquireSRWLockExclusive(SRWLock);
    return answer_wait(woken);
}

void WakeConditionVariable(PCONDITION_VARIABLE ConditionVariable)
{
    guest_note();
    parking_wake(ConditionVariable, false);
}

void WakeAllConditionVariable(PCONDITION_VARIABLE ConditionVariable)
{
    guest_note();
    parking_wake(ConditionVariable, true);
}

/* ---- Once: 0 not begun, 1 somebody is at it, else the context with 2 in its low bits --------- */

enum { ONCE_BUSY = 1, ONCE_DONE = 2, ONCE_BITS = 3 };

void InitOnceInitialize(PINIT_ONCE InitOnce)
{
    InitOnce->Ptr = NULL;
}

static bool once_is_done(const INIT_ONCE *once, LPVOID *context)
{
    uintptr_t state = (uintptr_t)once->Ptr;

    if ((state & ONCE_BITS) != ONCE_DONE)
        return false;
    if (context != NULL)
        *context = (LPVOID)(state & ~(uintptr_t)ONCE_BITS);
    return true;
}

BOOL InitOnceBeginInitialize(LPINIT_ONCE lpInitOnce, DWORD dwFlags, BOOL *fPending,
                             LPVOID *lpContext)
{
    *fPending = FALSE;
    if (once_is_done(lpInitOnce, lpContext))
        return TRUE;
    if ((dwFlags & INIT_ONCE_CHECK_ONLY) != 0)
        return guest_fail(ERROR_GEN_FAILURE);
    *fPending = TRUE;
    if ((dwFlags & INIT_ONCE_ASYNC) != 0)
        return TRUE;
    while (lpInitOnce->Ptr != NULL) {
        if (once_is_done(lpInitOnce, lpContext)) {
            *fPending = FALSE;
            return TRUE;
        }
        wait_at(lpInitOnce, "InitOnceBeginInitialize");
    }
    lpInitOnce->Ptr = (PVOID)(uintptr_t)ONCE_BUSY;
    return TRUE;
}

BOOL InitOnceComplete(LPINIT_ONCE lpInitOnce, DWORD dwFlags, LPVOID lpContext)
{
    if (((uintptr_t)lpContext & ONCE_BITS) != 0)
        return guest_fail(ERROR_INVALID_PARAMETER);
    if (once_is_done(lpInitOnce, NULL))
        return guest_fail(ERROR_GEN_FAILURE);
    bool failed = (dwFlags & INIT_ONCE_INIT_FAILED) != 0 &&
                  !BEHAVES(guest_nt()->profile, failed_once, yes);
    lpInitOnce->Ptr = failed ? NULL : (PVOID)((uintptr_t)lpContext | ONCE_DONE);
    parking_wake(lpInitOnce, true);
    return TRUE;
}

BOOL InitOnceExecuteOnce(PINIT_ONCE InitOnce, PINIT_ONCE_FN InitFn, PVOID Parameter,
                         LPVOID *Context)
{
    PVOID context = NULL;
    BOOL pending;

    InitOnceBeginInitialize(InitOnce, 0, &pending, Context);
    if (!pending)
        return TRUE;
    BOOL done = InitFn(InitOnce, Parameter, &context);
    InitOnceComplete(InitOnce, done ? 0 : INIT_ONCE_INIT_FAILED, context);
    if (done && Context != NULL)
        *Context = context;
    return done;
}

/* ---- WaitOnAddress, barriers ----------------------------------------------------------------- */

BOOL WaitOnAddress(volatile VOID *Address, PVOID CompareAddress, SIZE_T AddressSize,
                   DWORD dwMilliseconds)
{
    guest_note();
    if (AddressSize != 1 && AddressSize != 2 && AddressSize != 4 && AddressSize != 8)
        return guest_fail(ERROR_INVALID_PARAMETER);
    if (memcmp((const void *)Address, CompareAddress, AddressSize) != 0)
        return TRUE;
    return answer_wait(
        parking_wait(parking_take(Address), guest_timeout_ns(dwMilliseconds), "WaitOnAddress"));
}

void WakeByAddressSingle(PVOID Address)
{
    guest_note();
    parking_wake(Address, false);
}

void WakeByAddressAll(PVOID Address)
{
    guest_note();
    parking_wake(Address, true);
}

BOOL InitializeSynchronizationBarrier(LPSYNCHRONIZATION_BARRIER lpBarrier, LONG lTotalThreads,
                                      LONG lSpinCount)
{
    if (lTotalThreads < 1 || lSpinCount < -1)
        return guest_fail(ERROR_INVALID_PARAMETER);
    *lpBarrier =
        (SYNCHRONIZATION_BARRIER){.Total = (DWORD)lTotalThreads, .Left = (DWORD)lTotalThreads};
    return TRUE;
}

/* TRUE for the one that came last. */
BOOL EnterSynchronizationBarrier(LPSYNCHRONIZATION_BARRIER lpBarrier, DWORD dwFlags)
{
    guest_note();
    ULONG_PTR round = lpBarrier->Round;

    (void)dwFlags;
    if (--lpBarrier->Left == 0) {
        lpBarrier->Left = lpBarrier->Total;
        lpBarrier->Round++;
        parking_wake(lpBarrier, true);
        return TRUE;
    }
    while (lpBarrier->Round == round)
        wait_at(lpBarrier, "EnterSynchronizationBarrier");
    return FALSE;
}

BOOL DeleteSynchronizationBarrier(LPSYNCHRONIZATION_BARRIER lpBarrier)
{
    (void)lpBarrier;
    return TRUE;
}
