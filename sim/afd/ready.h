/* Readiness: what select, WSAPoll, WSAEventSelect and WSAAsyncSelect see. */
#ifndef SIM_AFD_READY_H
#define SIM_AFD_READY_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/afd/afd.h"
#include "sim/nt/request.h"

/* How a socket stands now; levels. */
enum ready {
    READY_RECEIVE = 1,     /* bytes or a datagram, or an error of a datagram socket */
    READY_URGENT = 2,      /* an urgent byte, out of line */
    READY_SEND = 4,        /* a send would not block */
    READY_PEER_CLOSED = 8, /* the peer sends no more */
    READY_ABORTED = 16,    /* the connection was reset or timed out */
    READY_ACCEPT = 32,     /* a connection waits */
    READY_CONNECTED = 64,
    READY_CONNECT_FAILED = 128, /* a non-blocking connect failed; until the next one */
    READY_CLOSED = 256          /* the socket itself was closed */
};

uint32_t socket_ready(const struct socket_object *socket);

struct poll_entry {
    struct socket_object *socket;
    uint32_t wanted;  /* enum ready; READY_CLOSED is always wanted */
    uint32_t ready;   /* out: which of those wanted */
    nt_status status; /* out: why a connect failed */
    uint64_t handle;  /* the caller's own */
};

/* Looks at all, and waits until one is as wanted. `timeout_ns` as for wait_for_objects.
 *   STATUS_SUCCESS, STATUS_TIMEOUT (all `ready` are 0), STATUS_INSUFFICIENT_RESOURCES,
 *   STATUS_CANCELLED
 * With `alertable` APCs run while it waits, and it goes on waiting (row 172). A socket that is
 * closed meanwhile is READY_CLOSED; the entry's socket is then not to be used.
 */
nt_status sockets_poll(struct afd *afd, struct poll_entry *entries, uint32_t count,
                       uint64_t timeout_ns, bool alertable, const char *call);

/* ---- A poll that pends: what AFD_POLL asks for ----------------------------------------------- */

struct poll_link;

/* A request on any file of afd's, for the readiness of any sockets. */
struct poll {
    struct request request; /* first */
    struct afd *afd;
    struct poll_entry *entries;
    struct poll_link *links;
    uint32_t count;
    bool linked;
    bool exclusive; /* the next exclusive poll of one of its sockets ends it */
    uint64_t timer; /* the event that ends it, or 0 */
    /* The caller's: writes what is the guest's, and request.information, before anybody is told. */
    void (*finishing)(struct poll *poll);
    void *guest;
    uint64_t above[2];
};

/* A poll in the arena, whose entries and exclusive are still to be filled in. `delivery` NULL: its
 * caller waits. NULL when the arena is full.
 */
struct poll *poll_new(struct afd *afd, struct file *file, uint32_t count,
                      const struct request_delivery *delivery);

/* Looks, and pends when there is nothing yet. `timeout_ns` as for sockets_poll.
 *   STATUS_SUCCESS   told, as any request that is done at once; also when the time was 0
 *   STATUS_PENDING   told later: STATUS_SUCCESS, STATUS_TIMEOUT, STATUS_CANCELLED
 *   STATUS_INSUFFICIENT_RESOURCES  nobody is told; the caller drops it
 * A caller that waits calls poll_wait in any case but the last.
 */
nt_status poll_begin(struct poll *poll, uint64_t timeout_ns);
nt_status poll_wait(struct poll *poll, bool alertable, const char *call);

/* Gives a refused one back. */
void poll_drop(struct poll *poll);

/* How many of the entries are ready. */
uint32_t poll_found(const struct poll *poll);

/* ---- Network events -------------------------------------------------------------------------- */

/* FD_READ 1, FD_WRITE 2, FD_OOB 4, FD_ACCEPT 8, FD_CONNECT 16, FD_CLOSE 32, FD_QOS 64,
 * FD_GROUP_QOS 128, FD_ROUTING_INTERFACE_CHANGE 256, FD_ADDRESS_LIST_CHANGE 512
 */

enum { NETWORK_EVENTS = 10 };

/* WSAEventSelect: `event` is referenced; NULL with mask 0 ends the selection. The socket becomes
 * non-blocking (row 196, `event_blocking`). Ends a message selection.
 *   STATUS_INSUFFICIENT_RESOURCES  the arena is full
 */
nt_status socket_select_events(struct socket_object *socket, struct object *event, uint32_t mask);

/* WSAAsyncSelect: `notify` is called, from events and calls alike, for each event; `context` and
 * `handle` are the caller's. Ends an event selection.
 *   STATUS_INSUFFICIENT_RESOURCES  the arena is full
 */
typedef void socket_notify(struct socket_object *socket, void *context, uint32_t event,
                           nt_status status);
nt_status socket_select_messages(struct socket_object *socket, socket_notify *notify, void *context,
                                 uint32_t mask);

/* WSAEnumNetworkEvents: takes what is recorded of the selected mask. `statuses` gets an entry for
 * each bit that is set; others are left alone (row 193).
 */
uint32_t socket_take_events(struct socket_object *socket, nt_status statuses[NETWORK_EVENTS]);

/* Whether WSAEventSelect or WSAAsyncSelect has a mask: FIONBIO 0 is then refused (row 12). */
bool socket_has_selection(const struct socket_object *socket);

#endif
