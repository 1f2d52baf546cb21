/* The base provider's functions: each checks what the provider must check, asks afd, and ends in
 * call_finish. They leave the thread's last error alone: that is ws2_32's (SPI-005).
 */
#include "sim/winsock/provider.h"

#include <string.h>

#include "sim/engine/check.h"
#include "sim/winsock/ioctl.h"
#include "sim/winsock/memory.h"
#include "sim/winsock/name.h"
#include "sim/winsock/options.h"
#include "sim/winsock/protocol.h"
#include "sim/winsock/unsupported.h"

/* ---- Sockets ----------------------------------------------------------------------------------
 */

/* Takes from the structure what the arguments leave open: 0 or FROM_PROTOCOL_INFO (row 133). */
static struct socket_request merge(struct socket_request request, const WSAPROTOCOL_INFOW *info)
{
    if (request.family == AF_UNSPEC || request.family == FROM_PROTOCOL_INFO)
        request.family = info->iAddressFamily;
    if (request.type == 0 || request.type == FROM_PROTOCOL_INFO)
        request.type = info->iSocketType;
    if (request.protocol == 0 || request.protocol == FROM_PROTOCOL_INFO)
        request.protocol = info->iProtocol;
    return request;
}

static nt_status open_socket(struct call *call, struct socket_request request,
                             const WSAPROTOCOL_INFOW *info, DWORD flags, uint64_t *handle)
{
    DWORD ticket = 0;
    if (info != NULL) {
        WSAPROTOCOL_INFOW copy;
        if (!memory_probe(call, info, sizeof copy, ACCESS_READ))
            return STATUS_ACCESS_VIOLATION;
        memory_read(call, &copy, info, sizeof copy);
        request = merge(request, &copy);
        if (request.family == AF_UNSPEC || request.family == FROM_PROTOCOL_INFO)
            return STATUS_OBJECT_PATH_SYNTAX_BAD;
        ticket = copy.dwProviderReserved;
    }
    struct socket_opening opening = {
        .overlapped = (flags & WSA_FLAG_OVERLAPPED) != 0,
        .inherit = (flags & WSA_FLAG_NO_HANDLE_INHERIT) == 0,
    };
    nt_status status = protocol_find(&request, &opening.kind);
    if (!nt_success(status))
        return status;
    if (ticket != 0)
        return socket_claim(call->winsock->afd, call->process, ticket, handle);
    return socket_open(call->winsock->afd, call->process, &opening, handle);
}

static SOCKET WSPAPI WSPSocket(int af, int type, int protocol, LPWSAPROTOCOL_INFOW lpProtocolInfo,
                               GROUP g, DWORD dwFlags, LPINT lpErrno)
{
    (void)g; /* groups were never implemented by Windows' provider */
    const struct socket_request request = {af, type, protocol};
    struct call call = call_begin(CALL_socket, 0);
    uint64_t handle = 0;
    call.arguments[0] = (uint64_t)(uint32_t)af << 32 | (uint32_t)type;
    call.arguments[1] = (uint64_t)(uint32_t)protocol << 32 | dwFlags;
    nt_status status = open_socket(&call, request, lpProtocolInfo, dwFlags, &handle);
    call.subject = handle;
    return call_finish(&call, status, lpErrno) == 0 ? (SOCKET)handle : INVALID_SOCKET;
}

static int WSPAPI WSPCloseSocket(SOCKET s, LPINT lpErrno)
{
    const struct call call = call_begin(CALL_closesocket, s);
    nt_status status;
    if (call_socket(&call, &status) != NULL)
        status = socket_close(call.process, s);
    return call_finish(&call, status, lpErrno);
}

