/* The inside of a socket, for afd and for what winsock reads of it. Only afd writes it, but for
 * non_blocking.
 */
#ifndef SIM_AFD_SOCKET_H
#define SIM_AFD_SOCKET_H

#include "sim/afd/afd.h"
#include "sim/afd/control.h"
#include "sim/afd/io.h"
#include "sim/afd/option.h"
#include "sim/afd/ready.h"
#include "sim/nt/object.h"
#include "sim/nt/request.h"
#include "sim/tcpip/tcp.h"

/* The life of a socket. What is not drawn is refused.
 *
 *              bind               listen
 *    UNBOUND --------> BOUND ----------------> LISTENING
 *       ^ |   connect,  | ^ disconnect             |
 *       | |   send_to   | |  (datagrams), refused  |
 *       | |   (bind     v |                        |
 *       | | implicitly) CONNECTING                 |
 *       | |             |  the handshake is done   |
 *       | +---------->  v  (accept begins here)    |
 *       +----------- CONNECTED                     |
 *      reused           |                          |
 *                       +--------------------------+
 *               v  the last handle is closed
 *             CLOSED
 *
 * UNBOUND    the endpoint is unbound; there is no peer
 * BOUND      the endpoint has a port
 * LISTENING  stream only; the endpoint has a port and connections find it
 * CONNECTING stream only; a handshake is under way
 * CONNECTED  there is a peer; the endpoint has a port, but under `implicit_bind = never`. A
 *            connection that was reset stays here: calls on it fail
 * CLOSED     the endpoint is gone. Only `last_descriptor = first` shows it to anybody
 *
 * An association with a reservation is a fact of the endpoint, not a state: it is legal wherever
 * tcpip says so.
 */
enum socket_state {
    SOCKET_UNBOUND,
    SOCKET_BOUND,
    SOCKET_LISTENING,
    SOCKET_CONNECTING,
    SOCKET_CONNECTED,
    SOCKET_CLOSED,
    SOCKET_STATE_COUNT
};

struct socket_waits;

/* The values of the options that hardly a socket sets. */
struct socket_rare_options {
    uint32_t values[SOCKET_RARE_END - SOCKET_OPTION_COUNT];
    uint8_t ip_options[IP_OPTIONS_MAX];
    uint8_t ip_options_size;
};

struct socket_object {
    union {
        struct object object; /* first */
        struct file file;
    };
    struct afd *afd;
    struct endpoint *endpoint;        /* NULL when closed, or a raw socket, which has no port */
    struct socket_waits *waits;       /* NULL until something waits */
    struct socket_rare_options *rare; /* NULL while all are as they were */
    struct socket_kind kind;
    uint8_t state;     /* enum socket_state */
    uint32_t acquirer; /* the process that acquired a block on this socket; 0 when none did */
    uint32_t values[SOCKET_ACCEPTS]; /* of the options that are not computed */
    nt_status connect_status;        /* of a non-blocking connect that failed: SO_ERROR */
    nt_status close_status;          /* of FD_CLOSE */
    uint32_t seen_readable;          /* bytes that FD_READ has told of */
    uint16_t recorded;               /* network events that nobody took; see select_events.c */
    uint16_t seen_urgent;            /* urgent bytes that FD_OOB has told of */
    bool overlapped;
    bool non_blocking; /* FIONBIO; winsock sets it */
    bool duplicated;   /* by WSADuplicateSocket, ever */
    bool cpu_affinity;
    bool ended_with_process; /* the handle closed last was closed by the process' end */
    bool shut_receive, shut_send;
    bool wants_room;     /* a send found no room: FD_WRITE when there is some */
    bool close_seen;     /* FD_CLOSE has been recorded */
    bool connect_failed; /* until the next connect */
    bool connect_bound;  /* the handshake is a ConnectEx's */
    bool needs_context;  /* SO_UPDATE_..._CONTEXT has not been set (rows 156, 161) */
    bool accepted_bare;  /* and the name is not known before (AcceptEx) */
    bool has_local;
    uint16_t peer_port;
    struct address peer;  /* while connected or connecting */
    struct address local; /* of a raw socket; of a connected stream, the address it really uses */
};

/* The profile of the machine the socket lives in. */
static inline const struct profile *socket_profile(const struct socket_object *socket)
{
    return socket->afd->nt->profile;
}

/* STATUS_HOST_DOWN when the network is down. */
nt_status socket_network(const struct socket_object *socket);

/* The options as bind looks at them. */
struct endpoint_options socket_endpoint_options(const struct socket_object *socket);

/* Drops the tickets of a socket that is closing. For duplicate.c's neighbours only. */
void ticket_forget(struct socket_object *socket);

/* A datagram socket was bound by a call on that handle; whether a receive on that handle still
 * takes it for unbound: a duplicate from before, bound through another (`duplicate_learns_bind`).
 */
void socket_bound_through(struct socket_object *socket, const struct process *process,
                          uint64_t handle);
bool socket_seems_unbound(const struct socket_object *socket, const struct process *process,
                          uint64_t handle);

void socket_check(const struct socket_object *socket);

#endif
