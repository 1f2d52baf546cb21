/* What a layered provider is given, and how it ends what it has begun: by WPUQueueApc or
 * QueueUserAPC in the thread that called, by WPUCompleteOverlappedRequest for events and ports, or
 * in the thread of a blocking hook. The provider is layer.c.
 */
#include "conformance/suites/pending.h"

#include "conformance/suites/layer.h"

enum { KEY = 4711, BYTES = 9 };

static SOCKET open_layered(BOOL ifs)
{
    assert_int_equal(layer_install(ifs), 0);
    const SOCKET s = udp_socket();
    assert_true(s != INVALID_SOCKET);
    assert_int_equal(layer.sockets, 1);
    return s;
}

/* A control request whose code and buffers are the provider's affair. */
static unsigned ask(SOCKET s, WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    DWORD count = 0;
    return winsock_outcome(WSAIoctl(s, 0x12345678, NULL, 0, NULL, 0, &count, overlapped, routine));
}

/* ---- Arguments ------------------------------------------------------------------------------- */

static int answer_success(const struct layer_call *call, LPINT error)
{
    (void)call;
    (void)error;
    return 0;
}

static int answer_an_error(const struct layer_call *call, LPINT error)
{
    (void)call;
    *error = 12345;
    return SOCKET_ERROR;
}

static void the_provider_alone_looks_at_arguments(void)
{
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    START_WINSOCK();
    const SOCKET s = open_layered(FALSE);
    char *const bad = testbed_bad_pointer(TESTBED_NO_ACCESS, 64);
    const struct layer_call sent = {.s = s,
                                    .code = 0xDEADBEEF,
                                    .in = bad,
                                    .in_size = 7,
                                    .out = bad + 1,
                                    .out_size = 0xFFFFFFFF,
                                    .overlapped = (LPWSAOVERLAPPED)(void *)(bad + 3),
                                    .routine = record_completion};
    layer.ioctl = answer_success;
    const int result = WSAIoctl(s, sent.code, sent.in, sent.in_size, sent.out, sent.out_size,
                                sent.count, sent.overlapped, sent.routine);
    if (layer.ioctls == 0)
        OBSERVE(wsaioctl_arguments, the_count);
    OBSERVE(wsaioctl_arguments, nothing);
    assert_int_equal(result, 0);
    assert_int_equal(layer.ioctls, 1);
    assert_true(layer.last.s == s);
    assert_int_equal(layer.last.code, sent.code);
    assert_ptr_equal(layer.last.in, sent.in);
    assert_int_equal(layer.last.in_size, sent.in_size);
    assert_ptr_equal(layer.last.out, sent.out);
    assert_int_equal(layer.last.out_size, sent.out_size);
    assert_null(layer.last.count);
    assert_ptr_equal(layer.last.overlapped, sent.overlapped);
    assert_true(layer.last.routine == sent.routine);
    layer.ioctl = answer_an_error;
    assert_int_equal(ask(s, NULL, NULL), 12345);
    assert_int_equal(winsock_outcome(bind(s, NULL, -1)), WSAEFAULT);
    assert_int_equal(layer.binds, 1);
    END_WINSOCK();
}

/* WSAIoctl has no place for either: ws2_32 adds them. */
static void the_provider_is_told_of_the_thread_and_where_errors_go(void)
{
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    START_WINSOCK();
    const SOCKET s = open_layered(TRUE);
    layer.ioctl = answer_success;
    assert_int_equal(ask(s, NULL, NULL), 0);
    assert_non_null(layer.last.thread);
    assert_true(layer.has_error);
    END_WINSOCK();
}

/* ---- Routines -------------------------------------------------------------------------------- */

/* What was asked of the provider, until its own thread does it. */
static struct {
    struct layer_call call;
    WSATHREADID thread; /* a copy: the call's own is long gone */
    HANDLE handle;      /* the same thread, without Winsock's help */
    bool without_winsock;
    unsigned outcome; /* of what the provider's thread did */
} work;

static DWORD_PTR apc_context;
static DWORD apc_thread;

static void CALLBACK note_apc(DWORD_PTR context)
{
    apc_context = context;
    apc_thread = GetCurrentThreadId();
}

/* Runs in the thread that called, and calls the application's routine there. */
static void CALLBACK finish_work(ULONG_PTR context)
{
    (void)context;
    work.call.routine(WSAECONNRESET, BYTES, work.call.overlapped, MSG_PARTIAL);
}

static int begin_work(const struct layer_call *call, LPINT error)
{
    work.call = *call;
    work.thread = *call->thread;
    assert_true(DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(),
                                &work.handle, 0, FALSE, DUPLICATE_SAME_ACCESS));
    *error = WSA_IO_PENDING;
    return SOCKET_ERROR;
}

