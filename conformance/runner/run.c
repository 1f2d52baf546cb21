#include "conformance/runner/run.h"

#include <stdlib.h>

#include "conformance/runner/os.h"
#include "conformance/runner/pattern.h"
#include "conformance/runner/player.h"
#include "conformance/runner/text.h"
#include "conformance/suites/suites.h"

enum { POOL_TEXT_SIZE = 32 * 1024 };

struct run *run_current;
struct outcome *run_current_case;

static bool begun; /* the test bed has a case open */
static enum phase phase_now;

void run_plan(struct run *run, const struct settings *settings)
{
    *run = (struct run){.settings = settings, .target = testbed_target()};
    for (size_t i = 0; all_suites[i] != NULL; i++)
        for (const struct suite_case *test = all_suites[i]->cases; test->name != NULL; test++)
            run->count++;
    run->outcomes = calloc(run->count + 1, sizeof *run->outcomes);
    if (run->outcomes == NULL)
        abort();

    struct outcome *outcome = run->outcomes;
    for (size_t i = 0; all_suites[i] != NULL; i++)
        for (const struct suite_case *test = all_suites[i]->cases; test->name != NULL; test++)
            *outcome++ = (struct outcome){.suite = all_suites[i], .test = test};
}

void run_forget(struct run *run)
{
    for (size_t i = 0; i < run->count; i++) {
        struct outcome *outcome = &run->outcomes[i];
        free(outcome->message);
        free(outcome->pool);
        free(outcome->kept);
        outcome->message = NULL;
        outcome->pool = NULL;
        outcome->kept = NULL;
        outcome->verdict = VERDICT_NONE;
    }
    for (int behaviour = 0; behaviour < BEHAVIOUR_COUNT; behaviour++) {
        run->observed[behaviour] = OPTION_COUNT;
        run->observed_by[behaviour] = NULL;
    }
    memset(run->verdicts, 0, sizeof run->verdicts);
}

void run_free(struct run *run)
{
    run_forget(run);
    free(run->outcomes);
    *run = (struct run){0};
}

bool run_cites(const struct suite_case *test, enum clause clause)
{
    for (size_t i = 0; i < CASE_CLAUSES_MAX && test->clauses[i] != CLAUSE_NONE; i++)
        if (test->clauses[i] == clause)
            return true;
    return false;
}

void run_write_clauses(const struct suite_case *test, FILE *out)
{
    char id[CLAUSE_ID_SIZE];
    for (size_t i = 0; i < CASE_CLAUSES_MAX && test->clauses[i] != CLAUSE_NONE; i++)
        fprintf(out, "%s%s", i == 0 ? "" : " ", clause_id(test->clauses[i], id));
}

static bool names(const struct outcome *outcome, const char *pattern,
                  bool (*matches)(const char *, const char *))
{
    char id[CLAUSE_ID_SIZE];
    const struct suite_case *test = outcome->test;
    if (matches(pattern, test->name) || matches(pattern, outcome->suite->name))
        return true;
    for (size_t i = 0; i < CASE_CLAUSES_MAX && test->clauses[i] != CLAUSE_NONE; i++)
        if (matches(pattern, clause_id(test->clauses[i], id)) ||
            matches(pattern, spec_clauses[test->clauses[i]].id))
            return true;
    return false;
}

static size_t choose(struct run *run, const char *pattern,
                     bool (*matches)(const char *, const char *))
{
    size_t chosen = 0;
    for (size_t i = 0; i < run->count; i++) {
        run->outcomes[i].chosen = pattern == NULL || names(&run->outcomes[i], pattern, matches);
        chosen += run->outcomes[i].chosen;
    }
    return chosen;
}

size_t run_choose(struct run *run, const char *pattern)
{
    size_t chosen = choose(run, pattern, pattern_equals);
    return chosen > 0 ? chosen : choose(run, pattern, pattern_matches);
}

void run_choose_citing(struct run *run, enum clause clause)
{
    for (size_t i = 0; i < run->count; i++)
        run->outcomes[i].chosen = run_cites(run->outcomes[i].test, clause);
}

/* The case as cmocka sees it: one test, whatever phases it has. */
/* A test bed that can give no machine skips the case, where it is a real stack's. The simulator
 * always can: a machine that does not boot is a failure of what is judged.
 */
