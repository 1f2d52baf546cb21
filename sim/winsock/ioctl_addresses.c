/* Control codes that ask for the machine's interfaces, addresses and routes
 * (sim/tcpip/interfaces.h).
 */
#include "sim/winsock/ioctl.h"

#include <stddef.h>
#include <string.h>

#include <ws2tcpip.h>

#include "sim/afd/socket.h"
#include "sim/tcpip/interfaces.h"
#include "sim/tcpip/place.h"
#include "sim/winsock/memory.h"
#include "sim/winsock/name.h"

/* Wrong inputs are WSAEINVAL and leave the count alone; a short output tells the size (rows 25 and
 * 26).
 */
nt_status query_route(struct ioctl *ioctl)
{
    struct name target;
    union name_buffer source;
    enum family family = ioctl->socket->kind.family;
    ioctl->keeps_count = true;
    nt_status status = name_read(&ioctl->call, ioctl->in, (int)ioctl->in_size, family, &target);
    if (!nt_success(status))
        return status == STATUS_ACCESS_VIOLATION ? STATUS_INVALID_PARAMETER : status;
    if (address_is_wildcard(&target.address))
        return STATUS_INVALID_PARAMETER;
    const struct place to = place_of(&target.address, 0);
    const struct place from = place_source_for(&to, 0);
    bool inside = place_is_loopback(&from) || place_is_local(&to);
    if (!inside && !afd_interface_is_up(ioctl->call.winsock->afd, INTERFACE_LAN))
        return STATUS_NETWORK_UNREACHABLE;
    const struct name own = {place_address(&from, family), 0};
    DWORD size = (DWORD)name_encode(&own, &source);
    ioctl->keeps_count = ioctl->out == NULL;
    ioctl->needed = size;
    return ioctl_store(ioctl, &source, size);
}

/* ---- Lists of addresses ---------------------------------------------------------------------- */

enum { LIST_MAX = 64 };

struct list {
    struct address all[LIST_MAX];
    uint16_t ports[LIST_MAX];
    DWORD count;
};

/* The list, then the addresses it points to, in the caller's own buffer (rows 29 and 30), which
 * need not be aligned.
 */
static nt_status store_list(struct ioctl *ioctl, const struct list *list)
{
    union name_buffer name;
    INT count = (INT)list->count;
    DWORD head = (DWORD)SIZEOF_SOCKET_ADDRESS_LIST(list->count);
    DWORD size = head;
    for (DWORD i = 0; i < list->count; i++)
        size += list->all[i].family == FAMILY_4 ? (DWORD)sizeof(SOCKADDR_IN)
                                                : (DWORD)sizeof(SOCKADDR_IN6);
    if (ioctl->out != NULL && ioctl->out_size > 0 && ioctl->out_size < sizeof(INT))
        return STATUS_INVALID_PARAMETER;
    ioctl->needed = size;
    if (!ioctl_may_write(ioctl, size))
        return STATUS_ACCESS_VIOLATION;

    CHAR *at = (CHAR *)ioctl->out + head;
    memory_write(&ioctl->call, ioctl->out, &count, sizeof count);
    for (DWORD i = 0; i < list->count; i++) {
        const struct name own = {list->all[i], list->ports[i]};
        SOCKET_ADDRESS entry = {.lpSockaddr = (LPSOCKADDR)(void *)at};
        entry.iSockaddrLength = name_encode(&own, &name);
        memory_write(&ioctl->call, at, &name, (size_t)entry.iSockaddrLength);
        memory_write(&ioctl->call, (CHAR *)ioctl->out + SIZEOF_SOCKET_ADDRESS_LIST(i), &entry,
                     sizeof entry);
        at += entry.iSockaddrLength;
    }
    ioctl->stored = size;
    return STATUS_SUCCESS;
}

/* The addresses of the socket's family that others can reach this machine by. */
nt_status query_addresses(struct ioctl *ioctl)
{
    struct list list = {0};
    const struct afd *afd = ioctl->call.winsock->afd;
    for (uint32_t i = 0; i < INTERFACE_COUNT; i++) {
        if (interfaces[i].index == INTERFACE_LOOPBACK ||
            !afd_interface_is_up(afd, interfaces[i].index))
            continue;
        for (uint32_t k = 0; k < interfaces[i].address_count; k++)
            if (interfaces[i].addresses[k].family == (enum family)ioctl->socket->kind.family)
                list.all[list.count++] = interfaces[i].addresses[k];
    }
    return store_list(ioctl, &list);
}

/* How soon a connect should try it: what is reached from an address of the same scope goes before,
 * a link-local one behind a global one, IPv4 behind IPv6 (RFC 6724, which the page names by its
 * forerunner). Unreachable ones come last.
 */
static int rank(const struct ioctl *ioctl, const struct address *address)
{
    const struct place to = place_of(address, 0);
    if (place_is_loopback(&to))
        return 0;
    if (!afd_interface_is_up(ioctl->call.winsock->afd, INTERFACE_LAN) && !place_is_local(&to))
        return 4;
    if (to.family == FAMILY_4)
        return 3;
    return to.bytes[0] == 0xfe ? 2 : 1;
}

