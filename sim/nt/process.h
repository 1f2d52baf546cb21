/* Processes and threads of the simulated machine, and waiting.
 *
 * Threads are fibers; one runs at a time, and keeps running until it waits. Which of the ready
 * threads runs next is drawn through `choose`. When none is ready, time moves to the next event; when
 * there is none either, the run is deadlocked and nt->deadlock is told.
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
    struct token token;
    struct handle_table *handles;
    struct userspace userspace;
    struct thread *threads; /* oldest first */
    struct process *next;   /* of nt->processes, oldest first */
    /* Scratch of winsock/, zeroed at creation: how often WSAStartup was called and so on. */
    _Alignas(8) unsigned char winsock[WINSOCK_PROCESS_BYTES];
};

enum thread_state { THREAD_READY, THREAD_RUNNING, THREAD_WAITING, THREAD_ENDED };

struct thread {
    struct object object; /* signaled when the thread has ended */
    uint32_t id;
    uint32_t exit_code;
    enum thread_state state;
    uint32_t last_error;
    struct process *process;
    struct fiber *fiber;
    bool borrowed; /* runs on the host's own stack; see thread_borrow */
    const char *waits_for; /* a call's name, for the deadlock report; a literal */
    struct wait *wait;     /* while THREAD_WAITING */
    struct thread *next_in_process;
    struct thread *next_ready;
};

/* A process without threads. The handles of `parent` marked for inheritance are copied, under the
 * same numbers, when `inherit`. NULL when the arena is full.
 */
struct process *process_create(struct nt *nt, const struct token *token, struct process *parent,
                               bool inherit);

/* Ends a process: its threads stop where they are, its handles are closed in the order of their
 * numbers, its object is signaled. Ends the caller too if it is one of its threads.
 */
void process_end(struct process *process, uint32_t exit_code);

/* The process with that id, or NULL; an ended one is not found. */
struct process *process_find(struct nt *nt, uint32_t id);

/* A thread on a fiber of its own, ready to run `start(context)`; when that returns, the thread ends
 * with exit code 0, and its process with it when it was the last. NULL when there is no memory.
 */
struct thread *thread_create(struct process *process, void (*start)(void *), void *context);

/* Makes the host's running stack a thread of `process`, the running one. It must be given back
 * with thread_return before another machine runs on this stack.
 */
struct thread *thread_borrow(struct process *process);
void thread_return(struct nt *nt);

_Noreturn void thread_end(struct thread *thread, uint32_t exit_code);

enum { WAIT_OBJECTS_MAX = 64 };

/* Waits until one (or all) of the objects is signaled. `index` gets which; may be NULL.
 * `timeout_ns` from now; UINT64_MAX waits for ever; 0 only looks.
 *
 *   STATUS_SUCCESS  satisfied    STATUS_TIMEOUT  the time is up
 */
nt_status wait_for_objects(struct nt *nt, struct object *const *objects, uint32_t count, bool all,
                           uint64_t timeout_ns, const char *call, uint32_t *index);

/* Lets others run until the time is up. 0 gives up the rest of the turn. */
void wait_for_time(struct nt *nt, uint64_t timeout_ns, const char *call);

#endif
