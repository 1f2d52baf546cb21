/* Processes and threads of the simulated machine, and waiting.
 *
 * Threads are fibers; one runs at a time, and keeps running until it waits. Which of the ready
 * threads runs next is drawn through `choose`. When none is ready, time moves to the next event;
 * when there is none either, the run is deadlocked and nt->deadlock is told.
 */
#ifndef SIM_NT_PROCESS_H
#define SIM_NT_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/nt/object.h"
#include "sim/nt/status.h"
#include "sim/nt/token.h"
#include "sim/nt/userspace.h"

struct fiber;
struct handle_table;

enum { WINSOCK_PROCESS_BYTES = 64 };

struct process {
    struct object object; /* signaled when the process has ended */
    uint32_t id;          /* a multiple of 4, never used twice in a boot */
    uint32_t exit_code;
    bool ended;
    uint64_t began_ns, ended_ns; /* by the engine's clock; 0 while it has not ended */
    struct token token;
    struct handle_table *handles;
    struct userspace userspace;
    struct thread *threads; /* oldest first */
    void *runtime;          /* what the floor that runs programs keeps of it */
    void *pool;             /* the runtime's pool of threads, or NULL; see nt->pool_ends */
    struct process *next;   /* of nt->processes, oldest first */
    /* Scratch of winsock/, zeroed at creation: how often WSAStartup was called and so on. */
    _Alignas(8) unsigned char winsock[WINSOCK_PROCESS_BYTES];
};

enum thread_state {
    THREAD_READY,
    THREAD_RUNNING,
    THREAD_WAITING,
    THREAD_PARKED,    /* borrowed, and the host's stack is another's just now */
    THREAD_SUSPENDED, /* ready, but for its suspend count */
    THREAD_ENDED
};

/* As who looks on counts a thread's calls: see struct nt_watch. */
struct latest_call {
    uint64_t number;
    const char *name;
    const void *frame;
};

struct thread {
    struct object object; /* signaled when the thread has ended */
    uint32_t id;
    uint32_t exit_code;
    enum thread_state state;
    uint32_t last_error;
    nt_status last_status;       /* of the Win32 call that failed last */
    uint64_t began_ns, ended_ns; /* as in struct process */
    struct process *process;
    struct fiber *fiber;
    void (*start)(void *);
    void *start_context;
    bool borrowed;         /* runs on the host's own stack; see thread_borrow */
    const char *waits_for; /* a call's name, for the deadlock report; a literal */
    struct latest_call latest;
    struct wait *wait;     /* while THREAD_WAITING */
    uint32_t suspended;    /* how often; while it is, it does not run */
    void *runtime;         /* as in struct process */
    const void *call_data; /* of the call it is in, for a part of it further down: winsock's */
    struct apc *apcs, *apcs_last;
    struct request *requests;       /* overlapped ones it issued, that pend, the oldest first */
    struct request *calls;          /* synchronous ones, on its stack, the newest first */
    struct grip *grips;             /* of objects, on its stack, the newest first */
    struct port *port;              /* that it counts for, referenced; or NULL */
    struct packet *handed;          /* the packet its wait in the port ended with, until it runs */
    bool keeps_place;               /* in the port, though it waits: a defect of some profiles */
    struct mutex *mutexes;          /* that it owns, the latest first */
    struct message_queue *messages; /* from its first use of one */
    struct thread *next_in_process;
    struct thread *next_ready;
};

/* A process without threads. The handles of `parent` marked for inheritance are copied, under the
 * same numbers, when `inherit`. NULL when the arena is full.
 */
struct process *process_create(struct nt *nt, const struct token *token, struct process *parent,
                               bool inherit);

/* Ends a process that has not ended: its threads stop where they are, its handles are closed in the
 * order of their numbers, its object is signaled. Ends the caller too if it is one of its threads.
 *
 * A borrowed thread cannot be stopped: process_end returns to it, a wait it is in gives
 * STATUS_CANCELLED, as every later one does, and it is there until thread_return.
 */
void process_end(struct process *process, uint32_t exit_code);

/* The process with that id, or NULL; an ended one is not found. Likewise a thread. */
struct process *process_find(struct nt *nt, uint32_t id);
struct thread *thread_find(struct nt *nt, uint32_t id);

/* A thread on a fiber of its own, ready to run `start(context)`; when that returns, the thread ends
 * with exit code 0, and its process with it when it was the last. NULL when there is no memory, or
 * the process has ended.
 */
struct thread *thread_create(struct process *process, void (*start)(void *), void *context);

/* The same, suspended once. */
struct thread *thread_create_suspended(struct process *process, void (*start)(void *),
                                       void *context);

/* Makes the host's running stack a thread of `process`, the running one. It must be given back
 * with thread_return before another machine runs on this stack. NULL when the arena is full.
 */
struct thread *thread_borrow(struct process *process);
void thread_return(struct nt *nt);

/* Takes the host's stack from the borrowed thread, which has to be the running one, and gives it
 * back later: how one stack plays several processes. In between another may be borrowed or resumed.
 */
void thread_park(struct nt *nt);
void thread_resume(struct thread *thread);

/* Holds a thread back until as many times resumed: a wait it is in goes on. The running thread
 * stops here. Both answer how often it was suspended before.
 */
enum { SUSPENDED_MAX = 127 };
uint32_t thread_suspend(struct thread *thread);
uint32_t thread_unsuspend(struct thread *thread);

/* Ends a thread that is not a borrowed one, the running one or another; its process with it when it
 * was the last.
 */
void thread_terminate(struct thread *thread, uint32_t exit_code);

/* Ends the running thread, which is not a borrowed one; its process with it when it was the last.
 */
_Noreturn void thread_end(struct thread *thread, uint32_t exit_code);

/* Lets another thread run now. False when none is ready. */
bool thread_yield(struct nt *nt);

enum { WAIT_OBJECTS_MAX = 64 };

struct wait_request {
    struct object *const *objects;
    uint32_t count; /* 0 waits for time alone */
    bool all;
    bool alertable;
    uint64_t timeout_ns; /* from now; UINT64_MAX waits for ever; 0 only looks */
    const char *call;    /* a literal */
    struct port *port;   /* port.c's; else NULL */
};

/* Waits until one (or all) of the objects is signaled. `index` gets which; may be NULL. Objects
 * that are signaled already satisfy the wait before any APC; else APCs that are queued already run
 * at once.
 *
 *   STATUS_SUCCESS                 satisfied
 *   STATUS_ABANDONED_WAIT_0        satisfied; the mutex at `index`, or one of all, was abandoned
 *   STATUS_USER_APC                alertable, and APCs ran
 *   STATUS_TIMEOUT                 the time is up
 *   STATUS_INSUFFICIENT_RESOURCES  the arena has no room for the timer
 *   STATUS_CANCELLED               the process of a borrowed thread has ended
 */
nt_status wait_for(struct nt *nt, const struct wait_request *request, uint32_t *index);

/* The same, not alertable. */
nt_status wait_for_objects(struct nt *nt, struct object *const *objects, uint32_t count, bool all,
                           uint64_t timeout_ns, const char *call, uint32_t *index);

/* Lets others run until the time is up; returns early when the arena has no room for the timer. 0
 * gives up the rest of the turn; when everybody only does that, time moves to the next event.
 */
void wait_for_time(struct nt *nt, uint64_t timeout_ns, const char *call);

/* To be told by calls that looked, found nothing and do not wait (a poll): a wait with timeout 0
 * has done so. After some in a row the turn is given up, so that a guest that polls does not stop
 * the world.
 */
void looked_in_vain(struct nt *nt);

#endif
