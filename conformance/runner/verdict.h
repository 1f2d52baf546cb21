/* The five verdicts. What was not judged, because its case was not chosen or it has none, has no
 * verdict: "-" on the console, null in JSON.
 */
#ifndef CONFORMANCE_RUNNER_VERDICT_H
#define CONFORMANCE_RUNNER_VERDICT_H

/* In rising order of what they say about a clause that several cases judge. */
enum verdict {
    VERDICT_NONE,
    VERDICT_SKIPPED,     /* the test bed cannot do it here */
    VERDICT_UNSUPPORTED, /* the stack refused as the pages allow */
    VERDICT_PASS,
    VERDICT_OBSERVED, /* passed where the pages are silent: the answer is recorded */
    VERDICT_FAIL,
    VERDICT_COUNT
};

/* "FAIL"; "-" for none. */
const char *verdict_name(enum verdict verdict);

/* VERDICT_NONE for a word that is none. */
enum verdict verdict_find(const char *name);

#endif
