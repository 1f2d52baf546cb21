/* Which codes and which sockets the three calls are for, and what a socket's modes make of them. */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/block.h"
#include "conformance/suites/suite.h"

enum { COUNT_BEFORE = 0x5A5A5A5A, CANARY = 0xC7 };

static INET_PORT_RANGE range_of(USHORT first, USHORT count)
{
    INET_PORT_RANGE range;
    range.StartPort = htons(first);
    range.NumberOfPorts = count;
    return range;
}

/* ---- Codes ----------------------------------------------------------------------------------- */

static unsigned send_code(SOCKET s, DWORD code, USHORT port)
{
    INET_PORT_RANGE range = range_of(port, 1);
    INET_PORT_RESERVATION_INSTANCE instance;
    DWORD returned = 0;
    return winsock_outcome(reservation_ioctl(s, code, &range, sizeof(range), &instance,
                                             sizeof(instance), &returned, NULL, NULL));
}

static void a_code_nobody_knows_is_refused(void)
{
    const DWORD codes[] = {0xDEADBEEFu, 0x667Eu, 0x98FF0064u};
    const USHORT port = free_ports(1);
    START_WINSOCK();
    for (int i = 0; i < 2; i++) {
        const SOCKET s = open_socket(AF_INET, SOCKET_KINDS[i].type);
        for (int k = 0; k < 3; k++)
            OBSERVE_VALUE(unknown_ioctl, send_code(s, codes[k], port));
        close_socket(s);
        assert_ports_free(AF_INET, SOCKET_KINDS[i].type, port, 1);
    }
    END_WINSOCK();
}

static void a_code_nobody_knows_reports_no_bytes(void)
{
    const DWORD codes[] = {0xDEADBEEFu, 0x667Eu};
    DWORD returned;
    SOCKET s;
    START_WINSOCK();
    s = open_socket(AF_INET, SOCK_STREAM);
    for (int i = 0; i < 2; i++) {
        returned = COUNT_BEFORE;
        assert_int_equal(WSAIoctl(s, codes[i], NULL, 0, NULL, 0, &returned, NULL, NULL),
                         SOCKET_ERROR);
        assert_int_equal(returned, 0);
    }
    close_socket(s);
    END_WINSOCK();
}

/* Every single bit of the code counts. */
static void a_code_one_bit_away_is_another_command(void)
{
    const USHORT port = free_ports(1);
    START_WINSOCK();
    for (int bit = 0; bit < 32; bit++) {
        const DWORD code = SIO_ACQUIRE_PORT_RESERVATION ^ (DWORD)1 << bit;
        SOCKET s;
        if (bit < 16)
            continue; /* other vendor commands, which somebody may know */
        s = open_socket(AF_INET, SOCK_STREAM);
        assert_int_not_equal(send_code(s, code, port), 0);
        assert_ports_free(AF_INET, SOCK_STREAM, port, 1);
        close_socket(s);
    }
    END_WINSOCK();
}

/* ---- Sockets of another kind ----------------------------------------------------------------- */

static SOCKET socket_of_another_kind(void)
{
    SOCKET s = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
    if (s == INVALID_SOCKET)
        s = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
    if (s == INVALID_SOCKET)
        UNSUPPORTED_BECAUSE("no socket that is neither TCP nor UDP can be opened");
    return s;
}

static void acquire_is_for_tcp_and_udp_only(void)
{
    const USHORT port = free_ports(1);
    SOCKET s;
    START_WINSOCK();
    s = socket_of_another_kind();
    OBSERVE_VALUE(unsupported_socket, send_code(s, SIO_ACQUIRE_PORT_RESERVATION, port));
    OBSERVE_VALUE(unsupported_socket, send_code(s, SIO_ACQUIRE_PORT_RESERVATION, 0));
    assert_ports_free(AF_INET, SOCK_STREAM, port, 1);
    assert_ports_free(AF_INET, SOCK_DGRAM, port, 1);
    close_socket(s);
    END_WINSOCK();
}

static void associate_is_for_tcp_and_udp_only(void)
{
    const USHORT port = free_ports(1);
    struct block block;
    SOCKET s;
    START_WINSOCK();
    s = socket_of_another_kind();
    block = hold_tcp(port, 1);
    OBSERVE_VALUE(unsupported_socket, associate_block(s, block.token));
    let_go(&block);
    close_socket(s);
    END_WINSOCK();
}

static void release_is_for_tcp_and_udp_only(void)
{
    const USHORT port = free_ports(1);
    struct block block;
    SOCKET s;
    START_WINSOCK();
    s = socket_of_another_kind();
    block = hold_udp(port, 1);
    OBSERVE_VALUE(unsupported_socket, release_block(s, block.token));
    assert_block_held(&block);
    let_go(&block);
    close_socket(s);
    END_WINSOCK();
}

/* ---- Modes ----------------------------------------------------------------------------------- */

