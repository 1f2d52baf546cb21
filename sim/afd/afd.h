/* Sockets as the kernel sees them: an object with handles, an endpoint below, options, and what
 * calls may be made in which state. Knows NTSTATUS only; pointers have been probed above.
 *
 * What may have to wait is in io.h, who is ready for what in ready.h.
 *
 * A refusal changes nothing, but where the profile asks for a defect that does.
 */
#ifndef SIM_AFD_AFD_H
#define SIM_AFD_AFD_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/nt/nt.h"
#include "sim/tcpip/tcpip.h"

struct io;

/* Who looks on: told of overlapped operations that pend. Changes nothing. Any may be NULL. */
struct io_watch {
    void (*pends)(void *context, struct io *io);
    void (*moves)(void *context, struct io *io);     /* bytes may be written to its buffers now */
    void (*moved)(void *context, struct io *io);     /* and it goes on waiting */
    void (*completes)(void *context, struct io *io); /* its result is there, nobody is told yet */
    void (*told)(void *context, struct io *io);      /* the packet was taken, the routine has run */
};

struct afd {
    struct nt *nt;
    struct tcpip *tcpip;
    bool network_up;        /* false: every call that needs the stack answers STATUS_HOST_DOWN */
    uint32_t sockets;       /* open now */
    struct ticket *tickets; /* of duplicates nobody claimed yet, latest first */
    struct twin *twins;     /* duplicates that were claimed before the socket was bound */
    uint32_t tickets_made;
    const struct io_watch *watch; /* NULL for nobody */
    void *watch_context;
    /* Told when addresses have come or gone; NULL for nobody. */
    void (*addresses_changed)(void *context);
    void *addresses_context;
};

/* NULL when the arena is full. */
struct afd *afd_boot(struct nt *nt, struct tcpip *tcpip);

void afd_check(const struct afd *afd);

/* The network subsystem fails, or works again. What pends when it fails ends with STATUS_HOST_DOWN.
 */
void afd_set_network(struct afd *afd, bool up);

/* The machine's addresses are not what they were: whoever waits for that is told. */
void afd_addresses_changed(struct afd *afd);

/* Whether packets may go over an interface, by its number. */
bool afd_interface_is_up(const struct afd *afd, uint32_t interface);

struct socket_object;

/* ---- Life ------------------------------------------------------------------------------------ */

struct socket_kind {
    uint8_t family;       /* enum family */
    uint8_t protocol;     /* enum protocol */
    uint8_t raw_protocol; /* of a raw socket: the number of the protocol above IP */
};

struct socket_opening {
    struct socket_kind kind;
    bool overlapped; /* the overlapped attribute */
    bool inherit;    /* children may inherit the handle */
};

/* Opens a socket with one handle in `process`.
 *
 *   STATUS_HOST_DOWN               the network is down
 *   STATUS_ACCESS_DENIED           a raw socket, and the token has no administrator
 *   STATUS_INSUFFICIENT_RESOURCES  the arena or the handle table is full
 */
nt_status socket_open(struct afd *afd, struct process *process,
                      const struct socket_opening *opening, uint64_t *handle);

/* The socket behind a handle, or NULL: no socket's handle, or the socket is closed already. */
struct socket_object *socket_find(const struct process *process, uint64_t handle);

/* Closes one handle. STATUS_INVALID_HANDLE when there is none of a socket. */
nt_status socket_close(struct process *process, uint64_t handle);

/* Closes all the sockets of a process, in the order of their handles. */
void socket_close_all(struct process *process);

/* A handle to the same socket for the process `process_id`, open from now on and to be claimed
 * once, there, with the ticket.
 *
 *   STATUS_INVALID_PARAMETER       no such process
 *   STATUS_INSUFFICIENT_RESOURCES  the arena is full
 */
nt_status socket_duplicate(struct socket_object *socket, uint32_t process_id, uint32_t *ticket);

/* Claims a duplicate: its handle in `process`.
 *
 *   STATUS_INVALID_PARAMETER       no such ticket, used before, or another process'
 *   STATUS_INSUFFICIENT_RESOURCES  the arena is full (only a defect makes anything here)
 */
nt_status socket_claim(struct afd *afd, struct process *process, uint32_t ticket, uint64_t *handle);

/* ---- Names and connections ------------------------------------------------------------------- */

/* STATUS_HOST_DOWN, and what endpoint_bind answers. */
nt_status socket_bind(struct socket_object *socket, struct process *process,
                      const struct address *address, uint16_t port);

/* Binds to a port of the stack's choice, unless it is bound. What endpoint_bind_implicitly answers.
 */
nt_status socket_bind_implicitly(struct socket_object *socket, struct process *process);

/* A bind was refused above, for its address' sake: what that leaves behind (`refused_bind`). */
void socket_bind_refused(struct socket_object *socket);

/*   STATUS_HOST_DOWN, STATUS_NOT_SUPPORTED  not a stream socket
 *   STATUS_INVALID_PARAMETER   not bound (`listen_unbound`)
 *   STATUS_CONNECTION_ACTIVE   connected
 */
nt_status socket_listen(struct socket_object *socket, struct process *process, int backlog);

/* connect with AF_UNSPEC: takes the peer from a datagram socket. STATUS_OBJECT_PATH_SYNTAX_BAD for
 * a stream socket, to which no such family is.
 */
nt_status socket_disconnect(struct socket_object *socket);

/* STATUS_INVALID_PARAMETER while unbound. */
nt_status socket_name(const struct socket_object *socket, struct address *address, uint16_t *port);

/* STATUS_INVALID_CONNECTION while not connected. */
nt_status socket_peer(const struct socket_object *socket, struct address *address, uint16_t *port);

/* ---- Reservations ---------------------------------------------------------------------------- */

/* The answers that all three share:
 *
 *   STATUS_HOST_DOWN        the network is down (`network_down`)
 *   of `unsupported_socket`  neither TCP nor UDP
 *   STATUS_DEVICE_NOT_READY a non-blocking socket (`nonblocking_ioctl`)
 *
 * They come before anything else is looked at: ask socket_may_reserve before the buffers.
 */
nt_status socket_may_reserve(const struct socket_object *socket);

/* STATUS_ACCESS_DENIED of `acquire_privilege` and `acquire_low_port`, STATUS_INVALID_PARAMETER of
 * `acquire_on_bound_socket`, and what reservation_acquire answers.
 */
nt_status socket_acquire(struct socket_object *socket, struct process *process,
                         const struct port_range *range, struct reservation_view *out);

/* What reservation_associate answers, STATUS_ACCESS_DENIED of `acquire_privilege`, and of
 * `associate_from_duplicate` when the process only shares the socket that holds the block.
 */
nt_status socket_associate(struct socket_object *socket, struct process *process, uint64_t token);

/* What reservation_release answers, and STATUS_ACCESS_DENIED of `release_privilege`. */
nt_status socket_release(struct socket_object *socket, struct process *process, uint64_t token);

/* SIO_CPU_AFFINITY: several sockets may then bind one port.
 *
 *   STATUS_NOT_SUPPORTED      not a datagram socket
 *   STATUS_INVALID_PARAMETER  bound (`cpu_affinity_after_bind`), or SO_REUSEADDR or
 *                             SO_REUSE_MULTICASTPORT is set (OPT-013)
 */
nt_status socket_set_cpu_affinity(struct socket_object *socket, uint16_t processor);

#endif
