/* Failures that are known: a file for each target, in conformance/expectations/.
 *
 *     # Wine 8.0
 *     ACQ-007 FAIL  the pool is not there
 *
 *     RACE-002 FAIL?  its cancel sometimes comes too late
 *
 * A listed clause must have the verdict it is listed with, or the list is stale; a FAIL or
 * UNSUPPORTED that is not listed is a failure of the run. With a question mark it may have the
 * verdict or another: for what a real scheduler decides anew in each run.
 */
#ifndef CONFORMANCE_RUNNER_EXPECTATIONS_H
#define CONFORMANCE_RUNNER_EXPECTATIONS_H

#include <stdbool.h>
#include <stdio.h>

#include "conformance/runner/run.h"

struct expectation {
    enum verdict verdict; /* NONE: the clause is not listed */
    bool sometimes;       /* or any other */
    unsigned line;
    char *reason;
};

struct expectations {
    const char *path; /* NULL: nothing is listed */
    struct expectation clauses[CLAUSE_COUNT];
};

/* False, with "FILE:LINE: what, what was expected" in `message`, at the first bad line. */
bool expectations_read(struct expectations *expectations, const char *path, char *message,
                       size_t message_size);
void expectations_free(struct expectations *expectations);

enum expectation_state { NOT_LISTED, CAME_TRUE, STALE, NOT_JUDGED };

/* NOT_JUDGED when none of the clause's cases was chosen. */
enum expectation_state expectations_state(const struct expectations *expectations,
                                          const struct run *run, enum clause clause);

/* Whether the failure of a case was to be expected: every clause it judges is listed as FAIL. */
bool expectations_cover(const struct expectations *expectations, const struct suite_case *test);

/* Says what did not come true and what was not expected; true when there is nothing to say. */
bool expectations_judge(const struct expectations *expectations, const struct run *run, FILE *out);

#endif
