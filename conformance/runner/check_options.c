#include "conformance/runner/check_options.h"

#include <stdlib.h>

#include "conformance/runner/os.h"
#include "conformance/runner/pattern.h"

/* First the machine as it is by default, which stands for the first option of each question; then
 * one run for each other option. A case that fails by default says nothing about an option.
 */
struct plan {
    struct run *run;
    FILE *out;
    unsigned count;
    enum option options[OPTION_COUNT];
    bool *fails_by_default;     /* by case */
    bool seen[BEHAVIOUR_COUNT]; /* answered, with whatever option */
    unsigned wrong;
    bool broken;
};

/* A job answers in lines: "wrong" and a row of the table, "fails" and the number of a case, "seen"
 * and that of a question.
 */
static const char wrong_mark[] = "wrong ";
static const char fails_mark[] = "fails ";
static const char seen_mark[] = "seen ";

static void say_row(FILE *out, const char *question, const char *option, const char *kind,
                    const char *what)
{
    fprintf(out, "%-30s %-20s %-8s %s", question, option, kind, what);
}

static void say_option(FILE *out, enum option option, const char *what)
{
    const struct option_row *row = &spec_options[option];
    say_row(out, spec_behaviours[row->behaviour].name, row->name,
            row->kind == DEFECT ? "DEFECT" : "ALLOWED", what);
}

static void say_failure(FILE *out, const struct outcome *outcome)
{
    fprintf(out, "%s: %.*s\n", outcome->test->name, (int)strcspn(outcome->message, "\n"),
            outcome->message);
}

static void check_observed(const struct run *run, enum option option, FILE *out)
{
    enum option observed = run->observed[spec_options[option].behaviour];
    if (observed == OPTION_COUNT || observed == option)
        return;
    fprintf(out, "%s", wrong_mark);
    say_option(out, option, "observed as ");
    fprintf(out, "%s\n", spec_options[observed].name);
}

static void say_seen(const struct run *run, FILE *out)
{
    for (int behaviour = 0; behaviour < BEHAVIOUR_COUNT; behaviour++)
        if (run->observed[behaviour] != OPTION_COUNT)
            fprintf(out, "%s%d\n", seen_mark, behaviour);
}

static int check_default(void *context, unsigned index, FILE *out)
{
    struct plan *plan = context;
    struct run *run = plan->run;
    (void)index;
    run_choose(run, NULL);
    if (!run_cases(run, &run->settings->profile))
        return 3;
    for (size_t i = 0; i < run->count; i++) {
        if (run->outcomes[i].verdict != VERDICT_FAIL)
            continue;
        fprintf(out, "%s%zu\n%s", fails_mark, i, wrong_mark);
        say_row(out, "(default)", "", "", "fails ");
        say_failure(out, &run->outcomes[i]);
    }
    for (int behaviour = 0; behaviour < BEHAVIOUR_COUNT; behaviour++)
        check_observed(run, (enum option)run->settings->profile.chosen[behaviour], out);
    say_seen(run, out);
    return 0;
}

/* Runs everything; whatever fails is wrong. */
static bool check_allowed(const struct plan *plan, const struct profile *profile,
                          enum option option, FILE *out)
{
    struct run *run = plan->run;
    run_choose(run, NULL);
    if (!run_cases(run, profile))
        return false;
    for (size_t i = 0; i < run->count; i++) {
        if (run->outcomes[i].verdict != VERDICT_FAIL || plan->fails_by_default[i])
            continue;
        fprintf(out, "%s", wrong_mark);
        say_option(out, option, "fails ");
        say_failure(out, &run->outcomes[i]);
    }
    check_observed(run, option, out);
    say_seen(run, out);
    return true;
}

static bool check_defect(const struct plan *plan, const struct profile *profile, enum option option,
                         FILE *out)
{
    char id[CLAUSE_ID_SIZE];
    struct run *run = plan->run;
    enum clause clause = spec_options[option].clause;
    bool caught = false;
    run_choose_citing(run, clause);
    if (!run_cases(run, profile))
        return false;
    for (size_t i = 0; i < run->count; i++)
        caught = caught || (run->outcomes[i].verdict == VERDICT_FAIL && !plan->fails_by_default[i]);
    if (caught)
        return true;
    fprintf(out, "%s", wrong_mark);
    say_option(out, option, "is not caught by ");
    fprintf(out, "%s\n", clause_id(clause, id));
    return true;
}

