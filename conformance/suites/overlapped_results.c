/* WSAGetOverlappedResult and GetOverlappedResult: what they make of a request, finished or not. */
#include "conformance/suites/pending.h"

enum { RESULT_MS = 200 };

static void polling_says_whether_it_has_ended(void)
{
    struct pending pending;
    DWORD bytes = (DWORD)UNTOUCHED;
    DWORD flags = 1;
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    receive_pends(&pending, pair.a, true);
    assert_false(WSAGetOverlappedResult(pair.a, &pending.overlapped, &bytes, FALSE, &flags));
    assert_int_equal(WSAGetLastError(), WSA_IO_INCOMPLETE);
    assert_int_equal(bytes, UNTOUCHED);
    assert_false(HasOverlappedIoCompleted(&pending.overlapped));
    send_text(pair.b, "abc");
    assert_int_equal(WaitForSingleObject(pending.overlapped.hEvent, PATIENCE_MS), WAIT_OBJECT_0);
    WSASetLastError(1);
    assert_true(WSAGetOverlappedResult(pair.a, &pending.overlapped, &bytes, FALSE, &flags));
    assert_int_equal(WSAGetLastError(), 0);
    assert_int_equal(bytes, 3);
    assert_int_equal(flags, 0);
    assert_true(HasOverlappedIoCompleted(&pending.overlapped));
    pending_end(&pending);
    close_pair(&pair);
    END_WINSOCK();
}

static DWORD WINAPI send_later(void *context)
{
    const SOCKET *s = context;
    Sleep(RESULT_MS);
    return send(*s, "late", 4, 0) == 4 ? 0 : 1;
}

static void waiting_for_the_result_waits(void)
{
    START_WINSOCK();
    struct pair pair = tcp_pair();
    for (int kind = 0; kind < 2; kind++) {
        struct pending pending;
        DWORD bytes = 0;
        DWORD flags = 0;
        HANDLE sender;
        const ULONGLONG before = GetTickCount64();
        receive_pends(&pending, pair.a, true);
        sender = start_thread(send_later, &pair.b);
        if (kind == 0)
            assert_true(WSAGetOverlappedResult(pair.a, &pending.overlapped, &bytes, TRUE, &flags));
        else
            assert_true(GetOverlappedResult((HANDLE)pair.a, &pending.overlapped, &bytes, TRUE));
        assert_int_equal(bytes, 4);
        assert_true(GetTickCount64() - before >= RESULT_MS / 2);
        assert_int_equal(join_thread(sender), 0);
        pending_end(&pending);
    }
    close_pair(&pair);
    END_WINSOCK();
}

static void the_result_is_there_again_and_again(void)
{
    struct pending pending;
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    receive_pends(&pending, pair.a, true);
    send_text(pair.b, "abc");
    assert_int_equal(outcome_of(&pending, pair.a), 0);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(result_of(&pending, pair.a), 0);
        assert_int_equal(pending.size, 3);
    }
    pending_end(&pending);
    close_pair(&pair);
    END_WINSOCK();
}

/* The socket is looked at before the structure. */
static void the_result_belongs_to_a_socket(void)
{
    struct pending pending;
    HANDLE copy = NULL;
    const HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    pending_init(&pending, false);
    assert_int_equal(result_of(&pending, INVALID_SOCKET), WSAENOTSOCK);
    assert_int_equal(result_of(&pending, (SOCKET)event), WSAENOTSOCK);
    /* A copy that Winsock does not know of, where one can be had: no program should (SHR-005). */
    if (DuplicateHandle(GetCurrentProcess(), (HANDLE)pair.a, GetCurrentProcess(), &copy, 0, FALSE,
                        DUPLICATE_SAME_ACCESS)) {
        assert_int_equal(result_of(&pending, (SOCKET)copy), WSAENOTSOCK);
        assert_true(CloseHandle(copy));
    }
    assert_int_equal(result_of(&pending, pair.a), 0);
    close_pair(&pair);
    END_WINSOCK();
    assert_true(CloseHandle(event));
}

static void without_winsock_there_is_no_result(void)
{
    struct pending pending;
    START_WINSOCK();
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    pending_init(&pending, false);
    END_WINSOCK();
    assert_one_of(result_of(&pending, s), WSANOTINITIALISED, WSAENOTSOCK);
    START_WINSOCK();
    assert_int_equal(result_of(&pending, s), WSAENOTSOCK);
    END_WINSOCK();
}

