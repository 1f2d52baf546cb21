/* Windows Sockets 2, for hosts without a Windows SDK. Programs are compiled unchanged; each name is
 * bound to a berth_ symbol, so the C library keeps its own socket.
 */
#ifndef BERTH_WIN32_WINSOCK2_H
#define BERTH_WIN32_WINSOCK2_H

#include "windows.h"
#include "ws2def.h"
#include "wsaquery.h"
#include "wsatypes.h"

#ifndef WINSOCK_VERSION
#define WINSOCK_VERSION MAKEWORD(2, 2)
#endif
#define h_errno WSAGetLastError()
#define HOST_NOT_FOUND WSAHOST_NOT_FOUND
#define TRY_AGAIN WSATRY_AGAIN
#define NO_RECOVERY WSANO_RECOVERY
#define NO_DATA WSANO_DATA
#define WSANO_ADDRESS WSANO_DATA
#define NO_ADDRESS WSANO_ADDRESS
#define WSAMAKEASYNCREPLY(length, error) MAKELONG(length, error)
#define WSAMAKESELECTREPLY(event, error) MAKELONG(event, error)
#define WSAGETASYNCBUFLEN(parameter) LOWORD(parameter)
#define WSAGETASYNCERROR(parameter) HIWORD(parameter)
#define WSAGETSELECTEVENT(parameter) LOWORD(parameter)
#define WSAGETSELECTERROR(parameter) HIWORD(parameter)

/* clang-format off */
BERTH_FUNCTION(int, WSAStartup, (WORD wVersionRequested, LPWSADATA lpWSAData));
BERTH_FUNCTION(int, WSACleanup, (void));
BERTH_FUNCTION(int, WSAGetLastError, (void));
BERTH_FUNCTION(void, WSASetLastError, (int iError));

BERTH_FUNCTION(SOCKET, socket, (int af, int type, int protocol));
BERTH_FUNCTION(SOCKET, WSASocketA, (int af, int type, int protocol, LPWSAPROTOCOL_INFOA
    lpProtocolInfo, GROUP g, DWORD dwFlags));
BERTH_FUNCTION(SOCKET, WSASocketW, (int af, int type, int protocol, LPWSAPROTOCOL_INFOW
    lpProtocolInfo, GROUP g, DWORD dwFlags));
BERTH_FUNCTION(int, closesocket, (SOCKET s));
BERTH_FUNCTION(int, WSADuplicateSocketA, (SOCKET s, DWORD dwProcessId, LPWSAPROTOCOL_INFOA
    lpProtocolInfo));
BERTH_FUNCTION(int, WSADuplicateSocketW, (SOCKET s, DWORD dwProcessId, LPWSAPROTOCOL_INFOW
    lpProtocolInfo));
BERTH_FUNCTION(int, WSAEnumProtocolsA, (LPINT lpiProtocols, LPWSAPROTOCOL_INFOA lpProtocolBuffer,
    LPDWORD lpdwBufferLength));
BERTH_FUNCTION(int, WSAEnumProtocolsW, (LPINT lpiProtocols, LPWSAPROTOCOL_INFOW lpProtocolBuffer,
    LPDWORD lpdwBufferLength));
BERTH_FUNCTION(int, WSAProviderConfigChange, (LPHANDLE lpNotificationHandle, LPWSAOVERLAPPED
    lpOverlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine));

BERTH_FUNCTION(int, bind, (SOCKET s, const struct sockaddr *name, int namelen));
BERTH_FUNCTION(int, listen, (SOCKET s, int backlog));
BERTH_FUNCTION(int, connect, (SOCKET s, const struct sockaddr *name, int namelen));
BERTH_FUNCTION(int, WSAConnect, (SOCKET s, const struct sockaddr *name, int namelen, LPWSABUF
    lpCallerData, LPWSABUF lpCalleeData, LPQOS lpSQOS, LPQOS lpGQOS));
BERTH_FUNCTION(SOCKET, WSAJoinLeaf, (SOCKET s, const struct sockaddr *name, int namelen, LPWSABUF
    lpCallerData, LPWSABUF lpCalleeData, LPQOS lpSQOS, LPQOS lpGQOS, DWORD dwFlags));
BERTH_FUNCTION(BOOL, WSAConnectByNameA, (SOCKET s, LPCSTR nodename, LPCSTR servicename, LPDWORD
    LocalAddressLength, LPSOCKADDR LocalAddress, LPDWORD RemoteAddressLength, LPSOCKADDR
    RemoteAddress, const struct timeval *timeout, LPWSAOVERLAPPED Reserved));
BERTH_FUNCTION(BOOL, WSAConnectByNameW, (SOCKET s, LPWSTR nodename, LPWSTR servicename, LPDWORD
    LocalAddressLength, LPSOCKADDR LocalAddress, LPDWORD RemoteAddressLength, LPSOCKADDR
    RemoteAddress, const struct timeval *timeout, LPWSAOVERLAPPED Reserved));
