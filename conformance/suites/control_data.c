/* What travels beside a datagram: control data that is sent, and that comes with what is received.
 */
#include "conformance/suites/datagram.h"
#include "conformance/suites/extension.h"

/* What older SDKs do not have. */
#ifndef IP_RECVECN
#define IP_RECVECN 50
#endif
#ifndef UDP_SEND_MSG_SIZE
#define UDP_SEND_MSG_SIZE 2
#define UDP_RECV_MAX_COALESCED_SIZE 3
#define UDP_COALESCED_INFO 3
#endif

#define GROUP 0xEFFF2A11u
#define SECOND_LOOPBACK 0x7F000002u

/* Room for one header and the largest value. */
union control {
    WSACMSGHDR header;
    char bytes[256];
};

struct heard {
    char bytes[64];
    int count; /* below 0: failed */
    struct sockaddr_in from;
    DWORD flags;
    union control control;
    WSAMSG message;
    WSABUF buffer;
};

static void hear_message(SOCKET s, struct heard *heard)
{
    DWORD count = 0;
    memset(heard, 0, sizeof(*heard));
    heard->buffer.buf = heard->bytes;
    heard->buffer.len = sizeof(heard->bytes);
    heard->message.name = (struct sockaddr *)&heard->from;
    heard->message.namelen = sizeof(heard->from);
    heard->message.lpBuffers = &heard->buffer;
    heard->message.dwBufferCount = 1;
    heard->message.Control.buf = heard->control.bytes;
    heard->message.Control.len = sizeof(heard->control.bytes);
    const int result = find_recvmsg(s)(s, &heard->message, &count, NULL, NULL);
    heard->count = result == 0 ? (int)count : -1;
    heard->flags = heard->message.dwFlags;
}

/* The value of a header of that type, or -1. */
static int value_of(struct heard *heard, int level, int type)
{
    int value = -1;
    for (WSACMSGHDR *at = WSA_CMSG_FIRSTHDR(&heard->message); at != NULL;
         at = WSA_CMSG_NXTHDR(&heard->message, at))
        if (at->cmsg_level == level && at->cmsg_type == type)
            memcpy(&value, WSA_CMSG_DATA(at), sizeof(value));
    return value;
}

/* Sends with one header; the error, or 0. */
static unsigned send_with(SOCKET s, USHORT port, const char *text, int level, int type,
                          const void *value, size_t size)
{
    union control control;
    struct sockaddr_in to = ipv4_address(INADDR_LOOPBACK, port);
    WSABUF buffer;
    WSAMSG message;
    DWORD count = 0;
    memset(&control, 0, sizeof(control));
    control.header.cmsg_len = WSA_CMSG_LEN(size);
    control.header.cmsg_level = level;
    control.header.cmsg_type = type;
    memcpy(WSA_CMSG_DATA(&control.header), value, size);
    buffer.buf = (char *)(uintptr_t)text;
    buffer.len = (ULONG)strlen(text);
    memset(&message, 0, sizeof(message));
    message.name = (struct sockaddr *)&to;
    message.namelen = sizeof(to);
    message.lpBuffers = &buffer;
    message.dwBufferCount = 1;
    message.Control.buf = control.bytes;
    message.Control.len = (ULONG)WSA_CMSG_SPACE(size);
    return winsock_outcome(find_sendmsg(s)(s, &message, 0, &count, NULL, NULL));
}

static unsigned send_with_number(SOCKET s, USHORT port, int level, int type, int number)
{
    return send_with(s, port, "text", level, type, &number, sizeof(number));
}

/* ---- Sent ------------------------------------------------------------------------------------ */

static void a_message_has_its_own_time_to_live(void)
{
    struct heard heard;
    START_WINSOCK();
    const SOCKET sender = datagram_socket(), receiver = datagram_socket();
    set_option(sender, IPPROTO_IP, IP_TTL, 99);
    set_option(receiver, IPPROTO_IP, IP_RECVTTL, 1);
    assert_int_equal(send_with_number(sender, bound_port(receiver), IPPROTO_IP, IP_TTL, 42), 0);
    hear_message(receiver, &heard);
    assert_int_equal(value_of(&heard, IPPROTO_IP, IP_TTL), 42);
    say(sender, "more", bound_port(receiver));
    hear_message(receiver, &heard);
    assert_int_equal(value_of(&heard, IPPROTO_IP, IP_TTL), 99);
    close_socket(sender);
    close_socket(receiver);
    END_WINSOCK();
}

