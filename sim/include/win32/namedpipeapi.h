/* Pipes. Included by windows.h. */
#ifndef BERTH_WIN32_NAMEDPIPEAPI_H
#define BERTH_WIN32_NAMEDPIPEAPI_H

#include "windef.h"

BERTH_FUNCTION(BOOL, CreatePipe,
               (PHANDLE hReadPipe, PHANDLE hWritePipe, LPSECURITY_ATTRIBUTES lpPipeAttributes,
                DWORD nSize));
BERTH_FUNCTION(BOOL, PeekNamedPipe,
               (HANDLE hNamedPipe, LPVOID lpBuffer, DWORD nBufferSize, LPDWORD lpBytesRead,
                LPDWORD lpTotalBytesAvail, LPDWORD lpBytesLeftThisMessage));

#endif
