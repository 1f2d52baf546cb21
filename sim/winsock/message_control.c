#include "sim/winsock/message_control.h"

#include <string.h>

#include <ws2ipdef.h>

#include "sim/afd/socket.h"
#include "sim/winsock/memory.h"

/* ---- Told by the stack ----------------------------------------------------------------------- */

struct control {
    const struct call *call;
    CHAR *room;
    DWORD size; /* of the room */
    DWORD used;
    bool cut; /* something did not fit */
};

static void put(struct control *control, INT level, INT type, const void *value, DWORD size)
{
    const WSACMSGHDR header = {
        .cmsg_len = WSA_CMSG_LEN(size), .cmsg_level = level, .cmsg_type = type};
    DWORD space = (DWORD)WSA_CMSG_SPACE(size);
    CHAR *at = control->room + control->used;
    if (control->cut || control->size - control->used < header.cmsg_len) {
        control->cut = true;
        return;
    }
    memory_write(control->call, at, &header, sizeof header);
    memory_write(control->call, at + sizeof header, value, size);
    control->used += control->size - control->used < space ? control->size - control->used : space;
}

static bool is_on(const struct socket_object *socket, enum socket_option option)
{
    uint32_t value = 0;
    return nt_success(socket_get_option(socket, option, &value)) && value != 0;
}

static void put_number(struct control *control, const struct io *io, enum socket_option option,
                       INT level, INT type, INT number)
{
    if (is_on(io->socket, option))
        put(control, level, type, &number, sizeof number);
}

