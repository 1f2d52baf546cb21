/* kernel32's calls on sockets with I/O that pends. */
#include "sim/runtime/test_guest.h"

#include "sim/winsock/winsock.h"

static SOCKET receiver, sender; /* datagram sockets of loopback; the sender is connected */
static char buffer[16];
static WSABUF place = {.len = sizeof buffer, .buf = buffer};

static SOCKET udp_socket(void)
{
    SOCKET s = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    assert_int_not_equal(s, INVALID_SOCKET);
    return s;
}

static int enter(void **state)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    (void)state;
    enter_machine(6);
    receiver = udp_socket();
    sender = udp_socket();
    assert_int_equal(bind_port(receiver, 0), 0);
    address.sin_port = htons((USHORT)port_of(receiver));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(sender, (const struct sockaddr *)&address, sizeof address), 0);
    return 0;
}

static void receive(OVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    DWORD flags = 0;
    assert_int_equal(WSARecv(receiver, &place, 1, NULL, &flags, overlapped, routine), SOCKET_ERROR);
    assert_int_equal(WSAGetLastError(), WSA_IO_PENDING);
    assert_false(HasOverlappedIoCompleted(overlapped));
}

static void arrive(const char *text)
{
    assert_int_equal(send(sender, text, (int)strlen(text), 0), (int)strlen(text));
    Sleep(1);
}

/* ---- Told by a port, an event, a routine, the pool ------------------------------------------- */

static void a_packet_tells_bytes_and_failure(void **state)
{
    (void)state;
    OVERLAPPED a = {0}, b = {0}, *got = NULL;
    DWORD bytes = 0;
    ULONG_PTR key = 0;
    HANDLE port = CreateIoCompletionPort((HANDLE)receiver, NULL, 77, 0);
    assert_non_null(port);
    receive(&a, NULL);
    receive(&b, NULL);
    arrive("four");
    assert_true(GetQueuedCompletionStatus(port, &bytes, &key, &got, 0));
    assert_ptr_equal(got, &a);
    assert_int_equal(bytes, 4);
    assert_int_equal(key, 77);
    assert_false(GetQueuedCompletionStatus(port, &bytes, &key, &got, 0));

    assert_true(CancelIoEx((HANDLE)receiver, &b));
    assert_false(GetQueuedCompletionStatus(port, &bytes, &key, &got, 0));
    assert_int_equal(GetLastError(), ERROR_OPERATION_ABORTED);
    assert_ptr_equal(got, &b);
    assert_int_equal(bytes, 0);
    assert_int_equal(key, 77);
    assert_false(CancelIoEx((HANDLE)receiver, &b));
    assert_int_equal(GetLastError(), ERROR_NOT_FOUND);
}

static void the_low_bit_of_the_event_keeps_the_packet_away(void **state)
{
    (void)state;
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    HANDLE port = CreateIoCompletionPort((HANDLE)receiver, NULL, 1, 0);
    OVERLAPPED overlapped = {.hEvent = (HANDLE)((ULONG_PTR)event | 1)}, *got;
    DWORD bytes = 0;
    ULONG_PTR key;
    receive(&overlapped, NULL);
    arrive("abc");
    assert_int_equal(WaitForSingleObject(event, 0), WAIT_OBJECT_0);
    assert_true(GetOverlappedResult((HANDLE)receiver, &overlapped, &bytes, TRUE));
    assert_int_equal(bytes, 3);
    assert_false(GetQueuedCompletionStatus(port, &bytes, &key, &got, 0));
    assert_int_equal(GetLastError(), WAIT_TIMEOUT);

    receive(&overlapped, NULL); /* and it is waited for all the same */
    assert_false(GetOverlappedResultEx((HANDLE)receiver, &overlapped, &bytes, 5, FALSE));
    assert_int_equal(GetLastError(), WAIT_TIMEOUT);
    assert_true(CancelIo((HANDLE)receiver)); /* the OVERLAPPED goes with this frame */
}

