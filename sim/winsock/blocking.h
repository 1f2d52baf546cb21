/* Blocking calls, and Winsock 1.1's way to do something meanwhile: a hook that is called again and
 * again while a call waits, in which the call may be cancelled and nothing else may be called.
 */
#ifndef SIM_WINSOCK_BLOCKING_H
#define SIM_WINSOCK_BLOCKING_H

#include "sim/afd/io.h"
#include "sim/winsock/call.h"

struct blocking_hook;

/* io_wait, alertable, with the calling thread's hook if it has one. STATUS_INTERRUPTED when the
 * hook cancelled the call.
 */
nt_status blocking_wait(struct io *io, uint32_t timeout_ms);

/* Whether the calling thread is in a hook, from which no call but two may be made. */
bool blocking_busy(const struct winsock *winsock);

/* What a layered provider is to call while it blocks the calling thread: the thread's hook, in
 * which WSACancelBlockingCall asks that provider to cancel. It answers FALSE once that was done,
 * and wants the provider's catalogue id. NULL when the thread has no hook.
 */
LPBLOCKINGCALLBACK blocking_callback(const struct call *call);

/* Ends the call that the thread's hook runs for. STATUS_INVALID_PARAMETER when there is none. */
nt_status blocking_cancel(const struct call *call);

#endif
