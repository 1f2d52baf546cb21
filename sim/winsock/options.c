#include "sim/winsock/options.h"

#include <limits.h>
#include <string.h>

#include <mswsock.h>
#include <ws2ipdef.h>

#include "sim/winsock/memory.h"
#include "sim/winsock/protocol.h"

/* How an option travels. Sizes: winsock-behaviour rows 225 to 239. */
enum form {
    FORM_BOOL, /* a BOOL; any size may be set, what is there is read */
    FORM_BYTE, /* one byte is read and written, whatever the buffer */
    FORM_LONG  /* four bytes, no fewer */
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
    {IPPROTO_TCP,  TCP_NODELAY,            SOCKET_NO_DELAY,             FORM_BYTE},
    {IPPROTO_IPV6, IPV6_V6ONLY,            SOCKET_V6_ONLY,              FORM_BYTE},
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
    bool known =
        level == SOL_SOCKET || level == IPPROTO_TCP || level == IPPROTO_IPV6 || level == IPPROTO_IP;
    return known ? STATUS_INVALID_INFO_CLASS : STATUS_INVALID_PARAMETER;
}

/* ---- setsockopt -------------------------------------------------------------------------------
 */

/* How many bytes of the caller's are read; a status when the size is wrong. */
static nt_status size_to_read(enum form form, int level, int size, size_t *out)
{
    size_t offered = size < 0 ? sizeof(DWORD) : (size_t)size;
    if (size < 0 && (form == FORM_BYTE || level != SOL_SOCKET))
        return STATUS_INSUFFICIENT_RESOURCES; /* WSAENOBUFS since Windows 10 21H1 */
    switch (form) {
    case FORM_BOOL:
        *out = offered < sizeof(DWORD) ? offered : sizeof(DWORD);
        return STATUS_SUCCESS;
    case FORM_BYTE:
        *out = 1;
        return offered >= 1 ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
    case FORM_LONG:
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
    size_t bytes;
    nt_status status = size_to_read(FORM_BOOL, SOL_SOCKET, size, &bytes);
    if (nt_success(status))
        status = read_value(call, value, bytes, &number);
    return nt_success(status) ? socket_set_option(socket, SOCKET_LINGER_ON, number == 0) : status;
}

nt_status options_set(struct call *call, int level, int name, const char *value, int size)
{
    nt_status status;
    struct socket_object *socket = call_socket(call, &status);
    if (socket == NULL)
        return status;
    if (value == NULL)
        return STATUS_ACCESS_VIOLATION; /* rows 226 and 242 */
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
    size_t bytes;
    status = size_to_read(option->form, level, size, &bytes);
    if (nt_success(status))
        status = read_value(call, value, bytes, &number);
    if (!nt_success(status))
        return status;
    call->arguments[3] = number;
    return socket_set_option(socket, option->option, number);
}

/* ---- getsockopt -------------------------------------------------------------------------------
 */

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
    const struct linger linger = {(u_short)on, (u_short)seconds};
    return answer(output, &linger, sizeof linger, sizeof linger);
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
        return nt_success(status) ? answer_long(output, on == 0) : status;
    case SO_TYPE:
        return answer_long(output, (DWORD)protocol_numbers(&socket->kind).type);
    case SO_PROTOCOL_INFOA:
        return get_protocol_info(output, socket, false);
    case SO_PROTOCOL_INFOW:
        return get_protocol_info(output, socket, true);
    default:
        return STATUS_NOT_FOUND;
    }
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
        return answer(output, &value, sizeof value, 1);
    case FORM_BYTE:
        return answer(output, &value, 1, 1);
    case FORM_LONG:
        return answer_long(output, value);
    }
    return STATUS_INVALID_PARAMETER;
}

nt_status options_get(struct call *call, int level, int name, char *value, int *size)
{
    nt_status status;
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
    const struct option_name *option = find(level, name);
    return option != NULL ? get_value(&output, socket, option) : unknown(level);
}