BERTH_FUNCTION(BOOL, WSAConnectByList, (SOCKET s, PSOCKET_ADDRESS_LIST SocketAddress, LPDWORD
    LocalAddressLength, LPSOCKADDR LocalAddress, LPDWORD RemoteAddressLength, LPSOCKADDR
    RemoteAddress, const struct timeval *timeout, LPWSAOVERLAPPED Reserved));
BERTH_FUNCTION(SOCKET, accept, (SOCKET s, struct sockaddr *addr, int *addrlen));
BERTH_FUNCTION(SOCKET, WSAAccept, (SOCKET s, struct sockaddr *addr, LPINT addrlen, LPCONDITIONPROC
    lpfnCondition, DWORD_PTR dwCallbackData));
BERTH_FUNCTION(int, getsockname, (SOCKET s, struct sockaddr *name, int *namelen));
BERTH_FUNCTION(int, getpeername, (SOCKET s, struct sockaddr *name, int *namelen));
BERTH_FUNCTION(int, shutdown, (SOCKET s, int how));
BERTH_FUNCTION(int, WSASendDisconnect, (SOCKET s, LPWSABUF lpOutboundDisconnectData));
BERTH_FUNCTION(int, WSARecvDisconnect, (SOCKET s, LPWSABUF lpInboundDisconnectData));

BERTH_FUNCTION(int, send, (SOCKET s, const char *buf, int len, int flags));
BERTH_FUNCTION(int, sendto, (SOCKET s, const char *buf, int len, int flags, const struct sockaddr
    *to, int tolen));
BERTH_FUNCTION(int, recv, (SOCKET s, char *buf, int len, int flags));
BERTH_FUNCTION(int, recvfrom, (SOCKET s, char *buf, int len, int flags, struct sockaddr *from, int
    *fromlen));
BERTH_FUNCTION(int, WSASend, (SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD
    lpNumberOfBytesSent, DWORD dwFlags, LPWSAOVERLAPPED lpOverlapped,
    LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine));
BERTH_FUNCTION(int, WSASendTo, (SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD
    lpNumberOfBytesSent, DWORD dwFlags, const struct sockaddr *lpTo, int iTolen, LPWSAOVERLAPPED
    lpOverlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine));
BERTH_FUNCTION(int, WSASendMsg, (SOCKET Handle, LPWSAMSG lpMsg, DWORD dwFlags, LPDWORD
    lpNumberOfBytesSent, LPWSAOVERLAPPED lpOverlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE
    lpCompletionRoutine));
BERTH_FUNCTION(int, WSARecv, (SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD
    lpNumberOfBytesRecvd, LPDWORD lpFlags, LPWSAOVERLAPPED lpOverlapped,
    LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine));
BERTH_FUNCTION(int, WSARecvFrom, (SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD
    lpNumberOfBytesRecvd, LPDWORD lpFlags, struct sockaddr *lpFrom, LPINT lpFromlen,
    LPWSAOVERLAPPED lpOverlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine));
BERTH_FUNCTION(BOOL, WSAGetOverlappedResult, (SOCKET s, LPWSAOVERLAPPED lpOverlapped, LPDWORD
    lpcbTransfer, BOOL fWait, LPDWORD lpdwFlags));

BERTH_FUNCTION(int, setsockopt, (SOCKET s, int level, int optname, const char *optval, int
    optlen));
BERTH_FUNCTION(int, getsockopt, (SOCKET s, int level, int optname, char *optval, int *optlen));
BERTH_FUNCTION(int, ioctlsocket, (SOCKET s, LONG cmd, u_long *argp));
BERTH_FUNCTION(int, WSAIoctl, (SOCKET s, DWORD dwIoControlCode, LPVOID lpvInBuffer, DWORD
    cbInBuffer, LPVOID lpvOutBuffer, DWORD cbOutBuffer, LPDWORD lpcbBytesReturned, LPWSAOVERLAPPED
    lpOverlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine));
BERTH_FUNCTION(BOOL, WSAGetQOSByName, (SOCKET s, LPWSABUF lpQOSName, LPQOS lpQOS));

/* select is a macro, for the C library has one of another type. */
BERTH_EXTERN int WINAPI select(int nfds, fd_set *readfds, fd_set *writefds, fd_set *exceptfds,
    const struct timeval *timeout);
BERTH_FUNCTION(int, WSAPoll, (LPWSAPOLLFD fdArray, ULONG fds, INT timeout));
BERTH_FUNCTION(int, WSAAsyncSelect, (SOCKET s, HWND hWnd, u_int wMsg, LONG lEvent));
BERTH_FUNCTION(int, WSAEventSelect, (SOCKET s, WSAEVENT hEventObject, LONG lNetworkEvents));
BERTH_FUNCTION(int, WSAEnumNetworkEvents, (SOCKET s, WSAEVENT hEventObject, LPWSANETWORKEVENTS
    lpNetworkEvents));
