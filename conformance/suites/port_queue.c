/* A completion port by itself: packets that a program posts, in which order and to which thread. */
#include "conformance/suites/pending.h"

static void a_posted_packet_comes_as_it_was_posted(void)
{
    OVERLAPPED overlapped;
    const HANDLE port = new_port(0);
    struct taken taken;
    assert_true(PostQueuedCompletionStatus(port, 0xFFFFFFFFu, (ULONG_PTR)-2, &overlapped));
    assert_true(PostQueuedCompletionStatus(port, 0, 0, NULL));
    taken = take_within(port, 0);
    assert_int_equal(taken.error, 0);
    assert_int_equal(taken.bytes, 0xFFFFFFFFu);
    assert_int_equal(taken.key, (ULONG_PTR)-2);
    assert_ptr_equal(taken.overlapped, &overlapped);
    taken = take_within(port, 0);
    assert_int_equal(taken.error, 0);
    assert_int_equal(taken.key, 0);
    assert_null(taken.overlapped);
    assert_true(CloseHandle(port));
}

static void packets_come_in_the_order_they_were_posted(void)
{
    const HANDLE port = new_port(0);
    for (ULONG_PTR i = 0; i < 20; i++)
        assert_true(PostQueuedCompletionStatus(port, (DWORD)i, 100 + i, NULL));
    for (ULONG_PTR i = 0; i < 20; i++)
        assert_int_equal(take_within(port, PATIENCE_MS).key, 100 + i);
    assert_port_empty(port);
    assert_true(CloseHandle(port));
}

static void an_empty_port_leaves_everything_but_the_overlapped(void)
{
    const HANDLE port = new_port(0);
    DWORD bytes = (DWORD)UNTOUCHED;
    ULONG_PTR key = UNTOUCHED;
    OVERLAPPED *overlapped = (OVERLAPPED *)&bytes;
    const ULONGLONG before = GetTickCount64();
    assert_false(GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, A_MOMENT_MS));
    assert_int_equal(GetLastError(), WAIT_TIMEOUT);
    assert_int_equal(bytes, UNTOUCHED);
    assert_int_equal(key, UNTOUCHED);
    assert_null(overlapped);
    assert_true(GetTickCount64() - before >= A_MOMENT_MS / 2);
    assert_true(CloseHandle(port));
}

static void taking_a_packet_leaves_the_last_error(void)
{
    const HANDLE port = new_port(0);
    assert_true(PostQueuedCompletionStatus(port, 1, 2, NULL));
    SetLastError(0xDEAD);
    assert_int_equal(take_within(port, 0).key, 2);
    assert_int_equal(GetLastError(), 0xDEAD);
    assert_true(CloseHandle(port));
}

static void several_packets_are_taken_at_once(void)
{
    const HANDLE port = new_port(0);
    OVERLAPPED_ENTRY entries[4];
    ULONG count = 0;
    for (ULONG_PTR i = 0; i < 6; i++)
        assert_true(PostQueuedCompletionStatus(port, (DWORD)(10 + i), i, NULL));
    assert_true(GetQueuedCompletionStatusEx(port, entries, 4, &count, 0, FALSE));
    assert_int_equal(count, 4);
    for (ULONG i = 0; i < count; i++) {
        assert_int_equal(entries[i].lpCompletionKey, i);
        assert_int_equal(entries[i].dwNumberOfBytesTransferred, 10 + i);
        assert_null(entries[i].lpOverlapped);
    }
    assert_true(GetQueuedCompletionStatusEx(port, entries, 4, &count, 0, FALSE));
    assert_int_equal(count, 2);
    assert_int_equal(entries[0].lpCompletionKey, 4);
    assert_int_equal(entries[1].lpCompletionKey, 5);
    assert_false(GetQueuedCompletionStatusEx(port, entries, 4, &count, A_MOMENT_MS, FALSE));
    assert_int_equal(GetLastError(), WAIT_TIMEOUT);
    assert_true(CloseHandle(port));
}

static volatile LONG apcs;

static void CALLBACK count_apc(ULONG_PTR context)
{
    apcs += (LONG)context;
}

