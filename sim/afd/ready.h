/* Readiness: what select, WSAPoll, WSAEventSelect and WSAAsyncSelect see. */
#ifndef SIM_AFD_READY_H
#define SIM_AFD_READY_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/afd/afd.h"

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
    uint32_t wanted; /* enum ready; READY_CLOSED is always wanted */
    uint32_t ready;  /* out: which of those wanted */
};

/* Looks at all, and waits until one is as wanted. `timeout_ns` as for wait_for_objects.
 *   STATUS_SUCCESS, STATUS_TIMEOUT (all `ready` are 0), STATUS_INSUFFICIENT_RESOURCES,
 *   STATUS_CANCELLED
 * With `alertable` APCs run while it waits, and it goes on waiting (row 172). A socket that is
 * closed meanwhile is READY_CLOSED; the entry's socket is then not to be used.
 */
nt_status sockets_poll(struct afd *afd, struct poll_entry *entries, uint32_t count,
                       uint64_t timeout_ns, bool alertable, const char *call);

/* ---- Network events: FD_READ 1, FD_WRITE 2, FD_OOB 4, FD_ACCEPT 8, FD_CONNECT 16, FD_CLOSE 32,
 *      FD_QOS 64, FD_GROUP_QOS 128, FD_ROUTING_INTERFACE_CHANGE 256, FD_ADDRESS_LIST_CHANGE 512
 * ---- */

enum { NETWORK_EVENTS = 10 };

/* WSAEventSelect: `event` is referenced; NULL with mask 0 ends the selection. The socket becomes
 * non-blocking. Ends a message selection.
 */
nt_status socket_select_events(struct socket_object *socket, struct object *event, uint32_t mask);

/* WSAAsyncSelect: `notify` is called, from events and calls alike, for each event; `context` and
 * `handle` are the caller's. Ends an event selection.
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
