/* What \Device\Afd is asked of a socket, past Winsock: its control codes and what they share. */
#ifndef SIM_RUNTIME_NATIVE_SOCKET_H
#define SIM_RUNTIME_NATIVE_SOCKET_H

#include "sim/afd/io.h"
#include "sim/afd/socket.h"
#include "sim/runtime/native.h"
#include "sim/winsock/name.h"

/* Answers one control code of a call that was prepared, on a socket. */
typedef nt_status native_control(const struct native_call *call,
                                 const struct native_buffers *buffers);

/* Who answers a code, and whose request a call of it makes; NULL when nobody does. */
struct native_code {
    uint32_t code;
    native_control *control;
    void (*run)(struct request *request);
};
const struct native_code *native_find_code(uint32_t code);

static inline struct socket_object *native_socket(const struct native_call *call)
{
    return (struct socket_object *)call->file;
}

/* Reads what a code takes in. STATUS_INVALID_PARAMETER when there is less of it. */
nt_status native_read(const struct native_buffers *buffers, void *out, size_t size);

/* Whether `size` bytes may be written out: STATUS_BUFFER_TOO_SMALL, STATUS_ACCESS_VIOLATION. */
nt_status native_may_write(const struct native_buffers *buffers, size_t size);

/* An address with nothing but its bytes, of which `size` are there.
 *
 *   STATUS_INVALID_PARAMETER  not even a family
 *   STATUS_INVALID_ADDRESS    a family that is not the socket's, or less than its address has
 */
nt_status native_read_name(const struct socket_object *socket, const void *address, size_t size,
                           struct name *out);

/* Ends a call that was done at once, with STATUS_SUCCESS. */
nt_status native_done(const struct native_call *call, uint64_t information);

/* Calls the routine of an io. */
void native_move_run(struct request *request);

/* The extended attribute that makes a socket of the file that is opened. `options` and `attributes`
 * are NtCreateFile's.
 *
 *   STATUS_INVALID_PARAMETER       another attribute, or a short one
 *   STATUS_PROTOCOL_NOT_SUPPORTED  no such socket
 *   STATUS_ACCESS_VIOLATION, and what socket_open answers
 */
nt_status native_open_socket(const void *ea, ULONG size, ULONG options, ULONG attributes,
                             uint64_t *handle);

/* Bytes to move, or a connection to make. */
struct native_transfer {
    const char *name;
    enum io_kind kind;
    unsigned flags; /* enum io_flag */
    uint32_t count;
    const struct io_buffer *buffers;
    const struct name *to;            /* NULL for nowhere in particular */
    void (*finishing)(struct io *io); /* as in io.h, with `guest` */
    void *guest[2];
};

/* Probes the buffers, and starts it. What socket_receive, socket_send or socket_connect_io answers,
 * and STATUS_ACCESS_VIOLATION.
 */
nt_status native_transfer(const struct native_call *call, const struct native_transfer *transfer);

/* ---- The codes ------------------------------------------------------------------------------- */

native_control native_receive, native_receive_datagram, native_send, native_send_datagram,
    native_connect;
native_control native_bind, native_listen, native_get_address, native_get_remote_address,
    native_disconnect, native_receive_information, native_get_information, native_set_information;
native_control native_select_events, native_take_events, native_wait_for_listen, native_accept;

#endif
