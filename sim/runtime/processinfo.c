/* What is to know and to set of processes and threads beside their lives. */
#include <windows.h>

#include "sim/nt/handle_table.h"
#include "sim/nt/port.h"
#include "sim/runtime/guest_objects.h"
#include "sim/runtime/program.h"

static const DWORD_PTR all_processors = ((DWORD_PTR)1 << PORT_PROCESSORS) - 1;

static FILETIME time_of(uint64_t ticks)
{
    return (FILETIME){.dwLowDateTime = (DWORD)ticks, .dwHighDateTime = (DWORD)(ticks >> 32)};
}

/* Computing takes no virtual time, so nobody has used any. */
static BOOL tell_times(uint64_t began_ns, bool ended, uint64_t ended_ns, LPFILETIME times[4])
{
    for (size_t i = 0; i < 4; i++)
        if (!guest_may_write(times[i], sizeof *times[i]))
            return guest_fail(ERROR_NOACCESS);
    *times[0] = time_of(guest_ticks(began_ns));
    *times[1] = time_of(ended ? guest_ticks(ended_ns) : 0);
    *times[2] = *times[3] = time_of(0);
    return TRUE;
}

BOOL GetProcessTimes(HANDLE hProcess, LPFILETIME lpCreationTime, LPFILETIME lpExitTime,
                     LPFILETIME lpKernelTime, LPFILETIME lpUserTime)
{
    const struct process *process = guest_process_of(hProcess);
    LPFILETIME times[] = {lpCreationTime, lpExitTime, lpKernelTime, lpUserTime};

    if (process == NULL)
        return guest_fail(ERROR_INVALID_HANDLE);
    return tell_times(process->began_ns, process->ended, process->ended_ns, times);
}

BOOL GetThreadTimes(HANDLE hThread, LPFILETIME lpCreationTime, LPFILETIME lpExitTime,
                    LPFILETIME lpKernelTime, LPFILETIME lpUserTime)
{
    const struct thread *thread = guest_thread_of(hThread);
    LPFILETIME times[] = {lpCreationTime, lpExitTime, lpKernelTime, lpUserTime};

    if (thread == NULL)
        return guest_fail(ERROR_INVALID_HANDLE);
    return tell_times(thread->began_ns, thread->state == THREAD_ENDED, thread->ended_ns, times);
}

BOOL GetProcessHandleCount(HANDLE hProcess, PDWORD pdwHandleCount)
{
    const struct process *process = guest_process_of(hProcess);

    if (process == NULL)
        return guest_fail(ERROR_INVALID_HANDLE);
    *pdwHandleCount = process->handles == NULL ? 0 : process->handles->count;
    return TRUE;
}

/* ---- Priorities, which decide nothing here: the next thread is drawn ------------------------- */

static struct belongings *settings_of(HANDLE handle)
{
    struct process *process = guest_process_of(handle);
    struct belongings *belongings = process == NULL ? NULL : belongings_of(process);

    if (belongings == NULL)
        guest_fail(process == NULL ? ERROR_INVALID_HANDLE : ERROR_NOT_ENOUGH_MEMORY);
    return belongings;
}

static struct thread_belongings *settings_of_thread(HANDLE handle)
{
    struct thread *thread = guest_thread_of(handle);
    struct thread_belongings *belongings = thread == NULL ? NULL : belongings_of_thread(thread);

    if (belongings == NULL)
        guest_fail(thread == NULL ? ERROR_INVALID_HANDLE : ERROR_NOT_ENOUGH_MEMORY);
    return belongings;
}

/* Real time needs a privilege; without it the class is high: SetPriorityClass. */
BOOL SetPriorityClass(HANDLE hProcess, DWORD dwPriorityClass)
{
    struct belongings *belongings = settings_of(hProcess);

    if (belongings == NULL)
        return FALSE;
    switch (dwPriorityClass) {
    case REALTIME_PRIORITY_CLASS:
        belongings->priority_class =
            guest_process()->token.administrator ? REALTIME_PRIORITY_CLASS : HIGH_PRIORITY_CLASS;
        return TRUE;
    case IDLE_PRIORITY_CLASS:
    case BELOW_NORMAL_PRIORITY_CLASS:
    case NORMAL_PRIORITY_CLASS:
    case ABOVE_NORMAL_PRIORITY_CLASS:
    case HIGH_PRIORITY_CLASS:
        belongings->priority_class = dwPriorityClass;
        return TRUE;
    default:
        return guest_fail(ERROR_INVALID_PARAMETER);
    }
}

DWORD GetPriorityClass(HANDLE hProcess)
{
    const struct belongings *belongings = settings_of(hProcess);

    if (belongings == NULL)
        return 0;
    return belongings->priority_class == 0 ? NORMAL_PRIORITY_CLASS : belongings->priority_class;
}

