/* Who owns which memory, and what is done against it: the mistakes that programs make with I/O that
 * pends. It only looks: it has no memory of the machine's, draws no choice and records nothing, so
 * no outcome depends on whether it is there.
 *
 * From the call that leaves an operation pending until its completion the OVERLAPPED and the
 * buffers are the provider's. They are copied when they are taken and looked at again with each
 * call into Winsock or kernel32, whenever a thread gives up its turn, and at the completion: a
 * report names the call that took ownership, and the calls between which it was broken. Under
 * AddressSanitizer buffers to receive into and an OVERLAPPED's Offset and OffsetHigh, which nobody
 * may read either, are poisoned meanwhile, and the report is the sanitizer's, at the very
 * instruction; the rest may be read.
 *
 *   written      an owned buffer or OVERLAPPED was changed
 *   freed        memory with an owned buffer or OVERLAPPED was given back: by free, realloc,
 *                _aligned_free, delete, HeapFree, HeapReAlloc, LocalFree, GlobalFree, VirtualFree
 *   left         it lay on the stack of a function that returned or a thread that ended
 *   reused       an OVERLAPPED was given to another call while it was pending
 *   uncollected  an operation completed and nobody ever asked for its result
 *   closed       a SOCKET value was used after closesocket
 *   not started  a call before WSAStartup or after the last WSACleanup
 *   leaked       a process left sockets open
 */
#ifndef SIM_WINSOCK_OWNERSHIP_H
#define SIM_WINSOCK_OWNERSHIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct afd;
struct call;
struct ownership;
struct process;

/* Receives a report: a line what, and a line each for the calls. */
typedef void ownership_report(void *context, const char *report);

/* The checker of a machine's run. NULL when the host has no memory. */
struct ownership *ownership_open(ownership_report *report, void *context);
void ownership_close(struct ownership *ownership);

/* Listens to a machine's operations; again after each boot. */
void ownership_watch(struct ownership *ownership, struct afd *afd);

/* A call of Winsock's ends; `worked` says whether with success. */
void ownership_call_ends(struct ownership *ownership, const struct call *call, bool worked);

/* A call was refused because Winsock is not started, or its SOCKET is none. */
void ownership_not_started(struct ownership *ownership, const struct call *call);
void ownership_bad_socket(struct ownership *ownership, const struct call *call);

/* A result was asked for: WSAGetOverlappedResult and its kin. */
void ownership_collected(struct ownership *ownership, const void *overlapped);

/* The guest gives memory back: `by` "free", "VirtualFree"; a literal. */
void ownership_freed(struct ownership *ownership, const char *by, const void *address, size_t size);

/* A process ends by itself: its sockets have not been closed yet. */
void ownership_process_ends(struct ownership *ownership, const struct process *process);

#endif
