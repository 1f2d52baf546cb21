/* The machine's interfaces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <iphlpapi.h>

#include "sim/winsock/fixture.h"

static _Alignas(16) unsigned char room[16384];
static IP_ADAPTER_ADDRESSES *const adapters = (IP_ADAPTER_ADDRESSES *)(void *)room;

static void the_size_is_told_first(void **state)
{
    (void)state;
    ULONG size = 0;
    assert_int_equal(GetAdaptersAddresses(AF_UNSPEC, 0, NULL, NULL, &size), ERROR_BUFFER_OVERFLOW);
    assert_in_range(size, sizeof *adapters, sizeof room);
    assert_int_equal(GetAdaptersAddresses(AF_UNSPEC, 0, NULL, adapters, &size), NO_ERROR);
    size--;
    assert_int_equal(GetAdaptersAddresses(AF_UNSPEC, 0, NULL, adapters, &size),
                     ERROR_BUFFER_OVERFLOW);
}

static int count_unicast(const IP_ADAPTER_ADDRESSES *adapter, int family)
{
    int count = 0;
    const IP_ADAPTER_UNICAST_ADDRESS *at = adapter->FirstUnicastAddress;
    for (; at != NULL; at = at->Next) {
        assert_int_equal(at->Address.lpSockaddr->sa_family, family);
        count++;
    }
    return count;
}

static void each_address_can_be_bound(void **state)
{
    (void)state;
    ULONG size = sizeof room;
    assert_int_equal(GetAdaptersAddresses(AF_INET, 0, NULL, adapters, &size), NO_ERROR);
    int interfaces = 0;
    for (const IP_ADAPTER_ADDRESSES *at = adapters; at != NULL; at = at->Next, interfaces++) {
        assert_int_equal(count_unicast(at, AF_INET), 1);
        const SOCKET_ADDRESS *address = &at->FirstUnicastAddress->Address;
        const SOCKET s = udp();
        assert_works(bind(s, address->lpSockaddr, address->iSockaddrLength));
        assert_works(closesocket(s));
    }
    assert_int_equal(interfaces, 2);
}

static void a_cut_network_is_told(void **state)
{
    (void)state;
    ULONG size = sizeof room;
    DWORD index = 77;
    afd->network_up = false;
    assert_int_equal(GetAdaptersAddresses(AF_INET6, 0, NULL, adapters, &size), NO_ERROR);
    assert_int_equal(adapters->OperStatus, IfOperStatusDown);
    assert_int_equal(adapters->Next->OperStatus, IfOperStatusUp);
    assert_int_equal(GetBestInterface(inet_addr("192.168.1.1"), &index), ERROR_NETWORK_UNREACHABLE);
    assert_int_equal(index, 77);
    afd->network_up = true;
}

static void interfaces_have_names_and_numbers(void **state)
{
    (void)state;
    char name[IF_NAMESIZE];
    DWORD index = 0;
    assert_int_equal(GetBestInterface(inet_addr("127.0.0.1"), &index), NO_ERROR);
    assert_int_equal(index, 1);
    assert_int_equal(GetBestInterface(inet_addr("203.0.113.5"), &index), NO_ERROR);
    assert_int_equal(index, 2);
    assert_non_null(if_indextoname(index, name));
    assert_int_equal(if_nametoindex(name), 2);
    assert_null(if_indextoname(3, name));
    assert_int_equal(if_nametoindex("none"), 0);
}

static void tables_tell_who_holds_what(void **state)
{
    (void)state;
    MIB_UDPTABLE_OWNER_PID *udp_table = (MIB_UDPTABLE_OWNER_PID *)(void *)room;
    MIB_TCPTABLE *tcp_table = (MIB_TCPTABLE *)(void *)room;
    ULONG size = 0;
    const SOCKET late = udp(), early = udp(), listener = tcp(), client = tcp();
    assert_works(bind_loopback(late, 700));
    assert_works(bind_loopback(early, 600));
    assert_works(bind_loopback(listener, 800));

    assert_int_equal(GetExtendedUdpTable(NULL, &size, TRUE, AF_INET, UDP_TABLE_OWNER_PID, 0),
                     ERROR_INSUFFICIENT_BUFFER);
    assert_int_equal(size, sizeof(DWORD) + 2 * sizeof(MIB_UDPROW_OWNER_PID));
    assert_int_equal(GetExtendedUdpTable(room, &size, TRUE, AF_INET, UDP_TABLE_OWNER_PID, 0), 0);
    assert_int_equal(udp_table->dwNumEntries, 2);
    assert_int_equal(udp_table->table[0].dwLocalPort, htons(600));
    assert_int_equal(udp_table->table[1].dwLocalPort, htons(700));
    assert_int_equal(udp_table->table[1].dwLocalAddr, htonl(INADDR_LOOPBACK));
    assert_int_equal(udp_table->table[0].dwOwningPid, self->id);

    assert_works(listen(listener, 1));
    const SOCKADDR_IN name = loopback(800);
    assert_works(connect(client, (const struct sockaddr *)&name, sizeof name));
    SOCKADDR_IN own;
    int own_size = sizeof own;
    assert_works(getsockname(client, (struct sockaddr *)&own, &own_size));
    size = sizeof room;
    assert_int_equal(GetTcpTable(tcp_table, &size, TRUE), 0);
    assert_int_equal(tcp_table->dwNumEntries, 3);
    assert_int_equal(tcp_table->table[0].dwState, MIB_TCP_STATE_LISTEN);
    assert_int_equal(tcp_table->table[1].dwState, MIB_TCP_STATE_ESTAB);
    assert_int_equal(tcp_table->table[1].dwLocalPort, htons(800));
    assert_int_equal(tcp_table->table[2].dwRemotePort, htons(800));
    assert_int_equal(tcp_table->table[2].dwLocalPort, own.sin_port);
}

static void bad_arguments_change_nothing(void **state)
{
    (void)state;
    ULONG size = sizeof room;
    memset(room, 0x55, sizeof room);
    assert_int_equal(GetAdaptersAddresses(77, 0, NULL, adapters, &size), ERROR_INVALID_PARAMETER);
    assert_int_equal(GetAdaptersAddresses(AF_INET, 0, NULL, adapters, NULL),
                     ERROR_INVALID_PARAMETER);
    assert_int_equal(room[0], 0x55);
    assert_int_equal(size, sizeof room);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WINSOCK_TEST(the_size_is_told_first),     WINSOCK_TEST(each_address_can_be_bound),
        WINSOCK_TEST(a_cut_network_is_told),      WINSOCK_TEST(interfaces_have_names_and_numbers),
        WINSOCK_TEST(tables_tell_who_holds_what), WINSOCK_TEST(bad_arguments_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
