/* Open files: what a handle to something on the volume names. Who opened a file, for what, and what
 * he lets others do meanwhile, is counted at its node (volume.h) from file_open until the last
 * handle is closed.
 *
 * The position belongs to the open file, and so to all handles that were duplicated or inherited.
 * Paths come from the volume's root; whose folder a program is in, runtime/path.h knows.
 */
#ifndef SIM_NT_FILE_H
#define SIM_NT_FILE_H

#include "sim/nt/file_io.h"
#include "sim/nt/volume.h"

struct process;
struct token;

/* Windows' own numbers, of rights, sharing, dispositions, options and outcomes. */
enum file_right {
    RIGHT_READ = 0x01,
    RIGHT_WRITE = 0x02,
    RIGHT_APPEND = 0x04,
    RIGHT_EXECUTE = 0x20,
    RIGHT_READ_ATTRIBUTES = 0x80,
    RIGHT_WRITE_ATTRIBUTES = 0x100,
    RIGHT_DELETE = 0x10000
};
enum file_share { SHARES_READ = 1, SHARES_WRITE = 2, SHARES_DELETE = 4, SHARES_ALL = 7 };
enum file_disposition {
    DISPOSE_SUPERSEDE,
    DISPOSE_OPEN,
    DISPOSE_CREATE,
    DISPOSE_OPEN_IF,
    DISPOSE_OVERWRITE,
    DISPOSE_OVERWRITE_IF,
    DISPOSE_COUNT
};
enum file_option {
    WANTS_DIRECTORY = 0x1,
    WANTS_NO_DIRECTORY = 0x40,
    WANTS_DELETE_ON_CLOSE = 0x1000,
    WANTS_SYNCHRONOUS = 0x30 /* either of two that differ in who wakes the waiter */
};
enum file_outcome { WAS_SUPERSEDED, WAS_OPENED, WAS_CREATED, WAS_OVERWRITTEN };

struct file_search;

struct open_file {
    struct file file; /* first */
    struct node *node;
    uint32_t rights, share; /* enum file_right, enum file_share */
    bool delete_on_close;
    bool counted;               /* at the node: until the last handle is closed */
    uint64_t position;          /* of a synchronous file */
    struct file_search *search; /* of a directory that is told over; see file_search.h */
};

struct file_opening {
    struct file_text path;
    uint32_t rights, share, disposition, options;
    uint32_t attributes; /* enum node_attribute, of a file that is made */
    const struct token *token;
};

/* Opens or makes a file; `*out` has one reference, and no handle.
 *
 *   STATUS_OBJECT_NAME_NOT_FOUND, STATUS_OBJECT_PATH_NOT_FOUND, STATUS_OBJECT_NAME_INVALID
 *   STATUS_OBJECT_NAME_COLLISION  it is there, and was to be made
 *   STATUS_ACCESS_DENIED          guarded; read-only; hidden, and to be overwritten as one that is
 *                                 not
 *   STATUS_SHARING_VIOLATION      somebody has it open in a way that does not go with this one
 *   STATUS_DELETE_PENDING         it goes when the last handle does
 *   STATUS_FILE_IS_A_DIRECTORY, STATUS_NOT_A_DIRECTORY
 *   STATUS_CANNOT_DELETE          read-only, or the root, and to be deleted on close
 *   STATUS_INSUFFICIENT_RESOURCES
 */
nt_status file_open(struct nt *nt, const struct file_opening *opening, struct open_file **out,
                    enum file_outcome *outcome);

/* The open file behind a handle, or NULL. */
struct open_file *file_find(const struct process *process, uint64_t handle);

/* Takes the name out of the volume now; who has it open goes on (as Windows does since 1809).
 *
 *   STATUS_ACCESS_DENIED        not opened for it
 *   STATUS_CANNOT_DELETE        read-only, or the root
 *   STATUS_DIRECTORY_NOT_EMPTY
 */
nt_status file_delete(struct open_file *file);

/* Another name and place. `replaces`: whatever file lies there goes.
 *
 *   STATUS_ACCESS_DENIED          not opened for it; guarded; what lies there is open, a directory,
 *                                 or read-only
 *   STATUS_OBJECT_NAME_COLLISION  something lies there
 *   STATUS_SHARING_VIOLATION      a directory, into itself
 *   and as volume_find
 */
nt_status file_rename(struct open_file *file, struct file_text path, bool replaces,
                      const struct token *token);

bool file_is_directory(const struct open_file *file);
struct volume *file_volume(const struct open_file *file);

/* ---- Its bytes: file_data.c ------------------------------------------------------------------ */

/* file_io_run's for this kind. */
nt_status file_data_run(struct open_file *file, const struct file_transfer *what,
                        const struct request_delivery *delivery, uint64_t *information);

/* STATUS_ACCESS_DENIED when it was not opened for writing; STATUS_DISK_FULL. */
nt_status file_set_size(struct open_file *file, uint64_t size);

#endif
