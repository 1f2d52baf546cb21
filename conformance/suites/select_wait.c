/* select while it waits: for how long, for whom, and what happens meanwhile. */
#include "conformance/suites/readiness.h"

static void a_wait_of_no_time_only_looks(void)
{
    struct timeval limit = milliseconds(0);
    START_WINSOCK();
    const SOCKET s = datagram_socket();
    const ULONGLONG before = GetTickCount64();
    fd_set set = set_of(s);
    assert_int_equal(select(0, &set, NULL, NULL, &limit), 0);
    assert_in_range(GetTickCount64() - before, 0, STREAM_PATIENCE_MS / 2);
    close_socket(s);
    END_WINSOCK();
}

static void a_wait_lasts_as_long_as_asked(void)
{
    struct timeval limit = milliseconds(60);
    START_WINSOCK();
    const SOCKET s = datagram_socket();
    const ULONGLONG before = GetTickCount64();
    fd_set set = set_of(s);
    assert_int_equal(select(0, &set, NULL, NULL, &limit), 0);
    assert_in_range(GetTickCount64() - before, 45, STREAM_PATIENCE_MS);
    assert_int_equal(set.fd_count, 0);
    close_socket(s);
    END_WINSOCK();
}

static void the_time_is_not_written_to(void)
{
    struct timeval limit = milliseconds(1234);
    START_WINSOCK();
    const SOCKET s = datagram_socket();
    fd_set set = set_of(s);
    assert_int_equal(select(0, NULL, &set, NULL, &limit), 1);
    assert_int_equal(limit.tv_sec, 1);
    assert_int_equal(limit.tv_usec, 234000);
    limit = milliseconds(5);
    set = set_of(s);
    assert_int_equal(select(0, &set, NULL, NULL, &limit), 0);
    assert_int_equal(limit.tv_sec, 0);
    assert_int_equal(limit.tv_usec, 5000);
    close_socket(s);
    END_WINSOCK();
}

static void a_time_below_zero_is_none(void)
{
    struct timeval limit;
    START_WINSOCK();
    const SOCKET s = udp_socket();
    fd_set set = set_of(s);
    limit.tv_sec = -1;
    limit.tv_usec = 0;
    assert_fails_with(select(0, NULL, &set, NULL, &limit), WSAEINVAL);
    close_socket(s);
    END_WINSOCK();
}

struct task {
    SOCKET s;
    USHORT port;
    HANDLE waits; /* set when the other is about to wait */
    bool done;
};

static DWORD WINAPI send_later(LPVOID parameter)
{
    struct task *const task = parameter;
    WaitForSingleObject(task->waits, STREAM_PATIENCE_MS);
    task->done = send_datagram(task->s, "x", 1, task->port) == 0;
    return 0;
}

static DWORD WINAPI close_later(LPVOID parameter)
{
    struct task *const task = parameter;
    WaitForSingleObject(task->waits, STREAM_PATIENCE_MS);
    Sleep(20); /* nothing tells that another thread waits */
    task->done = closesocket(task->s) == 0;
    return 0;
}

static struct task task_for(SOCKET s, USHORT port)
{
    const struct task task = {s, port, CreateEventA(NULL, TRUE, FALSE, NULL), false};
    return task;
}

static void without_a_time_it_waits_until_something_comes(void)
{
    START_WINSOCK();
    const SOCKET a = datagram_socket(), b = datagram_socket(), c = datagram_socket();
    struct task task = task_for(a, bound_port(b));
    const HANDLE thread = start_thread(send_later, &task);
    fd_set set = set_of(c);
    set.fd_array[set.fd_count++] = b;
    SetEvent(task.waits);
    assert_int_equal(select(0, &set, NULL, NULL, NULL), 1);
    assert_int_equal(set.fd_count, 1);
    assert_true(set.fd_array[0] == b);
    join_thread(thread);
    assert_true(task.done);
    assert_true(CloseHandle(task.waits));
    close_socket(a);
    close_socket(b);
    close_socket(c);
    END_WINSOCK();
}

static void a_socket_closed_meanwhile_can_be_read(void)
{
    struct timeval limit = milliseconds(STREAM_PATIENCE_MS);
    START_WINSOCK();
    const SOCKET s = datagram_socket();
    struct task task = task_for(s, 0);
    const HANDLE thread = start_thread(close_later, &task);
    fd_set set = set_of(s);
    SetEvent(task.waits);
    assert_int_equal(select(0, &set, NULL, NULL, &limit), 1);
    assert_int_equal(set.fd_count, 1);
    assert_true(set.fd_array[0] == s);
    join_thread(thread);
    assert_true(CloseHandle(task.waits));
    END_WINSOCK();
}

