#include "conformance/report/report.h"

#include <stdlib.h>

struct counts {
    unsigned tests, failures, skipped;
};

static bool fails(const struct report *report, const struct outcome *outcome)
{
    return outcome->verdict == VERDICT_FAIL &&
           !expectations_cover(report->expectations, outcome->test);
}

/* Of one suite, or of all for NULL. */
static struct counts count_cases(const struct report *report, const struct suite *suite)
{
    struct counts counts = {0};
    for (size_t i = 0; i < report->run->count; i++) {
        const struct outcome *outcome = &report->run->outcomes[i];
        if (!outcome->chosen || (suite != NULL && outcome->suite != suite))
            continue;
        counts.tests++;
        counts.failures += fails(report, outcome);
        counts.skipped += !fails(report, outcome) && outcome->verdict != VERDICT_PASS;
    }
    return counts;
}

static void write_attribute(const char *name, const char *value, FILE *out)
{
    fprintf(out, " %s=\"", name);
    report_escaped(value, out);
    fprintf(out, "\"");
}

/* An attribute's line ends would be lost: only the first line. */
static void write_first_line(const char *name, const char *value, FILE *out)
{
    char line[256];
    snprintf(line, sizeof line, "%.*s", (int)strcspn(value, "\n"), value);
    write_attribute(name, line, out);
}

static void write_counts(struct counts counts, FILE *out)
{
    fprintf(out, " tests=\"%u\" failures=\"%u\" errors=\"0\" skipped=\"%u\">\n", counts.tests,
            counts.failures, counts.skipped);
}

static void write_failure(const struct report *report, const struct outcome *outcome, FILE *out)
{
    char *replay = settings_replay(report->run->settings, outcome->test->name);
    fprintf(out, ">\n      <failure");
    write_first_line("message", outcome->message, out);
    fprintf(out, ">");
    report_escaped(replay, out);
    fprintf(out, "\njudges ");
    run_write_clauses(outcome->test, out);
    fprintf(out, "\n");
    report_escaped(outcome->message, out);
    if (outcome->pool != NULL)
        report_escaped(outcome->pool, out);
    report_escaped(replay, out);
    fprintf(out, "\n</failure>\n    </testcase>\n");
    free(replay);
}

static void write_skipped(const struct outcome *outcome, FILE *out)
{
    char message[512];
    snprintf(message, sizeof message, "%s: %s",
             outcome->verdict == VERDICT_FAIL ? "known to fail" : verdict_name(outcome->verdict),
             outcome->message == NULL ? "no reason given" : outcome->message);
    fprintf(out, ">\n      <skipped");
    write_first_line("message", message, out);
    fprintf(out, "/>\n    </testcase>\n");
}

static void write_case(const struct report *report, const struct outcome *outcome, FILE *out)
{
    fprintf(out, "    <testcase");
    write_attribute("classname", outcome->suite->name, out);
    write_attribute("name", outcome->test->name, out);
    if (fails(report, outcome))
        write_failure(report, outcome, out);
    else if (outcome->verdict == VERDICT_PASS)
        fprintf(out, "/>\n");
    else
        write_skipped(outcome, out);
}

static void write_properties(const struct run *run, FILE *out)
{
    fprintf(out, "    <properties>\n      <property name=\"target\"");
    write_attribute("value", run->target, out);
    fprintf(out,
            "/>\n      <property name=\"seed\" value=\"%llu\"/>\n"
            "      <property name=\"fingerprint\" value=\"%016llx\"/>\n    </properties>\n",
            run->settings->seed, run->fingerprint);
}

static void write_suite(const struct report *report, const struct suite *suite, FILE *out)
{
    const struct run *run = report->run;
    fprintf(out, "  <testsuite");
    write_attribute("name", suite->name, out);
    write_counts(count_cases(report, suite), out);
    write_properties(run, out);
    for (size_t i = 0; i < run->count; i++)
        if (run->outcomes[i].chosen && run->outcomes[i].suite == suite)
            write_case(report, &run->outcomes[i], out);
    fprintf(out, "  </testsuite>\n");
}

static struct counts count_expectations(const struct report *report)
{
    struct counts counts = {0};
    for (int clause = CLAUSE_NONE + 1; clause < CLAUSE_COUNT; clause++) {
        enum expectation_state state =
            expectations_state(report->expectations, report->run, (enum clause)clause);
        counts.tests += state == STALE || state == CAME_TRUE;
        counts.failures += state == STALE;
    }
    return counts;
}

/* A stale expectation fails the run, so a reader of the XML alone must see it. */
static void write_expectations(const struct report *report, FILE *out)
{
    fprintf(out, "  <testsuite name=\"expectations\"");
    write_counts(count_expectations(report), out);
    for (int clause = CLAUSE_NONE + 1; clause < CLAUSE_COUNT; clause++) {
        char id[CLAUSE_ID_SIZE];
        enum expectation_state state =
            expectations_state(report->expectations, report->run, (enum clause)clause);
        if (state != STALE && state != CAME_TRUE)
            continue;
        fprintf(out, "    <testcase classname=\"expectations\" name=\"%s\"",
                clause_id((enum clause)clause, id));
        if (state == STALE)
            fprintf(out,
                    ">\n      <failure message=\"stale: was to be %s and is %s\"/>\n"
                    "    </testcase>\n",
                    verdict_name(report->expectations->clauses[clause].verdict),
                    verdict_name(report->run->verdicts[clause]));
        else
            fprintf(out, "/>\n");
    }
    fprintf(out, "  </testsuite>\n");
}

void report_junit(const struct report *report, FILE *out)
{
    struct counts counts = count_cases(report, NULL);
    struct counts expected = count_expectations(report);
    counts.tests += expected.tests;
    counts.failures += expected.failures;
    fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
    write_attribute("name", "berth-conformance", out);
    write_counts(counts, out);

    const struct suite *suite = NULL;
    for (size_t i = 0; i < report->run->count; i++) {
        const struct outcome *outcome = &report->run->outcomes[i];
        if (outcome->chosen && outcome->suite != suite) {
            suite = outcome->suite;
            write_suite(report, suite, out);
        }
    }
    if (report->expectations->path != NULL)
        write_expectations(report, out);
    fprintf(out, "</testsuites>\n");
}