static nt_status read_list(struct ioctl *ioctl, struct list *list)
{
    INT count;
    nt_status status = ioctl_read(ioctl, &count, sizeof count);
    if (!nt_success(status))
        return status;
    if (count < 0 || count > LIST_MAX || ioctl->in_size < SIZEOF_SOCKET_ADDRESS_LIST((size_t)count))
        return STATUS_INVALID_PARAMETER;
    for (INT i = 0; i < count; i++) {
        SOCKET_ADDRESS entry;
        struct name name;
        memory_read(&ioctl->call, &entry,
                    (const CHAR *)ioctl->in + SIZEOF_SOCKET_ADDRESS_LIST((size_t)i), sizeof entry);
        status = name_read(&ioctl->call, entry.lpSockaddr, entry.iSockaddrLength,
                           (enum family)ioctl->socket->kind.family, &name);
        if (!nt_success(status))
            return STATUS_INVALID_PARAMETER;
        list->all[i] = name.address;
        list->ports[i] = name.port;
    }
    list->count = (DWORD)count;
    return STATUS_SUCCESS;
}

/* Input and output may be the same buffer. Equal ones keep their order. */
nt_status query_sort(struct ioctl *ioctl)
{
    struct list list = {0};
    nt_status status = read_list(ioctl, &list);
    if (!nt_success(status))
        return status;
    for (DWORD i = 1; i < list.count; i++)
        for (DWORD k = i; k > 0 && rank(ioctl, &list.all[k]) < rank(ioctl, &list.all[k - 1]); k--) {
            const struct address address = list.all[k];
            uint16_t port = list.ports[k];
            list.all[k] = list.all[k - 1];
            list.ports[k] = list.ports[k - 1];
            list.all[k - 1] = address;
            list.ports[k - 1] = port;
        }
    return store_list(ioctl, &list);
}

/* ---- Interfaces ------------------------------------------------------------------------------ */

static const struct address everywhere = {.family = FAMILY_4, .bytes = {255, 255, 255, 255}};

static ULONG flags_of(const struct ioctl *ioctl, const struct interface *interface)
{
    bool loopback = interface->index == INTERFACE_LOOPBACK;
    ULONG flags = loopback ? IFF_LOOPBACK | IFF_MULTICAST : IFF_BROADCAST | IFF_MULTICAST;
    return afd_interface_is_up(ioctl->call.winsock->afd, interface->index) ? flags | IFF_UP : flags;
}

static sockaddr_gen generic(const struct address *address)
{
    union name_buffer buffer;
    sockaddr_gen out;
    const struct name name = {*address, 0};
    name_encode(&name, &buffer);
    memset(&out, 0, sizeof out);
    memcpy(&out, &buffer.in, sizeof buffer.in);
    return out;
}

/* Of IPv4, whatever the socket's family; the broadcast address is the one of all networks, as
 * Windows has it.
 */
nt_status query_interfaces(struct ioctl *ioctl)
{
    INTERFACE_INFO all[INTERFACE_COUNT];
    memset(all, 0, sizeof all);
    for (uint32_t i = 0; i < INTERFACE_COUNT; i++) {
        const struct address *own = interface_address(&interfaces[i], FAMILY_4);
        const struct address mask =
            interface_mask(interfaces[i].prefixes[own - interfaces[i].addresses]);
        all[i].iiFlags = flags_of(ioctl, &interfaces[i]);
        all[i].iiAddress = generic(own);
        all[i].iiBroadcastAddress = generic(&everywhere);
        all[i].iiNetmask = generic(&mask);
    }
    return ioctl_store(ioctl, all, sizeof all);
}

/* The same for each address of both families, as SOCKET_ADDRESSes that point behind the list. */
nt_status query_interfaces_ex(struct ioctl *ioctl)
{
    union name_buffer buffer;
    DWORD count = 0;
    for (uint32_t i = 0; i < INTERFACE_COUNT; i++)
        count += interfaces[i].address_count;
    DWORD size = count * (DWORD)(sizeof(INTERFACE_INFO_EX) + sizeof(SOCKADDR_IN6));
    if (!ioctl_may_write(ioctl, size))
        return STATUS_ACCESS_VIOLATION;
    INTERFACE_INFO_EX *out = ioctl->out;
    CHAR *names = (CHAR *)(out + count);
    for (uint32_t i = 0; i < INTERFACE_COUNT; i++)
        for (uint32_t k = 0; k < interfaces[i].address_count; k++) {
            const struct name own = {interfaces[i].addresses[k], 0};
            INTERFACE_INFO_EX info = {.iiFlags = flags_of(ioctl, &interfaces[i])};
            memset(&buffer, 0, sizeof buffer);
            info.iiAddress.iSockaddrLength = name_encode(&own, &buffer);
            info.iiAddress.lpSockaddr = (LPSOCKADDR)(void *)names;
            memory_write(&ioctl->call, names, &buffer, sizeof(SOCKADDR_IN6));
            memory_write(&ioctl->call, out++, &info, sizeof info);
            names += sizeof(SOCKADDR_IN6);
        }
    ioctl->stored = size;
    return STATUS_SUCCESS;
}

/* The address of a broadcast on this socket, for sendto. */
nt_status query_broadcast(struct ioctl *ioctl)
{
    union name_buffer buffer;
    const struct name name = {everywhere, 0};
    if (ioctl->socket->kind.family != FAMILY_4 || ioctl->socket->kind.protocol == PROTOCOL_TCP)
        return STATUS_NOT_SUPPORTED;
    return ioctl_store(ioctl, &buffer, (DWORD)name_encode(&name, &buffer));
}
