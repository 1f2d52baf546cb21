/* The catalogue: which sockets there are, and how WSAPROTOCOL_INFO describes them. */
#ifndef SIM_WINSOCK_PROTOCOL_H
#define SIM_WINSOCK_PROTOCOL_H

#include "sim/winsock/call.h"

struct socket_request {
    int family, type, protocol; /* as the program gave them, or the structure */
};

/* What kind of socket a request means (winsock-behaviour rows 131 and 132).
 *
 *   STATUS_SOCKET_TYPE_NOT_SUPPORTED  judged first
 *   STATUS_OBJECT_PATH_SYNTAX_BAD     a family nobody knows
 *   STATUS_INVALID_PARAMETER          no family and no protocol
 *   STATUS_PROTOCOL_NOT_SUPPORTED     unknown, or not this type's
 */
nt_status protocol_find(const struct socket_request *request, struct socket_kind *kind);

/* Family, type and protocol of a kind of socket, in Winsock's numbers. */
struct socket_request protocol_numbers(const struct socket_kind *kind);

/* Describes a kind of socket. */
void protocol_describe(const struct socket_kind *kind, WSAPROTOCOL_INFOW *info);

/* Between the structure's two spellings; the name is plain ASCII. */
void protocol_narrow(const WSAPROTOCOL_INFOW *wide, WSAPROTOCOL_INFOA *narrow);
void protocol_widen(const WSAPROTOCOL_INFOA *narrow, WSAPROTOCOL_INFOW *wide);

#endif
