/* kernel32's objects to wait for: events, mutexes, semaphores, waitable timers. */
#include "sim/nt/mutex.h"
#include "sim/nt/names.h"
#include "sim/nt/section.h"
#include "sim/nt/semaphore.h"
#include "sim/nt/timer.h"
#include "sim/runtime/guest_objects.h"
#include "sim/runtime/making.h"

/* ---- Making and opening ---------------------------------------------------------------------- */

/* A name in either width; `wide` is empty for none. */
struct guest_name {
    uint16_t wide[NAME_MAX_LENGTH + 2];
    bool given;
};

/* An ANSI name is taken byte by byte: its code page does not matter to who compares it. */
static void name_from_ansi(struct guest_name *name, LPCSTR text)
{
    size_t length = 0;
    name->given = text != NULL && text[0] != '\0';
    while (name->given && length <= NAME_MAX_LENGTH && text[length] != '\0') {
        name->wide[length] = (unsigned char)text[length];
        length++;
    }
    name->wide[length] = 0;
}

static void name_from_wide(struct guest_name *name, LPCWSTR text)
{
    size_t length = 0;
    name->given = text != NULL && text[0] != 0;
    while (name->given && length <= NAME_MAX_LENGTH && text[length] != 0) {
        name->wide[length] = (uint16_t)text[length];
        length++;
    }
    name->wide[length] = 0;
}

static struct object *make(const struct making *making)
{
    struct nt *nt = guest_nt();
    switch (making->type) {
    case OBJECT_EVENT:
        return event_create(nt, making->manual, making->initial);
    case OBJECT_MUTEX:
        return mutex_create(nt, making->initial);
    case OBJECT_SEMAPHORE:
        return semaphore_create(nt, making->count, making->limit);
    case OBJECT_TIMER:
        return timer_create(nt, making->manual);
    case OBJECT_SECTION:
        return section_create(nt, making->size, making->writable);
    case OBJECT_PROCESS:
    case OBJECT_THREAD:
    case OBJECT_SOCKET:
    case OBJECT_PORT:
    case OBJECT_FILE:
    case OBJECT_DEVICE:
    case OBJECT_DISK_FILE:
    case OBJECT_PIPE:
    case OBJECT_KEYED_EVENT:
    case OBJECT_TYPE_COUNT:
        break;
    }
    ABSURD("an object that kernel32 does not make so");
}

