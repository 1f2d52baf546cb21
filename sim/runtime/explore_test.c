/* Every order of threads and events, counted against the closed form. */
#include "sim/runtime/test_machine.h"

static struct berth *machine;

static int setup(void **state)
{
    (void)state;
    machine = new_machine(1);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    berth_free(machine);
    return 0;
}

/* ---- Threads --------------------------------------------------------------------------------- */

enum { THREADS_MAX = 3 };

/* Threads of so many steps: a step ends at the beginning of a call, or with the thread. */
struct program {
    int steps[THREADS_MAX];
    int threads;
    char order[32]; /* of this run: a letter a step */
    size_t length;
    uint64_t fingerprints; /* of all orders, added up */
    enum berth_preemption preemption;
};

struct walker {
    struct program *program;
    int number;
};

static DWORD WINAPI walk(LPVOID parameter)
{
    const struct walker *walker = parameter;
    struct program *program = walker->program;

    for (int i = 0; i < program->steps[walker->number]; i++) {
        if (i > 0)
            SetLastError((DWORD)WSAResetEvent(WSA_INVALID_EVENT)); /* a call: a step ends */
        program->order[program->length++] = (char)('a' + walker->number);
    }
    return 0;
}

static bool run_walkers(struct berth *berth, uint64_t number, void *context)
{
    struct program *program = context;
    struct walker walkers[THREADS_MAX];
    HANDLE threads[THREADS_MAX];
    (void)number;

    boot_and_enter(berth, &standard);
    program->length = 0;
    for (int i = 0; i < program->threads; i++) {
        walkers[i] = (struct walker){.program = program, .number = i};
        threads[i] = CreateThread(NULL, 0, walk, &walkers[i], 0, NULL);
    }
    berth_set_preemption(berth, program->preemption);
    Sleep(1); /* no event comes before they have ended, and this is no point either */
    berth_set_preemption(berth, BERTH_PREEMPT_NEVER);
    assert_int_equal(WaitForMultipleObjects((DWORD)program->threads, threads, TRUE, 0),
                     WAIT_OBJECT_0);
    program->order[program->length] = '\0';

    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < program->length; i++)
        hash = (hash ^ (unsigned char)program->order[i]) * 1099511628211u;
    program->fingerprints += hash;
    berth_leave(berth);
    return true;
}

static uint64_t multinomial(const int *steps, int threads)
{
    uint64_t result = 1;
    uint64_t taken = 0;
    for (int i = 0; i < threads; i++)
        for (uint64_t k = 1; k <= (uint64_t)steps[i]; k++)
            result = result * ++taken / k; /* whole at every step: a binomial coefficient each */
    return result;
}

static uint64_t explore(struct program *program, uint64_t limit, bool *all)
{
    const struct berth_exploration exploration = {
        .seed = 9, .limit = limit, .run = run_walkers, .context = program};
    return berth_explore(machine, &exploration, all);
}

static void every_order_of_three_threads_comes_once(void **state)
{
    (void)state;
    static const int cases[][3] = {{1, 1, 1}, {2, 1, 1}, {2, 2, 2}, {4, 3, 2}, {5, 1, 3}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct program program = {.threads = 3, .preemption = BERTH_PREEMPT_AT_CALLS};
        bool all = false;
        memcpy(program.steps, cases[i], sizeof program.steps);
        assert_int_equal(explore(&program, 0, &all), multinomial(cases[i], 3));
        assert_true(all);
    }
}

static char seen[16][32];
static size_t seen_count;

static bool run_and_note(struct berth *berth, uint64_t number, void *context)
{
    struct program *program = context;
    run_walkers(berth, number, context);
    for (size_t i = 0; i < seen_count; i++)
        assert_string_not_equal(seen[i], program->order);
    memcpy(seen[seen_count++ % 16], program->order, sizeof program->order);
    return true;
}

