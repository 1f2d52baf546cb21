/* Two result files of --json side by side. */
#ifndef CONFORMANCE_RUNNER_COMPARE_H
#define CONFORMANCE_RUNNER_COMPARE_H

#include <stdio.h>

#include "conformance/runner/expectations.h"
#include "spec/spec.h"

struct results {
    const char *path;
    char target[64];
    enum verdict verdicts[CLAUSE_COUNT];
    enum option observed[BEHAVIOUR_COUNT]; /* OPTION_COUNT where nothing was */
};

struct comparison {
    struct results sides[2];
    const struct expectations *expectations; /* what the second one is known to do */
};

/* False, with one line in `message`, when the file is not what --json writes. */
bool results_read(struct results *results, const char *path, char *message, size_t message_size);

/* Whether the sides say different things of a clause, and whether that is expected. Nothing is said
 * by a side that did not judge it.
 */
bool comparison_differs(const struct comparison *comparison, enum clause clause);
bool comparison_expects(const struct comparison *comparison, enum clause clause);

/* The same for an open question that both answered. */
bool comparison_answers_differ(const struct comparison *comparison, enum behaviour behaviour);

/* Writes the differences. True when none is unexpected. */
bool comparison_write(const struct comparison *comparison, FILE *out);

#endif