static DWORD WINAPI do_work(void *unused)
{
    int error = 0;
    (void)unused;
    if (work.without_winsock)
        work.outcome = QueueUserAPC(finish_work, work.handle, 0) != 0 ? 0 : GetLastError();
    else if (layer.upcalls.lpWPUQueueApc(&work.thread, finish_work, 0, &error) != 0)
        work.outcome = (unsigned)error;
    return 0;
}

static void work_ends_in_the_callers_thread(bool without_winsock)
{
    struct pending pending;
    START_WINSOCK();
    const SOCKET s = open_layered(FALSE);
    memset(&work, 0, sizeof(work));
    work.without_winsock = without_winsock;
    layer.ioctl = begin_work;
    pending_init(&pending, false);
    assert_int_equal(ask(s, &pending.overlapped, record_completion), WSA_IO_PENDING);
    join_thread(start_thread(do_work, NULL));
    assert_int_equal(work.outcome, 0);
    assert_int_equal(pending.calls, 0);
    assert_int_equal(SleepEx(0, TRUE), WAIT_IO_COMPLETION);
    assert_int_equal(pending.calls, 1);
    assert_int_equal(pending.error, WSAECONNRESET);
    assert_int_equal(pending.transferred, BYTES);
    assert_int_equal(pending.routine_flags, MSG_PARTIAL);
    assert_int_equal(pending.thread, GetCurrentThreadId());
    assert_true(CloseHandle(work.handle));
    END_WINSOCK();
}

static void a_provider_ends_its_work_in_the_callers_thread(void)
{
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    work_ends_in_the_callers_thread(false);
}

static void it_may_do_so_without_winsock(void)
{
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    work_ends_in_the_callers_thread(true);
}

/* The lower provider is called by another thread than began, with the first one's id. */
static DWORD WINAPI pass_on_work(void *unused)
{
    int error = 0;
    (void)unused;
    if (layer_pass_on(&work.call, &work.thread, &error) != 0)
        work.outcome = (unsigned)error;
    memset(&work.thread, 0, sizeof(work.thread)); /* the lower provider has its own copy */
    return (DWORD)SleepEx(A_MOMENT_MS, TRUE);
}

static void a_routine_runs_in_the_thread_the_id_names(void)
{
    struct pending pending;
    DWORD count = 0;
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    START_WINSOCK();
    const SOCKET s = open_layered(TRUE);
    memset(&work, 0, sizeof(work));
    layer.ioctl = begin_work;
    pending_init(&pending, false);
    assert_fails_with(WSAIoctl(s, SIO_ADDRESS_LIST_CHANGE, NULL, 0, NULL, 0, &count,
                               &pending.overlapped, record_completion),
                      WSA_IO_PENDING);
    const HANDLE thread = start_thread(pass_on_work, NULL);
    Sleep(1);
    assert_int_equal(work.outcome, WSA_IO_PENDING);
    assert_true(CancelIoEx((HANDLE)s, (OVERLAPPED *)&pending.overlapped));
    assert_int_equal(join_thread(thread), 0);
    assert_int_equal(pending.calls, 0);
    await_routine(&pending);
    assert_int_equal(pending.thread, GetCurrentThreadId());
    assert_int_equal(pending.error, WSA_OPERATION_ABORTED);
    assert_true(CloseHandle(work.handle));
    END_WINSOCK();
}

static DWORD WINAPI queue_to_the_caller(void *context)
{
    int error = 0;
    if (layer.upcalls.lpWPUQueueApc(&layer.caller, note_apc, (DWORD_PTR)context, &error) != 0)
        return (DWORD)error;
    return (DWORD)SleepEx(0, TRUE); /* it is not this thread's */
}

static void a_routine_may_be_queued_from_any_thread(void)
{
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    START_WINSOCK();
    const SOCKET s = open_layered(TRUE);
    layer.ioctl = answer_success;
    assert_int_equal(ask(s, NULL, NULL), 0);
    apc_context = 0;
    const DWORD ran_there = join_thread(start_thread(queue_to_the_caller, (void *)(DWORD_PTR)5));
    if (ran_there == WAIT_IO_COMPLETION)
        OBSERVE(provider_apc, to_the_caller);
    assert_int_equal(ran_there, 0);
    assert_int_equal(apc_context, 0);
    assert_int_equal(SleepEx(0, TRUE), WAIT_IO_COMPLETION);
    assert_int_equal(apc_context, 5);
    assert_int_equal(apc_thread, GetCurrentThreadId());
    END_WINSOCK();
}

