#include "conformance/report/report.h"

void report_profile(const struct report *report, FILE *out)
{
    const struct run *run = report->run;
    fprintf(out,
            "# What %s answered where the documentation leaves it open, as berth-conformance\n"
            "# saw it with seed %llu. Give it to --profile and the simulator answers the same.\n",
            run->target, run->settings->seed);
    for (int behaviour = 0; behaviour < BEHAVIOUR_COUNT; behaviour++)
        if (run->observed[behaviour] != OPTION_COUNT)
            fprintf(out, "%s = %s\n", spec_behaviours[behaviour].name,
                    spec_options[run->observed[behaviour]].name);
}
