#include "conformance/runner/coverage.h"

void coverage_list(const struct run *run, FILE *out)
{
    const struct suite *suite = NULL;
    for (size_t i = 0; i < run->count; i++) {
        const struct outcome *outcome = &run->outcomes[i];
        if (!outcome->chosen)
            continue;
        if (outcome->suite != suite)
            fprintf(out, "%s%s: %s\n", suite == NULL ? "" : "\n", outcome->suite->name,
                    outcome->suite->about);
        suite = outcome->suite;
        fprintf(out, "  %s  ", outcome->test->name);
        run_write_clauses(outcome->test, out);
        fprintf(out, "\n");
    }
}

void coverage_write(const struct run *run, FILE *out)
{
    for (int clause = CLAUSE_NONE + 1; clause < CLAUSE_COUNT; clause++) {
        const struct clause_row *row = &spec_clauses[clause];
        char id[CLAUSE_ID_SIZE];
        fprintf(out, "%-9s  %-22s  %-12s", clause_id((enum clause)clause, id),
                strength_name(row->strength), clause_state_name(row->state));
        const char *before = "  ";
        for (size_t i = 0; i < run->count; i++) {
            if (!run_cites(run->outcomes[i].test, (enum clause)clause))
                continue;
            fprintf(out, "%s%s", before, run->outcomes[i].test->name);
            before = ", ";
        }
        fprintf(out, "\n           %s\n", row->statement);
        if (row->state != TESTED)
            fprintf(out, "           (%s)\n", row->reason);
    }
}

static bool has_case(const struct run *run, enum clause clause)
{
    for (size_t i = 0; i < run->count; i++)
        if (run_cites(run->outcomes[i].test, clause))
            return true;
    return false;
}

static bool check_case(const struct run *run, size_t at, FILE *out)
{
    bool fits = true;
    const struct suite_case *test = run->outcomes[at].test;
    for (size_t i = 0; i < CASE_CLAUSES_MAX && test->clauses[i] != CLAUSE_NONE; i++) {
        char id[CLAUSE_ID_SIZE];
        const struct clause_row *row = &spec_clauses[test->clauses[i]];
        if (row->state == TESTED)
            continue;
        fprintf(out, "%s judges %s, which is %s\n", test->name, clause_id(test->clauses[i], id),
                clause_state_name(row->state));
        fits = false;
    }
    for (size_t other = 0; other < at; other++) {
        if (strcmp(run->outcomes[other].test->name, test->name) != 0)
            continue;
        fprintf(out, "%s is a case of %s and of %s\n", test->name, run->outcomes[other].suite->name,
                run->outcomes[at].suite->name);
        fits = false;
    }
    return fits;
}

bool coverage_check(const struct run *run, FILE *out)
{
    bool fits = true;
    for (int clause = CLAUSE_NONE + 1; clause < CLAUSE_COUNT; clause++) {
        char id[CLAUSE_ID_SIZE];
        if (spec_clauses[clause].state != TESTED || has_case(run, (enum clause)clause))
            continue;
        fprintf(out, "%s is TESTED and no case judges it\n", clause_id((enum clause)clause, id));
        fits = false;
    }
    for (size_t i = 0; i < run->count; i++)
        fits = check_case(run, i, out) && fits;
    return fits;
}
