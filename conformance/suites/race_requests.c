/* Two threads at once: a request and what ends it. Whoever is first, the request ends once, and
 * what was sent is somewhere.
 */
#include "conformance/suites/pending.h"

enum { ROUNDS = 8 };

/* What one side of a race does when both are let go, and what came of it. */
struct side {
    void (*act)(struct side *side);
    HANDLE go;
    SOCKET s;
    struct pending *pending;
    const char *text;
    int result;
    unsigned outcome;
    BOOL answer;
};

static DWORD WINAPI run_side(void *context)
{
    struct side *side = context;
    if (WaitForSingleObject(side->go, PATIENCE_MS) == WAIT_OBJECT_0)
        side->act(side);
    return 0;
}

static void race(struct side *one, struct side *two)
{
    const HANDLE go = CreateEventW(NULL, TRUE, FALSE, NULL);
    HANDLE threads[2];
    one->go = two->go = go;
    threads[0] = start_thread(run_side, one);
    threads[1] = start_thread(run_side, two);
    Sleep(2);
    assert_true(SetEvent(go));
    join_thread(threads[0]);
    join_thread(threads[1]);
    assert_true(CloseHandle(go));
}

static void do_send(struct side *side)
{
    side->result = send(side->s, side->text, (int)strlen(side->text), 0);
    side->outcome = side->result < 0 ? (unsigned)WSAGetLastError() : 0;
}

static void do_cancel(struct side *side)
{
    side->answer =
        CancelIoEx((HANDLE)side->s, side->pending == NULL ? NULL : &side->pending->overlapped);
    side->outcome = side->answer ? 0 : GetLastError();
}

static void do_close(struct side *side)
{
    side->outcome = winsock_outcome(closesocket(side->s));
}

static void do_receive(struct side *side)
{
    begin_receive(side->pending, side->s);
}

static void do_shutdown(struct side *side)
{
    side->outcome = winsock_outcome(shutdown(side->s, SD_SEND));
}

/* ---- Cancel and arrival ---------------------------------------------------------------------- */

static void a_cancel_and_an_arrival_end_a_receive_once(void)
{
    START_WINSOCK();
    for (int round = 0; round < ROUNDS; round++) {
        const struct pair pair = pair_of(PAIR_TYPES[round % PAIR_TYPE_COUNT]);
        const HANDLE port = new_port(0);
        struct pending pending;
        struct side cancel = {.act = do_cancel, .s = pair.a};
        struct side arrival = {.act = do_send, .s = pair.b, .text = "race"};
        struct taken taken;
        associate_port(port, pair.a, 1);
        receive_pends(&pending, pair.a, false);
        race(&cancel, &arrival);
        assert_int_equal(arrival.result, 4);
        assert_one_of(cancel.outcome, 0, ERROR_NOT_FOUND);
        taken = take_within(port, PATIENCE_MS);
        assert_ptr_equal(taken.overlapped, &pending.overlapped);
        assert_one_of(taken.error, 0, ERROR_OPERATION_ABORTED);
        if (cancel.outcome == ERROR_NOT_FOUND)
            assert_int_equal(taken.error, 0);
        assert_int_equal(taken.bytes, taken.error == 0 ? 4 : 0);
        if (taken.error == 0)
            assert_memory_equal(pending.bytes, "race", 4);
        else
            assert_receives(pair.a, "race");
        assert_port_empty(port);
        close_pair(&pair);
        assert_port_empty(port);
        assert_true(CloseHandle(port));
    }
    END_WINSOCK();
}

static void a_close_and_an_arrival_end_a_receive_once(void)
{
    START_WINSOCK();
    for (int round = 0; round < ROUNDS; round++) {
        const struct pair pair = udp_pair();
        const HANDLE port = new_port(0);
        struct pending pending;
        struct side closing = {.act = do_close, .s = pair.a};
        struct side arrival = {.act = do_send, .s = pair.b, .text = "race"};
        struct taken taken;
        associate_port(port, pair.a, 1);
        receive_pends(&pending, pair.a, false);
        race(&closing, &arrival);
        assert_int_equal(closing.outcome, 0);
        taken = take_within(port, PATIENCE_MS);
        assert_ptr_equal(taken.overlapped, &pending.overlapped);
        assert_one_of(taken.error, 0, ERROR_OPERATION_ABORTED);
        assert_int_equal(taken.bytes, taken.error == 0 ? 4 : 0);
        assert_port_empty(port);
        close_socket(pair.b);
        assert_true(CloseHandle(port));
    }
    END_WINSOCK();
}

