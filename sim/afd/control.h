/* Operations on sockets that move no bytes: controls that wait for something, and what can be seen
 * of a socket from outside.
 */
#ifndef SIM_AFD_CONTROL_H
#define SIM_AFD_CONTROL_H

#include "sim/afd/io.h"

/* Pends until the machine's addresses or routes change (IO_ADDRESS_CHANGE, IO_ROUTE_CHANGE), or it
 * is cancelled; with 0 only that. A non-blocking synchronous caller: STATUS_DEVICE_NOT_READY, and
 * FD_ADDRESS_LIST_CHANGE or FD_ROUTING_INTERFACE_CHANGE is recorded when it happens.
 */
nt_status socket_wait_for_change(struct io *io, unsigned change);

/* A control's ends, as the attempts above end: done by now, or refused; refused, but seen to pend
 * first (row 19, overlapped only); done by `act`, which ends it by io_finish, in `delay_ns`.
 * The last answers STATUS_PENDING, or an error when it cannot be done later.
 */
nt_status socket_control_end(struct io *io, nt_status status, uint64_t information);
nt_status socket_control_refused(struct io *io, nt_status status);
nt_status socket_control_later(struct io *io, uint64_t delay_ns, void (*act)(struct io *io));
void io_finish(struct io *io, nt_status status, uint64_t information);

/* FIONREAD, SIOCATMARK; SIO_FLUSH (drops what is buffered to be sent). */
uint32_t socket_readable_bytes(const struct socket_object *socket);
bool socket_at_mark(const struct socket_object *socket);
nt_status socket_flush(struct socket_object *socket);
void socket_abort_control(struct socket_object *socket); /* cancels the control codes that pend */

/* Seconds since the connection was made; UINT32_MAX when there is none. */
uint32_t socket_connect_seconds(const struct socket_object *socket);

#endif
