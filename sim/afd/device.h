/* Files of afd's that are no sockets: what opening \Device\Afd gives. Polls are asked of them. */
#ifndef SIM_AFD_DEVICE_H
#define SIM_AFD_DEVICE_H

#include "sim/afd/afd.h"
#include "sim/nt/request.h"

/* Opens one with one handle in `process`. `synchronous`: calls on it end before they return.
 * STATUS_INSUFFICIENT_RESOURCES when the arena or the handle table is full.
 */
nt_status device_open(struct afd *afd, struct process *process, bool synchronous, bool inherit,
                      uint64_t *handle);

/* The file behind a handle of either kind, a socket or a device; NULL when there is none. */
struct file *afd_file(const struct process *process, uint64_t handle);

/* Whether a call on it may pend, be it afd's or another. */
bool afd_file_pends(const struct file *file);

#endif
