/* Options that hardly a socket sets: their values take memory only once one is set. */
#include "sim/afd/option.h"

#include <string.h>

#include "sim/afd/waits.h"
#include "sim/engine/check.h"
#include "sim/tcpip/interfaces.h"
#include "sim/tcpip/place.h"
#include "sim/tcpip/tcp.h"
#include "sim/tcpip/udp.h"
#include "sim/tcpip/wire.h"

enum {
    STREAM = 1,
    DATAGRAM = 2,
    RAW = 4,
    ANY = STREAM | DATAGRAM | RAW,
    NO_STREAM = ANY & ~STREAM
};

enum {
    TRUTH = 1,     /* reads back as 0 or 1 */
    OWN_LEVEL = 2, /* of a protocol's own level, which other sockets do not have at all */
    READ_ONLY = 4,
    ONLY_6 = 8 /* refused by an IPv4 socket */
};

struct rare_rule {
    unsigned char protocols; /* that have the option */
    unsigned char flags;
    uint32_t initial;
    uint32_t most; /* the greatest value */
};

/* Defaults and limits: winsock-behaviour rows 240 to 253; else the pages of IPPROTO_TCP,
 * IPPROTO_UDP, IPPROTO_IP and IPPROTO_IPV6 socket options.
 */
/* clang-format off */
#define RULE(option) [SOCKET_##option - SOCKET_OPTION_COUNT]
static const struct rare_rule rules[SOCKET_RARE_END - SOCKET_OPTION_COUNT] = {
    RULE(CONDITIONAL_ACCEPT)   = {STREAM,    TRUTH,             0,          UINT32_MAX},
    RULE(PAUSE_ACCEPT)         = {STREAM,    TRUTH,             0,          UINT32_MAX},
    RULE(GROUP_PRIORITY)       = {ANY,       0,                 0,          UINT32_MAX},
    RULE(COMPARTMENT)          = {ANY,       0,                 1,          1},
    RULE(UDP_CONNRESET)        = {DATAGRAM,  TRUTH | OWN_LEVEL, 1,          UINT32_MAX},
    RULE(UDP_NETRESET)         = {DATAGRAM,  TRUTH | OWN_LEVEL, 1,          UINT32_MAX},
    RULE(LOOPBACK_FAST_PATH)   = {STREAM,    TRUTH | OWN_LEVEL, 0,          UINT32_MAX},
    RULE(EXPEDITED_1122)       = {STREAM,    TRUTH | OWN_LEVEL, 0,          UINT32_MAX},
    RULE(KEEP_IDLE)            = {STREAM,    OWN_LEVEL,         7200,       UINT32_MAX},
    RULE(KEEP_COUNT)           = {STREAM,    OWN_LEVEL,         10,         255},
    RULE(KEEP_INTERVAL)        = {STREAM,    OWN_LEVEL,         1,          UINT32_MAX},
    RULE(KEEP_IDLE_MS)         = {STREAM,    OWN_LEVEL,         0,          UINT32_MAX},
    RULE(KEEP_INTERVAL_MS)     = {STREAM,    OWN_LEVEL,         0,          UINT32_MAX},
    RULE(MAX_SEGMENT)          = {STREAM,    OWN_LEVEL | READ_ONLY, 1460,   0},
    RULE(MAX_RETRANSMIT)       = {STREAM,    OWN_LEVEL,         UINT32_MAX, UINT32_MAX},
    RULE(MAX_RETRANSMIT_MS)    = {STREAM,    OWN_LEVEL,         UINT32_MAX, UINT32_MAX},
    RULE(PATIENCE_MS)          = {STREAM,    OWN_LEVEL,         0,          UINT32_MAX},
    RULE(FIRST_SYN_MS)         = {STREAM,    OWN_LEVEL,         0,          UINT16_MAX},
    RULE(SYNS)                 = {STREAM,    OWN_LEVEL,         0,          255},
    RULE(ACK_FREQUENCY)        = {STREAM,    OWN_LEVEL,         0,          255},
    RULE(NO_SYN_RETRIES)       = {STREAM,    TRUTH | OWN_LEVEL, 0,          UINT32_MAX},
    RULE(TIMESTAMPS)           = {STREAM,    TRUTH | OWN_LEVEL, 0,          UINT32_MAX},
    RULE(DELAY_FIN_ACK)        = {STREAM,    TRUTH | OWN_LEVEL, 0,          UINT32_MAX},
    RULE(FAST_OPEN)            = {STREAM,    TRUTH | OWN_LEVEL, 0,          UINT32_MAX},
    RULE(FAIL_ON_ICMP_ERROR)   = {STREAM,    TRUTH | OWN_LEVEL, 0,          UINT32_MAX},
    RULE(STD_URGENT)           = {STREAM,    TRUTH | OWN_LEVEL, 1,          UINT32_MAX},
    RULE(NO_CHECKSUM)          = {DATAGRAM,  TRUTH | OWN_LEVEL, 0,          UINT32_MAX},
    RULE(SEND_MESSAGE_SIZE)    = {DATAGRAM,  OWN_LEVEL,         0,          65507},
    RULE(RECEIVE_COALESCED)    = {DATAGRAM,  OWN_LEVEL,         0,          65535},
    RULE(TTL)                  = {ANY,       0,                 128,        255},
    RULE(TOS)                  = {ANY,       0,                 0,          255},
    RULE(DONT_FRAGMENT)        = {ANY,       TRUTH,             0,          UINT32_MAX},
    RULE(HEADER_INCLUDED)      = {RAW,       TRUTH,             0,          UINT32_MAX},
    RULE(MULTICAST_TTL)        = {NO_STREAM, 0,                 1,          255},
    RULE(MULTICAST_LOOP)       = {NO_STREAM, TRUTH,             1,          UINT32_MAX},
    RULE(MULTICAST_IF)         = {NO_STREAM, 0,                 0,          UINT32_MAX},
    RULE(UNICAST_IF)           = {ANY,       0,                 0,          UINT32_MAX},
    RULE(PACKET_INFO)          = {NO_STREAM, TRUTH,             0,          UINT32_MAX},
    RULE(RECEIVE_TTL)          = {NO_STREAM, TRUTH,             0,          UINT32_MAX},
    RULE(RECEIVE_TOS)          = {NO_STREAM, TRUTH,             0,          UINT32_MAX},
    RULE(RECEIVE_ECN)          = {NO_STREAM, TRUTH,             0,          UINT32_MAX},
    RULE(RECEIVE_BROADCAST)    = {NO_STREAM, TRUTH,             1,          UINT32_MAX},
    RULE(RECEIVE_ERROR)        = {NO_STREAM, TRUTH,             0,          UINT32_MAX},
    RULE(ARRIVAL_IF)           = {NO_STREAM, TRUTH,             0,          UINT32_MAX},
    RULE(IF_LIST)              = {NO_STREAM, TRUTH,             0,          UINT32_MAX},
    RULE(RECEIVE_IF)           = {NO_STREAM, TRUTH,             0,          UINT32_MAX},
    RULE(RECEIVE_DESTINATION)  = {NO_STREAM, TRUTH,             0,          UINT32_MAX},
    RULE(ROUTING_HEADER)       = {ANY,       TRUTH,             0,          UINT32_MAX},
    RULE(RECEIVE_ROUTING)      = {NO_STREAM, TRUTH,             0,          UINT32_MAX},
    RULE(PACKET_INFO_EX)       = {NO_STREAM, TRUTH,             0,          UINT32_MAX},
    RULE(REDIRECT_RECORDS)     = {NO_STREAM, TRUTH,             0,          UINT32_MAX},
    RULE(REDIRECT_CONTEXT)     = {NO_STREAM, TRUTH,             0,          UINT32_MAX},
    RULE(GET_IF_LIST)          = {0,         0,                 0,          0},
    RULE(MTU_DISCOVER)         = {ANY,       0,                 0,          3},
    RULE(USER_MTU)             = {ANY,       0,                 UINT32_MAX, UINT32_MAX},
    RULE(MTU)                  = {ANY,       READ_ONLY,         0,          0},
    RULE(HOPS)                 = {ANY,       ONLY_6,            128,        255},
    RULE(DONT_FRAGMENT_6)      = {ANY,       ONLY_6 | TRUTH,    0,          UINT32_MAX},
    RULE(HEADER_INCLUDED_6)    = {RAW,       ONLY_6 | TRUTH,    0,          UINT32_MAX},
    RULE(MULTICAST_HOPS)       = {NO_STREAM, ONLY_6,            1,          255},
    RULE(MULTICAST_LOOP_6)     = {NO_STREAM, ONLY_6 | TRUTH,    1,          UINT32_MAX},
    RULE(MULTICAST_IF_6)       = {NO_STREAM, ONLY_6,            0,          UINT32_MAX},
    RULE(UNICAST_IF_6)         = {ANY,       ONLY_6,            0,          UINT32_MAX},
    RULE(PACKET_INFO_6)        = {NO_STREAM, ONLY_6 | TRUTH,    0,          UINT32_MAX},
    RULE(HOP_LIMIT)            = {NO_STREAM, ONLY_6 | TRUTH,    0,          UINT32_MAX},
    RULE(TRAFFIC_CLASS)        = {NO_STREAM, ONLY_6 | TRUTH,    0,          UINT32_MAX},
    RULE(RECEIVE_ECN_6)        = {NO_STREAM, ONLY_6 | TRUTH,    0,          UINT32_MAX},
    RULE(RECEIVE_ERROR_6)      = {NO_STREAM, ONLY_6 | TRUTH,    0,          UINT32_MAX},
    RULE(IF_LIST_6)            = {NO_STREAM, ONLY_6 | TRUTH,    0,          UINT32_MAX},
    RULE(PROTECTION_LEVEL)     = {ANY,       ONLY_6,            UINT32_MAX, UINT32_MAX},
    RULE(CHECKSUM_OFFSET)      = {RAW,       ONLY_6,            UINT32_MAX, UINT32_MAX},
    RULE(MTU_DISCOVER_6)       = {ANY,       ONLY_6,            0,          3},
    RULE(USER_MTU_6)           = {ANY,       ONLY_6,            UINT32_MAX, UINT32_MAX},
};
#undef RULE
/* clang-format on */

