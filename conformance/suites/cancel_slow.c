/* Cancelling the three calls on reservations while they are under way. */
#include "conformance/suites/pending.h"

enum { KEY = 0x2222, CODES = 3 };

/* A socket with a block of one port, acquired before anything is slow, and one to associate. */
struct stage {
    USHORT port;
    SOCKET s;     /* has the block */
    SOCKET other; /* has none */
    ULONG64 token;
};

static struct stage set_stage(void)
{
    struct stage stage = {free_ports(2), open_socket(AF_INET, SOCK_DGRAM),
                          open_socket(AF_INET, SOCK_DGRAM), 0};
    INET_PORT_RESERVATION_INSTANCE instance;
    require_reservations();
    assert_int_equal(acquire_block(stage.s, stage.port, 1, &instance), 0);
    stage.token = instance.Token;
    require_slow_reservations();
    return stage;
}

/* The three requests: which socket they are made on, and what must be true after a cancel. */
static SOCKET socket_of(const struct stage *stage, int code)
{
    return code == 2 ? stage->s : stage->other;
}

static void begin_code(struct pending *pending, const struct stage *stage, int code,
                       LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    const SOCKET s = socket_of(stage, code);
    if (code == 0)
        begin_acquire(pending, s, (USHORT)(stage->port + 1), 1, routine);
    else
        begin_token(pending, s,
                    code == 1 ? SIO_ASSOCIATE_PORT_RESERVATION : SIO_RELEASE_PORT_RESERVATION,
                    stage->token, routine);
}

/* A cancelled request has done nothing: no port more, none less. */
static void assert_nothing_was_done(const struct stage *stage, bool block_stands)
{
    assert_true(testbed_slow_reservations(0));
    assert_ports_free(AF_INET, SOCK_DGRAM, (USHORT)(stage->port + 1), 1);
    if (block_stands)
        assert_ports_taken(AF_INET, SOCK_DGRAM, stage->port, 1);
}

static void a_slow_call_is_cancelled_by_cancelioex(void)
{
    struct pending pending;
    START_WINSOCK();
    for (int code = 0; code < CODES; code++) {
        const struct stage stage = set_stage();
        const ULONGLONG before = GetTickCount64();
        pending_init(&pending, true);
        begin_code(&pending, &stage, code, NULL);
        assert_int_equal(pending.begun, WSA_IO_PENDING);
        assert_true(CancelIoEx((HANDLE)socket_of(&stage, code), &pending.overlapped));
        assert_true(GetTickCount64() - before < SLOW_MS / 2);
        assert_int_equal(outcome_of(&pending, socket_of(&stage, code)), WSA_OPERATION_ABORTED);
        assert_one_of(pending.size, 0, UNTOUCHED);
        assert_int_equal(pending.instance.Token, 0);
        assert_nothing_was_done(&stage, true);
        pending_end(&pending);
        close_socket(stage.other);
        close_socket(stage.s);
    }
    END_WINSOCK();
}

static void a_slow_call_is_cancelled_by_cancelio(void)
{
    struct pending pending;
    START_WINSOCK();
    for (int code = 0; code < CODES; code++) {
        const struct stage stage = set_stage();
        pending_init(&pending, false);
        begin_code(&pending, &stage, code, record_completion);
        assert_int_equal(pending.begun, WSA_IO_PENDING);
        assert_true(CancelIo((HANDLE)socket_of(&stage, code)));
        await_routine(&pending);
        assert_int_equal(pending.error, WSA_OPERATION_ABORTED);
        assert_int_equal(pending.transferred, 0);
        assert_nothing_was_done(&stage, true);
        close_socket(stage.other);
        close_socket(stage.s);
    }
    END_WINSOCK();
}

