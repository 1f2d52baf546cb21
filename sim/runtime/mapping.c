/* File mappings by the page file: memory that processes share. Mappings of files are not there. */
#include "sim/nt/section.h"
#include "sim/runtime/guest_objects.h"
#include "sim/runtime/making.h"
#include "sim/runtime/program.h"

/* Where a process sees a section; in the arena. */
struct view {
    struct view *next;
    struct section *section; /* referenced */
    unsigned char *address;
    unsigned char *copy; /* of FILE_MAP_COPY: what is written nobody else sees; or NULL */
    size_t copy_size;
};

static struct arena *arena(void)
{
    return &guest_nt()->engine->arena;
}

/* False with the last error. */
static bool describe(HANDLE file, DWORD protection, uint64_t size, struct making *making)
{
    const DWORD page = protection & 0xff;

    if (file != INVALID_HANDLE_VALUE)
        return guest_fail(guest_find_file(guest_number(file)) != NULL ? ERROR_NOT_SUPPORTED
                                                                      : ERROR_INVALID_HANDLE);
    if (size == 0 || (page != PAGE_READONLY && page != PAGE_READWRITE && page != PAGE_WRITECOPY &&
                      page != PAGE_EXECUTE_READ && page != PAGE_EXECUTE_READWRITE))
        return guest_fail(ERROR_INVALID_PARAMETER);
    *making = (struct making){.type = OBJECT_SECTION,
                              .size = size,
                              .writable = page == PAGE_READWRITE || page == PAGE_EXECUTE_READWRITE};
    return true;
}

HANDLE CreateFileMappingA(HANDLE hFile, LPSECURITY_ATTRIBUTES lpFileMappingAttributes,
                          DWORD flProtect, DWORD dwMaximumSizeHigh, DWORD dwMaximumSizeLow,
                          LPCSTR lpName)
{
    guest_note();
    struct making making;
    uint64_t size = (uint64_t)dwMaximumSizeHigh << 32 | dwMaximumSizeLow;

    if (!describe(hFile, flProtect, size, &making))
        return NULL;
    return guest_make_ansi(&making, lpFileMappingAttributes, lpName);
}

HANDLE CreateFileMappingW(HANDLE hFile, LPSECURITY_ATTRIBUTES lpFileMappingAttributes,
                          DWORD flProtect, DWORD dwMaximumSizeHigh, DWORD dwMaximumSizeLow,
                          LPCWSTR lpName)
{
    guest_note();
    struct making making;
    uint64_t size = (uint64_t)dwMaximumSizeHigh << 32 | dwMaximumSizeLow;

    if (!describe(hFile, flProtect, size, &making))
        return NULL;
    return guest_make_wide(&making, lpFileMappingAttributes, lpName);
}

HANDLE OpenFileMappingA(DWORD dwDesiredAccess, BOOL bInheritHandle, LPCSTR lpName)
{
    (void)dwDesiredAccess;
    return guest_open_ansi(OBJECT_SECTION, bInheritHandle, lpName);
}

HANDLE OpenFileMappingW(DWORD dwDesiredAccess, BOOL bInheritHandle, LPCWSTR lpName)
{
    (void)dwDesiredAccess;
    return guest_open_wide(OBJECT_SECTION, bInheritHandle, lpName);
}

static struct view *make_view(struct section *section, uint64_t offset, size_t size, bool copy)
{
    struct belongings *belongings = belongings_of(guest_process());
    struct view *view = belongings == NULL ? NULL : ARENA_NEW(arena(), struct view);

    if (view == NULL)
        return NULL;
    view->address = section->bytes + offset;
    if (copy) {
        view->copy_size = size;
        view->copy = arena_take(arena(), size);
        if (view->copy == NULL) {
            arena_give(arena(), view, sizeof *view);
            return NULL;
        }
        memcpy(view->copy, view->address, size);
        view->address = view->copy;
    }
    view->section = section;
    object_reference(&section->object);
    view->next = belongings->views;
    belongings->views = view;
    return view;
}

/* A view lies where its section does: in every process at the same place. That it may only be read
 * is not enforced.
 */
LPVOID MapViewOfFile(HANDLE hFileMappingObject, DWORD dwDesiredAccess, DWORD dwFileOffsetHigh,
                     DWORD dwFileOffsetLow, SIZE_T dwNumberOfBytesToMap)
{
    guest_note();
    struct section *section = (struct section *)guest_object_of(hFileMappingObject, OBJECT_SECTION);
    uint64_t offset = (uint64_t)dwFileOffsetHigh << 32 | dwFileOffsetLow;
    bool copies = (dwDesiredAccess & ~(DWORD)FILE_MAP_EXECUTE) == FILE_MAP_COPY;

    if (section == NULL)
        return NULL;
    DWORD error = ERROR_SUCCESS;
    if (offset % SECTION_GRANULARITY != 0)
        error = ERROR_MAPPED_ALIGNMENT;
    else if (offset > section->size || dwNumberOfBytesToMap > section->size - offset ||
             ((dwDesiredAccess & FILE_MAP_WRITE) != 0 && !section->writable))
        error = ERROR_ACCESS_DENIED;
    size_t size =
        dwNumberOfBytesToMap != 0 ? dwNumberOfBytesToMap : (size_t)(section->size - offset);
    struct view *view =
        error != ERROR_SUCCESS ? NULL : make_view(section, offset, size, copies && size > 0);
    if (view != NULL)
        return view->address;
    guest_fail(error != ERROR_SUCCESS ? error : ERROR_NOT_ENOUGH_MEMORY);
    return NULL;
}

LPVOID MapViewOfFileEx(HANDLE hFileMappingObject, DWORD dwDesiredAccess, DWORD dwFileOffsetHigh,
                       DWORD dwFileOffsetLow, SIZE_T dwNumberOfBytesToMap, LPVOID lpBaseAddress)
{
    LPVOID address = MapViewOfFile(hFileMappingObject, dwDesiredAccess, dwFileOffsetHigh,
                                   dwFileOffsetLow, dwNumberOfBytesToMap);

    if (address == NULL || lpBaseAddress == NULL || address == lpBaseAddress)
        return address;
    UnmapViewOfFile(address); /* there is room for it only where it lies */
    guest_fail(ERROR_INVALID_ADDRESS);
    return NULL;
}

static void drop(struct view **link)
{
    struct view *view = *link;
    struct nt *nt = view->section->object.nt;

    *link = view->next;
    if (view->copy != NULL)
        arena_give(&nt->engine->arena, view->copy, view->copy_size);
    object_release(&view->section->object);
    arena_give(&nt->engine->arena, view, sizeof *view);
}

BOOL UnmapViewOfFile(LPCVOID lpBaseAddress)
{
    guest_note();
    struct belongings *belongings = guest_process()->runtime;
    struct view **link = belongings == NULL ? NULL : &belongings->views;

    while (link != NULL && *link != NULL && (*link)->address != lpBaseAddress)
        link = &(*link)->next;
    if (link == NULL || *link == NULL)
        return guest_fail(ERROR_INVALID_ADDRESS);
    drop(link);
    return TRUE;
}

/* There is nothing to write it to. */
BOOL FlushViewOfFile(LPCVOID lpBaseAddress, SIZE_T dwNumberOfBytesToFlush)
{
    (void)lpBaseAddress;
    (void)dwNumberOfBytesToFlush;
    return TRUE;
}

void mapping_drop_views(struct belongings *belongings)
{
    while (belongings->views != NULL)
        drop(&belongings->views);
}
