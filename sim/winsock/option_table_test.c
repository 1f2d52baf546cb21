/* The options of every level: defaults, what they take and what they refuse. */
#include "sim/winsock/fixture.h"

#include <mswsock.h>

enum { TCP4 = 1, UDP4 = 2, TCP6 = 4, UDP6 = 8 };

struct numbers {
    const char *name;
    int level, option, on; /* one of the sockets above */
    DWORD initial, set, reads;
};

static SOCKET open_kind(int kind)
{
    bool stream = (kind & (TCP4 | TCP6)) != 0;
    SOCKET s = socket((kind & (TCP4 | UDP4)) != 0 ? AF_INET : AF_INET6,
                      stream ? SOCK_STREAM : SOCK_DGRAM, 0);
    assert_true(s != INVALID_SOCKET);
    return s;
}

static DWORD value_of(SOCKET s, int level, int option)
{
    DWORD value = 0;
    int size = sizeof value;
    assert_works(getsockopt(s, level, option, (char *)&value, &size));
    return value;
}

static int set(SOCKET s, int level, int option, DWORD value)
{
    return setsockopt(s, level, option, (const char *)&value, sizeof value);
}

/* clang-format off */
static const struct numbers rows[] = {
    {"the keep-alive's seconds  ", IPPROTO_TCP,  TCP_KEEPIDLE,         TCP4, 7200, 30, 30},
    {"the keep-alive's count    ", IPPROTO_TCP,  TCP_KEEPCNT,          TCP4, 10, 3, 3},
    {"the keep-alive's interval ", IPPROTO_TCP,  TCP_KEEPINTVL,        TCP4, 1, 5, 5},
    {"urgent as RFC 1122 has it ", IPPROTO_TCP,  TCP_EXPEDITED_1122,   TCP4, 0, 7, 1},
    {"fast open                 ", IPPROTO_TCP,  TCP_FASTOPEN,         TCP4, 0, 1, 1},
    {"the time to live          ", IPPROTO_IP,   IP_TTL,               UDP4, 128, 255, 255},
    {"the type of service       ", IPPROTO_IP,   IP_TOS,               UDP4, 0, 16, 16},
    {"whole datagrams           ", IPPROTO_IP,   IP_DONTFRAGMENT,      UDP4, 0, 2, 1},
    {"whole segments            ", IPPROTO_IP,   IP_DONTFRAGMENT,      TCP4, 1, 0, 0},
    {"a group's time to live    ", IPPROTO_IP,   IP_MULTICAST_TTL,     UDP4, 1, 32, 32},
    {"a group's echo            ", IPPROTO_IP,   IP_MULTICAST_LOOP,    UDP4, 1, 0, 0},
    {"where it came in          ", IPPROTO_IP,   IP_PKTINFO,           UDP4, 0, 4, 1},
    {"how far it came           ", IPPROTO_IP,   IP_RECVTTL,           UDP4, 0, 1, 1},
    {"broadcasts                ", IPPROTO_IP,   IP_RECEIVE_BROADCAST, UDP4, 1, 0, 0},
    {"path MTU discovery        ", IPPROTO_IP,   IP_MTU_DISCOVER,      UDP4, 0, 2, 2},
    {"hops                      ", IPPROTO_IPV6, IPV6_UNICAST_HOPS,    UDP6, 128, 9, 9},
    {"a group's hops            ", IPPROTO_IPV6, IPV6_MULTICAST_HOPS,  UDP6, 1, 9, 9},
    {"where it came in, IPv6    ", IPPROTO_IPV6, IPV6_PKTINFO,         UDP6, 0, 1, 1},
    {"the protection level      ", IPPROTO_IPV6, IPV6_PROTECTION_LEVEL, TCP6, 0xffffffff, 10, 10},
    {"UDP without a checksum    ", IPPROTO_UDP,  UDP_NOCHECKSUM,       UDP4, 0, 1, 1},
    {"conditional accept        ", SOL_SOCKET,   SO_CONDITIONAL_ACCEPT, TCP4, 0, 1, 1},
    {"the group's priority      ", SOL_SOCKET,   SO_GROUP_PRIORITY,    TCP4, 0, 5, 5},
};
/* clang-format on */

static void numbers_start_at_their_defaults_and_read_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct numbers *row = &rows[i];
        SOCKET s = open_kind(row->on);
        print_message("%s\n", row->name);
        assert_int_equal(value_of(s, row->level, row->option), row->initial);
        assert_works(set(s, row->level, row->option, row->set));
        assert_int_equal(value_of(s, row->level, row->option), row->reads);
        assert_works(closesocket(s));
    }
}

struct refusal {
    const char *name;
    int level, option, on;
    DWORD value;
    int error;
};

