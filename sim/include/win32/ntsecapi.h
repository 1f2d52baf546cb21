/* Random bytes by advapi32's own call: see wincrypt.h. */
#ifndef BERTH_WIN32_NTSECAPI_H
#define BERTH_WIN32_NTSECAPI_H

#include "windows.h"

BERTH_FUNCTION(BOOLEAN, SystemFunction036, (PVOID RandomBuffer, ULONG RandomBufferLength));
#define RtlGenRandom SystemFunction036

#endif
