/* getaddrinfo and what came after it. */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/block.h"
#include "conformance/suites/suite.h"

/* A name of the kind that is reserved for nobody (RFC 6761). */
static const char nobody[] = "nobody.invalid";

static int ask(const char *node, const char *service, int flags, int family, int type,
               struct addrinfo **list)
{
    struct addrinfo hints;
    memset(&hints, 0, sizeof(hints));
    hints.ai_flags = flags;
    hints.ai_family = family;
    hints.ai_socktype = type;
    *list = NULL;
    return getaddrinfo(node, service, &hints, list);
}

static const struct sockaddr_in *v4_of(const struct addrinfo *info)
{
    return (const struct sockaddr_in *)(const void *)info->ai_addr;
}

static const struct sockaddr_in6 *v6_of(const struct addrinfo *info)
{
    return (const struct sockaddr_in6 *)(const void *)info->ai_addr;
}

static void a_number_becomes_an_address(void)
{
    struct addrinfo *list;
    START_WINSOCK();
    assert_int_equal(ask("192.0.2.7", "8080", AI_NUMERICHOST, AF_INET, SOCK_STREAM, &list), 0);
    assert_null(list->ai_next);
    assert_int_equal(list->ai_family, AF_INET);
    assert_int_equal(list->ai_socktype, SOCK_STREAM);
    assert_int_equal(list->ai_addrlen, sizeof(struct sockaddr_in));
    assert_int_equal(v4_of(list)->sin_addr.s_addr, htonl(0xC0000207));
    assert_int_equal(v4_of(list)->sin_port, htons(8080));
    freeaddrinfo(list);
    assert_int_equal(ask("::1", "80", AI_NUMERICHOST, AF_UNSPEC, SOCK_DGRAM, &list), 0);
    assert_int_equal(list->ai_family, AF_INET6);
    assert_int_equal(list->ai_socktype, SOCK_DGRAM);
    assert_int_equal(v6_of(list)->sin6_port, htons(80));
    freeaddrinfo(list);
    END_WINSOCK();
}

static void a_question_needs_a_node_or_a_service(void)
{
    struct addrinfo *list;
    START_WINSOCK();
    assert_int_equal(ask(NULL, NULL, 0, AF_INET, 0, &list), WSAHOST_NOT_FOUND);
    assert_int_equal(WSAGetLastError(), WSAHOST_NOT_FOUND);
    assert_null(list);
    END_WINSOCK();
}

static void numeric_host_takes_no_names(void)
{
    struct addrinfo *list;
    START_WINSOCK();
    assert_int_equal(ask("localhost", "80", AI_NUMERICHOST, AF_INET, 0, &list), WSAHOST_NOT_FOUND);
    assert_null(list);
    END_WINSOCK();
}

static void passive_is_the_wildcard(void)
{
    struct addrinfo *list;
    START_WINSOCK();
    assert_int_equal(ask(NULL, "80", AI_PASSIVE, AF_INET, SOCK_STREAM, &list), 0);
    assert_int_equal(v4_of(list)->sin_addr.s_addr, 0);
    freeaddrinfo(list);
    assert_int_equal(ask(NULL, "80", 0, AF_INET, SOCK_STREAM, &list), 0);
    assert_int_equal(v4_of(list)->sin_addr.s_addr, htonl(INADDR_LOOPBACK));
    freeaddrinfo(list);
    END_WINSOCK();
}

static void one_family_gets_that_alone(void)
{
    struct addrinfo *list;
    START_WINSOCK();
    assert_int_equal(ask("localhost", "80", 0, AF_INET, SOCK_STREAM, &list), 0);
    for (const struct addrinfo *info = list; info != NULL; info = info->ai_next)
        assert_int_equal(info->ai_family, AF_INET);
    assert_int_equal(ntohl(v4_of(list)->sin_addr.s_addr) >> 24, 127);
    freeaddrinfo(list);
    END_WINSOCK();
}

