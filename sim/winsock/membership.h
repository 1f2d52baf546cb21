/* The options by which a socket joins and leaves multicast groups: structures of many shapes that
 * say the same.
 */
#ifndef SIM_WINSOCK_MEMBERSHIP_H
#define SIM_WINSOCK_MEMBERSHIP_H

#include "sim/winsock/call.h"

/* Whether it is such an option. None can be got (row 253). */
bool membership_is(int level, int name);

/*   STATUS_ACCESS_VIOLATION    the structure is too short or not there
 *   STATUS_INVALID_PARAMETER   of another family, or not a datagram socket
 *   and what socket_join and socket_leave answer
 */
nt_status membership_set(struct call *call, struct socket_object *socket, int name,
                         const char *value, int size);

#endif
