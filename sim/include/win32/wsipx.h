/* IPX, which no machine of ours has: socket() refuses it. */
#ifndef BERTH_WIN32_WSIPX_H
#define BERTH_WIN32_WSIPX_H

#include "winsock2.h"

#define NSPROTO_IPX 1000
#define NSPROTO_SPX 1256
#define NSPROTO_SPXII 1257

typedef struct sockaddr_ipx {
    SHORT sa_family;
    CHAR sa_netnum[4];
    CHAR sa_nodenum[6];
    USHORT sa_socket;
} SOCKADDR_IPX, *PSOCKADDR_IPX, *LPSOCKADDR_IPX;

#endif
