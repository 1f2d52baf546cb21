/* CancelIo and CancelIoEx: which requests they end, how, and what is not lost. */
#include "conformance/suites/pending.h"

enum { KEY = 0x99 };

static HANDLE handle_of(SOCKET s)
{
    return (HANDLE)s;
}

static void one_request_is_cancelled_and_the_other_goes_on(void)
{
    START_WINSOCK();
    for (int i = 0; i < PAIR_TYPE_COUNT; i++) {
        const struct pair pair = pair_of(PAIR_TYPES[i]);
        struct pending first;
        struct pending second;
        receive_pends(&first, pair.a, true);
        receive_pends(&second, pair.a, true);
        assert_true(CancelIoEx(handle_of(pair.a), &first.overlapped));
        assert_int_equal(outcome_of(&first, pair.a), WSA_OPERATION_ABORTED);
        assert_int_equal((DWORD)first.overlapped.Internal, 0xC0000120u);
        assert_int_equal(first.overlapped.InternalHigh, 0);
        assert_still_pends(&second);
        send_text(pair.b, "for the second");
        assert_int_equal(outcome_of(&second, pair.a), 0);
        assert_memory_equal(second.bytes, "for the second", 14);
        assert_int_equal(first.bytes[0], 0);
        pending_end(&first);
        pending_end(&second);
        close_pair(&pair);
    }
    END_WINSOCK();
}

static void all_requests_are_cancelled_at_once(void)
{
    enum { COUNT = 3 };
    struct pending pending[COUNT];
    START_WINSOCK();
    const struct pair pair = udp_pair();
    for (int i = 0; i < COUNT; i++)
        receive_pends(&pending[i], pair.a, true);
    assert_true(CancelIoEx(handle_of(pair.a), NULL));
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(outcome_of(&pending[i], pair.a), WSA_OPERATION_ABORTED);
        pending_end(&pending[i]);
    }
    close_pair(&pair);
    END_WINSOCK();
}

static void what_is_not_pending_is_not_found(void)
{
    struct pending pending;
    struct pending other;
    START_WINSOCK();
    const struct pair pair = udp_pair();
    const SOCKET fresh = open_socket(AF_INET, SOCK_STREAM);
    pending_init(&other, false);
    assert_false(CancelIoEx(handle_of(fresh), NULL));
    assert_int_equal(GetLastError(), ERROR_NOT_FOUND);
    receive_pends(&pending, pair.a, true);
    assert_false(CancelIoEx(handle_of(pair.a), &other.overlapped));
    assert_int_equal(GetLastError(), ERROR_NOT_FOUND);
    assert_false(CancelIoEx(handle_of(pair.b), &pending.overlapped));
    assert_int_equal(GetLastError(), ERROR_NOT_FOUND);
    assert_still_pends(&pending);
    send_text(pair.b, "abc");
    assert_int_equal(outcome_of(&pending, pair.a), 0);
    assert_false(CancelIoEx(handle_of(pair.a), &pending.overlapped));
    assert_int_equal(GetLastError(), ERROR_NOT_FOUND);
    assert_int_equal(result_of(&pending, pair.a), 0);
    assert_int_equal(pending.size, 3);
    pending_end(&pending);
    close_socket(fresh);
    close_pair(&pair);
    END_WINSOCK();
}

static void after_all_have_ended_there_is_none_to_cancel(void)
{
    struct pending pending;
    START_WINSOCK();
    const struct pair pair = udp_pair();
    receive_pends(&pending, pair.a, true);
    send_text(pair.b, "abc");
    assert_int_equal(outcome_of(&pending, pair.a), 0);
    assert_false(CancelIoEx(handle_of(pair.a), NULL));
    assert_int_equal(GetLastError(), ERROR_NOT_FOUND);
    pending_end(&pending);
    close_pair(&pair);
    END_WINSOCK();
}

static void a_bad_handle_cannot_be_cancelled(void)
{
    const HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    assert_true(CloseHandle(event));
    assert_false(CancelIoEx(event, NULL));
    assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
    assert_false(CancelIo(event));
    assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
}

