/* Completion routines: when they run, where, how often, and what they are told. */
#include "conformance/suites/pending.h"

static void a_routine_runs_in_an_alertable_wait_only(void)
{
    struct pending pending;
    const HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    START_WINSOCK();
    for (int i = 0; i < PAIR_TYPE_COUNT; i++) {
        const struct pair pair = pair_of(PAIR_TYPES[i]);
        receive_pends_with_routine(&pending, pair.a);
        send_text(pair.b, "late");
        assert_int_equal(SleepEx(A_MOMENT_MS, FALSE), 0);
        Sleep(A_MOMENT_MS);
        assert_int_equal(WaitForSingleObject(event, A_MOMENT_MS), WAIT_TIMEOUT);
        assert_int_equal(WaitForSingleObjectEx(event, 0, FALSE), WAIT_TIMEOUT);
        assert_int_equal(WaitForMultipleObjects(1, &event, TRUE, 0), WAIT_TIMEOUT);
        assert_int_equal(WSAWaitForMultipleEvents(1, &event, FALSE, A_MOMENT_MS, FALSE),
                         WSA_WAIT_TIMEOUT);
        assert_int_equal(pending.calls, 0);
        assert_int_equal(SleepEx(PATIENCE_MS, TRUE), WAIT_IO_COMPLETION);
        assert_int_equal(pending.calls, 1);
        assert_no_routine_waits();
        assert_int_equal(pending.calls, 1);
        close_pair(&pair);
    }
    assert_true(CloseHandle(event));
    END_WINSOCK();
}

static void a_routine_is_told_how_it_ended(void)
{
    struct pending pending;
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    receive_pends_with_routine(&pending, pair.a);
    send_text(pair.b, "abc");
    await_routine(&pending);
    assert_int_equal(pending.error, 0);
    assert_int_equal(pending.transferred, 3);
    assert_int_equal(pending.routine_flags, 0);
    assert_int_equal(pending.thread, GetCurrentThreadId());
    assert_memory_equal(pending.bytes, "abc", 3);
    /* The structure says the same. */
    assert_int_equal(result_of(&pending, pair.a), 0);
    assert_int_equal(pending.size, 3);
    close_pair(&pair);
    END_WINSOCK();
}

static void a_routine_is_told_what_failed(void)
{
    const struct linger hard = {1, 0};
    struct pending pending;
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    receive_pends_with_routine(&pending, pair.a);
    assert_int_equal(setsockopt(pair.b, SOL_SOCKET, SO_LINGER, (const char *)&hard, sizeof(hard)),
                     0);
    close_socket(pair.b);
    await_routine(&pending);
    assert_int_equal(pending.error, WSAECONNRESET);
    assert_int_equal(pending.transferred, 0);
    close_socket(pair.a);
    END_WINSOCK();
}

static void the_event_beside_a_routine_is_the_programs(void)
{
    struct pending pending;
    START_WINSOCK();
    const struct pair pair = udp_pair();
    const HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    for (int i = 0; i < 2; i++) {
        const HANDLE any = i == 0 ? event : (HANDLE)(ULONG_PTR)0xABCD1233u;
        pending_init(&pending, false);
        pending.overlapped.hEvent = any;
        begin_receive_with_routine(&pending, pair.a);
        assert_int_equal(pending.begun, WSA_IO_PENDING);
        send_text(pair.b, "x");
        await_routine(&pending);
        assert_int_equal(WaitForSingleObject(event, 0), WAIT_TIMEOUT);
        assert_ptr_equal(pending.overlapped.hEvent, any);
    }
    assert_true(CloseHandle(event));
    close_pair(&pair);
    END_WINSOCK();
}

/* Also a request that ends at once tells of it by its routine, and not before the caller waits. */
static void success_at_once_has_its_routine_too(void)
{
    struct pending pending;
    WSABUF buffer;
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    pending_init(&pending, false);
    buffer.buf = pending.bytes;
    buffer.len = 5;
    assert_int_equal(
        WSASend(pair.a, &buffer, 1, &pending.count, 0, &pending.overlapped, record_completion), 0);
    assert_int_equal(pending.count, 5);
    assert_int_equal(pending.calls, 0);
    assert_int_equal(SleepEx(0, TRUE), WAIT_IO_COMPLETION);
    assert_int_equal(pending.calls, 1);
    assert_int_equal(pending.error, 0);
    assert_int_equal(pending.transferred, 5);
    close_pair(&pair);
    END_WINSOCK();
}

