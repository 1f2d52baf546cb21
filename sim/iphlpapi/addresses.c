/* The machine's addresses as rows. Pages: GetIpAddrTable, GetUnicastIpAddressTable,
 * GetMulticastIpAddressTable.
 */
#include "sim/iphlpapi/help.h"

/* ---- MIB_IPADDRROW --------------------------------------------------------------------------- */

static void put_row(MIB_IPADDRROW *row, const struct interface *interface)
{
    const struct address *own = interface_address(interface, FAMILY_4);
    const struct address mask = interface_mask(interface->prefixes[own - interface->addresses]);

    memset(row, 0, sizeof *row);
    row->dwAddr = help_dword(own);
    row->dwIndex = interface->index;
    row->dwMask = help_dword(&mask);
    row->dwBCastAddr = 1; /* its lowest bit: of ones, as all have it */
    row->dwReasmSize = 65535;
    row->wType = MIB_IPADDR_PRIMARY;
    if (!help_is_up(interface))
        row->wType |= MIB_IPADDR_DISCONNECTED;
}

/* In the order of the addresses, as numbers. */
DWORD GetIpAddrTable(PMIB_IPADDRTABLE pIpAddrTable, PULONG pdwSize, BOOL bOrder)
{
    const ULONG needed = offsetof(MIB_IPADDRTABLE, table) + INTERFACE_COUNT * sizeof(MIB_IPADDRROW);
    DWORD error = help_room(pIpAddrTable, pdwSize, needed, ERROR_INSUFFICIENT_BUFFER);
    (void)bOrder;
    if (error != NO_ERROR)
        return help_finish("GetIpAddrTable", error);
    pIpAddrTable->dwNumEntries = 0;
    for (uint32_t index = 1; index <= INTERFACE_COUNT; index++)
        put_row(&pIpAddrTable->table[pIpAddrTable->dwNumEntries++], interface_find(index));
    return help_finish("GetIpAddrTable", NO_ERROR);
}

/* ---- MIB_UNICASTIPADDRESS_ROW ---------------------------------------------------------------- */

static void put_unicast(MIB_UNICASTIPADDRESS_ROW *row, const struct interface *interface,
                        uint32_t number)
{
    const struct address *own = &interface->addresses[number];

    memset(row, 0, sizeof *row);
    help_put_address(own, &row->Address);
    row->InterfaceLuid = help_luid(interface);
    row->InterfaceIndex = interface->index;
    row->PrefixOrigin = IpPrefixOriginManual;
    row->SuffixOrigin = IpSuffixOriginManual;
    row->ValidLifetime = row->PreferredLifetime = 0xffffffff;
    row->OnLinkPrefixLength = interface->prefixes[number];
    row->DadState = help_is_up(interface) ? IpDadStatePreferred : IpDadStateTentative;
    row->ScopeId.Value = own->scope;
}

DWORD GetUnicastIpAddressTable(ADDRESS_FAMILY Family, PMIB_UNICASTIPADDRESS_TABLE *Table)
{
    const size_t size = offsetof(MIB_UNICASTIPADDRESS_TABLE, Table) +
                        INTERFACE_COUNT * INTERFACE_ADDRESSES * sizeof(MIB_UNICASTIPADDRESS_ROW);
    if (!help_can_use(Table, sizeof *Table, ACCESS_WRITE) || !help_is_family(Family))
        return help_finish("GetUnicastIpAddressTable", ERROR_INVALID_PARAMETER);
    MIB_UNICASTIPADDRESS_TABLE *table = help_table(size);
    if (table == NULL)
        return help_finish("GetUnicastIpAddressTable", ERROR_NOT_ENOUGH_MEMORY);
    for (uint32_t i = 0; i < INTERFACE_COUNT; i++)
        for (uint32_t k = 0; k < interfaces[i].address_count; k++)
            if (help_wants(Family, &interfaces[i].addresses[k]))
                put_unicast(&table->Table[table->NumEntries++], &interfaces[i], k);
    *Table = table;
    return help_finish("GetUnicastIpAddressTable", NO_ERROR);
}

