/* What a program needs of kernel32: last error, threads, events, waits, handles. Each call is
 * the running thread's of the machine this host thread is inside of.
 */
#include "sim/runtime/machine.h"

#include <stdlib.h>

#include <windows.h>

#include "sim/engine/check.h"

static struct nt *running(void)
{
    struct nt *nt = machine_running();

    ASSERT(nt->current != NULL);
    return nt;
}

static struct process *running_process(void)
{
    return running()->current->process;
}

static BOOL fail_with(DWORD error)
{
    running()->current->last_error = error;
    return FALSE;
}

/* TRUE, or FALSE with the last error. */
static BOOL answer(nt_status status)
{
    return status == STATUS_SUCCESS ? TRUE : fail_with(nt_status_to_win32(status));
}

static uint64_t handle_number(HANDLE handle)
{
    return (uint64_t)(uintptr_t)handle;
}

static HANDLE handle_of(uint64_t number)
{
    return (HANDLE)(uintptr_t)number;
}

/* The object behind a handle, of whichever type; or NULL. */
static struct object *find_object(HANDLE handle)
{
    struct object *object = NULL;

    for (int type = 0; type < OBJECT_TYPE_COUNT && object == NULL; type++)
        object = handle_find(running_process(), handle_number(handle), (enum object_type)type);
    return object;
}

DWORD GetLastError(void)
{
    return running()->current->last_error;
}

void SetLastError(DWORD dwErrCode)
{
    running()->current->last_error = dwErrCode;
}

DWORD GetCurrentProcessId(void)
{
    return running_process()->id;
}

DWORD GetCurrentThreadId(void)
{
    return running()->current->id;
}

/* ---- Memory ------------------------------------------------------------------------------------
 */

static bool page_state_of(DWORD protection, enum page_state *state)
{
    switch (protection) {
    case PAGE_NOACCESS:
        *state = PAGE_STATE_NO_ACCESS;
        return true;
    case PAGE_READONLY:
        *state = PAGE_STATE_READ;
        return true;
    case PAGE_READWRITE:
        *state = PAGE_STATE_WRITE;
        return true;
    default:
        return false;
    }
}

static DWORD protection_of(enum page_state state)
{
    switch (state) {
    case PAGE_STATE_READ:
        return PAGE_READONLY;
    case PAGE_STATE_WRITE:
        return PAGE_READWRITE;
    case PAGE_STATE_FREE:
    case PAGE_STATE_NO_ACCESS:
        break;
    }
    return PAGE_NOACCESS;
}

