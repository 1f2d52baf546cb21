/* WSPIoctl: control codes, buffers, counts and completion. */
#ifndef SIM_WINSOCK_IOCTL_H
#define SIM_WINSOCK_IOCTL_H

#include "sim/winsock/call.h"

struct ioctl {
    struct call call;
    struct socket_object *socket;
    DWORD code;
    const void *in;
    DWORD in_size;
    void *out;
    DWORD out_size;
    DWORD *count;               /* lpcbBytesReturned */
    LPWSAOVERLAPPED overlapped; /* NULL once found to be ignored */
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine;
    DWORD stored;     /* the bytes to report */
    bool keeps_count; /* a success or failure that leaves *count as it was */
};

/* Checks and carries out a control code, in the order that a caller sees:
 *
 *   the socket, then lpcbBytesReturned (`bad_socket_null_count` turns the two), the OVERLAPPED, the
 *   routine without one, then the code: unknown codes, then what each code's own function looks at.
 *   For the reservation codes that is: network, kind of socket, size and pointer of the input, size
 *   and pointer of the output, rights, and at last the values.
 */
nt_status ioctl_run(struct ioctl *ioctl);

/* Completes an operation that was begun with an OVERLAPPED: the result into the structure, then the
 * event. What pends, completion routines and ports will come through here too.
 */
void overlapped_begin(const struct call *call, LPWSAOVERLAPPED overlapped);
void overlapped_complete(const struct call *call, LPWSAOVERLAPPED overlapped, bool has_routine,
                         nt_status status, uint64_t information);

#endif
