/* Datagrams that carry wishes, interfaces that are chosen, and what is too far or too long. */
#include "sim/winsock/fixture.h"

#include <mswsock.h>

#include "sim/tcpip/interfaces.h"
#include "sim/tcpip/remote.h"

static SOCKADDR_IN name_of(const char *text, u_short port)
{
    SOCKADDR_IN name = {.sin_family = AF_INET, .sin_port = htons(port)};
    name.sin_addr.s_addr = inet_addr(text);
    return name;
}

static int set(SOCKET s, int level, int option, DWORD value)
{
    return setsockopt(s, level, option, (const char *)&value, sizeof value);
}

static int send_to(SOCKET s, const char *text, u_short port, int size)
{
    static const char bytes[4096];
    const SOCKADDR_IN to = name_of(text, port);
    return sendto(s, bytes, size, 0, (const struct sockaddr *)&to, sizeof to);
}

union control {
    WSACMSGHDR header;
    char bytes[64];
};

static int send_with(SOCKET s, const char *to_text, INT level, INT type, const void *value,
                     size_t size)
{
    union control control = {{WSA_CMSG_LEN(size), level, type}};
    SOCKADDR_IN to = name_of(to_text, 5000);
    char byte = 'x';
    WSABUF buffer = {1, &byte};
    WSAMSG message = {
        (LPSOCKADDR)&to, sizeof to, &buffer, 1, {WSA_CMSG_SPACE(size), control.bytes}, 0};
    DWORD count;
    memcpy(WSA_CMSG_DATA(&control.header), value, size);
    return WSASendMsg(s, &message, 0, &count, NULL, NULL);
}

static void a_source_is_one_of_this_machines(void **state)
{
    (void)state;
    const SOCKET s = udp();
    IN_PKTINFO info = {.ipi_addr.s_addr = inet_addr("10.9.8.7")};
    assert_wsa(send_with(s, "127.0.0.1", IPPROTO_IP, IP_PKTINFO, &info, sizeof info),
               WSAEADDRNOTAVAIL);
    info.ipi_addr.s_addr = 0;
    info.ipi_ifindex = 77;
    assert_wsa(send_with(s, "127.0.0.1", IPPROTO_IP, IP_PKTINFO, &info, sizeof info),
               WSAENETUNREACH);
    info.ipi_ifindex = INTERFACE_LOOPBACK;
    assert_works(send_with(s, "127.0.0.1", IPPROTO_IP, IP_PKTINFO, &info, sizeof info));
    assert_wsa(send_with(s, "192.168.1.77", IPPROTO_IP, IP_PKTINFO, &info, sizeof info),
               WSAENETUNREACH);
    assert_wsa(send_with(s, "127.0.0.1", IPPROTO_IP, IP_PKTINFO, &info, 4), WSAEINVAL);
    assert_wsa(send_with(s, "127.0.0.1", IPPROTO_IP, 99, &info, sizeof info), WSAEINVAL);
    assert_wsa(send_with(s, "127.0.0.1", IPPROTO_TCP, 1, &info, sizeof info), WSAEINVAL);
}

static void the_interface_for_one_is_in_network_order(void **state)
{
    (void)state;
    const SOCKET s = udp();
    assert_works(set(s, IPPROTO_IP, IP_UNICAST_IF, htonl(INTERFACE_LOOPBACK)));
    assert_wsa(send_to(s, "192.168.1.77", 5000, 1), WSAENETUNREACH);
    assert_int_equal(send_to(s, "127.0.0.1", 5000, 1), 1);
    assert_works(set(s, IPPROTO_IP, IP_UNICAST_IF, htonl(INTERFACE_LAN)));
    assert_int_equal(send_to(s, "192.168.1.77", 5000, 1), 1);
    assert_wsa(send_to(s, "127.0.0.1", 5000, 1), WSAENETUNREACH);
    assert_works(set(s, IPPROTO_IP, IP_UNICAST_IF, 0));
    assert_int_equal(send_to(s, "127.0.0.1", 5000, 1), 1);
}