BERTH_FUNCTION(WSAEVENT, WSACreateEvent, (void));
BERTH_FUNCTION(BOOL, WSACloseEvent, (WSAEVENT hEvent));
BERTH_FUNCTION(BOOL, WSASetEvent, (WSAEVENT hEvent));
BERTH_FUNCTION(BOOL, WSAResetEvent, (WSAEVENT hEvent));
BERTH_FUNCTION(DWORD, WSAWaitForMultipleEvents, (DWORD cEvents, const WSAEVENT *lphEvents, BOOL
    fWaitAll, DWORD dwTimeout, BOOL fAlertable));

/* Winsock 1.1, where a call can be broken off by its own thread. */
BERTH_FUNCTION(BOOL, WSAIsBlocking, (void));
BERTH_FUNCTION(int, WSAUnhookBlockingHook, (void));
BERTH_FUNCTION(FARPROC, WSASetBlockingHook, (FARPROC lpBlockFunc));
BERTH_FUNCTION(int, WSACancelBlockingCall, (void));
BERTH_FUNCTION(HANDLE, WSAAsyncGetServByName, (HWND hWnd, u_int wMsg, const char *name, const char
    *proto, char *buf, int buflen));
BERTH_FUNCTION(HANDLE, WSAAsyncGetServByPort, (HWND hWnd, u_int wMsg, int port, const char *proto,
    char *buf, int buflen));
BERTH_FUNCTION(HANDLE, WSAAsyncGetProtoByName, (HWND hWnd, u_int wMsg, const char *name, char
    *buf, int buflen));
BERTH_FUNCTION(HANDLE, WSAAsyncGetProtoByNumber, (HWND hWnd, u_int wMsg, int number, char *buf,
    int buflen));
BERTH_FUNCTION(HANDLE, WSAAsyncGetHostByName, (HWND hWnd, u_int wMsg, const char *name, char *buf,
    int buflen));
BERTH_FUNCTION(HANDLE, WSAAsyncGetHostByAddr, (HWND hWnd, u_int wMsg, const char *addr, int len,
    int type, char *buf, int buflen));
BERTH_FUNCTION(int, WSACancelAsyncRequest, (HANDLE hAsyncTaskHandle));

BERTH_FUNCTION(u_short, htons, (u_short hostshort));
BERTH_FUNCTION(u_short, ntohs, (u_short netshort));
BERTH_FUNCTION(u_long, htonl, (u_long hostlong));
BERTH_FUNCTION(u_long, ntohl, (u_long netlong));
BERTH_FUNCTION(int, WSAHtonl, (SOCKET s, u_long hostlong, u_long *lpnetlong));
BERTH_FUNCTION(int, WSAHtons, (SOCKET s, u_short hostshort, u_short *lpnetshort));
BERTH_FUNCTION(int, WSANtohl, (SOCKET s, u_long netlong, u_long *lphostlong));
BERTH_FUNCTION(int, WSANtohs, (SOCKET s, u_short netshort, u_short *lphostshort));

/* Names and addresses. */
BERTH_FUNCTION(ULONG, inet_addr, (const char *cp));
BERTH_FUNCTION(char *, inet_ntoa, (struct in_addr in));
BERTH_FUNCTION(INT, WSAAddressToStringA, (LPSOCKADDR lpsaAddress, DWORD dwAddressLength,
    LPWSAPROTOCOL_INFOA lpProtocolInfo, LPSTR lpszAddressString, LPDWORD
    lpdwAddressStringLength));
BERTH_FUNCTION(INT, WSAAddressToStringW, (LPSOCKADDR lpsaAddress, DWORD dwAddressLength,
    LPWSAPROTOCOL_INFOW lpProtocolInfo, LPWSTR lpszAddressString, LPDWORD
    lpdwAddressStringLength));
BERTH_FUNCTION(INT, WSAStringToAddressA, (LPSTR AddressString, INT AddressFamily,
    LPWSAPROTOCOL_INFOA lpProtocolInfo, LPSOCKADDR lpAddress, LPINT lpAddressLength));
BERTH_FUNCTION(INT, WSAStringToAddressW, (LPWSTR AddressString, INT AddressFamily,
    LPWSAPROTOCOL_INFOW lpProtocolInfo, LPSOCKADDR lpAddress, LPINT lpAddressLength));
BERTH_FUNCTION(struct hostent *, gethostbyaddr, (const char *addr, int len, int type));
BERTH_FUNCTION(struct hostent *, gethostbyname, (const char *name));
BERTH_FUNCTION(struct servent *, getservbyport, (int port, const char *proto));
BERTH_FUNCTION(struct servent *, getservbyname, (const char *name, const char *proto));
BERTH_FUNCTION(struct protoent *, getprotobynumber, (int number));
BERTH_FUNCTION(struct protoent *, getprotobyname, (const char *name));

/* gethostname is a macro, for the C library has one of another type. */
BERTH_EXTERN int WINAPI gethostname(char *name, int namelen);
BERTH_FUNCTION(int, GetHostNameW, (PWSTR name, int namelen));
BERTH_FUNCTION(INT, WSALookupServiceBeginA, (LPWSAQUERYSETA lpqsRestrictions, DWORD
    dwControlFlags, LPHANDLE lphLookup));
