/* Who is on the same network, by physical address. Pages: SendARP, ResolveNeighbor, GetIpNetTable,
 * GetIpNetTable2, ResolveIpNetEntry2.
 */
#include "sim/iphlpapi/help.h"

#include "sim/nt/wait.h"
#include "sim/tcpip/place.h"
#include "sim/tcpip/remote.h"

enum { PHYSICAL = 6 };

/* An ARP request that nobody answers is asked three times, a second apart. */
static const uint64_t ANSWERED_NS = 400000, UNANSWERED_NS = 3000000000u;

/* The scripted hosts have addresses made of their own: the machine's prefix and the last four
 * bytes.
 */
static void physical_of(const struct address *address, UCHAR out[PHYSICAL])
{
    const struct interface *own = interface_of(address);
    uint32_t size = address->family == FAMILY_4 ? 4 : 16;

    if (own != NULL && own->has_physical) {
        memcpy(out, own->physical, PHYSICAL);
        return;
    }
    out[0] = 0x02;
    out[1] = 0x00;
    memcpy(out + 2, address->bytes + size - 4, 4);
}

static bool is_gateway(const struct address *address)
{
    return address_equal(address, &gateway_address) || address_equal(address, &gateway_address_6);
}

/* Whether somebody of this network has the address. */
static bool is_there(const struct address *address)
{
    const struct interface *lan = interface_find(INTERFACE_LAN);
    const struct interface *own = interface_of(address);
    const struct place place = place_of(address, 0);
    const struct address *ours = interface_address(lan, address->family);

    if (!help_is_up(lan))
        return false;
    if (own != NULL)
        return own->has_physical;
    if (is_gateway(address))
        return true;
    return interface_same_network(address, ours, lan->prefixes[ours - lan->addresses]) &&
           remote_is_there(winsock_attached()->tcpip, &place);
}

/* Asks, which takes time. */
static DWORD resolve(const char *call, const struct address *to, void *physical, ULONG *size)
{
    UCHAR found[PHYSICAL];
    ULONG room;

    if (!help_can_use(size, sizeof *size, ACCESS_WRITE) || physical == NULL)
        return help_finish(call, ERROR_INVALID_PARAMETER);
    room = *size;
    if (room == 0)
        return help_finish(call, ERROR_INVALID_USER_BUFFER);
    if (!help_can_use(physical, room < PHYSICAL ? room : PHYSICAL, ACCESS_WRITE))
        return help_finish(call, ERROR_NOACCESS);
    bool there = is_there(to);
    if (interface_of(to) == NULL)
        wait_for_time(winsock_attached()->nt, there ? ANSWERED_NS : UNANSWERED_NS, call);
    if (!there)
        return help_finish(call, ERROR_BAD_NET_NAME);
    *size = PHYSICAL;
    if (room < PHYSICAL)
        return help_finish(call, ERROR_BUFFER_OVERFLOW);
    physical_of(to, found);
    memcpy(physical, found, PHYSICAL);
    return help_finish(call, NO_ERROR);
}

DWORD SendARP(IPAddr DestIP, IPAddr SrcIP, PVOID pMacAddr, PULONG PhyAddrLen)
{
    const struct address to = help_from_dword(DestIP), from = help_from_dword(SrcIP);
    if (SrcIP != 0 && interface_of(&from) == NULL)
        return help_finish("SendARP", ERROR_NOT_FOUND);
    return resolve("SendARP", &to, pMacAddr, PhyAddrLen);
}

ULONG ResolveNeighbor(SOCKADDR *NetworkAddress, PVOID PhysicalAddress, PULONG PhysicalAddressLength)
{
    struct address to;
    SOCKADDR_INET name = {0};
    if (!help_can_use(NetworkAddress, sizeof *NetworkAddress, ACCESS_READ))
        return help_finish("ResolveNeighbor", ERROR_INVALID_PARAMETER);
    bool is_6 = NetworkAddress->sa_family == AF_INET6;
    memcpy(&name, NetworkAddress, is_6 ? sizeof name.Ipv6 : sizeof name.Ipv4);
    if (!help_take_address(&name, &to))
        return help_finish("ResolveNeighbor", ERROR_INVALID_PARAMETER);
    return resolve("ResolveNeighbor", &to, PhysicalAddress, PhysicalAddressLength);
}

/* ---- Tables: the gateway, and the broadcast that is always there ----------------------------- */

