/* Winsock 1.1's databases, getnameinfo, and the name spaces' way to ask. */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/block.h"
#include "conformance/suites/suite.h"

static const char nobody[] = "nobody.invalid";

static void a_host_has_ipv4_addresses(void)
{
    START_WINSOCK();
    const struct hostent *const host = gethostbyname("localhost");
    assert_non_null(host);
    assert_int_equal(host->h_addrtype, AF_INET);
    assert_int_equal(host->h_length, 4);
    assert_int_equal(host->h_addr_list[0][0], 127);
    assert_non_null(host->h_aliases);
    int count = 0;
    while (host->h_addr_list[count] != NULL)
        count++;
    assert_in_range(count, 1, 64);
    END_WINSOCK();
}

static void no_name_is_this_machine(void)
{
    char own[256], first[256];
    START_WINSOCK();
    assert_int_equal(gethostname(own, sizeof(own)), 0);
    const struct hostent *host = gethostbyname(NULL);
    assert_non_null(host);
    assert_true(strlen(host->h_name) < sizeof(first));
    strcpy(first, host->h_name);
    host = gethostbyname("");
    assert_non_null(host);
    assert_string_equal(host->h_name, first);
    host = gethostbyname(own);
    assert_non_null(host);
    assert_string_equal(host->h_name, first);
    END_WINSOCK();
}

static void a_host_that_nobody_is_is_not_found(void)
{
    START_WINSOCK();
    assert_null(gethostbyname(nobody));
    assert_int_equal(WSAGetLastError(), WSAHOST_NOT_FOUND);
    END_WINSOCK();
}

static void a_number_may_be_a_hosts_name(void)
{
    START_WINSOCK();
    const struct hostent *const host = gethostbyname("127.0.0.1");
    OBSERVE_VALUE(hostbyname_numeric, host != NULL ? 0 : WSAGetLastError());
    END_WINSOCK();
}

static void a_thread_has_one_hostent(void)
{
    char own[256];
    START_WINSOCK();
    assert_int_equal(gethostname(own, sizeof(own)), 0);
    const struct hostent *const first = gethostbyname("localhost");
    assert_non_null(first);
    assert_ptr_equal(gethostbyname(own), first);
    END_WINSOCK();
}

static void this_machine_is_found_by_its_address(void)
{
    const unsigned char loopback[4] = {127, 0, 0, 1};
    START_WINSOCK();
    const struct hostent *const host = gethostbyaddr((const char *)loopback, 4, AF_INET);
    assert_non_null(host);
    assert_int_equal(host->h_addrtype, AF_INET);
    assert_int_not_equal(strlen(host->h_name), 0);
    END_WINSOCK();
}

static void a_service_has_its_port_in_network_order(void)
{
    START_WINSOCK();
    const struct servent *service = getservbyname("http", "tcp");
    assert_non_null(service);
    assert_string_equal(service->s_name, "http");
    assert_string_equal(service->s_proto, "tcp");
    assert_int_equal((u_short)service->s_port, htons(80));
    service = getservbyname("ftp", NULL);
    assert_non_null(service);
    assert_int_equal((u_short)service->s_port, htons(21));
    assert_string_equal(service->s_proto, "tcp");
    END_WINSOCK();
}

static void a_service_that_is_not_there_is_no_data(void)
{
    START_WINSOCK();
    assert_null(getservbyname("nonsense", "tcp"));
    assert_int_equal(WSAGetLastError(), WSANO_DATA);
    assert_null(getservbyname("ftp", "udp"));
    assert_int_equal(WSAGetLastError(), WSANO_DATA);
    assert_null(getservbyport(htons(64999), "tcp"));
    assert_int_equal(WSAGetLastError(), WSANO_DATA);
    END_WINSOCK();
}

static void a_service_is_found_by_its_port(void)
{
    START_WINSOCK();
    const struct servent *const service = getservbyport(htons(25), "tcp");
    assert_non_null(service);
    assert_string_equal(service->s_name, "smtp");
    END_WINSOCK();
}

