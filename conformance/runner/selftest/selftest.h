#ifndef CONFORMANCE_RUNNER_SELFTEST_H
#define CONFORMANCE_RUNNER_SELFTEST_H

#include "spec/spec.h"

/* The profile the test bed was opened with. */
extern struct profile selftest_profile;

#endif
