#include "sim/winsock/fixture.h"

static int set(SOCKET s, int level, int name, const void *value, int size)
{
    return setsockopt(s, level, name, value, size);
}

static DWORD get(SOCKET s, int level, int name, int want_size)
{
    DWORD value = 0;
    int size = sizeof value;
    assert_works(getsockopt(s, level, name, (char *)&value, &size));
    assert_int_equal(size, want_size);
    return value;
}

static void sizes_are_taken_as_windows_takes_them(void **state)
{
    (void)state;
    SOCKET s = tcp();
    DWORD one = 1, eight[2] = {4096, 0};
    for (int size = -1; size <= 4; size++)
        assert_works(set(s, SOL_SOCKET, SO_REUSEADDR, &one, size));
    assert_int_equal(get(s, SOL_SOCKET, SO_REUSEADDR, 4), 1);
    assert_wsa(set(s, SOL_SOCKET, SO_RCVBUF, eight, 2), WSAEFAULT);
    assert_works(set(s, SOL_SOCKET, SO_RCVBUF, eight, 8));
    assert_int_equal(get(s, SOL_SOCKET, SO_RCVBUF, 4), 4096);
}

static void one_byte_options_look_at_one_byte(void **state)
{
    (void)state;
    SOCKET s = tcp();
    DWORD value = 0x100;
    assert_works(set(s, IPPROTO_TCP, TCP_NODELAY, &value, 42));
    assert_int_equal(get(s, IPPROTO_TCP, TCP_NODELAY, 1), 0);
    value = 1;
    assert_works(set(s, IPPROTO_TCP, TCP_NODELAY, &value, 1));
    assert_int_equal(get(s, IPPROTO_TCP, TCP_NODELAY, 1), 1);
    assert_wsa(set(s, IPPROTO_TCP, TCP_NODELAY, &value, 0), WSAEFAULT);
    assert_wsa(set(s, IPPROTO_TCP, TCP_NODELAY, &value, -1), WSAENOBUFS);
    assert_int_equal(get(socket(AF_INET6, SOCK_DGRAM, 0), IPPROTO_IPV6, IPV6_V6ONLY, 1), 1);
}

static void the_socket_then_the_pointers_then_the_option(void **state)
{
    (void)state;
    SOCKET s = tcp();
    DWORD value = 0;
    int size = 0;
    assert_wsa(getsockopt(INVALID_SOCKET, SOL_SOCKET, SO_TYPE, NULL, NULL), WSAENOTSOCK);
    assert_wsa(setsockopt(INVALID_SOCKET, SOL_SOCKET, SO_TYPE, NULL, 0), WSAENOTSOCK);
    assert_wsa(getsockopt(s, 0x8000, 1, NULL, NULL), WSAEFAULT);
    assert_wsa(getsockopt(s, SOL_SOCKET, SO_ERROR, (char *)&value, &size), WSAEFAULT);
    size = -1;
    assert_wsa(getsockopt(s, SOL_SOCKET, SO_ERROR, (char *)&value, &size), WSAEFAULT);
    assert_int_equal(size, -1);
    size = 1;
    assert_wsa(getsockopt(s, SOL_SOCKET, SO_ERROR, (char *)&value, &size), WSAEFAULT);
    assert_wsa(setsockopt(s, SOL_SOCKET, SO_LINGER, NULL, 4), WSAEFAULT);
    assert_wsa(setsockopt(s, SOL_SOCKET, SO_SNDBUF, (const char *)(uintptr_t)1, 4), WSAEFAULT);
    assert_wsa(setsockopt(s, 0x8000, 1, (const char *)&value, 4), WSAEINVAL);
    assert_wsa(setsockopt(s, SOL_SOCKET, 0x7777, (const char *)&value, 4), WSAENOPROTOOPT);
}

