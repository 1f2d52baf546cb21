/* WSABUFs, probed and copied: what afd gets to see of a program's buffers. */
#ifndef SIM_WINSOCK_BUFFERS_H
#define SIM_WINSOCK_BUFFERS_H

#include "sim/afd/io.h"
#include "sim/winsock/call.h"

enum { BUFFERS_ON_STACK = 8, BUFFERS_MAX = 1024 };

struct buffers {
    struct arena *arena;
    struct io_buffer *all;
    uint32_t count;
    uint64_t size; /* of all */
    struct io_buffer few[BUFFERS_ON_STACK];
};

/* Reads `count` WSABUFs whose bytes may be accessed so. The list is to be given back by
 * buffers_end, whatever the answer. The bytes themselves must really be there, even where the
 * profile looks at less of a pointer: they are read and written below, where nobody asks again.
 *
 *   STATUS_ACCESS_VIOLATION        the array or the bytes of one cannot be used
 *   STATUS_INVALID_PARAMETER       more than BUFFERS_MAX
 *   STATUS_INSUFFICIENT_RESOURCES  the arena is full
 */
nt_status buffers_read(struct buffers *buffers, const struct call *call, const WSABUF *from,
                       DWORD count, enum access access);

/* Adds one buffer, which need not be a WSABUF of anybody's; of no bytes is nothing added. There is
 * room for BUFFERS_ON_STACK. The list is empty at first: buffers_none().
 */
nt_status buffers_add(struct buffers *buffers, const struct call *call, const void *bytes,
                      uint32_t size, enum access access);
void buffers_none(struct buffers *buffers);

void buffers_end(struct buffers *buffers);

#endif
