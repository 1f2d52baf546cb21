/* SIO_GET_MULTICAST_FILTER, SIO_SET_MULTICAST_FILTER, and SIOCGMSFILTER, SIOCSMSFILTER of both
 * families: a membership with all its sources (RFC 3678's ipmsfilter and sourcefilter).
 */
#include "sim/winsock/ioctl.h"

#include <stddef.h>
#include <string.h>

#include <ws2tcpip.h>

#include "sim/afd/socket.h"
#include "sim/tcpip/udp.h"
#include "sim/winsock/membership.h"
#include "sim/winsock/memory.h"

struct filter_request {
    struct address group;
    uint32_t interface;
    struct udp_filter filter;
};

static bool is_group_form(const struct ioctl *ioctl)
{
    return ioctl->code == SIOCSMSFILTER || ioctl->code == SIOCGMSFILTER;
}

static struct address address_4(IN_ADDR in)
{
    struct address address = {.family = FAMILY_4};
    memcpy(address.bytes, &in, sizeof in);
    return address;
}

/* The head of the structure; how many sources it says follow in *count. */
static nt_status read_head(const struct ioctl *ioctl, struct filter_request *out, ULONG *count)
{
    IP_MSFILTER old;
    GROUP_FILTER new;
    nt_status status;
    memset(out, 0, sizeof *out);
    if (is_group_form(ioctl)) {
        status = ioctl_read(ioctl, &new, GROUP_FILTER_SIZE(0));
        if (!nt_success(status))
            return status;
        out->interface = new.gf_interface;
        out->filter.includes = new.gf_fmode == MCAST_INCLUDE;
        *count = new.gf_numsrc;
        return membership_address(&new.gf_group, &out->group) ? STATUS_SUCCESS
                                                              : STATUS_INVALID_PARAMETER;
    }
    status = ioctl_read(ioctl, &old, IP_MSFILTER_SIZE(0));
    if (!nt_success(status))
        return status;
    out->interface = membership_interface(old.imsf_interface);
    out->group = address_4(old.imsf_multiaddr);
    out->filter.includes = old.imsf_fmode == MCAST_INCLUDE;
    *count = old.imsf_numsrc;
    return STATUS_SUCCESS;
}

/* The caller's structures need not be aligned: their members are never named here. */
static nt_status read_sources(const struct ioctl *ioctl, struct filter_request *out, ULONG count)
{
    bool groups = is_group_form(ioctl);
    if (count > UDP_FILTER_MAX)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (!ioctl_may_read(ioctl,
                        (DWORD)(groups ? GROUP_FILTER_SIZE(count) : IP_MSFILTER_SIZE(count))))
        return STATUS_ACCESS_VIOLATION;
    for (ULONG i = 0; i < count; i++) {
        SOCKADDR_STORAGE storage;
        IN_ADDR in;
        if (groups) {
            memory_read(&ioctl->call, &storage, (const CHAR *)ioctl->in + GROUP_FILTER_SIZE(i),
                        sizeof storage);
            if (!membership_address(&storage, &out->filter.sources[i]))
                return STATUS_INVALID_PARAMETER;
            continue;
        }
        memory_read(&ioctl->call, &in, (const CHAR *)ioctl->in + IP_MSFILTER_SIZE(i), sizeof in);
        out->filter.sources[i] = address_4(in);
    }
    out->filter.count = count;
    return STATUS_SUCCESS;
}

nt_status setting_filter(struct ioctl *ioctl)
{
    struct filter_request request;
    ULONG count = 0;
    if (ioctl->socket->kind.protocol != PROTOCOL_UDP)
        return STATUS_NOT_SUPPORTED;
    nt_status status = read_head(ioctl, &request, &count);
    if (nt_success(status) && request.group.family != (enum family)ioctl->socket->kind.family)
        status = STATUS_INVALID_PARAMETER;
    if (nt_success(status))
        status = read_sources(ioctl, &request, count);
    if (!nt_success(status))
        return status;
    return udp_set_filter(ioctl->socket->endpoint, &request.group, request.interface,
                          &request.filter);
}

/* The structure comes back with as many sources as there is room for, and how many there are. */
static nt_status store_old(struct ioctl *ioctl, const struct filter_request *request, ULONG room)
{
    CHAR *out = ioctl->out;
    const struct udp_filter *filter = &request->filter;
    const MULTICAST_MODE_TYPE mode = filter->includes ? MCAST_INCLUDE : MCAST_EXCLUDE;
    const ULONG count = filter->count;
    ULONG fit = count < room ? count : room;
    memory_write(&ioctl->call, out, ioctl->in, IP_MSFILTER_SIZE(0));
    memory_write(&ioctl->call, out + offsetof(IP_MSFILTER, imsf_fmode), &mode, sizeof mode);
    memory_write(&ioctl->call, out + offsetof(IP_MSFILTER, imsf_numsrc), &count, sizeof count);
    for (ULONG i = 0; i < fit; i++)
        memory_write(&ioctl->call, out + IP_MSFILTER_SIZE(i), filter->sources[i].bytes,
                     sizeof(IN_ADDR));
    ioctl->stored = (DWORD)IP_MSFILTER_SIZE(fit);
    return STATUS_SUCCESS;
}

static nt_status store_new(struct ioctl *ioctl, const struct filter_request *request, ULONG room)
{
    CHAR *out = ioctl->out;
    const struct udp_filter *filter = &request->filter;
    const MULTICAST_MODE_TYPE mode = filter->includes ? MCAST_INCLUDE : MCAST_EXCLUDE;
    const ULONG count = filter->count;
    ULONG fit = count < room ? count : room;
    memory_write(&ioctl->call, out, ioctl->in, GROUP_FILTER_SIZE(0));
    memory_write(&ioctl->call, out + offsetof(GROUP_FILTER, gf_fmode), &mode, sizeof mode);
    memory_write(&ioctl->call, out + offsetof(GROUP_FILTER, gf_numsrc), &count, sizeof count);
    for (ULONG i = 0; i < fit; i++) {
        SOCKADDR_STORAGE storage;
        membership_storage(&filter->sources[i], &storage);
        memory_write(&ioctl->call, out + GROUP_FILTER_SIZE(i), &storage, sizeof storage);
    }
    ioctl->stored = (DWORD)GROUP_FILTER_SIZE(fit);
    return STATUS_SUCCESS;
}

nt_status query_filter(struct ioctl *ioctl)
{
    struct filter_request request;
    ULONG room = 0;
    DWORD head = (DWORD)(is_group_form(ioctl) ? GROUP_FILTER_SIZE(0) : IP_MSFILTER_SIZE(0));
    size_t each = is_group_form(ioctl) ? sizeof(SOCKADDR_STORAGE) : sizeof(IN_ADDR);
    if (ioctl->socket->kind.protocol != PROTOCOL_UDP)
        return STATUS_NOT_SUPPORTED;
    nt_status status = read_head(ioctl, &request, &room);
    if (!nt_success(status))
        return status;
    if (!ioctl_may_write(ioctl, head) || !ioctl_may_write(ioctl, ioctl->out_size))
        return STATUS_ACCESS_VIOLATION;
    status =
        udp_get_filter(ioctl->socket->endpoint, &request.group, request.interface, &request.filter);
    if (!nt_success(status))
        return status;
    room = (ULONG)((ioctl->out_size - head) / each);
    return is_group_form(ioctl) ? store_new(ioctl, &request, room)
                                : store_old(ioctl, &request, room);
}