static void a_socket_closed_meanwhile_is_no_exception(void)
{
    struct timeval limit = milliseconds(STREAM_PATIENCE_MS);
    START_WINSOCK();
    const SOCKET s = datagram_socket();
    struct task task = task_for(s, 0);
    const HANDLE thread = start_thread(close_later, &task);
    fd_set set = set_of(s);
    SetEvent(task.waits);
    assert_fails_with(select(0, NULL, NULL, &set, &limit), WSAENOTSOCK);
    join_thread(thread);
    assert_true(CloseHandle(task.waits));
    END_WINSOCK();
}

static void CALLBACK count_call(ULONG_PTR parameter)
{
    ++*(int *)parameter;
}

static void apcs_run_while_it_waits(void)
{
    struct timeval limit = milliseconds(20);
    int calls = 0;
    START_WINSOCK();
    const SOCKET s = datagram_socket();
    fd_set set = set_of(s);
    assert_true(QueueUserAPC(count_call, GetCurrentThread(), (ULONG_PTR)&calls) != 0);
    assert_int_equal(select(0, &set, NULL, NULL, &limit), 0);
    assert_int_equal(calls, 1);
    close_socket(s);
    END_WINSOCK();
}

static void apcs_do_not_run_when_it_need_not_wait(void)
{
    struct timeval limit = milliseconds(STREAM_PATIENCE_MS);
    int calls = 0;
    START_WINSOCK();
    const SOCKET s = datagram_socket();
    fd_set set = set_of(s);
    assert_true(QueueUserAPC(count_call, GetCurrentThread(), (ULONG_PTR)&calls) != 0);
    assert_int_equal(select(0, NULL, &set, NULL, &limit), 1);
    assert_int_equal(calls, 0);
    assert_int_equal(SleepEx(0, TRUE), WAIT_IO_COMPLETION);
    assert_int_equal(calls, 1);
    close_socket(s);
    END_WINSOCK();
}

static void sets_are_kept_by_macros(void)
{
    fd_set set;
    FD_ZERO(&set);
    assert_int_equal(set.fd_count, 0);
    FD_SET((SOCKET)40, &set);
    FD_SET((SOCKET)44, &set);
    FD_SET((SOCKET)48, &set);
    FD_SET((SOCKET)44, &set);
    assert_int_equal(set.fd_count, 3);
    assert_true(FD_ISSET((SOCKET)44, &set));
    FD_CLR((SOCKET)40, &set);
    assert_int_equal(set.fd_count, 2);
    assert_true(set.fd_array[0] == 44);
    assert_true(set.fd_array[1] == 48);
    assert_false(FD_ISSET((SOCKET)40, &set));
    for (SOCKET s = 100; s < 100 + 4 * FD_SETSIZE; s += 4)
        FD_SET(s, &set);
    assert_int_equal(set.fd_count, FD_SETSIZE);
    assert_true(FD_ISSET((SOCKET)100, &set));
    assert_false(FD_ISSET((SOCKET)(96 + 4 * FD_SETSIZE), &set));
}

static void without_startup_nothing_is_selected(void)
{
    struct timeval limit = milliseconds(0);
    fd_set set = set_of((SOCKET)4);
    assert_int_equal(select(0, &set, NULL, NULL, &limit), SOCKET_ERROR);
    assert_one_of(WSAGetLastError(), WSANOTINITIALISED, WSAENOTSOCK); /* `not_started` */
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(a_wait_of_no_time_only_looks, SEL_025),
    CASE(a_wait_lasts_as_long_as_asked, SEL_026),
    CASE(the_time_is_not_written_to, SEL_027),
    CASE(a_time_below_zero_is_none, SEL_028),
    CASE(without_a_time_it_waits_until_something_comes, SEL_029),
    CASE(a_socket_closed_meanwhile_can_be_read, SEL_030),
    CASE(a_socket_closed_meanwhile_is_no_exception, SEL_031),
    CASE(apcs_run_while_it_waits, SEL_032),
    CASE(apcs_do_not_run_when_it_need_not_wait, SEL_033),
    CASE(sets_are_kept_by_macros, SEL_034),
    CASE(without_startup_nothing_is_selected, SEL_035),
    END_OF_CASES,
};
// clang-format on

const struct suite select_wait_suite = {
    .name = "select_wait",
    .about = "select: waiting",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
