/* WSASendMsg and WSARecvMsg. */
#include "conformance/suites/stream.h"

#include "conformance/suites/extension.h"

struct message {
    WSAMSG head;
    WSABUF buffers[2];
    struct sockaddr_in name;
    char bytes[2][16];
    unsigned char control[128];
};

/* A message of two buffers of 4 and 16 bytes, with room for a name. */
static void message_begin(struct message *message)
{
    memset(message, 0, sizeof(*message));
    memset(message->bytes, '#', sizeof(message->bytes));
    memset(&message->name, 0xCC, sizeof(message->name));
    message->buffers[0].len = 4;
    message->buffers[0].buf = message->bytes[0];
    message->buffers[1].len = 16;
    message->buffers[1].buf = message->bytes[1];
    message->head.name = (struct sockaddr *)&message->name;
    message->head.namelen = sizeof(message->name);
    message->head.lpBuffers = message->buffers;
    message->head.dwBufferCount = 2;
}

struct ends {
    SOCKET sender, receiver;
    struct sockaddr_in receivers_name;
};

static struct ends datagram_ends(void)
{
    struct ends ends = {open_socket(AF_INET, SOCK_DGRAM), open_socket(AF_INET, SOCK_DGRAM), {0}};
    assert_int_equal(bind_loopback(ends.sender, 0), 0);
    assert_int_equal(bind_loopback(ends.receiver, 0), 0);
    ends.receivers_name = ipv4_address(INADDR_LOOPBACK, bound_port(ends.receiver));
    return ends;
}

static void send_to(const struct ends *ends, const char *bytes, int size)
{
    assert_int_equal(sendto(ends->sender, bytes, size, 0, address_at(&ends->receivers_name),
                            sizeof(ends->receivers_name)),
                     size);
}

static void close_ends(const struct ends *ends)
{
    close_socket(ends->sender);
    close_socket(ends->receiver);
}

static void wsasendmsg_looks_at_the_socket_first(void)
{
    struct message message;
    START_WINSOCK();
    const SOCKET s = udp_socket();
    const LPFN_WSASENDMSG sendmsg = find_sendmsg(s);
    message_begin(&message);
    WSASetLastError(0);
    assert_fails_with(sendmsg(INVALID_SOCKET, &message.head, 0, NULL, NULL, NULL), WSAENOTSOCK);
    assert_fails_with(sendmsg(s, &message.head, 0, NULL, NULL, NULL), WSAEFAULT);
    close_socket(s);
    END_WINSOCK();
}

static void wsasendmsg_is_not_for_streams(void)
{
    struct message message;
    DWORD sent = 0xdead;
    char byte;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    message_begin(&message);
    message.head.name = NULL;
    message.head.namelen = 0;
    assert_fails_with(find_sendmsg(pair.client)(pair.client, &message.head, 0, &sent, NULL, NULL),
                      WSAEINVAL);
    set_blocking(pair.server, false);
    assert_fails_with(recv(pair.server, &byte, 1, 0), WSAEWOULDBLOCK);
    close_pair(&pair);
    END_WINSOCK();
}

static void wsasendmsg_gathers_a_datagram(void)
{
    struct message message;
    char got[32];
    DWORD sent = 0xdead;
    START_WINSOCK();
    const struct ends ends = datagram_ends();
    message_begin(&message);
    message.name = ends.receivers_name;
    memcpy(message.bytes[0], "head", 4);
    memcpy(message.bytes[1], "tail", 4);
    message.buffers[1].len = 4;
    assert_int_equal(find_sendmsg(ends.sender)(ends.sender, &message.head, 0, &sent, NULL, NULL),
                     0);
    assert_int_equal(sent, 8);
    assert_int_equal(recv(ends.receiver, got, sizeof(got), 0), 8);
    assert_memory_equal(got, "headtail", 8);
    close_ends(&ends);
    END_WINSOCK();
}

static void wsasendmsg_binds_a_socket_that_is_not_bound(void)
{
    struct message message;
    DWORD sent = 0;
    START_WINSOCK();
    const struct ends ends = datagram_ends();
    const SOCKET s = udp_socket();
    const LPFN_WSASENDMSG sendmsg = find_sendmsg(s);
    message_begin(&message);
    message.name = ends.receivers_name;
    assert_fails_with(sendmsg(s, NULL, 0, &sent, NULL, NULL), WSAEFAULT);
    assert_int_equal(bound_port(s), 0);
    assert_int_equal(sendmsg(s, &message.head, 0, &sent, NULL, NULL), 0);
    assert_int_not_equal(bound_port(s), 0);
    close_socket(s);
    close_ends(&ends);
    END_WINSOCK();
}

static void wsasendmsg_that_fails_for_its_count_binds_all_the_same(void)
{
    struct message message;
    START_WINSOCK();
    const struct ends ends = datagram_ends();
    const SOCKET s = udp_socket();
    message_begin(&message);
    message.name = ends.receivers_name;
    assert_fails_with(find_sendmsg(s)(s, &message.head, 0, NULL, NULL, NULL), WSAEFAULT);
    assert_int_not_equal(bound_port(s), 0);
    close_socket(s);
    close_ends(&ends);
    END_WINSOCK();
}

static void wsarecvmsg_scatters_a_datagram_and_names_its_sender(void)
{
    struct message message;
    DWORD got = 0xdead;
    START_WINSOCK();
    const struct ends ends = datagram_ends();
    send_to(&ends, "headtail", 8);
    message_begin(&message);
    assert_int_equal(find_recvmsg(ends.receiver)(ends.receiver, &message.head, &got, NULL, NULL),
                     0);
    assert_int_equal(got, 8);
    assert_memory_equal(message.bytes[0], "head####", 8);
    assert_memory_equal(message.bytes[1], "tail####", 8);
    assert_int_equal(message.head.namelen, sizeof(struct sockaddr_in));
    assert_int_equal(ntohs(message.name.sin_port), bound_port(ends.sender));
    assert_int_equal(message.head.dwFlags, 0);
    close_ends(&ends);
    END_WINSOCK();
}

