#include "conformance/suites/pending.h"

SOCKET loopback_listener(void)
{
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    assert_int_equal(bind_loopback(s, 0), 0);
    assert_int_equal(listen(s, SOMAXCONN), 0);
    return s;
}

SOCKET bound_tcp(void)
{
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    assert_int_equal(bind_loopback(s, 0), 0);
    return s;
}

struct sockaddr_in name_of_socket(SOCKET s)
{
    struct sockaddr_in name;
    int size = sizeof(name);
    assert_int_equal(getsockname(s, (struct sockaddr *)&name, &size), 0);
    return name;
}

SOCKET connected_to(SOCKET listener)
{
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    const struct sockaddr_in name = name_of_socket(listener);
    assert_int_equal(connect(s, (const struct sockaddr *)&name, sizeof(name)), 0);
    return s;
}

struct pair tcp_pair(void)
{
    const SOCKET listener = loopback_listener();
    struct pair pair;
    pair.a = connected_to(listener);
    pair.b = accept(listener, NULL, NULL);
    assert_true(pair.b != INVALID_SOCKET);
    close_socket(listener);
    return pair;
}

struct pair udp_pair(void)
{
    struct pair pair = {open_socket(AF_INET, SOCK_DGRAM), open_socket(AF_INET, SOCK_DGRAM)};
    struct sockaddr_in name;
    assert_int_equal(bind_loopback(pair.a, 0), 0);
    assert_int_equal(bind_loopback(pair.b, 0), 0);
    name = name_of_socket(pair.b);
    assert_int_equal(connect(pair.a, (const struct sockaddr *)&name, sizeof(name)), 0);
    name = name_of_socket(pair.a);
    assert_int_equal(connect(pair.b, (const struct sockaddr *)&name, sizeof(name)), 0);
    return pair;
}

struct pair pair_of(int type)
{
    return type == SOCK_STREAM ? tcp_pair() : udp_pair();
}

void close_pair(const struct pair *pair)
{
    close_socket(pair->a);
    close_socket(pair->b);
}

void send_text(SOCKET s, const char *text)
{
    assert_int_equal(send(s, text, (int)strlen(text), 0), (int)strlen(text));
}

void assert_receives(SOCKET s, const char *text)
{
    char bytes[PENDING_BYTES + 1];
    const size_t size = strlen(text);
    size_t have = 0;
    memset(bytes, 0, sizeof(bytes));
    while (have < size) {
        const int got = recv(s, bytes + have, (int)(size - have), 0);
        if (got <= 0)
            fail_msg("recv answered %d, error %d, after '%s'", got, WSAGetLastError(), bytes);
        have += (size_t)got;
    }
    assert_string_equal(bytes, text);
}

/* ---- Requests -------------------------------------------------------------------------------- */

void pending_init(struct pending *pending, bool event)
{
    memset(pending, 0, sizeof(*pending));
    memset(pending->bytes, 0, sizeof(pending->bytes));
    pending->count = (DWORD)UNTOUCHED;
    if (event) {
        pending->overlapped.hEvent = WSACreateEvent();
        assert_true(pending->overlapped.hEvent != WSA_INVALID_EVENT);
    }
}

void pending_end(struct pending *pending)
{
    if (pending->overlapped.hEvent != NULL)
        assert_true(WSACloseEvent(pending->overlapped.hEvent));
    pending->overlapped.hEvent = NULL;
}

static void begin_receive_any(struct pending *pending, SOCKET s, DWORD size,
                              LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    WSABUF buffer = {size, pending->bytes};
    pending->flags = 0;
    pending->begun = winsock_outcome(
        WSARecv(s, &buffer, 1, &pending->count, &pending->flags, &pending->overlapped, routine));
}

void begin_receive_of(struct pending *pending, SOCKET s, DWORD size)
{
    begin_receive_any(pending, s, size, NULL);
}

void begin_receive(struct pending *pending, SOCKET s)
{
    begin_receive_any(pending, s, PENDING_BYTES, NULL);
}

void begin_receive_with_routine(struct pending *pending, SOCKET s)
{
    begin_receive_any(pending, s, PENDING_BYTES, record_completion);
}

