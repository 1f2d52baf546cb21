/* WSPIoctl of the base provider, called by the program itself: what it takes, what it answers and
 * when, and where its errors go. The id of the calling thread is nobody's to make, so none is
 * given.
 */
#include "conformance/suites/pending.h"

enum { CANARY = 0x0BADCAFE, KEY = 91, LAST_ERROR = 77 };

/* Clauses of the signatures: what does not fit does not compile. */
_Static_assert(_Generic((LPWSPIOCTL)0,
                        int(WSPAPI *)(SOCKET, DWORD, LPVOID, DWORD, LPVOID, DWORD, LPDWORD,
                                      LPWSAOVERLAPPED, LPWSAOVERLAPPED_COMPLETION_ROUTINE,
                                      LPWSATHREADID, LPINT) : 1,
                        default : 0),
               "WSPIoctl takes the nine of WSAIoctl and two more");
_Static_assert(_Generic(&WSAIoctl,
                        int(WSAAPI *)(SOCKET, DWORD, LPVOID, DWORD, LPVOID, DWORD, LPDWORD,
                                      LPWSAOVERLAPPED, LPWSAOVERLAPPED_COMPLETION_ROUTINE) : 1,
                        default : 0),
               "WSAIoctl takes nine");

/* The functions of the base provider, as WSPStartup gave them. */
static WSPPROC_TABLE base;

/* WSPStartup's error, or FAILED_WITHOUT_A_CODE where there is none. */
static unsigned start_base(SOCKET s)
{
    const HMODULE library = LoadLibraryA("mswsock.dll");
    WSAPROTOCOL_INFOW protocol;
    WSPUPCALLTABLE upcalls;
    WSPDATA data;
    LPWSPSTARTUP startup = NULL;
    if (library != NULL)
        startup = (LPWSPSTARTUP)(void (*)(void))GetProcAddress(library, "WSPStartup");
    if (startup == NULL || WSADuplicateSocketW(s, GetCurrentProcessId(), &protocol) != 0)
        return FAILED_WITHOUT_A_CODE;
    memset(&upcalls, 0, sizeof(upcalls));
    return (unsigned)startup(MAKEWORD(2, 2), &data, &protocol, upcalls, &base);
}

/* Where the name leads nowhere, a process of its own finds out. */
static int run_starter(void)
{
    unsigned answer = winsock_start();
    if (answer == 0)
        answer = start_base(tcp_socket());
    return testbed_tell_parent(&answer, sizeof(answer)) ? 0 : 1;
}

static void require_base(void)
{
    const struct testbed_start start = {.program = "starter", .user = TESTBED_ELEVATED_ADMIN};
    unsigned answer = FAILED_WITHOUT_A_CODE;
    if (!testbed_ask(&start, NULL, 0, &answer, sizeof(answer)) || answer == FAILED_WITHOUT_A_CODE)
        UNSUPPORTED_BECAUSE("the base provider cannot be started by a program");
    assert_int_equal(answer, 0);
}

static void start(void)
{
    require_base();
    START_WINSOCK();
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    assert_int_equal(start_base(s), 0);
    close_socket(s);
}

static void end(void)
{
    int error = 0;
    assert_int_equal(base.lpWSPCleanup(&error), 0);
    END_WINSOCK();
}

/* One control request, for WSPIoctl or for WSAIoctl. */
struct spi {
    SOCKET s;
    DWORD code;
    void *in;
    DWORD in_size;
    void *out;
    DWORD out_size;
    WSAOVERLAPPED *overlapped;
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine;
    DWORD count; /* UNTOUCHED before */
    int error;   /* CANARY before */
};

/* 0, or the error; FAILED_WITHOUT_A_CODE when *lpErrno is as it was. */
static unsigned in_provider(struct spi *spi)
{
    spi->count = (DWORD)UNTOUCHED;
    spi->error = CANARY;
    if (base.lpWSPIoctl(spi->s, spi->code, spi->in, spi->in_size, spi->out, spi->out_size,
                        &spi->count, spi->overlapped, spi->routine, NULL, &spi->error) == 0)
        return 0;
    return spi->error == CANARY ? FAILED_WITHOUT_A_CODE : (unsigned)spi->error;
}

static unsigned in_winsock(struct spi *spi)
{
    spi->count = (DWORD)UNTOUCHED;
    return winsock_outcome(WSAIoctl(spi->s, spi->code, spi->in, spi->in_size, spi->out,
                                    spi->out_size, &spi->count, spi->overlapped, spi->routine));
}

