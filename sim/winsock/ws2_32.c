/* ws2_32's entry points: whether the process may call, then the provider, then the last error. */
#include <winsock2.h>

#include <string.h>

#include "sim/winsock/call.h"
#include "sim/winsock/memory.h"
#include "sim/winsock/protocol.h"

static const WSPPROC_TABLE *provider(void)
{
    return winsock_attached()->provider;
}

/* ---- Sockets ----------------------------------------------------------------------------------
 */

static SOCKET open_socket(struct socket_request request, LPWSAPROTOCOL_INFOW info, GROUP group,
                          DWORD flags)
{
    int error = 0;
    SOCKET s = provider()->lpWSPSocket(request.family, request.type, request.protocol, info, group,
                                       flags, &error);
    call_return(s == INVALID_SOCKET ? SOCKET_ERROR : 0, error);
    return s;
}

/* Sockets from here have the overlapped attribute (OVL-001). */
SOCKET socket(int af, int type, int protocol)
{
    if (!call_allowed(CALL_socket, 0))
        return INVALID_SOCKET;
    return open_socket((struct socket_request){af, type, protocol}, NULL, 0, WSA_FLAG_OVERLAPPED);
}

SOCKET WSASocketW(int af, int type, int protocol, LPWSAPROTOCOL_INFOW lpProtocolInfo, GROUP g,
                  DWORD dwFlags)
{
    if (!call_allowed(CALL_WSASocket, 0))
        return INVALID_SOCKET;
    return open_socket((struct socket_request){af, type, protocol}, lpProtocolInfo, g, dwFlags);
}

SOCKET WSASocketA(int af, int type, int protocol, LPWSAPROTOCOL_INFOA lpProtocolInfo, GROUP g,
                  DWORD dwFlags)
{
    const struct socket_request request = {af, type, protocol};
    WSAPROTOCOL_INFOA narrow;
    WSAPROTOCOL_INFOW wide;

    if (!call_allowed(CALL_WSASocket, 0))
        return INVALID_SOCKET;
    if (lpProtocolInfo == NULL)
        return open_socket(request, NULL, g, dwFlags);
    const struct call call = call_begin(CALL_WSASocket, 0);
    if (!memory_probe(&call, lpProtocolInfo, sizeof narrow, ACCESS_READ)) {
        call_answer(&call, STATUS_ACCESS_VIOLATION);
        return INVALID_SOCKET;
    }
    memory_read(&call, &narrow, lpProtocolInfo, sizeof narrow);
    protocol_widen(&narrow, &wide);
    return open_socket(request, &wide, g, dwFlags);
}

int closesocket(SOCKET s)
{
    int error = 0;
    if (!call_allowed(CALL_closesocket, s))
        return SOCKET_ERROR;
    int result = provider()->lpWSPCloseSocket(s, &error);
    return call_return(result, error);
}

int WSADuplicateSocketW(SOCKET s, DWORD dwProcessId, LPWSAPROTOCOL_INFOW lpProtocolInfo)
{
    int error = 0;
    if (!call_allowed(CALL_WSADuplicateSocket, s))
        return SOCKET_ERROR;
    int result = provider()->lpWSPDuplicateSocket(s, dwProcessId, lpProtocolInfo, &error);
    return call_return(result, error);
}

/* A bad structure must be found after the socket and the process (row 135), so it is the provider
 * that is shown it.
 */
int WSADuplicateSocketA(SOCKET s, DWORD dwProcessId, LPWSAPROTOCOL_INFOA lpProtocolInfo)
{
    WSAPROTOCOL_INFOA narrow;
    WSAPROTOCOL_INFOW wide;
    int error = 0;

    if (!call_allowed(CALL_WSADuplicateSocket, s))
        return SOCKET_ERROR;
    const struct call call = call_begin(CALL_WSADuplicateSocket, s);
    bool writable = memory_probe(&call, lpProtocolInfo, sizeof narrow, ACCESS_WRITE);
    int result = provider()->lpWSPDuplicateSocket(s, dwProcessId, writable ? &wide : NULL, &error);
    if (result == 0) {
        protocol_narrow(&wide, &narrow);
        memory_write(&call, lpProtocolInfo, &narrow, sizeof narrow);
    }
    return call_return(result, error);
}

/* ---- Names and connections ---------------------------------------------------------------------
 */

int bind(SOCKET s, const struct sockaddr *name, int namelen)
{
    int error = 0;
    if (!call_allowed(CALL_bind, s))
        return SOCKET_ERROR;
    int result = provider()->lpWSPBind(s, name, namelen, &error);
    return call_return(result, error);
}

int listen(SOCKET s, int backlog)
{
    int error = 0;
    if (!call_allowed(CALL_listen, s))
        return SOCKET_ERROR;
    int result = provider()->lpWSPListen(s, backlog, &error);
    return call_return(result, error);
}

int WSAConnect(SOCKET s, const struct sockaddr *name, int namelen, LPWSABUF lpCallerData,
               LPWSABUF lpCalleeData, LPQOS lpSQOS, LPQOS lpGQOS)
{
    int error = 0;
    if (!call_allowed(CALL_connect, s))
        return SOCKET_ERROR;
    int result = provider()->lpWSPConnect(s, name, namelen, lpCallerData, lpCalleeData, lpSQOS,
                                          lpGQOS, &error);
    return call_return(result, error);
}

