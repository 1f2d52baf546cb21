/* The adapters as programs asked for them before IPv6. Pages: GetAdaptersInfo, GetPerAdapterInfo,
 * GetNetworkParams, GetInterfaceInfo, GetAdapterIndex.
 */
#include "sim/iphlpapi/help.h"

#include "sim/winsock/resolve.h"

static void put_text(const struct address *address, char out[16])
{
    char *at = out;
    for (int i = 0; i < 4; i++) {
        unsigned number = address->bytes[i];
        if (number >= 100)
            *at++ = (char)('0' + number / 100);
        if (number >= 10)
            *at++ = (char)('0' + number / 10 % 10);
        *at++ = (char)('0' + number % 10);
        *at++ = i < 3 ? '.' : '\0';
    }
}

static void put_string(IP_ADDR_STRING *out, const struct address *address, uint32_t bits)
{
    const struct address mask = interface_mask(bits);
    put_text(address, out->IpAddress.String);
    put_text(&mask, out->IpMask.String);
}

static const struct address nowhere = {.family = FAMILY_4};

/* Those that could have a cable; the loopback is not among them. One that is down has 0.0.0.0. */
static void put_adapter(IP_ADAPTER_INFO *info, const struct interface *interface)
{
    bool up = help_is_up(interface);
    const struct address *own = interface_address(interface, FAMILY_4);
    uint32_t bits = interface->prefixes[own - interface->addresses];

    memset(info, 0, sizeof *info);
    info->ComboIndex = interface->index;
    strcpy(info->AdapterName, interface->id);
    strcpy(info->Description, interface->description);
    info->AddressLength = sizeof interface->physical;
    memcpy(info->Address, interface->physical, sizeof interface->physical);
    info->Index = interface->index;
    info->Type = interface->type;
    put_string(&info->IpAddressList, up ? own : &nowhere, up ? bits : 0);
    put_string(&info->GatewayList, up ? &gateway_address : &nowhere, up ? 32 : 0);
    info->IpAddressList.Context = interface->index;
}

ULONG GetAdaptersInfo(PIP_ADAPTER_INFO AdapterInfo, PULONG SizePointer)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < INTERFACE_COUNT; i++)
        count += interfaces[i].has_physical;
    DWORD error = help_room(AdapterInfo, SizePointer, count * (ULONG)sizeof *AdapterInfo,
                            ERROR_BUFFER_OVERFLOW);
    if (error != NO_ERROR)
        return help_finish("GetAdaptersInfo", error);
    IP_ADAPTER_INFO *at = AdapterInfo;
    for (uint32_t i = 0; i < INTERFACE_COUNT; i++) {
        if (!interfaces[i].has_physical)
            continue;
        put_adapter(at, &interfaces[i]);
        at->Next = --count > 0 ? at + 1 : NULL;
        at++;
    }
    return help_finish("GetAdaptersInfo", NO_ERROR);
}

DWORD GetPerAdapterInfo(ULONG IfIndex, PIP_PER_ADAPTER_INFO pPerAdapterInfo, PULONG pOutBufLen)
{
    const struct interface *interface = interface_find(IfIndex);
    if (interface == NULL)
        return help_finish("GetPerAdapterInfo", ERROR_INVALID_PARAMETER);
    DWORD error =
        help_room(pPerAdapterInfo, pOutBufLen, sizeof *pPerAdapterInfo, ERROR_BUFFER_OVERFLOW);
    if (error != NO_ERROR)
        return help_finish("GetPerAdapterInfo", error);
    memset(pPerAdapterInfo, 0, sizeof *pPerAdapterInfo);
    if (interface->has_physical) {
        put_text(&name_server_address, pPerAdapterInfo->DnsServerList.IpAddress.String);
        pPerAdapterInfo->CurrentDnsServer = &pPerAdapterInfo->DnsServerList;
    }
    return help_finish("GetPerAdapterInfo", NO_ERROR);
}

