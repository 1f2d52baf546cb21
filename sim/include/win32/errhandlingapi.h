/* Exceptions that no __try handles, for that is Microsoft's compiler's. Included by windows.h. */
#ifndef BERTH_WIN32_ERRHANDLINGAPI_H
#define BERTH_WIN32_ERRHANDLINGAPI_H

#include "winnt.h"

typedef LONG(NTAPI *PVECTORED_EXCEPTION_HANDLER)(EXCEPTION_POINTERS *pointers);

BERTH_FUNCTION(void, RaiseException,
               (DWORD dwExceptionCode, DWORD dwExceptionFlags, DWORD nNumberOfArguments,
                const ULONG_PTR *lpArguments));
BERTH_FUNCTION(LONG, UnhandledExceptionFilter, (EXCEPTION_POINTERS * ExceptionInfo));
BERTH_FUNCTION(PVOID, AddVectoredExceptionHandler,
               (ULONG First, PVECTORED_EXCEPTION_HANDLER Handler));
BERTH_FUNCTION(ULONG, RemoveVectoredExceptionHandler, (PVOID Handle));

#endif
