/* The inside of a socket, for afd and for what winsock reads of it. Only afd writes it, but for
 * non_blocking.
 */
#ifndef SIM_AFD_SOCKET_H
#define SIM_AFD_SOCKET_H

#include "sim/afd/afd.h"
#include "sim/afd/option.h"
#include "sim/nt/object.h"

/* The life of a socket. What is not drawn is refused.
 *
 *              bind               listen
 *    UNBOUND --------> BOUND ----------------> LISTENING
 *       |   connect,     | ^ disconnect            |
 *       |   send_to      | |  (datagrams)          |
 *       |   (bind        v |                       |
 *       |   implicitly)  CONNECTED                 |
 *       |                |                         |
 *       +-------+--------+-------------------------+
 *               v  the last handle is closed
 *             CLOSED
 *
 * UNBOUND    the endpoint is unbound; there is no peer
 * BOUND      the endpoint has a port
 * LISTENING  stream only; the endpoint has a port and connections find it
 * CONNECTED  there is a peer; the endpoint has a port, but under `implicit_bind = never`
 * CLOSED     the endpoint is gone. Only `last_descriptor = first` shows it to anybody
 *
 * An association with a reservation is a fact of the endpoint, not a state: it is legal wherever
 * tcpip says so.
 */
enum socket_state {
    SOCKET_UNBOUND,
    SOCKET_BOUND,
    SOCKET_LISTENING,
    SOCKET_CONNECTED,
    SOCKET_CLOSED,
    SOCKET_STATE_COUNT
};

struct socket_object {
    struct object object; /* first */
    struct afd *afd;
    struct endpoint *endpoint; /* NULL when closed, or a raw socket, which has no port */
    struct socket_kind kind;
    enum socket_state state;
    uint32_t acquirer; /* the process that acquired a block on this socket; 0 when none did */
    uint32_t values[SOCKET_OPTION_COUNT];
    bool overlapped;
    bool non_blocking; /* FIONBIO; winsock sets it */
    bool duplicated;   /* by WSADuplicateSocket, ever */
    bool cpu_affinity;
    bool ended_with_process; /* the handle closed last was closed by the process' end */
    uint16_t peer_port;
    struct address peer;  /* while connected */
    struct address local; /* of a raw socket; of a connected stream, the address it really uses */
    bool has_local;
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

void socket_check(const struct socket_object *socket);

#endif
