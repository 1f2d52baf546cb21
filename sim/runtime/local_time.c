/* What the C library makes of time that depends on where one is: the machine is where UTC is. */
#define _GNU_SOURCE /* timegm */
#include "sim/runtime/crt.h"

#if defined(_WIN32)
#define timegm _mkgmtime
#endif

struct tm *berth_localtime(const time_t *seconds)
{
    return gmtime(seconds);
}

time_t berth_mktime(struct tm *date)
{
    return timegm(date);
}

char *berth_ctime(const time_t *seconds)
{
    const struct tm *date = gmtime(seconds);
    return date == NULL ? NULL : asctime(date);
}
