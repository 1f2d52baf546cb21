/* Names, attributes and times of files; searches. Included by fileapi.h, which has it all in the
 * SDK.
 */
#ifndef BERTH_WIN32_FILEFIND_H
#define BERTH_WIN32_FILEFIND_H

#include "winbase.h"

typedef enum _GET_FILEEX_INFO_LEVELS {
    GetFileExInfoStandard,
    GetFileExMaxInfoLevel
} GET_FILEEX_INFO_LEVELS;

typedef struct _WIN32_FILE_ATTRIBUTE_DATA {
    DWORD dwFileAttributes;
    FILETIME ftCreationTime;
    FILETIME ftLastAccessTime;
    FILETIME ftLastWriteTime;
    DWORD nFileSizeHigh;
    DWORD nFileSizeLow;
} WIN32_FILE_ATTRIBUTE_DATA, *LPWIN32_FILE_ATTRIBUTE_DATA;

typedef struct _BY_HANDLE_FILE_INFORMATION {
    DWORD dwFileAttributes;
    FILETIME ftCreationTime;
    FILETIME ftLastAccessTime;
    FILETIME ftLastWriteTime;
    DWORD dwVolumeSerialNumber;
    DWORD nFileSizeHigh;
    DWORD nFileSizeLow;
    DWORD nNumberOfLinks;
    DWORD nFileIndexHigh;
    DWORD nFileIndexLow;
} BY_HANDLE_FILE_INFORMATION, *PBY_HANDLE_FILE_INFORMATION, *LPBY_HANDLE_FILE_INFORMATION;

typedef struct _WIN32_FIND_DATAA {
    DWORD dwFileAttributes;
    FILETIME ftCreationTime;
    FILETIME ftLastAccessTime;
    FILETIME ftLastWriteTime;
    DWORD nFileSizeHigh;
    DWORD nFileSizeLow;
    DWORD dwReserved0;
    DWORD dwReserved1;
    CHAR cFileName[MAX_PATH];
    CHAR cAlternateFileName[14];
} WIN32_FIND_DATAA, *PWIN32_FIND_DATAA, *LPWIN32_FIND_DATAA;

typedef struct _WIN32_FIND_DATAW {
    DWORD dwFileAttributes;
    FILETIME ftCreationTime;
    FILETIME ftLastAccessTime;
    FILETIME ftLastWriteTime;
    DWORD nFileSizeHigh;
    DWORD nFileSizeLow;
    DWORD dwReserved0;
    DWORD dwReserved1;
    WCHAR cFileName[MAX_PATH];
    WCHAR cAlternateFileName[14];
} WIN32_FIND_DATAW, *PWIN32_FIND_DATAW, *LPWIN32_FIND_DATAW;

BERTH_FUNCTION(BOOL, MoveFileA, (LPCSTR lpExistingFileName, LPCSTR lpNewFileName));
BERTH_FUNCTION(BOOL, MoveFileW, (LPCWSTR lpExistingFileName, LPCWSTR lpNewFileName));
BERTH_FUNCTION(BOOL, MoveFileExA, (LPCSTR lpExistingFileName, LPCSTR lpNewFileName, DWORD dwFlags));
BERTH_FUNCTION(BOOL, MoveFileExW,
               (LPCWSTR lpExistingFileName, LPCWSTR lpNewFileName, DWORD dwFlags));
BERTH_FUNCTION(BOOL, CopyFileA,
               (LPCSTR lpExistingFileName, LPCSTR lpNewFileName, BOOL bFailIfExists));
BERTH_FUNCTION(BOOL, CopyFileW,
               (LPCWSTR lpExistingFileName, LPCWSTR lpNewFileName, BOOL bFailIfExists));

BERTH_FUNCTION(HANDLE, FindFirstFileA, (LPCSTR lpFileName, LPWIN32_FIND_DATAA lpFindFileData));
BERTH_FUNCTION(HANDLE, FindFirstFileW, (LPCWSTR lpFileName, LPWIN32_FIND_DATAW lpFindFileData));
BERTH_FUNCTION(BOOL, FindNextFileA, (HANDLE hFindFile, LPWIN32_FIND_DATAA lpFindFileData));
BERTH_FUNCTION(BOOL, FindNextFileW, (HANDLE hFindFile, LPWIN32_FIND_DATAW lpFindFileData));
BERTH_FUNCTION(BOOL, FindClose, (HANDLE hFindFile));

