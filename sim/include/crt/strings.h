/* <strings.h>: the host's, without what a Windows program may call its own. */
#ifndef BERTH_CRT_STRINGS_H
#define BERTH_CRT_STRINGS_H

#include "posix_hide.h"
#include_next <strings.h>
#define BERTH_CRT_SHOW
#include "posix_hide.h"
#undef BERTH_CRT_SHOW

#endif
