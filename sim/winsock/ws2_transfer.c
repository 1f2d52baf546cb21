/* ws2_32's entry points: moving bytes, and what became of an overlapped operation. */
#include "sim/winsock/delivery.h"
#include "sim/winsock/memory.h"
#include "sim/winsock/ws2_32.h"

#include <mswsock.h>

static union bytes {
    const char *from;
    char *to;
} bytes_of(const char *from)
{
    return (union bytes){from}; /* WSABUF cannot say const */
}

/* ---- Receiving ------------------------------------------------------------------------------- */

int WSARecv(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesRecvd,
            LPDWORD lpFlags, LPWSAOVERLAPPED lpOverlapped,
            LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
{
    WSATHREADID id;
    int error = 0;
    if (!call_allowed(CALL_recv, s))
        return SOCKET_ERROR;
    int result =
        provider_for(s)->lpWSPRecv(s, lpBuffers, dwBufferCount, lpNumberOfBytesRecvd, lpFlags,
                                   lpOverlapped, lpCompletionRoutine, delivery_caller(&id), &error);
    return call_return(result, error);
}

int WSARecvFrom(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesRecvd,
                LPDWORD lpFlags, struct sockaddr *lpFrom, LPINT lpFromlen,
                LPWSAOVERLAPPED lpOverlapped,
                LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
{
    WSATHREADID id;
    int error = 0;
    if (!call_allowed(CALL_recvfrom, s))
        return SOCKET_ERROR;
    int result = provider_for(s)->lpWSPRecvFrom(s, lpBuffers, dwBufferCount, lpNumberOfBytesRecvd,
                                                lpFlags, lpFrom, lpFromlen, lpOverlapped,
                                                lpCompletionRoutine, delivery_caller(&id), &error);
    return call_return(result, error);
}

/* A negative length is more than any buffer has (row 207). */
int recv(SOCKET s, char *buf, int len, int flags)
{
    WSABUF buffer = {(ULONG)len, buf};
    DWORD received = 0, in_flags = (DWORD)flags;
    int result = WSARecv(s, &buffer, 1, &received, &in_flags, NULL, NULL);
    return result == 0 ? (int)received : SOCKET_ERROR;
}

int recvfrom(SOCKET s, char *buf, int len, int flags, struct sockaddr *from, int *fromlen)
{
    WSABUF buffer = {(ULONG)len, buf};
    DWORD received = 0, in_flags = (DWORD)flags;
    int result = WSARecvFrom(s, &buffer, 1, &received, &in_flags, from, fromlen, NULL, NULL);
    return result == 0 ? (int)received : SOCKET_ERROR;
}

/* A datagram that was cut is no error here, but a flag. */
int WSARecvEx(SOCKET s, char *buf, int len, int *flags)
{
    WSABUF buffer = {(ULONG)len, buf};
    DWORD received = 0, in_flags;
    if (!call_allowed(CALL_recv, s))
        return SOCKET_ERROR;
    const struct call call = call_begin(CALL_recv, s);
    if (!memory_probe(&call, flags, sizeof *flags, ACCESS_WRITE))
        return call_answer(&call, STATUS_ACCESS_VIOLATION);
    memory_read(&call, &in_flags, flags, sizeof in_flags);
    int result = WSARecv(s, &buffer, 1, &received, &in_flags, NULL, NULL);
    bool cut = result != 0 && WSAGetLastError() == WSAEMSGSIZE;
    if (cut)
        WSASetLastError(0);
    if (result == 0 || cut)
        memory_write(&call, flags, &in_flags, sizeof in_flags);
    return result == 0 || cut ? (int)received : SOCKET_ERROR;
}

int WSARecvDisconnect(SOCKET s, LPWSABUF lpInboundDisconnectData)
{
    int error = 0;
    if (!call_allowed(CALL_WSARecvDisconnect, s))
        return SOCKET_ERROR;
    int result = provider_for(s)->lpWSPRecvDisconnect(s, lpInboundDisconnectData, &error);
    return call_return(result, error);
}

/* ---- Sending --------------------------------------------------------------------------------- */

int WSASend(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesSent,
            DWORD dwFlags, LPWSAOVERLAPPED lpOverlapped,
            LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
{
    WSATHREADID id;
    int error = 0;
    if (!call_allowed(CALL_send, s))
        return SOCKET_ERROR;
    int result =
        provider_for(s)->lpWSPSend(s, lpBuffers, dwBufferCount, lpNumberOfBytesSent, dwFlags,
                                   lpOverlapped, lpCompletionRoutine, delivery_caller(&id), &error);
    return call_return(result, error);
}

int WSASendTo(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesSent,
              DWORD dwFlags, const struct sockaddr *lpTo, int iTolen, LPWSAOVERLAPPED lpOverlapped,
              LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
{
    WSATHREADID id;
    int error = 0;
    if (!call_allowed(CALL_sendto, s))
        return SOCKET_ERROR;
    int result = provider_for(s)->lpWSPSendTo(s, lpBuffers, dwBufferCount, lpNumberOfBytesSent,
                                              dwFlags, lpTo, iTolen, lpOverlapped,
                                              lpCompletionRoutine, delivery_caller(&id), &error);
    return call_return(result, error);
}

int send(SOCKET s, const char *buf, int len, int flags)
{
    WSABUF buffer = {(ULONG)len, bytes_of(buf).to};
    DWORD sent = 0;
    int result = WSASend(s, &buffer, 1, &sent, (DWORD)flags, NULL, NULL);
    return result == 0 ? (int)sent : SOCKET_ERROR;
}

int sendto(SOCKET s, const char *buf, int len, int flags, const struct sockaddr *to, int tolen)
{
    WSABUF buffer = {(ULONG)len, bytes_of(buf).to};
    DWORD sent = 0;
    int result = WSASendTo(s, &buffer, 1, &sent, (DWORD)flags, to, tolen, NULL, NULL);
    return result == 0 ? (int)sent : SOCKET_ERROR;
}

int WSASendDisconnect(SOCKET s, LPWSABUF lpOutboundDisconnectData)
{
    int error = 0;
    if (!call_allowed(CALL_WSASendDisconnect, s))
        return SOCKET_ERROR;
    int result = provider_for(s)->lpWSPSendDisconnect(s, lpOutboundDisconnectData, &error);
    return call_return(result, error);
}

int shutdown(SOCKET s, int how)
{
    int error = 0;
    if (!call_allowed(CALL_shutdown, s))
        return SOCKET_ERROR;
    int result = provider_for(s)->lpWSPShutdown(s, how, &error);
    return call_return(result, error);
}

/* ---- What became of it ----------------------------------------------------------------------- */

BOOL WSAGetOverlappedResult(SOCKET s, LPWSAOVERLAPPED lpOverlapped, LPDWORD lpcbTransfer,
                            BOOL fWait, LPDWORD lpdwFlags)
{
    int error = 0;
    if (!call_allowed(CALL_WSAGetOverlappedResult, s))
        return FALSE;
    BOOL done = provider_for(s)->lpWSPGetOverlappedResult(s, lpOverlapped, lpcbTransfer, fWait,
                                                          lpdwFlags, &error);
    return call_return(done ? 0 : SOCKET_ERROR, error) == 0;
}
