/* Memory by pages, and what processes share of it. Included by windows.h. */
#ifndef BERTH_WIN32_MEMORYAPI_H
#define BERTH_WIN32_MEMORYAPI_H

#include "winbase.h"

#define MEM_COMMIT 0x1000
#define MEM_RESERVE 0x2000
#define MEM_DECOMMIT 0x4000
#define MEM_RELEASE 0x8000
#define MEM_FREE 0x10000
#define MEM_PRIVATE 0x20000
#define MEM_MAPPED 0x40000
#define MEM_TOP_DOWN 0x100000
#define PAGE_NOACCESS 0x01
#define PAGE_READONLY 0x02
#define PAGE_READWRITE 0x04
#define PAGE_WRITECOPY 0x08
#define PAGE_EXECUTE 0x10
#define PAGE_EXECUTE_READ 0x20
#define PAGE_EXECUTE_READWRITE 0x40
#define SEC_RESERVE 0x04000000
#define SEC_COMMIT 0x08000000
#define FILE_MAP_COPY 0x0001
#define FILE_MAP_WRITE 0x0002
#define FILE_MAP_READ 0x0004
#define FILE_MAP_EXECUTE 0x0020
#define FILE_MAP_ALL_ACCESS 0x000F001F

typedef struct _MEMORY_BASIC_INFORMATION {
    PVOID BaseAddress, AllocationBase;
    DWORD AllocationProtect;
    WORD PartitionId;
    SIZE_T RegionSize;
    DWORD State, Protect, Type;
} MEMORY_BASIC_INFORMATION, *PMEMORY_BASIC_INFORMATION;

BERTH_FUNCTION(LPVOID, VirtualAlloc,
               (LPVOID lpAddress, SIZE_T dwSize, DWORD flAllocationType, DWORD flProtect));
BERTH_FUNCTION(BOOL, VirtualFree, (LPVOID lpAddress, SIZE_T dwSize, DWORD dwFreeType));
BERTH_FUNCTION(BOOL, VirtualProtect,
               (LPVOID lpAddress, SIZE_T dwSize, DWORD flNewProtect, PDWORD lpflOldProtect));
BERTH_FUNCTION(SIZE_T, VirtualQuery,
               (LPCVOID lpAddress, PMEMORY_BASIC_INFORMATION lpBuffer, SIZE_T dwLength));
BERTH_FUNCTION(BOOL, VirtualLock, (LPVOID lpAddress, SIZE_T dwSize));
BERTH_FUNCTION(BOOL, VirtualUnlock, (LPVOID lpAddress, SIZE_T dwSize));

BERTH_FUNCTION(HANDLE, CreateFileMappingA,
               (HANDLE hFile, LPSECURITY_ATTRIBUTES lpFileMappingAttributes, DWORD flProtect,
                DWORD dwMaximumSizeHigh, DWORD dwMaximumSizeLow, LPCSTR lpName));
BERTH_FUNCTION(HANDLE, CreateFileMappingW,
               (HANDLE hFile, LPSECURITY_ATTRIBUTES lpFileMappingAttributes, DWORD flProtect,
                DWORD dwMaximumSizeHigh, DWORD dwMaximumSizeLow, LPCWSTR lpName));
BERTH_FUNCTION(HANDLE, OpenFileMappingA,
               (DWORD dwDesiredAccess, BOOL bInheritHandle, LPCSTR lpName));
BERTH_FUNCTION(HANDLE, OpenFileMappingW,
               (DWORD dwDesiredAccess, BOOL bInheritHandle, LPCWSTR lpName));
BERTH_FUNCTION(LPVOID, MapViewOfFile,
               (HANDLE hFileMappingObject, DWORD dwDesiredAccess, DWORD dwFileOffsetHigh,
                DWORD dwFileOffsetLow, SIZE_T dwNumberOfBytesToMap));
BERTH_FUNCTION(LPVOID, MapViewOfFileEx,
               (HANDLE hFileMappingObject, DWORD dwDesiredAccess, DWORD dwFileOffsetHigh,
                DWORD dwFileOffsetLow, SIZE_T dwNumberOfBytesToMap, LPVOID lpBaseAddress));
BERTH_FUNCTION(BOOL, UnmapViewOfFile, (LPCVOID lpBaseAddress));
BERTH_FUNCTION(BOOL, FlushViewOfFile, (LPCVOID lpBaseAddress, SIZE_T dwNumberOfBytesToFlush));

#if defined(UNICODE)
#define CreateFileMapping CreateFileMappingW
#define OpenFileMapping OpenFileMappingW
#else
#define CreateFileMapping CreateFileMappingA
#define OpenFileMapping OpenFileMappingA
#endif

#endif