static void put_row(MIB_IPNETROW *row, const struct address *address, DWORD type)
{
    memset(row, 0, sizeof *row);
    row->dwIndex = INTERFACE_LAN;
    row->dwPhysAddrLen = PHYSICAL;
    if (type == MIB_IPNET_TYPE_STATIC)
        memset(row->bPhysAddr, 0xff, PHYSICAL);
    else
        physical_of(address, row->bPhysAddr);
    row->dwAddr = help_dword(address);
    row->dwType = type;
}

ULONG GetIpNetTable(PMIB_IPNETTABLE IpNetTable, PULONG SizePointer, BOOL Order)
{
    const struct interface *lan = interface_find(INTERFACE_LAN);
    const struct address *own = interface_address(lan, FAMILY_4);
    const struct address last = interface_broadcast(own, lan->prefixes[own - lan->addresses]);
    ULONG needed = offsetof(MIB_IPNETTABLE, table) + 2 * sizeof(MIB_IPNETROW);
    (void)Order;
    if (!help_is_up(lan))
        return help_finish("GetIpNetTable", ERROR_NO_DATA);
    DWORD error = help_room(IpNetTable, SizePointer, needed, ERROR_INSUFFICIENT_BUFFER);
    if (error != NO_ERROR)
        return help_finish("GetIpNetTable", error);
    IpNetTable->dwNumEntries = 2;
    put_row(&IpNetTable->table[0], &gateway_address, MIB_IPNET_TYPE_DYNAMIC);
    put_row(&IpNetTable->table[1], &last, MIB_IPNET_TYPE_STATIC);
    return help_finish("GetIpNetTable", NO_ERROR);
}

static void put_row_2(MIB_IPNET_ROW2 *row, const struct address *address, bool router)
{
    const struct interface *lan = interface_find(INTERFACE_LAN);

    memset(row, 0, sizeof *row);
    help_put_address(address, &row->Address);
    row->InterfaceIndex = lan->index;
    row->InterfaceLuid = help_luid(lan);
    physical_of(address, row->PhysicalAddress);
    row->PhysicalAddressLength = PHYSICAL;
    row->State = NlnsReachable;
    row->IsRouter = router;
}

DWORD GetIpNetTable2(ADDRESS_FAMILY Family, PMIB_IPNET_TABLE2 *Table)
{
    if (!help_can_use(Table, sizeof *Table, ACCESS_WRITE) || !help_is_family(Family))
        return help_finish("GetIpNetTable2", ERROR_INVALID_PARAMETER);
    MIB_IPNET_TABLE2 *table = help_table(sizeof *table + sizeof *table->Table);
    if (table == NULL)
        return help_finish("GetIpNetTable2", ERROR_NOT_ENOUGH_MEMORY);
    if (help_is_up(interface_find(INTERFACE_LAN))) {
        if (Family != AF_INET6)
            put_row_2(&table->Table[table->NumEntries++], &gateway_address, true);
        if (Family != AF_INET)
            put_row_2(&table->Table[table->NumEntries++], &gateway_address_6, true);
    }
    *Table = table;
    return help_finish("GetIpNetTable2", NO_ERROR);
}

static DWORD find_entry(const char *call, MIB_IPNET_ROW2 *row, bool asks)
{
    UCHAR physical[PHYSICAL];
    ULONG size = sizeof physical;
    struct address to;
    if (!help_can_use(row, sizeof *row, ACCESS_WRITE) || !help_take_address(&row->Address, &to))
        return help_finish(call, ERROR_INVALID_PARAMETER);
    bool known = is_gateway(&to) && help_is_up(interface_find(INTERFACE_LAN));
    if (!asks && !known)
        return help_finish(call, ERROR_NOT_FOUND);
    if (asks && resolve(call, &to, physical, &size) != NO_ERROR)
        return help_finish(call, ERROR_BAD_NET_NAME);
    put_row_2(row, &to, is_gateway(&to));
    return help_finish(call, NO_ERROR);
}

DWORD GetIpNetEntry2(PMIB_IPNET_ROW2 Row)
{
    return find_entry("GetIpNetEntry2", Row, false);
}

DWORD ResolveIpNetEntry2(PMIB_IPNET_ROW2 Row, const SOCKADDR_INET *SourceAddress)
{
    (void)SourceAddress;
    return find_entry("ResolveIpNetEntry2", Row, true);
}
