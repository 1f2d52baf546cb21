/* One Winsock call, from entry to answer: who calls, what with, and the one door between NTSTATUS
 * and Winsock errors.
 */
#ifndef SIM_WINSOCK_CALL_H
#define SIM_WINSOCK_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include <ws2spi.h>

#include "sim/afd/socket.h"
#include "sim/winsock/winsock.h"

/* What the fingerprint calls each call; a number means one thing for ever. */
enum call_kind {
#define CALL(name, number) CALL_##name = 0x500 + (number),
#include "sim/winsock/call.def"
#undef CALL
};

/* Winsock's part of a process: struct process::winsock. */
struct winsock_process {
    uint32_t startups;          /* successful WSAStartups less WSACleanups */
    uint32_t provider_startups; /* the same of WSPStartup and WSPCleanup */
    uint16_t version;           /* as negotiated last */
    struct answers *answers;    /* its threads', of calls whose result is Winsock's memory */
    struct node_tail *nodes;    /* of lists of addresses that it has not freed */
    uint32_t open_type;         /* SO_OPENTYPE */
    struct layered *layered;    /* its layered providers; NULL while it has none */
    uint64_t last_token;        /* of the latest acquire; only `short_input = accepts` looks */
};

struct call {
    struct winsock *winsock;
    struct thread *thread;
    struct process *process;
    const struct profile *profile;
    enum call_kind kind;
    uint64_t subject;      /* a socket or event handle */
    uint64_t arguments[4]; /* for the fingerprint and the trace: no pointers */
};

/* "WSARecv"; a literal. */
const char *call_name(enum call_kind kind);

/* `frame` is the entry point's on the guest's stack: what lies above is the guest's, live. */
struct call call_begin_in(enum call_kind kind, uint64_t subject, const void *frame);
#define call_begin(kind, subject) call_begin_in((kind), (subject), __builtin_frame_address(0))

/* Ends a call: makes a Winsock error of the status, records and traces the call, and writes the
 * error, when there is one, to `*error` unless NULL. Answers 0 or SOCKET_ERROR. STATUS_PENDING is
 * WSA_IO_PENDING.
 */
int call_finish(const struct call *call, nt_status status, int *error);

/* Ends an entry point: sets the thread's last error, 0 on success (winsock-behaviour rows 7, 34,
 * 234), and answers `result`.
 */
int call_return(int result, int error);

/* For an entry point that ends before or without the provider: finish and return. */
int call_answer(const struct call *call, nt_status status);

/* Whether the process may call; else the call has been answered and the entry point returns
 * SOCKET_ERROR or its like.
 */
bool call_allowed(enum call_kind kind, uint64_t subject);

struct winsock_process *winsock_process(struct process *process);

/* The socket a call names, or NULL with the status in `*status`: `not_a_socket`. */
struct socket_object *call_socket(const struct call *call, nt_status *status);

#endif