/* MTUs: Ethernet's, and what the loopback pseudo-interface is known to have. */
enum { MS_PER_S = 1000 };

static const struct rare_rule *rule_of(enum socket_option option)
{
    ASSERT(option >= SOCKET_OPTION_COUNT && option < SOCKET_RARE_END);
    return &rules[option - SOCKET_OPTION_COUNT];
}

/* Row 253: at the level of IP an option of other sockets is WSAEINVAL; of a protocol's own level
 * there is no such option.
 */
static nt_status status_of(const struct socket_object *socket, const struct rare_rule *rule)
{
    static const unsigned char bit[] = {
        [PROTOCOL_TCP] = STREAM, [PROTOCOL_UDP] = DATAGRAM, [PROTOCOL_RAW] = RAW};
    if ((rule->protocols & bit[socket->kind.protocol]) == 0)
        return (rule->flags & OWN_LEVEL) != 0 ? STATUS_INVALID_INFO_CLASS
                                              : STATUS_INVALID_PARAMETER;
    bool only_6 = (rule->flags & ONLY_6) != 0;
    return only_6 && socket->kind.family == FAMILY_4 ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
}

/* A stream's packets are not taken apart (row 248). */
static uint32_t initial_of(const struct socket_object *socket, enum socket_option option)
{
    if (option == SOCKET_DONT_FRAGMENT || option == SOCKET_DONT_FRAGMENT_6)
        return socket->kind.protocol == PROTOCOL_TCP;
    return rule_of(option)->initial;
}

