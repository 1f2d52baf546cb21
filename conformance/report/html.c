#include "conformance/report/report.h"

#include <stdlib.h>

#include "conformance/report/pool_picture.h"

/* page.css and page.js, embedded by the build. */
extern const char report_page_css[];
extern const char report_page_js[];

/* Best first, as the bar shows them. */
static const enum verdict bar_order[] = {VERDICT_PASS, VERDICT_OBSERVED, VERDICT_UNSUPPORTED,
                                         VERDICT_SKIPPED, VERDICT_FAIL};
enum { BAR_PARTS = sizeof bar_order / sizeof *bar_order };

static const char *class_of(enum verdict verdict)
{
    return verdict == VERDICT_NONE ? "NONE" : verdict_name(verdict);
}

static void write_badge(enum verdict verdict, FILE *out)
{
    fprintf(out, "<span class=\"badge is-%s\">%s</span>", class_of(verdict), verdict_name(verdict));
}

/* A clause without a verdict says why. */
static void write_clause_badge(enum verdict verdict, enum clause_state state, FILE *out)
{
    static const char *const words[] = {
        [TESTED] = "not run", [PLANNED] = "planned", [NOT_TESTABLE] = "not testable"};
    if (verdict != VERDICT_NONE)
        write_badge(verdict, out);
    else
        fprintf(out, "<span class=\"badge is-NONE\">%s</span>", words[state]);
}

static void write_bar(const unsigned totals[VERDICT_COUNT], FILE *out)
{
    fprintf(out, "<div class=\"bar\">");
    for (int i = 0; i < BAR_PARTS; i++)
        if (totals[bar_order[i]] > 0)
            fprintf(out, "<span class=\"is-%s\" style=\"flex:%u\" title=\"%u %s\"></span>",
                    verdict_name(bar_order[i]), totals[bar_order[i]], totals[bar_order[i]],
                    verdict_name(bar_order[i]));
    if (totals[VERDICT_NONE] > 0)
        fprintf(out,
                "<span class=\"is-NONE\" style=\"flex:%u\" title=\"%u without a verdict\"></span>",
                totals[VERDICT_NONE], totals[VERDICT_NONE]);
    fprintf(out, "</div>");
}

static void write_header(const struct run *run, FILE *out)
{
    unsigned totals[VERDICT_COUNT];
    unsigned cases = 0;
    for (int verdict = 0; verdict < VERDICT_COUNT; verdict++)
        totals[verdict] = run_total(run, (enum verdict)verdict);
    for (size_t i = 0; i < run->count; i++)
        cases += run->outcomes[i].chosen;

    fprintf(out, "<header><div>\n<h1>Berth conformance <small>a Winsock, clause by clause"
                 "</small></h1>\n<dl class=\"facts\"><div><dt>Target</dt><dd>");
    report_escaped(run->target, out);
    fprintf(out,
            "</dd></div><div><dt>Seed</dt><dd>%llu</dd></div><div><dt>Fingerprint</dt>"
            "<dd><code>%016llx</code></dd></div><div><dt>Cases</dt><dd>%u</dd></div>"
            "<div><dt>Clauses</dt><dd>%d</dd></div></dl>\n",
            run->settings->seed, run->fingerprint, cases, CLAUSE_COUNT - 1);
    write_bar(totals, out);
    fprintf(out, "\n<ul class=\"legend\">");
    for (int i = 0; i < BAR_PARTS; i++)
        fprintf(out, "<li class=\"is-%s\"><i></i><b>%u</b> %s</li>", verdict_name(bar_order[i]),
                totals[bar_order[i]], verdict_name(bar_order[i]));
    fprintf(out, "<li class=\"is-NONE\"><i></i><b>%u</b> no verdict</li></ul>\n</div></header>\n",
            totals[VERDICT_NONE]);
}

static void write_links(const struct suite_case *test, FILE *out)
{
    for (size_t i = 0; i < CASE_CLAUSES_MAX && test->clauses[i] != CLAUSE_NONE; i++) {
        char id[CLAUSE_ID_SIZE];
        clause_id(test->clauses[i], id);
        fprintf(out, "%s<a href=\"#%s\">%s</a>", i == 0 ? "" : " ", id, id);
    }
}

