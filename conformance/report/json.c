#include "conformance/report/report.h"

/* All strings here are names of ours: letters, digits, dashes. The target may not be. */
static void write_string(const char *text, FILE *out)
{
    fputc('"', out);
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            fprintf(out, "\\%c", *text);
        else if ((unsigned char)*text < ' ' || (unsigned char)*text > '~')
            fprintf(out, "\\u%04x", (unsigned)(unsigned char)*text);
        else
            fputc(*text, out);
    }
    fputc('"', out);
}

static void write_clause(const struct run *run, enum clause clause, FILE *out)
{
    const struct clause_row *row = &spec_clauses[clause];
    char id[CLAUSE_ID_SIZE];
    fprintf(out, "    {\"id\": \"%s\", \"strength\": \"%s\", \"state\": \"%s\", \"verdict\": ",
            clause_id(clause, id), strength_name(row->strength), clause_state_name(row->state));
    if (run->verdicts[clause] == VERDICT_NONE)
        fprintf(out, "null");
    else
        write_string(verdict_name(run->verdicts[clause]), out);
    fprintf(out, ", \"tests\": [");
    const char *before = "";
    for (size_t i = 0; i < run->count; i++) {
        if (!run_cites(run->outcomes[i].test, clause))
            continue;
        fprintf(out, "%s", before);
        write_string(run->outcomes[i].test->name, out);
        before = ", ";
    }
    fprintf(out, "]}%s\n", clause + 1 == CLAUSE_COUNT ? "" : ",");
}

static void write_behaviour(const struct run *run, enum behaviour behaviour, FILE *out)
{
    fprintf(out, "    {\"name\": \"%s\", \"observed\": ", spec_behaviours[behaviour].name);
    if (run->observed[behaviour] == OPTION_COUNT)
        fprintf(out, "null");
    else
        write_string(spec_options[run->observed[behaviour]].name, out);
    fprintf(out, "}%s\n", behaviour + 1 == BEHAVIOUR_COUNT ? "" : ",");
}

void report_json(const struct report *report, FILE *out)
{
    const struct run *run = report->run;
    fprintf(out, "{\n  \"target\": ");
    write_string(run->target, out);
    fprintf(out, ",\n  \"seed\": %llu,\n  \"fingerprint\": \"%016llx\",\n  \"clauses\": [\n",
            run->settings->seed, run->fingerprint);
    for (int clause = CLAUSE_NONE + 1; clause < CLAUSE_COUNT; clause++)
        write_clause(run, (enum clause)clause, out);
    fprintf(out, "  ],\n  \"behaviours\": [\n");
    for (int behaviour = 0; behaviour < BEHAVIOUR_COUNT; behaviour++)
        write_behaviour(run, (enum behaviour)behaviour, out);
    fprintf(out, "  ],\n  \"totals\": {");
    for (int verdict = VERDICT_COUNT - 1; verdict > VERDICT_NONE; verdict--)
        fprintf(out, "%s\"%s\": %u", verdict == VERDICT_COUNT - 1 ? "" : ", ",
                verdict_name((enum verdict)verdict), run_total(run, (enum verdict)verdict));
    fprintf(out, "}\n}\n");
}