static void judge_nonblocking(const struct socket_kind *kind, USHORT port)
{
    const SOCKET s = open_socket(kind->family, kind->type);
    INET_PORT_RESERVATION_INSTANCE instance;
    unsigned outcomes[3] = {0, 0, 0};
    u_long on = 1;
    assert_int_equal(ioctlsocket(s, FIONBIO, &on), 0);
    outcomes[0] = acquire_block(s, port, 2, &instance);
    if (outcomes[0] == 0) {
        outcomes[1] = associate_block(s, instance.Token);
        outcomes[2] = release_block(s, instance.Token);
    }
    for (int i = 0; i < 3; i++) {
        if (outcomes[i] == WSAEWOULDBLOCK)
            OBSERVE(nonblocking_ioctl, wsaewouldblock);
        assert_int_equal(outcomes[i], 0);
    }
    OBSERVE(nonblocking_ioctl, completes);
    close_socket(s);
}

static void a_nonblocking_socket_completes_at_once(void)
{
    const USHORT port = free_ports(2);
    START_WINSOCK();
    for (int i = 0; i < SOCKET_KIND_COUNT; i++)
        judge_nonblocking(&SOCKET_KINDS[i], port);
    END_WINSOCK();
}

static int routine_calls;

static void CALLBACK count_call(DWORD error, DWORD transferred, LPWSAOVERLAPPED overlapped,
                                DWORD flags)
{
    (void)error;
    (void)transferred;
    (void)overlapped;
    (void)flags;
    routine_calls++;
}

/* No routine waits for this thread to be alertable. */
static void assert_no_routine_runs(void)
{
    const WSAEVENT never = WSACreateEvent();
    assert_int_equal(WSAWaitForMultipleEvents(1, &never, FALSE, 0, TRUE), WSA_WAIT_TIMEOUT);
    assert_int_equal(routine_calls, 0);
    assert_true(WSACloseEvent(never));
}

static bool all_canary(const void *bytes, size_t size)
{
    const unsigned char *byte = bytes;
    for (size_t i = 0; i < size; i++)
        if (byte[i] != CANARY)
            return false;
    return true;
}

/* A structure that says nothing but which event it has, and what a call made of it. */
static bool overlapped_was_used(const WSAOVERLAPPED *overlapped, WSAEVENT event)
{
    if (WaitForSingleObject(event, 0) != WAIT_TIMEOUT)
        return true;
    return !all_canary(&overlapped->Internal, sizeof(overlapped->Internal)) ||
           !all_canary(&overlapped->InternalHigh, sizeof(overlapped->InternalHigh));
}

static void judge_nonoverlapped(LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, USHORT port)
{
    const SOCKET s = WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, 0);
    const WSAEVENT event = WSACreateEvent();
    INET_PORT_RANGE range = range_of(port, 2);
    INET_PORT_RESERVATION_INSTANCE instance;
    WSAOVERLAPPED overlapped;
    DWORD returned = COUNT_BEFORE;
    int result;
    assert_true(s != INVALID_SOCKET);
    assert_true(event != WSA_INVALID_EVENT);
    memset(&overlapped, CANARY, sizeof(overlapped));
    memset(&instance, 0, sizeof(instance));
    overlapped.hEvent = event;
    routine_calls = 0;
    result = reservation_ioctl(s, SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof(range), &instance,
                               sizeof(instance), &returned, &overlapped, routine);
    if (overlapped_was_used(&overlapped, event))
        OBSERVE(nonoverlapped_socket, used);
    else
        OBSERVE(nonoverlapped_socket, ignored);
    assert_int_equal(result, 0);
    assert_int_equal(returned, sizeof(instance));
    assert_int_equal(instance.StartPort, htons(port));
    assert_no_routine_runs();
    assert_int_equal(release_block(s, instance.Token), 0);
    assert_true(WSACloseEvent(event));
    close_socket(s);
}

static void an_overlapped_on_a_nonoverlapped_socket_is_ignored(void)
{
    const USHORT port = free_ports(2);
    START_WINSOCK();
    judge_nonoverlapped(NULL, port);
    judge_nonoverlapped(count_call, port);
    END_WINSOCK();
}

static void an_overlapped_on_a_nonoverlapped_socket_is_ignored_by_associate_and_release(void)
{
    const DWORD codes[] = {SIO_ASSOCIATE_PORT_RESERVATION, SIO_RELEASE_PORT_RESERVATION};
    const USHORT port = free_ports(1);
    INET_PORT_RESERVATION_INSTANCE instance;
    WSAEVENT event;
    SOCKET s;
    START_WINSOCK();
    s = WSASocketW(AF_INET, SOCK_DGRAM, IPPROTO_UDP, NULL, 0, 0);
    event = WSACreateEvent();
    assert_true(s != INVALID_SOCKET);
    assert_int_equal(acquire_block(s, port, 1, &instance), 0);
    for (int i = 0; i < 2; i++) {
        ULONG64 token = instance.Token;
        WSAOVERLAPPED overlapped;
        DWORD returned = 0;
        memset(&overlapped, CANARY, sizeof(overlapped));
        overlapped.hEvent = event;
        assert_int_equal(reservation_ioctl(s, codes[i], &token, sizeof(token), NULL, 0, &returned,
                                           &overlapped, NULL),
                         0);
        assert_false(overlapped_was_used(&overlapped, event));
    }
    assert_ports_free(AF_INET, SOCK_DGRAM, port, 1);
    assert_true(WSACloseEvent(event));
    close_socket(s);
    END_WINSOCK();
}