BOOL SetThreadPriority(HANDLE hThread, int nPriority)
{
    struct thread_belongings *belongings = settings_of_thread(hThread);

    if (belongings == NULL)
        return FALSE;
    if ((nPriority < THREAD_PRIORITY_LOWEST || nPriority > THREAD_PRIORITY_HIGHEST) &&
        nPriority != THREAD_PRIORITY_IDLE && nPriority != THREAD_PRIORITY_TIME_CRITICAL)
        return guest_fail(ERROR_INVALID_PARAMETER);
    belongings->priority = nPriority;
    return TRUE;
}

int GetThreadPriority(HANDLE hThread)
{
    const struct thread_belongings *belongings = settings_of_thread(hThread);
    return belongings == NULL ? THREAD_PRIORITY_ERROR_RETURN : belongings->priority;
}

BOOL SetThreadPriorityBoost(HANDLE hThread, BOOL bDisablePriorityBoost)
{
    (void)bDisablePriorityBoost;
    return guest_thread_of(hThread) != NULL ? TRUE : guest_fail(ERROR_INVALID_HANDLE);
}

/* ---- Processors ------------------------------------------------------------------------------ */

BOOL GetProcessAffinityMask(HANDLE hProcess, PDWORD_PTR lpProcessAffinityMask,
                            PDWORD_PTR lpSystemAffinityMask)
{
    const struct belongings *belongings = settings_of(hProcess);

    if (belongings == NULL)
        return FALSE;
    *lpProcessAffinityMask = belongings->processors == 0 ? all_processors : belongings->processors;
    *lpSystemAffinityMask = all_processors;
    return TRUE;
}

BOOL SetProcessAffinityMask(HANDLE hProcess, DWORD_PTR dwProcessAffinityMask)
{
    struct belongings *belongings = settings_of(hProcess);

    if (belongings == NULL)
        return FALSE;
    if (dwProcessAffinityMask == 0 || (dwProcessAffinityMask & ~all_processors) != 0)
        return guest_fail(ERROR_INVALID_PARAMETER);
    belongings->processors = dwProcessAffinityMask;
    return TRUE;
}

/* What the mask was before; 0 for a failure. A thread's is a part of its process'. */
DWORD_PTR SetThreadAffinityMask(HANDLE hThread, DWORD_PTR dwThreadAffinityMask)
{
    struct thread_belongings *belongings = settings_of_thread(hThread);

    if (belongings == NULL)
        return 0;
    const struct belongings *process = belongings_of(guest_thread_of(hThread)->process);
    DWORD_PTR whole =
        process == NULL || process->processors == 0 ? all_processors : process->processors;
    if (dwThreadAffinityMask == 0 || (dwThreadAffinityMask & ~whole) != 0)
        return (DWORD_PTR)guest_fail(ERROR_INVALID_PARAMETER);
    DWORD_PTR before = belongings->processors == 0 ? whole : belongings->processors;
    belongings->processors = dwThreadAffinityMask;
    return before;
}

/* ---- A thread's name ------------------------------------------------------------------------- */

static size_t bytes_of(const WCHAR *text)
{
    size_t count = 0;
    while (text[count] != 0)
        count++;
    return (count + 1) * sizeof *text;
}

HRESULT SetThreadDescription(HANDLE hThread, PCWSTR lpThreadDescription)
{
    static const WCHAR nothing[] = {0};
    struct thread_belongings *belongings = settings_of_thread(hThread);
    struct arena *arena = &guest_nt()->engine->arena;

    if (belongings == NULL)
        return E_HANDLE;
    const WCHAR *text = lpThreadDescription == NULL ? nothing : lpThreadDescription;
    size_t size = bytes_of(text);
    uint16_t *kept = arena_take(arena, size);
    if (kept == NULL)
        return E_OUTOFMEMORY;
    memcpy(kept, text, size);
    if (belongings->description != NULL)
        arena_give(arena, belongings->description, belongings->description_size);
    belongings->description = kept;
    belongings->description_size = size;
    return S_OK;
}

/* The text is the caller's, for LocalFree. */
HRESULT GetThreadDescription(HANDLE hThread, PWSTR *ppszThreadDescription)
{
    const struct thread_belongings *belongings = settings_of_thread(hThread);

    *ppszThreadDescription = NULL;
    if (belongings == NULL)
        return E_HANDLE;
    size_t size = belongings->description == NULL ? sizeof(WCHAR) : belongings->description_size;
    *ppszThreadDescription = LocalAlloc(LPTR, size);
    if (*ppszThreadDescription == NULL)
        return E_OUTOFMEMORY;
    if (belongings->description != NULL)
        memcpy(*ppszThreadDescription, belongings->description, size);
    return S_OK;
}

/* ---- Faults ---------------------------------------------------------------------------------- */

BOOL IsDebuggerPresent(void)
{
    return FALSE;
}

UINT GetErrorMode(void)
{
    const struct belongings *belongings = settings_of(GetCurrentProcess());
    return belongings == NULL ? 0 : belongings->error_mode;
}

UINT SetErrorMode(UINT uMode)
{
    struct belongings *belongings = settings_of(GetCurrentProcess());
    if (belongings == NULL)
        return 0;
    UINT before = belongings->error_mode;
    belongings->error_mode = uMode;
    return before;
}
