/* The three calls on reservations on a provider that takes its time: who waits, who does not, and
 * how the end is told.
 */
#include "conformance/suites/pending.h"

enum { KEY = 0x1111, HALF_MS = SLOW_MS / 2 };

static void a_plain_call_waits_for_its_end(void)
{
    const USHORT port = free_ports(2);
    INET_PORT_RESERVATION_INSTANCE instance;
    START_WINSOCK();
    require_slow_reservations();
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    ULONGLONG before = GetTickCount64();
    assert_int_equal(acquire_block(s, port, 2, &instance), 0);
    assert_true(GetTickCount64() - before >= HALF_MS);
    assert_int_equal(ntohs(instance.StartPort), port);
    before = GetTickCount64();
    assert_int_equal(associate_block(s, instance.Token), 0);
    assert_true(GetTickCount64() - before >= HALF_MS);
    before = GetTickCount64();
    assert_int_equal(release_block(s, instance.Token), 0);
    assert_true(GetTickCount64() - before >= HALF_MS);
    close_socket(s);
    END_WINSOCK();
}

static void an_overlapped_call_returns_and_ends_later(void)
{
    const USHORT port = free_ports(2);
    struct pending pending;
    START_WINSOCK();
    require_slow_reservations();
    for (int i = 0; i < SOCKET_KIND_COUNT; i++) {
        const SOCKET s = open_socket(SOCKET_KINDS[i].family, SOCKET_KINDS[i].type);
        const ULONGLONG before = GetTickCount64();
        pending_init(&pending, true);
        begin_acquire(&pending, s, port, 2, NULL);
        assert_int_equal(pending.begun, WSA_IO_PENDING);
        assert_true(GetTickCount64() - before < HALF_MS);
        assert_one_of(pending.count, 0, UNTOUCHED);
        assert_int_equal(result_of(&pending, s), WSA_IO_INCOMPLETE);
        assert_int_equal(pending.instance.Token, 0);
        assert_int_equal(outcome_of(&pending, s), 0);
        assert_true(GetTickCount64() - before >= HALF_MS);
        assert_int_equal(pending.size, sizeof(pending.instance));
        assert_int_equal(ntohs(pending.instance.StartPort), port);
        assert_int_equal(pending.instance.NumberOfPorts, 2);
        pending_end(&pending);
        close_socket(s);
    }
    END_WINSOCK();
}

static void all_three_calls_end_later(void)
{
    const USHORT port = free_ports(2);
    struct pending pending;
    START_WINSOCK();
    require_slow_reservations();
    const SOCKET s = open_socket(AF_INET, SOCK_DGRAM);
    const SOCKET user = open_socket(AF_INET, SOCK_DGRAM);
    pending_init(&pending, true);
    begin_acquire(&pending, s, port, 2, NULL);
    assert_int_equal(pending.begun, WSA_IO_PENDING);
    assert_int_equal(outcome_of(&pending, s), 0);
    begin_token(&pending, user, SIO_ASSOCIATE_PORT_RESERVATION, pending.instance.Token, NULL);
    assert_int_equal(pending.begun, WSA_IO_PENDING);
    assert_int_equal(outcome_of(&pending, user), 0);
    assert_int_equal(bind_loopback(user, 0), 0);
    assert_in_range(bound_port(user), port, port + 1);
    close_socket(user);
    begin_token(&pending, s, SIO_RELEASE_PORT_RESERVATION, pending.instance.Token, NULL);
    assert_int_equal(pending.begun, WSA_IO_PENDING);
    assert_int_equal(outcome_of(&pending, s), 0);
    pending_end(&pending);
    close_socket(s);
    END_WINSOCK();
}

static void a_routine_is_told_of_the_block(void)
{
    const USHORT port = free_ports(3);
    struct pending pending;
    START_WINSOCK();
    require_slow_reservations();
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    pending_init(&pending, false);
    begin_acquire(&pending, s, port, 3, record_completion);
    assert_int_equal(pending.begun, WSA_IO_PENDING);
    Sleep(2 * SLOW_MS);
    assert_int_equal(pending.calls, 0);
    await_routine(&pending);
    assert_int_equal(pending.error, 0);
    assert_int_equal(pending.transferred, sizeof(pending.instance));
    assert_int_equal(pending.routine_flags, 0);
    assert_int_equal(ntohs(pending.instance.StartPort), port);
    begin_acquire(&pending, s, port, 3, record_completion);
    pending.calls = 0;
    await_routine(&pending);
    assert_int_not_equal(pending.error, 0);
    assert_int_equal(pending.transferred, 0);
    close_socket(s);
    END_WINSOCK();
}

