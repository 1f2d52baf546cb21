/* The same cases under many seeds, threads losing their turns at every call. */
#ifndef CONFORMANCE_RUNNER_SEEDS_H
#define CONFORMANCE_RUNNER_SEEDS_H

#include <stdio.h>

#include "conformance/runner/run.h"

/* Writes what failed, with the command that replays it, and how many runs there were; answers the
 * exit code, 0, 1 or 3.
 */
int seeds_run(struct run *run, FILE *out);

#endif
