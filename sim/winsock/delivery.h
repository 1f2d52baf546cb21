/* How a caller of an overlapped function is told: OVERLAPPED, event, port or routine on one side,
 * nt's request_delivery on the other.
 */
#ifndef SIM_WINSOCK_DELIVERY_H
#define SIM_WINSOCK_DELIVERY_H

#include "sim/afd/io.h"
#include "sim/winsock/call.h"

/* The last arguments of the provider's overlapped functions. */
struct delivery_request {
    LPWSAOVERLAPPED overlapped;
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine;
    LPWSATHREADID thread; /* NULL for the calling thread */
};

struct delivery {
    struct request_delivery how;
    bool overlapped; /* false: the call is synchronous, and `how` means nothing */
    bool ignored;    /* there is an OVERLAPPED all the same: the call waits, come what may */
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine;
};

/* Looks at the arguments. Without an OVERLAPPED, or on a socket without the overlapped attribute,
 * the call is synchronous and a routine is never called (OVL-016, IOCTL-009, row 117).
 *
 *   STATUS_ACCESS_VIOLATION    the OVERLAPPED or the WSATHREADID cannot be used
 *   STATUS_INVALID_PARAMETER   a routine, on a socket that has a completion port (row 83)
 *   of `bad_event_handle`      hEvent is neither 0 nor an event
 */
nt_status delivery_read(const struct call *call, const struct socket_object *socket,
                        const struct delivery_request *request, struct delivery *out);

/* The same for a request on a file of any kind, with an OVERLAPPED. */
nt_status delivery_read_file(const struct call *call, const struct file *file,
                             const struct delivery_request *request, struct delivery *out);

/* An io for the call: in the arena, or `here` of a synchronous one. NULL when the arena is full. */
struct io *delivery_begin(const struct delivery *delivery, struct socket_object *socket,
                          enum io_kind kind, const char *name, struct io *here);

/* What follows afd's answer: a synchronous caller (`delivery` may be NULL for one) waits, up to
 * `timeout_ms` (0 for ever), and an io that is done with is given back. Answers the outcome. What
 * the io found can be read until the next call, unless it was refused or still pends.
 */
nt_status delivery_end(const struct delivery *delivery, struct io *io, nt_status status,
                       uint32_t timeout_ms);

/* Makes an OVERLAPPED STATUS_PENDING before anything is validated, as mswsock's functions do (rows
 * 151 and 158).
 *
 *   STATUS_WSA_PARAMETER     NULL (rows 152 and 159)
 *   STATUS_ACCESS_VIOLATION  it cannot be written
 */
nt_status delivery_mark_pending(const struct call *call, LPWSAOVERLAPPED overlapped);

/* Whether the operation is done, though perhaps with a warning: bytes and addresses are there. */
static inline bool delivery_is_done(nt_status status)
{
    return status != STATUS_PENDING && status != STATUS_TIMEOUT && status < 0xC0000000u;
}

/* Where an operation's count of bytes goes: only an overlapped one may do without. */
bool delivery_may_count(const struct call *call, const struct delivery *delivery, LPDWORD count);

/* The call that an io was made by, when it is about to be told: whose memory is written. */
struct call delivery_call(const struct io *io);

/* Who a WSATHREADID names, among the threads of the calling process; NULL when nobody. */
struct thread *delivery_thread(const struct call *call, const WSATHREADID *id);

/* What an entry point passes on as the thread of a routine: the caller, in `room`. Without one too,
 * for a layered provider may have work of its own for that thread.
 */
LPWSATHREADID delivery_caller(WSATHREADID *room);

#endif