/* Of an IPv4 datagram, whatever family its socket is of. */
static void put_all_4(struct control *control, const struct io *io)
{
    const uint8_t *to = io->to.bytes + (io->to.family == FAMILY_6 ? 12 : 0); /* mapped */
    if (is_on(io->socket, SOCKET_PACKET_INFO)) {
        IN_PKTINFO info = {.ipi_ifindex = io->interface};
        memcpy(&info.ipi_addr, to, sizeof info.ipi_addr);
        put(control, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
    }
    if (is_on(io->socket, SOCKET_RECEIVE_DESTINATION))
        put(control, IPPROTO_IP, IP_RECVDSTADDR, to, sizeof(IN_ADDR));
    put_number(control, io, SOCKET_RECEIVE_IF, IPPROTO_IP, IP_RECVIF, (INT)io->interface);
    put_number(control, io, SOCKET_RECEIVE_TTL, IPPROTO_IP, IP_TTL, io->ttl);
    put_number(control, io, SOCKET_RECEIVE_TOS, IPPROTO_IP, IP_TOS, io->tos);
    put_number(control, io, SOCKET_RECEIVE_ECN, IPPROTO_IP, IP_ECN, io->tos & 3);
    put_number(control, io, SOCKET_ARRIVAL_IF, IPPROTO_IP, IP_ORIGINAL_ARRIVAL_IF,
               (INT)io->interface);
}

static void put_all_6(struct control *control, const struct io *io)
{
    if (is_on(io->socket, SOCKET_PACKET_INFO_6)) {
        IN6_PKTINFO info = {.ipi6_ifindex = io->interface};
        memcpy(&info.ipi6_addr, io->to.bytes, sizeof info.ipi6_addr);
        put(control, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof info);
    }
    if (is_on(io->socket, SOCKET_RECEIVE_DESTINATION))
        put(control, IPPROTO_IPV6, IPV6_RECVDSTADDR, io->to.bytes, sizeof(IN6_ADDR));
    put_number(control, io, SOCKET_RECEIVE_IF, IPPROTO_IPV6, IPV6_RECVIF, (INT)io->interface);
    put_number(control, io, SOCKET_HOP_LIMIT, IPPROTO_IPV6, IPV6_HOPLIMIT, io->ttl);
    put_number(control, io, SOCKET_TRAFFIC_CLASS, IPPROTO_IPV6, IPV6_TCLASS, io->tos);
    put_number(control, io, SOCKET_RECEIVE_ECN_6, IPPROTO_IPV6, IPV6_ECN, io->tos & 3);
    put_number(control, io, SOCKET_ARRIVAL_IF, IPPROTO_IP, IP_ORIGINAL_ARRIVAL_IF,
               (INT)io->interface);
}

DWORD control_write(const struct call *call, const struct io *io, const WSABUF *room, bool *cut)
{
    struct control control = {.call = call, .room = room->buf, .size = room->len};
    if (io->is_4)
        put_all_4(&control, io);
    else
        put_all_6(&control, io);
    if (io->piece != 0) {
        const DWORD piece = io->piece;
        put(&control, IPPROTO_UDP, UDP_COALESCED_INFO, &piece, sizeof piece);
    }
    *cut = control.cut;
    return control.used;
}

/* ---- Told to the stack ----------------------------------------------------------------------- */

struct wish {
    INT level, type;
    const CHAR *data;
    size_t size;
};

static nt_status take_number(const struct call *call, const struct wish *wish, int32_t most,
                             int32_t *out)
{
    INT number;
    if (wish->size < sizeof number)
        return STATUS_INVALID_PARAMETER;
    memory_read(call, &number, wish->data, sizeof number);
    if (number < -1 || number > most)
        return STATUS_INVALID_PARAMETER;
    *out = number;
    return STATUS_SUCCESS;
}

/* The wildcard names the interface alone. */
static void wish_source(struct udp_wishes *out, enum family family, const void *bytes, size_t size,
                        ULONG interface)
{
    out->source = (struct address){.family = family};
    memcpy(out->source.bytes, bytes, size);
    out->has_source = !address_is_wildcard(&out->source);
    out->interface = interface;
}

static nt_status take_source_4(const struct call *call, const struct wish *wish,
                               struct udp_wishes *out)
{
    IN_PKTINFO info;
    if (wish->size < sizeof info)
        return STATUS_INVALID_PARAMETER;
    memory_read(call, &info, wish->data, sizeof info);
    wish_source(out, FAMILY_4, &info.ipi_addr, sizeof info.ipi_addr, info.ipi_ifindex);
    return STATUS_SUCCESS;
}

static nt_status take_source_6(const struct call *call, const struct wish *wish,
                               struct udp_wishes *out)
{
    IN6_PKTINFO info;
    if (wish->size < sizeof info)
        return STATUS_INVALID_PARAMETER;
    memory_read(call, &info, wish->data, sizeof info);
    wish_source(out, FAMILY_6, &info.ipi6_addr, sizeof info.ipi6_addr, info.ipi6_ifindex);
    return STATUS_SUCCESS;
}

enum { BYTE_MOST = 255, ECN_MOST = 3 };

static nt_status take(const struct call *call, const struct wish *wish, struct udp_wishes *out)
{
    bool is_6 = wish->level == IPPROTO_IPV6;
    if (wish->level == IPPROTO_UDP)
        return wish->type == UDP_SEND_MSG_SIZE
                   ? take_number(call, wish, UDP_PAYLOAD_MAX, &out->piece)
                   : STATUS_INVALID_PARAMETER;
    if (wish->level != IPPROTO_IP && !is_6)
        return STATUS_INVALID_PARAMETER;
    switch (wish->type) {
    case IP_PKTINFO: /* IPV6_PKTINFO too; and so on */
        return is_6 ? take_source_6(call, wish, out) : take_source_4(call, wish, out);
    case IP_TTL:
    case IP_HOPLIMIT:
        return take_number(call, wish, BYTE_MOST, &out->ttl);
    case IP_TOS:
    case IP_TCLASS:
        return take_number(call, wish, BYTE_MOST, &out->tos);
    case IP_ECN:
        return take_number(call, wish, ECN_MOST, &out->ecn);
    default:
        return STATUS_INVALID_PARAMETER;
    }
}

nt_status control_read(const struct call *call, const WSABUF *control, struct udp_wishes *out)
{
    DWORD at = 0;
    *out = (struct udp_wishes){.ttl = -1, .tos = -1, .ecn = -1, .piece = -1};
    if (control->len == 0)
        return STATUS_SUCCESS;
    if (!memory_probe(call, control->buf, control->len, ACCESS_READ))
        return STATUS_ACCESS_VIOLATION;
    while (control->len - at >= sizeof(WSACMSGHDR)) {
        WSACMSGHDR header;
        memory_read(call, &header, control->buf + at, sizeof header);
        if (header.cmsg_len < sizeof header || header.cmsg_len > control->len - at)
            return STATUS_INVALID_PARAMETER;
        const struct wish wish = {header.cmsg_level, header.cmsg_type,
                                  control->buf + at + sizeof header,
                                  header.cmsg_len - sizeof header};
        nt_status status = take(call, &wish, out);
        if (!nt_success(status))
            return status;
        uint64_t next = at + WSA_CMSGHDR_ALIGN(header.cmsg_len);
        at = next < control->len ? (DWORD)next : control->len;
    }
    return STATUS_SUCCESS;
}