uint32_t rare_option(const struct socket_object *socket, enum socket_option option)
{
    if (socket->rare == NULL)
        return initial_of(socket, option);
    return socket->rare->values[option - SOCKET_OPTION_COUNT];
}

static bool make_room(struct socket_object *socket)
{
    if (socket->rare != NULL)
        return true;
    struct socket_rare_options *rare =
        ARENA_NEW(&socket->afd->nt->engine->arena, struct socket_rare_options);
    if (rare == NULL)
        return false;
    for (int i = SOCKET_OPTION_COUNT; i < SOCKET_RARE_END; i++)
        rare->values[i - SOCKET_OPTION_COUNT] = initial_of(socket, (enum socket_option)i);
    socket->rare = rare;
    return true;
}

void socket_forget_options(struct socket_object *socket)
{
    arena_give(&socket->afd->nt->engine->arena, socket->rare, sizeof *socket->rare);
    socket->rare = NULL;
}

/* The values that the greatest one does not tell. */
static bool is_value(enum socket_option option, uint32_t value)
{
    if (option == SOCKET_MTU_DISCOVER || option == SOCKET_MTU_DISCOVER_6)
        return value != 0; /* row 253 */
    if (option == SOCKET_PROTECTION_LEVEL)
        return value == 10 || value == 20 || value == 30 || value == UINT32_MAX;
    return true;
}

