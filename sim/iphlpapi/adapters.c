/* The machine's interfaces with all their addresses. Page: GetAdaptersAddresses. */
#include "sim/iphlpapi/help.h"

enum { PREFIXES = 3 * INTERFACE_ADDRESSES + 2, MULTICASTS = 3 };

/* What one adapter takes in the caller's buffer. */
struct block {
    IP_ADAPTER_ADDRESSES adapter;
    IP_ADAPTER_UNICAST_ADDRESS unicast[INTERFACE_ADDRESSES];
    IP_ADAPTER_MULTICAST_ADDRESS multicast[MULTICASTS];
    IP_ADAPTER_PREFIX prefix[PREFIXES];
    IP_ADAPTER_DNS_SERVER_ADDRESS name_server;
    IP_ADAPTER_GATEWAY_ADDRESS gateway;
    SOCKADDR_INET unicast_names[INTERFACE_ADDRESSES], multicast_names[MULTICASTS];
    SOCKADDR_INET prefix_names[PREFIXES], name_server_name, gateway_name;
    WCHAR description[32], friendly[32], suffix[4];
    char id[40];
};

static SOCKET_ADDRESS put(const struct address *from, SOCKADDR_INET *to)
{
    SOCKET_ADDRESS out = {.lpSockaddr = (LPSOCKADDR)(void *)to};
    out.iSockaddrLength = help_put_address(from, to);
    return out;
}

static void put_unicast(struct block *block, const struct interface *interface, ULONG family)
{
    PIP_ADAPTER_UNICAST_ADDRESS *end = &block->adapter.FirstUnicastAddress;
    for (uint32_t i = 0; i < interface->address_count; i++) {
        IP_ADAPTER_UNICAST_ADDRESS *unicast = &block->unicast[i];
        if (!help_wants(family, &interface->addresses[i]))
            continue;
        unicast->Length = sizeof *unicast;
        unicast->Flags = IP_ADAPTER_ADDRESS_DNS_ELIGIBLE;
        unicast->Address = put(&interface->addresses[i], &block->unicast_names[i]);
        unicast->PrefixOrigin = IpPrefixOriginManual;
        unicast->SuffixOrigin = IpSuffixOriginManual;
        unicast->DadState = help_is_up(interface) ? IpDadStatePreferred : IpDadStateTentative;
        unicast->ValidLifetime = unicast->PreferredLifetime = unicast->LeaseLifetime = 0xffffffff;
        unicast->OnLinkPrefixLength = interface->prefixes[i];
        *end = unicast;
        end = &unicast->Next;
    }
}

/* What every host listens to: all hosts, of IPv6 on the machine and on the link. */
static const struct address all_hosts[MULTICASTS] = {
    {FAMILY_4, {224, 0, 0, 1}, 0},
    {FAMILY_6, {0xff, 0x01, [15] = 1}, 0},
    {FAMILY_6, {0xff, 0x02, [15] = 1}, 0},
};

static void put_multicast(struct block *block, const struct interface *interface, ULONG family)
{
    PIP_ADAPTER_MULTICAST_ADDRESS *end = &block->adapter.FirstMulticastAddress;
    for (int i = 0; i < MULTICASTS && interface->has_physical; i++) {
        IP_ADAPTER_MULTICAST_ADDRESS *multicast = &block->multicast[i];
        if (!help_wants(family, &all_hosts[i]))
            continue;
        multicast->Length = sizeof *multicast;
        multicast->Address = put(&all_hosts[i], &block->multicast_names[i]);
        *end = multicast;
        end = &multicast->Next;
    }
}

struct prefixes {
    struct block *block;
    PIP_ADAPTER_PREFIX *end;
    int count;
};

/* The address, or the part of it that the bits make. */
static void put_prefix(struct prefixes *prefixes, struct address address, ULONG bits)
{
    IP_ADAPTER_PREFIX *prefix = &prefixes->block->prefix[prefixes->count];
    ULONG all = address.family == FAMILY_4 ? 32 : 128;
    for (ULONG i = bits; i < all; i++)
        address.bytes[i / 8] &= (uint8_t) ~(0x80u >> i % 8);
    prefix->Length = sizeof *prefix;
    prefix->Address = put(&address, &prefixes->block->prefix_names[prefixes->count]);
    prefix->PrefixLength = bits;
    *prefixes->end = prefix;
    prefixes->end = &prefix->Next;
    prefixes->count++;
}

/* Of each address its network, itself and its broadcast; of each adapter all multicasts, and the
 * broadcast of all networks (the page's remarks).
 */
static void put_prefixes(struct block *block, const struct interface *interface, ULONG family)
{
    static const struct address multicast_4 = {FAMILY_4, {224}, 0};
    static const struct address multicast_6 = {FAMILY_6, {0xff}, 0};
    static const struct address everywhere = {FAMILY_4, {255, 255, 255, 255}, 0};
    struct prefixes prefixes = {block, &block->adapter.FirstPrefix, 0};
    for (uint32_t i = 0; i < interface->address_count; i++) {
        const struct address *own = &interface->addresses[i];
        uint8_t bits = interface->prefixes[i];
        if (!help_wants(family, own))
            continue;
        put_prefix(&prefixes, *own, bits);
        if (own->family == FAMILY_4) {
            put_prefix(&prefixes, *own, 32);
            put_prefix(&prefixes, interface_broadcast(own, bits), 32);
        } else if (bits < 128) {
            put_prefix(&prefixes, *own, 128);
        }
    }
    if (family != AF_INET6) {
        put_prefix(&prefixes, multicast_4, 4);
        put_prefix(&prefixes, everywhere, 32);
    }
    if (family != AF_INET)
        put_prefix(&prefixes, multicast_6, 8);
}