void begin_send(struct pending *pending, SOCKET s, const char *text)
{
    WSABUF buffer = {(u_long)strlen(text), pending->bytes};
    memcpy(pending->bytes, text, strlen(text));
    pending->begun =
        winsock_outcome(WSASend(s, &buffer, 1, &pending->count, 0, &pending->overlapped, NULL));
}

void begin_address_change(struct pending *pending, SOCKET s)
{
    pending->begun = winsock_outcome(WSAIoctl(s, SIO_ADDRESS_LIST_CHANGE, NULL, 0, NULL, 0,
                                              &pending->count, &pending->overlapped, NULL));
}

void begin_address_change_with_routine(struct pending *pending, SOCKET s)
{
    pending->begun =
        winsock_outcome(WSAIoctl(s, SIO_ADDRESS_LIST_CHANGE, NULL, 0, NULL, 0, &pending->count,
                                 &pending->overlapped, record_completion));
}

void begin_acquire(struct pending *pending, SOCKET s, USHORT first, USHORT count,
                   LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    pending->range.StartPort = htons(first);
    pending->range.NumberOfPorts = count;
    pending->begun = winsock_outcome(
        reservation_ioctl(s, SIO_ACQUIRE_PORT_RESERVATION, &pending->range, sizeof(pending->range),
                          &pending->instance, sizeof(pending->instance), &pending->count,
                          &pending->overlapped, routine));
}

void begin_token(struct pending *pending, SOCKET s, DWORD code, ULONG64 token,
                 LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    pending->token = token;
    pending->begun =
        winsock_outcome(reservation_ioctl(s, code, &pending->token, sizeof(pending->token), NULL, 0,
                                          &pending->count, &pending->overlapped, routine));
}

void require_slow_reservations(void)
{
    require_reservations();
    REQUIRE_TESTBED(testbed_slow_reservations(SLOW_MS));
}

void receive_pends(struct pending *pending, SOCKET s, bool event)
{
    pending_init(pending, event);
    begin_receive(pending, s);
    assert_int_equal(pending->begun, WSA_IO_PENDING);
}

void receive_pends_with_routine(struct pending *pending, SOCKET s)
{
    pending_init(pending, false);
    begin_receive_with_routine(pending, s);
    assert_int_equal(pending->begun, WSA_IO_PENDING);
}

unsigned result_of(struct pending *pending, SOCKET s)
{
    DWORD flags = 0;
    if (WSAGetOverlappedResult(s, &pending->overlapped, &pending->size, FALSE, &flags))
        return 0;
    return winsock_outcome(SOCKET_ERROR);
}

unsigned outcome_of(struct pending *pending, SOCKET s)
{
    assert_int_equal(WaitForSingleObject(pending->overlapped.hEvent, PATIENCE_MS), WAIT_OBJECT_0);
    return result_of(pending, s);
}

void assert_still_pends(const struct pending *pending)
{
    if (pending->overlapped.hEvent != NULL)
        assert_int_equal(WaitForSingleObject(pending->overlapped.hEvent, A_MOMENT_MS),
                         WAIT_TIMEOUT);
    else
        Sleep(A_MOMENT_MS);
    assert_int_equal(pending->overlapped.Internal, IO_IS_PENDING);
}

void CALLBACK record_completion(DWORD error, DWORD transferred, LPWSAOVERLAPPED overlapped,
                                DWORD flags)
{
    struct pending *pending = (struct pending *)(void *)overlapped;
    pending->error = error;
    pending->transferred = transferred;
    pending->routine_flags = flags;
    pending->thread = GetCurrentThreadId();
    pending->calls++;
}

void await_routine(const struct pending *pending)
{
    for (unsigned i = 0; i < 100 && pending->calls == 0; i++)
        SleepEx(PATIENCE_MS / 100, TRUE);
    assert_int_equal(pending->calls, 1);
}

void assert_no_routine_waits(void)
{
    assert_int_equal(SleepEx(A_MOMENT_MS, TRUE), 0);
}

/* ---- Completion ports ------------------------------------------------------------------------ */

HANDLE new_port(DWORD concurrency)
{
    const HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, concurrency);
    assert_non_null(port);
    return port;
}

void associate_port(HANDLE port, SOCKET s, ULONG_PTR key)
{
    assert_ptr_equal(CreateIoCompletionPort((HANDLE)s, port, key, 0), port);
}

