/* <sys/time.h>: the host's, without what a Windows program may call its own. */
#ifndef BERTH_CRT_SYS_TIME_H
#define BERTH_CRT_SYS_TIME_H

#include "posix_hide.h"
#include_next <sys/time.h>
#define BERTH_CRT_SHOW
#include "posix_hide.h"
#undef BERTH_CRT_SHOW
#undef timeradd
#undef timersub

#endif
