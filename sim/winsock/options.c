#include "sim/winsock/options.h"

#include <limits.h>
#include <string.h>

#include <mswsock.h>
#include <ws2ipdef.h>

#include "sim/winsock/membership.h"
#include "sim/winsock/memory.h"
#include "sim/winsock/name.h"
#include "sim/winsock/protocol.h"

/* How an option travels. Sizes: winsock-behaviour rows 225 to 241. */
enum form {
    FORM_BOOL,   /* a BOOL; any size may be set, what is there is read */
    FORM_BYTE,   /* one byte is read and written, whatever the buffer */
    FORM_LONG,   /* four bytes, no fewer */
    FORM_NUMBER, /* one to four bytes are read and written */
    FORM_REPORT, /* asks for control data: four bytes, no fewer; a get of fewer tells 0 */
};

struct option_name {
    int level, name;
    enum socket_option option;
    enum form form;
};

/* clang-format off */
static const struct option_name names[] = {
    {SOL_SOCKET,   SO_REUSEADDR,           SOCKET_REUSE_ADDRESS,        FORM_BOOL},
    {SOL_SOCKET,   SO_EXCLUSIVEADDRUSE,    SOCKET_EXCLUSIVE_ADDRESS,    FORM_BOOL},
    {SOL_SOCKET,   SO_BROADCAST,           SOCKET_BROADCAST,            FORM_BOOL},
    {SOL_SOCKET,   SO_DEBUG,               SOCKET_DEBUG,                FORM_BOOL},
    {SOL_SOCKET,   SO_OOBINLINE,           SOCKET_OOB_INLINE,           FORM_BOOL},
    {SOL_SOCKET,   SO_DONTROUTE,           SOCKET_DONT_ROUTE,           FORM_BYTE},
    {SOL_SOCKET,   SO_KEEPALIVE,           SOCKET_KEEP_ALIVE,           FORM_BYTE},
    {SOL_SOCKET,   SO_RCVBUF,              SOCKET_RECEIVE_BUFFER,       FORM_LONG},
    {SOL_SOCKET,   SO_SNDBUF,              SOCKET_SEND_BUFFER,          FORM_LONG},
    {SOL_SOCKET,   SO_RCVTIMEO,            SOCKET_RECEIVE_TIMEOUT,      FORM_LONG},
    {SOL_SOCKET,   SO_SNDTIMEO,            SOCKET_SEND_TIMEOUT,         FORM_LONG},
    {SOL_SOCKET,   SO_ERROR,               SOCKET_ERROR_CODE,           FORM_LONG},
    {SOL_SOCKET,   SO_RANDOMIZE_PORT,      SOCKET_RANDOMIZE_PORT,       FORM_BOOL},
    {SOL_SOCKET,   SO_PORT_SCALABILITY,    SOCKET_PORT_SCALABILITY,     FORM_BOOL},
    {SOL_SOCKET,   SO_REUSE_UNICASTPORT,   SOCKET_REUSE_UNICAST_PORT,   FORM_BOOL},
    {SOL_SOCKET,   SO_REUSE_MULTICASTPORT, SOCKET_REUSE_MULTICAST_PORT, FORM_BOOL},
    {SOL_SOCKET,   SO_ACCEPTCONN,          SOCKET_ACCEPTS,              FORM_BOOL},
    {SOL_SOCKET,   SO_CONNECT_TIME,        SOCKET_CONNECT_TIME,         FORM_LONG},
    {SOL_SOCKET,   SO_MAX_MSG_SIZE,        SOCKET_MAX_MESSAGE_SIZE,     FORM_LONG},
    {SOL_SOCKET,   SO_CONDITIONAL_ACCEPT,  SOCKET_CONDITIONAL_ACCEPT,   FORM_BOOL},
    {SOL_SOCKET,   SO_PAUSE_ACCEPT,        SOCKET_PAUSE_ACCEPT,         FORM_BOOL},
    {SOL_SOCKET,   SO_GROUP_PRIORITY,      SOCKET_GROUP_PRIORITY,       FORM_LONG},
    {SOL_SOCKET,   SO_COMPARTMENT_ID,      SOCKET_COMPARTMENT,          FORM_LONG},
    {IPPROTO_TCP,  TCP_NODELAY,            SOCKET_NO_DELAY,             FORM_BYTE},
    {IPPROTO_TCP,  TCP_EXPEDITED_1122,     SOCKET_EXPEDITED_1122,       FORM_NUMBER},
    {IPPROTO_TCP,  TCP_BSDURGENT,          SOCKET_EXPEDITED_1122,       FORM_NUMBER},
    {IPPROTO_TCP,  TCP_KEEPIDLE,           SOCKET_KEEP_IDLE,            FORM_LONG},
    {IPPROTO_TCP,  TCP_KEEPCNT,            SOCKET_KEEP_COUNT,           FORM_LONG},
    {IPPROTO_TCP,  TCP_KEEPINTVL,          SOCKET_KEEP_INTERVAL,        FORM_LONG},
    {IPPROTO_TCP,  TCP_MAXSEG,             SOCKET_MAX_SEGMENT,          FORM_LONG},
    {IPPROTO_TCP,  TCP_MAXRT,              SOCKET_MAX_RETRANSMIT,       FORM_LONG},
    {IPPROTO_TCP,  TCP_MAXRTMS,            SOCKET_MAX_RETRANSMIT_MS,    FORM_LONG},
    {IPPROTO_TCP,  TCP_STDURG,             SOCKET_STD_URGENT,           FORM_NUMBER},
    {IPPROTO_TCP,  TCP_NOSYNRETRIES,       SOCKET_NO_SYN_RETRIES,       FORM_NUMBER},
    {IPPROTO_TCP,  TCP_TIMESTAMPS,         SOCKET_TIMESTAMPS,           FORM_NUMBER},
    {IPPROTO_TCP,  TCP_DELAY_FIN_ACK,      SOCKET_DELAY_FIN_ACK,        FORM_NUMBER},
    {IPPROTO_TCP,  TCP_FASTOPEN,           SOCKET_FAST_OPEN,            FORM_NUMBER},
    {IPPROTO_TCP,  TCP_FAIL_CONNECT_ON_ICMP_ERROR, SOCKET_FAIL_ON_ICMP_ERROR, FORM_NUMBER},
    {IPPROTO_UDP,  UDP_NOCHECKSUM,         SOCKET_NO_CHECKSUM,          FORM_NUMBER},
    {IPPROTO_UDP,  UDP_SEND_MSG_SIZE,      SOCKET_SEND_MESSAGE_SIZE,    FORM_LONG},
    {IPPROTO_UDP,  UDP_RECV_MAX_COALESCED_SIZE, SOCKET_RECEIVE_COALESCED, FORM_LONG},
    {IPPROTO_IP,   IP_TTL,                 SOCKET_TTL,                  FORM_NUMBER},
    {IPPROTO_IP,   IP_TOS,                 SOCKET_TOS,                  FORM_NUMBER},
    {IPPROTO_IP,   IP_DONTFRAGMENT,        SOCKET_DONT_FRAGMENT,        FORM_NUMBER},
    {IPPROTO_IP,   IP_HDRINCL,             SOCKET_HEADER_INCLUDED,      FORM_NUMBER},
    {IPPROTO_IP,   IP_MULTICAST_TTL,       SOCKET_MULTICAST_TTL,        FORM_NUMBER},
    {IPPROTO_IP,   IP_MULTICAST_LOOP,      SOCKET_MULTICAST_LOOP,       FORM_NUMBER},
    {IPPROTO_IP,   IP_MULTICAST_IF,        SOCKET_MULTICAST_IF,         FORM_LONG},
    {IPPROTO_IP,   IP_UNICAST_IF,          SOCKET_UNICAST_IF,           FORM_LONG},
    {IPPROTO_IP,   IP_PKTINFO,             SOCKET_PACKET_INFO,          FORM_REPORT},
    {IPPROTO_IP,   IP_RECVTTL,             SOCKET_RECEIVE_TTL,          FORM_REPORT},
    {IPPROTO_IP,   IP_RECVTOS,             SOCKET_RECEIVE_TOS,          FORM_REPORT},
    {IPPROTO_IP,   IP_RECVECN,             SOCKET_RECEIVE_ECN,          FORM_NUMBER},
    {IPPROTO_IP,   IP_RECEIVE_BROADCAST,   SOCKET_RECEIVE_BROADCAST,    FORM_NUMBER},
    {IPPROTO_IP,   IP_RECVERR,             SOCKET_RECEIVE_ERROR,        FORM_NUMBER},
    {IPPROTO_IP,   IP_ORIGINAL_ARRIVAL_IF, SOCKET_ARRIVAL_IF,           FORM_NUMBER},
    {IPPROTO_IP,   IP_IFLIST,              SOCKET_IF_LIST,              FORM_NUMBER},
    {IPPROTO_IP,   IP_RECVIF,              SOCKET_RECEIVE_IF,           FORM_NUMBER},
    {IPPROTO_IP,   IP_RECVDSTADDR,         SOCKET_RECEIVE_DESTINATION,  FORM_NUMBER},
    {IPPROTO_IP,   IP_RTHDR,               SOCKET_ROUTING_HEADER,       FORM_NUMBER},
    {IPPROTO_IP,   IP_RECVRTHDR,           SOCKET_RECEIVE_ROUTING,      FORM_NUMBER},
    {IPPROTO_IP,   IP_PKTINFO_EX,          SOCKET_PACKET_INFO_EX,       FORM_NUMBER},
    {IPPROTO_IP,   IP_WFP_REDIRECT_RECORDS, SOCKET_REDIRECT_RECORDS,    FORM_NUMBER},
    {IPPROTO_IP,   IP_WFP_REDIRECT_CONTEXT, SOCKET_REDIRECT_CONTEXT,    FORM_NUMBER},
    {IPPROTO_IP,   IP_GET_IFLIST,          SOCKET_GET_IF_LIST,          FORM_NUMBER},
    {IPPROTO_IP,   IP_MTU_DISCOVER,        SOCKET_MTU_DISCOVER,         FORM_LONG},
    {IPPROTO_IP,   IP_USER_MTU,            SOCKET_USER_MTU,             FORM_LONG},
    {IPPROTO_IP,   IP_MTU,                 SOCKET_MTU,                  FORM_LONG},
    {IPPROTO_IPV6, IPV6_V6ONLY,            SOCKET_V6_ONLY,              FORM_BYTE},
    {IPPROTO_IPV6, IPV6_UNICAST_HOPS,      SOCKET_HOPS,                 FORM_NUMBER},
    {IPPROTO_IPV6, IPV6_MULTICAST_HOPS,    SOCKET_MULTICAST_HOPS,       FORM_NUMBER},
    {IPPROTO_IPV6, IPV6_MULTICAST_LOOP,    SOCKET_MULTICAST_LOOP_6,     FORM_NUMBER},
    {IPPROTO_IPV6, IPV6_MULTICAST_IF,      SOCKET_MULTICAST_IF_6,       FORM_LONG},
    {IPPROTO_IPV6, IPV6_UNICAST_IF,        SOCKET_UNICAST_IF_6,         FORM_LONG},
    {IPPROTO_IPV6, IPV6_DONTFRAG,          SOCKET_DONT_FRAGMENT_6,      FORM_NUMBER},
    {IPPROTO_IPV6, IPV6_HDRINCL,           SOCKET_HEADER_INCLUDED_6,    FORM_NUMBER},
    {IPPROTO_IPV6, IPV6_PKTINFO,           SOCKET_PACKET_INFO_6,        FORM_REPORT},
    {IPPROTO_IPV6, IPV6_HOPLIMIT,          SOCKET_HOP_LIMIT,            FORM_REPORT},
    {IPPROTO_IPV6, IPV6_RECVTCLASS,        SOCKET_TRAFFIC_CLASS,        FORM_REPORT},
    {IPPROTO_IPV6, IPV6_RECVECN,           SOCKET_RECEIVE_ECN_6,        FORM_NUMBER},
    {IPPROTO_IPV6, IPV6_RECVERR,           SOCKET_RECEIVE_ERROR_6,      FORM_NUMBER},
    {IPPROTO_IPV6, IPV6_IFLIST,            SOCKET_IF_LIST_6,            FORM_NUMBER},
    {IPPROTO_IPV6, IPV6_RECVIF,            SOCKET_RECEIVE_IF,           FORM_NUMBER},
    {IPPROTO_IPV6, IPV6_RECVDSTADDR,       SOCKET_RECEIVE_DESTINATION,  FORM_NUMBER},
    {IPPROTO_IPV6, IPV6_RTHDR,             SOCKET_ROUTING_HEADER,       FORM_NUMBER},
    {IPPROTO_IPV6, IPV6_RECVRTHDR,         SOCKET_RECEIVE_ROUTING,      FORM_NUMBER},
    {IPPROTO_IPV6, IPV6_PKTINFO_EX,        SOCKET_PACKET_INFO_EX,       FORM_NUMBER},
    {IPPROTO_IPV6, IPV6_WFP_REDIRECT_RECORDS, SOCKET_REDIRECT_RECORDS,  FORM_NUMBER},
    {IPPROTO_IPV6, IPV6_WFP_REDIRECT_CONTEXT, SOCKET_REDIRECT_CONTEXT,  FORM_NUMBER},
    {IPPROTO_IPV6, IPV6_GET_IFLIST,        SOCKET_GET_IF_LIST,          FORM_NUMBER},
    {IPPROTO_IPV6, IPV6_PROTECTION_LEVEL,  SOCKET_PROTECTION_LEVEL,     FORM_LONG},
    {IPPROTO_IPV6, IPV6_CHECKSUM,          SOCKET_CHECKSUM_OFFSET,      FORM_LONG},
    {IPPROTO_IPV6, IPV6_MTU_DISCOVER,      SOCKET_MTU_DISCOVER_6,       FORM_LONG},
    {IPPROTO_IPV6, IPV6_USER_MTU,          SOCKET_USER_MTU_6,           FORM_LONG},
    {IPPROTO_IPV6, IPV6_MTU,               SOCKET_MTU,                  FORM_LONG},
};
/* clang-format on */

