/* Mutexes, conditions, locks of readers and writers, semaphores, futexes. Threads take turns only
 * where they wait, so the fields need no care.
 */
#define _GNU_SOURCE /* clocks, locks of readers and writers */
#include <errno.h>
#include <linux/futex.h>
#include <semaphore.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>

#include "sim/runtime/guest_objects.h"
#include "sim/runtime/parking.h"
#include "sim/runtime/posix.h"

const char posix_locks_linked = 1;

enum { UNLOCKS_IN_A_ROW = 256, KIND = 3 };

static unsigned unlocks;

#define WITH_FRAME(call) posix_note(call, __builtin_frame_address(0))

/* The clocks count from 1970 and from the machine's start, as C++'s do: chrono_wrap.c. */
int __wrap_clock_gettime(int clock, struct timespec *now);

/* Windows waits whole milliseconds, never less than asked for. */
uint64_t posix_due_ns(const struct timespec *time, int clock)
{
    const int64_t second = 1000000000;
    struct timespec now;

    if (!posix_in_guest())
        return 0;
    __wrap_clock_gettime(clock, &now);
    if (time->tv_sec - now.tv_sec > INT32_MAX)
        return UINT64_MAX;
    int64_t left = (time->tv_sec - now.tv_sec) * second + (time->tv_nsec - now.tv_nsec);
    left = left <= 0 ? 0 : (left + NS_IN_MS - 1) / NS_IN_MS * NS_IN_MS;
    return guest_nt()->engine->now_ns + (uint64_t)left;
}

static uint64_t left_ns(uint64_t due_ns)
{
    uint64_t now_ns = guest_nt()->engine->now_ns;
    if (due_ns == UINT64_MAX)
        return UINT64_MAX;
    return due_ns > now_ns ? due_ns - now_ns : 0;
}

bool posix_wait(const volatile void *address, uint64_t due_ns, const char *call)
{
    unlocks = 0;
    return parking_wait(parking_take(address), left_ns(due_ns), call);
}

void posix_unlocked(void)
{
    if (!posix_in_guest() || ++unlocks < UNLOCKS_IN_A_ROW)
        return;
    unlocks = 0;
    thread_yield(guest_nt());
}

static void wake(const volatile void *address, bool everyone)
{
    if (posix_in_guest())
        parking_wake(address, everyone);
}

/* ---- Mutexes: __count times __owner's -------------------------------------------------------- */

int __wrap_pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes);
int __wrap_pthread_mutex_destroy(pthread_mutex_t *mutex);
int __wrap_pthread_mutex_lock(pthread_mutex_t *mutex);
int __wrap_pthread_mutex_trylock(pthread_mutex_t *mutex);
int __wrap_pthread_mutex_timedlock(pthread_mutex_t *mutex, const struct timespec *until);
int __wrap_pthread_mutex_clocklock(pthread_mutex_t *mutex, int clock, const struct timespec *until);
int __wrap_pthread_mutex_unlock(pthread_mutex_t *mutex);

static int kind_of(const pthread_mutex_t *mutex)
{
    return mutex->__data.__kind & KIND;
}

int __wrap_pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes)
{
    int kind = PTHREAD_MUTEX_NORMAL;

    if (attributes != NULL)
        pthread_mutexattr_gettype(attributes, &kind);
    memset(mutex, 0, sizeof *mutex);
    mutex->__data.__kind = kind;
    return 0;
}

int __wrap_pthread_mutex_destroy(pthread_mutex_t *mutex)
{
    return mutex->__data.__count > 0 ? EBUSY : 0;
}

/* 0 or EBUSY. */
static int try_lock(pthread_mutex_t *mutex)
{
    bool is_own = mutex->__data.__owner == (int)posix_self();

    if (mutex->__data.__count > 0 && (!is_own || kind_of(mutex) != PTHREAD_MUTEX_RECURSIVE))
        return EBUSY;
    mutex->__data.__count++;
    mutex->__data.__owner = (int)posix_self();
    return 0;
}

/* Who locks twice waits for himself. */
static int posix_lock(pthread_mutex_t *mutex, uint64_t due_ns, const char *call)
{
    while (try_lock(mutex) != 0) {
        bool is_own = mutex->__data.__owner == (int)posix_self();
        if ((is_own && kind_of(mutex) == PTHREAD_MUTEX_ERRORCHECK) || !posix_in_guest())
            return EDEADLK;
        if (!posix_wait(mutex, due_ns, call))
            return ETIMEDOUT;
    }
    return 0;
}

static int posix_unlock(pthread_mutex_t *mutex)
{
    bool is_own = mutex->__data.__owner == (int)posix_self() && mutex->__data.__count > 0;

    if (!is_own && kind_of(mutex) != PTHREAD_MUTEX_NORMAL)
        return EPERM;
    if (mutex->__data.__count > 0 && --mutex->__data.__count > 0)
        return 0;
    mutex->__data.__owner = 0;
    wake(mutex, false);
    return 0;
}

int __wrap_pthread_mutex_lock(pthread_mutex_t *mutex)
{
    WITH_FRAME("pthread_mutex_lock");
    return posix_lock(mutex, UINT64_MAX, "pthread_mutex_lock");
}

