/* The machine's names, for whoever else tells them. */
#ifndef SIM_RUNTIME_SYSINFO_H
#define SIM_RUNTIME_SYSINFO_H

#include <windows.h>

#include "sim/nt/token.h"

/* ntdll's, which no manifest moves; the SDK declares it for drivers alone. */
BERTH_FUNCTION(NTSTATUS, RtlGetVersion, (PRTL_OSVERSIONINFOW lpVersionInformation));

/* An account's name, for ever there. */
const char *account_name(enum account account);

/* A text of ASCII in UTF-16, with its end; answers its length. */
size_t ascii_widen(const char *text, WCHAR *wide);

#endif