static const struct option_name *find(int level, int name)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].level == level && names[i].name == name)
            return &names[i];
    return NULL;
}

/* What an option nobody knows gets: the level is judged first (rows 230, 249, 253). */
static nt_status unknown(int level)
{
    bool known = level == SOL_SOCKET || level == IPPROTO_TCP || level == IPPROTO_UDP ||
                 level == IPPROTO_IPV6 || level == IPPROTO_IP;
    return known ? STATUS_INVALID_INFO_CLASS : STATUS_INVALID_PARAMETER;
}

/* ---- setsockopt ------------------------------------------------------------------------------ */

struct option_size {
    enum form form;
    int level;
    int bytes; /* as the caller says */
};

static bool is_refused_negative(const struct call *call, int bytes)
{
    return bytes < 0 && !BEHAVES(call->profile, option_negative_length, accepts);
}

/* How many bytes of the caller's are read; a status when the size is wrong. */
static nt_status size_to_read(const struct call *call, struct option_size size, size_t *out)
{
    enum form form = size.form;
    size_t offered = size.bytes < 0 ? sizeof(DWORD) : (size_t)size.bytes;
    if ((form == FORM_BYTE || size.level != SOL_SOCKET) && is_refused_negative(call, size.bytes))
        return nt_status_from_wsa(BEHAVIOUR_VALUE(call->profile, option_negative_length));
    switch (form) {
    case FORM_BOOL:
        *out = offered < sizeof(DWORD) ? offered : sizeof(DWORD);
        return STATUS_SUCCESS;
    case FORM_BYTE:
        *out = 1;
        return offered >= 1 ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
    case FORM_NUMBER:
        *out = offered < sizeof(DWORD) ? offered : sizeof(DWORD);
        return offered >= 1 ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
    case FORM_LONG:
    case FORM_REPORT:
        *out = sizeof(DWORD);
        return offered >= sizeof(DWORD) ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
    }
    return STATUS_INVALID_PARAMETER;
}

