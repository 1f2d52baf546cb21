/* Windows Sockets 2, for hosts without a Windows SDK: what Berth's ws2_32 has so far. Programs are
 * compiled unchanged; each name is bound to a berth_ symbol, so the C library keeps its own socket.
 */
#ifndef BERTH_WIN32_WINSOCK2_H
#define BERTH_WIN32_WINSOCK2_H

#include "windows.h"
#include "ws2def.h"
#include "wsatypes.h"

#define WINSOCK_VERSION MAKEWORD(2, 2)
#define h_errno WSAGetLastError()

BERTH_FUNCTION(int, WSAStartup, (WORD wVersionRequested, LPWSADATA lpWSAData));
BERTH_FUNCTION(int, WSACleanup, (void));
BERTH_FUNCTION(int, WSAGetLastError, (void));
BERTH_FUNCTION(void, WSASetLastError, (int iError));

BERTH_FUNCTION(SOCKET, socket, (int af, int type, int protocol));
BERTH_FUNCTION(SOCKET, WSASocketA,
               (int af, int type, int protocol, LPWSAPROTOCOL_INFOA lpProtocolInfo, GROUP g,
                DWORD dwFlags));
BERTH_FUNCTION(SOCKET, WSASocketW,
               (int af, int type, int protocol, LPWSAPROTOCOL_INFOW lpProtocolInfo, GROUP g,
                DWORD dwFlags));
BERTH_FUNCTION(int, closesocket, (SOCKET s));
BERTH_FUNCTION(int, WSADuplicateSocketA,
               (SOCKET s, DWORD dwProcessId, LPWSAPROTOCOL_INFOA lpProtocolInfo));
BERTH_FUNCTION(int, WSADuplicateSocketW,
               (SOCKET s, DWORD dwProcessId, LPWSAPROTOCOL_INFOW lpProtocolInfo));

BERTH_FUNCTION(int, bind, (SOCKET s, const struct sockaddr *name, int namelen));
BERTH_FUNCTION(int, listen, (SOCKET s, int backlog));
BERTH_FUNCTION(int, connect, (SOCKET s, const struct sockaddr *name, int namelen));
BERTH_FUNCTION(int, WSAConnect,
               (SOCKET s, const struct sockaddr *name, int namelen, LPWSABUF lpCallerData,
                LPWSABUF lpCalleeData, LPQOS lpSQOS, LPQOS lpGQOS));
BERTH_FUNCTION(int, getsockname, (SOCKET s, struct sockaddr *name, int *namelen));
BERTH_FUNCTION(int, getpeername, (SOCKET s, struct sockaddr *name, int *namelen));
BERTH_FUNCTION(int, sendto,
               (SOCKET s, const char *buf, int len, int flags, const struct sockaddr *to,
                int tolen));
BERTH_FUNCTION(int, WSASendTo,
               (SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesSent,
                DWORD dwFlags, const struct sockaddr *lpTo, int iTolen,
                LPWSAOVERLAPPED lpOverlapped,
                LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine));

BERTH_FUNCTION(int, setsockopt, (SOCKET s, int level, int optname, const char *optval, int optlen));
BERTH_FUNCTION(int, getsockopt, (SOCKET s, int level, int optname, char *optval, int *optlen));
BERTH_FUNCTION(int, ioctlsocket, (SOCKET s, LONG cmd, u_long *argp));
BERTH_FUNCTION(int, WSAIoctl,
               (SOCKET s, DWORD dwIoControlCode, LPVOID lpvInBuffer, DWORD cbInBuffer,
                LPVOID lpvOutBuffer, DWORD cbOutBuffer, LPDWORD lpcbBytesReturned,
                LPWSAOVERLAPPED lpOverlapped,
                LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine));
BERTH_FUNCTION(BOOL, WSAGetOverlappedResult,
               (SOCKET s, LPWSAOVERLAPPED lpOverlapped, LPDWORD lpcbTransfer, BOOL fWait,
                LPDWORD lpdwFlags));

BERTH_FUNCTION(WSAEVENT, WSACreateEvent, (void));
BERTH_FUNCTION(BOOL, WSACloseEvent, (WSAEVENT hEvent));
BERTH_FUNCTION(BOOL, WSASetEvent, (WSAEVENT hEvent));
BERTH_FUNCTION(BOOL, WSAResetEvent, (WSAEVENT hEvent));
BERTH_FUNCTION(DWORD, WSAWaitForMultipleEvents,
               (DWORD cEvents, const WSAEVENT *lphEvents, BOOL fWaitAll, DWORD dwTimeout,
                BOOL fAlertable));

BERTH_FUNCTION(u_short, htons, (u_short hostshort));
BERTH_FUNCTION(u_short, ntohs, (u_short netshort));
BERTH_FUNCTION(u_long, htonl, (u_long hostlong));
BERTH_FUNCTION(u_long, ntohl, (u_long netlong));
BERTH_FUNCTION(ULONG, inet_addr, (const char *cp));

/* gethostname is a macro, for the C library has one of another type. */
BERTH_EXTERN int WINAPI gethostname(char *name, int namelen);

#if defined(UNICODE)
#define WSASocket WSASocketW
#define WSADuplicateSocket WSADuplicateSocketW
#define WSAPROTOCOL_INFO WSAPROTOCOL_INFOW
#define LPWSAPROTOCOL_INFO LPWSAPROTOCOL_INFOW
#define SO_PROTOCOL_INFO SO_PROTOCOL_INFOW
#else
#define WSASocket WSASocketA
#define WSADuplicateSocket WSADuplicateSocketA
#define WSAPROTOCOL_INFO WSAPROTOCOL_INFOA
#define LPWSAPROTOCOL_INFO LPWSAPROTOCOL_INFOA
#define SO_PROTOCOL_INFO SO_PROTOCOL_INFOA
#endif

#endif
