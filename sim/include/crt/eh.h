/* <eh.h>: C++'s own exceptions; structured ones are in excpt.h. */
#ifndef BERTH_CRT_EH_H
#define BERTH_CRT_EH_H

#include <excpt.h>

#if defined(__cplusplus)
#include <exception>
#endif

#endif
