/* What waits on a socket, and how afd's modules work it: for this floor alone. */
#ifndef SIM_AFD_WAITS_H
#define SIM_AFD_WAITS_H

#include "sim/afd/socket.h"

struct io_queue {
    struct io *first, *last;
};

/* One socket that one sockets_poll waits for. */
struct poll_link {
    struct poll_link *next, *previous; /* of the socket's */
    struct socket_object *socket;
    struct poll *poll;
    struct poll_entry *entry;
};

/* What a socket needs only while something waits on it, or an event is selected. */
struct socket_waits {
    struct io_queue queues[IO_KIND_COUNT];
    struct poll_link *polls;
    struct poll *main_poll; /* the one that began when there was none; NULL when it is over */
    uint32_t told;          /* what polls were told of; only a defect looks */
    struct io *accepting;   /* the AcceptEx that this socket is the acceptor of, still waiting */
    struct object *event;   /* of WSAEventSelect; referenced */
    socket_notify *notify;  /* of WSAAsyncSelect */
    void *context;
    uint32_t mask;
    uint32_t posted;        /* message selection: told, and not enabled again */
    uint32_t change_wanted; /* of addresses and routes: the network events that one makes */
    bool swallows; /* a cancelled receive takes along what comes next: a defect of some profiles */
};

/* A socket without an endpoint yet and with one reference: accept's. NULL when the arena is full.
 */
struct socket_object *socket_make(struct afd *afd, const struct socket_opening *opening);

/* Of one for which there was no handle: it ends, and the reference of its making goes. */
void socket_discard(struct socket_object *socket);

/* Makes `endpoint` the socket's, whose owner it then is. */
void socket_adopt(struct socket_object *socket, struct endpoint *endpoint);

/* NULL when the arena is full. */
struct socket_waits *socket_waits(struct socket_object *socket);

/* Puts an io at the end of the socket's queue of that kind and makes it pend. An error when the
 * arena is full or a synchronous caller must not wait.
 */
nt_status io_enqueue(struct io *io, struct socket_object *on, enum io_kind kind);

/* Moves an io that pends to another queue. */
void io_move(struct io *io, struct socket_object *to, enum io_kind kind);

/* Completes an io that is queued or was never. */
void io_complete(struct io *io, nt_status status, uint64_t information);

/* Ends an attempt: completes, or leaves the refusal to the caller. Answers `status`. */
nt_status io_finish_attempt(struct io *io, nt_status status, uint64_t information);

/* Tells who looks on (afd.h) of an overlapped io that pends. */
enum io_stage { IO_PENDS, IO_MOVES, IO_MOVED, IO_COMPLETES, IO_TOLD };
void io_watched(struct io *io, enum io_stage stage);

static inline struct io *io_waiting(const struct socket_object *socket, enum io_kind kind)
{
    return socket->waits == NULL ? NULL : socket->waits->queues[kind].first;
}

/* Completes all that waits on a socket that closes, or whose network or connection went: a stream's
 * receives and sends, other overlapped operations, and those that a caller waits in.
 */
void io_end_all(struct socket_object *socket, nt_status stream, nt_status other, nt_status waiting);

/* Lets waiting receives, sends and accepts go on as far as they can. */
void receives_serve(struct socket_object *socket);
void sends_serve(struct socket_object *socket);
void accepts_serve(struct socket_object *socket);
void disconnects_serve(struct socket_object *socket);

/* What a shutdown put off until nobody waits to send, or to receive, any more; its second half. */
void shutdown_serve(struct socket_object *socket);
void finish_receiving(struct socket_object *socket);
void lingers_serve(struct socket_object *socket);

/* Nothing is sent any more behind what waits to be. */
void shutdown_behind(struct socket_object *socket);

/* A disconnect, or a send with IO_REUSE that has sent all: done when its connection is. */
nt_status disconnect_wait(struct io *io);

/* What SO_LINGER makes of a closesocket: STATUS_DEVICE_NOT_READY when it may not wait. */
nt_status socket_linger(struct socket_object *socket);

/* Tells the endpoint the options it keeps itself. */
void socket_apply_options(struct socket_object *socket);

/* What the socket's options, and then what was wished for this message, make of a datagram. */
struct udp_sending;
struct udp_wishes;
void socket_sending_options(const struct socket_object *socket, const struct udp_wishes *wishes,
                            struct udp_sending *sending);

/* The handshake has ended. */
void connect_ended(struct socket_object *socket, nt_status status);

/* Tries a receive into `io` on the socket `from`, which is not io->socket for an AcceptEx. */
nt_status receive_attempt(struct io *io, struct socket_object *from);

/* Readiness has changed: whoever polls looks again. */
void ready_changed(struct socket_object *socket);
void ready_socket_closed(struct socket_object *socket);

/* The last handle of a file was closed, and polls that were asked of it pend. */
void polls_of_closed_file(struct file *file);

enum network_event {
    EVENT_READ = 1,
    EVENT_WRITE = 2,
    EVENT_OOB = 4,
    EVENT_ACCEPT = 8,
    EVENT_CONNECT = 16,
    EVENT_CLOSE = 32,
    EVENT_ROUTING_CHANGE = 256,
    EVENT_ADDRESS_CHANGE = 512
};

/* Something happened: recorded, and told to whoever selected it. */
void events_record(struct socket_object *socket, uint32_t events);

/* A call that enables an event again was made (recv, send, accept, ...). */
void events_enable(struct socket_object *socket, uint32_t events);

/* A stream's bytes, urgent bytes, end have changed: records what is new of it. */
void events_look(struct socket_object *socket);

/* A new socket of a listener's gets its selection (row 202). */
void events_inherit(struct socket_object *socket, const struct socket_object *listener);

void events_drop(struct socket_object *socket);

#endif
