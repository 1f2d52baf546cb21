/* Calls of ntdll: those that event loops make, and their neighbours. The SDK declares fewer; the
 * rest are as the projects that call them declare them (wepoll, mio, libuv, Rust's library).
 */
#ifndef BERTH_WIN32_WINTERNL_H
#define BERTH_WIN32_WINTERNL_H

#include "ntdef.h"

typedef struct _IO_STATUS_BLOCK {
    __extension__ union {
        NTSTATUS Status;
        PVOID Pointer;
    };
    ULONG_PTR Information;
} IO_STATUS_BLOCK, *PIO_STATUS_BLOCK;

typedef VOID(NTAPI *PIO_APC_ROUTINE)(PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock,
                                     ULONG Reserved);

#define FILE_SUPERSEDE 0x00000000
#define FILE_OPEN 0x00000001
#define FILE_CREATE 0x00000002
#define FILE_OPEN_IF 0x00000003
#define FILE_OVERWRITE 0x00000004
#define FILE_OVERWRITE_IF 0x00000005
#define FILE_SYNCHRONOUS_IO_ALERT 0x00000010
#define FILE_SYNCHRONOUS_IO_NONALERT 0x00000020
#define FILE_NON_DIRECTORY_FILE 0x00000040
#define FILE_OPENED 0x00000001
#define FILE_SHARE_READ 0x00000001
#define FILE_SHARE_WRITE 0x00000002
#define FILE_SHARE_DELETE 0x00000004
#define IO_COMPLETION_ALL_ACCESS 0x001F0003
#define KEYEDEVENT_ALL_ACCESS 0x000F0003

typedef enum _FILE_INFORMATION_CLASS {
    FileDirectoryInformation = 1,
    FileModeInformation = 16,
    FileCompletionInformation = 30,
    FileIoCompletionNotificationInformation = 41
} FILE_INFORMATION_CLASS;

typedef struct _FILE_MODE_INFORMATION {
    ULONG Mode;
} FILE_MODE_INFORMATION, *PFILE_MODE_INFORMATION;

typedef struct _FILE_COMPLETION_INFORMATION {
    HANDLE Port;
    PVOID Key;
} FILE_COMPLETION_INFORMATION, *PFILE_COMPLETION_INFORMATION;

typedef struct _FILE_IO_COMPLETION_NOTIFICATION_INFORMATION {
    ULONG Flags;
} FILE_IO_COMPLETION_NOTIFICATION_INFORMATION, *PFILE_IO_COMPLETION_NOTIFICATION_INFORMATION;

typedef struct _FILE_IO_COMPLETION_INFORMATION {
    PVOID KeyContext;
    PVOID ApcContext;
    IO_STATUS_BLOCK IoStatusBlock;
} FILE_IO_COMPLETION_INFORMATION, *PFILE_IO_COMPLETION_INFORMATION;

/* ---- Handles and time ------------------------------------------------------------------------ */

BERTH_FUNCTION(NTSTATUS, NtClose, (HANDLE Handle));
BERTH_FUNCTION(NTSTATUS, NtWaitForSingleObject,
               (HANDLE Handle, BOOLEAN Alertable, PLARGE_INTEGER Timeout));
BERTH_FUNCTION(NTSTATUS, NtDelayExecution, (BOOLEAN Alertable, PLARGE_INTEGER Interval));
BERTH_FUNCTION(NTSTATUS, NtQuerySystemTime, (PLARGE_INTEGER SystemTime));

/* ---- Files ----------------------------------------------------------------------------------- */

BERTH_FUNCTION(NTSTATUS, NtCreateFile,
               (PHANDLE FileHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes,
                PIO_STATUS_BLOCK IoStatusBlock, PLARGE_INTEGER AllocationSize, ULONG FileAttributes,
                ULONG ShareAccess, ULONG CreateDisposition, ULONG CreateOptions, PVOID EaBuffer,
                ULONG EaLength));
BERTH_FUNCTION(NTSTATUS, NtOpenFile,
               (PHANDLE FileHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes,
                PIO_STATUS_BLOCK IoStatusBlock, ULONG ShareAccess, ULONG OpenOptions));