/* ERROR_ALREADY_EXISTS beside a handle for one that was there; else the last error is 0. */
static HANDLE create(const struct making *making, const SECURITY_ATTRIBUTES *attributes,
                     const struct guest_name *name)
{
    struct object *object = NULL;
    nt_status status = STATUS_OBJECT_NAME_NOT_FOUND;

    if (name->given)
        status = name_find(guest_nt(), name->wide, making->type, &object);
    if (status == STATUS_SUCCESS) {
        object_reference(object);
        HANDLE handle = guest_give_handle(object, attributes);
        if (handle != NULL)
            guest_fail(ERROR_ALREADY_EXISTS);
        return handle;
    }
    if (status != STATUS_OBJECT_NAME_NOT_FOUND) {
        guest_answer(status);
        return NULL;
    }
    object = make(making);
    if (object == NULL) {
        guest_fail(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    if (name->given && name_give(object, name->wide) != STATUS_SUCCESS) {
        object_release(object);
        guest_fail(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    object_reference(object); /* until its name is sure of a handle */
    HANDLE handle = guest_give_handle(object, attributes);
    if (handle == NULL)
        name_drop(object);
    else
        guest_fail(ERROR_SUCCESS);
    object_release(object);
    return handle;
}

static HANDLE open_named(enum object_type type, BOOL inherit, const struct guest_name *name)
{
    const SECURITY_ATTRIBUTES attributes = {.bInheritHandle = inherit};
    struct object *object = NULL;

    if (!name->given) {
        guest_fail(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    nt_status status = name_find(guest_nt(), name->wide, type, &object);
    if (status != STATUS_SUCCESS) {
        guest_answer(status);
        return NULL;
    }
    object_reference(object);
    return guest_give_handle(object, &attributes);
}

HANDLE guest_make_ansi(const struct making *making, const SECURITY_ATTRIBUTES *attributes,
                       LPCSTR text)
{
    struct guest_name name;
    name_from_ansi(&name, text);
    return create(making, attributes, &name);
}

HANDLE guest_make_wide(const struct making *making, const SECURITY_ATTRIBUTES *attributes,
                       LPCWSTR text)
{
    struct guest_name name;
    name_from_wide(&name, text);
    return create(making, attributes, &name);
}

HANDLE guest_open_ansi(enum object_type type, BOOL inherit, LPCSTR text)
{
    struct guest_name name;
    name_from_ansi(&name, text);
    return open_named(type, inherit, &name);
}

HANDLE guest_open_wide(enum object_type type, BOOL inherit, LPCWSTR text)
{
    struct guest_name name;
    name_from_wide(&name, text);
    return open_named(type, inherit, &name);
}

/* ---- Events ---------------------------------------------------------------------------------- */

static struct making event_making(BOOL manual, BOOL signaled)
{
    return (struct making){
        .type = OBJECT_EVENT, .manual = manual != FALSE, .initial = signaled != FALSE};
}

HANDLE CreateEventA(LPSECURITY_ATTRIBUTES lpEventAttributes, BOOL bManualReset, BOOL bInitialState,
                    LPCSTR lpName)
{
    guest_note();
    const struct making making = event_making(bManualReset, bInitialState);
    return guest_make_ansi(&making, lpEventAttributes, lpName);
}

HANDLE CreateEventW(LPSECURITY_ATTRIBUTES lpEventAttributes, BOOL bManualReset, BOOL bInitialState,
                    LPCWSTR lpName)
{
    guest_note();
    const struct making making = event_making(bManualReset, bInitialState);
    return guest_make_wide(&making, lpEventAttributes, lpName);
}

HANDLE CreateEventExA(LPSECURITY_ATTRIBUTES lpEventAttributes, LPCSTR lpName, DWORD dwFlags,
                      DWORD dwDesiredAccess)
{
    (void)dwDesiredAccess;
    return CreateEventA(lpEventAttributes, (dwFlags & CREATE_EVENT_MANUAL_RESET) != 0,
                        (dwFlags & CREATE_EVENT_INITIAL_SET) != 0, lpName);
}

HANDLE CreateEventExW(LPSECURITY_ATTRIBUTES lpEventAttributes, LPCWSTR lpName, DWORD dwFlags,
                      DWORD dwDesiredAccess)
{
    (void)dwDesiredAccess;
    return CreateEventW(lpEventAttributes, (dwFlags & CREATE_EVENT_MANUAL_RESET) != 0,
                        (dwFlags & CREATE_EVENT_INITIAL_SET) != 0, lpName);
}

HANDLE OpenEventA(DWORD dwDesiredAccess, BOOL bInheritHandle, LPCSTR lpName)
{
    (void)dwDesiredAccess;
    return guest_open_ansi(OBJECT_EVENT, bInheritHandle, lpName);
}

HANDLE OpenEventW(DWORD dwDesiredAccess, BOOL bInheritHandle, LPCWSTR lpName)
{
    (void)dwDesiredAccess;
    return guest_open_wide(OBJECT_EVENT, bInheritHandle, lpName);
}

BOOL SetEvent(HANDLE hEvent)
{
    guest_preempt();
    struct object *event = guest_object_of(hEvent, OBJECT_EVENT);
    if (event == NULL)
        return FALSE;
    object_signal(event);
    return TRUE;
}

BOOL ResetEvent(HANDLE hEvent)
{
    guest_preempt();
    struct object *event = guest_object_of(hEvent, OBJECT_EVENT);
    if (event == NULL)
        return FALSE;
    object_unsignal(event);
    return TRUE;
}

/* Lets go who waits now: all, or one of an auto-reset event. */
BOOL PulseEvent(HANDLE hEvent)
{
    guest_note();
    struct object *event = guest_object_of(hEvent, OBJECT_EVENT);
    if (event == NULL)
        return FALSE;
    object_signal(event);
    object_unsignal(event);
    return TRUE;
}

/* ---- Mutexes --------------------------------------------------------------------------------- */

HANDLE CreateMutexA(LPSECURITY_ATTRIBUTES lpMutexAttributes, BOOL bInitialOwner, LPCSTR lpName)
{
    const struct making making = {.type = OBJECT_MUTEX, .initial = bInitialOwner != FALSE};
    return guest_make_ansi(&making, lpMutexAttributes, lpName);
}

HANDLE CreateMutexW(LPSECURITY_ATTRIBUTES lpMutexAttributes, BOOL bInitialOwner, LPCWSTR lpName)
{
    const struct making making = {.type = OBJECT_MUTEX, .initial = bInitialOwner != FALSE};
    return guest_make_wide(&making, lpMutexAttributes, lpName);
}

HANDLE CreateMutexExA(LPSECURITY_ATTRIBUTES lpMutexAttributes, LPCSTR lpName, DWORD dwFlags,
                      DWORD dwDesiredAccess)
{
    (void)dwDesiredAccess;
    return CreateMutexA(lpMutexAttributes, (dwFlags & CREATE_MUTEX_INITIAL_OWNER) != 0, lpName);
}

HANDLE CreateMutexExW(LPSECURITY_ATTRIBUTES lpMutexAttributes, LPCWSTR lpName, DWORD dwFlags,
                      DWORD dwDesiredAccess)
{
    (void)dwDesiredAccess;
    return CreateMutexW(lpMutexAttributes, (dwFlags & CREATE_MUTEX_INITIAL_OWNER) != 0, lpName);
}

HANDLE OpenMutexA(DWORD dwDesiredAccess, BOOL bInheritHandle, LPCSTR lpName)
{
    (void)dwDesiredAccess;
    return guest_open_ansi(OBJECT_MUTEX, bInheritHandle, lpName);
}

HANDLE OpenMutexW(DWORD dwDesiredAccess, BOOL bInheritHandle, LPCWSTR lpName)
{
    (void)dwDesiredAccess;
    return guest_open_wide(OBJECT_MUTEX, bInheritHandle, lpName);
}

BOOL ReleaseMutex(HANDLE hMutex)
{
    guest_preempt();
    struct object *mutex = guest_object_of(hMutex, OBJECT_MUTEX);
    return mutex != NULL && guest_answer(mutex_release(mutex));
}

/* ---- Semaphores ------------------------------------------------------------------------------ */

/* Whether a semaphore may be like that; else the last error says so. */
static bool semaphore_making(LONG count, LONG limit, struct making *making)
{
    if (limit <= 0 || count < 0 || count > limit)
        return guest_fail(ERROR_INVALID_PARAMETER);
    *making = (struct making){
        .type = OBJECT_SEMAPHORE, .count = (uint32_t)count, .limit = (uint32_t)limit};
    return true;
}

HANDLE CreateSemaphoreA(LPSECURITY_ATTRIBUTES lpSemaphoreAttributes, LONG lInitialCount,
                        LONG lMaximumCount, LPCSTR lpName)
{
    struct making making;
    if (!semaphore_making(lInitialCount, lMaximumCount, &making))
        return NULL;
    return guest_make_ansi(&making, lpSemaphoreAttributes, lpName);
}

HANDLE CreateSemaphoreW(LPSECURITY_ATTRIBUTES lpSemaphoreAttributes, LONG lInitialCount,
                        LONG lMaximumCount, LPCWSTR lpName)
{
    struct making making;
    if (!semaphore_making(lInitialCount, lMaximumCount, &making))
        return NULL;
    return guest_make_wide(&making, lpSemaphoreAttributes, lpName);
}

HANDLE CreateSemaphoreExA(LPSECURITY_ATTRIBUTES lpSemaphoreAttributes, LONG lInitialCount,
                          LONG lMaximumCount, LPCSTR lpName, DWORD dwFlags, DWORD dwDesiredAccess)
{
    (void)dwFlags;
    (void)dwDesiredAccess;
    return CreateSemaphoreA(lpSemaphoreAttributes, lInitialCount, lMaximumCount, lpName);
}

HANDLE CreateSemaphoreExW(LPSECURITY_ATTRIBUTES lpSemaphoreAttributes, LONG lInitialCount,
                          LONG lMaximumCount, LPCWSTR lpName, DWORD dwFlags, DWORD dwDesiredAccess)
{
    (void)dwFlags;
    (void)dwDesiredAccess;
    return CreateSemaphoreW(lpSemaphoreAttributes, lInitialCount, lMaximumCount, lpName);
}

HANDLE OpenSemaphoreA(DWORD dwDesiredAccess, BOOL bInheritHandle, LPCSTR lpName)
{
    (void)dwDesiredAccess;
    return guest_open_ansi(OBJECT_SEMAPHORE, bInheritHandle, lpName);
}

HANDLE OpenSemaphoreW(DWORD dwDesiredAccess, BOOL bInheritHandle, LPCWSTR lpName)
{
    (void)dwDesiredAccess;
    return guest_open_wide(OBJECT_SEMAPHORE, bInheritHandle, lpName);
}

BOOL ReleaseSemaphore(HANDLE hSemaphore, LONG lReleaseCount, LPLONG lpPreviousCount)
{
    guest_preempt();
    uint32_t before = 0;

    if (lReleaseCount <= 0)
        return guest_fail(ERROR_INVALID_PARAMETER);
    struct object *semaphore = guest_object_of(hSemaphore, OBJECT_SEMAPHORE);
    if (semaphore == NULL)
        return FALSE;
    if (lpPreviousCount != NULL && !guest_may_write(lpPreviousCount, sizeof *lpPreviousCount))
        return guest_fail(ERROR_NOACCESS);
    nt_status status = semaphore_release(semaphore, (uint32_t)lReleaseCount, &before);
    if (status == STATUS_SUCCESS && lpPreviousCount != NULL)
        *lpPreviousCount = (LONG)before;
    return guest_answer(status);
}

/* ---- Waitable timers ------------------------------------------------------------------------- */

HANDLE CreateWaitableTimerA(LPSECURITY_ATTRIBUTES lpTimerAttributes, BOOL bManualReset,
                            LPCSTR lpTimerName)
{
    const struct making making = {.type = OBJECT_TIMER, .manual = bManualReset != FALSE};
    return guest_make_ansi(&making, lpTimerAttributes, lpTimerName);
}

HANDLE CreateWaitableTimerW(LPSECURITY_ATTRIBUTES lpTimerAttributes, BOOL bManualReset,
                            LPCWSTR lpTimerName)
{
    const struct making making = {.type = OBJECT_TIMER, .manual = bManualReset != FALSE};
    return guest_make_wide(&making, lpTimerAttributes, lpTimerName);
}

HANDLE CreateWaitableTimerExA(LPSECURITY_ATTRIBUTES lpTimerAttributes, LPCSTR lpTimerName,
                              DWORD dwFlags, DWORD dwDesiredAccess)
{
    (void)dwDesiredAccess;
    return CreateWaitableTimerA(lpTimerAttributes,
                                (dwFlags & CREATE_WAITABLE_TIMER_MANUAL_RESET) != 0, lpTimerName);
}

HANDLE CreateWaitableTimerExW(LPSECURITY_ATTRIBUTES lpTimerAttributes, LPCWSTR lpTimerName,
                              DWORD dwFlags, DWORD dwDesiredAccess)
{
    (void)dwDesiredAccess;
    return CreateWaitableTimerW(lpTimerAttributes,
                                (dwFlags & CREATE_WAITABLE_TIMER_MANUAL_RESET) != 0, lpTimerName);
}

HANDLE OpenWaitableTimerA(DWORD dwDesiredAccess, BOOL bInheritHandle, LPCSTR lpTimerName)
{
    (void)dwDesiredAccess;
    return guest_open_ansi(OBJECT_TIMER, bInheritHandle, lpTimerName);
}

HANDLE OpenWaitableTimerW(DWORD dwDesiredAccess, BOOL bInheritHandle, LPCWSTR lpTimerName)
{
    (void)dwDesiredAccess;
    return guest_open_wide(OBJECT_TIMER, bInheritHandle, lpTimerName);
}

/* context: the guest's routine and its argument. The time goes to it as a FILETIME's halves. */
static void run_timer_routine(void *const context[2], uint64_t expired_ns)
{
    PTIMERAPCROUTINE routine = (PTIMERAPCROUTINE)(uintptr_t)context[0];
    uint64_t ticks = guest_ticks(expired_ns);
    routine(context[1], (DWORD)ticks, (DWORD)(ticks >> 32));
}

BOOL SetWaitableTimer(HANDLE hTimer, const LARGE_INTEGER *lpDueTime, LONG lPeriod,
                      PTIMERAPCROUTINE pfnCompletionRoutine, LPVOID lpArgToCompletionRoutine,
                      BOOL fResume)
{
    guest_note();
    struct object *timer = guest_object_of(hTimer, OBJECT_TIMER);

    (void)fResume;
    if (timer == NULL)
        return FALSE;
    if (lPeriod < 0)
        return guest_fail(ERROR_INVALID_PARAMETER);
    if (!userspace_probe(&guest_process()->userspace, lpDueTime, sizeof *lpDueTime, ACCESS_READ))
        return guest_fail(ERROR_NOACCESS);
    const struct timer_setting setting = {
        .due_ns = guest_due_ns(lpDueTime->QuadPart),
        .period_ns = (uint64_t)lPeriod * NS_IN_MS,
        .routine = pfnCompletionRoutine != NULL ? run_timer_routine : NULL,
        .context = {(void *)(uintptr_t)pfnCompletionRoutine, lpArgToCompletionRoutine},
    };
    return guest_answer(timer_set(timer, &setting));
}

BOOL SetWaitableTimerEx(HANDLE hTimer, const LARGE_INTEGER *lpDueTime, LONG lPeriod,
                        PTIMERAPCROUTINE pfnCompletionRoutine, LPVOID lpArgToCompletionRoutine,
                        PREASON_CONTEXT WakeContext, ULONG TolerableDelay)
{
    (void)WakeContext;
    (void)TolerableDelay;
    return SetWaitableTimer(hTimer, lpDueTime, lPeriod, pfnCompletionRoutine,
                            lpArgToCompletionRoutine, FALSE);
}

BOOL CancelWaitableTimer(HANDLE hTimer)
{
    struct object *timer = guest_object_of(hTimer, OBJECT_TIMER);
    if (timer == NULL)
        return FALSE;
    timer_cancel(timer);
    return TRUE;
}
