#include "conformance/runner/seeds.h"

#include <stdlib.h>

#include "conformance/runner/os.h"

enum { SEEDS_A_JOB = 50 };

struct tally {
    struct run *run;
    FILE *out;
    bool failed, broken;
};

static void say_failure(const struct settings *settings, const struct outcome *outcome, FILE *out)
{
    char *replay = settings_replay(settings, outcome->test->name);
    fprintf(out, "%s\n  %.*s\n", replay, (int)strcspn(outcome->message, "\n"), outcome->message);
    free(replay);
}

static int run_seeds(void *context, unsigned index, FILE *out)
{
    struct tally *tally = context;
    struct run *run = tally->run;
    const struct settings *asked = run->settings;
    struct settings settings = *asked;
    const unsigned long long first = (unsigned long long)index * SEEDS_A_JOB;
    int code = 0;
    run->settings = &settings;
    for (unsigned long long i = first; i < asked->seeds && i < first + SEEDS_A_JOB; i++) {
        settings.seed = asked->seed + i;
        if (!run_cases(run, &settings.profile))
            return 3;
        for (size_t at = 0; at < run->count; at++) {
            if (!run->outcomes[at].chosen || run->outcomes[at].verdict != VERDICT_FAIL)
                continue;
            say_failure(&settings, &run->outcomes[at], out);
            code = 1;
        }
    }
    run->settings = asked;
    return code;
}

static void take_seeds(void *context, unsigned index, int code, const char *text)
{
    struct tally *tally = context;
    (void)index;
    fputs(text, tally->out);
    tally->failed = tally->failed || code != 0;
    tally->broken = tally->broken || code == 3;
}

static unsigned long long chosen(const struct run *run)
{
    unsigned long long count = 0;
    for (size_t i = 0; i < run->count; i++)
        count += run->outcomes[i].chosen;
    return count;
}

int seeds_run(struct run *run, FILE *out)
{
    struct tally tally = {run, out, false, false};
    const unsigned long long seeds = run->settings->seeds;
    const struct os_jobs jobs = {(unsigned)((seeds + SEEDS_A_JOB - 1) / SEEDS_A_JOB), run_seeds,
                                 take_seeds, &tally};
    if (!os_run_jobs(&jobs) || tally.broken)
        return 3;
    fprintf(out, "%llu cases, each under %llu seeds: %s\n", chosen(run), seeds,
            tally.failed ? "not all passed" : "all passed");
    return tally.failed ? 1 : 0;
}
