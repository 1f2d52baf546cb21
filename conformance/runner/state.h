/* What came of a run's cases so far, in a file: for the run that goes on after a restart. */
#ifndef CONFORMANCE_RUNNER_STATE_H
#define CONFORMANCE_RUNNER_STATE_H

#include "conformance/runner/run.h"

void state_write(const struct run *run, FILE *out);

/* True where there is no such file, or none asked for: then the run starts. False, with one line in
 * `message`, when it is no state of this program's cases.
 */
bool state_read(struct run *run, const char *path, char *message, size_t message_size);

#endif
