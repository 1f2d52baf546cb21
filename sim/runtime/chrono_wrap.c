/* C++'s clocks and its sleep, on the machine's time: linked with --wrap of what a program calls by
 * these names. Only GCC's library's are known; its time points are numbers of nanoseconds.
 */
#include <errno.h>
#include <stdint.h>
#include <time.h>

#include <windows.h>

#include "sim/winsock/winsock.h"

int64_t __wrap__ZNSt6chrono3_V212steady_clock3nowEv(void);
int64_t __wrap__ZNSt6chrono3_V212system_clock3nowEv(void);
int __wrap_nanosleep(const struct timespec *request, struct timespec *remaining);
int __wrap_clock_gettime(int clock, struct timespec *now);

enum { NS_IN_TICK = 100, REALTIME = 0 };
static const int64_t ns_in_second = 1000000000, ns_in_ms = 1000000;

/* Before main, constructors may look: the machine is switched on only then. */
int64_t __wrap__ZNSt6chrono3_V212steady_clock3nowEv(void)
{
    LARGE_INTEGER ticks = {.QuadPart = 0};
    if (winsock_attached() != NULL)
        QueryPerformanceCounter(&ticks);
    return ticks.QuadPart * NS_IN_TICK;
}

int64_t __wrap__ZNSt6chrono3_V212system_clock3nowEv(void)
{
    const int64_t switched_on = 1704110400, ticks_to_1970 = INT64_C(116444736000000000);
    FILETIME time;

    if (winsock_attached() == NULL)
        return switched_on * ns_in_second;
    GetSystemTimeAsFileTime(&time);
    int64_t ticks = (int64_t)((uint64_t)time.dwHighDateTime << 32 | time.dwLowDateTime);
    return (ticks - ticks_to_1970) * NS_IN_TICK;
}

/* What waits with an end are made of, in the C++ library's headers. */
int __wrap_clock_gettime(int clock, struct timespec *now)
{
    int64_t ns = clock == REALTIME ? __wrap__ZNSt6chrono3_V212system_clock3nowEv()
                                   : __wrap__ZNSt6chrono3_V212steady_clock3nowEv();
    *now = (struct timespec){.tv_sec = ns / ns_in_second, .tv_nsec = ns % ns_in_second};
    return 0;
}

/* What std::this_thread::sleep_for is made of. Windows sleeps whole milliseconds, never less. */
int __wrap_nanosleep(const struct timespec *request, struct timespec *remaining)
{
    if (request->tv_sec < 0 || request->tv_nsec < 0 || request->tv_nsec >= ns_in_second) {
        errno = EINVAL;
        return -1;
    }
    int64_t ms = (int64_t)request->tv_sec * 1000 + (request->tv_nsec + ns_in_ms - 1) / ns_in_ms;
    for (; winsock_attached() != NULL && ms > 0; ms -= INT32_MAX)
        Sleep((DWORD)(ms < INT32_MAX ? ms : INT32_MAX));
    if (remaining != NULL)
        *remaining = (struct timespec){0};
    return 0;
}
