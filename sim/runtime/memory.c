/* Memory by pages: VirtualAlloc and what goes with it. */
#include "sim/runtime/guest_objects.h"

static bool page_state_of(DWORD protection, enum page_state *state)
{
    switch (protection) {
    case PAGE_NOACCESS:
        *state = PAGE_STATE_NO_ACCESS;
        return true;
    case PAGE_READONLY:
    case PAGE_EXECUTE:
    case PAGE_EXECUTE_READ: /* nothing is executed there */
        *state = PAGE_STATE_READ;
        return true;
    case PAGE_READWRITE:
    case PAGE_EXECUTE_READWRITE:
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
    case PAGE_STATE_RESERVED:
    case PAGE_STATE_NO_ACCESS:
        break;
    }
    return PAGE_NOACCESS;
}

/* Commits pages of a reservation: those that were committed keep their bytes. */
static LPVOID commit(struct userspace *space, LPVOID address, SIZE_T size, enum page_state state)
{
    uintptr_t offset = (uintptr_t)address % PAGE_SIZE_BYTES;

    if (userspace_protect(space, address, size, state) == STATUS_SUCCESS)
        return (unsigned char *)address - offset;
    guest_fail(ERROR_INVALID_ADDRESS);
    return NULL;
}

/* Where the pages come to lie is the machine's to say. */
LPVOID VirtualAlloc(LPVOID lpAddress, SIZE_T dwSize, DWORD flAllocationType, DWORD flProtect)
{
    struct userspace *space = &guest_process()->userspace;
    bool commits = (flAllocationType & MEM_COMMIT) != 0;
    enum page_state state;

    if (dwSize == 0 || (flAllocationType & (MEM_COMMIT | MEM_RESERVE)) == 0 ||
        (lpAddress != NULL && !commits) || !page_state_of(flProtect, &state)) {
        guest_fail(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    if (lpAddress != NULL)
        return commit(space, lpAddress, dwSize, state);
    void *pages = userspace_allocate(space, dwSize);
    if (pages == NULL) {
        guest_fail(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    if (!commits)
        state = PAGE_STATE_RESERVED;
    if (state != PAGE_STATE_WRITE) {
        nt_status status = userspace_protect(space, pages, dwSize, state);
        ASSERT(status == STATUS_SUCCESS);
    }
    return pages;
}

static BOOL decommit(struct userspace *space, LPVOID address, SIZE_T size)
{
    if (size == 0)
        size = userspace_size(space, address);
    if (userspace_protect(space, address, size, PAGE_STATE_RESERVED) != STATUS_SUCCESS)
        return guest_fail(ERROR_INVALID_ADDRESS);
    machine_freed("VirtualFree", address, size);
    return TRUE;
}

BOOL VirtualFree(LPVOID lpAddress, SIZE_T dwSize, DWORD dwFreeType)
{
    struct userspace *space = &guest_process()->userspace;

    if (dwFreeType == MEM_DECOMMIT)
        return decommit(space, lpAddress, dwSize);
    if (dwFreeType != MEM_RELEASE || dwSize != 0)
        return guest_fail(ERROR_INVALID_PARAMETER);
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
    enum page_state before = userspace_state(space, lpAddress);
    if (before == PAGE_STATE_RESERVED ||
        userspace_protect(space, lpAddress, dwSize, state) != STATUS_SUCCESS)
        return guest_fail(ERROR_INVALID_ADDRESS);
    *lpflOldProtect = protection_of(before);
    return TRUE;
}

/* Of memory that is not VirtualAlloc's own only that it can be used: a page at a time. */
SIZE_T VirtualQuery(LPCVOID lpAddress, PMEMORY_BASIC_INFORMATION lpBuffer, SIZE_T dwLength)
{
    const struct userspace *space = &guest_process()->userspace;
    const unsigned char *page = (const unsigned char *)lpAddress;
    size_t size = 0;

    if (dwLength < sizeof *lpBuffer || !guest_may_write(lpBuffer, sizeof *lpBuffer)) {
        guest_fail(dwLength < sizeof *lpBuffer ? ERROR_BAD_LENGTH : ERROR_NOACCESS);
        return 0;
    }
    page -= (uintptr_t)lpAddress % PAGE_SIZE_BYTES;
    enum page_state state = userspace_state(space, page);
    bool modelled = state != PAGE_STATE_FREE;
    const unsigned char *base = page;
    while (modelled && userspace_state(space, base - PAGE_SIZE_BYTES) != PAGE_STATE_FREE)
        base -= PAGE_SIZE_BYTES;
    do
        size += PAGE_SIZE_BYTES;
    while (modelled && userspace_state(space, page + size) == state);
    bool usable = modelled ? state != PAGE_STATE_RESERVED
                           : userspace_probe(space, page, PAGE_SIZE_BYTES, ACCESS_READ);
    *lpBuffer = (MEMORY_BASIC_INFORMATION){
        .BaseAddress = (PVOID)(uintptr_t)page,
        .AllocationBase = (PVOID)(uintptr_t)base,
        .AllocationProtect = PAGE_READWRITE,
        .RegionSize = size,
        .State = usable     ? MEM_COMMIT
                 : modelled ? MEM_RESERVE
                            : MEM_FREE,
        .Protect = !usable ? (modelled ? 0 : PAGE_NOACCESS)
                           : (modelled ? protection_of(state) : PAGE_READWRITE),
        .Type = usable || modelled ? MEM_PRIVATE : 0,
    };
    return sizeof *lpBuffer;
}

/* Nothing is ever paged out. */
BOOL VirtualLock(LPVOID lpAddress, SIZE_T dwSize)
{
    if (userspace_probe(&guest_process()->userspace, lpAddress, dwSize, ACCESS_READ))
        return TRUE;
    return guest_fail(ERROR_NOACCESS);
}

BOOL VirtualUnlock(LPVOID lpAddress, SIZE_T dwSize)
{
    return VirtualLock(lpAddress, dwSize);
}
