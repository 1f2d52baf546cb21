/* <time.h>: the host's calendar, the simulated machine's clock. */
#ifndef BERTH_CRT_TIME_H
#define BERTH_CRT_TIME_H

#include "crtdefs.h"

#define time berth_host_time
#define clock berth_host_clock
#include_next <time.h>
#undef time
#undef clock

#undef CLOCKS_PER_SEC
#define CLOCKS_PER_SEC ((clock_t)1000)
#undef CLK_TCK
#define CLK_TCK CLOCKS_PER_SEC

BERTH_CRT(time_t, time, (time_t * result));
BERTH_CRT(clock_t, clock, (void));
#define _time64 time

#endif
