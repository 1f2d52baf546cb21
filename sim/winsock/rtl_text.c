/* ntdll's addresses as text, which need no Winsock. Pages: RtlIpv4AddressToString and its kin. */
#include <ws2tcpip.h>

#include <stdbool.h>

#include "sim/nt/status.h"
#include "sim/winsock/text.h"

const IN6_ADDR in6addr_any = IN6ADDR_ANY_INIT;
const IN6_ADDR in6addr_loopback = IN6ADDR_LOOPBACK_INIT;

/* The text with its port and scope into a buffer of `*size` characters, NUL included; `*size` says
 * how many in any case.
 */
static bool fits(const struct text_name *name, const void *buffer, PULONG size,
                 char text[TEXT_SIZE])
{
    if (size == NULL || (buffer == NULL && *size != 0))
        return false;
    ULONG needed = (ULONG)text_write_name(name, text) + 1;
    bool enough = *size >= needed;
    *size = needed;
    return enough;
}

static struct text_name name_4(const IN_ADDR *address, USHORT port)
{
    struct text_name name = {.family = AF_INET, .port = ntohs(port)};
    memcpy(name.bytes, address, sizeof *address);
    return name;
}

static struct text_name name_6(const IN6_ADDR *address, ULONG scope, USHORT port)
{
    struct text_name name = {.family = AF_INET6, .port = ntohs(port), .scope = scope};
    memcpy(name.bytes, address, sizeof *address);
    return name;
}

/* Answers the end of the text. */
PSTR RtlIpv4AddressToStringA(const IN_ADDR *Addr, PSTR S)
{
    return S + text_write_4((const unsigned char *)Addr, S);
}

PSTR RtlIpv6AddressToStringA(const IN6_ADDR *Addr, PSTR S)
{
    return S + text_write_6((const unsigned char *)Addr, S);
}

PWSTR RtlIpv4AddressToStringW(const IN_ADDR *Addr, PWSTR S)
{
    char text[TEXT_SIZE];
    size_t length = text_write_4((const unsigned char *)Addr, text);
    text_widen(text, S);
    return S + length;
}

PWSTR RtlIpv6AddressToStringW(const IN6_ADDR *Addr, PWSTR S)
{
    char text[TEXT_SIZE];
    size_t length = text_write_6((const unsigned char *)Addr, text);
    text_widen(text, S);
    return S + length;
}

static LONG write_narrow(const struct text_name *name, PSTR out, PULONG size)
{
    char text[TEXT_SIZE];
    if (!fits(name, out, size, text))
        return (LONG)STATUS_INVALID_PARAMETER;
    memcpy(out, text, *size);
    return 0;
}

static LONG write_wide(const struct text_name *name, PWSTR out, PULONG size)
{
    char text[TEXT_SIZE];
    if (!fits(name, out, size, text))
        return (LONG)STATUS_INVALID_PARAMETER;
    text_widen(text, out);
    return 0;
}

LONG RtlIpv4AddressToStringExA(const IN_ADDR *Address, USHORT Port, PSTR AddressString,
                               PULONG AddressStringLength)
{
    if (Address == NULL)
        return (LONG)STATUS_INVALID_PARAMETER;
    const struct text_name name = name_4(Address, Port);
    return write_narrow(&name, AddressString, AddressStringLength);
}

LONG RtlIpv4AddressToStringExW(const IN_ADDR *Address, USHORT Port, PWSTR AddressString,
                               PULONG AddressStringLength)
{
    if (Address == NULL)
        return (LONG)STATUS_INVALID_PARAMETER;
    const struct text_name name = name_4(Address, Port);
    return write_wide(&name, AddressString, AddressStringLength);
}

LONG RtlIpv6AddressToStringExA(const IN6_ADDR *Address, ULONG ScopeId, USHORT Port,
                               PSTR AddressString, PULONG AddressStringLength)
{
    if (Address == NULL)
        return (LONG)STATUS_INVALID_PARAMETER;
    const struct text_name name = name_6(Address, ScopeId, Port);
    return write_narrow(&name, AddressString, AddressStringLength);
}