static void a_message_may_name_its_source(void)
{
    struct heard heard;
    struct in_pktinfo info;
    START_WINSOCK();
    const SOCKET sender = udp_socket(), receiver = datagram_socket();
    assert_int_equal(bind_ipv4(sender, INADDR_ANY, 0), 0);
    memset(&info, 0, sizeof(info));
    info.ipi_addr.s_addr = htonl(SECOND_LOOPBACK);
    assert_int_equal(send_with(sender, bound_port(receiver), "text", IPPROTO_IP, IP_PKTINFO, &info,
                               sizeof(info)),
                     0);
    hear_message(receiver, &heard);
    assert_int_equal(heard.count, 4);
    assert_int_equal(ntohl(heard.from.sin_addr.s_addr), SECOND_LOOPBACK);
    say(sender, "more", bound_port(receiver));
    hear_message(receiver, &heard);
    assert_int_equal(ntohl(heard.from.sin_addr.s_addr), INADDR_LOOPBACK);
    close_socket(sender);
    close_socket(receiver);
    END_WINSOCK();
}

static void congestion_is_marked_in_a_message(void)
{
    struct heard heard;
    START_WINSOCK();
    const SOCKET sender = datagram_socket(), receiver = datagram_socket();
    set_option(receiver, IPPROTO_IP, IP_RECVECN, 1);
    assert_int_equal(send_with_number(sender, bound_port(receiver), IPPROTO_IP, IP_ECN, 2), 0);
    hear_message(receiver, &heard);
    assert_int_equal(value_of(&heard, IPPROTO_IP, IP_ECN), 2);
    close_socket(sender);
    close_socket(receiver);
    END_WINSOCK();
}

static void the_type_of_service_marks_or_not(void)
{
    struct heard heard;
    START_WINSOCK();
    const SOCKET sender = datagram_socket(), receiver = datagram_socket();
    set_option(receiver, IPPROTO_IP, IP_RECVTOS, 1);
    set_option(sender, IPPROTO_IP, IP_TOS, 16);
    say(sender, "text", bound_port(receiver));
    hear_message(receiver, &heard);
    const int tos = value_of(&heard, IPPROTO_IP, IP_TOS);
    if (tos == 16)
        OBSERVE(tos_option, sent);
    else
        OBSERVE(tos_option, ignored);
    assert_true(tos == 0 || tos == 16);
    close_socket(sender);
    close_socket(receiver);
    END_WINSOCK();
}

/* ---- In pieces ------------------------------------------------------------------------------- */

static void a_socket_sends_in_pieces(void)
{
    START_WINSOCK();
    const SOCKET sender = datagram_socket(), receiver = datagram_socket();
    set_option(sender, IPPROTO_UDP, UDP_SEND_MSG_SIZE, 4);
    assert_int_equal(send_datagram(sender, "abcdefghij", 10, bound_port(receiver)), 0);
    hear(receiver, "abcd");
    hear(receiver, "efgh");
    hear(receiver, "ij");
    say(sender, "abcd", bound_port(receiver));
    hear(receiver, "abcd");
    close_socket(sender);
    close_socket(receiver);
    END_WINSOCK();
}

static void a_message_is_sent_in_pieces(void)
{
    const DWORD piece = 3;
    START_WINSOCK();
    const SOCKET sender = datagram_socket(), receiver = datagram_socket();
    assert_int_equal(send_with(sender, bound_port(receiver), "abcde", IPPROTO_UDP,
                               UDP_SEND_MSG_SIZE, &piece, sizeof(piece)),
                     0);
    hear(receiver, "abc");
    hear(receiver, "de");
    say(sender, "whole", bound_port(receiver));
    hear(receiver, "whole");
    close_socket(sender);
    close_socket(receiver);
    END_WINSOCK();
}

static void pieces_come_together_or_apart(void)
{
    struct heard heard;
    START_WINSOCK();
    const SOCKET sender = datagram_socket(), receiver = datagram_socket();
    set_option(receiver, IPPROTO_UDP, UDP_RECV_MAX_COALESCED_SIZE, 4096);
    set_option(sender, IPPROTO_UDP, UDP_SEND_MSG_SIZE, 4);
    assert_int_equal(send_datagram(sender, "abcdefghij", 10, bound_port(receiver)), 0);
    Sleep(QUIET_MS);
    hear_message(receiver, &heard);
    if (heard.count == 10) {
        OBSERVE(datagrams_coalesced, together);
        assert_int_equal(value_of(&heard, IPPROTO_UDP, UDP_COALESCED_INFO), 4);
    } else {
        OBSERVE(datagrams_coalesced, apart);
        assert_int_equal(heard.count, 4);
        assert_int_equal(value_of(&heard, IPPROTO_UDP, UDP_COALESCED_INFO), -1);
    }
    close_socket(sender);
    close_socket(receiver);
    END_WINSOCK();
}

