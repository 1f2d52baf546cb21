/* ws2_32's entry points: moving bytes, and what became of an overlapped operation. */
#include "sim/winsock/ws2_32.h"

int WSASendTo(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesSent,
              DWORD dwFlags, const struct sockaddr *lpTo, int iTolen, LPWSAOVERLAPPED lpOverlapped,
              LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
{
    int error = 0;
    if (!call_allowed(CALL_sendto, s))
        return SOCKET_ERROR;
    int result =
        provider_for(s)->lpWSPSendTo(s, lpBuffers, dwBufferCount, lpNumberOfBytesSent, dwFlags,
                                     lpTo, iTolen, lpOverlapped, lpCompletionRoutine, NULL, &error);
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