struct taken take_within(HANDLE port, DWORD milliseconds)
{
    struct taken taken = {0, 0, 0, NULL};
    if (!GetQueuedCompletionStatus(port, &taken.bytes, &taken.key, &taken.overlapped, milliseconds))
        taken.error = GetLastError();
    return taken;
}

void assert_packet(HANDLE port, const struct pending *pending, ULONG_PTR key, DWORD error,
                   DWORD bytes)
{
    const struct taken taken = take_within(port, PATIENCE_MS);
    assert_int_equal(taken.error, error);
    assert_ptr_equal(taken.overlapped, &pending->overlapped);
    assert_int_equal(taken.key, key);
    assert_int_equal(taken.bytes, bytes);
}

void assert_port_empty(HANDLE port)
{
    const struct taken taken = take_within(port, A_MOMENT_MS);
    assert_int_equal(taken.error, WAIT_TIMEOUT);
    assert_null(taken.overlapped);
}

SOCKET duplicate_of(SOCKET s)
{
    WSAPROTOCOL_INFOW info;
    SOCKET copy;
    assert_int_equal(WSADuplicateSocketW(s, GetCurrentProcessId(), &info), 0);
    copy = WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0,
                      WSA_FLAG_OVERLAPPED);
    assert_true(copy != INVALID_SOCKET);
    return copy;
}

/* ---- Threads --------------------------------------------------------------------------------- */

HANDLE start_thread(LPTHREAD_START_ROUTINE run, void *parameter)
{
    const HANDLE thread = CreateThread(NULL, 0, run, parameter, 0, NULL);
    assert_non_null(thread);
    return thread;
}

DWORD join_thread(HANDLE thread)
{
    DWORD code = STILL_ACTIVE;
    assert_int_equal(WaitForSingleObject(thread, PATIENCE_MS), WAIT_OBJECT_0);
    assert_true(GetExitCodeThread(thread, &code));
    assert_true(CloseHandle(thread));
    return code;
}

bool becomes(const volatile LONG *word, LONG value)
{
    for (int i = 0; i < PATIENCE_MS && *word != value; i++)
        Sleep(1);
    return *word == value;
}

void assert_becomes(const volatile LONG *word, LONG value)
{
    assert_true(becomes(word, value));
}

/* ---- Extension functions --------------------------------------------------------------------- */

static void find_extension(SOCKET s, GUID id, void *function, DWORD size)
{
    DWORD returned = 0;
    assert_int_equal(WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof(id), function,
                              size, &returned, NULL, NULL),
                     0);
}

LPFN_ACCEPTEX acceptex_of(SOCKET s)
{
    const GUID id = WSAID_ACCEPTEX;
    LPFN_ACCEPTEX function = NULL;
    find_extension(s, id, &function, sizeof(function));
    return function;
}

LPFN_CONNECTEX connectex_of(SOCKET s)
{
    const GUID id = WSAID_CONNECTEX;
    LPFN_CONNECTEX function = NULL;
    find_extension(s, id, &function, sizeof(function));
    return function;
}

LPFN_DISCONNECTEX disconnectex_of(SOCKET s)
{
    const GUID id = WSAID_DISCONNECTEX;
    LPFN_DISCONNECTEX function = NULL;
    find_extension(s, id, &function, sizeof(function));
    return function;
}

void begin_accept(struct pending *pending, SOCKET listener, SOCKET acceptor, DWORD receive)
{
    const LPFN_ACCEPTEX accept_ex = acceptex_of(listener);
    assert_true(receive + 2 * ACCEPTEX_ADDRESS <= sizeof(pending->bytes));
    pending->begun = accept_ex(listener, acceptor, pending->bytes, receive, ACCEPTEX_ADDRESS,
                               ACCEPTEX_ADDRESS, &pending->count, &pending->overlapped)
                         ? 0
                         : winsock_outcome(SOCKET_ERROR);
}

void accept_pends(struct pending *pending, SOCKET listener, SOCKET acceptor, DWORD receive)
{
    begin_accept(pending, listener, acceptor, receive);
    assert_int_equal(pending->begun, WSA_IO_PENDING);
}
