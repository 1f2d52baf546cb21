/* winmm's clock. How fine it ticks makes no difference in virtual time. */
#ifndef BERTH_WIN32_TIMEAPI_H
#define BERTH_WIN32_TIMEAPI_H

#include "windows.h"

#define MMSYSERR_NOERROR 0
#define TIMERR_NOERROR 0
#define TIMERR_NOCANDO 97
#define TIMERR_STRUCT 129
typedef UINT MMRESULT;
typedef struct timecaps_tag {
    UINT wPeriodMin, wPeriodMax;
} TIMECAPS, *PTIMECAPS, *LPTIMECAPS;

BERTH_FUNCTION(DWORD, timeGetTime, (void));
BERTH_FUNCTION(MMRESULT, timeBeginPeriod, (UINT uPeriod));
BERTH_FUNCTION(MMRESULT, timeEndPeriod, (UINT uPeriod));
BERTH_FUNCTION(MMRESULT, timeGetDevCaps, (LPTIMECAPS ptc, UINT cbtc));

#endif
