/* The executive of one machine: processes, threads, objects, the registry. It lives in the arena
 * and is gone when the power goes; nt_boot makes a new one.
 */
#ifndef SIM_NT_NT_H
#define SIM_NT_NT_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/engine/engine.h"
#include "sim/nt/process.h"
#include "sim/nt/registry.h"
#include "sim/nt/token.h"
#include "spec/spec.h"

/* What the executive records for the fingerprint; the numbers are never given another meaning. */
enum nt_record {
    RECORD_BOOT = 0x100,   /* arguments: boots */
    RECORD_SHUT_DOWN,      /* arguments: boots */
    RECORD_PROCESS,        /* subject: its id; arguments: account, elevation, parent's id */
    RECORD_PROCESS_END,    /* subject: its id; result: exit code */
    RECORD_THREAD,         /* subject: its id; arguments: process id */
    RECORD_THREAD_END,     /* subject: its id; result: exit code */
    RECORD_RUN,            /* subject: the thread whose turn it is */
    RECORD_REGISTRY_BOOT,  /* arguments: slots, sound ones, damaged ones */
    RECORD_REGISTRY_WRITE, /* subject: slot; arguments: slot replaced, checksum; result */
    RECORD_REGISTRY_ERASE, /* subject: slot; result */
};

struct thread;

/* Who looks on, and changes nothing. `frame` and names are as nt_preempt has them. */
struct nt_watch {
    void (*call)(void *context, const char *name, const void *frame); /* a guest's begins */
    void (*leaves)(void *context, const struct thread *thread);       /* its turn is over */
    void (*thread_ends)(void *context, const struct thread *thread);  /* its stack is there still */
    void (*waited)(void *context, const struct object *object);       /* it satisfied a wait */
};

struct nt {
    struct engine *engine;
    const struct profile *profile;
    struct uac uac;
    struct registry registry; /* booted by whoever knows what its values mean: tcpip_boot */
    struct disk *disk;
    struct process *processes; /* that have not ended, oldest first */
    struct thread *current;    /* the running thread; NULL between guests */
    struct thread *borrowed;   /* the thread on the host's own stack, or NULL */
    struct thread *ready, *ready_last;
    uint32_t ready_count;
    struct name *names;         /* of objects; see names.h */
    uint32_t turns_given_up;    /* since a thread last became ready; see wait_for_time */
    uint32_t looks_in_vain;     /* in a row; see looked_in_vain */
    uint32_t last_id;           /* of a process or thread, which share their numbers */
    struct request *told;       /* completed at once and told; see request_complete */
    struct request_walk *walks; /* over lists of requests, the innermost first */
    bool stack_is_orphan; /* the thread of the running stack has ended: nothing comes back to it */
    bool deadlocked;
    bool preempt; /* the running thread may have to give up its turn at nt_preempt */
    /* Whenever a thread is chosen, the next event may happen first, though threads are ready, when
     * it is due within the horizon.
     */
    bool explore;
    uint64_t horizon_ns;
    uint64_t boots;
    uint64_t booted_ns;
    struct keyed_waiter *keyed; /* who waits at keyed events; see keyed.c */
    struct volume *volume;      /* from its first use: volume_of */
    struct window *windows; /* the oldest first */
    uint64_t windows_made;
    /* The floor that runs programs: what it keeps, and what it is told. Any may be NULL. */
    void *runtime;
    void (*thread_runs)(struct thread *thread); /* before it does */
    void (*thread_ended)(struct thread *thread);
    /* Brings the variables of a process to their place; answers whose were there. NULL while no two
     * processes share the place.
     */
    struct process *(*bring_memory)(struct process *process);
    void (*process_ended)(struct process *process);
    /* The process ends, and has a pool: gives it back. Its threads have ended. */
    void (*pool_ends)(struct process *process);
    const struct nt_watch *watch; /* NULL for nobody */
    void *watch_context;
    /* Called when every thread waits and no event is left, on the host's own stack; `report` has
     * a line for each thread: see deadlock.h. Must not return: the default prints the report and
     * exits with 3.
     */
    void (*deadlock)(void *context, const char *report);
    void *deadlock_context;
};

/* A fresh executive in the engine's arena, and power for the disk; NULL when it does not fit.
 * `boots` is how often this machine has booted, this time included. `profile` is borrowed.
 */
struct nt *nt_boot(struct engine *engine, struct disk *disk, const struct profile *profile,
                   const struct uac *uac, uint64_t boots);

/* Orderly shutdown: every process ends, the oldest first, and a borrowed thread is given back. Must
 * be called on the host's own stack, as nt_power_cut must.
 */
void nt_shut_down(struct nt *nt);

/* Power cut: fibers are abandoned where they stand, nothing is closed. The caller drops the arena.
 */
void nt_power_cut(struct nt *nt);

/* The clock the guest sees, in nanoseconds since boot. */
uint64_t nt_uptime_ns(const struct nt *nt);

/* A point at which the running thread may have to wait while others run, or an event happens: the
 * beginning of a guest's call. Does nothing unless nt->preempt. `frame` is the entry point's frame
 * on the guest's stack.
 */
void nt_give_way(struct nt *nt);
static inline void nt_note(struct nt *nt, const char *call, const void *frame)
{
    if (nt->watch != NULL)
        nt->watch->call(nt->watch_context, call, frame);
}

static inline void nt_preempt(struct nt *nt, const char *call, const void *frame)
{
    nt_note(nt, call, frame);
    if (nt->preempt)
        nt_give_way(nt);
}

/* For whoever reads or writes a guest's memory on another's turn: makes it that of `process`, until
 * memory_leave is given the answer. Nothing of the process' own is there when it has ended: false.
 */
bool memory_enter(struct process *process, struct process **before);
void memory_leave(struct nt *nt, struct process *before);

void nt_check(const struct nt *nt);

#endif
