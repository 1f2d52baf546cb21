/* The base provider: options and control codes. */
#include "sim/winsock/blocking.h"
#include "sim/winsock/ioctl.h"
#include "sim/winsock/memory.h"
#include "sim/winsock/options.h"
#include "sim/winsock/provider.h"

int WSPAPI provider_set_sock_opt(SOCKET s, int level, int optname, const char *optval, int optlen,
                                 LPINT lpErrno)
{
    struct call call = call_begin(CALL_setsockopt, s);
    call.arguments[0] = (uint32_t)level;
    call.arguments[1] = (uint32_t)optname;
    call.arguments[2] = (uint32_t)optlen;
    nt_status status = options_set(&call, level, optname, optval, optlen);
    return call_finish(&call, status, lpErrno);
}

int WSPAPI provider_get_sock_opt(SOCKET s, int level, int optname, char *optval, LPINT optlen,
                                 LPINT lpErrno)
{
    struct call call = call_begin(CALL_getsockopt, s);
    call.arguments[0] = (uint32_t)level;
    call.arguments[1] = (uint32_t)optname;
    nt_status status = options_get(&call, level, optname, optval, optlen);
    return call_finish(&call, status, lpErrno);
}

/* The error is *lpErrno and nothing else (SPI-005, SPI-006). */
static int ioctl_answer(const struct ioctl *ioctl, nt_status status, LPINT lpErrno)
{
    const struct profile *profile = ioctl->call.profile;
    int error = 0;
    if (status == STATUS_PENDING && BEHAVES(profile, provider_pending, success))
        status = STATUS_SUCCESS;
    int result = call_finish(&ioctl->call, status, &error);
    if (result == 0)
        return 0;
    if (BEHAVES(profile, provider_error, in_the_thread))
        call_return(result, error);
    if (lpErrno != NULL && !BEHAVES(profile, provider_error, left))
        *lpErrno = error;
    return result;
}

int WSPAPI provider_ioctl(SOCKET s, DWORD dwIoControlCode, LPVOID lpvInBuffer, DWORD cbInBuffer,
                          LPVOID lpvOutBuffer, DWORD cbOutBuffer, LPDWORD lpcbBytesReturned,
                          LPWSAOVERLAPPED lpOverlapped,
                          LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine,
                          LPWSATHREADID lpThreadId, LPINT lpErrno)
{
    struct ioctl ioctl = {
        .call = call_begin(CALL_WSAIoctl, s),
        .code = dwIoControlCode,
        .in = lpvInBuffer,
        .in_size = cbInBuffer,
        .out = lpvOutBuffer,
        .out_size = cbOutBuffer,
        .count = lpcbBytesReturned,
        .request = {lpOverlapped, lpCompletionRoutine, lpThreadId},
    };
    ioctl.call.arguments[0] = dwIoControlCode;
    ioctl.call.arguments[1] = (uint64_t)cbInBuffer << 32 | cbOutBuffer;
    nt_status status = ioctl_run(&ioctl);
    return ioctl_answer(&ioctl, status, lpErrno);
}

/* There is no quality of service by that or any other name (WSAGetQOSByName page: WSAEINVAL). */
static nt_status find_qos(const struct call *call, const WSABUF *name, const QOS *qos)
{
    nt_status status;
    if (call_socket(call, &status) == NULL)
        return status;
    if (!memory_probe(call, name, sizeof *name, ACCESS_READ) ||
        !memory_probe(call, qos, sizeof *qos, ACCESS_WRITE))
        return STATUS_ACCESS_VIOLATION;
    return STATUS_INVALID_PARAMETER;
}

BOOL WSPAPI provider_get_qos_by_name(SOCKET s, LPWSABUF lpQOSName, LPQOS lpQOS, LPINT lpErrno)
{
    const struct call call = call_begin(CALL_WSAGetQOSByName, s);
    return call_finish(&call, find_qos(&call, lpQOSName, lpQOS), lpErrno) == 0;
}

int WSPAPI provider_cancel_blocking_call(LPINT lpErrno)
{
    const struct call call = call_begin(CALL_WSACancelBlockingCall, 0);
    return call_finish(&call, blocking_cancel(&call), lpErrno);
}
