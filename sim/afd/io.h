/* Operations on sockets that may have to wait: receive, send, accept, connect, disconnect and what
 * is told when something changes. One record for all of them, which winsock/ fills in and afd
 * carries out.
 *
 * A synchronous caller's io lies on his stack; an overlapped one's in the arena (io_new). Each
 * function answers
 *
 *   STATUS_SUCCESS or a warning  done; io->request.information bytes. Delivered, if overlapped
 *   STATUS_PENDING               queued, to complete later; a synchronous caller calls io_wait
 *   an error                     refused; only the caller is told, who gives the io back
 *
 * A synchronous io on a non-blocking socket is never queued: STATUS_DEVICE_NOT_READY instead.
 * An overlapped io (request.delivery.block is not NULL) pends whatever the blocking mode (row 115).
 */
#ifndef SIM_AFD_IO_H
#define SIM_AFD_IO_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/afd/afd.h"
#include "sim/nt/request.h"

/* The guest's buffers, probed above. */
struct io_buffer {
    void *base;
    uint32_t size;
};

enum io_flag {
    IO_PEEK = 1,
    IO_URGENT = 2,         /* MSG_OOB */
    IO_WAIT_ALL = 4,       /* MSG_WAITALL */
    IO_PARTIAL = 8,        /* out: MSG_PARTIAL, the datagram was longer */
    IO_BROADCAST = 16,     /* out: MSG_BCAST */
    IO_MULTICAST = 32,     /* out: MSG_MCAST */
    IO_NO_WAIT = 64,       /* neither waits nor pends, as if the socket were non-blocking */
    IO_REUSE = 128,        /* TF_REUSE_SOCKET, of a disconnect, or a send that disconnects */
    IO_TOO_SMALL = 256,    /* of an accept: no room for the addresses, found when somebody comes */
    IO_ALWAYS_PENDS = 512, /* overlapped: told as if it had pended, though it is done at once */
    IO_WAITS = 1024,       /* synchronous: waits though the socket is non-blocking (row 117) */
    IO_ADDRESS_CHANGE = 2048, /* of a control: waits until the machine's addresses change */
    IO_ROUTE_CHANGE = 4096,   /* or its routes */
    IO_DISCONNECTS = 8192     /* of a send: the connection ends behind it, as by DisconnectEx */
};

enum io_kind {
    IO_RECEIVE,
    IO_SEND,
    IO_ACCEPT,
    IO_CONNECT,
    IO_DISCONNECT,
    IO_CONTROL,
    IO_LINGER, /* afd's own: a closesocket that waits */
    IO_KIND_COUNT
};

enum { IO_BUFFERS_INLINE = 2 };

struct io_queue;
struct udp_wishes;

struct io {
    struct request request; /* first */
    enum io_kind kind;
    unsigned flags; /* enum io_flag, in and out */
    struct socket_object *socket;
    struct io *next, *previous; /* in `queue` */
    struct io_queue *queue;     /* of a socket; NULL outside */
    const char *call;           /* for the deadlock report; a literal */
    struct io_buffer *buffers;
    uint32_t buffer_count;
    struct io_buffer few[IO_BUFFERS_INLINE];
    uint64_t size; /* of all buffers */
    uint64_t done; /* bytes that have been moved already */
    /* In: where to, of a send or connect; has_address says whether. Out: where from, of a receive;
     * the peer, of an accept.
     */
    bool has_address;
    uint16_t port;
    struct address address;
    struct address to;               /* out: where a datagram was sent to, for IP_PKTINFO; of an
                                        accept, the address it came in by */
    uint16_t to_port;                /* out, of an accept */
    uint32_t interface;              /* out */
    uint32_t piece;                  /* out: how long each of several datagrams was, else 0 */
    uint8_t ttl, tos;                /* out */
    bool is_4;                       /* out: the datagram was IPv4's, whatever the socket is */
    const struct udp_wishes *wishes; /* in, of a datagram to send; NULL for none */
    struct socket_object *acceptor;  /* of an accept that has one (AcceptEx); a reference is held */
    uint32_t watched;                /* the watcher's own number for it; see afd.h */
    uint64_t timer;                  /* an event that is to complete it */
    void *kept;                      /* bytes of its own among the buffers; see io_keep */
    uint64_t kept_size;
    /* Winsock's: writes what is the guest's just before an overlapped request is told; it may make
     * a warning of request.status.
     */
    void (*finishing)(struct io *io);
    void *guest[4]; /* Winsock's, for `finishing` and the routine */
    uint64_t above[2];
};

/* An io in the arena, told as `delivery` says; or on the caller's stack, when `delivery` is NULL.
 * `call` is a literal. The buffers are copied. False (NULL) when the arena is full.
 */
struct io *io_new(struct socket_object *socket, enum io_kind kind, const char *call,
                  const struct request_delivery *delivery);
void io_begin(struct io *io, struct socket_object *socket, enum io_kind kind, const char *call);
bool io_set_buffers(struct io *io, const struct io_buffer *buffers, uint32_t count);