static void a_routine_without_an_overlapped_never_runs(void)
{
    const USHORT port = free_ports(1);
    INET_PORT_RANGE range = range_of(port, 1);
    INET_PORT_RESERVATION_INSTANCE instance;
    DWORD returned = COUNT_BEFORE;
    unsigned outcome;
    SOCKET s;
    START_WINSOCK();
    s = open_socket(AF_INET, SOCK_STREAM);
    routine_calls = 0;
    outcome = winsock_outcome(reservation_ioctl(s, SIO_ACQUIRE_PORT_RESERVATION, &range,
                                                sizeof(range), &instance, sizeof(instance),
                                                &returned, NULL, count_call));
    OBSERVE_VALUE(routine_without_overlapped, outcome);
    assert_no_routine_runs();
    if (outcome == 0) {
        assert_int_equal(returned, sizeof(instance));
        assert_int_equal(release_block(s, instance.Token), 0);
    }
    assert_ports_free(AF_INET, SOCK_STREAM, port, 1);
    close_socket(s);
    END_WINSOCK();
}

static void without_an_overlapped_the_answer_is_there_on_return(void)
{
    const USHORT port = free_ports(2);
    INET_PORT_RESERVATION_INSTANCE instance;
    SOCKET s;
    START_WINSOCK();
    s = open_socket(AF_INET, SOCK_STREAM);
    memset(&instance, 0, sizeof(instance));
    assert_int_equal(acquire_block(s, port, 2, &instance), 0);
    assert_int_equal(instance.StartPort, htons(port));
    assert_int_equal(instance.NumberOfPorts, 2);
    assert_ports_taken(AF_INET, SOCK_STREAM, port, 2);
    assert_int_equal(associate_block(s, instance.Token), 0);
    assert_int_equal(bind_loopback(s, 0), 0);
    assert_one_of(bound_port(s), port, port + 1);
    close_socket(s);
    END_WINSOCK();
}

static void both_families_and_both_protocols_make_the_three_calls(void)
{
    const USHORT port = free_ports(2);
    START_WINSOCK();
    for (int i = 0; i < SOCKET_KIND_COUNT; i++) {
        const struct socket_kind *kind = &SOCKET_KINDS[i];
        const struct block block = hold(kind->family, kind->type, port, 2);
        const SOCKET s = bound_in_block(&block);
        assert_int_equal(block.first, port);
        assert_int_equal(block.count, 2);
        close_socket(s);
        assert_int_equal(release_block(block.s, block.token), 0);
        let_go(&block);
        assert_ports_free(kind->family, kind->type, port, 2);
    }
    END_WINSOCK();
}

static const struct suite_case cases[] = {
    CASE(a_code_nobody_knows_is_refused, IOCTL_003, ERR_008, ERR_020, ERR_032),
    CASE(a_code_nobody_knows_reports_no_bytes, IOCTL_001, IOCTL_003),
    CASE(a_code_one_bit_away_is_another_command, IOCTL_003, LAY_001, LAY_005),
    CASE(acquire_is_for_tcp_and_udp_only, ACQ_017, IOCTL_004, IOCTL_005, ERR_011, ERR_037),
    CASE(associate_is_for_tcp_and_udp_only, IOCTL_004, IOCTL_005, ERR_023, ERR_037),
    CASE(release_is_for_tcp_and_udp_only, IOCTL_004, IOCTL_005, ERR_035, ERR_037),
    CASE(a_nonblocking_socket_completes_at_once, IOCTL_006, IOCTL_010, ERR_037),
    CASE(an_overlapped_on_a_nonoverlapped_socket_is_ignored, IOCTL_009),
    CASE(an_overlapped_on_a_nonoverlapped_socket_is_ignored_by_associate_and_release, IOCTL_009),
    CASE(a_routine_without_an_overlapped_never_runs, IOCTL_008),
    CASE(without_an_overlapped_the_answer_is_there_on_return, IOCTL_008),
    CASE(both_families_and_both_protocols_make_the_three_calls, IOCTL_016, ACQ_017),
    END_OF_CASES,
};

const struct suite ioctl_modes_suite = {
    .name = "ioctl_modes",
    .about = "codes, kinds of sockets and modes of the three calls",
    .user = TESTBED_ELEVATED_ADMIN,
    .cases = cases,
};
