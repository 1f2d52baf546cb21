/* What becomes of requests when the thread that made them ends, and of calls that wait when another
 * thread cancels them.
 */
#include "conformance/suites/pending.h"

enum { KEY = 0x31 };

/* How a thread ends. */
enum ending { RETURNS, EXITS, IS_TERMINATED, ENDING_COUNT };

struct maker {
    struct pending pending; /* first */
    SOCKET s;
    enum ending ending;
    bool routine;
    volatile LONG begun;
};

static DWORD WINAPI make_a_request(void *context)
{
    struct maker *maker = context;
    if (maker->routine)
        begin_receive_with_routine(&maker->pending, maker->s);
    else
        begin_receive(&maker->pending, maker->s);
    maker->begun = 1;
    if (maker->ending == IS_TERMINATED)
        Sleep(INFINITE);
    if (maker->ending == EXITS)
        ExitThread(3);
    return 0;
}

static void make_and_end(struct maker *maker, SOCKET s, enum ending ending)
{
    maker->s = s;
    maker->ending = ending;
    const HANDLE thread = start_thread(make_a_request, maker);
    assert_becomes(&maker->begun, 1);
    assert_int_equal(maker->pending.begun, WSA_IO_PENDING);
    if (ending == IS_TERMINATED)
        assert_true(TerminateThread(thread, 9));
    assert_int_equal(join_thread(thread), ending == RETURNS ? 0 : ending == EXITS ? 3 : 9);
}

static void without_a_port_a_request_ends_with_its_thread(void)
{
    static struct maker maker;
    START_WINSOCK();
    for (int ending = 0; ending < ENDING_COUNT; ending++) {
        const struct pair pair = udp_pair();
        memset(&maker, 0, sizeof(maker));
        pending_init(&maker.pending, true);
        make_and_end(&maker, pair.a, (enum ending)ending);
        assert_int_equal(outcome_of(&maker.pending, pair.a), WSA_OPERATION_ABORTED);
        send_text(pair.b, "x");
        assert_receives(pair.a, "x");
        pending_end(&maker.pending);
        close_pair(&pair);
    }
    END_WINSOCK();
}

static void a_routine_ends_with_its_thread(void)
{
    static struct maker maker;
    START_WINSOCK();
    for (int ending = 0; ending < ENDING_COUNT; ending++) {
        const struct pair pair = udp_pair();
        memset(&maker, 0, sizeof(maker));
        maker.routine = true;
        make_and_end(&maker, pair.a, (enum ending)ending);
        assert_no_routine_waits();
        assert_int_equal(maker.pending.calls, 0);
        send_text(pair.b, "x");
        assert_receives(pair.a, "x");
        close_pair(&pair);
    }
    END_WINSOCK();
}

/* Either answer is documented: all I/O of a thread is cancelled; but for that tied to a port. */
static void with_a_port_a_request_may_outlive_its_thread(void)
{
    static struct maker maker;
    START_WINSOCK();
    for (int ending = 0; ending < ENDING_COUNT; ending++) {
        const struct pair pair = udp_pair();
        const HANDLE port = new_port(0);
        struct taken taken;
        associate_port(port, pair.a, KEY);
        memset(&maker, 0, sizeof(maker));
        make_and_end(&maker, pair.a, (enum ending)ending);
        taken = take_within(port, A_MOMENT_MS);
        if (taken.error == WAIT_TIMEOUT) {
            OBSERVE(thread_end_with_port, outlives);
            send_text(pair.b, "late");
            assert_packet(port, &maker.pending, KEY, 0, 4);
            assert_memory_equal(maker.pending.bytes, "late", 4);
        } else {
            OBSERVE(thread_end_with_port, cancelled);
            assert_int_equal(taken.error, ERROR_OPERATION_ABORTED);
            assert_ptr_equal(taken.overlapped, &maker.pending.overlapped);
        }
        assert_port_empty(port);
        close_pair(&pair);
        assert_true(CloseHandle(port));
    }
    END_WINSOCK();
}