static nt_status read_value(const struct call *call, const char *from, size_t size, DWORD *value)
{
    *value = 0;
    if (from == NULL || (size > 0 && !memory_probe(call, from, size, ACCESS_READ)))
        return STATUS_ACCESS_VIOLATION;
    if (size > 0)
        memory_read(call, value, from, size); /* the low bytes: guests are little-endian */
    return STATUS_SUCCESS;
}

static nt_status set_linger(struct call *call, struct socket_object *socket, const char *value,
                            int size)
{
    struct linger linger;
    if (size >= 0 && (size_t)size < sizeof linger)
        return STATUS_ACCESS_VIOLATION;
    if (!memory_probe(call, value, sizeof linger, ACCESS_READ))
        return STATUS_ACCESS_VIOLATION;
    memory_read(call, &linger, value, sizeof linger);
    if (BEHAVES(call->profile, linger_set, forgotten))
        return STATUS_SUCCESS;
    call->arguments[3] = (uint64_t)linger.l_onoff << 16 | linger.l_linger;
    nt_status status = socket_set_option(socket, SOCKET_LINGER_ON, linger.l_onoff);
    if (nt_success(status))
        status = socket_set_option(socket, SOCKET_LINGER_SECONDS, linger.l_linger);
    return status;
}

/* SO_DONTLINGER is the complement of l_onoff (row 251). */
static nt_status set_dont_linger(struct call *call, struct socket_object *socket, const char *value,
                                 int size)
{
    DWORD number;
    size_t bytes = 0;
    nt_status status =
        size_to_read(call, (struct option_size){FORM_BOOL, SOL_SOCKET, size}, &bytes);
    if (nt_success(status))
        status = read_value(call, value, bytes, &number);
    return nt_success(status) ? socket_set_option(socket, SOCKET_LINGER_ON, number == 0) : status;
}

