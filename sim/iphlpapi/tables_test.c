/* Interfaces, addresses, routes and neighbours as rows; the tables of connections of both families.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <iphlpapi.h>

#include "sim/tcpip/interfaces.h"
#include "sim/winsock/fixture.h"

static _Alignas(16) unsigned char room[16384];

static DWORD of(const char *text)
{
    return inet_addr(text);
}

/* ---- Interfaces ------------------------------------------------------------------------------ */

static void an_interface_has_one_luid_under_all_its_names(void **state)
{
    (void)state;
    NET_LUID luid, other;
    GUID guid;
    NET_IFINDEX index;
    char name[IF_NAMESIZE];
    WCHAR wide[IF_NAMESIZE];
    for (NET_IFINDEX i = 1; i <= INTERFACE_COUNT; i++) {
        assert_int_equal(ConvertInterfaceIndexToLuid(i, &luid), NO_ERROR);
        assert_int_equal(ConvertInterfaceLuidToIndex(&luid, &index), NO_ERROR);
        assert_int_equal(index, i);
        assert_int_equal(ConvertInterfaceLuidToGuid(&luid, &guid), NO_ERROR);
        assert_int_equal(ConvertInterfaceGuidToLuid(&guid, &other), NO_ERROR);
        assert_int_equal(other.Value, luid.Value);
        assert_int_equal(ConvertInterfaceLuidToNameA(&luid, name, sizeof name), NO_ERROR);
        assert_int_equal(if_nametoindex(name), i);
        assert_int_equal(ConvertInterfaceLuidToAlias(&luid, wide, IF_NAMESIZE), NO_ERROR);
        assert_int_equal(ConvertInterfaceAliasToLuid(wide, &other), NO_ERROR);
        assert_int_equal(other.Value, luid.Value);
        assert_int_equal(ConvertInterfaceLuidToNameW(&luid, wide, 3), ERROR_NOT_ENOUGH_MEMORY);
    }
    assert_int_equal(ConvertInterfaceIndexToLuid(77, &luid), ERROR_FILE_NOT_FOUND);
    assert_int_equal(ConvertInterfaceNameToLuidA("none", &luid), ERROR_INVALID_NAME);
}

static void rows_of_interfaces_agree(void **state)
{
    (void)state;
    MIB_IF_TABLE2 *table;
    MIB_IFTABLE *old = (MIB_IFTABLE *)(void *)room;
    ULONG size = 0;
    assert_int_equal(GetIfTable2(&table), NO_ERROR);
    assert_int_equal(table->NumEntries, INTERFACE_COUNT);
    assert_int_equal(GetIfTable(NULL, &size, TRUE), ERROR_INSUFFICIENT_BUFFER);
    assert_int_equal(GetIfTable(old, &size, TRUE), NO_ERROR);
    assert_int_equal(old->dwNumEntries, INTERFACE_COUNT);
    for (ULONG i = 0; i < table->NumEntries; i++) {
        MIB_IF_ROW2 row = {.InterfaceIndex = table->Table[i].InterfaceIndex};
        MIB_IFROW old_row = {.dwIndex = row.InterfaceIndex};
        assert_int_equal(GetIfEntry2(&row), NO_ERROR);
        assert_memory_equal(&row, &table->Table[i], sizeof row);
        assert_int_equal(GetIfEntry(&old_row), NO_ERROR);
        assert_int_equal(old_row.dwType, row.Type);
        assert_int_equal(old_row.dwPhysAddrLen, row.PhysicalAddressLength);
        assert_int_equal(row.OperStatus, IfOperStatusUp);
    }
    FreeMibTable(table);
    MIB_IF_ROW2 none = {.InterfaceIndex = 77};
    assert_int_equal(GetIfEntry2(&none), ERROR_FILE_NOT_FOUND);
}

static void the_older_forms_tell_the_same_address(void **state)
{
    (void)state;
    IP_ADAPTER_INFO *info = (IP_ADAPTER_INFO *)(void *)room;
    ULONG size = 0;
    DWORD index = 0;
    assert_int_equal(GetAdaptersInfo(NULL, &size), ERROR_BUFFER_OVERFLOW);
    assert_int_equal(GetAdaptersInfo(info, &size), NO_ERROR);
    assert_null(info->Next);
    assert_string_equal(info->IpAddressList.IpAddress.String, "192.168.1.10");
    assert_string_equal(info->IpAddressList.IpMask.String, "255.255.255.0");
    assert_string_equal(info->GatewayList.IpAddress.String, "192.168.1.1");
    assert_int_equal(GetBestInterface(of("192.168.1.77"), &index), NO_ERROR);
    assert_int_equal(info->Index, index);
    size = sizeof room;
    IP_INTERFACE_INFO *map = (IP_INTERFACE_INFO *)(void *)room;
    ULONG found = 0;
    assert_int_equal(GetInterfaceInfo(map, &size), NO_ERROR);
    assert_int_equal(map->NumAdapters, 1);
    assert_int_equal(GetAdapterIndex(map->Adapter[0].Name, &found), NO_ERROR);
    assert_int_equal(found, index);
    size = sizeof room;
    FIXED_INFO *fixed = (FIXED_INFO *)(void *)room;
    char own[64];
    assert_works(gethostname(own, sizeof own));
    assert_int_equal(GetNetworkParams(fixed, &size), NO_ERROR);
    assert_string_equal(fixed->HostName, own);
}

