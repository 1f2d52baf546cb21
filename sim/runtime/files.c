/* Files by name: opening, deleting, moving, copying; folders. */
#include "sim/runtime/files.h"

#include "sim/engine/check.h"

/* ---- CreateFile ------------------------------------------------------------------------------ */

struct creation {
    DWORD access, share, disposition, flags;
    const SECURITY_ATTRIBUTES *attributes;
};

uint32_t guest_file_rights(DWORD access)
{
    static const struct {
        DWORD generic;
        uint32_t rights;
    } generics[] = {
        {GENERIC_READ, FILE_GENERIC_READ},
        {GENERIC_WRITE, FILE_GENERIC_WRITE},
        {GENERIC_EXECUTE, FILE_GENERIC_EXECUTE},
        {GENERIC_ALL, FILE_ALL_ACCESS},
        {MAXIMUM_ALLOWED, FILE_GENERIC_READ | FILE_GENERIC_WRITE},
    };
    uint32_t rights = access;
    for (size_t i = 0; i < ARRAYSIZE(generics); i++)
        if ((access & generics[i].generic) != 0)
            rights = (rights & ~generics[i].generic) | generics[i].rights;
    return rights;
}

static uint32_t rights_of(const struct creation *creation)
{
    uint32_t rights = guest_file_rights(creation->access) | FILE_READ_ATTRIBUTES;
    return (creation->flags & FILE_FLAG_DELETE_ON_CLOSE) != 0 ? rights | DELETE : rights;
}

static uint32_t options_of(const struct creation *creation)
{
    uint32_t options = 0;
    if ((creation->flags & FILE_FLAG_OVERLAPPED) == 0)
        options |= WANTS_SYNCHRONOUS;
    if ((creation->flags & FILE_FLAG_BACKUP_SEMANTICS) == 0)
        options |= WANTS_NO_DIRECTORY;
    if ((creation->flags & FILE_FLAG_DELETE_ON_CLOSE) != 0)
        options |= WANTS_DELETE_ON_CLOSE;
    return options;
}

static const uint32_t dispositions[] = {
    [CREATE_NEW] = DISPOSE_CREATE,           [CREATE_ALWAYS] = DISPOSE_OVERWRITE_IF,
    [OPEN_EXISTING] = DISPOSE_OPEN,          [OPEN_ALWAYS] = DISPOSE_OPEN_IF,
    [TRUNCATE_EXISTING] = DISPOSE_OVERWRITE,
};

static HANDLE fail(DWORD error)
{
    guest_fail(error);
    return INVALID_HANDLE_VALUE;
}

/* That the file was there already is told of a success. */
static HANDLE give_handle(struct open_file *file, const struct creation *creation,
                          enum file_outcome outcome)
{
    bool may_be_old =
        creation->disposition == CREATE_ALWAYS || creation->disposition == OPEN_ALWAYS;
    HANDLE handle = guest_give_handle(&file->file.object, creation->attributes);
    if (handle == NULL)
        return INVALID_HANDLE_VALUE;
    guest_fail(may_be_old && outcome != WAS_CREATED ? ERROR_ALREADY_EXISTS : ERROR_SUCCESS);
    return handle;
}

static HANDLE create_file(nt_status found, const struct guest_path *path,
                          const struct creation *creation)
{
    struct open_file *file;
    enum file_outcome outcome;
    bool truncates = creation->disposition == TRUNCATE_EXISTING;
    if (creation->disposition < CREATE_NEW || creation->disposition > TRUNCATE_EXISTING ||
        (truncates && (creation->access & GENERIC_WRITE) == 0))
        return fail(ERROR_INVALID_PARAMETER);
    if (found != STATUS_SUCCESS)
        return fail(nt_status_to_win32(found));
    if (path->folder && (creation->flags & FILE_FLAG_BACKUP_SEMANTICS) == 0)
        return fail(ERROR_INVALID_NAME);
    const struct file_opening opening = {
        .path = guest_path_text(path),
        .rights = rights_of(creation),
        .share = creation->share & SHARES_ALL,
        .disposition = dispositions[creation->disposition],
        .options = options_of(creation),
        .attributes = creation->flags & NODE_ATTRIBUTES_SETTABLE,
        .token = &guest_process()->token,
    };
    nt_status status = file_open(guest_nt(), &opening, &file, &outcome);
    if (status == STATUS_SUCCESS)
        return give_handle(file, creation, outcome);
    guest_answer(status);
    return status == STATUS_OBJECT_NAME_COLLISION ? fail(ERROR_FILE_EXISTS) : INVALID_HANDLE_VALUE;
}

