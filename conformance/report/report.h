/* What a run found, in the forms people and programs read. All write the same for the same run: no
 * clock and no path of this machine stands in them.
 */
#ifndef CONFORMANCE_REPORT_H
#define CONFORMANCE_REPORT_H

#include <stdio.h>

#include "conformance/runner/compare.h"
#include "conformance/runner/expectations.h"
#include "conformance/runner/run.h"

struct report {
    const struct run *run;
    const struct expectations *expectations;
};

void report_console(const struct report *report, FILE *out);
void report_junit(const struct report *report, FILE *out);
void report_json(const struct report *report, FILE *out);
void report_html(const struct report *report, FILE *out);

/* A profile of the answers that were observed, as --profile reads it. */
void report_profile(const struct report *report, FILE *out);

/* Two stacks side by side, as one HTML page. */
void report_comparison(const struct comparison *comparison, FILE *out);

/* Writes text where XML or HTML wants text: what is not legal there becomes a question mark. */
void report_escaped(const char *text, FILE *out);

/* The clauses from `first` on whose ids share its letters; answers where the next group starts. */
enum clause report_group_end(enum clause first);

/* The group's letters, "ACQ", in `letters`; what they stand for. */
const char *report_group_name(enum clause first, char letters[CLAUSE_ID_SIZE]);

#endif