static struct spi acquire_of(struct pending *pending, SOCKET s, USHORT first, USHORT count)
{
    pending->range.StartPort = htons(first);
    pending->range.NumberOfPorts = count;
    return (struct spi){.s = s,
                        .code = SIO_ACQUIRE_PORT_RESERVATION,
                        .in = &pending->range,
                        .in_size = sizeof(pending->range),
                        .out = &pending->instance,
                        .out_size = sizeof(pending->instance),
                        .overlapped = &pending->overlapped};
}

static unsigned token_in_provider(SOCKET s, DWORD code, ULONG64 token)
{
    struct spi spi = {.s = s, .code = code, .in = &token, .in_size = sizeof(token)};
    return in_provider(&spi);
}

/* ---- What it takes --------------------------------------------------------------------------- */

/* With exactly the room that the answer wants, so that every argument must be in its place. */
static void what_winsock_asks_the_provider_is_asked_too(void)
{
    static const struct {
        DWORD code, size;
    } asked[] = {{FIONREAD, sizeof(u_long)}, {SIO_BASE_HANDLE, sizeof(SOCKET)}};
    start();
    const SOCKET s = bound_tcp();
    for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
        ULONG64 above = 1, below = 2;
        struct spi first = {
            .s = s, .code = asked[i].code, .out = &above, .out_size = asked[i].size};
        struct spi second = {
            .s = s, .code = asked[i].code, .out = &below, .out_size = asked[i].size};
        assert_int_equal(in_winsock(&first), 0);
        assert_int_equal(in_provider(&second), 0);
        assert_int_equal(first.count, asked[i].size);
        assert_int_equal(second.count, asked[i].size);
        assert_memory_equal(&above, &below, asked[i].size);
    }
    close_socket(s);
    end();
}

static void the_three_codes_are_the_providers(void)
{
    const USHORT first = free_ports(2);
    start();
    require_reservations();
    for (int i = 0; i < SOCKET_KIND_COUNT; i++) {
        const int family = SOCKET_KINDS[i].family, type = SOCKET_KINDS[i].type;
        const SOCKET s = open_socket(family, type), user = open_socket(family, type);
        struct pending pending;
        pending_init(&pending, false);
        struct spi acquire = acquire_of(&pending, s, first, 2);
        acquire.overlapped = NULL;
        assert_int_equal(in_provider(&acquire), 0);
        assert_int_equal(acquire.count, sizeof(pending.instance));
        assert_int_equal(pending.instance.StartPort, htons(first));
        assert_int_equal(pending.instance.NumberOfPorts, 2);
        assert_int_equal(
            token_in_provider(user, SIO_ASSOCIATE_PORT_RESERVATION, pending.instance.Token), 0);
        assert_int_equal(bind_by_family(user, family, 0), 0);
        assert_true(bound_port(user) == first || bound_port(user) == first + 1);
        close_socket(user);
        assert_ports_taken(family, type, first, 2);
        assert_int_equal(token_in_provider(s, SIO_RELEASE_PORT_RESERVATION, pending.instance.Token),
                         0);
        assert_ports_free(family, type, first, 2);
        close_socket(s);
    }
    end();
}

/* ---- Errors ---------------------------------------------------------------------------------- */

static void an_error_overwrites_what_lperrno_points_at(void)
{
    ULONG64 token = 0;
    start();
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    struct spi short_of_room = {.s = s, .code = FIONREAD, .out = &token, .out_size = 1};
    struct spi no_socket = {.s = INVALID_SOCKET, .code = FIONREAD, .out = &token, .out_size = 4};
    WSASetLastError(LAST_ERROR);
    const unsigned fault = in_provider(&short_of_room), bad = in_provider(&no_socket);
    const int last_error = WSAGetLastError();
    if (fault == FAILED_WITHOUT_A_CODE)
        OBSERVE(provider_error, left);
    if (last_error != LAST_ERROR)
        OBSERVE(provider_error, in_the_thread);
    OBSERVE(provider_error, in_lperrno);
    assert_int_equal(fault, WSAEFAULT);
    assert_int_equal(bad, WSAENOTSOCK);
    close_socket(s);
    end();
}

