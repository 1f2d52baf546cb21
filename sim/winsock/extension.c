#include "sim/winsock/extension.h"

#include <string.h>

#include <mswsock.h>

#include "sim/winsock/ioctl.h"
#include "sim/winsock/memory.h"
#include "sim/winsock/name.h"

/* The outcome of a connection attempt, or why it was not made. */
static nt_status connect_overlapped(const struct call *call, const struct sockaddr *name, int size,
                                    LPOVERLAPPED overlapped)
{
    nt_status status;
    struct name peer;
    struct socket_object *socket = call_socket(call, &status);
    if (socket == NULL)
        return status;
    if (overlapped == NULL)
        return STATUS_WSA_PARAMETER; /* row 159 */
    if (!memory_probe(call, overlapped, sizeof *overlapped, ACCESS_WRITE))
        return STATUS_ACCESS_VIOLATION;
    overlapped_begin(call, overlapped); /* before anything is validated (row 158) */
    status = name_read(call, name, size, socket->kind.family, &peer);
    if (!nt_success(status))
        return status;
    status = socket_connect_bound(socket, call->process, &peer.address, peer.port);
    if (status != STATUS_SUCCESS && status != STATUS_CONNECTION_REFUSED)
        return status;
    /* Pending even when it is settled already (rows 160 and 162). */
    overlapped_complete(call, overlapped, false, status, 0);
    return STATUS_PENDING;
}

/* The send buffer is not sent yet: bytes are not carried. */
static BOOL WINAPI connect_ex(SOCKET s, const struct sockaddr *name, int namelen,
                              PVOID lpSendBuffer, DWORD dwSendDataLength, LPDWORD lpdwBytesSent,
                              LPOVERLAPPED lpOverlapped)
{
    (void)lpSendBuffer;
    (void)lpdwBytesSent;
    if (!call_allowed(CALL_ConnectEx, s))
        return FALSE;
    struct call call = call_begin(CALL_ConnectEx, s);
    call.arguments[0] = dwSendDataLength;
    return call_answer(&call, connect_overlapped(&call, name, namelen, lpOverlapped)) == 0;
}

extension_function *extension_find(const GUID *id)
{
    static const GUID connect_id = WSAID_CONNECTEX;
    if (memcmp(id, &connect_id, sizeof connect_id) == 0)
        return (extension_function *)connect_ex;
    return NULL;
}
