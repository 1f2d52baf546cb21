/* What a program needs of kernel32: last error, memory, who it is. Each call is the running
 * thread's of the machine this host thread is inside of.
 */
#include "sim/runtime/guest_objects.h"

DWORD GetLastError(void)
{
    return guest_nt()->current->last_error;
}

void SetLastError(DWORD dwErrCode)
{
    guest_nt()->current->last_error = dwErrCode;
}

DWORD GetCurrentProcessId(void)
{
    return guest_process()->id;
}

DWORD GetCurrentThreadId(void)
{
    return guest_nt()->current->id;
}

/* ---- Memory ---------------------------------------------------------------------------------- */

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
    struct userspace *space = &guest_process()->userspace;
    enum page_state state;

    if (lpAddress != NULL || dwSize == 0 || (flAllocationType & MEM_COMMIT) == 0 ||
        !page_state_of(flProtect, &state)) {
        guest_fail(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    void *pages = userspace_allocate(space, dwSize);
    if (pages == NULL) {
        guest_fail(ERROR_NOT_ENOUGH_MEMORY);
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
        return guest_fail(ERROR_INVALID_PARAMETER);
    struct userspace *space = &guest_process()->userspace;
    size_t size = userspace_size(space, lpAddress);
    if (size > 0)
        machine_freed("VirtualFree", lpAddress, size);
    if (userspace_free(space, lpAddress) != STATUS_SUCCESS)
        return guest_fail(ERROR_INVALID_ADDRESS);
    return TRUE;
}

BOOL VirtualProtect(LPVOID lpAddress, SIZE_T dwSize, DWORD flNewProtect, PDWORD lpflOldProtect)
{
    struct userspace *space = &guest_process()->userspace;
    enum page_state state;

    if (!page_state_of(flNewProtect, &state))
        return guest_fail(ERROR_INVALID_PARAMETER);
    if (!userspace_probe(space, lpflOldProtect, sizeof *lpflOldProtect, ACCESS_WRITE))
        return guest_fail(ERROR_NOACCESS);

    size_t offset = (size_t)((uintptr_t)lpAddress - (uintptr_t)space->base);
    bool inside = space->base != NULL && offset / PAGE_SIZE_BYTES < USERSPACE_PAGES;
    DWORD before =
        inside ? protection_of((enum page_state)space->states[offset / PAGE_SIZE_BYTES]) : 0;
    if (userspace_protect(space, lpAddress, dwSize, state) != STATUS_SUCCESS)
        return guest_fail(ERROR_INVALID_ADDRESS);
    *lpflOldProtect = before;
    return TRUE;
}