/* clang-format off */
static const struct refusal refusals[] = {
    {"a TTL of 256              ", IPPROTO_IP,   IP_TTL,             UDP4, 256, WSAEINVAL},
    {"a TOS of 256              ", IPPROTO_IP,   IP_TOS,             UDP4, 256, WSAEINVAL},
    {"a group's TTL of 256      ", IPPROTO_IP,   IP_MULTICAST_TTL,   UDP4, 256, WSAEINVAL},
    {"256 hops                  ", IPPROTO_IPV6, IPV6_UNICAST_HOPS,  UDP6, 256, WSAEINVAL},
    {"a stream's group          ", IPPROTO_IP,   IP_MULTICAST_TTL,   TCP4, 1,   WSAEINVAL},
    {"a stream's packet info    ", IPPROTO_IP,   IP_PKTINFO,         TCP4, 1,   WSAEINVAL},
    {"headers of one's own      ", IPPROTO_IP,   IP_HDRINCL,         UDP4, 1,   WSAEINVAL},
    {"no MTU discovery at all   ", IPPROTO_IP,   IP_MTU_DISCOVER,    UDP4, 0,   WSAEINVAL},
    {"an IPv4 socket's hops     ", IPPROTO_IPV6, IPV6_UNICAST_HOPS,  UDP4, 1,   WSAEINVAL},
    {"a datagram's keep-alive   ", IPPROTO_TCP,  TCP_KEEPIDLE,       UDP4, 1,   WSAENOPROTOOPT},
    {"the size of segments      ", IPPROTO_TCP,  TCP_MAXSEG,         TCP4, 1,   WSAENOPROTOOPT},
    {"a protection nobody knows ", IPPROTO_IPV6, IPV6_PROTECTION_LEVEL, TCP6, 11, WSAEINVAL},
    {"another compartment       ", SOL_SOCKET,   SO_COMPARTMENT_ID,  TCP4, 2,   WSAEINVAL},
    {"an option of no level     ", IPPROTO_IP,   -1,                 TCP4, 1,   WSAENOPROTOOPT},
};
/* clang-format on */

static void wrong_values_and_wrong_sockets_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        const struct refusal *row = &refusals[i];
        SOCKET s = open_kind(row->on);
        print_message("%s\n", row->name);
        assert_wsa(set(s, row->level, row->option, row->value), row->error);
        assert_works(closesocket(s));
    }
}

static void a_refusal_or_a_small_size_changes_nothing(void **state)
{
    (void)state;
    SOCKET s = udp();
    const char bytes[4] = {7, 1, 1, 1};
    assert_wsa(set(s, IPPROTO_IP, IP_MULTICAST_TTL, 300), WSAEINVAL);
    assert_int_equal(value_of(s, IPPROTO_IP, IP_MULTICAST_TTL), 1);
    assert_works(setsockopt(s, IPPROTO_IP, IP_MULTICAST_TTL, bytes, 1)); /* row 241 */
    assert_int_equal(value_of(s, IPPROTO_IP, IP_MULTICAST_TTL), 7);
    assert_wsa(setsockopt(s, IPPROTO_IP, IP_MULTICAST_TTL, bytes, 0), WSAEFAULT);
    assert_wsa(setsockopt(s, IPPROTO_IP, IP_MULTICAST_TTL, bytes, -1), WSAENOBUFS);
    assert_wsa(setsockopt(s, IPPROTO_IP, IP_MTU_DISCOVER, bytes, 3), WSAEFAULT);
}

static void the_mtu_is_known_when_connected(void **state)
{
    (void)state;
    SOCKET s = udp();
    SOCKADDR_IN lan = loopback(9);
    DWORD value;
    int size = sizeof value;
    assert_wsa(getsockopt(s, IPPROTO_IP, IP_MTU, (char *)&value, &size), WSAENOTCONN);
    lan.sin_addr.s_addr = htonl(0xc0a8010a);
    assert_works(connect(s, (const struct sockaddr *)&lan, sizeof lan));
    assert_true(value_of(s, IPPROTO_IP, IP_MTU) >= 1500);
}

/* ---- Groups ---------------------------------------------------------------------------------- */

static void send_to_group(SOCKET s, const char *text)
{
    SOCKADDR_IN group = loopback(5000);
    group.sin_addr.s_addr = inet_addr("239.1.2.3");
    assert_int_equal(
        sendto(s, text, (int)strlen(text), 0, (const struct sockaddr *)&group, sizeof group),
        (int)strlen(text));
}