LONG RtlIpv6AddressToStringExW(const IN6_ADDR *Address, ULONG ScopeId, USHORT Port,
                               PWSTR AddressString, PULONG AddressStringLength)
{
    if (Address == NULL)
        return (LONG)STATUS_INVALID_PARAMETER;
    const struct text_name name = name_6(Address, ScopeId, Port);
    return write_wide(&name, AddressString, AddressStringLength);
}

/* ---- Text to address ------------------------------------------------------------------------- */

LONG RtlIpv4StringToAddressA(PCSTR S, BOOLEAN Strict, PCSTR *Terminator, IN_ADDR *Addr)
{
    unsigned char bytes[4];
    bool good = text_read_4(S, Strict, bytes, Terminator);
    if (!good)
        return (LONG)STATUS_INVALID_PARAMETER;
    memcpy(Addr, bytes, sizeof bytes);
    return 0;
}

LONG RtlIpv6StringToAddressA(PCSTR S, PCSTR *Terminator, IN6_ADDR *Addr)
{
    unsigned char bytes[16];
    memcpy(bytes, Addr, sizeof bytes);
    bool good = text_read_6(S, bytes, Terminator);
    memcpy(Addr, bytes, sizeof bytes); /* what was complete, even of what is none */
    return good ? 0 : (LONG)STATUS_INVALID_PARAMETER;
}

LONG RtlIpv4StringToAddressW(PCWSTR S, BOOLEAN Strict, PCWSTR *Terminator, IN_ADDR *Addr)
{
    char narrow[TEXT_SIZE];
    PCSTR end;
    text_narrow(S, narrow, sizeof narrow);
    LONG status = RtlIpv4StringToAddressA(narrow, Strict, &end, Addr);
    *Terminator = S + (end - narrow);
    return status;
}

LONG RtlIpv6StringToAddressW(PCWSTR S, PCWSTR *Terminator, IN6_ADDR *Addr)
{
    char narrow[TEXT_SIZE];
    PCSTR end = NULL;
    text_narrow(S, narrow, sizeof narrow);
    LONG status = RtlIpv6StringToAddressA(narrow, &end, Addr);
    if (end != NULL)
        *Terminator = S + (end - narrow);
    return status;
}

LONG RtlIpv4StringToAddressExA(PCSTR AddressString, BOOLEAN Strict, IN_ADDR *Address, PUSHORT Port)
{
    struct text_name name;
    if (AddressString == NULL || Address == NULL || Port == NULL ||
        !text_read_name(AddressString, AF_INET, Strict, &name))
        return (LONG)STATUS_INVALID_PARAMETER;
    memcpy(Address, name.bytes, sizeof *Address);
    if (name.port != 0) /* else it stays as it was; SEEN on Wine */
        *Port = htons(name.port);
    return 0;
}

LONG RtlIpv6StringToAddressExA(PCSTR AddressString, IN6_ADDR *Address, PULONG ScopeId, PUSHORT Port)
{
    struct text_name name;
    PCSTR end;
    if (AddressString == NULL || Address == NULL || ScopeId == NULL || Port == NULL)
        return (LONG)STATUS_INVALID_PARAMETER;
    (void)RtlIpv6StringToAddressA(AddressString + (*AddressString == '['), &end, Address);
    if (!text_read_name(AddressString, AF_INET6, false, &name))
        return (LONG)STATUS_INVALID_PARAMETER;
    memcpy(Address, name.bytes, sizeof *Address);
    *ScopeId = name.scope;
    *Port = htons(name.port);
    return 0;
}

LONG RtlIpv4StringToAddressExW(PCWSTR AddressString, BOOLEAN Strict, IN_ADDR *Address, PUSHORT Port)
{
    char narrow[TEXT_SIZE];
    if (AddressString == NULL || !text_narrow(AddressString, narrow, sizeof narrow))
        return (LONG)STATUS_INVALID_PARAMETER;
    return RtlIpv4StringToAddressExA(narrow, Strict, Address, Port);
}

LONG RtlIpv6StringToAddressExW(PCWSTR AddressString, IN6_ADDR *Address, PULONG ScopeId,
                               PUSHORT Port)
{
    char narrow[TEXT_SIZE];
    if (AddressString == NULL || !text_narrow(AddressString, narrow, sizeof narrow))
        return (LONG)STATUS_INVALID_PARAMETER;
    return RtlIpv6StringToAddressExA(narrow, Address, ScopeId, Port);
}
