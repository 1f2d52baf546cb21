/* Routes: what the addresses make, and the way to everywhere else. Pages: GetIpForwardTable,
 * GetIpForwardTable2, GetBestRoute, GetBestRoute2, GetBestInterface.
 */
#include "sim/iphlpapi/help.h"

#include "sim/tcpip/place.h"

struct route {
    struct address to, next_hop; /* the wildcard: on the link */
    uint32_t bits;
    const struct interface *interface;
    uint32_t metric; /* without the interface's */
};

enum { ROUTES_MAX = 24, ON_LINK_METRIC = 256 };

struct routes {
    struct route all[ROUTES_MAX];
    uint32_t count;
};

static void add(struct routes *routes, const struct interface *interface, struct address to,
                uint32_t bits)
{
    struct route *route = &routes->all[routes->count++];
    uint32_t all = to.family == FAMILY_4 ? 32 : 128;

    for (uint32_t i = bits; i < all; i++)
        to.bytes[i / 8] &= (uint8_t) ~(0x80u >> i % 8);
    to.scope = 0;
    *route = (struct route){.to = to,
                            .next_hop = {.family = to.family},
                            .bits = bits,
                            .interface = interface,
                            .metric = ON_LINK_METRIC};
}

static void add_default(struct routes *routes, const struct interface *lan,
                        const struct address *gateway)
{
    add(routes, lan, (struct address){.family = gateway->family}, 0);
    routes->all[routes->count - 1].next_hop = *gateway;
    routes->all[routes->count - 1].metric = 0;
}

/* Its addresses, their networks and, of IPv4, the networks' broadcasts. */
static void add_own(struct routes *routes, const struct interface *interface, enum family family)
{
    for (uint32_t i = 0; i < interface->address_count; i++) {
        const struct address *own = &interface->addresses[i];
        uint32_t bits = interface->prefixes[i];
        if (own->family != family)
            continue;
        if (bits < (family == FAMILY_4 ? 32u : 128u))
            add(routes, interface, *own, bits);
        add(routes, interface, *own, family == FAMILY_4 ? 32 : 128);
        if (family == FAMILY_4)
            add(routes, interface, interface_broadcast(own, bits), 32);
    }
}

static void collect_family(struct routes *routes, enum family family)
{
    static const struct address groups_4 = {FAMILY_4, {224}, 0};
    static const struct address groups_6 = {FAMILY_6, {0xff}, 0};
    static const struct address everywhere = {FAMILY_4, {255, 255, 255, 255}, 0};
    const struct interface *lan = interface_find(INTERFACE_LAN);

    if (help_is_up(lan))
        add_default(routes, lan, family == FAMILY_4 ? &gateway_address : &gateway_address_6);
    for (uint32_t index = 1; index <= INTERFACE_COUNT; index++) {
        const struct interface *interface = interface_find(index);
        if (!help_is_up(interface))
            continue;
        add_own(routes, interface, family);
        if (family == FAMILY_4)
            add(routes, interface, groups_4, 4);
        else
            add(routes, interface, groups_6, 8);
        if (family == FAMILY_4)
            add(routes, interface, everywhere, 32);
    }
}

static void collect(struct routes *routes, ULONG family)
{
    routes->count = 0;
    if (family != AF_INET6)
        collect_family(routes, FAMILY_4);
    if (family != AF_INET)
        collect_family(routes, FAMILY_6);
}

static uint32_t cost(const struct route *route)
{
    return route->metric + route->interface->metric;
}

/* The longest prefix, then the lowest metric; over one interface only, when it is not 0. */
static const struct route *best_route(const struct routes *routes, const struct address *to,
                                      uint32_t index)
{
    const struct route *best = NULL;

    for (uint32_t i = 0; i < routes->count; i++) {
        const struct route *route = &routes->all[i];
        if (!interface_same_network(&route->to, to, route->bits) ||
            (index != 0 && route->interface->index != index))
            continue;
        if (best == NULL || route->bits > best->bits ||
            (route->bits == best->bits && cost(route) < cost(best)))
            best = route;
    }
    return best;
}

/* ---- IPv4, as before Vista ------------------------------------------------------------------- */

static void put_row(MIB_IPFORWARDROW *row, const struct route *route)
{
    const struct address mask = interface_mask(route->bits);
    const struct address *own = interface_address(route->interface, FAMILY_4);
    bool direct = address_is_wildcard(&route->next_hop);

    memset(row, 0, sizeof *row);
    row->dwForwardDest = help_dword(&route->to);
    row->dwForwardMask = help_dword(&mask);
    row->dwForwardNextHop = help_dword(direct ? own : &route->next_hop);
    row->dwForwardIfIndex = route->interface->index;
    row->dwForwardType = direct ? MIB_IPROUTE_TYPE_DIRECT : MIB_IPROUTE_TYPE_INDIRECT;
    row->dwForwardProto = direct ? MIB_IPPROTO_LOCAL : MIB_IPPROTO_NETMGMT;
    row->dwForwardMetric1 = cost(route);
    row->dwForwardMetric2 = row->dwForwardMetric3 = MIB_IPROUTE_METRIC_UNUSED;
    row->dwForwardMetric4 = row->dwForwardMetric5 = MIB_IPROUTE_METRIC_UNUSED;
}