static void a_cancelled_request_leaves_one_failed_packet(void)
{
    struct pending pending;
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    const HANDLE port = new_port(0);
    associate_port(port, pair.a, KEY);
    receive_pends(&pending, pair.a, false);
    assert_true(CancelIoEx(handle_of(pair.a), &pending.overlapped));
    assert_packet(port, &pending, KEY, ERROR_OPERATION_ABORTED, 0);
    assert_int_equal((DWORD)pending.overlapped.Internal, 0xC0000120u);
    assert_port_empty(port);
    close_pair(&pair);
    assert_port_empty(port);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

static void a_cancelled_request_has_its_routine(void)
{
    struct pending pending;
    START_WINSOCK();
    const struct pair pair = udp_pair();
    receive_pends_with_routine(&pending, pair.a);
    assert_true(CancelIoEx(handle_of(pair.a), NULL));
    assert_int_equal(pending.calls, 0);
    await_routine(&pending);
    assert_int_equal(pending.error, WSA_OPERATION_ABORTED);
    assert_int_equal(pending.transferred, 0);
    assert_no_routine_waits();
    assert_int_equal(pending.calls, 1);
    close_pair(&pair);
    END_WINSOCK();
}

/* ---- Whose requests -------------------------------------------------------------------------- */

struct other_thread {
    struct pending pending; /* first */
    SOCKET s;
    BOOL cancelled;
    DWORD error;
    volatile LONG begun, leave;
};

static DWORD WINAPI receive_and_stay(void *context)
{
    struct other_thread *other = context;
    begin_receive(&other->pending, other->s);
    other->begun = 1;
    becomes(&other->leave, 1);
    return 0;
}

static void cancelio_is_for_the_callers_own_requests(void)
{
    static struct other_thread other;
    struct pending mine;
    START_WINSOCK();
    const struct pair pair = udp_pair();
    memset(&other, 0, sizeof(other));
    pending_init(&other.pending, true);
    other.s = pair.a;
    const HANDLE thread = start_thread(receive_and_stay, &other);
    assert_becomes(&other.begun, 1);
    assert_int_equal(other.pending.begun, WSA_IO_PENDING);
    receive_pends(&mine, pair.a, true);
    assert_true(CancelIo(handle_of(pair.a)));
    assert_int_equal(outcome_of(&mine, pair.a), WSA_OPERATION_ABORTED);
    assert_still_pends(&other.pending);
    send_text(pair.b, "x");
    assert_int_equal(outcome_of(&other.pending, pair.a), 0);
    assert_int_equal(other.pending.size, 1);
    other.leave = 1;
    assert_int_equal(join_thread(thread), 0);
    pending_end(&mine);
    pending_end(&other.pending);
    close_pair(&pair);
    END_WINSOCK();
}

static DWORD WINAPI cancel_all(void *context)
{
    struct other_thread *other = context;
    other->cancelled = CancelIoEx(handle_of(other->s), NULL);
    other->error = GetLastError();
    return 0;
}

static void cancelioex_is_for_everybodys(void)
{
    static struct other_thread other;
    struct pending mine;
    START_WINSOCK();
    const struct pair pair = udp_pair();
    memset(&other, 0, sizeof(other));
    other.s = pair.a;
    receive_pends(&mine, pair.a, true);
    join_thread(start_thread(cancel_all, &other));
    assert_true(other.cancelled);
    assert_int_equal(outcome_of(&mine, pair.a), WSA_OPERATION_ABORTED);
    pending_end(&mine);
    close_pair(&pair);
    END_WINSOCK();
}

static void requests_of_another_socket_go_on(void)
{
    struct pending one;
    struct pending two;
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    receive_pends(&one, pair.a, true);
    receive_pends(&two, pair.b, true);
    assert_true(CancelIo(handle_of(pair.a)));
    assert_int_equal(outcome_of(&one, pair.a), WSA_OPERATION_ABORTED);
    assert_still_pends(&two);
    send_text(pair.a, "x");
    assert_int_equal(outcome_of(&two, pair.b), 0);
    pending_end(&one);
    pending_end(&two);
    close_pair(&pair);
    END_WINSOCK();
}

static void cancelio_with_nothing_to_cancel(void)
{
    START_WINSOCK();
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    OBSERVE_VALUE(cancelio_nothing, CancelIo(handle_of(s)) ? 0 : GetLastError());
    close_socket(s);
    END_WINSOCK();
}

/* ---- What is not lost ------------------------------------------------------------------------ */

static void a_cancelled_receive_takes_no_bytes_along(void)
{
    struct pending pending;
    START_WINSOCK();
    for (int i = 0; i < PAIR_TYPE_COUNT; i++) {
        const struct pair pair = pair_of(PAIR_TYPES[i]);
        receive_pends(&pending, pair.a, true);
        assert_true(CancelIoEx(handle_of(pair.a), NULL));
        assert_int_equal(outcome_of(&pending, pair.a), WSA_OPERATION_ABORTED);
        send_text(pair.b, "after");
        assert_receives(pair.a, "after");
        assert_int_equal(pending.bytes[0], 0);
        pending_end(&pending);
        close_pair(&pair);
    }
    END_WINSOCK();
}

/* Whoever wins, the bytes are in the buffer or still in the socket. */
static void a_cancel_that_comes_late_loses_no_bytes(void)
{
    struct pending pending;
    START_WINSOCK();
    for (int i = 0; i < PAIR_TYPE_COUNT; i++) {
        const struct pair pair = pair_of(PAIR_TYPES[i]);
        unsigned outcome;
        receive_pends(&pending, pair.a, true);
        send_text(pair.b, "race");
        CancelIoEx(handle_of(pair.a), NULL);
        outcome = outcome_of(&pending, pair.a);
        assert_one_of(outcome, 0, WSA_OPERATION_ABORTED);
        if (outcome == 0) {
            assert_int_equal(pending.size, 4);
            assert_memory_equal(pending.bytes, "race", 4);
        } else {
            assert_receives(pair.a, "race");
        }
        pending_end(&pending);
        close_pair(&pair);
    }
    END_WINSOCK();
}

static void a_cancelled_accept_leaves_the_connection_waiting(void)
{
    struct pending pending;
    START_WINSOCK();
    const SOCKET listener = loopback_listener();
    const SOCKET acceptor = open_socket(AF_INET, SOCK_STREAM);
    pending_init(&pending, true);
    accept_pends(&pending, listener, acceptor, 0);
    assert_true(CancelIoEx(handle_of(listener), &pending.overlapped));
    assert_int_equal(outcome_of(&pending, listener), WSA_OPERATION_ABORTED);
    const SOCKET s = connected_to(listener);
    const SOCKET taken = accept(listener, NULL, NULL);
    assert_true(taken != INVALID_SOCKET);
    send_text(s, "x");
    assert_receives(taken, "x");
    /* The accepting socket serves again. */
    accept_pends(&pending, listener, acceptor, 0);
    const SOCKET other = connected_to(listener);
    assert_int_equal(outcome_of(&pending, listener), 0);
    pending_end(&pending);
    close_socket(other);
    close_socket(taken);
    close_socket(s);
    close_socket(acceptor);
    close_socket(listener);
    END_WINSOCK();
}

static void an_accept_is_cancelled_by_its_listener(void)
{
    struct pending pending;
    START_WINSOCK();
    const SOCKET listener = loopback_listener();
    const SOCKET acceptor = open_socket(AF_INET, SOCK_STREAM);
    pending_init(&pending, true);
    accept_pends(&pending, listener, acceptor, 0);
    CancelIo(handle_of(acceptor));
    assert_still_pends(&pending);
    assert_true(CancelIo(handle_of(listener)));
    assert_int_equal(outcome_of(&pending, listener), WSA_OPERATION_ABORTED);
    pending_end(&pending);
    close_socket(acceptor);
    close_socket(listener);
    END_WINSOCK();
}

static void a_cancelled_send_has_sent_a_beginning(void)
{
    enum { BIG = 1 << 20 };
    static char big[BIG];
    static char bytes[BIG];
    const int none = 0;
    WSABUF buffer = {BIG, big};
    struct pending pending;
    size_t have = 0;
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    for (int i = 0; i < BIG; i++)
        big[i] = (char)(i % 251);
    pending_init(&pending, true);
    assert_int_equal(setsockopt(pair.a, SOL_SOCKET, SO_SNDBUF, (const char *)&none, sizeof(none)),
                     0);
    assert_fails_with(WSASend(pair.a, &buffer, 1, NULL, 0, &pending.overlapped, NULL),
                      WSA_IO_PENDING);
    assert_true(CancelIoEx(handle_of(pair.a), &pending.overlapped));
    assert_int_equal(outcome_of(&pending, pair.a), WSA_OPERATION_ABORTED);
    assert_int_equal(shutdown(pair.a, SD_SEND), 0);
    for (int got = 1; got > 0; have += (size_t)got) {
        got = recv(pair.b, bytes + have, (int)(BIG - have), 0);
        if (got < 0)
            break;
    }
    assert_memory_equal(bytes, big, have);
    pending_end(&pending);
    close_pair(&pair);
    END_WINSOCK();
}

static const struct suite_case cases[] = {
    CASE(one_request_is_cancelled_and_the_other_goes_on, CXL_002, CXL_003),
    CASE(all_requests_are_cancelled_at_once, CXL_004, CAN_017),
    CASE(what_is_not_pending_is_not_found, CXL_005, CAN_018),
    CASE(after_all_have_ended_there_is_none_to_cancel, CXL_005),
    CASE(a_bad_handle_cannot_be_cancelled, CXL_006),
    CASE(a_cancelled_request_leaves_one_failed_packet, CXL_007),
    CASE(a_cancelled_request_has_its_routine, CXL_008),
    CASE(cancelio_is_for_the_callers_own_requests, CXL_009, CAN_021),
    CASE(cancelioex_is_for_everybodys, CXL_010, CAN_017),
    CASE(requests_of_another_socket_go_on, CXL_002),
    CASE(cancelio_with_nothing_to_cancel, CXL_011),
    CASE(a_cancelled_receive_takes_no_bytes_along, CXL_012),
    CASE(a_cancel_that_comes_late_loses_no_bytes, CXL_013, CAN_019, CAN_023),
    CASE(a_cancelled_accept_leaves_the_connection_waiting, CXL_014),
    CASE(an_accept_is_cancelled_by_its_listener, CXL_015),
    CASE(a_cancelled_send_has_sent_a_beginning, CXL_016),
    END_OF_CASES,
};

const struct suite cancel_requests_suite = {
    .name = "cancel_requests",
    .about = "CancelIo and CancelIoEx: which requests they end, and what is not lost",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