/* The process is judged before the pointer (row 135). */
static nt_status duplicate(struct call *call, DWORD process_id, LPWSAPROTOCOL_INFOW out)
{
    nt_status status;
    uint32_t ticket;
    WSAPROTOCOL_INFOW info;
    struct socket_object *socket = call_socket(call, &status);
    if (socket == NULL)
        return status;
    if (process_find(call->winsock->nt, process_id) == NULL)
        return STATUS_INVALID_PARAMETER;
    if (!memory_probe(call, out, sizeof info, ACCESS_WRITE))
        return STATUS_ACCESS_VIOLATION;
    status = socket_duplicate(socket, process_id, &ticket);
    if (!nt_success(status))
        return status;
    protocol_describe(&socket->kind, &info);
    info.dwProviderReserved = ticket;
    call->arguments[1] = ticket;
    memory_write(call, out, &info, sizeof info);
    return STATUS_SUCCESS;
}

static int WSPAPI WSPDuplicateSocket(SOCKET s, DWORD dwProcessId,
                                     LPWSAPROTOCOL_INFOW lpProtocolInfo, LPINT lpErrno)
{
    struct call call = call_begin(CALL_WSADuplicateSocket, s);
    call.arguments[0] = dwProcessId;
    nt_status status = duplicate(&call, dwProcessId, lpProtocolInfo);
    return call_finish(&call, status, lpErrno);
}

/* ---- Names and connections ---------------------------------------------------------------------
 */

/* The ports and the family of a name; the address itself is too long for the record's numbers and
 * goes in folded.
 */
static void note_name(struct call *call, const struct name *name)
{
    uint64_t low, high;
    memcpy(&low, name->address.bytes, sizeof low);
    memcpy(&high, name->address.bytes + 8, sizeof high);
    call->arguments[0] = (uint64_t)name->address.family << 32 | name->port;
    call->arguments[1] = low;
    call->arguments[2] = high;
}

static nt_status bind_socket(struct call *call, const struct sockaddr *address, int size)
{
    nt_status status;
    struct name name;
    struct socket_object *socket = call_socket(call, &status);
    if (socket == NULL)
        return status;
    status = name_read_for_bind(call, address, size, socket->kind.family, &name);
    if (!nt_success(status)) {
        socket_bind_refused(socket);
        return status;
    }
    note_name(call, &name);
    status = socket_bind(socket, call->process, &name.address, name.port);
    if (nt_success(status) && socket->endpoint != NULL)
        call->arguments[3] = endpoint_port(socket->endpoint);
    return status;
}

static int WSPAPI WSPBind(SOCKET s, const struct sockaddr *name, int namelen, LPINT lpErrno)
{
    struct call call = call_begin(CALL_bind, s);
    nt_status status = bind_socket(&call, name, namelen);
    return call_finish(&call, status, lpErrno);
}

static int WSPAPI WSPListen(SOCKET s, int backlog, LPINT lpErrno)
{
    struct call call = call_begin(CALL_listen, s);
    nt_status status;
    struct socket_object *socket = call_socket(&call, &status);
    call.arguments[0] = (uint32_t)backlog;
    if (socket != NULL)
        status = socket_listen(socket, call.process, backlog);
    return call_finish(&call, status, lpErrno);
}

static nt_status connect_socket(struct call *call, const struct sockaddr *address, int size)
{
    nt_status status;
    struct name name;
    struct socket_object *socket = call_socket(call, &status);
    if (socket == NULL)
        return status;
    if (name_family(call, address, size) == AF_UNSPEC)
        return socket_disconnect(socket);
    status = name_read(call, address, size, socket->kind.family, &name);
    if (!nt_success(status))
        return status;
    note_name(call, &name);
    status = socket_connect(socket, call->process, &name.address, name.port);
    if (socket->endpoint != NULL)
        call->arguments[3] = endpoint_port(socket->endpoint);
    return status;
}

static int WSPAPI WSPConnect(SOCKET s, const struct sockaddr *name, int namelen,
                             LPWSABUF lpCallerData, LPWSABUF lpCalleeData, LPQOS lpSQOS,
                             LPQOS lpGQOS, LPINT lpErrno)
{
    (void)lpCallerData; /* TCP/IP has neither user data nor quality of service at connect */
    (void)lpCalleeData;
    (void)lpSQOS;
    (void)lpGQOS;
    struct call call = call_begin(CALL_connect, s);
    nt_status status = connect_socket(&call, name, namelen);
    return call_finish(&call, status, lpErrno);
}