static void hints_must_be_clean(void)
{
    struct addrinfo hints, *list = NULL;
    struct sockaddr_in name = ipv4_address(INADDR_LOOPBACK, 80);
    char text[] = "name";
    START_WINSOCK();
    for (int field = 0; field < 4; field++) {
        memset(&hints, 0, sizeof(hints));
        hints.ai_family = AF_INET;
        if (field == 0)
            hints.ai_addrlen = sizeof(name);
        if (field == 1)
            hints.ai_canonname = text;
        if (field == 2)
            hints.ai_addr = (struct sockaddr *)&name;
        if (field == 3)
            hints.ai_next = &hints;
        const int error = getaddrinfo("127.0.0.1", "80", &hints, &list);
        OBSERVE_VALUE(hints_not_zero, error);
        if (error == 0)
            freeaddrinfo(list);
    }
    END_WINSOCK();
}

static void a_canonical_name_is_a_nodes(void)
{
    struct addrinfo *list;
    START_WINSOCK();
    assert_int_equal(ask(NULL, "80", AI_CANONNAME, AF_INET, SOCK_STREAM, &list), WSAEINVAL);
    assert_null(list);
    assert_int_equal(ask("127.0.0.1", "80", AI_CANONNAME, AF_INET, SOCK_STREAM, &list), 0);
    assert_string_equal(list->ai_canonname, "127.0.0.1");
    freeaddrinfo(list);
    END_WINSOCK();
}

static void a_canonical_name_stands_in_the_first_alone(void)
{
    struct addrinfo *list;
    START_WINSOCK();
    assert_int_equal(ask("localhost", "80", AI_CANONNAME, AF_UNSPEC, SOCK_STREAM, &list), 0);
    assert_non_null(list->ai_canonname);
    for (const struct addrinfo *info = list->ai_next; info != NULL; info = info->ai_next)
        assert_null(info->ai_canonname);
    freeaddrinfo(list);
    END_WINSOCK();
}

static void families_and_types_that_nobody_knows_are_refused(void)
{
    struct addrinfo *list;
    START_WINSOCK();
    assert_int_equal(ask("127.0.0.1", "80", 0, 77, 0, &list), WSAEAFNOSUPPORT);
    assert_int_equal(ask("127.0.0.1", "80", 0, AF_INET, 77, &list), WSAESOCKTNOSUPPORT);
    END_WINSOCK();
}

static void a_service_is_one_of_the_type(void)
{
    struct addrinfo *list;
    START_WINSOCK();
    assert_int_equal(ask("127.0.0.1", "http", 0, AF_INET, SOCK_STREAM, &list), 0);
    assert_int_equal(v4_of(list)->sin_port, htons(80));
    freeaddrinfo(list);
    assert_int_equal(ask("127.0.0.1", "nonsense", 0, AF_INET, SOCK_STREAM, &list),
                     WSATYPE_NOT_FOUND);
    assert_int_equal(ask("127.0.0.1", "ftp", 0, AF_INET, SOCK_DGRAM, &list), WSATYPE_NOT_FOUND);
    assert_int_equal(WSAGetLastError(), WSATYPE_NOT_FOUND);
    END_WINSOCK();
}

static void a_name_that_nobody_has_is_not_found(void)
{
    struct addrinfo *list;
    START_WINSOCK();
    assert_int_equal(ask(nobody, "80", 0, AF_INET, SOCK_STREAM, &list), WSAHOST_NOT_FOUND);
    assert_int_equal(WSAGetLastError(), WSAHOST_NOT_FOUND);
    assert_null(list);
    END_WINSOCK();
}

static void localhost_is_this_machines_loopback(void)
{
    struct addrinfo *list;
    const unsigned char loopback[16] = {[15] = 1};
    START_WINSOCK();
    assert_int_equal(ask("LocalHost", "80", 0, AF_UNSPEC, SOCK_STREAM, &list), 0);
    for (const struct addrinfo *info = list; info != NULL; info = info->ai_next)
        if (info->ai_family == AF_INET)
            assert_int_equal(ntohl(v4_of(info)->sin_addr.s_addr) >> 24, 127);
        else
            assert_memory_equal(&v6_of(info)->sin6_addr, loopback, sizeof(loopback));
    freeaddrinfo(list);
    END_WINSOCK();
}

