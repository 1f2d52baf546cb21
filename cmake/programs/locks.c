/* Synchronisation in user mode: each kind of lock, with threads that would overtake without it. */
#include <windows.h>
#include <process.h>
#include <stdio.h>

static SRWLOCK lock = SRWLOCK_INIT;
static CONDITION_VARIABLE filled = CONDITION_VARIABLE_INIT;
static CRITICAL_SECTION section;
static INIT_ONCE once = INIT_ONCE_STATIC_INIT;
static SYNCHRONIZATION_BARRIER barrier;
static volatile LONG spin, word, last;
static int queue, counter, spun, made;

static BOOL CALLBACK make(PINIT_ONCE which, PVOID parameter, PVOID *context)
{
    (void)which;
    Sleep(5);
    made++;
    *context = parameter;
    return TRUE;
}

static unsigned __stdcall work(void *parameter)
{
    void *context = NULL;

    for (int i = 0; i < 3; i++) {
        AcquireSRWLockExclusive(&lock);
        int before = counter;
        Sleep(1);
        counter = before + 1;
        ReleaseSRWLockExclusive(&lock);
        while (InterlockedCompareExchange(&spin, 1, 0) != 0)
            ; /* a spin lock whose owner sleeps */
        before = spun;
        Sleep(1);
        spun = before + 1;
        InterlockedExchange(&spin, 0);
    }
    InitOnceExecuteOnce(&once, make, &made, &context);
    if (EnterSynchronizationBarrier(&barrier, 0))
        InterlockedIncrement(&last);
    EnterCriticalSection(&section);
    while (queue == 0)
        SleepConditionVariableCS(&filled, &section, INFINITE);
    queue--;
    LeaveCriticalSection(&section);
    LONG zero = 0;
    while (word == 0)
        WaitOnAddress(&word, &zero, sizeof zero, INFINITE);
    _endthreadex(context == &made ? 7 : (unsigned)(UINT_PTR)parameter);
    return 0;
}

int main(void)
{
    HANDLE threads[3];
    LONG zero = 0;

    InitializeCriticalSectionAndSpinCount(&section, 4000);
    InitializeSynchronizationBarrier(&barrier, 3, -1);
    for (int i = 0; i < 3; i++)
        threads[i] = (HANDLE)_beginthreadex(NULL, 0, work, NULL, 0, NULL);
    for (int i = 0; i < 3; i++) {
        Sleep(50);
        EnterCriticalSection(&section);
        queue++;
        LeaveCriticalSection(&section);
        WakeConditionVariable(&filled);
    }
    printf("%d", WaitOnAddress(&word, &zero, sizeof zero, 10));
    printf(" %lu\n", GetLastError());
    word = 1;
    WakeByAddressAll((PVOID)&word);
    printf("%lu\n", WaitForMultipleObjects(3, threads, TRUE, INFINITE));
    DWORD code = 0;
    GetExitCodeThread(threads[2], &code);
    printf("counter %d spun %d, made %d, last %ld, queue %d, code %lu\n", counter, spun, made,
           (long)last, queue, code);
    printf("%d", TryAcquireSRWLockShared(&lock));
    printf(" %d", TryAcquireSRWLockShared(&lock));
    printf(" %d\n", TryAcquireSRWLockExclusive(&lock));
    DWORD slot = TlsAlloc();
    TlsSetValue(slot, &slot);
    printf("%d\n", TlsGetValue(slot) == &slot);
    LONG64 wide = 1;
    printf("%lld %ld\n", InterlockedAdd64(&wide, 41), InterlockedOr((LONG *)&spin, 6));
    return 0;
}
