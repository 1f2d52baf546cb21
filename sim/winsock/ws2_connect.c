/* WSAConnectByList and WSAConnectByName: the first of several addresses that answers. They are made
 * of the other entry points, as a program might write them.
 */
#include <string.h>

#include "sim/winsock/memory.h"
#include "sim/winsock/ws2_32.h"

struct connect_list {
    int count;
    const SOCKET_ADDRESS *addresses;
};

struct connect_names { /* places for what getsockname and getpeername say; each may be NULL */
    LPDWORD local_size;
    LPSOCKADDR local;
    LPDWORD remote_size;
    LPSOCKADDR remote;
};

struct connecting {
    SOCKET s;
    LPDWORD local_size;
    LPSOCKADDR local;
    LPDWORD remote_size;
    LPSOCKADDR remote;
    uint64_t until_ns; /* UINT64_MAX without a time-out */
};

static uint64_t now_ns(void)
{
    return winsock_attached()->nt->engine->now_ns;
}

/* Waits for a handshake. 0, or the error. */
static int await(const struct connecting *in)
{
    fd_set writable, failed;
    struct timeval left = {0, 0};
    int error = 0, size = sizeof error;
    uint64_t now = now_ns();
    uint64_t us = in->until_ns > now ? (in->until_ns - now) / 1000u : 0;
    left.tv_sec = (LONG)(us / 1000000u);
    left.tv_usec = (LONG)(us % 1000000u);
    FD_ZERO(&writable);
    FD_ZERO(&failed);
    FD_SET(in->s, &writable);
    FD_SET(in->s, &failed);
    int ready = select(0, NULL, &writable, &failed, in->until_ns == UINT64_MAX ? NULL : &left);
    if (ready == SOCKET_ERROR)
        return WSAGetLastError();
    if (ready == 0)
        return WSAETIMEDOUT;
    if (FD_ISSET(in->s, &writable))
        return 0;
    getsockopt(in->s, SOL_SOCKET, SO_ERROR, (char *)&error, &size);
    return error != 0 ? error : WSAECONNREFUSED;
}

static int try_one(const struct connecting *in, const struct sockaddr *address, int size)
{
    if (connect(in->s, address, size) == 0)
        return 0;
    int error = WSAGetLastError();
    return error == WSAEWOULDBLOCK ? await(in) : error;
}

/* What the caller learns of the connection: each address whose place was given. */
static int tell_names(const struct connecting *in)
{
    if (in->local != NULL && in->local_size != NULL &&
        getsockname(in->s, in->local, (int *)in->local_size) != 0)
        return WSAGetLastError();
    if (in->remote != NULL && in->remote_size != NULL &&
        getpeername(in->s, in->remote, (int *)in->remote_size) != 0)
        return WSAGetLastError();
    return 0;
}

/* Tries addresses of a list, in its order, with a socket that is not connected, until one answers
 * or the time is up. Answers 0 or the last attempt's Winsock error. The list is the guest's,
 * probed.
 */
static int connect_to_any(const struct connect_list *list, SOCKET s, const struct timeval *timeout,
                          struct connect_names *names)
{
    struct connecting in = {
        .s = s,
        .local_size = names->local_size,
        .local = names->local,
        .remote_size = names->remote_size,
        .remote = names->remote,
        .until_ns = UINT64_MAX,
    };
    u_long on = 1, off = 0;
    int error = WSAEINVAL;
    if (timeout != NULL)
        in.until_ns =
            now_ns() + (uint64_t)timeout->tv_sec * 1000000000u + (uint64_t)timeout->tv_usec * 1000u;
    if (ioctlsocket(s, FIONBIO, &on) != 0)
        return WSAGetLastError();
    for (int i = 0; i < list->count && error != 0 && error != WSAETIMEDOUT; i++)
        error = try_one(&in, list->addresses[i].lpSockaddr, list->addresses[i].iSockaddrLength);
    ioctlsocket(s, FIONBIO, &off);
    return error == 0 ? tell_names(&in) : error;
}

/* Page: the list's addresses are of the socket's family; an IPv6 socket with IPV6_V6ONLY off takes
 * IPv4 ones mapped.
 */
BOOL WSAConnectByList(SOCKET s, PSOCKET_ADDRESS_LIST SocketAddress, LPDWORD LocalAddressLength,
                      LPSOCKADDR LocalAddress, LPDWORD RemoteAddressLength,
                      LPSOCKADDR RemoteAddress, const struct timeval *timeout,
                      LPWSAOVERLAPPED Reserved)
{
    if (!call_allowed(CALL_WSAConnectByList, s))
        return FALSE;
    const struct call call = call_begin(CALL_WSAConnectByList, s);
    struct connect_list list = {0, NULL};
    struct timeval limit;
    nt_status status;
    if (call_socket(&call, &status) == NULL)
        return call_answer(&call, status) == 0;
    if (Reserved != NULL || SocketAddress == NULL)
        return call_answer(&call, STATUS_INVALID_PARAMETER) == 0;
    bool aligned = (uintptr_t)SocketAddress % _Alignof(SOCKET_ADDRESS_LIST) == 0;
    if (!aligned || !memory_probe(&call, SocketAddress, sizeof *SocketAddress, ACCESS_READ) ||
        (timeout != NULL && !memory_probe(&call, timeout, sizeof *timeout, ACCESS_READ)))
        return call_answer(&call, STATUS_ACCESS_VIOLATION) == 0;
    memory_read(&call, &list.count, &SocketAddress->iAddressCount, sizeof list.count);
    if (list.count <= 0 || list.count > UINT16_MAX)
        return call_answer(&call, STATUS_INVALID_PARAMETER) == 0;
    if (!memory_probe(&call, SocketAddress, SIZEOF_SOCKET_ADDRESS_LIST((size_t)list.count),
                      ACCESS_READ))
        return call_answer(&call, STATUS_ACCESS_VIOLATION) == 0;
    list.addresses = SocketAddress->Address;
    if (timeout != NULL)
        memory_read(&call, &limit, timeout, sizeof limit);
    struct connect_names names = {LocalAddressLength, LocalAddress, RemoteAddressLength,
                                  RemoteAddress};
    int error = connect_to_any(&list, s, timeout != NULL ? &limit : NULL, &names);
    call_finish(&call, nt_status_from_wsa((uint32_t)error), NULL);
    return call_return(error == 0 ? 0 : SOCKET_ERROR, error) == 0;
}