static void what_fails_above_fails_so_below(void)
{
    struct tcp_keepalive keep = {0, 0, 0};
    GUID nobody;
    ULONG64 token = 0;
    void *function = NULL;
    start();
    const SOCKET udp = open_socket(AF_INET, SOCK_DGRAM), tcp = open_socket(AF_INET, SOCK_STREAM);
    memset(&nobody, 0x11, sizeof(nobody));
    struct spi calls[] = {
        {.s = udp, .code = SIO_KEEPALIVE_VALS, .in = &keep, .in_size = sizeof(keep)},
        {.s = tcp, .code = SIO_KEEPALIVE_VALS, .in = &keep, .in_size = 1},
        {.s = tcp,
         .code = SIO_GET_EXTENSION_FUNCTION_POINTER,
         .in = &nobody,
         .in_size = sizeof(nobody),
         .out = (void *)&function,
         .out_size = sizeof(function)},
        {.s = tcp, .code = SIO_ACQUIRE_PORT_RESERVATION, .in = &token, .in_size = 4},
        {.s = tcp, .code = 0xDEADBEEFu},
        {.s = udp, .code = SIO_UDP_CONNRESET},
        {.s = INVALID_SOCKET, .code = SIO_KEEPALIVE_VALS, .in = &keep, .in_size = sizeof(keep)},
    };
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        const unsigned above = in_winsock(&calls[i]);
        assert_int_not_equal(above, 0);
        assert_int_equal(in_provider(&calls[i]), above);
        if (i == 0)
            assert_int_equal(above, WSAENOPROTOOPT); /* which the provider's table has not */
    }
    close_socket(udp);
    close_socket(tcp);
    end();
}

/* WSA_OPERATION_ABORTED is no row of the provider's table either. */
static void what_is_cancelled_says_so(void)
{
    struct pending pending;
    DWORD bytes = 0, flags = 0;
    int error = CANARY;
    start();
    const SOCKET s = bound_tcp();
    pending_init(&pending, true);
    struct spi change = {
        .s = s, .code = SIO_ADDRESS_LIST_CHANGE, .overlapped = &pending.overlapped};
    assert_int_equal(in_provider(&change), WSA_IO_PENDING);
    assert_still_pends(&pending);
    assert_true(CancelIoEx((HANDLE)s, (OVERLAPPED *)&pending.overlapped));
    assert_int_equal(WaitForSingleObject(pending.overlapped.hEvent, PATIENCE_MS), WAIT_OBJECT_0);
    assert_false(
        base.lpWSPGetOverlappedResult(s, &pending.overlapped, &bytes, FALSE, &flags, &error));
    assert_int_equal(error, WSA_OPERATION_ABORTED);
    pending_end(&pending);
    close_socket(s);
    end();
}

enum { IN_BAD, OUT_BAD, COUNT_BAD, OVERLAPPED_BAD, ARGUMENT_COUNT };

/* FIONBIO and FIONREAD with one pointer that leads out of the program's memory. */
static unsigned with_a_bad_pointer(SOCKET s, int argument, int kind, int *error)
{
    u_long value = 0;
    DWORD count = 0;
    const size_t size = argument == OVERLAPPED_BAD ? sizeof(WSAOVERLAPPED) : sizeof(value);
    void *const bad = testbed_bad_pointer((enum testbed_bad_pointer)kind, size);
    void *const in = argument == IN_BAD ? bad : &value;
    void *const out = argument == OUT_BAD ? bad : &value;
    LPWSAOVERLAPPED const overlapped = argument == OVERLAPPED_BAD ? bad : NULL;
    LPDWORD const place = argument == COUNT_BAD ? bad : &count;
    const bool sets = argument == IN_BAD;
    *error = CANARY;
    return (unsigned)base.lpWSPIoctl(
        s, sets ? (DWORD)FIONBIO : FIONREAD, sets ? in : NULL, sets ? sizeof(value) : 0,
        sets ? NULL : out, sets ? 0 : sizeof(value), place, overlapped, NULL, NULL, error);
}

static void a_bad_pointer_is_a_fault(void)
{
    int error;
    start();
    const SOCKET s = open_socket(AF_INET, SOCK_DGRAM);
    for (int argument = 0; argument < ARGUMENT_COUNT; argument++)
        for (int kind = 0; kind < TESTBED_BAD_POINTER_COUNT; kind++) {
            const bool may_be = (argument == IN_BAD && kind == TESTBED_READ_ONLY) ||
                                (argument == OVERLAPPED_BAD && kind == TESTBED_NULL);
            const unsigned result = with_a_bad_pointer(s, argument, kind, &error);
            if (may_be)
                assert_int_equal(result, 0);
            else
                assert_int_equal(result == 0 ? 0 : error, WSAEFAULT);
        }
    close_socket(s);
    end();
}

