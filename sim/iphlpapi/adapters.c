/* The machine's two interfaces: loopback and one in a LAN. Pages: GetAdaptersAddresses,
 * GetBestInterface, if_nametoindex.
 */
#include "sim/winsock/winsock.h"

#include <string.h>

#include <iphlpapi.h>

#include "sim/tcpip/standing.h"
#include "sim/tcpip/wire.h"

enum { RECORD_ADAPTERS = 0x620, ADDRESSES_MAX = 3 };

struct interface {
    uint32_t index;
    IFTYPE type;
    const char *name, *id, *description;
    struct address addresses[ADDRESSES_MAX]; /* IPv6 before IPv4 */
    uint8_t prefixes[ADDRESSES_MAX];
    uint32_t count;
    BYTE physical[6];
    bool has_physical;
};

/* As standing.h has them. */
static const struct interface interfaces[] = {
    {INTERFACE_LAN,
     IF_TYPE_ETHERNET_CSMACD,
     "ethernet_32768",
     "{8E1A7C30-0000-4000-8000-000000000002}",
     "Berth Ethernet Adapter",
     {{FAMILY_6, {0x20, 0x01, 0x0d, 0xb8, [15] = 0x10}, 0},
      {FAMILY_6, {0xfe, 0x80, [15] = 0x10}, 1},
      {FAMILY_4, {192, 168, 1, 10}, 0}},
     {64, 64, 24},
     3,
     {0x02, 0x00, 0x5e, 0x00, 0x53, 0x10},
     true},
    {INTERFACE_LOOPBACK,
     IF_TYPE_SOFTWARE_LOOPBACK,
     "loopback_0",
     "{8E1A7C30-0000-4000-8000-000000000001}",
     "Software Loopback Interface 1",
     {{FAMILY_6, {[15] = 1}, 0}, {FAMILY_4, {127, 0, 0, 1}, 0}},
     {128, 8},
     2,
     {0},
     false},
};
enum { INTERFACES = sizeof interfaces / sizeof *interfaces };

/* Every call ends here: the error is the result, and the last error is left alone. */
static ULONG finish(const char *call, ULONG error)
{
    const struct winsock *winsock = winsock_attached();
    struct engine *engine = winsock->nt->engine;
    const struct thread *thread = winsock->nt->current;
    engine_record(engine, &(const struct record){
                              .kind = RECORD_ADAPTERS, .result = error, .actor = thread->id});
    if (engine->sink != NULL)
        engine_trace(engine, "%u.%u %s = %u", thread->process->id, thread->id, call, error);
    return error;
}

static bool can_use(const void *address, size_t size, enum access access)
{
    const struct process *process = winsock_attached()->nt->current->process;
    return address != NULL && userspace_probe(&process->userspace, address, size, access);
}

/* ---- GetAdaptersAddresses -------------------------------------------------------------------- */

/* What one adapter takes in the caller's buffer. */
struct block {
    IP_ADAPTER_ADDRESSES adapter;
    IP_ADAPTER_UNICAST_ADDRESS unicast[ADDRESSES_MAX];
    SOCKADDR_STORAGE addresses[ADDRESSES_MAX];
    WCHAR description[32], friendly[16], suffix[4];
    char id[40];
};

static int put_address(const struct address *from, SOCKADDR_STORAGE *to)
{
    if (from->family == FAMILY_4) {
        SOCKADDR_IN in = {.sin_family = AF_INET};
        memcpy(&in.sin_addr, from->bytes, 4);
        memcpy(to, &in, sizeof in);
        return (int)sizeof in;
    }
    SOCKADDR_IN6 in6 = {.sin6_family = AF_INET6, .sin6_scope_id = from->scope};
    memcpy(&in6.sin6_addr, from->bytes, 16);
    memcpy(to, &in6, sizeof in6);
    return (int)sizeof in6;
}

static void widen(const char *from, WCHAR *to)
{
    do
        *to++ = (WCHAR)(unsigned char)*from;
    while (*from++ != '\0');
}