static void with_an_event_a_request_ends_whatever_the_port(void)
{
    static struct maker maker;
    START_WINSOCK();
    for (int ending = 0; ending < ENDING_COUNT; ending++) {
        const struct pair pair = udp_pair();
        const HANDLE port = new_port(0);
        associate_port(port, pair.a, KEY);
        memset(&maker, 0, sizeof(maker));
        pending_init(&maker.pending, true);
        make_and_end(&maker, pair.a, (enum ending)ending);
        assert_int_equal(outcome_of(&maker.pending, pair.a), WSA_OPERATION_ABORTED);
        assert_packet(port, &maker.pending, KEY, ERROR_OPERATION_ABORTED, 0);
        assert_port_empty(port);
        pending_end(&maker.pending);
        close_pair(&pair);
        assert_true(CloseHandle(port));
    }
    END_WINSOCK();
}

/* The low bit of the event: no packet, so nobody but the thread could learn of the end. */
static void without_a_packet_a_request_ends_whatever_the_port(void)
{
    static struct maker maker;
    START_WINSOCK();
    const struct pair pair = udp_pair();
    const HANDLE port = new_port(0);
    const HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    associate_port(port, pair.a, KEY);
    memset(&maker, 0, sizeof(maker));
    maker.pending.overlapped.hEvent = (HANDLE)((ULONG_PTR)event | 1);
    make_and_end(&maker, pair.a, RETURNS);
    assert_int_equal(WaitForSingleObject(event, PATIENCE_MS), WAIT_OBJECT_0);
    assert_int_equal((DWORD)maker.pending.overlapped.Internal, 0xC0000120u);
    assert_port_empty(port);
    close_pair(&pair);
    assert_true(CloseHandle(port));
    assert_true(CloseHandle(event));
    END_WINSOCK();
}

