/* berth-conformance: judges a Winsock by the clauses of the specification. --help says how. */
#include <stdio.h>
#include <stdlib.h>

#include "conformance/report/report.h"
#include "conformance/runner/check_options.h"
#include "conformance/runner/coverage.h"
#include "conformance/runner/os.h"
#include "conformance/runner/seeds.h"
#include "conformance/runner/state.h"
#include "conformance/runner/text.h"

enum {
    EXPECTED = 0,
    UNEXPECTED = 1,
    USAGE = 2,
    BROKEN = 3,
    WAITS_FOR_RESTART = 4,
    MESSAGE_SIZE = 1024
};

struct writer {
    const char *path; /* NULL: not asked for */
    void (*write)(const struct report *report, FILE *out);
};

enum { WRITER_COUNT = 4 };

static int complain(const char *message)
{
    fprintf(stderr, "%s\n", message);
    return USAGE;
}

/* Whether all can be written, before anything runs. */
static bool try_outputs(const struct writer *writers)
{
    for (int i = 0; i < WRITER_COUNT; i++) {
        struct output output;
        if (writers[i].path == NULL)
            continue;
        if (!output_open(&output, writers[i].path)) {
            fprintf(stderr, "%s:1: cannot be written, expected a file in a folder that is there\n",
                    writers[i].path);
            return false;
        }
        output_drop(&output);
    }
    return true;
}

/* Line by line and in its place: what it holds is wanted most when the harness breaks. */
static bool open_lines(const char *path, FILE **file)
{
    if (path == NULL)
        return true;
    *file = fopen(path, "w");
    if (*file != NULL)
        return setvbuf(*file, NULL, _IOLBF, BUFSIZ) == 0;
    fprintf(stderr, "%s:1: cannot be written, expected a file in a folder that is there\n", path);
    return false;
}

static bool write_outputs(const struct writer *writers, const struct report *report)
{
    for (int i = 0; i < WRITER_COUNT; i++) {
        struct output output;
        if (writers[i].path == NULL)
            continue;
        bool opened = output_open(&output, writers[i].path);
        if (opened)
            writers[i].write(report, output.file);
        if (opened && output_keep(&output))
            continue;
        fprintf(stderr, "%s:1: could not be written, expected room for it\n", writers[i].path);
        return false;
    }
    return true;
}

/* What came of the cases so far goes to the file that the same command reads after the restart. */
static int put_off(const struct run *run)
{
    struct output output;
    const char *path = run->settings->resume;
    if (output_open(&output, path)) {
        state_write(run, output.file);
        if (output_keep(&output)) {
            printf("%u cases wait: restart the machine, then give the same command again\n",
                   run_waiting(run));
            return WAITS_FOR_RESTART;
        }
    }
    fprintf(stderr, "%s:1: could not be written, expected room for it\n", path);
    return BROKEN;
}

static int judge(struct run *run, const struct expectations *expectations)
{
    const struct settings *settings = run->settings;
    const struct report report = {run, expectations};
    const struct writer writers[WRITER_COUNT] = {{settings->junit, report_junit},
                                                 {settings->json, report_json},
                                                 {settings->html, report_html},
                                                 {settings->observe, report_profile}};
    char message[MESSAGE_SIZE];
    if (!try_outputs(writers) || !open_lines(settings->trace, &run->trace) ||
        !open_lines(settings->misuse, &run->misuse))
        return USAGE;
    if (!state_read(run, settings->resume, message, sizeof message))
        return complain(message);
    bool ran = run_cases(run, &settings->profile);
    if (run->trace != NULL)
        fclose(run->trace);
    if (run->misuse != NULL)
        fclose(run->misuse);
    if (!ran) {
        fprintf(stderr, "berth-conformance: the test bed does not open: %s\n", testbed_reason());
        return BROKEN;
    }
    if (run_waiting(run) > 0)
        return put_off(run);
    if (run->resumed)
        remove(settings->resume);
    report_console(&report, stdout);
    bool expected = expectations_judge(expectations, run, stdout);
    bool followed = run_followed_profile(run, &settings->profile, stdout);
    if (!write_outputs(writers, &report))
        return BROKEN;
    return expected && followed ? EXPECTED : UNEXPECTED;
}

static int judge_by_expectations(struct run *run)
{
    char message[MESSAGE_SIZE];
    static struct expectations expectations;
    int code = USAGE;
    if (expectations_read(&expectations, run->settings->expect, message, sizeof message))
        code = judge(run, &expectations);
    else
        complain(message);
    expectations_free(&expectations);
    return code;
}

static bool write_page(const struct comparison *comparison, const char *path)
{
    struct output output;
    if (path == NULL)
        return true;
    if (output_open(&output, path)) {
        report_comparison(comparison, output.file);
        if (output_keep(&output))
            return true;
    }
    fprintf(stderr, "%s:1: cannot be written, expected a file in a folder that is there\n", path);
    return false;
}

static int compare(const struct settings *settings)
{
    char message[MESSAGE_SIZE];
    static struct expectations expectations;
    static struct comparison comparison;
    int code = USAGE;
    comparison.expectations = &expectations;
    if (!expectations_read(&expectations, settings->expect, message, sizeof message) ||
        !results_read(&comparison.sides[0], settings->compare[0], message, sizeof message) ||
        !results_read(&comparison.sides[1], settings->compare[1], message, sizeof message))
        complain(message);
    else if (write_page(&comparison, settings->html))
        code = comparison_write(&comparison, stdout) ? EXPECTED : UNEXPECTED;
    expectations_free(&expectations);
    return code;
}

static int write_coverage(const struct run *run)
{
    coverage_write(run, stdout);
    return coverage_check(run, stdout) ? EXPECTED : UNEXPECTED;
}

static int obey(struct run *run)
{
    switch (run->settings->command) {
    case COMMAND_RUN:
        return judge_by_expectations(run);
    case COMMAND_LIST:
        coverage_list(run, stdout);
        return EXPECTED;
    case COMMAND_CLAUSES:
        return write_coverage(run);
    case COMMAND_CHECK_OPTIONS:
        return check_options(run, stdout);
    case COMMAND_SEEDS:
        return seeds_run(run, stdout);
    case COMMAND_COMPARE:
        return compare(run->settings);
    case COMMAND_HELP:
        fputs(settings_help, stdout);
        return EXPECTED;
    }
    return BROKEN;
}

/* Whether this process is a child of the test bed's, which has done its part then. */
static bool ran_as_child(int argc, char **argv, int *code)
{
    const struct testbed_program **programs = run_programs();
    bool child = testbed_run_child(argc, argv, programs, code);
    free(programs);
    return child;
}

int main(int argc, char **argv)
{
    char message[MESSAGE_SIZE];
    struct settings settings;
    struct run run;
    int code = USAGE;
    if (ran_as_child(argc, argv, &code))
        return code;
    if (!settings_read(&settings, argc, argv, message, sizeof message)) {
        settings_free(&settings);
        return complain(message);
    }
    os_prepare();
    run_plan(&run, &settings);
    bool cases = settings.command == COMMAND_RUN || settings.command == COMMAND_LIST ||
                 settings.command == COMMAND_SEEDS;
    if (run_choose(&run, cases ? settings.only : NULL) > 0 || !cases)
        code = obey(&run);
    else
        fprintf(stderr,
                "command line:%d: nothing is called \"%s\", expected a case, suite or clause of "
                "--list\n",
                settings.only_at, settings.only);
    run_free(&run);
    settings_free(&settings);
    return code;
}
