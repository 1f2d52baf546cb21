/* A piece of a guest's memory as it was when the provider took it. See ownership.h. */
#ifndef SIM_WINSOCK_OWNED_MEMORY_H
#define SIM_WINSOCK_OWNED_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct owned_memory {
    const unsigned char *start;
    size_t size;
    const char *what;    /* "a buffer", "the OVERLAPPED" */
    bool poisons;        /* nobody may touch it: under AddressSanitizer it is poisoned meanwhile */
    bool poisoned;       /* and is so now */
    unsigned char *copy; /* NULL of what is too long, or when the host has no memory */
    uint64_t hash;       /* then this is known of it */
};

struct owned_difference {
    size_t at; /* the first byte that is another; the size when it is not known */
    unsigned char was, is;
};

/* start, size, what and poisons are set: looks at it, for the first time or again. */
void owned_memory_take(struct owned_memory *memory);

/* Whether it is as it was taken. */
bool owned_memory_is_whole(struct owned_memory *memory, struct owned_difference *difference);

enum { DIFFERENCE_SIZE = 128 };

/* In words, a line of its own; nothing when it is not known where. */
void owned_memory_put(const struct owned_memory *memory, const struct owned_difference *difference,
                      char out[DIFFERENCE_SIZE]);

/* It may be touched again; what is known of it stays. */
void owned_memory_allow(struct owned_memory *memory);

/* It may be touched again, and is nobody's business. */
void owned_memory_drop(struct owned_memory *memory);

#endif
