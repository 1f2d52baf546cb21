/* The options by which a socket joins and leaves multicast groups: structures of many shapes that
 * say the same.
 */
#ifndef SIM_WINSOCK_MEMBERSHIP_H
#define SIM_WINSOCK_MEMBERSHIP_H

#include <ws2ipdef.h>

#include "sim/winsock/call.h"

/* Whether it is such an option. None can be got (row 253). */
bool membership_is(int level, int name);

/*   STATUS_ACCESS_VIOLATION    the structure is too short or not there
 *   STATUS_INVALID_PARAMETER   of another family, or not a datagram socket
 *   and what socket_join and socket_leave answer
 */
nt_status membership_set(struct call *call, struct socket_object *socket, int name,
                         const char *value, int size);

/* What the structures have: 0.0.0.0, a number or an address for an interface, UINT32_MAX for none
 * of this machine's; addresses of either family, false for another.
 */
uint32_t membership_interface(IN_ADDR in);
bool membership_address(const SOCKADDR_STORAGE *from, struct address *out);
void membership_storage(const struct address *from, SOCKADDR_STORAGE *out);

#endif