static void too_small_a_buffer_is_a_fault(void)
{
    unsigned char room[64];
    struct pending pending;
    start();
    require_reservations();
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    memset(room, 0, sizeof(room));
    const struct spi small[] = {
        {.s = s, .code = (DWORD)FIONBIO, .in = room, .in_size = sizeof(u_long) - 1},
        {.s = s, .code = FIONREAD, .out = room, .out_size = sizeof(u_long) - 1},
        {.s = s, .code = SIO_BASE_HANDLE, .out = room, .out_size = sizeof(SOCKET) - 1},
        {.s = s, .code = SIO_ADDRESS_LIST_QUERY, .out = room, .out_size = sizeof(INT)},
    };
    for (size_t i = 0; i < sizeof(small) / sizeof(small[0]); i++) {
        struct spi spi = small[i];
        assert_int_equal(in_provider(&spi), WSAEFAULT);
    }
    pending_init(&pending, false);
    struct spi acquire = acquire_of(&pending, s, 0, 1);
    acquire.overlapped = NULL;
    acquire.in_size--;
    OBSERVE_VALUE(short_input, in_provider(&acquire));
    close_socket(s);
    end();
}

/* ---- Completion ------------------------------------------------------------------------------ */

static void a_success_has_queued_the_routine(void)
{
    struct tcp_keepalive keep = {1, 60000, 1000};
    u_long on = 1;
    unsigned at_once = 0;
    start();
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    const struct spi calls[] = {
        {.s = s, .code = SIO_KEEPALIVE_VALS, .in = &keep, .in_size = sizeof(keep)},
        {.s = s, .code = (DWORD)FIONBIO, .in = &on, .in_size = sizeof(on)},
        {.s = s, .code = FIONREAD, .out = &on, .out_size = sizeof(on)},
    };
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        struct pending pending;
        struct spi spi = calls[i];
        pending_init(&pending, false);
        spi.overlapped = &pending.overlapped;
        spi.routine = record_completion;
        const unsigned begun = in_provider(&spi);
        if (pending.calls != 0)
            OBSERVE(provider_routine, called_directly);
        OBSERVE(provider_routine, queued);
        if (begun != 0) {
            assert_int_equal(begun, WSA_IO_PENDING);
            await_routine(&pending);
            continue;
        }
        at_once++;
        assert_int_equal(SleepEx(0, TRUE), WAIT_IO_COMPLETION);
        assert_int_equal(pending.calls, 1);
        assert_int_equal(pending.error, 0);
        assert_int_equal(pending.thread, GetCurrentThreadId());
        assert_no_routine_waits();
        assert_int_equal(pending.calls, 1);
    }
    assert_true(at_once > 0);
    close_socket(s);
    end();
}

/* Begins an acquire that takes its time. */
static unsigned begin_slow(struct pending *pending, SOCKET s, USHORT first,
                           LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    struct spi spi = acquire_of(pending, s, first, 1);
    spi.routine = routine;
    const unsigned begun = in_provider(&spi);
    if (begun == 0 && pending->overlapped.Internal == IO_IS_PENDING)
        OBSERVE(provider_pending, success);
    OBSERVE(provider_pending, wsa_io_pending);
    assert_one_of(spi.count, 0, (DWORD)UNTOUCHED);
    return begun;
}

static void what_is_started_ends_once(void)
{
    const USHORT first = free_ports(3);
    struct pending by_event, by_routine, by_packet;
    start();
    require_slow_reservations();
    const HANDLE port = new_port(1);
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM), tied = open_socket(AF_INET, SOCK_STREAM),
                 other = open_socket(AF_INET, SOCK_STREAM);
    associate_port(port, tied, KEY);
    pending_init(&by_event, true);
    pending_init(&by_routine, false);
    pending_init(&by_packet, false);
    assert_int_equal(begin_slow(&by_event, s, first, NULL), WSA_IO_PENDING);
    assert_int_equal(begin_slow(&by_routine, other, (USHORT)(first + 1), record_completion),
                     WSA_IO_PENDING);
    assert_int_equal(begin_slow(&by_packet, tied, (USHORT)(first + 2), NULL), WSA_IO_PENDING);
    assert_int_equal(WaitForSingleObject(by_event.overlapped.hEvent, 0), WAIT_TIMEOUT);
    assert_int_equal(by_routine.calls, 0);
    assert_int_equal(take_within(port, 0).error, WAIT_TIMEOUT);

    assert_int_equal(outcome_of(&by_event, s), 0);
    assert_int_equal(by_event.size, sizeof(by_event.instance));
    await_routine(&by_routine);
    assert_int_equal(by_routine.error, 0);
    assert_int_equal(by_routine.transferred, sizeof(by_routine.instance));
    assert_packet(port, &by_packet, KEY, 0, sizeof(by_packet.instance));
    assert_true(ResetEvent(by_event.overlapped.hEvent));
    assert_no_routine_waits();
    assert_port_empty(port);
    assert_int_equal(by_routine.calls, 1);
    assert_int_equal(WaitForSingleObject(by_event.overlapped.hEvent, 0), WAIT_TIMEOUT);
    pending_end(&by_event);
    close_socket(s);
    close_socket(other);
    close_socket(tied);
    end();
}