/* The state is judged before the pointers, for both names (rows 63, 68 and 260). */
static int WSPAPI WSPGetSockName(SOCKET s, struct sockaddr *name, LPINT namelen, LPINT lpErrno)
{
    struct call call = call_begin(CALL_getsockname, s);
    struct name own;
    nt_status status;
    const struct socket_object *socket = call_socket(&call, &status);
    if (socket != NULL)
        status = socket_name(socket, &own.address, &own.port);
    if (nt_success(status)) {
        note_name(&call, &own);
        status = name_write(&call, &own, name, namelen);
    }
    return call_finish(&call, status, lpErrno);
}

static int WSPAPI WSPGetPeerName(SOCKET s, struct sockaddr *name, LPINT namelen, LPINT lpErrno)
{
    struct call call = call_begin(CALL_getpeername, s);
    struct name peer;
    nt_status status;
    const struct socket_object *socket = call_socket(&call, &status);
    if (socket != NULL)
        status = socket_peer(socket, &peer.address, &peer.port);
    if (nt_success(status)) {
        note_name(&call, &peer);
        status = name_write(&call, &peer, name, namelen);
    }
    return call_finish(&call, status, lpErrno);
}

/* ---- Sending -----------------------------------------------------------------------------------
 */

enum { DATAGRAM_MAX = 65507, BUFFERS_MAX = 1024 };

/* How many bytes the buffers hold, if all may be read. */
static nt_status measure(const struct call *call, const WSABUF *buffers, DWORD count, DWORD *out)
{
    uint64_t total = 0;
    if (count > BUFFERS_MAX)
        return STATUS_INVALID_PARAMETER;
    if (count > 0 && !memory_probe(call, buffers, count * sizeof *buffers, ACCESS_READ))
        return STATUS_ACCESS_VIOLATION;
    for (DWORD i = 0; i < count; i++) {
        WSABUF buffer;
        memory_read(call, &buffer, buffers + i, sizeof buffer);
        if (buffer.len > 0 && !memory_probe(call, buffer.buf, buffer.len, ACCESS_READ))
            return STATUS_ACCESS_VIOLATION;
        total += buffer.len;
    }
    if (total > DATAGRAM_MAX)
        return STATUS_BUFFER_OVERFLOW; /* WSAEMSGSIZE */
    *out = (DWORD)total;
    return STATUS_SUCCESS;
}

struct sending {
    LPWSABUF buffers;
    DWORD buffer_count;
    LPDWORD count;
    const struct sockaddr *to;
    int to_size;
    LPWSAOVERLAPPED overlapped;
    bool has_routine;
};

static nt_status send_datagram(struct call *call, const struct sending *sending)
{
    nt_status status;
    DWORD length;
    struct name to;
    struct socket_object *socket = call_socket(call, &status);
    if (socket == NULL)
        return status;
    LPWSAOVERLAPPED overlapped = socket->overlapped ? sending->overlapped : NULL;
    if (overlapped != NULL && !memory_probe(call, overlapped, sizeof *overlapped, ACCESS_WRITE))
        return STATUS_ACCESS_VIOLATION;
    bool counts = sending->count != NULL || overlapped == NULL;
    if (counts && !memory_probe(call, sending->count, sizeof *sending->count, ACCESS_WRITE))
        return STATUS_ACCESS_VIOLATION;
    status = measure(call, sending->buffers, sending->buffer_count, &length);
    if (nt_success(status) && sending->to != NULL) {
        status = name_read(call, sending->to, sending->to_size, socket->kind.family, &to);
        if (nt_success(status))
            note_name(call, &to);
    }
    if (nt_success(status))
        status = socket_send_to(socket, call->process, sending->to != NULL ? &to.address : NULL,
                                sending->to != NULL ? to.port : 0);
    if (!nt_success(status))
        return status;
    call->arguments[3] = length;
    if (overlapped != NULL)
        overlapped_complete(call, overlapped, sending->has_routine, STATUS_SUCCESS, length);
    if (counts)
        memory_write(call, sending->count, &length, sizeof length);
    return STATUS_SUCCESS;
}

