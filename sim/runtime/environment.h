/* How a program is run, as the environment says: BERTH_SEED, BERTH_USER, BERTH_PROFILE, BERTH_SET,
 * BERTH_TRACE, BERTH_MACHINE, BERTH_OWNERSHIP, BERTH_PREEMPTION. docs/programs.md explains them.
 */
#ifndef SIM_RUNTIME_ENVIRONMENT_H
#define SIM_RUNTIME_ENVIRONMENT_H

#include "sim/include/berth/berth.h"

struct environment {
    uint64_t seed;
    struct berth_launch launch;
    struct profile profile;
    const char *trace;   /* a path, "-" for standard error, or NULL */
    const char *machine; /* a path or NULL */
    bool ownership;      /* report misuse of what the provider owns */
    bool preemption;     /* threads may lose their turns at calls */
};

enum { ENVIRONMENT_MESSAGE_SIZE = 1024 };

/* Reads the variables by `get`, which answers NULL for one that is not set. False with one line,
 * "what: where: expected what", when a value is none.
 */
bool environment_read(struct environment *environment, const char *(*get)(const char *name),
                      char message[ENVIRONMENT_MESSAGE_SIZE]);

#endif