static void a_port_is_waited_for_alertably_if_asked(void)
{
    const HANDLE port = new_port(0);
    OVERLAPPED_ENTRY entry;
    ULONG count = 0;
    apcs = 0;
    assert_int_not_equal(QueueUserAPC(count_apc, GetCurrentThread(), 1), 0);
    assert_int_equal(take_within(port, A_MOMENT_MS).error, WAIT_TIMEOUT);
    assert_false(GetQueuedCompletionStatusEx(port, &entry, 1, &count, A_MOMENT_MS, FALSE));
    assert_int_equal(GetLastError(), WAIT_TIMEOUT);
    assert_int_equal(apcs, 0);
    assert_false(GetQueuedCompletionStatusEx(port, &entry, 1, &count, PATIENCE_MS, TRUE));
    assert_int_equal(GetLastError(), WAIT_IO_COMPLETION);
    assert_int_equal(apcs, 1);
    assert_true(CloseHandle(port));
}

static void a_handle_that_is_no_port_is_refused(void)
{
    const HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    DWORD bytes = (DWORD)UNTOUCHED;
    ULONG_PTR key = UNTOUCHED;
    OVERLAPPED *overlapped = (OVERLAPPED *)&bytes;
    assert_false(GetQueuedCompletionStatus(event, &bytes, &key, &overlapped, 0));
    assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
    assert_false(PostQueuedCompletionStatus(event, 0, 0, NULL));
    assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
    assert_true(CloseHandle(event));
    assert_false(PostQueuedCompletionStatus(event, 0, 0, NULL));
    assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
}

/* ---- Threads --------------------------------------------------------------------------------- */

struct taker {
    HANDLE port;
    HANDLE thread;
    HANDLE go;            /* once it has a packet it waits for this, when there is one */
    volatile LONG waits;  /* it is about to wait */
    volatile LONG has;    /* it has taken a packet */
    volatile LONG passed; /* it has gone on */
    volatile LONG ended;
    struct taken taken;
};

static DWORD WINAPI take_one(void *context)
{
    struct taker *taker = context;
    taker->waits = 1;
    taker->taken = take_within(taker->port, PATIENCE_MS);
    taker->has = 1;
    if (taker->go != NULL)
        WaitForSingleObject(taker->go, PATIENCE_MS);
    taker->passed = 1;
    return 0;
}

static void start_taker(struct taker *taker, HANDLE port, HANDLE go)
{
    memset(taker, 0, sizeof(*taker));
    taker->port = port;
    taker->go = go;
    taker->thread = start_thread(take_one, taker);
    assert_becomes(&taker->waits, 1);
    Sleep(A_MOMENT_MS / 2);
}

static void who_began_to_wait_last_is_served_first(void)
{
    struct taker takers[3];
    const HANDLE port = new_port(3);
    for (int i = 0; i < 3; i++)
        start_taker(&takers[i], port, NULL);
    for (int i = 2; i >= 0; i--) {
        assert_true(PostQueuedCompletionStatus(port, 0, (ULONG_PTR)(10 + i), NULL));
        assert_becomes(&takers[i].has, 1);
        assert_int_equal(takers[i].taken.key, 10 + i);
        join_thread(takers[i].thread);
    }
    assert_true(CloseHandle(port));
}

static void one_packet_goes_to_one_thread(void)
{
    struct taker takers[3];
    const HANDLE port = new_port(3);
    LONG served = 0;
    for (int i = 0; i < 3; i++)
        start_taker(&takers[i], port, NULL);
    assert_true(PostQueuedCompletionStatus(port, 0, 7, NULL));
    Sleep(A_MOMENT_MS);
    for (int i = 0; i < 3; i++)
        served += takers[i].has;
    assert_int_equal(served, 1);
    for (int i = 0; i < 2; i++)
        assert_true(PostQueuedCompletionStatus(port, 0, 8, NULL));
    for (int i = 0; i < 3; i++) {
        join_thread(takers[i].thread);
        assert_int_equal(takers[i].taken.error, 0);
    }
    assert_true(CloseHandle(port));
}

