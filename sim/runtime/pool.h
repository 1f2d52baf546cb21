/* A process' pool of threads: what runs its callbacks. Made at the first use, gone with the
 * process, and with it every item.
 *
 * Workers take items first in, first out. One is started when there are more callbacks than workers
 * that have nothing to do; one that has had nothing to do for half a minute ends. I/O that
 * completes goes to a port with workers of its own, the last of which stays while a file is bound
 * to it.
 */
#ifndef SIM_RUNTIME_POOL_H
#define SIM_RUNTIME_POOL_H

#include "sim/nt/port.h"
#include "sim/runtime/guest_objects.h"

struct pool;

struct pool_item {
    struct pool *pool;                 /* whose workers run it */
    struct pool_item *next, *previous; /* of the process' */
    struct pool_item *next_queued;
    /* Calls the guest, once, on a thread of the pool. */
    void (*run)(struct pool_item *item, PTP_CALLBACK_INSTANCE instance);
    void (*callback)(void); /* the guest's, of the type `run` knows */
    void *context;          /* the guest's */
    uint32_t queued;        /* callbacks to come */
    uint32_t running;       /* callbacks that run */
    uint32_t holds;         /* whoever else needs it: waiting threads, I/O to come */
    bool closed;            /* by the guest: given back when nobody needs it */
    bool lasts;             /* even then it stays until the process ends: a file's key names it */
    void *owner;            /* a group or a timer queue, or NULL */
    void (*gone)(struct pool_item *item); /* tells the owner, once, that it is given back */
    void (*cancelled)(void *context, void *group_context); /* the guest's, of the group; or NULL */
    struct object *idle; /* an event: signaled while no callback is queued or runs */
    /* A timer's. */
    uint64_t event; /* the engine's, or 0 */
    uint64_t period_ns;
    bool set;
    /* A wait's. */
    struct waiter *waiters;
    struct object *cancel; /* an event that ends the thread that waits now; NULL when none does */
    DWORD result;          /* how the wait ended */
    bool once, in_wait_thread;
    struct object *told; /* an event to signal when all is over; referenced, or NULL */
};

/* What a callback may ask of its run; lies on the worker's stack. */
struct _TP_CALLBACK_INSTANCE {
    struct object *event; /* to signal when it returns; referenced, or NULL */
};

/* The running process' pool, or NULL: the arena is full. */
struct pool *pool_get(void);

/* One more pool of the process, for as long as it lasts, with workers of its own; NULL when the
 * arena is full. At most so many run at a time.
 */
struct pool *pool_new(void);
void pool_set_most(struct pool *pool, uint32_t workers);

/* All items of a process, the first of a list by `next`; every pool's. */
struct pool_item *pool_items(const struct process *process);

/* What an environment says of a new item: its pool, unless it is NULL, and its group. Both take
 * NULL for no item and no environment.
 */
void pool_place(struct pool_item *item, PTP_CALLBACK_ENVIRON environment);
void pool_join(struct pool_item *item, PTP_CALLBACK_ENVIRON environment);

/* An item's callback comes at a time of the engine's and, with a period, again and again. */
void pool_start_timer(struct pool_item *item, uint64_t due_ns);
void pool_stop_timer(struct pool_item *item);

/* Ends the wait that is under way, if one is. */
void pool_stop_wait(struct pool_item *item);

/* What its waiting threads had, which have ended with the process. */
void pool_drop_waiters(struct pool_item *item);

/* A new item. NULL, with the last error set, when the arena is full. */
struct pool_item *pool_add(void (*run)(struct pool_item *, PTP_CALLBACK_INSTANCE),
                           void (*callback)(void), void *context);

/* One callback more. False when there is no thread and no memory for one. */
bool pool_submit(struct pool_item *item);

/* Runs a callback on the running thread. */
void pool_run(struct pool_item *item);

/* A thread of the process that runs the guest's code; NULL when there is no memory for it. */
struct thread *pool_thread(struct process *process, void (*start)(void *), void *context);

/* Waits until no callback is queued or runs. */
void pool_wait(struct pool_item *item, bool withdraw, const char *call);

/* The guest has done with it. */
void pool_close(struct pool_item *item);

/* Gives the item back if nobody needs it any more. */
void pool_settle(struct pool_item *item);

/* The port whose packets' keys are items; NULL when the arena is full. A thread will take from it.
 */
struct port *pool_port(struct pool *pool);

/* An I/O packet's contents, as the callback of the item that is its key gets them. */
struct pool_io {
    LPOVERLAPPED overlapped;
    nt_status status;
    ULONG_PTR bytes;
};

/* Called for each packet; set once by threadpool.c's first binding. */
typedef void pool_io_run(struct pool_item *item, PTP_CALLBACK_INSTANCE instance,
                         const struct pool_io *io);
void pool_set_io(struct pool *pool, pool_io_run *run);

#endif
