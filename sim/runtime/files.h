/* What kernel32's calls on files of the volume share. */
#ifndef SIM_RUNTIME_FILES_H
#define SIM_RUNTIME_FILES_H

#include "sim/nt/file.h"
#include "sim/runtime/guest_objects.h"
#include "sim/runtime/path.h"

_Static_assert((int)RIGHT_READ == FILE_READ_DATA && (int)RIGHT_WRITE == FILE_WRITE_DATA &&
                   (int)RIGHT_APPEND == FILE_APPEND_DATA && (int)RIGHT_EXECUTE == FILE_EXECUTE &&
                   (int)RIGHT_DELETE == DELETE,
               "rights");

/* Opens what is there, for a moment: the caller lets go of the one reference. `found` is what
 * became of the name; NULL, with the last error set, when that or the opening failed.
 */
struct open_file *guest_open(nt_status found, const struct guest_path *path, uint32_t rights,
                             uint32_t options);

/* The rights that are asked for, generic ones made plain. */
uint32_t guest_file_rights(DWORD access);

/* Whether it is a folder; if not, the last error says what is wrong. */
bool guest_is_folder(nt_status found, const struct guest_path *path);

/* The process' current folder from now on. False when the arena is full. */
bool guest_give_folder(struct process *process, struct file_text path);

static inline void guest_let_go(struct open_file *file)
{
    object_release(&file->file.object);
}

/* The open file behind a handle; NULL with the last error. */
static inline struct open_file *guest_open_file(HANDLE handle)
{
    struct open_file *file = file_find(guest_process(), guest_number(handle));
    if (file == NULL)
        guest_fail(ERROR_INVALID_HANDLE);
    return file;
}

/* A node's attributes as Windows tells them: something is always set. */
static inline DWORD guest_attributes(const struct node *node)
{
    return node->attributes == 0 ? FILE_ATTRIBUTE_NORMAL : node->attributes;
}

/* A time of a node's. */
FILETIME guest_file_time(int64_t time);

#endif