/* The kind of sockets that socket() makes from now on; the handle is not even looked at (row 254).
 */
static nt_status set_open_type(const struct call *call, const char *value, int size)
{
    DWORD type;
    if (size >= 0 && (size_t)size < sizeof type)
        return STATUS_ACCESS_VIOLATION;
    nt_status status = read_value(call, value, sizeof type, &type);
    if (nt_success(status))
        winsock_process(call->process)->open_type = type;
    return status;
}

static nt_status update_accept_context(const struct call *call, struct socket_object *socket,
                                       const char *value, int size)
{
    SOCKET number;
    nt_status status;
    struct call other = *call;
    if (size < (int)sizeof number || !memory_probe(call, value, sizeof number, ACCESS_READ))
        return STATUS_ACCESS_VIOLATION;
    memory_read(call, &number, value, sizeof number);
    other.subject = number;
    struct socket_object *listener = call_socket(&other, &status);
    return listener != NULL ? socket_update_accept_context(socket, listener) : status;
}

static nt_status set_ip_options(const struct call *call, struct socket_object *socket,
                                const char *value, int size)
{
    char bytes[IP_OPTIONS_MAX];
    if (size > IP_OPTIONS_MAX)
        return STATUS_INVALID_PARAMETER;
    if (size > 0 && !memory_probe(call, value, (size_t)size, ACCESS_READ))
        return STATUS_ACCESS_VIOLATION;
    if (size > 0)
        memory_read(call, bytes, value, (size_t)size);
    return socket_set_ip_options(socket, bytes, size > 0 ? (size_t)size : 0);
}