static void require_machine(bool there)
{
    if (!there && strcmp(testbed_target(), "simulator") == 0)
        fail_msg("the machine does not come up: %s", testbed_reason());
    REQUIRE_TESTBED(there);
}

static void play(void **state)
{
    const struct outcome *outcome = *state;
    require_machine(testbed_begin_case(outcome->suite->user));
    begun = true;
    os_guard_case();
    if (phase_now != PHASE_AFTER_REBOOT)
        outcome->test->run();
    if (outcome->test->after_reboot == NULL || phase_now == PHASE_BEFORE_REBOOT)
        return;
    if (phase_now == PHASE_AFTER_REBOOT)
        memcpy(testbed_kept(), outcome->kept, TESTBED_KEPT_SIZE);
    else
        require_machine(testbed_reboot(outcome->test->reboot));
    outcome->test->after_reboot();
}

/* What cmocka prints around a test says nothing that the runner does not know; what is left of a
 * line, or NULL for nothing.
 */
static const char *without_frame(const char *line, size_t length)
{
    static const char *const noise[] = {"[==========]",     "[  PASSED  ]", "[ RUN      ]",
                                        "[       OK ]",     "[  FAILED  ]", "[  SKIPPED ]",
                                        " 1 FAILED TEST(S)"};
    static const char *const marks[] = {"[  ERROR   ] --- ", "[   LINE   ] --- "};
    for (size_t i = 0; i < sizeof noise / sizeof *noise; i++)
        if (strncmp(line, noise[i], strlen(noise[i])) == 0)
            return NULL;
    const char *end = line + length;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (strncmp(line, marks[i], strlen(marks[i])) == 0)
            line += strlen(marks[i]);
    return line == end ? NULL : line;
}

static char *message_of(const char *printed)
{
    struct text message = {0};
    while (*printed != '\0') {
        size_t length = strcspn(printed, "\r\n");
        const char *kept = without_frame(printed, length);
        if (kept != NULL) {
            text_add(&message, kept, (size_t)(printed + length - kept));
            text_say(&message, "\n");
        }
        printed += length;
        printed += *printed != '\0';
    }
    if (message.length == 0)
        text_say(&message, "failed without a word\n");
    return message.bytes;
}

static char *pool_now(void)
{
    static char pool[POOL_TEXT_SIZE];
    size_t size = testbed_describe_pool(pool, sizeof pool);
    pool[size < sizeof pool ? size : sizeof pool - 1] = '\0';
    return size == 0 ? NULL : text_copy(pool);
}

/* A case that got through its first function, and has another, waits. */
static void keep_what_waits(struct outcome *outcome)
{
    free(outcome->kept);
    outcome->kept = NULL;
    if (phase_now != PHASE_BEFORE_REBOOT || outcome->verdict != VERDICT_PASS)
        return;
    outcome->verdict = VERDICT_NONE;
    outcome->kept = malloc(TESTBED_KEPT_SIZE);
    if (outcome->kept == NULL)
        abort();
    memcpy(outcome->kept, testbed_kept(), TESTBED_KEPT_SIZE);
}

bool run_play(struct run *run, struct outcome *outcome, enum phase phase)
{
    struct CMUnitTest test[1] = {
        {.name = outcome->test->name, .test_func = play, .initial_state = outcome}};
    char *replay = settings_replay(run->settings, outcome->test->name);
    struct text last_words = {0};
    text_say(&last_words, "\nberth-conformance: the harness broke. This runs the case again:\n");
    text_say(&last_words, replay);
    text_say(&last_words, "\n");
    free(replay);

    if (run->trace != NULL)
        fprintf(run->trace, "# %s\n", outcome->test->name);
    if (run->misuse != NULL)
        fprintf(run->misuse, "# %s\n", outcome->test->name);
    bool captured = os_capture_begin(last_words.bytes);
    if (captured) {
        begun = false;
        phase_now = phase;
        run_current = run;
        run_current_case = outcome;
        int failed = cmocka_run_group_tests_name(outcome->suite->name, test, NULL, NULL);
        if (failed != 0)
            outcome->verdict = VERDICT_FAIL;
        if (failed != 0 && begun)
            outcome->pool = pool_now();
        if (begun)
            testbed_end_case();
        run_current_case = NULL;
        run_current = NULL;
        char *printed = os_capture_end();
        if (outcome->verdict == VERDICT_NONE && strstr(printed, "[  SKIPPED ]") != NULL)
            outcome->verdict = VERDICT_SKIPPED;
        if (outcome->verdict == VERDICT_NONE)
            outcome->verdict = VERDICT_PASS;
        if (outcome->verdict == VERDICT_FAIL) {
            free(outcome->message);
            outcome->message = message_of(printed);
        }
        keep_what_waits(outcome);
        free(printed);
    }
    text_free(&last_words);
    return captured;
}

