/* WSAIoctl with an OVERLAPPED: codes that are answered at once, those that pend, and those nobody
 * knows, by routine and by port.
 */
#include "conformance/suites/pending.h"

enum { KEY = 0x77 };

static unsigned control(struct pending *pending, SOCKET s, DWORD code, DWORD out_size, bool routine)
{
    pending->begun = winsock_outcome(
        WSAIoctl(s, code, NULL, 0, out_size == 0 ? NULL : pending->bytes, out_size, &pending->count,
                 &pending->overlapped, routine ? record_completion : NULL));
    return pending->begun;
}

/* What is answered above the kernel tells its size to the call alone. */
static void a_code_answered_at_once_has_a_routine_of_no_bytes(void)
{
    struct pending pending;
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    pending_init(&pending, false);
    assert_int_equal(control(&pending, pair.a, FIONREAD, sizeof(u_long), true), 0);
    assert_int_equal(pending.count, sizeof(u_long));
    assert_int_equal(pending.calls, 0);
    assert_int_equal(SleepEx(0, TRUE), WAIT_IO_COMPLETION);
    assert_int_equal(pending.calls, 1);
    assert_int_equal(pending.error, 0);
    assert_int_equal(pending.transferred, 0);
    assert_int_equal(pending.routine_flags, 0);
    close_pair(&pair);
    END_WINSOCK();
}

