/* ws2_32's entry points: each asks whether the process may call, then the provider, and sets the
 * last error.
 */
#ifndef SIM_WINSOCK_WS2_32_H
#define SIM_WINSOCK_WS2_32_H

#include <winsock2.h>

#include "sim/winsock/call.h"

/* The table of the provider that a socket belongs to; INVALID_SOCKET for the one of new sockets. A
 * number that is no socket goes to the base provider, which finds that out.
 */
const WSPPROC_TABLE *provider_for(SOCKET s);

/* The table of the provider that a program named, or for NULL of the family's first one. */
const WSPPROC_TABLE *provider_of_info(const WSAPROTOCOL_INFOW *info, int family);

/* The table of the provider that makes such sockets, by `info` when that is given; `*entry_info`
 * gets what its catalogue entry says, for a layered one. NULL and the status when it cannot be
 * loaded.
 */
struct socket_request;
const WSPPROC_TABLE *provider_of_new(const struct call *call, const struct socket_request *request,
                                     const WSAPROTOCOL_INFOW *info, WSAPROTOCOL_INFOW *entry_info,
                                     nt_status *status);

#endif
