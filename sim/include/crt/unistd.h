/* <unistd.h>: the host's, without what a Windows program may call its own. */
#ifndef BERTH_CRT_UNISTD_H
#define BERTH_CRT_UNISTD_H

#include "posix_hide.h"
#include_next <unistd.h>
#define BERTH_CRT_SHOW
#include "posix_hide.h"
#undef BERTH_CRT_SHOW

#endif
