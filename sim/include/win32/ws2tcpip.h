/* Addresses as text. */
#ifndef BERTH_WIN32_WS2TCPIP_H
#define BERTH_WIN32_WS2TCPIP_H

#include "winsock2.h"
#include "ws2ipdef.h"

BERTH_FUNCTION(INT, inet_pton, (INT Family, PCSTR pszAddrString, PVOID pAddrBuf));
#define InetPtonA inet_pton

#endif