static void a_slow_call_ends_when_its_socket_is_closed(void)
{
    struct pending pending;
    START_WINSOCK();
    for (int code = 0; code < CODES; code++) {
        const struct stage stage = set_stage();
        const HANDLE port = new_port(0);
        associate_port(port, socket_of(&stage, code), KEY);
        pending_init(&pending, true);
        begin_code(&pending, &stage, code, NULL);
        assert_int_equal(pending.begun, WSA_IO_PENDING);
        close_socket(socket_of(&stage, code));
        assert_packet(port, &pending, KEY, ERROR_OPERATION_ABORTED, 0);
        assert_int_equal(WaitForSingleObject(pending.overlapped.hEvent, PATIENCE_MS),
                         WAIT_OBJECT_0);
        assert_port_empty(port);
        assert_nothing_was_done(&stage, code != 2);
        if (code == 2)
            assert_ports_free(AF_INET, SOCK_DGRAM, stage.port, 1);
        pending_end(&pending);
        close_socket(code == 2 ? stage.other : stage.s);
        assert_true(CloseHandle(port));
    }
    END_WINSOCK();
}

static void a_slow_call_and_a_flush(void)
{
    struct pending pending;
    DWORD returned = 0;
    START_WINSOCK();
    for (int code = 0; code < CODES; code++) {
        const struct stage stage = set_stage();
        unsigned outcome;
        pending_init(&pending, true);
        begin_code(&pending, &stage, code, NULL);
        assert_int_equal(pending.begun, WSA_IO_PENDING);
        WSAIoctl(socket_of(&stage, code), SIO_FLUSH, NULL, 0, NULL, 0, &returned, NULL, NULL);
        outcome = outcome_of(&pending, socket_of(&stage, code));
        if (outcome == 0)
            OBSERVE(flush_reservations, go_on);
        else
            OBSERVE(flush_reservations, aborted);
        assert_one_of(outcome, 0, WSA_OPERATION_ABORTED);
        pending_end(&pending);
        close_socket(stage.other);
        close_socket(stage.s);
    }
    END_WINSOCK();
}

/* ---- Other threads --------------------------------------------------------------------------- */

struct caller {
    struct pending pending; /* first */
    const struct stage *stage;
    int code;
    bool overlapped;
    unsigned outcome;
    volatile LONG begun;
};

static unsigned call_plainly(struct caller *caller)
{
    const SOCKET s = socket_of(caller->stage, caller->code);
    if (caller->code == 0)
        return acquire_block(s, (USHORT)(caller->stage->port + 1), 1, &caller->pending.instance);
    return caller->code == 1 ? associate_block(s, caller->stage->token)
                             : release_block(s, caller->stage->token);
}

static DWORD WINAPI call_and_end(void *context)
{
    struct caller *caller = context;
    if (caller->overlapped)
        begin_code(&caller->pending, caller->stage, caller->code, NULL);
    caller->begun = 1;
    if (!caller->overlapped)
        caller->outcome = call_plainly(caller);
    return 0;
}

static void a_slow_call_ends_with_its_thread(void)
{
    static struct caller caller;
    START_WINSOCK();
    for (int code = 0; code < CODES; code++) {
        const struct stage stage = set_stage();
        memset(&caller, 0, sizeof(caller));
        pending_init(&caller.pending, true);
        caller.stage = &stage;
        caller.code = code;
        caller.overlapped = true;
        join_thread(start_thread(call_and_end, &caller));
        assert_int_equal(caller.pending.begun, WSA_IO_PENDING);
        assert_int_equal(outcome_of(&caller.pending, socket_of(&stage, code)),
                         WSA_OPERATION_ABORTED);
        assert_nothing_was_done(&stage, true);
        pending_end(&caller.pending);
        close_socket(stage.other);
        close_socket(stage.s);
    }
    END_WINSOCK();
}

static void a_slow_plain_call_is_cancelled_by_another_thread(void)
{
    static struct caller caller;
    START_WINSOCK();
    for (int code = 0; code < CODES; code++) {
        const struct stage stage = set_stage();
        memset(&caller, 0, sizeof(caller));
        caller.stage = &stage;
        caller.code = code;
        const HANDLE thread = start_thread(call_and_end, &caller);
        assert_becomes(&caller.begun, 1);
        Sleep(SLOW_MS / 5);
        assert_true(CancelSynchronousIo(thread));
        join_thread(thread);
        OBSERVE_VALUE(cancelled_synchronous, caller.outcome);
        assert_nothing_was_done(&stage, true);
        close_socket(stage.other);
        close_socket(stage.s);
    }
    END_WINSOCK();
}