/* ---- Received -------------------------------------------------------------------------------- */

static SOCKET group_member(USHORT port)
{
    struct ip_mreq request;
    const SOCKET s = udp_socket();
    assert_int_equal(bind_ipv4(s, INADDR_ANY, port), 0);
    request.imr_multiaddr.s_addr = htonl(GROUP);
    request.imr_interface.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(
        setsockopt(s, IPPROTO_IP, IP_ADD_MEMBERSHIP, (const char *)&request, sizeof(request)), 0);
    set_option(s, SOL_SOCKET, SO_RCVTIMEO, STREAM_PATIENCE_MS);
    return s;
}

static void a_group_is_named_in_the_flags(void)
{
    struct heard heard;
    const DWORD loopback = htonl(INADDR_LOOPBACK);
    START_WINSOCK();
    const SOCKET sender = udp_socket(), receiver = group_member(0);
    const struct sockaddr_in to = ipv4_address(GROUP, bound_port(receiver));
    assert_int_equal(
        setsockopt(sender, IPPROTO_IP, IP_MULTICAST_IF, (const char *)&loopback, sizeof(loopback)),
        0);
    assert_int_equal(sendto(sender, "text", 4, 0, address_at(&to), sizeof(to)), 4);
    hear_message(receiver, &heard);
    assert_int_equal(heard.count, 4);
    assert_int_equal(heard.flags & (MSG_MCAST | MSG_BCAST), MSG_MCAST);
    say(sender, "more", bound_port(receiver));
    hear_message(receiver, &heard);
    assert_int_equal(heard.flags & (MSG_MCAST | MSG_BCAST), 0);
    close_socket(sender);
    close_socket(receiver);
    END_WINSOCK();
}

static void a_group_is_spoken_to_from_its_interface(void)
{
    struct heard heard;
    const DWORD loopback = htonl(INADDR_LOOPBACK);
    START_WINSOCK();
    const SOCKET sender = udp_socket(), receiver = group_member(0);
    const struct sockaddr_in to = ipv4_address(GROUP, bound_port(receiver));
    assert_int_equal(bind_ipv4(sender, INADDR_ANY, 0), 0);
    assert_int_equal(
        setsockopt(sender, IPPROTO_IP, IP_MULTICAST_IF, (const char *)&loopback, sizeof(loopback)),
        0);
    assert_int_equal(sendto(sender, "text", 4, 0, address_at(&to), sizeof(to)), 4);
    hear_message(receiver, &heard);
    assert_int_equal(ntohl(heard.from.sin_addr.s_addr), INADDR_LOOPBACK);
    close_socket(sender);
    close_socket(receiver);
    END_WINSOCK();
}

/* The datagram to the socket alone comes behind the broadcast, and is the first that is heard. */
static void broadcasts_can_be_left_out(void)
{
    START_WINSOCK();
    const SOCKET sender = udp_socket(), receiver = udp_socket();
    assert_int_equal(bind_ipv4(receiver, INADDR_ANY, 0), 0);
    assert_int_equal(bind_ipv4(sender, INADDR_ANY, 0), 0);
    const struct sockaddr_in all = ipv4_address(INADDR_BROADCAST, bound_port(receiver));
    set_option(receiver, SOL_SOCKET, SO_RCVTIMEO, STREAM_PATIENCE_MS);
    set_option(receiver, IPPROTO_IP, IP_RECEIVE_BROADCAST, 0);
    set_option(sender, SOL_SOCKET, SO_BROADCAST, 1);
    assert_int_equal(sendto(sender, "all", 3, 0, address_at(&all), sizeof(all)), 3);
    Sleep(QUIET_MS);
    say(sender, "one", bound_port(receiver));
    hear(receiver, "one");
    hear_nothing(receiver);
    close_socket(sender);
    close_socket(receiver);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(a_message_has_its_own_time_to_live, ANC_001),
    CASE(a_message_may_name_its_source, ANC_002),
    CASE(congestion_is_marked_in_a_message, ANC_003),
    CASE(a_socket_sends_in_pieces, ANC_004),
    CASE(a_message_is_sent_in_pieces, ANC_005),
    CASE(the_type_of_service_marks_or_not, ANC_006),
    CASE(pieces_come_together_or_apart, ANC_007),
    CASE(a_group_is_named_in_the_flags, ANC_008),
    CASE(a_group_is_spoken_to_from_its_interface, ANC_009),
    CASE(broadcasts_can_be_left_out, ANC_010),
    END_OF_CASES,
};
// clang-format on

const struct suite control_data_suite = {
    .name = "control_data",
    .about = "What travels beside a datagram",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
