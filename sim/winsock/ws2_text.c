/* ws2_32's entry points that make text of addresses and addresses of text. */
#include <ws2tcpip.h>

#include "sim/winsock/answers.h"
#include "sim/winsock/memory.h"
#include "sim/winsock/name.h"
#include "sim/winsock/text.h"
#include "sim/winsock/ws2_32.h"

/* ---- inet_ ----------------------------------------------------------------------------------- */

static bool ends_here(const char *text)
{
    return *text == '\0' || *text == ' ' || (*text >= '\t' && *text <= '\r');
}

/* Page: inet_addr, which wants a single space to be zero. What follows a space is not looked at:
 * SEEN on Wine, as on BSD.
 */
ULONG inet_addr(const char *cp)
{
    unsigned char bytes[4];
    const char *end;
    ULONG address;

    if (cp == NULL)
        return INADDR_NONE;
    if (strcmp(cp, " ") == 0)
        return 0;
    if (!text_read_4(cp, false, bytes, &end) || !ends_here(end))
        return INADDR_NONE;
    memcpy(&address, bytes, sizeof address);
    return address;
}

/* The text is the thread's, until its next call. */
char *inet_ntoa(struct in_addr in)
{
    unsigned char bytes[4];
    if (!call_allowed(CALL_inet_ntoa, 0))
        return NULL;
    const struct call call = call_begin(CALL_inet_ntoa, 0);
    struct answers *answers = answers_of(&call);
    if (answers == NULL) {
        call_answer(&call, STATUS_INSUFFICIENT_RESOURCES);
        return NULL;
    }
    memcpy(bytes, &in, sizeof bytes);
    text_write_4(bytes, answers->dotted);
    call_answer(&call, STATUS_SUCCESS);
    return answers->dotted;
}

static INT refuse(int error)
{
    WSASetLastError(error);
    return -1;
}

/* 1 for an address, 0 for no address, -1 and the last error for anything else. */
static INT parse(INT family, const char *text, PVOID out)
{
    unsigned char bytes[16];
    const char *end;
    bool good =
        family == AF_INET ? text_read_4(text, true, bytes, &end) : text_read_6(text, bytes, &end);
    if (!good || *end != '\0')
        return 0;
    memcpy(out, bytes, family == AF_INET ? 4 : 16);
    return 1;
}

INT inet_pton(INT Family, PCSTR pszAddrString, PVOID pAddrBuf)
{
    if (Family != AF_INET && Family != AF_INET6)
        return refuse(WSAEAFNOSUPPORT);
    if (pszAddrString == NULL || pAddrBuf == NULL)
        return refuse(WSAEFAULT);
    return parse(Family, pszAddrString, pAddrBuf);
}

INT InetPtonW(INT Family, PCWSTR pszAddrString, PVOID pAddrBuf)
{
    char narrow[TEXT_SIZE];
    if (Family != AF_INET && Family != AF_INET6)
        return refuse(WSAEAFNOSUPPORT);
    if (pszAddrString == NULL || pAddrBuf == NULL)
        return refuse(WSAEFAULT);
    return text_narrow(pszAddrString, narrow, sizeof narrow) ? parse(Family, narrow, pAddrBuf) : 0;
}

/* The length with the NUL, or 0 and the last error. Page: InetNtop. */
static size_t format(INT family, const VOID *address, const void *buffer, size_t size,
                     char text[TEXT_SIZE])
{
    if (family != AF_INET && family != AF_INET6) {
        refuse(WSAEAFNOSUPPORT);
        return 0;
    }
    size_t length = 0;
    if (address != NULL)
        length = family == AF_INET ? text_write_4(address, text) : text_write_6(address, text);
    if (address == NULL || buffer == NULL || size < length + 1) {
        refuse((int)BEHAVIOUR_VALUE(winsock_attached()->nt->profile, inet_ntop_short));
        return 0;
    }
    return length + 1;
}

PCSTR inet_ntop(INT Family, const VOID *pAddr, PSTR pStringBuf, size_t StringBufSize)
{
    char text[TEXT_SIZE];
    size_t size = format(Family, pAddr, pStringBuf, StringBufSize, text);
    if (size == 0)
        return NULL;
    memcpy(pStringBuf, text, size);
    return pStringBuf;
}

PCWSTR InetNtopW(INT Family, const VOID *pAddr, PWSTR pStringBuf, size_t StringBufSize)
{
    char text[TEXT_SIZE];
    if (format(Family, pAddr, pStringBuf, StringBufSize, text) == 0)
        return NULL;
    text_widen(text, pStringBuf);
    return pStringBuf;
}

