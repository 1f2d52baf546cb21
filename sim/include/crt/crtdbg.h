/* <crtdbg.h>: the debug heap is off, as in a release build. */
#ifndef BERTH_CRT_CRTDBG_H
#define BERTH_CRT_CRTDBG_H

#include <assert.h>

#define _CrtSetDbgFlag(flags) 0
#define _CrtDumpMemoryLeaks() 0
#define _ASSERT(expression) ((void)0)
#define _ASSERTE(expression) ((void)0)
#define _CRTDBG_ALLOC_MEM_DF 1
#define _CRTDBG_LEAK_CHECK_DF 32

#endif
