/* <unistd.h>: the host's, without what a Windows program may call its own. */
#ifndef BERTH_CRT_UNISTD_H
#define BERTH_CRT_UNISTD_H

#pragma push_macro("getpid")
#undef getpid
#include "posix_hide.h"
#include_next <unistd.h>
#define BERTH_CRT_SHOW
#include "posix_hide.h"
#undef BERTH_CRT_SHOW
#pragma pop_macro("getpid")

#endif
