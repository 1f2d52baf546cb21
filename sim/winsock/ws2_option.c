/* ws2_32's entry points: options and control codes. */
#include "sim/winsock/ws2_32.h"

int setsockopt(SOCKET s, int level, int optname, const char *optval, int optlen)
{
    int error = 0;
    if (!call_allowed(CALL_setsockopt, s))
        return SOCKET_ERROR;
    int result = provider_for(s)->lpWSPSetSockOpt(s, level, optname, optval, optlen, &error);
    return call_return(result, error);
}

int getsockopt(SOCKET s, int level, int optname, char *optval, int *optlen)
{
    int error = 0;
    if (!call_allowed(CALL_getsockopt, s))
        return SOCKET_ERROR;
    int result = provider_for(s)->lpWSPGetSockOpt(s, level, optname, optval, optlen, &error);
    return call_return(result, error);
}

int WSAIoctl(SOCKET s, DWORD dwIoControlCode, LPVOID lpvInBuffer, DWORD cbInBuffer,
             LPVOID lpvOutBuffer, DWORD cbOutBuffer, LPDWORD lpcbBytesReturned,
             LPWSAOVERLAPPED lpOverlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
{
    int error = 0;
    if (!call_allowed(CALL_WSAIoctl, s))
        return SOCKET_ERROR;
    int result = provider_for(s)->lpWSPIoctl(s, dwIoControlCode, lpvInBuffer, cbInBuffer,
                                             lpvOutBuffer, cbOutBuffer, lpcbBytesReturned,
                                             lpOverlapped, lpCompletionRoutine, NULL, &error);
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
    int result = provider_for(s)->lpWSPIoctl(s, (DWORD)cmd, argp, sizeof *argp, argp, sizeof *argp,
                                             &count, NULL, NULL, NULL, &error);
    return call_return(result, error);
}