BERTH_FUNCTION(INT, WSALookupServiceBeginW, (LPWSAQUERYSETW lpqsRestrictions, DWORD
    dwControlFlags, LPHANDLE lphLookup));
BERTH_FUNCTION(INT, WSALookupServiceNextA, (HANDLE hLookup, DWORD dwControlFlags, LPDWORD
    lpdwBufferLength, LPWSAQUERYSETA lpqsResults));
BERTH_FUNCTION(INT, WSALookupServiceNextW, (HANDLE hLookup, DWORD dwControlFlags, LPDWORD
    lpdwBufferLength, LPWSAQUERYSETW lpqsResults));
BERTH_FUNCTION(INT, WSALookupServiceEnd, (HANDLE hLookup));
BERTH_FUNCTION(INT, WSANSPIoctl, (HANDLE hLookup, DWORD dwControlCode, LPVOID lpvInBuffer, DWORD
    cbInBuffer, LPVOID lpvOutBuffer, DWORD cbOutBuffer, LPDWORD lpcbBytesReturned, LPWSACOMPLETION
    lpCompletion));
BERTH_FUNCTION(INT, WSASetServiceA, (LPWSAQUERYSETA lpqsRegInfo, WSAESETSERVICEOP essoperation,
    DWORD dwControlFlags));
BERTH_FUNCTION(INT, WSASetServiceW, (LPWSAQUERYSETW lpqsRegInfo, WSAESETSERVICEOP essoperation,
    DWORD dwControlFlags));
BERTH_FUNCTION(INT, WSAEnumNameSpaceProvidersA, (LPDWORD lpdwBufferLength, LPWSANAMESPACE_INFOA
    lpnspBuffer));
BERTH_FUNCTION(INT, WSAEnumNameSpaceProvidersW, (LPDWORD lpdwBufferLength, LPWSANAMESPACE_INFOW
    lpnspBuffer));
BERTH_FUNCTION(INT, WSAEnumNameSpaceProvidersExA, (LPDWORD lpdwBufferLength,
    LPWSANAMESPACE_INFOEXA lpnspBuffer));
BERTH_FUNCTION(INT, WSAEnumNameSpaceProvidersExW, (LPDWORD lpdwBufferLength,
    LPWSANAMESPACE_INFOEXW lpnspBuffer));
BERTH_FUNCTION(INT, WSAInstallServiceClassA, (LPWSASERVICECLASSINFOA lpServiceClassInfo));
BERTH_FUNCTION(INT, WSAInstallServiceClassW, (LPWSASERVICECLASSINFOW lpServiceClassInfo));
BERTH_FUNCTION(INT, WSARemoveServiceClass, (LPGUID lpServiceClassId));
BERTH_FUNCTION(INT, WSAGetServiceClassInfoA, (LPGUID lpProviderId, LPGUID lpServiceClassId,
    LPDWORD lpdwBufSize, LPWSASERVICECLASSINFOA lpServiceClassInfo));
BERTH_FUNCTION(INT, WSAGetServiceClassInfoW, (LPGUID lpProviderId, LPGUID lpServiceClassId,
    LPDWORD lpdwBufSize, LPWSASERVICECLASSINFOW lpServiceClassInfo));
BERTH_FUNCTION(INT, WSAGetServiceClassNameByClassIdA, (LPGUID lpServiceClassId, LPSTR
    lpszServiceClassName, LPDWORD lpdwBufferLength));
BERTH_FUNCTION(INT, WSAGetServiceClassNameByClassIdW, (LPGUID lpServiceClassId, LPWSTR
    lpszServiceClassName, LPDWORD lpdwBufferLength));

static inline UINT64 htonll(UINT64 value)
{
    return __builtin_bswap64(value);
}
static inline UINT64 ntohll(UINT64 value)
{
    return __builtin_bswap64(value);
}

/* Types of pointers to the above, as programs that look them up in the DLL have them. */
#if defined(INCL_WINSOCK_API_TYPEDEFS) && INCL_WINSOCK_API_TYPEDEFS
typedef int(WSAAPI *LPFN_WSASTARTUP)(WORD wVersionRequested, LPWSADATA lpWSAData);
typedef int(WSAAPI *LPFN_WSACLEANUP)(void);
typedef int(WSAAPI *LPFN_WSAGETLASTERROR)(void);
typedef void(WSAAPI *LPFN_WSASETLASTERROR)(int iError);
typedef SOCKET(WSAAPI *LPFN_SOCKET)(int af, int type, int protocol);
typedef SOCKET(WSAAPI *LPFN_WSASOCKETA)(int af, int type, int protocol, LPWSAPROTOCOL_INFOA
    lpProtocolInfo, GROUP g, DWORD dwFlags);
