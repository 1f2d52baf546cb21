/* <time.h>: the host's calendar, the simulated machine's clock. */
#ifndef BERTH_CRT_TIME_H
#define BERTH_CRT_TIME_H

#include "crtdefs.h"

#define time berth_host_time
#define clock berth_host_clock
#define localtime berth_host_localtime
#define mktime berth_host_mktime
#define ctime berth_host_ctime
#include "posix_hide.h"
#include_next <time.h>
#define BERTH_CRT_SHOW
#include "posix_hide.h"
#undef BERTH_CRT_SHOW
#undef time
#undef clock
#undef localtime
#undef mktime
#undef ctime

#undef CLOCKS_PER_SEC
#define CLOCKS_PER_SEC ((clock_t)1000)
#undef CLK_TCK
#define CLK_TCK CLOCKS_PER_SEC

BERTH_CRT(time_t, time, (time_t * result));
BERTH_CRT(clock_t, clock, (void));
BERTH_CRT(struct tm *, localtime, (const time_t *seconds));
BERTH_CRT(time_t, mktime, (struct tm * date));
BERTH_CRT(char *, ctime, (const time_t *seconds));
#define _time64 time
#define _mktime64 mktime
#define _ctime64 ctime
#define _difftime64 difftime
#define _tzset() ((void)0)
#define _localtime64_s localtime_s
#define _gmtime64_s gmtime_s
#define _mkgmtime timegm
#define _mkgmtime64 timegm
#define _gmtime64 gmtime
#define _localtime64 localtime

/* Windows has the result first. The machine's time zone is UTC. 22 is EINVAL. */
static inline errno_t gmtime_s(struct tm *result, const time_t *seconds)
{
    return gmtime_r(seconds, result) == NULL ? 22 : 0;
}
static inline errno_t localtime_s(struct tm *result, const time_t *seconds)
{
    return gmtime_r(seconds, result) == NULL ? 22 : 0;
}
static inline errno_t asctime_s(char *text, size_t size, const struct tm *date)
{
    char whole[64];
    if (text == NULL || asctime_r(date, whole) == NULL)
        return 22;
    for (size_t i = 0; i < size; i++) {
        text[i] = whole[i];
        if (whole[i] == '\0')
            return 0;
    }
    return 22;
}

static inline errno_t ctime_s(char *text, size_t size, const time_t *seconds)
{
    struct tm date;
    return gmtime_s(&date, seconds) != 0 ? 22 : asctime_s(text, size, &date);
}

#endif
