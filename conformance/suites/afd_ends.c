/* AFD_POLL: how a poll ends, and who is told. */
#include "conformance/suites/afd.h"

/* A poll for what does not come, begun on a device of its own. */
struct idle {
    HANDLE afd;
    SOCKET s;
    struct poll_call poll;
};

static void idle_begin(struct idle *idle, LONGLONG timeout)
{
    idle->afd = open_afd();
    idle->s = datagram_socket();
    poll_prepare(&idle->poll);
    idle->poll.in.timeout.QuadPart = timeout;
    poll_add(&idle->poll, idle->s, POLL_RECEIVE);
    poll_start(&idle->poll, idle->afd);
}

static void idle_close(struct idle *idle)
{
    poll_close(&idle->poll);
    close_socket(idle->s);
    assert_true(CloseHandle(idle->afd));
}

static void expect_nobody(const struct poll_call *poll)
{
    assert_int_equal(poll->block.information, POLL_HEAD);
    assert_int_equal(poll->out.count, 0);
    assert_true(poll->out.timeout.QuadPart == poll->in.timeout.QuadPart);
}

static void a_poll_ends_when_its_time_is_up(void)
{
    struct idle idle;
    START_WINSOCK();
    const ULONGLONG before = GetTickCount64();
    idle_begin(&idle, -60 * TICKS_IN_MS);
    assert_int_equal(poll_end(&idle.poll), NT_TIMEOUT);
    assert_in_range(GetTickCount64() - before, 45, STREAM_PATIENCE_MS);
    expect_nobody(&idle.poll);
    idle_close(&idle);
    END_WINSOCK();
}

static void no_time_is_success_at_once(void)
{
    struct idle idle;
    START_WINSOCK();
    idle_begin(&idle, 0);
    assert_int_equal(idle.poll.answer, NT_SUCCESS_);
    assert_int_equal(idle.poll.block.u.status, NT_SUCCESS_);
    expect_nobody(&idle.poll);
    idle_close(&idle);
    END_WINSOCK();
}

static void a_time_of_the_clock_that_is_past_ends_it_later(void)
{
    struct idle idle;
    LARGE_INTEGER now;
    START_WINSOCK();
    assert_int_equal(find_ntdll()->NtQuerySystemTime(&now), NT_SUCCESS_);
    idle_begin(&idle, now.QuadPart);
    assert_int_equal(poll_end(&idle.poll), NT_TIMEOUT);
    expect_nobody(&idle.poll);
    idle_close(&idle);
    END_WINSOCK();
}

static void a_time_of_the_clock_that_is_to_come_is_waited_for(void)
{
    struct idle idle;
    LARGE_INTEGER now;
    START_WINSOCK();
    const ULONGLONG before = GetTickCount64();
    assert_int_equal(find_ntdll()->NtQuerySystemTime(&now), NT_SUCCESS_);
    idle_begin(&idle, now.QuadPart + 60 * TICKS_IN_MS);
    assert_int_equal(poll_end(&idle.poll), NT_TIMEOUT);
    assert_in_range(GetTickCount64() - before, 45, STREAM_PATIENCE_MS);
    idle_close(&idle);
    END_WINSOCK();
}

static void without_an_end_it_is_cancelled_by_its_block(void)
{
    struct idle idle;
    struct poll_call other;
    struct status_block block;
    START_WINSOCK();
    idle_begin(&idle, NO_END);
    poll_prepare(&other);
    poll_add(&other, idle.s, POLL_RECEIVE);
    assert_int_equal(poll_start(&other, idle.afd), NT_PENDING);
    assert_true(poll_pends(&idle.poll));
    assert_int_equal(find_ntdll()->NtCancelIoFileEx(idle.afd, &idle.poll.block, &block),
                     NT_SUCCESS_);
    assert_int_equal(poll_end(&idle.poll), NT_CANCELLED);
    assert_true(poll_pends(&other));
    assert_int_equal(find_ntdll()->NtCancelIoFileEx(idle.afd, &idle.poll.block, &block),
                     NT_NOT_FOUND);
    assert_int_equal(find_ntdll()->NtCancelIoFile(idle.afd, &block), NT_SUCCESS_);
    assert_int_equal(poll_end(&other), NT_CANCELLED);
    poll_close(&other);
    idle_close(&idle);
    END_WINSOCK();
}

