/* The three calls as a service provider's WSPIoctl. The provider is started a second time, which
 * could spoil the Winsock of the process that does it, so a child does.
 */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/block.h"
#include "conformance/suites/suite.h"

struct request {
    USHORT first;
    USHORT count;
};

/* Outcomes as WSPIoctl gives them: 0, or *lpErrno. */
struct report {
    BOOL found;     /* a program can find the provider's WSPStartup */
    unsigned older; /* what asking for version 1.1 gets */
    unsigned started;
    WORD version, high_version;
    WCHAR description;
    unsigned cleaned_up;
    unsigned acquired;
    unsigned associated;
    unsigned released;
    unsigned released_again;
    USHORT first;
    USHORT count;
    USHORT bound;
    DWORD returned;
};

/* The provider that made the socket. */
static bool provider_of(SOCKET s, WSAPROTOCOL_INFOW *found)
{
    memset(found, 0, sizeof(*found));
    return WSADuplicateSocketW(s, GetCurrentProcessId(), found) == 0;
}

static void start_provider(SOCKET s, WSPPROC_TABLE *table, struct report *report)
{
    const HMODULE library = LoadLibraryA("mswsock.dll");
    WSAPROTOCOL_INFOW protocol;
    WSPUPCALLTABLE upcalls;
    WSPDATA data;
    LPWSPSTARTUP startup;
    if (library == NULL || !provider_of(s, &protocol))
        return;
    startup = (LPWSPSTARTUP)(void (*)(void))GetProcAddress(library, "WSPStartup");
    if (startup == NULL)
        return;
    memset(&upcalls, 0, sizeof(upcalls));
    report->found = TRUE;
    report->older = (unsigned)startup(MAKEWORD(1, 1), &data, &protocol, upcalls, table);
    memset(&data, 0xFF, sizeof(data));
    memset(table, 0, sizeof(*table));
    report->started = (unsigned)startup(MAKEWORD(2, 2), &data, &protocol, upcalls, table);
    report->version = data.wVersion;
    report->high_version = data.wHighVersion;
    report->description = data.szDescription[0];
}

static unsigned provider_token_call(const WSPPROC_TABLE *table, SOCKET s, DWORD code, ULONG64 token)
{
    WSATHREADID thread;
    DWORD returned = 0;
    int error = 0;
    memset(&thread, 0, sizeof(thread));
    if (table->lpWSPIoctl(s, code, &token, sizeof(token), NULL, 0, &returned, NULL, NULL, &thread,
                          &error) == 0)
        return 0;
    return error == 0 ? FAILED_WITHOUT_A_CODE : (unsigned)error;
}

static void make_calls(const WSPPROC_TABLE *table, SOCKET s, const struct request *request,
                       struct report *report)
{
    INET_PORT_RANGE range;
    INET_PORT_RESERVATION_INSTANCE instance;
    WSATHREADID thread;
    int error = 0;
    memset(&thread, 0, sizeof(thread));
    memset(&instance, 0, sizeof(instance));
    range.StartPort = htons(request->first);
    range.NumberOfPorts = request->count;
    if (table->lpWSPIoctl(s, SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof(range), &instance,
                          sizeof(instance), &report->returned, NULL, NULL, &thread, &error) != 0)
        report->acquired = error == 0 ? FAILED_WITHOUT_A_CODE : (unsigned)error;
    report->first = ntohs(instance.StartPort);
    report->count = instance.NumberOfPorts;
    report->associated =
        provider_token_call(table, s, SIO_ASSOCIATE_PORT_RESERVATION, instance.Token);
    bind_loopback(s, 0);
    report->bound = bound_port(s);
    closesocket(s);
}