static void a_slow_plain_call_ends_when_its_socket_is_closed(void)
{
    static struct caller caller;
    START_WINSOCK();
    for (int code = 0; code < CODES; code++) {
        const struct stage stage = set_stage();
        memset(&caller, 0, sizeof(caller));
        caller.stage = &stage;
        caller.code = code;
        const HANDLE thread = start_thread(call_and_end, &caller);
        assert_becomes(&caller.begun, 1);
        Sleep(SLOW_MS / 5);
        close_socket(socket_of(&stage, code));
        join_thread(thread);
        assert_one_of(caller.outcome, WSAEINTR, WSA_OPERATION_ABORTED, WSAENOTSOCK,
                      WSAECONNABORTED);
        assert_nothing_was_done(&stage, code != 2);
        close_socket(code == 2 ? stage.other : stage.s);
    }
    END_WINSOCK();
}

/* After the end there is nothing to cancel, and the block stays. */
static void a_cancel_that_comes_late_takes_nothing_back(void)
{
    struct pending pending;
    START_WINSOCK();
    const struct stage stage = set_stage();
    pending_init(&pending, true);
    begin_code(&pending, &stage, 0, NULL);
    assert_int_equal(outcome_of(&pending, stage.other), 0);
    assert_false(CancelIoEx((HANDLE)stage.other, &pending.overlapped));
    assert_int_equal(GetLastError(), ERROR_NOT_FOUND);
    assert_int_equal(result_of(&pending, stage.other), 0);
    assert_true(testbed_slow_reservations(0));
    assert_ports_taken(AF_INET, SOCK_DGRAM, stage.port, 2);
    pending_end(&pending);
    close_socket(stage.other);
    close_socket(stage.s);
    END_WINSOCK();
}

/* The numbers, and that none of their namesakes is used for it. */
static void the_errors_of_cancelling_are_these(void)
{
    assert_int_equal(WSA_OPERATION_ABORTED, 995);
    assert_int_equal(ERROR_OPERATION_ABORTED, 995);
    assert_int_equal(WSAEINTR, 10004);
    assert_int_equal(WSAECANCELLED, 10103);
    assert_int_equal(WSA_E_CANCELLED, 10111);
}

static const struct suite_case cases[] = {
    CASE(a_slow_call_is_cancelled_by_cancelioex, CAN_001, CAN_017, CAN_020, CAN_026, ERR_004,
         ERR_016, ERR_028, OVL_027, OVL_038),
    CASE(a_slow_call_is_cancelled_by_cancelio, CAN_021, CAN_026, OVL_020, ERR_004, ERR_016,
         ERR_028),
    CASE(a_slow_call_ends_when_its_socket_is_closed, CAN_002, CAN_003, CAN_006, CAN_007, CAN_008,
         ERR_004, ERR_016, ERR_028),
    CASE(a_slow_call_and_a_flush, CAN_003, CAN_012),
    CASE(a_slow_call_ends_with_its_thread, CAN_004, ERR_004, ERR_016, ERR_028),
    CASE(a_slow_plain_call_is_cancelled_by_another_thread, CAN_001, CAN_022, CAN_026, OVL_038),
    CASE(a_slow_plain_call_ends_when_its_socket_is_closed, CAN_002, CAN_009, CAN_010),
    CASE(a_cancel_that_comes_late_takes_nothing_back, CAN_018, CAN_019, CAN_023),
    CASE(the_errors_of_cancelling_are_these, CAN_025),
    END_OF_CASES,
};

const struct suite cancel_slow_suite = {
    .name = "cancel_slow",
    .about = "cancelling calls on reservations while they are under way",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
