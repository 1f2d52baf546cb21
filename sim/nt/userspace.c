/* One reservation of host address space for each process that allocates: the user's pages, then the
 * table of their states. All of it is without access until given out, so that a guest that touches
 * what the table calls bad faults for real.
 */
#if !defined(_WIN32)
#define _DEFAULT_SOURCE
#endif
#include "sim/nt/userspace.h"

#include <string.h>

#include "sim/engine/check.h"

/* The user's half of a 48-bit address space. Windows stops 64 KiB short of it; the stacks of our
 * hosts may lie in those.
 */
static const uintptr_t user_end = (uintptr_t)1 << 47;
static const uintptr_t user_first = 64 * 1024;

static const size_t pages_size = (size_t)USERSPACE_PAGES * PAGE_SIZE_BYTES;
static const size_t states_size = USERSPACE_PAGES;

#if defined(_WIN32)
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

static void *host_reserve(size_t size)
{
    return VirtualAlloc(NULL, size, MEM_RESERVE, PAGE_NOACCESS);
}

static void host_release(void *base, size_t size)
{
    (void)size;
    VirtualFree(base, 0, MEM_RELEASE);
}

static bool host_protect(void *base, size_t size, enum page_state state)
{
    DWORD old;
    switch (state) {
    case PAGE_STATE_FREE:
    case PAGE_STATE_RESERVED:
        return VirtualFree(base, size, MEM_DECOMMIT) != 0;
    case PAGE_STATE_NO_ACCESS:
        return VirtualProtect(base, size, PAGE_NOACCESS, &old) != 0;
    case PAGE_STATE_READ:
        return VirtualProtect(base, size, PAGE_READONLY, &old) != 0;
    case PAGE_STATE_WRITE:
        return VirtualAlloc(base, size, MEM_COMMIT, PAGE_READWRITE) != NULL;
    }
    ABSURD("no such page state");
}
#else
#include <sys/mman.h>

static void *host_reserve(size_t size)
{
    void *base = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return base == MAP_FAILED ? NULL : base;
}

static void host_release(void *base, size_t size)
{
    munmap(base, size);
}

static bool host_protect(void *base, size_t size, enum page_state state)
{
    switch (state) {
    case PAGE_STATE_FREE:
    case PAGE_STATE_RESERVED:
        /* The bytes go back to the host: places that were freed are never reused. */
        madvise(base, size, MADV_DONTNEED);
        return mprotect(base, size, PROT_NONE) == 0;
    case PAGE_STATE_NO_ACCESS:
        return mprotect(base, size, PROT_NONE) == 0;
    case PAGE_STATE_READ:
        return mprotect(base, size, PROT_READ) == 0;
    case PAGE_STATE_WRITE:
        return mprotect(base, size, PROT_READ | PROT_WRITE) == 0;
    }
    ABSURD("no such page state");
}
#endif

static bool reserve(struct userspace *space)
{
    unsigned char *base = host_reserve(pages_size + states_size);
    if (base == NULL)
        return false;
    if (!host_protect(base + pages_size, states_size, PAGE_STATE_WRITE)) {
        host_release(base, pages_size + states_size);
        return false;
    }
    *space = (struct userspace){
        .base = base,
        .states = base + pages_size,
        .next_page = 1, /* a free page before the first allocation, too */
    };
    return true;
}

void *userspace_allocate(struct userspace *space, size_t size)
{
    if (size == 0 || size > pages_size)
        return NULL;
    if (space->base == NULL && !reserve(space))
        return NULL;

    size_t pages = (size + PAGE_SIZE_BYTES - 1) / PAGE_SIZE_BYTES;
    if (pages + 1 > USERSPACE_PAGES - space->next_page)
        return NULL;
    unsigned char *address = space->base + (size_t)space->next_page * PAGE_SIZE_BYTES;
    if (!host_protect(address, pages * PAGE_SIZE_BYTES, PAGE_STATE_WRITE))
        return NULL;
    memset(space->states + space->next_page, PAGE_STATE_WRITE, pages);
    space->next_page += (uint32_t)pages + 1;
    return address;
}