static void modes_add_up(void **state)
{
    (void)state;
    HANDLE port = CreateIoCompletionPort((HANDLE)receiver, NULL, 1, 0);
    OVERLAPPED overlapped = {0}, *got;
    DWORD bytes = 0, flags = 0;
    ULONG_PTR key;
    assert_true(
        SetFileCompletionNotificationModes((HANDLE)receiver, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS));
    assert_true(
        SetFileCompletionNotificationModes((HANDLE)receiver, FILE_SKIP_SET_EVENT_ON_HANDLE));
    arrive("12");
    assert_int_equal(WSARecv(receiver, &place, 1, &bytes, &flags, &overlapped, NULL), 0);
    assert_int_equal(bytes, 2);
    assert_false(GetQueuedCompletionStatus(port, &bytes, &key, &got, 0));
    receive(&overlapped, NULL);
    arrive("3");
    assert_true(GetQueuedCompletionStatus(port, &bytes, &key, &got, 0));
    assert_int_equal(WaitForSingleObject((HANDLE)receiver, 0), WAIT_TIMEOUT);
}

static char told[16];

static void CALLBACK tell(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped, DWORD flags)
{
    size_t length = strlen(told);
    (void)overlapped;
    (void)flags;
    told[length] = (char)(error == 0 ? '0' + bytes : 'x');
    told[length + 1] = '\0';
}

static void routines_run_in_order_in_an_alertable_wait(void **state)
{
    (void)state;
    OVERLAPPED overlapped[3] = {{0}};
    told[0] = '\0';
    for (int i = 0; i < 3; i++)
        receive(&overlapped[i], tell);
    arrive("1");
    arrive("22");
    assert_true(CancelIo((HANDLE)receiver));
    assert_string_equal(told, "");
    assert_int_equal(SleepEx(INFINITE, TRUE), WAIT_IO_COMPLETION);
    assert_string_equal(told, "12x");
}

static DWORD pool_bytes, pool_error;

static void CALLBACK pool_io(PTP_CALLBACK_INSTANCE instance, PVOID context, PVOID overlapped,
                             ULONG result, ULONG_PTR bytes, PTP_IO io)
{
    (void)instance;
    (void)overlapped;
    assert_ptr_equal(*(PTP_IO *)context, io);
    pool_bytes = (DWORD)bytes;
    pool_error = result;
}

static void WINAPI bound_io(DWORD error, DWORD bytes, LPOVERLAPPED overlapped)
{
    (void)overlapped;
    pool_bytes = bytes;
    pool_error = error;
}

static void the_pool_is_told(void **state)
{
    (void)state;
    OVERLAPPED overlapped = {0};
    PTP_IO io = NULL;
    io = CreateThreadpoolIo((HANDLE)receiver, pool_io, &io, NULL);
    assert_non_null(io);
    StartThreadpoolIo(io);
    receive(&overlapped, NULL);
    arrive("seven..");
    assert_int_equal(pool_bytes, 7);
    assert_int_equal(pool_error, 0);
    StartThreadpoolIo(io);
    receive(&overlapped, NULL);
    assert_true(CancelIoEx((HANDLE)receiver, NULL));
    WaitForThreadpoolIoCallbacks(io, FALSE);
    Sleep(1);
    assert_int_equal(pool_error, ERROR_OPERATION_ABORTED);
    closesocket(receiver);
    CloseThreadpoolIo(io);
}

static void a_bound_callback_is_told(void **state)
{
    (void)state;
    OVERLAPPED overlapped = {0};
    assert_true(BindIoCompletionCallback((HANDLE)receiver, bound_io, 0));
    receive(&overlapped, NULL);
    arrive("ab");
    assert_int_equal(pool_bytes, 2);
    receive(&overlapped, NULL);
    closesocket(receiver);
    Sleep(1);
    assert_int_equal(pool_error, ERROR_OPERATION_ABORTED);
}

/* ---- Sockets as files ------------------------------------------------------------------------ */

static void CALLBACK file_told(DWORD error, DWORD bytes, LPOVERLAPPED overlapped)
{
    tell(error, bytes, overlapped, 0);
}