static void the_block_is_written_at_the_end(void)
{
    struct idle idle;
    START_WINSOCK();
    idle_begin(&idle, -20 * TICKS_IN_MS);
    assert_int_equal(idle.poll.answer, NT_PENDING);
    assert_int_equal(idle.poll.block.u.status, NT_UNTOUCHED);
    assert_int_equal(idle.poll.block.information, 0x4711);
    assert_int_equal(poll_end(&idle.poll), NT_TIMEOUT);
    idle_close(&idle);
    END_WINSOCK();
}

static void a_socket_that_is_closed_is_told_unasked(void)
{
    struct poll_call poll;
    START_WINSOCK();
    const HANDLE afd = open_afd();
    const SOCKET s = datagram_socket();
    poll_prepare(&poll);
    poll_add(&poll, s, 0);
    assert_int_equal(poll_start(&poll, afd), NT_PENDING);
    assert_true(poll_pends(&poll));
    close_socket(s);
    assert_int_equal(poll_end(&poll), NT_SUCCESS_);
    expect_polled(&poll, s, POLL_LOCAL_CLOSE);
    poll_close(&poll);
    assert_true(CloseHandle(afd));
    END_WINSOCK();
}

/* An exclusive poll for reading, or one that is not. */
static void start_for(struct poll_call *poll, HANDLE file, SOCKET s, bool exclusive)
{
    poll_prepare(poll);
    poll->in.exclusive = exclusive;
    poll_add(poll, s, POLL_RECEIVE);
    assert_int_equal(poll_start(poll, file), NT_PENDING);
}

static void cancel_all(HANDLE file)
{
    struct status_block block;
    assert_int_equal(find_ntdll()->NtCancelIoFileEx(file, NULL, &block), NT_SUCCESS_);
}

static void an_exclusive_poll_ends_the_one_before(void)
{
    struct poll_call first, second;
    START_WINSOCK();
    const HANDLE afd = open_afd();
    const SOCKET s = datagram_socket();
    start_for(&first, afd, s, true);
    assert_true(poll_pends(&first));
    start_for(&second, afd, s, true);
    if (poll_end(&first) == NT_SUCCESS_) {
        OBSERVE(afd_poll_displaced, success);
        assert_int_equal(first.out.count, 0);
    } else {
        assert_int_equal(first.block.u.status, NT_CANCELLED);
        OBSERVE(afd_poll_displaced, cancelled);
    }
    OBSERVE(afd_poll_exclusive, ends_it);
    assert_true(poll_pends(&second));
    cancel_all(afd);
    assert_int_equal(poll_end(&second), NT_CANCELLED);
    poll_close(&first);
    poll_close(&second);
    close_socket(s);
    assert_true(CloseHandle(afd));
    END_WINSOCK();
}

static void behind_one_that_is_not_exclusive_all_go_on(void)
{
    struct poll_call first, second, third;
    START_WINSOCK();
    const HANDLE afd = open_afd();
    const SOCKET s = datagram_socket();
    start_for(&first, afd, s, false);
    start_for(&second, afd, s, true);
    start_for(&third, afd, s, true);
    assert_true(poll_pends(&first));
    assert_true(poll_pends(&second));
    assert_true(poll_pends(&third));
    cancel_all(afd);
    poll_close(&first);
    poll_close(&second);
    poll_close(&third);
    close_socket(s);
    assert_true(CloseHandle(afd));
    END_WINSOCK();
}

static void a_file_that_is_closed_and_its_poll(void)
{
    struct poll_call poll;
    START_WINSOCK();
    const SOCKET s = datagram_socket(), asked = tcp_socket();
    poll_prepare(&poll);
    poll.in.timeout.QuadPart = -100 * TICKS_IN_MS;
    poll_add(&poll, s, POLL_RECEIVE);
    assert_int_equal(poll_start(&poll, (HANDLE)asked), NT_PENDING);
    close_socket(asked);
    if (poll_end(&poll) == NT_TIMEOUT)
        OBSERVE(afd_poll_handle_closed, goes_on);
    else
        OBSERVE(afd_poll_handle_closed, ends);
    poll_close(&poll);
    close_socket(s);
    END_WINSOCK();
}

/* ---- Ports ------------------------------------------------------------------------------------*/

