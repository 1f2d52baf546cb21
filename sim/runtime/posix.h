/* What a C++ program's library makes its threads and locks of: pthread_*, futexes. The linker has
 * the program call ours (--wrap, see cmake/wraps.cmake), so that its threads are the machine's and
 * wait in its time. The objects are the host library's structs, whose fields we use in our own way:
 * none of them is ever shown to the host. Private to berth_main.
 */
#ifndef SIM_RUNTIME_POSIX_H
#define SIM_RUNTIME_POSIX_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* Whether a guest runs: its constructors do before there is a machine. */
bool posix_in_guest(void);

/* The running thread's pthread_t: its id, and 1 for the thread that constructors run on as well. */
unsigned posix_self(void);

/* Tells who looks on that the call has begun. */
void posix_note(const char *call, const void *frame);

/* When a timeout of the host's form is over, by the engine's clock. */
uint64_t posix_due_ns(const struct timespec *time, int clock);

/* Waits at the address until woken, or `due_ns`; false when it is over. `call` is a literal. */
bool posix_wait(const volatile void *address, uint64_t due_ns, const char *call);

/* Gives up the turn after many unlocks in a row: a loop that looks under a lock ends. */
void posix_unlocked(void);

/* The same functions as a program knows them. */
int posix_create(unsigned long *id, void *(*start)(void *), void *argument, bool detached);
int posix_join(unsigned long id, void **result, const char *call);
int posix_detach(unsigned long id);
int posix_cond_wait(const void *condition, pthread_mutex_t *mutex, uint64_t due_ns,
                    const char *call);

/* The running thread ends, or its process in good order: C++'s thread_local destructors, then those
 * of keys.
 */
void posix_thread_ends(void);

/* The C++ library's headers name these files' functions weakly, which takes none out of an archive.
 */
extern const char posix_locks_linked, posix_once_linked, posix_shared_linked;

#endif
