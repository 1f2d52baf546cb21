/* Heaps. Included by windows.h. */
#ifndef BERTH_WIN32_HEAPAPI_H
#define BERTH_WIN32_HEAPAPI_H

#include "winbase.h"

#define HEAP_NO_SERIALIZE 0x00000001
#define HEAP_GROWABLE 0x00000002
#define HEAP_GENERATE_EXCEPTIONS 0x00000004
#define HEAP_ZERO_MEMORY 0x00000008
#define HEAP_REALLOC_IN_PLACE_ONLY 0x00000010
#define HEAP_CREATE_ENABLE_EXECUTE 0x00040000
#define LMEM_FIXED 0x0000
#define LMEM_MOVEABLE 0x0002
#define LMEM_ZEROINIT 0x0040
#define LPTR (LMEM_FIXED | LMEM_ZEROINIT)
#define LHND (LMEM_MOVEABLE | LMEM_ZEROINIT)
#define GMEM_FIXED 0x0000
#define GMEM_MOVEABLE 0x0002
#define GMEM_ZEROINIT 0x0040
#define GPTR (GMEM_FIXED | GMEM_ZEROINIT)
#define GHND (GMEM_MOVEABLE | GMEM_ZEROINIT)

typedef enum _HEAP_INFORMATION_CLASS {
    HeapCompatibilityInformation = 0,
    HeapEnableTerminationOnCorruption = 1
} HEAP_INFORMATION_CLASS;

BERTH_FUNCTION(HANDLE, GetProcessHeap, (void));
BERTH_FUNCTION(HANDLE, HeapCreate,
               (DWORD flOptions, SIZE_T dwInitialSize, SIZE_T dwMaximumSize));
BERTH_FUNCTION(BOOL, HeapDestroy, (HANDLE hHeap));
BERTH_FUNCTION(LPVOID, HeapAlloc, (HANDLE hHeap, DWORD dwFlags, SIZE_T dwBytes));
BERTH_FUNCTION(LPVOID, HeapReAlloc, (HANDLE hHeap, DWORD dwFlags, LPVOID lpMem, SIZE_T dwBytes));
BERTH_FUNCTION(BOOL, HeapFree, (HANDLE hHeap, DWORD dwFlags, LPVOID lpMem));
BERTH_FUNCTION(SIZE_T, HeapSize, (HANDLE hHeap, DWORD dwFlags, LPCVOID lpMem));
BERTH_FUNCTION(BOOL, HeapValidate, (HANDLE hHeap, DWORD dwFlags, LPCVOID lpMem));
BERTH_FUNCTION(BOOL, HeapLock, (HANDLE hHeap));
BERTH_FUNCTION(BOOL, HeapUnlock, (HANDLE hHeap));
BERTH_FUNCTION(SIZE_T, HeapCompact, (HANDLE hHeap, DWORD dwFlags));
BERTH_FUNCTION(BOOL, HeapSetInformation,
               (HANDLE HeapHandle, HEAP_INFORMATION_CLASS HeapInformationClass,
                PVOID HeapInformation, SIZE_T HeapInformationLength));

BERTH_FUNCTION(HLOCAL, LocalAlloc, (UINT uFlags, SIZE_T uBytes));
BERTH_FUNCTION(HLOCAL, LocalReAlloc, (HLOCAL hMem, SIZE_T uBytes, UINT uFlags));
BERTH_FUNCTION(HLOCAL, LocalFree, (HLOCAL hMem));
BERTH_FUNCTION(LPVOID, LocalLock, (HLOCAL hMem));
BERTH_FUNCTION(BOOL, LocalUnlock, (HLOCAL hMem));
BERTH_FUNCTION(SIZE_T, LocalSize, (HLOCAL hMem));
BERTH_FUNCTION(HGLOBAL, GlobalAlloc, (UINT uFlags, SIZE_T dwBytes));
BERTH_FUNCTION(HGLOBAL, GlobalReAlloc, (HGLOBAL hMem, SIZE_T dwBytes, UINT uFlags));
BERTH_FUNCTION(HGLOBAL, GlobalFree, (HGLOBAL hMem));
BERTH_FUNCTION(LPVOID, GlobalLock, (HGLOBAL hMem));
BERTH_FUNCTION(BOOL, GlobalUnlock, (HGLOBAL hMem));
BERTH_FUNCTION(SIZE_T, GlobalSize, (HGLOBAL hMem));

#endif