static void a_port_is_told_of_the_block(void)
{
    const USHORT port = free_ports(3);
    struct pending pending;
    START_WINSOCK();
    require_slow_reservations();
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    const HANDLE queue = new_port(0);
    associate_port(queue, s, KEY);
    pending_init(&pending, false);
    begin_acquire(&pending, s, port, 3, NULL);
    assert_int_equal(pending.begun, WSA_IO_PENDING);
    assert_packet(queue, &pending, KEY, 0, sizeof(pending.instance));
    assert_int_equal(ntohs(pending.instance.StartPort), port);
    assert_port_empty(queue);
    close_socket(s);
    assert_true(CloseHandle(queue));
    END_WINSOCK();
}

static void two_acquires_in_flight_have_a_block_each(void)
{
    const USHORT port = free_ports(4);
    struct pending pending[2];
    START_WINSOCK();
    require_slow_reservations();
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    const SOCKET other = open_socket(AF_INET, SOCK_STREAM);
    pending_init(&pending[0], true);
    pending_init(&pending[1], true);
    begin_acquire(&pending[0], s, port, 2, NULL);
    begin_acquire(&pending[1], other, (USHORT)(port + 2), 2, NULL);
    assert_int_equal(pending[0].begun, WSA_IO_PENDING);
    assert_int_equal(pending[1].begun, WSA_IO_PENDING);
    assert_int_equal(outcome_of(&pending[0], s), 0);
    assert_int_equal(outcome_of(&pending[1], other), 0);
    assert_int_equal(ntohs(pending[0].instance.StartPort), port);
    assert_int_equal(ntohs(pending[1].instance.StartPort), port + 2);
    assert_true(pending[0].instance.Token != pending[1].instance.Token);
    pending_end(&pending[0]);
    pending_end(&pending[1]);
    close_socket(other);
    close_socket(s);
    END_WINSOCK();
}

/* What the system owns lies on pages of its own; nothing faults before the end, and nobody writes
 * after it.
 */
