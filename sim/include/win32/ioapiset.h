/* I/O that pends: completion ports, results, cancelling. Included by windows.h. */
#ifndef BERTH_WIN32_IOAPISET_H
#define BERTH_WIN32_IOAPISET_H

#include "windef.h"

#define FILE_SKIP_COMPLETION_PORT_ON_SUCCESS 0x1
#define FILE_SKIP_SET_EVENT_ON_HANDLE 0x2

typedef struct _OVERLAPPED_ENTRY {
    ULONG_PTR lpCompletionKey;
    LPOVERLAPPED lpOverlapped;
    ULONG_PTR Internal;
    DWORD dwNumberOfBytesTransferred;
} OVERLAPPED_ENTRY, *LPOVERLAPPED_ENTRY;

typedef void(WINAPI *LPOVERLAPPED_COMPLETION_ROUTINE)(DWORD dwErrorCode,
                                                      DWORD dwNumberOfBytesTransfered,
                                                      LPOVERLAPPED lpOverlapped);

BERTH_FUNCTION(HANDLE, CreateIoCompletionPort,
               (HANDLE FileHandle, HANDLE ExistingCompletionPort, ULONG_PTR CompletionKey,
                DWORD NumberOfConcurrentThreads));
BERTH_FUNCTION(BOOL, GetQueuedCompletionStatus,
               (HANDLE CompletionPort, LPDWORD lpNumberOfBytesTransferred,
                PULONG_PTR lpCompletionKey, LPOVERLAPPED *lpOverlapped, DWORD dwMilliseconds));
BERTH_FUNCTION(BOOL, GetQueuedCompletionStatusEx,
               (HANDLE CompletionPort, LPOVERLAPPED_ENTRY lpCompletionPortEntries, ULONG ulCount,
                PULONG ulNumEntriesRemoved, DWORD dwMilliseconds, BOOL fAlertable));
BERTH_FUNCTION(BOOL, PostQueuedCompletionStatus,
               (HANDLE CompletionPort, DWORD dwNumberOfBytesTransferred, ULONG_PTR dwCompletionKey,
                LPOVERLAPPED lpOverlapped));
BERTH_FUNCTION(BOOL, SetFileCompletionNotificationModes, (HANDLE FileHandle, UCHAR Flags));
BERTH_FUNCTION(BOOL, BindIoCompletionCallback,
               (HANDLE FileHandle, LPOVERLAPPED_COMPLETION_ROUTINE Function, ULONG Flags));

BERTH_FUNCTION(BOOL, ReadFile,
               (HANDLE hFile, LPVOID lpBuffer, DWORD nNumberOfBytesToRead,
                LPDWORD lpNumberOfBytesRead, LPOVERLAPPED lpOverlapped));
BERTH_FUNCTION(BOOL, ReadFileEx,
               (HANDLE hFile, LPVOID lpBuffer, DWORD nNumberOfBytesToRead,
                LPOVERLAPPED lpOverlapped, LPOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine));
BERTH_FUNCTION(BOOL, WriteFileEx,
               (HANDLE hFile, LPCVOID lpBuffer, DWORD nNumberOfBytesToWrite,
                LPOVERLAPPED lpOverlapped, LPOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine));

BERTH_FUNCTION(BOOL, GetOverlappedResult,
               (HANDLE hFile, LPOVERLAPPED lpOverlapped, LPDWORD lpNumberOfBytesTransferred,
                BOOL bWait));
BERTH_FUNCTION(BOOL, GetOverlappedResultEx,
               (HANDLE hFile, LPOVERLAPPED lpOverlapped, LPDWORD lpNumberOfBytesTransferred,
                DWORD dwMilliseconds, BOOL bAlertable));
BERTH_FUNCTION(BOOL, DeviceIoControl,
               (HANDLE hDevice, DWORD dwIoControlCode, LPVOID lpInBuffer, DWORD nInBufferSize,
                LPVOID lpOutBuffer, DWORD nOutBufferSize, LPDWORD lpBytesReturned,
                LPOVERLAPPED lpOverlapped));
BERTH_FUNCTION(BOOL, CancelIo, (HANDLE hFile));
BERTH_FUNCTION(BOOL, CancelIoEx, (HANDLE hFile, LPOVERLAPPED lpOverlapped));
BERTH_FUNCTION(BOOL, CancelSynchronousIo, (HANDLE hThread));

#endif
