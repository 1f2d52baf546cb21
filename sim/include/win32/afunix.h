/* Addresses of sockets in the file system. */
#ifndef BERTH_WIN32_AFUNIX_H
#define BERTH_WIN32_AFUNIX_H

#include "ws2def.h"

#define UNIX_PATH_MAX 108
#define SIO_AF_UNIX_GETPEERPID _WSAIOR(IOC_VENDOR, 256)

typedef struct sockaddr_un {
    ADDRESS_FAMILY sun_family;
    char sun_path[UNIX_PATH_MAX];
} SOCKADDR_UN, *PSOCKADDR_UN;

#endif
