/* Control codes that set something. */
#include "sim/winsock/ioctl.h"

#include <mstcpip.h>
#include <mswsock.h>

#include "sim/afd/socket.h"
#include "sim/winsock/memory.h"

/* While events are selected the socket stays non-blocking (row 12). */
nt_status setting_non_blocking(struct ioctl *ioctl)
{
    u_long on;
    nt_status status = ioctl_read(ioctl, &on, sizeof on);
    if (!nt_success(status)) {
        ioctl->keeps_count = true;
        return status;
    }
    ioctl->call.arguments[2] = on;
    if (on == 0 && socket_has_selection(ioctl->socket) &&
        BEHAVES(socket_profile(ioctl->socket), selected_fionbio, refused))
        return STATUS_INVALID_PARAMETER;
    ioctl->socket->non_blocking = on != 0;
    return STATUS_SUCCESS;
}

nt_status setting_keep_alive(struct ioctl *ioctl)
{
    struct tcp_keepalive values;
    if (ioctl->socket->kind.protocol != PROTOCOL_TCP)
        return STATUS_INVALID_INFO_CLASS; /* the generic page's own example */
    nt_status status = ioctl_read(ioctl, &values, sizeof values);
    if (!nt_success(status))
        return status;
    ioctl->call.arguments[2] = values.onoff;
    return socket_set_keep_alive(ioctl->socket, values.onoff != 0, values.keepalivetime,
                                 values.keepaliveinterval);
}

/* SIO_TCP_INITIAL_RTO: of each, "unspecified" and "default" are what the system has. */
nt_status setting_initial_rto(struct ioctl *ioctl)
{
    TCP_INITIAL_RTO_PARAMETERS values;
    if (ioctl->socket->kind.protocol != PROTOCOL_TCP)
        return STATUS_NOT_SUPPORTED;
    nt_status status = ioctl_read(ioctl, &values, sizeof values);
    if (!nt_success(status))
        return status;
    uint32_t first_ms = values.Rtt == TCP_INITIAL_RTO_UNSPECIFIED_RTT ? 0 : values.Rtt;
    uint32_t syns = values.MaxSynRetransmissions + 1u;
    if (values.MaxSynRetransmissions == TCP_INITIAL_RTO_NO_SYN_RETRANSMISSIONS)
        syns = 1;
    else if (values.MaxSynRetransmissions == TCP_INITIAL_RTO_UNSPECIFIED_MAX_SYN_RETRANSMISSIONS ||
             values.MaxSynRetransmissions == TCP_INITIAL_RTO_DEFAULT_MAX_SYN_RETRANSMISSIONS)
        syns = 0;
    ioctl->call.arguments[2] = first_ms << 16 | syns;
    status = socket_set_option(ioctl->socket, SOCKET_FIRST_SYN_MS, first_ms);
    return nt_success(status) ? socket_set_option(ioctl->socket, SOCKET_SYNS, syns) : status;
}

nt_status setting_ack_frequency(struct ioctl *ioctl)
{
    TCP_ACK_FREQUENCY_PARAMETERS values;
    if (ioctl->socket->kind.protocol != PROTOCOL_TCP)
        return STATUS_NOT_SUPPORTED;
    nt_status status = ioctl_read(ioctl, &values, sizeof values);
    if (!nt_success(status))
        return status;
    ioctl->call.arguments[2] = values.TcpDelayedAckFrequency;
    return socket_set_option(ioctl->socket, SOCKET_ACK_FREQUENCY, values.TcpDelayedAckFrequency);
}

nt_status setting_affinity(struct ioctl *ioctl)
{
    USHORT processor;
    nt_status status = ioctl_read(ioctl, &processor, sizeof processor);
    if (!nt_success(status))
        return status;
    ioctl->call.arguments[2] = processor;
    return socket_set_cpu_affinity(ioctl->socket, processor);
}

/* Which option of afd's a code is, and whose. */
struct flag {
    DWORD code;
    enum socket_option option;
    DWORD size; /* the least input */
};

static const struct flag flags[] = {
    {SIO_UDP_CONNRESET, SOCKET_UDP_CONNRESET, sizeof(BOOL)},
    {SIO_UDP_NETRESET, SOCKET_UDP_NETRESET, sizeof(BOOL)},
    {SIO_LOOPBACK_FAST_PATH, SOCKET_LOOPBACK_FAST_PATH, sizeof(DWORD)},
    {SIO_MULTIPOINT_LOOPBACK, SOCKET_MULTICAST_LOOP, sizeof(BOOL)},
    {SIO_MULTICAST_SCOPE, SOCKET_MULTICAST_TTL, sizeof(int)},
};

nt_status setting_flag(struct ioctl *ioctl)
{
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        DWORD value;
        if (flags[i].code != ioctl->code)
            continue;
        nt_status status = ioctl_read(ioctl, &value, flags[i].size);
        if (!nt_success(status))
            return status;
        ioctl->call.arguments[2] = value;
        enum socket_option option = flags[i].option;
        if (ioctl->socket->kind.family == FAMILY_6 && option == SOCKET_MULTICAST_LOOP)
            option = SOCKET_MULTICAST_LOOP_6;
        if (ioctl->socket->kind.family == FAMILY_6 && option == SOCKET_MULTICAST_TTL)
            option = SOCKET_MULTICAST_HOPS;
        status = socket_set_option(ioctl->socket, option, value);
        return status == STATUS_INVALID_INFO_CLASS ? STATUS_NOT_SUPPORTED : status;
    }
    return STATUS_NOT_SUPPORTED;
}

/* Everything that passes: a raw socket of one address, and an administrator behind it (SIO_RCVALL
 * page). Nothing passes by here, so that nothing comes of it.
 */
nt_status setting_receive_all(struct ioctl *ioctl)
{
    DWORD mode;
    const struct socket_object *socket = ioctl->socket;
    if (socket->kind.protocol != PROTOCOL_RAW)
        return STATUS_INVALID_PARAMETER;
    nt_status status = ioctl_read(ioctl, &mode, sizeof mode);
    if (!nt_success(status))
        return status;
    if (!ioctl->call.process->token.administrator)
        return STATUS_ACCESS_DENIED;
    if (mode > RCVALL_MAX || !socket->has_local || address_is_wildcard(&socket->local))
        return STATUS_INVALID_PARAMETER;
    ioctl->call.arguments[2] = mode;
    return STATUS_SUCCESS;
}

/* SIO_ENABLE_CIRCULAR_QUEUEING: full receive queues drop the oldest datagram; no queue here has a
 * provider's own limit (row 24).
 */
nt_status setting_nothing(struct ioctl *ioctl)
{
    return ioctl->socket->kind.protocol == PROTOCOL_UDP ? STATUS_SUCCESS : STATUS_NOT_SUPPORTED;
}

/* Seen to be unknown to TCP/IP (row 18); the reservation pages say what it does where it is known.
 */
nt_status setting_flush(struct ioctl *ioctl)
{
    if (BEHAVES(ioctl->call.profile, flush_reservations, aborted))
        socket_abort_control(ioctl->socket);
    if (!BEHAVES(ioctl->call.profile, sio_flush, cancels))
        return nt_status_from_wsa(BEHAVIOUR_VALUE(ioctl->call.profile, sio_flush));
    return socket_flush(ioctl->socket);
}
