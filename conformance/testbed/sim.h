/* The test bed in the simulator, for its own parts. */
#ifndef CONFORMANCE_TESTBED_SIM_H
#define CONFORMANCE_TESTBED_SIM_H

#include "conformance/testbed/testbed.h"

#include "berth/berth.h"

/* The machine of the case that runs. */
struct berth *sim_machine(void);

/* Keeps the reason for testbed_reason; answers false. */
bool sim_cannot(const char *reason);

#endif