nt_status options_set(struct call *call, int level, int name, const char *value, int size)
{
    nt_status status;
    if (level == SOL_SOCKET && name == SO_OPENTYPE)
        return set_open_type(call, value, size);
    struct socket_object *socket = call_socket(call, &status);
    if (socket == NULL)
        return status;
    if (level == SOL_SOCKET && name == SO_UPDATE_CONNECT_CONTEXT)
        return socket_update_connect_context(socket);
    if (value == NULL)
        return STATUS_ACCESS_VIOLATION; /* rows 226 and 242 */
    if (level == SOL_SOCKET && name == SO_UPDATE_ACCEPT_CONTEXT)
        return update_accept_context(call, socket, value, size);
    /* Row 239: at these levels a negative length is judged before the option is looked for. */
    if ((level == IPPROTO_IP || level == IPPROTO_IPV6) && is_refused_negative(call, size))
        return nt_status_from_wsa(BEHAVIOUR_VALUE(call->profile, option_negative_length));
    if (membership_is(level, name))
        return membership_set(call, socket, name, value, size);
    if (level == IPPROTO_IP && name == IP_OPTIONS)
        return set_ip_options(call, socket, value, size);
    if (level == SOL_SOCKET && name == SO_LINGER)
        return set_linger(call, socket, value, size);
    if (level == SOL_SOCKET && name == SO_DONTLINGER)
        return set_dont_linger(call, socket, value, size);
    if (level == SOL_SOCKET && name == SO_TYPE) /* row 134 */
        return socket->kind.protocol == PROTOCOL_TCP ? STATUS_INVALID_INFO_CLASS
                                                     : STATUS_INVALID_PARAMETER;
    const struct option_name *option = find(level, name);
    if (option == NULL)
        return unknown(level);

    DWORD number;
    size_t bytes = 0;
    status = size_to_read(call, (struct option_size){option->form, level, size}, &bytes);
    if (nt_success(status))
        status = read_value(call, value, bytes, &number);
    if (!nt_success(status))
        return status;
    call->arguments[3] = number;
    return socket_set_option(socket, option->option, number);
}