static int WSPAPI WSPSendTo(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount,
                            LPDWORD lpNumberOfBytesSent, DWORD dwFlags, const struct sockaddr *lpTo,
                            int iTolen, LPWSAOVERLAPPED lpOverlapped,
                            LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine,
                            LPWSATHREADID lpThreadId, LPINT lpErrno)
{
    (void)dwFlags;    /* MSG_DONTROUTE and its like mean nothing to a datagram that is dropped */
    (void)lpThreadId; /* no routine is queued yet */
    struct call call = call_begin(CALL_sendto, s);
    const struct sending sending = {
        .buffers = lpBuffers,
        .buffer_count = dwBufferCount,
        .count = lpNumberOfBytesSent,
        .to = lpTo,
        .to_size = iTolen,
        .overlapped = lpOverlapped,
        .has_routine = lpCompletionRoutine != NULL,
    };
    nt_status status = send_datagram(&call, &sending);
    return call_finish(&call, status, lpErrno);
}

/* ---- Options and controls -----------------------------------------------------------------------
 */

static int WSPAPI WSPSetSockOpt(SOCKET s, int level, int optname, const char *optval, int optlen,
                                LPINT lpErrno)
{
    struct call call = call_begin(CALL_setsockopt, s);
    call.arguments[0] = (uint32_t)level;
    call.arguments[1] = (uint32_t)optname;
    call.arguments[2] = (uint32_t)optlen;
    nt_status status = options_set(&call, level, optname, optval, optlen);
    return call_finish(&call, status, lpErrno);
}

static int WSPAPI WSPGetSockOpt(SOCKET s, int level, int optname, char *optval, LPINT optlen,
                                LPINT lpErrno)
{
    struct call call = call_begin(CALL_getsockopt, s);
    call.arguments[0] = (uint32_t)level;
    call.arguments[1] = (uint32_t)optname;
    nt_status status = options_get(&call, level, optname, optval, optlen);
    return call_finish(&call, status, lpErrno);
}