static void assert_binds(const char *node)
{
    struct addrinfo *list;
    assert_int_equal(ask(node, "0", 0, AF_INET, SOCK_DGRAM, &list), 0);
    const SOCKET s = udp_socket();
    assert_int_equal(bind(s, list->ai_addr, (int)list->ai_addrlen), 0);
    assert_int_equal(closesocket(s), 0);
    freeaddrinfo(list);
}

static void the_machines_own_name_is_where_it_can_bind(void)
{
    char own[256];
    START_WINSOCK();
    assert_int_equal(gethostname(own, sizeof(own)), 0);
    assert_binds(own);
    assert_binds("");
    END_WINSOCK();
}

static void the_wide_form_answers_the_same(void)
{
    static const WCHAR node[] = {'1', '2', '7', '.', '0', '.', '0', '.', '1', 0};
    static const WCHAR service[] = {'8', '0', 0};
    static const WCHAR none[] = {'x', 'y', 'z', 'z', 'y', 0};
    ADDRINFOW hints, *list = NULL;
    START_WINSOCK();
    memset(&hints, 0, sizeof(hints));
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_CANONNAME;
    assert_int_equal(GetAddrInfoW(node, service, &hints, &list), 0);
    assert_int_equal(((struct sockaddr_in *)(void *)list->ai_addr)->sin_port, htons(80));
    assert_memory_equal(list->ai_canonname, node, sizeof(node));
    FreeAddrInfoW(list);
    assert_int_equal(GetAddrInfoW(node, none, &hints, &list), WSATYPE_NOT_FOUND);
    END_WINSOCK();
}

static void a_lookup_that_comes_later_sets_its_event(void)
{
    static const WCHAR node[] = {'l', 'o', 'c', 'a', 'l', 'h', 'o', 's', 't', 0};
    PADDRINFOEXW list = NULL;
    OVERLAPPED overlapped;
    HANDLE handle = NULL;
    START_WINSOCK();
    memset(&overlapped, 0, sizeof(overlapped));
    overlapped.hEvent = WSACreateEvent();
    assert_int_equal(
        GetAddrInfoExW(node, NULL, NS_DNS, NULL, NULL, &list, NULL, &overlapped, NULL, &handle),
        WSA_IO_PENDING);
    assert_int_equal(WaitForSingleObject(overlapped.hEvent, 10000), WAIT_OBJECT_0);
    assert_int_equal(overlapped.Internal, 0);
    assert_non_null(list);
    FreeAddrInfoExW(list);
    assert_int_equal(WSACloseEvent(overlapped.hEvent), TRUE);
    END_WINSOCK();
}

/* Older SDKs declare neither. */
static INT(WSAAPI *cancel_lookup)(LPHANDLE handle);
static INT(WSAAPI *result_of_lookup)(LPOVERLAPPED overlapped);

static bool later_lookups_exist(void)
{
    const HMODULE library = GetModuleHandleA("ws2_32.dll");
    void (*const cancel)(void) = (void (*)(void))GetProcAddress(library, "GetAddrInfoExCancel");
    void (*const result)(void) =
        (void (*)(void))GetProcAddress(library, "GetAddrInfoExOverlappedResult");
    cancel_lookup = (INT(WSAAPI *)(LPHANDLE))cancel;
    result_of_lookup = (INT(WSAAPI *)(LPOVERLAPPED))result;
    return cancel != NULL && result != NULL;
}

/* Its type is a pointer to nothing in some SDKs. */
union routine {
    void(CALLBACK *function)(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped);
    LPLOOKUPSERVICE_COMPLETION_ROUTINE given;
};

static void CALLBACK no_routine(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped)
{
    (void)error;
    (void)bytes;
    (void)overlapped;
}