DWORD GetNetworkParams(PFIXED_INFO pFixedInfo, PULONG pOutBufLen)
{
    DWORD error = help_room(pFixedInfo, pOutBufLen, sizeof *pFixedInfo, ERROR_BUFFER_OVERFLOW);
    if (error != NO_ERROR)
        return help_finish("GetNetworkParams", error);
    memset(pFixedInfo, 0, sizeof *pFixedInfo);
    strcpy(pFixedInfo->HostName, own_name);
    put_text(&name_server_address, pFixedInfo->DnsServerList.IpAddress.String);
    pFixedInfo->CurrentDnsServer = &pFixedInfo->DnsServerList;
    pFixedInfo->NodeType = HYBRID_NODETYPE;
    return help_finish("GetNetworkParams", NO_ERROR);
}

static void put_map(const struct interface *interface, IP_ADAPTER_INDEX_MAP *out)
{
    memset(out, 0, sizeof *out);
    out->Index = interface->index;
    help_widen("\\DEVICE\\TCPIP_", out->Name);
    help_widen(interface->id, out->Name + strlen("\\DEVICE\\TCPIP_"));
}

/* IPv4's interfaces without the loopback; one is in the structure already. */
DWORD GetInterfaceInfo(PIP_INTERFACE_INFO pIfTable, PULONG dwOutBufLen)
{
    DWORD error = help_room(pIfTable, dwOutBufLen, sizeof *pIfTable, ERROR_INSUFFICIENT_BUFFER);
    if (error != NO_ERROR)
        return help_finish("GetInterfaceInfo", error);
    pIfTable->NumAdapters = 1;
    put_map(interface_find(INTERFACE_LAN), &pIfTable->Adapter[0]);
    return help_finish("GetInterfaceInfo", NO_ERROR);
}

/* None receives only. */
DWORD GetUniDirectionalAdapterInfo(PIP_UNIDIRECTIONAL_ADAPTER_ADDRESS pIPIfInfo, PULONG dwOutBufLen)
{
    DWORD error = help_room(pIPIfInfo, dwOutBufLen, sizeof *pIPIfInfo, ERROR_MORE_DATA);
    if (error != NO_ERROR)
        return help_finish("GetUniDirectionalAdapterInfo", error);
    memset(pIPIfInfo, 0, sizeof *pIPIfInfo);
    return help_finish("GetUniDirectionalAdapterInfo", NO_ERROR);
}

static bool same_text(const WCHAR *wide, const char *narrow)
{
    while (*narrow != '\0' && *wide == (WCHAR)(unsigned char)*narrow) {
        wide++;
        narrow++;
    }
    return *narrow == '\0' && *wide == 0;
}

/* By the name that GetInterfaceInfo has, or the bare identifier. */
DWORD GetAdapterIndex(LPWSTR AdapterName, PULONG IfIndex)
{
    char name[64] = "\\DEVICE\\TCPIP_";
    const size_t bare = strlen(name);
    if (AdapterName == NULL || !help_can_use(IfIndex, sizeof *IfIndex, ACCESS_WRITE))
        return help_finish("GetAdapterIndex", ERROR_INVALID_PARAMETER);
    for (uint32_t i = 0; i < INTERFACE_COUNT; i++) {
        strcpy(name + bare, interfaces[i].id);
        if (!same_text(AdapterName, name) && !same_text(AdapterName, name + bare))
            continue;
        *IfIndex = interfaces[i].index;
        return help_finish("GetAdapterIndex", NO_ERROR);
    }
    return help_finish("GetAdapterIndex", ERROR_DEV_NOT_EXIST);
}

DWORD GetNumberOfInterfaces(PDWORD pdwNumIf)
{
    if (!help_can_use(pdwNumIf, sizeof *pdwNumIf, ACCESS_WRITE))
        return help_finish("GetNumberOfInterfaces", ERROR_INVALID_PARAMETER);
    *pdwNumIf = INTERFACE_COUNT;
    return help_finish("GetNumberOfInterfaces", NO_ERROR);
}

DWORD GetFriendlyIfIndex(DWORD IfIndex)
{
    return IfIndex & 0xffffff;
}
