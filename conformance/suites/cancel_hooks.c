/* Winsock 1.1: the blocking hook, what may be called inside it, and WSACancelBlockingCall. A
 * session of version 1.1 has them; Winsock 2 has none.
 */
#include "conformance/suites/pending.h"

enum { RESCUE_MS = 400 };

/* What the hook does when it is called, and what it saw. */
static struct {
    bool cancels;
    unsigned calls;
    unsigned cancel_outcome;
    BOOL is_blocking;
    bool called;
    unsigned nested; /* the outcome of a call made inside */
    unsigned (*call)(void);
} hook;

static BOOL CALLBACK blocking_hook(void)
{
    hook.calls++;
    hook.is_blocking = WSAIsBlocking();
    if (hook.call != NULL && !hook.called) {
        hook.called = true;
        hook.nested = hook.call();
    }
    if (hook.cancels)
        hook.cancel_outcome = winsock_outcome(WSACancelBlockingCall());
    return FALSE;
}

/* A session of 1.1 with the hook; UNSUPPORTED where 1.1 has none. */
static void start_1_1(void)
{
    WSADATA data;
    memset(&hook, 0, sizeof(hook));
    assert_int_equal(WSAStartup(MAKEWORD(1, 1), &data), 0);
    WSASetLastError(0);
    if (WSASetBlockingHook((FARPROC)(void (*)(void))blocking_hook) == NULL &&
        WSAGetLastError() != 0)
        UNSUPPORTED_BECAUSE("no blocking hook can be set");
}

static DWORD WINAPI send_to_the_rescue(void *context)
{
    const SOCKET *s = context;
    Sleep(RESCUE_MS);
    return send(*s, "x", 1, 0) == 1 ? 0 : 1;
}

static void a_call_that_waits_calls_the_hook(void)
{
    char byte = 0;
    start_1_1();
    struct pair pair = udp_pair();
    const HANDLE rescue = start_thread(send_to_the_rescue, &pair.b);
    assert_false(WSAIsBlocking());
    assert_int_equal(recv(pair.a, &byte, 1, 0), 1);
    assert_int_equal(byte, 'x');
    assert_true(hook.calls > 0);
    assert_true(hook.is_blocking);
    assert_false(WSAIsBlocking());
    join_thread(rescue);
    close_pair(&pair);
    END_WINSOCK();
}

static void what_need_not_wait_calls_no_hook(void)
{
    char byte = 0;
    start_1_1();
    struct pair pair = udp_pair();
    send_text(pair.b, "x");
    Sleep(A_MOMENT_MS);
    hook.calls = 0;
    assert_int_equal(recv(pair.a, &byte, 1, 0), 1);
    assert_int_equal(hook.calls, 0);
    assert_int_equal(WSAUnhookBlockingHook(), 0);
    close_pair(&pair);
    END_WINSOCK();
}

static void a_call_that_waits_is_cancelled_from_its_hook(void)
{
    char byte = 0;
    start_1_1();
    struct pair pair = udp_pair();
    const HANDLE rescue = start_thread(send_to_the_rescue, &pair.b);
    hook.cancels = true;
    assert_fails_with(recv(pair.a, &byte, 1, 0), WSAEINTR);
    assert_int_equal(hook.calls, 1);
    assert_int_equal(hook.cancel_outcome, 0);
    join_thread(rescue);
    hook.cancels = false;
    assert_int_equal(recv(pair.a, &byte, 1, 0), 1);
    close_pair(&pair);
    END_WINSOCK();
}

static void nothing_to_cancel_is_an_error(void)
{
    start_1_1();
    assert_fails_with(WSACancelBlockingCall(), WSAEINVAL);
    END_WINSOCK();
}

/* The socket may be in any state; closing it is what is left, and works. */
static void after_a_cancel_the_socket_can_be_closed(void)
{
    char byte = 0;
    start_1_1();
    struct pair pair = tcp_pair();
    const HANDLE rescue = start_thread(send_to_the_rescue, &pair.b);
    hook.cancels = true;
    assert_fails_with(recv(pair.a, &byte, 1, 0), WSAEINTR);
    join_thread(rescue);
    close_socket(pair.a);
    close_socket(pair.b);
    END_WINSOCK();
}

