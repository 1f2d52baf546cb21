/* Sockets between a machine and the virtual ones it runs: a family that this machine has not. */
#ifndef BERTH_WIN32_HVSOCKET_H
#define BERTH_WIN32_HVSOCKET_H

#include "winsock2.h"

#define HV_PROTOCOL_RAW 1
#define HVSOCKET_CONNECT_TIMEOUT 0x01
#define HVSOCKET_CONNECT_TIMEOUT_MAX 300000
#define HVSOCKET_CONTAINER_PASSTHRU 0x02
#define HVSOCKET_CONNECTED_SUSPEND 0x04

typedef struct _SOCKADDR_HV {
    ADDRESS_FAMILY Family;
    USHORT Reserved;
    GUID VmId;
    GUID ServiceId;
} SOCKADDR_HV, *PSOCKADDR_HV;

#endif