static int WSPAPI WSPIoctl(SOCKET s, DWORD dwIoControlCode, LPVOID lpvInBuffer, DWORD cbInBuffer,
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

/* ---- Overlapped results
 * -------------------------------------------------------------------------- */

/* Waits until the event says that the operation is done. */
static nt_status await(const struct call *call, LPWSAOVERLAPPED overlapped)
{
    WSAOVERLAPPED copy;
    memory_read(call, &copy, overlapped, sizeof copy);
    uint64_t handle = (uint64_t)(uintptr_t)copy.hEvent & ~(uint64_t)1;
    struct object *event = handle_find(call->process, handle, OBJECT_EVENT);
    if (event == NULL)
        return STATUS_EVENT_HANDLE_INVALID;
    return wait_for_objects(call->winsock->nt, &event, 1, false, UINT64_MAX,
                            "WSAGetOverlappedResult", NULL);
}

/* Since Vista NULL pointers fault instead (OVL-029); a guest of ours gets WSAEFAULT, as before. */
static nt_status get_result(struct call *call, LPWSAOVERLAPPED overlapped, LPDWORD transfer,
                            BOOL wait, LPDWORD flags)
{
    nt_status status;
    WSAOVERLAPPED copy;
    const DWORD no_flags = 0;
    if (call_socket(call, &status) == NULL)
        return status;
    if (!memory_probe(call, overlapped, sizeof copy, ACCESS_READ) ||
        !memory_probe(call, transfer, sizeof *transfer, ACCESS_WRITE) ||
        !memory_probe(call, flags, sizeof *flags, ACCESS_WRITE))
        return STATUS_ACCESS_VIOLATION;
    memory_read(call, &copy, overlapped, sizeof copy);
    if (copy.Internal == STATUS_PENDING) {
        if (!wait)
            return STATUS_IO_INCOMPLETE;
        status = await(call, overlapped);
        if (!nt_success(status))
            return status;
        memory_read(call, &copy, overlapped, sizeof copy);
    }
    status = (nt_status)copy.Internal;
    if (nt_status_name(status)[0] == '?' || status == STATUS_PENDING)
        return STATUS_INVALID_PARAMETER; /* the structure is the guest's: it may hold anything */
    if (!nt_success(status))
        return status;
    const DWORD bytes = (DWORD)copy.InternalHigh;
    call->arguments[0] = bytes;
    memory_write(call, transfer, &bytes, sizeof bytes);
    memory_write(call, flags, &no_flags, sizeof no_flags);
    return STATUS_SUCCESS;
}

static BOOL WSPAPI WSPGetOverlappedResult(SOCKET s, LPWSAOVERLAPPED lpOverlapped,
                                          LPDWORD lpcbTransfer, BOOL fWait, LPDWORD lpdwFlags,
                                          LPINT lpErrno)
{
    struct call call = call_begin(CALL_WSAGetOverlappedResult, s);
    nt_status status = get_result(&call, lpOverlapped, lpcbTransfer, fWait, lpdwFlags);
    return call_finish(&call, status, lpErrno) == 0;
}

static int WSPAPI WSPCleanup(LPINT lpErrno)
{
    const struct call call = call_begin(CALL_WSPCleanup, 0);
    struct winsock_process *own = winsock_process(call.process);
    if (own->provider_startups == 0)
        return call_finish(&call, STATUS_NOT_INITIALISED, lpErrno);
    own->provider_startups--;
    return call_finish(&call, STATUS_SUCCESS, lpErrno);
}

/* ---- The table
 * ------------------------------------------------------------------------------------ */

static const WSPPROC_TABLE table = {
    .lpWSPAccept = unsupported_accept,
    .lpWSPAddressToString = unsupported_address_to_string,
    .lpWSPAsyncSelect = unsupported_async_select,
    .lpWSPBind = WSPBind,
    .lpWSPCancelBlockingCall = unsupported_cancel_blocking_call,
    .lpWSPCleanup = WSPCleanup,
    .lpWSPCloseSocket = WSPCloseSocket,
    .lpWSPConnect = WSPConnect,
    .lpWSPDuplicateSocket = WSPDuplicateSocket,
    .lpWSPEnumNetworkEvents = unsupported_enum_network_events,
    .lpWSPEventSelect = unsupported_event_select,
    .lpWSPGetOverlappedResult = WSPGetOverlappedResult,
    .lpWSPGetPeerName = WSPGetPeerName,
    .lpWSPGetSockName = WSPGetSockName,
    .lpWSPGetSockOpt = WSPGetSockOpt,
    .lpWSPGetQOSByName = unsupported_get_qos_by_name,
    .lpWSPIoctl = WSPIoctl,
    .lpWSPJoinLeaf = unsupported_join_leaf,
    .lpWSPListen = WSPListen,
    .lpWSPRecv = unsupported_recv,
    .lpWSPRecvDisconnect = unsupported_recv_disconnect,
    .lpWSPRecvFrom = unsupported_recv_from,
    .lpWSPSelect = unsupported_select,
    .lpWSPSend = unsupported_send,
    .lpWSPSendDisconnect = unsupported_send_disconnect,
    .lpWSPSendTo = WSPSendTo,
    .lpWSPSetSockOpt = WSPSetSockOpt,
    .lpWSPShutdown = unsupported_shutdown,
    .lpWSPSocket = WSPSocket,
    .lpWSPStringToAddress = unsupported_string_to_address,
};

const WSPPROC_TABLE *provider_table(void)
{
    return &table;
}

/* Answers its error itself (STUP). The upcalls are for providers that make handles of their own;
 * this one's are the system's (XP1_IFS_HANDLES), so it keeps none.
 */
int WSPStartup(WORD wVersionRequested, LPWSPDATA lpWSPData, LPWSAPROTOCOL_INFOW lpProtocolInfo,
               WSPUPCALLTABLE UpcallTable, LPWSPPROC_TABLE lpProcTable)
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
