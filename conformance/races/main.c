/* berth-races [OPERATION] [ENDER] [QUESTION=OPTION]...: every operation against everything that may
 * end it, in every order. Says for each pair how many orders there were and whether all were right.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include "conformance/races/race.h"

enum { LIMIT = 500000, PATIENCE_MS = 50, STEPS_MAX = 6 };

static struct {
    struct race race;
    jmp_buf stuck;
    uint64_t failed;
} now;

/* ---- One order ------------------------------------------------------------------------------- */

static void done(struct race *race)
{
    race->over++;
    berth_wake(race->machine);
}

static DWORD WINAPI operate(LPVOID parameter)
{
    struct race *race = parameter;
    race->operation->begin(race);
    if (race->ender->own != NULL)
        race->ender->own(race);
    done(race);
    if (!race->ender->leaves)
        berth_sleep_on(race->machine, &race->stay, 0);
    return 0;
}

static DWORD WINAPI end_it(LPVOID parameter)
{
    struct race *race = parameter;
    if (race->ender->other != NULL)
        race->ender->other(race);
    else
        race->operation->arrive(race);
    done(race);
    return 0;
}

static void run_both(struct race *race)
{
    HANDLE threads[2] = {CreateThread(NULL, 0, operate, race, 0, NULL),
                         CreateThread(NULL, 0, end_it, race, 0, NULL)};
    berth_set_preemption(race->machine, BERTH_PREEMPT_EXPLORE);
    for (uint32_t over = 0; over < 2; over = race->over)
        berth_sleep_on(race->machine, &race->over, over);
    berth_set_preemption(race->machine, BERTH_PREEMPT_NEVER);
    Sleep(PATIENCE_MS); /* what is under way ends, and a thread that leaves is gone */
    CloseHandle(threads[0]);
    CloseHandle(threads[1]);
}

static bool has_ended(const struct race *race)
{
    return WaitForSingleObject(race->overlapped.hEvent, PATIENCE_MS) == WAIT_OBJECT_0;
}

bool race_succeeded(const struct race *race)
{
    if (!race->operation->overlapped)
        return race->begun == 0;
    return (race->begun == 0 || race->begun == WSA_IO_PENDING) &&
           (uint32_t)race->overlapped.Internal == ENDED_WELL;
}

static bool is_one_of(uint32_t value, const uint32_t *values)
{
    for (int i = 0; i < 4 && values[i] != 0; i++)
        if (values[i] == value)
            return true;
    return false;
}

static bool may_be_refused(const struct race *race)
{
    unsigned error = race->begun;
    for (int i = 0; i < 4 && race->ender->errors[i] != 0; i++)
        if (race->ender->errors[i] == error)
            return true;
    /* Who wants the same may have been there first, or have taken away what it needs. */
    return race->ender->other == NULL && race->arrived &&
           (error == WSAEADDRINUSE || error == WSAEACCES || error == WSAEINVAL);
}

static unsigned packets_of(const struct race *race)
{
    unsigned packets = 0;
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *overlapped = NULL;
    while (GetQueuedCompletionStatus(race->port, &bytes, &key, &overlapped, 0) ||
           overlapped != NULL)
        packets++;
    return packets;
}

/* A request that began ends once, and with one of the answers that its ender allows. */
static const char *judge_request(struct race *race)
{
    bool began = race->begun == 0 || race->begun == WSA_IO_PENDING;
    if (!began)
        return packets_of(race) == 0 ? NULL : "a refused call left a packet";
    bool must = race->ender->must_end || race->cancelled;
    if (!has_ended(race)) {
        if (must)
            return "it has not ended";
        CancelIoEx((HANDLE)race->s, NULL);
        race->finished = true;
        if (!has_ended(race))
            return "it cannot be ended";
    }
    uint32_t status = (uint32_t)race->overlapped.Internal;
    bool foreign = race->ender->other == NULL && race->arrived; /* told of a collision, say */
    if (packets_of(race) != 1)
        return "not one packet";
    if (race->finished)
        return status == ENDED_CANCELLED ? NULL : "ended otherwise than by the last cancel";
    if (status != ENDED_WELL && !is_one_of(status, race->ender->statuses) && !foreign)
        return "an end that is not allowed";
    return NULL;
}