BERTH_FUNCTION(NTSTATUS, NtDeviceIoControlFile,
               (HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext,
                PIO_STATUS_BLOCK IoStatusBlock, ULONG IoControlCode, PVOID InputBuffer,
                ULONG InputBufferLength, PVOID OutputBuffer, ULONG OutputBufferLength));
BERTH_FUNCTION(NTSTATUS, NtReadFile,
               (HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext,
                PIO_STATUS_BLOCK IoStatusBlock, PVOID Buffer, ULONG Length,
                PLARGE_INTEGER ByteOffset, PULONG Key));
BERTH_FUNCTION(NTSTATUS, NtWriteFile,
               (HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext,
                PIO_STATUS_BLOCK IoStatusBlock, PVOID Buffer, ULONG Length,
                PLARGE_INTEGER ByteOffset, PULONG Key));
BERTH_FUNCTION(NTSTATUS, NtCancelIoFile, (HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock));
BERTH_FUNCTION(NTSTATUS, NtCancelIoFileEx,
               (HANDLE FileHandle, PIO_STATUS_BLOCK IoRequestToCancel,
                PIO_STATUS_BLOCK IoStatusBlock));
BERTH_FUNCTION(NTSTATUS, NtQueryInformationFile,
               (HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock, PVOID FileInformation,
                ULONG Length, FILE_INFORMATION_CLASS FileInformationClass));
BERTH_FUNCTION(NTSTATUS, NtSetInformationFile,
               (HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock, PVOID FileInformation,
                ULONG Length, FILE_INFORMATION_CLASS FileInformationClass));

/* ---- Completion ports ------------------------------------------------------------------------ */

BERTH_FUNCTION(NTSTATUS, NtCreateIoCompletion,
               (PHANDLE IoCompletionHandle, ACCESS_MASK DesiredAccess,
                POBJECT_ATTRIBUTES ObjectAttributes, ULONG NumberOfConcurrentThreads));
BERTH_FUNCTION(NTSTATUS, NtSetIoCompletion,
               (HANDLE IoCompletionHandle, PVOID KeyContext, PVOID ApcContext, NTSTATUS IoStatus,
                ULONG_PTR IoStatusInformation));
BERTH_FUNCTION(NTSTATUS, NtRemoveIoCompletion,
               (HANDLE IoCompletionHandle, PVOID *KeyContext, PVOID *ApcContext,
                PIO_STATUS_BLOCK IoStatusBlock, PLARGE_INTEGER Timeout));
BERTH_FUNCTION(NTSTATUS, NtRemoveIoCompletionEx,
               (HANDLE IoCompletionHandle, PFILE_IO_COMPLETION_INFORMATION IoCompletionInformation,
                ULONG Count, PULONG NumEntriesRemoved, PLARGE_INTEGER Timeout, BOOLEAN Alertable));

/* ---- Keyed events ---------------------------------------------------------------------------- */

BERTH_FUNCTION(NTSTATUS, NtCreateKeyedEvent,
               (PHANDLE KeyedEventHandle, ACCESS_MASK DesiredAccess,
                POBJECT_ATTRIBUTES ObjectAttributes, ULONG Flags));
BERTH_FUNCTION(NTSTATUS, NtWaitForKeyedEvent,
               (HANDLE KeyedEventHandle, PVOID KeyValue, BOOLEAN Alertable,
                PLARGE_INTEGER Timeout));
BERTH_FUNCTION(NTSTATUS, NtReleaseKeyedEvent,
               (HANDLE KeyedEventHandle, PVOID KeyValue, BOOLEAN Alertable,
                PLARGE_INTEGER Timeout));

/* ---- Of the library -------------------------------------------------------------------------- */

BERTH_FUNCTION(ULONG, RtlNtStatusToDosError, (NTSTATUS Status));
BERTH_FUNCTION(NTSTATUS, RtlGetLastNtStatus, (void));
BERTH_FUNCTION(VOID, RtlInitUnicodeString,
               (PUNICODE_STRING DestinationString, PCWSTR SourceString));

#endif
