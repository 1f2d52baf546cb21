/* <sys/timeb.h>: the machine's time in milliseconds, by Microsoft's names. */
#ifndef BERTH_CRT_SYS_TIMEB_H
#define BERTH_CRT_SYS_TIMEB_H

#include <crtdefs.h>

#include <time.h>

struct _timeb {
    time_t time;
    unsigned short millitm;
    short timezone, dstflag;
};
#define __timeb64 _timeb
#define _timeb64 _timeb
#define timeb _timeb

/* GetSystemTimeAsFileTime, without <windows.h>. */
BERTH_CRT_AS(void, berth_system_time, GetSystemTimeAsFileTime, (unsigned parts[2]));

static inline void _ftime(struct _timeb *now)
{
    unsigned parts[2];
    berth_system_time(parts);
    const unsigned long long milliseconds =
        ((unsigned long long)parts[1] << 32 | parts[0]) / 10000 - 11644473600000ULL;
    now->time = (time_t)(milliseconds / 1000);
    now->millitm = (unsigned short)(milliseconds % 1000);
    now->timezone = now->dstflag = 0;
}
#define _ftime64 _ftime
#define ftime _ftime

static inline errno_t _ftime_s(struct _timeb *now)
{
    _ftime(now);
    return 0;
}
#define _ftime64_s _ftime_s

#endif