static void a_member_hears_its_group(void **state)
{
    (void)state;
    SOCKET member = udp(), sender = udp();
    IP_MREQ wish = {.imr_multiaddr.s_addr = inet_addr("239.1.2.3"),
                    .imr_interface.s_addr = htonl(INADDR_LOOPBACK)};
    const IN_ADDR from = {.s_addr = htonl(INADDR_LOOPBACK)};
    const SOCKADDR_IN any = {.sin_family = AF_INET, .sin_port = htons(5000)};
    char bytes[16] = {0};
    u_long on = 1;
    int size = sizeof wish;
    assert_works(bind(member, (const struct sockaddr *)&any, sizeof any));
    assert_works(setsockopt(member, IPPROTO_IP, IP_ADD_MEMBERSHIP, (const char *)&wish, size));
    assert_works(setsockopt(sender, IPPROTO_IP, IP_MULTICAST_IF, (const char *)&from, sizeof from));
    send_to_group(sender, "all");
    assert_int_equal(recv(member, bytes, sizeof bytes, 0), 3);

    assert_works(setsockopt(member, IPPROTO_IP, IP_DROP_MEMBERSHIP, (const char *)&wish, size));
    assert_works(ioctlsocket(member, FIONBIO, &on));
    send_to_group(sender, "none");
    wait_for_time(machine.nt, 1000000, "the test");
    assert_wsa(recv(member, bytes, sizeof bytes, 0), WSAEWOULDBLOCK);

    assert_wsa(setsockopt(member, IPPROTO_IP, IP_DROP_MEMBERSHIP, (const char *)&wish, size),
               WSAEADDRNOTAVAIL);
    assert_wsa(setsockopt(member, IPPROTO_IP, IP_ADD_MEMBERSHIP, (const char *)&wish, 7),
               WSAEFAULT);
    assert_wsa(getsockopt(member, IPPROTO_IP, IP_ADD_MEMBERSHIP, (char *)&wish, &size),
               WSAENOPROTOOPT);
    assert_wsa(setsockopt(tcp(), IPPROTO_IP, IP_ADD_MEMBERSHIP, (const char *)&wish, size),
               WSAEINVAL);
}

/* ---- The rest -------------------------------------------------------------------------------- */

static void the_open_type_needs_no_socket(void **state)
{
    (void)state;
    DWORD type = SO_SYNCHRONOUS_NONALERT, read = 77;
    int size = -1;
    char bytes[4];
    WSABUF buffer = {sizeof bytes, bytes};
    WSAOVERLAPPED overlapped = {0};
    DWORD count, flags = 0;
    assert_wsa(setsockopt(INVALID_SOCKET, SOL_SOCKET, SO_OPENTYPE, (const char *)&type, 2),
               WSAEFAULT);
    assert_works(setsockopt(INVALID_SOCKET, SOL_SOCKET, SO_OPENTYPE, (const char *)&type, 4));
    assert_works(getsockopt(INVALID_SOCKET, SOL_SOCKET, SO_OPENTYPE, (char *)&read, &size));
    assert_int_equal(size, 4);
    assert_int_equal(read, SO_SYNCHRONOUS_NONALERT);
    DWORD timeout = 10;
    SOCKET s = udp();
    assert_works(bind_loopback(s, 0));
    assert_works(setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, (const char *)&timeout, 4));
    assert_wsa(WSARecv(s, &buffer, 1, &count, &flags, &overlapped, NULL), WSAETIMEDOUT);
}

static void both_ends_are_described(void **state)
{
    (void)state;
    union {
        CSADDR_INFO info;
        char bytes[sizeof(CSADDR_INFO) + 2 * sizeof(SOCKADDR_IN)];
    } out;
    int size = sizeof out.bytes - 1;
    SOCKET s = tcp();
    assert_wsa(getsockopt(s, SOL_SOCKET, SO_BSP_STATE, out.bytes, &size), WSAEFAULT);
    size = sizeof out.bytes;
    assert_works(getsockopt(s, SOL_SOCKET, SO_BSP_STATE, out.bytes, &size));
    assert_null(out.info.LocalAddr.lpSockaddr);
    assert_int_equal(out.info.LocalAddr.iSockaddrLength, 0);
    assert_int_equal(out.info.iProtocol, IPPROTO_TCP);
    assert_works(bind_loopback(s, 5000));
    assert_works(getsockopt(s, SOL_SOCKET, SO_BSP_STATE, out.bytes, &size));
    assert_int_equal(out.info.LocalAddr.iSockaddrLength, sizeof(SOCKADDR_IN));
    assert_int_equal(ntohs(((SOCKADDR_IN *)(void *)out.info.LocalAddr.lpSockaddr)->sin_port), 5000);
    assert_null(out.info.RemoteAddr.lpSockaddr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WINSOCK_TEST(numbers_start_at_their_defaults_and_read_back),
        WINSOCK_TEST(wrong_values_and_wrong_sockets_are_refused),
        WINSOCK_TEST(a_refusal_or_a_small_size_changes_nothing),
        WINSOCK_TEST(the_mtu_is_known_when_connected),
        WINSOCK_TEST(a_member_hears_its_group),
        WINSOCK_TEST(the_open_type_needs_no_socket),
        WINSOCK_TEST(both_ends_are_described),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
