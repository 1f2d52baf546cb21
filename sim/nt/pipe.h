/* Pipes: two ends, and what was written to one and not read from the other yet. Each end is a file
 * with handles of its own, that can be inherited and tied to a port as any.
 *
 * A read waits until there is something, and takes what there is; a write waits until all of it has
 * found room. When the last handle to an end is closed, what it wrote can still be read; then the
 * pipe is broken.
 */
#ifndef SIM_NT_PIPE_H
#define SIM_NT_PIPE_H

#include "sim/nt/file_io.h"

struct process;

struct pipe_queue {
    struct file_io *first, *last;
};

struct pipe_end {
    struct file file;      /* first */
    struct pipe_end *peer; /* NULL when its last handle was closed */
    bool reads, writes;
    unsigned char *bytes; /* written by the peer: a ring of `room` bytes */
    uint32_t room, first, count;
    struct pipe_queue readers, writers; /* who waits at this end */
};

/* A pipe of one direction, with room for so many bytes (0 for as many as Windows gives): two ends
 * with one reference each, whose calls end before they return.
 * STATUS_INSUFFICIENT_RESOURCES when the arena is full.
 */
nt_status pipe_create(struct nt *nt, uint32_t room, struct pipe_end **reader,
                      struct pipe_end **writer);

/* The end behind a handle, or NULL. */
struct pipe_end *pipe_find(const struct process *process, uint64_t handle);

/* file_io_run's for this kind. */
nt_status pipe_run(struct pipe_end *end, const struct file_transfer *what,
                   const struct request_delivery *delivery, uint64_t *information);

/* Copies up to `size` bytes from the beginning of what can be read, and leaves them there.
 * `*copied` were; `*count` there are in all.
 *
 *   STATUS_ACCESS_DENIED  an end to write to
 *   STATUS_PIPE_BROKEN    there are none, and nobody can write any more
 */
nt_status pipe_peek(const struct pipe_end *end, unsigned char *bytes, uint32_t size,
                    uint32_t *copied, uint32_t *count);

void pipe_check(const struct pipe_end *end);

#endif
