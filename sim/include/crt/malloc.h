/* <malloc.h>: the host's, and <stdlib.h>'s memory that is looked at when it is given back. */
#ifndef BERTH_CRT_MALLOC_H
#define BERTH_CRT_MALLOC_H

#include <stdlib.h>

#include_next <malloc.h>

#define _alloca __builtin_alloca
#define _malloca malloc
#define _freea free
#define _msize malloc_usable_size

#endif
