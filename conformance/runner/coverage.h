/* Whether clauses and cases fit: each TESTED clause has a case, each case judges TESTED clauses
 * only, and no two cases share a name.
 */
#ifndef CONFORMANCE_RUNNER_COVERAGE_H
#define CONFORMANCE_RUNNER_COVERAGE_H

#include <stdbool.h>
#include <stdio.h>

#include "conformance/runner/run.h"

/* Writes the cases that were chosen, suite by suite, and the clauses they judge. */
void coverage_list(const struct run *run, FILE *out);

/* Writes every clause: id, strength, state, the cases that cite it, statement. */
void coverage_write(const struct run *run, FILE *out);

/* Writes what does not fit; true when there is nothing to write. */
bool coverage_check(const struct run *run, FILE *out);

#endif
