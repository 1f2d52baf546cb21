/* FindFirstFile, FindNextFile, FindClose. A search is a handle of the process' to the folder; what
 * Windows gives for one is no kernel object's, and CloseHandle would not take it.
 */
#include <string.h>

#include "sim/nt/file_search.h"
#include "sim/runtime/crt.h"
#include "sim/runtime/files.h"
#include "sim/runtime/utf.h"

/* ---- What is told of an entry ---------------------------------------------------------------- */

static WIN32_FIND_DATAW describe(const struct found *found)
{
    const struct node *node = found->node;
    WIN32_FIND_DATAW data = {
        .dwFileAttributes = guest_attributes(node),
        .ftCreationTime = guest_file_time(node->created),
        .ftLastAccessTime = guest_file_time(node->accessed),
        .ftLastWriteTime = guest_file_time(node->written),
        .nFileSizeHigh = (DWORD)(node->size >> 32),
        .nFileSizeLow = (DWORD)node->size,
    };
    memcpy(data.cFileName, found->name.units, found->name.length * sizeof *found->name.units);
    return data;
}

/* A name whose UTF-8 is too long is cut. */
static void narrow(const WIN32_FIND_DATAW *from, WIN32_FIND_DATAA *to)
{
    *to = (WIN32_FIND_DATAA){
        .dwFileAttributes = from->dwFileAttributes,
        .ftCreationTime = from->ftCreationTime,
        .ftLastAccessTime = from->ftLastAccessTime,
        .ftLastWriteTime = from->ftLastWriteTime,
        .nFileSizeHigh = from->nFileSizeHigh,
        .nFileSizeLow = from->nFileSizeLow,
    };
    size_t length = berth_wcslen(from->cFileName), used = 0, size = 0;
    for (size_t at = 0; at < length && size + 4 < sizeof to->cFileName; at += used)
        size +=
            utf8_write(utf16_read(from->cFileName + at, length - at, &used), to->cFileName + size);
}

/* ---- The search ------------------------------------------------------------------------------ */

static HANDLE fail(nt_status status)
{
    guest_answer(status);
    return INVALID_HANDLE_VALUE;
}

/* The first entry, or that there is none. */
static nt_status begin(struct open_file *folder, struct file_text pattern, WIN32_FIND_DATAW *data)
{
    struct found found;
    if (pattern.length > FILE_NAME_MAX)
        return STATUS_OBJECT_NAME_INVALID;
    nt_status status = search_begin(folder, pattern);
    if (status == STATUS_SUCCESS)
        status = search_next(folder, &found);
    if (status == STATUS_NO_MORE_FILES)
        return STATUS_OBJECT_NAME_NOT_FOUND;
    if (status == STATUS_SUCCESS)
        *data = describe(&found);
    return status;
}

/* A name with a slash at its end is nobody's: what is in a folder is found by a pattern. */
static HANDLE find_first(nt_status found, struct guest_path *path, WIN32_FIND_DATAW *data)
{
    if (found != STATUS_SUCCESS)
        return fail(found);
    if (path->folder || path->length < 2)
        return fail(STATUS_OBJECT_NAME_NOT_FOUND);
    struct file_text pattern = guest_path_split(path);
    struct open_file *folder = guest_open(found, path, RIGHT_READ, 0);
    if (folder == NULL) {
        bool missing = GetLastError() == ERROR_FILE_NOT_FOUND;
        return missing ? fail(STATUS_OBJECT_PATH_NOT_FOUND) : INVALID_HANDLE_VALUE;
    }
    nt_status status =
        file_is_directory(folder) ? begin(folder, pattern, data) : STATUS_NOT_A_DIRECTORY;
    if (status != STATUS_SUCCESS) {
        guest_let_go(folder);
        return fail(status);
    }
    HANDLE handle = guest_give_handle(&folder->file.object, NULL);
    return handle == NULL ? INVALID_HANDLE_VALUE : handle;
}

static struct open_file *search_of(HANDLE handle)
{
    struct open_file *folder = guest_open_file(handle);
    if (folder == NULL || folder->search != NULL)
        return folder;
    guest_fail(ERROR_INVALID_HANDLE);
    return NULL;
}

static bool find_next(HANDLE handle, WIN32_FIND_DATAW *data)
{
    struct found found;
    struct open_file *folder = search_of(handle);
    if (folder == NULL || !guest_answer(search_next(folder, &found)))
        return false;
    *data = describe(&found);
    return true;
}

HANDLE FindFirstFileW(LPCWSTR lpFileName, LPWIN32_FIND_DATAW lpFindFileData)
{
    struct guest_path path;
    guest_preempt();
    if (!guest_may_write(lpFindFileData, sizeof *lpFindFileData))
        return fail(STATUS_ACCESS_VIOLATION);
    return find_first(guest_path_wide(lpFileName, &path), &path, lpFindFileData);
}

HANDLE FindFirstFileA(LPCSTR lpFileName, LPWIN32_FIND_DATAA lpFindFileData)
{
    struct guest_path path;
    WIN32_FIND_DATAW data;
    guest_preempt();
    if (!guest_may_write(lpFindFileData, sizeof *lpFindFileData))
        return fail(STATUS_ACCESS_VIOLATION);
    HANDLE handle = find_first(guest_path_narrow(lpFileName, &path), &path, &data);
    if (handle != INVALID_HANDLE_VALUE)
        narrow(&data, lpFindFileData);
    return handle;
}

BOOL FindNextFileW(HANDLE hFindFile, LPWIN32_FIND_DATAW lpFindFileData)
{
    guest_note();
    if (!guest_may_write(lpFindFileData, sizeof *lpFindFileData))
        return guest_fail(ERROR_NOACCESS);
    return find_next(hFindFile, lpFindFileData);
}

BOOL FindNextFileA(HANDLE hFindFile, LPWIN32_FIND_DATAA lpFindFileData)
{
    WIN32_FIND_DATAW data;
    guest_note();
    if (!guest_may_write(lpFindFileData, sizeof *lpFindFileData))
        return guest_fail(ERROR_NOACCESS);
    if (!find_next(hFindFile, &data))
        return FALSE;
    narrow(&data, lpFindFileData);
    return TRUE;
}

BOOL FindClose(HANDLE hFindFile)
{
    guest_note();
    return search_of(hFindFile) != NULL &&
           guest_answer(handle_close(guest_process(), guest_number(hFindFile)));
}