static const char *judge(struct race *race)
{
    bool began = race->begun == 0 || race->begun == WSA_IO_PENDING;
    if (!began && !may_be_refused(race))
        return "the call was refused";
    const char *wrong = race->operation->overlapped ? judge_request(race) : NULL;
    return wrong != NULL ? wrong : race->operation->judge(race);
}

static const char *play(struct race *race)
{
    WSADATA data;
    WSAStartup(MAKEWORD(2, 2), &data);
    race->s = race->peer = race->third = race->taken = INVALID_SOCKET;
    race->operation->prepare(race);
    race->port = CreateIoCompletionPort((HANDLE)race->s, NULL, 1, 0);
    race->overlapped.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
    run_both(race);
    return judge(race);
}

static bool run_order(struct berth *machine, uint64_t number, void *context)
{
    static const struct berth_launch standard = {.account = BERTH_STANDARD};
    const struct race *pair = context;
    const char *volatile wrong = "nothing can move any more"; /* across the longjmp */
    now.race = *pair;
    now.race.machine = machine;
    berth_set_preemption(machine, BERTH_PREEMPT_NEVER);
    if (!berth_boot(machine) || berth_enter(machine, &standard) != 0)
        return false;
    if (setjmp(now.stuck) == 0)
        wrong = play(&now.race);
    if (wrong != NULL && now.failed++ < 3)
        printf("  order %" PRIu64 ": %s (call %u, ended 0x%x)\n", number, wrong, now.race.begun,
               (unsigned)now.race.overlapped.Internal);
    berth_off(machine, BERTH_POWER_CUT);
    return true;
}

static void stuck(void *context, const char *report)
{
    (void)context;
    (void)report;
    longjmp(now.stuck, 1);
}

/* ---- All pairs ------------------------------------------------------------------------------- */

static uint64_t explore_pair(struct berth *machine, int operation, int ender, bool *right)
{
    struct race pair = {.operation = &operations[operation], .ender = &enders[ender]};
    const struct berth_exploration exploration = {
        .seed = 1, .limit = LIMIT, .run = run_order, .context = &pair};
    bool all = false;
    now.failed = 0;
    uint64_t count = berth_explore(machine, &exploration, &all);
    *right = now.failed == 0 && all;
    printf("%-10s %-12s %7" PRIu64 " orders%s  %s", pair.operation->name, pair.ender->name, count,
           all ? "" : " and more", *right ? "PASS\n" : "FAIL");
    if (!*right)
        printf(", %" PRIu64 " of them\n", now.failed);
    return count;
}

/* Two threads of so many steps, a call between two: as many orders as there are ways to deal. */
struct steps {
    int own[2];
};

static DWORD WINAPI step(LPVOID parameter)
{
    const int *own = parameter;
    for (int i = 1; i < *own; i++)
        WSAResetEvent(WSA_INVALID_EVENT);
    return 0;
}

static bool run_steps(struct berth *machine, uint64_t number, void *context)
{
    static const struct berth_launch standard = {.account = BERTH_STANDARD};
    struct steps *steps = context;
    (void)number;
    berth_set_preemption(machine, BERTH_PREEMPT_NEVER);
    if (!berth_boot(machine) || berth_enter(machine, &standard) != 0)
        return false;
    for (int i = 0; i < 2; i++)
        CreateThread(NULL, 0, step, &steps->own[i], 0, NULL);
    berth_set_preemption(machine, BERTH_PREEMPT_AT_CALLS);
    Sleep(1);
    berth_set_preemption(machine, BERTH_PREEMPT_NEVER);
    berth_leave(machine);
    return true;
}

static uint64_t binomial(int n, int k)
{
    uint64_t result = 1;
    for (int i = 1; i <= k; i++)
        result = result * (uint64_t)(n - k + i) / (uint64_t)i;
    return result;
}

