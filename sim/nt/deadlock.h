/* What is told when every thread waits and nothing is left to happen. */
#ifndef SIM_NT_DEADLOCK_H
#define SIM_NT_DEADLOCK_H

struct nt;

/* Tells nt->deadlock: a line for each thread with its call and what it waits for, by the handles
 * its process has for it: "process 8 thread 12 waits in WaitForSingleObject for event 0x24".
 */
_Noreturn void deadlock_report(struct nt *nt);

#endif
