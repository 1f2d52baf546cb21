/* Interfaces as rows: GetIfTable and GetIfEntry of before Vista, GetIfTable2 and GetIfEntry2, and
 * what IP makes of each, GetIpInterfaceTable. Pages of those names.
 */
#include "sim/iphlpapi/help.h"

#include "sim/tcpip/pool.h"

static const struct interface_traffic *traffic_of(const struct interface *interface)
{
    return &winsock_attached()->tcpip->traffic[interface->index];
}

/* ---- MIB_IFROW ------------------------------------------------------------------------------- */

static void put_if_row(MIB_IFROW *row, const struct interface *interface)
{
    const struct interface_traffic *traffic = traffic_of(interface);
    bool loopback = interface->index == INTERFACE_LOOPBACK;

    memset(row, 0, sizeof *row);
    help_widen("\\DEVICE\\TCPIP_", row->wszName);
    help_widen(interface->id, row->wszName + strlen("\\DEVICE\\TCPIP_"));
    row->dwIndex = interface->index;
    row->dwType = interface->type;
    row->dwMtu = loopback ? 1500 : interface->mtu;
    row->dwSpeed = (DWORD)interface->bits_per_second;
    if (interface->has_physical) {
        row->dwPhysAddrLen = sizeof interface->physical;
        memcpy(row->bPhysAddr, interface->physical, sizeof interface->physical);
    }
    row->dwAdminStatus = MIB_IF_ADMIN_STATUS_UP;
    row->dwOperStatus =
        help_is_up(interface) ? IF_OPER_STATUS_OPERATIONAL : IF_OPER_STATUS_DISCONNECTED;
    row->dwInOctets = (DWORD)traffic->bytes_in;
    row->dwInUcastPkts = (DWORD)(traffic->packets_in - traffic->group_in);
    row->dwInNUcastPkts = (DWORD)traffic->group_in;
    row->dwOutOctets = (DWORD)traffic->bytes_out;
    row->dwOutUcastPkts = (DWORD)(traffic->packets_out - traffic->group_out);
    row->dwOutNUcastPkts = (DWORD)traffic->group_out;
    row->dwDescrLen = (DWORD)strlen(interface->description) + 1;
    memcpy(row->bDescr, interface->description, row->dwDescrLen);
}

DWORD GetIfEntry(PMIB_IFROW pIfRow)
{
    if (!help_can_use(pIfRow, sizeof *pIfRow, ACCESS_WRITE))
        return help_finish("GetIfEntry", ERROR_INVALID_PARAMETER);
    const struct interface *interface = interface_find(pIfRow->dwIndex);
    if (interface == NULL)
        return help_finish("GetIfEntry", ERROR_INVALID_DATA);
    put_if_row(pIfRow, interface);
    return help_finish("GetIfEntry", NO_ERROR);
}

/* In the order of their numbers, which is the other way round than the interfaces are told. */
DWORD GetIfTable(PMIB_IFTABLE pIfTable, PULONG pdwSize, BOOL bOrder)
{
    const ULONG needed = offsetof(MIB_IFTABLE, table) + INTERFACE_COUNT * sizeof(MIB_IFROW);
    DWORD error = help_room(pIfTable, pdwSize, needed, ERROR_INSUFFICIENT_BUFFER);
    (void)bOrder;
    if (error != NO_ERROR)
        return help_finish("GetIfTable", error);
    pIfTable->dwNumEntries = 0;
    for (uint32_t index = 1; index <= INTERFACE_COUNT; index++)
        put_if_row(&pIfTable->table[pIfTable->dwNumEntries++], interface_find(index));
    return help_finish("GetIfTable", NO_ERROR);
}

/* ---- MIB_IF_ROW2 ----------------------------------------------------------------------------- */

static void put_if_state(MIB_IF_ROW2 *row, const struct interface *interface)
{
    bool loopback = interface->index == INTERFACE_LOOPBACK;
    bool up = help_is_up(interface);

    row->MediaType = loopback ? NdisMediumLoopback : NdisMedium802_3;
    row->PhysicalMediumType = loopback ? NdisPhysicalMediumUnspecified : NdisPhysicalMedium802_3;
    row->AccessType = loopback ? NET_IF_ACCESS_LOOPBACK : NET_IF_ACCESS_BROADCAST;
    row->DirectionType = NET_IF_DIRECTION_SENDRECEIVE;
    row->InterfaceAndOperStatusFlags.HardwareInterface = !loopback;
    row->InterfaceAndOperStatusFlags.ConnectorPresent = !loopback;
    row->InterfaceAndOperStatusFlags.NotMediaConnected = !up;
    row->OperStatus = up ? IfOperStatusUp : IfOperStatusDown;
    row->AdminStatus = NET_IF_ADMIN_STATUS_UP;
    row->MediaConnectState = up ? MediaConnectStateConnected : MediaConnectStateDisconnected;
    row->ConnectionType = NET_IF_CONNECTION_DEDICATED;
}