static void protocols_have_names_and_numbers(void)
{
    START_WINSOCK();
    const struct protoent *protocol = getprotobyname("tcp");
    assert_non_null(protocol);
    assert_int_equal(protocol->p_proto, IPPROTO_TCP);
    protocol = getprotobyname("UDP");
    assert_non_null(protocol);
    assert_int_equal(protocol->p_proto, IPPROTO_UDP);
    protocol = getprotobynumber(IPPROTO_ICMP);
    assert_non_null(protocol);
    assert_string_equal(protocol->p_name, "icmp");
    assert_null(getprotobyname("nonsense"));
    assert_int_equal(WSAGetLastError(), WSANO_DATA);
    assert_null(getprotobynumber(251));
    assert_int_equal(WSAGetLastError(), WSANO_DATA);
    END_WINSOCK();
}

/* ---- getnameinfo ----------------------------------------------------------------------------- */

static int info(const struct sockaddr_in *name, int size, char *host, DWORD host_size,
                char *service, DWORD service_size, int flags)
{
    return getnameinfo((const struct sockaddr *)name, size, host, host_size, service, service_size,
                       flags);
}

static void numbers_are_written_when_wanted(void)
{
    char host[NI_MAXHOST], service[NI_MAXSERV];
    const struct sockaddr_in name = ipv4_address(0xC0000207, 80);
    START_WINSOCK();
    assert_int_equal(info(&name, sizeof(name), host, sizeof(host), service, sizeof(service),
                          NI_NUMERICHOST | NI_NUMERICSERV),
                     0);
    assert_string_equal(host, "192.0.2.7");
    assert_string_equal(service, "80");
    assert_int_equal(info(&name, sizeof(name), NULL, 0, service, sizeof(service), 0), 0);
    assert_string_equal(service, "http");
    END_WINSOCK();
}

static void something_must_be_asked_for(void)
{
    char host[NI_MAXHOST];
    const struct sockaddr_in name = ipv4_address(0xC0000207, 80);
    START_WINSOCK();
    assert_int_equal(info(&name, sizeof(name), NULL, 0, NULL, 0, 0), WSAHOST_NOT_FOUND);
    assert_int_equal(info(&name, sizeof(name), host, 0, NULL, 0, NI_NUMERICHOST), WSAEINVAL);
    assert_int_equal(WSAGetLastError(), WSAEINVAL);
    END_WINSOCK();
}

static void an_address_must_be_whole(void)
{
    char host[NI_MAXHOST];
    struct sockaddr_in name = ipv4_address(0xC0000207, 80);
    START_WINSOCK();
    assert_int_equal(info(NULL, sizeof(name), host, sizeof(host), NULL, 0, NI_NUMERICHOST),
                     WSAEFAULT);
    assert_int_equal(info(&name, sizeof(name) - 1, host, sizeof(host), NULL, 0, NI_NUMERICHOST),
                     WSAEFAULT);
    name.sin_family = 77;
    assert_int_equal(info(&name, sizeof(name), host, sizeof(host), NULL, 0, NI_NUMERICHOST),
                     WSAEAFNOSUPPORT);
    END_WINSOCK();
}

static void a_port_without_a_service_is_a_number(void)
{
    char service[NI_MAXSERV];
    struct sockaddr_in name = ipv4_address(0xC0000207, 64999);
    START_WINSOCK();
    assert_int_equal(info(&name, sizeof(name), NULL, 0, service, sizeof(service), 0), 0);
    assert_string_equal(service, "64999");
    name.sin_port = htons(69);
    assert_int_equal(info(&name, sizeof(name), NULL, 0, service, sizeof(service), NI_DGRAM), 0);
    assert_string_equal(service, "tftp");
    END_WINSOCK();
}

static void a_name_may_be_required(void)
{
    char host[NI_MAXHOST];
    const struct sockaddr_in name = ipv4_address(0xC0000207, 80);
    START_WINSOCK();
    assert_int_equal(info(&name, sizeof(name), host, sizeof(host), NULL, 0, 0), 0);
    assert_string_equal(host, "192.0.2.7");
    assert_int_equal(info(&name, sizeof(name), host, sizeof(host), NULL, 0, NI_NAMEREQD),
                     WSAHOST_NOT_FOUND);
    END_WINSOCK();
}

static void too_little_room_is_an_error(void)
{
    char host[4];
    const struct sockaddr_in name = ipv4_address(0xC0000207, 80);
    START_WINSOCK();
    const int error = info(&name, sizeof(name), host, sizeof(host), NULL, 0, NI_NUMERICHOST);
    OBSERVE_VALUE(getnameinfo_short_buffer, error);
    END_WINSOCK();
}