/* Takes the bytes of the io's one buffer over, so that the guest may use it again. False when the
 * arena is full. Or: buffers lie in this block of the arena, which is the io's from now on.
 */
bool io_keep(struct io *io);
void io_adopt(struct io *io, void *block, uint64_t size);

/* Gives back an io that was refused, or that a synchronous caller has done with. One that has been
 * delivered gives itself back; of one that was delivered at once, within the call, request.status,
 * information and what else it found can still be read until the next io_new.
 */
void io_end(struct io *io);

/* Waits for a synchronous io: `timeout_ms` 0 for ever (SO_RCVTIMEO, SO_SNDTIMEO). The status it
 * completed with, or STATUS_TIMEOUT (WSAETIMEDOUT).
 */
nt_status io_wait(struct io *io, uint32_t timeout_ms, bool alertable);

/* ---- Moving bytes ---------------------------------------------------------------------------- */

/*   STATUS_HOST_DOWN
 *   STATUS_INVALID_PARAMETER   an unbound datagram socket; no buffers (row 119)
 *   STATUS_INVALID_CONNECTION  a stream that is not connected, or is connecting
 *   STATUS_PIPE_DISCONNECTED   after SD_RECEIVE
 *   STATUS_CONNECTION_RESET, STATUS_CONNECTION_ABORTED, STATUS_IO_TIMEOUT  the connection is gone
 *   STATUS_BUFFER_OVERFLOW     a datagram was cut (information: the bytes stored)
 *   STATUS_PORT_UNREACHABLE    a datagram sent before met nobody
 * 0 bytes of a stream are its end.
 */
nt_status socket_receive(struct io *io);

/* With has_address: to there (sendto). Binds implicitly. IO_REUSE: done when the socket is free.
 *   STATUS_HOST_DOWN, STATUS_INVALID_CONNECTION, STATUS_PIPE_DISCONNECTED after SD_SEND,
 *   STATUS_INVALID_ADDRESS, STATUS_BUFFER_OVERFLOW a datagram too long, what endpoint_bind answers
 */
nt_status socket_send(struct io *io, struct process *process);

/* ---- Connections ----------------------------------------------------------------------------- */

/* The connection that waits longest; `information` is its handle in the caller's process. With an
 * acceptor: into that socket, then up to `size` bytes into the buffers (AcceptEx).
 *   STATUS_INVALID_PARAMETER   not listening, or the acceptor is not fresh
 *   STATUS_NOT_SUPPORTED       not a stream socket
 */
nt_status socket_accept(struct io *io);

/* WSAAccept's condition: who waits longest; then take it by socket_accept, or refuse it. False when
 * nobody waits.
 */
bool socket_incoming(const struct socket_object *socket, struct address *address, uint16_t *port);
void socket_refuse(struct socket_object *socket);

/* connect: binds implicitly, then connects to io->address; a datagram or raw socket gets its peer.
 * `bound_only`: ConnectEx, whose buffers are sent behind the handshake. A synchronous io on a
 * non-blocking socket answers STATUS_DEVICE_NOT_READY and the handshake goes on.
 *   STATUS_HOST_DOWN
 *   STATUS_NOT_SUPPORTED       ConnectEx on what is no stream socket
 *   STATUS_INVALID_PARAMETER   listening, or waiting to accept into it; ConnectEx while connecting
 *                              or unbound (`connectex_unbound`)
 *   STATUS_ALREADY_IN_PROGRESS connecting (`connect_twice`)
 *   STATUS_CONNECTION_ACTIVE   a connected stream (`connect_again`)
 *   STATUS_INVALID_ADDRESS     a stream to the wildcard address or to port 0
 *   STATUS_ACCESS_DENIED       a broadcast address without SO_BROADCAST
 *   STATUS_CONNECTION_REFUSED  nobody listens; the socket stays bound
 *   STATUS_IO_TIMEOUT, STATUS_NETWORK_UNREACHABLE, STATUS_HOST_UNREACHABLE
 * and what endpoint_bind_implicitly answers.
 */
nt_status socket_connect_io(struct io *io, struct process *process, bool bound_only);

/* DisconnectEx. STATUS_HOST_DOWN, STATUS_INVALID_CONNECTION for what is no connected stream. */
nt_status socket_disconnect_io(struct io *io);

/* shutdown: `how` is SD_RECEIVE 0, SD_SEND 1, SD_BOTH 2.
 *   STATUS_INVALID_PARAMETER another how; STATUS_INVALID_CONNECTION (rows 215, 219)
 */
nt_status socket_shutdown(struct socket_object *socket, int how);

/* SO_UPDATE_ACCEPT_CONTEXT and SO_UPDATE_CONNECT_CONTEXT.
 *
 *   STATUS_INVALID_CONNECTION  not connected; not by AcceptEx, or updated before
 *   STATUS_INVALID_PARAMETER   `listener` does not listen
 */
nt_status socket_update_accept_context(struct socket_object *socket,
                                       struct socket_object *listener);
nt_status socket_update_connect_context(struct socket_object *socket);

#endif