static int check_option(void *context, unsigned index, FILE *out)
{
    const struct plan *plan = context;
    enum option option = plan->options[index];
    struct profile profile = plan->run->settings->profile;
    profile_choose(&profile, option);
    bool ran = spec_options[option].kind == DEFECT ? check_defect(plan, &profile, option, out)
                                                   : check_allowed(plan, &profile, option, out);
    return ran ? 0 : 3;
}

static bool starts_with(const char *line, const char *mark)
{
    return strncmp(line, mark, strlen(mark)) == 0;
}

static void take_line(struct plan *plan, const char *line)
{
    if (starts_with(line, seen_mark))
        plan->seen[strtoul(line + strlen(seen_mark), NULL, 10)] = true;
    if (starts_with(line, fails_mark))
        plan->fails_by_default[strtoul(line + strlen(fails_mark), NULL, 10)] = true;
    if (!starts_with(line, wrong_mark))
        return;
    line += strlen(wrong_mark);
    fprintf(plan->out, "%.*s\n", (int)strcspn(line, "\n"), line);
    plan->wrong++;
}

static void take_lines(struct plan *plan, const char *text)
{
    while (*text != '\0') {
        take_line(plan, text);
        text += strcspn(text, "\n");
        text += *text != '\0';
    }
}

static void take_default(void *context, unsigned index, int code, const char *text)
{
    struct plan *plan = context;
    (void)index;
    take_lines(plan, text);
    if (code == 0)
        return;
    say_row(plan->out, "(default)", "", "", "broke the harness");
    fprintf(plan->out, "\n%s\n", text);
    plan->broken = true;
}

static void take_option(void *context, unsigned index, int code, const char *text)
{
    struct plan *plan = context;
    take_lines(plan, text);
    if (code == 0)
        return;
    say_option(plan->out, plan->options[index], "broke the harness");
    fprintf(plan->out, "\n%s\n", text);
    plan->broken = true;
}

static bool is_asked_for(const struct run *run, enum behaviour behaviour)
{
    const char *only = run->settings->only;
    return only == NULL || pattern_matches(only, spec_behaviours[behaviour].name);
}

/* A question whose answers no case can tell apart might as well not be asked. */
static void check_seen(struct plan *plan)
{
    for (int behaviour = 0; behaviour < BEHAVIOUR_COUNT; behaviour++) {
        const struct behaviour_row *row = &spec_behaviours[behaviour];
        unsigned allowed = 0;
        for (unsigned i = 0; i < row->option_count; i++)
            allowed += spec_options[row->first + i].kind == ALLOWED;
        if (allowed < 2 || plan->seen[behaviour] ||
            !is_asked_for(plan->run, (enum behaviour)behaviour))
            continue;
        say_row(plan->out, row->name, "", "", "is observed by no case");
        fprintf(plan->out, "\n");
        plan->wrong++;
    }
}

static bool run_plan_of_options(struct plan *plan)
{
    const struct os_jobs first = {1, check_default, take_default, plan};
    const struct os_jobs others = {plan->count, check_option, take_option, plan};
    if (!os_run_jobs(&first) || plan->broken || !os_run_jobs(&others))
        return false;
    check_seen(plan);
    return !plan->broken;
}

int check_options(struct run *run, FILE *out)
{
    struct plan *plan = calloc(1, sizeof *plan);
    bool *fails = calloc(run->count + 1, sizeof *fails);
    if (plan == NULL || fails == NULL)
        abort();
    *plan = (struct plan){.run = run, .out = out, .fails_by_default = fails};
    for (int option = 0; option < OPTION_COUNT; option++)
        if (run->settings->profile.chosen[spec_options[option].behaviour] != option &&
            is_asked_for(run, spec_options[option].behaviour))
            plan->options[plan->count++] = (enum option)option;

    say_row(out, "question", "option", "kind", "what is wrong");
    fprintf(out, "\n");
    bool ran = run_plan_of_options(plan);
    fprintf(out, "%u answers beside the default, to %d questions: %u wrong\n", plan->count,
            BEHAVIOUR_COUNT, plan->wrong);
    int code = plan->wrong > 0 ? 1 : 0;
    free(fails);
    free(plan);
    return ran ? code : 3;
}
