/* Events, waits, threads and handles as the cases need them: what tells a program that an
 * overlapped request has ended, and who shares a socket.
 */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/block.h"
#include "conformance/suites/suite.h"

enum { PATIENCE_MS = 10000 };

static void winsock_events_are_set_reset_and_waited_for(void)
{
    START_WINSOCK();
    const WSAEVENT events[2] = {WSACreateEvent(), WSACreateEvent()};
    assert_true(events[0] != WSA_INVALID_EVENT);
    assert_true(events[1] != WSA_INVALID_EVENT);
    assert_int_equal(WSAWaitForMultipleEvents(2, events, FALSE, 10, FALSE), WSA_WAIT_TIMEOUT);
    assert_true(WSASetEvent(events[1]));
    for (int i = 0; i < 2; i++)
        assert_int_equal(WSAWaitForMultipleEvents(2, events, FALSE, WSA_INFINITE, FALSE),
                         WSA_WAIT_EVENT_0 + 1);
    assert_int_equal(WSAWaitForMultipleEvents(2, events, TRUE, 0, FALSE), WSA_WAIT_TIMEOUT);
    assert_true(WSASetEvent(events[0]));
    assert_int_equal(WSAWaitForMultipleEvents(2, events, TRUE, 0, FALSE), WSA_WAIT_EVENT_0);
    assert_int_equal(WSAWaitForMultipleEvents(2, events, FALSE, 0, FALSE), WSA_WAIT_EVENT_0);
    assert_true(WSAResetEvent(events[0]));
    assert_true(WSAResetEvent(events[1]));
    assert_int_equal(WSAWaitForMultipleEvents(2, events, FALSE, 0, FALSE), WSA_WAIT_TIMEOUT);
    assert_true(WSACloseEvent(events[0]));
    assert_true(WSACloseEvent(events[1]));
    END_WINSOCK();
}

static void a_closed_event_is_no_event(void)
{
    START_WINSOCK();
    const WSAEVENT closed = WSACreateEvent();
    const SOCKET s = tcp_socket();
    assert_true(WSACloseEvent(closed));
    WSASetLastError(0);
    assert_false(WSACloseEvent(closed));
    assert_int_equal(WSAGetLastError(), WSA_INVALID_HANDLE);
    WSASetLastError(0);
    assert_false(WSASetEvent(closed));
    assert_int_equal(WSAGetLastError(), WSA_INVALID_HANDLE);
    WSASetLastError(0);
    assert_false(WSAResetEvent(closed));
    assert_int_equal(WSAGetLastError(), WSA_INVALID_HANDLE);
    WSASetLastError(0);
    assert_int_equal(WSAWaitForMultipleEvents(1, &closed, FALSE, 0, FALSE), WSA_WAIT_FAILED);
    assert_int_equal(WSAGetLastError(), WSA_INVALID_HANDLE);
    assert_false(WSASetEvent((WSAEVENT)s));
    close_socket(s);
    END_WINSOCK();
}

static void a_wait_is_for_one_to_sixty_four_events(void)
{
    WSAEVENT events[WSA_MAXIMUM_WAIT_EVENTS + 1];
    START_WINSOCK();
    for (int i = 0; i <= WSA_MAXIMUM_WAIT_EVENTS; i++)
        events[i] = WSACreateEvent();
    WSASetLastError(0);
    assert_int_equal(WSAWaitForMultipleEvents(0, events, FALSE, 0, FALSE), WSA_WAIT_FAILED);
    assert_int_equal(WSAGetLastError(), WSA_INVALID_PARAMETER);
    WSASetLastError(0);
    assert_int_equal(WSAWaitForMultipleEvents(WSA_MAXIMUM_WAIT_EVENTS + 1, events, FALSE, 0, FALSE),
                     WSA_WAIT_FAILED);
    assert_int_equal(WSAGetLastError(), WSA_INVALID_PARAMETER);
    assert_true(WSASetEvent(events[WSA_MAXIMUM_WAIT_EVENTS - 1]));
    assert_int_equal(WSAWaitForMultipleEvents(WSA_MAXIMUM_WAIT_EVENTS, events, FALSE, 0, FALSE),
                     WSA_WAIT_EVENT_0 + WSA_MAXIMUM_WAIT_EVENTS - 1);
    for (int i = 0; i <= WSA_MAXIMUM_WAIT_EVENTS; i++)
        assert_true(WSACloseEvent(events[i]));
    END_WINSOCK();
}

