#include "sim/afd/option.h"

#include <string.h>

#include "sim/afd/waits.h"
#include "sim/engine/check.h"
#include "sim/tcpip/udp.h"

enum { STREAM = 1, DATAGRAM = 2, RAW = 4, ANY = STREAM | DATAGRAM | RAW };

enum {
    WRITABLE = 1,
    TRUTH = 2, /* reads back as 0 or 1 */
};

struct option_rule {
    unsigned char protocols; /* that have the option */
    unsigned char flags;
    uint32_t initial;
};

/* Defaults: winsock-behaviour rows 224-255; 65536 for the buffers since Windows 8.1 (the SO_RCVBUF
 * pages are silent; the number is a plausible one).
 */
/* clang-format off */
static const struct option_rule rules[SOCKET_OPTION_COUNT] = {
    [SOCKET_REUSE_ADDRESS]        = {ANY,      WRITABLE | TRUTH, 0},
    [SOCKET_EXCLUSIVE_ADDRESS]    = {ANY,      WRITABLE | TRUTH, 0},
    [SOCKET_BROADCAST]            = {DATAGRAM | RAW, WRITABLE | TRUTH, 0},
    [SOCKET_DEBUG]                = {ANY,      WRITABLE | TRUTH, 0},
    [SOCKET_DONT_ROUTE]           = {ANY,      WRITABLE | TRUTH, 0},
    [SOCKET_KEEP_ALIVE]           = {STREAM,   WRITABLE | TRUTH, 0},
    [SOCKET_OOB_INLINE]           = {STREAM,   WRITABLE | TRUTH, 0},
    [SOCKET_LINGER_ON]            = {STREAM,   WRITABLE,         0},
    [SOCKET_LINGER_SECONDS]       = {STREAM,   WRITABLE,         0},
    [SOCKET_RECEIVE_BUFFER]       = {ANY,      WRITABLE,         65536},
    [SOCKET_SEND_BUFFER]          = {ANY,      WRITABLE,         65536},
    [SOCKET_RECEIVE_TIMEOUT]      = {ANY,      WRITABLE,         0},
    [SOCKET_SEND_TIMEOUT]         = {ANY,      WRITABLE,         0},
    [SOCKET_ERROR_CODE]           = {ANY,      WRITABLE,         0},
    [SOCKET_RANDOMIZE_PORT]       = {STREAM | DATAGRAM, WRITABLE | TRUTH, 0},
    [SOCKET_PORT_SCALABILITY]     = {STREAM | DATAGRAM, WRITABLE | TRUTH, 0},
    [SOCKET_REUSE_UNICAST_PORT]   = {STREAM | DATAGRAM, WRITABLE | TRUTH, 0},
    [SOCKET_REUSE_MULTICAST_PORT] = {DATAGRAM, WRITABLE | TRUTH, 0},
    [SOCKET_V6_ONLY]              = {ANY,      WRITABLE | TRUTH, 1},
    [SOCKET_NO_DELAY]             = {STREAM,   WRITABLE | TRUTH, 0},
    [SOCKET_ACCEPTS]              = {STREAM,   0,                0},
    [SOCKET_CONNECT_TIME]         = {ANY,      0,                UINT32_MAX},
    [SOCKET_MAX_MESSAGE_SIZE]     = {DATAGRAM | RAW, 0,          65507},
};
/* clang-format on */

static bool has_option(const struct socket_object *socket, enum socket_option option)
{
    static const unsigned char bit[] = {
        [PROTOCOL_TCP] = STREAM, [PROTOCOL_UDP] = DATAGRAM, [PROTOCOL_RAW] = RAW};
    return (rules[option].protocols & bit[socket->kind.protocol]) != 0;
}

void socket_default_options(struct socket_object *socket)
{
    /* All but a handful start at 0, and a fresh socket is zeroed. */
    uint32_t *values = socket->values;
    values[SOCKET_RECEIVE_BUFFER] = rules[SOCKET_RECEIVE_BUFFER].initial;
    values[SOCKET_SEND_BUFFER] = rules[SOCKET_SEND_BUFFER].initial;
    values[SOCKET_V6_ONLY] = BEHAVES(socket_profile(socket), v6only_default, on);
}

void socket_apply_options(struct socket_object *socket)
{
    const uint32_t *values = socket->values;
    struct endpoint *endpoint = socket->endpoint;
    if (endpoint == NULL || socket->state == SOCKET_UNBOUND)
        return; /* bind and connect ask again */
    if (socket->kind.protocol == PROTOCOL_UDP) {
        if (values[SOCKET_RECEIVE_BUFFER] != rules[SOCKET_RECEIVE_BUFFER].initial)
            udp_set_receive_buffer(endpoint, values[SOCKET_RECEIVE_BUFFER]);
        rare_option_apply(socket);
        return;
    }
    if (socket->state == SOCKET_LISTENING)
        rare_option_apply(socket);
    if (socket->state != SOCKET_CONNECTED && socket->state != SOCKET_CONNECTING)
        return;
    tcp_set_receive_buffer(endpoint, values[SOCKET_RECEIVE_BUFFER]);
    tcp_set_urgent_inline(endpoint, values[SOCKET_OOB_INLINE] != 0);
    tcp_set_no_delay(endpoint, values[SOCKET_NO_DELAY] != 0);
    rare_option_apply(socket);
}

