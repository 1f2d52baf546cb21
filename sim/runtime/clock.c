/* The machine's clocks. Time is virtual: it moves when threads wait, and by a microsecond whenever
 * somebody looks, so that a program that polls a clock gets on, and others have their turn
 * meanwhile.
 */
#include <windows.h>

#include <timeapi.h>

#include "sim/runtime/crt.h"
#include "sim/runtime/guest_objects.h"

enum { LOOK_NS = 1000, NS_IN_TICK = 100, TICKS_IN_SECOND = 10000000 };

/* Every machine is switched on at noon of 1 January 2024, UTC, which is its time zone. */
static const uint64_t first_second = UINT64_C(1704110400);
static const uint64_t seconds_from_1601_to_1970 = UINT64_C(11644473600);

static struct nt *look(void)
{
    struct nt *nt = machine_running();
    wait_for_time(nt, LOOK_NS, "a clock");
    return nt;
}

ULONGLONG GetTickCount64(void)
{
    guest_note();
    return nt_uptime_ns(look()) / NS_IN_MS;
}

DWORD GetTickCount(void)
{
    guest_note();
    return (DWORD)(nt_uptime_ns(look()) / NS_IN_MS);
}

/* Ten million ticks a second, as on Windows 10. */
BOOL QueryPerformanceFrequency(LARGE_INTEGER *lpFrequency)
{
    lpFrequency->QuadPart = TICKS_IN_SECOND;
    return TRUE;
}

BOOL QueryPerformanceCounter(LARGE_INTEGER *lpPerformanceCount)
{
    guest_note();
    lpPerformanceCount->QuadPart = (LONGLONG)(nt_uptime_ns(look()) / NS_IN_TICK);
    return TRUE;
}

uint64_t guest_ticks(uint64_t engine_ns)
{
    uint64_t seconds = first_second + seconds_from_1601_to_1970;
    return seconds * TICKS_IN_SECOND + engine_ns / NS_IN_TICK;
}

/* Ticks since 1601. */
static uint64_t world_ticks(void)
{
    return guest_ticks(look()->engine->now_ns);
}

void GetSystemTimeAsFileTime(LPFILETIME lpSystemTimeAsFileTime)
{
    guest_note();
    uint64_t ticks = world_ticks();
    lpSystemTimeAsFileTime->dwLowDateTime = (DWORD)ticks;
    lpSystemTimeAsFileTime->dwHighDateTime = (DWORD)(ticks >> 32);
}

/* Days since 1601 as a date of the Gregorian calendar: years are counted from March, so that the
 * odd day is the last of a year, in cycles of 400 of them.
 */
static void set_date(SYSTEMTIME *date, uint64_t days)
{
    const uint64_t days_in_cycle = 146097, days_to_1601 = 584694;
    uint64_t day = days + days_to_1601, cycle = day / days_in_cycle;

    day %= days_in_cycle;
    uint64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    day -= 365 * year + year / 4 - year / 100;
    uint64_t month = (5 * day + 2) / 153; /* from March */
    date->wDay = (WORD)(day - (153 * month + 2) / 5 + 1);
    date->wMonth = (WORD)(month < 10 ? month + 3 : month - 9);
    date->wYear = (WORD)(cycle * 400 + year + (month >= 10));
    date->wDayOfWeek = (WORD)((days + 1) % 7); /* 1601 began on a Monday */
}

void guest_date(SYSTEMTIME *time, uint64_t ticks)
{
    uint64_t milliseconds = ticks / (TICKS_IN_SECOND / 1000);
    uint64_t seconds = milliseconds / 1000;

    set_date(time, seconds / 86400);
    time->wHour = (WORD)(seconds / 3600 % 24);
    time->wMinute = (WORD)(seconds / 60 % 60);
    time->wSecond = (WORD)(seconds % 60);
    time->wMilliseconds = (WORD)(milliseconds % 1000);
}

void GetSystemTime(LPSYSTEMTIME lpSystemTime)
{
    guest_date(lpSystemTime, world_ticks());
}

void GetSystemTimePreciseAsFileTime(LPFILETIME lpSystemTimeAsFileTime)
{
    GetSystemTimeAsFileTime(lpSystemTimeAsFileTime);
}

/* The machine never sleeps. */
BOOL QueryUnbiasedInterruptTime(PULONGLONG UnbiasedTime)
{
    if (UnbiasedTime == NULL)
        return guest_fail(ERROR_INVALID_PARAMETER);
    *UnbiasedTime = nt_uptime_ns(look()) / NS_IN_TICK;
    return TRUE;
}

void QueryInterruptTime(PULONGLONG lpInterruptTime)
{
    *lpInterruptTime = nt_uptime_ns(look()) / NS_IN_TICK;
}

/* ---- winmm's, which is finer than the others on Windows, and the same here ------------------- */

DWORD timeGetTime(void)
{
    return GetTickCount();
}

enum { PERIOD_MAX_MS = 1000000 };

MMRESULT timeBeginPeriod(UINT uPeriod)
{
    return uPeriod >= 1 && uPeriod <= PERIOD_MAX_MS ? TIMERR_NOERROR : TIMERR_NOCANDO;
}

MMRESULT timeEndPeriod(UINT uPeriod)
{
    return timeBeginPeriod(uPeriod);
}

MMRESULT timeGetDevCaps(LPTIMECAPS ptc, UINT cbtc)
{
    if (ptc == NULL || cbtc != sizeof *ptc)
        return TIMERR_NOCANDO;
    *ptc = (TIMECAPS){.wPeriodMin = 1, .wPeriodMax = PERIOD_MAX_MS};
    return TIMERR_NOERROR;
}

void GetLocalTime(LPSYSTEMTIME lpSystemTime)
{
    GetSystemTime(lpSystemTime);
}

time_t berth_time(time_t *result)
{
    time_t seconds = (time_t)(world_ticks() / TICKS_IN_SECOND - seconds_from_1601_to_1970);
    if (result != NULL)
        *result = seconds;
    return seconds;
}

clock_t berth_clock(void)
{
    return (clock_t)GetTickCount64();
}

uint64_t guest_due_ns(int64_t ticks)
{
    uint64_t now_ns = machine_running()->engine->now_ns;
    uint64_t began = guest_ticks(0);

    if (ticks < 0)
        return now_ns + (uint64_t)-ticks * NS_IN_TICK;
    return (uint64_t)ticks <= began ? 0 : ((uint64_t)ticks - began) * NS_IN_TICK;
}
