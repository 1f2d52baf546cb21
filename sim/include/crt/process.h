/* <process.h>: the machine's own process number. Threads: CreateThread, in <windows.h>. */
#ifndef BERTH_CRT_PROCESS_H
#define BERTH_CRT_PROCESS_H

#include <stdlib.h>

BERTH_CRT_AS(unsigned, _getpid, GetCurrentProcessId, (void));

#endif