DWORD GetIpForwardTable(PMIB_IPFORWARDTABLE pIpForwardTable, PULONG pdwSize, BOOL bOrder)
{
    struct routes routes;
    (void)bOrder;
    collect(&routes, AF_INET);
    ULONG needed =
        (ULONG)(offsetof(MIB_IPFORWARDTABLE, table) + routes.count * sizeof(MIB_IPFORWARDROW));
    DWORD error = help_room(pIpForwardTable, pdwSize, needed, ERROR_INSUFFICIENT_BUFFER);
    if (error != NO_ERROR)
        return help_finish("GetIpForwardTable", error);
    pIpForwardTable->dwNumEntries = routes.count;
    for (uint32_t i = 0; i < routes.count; i++)
        put_row(&pIpForwardTable->table[i], &routes.all[i]);
    return help_finish("GetIpForwardTable", NO_ERROR);
}

DWORD GetBestRoute(DWORD dwDestAddr, DWORD dwSourceAddr, PMIB_IPFORWARDROW pBestRoute)
{
    struct routes routes;
    const struct address to = help_from_dword(dwDestAddr);
    (void)dwSourceAddr; /* a hint only */
    if (!help_can_use(pBestRoute, sizeof *pBestRoute, ACCESS_WRITE))
        return help_finish("GetBestRoute", ERROR_INVALID_PARAMETER);
    collect(&routes, AF_INET);
    const struct route *best = best_route(&routes, &to, 0);
    if (best == NULL)
        return help_finish("GetBestRoute", ERROR_NETWORK_UNREACHABLE);
    put_row(pBestRoute, best);
    return help_finish("GetBestRoute", NO_ERROR);
}

/* ---- The interface alone --------------------------------------------------------------------- */

static DWORD best_interface(const struct address *to, PDWORD index)
{
    struct routes routes;
    if (!help_can_use(index, sizeof *index, ACCESS_WRITE))
        return ERROR_INVALID_PARAMETER;
    collect(&routes, AF_UNSPEC);
    const struct route *best = best_route(&routes, to, 0);
    if (best == NULL)
        return ERROR_NETWORK_UNREACHABLE;
    *index = best->interface->index;
    return NO_ERROR;
}

DWORD GetBestInterface(IPAddr dwDestAddr, PDWORD pdwBestIfIndex)
{
    const struct address to = help_from_dword(dwDestAddr);
    return help_finish("GetBestInterface", best_interface(&to, pdwBestIfIndex));
}

DWORD GetBestInterfaceEx(struct sockaddr *pDestAddr, PDWORD pdwBestIfIndex)
{
    struct address to;
    SOCKADDR_INET name = {0};
    if (!help_can_use(pDestAddr, sizeof(SOCKADDR_IN), ACCESS_READ))
        return help_finish("GetBestInterfaceEx", ERROR_INVALID_PARAMETER);
    bool is_6 = pDestAddr->sa_family == AF_INET6;
    if (is_6 && !help_can_use(pDestAddr, sizeof(SOCKADDR_IN6), ACCESS_READ))
        return help_finish("GetBestInterfaceEx", ERROR_INVALID_PARAMETER);
    memcpy(&name, pDestAddr, is_6 ? sizeof name.Ipv6 : sizeof name.Ipv4);
    if (!help_take_address(&name, &to))
        return help_finish("GetBestInterfaceEx", ERROR_INVALID_PARAMETER);
    return help_finish("GetBestInterfaceEx", best_interface(&to, pdwBestIfIndex));
}

/* ---- Both families --------------------------------------------------------------------------- */

static void put_row_2(MIB_IPFORWARD_ROW2 *row, const struct route *route)
{
    bool direct = address_is_wildcard(&route->next_hop);

    memset(row, 0, sizeof *row);
    row->InterfaceLuid = help_luid(route->interface);
    row->InterfaceIndex = route->interface->index;
    help_put_address(&route->to, &row->DestinationPrefix.Prefix);
    row->DestinationPrefix.PrefixLength = (UINT8)route->bits;
    help_put_address(&route->next_hop, &row->NextHop);
    row->ValidLifetime = row->PreferredLifetime = 0xffffffff;
    row->Metric = route->metric;
    row->Protocol = direct ? RouteProtocolLocal : RouteProtocolNetMgmt;
    row->Loopback = route->interface->index == INTERFACE_LOOPBACK;
    row->AutoconfigureAddress = TRUE;
    row->Immortal = TRUE;
    row->Origin = direct ? NlroWellKnown : NlroManual;
}

