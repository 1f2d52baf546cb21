/* A run: the cases that were chosen, what came of each, and what it says about each clause. */
#ifndef CONFORMANCE_RUNNER_RUN_H
#define CONFORMANCE_RUNNER_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "conformance/runner/settings.h"
#include "conformance/runner/verdict.h"
#include "conformance/suites/suite.h"

struct outcome {
    const struct suite *suite;
    const struct suite_case *test;
    bool chosen;
    enum verdict verdict; /* PASS, FAIL, SKIPPED or UNSUPPORTED; NONE until it ran */
    char *message;        /* why it failed or was skipped; NULL when it passed */
    char *pool;           /* what stood in the port pool when it failed; NULL for nothing */
    void *kept;           /* waits for a restart, with this for its second function; else NULL */
};

/* What of a case is played: the rest of it comes after a restart of the real machine. */
enum phase { PHASE_WHOLE, PHASE_BEFORE_REBOOT, PHASE_AFTER_REBOOT };

struct run {
    const struct settings *settings;
    struct outcome *outcomes; /* all cases, suite by suite */
    size_t count;
    enum option observed[BEHAVIOUR_COUNT];    /* OPTION_COUNT where nothing was */
    const char *observed_by[BEHAVIOUR_COUNT]; /* the case that saw it first */
    enum verdict verdicts[CLAUSE_COUNT];
    unsigned long long fingerprint;
    const char *target;
    bool resumed; /* goes on from a state file, which said what came of the cases before */
    FILE *trace;  /* gets each call the simulator saw; NULL for nowhere */
    FILE *misuse; /* gets what the checker of ownership reports; likewise */
};

/* Every case of all_suites, none chosen. */
void run_plan(struct run *run, const struct settings *settings);
void run_free(struct run *run);

/* Back to where nothing was played. */
void run_forget(struct run *run);

/* Whether the case cites the clause. */
bool run_cites(const struct suite_case *test, enum clause clause);

/* Chooses the cases that `pattern` names, all for NULL; answers how many. An exact name of a case
 * or suite or id of a clause stands for that alone; a pattern with * or ? must match a whole name;
 * any other must occur in one.
 */
size_t run_choose(struct run *run, const char *pattern);
void run_choose_citing(struct run *run, enum clause clause);

/* Runs what was chosen on a machine of this profile, from a clean start, and judges each clause.
 * False when the test bed or the temporary file for the output cannot be had.
 */
bool run_cases(struct run *run, const struct profile *profile);

/* Plays one case in this process: what came of it is in its outcome. */
bool run_play(struct run *run, struct outcome *outcome, enum phase phase);

/* How many cases wait for a restart. */
unsigned run_waiting(const struct run *run);

/* The programs of all suites and the runner's own, ended by NULL; the caller frees the list. */
const struct testbed_program **run_programs(void);

/* Whether a machine that promises to follow its profile did: each answer that was observed is the
 * one chosen. Says so where it is not.
 */
bool run_followed_profile(const struct run *run, const struct profile *profile, FILE *out);

/* How many clauses have the verdict. */
unsigned run_total(const struct run *run, enum verdict verdict);

/* The case's clauses, "ACQ-007 ACQ-008". */
void run_write_clauses(const struct suite_case *test, FILE *out);

/* Where observe_option, observe_value and skip_case write: the case that runs, NULL between cases.
 */
extern struct run *run_current;
extern struct outcome *run_current_case;

#endif