static void write_failure(const struct report *report, const struct outcome *outcome, FILE *out)
{
    char *replay = settings_replay(report->run->settings, outcome->test->name);
    bool known = expectations_cover(report->expectations, outcome->test);
    fprintf(out, "<article class=\"card failure%s\"><div class=\"head\"><h3><code>",
            known ? " known" : "");
    report_escaped(outcome->test->name, out);
    fprintf(out, "</code><small>suite %s%s &middot; ", outcome->suite->name,
            known ? ", known to fail" : "");
    write_links(outcome->test, out);
    fprintf(out, "</small></h3></div>\n<div class=\"body\"><pre>");
    report_escaped(outcome->message, out);
    fprintf(out, "</pre><pre class=\"command\">");
    report_escaped(replay, out);
    fprintf(out, "</pre>");
    if (outcome->pool != NULL)
        pool_picture(outcome->pool, out);
    fprintf(out, "</div></article>\n");
    free(replay);
}

static void write_failures(const struct report *report, FILE *out)
{
    unsigned failures = 0;
    for (size_t i = 0; i < report->run->count; i++)
        failures += report->run->outcomes[i].verdict == VERDICT_FAIL;
    if (failures == 0)
        return;
    fprintf(out, "<section id=\"failures\"><h2>Failures<small>%u</small></h2>\n", failures);
    for (size_t i = 0; i < report->run->count; i++)
        if (report->run->outcomes[i].verdict == VERDICT_FAIL)
            write_failure(report, &report->run->outcomes[i], out);
    fprintf(out, "</section>\n");
}

static void write_skipped(const struct report *report, FILE *out)
{
    const struct run *run = report->run;
    bool any = false;
    for (size_t i = 0; i < run->count; i++) {
        const struct outcome *outcome = &run->outcomes[i];
        if (outcome->verdict != VERDICT_SKIPPED && outcome->verdict != VERDICT_UNSUPPORTED)
            continue;
        if (!any)
            fprintf(out, "<section id=\"skipped\"><h2>Not judged</h2><div class=\"card\"><table>"
                         "<tbody>\n");
        any = true;
        fprintf(out, "<tr><td class=\"c-verdict\">");
        write_badge(outcome->verdict, out);
        fprintf(out, "</td><td><code>%s</code></td><td>", outcome->test->name);
        report_escaped(outcome->message == NULL ? "no reason given" : outcome->message, out);
        fprintf(out, "</td></tr>\n");
    }
    if (any)
        fprintf(out, "</tbody></table></div></section>\n");
}

static void write_filters(FILE *out)
{
    fprintf(out, "<div id=\"filters\" hidden><input id=\"search\" type=\"search\" "
                 "placeholder=\"Search ids, statements, tests\" aria-label=\"Search\">\n");
    for (int i = 0; i < BAR_PARTS; i++)
        fprintf(out,
                "<label><input type=\"checkbox\" value=\"%s\" checked><span "
                "class=\"badge is-%s\">%s</span></label>\n",
                verdict_name(bar_order[i]), verdict_name(bar_order[i]), verdict_name(bar_order[i]));
    fprintf(out, "<label><input type=\"checkbox\" value=\"NONE\" checked><span "
                 "class=\"badge is-NONE\">no verdict</span></label>\n"
                 "<select id=\"strength\" aria-label=\"Strength\"><option value=\"\">any strength"
                 "</option>");
    for (int strength = MUST; strength <= IMPLEMENTATION_DEFINED; strength++)
        fprintf(out, "<option>%s</option>", strength_name((enum strength)strength));
    fprintf(out, "</select><span id=\"shown\"></span></div>\n");
}

static void write_clause(const struct report *report, enum clause clause, FILE *out)
{
    const struct run *run = report->run;
    const struct clause_row *row = &spec_clauses[clause];
    const struct expectation *expected = &report->expectations->clauses[clause];
    char id[CLAUSE_ID_SIZE];
    clause_id(clause, id);
    fprintf(out,
            "<tr id=\"%s\" data-verdict=\"%s\" data-strength=\"%s\"><td class=\"id\">"
            "<a href=\"#%s\">%s</a></td><td class=\"strength\">%s</td><td>",
            id, class_of(run->verdicts[clause]), strength_name(row->strength), id, id,
            strength_name(row->strength));
    write_clause_badge(run->verdicts[clause], row->state, out);
    fprintf(out, "</td><td>");
    report_escaped(row->statement, out);
    fprintf(out, "<span class=\"source\">");
    report_escaped(row->source, out);
    fprintf(out, "</span>");
    if (row->state != TESTED) {
        fprintf(out, "<span class=\"reason\">");
        report_escaped(row->reason, out);
        fprintf(out, "</span>");
    }
    if (expected->verdict != VERDICT_NONE) {
        fprintf(out, "<span class=\"reason\">Expected %s: ", verdict_name(expected->verdict));
        report_escaped(expected->reason, out);
        fprintf(out, "</span>");
    }
    fprintf(out, "</td><td class=\"tests\">");
    for (size_t i = 0; i < run->count; i++)
        if (run_cites(run->outcomes[i].test, clause))
            fprintf(out, "<code>%s</code>", run->outcomes[i].test->name);
    fprintf(out, "</td></tr>\n");
}

