/* I/O completion ports: packets first in, first out; waiting threads last in, first out; never more
 * threads let go than the port's concurrency.
 *
 * A thread counts as running for the port it last called port_take for, with or without success,
 * until it takes from another, takes again, or ends; while it waits in any wait it does not count
 * (it is given back its place when it runs again, even when that makes one too many, as Windows
 * does).
 */
#ifndef SIM_NT_PORT_H
#define SIM_NT_PORT_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/nt/object.h"

struct packet {
    struct packet *next;
    uint64_t key;
    uint64_t context; /* the guest's address of its OVERLAPPED; never recorded */
    nt_status status;
    uint64_t information; /* bytes */
    /* The packet has been taken, or the port is gone: gives the memory back. */
    void (*done)(struct nt *nt, struct packet *packet);
};

/* The `done` of a packet that is a block of the arena by itself. */
void packet_give(struct nt *nt, struct packet *packet);

struct port;
struct thread;
struct wait;

/* An object with one reference. `concurrency` 0 is one thread for each processor; the machine has
 * PORT_PROCESSORS. NULL when the arena is full.
 */
enum { PORT_PROCESSORS = 4 };
struct port *port_create(struct nt *nt, uint32_t concurrency);
struct port *port_of(struct object *object);
struct object *port_object(struct port *port);

/* Queues a packet, or hands it to the thread that began to wait last. When the port's last handle
 * has been closed the packet is done at once.
 */
void port_post(struct port *port, struct packet *packet);

/* Takes up to `count` packets, at least one; waits for the first. Each is the caller's to read and
 * then to end by `done`.
 *
 *   STATUS_SUCCESS      `*taken` packets in `packets`
 *   STATUS_TIMEOUT      the time is up
 *   STATUS_USER_APC     alertable, and APCs ran instead
 *   STATUS_ABANDONED    the last handle was closed meanwhile (ERROR_ABANDONED_WAIT_0)
 *   STATUS_INSUFFICIENT_RESOURCES  the arena has no room for the timer
 *   STATUS_CANCELLED    the process of a borrowed thread has ended
 */
nt_status port_take(struct port *port, struct packet **packets, uint32_t count, uint32_t *taken,
                    uint64_t timeout_ns, bool alertable, const char *call);

/* As the close of its last handle does it, for a port that never had one. Its packets may be what
 * keeps the files that keep it: a release alone would be the end of none.
 */
void port_close(struct port *port);

/* Whether its last handle has been closed: nobody will take from it. */
bool port_is_closed(const struct port *port);

/* How many packets are queued. */
uint32_t port_depth(const struct port *port);

/* For nt alone: the thread begins to wait in any wait, runs again, is gone; a wait in the port
 * begins and ends.
 */
void port_thread_waits(struct thread *thread);
void port_thread_runs(struct thread *thread);
void port_thread_leaves(struct thread *thread);
void port_add_waiter(struct port *port, struct wait *wait);
void port_remove_waiter(struct port *port, struct wait *wait);

void port_check(const struct port *port);

#endif