struct endpoint_options socket_endpoint_options(const struct socket_object *socket)
{
    const uint32_t *values = socket->values;
    return (struct endpoint_options){
        .reuse_address = values[SOCKET_REUSE_ADDRESS] != 0,
        .exclusive_address = values[SOCKET_EXCLUSIVE_ADDRESS] != 0,
        .dual_stack = socket->kind.family == FAMILY_6 && values[SOCKET_V6_ONLY] == 0,
        .broadcast = values[SOCKET_BROADCAST] != 0,
        .randomize_port = values[SOCKET_RANDOMIZE_PORT] != 0,
        .reuse_unicast_port = values[SOCKET_REUSE_UNICAST_PORT] != 0,
        .port_scalability = values[SOCKET_PORT_SCALABILITY] != 0,
        .reuse_multicast_port = values[SOCKET_REUSE_MULTICAST_PORT] != 0,
        .cpu_affinity = socket->cpu_affinity,
    };
}

/* Whether another option of the socket forbids this one (rows 42, OPT-009, OPT-013). */
static bool collides(const struct socket_object *socket, enum socket_option option)
{
    const uint32_t *values = socket->values;
    switch (option) {
    case SOCKET_REUSE_ADDRESS:
        return values[SOCKET_EXCLUSIVE_ADDRESS] != 0 || socket->cpu_affinity;
    case SOCKET_EXCLUSIVE_ADDRESS:
        return values[SOCKET_REUSE_ADDRESS] != 0;
    case SOCKET_REUSE_MULTICAST_PORT:
        return socket->cpu_affinity;
    case SOCKET_RANDOMIZE_PORT:
        return values[SOCKET_REUSE_UNICAST_PORT] != 0 &&
               BEHAVES(socket_profile(socket), randomize_after_reuse, refused);
    default:
        return false;
    }
}

/* The status of setting an option of a bound socket that bind looks at. */
static nt_status status_after_bind(const struct socket_object *socket, enum socket_option option)
{
    if (socket->state == SOCKET_UNBOUND)
        return STATUS_SUCCESS;
    if (option == SOCKET_V6_ONLY)
        return STATUS_INVALID_PARAMETER; /* row 60 */
    bool shares = option == SOCKET_REUSE_ADDRESS || option == SOCKET_EXCLUSIVE_ADDRESS;
    if (shares && BEHAVES(socket_profile(socket), option_after_bind, refused))
        return STATUS_INVALID_PARAMETER;
    return STATUS_SUCCESS;
}

nt_status socket_set_option(struct socket_object *socket, enum socket_option option, uint32_t value)
{
    if (option >= SOCKET_OPTION_COUNT)
        return rare_option_set(socket, option, value);
    const struct option_rule *rule = &rules[option];
    if ((rule->flags & WRITABLE) == 0 || !has_option(socket, option))
        return STATUS_INVALID_INFO_CLASS;
    if (value != 0 && collides(socket, option))
        return STATUS_INVALID_PARAMETER;
    nt_status status = status_after_bind(socket, option);
    if (!nt_success(status))
        return status;

    const struct profile *profile = socket_profile(socket);
    bool truth = (rule->flags & TRUTH) != 0 && BEHAVES(profile, truth_read_back, as_one);
    if (option == SOCKET_ERROR_CODE && BEHAVES(profile, error_set, ignored))
        return STATUS_SUCCESS;
    socket->values[option] = truth ? value != 0 : value;
    if (option == SOCKET_ERROR_CODE)
        socket->connect_status = STATUS_SUCCESS;
    socket_apply_options(socket);
    bool bound = socket->state != SOCKET_UNBOUND && socket->endpoint != NULL;
    if (bound && BEHAVES(socket_profile(socket), option_after_bind, takes_effect)) {
        const struct endpoint_options options = socket_endpoint_options(socket);
        endpoint_set_options(socket->endpoint, &options);
    }
    return STATUS_SUCCESS;
}

nt_status socket_get_option(const struct socket_object *socket, enum socket_option option,
                            uint32_t *value)
{
    if (option >= SOCKET_OPTION_COUNT)
        return rare_option_get(socket, option, value);
    if (!has_option(socket, option))
        return STATUS_INVALID_INFO_CLASS;
    *value = option < SOCKET_ACCEPTS ? socket->values[option] : rules[option].initial;
    bool buffer = option == SOCKET_SEND_BUFFER || option == SOCKET_RECEIVE_BUFFER;
    if (buffer && BEHAVES(socket_profile(socket), buffer_read_back, doubled))
        *value *= 2;
    if (option == SOCKET_ACCEPTS)
        *value = socket->state == SOCKET_LISTENING;
    if (option == SOCKET_CONNECT_TIME)
        *value = socket_connect_seconds(socket);
    if (option == SOCKET_ERROR_CODE && socket->connect_status != STATUS_SUCCESS)
        *value = nt_status_to_wsa(socket->connect_status); /* row 179 */
    return STATUS_SUCCESS;
}
