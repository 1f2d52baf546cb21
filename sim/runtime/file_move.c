/* MoveFile and CopyFile. */
#include "sim/engine/check.h"
#include "sim/runtime/files.h"

/* ---- Moving ---------------------------------------------------------------------------------- */

static BOOL move_file(nt_status found, const struct guest_path *from, nt_status found_to,
                      const struct guest_path *to, DWORD flags)
{
    if (found == STATUS_SUCCESS && found_to != STATUS_SUCCESS)
        return guest_answer(found_to);
    struct open_file *file = guest_open(found, from, RIGHT_DELETE, 0);
    if (file == NULL)
        return FALSE;
    bool replaces = (flags & MOVEFILE_REPLACE_EXISTING) != 0;
    nt_status status = file_rename(file, guest_path_text(to), replaces, &guest_process()->token);
    guest_let_go(file);
    return guest_answer(status);
}

BOOL MoveFileExA(LPCSTR lpExistingFileName, LPCSTR lpNewFileName, DWORD dwFlags)
{
    struct guest_path from, to;
    guest_preempt();
    nt_status found = guest_path_narrow(lpExistingFileName, &from);
    return move_file(found, &from, guest_path_narrow(lpNewFileName, &to), &to, dwFlags);
}

BOOL MoveFileExW(LPCWSTR lpExistingFileName, LPCWSTR lpNewFileName, DWORD dwFlags)
{
    struct guest_path from, to;
    guest_preempt();
    nt_status found = guest_path_wide(lpExistingFileName, &from);
    return move_file(found, &from, guest_path_wide(lpNewFileName, &to), &to, dwFlags);
}

BOOL MoveFileA(LPCSTR lpExistingFileName, LPCSTR lpNewFileName)
{
    return MoveFileExA(lpExistingFileName, lpNewFileName, MOVEFILE_COPY_ALLOWED);
}

BOOL MoveFileW(LPCWSTR lpExistingFileName, LPCWSTR lpNewFileName)
{
    return MoveFileExW(lpExistingFileName, lpNewFileName, MOVEFILE_COPY_ALLOWED);
}

/* ---- Copying --------------------------------------------------------------------------------- */

/* The copy has the attributes and the time of writing of what it is one of. */
static nt_status copy_bytes(const struct open_file *from, struct open_file *to)
{
    const struct node *source = from->node;
    struct node *copy = to->node;
    nt_status status = file_set_size(to, source->size);
    if (status != STATUS_SUCCESS)
        return status;
    if (source->size > 0)
        memcpy(copy->bytes, source->bytes, source->size);
    copy->attributes = source->attributes | NODE_ARCHIVE;
    copy->written = source->written;
    return STATUS_SUCCESS;
}

static nt_status copy_to(const struct open_file *from, const struct guest_path *to, bool anew)
{
    struct open_file *file;
    enum file_outcome outcome;
    const struct file_opening opening = {
        .path = guest_path_text(to),
        .rights = FILE_GENERIC_WRITE | DELETE,
        .disposition = anew ? DISPOSE_CREATE : DISPOSE_OVERWRITE_IF,
        .options = WANTS_NO_DIRECTORY | WANTS_SYNCHRONOUS,
        .token = &guest_process()->token,
    };
    nt_status status = file_open(guest_nt(), &opening, &file, &outcome);
    if (status != STATUS_SUCCESS)
        return status;
    status = copy_bytes(from, file);
    if (status != STATUS_SUCCESS)
        file_delete(file);
    guest_let_go(file);
    return status;
}

static BOOL copy_file(nt_status found, const struct guest_path *from, nt_status found_to,
                      const struct guest_path *to, bool anew)
{
    if (found == STATUS_SUCCESS && found_to != STATUS_SUCCESS)
        return guest_answer(found_to);
    struct open_file *file = guest_open(found, from, RIGHT_READ, WANTS_NO_DIRECTORY);
    if (file == NULL)
        return FALSE;
    nt_status status = copy_to(file, to, anew);
    guest_let_go(file);
    if (status == STATUS_OBJECT_NAME_COLLISION)
        return guest_fail(ERROR_FILE_EXISTS);
    return guest_answer(status);
}

BOOL CopyFileA(LPCSTR lpExistingFileName, LPCSTR lpNewFileName, BOOL bFailIfExists)
{
    struct guest_path from, to;
    guest_preempt();
    nt_status found = guest_path_narrow(lpExistingFileName, &from);
    return copy_file(found, &from, guest_path_narrow(lpNewFileName, &to), &to, bFailIfExists != 0);
}

BOOL CopyFileW(LPCWSTR lpExistingFileName, LPCWSTR lpNewFileName, BOOL bFailIfExists)
{
    struct guest_path from, to;
    guest_preempt();
    nt_status found = guest_path_wide(lpExistingFileName, &from);
    return copy_file(found, &from, guest_path_wide(lpNewFileName, &to), &to, bFailIfExists != 0);
}
