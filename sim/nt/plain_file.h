/* A file with nothing of ours behind it: a handle that somebody above gives a meaning, and that can
 * be tied to a port, waited for and have requests as any file. Closing the last handle cancels what
 * pends.
 */
#ifndef SIM_NT_PLAIN_FILE_H
#define SIM_NT_PLAIN_FILE_H

#include "sim/nt/request.h"

/* A file with one reference, unsignaled. `meaning` says whose it is: compared as a pointer, and
 * lives as long as the program. NULL when the arena is full.
 */
struct file *plain_file_create(struct nt *nt, const void *meaning);

/* The file behind a handle, or NULL: no such handle, or of another meaning. */
struct file *plain_file_find(const struct process *process, uint64_t handle, const void *meaning);

#endif
