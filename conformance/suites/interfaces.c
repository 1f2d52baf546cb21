/* The machine's interfaces and addresses, as control codes tell them. */
#include "conformance/suites/datagram.h"

#define GROUP 0xEFFF2A12u
#define SOURCE_A 0x7F000001u
#define SOURCE_B 0x7F000002u

static unsigned ask(SOCKET s, DWORD code, const void *in, DWORD in_size, void *out, DWORD *size)
{
    DWORD count = 0;
    const int result =
        WSAIoctl(s, code, (void *)(uintptr_t)in, in_size, out, *size, &count, NULL, NULL);
    *size = count;
    return winsock_outcome(result);
}

static void the_loopback_is_an_interface(void)
{
    INTERFACE_INFO all[16];
    DWORD size = sizeof(all);
    int loopbacks = 0;
    START_WINSOCK();
    const SOCKET s = udp_socket();
    assert_int_equal(ask(s, SIO_GET_INTERFACE_LIST, NULL, 0, all, &size), 0);
    assert_int_equal(size % sizeof(all[0]), 0);
    for (size_t i = 0; i < size / sizeof(all[0]); i++) {
        assert_int_equal(all[i].iiAddress.AddressIn.sin_family, AF_INET);
        if ((all[i].iiFlags & IFF_LOOPBACK) == 0)
            continue;
        loopbacks++;
        assert_true((all[i].iiFlags & IFF_UP) != 0);
        assert_int_equal(ntohl(all[i].iiAddress.AddressIn.sin_addr.s_addr), INADDR_LOOPBACK);
        assert_int_equal(ntohl(all[i].iiNetmask.AddressIn.sin_addr.s_addr), 0xFF000000u);
    }
    assert_int_equal(loopbacks, 1);
    close_socket(s);
    END_WINSOCK();
}

static void interfaces_want_room(void)
{
    INTERFACE_INFO one;
    DWORD size = sizeof(one) - 1;
    START_WINSOCK();
    const SOCKET s = udp_socket();
    assert_int_equal(ask(s, SIO_GET_INTERFACE_LIST, NULL, 0, &one, &size), WSAEFAULT);
    close_socket(s);
    END_WINSOCK();
}

union addresses {
    SOCKET_ADDRESS_LIST list;
    char bytes[2048];
};

static void each_listed_address_can_be_bound(void)
{
    union addresses addresses;
    DWORD size = sizeof(addresses);
    START_WINSOCK();
    const SOCKET s = udp_socket();
    assert_int_equal(ask(s, SIO_ADDRESS_LIST_QUERY, NULL, 0, &addresses, &size), 0);
    for (INT i = 0; i < addresses.list.iAddressCount; i++) {
        const SOCKET_ADDRESS *const at = &addresses.list.Address[i];
        const SOCKET bound = udp_socket();
        assert_int_equal(at->lpSockaddr->sa_family, AF_INET);
        assert_int_equal(bind(bound, at->lpSockaddr, at->iSockaddrLength), 0);
        close_socket(bound);
    }
    close_socket(s);
    END_WINSOCK();
}

static void a_sorted_list_has_the_same_addresses(void)
{
    union addresses in, out;
    struct sockaddr_in names[2];
    DWORD size = sizeof(out);
    ULONG sum = 0;
    START_WINSOCK();
    const SOCKET s = udp_socket();
    names[0] = ipv4_address(0xC0000207, 0);
    names[1] = ipv4_address(INADDR_LOOPBACK, 0);
    memset(&in, 0, sizeof(in));
    in.list.iAddressCount = 2;
    for (int i = 0; i < 2; i++) {
        in.list.Address[i].lpSockaddr = (struct sockaddr *)&names[i];
        in.list.Address[i].iSockaddrLength = sizeof(names[i]);
    }
    assert_int_equal(ask(s, SIO_ADDRESS_LIST_SORT, &in,
                         (DWORD)(sizeof(INT) + 4 + 2 * sizeof(SOCKET_ADDRESS)), &out, &size),
                     0);
    assert_int_equal(out.list.iAddressCount, 2);
    for (int i = 0; i < 2; i++) {
        struct sockaddr_in name;
        memcpy(&name, out.list.Address[i].lpSockaddr, sizeof(name));
        sum += ntohl(name.sin_addr.s_addr);
    }
    assert_int_equal(sum, 0xC0000207u + INADDR_LOOPBACK);
    close_socket(s);
    END_WINSOCK();
}

static void loopback_is_reached_from_loopback(void)
{
    const struct sockaddr_in to = ipv4_address(INADDR_LOOPBACK, 0);
    struct sockaddr_in from;
    DWORD size = sizeof(from);
    START_WINSOCK();
    const SOCKET s = udp_socket();
    assert_int_equal(ask(s, SIO_ROUTING_INTERFACE_QUERY, &to, sizeof(to), &from, &size), 0);
    assert_int_equal(ntohl(from.sin_addr.s_addr), INADDR_LOOPBACK);
    close_socket(s);
    END_WINSOCK();
}

/* ---- Filters --------------------------------------------------------------------------------- */

union filter {
    struct ip_msfilter head;
    char bytes[64];
};

static void begin_filter(union filter *filter, MULTICAST_MODE_TYPE mode, ULONG count)
{
    memset(filter, 0, sizeof(*filter));
    filter->head.imsf_multiaddr.s_addr = htonl(GROUP);
    filter->head.imsf_interface.s_addr = htonl(INADDR_LOOPBACK);
    filter->head.imsf_fmode = mode;
    filter->head.imsf_numsrc = count;
}

static void a_filter_is_what_was_set(void)
{
    union filter filter;
    DWORD size = 0;
    START_WINSOCK();
    const SOCKET s = datagram_socket();
    begin_filter(&filter, MCAST_INCLUDE, 2);
    filter.head.imsf_slist[0].s_addr = htonl(SOURCE_A);
    (&filter.head.imsf_slist[0])[1].s_addr = htonl(SOURCE_B);
    assert_int_equal(
        ask(s, SIO_SET_MULTICAST_FILTER, &filter, (DWORD)IP_MSFILTER_SIZE(2), NULL, &size), 0);
    begin_filter(&filter, MCAST_EXCLUDE, 2);
    size = sizeof(filter);
    assert_int_equal(
        ask(s, SIO_GET_MULTICAST_FILTER, &filter, (DWORD)IP_MSFILTER_SIZE(0), &filter, &size), 0);
    assert_int_equal(filter.head.imsf_fmode, MCAST_INCLUDE);
    assert_int_equal(filter.head.imsf_numsrc, 2);
    close_socket(s);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(the_loopback_is_an_interface, IFC_001),
    CASE(interfaces_want_room, IFC_002),
    CASE(each_listed_address_can_be_bound, IFC_003),
    CASE(a_sorted_list_has_the_same_addresses, IFC_004),
    CASE(loopback_is_reached_from_loopback, IFC_005),
    CASE(a_filter_is_what_was_set, IFC_006),
    END_OF_CASES,
};
// clang-format on

const struct suite interfaces_suite = {
    .name = "interfaces",
    .about = "The machine's interfaces and addresses",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
