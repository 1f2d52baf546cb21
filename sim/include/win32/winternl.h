/* Calls of ntdll: those that event loops make, and their neighbours. The SDK declares fewer; the
 * rest are as the projects that call them declare them (wepoll, mio, libuv, Rust's library).
 */
#ifndef BERTH_WIN32_WINTERNL_H
#define BERTH_WIN32_WINTERNL_H

#include "ntdef.h"
#include "ntfile.h"
#include "ntobject.h"

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

BERTH_FUNCTION(NTSTATUS, NtWaitForMultipleObjects,
               (ULONG ObjectCount, PHANDLE ObjectsArray, WAIT_TYPE WaitType, BOOLEAN Alertable,
                PLARGE_INTEGER TimeOut));
BERTH_FUNCTION(NTSTATUS, NtDuplicateObject,
               (HANDLE SourceProcessHandle, HANDLE SourceHandle, HANDLE TargetProcessHandle,
                PHANDLE TargetHandle, ACCESS_MASK DesiredAccess, ULONG HandleAttributes,
                ULONG Options));
BERTH_FUNCTION(NTSTATUS, NtTestAlert, (void));
BERTH_FUNCTION(NTSTATUS, NtYieldExecution, (void));

/* ---- Events ---------------------------------------------------------------------------------- */

BERTH_FUNCTION(NTSTATUS, NtCreateEvent,
               (PHANDLE EventHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes,
                EVENT_TYPE EventType, BOOLEAN InitialState));
BERTH_FUNCTION(NTSTATUS, NtSetEvent, (HANDLE EventHandle, PLONG PreviousState));
BERTH_FUNCTION(NTSTATUS, NtResetEvent, (HANDLE EventHandle, PLONG PreviousState));
BERTH_FUNCTION(NTSTATUS, NtClearEvent, (HANDLE EventHandle));

/* ---- What is told ---------------------------------------------------------------------------- */

BERTH_FUNCTION(NTSTATUS, NtQueryObject,
               (HANDLE Handle, OBJECT_INFORMATION_CLASS ObjectInformationClass,
                PVOID ObjectInformation, ULONG ObjectInformationLength, PULONG ReturnLength));
BERTH_FUNCTION(NTSTATUS, NtQueryInformationProcess,
               (HANDLE ProcessHandle, PROCESSINFOCLASS ProcessInformationClass,
                PVOID ProcessInformation, ULONG ProcessInformationLength, PULONG ReturnLength));
BERTH_FUNCTION(NTSTATUS, NtQueryInformationThread,
               (HANDLE ThreadHandle, THREADINFOCLASS ThreadInformationClass,
                PVOID ThreadInformation, ULONG ThreadInformationLength, PULONG ReturnLength));
BERTH_FUNCTION(NTSTATUS, NtQuerySystemInformation,
               (SYSTEM_INFORMATION_CLASS SystemInformationClass, PVOID SystemInformation,
                ULONG SystemInformationLength, PULONG ReturnLength));

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

BERTH_FUNCTION(NTSTATUS, NtQueryVolumeInformationFile,
               (HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock, PVOID FsInformation,
                ULONG Length, FS_INFORMATION_CLASS FsInformationClass));
BERTH_FUNCTION(NTSTATUS, NtFsControlFile,
               (HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext,
                PIO_STATUS_BLOCK IoStatusBlock, ULONG FsControlCode, PVOID InputBuffer,
                ULONG InputBufferLength, PVOID OutputBuffer, ULONG OutputBufferLength));

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
BERTH_FUNCTION(VOID, RtlInitAnsiString, (PANSI_STRING DestinationString, PCSZ SourceString));
BERTH_FUNCTION(VOID, RtlFreeUnicodeString, (PUNICODE_STRING UnicodeString));
BERTH_FUNCTION(VOID, RtlInitUnicodeString,
               (PUNICODE_STRING DestinationString, PCWSTR SourceString));

#endif