static void what_outlived_its_thread_is_cancelled_by_another(void)
{
    static struct maker maker;
    struct taken taken;
    START_WINSOCK();
    const struct pair pair = udp_pair();
    const HANDLE port = new_port(0);
    associate_port(port, pair.a, KEY);
    memset(&maker, 0, sizeof(maker));
    make_and_end(&maker, pair.a, RETURNS);
    CancelIoEx((HANDLE)pair.a, NULL);
    taken = take_within(port, PATIENCE_MS);
    assert_int_equal(taken.error, ERROR_OPERATION_ABORTED);
    assert_ptr_equal(taken.overlapped, &maker.pending.overlapped);
    assert_int_equal((DWORD)maker.pending.overlapped.Internal, 0xC0000120u);
    assert_port_empty(port);
    close_pair(&pair);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

static void another_threads_end_cancels_nothing_of_mine(void)
{
    static struct maker maker;
    struct pending mine;
    START_WINSOCK();
    const struct pair pair = udp_pair();
    receive_pends(&mine, pair.a, true);
    memset(&maker, 0, sizeof(maker));
    pending_init(&maker.pending, true);
    make_and_end(&maker, pair.a, EXITS);
    assert_int_equal(outcome_of(&maker.pending, pair.a), WSA_OPERATION_ABORTED);
    assert_still_pends(&mine);
    send_text(pair.b, "x");
    assert_int_equal(outcome_of(&mine, pair.a), 0);
    pending_end(&maker.pending);
    pending_end(&mine);
    close_pair(&pair);
    END_WINSOCK();
}

/* ---- CancelSynchronousIo --------------------------------------------------------------------- */

struct waiter {
    SOCKET s;
    volatile LONG begun;
    volatile LONG ended;
    int result;
    unsigned outcome;
    char bytes[8];
};

static DWORD WINAPI wait_in_a_receive(void *context)
{
    struct waiter *waiter = context;
    waiter->begun = 1;
    waiter->result = recv(waiter->s, waiter->bytes, sizeof(waiter->bytes), 0);
    waiter->outcome = waiter->result < 0 ? (unsigned)WSAGetLastError() : 0;
    waiter->ended = 1;
    return 0;
}

static void a_call_that_waits_is_cancelled_by_another_thread(void)
{
    static struct waiter waiter;
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    const HANDLE port = new_port(0);
    associate_port(port, pair.a, KEY);
    memset(&waiter, 0, sizeof(waiter));
    waiter.s = pair.a;
    const HANDLE thread = start_thread(wait_in_a_receive, &waiter);
    assert_becomes(&waiter.begun, 1);
    Sleep(A_MOMENT_MS);
    assert_int_equal(waiter.ended, 0);
    if (!CancelSynchronousIo(thread)) {
        const DWORD error = GetLastError();
        close_socket(pair.b);
        join_thread(thread);
        fail_msg("CancelSynchronousIo found nothing: %lu", (unsigned long)error);
    }
    join_thread(thread);
    assert_int_equal(waiter.result, SOCKET_ERROR);
    OBSERVE_VALUE(cancelled_synchronous, waiter.outcome);
    assert_port_empty(port);
    send_text(pair.b, "still");
    assert_receives(pair.a, "still");
    close_pair(&pair);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

static DWORD WINAPI sleep_a_while(void *context)
{
    volatile LONG *begun = context;
    *begun = 1;
    Sleep(4 * A_MOMENT_MS);
    return 0;
}

static void a_thread_in_no_call_has_nothing_to_cancel(void)
{
    volatile LONG begun = 0;
    const HANDLE thread = start_thread(sleep_a_while, (void *)&begun);
    assert_becomes(&begun, 1);
    assert_false(CancelSynchronousIo(thread));
    assert_int_equal(GetLastError(), ERROR_NOT_FOUND);
    join_thread(thread);
    assert_false(CancelSynchronousIo(GetCurrentThread()));
    assert_int_equal(GetLastError(), ERROR_NOT_FOUND);
}

/* A request with an OVERLAPPED is no call that waits. */
static void an_overlapped_request_is_not_synchronous(void)
{
    struct pending pending;
    HANDLE self = NULL;
    START_WINSOCK();
    const struct pair pair = udp_pair();
    receive_pends(&pending, pair.a, true);
    assert_true(DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &self,
                                0, FALSE, DUPLICATE_SAME_ACCESS));
    assert_false(CancelSynchronousIo(self));
    assert_int_equal(GetLastError(), ERROR_NOT_FOUND);
    assert_still_pends(&pending);
    assert_true(CloseHandle(self));
    close_pair(&pair);
    assert_int_equal(WaitForSingleObject(pending.overlapped.hEvent, PATIENCE_MS), WAIT_OBJECT_0);
    pending_end(&pending);
    END_WINSOCK();
}

static const struct suite_case cases[] = {
    CASE(without_a_port_a_request_ends_with_its_thread, CXL_028, CAN_004),
    CASE(a_routine_ends_with_its_thread, CXL_029),
    CASE(with_a_port_a_request_may_outlive_its_thread, CXL_030, CAN_005),
    CASE(with_an_event_a_request_ends_whatever_the_port, CXL_031),
    CASE(without_a_packet_a_request_ends_whatever_the_port, CXL_032),
    CASE(what_outlived_its_thread_is_cancelled_by_another, CXL_033),
    CASE(another_threads_end_cancels_nothing_of_mine, CXL_034),
    CASE(a_call_that_waits_is_cancelled_by_another_thread, CXL_035, CAN_022, OVL_038),
    CASE(a_thread_in_no_call_has_nothing_to_cancel, CXL_036, CAN_022),
    CASE(an_overlapped_request_is_not_synchronous, CXL_036),
    END_OF_CASES,
};

const struct suite cancel_threads_suite = {
    .name = "cancel_threads",
    .about = "requests whose thread ends, and calls that another thread cancels",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