/* ---- WSALookupService ------------------------------------------------------------------------ */

static HANDLE begin_lookup(void)
{
    static GUID host_address = {0x0002A803, 0x0000, 0x0000, {0xC0, 0, 0, 0, 0, 0, 0, 0x46}};
    char own[] = "localhost";
    WSAQUERYSETA question;
    HANDLE lookup = NULL;
    memset(&question, 0, sizeof(question));
    question.dwSize = sizeof(question);
    question.lpServiceClassId = &host_address;
    question.lpszServiceInstanceName = own;
    question.dwNameSpace = NS_DNS;
    assert_int_equal(WSALookupServiceBeginA(&question, LUP_RETURN_NAME | LUP_RETURN_ADDR, &lookup),
                     0);
    return lookup;
}

static void a_question_has_one_answer(void)
{
    union {
        WSAQUERYSETA set;
        char room[8192];
    } answer;
    DWORD size = sizeof(answer);
    START_WINSOCK();
    const HANDLE lookup = begin_lookup();
    assert_int_equal(WSALookupServiceNextA(lookup, 0, &size, &answer.set), 0);
    assert_int_not_equal(answer.set.dwNumberOfCsAddrs, 0);
    assert_non_null(answer.set.lpszServiceInstanceName);
    const CSADDR_INFO *const address = &answer.set.lpcsaBuffer[0];
    assert_true(address->RemoteAddr.lpSockaddr->sa_family == AF_INET ||
                address->RemoteAddr.lpSockaddr->sa_family == AF_INET6);
    size = sizeof(answer);
    assert_fails_with(WSALookupServiceNextA(lookup, 0, &size, &answer.set), WSA_E_NO_MORE);
    assert_int_equal(WSALookupServiceEnd(lookup), 0);
    END_WINSOCK();
}

static void an_answer_that_does_not_fit_is_not_lost(void)
{
    union {
        WSAQUERYSETA set;
        char room[8192];
    } answer;
    DWORD size = 8;
    START_WINSOCK();
    const HANDLE lookup = begin_lookup();
    assert_fails_with(WSALookupServiceNextA(lookup, 0, &size, &answer.set), WSAEFAULT);
    assert_in_range(size, sizeof(WSAQUERYSETA), sizeof(answer));
    assert_int_equal(WSALookupServiceNextA(lookup, 0, &size, &answer.set), 0);
    assert_int_equal(WSALookupServiceEnd(lookup), 0);
    END_WINSOCK();
}

static void a_lookup_ends_once(void)
{
    START_WINSOCK();
    const HANDLE lookup = begin_lookup();
    assert_int_equal(WSALookupServiceEnd(lookup), 0);
    assert_fails_with(WSALookupServiceEnd(NULL), WSA_INVALID_HANDLE);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(a_host_has_ipv4_addresses, DNS_017),
    CASE(no_name_is_this_machine, DNS_018),
    CASE(a_host_that_nobody_is_is_not_found, DNS_019),
    CASE(a_number_may_be_a_hosts_name, DNS_017),
    CASE(a_thread_has_one_hostent, DNS_020),
    CASE(a_service_has_its_port_in_network_order, DNS_021),
    CASE(a_service_that_is_not_there_is_no_data, DNS_022),
    CASE(a_service_is_found_by_its_port, DNS_023),
    CASE(protocols_have_names_and_numbers, DNS_024),
    CASE(numbers_are_written_when_wanted, DNS_025),
    CASE(something_must_be_asked_for, DNS_026, DNS_027),
    CASE(an_address_must_be_whole, DNS_028, DNS_029),
    CASE(a_port_without_a_service_is_a_number, DNS_030),
    CASE(a_name_may_be_required, DNS_031),
    CASE(too_little_room_is_an_error, DNS_025),
    CASE(a_question_has_one_answer, DNS_035),
    CASE(an_answer_that_does_not_fit_is_not_lost, DNS_036),
    CASE(a_lookup_ends_once, DNS_037),
    CASE(this_machine_is_found_by_its_address, DNS_038),
    END_OF_CASES,
};
// clang-format on

const struct suite databases_suite = {
    .name = "databases",
    .about = "hosts, services and protocols by name and number; getnameinfo; WSALookupService",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