static void the_interface_for_groups_exists(void **state)
{
    (void)state;
    const SOCKET s = udp();
    const IP_MREQ nowhere = {.imr_multiaddr.s_addr = inet_addr("239.1.2.3"),
                             .imr_interface.s_addr = inet_addr("10.9.8.7")};
    assert_works(set(s, IPPROTO_IP, IP_MULTICAST_IF, htonl(2)));
    assert_works(set(s, IPPROTO_IP, IP_MULTICAST_IF, inet_addr("192.168.1.10")));
    assert_wsa(set(s, IPPROTO_IP, IP_MULTICAST_IF, htonl(77)), WSAEADDRNOTAVAIL);
    assert_wsa(set(s, IPPROTO_IP, IP_MULTICAST_IF, inet_addr("10.9.8.7")), WSAEADDRNOTAVAIL);
    assert_wsa(setsockopt(s, IPPROTO_IP, IP_ADD_MEMBERSHIP, (const char *)&nowhere, sizeof nowhere),
               WSAEADDRNOTAVAIL);
}

static void whole_datagrams_fit_into_the_mtu(void **state)
{
    (void)state;
    const SOCKET s = udp();
    assert_int_equal(send_to(s, "192.168.1.77", 5000, 1473), 1473);
    assert_works(set(s, IPPROTO_IP, IP_DONTFRAGMENT, 1));
    assert_wsa(send_to(s, "192.168.1.77", 5000, 1473), WSAEMSGSIZE);
    assert_int_equal(send_to(s, "192.168.1.77", 5000, 1472), 1472);
    assert_int_equal(send_to(s, "127.0.0.1", 5000, 4000), 4000);
    assert_works(set(s, IPPROTO_IP, IP_USER_MTU, 1000));
    assert_wsa(send_to(s, "192.168.1.77", 5000, 973), WSAEMSGSIZE);
    assert_works(set(s, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT));
    assert_int_equal(send_to(s, "192.168.1.77", 5000, 973), 973);
    assert_works(set(s, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO));
    assert_wsa(send_to(s, "192.168.1.77", 5000, 973), WSAEMSGSIZE);
}

static void the_router_ends_a_life_of_one(void **state)
{
    (void)state;
    const SOCKET s = udp();
    const struct address far = {.family = FAMILY_4, .bytes = {203, 0, 113, 5}};
    DWORD off = 0, count, timeout = 10;
    char bytes[8];
    assert_status(remote_add(afd->tcpip, NULL, &far, false), STATUS_SUCCESS);
    assert_status(remote_script(afd->tcpip, &far, PROTOCOL_UDP, 5000, "echo"), STATUS_SUCCESS);
    assert_works(set(s, SOL_SOCKET, SO_RCVTIMEO, timeout));
    assert_works(set(s, IPPROTO_IP, IP_TTL, 1));
    assert_int_equal(send_to(s, "203.0.113.5", 5000, 3), 3);
    assert_wsa(recv(s, bytes, sizeof bytes, 0), WSAENETRESET);
    assert_works(WSAIoctl(s, SIO_UDP_NETRESET, &off, sizeof off, NULL, 0, &count, NULL, NULL));
    assert_int_equal(send_to(s, "203.0.113.5", 5000, 3), 3);
    assert_wsa(recv(s, bytes, sizeof bytes, 0), WSAETIMEDOUT);
    assert_works(set(s, IPPROTO_IP, IP_TTL, 2));
    assert_int_equal(send_to(s, "203.0.113.5", 5000, 3), 3);
    assert_int_equal(recv(s, bytes, sizeof bytes, 0), 3);
}

static void what_is_coalesced_fits_and_is_alike(void **state)
{
    (void)state;
    const SOCKET sender = udp(), receiver = udp();
    char bytes[64];
    u_long on = 1;
    assert_works(bind_loopback(receiver, 5000));
    assert_works(ioctlsocket(receiver, FIONBIO, &on));
    assert_works(set(receiver, IPPROTO_UDP, UDP_RECV_MAX_COALESCED_SIZE, 10));
    for (int i = 0; i < 3; i++)
        assert_int_equal(send_to(sender, "127.0.0.1", 5000, 4), 4);
    assert_int_equal(send_to(sender, "127.0.0.1", 5000, 5), 5);
    wait_for_time(machine.nt, 1000000, "the test");
    assert_int_equal(recv(receiver, bytes, sizeof bytes, MSG_PEEK), 8);
    assert_int_equal(recv(receiver, bytes, sizeof bytes, 0), 8);
    assert_int_equal(recv(receiver, bytes, sizeof bytes, 0), 4);
    assert_int_equal(recv(receiver, bytes, sizeof bytes, 0), 5);
    assert_wsa(recv(receiver, bytes, sizeof bytes, 0), WSAEWOULDBLOCK);
}