/* ---- WSAAddressToString, WSAStringToAddress -------------------------------------------------- */

static int family_of(const struct sockaddr *address, DWORD size)
{
    const struct call call = call_begin(CALL_WSAAddressToString, 0);
    return address == NULL || size > INT32_MAX ? -1 : name_family(&call, address, (int)size);
}

INT WSAAddressToStringW(LPSOCKADDR lpsaAddress, DWORD dwAddressLength,
                        LPWSAPROTOCOL_INFOW lpProtocolInfo, LPWSTR lpszAddressString,
                        LPDWORD lpdwAddressStringLength)
{
    int error = 0;
    if (!call_allowed(CALL_WSAAddressToString, 0))
        return SOCKET_ERROR;
    int family = family_of(lpsaAddress, dwAddressLength);
    int result = provider_of_info(lpProtocolInfo, family)
                     ->lpWSPAddressToString(lpsaAddress, dwAddressLength, lpProtocolInfo,
                                            lpszAddressString, lpdwAddressStringLength, &error);
    return call_return(result, error);
}

/* The narrow one has room of its own for the wide text, so its length is judged here. */
INT WSAAddressToStringA(LPSOCKADDR lpsaAddress, DWORD dwAddressLength,
                        LPWSAPROTOCOL_INFOA lpProtocolInfo, LPSTR lpszAddressString,
                        LPDWORD lpdwAddressStringLength)
{
    WCHAR wide[TEXT_SIZE];
    char narrow[TEXT_SIZE];
    DWORD length = TEXT_SIZE, offered;
    int error = 0;

    (void)lpProtocolInfo;
    if (!call_allowed(CALL_WSAAddressToString, 0))
        return SOCKET_ERROR;
    const struct call call = call_begin(CALL_WSAAddressToString, 0);
    if (lpdwAddressStringLength == NULL)
        return call_answer(&call, STATUS_INVALID_PARAMETER);
    if (!memory_probe(&call, lpdwAddressStringLength, sizeof offered, ACCESS_WRITE))
        return call_answer(&call, STATUS_ACCESS_VIOLATION);
    memory_read(&call, &offered, lpdwAddressStringLength, sizeof offered);
    int result =
        provider_of_info(NULL, family_of(lpsaAddress, dwAddressLength))
            ->lpWSPAddressToString(lpsaAddress, dwAddressLength, NULL, wide, &length, &error);
    if (result != 0)
        return call_return(result, error);
    memory_write(&call, lpdwAddressStringLength, &length, sizeof length);
    if (offered < length || !memory_probe(&call, lpszAddressString, length, ACCESS_WRITE))
        return call_answer(&call, STATUS_ACCESS_VIOLATION);
    text_narrow(wide, narrow, sizeof narrow);
    memory_write(&call, lpszAddressString, narrow, length);
    return call_return(0, 0);
}

INT WSAStringToAddressW(LPWSTR AddressString, INT AddressFamily, LPWSAPROTOCOL_INFOW lpProtocolInfo,
                        LPSOCKADDR lpAddress, LPINT lpAddressLength)
{
    int error = 0;
    if (!call_allowed(CALL_WSAStringToAddress, 0))
        return SOCKET_ERROR;
    int result = provider_of_info(lpProtocolInfo, AddressFamily)
                     ->lpWSPStringToAddress(AddressString, AddressFamily, lpProtocolInfo, lpAddress,
                                            lpAddressLength, &error);
    return call_return(result, error);
}

INT WSAStringToAddressA(LPSTR AddressString, INT AddressFamily, LPWSAPROTOCOL_INFOA lpProtocolInfo,
                        LPSOCKADDR lpAddress, LPINT lpAddressLength)
{
    WCHAR wide[TEXT_SIZE];
    (void)lpProtocolInfo;
    if (AddressString == NULL)
        return WSAStringToAddressW(NULL, AddressFamily, NULL, lpAddress, lpAddressLength);
    /* No address is as long as that; one character more makes it none. */
    for (size_t i = 0; i < TEXT_SIZE; i++) {
        wide[i] = (unsigned char)AddressString[i];
        if (wide[i] == 0)
            break;
    }
    wide[TEXT_SIZE - 1] = 0;
    return WSAStringToAddressW(wide, AddressFamily, NULL, lpAddress, lpAddressLength);
}