static void the_whole_context_arrives(void)
{
    const DWORD_PTR whole = (DWORD_PTR)0x89ABCDEF01234567u;
    int error = 0;
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    START_WINSOCK();
    const SOCKET s = open_layered(TRUE);
    layer.ioctl = answer_success;
    assert_int_equal(ask(s, NULL, NULL), 0);
    apc_context = 0;
    assert_int_equal(layer.upcalls.lpWPUQueueApc(&layer.caller, note_apc, whole, &error), 0);
    assert_int_equal(SleepEx(0, TRUE), WAIT_IO_COMPLETION);
    if (apc_context != whole && apc_context == (DWORD)whole)
        OBSERVE(provider_apc, narrow);
    assert_true(apc_context == whole);
    END_WINSOCK();
}

/* ---- Events and ports ------------------------------------------------------------------------ */

/* As a provider begins one: marked, with its own error and flags kept in it. */
static int mark_in_progress(const struct layer_call *call, LPINT error)
{
    call->overlapped->Internal = WSS_OPERATION_IN_PROGRESS;
    call->overlapped->InternalHigh = 0;
    *error = WSA_IO_PENDING;
    return SOCKET_ERROR;
}

static SOCKET open_with_own_requests(void)
{
    const SOCKET s = open_layered(FALSE);
    layer.ioctl = mark_in_progress;
    layer.keeps_results = TRUE;
    return s;
}

static void begin_own(struct pending *pending, SOCKET s, bool event)
{
    pending_init(pending, event);
    assert_int_equal(ask(s, &pending->overlapped, NULL), WSA_IO_PENDING);
    assert_int_equal(result_of(pending, s), WSA_IO_INCOMPLETE);
}

static void complete_own(struct pending *pending, SOCKET s, DWORD error)
{
    int failure = 0;
    assert_int_equal(WPUCompleteOverlappedRequest(s, &pending->overlapped, error, BYTES, &failure),
                     0);
}

static struct {
    struct pending pending;
    ULONG_PTR bytes; /* InternalHigh when Internal had changed */
} watched;

static DWORD WINAPI watch(void *unused)
{
    const volatile WSAOVERLAPPED *const overlapped = &watched.pending.overlapped;
    (void)unused;
    for (int i = 0; i < PATIENCE_MS && overlapped->Internal == WSS_OPERATION_IN_PROGRESS; i++)
        Sleep(1);
    watched.bytes = overlapped->InternalHigh;
    return overlapped->Internal == 0 ? 0 : 1;
}

static void the_bytes_are_there_when_the_status_changes(void)
{
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    START_WINSOCK();
    const SOCKET s = open_with_own_requests();
    memset(&watched, 0, sizeof(watched));
    begin_own(&watched.pending, s, false);
    const HANDLE thread = start_thread(watch, NULL);
    Sleep(1);
    complete_own(&watched.pending, s, 0);
    assert_int_equal(join_thread(thread), 0);
    if (watched.bytes == 0)
        OBSERVE(complete_block, status_first);
    OBSERVE(complete_block, count_then_status);
    assert_int_equal(watched.bytes, BYTES);
    END_WINSOCK();
}

static void error_and_flags_are_the_providers_to_keep(void)
{
    static const DWORD errors[] = {0, WSAECONNRESET};
    struct pending pending;
    DWORD flags = 0;
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    START_WINSOCK();
    const SOCKET s = open_with_own_requests();
    for (int i = 0; i < 2; i++) {
        begin_own(&pending, s, false);
        pending.overlapped.Offset = MSG_PARTIAL;
        pending.overlapped.OffsetHigh = errors[i];
        complete_own(&pending, s, errors[i]);
        if (pending.overlapped.Offset == 0)
            OBSERVE(complete_block, offsets_too);
        assert_int_equal(pending.overlapped.Offset, MSG_PARTIAL);
        assert_int_equal(pending.overlapped.OffsetHigh, errors[i]);
        const BOOL done =
            WSAGetOverlappedResult(s, &pending.overlapped, &pending.size, FALSE, &flags);
        assert_int_equal(done, errors[i] == 0);
        assert_int_equal(done ? 0 : WSAGetLastError(), errors[i]);
        assert_int_equal(flags, MSG_PARTIAL);
        assert_int_equal(pending.size, BYTES);
    }
    END_WINSOCK();
}