static void a_manual_event_stays_and_an_automatic_one_goes(void)
{
    const HANDLE manual = CreateEventA(NULL, TRUE, TRUE, NULL);
    const HANDLE automatic = CreateEventW(NULL, FALSE, TRUE, NULL);
    const HANDLE unset = CreateEventW(NULL, TRUE, FALSE, NULL);
    assert_int_equal(WaitForSingleObject(unset, 0), WAIT_TIMEOUT);
    for (int i = 0; i < 2; i++)
        assert_int_equal(WaitForSingleObject(manual, 0), WAIT_OBJECT_0);
    assert_int_equal(WaitForSingleObject(automatic, 0), WAIT_OBJECT_0);
    assert_int_equal(WaitForSingleObject(automatic, 0), WAIT_TIMEOUT);
    assert_true(ResetEvent(manual));
    assert_int_equal(WaitForSingleObject(manual, 0), WAIT_TIMEOUT);
    assert_true(SetEvent(automatic));
    assert_int_equal(WaitForSingleObject(automatic, 0), WAIT_OBJECT_0);
    assert_true(SetEvent(automatic));
    assert_true(ResetEvent(automatic));
    assert_int_equal(WaitForSingleObject(automatic, 0), WAIT_TIMEOUT);
    assert_true(CloseHandle(manual));
    SetLastError(0);
    assert_false(CloseHandle(manual));
    assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
    SetLastError(0);
    assert_false(SetEvent(manual));
    assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
    SetLastError(0);
    assert_false(ResetEvent(manual));
    assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
    SetLastError(0);
    assert_int_equal(WaitForSingleObject(manual, 0), WAIT_FAILED);
    assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
    assert_true(CloseHandle(automatic));
    assert_true(CloseHandle(unset));
}

static void any_of_several_is_told_by_its_place(void)
{
    HANDLE events[3];
    for (int i = 0; i < 3; i++)
        events[i] = CreateEventA(NULL, FALSE, i > 0, NULL);
    assert_int_equal(WaitForMultipleObjects(3, events, TRUE, 0), WAIT_TIMEOUT);
    assert_int_equal(WaitForMultipleObjects(3, events, FALSE, 0), WAIT_OBJECT_0 + 1);
    assert_int_equal(WaitForMultipleObjects(3, events, FALSE, 0), WAIT_OBJECT_0 + 2);
    assert_int_equal(WaitForMultipleObjects(3, events, FALSE, 0), WAIT_TIMEOUT);
    for (int i = 0; i < 3; i++)
        assert_true(SetEvent(events[i]));
    assert_int_equal(WaitForMultipleObjects(3, events, TRUE, 0), WAIT_OBJECT_0);
    assert_int_equal(WaitForMultipleObjects(3, events, FALSE, 0), WAIT_TIMEOUT);
    SetLastError(0);
    assert_int_equal(WaitForMultipleObjects(0, events, FALSE, 0), WAIT_FAILED);
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
    SetLastError(0);
    assert_int_equal(WaitForMultipleObjects(MAXIMUM_WAIT_OBJECTS + 1, events, FALSE, 0),
                     WAIT_FAILED);
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
    for (int i = 0; i < 3; i++)
        assert_true(CloseHandle(events[i]));
}

static void a_wait_lasts_as_long_as_it_says(void)
{
    const HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    const ULONGLONG before = GetTickCount64();
    assert_int_equal(WaitForSingleObject(event, 200), WAIT_TIMEOUT);
    const ULONGLONG between = GetTickCount64();
    assert_in_range(between - before, 180, PATIENCE_MS);
    Sleep(200);
    assert_in_range(GetTickCount64() - between, 180, PATIENCE_MS);
    assert_true(CloseHandle(event));
}

