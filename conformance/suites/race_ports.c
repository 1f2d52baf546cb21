/* Several threads at once: completion ports, APCs and port reservations. */
#include "conformance/suites/pending.h"

enum { POSTERS = 2, TAKERS = 3, EACH = 12, TOTAL = POSTERS * EACH };

static HANDLE queue;
static volatile LONG seen[TOTAL];
static volatile LONG taken_count;

static DWORD WINAPI post_some(void *context)
{
    const ULONG_PTR first = (ULONG_PTR)context * EACH;
    for (ULONG_PTR i = 0; i < EACH; i++) {
        if (!PostQueuedCompletionStatus(queue, 0, first + i, NULL))
            return 1;
        if (i % 4 == 3)
            Sleep(0);
    }
    return 0;
}

static DWORD WINAPI take_some(void *context)
{
    (void)context;
    for (;;) {
        const struct taken taken = take_within(queue, 200);
        if (taken.error != 0)
            return taken.error == WAIT_TIMEOUT ? 0 : taken.error;
        InterlockedIncrement(&seen[taken.key]);
        InterlockedIncrement(&taken_count);
        Sleep(0);
    }
}

static void every_packet_is_taken_once(void)
{
    HANDLE threads[POSTERS + TAKERS];
    memset((void *)seen, 0, sizeof(seen));
    taken_count = 0;
    queue = new_port(2);
    for (int i = 0; i < TAKERS; i++)
        threads[POSTERS + i] = start_thread(take_some, NULL);
    for (ULONG_PTR i = 0; i < POSTERS; i++)
        threads[i] = start_thread(post_some, (void *)i);
    for (int i = 0; i < POSTERS + TAKERS; i++)
        assert_int_equal(join_thread(threads[i]), 0);
    assert_int_equal(taken_count, TOTAL);
    for (int i = 0; i < TOTAL; i++)
        assert_int_equal(seen[i], 1);
    assert_true(CloseHandle(queue));
}

static void packets_of_one_poster_stay_in_order(void)
{
    HANDLE threads[POSTERS];
    ULONG_PTR next[POSTERS];
    queue = new_port(1);
    for (ULONG_PTR i = 0; i < POSTERS; i++) {
        next[i] = i * EACH;
        threads[i] = start_thread(post_some, (void *)i);
    }
    for (int i = 0; i < TOTAL; i++) {
        const struct taken taken = take_within(queue, PATIENCE_MS);
        const ULONG_PTR poster = taken.key / EACH;
        assert_int_equal(taken.error, 0);
        assert_int_equal(taken.key, next[poster]);
        next[poster]++;
    }
    for (int i = 0; i < POSTERS; i++)
        assert_int_equal(join_thread(threads[i]), 0);
    assert_port_empty(queue);
    assert_true(CloseHandle(queue));
}

/* ---- APCs ------------------------------------------------------------------------------------ */

static HANDLE target;
static volatile LONG apcs[TOTAL];
static volatile LONG apc_count;

static void CALLBACK note_apc(ULONG_PTR number)
{
    apcs[number]++;
    apc_count++;
}

static DWORD WINAPI queue_some(void *context)
{
    const ULONG_PTR first = (ULONG_PTR)context * EACH;
    for (ULONG_PTR i = 0; i < EACH; i++) {
        if (QueueUserAPC(note_apc, target, first + i) == 0)
            return 1;
        Sleep(0);
    }
    return 0;
}

static void every_apc_runs_once(void)
{
    HANDLE threads[POSTERS];
    memset((void *)apcs, 0, sizeof(apcs));
    apc_count = 0;
    assert_true(DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(),
                                &target, 0, FALSE, DUPLICATE_SAME_ACCESS));
    for (ULONG_PTR i = 0; i < POSTERS; i++)
        threads[i] = start_thread(queue_some, (void *)i);
    for (int i = 0; i < PATIENCE_MS && apc_count < TOTAL; i++)
        SleepEx(1, TRUE);
    for (int i = 0; i < POSTERS; i++)
        assert_int_equal(join_thread(threads[i]), 0);
    assert_no_routine_waits();
    for (int i = 0; i < TOTAL; i++)
        assert_int_equal(apcs[i], 1);
    assert_true(CloseHandle(target));
}

/* ---- A thread's end and an arrival ----------------------------------------------------------- */

struct leaver {
    struct pending pending; /* first */
    SOCKET s;
    volatile LONG begun;
};

static DWORD WINAPI receive_and_leave(void *context)
{
    struct leaver *leaver = context;
    begin_receive(&leaver->pending, leaver->s);
    leaver->begun = 1;
    return 0;
}