static void put_unicast(struct block *block, const struct interface *interface, ULONG family)
{
    PIP_ADAPTER_UNICAST_ADDRESS *end = &block->adapter.FirstUnicastAddress;
    for (uint32_t i = 0; i < interface->count; i++) {
        IP_ADAPTER_UNICAST_ADDRESS *unicast = &block->unicast[i];
        bool is_4 = interface->addresses[i].family == FAMILY_4;
        if (family != AF_UNSPEC && family != (is_4 ? AF_INET : AF_INET6))
            continue;
        unicast->Length = sizeof *unicast;
        unicast->Flags = IP_ADAPTER_ADDRESS_DNS_ELIGIBLE;
        unicast->Address.lpSockaddr = (LPSOCKADDR)(void *)&block->addresses[i];
        unicast->Address.iSockaddrLength =
            put_address(&interface->addresses[i], &block->addresses[i]);
        unicast->PrefixOrigin = IpPrefixOriginManual;
        unicast->SuffixOrigin = IpSuffixOriginManual;
        unicast->DadState = IpDadStatePreferred;
        unicast->ValidLifetime = unicast->PreferredLifetime = unicast->LeaseLifetime = 0xffffffff;
        unicast->OnLinkPrefixLength = interface->prefixes[i];
        *end = unicast;
        end = &unicast->Next;
    }
}

static void put_adapter(struct block *block, const struct interface *interface, ULONG family,
                        ULONG flags, bool up)
{
    IP_ADAPTER_ADDRESSES *adapter = &block->adapter;
    adapter->Length = sizeof *adapter;
    adapter->IfIndex = interface->index;
    adapter->Ipv6IfIndex = interface->index;
    adapter->IfType = interface->type;
    adapter->OperStatus = up ? IfOperStatusUp : IfOperStatusDown;
    adapter->Mtu = interface->has_physical ? 1500 : 0xffffffff;
    adapter->Flags = IP_ADAPTER_IPV4_ENABLED | IP_ADAPTER_IPV6_ENABLED;
    adapter->TransmitLinkSpeed = adapter->ReceiveLinkSpeed = 1000000000;
    adapter->ConnectionType = NET_IF_CONNECTION_DEDICATED;
    adapter->CompartmentId = 1;
    adapter->Luid.Info.IfType = interface->type;
    adapter->Luid.Info.NetLuidIndex = interface->index;
    strcpy(block->id, interface->id);
    adapter->AdapterName = block->id;
    widen(interface->description, block->description);
    adapter->Description = block->description;
    widen(interface->has_physical ? "Ethernet" : "Loopback", block->friendly);
    if ((flags & GAA_FLAG_SKIP_FRIENDLY_NAME) == 0)
        adapter->FriendlyName = block->friendly;
    adapter->DnsSuffix = block->suffix;
    if (interface->has_physical) {
        memcpy(adapter->PhysicalAddress, interface->physical, sizeof interface->physical);
        adapter->PhysicalAddressLength = sizeof interface->physical;
    }
    if ((flags & GAA_FLAG_SKIP_UNICAST) == 0)
        put_unicast(block, interface, family);
}

ULONG GetAdaptersAddresses(ULONG Family, ULONG Flags, PVOID Reserved,
                           PIP_ADAPTER_ADDRESSES AdapterAddresses, PULONG SizePointer)
{
    const ULONG needed = INTERFACES * sizeof(struct block);
    const struct winsock *winsock = winsock_attached();
    struct block *blocks = (struct block *)(void *)AdapterAddresses;

    if (Reserved != NULL || !can_use(SizePointer, sizeof *SizePointer, ACCESS_WRITE) ||
        (Family != AF_UNSPEC && Family != AF_INET && Family != AF_INET6))
        return finish("GetAdaptersAddresses", ERROR_INVALID_PARAMETER);
    if (AdapterAddresses == NULL || *SizePointer < needed) {
        *SizePointer = needed;
        return finish("GetAdaptersAddresses", ERROR_BUFFER_OVERFLOW);
    }
    if (!can_use(AdapterAddresses, needed, ACCESS_WRITE))
        return finish("GetAdaptersAddresses", ERROR_INVALID_PARAMETER);
    memset(blocks, 0, needed);
    for (int i = 0; i < INTERFACES; i++) {
        bool up = interfaces[i].index == INTERFACE_LOOPBACK || winsock->afd->network_up;
        put_adapter(&blocks[i], &interfaces[i], Family, Flags, up);
        blocks[i].adapter.Next = i + 1 < INTERFACES ? &blocks[i + 1].adapter : NULL;
    }
    *SizePointer = needed;
    return finish("GetAdaptersAddresses", NO_ERROR);
}

