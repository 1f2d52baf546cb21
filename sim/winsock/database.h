/* Winsock 1.1's databases, for the calls that wait and for those that post a message: each keeps
 * its result in the running thread's answers.
 *
 *   STATUS_HOST_NOT_FOUND, STATUS_HOST_DOWN  no such host, or nobody to ask
 *   STATUS_NO_DATA                           no such row; a host without an IPv4 address
 *   STATUS_ACCESS_VIOLATION                  a bad pointer
 *   STATUS_WSA_MEMORY                        the arena is full
 */
#ifndef SIM_WINSOCK_DATABASE_H
#define SIM_WINSOCK_DATABASE_H

#include <winsock2.h>

#include "sim/winsock/call.h"

nt_status database_host_by_name(const struct call *call, const char *name, HOSTENT **out);
nt_status database_host_by_address(const struct call *call, const char *address, int size, int type,
                                   HOSTENT **out);
nt_status database_service_by_name(const struct call *call, const char *name, const char *protocol,
                                   SERVENT **out);
nt_status database_service_by_port(const struct call *call, int port, const char *protocol,
                                   SERVENT **out);
nt_status database_protocol_by_name(const struct call *call, const char *name, PROTOENT **out);
nt_status database_protocol_by_number(const struct call *call, int number, PROTOENT **out);

#endif