/* Seconds and milliseconds say one time. */
static void time_in_both(struct socket_rare_options *rare, enum socket_option option,
                         uint32_t value)
{
    static const enum socket_option pairs[][2] = {
        {SOCKET_KEEP_IDLE, SOCKET_KEEP_IDLE_MS},
        {SOCKET_KEEP_INTERVAL, SOCKET_KEEP_INTERVAL_MS},
        {SOCKET_MAX_RETRANSMIT, SOCKET_MAX_RETRANSMIT_MS},
    };
    uint32_t ms = value > UINT32_MAX / MS_PER_S ? UINT32_MAX : value * MS_PER_S;
    uint32_t s = value == UINT32_MAX ? UINT32_MAX : value / MS_PER_S;

    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        if (option == pairs[i][0])
            rare->values[pairs[i][1] - SOCKET_OPTION_COUNT] = ms;
        else if (option == pairs[i][1])
            rare->values[pairs[i][0] - SOCKET_OPTION_COUNT] = s;
    }
    if (option == SOCKET_MAX_RETRANSMIT || option == SOCKET_MAX_RETRANSMIT_MS)
        rare->values[SOCKET_PATIENCE_MS - SOCKET_OPTION_COUNT] =
            rare->values[SOCKET_MAX_RETRANSMIT_MS - SOCKET_OPTION_COUNT];
}

static uint32_t interface_named(uint32_t value);

/* IPPROTO_IP Socket Options, IP_MULTICAST_IF: what names none of this machine's is refused. */
static bool is_interface(enum socket_option option, uint32_t value)
{
    if (option == SOCKET_MULTICAST_IF)
        return interface_named(value) != UINT32_MAX;
    if (option == SOCKET_MULTICAST_IF_6)
        return value == 0 || interface_find(value) != NULL;
    return true;
}

nt_status rare_option_set(struct socket_object *socket, enum socket_option option, uint32_t value)
{
    const struct rare_rule *rule = rule_of(option);
    nt_status status = status_of(socket, rule);
    if (!nt_success(status))
        return status;
    if ((rule->flags & READ_ONLY) != 0)
        return STATUS_INVALID_INFO_CLASS;
    if (value > rule->most || !is_value(option, value))
        return STATUS_INVALID_PARAMETER;
    if (!is_interface(option, value))
        return STATUS_INVALID_ADDRESS_COMPONENT;
    if (option == SOCKET_CONDITIONAL_ACCEPT && socket->state == SOCKET_LISTENING)
        return STATUS_INVALID_PARAMETER; /* SO_CONDITIONAL_ACCEPT page: before listen */
    if (!make_room(socket))
        return STATUS_INSUFFICIENT_RESOURCES;
    socket->rare->values[option - SOCKET_OPTION_COUNT] =
        (rule->flags & TRUTH) != 0 ? value != 0 : value;
    time_in_both(socket->rare, option, value);
    socket_apply_options(socket);
    return STATUS_SUCCESS;
}