static void no_order_comes_twice(void **state)
{
    (void)state;
    struct program program = {.threads = 2, .steps = {3, 2}, .preemption = BERTH_PREEMPT_AT_CALLS};
    const struct berth_exploration exploration = {.run = run_and_note, .context = &program};
    seen_count = 0;
    assert_int_equal(berth_explore(machine, &exploration, NULL), 10); /* 5 over 2 */
    assert_int_equal(seen_count, 10);
}

static void a_limit_and_a_refusal_end_it(void **state)
{
    (void)state;
    struct program program = {.threads = 2, .steps = {4, 4}, .preemption = BERTH_PREEMPT_AT_CALLS};
    bool all = true;
    assert_int_equal(explore(&program, 7, &all), 7);
    assert_false(all);
    assert_int_equal(explore(&program, 70, &all), 70); /* which is all: 8 over 4 */
    assert_true(all);
}

static void it_is_the_same_the_second_time(void **state)
{
    (void)state;
    struct program first = {.threads = 2, .steps = {3, 3}, .preemption = BERTH_PREEMPT_AT_CALLS};
    struct program second = first;
    explore(&first, 0, NULL);
    explore(&second, 0, NULL);
    assert_true(first.fingerprints == second.fingerprints);
}

static void without_preemption_threads_run_to_their_ends(void **state)
{
    (void)state;
    struct program program = {.threads = 3, .steps = {4, 3, 2}};
    assert_int_equal(explore(&program, 0, NULL), 6); /* who is first, who is second */
}

/* ---- Events ---------------------------------------------------------------------------------- */

struct race {
    int steps;
    LONGLONG ticks; /* when the timer is due */
    HANDLE timer;
    int taken;      /* steps, before the timer came */
    int counts[16]; /* of orders, by `taken` */
    uint32_t over;
};

static DWORD WINAPI race_steps(LPVOID parameter)
{
    struct race *race = parameter;
    for (int i = 0; i < race->steps; i++) {
        if (i > 0)
            WSAResetEvent(WSA_INVALID_EVENT);
        race->taken += WaitForSingleObject(race->timer, 0) != WAIT_OBJECT_0;
    }
    race->over = 1;
    berth_wake(machine);
    return 0;
}

static bool run_race(struct berth *berth, uint64_t number, void *context)
{
    struct race *race = context;
    LARGE_INTEGER due = {.QuadPart = -race->ticks};
    (void)number;

    boot_and_enter(berth, &standard);
    race->taken = 0;
    race->over = 0;
    race->timer = CreateWaitableTimerA(NULL, TRUE, NULL);
    assert_true(SetWaitableTimer(race->timer, &due, 0, NULL, NULL, FALSE));
    assert_non_null(CreateThread(NULL, 0, race_steps, race, 0, NULL));
    berth_set_preemption(berth, BERTH_PREEMPT_EXPLORE);
    berth_sleep_on(berth, &race->over, 0);
    berth_set_preemption(berth, BERTH_PREEMPT_NEVER);
    race->counts[race->taken]++;
    berth_leave(berth);
    return true;
}

/* A step here has two points: the call, and the look at the timer. */
static void an_event_comes_at_every_point(void **state)
{
    (void)state;
    struct race race = {.steps = 3, .ticks = 10000};
    const struct berth_exploration exploration = {.run = run_race, .context = &race};
    bool all = false;
    /* before the thread began, at its calls, after its end, or not before this one went on */
    assert_int_equal(berth_explore(machine, &exploration, &all), 1 + (1 + 2 + 2) + 1 + 1);
    assert_true(all);
    for (int taken = 0; taken <= 3; taken++)
        assert_true(race.counts[taken] > 0);
}