static void a_socket_is_read_and_written_like_a_file(void **state)
{
    (void)state;
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    static OVERLAPPED a, b;
    DWORD bytes = 9;
    a = (OVERLAPPED){.hEvent = event};
    b = (OVERLAPPED){0};
    assert_false(ReadFile((HANDLE)receiver, buffer, sizeof buffer, &bytes, NULL));
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
    assert_false(ReadFile(event, buffer, sizeof buffer, &bytes, &a));
    assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
    assert_false(ReadFile((HANDLE)receiver, buffer, sizeof buffer, &bytes, &a));
    assert_int_equal(GetLastError(), ERROR_IO_PENDING);
    assert_int_equal(bytes, 0);
    assert_true(WriteFile((HANDLE)sender, "12345", 5, &bytes, &b));
    assert_int_equal(bytes, 5);
    assert_int_equal(WaitForSingleObject(event, 5), WAIT_OBJECT_0);
    assert_true(GetOverlappedResult((HANDLE)receiver, &a, &bytes, TRUE));
    assert_int_equal(bytes, 5);
    assert_memory_equal(buffer, "12345", 5);

    told[0] = '\0';
    assert_true(ReadFileEx((HANDLE)receiver, buffer, sizeof buffer, &a, file_told));
    assert_true(WriteFileEx((HANDLE)sender, "abc", 3, &b, file_told));
    Sleep(1);
    assert_int_equal(SleepEx(0, TRUE), WAIT_IO_COMPLETION);
    assert_string_equal(told, "33");
    assert_false(ReadFileEx((HANDLE)receiver, buffer, sizeof buffer, &a, NULL));

    assert_false(ReadFile((HANDLE)tcp_socket(), buffer, 1, &bytes, &a)); /* not connected */
    assert_int_equal(GetLastError(), ERROR_CONNECTION_INVALID);
}

