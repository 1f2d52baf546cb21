/* I/O requests: what is left of a call that could not finish at once.
 *
 *               request_begin
 *                    |
 *                    v          request_complete
 *                 ISSUED ------------------------------+
 *                    |                                 |
 *        request_pend|                                 |
 *                    v          request_complete       v      last note read
 *                 PENDING ------------------------> COMPLETED ----------------> (given back)
 *                    |                                 ^
 *      request_cancel|          request_complete       |
 *                    v                                 |
 *                CANCELLED ----------------------------+
 *
 * ISSUED     the owner floor is trying it; nobody else knows of it
 * PENDING    in its file's list; the owner holds it in a queue of its own. The guest's OVERLAPPED
 *            and buffers are the provider's
 * CANCELLED  the owner was asked to give up and has not yet: it may still complete with success,
 *            because data that has been taken is never lost to a cancel that came too late
 * COMPLETED  status and bytes are final; told once: by the block, the event, a packet or an APC
 *
 * Only the owner floor (afd) completes; only nt delivers. The request is the first member of the
 * owner's own record and is given back through `ops->free`.
 */
#ifndef SIM_NT_REQUEST_H
#define SIM_NT_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/nt/apc.h"
#include "sim/nt/object.h"
#include "sim/nt/port.h"

struct request;
struct thread;

/* An object that I/O is done on. The port belongs to the object, not to a handle (row 90). */
struct file {
    struct object object; /* first */
    struct port *port;    /* referenced, or NULL */
    uint64_t key;
    struct request *requests; /* pending, the oldest first; a ring by `previous_of_file` */
    uint8_t modes;            /* enum file_mode */
    bool synchronous;         /* its calls end before they return; of a socket, afd knows */
};

enum file_mode {
    FILE_SKIPS_PACKET_ON_SUCCESS = 1, /* FILE_SKIP_COMPLETION_PORT_ON_SUCCESS */
    FILE_SKIPS_EVENT = 2              /* FILE_SKIP_SET_EVENT_ON_HANDLE */
};

/* The head of the guest's OVERLAPPED, Internal and InternalHigh. */
struct io_status {
    uint64_t status;
    uint64_t information;
};

enum request_state { REQUEST_ISSUED, REQUEST_PENDING, REQUEST_CANCELLED, REQUEST_COMPLETED };

struct request_ops {
    /* Gives up on a pending request: takes it from the owner's queue and completes it with
     * STATUS_CANCELLED, now or later; or does nothing when it is too late for that. One that lies
     * on a stack (`on_stack`) has been completed when this returns: the stack may go.
     */
    void (*cancel)(struct request *request);
    /* Runs before anybody is told, when the request really pended: the owner writes what else
     * belongs to the guest (addresses, flags). May be NULL.
     */
    void (*finishing)(struct request *request);
    /* The memory goes back. */
    void (*free)(struct request *request);
    /* The call's name, for the deadlock report and the ownership checker; a literal. */
    const char *call;
};

/* How the caller wants to be told. */
struct request_delivery {
    struct io_status *block;   /* the guest's; NULL for a synchronous call */
    struct object *event;      /* signaled at completion; NULL for none. A reference is taken */
    bool no_packet;            /* the low bit of hEvent */
    bool block_at_the_end;     /* ntdll's calls write the block once, when all is over (row 261) */
    uint64_t context;          /* what the packet carries; 0 for the address of the block */
    struct thread *apc_thread; /* to whom the routine is queued; NULL when there is none */
    /* The routine: called on that thread, in an alertable wait, with the request completed. Must
     * call request_free first or last. NULL when there is none.
     */
    void (*routine)(struct request *request);
};

struct request {
    const struct request_ops *ops;
    struct file *file;     /* a reference is held while not free */
    struct thread *thread; /* the issuer; a reference is held */
    enum request_state state;
    nt_status status;
    uint64_t information; /* bytes */
    struct request_delivery delivery;
    struct request *next_of_file, *previous_of_file;
    struct request *next_of_thread, *previous_of_thread; /* of one on a stack: the one around it */
    union {
        struct apc apc;
        struct packet packet;
    };
    struct object *waiter; /* a synchronous caller's event, while it waits */
    bool on_stack;         /* of a synchronous caller, who takes the result itself */
    bool pended;           /* has been PENDING */
};

/* Fills in a request. `delivery` NULL is a synchronous caller: the request lies on his stack. The
 * guest's block becomes {STATUS_PENDING, as it was}, the event unsignaled (both at issue, as
 * Windows does; a call that is refused before it gets here has touched neither).
 */
void request_begin(struct request *request, const struct request_ops *ops, struct file *file,
                   const struct request_delivery *delivery);

/* The owner has queued it. */
void request_pend(struct request *request);

/* The result. Of a request that pended: out of the file's list, block, event or the file's own
 * signal, packet or APC; and the request is free when it was told. Of one that completed at once
 * (still ISSUED), without ops->finishing:
 *
 *   success or a warning   block, event, APC; a packet unless the file skips it. The request may
 *                          be read until the running thread waits or begins its next request, and
 *                          gives itself back after that
 *   an error               nothing: the caller has it in hand (row 86). The block keeps the
 *                          STATUS_PENDING of its beginning (row 14)
 *
 * A synchronous caller's request is only marked; he reads status and information himself.
 */
void request_complete(struct request *request, nt_status status, uint64_t information);

/* A synchronous caller waits for his request to be completed. When the time is up or the wait is
 * broken the request is cancelled first; the answer is then what it completed with, if that is a
 * success, else STATUS_TIMEOUT or STATUS_CANCELLED. `alertable`: APCs run during the wait, which
 * then goes on (row 101).
 */
nt_status request_wait(struct request *request, uint64_t timeout_ns, bool alertable,
                       const char *call);

/* Gives a request back. */
void request_free(struct request *request);

/* For nt alone: gives back the one that was told at once; see request_complete. */
void request_settle(struct nt *nt);

/* Which of a file's requests to cancel. */
struct request_filter {
    const struct process *process; /* issued by it; NULL for any */
    const struct thread *thread;   /* issued by it; NULL for any */
    const struct io_status *block; /* with this OVERLAPPED; NULL for any */
    bool synchronous;              /* those on a stack too: CancelSynchronousIo */
};

/* Cancels those that match. STATUS_NOT_FOUND when none did. */
nt_status request_cancel(struct file *file, const struct request_filter *filter);

/* A thread ends (rows 79, 81, 82): its requests are cancelled, but for those with a packet to come
 * and neither event nor routine on a file that has a port.
 */
void request_thread_ends(struct thread *thread);

/* CancelSynchronousIo. STATUS_NOT_FOUND when the thread is in no synchronous call. */
nt_status request_cancel_synchronous(struct thread *thread);

/* Ties the file to a port. STATUS_INVALID_PARAMETER when it has one already. */
nt_status file_set_port(struct file *file, struct port *port, uint64_t key);

/* Drops the port: the file is destroyed. Asserts that nothing pends. */
void file_close(struct file *file);

void file_check(const struct file *file);

#endif
