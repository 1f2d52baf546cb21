/* WSAConnectByName, and the one name space there is. Pages: WSAConnectByNameW,
 * WSAEnumNameSpaceProviders.
 */
#include <string.h>

#include <ws2tcpip.h>

#include "sim/winsock/memory.h"
#include "sim/winsock/text.h"
#include "sim/winsock/ws2_32.h"

/* The addresses are only written where there is room for both the address and its length. */
static void tell_address(SOCKET s, bool own, LPDWORD size, LPSOCKADDR to)
{
    SOCKADDR_STORAGE name;
    int length = sizeof name;
    const struct call call = call_begin(CALL_connect, s);
    if (size == NULL || to == NULL || !memory_probe(&call, size, sizeof *size, ACCESS_WRITE))
        return;
    int result = own ? getsockname(s, (struct sockaddr *)&name, &length)
                     : getpeername(s, (struct sockaddr *)&name, &length);
    DWORD offered, told = (DWORD)length;
    memory_read(&call, &offered, size, sizeof offered);
    if (result != 0 || offered < told || !memory_probe(&call, to, told, ACCESS_WRITE))
        return;
    memory_write(&call, to, &name, told);
    memory_write(&call, size, &told, sizeof told);
}

struct addresses {
    LPDWORD local_size, remote_size;
    LPSOCKADDR local, remote;
};

/* Tries one after the other; the error is that of the last. */
static BOOL connect_to(SOCKET s, ADDRINFOA *list, const struct addresses *addresses)
{
    int result = SOCKET_ERROR;
    for (const ADDRINFOA *info = list; info != NULL && result != 0; info = info->ai_next)
        result = connect(s, info->ai_addr, (int)info->ai_addrlen);
    int error = WSAGetLastError();
    freeaddrinfo(list);
    if (result == 0) {
        tell_address(s, true, addresses->local_size, addresses->local);
        tell_address(s, false, addresses->remote_size, addresses->remote);
    }
    return call_return(result, error) == 0;
}

/* What is asked of a name for a socket's sake: addresses that it can connect to. False when `s` is
 * no socket.
 */
static bool hints_for(SOCKET s, ADDRINFOA *hints)
{
    WSAPROTOCOL_INFOW info;
    int size = sizeof info;
    if (getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOW, (char *)&info, &size) != 0)
        return false;
    *hints = (ADDRINFOA){.ai_socktype = SOCK_STREAM, .ai_family = info.iAddressFamily};
    if (hints->ai_family == AF_INET6)
        hints->ai_flags = AI_V4MAPPED | AI_ALL;
    return true;
}

BOOL WSAConnectByNameA(SOCKET s, LPCSTR nodename, LPCSTR servicename, LPDWORD LocalAddressLength,
                       LPSOCKADDR LocalAddress, LPDWORD RemoteAddressLength,
                       LPSOCKADDR RemoteAddress, const struct timeval *timeout,
                       LPWSAOVERLAPPED Reserved)
{
    const struct addresses addresses = {LocalAddressLength, RemoteAddressLength, LocalAddress,
                                        RemoteAddress};
    ADDRINFOA hints;
    ADDRINFOA *list = NULL;
    (void)timeout;
    (void)Reserved;
    if (!hints_for(s, &hints) || getaddrinfo(nodename, servicename, &hints, &list) != 0)
        return FALSE;
    return connect_to(s, list, &addresses);
}

BOOL WSAConnectByNameW(SOCKET s, LPWSTR nodename, LPWSTR servicename, LPDWORD LocalAddressLength,
                       LPSOCKADDR LocalAddress, LPDWORD RemoteAddressLength,
                       LPSOCKADDR RemoteAddress, const struct timeval *timeout,
                       LPWSAOVERLAPPED Reserved)
{
    const struct addresses addresses = {LocalAddressLength, RemoteAddressLength, LocalAddress,
                                        RemoteAddress};
    ADDRINFOA hints;
    ADDRINFOW *list = NULL;
    (void)timeout;
    (void)Reserved;
    if (!hints_for(s, &hints) ||
        GetAddrInfoW(nodename, servicename, (const ADDRINFOW *)(const void *)&hints, &list) != 0)
        return FALSE;
    return connect_to(s, (ADDRINFOA *)(void *)list, &addresses);
}

/* ---- Name spaces ----------------------------------------------------------------------------- */

static const GUID tcpip_names = {
    0x22059d40, 0x7e9e, 0x11cf, {0xae, 0x5a, 0x00, 0xaa, 0x00, 0xa7, 0x11, 0x2b}};

_Static_assert(sizeof(WSANAMESPACE_INFOA) == sizeof(WSANAMESPACE_INFOW),
               "the two differ in what their text is made of");

struct name_space {
    WSANAMESPACE_INFOW info;
    WCHAR text[6];
};

static int tell_name_spaces(LPDWORD length, void *buffer, bool wide)
{
    static const char name[] = "Tcpip";
    struct name_space told;
    DWORD offered, needed = sizeof told;
    unsigned char *at = buffer;
    if (!call_allowed(CALL_WSAEnumNameSpaceProviders, 0))
        return SOCKET_ERROR;
    const struct call call = call_begin(CALL_WSAEnumNameSpaceProviders, 0);
    if (!memory_probe(&call, length, sizeof offered, ACCESS_WRITE))
        return call_answer(&call, STATUS_ACCESS_VIOLATION);
    memory_read(&call, &offered, length, sizeof offered);
    if (offered < needed || !memory_probe(&call, buffer, needed, ACCESS_WRITE)) {
        memory_write(&call, length, &needed, sizeof needed);
        return call_answer(&call, STATUS_ACCESS_VIOLATION);
    }
    memset(&told, 0, sizeof told);
    told.info.NSProviderId = tcpip_names;
    told.info.dwNameSpace = NS_DNS;
    told.info.fActive = TRUE;
    told.info.dwVersion = 1;
    told.info.lpszIdentifier = (LPWSTR)(void *)(at + offsetof(struct name_space, text));
    if (wide)
        text_widen(name, told.text);
    else
        memcpy(told.text, name, sizeof name);
    memory_write(&call, buffer, &told, sizeof told);
    return call_answer(&call, STATUS_SUCCESS) == 0 ? 1 : SOCKET_ERROR;
}

INT WSAEnumNameSpaceProvidersA(LPDWORD lpdwBufferLength, LPWSANAMESPACE_INFOA lpnspBuffer)
{
    return tell_name_spaces(lpdwBufferLength, lpnspBuffer, false);
}

INT WSAEnumNameSpaceProvidersW(LPDWORD lpdwBufferLength, LPWSANAMESPACE_INFOW lpnspBuffer)
{
    return tell_name_spaces(lpdwBufferLength, lpnspBuffer, true);
}