/* Through a socket of both families IPv4's part tells of an IPv4 datagram, IPv6's of its own. */
static void each_family_tells_of_its_own(void **state)
{
    (void)state;
    static const GUID id = WSAID_WSARECVMSG;
    LPFN_WSARECVMSG receive;
    SOCKADDR_IN6 any = {.sin6_family = AF_INET6, .sin6_port = htons(5000)};
    const SOCKET s = socket(AF_INET6, SOCK_DGRAM, 0);
    char bytes[8], control[256];
    DWORD count;
    WSABUF buffer = {sizeof bytes, bytes};
    assert_works(WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, (void *)(uintptr_t)&id, sizeof id,
                          &receive, sizeof receive, &count, NULL, NULL));
    assert_works(set(s, IPPROTO_IPV6, IPV6_V6ONLY, 0));
    assert_works(set(s, IPPROTO_IP, IP_RECVDSTADDR, 1));
    assert_works(set(s, IPPROTO_IP, IP_RECVIF, 1));
    assert_works(set(s, IPPROTO_IPV6, IPV6_RECVIF, 1));
    assert_works(bind(s, (const struct sockaddr *)&any, sizeof any));
    assert_int_equal(send_to(udp(), "127.0.0.1", 5000, 3), 3);
    WSAMSG message = {NULL, 0, &buffer, 1, {sizeof control, control}, 0};
    assert_works(receive(s, &message, &count, NULL, NULL));
    WSACMSGHDR *header = WSA_CMSG_FIRSTHDR(&message);
    const DWORD own = htonl(INADDR_LOOPBACK), index = INTERFACE_LOOPBACK;
    assert_int_equal(header->cmsg_level, IPPROTO_IP);
    assert_int_equal(header->cmsg_type, IP_RECVDSTADDR);
    assert_memory_equal(WSA_CMSG_DATA(header), &own, sizeof own);
    header = WSA_CMSG_NXTHDR(&message, header);
    assert_int_equal(header->cmsg_type, IP_RECVIF);
    assert_memory_equal(WSA_CMSG_DATA(header), &index, sizeof index);
    assert_null(WSA_CMSG_NXTHDR(&message, header));
}

static void without_a_cable_there_is_no_way_out(void **state)
{
    (void)state;
    const SOCKET s = udp(), t = tcp();
    const SOCKADDR_IN far = name_of("203.0.113.5", 80);
    assert_works(bind_loopback(udp(), 5000));
    tcpip_set_cable(afd->tcpip, false);
    assert_wsa(send_to(s, "192.168.1.77", 5000, 1), WSAENETUNREACH);
    assert_int_equal(send_to(s, "127.0.0.1", 5000, 1), 1);
    assert_wsa(connect(t, (const struct sockaddr *)&far, sizeof far), WSAENETUNREACH);
    tcpip_set_cable(afd->tcpip, true);
    assert_int_equal(send_to(s, "192.168.1.77", 5000, 1), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WINSOCK_TEST(a_source_is_one_of_this_machines),
        WINSOCK_TEST(the_interface_for_one_is_in_network_order),
        WINSOCK_TEST(the_interface_for_groups_exists),
        WINSOCK_TEST(whole_datagrams_fit_into_the_mtu),
        WINSOCK_TEST(the_router_ends_a_life_of_one),
        WINSOCK_TEST(what_is_coalesced_fits_and_is_alike),
        WINSOCK_TEST(each_family_tells_of_its_own),
        WINSOCK_TEST(without_a_cable_there_is_no_way_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