static void each_flag_adds_or_leaves_out(void **state)
{
    (void)state;
    IP_ADAPTER_ADDRESSES *adapter = (IP_ADAPTER_ADDRESSES *)(void *)room;
    ULONG size = sizeof room;
    assert_int_equal(GetAdaptersAddresses(AF_INET, 0, NULL, adapter, &size), NO_ERROR);
    assert_non_null(adapter->FirstUnicastAddress);
    assert_non_null(adapter->FirstMulticastAddress);
    assert_non_null(adapter->FirstDnsServerAddress);
    assert_null(adapter->FirstPrefix);
    assert_null(adapter->FirstGatewayAddress);
    assert_non_null(adapter->FriendlyName);
    const ULONG flags = GAA_FLAG_SKIP_UNICAST | GAA_FLAG_SKIP_MULTICAST | GAA_FLAG_SKIP_DNS_SERVER |
                        GAA_FLAG_SKIP_FRIENDLY_NAME | GAA_FLAG_INCLUDE_PREFIX |
                        GAA_FLAG_INCLUDE_GATEWAYS;
    assert_int_equal(GetAdaptersAddresses(AF_INET, flags, NULL, adapter, &size), NO_ERROR);
    assert_null(adapter->FirstUnicastAddress);
    assert_null(adapter->FirstMulticastAddress);
    assert_null(adapter->FirstDnsServerAddress);
    assert_null(adapter->FriendlyName);
    assert_non_null(adapter->FirstGatewayAddress);
    int prefixes = 0;
    for (const IP_ADAPTER_PREFIX *at = adapter->FirstPrefix; at != NULL; at = at->Next)
        prefixes++;
    assert_int_equal(prefixes, 5); /* network, host, broadcast; multicasts, all networks */
    assert_int_equal(adapter->FirstPrefix->PrefixLength, 24);
}

/* ---- Addresses and routes -------------------------------------------------------------------- */

static void addresses_of_both_families_are_rows(void **state)
{
    (void)state;
    MIB_UNICASTIPADDRESS_TABLE *table;
    MIB_IPADDRTABLE *old = (MIB_IPADDRTABLE *)(void *)room;
    ULONG size = sizeof room;
    assert_int_equal(GetUnicastIpAddressTable(AF_UNSPEC, &table), NO_ERROR);
    assert_int_equal(table->NumEntries, 5);
    for (ULONG i = 0; i < table->NumEntries; i++) {
        MIB_UNICASTIPADDRESS_ROW row = {.InterfaceIndex = table->Table[i].InterfaceIndex,
                                        .Address = table->Table[i].Address};
        assert_int_equal(GetUnicastIpAddressEntry(&row), NO_ERROR);
        assert_memory_equal(&row, &table->Table[i], sizeof row);
    }
    FreeMibTable(table);
    assert_int_equal(GetUnicastIpAddressTable(AF_INET, &table), NO_ERROR);
    assert_int_equal(table->NumEntries, 2);
    FreeMibTable(table);
    assert_int_equal(GetIpAddrTable(old, &size, TRUE), NO_ERROR);
    assert_int_equal(old->dwNumEntries, 2);
    assert_int_equal(old->table[1].dwAddr, of("192.168.1.10"));
    assert_int_equal(old->table[1].dwMask, of("255.255.255.0"));
}