/* The LAN has a router, which knows names too. */
static void put_neighbours(struct block *block, ULONG family, ULONG flags)
{
    IP_ADAPTER_ADDRESSES *adapter = &block->adapter;
    if ((flags & (GAA_FLAG_SKIP_DNS_SERVER)) == 0 && help_wants(family, &name_server_address)) {
        block->name_server.Length = sizeof block->name_server;
        block->name_server.Address = put(&name_server_address, &block->name_server_name);
        adapter->FirstDnsServerAddress = &block->name_server;
    }
    if ((flags & GAA_FLAG_INCLUDE_GATEWAYS) != 0 && help_wants(family, &gateway_address)) {
        block->gateway.Length = sizeof block->gateway;
        block->gateway.Address = put(&gateway_address, &block->gateway_name);
        adapter->FirstGatewayAddress = &block->gateway;
    }
}

static void put_words(struct block *block, const struct interface *interface, ULONG flags)
{
    IP_ADAPTER_ADDRESSES *adapter = &block->adapter;
    strcpy(block->id, interface->id);
    adapter->AdapterName = block->id;
    help_widen(interface->description, block->description);
    adapter->Description = block->description;
    help_widen(interface->friendly, block->friendly);
    if ((flags & GAA_FLAG_SKIP_FRIENDLY_NAME) == 0)
        adapter->FriendlyName = block->friendly;
    adapter->DnsSuffix = block->suffix;
}

static void put_adapter(struct block *block, const struct interface *interface)
{
    IP_ADAPTER_ADDRESSES *adapter = &block->adapter;
    adapter->Length = sizeof *adapter;
    adapter->IfIndex = interface->index;
    adapter->Ipv6IfIndex = interface->index;
    adapter->IfType = interface->type;
    adapter->OperStatus = help_is_up(interface) ? IfOperStatusUp : IfOperStatusDown;
    adapter->Mtu = interface->mtu;
    adapter->Flags = IP_ADAPTER_IPV4_ENABLED | IP_ADAPTER_IPV6_ENABLED;
    adapter->Ipv4Metric = adapter->Ipv6Metric = interface->metric;
    adapter->TransmitLinkSpeed = adapter->ReceiveLinkSpeed = interface->bits_per_second;
    adapter->ConnectionType = NET_IF_CONNECTION_DEDICATED;
    adapter->CompartmentId = NET_IF_COMPARTMENT_ID_PRIMARY;
    adapter->Luid = help_luid(interface);
    for (int level = ScopeLevelInterface; level <= ScopeLevelLink; level++)
        adapter->ZoneIndices[level] = interface->index;
    for (int level = ScopeLevelSubnet; level < ScopeLevelCount; level++)
        adapter->ZoneIndices[level] = 1;
    if (interface->has_physical) {
        memcpy(adapter->PhysicalAddress, interface->physical, sizeof interface->physical);
        adapter->PhysicalAddressLength = sizeof interface->physical;
    }
}

static void put_block(struct block *block, const struct interface *interface, ULONG family,
                      ULONG flags)
{
    put_adapter(block, interface);
    put_words(block, interface, flags);
    if ((flags & GAA_FLAG_SKIP_UNICAST) == 0)
        put_unicast(block, interface, family);
    if ((flags & GAA_FLAG_SKIP_MULTICAST) == 0)
        put_multicast(block, interface, family);
    if ((flags & GAA_FLAG_INCLUDE_PREFIX) != 0)
        put_prefixes(block, interface, family);
    if (interface->has_physical)
        put_neighbours(block, family, flags);
}

ULONG GetAdaptersAddresses(ULONG Family, ULONG Flags, PVOID Reserved,
                           PIP_ADAPTER_ADDRESSES AdapterAddresses, PULONG SizePointer)
{
    const ULONG needed = INTERFACE_COUNT * sizeof(struct block);
    struct block *blocks = (struct block *)(void *)AdapterAddresses;

    if (Reserved != NULL || !help_is_family(Family))
        return help_finish("GetAdaptersAddresses", ERROR_INVALID_PARAMETER);
    DWORD error = help_room(AdapterAddresses, SizePointer, needed, ERROR_BUFFER_OVERFLOW);
    if (error != NO_ERROR)
        return help_finish("GetAdaptersAddresses", error);
    memset(blocks, 0, needed);
    for (uint32_t i = 0; i < INTERFACE_COUNT; i++) {
        put_block(&blocks[i], &interfaces[i], Family, Flags);
        blocks[i].adapter.Next = i + 1 < INTERFACE_COUNT ? &blocks[i + 1].adapter : NULL;
    }
    return help_finish("GetAdaptersAddresses", NO_ERROR);
}
