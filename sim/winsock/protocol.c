#include "sim/winsock/protocol.h"

#include <string.h>

#include <ws2ipdef.h>

#include "sim/engine/check.h"

static bool is_known_type(int type)
{
    return type == 0 || type == SOCK_STREAM || type == SOCK_DGRAM || type == SOCK_RAW;
}

/* The protocol of a type; type 0 takes what the protocol says, TCP when that says nothing. */
static nt_status find_protocol(int type, int protocol, struct socket_kind *kind)
{
    bool none = protocol == 0;
    if ((type == SOCK_STREAM || type == 0) && (none || protocol == IPPROTO_TCP)) {
        kind->protocol = PROTOCOL_TCP;
        return STATUS_SUCCESS;
    }
    if ((type == SOCK_DGRAM && none) ||
        (type != SOCK_RAW && type != SOCK_STREAM && protocol == IPPROTO_UDP)) {
        kind->protocol = PROTOCOL_UDP;
        return STATUS_SUCCESS;
    }
    if (type != SOCK_RAW || protocol < 0 || protocol >= IPPROTO_MAX)
        return STATUS_PROTOCOL_NOT_SUPPORTED;
    kind->protocol = PROTOCOL_RAW;
    kind->raw_protocol = (uint8_t)protocol;
    return STATUS_SUCCESS;
}

nt_status protocol_find(const struct socket_request *request, struct socket_kind *kind)
{
    int family = request->family;
    if (!is_known_type(request->type))
        return STATUS_SOCKET_TYPE_NOT_SUPPORTED;
    if (family == AF_UNSPEC && request->protocol == 0)
        return STATUS_INVALID_PARAMETER;
    if (family == AF_UNSPEC)
        family = AF_INET;
    if (family != AF_INET && family != AF_INET6)
        return STATUS_OBJECT_PATH_SYNTAX_BAD;
    *kind = (struct socket_kind){.family = family == AF_INET ? FAMILY_4 : FAMILY_6};
    return find_protocol(request->type, request->protocol, kind);
}

struct socket_request protocol_numbers(const struct socket_kind *kind)
{
    struct socket_request numbers = {.family = kind->family == FAMILY_4 ? AF_INET : AF_INET6};
    switch (kind->protocol) {
    case PROTOCOL_TCP:
        numbers.type = SOCK_STREAM;
        numbers.protocol = IPPROTO_TCP;
        return numbers;
    case PROTOCOL_UDP:
        numbers.type = SOCK_DGRAM;
        numbers.protocol = IPPROTO_UDP;
        return numbers;
    case PROTOCOL_RAW:
        numbers.type = SOCK_RAW;
        numbers.protocol = kind->raw_protocol;
        return numbers;
    }
    ABSURD("no such protocol");
}

enum { DATAGRAM_MESSAGE_SIZE = 65467, CATALOG_FIRST = 1001 };

#define TCP_FLAGS                                                                                  \
    (XP1_GUARANTEED_DELIVERY | XP1_GUARANTEED_ORDER | XP1_GRACEFUL_CLOSE | XP1_EXPEDITED_DATA |    \
     XP1_IFS_HANDLES)
#define DATAGRAM_FLAGS                                                                             \
    (XP1_CONNECTIONLESS | XP1_MESSAGE_ORIENTED | XP1_SUPPORT_BROADCAST | XP1_SUPPORT_MULTIPOINT |  \
     XP1_IFS_HANDLES)

/* The base provider's ids and names, as WSAEnumProtocols shows them on any Windows. */
static const GUID provider_4 = {
    0xe70f1aa0, 0xab8b, 0x11cf, {0x8c, 0xa3, 0x00, 0x80, 0x5f, 0x48, 0xa1, 0x92}};
static const GUID provider_6 = {
    0xf9eab0c0, 0x26d4, 0x11d0, {0xbb, 0xbf, 0x00, 0xaa, 0x00, 0x6c, 0x34, 0xe4}};

static const char *const catalog_names[FAMILY_COUNT][PROTOCOL_COUNT + 1] = {
    {"MSAFD Tcpip [TCP/IP]", "MSAFD Tcpip [UDP/IP]", "MSAFD Tcpip [RAW/IP]"},
    {"MSAFD Tcpip [TCP/IPv6]", "MSAFD Tcpip [UDP/IPv6]", "MSAFD Tcpip [RAW/IPv6]"},
};

void protocol_describe(const struct socket_kind *kind, WSAPROTOCOL_INFOW *info)
{
    const struct socket_request numbers = protocol_numbers(kind);
    const char *name = catalog_names[kind->family][kind->protocol];
    bool stream = kind->protocol == PROTOCOL_TCP;
    bool raw = kind->protocol == PROTOCOL_RAW;
    int size = kind->family == FAMILY_4 ? (int)sizeof(SOCKADDR_IN) : (int)sizeof(SOCKADDR_IN6);

    memset(info, 0, sizeof *info);
    info->dwServiceFlags1 = stream ? TCP_FLAGS : DATAGRAM_FLAGS;
    info->dwProviderFlags = PFL_MATCHES_PROTOCOL_ZERO | (raw ? PFL_HIDDEN : 0);
    info->ProviderId = kind->family == FAMILY_4 ? provider_4 : provider_6;
    info->dwCatalogEntryId =
        CATALOG_FIRST + (DWORD)kind->family * (PROTOCOL_COUNT + 1) + (DWORD)kind->protocol;
    info->ProtocolChain.ChainLen = BASE_PROTOCOL;
    info->iVersion = 2;
    info->iAddressFamily = numbers.family;
    info->iMaxSockAddr = size;
    info->iMinSockAddr = size;
    info->iSocketType = numbers.type;
    info->iProtocol = numbers.protocol;
    info->iProtocolMaxOffset = raw ? 255 : 0;
    info->iNetworkByteOrder = BIGENDIAN;
    info->iSecurityScheme = SECURITY_PROTOCOL_NONE;
    info->dwMessageSize = stream ? 0 : DATAGRAM_MESSAGE_SIZE;
    for (size_t i = 0; name[i] != '\0'; i++)
        info->szProtocol[i] = (WCHAR)name[i];
}

enum { BEFORE_NAME = offsetof(WSAPROTOCOL_INFOW, szProtocol) };
_Static_assert(BEFORE_NAME == offsetof(WSAPROTOCOL_INFOA, szProtocol), "the spellings differ");

void protocol_narrow(const WSAPROTOCOL_INFOW *wide, WSAPROTOCOL_INFOA *narrow)
{
    memcpy(narrow, wide, BEFORE_NAME);
    for (size_t i = 0; i <= WSAPROTOCOL_LEN; i++)
        narrow->szProtocol[i] = (CHAR)wide->szProtocol[i];
}

void protocol_widen(const WSAPROTOCOL_INFOA *narrow, WSAPROTOCOL_INFOW *wide)
{
    memcpy(wide, narrow, BEFORE_NAME);
    for (size_t i = 0; i <= WSAPROTOCOL_LEN; i++)
        wide->szProtocol[i] = (unsigned char)narrow->szProtocol[i];
}
