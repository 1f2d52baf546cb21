/* All suites, in the order of the specification. */
#ifndef CONFORMANCE_SUITES_H
#define CONFORMANCE_SUITES_H

struct suite;

extern const struct suite *const all_suites[]; /* ended by NULL */

#endif