static void two_cancels_end_a_request_once(void)
{
    START_WINSOCK();
    for (int round = 0; round < ROUNDS; round++) {
        const struct pair pair = udp_pair();
        const HANDLE port = new_port(0);
        struct pending pending;
        struct side one = {.act = do_cancel, .s = pair.a, .pending = &pending};
        struct side two = {.act = do_cancel, .s = pair.a};
        associate_port(port, pair.a, 1);
        receive_pends(&pending, pair.a, false);
        race(&one, &two);
        assert_true(one.answer || two.answer);
        assert_packet(port, &pending, 1, ERROR_OPERATION_ABORTED, 0);
        assert_port_empty(port);
        close_pair(&pair);
        assert_true(CloseHandle(port));
    }
    END_WINSOCK();
}

/* The request may not have begun when the cancel comes; it pends then, and is cancelled by me. */
static void a_cancel_and_a_beginning(void)
{
    START_WINSOCK();
    for (int round = 0; round < ROUNDS; round++) {
        const struct pair pair = udp_pair();
        const HANDLE port = new_port(0);
        struct pending pending;
        struct side begin = {.act = do_receive, .s = pair.a, .pending = &pending};
        struct side cancel = {.act = do_cancel, .s = pair.a};
        associate_port(port, pair.a, 1);
        pending_init(&pending, false);
        race(&begin, &cancel);
        assert_int_equal(pending.begun, WSA_IO_PENDING);
        if (cancel.outcome == ERROR_NOT_FOUND)
            CancelIoEx((HANDLE)pair.a, NULL); /* unless it ended with its thread */
        assert_packet(port, &pending, 1, ERROR_OPERATION_ABORTED, 0);
        assert_port_empty(port);
        close_pair(&pair);
        assert_true(CloseHandle(port));
    }
    END_WINSOCK();
}

/* ---- Two of a kind --------------------------------------------------------------------------- */

static void two_receives_share_what_comes(void)
{
    START_WINSOCK();
    for (int round = 0; round < ROUNDS; round++) {
        const struct pair pair = udp_pair();
        struct pending pending[2];
        struct side sides[2];
        memset(sides, 0, sizeof(sides));
        for (int i = 0; i < 2; i++) {
            pending_init(&pending[i], true);
            sides[i].act = do_send;
            sides[i].s = pair.b;
            sides[i].text = i == 0 ? "a" : "b";
            begin_receive(&pending[i], pair.a);
            assert_int_equal(pending[i].begun, WSA_IO_PENDING);
        }
        race(&sides[0], &sides[1]);
        assert_int_equal(outcome_of(&pending[0], pair.a), 0);
        assert_int_equal(outcome_of(&pending[1], pair.a), 0);
        assert_int_equal(pending[0].bytes[0] + pending[1].bytes[0], 'a' + 'b');
        pending_end(&pending[0]);
        pending_end(&pending[1]);
        close_pair(&pair);
    }
    END_WINSOCK();
}

static void do_bind(struct side *side)
{
    side->outcome = bind_loopback(side->s, (USHORT)side->result);
}

static void two_binds_to_one_port_have_one_winner(void)
{
    const USHORT port = free_ports(1);
    START_WINSOCK();
    for (int round = 0; round < ROUNDS; round++) {
        struct side sides[2];
        memset(sides, 0, sizeof(sides));
        for (int i = 0; i < 2; i++) {
            sides[i].act = do_bind;
            sides[i].s = open_socket(AF_INET, SOCK_DGRAM);
            sides[i].result = port;
        }
        race(&sides[0], &sides[1]);
        assert_true((sides[0].outcome == 0) != (sides[1].outcome == 0));
        assert_int_equal(sides[0].outcome + sides[1].outcome, WSAEADDRINUSE);
        close_socket(sides[0].s);
        close_socket(sides[1].s);
    }
    END_WINSOCK();
}

/* ---- Streams --------------------------------------------------------------------------------- */

static void a_send_and_a_shutdown_send_all_or_nothing(void)
{
    START_WINSOCK();
    for (int round = 0; round < ROUNDS; round++) {
        const struct pair pair = tcp_pair();
        struct side sending = {.act = do_send, .s = pair.a, .text = "whole"};
        struct side ending = {.act = do_shutdown, .s = pair.a};
        char byte;
        race(&sending, &ending);
        assert_int_equal(ending.outcome, 0);
        if (sending.result == 5)
            assert_receives(pair.b, "whole");
        else
            assert_int_equal(sending.outcome, WSAESHUTDOWN);
        assert_int_equal(recv(pair.b, &byte, 1, 0), 0);
        close_pair(&pair);
    }
    END_WINSOCK();
}

static void a_send_and_the_peers_close_both_return(void)
{
    START_WINSOCK();
    for (int round = 0; round < ROUNDS; round++) {
        const struct pair pair = tcp_pair();
        struct side sending = {.act = do_send, .s = pair.a, .text = "lost?"};
        struct side closing = {.act = do_close, .s = pair.b};
        race(&sending, &closing);
        assert_int_equal(closing.outcome, 0);
        assert_one_of(sending.outcome, 0, WSAECONNRESET, WSAECONNABORTED);
        close_socket(pair.a);
    }
    END_WINSOCK();
}

