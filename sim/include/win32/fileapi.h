/* Files, folders and anonymous pipes. Included by windows.h. */
#ifndef BERTH_WIN32_FILEAPI_H
#define BERTH_WIN32_FILEAPI_H

#include "winbase.h"

#define FILE_READ_DATA 0x0001
#define FILE_LIST_DIRECTORY 0x0001
#define FILE_WRITE_DATA 0x0002
#define FILE_ADD_FILE 0x0002
#define FILE_APPEND_DATA 0x0004
#define FILE_ADD_SUBDIRECTORY 0x0004
#define FILE_READ_EA 0x0008
#define FILE_WRITE_EA 0x0010
#define FILE_EXECUTE 0x0020
#define FILE_TRAVERSE 0x0020
#define FILE_DELETE_CHILD 0x0040
#define FILE_READ_ATTRIBUTES 0x0080
#define FILE_WRITE_ATTRIBUTES 0x0100
#define FILE_ALL_ACCESS 0x001F01FF
#define FILE_GENERIC_READ 0x00120089
#define FILE_GENERIC_WRITE 0x00120116
#define FILE_GENERIC_EXECUTE 0x001200A0

#define FILE_SHARE_READ 0x00000001
#define FILE_SHARE_WRITE 0x00000002
#define FILE_SHARE_DELETE 0x00000004

#define CREATE_NEW 1
#define CREATE_ALWAYS 2
#define OPEN_EXISTING 3
#define OPEN_ALWAYS 4
#define TRUNCATE_EXISTING 5

#define FILE_ATTRIBUTE_READONLY 0x00000001
#define FILE_ATTRIBUTE_HIDDEN 0x00000002
#define FILE_ATTRIBUTE_SYSTEM 0x00000004
#define FILE_ATTRIBUTE_DIRECTORY 0x00000010
#define FILE_ATTRIBUTE_ARCHIVE 0x00000020
#define FILE_ATTRIBUTE_NORMAL 0x00000080
#define FILE_ATTRIBUTE_TEMPORARY 0x00000100
#define INVALID_FILE_ATTRIBUTES ((DWORD)-1)

#define FILE_FLAG_OPEN_REPARSE_POINT 0x00200000
#define FILE_FLAG_POSIX_SEMANTICS 0x01000000
#define FILE_FLAG_BACKUP_SEMANTICS 0x02000000
#define FILE_FLAG_DELETE_ON_CLOSE 0x04000000
#define FILE_FLAG_SEQUENTIAL_SCAN 0x08000000
#define FILE_FLAG_RANDOM_ACCESS 0x10000000
#define FILE_FLAG_NO_BUFFERING 0x20000000
#define FILE_FLAG_OVERLAPPED 0x40000000
#define FILE_FLAG_WRITE_THROUGH 0x80000000

#define FILE_BEGIN 0
#define FILE_CURRENT 1
#define FILE_END 2
#define INVALID_FILE_SIZE ((DWORD)0xFFFFFFFF)
#define INVALID_SET_FILE_POINTER ((DWORD)-1)

#define FILE_TYPE_UNKNOWN 0x0000
#define FILE_TYPE_DISK 0x0001
#define FILE_TYPE_CHAR 0x0002
#define FILE_TYPE_PIPE 0x0003

#define MOVEFILE_REPLACE_EXISTING 0x00000001
#define MOVEFILE_COPY_ALLOWED 0x00000002
#define MOVEFILE_WRITE_THROUGH 0x00000008

BERTH_FUNCTION(HANDLE, CreateFileA,
               (LPCSTR lpFileName, DWORD dwDesiredAccess, DWORD dwShareMode,
                LPSECURITY_ATTRIBUTES lpSecurityAttributes, DWORD dwCreationDisposition,
                DWORD dwFlagsAndAttributes, HANDLE hTemplateFile));
BERTH_FUNCTION(HANDLE, CreateFileW,
               (LPCWSTR lpFileName, DWORD dwDesiredAccess, DWORD dwShareMode,
                LPSECURITY_ATTRIBUTES lpSecurityAttributes, DWORD dwCreationDisposition,
                DWORD dwFlagsAndAttributes, HANDLE hTemplateFile));
BERTH_FUNCTION(BOOL, DeleteFileA, (LPCSTR lpFileName));
BERTH_FUNCTION(BOOL, DeleteFileW, (LPCWSTR lpFileName));
BERTH_FUNCTION(BOOL, CreateDirectoryA,
               (LPCSTR lpPathName, LPSECURITY_ATTRIBUTES lpSecurityAttributes));
BERTH_FUNCTION(BOOL, CreateDirectoryW,
               (LPCWSTR lpPathName, LPSECURITY_ATTRIBUTES lpSecurityAttributes));
BERTH_FUNCTION(BOOL, RemoveDirectoryA, (LPCSTR lpPathName));
BERTH_FUNCTION(BOOL, RemoveDirectoryW, (LPCWSTR lpPathName));

BERTH_FUNCTION(DWORD, SetFilePointer,
               (HANDLE hFile, LONG lDistanceToMove, PLONG lpDistanceToMoveHigh,
                DWORD dwMoveMethod));
BERTH_FUNCTION(BOOL, SetFilePointerEx,
               (HANDLE hFile, LARGE_INTEGER liDistanceToMove, PLARGE_INTEGER lpNewFilePointer,
                DWORD dwMoveMethod));
BERTH_FUNCTION(BOOL, SetEndOfFile, (HANDLE hFile));
BERTH_FUNCTION(DWORD, GetFileSize, (HANDLE hFile, LPDWORD lpFileSizeHigh));
BERTH_FUNCTION(BOOL, GetFileSizeEx, (HANDLE hFile, PLARGE_INTEGER lpFileSize));
BERTH_FUNCTION(BOOL, FlushFileBuffers, (HANDLE hFile));
BERTH_FUNCTION(DWORD, GetFileType, (HANDLE hFile));

BERTH_FUNCTION(DWORD, GetTempPathA, (DWORD nBufferLength, LPSTR lpBuffer));
BERTH_FUNCTION(DWORD, GetTempPathW, (DWORD nBufferLength, LPWSTR lpBuffer));
BERTH_FUNCTION(UINT, GetTempFileNameA,
               (LPCSTR lpPathName, LPCSTR lpPrefixString, UINT uUnique, LPSTR lpTempFileName));
BERTH_FUNCTION(UINT, GetTempFileNameW,
               (LPCWSTR lpPathName, LPCWSTR lpPrefixString, UINT uUnique, LPWSTR lpTempFileName));

#if defined(UNICODE)
#define CreateFile CreateFileW
#define DeleteFile DeleteFileW
#define CreateDirectory CreateDirectoryW
#define RemoveDirectory RemoveDirectoryW
#define GetTempPath GetTempPathW
#define GetTempFileName GetTempFileNameW
#else
#define CreateFile CreateFileA
#define DeleteFile DeleteFileA
#define CreateDirectory CreateDirectoryA
#define RemoveDirectory RemoveDirectoryA
#define GetTempPath GetTempPathA
#define GetTempFileName GetTempFileNameA
#endif

#include "filefind.h"

#endif