static void a_code_answered_at_once_has_a_packet_of_no_bytes(void)
{
    struct pending pending;
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    const HANDLE port = new_port(0);
    associate_port(port, pair.a, KEY);
    pending_init(&pending, false);
    pending.overlapped.Internal = (ULONG_PTR)UNTOUCHED;
    pending.overlapped.InternalHigh = (ULONG_PTR)UNTOUCHED;
    assert_int_equal(control(&pending, pair.a, FIONREAD, sizeof(u_long), false), 0);
    assert_int_equal(pending.count, sizeof(u_long));
    assert_int_equal(pending.overlapped.Internal, 0);
    assert_int_equal(pending.overlapped.InternalHigh, 0);
    assert_packet(port, &pending, KEY, 0, 0);
    assert_port_empty(port);
    close_pair(&pair);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

static void a_refused_code_leaves_nothing(void)
{
    struct pending pending;
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    const HANDLE port = new_port(0);
    associate_port(port, pair.a, KEY);
    pending_init(&pending, false);
    pending.overlapped.Internal = (ULONG_PTR)UNTOUCHED;
    pending.overlapped.InternalHigh = (ULONG_PTR)UNTOUCHED;
    assert_int_equal(control(&pending, pair.a, FIONREAD, sizeof(u_long) - 1, false), WSAEFAULT);
    assert_int_equal(pending.count, UNTOUCHED);
    assert_fails_with(WSAIoctl(pair.a, FIONREAD, NULL, 0, pending.bytes, sizeof(u_long), NULL,
                               &pending.overlapped, NULL),
                      WSAEFAULT);
    assert_int_equal(pending.overlapped.Internal, UNTOUCHED);
    assert_int_equal(pending.overlapped.InternalHigh, UNTOUCHED);
    assert_port_empty(port);
    close_pair(&pair);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

static void a_code_the_transport_answers_leaves_the_count_alone(void)
{
    struct tcp_keepalive keep = {1, 1000, 1000};
    struct pending pending;
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    const HANDLE port = new_port(0);
    associate_port(port, pair.a, KEY);
    pending_init(&pending, false);
    pending.overlapped.InternalHigh = (ULONG_PTR)UNTOUCHED;
    assert_fails_with(WSAIoctl(pair.a, SIO_KEEPALIVE_VALS, &keep, sizeof(keep) - 1, NULL, 0,
                               &pending.count, &pending.overlapped, NULL),
                      WSAEFAULT);
    assert_int_equal(pending.count, UNTOUCHED);
    assert_int_equal(pending.overlapped.Internal, IO_IS_PENDING);
    assert_int_equal(pending.overlapped.InternalHigh, UNTOUCHED);
    assert_int_equal(WSAIoctl(pair.a, SIO_KEEPALIVE_VALS, &keep, sizeof(keep), NULL, 0,
                              &pending.count, &pending.overlapped, NULL),
                     0);
    if (pending.count == UNTOUCHED)
        OBSERVE(count_without_output, untouched);
    else
        OBSERVE(count_without_output, zero);
    assert_packet(port, &pending, KEY, 0, 0);
    assert_port_empty(port);
    close_pair(&pair);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

static void an_unknown_code_pends_and_its_packet_fails(void)
{
    static const DWORD codes[] = {0xDEADBEEFu, 0x667Eu};
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    const HANDLE port = new_port(0);
    associate_port(port, pair.a, KEY);
    for (int i = 0; i < 2; i++) {
        struct pending pending;
        pending_init(&pending, false);
        if (control(&pending, pair.a, codes[i], 0, false) != WSA_IO_PENDING) {
            OBSERVE_VALUE(unknown_ioctl, pending.begun);
            continue;
        }
        assert_int_equal(pending.count, UNTOUCHED);
        OBSERVE_VALUE(unknown_ioctl, WSAEOPNOTSUPP);
        assert_packet(port, &pending, KEY, ERROR_NOT_SUPPORTED, 0);
        assert_int_equal((DWORD)pending.overlapped.Internal, 0xC00000BBu);
        assert_int_equal(pending.overlapped.InternalHigh, 0);
    }
    assert_port_empty(port);
    close_pair(&pair);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

static void an_unknown_code_pends_and_its_routine_fails(void)
{
    struct pending pending;
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    pending_init(&pending, false);
    if (control(&pending, pair.a, 0xDEADBEEFu, 0, true) == WSA_IO_PENDING) {
        await_routine(&pending);
        OBSERVE_VALUE(unknown_ioctl, pending.error);
        assert_int_equal(pending.transferred, 0);
    } else {
        OBSERVE_VALUE(unknown_ioctl, pending.begun);
        assert_no_routine_waits();
    }
    close_pair(&pair);
    END_WINSOCK();
}

/* ---- A code that pends for as long as nothing changes ---------------------------------------- */

static void an_address_change_is_waited_for(void)
{
    static const int modes[] = {0, 1};
    START_WINSOCK();
    for (int i = 0; i < 2; i++) {
        const SOCKET s = open_socket(AF_INET, SOCK_DGRAM);
        struct pending pending;
        u_long on = (u_long)modes[i];
        assert_int_equal(ioctlsocket(s, FIONBIO, &on), 0);
        if (on)
            assert_fails_with(
                WSAIoctl(s, SIO_ADDRESS_LIST_CHANGE, NULL, 0, NULL, 0, &pending.count, NULL, NULL),
                WSAEWOULDBLOCK);
        pending_init(&pending, true);
        begin_address_change(&pending, s);
        assert_int_equal(pending.begun, WSA_IO_PENDING);
        assert_one_of(pending.count, 0, UNTOUCHED);
        assert_int_equal(WaitForSingleObject(pending.overlapped.hEvent, A_MOMENT_MS), WAIT_TIMEOUT);
        assert_true(CancelIo((HANDLE)s));
        assert_int_equal(outcome_of(&pending, s), WSA_OPERATION_ABORTED);
        pending_end(&pending);
        close_socket(s);
    }
    END_WINSOCK();
}

static void an_address_change_is_polled_like_any_request(void)
{
    struct pending pending;
    START_WINSOCK();
    const SOCKET s = open_socket(AF_INET, SOCK_DGRAM);
    pending_init(&pending, true);
    begin_address_change(&pending, s);
    assert_int_equal(pending.begun, WSA_IO_PENDING);
    assert_still_pends(&pending);
    assert_int_equal(result_of(&pending, s), WSA_IO_INCOMPLETE);
    close_socket(s);
    pending_end(&pending);
    END_WINSOCK();
}

static void nothing_but_a_port_tells_without_event_and_routine(void)
{
    struct pending pending;
    START_WINSOCK();
    const SOCKET s = open_socket(AF_INET, SOCK_DGRAM);
    const SOCKET tied = open_socket(AF_INET, SOCK_DGRAM);
    const HANDLE port = new_port(0);
    associate_port(port, tied, KEY);
    pending_init(&pending, false);
    begin_address_change(&pending, s);
    assert_int_equal(pending.begun, WSA_IO_PENDING);
    assert_true(CancelIo((HANDLE)s));
    assert_no_routine_waits();
    assert_int_equal(result_of(&pending, s), WSA_OPERATION_ABORTED);
    assert_port_empty(port);
    pending_init(&pending, false);
    begin_address_change(&pending, tied);
    assert_int_equal(pending.begun, WSA_IO_PENDING);
    assert_true(CancelIo((HANDLE)tied));
    assert_no_routine_waits();
    assert_packet(port, &pending, KEY, ERROR_OPERATION_ABORTED, 0);
    assert_port_empty(port);
    close_socket(s);
    close_socket(tied);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

static void closing_ends_an_address_change_in_the_port(void)
{
    struct pending pending;
    START_WINSOCK();
    const SOCKET s = open_socket(AF_INET, SOCK_DGRAM);
    const HANDLE port = new_port(0);
    associate_port(port, s, KEY);
    pending_init(&pending, false);
    begin_address_change(&pending, s);
    assert_int_equal(pending.begun, WSA_IO_PENDING);
    close_socket(s);
    assert_packet(port, &pending, KEY, ERROR_OPERATION_ABORTED, 0);
    assert_port_empty(port);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

/* Asking for the wait that is not allowed, once all is over, hurts nobody. */
static void a_result_is_there_after_the_routine_has_run(void)
{
    struct pending pending;
    DWORD bytes = (DWORD)UNTOUCHED;
    DWORD flags = 0;
    START_WINSOCK();
    const SOCKET s = open_socket(AF_INET, SOCK_DGRAM);
    pending_init(&pending, false);
    begin_address_change_with_routine(&pending, s);
    assert_int_equal(pending.begun, WSA_IO_PENDING);
    assert_true(CancelIo((HANDLE)s));
    await_routine(&pending);
    assert_int_equal(pending.error, WSA_OPERATION_ABORTED);
    assert_int_equal(pending.transferred, 0);
    assert_int_equal(pending.routine_flags, 0);
    assert_int_equal(result_of(&pending, s), WSA_OPERATION_ABORTED);
    assert_false(WSAGetOverlappedResult(s, &pending.overlapped, &bytes, TRUE, &flags));
    assert_int_not_equal(WSAGetLastError(), 0);
    close_socket(s);
    END_WINSOCK();
}

static const struct suite_case cases[] = {
    CASE(a_code_answered_at_once_has_a_routine_of_no_bytes, APC_019, OVL_017, OVL_019),
    CASE(a_code_answered_at_once_has_a_packet_of_no_bytes, IOCP_040, OVL_008),
    CASE(a_refused_code_leaves_nothing, IOCP_041),
    CASE(a_code_the_transport_answers_leaves_the_count_alone, IOCP_042),
    CASE(an_unknown_code_pends_and_its_packet_fails, IOCP_043),
    CASE(an_unknown_code_pends_and_its_routine_fails, APC_020, OVL_020),
    CASE(an_address_change_is_waited_for, OVX_043, OVL_003, OVL_005, OVL_007, OVL_009, OVL_040),
    CASE(an_address_change_is_polled_like_any_request, OVX_044),
    CASE(nothing_but_a_port_tells_without_event_and_routine, OVL_014),
    CASE(closing_ends_an_address_change_in_the_port, CXL_001, CAN_007),
    CASE(a_result_is_there_after_the_routine_has_run, OVL_018, OVL_019, OVL_020, OVL_024, OVL_031),
    END_OF_CASES,
};

const struct suite routine_control_suite = {
    .name = "routine_control",
    .about = "WSAIoctl with an OVERLAPPED, by routine and by port",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