static void a_socket_without_the_attribute_is_read_by_waiting(void **state)
{
    (void)state;
    SOCKET s = WSASocketA(AF_INET, SOCK_DGRAM, IPPROTO_UDP, NULL, 0, 0);
    u_long on = 1;
    DWORD bytes = 0;
    assert_int_equal(bind_port(s, 4001), 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(4001)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ioctlsocket(s, (LONG)FIONBIO, &on);
    SOCKET other = udp_socket();
    sendto(other, "xyz", 3, 0, (const struct sockaddr *)&to, sizeof to);
    assert_true(
        ReadFile((HANDLE)s, buffer, sizeof buffer, &bytes, NULL)); /* it comes in a moment */
    assert_int_equal(bytes, 3);
}

/* ---- Cancelling ------------------------------------------------------------------------------ */

static DWORD WINAPI cancel_own(LPVOID parameter)
{
    return (DWORD)CancelIo(parameter);
}

static void cancel_io_is_for_the_threads_own(void **state)
{
    (void)state;
    OVERLAPPED overlapped = {0};
    DWORD code = 0;
    receive(&overlapped, NULL);
    HANDLE thread = CreateThread(NULL, 0, cancel_own, (LPVOID)receiver, 0, NULL);
    assert_int_equal(WaitForSingleObject(thread, INFINITE), WAIT_OBJECT_0);
    assert_true(GetExitCodeThread(thread, &code));
    assert_int_equal(code, TRUE); /* that there was nothing is no failure */
    assert_false(HasOverlappedIoCompleted(&overlapped));
    assert_true(CancelIo((HANDLE)receiver));
    assert_true(HasOverlappedIoCompleted(&overlapped));
}

struct blocked {
    int result, error;
};

static DWORD WINAPI block(LPVOID parameter)
{
    struct blocked *blocked = parameter;
    blocked->result = recv(receiver, buffer, sizeof buffer, 0);
    blocked->error = WSAGetLastError();
    return 0;
}

static void a_blocked_call_is_cancelled_from_outside(void **state)
{
    (void)state;
    struct blocked blocked = {0};
    OVERLAPPED overlapped = {0};
    HANDLE thread = CreateThread(NULL, 0, block, &blocked, 0, NULL);
    Sleep(1);
    assert_false(CancelIoEx((HANDLE)receiver, &overlapped)); /* it has no OVERLAPPED */
    assert_true(CancelSynchronousIo(thread));
    assert_int_equal(WaitForSingleObject(thread, 0), WAIT_TIMEOUT);
    assert_int_equal(WaitForSingleObject(thread, 1), WAIT_OBJECT_0);
    assert_int_equal(blocked.result, SOCKET_ERROR);
    assert_int_equal(blocked.error, WSAEINTR); /* `cancelled_synchronous` */

    thread = CreateThread(NULL, 0, block, &blocked, 0, NULL);
    Sleep(1);
    assert_true(CancelIoEx((HANDLE)receiver, NULL));
    assert_int_equal(WaitForSingleObject(thread, 1), WAIT_OBJECT_0);
    assert_int_equal(blocked.error, WSAEINTR);
}

static void a_blocked_thread_may_be_terminated(void **state)
{
    (void)state;
    struct blocked blocked = {.result = 99};
    HANDLE thread = CreateThread(NULL, 0, block, &blocked, 0, NULL);
    Sleep(1);
    assert_true(TerminateThread(thread, 3));
    assert_int_equal(WaitForSingleObject(thread, 0), WAIT_OBJECT_0);
    berth_check(machine);
    assert_false(CancelIoEx((HANDLE)receiver, NULL));
    arrive("x"); /* and nobody takes it */
    assert_int_equal(recv(receiver, buffer, sizeof buffer, 0), 1);
    assert_int_equal(blocked.result, 99);
}

static DWORD WINAPI receive_and_end(LPVOID parameter)
{
    receive(parameter, NULL);
    return 0;
}

static void what_a_thread_began_ends_with_it_unless_a_port_is_to_tell(void **state)
{
    (void)state;
    OVERLAPPED overlapped = {0}, *got;
    DWORD bytes = 0;
    ULONG_PTR key;
    HANDLE thread = CreateThread(NULL, 0, receive_and_end, &overlapped, 0, NULL);
    assert_int_equal(WaitForSingleObject(thread, INFINITE), WAIT_OBJECT_0);
    assert_false(GetOverlappedResult((HANDLE)receiver, &overlapped, &bytes, FALSE));
    assert_int_equal(GetLastError(), ERROR_OPERATION_ABORTED);

    HANDLE port = CreateIoCompletionPort((HANDLE)receiver, NULL, 1, 0);
    thread = CreateThread(NULL, 0, receive_and_end, &overlapped, 0, NULL);
    assert_int_equal(WaitForSingleObject(thread, INFINITE), WAIT_OBJECT_0);
    assert_false(HasOverlappedIoCompleted(&overlapped));
    arrive("late");
    assert_true(GetQueuedCompletionStatus(port, &bytes, &key, &got, 0));
    assert_int_equal(bytes, 4);
}

static void closing_the_handle_ends_what_pends(void **state)
{
    (void)state;
    OVERLAPPED overlapped = {0}, *got;
    DWORD bytes = 0;
    ULONG_PTR key;
    HANDLE port = CreateIoCompletionPort((HANDLE)receiver, NULL, 1, 0), copy = NULL;
    assert_true(DuplicateHandle(GetCurrentProcess(), (HANDLE)receiver, GetCurrentProcess(), &copy,
                                0, FALSE, DUPLICATE_SAME_ACCESS));
    receive(&overlapped, NULL);
    assert_true(CloseHandle(copy));
    assert_false(HasOverlappedIoCompleted(&overlapped));
    assert_true(CloseHandle((HANDLE)receiver));
    assert_false(GetQueuedCompletionStatus(port, &bytes, &key, &got, 0));
    assert_int_equal(GetLastError(), ERROR_OPERATION_ABORTED);
}

static unsigned closes;

static bool count_closes(struct winsock *winsock, struct process *process, void *window,
                         uint32_t message, uint64_t wparam, int64_t lparam)
{
    (void)winsock;
    (void)process;
    (void)window;
    (void)message;
    (void)wparam;
    closes += WSAGETSELECTEVENT(lparam) == FD_CLOSE;
    return true;
}

static bool exists(struct winsock *winsock, struct process *process, void *window)
{
    (void)winsock;
    (void)process;
    return window != NULL;
}

/* A connection whose one end has selected FD_CLOSE; that end. */
static SOCKET selected_connection(unsigned port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((USHORT)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    SOCKET listener = tcp_socket(), s = tcp_socket();
    bind(listener, (const struct sockaddr *)&address, sizeof address);
    listen(listener, 1);
    assert_int_equal(connect(s, (const struct sockaddr *)&address, sizeof address), 0);
    assert_int_not_equal(accept(listener, NULL, NULL), INVALID_SOCKET);
    closesocket(listener);
    assert_int_equal(WSAAsyncSelect(s, (HWND)(uintptr_t)1, 0x500, FD_CLOSE), 0);
    return s;
}

static void close_handle_tells_the_window_what_closesocket_does_not(void **state)
{
    (void)state;
    winsock_attached()->post_message = count_closes;
    winsock_attached()->window_exists = exists;
    closes = 0;
    SOCKET s = selected_connection(4000);
    closesocket(s);
    Sleep(1);
    assert_int_equal(closes, 0);
    s = selected_connection(4001);
    assert_true(CloseHandle((HANDLE)s));
    Sleep(1);
    assert_int_equal(closes, 1);
}

static void a_socket_without_the_attribute_gets_no_port(void **state)
{
    (void)state;
    SOCKET s = WSASocketA(AF_INET, SOCK_DGRAM, IPPROTO_UDP, NULL, 0, 0);
    assert_null(CreateIoCompletionPort((HANDLE)s, NULL, 1, 0));
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
}

/* ---- A deadlock by handle -------------------------------------------------------------------- */

static jmp_buf out;
static char report[2048];

static void note_and_leave(void *context, const char *text)
{
    (void)context;
    snprintf(report, sizeof report, "%s", text);
    longjmp(out, 1);
}

static void a_lock_names_calls_and_handles(void **state)
{
    (void)state;
    static struct blocked blocked;
    static HANDLE handles[2];
    char want[512];
    handles[0] = CreateEventA(NULL, TRUE, FALSE, NULL);
    handles[1] = CreateMutexA(NULL, FALSE, NULL);
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    DWORD id = 0, me = GetCurrentThreadId(), home = GetCurrentProcessId();
    CloseHandle(CreateThread(NULL, 0, block, &blocked, 0, &id));
    Sleep(1);
    berth_on_deadlock(machine, note_and_leave, NULL);
    if (setjmp(out) == 0) {
        WaitForMultipleObjects(2, handles, TRUE, INFINITE);
        fail_msg("a wait without end came back");
    }
    snprintf(want, sizeof want,
             "process %u thread %u waits in WaitForMultipleObjects for event 0x%x, mutex 0x%x\n"
             "process %u thread %u waits in recv for socket 0x%x\n",
             (unsigned)home, (unsigned)me, (unsigned)(ULONG_PTR)handles[0],
             (unsigned)(ULONG_PTR)handles[1], (unsigned)home, (unsigned)id, (unsigned)receiver);
    assert_string_equal(report, want);
    (void)port;
}

static int leave_in_the_lock(void **state)
{
    (void)state;
    berth_free(machine);
    return 0;
}

#define OVERLAPPED_TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        OVERLAPPED_TEST(a_packet_tells_bytes_and_failure),
        OVERLAPPED_TEST(the_low_bit_of_the_event_keeps_the_packet_away),
        OVERLAPPED_TEST(modes_add_up),
        OVERLAPPED_TEST(routines_run_in_order_in_an_alertable_wait),
        OVERLAPPED_TEST(the_pool_is_told),
        OVERLAPPED_TEST(a_bound_callback_is_told),
        OVERLAPPED_TEST(a_socket_is_read_and_written_like_a_file),
        OVERLAPPED_TEST(a_socket_without_the_attribute_is_read_by_waiting),
        OVERLAPPED_TEST(cancel_io_is_for_the_threads_own),
        OVERLAPPED_TEST(a_blocked_call_is_cancelled_from_outside),
        OVERLAPPED_TEST(a_blocked_thread_may_be_terminated),
        OVERLAPPED_TEST(what_a_thread_began_ends_with_it_unless_a_port_is_to_tell),
        OVERLAPPED_TEST(closing_the_handle_ends_what_pends),
        OVERLAPPED_TEST(close_handle_tells_the_window_what_closesocket_does_not),
        OVERLAPPED_TEST(a_socket_without_the_attribute_gets_no_port),
        cmocka_unit_test_setup_teardown(a_lock_names_calls_and_handles, enter, leave_in_the_lock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
