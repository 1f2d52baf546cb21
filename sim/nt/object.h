/* Kernel objects, their handles, and what it means to wait for them.
 *
 * An object is the first member of the thing it heads (a process, a thread, an event, afd's socket)
 * and lives in the arena. It counts handles (in all processes) and references. When the last handle
 * goes, `ops->cleanup` runs; when the last reference goes after that, `ops->destroy`. A handle
 * holds a reference, a wait too.
 */
#ifndef SIM_NT_OBJECT_H
#define SIM_NT_OBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/nt/status.h"

struct nt;
struct object;
struct process;
struct thread;
struct wait_block;

enum object_type {
    OBJECT_PROCESS,
    OBJECT_THREAD,
    OBJECT_EVENT,
    OBJECT_SOCKET,
    OBJECT_MUTEX,
    OBJECT_SEMAPHORE,
    OBJECT_TIMER,
    OBJECT_PORT,
    OBJECT_FILE,   /* plain_file.h */
    OBJECT_DEVICE, /* a file of afd's that is no socket: afd/device.h */
    OBJECT_DISK_FILE, /* file.h */
    OBJECT_PIPE, /* one end of it: pipe.h */
    OBJECT_KEYED_EVENT,
    OBJECT_SECTION,
    OBJECT_TYPE_COUNT
};

struct object_ops {
    /* Whether a wait of `thread` for it would be satisfied, and what a satisfied wait takes away;
     * the answer says whether it was abandoned. Both or neither: NULL for those whose `signaled`
     * says it and whose `resets` takes it.
     */
    bool (*ready)(const struct object *object, const struct thread *thread);
    bool (*take)(struct object *object, struct thread *thread);
    /* A handle in `process` was closed; more may be left. May be NULL. */
    void (*handle_closed)(struct object *object, struct process *process);
    /* The last handle was closed. May be NULL. */
    void (*cleanup)(struct object *object);
    /* The last reference is gone: give the memory back. */
    void (*destroy)(struct object *object);
};

struct object {
    enum object_type type;
    bool signaled;
    bool resets; /* one satisfied wait takes the signal away (an auto-reset event) */
    bool named;  /* stands in nt->names; see names.h */
    uint32_t handles;
    uint32_t references;
    struct nt *nt;
    const struct object_ops *ops;
    struct wait_block *waiters; /* oldest first */
};

/* Sets up a fresh object with one reference and no handle. */
void object_init(struct object *object, struct nt *nt, enum object_type type,
                 const struct object_ops *ops);
void object_reference(struct object *object);
void object_release(struct object *object);

/* Sets or takes away the signal; setting wakes who waits, the longest waiting first. */
void object_signal(struct object *object);
void object_unsignal(struct object *object);

/* Handles are multiples of 4, from 4 up, in a table of each process; a closed one is given out
 * again, the latest closed first. `inherit` marks it for process_create's inheriting children.
 *
 *   STATUS_INSUFFICIENT_RESOURCES  the arena is full, or the process has its limit of handles
 *   STATUS_CANCELLED               the process has ended
 */
nt_status handle_open(struct process *process, struct object *object, bool inherit,
                      uint64_t *handle);

/* The object behind a handle, or NULL: no such handle, or of another type. The object lives as long
 * as the handle; take a reference to keep it across a wait. The two pseudo handles name the running
 * process and thread, and have no entry in the table.
 */
#define PSEUDO_PROCESS UINT64_MAX
#define PSEUDO_THREAD (UINT64_MAX - 1)
struct object *handle_find(const struct process *process, uint64_t handle, enum object_type type);

/* The object of any type, or NULL. */
struct object *handle_object(const struct process *process, uint64_t handle);

/* The lowest handle of the process for the object, or 0. Looks at all. */
uint64_t handle_of_object(const struct process *process, const struct object *object);

/*   STATUS_INVALID_HANDLE       there is none
 *   STATUS_HANDLE_NOT_CLOSABLE  it is protected
 */
nt_status handle_close(struct process *process, uint64_t handle);

/* Whether children inherit the handle and whether it cannot be closed (Get- and
 * SetHandleInformation). STATUS_INVALID_HANDLE when there is none.
 */
/* HANDLE_COPIED is ours: made by DuplicateHandle, so that who made the object does not know of it.
 */
enum handle_flag { HANDLE_INHERITS = 1, HANDLE_PROTECTED = 2, HANDLE_COPIED = 4 };
nt_status handle_get_flags(const struct process *process, uint64_t handle, unsigned *flags);
nt_status handle_set_flags(struct process *process, uint64_t handle, unsigned mask, unsigned flags);

/* The next handle after `handle` (0 to begin) of that type, or 0: how a process' sockets are told
 * over, in the order of their numbers.
 */
uint64_t handle_next(const struct process *process, uint64_t handle, enum object_type type);

/* An event with one reference. NULL when the arena is full. */
struct object *event_create(struct nt *nt, bool manual, bool signaled);

#endif