int __wrap_pthread_mutex_trylock(pthread_mutex_t *mutex)
{
    WITH_FRAME("pthread_mutex_trylock");
    int error = try_lock(mutex);
    if (error != 0 && posix_in_guest())
        looked_in_vain(guest_nt());
    return error;
}

int __wrap_pthread_mutex_clocklock(pthread_mutex_t *mutex, int clock, const struct timespec *until)
{
    WITH_FRAME("pthread_mutex_clocklock");
    return posix_lock(mutex, posix_due_ns(until, clock), "pthread_mutex_clocklock");
}

int __wrap_pthread_mutex_timedlock(pthread_mutex_t *mutex, const struct timespec *until)
{
    WITH_FRAME("pthread_mutex_timedlock");
    return posix_lock(mutex, posix_due_ns(until, CLOCK_REALTIME), "pthread_mutex_timedlock");
}

int __wrap_pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    WITH_FRAME("pthread_mutex_unlock");
    int error = posix_unlock(mutex);
    posix_unlocked();
    return error;
}

/* ---- Conditions: an address and nothing else ------------------------------------------------- */

int __wrap_pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex);
int __wrap_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                                  const struct timespec *until);
int __wrap_pthread_cond_clockwait(pthread_cond_t *condition, pthread_mutex_t *mutex, int clock,
                                  const struct timespec *until);
int __wrap_pthread_cond_signal(pthread_cond_t *condition);
int __wrap_pthread_cond_broadcast(pthread_cond_t *condition);

int posix_cond_wait(const void *condition, pthread_mutex_t *mutex, uint64_t due_ns,
                    const char *call)
{
    if (!posix_in_guest())
        return EDEADLK;
    unlocks = 0;
    struct parked *parked = parking_take(condition);
    unsigned count = mutex->__data.__count;
    mutex->__data.__count = count > 0; /* all of them, for the wait */
    posix_unlock(mutex);
    bool woken = parking_wait(parked, left_ns(due_ns), call);
    posix_lock(mutex, UINT64_MAX, call);
    mutex->__data.__count = count > 0 ? count : 1;
    return woken ? 0 : ETIMEDOUT;
}

int __wrap_pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex)
{
    WITH_FRAME("pthread_cond_wait");
    return posix_cond_wait(condition, mutex, UINT64_MAX, "pthread_cond_wait");
}

int __wrap_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                                  const struct timespec *until)
{
    WITH_FRAME("pthread_cond_timedwait");
    return posix_cond_wait(condition, mutex, posix_due_ns(until, CLOCK_REALTIME),
                           "pthread_cond_timedwait");
}

int __wrap_pthread_cond_clockwait(pthread_cond_t *condition, pthread_mutex_t *mutex, int clock,
                                  const struct timespec *until)
{
    WITH_FRAME("pthread_cond_clockwait");
    return posix_cond_wait(condition, mutex, posix_due_ns(until, clock), "pthread_cond_clockwait");
}

int __wrap_pthread_cond_signal(pthread_cond_t *condition)
{
    WITH_FRAME("pthread_cond_signal");
    wake(condition, false);
    return 0;
}

int __wrap_pthread_cond_broadcast(pthread_cond_t *condition)
{
    WITH_FRAME("pthread_cond_broadcast");
    wake(condition, true);
    return 0;
}

/* ---- Futexes: what C++20's atomics wait at --------------------------------------------------- */

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);

static long fail(int error)
{
    errno = error;
    return -1;
}

static uint64_t futex_due_ns(int operation, const struct timespec *time)
{
    int command = operation & FUTEX_CMD_MASK;
    bool realtime = (operation & FUTEX_CLOCK_REALTIME) != 0;

    if (time == NULL)
        return UINT64_MAX;
    if (command == FUTEX_WAIT_BITSET)
        return posix_due_ns(time, realtime ? CLOCK_REALTIME : CLOCK_MONOTONIC);
    return guest_nt()->engine->now_ns + (uint64_t)time->tv_sec * 1000 * NS_IN_MS +
           (uint64_t)time->tv_nsec;
}

static long futex(const unsigned *word, int operation, unsigned value, const struct timespec *time)
{
    long woken = 0;

    switch (operation & FUTEX_CMD_MASK) {
    case FUTEX_WAIT:
    case FUTEX_WAIT_BITSET:
        if (*word != value)
            return fail(EAGAIN);
        return posix_wait(word, futex_due_ns(operation, time), "a wait for an atomic")
                   ? 0
                   : fail(ETIMEDOUT);
    case FUTEX_WAKE:
    case FUTEX_WAKE_BITSET:
        wake(word, value > 1);
        return woken;
    default:
        return fail(ENOSYS);
    }
}

long __wrap_syscall(long number, ...)
{
    long given[6];
    va_list arguments;

    va_start(arguments, number);
    for (size_t i = 0; i < sizeof given / sizeof given[0]; i++)
        given[i] = va_arg(arguments, long);
    va_end(arguments);
    if (number != SYS_futex || !posix_in_guest())
        return __real_syscall(number, given[0], given[1], given[2], given[3], given[4], given[5]);
    WITH_FRAME("futex");
    return futex((const unsigned *)given[0], (int)given[1], (unsigned)given[2],
                 (const struct timespec *)given[3]);
}
