/* Locks of readers and writers, and semaphores: posix_locks.c has the others. */
#define _GNU_SOURCE /* clocks, locks of readers and writers */
#include <errno.h>
#include <semaphore.h>
#include <string.h>

#include "sim/runtime/guest_objects.h"
#include "sim/runtime/parking.h"
#include "sim/runtime/posix.h"

const char posix_shared_linked = 1;

#define WITH_FRAME(call) posix_note(call, __builtin_frame_address(0))

static void wake(const volatile void *address)
{
    if (posix_in_guest())
        parking_wake(address, true);
}

/* ---- Readers and writers: __readers of them, or __cur_writer's ------------------------------- */

int __wrap_pthread_rwlock_init(pthread_rwlock_t *lock, const pthread_rwlockattr_t *attributes);
int __wrap_pthread_rwlock_destroy(pthread_rwlock_t *lock);
int __wrap_pthread_rwlock_rdlock(pthread_rwlock_t *lock);
int __wrap_pthread_rwlock_wrlock(pthread_rwlock_t *lock);
int __wrap_pthread_rwlock_tryrdlock(pthread_rwlock_t *lock);
int __wrap_pthread_rwlock_trywrlock(pthread_rwlock_t *lock);
int __wrap_pthread_rwlock_timedrdlock(pthread_rwlock_t *lock, const struct timespec *until);
int __wrap_pthread_rwlock_timedwrlock(pthread_rwlock_t *lock, const struct timespec *until);
int __wrap_pthread_rwlock_clockrdlock(pthread_rwlock_t *lock, int clock,
                                      const struct timespec *until);
int __wrap_pthread_rwlock_clockwrlock(pthread_rwlock_t *lock, int clock,
                                      const struct timespec *until);
int __wrap_pthread_rwlock_unlock(pthread_rwlock_t *lock);

int __wrap_pthread_rwlock_init(pthread_rwlock_t *lock, const pthread_rwlockattr_t *attributes)
{
    (void)attributes;
    memset(lock, 0, sizeof *lock);
    return 0;
}

int __wrap_pthread_rwlock_destroy(pthread_rwlock_t *lock)
{
    return lock->__data.__readers > 0 || lock->__data.__cur_writer != 0 ? EBUSY : 0;
}

int __wrap_pthread_rwlock_tryrdlock(pthread_rwlock_t *lock)
{
    if (lock->__data.__cur_writer != 0) {
        if (posix_in_guest())
            looked_in_vain(guest_nt());
        return EBUSY;
    }
    lock->__data.__readers++;
    return 0;
}

int __wrap_pthread_rwlock_trywrlock(pthread_rwlock_t *lock)
{
    if (lock->__data.__cur_writer != 0 || lock->__data.__readers > 0) {
        if (posix_in_guest())
            looked_in_vain(guest_nt());
        return EBUSY;
    }
    lock->__data.__cur_writer = (int)posix_self();
    return 0;
}

static int lock_shared(pthread_rwlock_t *lock, uint64_t due_ns, const char *call)
{
    while (lock->__data.__cur_writer != 0) {
        if (lock->__data.__cur_writer == (int)posix_self() || !posix_in_guest())
            return EDEADLK;
        if (!posix_wait(lock, due_ns, call))
            return ETIMEDOUT;
    }
    lock->__data.__readers++;
    return 0;
}

static int lock_alone(pthread_rwlock_t *lock, uint64_t due_ns, const char *call)
{
    while (lock->__data.__cur_writer != 0 || lock->__data.__readers > 0) {
        if (lock->__data.__cur_writer == (int)posix_self() || !posix_in_guest())
            return EDEADLK;
        if (!posix_wait(lock, due_ns, call))
            return ETIMEDOUT;
    }
    lock->__data.__cur_writer = (int)posix_self();
    return 0;
}

int __wrap_pthread_rwlock_rdlock(pthread_rwlock_t *lock)
{
    WITH_FRAME("pthread_rwlock_rdlock");
    return lock_shared(lock, UINT64_MAX, "pthread_rwlock_rdlock");
}

int __wrap_pthread_rwlock_wrlock(pthread_rwlock_t *lock)
{
    WITH_FRAME("pthread_rwlock_wrlock");
    return lock_alone(lock, UINT64_MAX, "pthread_rwlock_wrlock");
}