static void release_through(const WSPPROC_TABLE *table, SOCKET s, USHORT first,
                            struct report *report)
{
    INET_PORT_RESERVATION_INSTANCE instance;
    if (acquire_block(s, first, 1, &instance) != 0)
        return;
    report->released = provider_token_call(table, s, SIO_RELEASE_PORT_RESERVATION, instance.Token);
    report->released_again =
        provider_token_call(table, s, SIO_RELEASE_PORT_RESERVATION, instance.Token);
}

/* The sockets are opened before the provider is started again, and without it. */
static int run_provider(void)
{
    struct request request;
    struct report report;
    WSPPROC_TABLE table;
    SOCKET s;
    SOCKET releasing;
    memset(&report, 0, sizeof(report));
    if (winsock_start() != 0 || !testbed_hear_parent(&request, sizeof(request)))
        return 1;
    s = tcp_socket();
    releasing = tcp_socket();
    report.released = FAILED_WITHOUT_A_CODE;
    start_provider(s, &table, &report);
    if (report.found && report.started == 0) {
        int error = 0;
        make_calls(&table, s, &request, &report);
        release_through(&table, releasing, (USHORT)(request.first + request.count), &report);
        report.cleaned_up = table.lpWSPCleanup(&error) == 0 ? 0 : (unsigned)error;
    }
    return testbed_tell_parent(&report, sizeof(report)) ? 0 : 1;
}

static const struct testbed_program programs[] = {{"provider", run_provider}, {NULL, NULL}};

static struct report ask_provider(USHORT first, USHORT count)
{
    const struct request request = {first, count};
    struct testbed_start start;
    struct report report;
    memset(&start, 0, sizeof(start));
    memset(&report, 0, sizeof(report));
    start.program = "provider";
    start.user = TESTBED_STANDARD;
    REQUIRE_TESTBED(testbed_ask(&start, &request, sizeof(request), &report, sizeof(report)));
    if (!report.found)
        UNSUPPORTED_BECAUSE("the base provider cannot be started by a program");
    assert_int_equal(report.started, 0);
    unless_unsupported(report.acquired);
    return report;
}

static void acquire_is_a_call_of_the_provider_too(void)
{
    const USHORT first = free_ports(5);
    const struct report report = ask_provider(first, 3);
    assert_int_equal(report.acquired, 0);
    assert_int_equal(report.returned, sizeof(INET_PORT_RESERVATION_INSTANCE));
    assert_int_equal(report.first, first);
    assert_int_equal(report.count, 3);
}

static void associate_is_a_call_of_the_provider_too(void)
{
    const USHORT first = free_ports(5);
    const struct report report = ask_provider(first, 3);
    assert_int_equal(report.associated, 0);
    assert_true(report.bound >= first && report.bound < first + 3);
}

static void release_is_a_call_of_the_provider_too(void)
{
    const USHORT first = free_ports(5);
    const struct report report = ask_provider(first, 3);
    assert_int_equal(report.released, 0);
    OBSERVE_VALUE(release_unknown, report.released_again);
}

static void the_provider_starts_as_version_two_point_two(void)
{
    const struct report report = ask_provider(free_ports(5), 3);
    assert_int_equal(report.older, WSAVERNOTSUPPORTED);
    assert_int_equal(report.version, MAKEWORD(2, 2));
    assert_int_equal(report.high_version, MAKEWORD(2, 2));
    assert_true(report.description != 0 && report.description != 0xFFFF);
    assert_int_equal(report.cleaned_up, 0);
}

static const struct suite_case cases[] = {
    CASE(the_provider_starts_as_version_two_point_two, ACQ_001),
    CASE(acquire_is_a_call_of_the_provider_too, ACQ_001),
    CASE(associate_is_a_call_of_the_provider_too, ASSOC_001),
    CASE(release_is_a_call_of_the_provider_too, REL_001, REL_013),
    END_OF_CASES,
};

const struct suite provider_suite = {
    .name = "provider",
    .about = "the three calls through WSPIoctl",
    .user = TESTBED_ELEVATED_ADMIN,
    .cases = cases,
    .programs = programs,
};
