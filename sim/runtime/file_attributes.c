/* Attributes and times of files. */
#include <string.h>

#include "sim/runtime/files.h"

/* ---- Times ----------------------------------------------------------------------------------- */

static FILETIME filetime(uint64_t ticks)
{
    return (FILETIME){.dwLowDateTime = (DWORD)ticks, .dwHighDateTime = (DWORD)(ticks >> 32)};
}

FILETIME guest_file_time(int64_t time)
{
    return filetime(guest_ticks(0) + (uint64_t)time);
}

static int64_t guest_time_of_file(const FILETIME *time)
{
    uint64_t ticks = (uint64_t)time->dwHighDateTime << 32 | time->dwLowDateTime;
    return (int64_t)(ticks - guest_ticks(0));
}

static bool may_answer(LPFILETIME time)
{
    return time == NULL || guest_may_write(time, sizeof *time);
}

BOOL GetFileTime(HANDLE hFile, LPFILETIME lpCreationTime, LPFILETIME lpLastAccessTime,
                 LPFILETIME lpLastWriteTime)
{
    guest_note();
    const struct open_file *file = guest_open_file(hFile);
    if (file == NULL)
        return FALSE;
    if (!may_answer(lpCreationTime) || !may_answer(lpLastAccessTime) ||
        !may_answer(lpLastWriteTime))
        return guest_fail(ERROR_NOACCESS);
    if (lpCreationTime != NULL)
        *lpCreationTime = guest_file_time(file->node->created);
    if (lpLastAccessTime != NULL)
        *lpLastAccessTime = guest_file_time(file->node->accessed);
    if (lpLastWriteTime != NULL)
        *lpLastWriteTime = guest_file_time(file->node->written);
    return TRUE;
}

/* A time of 0, or of all ones, leaves what was. */
static void set_time(const FILETIME *time, int64_t *to)
{
    if (time == NULL)
        return;
    bool none = time->dwLowDateTime == 0 && time->dwHighDateTime == 0;
    bool ones = time->dwLowDateTime == UINT32_MAX && time->dwHighDateTime == UINT32_MAX;
    if (!none && !ones)
        *to = guest_time_of_file(time);
}

BOOL SetFileTime(HANDLE hFile, const FILETIME *lpCreationTime, const FILETIME *lpLastAccessTime,
                 const FILETIME *lpLastWriteTime)
{
    guest_note();
    struct open_file *file = guest_open_file(hFile);
    if (file == NULL)
        return FALSE;
    if ((file->rights & RIGHT_WRITE_ATTRIBUTES) == 0)
        return guest_answer(STATUS_ACCESS_DENIED);
    set_time(lpCreationTime, &file->node->created);
    set_time(lpLastAccessTime, &file->node->accessed);
    set_time(lpLastWriteTime, &file->node->written);
    return TRUE;
}

/* ---- Attributes ------------------------------------------------------------------------------ */

static DWORD attributes_by_name(nt_status found, const struct guest_path *path)
{
    struct open_file *file = guest_open(found, path, 0, 0);
    if (file == NULL)
        return INVALID_FILE_ATTRIBUTES;
    DWORD attributes = guest_attributes(file->node);
    guest_let_go(file);
    return attributes;
}

DWORD GetFileAttributesA(LPCSTR lpFileName)
{
    struct guest_path path;
    guest_note();
    return attributes_by_name(guest_path_narrow(lpFileName, &path), &path);
}

DWORD GetFileAttributesW(LPCWSTR lpFileName)
{
    struct guest_path path;
    guest_note();
    return attributes_by_name(guest_path_wide(lpFileName, &path), &path);
}

static BOOL set_attributes(nt_status found, const struct guest_path *path, DWORD attributes)
{
    struct open_file *file = guest_open(found, path, RIGHT_WRITE_ATTRIBUTES, 0);
    if (file == NULL)
        return FALSE;
    file->node->attributes =
        (file->node->attributes & NODE_DIRECTORY) | (attributes & NODE_ATTRIBUTES_SETTABLE);
    guest_let_go(file);
    return TRUE;
}

BOOL SetFileAttributesA(LPCSTR lpFileName, DWORD dwFileAttributes)
{
    struct guest_path path;
    guest_note();
    return set_attributes(guest_path_narrow(lpFileName, &path), &path, dwFileAttributes);
}

BOOL SetFileAttributesW(LPCWSTR lpFileName, DWORD dwFileAttributes)
{
    struct guest_path path;
    guest_note();
    return set_attributes(guest_path_wide(lpFileName, &path), &path, dwFileAttributes);
}

static BOOL information_by_name(nt_status found, const struct guest_path *path,
                                GET_FILEEX_INFO_LEVELS level, LPVOID information)
{
    if (level != GetFileExInfoStandard)
        return guest_fail(ERROR_INVALID_PARAMETER);
    if (!guest_may_write(information, sizeof(WIN32_FILE_ATTRIBUTE_DATA)))
        return guest_fail(ERROR_NOACCESS);
    struct open_file *file = guest_open(found, path, 0, 0);
    if (file == NULL)
        return FALSE;
    const struct node *node = file->node;
    const WIN32_FILE_ATTRIBUTE_DATA data = {
        .dwFileAttributes = guest_attributes(node),
        .ftCreationTime = guest_file_time(node->created),
        .ftLastAccessTime = guest_file_time(node->accessed),
        .ftLastWriteTime = guest_file_time(node->written),
        .nFileSizeHigh = (DWORD)(node->size >> 32),
        .nFileSizeLow = (DWORD)node->size,
    };
    memcpy(information, &data, sizeof data);
    guest_let_go(file);
    return TRUE;
}

BOOL GetFileAttributesExA(LPCSTR lpFileName, GET_FILEEX_INFO_LEVELS fInfoLevelId,
                          LPVOID lpFileInformation)
{
    struct guest_path path;
    guest_note();
    return information_by_name(guest_path_narrow(lpFileName, &path), &path, fInfoLevelId,
                               lpFileInformation);
}

BOOL GetFileAttributesExW(LPCWSTR lpFileName, GET_FILEEX_INFO_LEVELS fInfoLevelId,
                          LPVOID lpFileInformation)
{
    struct guest_path path;
    guest_note();
    return information_by_name(guest_path_wide(lpFileName, &path), &path, fInfoLevelId,
                               lpFileInformation);
}

/* A file that was deleted has no name any more. */
BOOL GetFileInformationByHandle(HANDLE hFile, LPBY_HANDLE_FILE_INFORMATION lpFileInformation)
{
    guest_note();
    const struct open_file *file = guest_open_file(hFile);
    if (file == NULL)
        return FALSE;
    if (!guest_may_write(lpFileInformation, sizeof *lpFileInformation))
        return guest_fail(ERROR_NOACCESS);
    const struct node *node = file->node;
    bool named = node->parent != NULL || node == file_volume(file)->root;
    *lpFileInformation = (BY_HANDLE_FILE_INFORMATION){
        .dwFileAttributes = guest_attributes(node),
        .ftCreationTime = guest_file_time(node->created),
        .ftLastAccessTime = guest_file_time(node->accessed),
        .ftLastWriteTime = guest_file_time(node->written),
        .dwVolumeSerialNumber = file_volume(file)->serial,
        .nFileSizeHigh = (DWORD)(node->size >> 32),
        .nFileSizeLow = (DWORD)node->size,
        .nNumberOfLinks = named ? 1 : 0,
        .nFileIndexHigh = (DWORD)(node->id >> 32),
        .nFileIndexLow = (DWORD)node->id,
    };
    return TRUE;
}
