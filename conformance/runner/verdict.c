#include "conformance/runner/verdict.h"

#include <string.h>

static const char *const names[VERDICT_COUNT] = {
    [VERDICT_NONE] = "-",    [VERDICT_SKIPPED] = "SKIPPED",   [VERDICT_UNSUPPORTED] = "UNSUPPORTED",
    [VERDICT_PASS] = "PASS", [VERDICT_OBSERVED] = "OBSERVED", [VERDICT_FAIL] = "FAIL",
};

const char *verdict_name(enum verdict verdict)
{
    return names[verdict];
}

enum verdict verdict_find(const char *name)
{
    int verdict = VERDICT_NONE + 1;
    while (verdict < VERDICT_COUNT && strcmp(names[verdict], name) != 0)
        verdict++;
    return verdict == VERDICT_COUNT ? VERDICT_NONE : (enum verdict)verdict;
}