/* By address and interface. */
DWORD GetUnicastIpAddressEntry(PMIB_UNICASTIPADDRESS_ROW Row)
{
    struct address address;
    if (!help_can_use(Row, sizeof *Row, ACCESS_WRITE) ||
        !help_take_address(&Row->Address, &address))
        return help_finish("GetUnicastIpAddressEntry", ERROR_INVALID_PARAMETER);
    const struct interface *interface = help_find_row(&Row->InterfaceLuid, Row->InterfaceIndex);
    if (interface == NULL)
        return help_finish("GetUnicastIpAddressEntry",
                           Row->InterfaceLuid.Value == 0 && Row->InterfaceIndex == 0
                               ? ERROR_INVALID_PARAMETER
                               : ERROR_FILE_NOT_FOUND);
    for (uint32_t k = 0; k < interface->address_count; k++) {
        address.scope = interface->addresses[k].scope;
        if (!address_equal(&interface->addresses[k], &address))
            continue;
        put_unicast(Row, interface, k);
        return help_finish("GetUnicastIpAddressEntry", NO_ERROR);
    }
    return help_finish("GetUnicastIpAddressEntry", ERROR_NOT_FOUND);
}

/* What a caller of CreateUnicastIpAddressEntry begins with. */
VOID InitializeUnicastIpAddressEntry(PMIB_UNICASTIPADDRESS_ROW Row)
{
    if (!help_can_use(Row, sizeof *Row, ACCESS_WRITE))
        return;
    memset(Row, 0, sizeof *Row);
    Row->PrefixOrigin = IpPrefixOriginUnchanged;
    Row->SuffixOrigin = IpSuffixOriginUnchanged;
    Row->ValidLifetime = Row->PreferredLifetime = 0xffffffff;
    Row->OnLinkPrefixLength = 255;
}

/* ---- Other kinds ----------------------------------------------------------------------------- */

/* None. */
DWORD GetAnycastIpAddressTable(ADDRESS_FAMILY Family, PMIB_ANYCASTIPADDRESS_TABLE *Table)
{
    if (!help_can_use(Table, sizeof *Table, ACCESS_WRITE) || !help_is_family(Family))
        return help_finish("GetAnycastIpAddressTable", ERROR_INVALID_PARAMETER);
    MIB_ANYCASTIPADDRESS_TABLE *table = help_table(sizeof *table);
    if (table == NULL)
        return help_finish("GetAnycastIpAddressTable", ERROR_NOT_ENOUGH_MEMORY);
    *Table = table;
    return help_finish("GetAnycastIpAddressTable", NO_ERROR);
}

/* All hosts of the link, on the Ethernet. */
DWORD GetMulticastIpAddressTable(ADDRESS_FAMILY Family, PMIB_MULTICASTIPADDRESS_TABLE *Table)
{
    static const struct address all_hosts[] = {{FAMILY_4, {224, 0, 0, 1}, 0},
                                               {FAMILY_6, {0xff, 0x02, [15] = 1}, 0}};
    if (!help_can_use(Table, sizeof *Table, ACCESS_WRITE) || !help_is_family(Family))
        return help_finish("GetMulticastIpAddressTable", ERROR_INVALID_PARAMETER);
    MIB_MULTICASTIPADDRESS_TABLE *table = help_table(sizeof *table + sizeof *table->Table);
    if (table == NULL)
        return help_finish("GetMulticastIpAddressTable", ERROR_NOT_ENOUGH_MEMORY);
    const struct interface *lan = interface_find(INTERFACE_LAN);
    for (int i = 0; i < 2; i++) {
        if (!help_wants(Family, &all_hosts[i]))
            continue;
        MIB_MULTICASTIPADDRESS_ROW *row = &table->Table[table->NumEntries++];
        help_put_address(&all_hosts[i], &row->Address);
        row->InterfaceIndex = lan->index;
        row->InterfaceLuid = help_luid(lan);
    }
    *Table = table;
    return help_finish("GetMulticastIpAddressTable", NO_ERROR);
}