typedef SOCKET(WSAAPI *LPFN_WSASOCKETW)(int af, int type, int protocol, LPWSAPROTOCOL_INFOW
    lpProtocolInfo, GROUP g, DWORD dwFlags);
typedef int(WSAAPI *LPFN_CLOSESOCKET)(SOCKET s);
typedef int(WSAAPI *LPFN_WSADUPLICATESOCKETA)(SOCKET s, DWORD dwProcessId, LPWSAPROTOCOL_INFOA
    lpProtocolInfo);
typedef int(WSAAPI *LPFN_WSADUPLICATESOCKETW)(SOCKET s, DWORD dwProcessId, LPWSAPROTOCOL_INFOW
    lpProtocolInfo);
typedef int(WSAAPI *LPFN_WSAENUMPROTOCOLSA)(LPINT lpiProtocols, LPWSAPROTOCOL_INFOA
    lpProtocolBuffer, LPDWORD lpdwBufferLength);
typedef int(WSAAPI *LPFN_WSAENUMPROTOCOLSW)(LPINT lpiProtocols, LPWSAPROTOCOL_INFOW
    lpProtocolBuffer, LPDWORD lpdwBufferLength);
typedef int(WSAAPI *LPFN_WSAPROVIDERCONFIGCHANGE)(LPHANDLE lpNotificationHandle, LPWSAOVERLAPPED
    lpOverlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine);
typedef int(WSAAPI *LPFN_BIND)(SOCKET s, const struct sockaddr *name, int namelen);
typedef int(WSAAPI *LPFN_LISTEN)(SOCKET s, int backlog);
typedef int(WSAAPI *LPFN_CONNECT)(SOCKET s, const struct sockaddr *name, int namelen);
typedef int(WSAAPI *LPFN_WSACONNECT)(SOCKET s, const struct sockaddr *name, int namelen, LPWSABUF
    lpCallerData, LPWSABUF lpCalleeData, LPQOS lpSQOS, LPQOS lpGQOS);
typedef SOCKET(WSAAPI *LPFN_WSAJOINLEAF)(SOCKET s, const struct sockaddr *name, int namelen,
    LPWSABUF lpCallerData, LPWSABUF lpCalleeData, LPQOS lpSQOS, LPQOS lpGQOS, DWORD dwFlags);
typedef BOOL(WSAAPI *LPFN_WSACONNECTBYNAMEA)(SOCKET s, LPCSTR nodename, LPCSTR servicename,
    LPDWORD LocalAddressLength, LPSOCKADDR LocalAddress, LPDWORD RemoteAddressLength, LPSOCKADDR
    RemoteAddress, const struct timeval *timeout, LPWSAOVERLAPPED Reserved);
typedef BOOL(WSAAPI *LPFN_WSACONNECTBYNAMEW)(SOCKET s, LPWSTR nodename, LPWSTR servicename,
    LPDWORD LocalAddressLength, LPSOCKADDR LocalAddress, LPDWORD RemoteAddressLength, LPSOCKADDR
    RemoteAddress, const struct timeval *timeout, LPWSAOVERLAPPED Reserved);
typedef BOOL(WSAAPI *LPFN_WSACONNECTBYLIST)(SOCKET s, PSOCKET_ADDRESS_LIST SocketAddress, LPDWORD
    LocalAddressLength, LPSOCKADDR LocalAddress, LPDWORD RemoteAddressLength, LPSOCKADDR
    RemoteAddress, const struct timeval *timeout, LPWSAOVERLAPPED Reserved);
typedef SOCKET(WSAAPI *LPFN_ACCEPT)(SOCKET s, struct sockaddr *addr, int *addrlen);
typedef SOCKET(WSAAPI *LPFN_WSAACCEPT)(SOCKET s, struct sockaddr *addr, LPINT addrlen,
    LPCONDITIONPROC lpfnCondition, DWORD_PTR dwCallbackData);
typedef int(WSAAPI *LPFN_GETSOCKNAME)(SOCKET s, struct sockaddr *name, int *namelen);
typedef int(WSAAPI *LPFN_GETPEERNAME)(SOCKET s, struct sockaddr *name, int *namelen);
typedef int(WSAAPI *LPFN_SHUTDOWN)(SOCKET s, int how);
typedef int(WSAAPI *LPFN_WSASENDDISCONNECT)(SOCKET s, LPWSABUF lpOutboundDisconnectData);
typedef int(WSAAPI *LPFN_WSARECVDISCONNECT)(SOCKET s, LPWSABUF lpInboundDisconnectData);
typedef int(WSAAPI *LPFN_SEND)(SOCKET s, const char *buf, int len, int flags);
typedef int(WSAAPI *LPFN_SENDTO)(SOCKET s, const char *buf, int len, int flags, const struct
    sockaddr *to, int tolen);
typedef int(WSAAPI *LPFN_RECV)(SOCKET s, char *buf, int len, int flags);
typedef int(WSAAPI *LPFN_RECVFROM)(SOCKET s, char *buf, int len, int flags, struct sockaddr *from,
    int *fromlen);