static void the_longest_prefix_is_the_way(void **state)
{
    (void)state;
    MIB_IPFORWARDROW row;
    assert_int_equal(GetBestRoute(of("203.0.113.5"), 0, &row), NO_ERROR);
    assert_int_equal(row.dwForwardMask, 0);
    assert_int_equal(row.dwForwardNextHop, of("192.168.1.1"));
    assert_int_equal(row.dwForwardType, MIB_IPROUTE_TYPE_INDIRECT);
    assert_int_equal(GetBestRoute(of("192.168.1.77"), 0, &row), NO_ERROR);
    assert_int_equal(row.dwForwardMask, of("255.255.255.0"));
    assert_int_equal(row.dwForwardType, MIB_IPROUTE_TYPE_DIRECT);
    assert_int_equal(GetBestRoute(of("127.1.2.3"), 0, &row), NO_ERROR);
    assert_int_equal(row.dwForwardIfIndex, 1);
    tcpip_set_cable(afd->tcpip, false);
    assert_int_equal(GetBestRoute(of("203.0.113.5"), 0, &row), ERROR_NETWORK_UNREACHABLE);
    tcpip_set_cable(afd->tcpip, true);
}

static void a_route_names_its_source(void **state)
{
    (void)state;
    SOCKADDR_INET to = {.Ipv6 = {.sin6_family = AF_INET6}}, from;
    MIB_IPFORWARD_ROW2 row;
    to.Ipv6.sin6_addr.u.Byte[0] = 0xfe;
    to.Ipv6.sin6_addr.u.Byte[1] = 0x80;
    to.Ipv6.sin6_addr.u.Byte[15] = 0x77;
    assert_int_equal(GetBestRoute2(NULL, 0, NULL, &to, 0, &row, &from), NO_ERROR);
    assert_int_equal(row.DestinationPrefix.PrefixLength, 64);
    assert_int_equal(from.Ipv6.sin6_addr.u.Byte[0], 0xfe);
    assert_int_equal(from.Ipv6.sin6_scope_id, row.InterfaceIndex);
    to.Ipv6.sin6_addr.u.Byte[0] = 0x20;
    assert_int_equal(GetBestRoute2(NULL, 0, NULL, &to, 0, &row, &from), NO_ERROR);
    assert_int_equal(row.DestinationPrefix.PrefixLength, 0);
    assert_int_equal(from.Ipv6.sin6_addr.u.Byte[0], 0x20);
    assert_int_equal(GetBestRoute2(NULL, 77, NULL, &to, 0, &row, &from), ERROR_FILE_NOT_FOUND);
    MIB_IPFORWARD_TABLE2 *table;
    assert_int_equal(GetIpForwardTable2(AF_INET6, &table), NO_ERROR);
    for (ULONG i = 0; i < table->NumEntries; i++)
        assert_int_equal(GetIpForwardEntry2(&table->Table[i]), NO_ERROR);
    FreeMibTable(table);
}

static void who_is_not_there_has_no_physical_address(void **state)
{
    (void)state;
    UCHAR physical[8] = {0};
    ULONG size = sizeof physical;
    assert_int_equal(SendARP(of("192.168.1.1"), 0, physical, &size), NO_ERROR);
    assert_int_equal(size, 6);
    assert_int_equal(physical[0], 0x02);
    size = sizeof physical;
    assert_int_equal(SendARP(of("192.168.1.77"), 0, physical, &size), ERROR_BAD_NET_NAME);
    assert_int_equal(SendARP(of("192.168.1.1"), of("10.9.8.7"), physical, &size), ERROR_NOT_FOUND);
    size = 3;
    assert_int_equal(SendARP(of("192.168.1.1"), 0, physical, &size), ERROR_BUFFER_OVERFLOW);
    size = 0;
    assert_int_equal(SendARP(of("192.168.1.1"), 0, physical, &size), ERROR_INVALID_USER_BUFFER);
}

/* ---- Connections ----------------------------------------------------------------------------- */

static SOCKET dual_listener(u_short port)
{
    SOCKADDR_IN6 any = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    const DWORD off = 0;
    SOCKET s = socket(AF_INET6, SOCK_STREAM, 0);
    assert_works(setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, (const char *)&off, sizeof off));
    assert_works(bind(s, (const struct sockaddr *)&any, sizeof any));
    assert_works(listen(s, 1));
    return s;
}

