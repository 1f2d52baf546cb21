/* Bytes in order: a list of blocks that grows at its end, shrinks at its front, and holds no memory
 * when it is empty. Zeroed memory is an empty queue.
 */
#ifndef SIM_TCPIP_BYTEQUEUE_H
#define SIM_TCPIP_BYTEQUEUE_H

#include <stdbool.h>
#include <stdint.h>

struct arena;

struct byteblock {
    struct byteblock *next;
    uint32_t first, end; /* the bytes in use */
    uint32_t size;       /* of `bytes` */
    unsigned char bytes[];
};

struct bytequeue {
    struct byteblock *first, *last;
    uint32_t count; /* bytes */
};

/* Adds bytes at the end. False, with nothing changed, when the arena is full. */
bool bytequeue_append(struct bytequeue *queue, struct arena *arena, const void *bytes,
                      uint32_t size);

/* Copies `size` bytes that are there, from the one at `skip` on. */
void bytequeue_copy(const struct bytequeue *queue, uint32_t skip, void *bytes, uint32_t size);

/* Forgets the first `size` bytes, or the last. */
void bytequeue_drop(struct bytequeue *queue, struct arena *arena, uint32_t size);
void bytequeue_drop_last(struct bytequeue *queue, struct arena *arena, uint32_t size);

/* Adds `size` bytes of `from`, from the one at `skip` on, to the end of `to`; `from` keeps them.
 * False, with nothing changed, when the arena is full.
 */
bool bytequeue_append_copy(struct bytequeue *to, struct arena *arena, const struct bytequeue *from,
                           uint32_t skip, uint32_t size);

/* The same with the first bytes of `from`, which loses them; whole blocks change hands. */
bool bytequeue_move(struct bytequeue *to, struct arena *arena, struct bytequeue *from,
                    uint32_t size);

void bytequeue_clear(struct bytequeue *queue, struct arena *arena);

void bytequeue_check(const struct bytequeue *queue);

#endif
