/* <signal.h>: Microsoft's signals, each process' own. */
#ifndef BERTH_CRT_SIGNAL_H
#define BERTH_CRT_SIGNAL_H

#include "crtdefs.h"

#define signal berth_host_signal
#define raise berth_host_raise
#include "posix_hide.h"
#include_next <signal.h>
#define BERTH_CRT_SHOW
#include "posix_hide.h"
#undef BERTH_CRT_SHOW
#undef signal
#undef raise

#undef SIGABRT
#define SIGBREAK 21
#define SIGABRT 22
#define SIGABRT_COMPAT 6
#define SIG_GET ((void (*)(int))2)

BERTH_CRT_EXTERN void (*signal(int number, void (*handler)(int)))(int) __asm__("berth_signal");
BERTH_CRT(int, raise, (int number));

#endif