/* ---- getsockopt ------------------------------------------------------------------------------ */

struct output {
    const struct call *call;
    char *value;
    int *size;
    int offered;
};

/* Writes up to `size` bytes and what was written; fewer than `least` are too few. */
static nt_status answer(const struct output *output, const void *bytes, int size, int least)
{
    int written = output->offered < size ? output->offered : size;
    if (output->offered < least ||
        !memory_probe(output->call, output->value, (size_t)written, ACCESS_WRITE))
        return STATUS_ACCESS_VIOLATION;
    memory_write(output->call, output->value, bytes, (size_t)written);
    memory_write(output->call, output->size, &written, sizeof written);
    return STATUS_SUCCESS;
}

static nt_status answer_long(const struct output *output, DWORD value)
{
    return answer(output, &value, sizeof value, sizeof value);
}

/* A number of which fewer bytes than four are asked for: they are written, and one is told (rows
 * 235 and 241; Wine, whose tests have it from Windows).
 */
static nt_status answer_number(const struct output *output, DWORD value)
{
    const int told = 1;
    nt_status status = answer(output, &value, sizeof value, 1);
    if (nt_success(status) && output->offered < (int)sizeof value)
        memory_write(output->call, output->size, &told, sizeof told);
    return status;
}

/* What is too short for the sizes of buffers and for SO_LINGER is filled with zeros all the same
 * (row 236; as above).
 */