struct relay {
    HANDLE from, to;
    SOCKET s;
    DWORD thread_id;
    unsigned port;
    unsigned associated;
    ULONG64 token;
};

/* Waits for its turn, binds the socket to a port of the block and hands on. */
static DWORD WINAPI run_relay(LPVOID parameter)
{
    struct relay *const relay = parameter;
    relay->thread_id = GetCurrentThreadId();
    SetLastError(77);
    if (WaitForSingleObject(relay->from, PATIENCE_MS) != WAIT_OBJECT_0)
        return 1;
    relay->associated = associate_block(relay->s, relay->token);
    if (relay->associated == 0 && bind_loopback(relay->s, 0) == 0)
        relay->port = bound_port(relay->s);
    SetEvent(relay->to);
    if (relay->port % 2 == 0)
        ExitThread(9);
    return 7;
}

static void threads_share_sockets_and_blocks(void)
{
    enum { LENGTH = 8 };
    struct relay relays[LENGTH];
    HANDLE threads[LENGTH];
    DWORD ids[LENGTH];
    const USHORT port = free_ports(LENGTH);
    START_WINSOCK();
    const struct block block = hold_tcp(port, LENGTH);
    const HANDLE first = CreateEventA(NULL, FALSE, FALSE, NULL);
    HANDLE at = first;
    for (int i = 0; i < LENGTH; i++) {
        const struct relay relay = {
            at, CreateEventA(NULL, FALSE, FALSE, NULL), tcp_socket(), 0, 0, 0, block.token};
        relays[i] = relay;
        at = relay.to;
        threads[i] = CreateThread(NULL, 0, run_relay, &relays[i], 0, i == 3 ? NULL : &ids[i]);
        assert_non_null(threads[i]);
    }
    SetLastError(5);
    assert_int_equal(WaitForMultipleObjects(LENGTH, threads, FALSE, 20), WAIT_TIMEOUT);
    assert_true(SetEvent(first));
    assert_int_equal(WaitForSingleObject(at, PATIENCE_MS), WAIT_OBJECT_0);
    assert_int_equal(WaitForMultipleObjects(LENGTH, threads, TRUE, PATIENCE_MS), WAIT_OBJECT_0);
    assert_int_equal(GetLastError(), 5);
    for (int i = 0; i < LENGTH; i++) {
        assert_int_equal(relays[i].associated, 0);
        assert_true(lies_in(&block, (USHORT)relays[i].port));
        assert_int_equal(bound_port(relays[i].s), relays[i].port);
        if (i != 3)
            assert_int_equal(relays[i].thread_id, ids[i]);
        assert_int_not_equal(relays[i].thread_id, GetCurrentThreadId());
        assert_int_equal(WaitForSingleObject(threads[i], 0), WAIT_OBJECT_0);
        assert_true(CloseHandle(threads[i]));
        assert_true(CloseHandle(relays[i].to));
        close_socket(relays[i].s);
    }
    assert_true(CloseHandle(first));
    let_go(&block);
    END_WINSOCK();
}