/* The page of an address within the pages, or USERSPACE_PAGES. */
static size_t page_of(const struct userspace *space, const void *address)
{
    uintptr_t offset = (uintptr_t)address - (uintptr_t)space->base;
    return space->base != NULL && offset < pages_size ? offset / PAGE_SIZE_BYTES : USERSPACE_PAGES;
}

nt_status userspace_protect(struct userspace *space, void *address, size_t size,
                            enum page_state state)
{
    size_t first = page_of(space, address);
    if (state == PAGE_STATE_FREE || first == USERSPACE_PAGES || size == 0 || size > pages_size)
        return STATUS_INVALID_PARAMETER;

    size_t offset = (size_t)((unsigned char *)address - space->base);
    size_t end = (offset + size - 1) / PAGE_SIZE_BYTES + 1;
    for (size_t page = first; page < end; page++)
        if (page >= USERSPACE_PAGES || space->states[page] == PAGE_STATE_FREE)
            return STATUS_INVALID_PARAMETER;

    if (!host_protect(space->base + first * PAGE_SIZE_BYTES, (end - first) * PAGE_SIZE_BYTES,
                      state))
        return STATUS_INSUFFICIENT_RESOURCES;
    memset(space->states + first, state, end - first);
    return STATUS_SUCCESS;
}

enum page_state userspace_state(const struct userspace *space, const void *address)
{
    size_t page = page_of(space, address);
    return page == USERSPACE_PAGES ? PAGE_STATE_FREE : (enum page_state)space->states[page];
}

size_t userspace_size(const struct userspace *space, const void *address)
{
    size_t first = page_of(space, address);
    if (first == USERSPACE_PAGES || space->states[first] == PAGE_STATE_FREE)
        return 0;
    if (space->states[first - 1] != PAGE_STATE_FREE ||
        (const unsigned char *)address != space->base + first * PAGE_SIZE_BYTES)
        return 0;
    size_t end = first;
    while (space->states[end] != PAGE_STATE_FREE)
        end++;
    ASSERT(end < USERSPACE_PAGES);
    return (end - first) * PAGE_SIZE_BYTES;
}

nt_status userspace_free(struct userspace *space, void *address)
{
    size_t size = userspace_size(space, address);
    if (size == 0)
        return STATUS_INVALID_PARAMETER;
    if (!host_protect(address, size, PAGE_STATE_FREE))
        return STATUS_INSUFFICIENT_RESOURCES;
    memset(space->states + page_of(space, address), PAGE_STATE_FREE, size / PAGE_SIZE_BYTES);
    return STATUS_SUCCESS;
}

static bool page_allows(enum page_state state, enum access access)
{
    return state == PAGE_STATE_WRITE || (state == PAGE_STATE_READ && access == ACCESS_READ);
}

bool userspace_probe(const struct userspace *space, const void *address, size_t size,
                     enum access access)
{
    uintptr_t first = (uintptr_t)address;
    if (size == 0)
        return true;
    if (first < user_first || first >= user_end || size > user_end - first)
        return false;

    uintptr_t base = (uintptr_t)space->base;
    if (space->base == NULL || first + size <= base || first >= base + pages_size)
        return true;
    uintptr_t inside = first > base ? first : base;
    size_t last_page = (first + size - 1 - base) / PAGE_SIZE_BYTES;
    /* A range that runs out at the end stops at our last page, which is always free. */
    for (size_t page = (inside - base) / PAGE_SIZE_BYTES; page <= last_page; page++)
        if (!page_allows((enum page_state)space->states[page], access))
            return false;
    return true;
}

void userspace_close(struct userspace *space)
{
    if (space->base != NULL)
        host_release(space->base, pages_size + states_size);
    *space = (struct userspace){0};
}

void userspace_check(const struct userspace *space)
{
    if (space->base == NULL) {
        ASSERT(space->states == NULL);
        ASSERT(space->next_page == 0);
        return;
    }
    ASSERT(space->next_page >= 1);
    ASSERT(space->next_page <= USERSPACE_PAGES);
    ASSERT(space->states[0] == PAGE_STATE_FREE);
    ASSERT(space->states[USERSPACE_PAGES - 1] == PAGE_STATE_FREE);
    ASSERT(space->states[space->next_page - 1] == PAGE_STATE_FREE);
    for (size_t page = 0; page < space->next_page; page++)
        ASSERT(space->states[page] <= PAGE_STATE_WRITE);
}
