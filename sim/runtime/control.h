/* Who is told of Ctrl+C. */
#ifndef SIM_RUNTIME_CONTROL_H
#define SIM_RUNTIME_CONTROL_H

#include <stdint.h>

struct belongings;
struct process;

/* What the child of the running process has of its console and its group, by CreateProcess' flags.
 */
void control_child(struct process *child, struct belongings *belongings, uint32_t flags);

/* Gives back what is kept of it. */
void control_process_ended(struct process *process);

#endif
