#include "conformance/report/report.h"

#include <stdlib.h>

enum { CLAUSES_A_LINE = 6, VERDICT_WIDTH = 11 };

static void write_verdicts(const struct run *run, enum clause first, enum clause end, FILE *out)
{
    unsigned written = 0;
    int blanks = 0; /* owed to the column before, so that no line ends in them */
    for (int clause = first; clause < (int)end; clause++) {
        enum verdict verdict = run->verdicts[clause];
        if (verdict == VERDICT_NONE && run->settings->only != NULL)
            continue;
        if (written % CLAUSES_A_LINE == 0)
            fprintf(out, "%s      ", written == 0 ? "" : "\n");
        else
            fprintf(out, "%*s", blanks, "");
        written++;
        fprintf(out, " %s %s", strchr(spec_clauses[clause].id, '_') + 1, verdict_name(verdict));
        size_t length = strlen(verdict_name(verdict));
        blanks = length < VERDICT_WIDTH ? VERDICT_WIDTH - (int)length : 0;
    }
    fprintf(out, "\n");
}

/* Of a part of the suite only what was judged is written. */
static void write_group(const struct run *run, enum clause first, enum clause end, FILE *out)
{
    char letters[CLAUSE_ID_SIZE];
    unsigned totals[VERDICT_COUNT] = {0};
    const char *name = report_group_name(first, letters);
    for (int clause = first; clause < (int)end; clause++)
        totals[run->verdicts[clause]]++;
    bool judged = totals[VERDICT_NONE] < (unsigned)(end - first);
    if (!judged && run->settings->only != NULL)
        return;
    fprintf(out, "%-6s %-32s", letters, name);
    for (int verdict = VERDICT_COUNT - 1; verdict >= VERDICT_NONE; verdict--)
        if (totals[verdict] > 0)
            fprintf(out, " %3u %s", totals[verdict], verdict_name((enum verdict)verdict));
    fprintf(out, "\n");
    if (judged)
        write_verdicts(run, first, end, out);
}

static void write_clauses(const struct run *run, FILE *out)
{
    int first = CLAUSE_NONE + 1;
    while (first < CLAUSE_COUNT) {
        enum clause end = report_group_end((enum clause)first);
        write_group(run, (enum clause)first, end, out);
        first = end;
    }
}

static void write_indented(const char *text, FILE *out)
{
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        fprintf(out, "  %.*s\n", (int)length, text);
        text += length;
        text += *text != '\0';
    }
}

/* The first and the last line are the command that runs the case again. */
static void write_failure(const struct report *report, const struct outcome *outcome, FILE *out)
{
    char *replay = settings_replay(report->run->settings, outcome->test->name);
    bool expected = expectations_cover(report->expectations, outcome->test);
    fprintf(out, "\n%s\n  %s, in suite %s, judges ", replay, expected ? "expected to fail" : "FAIL",
            outcome->suite->name);
    run_write_clauses(outcome->test, out);
    fprintf(out, "\n");
    write_indented(outcome->message, out);
    if (outcome->pool != NULL) {
        fprintf(out, "  the port pool:\n");
        write_indented(outcome->pool, out);
    }
    fprintf(out, "%s\n", replay);
    free(replay);
}

static void write_outcomes(const struct report *report, FILE *out)
{
    const struct run *run = report->run;
    for (size_t i = 0; i < run->count; i++) {
        const struct outcome *outcome = &run->outcomes[i];
        if (outcome->verdict == VERDICT_SKIPPED || outcome->verdict == VERDICT_UNSUPPORTED)
            fprintf(out, "%s %s: %s\n", verdict_name(outcome->verdict), outcome->test->name,
                    outcome->message == NULL ? "no reason given" : outcome->message);
    }
    for (size_t i = 0; i < run->count; i++)
        if (run->outcomes[i].verdict == VERDICT_FAIL)
            write_failure(report, &run->outcomes[i], out);
}

static void write_totals(const struct run *run, FILE *out)
{
    unsigned cases = 0;
    unsigned failed = 0;
    unsigned answered = 0;
    for (size_t i = 0; i < run->count; i++) {
        cases += run->outcomes[i].chosen;
        failed += run->outcomes[i].verdict == VERDICT_FAIL;
    }
    for (int behaviour = 0; behaviour < BEHAVIOUR_COUNT; behaviour++)
        answered += run->observed[behaviour] != OPTION_COUNT;

    fprintf(out, "\n%u cases, %u failed; %u of %d questions answered\nclauses:", cases, failed,
            answered, BEHAVIOUR_COUNT);
    for (int verdict = VERDICT_COUNT - 1; verdict > VERDICT_NONE; verdict--)
        fprintf(out, " %u %s,", run_total(run, (enum verdict)verdict),
                verdict_name((enum verdict)verdict));
    fprintf(out, " %u without a verdict\n", run_total(run, VERDICT_NONE));
    fprintf(out, "%s, seed %llu, fingerprint %016llx\n", run->target, run->settings->seed,
            run->fingerprint);
}

void report_console(const struct report *report, FILE *out)
{
    write_clauses(report->run, out);
    write_outcomes(report, out);
    write_totals(report->run, out);
}
