/* Winsock of one machine: the ws2_32 entry points under their berth_ symbols, and the base
 * provider.
 *
 * A call enters at an entry point, goes through the provider's table to the provider, which checks
 * and asks afd. The outcome comes back as an NTSTATUS; call.h has the one place that makes a
 * Winsock error of it. Which machine a call goes to is the host thread's: winsock_attach.
 *
 * What has to wait waits in afd (io.h), or is told later as its caller wished (delivery.h). A
 * blocking call is an alertable wait that goes on when an APC has run (row 101).
 */
#ifndef SIM_WINSOCK_WINSOCK_H
#define SIM_WINSOCK_WINSOCK_H

#include "sim/afd/afd.h"

struct _WSPPROC_TABLE;
struct ownership;
struct process;
struct thread;

struct winsock {
    struct afd *afd;
    struct tcpip *tcpip;
    struct nt *nt;
    const struct _WSPPROC_TABLE *provider; /* what ws2_32 calls */
    struct ownership *ownership;           /* the checker that looks on, or NULL */

    struct catalogue *catalogue;      /* NULL until somebody looks */
    struct change_wait *change_waits; /* WSAProviderConfigChange that pend, the oldest first */
    struct lookup *lookups;           /* GetAddrInfoEx that pend */
    struct query *queries;            /* between WSALookupServiceBegin and End */
    struct async_task *tasks;         /* WSAAsyncGetHostByName and its kin that are not told yet */
    struct change_notice *notices;    /* of iphlpapi: who is told when addresses change */
    uint32_t lookups_made, queries_made, tasks_made, notices_made;

    /* Posts a message to a window of the process; false when there is none. NULL until whoever has
     * windows fills it in.
     */
    bool (*post_message)(struct winsock *winsock, struct process *process, void *window,
                         uint32_t message, uint64_t wparam, int64_t lparam);

    /* Whether the process has such a window; NULL likewise. */
    bool (*window_exists)(struct winsock *winsock, struct process *process, void *window);

    struct blocking_hook *hooks; /* of threads of Winsock 1.1 programs */
    uint64_t slow_ns; /* how long the codes of reservations take; 0 for as the profile has it */
};

/* NULL when the arena is full. */
struct winsock *winsock_boot(struct afd *afd);

/* A thread, or a process with all its threads, has ended: what was kept for it is given back. */
void winsock_thread_ended(struct winsock *winsock, const struct thread *thread);
void winsock_process_ended(struct winsock *winsock, struct process *process);

/* The machine that this host thread's Winsock calls go to; NULL for none. */
void winsock_attach(struct winsock *winsock);
struct winsock *winsock_attached(void);

/* How often the process may still call WSACleanup with success. */
uint32_t winsock_startups(const struct process *process);

/* SO_OPENTYPE: not 0 when socket() makes sockets without the overlapped attribute. */
uint32_t winsock_open_type(const struct process *process);

#endif