HANDLE CreateFileA(LPCSTR lpFileName, DWORD dwDesiredAccess, DWORD dwShareMode,
                   LPSECURITY_ATTRIBUTES lpSecurityAttributes, DWORD dwCreationDisposition,
                   DWORD dwFlagsAndAttributes, HANDLE hTemplateFile)
{
    struct guest_path path;
    const struct creation creation = {dwDesiredAccess, dwShareMode, dwCreationDisposition,
                                      dwFlagsAndAttributes, lpSecurityAttributes};
    guest_preempt();
    (void)hTemplateFile;
    return create_file(guest_path_narrow(lpFileName, &path), &path, &creation);
}

HANDLE CreateFileW(LPCWSTR lpFileName, DWORD dwDesiredAccess, DWORD dwShareMode,
                   LPSECURITY_ATTRIBUTES lpSecurityAttributes, DWORD dwCreationDisposition,
                   DWORD dwFlagsAndAttributes, HANDLE hTemplateFile)
{
    struct guest_path path;
    const struct creation creation = {dwDesiredAccess, dwShareMode, dwCreationDisposition,
                                      dwFlagsAndAttributes, lpSecurityAttributes};
    guest_preempt();
    (void)hTemplateFile;
    return create_file(guest_path_wide(lpFileName, &path), &path, &creation);
}

/* ---- For a moment ---------------------------------------------------------------------------- */

struct open_file *guest_open(nt_status found, const struct guest_path *path, uint32_t rights,
                             uint32_t options)
{
    struct open_file *file;
    enum file_outcome outcome;
    if (found != STATUS_SUCCESS) {
        guest_answer(found);
        return NULL;
    }
    const struct file_opening opening = {
        .path = guest_path_text(path),
        .rights = rights | RIGHT_READ_ATTRIBUTES,
        .share = SHARES_ALL,
        .disposition = DISPOSE_OPEN,
        .options = options | WANTS_SYNCHRONOUS,
        .token = &guest_process()->token,
    };
    return guest_answer(file_open(guest_nt(), &opening, &file, &outcome)) ? file : NULL;
}

static BOOL delete_by_name(nt_status found, const struct guest_path *path, uint32_t options)
{
    struct open_file *file = guest_open(found, path, RIGHT_DELETE, options);
    if (file == NULL)
        return FALSE;
    nt_status status = file_delete(file);
    guest_let_go(file);
    return guest_answer(status);
}

BOOL DeleteFileA(LPCSTR lpFileName)
{
    struct guest_path path;
    guest_preempt();
    return delete_by_name(guest_path_narrow(lpFileName, &path), &path, WANTS_NO_DIRECTORY);
}

BOOL DeleteFileW(LPCWSTR lpFileName)
{
    struct guest_path path;
    guest_preempt();
    return delete_by_name(guest_path_wide(lpFileName, &path), &path, WANTS_NO_DIRECTORY);
}

BOOL RemoveDirectoryA(LPCSTR lpPathName)
{
    struct guest_path path;
    guest_preempt();
    return delete_by_name(guest_path_narrow(lpPathName, &path), &path, WANTS_DIRECTORY);
}

BOOL RemoveDirectoryW(LPCWSTR lpPathName)
{
    struct guest_path path;
    guest_preempt();
    return delete_by_name(guest_path_wide(lpPathName, &path), &path, WANTS_DIRECTORY);
}

/* ---- Folders --------------------------------------------------------------------------------- */

static BOOL create_folder(nt_status found, const struct guest_path *path)
{
    struct open_file *file;
    enum file_outcome outcome;
    if (found != STATUS_SUCCESS)
        return guest_answer(found);
    const struct file_opening opening = {
        .path = guest_path_text(path),
        .rights = RIGHT_READ_ATTRIBUTES,
        .share = SHARES_ALL,
        .disposition = DISPOSE_CREATE,
        .options = WANTS_DIRECTORY | WANTS_SYNCHRONOUS,
        .token = &guest_process()->token,
    };
    nt_status status = file_open(guest_nt(), &opening, &file, &outcome);
    if (status == STATUS_SUCCESS)
        guest_let_go(file);
    return guest_answer(status);
}

BOOL CreateDirectoryA(LPCSTR lpPathName, LPSECURITY_ATTRIBUTES lpSecurityAttributes)
{
    struct guest_path path;
    guest_preempt();
    (void)lpSecurityAttributes;
    return create_folder(guest_path_narrow(lpPathName, &path), &path);
}

BOOL CreateDirectoryW(LPCWSTR lpPathName, LPSECURITY_ATTRIBUTES lpSecurityAttributes)
{
    struct guest_path path;
    guest_preempt();
    (void)lpSecurityAttributes;
    return create_folder(guest_path_wide(lpPathName, &path), &path);
}