static void put_if_row_2(MIB_IF_ROW2 *row, const struct interface *interface)
{
    const struct interface_traffic *traffic = traffic_of(interface);

    memset(row, 0, sizeof *row);
    row->InterfaceLuid = help_luid(interface);
    row->InterfaceIndex = interface->index;
    row->InterfaceGuid = help_guid(interface);
    help_widen(interface->friendly, row->Alias);
    help_widen(interface->description, row->Description);
    if (interface->has_physical) {
        row->PhysicalAddressLength = sizeof interface->physical;
        memcpy(row->PhysicalAddress, interface->physical, sizeof interface->physical);
        memcpy(row->PermanentPhysicalAddress, interface->physical, sizeof interface->physical);
    }
    row->Mtu = interface->mtu;
    row->Type = interface->type;
    put_if_state(row, interface);
    row->TransmitLinkSpeed = row->ReceiveLinkSpeed = interface->bits_per_second;
    row->InOctets = row->InUcastOctets = traffic->bytes_in;
    row->InUcastPkts = traffic->packets_in - traffic->group_in;
    row->InNUcastPkts = traffic->group_in;
    row->OutOctets = row->OutUcastOctets = traffic->bytes_out;
    row->OutUcastPkts = traffic->packets_out - traffic->group_out;
    row->OutNUcastPkts = traffic->group_out;
}

DWORD GetIfEntry2(PMIB_IF_ROW2 Row)
{
    if (!help_can_use(Row, sizeof *Row, ACCESS_WRITE) ||
        (Row->InterfaceLuid.Value == 0 && Row->InterfaceIndex == 0))
        return help_finish("GetIfEntry2", ERROR_INVALID_PARAMETER);
    const struct interface *interface = help_find_row(&Row->InterfaceLuid, Row->InterfaceIndex);
    if (interface == NULL)
        return help_finish("GetIfEntry2", ERROR_FILE_NOT_FOUND);
    put_if_row_2(Row, interface);
    return help_finish("GetIfEntry2", NO_ERROR);
}

DWORD GetIfTable2Ex(MIB_IF_TABLE_LEVEL Level, PMIB_IF_TABLE2 *Table)
{
    const size_t size = offsetof(MIB_IF_TABLE2, Table) + INTERFACE_COUNT * sizeof(MIB_IF_ROW2);
    if (!help_can_use(Table, sizeof *Table, ACCESS_WRITE) ||
        (unsigned)Level > MibIfTableNormalWithoutStatistics)
        return help_finish("GetIfTable2", ERROR_INVALID_PARAMETER);
    MIB_IF_TABLE2 *table = help_table(size);
    if (table == NULL)
        return help_finish("GetIfTable2", ERROR_NOT_ENOUGH_MEMORY);
    for (uint32_t i = 0; i < INTERFACE_COUNT; i++)
        put_if_row_2(&table->Table[table->NumEntries++], &interfaces[i]);
    *Table = table;
    return help_finish("GetIfTable2", NO_ERROR);
}

DWORD GetIfTable2(PMIB_IF_TABLE2 *Table)
{
    return GetIfTable2Ex(MibIfTableNormal, Table);
}

/* ---- MIB_IPINTERFACE_ROW --------------------------------------------------------------------- */

enum { REACHABLE_MS = 30000, RETRANSMIT_MS = 1000, PATH_MTU_S = 600, REASSEMBLED = 65535 };