static void a_refusal_has_no_routine(void)
{
    struct pending pending;
    START_WINSOCK();
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    pending_init(&pending, false);
    begin_receive_with_routine(&pending, s);
    assert_int_equal(pending.begun, WSAENOTCONN);
    assert_no_routine_waits();
    assert_int_equal(pending.calls, 0);
    close_socket(s);
    END_WINSOCK();
}

/* ---- Order ----------------------------------------------------------------------------------- */

static unsigned order[8];
static volatile unsigned order_count;

static void CALLBACK note_order(DWORD error, DWORD transferred, LPWSAOVERLAPPED overlapped,
                                DWORD flags)
{
    record_completion(error, transferred, overlapped, flags);
    order[order_count++] = ((struct pending *)(void *)overlapped)->size;
}

static void CALLBACK note_apc(ULONG_PTR number)
{
    order[order_count++] = (unsigned)number;
}

static void begin_in_order(struct pending *pending, SOCKET s, unsigned number)
{
    WSABUF buffer;
    pending_init(pending, false);
    pending->size = number;
    buffer.buf = pending->bytes;
    buffer.len = PENDING_BYTES;
    assert_fails_with(
        WSARecv(s, &buffer, 1, NULL, &pending->flags, &pending->overlapped, note_order),
        WSA_IO_PENDING);
}

static void one_wait_runs_all_that_are_queued(void)
{
    struct pending pending[4];
    START_WINSOCK();
    const struct pair pair = udp_pair();
    order_count = 0;
    for (unsigned i = 0; i < 4; i++)
        begin_in_order(&pending[i], pair.a, i);
    for (int i = 0; i < 4; i++)
        send_text(pair.b, "x");
    Sleep(A_MOMENT_MS);
    assert_int_equal(SleepEx(PATIENCE_MS, TRUE), WAIT_IO_COMPLETION);
    assert_int_equal(order_count, 4);
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(order[i], i);
    close_pair(&pair);
    END_WINSOCK();
}

static void routines_and_apcs_stand_in_one_line(void)
{
    struct pending pending[2];
    START_WINSOCK();
    const struct pair pair = udp_pair();
    order_count = 0;
    for (unsigned i = 0; i < 2; i++)
        begin_in_order(&pending[i], pair.a, 1 + 2 * i);
    assert_int_not_equal(QueueUserAPC(note_apc, GetCurrentThread(), 0), 0);
    send_text(pair.b, "x");
    Sleep(A_MOMENT_MS);
    assert_int_not_equal(QueueUserAPC(note_apc, GetCurrentThread(), 2), 0);
    send_text(pair.b, "x");
    Sleep(A_MOMENT_MS);
    assert_int_not_equal(QueueUserAPC(note_apc, GetCurrentThread(), 4), 0);
    assert_int_equal(SleepEx(PATIENCE_MS, TRUE), WAIT_IO_COMPLETION);
    assert_int_equal(order_count, 5);
    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(order[i], i);
    close_pair(&pair);
    END_WINSOCK();
}

/* ---- Inside a routine ------------------------------------------------------------------------ */

static struct {
    struct pending pending; /* first: the routine's */
    SOCKET s;
    unsigned left;
    unsigned depth, deepest;
} chain;

static void CALLBACK go_on(DWORD error, DWORD transferred, LPWSAOVERLAPPED overlapped, DWORD flags)
{
    WSABUF buffer = {1, chain.pending.bytes};
    record_completion(error, transferred, overlapped, flags);
    chain.depth++;
    if (chain.depth > chain.deepest)
        chain.deepest = chain.depth;
    if (--chain.left > 0)
        chain.pending.begun = winsock_outcome(WSARecv(
            chain.s, &buffer, 1, NULL, &chain.pending.flags, &chain.pending.overlapped, go_on));
    chain.depth--;
}