static nt_status mtu_of(const struct socket_object *socket, uint32_t *value)
{
    if (socket->state != SOCKET_CONNECTED)
        return STATUS_INVALID_CONNECTION; /* row 253 */
    const struct place peer = place_of(&socket->peer, socket->peer_port);
    uint32_t own =
        rare_option(socket, peer.family == FAMILY_6 ? SOCKET_USER_MTU_6 : SOCKET_USER_MTU);
    *value = interface_find(place_is_loopback(&peer) ? INTERFACE_LOOPBACK : INTERFACE_LAN)->mtu;
    if (own < *value)
        *value = own;
    return STATUS_SUCCESS;
}

nt_status rare_option_get(const struct socket_object *socket, enum socket_option option,
                          uint32_t *value)
{
    nt_status status = status_of(socket, rule_of(option));
    if (!nt_success(status))
        return status;
    if (option == SOCKET_MTU)
        return mtu_of(socket, value);
    *value = rare_option(socket, option);
    return STATUS_SUCCESS;
}

nt_status socket_set_ip_options(struct socket_object *socket, const void *bytes, size_t size)
{
    enum { WORD = 4 };
    if (size > IP_OPTIONS_MAX)
        return STATUS_INVALID_PARAMETER;
    if (!make_room(socket))
        return STATUS_INSUFFICIENT_RESOURCES;
    memset(socket->rare->ip_options, 0, sizeof socket->rare->ip_options); /* the end of the list */
    if (size > 0)
        memcpy(socket->rare->ip_options, bytes, size);
    socket->rare->ip_options_size = (uint8_t)((size + WORD - 1) / WORD * WORD);
    ASSERT(socket->rare->ip_options_size <= IP_OPTIONS_MAX);
    return STATUS_SUCCESS;
}

size_t socket_ip_options(const struct socket_object *socket, void *out)
{
    if (socket->rare == NULL || socket->rare->ip_options_size == 0)
        return 0;
    memcpy(out, socket->rare->ip_options, socket->rare->ip_options_size);
    return socket->rare->ip_options_size;
}

/* ---- What they do ---------------------------------------------------------------------------- */

static void apply_keep_alive(struct socket_object *socket)
{
    const struct tcp_keep_alive values = {
        .on = socket->values[SOCKET_KEEP_ALIVE] != 0,
        .idle_ms = rare_option(socket, SOCKET_KEEP_IDLE_MS),
        .interval_ms = rare_option(socket, SOCKET_KEEP_INTERVAL_MS),
        .count = (uint8_t)rare_option(socket, SOCKET_KEEP_COUNT),
    };
    tcp_set_keep_alive(socket->endpoint, &values);
}

static void apply_patience(struct socket_object *socket)
{
    bool one = rare_option(socket, SOCKET_NO_SYN_RETRIES) != 0;
    const struct tcp_patience patience = {
        .limit_ms = rare_option(socket, SOCKET_PATIENCE_MS),
        .first_ms = (uint16_t)rare_option(socket, SOCKET_FIRST_SYN_MS),
        .syns = (uint8_t)(one ? 1 : rare_option(socket, SOCKET_SYNS)),
        .held = (uint8_t)rare_option(socket, SOCKET_ACK_FREQUENCY),
    };
    tcp_set_patience(socket->endpoint, &patience);
}

