/* Fibers; FlsAlloc's slots are in processthreadsapi.h. Included by windows.h. */
#ifndef BERTH_WIN32_FIBERSAPI_H
#define BERTH_WIN32_FIBERSAPI_H

#include "winbase.h"

#define FIBER_FLAG_FLOAT_SWITCH 1

typedef void(WINAPI *PFIBER_START_ROUTINE)(LPVOID parameter);
typedef PFIBER_START_ROUTINE LPFIBER_START_ROUTINE;

BERTH_FUNCTION(LPVOID, ConvertThreadToFiber, (LPVOID lpParameter));
BERTH_FUNCTION(LPVOID, ConvertThreadToFiberEx, (LPVOID lpParameter, DWORD dwFlags));
BERTH_FUNCTION(BOOL, ConvertFiberToThread, (void));
BERTH_FUNCTION(LPVOID, CreateFiber,
               (SIZE_T dwStackSize, LPFIBER_START_ROUTINE lpStartAddress, LPVOID lpParameter));
BERTH_FUNCTION(LPVOID, CreateFiberEx,
               (SIZE_T dwStackCommitSize, SIZE_T dwStackReserveSize, DWORD dwFlags,
                LPFIBER_START_ROUTINE lpStartAddress, LPVOID lpParameter));
BERTH_FUNCTION(void, SwitchToFiber, (LPVOID lpFiber));
BERTH_FUNCTION(void, DeleteFiber, (LPVOID lpFiber));
BERTH_FUNCTION(BOOL, IsThreadAFiber, (void));

/* The SDK has these two in line. */
BERTH_FUNCTION(PVOID, GetCurrentFiber, (void));
BERTH_FUNCTION(PVOID, GetFiberData, (void));

#endif
