#include "conformance/runner/player.h"

#include <stdlib.h>

#include "conformance/runner/os.h"
#include "conformance/runner/text.h"

enum { PATIENCE_MILLISECONDS = 20 * 1000, NOBODY = -1 };

/* Both sides are the same program, so what they tell each other has one layout. */
struct order {
    size_t at; /* in the plan, which is the same too */
    enum phase phase;
    enum option observed[BEHAVIOUR_COUNT];
    int observed_by[BEHAVIOUR_COUNT]; /* a place in the plan, or NOBODY */
    unsigned char kept[TESTBED_KEPT_SIZE];
};

struct answer {
    enum verdict verdict;
    bool waits;
    enum option observed[BEHAVIOUR_COUNT];
    unsigned char kept[TESTBED_KEPT_SIZE];
    size_t message_size; /* with its NUL; 0 for none */
    size_t pool_size;
};

/* ---- In the player --------------------------------------------------------------------------- */

static bool tell_text(const char *text, size_t size)
{
    return size == 0 || testbed_tell_parent(text, size);
}

static bool tell(const struct run *run, const struct outcome *outcome)
{
    static struct answer answer;
    answer.verdict = outcome->verdict;
    answer.waits = outcome->kept != NULL;
    memcpy(answer.observed, run->observed, sizeof answer.observed);
    if (answer.waits)
        memcpy(answer.kept, outcome->kept, sizeof answer.kept);
    answer.message_size = outcome->message == NULL ? 0 : strlen(outcome->message) + 1;
    answer.pool_size = outcome->pool == NULL ? 0 : strlen(outcome->pool) + 1;
    return testbed_tell_parent(&answer, sizeof answer) &&
           tell_text(outcome->message, answer.message_size) &&
           tell_text(outcome->pool, answer.pool_size);
}

static void obey(struct run *run, const struct order *order)
{
    for (int behaviour = 0; behaviour < BEHAVIOUR_COUNT; behaviour++) {
        const int by = order->observed_by[behaviour];
        run->observed[behaviour] = order->observed[behaviour];
        run->observed_by[behaviour] = by == NOBODY ? NULL : run->outcomes[by].test->name;
    }
    struct outcome *outcome = &run->outcomes[order->at];
    if (order->phase == PHASE_AFTER_REBOOT) {
        outcome->kept = malloc(TESTBED_KEPT_SIZE);
        if (outcome->kept == NULL)
            abort();
        memcpy(outcome->kept, order->kept, TESTBED_KEPT_SIZE);
    }
}

static int play_what_is_told(void)
{
    static struct order order;
    struct settings settings = {.seed = 1};
    struct run run;
    os_prepare();
    profile_default(&settings.profile);
    run_plan(&run, &settings);
    while (testbed_hear_parent(&order, sizeof order)) {
        run_forget(&run);
        obey(&run, &order);
        struct outcome *outcome = &run.outcomes[order.at];
        if (!run_play(&run, outcome, order.phase))
            return 1;
        if (!tell(&run, outcome))
            return 2;
    }
    run_free(&run);
    return 0;
}

const struct testbed_program player_program = {"player", play_what_is_told};

/* ---- In the runner --------------------------------------------------------------------------- */

static void give_up(struct outcome *outcome, enum verdict verdict, const char *why)
{
    outcome->verdict = verdict;
    free(outcome->message);
    outcome->message = text_copy(why);
}

static int place_of(const struct run *run, const char *name)
{
    for (size_t i = 0; name != NULL && i < run->count; i++)
        if (run->outcomes[i].test->name == name)
            return (int)i;
    return NOBODY;
}

static struct testbed_child *start_player(enum testbed_user user)
{
    const struct testbed_start start = {.program = player_program.name, .user = user};
    unsigned long error;
    return testbed_start(&start, &error);
}

static char *hear_text(struct testbed_child *player, size_t size, bool *heard)
{
    char *text = size == 0 ? NULL : malloc(size);
    bool late;
    if (text != NULL && !testbed_hear_within(player, text, size, PATIENCE_MILLISECONDS, &late))
        *heard = false;
    return text;
}