static void the_memory_of_a_request_is_the_systems_until_its_end(void)
{
    const USHORT port = free_ports(2);
    struct pending *pending;
    struct pending after;
    START_WINSOCK();
    require_slow_reservations();
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    pending = VirtualAlloc(NULL, sizeof(*pending), MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
    assert_non_null(pending);
    pending_init(pending, true);
    begin_acquire(pending, s, port, 2, NULL);
    assert_int_equal(pending->begun, WSA_IO_PENDING);
    assert_int_equal(outcome_of(pending, s), 0);
    assert_int_equal(pending->instance.NumberOfPorts, 2);
    pending_end(pending);
    memset(pending, 0xA5, sizeof(*pending));
    after = *pending;
    Sleep(2 * SLOW_MS);
    assert_memory_equal(pending, &after, sizeof(after));
    assert_true(VirtualFree(pending, 0, MEM_RELEASE));
    close_socket(s);
    END_WINSOCK();
}

/* A structure that is no memory of the program's is refused, whatever the speed. */
static void an_overlapped_must_be_memory(void)
{
    const USHORT port = free_ports(1);
    INET_PORT_RANGE range = {0, 1};
    INET_PORT_RESERVATION_INSTANCE instance;
    START_WINSOCK();
    require_reservations();
    range.StartPort = htons(port);
    for (int kind = TESTBED_UNMAPPED; kind < TESTBED_BAD_POINTER_COUNT; kind++) {
        const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
        DWORD returned = 0;
        WSAOVERLAPPED *bad =
            testbed_bad_pointer((enum testbed_bad_pointer)kind, sizeof(WSAOVERLAPPED));
        assert_fails_with(WSAIoctl(s, SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof(range),
                                   &instance, sizeof(instance), &returned, bad, NULL),
                          WSAEFAULT);
        assert_ports_free(AF_INET, SOCK_STREAM, port, 1);
        close_socket(s);
    }
    END_WINSOCK();
}

/* At once: the count, and the indication is there when the call returns. */
static void an_acquire_at_once_has_told_already(void)
{
    const USHORT port = free_ports(1);
    struct pending pending;
    START_WINSOCK();
    require_reservations();
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    pending_init(&pending, true);
    begin_acquire(&pending, s, port, 1, NULL);
    if (pending.begun == 0)
        OBSERVE(ioctl_pends, at_once);
    else
        OBSERVE(ioctl_pends, later);
    if (pending.begun == 0) {
        assert_int_equal(pending.count, sizeof(pending.instance));
        assert_int_equal(WaitForSingleObject(pending.overlapped.hEvent, 0), WAIT_OBJECT_0);
    }
    assert_int_equal(outcome_of(&pending, s), 0);
    assert_int_equal(pending.size, sizeof(pending.instance));
    pending_end(&pending);
    close_socket(s);
    END_WINSOCK();
}

static void an_acquire_at_once_queues_its_routine(void)
{
    const USHORT port = free_ports(1);
    struct pending pending;
    START_WINSOCK();
    require_reservations();
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    pending_init(&pending, false);
    begin_acquire(&pending, s, port, 1, record_completion);
    assert_one_of(pending.begun, 0, WSA_IO_PENDING);
    assert_int_equal(pending.calls, 0);
    await_routine(&pending);
    assert_int_equal(pending.error, 0);
    assert_int_equal(pending.transferred, sizeof(pending.instance));
    assert_int_equal(pending.routine_flags, 0);
    close_socket(s);
    END_WINSOCK();
}

static void an_acquire_leaves_its_packet_unless_skipped(void)
{
    const USHORT port = free_ports(2);
    START_WINSOCK();
    require_reservations();
    for (UCHAR mode = 0; mode < 2; mode++) {
        const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
        const HANDLE queue = new_port(0);
        struct pending pending;
        associate_port(queue, s, KEY);
        assert_true(SetFileCompletionNotificationModes((HANDLE)s, mode));
        pending_init(&pending, false);
        begin_acquire(&pending, s, (USHORT)(port + mode), 1, NULL);
        assert_one_of(pending.begun, 0, WSA_IO_PENDING);
        if (pending.begun != 0 || mode == 0)
            assert_packet(queue, &pending, KEY, 0, sizeof(pending.instance));
        assert_port_empty(queue);
        close_socket(s);
        assert_true(CloseHandle(queue));
    }
    END_WINSOCK();
}

static int ignored_calls;

static void CALLBACK count_ignored(DWORD error, DWORD transferred, LPWSAOVERLAPPED overlapped,
                                   DWORD flags)
{
    (void)error;
    (void)transferred;
    (void)overlapped;
    (void)flags;
    ignored_calls++;
}

static void a_routine_alone_makes_nothing_overlapped(void)
{
    const USHORT port = free_ports(1);
    INET_PORT_RANGE range = {0, 1};
    INET_PORT_RESERVATION_INSTANCE instance;
    DWORD returned = 0;
    START_WINSOCK();
    require_reservations();
    range.StartPort = htons(port);
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    ignored_calls = 0;
    OBSERVE_VALUE(routine_without_overlapped,
                  winsock_outcome(reservation_ioctl(s, SIO_ACQUIRE_PORT_RESERVATION, &range,
                                                    sizeof(range), &instance, sizeof(instance),
                                                    &returned, NULL, count_ignored)));
    assert_no_routine_waits();
    assert_int_equal(ignored_calls, 0);
    close_socket(s);
    END_WINSOCK();
}

static const struct suite_case cases[] = {
    CASE(a_plain_call_waits_for_its_end, OVL_006, IOCTL_011),
    CASE(an_overlapped_call_returns_and_ends_later, OVL_003, OVL_005, OVL_007, OVL_009, OVL_010,
         OVL_013, OVL_026, IOCTL_013),
    CASE(all_three_calls_end_later, OVL_041, ERR_015, ERR_027),
    CASE(a_routine_is_told_of_the_block, OVL_010, OVL_018, OVL_019, OVL_020, OVL_021),
    CASE(a_port_is_told_of_the_block, OVL_034, OVL_014),
    CASE(two_acquires_in_flight_have_a_block_each, OVL_039),
    CASE(the_memory_of_a_request_is_the_systems_until_its_end, OVL_011, OVL_012),
    CASE(an_overlapped_must_be_memory, OVL_004),
    CASE(an_acquire_at_once_has_told_already, OVL_008, OVL_013, OVL_017),
    CASE(an_acquire_at_once_queues_its_routine, OVL_017, OVL_019),
    CASE(an_acquire_leaves_its_packet_unless_skipped, OVL_034, OVL_035),
    CASE(a_routine_alone_makes_nothing_overlapped, OVL_016),
    END_OF_CASES,
};

const struct suite overlapped_slow_suite = {
    .name = "overlapped_slow",
    .about = "reservations on a provider that takes its time",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