DWORD GetIpForwardTable2(ADDRESS_FAMILY Family, PMIB_IPFORWARD_TABLE2 *Table)
{
    struct routes routes;
    if (!help_can_use(Table, sizeof *Table, ACCESS_WRITE) || !help_is_family(Family))
        return help_finish("GetIpForwardTable2", ERROR_INVALID_PARAMETER);
    collect(&routes, Family);
    MIB_IPFORWARD_TABLE2 *table =
        help_table(offsetof(MIB_IPFORWARD_TABLE2, Table) + routes.count * sizeof *table->Table);
    if (table == NULL)
        return help_finish("GetIpForwardTable2", ERROR_NOT_ENOUGH_MEMORY);
    table->NumEntries = routes.count;
    for (uint32_t i = 0; i < routes.count; i++)
        put_row_2(&table->Table[i], &routes.all[i]);
    *Table = table;
    return help_finish("GetIpForwardTable2", NO_ERROR);
}

/* By prefix, next hop and interface. */
DWORD GetIpForwardEntry2(PMIB_IPFORWARD_ROW2 Row)
{
    struct routes routes;
    struct address to, hop;
    if (!help_can_use(Row, sizeof *Row, ACCESS_WRITE) ||
        !help_take_address(&Row->DestinationPrefix.Prefix, &to) ||
        !help_take_address(&Row->NextHop, &hop))
        return help_finish("GetIpForwardEntry2", ERROR_INVALID_PARAMETER);
    const struct interface *interface = help_find_row(&Row->InterfaceLuid, Row->InterfaceIndex);
    collect(&routes, AF_UNSPEC);
    for (uint32_t i = 0; i < routes.count; i++) {
        const struct route *route = &routes.all[i];
        if (!address_equal(&route->to, &to) || !address_equal(&route->next_hop, &hop) ||
            route->bits != Row->DestinationPrefix.PrefixLength || route->interface != interface)
            continue;
        put_row_2(Row, route);
        return help_finish("GetIpForwardEntry2", NO_ERROR);
    }
    return help_finish("GetIpForwardEntry2", ERROR_NOT_FOUND);
}

/* From where: the source that was given, when it is this machine's, or the way's own. */
DWORD GetBestRoute2(NET_LUID *InterfaceLuid, NET_IFINDEX InterfaceIndex,
                    const SOCKADDR_INET *SourceAddress, const SOCKADDR_INET *DestinationAddress,
                    ULONG AddressSortOptions, PMIB_IPFORWARD_ROW2 BestRoute,
                    SOCKADDR_INET *BestSourceAddress)
{
    static const NET_LUID none = {.Value = 0};
    struct routes routes;
    struct address to, from;
    bool given = help_can_use(SourceAddress, sizeof *SourceAddress, ACCESS_READ) &&
                 help_take_address(SourceAddress, &from) && interface_of(&from) != NULL;
    (void)AddressSortOptions;
    if (!help_can_use(DestinationAddress, sizeof *DestinationAddress, ACCESS_READ) ||
        !help_take_address(DestinationAddress, &to) ||
        !help_can_use(BestRoute, sizeof *BestRoute, ACCESS_WRITE) ||
        !help_can_use(BestSourceAddress, sizeof *BestSourceAddress, ACCESS_WRITE))
        return help_finish("GetBestRoute2", ERROR_INVALID_PARAMETER);
    bool named = InterfaceIndex != 0 || (InterfaceLuid != NULL && InterfaceLuid->Value != 0);
    const struct interface *over =
        help_find_row(InterfaceLuid != NULL ? InterfaceLuid : &none, InterfaceIndex);
    if (named && over == NULL)
        return help_finish("GetBestRoute2", ERROR_FILE_NOT_FOUND);
    collect(&routes, AF_UNSPEC);
    const struct route *best = best_route(&routes, &to, named ? over->index : 0);
    if (best == NULL)
        return help_finish("GetBestRoute2", ERROR_NETWORK_UNREACHABLE);
    const struct place target = place_of(&to, 0);
    const struct place own = place_on(best->interface->index, &target);
    const struct address source = place_address(&own, to.family);
    put_row_2(BestRoute, best);
    help_put_address(given ? &from : &source, BestSourceAddress);
    return help_finish("GetBestRoute2", NO_ERROR);
}

VOID InitializeIpForwardEntry(PMIB_IPFORWARD_ROW2 Row)
{
    if (!help_can_use(Row, sizeof *Row, ACCESS_WRITE))
        return;
    memset(Row, 0, sizeof *Row);
    Row->ValidLifetime = Row->PreferredLifetime = Row->Metric = 0xffffffff;
    Row->Protocol = RouteProtocolNetMgmt;
    Row->Loopback = Row->AutoconfigureAddress = Row->Publish = Row->Immortal = TRUE;
}
