/* How --only names things: exactly; by a pattern of * and ?; or by a part of the name. */
#ifndef CONFORMANCE_RUNNER_PATTERN_H
#define CONFORMANCE_RUNNER_PATTERN_H

#include <stdbool.h>

bool pattern_equals(const char *pattern, const char *name);

/* With a * or ? the whole name must match, otherwise the pattern must occur in it. */
bool pattern_matches(const char *pattern, const char *name);

#endif
