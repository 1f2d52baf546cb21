/* Critical sections. Threads take turns only where they wait, so the fields need no care. */
#include <windows.h>

#include "sim/runtime/machine.h"

static HANDLE running_thread(void)
{
    return (HANDLE)(uintptr_t)GetCurrentThreadId();
}

void InitializeCriticalSection(LPCRITICAL_SECTION lpCriticalSection)
{
    *lpCriticalSection = (CRITICAL_SECTION){
        .LockCount = -1, .LockSemaphore = CreateEventA(NULL, FALSE, FALSE, NULL)};
}

BOOL TryEnterCriticalSection(LPCRITICAL_SECTION lpCriticalSection)
{
    HANDLE thread = running_thread();

    if (lpCriticalSection->RecursionCount > 0 && lpCriticalSection->OwningThread != thread)
        return FALSE;
    lpCriticalSection->OwningThread = thread;
    lpCriticalSection->RecursionCount++;
    return TRUE;
}

void EnterCriticalSection(LPCRITICAL_SECTION lpCriticalSection)
{
    while (!TryEnterCriticalSection(lpCriticalSection)) {
        lpCriticalSection->LockCount++;
        WaitForSingleObject(lpCriticalSection->LockSemaphore, INFINITE);
        lpCriticalSection->LockCount--;
    }
}

void LeaveCriticalSection(LPCRITICAL_SECTION lpCriticalSection)
{
    if (--lpCriticalSection->RecursionCount > 0)
        return;
    lpCriticalSection->OwningThread = NULL;
    if (lpCriticalSection->LockCount >= 0)
        SetEvent(lpCriticalSection->LockSemaphore);
}

void DeleteCriticalSection(LPCRITICAL_SECTION lpCriticalSection)
{
    CloseHandle(lpCriticalSection->LockSemaphore);
    *lpCriticalSection = (CRITICAL_SECTION){.LockCount = -1};
}
