/* Control codes that ask something. */
#include "sim/winsock/ioctl.h"

#include <string.h>

#include <mstcpip.h>
#include <ws2tcpip.h>

#include "sim/afd/socket.h"
#include "sim/tcpip/place.h"
#include "sim/tcpip/tcp_info.h"
#include "sim/winsock/extension.h"
#include "sim/winsock/memory.h"
#include "sim/winsock/name.h"

/* ---- The socket ------------------------------------------------------------------------------ */

static nt_status answer_long(struct ioctl *ioctl, u_long value)
{
    nt_status status = ioctl_store(ioctl, &value, sizeof value);
    ioctl->keeps_count = !nt_success(status); /* row 3 */
    return status;
}

nt_status query_readable(struct ioctl *ioctl)
{
    return answer_long(ioctl, socket_readable_bytes(ioctl->socket));
}

nt_status query_mark(struct ioctl *ioctl)
{
    return answer_long(ioctl, socket_at_mark(ioctl->socket));
}

nt_status query_base_handle(struct ioctl *ioctl)
{
    const SOCKET own = ioctl->call.subject;
    if (ioctl->delivery.overlapped)
        return STATUS_NOT_SUPPORTED; /* row 22 */
    return ioctl_store(ioctl, &own, sizeof own);
}

/* The handle below for select, WSAPoll and others: the base provider's is its own. */
nt_status query_provider_handle(struct ioctl *ioctl)
{
    const SOCKET own = ioctl->call.subject;
    return ioctl_store(ioctl, &own, sizeof own);
}

nt_status query_extension(struct ioctl *ioctl)
{
    GUID id;
    nt_status status = ioctl_read(ioctl, &id, sizeof id);
    if (!nt_success(status))
        return status;
    extension_function *function = extension_find(&id);
    if (function == NULL) {
        ioctl->keeps_count = true; /* row 21 */
        return STATUS_INVALID_PARAMETER;
    }
    return ioctl_store(ioctl, &function, sizeof function);
}

enum { IDEAL_BACKLOG = 0x10000 };

/* Row 23. */
nt_status query_backlog(struct ioctl *ioctl)
{
    const ULONG backlog = IDEAL_BACKLOG;
    if (ioctl->socket->kind.protocol != PROTOCOL_TCP)
        return STATUS_NOT_SUPPORTED;
    if (ioctl->socket->state != SOCKET_CONNECTED)
        return STATUS_INVALID_CONNECTION;
    return ioctl_store(ioctl, &backlog, sizeof backlog);
}

/* What may never happen on this machine is waited for until it is cancelled: addresses and routes
 * stay as they are, and the ideal backlog too.
 */
nt_status query_change(struct ioctl *ioctl)
{
    bool backlog = ioctl->code == SIO_IDEAL_SEND_BACKLOG_CHANGE;
    if (backlog && ioctl->socket->kind.protocol != PROTOCOL_TCP)
        return STATUS_NOT_SUPPORTED;
    if (backlog && ioctl->socket->state != SOCKET_CONNECTED)
        return STATUS_INVALID_CONNECTION;
    return socket_address_list_change(ioctl->io);
}

static ULONG to_ms(uint64_t ns)
{
    return (ULONG)(ns / 1000000u);
}

static void fill_limits(TCP_INFO_v1 *to, const struct tcp_limited *limited)
{
    to->SndLimTransRwin = limited[LIMIT_PEER].times;
    to->SndLimTimeRwin = to_ms(limited[LIMIT_PEER].ns);
    to->SndLimBytesRwin = limited[LIMIT_PEER].bytes;
    to->SndLimTransCwnd = limited[LIMIT_WIRE].times;
    to->SndLimTimeCwnd = to_ms(limited[LIMIT_WIRE].ns);
    to->SndLimBytesCwnd = limited[LIMIT_WIRE].bytes;
    to->SndLimTransSnd = limited[LIMIT_SENDER].times;
    to->SndLimTimeSnd = to_ms(limited[LIMIT_SENDER].ns);
    to->SndLimBytesSnd = limited[LIMIT_SENDER].bytes;
}

static void fill_tcp_info(TCP_INFO_v1 *to, const struct tcp_info *info)
{
    *to = (TCP_INFO_v1){
        .State = (TCPSTATE)info->state,
        .Mss = info->segment,
        .ConnectionTimeMs = info->lasted_ns / 1000000u,
        .RttUs = info->round_trip_us,
        .MinRttUs = info->least_us,
        .BytesInFlight = info->in_flight,
        .Cwnd = info->congestion_window,
        .SndWnd = info->send_window,
        .RcvWnd = info->receive_window,
        .RcvBuf = info->receive_buffer,
        .BytesOut = info->bytes_out,
        .BytesIn = info->bytes_in,
        .BytesReordered = (ULONG)info->bytes_early,
        .BytesRetrans = (ULONG)info->bytes_again,
        .FastRetrans = info->fast_again,
        .DupAcksIn = info->duplicates,
        .TimeoutEpisodes = info->timeouts,
        .SynRetrans = (UCHAR)info->syns_again,
    };
    fill_limits(to, info->limited);
}