static bool closed_form_holds(struct berth *machine)
{
    bool holds = true;
    for (int a = 1; a <= STEPS_MAX; a++)
        for (int b = a; b <= STEPS_MAX; b++) {
            struct steps steps = {{a, b}};
            const struct berth_exploration exploration = {.run = run_steps, .context = &steps};
            uint64_t count = berth_explore(machine, &exploration, NULL);
            if (count == binomial(a + b, a))
                continue;
            printf("%d and %d steps: %" PRIu64 " orders, not %" PRIu64 "\n", a, b, count,
                   binomial(a + b, a));
            holds = false;
        }
    printf("two threads of up to %d steps each: %s the closed form\n", STEPS_MAX,
           holds ? "as many orders as" : "NOT");
    return holds;
}

/* Whether nothing of that kind is asked for, or just this. */
static bool is_chosen(const char *chosen, const char *name)
{
    return chosen == NULL || strcmp(chosen, name) == 0;
}

struct asked {
    const char *operation, *ender; /* NULL for all */
    struct profile profile;
};

static void put_names(FILE *out)
{
    fprintf(out, "an operation (");
    for (int i = 0; i < OPERATION_COUNT; i++)
        fprintf(out, "%s%s", i == 0 ? "" : ", ", operations[i].name);
    fprintf(out, "), what ends it (");
    for (int i = 0; i < ENDER_COUNT; i++)
        fprintf(out, "%s%s", i == 0 ? "" : ", ", enders[i].name);
    fprintf(out, ") or QUESTION=OPTION");
}

static int help(void)
{
    printf(
        "berth-races [OPERATION] [ENDER] [QUESTION=OPTION]...\n"
        "Runs each operation against each thing that may end it, in every order. An argument is\n");
    put_names(stdout);
    printf(".\nExit code: 0 all orders were right; 1 one was not; 2 an argument is wrong.\n");
    return 0;
}

static bool read_argument(struct asked *asked, const char *argument)
{
    char message[256];
    for (int i = 0; i < OPERATION_COUNT; i++)
        if (strcmp(operations[i].name, argument) == 0)
            asked->operation = argument;
    for (int i = 0; i < ENDER_COUNT; i++)
        if (strcmp(enders[i].name, argument) == 0)
            asked->ender = argument;
    if (asked->operation == argument || asked->ender == argument)
        return true;
    if (strchr(argument, '=') == NULL) {
        fprintf(stderr, "berth-races: nothing is called \"%s\", expected ", argument);
        put_names(stderr);
        fprintf(stderr, "\n");
        return false;
    }
    if (profile_read(&asked->profile, "argument", argument, message, sizeof message))
        return true;
    fprintf(stderr, "%s\n", message);
    return false;
}

int main(int argc, char **argv)
{
    struct asked asked = {NULL, NULL, {{0}}};
    uint64_t orders = 0;
    unsigned pairs = 0, wrong = 0;
    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        return help();
    profile_default(&asked.profile);
    for (int i = 1; i < argc; i++)
        if (!read_argument(&asked, argv[i]))
            return 2;
    const struct berth_config config = {.seed = 1, .profile = &asked.profile};
    struct berth *machine = berth_new(&config);
    if (machine == NULL)
        return 3;
    berth_on_deadlock(machine, stuck, NULL);
    bool counted = closed_form_holds(machine);
    for (int i = 0; i < OPERATION_COUNT; i++)
        for (int j = 0; j < ENDER_COUNT; j++) {
            bool right;
            if (!is_chosen(asked.operation, operations[i].name) ||
                !is_chosen(asked.ender, enders[j].name))
                continue;
            orders += explore_pair(machine, i, j, &right);
            pairs++;
            wrong += !right;
        }
    printf("%u pairs, %" PRIu64 " orders, %u pairs wrong\n", pairs, orders, wrong);
    berth_free(machine);
    return wrong == 0 && counted ? 0 : 1;
}