/* A taker that runs, and keeps the processor until it is told. */
static DWORD WINAPI take_and_run(void *context)
{
    struct taker *taker = context;
    taker->waits = 1;
    taker->taken = take_within(taker->port, PATIENCE_MS);
    taker->has = 1;
    if (taker->go != NULL)
        WaitForSingleObject(taker->go, PATIENCE_MS);
    /* The next take gives the place back. */
    take_within(taker->port, 0);
    taker->passed = 1;
    return 0;
}

/* The main thread takes the one place, so that a waiter gets nothing until it waits itself. */
static void no_more_threads_run_than_the_port_allows(void)
{
    struct taker taker;
    const HANDLE port = new_port(1);
    assert_true(PostQueuedCompletionStatus(port, 0, 1, NULL));
    assert_int_equal(take_within(port, 0).key, 1);
    memset(&taker, 0, sizeof(taker));
    taker.port = port;
    taker.thread = start_thread(take_and_run, &taker);
    assert_becomes(&taker.waits, 1);
    Sleep(A_MOMENT_MS);
    assert_true(PostQueuedCompletionStatus(port, 0, 2, NULL));
    assert_true(PostQueuedCompletionStatus(port, 0, 3, NULL));
    /* This thread runs: it holds the only place, and takes the packet itself. */
    assert_int_equal(taker.has, 0);
    assert_int_equal(take_within(port, 0).key, 2);
    assert_int_equal(taker.has, 0);
    /* It waits for something else: the place is free, and another thread is let go. */
    assert_becomes(&taker.has, 1);
    assert_int_equal(taker.taken.key, 3);
    join_thread(taker.thread);
    assert_true(CloseHandle(port));
}

static void a_thread_that_waits_elsewhere_gives_its_place_up(void)
{
    struct taker first;
    struct taker second;
    const HANDLE go = CreateEventW(NULL, TRUE, FALSE, NULL);
    const HANDLE port = new_port(1);
    start_taker(&first, port, go);
    assert_true(PostQueuedCompletionStatus(port, 0, 1, NULL));
    assert_becomes(&first.has, 1);
    Sleep(A_MOMENT_MS / 2); /* it waits for `go` */
    start_taker(&second, port, NULL);
    assert_true(PostQueuedCompletionStatus(port, 0, 2, NULL));
    assert_becomes(&second.has, 1);
    assert_int_equal(second.taken.key, 2);
    assert_int_equal(first.passed, 0);
    assert_true(SetEvent(go));
    join_thread(first.thread);
    join_thread(second.thread);
    assert_true(CloseHandle(port));
    assert_true(CloseHandle(go));
}

static void closing_the_port_wakes_who_waits(void)
{
    struct taker taker;
    const HANDLE port = new_port(0);
    start_taker(&taker, port, NULL);
    assert_true(CloseHandle(port));
    assert_becomes(&taker.has, 1);
    assert_int_equal(taker.taken.error, ERROR_ABANDONED_WAIT_0);
    assert_null(taker.taken.overlapped);
    join_thread(taker.thread);
}

static const struct suite_case cases[] = {
    CASE(a_posted_packet_comes_as_it_was_posted, IOCP_001),
    CASE(packets_come_in_the_order_they_were_posted, IOCP_002),
    CASE(an_empty_port_leaves_everything_but_the_overlapped, IOCP_003),
    CASE(taking_a_packet_leaves_the_last_error, IOCP_004),
    CASE(several_packets_are_taken_at_once, IOCP_005),
    CASE(a_port_is_waited_for_alertably_if_asked, IOCP_006),
    CASE(a_handle_that_is_no_port_is_refused, IOCP_007),
    CASE(who_began_to_wait_last_is_served_first, IOCP_008),
    CASE(one_packet_goes_to_one_thread, IOCP_009),
    CASE(no_more_threads_run_than_the_port_allows, IOCP_010),
    CASE(a_thread_that_waits_elsewhere_gives_its_place_up, IOCP_011),
    CASE(closing_the_port_wakes_who_waits, IOCP_012),
    END_OF_CASES,
};

const struct suite port_queue_suite = {
    .name = "port_queue",
    .about = "a completion port by itself: order, threads, limits",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