typedef int(WSAAPI *LPFN_WSASEND)(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD
    lpNumberOfBytesSent, DWORD dwFlags, LPWSAOVERLAPPED lpOverlapped,
    LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine);
typedef int(WSAAPI *LPFN_WSASENDTO)(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD
    lpNumberOfBytesSent, DWORD dwFlags, const struct sockaddr *lpTo, int iTolen, LPWSAOVERLAPPED
    lpOverlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine);
typedef int(WSAAPI *LPFN_WSARECV)(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD
    lpNumberOfBytesRecvd, LPDWORD lpFlags, LPWSAOVERLAPPED lpOverlapped,
    LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine);
typedef int(WSAAPI *LPFN_WSARECVFROM)(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD
    lpNumberOfBytesRecvd, LPDWORD lpFlags, struct sockaddr *lpFrom, LPINT lpFromlen,
    LPWSAOVERLAPPED lpOverlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine);
typedef BOOL(WSAAPI *LPFN_WSAGETOVERLAPPEDRESULT)(SOCKET s, LPWSAOVERLAPPED lpOverlapped, LPDWORD
    lpcbTransfer, BOOL fWait, LPDWORD lpdwFlags);
typedef int(WSAAPI *LPFN_SETSOCKOPT)(SOCKET s, int level, int optname, const char *optval, int
    optlen);
typedef int(WSAAPI *LPFN_GETSOCKOPT)(SOCKET s, int level, int optname, char *optval, int *optlen);
typedef int(WSAAPI *LPFN_IOCTLSOCKET)(SOCKET s, LONG cmd, u_long *argp);
typedef int(WSAAPI *LPFN_WSAIOCTL)(SOCKET s, DWORD dwIoControlCode, LPVOID lpvInBuffer, DWORD
    cbInBuffer, LPVOID lpvOutBuffer, DWORD cbOutBuffer, LPDWORD lpcbBytesReturned, LPWSAOVERLAPPED
    lpOverlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine);
typedef BOOL(WSAAPI *LPFN_WSAGETQOSBYNAME)(SOCKET s, LPWSABUF lpQOSName, LPQOS lpQOS);
typedef int(WSAAPI *LPFN_SELECT)(int nfds, fd_set *readfds, fd_set *writefds, fd_set *exceptfds,
    const struct timeval *timeout);
typedef int(WSAAPI *LPFN_WSAASYNCSELECT)(SOCKET s, HWND hWnd, u_int wMsg, LONG lEvent);
typedef int(WSAAPI *LPFN_WSAEVENTSELECT)(SOCKET s, WSAEVENT hEventObject, LONG lNetworkEvents);
typedef int(WSAAPI *LPFN_WSAENUMNETWORKEVENTS)(SOCKET s, WSAEVENT hEventObject, LPWSANETWORKEVENTS
    lpNetworkEvents);
typedef WSAEVENT(WSAAPI *LPFN_WSACREATEEVENT)(void);
typedef BOOL(WSAAPI *LPFN_WSACLOSEEVENT)(WSAEVENT hEvent);
typedef BOOL(WSAAPI *LPFN_WSASETEVENT)(WSAEVENT hEvent);
typedef BOOL(WSAAPI *LPFN_WSARESETEVENT)(WSAEVENT hEvent);
typedef DWORD(WSAAPI *LPFN_WSAWAITFORMULTIPLEEVENTS)(DWORD cEvents, const WSAEVENT *lphEvents,
    BOOL fWaitAll, DWORD dwTimeout, BOOL fAlertable);
typedef BOOL(WSAAPI *LPFN_WSAISBLOCKING)(void);
typedef int(WSAAPI *LPFN_WSAUNHOOKBLOCKINGHOOK)(void);
typedef FARPROC(WSAAPI *LPFN_WSASETBLOCKINGHOOK)(FARPROC lpBlockFunc);
typedef int(WSAAPI *LPFN_WSACANCELBLOCKINGCALL)(void);
typedef HANDLE(WSAAPI *LPFN_WSAASYNCGETSERVBYNAME)(HWND hWnd, u_int wMsg, const char *name, const
    char *proto, char *buf, int buflen);
typedef HANDLE(WSAAPI *LPFN_WSAASYNCGETSERVBYPORT)(HWND hWnd, u_int wMsg, int port, const char
    *proto, char *buf, int buflen);
typedef HANDLE(WSAAPI *LPFN_WSAASYNCGETPROTOBYNAME)(HWND hWnd, u_int wMsg, const char *name, char
    *buf, int buflen);
typedef HANDLE(WSAAPI *LPFN_WSAASYNCGETPROTOBYNUMBER)(HWND hWnd, u_int wMsg, int number, char
    *buf, int buflen);
typedef HANDLE(WSAAPI *LPFN_WSAASYNCGETHOSTBYNAME)(HWND hWnd, u_int wMsg, const char *name, char
    *buf, int buflen);
