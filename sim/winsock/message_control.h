/* What travels beside a datagram: the control data of WSASendMsg and WSARecvMsg. */
#ifndef SIM_WINSOCK_MESSAGE_CONTROL_H
#define SIM_WINSOCK_MESSAGE_CONTROL_H

#include "sim/tcpip/udp.h"
#include "sim/winsock/call.h"

struct io;

/* What the sender wishes for one message.
 *
 *   STATUS_ACCESS_VIOLATION   the control data cannot be read
 *   STATUS_INVALID_PARAMETER  a header of no length, or one that nobody knows
 */
nt_status control_read(const struct call *call, const WSABUF *control, struct udp_wishes *out);

/* Writes what the socket's options ask to be told of a datagram that came. Answers how many bytes;
 * *cut when something did not fit.
 */
DWORD control_write(const struct call *call, const struct io *io, const WSABUF *room, bool *cut);

#endif