static nt_status answer_zeroing(const struct output *output, DWORD value)
{
    const DWORD zero = 0;
    if (output->offered < (int)sizeof value &&
        memory_probe(output->call, output->value, (size_t)output->offered, ACCESS_WRITE))
        memory_write(output->call, output->value, &zero, (size_t)output->offered);
    return answer_long(output, value);
}

static nt_status answer_report(const struct output *output, DWORD value)
{
    const int none = 0;
    if (output->offered < (int)sizeof value)
        memory_write(output->call, output->size, &none, sizeof none);
    return answer_long(output, value);
}

/* The size is told when it is too small, and left alone when it is larger (row 243). */
static nt_status get_protocol_info(const struct output *output, const struct socket_object *socket,
                                   bool wide)
{
    WSAPROTOCOL_INFOW info;
    WSAPROTOCOL_INFOA narrow;
    int needed = wide ? (int)sizeof info : (int)sizeof narrow;
    if (output->offered < needed) {
        memory_write(output->call, output->size, &needed, sizeof needed);
        return STATUS_ACCESS_VIOLATION;
    }
    if (!memory_probe(output->call, output->value, (size_t)needed, ACCESS_WRITE))
        return STATUS_ACCESS_VIOLATION;
    protocol_describe(&socket->kind, &info);
    protocol_narrow(&info, &narrow);
    memory_write(output->call, output->value, wide ? (void *)&info : (void *)&narrow,
                 (size_t)needed);
    return STATUS_SUCCESS;
}

static nt_status get_linger(const struct output *output, const struct socket_object *socket)
{
    uint32_t on, seconds;
    nt_status status = socket_get_option(socket, SOCKET_LINGER_ON, &on);
    if (nt_success(status))
        status = socket_get_option(socket, SOCKET_LINGER_SECONDS, &seconds);
    if (!nt_success(status))
        return status;
    return answer_zeroing(output, seconds << 16 | (on & 0xFFFF)); /* l_onoff, then l_linger */
}

static void describe_end(const struct name *name, SOCKET_ADDRESS *end, CHAR *at, int *used,
                         const struct output *output)
{
    union name_buffer buffer;
    int size = name_encode(name, &buffer);
    memory_write(output->call, at + *used, &buffer, (size_t)size);
    *end = (SOCKET_ADDRESS){(LPSOCKADDR)(void *)(at + *used), size};
    *used += size;
}

/* Both ends of a socket, those that it has, behind the structure (rows 246 and 247). */
static nt_status get_bsp_state(const struct output *output, const struct socket_object *socket)
{
    CSADDR_INFO info;
    struct name name;
    int used = sizeof info;
    int needed = used + 2 * name_size(socket->kind.family);
    if (output->offered < needed ||
        !memory_probe(output->call, output->value, (size_t)needed, ACCESS_WRITE))
        return STATUS_ACCESS_VIOLATION;
    const struct socket_request numbers = protocol_numbers(&socket->kind);
    memset(&info, 0, sizeof info);
    info.iSocketType = numbers.type;
    info.iProtocol = numbers.protocol;
    if (nt_success(socket_name(socket, &name.address, &name.port)))
        describe_end(&name, &info.LocalAddr, output->value, &used, output);
    if (nt_success(socket_peer(socket, &name.address, &name.port)))
        describe_end(&name, &info.RemoteAddr, output->value, &used, output);
    memory_write(output->call, output->value, &info, sizeof info);
    memory_write(output->call, output->size, &needed, sizeof needed);
    return STATUS_SUCCESS;
}