static void judge_clauses(struct run *run)
{
    for (size_t i = 0; i < run->count; i++) {
        const struct outcome *outcome = &run->outcomes[i];
        const enum clause *cited = outcome->test->clauses;
        for (size_t j = 0; j < CASE_CLAUSES_MAX && cited[j] != CLAUSE_NONE; j++) {
            enum verdict verdict = outcome->verdict;
            if (verdict == VERDICT_PASS &&
                spec_clauses[cited[j]].strength == IMPLEMENTATION_DEFINED)
                verdict = VERDICT_OBSERVED;
            if (verdict > run->verdicts[cited[j]])
                run->verdicts[cited[j]] = verdict;
        }
    }
}

/* The programs of all suites, each once; suites may share theirs. */
const struct testbed_program **run_programs(void)
{
    size_t count = 0;
    for (size_t i = 0; all_suites[i] != NULL; i++)
        for (const struct testbed_program *program = all_suites[i]->programs;
             program != NULL && program->name != NULL; program++)
            count++;
    const struct testbed_program **programs = calloc(count + 2, sizeof *programs);
    if (programs == NULL)
        abort();

    programs[0] = &player_program;
    count = 1;
    for (size_t i = 0; all_suites[i] != NULL; i++) {
        for (const struct testbed_program *program = all_suites[i]->programs;
             program != NULL && program->name != NULL; program++) {
            size_t known = 0;
            while (known < count && programs[known] != program)
                known++;
            if (known == count)
                programs[count++] = program;
        }
    }
    return programs;
}

static void write_trace(void *context, const char *line)
{
    fprintf(context, "%s\n", line);
}

bool run_cases(struct run *run, const struct profile *profile)
{
    if (!run->resumed)
        run_forget(run);
    const struct testbed_program **programs = run_programs();
    const struct testbed_options options = {.seed = run->settings->seed,
                                            .preempts = run->settings->preempt,
                                            .profile = profile,
                                            .programs = programs,
                                            .trace = run->trace == NULL ? NULL : write_trace,
                                            .trace_context = run->trace,
                                            .misuse = run->misuse == NULL ? NULL : write_trace,
                                            .misuse_context = run->misuse};
    bool opened = testbed_open(&options);
    bool ran = opened;
    if (opened && testbed_plays_apart())
        players_run(run);
    else
        for (size_t i = 0; i < run->count && ran; i++)
            if (run->outcomes[i].chosen)
                ran = run_play(run, &run->outcomes[i], PHASE_WHOLE);
    if (opened) {
        run->fingerprint = testbed_fingerprint();
        testbed_close();
    }
    free(programs);
    judge_clauses(run);
    return ran;
}

bool run_followed_profile(const struct run *run, const struct profile *profile, FILE *out)
{
    bool well = true;
    for (int behaviour = 0; behaviour < BEHAVIOUR_COUNT && testbed_follows_profile(); behaviour++) {
        enum option observed = run->observed[behaviour];
        enum option chosen = (enum option)profile->chosen[behaviour];
        if (observed == OPTION_COUNT || observed == chosen)
            continue;
        fprintf(out, "%s is answered %s in %s, and %s in the profile\n",
                spec_behaviours[behaviour].name, spec_options[observed].name,
                run->observed_by[behaviour], spec_options[chosen].name);
        well = false;
    }
    return well;
}

unsigned run_waiting(const struct run *run)
{
    unsigned waiting = 0;
    for (size_t i = 0; i < run->count; i++)
        waiting += run->outcomes[i].kept != NULL;
    return waiting;
}

unsigned run_total(const struct run *run, enum verdict verdict)
{
    unsigned total = 0;
    for (int clause = CLAUSE_NONE + 1; clause < CLAUSE_COUNT; clause++)
        total += run->verdicts[clause] == verdict;
    return total;
}
