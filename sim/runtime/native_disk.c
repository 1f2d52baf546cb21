/* ntdll's files of the volume: NtCreateFile of a name behind \??\, and what NtReadFile and
 * NtWriteFile do to files and pipes.
 */
#include <string.h>

#include "sim/nt/grip.h"
#include "sim/runtime/files.h"
#include "sim/runtime/native.h"

_Static_assert((int)DISPOSE_OVERWRITE_IF == FILE_OVERWRITE_IF && (int)DISPOSE_OPEN == FILE_OPEN,
               "dispositions");
_Static_assert((int)WANTS_NO_DIRECTORY == FILE_NON_DIRECTORY_FILE, "options");

/* ---- Opening --------------------------------------------------------------------------------- */

static const char dos_names[] = "\\??\\";

bool native_names_disk(const UNICODE_STRING *name)
{
    const size_t length = sizeof dos_names - 1;
    if (name->Length / 2u < length)
        return false;
    for (size_t i = 0; i < length; i++)
        if (name->Buffer[i] != (WCHAR)dos_names[i])
            return false;
    return true;
}

/* What is behind \??\ is as what is behind \\?\ in Win32. */
static nt_status read_path(const UNICODE_STRING *name, struct guest_path *path)
{
    WCHAR text[GUEST_PATH_MAX];
    size_t length = name->Length / 2u;
    if (length >= GUEST_PATH_MAX)
        return STATUS_OBJECT_NAME_INVALID;
    memcpy(text, name->Buffer, length * sizeof *text);
    text[length] = 0;
    text[1] = '\\';
    return guest_path_wide(text, path);
}

nt_status native_open_disk(const OBJECT_ATTRIBUTES *attributes, const struct native_opening *how,
                           uint64_t *handle, uint64_t *outcome)
{
    struct guest_path path;
    struct open_file *file;
    enum file_outcome became;
    if (how->disposition >= DISPOSE_COUNT)
        return STATUS_INVALID_PARAMETER;
    nt_status status = read_path(attributes->ObjectName, &path);
    if (status != STATUS_SUCCESS)
        return status;
    if (path.folder && (how->options & WANTS_NO_DIRECTORY) != 0)
        return STATUS_OBJECT_NAME_INVALID;
    const struct file_opening opening = {
        .path = guest_path_text(&path),
        .rights = guest_file_rights(how->access),
        .share = how->share & SHARES_ALL,
        .disposition = how->disposition,
        .options = how->options,
        .attributes = how->attributes & NODE_ATTRIBUTES_SETTABLE,
        .token = &guest_process()->token,
    };
    status = file_open(guest_nt(), &opening, &file, &became);
    if (status != STATUS_SUCCESS)
        return status;
    bool inherit = (attributes->Attributes & OBJ_INHERIT) != 0;
    status = handle_open(guest_process(), &file->file.object, inherit, handle);
    guest_let_go(file);
    *outcome = became;
    return status;
}

/* ---- Reading and writing --------------------------------------------------------------------- */

static void run_routine(struct request *request)
{
    native_run(request, ((const struct file_io *)request)->what.above);
}

/* No offset, and one of -2, are the position; -1 is the end, for who writes. */
static uint64_t offset_of(const LARGE_INTEGER *offset, bool writes)
{
    if (offset == NULL || offset->QuadPart == -2)
        return FILE_AT_POSITION;
    if (offset->QuadPart == -1 && writes)
        return FILE_AT_END;
    return offset->QuadPart < 0 ? (uint64_t)INT64_MAX + 1 : (uint64_t)offset->QuadPart;
}

nt_status native_move_own(struct native_call *call, struct file_transfer *what,
                          const LARGE_INTEGER *offset)
{
    uint64_t information = 0;
    if (!userspace_probe(&guest_process()->userspace, what->base, what->size,
                         what->writes ? ACCESS_READ : ACCESS_WRITE))
        return STATUS_ACCESS_VIOLATION;
    what->offset = offset_of(offset, what->writes);
    what->above = (uintptr_t)call->routine;
    if (call->how.routine != NULL)
        call->how.routine = run_routine;
    struct grip grip;
    struct object *object = &call->file->object;
    grip_begin(guest_nt(), &grip, &object, 1);
    nt_status status = file_io_run(call->file, what, call->waits ? NULL : &call->how, &information);
    grip_end(guest_nt(), &grip);
    return call->waits ? native_end(call, status, information) : status;
}