static void a_lookup_has_an_event_or_a_routine(void)
{
    static const WCHAR node[] = {'l', 'o', 'c', 'a', 'l', 'h', 'o', 's', 't', 0};
    PADDRINFOEXW list = NULL;
    OVERLAPPED overlapped;
    HANDLE handle = NULL;
    const union routine routine = {.function = no_routine};
    START_WINSOCK();
    memset(&overlapped, 0, sizeof(overlapped));
    overlapped.hEvent = WSACreateEvent();
    assert_int_equal(GetAddrInfoExW(node, NULL, NS_DNS, NULL, NULL, &list, NULL, &overlapped,
                                    routine.given, &handle),
                     WSAEINVAL);
    assert_null(list);
    END_WINSOCK();
}

static const struct testbed_host far_host = {false, {203, 0, 113, 5}};

static void a_name_in_the_network_is_found(void)
{
    struct addrinfo *list;
    REQUIRE_TESTBED(testbed_remote_host("far.example", &far_host, false));
    START_WINSOCK();
    assert_int_equal(ask("FAR.example", "80", 0, AF_INET, SOCK_STREAM, &list), 0);
    assert_memory_equal(&v4_of(list)->sin_addr, far_host.bytes, 4);
    assert_null(list->ai_next);
    freeaddrinfo(list);
    assert_int_equal(ask("far.example", "80", 0, AF_INET6, SOCK_STREAM, &list), WSANO_DATA);
    END_WINSOCK();
}

/* One of the three is about to be told: only a name beyond the machine takes long enough. */
static void a_lookup_can_be_cancelled(void)
{
    static const WCHAR node[] = {'f', 'a', 'r', '.', 'e', 'x', 'a', 'm', 'p', 'l', 'e', 0};
    PADDRINFOEXW list = NULL;
    OVERLAPPED overlapped;
    HANDLE handle = NULL;
    REQUIRE_TESTBED(testbed_remote_host("far.example", &far_host, false));
    if (!later_lookups_exist())
        UNSUPPORTED_BECAUSE("lookups cannot be cancelled");
    START_WINSOCK();
    memset(&overlapped, 0, sizeof(overlapped));
    overlapped.hEvent = WSACreateEvent();
    assert_int_equal(
        GetAddrInfoExW(node, NULL, NS_DNS, NULL, NULL, &list, NULL, &overlapped, NULL, &handle),
        WSA_IO_PENDING);
    assert_int_equal(cancel_lookup(&handle), 0);
    assert_int_equal(WaitForSingleObject(overlapped.hEvent, 10000), WAIT_OBJECT_0);
    assert_int_equal(result_of_lookup(&overlapped), WSA_E_CANCELLED);
    assert_null(list);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(a_number_becomes_an_address, DNS_001),
    CASE(a_question_needs_a_node_or_a_service, DNS_002, DNS_012),
    CASE(numeric_host_takes_no_names, DNS_003),
    CASE(passive_is_the_wildcard, DNS_004),
    CASE(one_family_gets_that_alone, DNS_005),
    CASE(hints_must_be_clean, DNS_006),
    CASE(a_canonical_name_is_a_nodes, DNS_007),
    CASE(families_and_types_that_nobody_knows_are_refused, DNS_008, DNS_009),
    CASE(a_service_is_one_of_the_type, DNS_010, DNS_012),
    CASE(a_name_that_nobody_has_is_not_found, DNS_011, DNS_012),
    CASE(a_canonical_name_stands_in_the_first_alone, DNS_013),
    CASE(localhost_is_this_machines_loopback, DNS_014),
    CASE(the_machines_own_name_is_where_it_can_bind, DNS_015),
    CASE(the_wide_form_answers_the_same, DNS_016),
    CASE(a_name_in_the_network_is_found, DNS_005),
    CASE(a_lookup_that_comes_later_sets_its_event, DNS_032),
    CASE(a_lookup_can_be_cancelled, DNS_033),
    CASE(a_lookup_has_an_event_or_a_routine, DNS_034),
    END_OF_CASES,
};
// clang-format on

const struct suite names_suite = {
    .name = "names",
    .about = "getaddrinfo and what came after it",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
