/* What is to run when a process ends in good order: atexit's functions, C++'s destructors. */
#ifndef SIM_RUNTIME_ENDINGS_H
#define SIM_RUNTIME_ENDINGS_H

struct ending;

/* Runs and forgets them, the latest first. NULL: what was asked for before the machine was on. */
void endings_run(struct ending **endings);

/* Forgets them. */
void endings_drop(struct ending **endings);

/* At the host process' end, whatever the guest does. */
void endings_of_host(void (*function)(void *));

/* Ends the host process, and runs nothing of the guest's. */
_Noreturn void endings_exit_host(int exit_code);

#endif