/* What it begins may end at once; its own routine then waits for it to return. */
static void a_routine_begins_the_next_request_and_is_not_nested(void)
{
    WSABUF buffer = {1, chain.pending.bytes};
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    memset(&chain, 0, sizeof(chain));
    chain.s = pair.a;
    chain.left = 5;
    send_text(pair.b, "abcde");
    Sleep(A_MOMENT_MS);
    assert_int_equal(
        WSARecv(pair.a, &buffer, 1, NULL, &chain.pending.flags, &chain.pending.overlapped, go_on),
        0);
    for (int i = 0; i < 20 && chain.left > 0; i++)
        SleepEx(A_MOMENT_MS, TRUE);
    assert_int_equal(chain.left, 0);
    assert_int_equal(chain.pending.calls, 5);
    assert_int_equal(chain.deepest, 1);
    assert_no_routine_waits();
    close_pair(&pair);
    END_WINSOCK();
}

/* ---- Threads --------------------------------------------------------------------------------- */

struct visitor {
    struct pending pending; /* first */
    SOCKET s;
    DWORD thread;
    volatile LONG begun, leave;
};

static DWORD WINAPI receive_and_wait(void *context)
{
    struct visitor *visitor = context;
    visitor->thread = GetCurrentThreadId();
    begin_receive_with_routine(&visitor->pending, visitor->s);
    visitor->begun = 1;
    for (int i = 0; i < 50 && visitor->pending.calls == 0; i++)
        SleepEx(PATIENCE_MS / 50, TRUE);
    return visitor->pending.calls;
}

static void a_routine_runs_on_the_thread_that_asked(void)
{
    static struct visitor visitor;
    START_WINSOCK();
    const struct pair pair = udp_pair();
    memset(&visitor, 0, sizeof(visitor));
    visitor.s = pair.a;
    const HANDLE thread = start_thread(receive_and_wait, &visitor);
    assert_becomes(&visitor.begun, 1);
    assert_int_equal(visitor.pending.begun, WSA_IO_PENDING);
    send_text(pair.b, "x");
    assert_no_routine_waits();
    assert_int_equal(join_thread(thread), 1);
    assert_int_equal(visitor.pending.thread, visitor.thread);
    assert_int_not_equal(visitor.pending.thread, GetCurrentThreadId());
    close_pair(&pair);
    END_WINSOCK();
}

static void two_routines_of_one_socket_both_run(void)
{
    struct pending pending[2];
    START_WINSOCK();
    const struct pair pair = udp_pair();
    receive_pends_with_routine(&pending[0], pair.a);
    receive_pends_with_routine(&pending[1], pair.a);
    send_text(pair.b, "x");
    send_text(pair.b, "y");
    await_routine(&pending[0]);
    await_routine(&pending[1]);
    assert_no_routine_waits();
    assert_int_equal(pending[0].bytes[0], 'x');
    assert_int_equal(pending[1].bytes[0], 'y');
    close_pair(&pair);
    END_WINSOCK();
}

static const struct suite_case cases[] = {
    CASE(a_routine_runs_in_an_alertable_wait_only, APC_001, APC_002, OVL_021),
    CASE(a_routine_is_told_how_it_ended, APC_003, OVL_018),
    CASE(a_routine_is_told_what_failed, APC_004),
    CASE(the_event_beside_a_routine_is_the_programs, APC_005, OVL_015),
    CASE(success_at_once_has_its_routine_too, APC_006),
    CASE(a_refusal_has_no_routine, APC_007),
    CASE(one_wait_runs_all_that_are_queued, APC_008),
    CASE(routines_and_apcs_stand_in_one_line, APC_008, APC_011),
    CASE(a_routine_begins_the_next_request_and_is_not_nested, APC_009, OVL_022),
    CASE(a_routine_runs_on_the_thread_that_asked, APC_010),
    CASE(two_routines_of_one_socket_both_run, APC_002, OVL_023),
    END_OF_CASES,
};

const struct suite routine_run_suite = {
    .name = "routine_run",
    .about = "completion routines: when they run, where, how often",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
