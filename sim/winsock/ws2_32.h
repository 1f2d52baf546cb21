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

/* The table of the provider that a program named, or the first one's for NULL. */
const WSPPROC_TABLE *provider_of_info(const WSAPROTOCOL_INFOW *info);

#endif
