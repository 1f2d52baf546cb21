/* The base provider: taking connections. */
#include "sim/afd/ready.h"
#include "sim/afd/socket.h"
#include "sim/nt/grip.h"
#include "sim/winsock/delivery.h"
#include "sim/winsock/layered.h"
#include "sim/winsock/memory.h"
#include "sim/winsock/name.h"
#include "sim/winsock/provider.h"

struct accepting {
    struct call call;
    struct socket_object *socket;
    struct sockaddr *address;
    LPINT size; /* NULL when no address is wanted (row 148) */
    LPCONDITIONPROC condition;
    DWORD_PTR data;
};

/* ---- The condition --------------------------------------------------------------------------- */

/* Waits until somebody is there to be judged. */
static nt_status await_caller(struct accepting *in, struct name *caller)
{
    struct socket_object *socket = in->socket;
    if (socket->state != SOCKET_LISTENING)
        return socket->kind.protocol == PROTOCOL_TCP ? STATUS_INVALID_PARAMETER
                                                     : STATUS_NOT_SUPPORTED;
    while (!socket_incoming(socket, &caller->address, &caller->port)) {
        if (socket->non_blocking)
            return STATUS_DEVICE_NOT_READY;
        struct poll_entry entry = {.socket = socket, .wanted = READY_ACCEPT};
        nt_status status =
            sockets_poll(in->call.winsock->afd, &entry, 1, UINT64_MAX, true, "WSAAccept");
        if (!nt_success(status))
            return status;
        if ((entry.ready & READY_CLOSED) != 0)
            return STATUS_INTERRUPTED;
    }
    return STATUS_SUCCESS;
}

/* TCP/IP has no caller's data, no groups and no quality of service: those stay NULL or empty. */
static int ask(const struct accepting *in, const struct name *caller)
{
    union name_buffer from, to;
    struct name own = *caller;
    WSABUF caller_id = {(ULONG)name_encode(caller, &from), (CHAR *)&from};
    WSABUF callee_id = {0, NULL};
    WSABUF data = {0, NULL};
    GROUP group = 0;
    if (nt_success(socket_name(in->socket, &own.address, &own.port)))
        callee_id = (WSABUF){(ULONG)name_encode(&own, &to), (CHAR *)&to};
    return in->condition(&caller_id, NULL, NULL, NULL, &callee_id, &data, &group, in->data);
}

static nt_status judge(struct accepting *in)
{
    struct name caller;
    nt_status status = await_caller(in, &caller);
    if (!nt_success(status))
        return status;
    struct object *object = &in->socket->object; /* the guest's function may close it */
    struct grip grip;
    grip_begin(in->call.winsock->nt, &grip, &object, 1);
    int answer = ask(in, &caller);
    bool gone = in->socket->state != SOCKET_LISTENING;
    if (gone)
        status = STATUS_INVALID_PARAMETER;
    else if (answer == CF_DEFER) {
        status = STATUS_TRY_AGAIN; /* row 145 */
        if (BEHAVES(in->call.profile, condition_defer, drops))
            socket_refuse(in->socket);
    } else if (answer == CF_REJECT) {
        if (BEHAVES(in->call.profile, condition_reject, resets))
            socket_refuse(in->socket);
        status = STATUS_CONNECTION_REFUSED;
    } else if (answer != CF_ACCEPT)
        status = STATUS_INVALID_PARAMETER;
    grip_end(in->call.winsock->nt, &grip);
    return status;
}

/* ---- The call -------------------------------------------------------------------------------- */

static nt_status accept_connection(struct accepting *in, uint64_t *handle)
{
    struct io here;
    struct io *io = &here;
    io_begin(io, in->socket, IO_ACCEPT, "accept");
    if (in->condition != NULL)
        io->flags = IO_NO_WAIT;
    nt_status status = delivery_end(NULL, io, socket_accept(io), 0);
    if (!nt_success(status))
        return status;
    *handle = io->request.information;
    struct name peer = {io->address, io->port};
    if (BEHAVES(in->call.profile, accepted_peer_name, without_port))
        peer.port = 0;
    name_note(&in->call, &peer);
    if (in->size != NULL)
        name_write(&in->call, &peer, in->address, in->size);
    return status;
}

/* A bad place for the address refuses before anybody is taken (row 147). */
static nt_status check(struct accepting *in)
{
    nt_status status;
    in->socket = call_socket(&in->call, &status);
    if (in->socket == NULL)
        return status;
    if (in->address == NULL || in->size == NULL) {
        in->size = NULL;
        return STATUS_SUCCESS;
    }
    return name_may_write(&in->call, in->socket->kind.family, in->address, in->size);
}

SOCKET WSPAPI provider_accept(SOCKET s, struct sockaddr *addr, LPINT addrlen,
                              LPCONDITIONPROC lpfnCondition, DWORD_PTR dwCallbackData,
                              LPINT lpErrno)
{
    uint64_t handle = INVALID_SOCKET;
    struct accepting in = {
        .call = call_begin(CALL_accept, s),
        .address = addr,
        .size = addrlen,
        .condition = lpfnCondition,
        .data = dwCallbackData,
    };
    nt_status status = check(&in);
    if (nt_success(status) && lpfnCondition != NULL)
        status = judge(&in);
    if (nt_success(status) && lpfnCondition != NULL) /* the guest ran in between */
        in.socket = call_socket(&in.call, &status);
    if (nt_success(status))
        status = accept_connection(&in, &handle);
    in.call.arguments[3] = nt_success(status) ? handle : 0;
    layered_remove(&in.call, handle);
    return call_finish(&in.call, status, lpErrno) == 0 ? (SOCKET)handle : INVALID_SOCKET;
}

/* ---- Multipoint ------------------------------------------------------------------------------ */

/* Makes a datagram socket a member of a group, which for IP is all there is to a leaf: the answer
 * is the socket itself (WSAJoinLeaf page).
 */
static nt_status join_leaf(struct call *call, const struct sockaddr *address, int size, DWORD flags)
{
    nt_status status;
    struct name group;
    struct socket_object *socket = call_socket(call, &status);
    if (socket == NULL)
        return status;
    if (flags < JL_SENDER_ONLY || flags > JL_BOTH)
        return STATUS_INVALID_PARAMETER;
    if (socket->kind.protocol != PROTOCOL_UDP)
        return STATUS_NOT_SUPPORTED;
    status = name_read(call, address, size, socket->kind.family, &group);
    if (!nt_success(status))
        return status;
    name_note(call, &group);
    if (flags == JL_SENDER_ONLY)
        return STATUS_SUCCESS; /* a sender needs no membership */
    status = socket_bind_implicitly(socket, call->process);
    return nt_success(status) ? socket_join(socket, &group.address, 0, NULL) : status;
}

SOCKET WSPAPI provider_join_leaf(SOCKET s, const struct sockaddr *name, int namelen,
                                 LPWSABUF lpCallerData, LPWSABUF lpCalleeData, LPQOS lpSQOS,
                                 LPQOS lpGQOS, DWORD dwFlags, LPINT lpErrno)
{
    (void)lpCallerData; /* TCP/IP has neither user data nor quality of service */
    (void)lpCalleeData;
    (void)lpSQOS;
    (void)lpGQOS;
    struct call call = call_begin(CALL_WSAJoinLeaf, s);
    nt_status status = join_leaf(&call, name, namelen, dwFlags);
    return call_finish(&call, status, lpErrno) == 0 ? s : INVALID_SOCKET;
}
