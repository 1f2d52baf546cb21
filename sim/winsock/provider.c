/* The base provider's functions: each checks what the provider must check, asks afd, and ends in
 * call_finish. They leave the thread's last error alone: that is ws2_32's (SPI-005).
 */
#include "sim/winsock/provider.h"

#include <string.h>

#include "sim/winsock/memory.h"

int WSPAPI provider_cleanup(LPINT lpErrno)
{
    const struct call call = call_begin(CALL_WSPCleanup, 0);
    struct winsock_process *own = winsock_process(call.process);
    if (own->provider_startups == 0)
        return call_finish(&call, STATUS_NOT_INITIALISED, lpErrno);
    own->provider_startups--;
    return call_finish(&call, STATUS_SUCCESS, lpErrno);
}

/* ---- The table ------------------------------------------------------------------------------- */

static const WSPPROC_TABLE table = {
    .lpWSPAccept = provider_accept,
    .lpWSPAddressToString = provider_address_to_string,
    .lpWSPAsyncSelect = provider_async_select,
    .lpWSPBind = provider_bind,
    .lpWSPCancelBlockingCall = provider_cancel_blocking_call,
    .lpWSPCleanup = provider_cleanup,
    .lpWSPCloseSocket = provider_close_socket,
    .lpWSPConnect = provider_connect,
    .lpWSPDuplicateSocket = provider_duplicate_socket,
    .lpWSPEnumNetworkEvents = provider_enum_network_events,
    .lpWSPEventSelect = provider_event_select,
    .lpWSPGetOverlappedResult = provider_get_overlapped_result,
    .lpWSPGetPeerName = provider_get_peer_name,
    .lpWSPGetSockName = provider_get_sock_name,
    .lpWSPGetSockOpt = provider_get_sock_opt,
    .lpWSPGetQOSByName = provider_get_qos_by_name,
    .lpWSPIoctl = provider_ioctl,
    .lpWSPJoinLeaf = provider_join_leaf,
    .lpWSPListen = provider_listen,
    .lpWSPRecv = provider_recv,
    .lpWSPRecvDisconnect = provider_recv_disconnect,
    .lpWSPRecvFrom = provider_recv_from,
    .lpWSPSelect = provider_select,
    .lpWSPSend = provider_send,
    .lpWSPSendDisconnect = provider_send_disconnect,
    .lpWSPSendTo = provider_send_to,
    .lpWSPSetSockOpt = provider_set_sock_opt,
    .lpWSPShutdown = provider_shutdown,
    .lpWSPSocket = provider_socket,
    .lpWSPStringToAddress = provider_string_to_address,
};

const WSPPROC_TABLE *provider_table(void)
{
    return &table;
}

/* Answers its error itself (STUP). The upcalls are for providers that make handles of their own;
 * this one's are the system's (XP1_IFS_HANDLES), so it keeps none.
 */
int WSPAPI base_startup(WORD wVersionRequested, LPWSPDATA lpWSPData,
                        LPWSAPROTOCOL_INFOW lpProtocolInfo, WSPUPCALLTABLE UpcallTable,
                        LPWSPPROC_TABLE lpProcTable)
{
    (void)lpProtocolInfo;
    (void)UpcallTable;
    struct call call = call_begin(CALL_WSPStartup, 0);
    nt_status status = STATUS_SUCCESS;
    int error = 0;
    call.arguments[0] = wVersionRequested;
    if (wVersionRequested < MAKEWORD(2, 2) || LOBYTE(wVersionRequested) < 2)
        status = STATUS_VERSION_NOT_SUPPORTED;
    else if (!memory_probe(&call, lpWSPData, sizeof *lpWSPData, ACCESS_WRITE) ||
             !memory_probe(&call, lpProcTable, sizeof *lpProcTable, ACCESS_WRITE))
        status = STATUS_ACCESS_VIOLATION;
    if (nt_success(status)) {
        static const char description[] = "Microsoft Windows Sockets Version 2.";
        WSPDATA data;
        memset(&data, 0, sizeof data);
        data.wVersion = MAKEWORD(2, 2);
        data.wHighVersion = MAKEWORD(2, 2);
        for (size_t i = 0; i < sizeof description; i++)
            data.szDescription[i] = (WCHAR)description[i];
        memory_write(&call, lpWSPData, &data, sizeof data);
        memory_write(&call, lpProcTable, &table, sizeof table);
        winsock_process(call.process)->provider_startups++;
    }
    call_finish(&call, status, &error);
    return error;
}