static void do_connect(struct side *side)
{
    const struct sockaddr_in name = ipv4_address(INADDR_LOOPBACK, (USHORT)side->result);
    side->outcome = winsock_outcome(connect(side->s, (const struct sockaddr *)&name, sizeof(name)));
}

static void a_connect_and_the_listeners_close_both_return(void)
{
    START_WINSOCK();
    for (int round = 0; round < 2; round++) {
        const SOCKET listener = loopback_listener();
        const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
        struct side connecting = {.act = do_connect, .s = s, .result = bound_port(listener)};
        struct side closing = {.act = do_close, .s = listener};
        race(&connecting, &closing);
        assert_int_equal(closing.outcome, 0);
        assert_one_of(connecting.outcome, 0, WSAECONNREFUSED, WSAECONNRESET);
        close_socket(s);
    }
    END_WINSOCK();
}

static void a_cancelled_accept_loses_no_connection(void)
{
    START_WINSOCK();
    for (int round = 0; round < ROUNDS; round++) {
        const SOCKET listener = loopback_listener();
        const SOCKET acceptor = open_socket(AF_INET, SOCK_STREAM);
        const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
        struct pending pending;
        struct side connecting = {.act = do_connect, .s = s, .result = bound_port(listener)};
        struct side cancel = {.act = do_cancel, .s = listener};
        SOCKET taken = INVALID_SOCKET;
        unsigned outcome;
        pending_init(&pending, true);
        accept_pends(&pending, listener, acceptor, 0);
        race(&connecting, &cancel);
        assert_int_equal(connecting.outcome, 0);
        outcome = outcome_of(&pending, listener);
        assert_one_of(outcome, 0, WSA_OPERATION_ABORTED);
        if (outcome != 0)
            taken = accept(listener, NULL, NULL);
        send_text(s, "found");
        assert_receives(outcome == 0 ? acceptor : taken, "found");
        pending_end(&pending);
        if (taken != INVALID_SOCKET)
            close_socket(taken);
        close_socket(s);
        close_socket(acceptor);
        close_socket(listener);
    }
    END_WINSOCK();
}

/* ---- Time-outs ------------------------------------------------------------------------------- */

static void do_plain_receive(struct side *side)
{
    static char bytes[16];
    side->result = recv(side->s, bytes, sizeof(bytes), 0);
    side->outcome = side->result < 0 ? (unsigned)WSAGetLastError() : 0;
}

static void do_late_send(struct side *side)
{
    Sleep(20);
    do_send(side);
}

static void a_receive_whose_time_is_up_loses_no_bytes(void)
{
    const DWORD limit_ms = 20;
    START_WINSOCK();
    for (int round = 0; round < ROUNDS; round++) {
        const struct pair pair = udp_pair();
        struct side receiving = {.act = do_plain_receive, .s = pair.a};
        struct side sending = {.act = do_late_send, .s = pair.b, .text = "late"};
        assert_int_equal(
            setsockopt(pair.a, SOL_SOCKET, SO_RCVTIMEO, (const char *)&limit_ms, sizeof(limit_ms)),
            0);
        race(&receiving, &sending);
        assert_int_equal(sending.result, 4);
        assert_one_of(receiving.outcome, 0, WSAETIMEDOUT);
        if (receiving.outcome != 0)
            assert_receives(pair.a, "late");
        else
            assert_int_equal(receiving.result, 4);
        close_pair(&pair);
    }
    END_WINSOCK();
}

static const struct suite_case cases[] = {
    CASE(a_cancel_and_an_arrival_end_a_receive_once, RACE_001, CXL_013),
    CASE(a_close_and_an_arrival_end_a_receive_once, RACE_002),
    CASE(two_cancels_end_a_request_once, RACE_003),
    CASE(a_cancel_and_a_beginning, RACE_004),
    CASE(two_receives_share_what_comes, RACE_005),
    CASE(two_binds_to_one_port_have_one_winner, RACE_006),
    CASE(a_send_and_a_shutdown_send_all_or_nothing, RACE_007),
    CASE(a_send_and_the_peers_close_both_return, RACE_008),
    CASE(a_connect_and_the_listeners_close_both_return, RACE_009),
    CASE(a_cancelled_accept_loses_no_connection, RACE_010),
    CASE(a_receive_whose_time_is_up_loses_no_bytes, RACE_011),
    END_OF_CASES,
};

const struct suite race_requests_suite = {
    .name = "race_requests",
    .about = "two threads at once: a request and what ends it",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