/* A structure of nobody's request is read like any other: Internal is all there is to know. */
static void every_status_has_its_error(void)
{
    static const struct {
        DWORD status;
        unsigned error;
    } rows[] = {
        {0x00000000u, 0},
        {0x00000103u, WSA_IO_INCOMPLETE},
        {0xC00000BBu, WSAEOPNOTSUPP},         /* NOT_SUPPORTED */
        {0xC0000002u, WSAEOPNOTSUPP},         /* NOT_IMPLEMENTED */
        {0xC0000120u, WSA_OPERATION_ABORTED}, /* CANCELLED */
        {0xC0000022u, WSAEACCES},             /* ACCESS_DENIED */
        {0xC0000043u, WSAEADDRINUSE},         /* SHARING_VIOLATION */
        {0xC000020Au, WSAEADDRINUSE},         /* ADDRESS_ALREADY_EXISTS */
        {0xC0000141u, WSAEADDRNOTAVAIL},      /* INVALID_ADDRESS */
        {0xC0000207u, WSAEADDRNOTAVAIL},      /* INVALID_ADDRESS_COMPONENT */
        {0xC0000023u, WSAEFAULT},             /* BUFFER_TOO_SMALL */
        {0x80000005u, WSAEMSGSIZE},           /* BUFFER_OVERFLOW */
        {0xC000009Au, WSAENOBUFS},            /* INSUFFICIENT_RESOURCES */
        {0xC0000017u, WSAENOBUFS},            /* NO_MEMORY */
        {0xC0000008u, WSAENOTSOCK},           /* INVALID_HANDLE */
        {0xC0000024u, WSAENOTSOCK},           /* OBJECT_TYPE_MISMATCH */
        {0xC00000B0u, WSAESHUTDOWN},          /* PIPE_DISCONNECTED */
        {0xC00000B5u, WSAETIMEDOUT},          /* IO_TIMEOUT */
        {0xC000020Du, WSAECONNRESET},         /* CONNECTION_RESET */
        {0xC0000236u, WSAECONNREFUSED},       /* CONNECTION_REFUSED */
        {0xC0000241u, WSAECONNABORTED},       /* CONNECTION_ABORTED */
        {0xC0000007u, WSAENOBUFS},            /* PAGEFILE_QUOTA */
        {0xC000000Fu, WSAENETDOWN},           /* NO_SUCH_FILE */
        {0xC0000034u, WSAENETDOWN},           /* OBJECT_NAME_NOT_FOUND */
        {0xC00000A1u, WSAENOBUFS},            /* WORKING_SET_QUOTA */
        {0xC00000BCu, WSAECONNREFUSED},       /* REMOTE_NOT_LISTENING */
        {0xC00000BEu, WSAENETUNREACH},        /* BAD_NETWORK_PATH */
        {0xC00000C4u, WSAENETDOWN},           /* UNEXPECTED_NETWORK_ERROR */
        {0xC00000D0u, WSAEWOULDBLOCK},        /* REQUEST_NOT_ACCEPTED */
        {0xC000013Eu, WSAECONNRESET},         /* LINK_FAILED */
        {0xC000013Fu, WSAETIMEDOUT},          /* LINK_TIMEOUT */
        {0xC0000206u, WSAEMSGSIZE},           /* INVALID_BUFFER_SIZE */
        {0xC000020Cu, WSAECONNRESET},         /* CONNECTION_DISCONNECTED */
        {0xC000020Fu, WSAECONNABORTED},       /* TRANSACTION_ABORTED */
        {0xC0000237u, WSAEDISCON},            /* GRACEFUL_DISCONNECT */
        {0xC000023Eu, WSAENETUNREACH},        /* PROTOCOL_UNREACHABLE */
        {0xC0000240u, WSAEINTR},              /* REQUEST_ABORTED */
        {0xC00002C5u, WSAEFAULT},             /* DATATYPE_MISALIGNMENT_ERROR */
        {0xC0000010u, WSAEINVAL},             /* INVALID_DEVICE_REQUEST */
        {0xC0000035u, WSAEINVAL},             /* OBJECT_NAME_COLLISION */
        {0xC00000B1u, WSAEINVAL},             /* PIPE_CLOSING */
        {0xC00000C9u, WSAEINVAL},             /* NETWORK_NAME_DELETED */
        {0xC000014Bu, WSAEINVAL},             /* PIPE_BROKEN */
        {0xC0000001u, WSAEINVAL},             /* UNSUCCESSFUL, which has no error of its own */
    };
    struct pending pending;
    START_WINSOCK();
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    pending_init(&pending, false);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        pending.overlapped.Internal = rows[i].status;
        if (result_of(&pending, s) != rows[i].error)
            fail_msg("status 0x%lx is read as %u, expected %u", (unsigned long)rows[i].status,
                     result_of(&pending, s), rows[i].error);
    }
    close_socket(s);
    END_WINSOCK();
}

static void an_event_that_is_none_cannot_be_waited_for(void)
{
    struct pending pending;
    DWORD bytes = (DWORD)UNTOUCHED;
    DWORD flags = 0;
    START_WINSOCK();
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    pending_init(&pending, false);
    pending.overlapped.Internal = IO_IS_PENDING;
    pending.overlapped.hEvent = (HANDLE)(ULONG_PTR)0x00123458u;
    assert_false(WSAGetOverlappedResult(s, &pending.overlapped, &bytes, TRUE, &flags));
    assert_int_equal(WSAGetLastError(), WSA_INVALID_HANDLE);
    assert_int_equal(bytes, UNTOUCHED);
    close_socket(s);
    END_WINSOCK();
}