static void an_event_beyond_the_horizon_waits_for_the_threads(void **state)
{
    (void)state;
    struct race race = {.steps = 3, .ticks = 600000000}; /* a minute */
    const struct berth_exploration exploration = {.run = run_race, .context = &race};
    assert_int_equal(berth_explore(machine, &exploration, NULL), 1);
    assert_int_equal(race.counts[3], 1);
    berth_set_horizon(machine, UINT64_C(60000000000));
    assert_int_equal(berth_explore(machine, &exploration, NULL), 8);
}

/* ---- A cancel, an arrival -------------------------------------------------------------------- */

struct cancel_race {
    SOCKET receiver, sender;
    OVERLAPPED overlapped;
    char bytes[8];
    int arrived, cancelled, found;
};

static DWORD WINAPI send_one(LPVOID parameter)
{
    const struct cancel_race *race = parameter;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(4000)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return (DWORD)sendto(race->sender, "data", 4, 0, (const struct sockaddr *)&to, sizeof to);
}

static DWORD WINAPI cancel_one(LPVOID parameter)
{
    struct cancel_race *race = parameter;
    race->found += CancelIoEx((HANDLE)race->receiver, &race->overlapped);
    return 0;
}

static bool run_cancel_race(struct berth *berth, uint64_t number, void *context)
{
    struct cancel_race *race = context;
    DWORD flags = 0;
    WSABUF buffer = {.len = sizeof race->bytes, .buf = race->bytes};
    (void)number;

    boot_and_enter(berth, &standard);
    race->receiver = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    race->sender = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    race->overlapped = (OVERLAPPED){0};
    race->found = 0;
    assert_int_equal(bind_port(race->receiver, 4000), 0);
    WSARecv(race->receiver, &buffer, 1, NULL, &flags, &race->overlapped, NULL);
    HANDLE threads[] = {CreateThread(NULL, 0, send_one, race, 0, NULL),
                        CreateThread(NULL, 0, cancel_one, race, 0, NULL)};
    berth_set_preemption(berth, BERTH_PREEMPT_EXPLORE);
    WaitForMultipleObjects(2, threads, TRUE, INFINITE);
    berth_set_preemption(berth, BERTH_PREEMPT_NEVER);
    Sleep(1);

    /* Told once, by one or the other; and what was not received then is received now. */
    assert_true(HasOverlappedIoCompleted(&race->overlapped));
    if (race->overlapped.Internal == 0) {
        assert_int_equal(race->overlapped.InternalHigh, 4);
        assert_int_equal(race->found, 0);
        race->arrived++;
    } else {
        assert_int_equal((DWORD)race->overlapped.Internal, 0xC0000120);
        assert_int_equal(race->found, 1);
        assert_int_equal(recv(race->receiver, race->bytes, sizeof race->bytes, 0), 4);
        race->cancelled++;
    }
    berth_leave(berth);
    return true;
}

static void nothing_is_lost_in_any_order_of_cancel_and_arrival(void **state)
{
    (void)state;
    struct cancel_race race = {.receiver = 0};
    const struct berth_exploration exploration = {.run = run_cancel_race, .context = &race};
    bool all = false;
    uint64_t orders = berth_explore(machine, &exploration, &all);
    assert_true(all);
    assert_int_equal(orders, (uint64_t)race.arrived + (uint64_t)race.cancelled);
    assert_true(race.arrived > 0);
    assert_true(race.cancelled > 0);
    assert_in_range(orders, 20, 1000);
}

#define EXPLORE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EXPLORE_TEST(every_order_of_three_threads_comes_once),
        EXPLORE_TEST(no_order_comes_twice),
        EXPLORE_TEST(a_limit_and_a_refusal_end_it),
        EXPLORE_TEST(it_is_the_same_the_second_time),
        EXPLORE_TEST(without_preemption_threads_run_to_their_ends),
        EXPLORE_TEST(an_event_comes_at_every_point),
        EXPLORE_TEST(nothing_is_lost_in_any_order_of_cancel_and_arrival),
        EXPLORE_TEST(an_event_beyond_the_horizon_waits_for_the_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