static bool hear(struct testbed_child *player, struct run *run, struct outcome *outcome, bool *late)
{
    static struct answer answer;
    bool heard = testbed_hear_within(player, &answer, sizeof answer, PATIENCE_MILLISECONDS, late);
    if (!heard)
        return false;
    outcome->verdict = answer.verdict;
    outcome->message = hear_text(player, answer.message_size, &heard);
    outcome->pool = hear_text(player, answer.pool_size, &heard);
    for (int behaviour = 0; behaviour < BEHAVIOUR_COUNT; behaviour++)
        if (run->observed[behaviour] != answer.observed[behaviour]) {
            run->observed[behaviour] = answer.observed[behaviour];
            run->observed_by[behaviour] = outcome->test->name;
        }
    free(outcome->kept);
    outcome->kept = answer.waits ? malloc(sizeof answer.kept) : NULL;
    if (outcome->kept != NULL)
        memcpy(outcome->kept, answer.kept, sizeof answer.kept);
    return heard;
}

static void fail_with_exit_code(struct outcome *outcome, int code)
{
    char why[128];
    snprintf(why, sizeof why, "the case's process ended with %s0x%08lX\n",
             (unsigned)code >> 28 == 0xC ? "exception " : "",
             (unsigned long)(unsigned)code & 0xFFFFFFFFu);
    give_up(outcome, VERDICT_FAIL, why);
}

/* One player for each user, who plays until a case fails: nobody knows what that leaves behind. */
static struct testbed_child *players[TESTBED_NETWORK_SERVICE + 1];

static void say_order(const struct run *run, const struct outcome *outcome, enum phase phase,
                      struct order *order)
{
    order->at = (size_t)(outcome - run->outcomes);
    order->phase = phase;
    for (int behaviour = 0; behaviour < BEHAVIOUR_COUNT; behaviour++) {
        order->observed[behaviour] = run->observed[behaviour];
        order->observed_by[behaviour] = place_of(run, run->observed_by[behaviour]);
    }
    if (phase == PHASE_AFTER_REBOOT)
        memcpy(order->kept, outcome->kept, sizeof order->kept);
}

static void play_apart(struct run *run, struct outcome *outcome, enum phase phase)
{
    static struct order order;
    struct testbed_child **player = &players[outcome->suite->user];
    bool late = false;
    if (*player == NULL)
        *player = start_player(outcome->suite->user);
    if (*player == NULL) {
        give_up(outcome, VERDICT_SKIPPED, testbed_reason());
        return;
    }
    say_order(run, outcome, phase, &order);
    bool heard = testbed_tell(*player, &order, sizeof order) && hear(*player, run, outcome, &late);
    if (heard && outcome->verdict != VERDICT_FAIL)
        return;
    if (heard) {
        testbed_kill(*player);
    } else if (late) {
        testbed_kill(*player);
        give_up(outcome, VERDICT_FAIL, "the case does not end\n");
    } else {
        fail_with_exit_code(outcome, testbed_wait(*player));
    }
    *player = NULL;
}

static void end_players(void)
{
    for (size_t user = 0; user < sizeof players / sizeof *players; user++)
        if (players[user] != NULL)
            testbed_kill(players[user]);
    memset(players, 0, sizeof players);
}

/* Whether the case can be played now, and how much of it; when not, says why. */
static bool choose_phase(const struct run *run, struct outcome *outcome, enum phase *phase)
{
    *phase = PHASE_WHOLE;
    if (outcome->kept != NULL) {
        *phase = PHASE_AFTER_REBOOT;
        return true;
    }
    if (run->resumed)
        return outcome->verdict == VERDICT_NONE && outcome->test->after_reboot == NULL;
    if (outcome->test->after_reboot == NULL)
        return true;
    *phase = PHASE_BEFORE_REBOOT;
    if (outcome->test->reboot == TESTBED_RESTART && run->settings->resume != NULL)
        return true;
    give_up(outcome, VERDICT_SKIPPED,
            outcome->test->reboot == TESTBED_RESTART
                ? "stands across a restart, for which --resume is wanted"
                : "nobody can cut the power of a machine from inside of it");
    return false;
}

void players_run(struct run *run)
{
    for (size_t i = 0; i < run->count; i++) {
        enum phase phase;
        struct outcome *outcome = &run->outcomes[i];
        if (outcome->chosen && choose_phase(run, outcome, &phase))
            play_apart(run, outcome, phase);
    }
    end_players();
}
