/* What a program's name of a file means: the way from the volume's root. */
#ifndef SIM_RUNTIME_PATH_H
#define SIM_RUNTIME_PATH_H

#include <windows.h>

#include "sim/nt/volume.h"

enum { GUEST_PATH_MAX = 4096 };

struct guest_path {
    uint32_t length;
    bool folder; /* a backslash stood at its end */
    uint16_t units[GUEST_PATH_MAX];
};

/* As Windows reads it: either slash, drive letters, names from the process' folder on, "." and
 * "..", blanks and dots at the end, "\\?\" before a name that is left as it is. There is a drive C
 * alone.
 *
 *   STATUS_OBJECT_PATH_NOT_FOUND  no name; another drive or machine; longer than MAX_PATH, or than
 *                                 GUEST_PATH_MAX behind "\\?\"
 */
nt_status guest_path_narrow(LPCSTR name, struct guest_path *path);
nt_status guest_path_wide(LPCWSTR name, struct guest_path *path);

static inline struct file_text guest_path_text(const struct guest_path *path)
{
    return (struct file_text){path->units, path->length};
}

/* Takes the last name off, which is answered; of the root, no letters. */
struct file_text guest_path_split(struct guest_path *path);

/* Puts "C:" before a path, as text with its end. Answers the length without it; writes nothing when
 * that does not fit into `size` units or bytes.
 */
size_t guest_path_write_wide(struct file_text path, uint16_t *out, size_t size);
size_t guest_path_write_narrow(struct file_text path, char *out, size_t size);

#endif