struct ported {
    HANDLE afd, port;
    SOCKET from, s;
    struct poll_call poll;
};

static void ported_open(struct ported *p, ULONG events)
{
    p->afd = open_afd();
    p->port = CreateIoCompletionPort(p->afd, NULL, 0x77, 0);
    assert_non_null(p->port);
    p->from = datagram_socket();
    p->s = datagram_socket();
    poll_prepare(&p->poll);
    poll_add(&p->poll, p->s, events);
}

static void ported_close(struct ported *p)
{
    poll_close(&p->poll);
    close_socket(p->s);
    close_socket(p->from);
    assert_true(CloseHandle(p->port));
    assert_true(CloseHandle(p->afd));
}

/* As wepoll asks: no event, and the block as the ApcContext. */
static LONG ask_with_context(struct ported *p)
{
    const ULONG size = POLL_HEAD + POLL_EACH;
    p->poll.block.u.status = NT_PENDING;
    return find_ntdll()->NtDeviceIoControlFile(p->afd, NULL, NULL, &p->poll.block, &p->poll.block,
                                               AFD_POLL_CODE, &p->poll.in, size, &p->poll.out,
                                               size);
}

static bool packet_comes(struct ported *p, DWORD milliseconds)
{
    OVERLAPPED *overlapped = NULL;
    DWORD bytes = 0;
    ULONG_PTR key = 0;
    if (!GetQueuedCompletionStatus(p->port, &bytes, &key, &overlapped, milliseconds))
        return false;
    assert_ptr_equal(overlapped, &p->poll.block);
    assert_int_equal(key, 0x77);
    assert_int_equal(bytes, POLL_HEAD + POLL_EACH);
    return true;
}

static void a_port_gets_one_packet_with_the_context(void)
{
    struct ported p;
    START_WINSOCK();
    ported_open(&p, POLL_RECEIVE);
    assert_int_equal(ask_with_context(&p), NT_PENDING);
    assert_false(packet_comes(&p, 0));
    say(p.from, "x", bound_port(p.s));
    assert_true(packet_comes(&p, STREAM_PATIENCE_MS));
    expect_polled(&p.poll, p.s, POLL_RECEIVE);
    assert_false(packet_comes(&p, QUIET_MS));
    assert_int_equal(ask_with_context(&p), NT_SUCCESS_);
    assert_true(packet_comes(&p, 0));
    assert_false(packet_comes(&p, QUIET_MS));
    ported_close(&p);
    END_WINSOCK();
}

static void without_a_context_there_is_no_packet(void)
{
    struct ported p;
    START_WINSOCK();
    ported_open(&p, POLL_RECEIVE);
    assert_int_equal(poll_start(&p.poll, p.afd), NT_PENDING);
    say(p.from, "x", bound_port(p.s));
    assert_int_equal(poll_end(&p.poll), NT_SUCCESS_);
    assert_int_equal(poll_start(&p.poll, p.afd), NT_SUCCESS_);
    assert_false(packet_comes(&p, QUIET_MS));
    ported_close(&p);
    END_WINSOCK();
}

static void a_success_at_once_may_go_without_a_packet(void)
{
    struct ported p;
    START_WINSOCK();
    ported_open(&p, POLL_RECEIVE);
    assert_true(SetFileCompletionNotificationModes(p.afd, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS));
    assert_int_equal(ask_with_context(&p), NT_PENDING);
    say(p.from, "x", bound_port(p.s));
    assert_true(packet_comes(&p, STREAM_PATIENCE_MS));
    assert_int_equal(ask_with_context(&p), NT_SUCCESS_);
    assert_int_equal(p.poll.block.information, POLL_HEAD + POLL_EACH);
    assert_false(packet_comes(&p, QUIET_MS));
    ported_close(&p);
    END_WINSOCK();
}

/* ---- Routines, and kernel32 -------------------------------------------------------------------*/

static struct routine_ran {
    unsigned count;
    PVOID context;
    struct status_block *block;
} ran;

static VOID WINAPI routine(PVOID context, struct status_block *block, ULONG reserved)
{
    (void)reserved;
    ran.count++;
    ran.context = context;
    ran.block = block;
}

