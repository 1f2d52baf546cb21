/* The process' heap. The guest is host code and has the host's malloc; this is the same memory
 * under Windows' names, with the size before each block, as HeapSize wants it.
 */
#include <malloc.h>
#include <stdlib.h>

#include <windows.h>

#include "sim/runtime/machine.h"
#include "sim/runtime/program.h"

/* A handle nobody else has: real ones are multiples of 4. */
static const uintptr_t process_heap = 0x10001;

struct block {
    SIZE_T size;
    SIZE_T padding; /* what follows is aligned to 16 bytes */
};

static struct block *block_of(LPCVOID memory)
{
    return (struct block *)(void *)memory - 1;
}

static void *allocate(bool zero, SIZE_T size)
{
    struct block *block = NULL;

    if (size <= SIZE_MAX - sizeof *block)
        block = zero ? calloc(1, sizeof *block + size) : malloc(sizeof *block + size);
    if (block == NULL)
        return NULL;
    block->size = size;
    return block + 1;
}

HANDLE GetProcessHeap(void)
{
    return (HANDLE)process_heap;
}

LPVOID HeapAlloc(HANDLE hHeap, DWORD dwFlags, SIZE_T dwBytes)
{
    (void)hHeap;
    return allocate((dwFlags & HEAP_ZERO_MEMORY) != 0, dwBytes);
}

/* One heap under several names; what HeapDestroy would free stays until the program ends. */
HANDLE HeapCreate(DWORD flOptions, SIZE_T dwInitialSize, SIZE_T dwMaximumSize)
{
    (void)flOptions;
    (void)dwInitialSize;
    (void)dwMaximumSize;
    return (HANDLE)(process_heap + 16 * ++program_machine()->heaps_made);
}

BOOL HeapDestroy(HANDLE hHeap)
{
    return (uintptr_t)hHeap != process_heap;
}

BOOL HeapValidate(HANDLE hHeap, DWORD dwFlags, LPCVOID lpMem)
{
    (void)hHeap;
    (void)dwFlags;
    (void)lpMem;
    return TRUE;
}

BOOL HeapLock(HANDLE hHeap)
{
    (void)hHeap;
    return TRUE;
}

BOOL HeapUnlock(HANDLE hHeap)
{
    (void)hHeap;
    return TRUE;
}

SIZE_T HeapCompact(HANDLE hHeap, DWORD dwFlags)
{
    (void)hHeap;
    (void)dwFlags;
    return 0x10000;
}

BOOL HeapSetInformation(HANDLE HeapHandle, HEAP_INFORMATION_CLASS HeapInformationClass,
                        PVOID HeapInformation, SIZE_T HeapInformationLength)
{
    (void)HeapHandle;
    (void)HeapInformationClass;
    (void)HeapInformation;
    (void)HeapInformationLength;
    return TRUE;
}

LPVOID HeapReAlloc(HANDLE hHeap, DWORD dwFlags, LPVOID lpMem, SIZE_T dwBytes)
{
    SIZE_T before = block_of(lpMem)->size;

    if ((dwFlags & HEAP_REALLOC_IN_PLACE_ONLY) != 0) {
        if (dwBytes > before)
            return NULL;
        block_of(lpMem)->size = dwBytes;
        return lpMem;
    }
    void *memory = HeapAlloc(hHeap, dwFlags, dwBytes);
    if (memory == NULL)
        return NULL;
    machine_freed("HeapReAlloc", lpMem, before);
    memcpy(memory, lpMem, before < dwBytes ? before : dwBytes);
    free(block_of(lpMem));
    return memory;
}

static void give_back(const char *by, LPVOID memory)
{
    if (memory == NULL)
        return;
    machine_freed(by, memory, block_of(memory)->size);
    free(block_of(memory));
}

BOOL HeapFree(HANDLE hHeap, DWORD dwFlags, LPVOID lpMem)
{
    (void)hHeap;
    (void)dwFlags;
    give_back("HeapFree", lpMem);
    return TRUE;
}

SIZE_T HeapSize(HANDLE hHeap, DWORD dwFlags, LPCVOID lpMem)
{
    (void)hHeap;
    (void)dwFlags;
    return block_of(lpMem)->size;
}

HLOCAL LocalAlloc(UINT uFlags, SIZE_T uBytes)
{
    void *memory = allocate((uFlags & LMEM_ZEROINIT) != 0, uBytes);
    if (memory == NULL)
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
    return memory;
}

/* NULL is success. */
HLOCAL LocalFree(HLOCAL hMem)
{
    give_back("LocalFree", hMem);
    return NULL;
}

HGLOBAL GlobalAlloc(UINT uFlags, SIZE_T dwBytes)
{
    return LocalAlloc(uFlags, dwBytes);
}

HGLOBAL GlobalFree(HGLOBAL hMem)
{
    give_back("GlobalFree", hMem);
    return NULL;
}

HLOCAL LocalReAlloc(HLOCAL hMem, SIZE_T uBytes, UINT uFlags)
{
    const DWORD zero = (uFlags & LMEM_ZEROINIT) != 0 ? HEAP_ZERO_MEMORY : 0;
    void *memory = HeapReAlloc(GetProcessHeap(), zero, hMem, uBytes);
    if (memory == NULL)
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
    return memory;
}

HGLOBAL GlobalReAlloc(HGLOBAL hMem, SIZE_T dwBytes, UINT uFlags)
{
    return LocalReAlloc(hMem, dwBytes, uFlags);
}

/* What may move never does: its handle is its address. */
LPVOID LocalLock(HLOCAL hMem)
{
    return hMem;
}

LPVOID GlobalLock(HGLOBAL hMem)
{
    return hMem;
}

/* FALSE, and no error: it is not locked any more. */
BOOL LocalUnlock(HLOCAL hMem)
{
    (void)hMem;
    SetLastError(ERROR_SUCCESS);
    return FALSE;
}

BOOL GlobalUnlock(HGLOBAL hMem)
{
    return LocalUnlock(hMem);
}

SIZE_T LocalSize(HLOCAL hMem)
{
    return block_of(hMem)->size;
}

SIZE_T GlobalSize(HGLOBAL hMem)
{
    return block_of(hMem)->size;
}

static size_t size_of(void *memory)
{
#if defined(_WIN32)
    return _msize(memory);
#else
    return malloc_usable_size(memory);
#endif
}

/* The C library's own, as berth-cc binds them for the program: looked at, then done. */
void berth_crt_free(void *memory);
void *berth_crt_realloc(void *memory, size_t size);

static void look_at(const char *by, void *memory)
{
    if (memory != NULL)
        machine_freed(by, memory, size_of(memory));
}

void berth_crt_free(void *memory)
{
    look_at("free", memory);
    free(memory);
}

void *berth_crt_realloc(void *memory, size_t size)
{
    look_at("realloc", memory);
    return realloc(memory, size);
}

#if !defined(_WIN32)
void *berth__aligned_malloc(size_t size, size_t alignment);
void berth__aligned_free(void *memory);

void *berth__aligned_malloc(size_t size, size_t alignment)
{
    if (alignment < sizeof(void *)) /* Windows raises it to that */
        alignment = sizeof(void *);
    if ((alignment & (alignment - 1)) != 0 || size > SIZE_MAX - alignment)
        return NULL;
    return aligned_alloc(alignment, (size + alignment - 1) & ~(alignment - 1));
}

void berth__aligned_free(void *memory)
{
    look_at("_aligned_free", memory);
    free(memory);
}
#endif
