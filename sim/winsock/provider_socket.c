/* The base provider: sockets, their names and their connections. */
#include "sim/winsock/delivery.h"
#include "sim/winsock/layered.h"
#include "sim/winsock/memory.h"
#include "sim/winsock/name.h"
#include "sim/winsock/protocol.h"
#include "sim/winsock/provider.h"

/* ---- Sockets --------------------------------------------------------------------------------- */

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

SOCKET WSPAPI provider_socket(int af, int type, int protocol, LPWSAPROTOCOL_INFOW lpProtocolInfo,
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
    layered_remove(&call, handle);
    return call_finish(&call, status, lpErrno) == 0 ? (SOCKET)handle : INVALID_SOCKET;
}

int WSPAPI provider_close_socket(SOCKET s, LPINT lpErrno)
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

int WSPAPI provider_duplicate_socket(SOCKET s, DWORD dwProcessId,
                                     LPWSAPROTOCOL_INFOW lpProtocolInfo, LPINT lpErrno)
{
    struct call call = call_begin(CALL_WSADuplicateSocket, s);
    call.arguments[0] = dwProcessId;
    nt_status status = duplicate(&call, dwProcessId, lpProtocolInfo);
    return call_finish(&call, status, lpErrno);
}

/* ---- Names and connections ------------------------------------------------------------------- */

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
    name_note(call, &name);
    status = socket_bind(socket, call->process, &name.address, name.port);
    if (nt_success(status))
        socket_bound_through(socket, call->process, call->subject);
    if (nt_success(status) && socket->endpoint != NULL)
        call->arguments[3] = endpoint_port(socket->endpoint);
    return status;
}

int WSPAPI provider_bind(SOCKET s, const struct sockaddr *name, int namelen, LPINT lpErrno)
{
    struct call call = call_begin(CALL_bind, s);
    nt_status status = bind_socket(&call, name, namelen);
    return call_finish(&call, status, lpErrno);
}

int WSPAPI provider_listen(SOCKET s, int backlog, LPINT lpErrno)
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
    name_note(call, &name);
    struct io io;
    io_begin(&io, socket, IO_CONNECT, "connect");
    io.has_address = true;
    io.address = name.address;
    io.port = name.port;
    status = socket_connect_io(&io, call->process, false);
    if (socket->endpoint != NULL)
        call->arguments[3] = endpoint_port(socket->endpoint);
    return delivery_end(NULL, &io, status, 0);
}

int WSPAPI provider_connect(SOCKET s, const struct sockaddr *name, int namelen,
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
int WSPAPI provider_get_sock_name(SOCKET s, struct sockaddr *name, LPINT namelen, LPINT lpErrno)
{
    struct call call = call_begin(CALL_getsockname, s);
    struct name own;
    nt_status status;
    const struct socket_object *socket = call_socket(&call, &status);
    if (socket != NULL)
        status = socket_name(socket, &own.address, &own.port);
    if (nt_success(status)) {
        name_note(&call, &own);
        status = name_write(&call, &own, name, namelen);
    }
    return call_finish(&call, status, lpErrno);
}

int WSPAPI provider_get_peer_name(SOCKET s, struct sockaddr *name, LPINT namelen, LPINT lpErrno)
{
    struct call call = call_begin(CALL_getpeername, s);
    struct name peer;
    nt_status status;
    const struct socket_object *socket = call_socket(&call, &status);
    if (socket != NULL)
        status = socket_peer(socket, &peer.address, &peer.port);
    if (nt_success(status)) {
        name_note(&call, &peer);
        status = name_write(&call, &peer, name, namelen);
    }
    return call_finish(&call, status, lpErrno);
}
