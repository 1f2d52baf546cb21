/* ws2_32's entry points: sockets, their names and their connections. */
#include "sim/winsock/layered.h"
#include "sim/winsock/memory.h"
#include "sim/winsock/protocol.h"
#include "sim/winsock/ws2_32.h"

/* ---- Sockets --------------------------------------------------------------------------------- */

static SOCKET open_socket(struct socket_request request, LPWSAPROTOCOL_INFOW info, GROUP group,
                          DWORD flags)
{
    const struct call call = call_begin(CALL_WSASocket, 0);
    WSAPROTOCOL_INFOW entry;
    nt_status status;
    int error = 0;
    bool readable = info != NULL && memory_probe(&call, info, sizeof *info, ACCESS_READ);
    const WSPPROC_TABLE *provider =
        provider_of_new(&call, &request, readable ? info : NULL, &entry, &status);
    if (provider == NULL) {
        call_answer(&call, status);
        return INVALID_SOCKET;
    }
    /* A layered provider is always told which of its entries is meant. */
    bool layered = provider != call.winsock->provider;
    SOCKET s = provider->lpWSPSocket(request.family, request.type, request.protocol,
                                     layered && info == NULL ? &entry : info, group, flags, &error);
    call_return(s == INVALID_SOCKET ? SOCKET_ERROR : 0, error);
    return s;
}

/* Sockets from here have the overlapped attribute (OVL-001), but after SO_OPENTYPE. */
SOCKET socket(int af, int type, int protocol)
{
    if (!call_allowed(CALL_socket, 0))
        return INVALID_SOCKET;
    const struct process *process = winsock_attached()->nt->current->process;
    bool overlapped = winsock_open_type(process) == 0;
    return open_socket((struct socket_request){af, type, protocol}, NULL, 0,
                       overlapped ? WSA_FLAG_OVERLAPPED : 0);
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
    int result = provider_for(s)->lpWSPCloseSocket(s, &error);
    if (result == 0) {
        const struct call call = call_begin(CALL_closesocket, s);
        layered_remove(&call, s);
    }
    return call_return(result, error);
}

int WSADuplicateSocketW(SOCKET s, DWORD dwProcessId, LPWSAPROTOCOL_INFOW lpProtocolInfo)
{
    int error = 0;
    if (!call_allowed(CALL_WSADuplicateSocket, s))
        return SOCKET_ERROR;
    int result = provider_for(s)->lpWSPDuplicateSocket(s, dwProcessId, lpProtocolInfo, &error);
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
    int result =
        provider_for(s)->lpWSPDuplicateSocket(s, dwProcessId, writable ? &wide : NULL, &error);
    if (result == 0) {
        protocol_narrow(&wide, &narrow);
        memory_write(&call, lpProtocolInfo, &narrow, sizeof narrow);
    }
    return call_return(result, error);
}

/* ---- Names and connections ------------------------------------------------------------------- */

int bind(SOCKET s, const struct sockaddr *name, int namelen)
{
    int error = 0;
    if (!call_allowed(CALL_bind, s))
        return SOCKET_ERROR;
    int result = provider_for(s)->lpWSPBind(s, name, namelen, &error);
    return call_return(result, error);
}

int listen(SOCKET s, int backlog)
{
    int error = 0;
    if (!call_allowed(CALL_listen, s))
        return SOCKET_ERROR;
    int result = provider_for(s)->lpWSPListen(s, backlog, &error);
    return call_return(result, error);
}

int WSAConnect(SOCKET s, const struct sockaddr *name, int namelen, LPWSABUF lpCallerData,
               LPWSABUF lpCalleeData, LPQOS lpSQOS, LPQOS lpGQOS)
{
    int error = 0;
    if (!call_allowed(CALL_connect, s))
        return SOCKET_ERROR;
    int result = provider_for(s)->lpWSPConnect(s, name, namelen, lpCallerData, lpCalleeData, lpSQOS,
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
    int result = provider_for(s)->lpWSPGetSockName(s, name, namelen, &error);
    return call_return(result, error);
}

int getpeername(SOCKET s, struct sockaddr *name, int *namelen)
{
    int error = 0;
    if (!call_allowed(CALL_getpeername, s))
        return SOCKET_ERROR;
    int result = provider_for(s)->lpWSPGetPeerName(s, name, namelen, &error);
    return call_return(result, error);
}

/* ---- Taking connections ---------------------------------------------------------------------- */

SOCKET WSAAccept(SOCKET s, struct sockaddr *addr, LPINT addrlen, LPCONDITIONPROC lpfnCondition,
                 DWORD_PTR dwCallbackData)
{
    int error = 0;
    if (!call_allowed(CALL_accept, s))
        return INVALID_SOCKET;
    SOCKET accepted =
        provider_for(s)->lpWSPAccept(s, addr, addrlen, lpfnCondition, dwCallbackData, &error);
    call_return(accepted == INVALID_SOCKET ? SOCKET_ERROR : 0, error);
    return accepted;
}

SOCKET accept(SOCKET s, struct sockaddr *addr, int *addrlen)
{
    return WSAAccept(s, addr, addrlen, NULL, 0);
}

SOCKET WSAJoinLeaf(SOCKET s, const struct sockaddr *name, int namelen, LPWSABUF lpCallerData,
                   LPWSABUF lpCalleeData, LPQOS lpSQOS, LPQOS lpGQOS, DWORD dwFlags)
{
    int error = 0;
    if (!call_allowed(CALL_WSAJoinLeaf, s))
        return INVALID_SOCKET;
    SOCKET leaf = provider_for(s)->lpWSPJoinLeaf(s, name, namelen, lpCallerData, lpCalleeData,
                                                 lpSQOS, lpGQOS, dwFlags, &error);
    call_return(leaf == INVALID_SOCKET ? SOCKET_ERROR : 0, error);
    return leaf;
}
