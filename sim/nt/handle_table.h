/* A process' handles: an array in the arena that doubles, with the free places in a list. */
#ifndef SIM_NT_HANDLE_TABLE_H
#define SIM_NT_HANDLE_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/nt/object.h"

struct process;

/* Windows' limit for one process. */
enum { HANDLES_MAX = 16 * 1024 * 1024 - 64 * 1024 };

struct handle_entry {
    struct object *object; /* NULL when free */
    uint32_t next_free;    /* the number of an entry, while this one is free */
    bool inherit;
    bool protect; /* from being closed, but by the process' end */
    bool copied;  /* by DuplicateHandle */
};

/* Entry n, counted from 1, is handle 4 * n. */
struct handle_table {
    uint32_t size;       /* entries there is memory for */
    uint32_t end;        /* entries that were ever used: numbers 1 to end */
    uint32_t count;      /* entries that name an object */
    uint32_t first_free; /* the latest closed; 0 when none below `end` is free */
    struct handle_entry entries[];
};

/* Copies the entries marked for inheritance into the child's table, under the same numbers. False
 * when the arena is full; the child then has none.
 */
bool handle_table_inherit(struct process *child, const struct process *parent);

/* Closes all handles in the order of their numbers, and gives the table back. */
void handle_table_close(struct process *process);

void handle_table_check(const struct process *process);

#endif
