/* Dates and ticks, into one another. */
#include <windows.h>

#include "sim/runtime/guest_objects.h"

enum { YEAR_FIRST = 1601, YEAR_LAST = 30827 };
static const uint64_t ticks_in_ms = 10000, ms_in_day = 86400000;

static uint64_t ticks_of(const FILETIME *time)
{
    return (uint64_t)time->dwHighDateTime << 32 | time->dwLowDateTime;
}

static bool is_leap(unsigned year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static unsigned days_in_month(unsigned year, unsigned month)
{
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* The day of the week is not looked at. */
BOOL SystemTimeToFileTime(const SYSTEMTIME *lpSystemTime, LPFILETIME lpFileTime)
{
    const SYSTEMTIME *time = lpSystemTime;

    if (time->wYear < YEAR_FIRST || time->wYear > YEAR_LAST || time->wMonth < 1 ||
        time->wMonth > 12 || time->wDay < 1 ||
        time->wDay > days_in_month(time->wYear, time->wMonth) || time->wHour > 23 ||
        time->wMinute > 59 || time->wSecond > 59 || time->wMilliseconds > 999)
        return guest_fail(ERROR_INVALID_PARAMETER);
    uint64_t years = time->wYear - YEAR_FIRST;
    uint64_t days = years * 365 + years / 4 - years / 100 + years / 400 + time->wDay - 1;
    for (unsigned month = 1; month < time->wMonth; month++)
        days += days_in_month(time->wYear, month);
    uint64_t seconds = ((uint64_t)time->wHour * 60 + time->wMinute) * 60 + time->wSecond;
    uint64_t ticks = (days * ms_in_day + seconds * 1000 + time->wMilliseconds) * ticks_in_ms;
    lpFileTime->dwLowDateTime = (DWORD)ticks;
    lpFileTime->dwHighDateTime = (DWORD)(ticks >> 32);
    return TRUE;
}

BOOL FileTimeToSystemTime(const FILETIME *lpFileTime, LPSYSTEMTIME lpSystemTime)
{
    uint64_t ticks = ticks_of(lpFileTime);

    if (ticks >> 63 != 0)
        return guest_fail(ERROR_INVALID_PARAMETER);
    guest_date(lpSystemTime, ticks);
    return TRUE;
}

/* The machine's time zone is UTC. */
BOOL FileTimeToLocalFileTime(const FILETIME *lpFileTime, LPFILETIME lpLocalFileTime)
{
    *lpLocalFileTime = *lpFileTime;
    return TRUE;
}

BOOL LocalFileTimeToFileTime(const FILETIME *lpLocalFileTime, LPFILETIME lpFileTime)
{
    *lpFileTime = *lpLocalFileTime;
    return TRUE;
}

LONG CompareFileTime(const FILETIME *lpFileTime1, const FILETIME *lpFileTime2)
{
    uint64_t a = ticks_of(lpFileTime1), b = ticks_of(lpFileTime2);
    return a < b ? -1 : a > b;
}

DWORD GetTimeZoneInformation(LPTIME_ZONE_INFORMATION lpTimeZoneInformation)
{
    static const char name[] = "Coordinated Universal Time";

    *lpTimeZoneInformation = (TIME_ZONE_INFORMATION){.Bias = 0};
    for (size_t i = 0; i < sizeof name; i++)
        lpTimeZoneInformation->StandardName[i] = lpTimeZoneInformation->DaylightName[i] =
            (WCHAR)name[i];
    return TIME_ZONE_ID_UNKNOWN; /* nothing is saved there in summer */
}