static void wsarecvmsg_says_when_a_datagram_is_cut(void)
{
    struct message message;
    DWORD got = 0xdead;
    START_WINSOCK();
    const struct ends ends = datagram_ends();
    send_to(&ends, "headtail", 8);
    send_to(&ends, "next", 4);
    message_begin(&message);
    message.head.dwBufferCount = 1;
    assert_fails_with(find_recvmsg(ends.receiver)(ends.receiver, &message.head, &got, NULL, NULL),
                      WSAEMSGSIZE);
    assert_true((message.head.dwFlags & MSG_TRUNC) != 0);
    assert_memory_equal(message.bytes[0], "head####", 8);
    message_begin(&message);
    assert_int_equal(find_recvmsg(ends.receiver)(ends.receiver, &message.head, &got, NULL, NULL),
                     0);
    assert_int_equal(got, 4);
    assert_memory_equal(message.bytes[0], "next####", 8);
    close_ends(&ends);
    END_WINSOCK();
}

static void wsarecvmsg_may_only_look(void)
{
    struct message message;
    DWORD got = 0xdead;
    START_WINSOCK();
    const struct ends ends = datagram_ends();
    send_to(&ends, "look", 4);
    for (int i = 0; i < 2; i++) {
        message_begin(&message);
        message.head.dwFlags = i == 0 ? MSG_PEEK : 0;
        assert_int_equal(
            find_recvmsg(ends.receiver)(ends.receiver, &message.head, &got, NULL, NULL), 0);
        assert_int_equal(got, 4);
        assert_memory_equal(message.bytes[0], "look", 4);
    }
    close_ends(&ends);
    END_WINSOCK();
}

static void wsarecvmsg_tells_where_a_datagram_came_to(void)
{
    struct message message;
    struct in_pktinfo info;
    DWORD got = 0xdead;
    START_WINSOCK();
    const struct ends ends = datagram_ends();
    set_option(ends.receiver, IPPROTO_IP, IP_PKTINFO, 1);
    send_to(&ends, "where", 5);
    message_begin(&message);
    message.head.Control.buf = (char *)message.control;
    message.head.Control.len = sizeof(message.control);
    assert_int_equal(find_recvmsg(ends.receiver)(ends.receiver, &message.head, &got, NULL, NULL),
                     0);
    const WSACMSGHDR *const header = WSA_CMSG_FIRSTHDR(&message.head);
    assert_non_null(header);
    assert_int_equal(header->cmsg_level, IPPROTO_IP);
    assert_int_equal(header->cmsg_type, IP_PKTINFO);
    memcpy(&info, WSA_CMSG_DATA(header), sizeof(info));
    assert_int_equal(ntohl(info.ipi_addr.s_addr), INADDR_LOOPBACK);
    close_ends(&ends);
    END_WINSOCK();
}

static void control_data_that_does_not_fit_is_said_to_be_cut(void)
{
    struct message message;
    DWORD got = 0xdead;
    START_WINSOCK();
    const struct ends ends = datagram_ends();
    set_option(ends.receiver, IPPROTO_IP, IP_PKTINFO, 1);
    send_to(&ends, "where", 5);
    message_begin(&message);
    message.head.Control.buf = (char *)message.control;
    message.head.Control.len = 1;
    assert_fails_with(find_recvmsg(ends.receiver)(ends.receiver, &message.head, &got, NULL, NULL),
                      WSAEMSGSIZE);
    assert_true((message.head.dwFlags & MSG_CTRUNC) != 0);
    close_ends(&ends);
    END_WINSOCK();
}

static void wsarecvmsg_is_not_for_streams(void)
{
    struct message message;
    DWORD got = 0xdead;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    send_bytes(pair.client, "bytes", 5);
    assert_becomes(pair.server, SET_READ);
    message_begin(&message);
    assert_int_equal(find_recvmsg(pair.server)(pair.server, &message.head, &got, NULL, NULL),
                     SOCKET_ERROR);
    assert_one_of(WSAGetLastError(), WSAEINVAL, WSAEOPNOTSUPP);
    expect_bytes(pair.server, "bytes", 5);
    close_pair(&pair);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(wsasendmsg_looks_at_the_socket_first, EXT_012),
    CASE(wsasendmsg_is_not_for_streams, EXT_013),
    CASE(wsasendmsg_gathers_a_datagram, EXT_014),
    CASE(wsasendmsg_binds_a_socket_that_is_not_bound, EXT_015),
    CASE(wsasendmsg_that_fails_for_its_count_binds_all_the_same, EXT_022),
    CASE(wsarecvmsg_scatters_a_datagram_and_names_its_sender, EXT_016),
    CASE(wsarecvmsg_says_when_a_datagram_is_cut, EXT_017),
    CASE(wsarecvmsg_may_only_look, EXT_018),
    CASE(wsarecvmsg_tells_where_a_datagram_came_to, EXT_019),
    CASE(control_data_that_does_not_fit_is_said_to_be_cut, EXT_020),
    CASE(wsarecvmsg_is_not_for_streams, EXT_021),
    END_OF_CASES,
};
// clang-format on

const struct suite stream_message_suite = {
    .name = "stream_message",
    .about = "WSASendMsg and WSARecvMsg",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