/* An acquire of no ports at all, which nobody takes. */
static void begin_in_vain(struct pending *pending, SOCKET s, bool event,
                          LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    pending_init(pending, event);
    struct spi spi = acquire_of(pending, s, free_ports(1), 0);
    spi.routine = routine;
    const unsigned begun = in_provider(&spi);
    if (begun == WSA_IO_PENDING)
        SKIP_BECAUSE("what is wrong comes with the end here");
    assert_int_equal(begun, WSAEINVAL);
}

static void what_is_refused_never_ends(void)
{
    struct pending by_event, by_routine, by_packet;
    start();
    require_reservations();
    const HANDLE port = new_port(1);
    const SOCKET s = open_socket(AF_INET, SOCK_DGRAM), tied = open_socket(AF_INET, SOCK_DGRAM);
    associate_port(port, tied, KEY);
    begin_in_vain(&by_event, s, true, NULL);
    begin_in_vain(&by_routine, s, false, record_completion);
    begin_in_vain(&by_packet, tied, false, NULL);
    assert_int_equal(WaitForSingleObject(by_event.overlapped.hEvent, A_MOMENT_MS), WAIT_TIMEOUT);
    assert_no_routine_waits();
    assert_int_equal(by_routine.calls, 0);
    assert_port_empty(port);
    pending_end(&by_event);
    close_socket(s);
    close_socket(tied);
    end();
}

static struct {
    struct pending pending;
    SOCKET s;
    USHORT port;
    unsigned begun;
    volatile LONG stage; /* 1: begun. 2: told to wait alertably */
} helper;

static DWORD WINAPI begin_and_wait(void *unused)
{
    (void)unused;
    struct spi spi = acquire_of(&helper.pending, helper.s, helper.port, 1);
    spi.routine = record_completion;
    helper.begun = in_provider(&spi);
    helper.stage = 1;
    becomes(&helper.stage, 2);
    for (int i = 0; i < 100 && helper.pending.calls == 0; i++)
        SleepEx(PATIENCE_MS / 100, TRUE);
    return GetCurrentThreadId();
}

static void a_routine_is_the_thread_s_that_began(void)
{
    start();
    require_slow_reservations();
    memset(&helper, 0, sizeof(helper));
    helper.s = open_socket(AF_INET, SOCK_STREAM);
    helper.port = free_ports(1);
    pending_init(&helper.pending, false);
    const HANDLE thread = start_thread(begin_and_wait, NULL);
    assert_becomes(&helper.stage, 1);
    assert_int_equal(helper.begun, WSA_IO_PENDING);
    assert_int_equal(SleepEx(SLOW_MS + A_MOMENT_MS, TRUE), 0);
    assert_int_equal(helper.pending.calls, 0);
    helper.stage = 2;
    const DWORD began = join_thread(thread);
    assert_int_equal(helper.pending.calls, 1);
    assert_int_equal(helper.pending.thread, began);
    assert_int_not_equal(helper.pending.thread, GetCurrentThreadId());
    close_socket(helper.s);
    end();
}

static const struct testbed_program programs[] = {{"starter", run_starter}, {NULL, NULL}};

// clang-format off
static const struct suite_case cases[] = {
    CASE(what_winsock_asks_the_provider_is_asked_too, SPI_001, SPI_002),
    CASE(the_three_codes_are_the_providers, SPI_012),
    CASE(an_error_overwrites_what_lperrno_points_at, SPI_002, SPI_005, SPI_006),
    CASE(what_fails_above_fails_so_below, SPI_010),
    CASE(what_is_cancelled_says_so, SPI_010),
    CASE(a_bad_pointer_is_a_fault, SPI_011),
    CASE(too_small_a_buffer_is_a_fault, SPI_011),
    CASE(a_success_has_queued_the_routine, SPI_007, SPI_013),
    CASE(what_is_started_ends_once, SPI_008),
    CASE(what_is_refused_never_ends, SPI_009),
    CASE(a_routine_is_the_thread_s_that_began, SPI_013),
    END_OF_CASES,
};
// clang-format on

const struct suite spi_ioctl_suite = {
    .name = "spi_ioctl",
    .about = "WSPIoctl of the base provider: arguments, errors, completion",
    .user = TESTBED_ELEVATED_ADMIN,
    .cases = cases,
    .programs = programs,
};