static void a_dual_stack_listener_is_in_both_tables(void **state)
{
    (void)state;
    MIB_TCPTABLE_OWNER_PID *four = (MIB_TCPTABLE_OWNER_PID *)(void *)room;
    MIB_TCP6TABLE_OWNER_MODULE *six = (MIB_TCP6TABLE_OWNER_MODULE *)(void *)room;
    ULONG size = sizeof room;
    dual_listener(900);
    assert_int_equal(
        GetExtendedTcpTable(four, &size, TRUE, AF_INET, TCP_TABLE_OWNER_PID_LISTENER, 0), NO_ERROR);
    assert_int_equal(four->dwNumEntries, 1);
    assert_int_equal(four->table[0].dwLocalAddr, 0);
    assert_int_equal(four->table[0].dwLocalPort, htons(900));
    size = sizeof room;
    assert_int_equal(GetExtendedTcpTable(six, &size, TRUE, AF_INET6, TCP_TABLE_OWNER_MODULE_ALL, 0),
                     NO_ERROR);
    assert_int_equal(six->dwNumEntries, 1);
    assert_int_equal(six->table[0].dwState, MIB_TCP_STATE_LISTEN);
    assert_int_equal(six->table[0].dwOwningPid, self->id);
    assert_int_equal(size, offsetof(MIB_TCP6TABLE_OWNER_MODULE, table) + sizeof six->table[0]);
    assert_int_equal(GetExtendedTcpTable(six, &size, TRUE, AF_UNIX, TCP_TABLE_BASIC_ALL, 0),
                     ERROR_INVALID_PARAMETER);
}

static void a_deleted_connection_is_reset(void **state)
{
    (void)state;
    MIB_TCPTABLE *table = (MIB_TCPTABLE *)(void *)room;
    const SOCKADDR_IN name = loopback(901);
    const SOCKET listener = tcp(), client = tcp();
    ULONG size = sizeof room;
    char byte;
    assert_works(bind_loopback(listener, 901));
    assert_works(listen(listener, 1));
    assert_works(connect(client, (const struct sockaddr *)&name, sizeof name));
    const SOCKET server = accept(listener, NULL, NULL);
    assert_int_equal(
        GetExtendedTcpTable(table, &size, TRUE, AF_INET, TCP_TABLE_BASIC_CONNECTIONS, 0), NO_ERROR);
    assert_int_equal(table->dwNumEntries, 2);
    const MIB_TCPROW *rows = table->table; /* declared with one */
    MIB_TCPROW row = rows[1];
    assert_int_equal(row.dwRemotePort, htons(901));
    assert_int_equal(SetTcpEntry(&row), ERROR_INVALID_PARAMETER);
    row.dwState = MIB_TCP_STATE_DELETE_TCB;
    assert_int_equal(SetTcpEntry(&row), NO_ERROR);
    assert_wsa(recv(client, &byte, 1, 0), WSAECONNABORTED);
    assert_wsa(recv(server, &byte, 1, 0), WSAECONNRESET);
    assert_int_equal(SetTcpEntry(&row), ERROR_MR_MID_NOT_FOUND);
}

static void what_was_sent_is_counted(void **state)
{
    (void)state;
    MIB_UDPSTATS before, after;
    MIB_TCPSTATS tcp_after;
    SOCKADDR_IN name = loopback(902);
    const SOCKET s = udp();
    char bytes[8];
    assert_works(bind_loopback(s, 902));
    assert_int_equal(GetUdpStatistics(&before), NO_ERROR);
    assert_int_equal(sendto(s, "abc", 3, 0, (const struct sockaddr *)&name, sizeof name), 3);
    assert_int_equal(recv(s, bytes, sizeof bytes, 0), 3);
    name.sin_port = htons(903);
    assert_int_equal(sendto(s, "abc", 3, 0, (const struct sockaddr *)&name, sizeof name), 3);
    wait_for_time(machine.nt, 1000000, "the test");
    assert_int_equal(GetUdpStatistics(&after), NO_ERROR);
    assert_int_equal(after.dwOutDatagrams - before.dwOutDatagrams, 2);
    assert_int_equal(after.dwInDatagrams - before.dwInDatagrams, 1);
    assert_int_equal(after.dwNoPorts - before.dwNoPorts, 1);
    assert_int_equal(after.dwNumAddrs, 1);
    assert_int_equal(GetTcpStatisticsEx(&tcp_after, AF_INET6), NO_ERROR);
    assert_int_equal(tcp_after.dwOutSegs, 0);
    assert_int_equal(GetTcpStatisticsEx(&tcp_after, AF_UNSPEC), ERROR_NOT_SUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WINSOCK_TEST(an_interface_has_one_luid_under_all_its_names),
        WINSOCK_TEST(rows_of_interfaces_agree),
        WINSOCK_TEST(the_older_forms_tell_the_same_address),
        WINSOCK_TEST(each_flag_adds_or_leaves_out),
        WINSOCK_TEST(addresses_of_both_families_are_rows),
        WINSOCK_TEST(the_longest_prefix_is_the_way),
        WINSOCK_TEST(a_route_names_its_source),
        WINSOCK_TEST(who_is_not_there_has_no_physical_address),
        WINSOCK_TEST(a_dual_stack_listener_is_in_both_tables),
        WINSOCK_TEST(a_deleted_connection_is_reset),
        WINSOCK_TEST(what_was_sent_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