static LONG ask_with_routine(struct poll_call *poll, HANDLE file)
{
    const ULONG size = POLL_HEAD + POLL_EACH;
    return find_ntdll()->NtDeviceIoControlFile(file, NULL, routine, poll, &poll->block,
                                               AFD_POLL_CODE, &poll->in, size, &poll->out, size);
}

static void a_routine_runs_in_an_alertable_wait(void)
{
    struct poll_call poll;
    START_WINSOCK();
    const HANDLE afd = open_afd();
    const SOCKET from = datagram_socket(), s = datagram_socket();
    memset(&ran, 0, sizeof(ran));
    poll_prepare(&poll);
    poll_add(&poll, s, POLL_RECEIVE);
    assert_int_equal(ask_with_routine(&poll, afd), NT_PENDING);
    say(from, "x", bound_port(s));
    assert_becomes(s, SET_READ);
    Sleep(1);
    assert_int_equal(ran.count, 0);
    LARGE_INTEGER time = from_now(STREAM_PATIENCE_MS);
    assert_int_equal(find_ntdll()->NtDelayExecution(TRUE, &time), NT_USER_APC);
    assert_int_equal(ran.count, 1);
    assert_ptr_equal(ran.context, &poll);
    assert_ptr_equal(ran.block, &poll.block);
    expect_polled(&poll, s, POLL_RECEIVE);
    poll_close(&poll);
    close_socket(from);
    close_socket(s);
    assert_true(CloseHandle(afd));
    END_WINSOCK();
}

static void a_routine_is_refused_on_a_file_with_a_port(void)
{
    struct ported p;
    START_WINSOCK();
    ported_open(&p, POLL_SEND);
    assert_int_equal(ask_with_routine(&p.poll, p.afd), NT_INVALID_PARAMETER);
    ported_close(&p);
    END_WINSOCK();
}

static void kernel32_polls_too(void)
{
    struct poll_call poll;
    OVERLAPPED overlapped;
    DWORD bytes = 0;
    START_WINSOCK();
    const HANDLE afd = open_afd();
    const SOCKET from = datagram_socket(), s = datagram_socket();
    const DWORD size = POLL_HEAD + POLL_EACH;
    poll_prepare(&poll);
    poll_add(&poll, s, POLL_RECEIVE);
    memset(&overlapped, 0, sizeof(overlapped));
    overlapped.hEvent = poll.event;
    assert_false(
        DeviceIoControl(afd, AFD_POLL_CODE, &poll.in, size, &poll.out, size, NULL, &overlapped));
    assert_int_equal(GetLastError(), ERROR_IO_PENDING);
    say(from, "x", bound_port(s));
    assert_true(GetOverlappedResult(afd, &overlapped, &bytes, TRUE));
    assert_int_equal(bytes, size);
    assert_int_equal(poll.out.count, 1);
    assert_int_equal(poll.out.sockets[0].events, POLL_RECEIVE);
    poll_close(&poll);
    close_socket(from);
    close_socket(s);
    assert_true(CloseHandle(afd));
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(a_poll_ends_when_its_time_is_up, AFD_012),
    CASE(no_time_is_success_at_once, AFD_013),
    CASE(a_time_of_the_clock_that_is_past_ends_it_later, AFD_014),
    CASE(a_time_of_the_clock_that_is_to_come_is_waited_for, AFD_014),
    CASE(without_an_end_it_is_cancelled_by_its_block, AFD_015, AFD_017),
    CASE(the_block_is_written_at_the_end, AFD_028),
    CASE(a_socket_that_is_closed_is_told_unasked, AFD_016),
    CASE(an_exclusive_poll_ends_the_one_before, AFD_018),
    CASE(behind_one_that_is_not_exclusive_all_go_on, AFD_019),
    CASE(a_file_that_is_closed_and_its_poll, AFD_024),
    CASE(a_port_gets_one_packet_with_the_context, AFD_021),
    CASE(without_a_context_there_is_no_packet, AFD_022),
    CASE(a_success_at_once_may_go_without_a_packet, AFD_023),
    CASE(a_routine_runs_in_an_alertable_wait, AFD_025),
    CASE(a_routine_is_refused_on_a_file_with_a_port, AFD_026),
    CASE(kernel32_polls_too, AFD_029),
    END_OF_CASES,
};
// clang-format on

const struct suite afd_ends_suite = {
    .name = "afd_ends",
    .about = "\\Device\\Afd: how a poll ends",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
