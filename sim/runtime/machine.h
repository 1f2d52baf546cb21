/* The machine behind berth.h: all floors, and what survives a power off. Private to runtime/.
 *
 * `nt` and what stands on it live in the arena: they are NULL while the machine is off.
 */
#ifndef SIM_RUNTIME_MACHINE_H
#define SIM_RUNTIME_MACHINE_H

#include "sim/afd/afd.h"
#include "sim/include/berth/berth.h"
#include "sim/nt/nt.h"
#include "sim/tcpip/tcpip.h"

struct ownership;
struct program;
struct winsock;

/* A process from berth_start whose exit code nobody has fetched yet. In the arena; holds one
 * reference of the process.
 */
struct started {
    struct process *process;
    struct started *next;
};

struct berth {
    struct engine engine;
    struct disk disk;
    bool disk_lent; /* berth_disk gave the bytes away: they may have changed without a write */
    struct profile profile;  /* from the next boot on */
    struct profile in_force; /* of this boot; nt->profile */
    struct uac uac;
    uint64_t boots;
    struct nt *nt;
    struct tcpip *tcpip;
    struct afd *afd;
    struct winsock *winsock;
    struct object *knock; /* an event: those in berth_sleep_on wait for it */
    struct started *started;
    struct ownership *ownership;   /* the checker, or NULL */
    const struct program *program; /* that the processes run; NULL: no program of its own */
    struct process *variables_of;  /* whose variables lie in their place; NULL for nobody's */
    struct thread *thread_variables_of;
    bool shared; /* more than one process has run the program in this boot */
    enum berth_preemption preemption;
    uint64_t horizon_ns;          /* 0 until it is set */
    struct window_class *classes; /* user32's; see window.c */
    struct word *words;
    struct parked *parked; /* threads that wait at addresses, the longest waiting first */
    uint64_t timers_made;
    uint64_t heaps_made;
    struct guest_fiber *fibers; /* see fibers.h */
    void (*deadlock)(void *context, const char *report); /* NULL: nt's own, which exits */
    void *deadlock_context;
};

/* What the runtime itself records. */
enum machine_record {
    RECORD_MACHINE_BOOT = 0x700,
    RECORD_MACHINE_OFF,
    RECORD_PROCESS_ENTER,
    RECORD_PROCESS_LEAVE,
    RECORD_PROCESS_START,
    RECORD_PROCESS_TERMINATE,
    RECORD_NETSH,
    RECORD_NETWORK,
    RECORD_OUTSIDE /* subject: a port; arguments: what was done; result */
};

void machine_record(struct berth *machine, enum machine_record kind, uint32_t subject,
                    uint64_t argument, uint32_t result);

/* Tells the executive of a machine that is switched on when threads may lose their turns. */
void machine_preempt(struct berth *machine);

/* Winsock and Win32 calls of this host thread go to the machine, or nowhere. */
void machine_attach(struct berth *machine);
void machine_detach(struct berth *machine);

/* The guest gives memory back. */
void machine_freed(const char *by, const void *address, size_t size);

/* It has asked for an operation's result. */
void machine_collected(const void *overlapped);

/* The executive of the machine this host thread is inside of. Asserts that there is one. */
struct nt *machine_running(void);

#endif