static void write_group(const struct report *report, enum clause first, enum clause end, FILE *out)
{
    char letters[CLAUSE_ID_SIZE];
    unsigned totals[VERDICT_COUNT] = {0};
    const char *name = report_group_name(first, letters);
    for (int clause = first; clause < (int)end; clause++)
        totals[report->run->verdicts[clause]]++;
    unsigned judged = (unsigned)(end - first) - totals[VERDICT_NONE];

    fprintf(out,
            "<details class=\"card group\"%s><summary class=\"head\"><h3>%s<small>%s</small></h3>",
            judged > 0 ? " open" : "", name, letters);
    write_bar(totals, out);
    fprintf(out,
            "<span class=\"head-totals\">%u of %u judged</span></summary>\n"
            "<table><thead><tr><th class=\"c-id\">Clause</th><th class=\"c-strength\">Strength</th>"
            "<th class=\"c-verdict\">Verdict</th><th>Statement</th><th class=\"c-tests\">Tests</th>"
            "</tr></thead><tbody>\n",
            judged, (unsigned)(end - first));
    for (int clause = first; clause < (int)end; clause++)
        write_clause(report, (enum clause)clause, out);
    fprintf(out, "</tbody></table></details>\n");
}

static void write_clauses(const struct report *report, FILE *out)
{
    fprintf(out, "<section id=\"clauses\"><h2>Clauses</h2>\n");
    write_filters(out);
    int first = CLAUSE_NONE + 1;
    while (first < CLAUSE_COUNT) {
        enum clause end = report_group_end((enum clause)first);
        write_group(report, (enum clause)first, end, out);
        first = end;
    }
    fprintf(out, "</section>\n");
}

static void write_behaviour(const struct run *run, enum behaviour behaviour, FILE *out)
{
    const struct behaviour_row *row = &spec_behaviours[behaviour];
    fprintf(out, "<tr><td class=\"id\">%s</td><td>", row->name);
    report_escaped(row->text, out);
    fprintf(out, "<span class=\"source\">%s</span></td><td>", row->reference);
    for (unsigned i = 0; i < row->option_count; i++) {
        enum option option = (enum option)(row->first + i);
        if (spec_options[option].kind == DEFECT)
            continue;
        fprintf(out, "<span class=\"option%s\" title=\"",
                run->observed[behaviour] == option ? " chosen" : "");
        report_escaped(spec_options[option].evidence, out);
        fprintf(out, "\">%s</span> ", spec_options[option].name);
    }
    fprintf(out, "</td></tr>\n");
}

static void write_behaviours(const struct run *run, FILE *out)
{
    unsigned answered = 0;
    for (int behaviour = 0; behaviour < BEHAVIOUR_COUNT; behaviour++)
        answered += run->observed[behaviour] != OPTION_COUNT;
    fprintf(out,
            "<section id=\"behaviours\"><h2>Open behaviours<small>%u of %d answered; what was "
            "observed stands out, and the evidence for each answer is in its tooltip</small></h2>\n"
            "<div class=\"card\"><table><thead><tr><th class=\"c-question\">Behaviour</th>"
            "<th>Question</th><th class=\"c-answer\">Allowed answers</th></tr></thead><tbody>\n",
            answered, BEHAVIOUR_COUNT);
    for (int behaviour = 0; behaviour < BEHAVIOUR_COUNT; behaviour++)
        write_behaviour(run, (enum behaviour)behaviour, out);
    fprintf(out, "</tbody></table></div></section>\n");
}

void report_html(const struct report *report, FILE *out)
{
    const struct run *run = report->run;
    fprintf(out, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
                 "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                 "<title>Berth conformance: ");
    report_escaped(run->target, out);
    fprintf(out, "</title>\n<style>\n%s</style></head><body>\n", report_page_css);
    write_header(run, out);
    fprintf(out, "<main>\n");
    write_failures(report, out);
    write_skipped(report, out);
    write_clauses(report, out);
    write_behaviours(run, out);
    fprintf(out,
            "<footer>Each failing case replays with the command beside it. PASS and FAIL "
            "judge what the documentation promises; OBSERVED is an answer it leaves open."
            "</footer>\n</main>\n<script>\n%s</script></body></html>\n",
            report_page_js);
}