static void a_port_is_told_of_what_a_provider_ends(void)
{
    struct pending good, bad, lone;
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    START_WINSOCK();
    const SOCKET s = open_with_own_requests();
    const HANDLE port = new_port(1);
    associate_port(port, s, KEY);
    assert_null(CreateIoCompletionPort((HANDLE)s, port, KEY + 1, 0));
    begin_own(&good, s, true);
    begin_own(&bad, s, false);
    begin_own(&lone, s, true);
    lone.overlapped.hEvent = (HANDLE)((ULONG_PTR)lone.overlapped.hEvent | 1);
    assert_port_empty(port);
    complete_own(&good, s, 0);
    complete_own(&lone, s, 0);
    complete_own(&bad, s, WSA_OPERATION_ABORTED);
    const struct taken first = take_within(port, PATIENCE_MS);
    if (first.error == WAIT_TIMEOUT)
        OBSERVE(complete_packet, never);
    OBSERVE(complete_packet, one);
    assert_ptr_equal(first.overlapped, &good.overlapped);
    assert_int_equal(first.error, 0);
    assert_int_equal(first.key, KEY);
    assert_int_equal(first.bytes, BYTES);
    assert_packet(port, &bad, KEY, ERROR_OPERATION_ABORTED, BYTES);
    assert_port_empty(port);
    assert_int_equal(WaitForSingleObject(good.overlapped.hEvent, 0), WAIT_OBJECT_0);
    lone.overlapped.hEvent = (HANDLE)((ULONG_PTR)lone.overlapped.hEvent & ~(ULONG_PTR)1);
    assert_int_equal(WaitForSingleObject(lone.overlapped.hEvent, 0), WAIT_OBJECT_0);
    begin_own(&good, s, false);
    complete_own(&good, s, 0);
    assert_packet(port, &good, KEY, 0, BYTES);
    assert_int_equal(closesocket(s), 0);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

/* ---- Blocking hooks -------------------------------------------------------------------------- */

static struct {
    unsigned calls;
    BOOL is_blocking, cancels;
} hook;

static BOOL CALLBACK blocking_hook(void)
{
    hook.calls++;
    hook.is_blocking = WSAIsBlocking();
    if (hook.cancels)
        WSACancelBlockingCall();
    return FALSE;
}

static LPBLOCKINGCALLBACK query_callback(DWORD_PTR *context)
{
    LPBLOCKINGCALLBACK callback = NULL;
    int error = 0;
    assert_int_equal(layer.upcalls.lpWPUQueryBlockingCallback(layer.entry.dwCatalogEntryId,
                                                              &callback, context, &error),
                     0);
    return callback;
}

static void a_provider_that_blocks_calls_the_hook(void)
{
    WSADATA data;
    DWORD_PTR context = 0;
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    assert_int_equal(WSAStartup(MAKEWORD(1, 1), &data), 0);
    open_layered(TRUE);
    memset(&hook, 0, sizeof(hook));
    assert_true(query_callback(&context) == NULL);
    WSASetBlockingHook((FARPROC)(void (*)(void))blocking_hook);
    const LPBLOCKINGCALLBACK callback = query_callback(&context);
    if (callback == NULL)
        OBSERVE(blocking_callback, none);
    OBSERVE(blocking_callback, the_hook);
    assert_true(callback(context));
    assert_int_equal(hook.calls, 1);
    assert_true(hook.is_blocking);
    assert_false(WSAIsBlocking());
    hook.cancels = TRUE;
    assert_false(callback(context));
    assert_int_equal(layer.cancels, 1);
    hook.cancels = FALSE;
    assert_true(callback(context));
    assert_int_equal(hook.calls, 3);
    assert_int_equal(WSAUnhookBlockingHook(), 0);
    assert_true(query_callback(&context) == NULL);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(the_provider_alone_looks_at_arguments, SPI_028, SPI_005),
    CASE(the_provider_is_told_of_the_thread_and_where_errors_go, SPI_001, SPI_002),
    CASE(a_provider_ends_its_work_in_the_callers_thread, SPI_003, SPI_004, SPI_013, SPI_018),
    CASE(it_may_do_so_without_winsock, SPI_019),
    CASE(a_routine_runs_in_the_thread_the_id_names, SPI_003, SPI_004, SPI_013),
    CASE(a_routine_may_be_queued_from_any_thread, SPI_014),
    CASE(the_whole_context_arrives, SPI_017),
    CASE(the_bytes_are_there_when_the_status_changes, SPI_022, SPI_023),
    CASE(error_and_flags_are_the_providers_to_keep, SPI_024),
    CASE(a_port_is_told_of_what_a_provider_ends, LSP_017, SPI_021),
    CASE(a_provider_that_blocks_calls_the_hook, LSP_018, SPI_030),
    END_OF_CASES,
};
// clang-format on

const struct suite layered_calls_suite = {
    .name = "layered_calls",
    .about = "layered providers: what they are given, and how their work ends",
    .user = TESTBED_ELEVATED_ADMIN,
    .cases = cases,
};