BERTH_FUNCTION(DWORD, GetFileAttributesA, (LPCSTR lpFileName));
BERTH_FUNCTION(DWORD, GetFileAttributesW, (LPCWSTR lpFileName));
BERTH_FUNCTION(BOOL, GetFileAttributesExA,
               (LPCSTR lpFileName, GET_FILEEX_INFO_LEVELS fInfoLevelId, LPVOID lpFileInformation));
BERTH_FUNCTION(BOOL, GetFileAttributesExW,
               (LPCWSTR lpFileName, GET_FILEEX_INFO_LEVELS fInfoLevelId, LPVOID lpFileInformation));
BERTH_FUNCTION(BOOL, SetFileAttributesA, (LPCSTR lpFileName, DWORD dwFileAttributes));
BERTH_FUNCTION(BOOL, SetFileAttributesW, (LPCWSTR lpFileName, DWORD dwFileAttributes));
BERTH_FUNCTION(BOOL, GetFileInformationByHandle,
               (HANDLE hFile, LPBY_HANDLE_FILE_INFORMATION lpFileInformation));
BERTH_FUNCTION(BOOL, GetFileTime,
               (HANDLE hFile, LPFILETIME lpCreationTime, LPFILETIME lpLastAccessTime,
                LPFILETIME lpLastWriteTime));
BERTH_FUNCTION(BOOL, SetFileTime,
               (HANDLE hFile, const FILETIME *lpCreationTime, const FILETIME *lpLastAccessTime,
                const FILETIME *lpLastWriteTime));

BERTH_FUNCTION(DWORD, GetCurrentDirectoryA, (DWORD nBufferLength, LPSTR lpBuffer));
BERTH_FUNCTION(DWORD, GetCurrentDirectoryW, (DWORD nBufferLength, LPWSTR lpBuffer));
BERTH_FUNCTION(BOOL, SetCurrentDirectoryA, (LPCSTR lpPathName));
BERTH_FUNCTION(BOOL, SetCurrentDirectoryW, (LPCWSTR lpPathName));
BERTH_FUNCTION(DWORD, GetFullPathNameA,
               (LPCSTR lpFileName, DWORD nBufferLength, LPSTR lpBuffer, LPSTR *lpFilePart));
BERTH_FUNCTION(DWORD, GetFullPathNameW,
               (LPCWSTR lpFileName, DWORD nBufferLength, LPWSTR lpBuffer, LPWSTR *lpFilePart));

#if defined(UNICODE)
typedef WIN32_FIND_DATAW WIN32_FIND_DATA, *PWIN32_FIND_DATA, *LPWIN32_FIND_DATA;
#define MoveFile MoveFileW
#define MoveFileEx MoveFileExW
#define CopyFile CopyFileW
#define FindFirstFile FindFirstFileW
#define FindNextFile FindNextFileW
#define GetFileAttributes GetFileAttributesW
#define GetFileAttributesEx GetFileAttributesExW
#define SetFileAttributes SetFileAttributesW
#define GetCurrentDirectory GetCurrentDirectoryW
#define SetCurrentDirectory SetCurrentDirectoryW
#define GetFullPathName GetFullPathNameW
#else
typedef WIN32_FIND_DATAA WIN32_FIND_DATA, *PWIN32_FIND_DATA, *LPWIN32_FIND_DATA;
#define MoveFile MoveFileA
#define MoveFileEx MoveFileExA
#define CopyFile CopyFileA
#define FindFirstFile FindFirstFileA
#define FindNextFile FindNextFileA
#define GetFileAttributes GetFileAttributesA
#define GetFileAttributesEx GetFileAttributesExA
#define SetFileAttributes SetFileAttributesA
#define GetCurrentDirectory GetCurrentDirectoryA
#define SetCurrentDirectory SetCurrentDirectoryA
#define GetFullPathName GetFullPathNameA
#endif

#endif
