/* Names of files that Windows makes up or completes: the current folder, full paths, temporary
 * files.
 */
#include <string.h>

#include "sim/engine/check.h"
#include "sim/runtime/crt.h"
#include "sim/runtime/files.h"
#include "sim/runtime/program.h"
#include "sim/runtime/sysinfo.h"

/* The length of a text that fits into `size`, or the size that it takes with its end. */
static DWORD answer_length(size_t length, size_t size)
{
    return (DWORD)(length < size ? length : length + 1);
}

/* ---- The current folder ---------------------------------------------------------------------- */

bool guest_give_folder(struct process *process, struct file_text path)
{
    struct belongings *belongings = belongings_of(process);
    size_t size = path.length * sizeof *path.units;
    uint16_t *folder =
        belongings == NULL ? NULL : arena_take(&process->object.nt->engine->arena, size);
    if (folder == NULL)
        return false;
    memcpy(folder, path.units, size);
    program_drop_folder(process);
    belongings->folder = folder;
    belongings->folder_length = path.length;
    return true;
}

bool guest_is_folder(nt_status found, const struct guest_path *path)
{
    struct open_file *file = guest_open(found, path, 0, 0);
    if (file == NULL)
        return false;
    bool directory = file_is_directory(file);
    guest_let_go(file);
    return directory || guest_fail(ERROR_DIRECTORY);
}

static BOOL set_folder(nt_status found, const struct guest_path *path)
{
    if (!guest_is_folder(found, path))
        return FALSE;
    if (!guest_give_folder(guest_process(), guest_path_text(path)))
        return guest_fail(ERROR_NOT_ENOUGH_MEMORY);
    return TRUE;
}

BOOL SetCurrentDirectoryA(LPCSTR lpPathName)
{
    struct guest_path path;
    guest_note();
    return set_folder(guest_path_narrow(lpPathName, &path), &path);
}

BOOL SetCurrentDirectoryW(LPCWSTR lpPathName)
{
    struct guest_path path;
    guest_note();
    return set_folder(guest_path_wide(lpPathName, &path), &path);
}

DWORD GetCurrentDirectoryA(DWORD nBufferLength, LPSTR lpBuffer)
{
    struct guest_path path;
    guest_note();
    nt_status status = guest_path_narrow(".", &path);
    ASSERT(status == STATUS_SUCCESS);
    size_t size = lpBuffer == NULL ? 0 : nBufferLength;
    return answer_length(guest_path_write_narrow(guest_path_text(&path), lpBuffer, size), size);
}

DWORD GetCurrentDirectoryW(DWORD nBufferLength, LPWSTR lpBuffer)
{
    struct guest_path path;
    guest_note();
    nt_status status = guest_path_narrow(".", &path);
    ASSERT(status == STATUS_SUCCESS);
    size_t size = lpBuffer == NULL ? 0 : nBufferLength;
    return answer_length(guest_path_write_wide(guest_path_text(&path), lpBuffer, size), size);
}

/* ---- Full paths ------------------------------------------------------------------------------ */

/* A slash at the end stays. */
static struct file_text full_text(struct guest_path *path)
{
    if (path->folder && path->length > 1 && path->length < GUEST_PATH_MAX)
        path->units[path->length++] = '\\';
    return guest_path_text(path);
}

DWORD GetFullPathNameW(LPCWSTR lpFileName, DWORD nBufferLength, LPWSTR lpBuffer, LPWSTR *lpFilePart)
{
    struct guest_path path;
    guest_note();
    nt_status status = guest_path_wide(lpFileName, &path);
    if (status != STATUS_SUCCESS)
        return (DWORD)guest_answer(status);
    size_t size = lpBuffer == NULL ? 0 : nBufferLength;
    size_t length = guest_path_write_wide(full_text(&path), lpBuffer, size);
    if (length < size && lpFilePart != NULL) {
        WCHAR *part = berth_wcsrchr(lpBuffer, '\\') + 1;
        *lpFilePart = *part == 0 ? NULL : part;
    }
    return answer_length(length, size);
}

DWORD GetFullPathNameA(LPCSTR lpFileName, DWORD nBufferLength, LPSTR lpBuffer, LPSTR *lpFilePart)
{
    struct guest_path path;
    guest_note();
    nt_status status = guest_path_narrow(lpFileName, &path);
    if (status != STATUS_SUCCESS)
        return (DWORD)guest_answer(status);
    size_t size = lpBuffer == NULL ? 0 : nBufferLength;
    size_t length = guest_path_write_narrow(full_text(&path), lpBuffer, size);
    if (length < size && lpFilePart != NULL) {
        char *part = strrchr(lpBuffer, '\\') + 1;
        *lpFilePart = *part == '\0' ? NULL : part;
    }
    return answer_length(length, size);
}

/* ---- Temporary files ------------------------------------------------------------------------- */

/* The user's own folder, made when it is asked for; what is in it is his. */
static nt_status make_folders(const struct guest_path *path)
{
    struct volume *volume = volume_of(guest_nt());
    struct file_text part = {path->units, 0};
    nt_status status = volume == NULL ? STATUS_INSUFFICIENT_RESOURCES : STATUS_SUCCESS;
    while (status == STATUS_SUCCESS && part.length < path->length) {
        struct place place;
        struct node *node;
        do
            part.length++;
        while (part.length < path->length && path->units[part.length] != '\\');
        status = volume_find(volume, part, &place);
        if (status == STATUS_OBJECT_NAME_NOT_FOUND)
            status = node_create(volume, &place, NODE_DIRECTORY, &node);
    }
    return status;
}

