/* ws2_32's entry points: options and control codes. */
#include "sim/winsock/delivery.h"
#include "sim/winsock/memory.h"
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
    WSATHREADID id;
    int error = 0;
    if (!call_allowed(CALL_WSAIoctl, s))
        return SOCKET_ERROR;
    const struct profile *profile = winsock_attached()->nt->profile;
    if (lpcbBytesReturned == NULL && BEHAVES(profile, wsaioctl_arguments, the_count))
        return call_return(SOCKET_ERROR, WSAEFAULT);
    int result = provider_for(s)->lpWSPIoctl(
        s, dwIoControlCode, lpvInBuffer, cbInBuffer, lpvOutBuffer, cbOutBuffer, lpcbBytesReturned,
        lpOverlapped, lpCompletionRoutine, delivery_caller(&id), &error);
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

BOOL WSAGetQOSByName(SOCKET s, LPWSABUF lpQOSName, LPQOS lpQOS)
{
    int error = 0;
    if (!call_allowed(CALL_WSAGetQOSByName, s))
        return FALSE;
    BOOL found = provider_for(s)->lpWSPGetQOSByName(s, lpQOSName, lpQOS, &error);
    return call_return(found ? 0 : SOCKET_ERROR, error) == 0;
}

/* ---- Byte order: a socket's, which is the network's for all that are here -------------------- */

static int answer_order(SOCKET s, const void *value, size_t size, void *out)
{
    nt_status status;
    if (!call_allowed(CALL_WSAByteOrder, s))
        return SOCKET_ERROR;
    const struct call call = call_begin(CALL_WSAByteOrder, s);
    if (call_socket(&call, &status) != NULL) {
        if (memory_probe(&call, out, size, ACCESS_WRITE))
            memory_write(&call, out, value, size);
        else
            status = STATUS_ACCESS_VIOLATION;
    }
    return call_answer(&call, status);
}

int WSAHtonl(SOCKET s, u_long hostlong, u_long *lpnetlong)
{
    const u_long value = htonl(hostlong);
    return answer_order(s, &value, sizeof value, lpnetlong);
}

int WSAHtons(SOCKET s, u_short hostshort, u_short *lpnetshort)
{
    const u_short value = htons(hostshort);
    return answer_order(s, &value, sizeof value, lpnetshort);
}

int WSANtohl(SOCKET s, u_long netlong, u_long *lphostlong)
{
    const u_long value = ntohl(netlong);
    return answer_order(s, &value, sizeof value, lphostlong);
}

int WSANtohs(SOCKET s, u_short netshort, u_short *lphostshort)
{
    const u_short value = ntohs(netshort);
    return answer_order(s, &value, sizeof value, lphostshort);
}
