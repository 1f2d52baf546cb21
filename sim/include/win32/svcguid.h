/* The classes of services that have a port, as WSALookupServiceBegin takes them. */
#ifndef BERTH_WIN32_SVCGUID_H
#define BERTH_WIN32_SVCGUID_H

#include "guiddef.h"

#define SVCID_TCP_RR(port, record)                                                                 \
    {(0x0009 << 16) | (port), (record), 0, {0xC0, 0, 0, 0, 0, 0, 0, 0x46}}
#define SVCID_TCP(port) SVCID_TCP_RR(port, 0)
#define SVCID_UDP_RR(port, record)                                                                 \
    {(0x000A << 16) | (port), (record), 0, {0xC0, 0, 0, 0, 0, 0, 0, 0x46}}
#define SVCID_UDP(port) SVCID_UDP_RR(port, 0)
#define SVCID_HOSTNAME                                                                             \
    {0x0002A800, 0, 0, {0xC0, 0, 0, 0, 0, 0, 0, 0x46}}
#define SVCID_INET_HOSTADDRBYINETSTRING                                                            \
    {0x0002A801, 0, 0, {0xC0, 0, 0, 0, 0, 0, 0, 0x46}}
#define SVCID_INET_SERVICEBYNAME                                                                   \
    {0x0002A802, 0, 0, {0xC0, 0, 0, 0, 0, 0, 0, 0x46}}
#define SVCID_INET_HOSTADDRBYNAME                                                                  \
    {0x0002A803, 0, 0, {0xC0, 0, 0, 0, 0, 0, 0, 0x46}}

#endif
