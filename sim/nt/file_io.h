/* Reading and writing of files that are nt's own: those on the volume (file.h) and ends of pipes
 * (pipe.h). Sockets have afd's.
 */
#ifndef SIM_NT_FILE_IO_H
#define SIM_NT_FILE_IO_H

#include "sim/nt/request.h"

/* Where in a file on the volume, beside a number of bytes. */
#define FILE_AT_POSITION UINT64_MAX  /* where the last one ended: of synchronous files alone */
#define FILE_AT_END (UINT64_MAX - 1) /* a write behind what is there */

struct file_transfer {
    const char *call; /* a literal */
    void *base;       /* the guest's, probed above */
    uint32_t size;
    bool writes;
    uint64_t offset;
    uint64_t above; /* whoever has the routine of `delivery` */
};

/* One that has begun. In the arena, or on the stack of a caller who waits. */
struct file_io {
    struct request request; /* first */
    struct file_transfer what;
    struct file_io *next; /* of a pipe's queue */
    uint32_t done;        /* bytes */
    uint64_t timer;       /* an event that is to complete it, or 0 */
};

/* Reads or writes. `delivery` NULL: ends before it returns, though it may wait.
 *
 *   STATUS_SUCCESS                 `*information` bytes, told as request.h says
 *   STATUS_PENDING                 told later
 *   STATUS_ACCESS_DENIED           it was not opened for this
 *   STATUS_END_OF_FILE             reading behind the last byte
 *   STATUS_INVALID_PARAMETER       an offset that is none; none, where there is no position
 *   STATUS_INVALID_DEVICE_REQUEST  a directory, or a file of another kind
 *   STATUS_DISK_FULL, STATUS_INSUFFICIENT_RESOURCES
 *   STATUS_PIPE_BROKEN             reading, and nobody can write any more; a write that waited
 *   STATUS_PIPE_CLOSING            writing, and nobody can read any more
 *   STATUS_CANCELLED               of a caller that waited
 */
nt_status file_io_run(struct file *file, const struct file_transfer *what,
                      const struct request_delivery *delivery, uint64_t *information);

/* ---- For file.c's and pipe.c's data ---------------------------------------------------------- */

/* `cancel` is request.h's. NULL when the arena is full. */
struct file_io *file_io_new(struct file *file, const struct request_ops *ops,
                            const struct file_transfer *what,
                            const struct request_delivery *delivery);
void file_io_begin(struct file_io *io, struct file *file, const struct request_ops *ops,
                   const struct file_transfer *what);
void file_io_free(struct request *request); /* of both; their `free` */

/* Moves bytes into and out of the buffer of whoever began it, `io->done` bytes from its beginning,
 * and counts them. What he has given back meanwhile takes none and reads as 0.
 */
void file_io_put(struct file_io *io, const unsigned char *bytes, uint32_t size);
void file_io_get(struct file_io *io, unsigned char *bytes, uint32_t size);

#endif
