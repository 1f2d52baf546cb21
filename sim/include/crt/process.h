/* <process.h>: the machine's own process number, and threads as the C runtime starts them. */
#ifndef BERTH_CRT_PROCESS_H
#define BERTH_CRT_PROCESS_H

#include <stdlib.h>

BERTH_CRT_AS(unsigned, _getpid, GetCurrentProcessId, (void));
#define getpid _getpid

typedef unsigned (*_beginthreadex_proc_type)(void *);
typedef void (*_beginthread_proc_type)(void *);
BERTH_CRT(uintptr_t, _beginthreadex,
          (void *security, unsigned stack_size, _beginthreadex_proc_type routine, void *parameter,
           unsigned flags, unsigned *id));
BERTH_CRT(uintptr_t, _beginthread,
          (_beginthread_proc_type routine, unsigned stack_size, void *parameter));
BERTH_CRT(__attribute__((noreturn)) void, _endthreadex, (unsigned exit_code));
BERTH_CRT(__attribute__((noreturn)) void, _endthread, (void));

#endif