static void a_threads_end_and_an_arrival_end_a_receive_once(void)
{
    static struct leaver leaver;
    START_WINSOCK();
    for (int round = 0; round < 8; round++) {
        const struct pair pair = udp_pair();
        unsigned outcome;
        memset(&leaver, 0, sizeof(leaver));
        pending_init(&leaver.pending, true);
        leaver.s = pair.a;
        const HANDLE thread = start_thread(receive_and_leave, &leaver);
        while (leaver.begun == 0)
            Sleep(0);
        send_text(pair.b, "race");
        join_thread(thread);
        outcome = outcome_of(&leaver.pending, pair.a);
        assert_one_of(outcome, 0, WSA_OPERATION_ABORTED);
        if (outcome == 0)
            assert_memory_equal(leaver.pending.bytes, "race", 4);
        else
            assert_receives(pair.a, "race");
        pending_end(&leaver.pending);
        close_pair(&pair);
    }
    END_WINSOCK();
}

/* ---- Reservations ---------------------------------------------------------------------------- */

struct acquirer {
    SOCKET s;
    USHORT port;
    ULONG64 token;
    HANDLE go;
    unsigned outcome;
    INET_PORT_RESERVATION_INSTANCE instance;
};

static DWORD WINAPI acquire_when_told(void *context)
{
    struct acquirer *acquirer = context;
    WaitForSingleObject(acquirer->go, PATIENCE_MS);
    acquirer->outcome = acquire_block(acquirer->s, acquirer->port, 2, &acquirer->instance);
    return 0;
}

static DWORD WINAPI associate_when_told(void *context)
{
    struct acquirer *acquirer = context;
    WaitForSingleObject(acquirer->go, PATIENCE_MS);
    acquirer->outcome = associate_block(acquirer->s, acquirer->token);
    return 0;
}

static DWORD WINAPI release_when_told(void *context)
{
    struct acquirer *acquirer = context;
    WaitForSingleObject(acquirer->go, PATIENCE_MS);
    acquirer->outcome = release_block(acquirer->s, acquirer->token);
    return 0;
}

static void let_race(struct acquirer *one, LPTHREAD_START_ROUTINE first, struct acquirer *two,
                     LPTHREAD_START_ROUTINE second)
{
    const HANDLE go = CreateEventW(NULL, TRUE, FALSE, NULL);
    HANDLE threads[2];
    one->go = two->go = go;
    threads[0] = start_thread(first, one);
    threads[1] = start_thread(second, two);
    Sleep(1);
    assert_true(SetEvent(go));
    join_thread(threads[0]);
    join_thread(threads[1]);
    assert_true(CloseHandle(go));
}

static void two_acquires_of_one_port_have_one_winner(void)
{
    const USHORT port = free_ports(3);
    START_WINSOCK();
    require_reservations();
    for (int round = 0; round < 4; round++) {
        struct acquirer sides[2];
        memset(sides, 0, sizeof(sides));
        for (int i = 0; i < 2; i++) {
            sides[i].s = open_socket(AF_INET, SOCK_STREAM);
            sides[i].port = (USHORT)(port + i); /* they share the middle one */
        }
        let_race(&sides[0], acquire_when_told, &sides[1], acquire_when_told);
        assert_true((sides[0].outcome == 0) != (sides[1].outcome == 0));
        OBSERVE_VALUE(acquire_collision, sides[0].outcome + sides[1].outcome);
        close_socket(sides[0].s);
        close_socket(sides[1].s);
        assert_ports_free(AF_INET, SOCK_STREAM, port, 3);
    }
    END_WINSOCK();
}

static void an_associate_and_a_release_come_in_some_order(void)
{
    const USHORT port = free_ports(2);
    START_WINSOCK();
    require_reservations();
    for (int round = 0; round < 4; round++) {
        const struct block block = hold_tcp(port, 2);
        struct acquirer user = {.s = open_socket(AF_INET, SOCK_STREAM), .token = block.token};
        struct acquirer owner = {.s = block.s, .token = block.token};
        let_race(&user, associate_when_told, &owner, release_when_told);
        assert_true(user.outcome == 0 || owner.outcome == 0);
        if (user.outcome != 0)
            OBSERVE_VALUE(associate_released_token, user.outcome);
        close_socket(user.s);
        let_go(&block);
        assert_ports_free(AF_INET, SOCK_STREAM, port, 2);
    }
    END_WINSOCK();
}

static const struct suite_case cases[] = {
    CASE(every_packet_is_taken_once, RACE_012),
    CASE(packets_of_one_poster_stay_in_order, RACE_013),
    CASE(every_apc_runs_once, RACE_014),
    CASE(a_threads_end_and_an_arrival_end_a_receive_once, RACE_015),
    CASE(two_acquires_of_one_port_have_one_winner, RACE_016),
    CASE(an_associate_and_a_release_come_in_some_order, RACE_017),
    END_OF_CASES,
};

const struct suite race_ports_suite = {
    .name = "race_ports",
    .about = "several threads at once: ports, APCs, reservations",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