/* TMP, then TEMP, where they name a folder of this machine's and not of the host's. */
static const char *told_folder(void)
{
    static const char *const names[] = {"TMP", "TEMP"};
    for (size_t i = 0; i < ARRAYSIZE(names); i++) {
        const char *value = berth_getenv(names[i]);
        if (value != NULL && value[0] != '\0' && value[1] == ':')
            return value;
    }
    return NULL;
}

/* Ends in a backslash. */
static void find_temporary(struct guest_path *path)
{
    char text[MAX_PATH];
    const char *told = told_folder();
    if (told == NULL || guest_path_narrow(told, path) != STATUS_SUCCESS) {
        snprintf(text, sizeof text, "C:\\Users\\%s\\AppData\\Local\\Temp",
                 account_name(guest_process()->token.account));
        nt_status status = guest_path_narrow(text, path);
        ASSERT(status == STATUS_SUCCESS);
        make_folders(path); /* without room for it, whoever uses it is told */
    }
    if (path->length > 1)
        path->units[path->length++] = '\\';
}

DWORD GetTempPathA(DWORD nBufferLength, LPSTR lpBuffer)
{
    struct guest_path path;
    guest_note();
    find_temporary(&path);
    size_t size = lpBuffer == NULL ? 0 : nBufferLength;
    return answer_length(guest_path_write_narrow(guest_path_text(&path), lpBuffer, size), size);
}

DWORD GetTempPathW(DWORD nBufferLength, LPWSTR lpBuffer)
{
    struct guest_path path;
    guest_note();
    find_temporary(&path);
    size_t size = lpBuffer == NULL ? 0 : nBufferLength;
    return answer_length(guest_path_write_wide(guest_path_text(&path), lpBuffer, size), size);
}

enum { FOLDER_MAX = MAX_PATH - 14, PREFIX_MAX = 3, NUMBERS = 0x10000 };

/* Makes the file; false, with the last error, when it cannot be. `*again`: it was there. */
static bool make_empty(const uint16_t *name, bool *again)
{
    HANDLE file =
        CreateFileW(name, GENERIC_WRITE, 0, NULL, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, NULL);
    *again = file == INVALID_HANDLE_VALUE && GetLastError() == ERROR_FILE_EXISTS;
    return file != INVALID_HANDLE_VALUE && CloseHandle(file);
}

static void name_number(uint16_t *end, UINT number)
{
    char text[16];
    snprintf(text, sizeof text, "%X.tmp", (unsigned)number & 0xFFFF);
    ascii_widen(text, end);
}

/* A number of the caller's makes no file; without one it is drawn, and the first that is free. */
UINT GetTempFileNameW(LPCWSTR lpPathName, LPCWSTR lpPrefixString, UINT uUnique,
                      LPWSTR lpTempFileName)
{
    struct guest_path path;
    bool again = true;
    size_t length = lpPathName == NULL ? 0 : berth_wcslen(lpPathName);
    guest_note();
    if (length > FOLDER_MAX)
        return (UINT)guest_fail(ERROR_BUFFER_OVERFLOW);
    if (!guest_is_folder(guest_path_wide(lpPathName, &path), &path))
        return (UINT)guest_fail(ERROR_DIRECTORY);
    berth_wcscpy(lpTempFileName, lpPathName);
    if (lpTempFileName[length - 1] != '\\' && lpTempFileName[length - 1] != '/')
        lpTempFileName[length++] = '\\';
    for (size_t i = 0; i < PREFIX_MAX && lpPrefixString != NULL && lpPrefixString[i] != 0; i++)
        lpTempFileName[length++] = lpPrefixString[i];
    name_number(lpTempFileName + length, uUnique);
    if (uUnique != 0)
        return uUnique;
    UINT number = (UINT)choose(&guest_nt()->engine->choices, CHOICE_IDENTITY, NUMBERS);
    for (UINT tries = 0; tries < NUMBERS && again; tries++) {
        number = (number + 1) % NUMBERS == 0 ? 1 : (number + 1) % NUMBERS;
        name_number(lpTempFileName + length, number);
        if (make_empty(lpTempFileName, &again))
            return number;
    }
    return 0;
}

UINT GetTempFileNameA(LPCSTR lpPathName, LPCSTR lpPrefixString, UINT uUnique, LPSTR lpTempFileName)
{
    WCHAR folder[MAX_PATH], prefix[MAX_PATH] = {0}, name[MAX_PATH + 16];
    size_t size = lpPathName == NULL ? 0 : strlen(lpPathName);
    if (size > FOLDER_MAX)
        return (UINT)guest_fail(ERROR_BUFFER_OVERFLOW);
    berth_mbstowcs(folder, size == 0 ? "" : lpPathName, ARRAYSIZE(folder));
    if (lpPrefixString != NULL)
        berth_mbstowcs(prefix, lpPrefixString, ARRAYSIZE(prefix) - 1);
    UINT number = GetTempFileNameW(folder, prefix, uUnique, name);
    if (number != 0)
        berth_wcstombs(lpTempFileName, name, MAX_PATH);
    return number;
}