/* SIO_TCP_INFO: the version is the input. One is the beginning of the next. */
nt_status query_tcp_info(struct ioctl *ioctl)
{
    _Static_assert(offsetof(TCP_INFO_v1, SndLimTransRwin) == sizeof(TCP_INFO_v0), "one extends");
    DWORD version;
    struct tcp_info info;
    TCP_INFO_v1 answer;
    const struct socket_object *socket = ioctl->socket;
    if (socket->kind.protocol != PROTOCOL_TCP)
        return STATUS_NOT_SUPPORTED;
    nt_status status = ioctl_read(ioctl, &version, sizeof version);
    if (!nt_success(status))
        return status;
    if (version > 1)
        return STATUS_INVALID_PARAMETER;
    if (socket->state != SOCKET_CONNECTED)
        return STATUS_INVALID_CONNECTION;
    status = tcp_info(socket->endpoint, &info);
    if (!nt_success(status))
        return status;
    fill_tcp_info(&answer, &info);
    answer.TimestampsEnabled = rare_option(socket, SOCKET_TIMESTAMPS) != 0;
    return ioctl_store(ioctl, &answer, version == 0 ? sizeof(TCP_INFO_v0) : sizeof answer);
}

/* ---- Addresses and routes -------------------------------------------------------------------- */

static const struct address own_4 = {.family = FAMILY_4, .bytes = {192, 168, 1, 10}};
static const struct address mask_4 = {.family = FAMILY_4, .bytes = {255, 255, 255, 0}};
static const struct address broadcast_4 = {.family = FAMILY_4, .bytes = {192, 168, 1, 255}};
static const struct address loopback_4 = {.family = FAMILY_4, .bytes = {127, 0, 0, 1}};
static const struct address loopback_mask = {.family = FAMILY_4, .bytes = {255, 0, 0, 0}};
static const struct address own_6[] = {
    {.family = FAMILY_6, .bytes = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10}},
    {.family = FAMILY_6,
     .bytes = {0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10},
     .scope = 1},
};

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
    const struct name own = {place_address(&from, family), 0};
    DWORD size = (DWORD)name_encode(&own, &source);
    ioctl->keeps_count = ioctl->out == NULL;
    ioctl->needed = size;
    return ioctl_store(ioctl, &source, size);
}

enum { ADDRESSES_MAX = sizeof own_6 / sizeof own_6[0] };

/* The list, then the addresses it points to, in the caller's own buffer (rows 29 and 30). */
nt_status query_addresses(struct ioctl *ioctl)
{
    struct {
        INT count;
        SOCKET_ADDRESS entries[ADDRESSES_MAX];
    } list;
    union name_buffer names[ADDRESSES_MAX];
    bool is_4 = ioctl->socket->kind.family == FAMILY_4;
    const struct address *own = is_4 ? &own_4 : own_6;
    DWORD count = is_4 ? 1 : ADDRESSES_MAX;
    DWORD head = (DWORD)SIZEOF_SOCKET_ADDRESS_LIST(count);
    DWORD each = is_4 ? (DWORD)sizeof(SOCKADDR_IN) : (DWORD)sizeof(SOCKADDR_IN6);
    DWORD size = head + count * each;

    if (ioctl->out != NULL && ioctl->out_size > 0 && ioctl->out_size < sizeof(INT))
        return STATUS_INVALID_PARAMETER;
    ioctl->needed = size;
    if (!ioctl_may_write(ioctl, size))
        return STATUS_ACCESS_VIOLATION;
    memset(&list, 0, sizeof list);
    list.count = (INT)count;
    for (DWORD i = 0; i < count; i++) {
        const struct name name = {own[i], 0};
        CHAR *at = (CHAR *)ioctl->out + head + i * each;
        list.entries[i].iSockaddrLength = name_encode(&name, &names[i]);
        list.entries[i].lpSockaddr = (LPSOCKADDR)(void *)at;
        memory_write(&ioctl->call, at, &names[i], each);
    }
    memory_write(&ioctl->call, ioctl->out, &list, head);
    ioctl->stored = size;
    return STATUS_SUCCESS;
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

nt_status query_interfaces(struct ioctl *ioctl)
{
    INTERFACE_INFO interfaces[2];
    memset(interfaces, 0, sizeof interfaces);
    interfaces[0].iiFlags = IFF_UP | IFF_BROADCAST | IFF_MULTICAST;
    interfaces[0].iiAddress = generic(&own_4);
    interfaces[0].iiBroadcastAddress = generic(&broadcast_4);
    interfaces[0].iiNetmask = generic(&mask_4);
    interfaces[1].iiFlags = IFF_UP | IFF_LOOPBACK | IFF_MULTICAST;
    interfaces[1].iiAddress = generic(&loopback_4);
    interfaces[1].iiBroadcastAddress = generic(&broadcast_4);
    interfaces[1].iiNetmask = generic(&loopback_mask);
    return ioctl_store(ioctl, interfaces, sizeof interfaces);
}

/* The address of a broadcast on this socket, for sendto. */
nt_status query_broadcast(struct ioctl *ioctl)
{
    static const struct address everywhere = {.family = FAMILY_4, .bytes = {255, 255, 255, 255}};
    union name_buffer buffer;
    const struct name name = {everywhere, 0};
    if (ioctl->socket->kind.family != FAMILY_4 || ioctl->socket->kind.protocol == PROTOCOL_TCP)
        return STATUS_NOT_SUPPORTED;
    return ioctl_store(ioctl, &buffer, (DWORD)name_encode(&name, &buffer));
}
