/* Where a case may hang or end its process, each is played in a process of its own, which tells
 * what came of it.
 */
#ifndef CONFORMANCE_RUNNER_PLAYER_H
#define CONFORMANCE_RUNNER_PLAYER_H

#include "conformance/runner/run.h"

/* Plays the one case it is told. */
extern const struct testbed_program player_program;

/* Plays what was chosen; a case that does not answer in time, or whose process ends, fails. */
void players_run(struct run *run);

#endif
