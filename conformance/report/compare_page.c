#include "conformance/report/report.h"

extern const char report_page_css[];

static void write_badge(enum verdict verdict, FILE *out)
{
    const char *name = verdict_name(verdict);
    fprintf(out, "<td class=\"c-verdict\"><span class=\"badge is-%s\">%s</span></td>",
            verdict == VERDICT_NONE ? "NONE" : name, name);
}

static void write_head(const struct comparison *comparison, const char *title, FILE *out)
{
    fprintf(out, "<section><h2>%s</h2><div class=\"card\"><table><thead><tr><th>", title);
    for (int side = 0; side < 2; side++) {
        fprintf(out, "</th><th>");
        report_escaped(comparison->sides[side].target, out);
    }
    fprintf(out, "</th><th></th></tr></thead><tbody>\n");
}

static void write_clauses(const struct comparison *comparison, FILE *out)
{
    write_head(comparison, "Clauses that differ", out);
    for (int i = CLAUSE_NONE + 1; i < CLAUSE_COUNT; i++) {
        const enum clause clause = (enum clause)i;
        char id[CLAUSE_ID_SIZE];
        if (!comparison_differs(comparison, clause))
            continue;
        fprintf(out, "<tr><td class=\"id\">%s</td>", clause_id(clause, id));
        for (int side = 0; side < 2; side++)
            write_badge(comparison->sides[side].verdicts[clause], out);
        fprintf(out, "<td>");
        report_escaped(spec_clauses[clause].statement, out);
        if (comparison_expects(comparison, clause)) {
            fprintf(out, "<span class=\"reason\">Expected: ");
            report_escaped(comparison->expectations->clauses[clause].reason, out);
            fprintf(out, "</span>");
        }
        fprintf(out, "</td></tr>\n");
    }
    fprintf(out, "</tbody></table></div></section>\n");
}

static void write_answers(const struct comparison *comparison, FILE *out)
{
    write_head(comparison, "Questions answered differently", out);
    for (int i = 0; i < BEHAVIOUR_COUNT; i++) {
        if (!comparison_answers_differ(comparison, (enum behaviour)i))
            continue;
        fprintf(out, "<tr><td class=\"id\">%s</td>", spec_behaviours[i].name);
        for (int side = 0; side < 2; side++)
            fprintf(out, "<td>%s</td>", spec_options[comparison->sides[side].observed[i]].name);
        fprintf(out, "<td>");
        report_escaped(spec_behaviours[i].text, out);
        fprintf(out, "</td></tr>\n");
    }
    fprintf(out, "</tbody></table></div></section>\n");
}

void report_comparison(const struct comparison *comparison, FILE *out)
{
    fprintf(out,
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
            "<title>Berth conformance: two stacks</title>\n<style>\n%s</style></head><body>\n"
            "<header><div><h1>Two stacks side by side</h1></div></header><main>\n",
            report_page_css);
    write_clauses(comparison, out);
    write_answers(comparison, out);
    fprintf(out, "</main></body></html>\n");
}