int __wrap_pthread_rwlock_clockrdlock(pthread_rwlock_t *lock, int clock,
                                      const struct timespec *until)
{
    WITH_FRAME("pthread_rwlock_clockrdlock");
    return lock_shared(lock, posix_due_ns(until, clock), "pthread_rwlock_clockrdlock");
}

int __wrap_pthread_rwlock_clockwrlock(pthread_rwlock_t *lock, int clock,
                                      const struct timespec *until)
{
    WITH_FRAME("pthread_rwlock_clockwrlock");
    return lock_alone(lock, posix_due_ns(until, clock), "pthread_rwlock_clockwrlock");
}

int __wrap_pthread_rwlock_timedrdlock(pthread_rwlock_t *lock, const struct timespec *until)
{
    return __wrap_pthread_rwlock_clockrdlock(lock, CLOCK_REALTIME, until);
}

int __wrap_pthread_rwlock_timedwrlock(pthread_rwlock_t *lock, const struct timespec *until)
{
    return __wrap_pthread_rwlock_clockwrlock(lock, CLOCK_REALTIME, until);
}

int __wrap_pthread_rwlock_unlock(pthread_rwlock_t *lock)
{
    WITH_FRAME("pthread_rwlock_unlock");
    if (lock->__data.__cur_writer != 0)
        lock->__data.__cur_writer = 0;
    else if (lock->__data.__readers > 0)
        lock->__data.__readers--;
    if (lock->__data.__readers == 0)
        wake(lock);
    posix_unlocked();
    return 0;
}

/* ---- Semaphores: a count --------------------------------------------------------------------- */

int __wrap_sem_init(sem_t *semaphore, int shared, unsigned value);
int __wrap_sem_destroy(sem_t *semaphore);
int __wrap_sem_wait(sem_t *semaphore);
int __wrap_sem_trywait(sem_t *semaphore);
int __wrap_sem_timedwait(sem_t *semaphore, const struct timespec *until);
int __wrap_sem_clockwait(sem_t *semaphore, int clock, const struct timespec *until);
int __wrap_sem_post(sem_t *semaphore);
int __wrap_sem_getvalue(sem_t *semaphore, int *value);

static unsigned *count_of(sem_t *semaphore)
{
    return (unsigned *)(void *)semaphore;
}

int __wrap_sem_init(sem_t *semaphore, int shared, unsigned value)
{
    (void)shared;
    *count_of(semaphore) = value;
    return 0;
}

int __wrap_sem_destroy(sem_t *semaphore)
{
    (void)semaphore;
    return 0;
}

static int fail(int error)
{
    errno = error;
    return -1;
}

static int take(sem_t *semaphore, uint64_t due_ns, const char *call)
{
    while (*count_of(semaphore) == 0) {
        if (!posix_in_guest())
            return fail(EDEADLK);
        if (!posix_wait(semaphore, due_ns, call))
            return fail(ETIMEDOUT);
    }
    --*count_of(semaphore);
    return 0;
}

int __wrap_sem_wait(sem_t *semaphore)
{
    WITH_FRAME("sem_wait");
    return take(semaphore, UINT64_MAX, "sem_wait");
}

int __wrap_sem_trywait(sem_t *semaphore)
{
    if (*count_of(semaphore) > 0) {
        --*count_of(semaphore);
        return 0;
    }
    if (posix_in_guest())
        looked_in_vain(guest_nt());
    return fail(EAGAIN);
}

int __wrap_sem_clockwait(sem_t *semaphore, int clock, const struct timespec *until)
{
    WITH_FRAME("sem_clockwait");
    return take(semaphore, posix_due_ns(until, clock), "sem_clockwait");
}

int __wrap_sem_timedwait(sem_t *semaphore, const struct timespec *until)
{
    return __wrap_sem_clockwait(semaphore, CLOCK_REALTIME, until);
}

int __wrap_sem_post(sem_t *semaphore)
{
    ++*count_of(semaphore);
    wake(semaphore);
    return 0;
}

int __wrap_sem_getvalue(sem_t *semaphore, int *value)
{
    *value = (int)*count_of(semaphore);
    return 0;
}