static void a_request_wants_an_event_that_is_one(void)
{
    struct pending pending;
    START_WINSOCK();
    const struct pair pair = udp_pair();
    pending_init(&pending, false);
    pending.overlapped.hEvent = (HANDLE)(ULONG_PTR)0x00123458u;
    begin_receive(&pending, pair.a);
    OBSERVE_VALUE(bad_event_handle, pending.begun);
    assert_int_equal(pending.count, UNTOUCHED);
    send_text(pair.b, "still there");
    assert_receives(pair.a, "still there");
    close_pair(&pair);
    END_WINSOCK();
}

static void a_failure_leaves_the_count_alone(void)
{
    struct pending pending;
    DWORD bytes = (DWORD)UNTOUCHED;
    DWORD flags = 0;
    START_WINSOCK();
    const SOCKET s = open_socket(AF_INET, SOCK_DGRAM);
    assert_int_equal(bind_loopback(s, 0), 0);
    pending_init(&pending, true);
    assert_false(
        WSAGetOverlappedResult(INVALID_SOCKET, &pending.overlapped, &bytes, FALSE, &flags));
    assert_int_equal(bytes, UNTOUCHED);
    begin_receive(&pending, s);
    assert_false(WSAGetOverlappedResult(s, &pending.overlapped, &bytes, FALSE, &flags));
    assert_int_equal(bytes, UNTOUCHED);
    assert_true(CancelIo((HANDLE)s));
    assert_int_equal(WaitForSingleObject(pending.overlapped.hEvent, PATIENCE_MS), WAIT_OBJECT_0);
    assert_false(WSAGetOverlappedResult(s, &pending.overlapped, &bytes, FALSE, &flags));
    assert_int_equal(WSAGetLastError(), WSA_OPERATION_ABORTED);
    assert_one_of(bytes, 0, UNTOUCHED);
    pending_end(&pending);
    close_socket(s);
    END_WINSOCK();
}

/* Events of requests are waited for like any others: the first that is set is named. */
static void the_first_event_that_is_set_is_named(void)
{
    struct pending pending[3];
    WSAEVENT events[3];
    START_WINSOCK();
    const struct pair one = tcp_pair();
    const struct pair two = udp_pair();
    receive_pends(&pending[0], one.a, true);
    receive_pends(&pending[1], two.a, true);
    receive_pends(&pending[2], one.b, true);
    for (int i = 0; i < 3; i++)
        events[i] = pending[i].overlapped.hEvent;
    assert_int_equal(WSAWaitForMultipleEvents(3, events, FALSE, A_MOMENT_MS, FALSE),
                     WSA_WAIT_TIMEOUT);
    send_text(one.a, "c");
    assert_int_equal(WSAWaitForMultipleEvents(3, events, FALSE, PATIENCE_MS, FALSE),
                     WSA_WAIT_EVENT_0 + 2);
    send_text(two.b, "b");
    assert_int_equal(outcome_of(&pending[1], two.a), 0);
    assert_int_equal(WSAWaitForMultipleEvents(3, events, FALSE, PATIENCE_MS, FALSE),
                     WSA_WAIT_EVENT_0 + 1);
    assert_int_equal(WSAWaitForMultipleEvents(3, events, TRUE, A_MOMENT_MS, FALSE),
                     WSA_WAIT_TIMEOUT);
    send_text(one.b, "a");
    assert_int_equal(WSAWaitForMultipleEvents(3, events, TRUE, PATIENCE_MS, FALSE),
                     WSA_WAIT_EVENT_0);
    for (int i = 0; i < 3; i++)
        pending_end(&pending[i]);
    close_pair(&two);
    close_pair(&one);
    END_WINSOCK();
}

static void what_has_ended_is_the_programs_again(void)
{
    struct pending pending;
    struct pending copy;
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    receive_pends(&pending, pair.a, true);
    send_text(pair.b, "abc");
    assert_int_equal(outcome_of(&pending, pair.a), 0);
    pending_end(&pending);
    memset(&pending, 0xA5, sizeof(pending));
    copy = pending;
    send_text(pair.b, "more");
    Sleep(A_MOMENT_MS);
    assert_memory_equal(&pending, &copy, sizeof(pending));
    assert_receives(pair.a, "more");
    close_pair(&pair);
    END_WINSOCK();
}

static const struct suite_case cases[] = {
    CASE(polling_says_whether_it_has_ended, OVX_029, OVL_025, OVL_026, OVL_032),
    CASE(waiting_for_the_result_waits, OVX_030),
    CASE(the_result_is_there_again_and_again, OVX_029),
    CASE(the_result_belongs_to_a_socket, OVX_031, OVL_030),
    CASE(without_winsock_there_is_no_result, OVL_030),
    CASE(every_status_has_its_error, OVX_032, OVL_025),
    CASE(an_event_that_is_none_cannot_be_waited_for, OVL_028),
    CASE(a_request_wants_an_event_that_is_one, OVL_028),
    CASE(a_failure_leaves_the_count_alone, OVL_032, OVL_027, OVL_025),
    CASE(the_first_event_that_is_set_is_named, OVX_033),
    CASE(what_has_ended_is_the_programs_again, OVX_034),
    END_OF_CASES,
};

const struct suite overlapped_results_suite = {
    .name = "overlapped_results",
    .about = "WSAGetOverlappedResult: what it makes of a request",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