/* The options of SOL_SOCKET that are no number of afd's. STATUS_NOT_FOUND for others. */
static nt_status get_composed(const struct output *output, const struct socket_object *socket,
                              int name)
{
    uint32_t on;
    nt_status status;
    switch (name) {
    case SO_LINGER:
        return get_linger(output, socket);
    case SO_DONTLINGER:
        status = socket_get_option(socket, SOCKET_LINGER_ON, &on);
        return nt_success(status) ? answer_number(output, on == 0) : status;
    case SO_TYPE:
        return answer_long(output, (DWORD)protocol_numbers(&socket->kind).type);
    case SO_BSP_STATE:
        return get_bsp_state(output, socket);
    case SO_GROUP_ID:
        return answer_long(output, 0);
    case SO_PROTOCOL_INFOA:
        return get_protocol_info(output, socket, false);
    case SO_PROTOCOL_INFOW:
        return get_protocol_info(output, socket, true);
    default:
        return STATUS_NOT_FOUND;
    }
}

static bool is_size_of_buffer(const struct option_name *option)
{
    return option->option == SOCKET_RECEIVE_BUFFER || option->option == SOCKET_SEND_BUFFER;
}

static nt_status get_value(const struct output *output, const struct socket_object *socket,
                           const struct option_name *option)
{
    DWORD value;
    nt_status status = socket_get_option(socket, option->option, &value);
    if (!nt_success(status))
        return status;
    switch (option->form) {
    case FORM_BOOL:
    case FORM_NUMBER:
        return answer_number(output, value);
    case FORM_BYTE:
        return answer(output, &value, 1, 1);
    case FORM_LONG:
        return is_size_of_buffer(option) ? answer_zeroing(output, value)
                                         : answer_long(output, value);
    case FORM_REPORT:
        return answer_report(output, value);
    }
    return STATUS_INVALID_PARAMETER;
}

/* Any size but 0 is good, even -1 (row 238). */
static nt_status get_open_type(const struct call *call, char *value, int *size)
{
    const DWORD type = winsock_process(call->process)->open_type;
    const int written = sizeof type;
    int offered;
    if (value == NULL || !memory_probe(call, size, sizeof *size, ACCESS_WRITE))
        return STATUS_ACCESS_VIOLATION;
    memory_read(call, &offered, size, sizeof offered);
    if ((offered >= 0 && offered < written) ||
        !memory_probe(call, value, sizeof type, ACCESS_WRITE))
        return STATUS_ACCESS_VIOLATION;
    memory_write(call, value, &type, sizeof type);
    memory_write(call, size, &written, sizeof written);
    return STATUS_SUCCESS;
}

nt_status options_get(struct call *call, int level, int name, char *value, int *size)
{
    nt_status status;
    if (level == SOL_SOCKET && name == SO_OPENTYPE)
        return get_open_type(call, value, size);
    struct socket_object *socket = call_socket(call, &status);
    if (socket == NULL)
        return status;
    if (value == NULL || !memory_probe(call, size, sizeof *size, ACCESS_WRITE))
        return STATUS_ACCESS_VIOLATION;
    struct output output = {.call = call, .value = value, .size = size};
    memory_read(call, &output.offered, size, sizeof output.offered);
    if (output.offered <= 0)
        return STATUS_ACCESS_VIOLATION; /* row 238 */

    if (level == SOL_SOCKET) {
        status = get_composed(&output, socket, name);
        if (status != STATUS_NOT_FOUND)
            return status;
    }
    if (level == IPPROTO_IP && name == IP_OPTIONS) {
        char bytes[IP_OPTIONS_MAX];
        return answer(&output, bytes, (int)socket_ip_options(socket, bytes), 0);
    }
    const struct option_name *option = find(level, name);
    if (option == NULL)
        return unknown(level);
    status = get_value(&output, socket, option);
    if (nt_success(status) && option->option == SOCKET_ERROR_CODE &&
        BEHAVES(call->profile, so_error_after_connect, cleared))
        status = socket_set_option(socket, SOCKET_ERROR_CODE, 0);
    return status;
}