static void handles_tell_whether_they_are_inherited(void)
{
    SECURITY_ATTRIBUTES inherited;
    DWORD flags = 1;
    memset(&inherited, 0, sizeof(inherited));
    inherited.nLength = sizeof(inherited);
    inherited.bInheritHandle = TRUE;
    const HANDLE event = CreateEventA(&inherited, TRUE, FALSE, NULL);
    const HANDLE own = CreateEventA(NULL, TRUE, FALSE, NULL);
    START_WINSOCK();
    const SOCKET heirloom = tcp_socket();
    const SOCKET own_socket = WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0,
                                         WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
    assert_true(GetHandleInformation(own, &flags));
    assert_int_equal(flags & HANDLE_FLAG_INHERIT, 0);
    assert_true(GetHandleInformation((HANDLE)own_socket, &flags));
    assert_int_equal(flags & HANDLE_FLAG_INHERIT, 0);
    assert_true(GetHandleInformation((HANDLE)heirloom, &flags));
    assert_int_equal(flags & HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
    assert_true(GetHandleInformation(event, &flags));
    assert_int_equal(flags & HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
    assert_true(SetHandleInformation(event, HANDLE_FLAG_INHERIT, 0));
    assert_true(GetHandleInformation(event, &flags));
    assert_int_equal(flags & HANDLE_FLAG_INHERIT, 0);
    assert_true(SetHandleInformation(event, 0, HANDLE_FLAG_INHERIT));
    assert_true(GetHandleInformation(event, &flags));
    assert_int_equal(flags & HANDLE_FLAG_INHERIT, 0);
    assert_true(SetHandleInformation(event, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT));
    assert_true(GetHandleInformation(event, &flags));
    assert_int_equal(flags & HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
    assert_true(CloseHandle(event));
    SetLastError(0);
    assert_false(GetHandleInformation(event, &flags));
    assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
    SetLastError(0);
    assert_false(SetHandleInformation(event, HANDLE_FLAG_INHERIT, 0));
    assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
    assert_true(CloseHandle(own));
    close_socket(heirloom);
    close_socket(own_socket);
    END_WINSOCK();
}

struct request {
    WSAOVERLAPPED overlapped;
    BOOL started;
};

/* Ends the request as a stack does that finishes later. */
static DWORD WINAPI finish_request(LPVOID parameter)
{
    struct request *const request = parameter;
    request->started = TRUE;
    Sleep(20);
    request->overlapped.InternalHigh = 5;
    request->overlapped.Internal = 0;
    SetEvent(request->overlapped.hEvent);
    return 0;
}

static void a_pending_request_is_polled_or_waited_for(void)
{
    struct request request;
    DWORD bytes = 1234;
    DWORD flags = 1234;
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    memset(&request, 0, sizeof(request));
    request.overlapped.Internal = STATUS_PENDING;
    request.overlapped.hEvent = WSACreateEvent();
    WSASetLastError(0);
    assert_false(WSAGetOverlappedResult(s, &request.overlapped, &bytes, FALSE, &flags));
    assert_int_equal(WSAGetLastError(), WSA_IO_INCOMPLETE);
    assert_int_equal(bytes, 1234);
    const HANDLE thread = CreateThread(NULL, 0, finish_request, &request, 0, NULL);
    assert_true(WSAGetOverlappedResult(s, &request.overlapped, &bytes, TRUE, &flags));
    assert_true(request.started);
    assert_int_equal(bytes, 5);
    assert_int_equal(flags, 0);
    assert_int_equal(WaitForSingleObject(thread, PATIENCE_MS), WAIT_OBJECT_0);
    assert_true(CloseHandle(thread));
    assert_false(
        WSAGetOverlappedResult(INVALID_SOCKET, &request.overlapped, &bytes, FALSE, &flags));
    assert_int_equal(WSAGetLastError(), WSAENOTSOCK);
    assert_true(WSACloseEvent(request.overlapped.hEvent));
    request.overlapped.Internal = STATUS_PENDING;
    assert_false(WSAGetOverlappedResult(s, &request.overlapped, &bytes, TRUE, &flags));
    assert_int_equal(WSAGetLastError(), WSA_INVALID_HANDLE);
    close_socket(s);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(winsock_events_are_set_reset_and_waited_for, ERR_003, ERR_027),
    CASE(a_closed_event_is_no_event, ERR_003),
    CASE(a_wait_is_for_one_to_sixty_four_events, ERR_003),
    CASE(a_manual_event_stays_and_an_automatic_one_goes, ERR_003),
    CASE(any_of_several_is_told_by_its_place, ERR_003),
    CASE(a_wait_lasts_as_long_as_it_says, ERR_003),
    CASE(a_pending_request_is_polled_or_waited_for, ERR_003, IOCTL_001),
    CASE(threads_share_sockets_and_blocks, LIFE_003, BIND_003),
    CASE(handles_tell_whether_they_are_inherited, SHR_006),
    END_OF_CASES,
};
// clang-format on

const struct suite events_suite = {
    .name = "events",
    .about = "Events, waits, threads and handles",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
