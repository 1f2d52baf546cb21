/* Infrared, which no machine of ours has: socket() refuses it. */
#ifndef BERTH_WIN32_AF_IRDA_H
#define BERTH_WIN32_AF_IRDA_H

#include "windef.h"

#define WINDOWS_AF_IRDA 26
#define WINDOWS_PF_IRDA WINDOWS_AF_IRDA
#ifndef AF_IRDA /* ws2def.h has it too */
#define AF_IRDA WINDOWS_AF_IRDA
#endif

#define IRDA_PROTO_SOCK_STREAM 1
#define PF_IRDA AF_IRDA
#define SOL_IRLMP 0x00FF

#define IRLMP_ENUMDEVICES 0x00000010
#define IRLMP_IAS_SET 0x00000011
#define IRLMP_IAS_QUERY 0x00000012
#define IRLMP_SEND_PDU_LEN 0x00000013
#define IRLMP_EXCLUSIVE_MODE 0x00000014
#define IRLMP_IRLPT_MODE 0x00000015
#define IRLMP_9WIRE_MODE 0x00000016

typedef struct _WINDOWS_IRDA_DEVICE_INFO {
    UCHAR irdaDeviceID[4];
    CHAR irdaDeviceName[22];
    UCHAR irdaDeviceHints1;
    UCHAR irdaDeviceHints2;
    UCHAR irdaCharSet;
} WINDOWS_IRDA_DEVICE_INFO, *PWINDOWS_IRDA_DEVICE_INFO;

typedef struct _WINDOWS_DEVICELIST {
    ULONG numDevice;
    WINDOWS_IRDA_DEVICE_INFO Device[1];
} WINDOWS_DEVICELIST, *PWINDOWS_DEVICELIST;

typedef struct _SOCKADDR_IRDA {
    USHORT irdaAddressFamily;
    UCHAR irdaDeviceID[4];
    CHAR irdaServiceName[25];
} SOCKADDR_IRDA, *PSOCKADDR_IRDA;

#endif
