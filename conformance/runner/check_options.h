/* The suite tested both ways: it accepts every ALLOWED answer and says which one it saw, and it
 * fails on the named clause for every DEFECT.
 */
#ifndef CONFORMANCE_RUNNER_CHECK_OPTIONS_H
#define CONFORMANCE_RUNNER_CHECK_OPTIONS_H

#include <stdio.h>

#include "conformance/runner/run.h"

/* Writes a table of what is wrong; answers the exit code, 0, 1 or 3. */
int check_options(struct run *run, FILE *out);

#endif
