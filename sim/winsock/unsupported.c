#include "sim/winsock/unsupported.h"

#include "sim/winsock/call.h"

static int refuse(SOCKET s, LPINT lpErrno)
{
    const struct call call = call_begin(CALL_WSPUnsupported, s);
    return call_finish(&call, STATUS_NOT_SUPPORTED, lpErrno);
}

SOCKET WSPAPI unsupported_accept(SOCKET s, struct sockaddr *addr, LPINT addrlen,
                                 LPCONDITIONPROC lpfnCondition, DWORD_PTR dwCallbackData,
                                 LPINT lpErrno)
{
    (void)addr;
    (void)addrlen;
    (void)lpfnCondition;
    (void)dwCallbackData;
    refuse(s, lpErrno);
    return INVALID_SOCKET;
}

int WSPAPI unsupported_async_select(SOCKET s, HWND hWnd, unsigned int wMsg, LONG lEvent,
                                    LPINT lpErrno)
{
    (void)hWnd;
    (void)wMsg;
    (void)lEvent;
    return refuse(s, lpErrno);
}

int WSPAPI unsupported_cancel_blocking_call(LPINT lpErrno)
{
    return refuse(0, lpErrno);
}

int WSPAPI unsupported_enum_network_events(SOCKET s, WSAEVENT hEventObject,
                                           LPWSANETWORKEVENTS lpNetworkEvents, LPINT lpErrno)
{
    (void)hEventObject;
    (void)lpNetworkEvents;
    return refuse(s, lpErrno);
}

int WSPAPI unsupported_event_select(SOCKET s, WSAEVENT hEventObject, LONG lNetworkEvents,
                                    LPINT lpErrno)
{
    (void)hEventObject;
    (void)lNetworkEvents;
    return refuse(s, lpErrno);
}

BOOL WSPAPI unsupported_get_qos_by_name(SOCKET s, LPWSABUF lpQOSName, LPQOS lpQOS, LPINT lpErrno)
{
    (void)lpQOSName;
    (void)lpQOS;
    refuse(s, lpErrno);
    return FALSE;
}

SOCKET WSPAPI unsupported_join_leaf(SOCKET s, const struct sockaddr *name, int namelen,
                                    LPWSABUF lpCallerData, LPWSABUF lpCalleeData, LPQOS lpSQOS,
                                    LPQOS lpGQOS, DWORD dwFlags, LPINT lpErrno)
{
    (void)name;
    (void)namelen;
    (void)lpCallerData;
    (void)lpCalleeData;
    (void)lpSQOS;
    (void)lpGQOS;
    (void)dwFlags;
    refuse(s, lpErrno);
    return INVALID_SOCKET;
}

int WSPAPI unsupported_recv(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount,
                            LPDWORD lpNumberOfBytesRecvd, LPDWORD lpFlags,
                            LPWSAOVERLAPPED lpOverlapped,
                            LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine,
                            LPWSATHREADID lpThreadId, LPINT lpErrno)
{
    (void)lpBuffers;
    (void)dwBufferCount;
    (void)lpNumberOfBytesRecvd;
    (void)lpFlags;
    (void)lpOverlapped;
    (void)lpCompletionRoutine;
    (void)lpThreadId;
    return refuse(s, lpErrno);
}

int WSPAPI unsupported_recv_disconnect(SOCKET s, LPWSABUF lpInboundDisconnectData, LPINT lpErrno)
{
    (void)lpInboundDisconnectData;
    return refuse(s, lpErrno);
}

int WSPAPI unsupported_recv_from(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount,
                                 LPDWORD lpNumberOfBytesRecvd, LPDWORD lpFlags,
                                 struct sockaddr *lpFrom, LPINT lpFromlen,
                                 LPWSAOVERLAPPED lpOverlapped,
                                 LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine,
                                 LPWSATHREADID lpThreadId, LPINT lpErrno)
{
    (void)lpBuffers;
    (void)dwBufferCount;
    (void)lpNumberOfBytesRecvd;
    (void)lpFlags;
    (void)lpFrom;
    (void)lpFromlen;
    (void)lpOverlapped;
    (void)lpCompletionRoutine;
    (void)lpThreadId;
    return refuse(s, lpErrno);
}

int WSPAPI unsupported_select(int nfds, fd_set *readfds, fd_set *writefds, fd_set *exceptfds,
                              const TIMEVAL *timeout, LPINT lpErrno)
{
    (void)nfds;
    (void)readfds;
    (void)writefds;
    (void)exceptfds;
    (void)timeout;
    return refuse(0, lpErrno);
}

int WSPAPI unsupported_send(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount,
                            LPDWORD lpNumberOfBytesSent, DWORD dwFlags,
                            LPWSAOVERLAPPED lpOverlapped,
                            LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine,
                            LPWSATHREADID lpThreadId, LPINT lpErrno)
{
    (void)lpBuffers;
    (void)dwBufferCount;
    (void)lpNumberOfBytesSent;
    (void)dwFlags;
    (void)lpOverlapped;
    (void)lpCompletionRoutine;
    (void)lpThreadId;
    return refuse(s, lpErrno);
}

int WSPAPI unsupported_send_disconnect(SOCKET s, LPWSABUF lpOutboundDisconnectData, LPINT lpErrno)
{
    (void)lpOutboundDisconnectData;
    return refuse(s, lpErrno);
}

int WSPAPI unsupported_shutdown(SOCKET s, int how, LPINT lpErrno)
{
    (void)how;
    return refuse(s, lpErrno);
}