int connect(SOCKET s, const struct sockaddr *name, int namelen)
{
    return WSAConnect(s, name, namelen, NULL, NULL, NULL, NULL);
}

int getsockname(SOCKET s, struct sockaddr *name, int *namelen)
{
    int error = 0;
    if (!call_allowed(CALL_getsockname, s))
        return SOCKET_ERROR;
    int result = provider()->lpWSPGetSockName(s, name, namelen, &error);
    return call_return(result, error);
}

int getpeername(SOCKET s, struct sockaddr *name, int *namelen)
{
    int error = 0;
    if (!call_allowed(CALL_getpeername, s))
        return SOCKET_ERROR;
    int result = provider()->lpWSPGetPeerName(s, name, namelen, &error);
    return call_return(result, error);
}

int WSASendTo(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesSent,
              DWORD dwFlags, const struct sockaddr *lpTo, int iTolen, LPWSAOVERLAPPED lpOverlapped,
              LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
{
    int error = 0;
    if (!call_allowed(CALL_sendto, s))
        return SOCKET_ERROR;
    int result =
        provider()->lpWSPSendTo(s, lpBuffers, dwBufferCount, lpNumberOfBytesSent, dwFlags, lpTo,
                                iTolen, lpOverlapped, lpCompletionRoutine, NULL, &error);
    return call_return(result, error);
}

int sendto(SOCKET s, const char *buf, int len, int flags, const struct sockaddr *to, int tolen)
{
    union {
        const char *from;
        char *to;
    } bytes = {buf}; /* WSABUF cannot say const */
    WSABUF buffer = {(ULONG)len, bytes.to};
    DWORD sent = 0;
    int result = WSASendTo(s, &buffer, 1, &sent, (DWORD)flags, to, tolen, NULL, NULL);
    return result == 0 ? (int)sent : SOCKET_ERROR;
}

/* ---- Options and controls -----------------------------------------------------------------------
 */

int setsockopt(SOCKET s, int level, int optname, const char *optval, int optlen)
{
    int error = 0;
    if (!call_allowed(CALL_setsockopt, s))
        return SOCKET_ERROR;
    int result = provider()->lpWSPSetSockOpt(s, level, optname, optval, optlen, &error);
    return call_return(result, error);
}

int getsockopt(SOCKET s, int level, int optname, char *optval, int *optlen)
{
    int error = 0;
    if (!call_allowed(CALL_getsockopt, s))
        return SOCKET_ERROR;
    int result = provider()->lpWSPGetSockOpt(s, level, optname, optval, optlen, &error);
    return call_return(result, error);
}

int WSAIoctl(SOCKET s, DWORD dwIoControlCode, LPVOID lpvInBuffer, DWORD cbInBuffer,
             LPVOID lpvOutBuffer, DWORD cbOutBuffer, LPDWORD lpcbBytesReturned,
             LPWSAOVERLAPPED lpOverlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
{
    int error = 0;
    if (!call_allowed(CALL_WSAIoctl, s))
        return SOCKET_ERROR;
    int result = provider()->lpWSPIoctl(s, dwIoControlCode, lpvInBuffer, cbInBuffer, lpvOutBuffer,
                                        cbOutBuffer, lpcbBytesReturned, lpOverlapped,
                                        lpCompletionRoutine, NULL, &error);
    return call_return(result, error);
}

/* The three commands of Winsock 1.1, and any other whose argument is a u_long: the same control,
 * read from and written to one place.
 */
int ioctlsocket(SOCKET s, LONG cmd, u_long *argp)
{
    int error = 0;
    DWORD count;
    if (!call_allowed(CALL_ioctlsocket, s))
        return SOCKET_ERROR;
    int result = provider()->lpWSPIoctl(s, (DWORD)cmd, argp, sizeof *argp, argp, sizeof *argp,
                                        &count, NULL, NULL, NULL, &error);
    return call_return(result, error);
}

BOOL WSAGetOverlappedResult(SOCKET s, LPWSAOVERLAPPED lpOverlapped, LPDWORD lpcbTransfer,
                            BOOL fWait, LPDWORD lpdwFlags)
{
    int error = 0;
    if (!call_allowed(CALL_WSAGetOverlappedResult, s))
        return FALSE;
    BOOL done = provider()->lpWSPGetOverlappedResult(s, lpOverlapped, lpcbTransfer, fWait,
                                                     lpdwFlags, &error);
    return call_return(done ? 0 : SOCKET_ERROR, error) == 0;
}

int gethostname(char *name, int namelen)
{
    static const char own[] = "berth";
    if (!call_allowed(CALL_gethostname, 0))
        return SOCKET_ERROR;
    const struct call call = call_begin(CALL_gethostname, 0);
    if (namelen < (int)sizeof own || !memory_probe(&call, name, sizeof own, ACCESS_WRITE))
        return call_answer(&call, STATUS_ACCESS_VIOLATION);
    memory_write(&call, name, own, sizeof own);
    return call_answer(&call, STATUS_SUCCESS);
}
