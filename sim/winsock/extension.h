/* mswsock's functions, found by GUID or, some of them, exported. */
#ifndef SIM_WINSOCK_EXTENSION_H
#define SIM_WINSOCK_EXTENSION_H

#include <mswsock.h>

typedef void extension_function(void);

/* The function called `id`, or NULL. */
extension_function *extension_find(const GUID *id);

BOOL WINAPI extension_connect(SOCKET s, const struct sockaddr *name, int namelen,
                              PVOID lpSendBuffer, DWORD dwSendDataLength, LPDWORD lpdwBytesSent,
                              LPOVERLAPPED lpOverlapped);
BOOL WINAPI extension_disconnect(SOCKET s, LPOVERLAPPED lpOverlapped, DWORD dwFlags,
                                 DWORD dwReserved);
BOOL WINAPI extension_transmit_packets(SOCKET hSocket, LPTRANSMIT_PACKETS_ELEMENT lpPacketArray,
                                       DWORD nElementCount, DWORD nSendSize,
                                       LPOVERLAPPED lpOverlapped, DWORD dwFlags);
INT WINAPI extension_receive_message(SOCKET s, LPWSAMSG lpMsg, LPDWORD lpdwNumberOfBytesRecvd,
                                     LPWSAOVERLAPPED lpOverlapped,
                                     LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine);

#endif
