/* The base provider: options and control codes. */
#include "sim/winsock/ioctl.h"
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

int WSPAPI provider_ioctl(SOCKET s, DWORD dwIoControlCode, LPVOID lpvInBuffer, DWORD cbInBuffer,
                          LPVOID lpvOutBuffer, DWORD cbOutBuffer, LPDWORD lpcbBytesReturned,
                          LPWSAOVERLAPPED lpOverlapped,
                          LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine,
                          LPWSATHREADID lpThreadId, LPINT lpErrno)
{
    (void)lpThreadId; /* no routine is queued yet */
    struct ioctl ioctl = {
        .call = call_begin(CALL_WSAIoctl, s),
        .code = dwIoControlCode,
        .in = lpvInBuffer,
        .in_size = cbInBuffer,
        .out = lpvOutBuffer,
        .out_size = cbOutBuffer,
        .count = lpcbBytesReturned,
        .overlapped = lpOverlapped,
        .routine = lpCompletionRoutine,
    };
    ioctl.call.arguments[0] = dwIoControlCode;
    ioctl.call.arguments[1] = (uint64_t)cbInBuffer << 32 | cbOutBuffer;
    nt_status status = ioctl_run(&ioctl);
    return call_finish(&ioctl.call, status, lpErrno);
}