static void linger_and_its_complement(void **state)
{
    (void)state;
    SOCKET s = tcp();
    struct linger linger = {1, 30}, out;
    int size = sizeof out;
    DWORD one = 1;
    assert_works(set(s, SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
    assert_int_equal(get(s, SOL_SOCKET, SO_DONTLINGER, 4), 0);
    assert_works(getsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&out, &size));
    assert_int_equal(out.l_onoff, 1);
    assert_int_equal(out.l_linger, 30);
    assert_works(set(s, SOL_SOCKET, SO_DONTLINGER, &one, 4));
    assert_works(getsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&out, &size));
    assert_int_equal(out.l_onoff, 0);
    assert_wsa(set(udp(), SOL_SOCKET, SO_LINGER, &linger, 4), WSAENOPROTOOPT);
    assert_wsa(set(s, SOL_SOCKET, SO_LINGER, &linger, 2), WSAEFAULT);
}

static void read_only_options_refuse(void **state)
{
    (void)state;
    SOCKET s = tcp(), d = udp();
    DWORD one = 1;
    assert_int_equal(get(s, SOL_SOCKET, SO_TYPE, 4), SOCK_STREAM);
    assert_wsa(set(s, SOL_SOCKET, SO_TYPE, &one, 4), WSAENOPROTOOPT);
    assert_wsa(set(d, SOL_SOCKET, SO_TYPE, &one, 4), WSAEINVAL);
    assert_wsa(set(s, SOL_SOCKET, SO_ACCEPTCONN, &one, 4), WSAENOPROTOOPT);
    assert_int_equal(get(d, SOL_SOCKET, SO_MAX_MSG_SIZE, 4), 65507);
}

static void protocol_info_describes_the_socket(void **state)
{
    (void)state;
    SOCKET s = socket(AF_INET6, SOCK_DGRAM, IPPROTO_UDP);
    WSAPROTOCOL_INFOW wide;
    WSAPROTOCOL_INFOA narrow;
    int size = 10;
    assert_wsa(getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOW, (char *)&wide, &size), WSAEFAULT);
    assert_int_equal(size, sizeof wide);
    size = sizeof narrow + 4;
    assert_works(getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOW, (char *)&wide, &(int){sizeof wide}));
    char larger[sizeof narrow + 4];
    assert_works(getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOA, larger, &size));
    assert_int_equal(size, sizeof narrow + 4);
    memcpy(&narrow, larger, sizeof narrow);
    assert_memory_equal(&wide, &narrow, offsetof(WSAPROTOCOL_INFOA, szProtocol));
    assert_int_equal(wide.iAddressFamily, AF_INET6);
    assert_int_equal(wide.iSocketType, SOCK_DGRAM);
    assert_int_equal(wide.iProtocol, IPPROTO_UDP);
    assert_true((wide.dwServiceFlags1 & XP1_IFS_HANDLES) != 0);
    assert_string_equal(narrow.szProtocol, "MSAFD Tcpip [UDP/IPv6]");
    assert_int_equal(wide.dwProviderReserved, 0);
}

static void new_port_options_are_known(void **state)
{
    (void)state;
    static const int names[] = {SO_RANDOMIZE_PORT, SO_PORT_SCALABILITY, SO_REUSE_MULTICASTPORT,
                                SO_REUSE_UNICASTPORT};
    SOCKET d = udp();
    DWORD one = 1;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_int_equal(get(d, SOL_SOCKET, names[i], 4), 0);
        assert_works(set(d, SOL_SOCKET, names[i], &one, 4));
        assert_int_equal(get(d, SOL_SOCKET, names[i], 4), 1);
    }
    assert_wsa(set(d, SOL_SOCKET, SO_RANDOMIZE_PORT, &one, 4), WSAEINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WINSOCK_TEST(sizes_are_taken_as_windows_takes_them),
        WINSOCK_TEST(one_byte_options_look_at_one_byte),
        WINSOCK_TEST(the_socket_then_the_pointers_then_the_option),
        WINSOCK_TEST(linger_and_its_complement),
        WINSOCK_TEST(read_only_options_refuse),
        WINSOCK_TEST(protocol_info_describes_the_socket),
        WINSOCK_TEST(new_port_options_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
