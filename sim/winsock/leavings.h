/* What a process or a thread leaves in Winsock when it ends: each part is dropped where it is kept.
 * Nothing is called of the process, and no handle is closed: that is over by now.
 */
#ifndef SIM_WINSOCK_LEAVINGS_H
#define SIM_WINSOCK_LEAVINGS_H

#include "sim/winsock/winsock.h"

struct thread;

void answers_drop(struct winsock *winsock, struct process *process);
void answers_drop_of(struct winsock *winsock, const struct thread *thread);
void hook_drop(struct winsock *winsock, const struct thread *thread);
void queries_drop(struct winsock *winsock, const struct process *process);
void lookups_drop(struct winsock *winsock, const struct process *process);
void nodes_drop(struct winsock *winsock, struct process *process);
void layered_drop(struct winsock *winsock, struct process *process);

#endif
