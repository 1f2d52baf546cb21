/* User APCs: calls that wait in a thread's queue until the thread waits alertably. First in, first
 * out, always on the thread they were queued to.
 */
#ifndef SIM_NT_APC_H
#define SIM_NT_APC_H

#include <stdbool.h>

struct nt;
struct thread;

struct apc {
    struct apc *next;
    /* Calls the guest, on the thread's own stack. The apc has left the queue: it is the function's
     * to give back, and may be gone before the guest is called.
     */
    void (*run)(struct nt *nt, struct apc *apc);
    /* The thread ended before: gives the apc back. */
    void (*drop)(struct nt *nt, struct apc *apc);
};

/* Queues an APC, and ends the thread's alertable wait, if it is in one, with STATUS_USER_APC.
 * False, with the apc still the caller's, when the thread has ended.
 */
bool apc_queue(struct thread *thread, struct apc *apc);

/* Runs what is queued to the running thread, what is queued meanwhile included. Whether any ran. */
bool apc_deliver(struct nt *nt);

/* Takes an APC out of the thread's queue again. False when it is not in there. */
bool apc_take_back(struct thread *thread, struct apc *apc);

/* Whether a wait that asks for it, or does not, runs APCs: as asked, unless the profile differs. */
bool apc_alertable(const struct nt *nt, bool asked);

/* Drops all that is queued: the thread ends. */
void apc_drop_all(struct thread *thread);

#endif
