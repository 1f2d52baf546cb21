/* What would change the machine's network, which stays as its table says: an administrator is told
 * that this machine cannot, anybody else that he may not (the pages' ERROR_ACCESS_DENIED, for a
 * caller who is no member of Administrators or is not elevated).
 */
#include "sim/iphlpapi/help.h"

static DWORD refuse(const char *call)
{
    const struct token *token = &winsock_attached()->nt->current->process->token;
    return help_finish(call, token->administrator ? ERROR_NOT_SUPPORTED : ERROR_ACCESS_DENIED);
}

#define REFUSED(name, type)                                                                        \
    DWORD name(type what)                                                                          \
    {                                                                                              \
        (void)what;                                                                                \
        return refuse(#name);                                                                      \
    }

REFUSED(SetIfEntry, PMIB_IFROW)
REFUSED(CreateIpForwardEntry, PMIB_IPFORWARDROW)
REFUSED(SetIpForwardEntry, PMIB_IPFORWARDROW)
REFUSED(DeleteIpForwardEntry, PMIB_IPFORWARDROW)
REFUSED(SetIpStatistics, PMIB_IPSTATS)
REFUSED(SetIpTTL, UINT)
REFUSED(CreateIpNetEntry, PMIB_IPNETROW)
REFUSED(SetIpNetEntry, PMIB_IPNETROW)
REFUSED(DeleteIpNetEntry, PMIB_IPNETROW)
REFUSED(DeleteIPAddress, ULONG)
REFUSED(IpReleaseAddress, PIP_ADAPTER_INDEX_MAP)
REFUSED(IpRenewAddress, PIP_ADAPTER_INDEX_MAP)
REFUSED(SetIpInterfaceEntry, PMIB_IPINTERFACE_ROW)
REFUSED(CreateUnicastIpAddressEntry, const MIB_UNICASTIPADDRESS_ROW *)
REFUSED(SetUnicastIpAddressEntry, const MIB_UNICASTIPADDRESS_ROW *)
REFUSED(DeleteUnicastIpAddressEntry, const MIB_UNICASTIPADDRESS_ROW *)
REFUSED(CreateIpForwardEntry2, const MIB_IPFORWARD_ROW2 *)
REFUSED(SetIpForwardEntry2, const MIB_IPFORWARD_ROW2 *)
REFUSED(DeleteIpForwardEntry2, const MIB_IPFORWARD_ROW2 *)

DWORD AddIPAddress(IPAddr Address, IPMask IpMask, DWORD IfIndex, PULONG NTEContext,
                   PULONG NTEInstance)
{
    (void)Address, (void)IpMask, (void)IfIndex, (void)NTEContext, (void)NTEInstance;
    return refuse("AddIPAddress");
}

/* The table of neighbours has nothing that was learnt; emptying it is an administrator's. */
static DWORD flush(const char *call, uint32_t index)
{
    const struct token *token = &winsock_attached()->nt->current->process->token;
    if (!token->administrator)
        return help_finish(call, ERROR_ACCESS_DENIED);
    bool known = index == 0 || interface_find(index) != NULL;
    return help_finish(call, known ? NO_ERROR : ERROR_FILE_NOT_FOUND);
}

DWORD FlushIpNetTable(DWORD dwIfIndex)
{
    if (dwIfIndex == 0)
        return help_finish("FlushIpNetTable", ERROR_INVALID_PARAMETER);
    return flush("FlushIpNetTable", dwIfIndex);
}

DWORD FlushIpNetTable2(ADDRESS_FAMILY Family, NET_IFINDEX InterfaceIndex)
{
    if (!help_is_family(Family))
        return help_finish("FlushIpNetTable2", ERROR_INVALID_PARAMETER);
    return flush("FlushIpNetTable2", InterfaceIndex);
}