void rare_option_apply(struct socket_object *socket)
{
    if (socket->kind.protocol == PROTOCOL_UDP) {
        bool is_6 = socket->kind.family == FAMILY_6;
        if (socket->rare == NULL)
            return;
        udp_set_unreachable(socket->endpoint, rare_option(socket, SOCKET_UDP_CONNRESET) != 0);
        udp_set_expired(socket->endpoint, rare_option(socket, SOCKET_UDP_NETRESET) != 0);
        udp_set_broadcasts(socket->endpoint, rare_option(socket, SOCKET_RECEIVE_BROADCAST) != 0);
        udp_set_coalescing(socket->endpoint, rare_option(socket, SOCKET_RECEIVE_COALESCED));
        udp_set_loop(socket->endpoint,
                     rare_option(socket, is_6 ? SOCKET_MULTICAST_LOOP_6 : SOCKET_MULTICAST_LOOP));
    } else if (socket->state == SOCKET_LISTENING) {
        if (rare_option(socket, SOCKET_CONDITIONAL_ACCEPT) != 0)
            tcp_listen_conditionally(socket->endpoint, true);
    } else {
        apply_keep_alive(socket);
        apply_patience(socket);
    }
}

nt_status socket_set_keep_alive(struct socket_object *socket, bool on, uint32_t idle_ms,
                                uint32_t interval_ms)
{
    nt_status status = socket_set_option(socket, SOCKET_KEEP_ALIVE, on);
    if (!nt_success(status))
        return status;
    if (idle_ms != 0)
        status = socket_set_option(socket, SOCKET_KEEP_IDLE_MS, idle_ms);
    if (nt_success(status) && interval_ms != 0)
        status = socket_set_option(socket, SOCKET_KEEP_INTERVAL_MS, interval_ms);
    return status;
}

static bool is_multicast(const struct address *address)
{
    return address->family == FAMILY_4 ? address->bytes[0] >> 4 == 14 : address->bytes[0] == 0xFF;
}

/* IP_MULTICAST_IF is an index in the last three bytes of 0.0.0.x, or an address of this machine;
 * UINT32_MAX for what is neither.
 */
static uint32_t interface_named(uint32_t value)
{
    const struct address address = {.family = FAMILY_4,
                                    .bytes = {(uint8_t)value, (uint8_t)(value >> 8),
                                              (uint8_t)(value >> 16), (uint8_t)(value >> 24)}};
    const uint8_t *bytes = address.bytes;
    if (value == 0)
        return 0;
    const struct interface *found =
        bytes[0] == 0
            ? interface_find((uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3])
            : interface_of(&address);
    return found == NULL ? UINT32_MAX : found->index;
}

/* IP_UNICAST_IF is in network order, IPV6_UNICAST_IF is not (their pages). */
static uint32_t turned(uint32_t value)
{
    return value >> 24 | (value >> 8 & 0xff00) | (value << 8 & 0xff0000) | value << 24;
}

static uint32_t interface_for(const struct socket_object *socket, bool is_6, bool group)
{
    if (group)
        return is_6 ? rare_option(socket, SOCKET_MULTICAST_IF_6)
                    : interface_named(rare_option(socket, SOCKET_MULTICAST_IF));
    return is_6 ? rare_option(socket, SOCKET_UNICAST_IF_6)
                : turned(rare_option(socket, SOCKET_UNICAST_IF));
}

/* IP_PMTUDISC_DO and IP_PMTUDISC_PROBE keep a datagram whole, as IP_DONTFRAGMENT does. */
static bool stays_whole(const struct socket_object *socket, bool is_6)
{
    uint32_t discovery = rare_option(socket, is_6 ? SOCKET_MTU_DISCOVER_6 : SOCKET_MTU_DISCOVER);
    if (discovery != 0)
        return discovery != 2;
    return rare_option(socket, is_6 ? SOCKET_DONT_FRAGMENT_6 : SOCKET_DONT_FRAGMENT) != 0;
}

static void apply_wishes(const struct udp_wishes *wishes, struct udp_sending *sending)
{
    if (wishes->has_source) {
        sending->has_source = true;
        sending->source = wishes->source;
    }
    if (wishes->interface != 0)
        sending->interface = wishes->interface;
    if (wishes->ttl >= 0)
        sending->ttl = (uint8_t)wishes->ttl;
    if (wishes->tos >= 0)
        sending->tos = (uint8_t)wishes->tos;
    if (wishes->ecn >= 0)
        sending->tos = (uint8_t)((sending->tos & 0xfc) | (wishes->ecn & 3));
    if (wishes->piece >= 0)
        sending->piece = (uint32_t)wishes->piece;
}

