/* The functions that suite.h promises to the suites. */
#include <stdio.h>
#include <stdlib.h>

#include "conformance/runner/run.h"
#include "conformance/runner/text.h"

static void say_allowed(enum behaviour behaviour)
{
    const struct behaviour_row *row = &spec_behaviours[behaviour];
    fprintf(stderr, "  allowed:");
    for (unsigned i = 0; i < row->option_count; i++) {
        const struct option_row *option = &spec_options[row->first + i];
        if (option->kind == DEFECT)
            continue;
        fprintf(stderr, "%s %s", i == 0 ? "" : ",", option->name);
        if (option->value != NO_VALUE)
            fprintf(stderr, " (%lu)", (unsigned long)option->value);
    }
    fprintf(stderr, "\n");
}

static void say_question(enum behaviour behaviour)
{
    const struct behaviour_row *row = &spec_behaviours[behaviour];
    fprintf(stderr, "%s (%s): %s\n", row->name, row->reference, row->text);
}

void observe_option(enum option option, const char *file, int line)
{
    const struct option_row *row = &spec_options[option];
    enum option *observed = &run_current->observed[row->behaviour];
    if (row->kind == DEFECT) {
        char id[CLAUSE_ID_SIZE];
        say_question(row->behaviour);
        fprintf(stderr, "  answered: %s, a defect by %s: %s\n", row->name,
                clause_id(row->clause, id), row->evidence);
        say_allowed(row->behaviour);
        _fail(file, line);
    }
    if (*observed != OPTION_COUNT && *observed != option) {
        say_question(row->behaviour);
        fprintf(stderr, "  answered: %s here, but %s in %s\n", row->name,
                spec_options[*observed].name, run_current->observed_by[row->behaviour]);
        say_allowed(row->behaviour);
        _fail(file, line);
    }
    if (*observed == OPTION_COUNT)
        run_current->observed_by[row->behaviour] = run_current_case->test->name;
    *observed = option;
}

void observe_value(enum behaviour behaviour, unsigned long value, const char *file, int line)
{
    enum option option =
        value < NO_VALUE ? option_of_value(behaviour, (uint32_t)value) : OPTION_COUNT;
    if (option == OPTION_COUNT) {
        say_question(behaviour);
        fprintf(stderr, "  answered: %lu, which no option stands for\n", value);
        say_allowed(behaviour);
        _fail(file, line);
    }
    observe_option(option, file, line);
}

void skip_case(const char *reason, bool unsupported)
{
    run_current_case->message = text_copy(reason);
    run_current_case->verdict = unsupported ? VERDICT_UNSUPPORTED : VERDICT_SKIPPED;
    skip();
}
