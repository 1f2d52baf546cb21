/* Control codes that ask something. */
#include "sim/winsock/ioctl.h"

#include <string.h>

#include <mstcpip.h>
#include <ws2tcpip.h>

#include "sim/afd/socket.h"
#include "sim/tcpip/tcp_info.h"
#include "sim/winsock/extension.h"
#include "sim/winsock/memory.h"

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

/* Which of the two a code waits for; the ideal backlog never changes. */
nt_status query_change(struct ioctl *ioctl)
{
    bool backlog = ioctl->code == SIO_IDEAL_SEND_BACKLOG_CHANGE;
    if (backlog && ioctl->socket->kind.protocol != PROTOCOL_TCP)
        return STATUS_NOT_SUPPORTED;
    if (backlog && ioctl->socket->state != SOCKET_CONNECTED)
        return STATUS_INVALID_CONNECTION;
    if (backlog)
        return socket_wait_for_change(ioctl->io, 0);
    return socket_wait_for_change(
        ioctl->io, ioctl->code == SIO_ADDRESS_LIST_CHANGE ? IO_ADDRESS_CHANGE : IO_ROUTE_CHANGE);
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
