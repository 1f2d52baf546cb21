/* pthread_once, which std::call_once is made of. Compiled with exceptions: what is to be done once
 * may throw, and is to be done again then.
 */
#define _GNU_SOURCE /* clocks, locks of readers and writers */
#include <errno.h>

#include "sim/runtime/parking.h"
#include "sim/runtime/posix.h"

const char posix_once_linked = 1;

enum { NOT_BEGUN, BUSY, DONE };

/* What the C++ library's proxy is to call, in variables of the host's thread: they are another
 * simulated thread's after a wait.
 */
__attribute__((weak)) void __once_proxy(void);
extern __attribute__((weak)) __thread void *once_callable __asm__("_ZSt15__once_callable");
extern __attribute__((weak)) __thread void (*once_call)(void) __asm__("_ZSt11__once_call");

int __wrap_pthread_once(pthread_once_t *once, void (*function)(void));

static void wait_for_other(pthread_once_t *once, void (*function)(void))
{
    bool is_cplusplus = function == __once_proxy && __once_proxy != NULL;
    void *callable = is_cplusplus ? once_callable : NULL;
    void (*call)(void) = is_cplusplus ? once_call : NULL;

    posix_wait(once, UINT64_MAX, "std::call_once");
    if (!is_cplusplus)
        return;
    once_callable = callable;
    once_call = call;
}

static void let_others(pthread_once_t **once)
{
    if (**once == BUSY)
        **once = NOT_BEGUN; /* it threw */
    if (posix_in_guest())
        parking_wake(*once, true);
}

static void do_once(pthread_once_t *once, void (*function)(void))
{
    __attribute__((cleanup(let_others))) pthread_once_t *at_end = once;

    *at_end = BUSY;
    function();
    *at_end = DONE;
}

int __wrap_pthread_once(pthread_once_t *once, void (*function)(void))
{
    posix_note("pthread_once", __builtin_frame_address(0));
    while (*once == BUSY && posix_in_guest())
        wait_for_other(once, function);
    if (*once == NOT_BEGUN)
        do_once(once, function);
    return 0;
}
