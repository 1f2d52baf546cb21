/* A process' environment variables: the host's, but for what the process or those that started it
 * changed. Names know no letters apart. Text is UTF-8.
 */
#ifndef SIM_RUNTIME_VARIABLES_H
#define SIM_RUNTIME_VARIABLES_H

#include <stdbool.h>
#include <stddef.h>

struct process;

/* What a child begins with: CreateProcess' block, or a copy of the parent's. */
bool variables_pass(struct process *parent, struct process *child, const void *block, bool is_wide);

/* The n-th text "NAME=value" of all, from 0; NULL after the last. */
const char *variables_at(struct process *process, size_t n);

void variables_drop(struct process *process);

#endif