typedef HANDLE(WSAAPI *LPFN_WSAASYNCGETHOSTBYADDR)(HWND hWnd, u_int wMsg, const char *addr, int
    len, int type, char *buf, int buflen);
typedef int(WSAAPI *LPFN_WSACANCELASYNCREQUEST)(HANDLE hAsyncTaskHandle);
typedef u_short(WSAAPI *LPFN_HTONS)(u_short hostshort);
typedef u_short(WSAAPI *LPFN_NTOHS)(u_short netshort);
typedef u_long(WSAAPI *LPFN_HTONL)(u_long hostlong);
typedef u_long(WSAAPI *LPFN_NTOHL)(u_long netlong);
typedef int(WSAAPI *LPFN_WSAHTONL)(SOCKET s, u_long hostlong, u_long *lpnetlong);
typedef int(WSAAPI *LPFN_WSAHTONS)(SOCKET s, u_short hostshort, u_short *lpnetshort);
typedef int(WSAAPI *LPFN_WSANTOHL)(SOCKET s, u_long netlong, u_long *lphostlong);
typedef int(WSAAPI *LPFN_WSANTOHS)(SOCKET s, u_short netshort, u_short *lphostshort);
typedef ULONG(WSAAPI *LPFN_INET_ADDR)(const char *cp);
typedef char *(WSAAPI *LPFN_INET_NTOA)(struct in_addr in);
typedef INT(WSAAPI *LPFN_WSAADDRESSTOSTRINGA)(LPSOCKADDR lpsaAddress, DWORD dwAddressLength,
    LPWSAPROTOCOL_INFOA lpProtocolInfo, LPSTR lpszAddressString, LPDWORD lpdwAddressStringLength);
typedef INT(WSAAPI *LPFN_WSAADDRESSTOSTRINGW)(LPSOCKADDR lpsaAddress, DWORD dwAddressLength,
    LPWSAPROTOCOL_INFOW lpProtocolInfo, LPWSTR lpszAddressString, LPDWORD
    lpdwAddressStringLength);
typedef INT(WSAAPI *LPFN_WSASTRINGTOADDRESSA)(LPSTR AddressString, INT AddressFamily,
    LPWSAPROTOCOL_INFOA lpProtocolInfo, LPSOCKADDR lpAddress, LPINT lpAddressLength);
typedef INT(WSAAPI *LPFN_WSASTRINGTOADDRESSW)(LPWSTR AddressString, INT AddressFamily,
    LPWSAPROTOCOL_INFOW lpProtocolInfo, LPSOCKADDR lpAddress, LPINT lpAddressLength);
typedef struct hostent *(WSAAPI *LPFN_GETHOSTBYADDR)(const char *addr, int len, int type);
typedef struct hostent *(WSAAPI *LPFN_GETHOSTBYNAME)(const char *name);
typedef struct servent *(WSAAPI *LPFN_GETSERVBYPORT)(int port, const char *proto);
typedef struct servent *(WSAAPI *LPFN_GETSERVBYNAME)(const char *name, const char *proto);
typedef struct protoent *(WSAAPI *LPFN_GETPROTOBYNUMBER)(int number);
typedef struct protoent *(WSAAPI *LPFN_GETPROTOBYNAME)(const char *name);
typedef int(WSAAPI *LPFN_GETHOSTNAME)(char *name, int namelen);
typedef INT(WSAAPI *LPFN_WSALOOKUPSERVICEBEGINA)(LPWSAQUERYSETA lpqsRestrictions, DWORD
    dwControlFlags, LPHANDLE lphLookup);
typedef INT(WSAAPI *LPFN_WSALOOKUPSERVICEBEGINW)(LPWSAQUERYSETW lpqsRestrictions, DWORD
    dwControlFlags, LPHANDLE lphLookup);
typedef INT(WSAAPI *LPFN_WSALOOKUPSERVICENEXTA)(HANDLE hLookup, DWORD dwControlFlags, LPDWORD
    lpdwBufferLength, LPWSAQUERYSETA lpqsResults);
typedef INT(WSAAPI *LPFN_WSALOOKUPSERVICENEXTW)(HANDLE hLookup, DWORD dwControlFlags, LPDWORD
    lpdwBufferLength, LPWSAQUERYSETW lpqsResults);
typedef INT(WSAAPI *LPFN_WSALOOKUPSERVICEEND)(HANDLE hLookup);
typedef INT(WSAAPI *LPFN_WSANSPIOCTL)(HANDLE hLookup, DWORD dwControlCode, LPVOID lpvInBuffer,
    DWORD cbInBuffer, LPVOID lpvOutBuffer, DWORD cbOutBuffer, LPDWORD lpcbBytesReturned,
    LPWSACOMPLETION lpCompletion);
typedef INT(WSAAPI *LPFN_WSASETSERVICEA)(LPWSAQUERYSETA lpqsRegInfo, WSAESETSERVICEOP
    essoperation, DWORD dwControlFlags);
