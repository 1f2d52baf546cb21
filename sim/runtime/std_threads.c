/* std::thread, std::condition_variable and futures, where the C++ library has them in its own
 * object: GCC's. What its headers make of them in the program's is in posix_threads.c and
 * posix_locks.c.
 */
#define _GNU_SOURCE /* clocks, locks of readers and writers */
#include <errno.h>

#include "sim/runtime/guest_objects.h"
#include "sim/runtime/parking.h"
#include "sim/runtime/posix.h"

/* std::thread's only member; std::thread::_State, by its table of functions; unique_lock's two. */
struct std_thread {
    unsigned long id;
};
struct std_state {
    void (*const *table)(struct std_state *);
};
struct std_lock {
    pthread_mutex_t *mutex;
    bool owns;
};
enum { DELETES = 1, RUNS = 2 };

/* std::chrono's seconds and nanoseconds, as parameters. */
#define DURATIONS "NSt6chrono8durationIlSt5ratioILl1ELl1EEEENS2_IlS3_ILl1ELl1000000000EEEE"

_Noreturn void throw_system_error(int error) __asm__("_ZSt20__throw_system_errori")
    __attribute__((weak));
void thread_start(struct std_thread *thread, struct std_state **state,
                  void (*unused)(void)) __asm__("__wrap__ZNSt6thread15_M_start_threadESt10unique_"
                                                "ptrINS_6_StateESt14default_deleteIS1_EEPFvvE");
void thread_join(struct std_thread *thread) __asm__("__wrap__ZNSt6thread4joinEv");
void thread_detach(struct std_thread *thread) __asm__("__wrap__ZNSt6thread6detachEv");
unsigned thread_count(void) __asm__("__wrap__ZNSt6thread20hardware_concurrencyEv");
void condition_wait(void *condition, struct std_lock *lock) __asm__(
    "__wrap__ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE");
void condition_notify_one(void *condition) __asm__(
    "__wrap__ZNSt18condition_variable10notify_oneEv");
void condition_notify_all(void *condition) __asm__(
    "__wrap__ZNSt18condition_variable10notify_allEv");
bool future_wait(void *future, unsigned *word, unsigned value, bool timed, int64_t seconds,
                 int64_t ns) __asm__("__wrap__ZNSt28__atomic_futex_unsigned_base"
                                     "19_M_futex_wait_untilEPjjb" DURATIONS);
bool future_wait_steady(void *future, unsigned *word, unsigned value, bool timed, int64_t seconds,
                        int64_t ns) __asm__("__wrap__ZNSt28__atomic_futex_unsigned_base"
                                            "26_M_futex_wait_until_steadyEPjjb" DURATIONS);
void future_notify_all(unsigned *word) __asm__(
    "__wrap__ZNSt28__atomic_futex_unsigned_base19_M_futex_notify_allEPj");

static void throw_if(int error)
{
    if (error != 0)
        throw_system_error(error);
}

static void *run(void *context)
{
    struct std_state *state = context;

    state->table[RUNS](state);
    state->table[DELETES](state);
    return NULL;
}

/* The state is the thread's from here on. */
void thread_start(struct std_thread *thread, struct std_state **state, void (*unused)(void))
{
    (void)unused;
    posix_note("std::thread", __builtin_frame_address(0));
    throw_if(posix_create(&thread->id, run, *state, false));
    *state = NULL;
}

void thread_join(struct std_thread *thread)
{
    posix_note("std::thread::join", __builtin_frame_address(0));
    throw_if(thread->id == 0 ? EINVAL : posix_join(thread->id, NULL, "std::thread::join"));
    thread->id = 0;
}

void thread_detach(struct std_thread *thread)
{
    throw_if(thread->id == 0 ? EINVAL : posix_detach(thread->id));
    thread->id = 0;
}

unsigned thread_count(void)
{
    SYSTEM_INFO system = {.dwNumberOfProcessors = 0};

    if (posix_in_guest())
        GetSystemInfo(&system);
    return system.dwNumberOfProcessors;
}

void condition_wait(void *condition, struct std_lock *lock)
{
    posix_note("std::condition_variable::wait", __builtin_frame_address(0));
    posix_cond_wait(condition, lock->mutex, UINT64_MAX, "std::condition_variable::wait");
}

static void notify(const volatile void *address, bool all)
{
    if (posix_in_guest())
        parking_wake(address, all);
}

void condition_notify_one(void *condition)
{
    posix_note("std::condition_variable::notify_one", __builtin_frame_address(0));
    notify(condition, false);
}

void condition_notify_all(void *condition)
{
    posix_note("std::condition_variable::notify_all", __builtin_frame_address(0));
    notify(condition, true);
}

/* False when the time is up. */
static bool wait_until(const unsigned *word, unsigned value, uint64_t due_ns)
{
    if (*word != value || !posix_in_guest())
        return true;
    return posix_wait(word, due_ns, "std::future::wait");
}

bool future_wait(void *future, unsigned *word, unsigned value, bool timed, int64_t seconds,
                 int64_t ns)
{
    const struct timespec until = {.tv_sec = seconds, .tv_nsec = ns};

    (void)future;
    return wait_until(word, value, timed ? posix_due_ns(&until, CLOCK_REALTIME) : UINT64_MAX);
}

bool future_wait_steady(void *future, unsigned *word, unsigned value, bool timed, int64_t seconds,
                        int64_t ns)
{
    const struct timespec until = {.tv_sec = seconds, .tv_nsec = ns};

    (void)future;
    return wait_until(word, value, timed ? posix_due_ns(&until, CLOCK_MONOTONIC) : UINT64_MAX);
}

void future_notify_all(unsigned *word)
{
    notify(word, true);
}
