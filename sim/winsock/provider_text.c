/* The base provider: addresses as text. Pages: WSPAddressToString, WSPStringToAddress. */
#include <ws2ipdef.h>

#include "sim/winsock/memory.h"
#include "sim/winsock/name.h"
#include "sim/winsock/provider.h"
#include "sim/winsock/text.h"

static int size_of(int family)
{
    return family == AF_INET ? (int)sizeof(SOCKADDR_IN) : (int)sizeof(SOCKADDR_IN6);
}

static nt_status to_string(const struct call *call, const struct sockaddr *address, DWORD size,
                           LPWSTR out, LPDWORD out_size)
{
    char text[TEXT_SIZE];
    WCHAR wide[TEXT_SIZE];
    struct name name;
    DWORD offered;

    if (address == NULL || size == 0 || out_size == NULL)
        return STATUS_INVALID_PARAMETER;
    if (!memory_probe(call, out_size, sizeof offered, ACCESS_WRITE))
        return STATUS_ACCESS_VIOLATION;
    int family = name_family(call, address, (int)size);
    if (family != AF_INET && family != AF_INET6)
        return STATUS_INVALID_PARAMETER;
    if (size > INT32_MAX || (int)size < size_of(family))
        return STATUS_INVALID_PARAMETER;
    nt_status status =
        name_read(call, address, (int)size, family == AF_INET ? FAMILY_4 : FAMILY_6, &name);
    if (!nt_success(status))
        return status;

    struct text_name shown = {.family = family, .scope = name.address.scope, .port = name.port};
    memcpy(shown.bytes, name.address.bytes, sizeof shown.bytes);
    DWORD needed = (DWORD)text_write_name(&shown, text) + 1;
    memory_read(call, &offered, out_size, sizeof offered);
    memory_write(call, out_size, &needed, sizeof needed);
    if (offered < needed || !memory_probe(call, out, needed * sizeof *out, ACCESS_WRITE))
        return STATUS_ACCESS_VIOLATION;
    text_widen(text, wide);
    memory_write(call, out, wide, needed * sizeof *out);
    DWORD told = needed - (BEHAVES(call->profile, address_string_length, without_nul) ? 1 : 0);
    memory_write(call, out_size, &told, sizeof told);
    return STATUS_SUCCESS;
}

INT WSPAPI provider_address_to_string(LPSOCKADDR lpsaAddress, DWORD dwAddressLength,
                                      LPWSAPROTOCOL_INFOW lpProtocolInfo, LPWSTR lpszAddressString,
                                      LPDWORD lpdwAddressStringLength, LPINT lpErrno)
{
    (void)lpProtocolInfo;
    struct call call = call_begin(CALL_WSAAddressToString, 0);
    call.arguments[0] = dwAddressLength;
    return call_finish(
        &call,
        to_string(&call, lpsaAddress, dwAddressLength, lpszAddressString, lpdwAddressStringLength),
        lpErrno);
}

/* Reads the guest's text a character at a time, for where it ends is not known. False when it is
 * not there or too long for any address.
 */
static bool read_text(const struct call *call, LPCWSTR from, char text[TEXT_SIZE])
{
    for (size_t i = 0; i < TEXT_SIZE; i++) {
        WCHAR character;
        if (!memory_probe(call, from + i, sizeof *from, ACCESS_READ))
            return false;
        memory_read(call, &character, from + i, sizeof character);
        text[i] = character < 0x80 ? (char)character : '?';
        if (character == 0)
            return true;
    }
    return false;
}

static nt_status to_address(const struct call *call, LPCWSTR from, INT family, LPSOCKADDR out,
                            LPINT out_size)
{
    char text[TEXT_SIZE];
    struct text_name read;
    INT offered;

    if (from == NULL || out == NULL || out_size == NULL)
        return from == NULL ? STATUS_INVALID_PARAMETER : STATUS_ACCESS_VIOLATION;
    if (family != AF_INET && family != AF_INET6)
        return STATUS_INVALID_PARAMETER;
    if (!memory_probe(call, out_size, sizeof offered, ACCESS_WRITE))
        return STATUS_ACCESS_VIOLATION;
    memory_read(call, &offered, out_size, sizeof offered);
    if (offered < size_of(family)) {
        INT needed = size_of(family);
        memory_write(call, out_size, &needed, sizeof needed);
        return STATUS_ACCESS_VIOLATION;
    }
    if (!read_text(call, from, text) || !text_read_name(text, family, false, &read))
        return STATUS_INVALID_PARAMETER;
    struct name name = {
        .address = {.family = family == AF_INET ? FAMILY_4 : FAMILY_6, .scope = read.scope},
        .port = read.port,
    };
    memcpy(name.address.bytes, read.bytes, sizeof read.bytes);
    return name_write(call, &name, out, out_size);
}

INT WSPAPI provider_string_to_address(LPWSTR AddressString, INT AddressFamily,
                                      LPWSAPROTOCOL_INFOW lpProtocolInfo, LPSOCKADDR lpAddress,
                                      LPINT lpAddressLength, LPINT lpErrno)
{
    (void)lpProtocolInfo;
    struct call call = call_begin(CALL_WSAStringToAddress, 0);
    call.arguments[0] = (uint32_t)AddressFamily;
    return call_finish(&call,
                       to_address(&call, AddressString, AddressFamily, lpAddress, lpAddressLength),
                       lpErrno);
}
