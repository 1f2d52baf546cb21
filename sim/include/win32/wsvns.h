/* Banyan VINES: a family that no Windows of today has. */
#ifndef BERTH_WIN32_WSVNS_H
#define BERTH_WIN32_WSVNS_H

#define VNSPROTO_IPC 1
#define VNSPROTO_RELIABLE_IPC 2
#define VNSPROTO_SPP 3
#define VNS_VERSION_1 1
#define VNS_VERSION_2 2

#include "winsock2.h"

typedef struct _sockaddr_vns {
    USHORT sin_family;
    UCHAR net_address[4];
    UCHAR subnet_addr[2];
    UCHAR port[2];
    UCHAR hops;
    UCHAR filler[5];
} SOCKADDR_VNS, *PSOCKADDR_VNS, *LPSOCKADDR_VNS;

#endif
