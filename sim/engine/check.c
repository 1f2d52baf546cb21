#include "sim/engine/check.h"

#include <stdio.h>
#include <stdlib.h>

bool check_failing;

/* exit() rather than _Exit(): libFuzzer keeps the input of a target that exits. What runs at exit
 * may fail too, and exit() must not be entered twice.
 */
_Noreturn void check_failed(const char *fact, const char *file, int line)
{
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, fact);
    if (check_failing)
        _Exit(CHECK_EXIT_CODE);
    check_failing = true;
    exit(CHECK_EXIT_CODE);
}
