/* WSPIoctl: control codes, buffers, counts and completion. */
#ifndef SIM_WINSOCK_IOCTL_H
#define SIM_WINSOCK_IOCTL_H

#include "sim/winsock/call.h"
#include "sim/winsock/delivery.h"

struct ioctl {
    struct call call;
    struct socket_object *socket;
    DWORD code;
    const void *in;
    DWORD in_size;
    void *out;
    DWORD out_size;
    DWORD *count; /* lpcbBytesReturned */
    struct delivery_request request;
    struct delivery delivery;
    struct io *io;    /* of a code that the kernel answers */
    DWORD stored;     /* the bytes to report */
    DWORD needed;     /* the bytes to report of a failure: mostly 0 */
    bool keeps_count; /* a success or failure that leaves *count as it was */
    /* What a reservation's prepare read for its commit. */
    struct port_range range;
    uint64_t token;
};

/* Checks and carries out a control code, in the order that a caller sees:
 *
 *   the socket, then lpcbBytesReturned (`bad_socket_null_count` turns the two), the OVERLAPPED, the
 *   routine without one, then the code: unknown codes, then what each code's own function looks at.
 *   For the reservation codes that is: network, kind of socket, size and pointer of the input, size
 *   and pointer of the output, rights, and at last the values.
 */
nt_status ioctl_run(struct ioctl *ioctl);

/* ---- For the commands' own files ------------------------------------------------------------- */

bool ioctl_may_read(const struct ioctl *ioctl, DWORD size);
bool ioctl_may_write(const struct ioctl *ioctl, DWORD size);

/* Reads `size` bytes of input. STATUS_ACCESS_VIOLATION when they are not there. */
nt_status ioctl_read(const struct ioctl *ioctl, void *to, DWORD size);

/* Writes the output and what is reported of it. STATUS_ACCESS_VIOLATION when there is no room. */
nt_status ioctl_store(struct ioctl *ioctl, const void *bytes, DWORD size);

/* What a bad buffer of the reservation codes gets. */
nt_status ioctl_bad_pointer(const struct ioctl *ioctl);

/* Port reservations, in two steps: all that is looked at, then the act, which may come later. */
nt_status reservation_look(struct ioctl *ioctl);
nt_status reservation_acquire_now(struct ioctl *ioctl);
nt_status reservation_look_token(struct ioctl *ioctl);
nt_status reservation_associate_now(struct ioctl *ioctl);
nt_status reservation_release_now(struct ioctl *ioctl);

/* What can be set. */
nt_status setting_non_blocking(struct ioctl *ioctl);
nt_status setting_keep_alive(struct ioctl *ioctl);
nt_status setting_initial_rto(struct ioctl *ioctl);
nt_status setting_ack_frequency(struct ioctl *ioctl);
nt_status setting_affinity(struct ioctl *ioctl);
nt_status setting_flag(struct ioctl *ioctl);
nt_status setting_receive_all(struct ioctl *ioctl);
nt_status setting_nothing(struct ioctl *ioctl);
nt_status setting_flush(struct ioctl *ioctl);
nt_status setting_filter(struct ioctl *ioctl);
nt_status query_filter(struct ioctl *ioctl);

/* What can be asked. */
nt_status query_readable(struct ioctl *ioctl);
nt_status query_mark(struct ioctl *ioctl);
nt_status query_base_handle(struct ioctl *ioctl);
nt_status query_provider_handle(struct ioctl *ioctl);
nt_status query_extension(struct ioctl *ioctl);
nt_status query_backlog(struct ioctl *ioctl);
nt_status query_route(struct ioctl *ioctl);
nt_status query_addresses(struct ioctl *ioctl);
nt_status query_interfaces(struct ioctl *ioctl);
nt_status query_interfaces_ex(struct ioctl *ioctl);
nt_status query_sort(struct ioctl *ioctl);
nt_status query_broadcast(struct ioctl *ioctl);
nt_status query_change(struct ioctl *ioctl);
nt_status query_tcp_info(struct ioctl *ioctl);

#endif