/* ---- Names and routes ------------------------------------------------------------------------ */

ULONG GetNumberOfInterfaces(PDWORD pdwNumIf)
{
    if (!can_use(pdwNumIf, sizeof *pdwNumIf, ACCESS_WRITE))
        return finish("GetNumberOfInterfaces", ERROR_INVALID_PARAMETER);
    *pdwNumIf = INTERFACES;
    return finish("GetNumberOfInterfaces", NO_ERROR);
}

static ULONG best_interface(const struct address *to, PDWORD index)
{
    if (!can_use(index, sizeof *index, ACCESS_WRITE))
        return ERROR_INVALID_PARAMETER;
    static const struct address loopback_6 = {FAMILY_6, {[15] = 1}, 0};
    bool loopback = to->family == FAMILY_4 ? to->bytes[0] == 127 : address_equal(to, &loopback_6);
    if (!loopback && !winsock_attached()->afd->network_up)
        return ERROR_NETWORK_UNREACHABLE;
    *index = loopback ? INTERFACE_LOOPBACK : INTERFACE_LAN;
    return NO_ERROR;
}

DWORD GetBestInterface(ULONG dwDestAddr, PDWORD pdwBestIfIndex)
{
    struct address to = {.family = FAMILY_4};
    memcpy(to.bytes, &dwDestAddr, sizeof dwDestAddr);
    return finish("GetBestInterface", best_interface(&to, pdwBestIfIndex));
}

DWORD GetBestInterfaceEx(struct sockaddr *pDestAddr, PDWORD pdwBestIfIndex)
{
    struct address to = {.family = FAMILY_4};
    if (!can_use(pDestAddr, sizeof(SOCKADDR_IN), ACCESS_READ))
        return finish("GetBestInterfaceEx", ERROR_INVALID_PARAMETER);
    if (pDestAddr->sa_family == AF_INET) {
        memcpy(to.bytes, &((const SOCKADDR_IN *)(const void *)pDestAddr)->sin_addr, 4);
    } else if (pDestAddr->sa_family == AF_INET6 &&
               can_use(pDestAddr, sizeof(SOCKADDR_IN6), ACCESS_READ)) {
        to.family = FAMILY_6;
        memcpy(to.bytes, &((const SOCKADDR_IN6 *)(const void *)pDestAddr)->sin6_addr, 16);
    } else {
        return finish("GetBestInterfaceEx", ERROR_INVALID_PARAMETER);
    }
    return finish("GetBestInterfaceEx", best_interface(&to, pdwBestIfIndex));
}

/* 0 for no such interface. */
NET_IFINDEX if_nametoindex(PCSTR InterfaceName)
{
    for (int i = 0; InterfaceName != NULL && i < INTERFACES; i++)
        if (strcmp(InterfaceName, interfaces[i].name) == 0)
            return interfaces[i].index;
    return 0;
}

/* The caller has room for IF_NAMESIZE characters. NULL for no such interface. */
PCHAR if_indextoname(NET_IFINDEX InterfaceIndex, PCHAR InterfaceName)
{
    for (int i = 0; InterfaceName != NULL && i < INTERFACES; i++)
        if (interfaces[i].index == InterfaceIndex)
            return strcpy(InterfaceName, interfaces[i].name);
    return NULL;
}