typedef INT(WSAAPI *LPFN_WSASETSERVICEW)(LPWSAQUERYSETW lpqsRegInfo, WSAESETSERVICEOP
    essoperation, DWORD dwControlFlags);
typedef INT(WSAAPI *LPFN_WSAENUMNAMESPACEPROVIDERSA)(LPDWORD lpdwBufferLength,
    LPWSANAMESPACE_INFOA lpnspBuffer);
typedef INT(WSAAPI *LPFN_WSAENUMNAMESPACEPROVIDERSW)(LPDWORD lpdwBufferLength,
    LPWSANAMESPACE_INFOW lpnspBuffer);
typedef INT(WSAAPI *LPFN_WSAINSTALLSERVICECLASSA)(LPWSASERVICECLASSINFOA lpServiceClassInfo);
typedef INT(WSAAPI *LPFN_WSAINSTALLSERVICECLASSW)(LPWSASERVICECLASSINFOW lpServiceClassInfo);
typedef INT(WSAAPI *LPFN_WSAREMOVESERVICECLASS)(LPGUID lpServiceClassId);
typedef INT(WSAAPI *LPFN_WSAGETSERVICECLASSINFOA)(LPGUID lpProviderId, LPGUID lpServiceClassId,
    LPDWORD lpdwBufSize, LPWSASERVICECLASSINFOA lpServiceClassInfo);
typedef INT(WSAAPI *LPFN_WSAGETSERVICECLASSINFOW)(LPGUID lpProviderId, LPGUID lpServiceClassId,
    LPDWORD lpdwBufSize, LPWSASERVICECLASSINFOW lpServiceClassInfo);
typedef INT(WSAAPI *LPFN_WSAGETSERVICECLASSNAMEBYCLASSIDA)(LPGUID lpServiceClassId, LPSTR
    lpszServiceClassName, LPDWORD lpdwBufferLength);
typedef INT(WSAAPI *LPFN_WSAGETSERVICECLASSNAMEBYCLASSIDW)(LPGUID lpServiceClassId, LPWSTR
    lpszServiceClassName, LPDWORD lpdwBufferLength);
#endif
/* clang-format on */

#if defined(UNICODE)
#define WSASocket WSASocketW
#define WSADuplicateSocket WSADuplicateSocketW
#define WSAEnumProtocols WSAEnumProtocolsW
#define WSAConnectByName WSAConnectByNameW
#define WSAAddressToString WSAAddressToStringW
#define WSAStringToAddress WSAStringToAddressW
#define WSALookupServiceBegin WSALookupServiceBeginW
#define WSALookupServiceNext WSALookupServiceNextW
#define WSASetService WSASetServiceW
#define WSAEnumNameSpaceProviders WSAEnumNameSpaceProvidersW
#define WSAEnumNameSpaceProvidersEx WSAEnumNameSpaceProvidersExW
#define WSAInstallServiceClass WSAInstallServiceClassW
#define WSAGetServiceClassInfo WSAGetServiceClassInfoW
#define WSAGetServiceClassNameByClassId WSAGetServiceClassNameByClassIdW
#define WSAPROTOCOL_INFO WSAPROTOCOL_INFOW
#define LPWSAPROTOCOL_INFO LPWSAPROTOCOL_INFOW
#define SO_PROTOCOL_INFO SO_PROTOCOL_INFOW
#define LPFN_WSASOCKET LPFN_WSASOCKETW
#define LPFN_WSADUPLICATESOCKET LPFN_WSADUPLICATESOCKETW
#define LPFN_WSAENUMPROTOCOLS LPFN_WSAENUMPROTOCOLSW
#else
#define WSASocket WSASocketA
#define WSADuplicateSocket WSADuplicateSocketA
#define WSAEnumProtocols WSAEnumProtocolsA
#define WSAConnectByName WSAConnectByNameA
#define WSAAddressToString WSAAddressToStringA
#define WSAStringToAddress WSAStringToAddressA
#define WSALookupServiceBegin WSALookupServiceBeginA
#define WSALookupServiceNext WSALookupServiceNextA
#define WSASetService WSASetServiceA
#define WSAEnumNameSpaceProviders WSAEnumNameSpaceProvidersA
#define WSAEnumNameSpaceProvidersEx WSAEnumNameSpaceProvidersExA
#define WSAInstallServiceClass WSAInstallServiceClassA
#define WSAGetServiceClassInfo WSAGetServiceClassInfoA
#define WSAGetServiceClassNameByClassId WSAGetServiceClassNameByClassIdA
#define WSAPROTOCOL_INFO WSAPROTOCOL_INFOA
#define LPWSAPROTOCOL_INFO LPWSAPROTOCOL_INFOA
#define SO_PROTOCOL_INFO SO_PROTOCOL_INFOA
#define LPFN_WSASOCKET LPFN_WSASOCKETA
#define LPFN_WSADUPLICATESOCKET LPFN_WSADUPLICATESOCKETA
#define LPFN_WSAENUMPROTOCOLS LPFN_WSAENUMPROTOCOLSA
#endif

#endif
