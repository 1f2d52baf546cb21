/* Winsock 1.1's header: its calls are Winsock 2's, with what mswsock.h has of that time. */
#ifndef BERTH_WIN32_WINSOCK_H
#define BERTH_WIN32_WINSOCK_H

#include "winsock2.h"
#include "mswsock.h"
#include "ws2ipdef.h"

#endif