/* Reserving without committing is not modelled: a reservation is committed at once. */
LPVOID VirtualAlloc(LPVOID lpAddress, SIZE_T dwSize, DWORD flAllocationType, DWORD flProtect)
{
    struct userspace *space = &running_process()->userspace;
    enum page_state state;

    if (lpAddress != NULL || dwSize == 0 || (flAllocationType & MEM_COMMIT) == 0 ||
        !page_state_of(flProtect, &state)) {
        fail_with(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    void *pages = userspace_allocate(space, dwSize);
    if (pages == NULL) {
        fail_with(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    if (state != PAGE_STATE_WRITE) {
        nt_status status = userspace_protect(space, pages, dwSize, state);
        ASSERT(status == STATUS_SUCCESS);
    }
    return pages;
}

BOOL VirtualFree(LPVOID lpAddress, SIZE_T dwSize, DWORD dwFreeType)
{
    if (dwFreeType != MEM_RELEASE || dwSize != 0)
        return fail_with(ERROR_INVALID_PARAMETER);
    if (userspace_free(&running_process()->userspace, lpAddress) != STATUS_SUCCESS)
        return fail_with(ERROR_INVALID_ADDRESS);
    return TRUE;
}

BOOL VirtualProtect(LPVOID lpAddress, SIZE_T dwSize, DWORD flNewProtect, PDWORD lpflOldProtect)
{
    struct userspace *space = &running_process()->userspace;
    enum page_state state;

    if (!page_state_of(flNewProtect, &state))
        return fail_with(ERROR_INVALID_PARAMETER);
    if (!userspace_probe(space, lpflOldProtect, sizeof *lpflOldProtect, ACCESS_WRITE))
        return fail_with(ERROR_NOACCESS);

    size_t offset = (size_t)((uintptr_t)lpAddress - (uintptr_t)space->base);
    bool inside = space->base != NULL && offset / PAGE_SIZE_BYTES < USERSPACE_PAGES;
    DWORD before =
        inside ? protection_of((enum page_state)space->states[offset / PAGE_SIZE_BYTES]) : 0;
    if (userspace_protect(space, lpAddress, dwSize, state) != STATUS_SUCCESS)
        return fail_with(ERROR_INVALID_ADDRESS);
    *lpflOldProtect = before;
    return TRUE;
}

/* ---- Handles -----------------------------------------------------------------------------------
 */

BOOL CloseHandle(HANDLE hObject)
{
    return answer(handle_close(running_process(), handle_number(hObject)));
}

BOOL SetHandleInformation(HANDLE hObject, DWORD dwMask, DWORD dwFlags)
{
    if ((dwMask & ~(DWORD)HANDLE_FLAG_INHERIT) != 0)
        return fail_with(ERROR_INVALID_PARAMETER);
    if (dwMask == 0)
        return handle_exists(running_process(), handle_number(hObject))
                   ? TRUE
                   : fail_with(ERROR_INVALID_HANDLE);
    return answer(handle_set_inherit(running_process(), handle_number(hObject),
                                     (dwFlags & HANDLE_FLAG_INHERIT) != 0));
}

BOOL GetHandleInformation(HANDLE hObject, LPDWORD lpdwFlags)
{
    struct process *process = running_process();
    bool inherit;

    if (!userspace_probe(&process->userspace, lpdwFlags, sizeof *lpdwFlags, ACCESS_WRITE))
        return fail_with(ERROR_NOACCESS);
    nt_status status = handle_get_inherit(process, handle_number(hObject), &inherit);
    if (status != STATUS_SUCCESS)
        return fail_with(nt_status_to_win32(status));
    *lpdwFlags = inherit ? HANDLE_FLAG_INHERIT : 0;
    return TRUE;
}

/* A handle for a fresh object, whose first reference goes to the handle. */
static HANDLE give_handle(struct object *object, const SECURITY_ATTRIBUTES *attributes)
{
    bool inherit = attributes != NULL && attributes->bInheritHandle;
    uint64_t handle = 0;

    nt_status status = handle_open(running_process(), object, inherit, &handle);
    object_release(object);
    if (status == STATUS_SUCCESS)
        return handle_of(handle);
    fail_with(nt_status_to_win32(status));
    return NULL;
}

/* ---- Threads -----------------------------------------------------------------------------------
 */

struct thread_start {
    LPTHREAD_START_ROUTINE routine;
    LPVOID parameter;
};

static void run_thread(void *context)
{
    struct nt *nt = running();
    const struct thread_start start = *(struct thread_start *)context;

    arena_give(&nt->engine->arena, context, sizeof start);
    thread_end(nt->current, start.routine(start.parameter));
}

/* Starting suspended is not modelled. */
HANDLE CreateThread(LPSECURITY_ATTRIBUTES lpThreadAttributes, SIZE_T dwStackSize,
                    LPTHREAD_START_ROUTINE lpStartAddress, LPVOID lpParameter,
                    DWORD dwCreationFlags, LPDWORD lpThreadId)
{
    struct nt *nt = running();

    (void)dwStackSize;
    if (dwCreationFlags != 0 || lpStartAddress == NULL) {
        fail_with(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    struct thread_start *start = ARENA_NEW(&nt->engine->arena, struct thread_start);
    struct thread *thread = NULL;
    if (start != NULL) {
        *start = (struct thread_start){.routine = lpStartAddress, .parameter = lpParameter};
        thread = thread_create(nt->current->process, run_thread, start);
    }
    if (thread == NULL) {
        arena_give(&nt->engine->arena, start, sizeof *start);
        fail_with(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    if (lpThreadId != NULL)
        *lpThreadId = thread->id;
    /* The thread's own reference is its process'. */
    object_reference(&thread->object);
    return give_handle(&thread->object, lpThreadAttributes);
}

/* The first thread's stack is the host's: when it ends, it waits for the others to end, and then
 * the program ends, as the process would.
 */
static _Noreturn void end_first_thread(struct nt *nt, DWORD exit_code)
{
    struct thread *first = nt->current;

    while (first->process->threads != first || first->next_in_process != NULL) {
        struct thread *other = first->process->threads;
        struct object *object = other == first ? &first->next_in_process->object : &other->object;
        wait_for_objects(nt, &object, 1, false, UINT64_MAX, "ExitThread", NULL);
    }
    exit((int)exit_code);
}

/* The host takes back what the machine was; its disk has everything that was acknowledged. */
void ExitProcess(UINT uExitCode)
{
    exit((int)uExitCode);
}

void ExitThread(DWORD dwExitCode)
{
    struct nt *nt = running();

    if (nt->current->borrowed)
        end_first_thread(nt, dwExitCode);
    thread_end(nt->current, dwExitCode);
}

/* ---- Events and waits --------------------------------------------------------------------------
 */

static HANDLE create_event(const SECURITY_ATTRIBUTES *attributes, BOOL manual, BOOL signaled,
                           bool named)
{
    if (named) {
        fail_with(ERROR_NOT_SUPPORTED);
        return NULL;
    }
    struct object *event = event_create(running(), manual != FALSE, signaled != FALSE);
    if (event == NULL) {
        fail_with(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    return give_handle(event, attributes);
}

/* Events with names, which processes share, are not modelled. */
HANDLE CreateEventA(LPSECURITY_ATTRIBUTES lpEventAttributes, BOOL bManualReset, BOOL bInitialState,
                    LPCSTR lpName)
{
    return create_event(lpEventAttributes, bManualReset, bInitialState, lpName != NULL);
}

HANDLE CreateEventW(LPSECURITY_ATTRIBUTES lpEventAttributes, BOOL bManualReset, BOOL bInitialState,
                    LPCWSTR lpName)
{
    return create_event(lpEventAttributes, bManualReset, bInitialState, lpName != NULL);
}

BOOL SetEvent(HANDLE hEvent)
{
    struct object *event = handle_find(running_process(), handle_number(hEvent), OBJECT_EVENT);

    if (event == NULL)
        return fail_with(ERROR_INVALID_HANDLE);
    object_signal(event);
    return TRUE;
}

BOOL ResetEvent(HANDLE hEvent)
{
    struct object *event = handle_find(running_process(), handle_number(hEvent), OBJECT_EVENT);

    if (event == NULL)
        return fail_with(ERROR_INVALID_HANDLE);
    object_unsignal(event);
    return TRUE;
}

static uint64_t timeout_ns(DWORD milliseconds)
{
    return milliseconds == INFINITE ? UINT64_MAX : (uint64_t)milliseconds * 1000000u;
}

static DWORD wait_for_handles(DWORD count, const HANDLE *handles, bool all, DWORD milliseconds,
                              const char *call)
{
    struct object *objects[WAIT_OBJECTS_MAX];
    uint32_t index = 0;

    if (count == 0 || count > WAIT_OBJECTS_MAX) {
        fail_with(ERROR_INVALID_PARAMETER);
        return WAIT_FAILED;
    }
    for (DWORD i = 0; i < count; i++) {
        objects[i] = find_object(handles[i]);
        for (DWORD j = 0; all && j < i; j++) {
            if (objects[j] == objects[i]) {
                fail_with(ERROR_INVALID_PARAMETER);
                return WAIT_FAILED;
            }
        }
        if (objects[i] == NULL) {
            fail_with(ERROR_INVALID_HANDLE);
            return WAIT_FAILED;
        }
    }
    for (DWORD i = 0; i < count; i++)
        object_reference(objects[i]);
    nt_status status =
        wait_for_objects(running(), objects, count, all, timeout_ns(milliseconds), call, &index);
    for (DWORD i = 0; i < count; i++)
        object_release(objects[i]);
    if (status == STATUS_TIMEOUT)
        return WAIT_TIMEOUT;
    if (status != STATUS_SUCCESS) {
        fail_with(nt_status_to_win32(status));
        return WAIT_FAILED;
    }
    return all ? WAIT_OBJECT_0 : WAIT_OBJECT_0 + index;
}

DWORD WaitForSingleObject(HANDLE hHandle, DWORD dwMilliseconds)
{
    return wait_for_handles(1, &hHandle, false, dwMilliseconds, "WaitForSingleObject");
}

DWORD WaitForMultipleObjects(DWORD nCount, const HANDLE *lpHandles, BOOL bWaitAll,
                             DWORD dwMilliseconds)
{
    return wait_for_handles(nCount, lpHandles, bWaitAll != FALSE, dwMilliseconds,
                            "WaitForMultipleObjects");
}
