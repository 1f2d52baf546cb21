/* What TransmitFile and TransmitPackets send: pieces of the guest's memory and of files, in their
 * order. The bytes of files are read when the call is made.
 */
#ifndef SIM_WINSOCK_TRANSMISSION_H
#define SIM_WINSOCK_TRANSMISSION_H

#include "sim/afd/io.h"
#include "sim/winsock/call.h"

/* The most that one call sends, as the pages of both say. */
enum { TRANSMISSION_MAX = INT32_MAX - 1 };

struct file_piece;

struct transmission {
    struct arena *arena;
    struct io_buffer *pieces; /* of `room`; those of files have no base until they are read */
    struct file_piece *files; /* as many */
    uint32_t room, count;
    uint64_t size, file_size;
    void *bytes; /* of all files; NULL when there are none */
};

/* Room for so many pieces. To be given back by transmission_end, whatever the answer.
 * STATUS_INSUFFICIENT_RESOURCES when the arena is full.
 */
nt_status transmission_begin(struct transmission *transmission, const struct call *call,
                             uint32_t room);
void transmission_end(struct transmission *transmission);

/*   STATUS_ACCESS_VIOLATION   the bytes cannot be read
 *   STATUS_INVALID_PARAMETER  more than TRANSMISSION_MAX in all
 */
nt_status transmission_add_memory(struct transmission *transmission, const struct call *call,
                                  const void *bytes, uint32_t size);

/* From `offset` on, or from the file's position; `size` bytes, or 0 for all that follow.
 *
 *   of `transmit_bad_file`    no file of the volume
 *   STATUS_ACCESS_DENIED      not opened to be read
 *   STATUS_INVALID_PARAMETER  more than TRANSMISSION_MAX in all; an offset that is none
 *   STATUS_END_OF_FILE        fewer follow, under `transmit_past_end = fails`
 */
#define TRANSMIT_FROM_POSITION UINT64_MAX
struct transmit_file {
    HANDLE handle;
    uint64_t offset;
    uint32_t size;
};
nt_status transmission_add_file(struct transmission *transmission, const struct call *call,
                                const struct transmit_file *file);

/* Reads the files, and gives the io its buffers. False when the arena is full. */
bool transmission_give(struct transmission *transmission, struct io *io);

/* All of it is taken: the positions that were read from move. */
void transmission_sent(const struct transmission *transmission, const struct profile *profile);

#endif