static void put_ip_row(MIB_IPINTERFACE_ROW *row, const struct interface *interface,
                       ADDRESS_FAMILY family)
{
    bool loopback = interface->index == INTERFACE_LOOPBACK;

    memset(row, 0, sizeof *row);
    row->Family = family;
    row->InterfaceLuid = help_luid(interface);
    row->InterfaceIndex = interface->index;
    row->MaxReassemblySize = family == AF_INET ? REASSEMBLED : 0;
    row->MinRouterAdvertisementInterval = 200;
    row->MaxRouterAdvertisementInterval = 600;
    row->UseAutomaticMetric = TRUE;
    row->UseNeighborUnreachabilityDetection = !loopback;
    row->RouterDiscoveryBehavior = family == AF_INET ? RouterDiscoveryDhcp : RouterDiscoveryEnabled;
    row->DadTransmits = loopback ? 0 : family == AF_INET ? 3 : 1;
    row->BaseReachableTime = row->ReachableTime = REACHABLE_MS;
    row->RetransmitTime = RETRANSMIT_MS;
    row->PathMtuDiscoveryTimeout = PATH_MTU_S;
    row->LinkLocalAddressBehavior = family == AF_INET ? LinkLocalDelayed : LinkLocalAlwaysOn;
    for (int level = ScopeLevelInterface; level <= ScopeLevelLink; level++)
        row->ZoneIndices[level] = interface->index;
    for (int level = ScopeLevelSubnet; level < ScopeLevelCount; level++)
        row->ZoneIndices[level] = 1;
    row->SitePrefixLength = family == AF_INET ? 0 : 64;
    row->Metric = interface->metric;
    row->NlMtu = interface->mtu;
    row->Connected = help_is_up(interface);
    row->SupportsNeighborDiscovery = !loopback;
    row->SupportsRouterDiscovery = !loopback;
}

DWORD GetIpInterfaceEntry(PMIB_IPINTERFACE_ROW Row)
{
    if (!help_can_use(Row, sizeof *Row, ACCESS_WRITE) ||
        (Row->Family != AF_INET && Row->Family != AF_INET6) ||
        (Row->InterfaceLuid.Value == 0 && Row->InterfaceIndex == 0))
        return help_finish("GetIpInterfaceEntry", ERROR_INVALID_PARAMETER);
    const struct interface *interface = help_find_row(&Row->InterfaceLuid, Row->InterfaceIndex);
    if (interface == NULL)
        return help_finish("GetIpInterfaceEntry", ERROR_FILE_NOT_FOUND);
    put_ip_row(Row, interface, Row->Family);
    return help_finish("GetIpInterfaceEntry", NO_ERROR);
}

DWORD GetIpInterfaceTable(ADDRESS_FAMILY Family, PMIB_IPINTERFACE_TABLE *Table)
{
    static const ADDRESS_FAMILY families[] = {AF_INET, AF_INET6};
    const size_t size =
        offsetof(MIB_IPINTERFACE_TABLE, Table) + 2 * INTERFACE_COUNT * sizeof(MIB_IPINTERFACE_ROW);
    if (!help_can_use(Table, sizeof *Table, ACCESS_WRITE) || !help_is_family(Family))
        return help_finish("GetIpInterfaceTable", ERROR_INVALID_PARAMETER);
    MIB_IPINTERFACE_TABLE *table = help_table(size);
    if (table == NULL)
        return help_finish("GetIpInterfaceTable", ERROR_NOT_ENOUGH_MEMORY);
    for (int f = 0; f < 2; f++)
        for (uint32_t i = 0; i < INTERFACE_COUNT; i++)
            if (Family == AF_UNSPEC || Family == families[f])
                put_ip_row(&table->Table[table->NumEntries++], &interfaces[i], families[f]);
    *Table = table;
    return help_finish("GetIpInterfaceTable", NO_ERROR);
}

/* Values that mean "as it is" to SetIpInterfaceEntry. */
VOID InitializeIpInterfaceEntry(PMIB_IPINTERFACE_ROW Row)
{
    if (!help_can_use(Row, sizeof *Row, ACCESS_WRITE))
        return;
    memset(Row, 0, sizeof *Row);
    memset(&Row->AdvertisingEnabled, 0xff,
           offsetof(MIB_IPINTERFACE_ROW, RouterDiscoveryBehavior) -
               offsetof(MIB_IPINTERFACE_ROW, AdvertisingEnabled));
    Row->RouterDiscoveryBehavior = RouterDiscoveryUnchanged;
    Row->LinkLocalAddressBehavior = LinkLocalUnchanged;
    Row->SitePrefixLength = Row->Metric = Row->NlMtu = 0xffffffff;
    Row->DadTransmits = Row->BaseReachableTime = Row->RetransmitTime = 0xffffffff;
}
