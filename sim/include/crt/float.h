/* <float.h>: the host's, and Windows' questions about a number. */
#ifndef BERTH_CRT_FLOAT_H
#define BERTH_CRT_FLOAT_H

#include_next <float.h>

#define _isnan(number) __builtin_isnan(number)
#define _finite(number) __builtin_isfinite(number)

#endif