/* What an IPv4-mapped address goes by is IPv4's. */
void socket_sending_options(const struct socket_object *socket, const struct udp_wishes *wishes,
                            struct udp_sending *sending)
{
    const struct place to = place_of(&sending->to, 0);
    bool is_6 = to.family == FAMILY_6;
    bool group = place_kind(&to) == PLACE_MULTICAST;
    uint32_t mtu = rare_option(socket, is_6 ? SOCKET_USER_MTU_6 : SOCKET_USER_MTU);
    sending->ttl = (uint8_t)rare_option(socket, is_6 ? (group ? SOCKET_MULTICAST_HOPS : SOCKET_HOPS)
                                                     : (group ? SOCKET_MULTICAST_TTL : SOCKET_TTL));
    sending->loop =
        rare_option(socket, is_6 ? SOCKET_MULTICAST_LOOP_6 : SOCKET_MULTICAST_LOOP) != 0;
    sending->interface = interface_for(socket, is_6, group);
    sending->whole = stays_whole(socket, is_6);
    sending->mtu = mtu == UINT32_MAX ? 0 : mtu;
    sending->piece = rare_option(socket, SOCKET_SEND_MESSAGE_SIZE);
    if (BEHAVES(socket_profile(socket), tos_option, sent))
        sending->tos = (uint8_t)rare_option(socket, SOCKET_TOS);
    if (wishes != NULL)
        apply_wishes(wishes, sending);
}

nt_status socket_may_broadcast(const struct socket_object *socket, const struct address *address)
{
    struct place to = place_of(address, 0);
    if (socket->kind.protocol != PROTOCOL_UDP || place_kind(&to) != PLACE_BROADCAST ||
        socket->values[SOCKET_BROADCAST] != 0 ||
        BEHAVES(socket_profile(socket), broadcast_permission, assumed))
        return STATUS_SUCCESS;
    return STATUS_ACCESS_DENIED;
}

nt_status socket_join(struct socket_object *socket, const struct address *group, uint32_t interface,
                      const struct address *source)
{
    if (socket->kind.protocol != PROTOCOL_UDP)
        return STATUS_INVALID_PARAMETER; /* row 253 */
    nt_status status = udp_join(socket->endpoint, group, interface, source);
    if (status == STATUS_INVALID_PARAMETER && source != NULL)
        return STATUS_INVALID_ADDRESS_COMPONENT; /* Multicast Socket Option Behavior */
    if (status == STATUS_INVALID_PARAMETER)
        return nt_status_from_wsa(BEHAVIOUR_VALUE(socket_profile(socket), join_twice));
    if (status == STATUS_INVALID_ADDRESS_COMPONENT && !is_multicast(group))
        return nt_status_from_wsa(BEHAVIOUR_VALUE(socket_profile(socket), join_no_group));
    return status;
}

nt_status socket_leave(struct socket_object *socket, const struct address *group,
                       uint32_t interface, const struct address *source)
{
    if (socket->kind.protocol != PROTOCOL_UDP)
        return STATUS_INVALID_PARAMETER;
    nt_status status = udp_leave(socket->endpoint, group, interface, source);
    if (status == STATUS_INVALID_ADDRESS_COMPONENT && source == NULL)
        return nt_status_from_wsa(BEHAVIOUR_VALUE(socket_profile(socket), leave_no_member));
    return status;
}

nt_status socket_block_source(struct socket_object *socket, const struct address *group,
                              uint32_t interface, const struct address *source, bool blocked)
{
    if (socket->kind.protocol != PROTOCOL_UDP)
        return STATUS_INVALID_PARAMETER;
    return udp_block(socket->endpoint, group, interface, source, blocked);
}