/* The same for a request that was cancelled by CancelIoEx. */
static void after_cancelioex_the_socket_can_be_closed(void)
{
    struct pending pending;
    START_WINSOCK();
    for (int i = 0; i < PAIR_TYPE_COUNT; i++) {
        const struct pair pair = pair_of(PAIR_TYPES[i]);
        receive_pends(&pending, pair.a, true);
        assert_true(CancelIoEx((HANDLE)pair.a, NULL));
        assert_int_equal(outcome_of(&pending, pair.a), WSA_OPERATION_ABORTED);
        close_socket(pair.a);
        assert_fails_with(closesocket(pair.a), WSAENOTSOCK);
        pending_end(&pending);
        close_socket(pair.b);
    }
    END_WINSOCK();
}

static void winsock_2_and_the_call_of_1_1(void)
{
    const HMODULE library = LoadLibraryA("ws2_32.dll");
    assert_non_null(library);
    if (GetProcAddress(library, "WSACancelBlockingCall") == NULL)
        OBSERVE(cancel_blocking_call_exported, no);
    else
        OBSERVE(cancel_blocking_call_exported, yes);
}

/* ---- Reservations ---------------------------------------------------------------------------- */

static struct {
    SOCKET s;
    USHORT port;
    ULONG64 token;
    int code;
} nested;

static unsigned call_code(SOCKET s, USHORT port)
{
    INET_PORT_RESERVATION_INSTANCE instance;
    if (nested.code == 0)
        return acquire_block(s, port, 1, &instance);
    return nested.code == 1 ? associate_block(s, nested.token) : release_block(s, nested.token);
}

static unsigned call_inside(void)
{
    return call_code(nested.s, (USHORT)(nested.port + 1));
}

static void begin_reservations(void)
{
    INET_PORT_RESERVATION_INSTANCE instance;
    require_reservations(); /* which starts Winsock 2, and ends it again */
    start_1_1();
    nested.port = free_ports(2);
    nested.s = open_socket(AF_INET, SOCK_DGRAM);
    assert_int_equal(acquire_block(nested.s, nested.port, 1, &instance), 0);
    nested.token = instance.Token;
}

static void inside_a_hook_the_three_calls_are_refused(void)
{
    char byte = 0;
    for (nested.code = 0; nested.code < 3; nested.code++) {
        begin_reservations();
        struct pair pair = udp_pair();
        const HANDLE rescue = start_thread(send_to_the_rescue, &pair.b);
        hook.call = call_inside;
        assert_int_equal(recv(pair.a, &byte, 1, 0), 1);
        assert_true(hook.calls > 0);
        assert_int_equal(hook.nested, WSAEINPROGRESS);
        join_thread(rescue);
        close_pair(&pair);
        close_socket(nested.s);
        END_WINSOCK();
    }
}

static void the_three_calls_are_cancelled_from_their_hook(void)
{
    for (nested.code = 0; nested.code < 3; nested.code++) {
        begin_reservations();
        REQUIRE_TESTBED(testbed_slow_reservations(SLOW_MS));
        const SOCKET s = nested.code == 2 ? nested.s : open_socket(AF_INET, SOCK_DGRAM);
        hook.cancels = true;
        assert_int_equal(call_code(s, (USHORT)(nested.port + 1)), WSAEINTR);
        hook.cancels = false;
        assert_true(testbed_slow_reservations(0));
        assert_ports_free(AF_INET, SOCK_DGRAM, (USHORT)(nested.port + 1), 1);
        assert_ports_taken(AF_INET, SOCK_DGRAM, nested.port, 1);
        if (s != nested.s)
            close_socket(s);
        close_socket(nested.s);
        END_WINSOCK();
    }
}

static const struct suite_case cases[] = {
    CASE(a_call_that_waits_calls_the_hook, CXL_037),
    CASE(what_need_not_wait_calls_no_hook, CXL_037),
    CASE(a_call_that_waits_is_cancelled_from_its_hook, CXL_038, CAN_014),
    CASE(nothing_to_cancel_is_an_error, CAN_015),
    CASE(after_a_cancel_the_socket_can_be_closed, CAN_016),
    CASE(after_cancelioex_the_socket_can_be_closed, CAN_024),
    CASE(winsock_2_and_the_call_of_1_1, CAN_013),
    CASE(inside_a_hook_the_three_calls_are_refused, ERR_006, ERR_018, ERR_030),
    CASE(the_three_calls_are_cancelled_from_their_hook, ERR_007, ERR_019, ERR_031, CAN_001),
    END_OF_CASES,
};

const struct suite cancel_hooks_suite = {
    .name = "cancel_hooks",
    .about = "Winsock 1.1: the blocking hook and WSACancelBlockingCall",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
